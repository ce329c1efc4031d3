//! What would have to be: the attendance, price, sponsorship or aid at which an event reaches a goal. Every answer is
//! found on replays, and the replay at the answer is what is shown.

use rust_decimal::Decimal;

use super::{Dips, Outcome, Policy, PolicyError, Price, Scene, Share, Year};
use crate::conference::{ItemKind, Role};
use crate::ledger::Slug;
use crate::money::Currency;

/// What is to be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// How much attendance may fall before the result is what is wanted: a dip, and how many people remain.
    Attendance,
    /// How much sponsorship may fall.
    Sponsorship,
    /// What must be added to the price of these tickets; to all admissions when empty.
    Price(Vec<Slug>),
    /// What speakers would have to pay.
    SpeakerPrice,
    /// The largest aid pool with which hard costs are covered under stress.
    AidPool,
}

/// An answer, with the replay that shows it.
#[derive(Clone, Debug)]
pub struct Solution {
    /// What was to be found.
    pub unknown: Unknown,
    /// Minor units for a price or a pool, people for attendance, minor units of sponsorship.
    pub answer: i64,
    /// A dip, as a share, where the answer is one.
    pub dip: Option<Share>,
    /// What the replay at the answer comes to, minor units: the result, or the margin under stress.
    pub reached: i128,
    /// What it comes to one step further: it shows that the answer is the first or last that does.
    pub beyond: Option<i128>,
    /// The policy at the answer.
    pub policy: Policy,
    /// The replay.
    pub outcome: Outcome,
}

/// Finds the unknown at which the result is at least the target, minor units. For an aid pool, the target is a margin
/// under the policy's own dips.
///
/// # Errors
/// [`PolicyError::Unsolved`] when no value does, or as [`Year::replay`].
pub fn solve(
    year: &Year,
    policy: &Policy,
    unknown: &Unknown,
    target: i64,
    seed: u64,
    dips: Dips,
) -> Result<Solution, PolicyError> {
    let goal = i128::from(target);
    match unknown {
        Unknown::Attendance => attendance(year, policy, goal, seed),
        Unknown::Sponsorship => sponsorship(year, policy, goal, seed),
        Unknown::Price(tickets) => price(year, policy, tickets, goal, seed),
        Unknown::SpeakerPrice => speaker_price(year, policy, goal, seed),
        Unknown::AidPool => aid_pool(year, policy, goal, seed, dips),
    }
}

fn unsolved(goal: &str, problem: impl Into<String>) -> PolicyError {
    PolicyError::Unsolved { goal: goal.to_owned(), problem: problem.into() }
}

/// The first number from `low` (where it does not hold) to `high` (where it does) at which something holds, if it goes on
/// holding; so for a last one, asked the other way round.
fn first(low: i64, high: i64, holds: &mut dyn FnMut(i64) -> Result<bool, PolicyError>) -> Result<i64, PolicyError> {
    let (mut low, mut high) = (low, high);
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if holds(middle)? { high = middle } else { low = middle }
    }
    Ok(high)
}

fn attendance(year: &Year, policy: &Policy, goal: i128, seed: u64) -> Result<Solution, PolicyError> {
    const WHAT: &str = "break-even attendance";
    let calm = year.replay(policy, Scene::calm(seed))?;
    let attending = attending(year, &calm);
    if attending == 0 {
        return Err(unsolved(WHAT, "nobody attends but the programme and the crew"));
    }
    // A dip that takes exactly so many: shares are exact decimals, so that no head is lost to rounding.
    let at = |away: i64| -> Result<Outcome, PolicyError> {
        let share = Share::new(Decimal::from(away) / Decimal::from(attending)).unwrap_or(Share::ALL);
        let dips = Dips { attendance: share, sponsorship: Share::NONE };
        year.replay(policy, Scene::calm(seed).with(dips))
    };
    let covers = |outcome: &Outcome| outcome.figures.result() >= goal;
    if !covers(&calm) {
        let each_helps = at(1)?.figures.result() < calm.figures.result();
        let problem = if each_helps {
            "the result is below the goal with everybody who came; more would have to come than did: raise prices, or \
             look at `--for price`"
        } else {
            "the result is below the goal, and every registration makes it worse: the price is below what a head costs"
        };
        return Err(unsolved(WHAT, problem));
    }
    let nobody = at(attending)?;
    let away = if covers(&nobody) { attending } else { first(0, attending, &mut |away| Ok(!covers(&at(away)?)))? - 1 };
    let outcome = at(away)?;
    let beyond = if away < attending { Some(at(away + 1)?.figures.result()) } else { None };
    Ok(Solution {
        unknown: Unknown::Attendance,
        answer: outcome.figures.heads(),
        dip: Share::new((Decimal::from(away) / Decimal::from(attending)).round_dp(4)),
        reached: outcome.figures.result(),
        beyond,
        policy: policy.clone(),
        outcome,
    })
}

fn attending(year: &Year, outcome: &Outcome) -> i64 {
    let by_role = outcome.admitted(year.event().code);
    super::ATTENDANCE.iter().filter_map(|role| by_role.get(role.word())).sum()
}

