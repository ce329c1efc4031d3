//! The table that every report returns, and that every output format prints.

use crate::books::{Head, Slice};
use crate::calendar::{Date, Window};
use crate::money::Currency;

use super::Audience;

/// A report as a table with its heading, notes and what it was computed from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Stable key: `activities`, `trial-balance`, …
    pub key: String,
    /// Printed title.
    pub title: String,
    /// The organisation.
    pub entity: String,
    /// Codes of the events it is limited to.
    pub events: Vec<String>,
    /// The period; `None` for lists that have none.
    pub period: Option<Window>,
    /// For whom it is.
    pub audience: Audience,
    /// Currency of every amount.
    pub currency: Currency,
    /// Columns after the label.
    pub columns: Vec<Column>,
    /// Rows from top to bottom.
    pub rows: Vec<Row>,
    /// What a reader has to know beside the figures.
    pub notes: Vec<String>,
    /// What it was computed from.
    pub covers: Option<Covers>,
}

/// How much of the books a report covers, and their state at that moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Covers {
    /// Number of postings.
    pub postings: i64,
    /// The last record.
    pub head: Head,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Stable key.
    pub key: String,
    /// Printed label.
    pub label: String,
    /// What its cells are.
    pub kind: ColumnKind,
}

impl Column {
    /// A column with this key, label and kind.
    #[must_use]
    pub fn new(key: impl Into<String>, label: impl Into<String>, kind: ColumnKind) -> Self {
        Self { key: key.into(), label: label.into(), kind }
    }
}

/// What the cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Amounts.
    Money,
    /// Whole numbers.
    Count,
    /// Text.
    Text,
    /// Days.
    Date,
}

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// A title above other rows; its cells are empty.
    Heading,
    /// A figure or an item.
    Line,
    /// A sum of rows.
    Total,
}

/// A row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Stable key.
    pub key: String,
    /// Printed label.
    pub label: String,
    /// Indentation, from 0.
    pub level: u8,
    /// What it is.
    pub kind: RowKind,
    /// One cell a column.
    pub cells: Vec<Cell>,
    /// What stands behind each cell; empty for rows that are no figures.
    pub behind: Vec<Behind>,
    /// How many people or documents the row counts, when it counts them.
    pub people: Option<i64>,
}

impl Row {
    /// A row that is no figure.
    #[must_use]
    pub fn plain(key: impl Into<String>, label: impl Into<String>, level: u8, kind: RowKind, cells: Vec<Cell>) -> Self {
        Self { key: key.into(), label: label.into(), level, kind, cells, behind: Vec::new(), people: None }
    }
}

/// The postings behind a figure.
pub type Behind = Vec<Slice>;

/// A cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Nothing stands here.
    Empty,
    /// An amount in minor units; wide enough for the sum of any two figures.
    Money(i128),
    /// A whole number.
    Count(i64),
    /// Text.
    Text(String),
    /// A day.
    Date(Date),
    /// A figure that is not shown.
    Withheld,
}

impl Statement {
    /// The row with this key.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key && row.kind != RowKind::Heading)
    }

    /// The amount in a row and column, if one stands there.
    #[must_use]
    pub fn amount(&self, row: &str, column: &str) -> Option<i128> {
        let column = self.columns.iter().position(|c| c.key == column)?;
        match self.row(row)?.cells.get(column)? {
            Cell::Money(minor) => Some(*minor),
            _ => None,
        }
    }
}
