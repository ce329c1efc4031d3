//! Receipts: a file that proves an entry, known by its SHA-256. The files lie beside the books.

use serde::{Deserialize, Serialize};

use super::Digest;
use crate::ledger::EntryNo;

/// A file was attached to an entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptAttached {
    /// The entry.
    pub entry: EntryNo,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its name, which may name a person.
    pub name: Digest,
}

/// An entry needs no receipt, for a reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptWaived {
    /// The entry.
    pub entry: EntryNo,
    /// Why.
    pub reason: Digest,
}
