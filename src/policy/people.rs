//! Who comes, who stays away, who needs aid: behaviour, applied to people in a seeded order.
//!
//! Every order gets a place by a hash of the seed, its case and its number within the case; orders of one ticket, role
//! and payer are spread evenly. Whoever stays away is taken from the front, so that a deeper dip takes the same people
//! and some more, and about the same share of each kind; two runs with the same seed take the same ones. Within an
//! order, people are taken as its lines stand.

use std::collections::{BTreeMap, HashMap};

use super::Dips;
use super::alter::{Charge, Treatment};
use super::bound::Bound;
use super::share::{RangedShare, Share};
use super::year::Year;
use rust_decimal::Decimal;

use crate::conference::{Payer, Role, share_of};
use crate::ledger::Slug;

/// Roles that make up attendance: who attends, exhibits or reports. The programme and the crew come in any case.
pub const ATTENDANCE: [Role; 3] = [Role::Attendee, Role::Exhibitor, Role::Press];
/// Speakers come first when aid is short.
const SPEAKERS: [Role; 3] = [Role::Speaker, Role::Keynote, Role::Instructor];

/// A way in which people of a case come: how each is treated, and how often that happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Variant {
    pub case: usize,
    pub treatments: Vec<Treatment>,
    /// Only their admissions: people who are not in the books.
    pub only_admissions: bool,
    pub count: i64,
}

/// How many people do what: what behaviour comes to, for the assumptions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Turnout {
    /// Who stays away because attendance dips.
    pub dip: i64,
    /// Who stays away because of the price.
    pub priced_out: i64,
    /// Who stays away because they would be charged.
    pub stay_away: i64,
    /// Who comes because they are let in free.
    pub join: i64,
    /// Who gets ticket aid that they did not need before.
    pub aided: i64,
    /// Who needs aid that the pool does not hold, and stays away.
    pub unaided: i64,
    /// Who pays in full by choice.
    pub by_choice: i64,
}

/// What is reckoned with: changes and shares of 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    /// Change of attendance: −0.15 is a dip of 15 %.
    pub attendance: Decimal,
    /// Change of sponsorship.
    pub sponsorship: Decimal,
    pub price_response: Share,
    pub stay_away: BTreeMap<Role, Share>,
    pub need: BTreeMap<Role, Share>,
    pub full_by_choice: BTreeMap<Role, Share>,
}

impl Conditions {
    /// What a policy reckons with as likely, with dips.
    pub(super) fn likely(bound: &Bound<'_>, dips: Dips) -> Self {
        let likely =
            |map: &BTreeMap<Role, RangedShare>| map.iter().map(|(role, share)| (*role, share.likely())).collect();
        let behaviour = &bound.policy.behaviour;
        Self {
            attendance: -dips.attendance.decimal(),
            sponsorship: -dips.sponsorship.decimal(),
            price_response: behaviour.price_response.likely(),
            stay_away: likely(&behaviour.stay_away),
            need: likely(&bound.policy.aid.need),
            full_by_choice: bound
                .policy
                .pays
                .iter()
                .map(|(role, pays)| (*role, pays.full_by_choice.likely()))
                .collect(),
        }
    }
}

/// A person of a case, with what they are charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub case: usize,
    pub role: Role,
    pub payer: Payer,
    pub ticket: Slug,
    pub charge: Charge,
    /// Ticket aid that they have under the policy, as prices are displayed, minor units.
    pub aid: i64,
}

impl Seat {
    /// Whether they are charged who were not.
    pub(super) fn is_charged_anew(&self) -> bool {
        self.charge.was == 0 && self.charge.is > 0 && self.payer != Payer::Aid
    }

    /// Whether they are let in free who paid.
    pub(super) fn is_let_in(&self) -> bool {
        self.charge.was > 0 && self.charge.is == 0
    }

    /// Whether they could pay less than in full.
    pub(super) fn has_a_choice(&self) -> bool {
        self.charge.is < self.charge.full && matches!(self.payer, Payer::Own | Payer::Employer | Payer::Waiver)
    }

    pub(super) fn attends(&self) -> bool {
        ATTENDANCE.contains(&self.role)
    }
}

/// Everybody who is admitted, a seat for each person of each case.
pub(super) fn seats(year: &Year, bound: &Bound<'_>) -> Vec<Seat> {
    let mut seats = Vec::new();
    for (number, case) in year.cases.iter().enumerate() {
        for (i, person) in case.people.iter().enumerate() {
            let (charge, aid) = bound.charge(year, case, i);
            let (role, payer, ticket) = (person.role, person.payer, person.ticket);
            seats.push(Seat { case: number, role, payer, ticket, charge, aid });
        }
    }
    seats
}

