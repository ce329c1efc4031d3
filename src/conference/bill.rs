//! Bills of vendors. Rules V3 to V12 of docs/posting-rules.md.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::accounts::{CANCELLATION_LOSS, FOREIGN_EXCHANGE, PAYABLE, PREPAID, TAX_PAYABLE, TAX_RECOVERABLE};
use super::contract::{self, line_amount};
use super::desk::{At, Desk, Making, SUPPLIERS, available, beyond, free, of_type};
use super::event::{EventStatus, day_number, optional_day};
use super::payment::is_zero;
use super::tax::share_of;
use super::{
    Cancelled, Digest, Document, DocumentId, DocumentKind, Foreign, RuleError, Tallied, TallyKey, TaxTreatment,
    Transferred,
};
use crate::calendar::Date;
use crate::ledger::{AccountNo, AccountType, Function, GENERAL_FUND, PartyNo, Slug};

/// A line of a bill or claim. Amounts are minor units, with tax in them if the tax code says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// The expense (or asset).
    pub account: AccountNo,
    /// Amount.
    pub amount: i64,
    /// Tax code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Slug>,
    /// The fund it is spent from; general unless said. A restricted fund is released by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<Slug>,
    /// Function, unless the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Slug>,
    /// Whether goods or services are still to be received, so that it is prepaid until the event is held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prepaid: bool,
    /// SHA-256 of the receipt, on a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Digest>,
}

/// What costs are booked to: an expense, something that is bought, or something that is owed.
const COST_TYPES: [AccountType; 3] = [AccountType::Expense, AccountType::Asset, AccountType::Liability];

/// Refuses lines that together spend more of a restricted fund than it holds and has not promised.
pub(super) fn funds_hold<D: Desk>(desk: &mut D, lines: &[CostLine]) -> Result<(), D::Error> {
    let mut funds: Vec<(Slug, i64)> = Vec::new();
    for line in lines {
        let cost = line.cost(desk)?.expense;
        match funds.iter_mut().find(|fund| fund.0 == line.fund()) {
            Some(fund) => fund.1 += cost,
            None => funds.push((line.fund(), cost)),
        }
    }
    funds.into_iter().try_for_each(|(fund, minor)| available(desk, fund, minor, 0))
}

/// A cost line's amounts. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cost {
    /// The expense: net amount and tax that is not recoverable.
    pub expense: i64,
    /// Input tax to be recovered.
    pub recoverable: i64,
    /// Tax owed under reverse charge.
    pub owed_tax: i64,
    /// What the vendor gets.
    pub gross: i64,
    /// Without tax.
    pub net: i64,
}

impl CostLine {
    /// A line with an account and an amount in minor units, and nothing else said.
    #[must_use]
    pub const fn plain(account: AccountNo, amount: i64) -> Self {
        Self { account, amount, tax: None, fund: None, function: None, activity: None, prepaid: false, receipt: None }
    }

    /// Takes the amount apart by its tax code.
    pub(super) fn cost<D: Desk>(&self, desk: &D) -> Result<Cost, RuleError> {
        line_amount(desk, self.amount)?;
        of_type(desk, self.account, &COST_TYPES, "a line")?;
        let Some(code) = self.tax else {
            let minor = self.amount;
            return Ok(Cost { expense: minor, recoverable: 0, owed_tax: 0, gross: minor, net: minor });
        };
        let code = desk.conference().tax(code)?;
        let apart = code.apart(self.amount);
        let owed_tax = code.reverse_charge(apart.net);
        let tax = if code.treatment == TaxTreatment::ReverseCharge { owed_tax } else { apart.tax };
        let recoverable = if code.recoverable == Decimal::ZERO { 0 } else { share_of(tax, code.recoverable) };
        Ok(Cost { expense: apart.net + tax - recoverable, recoverable, owed_tax, gross: apart.gross(), net: apart.net })
    }

    pub(super) fn fund(&self) -> Slug {
        self.fund.unwrap_or(GENERAL_FUND)
    }

    /// Expenses stand in the general fund; a restricted fund is released beside them.
    pub(super) fn place(&self, event: Option<Slug>, restricted: bool) -> At {
        let fund = if restricted { GENERAL_FUND } else { self.fund() };
        At { event, fund, function: self.function, activity: self.activity, tax: self.tax }
    }

