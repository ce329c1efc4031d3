//! What names of the files are in the books: events, products, ways of paying, persons. What cannot be told is a problem,
//! once.

use super::booking::{Booking, Happening, Moved, Person, Position};
use super::settle::Settling;
use crate::books::{BooksError, Setup, Store};
use crate::conference::{Conference, Method, TicketType, Transferred};
use crate::intake::IntakeError;
use crate::intake::format::{MethodTerms, ProductTerms};
use crate::intake::landing::fingerprint;
use crate::ledger::{AccountNo, PartyKind, PartyNo, Slug};

impl<S: Store> Settling<'_, '_, '_, S> {
    /// The event of a booking; none when that is a problem, which is told once.
    pub(super) fn event(&mut self, booking: &Booking) -> Result<Option<Slug>, IntakeError> {
        if let Some(event) = self.events.get(&booking.event) {
            return Ok(*event);
        }
        let setup = self.filing.writer.setup()?;
        let name = booking.event.as_str();
        let mapped = self.terms.mapping.events.get(name).map(|code| setup.event(code.as_str()).map(|event| event.code));
        let only = match setup.events() {
            [one] if self.terms.event.is_none() && name.is_empty() => Some(one.code),
            _ => None,
        };
        let found = match mapped {
            Some(mapped) => mapped,
            None => match event_called(setup, name) {
                Some(code) => Ok(code),
                None => match (self.terms.event.or(only), &self.unnamed) {
                    (Some(_), Some(other)) if *other != name => {
                        let message = format!("the file has events `{other}` and `{name}`; map each under [events]");
                        self.problem(booking.line, message);
                        self.events.insert(booking.event.clone(), None);
                        return Ok(None);
                    }
                    (Some(code), _) => {
                        self.unnamed = Some(booking.event.clone());
                        setup.event(code.as_str()).map(|event| event.code)
                    }
                    (None, _) if name.is_empty() => {
                        self.problem(booking.line, "the file does not name its event; give it with --event");
                        self.events.insert(booking.event.clone(), None);
                        return Ok(None);
                    }
                    (None, _) => setup.event(name).map(|event| event.code),
                },
            },
        };
        let found = self.filing.settle(found, booking.line, Some("event"))?;
        self.events.insert(booking.event.clone(), found);
        Ok(found)
    }

    /// A movement of money with its method and account; none when the way of paying is not known, which is told once.
    pub(super) fn transferred(
        &mut self,
        happening: &Happening,
        moved: &Moved,
    ) -> Result<Option<Transferred>, IntakeError> {
        let found = match self.methods.get(&moved.method) {
            Some(found) => *found,
            None => {
                let found = self.method(happening.line, &moved.method)?;
                self.methods.insert(moved.method.clone(), found);
                found
            }
        };
        let Some((method, account)) = found else { return Ok(None) };
        let (date, amount, fee) = (happening.date, moved.amount, moved.fee);
        Ok(Some(Transferred { date, amount, fee, method, account, foreign: None }))
    }

    fn method(&mut self, line: u64, name: &str) -> Result<Option<(Method, Option<AccountNo>)>, IntakeError> {
        let terms = self.formats.iter().find_map(|format| format.method(name)).cloned();
        match terms {
            Some(MethodTerms::Method(method)) => Ok(Some((method, None))),
            Some(MethodTerms::Through { method, account }) => {
                let found = self.filing.writer.setup()?.account(&account).map(|account| account.number);
                let found = self.filing.settle(found, line, Some("method"))?;
                Ok(found.map(|account| (method, Some(account))))
            }
            None if name.is_empty() => Ok(Some((Method::Platform, None))),
            None => {
                let message = format!(
                    "`{name}` is no way of paying that is known; a mapping adds it under [methods], such as \"{name}\" = \
                     \"card\" (--suggest prints one)"
                );
                self.problem(line, message);
                Ok(None)
            }
        }
    }

    /// The party of a person; none when that is a problem.
    pub(super) fn person(&mut self, person: &Person, order: &str, line: u64) -> Result<Option<PartyNo>, IntakeError> {
        let found = self.party(person, order);
        self.filing.settle(found, line, None)
    }

    /// Parties are told apart by e-mail address, and by name where there is none.
    fn party(&mut self, person: &Person, order: &str) -> Result<PartyNo, BooksError> {
        let email = person.email.trim().to_lowercase();
        let name = match (person.name.trim(), email.as_str()) {
            ("", "") => format!("Order {order} ({})", self.command),
            ("", email) => email.to_owned(),
            (name, _) => name.trim_start_matches('#').to_owned(),
        };
        let key = fingerprint(&[if email.is_empty() { name.as_bytes() } else { email.as_bytes() }]);
        if let Some(number) = self.persons.get(&key) {
            return Ok(*number);
        }
        let writer = &mut self.filing.writer;
        let same = |writer: &crate::books::Writer<'_, S>, name: &str| -> Result<Option<PartyNo>, BooksError> {
            let Some(number) = writer.books().store().party_by_name(name)? else { return Ok(None) };
            let known = writer.books().party(number)?.email.unwrap_or_default().to_lowercase();
            Ok(Some(number).filter(|_| email.is_empty() || known.is_empty() || known == email))
        };
        let address = Some(email.as_str()).filter(|email| !email.is_empty());
        let number = match same(writer, &name)? {
            Some(number) => number,
            None => {
                // Two people of one name have two addresses.
                let own = if writer.books().store().party_by_name(&name)?.is_some() {
                    format!("{name} ({email})")
                } else {
                    name
                };
                match same(writer, &own)? {
                    Some(number) => number,
                    None => {
                        self.filing.filed.parties += 1;
                        writer.add_party(&own, PartyKind::Person, None, address)?
                    }
                }
            }
        };
        self.persons.insert(key, number);
        Ok(number)
    }

    /// What a position's product is in the books; none when nobody has said, which is told once.
    pub(super) fn product(&mut self, event: Slug, position: &Position) -> Result<Option<ProductTerms>, IntakeError> {
        let key = (event, position.product.clone(), position.variation.clone());
        let found = match self.products.get(&key) {
            Some(found) => found.clone(),
            None => {
                let found = self.find_product(event, position)?;
                self.products.insert(key, found.clone());
                found
            }
        };
        let Some(terms) = found else { return Ok(None) };
        Ok(Some(self.with_voucher(terms, &position.voucher)))
    }

    fn with_voucher(&self, terms: ProductTerms, voucher: &str) -> ProductTerms {
        if voucher.is_empty() {
            return terms;
        }
        let Some(more) = self.terms.mapping.voucher(voucher) else { return terms };
        let more = more.clone();
        ProductTerms {
            ticket: more.ticket.or(terms.ticket),
            donation: more.donation || terms.donation,
            fund: more.fund.or(terms.fund),
            role: more.role.or(terms.role),
            payer: more.payer.or(terms.payer),
            sponsorship: more.sponsorship.or(terms.sponsorship),
            approved_by: more.approved_by.or(terms.approved_by),
            skip: more.skip || terms.skip,
        }
    }

    fn find_product(&mut self, event: Slug, position: &Position) -> Result<Option<ProductTerms>, IntakeError> {
        let name = shown(position);
        let mapped =
            self.terms.mapping.products.get(&name).or_else(|| self.terms.mapping.products.get(&position.product));
        if let Some(terms) = mapped {
            return Ok(Some(terms.clone()));
        }
        let conference = self.filing.writer.setup()?.conference();
        if let Some(ticket) = ticket_called(conference, event, [&name, &position.product]) {
            return Ok(Some(ProductTerms { ticket: Some(ticket.code), ..ProductTerms::default() }));
        }
        let message = format!(
            "`{name}` is no ticket of {event}; map it under [products], such as \"{name}\" = {{ ticket = \"…\" }} (--suggest \
             prints a mapping)"
        );
        self.problem(position.line, message);
        Ok(None)
    }
}

/// A product as a mapping names it: `Conference ticket`, `T-shirt / XL`.
pub(super) fn shown(position: &Position) -> String {
    if position.variation.is_empty() {
        position.product.clone()
    } else {
        format!("{} / {}", position.product, position.variation)
    }
}

/// The event with this code or name, whatever the capitals.
pub(super) fn event_called(setup: &Setup, name: &str) -> Option<Slug> {
    let same = |text: &str| text.eq_ignore_ascii_case(name);
    setup.events().iter().find(|event| same(event.code.as_str()) || same(&event.name)).map(|event| event.code)
}

/// The ticket of an event whose code or name is one of these, whatever the capitals.
pub(super) fn ticket_called<'c>(conference: &'c Conference, event: Slug, names: [&str; 2]) -> Option<&'c TicketType> {
    let same = |text: &str| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    conference.tickets(event).find(|ticket| same(ticket.code.as_str()) || same(&ticket.name))
}
