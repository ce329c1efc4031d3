//! One door to all posting rules: what a fact does to documents and which entries follow from it.

use super::desk::{Desk, find};
use super::event::EventStatus;
use super::order::still_planned;
use super::{
    AidPool, Cancelled, Chosen, Document, DocumentId, EVENT_DOCUMENTS, EventCancelled, EventHeld, Fact, Payment,
    RefundPaid, RuleError, WrittenOff,
};
use crate::ledger::Slug;

/// Documents of an event that are worked on at a time.
const PAGE: usize = 1_000;

/// Works a fact out at a desk: checks it, changes documents, posts entries. Facts that set something up are only
/// checked; what they set up is taken in by whoever keeps the [`super::Conference`], after this.
///
/// # Errors
/// [`RuleError`], or what the desk cannot do. What was posted and put before must be undone then.
pub fn apply<D: Desk>(desk: &mut D, fact: &Fact) -> Result<(), D::Error> {
    match fact {
        Fact::Ticket(ticket) => {
            desk.conference().event(ticket.event)?;
            ticket.tax.map(|code| desk.conference().tax(code).map(|_| ())).transpose()?;
            Ok(ticket.check()?)
        }
        Fact::Discount(discount) => {
            desk.conference().event(discount.event)?;
            for ticket in &discount.tickets {
                desk.conference().ticket(discount.event, *ticket)?;
            }
            Ok(discount.check()?)
        }
        Fact::Package(package) => Ok(package.check(desk.conference())?),
        Fact::Tax(tax) => Ok(tax.check()?),
        Fact::Pool(pool) => check_pool(desk, pool),
        Fact::Order(order) => order.apply(desk),
        Fact::Sponsorship(sponsorship) => sponsorship.apply(desk),
        Fact::Contract(contract) => contract.apply(desk),
        Fact::Bill(bill) => bill.apply(desk),
        Fact::Claim(claim) => claim.apply(desk),
        Fact::ClaimApproved(approved) => approved.apply(desk),
        Fact::Application(application) => application.apply(desk),
        Fact::Offer(offer) => offer.apply(desk),
        Fact::Gift(gift) => gift.apply(desk),
        Fact::Payment(payment) => pay(desk, payment),
        Fact::RefundPaid(refund) => pay_back(desk, refund),
        Fact::Payout(payout) => payout.apply(desk),
        Fact::Cancelled(cancelled) => cancel(desk, cancelled),
        Fact::Refund(refund) => refund.apply(desk),
        Fact::Transfer(transfer) => transfer.apply(desk),
        Fact::Carried(carried) => carried.apply(desk),
        Fact::ChargedBack(charged) => charged.apply(desk),
        Fact::WrittenOff(written) => write_off(desk, written),
        Fact::ConditionMet(met) => met.apply(desk),
        Fact::Chosen(chosen) => choose(desk, chosen),
        Fact::Invoice(invoice) => invoice.apply(desk),
        Fact::CreditNote(note) => note.apply(desk),
        Fact::Held(held) => hold(desk, held),
        Fact::EventCancelled(cancelled) => call_off(desk, cancelled),
        Fact::Allocation(rule) => Ok(rule.check(desk)?),
        Fact::Allocated(allocated) => allocated.apply(desk),
        Fact::Revalued(revalued) => revalued.apply(desk),
        Fact::Designated(designated) => designated.apply(desk),
        Fact::Rate(rate) => Ok(rate.check()?),
        Fact::Reconciled(reconciled) => Ok(reconciled.check(desk)?),
        Fact::Book(_)
        | Fact::Chart(_)
        | Fact::Account(_)
        | Fact::Fund(_)
        | Fact::Event(_)
        | Fact::Issuer(_)
        | Fact::Party(_)
        | Fact::Voucher {}
        | Fact::Opening(_)
        | Fact::Import(_)
        | Fact::Reversal(_)
        | Fact::Lock(_)
        | Fact::Budget(_)
        | Fact::Hours(_)
        | Fact::Note(_)
        | Fact::Receipt(_)
        | Fact::ReceiptWaived(_)
        | Fact::Released(_)
        | Fact::Consented(_)
        | Fact::DisclosureRules(_)
        | Fact::CopyGiven(_)
        | Fact::Forgotten(_)
        | Fact::Retention(_)
        | Fact::ReconciliationUndone(_) => Ok(()),
    }
}

