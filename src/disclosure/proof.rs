//! Checks that published figures give nobody away, without trusting what decided that they do not.
//!
//! For every amount that is kept from readers, another ledger is written down that agrees with all published figures
//! and with what the reader knows, and in which the amount is larger, and one in which it is smaller. How such a ledger
//! is come by does not matter: [`holds`] adds it up. It shares nothing with the guard and its solver but the system;
//! what the guard found (moves) are only hints, and a wrong one proves nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rules::Rules;
use super::system::{FigureNo, HolderNo, Protection, System};

/// Changes of unknowns, in all their holders' hands together, that change no published figure. Amounts are exchanged
/// freely between unknowns that count alike in every published figure, so any of them may stand for all.
pub type Move = BTreeMap<usize, i128>;

/// Another ledger: what it has more of each holder's unknowns.
type Changes = BTreeMap<(usize, HolderNo), i128>;

/// Of the amounts of others, so many of the largest are tried before all of them.
const FEW: usize = 24;

/// What has to be possible.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Need {
    /// That the amount is another.
    Other,
    /// That it is larger by the rules' share.
    More,
    /// That it is smaller by the rules' share.
    Less,
}

/// An amount that is not proved to be safe from a reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unproved {
    /// Whose.
    pub holder: HolderNo,
    /// The sum of its unknowns, with weights.
    pub amount: BTreeMap<usize, i64>,
    /// What it is worth, minor units.
    pub minor: i128,
    /// Who asks; empty is someone outside.
    pub readers: Vec<HolderNo>,
    /// What no ledger was found for.
    pub need: Need,
    /// In words.
    pub why: String,
}

struct Verifier<'a> {
    system: &'a System,
    per_mille: i128,
    /// Which of the groups that count alike in every published figure an unknown is in.
    place: Vec<usize>,
    /// What the unknowns of each of these groups count in published figures.
    counts: Vec<Vec<(FigureNo, i64)>>,
    /// The cells of each of these groups, the largest amounts first, and the unknowns of each contributor.
    largest: Vec<Vec<(usize, HolderNo)>>,
    own: Vec<Vec<usize>>,
    /// The moves by these, and which of them change one.
    moves: Vec<BTreeMap<usize, i128>>,
    changing: HashMap<usize, Vec<usize>>,
    /// The move that served the last amount of the same groups and need: it serves most of them.
    served: RefCell<HashMap<Asked, Served>>,
}

/// The groups that an amount is in, what has to be possible, and who asks.
type Asked = (Vec<usize>, Need, Vec<HolderNo>);

/// A move, its direction, and of how many others the amounts were tried.
type Served = (usize, i128, usize);

/// An amount, who asks, and what has to be possible.
struct Question<'a> {
    holder: HolderNo,
    amount: &'a BTreeMap<usize, i64>,
    minor: i128,
    readers: &'a [HolderNo],
    need: Need,
}

/// Everything that published figures are not proved to keep. Nothing is published too closely when it is empty.
///
/// Contributors are proved safe from someone outside, from each other contributor, and from each declared coalition.
#[must_use]
pub fn unproved(system: &System, rules: &Rules, published: &[FigureNo], moves: &[Move]) -> Vec<Unproved> {
    let verifier = Verifier::new(system, rules, published, moves);
    let mut list = Vec::new();
    for (holder, own) in system.by_holder().iter().enumerate() {
        let needs: &[Need] = match system.holders[holder].protection {
            Protection::None => continue,
            Protection::Structural => &[Need::Other],
            Protection::Interval => &[Need::More, Need::Less],
        };
        for amount in amounts(system, own) {
            for need in needs {
                verifier.prove(rules, holder, &amount, *need, &mut list);
            }
        }
    }
    list
}

/// Sums that are kept: each unknown amount, the part in each figure, and the total.
fn amounts(system: &System, own: &[usize]) -> BTreeSet<BTreeMap<usize, i64>> {
    let mut sums: BTreeSet<BTreeMap<usize, i64>> = own.iter().map(|u| BTreeMap::from([(*u, 1)])).collect();
    sums.insert(own.iter().map(|u| (*u, 1)).collect());
    let mut parts: BTreeMap<FigureNo, BTreeMap<usize, i64>> = BTreeMap::new();
    for unknown in own {
        for (figure, counts) in &system.unknowns[*unknown].coefficients {
            parts.entry(*figure).or_default().insert(*unknown, *counts);
        }
    }
    for mut part in parts.into_values() {
        if part.values().all(|c| *c < 0) {
            part.values_mut().for_each(|c| *c = -*c);
        }
        // What counts both ways is kept by its parts.
        if part.values().all(|c| *c > 0) {
            sums.insert(part);
        }
    }
    sums.remove(&BTreeMap::new());
    sums
}

