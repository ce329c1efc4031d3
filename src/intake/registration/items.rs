//! What a position of a file is as items of an order: at the file's price, with who attends and who pays.

use super::booking::Position;
use super::lookup::shown;
use super::settle::{Family, Settling};
use super::tally::Reason;
use crate::books::{BooksError, Store};
use crate::calendar::Date;
use crate::conference::{Item, ItemKind, Payer, Role};
use crate::intake::IntakeError;
use crate::intake::format::ProductTerms;
use crate::ledger::PartyNo;

impl<S: Store> Settling<'_, '_, '_, S> {
    /// The items of a position: as many as it has pieces, unless it is merchandise.
    pub(super) fn items(
        &mut self,
        family: &Family<'_>,
        buyer: PartyNo,
        date: Date,
        position: &Position,
        terms: &ProductTerms,
        kept: Option<&Item>,
    ) -> Result<Vec<Item>, IntakeError> {
        let mut item = Item {
            kind: ItemKind::Donation,
            ticket: None,
            attendee: None,
            role: None,
            payer: Payer::Own,
            sponsorship: None,
            fund: terms.fund,
            application: None,
            exception: None,
            listed: false,
            quantity: 1,
            price: position.price,
            discount: None,
            reduction: 0,
            conceded: 0,
        };
        if terms.donation {
            if position.price == 0 {
                self.registered.skip(Reason::Free, 0);
                return Ok(Vec::new());
            }
            return Ok(vec![item]);
        }
        let Some(code) = terms.ticket else {
            let message =
                format!("`{}` is mapped to nothing: give its ticket, donation = true, or skip = true", shown(position));
            self.problem(position.line, message);
            return Ok(Vec::new());
        };
        let found = self.filing.writer.setup()?.conference().ticket(family.event, code).cloned();
        let Some(ticket) = self.filing.settle(found.map_err(BooksError::from), position.line, None)? else {
            return Ok(Vec::new());
        };
        (item.kind, item.ticket) = (ticket.kind, Some(ticket.code));
        if ticket.kind == ItemKind::Merchandise {
            item.quantity = position.quantity;
            return Ok(vec![item]);
        }
        let pieces = position.quantity.clamp(1, 1_000);
        item.price = position.price / pieces;
        if item.price.saturating_mul(pieces) != position.price {
            let message = format!("{} pieces do not come to one price each; give each a row", position.quantity);
            self.problem(position.line, message);
            return Ok(Vec::new());
        }
        item.attendee = Some(buyer);
        // Who attends is asked for what is new only: it may have passed to another person since.
        if let Some(kept) = kept {
            item.attendee = kept.attendee;
        } else if !position.attendee.is_nobody() {
            item.attendee = self.person(&position.attendee, &family.booking.code, position.line)?;
        }
        let payer = if ticket.kind == ItemKind::Admission {
            let role = terms.role.unwrap_or(Role::Attendee);
            item.role = Some(role);
            let usual = if item.price == 0 {
                self.filing
                    .writer
                    .setup()?
                    .conference()
                    .event(family.event)
                    .map_or(Payer::Own, |e| e.usual_payer(item.role))
            } else {
                Payer::Own
            };
            terms.payer.unwrap_or(usual)
        } else {
            terms.payer.unwrap_or(Payer::Own)
        };
        item.payer = payer;
        let list = kept.map_or_else(|| ticket.price_on(date, 0), |kept| kept.price);
        match payer {
            Payer::Pass => {
                (item.sponsorship, item.price) = (terms.sponsorship, list);
                if position.price != 0 {
                    self.problem(position.line, "a sponsor's pass is free, and this position has a price");
                }
            }
            Payer::Aid | Payer::Waiver if list > item.price => {
                item.conceded = list - item.price;
                item.price = list;
            }
            Payer::Aid | Payer::Waiver => item.payer = Payer::Own,
            Payer::Own | Payer::Employer => {}
        }
        if item.payer != Payer::Aid {
            item.fund = None;
        }
        Ok(vec![item; usize::try_from(pieces).unwrap_or(1)])
    }
}
