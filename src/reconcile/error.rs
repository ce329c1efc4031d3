//! Why an account was not reconciled.

use thiserror::Error;

use crate::books::BooksError;
use crate::calendar::Date;
use crate::intake::IntakeError;
use crate::ledger::{EntryNo, FactNo};

/// A refusal to reconcile. Nothing was recorded, and nothing posted.
#[derive(Debug, Error)]
pub enum ReconcileError {
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The statement cannot be read.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The file has statements of several accounts, or none that can be meant.
    #[error("{file} {}", which(found, wanted))]
    Which {
        /// The file.
        file: String,
        /// Accounts in it, with their currencies.
        found: Vec<String>,
        /// What was looked for.
        wanted: String,
    },
    /// The statement has no line in the period.
    #[error("{file} has no line{}", days.map(|(from, to)| format!(" from {from} to {to}")).unwrap_or_default())]
    NoLines {
        /// The file.
        file: String,
        /// First and last day, where some are known.
        days: Option<(Date, Date)>,
    },
    /// Neither the file nor the books nor the command say with what the statement begins or ends.
    #[error("{file} tells no balance: a reconciliation proves one")]
    NoBalance {
        /// The file.
        file: String,
    },
    /// The statement contradicts itself: opening and lines do not make the closing.
    #[error(
        "the statement does not add up: it opens with {opening}, its lines make {lines}, that is {sum}, and it closes with {closing}: {difference} off"
    )]
    Sum {
        /// Opening, as shown.
        opening: Box<str>,
        /// Sum of the lines, as shown.
        lines: Box<str>,
        /// Opening and lines, as shown.
        sum: Box<str>,
        /// Closing, as shown.
        closing: Box<str>,
        /// Sum less closing, as shown.
        difference: Box<str>,
    },
    /// The statement does not begin where the books are.
    #[error("the statement opens with {opening} before {from}, {what} {books}: {difference} off{hint}")]
    Opening {
        /// Opening, as shown.
        opening: Box<str>,
        /// Its first day.
        from: Date,
        /// What it is compared with: the books before that day, or the last reconciliation.
        what: Box<str>,
        /// What that is, as shown.
        books: Box<str>,
        /// The difference, as shown.
        difference: Box<str>,
        /// An entry that would explain it.
        hint: Box<str>,
    },
    /// Lines that nobody has decided yet.
    #[error("{} of the statement {} not in the books, and nobody has decided what {}: nothing was recorded",
        lines(*count), if *count == 1 { "is" } else { "are" }, if *count == 1 { "it is" } else { "they are" })]
    Undecided {
        /// How many.
        count: usize,
    },
    /// A file of decisions that cannot be used.
    #[error("the decisions: {message}")]
    Decisions {
        /// What is wrong, with the line of the statement or of the file.
        message: String,
    },
    /// A decision that the books carry out otherwise than the statement has it.
    #[error("line {line} is {amount}; what was decided posts {posted} to the account")]
    Posted {
        /// The statement's line, by its number.
        line: usize,
        /// Its amount, as shown.
        amount: String,
        /// What would be posted, as shown.
        posted: String,
    },
    /// An entry named as outstanding that is not.
    #[error("entry {entry} cannot be outstanding: {problem}")]
    Outstanding {
        /// The entry.
        entry: EntryNo,
        /// Why not.
        problem: String,
    },
    /// Every reconciliation of the account was undone.
    #[error("no reconciliation of this account stands: what was recorded was undone")]
    NoneStands,
    /// No reconciliation has this number, or none is of this account.
    #[error("{}", match number { Some(number) => format!("there is no reconciliation {number}"), None => "nothing of this account was reconciled yet".to_owned() })]
    Unknown {
        /// The number as given.
        number: Option<FactNo>,
    },
}

fn which(found: &[String], wanted: &str) -> String {
    if found.is_empty() {
        return format!("has no statement {wanted}");
    }
    format!("has statements of {}: {wanted}", found.join(", "))
}

fn lines(count: usize) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{count} lines") }
}