fn check_pool<D: Desk>(desk: &D, pool: &AidPool) -> Result<(), D::Error> {
    desk.conference().event(pool.event)?;
    if (0..=super::ticket::LARGEST).contains(&pool.amount) {
        return Ok(());
    }
    let problem = "its amount is negative or too large".to_owned();
    Err(RuleError::Invalid { what: format!("the aid pool of {}", pool.event), problem }.into())
}

fn not_for(id: DocumentId, problem: &str, hint: &'static str) -> RuleError {
    RuleError::State { id, line: None, problem: problem.to_owned(), hint }
}

fn pay<D: Desk>(desk: &mut D, payment: &Payment) -> Result<(), D::Error> {
    let document = find(desk, payment.document)?;
    if payment.overpaid && !matches!(document, Document::Order(_) | Document::Sponsorship(_)) {
        let hint = "pay what is open; what was paid to somebody too much is an entry";
        return Err(not_for(payment.document, "only who pays us can pay too much", hint).into());
    }
    match document {
        Document::Order(order) => order.pay(desk, payment),
        Document::Sponsorship(sponsorship) => sponsorship.pay(desk, payment),
        Document::Contract(contract) => contract.pay(desk, &payment.paid),
        Document::Bill(bill) => bill.pay(desk, &payment.paid),
        Document::Claim(claim) => claim.pay(desk, &payment.paid),
        Document::Application(application) => application.pay(desk, &payment.paid),
        Document::Invoice(_) | Document::CreditNote(_) | Document::Gift(_) => {
            Err(not_for(payment.document, "it is not paid itself", "name the order, sponsorship or bill").into())
        }
    }
}

fn pay_back<D: Desk>(desk: &mut D, refund: &RefundPaid) -> Result<(), D::Error> {
    match find(desk, refund.document)? {
        Document::Order(order) => order.pay_back(desk, &refund.paid),
        Document::Sponsorship(sponsorship) => sponsorship.pay_back(desk, &refund.paid),
        Document::Contract(contract) => contract.given_back(desk, &refund.paid),
        _ => {
            let hint = "name an order, a sponsorship or a contract";
            Err(not_for(refund.document, "nothing of it is paid back", hint).into())
        }
    }
}

fn cancel<D: Desk>(desk: &mut D, cancelled: &Cancelled) -> Result<(), D::Error> {
    match find(desk, cancelled.document)? {
        Document::Order(order) => order.cancel(desk, cancelled),
        Document::Sponsorship(sponsorship) => sponsorship.cancel(desk, cancelled),
        Document::Contract(contract) => contract.cancel(desk, cancelled),
        Document::Bill(bill) => bill.cancel(desk, cancelled),
        Document::Claim(claim) => claim.cancel(desk, cancelled),
        Document::Application(application) => application.cancel(desk, cancelled),
        Document::Invoice(_) | Document::CreditNote(_) => {
            let hint = "cancel what it is for, and issue a credit note";
            Err(not_for(cancelled.document, "numbers of a series stay", hint).into())
        }
        Document::Gift(_) => {
            let hint = "reverse its entry with `bursar entry reverse`";
            Err(not_for(cancelled.document, "a gift is not cancelled", hint).into())
        }
    }
}

