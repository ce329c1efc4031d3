//! Facts: everything that ever happened to a set of books, in the order in which it was recorded.
//!
//! A fact's canonical form is the JSON of its enum case, fields in the order written here, no white space. Free text
//! and personal data are never in it: in their place stands a [`Digest`], and the text lies beside the chain, where it
//! can be erased. **Adding a field needs `serde(default)` and `skip_serializing_if`, and no field is ever renamed or
//! moved: books written years ago must still give the same bytes.**

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::day_number;
use super::{
    AidOffered, AidPool, Allocated, AllocationRule, ApplicationReceived, BillReceived, BudgetLine, Cancelled, Carried,
    ChargedBack, Chosen, ClaimApproved, ClaimSubmitted, ConditionMet, Consented, ContractSigned, CopyGiven,
    CreditNoteIssued, Designated, Discount, DocumentId, DocumentKind, Event, EventCancelled, EventHeld, Forgotten,
    GiftReceived, InvoiceIssued, Issuer, NoteTaken, OrderPlaced, Package, Payment, Payout, RateKnown, ReceiptAttached,
    ReceiptWaived, Reconciled, ReconciliationUndone, RefundAgreed, RefundPaid, Released, Revalued, RulesSet,
    SponsorshipAgreed, TaxCode, TicketType, Transfer, VolunteerHours, WrittenOff,
};
use crate::calendar::Date;
use crate::ledger::{Account, Chart, EntryNo, Fund, PartyKind, PartyNo, Retention};

/// SHA-256 of a salt and a text (or of a file): what the chain keeps of something that may be erased.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks(2)) {
            let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
            *byte = digit(pair[0])? * 16 + digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a SHA-256")))
    }
}

/// Something that happened. The case's name is the fact's kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The books were opened; always fact 1.
    Book(BookOpened),
    /// A chart was adopted: its statement lines and statements (accounts are facts of their own).
    Chart(Chart),
    /// An account was opened or, under a number that exists, changed.
    Account(Account),
    /// A fund was opened or, under a code that exists, changed.
    Fund(Fund),
    /// An event was announced or, under a code that exists, changed.
    Event(Event),
    /// A party became known or, under a number that exists, changed.
    Party(PartyKnown),
    /// An entry was made by hand.
    Voucher {},
    /// Balances were taken over from other books.
    Opening(OpeningDone),
    /// A file was imported.
    Import(ImportDone),
    /// An entry was reversed.
    Reversal(ReversalDone),
    /// A period was locked.
    Lock(PeriodLocked),
    /// Something an event sells.
    Ticket(TicketType),
    /// A discount code.
    Discount(Discount),
    /// A package for sponsors.
    Package(Package),
    /// A tax code.
    Tax(TaxCode),
    /// How much aid an event means to give.
    Pool(AidPool),
    /// Who the organisation is on an invoice.
    Issuer(Issuer),
    /// An event was held.
    Held(EventHeld),
    /// An event was cancelled.
    EventCancelled(EventCancelled),
    /// An order was placed.
    Order(OrderPlaced),
    /// A document was paid, or a part of it.
    Payment(Payment),
    /// A document, or lines of it, were cancelled.
    Cancelled(Cancelled),
    /// A refund was agreed.
    Refund(RefundAgreed),
    /// A refund was paid.
    RefundPaid(RefundPaid),
    /// An admission passed to someone else.
    Transfer(Transfer),
    /// Items moved to another event.
    Carried(Carried),
    /// A payment was charged back.
    ChargedBack(ChargedBack),
    /// What is due will not come.
    WrittenOff(WrittenOff),
    /// What a buyer wants if the event is cancelled.
    Chosen(Chosen),
    /// Money moved between accounts.
    Payout(Payout),
    /// A sponsor agreed.
    Sponsorship(SponsorshipAgreed),
    /// A condition was met.
    ConditionMet(ConditionMet),
    /// A contract was signed.
    Contract(ContractSigned),
    /// A bill was received.
    Bill(BillReceived),
    /// An expense claim was submitted.
    Claim(ClaimSubmitted),
    /// A claim was approved.
    ClaimApproved(ClaimApproved),
    /// Someone asked for aid.
    Application(ApplicationReceived),
    /// Aid was offered.
    Offer(AidOffered),
    /// A gift was received.
    Gift(GiftReceived),
    /// An invoice was issued.
    Invoice(InvoiceIssued),
    /// A credit note was issued.
    CreditNote(CreditNoteIssued),
    /// A line of a budget.
    Budget(BudgetLine),
    /// Hours that volunteers gave.
    Hours(VolunteerHours),
    /// A note.
    Note(NoteTaken),
    /// How shared costs are allocated.
    Allocation(AllocationRule),
    /// Shared costs of a period were allocated.
    Allocated(Allocated),
    /// What a foreign currency is worth.
    Rate(RateKnown),
    /// What is open in foreign currencies was revalued.
    Revalued(Revalued),
    /// The board moved money between funds.
    Designated(Designated),
    /// A receipt was attached to an entry.
    Receipt(ReceiptAttached),
    /// An entry needs no receipt.
    ReceiptWaived(ReceiptWaived),
    /// Figures were released.
    Released(Released),
    /// A contributor allowed its amounts to be shown.
    Consented(Consented),
    /// The rules of disclosure were set.
    DisclosureRules(RulesSet),
    /// A reader was given a copy with all figures.
    CopyGiven(CopyGiven),
    /// A party was forgotten.
    Forgotten(Forgotten),
    /// How long vouchers are kept was set.
    Retention(Retention),
    /// An account was reconciled with a statement of it.
    Reconciled(Reconciled),
    /// A reconciliation was taken back.
    ReconciliationUndone(ReconciliationUndone),
}

