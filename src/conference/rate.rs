//! Foreign currency: rates, what a document owes abroad, and the revaluation of what is open at a period's end. Rules F
//! of docs/posting-rules.md.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::accounts::{FOREIGN_EXCHANGE, PAYABLE};
use super::desk::{Desk, Making, SUPPLIERS, find};
use super::event::day_number;
use super::{CostLine, Document, DocumentId, DocumentKind, RuleError};
use crate::calendar::Date;
use crate::ledger::Slug;
use crate::money::{Currency, Money};

/// What a unit of a foreign currency was worth on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateKnown {
    /// ISO 4217 code of the foreign currency.
    pub currency: String,
    /// The day, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Units of the books' currency for one unit of the foreign currency.
    pub rate: Decimal,
}

/// An amount in a foreign currency, at the rate it is booked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units of that currency.
    pub amount: i64,
    /// Units of the books' currency for one unit of it.
    pub rate: Decimal,
}

/// What is open in foreign currencies is worth another amount on a day; taken back on the next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revalued {
    /// The day, `yyyymmdd`: the last of a period.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The bills, each with the rate of that day.
    pub bills: Vec<RevaluedBill>,
}

/// A bill at a rate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevaluedBill {
    /// The bill.
    pub bill: Slug,
    /// Units of the books' currency for one unit of the bill's.
    pub rate: Decimal,
    /// The rate it was revalued at on that day before: only the difference is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Decimal>,
}

impl RateKnown {
    /// Refuses a rate that cannot be.
    ///
    /// # Errors
    /// [`RuleError::Money`] for an unknown currency, [`RuleError::Invalid`].
    pub fn check(&self) -> Result<(), RuleError> {
        Currency::from_code(&self.currency)?;
        if self.rate > Decimal::ZERO {
            return Ok(());
        }
        let problem = format!("{} is not positive", self.rate);
        Err(RuleError::Invalid { what: format!("the rate of {}", self.currency), problem })
    }
}

impl Foreign {
    /// Turns cost lines in a foreign currency into lines of the books' own that add up to what all of it is worth.
    ///
    /// # Errors
    /// [`RuleError::Money`].
    pub fn translate(
        lines: &mut [CostLine],
        currency: Currency,
        rate: Decimal,
        books: Currency,
    ) -> Result<Self, RuleError> {
        let amount = lines.iter().map(|line| line.amount).sum();
        let foreign = Self { currency: currency.code().to_owned(), amount, rate };
        let worth = Money::new(foreign.worth(books)?, books);
        let weights: Vec<u64> = lines.iter().map(|line| u64::try_from(line.amount).unwrap_or(0)).collect();
        for (line, part) in lines.iter_mut().zip(worth.allocate(&weights)?) {
            line.amount = part.minor();
        }
        Ok(foreign)
    }

    /// Its currency.
    ///
    /// # Errors
    /// [`RuleError::Money`] for a code that ISO 4217 does not know.
    pub fn currency(&self) -> Result<Currency, RuleError> {
        Ok(Currency::from_code(&self.currency)?)
    }

    /// What it is worth in the books' currency at its rate. Minor units, halves away from zero.
    ///
    /// # Errors
    /// [`RuleError::Money`].
    pub fn worth(&self, books: Currency) -> Result<i64, RuleError> {
        worth(Money::new(self.amount, self.currency()?), self.rate, books)
    }
}

/// A foreign amount in the books' currency. Minor units, halves away from zero.
///
/// # Errors
/// [`RuleError::Invalid`] when it is larger than any amount.
pub fn worth(foreign: Money, rate: Decimal, books: Currency) -> Result<i64, RuleError> {
    let too_large = || RuleError::Invalid {
        what: format!("{foreign} {} at {rate}", foreign.currency()),
        problem: "it is larger than any amount".to_owned(),
    };
    let major = Decimal::new(foreign.minor(), u32::from(foreign.currency().exponent()));
    let scale = Decimal::from(10_i64.pow(u32::from(books.exponent())));
    let minor = major.checked_mul(rate).and_then(|worth| worth.checked_mul(scale)).ok_or_else(too_large)?;
    let minor = minor.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(minor).map_err(|_| too_large())
}

impl Revalued {
    /// Books the difference to what the bills are carried at, and takes it back on the next day (ASC 830-20-35-1).
    ///
    /// # Errors
    /// [`RuleError`]: a bill is not in a foreign currency, or nothing of it is open.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let next = self.date.next().ok_or_else(|| RuleError::Invalid {
            what: "a revaluation".to_owned(),
            problem: "there is no day after it".to_owned(),
        })?;
        for item in &self.bills {
            let id = DocumentId::new(DocumentKind::Bill, item.bill);
            let Document::Bill(bill) = find(desk, id)? else { continue };
            let Some(open) = bill.foreign.as_ref().filter(|_| bill.payable != 0) else {
                let problem = "nothing of it is open in a foreign currency".to_owned();
                let hint = "`bursar report payables` lists what is open";
                return Err(RuleError::State { id, line: None, problem, hint }.into());
            };
            let at = |rate: Decimal| Foreign { rate, ..open.clone() }.worth(desk.currency());
            let carried = item.was.map_or(Ok(bill.payable), at)?;
            let more = at(item.rate)? - carried;
            for (date, sign) in [(self.date, 1), (next, -1)] {
                let mut entry = Making::new(date, bill.event, Some(bill.vendor), SUPPLIERS);
                entry.known(desk, FOREIGN_EXCHANGE, entry.plain(), sign * more)?;
                entry.known(desk, PAYABLE, entry.plain(), -sign * more)?;
                entry.post(desk)?;
            }
        }
        Ok(())
    }
}
