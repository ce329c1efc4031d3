//! Decides whether one more figure may be published beside those that are.
//!
//! For every protected contributor, everything of it that a reader may want to know (each unknown amount, what it adds
//! to each figure, its total) and every reader (someone outside, each other contributor, each declared coalition, who
//! know their own amounts), there must be another ledger in whole minor units that agrees with all published figures
//! and with what the reader knows, and in which that amount is larger by the rules' share, and one in which it is
//! smaller. Such a ledger is found by exchanging amounts within a class, by a known move, or by a linear programme; when
//! there is none, the figure is withheld. (Cells are not enough: Handbook on SDC ch. 4; several attackers:
//! Salazar-González 2002, "Mathematical models for applying cell suppression methodology".)

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::rules::{Rules, dominance_fails};
use super::simplex::{Fraction, Outcome, Program, TooBig};
use super::space::{Space, Sparse, dot, gcd};
use super::system::{FigureNo, HolderNo, Protection, System};

/// Something of one contributor that a reader may want to know: unknowns with positive weights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Functional {
    /// Weights by unknown.
    pub weights: BTreeMap<usize, i64>,
    /// What it is worth, minor units.
    pub minor: i128,
    /// The figure that it is the contributor's part of; none for a single amount or the total.
    pub part_of: Option<FigureNo>,
}

/// Everything about a contributor that is kept from readers.
#[must_use]
pub fn functionals(system: &System, holder: HolderNo, own: &[usize]) -> Vec<Functional> {
    let amount = |unknown: usize| system.unknowns[unknown].holders.get(&holder).copied().unwrap_or(0);
    let mut known: HashSet<Vec<(usize, i64)>> = HashSet::new();
    let mut list = Vec::new();
    let mut add = |weights: BTreeMap<usize, i64>, part_of: Option<FigureNo>| {
        if !weights.is_empty() && known.insert(weights.iter().map(|(u, w)| (*u, *w)).collect()) {
            let minor = weights.iter().map(|(u, weight)| i128::from(*weight) * amount(*u)).sum();
            list.push(Functional { weights, minor, part_of });
        }
    };
    for unknown in own {
        add(BTreeMap::from([(*unknown, 1)]), None);
    }
    let mut parts: BTreeMap<FigureNo, BTreeMap<usize, i64>> = BTreeMap::new();
    for unknown in own {
        for (figure, coefficient) in &system.unknowns[*unknown].coefficients {
            parts.entry(*figure).or_default().insert(*unknown, *coefficient);
        }
    }
    for (figure, weights) in parts {
        // What counts both ways (a payment and its refund) is kept by its parts.
        if weights.values().all(|weight| *weight > 0) || weights.values().all(|weight| *weight < 0) {
            add(weights.into_iter().map(|(u, weight)| (u, weight.abs())).collect(), Some(figure));
        }
    }
    add(own.iter().map(|unknown| (*unknown, 1)).collect(), None);
    list
}

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

#[derive(Clone, Debug, Default)]
struct Class {
    total: i128,
    holders: BTreeMap<HolderNo, i128>,
    /// The largest amounts and whose they are.
    largest: [Option<(HolderNo, i128)>; 2],
}

impl Class {
    fn largest_but(&self, holder: HolderNo) -> i128 {
        self.largest.iter().flatten().find(|(who, _)| *who != holder).map_or(0, |(_, minor)| *minor)
    }

    fn is_known_to(&self, readers: &[HolderNo]) -> bool {
        self.holders.keys().all(|holder| readers.contains(holder))
    }

    fn left_to(&self, readers: &[HolderNo]) -> i128 {
        self.total - readers.iter().filter_map(|reader| self.holders.get(reader)).sum::<i128>()
    }

    /// Whether, but for the readers, the contributor is alone in it.
    fn is_sole(&self, holder: HolderNo, readers: &[HolderNo]) -> bool {
        self.holders.keys().all(|other| *other == holder || readers.contains(other))
    }
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
    used: BTreeSet<Sparse>,
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
}

/// Whose functional, its number, which way, and who asks.
type Asked = (HolderNo, usize, Way, Vec<HolderNo>);

/// Which way an amount has to be able to move.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Way {
    Up,
    Down,
}