    /// Adds the debits and the release of a document's line to an entry, or (`sign` −1) takes them back.
    pub(super) fn book<D: Desk>(
        &self,
        desk: &mut D,
        entry: &mut Making,
        (of, event): (DocumentId, Option<Slug>),
        prepaid: bool,
        sign: i64,
    ) -> Result<Cost, D::Error> {
        let cost = self.cost(desk)?;
        let restricted = desk.is_restricted(self.fund());
        let at = self.place(event, restricted);
        let plain = At { activity: None, function: None, ..at };
        if prepaid {
            entry.known(desk, PREPAID, At { tax: None, ..plain }, sign * cost.expense)?;
        } else {
            entry.at(desk, self.account, at, sign * cost.expense)?;
            if restricted && sign > 0 {
                entry.release(desk, self.fund(), cost.expense, of)?;
            } else if restricted {
                entry.take_release_back(desk, self.fund(), cost.expense)?;
            }
        }
        entry.known(desk, TAX_RECOVERABLE, plain, sign * cost.recoverable)?;
        entry.known(desk, TAX_PAYABLE, plain, -sign * cost.owed_tax)?;
        Ok(cost)
    }
}

/// A bill was received.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillReceived {
    /// Its code: the vendor's number, or one of ours.
    pub code: Slug,
    /// The vendor (or instructor).
    pub vendor: PartyNo,
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Slug>,
    /// Its date, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// When it is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub due: Option<Date>,
    /// Its lines.
    pub lines: Vec<CostLine>,
    /// Deposits it deducts, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deposit: i64,
    /// What it amounts to abroad; its lines are in the books' currency, at this rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Foreign>,
}

/// A bill as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bill {
    /// Its code.
    pub code: Slug,
    /// The vendor.
    pub vendor: PartyNo,
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Slug>,
    /// Its date.
    #[serde(with = "day_number")]
    pub date: Date,
    /// When it is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub due: Option<Date>,
    /// Its lines; `prepaid` as it stands now.
    pub lines: Vec<CostLine>,
    /// With tax, before deposits.
    pub total: i64,
    /// Without tax.
    pub net: i64,
    /// Deposits deducted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deposit: i64,
    /// What is to be paid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub payable: i64,
    /// What of that is owed abroad, at the rate it is carried at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Foreign>,
    /// Whether it is void.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

impl BillReceived {
    /// Books the bill.
    ///
    /// # Errors
    /// [`RuleError`]: the contract is closed or another vendor's, a fund holds too little.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Bill, self.code))?;
        let bad = |problem: String| RuleError::Invalid { what: format!("bill {}", self.code), problem };
        if self.lines.is_empty() || self.lines.len() > 1_000 {
            return Err(bad("it has no lines, or more than 1,000".to_owned()).into());
        }
        let still_to_come = match self.event {
            None => true,
            Some(event) => {
                let last_day = desk.conference().event(event)?.last_day;
                desk.conference().status(event) == EventStatus::Planned && self.date <= last_day
            }
        };
        funds_hold(desk, &self.lines)?;
        let mut entry = Making::new(self.date, self.event, Some(self.vendor), SUPPLIERS);
        let mut lines = self.lines.clone();
        let (mut total, mut net) = (0, 0);
        for line in &mut lines {
            if line.prepaid && self.event.is_none() {
                return Err(bad("only what is for an event can be prepaid until it is held".to_owned()).into());
            }
            // What comes after the event was received with it.
            line.prepaid &= still_to_come;
            let of = (DocumentId::new(DocumentKind::Bill, self.code), self.event);
            let cost = line.book(desk, &mut entry, of, line.prepaid, 1)?;
            total += cost.gross;
            net += cost.net;
        }
        if let Some(code) = self.contract {
            let mut contract = contract::load(desk, code)?;
            if contract.vendor != self.vendor || contract.event != self.event {
                return Err(bad(format!("contract `{code}` is another vendor's, or for another event")).into());
            }
            contract.bill(net)?;
            if !(0..=contract.deposit).contains(&self.deposit) {
                let what = format!("the deposit that bill {} deducts", self.code);
                let paid = i128::from(contract.deposit);
                return Err(beyond(desk, what, self.deposit, paid, "was paid and not deducted").into());
            }
            contract.deduct(desk, &mut entry, self.deposit)?;
            desk.put(Document::Contract(contract))?;
        } else if self.deposit != 0 {
            return Err(bad("it deducts a deposit, but names no contract".to_owned()).into());
        }
        if self.deposit > total {
            return Err(bad("it deducts more than it amounts to".to_owned()).into());
        }
        if let Some(foreign) = &self.foreign {
            self.check_foreign(desk, foreign, total)?;
            entry.original(desk, PAYABLE, foreign, -1)?;
        }
        entry.known(desk, PAYABLE, entry.plain(), self.deposit - total)?;
        entry.post(desk)?;
        desk.put(Document::Bill(Bill {
            code: self.code,
            vendor: self.vendor,
            event: self.event,
            contract: self.contract,
            date: self.date,
            due: self.due,
            lines,
            total,
            net,
            deposit: self.deposit,
            payable: total - self.deposit,
            foreign: self.foreign.clone(),
            void: false,
        }))
    }
}

