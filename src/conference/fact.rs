//! Facts: everything that ever happened to a set of books, in the order in which it was recorded.
//!
//! A fact's canonical form is the JSON of its enum case, fields in the order written here, no white space. Free text
//! and personal data are never in it: in their place stands a [`Digest`], and the text lies beside the chain, where it
//! can be erased. **Adding a field needs `serde(default)` and `skip_serializing_if`, and no field is ever renamed or
//! moved: books written years ago must still give the same bytes.**

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Event;
use super::event::day_number;
use crate::calendar::Date;
use crate::ledger::{Account, Chart, EntryNo, Fund, PartyKind, PartyNo};

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
}

impl Fact {
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
        }
    }

    /// Version of the rule by which the fact was turned into entries; grows whenever that rule changes.
    #[must_use]
    pub const fn rule_version(&self) -> i64 {
        1
    }
}