/// The classes of a functional, with the weight that counts.
struct Reach {
    /// Weight by class, if the contributor had all of it.
    all: Sparse,
    /// By class where the contributor can be alone: weight of what is certainly its.
    least: Vec<(usize, i64)>,
    /// Whether every class has one weight.
    even: bool,
}

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
            excused: HashMap::new(),
            doubtful: HashSet::new(),
            told: BTreeSet::new(),
            singled: HashSet::new(),
            kept: Vec::new(),
        };
        guard.refresh(&(0..guard.space.classes()).collect::<Vec<_>>());
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
        }
        self.classes.clear();
        self.refresh(&(0..self.space.classes()).collect::<Vec<_>>());
        self.found.clear();
        self.used.clear();
        self.relies.clear();
        // What the first round proves nothing of, a move that it found for something else may prove.
        for _ in 0..2 {
            self.excused.retain(|asked, _| !self.doubtful.contains(asked));
            self.doubtful.clear();
            for holder in 0..self.system.holders.len() {
                for number in 0..self.functionals[holder].len() {
                    self.tells(holder, number, true)?;
                }
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

    /// Why a figure must not be published, whatever else is.
    fn refuses_alone(&self, figure: FigureNo) -> Option<Reason> {
        let row = self.system.row(figure);
        if let Some((count, needed)) = self.few(row.iter().map(|(unknown, _)| *unknown)) {
            return Some(Reason::Few { count, needed });
        }
        (self.rules.dominant > 0 && self.is_dominated(row)).then_some(Reason::Dominated)
    }

    /// Contributors whose amounts the imposed figures tell.
    #[must_use]
    pub fn told(&self) -> BTreeSet<HolderNo> {
        self.told.clone()
    }

    /// Publishes a figure if that is safe.
    ///
    /// # Errors
    /// Why it is not; nothing has changed then.
    pub fn admit(&mut self, figure: FigureNo) -> Result<(), Reason> {
        let row = self.system.row(figure);
        if self.published.iter().any(|other| self.system.row(*other) == row) {
            // Saying it again says nothing new.
            self.published.push(figure);
            return Ok(());
        }
        if let Some(reason) = self.refuses_alone(figure) {
            return Err(reason);
        }
        for other in &self.published {
            if let Some((count, needed)) = self.difference(row, self.system.row(*other)) {
                return Err(Reason::FewBehindDifference { figure: *other, count, needed });
            }
        }
        let before = self.clone();
        let outcome = self.try_admit(figure);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    fn try_admit(&mut self, figure: FigureNo) -> Result<(), Reason> {
        let system = self.system;
        let row = system.row(figure);
        let added = self.space.add(figure, row).map_err(|TooBig| Reason::Unproven)?;
        self.published.push(figure);
        if !added.independent {
            return Ok(());
        }
        self.refresh(&added.split);
        let by_class: Sparse = row.iter().map(|(u, c)| (self.space.class_of(*u), *c)).collect();
        self.found
            .retain(|step| added.split.iter().all(|class| !step.contains_key(class)) && dot(step, &by_class) == 0);
        for class in self.space.determined() {
            let members = self.space.members(class);
            if self.singled.contains(members) {
                continue;
            }
            if let Some((count, needed)) = self.few(members.iter().copied()) {
                let attack = self.attack(&Sparse::from([(class, 1)]), &[]);
                return Err(Reason::Singled { count, needed, attack });
            }
        }
        for kept in &self.kept {
            if let Some(sum) = self.space.told(system.row(*kept)) {
                return Err(Reason::Reveals { figure: *kept, attack: self.attack(&sum, &[]) });
            }
        }
        if let Some(reason) = self.left_of_a_total(figure) {
            return Err(reason);
        }
        let mut affected = std::mem::take(&mut self.relies);
        self.used.clear();
        for class in &added.split {
            affected.extend(self.classes[*class].holders.keys());
        }
        for holder in affected {
            for number in 0..self.functionals[holder].len() {
                if let Some(reason) = self.tells(holder, number, false).map_err(|TooBig| Reason::Unproven)? {
                    return Err(reason);
                }
            }
        }
        Ok(())
    }

    fn refresh(&mut self, classes: &[usize]) {
        self.classes.resize(self.space.classes(), Rc::default());
        for class in classes {
            let mut fresh = Class::default();
            for unknown in self.space.members(*class) {
                for (holder, minor) in &self.system.unknowns[*unknown].holders {
                    *fresh.holders.entry(*holder).or_default() += minor;
                    fresh.total += minor;
                }
            }
            for (holder, minor) in &fresh.holders {
                if fresh.largest[0].is_none_or(|(_, most)| *minor > most) {
                    fresh.largest = [Some((*holder, *minor)), fresh.largest[0]];
                } else if fresh.largest[1].is_none_or(|(_, most)| *minor > most) {
                    fresh.largest[1] = Some((*holder, *minor));
                }
            }
            self.classes[*class] = Rc::new(fresh);
        }
    }

    /// Count and threshold, when too few contributors hold these unknowns and one of them is protected.
    fn few(&self, unknowns: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
        let most = self.rules.organisations.max(self.rules.persons);
        let mut seen: HashSet<HolderNo> = HashSet::new();
        for unknown in unknowns {
            for holder in self.system.unknowns[unknown].holders.keys() {
                if self.system.holders[*holder].outside {
                    seen.insert(*holder);
                }
                if seen.len() >= most {
                    return None;
                }
            }
        }
        let protected: Vec<&HolderNo> =
            seen.iter().filter(|h| self.system.holders[**h].protection != Protection::None).collect();
        let persons = protected.iter().all(|holder| self.system.holders[**holder].person);
        let needed = if persons { self.rules.persons } else { self.rules.organisations };
        (!protected.is_empty() && seen.len() < needed).then_some((seen.len(), needed))
    }

    /// Whether too few stand behind a difference of two figures, of which one contains the other.
    fn difference(&self, a: &[(usize, i64)], b: &[(usize, i64)]) -> Option<(usize, usize)> {
        let (mut x, mut y) = (a.iter().peekable(), b.iter().peekable());
        let (mut sign, mut unknowns) = (0, Vec::new());
        loop {
            let (unknown, change) = match (x.peek(), y.peek()) {
                (None, None) => break,
                (Some((u, c)), None) => (*u, x.next().map(|_| *c)),
                (None, Some((u, c))) => (*u, y.next().map(|_| -*c)),
                (Some((u, c)), Some((v, d))) => match u.cmp(v) {
                    std::cmp::Ordering::Less => (*u, x.next().map(|_| *c)),
                    std::cmp::Ordering::Greater => (*v, y.next().map(|_| -*d)),
                    std::cmp::Ordering::Equal => (*u, x.next().and(y.next()).map(|_| *c - *d)),
                },
            };
            let change = change.unwrap_or(0);
            if change == 0 {
                continue;
            }
            if sign != 0 && sign != change.signum() {
                return None;
            }
            sign = change.signum();
            unknowns.push(unknown);
        }
        if unknowns.is_empty() { None } else { self.few(unknowns.into_iter()) }
    }

    /// Whether too few stand behind what is left of a total when published parts of it are taken off, with this figure
    /// among them or as the total. Parts are taken off in a few orders, since there may be several breakdowns.
    fn left_of_a_total(&self, figure: FigureNo) -> Option<Reason> {
        let system = self.system;
        let (_, before) = self.published.split_last()?;
        let mut orders = vec![before.to_vec(); 3];
        orders[1].reverse();
        orders[2].sort_by_key(|f| std::cmp::Reverse(system.row(*f).len()));
        let own = without_part(system.row(figure), &[]).into_iter().map(|rest| (figure, rest, None));
        let others = before
            .iter()
            .filter_map(|total| Some((*total, without_part(system.row(*total), system.row(figure))?, Some(figure))));
        for (total, start, first) in own.chain(others) {
            for order in &orders {
                let mut rest = start.clone();
                let mut terms = vec![(total, 1)];
                terms.extend(first.map(|part| (part, -1)));
                for part in order.iter().filter(|part| **part != total && !system.row(**part).is_empty()) {
                    let Some(less) = without_part(&rest, system.row(*part)) else { continue };
                    rest = less;
                    terms.push((*part, -1));
                    if let Some((count, needed)) = self.few(rest.iter().map(|(unknown, _)| *unknown)) {
                        let attack = Attack { terms, denominator: 1, exact: true };
                        return Some(Reason::Singled { count, needed, attack });
                    }
                }
            }
        }
        None
    }

    fn is_dominated(&self, row: &[(usize, i64)]) -> bool {
        let mut parts: HashMap<HolderNo, i128> = HashMap::new();
        for (unknown, coefficient) in row {
            for (holder, minor) in &self.system.unknowns[*unknown].holders {
                *parts.entry(*holder).or_default() += i128::from(*coefficient) * minor;
            }
        }
        let protected = parts.keys().any(|holder| self.system.holders[*holder].protection == Protection::Interval);
        let x: Vec<i128> = parts.into_values().map(i128::abs).collect();
        protected && dominance_fails(&x, self.rules.dominant, self.rules.dominance)
    }

    fn reach(&self, holder: HolderNo, functional: &Functional) -> Reach {
        let mut all = Sparse::new();
        let mut least: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
        let mut even = true;
        for (unknown, weight) in &functional.weights {
            let class = self.space.class_of(*unknown);
            let most = all.entry(class).or_insert(*weight);
            even &= *most == *weight;
            *most = (*most).max(*weight);
            let (count, smallest) = least.entry(class).or_insert((0, *weight));
            *count += 1;
            *smallest = (*smallest).min(*weight);
        }
        // Where the contributor has another amount in the class, it can be all that.
        let others =
            |class: usize| self.own[holder].iter().filter(|unknown| self.space.class_of(**unknown) == class).count();
        let least = least
            .into_iter()
            .filter(|(class, (count, _))| others(*class) == *count)
            .map(|(class, (_, weight))| (class, weight))
            .collect();
        Reach { all, least, even }
    }

    /// The most (or least) of a functional in an alternative ledger.
    fn extent(&self, way: Way, holder: HolderNo, reach: &Reach, readers: &[HolderNo], step: &Sparse) -> i128 {
        let left =
            |class: &usize| self.classes[*class].left_to(readers) + i128::from(step.get(class).copied().unwrap_or(0));
        match way {
            Way::Up => reach.all.iter().map(|(class, weight)| i128::from(*weight) * left(class)).sum(),
            Way::Down => {
                let sole = reach.least.iter().filter(|(class, _)| self.classes[*class].is_sole(holder, readers));
                sole.map(|(class, weight)| i128::from(*weight) * left(class)).sum()
            }
        }
    }

    fn is_enough(&self, way: Way, extent: i128, minor: i128) -> bool {
        let p = i128::from(self.rules.per_mille);
        match way {
            Way::Up => 1000 * extent >= (1000 + p) * minor,
            Way::Down => 1000 * extent <= (1000 - p) * minor,
        }
    }

    /// Whether a reader can tell a functional of a contributor. When that is out already, all such readers are noted
    /// as excused instead.
    fn tells(&mut self, holder: HolderNo, number: usize, is_out: bool) -> Result<Option<Reason>, TooBig> {
        match self.system.holders[holder].protection {
            Protection::None => Ok(None),
            Protection::Structural => self.tells_exactly(holder, number, is_out),
            Protection::Interval => self.tells_closely(holder, number, is_out),
        }
    }

    fn excuse(&mut self, asked: Asked, reason: &Reason, reached: Fraction) {
        if matches!(reason, Reason::Tells { .. }) {
            self.told.insert(asked.0);
        } else {
            self.doubtful.insert(asked.clone());
        }
        self.excused.insert(asked, reached);
    }

    /// Readers that share a class with the contributor, and declared coalitions.
    fn readers_of(&self, holder: HolderNo, reach: &Reach) -> Vec<Vec<HolderNo>> {
        let mut readers: BTreeSet<Vec<HolderNo>> = BTreeSet::from([Vec::new()]);
        for class in reach.all.keys() {
            for other in self.classes[*class].holders.keys() {
                if *other != holder && self.system.holders[*other].outside {
                    readers.insert(vec![*other]);
                }
            }
        }
        readers.extend(self.rules.coalitions.iter().filter(|coalition| !coalition.contains(&holder)).cloned());
        readers.into_iter().collect()
    }

    /// Whether a class has so many contributors that, whoever reads, another one is left to exchange amounts with.
    fn is_among_others(&self, functional: &Functional) -> bool {
        let largest = self.rules.coalitions.iter().map(Vec::len).max().unwrap_or(0).max(1);
        functional.weights.keys().any(|u| self.classes[self.space.class_of(*u)].holders.len() > largest + 1)
    }

    fn tells_exactly(&mut self, holder: HolderNo, number: usize, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let functionals = Rc::clone(&self.functionals);
        let functional = &functionals[holder][number];
        if self.is_among_others(functional) {
            return Ok(None);
        }
        let reach = &self.reach(holder, functional);
        let mut waiting = self.readers_of(holder, reach);
        let mut seen: HashSet<Vec<HolderNo>> = waiting.iter().cloned().collect();
        while let Some(readers) = waiting.pop() {
            let alone = reach.all.keys().all(|class| self.classes[*class].is_sole(holder, &readers));
            let whole = reach.even && reach.least.len() == reach.all.len();
            let asked: Asked = (holder, number, Way::Up, readers);
            if !alone || !whole || (!is_out && self.excused.contains_key(&asked)) {
                continue;
            }
            let readers = asked.3.clone();
            self.relies.insert(holder);
            let known = self.known_to(&readers);
            let moves = if known.is_empty() { None } else { Some(self.space.moves_apart_from(&known)?) };
            let moves = moves.as_deref().unwrap_or(self.space.moves());
            let step = moves.iter().filter(|step| dot(step, &reach.all) != 0).min_by_key(|step| step.len());
            let Some(step) = step.cloned() else {
                let mut attack = self.attack(&reach.all, &readers);
                attack.exact = true;
                let reason = Reason::Tells { holder, readers, minor: functional.minor, attack };
                if is_out {
                    self.excuse(asked, &reason, Fraction { numerator: functional.minor, denominator: 1 });
                    continue;
                }
                return Ok(Some(reason));
            };
            // Others are readers of concern only when they know a class that this move needs.
            if readers.is_empty() {
                for other in self.insiders(&step, holder) {
                    if seen.insert(vec![other]) {
                        waiting.push(vec![other]);
                    }
                }
            }
            self.used.insert(step);
        }
        Ok(None)
    }

    /// Contributors who alone hold a class that a move changes.
    fn insiders(&self, step: &Sparse, holder: HolderNo) -> Vec<HolderNo> {
        let mut list = Vec::new();
        for class in step.keys() {
            let mut others = self.classes[*class].holders.keys().filter(|other| **other != holder);
            if let (Some(other), None) = (others.next(), others.next())
                && self.system.holders[*other].outside
            {
                list.push(*other);
            }
        }
        list
    }

    /// Classes that readers know all of.
    fn known_to(&self, readers: &[HolderNo]) -> Vec<usize> {
        let mut classes: BTreeSet<usize> = BTreeSet::new();
        for reader in readers {
            classes.extend(self.own[*reader].iter().map(|unknown| self.space.class_of(*unknown)));
        }
        classes.into_iter().filter(|class| self.classes[*class].is_known_to(readers)).collect()
    }

    fn tells_closely(&mut self, holder: HolderNo, number: usize, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let functionals = Rc::clone(&self.functionals);
        let functional = &functionals[holder][number];
        let reach = &self.reach(holder, functional);
        if functional.minor == 0 || self.exchange_is_enough(holder, functional, reach) {
            return Ok(None);
        }
        for way in [Way::Up, Way::Down] {
            let mut waiting = vec![Vec::new()];
            waiting.extend(self.rules.coalitions.iter().filter(|coalition| !coalition.contains(&holder)).cloned());
            let mut seen: HashSet<Vec<HolderNo>> = waiting.iter().cloned().collect();
            while let Some(readers) = waiting.pop() {
                let minor = functional.minor;
                let mut step = Sparse::new();
                if !self.is_enough(way, self.extent(way, holder, reach, &readers, &step), minor) {
                    self.relies.insert(holder);
                    let asked: Asked = (holder, number, way, readers);
                    let readers = &asked.3;
                    step = match self.witness(way, holder, functional, reach, readers)? {
                        Ok(step) => step,
                        Err((reason, reached)) if is_out => {
                            if readers.is_empty() {
                                // Each of the others may tell it more closely; and there may be a ledger later.
                                let others = self.others_of_concern(holder, reach, reason == Reason::Unproven);
                                waiting.extend(others.into_iter().filter(|other| seen.insert(other.clone())));
                            }
                            self.excuse(asked, &reason, reached);
                            continue;
                        }
                        Err((reason, reached)) if self.is_excused(&asked, reached) => {
                            // Who could tell it before learns nothing, as long as it is not closer.
                            if readers.is_empty() {
                                let others = self.others_of_concern(holder, reach, reason == Reason::Unproven);
                                waiting.extend(others.into_iter().filter(|other| seen.insert(other.clone())));
                            }
                            continue;
                        }
                        Err((reason, _)) => return Ok(Some(reason)),
                    };
                    self.used.insert(primitive(&step));
                }
                // The same ledger serves everyone but those whose own amounts it needs.
                for other in self.suspects(way, holder, functional, reach, &step) {
                    let other = vec![other];
                    let serves = self.serves(&step, &other)
                        && self.is_enough(way, self.extent(way, holder, reach, &other, &step), minor);
                    if !serves && !seen.contains(&other) {
                        seen.insert(other.clone());
                        waiting.push(other);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Readers who may tell what anybody can tell more closely: those who share a class with the contributor, or all.
    fn others_of_concern(&self, holder: HolderNo, reach: &Reach, all: bool) -> Vec<Vec<HolderNo>> {
        if all {
            let others = (0..self.own.len()).filter(|other| *other != holder && self.system.holders[*other].outside);
            return others.map(|other| vec![other]).collect();
        }
        self.readers_of(holder, reach)
    }

    /// Readers for whom an alternative ledger may not do, because they know some of the amounts that it changes.
    fn suspects(
        &self,
        way: Way,
        holder: HolderNo,
        functional: &Functional,
        reach: &Reach,
        step: &Sparse,
    ) -> BTreeSet<HolderNo> {
        let reads = |other: &HolderNo| *other != holder && self.system.holders[*other].outside;
        let mut suspects = BTreeSet::new();
        for (class, change) in step {
            let (class, change) = (&self.classes[*class], i128::from(*change));
            let largest = class.largest_but(holder);
            if class.holders.len() > 1 && class.total - largest + change >= 0 {
                continue;
            }
            let needed = |minor: i128| class.holders.len() == 1 || class.total - minor + change < 0;
            suspects.extend(
                class.holders.iter().filter(|(_, minor)| needed(**minor)).map(|(other, _)| *other).filter(reads),
            );
        }
        match way {
            Way::Up => {
                // What is there beyond what is needed, in thousandths.
                let most = self.extent(way, holder, reach, &[], step);
                let slack = 1000 * most - (1000 + i128::from(self.rules.per_mille)) * functional.minor;
                let known: i128 =
                    reach.all.iter().map(|(c, w)| i128::from(*w) * self.classes[*c].largest_but(holder)).sum();
                if 1000 * known > slack {
                    let mut own: HashMap<HolderNo, i128> = HashMap::new();
                    for (class, weight) in &reach.all {
                        for (other, minor) in &self.classes[*class].holders {
                            *own.entry(*other).or_default() += i128::from(*weight) * minor;
                        }
                    }
                    suspects
                        .extend(own.into_iter().filter(|(_, own)| 1000 * own > slack).map(|(o, _)| o).filter(reads));
                }
            }
            Way::Down => {
                for (class, _) in &reach.least {
                    let class = &self.classes[*class];
                    if class.holders.len() == 2 {
                        suspects.extend(class.holders.keys().copied().filter(reads));
                    }
                }
            }
        }
        suspects
    }

    /// Whether a reader could go no farther before.
    fn is_excused(&self, asked: &Asked, reached: Fraction) -> bool {
        self.excused.get(asked).is_some_and(|before| {
            let product = |a: i128, b: i128| a.checked_mul(b);
            let (now, then) =
                (product(reached.numerator, before.denominator), product(before.numerator, reached.denominator));
            match (now, then, asked.2) {
                (Some(now), Some(then), Way::Up) => now >= then,
                (Some(now), Some(then), Way::Down) => now <= then,
                _ => false,
            }
        })
    }

    /// Whether exchanging amounts within classes hides the functional from everybody: most are safe so.
    fn exchange_is_enough(&self, holder: HolderNo, functional: &Functional, reach: &Reach) -> bool {
        if !self.rules.coalitions.is_empty() {
            return false;
        }
        let known: i128 = reach
            .all
            .iter()
            .map(|(class, weight)| i128::from(*weight) * self.classes[*class].largest_but(holder))
            .sum();
        let most = self.extent(Way::Up, holder, reach, &[], &Sparse::new()) - known;
        let certain: i128 = reach
            .least
            .iter()
            .filter(|(class, _)| self.classes[*class].holders.len() <= 2)
            .map(|(class, weight)| i128::from(*weight) * self.classes[*class].total)
            .sum();
        self.is_enough(Way::Up, most, functional.minor) && self.is_enough(Way::Down, certain, functional.minor)
    }

    /// Whether a step leaves what readers know alone and no amount below zero.
    fn serves(&self, step: &Sparse, readers: &[HolderNo]) -> bool {
        step.iter().all(|(class, change)| {
            let class = &self.classes[*class];
            *change == 0 || (!class.is_known_to(readers) && class.left_to(readers) + i128::from(*change) >= 0)
        })
    }

    /// A move that lets the functional go far enough, or why there is none.
    fn witness(
        &mut self,
        way: Way,
        holder: HolderNo,
        functional: &Functional,
        reach: &Reach,
        readers: &[HolderNo],
    ) -> Result<Result<Sparse, (Reason, Fraction)>, TooBig> {
        let touches = |step: &&Sparse| reach.all.keys().any(|class| step.contains_key(class));
        let known = self.found.iter().rev().chain(self.space.moves()).chain(&self.used).filter(touches);
        for step in known {
            if let Some(step) = self.as_far_as_needed(way, holder, step, functional.minor, reach, readers) {
                return Ok(Ok(step));
            }
        }
        self.programme(way, holder, functional, reach, readers)
    }

    /// A move, or its opposite, taken as often as is needed, when the amounts allow it: if they do, as often as serves
    /// everybody who knows some of the amounts that count; and not more often, so that those who know some of the others
    /// are served too.
    fn as_far_as_needed(
        &self,
        way: Way,
        holder: HolderNo,
        step: &Sparse,
        minor: i128,
        reach: &Reach,
        readers: &[HolderNo],
    ) -> Option<Sparse> {
        let now = self.extent(way, holder, reach, readers, &Sparse::new());
        let gain = self.extent(way, holder, reach, readers, step) - now;
        if gain == 0 {
            return None;
        }
        let p = i128::from(self.rules.per_mille);
        let (sign, missing, known) = match way {
            Way::Up => {
                let known = reach.all.iter().map(|(c, w)| i128::from(*w) * self.classes[*c].largest_but(holder)).sum();
                (gain.signum(), (1000 + p) * minor - 1000 * now, known)
            }
            Way::Down => (-gain.signum(), 1000 * now - (1000 - p) * minor, 0),
        };
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

    /// The best alternative ledger by linear programming.
    fn programme(
        &mut self,
        way: Way,
        holder: HolderNo,
        functional: &Functional,
        reach: &Reach,
        readers: &[HolderNo],
    ) -> Result<Result<Sparse, (Reason, Fraction)>, TooBig> {
        let (mut program, open) = self.program(readers);
        let place: HashMap<usize, usize> = open.iter().enumerate().map(|(i, class)| (*class, i)).collect();
        let left: Vec<i128> = self.classes.iter().map(|class| class.left_to(readers)).collect();
        let figures = program.rows.len();
        let outcome = match way {
            Way::Up => {
                program.objective = reach.all.iter().filter_map(|(c, w)| Some((*place.get(c)?, *w))).collect();
                // Further than twice the amount nobody needs to go, so that there is always an end.
                let mut cap = program.objective.clone();
                cap.push((program.columns, 1));
                program.columns += 1;
                program.rows.push(cap);
                let now: i128 = reach.all.iter().map(|(class, w)| i128::from(*w) * left[*class]).sum();
                program.rhs.push(now.max(2 * functional.minor) + functional.minor);
                program.maximise()
            }
            Way::Down => {
                let sole = reach.least.iter().filter(|(class, _)| self.classes[*class].is_sole(holder, readers));
                program.objective = sole.filter_map(|(c, w)| Some((*place.get(c)?, *w))).collect();
                program.minimise()
            }
        };
        let optimum = match outcome.map_err(|_| TooBig)? {
            Outcome::Optimal(optimum) => optimum,
            // The ledger itself is a solution, and there is an end to both ways.
            Outcome::Infeasible | Outcome::Unbounded => {
                let reached = self.extent(way, holder, reach, readers, &Sparse::new());
                return Ok(Err((Reason::Unproven, Fraction { numerator: reached, denominator: 1 })));
            }
        };
        // Compared as a fraction: value = numerator / denominator.
        let (n, d) = (optimum.value.numerator, optimum.value.denominator);
        let p = i128::from(self.rules.per_mille);
        let target = match way {
            Way::Up => 1000 * n >= (1000 + p) * functional.minor * d,
            Way::Down => 1000 * n <= (1000 - p) * functional.minor * d,
        };
        if !target {
            let denominator = common_denominator(optimum.dual.iter());
            let factor = |row: usize| {
                let dual = &optimum.dual[row];
                dual.numerator * (denominator / dual.denominator)
            };
            let terms = self.space.rows().iter().take(figures).enumerate().map(|(row, (f, _))| (*f, factor(row)));
            let terms: Vec<(FigureNo, i128)> = terms.filter(|(_, factor)| *factor != 0).collect();
            let exact = n == functional.minor * d && readers.is_empty() && self.space.determines(&reach.all);
            let attack = Attack { terms, denominator, exact };
            let (minor, readers) = (functional.minor, readers.to_vec());
            return Ok(Err((Reason::Tells { holder, readers, minor, attack }, optimum.value)));
        }
        let shared = common_denominator(optimum.x.iter().map(|(_, f)| f));
        let mut change: BTreeMap<usize, i128> =
            open.iter().map(|class| (*class, -left[*class] * shared)).filter(|(_, change)| *change != 0).collect();
        for (column, f) in &optimum.x {
            if let Some(class) = open.get(*column) {
                *change.entry(*class).or_default() += f.numerator * (shared / f.denominator);
            }
        }
        change.retain(|_, change| *change != 0);
        // In whole minor units: as often as the smallest step goes into the whole way.
        let common = change.values().fold(0, |common, value| gcd(common, *value)).max(1);
        let times = common / shared;
        let smallest: Option<Sparse> =
            change.into_iter().map(|(class, c)| Some((class, i64::try_from(c / common).ok()?))).collect();
        let smallest = smallest.filter(|_| times > 0);
        let far =
            smallest.as_ref().and_then(|s| self.as_far_as_needed(way, holder, s, functional.minor, reach, readers));
        let step = far.or_else(|| smallest.and_then(|step| scaled(&step, times)));
        let enough =
            |step: &Sparse| self.is_enough(way, self.extent(way, holder, reach, readers, step), functional.minor);
        let step = match step.filter(enough) {
            None => self.nearest(way, holder, functional, reach, readers)?.filter(enough),
            found => found,
        };
        match step {
            Some(step) => {
                self.found.push(step.clone());
                Ok(Ok(step))
            }
            None => Ok(Err((Reason::Unproven, optimum.value))),
        }
    }

    /// The alternative ledger that is nearest: it mostly is one small move taken often, so that it is in whole minor
    /// units where the farthest ledger is not.
    fn nearest(
        &self,
        way: Way,
        holder: HolderNo,
        functional: &Functional,
        reach: &Reach,
        readers: &[HolderNo],
    ) -> Result<Option<Sparse>, TooBig> {
        let sole = |class: &usize| self.classes[*class].is_sole(holder, readers);
        let gains: Sparse = match way {
            Way::Up => reach.all.clone(),
            Way::Down => reach.least.iter().filter(|(class, _)| sole(class)).map(|(class, w)| (*class, -w)).collect(),
        };
        let p = i128::from(self.rules.per_mille);
        let now = self.extent(way, holder, reach, readers, &Sparse::new());
        let wanted = match way {
            Way::Up => ((1000 + p) * functional.minor + 999).div_euclid(1000) - now,
            Way::Down => now - ((1000 - p) * functional.minor).div_euclid(1000),
        };
        let open: Vec<usize> = (0..self.classes.len()).filter(|c| !self.classes[*c].is_known_to(readers)).collect();
        let place: HashMap<usize, usize> = open.iter().enumerate().map(|(i, class)| (*class, i)).collect();
        // One column for more of a class, one for less, and one for what goes beyond what is wanted.
        let both = |row: &Sparse| -> Vec<(usize, i64)> {
            let known = row.iter().filter_map(|(class, c)| Some((*place.get(class)?, *c)));
            known.flat_map(|(i, c)| [(2 * i, c), (2 * i + 1, -c)]).collect()
        };
        let mut program = Program { columns: 2 * open.len() + 1, ..Program::default() };
        program.objective = (0..2 * open.len()).map(|column| (column, 1)).collect();
        program.rows.extend(self.space.rows().iter().map(|(_, row)| both(row)));
        program.rows.push(both(&gains));
        if let Some(goal) = program.rows.last_mut() {
            goal.push((2 * open.len(), -1));
        }
        program.rhs = vec![0; program.rows.len()];
        program.rhs[program.rows.len() - 1] = wanted;
        let mut held: BTreeSet<usize> = BTreeSet::new();
        loop {
            let Ok(Outcome::Optimal(best)) = program.minimise() else { return Ok(None) };
            let shared = common_denominator(best.x.iter().map(|(_, f)| f));
            let mut change: BTreeMap<usize, i128> = BTreeMap::new();
            for (column, f) in best.x.iter().filter(|(column, _)| *column < 2 * open.len()) {
                let sign = if column % 2 == 0 { 1 } else { -1 };
                *change.entry(open[column / 2]).or_default() += sign * f.numerator * (shared / f.denominator);
            }
            change.retain(|_, c| *c != 0);
            let common = change.values().fold(0, |common, c| gcd(common, *c)).max(1);
            let mut small = Sparse::new();
            for (class, c) in change {
                small.insert(class, i64::try_from(c / common).map_err(|_| TooBig)?);
            }
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
                program.rows.push(vec![(2 * place[&class] + 1, 1), (program.columns, 1)]);
                program.columns += 1;
                program.rhs.push(left(&class));
            }
        }
    }

    /// The moves that contributors are safe by who are not safe by exchanges alone: changes by unknown, to be taken as
    /// often as amounts allow. A class is named by one of its unknowns, as amounts are exchanged within it.
    #[must_use]
    pub fn proof_moves(&self) -> Vec<BTreeMap<usize, i128>> {
        let unknown = |class: &usize| self.space.members(*class).first().copied();
        let by_unknown =
            |step: &Sparse| step.iter().filter_map(|(class, c)| Some((unknown(class)?, i128::from(*c)))).collect();
        self.used.iter().map(by_unknown).collect()
    }

    /// Factors of published figures whose sum gives a sum of classes, for readers who know some classes.
    fn attack(&self, sum: &Sparse, readers: &[HolderNo]) -> Attack {
        let known: HashSet<usize> = self.known_to(readers).into_iter().collect();
        let open = |row: &Sparse| -> Vec<(usize, i128)> {
            row.iter().filter(|(class, _)| !known.contains(class)).map(|(c, v)| (*c, i128::from(*v))).collect()
        };
        let rows: Vec<Vec<(usize, i128)>> = self.space.rows().iter().map(|(_, row)| open(row)).collect();
        match super::solve::combination(&rows, &open(sum)) {
            None => Attack::default(),
            Some((factors, denominator)) => {
                let terms = factors.into_iter().map(|(row, factor)| (self.space.rows()[row].0, factor)).collect();
                Attack { terms, denominator, exact: true }
            }
        }
    }

    /// The least and the most that a figure can be, as the published figures have it, in whole minor units outwards;
    /// none when nothing bounds it.
    #[must_use]
    pub fn range(&self, figure: FigureNo) -> Option<(i128, i128)> {
        let known = self.system.known[figure];
        let mut most = Sparse::new();
        let mut least = Sparse::new();
        let row: HashMap<usize, i64> = self.system.row(figure).iter().copied().collect();
        let touched: BTreeSet<usize> = row.keys().map(|unknown| self.space.class_of(*unknown)).collect();
        for class in touched {
            let weights = self.space.members(class).iter().map(|unknown| row.get(unknown).copied().unwrap_or(0));
            let (low, high) = weights.fold((i64::MAX, i64::MIN), |(low, high), w| (low.min(w), high.max(w)));
            least.insert(class, low);
            most.insert(class, high);
        }
        // Somebody outside knows no class, so that places are classes.
        let (mut program, _) = self.program(&[]);
        let objective =
            |weights: &Sparse| weights.iter().map(|(class, w)| (*class, *w)).filter(|(_, w)| *w != 0).collect();
        program.objective = objective(&most);
        let high = match program.maximise() {
            Ok(Outcome::Optimal(best)) => ceiling(best.value.numerator, best.value.denominator),
            _ => return None,
        };
        program.objective = objective(&least);
        match program.minimise() {
            Ok(Outcome::Optimal(best)) => {
                Some((known + best.value.numerator.div_euclid(best.value.denominator), known + high))
            }
            _ => None,
        }
    }

    /// How many contributors are protected, and how many amounts of theirs.
    #[must_use]
    pub fn extent_of_protection(&self) -> (usize, usize) {
        let kept = self.functionals.iter().filter(|list| !list.is_empty());
        kept.fold((0, 0), |(holders, amounts), list| (holders + 1, amounts + list.len()))
    }

    /// What readers could say of every protected amount of others: the least and the most it can be.
    #[must_use]
    pub fn bounds(&self, readers: &[HolderNo]) -> Vec<(HolderNo, Functional, (i128, Option<i128>))> {
        let mut list = Vec::new();
        for (holder, functionals) in self.functionals.iter().enumerate() {
            if readers.contains(&holder) {
                continue;
            }
            for functional in functionals {
                let reach = self.reach(holder, functional);
                let (mut program, open) = self.program(readers);
                let place: HashMap<usize, usize> = open.iter().enumerate().map(|(i, class)| (*class, i)).collect();
                let objective = |weights: &mut dyn Iterator<Item = (usize, i64)>| -> Vec<(usize, i64)> {
                    weights.filter_map(|(class, weight)| Some((*place.get(&class)?, weight))).collect()
                };
                program.objective = objective(&mut reach.all.iter().map(|(class, weight)| (*class, *weight)));
                let high = match program.maximise() {
                    Ok(Outcome::Optimal(best)) => Some(ceiling(best.value.numerator, best.value.denominator)),
                    _ => None,
                };
                let sole = reach.least.iter().filter(|(class, _)| self.classes[*class].is_sole(holder, readers));
                program.objective = objective(&mut sole.copied());
                let low = match program.minimise() {
                    Ok(Outcome::Optimal(best)) => best.value.numerator.div_euclid(best.value.denominator),
                    _ => 0,
                };
                list.push((holder, functional.clone(), (low, high)));
            }
        }
        list
    }

    /// The published figures as equations of what readers do not know, and the class of each of their columns.
    fn program(&self, readers: &[HolderNo]) -> (Program, Vec<usize>) {
        let open: Vec<usize> =
            (0..self.classes.len()).filter(|class| !self.classes[*class].is_known_to(readers)).collect();
        let place: HashMap<usize, usize> = open.iter().enumerate().map(|(i, class)| (*class, i)).collect();
        let mut program = Program { columns: open.len(), ..Program::default() };
        for (_, row) in self.space.rows() {
            program.rows.push(row.iter().filter_map(|(class, c)| Some((*place.get(class)?, *c))).collect());
            let left = |class: &usize| self.classes[*class].left_to(readers);
            program.rhs.push(row.iter().map(|(class, c)| i128::from(*c) * left(class)).sum());
        }
        (program, open)
    }
}

fn common_denominator<'f>(fractions: impl Iterator<Item = &'f Fraction>) -> i128 {
    fractions.fold(1, |shared, f| shared / gcd(shared, f.denominator) * f.denominator)
}

fn ceiling(numerator: i128, denominator: i128) -> i128 {
    numerator.div_euclid(denominator) + i128::from(numerator.rem_euclid(denominator) != 0)
}

/// What is left of a row when another is taken off; none when that is not a part of it.
fn without_part(row: &[(usize, i64)], part: &[(usize, i64)]) -> Option<Vec<(usize, i64)>> {
    let mut left = Vec::with_capacity(row.len());
    let mut parts = part.iter().peekable();
    for (unknown, counts) in row {
        let taken = parts.next_if(|(u, _)| u == unknown).map_or(0, |(_, c)| *c);
        let rest = counts - taken;
        if taken != 0 && (taken.signum() != counts.signum() || taken.abs() > counts.abs()) {
            return None;
        }
        if rest != 0 {
            left.push((*unknown, rest));
        }
    }
    parts.next().is_none().then_some(left)
}

/// The step divided by what its changes share.
fn primitive(step: &Sparse) -> Sparse {
    let shared = step.values().fold(0, |shared, change| gcd(shared, i128::from(*change))).max(1);
    let shared = i64::try_from(shared).unwrap_or(1);
    step.iter().map(|(class, change)| (*class, change / shared)).collect()
}

fn scaled(step: &Sparse, times: i128) -> Option<Sparse> {
    step.iter().map(|(class, change)| Some((*class, i64::try_from(i128::from(*change) * times).ok()?))).collect()
}
