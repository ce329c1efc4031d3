//! A statement as text. Knows how wide a page is, and nothing about terminals.

mod amount;
mod chart;
mod csv;
mod exhibit;
mod handout;
mod html;
mod invoice;
mod json;
mod markdown;
mod table;

pub use amount::grouped;
pub use exhibit::{Exhibit, render_all};
pub use handout::{FigureOf, Handout};
pub use invoice::Paper;

use crate::report::{Chart, Statement};

/// Formats every statement can be printed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// For documents.
    Markdown,
    /// For browsers and paper.
    Html,
}

/// How a table for people is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    /// Columns of text.
    pub width: u16,
    /// Whether bold and dim may be used.
    pub styled: bool,
}

/// Writes a statement; the text ends with a line break.
#[must_use]
pub fn render(statement: &Statement, format: Format, page: Page) -> String {
    render_with(statement, &[], format, page)
}

/// Writes a statement with charts between its table and its notes. Formats for programs have no charts: every figure
/// of one is to be computed from the statement.
#[must_use]
pub fn render_with(statement: &Statement, charts: &[Chart], format: Format, page: Page) -> String {
    match format {
        Format::Table => table::render(statement, &chart::text(charts, page), page),
        Format::Csv => csv::render(statement),
        Format::Json => json::render(statement),
        Format::Markdown => markdown::render(statement, &chart::document(charts)),
        Format::Html => html::render(statement, &chart::figures(charts)),
    }
}

/// What stands for a figure that is not shown.
const WITHHELD: &str = "n/p";
