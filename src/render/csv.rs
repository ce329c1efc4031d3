//! A statement as CSV: key, label, level, kind, then the columns under their keys; notes below.

use super::amount::{cell_plain, coverage};
use crate::report::{RowKind, Statement};

pub(super) fn render(statement: &Statement) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["key", "label", "level", "kind"];
    header.extend(statement.columns.iter().map(|column| column.key.as_str()));
    let mut rows: Vec<Vec<String>> = vec![header.into_iter().map(str::to_owned).collect()];
    for row in &statement.rows {
        let mut record = vec![row.key.clone(), row.label.clone(), row.level.to_string(), kind(row.kind).to_owned()];
        record.extend(row.cells.iter().map(|cell| cell_plain(cell, statement.currency)));
        rows.push(record);
    }
    // What a reader has to know stands below the figures, in rows of a kind of their own.
    for (i, note) in statement.notes.iter().cloned().chain(coverage(statement)).enumerate() {
        let mut record = vec![format!("note-{}", i + 1), note, "0".to_owned(), "note".to_owned()];
        record.resize(4 + statement.columns.len(), String::new());
        rows.push(record);
    }
    for row in rows {
        // Writing to memory cannot fail, and every row has the header's width.
        let _ = writer.write_record(row);
    }
    written(writer)
}

/// One line of its own.
pub(super) fn line(fields: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(fields);
    written(writer)
}

fn written(writer: csv::Writer<Vec<u8>>) -> String {
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

pub(super) const fn kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Heading => "heading",
        RowKind::Line => "line",
        RowKind::Total => "total",
    }
}
