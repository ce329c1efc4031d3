//! Contracts with vendors: what is owed whatever happens, what grows with attendance, deposits, and what a cancellation
//! costs. Rules V1, V2, V4 and X6 of docs/posting-rules.md.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::accounts::{CANCELLATION_LOSS, PREPAID};
use super::desk::{At, Desk, Making, SUPPLIERS, beyond, find, free, of_type, positive};
use super::event::{EventStatus, day_number};
use super::order::in_time;
use super::payment::is_zero;
use super::tax::share_of;
use super::{Cancelled, Document, DocumentId, DocumentKind, RuleError, Transferred};
use crate::calendar::Date;
use crate::ledger::{AccountNo, AccountType, Function, GENERAL_FUND, PartyNo, Slug};

/// A contract was signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractSigned {
    /// Its code.
    pub code: Slug,
    /// The vendor.
    pub vendor: PartyNo,
    /// The event it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The expense it becomes.
    pub account: AccountNo,
    /// Function, unless the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Slug>,
    /// What is owed.
    pub terms: Terms,
}

/// What a contract owes. Minor units, without tax.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Whatever the attendance.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fixed: i64,
    /// For each head.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub per_head: i64,
    /// Heads that are paid for in any case (guaranteed minimum).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub minimum: i64,
    /// Deposits: when and how much.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deposits: Vec<Due>,
    /// What a cancellation costs from a day on, as a share of the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellation: Vec<Penalty>,
}

/// An amount that is due on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The day.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Minor units.
    pub amount: i64,
}

/// What cancelling costs from a day on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// From this day.
    #[serde(with = "day_number")]
    pub from: Date,
    /// Share of the contract, from 0 to 1.
    pub share: Decimal,
}

/// A contract as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contract {
    /// Its code.
    pub code: Slug,
    /// The vendor.
    pub vendor: PartyNo,
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// When it was signed.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The expense it becomes.
    pub account: AccountNo,
    /// Function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Slug>,
    /// What is owed.
    pub terms: Terms,
    /// Deposits paid and not yet deducted by a bill.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deposit: i64,
    /// Whether they are an expense already (the event was held before the bill came).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expensed: bool,
    /// What of them is lost because the event was cancelled, and stands in cancellation loss.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: i64,
    /// Deposits paid in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deposits_paid: i64,
    /// Bills so far, without tax.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub billed: i64,
    /// Whether it takes no more bills.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

impl Terms {
    /// What is owed for so many heads, minor units: the fixed part, and each head or the guaranteed minimum.
    #[must_use]
    pub fn owed(&self, heads: i64) -> i64 {
        let heads = heads.max(self.minimum);
        i64::try_from(i128::from(self.fixed) + i128::from(self.per_head) * i128::from(heads)).unwrap_or(i64::MAX)
    }

    /// What cancelling on a day costs: the share in force, of what the guaranteed heads would cost.
    #[must_use]
    pub fn cancellation_cost(&self, date: Date) -> i64 {
        let in_force = self.cancellation.iter().filter(|penalty| penalty.from <= date);
        in_force.max_by_key(|penalty| penalty.from).map_or(0, |penalty| share_of(self.owed(0), penalty.share))
    }

    fn check(&self) -> Result<(), &'static str> {
        let large = super::ticket::LARGEST;
        let amounts = [self.fixed, self.per_head].into_iter().chain(self.deposits.iter().map(|due| due.amount));
        if amounts.into_iter().any(|minor| !(0..=large).contains(&minor)) || !(0..=1_000_000).contains(&self.minimum) {
            return Err("an amount is negative or too large");
        }
        if self.fixed == 0 && self.per_head == 0 {
            return Err("it owes nothing: give a fixed amount, or an amount per head");
        }
        if self.minimum > 0 && self.per_head == 0 {
            return Err("a minimum of heads needs an amount per head");
        }
        if self.cancellation.iter().any(|penalty| penalty.share < Decimal::ZERO || penalty.share > Decimal::ONE) {
            return Err("a cancellation share lies between 0 and 1");
        }
        Ok(())
    }
}

impl ContractSigned {
    /// Records the contract; it is no entry.
    ///
    /// # Errors
    /// [`RuleError::Invalid`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Contract, self.code))?;
        self.event.map(|event| desk.conference().event(event).map(|_| ())).transpose()?;
        let what = || format!("contract {}", self.code);
        of_type(desk, self.account, &[AccountType::Expense, AccountType::Asset], &what())?;
        self.terms.check().map_err(|problem| RuleError::Invalid { what: what(), problem: problem.to_owned() })?;
        desk.put(Document::Contract(Contract {
            code: self.code,
            vendor: self.vendor,
            event: self.event,
            date: self.date,
            account: self.account,
            function: self.function,
            activity: self.activity,
            terms: self.terms.clone(),
            deposit: 0,
            expensed: false,
            lost: 0,
            deposits_paid: 0,
            billed: 0,
            closed: false,
        }))
    }
}

impl Contract {
    fn entry(&self, date: Date) -> Making {
        Making::new(date, self.event, Some(self.vendor), SUPPLIERS)
    }

    fn place(&self) -> At {
        At { event: self.event, fund: GENERAL_FUND, function: self.function, activity: self.activity, tax: None }
    }

    fn must_be_open(&self) -> Result<(), RuleError> {
        if self.closed {
            let id = DocumentId::new(DocumentKind::Contract, self.code);
            let hint = "record the bill without --contract, or sign a new contract";
            return Err(RuleError::State { id, line: None, problem: "it is closed".to_owned(), hint });
        }
        Ok(())
    }

