//! Form 990: its lines, and the thresholds that ask for more. Data with dates, never constants.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::calendar::Date;

/// The form as data.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its name and revision.
    pub name: String,
    /// Its lines, in the order of the form.
    #[serde(rename = "line")]
    pub lines: Vec<FormLine>,
    /// What is asked for beyond an amount.
    #[serde(rename = "threshold")]
    pub thresholds: Vec<Threshold>,
}

/// A line of the form.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormLine {
    /// Part and number: `IX-19`.
    pub key: String,
    /// Its text.
    pub label: String,
    /// Whether the filer names the lines under it.
    #[serde(default)]
    pub named: bool,
    /// Column of Part VIII that its amounts stand in: B, C or D; none for contributions, which have no column.
    #[serde(default)]
    pub column: Option<char>,
}

/// An amount beyond which the form asks for more.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// What it is about.
    pub key: String,
    /// From which day (of a fiscal year's end) it holds.
    pub from: Date,
    /// Whole units of US dollars, or a share of 100 for those that compare with another line.
    pub amount: i64,
    /// What is to be done beyond it.
    pub text: String,
    /// Where it is said.
    pub source: String,
}

impl Form {
    /// The line with a key, and its place on the form.
    #[must_use]
    pub fn line(&self, key: &str) -> Option<(usize, &FormLine)> {
        self.lines.iter().enumerate().find(|(_, line)| line.key == key)
    }

    /// The threshold in force for a fiscal year that ends on a day.
    #[must_use]
    pub fn threshold(&self, key: &str, year_end: Date) -> Option<&Threshold> {
        self.thresholds.iter().filter(|t| t.key == key && t.from <= year_end).max_by_key(|t| t.from)
    }
}

/// Form 990.
#[must_use]
pub fn form_990() -> &'static Form {
    static FORM: OnceLock<Form> = OnceLock::new();
    // The text is part of the program, and a test reads it.
    FORM.get_or_init(|| {
        toml::from_str(include_str!("../../schema/forms/form-990.toml")).unwrap_or(Form {
            name: String::new(),
            lines: Vec::new(),
            thresholds: Vec::new(),
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ledger::{Chart, built_in_chart};

    #[test]
    fn the_form_has_every_line_that_the_chart_names() {
        let form: Form = toml::from_str(include_str!("../../schema/forms/form-990.toml")).unwrap();
        assert_eq!(&form, form_990());
        let chart = Chart::parse(built_in_chart("us-nonprofit").unwrap()).unwrap();
        for account in &chart.accounts {
            if let Some(key) = &account.form_990 {
                assert!(form.line(key).is_some(), "{}: {key}", account.name);
            }
        }
    }

    #[test]
    fn the_threshold_in_force_is_the_latest_that_has_begun() {
        let form = form_990();
        let at = |day: &str| form.threshold("contractor-report", day.parse().unwrap()).map(|t| t.amount);
        assert_eq!((at("2024-12-31"), at("2025-12-31"), at("2026-12-31")), (Some(600), Some(600), Some(2000)));
        assert_eq!(form.threshold("nothing", "2025-12-31".parse().unwrap()), None);
    }
}
