//! The boundary between the books and what keeps them. A store keeps rows and decides nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BooksError;
use super::balance::Balance;
use super::head::Head;
use crate::calendar::{Date, Window, WindowPart};
use crate::conference::{Cause, Digest, Document, DocumentId, DocumentKind, TallyKey};
use crate::ledger::{AccountNo, Coordinate, CoordinateNo, EntryNo, FactNo, PartyKind, PartyNo, Slug};

/// Random bytes before a text that is hashed, so that a guess of the text cannot be confirmed once both are erased.
pub type Salt = [u8; 16];

/// Which text of a record: `name`, `memo`, `line 2`, …
pub type TextField = String;

/// A fact as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFact {
    /// Its number, from 1 without gaps.
    pub number: FactNo,
    /// Its place in the chain, shared with entries, from 1 without gaps.
    pub seq: i64,
    /// When it was recorded, UTC.
    pub recorded_at: String,
    /// Its kind.
    pub kind: String,
    /// Version of the posting rule.
    pub rule: i64,
    /// Who recorded it; the name is erasable.
    pub actor: Option<Digest>,
    /// Canonical JSON.
    pub body: String,
    /// Hash of this record, which covers the one before.
    pub hash: [u8; 32],
}

/// An entry as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEntry {
    /// Its number, from 1 without gaps.
    pub number: EntryNo,
    /// Its place in the chain, shared with facts.
    pub seq: i64,
    /// The fact it follows from.
    pub fact: FactNo,
    /// When it was recorded, UTC.
    pub recorded_at: String,
    /// Booking date, `yyyymmdd`. A number, because a verified store may hold one that is no date.
    pub date: i64,
    /// The source's reference.
    pub reference: Option<String>,
    /// The entry it reverses.
    pub reverses: Option<EntryNo>,
    /// Digest of its description.
    pub description: Option<Digest>,
    /// Its lines.
    pub postings: Vec<StoredPosting>,
    /// Hash of this record, which covers the one before.
    pub hash: [u8; 32],
}

/// A posting as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPosting {
    /// Line, from 1.
    pub line: i64,
    /// The account; the same as the coordinate's.
    pub account: AccountNo,
    /// Minor units, debit positive.
    pub amount: i64,
    /// Account and dimensions.
    pub coordinate: CoordinateNo,
    /// The entry's date again, so that one index leads from a cell of the cube to its parties.
    pub day: i64,
    /// Cash-flow line.
    pub cash_flow: Option<Slug>,
    /// Who it is from or for.
    pub party: Option<PartyNo>,
    /// Foreign minor units, currency code and rate.
    pub original: Option<(i64, String, String)>,
    /// Digest of its memo.
    pub memo: Option<Digest>,
}

/// An erasable text that belongs to the record at `seq`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredText {
    /// Place of its record in the chain.
    pub seq: i64,
    /// Which text of the record.
    pub field: TextField,
    /// The salt.
    pub salt: Salt,
    /// The text.
    pub body: String,
}

/// A party as the store finds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyRow {
    /// Its number.
    pub number: PartyNo,
    /// Its kind.
    pub kind: PartyKind,
    /// Its holding.
    pub holding: Option<PartyNo>,
    /// Place in the chain of the fact that last described it: where its texts are.
    pub seq: i64,
}

/// A document as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentRow {
    /// What the facts about it add up to.
    pub document: Document,
    /// The last fact that changed it.
    pub fact: FactNo,
    /// What it was before that fact, and before those before it, the latest first: so far can its facts be taken back,
    /// one after the other. Empty when that fact made it, or when what was before is not kept.
    pub before: Vec<Earlier>,
    /// All documents that the fact changed; empty when it was this one alone.
    pub touched: Vec<DocumentId>,
}

/// A document as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// What the facts about it added up to.
    pub document: Document,
    /// The fact that had changed it last; none when what was before that is not kept, so that it cannot be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactNo>,
    /// All documents that this fact changed; empty when it was this one alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<DocumentId>,
}

/// Which documents are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentFilter {
    /// All of a kind, by code.
    Kind(DocumentKind),
    /// Those of an event and kind, by code, after a code, at most so many.
    Event(Slug, DocumentKind, Option<Slug>, usize),
    /// Those that something is owed for, by kind and code.
    Open,
}

