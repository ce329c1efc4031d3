//! What a conference is, and what can happen to one. One file a document.
//!
//! Pure, like the ledger below it: a fact is data, and what it means for the books is decided without a clock or a file.

mod event;
mod fact;

pub use event::Event;
pub use fact::{BookOpened, Digest, Fact, ImportDone, OpeningDone, PartyKnown, PeriodLocked, ReversalDone};
