//! Stores with one flaw each: proof that the suite would notice.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Duration;

use bursar::books::{
    Balance, BooksError, CellKey, DocumentFilter, DocumentRow, EntryFilter, MemoryStore, Origin, PartyRow, Record,
    Store, StoredEntry, StoredFact, StoredText, Tail,
};
use bursar::calendar::{ALL_DAYS, Date, Window, WindowPart};
use bursar::conference::{Cause, DocumentId, DocumentKind, TallyKey};
use bursar::ledger::{Coordinate, CoordinateNo, EntryNo, FactNo, PartyNo};

macro_rules! flaws {
    ($($flaw:ident),* $(,)?) => {
        /// What is wrong with a store.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Flaw { $($flaw),* }

        impl Flaw {
            pub const ALL: &[Self] = &[$(Self::$flaw),*];
        }
    };
}

flaws![
    ForgetsToRollBack,
    ForgetsToCommit,
    RollsBackAllButIdentities,
    HidesWhatIsNotCommitted,
    LosesAPosting,
    SwapsPostings,
    LosesAmountsBeyond32Bits,
    LosesTheRate,
    LosesTheReverses,
    LosesTheActor,
    LosesTheActivity,
    SharesACoordinate,
    DoublesABalance,
    ReplacesABalance,
    CountsNoZeroPostings,
    SwapsDebitAndCredit,
    IgnoresTheWindowStart,
    IgnoresTheWindowEnd,
    ForgetsTheMonths,
    WrapsAround,
    GivesEntriesUnordered,
    GivesEntriesByNumber,
    GivesEntriesTwice,
    IgnoresTheCoordinateFilter,
    TakesNoCoordinatesForAll,
    ForgetsTheReference,
    FoldsTheReferencesCase,
    ForgetsTheIdentity,
    ForgetsTheReversal,
    GivesAStaleTail,
    TakesAnyFactForTheHead,
    CountsPartiesTooFew,
    DropsAText,
    KeepsAnErasedText,
    ErasesAllTextsOfARecord,
    KeepsTheErasedIdentity,
    TrimsATextAtNul,
    MixesUpSalts,
    FoldsTheFieldsCase,
    ChainsFactsBeforeEntries,
    ChainsWithoutTexts,
    ChainsTextsOfTheNextRecord,
    ChainsOnAfterAnError,
    KeepsTheFirstPartyRow,
    FindsPartiesByPartOfTheName,
    ForgetsLocks,
    GivesSetupFactsBackwards,
    GivesAllFactsAsSetup,
    FindsFaultWithItself,
    MixesUpCauses,
    MixesUpCashFlows,
    LosesADocument,
    KeepsTheFirstDocument,
    KeepsADocumentThatIsGone,
    LosesWhatItWasBefore,
    IgnoresTheEventOfDocuments,
    GivesThePageFromItsStart,
    GivesMoreThanAPage,
    HidesOpenDocuments,
    ReplacesATally,
    KeepsEmptyTallies,
    GivesNoEntriesOfAFact,
    GivesNoEntriesOfAParty,
    GivesFactsOfEveryKind,
];

/// A store in memory with one flaw.
pub struct Broken {
    inner: MemoryStore,
    flaw: Flaw,
    /// Rows that the flaw has to remember.
    stale: RefCell<Option<Tail>>,
    committed: Option<Tail>,
    identities: Vec<([u8; 16], EntryNo)>,
    salt: [u8; 16],
}

impl Broken {
    pub fn new(flaw: Flaw) -> Self {
        Self {
            inner: MemoryStore::new(),
            flaw,
            stale: RefCell::default(),
            committed: None,
            identities: Vec::new(),
            salt: [0; 16],
        }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn widened(&self, window: Window) -> Window {
        let from = if self.has(Flaw::IgnoresTheWindowStart) { Date::MIN } else { window.from() };
        let to = if self.has(Flaw::IgnoresTheWindowEnd) { Date::MAX } else { window.to() };
        Window::new(from, to).unwrap()
    }

    fn listed(&self, filter: &EntryFilter) -> Result<Vec<StoredEntry>, BooksError> {
        let mut list = Vec::new();
        self.inner.entries(filter, &mut |entry| {
            list.push(entry);
            Ok(())
        })?;
        Ok(list)
    }

    fn cells(&self, part: WindowPart) -> Result<Vec<(CoordinateNo, Origin, i64, Balance)>, BooksError> {
        let mut cells = Vec::new();
        self.inner.balances(part, &mut |at, origin, period, balance| cells.push((at, origin, period, balance)))?;
        Ok(cells)
    }
}

impl Store for Broken {
    fn begin(&mut self, wait: Duration, holder: &str) -> Result<(), BooksError> {
        self.committed = Some(self.inner.tail()?);
        self.inner.begin(wait, holder)
    }

