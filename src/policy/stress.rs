//! Stress: does what comes in cover the hard costs when fewer people come and sponsors give less?
//!
//! **Hard costs** are owed whatever happens: contracts' fixed parts and guaranteed minimums, deposits, every bill that no
//! contract ties to the number of people. **Costs that shrink** go with people and payments: what contracts charge a head
//! above the minimum, processing fees. Aid in money is neither: it is given as far as there is something to give. The
//! rule (J. Noller, "`PyCon`: Everybody Pays", 2011): revenue covers the hard costs with attendance down 15 % and
//! sponsorship down 35 %; here, revenue less what shrinks, so that a price below the cost of a head does not pass.

use std::collections::BTreeMap;

use super::alter::sponsored;
use super::replay::Part;
use super::{Dips, Outcome, Policy, PolicyError, Scene, Share, Year};
use crate::books::is_cash;
use crate::calendar::{Date, Month};
use crate::ledger::Coordinate;
use crate::report::{EventFigures, Side};

/// Fees of processors and hosts: they go with payments.
pub(super) const FEES: [&str; 3] = ["5410", "5420", "5620"];
/// Aid in money.
const AID: [&str; 2] = ["5310", "5320"];

/// An event's means under stress. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Means {
    /// Revenue.
    pub revenue: i128,
    /// Fees: they go with payments.
    pub fees: i128,
    /// What contracts charge a head above their minimum: it goes with people.
    pub by_heads: i128,
    /// Costs that are owed whatever happens.
    pub hard: i128,
    /// Aid in money.
    pub aid: i128,
    /// What is given of a surplus.
    pub given: i128,
    /// Revenue less all costs.
    pub result: i128,
}

impl Means {
    /// Costs that shrink with people and payments.
    #[must_use]
    pub const fn shrinking(&self) -> i128 {
        self.fees + self.by_heads
    }

    /// What is left for hard costs.
    #[must_use]
    pub const fn left(&self) -> i128 {
        self.revenue - self.shrinking()
    }

    /// By how much hard costs are covered; negative when they are not.
    #[must_use]
    pub const fn margin(&self) -> i128 {
        self.left() - self.hard
    }

    /// What is left for hard costs, in per cent of them, rounded down; `None` when there are none.
    #[must_use]
    pub fn coverage(&self) -> Option<i64> {
        (self.hard > 0).then(|| i64::try_from((self.left() * 100).div_euclid(self.hard)).unwrap_or(i64::MAX))
    }
}

impl Year {
    fn posted(&self, parts: &[Part], codes: &[&str]) -> i128 {
        let is_wanted = |number| {
            let code = self.setup.account_numbered(number).and_then(|account| account.code.as_deref());
            code.is_some_and(|code| codes.contains(&code))
        };
        let mut sum = 0;
        for part in parts {
            for ((at, _), minor) in &part.effect.postings {
                if at.event == Some(self.event.code) && is_wanted(at.account) {
                    sum += i128::from(*minor) * i128::from(part.count);
                }
            }
        }
        sum
    }

    /// The means of an outcome of this year.
    #[must_use]
    pub fn means(&self, outcome: &Outcome) -> Means {
        let figures = &outcome.figures;
        let (fees, by_heads) = (self.posted(&outcome.parts, &FEES), figures.by_heads());
        let (aid, given) = (self.posted(&outcome.parts, &AID), outcome.given);
        let cost = figures.cost();
        Means {
            revenue: figures.total(Side::Revenue),
            fees,
            by_heads,
            hard: cost - fees - by_heads - aid - given,
            aid,
            given,
            result: figures.result(),
        }
    }

    /// What a dip of sponsorship takes from what is left for hard costs, minor units.
    fn sponsors_give_less(&self, dip: Share) -> Result<i128, PolicyError> {
        let mut lost = 0;
        for case in &self.cases {
            if case.sponsorship().is_none() {
                continue;
            }
            let income = |factor| -> Result<i128, PolicyError> {
                Ok(match sponsored(self, case, factor)? {
                    Some(papers) => self.income(&papers.effect().postings),
                    None => self.income(&case.effect.postings),
                })
            };
            let less = income(self.sponsorship)? - income(self.sponsorship * dip.rest().decimal())?;
            lost += less * i128::from(case.count);
        }
        Ok(lost)
    }

