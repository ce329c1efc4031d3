//! Decides whether one more figure may be published beside those that are.
//!
//! For every protected contributor, everything of it that a reader may want to know ([`amount`]) and every reader
//! ([`reader`]), there must be another ledger in whole minor units that agrees with all published figures and with what
//! the reader knows, and in which that amount is larger by the rules' share, and one in which it is smaller. Such a
//! ledger is found by exchanging amounts within a class ([`class`]), by a known move, or by a linear programme
//! ([`witness`]); when there is none, the figure is withheld. So it is when too few stand behind something that figures
//! single out ([`threshold`]). (Cells are not enough: Handbook on SDC ch. 4.)

mod amount;
mod bounds;
mod class;
mod reader;
mod threshold;
mod witness;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

pub use amount::{Functional, functionals};

use self::class::Class;
use self::witness::{Equations, Remembered, Remembering, Way};
use super::rules::Rules;
use super::simplex::{Fraction, TooBig};
use super::solve::combination;
use super::space::{Space, Sparse, dot};
use super::system::{FigureNo, HolderNo, Protection, System};

/// Why a figure is withheld.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Too few contributors stand behind it.
    Few {
        /// How many.
        count: usize,
        /// How many there must be.
        needed: usize,
    },
    /// Too few stand behind the difference to a figure that is published.
    FewBehindDifference {
        /// The other figure.
        figure: FigureNo,
        /// How many.
        count: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A few contributors hold most of it.
    Dominated,
    /// Published figures together would tell a figure that must not be told.
    Reveals {
        /// Which.
        figure: FigureNo,
        /// The sum of figures that does it.
        attack: Attack,
    },
    /// Published figures together would single out too few contributors.
    Singled {
        /// How many.
        count: usize,
        /// How many there must be.
        needed: usize,
        /// The sum of figures that does it.
        attack: Attack,
    },
    /// A reader could tell an amount of a contributor, exactly or too closely.
    Tells {
        /// Whose.
        holder: HolderNo,
        /// Which readers; empty is someone outside.
        readers: Vec<HolderNo>,
        /// The amount, minor units.
        minor: i128,
        /// How.
        attack: Attack,
    },
    /// Nothing could be proved: a coefficient outgrew the machine's numbers, or no ledger in whole minor units was
    /// found.
    Unproven,
}

/// How a reader works something out: a sum of figures, with factors over one denominator.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attack {
    /// Factors by figure.
    pub terms: Vec<(FigureNo, i128)>,
    /// What the sum is divided by; positive.
    pub denominator: i128,
    /// Whether it gives the amount itself, not a bound.
    pub exact: bool,
}

/// Published figures, and what they leave open.
#[derive(Clone, Debug)]
pub struct Guard<'a> {
    system: &'a System,
    rules: &'a Rules,
    own: Rc<Vec<Vec<usize>>>,
    functionals: Rc<Vec<Vec<Functional>>>,
    space: Space,
    classes: Vec<Rc<Class>>,
    published: Vec<FigureNo>,
    /// Moves that were found by programmes, by class.
    found: Vec<Sparse>,
    /// Who is safe only by a move between classes, or was not looked at yet.
    relies: BTreeSet<HolderNo>,
    /// The moves that made them safe when they were last looked at.
    used: BTreeSet<Rc<Sparse>>,
    /// Moves that answered questions, kept whatever becomes of a figure: they are looked at again before they are used.
    memory: Rc<RefCell<HashMap<Remembering, Remembered>>>,
    /// For each independent figure, when it was added, in the order of all that ever were.
    stamps: Vec<u64>,
    last_stamp: Rc<Cell<u64>>,
    /// How far figures that are out already let readers go, where that is not far enough: it must not get worse.
    excused: HashMap<Asked, Fraction>,
    /// Those of which there is neither a ledger nor an attack.
    doubtful: HashSet<Asked>,
    /// Whose amounts those figures tell.
    told: BTreeSet<HolderNo>,
    /// Unknowns of classes that were singled out before.
    singled: HashSet<Vec<usize>>,
    /// Figures that must not be told by others either.
    kept: Vec<FigureNo>,
    /// Equations for readers who were asked for since the last figure.
    equations: HashMap<Vec<HolderNo>, Rc<Equations>>,
}

/// Whose functional, its number, which way, and who asks.
type Asked = (HolderNo, usize, Way, Vec<HolderNo>);

