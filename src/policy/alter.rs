//! What a fact would have been under a policy: what is charged, and what then is paid, refunded and charged back.

use super::bound::Bound;
use super::desk::Papers;
use super::year::{Case, Step, Year};
use super::{Passes, Price};
use crate::conference::{
    Conference, Document, Fact, Item, ItemKind, Method, Order, OrderLine, OrderPlaced, Payer, Payment, Transferred,
    share_of,
};

/// What becomes of a person under a policy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub(super) enum Treatment {
    /// They come, and pay what their role pays.
    #[default]
    Rule,
    /// They come, and pay in full by choice.
    Full,
    /// They come with ticket aid.
    Aid,
    /// They do not come.
    Away,
}

/// What a person's admission costs, as prices are displayed. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Charge {
    /// In the books.
    pub was: i64,
    /// Under the policy.
    pub is: i64,
    /// In full: the ticket's price under the policy, less a discount.
    pub full: i64,
}

impl Bound<'_> {
    /// An item under the policy.
    pub(super) fn item(
        &self,
        conference: &Conference,
        placed: &OrderPlaced,
        item: &Item,
        treatment: Treatment,
    ) -> Item {
        let mut item = item.clone();
        let change = item.ticket.and_then(|ticket| self.prices.get(&ticket)).copied().unwrap_or(0);
        if change != 0 {
            let given = item.price - item.reduction;
            let is_wholly_conceded = item.conceded == given;
            item.price = (item.price + change * item.quantity).max(0);
            item.reduction = item.reduction.min(item.price);
            let left = item.price - item.reduction;
            item.conceded = if is_wholly_conceded { left } else { item.conceded.min(left) };
            if left == 0 && matches!(item.payer, Payer::Aid | Payer::Waiver) {
                // Nothing is left to be given.
                (item.payer, item.fund, item.application, item.exception) = (Payer::Own, None, None, None);
            }
        }
        let (Some(role), ItemKind::Admission, false) = (item.role, item.kind, self.is_in_force) else { return item };
        if item.payer == Payer::Pass {
            if self.policy.passes == Passes::Kept {
                return item;
            }
            (item.payer, item.sponsorship) = (Payer::Own, None);
        }
        let Some(pays) = self.policy.pays.get(&role) else { return item };
        let is_excepted = item.payer == Payer::Waiver && item.exception.is_some() && self.policy.exceptions;
        if is_excepted && pays.price == Price::Full {
            return item;
        }
        if pays.price == Price::Full && item.price == item.reduction {
            // A price that leaves nothing to pay is a waiver under another name.
            (item.reduction, item.discount) = (0, None);
        }
        let left = item.price - item.reduction;
        let price = match pays.price {
            _ if treatment == Treatment::Full => left,
            Price::Full => left,
            Price::Part(share) => share.of(left),
            Price::Free => 0,
            Price::Amount(_) => self.amounts.get(&role).copied().unwrap_or(0).min(left),
            Price::MarginalCost => self.per_head_cost.min(left),
            Price::Tier(tier) => {
                let of_tier = conference
                    .tickets(placed.event)
                    .find(|ticket| ticket.kind == ItemKind::Admission && ticket.tier.unwrap_or(ticket.code) == tier);
                // A quota of early tickets is taken to be sold to others.
                of_tier.map_or(left, |ticket| ticket.price_on(placed.date, i64::MAX)).min(left)
            }
        };
        let aid = (item.payer == Payer::Aid).then_some(item.conceded);
        (item.payer, item.conceded) = match (price, item.payer) {
            (0, Payer::Waiver) => (Payer::Waiver, left),
            (0, payer) if left == 0 => (payer, item.conceded),
            (0, _) => (Payer::Waiver, left),
            (_, Payer::Waiver) if treatment == Treatment::Aid => (Payer::Aid, price),
            (_, Payer::Waiver) => (Payer::Own, 0),
            (_, payer) => (payer, aid.unwrap_or(0).min(price)),
        };
        if item.payer != Payer::Waiver {
            item.exception = None;
            // What is taken off is a discount: nobody waives it.
            item.reduction = item.price - price;
        }
        if item.payer == Payer::Aid && item.conceded == 0 {
            item.payer = Payer::Own;
        }
        if item.payer == Payer::Aid {
            item.fund = item.fund.or(self.aid_fund);
        } else {
            (item.fund, item.application) = (None, None);
        }
        item
    }

    /// What the admission of a case's person costs, and the ticket aid they have under the policy, minor units.
    pub(super) fn charge(&self, year: &Year, case: &Case, person: usize) -> (Charge, i64) {
        let none = (Charge { was: 0, is: 0, full: 0 }, 0);
        if case.is_carried_in {
            // They were charged for another event.
            return none;
        }
        let Some(Step { conference, fact: Fact::Order(placed), .. }) = case.steps.first() else { return none };
        let Some(item) = case.people[person].lines.first().and_then(|line| placed.items.get(*line)) else {
            return none;
        };
        let to_pay =
            |item: &Item| if item.payer == Payer::Pass { 0 } else { item.price - item.reduction - item.conceded };
        let now = self.item(&year.conferences[*conference], placed, item, Treatment::Rule);
        let full = self.item(&year.conferences[*conference], placed, item, Treatment::Full);
        let aid = if now.payer == Payer::Aid { now.conceded } else { 0 };
        (Charge { was: to_pay(item), is: to_pay(&now), full: to_pay(&full) }, aid)
    }
}

