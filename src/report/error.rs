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
