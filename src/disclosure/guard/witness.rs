//! Another ledger for a reader: one that agrees with all published figures and with what the reader knows, and in which
//! an amount is larger, or smaller, by the rules' share.
//!
//! It is a move that is known already, taken as often as is needed; or the farthest that a linear programme finds; or,
//! where that is not in whole minor units, the nearest. When the farthest is not far enough, the programme's prices are
//! the sum of figures by which a reader tells the amount. (The attacker's two programmes: Fischetti & Salazar-González
//! 2000, "Models and algorithms for optimizing cell suppression"; Salazar-González 2002, "Mathematical models for
//! applying cell suppression methodology".)

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::amount::Reach;
use super::class::Class;
use super::{Attack, Guard, Reason};
use crate::disclosure::simplex::{Corner, Fraction, Optimum, Outcome, Program, TooBig};
use crate::disclosure::space::{Sparse, dot, gcd};
use crate::disclosure::system::HolderNo;

/// Which way an amount has to be able to move.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Way {
    /// It may be larger.
    Up,
    /// It may be smaller.
    Down,
}

/// For more readers than these, equations are not kept: each set has a tableau of its own.
const MOST_KEPT: usize = 16;

/// Whether an amount can be larger, or smaller, for some readers.
#[derive(Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) way: Way,
    pub(super) holder: HolderNo,
    /// The number of the functional among the holder's.
    pub(super) number: usize,
    /// What the amount is worth.
    pub(super) minor: i128,
    pub(super) reach: &'q Reach,
    /// Who asks; empty is someone outside.
    pub(super) readers: &'q [HolderNo],
}

/// How far an amount has to go.
struct Target {
    /// What is missing, in thousandths.
    missing: i128,
    /// The most that others know of the classes.
    known: i128,
}

/// Whose functional, its number, which way, and the one who reads, or somebody outside.
pub(super) type Remembering = (HolderNo, usize, Way, Option<HolderNo>);

/// A step that answered a question.
#[derive(Debug)]
pub(super) struct Remembered {
    step: Rc<Sparse>,
    primitive: Rc<Sparse>,
    /// The classes that it changes, as they were.
    classes: Vec<Rc<Class>>,
    /// How many independent figures it is known to agree with, and the stamp of the last.
    rows: usize,
    stamp: u64,
}

/// What comes of a question.
pub(super) enum Answer {
    /// The changes by class that make another ledger.
    Step(Rc<Sparse>),
    /// There is none, or none was found; and how far the farthest goes.
    None(Reason, Fraction),
}

/// The published figures as equations of what readers do not know.
#[derive(Debug)]
pub(super) struct Equations {
    /// One column for each open class, and no objective.
    program: Program,
    /// Where all objectives begin; none when there is no such corner in the machine's numbers.
    corner: OnceCell<Option<Corner>>,
    /// The class of each column.
    open: Vec<usize>,
    /// The column of each class that is open.
    place: HashMap<usize, usize>,
}

impl Equations {
    /// A sum of classes as one of columns; what readers know is left out.
    pub(super) fn sum(&self, weights: impl Iterator<Item = (usize, i64)>) -> Vec<(usize, i64)> {
        weights.filter_map(|(class, weight)| Some((*self.place.get(&class)?, weight))).collect()
    }

