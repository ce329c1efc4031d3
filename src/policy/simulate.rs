//! How an event may come out: many draws of attendance, sponsorship and behaviour from their ranges.
//!
//! A draw works on sums that are made once: for each group of people, in the seeded order in which they would stay away,
//! what the first k of them bring. They are sums of the very entries a replay makes, and a test holds draws and replays
//! together to the cent. Draws are whole numbers all through (millionths, minor units), so that a seed gives the same
//! figures on every machine.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::alter::{Course, Treatment, sponsored};
use super::bound::Bound;
use super::people::{Asking, Conditions, Seat, SharedOut, aid_left, asking, mix, places, seats, shared_out};
use super::replay::Others;
use super::{Policy, PolicyError, Ranged, Share, Year};
use crate::conference::{Fact, Role, share_of};

/// How an event may come out under a policy. Minor units.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The policy.
    pub policy: Policy,
    /// The result that is reckoned with: everything as likely.
    pub likely: i128,
    /// The results of all draws, lowest first.
    pub results: Vec<i128>,
    /// How far the result moves with each assumption alone, widest first.
    pub swings: Vec<Moved>,
}

/// How far the result moves with one assumption, all others as likely. Minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The assumption.
    pub what: String,
    /// At the low end of its range, and the result there.
    pub low: (Decimal, i128),
    /// At the high end.
    pub high: (Decimal, i128),
}

impl Simulated {
    /// The result below which a share of the draws lies; 0.05 gives the twentieth part.
    #[must_use]
    pub fn quantile(&self, share: Share) -> i128 {
        let last = i64::try_from(self.results.len().saturating_sub(1)).unwrap_or(0);
        let place = usize::try_from(share.of(last)).unwrap_or(0);
        self.results.get(place).copied().unwrap_or(self.likely)
    }

    /// How many draws end in a loss.
    #[must_use]
    pub fn losses(&self) -> usize {
        self.results.partition_point(|result| *result < 0)
    }
}

/// An assumption that has a range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Knob {
    Attendance,
    Sponsorship,
    PriceResponse,
    StayAway(Role),
    Need(Role),
    FullByChoice(Role),
}

impl Knob {
    fn label(self) -> String {
        match self {
            Self::Attendance => "Attendance".to_owned(),
            Self::Sponsorship => "Sponsorship".to_owned(),
            Self::PriceResponse => "Response to prices".to_owned(),
            Self::StayAway(role) => format!("Who stays away if charged: {role}"),
            Self::Need(role) => format!("Who needs aid: {role}"),
            Self::FullByChoice(role) => format!("Who pays in full by choice: {role}"),
        }
    }

    /// The number of its stream of random numbers.
    fn stream(self) -> u64 {
        let (kind, role) = match self {
            Self::Attendance => (0, None),
            Self::Sponsorship => (1, None),
            Self::PriceResponse => (2, None),
            Self::StayAway(role) => (3, Some(role)),
            Self::Need(role) => (4, Some(role)),
            Self::FullByChoice(role) => (5, Some(role)),
        };
        let role = role.and_then(|role| Role::ALL.iter().position(|known| *known == role)).unwrap_or(0);
        kind * 64 + role as u64
    }

    fn set(self, conditions: &mut Conditions, millionths: i64) {
        let share = || Share::millionths(millionths);
        match self {
            Self::Attendance => conditions.attendance = Decimal::new(millionths, 6),
            Self::Sponsorship => conditions.sponsorship = Decimal::new(millionths / 1_000, 3),
            Self::PriceResponse => conditions.price_response = share(),
            Self::StayAway(role) => drop(conditions.stay_away.insert(role, share())),
            Self::Need(role) => drop(conditions.need.insert(role, share())),
            Self::FullByChoice(role) => drop(conditions.full_by_choice.insert(role, share())),
        }
    }
}

