//! What is kept at a cell of the cube.

use crate::calendar::Window;
use crate::ledger::{CoordinateNo, Slug};

/// Postings at a coordinate within a window; of all cash-flow lines, or of one (or of none) of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Slice {
    /// The coordinate.
    pub at: CoordinateNo,
    /// The days.
    pub window: Window,
    /// Which cash-flow line.
    pub flow: Option<Option<Slug>>,
}

impl Slice {
    /// All postings at a coordinate within a window.
    #[must_use]
    pub const fn new(at: CoordinateNo, window: Window) -> Self {
        Self { at, window, flow: None }
    }
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
