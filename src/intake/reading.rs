//! How a file is written: its characters, separators, decimal mark, and order of day and month. What a file does not
//! prove by itself is asked for, never guessed.

use std::fmt;
use std::str::FromStr;

use encoding_rs::Encoding;
use serde::Deserialize;

use super::{IntakeError, Problems};
use crate::calendar::Date;
use crate::money::{Currency, DecimalMark, Money, MoneyError};

/// Which comes first in a date of three numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateOrder {
    /// `31/12/2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
}

impl FromStr for DateOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_lowercase().as_str() {
            "dmy" => Ok(Self::DayFirst),
            "mdy" => Ok(Self::MonthFirst),
            _ => Err(format!("`{text}` is not an order of day and month: expected dmy or mdy")),
        }
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        })
    }
}

/// What is said of how a file is written; what is not said is found out from the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reading {
    /// Its characters; UTF-8 (or UTF-16 with a mark) unless said.
    pub encoding: Option<&'static Encoding>,
    /// What separates fields.
    pub delimiter: Option<u8>,
    /// Decimal mark of its amounts.
    pub decimal: Option<DecimalMark>,
    /// Order of day and month.
    pub dates: Option<DateOrder>,
    /// The worksheet of a workbook; its first unless said.
    pub sheet: Option<String>,
}

/// The same as words, as a mapping file or the command line gives them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadingWords {
    /// A label such as `windows-1252`.
    pub encoding: Option<String>,
    /// One character, or `tab`.
    pub delimiter: Option<String>,
    /// `.` or `,`.
    pub decimal: Option<String>,
    /// `dmy` or `mdy`.
    pub dates: Option<String>,
    /// Name of a worksheet.
    pub sheet: Option<String>,
}

impl ReadingWords {
    /// These words, and where they say nothing, others.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            encoding: self.encoding.or_else(|| other.encoding.clone()),
            delimiter: self.delimiter.or_else(|| other.delimiter.clone()),
            decimal: self.decimal.or_else(|| other.decimal.clone()),
            dates: self.dates.or_else(|| other.dates.clone()),
            sheet: self.sheet.or_else(|| other.sheet.clone()),
        }
    }

    /// Reads the words.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be read.
    pub fn read(&self) -> Result<Reading, String> {
        let encoding = |label: &String| {
            Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                format!("`{label}` is not an encoding: expected one such as utf-8, windows-1252, utf-16le")
            })
        };
        let delimiter = |text: &String| match text.as_str() {
            "tab" | "\t" | "\\t" => Ok(b'\t'),
            one if one.len() == 1 && !one.contains(['"', '\n', '\r']) => Ok(one.as_bytes()[0]),
            _ => Err(format!("`{text}` is not a delimiter: expected one character, or tab")),
        };
        let decimal = |text: &String| match text.as_str() {
            "." | "point" => Ok(DecimalMark::Point),
            "," | "comma" => Ok(DecimalMark::Comma),
            _ => Err(format!("`{text}` is not a decimal mark: expected . or ,")),
        };
        Ok(Reading {
            encoding: self.encoding.as_ref().map(encoding).transpose()?,
            delimiter: self.delimiter.as_ref().map(delimiter).transpose()?,
            decimal: self.decimal.as_ref().map(decimal).transpose()?,
            dates: self.dates.as_ref().map(|text| text.parse()).transpose()?,
            sheet: self.sheet.clone(),
        })
    }
}

/// What the fields of a file prove about how it is written. Fields are shown to it one after the other; then it says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    dates: Proof<DateOrder>,
    marks: Proof<DecimalMark>,
}

/// What was seen of one question: the first field that proves each answer, and the first that leaves it open.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Proof<T> {
    proven: Vec<(T, Seen)>,
    open: Option<Seen>,
}

impl<T> Default for Proof<T> {
    fn default() -> Self {
        Self { proven: Vec::new(), open: None }
    }
}

/// A field of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    line: u64,
    column: String,
    text: String,
}

