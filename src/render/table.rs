//! A statement as a table of text.

use comfy_table::{Attribute, Cell as TableCell, CellAlignment, ContentArrangement, Table, presets};

use super::Page;
use super::amount::{cell_text, coverage, subtitle};
use crate::report::{Cell, ColumnKind, Row, RowKind, Statement};

pub(super) fn render(statement: &Statement, page: Page) -> String {
    let mut text = format!("{}\n{}\n\n", statement.entity, subtitle(statement));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(page.width);
    if page.styled {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if statement.columns.iter().any(|column| !column.label.is_empty()) {
        let mut header = vec![TableCell::new("")];
        header.extend(statement.columns.iter().map(|column| {
            TableCell::new(&column.label).set_alignment(alignment(column.kind)).add_attribute(Attribute::Dim)
        }));
        table.set_header(header);
    }
    let ruled = statement.columns.iter().any(|column| column.kind == ColumnKind::Money);
    for (i, row) in statement.rows.iter().enumerate() {
        if row.kind == RowKind::Total && ruled && i > 0 {
            table.add_row(rule(statement, row));
        }
        table.add_row(cells(statement, row));
        let last = i + 1 == statement.rows.len();
        if row.kind == RowKind::Total && row.level == 0 && !last {
            table.add_row([""]);
        }
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        // The outer edges need no padding; one space on either side keeps columns apart.
        column.set_padding(if i == 0 { (0, 1) } else { (1, 0) });
    }
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let mut foot: Vec<String> = statement.notes.clone();
    foot.extend(coverage(statement));
    if !foot.is_empty() {
        text.push('\n');
    }
    for note in foot {
        text.push_str(&wrapped(&note, usize::from(page.width)));
    }
    text
}

fn cells(statement: &Statement, row: &Row) -> Vec<TableCell> {
    let strong = row.kind != RowKind::Line;
    let style = |cell: TableCell| if strong { cell.add_attribute(Attribute::Bold) } else { cell };
    let label = format!("{}{}", "  ".repeat(usize::from(row.level)), row.label);
    let mut cells = vec![style(TableCell::new(label))];
    if row.kind == RowKind::Heading && row.cells.iter().all(|cell| *cell == Cell::Empty) {
        return cells;
    }
    cells.extend(row.cells.iter().zip(&statement.columns).map(|(cell, column)| {
        style(TableCell::new(cell_text(cell, statement.currency)).set_alignment(alignment(column.kind)))
    }));
    cells
}

/// A line above a total, as wide as its figures.
fn rule(statement: &Statement, row: &Row) -> Vec<TableCell> {
    let mut cells = vec![TableCell::new("")];
    cells.extend(row.cells.iter().zip(&statement.columns).map(|(cell, column)| {
        let width = match column.kind {
            ColumnKind::Money => cell_text(cell, statement.currency).chars().count(),
            _ => 0,
        };
        TableCell::new("─".repeat(width)).set_alignment(alignment(column.kind))
    }));
    cells
}

const fn alignment(kind: ColumnKind) -> CellAlignment {
    match kind {
        ColumnKind::Money | ColumnKind::Count => CellAlignment::Right,
        ColumnKind::Text | ColumnKind::Date => CellAlignment::Left,
    }
}

/// A paragraph broken at spaces.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push('\n');
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines.push('\n');
    lines
}