/// What a policy's assumptions may be.
fn knobs(policy: &Policy) -> Vec<(Knob, Ranged)> {
    let mut knobs = vec![
        (Knob::Attendance, policy.outlook.attendance.0),
        (Knob::Sponsorship, policy.outlook.sponsorship.0),
        (Knob::PriceResponse, policy.behaviour.price_response.0),
    ];
    knobs.extend(policy.behaviour.stay_away.iter().map(|(role, share)| (Knob::StayAway(*role), share.0)));
    knobs.extend(policy.aid.need.iter().map(|(role, share)| (Knob::Need(*role), share.0)));
    knobs.extend(policy.pays.iter().map(|(role, pays)| (Knob::FullByChoice(*role), pays.full_by_choice.0)));
    knobs.retain(|(_, range)| range.is_open());
    knobs
}

/// A uniform number below 2³², by seed, draw and stream.
const fn uniform(seed: u64, draw: u64, stream: u64) -> u64 {
    mix(mix(seed ^ mix(draw)) ^ mix(stream)) >> 32
}

/// A draw from the triangular distribution over a range, in millionths: its inverse at u / 2³², in whole numbers.
fn triangular(range: Ranged, u: u64) -> i64 {
    let millionths = |value: Decimal| share_of(1_000_000, value);
    let (low, likely, high) = (millionths(range.low), millionths(range.likely), millionths(range.high));
    let width = (high - low).unsigned_abs();
    let (rise, fall) = ((likely - low).unsigned_abs(), (high - likely).unsigned_abs());
    if width == 0 {
        return likely;
    }
    let root = |part: u64, side: u64| {
        let square = (u128::from(part) * u128::from(width) * u128::from(side)) >> 32;
        i64::try_from(square.isqrt()).unwrap_or(0)
    };
    let is_rising = u128::from(u) * u128::from(width) < u128::from(rise) << 32;
    if is_rising { low + root(u, rise) } else { high - root((1 << 32) - u, fall) }
}

/// Draws results of an event under policies. The same draw means the same luck under each of them.
///
/// # Errors
/// As [`Year::replay`].
pub fn simulate(year: &Year, policies: &[Policy], draws: u32, seed: u64) -> Result<Vec<Simulated>, PolicyError> {
    policies.iter().map(|policy| simulate_one(year, policy, draws, seed)).collect()
}

/// The replay of what is reckoned with: everything as likely.
///
/// # Errors
/// As [`Year::replay`].
pub fn reckoned(year: &Year, policy: &Policy, seed: u64) -> Result<super::Outcome, PolicyError> {
    let bound = Bound::new(policy, year)?;
    year.replay_so(&bound, &likely(policy, &bound), seed, 0)
}

/// Everything as likely.
fn likely(policy: &Policy, bound: &Bound<'_>) -> Conditions {
    let mut conditions = Conditions::likely(bound, super::Dips { attendance: Share::NONE, sponsorship: Share::NONE });
    conditions.attendance = policy.outlook.attendance.0.likely;
    conditions.sponsorship = policy.outlook.sponsorship.0.likely;
    conditions
}

fn simulate_one(year: &Year, policy: &Policy, draws: u32, seed: u64) -> Result<Simulated, PolicyError> {
    let bound = Bound::new(policy, year)?;
    let sums = Sums::new(year, &bound, seed)?;
    let knobs = knobs(policy);
    let reckoned = likely(policy, &bound);
    let likely = sums.result(&reckoned)?;
    let together = share_of(1 << 32, policy.outlook.correlation.decimal()).unsigned_abs();
    let mut results = Vec::with_capacity(draws as usize);
    let mut conditions = reckoned.clone();
    for draw in 0..u64::from(draws) {
        // As often as the correlation says, sponsorship has the luck of attendance: a rank correlation of just that.
        let is_common = uniform(seed, draw, 1 << 20) < together;
        for (knob, range) in &knobs {
            let stream = if *knob == Knob::Sponsorship && is_common { Knob::Attendance } else { *knob };
            knob.set(&mut conditions, triangular(*range, uniform(seed, draw, stream.stream())));
        }
        results.push(sums.result(&conditions)?);
    }
    results.sort_unstable();
    let mut swings = Vec::with_capacity(knobs.len());
    for (knob, range) in &knobs {
        let at = |end: Decimal| -> Result<(Decimal, i128), PolicyError> {
            let mut conditions = reckoned.clone();
            knob.set(&mut conditions, share_of(1_000_000, end));
            Ok((end, sums.result(&conditions)?))
        };
        swings.push(Moved { what: knob.label(), low: at(range.low)?, high: at(range.high)? });
    }
    swings.sort_by_key(|moved| std::cmp::Reverse((moved.high.1 - moved.low.1).abs()));
    Ok(Simulated { policy: policy.clone(), likely, results, swings })
}

