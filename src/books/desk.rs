//! The books as a desk: facts about documents become changed documents, tallies and entries in the same transaction.

use std::collections::{HashMap, HashSet};

use super::cash::is_cash;
use super::shelf::{TAKEN_BACK, amended, taken_back, tally_deltas};
use super::store::{DocumentFilter, DocumentRow, Store};
use super::write::{Recorder, Writer};
use super::{BooksError, Posted, Since};
use crate::calendar::ALL_DAYS;
use crate::conference::{
    Cause, Conference, Desk, Document, DocumentId, DocumentKind, Fact, FundStanding, RuleError, TallyKey, apply,
    numbered,
};
use crate::ledger::{Account, AccountNo, Draft, EntryNo, FactNo, Function, PartyNo, Slug, nearest};
use crate::money::Currency;

/// Documents kept in memory before they are written out: bounds the memory of a bulk import.
const KEPT: usize = 5_000;

/// What a transaction knows of documents.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Documents read or changed; the flag says which are to be written.
    documents: HashMap<DocumentId, (Option<DocumentRow>, bool)>,
    tallies: HashMap<TallyKey, (i64, i128)>,
    /// Net assets by fund, with what was posted in this transaction; read when first asked for.
    funds: Option<HashMap<Slug, FundStanding>>,
    /// The fact at hand, and what it changed.
    fact: Option<FactNo>,
    changed: Vec<DocumentId>,
    /// Entries posted for the fact at hand.
    entries: Vec<EntryNo>,
}

