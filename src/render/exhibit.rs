//! Statements that belong together, with their charts: one page, one document, one array.

use minijinja::{Value, context};

use super::html::{fill, values};
use super::{Format, Page, chart, render_with};
use crate::report::{Chart, Statement};

/// A statement and its charts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exhibit {
    /// The statement.
    pub statement: Statement,
    /// Its charts.
    pub charts: Vec<Chart>,
}

impl From<Statement> for Exhibit {
    fn from(statement: Statement) -> Self {
        Self { statement, charts: Vec::new() }
    }
}

/// Writes statements that belong together. What they were computed from is said once, at the end.
#[must_use]
pub fn render_all(exhibits: &[Exhibit], format: Format, page: Page) -> String {
    let mut exhibits = exhibits.to_vec();
    let last = exhibits.last().and_then(|exhibit| exhibit.statement.covers);
    let count = exhibits.len();
    for exhibit in exhibits.iter_mut().take(count.saturating_sub(1)) {
        exhibit.statement.covers = exhibit.statement.covers.filter(|covers| Some(*covers) != last);
    }
    let each = || exhibits.iter().map(|exhibit| render_with(&exhibit.statement, &exhibit.charts, format, page));
    match format {
        Format::Html if count > 1 => html(&exhibits),
        Format::Json if count > 1 => format!("[\n{}]\n", each().collect::<Vec<_>>().join(",\n")),
        _ => each().collect::<Vec<_>>().join("\n"),
    }
}

fn html(exhibits: &[Exhibit]) -> String {
    let section = |exhibit: &Exhibit| {
        let charts: Vec<Value> = chart::figures(&exhibit.charts).into_iter().map(Value::from_safe_string).collect();
        context! { charts, ..values(&exhibit.statement) }
    };
    let sections: Vec<Value> = exhibits.iter().map(section).collect();
    let charts = exhibits.iter().any(|exhibit| !exhibit.charts.is_empty());
    fill("exhibits.html", context! { sections, charts, ..exhibits.first().map(section).unwrap_or_default() })
}
