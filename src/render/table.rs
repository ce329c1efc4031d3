//! A statement as a table of text.

use comfy_table::{
    Attribute, Cell as TableCell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use super::Page;
use super::amount::{cell_text, coverage, plain, subtitle};
use crate::report::{ColumnKind, Row, RowKind, Statement};

/// `between` stands between the table and the notes.
pub(super) fn render(statement: &Statement, between: &str, page: Page) -> String {
    let mut text = format!("{}\n{}\n\n", plain(&statement.entity), subtitle(statement));
    let parts = parts(statement, page);
    let bodies: Vec<String> = match parts.len() {
        1 => vec![body(statement, page)],
        _ => parts.iter().map(|columns| body(&only(statement, columns), page)).collect(),
    };
    text.push_str(&bodies.join("\n"));
    text.push_str(between);
    let mut foot: Vec<String> = statement.notes.iter().map(|note| plain(note)).collect();
    foot.extend(coverage(statement));
    if !foot.is_empty() {
        text.push('\n');
    }
    for note in foot {
        text.push_str(&wrapped(&note, usize::from(page.width)).join("\n"));
        text.push('\n');
    }
    text
}

/// Columns that stand beside each other on the page. Where there are too many figures for its width, the table goes on
/// below itself, labels and all; text is wrapped instead.
fn parts(statement: &Statement, page: Page) -> Vec<Vec<usize>> {
    let all: Vec<usize> = (0..statement.columns.len()).collect();
    let needs = |i: usize| figure_width(statement, i).max(longest_word(&statement.columns[i].label)) + 1;
    let room = usize::from(page.width) - usize::from(page.width) / 4 - 2;
    let words = statement.columns.iter().any(|column| column.kind == ColumnKind::Text);
    if words || all.iter().map(|i| needs(*i)).sum::<usize>() <= room {
        return vec![all];
    }
    let room = room.saturating_sub(usize::from(page.width) / 12);
    let widths: Vec<usize> = all.iter().map(|i| needs(*i)).collect();
    let mut parts = filled(&widths, room);
    // As many parts as it takes, and each as full as the others: no column stands alone.
    for less in (0..room).rev() {
        let evener = filled(&widths, less);
        if evener.len() > parts.len() {
            break;
        }
        parts = evener;
    }
    parts
}

/// Columns of these widths, as many beside each other as there is room for.
fn filled(widths: &[usize], room: usize) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut used = 0;
    for (i, width) in widths.iter().enumerate() {
        used += width;
        match parts.last_mut() {
            Some(part) if used <= room => part.push(i),
            _ => {
                parts.push(vec![i]);
                used = *width;
            }
        }
    }
    parts
}

/// A statement with some of its columns.
fn only(statement: &Statement, columns: &[usize]) -> Statement {
    let mut part = statement.clone();
    part.columns = columns.iter().map(|i| statement.columns[*i].clone()).collect();
    for (row, whole) in part.rows.iter_mut().zip(&statement.rows) {
        row.cells = columns.iter().filter_map(|i| whole.cells.get(*i).cloned()).collect();
    }
    part
}

/// The table itself, without title and notes.
fn body(statement: &Statement, page: Page) -> String {
    let mut text = String::new();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(page.width);
    if page.styled {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let widths: Vec<usize> = (0..statement.columns.len()).map(|i| figure_width(statement, i)).collect();
    if statement.columns.iter().any(|column| !column.label.is_empty()) {
        table.set_header(header(statement, &widths));
    }
    let label_width = label_width(statement, page, &widths);
    let figures = statement.columns.iter().any(|column| column.kind == ColumnKind::Money);
    for (i, row) in statement.rows.iter().enumerate() {
        if row.kind == RowKind::Total && figures && i > 0 {
            table.add_row(rule(statement, &widths));
        }
        table.add_row(cells(statement, row, label_width));
        let last = i + 1 == statement.rows.len();
        if row.kind == RowKind::Total && row.level == 0 && !last {
            table.add_row([""]);
        }
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        if i == 0 {
            column.set_padding((0, 1));
            let needed = statement.rows.iter().filter(|row| !spans(row)).map(|row| label_lines(row, label_width));
            let needed = needed.flatten().map(|line| line.chars().count()).max().unwrap_or(0) + 1;
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(u16::try_from(needed).unwrap_or(u16::MAX))));
            continue;
        }
        column.set_padding((1, 0));
        let width = |columns: usize| Width::Fixed(u16::try_from(columns + 1).unwrap_or(u16::MAX));
        column.set_constraint(match statement.columns[i - 1].kind {
            ColumnKind::Text => ColumnConstraint::LowerBoundary(width(text_words(statement, i - 1))),
            // Exactly as wide as figures and header words need: labels get the room, and no figure is ever broken.
            _ => ColumnConstraint::Absolute(width(widths[i - 1].max(longest_word(&statement.columns[i - 1].label)))),
        });
    }
    let mut headings = statement.rows.iter().filter(|row| spans(row));
    for line in table.lines() {
        // The library has no cell that spans columns: a heading stands in the table as a mark, and is put in here.
        if line.contains(HEADING) {
            let label = headings.next().map(|row| label_lines(row, usize::from(page.width)).join("\n"));
            text.push_str(line.replace(HEADING, &label.unwrap_or_default()).trim_end());
        } else {
            text.push_str(line.trim_end());
        }
        text.push('\n');
    }
    text
}

