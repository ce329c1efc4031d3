//! Amounts that no published figure tells apart.
//!
//! Within a class any amount can be in anybody's hands. What a reader knows of it are its own amounts there: how much
//! that leaves, and who is then alone in it, is all that the search for other ledgers asks.

use crate::disclosure::system::{HolderNo, System};

/// What a class adds up to, and who holds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    /// All amounts in it, minor units.
    pub(super) total: i128,
    /// Amounts by contributor, the largest first.
    pub(super) largest: Vec<(HolderNo, i128)>,
    /// The same by contributor.
    by_holder: Vec<(HolderNo, i128)>,
}

impl Class {
    /// The class of these unknowns.
    pub(super) fn of(system: &System, members: &[usize]) -> Self {
        let holders = members.iter().flat_map(|unknown| &system.unknowns[*unknown].holders);
        let by_holder = added_up(holders.map(|(holder, minor)| (*holder, *minor)).collect());
        let mut largest = by_holder.clone();
        largest.sort_by_key(|(_, minor)| std::cmp::Reverse(*minor));
        Self { total: by_holder.iter().map(|(_, minor)| minor).sum(), largest, by_holder }
    }

    /// Everybody who holds some of it.
    pub(super) fn holders(&self) -> impl Iterator<Item = HolderNo> + '_ {
        self.by_holder.iter().map(|(holder, _)| *holder)
    }

    /// How many hold some of it.
    pub(super) fn len(&self) -> usize {
        self.by_holder.len()
    }

    /// What one contributor holds.
    fn held_by(&self, holder: HolderNo) -> i128 {
        let place = self.by_holder.binary_search_by_key(&holder, |(holder, _)| *holder);
        place.map_or(0, |place| self.by_holder[place].1)
    }

    /// The largest amount that another has in it.
    pub(super) fn largest_but(&self, holder: HolderNo) -> i128 {
        self.largest.iter().find(|(who, _)| *who != holder).map_or(0, |(_, minor)| *minor)
    }

    /// Whether the readers hold all of it.
    pub(super) fn is_known_to(&self, readers: &[HolderNo]) -> bool {
        self.len() <= readers.len() && self.holders().all(|holder| readers.contains(&holder))
    }

    /// What the readers do not hold.
    pub(super) fn left_to(&self, readers: &[HolderNo]) -> i128 {
        self.total - readers.iter().map(|reader| self.held_by(*reader)).sum::<i128>()
    }

    /// Whether, but for the readers, the contributor is alone in it.
    pub(super) fn is_sole(&self, holder: HolderNo, readers: &[HolderNo]) -> bool {
        self.len() <= readers.len() + 1 && self.holders().all(|other| other == holder || readers.contains(&other))
    }
}

/// One amount for each contributor, in order.
pub(super) fn added_up(mut amounts: Vec<(HolderNo, i128)>) -> Vec<(HolderNo, i128)> {
    amounts.sort_unstable();
    amounts.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    amounts
}
