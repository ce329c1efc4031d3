//! Posting: an entry is checked in a fixed order, numbered, hashed into the chain and added to the cube.

use std::collections::BTreeMap;

use super::balance::Balance;
use super::cash::cash_flows;
use super::chain::{encode_entry, hash};
use super::desk::cause_of;
use super::read::memo_field;
use super::store::{Origin, Store, StoredEntry, StoredPosting};
use super::write::{Recorder, Writer};
use super::{BooksError, Head};
use crate::calendar::Date;
use crate::conference::{Cause, Desk as _, Fact, FundStanding, ReversalDone};
use crate::ledger::{AccountNo, Coordinate, CoordinateNo, Draft, Entry, EntryNo, FactNo, Slug};

/// What became of an entry that was offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posted {
    /// It was recorded under this number.
    New(EntryNo),
    /// An entry with the same reference (or of the same imported row) and the same content was there already.
    AlreadyThere(EntryNo),
}

impl Posted {
    /// The entry's number.
    #[must_use]
    pub const fn number(self) -> EntryNo {
        match self {
            Self::New(number) | Self::AlreadyThere(number) => number,
        }
    }
}

/// Cells of the cube held back before they are written out: bounds the memory of a bulk import.
const PENDING_CELLS: usize = 50_000;

impl<S: Store> Writer<'_, S> {
    /// The entry that has this one's reference and says the same, if there is one.
    ///
    /// # Errors
    /// [`BooksError::DuplicateReference`] when the entry that has the reference says something else.
    pub fn known(&self, entry: &Entry) -> Result<Option<EntryNo>, BooksError> {
        let Some(reference) = &entry.content().reference else { return Ok(None) };
        let Some(existing) = self.books.store.entry_by_reference(reference)? else { return Ok(None) };
        match self.difference(existing, entry.content())? {
            None => Ok(Some(existing)),
            Some(difference) => {
                Err(BooksError::DuplicateReference { reference: reference.clone(), existing, difference })
            }
        }
    }

    /// Whether the books would take the entry: it is known already, or passes every check.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn would_post(&self, entry: &Entry) -> Result<(), BooksError> {
        match self.known(entry) {
            Ok(Some(_)) => Ok(()),
            other => self
                .check(entry.content(), false)
                .and_then(|()| self.nobody_forgotten(entry.content()))
                .and(other.map(|_| ())),
        }
    }

    /// Records a balanced entry that follows from `fact`. Checks, in this order: currency, lock, accounts, funds,
    /// events, parties, reference (the same content again is [`Posted::AlreadyThere`]), balances that fit.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn post(&mut self, fact: FactNo, entry: &Entry) -> Result<Posted, BooksError> {
        // What is there already is no error, whatever was locked or closed since: a file can be imported again.
        let known = self.known(entry);
        if let Ok(Some(existing)) = known {
            return Ok(Posted::AlreadyThere(existing));
        }
        self.check(entry.content(), false)?;
        if !self.cause(fact)?.is_document() {
            self.nobody_forgotten(entry.content())?;
        }
        known?;
        if matches!(self.cause(fact)?.word(), "voucher" | "import")
            && let Some(completed) = cash_flows(self.setup()?, entry)
        {
            return self.append(fact, &completed).map(Posted::New);
        }
        self.append(fact, entry).map(Posted::New)
    }

    /// The entry made earlier from an imported row that looked like this.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn entry_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError> {
        self.books.store.entry_by_identity(identity)
    }

    /// Records a balanced entry made from an imported row without a reference, and remembers what the row looked like.
    ///
    /// # Errors
    /// As [`Writer::post`].
    pub fn post_identified(&mut self, fact: FactNo, entry: &Entry, identity: &[u8; 16]) -> Result<Posted, BooksError> {
        if let Some(existing) = self.books.store.entry_by_identity(identity)? {
            return Ok(Posted::AlreadyThere(existing));
        }
        let posted = self.post(fact, entry)?;
        if let Posted::New(number) = posted {
            self.books.store.put_identity(identity, number)?;
        }
        Ok(posted)
    }

    /// The same, unless that entry was reversed since: then the row can be taken in again.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn standing_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError> {
        let Some(entry) = self.entry_by_identity(identity)? else { return Ok(None) };
        Ok(if self.books.store.reversal_of(entry)?.is_some() { None } else { Some(entry) })
    }

    /// Remembers what an imported row looked like that a document's entry followed from.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn identify(&mut self, entry: EntryNo, identity: &[u8; 16]) -> Result<(), BooksError> {
        self.books.store.put_identity(identity, entry)
    }

    /// Undoes an entry by its mirror image on another date, once.
    ///
    /// # Errors
    /// [`BooksError::AlreadyReversed`], [`BooksError::ReversalBefore`], [`BooksError::Empty`] without a reason, or as [`Writer::post`].
    pub fn reverse(&mut self, number: EntryNo, date: Date, reason: &str) -> Result<EntryNo, BooksError> {
        let original = self.books.entry(number)?;
        if let Some(by) = original.reversed_by {
            return Err(BooksError::AlreadyReversed { entry: number, by });
        }
        if date < original.date {
            return Err(BooksError::ReversalBefore { entry: number, date: original.date, wanted: date });
        }
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(BooksError::Empty { what: "the reason of the reversal" });
        }
        // What a document's fact has posted is taken back as a whole, and the document with it.
        let mut entries = self.entries_to_take_back(number, original.stored.fact)?;
        let of_document = !entries.is_empty();
        if !of_document {
            entries.push(number);
        }
        let mut reversals = Vec::with_capacity(entries.len());
        for other in entries {
            let original = self.books.entry(other)?;
            if let Some(by) = original.reversed_by {
                return Err(BooksError::AlreadyReversed { entry: other, by });
            }
            if date < original.date {
                return Err(BooksError::ReversalBefore { entry: other, date: original.date, wanted: date });
            }
            let entry = original.to_draft().balance()?.reversal(other, date);
            self.check(entry.content(), true)?;
            reversals.push(entry);
        }
        // By hand, a fund may be put right in any order; `close --check` looks at it in the end.
        if of_document {
            self.funds_bear(number, &reversals)?;
        }
        let fact = self.record(|recorder| {
            Ok(Fact::Reversal(ReversalDone { entry: number, reason: recorder.seal("reason", reason) }))
        })?;
        let mut reversed = None;
        for entry in reversals {
            let by = self.append(fact, &entry)?;
            if entry.reverses() == Some(number) {
                reversed = Some(by);
            }
        }
        if of_document {
            self.restore_documents(original.stored.fact, fact)?;
        }
        reversed.ok_or(BooksError::UnknownEntry { number, last: self.tail.entries })
    }

    /// Refuses reversals that would leave a fund that a donor restricts below zero, or take more of its releases back than
    /// there are.
    fn funds_bear(&mut self, number: EntryNo, reversals: &[Entry]) -> Result<(), BooksError> {
        let mut changes: BTreeMap<Slug, FundStanding> = BTreeMap::new();
        let setup = self.setup()?;
        for posting in reversals.iter().flat_map(|entry| &entry.content().postings) {
            let account = setup.account_numbered(posting.at.account);
            if let Some(account) = account.filter(|_| setup.is_restricted(posting.at.fund)) {
                changes.entry(posting.at.fund).or_default().add(account, i128::from(posting.amount.minor()));
            }
        }
        for (fund, change) in changes {
            let now = self.fund_standing(fund)?;
            let spent = change.held < 0 && now.held + change.held < 0;
            if spent || (change.released < 0 && now.released + change.released < 0) {
                let currency = self.setup()?.currency();
                let shown = |minor: i128| format!("{} {currency}", currency.format_grouped(minor)).into_boxed_str();
                let (taken, there) = if spent { (-change.held, now.held) } else { (-change.released, now.released) };
                return Err(BooksError::FundShort {
                    entry: number,
                    fund,
                    spent,
                    taken: shown(taken),
                    there: shown(there),
                });
            }
        }
        Ok(())
    }

    /// `closed` lets postings to closed accounts pass: what stands there can still be reversed.
    fn check(&self, draft: &Draft, closed: bool) -> Result<(), BooksError> {
        let setup = self.setup()?;
        let currency = draft.postings[0].amount.currency();
        if currency != setup.currency() {
            let expected = setup.currency().to_string();
            return Err(BooksError::WrongCurrency { expected, found: currency.to_string() });
        }
        if draft.reference.as_deref().is_some_and(|reference| reference.trim().is_empty()) {
            return Err(BooksError::Empty { what: "the reference" });
        }
        if let Some(through) = setup.locked_through()
            && draft.date <= through
        {
            return Err(BooksError::PeriodLocked { date: draft.date, through });
        }
        for posting in &draft.postings {
            let number = posting.at.account;
            let account = setup.account_numbered(number).ok_or_else(|| BooksError::Unknown {
                what: "account",
                value: format!("number {number}"),
                suggestion: None,
            })?;
            if account.closed && !closed {
                return Err(BooksError::ClosedAccount { value: account.name.to_string() });
            }
            // A coordinate that is there already was checked when it came.
            if !self.coordinates.contains_key(&posting.at) {
                setup.fund(posting.at.fund.as_str())?;
                posting.at.event.map(|event| setup.event(event.as_str())).transpose()?;
            }
            if let Some(party) = posting.party
                && !(1..=self.tail.parties).contains(&party.0)
            {
                return Err(BooksError::Unknown { what: "party", value: format!("#{party}"), suggestion: None });
            }
        }
        Ok(())
    }

    /// The first part in which a kept entry differs from a draft, with both values; `None` when they say the same.
    fn difference(&self, existing: EntryNo, draft: &Draft) -> Result<Option<String>, BooksError> {
        let setup = self.setup()?;
        let kept = self.books.entry(existing)?;
        if kept.date != draft.date {
            return Ok(Some(format!("date is {}, not {}", kept.date, draft.date)));
        }
        let name = |account: AccountNo| setup.account_numbered(account).map_or("?", |a| a.name.as_str()).to_owned();
        if kept.postings.len() != draft.postings.len() {
            let (has, not) = (kept.postings.len(), draft.postings.len());
            return Ok(Some(format!("number of postings is {has}, not {not}")));
        }
        // A text that was erased, here or at the source, cannot be compared.
        let differs = |old: &Option<String>, new: &Option<String>| old.is_some() && new.is_some() && old != new;
        for (i, (old, new)) in kept.postings.iter().zip(&draft.postings).enumerate() {
            let line = i + 1;
            if old.at.account != new.at.account {
                let (has, not) = (name(old.at.account), name(new.at.account));
                return Ok(Some(format!("posting {line} is to `{has}`, not `{not}`")));
            }
            if old.amount != new.amount {
                return Ok(Some(format!("posting {line} is {}, not {}", old.amount, new.amount)));
            }
            if old.original != new.original {
                return Ok(Some(format!("posting {line} has another original amount or rate")));
            }
            if differs(&old.memo, &new.memo) || (kept.stored.postings[i].memo.is_none() && new.memo.is_some()) {
                return Ok(Some(format!("posting {line} has another memo")));
            }
            // A function that only the account's default gives may have been another when the entry was made.
            let default = setup.account_numbered(new.at.account).and_then(|account| account.function_for(None));
            let function = if new.at.function == default { old.at.function } else { new.at.function };
            // A cash-flow line that is not said is found when the entry is made.
            let flow = new.cash_flow.is_none_or(|flow| old.cash_flow == Some(flow));
            // Nor can a party: whoever bears the name today is another.
            let party = old.party != new.party && !old.party.is_some_and(|party| self.books.is_forgotten(party));
            if old.at != (Coordinate { function, ..new.at }) || party || !flow {
                return Ok(Some(format!(
                    "posting {line} (`{}`) has other dimensions or another party",
                    name(old.at.account)
                )));
            }
        }
        if differs(&kept.description, &draft.description)
            || (kept.stored.description.is_none() && draft.description.is_some())
        {
            let shown = |text: &Option<String>| text.as_ref().map_or("empty".to_owned(), |text| format!("`{text}`"));
            let (has, not) = (shown(&kept.description), shown(&draft.description));
            return Ok(Some(format!("description is {has}, not {not}")));
        }
        Ok(None)
    }

    /// The kind of the fact that an entry is to follow from.
    fn cause(&self, fact: FactNo) -> Result<Cause, BooksError> {
        self.causes.get(&fact).map_or_else(|| cause_of(&self.books.store, fact), |cause| Ok(*cause))
    }

    fn append(&mut self, fact: FactNo, entry: &Entry) -> Result<EntryNo, BooksError> {
        let draft = entry.content();
        let cause = self.cause(fact)?;
        let number = EntryNo(self.tail.entries + 1);
        let seq = self.tail.head.seq + 1;
        let mut recorder = Recorder { rng: &mut self.rng, seq, texts: Vec::new() };
        let description = draft.description.as_deref().map(|text| recorder.seal("description", text));
        let mut postings = Vec::with_capacity(draft.postings.len());
        for (i, posting) in draft.postings.iter().enumerate() {
            let line = i64::try_from(i).unwrap_or(i64::MAX) + 1;
            postings.push(StoredPosting {
                line,
                account: posting.at.account,
                amount: posting.amount.minor(),
                coordinate: CoordinateNo(0),
                day: i64::from(draft.date.number()),
                cash_flow: posting.cash_flow,
                party: posting.party,
                original: posting
                    .original
                    .map(|o| (o.amount.minor(), o.amount.currency().to_string(), o.rate.to_string())),
                memo: posting.memo.as_deref().map(|text| recorder.seal(&memo_field(line), text)),
            });
        }
        let texts = recorder.texts;
        for (stored, posting) in postings.iter_mut().zip(&draft.postings) {
            stored.coordinate = self.coordinate(&posting.at)?;
            self.add_to_cube(stored, draft.date, Origin { cause, flow: stored.cash_flow });
        }
        self.add_to_funds(draft)?;
        let mut stored = StoredEntry {
            number,
            seq,
            fact,
            recorded_at: self.context.now.as_str().to_owned(),
            date: i64::from(draft.date.number()),
            reference: draft.reference.clone(),
            reverses: entry.reverses(),
            description,
            postings,
            hash: [0; 32],
        };
        encode_entry(&mut self.buffer, &self.tail.head.hash, &stored, |i| &draft.postings[i].at);
        stored.hash = hash(&self.buffer);
        self.books.store.append_entry(&stored)?;
        for text in &texts {
            self.books.store.append_text(text)?;
        }
        self.tail.entries += 1;
        self.tail.head = Head { seq, hash: stored.hash };
        if self.pending.len() >= PENDING_CELLS {
            self.flush()?;
        }
        Ok(number)
    }

    fn coordinate(&mut self, at: &Coordinate) -> Result<CoordinateNo, BooksError> {
        if let Some(number) = self.coordinates.get(at) {
            return Ok(*number);
        }
        let number = CoordinateNo(i64::try_from(self.coordinates.len()).unwrap_or(i64::MAX) + 1);
        self.books.store.append_coordinate(number, at)?;
        self.coordinates.insert(*at, number);
        Ok(number)
    }

    fn add_to_cube(&mut self, posting: &StoredPosting, date: Date, origin: Origin) {
        let cell = self.pending.entry((posting.coordinate, date, origin)).or_default();
        *cell = cell.plus(Balance::of(posting.amount));
    }

    /// Writes the held-back cells of the cube, in the order in which the store keeps them.
    pub(super) fn flush(&mut self) -> Result<(), BooksError> {
        let mut cells: Vec<_> = self.pending.drain().collect();
        cells.sort_unstable_by_key(|((coordinate, date, origin), _)| {
            (*date, *coordinate, origin.cause.word(), origin.flow)
        });
        self.books.store.add_balances(&cells).map_err(|error| match error {
            BooksError::BalanceOverflow { coordinate, .. } => {
                let at = self.coordinates.iter().find(|(_, number)| **number == coordinate).map(|(at, _)| at.account);
                let account = at.and_then(|number| self.books.setup.as_ref()?.account_numbered(number));
                let account = account.map(|account| account.name.to_string()).unwrap_or_default();
                BooksError::BalanceOverflow { coordinate, account }
            }
            other => other,
        })
    }
}
