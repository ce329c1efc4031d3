//! Who could tell an amount: someone outside, each other contributor, each declared coalition, who know their own amounts.
//!
//! One other ledger serves everybody of whose amounts it changes none, so that only the others have to be asked for. What
//! readers could tell before is no reason to withhold anything, as long as they cannot tell it more closely. (Several
//! attackers, each with what it knows of itself: Salazar-González 2002.)

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::amount::{Functional, Reach};
use super::witness::{Answer, Question, Way, primitive};
use super::{Asked, Guard, Reason};
use crate::disclosure::simplex::{Fraction, TooBig};
use crate::disclosure::space::{Sparse, dot};
use crate::disclosure::system::{HolderNo, Protection};

impl Guard<'_> {
    /// Whether a reader can tell something of a contributor.
    pub(super) fn tells_of(&mut self, holder: HolderNo, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let functionals = Rc::clone(&self.functionals);
        for number in 0..functionals[holder].len() {
            if let Some(reason) = self.tells(holder, number, &functionals[holder][number], is_out)? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Whether a reader can tell a functional of a contributor. When that is out already, all such readers are noted
    /// as excused instead.
    fn tells(
        &mut self,
        holder: HolderNo,
        number: usize,
        functional: &Functional,
        is_out: bool,
    ) -> Result<Option<Reason>, TooBig> {
        let reach = Reach::of(&self.space, &self.own[holder], functional);
        let question = |way| Question { way, holder, minor: functional.minor, reach: &reach, readers: &[] };
        match self.system.holders[holder].protection {
            Protection::None => Ok(None),
            Protection::Structural if self.is_among_others(functional) => Ok(None),
            Protection::Structural => self.tells_exactly(question(Way::Up), number, is_out),
            Protection::Interval if functional.minor == 0 => Ok(None),
            Protection::Interval if self.exchange_is_enough(holder, functional, &reach) => Ok(None),
            Protection::Interval => {
                let larger = self.tells_closely(question(Way::Up), number, is_out)?;
                if larger.is_some() {
                    return Ok(larger);
                }
                self.tells_closely(question(Way::Down), number, is_out)
            }
        }
    }

    /// Whether a reader can tell an amount exactly.
    fn tells_exactly(&mut self, asked: Question<'_>, number: usize, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let Question { way, holder, minor, reach, .. } = asked;
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
            self.used.insert(step);
        }
        Ok(None)
    }

    /// Whether a reader can tell an amount to within the rules' share of it, one way.
    fn tells_closely(&mut self, asked: Question<'_>, number: usize, is_out: bool) -> Result<Option<Reason>, TooBig> {
        let Question { way, holder, reach, .. } = asked;
        let mut waiting = vec![Vec::new()];
        waiting.extend(self.rules.coalitions.iter().filter(|coalition| !coalition.contains(&holder)).cloned());
        let mut seen: HashSet<Vec<HolderNo>> = waiting.iter().cloned().collect();
        while let Some(readers) = waiting.pop() {
            let question = Question { readers: &readers, ..asked };
            match self.alternative(&question)? {
                Answer::Step(step) => {
                    // The same ledger serves everyone but those whose own amounts it needs.
                    for other in self.suspects(&question, &step) {
                        let other = vec![other];
                        if !self.answers(&Question { readers: &other, ..asked }, &step) && seen.insert(other.clone()) {
                            waiting.push(other);
                        }
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
        let step = Sparse::new();
        if self.is_enough(question.way, self.extent(question, &step), question.minor) {
            return Ok(Answer::Step(step));
        }
        self.relies.insert(question.holder);
        let answer = self.witness(question)?;
        if let Answer::Step(step) = &answer {
            self.used.insert(primitive(step));
        }
        Ok(answer)
    }

    /// Whether a class has so many contributors that, whoever reads, another one is left to exchange amounts with.
    fn is_among_others(&self, functional: &Functional) -> bool {
        let largest = self.rules.coalitions.iter().map(Vec::len).max().unwrap_or(0).max(1);
        functional.weights.keys().any(|u| self.classes[self.space.class_of(*u)].holders.len() > largest + 1)
    }

    /// Whether exchanging amounts within classes hides the functional from everybody: most are safe so.
    fn exchange_is_enough(&self, holder: HolderNo, functional: &Functional, reach: &Reach) -> bool {
        if !self.rules.coalitions.is_empty() {
            return false;
        }
        let minor = functional.minor;
        let outside = Question { way: Way::Up, holder, minor, reach, readers: &[] };
        let most = self.extent(&outside, &Sparse::new()) - self.most_known(holder, reach);
        let certain = reach.least.iter().map(|(class, weight)| (&self.classes[*class], i128::from(*weight)));
        let certain: i128 =
            certain.filter(|(class, _)| class.holders.len() <= 2).map(|(class, weight)| weight * class.total).sum();
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
            for other in self.classes[*class].holders.keys() {
                if self.reads_of(*other, holder) {
                    readers.insert(vec![*other]);
                }
            }
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
            let mut others = self.classes[*class].holders.keys().filter(|other| **other != holder);
            if let (Some(other), None) = (others.next(), others.next())
                && self.system.holders[*other].outside
            {
                list.push(*other);
            }
        }
        list
    }

    /// Readers for whom an alternative ledger may not do, because they know some of the amounts that it changes.
    fn suspects(&self, question: &Question<'_>, step: &Sparse) -> BTreeSet<HolderNo> {
        let Question { way, holder, minor, reach, .. } = *question;
        let mut suspects: BTreeSet<HolderNo> = BTreeSet::new();
        for (class, change) in step {
            let (class, change) = (&self.classes[*class], i128::from(*change));
            if class.holders.len() > 1 && class.total - class.largest_but(holder) + change >= 0 {
                continue;
            }
            let needed = |minor: i128| class.holders.len() == 1 || class.total - minor + change < 0;
            suspects.extend(class.holders.iter().filter(|(_, minor)| needed(**minor)).map(|(other, _)| *other));
        }
        match way {
            Way::Up => {
                // What is there beyond what is needed, in thousandths.
                let most = self.extent(&Question { readers: &[], ..*question }, step);
                let slack = 1000 * most - (1000 + i128::from(self.rules.per_mille)) * minor;
                if 1000 * self.most_known(holder, reach) > slack {
                    let mut own: HashMap<HolderNo, i128> = HashMap::new();
                    for (class, weight) in &reach.all {
                        for (other, minor) in &self.classes[*class].holders {
                            *own.entry(*other).or_default() += i128::from(*weight) * minor;
                        }
                    }
                    suspects.extend(own.into_iter().filter(|(_, own)| 1000 * own > slack).map(|(other, _)| other));
                }
            }
            Way::Down => {
                let pairs = reach.least.iter().map(|(class, _)| &self.classes[*class]);
                suspects.extend(pairs.filter(|class| class.holders.len() == 2).flat_map(|class| class.holders.keys()));
            }
        }
        suspects.retain(|other| self.reads_of(*other, holder));
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