    fn commit(&mut self) -> Result<(), BooksError> {
        self.committed = None;
        if self.has(Flaw::ForgetsToCommit) { self.inner.rollback() } else { self.inner.commit() }
    }

    fn rollback(&mut self) -> Result<(), BooksError> {
        self.committed = None;
        if self.has(Flaw::ForgetsToRollBack) {
            return self.inner.commit();
        }
        self.inner.rollback()?;
        if self.has(Flaw::RollsBackAllButIdentities) {
            for (identity, entry) in &self.identities {
                self.inner.put_identity(identity, *entry)?;
            }
        }
        Ok(())
    }

    fn begin_reading(&self) -> Result<(), BooksError> {
        self.inner.begin_reading()
    }

    fn end_reading(&self) -> Result<(), BooksError> {
        self.inner.end_reading()
    }

    fn append_fact(&mut self, fact: &StoredFact) -> Result<(), BooksError> {
        let actor = if self.has(Flaw::LosesTheActor) { None } else { fact.actor };
        self.inner.append_fact(&StoredFact { actor, ..fact.clone() })
    }

    fn append_entry(&mut self, entry: &StoredEntry) -> Result<(), BooksError> {
        let mut entry = entry.clone();
        match self.flaw {
            Flaw::LosesAPosting => drop(entry.postings.pop()),
            Flaw::SwapsPostings => entry.postings.swap(0, 1),
            Flaw::LosesAmountsBeyond32Bits => {
                entry.postings.iter_mut().for_each(|p| p.amount = p.amount.clamp(-(1 << 31), (1 << 31) - 1));
            }
            Flaw::LosesTheRate => {
                for original in entry.postings.iter_mut().filter_map(|p| p.original.as_mut()) {
                    original.2 = original.2.trim_end_matches('0').to_owned();
                }
            }
            Flaw::LosesTheReverses => entry.reverses = None,
            _ => {}
        }
        self.inner.append_entry(&entry)
    }

    fn append_text(&mut self, text: &StoredText) -> Result<(), BooksError> {
        let mut text = text.clone();
        match self.flaw {
            Flaw::DropsAText if text.field.starts_with("line") => return Ok(()),
            Flaw::TrimsATextAtNul => text.body.truncate(text.body.find('\0').unwrap_or(text.body.len())),
            Flaw::MixesUpSalts => std::mem::swap(&mut text.salt, &mut self.salt),
            Flaw::FoldsTheFieldsCase => text.field = text.field.to_lowercase(),
            _ => {}
        }
        self.inner.append_text(&text)
    }

    fn erase_text(&mut self, seq: i64, field: &str) -> Result<(), BooksError> {
        match self.flaw {
            Flaw::KeepsAnErasedText => Ok(()),
            Flaw::ErasesAllTextsOfARecord => {
                ["name", "email", "actor"].iter().try_for_each(|field| self.inner.erase_text(seq, field))
            }
            _ => self.inner.erase_text(seq, field),
        }
    }

    fn erase_identity(&mut self, entry: EntryNo) -> Result<bool, BooksError> {
        if self.has(Flaw::KeepsTheErasedIdentity) { Ok(true) } else { self.inner.erase_identity(entry) }
    }

    fn scrub(&mut self) -> Result<(), BooksError> {
        self.inner.scrub()
    }

    fn append_coordinate(&mut self, number: CoordinateNo, at: &Coordinate) -> Result<(), BooksError> {
        let activity = if self.has(Flaw::LosesTheActivity) { None } else { at.activity };
        self.inner.append_coordinate(number, &Coordinate { activity, ..*at })
    }