impl BillReceived {
    /// Refuses a foreign amount that is not what the lines add up to at its rate.
    fn check_foreign<D: Desk>(&self, desk: &D, foreign: &Foreign, total: i64) -> Result<(), RuleError> {
        let bad = |problem: String| RuleError::Invalid { what: format!("bill {}", self.code), problem };
        let currency = foreign.currency()?;
        if currency == desk.currency() || foreign.amount <= 0 || foreign.rate <= Decimal::ZERO {
            return Err(bad("its foreign amount or rate is not positive, or in the books' own currency".to_owned()));
        }
        if self.deposit != 0 {
            return Err(bad("a bill in a foreign currency cannot deduct a deposit".to_owned()));
        }
        let worth = foreign.worth(desk.currency())?;
        if worth != total {
            let shown = |minor: i64| desk.currency().format_minor(i128::from(minor));
            let problem = format!(
                "{} {currency} at {} is {}, and its lines add up to {}",
                currency.format_minor(i128::from(foreign.amount)),
                foreign.rate,
                shown(worth),
                shown(total)
            );
            return Err(bad(problem));
        }
        Ok(())
    }
}

impl Bill {
    fn id(&self) -> DocumentId {
        DocumentId::new(DocumentKind::Bill, self.code)
    }

    fn entry(&self, date: Date) -> Making {
        Making::new(date, self.event, Some(self.vendor), SUPPLIERS)
    }

