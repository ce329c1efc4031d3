//! Charts of accounts: the accounts an organisation starts with, its statement lines, and how its statements look.
//!
//! A chart is a TOML file. Four are built in; any other is read from a file. What a book adopted is kept in the book.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::layout::LayoutProblem;
use super::{AccountName, AccountType, CashFlowLine, Function, Layout, LedgerError, Slug, nearest};

/// Names and texts of the charts that come with the program.
pub const BUILT_IN_CHARTS: [(&str, &str); 4] = [
    ("us-nonprofit", include_str!("../../schema/charts/us-nonprofit.toml")),
    ("uk-charity", include_str!("../../schema/charts/uk-charity.toml")),
    ("eu-association", include_str!("../../schema/charts/eu-association.toml")),
    ("commercial", include_str!("../../schema/charts/commercial.toml")),
];

/// The text of a built-in chart.
#[must_use]
pub fn built_in_chart(name: &str) -> Option<&'static str> {
    BUILT_IN_CHARTS.into_iter().find(|(chart, _)| *chart == name).map(|(_, text)| text)
}

/// A built-in chart, read once.
#[must_use]
pub fn shipped_chart(name: &str) -> Option<&'static Chart> {
    static CHARTS: [OnceLock<Option<Chart>>; BUILT_IN_CHARTS.len()] =
        [const { OnceLock::new() }; BUILT_IN_CHARTS.len()];
    let place = BUILT_IN_CHARTS.iter().position(|(chart, _)| *chart == name)?;
    // The text is part of the program, and a test reads it.
    CHARTS.get(place)?.get_or_init(|| Chart::parse(BUILT_IN_CHARTS[place].1).ok()).as_ref()
}

/// A chart of accounts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// Its short name.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// The currency of books that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Standards, statutes and forms it follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Statement lines, in the order they are printed.
    #[serde(rename = "line")]
    pub lines: Vec<LineDefinition>,
    /// Accounts to begin with.
    #[serde(rename = "account", default)]
    pub accounts: Vec<ChartAccount>,
    /// Statements.
    #[serde(rename = "statement")]
    pub statements: Vec<Layout>,
    /// Lines of the direct cash-flow statement, where it calls them otherwise than is usual or has more.
    #[serde(rename = "cash_flow", default, skip_serializing_if = "Vec::is_empty")]
    pub cash_flows: Vec<CashFlowLine>,
    /// What it calls headings, rows and columns of the statements that all charts have in common, by the usual label.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// What the law wants on an invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceRules>,
}

/// What the law of a chart's country wants on an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceRules {
    /// What an invoice is called; when tax is charged, if that differs.
    pub title: String,
    /// What it is called when tax is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxed_title: Option<String>,
    /// What a credit note is called.
    pub credit_title: String,
    /// What the issuer must have told: `tax-number`, `register`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuer: Vec<String>,
    /// The same, when tax is charged or shifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxed_issuer: Vec<String>,
    /// What must be known of the buyer when tax is charged: `address`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxed_buyer: Vec<String>,
    /// The words under reverse charge, for which the buyer's tax number must be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse_charge: Option<String>,
}

/// A line of a statement, into which accounts are gathered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineDefinition {
    /// What accounts refer to it by.
    pub key: String,
    /// Its printed label.
    pub label: String,
    /// The account type it holds.
    pub section: AccountType,
    /// The line of the same section that it merges into when it is too small to be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
}

/// An account of a chart, before a book gives it a number. Fields as in [`super::Account`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartAccount {
    /// Short code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Full name.
    pub name: AccountName,
    /// Type.
    #[serde(rename = "type")]
    pub kind: AccountType,
    /// Statement line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Default function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Line of the direct cash-flow statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_flow: Option<Slug>,
    /// Line of Form 990.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_990: Option<String>,
    /// Merge target, if not that of its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
}

