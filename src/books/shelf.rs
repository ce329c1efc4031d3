//! A desk in memory: documents, tallies and fund balances, and what the rules post. `verify` proves documents and
//! entries with it.

use std::collections::{BTreeMap, HashMap};

use super::cash::is_cash;
use super::store::{DocumentRow, Earlier};
use super::{BooksError, Setup};
use crate::conference::{Conference, Desk, Document, DocumentId, DocumentKind, Fact, FundStanding, TallyKey, apply};
use crate::ledger::{Account, AccountNo, Coordinate, Draft, FactNo, Function, PartyNo, Slug};
use crate::money::Currency;

/// Documents as the facts so far leave them.
#[derive(Clone, Default, Debug)]
pub struct Shelf {
    documents: BTreeMap<DocumentId, DocumentRow>,
    tallies: HashMap<TallyKey, (i64, i128)>,
    funds: HashMap<Slug, FundStanding>,
    fact: Option<FactNo>,
    changed: Vec<DocumentId>,
}

/// The most documents a fact may change and still be taken back as a whole.
pub(super) const TAKEN_BACK: usize = 50;

/// How many facts of a document can be taken back one after the other. Each is a copy of the document.
pub(super) const STATES_KEPT: usize = 5;

impl Earlier {
    /// What was before it is not kept.
    fn stays(&mut self) {
        (self.fact, self.touched) = (None, Vec::new());
    }
}

/// What a document's row becomes when a fact changes it.
pub(super) fn amended(old: Option<&DocumentRow>, document: Document, fact: FactNo) -> DocumentRow {
    let before = match old {
        // The fact changed it before: what counts is how it was before the fact.
        Some(old) if old.fact == fact => old.before.clone(),
        Some(old) => {
            let last = Earlier { document: old.document.clone(), fact: Some(old.fact), touched: old.touched.clone() };
            let mut before: Vec<Earlier> = std::iter::once(last).chain(old.before.iter().cloned()).collect();
            if before.len() > STATES_KEPT {
                before.truncate(STATES_KEPT);
                before.iter_mut().skip(STATES_KEPT - 1).for_each(Earlier::stays);
            }
            before
        }
        None => Vec::new(),
    };
    DocumentRow { document, fact, before, touched: Vec::new() }
}

/// Differences in tallies when a document changes, comes or goes.
pub(super) fn tally_deltas(old: Option<&Document>, new: Option<&Document>) -> Vec<(TallyKey, i64, i128)> {
    let mut deltas: Vec<(TallyKey, i64, i128)> = Vec::new();
    let mut add = |key: TallyKey, count: i64, amount: i128| match deltas.iter_mut().find(|delta| delta.0 == key) {
        Some(delta) => (delta.1, delta.2) = (delta.1 + count, delta.2 + amount),
        None => deltas.push((key, count, amount)),
    };
    for (key, count, amount) in new.map(Document::tallies).unwrap_or_default() {
        add(key, count, i128::from(amount));
    }
    for (key, count, amount) in old.map(Document::tallies).unwrap_or_default() {
        add(key, -count, -i128::from(amount));
    }
    deltas.retain(|delta| (delta.1, delta.2) != (0, 0));
    deltas
}

impl Shelf {
    /// An empty shelf.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what someone else posted to what funds have.
    pub fn add_to_fund(&mut self, setup: &Setup, at: &Coordinate, minor: i128) {
        if let Some(account) = setup.account_numbered(at.account) {
            self.funds.entry(at.fund).or_default().add(account, minor);
        }
    }

    /// All documents.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values().map(|row| &row.document)
    }

    /// A document.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(&id).map(|row| &row.document)
    }

    /// All tallies.
    #[must_use]
    pub const fn tallies(&self) -> &HashMap<TallyKey, (i64, i128)> {
        &self.tallies
    }

    pub(super) fn rows(&self) -> &BTreeMap<DocumentId, DocumentRow> {
        &self.documents
    }

    fn put_row(&mut self, id: DocumentId, row: Option<DocumentRow>) {
        let old = self.documents.get(&id).map(|row| &row.document);
        for (key, count, amount) in tally_deltas(old, row.as_ref().map(|row| &row.document)) {
            let tally = self.tallies.entry(key.clone()).or_default();
            *tally = (tally.0 + count, tally.1 + amount);
            if *tally == (0, 0) {
                self.tallies.remove(&key);
            }
        }
        match row {
            Some(row) => self.documents.insert(id, row),
            None => self.documents.remove(&id),
        };
    }

    /// Takes back what a fact did to its documents.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when a document has changed since.
    pub(super) fn take_back(&mut self, taken: FactNo, primary: DocumentId, by: FactNo) -> Result<(), BooksError> {
        let damaged = |id: DocumentId| BooksError::Damaged { what: format!("{id} has changed since fact {taken}") };
        let row = self.documents.get(&primary).ok_or_else(|| damaged(primary))?;
        let touched = if row.touched.is_empty() { vec![primary] } else { row.touched.clone() };
        for id in touched {
            let row = self.documents.get(&id).filter(|row| row.fact == taken).ok_or_else(|| damaged(id))?;
            let restored = taken_back(row, by);
            self.put_row(id, restored);
        }
        Ok(())
    }
}

