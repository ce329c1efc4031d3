//! What a conference is, and what can happen to one. One file a document, each with its posting rules.
//!
//! Pure, like the ledger below it: a fact is data, and what it means for the books is decided without a clock or a file.
//! `docs/posting-rules.md` has the rules as a table.

pub mod accounts;
mod aid;
mod allocation;
mod bill;
mod claim;
mod contract;
mod designation;
mod desk;
mod document;
mod error;
mod event;
mod fact;
mod forgotten;
mod invoice;
mod order;
mod payment;
mod rate;
mod receipt;
mod reconciled;
mod record;
mod released;
mod rules;
mod setup;
mod sponsorship;
mod tax;
mod ticket;
mod words;

pub use aid::{AidOffered, AidPool, Application, ApplicationReceived, ApplicationStatus, Gift, GiftReceived};
pub use allocation::{Allocated, AllocationRule, AllocationShare};
pub use bill::{Bill, BillReceived, CostLine};
pub use claim::{Claim, ClaimApproved, ClaimStatus, ClaimSubmitted};
pub use contract::{Contract, ContractSigned, Due, Penalty, Terms};
pub use designation::Designated;
pub use desk::{Desk, FundStanding, USED_IN_KIND};
pub use document::{Document, DocumentId, TALLIES, Tallied, TallyKey};
pub use error::RuleError;
pub use event::{Event, EventCancelled, EventHeld, EventStatus};
pub use fact::{BookOpened, Cause, Digest, Fact, ImportDone, OpeningDone, PartyKnown, PeriodLocked, ReversalDone};
pub use forgotten::{Forgotten, KeptText};
pub use invoice::{CreditNote, CreditNoteIssued, Invoice, InvoiceIssued, InvoiceLine, Issuer, numbered};
pub use order::{
    Cancelled, Carried, ChargedBack, Chosen, Item, LineStatus, Order, OrderLine, OrderPlaced, RefundAgreed, Transfer,
    WrittenOff,
};
pub use payment::{Payment, Payout, RefundPaid, Transferred};
pub use rate::{Foreign, RateKnown, Revalued, RevaluedBill, worth};
pub use receipt::{ReceiptAttached, ReceiptWaived};
pub use reconciled::{MatchedLines, Reconciled, ReconciliationUndone, StatementLineKey};
pub use record::{BudgetLine, NoteTaken, Reader, VolunteerHours};
pub use released::{Consented, CopyGiven, ReleaseKind, Released, ReleasedFigure, ReleasedSlice, RulesSet};
pub use rules::apply;
pub use setup::Conference;
pub use sponsorship::{Benefit, ConditionMet, Package, Sponsorship, SponsorshipAgreed};
pub use tax::{TaxCode, TaxTreatment, Taxed, share_of};
pub use ticket::{Discount, LARGEST, Price, TicketType};
pub use words::{
    AidBasis, BenefitKind, Choice, DocumentKind, EVENT_DOCUMENTS, InKind, ItemKind, Method, Payer, Residence, Role,
    WhoPays,
};