impl<T: PartialEq + Copy> Proof<T> {
    fn note(&mut self, answer: Option<T>, line: u64, column: &str, text: &str) {
        let seen = || Seen { line, column: column.to_owned(), text: text.to_owned() };
        match answer {
            Some(answer) if self.proven.iter().all(|(other, _)| *other != answer) => {
                self.proven.push((answer, seen()));
            }
            None if self.open.is_none() => self.open = Some(seen()),
            _ => {}
        }
    }

    /// The answer that is proven and not contradicted, or `usual` when no field depends on it.
    fn answer(&self, usual: T, what: &str, option: &str, problems: &mut Problems) -> T {
        match (self.proven.as_slice(), &self.open) {
            ([], None) => usual,
            ([(answer, _)], _) => *answer,
            ([], Some(seen)) => {
                let message =
                    format!("`{}` could be read in two ways, and no row of the file tells {what}; {option}", seen.text);
                problems.add(seen.line, Some(&seen.column), message);
                usual
            }
            ([(_, one), (_, other), ..], _) => {
                let message =
                    format!("`{}` contradicts `{}` in line {} about {what}; {option}", other.text, one.text, one.line);
                problems.add(other.line, Some(&other.column), message);
                usual
            }
        }
    }
}

impl Evidence {
    /// Shows a date; what is none proves nothing.
    pub fn date(&mut self, line: u64, column: &str, text: &str) {
        if let Some((first, second)) = ambiguous(text) {
            let order = match (first > 12, second > 12) {
                (true, false) => Some(DateOrder::DayFirst),
                (false, true) => Some(DateOrder::MonthFirst),
                // The same day either way; or no day at all, which its own row will say.
                (true, true) => return,
                (false, false) if first == second => return,
                (false, false) => None,
            };
            self.dates.note(order, line, column, text);
        }
    }

    /// Shows an amount; what is none proves nothing.
    pub fn amount(&mut self, line: u64, column: &str, text: &str, currency: Currency) {
        let (point, comma) = (text.rfind('.'), text.rfind(','));
        let mark = match (point, comma) {
            (None, None) => return,
            (Some(point), Some(comma)) => Some(if point > comma { DecimalMark::Point } else { DecimalMark::Comma }),
            // Thousands stand in threes; where other than three digits follow the only mark, it is the decimal mark.
            (Some(at), None) | (None, Some(at)) if digits_after(text, at) != 3 => {
                Some(if point.is_some() { DecimalMark::Point } else { DecimalMark::Comma })
            }
            _ => {
                let amount = bare(text, currency);
                let reads = |mark| Money::parse(&amount, currency, mark).is_ok();
                match (reads(DecimalMark::Point), reads(DecimalMark::Comma)) {
                    (true, false) => Some(DecimalMark::Point),
                    (false, true) => Some(DecimalMark::Comma),
                    (true, true) => None,
                    (false, false) => return,
                }
            }
        };
        self.marks.note(mark, line, column, text);
    }

    /// How the file is written: as said, else as proven.
    ///
    /// # Errors
    /// [`IntakeError::Rows`] with what the file leaves open or contradicts, beside the problems found before: read in
    /// the wrong way, every row would only give more of them.
    pub fn settle(&self, said: &Reading, file: &str, problems: &mut Problems) -> Result<Written, IntakeError> {
        let before = problems.count();
        let written = self.answers(said, problems);
        if problems.count() > before {
            std::mem::take(problems).into_result(file)?;
        }
        Ok(written)
    }

    fn answers(&self, said: &Reading, problems: &mut Problems) -> Written {
        let dates = said.dates.unwrap_or_else(|| {
            let option = "say it with --dates dmy (or mdy)";
            self.dates.answer(DateOrder::DayFirst, "whether day or month stands first", option, problems)
        });
        let decimal = said.decimal.unwrap_or_else(|| {
            let option = "say it with --decimal . (or ,)";
            self.marks.answer(DecimalMark::Point, "which is the decimal mark", option, problems)
        });
        Written { dates, decimal }
    }
}