/// What people bring, added up along the seeded order: after k people, minor units of income and of ticket aid.
type Running = Vec<(i64, i64)>;

/// A way in which a case's people come: the case, how each is treated, and whether they come a second time.
type Way = (usize, Vec<Treatment>, bool);

/// What an order brings: income, ticket aid and heads.
type Worth = (i64, i64, i64);

/// People in one situation, in the seeded order.
#[derive(Default)]
struct Queue {
    number: i64,
    /// What changes when the first k are treated so.
    away: Running,
    aid: Running,
    full: Running,
    /// What the first k bring who come a second time.
    again: Running,
}

/// Which people are meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Group {
    Attending,
    Anew(Role),
    LetIn(Role),
    Choosing(Role),
}

/// The sums that draws are made of.
pub(super) struct Sums<'a> {
    year: &'a Year,
    bound: &'a Bound<'a>,
    seed: u64,
    queues: BTreeMap<Group, Queue>,
    /// Income of orders when everybody comes and pays what their role pays, of entries, and of what the policy pays.
    income: i128,
    heads: i64,
    /// Ticket aid and grants.
    aid: i128,
    asking: BTreeMap<Role, Asking>,
    /// What is left of the pool for those who need aid anew, and grants in money, minor units.
    aid_left: i64,
    grants: i64,
    /// Sponsorships that are alike, and how many.
    sponsorships: Vec<(usize, i64)>,
    by_sponsorship: RefCell<HashMap<Decimal, i128>>,
    by_heads: RefCell<HashMap<i64, i128>>,
    /// Whether draws have to be replayed: people stand in several situations at once.
    replays: bool,
}

impl<'a> Sums<'a> {
    pub(super) fn new(year: &'a Year, bound: &'a Bound<'a>, seed: u64) -> Result<Self, PolicyError> {
        if year.heads == 0 {
            return Err(PolicyError::NoAdmissions { event: year.event.code });
        }
        let seats = seats(year, bound);
        let mut sums = Self {
            year,
            bound,
            seed,
            queues: BTreeMap::new(),
            income: year.income(&year.beside),
            heads: 0,
            aid: i128::from(year.grants()),
            asking: asking(year, &seats),
            aid_left: aid_left(year, bound, &seats),
            grants: year.grants(),
            sponsorships: sponsorships(year),
            by_sponsorship: RefCell::new(HashMap::new()),
            by_heads: RefCell::new(HashMap::new()),
            replays: false,
        };
        let mut first = vec![usize::MAX; year.cases.len()];
        for (i, seat) in seats.iter().enumerate().rev() {
            first[seat.case] = i;
        }
        for (number, case) in year.cases.iter().enumerate().filter(|(_, case)| case.is_order()) {
            let rule = sums.worth(number, &vec![Treatment::Rule; case.people.len()], false)?;
            sums.income += i128::from(rule.0) * i128::from(case.count);
            sums.aid += i128::from(rule.1) * i128::from(case.count);
            sums.heads += rule.2 * case.count;
        }
        if let Some(each) = bound.marginal {
            // Each person's part in it is in what they bring.
            sums.income += i128::from(each) * i128::from(year.heads);
        }
        sums.line_up(&seats, &first)?;
        Ok(sums)
    }

