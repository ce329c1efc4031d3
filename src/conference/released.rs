//! What left the treasurer's hands: releases, with everything that is needed to prove them again, and what contributors
//! allow.

use serde::{Deserialize, Serialize};

use super::{Digest, Reader};
use crate::ledger::{EntryNo, PartyNo};

/// A release: the figures that were handed out together, and the postings they are sums of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// Its number, from 1.
    pub number: i64,
    /// Who may read it.
    pub reader: Reader,
    /// How it came out.
    pub how: ReleaseKind,
    /// Keys of its statements.
    pub statements: Vec<String>,
    /// The last entry that its figures cover.
    pub entries: EntryNo,
    /// Postings that figures are sums of, each named once.
    pub slices: Vec<ReleasedSlice>,
    /// People that are counted, each group named once.
    pub crowds: Vec<(String, i64, bool)>,
    /// The figures that were shown.
    pub figures: Vec<ReleasedFigure>,
    /// How many were not.
    pub withheld: usize,
    /// Digest of the rules in force.
    pub rules: Digest,
    /// Why it came out though it should not, or where it was filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Digest>,
}

/// How a release came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseKind {
    /// Through disclosure control.
    Published,
    /// Handed out or filed by other means; it is known all the same.
    Recorded,
    /// Through disclosure control, but for figures that the treasurer decided to show.
    Overridden,
}

impl ReleaseKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Recorded => "recorded",
            Self::Overridden => "overridden",
        }
    }
}

/// Postings at a coordinate: number, first and last day (`yyyymmdd`), kind of fact and cash-flow line (empty: all), side
/// (`d`, `c`, or empty for both). `None` in place of the cause and line is every origin.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ReleasedSlice(pub i64, pub u32, pub u32, pub Option<(String, String)>, pub String);

/// A figure that was shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedFigure {
    /// Statement, row and column.
    pub id: String,
    /// Minor units, or people.
    pub value: String,
    /// Places in the release's slices, each with its factor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<(usize, i64)>,
    /// Places in the release's crowds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<usize>,
    /// Whether it is only shown by the treasurer's decision.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overridden: bool,
}

/// A contributor allows its amounts to be shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consented {
    /// The contributor.
    pub party: PartyNo,
    /// To whom.
    pub reader: Reader,
    /// What proves it.
    pub evidence: Digest,
}

/// The rules of disclosure were set; they lie beside the chain, because they are nobody's but the treasurer's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesSet {
    /// Digest of the file.
    pub text: Digest,
}

/// A reader was given a copy with all figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyGiven {
    /// The release.
    pub number: i64,
    /// To whom.
    pub to: PartyNo,
    /// Why.
    pub reason: Digest,
}
