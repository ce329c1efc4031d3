//! Reading the books: balances from the cube, entries with their texts, contributors of a figure.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::balance::Balance;
use super::setup::{Setup, read_fact};
use super::store::{DocumentFilter, EntryFilter, Origin, PartyRow, Store, StoredEntry, Tail};
use super::{BooksError, Head};
use crate::calendar::{ALL_DAYS, Date, Month, Window};
use crate::conference::{Cause, Document, DocumentId, Fact, RuleError, TallyKey};
use crate::ledger::{Coordinate, CoordinateNo, Draft, EntryNo, FactNo, Original, Party, PartyNo, Posting, nearest};
use crate::money::{Currency, Money};

/// A set of books, kept in a store.
#[derive(Debug)]
pub struct Books<S> {
    pub(super) store: S,
    pub(super) setup: Option<Setup>,
    /// The head that `setup` and `coordinates` agree with; `None` when they must be read again.
    pub(super) seen: Option<Head>,
    pub(super) coordinates: Option<HashMap<Coordinate, CoordinateNo>>,
}

/// An entry with the texts that belong to it, for showing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalEntry {
    /// The entry as it is kept.
    pub stored: StoredEntry,
    /// Its booking date.
    pub date: Date,
    /// Its description, unless erased.
    pub description: Option<String>,
    /// What the document it follows from says, when it has no description of its own.
    pub about: Option<String>,
    /// The entry that reverses it.
    pub reversed_by: Option<EntryNo>,
    /// Its lines with dimensions; memos are filled in.
    pub postings: Vec<Posting>,
}

/// A party with what is known of it, for showing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyDetail {
    /// Number, kind and holding.
    pub party: Party,
    /// Its name, unless erased.
    pub name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
}