/// What a document's row becomes when its last fact is taken back; none when that fact made it. The fact before is its
/// last one again, so that it can be taken back next.
pub(super) fn taken_back(row: &DocumentRow, by: FactNo) -> Option<DocumentRow> {
    let (last, before) = row.before.split_first()?;
    let Earlier { document, fact, touched } = last.clone();
    Some(DocumentRow { document, fact: fact.unwrap_or(by), before: before.to_vec(), touched })
}

/// A shelf at work: with the setup as it is, and someone to take what is posted.
pub struct ShelfDesk<'a> {
    /// The documents.
    pub shelf: &'a mut Shelf,
    /// Accounts and funds.
    pub setup: &'a Setup,
    /// Events, tickets, policies: the setup's own, or those of a what-if.
    pub conference: &'a Conference,
    /// The holding of a party.
    pub holding: &'a dyn Fn(PartyNo) -> Option<PartyNo>,
    /// Takes what is posted.
    pub post: &'a mut dyn FnMut(&Draft),
}

impl std::fmt::Debug for ShelfDesk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShelfDesk").field("fact", &self.shelf.fact).finish_non_exhaustive()
    }
}

impl ShelfDesk<'_> {
    /// Works a fact out.
    ///
    /// # Errors
    /// What its rule refuses.
    pub fn apply(&mut self, number: FactNo, fact: &Fact) -> Result<(), BooksError> {
        self.shelf.fact = Some(number);
        self.shelf.changed.clear();
        apply(self, fact)?;
        let mut changed = std::mem::take(&mut self.shelf.changed);
        changed.sort_unstable();
        changed.dedup();
        if fact.document().is_some() && (2..=TAKEN_BACK).contains(&changed.len()) {
            for id in &changed {
                if let Some(row) = self.shelf.documents.get_mut(id) {
                    row.touched.clone_from(&changed);
                }
            }
        }
        Ok(())
    }
}

impl Desk for ShelfDesk<'_> {
    type Error = BooksError;

    fn currency(&self) -> Currency {
        self.setup.currency()
    }

    fn conference(&self) -> &Conference {
        self.conference
    }

    fn account(&self, number: AccountNo) -> Option<&Account> {
        self.setup.account_numbered(number)
    }

    fn account_with_code(&self, code: &str) -> Option<AccountNo> {
        self.setup.account_with_code(code)
    }

    fn is_cash(&self, account: AccountNo) -> bool {
        is_cash(self.setup, account)
    }

    fn function_of(&self, account: AccountNo, said: Option<Function>) -> Option<Function> {
        self.setup.account_numbered(account).and_then(|account| account.function_for(said))
    }

    fn is_restricted(&self, fund: Slug) -> bool {
        self.setup.is_restricted(fund)
    }

    fn fund_standing(&mut self, fund: Slug) -> Result<FundStanding, BooksError> {
        Ok(self.shelf.funds.get(&fund).copied().unwrap_or_default())
    }

    fn contributor(&mut self, party: PartyNo) -> Result<PartyNo, BooksError> {
        Ok((self.holding)(party).unwrap_or(party))
    }

    fn document(&mut self, id: DocumentId) -> Result<Option<Document>, BooksError> {
        Ok(self.shelf.documents.get(&id).map(|row| row.document.clone()))
    }

    fn documents_of(
        &mut self,
        event: Slug,
        kind: DocumentKind,
        after: Option<Slug>,
        most: usize,
    ) -> Result<Vec<Document>, BooksError> {
        use std::ops::Bound;
        let from = match after {
            Some(code) => Bound::Excluded(DocumentId::new(kind, code)),
            None => Bound::Unbounded,
        };
        let rows = self.shelf.documents.range((from, Bound::Unbounded));
        let of_kind = rows.skip_while(|(id, _)| id.kind < kind).take_while(|(id, _)| id.kind == kind);
        let wanted = of_kind.map(|(_, row)| &row.document).filter(|document| document.event() == Some(event));
        Ok(wanted.take(most).cloned().collect())
    }

    fn put(&mut self, document: Document) -> Result<(), BooksError> {
        let (id, fact) = (document.id(), self.shelf.fact.unwrap_or(FactNo(0)));
        let row = amended(self.shelf.documents.get(&id), document, fact);
        self.shelf.put_row(id, Some(row));
        self.shelf.changed.push(id);
        Ok(())
    }

    fn tally(&mut self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        Ok(self.shelf.tallies.get(key).copied().unwrap_or_default())
    }

    fn post(&mut self, draft: Draft) -> Result<(), BooksError> {
        for posting in &draft.postings {
            self.shelf.add_to_fund(self.setup, &posting.at, i128::from(posting.amount.minor()));
        }
        (self.post)(&draft);
        Ok(())
    }
}