impl<'a> Verifier<'a> {
    fn new(system: &'a System, rules: &Rules, published: &[FigureNo], moves: &[Move]) -> Self {
        let published: BTreeSet<FigureNo> = published.iter().copied().collect();
        let mut places: HashMap<Vec<(FigureNo, i64)>, usize> = HashMap::new();
        let (mut alike, mut place, mut counts) = (Vec::<Vec<usize>>::new(), Vec::new(), Vec::new());
        for (u, unknown) in system.unknowns.iter().enumerate() {
            let of: Vec<(FigureNo, i64)> =
                unknown.coefficients.iter().filter(|(f, _)| published.contains(f)).copied().collect();
            let at = *places.entry(of).or_insert_with_key(|of| {
                counts.push(of.clone());
                alike.push(Vec::new());
                counts.len() - 1
            });
            alike[at].push(u);
            place.push(at);
        }
        let mut known: BTreeSet<BTreeMap<usize, i128>> = BTreeSet::new();
        for step in moves {
            let mut by_place: BTreeMap<usize, i128> = BTreeMap::new();
            for (unknown, change) in step {
                *by_place.entry(place[*unknown]).or_default() += change;
            }
            by_place.retain(|_, change| *change != 0);
            known.insert(by_place);
        }
        // What is in no published figure may be anything.
        known.extend(places.get(&Vec::new()).map(|at| BTreeMap::from([(*at, 1)])));
        // Short ones first: they change less that others know.
        let mut moves: Vec<BTreeMap<usize, i128>> = known.into_iter().collect();
        moves.sort_by_key(BTreeMap::len);
        let mut changing: HashMap<usize, Vec<usize>> = HashMap::new();
        for (i, step) in moves.iter().enumerate() {
            for at in step.keys() {
                changing.entry(*at).or_default().push(i);
            }
        }
        let cells = |unknowns: &Vec<usize>| {
            let of =
                unknowns.iter().flat_map(|u| system.unknowns[*u].holders.iter().map(|(h, minor)| (-*minor, *u, *h)));
            let mut cells: Vec<(i128, usize, HolderNo)> = of.collect();
            cells.sort_unstable();
            cells.into_iter().map(|(_, unknown, holder)| (unknown, holder)).collect()
        };
        let largest = alike.iter().map(cells).collect();
        let (per_mille, own) = (i128::from(rules.per_mille), system.by_holder());
        let served = RefCell::default();
        Self { system, per_mille, place, counts, largest, own, moves, changing, served }
    }

    /// Proves one amount against every reader, or says against whom it did not.
    fn prove(
        &self,
        rules: &Rules,
        holder: HolderNo,
        amount: &BTreeMap<usize, i64>,
        need: Need,
        unproved: &mut Vec<Unproved>,
    ) {
        let minor = amount.iter().map(|(u, weight)| i128::from(*weight) * self.has(*u, holder)).sum();
        let mut waiting: Vec<Vec<HolderNo>> = vec![Vec::new()];
        waiting.extend(rules.coalitions.iter().filter(|group| !group.contains(&holder)).cloned());
        let mut seen: BTreeSet<HolderNo> = BTreeSet::from([holder]);
        while let Some(readers) = waiting.pop() {
            let question = Question { holder, amount, minor, readers: &readers, need };
            let Some(ledger) = self.ledger(&question) else {
                let whose: Vec<String> = amount.iter().map(|(u, w)| format!("{w} x unknown {u}")).collect();
                let why = format!(
                    "no ledger agrees with the figures and {} in which {} of contributor {holder} ({minor}) {}",
                    if readers.is_empty() { "nothing else".to_owned() } else { format!("with {readers:?}") },
                    whose.join(" + "),
                    match need {
                        Need::Other => "is another".to_owned(),
                        Need::More => format!("is larger by {}/1000", self.per_mille),
                        Need::Less => format!("is smaller by {}/1000", self.per_mille),
                    }
                );
                if readers.is_empty() {
                    // What anybody can tell, everyone can.
                    waiting.clear();
                }
                unproved.push(Unproved { holder, amount: amount.clone(), minor, readers, need, why });
                continue;
            };
            // The same ledger serves every reader of whose amounts it changes none; a second one that changes nothing
            // of those whom the first does not serve serves all of these.
            if readers.is_empty() {
                let changed: BTreeSet<HolderNo> = ledger.keys().map(|(_, other)| *other).collect();
                let is_new = |other: &HolderNo| self.system.holders[*other].outside && seen.insert(*other);
                let unserved: Vec<HolderNo> = changed.into_iter().filter(is_new).collect();
                let together = Question { holder, amount, minor, readers: &unserved, need };
                if unserved.len() > 1 && self.quickly(&together).is_some() {
                    continue;
                }
                waiting.extend(unserved.into_iter().map(|other| vec![other]));
            }
        }
    }

