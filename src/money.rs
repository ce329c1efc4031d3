//! Money: whole minor units of one ISO 4217 currency, parsed and split without losing a unit.
//!
//! No binary floating point comes near an amount. Text goes through [`rust_decimal`] exactly; an amount with more
//! decimals than its currency has is refused, and every sum is checked for overflow.

use std::fmt;

use rust_decimal::Decimal;
use thiserror::Error;

/// A currency of ISO 4217 that has a minor unit (JPY 0, USD 2, KWD 3 decimals).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// No currency at all (ISO 4217: XXX): of books that were not begun. Never in an amount.
    pub(crate) const NONE: Self = Self { code: *b"XXX", exponent: 0 };

    /// Looks a three-letter code up in ISO 4217, in either case.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] for a code that ISO 4217 lacks or lists without a minor unit (XAU, XXX).
    pub fn from_code(code: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownCurrency { code: code.to_owned() };
        let upper = code.trim().to_ascii_uppercase();
        let iso = iso_currency::Currency::from_code(&upper).ok_or_else(unknown)?;
        let exponent = iso.exponent().and_then(|e| u8::try_from(e).ok()).ok_or_else(unknown)?;
        let code = <[u8; 3]>::try_from(upper.as_bytes()).map_err(|_| unknown())?;
        Ok(Self { code, exponent })
    }

    /// The three-letter code, in capitals.
    #[must_use]
    pub fn code(&self) -> &str {
        // `from_code` only stores bytes of an ISO code, which are ASCII capitals.
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// How many decimals the currency has (ISO 4217 "minor unit" exponent).
    #[must_use]
    pub fn exponent(&self) -> u8 {
        self.exponent
    }

    /// Writes `minor` units with the currency's decimals and no grouping: `-1234.50`.
    #[must_use]
    pub fn format_minor(&self, minor: i128) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let digits = minor.unsigned_abs().to_string();
        let decimals = usize::from(self.exponent);
        if decimals == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        format!("{sign}{whole}.{fraction}")
    }
}

impl Currency {
    /// Writes `minor` units with thousands grouped, for people: `-1,234.50`.
    #[must_use]
    pub fn format_grouped(&self, minor: i128) -> String {
        let plain = self.format_minor(minor);
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let mut text = sign.to_owned();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction {
            text.push('.');
            text.push_str(fraction);
        }
        text
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which character separates decimals in input. A comma is only ever assumed where a mapping says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,234.50`
    #[default]
    Point,
    /// `1.234,50`
    Comma,
}

/// An exact amount: whole minor units (cents, yen, fils) of one currency. Signed; in a posting, debit is positive.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether nothing is owed either way.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Reads an amount as people and programs write it: `1234.5`, `1,234.50`, `-12`, `(12.00)`, `−12` (U+2212).
    ///
    /// Grouping marks must stand before groups of exactly three digits, so that `2,5950` is an error and not a guess.
    /// Spaces (also no-break and narrow ones) and `'` may group too.
    ///
    /// # Errors
    /// [`MoneyError::NotAnAmount`], [`MoneyError::TooManyDecimals`] or [`MoneyError::Overflow`].
    pub fn parse(text: &str, currency: Currency, mark: DecimalMark) -> Result<Self, MoneyError> {
        let plain = normalise(text, mark)?;
        let decimals = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if decimals > usize::from(currency.exponent) {
            return Err(too_many_decimals(text, currency));
        }
        // `plain` is made of digits, so the only thing that can be wrong with it now is its size.
        let value =
            Decimal::from_str_exact(&plain).map_err(|_| MoneyError::Overflow { value: text.trim().to_owned() })?;
        Self::from_decimal(value, currency).map_err(|error| match error {
            MoneyError::Overflow { .. } => MoneyError::Overflow { value: text.trim().to_owned() },
            other => other,
        })
    }

    /// Takes over a decimal number of major units exactly.
    ///
    /// # Errors
    /// [`MoneyError::TooManyDecimals`] when the value is not a whole number of minor units, [`MoneyError::Overflow`]
    /// when it does not fit.
    pub fn from_decimal(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let value = value.normalize();
        let exponent = u32::from(currency.exponent);
        if value.scale() > exponent {
            return Err(too_many_decimals(&value.to_string(), currency));
        }
        let overflow = || MoneyError::Overflow { value: value.to_string() };
        let factor = 10_i128.checked_pow(exponent - value.scale()).ok_or_else(overflow)?;
        let minor = value.mantissa().checked_mul(factor).ok_or_else(overflow)?;
        let minor = i64::try_from(minor).map_err(|_| overflow())?;
        // The most negative i64 has no opposite: refusing it here makes negation total.
        if minor == i64::MIN {
            return Err(overflow());
        }
        Ok(Self { minor, currency })
    }

    /// Adds two amounts of the same currency.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).filter(|sum| *sum != i64::MIN);
        let minor = minor.ok_or_else(|| MoneyError::Overflow { value: format!("{self} + {other}") })?;
        Ok(Self { minor, currency: self.currency })
    }