/// What an amount came from: one more side of the cube.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Origin {
    /// The kind of fact.
    pub cause: Cause,
    /// The line of the direct cash-flow statement, of what moved cash.
    pub flow: Option<Slug>,
}

impl From<Cause> for Origin {
    fn from(cause: Cause) -> Self {
        Self { cause, flow: None }
    }
}

/// A cell of the cube: coordinate, day, and what its amounts came from.
pub type CellKey = (CoordinateNo, Date, Origin);

/// Where the books end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tail {
    /// Last record.
    pub head: Head,
    /// Number of entries.
    pub entries: i64,
    /// Number of facts.
    pub facts: i64,
    /// Number of parties.
    pub parties: i64,
}

/// A record of the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Record {
    /// A fact.
    Fact(StoredFact),
    /// An entry.
    Entry(StoredEntry),
}

impl Record {
    /// Its place in the chain.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Fact(fact) => fact.seq,
            Self::Entry(entry) => entry.seq,
        }
    }
}

/// Which entries of the journal are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryFilter {
    /// Days.
    pub window: Window,
    /// Only entries with a posting at one of these; `None` is every entry.
    pub coordinates: Option<Vec<CoordinateNo>>,
}

/// Keeps facts, entries, texts, parties and balances. Numbers, hashes and every check are the caller's.
///
/// All methods that add rows are called between [`Store::begin`] and [`Store::commit`] or [`Store::rollback`]; what
/// was added can be read back in between. Reads see only what was committed, or what this transaction added.
pub trait Store {
    /// Begins a transaction that excludes other writers; waits for one that is at work for up to `wait`. `holder` says
    /// who begins, for those who wait.
    ///
    /// # Errors
    /// [`BooksError::Locked`] with the name of who holds it.
    fn begin(&mut self, wait: Duration, holder: &str) -> Result<(), BooksError>;
    /// Makes everything since [`Store::begin`] durable; when it returns, a power cut no longer undoes it.
    ///
    /// # Errors
    /// What went wrong; nothing was kept.
    fn commit(&mut self) -> Result<(), BooksError>;
    /// Forgets everything since [`Store::begin`].
    ///
    /// # Errors
    /// What went wrong.
    fn rollback(&mut self) -> Result<(), BooksError>;

    /// From here to [`Store::end_reading`], reads see the books as they were at the first of them.
    ///
    /// # Errors
    /// What went wrong.
    fn begin_reading(&self) -> Result<(), BooksError>;
    /// Ends what [`Store::begin_reading`] began.
    ///
    /// # Errors
    /// What went wrong.
    fn end_reading(&self) -> Result<(), BooksError>;

    /// Adds a fact.
    ///
    /// # Errors
    /// What went wrong; so for every method below.
    fn append_fact(&mut self, fact: &StoredFact) -> Result<(), BooksError>;
    /// Adds an entry and its postings.
    fn append_entry(&mut self, entry: &StoredEntry) -> Result<(), BooksError>;
    /// Adds a text.
    fn append_text(&mut self, text: &StoredText) -> Result<(), BooksError>;
    /// Erases a text together with its salt.
    fn erase_text(&mut self, seq: i64, field: &str) -> Result<(), BooksError>;
    /// Forgets what the imported row of an entry looked like; says whether there was one.
    fn erase_identity(&mut self, entry: EntryNo) -> Result<bool, BooksError>;
    /// Overwrites what erased texts have left behind in free space. Called between transactions.
    fn scrub(&mut self) -> Result<(), BooksError>;
    /// Adds a coordinate.
    fn append_coordinate(&mut self, number: CoordinateNo, at: &Coordinate) -> Result<(), BooksError>;
    /// Adds or replaces what is known of a party.
    fn put_party(&mut self, party: &PartyRow) -> Result<(), BooksError>;
    /// Remembers what an imported row looked like; under what is remembered already, the entry takes the other's place.
    fn put_identity(&mut self, identity: &[u8; 16], entry: EntryNo) -> Result<(), BooksError>;
    /// Adds amounts to the kept balances of days and of their months.
    fn add_balances(&mut self, cells: &[(CellKey, Balance)]) -> Result<(), BooksError>;
    /// Keeps a document as it stands now.
    fn put_document(&mut self, row: &DocumentRow) -> Result<(), BooksError>;
    /// Forgets a document: the fact that made it was taken back.
    fn remove_document(&mut self, id: DocumentId) -> Result<(), BooksError>;
    /// Forgets all documents and tallies, to have them worked out again.
    fn clear_documents(&mut self) -> Result<(), BooksError>;
    /// Adds numbers and amounts to tallies; what comes to nothing is forgotten.
    fn add_tallies(&mut self, deltas: &[(TallyKey, i64, i128)]) -> Result<(), BooksError>;

