//! Who could tell an amount: someone outside, each other contributor, each declared coalition, who know their own amounts.
//!
//! One other ledger serves everybody of whose amounts it changes none, so that only the others have to be asked for. What
//! readers could tell before is no reason to withhold anything, as long as they cannot tell it more closely. (Several
//! attackers, each with what it knows of itself: Salazar-González 2002.)

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::amount::{Functional, Reach};
use super::witness::{Answer, Question, Way};
use super::{Asked, Guard, Reason};
use crate::disclosure::simplex::{Fraction, TooBig};
use crate::disclosure::space::{Sparse, dot};
use crate::disclosure::system::{HolderNo, Protection};

impl Guard<'_> {
    /// Whether a reader can tell something of a contributor.
    pub(super) fn tells_of(&mut self, holder: HolderNo, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let functionals = Rc::clone(&self.functionals);
        let own = self.amounts_by_class(holder);
        for (number, functional) in functionals[holder].iter().enumerate() {
            let reach = Reach::of(&self.space, &own, functional);
            if let Some(reason) = self.tells(holder, number, functional, &reach, is_out)? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// How many unknowns of a contributor are in each class.
    pub(super) fn amounts_by_class(&self, holder: HolderNo) -> HashMap<usize, usize> {
        let mut amounts = HashMap::new();
        for unknown in &self.own[holder] {
            *amounts.entry(self.space.class_of(*unknown)).or_default() += 1;
        }
        amounts
    }

    /// Whether a reader can tell a functional of a contributor. When that is out already, all such readers are noted
    /// as excused instead.
    fn tells(
        &mut self,
        holder: HolderNo,
        number: usize,
        functional: &Functional,
        reach: &Reach,
        is_out: bool,
    ) -> Result<Option<Reason>, TooBig> {
        let question = |way| Question { way, holder, number, minor: functional.minor, reach, readers: &[] };
        match self.system.holders[holder].protection {
            Protection::None => Ok(None),
            Protection::Structural if self.is_among_others(functional) => Ok(None),
            Protection::Structural => self.tells_exactly(question(Way::Up), is_out),
            Protection::Interval if functional.minor == 0 => Ok(None),
            Protection::Interval if self.exchange_is_enough(question(Way::Up)) => Ok(None),
            Protection::Interval => {
                let larger = self.tells_closely(question(Way::Up), is_out)?;
                if larger.is_some() {
                    return Ok(larger);
                }
                self.tells_closely(question(Way::Down), is_out)
            }
        }
    }

    /// Whether a reader can tell an amount exactly.
    fn tells_exactly(&mut self, asked: Question<'_>, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let Question { way, holder, number, minor, reach, .. } = asked;
        let mut waiting = self.readers_of(holder, reach);
        let mut seen: HashSet<Vec<HolderNo>> = waiting.iter().cloned().collect();
        while let Some(readers) = waiting.pop() {
            let alone = reach.all.keys().all(|class| self.classes[*class].is_sole(holder, &readers));
            let asked: Asked = (holder, number, way, readers.clone());
            if !alone || !reach.is_whole() || (!is_out && self.excused.contains_key(&asked)) {
                continue;
            }
            self.relies.insert(holder);
            let known = self.known_to(&readers);
            let moves = if known.is_empty() { None } else { Some(self.space.moves_apart_from(&known)?) };
            let moves = moves.as_deref().unwrap_or(self.space.moves());
            let step = moves.iter().filter(|step| dot(step, &reach.all) != 0).min_by_key(|step| step.len());
            let Some(step) = step.cloned() else {
                let mut attack = self.attack(&reach.all, &readers);
                attack.exact = true;
                let reason = Reason::Tells { holder, readers, minor, attack };
                if is_out {
                    self.excuse(asked, &reason, Fraction { numerator: minor, denominator: 1 });
                    continue;
                }
                return Ok(Some(reason));
            };
            // Others are readers of concern only when they know a class that this move needs.
            if readers.is_empty() {
                let insiders = self.insiders(&step, holder).into_iter().map(|other| vec![other]);
                waiting.extend(insiders.filter(|other| seen.insert(other.clone())));
            }
            self.used.insert(Rc::new(step));
        }
        Ok(None)
    }

    /// Whether a reader can tell an amount to within the rules' share of it, one way.
    fn tells_closely(&mut self, asked: Question<'_>, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let Question { way, holder, number, reach, .. } = asked;
        let mut waiting = vec![Vec::new()];
        waiting.extend(self.rules.coalitions.iter().filter(|coalition| !coalition.contains(&holder)).cloned());
        let mut seen: HashSet<Vec<HolderNo>> = waiting.iter().cloned().collect();
        while let Some(readers) = waiting.pop() {
            let question = Question { readers: &readers, ..asked };
            match self.alternative(&question)? {
                Answer::Step(step) => {
                    // The same ledger serves everyone but those whose own amounts it needs. Whoever was asked for
                    // alone waited because another ledger does not do: that one serves the others.
                    if readers.len() != 1 {
                        let others = self.suspects(&question, &step).into_iter().map(|other| vec![other]);
                        waiting.extend(others.filter(|other| seen.insert(other.clone())));
                    }
                }
                Answer::None(reason, reached) => {
                    let asked: Asked = (holder, number, way, readers.clone());
                    // Who could tell it before learns nothing, as long as it is not closer.
                    if !is_out && !self.is_excused(&asked, reached) {
                        return Ok(Some(reason));
                    }
                    if readers.is_empty() {
                        // Each of the others may tell it more closely; and there may be a ledger later.
                        let others = self.others_of_concern(holder, reach, reason == Reason::Unproven);
                        waiting.extend(others.into_iter().filter(|other| seen.insert(other.clone())));
                    }
                    if is_out {
                        self.excuse(asked, &reason, reached);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Another ledger for a question: by exchanges alone, which change no class, or by a move.
    fn alternative(&mut self, question: &Question<'_>) -> Result<Answer, TooBig> {
        let now = self.extent(question, &Sparse::new());
        if self.is_enough(question.way, now, question.minor) {
            return Ok(Answer::Step(Rc::default()));
        }
        self.relies.insert(question.holder);
        if let Some(step) = self.remembered(question) {
            return Ok(Answer::Step(step));
        }
        let answer = self.witness(question, now)?;
        if let Answer::Step(step) = &answer {
            self.remember(question, step);
        }
        Ok(answer)
    }

    /// Whether a class has so many contributors that, whoever reads, another one is left to exchange amounts with.
    fn is_among_others(&self, functional: &Functional) -> bool {
        let largest = self.rules.coalitions.iter().map(Vec::len).max().unwrap_or(0).max(1);
        functional.weights.keys().any(|u| self.classes[self.space.class_of(*u)].len() > largest + 1)
    }

    /// Whether exchanging amounts within classes hides the functional from everybody: most are safe so.
    fn exchange_is_enough(&self, outside: Question<'_>) -> bool {
        if !self.rules.coalitions.is_empty() {
            return false;
        }
        let Question { holder, minor, reach, .. } = outside;
        let most = self.extent(&outside, &Sparse::new()) - self.most_known(holder, reach);
        let certain = reach.least.iter().map(|(class, weight)| (&self.classes[*class], i128::from(*weight)));
        let certain: i128 =
            certain.filter(|(class, _)| class.len() <= 2).map(|(class, weight)| weight * class.total).sum();
        self.is_enough(Way::Up, most, minor) && self.is_enough(Way::Down, certain, minor)
    }

    /// The most that others can know of the classes of an amount.
    pub(super) fn most_known(&self, holder: HolderNo, reach: &Reach) -> i128 {
        reach.all.iter().map(|(class, weight)| i128::from(*weight) * self.classes[*class].largest_but(holder)).sum()
    }

    /// Classes that readers know all of.
    pub(super) fn known_to(&self, readers: &[HolderNo]) -> Vec<usize> {
        let mut classes: BTreeSet<usize> = BTreeSet::new();
        for reader in readers {
            classes.extend(self.own[*reader].iter().map(|unknown| self.space.class_of(*unknown)));
        }
        classes.into_iter().filter(|class| self.classes[*class].is_known_to(readers)).collect()
    }

    /// Readers that share a class with the contributor, and declared coalitions.
    fn readers_of(&self, holder: HolderNo, reach: &Reach) -> Vec<Vec<HolderNo>> {
        let mut readers: BTreeSet<Vec<HolderNo>> = BTreeSet::from([Vec::new()]);
        for class in reach.all.keys() {
            let others = self.classes[*class].holders().filter(|other| self.reads_of(*other, holder));
            readers.extend(others.map(|other| vec![other]));
        }
        readers.extend(self.rules.coalitions.iter().filter(|coalition| !coalition.contains(&holder)).cloned());
        readers.into_iter().collect()
    }

    /// Readers who may tell what anybody can tell more closely: those who share a class with the contributor, or all.
    fn others_of_concern(&self, holder: HolderNo, reach: &Reach, all: bool) -> Vec<Vec<HolderNo>> {
        if all {
            let others = (0..self.own.len()).filter(|other| self.reads_of(*other, holder));
            return others.map(|other| vec![other]).collect();
        }
        self.readers_of(holder, reach)
    }

    /// Whether somebody is another contributor who reads what is published.
    fn reads_of(&self, other: HolderNo, holder: HolderNo) -> bool {
        other != holder && self.system.holders[other].outside
    }

    /// Contributors who alone hold a class that a move changes.
    fn insiders(&self, step: &Sparse, holder: HolderNo) -> Vec<HolderNo> {
        let mut list = Vec::new();
        for class in step.keys() {
            let mut others = self.classes[*class].holders().filter(|other| *other != holder);
            if let (Some(other), None) = (others.next(), others.next())
                && self.system.holders[other].outside
            {
                list.push(other);
            }
        }
        list
    }

    /// Readers for whom an alternative ledger does not do, because they know some of the amounts that it changes, or that
    /// count.
    fn suspects(&self, question: &Question<'_>, step: &Sparse) -> BTreeSet<HolderNo> {
        let Question { way, holder, minor, reach, .. } = *question;
        let mut suspects: BTreeSet<HolderNo> = BTreeSet::new();
        let reads = |other: &HolderNo| self.reads_of(*other, holder);
        for (class, change) in step.iter().filter(|(_, change)| **change != 0) {
            let class = &self.classes[*class];
            let most = class.total + i128::from(*change);
            let needed = class.largest.iter().take_while(|(_, minor)| class.len() == 1 || *minor > most);
            suspects.extend(needed.map(|(other, _)| *other).filter(reads));
        }
        match way {
            Way::Up => {
                // What is there beyond what is needed, in thousandths.
                let most = self.extent(&Question { readers: &[], ..*question }, step);
                let slack = 1000 * most - (1000 + i128::from(self.rules.per_mille)) * minor;
                if 1000 * self.most_known(holder, reach) > slack {
                    let know = reach.parts(&self.classes).iter().take_while(|(_, part)| 1000 * part > slack);
                    suspects.extend(know.map(|(other, _)| *other).filter(reads));
                }
            }
            Way::Down => {
                let pairs = reach.least.iter().map(|(class, _)| &self.classes[*class]);
                let others = pairs.filter(|class| class.len() == 2).flat_map(|class| class.holders()).filter(reads);
                let others: BTreeSet<HolderNo> = others.filter(|other| !suspects.contains(other)).collect();
                let is_told = |other: &HolderNo| !self.answers(&Question { readers: &[*other], ..*question }, step);
                suspects.extend(others.into_iter().filter(is_told));
            }
        }
        suspects
    }

    /// Notes how far readers can tell an amount that is out.
    fn excuse(&mut self, asked: Asked, reason: &Reason, reached: Fraction) {
        if matches!(reason, Reason::Tells { .. }) {
            self.told.insert(asked.0);
        } else {
            self.doubtful.insert(asked.clone());
        }
        self.excused.insert(asked, reached);
    }

    /// Whether a reader could go no farther before.
    fn is_excused(&self, asked: &Asked, reached: Fraction) -> bool {
        self.excused.get(asked).is_some_and(|before| {
            let now = reached.numerator.checked_mul(before.denominator);
            let then = before.numerator.checked_mul(reached.denominator);
            match (now, then, asked.2) {
                (Some(now), Some(then), Way::Up) => now >= then,
                (Some(now), Some(then), Way::Down) => now <= then,
                _ => false,
            }
        })
    }
}
