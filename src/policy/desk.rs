//! The desk at which a policy's facts are worked out: one document and what belongs to it, in memory, unhashed. The
//! posting rules are the books' own, and every entry has to balance as theirs do.

use std::collections::BTreeMap;

use crate::books::{BooksError, Setup, is_cash};
use crate::calendar::Month;
use crate::conference::{
    Conference, Desk, Document, DocumentId, DocumentKind, Fact, FundStanding, Order, Sponsorship, Tallied, TallyKey,
    apply,
};
use crate::ledger::{Account, AccountNo, Coordinate, Draft, Function, GENERAL_FUND, PartyNo, Slug};
use crate::money::Currency;

/// A place in the ledger and a month.
pub type Place = (Coordinate, Month);

/// What documents leave in the ledger, and what is counted of them.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Minor units, debit positive.
    pub postings: Vec<(Place, i64)>,
    /// Numbers and amounts.
    pub tallies: Vec<Tallied>,
}

/// The code that stands for every sponsorship whose passes an order uses: which one it is makes no entry.
pub(super) const ANY_SPONSORSHIP: Slug = Slug::constant("any");

/// Documents that belong together, as the facts so far leave them.
#[derive(Clone, Debug, Default)]
pub(super) struct Papers {
    documents: BTreeMap<DocumentId, Document>,
    postings: Vec<(Place, i64)>,
}

impl Papers {
    /// An order, if it is among them.
    pub(super) fn order(&self, code: Slug) -> Option<&Order> {
        match self.documents.get(&DocumentId::new(DocumentKind::Order, code))? {
            Document::Order(order) => Some(order),
            _ => None,
        }
    }

    /// A document, if it is among them.
    pub(super) fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(&id)
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// Works one more fact out.
    ///
    /// # Errors
    /// What its rule refuses.
    pub(super) fn apply(&mut self, setup: &Setup, conference: &Conference, fact: &Fact) -> Result<(), BooksError> {
        let (number, event) = match fact {
            Fact::Invoice(invoice) => (invoice.number, None),
            Fact::Order(placed) => (0, Some(placed.event)),
            _ => (0, self.documents.values().find_map(Document::event)),
        };
        apply(&mut ReplayDesk { setup, conference, papers: self, number, event }, fact)
    }

    /// What they come to.
    pub(super) fn effect(self) -> Effect {
        let mut postings: BTreeMap<Place, i64> = BTreeMap::new();
        for (place, minor) in self.postings {
            *postings.entry(place).or_default() += minor;
        }
        let tallies = self.documents.values().flat_map(Document::tallies).collect();
        Effect { postings: postings.into_iter().filter(|(_, minor)| *minor != 0).collect(), tallies }
    }
}

struct ReplayDesk<'a> {
    setup: &'a Setup,
    conference: &'a Conference,
    papers: &'a mut Papers,
    /// The number of the invoice at hand: those before it are other documents', and not here.
    number: i64,
    /// The event of the documents at hand.
    event: Option<Slug>,
}

impl Desk for ReplayDesk<'_> {
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

    /// Funds hold enough: what the books have accepted is not asked again, and what a policy gives is limited by its
    /// pool.
    fn fund_standing(&mut self, _: Slug) -> Result<FundStanding, BooksError> {
        Ok(FundStanding { held: i128::MAX / 2, released: i128::MAX / 2 })
    }

    fn contributor(&mut self, party: PartyNo) -> Result<PartyNo, BooksError> {
        Ok(party)
    }

    fn document(&mut self, id: DocumentId) -> Result<Option<Document>, BooksError> {
        if id == DocumentId::new(DocumentKind::Sponsorship, ANY_SPONSORSHIP)
            && let Some(event) = self.event
        {
            return Ok(Some(Document::Sponsorship(any_sponsorship(event))));
        }
        Ok(self.papers.documents.get(&id).cloned())
    }

    fn documents_of(
        &mut self,
        event: Slug,
        kind: DocumentKind,
        after: Option<Slug>,
        most: usize,
    ) -> Result<Vec<Document>, BooksError> {
        let of_event = self.papers.documents.iter().filter(|(id, document)| {
            id.kind == kind && document.event() == Some(event) && after.is_none_or(|after| id.code > after)
        });
        Ok(of_event.take(most).map(|(_, document)| document.clone()).collect())
    }

    fn put(&mut self, document: Document) -> Result<(), BooksError> {
        let id = document.id();
        if id != DocumentId::new(DocumentKind::Sponsorship, ANY_SPONSORSHIP) {
            self.papers.documents.insert(id, document);
        }
        Ok(())
    }

    /// Limits were kept when the facts were recorded; the number of an invoice follows on its own series.
    fn tally(&mut self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        Ok(if key.kind == "invoice" { (self.number - 1, 0) } else { (0, 0) })
    }

    fn post(&mut self, draft: Draft) -> Result<(), BooksError> {
        let month = draft.date.month();
        let entry = draft.balance()?;
        let postings = entry.content().postings.iter();
        self.papers.postings.extend(postings.map(|posting| ((posting.at, month), posting.amount.minor())));
        Ok(())
    }
}

fn any_sponsorship(event: Slug) -> Sponsorship {
    Sponsorship {
        code: ANY_SPONSORSHIP,
        event,
        party: PartyNo(0),
        date: crate::calendar::Date::MIN,
        package: None,
        exchange: 0,
        tax: 0,
        tax_code: None,
        gift: 0,
        fund: GENERAL_FUND,
        small: false,
        conditional: false,
        in_kind: None,
        passes: i64::MAX,
        used: 1_000_000,
        covered: 0,
        receivable: 0,
        pledged: 0,
        advance: 0,
        contributed: 0,
        released: false,
        received: 0,
        refunds: 0,
        cancelled: false,
        choice: None,
        invoice: None,
    }
}
