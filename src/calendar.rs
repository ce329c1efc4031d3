//! Dates, windows of days, fiscal years and the time of recording. The only file that names `chrono`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, Utc};
use thiserror::Error;

/// A calendar day between 1900-01-01 and 2999-12-31.
///
/// Kept and ordered as the number `yyyymmdd`, which is also how the books store it: an auditor can read it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(u32);

impl Date {
    /// The first day that can be written.
    pub const MIN: Self = Self(19_000_101);
    /// The last day that can be written.
    pub const MAX: Self = Self(29_991_231);

    /// The day with this year, month (1–12) and day of the month, if there is one.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::from_chrono)
    }

    /// The day whose number is `yyyymmdd`, if there is one.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let number = u32::try_from(number).ok()?;
        Self::from_ymd(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100)
    }

    /// The number `yyyymmdd`.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The month the day lies in.
    #[must_use]
    pub const fn month(self) -> Month {
        Month(self.0 / 100)
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u32 {
        self.0 / 10_000
    }

    /// Days from this one to another; negative when that lies before.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        other.to_chrono().signed_duration_since(self.to_chrono()).num_days()
    }

    /// The day before, unless this is the first day that can be written.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.to_chrono().checked_sub_days(Days::new(1)).and_then(Self::from_chrono)
    }

    /// So many days before, as far back as days can be written.
    #[must_use]
    pub fn earlier(self, days: u64) -> Self {
        self.to_chrono().checked_sub_days(Days::new(days)).and_then(Self::from_chrono).unwrap_or(Self::MIN)
    }

    /// The day after, unless this is the last day that can be written.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.to_chrono().checked_add_days(Days::new(1)).and_then(Self::from_chrono)
    }

    fn from_chrono(date: NaiveDate) -> Option<Self> {
        let year = u32::try_from(date.year()).ok().filter(|year| (1900..=2999).contains(year))?;
        Some(Self(year * 10_000 + date.month() * 100 + date.day()))
    }

    fn to_chrono(self) -> NaiveDate {
        // Every constructor has checked that the day exists, so the fall-back is never taken.
        NaiveDate::from_ymd_opt(i32::try_from(self.0 / 10_000).unwrap_or_default(), self.0 / 100 % 100, self.0 % 100)
            .unwrap_or_default()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = CalendarError;

    /// Reads `YYYY-MM-DD` and nothing else: every other order of day and month would be a guess.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let error = || CalendarError::NotADate { value: text.to_owned() };
        let text = text.trim();
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(error());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(Self::from_chrono).ok_or_else(error)
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    /// Reads `YYYY-MM-DD`.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar month, as the number `yyyymm`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Month(u32);

impl Month {
    /// The month whose number is `yyyymm`, if there is one.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Date::from_number(number.checked_mul(100)?.checked_add(1)?).map(Date::month)
    }

    /// The number `yyyymm`.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The first day of the month.
    #[must_use]
    pub const fn first_day(self) -> Date {
        Date(self.0 * 100 + 1)
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> Date {
        let first = self.first_day().to_chrono();
        first
            .checked_add_months(Months::new(1))
            .and_then(|next| next.checked_sub_days(Days::new(1)))
            .and_then(Date::from_chrono)
            .unwrap_or(Date::MAX)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

/// A span of days, both ends included. An open end lies at [`Date::MIN`] or [`Date::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Window {
    from: Date,
    to: Date,
}

/// All days there are.
pub const ALL_DAYS: Window = Window { from: Date::MIN, to: Date::MAX };

impl Window {
    /// The days from `from` to `to`, both included.
    ///
    /// # Errors
    /// [`CalendarError::Backwards`] when the end lies before the beginning.
    pub fn new(from: Date, to: Date) -> Result<Self, CalendarError> {
        if to < from { Err(CalendarError::Backwards { from, to }) } else { Ok(Self { from, to }) }
    }

    /// Everything up to and including `to`.
    #[must_use]
    pub const fn until(to: Date) -> Self {
        Self { from: Date::MIN, to }
    }

    /// First day.
    #[must_use]
    pub const fn from(self) -> Date {
        self.from
    }

    /// Last day.
    #[must_use]
    pub const fn to(self) -> Date {
        self.to
    }

    /// Everything before the window; `None` when it begins with the first day there is.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        self.from.previous().map(Self::until)
    }

    /// The window of the same length just before: whole months before whole months, else as many days; of everything up
    /// to a day, everything up to that day of the year before. `None` for a window without an end.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        if self.to == Date::MAX {
            return None;
        }
        if self.from == Date::MIN {
            // Everything up to a day: the same a year before. The last day of February stays the last.
            let to = match self.to == self.to.month().last_day() {
                true => months_earlier(self.to.month().first_day(), 12)?.month().last_day(),
                false => months_earlier(self.to, 12)?,
            };
            return Some(Self { from: Date::MIN, to });
        }
        let to = self.from.previous()?;
        if self.from == self.from.month().first_day() && self.to == self.to.month().last_day() {
            let months = self.months(1).len();
            let from = months_earlier(self.from, u32::try_from(months).ok()?)?;
            return Some(Self { from, to });
        }
        let days = self.to.to_chrono().signed_duration_since(self.from.to_chrono()).num_days();
        let from = to.to_chrono().checked_sub_days(Days::new(u64::try_from(days).ok()?)).and_then(Date::from_chrono)?;
        Some(Self { from, to })
    }

    /// The window cut into pieces of so many months, counted from the month it begins in; the first and last piece are
    /// as long as the window lets them be.
    #[must_use]
    pub fn months(self, each: u32) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut start = self.from;
        loop {
            let next = months_later(start.month().first_day(), each);
            let end = next.and_then(Date::previous).map_or(self.to, |end| end.min(self.to));
            pieces.push(Self { from: start, to: end });
            match end.next() {
                Some(next) if end < self.to => start = next,
                _ => return pieces,
            }
        }
    }

    /// Whether the day lies in the window.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    /// Cuts the window into whole months and the days that are left at either end, so that a sum over it touches as
    /// few kept balances as possible. The parts are disjoint and cover the window exactly.
    #[must_use]
    pub fn parts(self) -> Vec<WindowPart> {
        let first_whole =
            if self.from == self.from.month().first_day() { Some(self.from.month()) } else { next_month(self.from) };
        let last_whole =
            if self.to == self.to.month().last_day() { Some(self.to.month()) } else { last_month(self.to) };
        let (Some(first), Some(last)) = (first_whole, last_whole) else { return vec![WindowPart::Days(self)] };
        if last < first {
            return vec![WindowPart::Days(self)];
        }
        let mut parts = Vec::with_capacity(3);
        if self.from < first.first_day()
            && let Some(end) = first.first_day().previous()
        {
            parts.push(WindowPart::Days(Self { from: self.from, to: end }));
        }
        parts.push(WindowPart::Months(first, last));
        if last.last_day() < self.to
            && let Some(start) = last.last_day().next()
        {
            parts.push(WindowPart::Days(Self { from: start, to: self.to }));
        }
        parts
    }
}