/// The first fact of every book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookOpened {
    /// Name of the organisation, as statements print it.
    pub name: String,
    /// Currency, by its ISO 4217 code.
    pub currency: String,
    /// Month (1–12) in which fiscal years start.
    pub fiscal_year_start: u32,
}

/// A party, without what may be erased.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyKnown {
    /// Its number.
    pub party: PartyNo,
    /// What it is.
    pub kind: PartyKind,
    /// The holding it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<PartyNo>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Digest>,
    /// Its e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Digest>,
}

/// Opening balances.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningDone {
    /// The day at whose close the balances stood.
    #[serde(with = "day_number")]
    pub as_of: Date,
}

/// An import of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportDone {
    /// The format, as `bursar import` calls it.
    pub format: String,
    /// SHA-256 of the file's bytes.
    pub sha256: Digest,
    /// The file's name, which may name a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
}

/// A reversal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReversalDone {
    /// The entry that was reversed.
    pub entry: EntryNo,
    /// Why.
    pub reason: Digest,
}

/// A lock: no entry may be dated on or before the day any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodLocked {
    /// The last locked day.
    #[serde(with = "day_number")]
    pub through: Date,
    /// Why days that were locked are open again; the lock before it went further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened: Option<Digest>,
}

/// The kind of a fact, as the cube of balances is kept by it: what an amount came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Cause(u8);

impl Cause {
    /// Every kind of fact.
    pub const ALL: [&'static str; 59] = [
        "book",
        "chart",
        "account",
        "fund",
        "event",
        "party",
        "voucher",
        "opening",
        "import",
        "reversal",
        "lock",
        "ticket",
        "discount",
        "package",
        "tax",
        "pool",
        "issuer",
        "held",
        "event-cancelled",
        "order",
        "payment",
        "cancelled",
        "refund",
        "refund-paid",
        "transfer",
        "carried",
        "charged-back",
        "written-off",
        "chosen",
        "payout",
        "sponsorship",
        "condition-met",
        "contract",
        "bill",
        "claim",
        "claim-approved",
        "application",
        "offer",
        "gift",
        "invoice",
        "credit-note",
        "budget",
        "hours",
        "note",
        "allocation",
        "allocated",
        "rate",
        "revalued",
        "designated",
        "receipt",
        "receipt-waived",
        "released",
        "consented",
        "disclosure-rules",
        "copy-given",
        "forgotten",
        "retention",
        "reconciled",
        "reconciliation-undone",
    ];

    /// The cause with this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().position(|kind| *kind == word).and_then(|i| u8::try_from(i).ok()).map(Self)
    }

    /// The fact's kind.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.get(usize::from(self.0)).copied().unwrap_or("voucher")
    }

    /// Whether a posting rule made the entries: they are then what the rule gives, and change only with the document.
    #[must_use]
    pub fn is_document(self) -> bool {
        !matches!(self.word(), "voucher" | "opening" | "import" | "reversal")
    }
}

impl Fact {
    /// What entries that follow from it come from.
    #[must_use]
    pub fn cause(&self) -> Cause {
        // Every kind is in the list: a test holds the two together.
        Cause::named(self.kind()).unwrap_or(Cause(6))
    }