/// How dates and amounts of a file are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// Order of day and month where both are numbers.
    pub dates: DateOrder,
    /// Decimal mark.
    pub decimal: DecimalMark,
}

impl Written {
    /// Reads a day; a time after it is left out. Takes `2026-12-31`, `2026/12/31`, `20261231`, `31.12.2026` (dots stand
    /// only in dates whose day comes first), `31/12/2026` or `12/31/2026` by the file's order, `31 Dec 2026` and
    /// `Dec 31, 2026`; years of two digits are of this century.
    ///
    /// # Errors
    /// What was expected.
    pub fn date(self, text: &str) -> Result<Date, String> {
        let error = || format!("`{}` is not a date such as 2026-12-31", text.trim());
        let numbers = |text: &str| -> Option<[i64; 3]> {
            let parts: Vec<i64> = text.split(['-', '/', '.']).map(|p| p.trim().parse().ok()).collect::<Option<_>>()?;
            parts.try_into().ok()
        };
        let day = day_part(text);
        if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
            return day.parse().ok().and_then(Date::from_number).ok_or_else(error);
        }
        let ymd = |year: i64, month: i64, day: i64| {
            let year = if (0..100).contains(&year) { 2000 + year } else { year };
            let narrow = |n: i64| u32::try_from(n).ok();
            Date::from_ymd(i32::try_from(year).ok()?, narrow(month)?, narrow(day)?)
        };
        let date = if let Some([first, second, third]) = numbers(day) {
            let year_first = day.split(['-', '/', '.']).next().is_some_and(|part| part.trim().len() == 4);
            if year_first {
                ymd(first, second, third)
            } else if day.contains('.') || self.dates == DateOrder::DayFirst {
                ymd(third, second, first)
            } else {
                ymd(third, first, second)
            }
        } else {
            named_month(text).and_then(|(year, month, day)| ymd(year, month, day))
        };
        date.ok_or_else(error)
    }

    /// Reads an amount. The currency's code or a sign of money beside the number, a minus behind it, U+2212 and
    /// parentheses are understood; the code of another currency is refused.
    ///
    /// # Errors
    /// As [`Money::parse`], in words.
    pub fn amount(self, text: &str, currency: Currency) -> Result<i64, MoneyError> {
        Money::parse(&bare(text, currency), currency, self.decimal).map(Money::minor).map_err(|error| match error {
            MoneyError::NotAnAmount { expected, .. } => {
                MoneyError::NotAnAmount { value: text.trim().to_owned(), expected }
            }
            other => other,
        })
    }
}

fn digits_after(text: &str, at: usize) -> usize {
    text.as_bytes()[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The part of a field that holds the day: what stands before a time.
fn day_part(text: &str) -> &str {
    let text = text.trim();
    let iso = text.as_bytes();
    // `2026-12-31T…`: the T of a time stands after ten characters of digits and hyphens.
    if iso.get(10).is_some_and(|b| matches!(b, b'T' | b't')) && text.is_char_boundary(10) {
        return &text[..10];
    }
    if iso.get(8).is_some_and(|b| *b == b'T') && text.is_char_boundary(8) {
        return &text[..8];
    }
    text.split([' ', '\u{a0}', ',']).next().unwrap_or_default()
}

/// The first two numbers of a date that could be read with day or month first.
fn ambiguous(text: &str) -> Option<(i64, i64)> {
    let day = day_part(text);
    if day.contains('.') {
        return None;
    }
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    if first.len() > 2 || !matches!(year.len(), 2 | 4) {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?))
}

/// `31 Dec 2026`, `31-Dec-2026`, `Dec 31, 2026`, `December 31 2026`: year, month, day.
fn named_month(text: &str) -> Option<(i64, i64, i64)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<&str> = text.split([' ', '-', ',', '/', '.']).filter(|part| !part.is_empty()).take(3).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let month = |part: &str| {
        let part = part.to_lowercase();
        let found = MONTHS.iter().position(|month| part.starts_with(month) && part.chars().all(char::is_alphabetic));
        found.and_then(|index| i64::try_from(index + 1).ok())
    };
    let year = year.parse().ok()?;
    match (month(first), month(second)) {
        (Some(month), None) => Some((year, month, second.parse().ok()?)),
        (None, Some(month)) => Some((year, month, first.parse().ok()?)),
        _ => None,
    }
}