    /// Where the books end.
    fn tail(&self) -> Result<Tail, BooksError>;
    /// Facts that set the books up (everything but parties and documents), in order.
    fn setup_facts(&self) -> Result<Vec<StoredFact>, BooksError>;
    /// All coordinates.
    fn coordinates(&self) -> Result<Vec<(CoordinateNo, Coordinate)>, BooksError>;
    /// Kept balances of whole months or of single days, one call a coordinate, origin and period.
    fn balances(
        &self,
        part: WindowPart,
        visit: &mut dyn FnMut(CoordinateNo, Origin, i64, Balance),
    ) -> Result<(), BooksError>;
    /// Every record in the order of the chain, with the texts that belong to it and were not erased.
    fn chain(&self, visit: &mut dyn FnMut(Record, Vec<StoredText>) -> Result<(), BooksError>)
    -> Result<(), BooksError>;
    /// Entries in the order of date, then number.
    fn entries(
        &self,
        filter: &EntryFilter,
        visit: &mut dyn FnMut(StoredEntry) -> Result<(), BooksError>,
    ) -> Result<(), BooksError>;
    /// One entry.
    fn entry(&self, number: EntryNo) -> Result<Option<StoredEntry>, BooksError>;
    /// One fact.
    fn fact(&self, number: FactNo) -> Result<Option<StoredFact>, BooksError>;
    /// The entry with this reference.
    fn entry_by_reference(&self, reference: &str) -> Result<Option<EntryNo>, BooksError>;
    /// The entry made from a row that looked like this.
    fn entry_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError>;
    /// The entry that reverses this one.
    fn reversal_of(&self, number: EntryNo) -> Result<Option<EntryNo>, BooksError>;
    /// A text, unless it was erased.
    fn text(&self, seq: i64, field: &str) -> Result<Option<StoredText>, BooksError>;
    /// A party.
    fn party(&self, number: PartyNo) -> Result<Option<PartyRow>, BooksError>;
    /// The party with this name; the one that became known last when a name was given anew.
    fn party_by_name(&self, name: &str) -> Result<Option<PartyNo>, BooksError>;
    /// Every party, by number.
    fn parties(&self, visit: &mut dyn FnMut(PartyRow) -> Result<(), BooksError>) -> Result<(), BooksError>;
    /// A document.
    fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, BooksError>;
    /// Documents, in the order of kind and code.
    fn documents(
        &self,
        filter: DocumentFilter,
        visit: &mut dyn FnMut(DocumentRow) -> Result<(), BooksError>,
    ) -> Result<(), BooksError>;
    /// Documents of a kind by code, each with the first column beside its state that does not say what the state says.
    fn kept_documents(
        &self,
        kind: DocumentKind,
        visit: &mut dyn FnMut(DocumentRow, Option<&'static str>),
    ) -> Result<(), BooksError>;
    /// Number and amount under a key.
    fn tally(&self, key: &TallyKey) -> Result<(i64, i128), BooksError>;
    /// Every tally.
    fn tallies(&self, visit: &mut dyn FnMut(TallyKey, i64, i128)) -> Result<(), BooksError>;
    /// The entries that follow from a fact, by number.
    fn entries_of(&self, fact: FactNo) -> Result<Vec<EntryNo>, BooksError>;
    /// The entries with a posting from or for a party, by number.
    fn entries_of_party(&self, party: PartyNo) -> Result<Vec<EntryNo>, BooksError>;
    /// Every fact of these kinds, in order.
    fn facts(
        &self,
        kinds: &[&str],
        visit: &mut dyn FnMut(StoredFact) -> Result<(), BooksError>,
    ) -> Result<(), BooksError>;
    /// What the store finds wrong with itself: damaged pages, missing triggers, rows without their entry.
    fn self_check(&self) -> Result<Vec<String>, BooksError>;
}