    /// The most of a sum of columns, if it were never above the cap, or its least. None when there is no such thing.
    ///
    /// # Errors
    /// [`TooBig`].
    pub(super) fn farthest(
        &self,
        way: Way,
        objective: Vec<(usize, i64)>,
        cap: Option<i128>,
    ) -> Result<Option<Optimum>, TooBig> {
        if let Some(corner) = self.corner.get_or_init(|| self.program.corner()) {
            let found = match way {
                Way::Up => corner.maximise(&objective, cap),
                Way::Down => corner.minimise(&objective),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        let mut program = Program { objective, ..self.program.clone() };
        let outcome = match way {
            Way::Up => {
                if let Some(cap) = cap {
                    let mut row = program.objective.clone();
                    row.push((program.columns, 1));
                    program.columns += 1;
                    program.rows.push(row);
                    program.rhs.push(cap);
                }
                program.maximise()
            }
            Way::Down => program.minimise(),
        };
        Ok(match outcome? {
            Outcome::Optimal(optimum) => Some(optimum),
            Outcome::Infeasible | Outcome::Unbounded => None,
        })
    }
}

impl Guard<'_> {
    /// The published figures as equations of what readers do not know, kept as long as no figure is added.
    fn equations_of(&mut self, readers: &[HolderNo]) -> Rc<Equations> {
        if let Some(known) = self.equations.get(readers) {
            return Rc::clone(known);
        }
        if self.equations.len() > MOST_KEPT {
            self.equations.retain(|readers, _| readers.is_empty());
        }
        let new = Rc::new(self.equations(readers));
        self.equations.insert(readers.to_vec(), Rc::clone(&new));
        new
    }

    /// The published figures as equations of what readers do not know.
    pub(super) fn equations(&self, readers: &[HolderNo]) -> Equations {
        let open: Vec<usize> =
            (0..self.classes.len()).filter(|class| !self.classes[*class].is_known_to(readers)).collect();
        let place: HashMap<usize, usize> = open.iter().enumerate().map(|(i, class)| (*class, i)).collect();
        let mut program = Program { columns: open.len(), ..Program::default() };
        for (_, row) in self.space.rows() {
            program.rows.push(row.iter().filter_map(|(class, c)| Some((*place.get(class)?, *c))).collect());
            let left = |class: &usize| self.classes[*class].left_to(readers);
            program.rhs.push(row.iter().map(|(class, c)| i128::from(*c) * left(class)).sum());
        }
        Equations { program, corner: OnceCell::new(), open, place }
    }

    /// The classes whose sum is the most that the amount can be, or the least.
    fn counted<'q>(&'q self, question: &Question<'q>) -> impl Iterator<Item = (usize, i64)> + use<'q> {
        let Question { way, holder, reach, readers, .. } = *question;
        let all = (way == Way::Up).then(|| reach.all.iter().map(|(class, weight)| (*class, *weight)));
        let sole = (way == Way::Down).then(|| {
            reach.least.iter().filter(move |(class, _)| self.classes[*class].is_sole(holder, readers)).copied()
        });
        all.into_iter().flatten().chain(sole.into_iter().flatten())
    }

    /// The programme's objective for a question.
    pub(super) fn objective(&self, equations: &Equations, question: &Question<'_>) -> Vec<(usize, i64)> {
        equations.sum(self.counted(question))
    }

    /// The most (or least) that the amount can be in an alternative ledger.
    pub(super) fn extent(&self, question: &Question<'_>, step: &Sparse) -> i128 {
        let left = |class: usize| {
            self.classes[class].left_to(question.readers) + i128::from(step.get(&class).copied().unwrap_or(0))
        };
        self.counted(question).map(|(class, weight)| i128::from(weight) * left(class)).sum()
    }

    /// The most (or least) that it can be by exchanges within classes alone.
    fn extent_now(&self, question: &Question<'_>) -> i128 {
        self.extent(question, &Sparse::new())
    }

    /// Whether an amount that can go so far is not told too closely.
    pub(super) fn is_enough(&self, way: Way, extent: i128, minor: i128) -> bool {
        let p = i128::from(self.rules.per_mille);
        match way {
            Way::Up => 1000 * extent >= (1000 + p) * minor,
            Way::Down => 1000 * extent <= (1000 - p) * minor,
        }
    }

    /// Whether a step goes far enough, leaves what the readers know alone and no amount below zero.
    pub(super) fn answers(&self, question: &Question<'_>, step: &Sparse) -> bool {
        self.serves(step, question.readers) && self.is_enough(question.way, self.extent(question, step), question.minor)
    }

    /// Whether a step leaves what readers know alone and no amount below zero.
    fn serves(&self, step: &Sparse, readers: &[HolderNo]) -> bool {
        step.iter().all(|(class, change)| {
            let class = &self.classes[*class];
            *change == 0 || (!class.is_known_to(readers) && class.left_to(readers) + i128::from(*change) >= 0)
        })
    }

    /// By how much a step changes what the amount can be.
    fn gain(&self, question: &Question<'_>, step: &Sparse) -> i128 {
        let Question { way, holder, reach, readers, .. } = *question;
        let weight = |class: usize| match way {
            Way::Up => reach.all.get(&class).copied().unwrap_or(0),
            Way::Down => match reach.least.binary_search_by_key(&class, |(class, _)| *class) {
                Ok(place) if self.classes[class].is_sole(holder, readers) => reach.least[place].1,
                _ => 0,
            },
        };
        step.iter().map(|(class, change)| i128::from(weight(*class)) * i128::from(*change)).sum()
    }

    /// A move that lets the amount go far enough from where it is, or why there is none.
    pub(super) fn witness(&mut self, question: &Question<'_>, now: i128) -> Result<Answer, TooBig> {
        let Question { way, holder, minor, reach, .. } = *question;
        let p = i128::from(self.rules.per_mille);
        let target = match way {
            Way::Up => Target { missing: (1000 + p) * minor - 1000 * now, known: self.most_known(holder, reach) },
            Way::Down => Target { missing: 1000 * now - (1000 - p) * minor, known: 0 },
        };
        let mut known = self.found.iter().rev().chain(self.space.moves()).chain(self.used.iter().map(Rc::as_ref));
        match known.find_map(|step| self.as_far_as_needed(question, &target, step)) {
            Some(step) => Ok(Answer::Step(Rc::new(step))),
            None => self.programme(question, &target),
        }
    }

    /// A move, or its opposite, taken as often as is needed, when the amounts allow it: if they do, as often as serves
    /// everybody who knows some of the amounts that count; and not more often, so that those who know some of the others
    /// are served too.
    fn as_far_as_needed(&self, question: &Question<'_>, target: &Target, step: &Sparse) -> Option<Sparse> {
        let Question { way, readers, .. } = *question;
        let Target { missing, known } = *target;
        let gain = self.gain(question, step);
        if gain == 0 {
            return None;
        }
        let sign = if way == Way::Up { gain.signum() } else { -gain.signum() };
        // Rounded up: as often as reaches the target.
        let needed = ceiling(missing.max(1), 1000 * gain.abs());
        let mut times = ceiling(missing.max(1) + 1000 * known, 1000 * gain.abs());
        for (class, change) in step {
            let class = &self.classes[*class];
            let change = i128::from(*change) * sign;
            if class.is_known_to(readers) {
                return None;
            }
            if change < 0 {
                times = times.min(class.left_to(readers) / -change);
            }
            if times < needed {
                return None;
            }
        }
        scaled(step, times * sign)
    }

    /// The step that answered a question before, if it still does.
    pub(super) fn remembered(&mut self, question: &Question<'_>) -> Option<Rc<Sparse>> {
        let Question { way, holder, number, readers, .. } = *question;
        let reader = sole_reader(readers)?;
        let memory = Rc::clone(&self.memory);
        let mut memory = memory.borrow_mut();
        let known = memory.get_mut(&(holder, number, way, reader))?;
        let is_same = |((class, _), then): ((&usize, _), &Rc<Class>)| {
            self.classes.get(*class).is_some_and(|now| Rc::ptr_eq(now, then))
        };
        let rows = self.space.rows();
        let seen = if self.stamps.get(known.rows.wrapping_sub(1)) == Some(&known.stamp) { known.rows } else { 0 };
        let is_good = known.step.iter().zip(&known.classes).all(is_same)
            && rows.get(seen..)?.iter().all(|(_, row)| dot(&known.step, row) == 0)
            && self.answers(question, &known.step);
        if !is_good {
            return None;
        }
        (known.rows, known.stamp) = (rows.len(), self.stamps.last().copied().unwrap_or(0));
        self.used.insert(Rc::clone(&known.primitive));
        Some(Rc::clone(&known.step))
    }

    /// Keeps a step that answers a question.
    pub(super) fn remember(&mut self, question: &Question<'_>, step: &Rc<Sparse>) {
        let Question { way, holder, number, readers, .. } = *question;
        let primitive = Rc::new(primitive(step));
        self.used.insert(Rc::clone(&primitive));
        if let Some(reader) = sole_reader(readers) {
            let classes = step.keys().map(|class| Rc::clone(&self.classes[*class])).collect();
            let (rows, stamp) = (self.space.rows().len(), self.stamps.last().copied().unwrap_or(0));
            let known = Remembered { step: Rc::clone(step), primitive, classes, rows, stamp };
            self.memory.borrow_mut().insert((holder, number, way, reader), known);
        }
    }

    /// The farthest alternative ledger by linear programming.
    fn programme(&mut self, question: &Question<'_>, target: &Target) -> Result<Answer, TooBig> {
        let equations = &*self.equations_of(question.readers);
        // Further than twice the amount nobody needs to go, so that there is always an end.
        let cap = self.extent_now(question).max(2 * question.minor) + question.minor;
        let objective = self.objective(equations, question);
        let Some(optimum) = equations.farthest(question.way, objective, Some(cap))? else {
            // The ledger itself is a solution, and there is an end to both ways.
            let reached = Fraction { numerator: self.extent_now(question), denominator: 1 };
            return Ok(Answer::None(Reason::Unproven, reached));
        };
        let Fraction { numerator, denominator } = optimum.value;
        if !self.is_enough(question.way, numerator, question.minor * denominator) {
            return Ok(Answer::None(self.told_by(question, &optimum), optimum.value));
        }
        let is_enough = |step: &Sparse| self.is_enough(question.way, self.extent(question, step), question.minor);
        let step = match self.whole(equations, question, target, &optimum).filter(is_enough) {
            None => self.nearest(equations, question)?.filter(is_enough),
            found => found,
        };
        Ok(match step {
            Some(step) => {
                self.found.push(step.clone());
                Answer::Step(Rc::new(step))
            }
            None => Answer::None(Reason::Unproven, optimum.value),
        })
    }

    /// The sum of figures by which readers tell the amount when the farthest ledger is not far enough.
    fn told_by(&self, question: &Question<'_>, optimum: &Optimum) -> Reason {
        let Question { holder, minor, reach, readers, .. } = *question;
        let denominator = common_denominator(optimum.dual.iter());
        let factor = |dual: &Fraction| dual.numerator * (denominator / dual.denominator);
        let terms = self.space.rows().iter().zip(&optimum.dual).map(|((figure, _), dual)| (*figure, factor(dual)));
        let terms = terms.filter(|(_, factor)| *factor != 0).collect();
        let is_met = optimum.value.numerator == minor * optimum.value.denominator;
        let exact = is_met && readers.is_empty() && self.space.determines(&reach.all);
        Reason::Tells { holder, readers: readers.to_vec(), minor, attack: Attack { terms, denominator, exact } }
    }

    /// The step to the farthest ledger, in whole minor units: the smallest step that way, as often as it goes.
    fn whole(
        &self,
        equations: &Equations,
        question: &Question<'_>,
        target: &Target,
        optimum: &Optimum,
    ) -> Option<Sparse> {
        let shared = common_denominator(optimum.x.iter().map(|(_, f)| f));
        let left = |class: usize| self.classes[class].left_to(question.readers);
        let mut change: BTreeMap<usize, i128> =
            equations.open.iter().map(|class| (*class, -left(*class) * shared)).collect();
        for (column, f) in &optimum.x {
            // The last column is what is left of the cap.
            if let Some(class) = equations.open.get(*column) {
                *change.entry(*class).or_default() += f.numerator * (shared / f.denominator);
            }
        }
        let (smallest, common) = smallest(change)?;
        let times = common / shared;
        if times == 0 {
            return None;
        }
        self.as_far_as_needed(question, target, &smallest).or_else(|| scaled(&smallest, times))
    }

    /// The alternative ledger that is nearest: it mostly is one small move taken often, so that it is in whole minor
    /// units where the farthest ledger is not.
    fn nearest(&self, equations: &Equations, question: &Question<'_>) -> Result<Option<Sparse>, TooBig> {
        let Question { way, minor, readers, .. } = *question;
        let sign = if way == Way::Up { 1 } else { -1 };
        let gains: Sparse = self.counted(question).map(|(class, weight)| (class, sign * weight)).collect();
        let p = i128::from(self.rules.per_mille);
        let now = self.extent_now(question);
        let wanted = match way {
            Way::Up => ((1000 + p) * minor + 999).div_euclid(1000) - now,
            Way::Down => now - ((1000 - p) * minor).div_euclid(1000),
        };
        let open = &equations.open;
        let mut program = equations.by_change(&gains, wanted);
        let mut held: BTreeSet<usize> = BTreeSet::new();
        loop {
            let Ok(Outcome::Optimal(best)) = program.minimise() else { return Ok(None) };
            let shared = common_denominator(best.x.iter().map(|(_, f)| f));
            let mut change: BTreeMap<usize, i128> = BTreeMap::new();
            for (column, f) in best.x.iter().filter(|(column, _)| *column < 2 * open.len()) {
                let sign = if column % 2 == 0 { 1 } else { -1 };
                *change.entry(open[column / 2]).or_default() += sign * f.numerator * (shared / f.denominator);
            }
            let (small, _) = smallest(change).ok_or(TooBig)?;
            let gain = dot(&small, &gains);
            if gain <= 0 {
                return Ok(None);
            }
            let times = (wanted + gain - 1).div_euclid(gain);
            let left = |class: &usize| self.classes[*class].left_to(readers);
            let below = small.iter().filter(|(class, c)| left(class) + i128::from(**c) * times < 0);
            let short: Vec<usize> = below.map(|(class, _)| *class).filter(|class| held.insert(*class)).collect();
            if short.is_empty() {
                return Ok(scaled(&small, times).filter(|step| self.serves(step, readers)));
            }
            // No class can lose more than there is.
            for class in short {
                program.rows.push(vec![(2 * equations.place[&class] + 1, 1), (program.columns, 1)]);
                program.columns += 1;
                program.rhs.push(left(&class));
            }
        }
    }
}

impl Equations {
    /// The least change in all that gains what is wanted: one column for more of a class, one for less, and one for what
    /// goes beyond what is wanted.
    fn by_change(&self, gains: &Sparse, wanted: i128) -> Program {
        let both = |row: &[(usize, i64)]| -> Vec<(usize, i64)> {
            row.iter().flat_map(|(i, c)| [(2 * i, *c), (2 * i + 1, -*c)]).collect()
        };
        let columns = 2 * self.open.len();
        let mut rows: Vec<_> = self.program.rows.iter().map(|row| both(row)).collect();
        let mut rhs = vec![0; rows.len()];
        let mut goal = both(&self.sum(gains.iter().map(|(class, gain)| (*class, *gain))));
        goal.push((columns, -1));
        rows.push(goal);
        rhs.push(wanted);
        Program { columns: columns + 1, rows, rhs, objective: (0..columns).map(|column| (column, 1)).collect() }
    }
}

/// The denominator that all of them can have.
fn common_denominator<'f>(fractions: impl Iterator<Item = &'f Fraction>) -> i128 {
    fractions.fold(1, |shared, f| shared / gcd(shared, f.denominator) * f.denominator)
}