    fn groups(&self, seat: &Seat) -> Vec<Group> {
        let policy = self.bound.policy;
        let mut groups = Vec::new();
        if seat.attends() {
            groups.push(Group::Attending);
        }
        let behaves = policy.behaviour.stay_away.contains_key(&seat.role);
        if seat.is_charged_anew() && (behaves || policy.aid.need.contains_key(&seat.role)) {
            groups.push(Group::Anew(seat.role));
        }
        if seat.is_let_in() && behaves {
            groups.push(Group::LetIn(seat.role));
        }
        if seat.has_a_choice()
            && policy.pays.get(&seat.role).is_some_and(|pays| pays.full_by_choice.0.high > Decimal::ZERO)
        {
            groups.push(Group::Choosing(seat.role));
        }
        groups
    }

    /// Puts everybody in the queue of their situation.
    fn line_up(&mut self, seats: &[Seat], first: &[usize]) -> Result<(), PolicyError> {
        let year = self.year;
        let responds =
            self.bound.policy.behaviour.price_response.0.high > Decimal::ZERO && !self.bound.prices.is_empty();
        self.replays |= responds || year.cases.iter().any(|case| case.is_whole && !case.people.is_empty());
        let groups: Vec<Vec<Group>> = seats.iter().map(|seat| self.groups(seat)).collect();
        for (number, case) in year.cases.iter().enumerate().filter(|(_, case)| !case.people.is_empty()) {
            let theirs = &groups[first[number]..first[number] + case.people.len()];
            // Who comes a second time comes alone, and changes nothing for those in the same order.
            let is_joining = |group: &&Group| matches!(group, Group::LetIn(_));
            let mut situations: Vec<Group> = theirs.iter().flatten().filter(|g| !is_joining(g)).copied().collect();
            let in_one = situations.len();
            situations.sort_unstable();
            situations.dedup();
            self.replays |= match situations.as_slice() {
                [] | [Group::Attending] => false,
                [_] => in_one > 1,
                _ => true,
            };
        }
        if self.replays {
            return Ok(());
        }
        let mut known: HashMap<Way, Worth> = HashMap::new();
        for (_, case, _) in places(year, self.seed) {
            let case = case as usize;
            let people = year.cases[case].people.len();
            let rule = vec![Treatment::Rule; people];
            let mut worth = |sums: &Self, treatments: &[Treatment], again: bool| {
                let key = (case, treatments.to_vec(), again);
                match known.get(&key) {
                    Some(worth) => Ok::<_, PolicyError>(*worth),
                    None => {
                        let worth = sums.worth(case, treatments, again)?;
                        known.insert(key, worth);
                        Ok(worth)
                    }
                }
            };
            let mut gone = rule.clone();
            for person in 0..people {
                for group in &groups[first[case] + person] {
                    let mut step = |treatment: Treatment, sums: &Self| -> Result<(i64, i64), PolicyError> {
                        let before = worth(sums, &gone, false)?;
                        let mut after = gone.clone();
                        after[person] = treatment;
                        let after = worth(sums, &after, false)?;
                        Ok((after.0 - before.0, after.1 - before.1))
                    };
                    let (away, aid, full) = match group {
                        Group::Attending => (step(Treatment::Away, self)?, (0, 0), (0, 0)),
                        Group::Anew(_) => (step(Treatment::Away, self)?, step(Treatment::Aid, self)?, (0, 0)),
                        Group::LetIn(_) => ((0, 0), (0, 0), (0, 0)),
                        Group::Choosing(_) => ((0, 0), (0, 0), step(Treatment::Full, self)?),
                    };
                    let mut alone = vec![Treatment::Away; people];
                    alone[person] = Treatment::Rule;
                    let again = match group {
                        Group::Attending | Group::LetIn(_) => worth(self, &alone, true)?,
                        Group::Anew(_) | Group::Choosing(_) => (0, 0, 0),
                    };
                    let queue = self.queues.entry(*group).or_default();
                    queue.number += 1;
                    run(&mut queue.away, away);
                    run(&mut queue.aid, aid);
                    run(&mut queue.full, full);
                    run(&mut queue.again, (again.0, again.1));
                }
                if groups[first[case] + person].contains(&Group::Attending) {
                    gone[person] = Treatment::Away;
                }
            }
        }
        Ok(())
    }

