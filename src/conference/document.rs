//! Documents as they stand: what the facts about them add up to. Derived; `verify` computes them again.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Application, Bill, Claim, Contract, CreditNote, DocumentKind, Gift, Invoice, Order, Sponsorship};
use crate::ledger::{PartyNo, Slug};

/// A document: its kind and code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentId {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its code.
    pub code: Slug,
}

impl DocumentId {
    /// A document's identity.
    #[must_use]
    pub const fn new(kind: DocumentKind, code: Slug) -> Self {
        Self { kind, code }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.code)
    }
}

/// What is counted over documents: to tallies what a coordinate is to balances.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TallyKey {
    /// What is counted: `admission`, `sold`, `committed`, …
    pub kind: &'static str,
    /// The event, if it is one's.
    pub event: Option<Slug>,
    /// What it is counted by: words with `|` between them.
    pub key: String,
}

/// Every kind of tally there is.
pub const TALLIES: [&str; 12] = [
    "admission",
    "sold",
    "discount",
    "ticket-aid",
    "waiver",
    "committed",
    "sponsorship",
    "pass",
    "application",
    "grant",
    "invoice",
    "document",
];

impl TallyKey {
    /// A key.
    #[must_use]
    pub fn new(kind: &'static str, event: Option<Slug>, key: impl Into<String>) -> Self {
        Self { kind, event, key: key.into() }
    }

    /// What is promised from a fund and not yet spent.
    #[must_use]
    pub fn committed(fund: Slug) -> Self {
        Self::new("committed", None, fund.as_str())
    }

    /// How many of a ticket are sold: quotas count them.
    #[must_use]
    pub fn sold(event: Slug, ticket: Slug) -> Self {
        Self::new("sold", Some(event), ticket.as_str())
    }

    /// How often a discount was used.
    #[must_use]
    pub fn discount(event: Slug, code: Slug) -> Self {
        Self::new("discount", Some(event), code.as_str())
    }

    /// How many documents of a kind there are.
    #[must_use]
    pub fn documents(kind: DocumentKind) -> Self {
        Self::new("document", None, kind.word())
    }

    /// How many invoices or credit notes a series has.
    #[must_use]
    pub fn series(series: Slug) -> Self {
        Self::new("invoice", None, series.as_str())
    }
}

/// A number and an amount under a key.
pub type Tallied = (TallyKey, i64, i64);

/// A document as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// An order.
    Order(Order),
    /// A sponsorship.
    Sponsorship(Sponsorship),
    /// A contract.
    Contract(Contract),
    /// A bill.
    Bill(Bill),
    /// A claim.
    Claim(Claim),
    /// An application for aid.
    Application(Application),
    /// An invoice.
    Invoice(Invoice),
    /// A credit note.
    CreditNote(CreditNote),
    /// A gift.
    Gift(Gift),
}

impl Document {
    /// Kind and code.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        match self {
            Self::Order(d) => DocumentId::new(DocumentKind::Order, d.code),
            Self::Sponsorship(d) => DocumentId::new(DocumentKind::Sponsorship, d.code),
            Self::Contract(d) => DocumentId::new(DocumentKind::Contract, d.code),
            Self::Bill(d) => DocumentId::new(DocumentKind::Bill, d.code),
            Self::Claim(d) => DocumentId::new(DocumentKind::Claim, d.code),
            Self::Application(d) => DocumentId::new(DocumentKind::Application, d.code),
            Self::Invoice(d) => DocumentId::new(DocumentKind::Invoice, d.code),
            Self::CreditNote(d) => DocumentId::new(DocumentKind::CreditNote, d.code),
            Self::Gift(d) => DocumentId::new(DocumentKind::Gift, d.code),
        }
    }

    /// The event it belongs to.
    #[must_use]
    pub const fn event(&self) -> Option<Slug> {
        match self {
            Self::Order(d) => Some(d.event),
            Self::Sponsorship(d) => Some(d.event),
            Self::Contract(d) => d.event,
            Self::Bill(d) => d.event,
            Self::Claim(d) => d.event,
            Self::Application(d) => Some(d.event),
            Self::Invoice(d) => Some(d.event),
            Self::CreditNote(d) => Some(d.event),
            Self::Gift(d) => d.event,
        }
    }

    /// Who it is from or for.
    #[must_use]
    pub const fn party(&self) -> PartyNo {
        match self {
            Self::Order(d) => d.party,
            Self::Sponsorship(d) => d.party,
            Self::Contract(d) => d.vendor,
            Self::Bill(d) => d.vendor,
            Self::Claim(d) => d.claimant,
            Self::Application(d) => d.party,
            Self::Invoice(d) => d.party,
            Self::CreditNote(d) => d.party,
            Self::Gift(d) => d.party,
        }
    }

    /// What is owed to the organisation and by it, minor units, as the ledger has it.
    #[must_use]
    pub fn open(&self) -> (i64, i64) {
        match self {
            Self::Order(d) => (d.receivable, d.refunds),
            Self::Sponsorship(d) => (d.receivable + d.pledged, d.refunds),
            Self::Bill(d) => (0, d.payable),
            Self::Claim(d) => (0, d.payable),
            Self::Application(d) => (0, d.payable),
            Self::Contract(_) | Self::Invoice(_) | Self::CreditNote(_) | Self::Gift(_) => (0, 0),
        }
    }

    /// What is counted of it.
    #[must_use]
    pub fn tallies(&self) -> Vec<Tallied> {
        let mut tallies = vec![(TallyKey::documents(self.id().kind), 1, 0)];
        match self {
            Self::Order(d) => d.tally(&mut tallies),
            Self::Sponsorship(d) => d.tally(&mut tallies),
            Self::Application(d) => d.tally(&mut tallies),
            Self::Invoice(d) => tallies.push((TallyKey::series(d.series), 1, d.total)),
            Self::CreditNote(d) => tallies.push((TallyKey::series(d.series), 1, d.total)),
            Self::Bill(d) => d.tally(&mut tallies),
            Self::Contract(_) | Self::Claim(_) | Self::Gift(_) => {}
        }
        tallies
    }
}
