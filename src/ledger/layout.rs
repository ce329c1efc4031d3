//! How a chart lays its statements out. Data only: the engine that fills a layout is `report`.

use serde::{Deserialize, Serialize};

use super::{AccountType, Function};

/// One statement of a chart: its rows from top to bottom and the columns it has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What `bursar report` calls it: `activities`, `position`.
    pub key: String,
    /// Its printed title.
    pub title: String,
    /// What a row measures unless it says otherwise.
    pub measure: Measure,
    /// How it is split into columns.
    pub columns: ColumnLayout,
    /// Label of what is without donor restrictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<String>,
    /// Label of what is with donor restrictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// The rows.
    #[serde(rename = "row")]
    pub rows: Vec<LayoutRow>,
}

/// The columns of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnLayout {
    /// One column.
    Total,
    /// Without donor restrictions, with donor restrictions, total.
    Restriction,
}

/// What of an account's history a figure sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Everything before the window.
    Opening,
    /// Everything within the window.
    Flow,
    /// Everything up to the window's last day.
    Closing,
}

/// Which side is shown as a positive number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Debits are positive: assets, expenses.
    Debit,
    /// Credits are positive: liabilities, net assets, revenue.
    Credit,
}

/// How a block's accounts are gathered into rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupBy {
    /// One row a statement line of the chart.
    Line,
    /// One row a program (event), then other programs, management, fundraising; expenses without a function by line.
    Program,
    /// One row without and one with donor restrictions.
    Restriction,
    /// One row an account.
    Account,
}

/// A row, or a group of rows, of a statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LayoutRow {
    /// A heading, one row a group, and their total.
    Block {
        /// Key of the total.
        key: String,
        /// Label of the total.
        label: String,
        /// Printed above the rows.
        heading: String,
        /// Types of the accounts it holds.
        types: Vec<AccountType>,
        /// How they are gathered.
        by: GroupBy,
        /// Which side is positive.
        sign: Sign,
        /// What it measures, if not what the statement does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<Measure>,
        /// Label of the programs' group (by = "program").
        #[serde(default, skip_serializing_if = "Option::is_none")]
        programs: Option<String>,
        /// Label of management (by = "program").
        #[serde(default, skip_serializing_if = "Option::is_none")]
        management: Option<String>,
        /// Label of fundraising (by = "program").
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fundraising: Option<String>,
    },
    /// One row that sums all accounts of its types.
    Line {
        /// Key of the row.
        key: String,
        /// Its label.
        label: String,
        /// Types of the accounts it sums.
        types: Vec<AccountType>,
        /// Which side is positive.
        sign: Sign,
        /// What it measures, if not what the statement does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<Measure>,
        /// Left out when it is zero in every column.
        #[serde(default)]
        hide_zero: bool,
    },
    /// One row that adds and subtracts rows above it.
    Sum {
        /// Key of the row.
        key: String,
        /// Its label.
        label: String,
        /// Keys of rows above; a leading `-` subtracts.
        of: Vec<String>,
    },
}

impl LayoutRow {
    /// The key by which later sums refer to the row.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Block { key, .. } | Self::Line { key, .. } | Self::Sum { key, .. } => key,
        }
    }

    /// The label a chart gives to a function in this block, with the usual word where it gives none.
    #[must_use]
    pub fn function_label(&self, function: Function) -> &str {
        let (own, usual) = match (self, function) {
            (Self::Block { programs, .. }, Function::Program) => (programs.as_deref(), "Program services"),
            (Self::Block { management, .. }, Function::Management) => (management.as_deref(), "Management and general"),
            (Self::Block { fundraising, .. }, Function::Fundraising) => (fundraising.as_deref(), "Fundraising"),
            (_, Function::Program) => (None, "Program services"),
            (_, Function::Management) => (None, "Management and general"),
            (_, Function::Fundraising) => (None, "Fundraising"),
        };
        own.unwrap_or(usual)
    }
}
