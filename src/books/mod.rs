//! Where facts and entries are kept: append, query, verify.
//!
//! [`Books`] holds every rule (numbering, references, locks, reversals, hashing, balances); a [`Store`] only keeps
//! rows. So every store behaves alike, and a new one needs no rule of its own.

mod balance;
mod beside;
mod cash;
mod chain;
mod desk;
mod error;
mod forget;
mod head;
mod memory;
mod naming;
mod post;
mod read;
mod rebuild;
mod reconciled;
mod setup;
mod shelf;
pub mod sqlite;
mod store;
mod verify;
mod write;

pub use balance::{Balance, Slice, Term};
pub use cash::is_cash;
pub use chain::{FORMAT_VERSION, encode_entry, encode_fact, hash, salted_digest};
pub use error::{BooksError, Since};
pub use forget::{Copied, Forgetting, KeptRecord, TextKind};
pub use head::Head;
pub use memory::MemoryStore;
pub use post::Posted;
pub use read::{Books, JournalEntry, PartyDetail};
pub use setup::Setup;
pub use shelf::{Shelf, ShelfDesk};
pub use store::{
    CellKey, DocumentFilter, DocumentRow, Earlier, EntryFilter, Origin, PartyRow, Record, Salt, Store, StoredEntry,
    StoredFact, StoredPosting, StoredText, Tail, TextField,
};
pub use verify::{Finding, Verification};
pub use write::{Recorder, WriteContext, Writer};
