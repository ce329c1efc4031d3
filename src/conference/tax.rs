//! Tax codes: how a sale or a bill is taxed.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::RuleError;
use crate::ledger::{LedgerError, Slug};

/// How a line is taxed (EU Directive 2006/112/EC; other countries' sales taxes fit the first three).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxTreatment {
    /// Taxed at the code's rate (which may be zero).
    Taxed,
    /// The customer accounts for the tax.
    ReverseCharge,
    /// Exempt from tax.
    Exempt,
    /// Outside the scope of the tax.
    OutOfScope,
}

impl TaxTreatment {
    /// All treatments.
    pub const ALL: [Self; 4] = [Self::Taxed, Self::ReverseCharge, Self::Exempt, Self::OutOfScope];

    /// The word used in input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Taxed => "taxed",
            Self::ReverseCharge => "reverse-charge",
            Self::Exempt => "exempt",
            Self::OutOfScope => "out-of-scope",
        }
    }
}

impl FromStr for TaxTreatment {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        Self::ALL.into_iter().find(|t| t.word() == text.trim().to_lowercase()).ok_or_else(|| LedgerError::BadWord {
            what: "a tax treatment",
            value: text.to_owned(),
            expected: "taxed, reverse-charge, exempt, out-of-scope",
        })
    }
}

impl fmt::Display for TaxTreatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A tax code. Under a code that exists it changes what comes after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxCode {
    /// Its code: `vat20`.
    pub code: Slug,
    /// Its name on invoices: `VAT 20 %`.
    pub name: String,
    /// How it taxes.
    pub treatment: TaxTreatment,
    /// Rate as a share of the net amount, from 0 to 1.
    pub rate: Decimal,
    /// Whether prices and bill lines include it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inclusive: bool,
    /// Share of input tax that is recoverable, from 0 to 1.
    pub recoverable: Decimal,
}

/// An amount apart: net of tax, and the tax. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taxed {
    /// Without tax.
    pub net: i64,
    /// The tax the other side pays or charges.
    pub tax: i64,
}

impl Taxed {
    /// Net and tax together.
    #[must_use]
    pub const fn gross(self) -> i64 {
        self.net + self.tax
    }
}

impl TaxCode {
    /// Refuses a code that cannot be.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn check(&self) -> Result<(), RuleError> {
        let share = |value: Decimal| value >= Decimal::ZERO && value <= Decimal::ONE;
        let needs_rate = matches!(self.treatment, TaxTreatment::Taxed | TaxTreatment::ReverseCharge);
        let problem = if self.name.trim().is_empty() {
            "it has no name"
        } else if !share(self.rate) || !share(self.recoverable) {
            "rate and recoverable share lie between 0 and 1"
        } else if !needs_rate && !self.rate.is_zero() {
            "what is exempt or out of scope has no rate"
        } else if self.treatment == TaxTreatment::ReverseCharge && self.inclusive {
            "under reverse charge no price includes the tax"
        } else {
            return Ok(());
        };
        Err(RuleError::Invalid { what: format!("tax code {}", self.code), problem: problem.to_owned() })
    }

    /// Takes a price or bill amount apart, to the minor unit, halves away from zero. Reverse charge and what is not
    /// taxed have no tax between buyer and seller.
    #[must_use]
    pub fn apart(&self, amount: i64) -> Taxed {
        if self.treatment != TaxTreatment::Taxed {
            return Taxed { net: amount, tax: 0 };
        }
        if self.inclusive {
            let tax = share_of(amount, self.rate / (Decimal::ONE + self.rate));
            Taxed { net: amount - tax, tax }
        } else {
            Taxed { net: amount, tax: share_of(amount, self.rate) }
        }
    }

    /// Tax that the buyer accounts for under reverse charge.
    #[must_use]
    pub fn reverse_charge(&self, net: i64) -> i64 {
        if self.treatment == TaxTreatment::ReverseCharge { share_of(net, self.rate) } else { 0 }
    }
}

/// A share of an amount in minor units, halves away from zero. The share is between 0 and 1, so it fits.
#[must_use]
pub fn share_of(amount: i64, share: Decimal) -> i64 {
    let exact = Decimal::from(amount).checked_mul(share).unwrap_or_default();
    let whole = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(whole.mantissa() / 10_i128.pow(whole.scale())).unwrap_or(amount)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn code(treatment: &str, rate: &str, inclusive: bool) -> TaxCode {
        TaxCode {
            code: "t".parse().unwrap(),
            name: "T".to_owned(),
            treatment: treatment.parse().unwrap(),
            rate: rate.parse().unwrap(),
            inclusive,
            recoverable: Decimal::ONE,
        }
    }

    #[test]
    fn amounts_come_apart_exactly() {
        // treatment, rate, inclusive, amount, net, tax
        let table = [
            ("taxed", "0.2", false, 30_000, 30_000, 6_000),
            ("taxed", "0.2", true, 36_000, 30_000, 6_000),
            ("taxed", "0.2", true, 10_000, 8_333, 1_667),
            ("taxed", "0.19", true, 119, 100, 19),
            ("taxed", "0.05", false, 10, 10, 1), // half a cent goes up
            ("taxed", "0.05", false, -10, -10, -1),
            ("taxed", "0", true, 500, 500, 0),
            ("reverse-charge", "0.2", false, 1_000, 1_000, 0),
            ("exempt", "0", true, 1_000, 1_000, 0),
        ];
        for (treatment, rate, inclusive, amount, net, tax) in table {
            let apart = code(treatment, rate, inclusive).apart(amount);
            assert_eq!(apart, Taxed { net, tax }, "{treatment} {rate} {amount}");
            assert!(treatment != "taxed" || !inclusive || apart.gross() == amount);
        }
        assert_eq!(code("reverse-charge", "0.2", false).reverse_charge(1_000), 200);
    }

    #[test]
    fn codes_that_cannot_be_are_refused() {
        for (treatment, rate, inclusive, good) in [
            ("taxed", "0.2", true, true),
            ("taxed", "1.2", true, false),
            ("taxed", "-0.1", true, false),
            ("exempt", "0.2", false, false),
            ("reverse-charge", "0.2", true, false),
        ] {
            assert_eq!(code(treatment, rate, inclusive).check().is_ok(), good, "{treatment} {rate}");
        }
    }
}