/// A case's facts under a policy, worked out one after the other: each follows from how the documents stand.
pub(super) struct Course<'a> {
    pub year: &'a Year,
    pub bound: &'a Bound<'a>,
    pub case: &'a Case,
    pub treatments: &'a [Treatment],
    /// Only their admissions: people who are not in the books.
    pub only_admissions: bool,
}

impl Course<'_> {
    /// Places in the order that remain, from 0.
    fn lines(&self, placed: &OrderPlaced) -> Vec<usize> {
        let away = |line: usize| {
            let of = self.case.people.iter().position(|person| person.lines.contains(&line));
            of.map(|person| (self.treatments[person] == Treatment::Away, self.case.people[person].lines[0] == line))
        };
        let all_away = self.treatments.iter().all(|treatment| *treatment == Treatment::Away);
        (0..placed.items.len())
            .filter(|line| match away(*line) {
                Some((is_away, is_admission)) => !is_away && (is_admission || !self.only_admissions),
                // What is nobody's own comes with whoever ordered it.
                None => !self.only_admissions && (!all_away || self.treatments.is_empty()),
            })
            .collect()
    }

    fn treatment(&self, line: usize) -> Treatment {
        let person = self.case.people.iter().position(|person| person.lines.contains(&line));
        person.map(|person| self.treatments[person]).unwrap_or_default()
    }

    /// The case's order under the policy, if anything is left of it.
    fn order(&self, conference: &Conference, placed: &OrderPlaced, lines: &[usize]) -> Option<OrderPlaced> {
        let mut altered = placed.clone();
        let item = |line: &usize| self.bound.item(conference, placed, &placed.items[*line], self.treatment(*line));
        altered.items = lines.iter().map(item).collect();
        if altered.items.is_empty() {
            return None;
        }
        let (before, now) = (to_pay(conference, placed), to_pay(conference, &altered));
        let average = || {
            let (received, fees) = self.year.average;
            let received = received.max(1);
            Transferred {
                date: placed.date,
                amount: received,
                fee: fees,
                method: Method::Card,
                account: None,
                foreign: None,
            }
        };
        altered.paid = match &placed.paid {
            Some(paid) => scaled(paid, follow(paid.amount, before, now)),
            // Nothing was to be paid: what is to be paid now is paid by card, with the average fee.
            None if before == 0 && now > 0 => scaled(&average(), now),
            None => None,
        };
        Some(altered)
    }

    /// The facts' course; `None` when nothing differs from what happened.
    pub(super) fn papers(&self) -> Result<Option<Papers>, crate::books::BooksError> {
        let mut papers = Papers::default();
        if self.case.is_whole && self.treatments.contains(&Treatment::Away) {
            return Ok(Some(papers));
        }
        let mut differs = false;
        let mut places: Vec<usize> = Vec::new();
        for step in &self.case.steps {
            let conference = &self.year.conferences[step.conference];
            let altered = match &step.fact {
                Fact::Order(placed) if placed.event == self.year.event.code => {
                    places = self.lines(placed);
                    let Some(order) = self.order(conference, placed, &places) else { return Ok(Some(papers)) };
                    differs |= order != *placed;
                    Some(Fact::Order(order))
                }
                other if !differs => Some(other.clone()),
                other => self.follows(step, other, &papers, &places),
            };
            if let Some(fact) = altered {
                papers.apply(&self.year.setup, conference, &fact)?;
            }
        }
        Ok(differs.then_some(papers))
    }

    fn follows(&self, step: &Step, fact: &Fact, papers: &Papers, places: &[usize]) -> Option<Fact> {
        let (Some(id), Some(Document::Order(actual))) = (fact.document(), &step.before) else {
            return Some(fact.clone());
        };
        let now = papers.order(id.code)?;
        // Lines are counted from 1; those of people who stay away are gone.
        let place = |line: usize| places.iter().position(|was| was + 1 == line).map(|place| place + 1);
        let is_first = self.case.steps.first().and_then(|first| first.fact.document()) == Some(id);
        let place = |line: usize| if is_first { place(line) } else { Some(line) };
        let stands = |line: &usize| now.lines.get(line - 1).is_some_and(OrderLine::is_active);
        match fact {
            Fact::Payment(payment) => {
                // What was paid too much is paid too much at any price.
                let excess = (payment.paid.amount - actual.outstanding()).max(0);
                let amount = follow(payment.paid.amount - excess, actual.outstanding(), now.outstanding());
                let paid = scaled(&payment.paid, amount + excess)?;
                Some(Fact::Payment(Payment { paid, ..payment.clone() }))
            }
            Fact::RefundPaid(refund) => {
                let paid = scaled(&refund.paid, follow(refund.paid.amount, actual.refunds, now.refunds))?;
                let mut refund = refund.clone();
                refund.paid = paid;
                Some(Fact::RefundPaid(refund))
            }
            Fact::ChargedBack(charged) => {
                let mut charged = charged.clone();
                // What settled what was owed back makes nothing due under any policy.
                let owed = charged.taken.amount.min(actual.refunds);
                let part =
                    |amount: i64, before: i64, now: i64| if amount == 0 { 0 } else { follow(amount, before, now) };
                let kept = |order: &Order| order.chargeable() - order.refunds;
                let due = part(charged.taken.amount - owed, kept(actual), kept(now));
                charged.taken = scaled(&charged.taken, part(owed, actual.refunds, now.refunds) + due)?;
                Some(Fact::ChargedBack(charged))
            }
            Fact::WrittenOff(written) => {
                let mut written = written.clone();
                written.amount = follow(written.amount, actual.receivable, now.receivable);
                (written.amount > 0).then_some(Fact::WrittenOff(written))
            }
            Fact::Cancelled(cancelled) => {
                let mut cancelled = cancelled.clone();
                let whole = cancelled.lines.is_empty();
                cancelled.lines = cancelled.lines.iter().filter_map(|line| place(*line)).filter(stands).collect();
                // What was written off whole is cancelled by that.
                if cancelled.lines.is_empty() && !(whole && now.lines.iter().any(OrderLine::is_active)) {
                    return None;
                }
                let lines = now.lines.iter().enumerate();
                let chosen =
                    lines.filter(|(i, line)| line.is_active() && (whole || cancelled.lines.contains(&(i + 1))));
                let standing = chosen.filter(|(_, line)| line.item.kind != ItemKind::Donation).map(|(_, line)| {
                    let (net, tax) = line.standing();
                    net + tax
                });
                cancelled.fee = cancelled.fee.min(standing.sum());
                Some(Fact::Cancelled(cancelled))
            }
            Fact::Refund(refund) => {
                let mut refund = refund.clone();
                let standing = |order: &Order, line: usize| {
                    order.lines.get(line - 1).map_or(0, |line| line.standing().0 + line.standing().1)
                };
                let lines = refund.lines.iter().filter_map(|(line, amount)| {
                    let at = place(*line)?;
                    Some((at, follow(*amount, standing(actual, *line), standing(now, at))))
                });
                refund.lines = lines.filter(|(line, amount)| *amount > 0 && stands(line)).collect();
                (!refund.lines.is_empty()).then_some(Fact::Refund(refund))
            }
            Fact::Carried(carried) => {
                let mut carried = carried.clone();
                let whole = carried.lines.is_empty();
                carried.lines = carried.lines.iter().filter_map(|line| place(*line)).filter(stands).collect();
                let all = whole && now.lines.iter().any(OrderLine::is_active);
                (all || !carried.lines.is_empty()).then_some(Fact::Carried(carried))
            }
            Fact::Transfer(transfer) => {
                let mut transfer = transfer.clone();
                transfer.line = place(transfer.line).filter(stands)?;
                Some(Fact::Transfer(transfer))
            }
            other => Some(other.clone()),
        }
    }
}