    /// The word for its state.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match (self.void, self.payable) {
            (true, _) => "void",
            (false, 0) => "paid",
            (false, payable) if payable < self.total - self.deposit => "paid in part",
            _ => "open",
        }
    }

    /// What is counted of it: what its fund must keep for the day the event is held.
    pub(super) fn tally(&self, tallies: &mut Vec<Tallied>) {
        let kept = self.lines.iter().filter(|line| line.prepaid && !self.void);
        tallies.extend(kept.map(|line| (TallyKey::committed(line.fund()), 1, line.amount)));
    }

    /// Pays it, or a part.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        let settled = self.settled(desk, paid)?;
        let mut entry = self.entry(paid.date);
        if let (Some(open), Some(amount)) = (&mut self.foreign, paid.foreign) {
            // What is left is carried as before; the cash is worth what it is worth on the day (ASC 830-20-35-1).
            entry.original(desk, PAYABLE, &Foreign { amount, ..open.clone() }, 1)?;
            open.amount -= amount;
        }
        self.payable -= settled;
        entry.known(desk, PAYABLE, entry.plain(), settled)?;
        entry.known(desk, FOREIGN_EXCHANGE, entry.plain(), paid.amount - settled)?;
        paid.pay(desk, &mut entry, GENERAL_FUND)?;
        entry.post(desk)?;
        desk.put(Document::Bill(self))
    }

    /// What a payment settles of what the bill is carried at: what is paid, or abroad the same part of it.
    fn settled<D: Desk>(&self, desk: &D, paid: &Transferred) -> Result<i64, RuleError> {
        let what = || format!("a payment of bill {}", self.code);
        match (&self.foreign, paid.foreign) {
            (None, None) if paid.amount > self.payable => {
                Err(beyond(desk, what(), paid.amount, i128::from(self.payable), "is to be paid"))
            }
            (None, None) => Ok(paid.amount),
            (Some(open), Some(amount)) if amount <= 0 || amount > open.amount => {
                let currency = open.currency()?;
                let shown = |minor: i64| format!("{} {currency}", currency.format_grouped(i128::from(minor)));
                let (wanted, limit) = (shown(amount), shown(open.amount));
                Err(RuleError::Beyond { what: what(), wanted, limit, of: "is to be paid".to_owned() })
            }
            (Some(open), Some(amount)) if amount == open.amount => Ok(self.payable),
            (Some(open), Some(amount)) => {
                // To the nearest minor unit, halves up: the last payment settles what is left.
                let (whole, part) = (i128::from(open.amount), i128::from(self.payable) * i128::from(amount));
                let share = (2 * part + whole) / (2 * whole);
                Ok(i64::try_from(share).unwrap_or(self.payable))
            }
            (Some(open), None) => {
                let problem = format!("it is owed in {}: say how much of that was paid", open.currency);
                let hint = "`bursar payment bill BILL --foreign AMOUNT --amount CASH`";
                Err(RuleError::State { id: self.id(), line: None, problem, hint })
            }
            (None, Some(_)) => {
                let problem = "it is not owed in a foreign currency".to_owned();
                let hint = "pay it without --foreign";
                Err(RuleError::State { id: self.id(), line: None, problem, hint })
            }
        }
    }

    /// It was a mistake, or the vendor took it back.
    pub(super) fn cancel<D: Desk>(mut self, desk: &mut D, cancelled: &Cancelled) -> Result<(), D::Error> {
        if self.void || self.payable != self.total - self.deposit || !cancelled.lines.is_empty() || cancelled.fee != 0 {
            let problem =
                if self.void { "it is void already" } else { "only a whole bill that is not paid becomes void" };
            let hint = "let the vendor's credit note come as a payment back, by an entry";
            return Err(RuleError::State { id: self.id(), line: None, problem: problem.to_owned(), hint }.into());
        }
        let (mut entry, id) = (self.entry(cancelled.date), self.id());
        for line in &self.lines {
            line.book(desk, &mut entry, (id, self.event), line.prepaid, -1)?;
        }
        if let Some(code) = self.contract {
            let mut contract = contract::load(desk, code)?;
            contract.billed -= self.net;
            contract.deduct(desk, &mut entry, -self.deposit)?;
            desk.put(Document::Contract(contract))?;
        }
        entry.known(desk, PAYABLE, entry.plain(), self.payable)?;
        (self.payable, self.void) = (0, true);
        entry.post(desk)?;
        desk.put(Document::Bill(self))
    }

    /// The event was held: what was prepaid was received.
    pub(super) fn hold<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        if self.void || !self.lines.iter().any(|line| line.prepaid) {
            return Ok(());
        }
        let mut entry = self.entry(date);
        let (of, event) = (self.id(), self.event);
        for line in self.lines.iter_mut().filter(|line| line.prepaid) {
            line.prepaid = false;
            let cost = line.cost(desk)?;
            let restricted = desk.is_restricted(line.fund());
            let at = line.place(event, restricted);
            entry.at(desk, line.account, at, cost.expense)?;
            entry.known(desk, PREPAID, At { activity: None, function: None, tax: None, ..at }, -cost.expense)?;
            if restricted {
                entry.release(desk, line.fund(), cost.expense, of)?;
            }
        }
        entry.post(desk)?;
        desk.put(Document::Bill(self))
    }

    /// The event was cancelled: what is paid for and will not be received is lost.
    pub(super) fn event_cancelled<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        if self.void || !self.lines.iter().any(|line| line.prepaid) {
            return Ok(());
        }
        let mut entry = self.entry(date);
        for line in self.lines.iter_mut().filter(|line| line.prepaid) {
            line.prepaid = false;
            let cost = line.cost(desk)?;
            let fund = if desk.is_restricted(line.fund()) { GENERAL_FUND } else { line.fund() };
            entry.known(desk, CANCELLATION_LOSS, entry.in_fund(fund), cost.expense)?;
            entry.known(desk, PREPAID, entry.in_fund(fund), -cost.expense)?;
        }
        entry.post(desk)?;
        desk.put(Document::Bill(self))
    }
}