impl<S: Store> Writer<'_, S> {
    /// Records a fact and works it out: what it sets up, which documents it changes, which entries follow from it. Its
    /// texts are sealed by the closure.
    ///
    /// # Errors
    /// What the fact's rule refuses; the transaction must not be committed then.
    pub fn happen(
        &mut self,
        make: impl FnOnce(&mut Recorder<'_>) -> Result<Fact, BooksError>,
    ) -> Result<(FactNo, Vec<EntryNo>), BooksError> {
        if self.documents.documents.len() > KEPT {
            self.flush_documents()?;
        }
        let (mut made, setup) = (None, self.books.setup.as_ref());
        let gone: HashSet<PartyNo> = setup.map(|setup| setup.forgotten().keys().copied().collect()).unwrap_or_default();
        let number = self.record_unapplied(|recorder| {
            let fact = make(recorder)?;
            if let Some(party) = fact.parties().into_iter().find(|party| gone.contains(party)) {
                return Err(BooksError::PartyForgotten { party });
            }
            made = Some(fact.clone());
            Ok(fact)
        })?;
        let Some(fact) = made else { return Ok((number, Vec::new())) };
        self.documents.fact = Some(number);
        self.documents.changed.clear();
        self.documents.entries.clear();
        apply(self, &fact).map_err(|error| self.explain(error))?;
        let mut changed = std::mem::take(&mut self.documents.changed);
        changed.sort_unstable();
        changed.dedup();
        if fact.document().is_some() && (2..=TAKEN_BACK).contains(&changed.len()) {
            for id in &changed {
                if let Some((Some(row), _)) = self.documents.documents.get_mut(id) {
                    row.touched.clone_from(&changed);
                }
            }
        }
        self.take_in(&fact)?;
        Ok((number, std::mem::take(&mut self.documents.entries)))
    }

    /// Keeps no more documents in memory than a few thousand: an import may look at a million and change none.
    fn forget_some(&mut self) -> Result<(), BooksError> {
        if self.documents.documents.len() > KEPT { self.flush_documents() } else { Ok(()) }
    }

    /// Adds the nearest code to a refusal of a document that is not there.
    fn explain(&self, error: BooksError) -> BooksError {
        let BooksError::Rule(RuleError::NoDocument { id, near: None }) = error else { return error };
        let mut codes: Vec<String> = Vec::new();
        let listed = self.books.store.documents(DocumentFilter::Kind(id.kind), &mut |row| {
            // A suggestion is a courtesy: it is looked for among the first few thousand.
            if codes.len() < 5_000 {
                codes.push(row.document.id().code.to_string());
            }
            Ok(())
        });
        let near = listed.ok().and_then(|()| nearest(id.code.as_str(), codes.iter().map(String::as_str)));
        RuleError::NoDocument { id, near: near.map(str::to_owned) }.into()
    }

    /// A code that no document of the kind has yet: `bill-7`.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn next_code(&mut self, kind: DocumentKind) -> Result<Slug, BooksError> {
        let mut number = self.tally(&TallyKey::documents(kind))?.0 + 1;
        loop {
            let code: Slug = format!("{}-{number}", kind.word()).parse()?;
            if self.row(DocumentId::new(kind, code))?.is_none() {
                return Ok(code);
            }
            number += 1;
        }
    }

    /// A document as this transaction has it, if it is there.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn document_there(&mut self, id: DocumentId) -> Result<Option<Document>, BooksError> {
        self.forget_some()?;
        Desk::document(self, id)
    }

    /// The last fact that changed a document, if it is there.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn last_change(&mut self, id: DocumentId) -> Result<Option<FactNo>, BooksError> {
        Ok(self.row(id)?.map(|row| row.fact))
    }

    /// Lets [`Writer::books`] show documents, tallies and balances as this transaction has them.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn settle(&mut self) -> Result<(), BooksError> {
        self.flush_documents()?;
        self.flush()
    }

    /// Number and amount under a key, as this transaction has them.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn tallied(&mut self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        Desk::tally(self, key)
    }

    fn row(&mut self, id: DocumentId) -> Result<Option<DocumentRow>, BooksError> {
        if let Some((row, _)) = self.documents.documents.get(&id) {
            return Ok(row.clone());
        }
        let row = self.books.store.document(id)?;
        self.documents.documents.insert(id, (row.clone(), false));
        Ok(row)
    }

    fn put_row(&mut self, id: DocumentId, row: Option<DocumentRow>) -> Result<(), BooksError> {
        let old = self.row(id)?;
        let deltas = tally_deltas(old.as_ref().map(|row| &row.document), row.as_ref().map(|row| &row.document));
        for (key, count, amount) in deltas {
            let tally = self.documents.tallies.entry(key).or_default();
            *tally = (tally.0 + count, tally.1 + amount);
        }
        self.documents.documents.insert(id, (row, true));
        Ok(())
    }

    /// Writes changed documents and tallies out, and forgets them.
    pub(super) fn flush_documents(&mut self) -> Result<(), BooksError> {
        let mut rows: Vec<_> = self.documents.documents.drain().filter(|(_, (_, changed))| *changed).collect();
        rows.sort_unstable_by_key(|(id, _)| (id.kind.word(), id.code));
        for (id, (row, _)) in rows {
            match row {
                Some(row) => self.books.store.put_document(&row)?,
                None => self.books.store.remove_document(id)?,
            }
        }
        let mut deltas: Vec<(TallyKey, i64, i128)> = self
            .documents
            .tallies
            .drain()
            .filter(|(_, delta)| *delta != (0, 0))
            .map(|(key, (count, amount))| (key, count, amount))
            .collect();
        deltas.sort_unstable();
        self.books.store.add_tallies(&deltas)
    }

    /// Keeps the balances of funds in step with what is posted.
    pub(super) fn add_to_funds(&mut self, draft: &Draft) -> Result<(), BooksError> {
        let Some(funds) = &mut self.documents.funds else { return Ok(()) };
        let setup = self.books.setup.as_ref();
        for posting in &draft.postings {
            if let Some(account) = setup.and_then(|setup| setup.account_numbered(posting.at.account)) {
                funds.entry(posting.at.fund).or_default().add(account, i128::from(posting.amount.minor()));
            }
        }
        Ok(())
    }

    /// Takes back the last thing that happened to a document: its entries are reversed by the caller.
    ///
    /// Returns the entries, or none when the entry follows from no document.
    pub(super) fn entries_to_take_back(&mut self, entry: EntryNo, fact: FactNo) -> Result<Vec<EntryNo>, BooksError> {
        let (content, ..) = self.books.fact(fact)?;
        if !content.cause().is_document() {
            return Ok(Vec::new());
        }
        if let Fact::Invoice(invoice) = &content {
            let id = DocumentId::new(DocumentKind::Invoice, numbered(invoice.series, invoice.number)?);
            let (problem, hint) = ("numbers of a series stay", "cancel what it is for, and issue a credit note");
            return Err(RuleError::State { id, line: None, problem: problem.to_owned(), hint }.into());
        }
        let described = |content: &Fact| content.describe().unwrap_or_else(|| content.kind().to_owned());
        let refuse = |what: String, since| BooksError::DocumentEntry { entry, fact, what, since };
        let what = described(&content);
        let Some(primary) = content.document() else {
            // Money that moved between accounts, shared costs and the board's decisions have no document.
            let alone = matches!(content, Fact::Payout(_) | Fact::Allocated(_) | Fact::Designated(_));
            return if alone { self.books.store.entries_of(fact) } else { Err(refuse(what, Since::Never)) };
        };
        let touched = self.row(primary)?.map(|row| row.touched).unwrap_or_default();
        for id in if touched.is_empty() { vec![primary] } else { touched } {
            let last = self.row(id)?.map(|row| row.fact);
            if last == Some(fact) {
                continue;
            }
            let later = last.map(|last| Ok::<_, BooksError>((last, self.books.fact(last)?.0))).transpose()?;
            return Err(refuse(
                what,
                match later {
                    // What a reversal has left is what was before the last change of which that is kept.
                    Some((_, Fact::Reversal(_))) => Since::NotKept,
                    Some((last, later)) => Since::Changed(format!("fact {last}, {}", described(&later))),
                    None => Since::NotKept,
                },
            ));
        }
        self.books.store.entries_of(fact)
    }

    /// Puts the documents of a fact back to what they were before it.
    pub(super) fn restore_documents(&mut self, fact: FactNo, by: FactNo) -> Result<(), BooksError> {
        let (content, ..) = self.books.fact(fact)?;
        let Some(primary) = content.document() else { return Ok(()) };
        let touched = self.row(primary)?.map(|row| row.touched).unwrap_or_default();
        for id in if touched.is_empty() { vec![primary] } else { touched } {
            if let Some(row) = self.row(id)? {
                self.put_row(id, taken_back(&row, by))?;
            }
        }
        Ok(())
    }
}