/// Width of the widest figure of a column.
fn figure_width(statement: &Statement, column: usize) -> usize {
    let cells = statement.rows.iter().filter_map(|row| row.cells.get(column));
    cells.map(|cell| cell_text(cell, statement.currency).chars().count()).max().unwrap_or(0)
}

/// Words of a text of at most this many characters are not broken where there is room.
const WHOLE: usize = 26;

/// Words of a label of at most this many characters are never broken: the names of published figures are copied from tables.
const NAME: usize = 56;

fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0)
}

/// Width of the longest word of a text column, as far as it is reasonable to keep words whole.
fn text_words(statement: &Statement, column: usize) -> usize {
    let cells = statement.rows.iter().filter_map(|row| row.cells.get(column));
    let words = cells.map(|cell| longest_word(&cell_text(cell, statement.currency)));
    words.max().unwrap_or(0).max(longest_word(&statement.columns[column].label)).min(WHOLE)
}

/// Column headings, standing on the line below them.
fn header(statement: &Statement, widths: &[usize]) -> Vec<TableCell> {
    let lines: Vec<Vec<String>> = statement
        .columns
        .iter()
        .zip(widths)
        .map(|(column, width)| match column.kind {
            ColumnKind::Text => vec![column.label.clone()],
            _ => wrapped(&column.label, longest_word(&column.label).max(*width)),
        })
        .collect();
    let height = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut header = vec![TableCell::new("")];
    header.extend(lines.into_iter().zip(&statement.columns).map(|(lines, column)| {
        let above = "\n".repeat(height - lines.len().max(1).min(height));
        let text = format!("{above}{}", lines.join("\n"));
        TableCell::new(text).set_alignment(alignment(column.kind)).add_attribute(Attribute::Dim)
    }));
    header
}

/// Room for labels: what the other columns leave, at least a quarter of the page.
fn label_width(statement: &Statement, page: Page, widths: &[usize]) -> usize {
    let page = usize::from(page.width);
    let others = statement.columns.iter().enumerate().zip(widths).map(|((i, column), width)| match column.kind {
        ColumnKind::Text => (*width).min(page / 4).max(text_words(statement, i)) + 1,
        _ => longest_word(&column.label).max(*width) + 1,
    });
    page.saturating_sub(others.sum::<usize>() + 2).max(page / 4)
}

/// Stands for a heading until the table is set.
const HEADING: &str = "\u{1}";

/// Whether a row's label may run over all columns.
fn spans(row: &Row) -> bool {
    row.kind == RowKind::Heading
}

/// A label with its indentation; one that is too long goes on under itself, two further in.
fn label_lines(row: &Row, width: usize) -> Vec<String> {
    let indent = "  ".repeat(usize::from(row.level));
    let room = width.saturating_sub(indent.len() + 3).max(8);
    let lines = wrapped(&broken(&plain(&row.label), NAME, room), room);
    lines.iter().enumerate().map(|(i, line)| format!("{indent}{}{line}", if i == 0 { "" } else { "  " })).collect()
}

fn cells(statement: &Statement, row: &Row, label_width: usize) -> Vec<TableCell> {
    let strong = row.kind != RowKind::Line;
    let style = |cell: TableCell| if strong { cell.add_attribute(Attribute::Bold) } else { cell };
    if spans(row) {
        return vec![style(TableCell::new(HEADING))];
    }
    let mut cells = vec![style(TableCell::new(label_lines(row, label_width).join("\n")))];
    cells.extend(row.cells.iter().zip(&statement.columns).map(|(cell, column)| {
        style(TableCell::new(cell_text(cell, statement.currency)).set_alignment(alignment(column.kind)))
    }));
    cells
}

/// A line above a total, as wide as the figures of its column.
fn rule(statement: &Statement, widths: &[usize]) -> Vec<TableCell> {
    let mut cells = vec![TableCell::new("")];
    cells.extend(statement.columns.iter().zip(widths).map(|(column, width)| {
        let width = if column.kind == ColumnKind::Money { *width } else { 0 };
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

/// A text whose words of more than `whole` characters are cut into pieces of at most `width`, behind a mark if they have one
/// there. Otherwise a single name could make a table wider than any page.
fn broken(text: &str, whole: usize, width: usize) -> String {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        let most = if rest.len() > whole { width } else { whole };
        while rest.len() > most {
            let mark = rest[..width].iter().rposition(|c| matches!(c, ':' | '-' | '/' | '.' | '_' | ',' | '@'));
            let cut = mark.map(|at| at + 1).filter(|cut| *cut > width / 2).unwrap_or(width.max(1));
            pieces.push(rest.drain(..cut).collect());
        }
        pieces.push(rest.into_iter().collect());
    }
    pieces.join(" ")
}

/// A paragraph broken at spaces into lines of at most this many characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A paragraph below tables.
pub(super) fn paragraph(text: &str, page: Page) -> String {
    let mut lines = wrapped(&plain(text), usize::from(page.width)).join("\n");
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_broken() {
        for (text, width, expected) in [
            ("Assets:Cash Checking", 12, "Assets:Cash Checking"),
            ("Assets:Cash:Checking", 12, "Assets:Cash: Checking"),
            ("a:bcdefghijklmnop", 8, "a:bcdefg hijklmno p"),
            ("ÄÖÜäöüß", 3, "ÄÖÜ äöü ß"),
            ("", 3, ""),
            ("abcd", 4, "abcd"),
            ("abc", 2, "abc"),
            ("abcd", 2, "ab cd"),
        ] {
            assert_eq!(broken(text, 3, width), expected);
        }
    }
}
