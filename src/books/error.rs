//! What the books refuse, and what can go wrong with the file they are in.

use std::path::PathBuf;

use thiserror::Error;

use crate::calendar::{CalendarError, Date};
use crate::conference::RuleError;
use crate::ledger::{CoordinateNo, EntryNo, FactNo, LedgerError, PartyNo, Slug};
use crate::money::MoneyError;

/// A refusal by the books. The message says what is wrong, where, and with which value.
#[derive(Debug, Error)]
pub enum BooksError {
    /// By the rules of double entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// By a rule of the conference.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// An event that is still to take place cannot have been held.
    #[error("{event} ends on {last_day}, and today is {today}: it has not been held yet")]
    NotHeldYet {
        /// The event.
        event: Slug,
        /// Its last day.
        last_day: Date,
        /// Today, UTC.
        today: Date,
    },
    /// An event that nobody has confirmed keeps what is deferred for it from being earned.
    #[error("{event} ended on {last_day}, and nobody has said that it was held: its orders are still deferred")]
    EventOverdue {
        /// The event.
        event: Slug,
        /// Its last day.
        last_day: Date,
    },
    /// Days that are open already.
    #[error("{date} is open already: {}", through.map_or("nothing is locked".to_owned(), |through| format!("the books are locked through {through}")))]
    NotLocked {
        /// The day.
        date: Date,
        /// The last locked day.
        through: Option<Date>,
    },
    /// Nothing is owed in a foreign currency.
    #[error("no bill that is open on {date} is in a foreign currency: there is nothing to revalue")]
    NothingForeign {
        /// The day.
        date: Date,
    },
    /// Every open foreign item was revalued on this day already.
    #[error("what is open in foreign currencies was revalued at {date} already, at the rates that are known")]
    RevaluedAlready {
        /// The day.
        date: Date,
    },
    /// A rule has shared the costs of these days already.
    #[error("rule `{rule}` has shared costs of these days already, by entry {entry}")]
    AllocatedAlready {
        /// The rule.
        rule: Slug,
        /// The entry.
        entry: EntryNo,
    },
    /// A rule finds no costs.
    #[error("rule `{rule}` finds no costs under management and no event in {period}")]
    NothingToAllocate {
        /// The rule.
        rule: Slug,
        /// The days.
        period: String,
    },
    /// What followed from a document rests on it.
    #[error("entry {entry} follows from fact {fact}, {what}{since}: it cannot be reversed by itself")]
    DocumentEntry {
        /// The entry.
        entry: EntryNo,
        /// The fact it follows from.
        fact: FactNo,
        /// What the fact says.
        what: String,
        /// Whether something happened to the document since.
        since: Since,
    },
    /// A reversal that would leave a restricted fund below zero, or with more than it was given.
    #[error("the reversal of entry {entry} would {} fund `{fund}`, {} {there}",
        if *spent { format!("take {taken} out of") } else { format!("give {taken} back to") },
        if *spent { "which holds" } else { "from which is released" })]
    FundShort {
        /// The entry.
        entry: EntryNo,
        /// The fund.
        fund: Slug,
        /// Whether its net assets are short; else what was released from it.
        spent: bool,
        /// What would be taken, as shown.
        taken: Box<str>,
        /// What there is, as shown.
        there: Box<str>,
    },
    /// A party that was forgotten takes part in nothing new.
    #[error("party {party} was forgotten: nothing new is recorded of it")]
    PartyForgotten {
        /// The party.
        party: PartyNo,
    },
    /// Nothing of a party is left that may be erased.
    #[error("nothing of party {party} is left to erase{}", until.map(|until| format!(": the rest is kept, the first of it until {until}")).unwrap_or_default())]
    NothingToForget {
        /// The party.
        party: PartyNo,
        /// The first day until which something is kept.
        until: Option<Date>,
    },
    /// The reason of a forgetting would itself name who was forgotten.
    #[error("the reason names party {party}, who is to be forgotten")]
    ReasonNames {
        /// The party.
        party: PartyNo,
    },
    /// The organisation cannot forget itself.
    #[error("party {party} is the organisation itself: its name stands on every statement")]
    ForgetsItself {
        /// The party.
        party: PartyNo,
    },
    /// A date.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A name that the books do not know.
    #[error("there is no {what} `{value}`{}", suggest(suggestion.as_deref()))]
    Unknown {
        /// `account`, `fund`, `event` or `party`.
        what: &'static str,
        /// The name as given.
        value: String,
        /// The nearest name there is.
        suggestion: Option<String>,
    },
    /// A number beyond the entries there are.
    #[error("there is no entry {number}; {}", if *last == 0 { "there are none yet".to_owned() } else { format!("there are entries 1 to {last}") })]
    UnknownEntry {
        /// The number as given.
        number: EntryNo,
        /// The last there is.
        last: i64,
    },
    /// A reversal that would come before what it reverses.
    #[error("entry {entry} is dated {date}: its reversal cannot be dated {wanted}")]
    ReversalBefore {
        /// The entry.
        entry: EntryNo,
        /// Its date.
        date: Date,
        /// The date asked for.
        wanted: Date,
    },
    /// A lock over days that have not been.
    #[error("{wanted} has not been yet: today is {today}")]
    LockInFuture {
        /// The day asked for.
        wanted: Date,
        /// Today, UTC.
        today: Date,
    },
    /// A name or code that is taken.
    #[error("{what} `{value}` is there already")]
    Exists {
        /// What it names.
        what: &'static str,
        /// The name or code.
        value: String,
    },
    /// A text that has to be given was empty.
    #[error("{what} is empty")]
    Empty {
        /// What must not be empty.
        what: &'static str,
    },
    /// A change that would rewrite history.
    #[error("{what} of `{value}` never changes: it is {now}, not {wanted}")]
    Fixed {
        /// The attribute.
        what: &'static str,
        /// Of what.
        value: String,
        /// As it is.
        now: String,
        /// As asked for.
        wanted: String,
    },
    /// A name that would be taken for a number.
    #[error("`{value}` is not a party's name: `#` marks a number")]
    BadPartyName {
        /// The name as given.
        value: String,
    },
    /// A holding within a holding, or within itself.
    #[error("`{value}` cannot belong to #{holding}: {problem}")]
    Holding {
        /// Name of the party.
        value: String,
        /// The holding asked for.
        holding: PartyNo,
        /// What is in the way.
        problem: &'static str,
    },
    /// The account takes no postings.
    #[error("account `{value}` is closed and takes no postings")]
    ClosedAccount {
        /// Its name.
        value: String,
    },
    /// The entry's currency is not the book's.
    #[error("the entry is in {found}, the books are in {expected}")]
    WrongCurrency {
        /// The book's currency.
        expected: String,
        /// The entry's.
        found: String,
    },
    /// The period takes no more entries.
    #[error("{date} lies in a locked period: the books are locked through {through}")]
    PeriodLocked {
        /// The entry's date.
        date: Date,
        /// The last locked day.
        through: Date,
    },
    /// A lock can only move forward.
    #[error("the books are locked through {through} already; {wanted} is not later")]
    LockNotLater {
        /// The last locked day.
        through: Date,
        /// The day asked for.
        wanted: Date,
    },
    /// The reference stands for another entry.
    #[error("reference `{reference}` belongs to entry {existing}, whose {difference}")]
    DuplicateReference {
        /// The reference.
        reference: String,
        /// The entry that has it.
        existing: EntryNo,
        /// Which part differs, with both values.
        difference: String,
    },
    /// An entry is reversed at most once.
    #[error("entry {entry} has been reversed by entry {by} already")]
    AlreadyReversed {
        /// The entry.
        entry: EntryNo,
        /// The entry that reverses it.
        by: EntryNo,
    },
    /// A balance would not fit.
    #[error("the balance of `{account}` would exceed what an amount can be")]
    BalanceOverflow {
        /// Where in the cube.
        coordinate: CoordinateNo,
        /// The account; a store, which knows no names, leaves it empty.
        account: String,
    },
    /// Another program is writing.
    #[error("{path} is being written by {holder}; waited {waited} s", path = path.display())]
    Locked {
        /// The books.
        path: PathBuf,
        /// Who holds the lock, as far as is known.
        holder: String,
        /// Seconds waited.
        waited: u64,
    },
    /// No such file.
    #[error("there are no books at {}", path.display())]
    NoBooks {
        /// Where they were looked for.
        path: PathBuf,
    },
    /// A file is in the way.
    #[error("{} is there already", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} does not hold bursar's books: {reason}", path.display())]
    NotBooks {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// The file was written by a newer program.
    #[error("{} is of format {found}; this program knows formats up to {known}", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// A head not written N:HASH.
    #[error("`{value}` is not a head: expected N:HASH, the number of records and 64 hexadecimal digits")]
    BadHead {
        /// The text as given.
        value: String,
    },
    /// The books contradict themselves; `verify` says more.
    #[error("the books are damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// A backup did not pass its check.
    #[error("{} does not verify: {finding}", path.display())]
    Unverified {
        /// The file.
        path: PathBuf,
        /// The first finding.
        finding: String,
    },
    /// Another file was put in the place of the books while they were open.
    #[error("{} was replaced while it was open", path.display())]
    Replaced {
        /// The books.
        path: PathBuf,
    },
    /// The database refused.
    #[error("the database at {} failed: {source}", path.display())]
    Database {
        /// The books.
        path: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
    /// The file system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// What has become of a document since a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Since {
    /// Nothing: the fact cannot be taken back whatever happens.
    Never,
    /// Something happened to it: what, in words.
    Changed(String),
    /// What happened since was taken back, and what the document was before the fact is not kept any more.
    NotKept,
}

impl std::fmt::Display for Since {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Never => Ok(()),
            Self::Changed(later) => write!(f, ", which has changed since ({later})"),
            Self::NotKept => f.write_str(", and what its document was before that is not kept any more"),
        }
    }
}