    fn put_party(&mut self, party: &PartyRow) -> Result<(), BooksError> {
        if self.has(Flaw::KeepsTheFirstPartyRow) && self.inner.party(party.number)?.is_some() {
            return Ok(());
        }
        self.inner.put_party(party)
    }

    fn put_identity(&mut self, identity: &[u8; 16], entry: EntryNo) -> Result<(), BooksError> {
        self.identities.push((*identity, entry));
        if self.has(Flaw::ForgetsTheIdentity) { Ok(()) } else { self.inner.put_identity(identity, entry) }
    }

    fn add_balances(&mut self, cells: &[(CellKey, Balance)]) -> Result<(), BooksError> {
        let mut cells = cells.to_vec();
        match self.flaw {
            Flaw::DoublesABalance => cells.extend(cells.clone().pop()),
            Flaw::ReplacesABalance => {
                let mut known = HashSet::new();
                self.inner.balances(WindowPart::Days(ALL_DAYS), &mut |at, cause, day, _| {
                    known.insert((at, cause, day));
                })?;
                cells.retain(|((at, date, cause), _)| !known.contains(&(*at, *cause, i64::from(date.number()))));
            }
            Flaw::MixesUpCauses => {
                let voucher = Cause::named("voucher").unwrap();
                cells.iter_mut().for_each(|((_, _, origin), _)| origin.cause = voucher);
            }
            Flaw::MixesUpCashFlows => cells.iter_mut().for_each(|((_, _, origin), _)| origin.flow = None),
            Flaw::CountsNoZeroPostings => cells.retain(|(_, balance)| balance.debit != 0 || balance.credit != 0),
            Flaw::SwapsDebitAndCredit => {
                for (_, balance) in &mut cells {
                    std::mem::swap(&mut balance.debit, &mut balance.credit);
                }
            }
            Flaw::WrapsAround => {
                for (cell, balance) in cells {
                    // What does not fit is quietly left out.
                    let _ = self.inner.add_balances(&[(cell, balance)]);
                }
                return Ok(());
            }
            _ => {}
        }
        self.inner.add_balances(&cells)
    }

    fn put_document(&mut self, row: &DocumentRow) -> Result<(), BooksError> {
        let id = row.document.id();
        if self.has(Flaw::LosesADocument) && id.code.as_str() == "b"
            || self.has(Flaw::KeepsTheFirstDocument) && self.inner.document(id)?.is_some()
        {
            return Ok(());
        }
        let mut row = row.clone();
        if self.has(Flaw::LosesWhatItWasBefore) {
            row.before = Vec::new();
        }
        self.inner.put_document(&row)
    }

    fn remove_document(&mut self, id: DocumentId) -> Result<(), BooksError> {
        if self.has(Flaw::KeepsADocumentThatIsGone) { Ok(()) } else { self.inner.remove_document(id) }
    }

    fn clear_documents(&mut self) -> Result<(), BooksError> {
        self.inner.clear_documents()
    }

    fn add_tallies(&mut self, deltas: &[(TallyKey, i64, i128)]) -> Result<(), BooksError> {
        if self.has(Flaw::ReplacesATally) {
            for (key, ..) in deltas {
                let (count, amount) = self.inner.tally(key)?;
                self.inner.add_tallies(&[(key.clone(), -count, -amount)])?;
            }
        }
        self.inner.add_tallies(deltas)
    }

    fn tail(&self) -> Result<Tail, BooksError> {
        let mut tail = self.inner.tail()?;
        match self.flaw {
            Flaw::GivesAStaleTail => return Ok(self.stale.replace(Some(tail.clone())).unwrap_or(tail)),
            Flaw::TakesAnyFactForTheHead => {
                if let Some(fact) = self.inner.fact(FactNo(tail.facts))? {
                    tail.head = bursar::books::Head { seq: fact.seq, hash: fact.hash };
                }
            }
            Flaw::CountsPartiesTooFew => tail.parties = (tail.parties - 1).max(0),
            _ => {}
        }
        Ok(tail)
    }

