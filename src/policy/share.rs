//! Exact numbers of a policy file: shares of 1, changes, amounts. Written in quotes or as whole numbers; a bare `0.35`
//! would pass through binary floating point.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A decimal read without rounding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number in quotes, as \"0.35\" or \"12.50\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Exact, E> {
                let number = Decimal::from_str_exact(text.trim().trim_start_matches('+'));
                number
                    .map(Exact)
                    .map_err(|_| E::custom(format!("`{text}` is not a number; expected one like \"0.35\"")))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Exact, E> {
                Ok(Exact(Decimal::from(number)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A share of a whole, from 0 to 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Share(Decimal);

impl Share {
    /// None of it.
    pub const NONE: Self = Self(Decimal::ZERO);
    /// All of it.
    pub const ALL: Self = Self(Decimal::ONE);

    /// A share; `None` when it does not lie between 0 and 1.
    #[must_use]
    pub fn new(share: Decimal) -> Option<Self> {
        (share >= Decimal::ZERO && share <= Decimal::ONE).then_some(Self(share))
    }

    /// So many millionths, at most all.
    #[must_use]
    pub fn millionths(number: i64) -> Self {
        Self(Decimal::new(number.clamp(0, 1_000_000), 6))
    }

    /// As a fraction of 1.
    #[must_use]
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0.is_zero()
    }

    /// A fraction in per cent, to a tenth of a thousandth: `−15 %`.
    pub(super) fn shown(fraction: Decimal) -> String {
        let percent = (fraction * Decimal::ONE_HUNDRED).round_dp(4).normalize();
        let sign = if percent.is_sign_negative() { "−" } else { "" };
        format!("{sign}{} %", percent.abs())
    }

    /// As what is lost: `−15 %`, or `0 %`.
    #[must_use]
    pub fn as_dip(self) -> String {
        if self.is_none() { "0 %".to_owned() } else { format!("−{self}") }
    }

    /// So many of the equal parts that it is cut into.
    #[must_use]
    pub fn part(self, number: u32, of: u32) -> Self {
        Self((self.0 * Decimal::from(number) / Decimal::from(of.max(1))).min(self.0))
    }

    /// What is left of the whole.
    #[must_use]
    pub fn rest(self) -> Self {
        Self(Decimal::ONE - self.0)
    }

    /// This share of a number, to the nearest whole, halves up.
    #[must_use]
    pub fn of(self, number: i64) -> i64 {
        crate::conference::share_of(number, self.0)
    }
}

impl fmt::Display for Share {
    /// In per cent: `15 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Self::shown(self.0))
    }
}

impl std::str::FromStr for Share {
    type Err = String;

    /// Reads `15 %`, `15%` or `0.15`. A bare number above 1 is refused: nobody knows what it would mean.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad =
            || format!("`{text}` is not a share; expected one from 0 to 1, as 0.15, or from 0 % to 100 %, as 15%");
        let bare = text.trim();
        let (number, scale) = match bare.strip_suffix('%') {
            Some(number) => (number.trim(), Decimal::ONE_HUNDRED),
            None => (bare, Decimal::ONE),
        };
        let number = Decimal::from_str_exact(number).map_err(|_| bad())?;
        Self::new(number / scale).ok_or_else(bad)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Exact::deserialize(deserializer)?.0;
        Self::new(number).ok_or_else(|| D::Error::custom(format!("the share {number} does not lie between 0 and 1")))
    }
}

/// A share that nobody knows exactly: the likely value, and from where to where it may lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ranged {
    /// The least it may be.
    pub low: Decimal,
    /// What is reckoned with.
    pub likely: Decimal,
    /// The most it may be.
    pub high: Decimal,
}

impl Ranged {
    /// A value without a range.
    #[must_use]
    pub const fn certain(value: Decimal) -> Self {
        Self { low: value, likely: value, high: value }
    }

    /// Whether it may be anything else than is reckoned with.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.low != self.high
    }

    fn within(self, least: Decimal, most: Decimal, what: &str) -> Result<Self, String> {
        let Self { low, likely, high } = self;
        if low > likely || likely > high {
            return Err(format!("low {low}, likely {likely}, high {high} are not in this order"));
        }
        if low < least || high > most {
            return Err(format!("{what} lies between {least} and {most}, not from {low} to {high}"));
        }
        Ok(self)
    }
}

/// As a file has it: `"0.1"`, or `{ likely = "0.1", low = "0", high = "0.3" }`.
#[derive(serde::Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a number in quotes, or { low = \"…\", likely = \"…\", high = \"…\" }"
)]
enum RawRange {
    Certain(Exact),
    Range { low: Exact, likely: Exact, high: Exact },
}

impl RawRange {
    const fn ranged(&self) -> Ranged {
        match self {
            Self::Certain(value) => Ranged::certain(value.0),
            Self::Range { low, likely, high } => Ranged { low: low.0, likely: likely.0, high: high.0 },
        }
    }
}

/// Reads a range of shares from 0 to 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RangedShare(pub Ranged);

impl RangedShare {
    /// What is reckoned with.
    #[must_use]
    pub fn likely(&self) -> Share {
        Share::new(self.0.likely).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for RangedShare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let range = RawRange::deserialize(deserializer)?.ranged();
        range.within(Decimal::ZERO, Decimal::ONE, "a share").map(Self).map_err(D::Error::custom)
    }
}

/// Reads a range of changes: −1 is all of it gone, 0 no change, 1 as much again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RangedChange(pub Ranged);

impl<'de> Deserialize<'de> for RangedChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let range = RawRange::deserialize(deserializer)?.ranged();
        range.within(-Decimal::ONE, Decimal::ONE, "a change").map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shares_lie_between_nothing_and_all() {
        for (text, share) in [("0.15", Some("0.15")), ("15%", Some("0.15")), ("15 %", Some("0.15")), ("1", Some("1"))] {
            assert_eq!(text.parse::<Share>().ok().map(|s| s.0.normalize().to_string()).as_deref(), share, "{text}");
        }
        for text in ["15", "1.1", "-0.1", "101%", "half", ""] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
        assert_eq!(Share::millionths(150_000).of(1_001), 150);
        assert_eq!("0.5".parse::<Share>().unwrap().of(3), 2);
    }
}
