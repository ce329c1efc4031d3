//! Journals out: for other ledgers to read, and for our own `import csv`.
//!
//! Exports are the treasurer's: they name parties, unless pseudonyms are asked for. Each begins with the head of the chain it was made from.

mod beancount;
mod journal;
mod plain;
mod source;

use std::io::Write;

use thiserror::Error;

pub use beancount::write_beancount;
pub use journal::write_journal;
pub use plain::{Dialect, write_plain};
pub use source::{Naming, PSEUDONYMOUS};

use crate::books::{Books, BooksError, Store};

/// Formats that the books can be written in.
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
    /// The output cannot be written.
    #[error("cannot write the export: {0}")]
    Output(#[from] std::io::Error),
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
        ExportFormat::Hledger => write_plain(books, Dialect::Hledger, naming, out),
        ExportFormat::Ledger => write_plain(books, Dialect::Ledger, naming, out),
        ExportFormat::Beancount => write_beancount(books, naming, out),
        ExportFormat::Csv => write_journal(books, naming, out),
    }
}
