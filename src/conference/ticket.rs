//! What an event sells: tickets with tiers, prices that change by date or by quota, discounts.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::optional_day;
use super::tax::share_of;
use super::{ItemKind, RuleError};
use crate::calendar::Date;
use crate::ledger::Slug;

/// Something an event sells. Under a code that exists it changes what is sold from then on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketType {
    /// The event.
    pub event: Slug,
    /// Its code: `individual`, `tutorial`, `shirt`.
    pub code: Slug,
    /// Its name on invoices.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// The tier of an admission: individual, student, corporate, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Slug>,
    /// The activity its revenue belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Slug>,
    /// How it is taxed; not at all unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Slug>,
    /// Prices, first to last; the first that is in force counts.
    pub prices: Vec<Price>,
}

/// A price and when it is in force: until a day, or for the first so many, or both; the last price has no end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Minor units.
    pub amount: i64,
    /// The last day it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub until: Option<Date>,
    /// It is in force for the first so many sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<i64>,
}

/// The largest amount a document takes: far beyond any conference, and sums of thousands still fit.
pub const LARGEST: i64 = 1_000_000_000_000_000;

/// The most pieces of an item.
pub const MOST_PIECES: i64 = 1_000_000;

impl TicketType {
    /// Refuses prices that contradict each other: days or quotas that do not rise, none for later, two kinds mixed so
    /// that one could never be in force.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn check(&self) -> Result<(), RuleError> {
        let bad = |problem: String| RuleError::Invalid { what: format!("ticket {}", self.code), problem };
        if self.name.trim().is_empty() {
            return Err(bad("it has no name".to_owned()));
        }
        if self.kind == ItemKind::Donation {
            return Err(bad("a donation is not sold: give it with the order".to_owned()));
        }
        let Some((last, earlier)) = self.prices.split_last() else {
            return Err(bad("it has no price".to_owned()));
        };
        if last.until.is_some() || last.first.is_some() {
            return Err(bad("its last price ends: give the price that counts from then on".to_owned()));
        }
        let (mut day, mut quota): (Option<Date>, Option<i64>) = (None, None);
        for price in earlier {
            if price.until.is_none() && price.first.is_none() {
                return Err(bad("a price without an end stands before another".to_owned()));
            }
            if let Some(until) = price.until {
                if day.is_some_and(|before| until <= before) {
                    return Err(bad(format!("the price until {until} comes after one that ends later")));
                }
                day = Some(until);
            }
            if let Some(first) = price.first {
                if first < 1 || quota.is_some_and(|before| first <= before) {
                    return Err(bad(format!("the price of the first {first} could never be in force")));
                }
                quota = Some(first);
            }
        }
        if self.prices.iter().any(|price| !(0..=LARGEST).contains(&price.amount)) {
            return Err(bad("a price is negative or too large".to_owned()));
        }
        Ok(())
    }

    /// The price in force on a day when so many were sold before. Minor units.
    #[must_use]
    pub fn price_on(&self, date: Date, sold: i64) -> i64 {
        let in_force = |price: &&Price| {
            price.until.is_none_or(|until| date <= until) && price.first.is_none_or(|first| sold < first)
        };
        self.prices.iter().find(in_force).map_or(0, |price| price.amount)
    }

    /// The price of so many pieces when so many were sold before: a quota that runs out among them ends its price there.
    /// Minor units.
    #[must_use]
    pub fn price_of(&self, date: Date, sold: i64, quantity: i64) -> i64 {
        let pieces = 0..quantity.clamp(0, MOST_PIECES);
        pieces.map(|n| self.price_on(date, sold.saturating_add(n))).fold(0, i64::saturating_add)
    }

    /// The price that counts in the end: what a sponsor's pass is worth.
    #[must_use]
    pub fn regular_price(&self) -> i64 {
        self.prices.last().map_or(0, |price| price.amount)
    }
}

/// A discount code of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// The event.
    pub event: Slug,
    /// Its code.
    pub code: Slug,
    /// Share of the price that is taken off, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Decimal>,
    /// Or an amount, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// The last day it counts.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub until: Option<Date>,
    /// How often it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// For which tickets; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<Slug>,
}

