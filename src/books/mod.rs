//! Where facts and entries are kept: append, query, verify.
//!
//! [`Books`] holds every rule (numbering, references, locks, reversals, hashing, balances); a [`Store`] only keeps
//! rows. So every store behaves alike, and a new one needs no rule of its own.

mod chain;
mod error;
mod memory;
mod read;
mod setup;
pub mod sqlite;
mod store;
mod verify;
mod write;

pub use chain::{FORMAT_VERSION, Head, encode_entry, encode_fact, hash, salted_digest};
pub use error::BooksError;
pub use memory::MemoryStore;
pub use read::{Balance, Books, JournalEntry, PartyDetail};
pub use setup::Setup;
pub use store::{
    EntryFilter, PartyRow, Record, Salt, Store, StoredEntry, StoredFact, StoredPosting, StoredText, Tail, TextField,
};
pub use verify::{Finding, Verification};
pub use write::{Posted, Recorder, WriteContext, Writer};
