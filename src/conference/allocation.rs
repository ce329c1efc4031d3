//! Costs that serve several purposes: a recorded rule, and what it moved (ASC 958-720-45-2A). Rules L of
//! docs/posting-rules.md.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RuleError;
use super::desk::{At, Desk, Making, SUPPLIERS};
use super::event::day_number;
use crate::calendar::Date;
use crate::ledger::{AccountNo, Function, GENERAL_FUND, Slug};
use crate::money::Money;

/// How the costs of some accounts are shared. Under a code that exists it changes what comes after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationRule {
    /// Its code.
    pub code: Slug,
    /// The accounts whose costs are shared; what stands under management and no event is.
    pub accounts: Vec<AccountNo>,
    /// Who gets which share; they add up to 1.
    pub shares: Vec<AllocationShare>,
    /// On what basis, as the statement says it: hours worked, floor space.
    pub basis: String,
}

/// A share of shared costs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationShare {
    /// The function.
    pub function: Function,
    /// The event, of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// From 0 to 1.
    pub share: Decimal,
}

/// Costs of a period were shared by a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allocated {
    /// The rule.
    pub rule: Slug,
    /// First day of the costs, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub from: Date,
    /// Last day of the costs, on which they are moved.
    #[serde(with = "day_number")]
    pub to: Date,
    /// What was shared: account and minor units, as the rule's accounts stood under management and no event.
    pub costs: Vec<(AccountNo, i64)>,
}

impl AllocationRule {
    /// Refuses a rule that cannot be.
    ///
    /// # Errors
    /// [`RuleError::Shares`] when the shares do not add up to 1, [`RuleError::Invalid`].
    pub fn check<D: Desk>(&self, desk: &D) -> Result<(), RuleError> {
        let bad = |problem: String| RuleError::Invalid { what: format!("allocation {}", self.code), problem };
        if self.accounts.is_empty() || self.shares.len() < 2 {
            return Err(bad("it needs an account and at least two shares".to_owned()));
        }
        if self.basis.trim().is_empty() {
            return Err(bad("it does not say on what basis it shares".to_owned()));
        }
        let sum: Decimal = self.shares.iter().map(|share| share.share).sum();
        if sum != Decimal::ONE {
            return Err(RuleError::Shares { rule: self.code, sum: sum.normalize().to_string() });
        }
        for share in &self.shares {
            if share.share <= Decimal::ZERO {
                return Err(bad(format!("the share {} is not positive", share.share)));
            }
            if share.share.scale() > 9 {
                return Err(bad(format!("the share {} has more than nine decimals", share.share)));
            }
            if share.event.is_some() && share.function != Function::Program {
                return Err(bad("only a program's share belongs to an event".to_owned()));
            }
            share.event.map(|event| desk.conference().event(event).map(|_| ())).transpose()?;
        }
        Ok(())
    }

    /// An amount shared out, to the last minor unit (largest remainder).
    ///
    /// # Errors
    /// [`RuleError::Money`].
    fn split<D: Desk>(&self, desk: &D, minor: i64) -> Result<Vec<i64>, RuleError> {
        // Shares have at most nine decimals: as billionths they are whole.
        let billion = Decimal::from(1_000_000_000_u64);
        let weights: Vec<u64> =
            self.shares.iter().map(|share| u64::try_from(share.share * billion).unwrap_or_default()).collect();
        Ok(Money::new(minor, desk.currency()).allocate(&weights)?.iter().map(|part| part.minor()).collect())
    }
}

impl Allocated {
    /// Moves the costs from management to those who share them.
    ///
    /// # Errors
    /// [`RuleError::NoSuch`] when there is no such rule.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let rule = desk.conference().allocation(self.rule)?.clone();
        let at =
            |event, function| At { event, fund: GENERAL_FUND, function: Some(function), activity: None, tax: None };
        let mut entry = Making::new(self.to, None, None, SUPPLIERS);
        for (account, minor) in &self.costs {
            let parts = rule.split(desk, *minor)?;
            for (share, part) in rule.shares.iter().zip(parts) {
                entry.at(desk, *account, at(share.event, share.function), part)?;
            }
            entry.at(desk, *account, at(None, Function::Management), -minor)?;
        }
        entry.post(desk)
    }
}