impl Discount {
    /// Refuses a discount that cannot be.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn check(&self) -> Result<(), RuleError> {
        let problem = match (self.share, self.amount) {
            (Some(share), None) if share > Decimal::ZERO && share <= Decimal::ONE => return Ok(()),
            (None, Some(amount)) if (1..=LARGEST).contains(&amount) => return Ok(()),
            (Some(_), None) => "its share lies above 0 and at most at 1",
            (None, Some(_)) => "its amount is not positive, or too large",
            _ => "it takes off either a share or an amount",
        };
        Err(RuleError::Invalid { what: format!("discount {}", self.code), problem: problem.to_owned() })
    }

    /// What it takes off a price when it was used so often before; refuses what it is not for.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] when it has ended, is used up, or is for other tickets.
    pub fn reduction(&self, ticket: Slug, price: i64, date: Date, used: i64) -> Result<i64, RuleError> {
        let bad = |problem: String| RuleError::Invalid { what: format!("discount {}", self.code), problem };
        if let Some(until) = self.until.filter(|until| date > *until) {
            return Err(bad(format!("it ended on {until}")));
        }
        if let Some(limit) = self.limit.filter(|limit| used >= *limit) {
            return Err(bad(format!("it was for {limit} uses, and {used} are taken")));
        }
        if !self.tickets.is_empty() && !self.tickets.contains(&ticket) {
            return Err(bad(format!("it is not for ticket `{ticket}`")));
        }
        Ok(self.share.map_or_else(|| self.amount.unwrap_or(0).min(price), |share| share_of(price, share)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ticket(prices: &[(i64, &str, i64)]) -> TicketType {
        let price = |(amount, until, first): &(i64, &str, i64)| Price {
            amount: *amount,
            until: (!until.is_empty()).then(|| until.parse().unwrap()),
            first: (*first > 0).then_some(*first),
        };
        TicketType {
            event: "e".parse().unwrap(),
            code: "t".parse().unwrap(),
            name: "T".to_owned(),
            kind: ItemKind::Admission,
            tier: None,
            activity: None,
            tax: None,
            prices: prices.iter().map(price).collect(),
        }
    }

    #[test]
    fn prices_change_by_date_and_by_quota() {
        let by_date = ticket(&[(125, "2007-01-15", 0), (150, "2007-02-15", 0), (250, "", 0)]);
        let by_quota = ticket(&[(300, "", 800), (350, "", 0)]);
        let both = ticket(&[(300, "2014-01-01", 800), (350, "", 0)]);
        for (ticket, day, sold, price) in [
            (&by_date, "2007-01-15", 0, 125),
            (&by_date, "2007-01-16", 0, 150),
            (&by_date, "2007-02-16", 9_999, 250),
            (&by_quota, "2014-03-01", 799, 300),
            (&by_quota, "2014-03-01", 800, 350),
            (&both, "2014-01-01", 799, 300),
            (&both, "2014-01-02", 0, 350),
        ] {
            assert_eq!(ticket.price_on(day.parse().unwrap(), sold), price, "{day} {sold}");
        }
        // Two are left at 300 when 798 were sold.
        for (sold, quantity, price) in
            [(0, 1, 300), (798, 2, 600), (798, 5, 1_650), (900, 2, 700), (0, 0, 0), (0, -1, 0)]
        {
            assert_eq!(by_quota.price_of("2014-03-01".parse().unwrap(), sold, quantity), price, "{sold} {quantity}");
        }
    }

    #[test]
    fn prices_that_contradict_each_other_are_refused() {
        for (prices, good) in [
            (&[(300, "", 0)][..], true),
            (&[(300, "", 800), (350, "", 0)], true),
            (&[][..], false),
            (&[(300, "2014-01-01", 0)], false),
            (&[(300, "", 0), (350, "", 0)], false),
            (&[(300, "2014-02-01", 0), (310, "2014-01-01", 0), (350, "", 0)], false),
            (&[(300, "", 800), (310, "", 800), (350, "", 0)], false),
            (&[(-1, "", 0)], false),
        ] {
            assert_eq!(ticket(prices).check().is_ok(), good, "{prices:?}");
        }
    }
}
