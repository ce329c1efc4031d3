//! Amounts and cells as people read them.

use crate::calendar::Date;
use crate::money::Currency;
use crate::report::{Cell, Statement};

/// An amount in minor units with thousands grouped: `-1,234.50`.
#[must_use]
pub fn grouped(minor: i128, currency: Currency) -> String {
    currency.format_grouped(minor)
}

/// A whole number with thousands grouped.
pub(super) fn by_thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A cell for people: a dash for zero, `n/p` for what is not shown.
pub(super) fn cell_text(cell: &Cell, currency: Currency) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Money(0) => "–".to_owned(),
        Cell::Money(minor) => grouped(*minor, currency),
        Cell::Count(count) => count.to_string(),
        Cell::Text(text) => plain(text),
        Cell::Date(date) => date.to_string(),
        Cell::Withheld(_) => super::WITHHELD.to_owned(),
    }
}

/// Text on one line, without what could rewrite a terminal or turn letters round: control characters and bidirectional
/// overrides. Ends of lines and tabs are meant as space.
pub(super) fn plain(text: &str) -> String {
    let hostile = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let tame = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if hostile(c) => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(tame).collect()
}

/// A cell for programs: no grouping, empty for what is empty.
pub(super) fn cell_plain(cell: &Cell, currency: Currency) -> String {
    match cell {
        Cell::Money(minor) => currency.format_minor(*minor),
        Cell::Text(text) => text.clone(),
        other => cell_text(other, currency),
    }
}

/// Title line: what, of which period and events, in which currency.
pub(super) fn subtitle(statement: &Statement) -> String {
    let mut parts = vec![plain(&statement.title)];
    if !statement.events.is_empty() {
        parts.push(statement.events.join(", "));
    }
    if let Some(period) = statement.period {
        parts.push(match period.from() == Date::MIN && period.to() != Date::MAX {
            true => format!("as of {}", period.to()),
            false => period.to_string(),
        });
    }
    let money = statement.columns.iter().any(|column| column.kind == crate::report::ColumnKind::Money);
    if money {
        parts.push(statement.currency.to_string());
    }
    parts.join(" · ")
}

/// The last lines: how much of the books it covers, and their head.
pub(super) fn coverage(statement: &Statement) -> Vec<String> {
    let lines = statement.covers.map(|covers| {
        let noun = if covers.postings == 1 { "posting" } else { "postings" };
        [format!("Covers {} {noun}.", by_thousands(covers.postings)), format!("Head {}", covers.head)]
    });
    lines.into_iter().flatten().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_and_harmless() {
        for (text, expected) in [
            ("two\nlines", "two lines"),
            ("two\r\nlines\rand\ta tab", "two lines and a tab"),
            ("\u{1b}[2Jgone", "\u{fffd}[2Jgone"),
            ("a\u{202e}b\u{0}c", "a\u{fffd}b\u{fffd}c"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (code, minor, text) in [
            ("USD", 0, "0.00"),
            ("USD", -5, "-0.05"),
            ("USD", 99_999, "999.99"),
            ("USD", 100_000, "1,000.00"),
            ("USD", -123_456_789, "-1,234,567.89"),
            ("JPY", 1_234, "1,234"),
            ("KWD", 1_234_567, "1,234.567"),
        ] {
            assert_eq!(grouped(minor, Currency::from_code(code).unwrap()), text);
        }
    }
}
