//! The chain: canonical bytes of a record and their SHA-256.
//!
//! Format version 1. A record is a sequence of fields, each a length (4 bytes, big endian) and that many bytes.
//! A number is 8 bytes, two's complement, big endian; text is UTF-8; what is absent has length 0 (no field that may
//! be absent can be empty). The first fields of every record are the format version (`bursar/1`), the record's type
//! (`fact` or `entry`), its place in the chain and the hash of the record before (32 zero bytes for the first).
//! `docs/chain.md` lists the fields, and `tests/vectors` holds bytes made by an encoder that shares no code with this.

use sha2::{Digest as _, Sha256};

use super::store::{Salt, StoredEntry, StoredFact};
use crate::conference::Digest;
use crate::ledger::Coordinate;

/// First field of every record. Changes whenever a field is added, moved or written otherwise.
pub const FORMAT_VERSION: &str = "bursar/1";

/// Canonical bytes of a fact, after the record with hash `previous`. Clears and fills `out`.
pub fn encode_fact(out: &mut Vec<u8>, previous: &[u8; 32], fact: &StoredFact) {
    begin(out, b"fact", fact.seq, previous);
    number(out, fact.number.0);
    bytes(out, fact.recorded_at.as_bytes());
    bytes(out, fact.kind.as_bytes());
    number(out, fact.rule);
    bytes(out, fact.actor.as_ref().map_or(&[], |digest| &digest.0[..]));
    bytes(out, fact.body.as_bytes());
}

/// Canonical bytes of an entry, after the record with hash `previous`. Clears and fills `out`. `coordinate` gives the
/// dimensions of the posting with this index; what the chain protects are the dimensions, not their number.
pub fn encode_entry<'a>(
    out: &mut Vec<u8>,
    previous: &[u8; 32],
    entry: &StoredEntry,
    coordinate: impl Fn(usize) -> &'a Coordinate,
) {
    begin(out, b"entry", entry.seq, previous);
    number(out, entry.number.0);
    number(out, entry.fact.0);
    bytes(out, entry.recorded_at.as_bytes());
    number(out, entry.date);
    bytes(out, entry.reference.as_deref().unwrap_or_default().as_bytes());
    optional(out, entry.reverses.map(|n| n.0));
    bytes(out, entry.description.as_ref().map_or(&[], |digest| &digest.0[..]));
    number(out, i64::try_from(entry.postings.len()).unwrap_or(i64::MAX));
    for (i, posting) in entry.postings.iter().enumerate() {
        let at = coordinate(i);
        number(out, posting.line);
        number(out, posting.account.0);
        number(out, posting.amount);
        bytes(out, at.event.as_ref().map_or("", |s| s.as_str()).as_bytes());
        bytes(out, at.fund.as_str().as_bytes());
        bytes(out, at.function.map_or("", |f| f.word()).as_bytes());
        bytes(out, at.activity.as_ref().map_or("", |s| s.as_str()).as_bytes());
        bytes(out, at.tax_code.as_ref().map_or("", |s| s.as_str()).as_bytes());
        bytes(out, posting.cash_flow.as_ref().map_or("", |s| s.as_str()).as_bytes());
        optional(out, posting.party.map(|n| n.0));
        optional(out, posting.original.as_ref().map(|o| o.0));
        bytes(out, posting.original.as_ref().map_or("", |o| o.1.as_str()).as_bytes());
        bytes(out, posting.original.as_ref().map_or("", |o| o.2.as_str()).as_bytes());
        bytes(out, posting.memo.as_ref().map_or(&[], |digest| &digest.0[..]));
    }
}

/// SHA-256 of canonical bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256(salt ‖ text): what the chain holds of an erasable text.
#[must_use]
pub fn salted_digest(salt: &Salt, text: &str) -> Digest {
    Digest(Sha256::new().chain_update(salt).chain_update(text).finalize().into())
}

fn begin(out: &mut Vec<u8>, kind: &[u8], seq: i64, previous: &[u8; 32]) {
    out.clear();
    bytes(out, FORMAT_VERSION.as_bytes());
    bytes(out, kind);
    number(out, seq);
    bytes(out, previous);
}

fn number(out: &mut Vec<u8>, value: i64) {
    bytes(out, &value.to_be_bytes());
}

fn optional(out: &mut Vec<u8>, value: Option<i64>) {
    match value {
        Some(value) => number(out, value),
        None => bytes(out, &[]),
    }
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    // No field comes near 4 GiB: SQLite's own limit on a value is 1 GB.
    out.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(value);
}