    /// Income, ticket aid and heads of an order whose people are treated so; what the policy pays for heads is taken off.
    fn worth(&self, case: usize, treatments: &[Treatment], again: bool) -> Result<Worth, PolicyError> {
        let case_of = &self.year.cases[case];
        let course = Course { year: self.year, bound: self.bound, case: case_of, treatments, only_admissions: again };
        let papers = course.papers()?;
        let effect = papers.map(super::desk::Papers::effect);
        let effect = effect.as_ref().unwrap_or(&case_of.effect);
        let event = self.year.event.code;
        let (mut heads, mut aid, mut paid) = (0, 0, 0);
        for (key, number, amount) in &effect.tallies {
            if let Some(admissions) = crate::report::Admissions::of(event, key, 0, 0)
                && admissions.is_confirmed()
            {
                heads += number;
                let each = admissions.role.parse().ok().and_then(|role: Role| self.bound.per_head.get(&role));
                paid += each.map_or(0, |each| (each.honorarium + each.travel + each.lodging) * number);
            }
            if key.kind == "ticket-aid" && key.event == Some(event) {
                aid += amount;
            }
        }
        let marginal = self.bound.marginal.unwrap_or(0) * heads;
        let income = i64::try_from(self.year.income(&effect.postings)).unwrap_or(i64::MAX);
        Ok((income - paid - marginal, aid, heads))
    }

    /// The result under conditions, minor units: what a replay gives.
    pub(super) fn result(&self, conditions: &Conditions) -> Result<i128, PolicyError> {
        if self.replays {
            let outcome = self.year.replay_so(self.bound, conditions, self.seed, 0)?;
            return Ok(outcome.figures.result());
        }
        let (mut income, mut aid, mut heads) = (self.income, self.aid, self.heads);
        let mut add = |running: &Running, from: i64, number: i64| {
            let at = |k: i64| usize::try_from(k).ok().and_then(|k| k.checked_sub(1)).and_then(|k| running.get(k));
            let (until, before) = (at(from + number).copied().unwrap_or((0, 0)), at(from).copied().unwrap_or((0, 0)));
            if number > 0 {
                income += i128::from(until.0 - before.0);
                aid += i128::from(until.1 - before.1);
            }
        };
        let speakers_first = self.bound.policy.aid.speakers_first;
        let shared = shared_out(self.aid_left, &self.asking, conditions, speakers_first);
        for (group, queue) in &self.queues {
            match group {
                Group::Attending => {
                    let change = share_of(queue.number, conditions.attendance);
                    if change < 0 {
                        add(&queue.away, 0, -change);
                    } else {
                        add(&queue.again, 0, change);
                    }
                    heads += change;
                }
                Group::Anew(role) => {
                    let Some((_, share)) = shared.iter().find(|(of, _)| of == role) else { continue };
                    let SharedOut { stay_away, aided, unaided } = *share;
                    add(&queue.away, 0, stay_away);
                    add(&queue.aid, stay_away, aided);
                    add(&queue.away, stay_away + aided, unaided);
                    heads -= stay_away + unaided;
                }
                Group::LetIn(role) => {
                    let share = conditions.stay_away.get(role).copied().unwrap_or_default();
                    let joining = super::people::joining(queue.number, share);
                    // More than there are: they come again from the first.
                    let rounds = joining / queue.number.max(1);
                    for _ in 0..rounds {
                        add(&queue.again, 0, queue.number);
                    }
                    add(&queue.again, 0, joining % queue.number.max(1));
                    heads += joining;
                }
                Group::Choosing(role) => {
                    let share = conditions.full_by_choice.get(role).copied().unwrap_or_default();
                    add(&queue.full, 0, share.of(queue.number));
                }
            }
        }
        income += self.sponsored(Decimal::ONE + conditions.sponsorship)? + self.others(heads)?;
        if let Some(pool) = self.bound.pool {
            // No less than nothing is given in money.
            income -= (i128::from(pool) - aid).max(-i128::from(self.grants));
        }
        let given = self.bound.policy.surplus.given.of(i64::try_from(income.max(0)).unwrap_or(i64::MAX));
        Ok(income - i128::from(given))
    }

