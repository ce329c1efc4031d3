//! The facts of an event as they would have been under another policy.

use crate::books::{Alteration, Moment};
use crate::conference::{
    Conference, Document, DocumentId, DocumentKind, Fact, Item, ItemKind, Method, Order, OrderPlaced, Payer, Payment,
    Transferred, WhoPays,
};
use crate::ledger::Slug;

/// Replays an event under a policy. Under the policy in force nothing is altered, so that the replay is what the books
/// hold.
///
/// What it takes for granted: everyone comes all the same; who has to pay, pays at the price that was in force when
/// they ordered, as the order's other items were paid, else by card with the event's average fee; fees grow and shrink
/// with what is paid.
#[derive(Clone, Debug)]
pub struct UnderPolicy {
    event: Slug,
    policy: WhoPays,
    /// The policy in force: under it nothing is altered.
    in_force: WhoPays,
    /// What was received and what of it were fees: for payments that were never made.
    average: (i64, i64),
}

impl UnderPolicy {
    /// The event under a policy; `average` is what its orders received in all, and the fees taken of that, minor units.
    #[must_use]
    pub const fn new(event: Slug, policy: WhoPays, in_force: WhoPays, average: (i64, i64)) -> Self {
        Self { event, policy, in_force, average }
    }

    fn is_ours(&self, moment: Moment<'_>, id: DocumentId) -> bool {
        id.kind == DocumentKind::Order
            && moment.actual.document(id).is_some_and(|document| document.event() == Some(self.event))
    }

    /// What an item would have been. Somebody pays, or nobody does, as the policy says; passes stay passes.
    fn item(&self, item: &Item) -> Item {
        let mut item = item.clone();
        let (Some(role), ItemKind::Admission) = (item.role, item.kind) else { return item };
        let left = item.price - item.reduction;
        match self.policy {
            WhoPays::SpeakersFree => {
                if self.policy.lets_in_free(role)
                    && item.payer != Payer::Pass
                    && item.payer != Payer::Waiver
                    && left > 0
                {
                    item.payer = Payer::Waiver;
                    item.conceded = left;
                    (item.fund, item.application, item.exception) = (None, None, None);
                }
            }
            WhoPays::EveryonePays | WhoPays::EveryonePaysStrict => {
                let excepted = self.policy == WhoPays::EveryonePays && item.exception.is_some();
                if item.payer == Payer::Waiver && !excepted {
                    item.payer = Payer::Own;
                    item.conceded = 0;
                    item.exception = None;
                }
                if matches!(item.payer, Payer::Own | Payer::Employer) && item.price - item.reduction == 0 {
                    // A price that leaves nothing to pay is a waiver under another name.
                    (item.reduction, item.discount) = (0, None);
                }
            }
        }
        item
    }

    fn order(&self, moment: Moment<'_>, placed: &OrderPlaced) -> OrderPlaced {
        let mut altered = placed.clone();
        altered.items = placed.items.iter().map(|item| self.item(item)).collect();
        let (before, now) = (to_pay(moment, placed), to_pay(moment, &altered));
        altered.paid = match &placed.paid {
            Some(paid) => scaled(paid, follow(paid.amount, before, now)),
            // Nothing was to be paid: what is to be paid now is paid by card.
            None if before == 0 && now > 0 => {
                let (received, fees) = self.average;
                let paid = Transferred {
                    date: placed.date,
                    amount: received.max(1),
                    fee: fees,
                    method: Method::Card,
                    account: None,
                    foreign: None,
                };
                scaled(&paid, now)
            }
            None => None,
        };
        altered
    }
}

/// What an order's items are to be paid in all, minor units with tax.
fn to_pay(moment: Moment<'_>, placed: &OrderPlaced) -> i64 {
    let item = |item: &Item| {
        if item.payer == Payer::Pass {
            return 0;
        }
        let tax = item.ticket.and_then(|code| moment.conference.ticket(placed.event, code).ok()).and_then(|t| t.tax);
        let charged = item.price - item.reduction - item.conceded;
        moment.conference.apart(tax, charged).map_or(charged, |apart| apart.gross())
    };
    placed.items.iter().map(item).sum()
}

/// An amount that settled all of what was open settles all of what is open now; a part stays that part, as far as there
/// is so much.
fn follow(amount: i64, open_before: i64, open_now: i64) -> i64 {
    if amount == open_before { open_now } else { amount.min(open_now) }
}

/// Money of another amount, with its fee in proportion; none when nothing moves.
fn scaled(paid: &Transferred, amount: i64) -> Option<Transferred> {
    if amount <= 0 {
        return None;
    }
    let fee = i128::from(paid.fee) * i128::from(amount) * 2 + i128::from(paid.amount);
    let fee = fee / (i128::from(paid.amount.max(1)) * 2);
    Some(Transferred { amount, fee: i64::try_from(fee).unwrap_or(paid.fee), ..*paid })
}

fn order_of(shelf: &crate::books::Shelf, id: DocumentId) -> Option<&Order> {
    match shelf.document(id)? {
        Document::Order(order) => Some(order),
        _ => None,
    }
}

impl Alteration for UnderPolicy {
    fn arrange(&mut self, conference: &mut Conference) {
        if self.policy != self.in_force {
            conference.set_policy(self.event, self.policy);
        }
    }

    fn alter(&mut self, moment: Moment<'_>, fact: &Fact) -> Option<Fact> {
        if self.policy == self.in_force {
            return Some(fact.clone());
        }
        if let Fact::Order(placed) = fact
            && placed.event == self.event
        {
            return Some(Fact::Order(self.order(moment, placed)));
        }
        // Credit notes are no entries, and what they credit may never have been charged.
        if let Fact::CreditNote(_) = fact {
            return None;
        }
        let Some(id) = fact.document().filter(|id| self.is_ours(moment, *id)) else { return Some(fact.clone()) };
        let (Some(actual), Some(now)) = (order_of(moment.actual, id), order_of(moment.replayed, id)) else {
            return Some(fact.clone());
        };
        match fact {
            Fact::Payment(payment) => {
                let amount = follow(payment.paid.amount, actual.outstanding(), now.outstanding());
                let paid = scaled(&payment.paid, amount)?;
                Some(Fact::Payment(Payment { document: payment.document, paid }))
            }
            Fact::RefundPaid(refund) => {
                let paid = scaled(&refund.paid, follow(refund.paid.amount, actual.refunds, now.refunds))?;
                let mut refund = refund.clone();
                refund.paid = paid;
                Some(Fact::RefundPaid(refund))
            }
            Fact::ChargedBack(charged) => {
                let taken = scaled(&charged.taken, follow(charged.taken.amount, actual.received, now.received))?;
                let mut charged = charged.clone();
                charged.taken = taken;
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
                refund.lines.retain_mut(|(line, amount)| {
                    let standing = |order: &Order| {
                        order.lines.get(*line - 1).map_or(0, |line| line.standing().0 + line.standing().1)
                    };
                    *amount = follow(*amount, standing(actual), standing(now));
                    *amount > 0
                });
                (!refund.lines.is_empty()).then_some(Fact::Refund(refund))
            }
            other => Some(other.clone()),
        }
    }
}
