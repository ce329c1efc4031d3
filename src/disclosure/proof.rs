//! Checks that published figures give nobody away, without trusting what decided that they do not.
//!
//! For every amount that is kept from readers, another ledger is written down that agrees with all published figures
//! and with what the reader knows, and in which the amount is larger, and one in which it is smaller. How such a ledger
//! is come by does not matter: [`holds`] adds it up. It shares nothing with the guard and its solver but the system;
//! what the guard found (moves) are only hints, and a wrong one proves nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rules::Rules;
use super::system::{FigureNo, HolderNo, Protection, System};

/// Changes of unknowns, in all their holders' hands together, that change no published figure. Amounts are exchanged
/// freely between unknowns that count alike in every published figure, so any of them may stand for all.
pub type Move = BTreeMap<usize, i128>;

/// Another ledger: what it has more of each holder's unknowns.
type Changes = BTreeMap<(usize, HolderNo), i128>;

/// What has to be possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    largest: Vec<Vec<Cell>>,
    own: Vec<Vec<usize>>,
    /// The moves by these, and which of them change one.
    moves: Vec<BTreeMap<usize, i128>>,
    changing: HashMap<usize, Vec<usize>>,
}

/// An amount of a contributor: what it counts in the amount that is asked for, how large it is, and whose.
#[derive(Clone, Copy)]
struct Cell {
    weight: i64,
    minor: i128,
    unknown: usize,
    holder: HolderNo,
}

impl Cell {
    /// What counts least first, among equals the largest.
    fn order(&self) -> (i64, i128, usize, HolderNo) {
        (self.weight, -self.minor, self.unknown, self.holder)
    }
}

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
            let of = unknowns.iter().flat_map(|u| {
                let cell = |(h, minor): (&HolderNo, &i128)| Cell { weight: 0, minor: *minor, unknown: *u, holder: *h };
                system.unknowns[*u].holders.iter().map(cell)
            });
            let mut cells: Vec<Cell> = of.collect();
            cells.sort_unstable_by_key(Cell::order);
            cells
        };
        let largest = alike.iter().map(cells).collect();
        let (per_mille, own) = (i128::from(rules.per_mille), system.by_holder());
        Self { system, per_mille, place, counts, largest, own, moves, changing }
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
            // The same ledger serves every reader of whose amounts it changes none.
            if readers.is_empty() {
                for (_, other) in ledger.keys() {
                    if self.system.holders[*other].outside && seen.insert(*other) {
                        waiting.push(vec![*other]);
                    }
                }
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
        [24, usize::MAX].into_iter().find_map(|most| self.ledger_with(question, most))
    }

    /// Another ledger by exchanges alone, or with one of the moves.
    fn ledger_with(&self, question: &Question<'_>, most: usize) -> Option<Changes> {
        let exchanged = self.exchanged(question, Changes::new(), most);
        if self.holds(question, &exchanged) {
            return Some(exchanged);
        }
        let places: BTreeSet<usize> = question.amount.keys().map(|u| self.place[*u]).collect();
        let tried: BTreeSet<usize> = places.iter().flat_map(|at| self.changing.get(at)).flatten().copied().collect();
        tried.into_iter().find_map(|i| {
            // What takes from all of its places makes no amount larger, what adds to all of them none smaller.
            let helps = |sign: &i128| match question.need {
                Need::Other => true,
                Need::More => places.iter().any(|at| self.moves[i].get(at).is_some_and(|change| sign * change > 0)),
                Need::Less => places.iter().any(|at| self.moves[i].get(at).is_some_and(|change| sign * change < 0)),
            };
            [1, -1].into_iter().filter(helps).find_map(|sign| {
                let ledger = self.exchanged(question, self.moved(question, &self.moves[i], sign, most)?, most);
                self.holds(question, &ledger).then_some(ledger)
            })
        })
    }

    /// The cells of a place that a reader does not know (the contributor's own, and of others the largest), from what
    /// counts least in the amount to what counts most; among equals the largest first.
    fn cells(&self, question: &Question<'_>, at: usize, most: usize) -> Vec<Cell> {
        let Question { holder, readers, amount, .. } = *question;
        let of = self.own[holder].iter().filter(|unknown| self.place[**unknown] == at).map(|u| Cell {
            weight: amount.get(u).copied().unwrap_or(0),
            minor: self.has(*u, holder),
            unknown: *u,
            holder,
        });
        let mut own: Vec<Cell> = of.collect();
        own.sort_by_key(Cell::order);
        let mut own = own.into_iter().peekable();
        let is_open = |cell: &&Cell| cell.holder != holder && !readers.contains(&cell.holder);
        let mut cells = Vec::new();
        for other in self.largest[at].iter().filter(is_open).take(most) {
            while let Some(before) = own.next_if(|cell| cell.order() < other.order()) {
                cells.push(before);
            }
            cells.push(*other);
        }
        cells.extend(own);
        cells
    }

    /// A move as often as amounts allow and as is of use.
    fn moved(&self, question: &Question<'_>, step: &BTreeMap<usize, i128>, sign: i128, most: usize) -> Option<Changes> {
        let mut times = if question.need == Need::Other { 1 } else { self.wanted(question.minor) };
        let mut cells = BTreeMap::new();
        for (at, change) in step {
            let mut open = self.cells(question, *at, most);
            if sign * change < 0 && question.need != Need::Other {
                let left: i128 = open.iter().map(|cell| cell.minor).sum();
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
                let last = open.last()?;
                *ledger.entry((last.unknown, last.holder)).or_default() += change;
                continue;
            }
            for cell in open {
                if change == 0 {
                    break;
                }
                let taken = change.max(-cell.minor);
                *ledger.entry((cell.unknown, cell.holder)).or_default() += taken;
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
        let done = Self::change(question, &ledger);
        let mut open = if question.need == Need::Other { i128::from(done == 0) } else { wanted - sign * done };
        let places: BTreeSet<usize> = question.amount.keys().map(|u| self.place[*u]).collect();
        for at in places {
            if open <= 0 {
                break;
            }
            let mut cells = self.cells(question, at, most);
            if sign < 0 {
                // Smaller: from what counts most to the largest of what counts least.
                let least = cells.first().map_or(0, |cell| cell.weight);
                let (mut low, mut high): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| cell.weight == least);
                low.reverse();
                high.reverse();
                high.extend(low);
                cells = high;
            }
            let Some(into) = cells.last().copied() else { continue };
            for from in cells {
                let gain = i128::from(into.weight - from.weight) * sign;
                if gain <= 0 || open <= 0 {
                    continue;
                }
                let has = from.minor + ledger.get(&(from.unknown, from.holder)).copied().unwrap_or(0);
                let given = ((open + gain - 1) / gain).min(has.max(0));
                if given == 0 {
                    continue;
                }
                *ledger.entry((from.unknown, from.holder)).or_default() -= given;
                *ledger.entry((into.unknown, into.holder)).or_default() += given;
                // Where it only has to be another, any change will do.
                open = if question.need == Need::Other { 0 } else { open - gain * given };
            }
        }
        ledger.retain(|_, change| *change != 0);
        ledger
    }
}