fn write_off<D: Desk>(desk: &mut D, written: &WrittenOff) -> Result<(), D::Error> {
    match find(desk, written.document)? {
        Document::Order(order) => order.write_off(desk, written.date, written.amount),
        Document::Sponsorship(sponsorship) => sponsorship.write_off(desk, written.date, written.amount),
        _ => Err(not_for(written.document, "nothing of it is due to us", "name an order or a sponsorship").into()),
    }
}

fn choose<D: Desk>(desk: &mut D, chosen: &Chosen) -> Result<(), D::Error> {
    match find(desk, chosen.document)? {
        Document::Order(mut order) => {
            still_planned(desk, order.event, "the choice comes too late")?;
            order.choice = Some(chosen.choice);
            desk.put(Document::Order(order))
        }
        Document::Sponsorship(mut sponsorship) => {
            still_planned(desk, sponsorship.event, "the choice comes too late")?;
            if chosen.choice == super::Choice::Carry {
                let hint = "choose refund or donate; to go on with it, agree a new one for the next event";
                return Err(not_for(chosen.document, "a sponsorship is not carried", hint).into());
            }
            sponsorship.choice = Some(chosen.choice);
            desk.put(Document::Sponsorship(sponsorship))
        }
        _ => Err(not_for(chosen.document, "there is nothing to choose", "name an order or a sponsorship").into()),
    }
}

/// Works through all documents of an event, a page at a time: a million of them never stand in memory together.
fn each<D: Desk>(
    desk: &mut D,
    event: Slug,
    mut work: impl FnMut(&mut D, Document) -> Result<(), D::Error>,
) -> Result<(), D::Error> {
    for kind in EVENT_DOCUMENTS {
        let mut after: Option<Slug> = None;
        loop {
            let page = desk.documents_of(event, kind, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id().code);
            for document in page {
                work(desk, document)?;
            }
        }
    }
    Ok(())
}

fn must_be_planned<D: Desk>(desk: &D, event: Slug) -> Result<(), RuleError> {
    desk.conference().event(event)?;
    match desk.conference().status(event) {
        EventStatus::Planned => Ok(()),
        EventStatus::Held(date) => {
            Err(RuleError::EventOver { event, status: "held", date, what: "that is recorded already" })
        }
        EventStatus::Cancelled(date) => {
            Err(RuleError::EventOver { event, status: "cancelled", date, what: "that is recorded already" })
        }
    }
}

/// The event was held: every document's part is earned or spent, one entry each, dated its last day.
fn hold<D: Desk>(desk: &mut D, held: &EventHeld) -> Result<(), D::Error> {
    must_be_planned(desk, held.event)?;
    each(desk, held.event, |desk, document| match document {
        Document::Order(order) => order.hold(desk, held.date),
        Document::Sponsorship(sponsorship) => sponsorship.hold(desk, held.date),
        Document::Contract(contract) => contract.hold(desk, held.date),
        Document::Bill(bill) => bill.hold(desk, held.date),
        _ => Ok(()),
    })
}

/// The event is cancelled: each buyer's choice, and deposits that are lost.
fn call_off<D: Desk>(desk: &mut D, off: &EventCancelled) -> Result<(), D::Error> {
    must_be_planned(desk, off.event)?;
    if let Some(next) = off.next {
        still_planned(desk, next, "nothing can be carried to it")?;
        desk.conference().event(next)?;
    }
    if (off.otherwise == super::Choice::Carry && off.next.is_none()) || off.next == Some(off.event) {
        let problem = "carrying admissions on needs another event to carry them to".to_owned();
        return Err(RuleError::Invalid { what: format!("the cancellation of {}", off.event), problem }.into());
    }
    each(desk, off.event, |desk, document| match document {
        Document::Order(order) => order.call_off(desk, off.date, off.otherwise, off.next),
        Document::Sponsorship(sponsorship) => sponsorship.event_cancelled(desk, off.date, off.otherwise),
        Document::Contract(contract) => contract.event_cancelled(desk, off.date),
        Document::Bill(bill) => bill.event_cancelled(desk, off.date),
        _ => Ok(()),
    })
}