/// The same days as disjoint windows: what overlaps or touches becomes one.
#[must_use]
pub fn union(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_by_key(|window| (window.from, window.to));
    let mut merged: Vec<Window> = Vec::with_capacity(windows.len());
    for window in windows {
        match merged.last_mut() {
            Some(last) if last.to.next().is_none_or(|next| window.from <= next) => last.to = last.to.max(window.to),
            _ => merged.push(window),
        }
    }
    merged
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from == Date::MIN, self.to == Date::MAX) {
            (true, true) => f.write_str("all dates"),
            (true, false) => write!(f, "to {}", self.to),
            (false, true) => write!(f, "from {}", self.from),
            (false, false) if self.from == self.to => write!(f, "{}", self.from),
            (false, false) => write!(f, "{} to {}", self.from, self.to),
        }
    }
}

/// A piece of a [`Window`]; see [`Window::parts`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowPart {
    /// Whole months, both included.
    Months(Month, Month),
    /// Single days.
    Days(Window),
}

fn next_month(date: Date) -> Option<Month> {
    date.month().last_day().next().map(Date::month)
}

fn last_month(date: Date) -> Option<Month> {
    date.month().first_day().previous().map(Date::month)
}

/// The month (1–12) in which fiscal years start. A fiscal year is named by the calendar year in which it **ends**.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FiscalYearStart(u32);

impl FiscalYearStart {
    /// Fiscal years that start on the first day of this month.
    ///
    /// # Errors
    /// [`CalendarError::NotAMonth`] outside 1–12.
    pub fn new(month: u32) -> Result<Self, CalendarError> {
        if (1..=12).contains(&month) { Ok(Self(month)) } else { Err(CalendarError::NotAMonth { value: month }) }
    }

    /// The month, 1–12.
    #[must_use]
    pub const fn month(self) -> u32 {
        self.0
    }

    /// The fiscal year that ends in calendar year `year`.
    #[must_use]
    pub fn year(self, year: i32) -> Option<Window> {
        let start_year = if self.0 == 1 { year } else { year.checked_sub(1)? };
        let from = Date::from_ymd(start_year, self.0, 1)?;
        Some(Window { from, to: months_later(from, 12)?.previous()? })
    }

