//! A statement as a page of HTML: one file, no script, readable on a phone and on paper.

use std::sync::OnceLock;

use minijinja::{Environment, Value, context};

use super::amount::{cell_text, coverage, grouped, plain, subtitle};
use crate::report::{Audience, Cell, ColumnKind, Row, RowKind, Statement};

/// The templates, parsed once. Names that end in `.html` are escaped, others are not.
fn templates() -> &'static Environment<'static> {
    static TEMPLATES: OnceLock<Environment<'static>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut environment = Environment::new();
        let all = [
            ("page.html", include_str!("templates/page.html")),
            ("table.html", include_str!("templates/table.html")),
            ("statement.html", include_str!("templates/statement.html")),
            ("exhibits.html", include_str!("templates/exhibits.html")),
            ("release.html", include_str!("templates/release.html")),
            ("chart.css", include_str!("templates/chart.css")),
            ("invoice.html", include_str!("templates/invoice.html")),
            ("invoice.md", include_str!("templates/invoice.md")),
        ];
        for (name, text) in all {
            // They are part of the program: a test renders each of them.
            let _ = environment.add_template(name, text);
        }
        environment
    })
}

/// Fills a template. What goes wrong is a mistake of this program, and is said in the page.
pub(super) fn fill(name: &str, values: Value) -> String {
    let text = templates().get_template(name).and_then(|template| template.render(values));
    text.unwrap_or_else(|error| format!("{name}: {error}\n"))
}

/// Columns that an upright page takes beside the labels.
const MOST_COLUMNS: usize = 5;

/// `charts` are figures of the page, between the table and the notes.
pub(super) fn render(statement: &Statement, charts: &[String]) -> String {
    let charts: Vec<Value> = charts.iter().map(|chart| Value::from_safe_string(chart.clone())).collect();
    fill("statement.html", context! { charts, ..values(statement) })
}

/// What the templates need of a statement.
pub(super) fn values(statement: &Statement) -> Value {
    let is_number = |kind: ColumnKind| matches!(kind, ColumnKind::Money | ColumnKind::Count);
    let columns: Vec<Value> = statement
        .columns
        .iter()
        .map(|column| context! { label => plain(&column.label), number => is_number(column.kind) })
        .collect();
    let cell = |(cell, kind): (&Cell, ColumnKind)| {
        let text = match cell {
            Cell::Withheld(_) => "n/p (not published)".to_owned(),
            cell => cell_text(cell, statement.currency),
        };
        let range = match cell {
            Cell::Withheld(withheld) => withheld.range.map(|(low, high)| {
                format!("{} to {}", grouped(low, statement.currency), grouped(high, statement.currency))
            }),
            _ => None,
        };
        context! { text, range, number => is_number(kind) }
    };
    let row = |row: &Row| {
        let kind = match row.kind {
            RowKind::Heading => "heading",
            RowKind::Line => "line",
            RowKind::Total => "total",
        };
        let kinds = statement.columns.iter().map(|column| column.kind);
        let cells: Vec<Value> = row.cells.iter().zip(kinds).map(cell).collect();
        context! { kind, level => row.level, label => plain(&row.label), cells }
    };
    let rows: Vec<Value> = statement.rows.iter().map(row).collect();
    let notes: Vec<String> = statement.notes.iter().cloned().chain(coverage(statement)).map(|n| plain(&n)).collect();
    // The page has the title as its heading.
    let all = subtitle(statement);
    let details = all.strip_prefix(&plain(&statement.title)).unwrap_or(&all).trim_start_matches(" · ");
    let draft = (statement.audience != Audience::Treasurer).then_some("DRAFT – NOT RELEASED");
    context! {
        entity => plain(&statement.entity),
        title => plain(&statement.title),
        subtitle => details,
        // More columns than a page of paper takes upright.
        many => statement.columns.len() > MOST_COLUMNS,
        columns, rows, notes, draft,
    }
}
