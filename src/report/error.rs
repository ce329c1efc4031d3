//! Why a report is refused.

use thiserror::Error;

use super::Audience;
use crate::books::BooksError;

/// A refusal.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The books cannot be read, or do not know a name.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The statement has line items or names in it.
    #[error("`{statement}` is for the treasurer: for {audience} it would show single entries or parties")]
    TreasurerOnly {
        /// The statement.
        statement: String,
        /// For whom it was asked.
        audience: Audience,
    },
    /// The statement is about one event.
    #[error("`{statement}` is about one event")]
    OneEvent {
        /// The statement.
        statement: String,
    },
    /// The statement is about the organisation as a whole.
    #[error("`{statement}` is about the whole organisation, not about an event")]
    NoEvents {
        /// The statement.
        statement: String,
    },
    /// No budget to compare with.
    #[error("{event} has no budget{}{}", version.as_deref().map(|v| format!(" `{v}`")).unwrap_or_default(), if known.is_empty() { String::new() } else { format!("; there are {known}") })]
    NoBudget {
        /// The event.
        event: crate::ledger::Slug,
        /// The version asked for.
        version: Option<String>,
        /// All versions there are.
        known: String,
    },
    /// A file of receipt rules that cannot be read.
    #[error("the receipt rules cannot be read: {message}")]
    ReceiptRules {
        /// What is wrong, with line and column.
        message: String,
    },
    /// Nothing was posted in the period, or to the events.
    #[error("no postings{of} match {window}; {there}")]
    NoPostings {
        /// The events, if it is limited to some.
        of: String,
        /// The days.
        window: crate::calendar::Window,
        /// What there would be.
        there: String,
    },
    /// There is no such statement.
    #[error("there is no statement `{statement}`{}", crate::ledger::choices(near.as_deref(), known))]
    NoStatement {
        /// What was asked for.
        statement: String,
        /// The nearest there is.
        near: Option<String>,
        /// All there are.
        known: String,
    },
}