    /// Reads a period: `2025` or `FY2025` (fiscal year), `2025-Q2` (quarter of it), `2025-03` (calendar month),
    /// `2025-03-01` (day), `FROM..TO` (days, either end may be left out).
    ///
    /// # Errors
    /// [`CalendarError::NotAPeriod`], or what is wrong with a date.
    pub fn parse_period(self, text: &str) -> Result<Window, CalendarError> {
        let error = || CalendarError::NotAPeriod { value: text.to_owned() };
        let spec = text.trim();
        if let Some((from, to)) = spec.split_once("..") {
            let from = if from.is_empty() { Date::MIN } else { from.parse()? };
            let to = if to.is_empty() { Date::MAX } else { to.parse()? };
            return Window::new(from, to);
        }
        let digits = |s: &str| (s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u32>().ok()).flatten();
        let year_of = |s: &str| (s.len() == 4).then(|| digits(s)).flatten().and_then(|y| i32::try_from(y).ok());
        let bare = spec.strip_prefix("FY").unwrap_or(spec);
        if let Some(year) = year_of(bare) {
            return self.year(year).ok_or_else(error);
        }
        let (year, rest) = bare.split_once('-').ok_or_else(error)?;
        let year = year_of(year).ok_or_else(error)?;
        if let Some(quarter) = rest.strip_prefix('Q').and_then(digits) {
            if !(1..=4).contains(&quarter) {
                return Err(error());
            }
            let start = self.year(year).ok_or_else(error)?.from;
            let from = months_later(start, 3 * (quarter - 1)).ok_or_else(error)?;
            let to = months_later(from, 3).and_then(Date::previous).ok_or_else(error)?;
            return Ok(Window { from, to });
        }
        if rest.len() == 2 && bare.len() == spec.len() {
            let month = digits(rest).and_then(|month| Date::from_ymd(year, month, 1)).ok_or_else(error)?.month();
            return Ok(Window { from: month.first_day(), to: month.last_day() });
        }
        let day: Date = spec.parse().map_err(|_| error())?;
        Ok(Window { from: day, to: day })
    }
}

fn months_later(date: Date, months: u32) -> Option<Date> {
    date.to_chrono().checked_add_months(Months::new(months)).and_then(Date::from_chrono)
}

fn months_earlier(date: Date, months: u32) -> Option<Date> {
    date.to_chrono().checked_sub_months(Months::new(months)).and_then(Date::from_chrono)
}

/// A moment in UTC, to the second, written `2026-01-31T23:59:59Z`: when something was recorded.
#[derive(Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Timestamp(String);

impl Timestamp {
    /// The present moment by the machine's clock.
    #[must_use]
    pub fn now() -> Self {
        Self(Utc::now().format(TIMESTAMP).to_string())
    }

    /// The moment as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day of the moment, in UTC.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.0.get(..10).and_then(|day| day.parse().ok())
    }
}

const TIMESTAMP: &str = "%Y-%m-%dT%H:%M:%SZ";

