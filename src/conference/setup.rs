//! What a conference is set up with: the fold of its setup facts.

use super::event::EventStatus;
use super::{AidPool, AllocationRule, Discount, Event, Fact, Issuer, Package, RuleError, TaxCode, TicketType};
use crate::ledger::{Slug, nearest};

/// Events and what they sell, tax codes, and who the organisation is on an invoice; as of the last fact.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conference {
    events: Vec<Event>,
    /// Of events that are no longer planned.
    over: Vec<(Slug, EventStatus)>,
    tickets: Vec<TicketType>,
    discounts: Vec<Discount>,
    packages: Vec<Package>,
    taxes: Vec<TaxCode>,
    pools: Vec<AidPool>,
    issuer: Option<Issuer>,
    allocations: Vec<AllocationRule>,
}

fn put<T: Clone>(list: &mut Vec<T>, item: &T, same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|known| same(known)) {
        Some(known) => known.clone_from(item),
        None => list.push(item.clone()),
    }
}

fn of_event<'a, T>(
    list: &'a [T],
    event: Slug,
    code: Slug,
    what: &'static str,
    key: impl Fn(&T) -> (Slug, Slug),
) -> Result<&'a T, RuleError> {
    list.iter().find(|item| key(item) == (event, code)).ok_or_else(|| {
        let codes: Vec<Slug> = list.iter().map(&key).filter(|k| k.0 == event).map(|k| k.1).collect();
        let near = nearest(code.as_str(), codes.iter().map(Slug::as_str)).map(str::to_owned);
        RuleError::NoSuch { what, code: code.to_string(), event: format!("event {event} "), near }
    })
}

impl Conference {
    /// Takes in what a fact sets up; facts that set nothing up change nothing.
    pub fn take_in(&mut self, fact: &Fact) {
        match fact {
            Fact::Event(event) => put(&mut self.events, event, |e| e.code == event.code),
            Fact::Ticket(t) => put(&mut self.tickets, t, |known| (known.event, known.code) == (t.event, t.code)),
            Fact::Discount(d) => put(&mut self.discounts, d, |known| (known.event, known.code) == (d.event, d.code)),
            Fact::Package(p) => put(&mut self.packages, p, |known| (known.event, known.code) == (p.event, p.code)),
            Fact::Tax(tax) => put(&mut self.taxes, tax, |known| known.code == tax.code),
            Fact::Pool(pool) => {
                put(&mut self.pools, pool, |known| (known.event, known.fund) == (pool.event, pool.fund))
            }
            Fact::Issuer(issuer) => self.issuer = Some(issuer.clone()),
            Fact::Allocation(rule) => put(&mut self.allocations, rule, |known| known.code == rule.code),
            Fact::Held(held) => self.over.push((held.event, EventStatus::Held(held.date))),
            Fact::EventCancelled(off) => self.over.push((off.event, EventStatus::Cancelled(off.date))),
            _ => {}
        }
    }

    /// Puts an event under another policy: for a what-if.
    pub fn set_policy(&mut self, event: Slug, policy: super::WhoPays) {
        self.events.iter_mut().filter(|known| known.code == event).for_each(|known| known.policy = Some(policy));
    }

    /// All events, in the order of announcement.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// An event.
    ///
    /// # Errors
    /// [`RuleError::NoSuch`] with the nearest code; so for the others.
    pub fn event(&self, code: Slug) -> Result<&Event, RuleError> {
        self.events.iter().find(|event| event.code == code).ok_or_else(|| {
            let near = nearest(code.as_str(), self.events.iter().map(|e| e.code.as_str())).map(str::to_owned);
            RuleError::NoSuch { what: "event", code: code.to_string(), event: "the book ".to_owned(), near }
        })
    }

    /// What has become of an event.
    #[must_use]
    pub fn status(&self, code: Slug) -> EventStatus {
        self.over.iter().find(|known| known.0 == code).map_or(EventStatus::Planned, |known| known.1)
    }

    /// Whether an event was held.
    #[must_use]
    pub fn was_held(&self, code: Slug) -> bool {
        matches!(self.status(code), EventStatus::Held(_))
    }

    /// All ticket types of an event.
    pub fn tickets(&self, event: Slug) -> impl Iterator<Item = &TicketType> {
        self.tickets.iter().filter(move |t| t.event == event)
    }

    /// All discounts of an event.
    pub fn discounts(&self, event: Slug) -> impl Iterator<Item = &Discount> {
        self.discounts.iter().filter(move |d| d.event == event)
    }

    /// All packages of an event.
    pub fn packages(&self, event: Slug) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(move |p| p.event == event)
    }

    /// The aid pools of an event.
    pub fn pools(&self, event: Slug) -> impl Iterator<Item = &AidPool> {
        self.pools.iter().filter(move |p| p.event == event)
    }

    /// All tax codes.
    #[must_use]
    pub fn taxes(&self) -> &[TaxCode] {
        &self.taxes
    }

    /// Who the organisation is on an invoice.
    #[must_use]
    pub const fn issuer(&self) -> Option<&Issuer> {
        self.issuer.as_ref()
    }

    /// All allocation rules.
    #[must_use]
    pub fn allocations(&self) -> &[AllocationRule] {
        &self.allocations
    }

    /// An allocation rule.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn allocation(&self, code: Slug) -> Result<&AllocationRule, RuleError> {
        self.allocations.iter().find(|rule| rule.code == code).ok_or_else(|| {
            let near = nearest(code.as_str(), self.allocations.iter().map(|r| r.code.as_str())).map(str::to_owned);
            RuleError::NoSuch { what: "allocation", code: code.to_string(), event: "the book ".to_owned(), near }
        })
    }

    /// A ticket type.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn ticket(&self, event: Slug, code: Slug) -> Result<&TicketType, RuleError> {
        of_event(&self.tickets, event, code, "ticket", |t| (t.event, t.code))
    }

    /// A discount.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn discount(&self, event: Slug, code: Slug) -> Result<&Discount, RuleError> {
        of_event(&self.discounts, event, code, "discount", |d| (d.event, d.code))
    }

    /// A package.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn package(&self, event: Slug, code: Slug) -> Result<&Package, RuleError> {
        of_event(&self.packages, event, code, "package", |p| (p.event, p.code))
    }

    /// A tax code.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn tax(&self, code: Slug) -> Result<&TaxCode, RuleError> {
        self.taxes.iter().find(|tax| tax.code == code).ok_or_else(|| {
            let near = nearest(code.as_str(), self.taxes.iter().map(|t| t.code.as_str())).map(str::to_owned);
            RuleError::NoSuch { what: "tax code", code: code.to_string(), event: "the book ".to_owned(), near }
        })
    }

    /// Takes an amount apart by a tax code; without one there is no tax.
    ///
    /// # Errors
    /// As [`Conference::event`].
    pub fn apart(&self, tax: Option<Slug>, amount: i64) -> Result<super::Taxed, RuleError> {
        match tax {
            None => Ok(super::Taxed { net: amount, tax: 0 }),
            Some(code) => Ok(self.tax(code)?.apart(amount)),
        }
    }
}