    /// Income of sponsorships whose price is multiplied.
    fn sponsored(&self, asked: Decimal) -> Result<i128, PolicyError> {
        if let Some(known) = self.by_sponsorship.borrow().get(&asked) {
            return Ok(*known);
        }
        let factor = self.year.sponsorship * asked;
        let mut income = 0;
        for (case, count) in &self.sponsorships {
            let case = &self.year.cases[*case];
            let once = match sponsored(self.year, case, factor)? {
                Some(papers) => self.year.income(&papers.effect().postings),
                None => self.year.income(&case.effect.postings),
            };
            income += once * i128::from(*count);
        }
        self.by_sponsorship.borrow_mut().insert(asked, income);
        Ok(income)
    }

    /// Income of all other documents (costs are negative), and what contracts still cost, with so many people.
    fn others(&self, heads: i64) -> Result<i128, PolicyError> {
        if let Some(known) = self.by_heads.borrow().get(&heads) {
            return Ok(*known);
        }
        let Others { papers, contracts, budgeted } = self.year.others(self.bound, heads)?;
        let mut income = 0;
        for (number, changed) in papers {
            if self.year.cases[number].sponsorship().is_some() {
                continue;
            }
            let case = &self.year.cases[number];
            let once = match changed {
                Some(papers) => self.year.income(&papers.effect().postings),
                None => self.year.income(&case.effect.postings),
            };
            income += once * i128::from(case.count);
        }
        income -= budgeted.iter().map(|(_, amount)| i128::from(*amount)).sum::<i128>();
        let status = self.year.setup.conference().status(self.year.event.code);
        let ours = contracts.iter().filter(|contract| contract.event == Some(self.year.event.code));
        income -= ours.map(|contract| i128::from(contract.to_come(heads, status))).sum::<i128>();
        self.by_heads.borrow_mut().insert(heads, income);
        Ok(income)
    }
}

fn run(running: &mut Running, (income, aid): (i64, i64)) {
    let last = running.last().copied().unwrap_or_default();
    running.push((last.0 + income, last.1 + aid));
}

/// Sponsorships, those that are alike but for code, sponsor and day as one.
fn sponsorships(year: &Year) -> Vec<(usize, i64)> {
    let mut alike: HashMap<String, (usize, i64)> = HashMap::new();
    for (number, case) in year.cases.iter().enumerate().filter(|(_, case)| case.sponsorship().is_some()) {
        let mut key = String::new();
        for step in &case.steps {
            let text = match &step.fact {
                Fact::Sponsorship(agreed) => {
                    format!(
                        "{:?}",
                        (
                            agreed.price,
                            agreed.benefits,
                            agreed.exchange,
                            agreed.fund,
                            agreed.tax,
                            agreed.in_kind,
                            agreed.condition.is_some()
                        )
                    )
                }
                Fact::Payment(payment) => {
                    format!(
                        "{:?}",
                        (
                            payment.paid.amount,
                            payment.paid.fee,
                            payment.paid.method,
                            payment.paid.account,
                            payment.overpaid
                        )
                    )
                }
                Fact::Invoice(_) => "invoice".to_owned(),
                Fact::Held(held) => format!("held {}", held.event),
                // Whatever else happened to it makes it one of its own.
                other => format!("{number} {other:?}"),
            };
            key.push_str(&text);
            key.push('\n');
        }
        alike.entry(key).or_insert((number, 0)).1 += case.count;
    }
    let mut all: Vec<(usize, i64)> = alike.into_values().collect();
    all.sort_unstable();
    all
}
