//! From files to bookings: which rows of which file belong to one order.

use std::collections::HashSet;

use super::booking::{Booking, What};
use super::history::{AGAIN, happenings_of, stand_as};
use super::index::Keys;
use super::rows::{Change, EVENT, ORDER, POSITION, Part, Reader, Shape, Ticket, VOUCHER, people};
use super::settle::Settling;
use super::tally::Registered;
use super::{RegistrationTerms, Watch};
use crate::books::Store;
use crate::intake::format::Format;
use crate::intake::sheet::Place;
use crate::intake::{IntakeError, Problems, SourceFile};
use crate::money::Currency;

/// The files of an import, and which rows of them belong together.
pub(super) struct Gatherer<'t> {
    parts: Vec<Part>,
    main: usize,
    payments: Option<usize>,
    persons: Option<usize>,
    currency: Currency,
    terms: &'t RegistrationTerms,
}

impl<'t> Gatherer<'t> {
    /// Goes through the files for the first time.
    pub(super) fn open(
        files: &[SourceFile],
        keys: &[&str],
        terms: &'t RegistrationTerms,
        currency: Currency,
    ) -> Result<Self, IntakeError> {
        let hashes = Keys::default();
        let mut parts: Vec<Part> = Vec::new();
        for file in files {
            let part = Part::open(file, keys, terms, currency, &hashes)?;
            if let Some(other) = parts.iter().find(|other| other.format.key == part.format.key) {
                let problem = format!(
                    "it is {}, as is {}; give one file of each kind, whole",
                    part.format.title,
                    other.sheet.file().name()
                );
                return Err(IntakeError::Dress { file: file.name(), problem });
            }
            parts.push(part);
        }
        let place = |shape| parts.iter().position(|part| part.shape == shape);
        let (changes, tickets, payments) = (place(Shape::Changes), place(Shape::Tickets), place(Shape::Payments));
        let main = changes.or(tickets).or(payments).unwrap_or(0);
        Ok(Self {
            main,
            payments: payments.filter(|place| *place != main),
            persons: tickets.filter(|place| *place != main),
            parts,
            currency,
            terms,
        })
    }

    pub(super) fn main_file(&self) -> &SourceFile {
        self.parts[self.main].sheet.file()
    }

