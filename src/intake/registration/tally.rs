//! What an import of registrations has seen and done, added up on both sides.

use std::collections::BTreeMap;

use crate::intake::papers::Filed;

/// A number of things and what they come to, minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Count {
    /// How many.
    pub count: usize,
    /// Minor units.
    pub minor: i64,
}

impl Count {
    pub(in crate::intake) fn add(&mut self, minor: i64) {
        self.count += 1;
        self.minor = self.minor.saturating_add(minor);
    }
}

/// Why rows were left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// What they tell did not take place, or not yet: a payment that failed or is pending, an order that expired.
    Status(String),
    /// They are dated after the last day that was to be imported.
    Later,
    /// Their product is mapped to be left out.
    Product(String),
    /// Their order was to be left out.
    Order,
    /// They are free, and of a kind that only amounts belong to.
    Free,
    /// They paid for something that was left out.
    PaidFor,
    /// They cancel an order of which it is not told whether it was paid.
    Waits,
    /// They neither add nor take away anything.
    Nothing,
}

/// What an import of registrations found and did. Amounts are minor units, with tax, as buyers saw them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Registered {
    /// Rows in the files.
    pub rows: usize,
    /// Orders in the files.
    pub orders: usize,
    /// Positions sold.
    pub sold: Count,
    /// Positions cancelled.
    pub cancelled: Count,
    /// What was kept of them.
    pub kept: Count,
    /// Payments, fees in them.
    pub paid: Count,
    /// Refunds.
    pub refunded: Count,
    /// Fees that were taken of payments.
    pub fees: Count,
    /// Refunds that no cancellation explains: price concessions.
    pub conceded: Count,
    /// Orders whose buyers have paid more than they come to, and by how much: it is owed back.
    pub overpaid: Vec<(String, i64)>,
    /// By product: sold less cancelled.
    pub products: BTreeMap<String, Count>,
    /// By way of paying: payments less refunds.
    pub methods: BTreeMap<String, Count>,
    /// Rows that were left out.
    pub skipped: BTreeMap<Reason, Count>,
    /// What is still to be paid, less what is to be paid back, by the files.
    pub open_in_files: i64,
    /// The same by the books.
    pub open_in_books: i64,
    /// Tax within what stands, by the files.
    pub tax_in_files: i64,
    /// The same by the books, as the tickets' tax codes make it.
    pub tax_in_books: i64,
    /// What is new in the books: orders, cancellations, payments, refunds.
    pub new: [Count; 4],
    /// What was there already: orders, cancellations, payments, refunds.
    pub known: [Count; 4],
    /// Orders that were there, and to which something new happened.
    pub changed: Vec<String>,
    /// Orders that were there, and stand otherwise in the books than in the files; with what differs.
    pub differing: Vec<String>,
    /// What was filed.
    pub filed: Filed,
}

impl Registered {
    pub(super) fn skip(&mut self, reason: Reason, minor: i64) {
        self.skipped.entry(reason).or_default().add(minor);
    }
}