/// What is left of the aid pool for those who need aid anew: the pool less tickets and grants that are given anyway.
/// Minor units; not below zero.
pub(super) fn aid_left(year: &Year, bound: &Bound<'_>, seats: &[Seat]) -> i64 {
    let tickets: i64 = seats.iter().map(|seat| seat.aid * year.cases[seat.case].count).sum();
    (bound.pool.unwrap_or(bound.books_pool) - tickets - year.grants()).max(0)
}

/// People in a role who are charged anew: how many, and what the dearest of their tickets costs, minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Asking {
    pub number: i64,
    pub dearest: i64,
}

/// Those who are charged anew, by role.
pub(super) fn asking(year: &Year, seats: &[Seat]) -> BTreeMap<Role, Asking> {
    let mut asking: BTreeMap<Role, Asking> = BTreeMap::new();
    for seat in seats.iter().filter(|seat| seat.is_charged_anew()) {
        let of_role = asking.entry(seat.role).or_default();
        of_role.number += year.cases[seat.case].count;
        of_role.dearest = of_role.dearest.max(seat.charge.is);
    }
    asking
}

/// What becomes of those of a role who are charged anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SharedOut {
    /// Who stays away because they are charged.
    pub stay_away: i64,
    /// Who gets ticket aid.
    pub aided: i64,
    /// Who needs it, and stays away because the pool is empty.
    pub unaided: i64,
}

/// Shares the pool out to those who are charged anew and need aid, role by role; speakers first if it is so agreed. The
/// dearest ticket is reckoned for each, so that the pool is never overspent.
pub(super) fn shared_out(
    mut left: i64,
    asking: &BTreeMap<Role, Asking>,
    conditions: &Conditions,
    speakers_first: bool,
) -> Vec<(Role, SharedOut)> {
    let mut roles: Vec<(Role, Asking)> = asking.iter().map(|(role, asking)| (*role, *asking)).collect();
    if speakers_first {
        roles.sort_by_key(|(role, _)| !SPEAKERS.contains(role));
    }
    let share = |map: &BTreeMap<Role, Share>, role: Role| map.get(&role).copied().unwrap_or_default();
    let of = |(role, Asking { number, dearest }): (Role, Asking)| {
        let stay_away = share(&conditions.stay_away, role).of(number);
        // Both shares may have been rounded up.
        let in_need = share(&conditions.need, role).of(number).min(number - stay_away);
        let affordable = if dearest > 0 { (left / dearest).max(0) } else { in_need };
        let aided = in_need.min(affordable);
        left -= aided * dearest;
        (role, SharedOut { stay_away, aided, unaided: in_need - aided })
    };
    roles.into_iter().map(of).collect()
}

/// Splitmix64: every bit of the result depends on every bit of the seed.
pub(super) const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An order in the queue: its place, its case, and its number within the case.
pub(super) type Queued = (u64, u32, i64);

/// Orders that admit people, in the seeded order: their place, case, and number within it.
///
/// Orders of one ticket, role and payer are shuffled, then spread evenly over the whole: whatever share is taken from
/// the front takes about that share of each, so that a dip does not depend on whether it happens to meet the dear
/// tickets or the cheap ones.
pub(super) fn places(year: &Year, seed: u64) -> Vec<Queued> {
    let mut strata: BTreeMap<(Slug, Role, Payer), Vec<Queued>> = BTreeMap::new();
    for (number, case) in year.cases.iter().enumerate() {
        let Some(first) = case.people.first() else { continue };
        let case_number = u32::try_from(number).unwrap_or(u32::MAX);
        let stratum = strata.entry((first.ticket, first.role, first.payer)).or_default();
        let place = |member: i64| mix(mix(seed ^ mix(case.key)) ^ member.unsigned_abs());
        stratum.extend((0..case.count).map(|member| (place(member), case_number, member)));
    }
    let mut queue = Vec::new();
    for mut stratum in strata.into_values() {
        stratum.sort_unstable();
        let width = u64::MAX / (stratum.len() as u64).max(1);
        let offset = mix(seed ^ stratum[0].0) % width.max(1);
        let spread = stratum.into_iter().zip(0_u64..);
        queue.extend(spread.map(|((_, case, member), place)| (place * width + offset, case, member)));
    }
    queue.sort_unstable();
    queue
}

