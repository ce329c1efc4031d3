//! The DRAFT preview for board and public: what a release of the statements would show today, after all that was
//! released before. Nothing is logged, so it is never handed out: it says so in its first note.

use super::DisclosureError;
use super::log::Log;
use super::review::review;
use crate::books::{Books, Store};
use crate::report::{Audience, Cell, Statement};

/// First note of every preview.
const DRAFT: &str = "DRAFT – NOT RELEASED";

/// Masks every figure that a release of these statements together would withhold. The treasurer's pass unchanged.
///
/// # Errors
/// What the books cannot read.
pub fn preview<S: Store>(
    books: &Books<S>,
    audience: Audience,
    statements: Vec<Statement>,
) -> Result<Vec<Statement>, DisclosureError> {
    if audience == Audience::Treasurer {
        return Ok(statements);
    }
    let log = Log::read(books)?;
    let mut shown = review(books, &log, audience, statements, &[])?.statements;
    for statement in &mut shown {
        let cells = statement.rows.iter().flat_map(|row| &row.cells);
        let withheld = cells.filter(|cell| matches!(cell, Cell::Withheld(_))).count();
        statement.notes.insert(0, format!("{DRAFT}: a preview for {audience}, not to be handed out."));
        statement.notes.insert(1, withheld_note(withheld));
    }
    Ok(shown)
}

/// How many figures are not shown, in words.
pub(super) fn withheld_note(withheld: usize) -> String {
    match withheld {
        0 => "No figure is withheld.".to_owned(),
        1 => "1 figure is withheld (n/p): it would tell of single contributors.".to_owned(),
        n => format!("{n} figures are withheld (n/p): they would tell of single contributors."),
    }
}