/// A quotient, rounded up.
pub(super) fn ceiling(numerator: i128, denominator: i128) -> i128 {
    numerator.div_euclid(denominator) + i128::from(numerator.rem_euclid(denominator) != 0)
}

/// Changes divided by what they share, and what that is; none when one does not fit.
fn smallest(changes: BTreeMap<usize, i128>) -> Option<(Sparse, i128)> {
    let common = changes.values().fold(0, |common, change| gcd(common, *change)).max(1);
    let changes = changes.into_iter().filter(|(_, change)| *change != 0);
    let small: Option<Sparse> = changes.map(|(class, c)| Some((class, i64::try_from(c / common).ok()?))).collect();
    Some((small?, common))
}

/// The step divided by what its changes share.
pub(super) fn primitive(step: &Sparse) -> Sparse {
    let shared = step.values().fold(0, |shared, change| gcd(shared, i128::from(*change))).max(1);
    let shared = i64::try_from(shared).unwrap_or(1);
    step.iter().map(|(class, change)| (*class, change / shared)).collect()
}

fn scaled(step: &Sparse, times: i128) -> Option<Sparse> {
    step.iter().map(|(class, change)| Some((*class, i64::try_from(i128::from(*change) * times).ok()?))).collect()
}

/// Somebody outside, or one reader; none for a coalition.
fn sole_reader(readers: &[HolderNo]) -> Option<Option<HolderNo>> {
    (readers.len() < 2).then(|| readers.first().copied())
}
