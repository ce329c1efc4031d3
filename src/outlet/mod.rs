//! Books out: journals for other ledgers and for our own `import csv`, a workbook, and a package for an auditor.
//!
//! All of them are the treasurer's: they name parties, unless pseudonyms are asked for. Each tells the head of the chain it
//! was made from, where its format has a place for it.

mod beancount;
mod gnucash;
mod journal;
mod package;
mod plain;
mod quickbooks;
mod source;
mod workbook;

use std::io::Write;

use thiserror::Error;

pub use beancount::write_beancount;
pub use gnucash::{write_gnucash, write_gnucash_accounts};
pub use journal::write_journal;
pub use package::{PutFile, write_package};
pub use plain::{Dialect, write_plain};
pub use quickbooks::write_quickbooks;
pub use source::{Naming, PSEUDONYMOUS};
pub use workbook::{Tab, write_workbook};

use crate::books::{Books, BooksError, Store};
use crate::calendar::{ALL_DAYS, Timestamp};
use crate::report::ReportError;

/// Formats that the books can be written in as one text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportFormat {
    /// A journal of hledger.
    Hledger,
    /// A journal of Ledger.
    Ledger,
    /// A file of beancount, with an assertion for every account.
    Beancount,
    /// bursar's own journal CSV.
    Csv,
    /// GnuCash's transactions as CSV.
    Gnucash,
    /// GnuCash's account tree as CSV.
    GnucashAccounts,
    /// QuickBooks Online's journal entries as CSV.
    Quickbooks,
}

/// Who made an export, and when: for those that say so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The actor, when it is known.
    pub by: Option<String>,
    /// The moment, UTC.
    pub at: Timestamp,
}

/// What an export wrote.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Exported {
    /// Entries.
    pub entries: usize,
    /// Postings.
    pub postings: usize,
}

/// Why an export stopped.
#[derive(Debug, Error)]
pub enum OutletError {
    /// The books cannot be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A statement of it cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The output cannot be written.
    #[error("cannot write the export: {0}")]
    Output(#[from] std::io::Error),
    /// A spreadsheet would not hold an amount exactly.
    #[error("a spreadsheet holds 15 digits of a number, and {amount} has more")]
    TooManyDigits {
        /// The amount, with its currency's decimals.
        amount: String,
    },
    /// A sheet has no room for the journal.
    #[error("a sheet has room for {room} postings, and there are {postings}")]
    TooManyRows {
        /// Postings to be written.
        postings: i64,
        /// Rows below the heading.
        room: i64,
    },
}

impl From<csv::Error> for OutletError {
    fn from(error: csv::Error) -> Self {
        Self::Output(match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => std::io::Error::other(format!("{other:?}")),
        })
    }
}

/// Writes all entries in the order of date, then number.
///
/// # Errors
/// [`OutletError`].
pub fn export<S: Store>(
    books: &Books<S>,
    format: ExportFormat,
    naming: Naming,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    match format {
        ExportFormat::Hledger => write_plain(books, ALL_DAYS, Dialect::Hledger, naming, out),
        ExportFormat::Ledger => write_plain(books, ALL_DAYS, Dialect::Ledger, naming, out),
        ExportFormat::Beancount => write_beancount(books, naming, out),
        ExportFormat::Csv => write_journal(books, ALL_DAYS, naming, out),
        ExportFormat::Gnucash => write_gnucash(books, naming, out),
        ExportFormat::GnucashAccounts => write_gnucash_accounts(books, out),
        ExportFormat::Quickbooks => write_quickbooks(books, naming, out),
    }
}
