//! Books in memory: for what-if replays and for tests. Begins empty, ends with the process.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::BooksError;
use super::balance::Balance;
use super::head::Head;
use super::store::{
    CellKey, DocumentFilter, DocumentRow, EntryFilter, Origin, PartyRow, Record, Store, StoredEntry, StoredFact,
    StoredText, Tail,
};
use crate::calendar::WindowPart;
use crate::conference::{DocumentId, DocumentKind, Fact, TallyKey};
use crate::ledger::{Coordinate, CoordinateNo, EntryNo, FactNo, PartyNo};

#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Rows {
    facts: Vec<StoredFact>,
    entries: Vec<StoredEntry>,
    texts: BTreeMap<(i64, String), StoredText>,
    coordinates: Vec<Coordinate>,
    parties: BTreeMap<i64, PartyRow>,
    identities: HashMap<[u8; 16], EntryNo>,
    days: BTreeMap<(i64, CoordinateNo, Origin), Balance>,
    months: BTreeMap<(i64, CoordinateNo, Origin), Balance>,
    documents: BTreeMap<DocumentId, DocumentRow>,
    tallies: BTreeMap<TallyKey, (i64, i128)>,
}

/// Keeps books in memory.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct MemoryStore {
    rows: Rows,
    before: Option<Rows>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

