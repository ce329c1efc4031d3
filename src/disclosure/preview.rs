//! The DRAFT preview for board and public: what a release of the statement would show today, after all that was
//! released before. Nothing is logged, so it is never handed out: it says so in its first note.

use super::DisclosureError;
use super::log::Log;
use super::review::review;
use crate::books::{Books, Store};
use crate::report::{Audience, Statement};

/// First note of every preview.
const DRAFT: &str = "DRAFT – NOT RELEASED";

/// Masks every figure that a release would withhold. The treasurer's statements pass unchanged.
///
/// # Errors
/// What the books cannot read.
pub fn preview<S: Store>(books: &Books<S>, statement: Statement) -> Result<Statement, DisclosureError> {
    if statement.audience == Audience::Treasurer {
        return Ok(statement);
    }
    let audience = statement.audience;
    let log = Log::read(books)?;
    let mut review = review(books, &log, audience, vec![statement], &[])?;
    let Some(mut statement) = review.statements.pop() else {
        return Err(DisclosureError::Treasurer { statement: "nothing".to_owned() });
    };
    let count = withheld_note(review.withheld);
    statement.notes.insert(0, format!("{DRAFT}: a preview for {audience}, not to be handed out."));
    statement.notes.insert(1, count);
    Ok(statement)
}

/// How many figures are not shown, in words.
pub(super) fn withheld_note(withheld: usize) -> String {
    match withheld {
        0 => "No figure is withheld.".to_owned(),
        1 => "1 figure is withheld (n/p): it would tell of single contributors.".to_owned(),
        n => format!("{n} figures are withheld (n/p): they would tell of single contributors."),
    }
}