/// What an order's items are to be paid in all, minor units with tax.
fn to_pay(conference: &Conference, placed: &OrderPlaced) -> i64 {
    let item = |item: &Item| {
        if item.payer == Payer::Pass {
            return 0;
        }
        let tax = item.ticket.and_then(|code| conference.ticket(placed.event, code).ok()).and_then(|t| t.tax);
        let charged = item.price - item.reduction - item.conceded;
        conference.apart(tax, charged).map_or(charged, |apart| apart.gross())
    };
    placed.items.iter().map(item).sum()
}

/// An amount that settled all of what was open settles all of what is open now; a part stays that part, as far as there
/// is so much.
pub(super) fn follow(amount: i64, open_before: i64, open_now: i64) -> i64 {
    if amount == open_before { open_now } else { amount.min(open_now) }
}

/// Money of another amount, with its fee in proportion; none when nothing moves.
pub(super) fn scaled(paid: &Transferred, amount: i64) -> Option<Transferred> {
    if amount <= 0 {
        return None;
    }
    let fee = i128::from(paid.fee) * i128::from(amount) * 2 + i128::from(paid.amount);
    let fee = fee / (i128::from(paid.amount.max(1)) * 2);
    Some(Transferred { amount, fee: i64::try_from(fee).unwrap_or(paid.fee), ..*paid })
}