impl<S: Store> Books<S> {
    /// Opens books that a store holds, or that are to be begun in it.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn open(store: S) -> Result<Self, BooksError> {
        // The head first: what another program adds in between is then read again before anything is written.
        let seen = Some(store.tail()?.head);
        let setup = Setup::fold(&store.setup_facts()?)?;
        Ok(Self { store, setup, seen, coordinates: None })
    }

    /// Opens books for one report: setup and figures are of the same state, even while another program writes.
    ///
    /// # Errors
    /// What `reader` returns, or what the store cannot read.
    pub fn open_for<T, E: From<BooksError>>(store: S, reader: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        store.begin_reading()?;
        let books = Self::open(store)?;
        books.end_reading_after(reader(&books))
    }

    /// Opens books that may be damaged so far that their setup cannot be read: only [`Books::verify`] is of use then.
    #[must_use]
    pub const fn open_unread(store: S) -> Self {
        Self { store, setup: None, seen: None, coordinates: None }
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Gives the store back.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }

    /// What the books are set up with.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when they were never begun.
    pub fn setup(&self) -> Result<&Setup, BooksError> {
        self.setup.as_ref().ok_or_else(|| BooksError::Damaged { what: "the books were never begun".to_owned() })
    }

    /// Where the books end.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn tail(&self) -> Result<Tail, BooksError> {
        self.store.tail()
    }

    /// Reads several things of one state of the books. The setup is as it was read when they were opened; for a report
    /// use [`Books::open_for`].
    ///
    /// # Errors
    /// What `reader` returns, or what the store cannot do.
    pub fn consistently<T, E: From<BooksError>>(&self, reader: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        self.store.begin_reading()?;
        self.end_reading_after(reader(self))
    }

    /// Ends a reading; what went wrong in it matters more than what its end says.
    fn end_reading_after<T, E: From<BooksError>>(&self, outcome: Result<T, E>) -> Result<T, E> {
        let ended = self.store.end_reading();
        let value = outcome?;
        ended?;
        Ok(value)
    }

    /// The last record.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn head(&self) -> Result<Head, BooksError> {
        Ok(self.store.tail()?.head)
    }

    /// All coordinates by number.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn coordinates(&self) -> Result<HashMap<CoordinateNo, Coordinate>, BooksError> {
        Ok(self.store.coordinates()?.into_iter().collect())
    }

    /// Balances over a window, from the cube: its time depends on the months and coordinates, not on the journal.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn balances(&self, window: Window) -> Result<HashMap<CoordinateNo, Balance>, BooksError> {
        let mut sums: HashMap<CoordinateNo, Balance> = HashMap::new();
        for part in window.parts() {
            self.store.balances(part, &mut |coordinate, _, _, balance| {
                let sum = sums.entry(coordinate).or_default();
                *sum = sum.plus(balance);
            })?;
        }
        Ok(sums)
    }

    /// Balances over a window by what they came from: kind of fact and cash-flow line. From the cube.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn movements(&self, window: Window) -> Result<HashMap<(CoordinateNo, Origin), Balance>, BooksError> {
        let mut sums: HashMap<(CoordinateNo, Origin), Balance> = HashMap::new();
        for part in window.parts() {
            self.store.balances(part, &mut |coordinate, origin, _, balance| {
                let sum = sums.entry((coordinate, origin)).or_default();
                *sum = sum.plus(balance);
            })?;
        }
        Ok(sums)
    }

    /// A document as it stands.
    ///
    /// # Errors
    /// [`RuleError::NoDocument`] with the nearest code.
    pub fn document(&self, id: DocumentId) -> Result<Document, BooksError> {
        if let Some(row) = self.store.document(id)? {
            return Ok(row.document);
        }
        let mut codes: Vec<String> = Vec::new();
        self.store.documents(DocumentFilter::Kind(id.kind), &mut |row| {
            // A suggestion is a courtesy: it is looked for among the first few thousand.
            if codes.len() < 5_000 {
                codes.push(row.document.id().code.to_string());
            }
            Ok(())
        })?;
        let near = nearest(id.code.as_str(), codes.iter().map(String::as_str)).map(str::to_owned);
        Err(RuleError::NoDocument { id, near }.into())
    }

    /// The entries about a document: those of its own facts, and their reversals. Found among the entries of its party.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn entries_about(&self, id: DocumentId) -> Result<Vec<EntryNo>, BooksError> {
        let party = self.document(id)?.party();
        let mut entries = Vec::new();
        for number in self.store.entries_of_party(party)? {
            let Some(entry) = self.store.entry(number)? else { continue };
            let mut fact = self.fact(entry.fact)?.0;
            if let Fact::Reversal(reversal) = &fact
                && let Some(reversed) = self.store.entry(reversal.entry)?
            {
                fact = self.fact(reversed.fact)?.0;
            }
            if fact.document() == Some(id) {
                entries.push(number);
            }
        }
        Ok(entries)
    }

    /// Documents, in the order of kind and code.
    ///
    /// # Errors
    /// What the store cannot read, or what `visit` returns.
    pub fn documents(
        &self,
        filter: DocumentFilter,
        visit: &mut dyn FnMut(Document) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        self.store.documents(filter, &mut |row| visit(row.document))
    }

    /// All tallies: what is counted over documents.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn tallies(&self) -> Result<Vec<(TallyKey, i64, i128)>, BooksError> {
        let mut tallies = Vec::new();
        self.store.tallies(&mut |key, count, amount| tallies.push((key, count, amount)))?;
        Ok(tallies)
    }

    /// Every fact of these kinds, with its place in the chain, in order.
    ///
    /// # Errors
    /// What the store cannot read, or what `visit` returns.
    pub fn facts(
        &self,
        kinds: &[&str],
        visit: &mut dyn FnMut(FactNo, i64, Fact) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        self.store.facts(kinds, &mut |stored| visit(stored.number, stored.seq, read_fact(&stored)?))
    }

    /// The latest rate of a foreign currency on a day: units of the books' currency for one of it.
    ///
    /// # Errors
    /// [`RuleError::NoRate`] when none is known on the day or before.
    pub fn rate_on(&self, currency: Currency, date: Date) -> Result<Decimal, BooksError> {
        let mut found: Option<(Date, Decimal)> = None;
        self.facts(&["rate"], &mut |_, _, fact| {
            if let Fact::Rate(rate) = fact
                && rate.currency == currency.code()
                && rate.date <= date
                // Of one day, the last said counts.
                && found.is_none_or(|(known, _)| known <= rate.date)
            {
                found = Some((rate.date, rate.rate));
            }
            Ok(())
        })?;
        let missing = || RuleError::NoRate { currency: currency.code().to_owned(), date };
        Ok(found.map(|(_, rate)| rate).ok_or_else(missing)?)
    }

    /// First and last month with postings, and how many postings there are.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn span(&self) -> Result<Option<(Month, Month, i64)>, BooksError> {
        let mut span: Option<(i64, i64, i64)> = None;
        for part in ALL_DAYS.parts() {
            self.store.balances(part, &mut |_, _, month, balance| {
                let (first, last, count) = span.unwrap_or((month, month, 0));
                span = Some((first.min(month), last.max(month), count + balance.postings));
            })?;
        }
        Ok(span.and_then(|(first, last, count)| Some((Month::from_number(first)?, Month::from_number(last)?, count))))
    }

    /// The kind of the fact that entries follow from.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn cause_of(&self, fact: FactNo) -> Result<Cause, BooksError> {
        super::desk::cause_of(&self.store, fact)
    }

    /// Entries in the order of date, then number.
    ///
    /// # Errors
    /// What the store cannot read, or what `visit` returns.
    pub fn journal(
        &self,
        filter: &EntryFilter,
        visit: &mut dyn FnMut(JournalEntry) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let coordinates = self.coordinates()?;
        self.store.entries(filter, &mut |stored| visit(self.complete(stored, &coordinates)?))
    }

    /// One entry.
    ///
    /// # Errors
    /// [`BooksError::UnknownEntry`] when there is none with this number.
    pub fn entry(&self, number: EntryNo) -> Result<JournalEntry, BooksError> {
        let Some(stored) = self.store.entry(number)? else {
            return Err(BooksError::UnknownEntry { number, last: self.store.tail()?.entries });
        };
        self.complete(stored, &self.coordinates()?)
    }

    /// One fact and the name of who recorded it.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn fact(&self, number: FactNo) -> Result<(Fact, Option<String>, i64), BooksError> {
        let stored = self.store.fact(number)?;
        let stored = stored.ok_or_else(|| BooksError::Damaged { what: format!("fact {number} is missing") })?;
        let actor = self.store.text(stored.seq, "actor")?.map(|text| text.body);
        Ok((read_fact(&stored)?, actor, stored.seq))
    }

    /// A text of a record, unless it was erased.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn text(&self, seq: i64, field: &str) -> Result<Option<String>, BooksError> {
        Ok(self.store.text(seq, field)?.map(|text| text.body))
    }

    /// Adds dimensions, texts and the reversal's number to a kept entry.
    fn complete(
        &self,
        stored: StoredEntry,
        coordinates: &HashMap<CoordinateNo, Coordinate>,
    ) -> Result<JournalEntry, BooksError> {
        let damaged = |what: String| BooksError::Damaged { what: format!("entry {}: {what}", stored.number) };
        let date = Date::from_number(stored.date).ok_or_else(|| damaged(format!("`{}` is no day", stored.date)))?;
        let currency = self.setup()?.currency();
        let mut postings = Vec::with_capacity(stored.postings.len());
        for posting in &stored.postings {
            let at = coordinates
                .get(&posting.coordinate)
                .ok_or_else(|| damaged(format!("posting {} has no coordinate", posting.line)))?;
            let original = match &posting.original {
                None => None,
                Some((minor, code, rate)) => Some(Original {
                    amount: Money::new(*minor, Currency::from_code(code)?),
                    rate: rate.parse().map_err(|_| damaged(format!("`{rate}` is no rate")))?,
                }),
            };
            let memo = match posting.memo {
                None => None,
                Some(_) => self.text(stored.seq, &memo_field(posting.line))?,
            };
            postings.push(Posting {
                at: *at,
                amount: Money::new(posting.amount, currency),
                cash_flow: posting.cash_flow,
                party: posting.party,
                original,
                memo,
            });
        }
        let description = if stored.description.is_some() { self.text(stored.seq, "description")? } else { None };
        let about = match stored.description {
            Some(_) => None,
            None => self.store.fact(stored.fact)?.and_then(|fact| read_fact(&fact).ok()?.describe()),
        };
        let reversed_by = self.store.reversal_of(stored.number)?;
        Ok(JournalEntry { date, description, about, reversed_by, postings, stored })
    }

    /// A party and what is known of it.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] when there is none with this number.
    pub fn party(&self, number: PartyNo) -> Result<PartyDetail, BooksError> {
        let row = self.store.party(number)?;
        let row = row.ok_or_else(|| self.unknown_party(&format!("#{number}"), None))?;
        self.party_detail(&row)
    }

    /// Whether a party was forgotten, even if some of its texts are kept for now.
    #[must_use]
    pub fn is_forgotten(&self, number: PartyNo) -> bool {
        self.setup.as_ref().is_some_and(|setup| setup.forgotten().contains_key(&number))
    }

    /// The name of a party on a voucher that must be kept: there alone it stands until that day, when the party was
    /// forgotten.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn name_on_voucher(&self, number: PartyNo) -> Result<String, BooksError> {
        let kept = match self.store.party(number)? {
            Some(row) => self.text(row.seq, "name")?,
            None => None,
        };
        Ok(kept.unwrap_or_else(|| forgotten_name(number)))
    }

    fn party_detail(&self, row: &PartyRow) -> Result<PartyDetail, BooksError> {
        let party = Party { number: row.number, kind: row.kind, holding: row.holding };
        if self.is_forgotten(row.number) {
            // What is kept of it is for its vouchers alone.
            return Ok(PartyDetail { party, name: None, email: None });
        }
        Ok(PartyDetail { party, name: self.text(row.seq, "name")?, email: self.text(row.seq, "email")? })
    }

    /// The party with this name, or with this number after `#`.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] with the nearest name.
    pub fn find_party(&self, name: &str) -> Result<PartyNo, BooksError> {
        let wanted = name.trim();
        if let Some(number) = wanted.strip_prefix('#').and_then(|n| n.parse().ok()) {
            return self.party(PartyNo(number)).map(|detail| detail.party.number);
        }
        if let Some(number) = self.party_named(wanted)? {
            return Ok(number);
        }
        let mut names = Vec::new();
        self.store.parties(&mut |row| {
            // The nearest name is looked for among the first few thousand; a suggestion is a courtesy.
            if names.len() < 5_000 {
                names.extend(self.party_detail(&row)?.name);
            }
            Ok(())
        })?;
        let suggestion = nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned);
        Err(self.unknown_party(wanted, suggestion))
    }

    /// The party that has this name, unless it was forgotten.
    pub(super) fn party_named(&self, name: &str) -> Result<Option<PartyNo>, BooksError> {
        Ok(self.store.party_by_name(name)?.filter(|number| !self.is_forgotten(*number)))
    }

    fn unknown_party(&self, value: &str, suggestion: Option<String>) -> BooksError {
        BooksError::Unknown { what: "party", value: value.to_owned(), suggestion }
    }

    /// Every party, by number.
    ///
    /// # Errors
    /// What the store cannot read, or what `visit` returns.
    pub fn parties(&self, visit: &mut dyn FnMut(PartyDetail) -> Result<(), BooksError>) -> Result<(), BooksError> {
        self.store.parties(&mut |row| visit(self.party_detail(&row)?))
    }
}

impl JournalEntry {
    /// What the entry is about: its description, or what its document says.
    #[must_use]
    pub fn says(&self) -> Option<&str> {
        self.description.as_deref().or(self.about.as_deref())
    }

    /// The entry as a draft, for reversing it or for comparing it.
    #[must_use]
    pub fn to_draft(&self) -> Draft {
        Draft {
            date: self.date,
            reference: self.stored.reference.clone(),
            description: self.description.clone(),
            postings: self.postings.clone(),
        }
    }
}

impl PartyDetail {
    /// Its name, or what stands in its place once it was forgotten.
    #[must_use]
    pub fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| forgotten_name(self.party.number))
    }
}

/// What a party is called that was forgotten.
fn forgotten_name(number: PartyNo) -> String {
    format!("party {number} (forgotten)")
}

/// Name of the text that is the memo of a posting.
pub(super) fn memo_field(line: i64) -> String {
    format!("line {line}")
}
