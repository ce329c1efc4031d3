//! Words and numbers in pictures.

use super::super::amount::{grouped, plain};
use crate::money::Currency;

/// Minor units of one unit of a currency.
pub(super) fn unit(currency: Currency) -> i128 {
    10_i128.pow(u32::from(currency.exponent()))
}

/// An amount in whole units, with thousands grouped. What is very large is told in millions, or as a power of ten.
pub(super) fn whole(minor: i128, currency: Currency) -> String {
    let unit = unit(currency);
    let (mut factor, mut power) = (unit, 0);
    let most = minor.unsigned_abs();
    if most / unit.unsigned_abs() >= 1_000_000_000 {
        (factor, power) = (unit * 1_000_000, 6);
    }
    while most / factor.unsigned_abs() >= 1_000_000_000 {
        (factor, power) = (factor * 1_000, power + 3);
    }
    // The currency's own way of writing it is kept.
    let text = grouped(rounded(minor, factor) / factor * unit, currency);
    let text = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
    match power {
        0 => text.to_owned(),
        6 => format!("{text} M"),
        _ => format!("{text} × 10^{power}"),
    }
}

/// The nearest multiple; half goes away from zero.
fn rounded(minor: i128, of: i128) -> i128 {
    let rest = minor % of;
    let least = minor - rest;
    if rest.unsigned_abs() * 2 >= of.unsigned_abs() { least.saturating_add(of * rest.signum()) } else { least }
}

/// How figures of a heat map are written: in units of which size, and how that is called.
pub(super) struct Short {
    size: u128,
    name: &'static str,
}

impl Short {
    /// In units of such a size that the largest figure has four digits or fewer.
    pub(super) fn of(amounts: impl Iterator<Item = i128>, currency: Currency) -> Self {
        let most = amounts.map(i128::unsigned_abs).max().unwrap_or(0);
        let mut short = Self { size: unit(currency).unsigned_abs(), name: "Whole" };
        for name in ["Thousands of", "Millions of", "Billions of", "Trillions of"] {
            if most / short.size < 10_000 {
                break;
            }
            short = Self { size: short.size * 1_000, name };
        }
        short
    }

    /// `Thousands of USD`.
    pub(super) fn name(&self, currency: Currency) -> String {
        format!("{} {currency}", self.name)
    }

    /// `+12`, `-3`; a figure keeps its sign when nothing else is left of it.
    pub(super) fn signed(&self, minor: i128) -> String {
        let most = minor.unsigned_abs();
        let digits = most / self.size + u128::from(most % self.size * 2 >= self.size);
        match minor {
            0 => "0".to_owned(),
            1.. => format!("+{digits}"),
            _ => format!("-{digits}"),
        }
    }
}

/// Text that is cut to this many characters, with a sign that it was.
pub(super) fn cut(text: &str, room: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= room {
        return text;
    }
    let mut short: String = text.chars().take(room.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Number of characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The greatest number of characters.
pub(super) fn longest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(length).max().unwrap_or(0)
}

/// Lines of at most this many characters, broken at spaces, or within a word where there is no other way.
pub(super) fn broken(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in plain(text).split(' ').filter(|word| !word.is_empty()) {
        let letters: Vec<char> = word.chars().collect();
        for (i, part) in letters.chunks(width).enumerate() {
            match lines.last_mut() {
                Some(line) if i == 0 && length(line) + 1 + part.len() <= width => {
                    line.push(' ');
                    line.extend(part);
                }
                _ => lines.push(part.iter().collect()),
            }
        }
    }
    lines
}

/// Parts in lines of this width, apart from each other.
pub(super) fn flowed(parts: &[String], apart: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if length(line) + length(apart) + length(part) <= width => {
                line.push_str(apart);
                line.push_str(part);
            }
            _ => lines.extend(if length(part) <= width { vec![part.clone()] } else { broken(part, width) }),
        }
    }
    lines
}

/// Two texts at the ends of a line; two lines where one is not enough.
pub(super) fn ends(left: &str, right: &str, width: usize) -> Vec<String> {
    let gap = width.saturating_sub(length(left) + length(right));
    match gap {
        0 | 1 => vec![cut(left, width), format!("{:>width$}", cut(right, width))],
        _ => vec![format!("{left}{}{right}", " ".repeat(gap))],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_whole_units() {
        let usd = Currency::from_code("USD").unwrap();
        for (minor, text) in [
            (0, "0"),
            (-49, "0"),
            (-50, "-1"),
            (123_456_789, "1,234,568"),
            (99_999_999_999, "1,000,000,000"),
            (123_456_789_012_345, "1,234,568 M"),
            (i128::MIN, "-1,701,411 × 10^30"),
        ] {
            assert_eq!(whole(minor, usd), text);
        }
        assert_eq!(whole(1_234, Currency::from_code("JPY").unwrap()), "1,234");
    }

    #[test]
    fn short_figures_keep_their_sign() {
        let usd = Currency::from_code("USD").unwrap();
        let amounts = [130_000_000, -40_000, 0, 40_000, -6_700_000];
        let short = Short::of(amounts.into_iter(), usd);
        assert_eq!(short.name(usd), "Thousands of USD");
        assert_eq!(amounts.map(|minor| short.signed(minor)), ["+1300", "-0", "0", "+0", "-67"]);
    }
}
