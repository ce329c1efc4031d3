//! A statement as a Markdown table.

use super::amount::{cell_text, coverage, plain, subtitle};
use crate::report::{ColumnKind, RowKind, Statement};

/// `between` stands between the table and the notes.
pub(super) fn render(statement: &Statement, between: &str) -> String {
    let mut text = format!("## {}\n\n{}\n\n", escaped(&statement.entity), escaped(&subtitle(statement)));
    text.push_str("| |");
    for column in &statement.columns {
        text.push_str(&format!(" {} |", escaped(&column.label)));
    }
    text.push_str("\n|---|");
    for column in &statement.columns {
        text.push_str(match column.kind {
            ColumnKind::Money | ColumnKind::Count => "---:|",
            ColumnKind::Text | ColumnKind::Date => "---|",
        });
    }
    text.push('\n');
    for row in &statement.rows {
        let strong = |cell: String| match row.kind {
            RowKind::Line => cell,
            _ if cell.is_empty() => cell,
            _ => format!("**{cell}**"),
        };
        let indent = "&nbsp;&nbsp;".repeat(usize::from(row.level));
        text.push_str(&format!("| {indent}{} |", strong(escaped(&row.label))));
        for cell in &row.cells {
            text.push_str(&format!(" {} |", strong(escaped(&cell_text(cell, statement.currency)))));
        }
        text.push('\n');
    }
    text.push_str(between);
    let notes = statement.notes.iter().cloned().chain(coverage(statement));
    for note in notes {
        text.push_str(&format!("\n{}\n", escaped(&note)));
    }
    text
}

/// Keeps a text from being taken for markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in plain(text).chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