impl Chart {
    /// Reads a chart and checks that it agrees with itself: keys, codes and names are unique, every account's line
    /// exists in the section of its type, merge targets lie in the same section, sums refer to rows above them.
    ///
    /// # Errors
    /// [`LedgerError::ChartSyntax`], [`LedgerError::ChartContradiction`] or [`LedgerError::ChartGrouping`].
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let chart: Self =
            toml::from_str(text).map_err(|error| LedgerError::ChartSyntax { message: error.to_string() })?;
        chart.check()?;
        Ok(chart)
    }

    /// The line with this key.
    #[must_use]
    pub fn line(&self, key: &str) -> Option<&LineDefinition> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// The statement with this key.
    #[must_use]
    pub fn statement(&self, key: &str) -> Option<&Layout> {
        self.statements.iter().find(|statement| statement.key == key)
    }

    /// The line with this key, if accounts of this type may be shown in it.
    ///
    /// # Errors
    /// [`LedgerError::UnknownLine`] with the lines there are for the type.
    pub fn line_for(&self, key: &str, kind: AccountType) -> Result<&LineDefinition, LedgerError> {
        self.lines.iter().find(|line| line.key == key && line.section == kind).ok_or_else(|| {
            let known: Vec<&str> = self.lines.iter().filter(|l| l.section == kind).map(|l| l.key.as_str()).collect();
            LedgerError::UnknownLine {
                value: key.to_owned(),
                section: kind.word(),
                near: nearest(key, known.iter().copied()).map(str::to_owned),
                known: known.join(", "),
            }
        })
    }

    /// As [`Chart::line_for`], for what the chart's own text says.
    fn check_line(&self, of: &str, key: &str, kind: AccountType) -> Result<(), LedgerError> {
        self.line_for(key, kind).map(|_| ()).map_err(|error| self.contradiction(format!("`{of}`: {error}")))
    }

    fn contradiction(&self, problem: String) -> LedgerError {
        LedgerError::ChartContradiction { chart: self.name.clone(), problem }
    }

    fn check(&self) -> Result<(), LedgerError> {
        self.check_lines()?;
        self.check_accounts()?;
        let mut statements = HashSet::new();
        for layout in &self.statements {
            if !statements.insert(&layout.key) {
                return Err(self.contradiction(format!("statement `{}` is there twice", layout.key)));
            }
            self.check_layout(layout)?;
        }
        Ok(())
    }

    fn check_lines(&self) -> Result<(), LedgerError> {
        let mut keys = HashSet::new();
        for line in &self.lines {
            if !keys.insert(&line.key) {
                return Err(self.contradiction(format!("line `{}` is there twice", line.key)));
            }
            if let Some(merge) = &line.merge {
                self.check_line(&line.key, merge, line.section)?;
                if *merge == line.key {
                    return Err(self.contradiction(format!("line `{merge}` merges into itself")));
                }
            }
        }
        Ok(())
    }

    fn check_accounts(&self) -> Result<(), LedgerError> {
        let (mut names, mut codes) = (HashSet::new(), HashSet::new());
        for account in &self.accounts {
            if !names.insert(&account.name) {
                return Err(self.contradiction(format!("account `{}` is there twice", account.name)));
            }
            if let Some(code) = &account.code
                && !codes.insert(code)
            {
                return Err(self.contradiction(format!("account code `{code}` is there twice")));
            }
            for key in account.line.iter().chain(&account.merge) {
                self.check_line(account.name.as_str(), key, account.kind)?;
            }
        }
        Ok(())
    }

    fn check_layout(&self, layout: &Layout) -> Result<(), LedgerError> {
        layout.check().map_err(|problem| match problem {
            LayoutProblem::Contradiction(problem) => self.contradiction(problem),
            LayoutProblem::Grouping { key, by } => LedgerError::ChartGrouping { chart: self.name.clone(), key, by },
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn built_in_charts_agree_with_themselves() {
        for (name, text) in BUILT_IN_CHARTS {
            let chart = Chart::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(chart.name, name);
            for key in ["activities", "position"] {
                assert!(chart.statement(key).is_some(), "{name} lacks {key}");
            }
            // Every section has a catch-all that unmapped accounts and small rows fall into.
            for kind in AccountType::ALL {
                let line = chart.lines.iter().find(|l| l.key == format!("other-{}", kind.word()));
                assert_eq!(line.map(|l| l.section), Some(kind), "{name}: other-{}", kind.word());
            }
        }
    }

    #[test]
    fn contradictions_are_named() {
        let head = "name='x'\ntitle='X'\n";
        let line = "[[line]]\nkey='cash'\nlabel='Cash'\nsection='asset'\n";
        let statement = "[[statement]]\nkey='p'\ntitle='P'\nmeasure='closing'\ncolumns='total'\n";
        // what follows the head, what the refusal contains
        let table = [
            (format!("{line}{line}{statement}row=[]"), "line `cash` is there twice"),
            (format!("{line}merge='cash'\n{statement}row=[]"), "line `cash` merges into itself"),
            (
                format!("{line}merge='cahs'\n{statement}row=[]"),
                "`cash`: there is no statement line `cahs` for accounts of type asset; did you mean `cash`?",
            ),
            (
                format!("{line}[[account]]\nname='Revenue:A'\ntype='revenue'\nline='cash'\n{statement}row=[]"),
                "`Revenue:A`: there is no statement line `cash` for accounts of type revenue",
            ),
            (
                format!("{line}{statement}[[statement.row]]\nkind='sum'\nkey='a'\nlabel='A'\nof=['-b']"),
                "`a` of statement `p` adds `b`, which is no row above it",
            ),
            (format!("{line}colour='red'\n{statement}row=[]"), "unknown field `colour`"),
        ];
        for (rest, expected) in table {
            let error = Chart::parse(&format!("{head}{rest}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