    fn setup_facts(&self) -> Result<Vec<StoredFact>, BooksError> {
        let mut facts = self.inner.setup_facts()?;
        match self.flaw {
            Flaw::ForgetsLocks => facts.retain(|fact| fact.kind != "lock"),
            Flaw::GivesSetupFactsBackwards => {
                // The first stays in place, else no books would open at all.
                if let Some((_, rest)) = facts.split_at_mut_checked(10) {
                    rest.reverse();
                }
            }
            Flaw::GivesAllFactsAsSetup => {
                facts = (1..=self.inner.tail()?.facts)
                    .filter_map(|n| self.inner.fact(FactNo(n)).transpose())
                    .collect::<Result<_, _>>()?;
            }
            _ => {}
        }
        Ok(facts)
    }

    fn coordinates(&self) -> Result<Vec<(CoordinateNo, Coordinate)>, BooksError> {
        let mut list = self.inner.coordinates()?;
        if self.has(Flaw::SharesACoordinate) && list.len() > 1 {
            list[1].1 = list[0].1;
        }
        Ok(list)
    }

    fn balances(
        &self,
        part: WindowPart,
        visit: &mut dyn FnMut(CoordinateNo, Origin, i64, Balance),
    ) -> Result<(), BooksError> {
        let part = match part {
            WindowPart::Days(window) => WindowPart::Days(self.widened(window)),
            months @ WindowPart::Months(..) => months,
        };
        if self.has(Flaw::ForgetsTheMonths) && matches!(part, WindowPart::Months(..)) {
            return Ok(());
        }
        self.cells(part)?.into_iter().for_each(|(at, origin, period, balance)| visit(at, origin, period, balance));
        Ok(())
    }

    fn chain(
        &self,
        visit: &mut dyn FnMut(Record, Vec<StoredText>) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let mut records = Vec::new();
        self.inner.chain(&mut |record, texts| {
            records.push((record, texts));
            Ok(())
        })?;
        match self.flaw {
            Flaw::ChainsFactsBeforeEntries => records.sort_by_key(|(record, _)| matches!(record, Record::Entry(_))),
            Flaw::ChainsWithoutTexts => records.iter_mut().for_each(|(_, texts)| texts.clear()),
            Flaw::ChainsTextsOfTheNextRecord => {
                let mut texts: Vec<_> = records.iter_mut().map(|(_, texts)| std::mem::take(texts)).collect();
                if !texts.is_empty() {
                    texts.rotate_left(1);
                }
                records.iter_mut().zip(texts).for_each(|(record, texts)| record.1 = texts);
            }
            _ => {}
        }
        for (record, texts) in records {
            let outcome = visit(record, texts);
            if !self.has(Flaw::ChainsOnAfterAnError) {
                outcome?;
            }
        }
        Ok(())
    }

    fn entries(
        &self,
        filter: &EntryFilter,
        visit: &mut dyn FnMut(StoredEntry) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let coordinates = match &filter.coordinates {
            Some(list) if self.has(Flaw::TakesNoCoordinatesForAll) && list.is_empty() => None,
            _ if self.has(Flaw::IgnoresTheCoordinateFilter) => None,
            other => other.clone(),
        };
        let mut list = self.listed(&EntryFilter { window: self.widened(filter.window), coordinates })?;
        match self.flaw {
            Flaw::GivesEntriesUnordered => list.reverse(),
            Flaw::GivesEntriesByNumber => list.sort_by_key(|entry| entry.number),
            Flaw::GivesEntriesTwice if filter.coordinates.as_ref().is_some_and(|list| list.len() > 1) => {
                list = list.into_iter().flat_map(|entry| [entry.clone(), entry]).collect();
            }
            _ => {}
        }
        list.into_iter().try_for_each(visit)
    }

    fn entry(&self, number: EntryNo) -> Result<Option<StoredEntry>, BooksError> {
        if self.has(Flaw::HidesWhatIsNotCommitted) && self.committed.as_ref().is_some_and(|t| number.0 > t.entries) {
            return Ok(None);
        }
        self.inner.entry(number)
    }

    fn fact(&self, number: FactNo) -> Result<Option<StoredFact>, BooksError> {
        self.inner.fact(number)
    }

    fn entry_by_reference(&self, reference: &str) -> Result<Option<EntryNo>, BooksError> {
        match self.flaw {
            Flaw::ForgetsTheReference => Ok(None),
            Flaw::FoldsTheReferencesCase => {
                let all = self.listed(&EntryFilter { window: ALL_DAYS, coordinates: None })?;
                let same = |e: &&StoredEntry| e.reference.as_ref().is_some_and(|r| r.eq_ignore_ascii_case(reference));
                Ok(all.iter().find(same).map(|entry| entry.number))
            }
            _ => self.inner.entry_by_reference(reference),
        }
    }

