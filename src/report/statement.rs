//! The table that every report returns, and that every output format prints.

use crate::books::{Head, Term};
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
    /// Keys of the rows that it is the sum of, each with its sign. Empty: it is no sum, or not of rows that are shown.
    pub sum_of: Vec<(String, i64)>,
    /// Whose amounts each cell is made of. Empty: figures of the row are the treasurer's alone.
    pub behind: Vec<Behind>,
}

impl Row {
    /// A row that is no figure.
    #[must_use]
    pub fn plain(key: impl Into<String>, label: impl Into<String>, level: u8, kind: RowKind, cells: Vec<Cell>) -> Self {
        Self { key: key.into(), label: label.into(), level, kind, cells, sum_of: Vec::new(), behind: Vec::new() }
    }
}

/// Whose amounts a figure is made of: what disclosure control has to know of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Behind {
    /// The treasurer's to know, and nobody else's.
    Treasurer,
    /// Nobody's: a budget, a limit, a number that is public by its nature.
    Nobody,
    /// Postings: the figure is the sum of their amounts, each with a factor.
    Postings(Vec<Term>),
    /// People, counted by what they have in common. The figure is the sum of the counts.
    People(Vec<Crowd>),
    /// It follows from other cells of the statement (row and column) and what is public, and is shown when they are.
    Figures(Vec<(usize, usize)>),
}

/// People who are counted together: nothing in the books tells one from the other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Crowd {
    /// What they have in common.
    pub key: String,
    /// How many they are.
    pub count: i64,
    /// Whether there being none of them must not be known either (aid that nobody got).
    pub sensitive: bool,
}

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
    Withheld(Withheld),
}

/// What may be said of a figure that is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Withheld {
    /// The least and the most that it can be, as published figures have it; minor units or people.
    pub range: Option<(i128, i128)>,
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
