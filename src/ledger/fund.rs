//! Funds: money kept apart by what its givers, or the board, said it is for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{LedgerError, Slug};

/// The fund that everything belongs to unless said otherwise; every book has it, undesignated.
pub const GENERAL_FUND: Slug = Slug::constant("general");

/// What binds a fund (ASC 958-205 as amended by ASU 2016-14).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restriction {
    /// Without donor restrictions, free for any use.
    Undesignated,
    /// Without donor restrictions, set aside by the board (which can undo it).
    BoardDesignated,
    /// With donor restrictions: for a purpose.
    Purpose,
    /// With donor restrictions: until a time.
    Time,
    /// With donor restrictions: kept for ever.
    Perpetual,
}

impl Restriction {
    /// All classes.
    pub const ALL: [Self; 5] = [Self::Undesignated, Self::BoardDesignated, Self::Purpose, Self::Time, Self::Perpetual];

    /// Whether a donor, not the board, restricts the fund.
    #[must_use]
    pub const fn by_donor(self) -> bool {
        matches!(self, Self::Purpose | Self::Time | Self::Perpetual)
    }

    /// The word used in input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Undesignated => "undesignated",
            Self::BoardDesignated => "board-designated",
            Self::Purpose => "purpose",
            Self::Time => "time",
            Self::Perpetual => "perpetual",
        }
    }
}

impl FromStr for Restriction {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|r| r.word() == wanted).ok_or_else(|| LedgerError::BadWord {
            what: "a restriction",
            value: text.to_owned(),
            expected: "undesignated, board-designated, purpose, time, perpetual",
        })
    }
}

impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A fund of the books.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fund {
    /// Its code, which postings store. Never changes.
    pub code: Slug,
    /// Its name on statements.
    pub name: String,
    /// What binds it. Never changes: money that becomes free moves to another fund.
    pub restriction: Restriction,
    /// In the giver's or the board's words, what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

impl Fund {
    /// The general fund.
    #[must_use]
    pub fn general() -> Self {
        Self { code: GENERAL_FUND, name: "General".to_owned(), restriction: Restriction::Undesignated, purpose: None }
    }
}
