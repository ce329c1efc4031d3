//! What cannot be asked of a policy.

use thiserror::Error;

use crate::books::BooksError;
use crate::conference::RuleError;
use crate::ledger::Slug;
use crate::report::ReportError;

/// What cannot be asked of a policy.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// What the books cannot do, or what a posting rule refuses of what a policy makes of a fact.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// What a statement refuses.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// There is no such policy.
    #[error("there is no policy `{name}`{}", near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest known name.
        near: Option<String>,
    },
    /// A file that cannot be read as a policy or an event.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// Line, column and what is wrong.
        problem: String,
    },
    /// A key of a file that does not fit the event.
    #[error("{file}: {}{key}: {problem}", line.map_or_else(String::new, |line| format!("line {line}: ")))]
    Key {
        /// The file.
        file: String,
        /// The line, from 1; none for a key that a command gave.
        line: Option<usize>,
        /// The key.
        key: String,
        /// What is wrong.
        problem: String,
    },
    /// Nobody has registered: there is nothing to replay.
    #[error("{event} has no admissions: there is nothing to compare")]
    NoAdmissions {
        /// The event.
        event: Slug,
    },
    /// The chart lacks an account that a policy posts to.
    #[error("the chart has no account {code}, which {what} is booked to")]
    NoAccount {
        /// Its code.
        code: &'static str,
        /// What.
        what: &'static str,
    },
    /// What is asked for is never reached.
    #[error("{goal}: {problem}")]
    Unsolved {
        /// What was to be found.
        goal: String,
        /// Why it is not.
        problem: String,
    },
    /// An earlier event tells nothing of this one.
    #[error("there is no forecast: {problem}")]
    Forecast {
        /// Why.
        problem: String,
    },
    /// No figure of the comparison has this key.
    #[error("the comparison has no figure `{key}`{}", near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    NoFigure {
        /// What was asked for.
        key: String,
        /// The nearest known key.
        near: Option<String>,
    },
}

impl From<RuleError> for PolicyError {
    fn from(error: RuleError) -> Self {
        Self::Books(error.into())
    }
}
