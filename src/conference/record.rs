//! What is written down and makes no entry: budget lines, volunteer hours, notes. Figures without their context help
//! nobody.

use serde::{Deserialize, Serialize};

use super::Digest;
use super::event::day_number;
use crate::calendar::Date;
use crate::ledger::{AccountNo, Slug};

/// A line of a version of an event's budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// The event.
    pub event: Slug,
    /// The version: `draft`, `2026-01`.
    pub version: Slug,
    /// When it was set, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The account.
    pub account: AccountNo,
    /// Minor units; income and cost are both positive.
    pub amount: i64,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Digest>,
    /// How it was arrived at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Digest>,
}

/// Hours that volunteers gave. Never an amount (ASC 958-605-25-16 recognises specialised services only).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolunteerHours {
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The team: programme, registration, video.
    pub team: Slug,
    /// The last day they cover, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// People in the team.
    pub people: i64,
    /// Hours, in all.
    pub hours: i64,
}

/// Who may read a note: the first who may, and those before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// The treasurer alone: it may name people.
    #[default]
    Treasurer,
    /// The board too.
    Board,
    /// Everybody.
    Public,
}

/// A note on an event or a line of a report: a decision, a circumstance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteTaken {
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The account whose figure it explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountNo>,
    /// The statement line, or the statement, that it explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Slug>,
    /// Who may read it.
    #[serde(default)]
    pub reader: Reader,
    /// Its date, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The note.
    pub text: Digest,
}
