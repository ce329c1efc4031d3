//! Entries and postings. An [`Entry`] balances, in all and in every fund, or it does not exist.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Coordinate, EntryNo, LedgerError, PartyNo, Slug};
use crate::calendar::Date;
use crate::money::{Currency, Money, MoneyError};

/// The foreign amount behind a posting, kept beside the amount in the book's currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Original {
    /// What was paid or owed, signed like the posting.
    pub amount: Money,
    /// Units of the book's currency for one unit of the foreign currency.
    pub rate: Decimal,
}

/// Reads an exchange rate: a positive decimal number, exactly.
///
/// # Errors
/// [`LedgerError::BadRate`].
pub fn parse_rate(text: &str) -> Result<Decimal, LedgerError> {
    let rate = Decimal::from_str_exact(text.trim()).ok().filter(|rate| rate.is_sign_positive() && !rate.is_zero());
    rate.ok_or_else(|| LedgerError::BadRate { value: text.trim().to_owned() })
}

/// One line of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    /// Account and dimensions.
    pub at: Coordinate,
    /// The amount in the book's currency, debit positive.
    pub amount: Money,
    /// On a cash posting, the line of the direct cash-flow statement.
    pub cash_flow: Option<Slug>,
    /// Who it is from or for.
    pub party: Option<PartyNo>,
    /// The foreign amount, if there is one.
    pub original: Option<Original>,
    /// A note on this line; erasable.
    pub memo: Option<String>,
}

/// What someone would like to enter; not known to balance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The booking date.
    pub date: Date,
    /// The source's own name for it (an invoice's number, a processor's transaction), unique in the books.
    pub reference: Option<String>,
    /// What it is about; erasable.
    pub description: Option<String>,
    /// The lines, in order.
    pub postings: Vec<Posting>,
}

impl Draft {
    /// Turns the draft into an entry if it balances exactly: in all, and within every fund.
    ///
    /// # Errors
    /// [`LedgerError::TooFewPostings`], [`LedgerError::MixedCurrencies`], [`LedgerError::Amount`],
    /// [`LedgerError::Unbalanced`] or [`LedgerError::UnbalancedFund`], checked in this order.
    pub fn balance(self) -> Result<Entry, LedgerError> {
        if self.postings.len() < 2 {
            return Err(LedgerError::TooFewPostings { found: self.postings.len() });
        }
        let currency = self.postings[0].amount.currency();
        let (debits, credits) = self.sides(currency)?;
        let residual =
            debits.checked_add(credits.negated()).map_err(|source| LedgerError::Amount { line: 0, source })?;
        if !residual.is_zero() {
            return Err(LedgerError::Unbalanced { debits, credits, residual, currency });
        }
        self.balance_funds(currency)?;
        Ok(Entry { content: self, reverses: None })
    }

    /// Sums of the positive and of the negative postings, both shown positive.
    fn sides(&self, currency: Currency) -> Result<(Money, Money), LedgerError> {
        let mut debits = Money::new(0, currency);
        let mut credits = Money::new(0, currency);
        for (i, posting) in self.postings.iter().enumerate() {
            let (line, amount) = (i + 1, posting.amount);
            if amount.currency() != currency {
                return Err(LedgerError::MixedCurrencies { line, expected: currency, found: amount.currency() });
            }
            if let Some(original) = posting.original.map(|o| o.amount) {
                let problem = if original.currency() == currency {
                    Some("it is in the same currency")
                } else if original.minor().signum() * amount.minor().signum() < 0 {
                    Some("it has the other sign")
                } else {
                    None
                };
                if let Some(problem) = problem {
                    let foreign = original.currency();
                    return Err(LedgerError::BadOriginal { line, original, foreign, amount, currency, problem });
                }
            }
            let overflow = |source| LedgerError::Amount { line, source };
            if amount.minor() == i64::MIN {
                return Err(overflow(MoneyError::Overflow { value: amount.to_string() }));
            }
            if amount.minor() >= 0 {
                debits = debits.checked_add(amount).map_err(overflow)?;
            } else {
                credits = credits.checked_add(amount.negated()).map_err(overflow)?;
            }
        }
        Ok((debits, credits))
    }

    fn balance_funds(&self, currency: Currency) -> Result<(), LedgerError> {
        let first = self.postings[0].at.fund;
        if self.postings.iter().all(|p| p.at.fund == first) {
            return Ok(());
        }
        let mut residuals: BTreeMap<Slug, i64> = BTreeMap::new();
        for posting in &self.postings {
            // No fund's sum can exceed the sums of the sides, which were checked.
            *residuals.entry(posting.at.fund).or_default() += posting.amount.minor();
        }
        match residuals.into_iter().find(|(_, minor)| *minor != 0) {
            None => Ok(()),
            Some((fund, minor)) => {
                Err(LedgerError::UnbalancedFund { fund, residual: Money::new(minor, currency), currency })
            }
        }
    }
}

/// A balanced entry, ready to be recorded. Only [`Draft::balance`] and a reversal make one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    content: Draft,
    reverses: Option<EntryNo>,
}

impl Entry {
    /// What was drafted.
    #[must_use]
    pub const fn content(&self) -> &Draft {
        &self.content
    }