/// A sponsorship's facts with its price multiplied; `None` when it stays as it is.
pub(super) fn sponsored(
    year: &Year,
    case: &Case,
    factor: rust_decimal::Decimal,
) -> Result<Option<Papers>, crate::books::BooksError> {
    let Some(agreed) = case.sponsorship() else { return Ok(None) };
    if agreed.in_kind.is_some() || factor == rust_decimal::Decimal::ONE {
        return Ok(None);
    }
    let mut papers = Papers::default();
    let mut altered = agreed.clone();
    altered.price = share_of(agreed.price, factor);
    if altered.price == 0 {
        return Ok(Some(papers));
    }
    for step in &case.steps {
        let fact = match (&step.fact, &step.before) {
            (Fact::Sponsorship(_), _) => Some(Fact::Sponsorship(altered.clone())),
            (fact, Some(Document::Sponsorship(actual))) => {
                let Some(Document::Sponsorship(now)) = fact.document().and_then(|id| papers.document(id)) else {
                    continue;
                };
                let money = |paid: &Transferred, before: i64, open: i64| {
                    let amount = if paid.amount == before { open } else { share_of(paid.amount, factor).min(open) };
                    scaled(paid, amount)
                };
                match fact {
                    Fact::Payment(payment) => money(&payment.paid, actual.outstanding(), now.outstanding())
                        .map(|paid| Fact::Payment(Payment { paid, ..payment.clone() })),
                    Fact::RefundPaid(refund) => money(&refund.paid, actual.refunds, now.refunds).map(|paid| {
                        let mut refund = refund.clone();
                        refund.paid = paid;
                        Fact::RefundPaid(refund)
                    }),
                    Fact::WrittenOff(written) => {
                        let mut written = written.clone();
                        let (before, open) = (actual.receivable + actual.pledged, now.receivable + now.pledged);
                        let part = share_of(written.amount, factor).min(open);
                        written.amount = if written.amount == before { open } else { part };
                        (written.amount > 0).then_some(Fact::WrittenOff(written))
                    }
                    Fact::Cancelled(cancelled) => {
                        let mut cancelled = cancelled.clone();
                        cancelled.fee = share_of(cancelled.fee, factor);
                        Some(Fact::Cancelled(cancelled))
                    }
                    other => Some(other.clone()),
                }
            }
            (fact, _) => Some(fact.clone()),
        };
        if let Some(fact) = fact {
            papers.apply(&year.setup, &year.conferences[step.conference], &fact)?;
        }
    }
    Ok(Some(papers))
}
