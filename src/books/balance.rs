//! What is kept at a cell of the cube.

/// Sums of the debits and of the credits at a cell of the cube, both positive minor units, and how many postings.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Balance {
    /// Sum of debits.
    pub debit: i64,
    /// Sum of credits, shown positive.
    pub credit: i64,
    /// Number of postings.
    pub postings: i64,
}

impl Balance {
    /// The balance of one posting.
    #[must_use]
    pub const fn of(amount: i64) -> Self {
        if amount >= 0 {
            Self { debit: amount, credit: 0, postings: 1 }
        } else {
            Self { debit: 0, credit: amount.saturating_neg(), postings: 1 }
        }
    }

    /// Adds another balance; `None` when a sum does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            debit: self.debit.checked_add(other.debit)?,
            credit: self.credit.checked_add(other.credit)?,
            postings: self.postings.checked_add(other.postings)?,
        })
    }

    /// Debits less credits, in minor units. Cannot overflow: both are positive.
    #[must_use]
    pub const fn net(self) -> i64 {
        self.debit - self.credit
    }
}
