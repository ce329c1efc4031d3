//! Which rows of a file belong to which order, in 24 bytes a row: a million rows are gone through order by order
//! without being held in memory.

use std::hash::{BuildHasher, Hasher};

use crate::intake::sheet::Place;

/// The rows of a file by their order.
#[derive(Default)]
pub(super) struct Index {
    rows: Vec<(u64, Place)>,
    groups: Vec<(usize, usize)>,
}

/// A hash of an order's code and event, the same in every file of one import.
#[derive(Clone, Default)]
pub(super) struct Keys(std::hash::RandomState);

impl Keys {
    pub(super) fn of(&self, event: &str, order: &str) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write(event.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(order.as_bytes());
        hasher.finish()
    }
}

impl Index {
    pub(super) fn add(&mut self, key: u64, place: Place) {
        self.rows.push((key, place));
    }

    /// Sorts the rows by order; orders stay in the order of their first rows, or the other way round.
    pub(super) fn close(&mut self, newest_first: bool) {
        self.rows.sort_by_key(|(key, place)| (*key, place.byte()));
        let mut from = 0;
        for to in 1..=self.rows.len() {
            if to == self.rows.len() || self.rows[to].0 != self.rows[from].0 {
                self.groups.push((from, to));
                from = to;
            }
        }
        let rows = &self.rows;
        self.groups.sort_unstable_by_key(|(from, _)| rows[*from].1.byte());
        if newest_first {
            self.groups.reverse();
        }
    }

    /// The rows of each order.
    pub(super) fn groups(&self) -> impl ExactSizeIterator<Item = &[(u64, Place)]> {
        self.groups.iter().map(|(from, to)| &self.rows[*from..*to])
    }

    /// The rows under a key.
    pub(super) fn under(&self, key: u64) -> &[(u64, Place)] {
        let from = self.rows.partition_point(|(other, _)| *other < key);
        let to = self.rows.partition_point(|(other, _)| *other <= key);
        &self.rows[from..to]
    }
}
