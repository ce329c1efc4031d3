//! What disclosure control refuses.

use thiserror::Error;

use crate::books::BooksError;
use crate::report::ReportError;

/// What disclosure control refuses.
#[derive(Debug, Error)]
pub enum DisclosureError {
    /// What the books cannot do.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// What a statement refuses.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The rules cannot be read.
    #[error("the rules of disclosure cannot be used: {message}")]
    Rules {
        /// Why.
        message: String,
    },
    /// A figure that must be published cannot be.
    #[error("nothing was released: {}", blocked.iter().map(|(id, why)| format!("{id} must be published and cannot be ({why})")).collect::<Vec<_>>().join("; "))]
    Blocked {
        /// Figures, each with why.
        blocked: Vec<(String, String)>,
    },
    /// The sum of the postings behind a figure is not the figure.
    #[error("{id} is {shown}, its postings add up to {found}: nothing was released")]
    Untied {
        /// The figure.
        id: String,
        /// What the statement says, minor units.
        shown: i128,
        /// What the postings give.
        found: i128,
    },
    /// No statement of the release has such a figure.
    #[error("there is no figure `{figure}` to be shown{}", near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    NoFigure {
        /// What was asked for.
        figure: String,
        /// The nearest there is.
        near: Option<String>,
    },
    /// There is no such release.
    #[error("there is no release {number}; {}", if *last == 0 { "none was published yet".to_owned() } else { format!("the last is {last}") })]
    NoRelease {
        /// What was asked for.
        number: i64,
        /// The last one.
        last: i64,
    },
    /// The books were restored, and the log may lack releases.
    #[error("these books have {found} releases, not {expected}")]
    LastRelease {
        /// What the user says the last one is.
        expected: i64,
        /// What the log has.
        found: i64,
    },
    /// A statement that only the treasurer may see.
    #[error("`{statement}` is for the treasurer alone")]
    Treasurer {
        /// Which.
        statement: String,
    },
    /// A file that was handed out is not what the books say.
    #[error("{file} is not what the books say: {what}")]
    NotTheBooks {
        /// The file.
        file: String,
        /// What differs.
        what: String,
    },
    /// Another release came in between, again and again.
    #[error("another release was published at the same time")]
    Moved,
}
