//! One order as a platform's files tell it: what happened to it, in order. The same for every format.

use std::rc::Rc;

use crate::calendar::Date;

/// A person as a file has them; what it does not tell is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Person {
    pub name: String,
    pub email: String,
}

impl Person {
    pub(super) fn is_nobody(&self) -> bool {
        self.name.is_empty() && self.email.is_empty()
    }
}

/// Something that was sold. Amounts are minor units, as charged: with tax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Position {
    /// What it is found by when it is cancelled.
    pub key: String,
    pub line: u64,
    pub product: String,
    pub variation: String,
    /// Price of all of them.
    pub price: i64,
    /// Tax within it, as the file says.
    pub tax: i64,
    pub quantity: i64,
    pub attendee: Person,
    pub voucher: String,
}

/// Money that moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Moved {
    /// What the buyer paid or got back, minor units; a fee that was kept of it is in it.
    pub amount: i64,
    pub fee: i64,
    /// The way of paying, as the file calls it.
    pub method: String,
    /// The platform's own reference.
    pub reference: String,
}

/// What can happen to an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// Positions were ordered.
    Placed(Vec<Position>),
    /// Money came in.
    Paid(Moved),
    /// Positions (by key) were cancelled, so much of their price kept.
    Cancelled { keys: Vec<String>, fee: i64 },
    /// Money went back.
    Refunded(Moved),
}

/// Something that happened to an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Happening {
    pub line: u64,
    pub date: Date,
    pub what: What,
    /// The file, where it is not the import's main one.
    pub file: Option<Rc<str>>,
}

impl Happening {
    /// Of one day, an order is placed before it is paid, and cancelled before money goes back.
    pub(super) const fn rank(&self) -> u8 {
        match self.what {
            What::Placed(_) => 0,
            What::Paid(_) => 1,
            What::Cancelled { .. } => 2,
            What::Refunded(_) => 3,
        }
    }
}

/// An order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Booking {
    /// The platform's code.
    pub code: String,
    /// The event, as the file calls it; empty when it does not tell.
    pub event: String,
    pub line: u64,
    pub buyer: Person,
    /// In the order of days.
    pub happenings: Vec<Happening>,
    /// Status of a position that stands no more, of which the file tells nothing else.
    pub void: Option<String>,
}

impl Booking {
    /// Whether the files tell what was ordered, and not only what was paid.
    pub(super) fn is_whole(&self) -> bool {
        self.happenings.iter().any(|happening| matches!(happening.what, What::Placed(_)))
    }

    /// Tax within what stands, if the files are right, minor units.
    pub(super) fn tax(&self) -> i64 {
        let cancelled = |key: &String| {
            self.happenings.iter().any(|happening| match &happening.what {
                What::Cancelled { keys, .. } => keys.contains(key),
                _ => false,
            })
        };
        let placed = self.happenings.iter().filter_map(|happening| match &happening.what {
            What::Placed(positions) => Some(positions),
            _ => None,
        });
        placed.flatten().filter(|position| !cancelled(&position.key)).map(|position| position.tax).sum()
    }

    /// What is still to be paid (less what is to be paid back) if the file is right, minor units.
    pub(super) fn open(&self) -> i64 {
        let mut prices: Vec<(&str, i64)> = Vec::new();
        let mut open = 0;
        for happening in &self.happenings {
            open += match &happening.what {
                What::Placed(positions) => {
                    prices.extend(positions.iter().map(|position| (position.key.as_str(), position.price)));
                    positions.iter().map(|position| position.price).sum()
                }
                What::Paid(moved) => -moved.amount,
                What::Refunded(moved) => moved.amount,
                What::Cancelled { keys, fee } => {
                    let price = |key: &String| prices.iter().rev().find(|(other, _)| *other == key.as_str());
                    fee - keys.iter().filter_map(price).map(|(_, price)| price).sum::<i64>()
                }
            };
        }
        open
    }
}
