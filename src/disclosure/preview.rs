//! The DRAFT preview for board and public: a figure with too few contributors is not shown.
//!
//! A simple threshold, which does not stop a reader who subtracts one figure from another. That is why a preview is
//! never handed out: it says so in its first note.

use crate::books::{Books, Store};
use crate::report::{Audience, Cell, ReportError, Row, Statement};

/// The fewest distinct contributors behind a figure that is shown.
const THRESHOLD: usize = 3;

/// First note of every preview.
const DRAFT: &str = "DRAFT – NOT RELEASED";

/// Masks every figure that fewer than three contributors stand behind. A cell that nothing stands behind is an exact
/// zero and stays. The treasurer's statements pass unchanged.
///
/// # Errors
/// What the books cannot read.
pub fn preview<S: Store>(books: &Books<S>, mut statement: Statement) -> Result<Statement, ReportError> {
    if statement.audience == Audience::Treasurer {
        return Ok(statement);
    }
    let mut withheld = 0;
    for row in &mut statement.rows {
        withheld += mask(books, row)?;
    }
    let count = match withheld {
        0 => "No figure is withheld.".to_owned(),
        1 => format!("1 figure is withheld (n/p): fewer than {THRESHOLD} contributors stand behind it."),
        n => format!("{n} figures are withheld (n/p): fewer than {THRESHOLD} contributors stand behind each."),
    };
    statement.notes.insert(0, format!("{DRAFT}: a preview for {}, not to be handed out.", statement.audience));
    statement.notes.insert(1, count);
    Ok(statement)
}

/// Masks a row and says how many of its cells are withheld.
fn mask<S: Store>(books: &Books<S>, row: &mut Row) -> Result<usize, ReportError> {
    let mut withheld = 0;
    // Counts have no postings behind them: they tell themselves how many people they are of.
    if row.people.is_some_and(|people| people > 0 && usize::try_from(people).is_ok_and(|n| n < THRESHOLD)) {
        for cell in row.cells.iter_mut().filter(|cell| matches!(cell, Cell::Count(_) | Cell::Money(_))) {
            *cell = Cell::Withheld;
            withheld += 1;
        }
        return Ok(withheld);
    }
    for (cell, behind) in row.cells.iter_mut().zip(&row.behind) {
        if matches!(cell, Cell::Empty) || behind.is_empty() {
            continue;
        }
        if books.contributors(behind.iter().copied(), THRESHOLD)? < THRESHOLD {
            *cell = Cell::Withheld;
            withheld += 1;
        }
    }
    Ok(withheld)
}
