//! The head of the chain: what stands for a whole history in the minutes.

use std::fmt;
use std::str::FromStr;

use super::BooksError;
use crate::conference::Digest;

/// The last record of the chain: its place and its hash. Written `N:HASH`, it stands for everything up to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Number of records.
    pub seq: i64,
    /// Hash of the last; zero bytes when there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// Before the first record.
    pub const EMPTY: Self = Self { seq: 0, hash: [0; 32] };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, Digest(self.hash))
    }
}

impl FromStr for Head {
    type Err = BooksError;

    fn from_str(text: &str) -> Result<Self, BooksError> {
        let parsed = text.trim().split_once(':').and_then(|(seq, hash)| {
            let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
            Some(Self { seq, hash: Digest::from_hex(hash)?.0 })
        });
        parsed.ok_or_else(|| BooksError::BadHead { value: text.to_owned() })
    }
}