    /// The opposite amount. Total, because no `Money` holds the most negative integer when built by parsing or adding;
    /// one built by [`Money::new`] from it stays as it is and is refused when it is posted.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { minor: self.minor.saturating_neg(), currency: self.currency }
    }

    /// Splits the amount in proportion to `weights` by largest remainder: the parts add up to the amount, no part is
    /// further than one minor unit from its exact share, equal remainders go to the earlier part. The split of a
    /// negative amount is the mirror image of the positive one. One part a weight, in the same order.
    ///
    /// # Errors
    /// [`MoneyError::NoWeights`] when `weights` is empty or adds up to zero.
    pub fn allocate(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        if total == 0 {
            return Err(MoneyError::NoWeights);
        }
        let amount = u128::from(self.minor.unsigned_abs());
        // amount < 2^64 and each weight < 2^64, so the product fits u128.
        let mut parts: Vec<u128> = weights.iter().map(|w| amount * u128::from(*w) / total).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&i| (std::cmp::Reverse(amount * u128::from(weights[i]) % total), i));
        let missing = amount - parts.iter().sum::<u128>();
        for &i in order.iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
            parts[i] += 1;
        }
        let negative = self.minor < 0;
        parts
            .into_iter()
            .map(|part| {
                let part = i64::try_from(part).map_err(|_| MoneyError::Overflow { value: part.to_string() })?;
                Ok(Self { minor: if negative { -part } else { part }, currency: self.currency })
            })
            .collect()
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.currency)
    }
}

/// Without the currency code, ungrouped, with exactly the currency's decimals.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.currency.format_minor(i128::from(self.minor)))
    }
}

/// What can be wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// The code is not in ISO 4217, or has no minor unit.
    #[error("`{code}` is not a currency of ISO 4217 with a minor unit")]
    UnknownCurrency {
        /// The code as given.
        code: String,
    },
    /// The text is not an amount.
    #[error("`{value}` is not an amount: {expected}")]
    NotAnAmount {
        /// The text as given.
        value: String,
        /// What was expected instead.
        expected: &'static str,
    },
    /// More decimals than the currency has.
    #[error("`{value}` has more decimals than {currency} has ({exponent})")]
    TooManyDecimals {
        /// The text as given.
        value: String,
        /// The currency.
        currency: Currency,
        /// Its number of decimals.
        exponent: u8,
    },
    /// Beyond what 64 bits of minor units hold.
    #[error("`{value}` is larger than an amount can be (about 92 quadrillion in a currency with cents)")]
    Overflow {
        /// The text, or the sum, that overflowed.
        value: String,
    },
    /// Two currencies in one sum.
    #[error("amounts in {left} and {right} cannot be added")]
    CurrencyMismatch {
        /// First currency.
        left: Currency,
        /// Second currency.
        right: Currency,
    },
    /// Nothing to allocate to.
    #[error("an amount cannot be split over weights that add up to zero")]
    NoWeights,
}

fn not_an_amount(text: &str, expected: &'static str) -> MoneyError {
    MoneyError::NotAnAmount { value: text.trim().to_owned(), expected }
}

fn too_many_decimals(text: &str, currency: Currency) -> MoneyError {
    MoneyError::TooManyDecimals { value: text.trim().to_owned(), currency, exponent: currency.exponent }
}