fn sponsorship(year: &Year, policy: &Policy, goal: i128, seed: u64) -> Result<Solution, PolicyError> {
    const WHAT: &str = "break-even sponsorship";
    let at = |millionths: i64| -> Result<Outcome, PolicyError> {
        let dips = Dips { attendance: Share::NONE, sponsorship: Share::millionths(millionths) };
        year.replay(policy, Scene::calm(seed).with(dips))
    };
    let covers = |outcome: &Outcome| outcome.figures.result() >= goal;
    if !covers(&at(0)?) {
        return Err(unsolved(WHAT, "the result is below the goal with all of the sponsorship there was"));
    }
    let whole = 1_000_000;
    let dip = if covers(&at(whole)?) { whole } else { first(0, whole, &mut |dip| Ok(!covers(&at(dip)?)))? - 1 };
    let outcome = at(dip)?;
    let beyond = if dip < whole { Some(at(dip + 1)?.figures.result()) } else { None };
    let all: i64 = year.cases.iter().map(|case| sponsored(case) * case.count).sum();
    Ok(Solution {
        unknown: Unknown::Sponsorship,
        answer: Share::millionths(dip).rest().of(all),
        dip: Some(Share::millionths(dip)),
        reached: outcome.figures.result(),
        beyond,
        policy: policy.clone(),
        outcome,
    })
}

/// What a case's sponsorship is agreed at, in money.
fn sponsored(case: &super::year::Case) -> i64 {
    case.sponsorship().filter(|agreed| agreed.in_kind.is_none()).map_or(0, |agreed| agreed.price)
}

fn price(year: &Year, policy: &Policy, tickets: &[Slug], goal: i128, seed: u64) -> Result<Solution, PolicyError> {
    const WHAT: &str = "the price";
    let event = year.event().code;
    let conference = year.setup().conference();
    let all: Vec<Slug> = conference.tickets(event).filter(|t| t.kind == ItemKind::Admission).map(|t| t.code).collect();
    for ticket in tickets {
        conference.ticket(event, *ticket)?;
    }
    let tickets = if tickets.is_empty() { all.as_slice() } else { tickets };
    let currency = year.setup().currency();
    let of = |minor: i64| policy.with_prices_up(tickets, decimal(minor, currency));
    let at = |minor: i64| year.replay(&of(minor), Scene::calm(seed));
    let covers = |outcome: &Outcome| outcome.figures.result() >= goal;
    let dearest = conference.tickets(event).map(crate::conference::TicketType::regular_price).max().unwrap_or(0);
    // Not down to nothing: a price that leaves nothing to pay is a waiver under another name.
    let theirs = conference.tickets(event).filter(|ticket| tickets.contains(&ticket.code));
    let cheapest = theirs.flat_map(|ticket| &ticket.prices).map(|price| price.amount).min().unwrap_or(0);
    let (least, most) = (1 - cheapest, dearest.saturating_mul(20).max(100));
    if !covers(&at(most)?) {
        return Err(unsolved(WHAT, "not even twenty times the price would do"));
    }
    let more = if covers(&at(least)?) { least } else { first(least, most, &mut |minor| Ok(covers(&at(minor)?)))? };
    let (policy, outcome) = (of(more), at(more)?);
    let beyond = if more > least { Some(at(more - 1)?.figures.result()) } else { None };
    let reached = outcome.figures.result();
    Ok(Solution {
        unknown: Unknown::Price(tickets.to_vec()),
        answer: more,
        dip: None,
        reached,
        beyond,
        policy,
        outcome,
    })
}

fn decimal(minor: i64, currency: Currency) -> Decimal {
    Decimal::new(minor, u32::from(currency.exponent()))
}

fn speaker_price(year: &Year, policy: &Policy, goal: i128, seed: u64) -> Result<Solution, PolicyError> {
    const WHAT: &str = "the speakers' price";
    let currency = year.setup().currency();
    let roles = [Role::Speaker, Role::Keynote];
    let of = |minor: i64| policy.with_price(&roles, Price::Amount(decimal(minor, currency)));
    let at = |minor: i64| year.replay(&of(minor), Scene::calm(seed));
    let covers = |outcome: &Outcome| outcome.figures.result() >= goal;
    let dearest = year.setup().conference().tickets(year.event().code);
    let dearest = dearest.map(crate::conference::TicketType::regular_price).max().unwrap_or(0);
    if !covers(&at(dearest)?) {
        return Err(unsolved(WHAT, "not even the full price of the dearest ticket would do"));
    }
    let answer = if covers(&at(0)?) { 0 } else { first(0, dearest, &mut |minor| Ok(covers(&at(minor)?)))? };
    let (policy, outcome) = (of(answer), at(answer)?);
    let beyond = if answer > 0 { Some(at(answer - 1)?.figures.result()) } else { None };
    let reached = outcome.figures.result();
    Ok(Solution { unknown: Unknown::SpeakerPrice, answer, dip: None, reached, beyond, policy, outcome })
}

/// Each unit of more aid takes one from what covers hard costs: the margin is the answer, and the replay proves it.
fn aid_pool(year: &Year, policy: &Policy, goal: i128, seed: u64, dips: Dips) -> Result<Solution, PolicyError> {
    const WHAT: &str = "the aid pool";
    let scene = Scene::calm(seed).with(dips);
    let stressed = year.replay(policy, scene)?;
    let means = year.means(&stressed);
    let spare = means.margin() - means.aid - goal;
    let given = year.aid_given(&stressed);
    let more = i64::try_from(spare).map_err(|_| unsolved(WHAT, "the amounts are too large"))?;
    if i128::from(more) + given < 0 {
        let problem = if goal == 0 {
            "hard costs would not be covered even without any aid"
        } else {
            "the margin would be below the target even without any aid"
        };
        return Err(unsolved(WHAT, problem));
    }
    let left = |outcome: &Outcome| {
        let means = year.means(outcome);
        means.margin() - means.aid
    };
    let at = |more: i64| year.replay(policy, Scene { more_aid: more, ..scene });
    let outcome = at(more)?;
    let answer = i64::try_from(year.aid_given(&outcome)).unwrap_or(i64::MAX);
    let (reached, beyond) = (left(&outcome), Some(left(&at(more.saturating_add(1))?)));
    Ok(Solution { unknown: Unknown::AidPool, answer, dip: None, reached, beyond, policy: policy.clone(), outcome })
}