    fn entry_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError> {
        self.inner.entry_by_identity(identity)
    }

    fn reversal_of(&self, number: EntryNo) -> Result<Option<EntryNo>, BooksError> {
        if self.has(Flaw::ForgetsTheReversal) { Ok(None) } else { self.inner.reversal_of(number) }
    }

    fn text(&self, seq: i64, field: &str) -> Result<Option<StoredText>, BooksError> {
        let lower = field.to_lowercase();
        self.inner.text(seq, if self.has(Flaw::FoldsTheFieldsCase) { &lower } else { field })
    }

    fn party(&self, number: PartyNo) -> Result<Option<PartyRow>, BooksError> {
        self.inner.party(number)
    }

    fn party_by_name(&self, name: &str) -> Result<Option<PartyNo>, BooksError> {
        if !self.has(Flaw::FindsPartiesByPartOfTheName) || name.is_empty() {
            return self.inner.party_by_name(name);
        }
        let mut found = None;
        self.inner.parties(&mut |row| {
            let text = self.inner.text(row.seq, "name")?;
            if text.is_some_and(|text| text.body.starts_with(&name[..name.len() - 1])) {
                found.get_or_insert(row.number);
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn parties(&self, visit: &mut dyn FnMut(PartyRow) -> Result<(), BooksError>) -> Result<(), BooksError> {
        self.inner.parties(visit)
    }

    fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, BooksError> {
        self.inner.document(id)
    }

    fn kept_documents(
        &self,
        kind: DocumentKind,
        visit: &mut dyn FnMut(DocumentRow, Option<&'static str>),
    ) -> Result<(), BooksError> {
        self.inner.kept_documents(kind, visit)
    }

    fn documents(
        &self,
        filter: DocumentFilter,
        visit: &mut dyn FnMut(DocumentRow) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let filter = match (filter, self.flaw) {
            (DocumentFilter::Event(_, kind, ..), Flaw::IgnoresTheEventOfDocuments) => DocumentFilter::Kind(kind),
            (DocumentFilter::Event(event, kind, _, most), Flaw::GivesThePageFromItsStart) => {
                DocumentFilter::Event(event, kind, None, most)
            }
            (DocumentFilter::Event(event, kind, after, _), Flaw::GivesMoreThanAPage) => {
                DocumentFilter::Event(event, kind, after, 1_000)
            }
            (DocumentFilter::Open, Flaw::HidesOpenDocuments) => return Ok(()),
            (filter, _) => filter,
        };
        self.inner.documents(filter, visit)
    }

    fn tally(&self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        self.inner.tally(key)
    }

    fn tallies(&self, visit: &mut dyn FnMut(TallyKey, i64, i128)) -> Result<(), BooksError> {
        if self.has(Flaw::KeepsEmptyTallies) {
            visit(TallyKey::new("sold", None, "gone"), 0, 0);
        }
        self.inner.tallies(visit)
    }

    fn entries_of(&self, fact: FactNo) -> Result<Vec<EntryNo>, BooksError> {
        if self.has(Flaw::GivesNoEntriesOfAFact) { Ok(Vec::new()) } else { self.inner.entries_of(fact) }
    }

    fn entries_of_party(&self, party: PartyNo) -> Result<Vec<EntryNo>, BooksError> {
        if self.has(Flaw::GivesNoEntriesOfAParty) { Ok(Vec::new()) } else { self.inner.entries_of_party(party) }
    }

    fn facts(
        &self,
        kinds: &[&str],
        visit: &mut dyn FnMut(StoredFact) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let kinds = if self.has(Flaw::GivesFactsOfEveryKind) { &Cause::ALL[..] } else { kinds };
        self.inner.facts(kinds, visit)
    }

    fn self_check(&self) -> Result<Vec<String>, BooksError> {
        if self.has(Flaw::FindsFaultWithItself) { Ok(vec!["out of sorts".to_owned()]) } else { self.inner.self_check() }
    }
}
