//! An event before it is held: what it may come to, from sales to date, an earlier event's curve, contracts and budget.
//!
//! If an earlier event had sold a share s of its admissions so many days before it began, this one is expected to end
//! with 1/s times what it has sold: every kind of order in proportion. Sponsorship grows likewise by what was agreed.
//! Costs are what contracts owe for those who come, what is billed, and what the budget expects beyond.

use rust_decimal::Decimal;

use super::{PolicyError, Year};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::calendar::Date;
use crate::conference::{Document, DocumentKind, ItemKind, share_of};
use crate::ledger::{AccountType, Slug};
use crate::money::Money;
use crate::report::latest_budget;

/// What an event is expected to end with, and from what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forecast {
    /// As of this day.
    pub as_of: Date,
    /// Days before the first.
    pub days_before: i64,
    /// The earlier event.
    pub like: Slug,
    /// Admissions of the earlier event: by then, and in the end.
    pub earlier: (i64, i64),
    /// Admissions of this event: by now, and expected.
    pub admissions: (i64, i64),
    /// Sponsorship of the earlier event agreed by then and in the end, minor units.
    pub earlier_sponsorship: (i64, i64),
    /// Sponsorship of this event by now and expected, minor units.
    pub sponsorship: (i64, i64),
}

/// What had been ordered and agreed of an event so many days before it began: admissions and minor units; and in all.
struct Curve {
    admissions: (i64, i64),
    sponsorship: (i64, i64),
}

impl Curve {
    fn of<S: Store>(books: &Books<S>, event: Slug, until: Date) -> Result<Self, BooksError> {
        let mut curve = Self { admissions: (0, 0), sponsorship: (0, 0) };
        for kind in [DocumentKind::Order, DocumentKind::Sponsorship] {
            books.documents(DocumentFilter::Event(event, kind, None, usize::MAX >> 1), &mut |document| {
                let (sum, date, number) = match &document {
                    Document::Order(order) => {
                        let admitted = |line: &&crate::conference::OrderLine| {
                            line.item.kind == ItemKind::Admission && line.is_confirmed()
                        };
                        let number = i64::try_from(order.lines.iter().filter(admitted).count()).unwrap_or(0);
                        (&mut curve.admissions, order.date, number)
                    }
                    Document::Sponsorship(agreed) if !agreed.cancelled && agreed.in_kind.is_none() => {
                        (&mut curve.sponsorship, agreed.date, agreed.exchange + agreed.gift)
                    }
                    _ => return Ok(()),
                };
                sum.1 += number;
                if date <= until {
                    sum.0 += number;
                }
                Ok(())
            })?;
        }
        Ok(curve)
    }
}

/// Turns what an event has sold by a day into what it is expected to end with.
///
/// # Errors
/// [`PolicyError::Unsolved`] when the earlier event had sold nothing by then, or the books cannot be read.
pub fn forecast<S: Store>(books: &Books<S>, year: &mut Year, like: Slug, as_of: Date) -> Result<Forecast, PolicyError> {
    let setup = books.setup()?;
    let earlier_event = setup.conference().event(like)?;
    let days_before = as_of.days_until(year.event.first_day);
    let then = earlier_event.first_day.earlier(days_before.unsigned_abs());
    let unsolved = |problem: String| PolicyError::Forecast { problem };
    if days_before <= 0 {
        return Err(unsolved(format!("{} has begun by {as_of}: leave --like away", year.event.code)));
    }
    let earlier = Curve::of(books, like, then)?;
    let now = Curve::of(books, year.event.code, as_of)?;
    if earlier.admissions.0 == 0 {
        return Err(unsolved(format!(
            "{like} had sold nothing {days_before} days before it began: name another event"
        )));
    }
    let expected = |(by_then, in_all): (i64, i64), by_now: i64| {
        if by_then == 0 { by_now } else { share_of(by_now, Decimal::from(in_all) / Decimal::from(by_then)) }
    };
    let admissions = (now.admissions.0, expected(earlier.admissions, now.admissions.0));
    let sponsorship = (now.sponsorship.0, expected(earlier.sponsorship, now.sponsorship.0));
    grow(year, admissions)?;
    if sponsorship.0 > 0 {
        year.sponsorship = Decimal::from(sponsorship.1) / Decimal::from(sponsorship.0);
    }
    let is_expected = |account: crate::ledger::AccountNo| {
        let known = setup.account_numbered(account);
        known.is_some_and(|account| {
            account.kind == AccountType::Expense
                && !account.code.as_deref().is_some_and(|code| super::stress::FEES.contains(&code))
        })
    };
    year.budget =
        latest_budget(books, year.event.code)?.into_iter().filter(|(account, _)| is_expected(*account)).collect();
    let earlier_sponsorship = earlier.sponsorship;
    Ok(Forecast { as_of, days_before, like, earlier: earlier.admissions, admissions, earlier_sponsorship, sponsorship })
}

/// Counts every kind of order so often that the expected number is admitted, to the last of them (largest remainder).
fn grow(year: &mut Year, (by_now, expected): (i64, i64)) -> Result<(), PolicyError> {
    if by_now == 0 {
        return Ok(());
    }
    let currency = year.setup.currency();
    let orders: Vec<usize> = (0..year.cases.len()).filter(|case| year.cases[*case].is_order()).collect();
    let weights: Vec<u64> = orders.iter().map(|case| year.cases[*case].count.unsigned_abs()).collect();
    let all: i64 = orders.iter().map(|case| year.cases[*case].count).sum();
    let target = share_of(all, Decimal::from(expected) / Decimal::from(by_now));
    let parts = Money::new(target, currency).allocate(&weights).map_err(BooksError::from)?;
    for (case, part) in orders.into_iter().zip(parts) {
        year.cases[case].count = part.minor();
    }
    Ok(())
}

impl Forecast {
    /// What it rests on, in a sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let percent = |(by_then, in_all): (i64, i64)| by_then * 100 / in_all.max(1);
        let sponsorship = match self.earlier_sponsorship {
            (0, _) => "sponsorship stays as agreed".to_owned(),
            some => format!("sponsorship, of which it had {} % by then, likewise", percent(some)),
        };
        format!(
            "Forecast as of {}, {} days before the event: admissions so far {}, expected {}, since {} had {} % of its {} \
             by then; {sponsorship}. Who is still to come is reckoned at what the others paid. Costs: contracts for those who come, bills, and the budget beyond.",
            self.as_of,
            self.days_before,
            self.admissions.0,
            self.admissions.1,
            self.like,
            percent(self.earlier),
            self.earlier.1,
        )
    }
}
