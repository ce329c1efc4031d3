//! How closely published figures bound what is not published: what a reader is told of a withheld figure, and what a
//! reader could say of the amounts of others.

use std::collections::{BTreeSet, HashMap};

use super::Guard;
use super::amount::{Functional, Reach};
use super::witness::{Equations, Question, Way, ceiling};
use crate::disclosure::space::Sparse;
use crate::disclosure::system::{FigureNo, HolderNo};

impl Guard<'_> {
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
        let equations = self.equations(&[]);
        let sum = |weights: &Sparse| equations.sum(weights.iter().map(|(class, w)| (*class, *w)));
        let (most, least) = (sum(&most), sum(&least));
        let high = equations.end(Way::Up, most)?;
        Some((known + equations.end(Way::Down, least)?, known + high))
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
        let equations = self.equations(readers);
        let mut list = Vec::new();
        for (holder, functionals) in self.functionals.iter().enumerate().filter(|(h, _)| !readers.contains(h)) {
            let own = self.amounts_by_class(holder);
            for (number, functional) in functionals.iter().enumerate() {
                let reach = Reach::of(&self.space, &own, functional);
                let end = |way| {
                    let question = Question { way, holder, number, minor: functional.minor, reach: &reach, readers };
                    let objective = self.objective(&equations, &question);
                    equations.end(way, objective)
                };
                let (low, high) = (end(Way::Down).unwrap_or(0), end(Way::Up));
                list.push((holder, functional.clone(), (low, high)));
            }
        }
        list
    }
}

impl Equations {
    /// The most or the least of a sum of columns, in whole minor units outwards; none when there is no end.
    fn end(&self, way: Way, objective: Vec<(usize, i64)>) -> Option<i128> {
        let best = self.farthest(way, objective, None).ok()??;
        Some(match way {
            Way::Up => ceiling(best.value.numerator, best.value.denominator),
            Way::Down => best.value.numerator.div_euclid(best.value.denominator),
        })
    }
}
