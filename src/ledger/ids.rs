//! Identifiers. Each is its own type, so that an entry's number can never stand where an account's belongs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::LedgerError;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// Number of an account, from 1 in the order of opening; never shown, it is what a posting stores.
    AccountNo
);
number!(
    /// Number of an entry, from 1 without gaps.
    EntryNo
);
number!(
    /// Number of a fact, from 1 without gaps.
    FactNo
);
number!(
    /// Number of a party, from 1 in the order of appearance. All that the chain knows of a party's identity.
    PartyNo
);
number!(
    /// Number of a [`super::Coordinate`] in one set of books.
    CoordinateNo
);

/// A short code that people type: of a fund, an event, an activity, a tax code, a cash-flow line.
///
/// 1 to 31 of `a–z`, `0–9`, `-` and `.`, beginning with a letter or digit; capitals are lowered on input. Kept in
/// place (no allocation), because a bulk import handles millions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug {
    bytes: [u8; Slug::MAX],
    length: u8,
}

impl Slug {
    /// The most characters a code can have.
    pub const MAX: usize = 31;

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Every constructor admits ASCII only.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// A code known to be well formed when the program is compiled.
    ///
    /// # Panics
    /// At compile time (it is only called in constants) when the text is too long.
    #[must_use]
    pub(crate) const fn constant(text: &str) -> Self {
        assert!(text.len() <= Self::MAX);
        let mut bytes = [0; Self::MAX];
        let mut i = 0;
        while i < text.len() {
            bytes[i] = text.as_bytes()[i];
            i += 1;
        }
        #[allow(clippy::cast_possible_truncation)] // at most 31, asserted above
        Self { bytes, length: text.len() as u8 }
    }
}

impl FromStr for Slug {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let lower = text.trim().to_ascii_lowercase();
        let good = (1..=Self::MAX).contains(&lower.len())
            && lower.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
            && lower.as_bytes()[0].is_ascii_alphanumeric();
        if good { Ok(Self::constant(&lower)) } else { Err(LedgerError::BadCode { value: text.to_owned() }) }
    }
}

impl TryFrom<String> for Slug {
    type Error = LedgerError;

    fn try_from(text: String) -> Result<Self, LedgerError> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.as_str().to_owned()
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Slug;

    #[test]
    fn codes_are_short_and_plain() {
        for (text, code) in [("pyex25", "pyex25"), ("PyEx-25", "pyex-25"), (" vat20.0 ", "vat20.0"), ("9", "9")] {
            assert_eq!(text.parse::<Slug>().unwrap().as_str(), code);
        }
        for text in ["", "-x", "two words", "naïve", "a/b", &"x".repeat(32)] {
            assert!(text.parse::<Slug>().is_err(), "{text}");
        }
    }
}
