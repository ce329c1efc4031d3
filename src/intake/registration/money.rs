//! Money of an order: what the files say came in and went back, and the books lack, becomes payments and refunds.

use super::booking::{Happening, Moved, What};
use super::settle::{Family, Refund, Settling, aside};
use super::tally::Reason;
use crate::books::Store;
use crate::calendar::Date;
use crate::conference::{DocumentId, DocumentKind, Fact, Method, Payment, RefundAgreed, RefundPaid, Transferred};
use crate::intake::IntakeError;
use crate::intake::landing::fingerprint;
use crate::ledger::{EntryNo, Slug};

impl<S: Store> Settling<'_, '_, '_, S> {
    /// Takes a payment, unless the books have it.
    pub(super) fn pay(
        &mut self,
        family: &mut Family<'_>,
        happening: &Happening,
        moved: &Moved,
    ) -> Result<(), IntakeError> {
        self.count_payment(family, moved);
        if self.is_known(family, happening, moved)? {
            self.registered.known[2].add(moved.amount);
            return Ok(());
        }
        let there = self.use_elsewhere(family, moved.amount, true)?;
        let amount = moved.amount - there;
        if there > 0 {
            self.registered.known[2].add(there);
        }
        if amount == 0 {
            return Ok(());
        }
        let Some(whole) = self.transferred(happening, moved)? else { return Ok(()) };
        let mut orders = self.orders(family)?;
        let open: i64 = orders.iter().map(|order| order.outstanding()).sum();
        // What may have been paid for positions that are left out, and was not by an earlier payment.
        family.paid -= moved.amount;
        let beside = family.left_out - aside(family, &orders);
        family.paid += moved.amount;
        // What is owed back for exchanged positions pays first, so that the payment has room.
        if open > 0 && orders.iter().any(|order| order.refunds > 0) {
            self.exchange_on(family, happening.date, happening.line, open - amount)?;
            orders = self.orders(family)?;
        }
        let mut left = amount;
        let mut parts: Vec<(Slug, i64)> = Vec::with_capacity(1);
        for order in &orders {
            let amount = left.min(order.outstanding());
            if amount > 0 {
                parts.push((order.code, amount));
                left -= amount;
            }
        }
        let beside = beside.min(left);
        if beside > 0 {
            // It was paid for what is left out, and is left out with it.
            self.registered.skip(Reason::PaidFor, beside);
            left -= beside;
        }
        let excess = left;
        if excess > 0 {
            if !family.booking.is_whole() {
                let currency = self.filing.currency;
                let shown = |minor: i64| currency.format_minor(i128::from(minor));
                let message = format!(
                    "a payment of {} is {} more than order `{}` comes to in the books: import the order transaction data \
                     in the same command, or leave the order out with --skip {2}",
                    shown(moved.amount),
                    shown(excess),
                    family.booking.code
                );
                self.problem(happening.line, message);
                return Ok(());
            }
            // The file has the order whole: its buyer has paid too much, and is owed that back.
            match (parts.last_mut(), orders.last()) {
                (Some(part), _) => part.1 += excess,
                (None, Some(order)) => parts.push((order.code, excess)),
                (None, None) => {}
            }
            self.registered.overpaid.push((family.booking.code.clone(), excess));
            family.concluded = true;
        }
        let (mut fee, count) = (moved.fee, parts.len());
        for (i, (code, amount)) in parts.into_iter().enumerate() {
            let part_fee = fee.min(amount);
            fee -= part_fee;
            let paid = Transferred { amount, fee: part_fee, ..whole };
            let document = DocumentId::new(DocumentKind::Order, code);
            let overpaid = excess > 0 && i + 1 == count;
            let payment = Payment { document, paid, overpaid };
            let entries = self.filing.occur(happening.line, |_| Ok(Fact::Payment(payment)))?;
            let Some(entries) = entries else { return Ok(()) };
            self.remember(family, happening, moved, (i, &entries))?;
        }
        family.news = true;
        self.registered.new[2].add(amount);
        Ok(())
    }

    /// Pays a refund out of what is owed back; what is not owed yet waits for the cancellation.
    pub(super) fn refund(
        &mut self,
        family: &mut Family<'_>,
        happening: &Happening,
        moved: &Moved,
    ) -> Result<(), IntakeError> {
        self.registered.refunded.add(moved.amount);
        family.refunded = family.refunded.saturating_add(moved.amount);
        let by_method = self.registered.methods.entry(moved.method.clone()).or_default();
        by_method.minor = by_method.minor.saturating_sub(moved.amount);
        if self.is_known(family, happening, moved)? {
            self.registered.known[3].add(moved.amount);
            return Ok(());
        }
        let there = self.use_elsewhere(family, moved.amount, false)?;
        let left = moved.amount - there;
        if there > 0 {
            self.registered.known[3].add(there);
        }
        if left == 0 {
            return Ok(());
        }
        let (line, date, file) = (happening.line, happening.date, happening.file.clone());
        let mut refund = Refund { line, date, file, moved: moved.clone(), left, parts: 0 };
        self.pay_back(family, &mut refund)?;
        if refund.left > 0 {
            family.early.push(refund);
        }
        family.news = true;
        self.registered.new[3].add(left);
        Ok(())
    }

    /// Pays what is left of a refund out of what is owed back.
    fn pay_back(&mut self, family: &Family<'_>, refund: &mut Refund) -> Result<(), IntakeError> {
        let (line, date) = (refund.line, refund.date);
        let happening = Happening { line, date, what: What::Refunded(refund.moved.clone()), file: None };
        let Some(whole) = self.transferred(&happening, &refund.moved)? else { return Ok(()) };
        for order in self.orders(family)? {
            let amount = refund.left.min(order.refunds);
            if amount <= 0 {
                continue;
            }
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = Transferred { amount, ..whole };
            let entries = self.filing.occur(line, |_| Ok(Fact::RefundPaid(RefundPaid { document, paid })))?;
            let Some(entries) = entries else { return Ok(()) };
            self.remember(family, &happening, &refund.moved, (refund.parts, &entries))?;
            refund.parts += 1;
            refund.left -= amount;
        }
        Ok(())
    }

    /// A refund that no cancellation explained when it was paid: first out of what is owed by now, then of what is left
    /// out, then as a price concession.
    pub(super) fn concede(&mut self, family: &mut Family<'_>, refund: &mut Refund) -> Result<(), IntakeError> {
        self.pay_back(family, refund)?;
        let currency = self.filing.currency;
        let shown = |minor: i64| currency.format_minor(i128::from(minor));
        if refund.left > 0 && !family.booking.is_whole() {
            let message = format!(
                "a refund of {}, and nothing is owed back for order `{}`: import the order transaction data in the same \
                 command",
                shown(refund.left),
                family.booking.code
            );
            self.problem(refund.line, message);
            return Ok(());
        }
        let orders = self.orders(family)?;
        family.refunded -= refund.left;
        let beside = aside(family, &orders).min(refund.left);
        family.refunded += refund.left;
        if beside > 0 {
            self.registered.skip(Reason::PaidFor, -beside);
            refund.left -= beside;
        }
        for order in orders {
            let mut left = refund.left;
            let mut lines = Vec::new();
            for (index, part) in order.lines.iter().enumerate().filter(|(_, line)| line.is_active()) {
                let amount = left.min(part.covered - part.returned);
                if amount > 0 {
                    lines.push((index + 1, amount));
                    left -= amount;
                }
            }
            if lines.is_empty() {
                continue;
            }
            let agreed = RefundAgreed { order: order.code, date: refund.date, lines };
            if self.filing.occur(refund.line, |_| Ok(Fact::Refund(agreed)))?.is_none() {
                return Ok(());
            }
            family.concluded = true;
            self.pay_back(family, refund)?;
        }
        if refund.left > 0 {
            let message = format!(
                "a refund of {} is {} more than was paid for order `{}`; leave the order out with --skip {2}",
                shown(refund.moved.amount),
                shown(refund.left),
                family.booking.code
            );
            self.problem(refund.line, message);
        }
        Ok(())
    }

    /// What is owed back for a position that was exchanged pays for what it was exchanged for.
    pub(super) fn exchange(&mut self, family: &mut Family<'_>) -> Result<(), IntakeError> {
        let Some(last) = family.booking.happenings.last() else { return Ok(()) };
        if family.members.len() > 1 {
            self.exchange_on(family, last.date, last.line, i64::MAX)?;
        }
        Ok(())
    }

    fn exchange_on(&mut self, family: &Family<'_>, date: Date, line: u64, most: i64) -> Result<(), IntakeError> {
        let orders = self.orders(family)?;
        let owed: i64 = orders.iter().map(|order| order.refunds).sum();
        let open: i64 = orders.iter().map(|order| order.outstanding()).sum();
        let mut left = owed.min(open).min(most);
        if left <= 0 {
            return Ok(());
        }
        // Through the platform's account, in and out on one day: nothing moves there in the end.
        let through =
            |amount| Transferred { date, amount, fee: 0, method: Method::Platform, account: None, foreign: None };
        let mut credit = left;
        for order in &orders {
            let amount = left.min(order.refunds);
            if amount > 0 {
                let (document, paid) = (DocumentId::new(DocumentKind::Order, order.code), through(amount));
                let entries = self.filing.occur(line, |_| Ok(Fact::RefundPaid(RefundPaid { document, paid })))?;
                self.remember_exchange(family, &entries.unwrap_or_default())?;
                left -= amount;
            }
        }
        for order in &orders {
            let amount = credit.min(order.outstanding());
            if amount > 0 {
                let (document, paid) = (DocumentId::new(DocumentKind::Order, order.code), through(amount));
                let entries = self.filing.occur(line, |_| Ok(Fact::Payment(Payment::new(document, paid))))?;
                self.remember_exchange(family, &entries.unwrap_or_default())?;
                credit -= amount;
            }
        }
        Ok(())
    }

    pub(super) fn count_payment(&mut self, family: &mut Family<'_>, moved: &Moved) {
        family.paid = family.paid.saturating_add(moved.amount);
        self.registered.paid.add(moved.amount);
        if moved.fee != 0 {
            self.registered.fees.add(moved.fee);
        }
        match self.registered.methods.get_mut(&moved.method) {
            Some(count) => count.add(moved.amount),
            None => self.registered.methods.entry(moved.method.clone()).or_default().add(moved.amount),
        }
    }

    /// What a movement is known again by; without its amount where that must not change.
    pub(super) fn identity(&self, family: &Family<'_>, moved: &Moved, came_in: bool, amount: bool) -> [u8; 16] {
        let (event, way) = (family.event, if came_in { "in" } else { "out" });
        let amount = if amount { moved.amount.to_string() } else { String::new() };
        let parts = [self.command, event.as_str(), &family.booking.code, way, &moved.reference, &amount];
        fingerprint(&parts.map(str::as_bytes))
    }

    /// Whether each movement has a reference of its own, as pretix's have.
    fn has_references(&self, moved: &Moved) -> bool {
        !moved.reference.is_empty() && self.formats.iter().any(|format| format.key == "pretix-payments")
    }

    /// Whether the books have a movement of money from an earlier import.
    fn is_known(&mut self, family: &Family<'_>, happening: &Happening, moved: &Moved) -> Result<bool, IntakeError> {
        if family.members.iter().all(|member| member.is_new) {
            return Ok(false);
        }
        let came_in = !matches!(happening.what, What::Refunded(_));
        // A row whose entry was reversed stays known: whoever reversed it meant to, and the order is named as differing.
        if self.filing.writer.entry_by_identity(&self.identity(family, moved, came_in, true))?.is_some() {
            return Ok(true);
        }
        if self.has_references(moved) {
            let other = self.identity(family, moved, came_in, false);
            if let Some(entry) = self.filing.writer.entry_by_identity(&other)? {
                let message = format!(
                    "`{}` of order `{}` was taken in before with another amount (entry {entry}); reverse that, or leave the \
                     order out with --skip {1}",
                    moved.reference, family.booking.code
                );
                self.problem(happening.line, message);
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn remember(
        &mut self,
        family: &Family<'_>,
        happening: &Happening,
        moved: &Moved,
        (part, entries): (usize, &[EntryNo]),
    ) -> Result<(), IntakeError> {
        let Some(entry) = entries.last() else { return Ok(()) };
        let came_in = !matches!(happening.what, What::Refunded(_));
        let whole = self.part_identity(family, moved, came_in, part);
        if let Some(entry) = self.filing.writer.standing_by_identity(&whole)? {
            let books = self.filing.writer.books();
            let of = books.store().entry(entry)?.map(|entry| books.fact(entry.fact)).transpose()?;
            let document = of.and_then(|(fact, ..)| fact.document());
            let message = match document.filter(|id| family.members.iter().all(|member| member.id != *id)) {
                Some(id) => format!(
                    "`{}` of order `{}` was taken in before, for {id} (entry {entry}); give the --prefix of that import",
                    moved.reference, family.booking.code
                ),
                None => format!(
                    "`{}` of order `{}` is there twice; give each payment its own reference",
                    moved.reference, family.booking.code
                ),
            };
            self.problem(happening.line, message);
            return Ok(());
        }
        self.filing.writer.identify(*entry, &whole)?;
        if part == 0 && self.has_references(moved) {
            let of_reference = self.identity(family, moved, came_in, false);
            self.filing.writer.identify(*entry, &of_reference)?;
        }
        Ok(())
    }
}