impl<'a> Guard<'a> {
    /// Nothing is published yet.
    #[must_use]
    pub fn new(system: &'a System, rules: &'a Rules) -> Self {
        let own = system.by_holder();
        let functionals = own
            .iter()
            .enumerate()
            .map(|(holder, own)| match system.holders[holder].protection {
                Protection::None => Vec::new(),
                _ => functionals(system, holder, own),
            })
            .collect();
        // Nobody is safe by exchange yet, only because nothing is known.
        let relies = (0..own.len()).filter(|holder| system.holders[*holder].protection != Protection::None).collect();
        let mut guard = Self {
            system,
            rules,
            own: Rc::new(own),
            functionals: Rc::new(functionals),
            space: Space::new(system.unknowns.len()),
            classes: Vec::new(),
            published: Vec::new(),
            found: Vec::new(),
            relies,
            used: BTreeSet::new(),
            memory: Rc::default(),
            stamps: Vec::new(),
            last_stamp: Rc::default(),
            excused: HashMap::new(),
            doubtful: HashSet::new(),
            told: BTreeSet::new(),
            singled: HashSet::new(),
            kept: Vec::new(),
            equations: HashMap::new(),
        };
        guard.refresh_all();
        guard
    }

    /// The figures published so far, in order.
    #[must_use]
    pub fn published(&self) -> &[FigureNo] {
        &self.published
    }

    /// What they leave open.
    #[must_use]
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Takes figures that are out already, whatever they tell. What they tell is no reason to withhold others; that a
    /// reader could tell it more closely, or other readers too, is.
    ///
    /// # Errors
    /// [`TooBig`].
    pub fn impose(&mut self, figures: impl IntoIterator<Item = FigureNo>) -> Result<(), TooBig> {
        for figure in figures {
            self.space.add(figure, self.system.row(figure))?;
            self.published.push(figure);
            self.stamp();
        }
        self.refresh_all();
        self.found.clear();
        self.used.clear();
        self.relies.clear();
        // What the first round proves nothing of, a move that it found for something else may prove.
        for _ in 0..2 {
            self.excused.retain(|asked, _| !self.doubtful.contains(asked));
            self.doubtful.clear();
            for holder in 0..self.system.holders.len() {
                self.tells_of(holder, true)?;
            }
            if self.doubtful.is_empty() {
                break;
            }
        }
        for class in self.space.determined() {
            self.singled.insert(self.space.members(class).to_vec());
        }
        self.forget_what_is_told();
        Ok(())
    }

    /// Of figures that may come, keeps those that must not be published by themselves from being told by others.
    pub fn keep(&mut self, figures: impl IntoIterator<Item = FigureNo>) {
        let alone = figures.into_iter().filter(|figure| self.refuses_alone(*figure).is_some());
        self.kept = alone.collect();
        self.forget_what_is_told();
    }

    /// What is told already cannot be kept any more.
    fn forget_what_is_told(&mut self) {
        let (space, system) = (&self.space, self.system);
        self.kept.retain(|figure| space.told(system.row(*figure)).is_none());
    }

    /// Contributors whose amounts the imposed figures tell.
    #[must_use]
    pub fn told(&self) -> BTreeSet<HolderNo> {
        self.told.clone()
    }

