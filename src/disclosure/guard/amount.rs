//! What is kept of a contributor: single amounts, its part of each figure, and its total; and how much of it the classes
//! of amounts leave open.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::class::{Class, added_up};
use crate::disclosure::space::{Space, Sparse};
use crate::disclosure::system::{FigureNo, HolderNo, System};

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

/// The classes of a functional, with the weight that counts.
pub(super) struct Reach {
    /// Weight by class, if the contributor had all of it.
    pub(super) all: Sparse,
    /// By class where the contributor can be alone: weight of what is certainly its.
    pub(super) least: Vec<(usize, i64)>,
    /// Whether every class has one weight.
    even: bool,
    /// What everybody has in these classes, once that is asked for.
    parts: OnceCell<Vec<(HolderNo, i128)>>,
}

impl Reach {
    /// The classes of a functional of somebody who has so many unknowns in each class.
    pub(super) fn of(space: &Space, own: &HashMap<usize, usize>, functional: &Functional) -> Self {
        let mut all = Sparse::new();
        let mut least: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
        let mut even = true;
        for (unknown, weight) in &functional.weights {
            let class = space.class_of(*unknown);
            let most = all.entry(class).or_insert(*weight);
            even &= *most == *weight;
            *most = (*most).max(*weight);
            let (count, smallest) = least.entry(class).or_insert((0, *weight));
            *count += 1;
            *smallest = (*smallest).min(*weight);
        }
        // Where the contributor has another amount in the class, it can be all that.
        let least = least
            .into_iter()
            .filter(|(class, (count, _))| own.get(class) == Some(count))
            .map(|(class, (_, weight))| (class, weight))
            .collect();
        Self { all, least, even, parts: OnceCell::new() }
    }

    /// What everybody has in these classes, as much as it counts, the most first.
    pub(super) fn parts(&self, classes: &[Rc<Class>]) -> &[(HolderNo, i128)] {
        self.parts.get_or_init(|| {
            let held = self.all.iter().flat_map(|(class, weight)| {
                classes[*class].largest.iter().map(|(other, minor)| (*other, i128::from(*weight) * minor))
            });
            let mut parts: Vec<(HolderNo, i128)> = held.collect();
            if self.all.len() > 1 {
                parts = added_up(parts);
                parts.sort_by_key(|(_, part)| std::cmp::Reverse(*part));
            }
            parts
        })
    }

    /// Whether it is a sum of whole classes: what a reader has to know of them is their totals.
    pub(super) fn is_whole(&self) -> bool {
        self.even && self.least.len() == self.all.len()
    }
}