    /// Revenue (deferred or earned) less costs of the event's postings, minor units.
    pub(super) fn income(&self, postings: &[(super::Place, i64)]) -> i128 {
        let counts = |at: &Coordinate| EventFigures::counts(&self.setup, self.event.code, at);
        postings.iter().filter(|((at, _), _)| counts(at)).map(|(_, minor)| -i128::from(*minor)).sum()
    }

    /// Cash of the event at the end of each month, added up from nothing, minor units.
    #[must_use]
    pub fn cash(&self, outcome: &Outcome) -> Vec<(Month, i128)> {
        let mut months: BTreeMap<Month, i128> = BTreeMap::new();
        for ((at, month), minor) in outcome.balances() {
            if at.event == Some(self.event.code) && is_cash(&self.setup, at.account) {
                *months.entry(month).or_default() += minor;
            }
        }
        let mut cash = 0;
        let add = |(month, minor): (Month, i128)| {
            cash += minor;
            (month, cash)
        };
        months.into_iter().map(add).collect()
    }

    /// What contracts would cost if the event were called off on a day: what their schedules say, and no less than the
    /// deposits that are due by then, minor units.
    #[must_use]
    pub fn called_off(&self, date: Date) -> i64 {
        let cost = |contract: &crate::conference::Contract| {
            let due = contract.terms.deposits.iter().filter(|due| due.date <= date).map(|due| due.amount).sum::<i64>();
            contract.terms.cancellation_cost(date).max(due)
        };
        self.standing.iter().filter(|contract| contract.event == Some(self.event.code)).map(cost).sum()
    }
}

/// A grid of dips and what is left of the margin at each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grid {
    /// Dips of attendance, a column each.
    pub attendance: Vec<Share>,
    /// Dips of sponsorship, a row each.
    pub sponsorship: Vec<Share>,
    /// The margin, minor units: a row for each dip of sponsorship, a column for each of attendance.
    pub margins: Vec<Vec<i128>>,
    /// For each dip of attendance, the deepest dip of sponsorship at which hard costs are still covered, to a thousandth;
    /// `None` when they are not covered without any.
    pub frontier: Vec<Option<Share>>,
}

impl Grid {
    /// Computes the grid of a policy. Attendance and sponsorship meet in no document, so that each is replayed alone.
    ///
    /// # Errors
    /// As [`Year::replay`].
    pub fn compute(
        year: &Year,
        policy: &Policy,
        seed: u64,
        attendance: Vec<Share>,
        sponsorship: Vec<Share>,
    ) -> Result<Self, PolicyError> {
        let mut alone = Vec::with_capacity(attendance.len());
        for dip in &attendance {
            let dips = Dips { attendance: *dip, sponsorship: Share::NONE };
            let outcome = year.replay(policy, Scene::calm(seed).with(dips))?;
            alone.push(year.means(&outcome).margin());
        }
        let lost = sponsorship.iter().map(|dip| year.sponsors_give_less(*dip)).collect::<Result<Vec<_>, _>>()?;
        let margins = lost.iter().map(|lost| alone.iter().map(|margin| margin - lost).collect()).collect();
        let mut frontier = Vec::with_capacity(alone.len());
        for margin in &alone {
            frontier.push(deepest(*margin, |dip| year.sponsors_give_less(dip))?);
        }
        Ok(Self { attendance, sponsorship, margins, frontier })
    }
}

/// The deepest dip, in thousandths, at which no more is lost than there is.
fn deepest(margin: i128, lost: impl Fn(Share) -> Result<i128, PolicyError>) -> Result<Option<Share>, PolicyError> {
    if margin < 0 {
        return Ok(None);
    }
    let share = |thousandths: i64| Share::millionths(thousandths * 1_000);
    let (mut covered, mut open) = (0, 1_001);
    while open - covered > 1 {
        let middle = i64::midpoint(covered, open);
        if lost(share(middle))? <= margin { covered = middle } else { open = middle }
    }
    Ok(Some(share(covered)))
}