    fn has(&self, unknown: usize, holder: HolderNo) -> i128 {
        self.system.unknowns[unknown].holders.get(&holder).copied().unwrap_or(0)
    }

    /// What a ledger changes of the amount.
    fn change(question: &Question<'_>, ledger: &Changes) -> i128 {
        let weight = |u: &usize| i128::from(question.amount.get(u).copied().unwrap_or(0));
        ledger.iter().filter(|((_, h), _)| *h == question.holder).map(|((u, _), c)| weight(u) * c).sum()
    }

    /// Whether a ledger is what is needed: this is the proof, the rest of the file only looks for one.
    fn holds(&self, question: &Question<'_>, ledger: &Changes) -> bool {
        let then = question.minor + Self::change(question, ledger);
        let is_needed = match question.need {
            Need::Other => then != question.minor,
            Need::More => 1000 * then >= (1000 + self.per_mille) * question.minor,
            Need::Less => 1000 * then <= (1000 - self.per_mille) * question.minor,
        };
        if !is_needed {
            return false;
        }
        let mut together: BTreeMap<usize, i128> = BTreeMap::new();
        for ((unknown, holder), change) in ledger {
            let Some(now) = self.system.unknowns[*unknown].holders.get(holder) else { return false };
            // Where amounts are never consulted, the step may be as small as need be.
            if question.readers.contains(holder) || (question.need != Need::Other && now + change < 0) {
                return false;
            }
            *together.entry(self.place[*unknown]).or_default() += change;
        }
        let mut figures: BTreeMap<FigureNo, i128> = BTreeMap::new();
        for (at, change) in together.into_iter().filter(|(_, change)| *change != 0) {
            for (figure, coefficient) in &self.counts[at] {
                *figures.entry(*figure).or_default() += i128::from(*coefficient) * change;
            }
        }
        figures.values().all(|change| *change == 0)
    }

    /// Another ledger: with the largest amounts of others mostly, with all of them if need be.
    fn ledger(&self, question: &Question<'_>) -> Option<Changes> {
        self.quickly(question).or_else(|| [FEW, usize::MAX].into_iter().find_map(|most| self.search(question, most)))
    }

    /// Groups of unknowns that the amount is in.
    fn places(&self, question: &Question<'_>) -> Vec<usize> {
        let places: BTreeSet<usize> = question.amount.keys().map(|u| self.place[*u]).collect();
        places.into_iter().collect()
    }

    /// Another ledger by exchanges with few others, or with the move that served the last amount like it.
    fn quickly(&self, question: &Question<'_>) -> Option<Changes> {
        let exchanged = self.exchanged(question, Changes::new(), FEW);
        if self.holds(question, &exchanged) {
            return Some(exchanged);
        }
        let mut asked: Asked = (self.places(question), question.need, question.readers.to_vec());
        let mut tried = None;
        for _ in 0..2 {
            let served = self.served.borrow().get(&asked).copied();
            if let Some((step, sign, most)) = served.filter(|_| served != tried) {
                if let Some(ledger) = self.attempt(question, step, sign, most) {
                    return Some(ledger);
                }
                tried = served;
            }
            // What served somebody outside may serve this reader too.
            asked.2.clear();
        }
        None
    }

    /// Another ledger with a move, exchanged further as far as is needed.
    fn attempt(&self, question: &Question<'_>, step: usize, sign: i128, most: usize) -> Option<Changes> {
        let ledger = self.exchanged(question, self.moved(question, &self.moves[step], sign, most)?, most);
        self.holds(question, &ledger).then_some(ledger)
    }

    /// Another ledger by exchanges alone, or with one of the moves.
    fn search(&self, question: &Question<'_>, most: usize) -> Option<Changes> {
        let exchanged = self.exchanged(question, Changes::new(), most);
        if self.holds(question, &exchanged) {
            return Some(exchanged);
        }
        let places = self.places(question);
        let tried: BTreeSet<usize> = places.iter().flat_map(|at| self.changing.get(at)).flatten().copied().collect();
        tried.into_iter().find_map(|i| {
            // What takes from all of its places makes no amount larger, what adds to all of them none smaller.
            let helps = |sign: &i128| match question.need {
                Need::Other => true,
                Need::More => places.iter().any(|at| self.moves[i].get(at).is_some_and(|change| sign * change > 0)),
                Need::Less => places.iter().any(|at| self.moves[i].get(at).is_some_and(|change| sign * change < 0)),
            };
            [1, -1].into_iter().filter(helps).find_map(|sign| {
                let ledger = self.attempt(question, i, sign, most)?;
                self.served
                    .borrow_mut()
                    .insert((places.clone(), question.need, question.readers.to_vec()), (i, sign, most));
                Some(ledger)
            })
        })
    }

