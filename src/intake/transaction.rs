//! What a format's reader makes of rows: a transaction by names, not yet known to the books.

use crate::calendar::Date;
use crate::ledger::{Function, Original, Slug};
use crate::money::Money;

/// A transaction as a file has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// Line of its first row.
    pub line: u64,
    /// Booking date.
    pub date: Date,
    /// The source's own reference.
    pub reference: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Its postings.
    pub postings: Vec<RawPosting>,
}

/// A posting as a file has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawPosting {
    /// Its line.
    pub line: u64,
    /// Account, by full name or code.
    pub account: String,
    /// Amount, debit positive.
    pub amount: Money,
    /// Event, by code.
    pub event: Option<String>,
    /// Fund, by code; empty is general.
    pub fund: String,
    /// Function; `None` leaves it to the account.
    pub function: Option<Function>,
    /// Activity.
    pub activity: Option<Slug>,
    /// Tax code.
    pub tax_code: Option<Slug>,
    /// Cash-flow line.
    pub cash_flow: Option<Slug>,
    /// Memo.
    pub memo: Option<String>,
    /// The foreign amount.
    pub original: Option<Original>,
}

impl RawPosting {
    /// A posting of which nothing is said but its account and amount.
    #[must_use]
    pub fn plain(line: u64, account: &str, amount: Money) -> Self {
        Self {
            line,
            account: account.to_owned(),
            amount,
            event: None,
            fund: String::new(),
            function: None,
            activity: None,
            tax_code: None,
            cash_flow: None,
            memo: None,
            original: None,
        }
    }
}