/// Whether a sign of money may stand for a currency.
fn is_sign_of(sign: char, code: &str) -> bool {
    let codes: &[&str] = match sign {
        '$' => &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"],
        '€' => &["EUR"],
        '£' => &["GBP", "GIP", "FKP", "SHP", "EGP"],
        '¥' => &["JPY", "CNY"],
        '₹' => &["INR"],
        '₣' => &["CHF"],
        '₩' => &["KRW"],
        '₪' => &["ILS"],
        '₺' => &["TRY"],
        '₴' => &["UAH"],
        '₦' => &["NGN"],
        '₱' => &["PHP"],
        '₫' => &["VND"],
        '฿' => &["THB"],
        _ => &[],
    };
    codes.contains(&code)
}

/// An amount without the currency's code or a sign of money beside it, and with a minus behind it put in front.
fn bare(text: &str, currency: Currency) -> String {
    // The sign of another currency stays, and makes it no amount.
    let sign = |c: char| c.is_whitespace() || is_sign_of(c, currency.code());
    let strip = |text: &str| {
        let text = text.trim_matches(sign);
        let text = text.strip_prefix(currency.code()).or_else(|| text.strip_suffix(currency.code())).unwrap_or(text);
        text.trim_matches(sign).to_owned()
    };
    let whole = text.trim();
    let (open, inner) = match whole.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, whole),
    };
    let mut inner = strip(inner);
    let mut minus = false;
    if !open && let Some(rest) = inner.strip_prefix(['-', '\u{2212}']).map(strip) {
        (inner, minus) = (rest, true);
    } else if !open && let Some(rest) = inner.strip_suffix(['-', '\u{2212}']).map(strip) {
        (inner, minus) = (rest, true);
    }
    match (open, minus) {
        (true, _) => format!("({inner})"),
        (false, true) => format!("-{inner}"),
        (false, false) => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dates: DateOrder, decimal: DecimalMark) -> Written {
        Written { dates, decimal }
    }

    #[test]
    fn dates_as_files_have_them() {
        let cases = [
            ("2026-12-31", Some("2026-12-31"), Some("2026-12-31")),
            ("2026-12-31 23:59:59", Some("2026-12-31"), Some("2026-12-31")),
            ("2026-12-31T23:59:59+02:00", Some("2026-12-31"), Some("2026-12-31")),
            ("20261231", Some("2026-12-31"), Some("2026-12-31")),
            ("2026/1/2", Some("2026-01-02"), Some("2026-01-02")),
            ("03.04.2026", Some("2026-04-03"), Some("2026-04-03")),
            ("3.4.26 10:00", Some("2026-04-03"), Some("2026-04-03")),
            ("03/04/2026", Some("2026-04-03"), Some("2026-03-04")),
            ("11/29/24 22:28", None, Some("2024-11-29")),
            ("29/11/2024", Some("2024-11-29"), None),
            ("31 Dec 2026", Some("2026-12-31"), Some("2026-12-31")),
            ("31-dec-2026", Some("2026-12-31"), Some("2026-12-31")),
            ("Dec 31, 2026 9:00 PM", Some("2026-12-31"), Some("2026-12-31")),
            ("2026-02-30", None, None),
            ("", None, None),
            ("yesterday", None, None),
            ("1/2", None, None),
            ("−1/2/2026", None, None),
        ];
        for (text, day_first, month_first) in cases {
            let read = |order| written(order, DecimalMark::Point).date(text).ok().map(|date| date.to_string());
            assert_eq!(read(DateOrder::DayFirst).as_deref(), day_first, "{text} dmy");
            assert_eq!(read(DateOrder::MonthFirst).as_deref(), month_first, "{text} mdy");
        }
    }

    #[test]
    fn amounts_as_files_have_them() {
        let euro = Currency::from_code("EUR").unwrap_or(Currency::NONE);
        let cases = [
            ("1234.50", Some(123_450), None),
            ("1.234,50", None, Some(123_450)),
            ("-123.152,25 EUR", None, Some(-12_315_225)),
            ("€ 12.00", Some(1_200), None),
            ("€12", Some(1_200), Some(1_200)),
            ("\u{2212}5,00", None, Some(-500)),
            ("(12.00)", Some(-1_200), None),
            ("(€12.00)", Some(-1_200), None),
            ("12.00-", Some(-1_200), None),
            ("-€12.00", Some(-1_200), None),
            ("EUR 1,000.00", Some(100_000), None),
            ("$2,5950", None, None),
            ("12.345", None, Some(1_234_500)),
            ("USD 12.00", None, None),
            ("$12.00", None, None),
            ("", None, None),
            ("--5", None, None),
        ];
        for (text, point, comma) in cases {
            let read = |mark| written(DateOrder::DayFirst, mark).amount(text, euro).ok();
            assert_eq!(read(DecimalMark::Point), point, "{text} .");
            assert_eq!(read(DecimalMark::Comma), comma, "{text} ,");
        }
    }

    /// What fields, in order, prove; `Err` is what is asked.
    #[test]
    fn nothing_is_guessed() {
        let euro = Currency::from_code("EUR").unwrap_or(Currency::NONE);
        let dates: [(&[&str], Result<&str, &str>); 7] = [
            (&["2026-01-02"], Ok("dmy")),
            (&["01/02/2026", "13/02/2026"], Ok("dmy")),
            (&["01/02/2026", "02/13/2026"], Ok("mdy")),
            (&["01/02/2026"], Err("could be read in two ways")),
            (&["02/02/2026"], Ok("dmy")),
            (&["01.02.2026"], Ok("dmy")),
            (&["13/02/2026", "02/13/2026"], Err("contradicts `13/02/2026` in line 2")),
        ];
        for (fields, expected) in dates {
            let mut evidence = Evidence::default();
            fields.iter().zip(2..).for_each(|(field, line)| evidence.date(line, "Date", field));
            check(&evidence, expected, |written| written.dates.to_string());
        }
        let amounts: [(&[&str], Result<&str, &str>); 7] = [
            (&["1", "20"], Ok(".")),
            (&["1.50"], Ok(".")),
            (&["1,50"], Ok(",")),
            // With two decimals it can only be a thousand.
            (&["1.000"], Ok(",")),
            (&["1.000", "1,5"], Ok(",")),
            (&["1,234.50"], Ok(".")),
            (&["1.5", "1,5"], Err("contradicts")),
        ];
        for (fields, expected) in amounts {
            let mut evidence = Evidence::default();
            fields.iter().zip(2..).for_each(|(field, line)| evidence.amount(line, "Amount", field, euro));
            let mark = |written: Written| if written.decimal == DecimalMark::Point { "." } else { "," };
            check(&evidence, expected, |written| mark(written).to_owned());
        }
    }

    fn check(evidence: &Evidence, expected: Result<&str, &str>, show: impl Fn(Written) -> String) {
        let mut problems = Problems::default();
        let found = show(evidence.answers(&Reading::default(), &mut problems));
        match expected {
            Ok(wanted) => assert_eq!((found.as_str(), problems.count()), (wanted, 0), "{evidence:?}"),
            Err(part) => {
                let message = problems.listed().first().map(ToString::to_string).unwrap_or_default();
                assert!(message.contains(part), "{message}");
            }
        }
    }
}