    /// The cells of a place that a reader does not know (the contributor's own, and of others the largest), from what
    /// counts least in the amount to what counts most; among equals the largest first.
    fn cells(&self, question: &Question<'_>, at: usize, most: usize) -> Vec<(i64, usize, HolderNo)> {
        let others = self.largest[at].iter().filter(|(_, h)| *h != question.holder && !question.readers.contains(h));
        let mut cells: Vec<(i64, usize, HolderNo)> = others.take(most).map(|(u, h)| (0, *u, *h)).collect();
        let own = self.own[question.holder].iter().filter(|unknown| self.place[**unknown] == at);
        cells.extend(own.map(|u| (question.amount.get(u).copied().unwrap_or(0), *u, question.holder)));
        cells.sort_by_key(|(weight, u, h)| (*weight, -self.has(*u, *h), *u, *h));
        cells
    }

    /// A move as often as amounts allow and as is of use.
    fn moved(&self, question: &Question<'_>, step: &BTreeMap<usize, i128>, sign: i128, most: usize) -> Option<Changes> {
        let mut times = if question.need == Need::Other { 1 } else { self.wanted(question.minor) };
        let mut cells = BTreeMap::new();
        for (at, change) in step {
            let mut open = self.cells(question, *at, most);
            let left: i128 = open.iter().map(|(_, u, h)| self.has(*u, *h)).sum();
            if sign * change < 0 && question.need != Need::Other {
                times = times.min(left / change.abs());
            }
            if question.need == Need::Less {
                open.reverse();
            }
            cells.insert(*at, open);
        }
        let mut ledger = Changes::new();
        for (at, change) in step {
            let mut change = sign * change * times;
            let open = &cells[at];
            if change > 0 || question.need == Need::Other {
                // More goes to what counts most when more is needed, to what counts least when less is.
                let (_, unknown, holder) = open.last()?;
                *ledger.entry((*unknown, *holder)).or_default() += change;
                continue;
            }
            for (_, unknown, holder) in open {
                let taken = change.max(-self.has(*unknown, *holder));
                *ledger.entry((*unknown, *holder)).or_default() += taken;
                change -= taken;
            }
        }
        ledger.retain(|_, change| *change != 0);
        Some(ledger)
    }

    /// By how much the amount has to change, rounded up.
    fn wanted(&self, minor: i128) -> i128 {
        (self.per_mille * minor + 999) / 1000
    }

    /// A ledger with exchanges where amounts count alike, as far as is needed.
    fn exchanged(&self, question: &Question<'_>, mut ledger: Changes, most: usize) -> Changes {
        let (wanted, sign) = match question.need {
            Need::Other => (1, 1),
            Need::More => (self.wanted(question.minor), 1),
            Need::Less => (self.wanted(question.minor), -1),
        };
        let places: BTreeSet<usize> = question.amount.keys().map(|u| self.place[*u]).collect();
        for at in places {
            let mut cells = self.cells(question, at, most);
            if sign < 0 {
                // Smaller: from what counts most to the largest of what counts least.
                let least = cells.first().map_or(0, |(weight, ..)| *weight);
                let (mut low, mut high): (Vec<_>, Vec<_>) = cells.into_iter().partition(|(w, ..)| *w == least);
                low.reverse();
                high.reverse();
                high.extend(low);
                cells = high;
            }
            let Some((into_weight, into, who)) = cells.last().copied() else { continue };
            for (weight, from, giver) in cells {
                let done = Self::change(question, &ledger);
                let open = if question.need == Need::Other { i128::from(done == 0) } else { wanted - sign * done };
                let gain = i128::from((into_weight - weight) * i64::try_from(sign).unwrap_or(1));
                if gain <= 0 || open <= 0 {
                    continue;
                }
                let has = self.has(from, giver) + ledger.get(&(from, giver)).copied().unwrap_or(0);
                let given = ((open + gain - 1) / gain).min(has.max(0));
                *ledger.entry((from, giver)).or_default() -= given;
                *ledger.entry((into, who)).or_default() += given;
            }
        }
        ledger.retain(|_, change| *change != 0);
        ledger
    }
}
