//! A reconciliation: an account of the books and a statement of whoever keeps the money agree, line by line.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::event::day_number;
use super::{Digest, RuleError};
use crate::calendar::Date;
use crate::ledger::{AccountNo, EntryNo, FactNo};

/// An account was reconciled with a statement of it, over a period.
///
/// It names entries and amounts, and no texts: what a line said may name a person, and stays in the statement, whose
/// hash is here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciled {
    /// The account.
    pub account: AccountNo,
    /// First day of the statement, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub from: Date,
    /// Its last day, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub to: Date,
    /// What the statement began with, minor units, debit positive: what is reconciled so far.
    pub opening: i64,
    /// What it ended with.
    pub closing: i64,
    /// Format of the statement's file.
    pub format: String,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Last entry of the books when it was made. Of the first reconciliation of an account, entries up to this one
    /// that are dated before `from` count as reconciled, but for those `outstanding`.
    pub entries: EntryNo,
    /// Of the first reconciliation: entries dated before `from` that no statement had shown by then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outstanding: Vec<EntryNo>,
    /// What was found to be the same.
    pub matches: Vec<MatchedLines>,
}

/// Lines of the statement and entries of the books that are the same movements. Their sums agree. Without lines:
/// entries that take each other back, and that no statement will ever show.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchedLines {
    /// Lines of the statement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<StatementLineKey>,
    /// Entries of the books: each with all its postings to the account.
    pub entries: Vec<EntryNo>,
}

/// What a statement's line is known by when the statement comes again, or overlaps another.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementLineKey {
    /// Its booking date, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Minor units, debit positive.
    pub amount: i64,
    /// The reference that the bank gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The last reconciliation of an account was taken back: a line or an entry was matched wrongly. What it had posted
/// stays, and is matched anew.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationUndone {
    /// The account.
    pub account: AccountNo,
    /// The fact of the reconciliation: the last one of the account that stood.
    pub reconciliation: FactNo,
    /// Why.
    pub reason: Digest,
}

impl Reconciled {
    /// What can be checked without the entries: the period runs forward, opening and lines make the closing, and no
    /// entry is named twice. The books check what the entries amount to.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn check<D: Desk>(&self, desk: &D) -> Result<(), RuleError> {
        let invalid = |problem: String| RuleError::Invalid { what: "a reconciliation".to_owned(), problem };
        if desk.account(self.account).is_none() {
            return Err(invalid(format!("there is no account number {}", self.account)));
        }
        if self.to < self.from {
            return Err(invalid(format!("it ends on {}, before it begins on {}", self.to, self.from)));
        }
        let lines = self.matches.iter().flat_map(|matched| &matched.lines);
        let sum = i128::from(self.opening) + lines.map(|line| i128::from(line.amount)).sum::<i128>();
        if sum != i128::from(self.closing) {
            let currency = desk.currency();
            let (sum, closing) = (currency.format_grouped(sum), currency.format_grouped(i128::from(self.closing)));
            return Err(invalid(format!("opening and lines make {sum}, not the closing {closing}")));
        }
        let mut seen = HashSet::new();
        let entries = self.matches.iter().flat_map(|matched| &matched.entries);
        if let Some(twice) = entries.copied().find(|entry| !seen.insert(*entry)) {
            return Err(invalid(format!("entry {twice} is matched twice")));
        }
        if self.matches.iter().any(|matched| matched.entries.is_empty()) {
            return Err(invalid("lines are matched with no entry".to_owned()));
        }
        Ok(())
    }
}
