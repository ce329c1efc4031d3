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
    /// The chart in use has no such statement.
    #[error("the chart `{chart}` has no statement `{statement}`; it has {known}")]
    NoStatement {
        /// The chart.
        chart: String,
        /// What was asked for.
        statement: String,
        /// What there is.
        known: String,
    },
}
