//! Charts as data: figures, their labels, and the sentence that a reader takes away. How they look is not known here.

use crate::money::Currency;

/// A chart beside a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chart {
    /// Stable key: `result-by-policy`, …
    pub key: String,
    /// Printed title.
    pub title: String,
    /// One sentence that a reader takes away.
    pub says: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// What it shows.
    pub picture: Picture,
}

/// What a chart shows. Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Picture {
    /// Bars from zero, one a figure.
    Bars(Vec<Bar>),
    /// A heat map: a figure for each pair of a row and a column. Zero and above is good.
    Heat {
        /// What the columns are.
        across: String,
        /// What the rows are.
        down: String,
        /// Labels of the columns.
        columns: Vec<String>,
        /// Labels of the rows.
        rows: Vec<String>,
        /// Figures, row by row.
        cells: Vec<Vec<i128>>,
        /// For each column, how far down it is still good, in thousandths of the way from the first row to the last:
        /// 0 is the first row, 1,000 the last or beyond; `None` is nowhere. Empty: there is no such line.
        frontier: Vec<Option<u32>>,
    },
    /// How outcomes spread, one spread a policy.
    Fan(Vec<Spread>),
    /// A tornado: how far the outcome moves with each assumption alone. Drawn with the widest first.
    Swings {
        /// The outcome with no assumption moved.
        base: i128,
        /// The assumptions.
        swings: Vec<Swing>,
    },
    /// A line over months, with the lowest point marked.
    Line(Vec<(String, i128)>),
}

/// A bar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub minor: i128,
}

/// Quantiles of an outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spread {
    /// What it is of.
    pub label: String,
    /// 5, 25, 50, 75 and 95 %.
    pub quantiles: [i128; 5],
    /// The outcome that is reckoned with.
    pub likely: i128,
}

/// What one assumption does to the outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Swing {
    /// The assumption.
    pub label: String,
    /// The outcome where it is low.
    pub low: i128,
    /// The outcome where it is high.
    pub high: i128,
    /// What low is: `-20 %`.
    pub low_label: String,
    /// What high is: `+20 %`.
    pub high_label: String,
}