    /// The entry this one undoes.
    #[must_use]
    pub const fn reverses(&self) -> Option<EntryNo> {
        self.reverses
    }

    /// The entry with cash-flow lines on its postings, as `line` gives them; it balances as before.
    pub(crate) fn with_cash_flows(&self, line: impl Fn(&Posting) -> Option<Slug>) -> Self {
        let mut entry = self.clone();
        for posting in &mut entry.content.postings {
            posting.cash_flow = line(posting);
        }
        entry
    }

    /// The entry that undoes this one, which has this number: every amount turned round, on another date, without a
    /// reference. It balances because this one does. Only the books may ask for it: they see to it that it happens
    /// once.
    #[must_use]
    pub(crate) fn reversal(&self, number: EntryNo, date: Date) -> Self {
        let turned = |posting: &Posting| Posting {
            amount: posting.amount.negated(),
            original: posting.original.map(|o| Original { amount: o.amount.negated(), rate: o.rate }),
            ..posting.clone()
        };
        let content = Draft {
            date,
            reference: None,
            description: self.content.description.clone(),
            postings: self.content.postings.iter().map(turned).collect(),
        };
        Self { content, reverses: Some(number) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ledger::{AccountNo, GENERAL_FUND};
    use proptest::prelude::*;

    fn posting(account: i64, minor: i64, fund: &str, currency: &str) -> Posting {
        let fund = if fund.is_empty() { GENERAL_FUND } else { fund.parse().unwrap() };
        let at = Coordinate {
            account: AccountNo(account),
            event: None,
            fund,
            function: None,
            activity: None,
            tax_code: None,
        };
        let amount = Money::new(minor, Currency::from_code(currency).unwrap());
        Posting { at, amount, cash_flow: None, party: None, original: None, memo: None }
    }

    fn draft(postings: Vec<Posting>) -> Draft {
        let date = "2025-01-31".parse().unwrap();
        Draft { date, reference: None, description: None, postings }
    }

    #[test]
    fn an_entry_balances_or_does_not_exist() {
        // postings as (minor units, fund, currency), and the start of the refusal
        type Lines = &'static [(i64, &'static str, &'static str)];
        let table: &[(Lines, Option<&str>)] = &[
            (&[(100, "", "USD"), (-100, "", "USD")], None),
            (&[(0, "", "USD"), (0, "", "USD")], None),
            (&[(100, "aid", "USD"), (-100, "aid", "USD"), (5, "", "USD"), (-5, "", "USD")], None),
            (&[], Some("an entry needs at least two postings, this one has 0")),
            (&[(0, "", "USD")], Some("an entry needs at least two postings, this one has 1")),
            (
                &[(100, "", "USD"), (-99, "", "USD")],
                Some("the entry does not balance: debits 1.00, credits 0.99, off by 0.01 USD"),
            ),
            (
                &[(100, "aid", "USD"), (-100, "", "USD")],
                Some("the entry does not balance in fund `aid`: off by 1.00 USD"),
            ),
            (&[(100, "", "USD"), (-100, "", "EUR")], Some("posting 2 is in EUR, the entry is in USD")),
            (&[(i64::MAX, "", "USD"), (1, "", "USD")], Some("posting 2: `92233720368547758.07 + 0.01` is larger")),
            (&[(i64::MIN, "", "USD"), (1, "", "USD")], Some("posting 1: `-92233720368547758.08` is larger")),
        ];
        for (lines, refusal) in table {
            let postings = lines.iter().enumerate();
            let postings = postings.map(|(i, (minor, fund, cur))| posting(i as i64 + 1, *minor, fund, cur)).collect();
            match (draft(postings).balance(), refusal) {
                (Ok(_), None) => {}
                (Err(error), Some(start)) => assert!(error.to_string().starts_with(start), "{error}"),
                (got, expected) => panic!("{lines:?}: got {got:?}, expected {expected:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn a_reversal_cancels_its_entry(amounts in prop::collection::vec(-1_000_000_i64..1_000_000, 1..8)) {
            let mut lines: Vec<Posting> = amounts.iter().map(|m| posting(1, *m, "", "USD")).collect();
            lines.push(posting(2, -amounts.iter().sum::<i64>(), "", "USD"));
            let entry = draft(lines).balance().unwrap();
            let back = entry.reversal(EntryNo(7), "2025-02-01".parse().unwrap());
            prop_assert!(back.content().clone().balance().is_ok());
            for (a, b) in entry.content().postings.iter().zip(&back.content().postings) {
                prop_assert_eq!(a.amount.minor() + b.amount.minor(), 0);
                prop_assert_eq!(a.at, b.at);
            }
            prop_assert_eq!(back.reverses(), Some(EntryNo(7)));
        }

        #[test]
        fn one_unit_off_is_refused(minor in -1_000_000_i64..1_000_000, off in prop::sample::select(vec![-1_i64, 1])) {
            let entry = draft(vec![posting(1, minor, "", "USD"), posting(2, off - minor, "", "USD")]);
            let refused = matches!(entry.balance(), Err(LedgerError::Unbalanced { .. }));
            prop_assert!(refused);
        }
    }
}
