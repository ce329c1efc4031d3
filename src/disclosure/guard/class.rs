//! Amounts that no published figure tells apart.
//!
//! Within a class any amount can be in anybody's hands. What a reader knows of it are its own amounts there: how much
//! that leaves, and who is then alone in it, is all that the search for other ledgers asks.

use std::collections::BTreeMap;

use crate::disclosure::system::{HolderNo, System};

/// What a class adds up to, and who holds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    /// All amounts in it, minor units.
    pub(super) total: i128,
    /// Amounts by contributor.
    pub(super) holders: BTreeMap<HolderNo, i128>,
    /// The largest amounts and whose they are.
    largest: [Option<(HolderNo, i128)>; 2],
}

impl Class {
    /// The class of these unknowns.
    pub(super) fn of(system: &System, members: &[usize]) -> Self {
        let mut class = Self::default();
        for unknown in members {
            for (holder, minor) in &system.unknowns[*unknown].holders {
                *class.holders.entry(*holder).or_default() += minor;
                class.total += minor;
            }
        }
        for (holder, minor) in &class.holders {
            if class.largest[0].is_none_or(|(_, most)| *minor > most) {
                class.largest = [Some((*holder, *minor)), class.largest[0]];
            } else if class.largest[1].is_none_or(|(_, most)| *minor > most) {
                class.largest[1] = Some((*holder, *minor));
            }
        }
        class
    }

    /// The largest amount that another has in it.
    pub(super) fn largest_but(&self, holder: HolderNo) -> i128 {
        self.largest.iter().flatten().find(|(who, _)| *who != holder).map_or(0, |(_, minor)| *minor)
    }

    /// Whether the readers hold all of it.
    pub(super) fn is_known_to(&self, readers: &[HolderNo]) -> bool {
        self.holders.keys().all(|holder| readers.contains(holder))
    }

    /// What the readers do not hold.
    pub(super) fn left_to(&self, readers: &[HolderNo]) -> i128 {
        self.total - readers.iter().filter_map(|reader| self.holders.get(reader)).sum::<i128>()
    }

    /// Whether, but for the readers, the contributor is alone in it.
    pub(super) fn is_sole(&self, holder: HolderNo, readers: &[HolderNo]) -> bool {
        self.holders.keys().all(|other| *other == holder || readers.contains(other))
    }
}