/// Decides for everybody.
pub(super) struct Crowd<'a> {
    year: &'a Year,
    seats: &'a [Seat],
    /// First seat of each case.
    first: Vec<usize>,
    seed: u64,
    /// Orders in the seeded order; made when somebody is picked.
    queue: Vec<Queued>,
    treated: HashMap<(u32, i64), Vec<Treatment>>,
    joined: BTreeMap<(usize, usize), i64>,
    turnout: Turnout,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(year: &'a Year, seats: &'a [Seat], seed: u64) -> Self {
        let mut first = vec![usize::MAX; year.cases.len()];
        for (i, seat) in seats.iter().enumerate().rev() {
            first[seat.case] = i;
        }
        let (queue, treated, joined) = (Vec::new(), HashMap::new(), BTreeMap::new());
        Self { year, seats, first, seed, queue, treated, joined, turnout: Turnout::default() }
    }

    fn number(&self, wanted: impl Fn(&Seat) -> bool) -> i64 {
        self.seats.iter().filter(|seat| wanted(seat)).map(|seat| self.year.cases[seat.case].count).sum()
    }

    /// How many of the wanted are treated so already.
    fn treated_as(&self, treatment: Treatment, wanted: &impl Fn(&Seat) -> bool) -> i64 {
        let is_so = |((case, _), treatments): (&(u32, i64), &Vec<Treatment>)| {
            let first = self.first[*case as usize];
            let theirs = treatments.iter().enumerate();
            theirs.filter(|(i, t)| **t == treatment && wanted(&self.seats[first + i])).count()
        };
        i64::try_from(self.treated.iter().map(is_so).sum::<usize>()).unwrap_or(i64::MAX)
    }

    fn line_up(&mut self) {
        if !self.queue.is_empty() {
            return;
        }
        self.queue = places(self.year, self.seed);
    }

    /// Treats so many of the wanted who are not treated otherwise yet; returns how many there were.
    fn pick(&mut self, mut number: i64, treatment: Treatment, wanted: impl Fn(&Seat) -> bool) -> i64 {
        if number <= 0 {
            return 0;
        }
        self.line_up();
        let asked = number;
        let has_any: Vec<bool> = (0..self.year.cases.len())
            .map(|case| {
                let first = self.first[case];
                first != usize::MAX && self.seats[first..first + self.year.cases[case].people.len()].iter().any(&wanted)
            })
            .collect();
        for (_, case, member) in &self.queue {
            let index = *case as usize;
            if !has_any[index] {
                continue;
            }
            let people = self.year.cases[index].people.len();
            let first = self.first[index];
            let whole = self.year.cases[index].is_whole && treatment == Treatment::Away;
            for person in 0..people {
                if number <= 0 {
                    return asked - number;
                }
                if !wanted(&self.seats[first + person]) {
                    continue;
                }
                let treatments = self.treated.entry((*case, *member)).or_insert_with(|| vec![Treatment::Rule; people]);
                if treatments[person] != Treatment::Rule {
                    continue;
                }
                if whole {
                    // They stay away together, though it be one or two more than asked.
                    let theirs =
                        (0..people).filter(|i| treatments[*i] == Treatment::Rule && wanted(&self.seats[first + i]));
                    number -= i64::try_from(theirs.count()).unwrap_or(1);
                    treatments.fill(treatment);
                } else {
                    treatments[person] = treatment;
                    number -= 1;
                }
            }
        }
        asked - number
    }

    /// Lets so many more come of the wanted, as the first of them in the seeded order.
    fn join(&mut self, number: i64, wanted: impl Fn(&Seat) -> bool) {
        if number <= 0 {
            return;
        }
        let mut left = number;
        self.line_up();
        let queue = std::mem::take(&mut self.queue);
        let mut of: Vec<(usize, usize)> = Vec::new();
        'queue: for (_, case, _) in &queue {
            let first = self.first[*case as usize];
            for person in 0..self.year.cases[*case as usize].people.len() {
                if i64::try_from(of.len()).is_ok_and(|found| found >= number) {
                    break 'queue;
                }
                if wanted(&self.seats[first + person]) {
                    of.push((*case as usize, person));
                }
            }
        }
        self.queue = queue;
        // More than there are: they come again from the first.
        while left > 0 && !of.is_empty() {
            for at in &of {
                if left == 0 {
                    break;
                }
                *self.joined.entry(*at).or_default() += 1;
                left -= 1;
            }
        }
    }

    /// Applies behaviour: prices, dips, who is charged anew, who is let in, who chooses.
    pub(super) fn behave(&mut self, bound: &Bound<'_>, conditions: &Conditions) {
        self.respond_to_prices(bound, conditions.price_response);
        let attending = self.number(Seat::attends) - self.treated_as(Treatment::Away, &Seat::attends);
        let change = share_of(attending, conditions.attendance);
        self.turnout.dip = self.pick(-change, Treatment::Away, Seat::attends);
        self.join(change, Seat::attends);
        self.turnout.join += change.max(0);
        self.charged_anew(bound, conditions);
        for (role, share) in &conditions.stay_away {
            let let_in = |seat: &Seat| seat.role == *role && seat.is_let_in();
            let joining = joining(self.number(let_in), *share);
            self.join(joining, let_in);
            self.turnout.join += joining;
        }
        for (role, share) in &conditions.full_by_choice {
            let chooses = |seat: &Seat| seat.role == *role && seat.has_a_choice();
            let number = share.of(self.number(chooses));
            self.turnout.by_choice += self.pick(number, Treatment::Full, chooses);
        }
    }

    /// Who pays stays away as the price rises, by ticket; as many more come as it falls.
    fn respond_to_prices(&mut self, bound: &Bound<'_>, response: Share) {
        if response.is_none() {
            return;
        }
        for (ticket, change) in &bound.prices {
            let pays = |seat: &Seat| seat.ticket == *ticket && matches!(seat.payer, Payer::Own | Payer::Employer);
            let price =
                self.year.setup.conference().ticket(self.year.event.code, *ticket).map_or(0, |t| t.regular_price());
            let Some(share) = relative(*change, price, response) else { continue };
            let number = share.of(self.number(pays));
            if *change > 0 {
                self.turnout.priced_out += self.pick(number, Treatment::Away, pays);
            } else {
                self.join(number, pays);
                self.turnout.join += number;
            }
        }
    }

    fn charged_anew(&mut self, bound: &Bound<'_>, conditions: &Conditions) {
        let asking = asking(self.year, self.seats);
        let left = aid_left(self.year, bound, self.seats);
        for (role, share) in shared_out(left, &asking, conditions, bound.policy.aid.speakers_first) {
            let anew = |seat: &Seat| seat.role == role && seat.is_charged_anew();
            self.turnout.stay_away += self.pick(share.stay_away, Treatment::Away, anew);
            self.turnout.aided += self.pick(share.aided, Treatment::Aid, anew);
            self.turnout.unaided += self.pick(share.unaided, Treatment::Away, anew);
        }
    }

    /// What has been decided: ways in which each case happens, and what behaviour came to.
    pub(super) fn decided(self) -> (Vec<Variant>, Turnout) {
        let mut ways: BTreeMap<(usize, Vec<Treatment>), i64> = BTreeMap::new();
        let mut left: HashMap<usize, i64> = HashMap::new();
        for ((case, _), treatments) in self.treated {
            let case = case as usize;
            *ways.entry((case, treatments)).or_default() += 1;
            *left.entry(case).or_default() += 1;
        }
        for (number, case) in self.year.cases.iter().enumerate() {
            let rest = case.count - left.get(&number).copied().unwrap_or(0);
            if rest > 0 {
                *ways.entry((number, vec![Treatment::Rule; case.people.len()])).or_default() += rest;
            }
        }
        let mut variants: Vec<Variant> = ways
            .into_iter()
            .map(|((case, treatments), count)| Variant { case, treatments, only_admissions: false, count })
            .collect();
        variants.extend(self.joined.into_iter().map(|((case, person), count)| {
            let mut treatments = vec![Treatment::Away; self.year.cases[case].people.len()];
            treatments[person] = Treatment::Rule;
            Variant { case, treatments, only_admissions: true, count }
        }));
        (variants, self.turnout)
    }
}

/// Of those who come although they pay, a share would not have: who comes more when nobody pays. If a share x of all
/// stays away when charged, the n who came are (1 − x) of all.
pub(super) fn joining(number: i64, share: Share) -> i64 {
    let stay = share.rest().decimal();
    if stay.is_zero() {
        return 0;
    }
    share_of(number, share.decimal() / stay)
}

/// The share of attendance that a change of price moves.
fn relative(change: i64, price: i64, response: Share) -> Option<Share> {
    if price <= 0 {
        return None;
    }
    let moved = Decimal::from(change.unsigned_abs()) / Decimal::from(price) * response.decimal();
    Some(Share::new(moved).unwrap_or(Share::ALL))
}