    /// Pays a deposit.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        self.must_be_open()?;
        if let Some(event) = self.event {
            in_time(desk, event, paid.date)?;
        }
        let mut entry = self.entry(paid.date);
        self.expensed = self.event.is_some_and(|event| desk.conference().was_held(event));
        if self.expensed {
            entry.at(desk, self.account, self.place(), paid.amount)?;
        } else {
            entry.known(desk, PREPAID, entry.plain(), paid.amount)?;
        }
        self.deposit += paid.amount;
        self.deposits_paid += paid.amount;
        paid.pay(desk, &mut entry, GENERAL_FUND)?;
        entry.post(desk)?;
        desk.put(Document::Contract(self))
    }

    /// What it will still cost, beyond bills and deposits, minor units: its terms for so many heads, or what cancelling
    /// the event on that day costs by its schedule.
    #[must_use]
    pub fn to_come(&self, heads: i64, status: EventStatus) -> i64 {
        let owed = match status {
            _ if self.closed => 0,
            EventStatus::Cancelled(date) => self.terms.cancellation_cost(date),
            EventStatus::Planned | EventStatus::Held(_) => self.terms.owed(heads),
        };
        (owed - self.billed - self.deposit).max(0)
    }

    /// Deducts deposits from a bill: out of cancellation loss, out of prepaid expenses, or out of the expense they have
    /// become.
    pub(super) fn deduct<D: Desk>(&mut self, desk: &D, entry: &mut Making, minor: i64) -> Result<(), D::Error> {
        self.deposit -= minor;
        let lost = minor.min(self.lost);
        self.lost -= lost;
        entry.known(desk, CANCELLATION_LOSS, entry.plain(), -lost)?;
        let minor = minor - lost;
        if self.expensed {
            entry.at(desk, self.account, self.place(), -minor)
        } else {
            entry.known(desk, PREPAID, entry.plain(), -minor)
        }
    }

    /// A bill came.
    pub(super) fn bill(&mut self, net: i64) -> Result<(), RuleError> {
        self.must_be_open()?;
        self.billed += net;
        Ok(())
    }

    /// The event was held: deposits that no bill deducted are an expense.
    pub(super) fn hold<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        if self.expensed {
            return Ok(());
        }
        let mut entry = self.entry(date);
        entry.at(desk, self.account, self.place(), self.deposit)?;
        entry.known(desk, PREPAID, entry.plain(), -self.deposit)?;
        self.expensed = true;
        entry.post(desk)?;
        desk.put(Document::Contract(self))
    }

    /// The event was cancelled: the vendor keeps the deposits, but for what the contract's schedule leaves. That stays
    /// prepaid until the vendor gives it back.
    pub(super) fn event_cancelled<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        let most = if self.terms.cancellation.is_empty() {
            self.deposit
        } else {
            (self.terms.cancellation_cost(date) - self.billed).max(0)
        };
        let lost = self.deposit.min(most);
        if self.expensed || lost == 0 {
            return Ok(());
        }
        let mut entry = self.entry(date);
        entry.known(desk, CANCELLATION_LOSS, entry.plain(), lost)?;
        entry.known(desk, PREPAID, entry.plain(), -lost)?;
        self.lost = lost;
        entry.post(desk)?;
        desk.put(Document::Contract(self))
    }

    /// The vendor gives a deposit back, or a part: what is prepaid first, then what was counted as lost.
    pub(super) fn given_back<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.amount > self.deposit {
            let what = format!("a deposit of contract {} given back", self.code);
            let limit = i128::from(self.deposit);
            return Err(beyond(desk, what, paid.amount, limit, "was paid and not deducted").into());
        }
        let mut entry = self.entry(paid.date);
        let lost = (paid.amount - (self.deposit - self.lost)).max(0);
        entry.known(desk, CANCELLATION_LOSS, entry.plain(), -lost)?;
        if self.expensed {
            entry.at(desk, self.account, self.place(), lost - paid.amount)?;
        } else {
            entry.known(desk, PREPAID, entry.plain(), lost - paid.amount)?;
        }
        self.lost -= lost;
        self.deposit -= paid.amount;
        self.deposits_paid -= paid.amount;
        paid.receive(desk, &mut entry, &[(GENERAL_FUND, paid.amount)])?;
        entry.post(desk)?;
        desk.put(Document::Contract(self))
    }

    /// It takes no more bills.
    pub(super) fn cancel<D: Desk>(mut self, desk: &mut D, cancelled: &Cancelled) -> Result<(), D::Error> {
        self.must_be_open()?;
        if cancelled.fee != 0 || !cancelled.lines.is_empty() {
            let problem = "it is closed as a whole; what it costs comes as a bill".to_owned();
            let id = DocumentId::new(DocumentKind::Contract, self.code);
            return Err(RuleError::State { id, line: None, problem, hint: "leave lines and fee away" }.into());
        }
        self.closed = true;
        desk.put(Document::Contract(self))
    }
}

/// Loads a contract.
pub(super) fn load<D: Desk>(desk: &mut D, code: Slug) -> Result<Contract, D::Error> {
    let id = DocumentId::new(DocumentKind::Contract, code);
    match find(desk, id)? {
        Document::Contract(contract) => Ok(contract),
        _ => Err(RuleError::NoDocument { id, near: None }.into()),
    }
}

/// Refuses a line amount that cannot be.
pub(super) fn line_amount<D: Desk>(desk: &D, minor: i64) -> Result<(), RuleError> {
    positive(desk, "a line", minor)
}