    /// The fact's kind: the word that begins its canonical form, and by which the books index it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Book(_) => "book",
            Self::Chart(_) => "chart",
            Self::Account(_) => "account",
            Self::Fund(_) => "fund",
            Self::Event(_) => "event",
            Self::Party(_) => "party",
            Self::Voucher {} => "voucher",
            Self::Opening(_) => "opening",
            Self::Import(_) => "import",
            Self::Reversal(_) => "reversal",
            Self::Lock(_) => "lock",
            Self::Ticket(_) => "ticket",
            Self::Discount(_) => "discount",
            Self::Package(_) => "package",
            Self::Tax(_) => "tax",
            Self::Pool(_) => "pool",
            Self::Issuer(_) => "issuer",
            Self::Held(_) => "held",
            Self::EventCancelled(_) => "event-cancelled",
            Self::Order(_) => "order",
            Self::Payment(_) => "payment",
            Self::Cancelled(_) => "cancelled",
            Self::Refund(_) => "refund",
            Self::RefundPaid(_) => "refund-paid",
            Self::Transfer(_) => "transfer",
            Self::Carried(_) => "carried",
            Self::ChargedBack(_) => "charged-back",
            Self::WrittenOff(_) => "written-off",
            Self::Chosen(_) => "chosen",
            Self::Payout(_) => "payout",
            Self::Sponsorship(_) => "sponsorship",
            Self::ConditionMet(_) => "condition-met",
            Self::Contract(_) => "contract",
            Self::Bill(_) => "bill",
            Self::Claim(_) => "claim",
            Self::ClaimApproved(_) => "claim-approved",
            Self::Application(_) => "application",
            Self::Offer(_) => "offer",
            Self::Gift(_) => "gift",
            Self::Invoice(_) => "invoice",
            Self::CreditNote(_) => "credit-note",
            Self::Budget(_) => "budget",
            Self::Hours(_) => "hours",
            Self::Note(_) => "note",
            Self::Allocation(_) => "allocation",
            Self::Allocated(_) => "allocated",
            Self::Rate(_) => "rate",
            Self::Revalued(_) => "revalued",
            Self::Designated(_) => "designated",
            Self::Receipt(_) => "receipt",
            Self::ReceiptWaived(_) => "receipt-waived",
            Self::Released(_) => "released",
            Self::Consented(_) => "consented",
            Self::DisclosureRules(_) => "disclosure-rules",
            Self::CopyGiven(_) => "copy-given",
            Self::Forgotten(_) => "forgotten",
            Self::Retention(_) => "retention",
            Self::Reconciled(_) => "reconciled",
            Self::ReconciliationUndone(_) => "reconciliation-undone",
        }
    }

    /// Version of the rule by which the fact was turned into entries; grows whenever that rule changes.
    #[must_use]
    pub const fn rule_version(&self) -> i64 {
        1
    }

    /// Kinds of facts that set the books up: all of them are read whenever the books are opened.
    pub const SETUP: [&'static str; 17] = [
        "book",
        "chart",
        "account",
        "fund",
        "event",
        "lock",
        "ticket",
        "discount",
        "package",
        "tax",
        "pool",
        "issuer",
        "held",
        "event-cancelled",
        "allocation",
        "forgotten",
        "retention",
    ];

    /// Kinds of facts of which there are few, and which are found without reading the others.
    pub const RECORDS: [&'static str; 15] = [
        "budget",
        "hours",
        "note",
        "rate",
        "receipt",
        "receipt-waived",
        "allocated",
        "revalued",
        "designated",
        "released",
        "consented",
        "disclosure-rules",
        "copy-given",
        "reconciled",
        "reconciliation-undone",
    ];

    /// Digests of the texts that lie beside the chain, each under its name.
    #[must_use]
    pub fn texts(&self) -> Vec<(String, Digest)> {
        let mut texts = Vec::new();
        let mut add = |field: &str, digest: Option<Digest>| texts.extend(digest.map(|d| (field.to_owned(), d)));
        match self {
            Self::Party(party) => {
                add("name", party.name);
                add("email", party.email);
            }
            Self::Reversal(reversal) => add("reason", Some(reversal.reason)),
            Self::Import(import) => add("file", import.file),
            Self::Order(order) => {
                for (i, item) in order.items.iter().enumerate() {
                    add(&format!("exception {}", i + 1), item.exception);
                }
            }
            Self::Cancelled(cancelled) => add("reason", cancelled.reason),
            Self::Sponsorship(sponsorship) => add("condition", sponsorship.condition),
            Self::Offer(offer) => add("condition", offer.condition),
            Self::Invoice(invoice) => {
                add("address", invoice.address);
                add("tax number", invoice.tax_number);
            }
            Self::CreditNote(note) => add("reason", note.reason),
            Self::Budget(budget) => {
                add("approved by", budget.approved_by);
                add("basis", budget.basis);
            }
            Self::Note(note) => add("text", Some(note.text)),
            Self::Lock(lock) => add("reopened", lock.reopened),
            Self::Designated(designated) => add("reason", Some(designated.reason)),
            Self::Receipt(receipt) => add("name", Some(receipt.name)),
            Self::ReceiptWaived(waived) => add("reason", Some(waived.reason)),
            Self::Released(released) => add("reason", released.reason),
            Self::Consented(consented) => add("evidence", Some(consented.evidence)),
            Self::DisclosureRules(rules) => add("rules", Some(rules.text)),
            Self::CopyGiven(copy) => add("reason", Some(copy.reason)),
            Self::Forgotten(forgotten) => add("reason", forgotten.reason),
            Self::ReconciliationUndone(undone) => add("reason", Some(undone.reason)),
            _ => {}
        }
        texts
    }

    /// The document a fact is about, if it is about one.
    #[must_use]
    pub const fn document(&self) -> Option<DocumentId> {
        use DocumentKind as Kind;
        let (kind, code) = match self {
            Self::Order(d) => (Kind::Order, d.code),
            Self::Sponsorship(d) => (Kind::Sponsorship, d.code),
            Self::Contract(d) => (Kind::Contract, d.code),
            Self::Bill(d) => (Kind::Bill, d.code),
            Self::Claim(d) => (Kind::Claim, d.code),
            Self::ClaimApproved(d) => (Kind::Claim, d.claim),
            Self::Application(d) => (Kind::Application, d.code),
            Self::Offer(d) => (Kind::Application, d.application),
            Self::Gift(d) => (Kind::Gift, d.code),
            Self::Refund(d) => (Kind::Order, d.order),
            Self::Transfer(d) => (Kind::Order, d.order),
            Self::Carried(d) => (Kind::Order, d.order),
            Self::ChargedBack(d) => (Kind::Order, d.order),
            Self::Payment(d) => return Some(d.document),
            Self::RefundPaid(d) => return Some(d.document),
            Self::Cancelled(d) => return Some(d.document),
            Self::WrittenOff(d) => return Some(d.document),
            Self::ConditionMet(d) => return Some(d.document),
            Self::Chosen(d) => return Some(d.document),
            Self::Invoice(d) => return Some(d.of),
            Self::CreditNote(d) => (Kind::Invoice, d.invoice),
            _ => return None,
        };
        Some(DocumentId::new(kind, code))
    }

    /// What a fact without a description of its own says: "payment of order a1".
    #[must_use]
    pub fn describe(&self) -> Option<String> {
        match (self, self.document()) {
            (Self::Held(held), _) => Some(format!("{} held", held.event)),
            (Self::EventCancelled(off), _) => Some(format!("{} cancelled", off.event)),
            (Self::Allocated(allocated), _) => Some(format!("Shared costs by rule {}", allocated.rule)),
            (Self::Revalued(revalued), _) => Some(format!("Revaluation at {}", revalued.date)),
            (Self::Designated(to), _) => Some(format!("Board: from {} to {}", to.from, to.to)),
            (Self::Payout(_), _) => Some("Transfer between accounts".to_owned()),
            (Self::Payment(_), Some(id)) => Some(format!("Payment of {id}")),
            (Self::RefundPaid(_), Some(id)) if id.kind == DocumentKind::Contract => {
                Some(format!("Deposit given back, {id}"))
            }
            (Self::RefundPaid(_), Some(id)) => Some(format!("Refund paid, {id}")),
            (Self::Refund(_), Some(id)) => Some(format!("Refund agreed, {id}")),
            (Self::Cancelled(_), Some(id)) => Some(format!("Cancellation, {id}")),
            (Self::Carried(to), Some(id)) => Some(format!("Carried to {}, {id}", to.to)),
            (Self::ChargedBack(_), Some(id)) => Some(format!("Chargeback, {id}")),
            (Self::WrittenOff(_), Some(id)) => Some(format!("Written off, {id}")),
            (Self::ConditionMet(_), Some(id)) => Some(format!("Condition met, {id}")),
            (Self::ClaimApproved(_), Some(id)) => Some(format!("Approval of {id}")),
            (Self::Offer(_), Some(id)) => Some(format!("Grant, {id}")),
            (Self::Invoice(_), Some(id)) => Some(format!("Invoice for {id}")),
            (_, Some(id)) => {
                let mut text = id.to_string();
                text[..1].make_ascii_uppercase();
                Some(text)
            }
            (_, None) => None,
        }
    }
}
