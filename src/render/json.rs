//! A statement as JSON, schema 1: documented in `docs/reference.md`, changed only by adding.

use serde::Serialize;

use super::csv::kind;
use crate::calendar::Date;
use crate::report::{Cell, ColumnKind, Statement};

/// A statement of schema 1.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: u32,
    statement: &'a str,
    title: &'a str,
    entity: &'a str,
    events: &'a [String],
    period: Period,
    audience: &'a str,
    currency: &'a str,
    columns: Vec<Column<'a>>,
    rows: Vec<Row<'a>>,
    notes: &'a [String],
    covers: Option<Covers>,
}

#[derive(Serialize)]
struct Period {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct Column<'a> {
    key: &'a str,
    label: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    label: &'a str,
    level: u8,
    kind: &'static str,
    cells: Vec<JsonCell<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonCell<'a> {
    Nothing,
    Count(i64),
    Text(&'a str),
    Written(String),
    Withheld {
        withheld: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        range: Option<[String; 2]>,
    },
}

#[derive(Serialize)]
struct Covers {
    postings: i64,
    head: String,
}

pub(super) fn render(statement: &Statement) -> String {
    pretty(&document(statement))
}

/// Strings and whole numbers only: serialising them cannot fail.
pub(super) fn pretty<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// What is written of a statement.
pub(super) fn document(statement: &Statement) -> Document<'_> {
    let open = |date: Date, end: Date| (date != end).then(|| date.to_string());
    Document {
        schema: 1,
        statement: &statement.key,
        title: &statement.title,
        entity: &statement.entity,
        events: &statement.events,
        period: Period {
            from: statement.period.and_then(|window| open(window.from(), Date::MIN)),
            to: statement.period.and_then(|window| open(window.to(), Date::MAX)),
        },
        audience: statement.audience.word(),
        currency: statement.currency.code(),
        columns: statement
            .columns
            .iter()
            .map(|column| Column { key: &column.key, label: &column.label, kind: column_type(column.kind) })
            .collect(),
        rows: statement
            .rows
            .iter()
            .map(|row| Row {
                key: &row.key,
                label: &row.label,
                level: row.level,
                kind: kind(row.kind),
                cells: row
                    .cells
                    .iter()
                    .zip(&statement.columns)
                    .map(|(c, column)| json_cell(c, column.kind, statement))
                    .collect(),
            })
            .collect(),
        notes: &statement.notes,
        covers: statement.covers.map(|c| Covers { postings: c.postings, head: c.head.to_string() }),
    }
}

fn json_cell<'a>(cell: &'a Cell, kind: ColumnKind, statement: &Statement) -> JsonCell<'a> {
    match cell {
        Cell::Empty => JsonCell::Nothing,
        Cell::Money(minor) => JsonCell::Written(statement.currency.format_minor(*minor)),
        Cell::Count(count) => JsonCell::Count(*count),
        Cell::Text(text) => JsonCell::Text(text),
        Cell::Date(date) => JsonCell::Written(date.to_string()),
        Cell::Withheld(withheld) => JsonCell::Withheld {
            withheld: true,
            range: withheld.range.map(|(low, high)| {
                [low, high].map(|minor| match kind {
                    ColumnKind::Count => minor.to_string(),
                    _ => statement.currency.format_minor(minor),
                })
            }),
        },
    }
}

const fn column_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Money => "money",
        ColumnKind::Count => "count",
        ColumnKind::Text => "text",
        ColumnKind::Date => "date",
    }
}
