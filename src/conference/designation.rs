//! The board sets money aside, or frees it again: it moves between funds that no donor restricts. Rule F5 of
//! docs/posting-rules.md.

use serde::{Deserialize, Serialize};

use super::accounts::{DESIGNATIONS, POOLED_CASH};
use super::desk::{CONTRIBUTORS, Desk, Making, beyond, positive};
use super::event::day_number;
use super::{Digest, RuleError};
use crate::calendar::Date;
use crate::ledger::Slug;

/// Money moved between funds by the board.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Designated {
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// From this fund.
    pub from: Slug,
    /// To this fund.
    pub to: Slug,
    /// Minor units.
    pub amount: i64,
    /// The board's decision.
    pub reason: Digest,
}

impl Designated {
    /// Moves net assets and cash (ASC 958-210-50-3: a designation is no restriction, and never a revenue).
    ///
    /// # Errors
    /// [`RuleError::DonorRestricted`] for a fund that a donor binds, [`RuleError::Beyond`] what the fund holds.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        positive(desk, "a designation", self.amount)?;
        if self.from == self.to {
            let problem = "it stays in the same fund".to_owned();
            return Err(RuleError::Invalid { what: "a designation".to_owned(), problem }.into());
        }
        for fund in [self.from, self.to] {
            if desk.is_restricted(fund) {
                return Err(RuleError::DonorRestricted { fund }.into());
            }
        }
        let held = desk.fund_standing(self.from)?.held;
        if i128::from(self.amount) > held {
            let what = format!("a designation from fund `{}`", self.from);
            return Err(beyond(desk, what, self.amount, held, "what the fund holds").into());
        }
        let mut entry = Making::new(self.date, None, None, CONTRIBUTORS);
        let (from, to) = (entry.in_fund(self.from), entry.in_fund(self.to));
        entry.known(desk, DESIGNATIONS, from, self.amount)?;
        entry.known(desk, POOLED_CASH, from, -self.amount)?;
        entry.known(desk, POOLED_CASH, to, self.amount)?;
        entry.known(desk, DESIGNATIONS, to, -self.amount)?;
        entry.post(desk)
    }
}
