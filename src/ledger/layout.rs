//! How a chart lays its statements out. Data only: the engine that fills a layout is `report`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{AccountType, Function, Restriction, Slug};

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
    /// Label of endowment (columns = "class").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endowment: Option<String>,
    /// Whether a row of a block that comes to nothing in every column is left out, though something moved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide_zero: bool,
    /// Whether only the treasurer sees it: its rows are accounts, or so fine that they tell single amounts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub treasurer: bool,
    /// The columns between opening and closing balance (columns = "roll-forward"); the first that takes an amount has
    /// it, and what none takes is shown as "Other".
    #[serde(default, rename = "movement", skip_serializing_if = "Vec::is_empty")]
    pub movements: Vec<Movement>,
    /// What a reader has to know beside the figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The rows.
    #[serde(rename = "row")]
    pub rows: Vec<LayoutRow>,
}

/// A column of a roll-forward.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// Its key.
    pub key: String,
    /// Its label.
    pub label: String,
    /// What it takes.
    pub only: Filter,
}

/// Which amounts a row or column takes: those that every list with something in it names.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Types of account.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<AccountType>,
    /// Statement lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Codes of accounts; `11*` is every code that begins so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Functions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<Function>,
    /// What binds the fund.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
    /// Kinds of facts the amounts come from; `!opening` is every other kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Lines of the cash-flow statement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<Slug>,
    /// Sections of the cash-flow statement: of what moved cash, and of other accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<CashFlowSection>,
    /// Lines of Form 990 by part and number: `IX-19`; `IX-*` is every line of the part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
    /// Only cash, or only what is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cash: Option<bool>,
    /// Only what has a tax code, or only what has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxed: Option<bool>,
    /// Only debits less credits of one side: `true` takes what increases an asset or expense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debit: Option<bool>,
}

/// A section of the statement of cash flows (ASC 230-10-45-10 to 45-17).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CashFlowSection {
    /// What the organisation does.
    Operating,
    /// Long-lived assets and investments.
    Investing,
    /// Loans, and gifts that are restricted for ever.
    Financing,
}

/// A line of the direct cash-flow statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashFlowLine {
    /// What accounts and postings refer to it by.
    pub key: Slug,
    /// Its printed label.
    pub label: String,
    /// Its section.
    pub section: CashFlowSection,
}

/// The columns of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnLayout {
    /// One column.
    Total,
    /// Without donor restrictions, with donor restrictions, total.
    Restriction,
    /// Unrestricted, restricted, endowment, total; endowment only where there is such a fund.
    Class,
    /// One a program (event), total program, management, fundraising, total.
    Function,
    /// One a fund, total.
    Fund,
    /// At the beginning and at the end.
    BeginningEnd,
    /// Opening balance, the layout's movements, closing balance.
    RollForward,
    /// Total, related or exempt function, unrelated business, excluded (Form 990 Part VIII).
    FormRevenue,
    /// Total, program service, management and general, fundraising (Form 990 Part IX).
    FormFunctions,
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
    /// One row a line of the cash-flow statement.
    Flow,
    /// One row a fund.
    Fund,
    /// One row an activity of events.
    Activity,
    /// One row a tax code.
    Tax,
    /// One row a line of Form 990; where the filer names the lines, one a statement line.
    Form,
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
        /// Which amounts it takes, beyond the types.
        #[serde(default, skip_serializing_if = "Filter::is_everything")]
        only: Filter,
        /// Which of them it leaves out: those that this takes, if it names anything.
        #[serde(default, skip_serializing_if = "Filter::is_everything")]
        except: Filter,
        /// How they are gathered.
        by: GroupBy,
        /// Which side is positive.
        sign: Sign,
        /// What it measures, if not what the statement does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<Measure>,
        /// Left out, heading and all, when it has no rows.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hide_empty: bool,
        /// Put before the label of each row: `Change in `.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
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
        /// Which amounts it takes, beyond the types.
        #[serde(default, skip_serializing_if = "Filter::is_everything")]
        only: Filter,
        /// Which of them it leaves out: those that this takes, if it names anything.
        #[serde(default, skip_serializing_if = "Filter::is_everything")]
        except: Filter,
        /// Which side is positive.
        sign: Sign,
        /// What it measures, if not what the statement does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<Measure>,
        /// Left out when it is zero in every column.
        #[serde(default)]
        hide_zero: bool,
        /// Never shown: only sums use it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hidden: bool,
        /// Printed as one line under the heading above it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        indent: bool,
    },
    /// One row that adds and subtracts rows above it.
    Sum {
        /// Key of the row.
        key: String,
        /// Its label.
        label: String,
        /// Keys of rows above; a leading `-` subtracts.
        of: Vec<String>,
        /// Left out when it is zero in every column.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hide_zero: bool,
        /// Printed as one line among others, not as a total.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        plain: bool,
    },
    /// A heading without figures.
    Heading {
        /// Key of the row.
        key: String,
        /// Its label.
        label: String,
    },
}

impl Filter {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

impl Layout {
    /// Checks that sums refer to rows above them, that no row is there twice, and that programs are grouped from
    /// expenses.
    ///
    /// # Errors
    /// The problem in words, or the row that cannot be grouped so.
    pub(super) fn check(&self) -> Result<(), LayoutProblem> {
        let mut keys: HashSet<&str> = HashSet::new();
        for row in &self.rows {
            if let LayoutRow::Sum { key, of, .. } = row {
                for term in of {
                    let term = term.strip_prefix('-').unwrap_or(term);
                    if !keys.contains(term) {
                        let problem =
                            format!("`{key}` of statement `{}` adds `{term}`, which is no row above it", self.key);
                        return Err(LayoutProblem::Contradiction(problem));
                    }
                }
            }
            if let LayoutRow::Block { key, types, by: by @ GroupBy::Program, .. } = row
                && types.as_slice() != [AccountType::Expense]
            {
                return Err(LayoutProblem::Grouping { key: key.clone(), by: *by });
            }
            if !keys.insert(row.key()) {
                let problem = format!("row `{}` of statement `{}` is there twice", row.key(), self.key);
                return Err(LayoutProblem::Contradiction(problem));
            }
        }
        Ok(())
    }
}

/// What is wrong with a layout.
#[derive(Debug)]
pub(super) enum LayoutProblem {
    /// In words.
    Contradiction(String),
    /// A row that cannot be gathered so.
    Grouping {
        /// The row.
        key: String,
        /// How.
        by: GroupBy,
    },
}

impl LayoutRow {
    /// The key by which later sums refer to the row.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Block { key, .. } | Self::Line { key, .. } | Self::Sum { key, .. } | Self::Heading { key, .. } => key,
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