/// Turns a written amount into `-?digits(.digits)?`, refusing everything that would need a guess.
fn normalise(text: &str, mark: DecimalMark) -> Result<String, MoneyError> {
    let trimmed = text.trim();
    let (body, parenthesised) = match trimmed.strip_prefix('(').map(|rest| rest.strip_suffix(')')) {
        Some(Some(inner)) => (inner.trim(), true),
        Some(None) => return Err(not_an_amount(text, "the parenthesis is not closed")),
        None => (trimmed, false),
    };
    let (body, signed) = match body.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (rest, true),
        None => (body.strip_prefix('+').unwrap_or(body), false),
    };
    if parenthesised && signed {
        return Err(not_an_amount(text, "a minus inside parentheses could mean either sign"));
    }
    let (decimal, group) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (whole, fraction) = match body.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    let grouping = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let groups: Vec<&str> = whole.split(grouping).collect();
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if groups.len() > 1 && (groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)) {
        return Err(not_an_amount(text, "digits are grouped by three"));
    }
    let whole_ok = groups.iter().all(|g| all_digits(g)) || (whole.is_empty() && fraction.is_some());
    if !whole_ok || !fraction.is_none_or(all_digits) {
        return Err(not_an_amount(text, "expected digits with at most one decimal mark"));
    }
    let mut plain = String::with_capacity(body.len() + 2);
    if signed || parenthesised {
        plain.push('-');
    }
    plain.push_str(if whole.is_empty() { "0" } else { "" });
    groups.iter().for_each(|g| plain.push_str(g));
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Ok(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        use DecimalMark::{Comma, Point};
        // currency, mark, text, minor units or the start of the message
        let table: &[(&str, DecimalMark, &str, Result<i64, &str>)] = &[
            ("USD", Point, "1,234.50", Ok(123_450)),
            ("USD", Point, "1234.5", Ok(123_450)),
            ("USD", Point, "-12", Ok(-1_200)),
            ("USD", Point, "+12", Ok(1_200)),
            ("USD", Point, "(12.00)", Ok(-1_200)),
            ("USD", Point, "\u{2212}0.07", Ok(-7)),
            ("USD", Point, ".5", Ok(50)),
            ("USD", Point, "0.00", Ok(0)),
            ("USD", Point, "1 234 567.89", Ok(123_456_789)),
            ("USD", Point, "92233720368547758.07", Ok(i64::MAX)),
            ("JPY", Point, "1,234", Ok(1_234)),
            ("KWD", Point, "1.234", Ok(1_234)),
            ("EUR", Comma, "-123.152,25", Ok(-12_315_225)),
            ("EUR", Comma, "1,5", Ok(150)),
            ("USD", Point, "1.005", Err("`1.005` has more decimals than USD has (2)")),
            // Zeros count: `1.000` is a thousand where the comma is the decimal mark.
            ("USD", Point, "1.000", Err("`1.000` has more decimals than USD has (2)")),
            ("JPY", Point, "1.5", Err("`1.5` has more decimals than JPY has (0)")),
            ("USD", Point, "92233720368547758.08", Err("`92233720368547758.08` is larger than an amount can be")),
            ("USD", Point, "99999999999999999999999999999999", Err("`99999999999999999999999999999999` is larger")),
            ("USD", Point, "2,5950", Err("`2,5950` is not an amount: digits are grouped by three")),
            ("USD", Point, "1,23", Err("`1,23` is not an amount: digits are grouped by three")),
            ("EUR", Comma, "1.50", Err("`1.50` is not an amount: digits are grouped by three")),
            ("USD", Point, "", Err("`` is not an amount")),
            ("USD", Point, "-", Err("`-` is not an amount")),
            ("USD", Point, ".", Err("`.` is not an amount")),
            ("USD", Point, "1.", Err("`1.` is not an amount")),
            ("USD", Point, "(5", Err("`(5` is not an amount: the parenthesis is not closed")),
            ("USD", Point, "(-5)", Err("`(-5)` is not an amount: a minus inside")),
            ("USD", Point, "--5", Err("`--5` is not an amount")),
            ("USD", Point, "1e3", Err("`1e3` is not an amount")),
            ("USD", Point, "1_000", Err("`1_000` is not an amount")),
            ("USD", Point, "NaN", Err("`NaN` is not an amount")),
            ("USD", Point, "$5", Err("`$5` is not an amount")),
            ("USD", Point, "\u{661}\u{662}", Err("`\u{661}\u{662}` is not an amount")),
        ];
        for (code, mark, text, expected) in table {
            match (Money::parse(text, currency(code), *mark), expected) {
                (Ok(money), Ok(minor)) => assert_eq!(money.minor(), *minor, "{text}"),
                (Err(error), Err(start)) => assert!(error.to_string().starts_with(start), "{text}: {error}"),
                (got, expected) => panic!("{text}: got {got:?}, expected {expected:?}"),
            }
        }
    }

    #[test]
    fn amounts_are_written_with_the_currencys_decimals() {
        for (code, minor, text) in [
            ("USD", 0, "0.00"),
            ("USD", -5, "-0.05"),
            ("USD", 123_456, "1234.56"),
            ("JPY", -7, "-7"),
            ("KWD", 1_234, "1.234"),
            ("USD", i64::MAX, "92233720368547758.07"),
        ] {
            assert_eq!(Money::new(minor, currency(code)).to_string(), text);
        }
    }

    #[test]
    fn currencies_come_from_iso_4217() {
        for (code, exponent) in [("USD", 2), ("jpy", 0), ("KWD", 3), ("eur", 2)] {
            assert_eq!(currency(code).exponent(), exponent);
        }
        for code in ["XAU", "XXX", "ABC", "", "US", "$"] {
            assert_eq!(Currency::from_code(code), Err(MoneyError::UnknownCurrency { code: code.to_owned() }));
        }
    }

    #[test]
    fn sums_are_checked() {
        let usd = currency("USD");
        let most = Money::new(i64::MAX, usd);
        assert!(matches!(most.checked_add(Money::new(1, usd)), Err(MoneyError::Overflow { .. })));
        assert!(matches!(most.negated().checked_add(Money::new(-1, usd)), Err(MoneyError::Overflow { .. })));
        let eur = Money::new(1, currency("EUR"));
        assert!(matches!(most.checked_add(eur), Err(MoneyError::CurrencyMismatch { .. })));
    }

    #[test]
    fn splits_follow_largest_remainder() {
        for (minor, weights, parts) in [
            (100, &[1, 1, 1][..], &[34, 33, 33][..]),
            (-100, &[1, 1, 1], &[-34, -33, -33]),
            (101, &[1, 2, 3], &[17, 34, 50]),
            (5, &[0, 1], &[0, 5]),
            (0, &[3, 4], &[0, 0]),
        ] {
            let split = Money::new(minor, currency("USD")).allocate(weights).unwrap();
            assert_eq!(split.iter().map(|m| m.minor()).collect::<Vec<_>>(), parts);
        }
        assert_eq!(Money::new(1, currency("USD")).allocate(&[]), Err(MoneyError::NoWeights));
        assert_eq!(Money::new(1, currency("USD")).allocate(&[0, 0]), Err(MoneyError::NoWeights));
    }

    proptest! {
        #[test]
        fn a_written_amount_reads_back(minor in i64::MIN + 1..=i64::MAX, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let money = Money::new(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.to_string(), currency(code), DecimalMark::Point), Ok(money));
        }

        #[test]
        fn a_split_loses_nothing(minor in i64::MIN + 1..=i64::MAX, weights in prop::collection::vec(0_u64..=u64::MAX, 1..20)) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = Money::new(minor, currency("USD")).allocate(&weights).unwrap();
            prop_assert_eq!(parts.iter().map(|p| i128::from(p.minor())).sum::<i128>(), i128::from(minor));
            let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = u128::from(minor.unsigned_abs()) * u128::from(*weight) / total;
                let off = u128::from(part.minor().unsigned_abs()) - floor;
                prop_assert!(off <= 1);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = Money::parse(&text, currency("USD"), DecimalMark::Point);
            let _ = Money::parse(&text, currency("USD"), DecimalMark::Comma);
        }
    }
}
