//! What is kept at a cell of the cube.

use super::store::Origin;
use crate::calendar::{Date, Window};
use crate::ledger::CoordinateNo;

/// Postings at a coordinate within a window: all of them, or those of one origin, or of one side.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Slice {
    /// The coordinate.
    pub at: CoordinateNo,
    /// The days.
    pub window: Window,
    /// Only what came from this kind of fact and cash-flow line.
    pub origin: Option<Origin>,
    /// Only debits, or only credits.
    pub debit: Option<bool>,
}

impl Slice {
    /// All postings at a coordinate within a window.
    #[must_use]
    pub const fn new(at: CoordinateNo, window: Window) -> Self {
        Self { at, window, origin: None, debit: None }
    }

    /// Whether it takes a posting on this side.
    #[must_use]
    pub fn takes(&self, at: CoordinateNo, date: Date, origin: Origin, debit: bool) -> bool {
        self.at == at
            && self.window.contains(date)
            && self.origin.is_none_or(|wanted| wanted == origin)
            && self.debit.is_none_or(|wanted| wanted == debit)
    }
}

/// A slice with its factor in a figure: 1 where debits count as positive, -1 where credits do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Term {
    /// The postings.
    pub slice: Slice,
    /// How often they count.
    pub factor: i64,
}

/// Sums of the debits and of the credits at a cell of the cube, both positive minor units, and how many postings.
///
/// Twice as wide as an amount, so that no sum of what the books can hold overflows; a store keeps what fits 64 bits and
/// refuses the posting that would exceed them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Balance {
    /// Sum of debits.
    pub debit: i128,
    /// Sum of credits, shown positive.
    pub credit: i128,
    /// Number of postings.
    pub postings: i64,
}

impl Balance {
    /// The balance of one posting.
    #[must_use]
    pub const fn of(amount: i64) -> Self {
        let amount = amount as i128;
        if amount >= 0 {
            Self { debit: amount, credit: 0, postings: 1 }
        } else {
            Self { debit: 0, credit: -amount, postings: 1 }
        }
    }

    /// Adds another balance.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            debit: self.debit + other.debit,
            credit: self.credit + other.credit,
            postings: self.postings + other.postings,
        }
    }

    /// Debits and credits as a store keeps them; `None` when one does not fit.
    #[must_use]
    pub fn narrow(self) -> Option<(i64, i64)> {
        Some((i64::try_from(self.debit).ok()?, i64::try_from(self.credit).ok()?))
    }

    /// Debits less credits, in minor units.
    #[must_use]
    pub const fn net(self) -> i128 {
        self.debit - self.credit
    }
}