    /// What `bursar import` calls the platform.
    pub(super) fn command(&self) -> &'static str {
        let key = self.parts[self.main].format.key;
        if key.starts_with("pretix") { "pretix" } else { key }
    }

    /// The format of each file.
    pub(super) fn formats(&self) -> impl Iterator<Item = &Format> {
        self.parts.iter().map(|part| &part.format)
    }

    /// Goes through the orders.
    pub(super) fn each<S: Store>(
        &self,
        settling: &mut Settling<'_, '_, '_, S>,
        watch: Watch<'_>,
    ) -> Result<(), IntakeError> {
        for (place, part) in self.parts.iter().enumerate() {
            settling.absorb(&part.problems, (place != self.main).then(|| part.sheet.file().name()).as_deref());
            settling.registered.rows += part.rows;
            settling.formats.push(part.format.clone());
        }
        let mut found: Vec<(Problems, Option<String>, Registered)> = Vec::new();
        let mut report = |problems: &Problems, file: Option<&str>, tally| {
            found.push((problems.clone(), file.map(str::to_owned), tally));
        };
        self.bookings(&mut |booking| settling.settle(&booking), &mut report, watch)?;
        for (problems, file, tally) in found {
            settling.take(&problems, file.as_deref(), tally);
        }
        Ok(())
    }

    /// Makes each order a booking.
    pub(super) fn bookings(
        &self,
        take: &mut dyn FnMut(Booking) -> Result<(), IntakeError>,
        report: &mut dyn FnMut(&Problems, Option<&str>, Registered),
        watch: Watch<'_>,
    ) -> Result<(), IntakeError> {
        let main = &self.parts[self.main];
        let mut rows = main.again(self.currency, self.terms.until)?;
        let mut payments =
            self.payments.map(|place| self.parts[place].again(self.currency, self.terms.until)).transpose()?;
        let mut persons =
            self.persons.map(|place| self.parts[place].again(self.currency, self.terms.until)).transpose()?;
        for reader in payments.iter_mut().chain(&mut persons) {
            reader.name = Some(reader.part.sheet.file().name().into());
        }
        let alone = payments.as_ref().map_or(0, |payments| {
            payments.part.index.groups().filter(|group| main.index.under(group[0].0).is_empty()).count()
        });
        let total = main.index.groups().len() + alone;
        let mut done = 0;
        let mut tally = Registered::default();
        for group in main.index.groups() {
            let mut bookings = self.read_main(&mut rows, group, payments.is_some(), &mut tally)?;
            let key = group[0].0;
            if let Some(payments) = &mut payments {
                self.add_payments(payments, key, &mut bookings, &mut tally)?;
            }
            if let Some(persons) = &mut persons {
                self.add_persons(persons, key, &mut bookings)?;
            }
            for booking in bookings {
                take(sorted(booking))?;
            }
            done += 1;
            watch(done, total);
        }
        if let Some(payments) = &mut payments {
            // Payments of orders that are in the books, and not in this file.
            for group in payments.part.index.groups().filter(|group| main.index.under(group[0].0).is_empty()) {
                let mut bookings = Vec::new();
                self.add_payments(payments, group[0].0, &mut bookings, &mut tally)?;
                for booking in bookings {
                    take(sorted(booking))?;
                }
                done += 1;
                watch(done, total);
            }
        }
        report(&rows.problems, None, tally);
        for reader in payments.iter().chain(&persons) {
            report(&reader.problems, Some(&reader.part.sheet.file().name()), Registered::default());
        }
        Ok(())
    }

    fn read_main(
        &self,
        rows: &mut Reader<'_>,
        group: &[(u64, Place)],
        has_payments: bool,
        tally: &mut Registered,
    ) -> Result<Vec<Booking>, IntakeError> {
        let mut bookings: Vec<Booking> = Vec::new();
        match rows.part.shape {
            Shape::Changes => {
                let mut changes: Vec<(usize, Change)> = Vec::new();
                for (_, place) in group {
                    let Some((booking, change)) = rows.change(*place, &mut bookings, tally)? else { continue };
                    changes.push((booking, change));
                }
                for (number, booking) in bookings.iter_mut().enumerate() {
                    let own = changes.iter().filter(|(of, _)| *of == number).map(|(_, change)| change.clone());
                    happenings_of(own.collect(), booking, tally, &mut rows.problems);
                }
            }
            Shape::Tickets => {
                let mut tickets: Vec<(usize, Ticket)> = Vec::new();
                for (_, place) in group {
                    let read = rows.ticket(*place, &mut bookings, has_payments, tally)?;
                    tickets.extend(read);
                }
                for (number, booking) in bookings.iter_mut().enumerate() {
                    let mut seen = HashSet::new();
                    let twice =
                        tickets.iter().filter(|(of, ticket)| *of == number && !seen.insert(&ticket.position.key));
                    for (_, ticket) in twice {
                        let key = &ticket.position.key;
                        let message = format!("`{key}` stands twice in the file; is it pasted together?");
                        rows.problems.add(ticket.position.line, Some(rows.part.header.name(POSITION)), message);
                    }
                    let own = tickets.iter().filter(|(of, _)| *of == number).map(|(_, ticket)| ticket.clone());
                    stand_as(own.collect(), booking, has_payments, self.terms.as_of);
                }
            }
            Shape::Payments => {
                for (_, place) in group {
                    rows.payment(*place, &mut bookings, tally)?;
                }
            }
        }
        Ok(bookings)
    }

    fn add_payments(
        &self,
        payments: &mut Reader<'_>,
        key: u64,
        bookings: &mut Vec<Booking>,
        tally: &mut Registered,
    ) -> Result<(), IntakeError> {
        let part = payments.part;
        for (_, place) in part.index.under(key) {
            payments.payment(*place, bookings, tally)?;
        }
        Ok(())
    }

    /// Who ordered and who attends, from a file of positions.
    fn add_persons(&self, persons: &mut Reader<'_>, key: u64, bookings: &mut [Booking]) -> Result<(), IntakeError> {
        let part = persons.part;
        for (_, place) in part.index.under(key) {
            let row = persons.rows.again(*place)?;
            let Some(booking) = bookings.iter_mut().find(|b| b.event == row.get(EVENT) && b.code == row.get(ORDER))
            else {
                continue;
            };
            let (buyer, attendee) = people(&row);
            if booking.buyer.is_nobody() {
                booking.buyer = buyer;
            }
            let key = row.get(POSITION);
            for happening in &mut booking.happenings {
                let What::Placed(positions) = &mut happening.what else { continue };
                for position in positions.iter_mut().filter(|p| p.key.split(AGAIN).next() == Some(key)) {
                    position.attendee = attendee.clone();
                    row.get(VOUCHER).clone_into(&mut position.voucher);
                }
            }
        }
        Ok(())
    }
}

fn sorted(mut booking: Booking) -> Booking {
    booking.happenings.sort_by_key(|happening| (happening.date, happening.rank()));
    booking
}
