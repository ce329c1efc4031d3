//! For how long the law wants vouchers to be kept.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::calendar::{Date, FiscalYearStart};

/// How long vouchers are kept, whoever asks to be forgotten.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Full years after the end of the fiscal year.
    pub years: u32,
    /// The statute or practice it follows.
    pub ground: String,
}

impl Retention {
    /// What is usual under a built-in chart; the longest of them for any other.
    #[must_use]
    pub fn usual(chart: &str) -> Self {
        static USUAL: OnceLock<BTreeMap<String, Retention>> = OnceLock::new();
        // The text is part of the program, and a test reads it.
        let usual =
            USUAL.get_or_init(|| toml::from_str(include_str!("../../schema/retention.toml")).unwrap_or_default());
        let longest = || usual.values().max_by_key(|retention| retention.years);
        let found = usual.get(chart).or_else(longest).cloned();
        found.unwrap_or_else(|| Self { years: 10, ground: "Ten years".to_owned() })
    }

    /// The last day on which something of this day is kept.
    #[must_use]
    pub fn until(&self, day: Date, start: FiscalYearStart) -> Date {
        let year = i32::try_from(day.year()).unwrap_or(i32::MAX);
        let ends = |year: i32| start.year(year).filter(|window| window.contains(day)).map(|_| year);
        let ended = ends(year).or_else(|| ends(year.saturating_add(1)));
        let last = ended.and_then(|year| start.year(year.checked_add(i32::try_from(self.years).ok()?)?));
        // Beyond the calendar is for ever.
        last.map_or(Date::MAX, |window| window.to())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ledger::BUILT_IN_CHARTS;

    #[test]
    fn every_chart_has_its_years() {
        let years = BUILT_IN_CHARTS.map(|(chart, _)| Retention::usual(chart).years);
        assert_eq!(years, [7, 6, 10, 10]);
        assert_eq!(Retention::usual("one of your own").years, 10);
    }

    #[test]
    fn years_count_from_the_end_of_the_fiscal_year() {
        let six = Retention { years: 6, ground: String::new() };
        let until =
            |day: &str, month| six.until(day.parse().unwrap(), FiscalYearStart::new(month).unwrap()).to_string();
        assert_eq!(until("2025-05-16", 1), "2031-12-31");
        assert_eq!(until("2025-05-16", 4), "2032-03-31");
        assert_eq!(until("2025-03-31", 4), "2031-03-31");
    }
}