impl FromStr for Timestamp {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        NaiveDateTime::parse_from_str(text, TIMESTAMP)
            .map(|moment| Self(moment.format(TIMESTAMP).to_string()))
            .map_err(|_| CalendarError::NotATimestamp { value: text.to_owned() })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What can be wrong with a date or a period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// Not a day written as YYYY-MM-DD.
    #[error("`{value}` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999")]
    NotADate {
        /// The text as given.
        value: String,
    },
    /// Not one of the ways to write a period.
    #[error("`{value}` is not a period: expected 2025, FY2025, 2025-Q1, 2025-03, 2025-03-31 or FROM..TO")]
    NotAPeriod {
        /// The text as given.
        value: String,
    },
    /// The end lies before the beginning.
    #[error("the window from {from} to {to} ends before it begins")]
    Backwards {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Not a number of a month.
    #[error("`{value}` is not a month: expected 1 to 12")]
    NotAMonth {
        /// The number as given.
        value: u32,
    },
    /// Not a moment in UTC.
    #[error("`{value}` is not a moment: expected YYYY-MM-DDTHH:MM:SSZ")]
    NotATimestamp {
        /// The text as given.
        value: String,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_have_one_spelling() {
        assert_eq!(date("2025-02-28").number(), 20_250_228);
        assert_eq!(date("2024-02-29").next(), Some(date("2024-03-01")));
        for text in ["2025-02-29", "28/02/2025", "2025-2-8", "25-02-28", "20250228", "2025-13-01", "1899-12-31", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn fiscal_years_start_in_any_month() {
        // start month, period, from, to
        let table = [
            (1, "2025", "2025-01-01", "2025-12-31"),
            (1, "2025-Q1", "2025-01-01", "2025-03-31"),
            (1, "2025-02", "2025-02-01", "2025-02-28"),
            (1, "2025-02-28", "2025-02-28", "2025-02-28"),
            (1, "2025-01-05..2025-01-09", "2025-01-05", "2025-01-09"),
            (7, "2025", "2024-07-01", "2025-06-30"),
            (7, "FY2025-Q3", "2025-01-01", "2025-03-31"),
            (4, "FY2024", "2023-04-01", "2024-03-31"),
            (12, "2025", "2024-12-01", "2025-11-30"),
        ];
        for (month, period, from, to) in table {
            let window = FiscalYearStart::new(month).unwrap().parse_period(period).unwrap();
            assert_eq!((window.from(), window.to()), (date(from), date(to)), "{period} from month {month}");
        }
        let july = FiscalYearStart::new(7).unwrap();
        for text in ["", "25", "2025-Q5", "2025-13", "FY2025-03", "2025-02-30", "twenty"] {
            assert!(july.parse_period(text).is_err(), "{text}");
        }
        assert!(FiscalYearStart::new(13).is_err());
    }

    #[test]
    fn windows_are_cut_into_months_and_days() {
        let table = [
            ("2025-01-01", "2025-12-31", "M202501-202512"),
            ("2025-01-02", "2025-03-31", "D20250102-20250131 M202502-202503"),
            ("2025-01-01", "2025-02-27", "M202501-202501 D20250201-20250227"),
            ("2025-01-15", "2025-03-15", "D20250115-20250131 M202502-202502 D20250301-20250315"),
            ("2025-01-15", "2025-02-15", "D20250115-20250215"),
            ("2025-01-15", "2025-01-20", "D20250115-20250120"),
        ];
        for (from, to, expected) in table {
            let parts = Window::new(date(from), date(to)).unwrap().parts();
            let text: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    WindowPart::Months(a, b) => format!("M{}-{}", a.number(), b.number()),
                    WindowPart::Days(w) => format!("D{}-{}", w.from().number(), w.to().number()),
                })
                .collect();
            assert_eq!(text.join(" "), expected);
        }
        assert_eq!(ALL_DAYS.parts().len(), 1);
    }

    #[test]
    fn overlapping_windows_become_one() {
        let window = |from, to| Window::new(date(from), date(to)).unwrap();
        let merged = union(vec![
            window("2025-03-01", "2025-03-31"),
            window("2025-01-01", "2025-01-31"),
            window("2025-01-10", "2025-02-10"),
            window("2025-04-01", "2025-04-02"),
        ]);
        assert_eq!(merged, [window("2025-01-01", "2025-02-10"), window("2025-03-01", "2025-04-02")]);
        assert_eq!(union(vec![ALL_DAYS, window("2025-01-01", "2025-01-31")]), [ALL_DAYS]);
    }

    proptest! {
        #[test]
        fn the_parts_of_a_window_cover_it_once(start in 0_u64..40_000, length in 0_u64..900, probe in 0_u64..41_000) {
            let day = |n: u64| Date::from_chrono(Date::MIN.to_chrono() + Days::new(n)).unwrap();
            let window = Window::new(day(start), day(start + length)).unwrap();
            let holders = window.parts().into_iter().filter(|part| match part {
                WindowPart::Months(a, b) => (*a..=*b).contains(&day(probe).month()),
                WindowPart::Days(days) => days.contains(day(probe)),
            });
            prop_assert_eq!(holders.count(), usize::from(window.contains(day(probe))));
        }
    }

    #[test]
    fn the_window_before() {
        let table = [
            ("2025-01-01..2025-12-31", Some("2024-01-01..2024-12-31")),
            ("2025-03-01..2025-03-31", Some("2025-02-01..2025-02-28")),
            ("2025-03-10..2025-03-19", Some("2025-02-28..2025-03-09")),
            ("..2025-12-31", Some("..2024-12-31")),
            ("..2025-02-28", Some("..2024-02-29")),
            ("..2024-02-29", Some("..2023-02-28")),
            ("..2025-06-15", Some("..2024-06-15")),
            ("2025-01-01..", None),
            ("..", None),
        ];
        let year = FiscalYearStart::new(1).unwrap();
        for (window, before) in table {
            let parsed = |text: &str| year.parse_period(text).unwrap();
            assert_eq!(parsed(window).previous(), before.map(parsed), "{window}");
        }
    }
}