impl<S: Store> Desk for Writer<'_, S> {
    type Error = BooksError;

    fn currency(&self) -> Currency {
        // A rule works only in books that were begun.
        self.books.setup.as_ref().map_or(Currency::NONE, super::Setup::currency)
    }

    fn conference(&self) -> &Conference {
        static NONE: std::sync::OnceLock<Conference> = std::sync::OnceLock::new();
        self.books.setup.as_ref().map_or_else(|| NONE.get_or_init(Conference::default), super::Setup::conference)
    }

    fn account(&self, number: AccountNo) -> Option<&Account> {
        self.books.setup.as_ref()?.account_numbered(number)
    }

    fn account_with_code(&self, code: &str) -> Option<AccountNo> {
        self.books.setup.as_ref()?.account_with_code(code)
    }

    fn is_cash(&self, account: AccountNo) -> bool {
        self.books.setup.as_ref().is_some_and(|setup| is_cash(setup, account))
    }

    fn function_of(&self, account: AccountNo, said: Option<Function>) -> Option<Function> {
        self.books.setup.as_ref()?.account_numbered(account)?.function_for(said)
    }

    fn is_restricted(&self, fund: Slug) -> bool {
        self.books.setup.as_ref().is_some_and(|setup| setup.is_restricted(fund))
    }

    fn fund_standing(&mut self, fund: Slug) -> Result<FundStanding, BooksError> {
        if self.documents.funds.is_none() {
            self.flush()?;
            let mut funds: HashMap<Slug, FundStanding> = HashMap::new();
            let setup = self.books.setup()?;
            let coordinates = self.books.coordinates()?;
            for (number, balance) in self.books.balances(ALL_DAYS)? {
                let Some(at) = coordinates.get(&number) else { continue };
                if let Some(account) = setup.account_numbered(at.account) {
                    funds.entry(at.fund).or_default().add(account, balance.net());
                }
            }
            self.documents.funds = Some(funds);
        }
        Ok(self.documents.funds.as_ref().and_then(|funds| funds.get(&fund)).copied().unwrap_or_default())
    }

    fn contributor(&mut self, party: PartyNo) -> Result<PartyNo, BooksError> {
        Ok(self.books.store.party(party)?.and_then(|row| row.holding).unwrap_or(party))
    }

    fn document(&mut self, id: DocumentId) -> Result<Option<Document>, BooksError> {
        Ok(self.row(id)?.map(|row| row.document))
    }

    fn documents_of(
        &mut self,
        event: Slug,
        kind: DocumentKind,
        after: Option<Slug>,
        most: usize,
    ) -> Result<Vec<Document>, BooksError> {
        self.flush_documents()?;
        let mut documents = Vec::new();
        let kept = &mut self.documents.documents;
        self.books.store.documents(DocumentFilter::Event(event, kind, after, most), &mut |row| {
            documents.push(row.document.clone());
            kept.insert(row.document.id(), (Some(row), false));
            Ok(())
        })?;
        Ok(documents)
    }

    fn put(&mut self, document: Document) -> Result<(), BooksError> {
        let (id, fact) = (document.id(), self.documents.fact.unwrap_or(FactNo(0)));
        let row = amended(self.row(id)?.as_ref(), document, fact);
        if self.documents.changed.len() <= TAKEN_BACK {
            self.documents.changed.push(id);
        }
        self.put_row(id, Some(row))
    }

    fn tally(&mut self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        let kept = self.books.store.tally(key)?;
        let delta = self.documents.tallies.get(key).copied().unwrap_or_default();
        Ok((kept.0 + delta.0, kept.1 + delta.1))
    }

    fn post(&mut self, draft: Draft) -> Result<(), BooksError> {
        let fact = self.documents.fact.unwrap_or(FactNo(0));
        let entry = draft.balance()?;
        if let Posted::New(number) = Writer::post(self, fact, &entry)?
            && self.documents.entries.len() <= TAKEN_BACK
        {
            self.documents.entries.push(number);
        }
        Ok(())
    }
}

/// The kind of the fact an entry follows from.
pub(super) fn cause_of<S: Store>(store: &S, fact: FactNo) -> Result<Cause, BooksError> {
    let stored = store.fact(fact)?;
    let damaged = || BooksError::Damaged { what: format!("fact {fact} is missing, or of no known kind") };
    stored.and_then(|stored| Cause::named(&stored.kind)).ok_or_else(damaged)
}
