//! Money that comes in or goes out for a document.

use serde::{Deserialize, Serialize};

use super::accounts;
use super::desk::{Desk, Making, account, of_type, positive};
use super::event::day_number;
use super::{DocumentId, Method, RuleError};
use crate::calendar::Date;
use crate::ledger::{AccountNo, AccountType, Slug};

/// Accounts that money moves through: at a bank, a processor or a host, or a credit line.
const MONEY_TYPES: [AccountType; 2] = [AccountType::Asset, AccountType::Liability];

/// How money moved: amount, fee, method and account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transferred {
    /// The day it moved, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What the other side paid or got, minor units; a fee that was kept of it is in it.
    pub amount: i64,
    /// What a processor, host or bank took, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee: i64,
    /// How.
    pub method: Method,
    /// The account, when it is not the method's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountNo>,
    /// What was paid in the currency of a bill from abroad, minor units of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<i64>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
pub(super) const fn is_zero(minor: &i64) -> bool {
    *minor == 0
}

/// A payment for a document: received for an order or sponsorship, made for a contract (its deposit), bill, claim or
/// grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The document.
    pub document: DocumentId,
    /// The money.
    pub paid: Transferred,
    /// Of an order or sponsorship: what is more than it comes to is owed back to whoever paid it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overpaid: bool,
}

impl Payment {
    /// A payment of no more than is open.
    #[must_use]
    pub const fn new(document: DocumentId, paid: Transferred) -> Self {
        Self { document, paid, overpaid: false }
    }
}

/// A refund that was agreed before is paid; or a vendor gives a contract's deposit back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPaid {
    /// The order, sponsorship or contract.
    pub document: DocumentId,
    /// The money.
    pub paid: Transferred,
}

/// Money that moves from one of the organisation's accounts to another: a payout, a withdrawal, a transfer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payout {
    /// The day, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// From this account.
    pub from: AccountNo,
    /// To this account.
    pub to: AccountNo,
    /// What leaves the first account, minor units.
    pub amount: i64,
    /// What is kept of it on the way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee: i64,
}

impl Transferred {
    /// The account the money moved through.
    pub(super) fn place<D: Desk>(&self, desk: &D) -> Result<AccountNo, D::Error> {
        match (self.account, self.method.account()) {
            (Some(account), _) => {
                of_type(desk, account, self.types(), "a payment")?;
                Ok(account)
            }
            (None, Some(known)) => account(desk, known),
            (None, None) => Err(RuleError::Invalid {
                what: "a payment in kind".to_owned(),
                problem: "it names no account for what was given".to_owned(),
            }
            .into()),
        }
    }

    /// What money moves through, or what was given in its place is booked to.
    const fn types(&self) -> &'static [AccountType] {
        match self.method {
            Method::InKind => &[AccountType::Expense, AccountType::Asset],
            _ => &MONEY_TYPES,
        }
    }

    /// Refuses amounts that cannot be, and a fee larger than the amount.
    pub(super) fn check<D: Desk>(&self, desk: &D) -> Result<(), RuleError> {
        positive(desk, "a payment", self.amount)?;
        if self.fee < 0 || self.fee > self.amount {
            let currency = desk.currency();
            let shown = |minor: i64| currency.format_minor(i128::from(minor));
            let problem = format!("the fee {} is not between 0 and the amount {}", shown(self.fee), shown(self.amount));
            return Err(RuleError::Invalid { what: "a payment".to_owned(), problem });
        }
        if self.method == Method::InKind && (self.account.is_none() || self.fee != 0) {
            let problem = "it needs the account for what was given, and has no fee".to_owned();
            return Err(RuleError::Invalid { what: "a payment in kind".to_owned(), problem });
        }
        Ok(())
    }

    /// Adds money that came in: each part in its fund, the fee to the general fund's expense.
    pub(super) fn receive<D: Desk>(&self, desk: &D, entry: &mut Making, parts: &[(Slug, i64)]) -> Result<(), D::Error> {
        let place = self.place(desk)?;
        for (fund, minor) in parts {
            entry.at(desk, place, entry.in_fund(*fund), *minor)?;
        }
        entry.at(desk, place, entry.plain(), -self.fee)?;
        entry.known(desk, self.method.fee(), entry.plain(), self.fee)
    }

    /// Adds money that went out; a fee comes on top of it.
    pub(super) fn pay<D: Desk>(&self, desk: &D, entry: &mut Making, fund: Slug) -> Result<(), D::Error> {
        let place = self.place(desk)?;
        entry.at(desk, place, entry.in_fund(fund), -self.amount)?;
        entry.at(desk, place, entry.plain(), -self.fee)?;
        entry.known(desk, accounts::BANK_CHARGES, entry.plain(), self.fee)
    }
}

impl Payout {
    /// Moves the money.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let moved = Transferred {
            date: self.date,
            amount: self.amount,
            fee: self.fee,
            method: Method::Card,
            account: Some(self.to),
            foreign: None,
        };
        moved.check(desk)?;
        if self.from == self.to {
            let problem = "it stays in the same account".to_owned();
            return Err(RuleError::Invalid { what: "a payout".to_owned(), problem }.into());
        }
        of_type(desk, self.from, &MONEY_TYPES, "a payout")?;
        of_type(desk, self.to, &MONEY_TYPES, "a payout")?;
        let mut entry = Making::new(self.date, None, None, super::desk::SUPPLIERS);
        entry.at(desk, self.to, entry.plain(), self.amount - self.fee)?;
        entry.known(desk, accounts::PROCESSING_FEES, entry.plain(), self.fee)?;
        entry.at(desk, self.from, entry.plain(), -self.amount)?;
        entry.post_transfer(desk)
    }
}