    /// Publishes a figure if that is safe. The cheap tests come first: of the figure, of its differences, of what all
    /// figures single out, of figures that are kept; then every amount of everybody whom it may concern.
    ///
    /// # Errors
    /// Why it is not; nothing has changed then.
    pub fn admit(&mut self, figure: FigureNo) -> Result<(), Reason> {
        if let Some(reason) = self.refuses_at_once(figure) {
            return Err(reason);
        }
        let before = self.clone();
        let outcome = self.begin(figure).and_then(|concerned| self.finish(concerned));
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    /// Why a figure may not be published, by itself and by its differences.
    pub(super) fn refuses_at_once(&self, figure: FigureNo) -> Option<Reason> {
        if self.is_said(figure) {
            return None;
        }
        self.refuses_alone(figure).or_else(|| self.refuses_difference(figure))
    }

    /// Whether it is published already: saying it again says nothing new.
    fn is_said(&self, figure: FigureNo) -> bool {
        let row = self.system.row(figure);
        self.published.iter().any(|other| self.system.row(*other) == row)
    }

    /// Publishes a figure that is not refused at once, by the other cheap tests: who has to be asked for before it is
    /// safe.
    ///
    /// # Errors
    /// Why it may not be; it is not taken back.
    pub(super) fn begin(&mut self, figure: FigureNo) -> Result<BTreeSet<HolderNo>, Reason> {
        if self.is_said(figure) {
            self.published.push(figure);
            return Ok(BTreeSet::new());
        }
        let row = self.system.row(figure);
        let added = self.space.add(figure, row).map_err(|TooBig| Reason::Unproven)?;
        self.published.push(figure);
        self.stamp();
        if !added.independent {
            return Ok(BTreeSet::new());
        }
        self.refresh(&added.split);
        let by_class: Sparse = row.iter().map(|(u, c)| (self.space.class_of(*u), *c)).collect();
        self.found
            .retain(|step| added.split.iter().all(|class| !step.contains_key(class)) && dot(step, &by_class) == 0);
        let singled = self.singles_out().or_else(|| self.reveals()).or_else(|| self.left_of_a_total(figure));
        if let Some(reason) = singled {
            return Err(reason);
        }
        let mut concerned = std::mem::take(&mut self.relies);
        self.used.clear();
        for class in &added.split {
            concerned.extend(self.classes[*class].holders());
        }
        Ok(concerned)
    }

    /// Asks for every amount of those whom a figure that was begun concerns.
    ///
    /// # Errors
    /// Why it may not be published; it is not taken back.
    pub(super) fn finish(&mut self, concerned: BTreeSet<HolderNo>) -> Result<(), Reason> {
        for holder in concerned {
            if let Some(reason) = self.tells_of(holder, false).map_err(|TooBig| Reason::Unproven)? {
                return Err(reason);
            }
        }
        Ok(())
    }

    /// Stamps the figure that was added, if it is independent.
    fn stamp(&mut self) {
        if self.stamps.len() < self.space.rows().len() {
            self.last_stamp.set(self.last_stamp.get() + 1);
            self.stamps.push(self.last_stamp.get());
        }
    }

    /// Whether the published figures tell one that is kept.
    fn reveals(&self) -> Option<Reason> {
        self.kept.iter().find_map(|kept| {
            let sum = self.space.told(self.system.row(*kept))?;
            Some(Reason::Reveals { figure: *kept, attack: self.attack(&sum, &[]) })
        })
    }

    /// Adds these classes up again.
    fn refresh(&mut self, classes: &[usize]) {
        self.equations.clear();
        self.classes.resize(self.space.classes(), Rc::default());
        for class in classes {
            self.classes[*class] = Rc::new(Class::of(self.system, self.space.members(*class)));
        }
    }

    fn refresh_all(&mut self) {
        self.equations.clear();
        let classes = 0..self.space.classes();
        self.classes = classes.map(|class| Rc::new(Class::of(self.system, self.space.members(class)))).collect();
    }

    /// The moves that contributors are safe by who are not safe by exchanges alone: changes by unknown, to be taken as
    /// often as amounts allow. A class is named by one of its unknowns, as amounts are exchanged within it.
    #[must_use]
    pub fn proof_moves(&self) -> Vec<BTreeMap<usize, i128>> {
        let unknown = |class: &usize| self.space.members(*class).first().copied();
        let by_unknown =
            |step: &Rc<Sparse>| step.iter().filter_map(|(class, c)| Some((unknown(class)?, i128::from(*c)))).collect();
        self.used.iter().map(by_unknown).collect()
    }

    /// Factors of published figures whose sum gives a sum of classes, for readers who know some classes.
    fn attack(&self, sum: &Sparse, readers: &[HolderNo]) -> Attack {
        let known: HashSet<usize> = self.known_to(readers).into_iter().collect();
        let open = |row: &Sparse| -> Vec<(usize, i128)> {
            row.iter().filter(|(class, _)| !known.contains(class)).map(|(c, v)| (*c, i128::from(*v))).collect()
        };
        let rows: Vec<Vec<(usize, i128)>> = self.space.rows().iter().map(|(_, row)| open(row)).collect();
        match combination(&rows, &open(sum)) {
            None => Attack::default(),
            Some((factors, denominator)) => {
                let terms = factors.into_iter().map(|(row, factor)| (self.space.rows()[row].0, factor)).collect();
                Attack { terms, denominator, exact: true }
            }
        }
    }
}