fn at<T>(rows: &[T], number: i64) -> Option<&T> {
    usize::try_from(number - 1).ok().and_then(|index| rows.get(index))
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

impl Store for MemoryStore {
    fn begin(&mut self, _wait: Duration, _holder: &str) -> Result<(), BooksError> {
        self.before = Some(self.rows.clone());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), BooksError> {
        self.before = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), BooksError> {
        if let Some(before) = self.before.take() {
            self.rows = before;
        }
        Ok(())
    }

    fn begin_reading(&self) -> Result<(), BooksError> {
        Ok(())
    }

    fn end_reading(&self) -> Result<(), BooksError> {
        Ok(())
    }

    fn append_fact(&mut self, fact: &StoredFact) -> Result<(), BooksError> {
        self.rows.facts.push(fact.clone());
        Ok(())
    }

    fn append_entry(&mut self, entry: &StoredEntry) -> Result<(), BooksError> {
        self.rows.entries.push(entry.clone());
        Ok(())
    }

    fn append_text(&mut self, text: &StoredText) -> Result<(), BooksError> {
        self.rows.texts.insert((text.seq, text.field.clone()), text.clone());
        Ok(())
    }

    fn erase_text(&mut self, seq: i64, field: &str) -> Result<(), BooksError> {
        self.rows.texts.remove(&(seq, field.to_owned()));
        Ok(())
    }

    fn erase_identity(&mut self, entry: EntryNo) -> Result<bool, BooksError> {
        let known = self.rows.identities.len();
        self.rows.identities.retain(|_, number| *number != entry);
        Ok(self.rows.identities.len() < known)
    }

    fn scrub(&mut self) -> Result<(), BooksError> {
        Ok(())
    }

    fn append_coordinate(&mut self, _number: CoordinateNo, at: &Coordinate) -> Result<(), BooksError> {
        self.rows.coordinates.push(*at);
        Ok(())
    }

    fn put_party(&mut self, party: &PartyRow) -> Result<(), BooksError> {
        self.rows.parties.insert(party.number.0, party.clone());
        Ok(())
    }

    fn put_identity(&mut self, identity: &[u8; 16], entry: EntryNo) -> Result<(), BooksError> {
        self.rows.identities.insert(*identity, entry);
        Ok(())
    }

    fn put_document(&mut self, row: &DocumentRow) -> Result<(), BooksError> {
        self.rows.documents.insert(row.document.id(), row.clone());
        Ok(())
    }

    fn remove_document(&mut self, id: DocumentId) -> Result<(), BooksError> {
        self.rows.documents.remove(&id);
        Ok(())
    }

    fn clear_documents(&mut self) -> Result<(), BooksError> {
        self.rows.documents.clear();
        self.rows.tallies.clear();
        Ok(())
    }

    fn add_tallies(&mut self, deltas: &[(TallyKey, i64, i128)]) -> Result<(), BooksError> {
        for (key, count, amount) in deltas {
            let tally = self.rows.tallies.entry(key.clone()).or_default();
            *tally = (tally.0 + count, tally.1 + amount);
            if *tally == (0, 0) {
                self.rows.tallies.remove(key);
            }
        }
        Ok(())
    }

    fn add_balances(&mut self, cells: &[(CellKey, Balance)]) -> Result<(), BooksError> {
        for ((coordinate, date, origin), balance) in cells {
            let overflow = || BooksError::BalanceOverflow { coordinate: *coordinate, account: String::new() };
            let day = self.rows.days.entry((i64::from(date.number()), *coordinate, *origin)).or_default();
            *day = day.plus(*balance);
            day.narrow().ok_or_else(overflow)?;
            let month = self.rows.months.entry((i64::from(date.month().number()), *coordinate, *origin)).or_default();
            *month = month.plus(*balance);
            month.narrow().ok_or_else(overflow)?;
        }
        Ok(())
    }

    fn tail(&self) -> Result<Tail, BooksError> {
        let fact = self.rows.facts.last().map(|f| Head { seq: f.seq, hash: f.hash });
        let entry = self.rows.entries.last().map(|e| Head { seq: e.seq, hash: e.hash });
        let head = fact.into_iter().chain(entry).max_by_key(|head| head.seq).unwrap_or(Head::EMPTY);
        Ok(Tail {
            head,
            entries: count(&self.rows.entries),
            facts: count(&self.rows.facts),
            parties: self.rows.parties.last_key_value().map_or(0, |(number, _)| *number),
        })
    }

    fn setup_facts(&self) -> Result<Vec<StoredFact>, BooksError> {
        Ok(self.rows.facts.iter().filter(|f| Fact::SETUP.contains(&f.kind.as_str())).cloned().collect())
    }

    fn coordinates(&self) -> Result<Vec<(CoordinateNo, Coordinate)>, BooksError> {
        Ok((1..).map(CoordinateNo).zip(self.rows.coordinates.iter().copied()).collect())
    }

    fn balances(
        &self,
        part: WindowPart,
        visit: &mut dyn FnMut(CoordinateNo, Origin, i64, Balance),
    ) -> Result<(), BooksError> {
        let (rows, from, to) = match part {
            WindowPart::Months(from, to) => (&self.rows.months, from.number(), to.number()),
            WindowPart::Days(days) => (&self.rows.days, days.from().number(), days.to().number()),
        };
        for ((period, coordinate, origin), balance) in rows {
            if (i64::from(from)..=i64::from(to)).contains(period) {
                visit(*coordinate, *origin, *period, *balance);
            }
        }
        Ok(())
    }

    fn chain(
        &self,
        visit: &mut dyn FnMut(Record, Vec<StoredText>) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let mut facts = self.rows.facts.iter().peekable();
        let mut entries = self.rows.entries.iter().peekable();
        loop {
            let record = match (facts.peek(), entries.peek()) {
                (None, None) => return Ok(()),
                (Some(fact), Some(entry)) if entry.seq < fact.seq => entries.next().cloned().map(Record::Entry),
                (None, Some(_)) => entries.next().cloned().map(Record::Entry),
                (Some(_), _) => facts.next().cloned().map(Record::Fact),
            };
            let Some(record) = record else { return Ok(()) };
            let texts = self.rows.texts.range((record.seq(), String::new())..(record.seq() + 1, String::new()));
            visit(record, texts.map(|(_, text)| text.clone()).collect())?;
        }
    }

    fn entries(
        &self,
        filter: &EntryFilter,
        visit: &mut dyn FnMut(StoredEntry) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let (from, to) = (i64::from(filter.window.from().number()), i64::from(filter.window.to().number()));
        let wanted = |entry: &&StoredEntry| {
            (from..=to).contains(&entry.date)
                && filter
                    .coordinates
                    .as_ref()
                    .is_none_or(|list| entry.postings.iter().any(|posting| list.contains(&posting.coordinate)))
        };
        let mut found: Vec<&StoredEntry> = self.rows.entries.iter().filter(wanted).collect();
        found.sort_by_key(|entry| (entry.date, entry.number));
        found.into_iter().try_for_each(|entry| visit(entry.clone()))
    }

    fn entry(&self, number: EntryNo) -> Result<Option<StoredEntry>, BooksError> {
        Ok(at(&self.rows.entries, number.0).cloned())
    }

    fn fact(&self, number: FactNo) -> Result<Option<StoredFact>, BooksError> {
        Ok(at(&self.rows.facts, number.0).cloned())
    }

    fn entry_by_reference(&self, reference: &str) -> Result<Option<EntryNo>, BooksError> {
        Ok(self.rows.entries.iter().find(|e| e.reference.as_deref() == Some(reference)).map(|e| e.number))
    }

    fn entry_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError> {
        Ok(self.rows.identities.get(identity).copied())
    }

    fn reversal_of(&self, number: EntryNo) -> Result<Option<EntryNo>, BooksError> {
        Ok(self.rows.entries.iter().find(|e| e.reverses == Some(number)).map(|e| e.number))
    }

    fn text(&self, seq: i64, field: &str) -> Result<Option<StoredText>, BooksError> {
        Ok(self.rows.texts.get(&(seq, field.to_owned())).cloned())
    }

    fn party(&self, number: PartyNo) -> Result<Option<PartyRow>, BooksError> {
        Ok(self.rows.parties.get(&number.0).cloned())
    }

    fn party_by_name(&self, name: &str) -> Result<Option<PartyNo>, BooksError> {
        let named =
            |row: &&PartyRow| self.rows.texts.get(&(row.seq, "name".to_owned())).is_some_and(|text| text.body == name);
        Ok(self.rows.parties.values().rev().find(named).map(|row| row.number))
    }

    fn parties(&self, visit: &mut dyn FnMut(PartyRow) -> Result<(), BooksError>) -> Result<(), BooksError> {
        self.rows.parties.values().try_for_each(|row| visit(row.clone()))
    }

    fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, BooksError> {
        Ok(self.rows.documents.get(&id).cloned())
    }

    fn kept_documents(
        &self,
        kind: DocumentKind,
        visit: &mut dyn FnMut(DocumentRow, Option<&'static str>),
    ) -> Result<(), BooksError> {
        // There are no columns beside the documents here.
        let rows = self.rows.documents.values().filter(|row| row.document.id().kind == kind);
        rows.for_each(|row| visit(row.clone(), None));
        Ok(())
    }

    fn documents(
        &self,
        filter: DocumentFilter,
        visit: &mut dyn FnMut(DocumentRow) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let rows = self.rows.documents.values();
        match filter {
            DocumentFilter::Kind(kind) => {
                rows.filter(|row| row.document.id().kind == kind).try_for_each(|row| visit(row.clone()))
            }
            DocumentFilter::Open => {
                rows.filter(|row| row.document.open() != (0, 0)).try_for_each(|row| visit(row.clone()))
            }
            DocumentFilter::Event(event, kind, after, most) => rows
                .filter(|row| row.document.id().kind == kind && row.document.event() == Some(event))
                .filter(|row| after.is_none_or(|after| row.document.id().code > after))
                .take(most)
                .try_for_each(|row| visit(row.clone())),
        }
    }

    fn tally(&self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        Ok(self.rows.tallies.get(key).copied().unwrap_or_default())
    }

    fn tallies(&self, visit: &mut dyn FnMut(TallyKey, i64, i128)) -> Result<(), BooksError> {
        self.rows.tallies.iter().for_each(|(key, (count, amount))| visit(key.clone(), *count, *amount));
        Ok(())
    }

    fn entries_of(&self, fact: FactNo) -> Result<Vec<EntryNo>, BooksError> {
        Ok(self.rows.entries.iter().filter(|entry| entry.fact == fact).map(|entry| entry.number).collect())
    }

    fn entries_of_party(&self, party: PartyNo) -> Result<Vec<EntryNo>, BooksError> {
        let about = |entry: &&StoredEntry| entry.postings.iter().any(|posting| posting.party == Some(party));
        Ok(self.rows.entries.iter().filter(about).map(|entry| entry.number).collect())
    }

    fn facts(
        &self,
        kinds: &[&str],
        visit: &mut dyn FnMut(StoredFact) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let wanted = |fact: &&StoredFact| kinds.contains(&fact.kind.as_str());
        self.rows.facts.iter().filter(wanted).try_for_each(|fact| visit(fact.clone()))
    }

    fn self_check(&self) -> Result<Vec<String>, BooksError> {
        Ok(Vec::new())
    }
}
