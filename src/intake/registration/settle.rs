//! From bookings to facts: what the files tell and the books lack is recorded; what the books have already is left.
//!
//! An order of the platform is one document, and one more for each time that something was added to it (`abc12`,
//! `abc12.2`): a document of the books does not grow. Together they are its family. Payments go to what is still to be
//! paid in the family, refunds come from what is owed back; what was paid for a position that was exchanged for another
//! pays for the other.

use std::collections::{HashMap, HashSet};

use super::RegistrationTerms;
use super::booking::{Booking, Happening, Moved, Person, Position, What};
use super::tally::{Reason, Registered};
use crate::books::{BooksError, Store};
use crate::calendar::Date;
use crate::conference::{
    Cancelled, Document, DocumentId, DocumentKind, Fact, Item, ItemKind, Method, Order, OrderPlaced, Payer, Payment,
    RefundAgreed, RefundPaid, Role, Transferred,
};
use crate::intake::format::{Format, MethodTerms, ProductTerms};
use crate::intake::landing::fingerprint;
use crate::intake::papers::Filing;
use crate::intake::{IntakeError, Problems};
use crate::ledger::{AccountNo, EntryNo, PartyKind, PartyNo, Slug};

/// Takes bookings into the books.
pub(super) struct Settling<'w, 'b, 't, S: Store> {
    filing: Filing<'w, 'b, S>,
    terms: &'t RegistrationTerms,
    command: &'static str,
    pub(super) formats: Vec<Format>,
    pub(super) registered: Registered,
    persons: HashMap<[u8; 16], PartyNo>,
    events: HashMap<String, Option<Slug>>,
    /// The event of files that do not name it in a way the books know: there can be only one such name.
    unnamed: Option<String>,
    products: HashMap<(Slug, String, String), Option<ProductTerms>>,
    methods: HashMap<String, Option<(Method, Option<AccountNo>)>>,
    /// Orders that were left out as asked.
    skipped: HashSet<&'t str>,
}

/// A document of a family: its code, and which position each of its lines is.
struct Member {
    id: DocumentId,
    keys: Vec<String>,
    /// This import placed it.
    is_new: bool,
}

/// What is known of an order while its happenings are gone through.
struct Family<'k> {
    booking: &'k Booking,
    base: String,
    event: Slug,
    buyer: Option<PartyNo>,
    members: Vec<Member>,
    /// Refunds that nothing was owed for when they were paid: line, day, what of them is left.
    early: Vec<(u64, Date, Moved)>,
    /// Minor units that the files say were paid, so far.
    paid: i64,
    news: bool,
    /// Cancellations wait until payments are told.
    waits: bool,
    /// What it is about cannot be told: all else would only follow from that.
    broken: bool,
    /// What positions come to that are left out, and what was paid for them.
    left_out: (i64, i64),
}

impl<'w, 'b, 't, S: Store> Settling<'w, 'b, 't, S> {
    pub(super) fn begin(filing: Filing<'w, 'b, S>, terms: &'t RegistrationTerms, command: &'static str) -> Self {
        Self {
            filing,
            terms,
            command,
            formats: Vec::new(),
            registered: Registered::default(),
            persons: HashMap::new(),
            events: HashMap::new(),
            unnamed: None,
            products: HashMap::new(),
            methods: HashMap::new(),
            skipped: HashSet::new(),
        }
    }

    pub(super) fn finish(mut self) -> Result<Registered, IntakeError> {
        for code in self.terms.skip.iter().filter(|code| !self.skipped.contains(code.as_str())) {
            self.filing.problems.add(1, None, format!("--skip {code} names no order of the files"));
        }
        let filed = self.filing.finish()?;
        self.registered.filed = filed;
        Ok(self.registered)
    }

    /// Takes over what a reader of rows has found wrong, or left out.
    pub(super) fn take(&mut self, problems: &Problems, file: Option<&str>, tally: Registered) {
        self.absorb(problems, file);
        for (reason, count) in tally.skipped {
            let skipped = self.registered.skipped.entry(reason).or_default();
            skipped.count += count.count;
            skipped.minor = skipped.minor.saturating_add(count.minor);
        }
    }

    pub(super) fn absorb(&mut self, problems: &Problems, file: Option<&str>) {
        self.filing.problems.absorb(problems, file);
    }

    fn problem(&mut self, line: u64, message: impl std::fmt::Display) {
        self.filing.problems.add(line, None, message);
    }

    /// Records what the books lack of one order.
    pub(super) fn settle(&mut self, booking: &Booking) -> Result<(), IntakeError> {
        if booking.happenings.is_empty() {
            return Ok(());
        }
        if let Some(code) = self.terms.skip.iter().find(|code| code.eq_ignore_ascii_case(&booking.code)) {
            self.skipped.insert(code.as_str());
            self.registered.skip(Reason::Order, booking.open());
            return Ok(());
        }
        self.registered.orders += 1;
        let Some(event) = self.event(booking)? else { return Ok(()) };
        let before = self.filing.problems.count();
        let mut family = Family {
            booking,
            base: code_of(&self.terms.prefix, &booking.code),
            event,
            buyer: None,
            members: Vec::new(),
            early: Vec::new(),
            paid: 0,
            news: false,
            waits: false,
            broken: false,
            left_out: (0, 0),
        };
        if !booking.is_whole() {
            self.find_members(&mut family)?;
        }
        let mut happenings = booking.happenings.iter().peekable();
        while let Some(happening) = happenings.next() {
            match &happening.what {
                What::Placed(positions) => {
                    let next = happenings.peek().and_then(|next| match &next.what {
                        What::Paid(moved) => Some((*next, moved)),
                        _ => None,
                    });
                    if self.place(&mut family, happening, positions, next)? {
                        happenings.next();
                    }
                }
                What::Paid(moved) => self.pay(&mut family, happening, moved)?,
                What::Cancelled { keys, fee } => self.cancel(&mut family, happening, keys, *fee)?,
                What::Refunded(moved) => self.refund(&mut family, happening, moved)?,
            }
            if family.broken || self.filing.problems.count() > before {
                self.filing.problems.locate(before, happening.file.as_deref());
                // What else is wrong with this order may only follow from it.
                return Ok(());
            }
        }
        for (line, date, moved) in std::mem::take(&mut family.early) {
            self.concede(&mut family, line, date, &moved)?;
        }
        self.exchange(&mut family)?;
        if self.filing.problems.count() == before {
            self.tie(&family)?;
        }
        Ok(())
    }

    /// The documents of an order of which a file tells nothing but payments.
    fn find_members(&mut self, family: &mut Family<'_>) -> Result<(), IntakeError> {
        while let Some(id) = member_id(family) {
            if self.filing.kept(id)?.is_none() {
                break;
            }
            family.members.push(Member { id, keys: Vec::new(), is_new: false });
        }
        if family.members.is_empty() {
            let booking = family.booking;
            let message = format!(
                "order `{}` is neither in the file nor in the books; give the file of orders too, or --skip {0}",
                booking.code
            );
            self.problem(booking.line, message);
        }
        Ok(())
    }

    /// The event of a booking; none when that is a problem, which is told once.
    fn event(&mut self, booking: &Booking) -> Result<Option<Slug>, IntakeError> {
        if let Some(event) = self.events.get(&booking.event) {
            return Ok(*event);
        }
        let setup = self.filing.writer.setup()?;
        let known =
            |code: &str| setup.events().iter().find(|event| event.code.as_str() == code).map(|event| event.code);
        let name = booking.event.as_str();
        let mapped = self.terms.mapping.events.get(name).map(|code| setup.event(code.as_str()).map(|event| event.code));
        let named = setup.events().iter().find(|event| event.name.eq_ignore_ascii_case(name)).map(|event| event.code);
        let only = match setup.events() {
            [one] if self.terms.event.is_none() && name.is_empty() => Some(one.code),
            _ => None,
        };
        let found = match mapped {
            Some(mapped) => mapped,
            None => match known(&name.to_lowercase()).or(named) {
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

    /// Places an order, or finds it in the books. Returns whether the payment that comes next was taken with it.
    fn place(
        &mut self,
        family: &mut Family<'_>,
        happening: &Happening,
        positions: &[Position],
        next: Option<(&Happening, &Moved)>,
    ) -> Result<bool, IntakeError> {
        let Some(id) = member_id(family) else {
            self.problem(happening.line, format!("`{}` cannot be made the code of an order", family.base));
            return Ok(false);
        };
        let kept = match self.filing.kept(id)? {
            Some(Document::Order(order)) => Some(order),
            _ => None,
        };
        if kept.is_some() && family.members.is_empty() && self.filing.is_of_this_file(id)? {
            let message = format!(
                "order `{}` stands twice in the files, or differs from another only in capitals; leave it out with --skip {0}",
                family.booking.code
            );
            self.problem(happening.line, message);
            return Ok(false);
        }
        if let Some(order) = &kept
            && order.event != family.event
        {
            let message = format!(
                "{id} is there already, and is for {}, not {}; give the orders of this event codes of their own with \
                 --prefix",
                order.event, family.event
            );
            self.problem(happening.line, message);
            return Ok(false);
        }
        let buyer = match (family.buyer, &kept) {
            (Some(buyer), _) => buyer,
            (None, Some(order)) => order.party,
            (None, None) => {
                let Some(buyer) = self.person(&family.booking.buyer, &family.booking.code, happening.line)? else {
                    return Ok(false);
                };
                buyer
            }
        };
        family.buyer = Some(buyer);
        let mut items = Vec::with_capacity(positions.len());
        let mut approvals: Vec<Option<String>> = Vec::new();
        let mut keys = Vec::with_capacity(positions.len());
        let before = self.filing.problems.count();
        for position in positions {
            let Some(terms) = self.product(family.event, position)? else {
                // That was told where the product first stood.
                family.broken = true;
                return Ok(false);
            };
            if terms.skip {
                self.registered.skip(Reason::Product(shown(position)), position.price);
                family.left_out.0 += position.price;
                continue;
            }
            let line = kept.as_ref().and_then(|order| order.lines.get(items.len())).map(|line| &line.item);
            let made = self.items(family, buyer, happening.date, position, &terms, line)?;
            for item in made {
                items.push(item);
                approvals.push(terms.approved_by.clone());
                keys.push(position.key.clone());
            }
            self.registered.sold.add(position.price);
            self.registered.products.entry(shown(position)).or_default().add(position.price);
        }
        if self.filing.problems.count() > before || items.is_empty() {
            return Ok(false);
        }
        let total: i64 = positions.iter().map(|position| position.price).fold(0, i64::saturating_add);
        let total = total - family.left_out.0;
        if let Some(order) = kept {
            family.members.push(Member { id, keys, is_new: false });
            let placed = OrderPlaced {
                code: id.code,
                event: family.event,
                party: order.party,
                date: order.date,
                items,
                paid: None,
            };
            self.registered.known[0].add(total);
            if let Some(difference) = order.difference(&placed) {
                let message = format!(
                    "{id} is in the books otherwise: {difference}; change it there, or leave it out with --skip {}",
                    family.booking.code
                );
                self.problem(happening.line, message);
            }
            return Ok(false);
        }
        let paid = match next {
            Some((then, moved)) if moved.amount <= total && family.members.is_empty() => {
                let Some(paid) = self.transferred(then, moved)? else { return Ok(true) };
                Some((then, moved, paid))
            }
            _ => None,
        };
        let (code, event, party, date) = (id.code, family.event, buyer, happening.date);
        let transferred = paid.as_ref().map(|(_, _, paid)| *paid);
        let entries = self.filing.occur(happening.line, |recorder| {
            for (i, (item, approval)) in items.iter_mut().zip(&approvals).enumerate() {
                item.exception = approval.as_deref().map(|name| recorder.seal(&format!("exception {}", i + 1), name));
            }
            Ok(Fact::Order(OrderPlaced { code, event, party, date, items, paid: transferred }))
        })?;
        let Some(entries) = entries else { return Ok(paid.is_some()) };
        family.members.push(Member { id, keys, is_new: true });
        family.news = true;
        self.filing.filed.added += 1;
        self.registered.new[0].add(total);
        if let Some((then, moved, _)) = paid {
            self.count_payment(family, moved);
            self.registered.new[2].add(moved.amount);
            self.remember(family, then, moved, &entries)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes a payment, unless the books have it.
    fn pay(&mut self, family: &mut Family<'_>, happening: &Happening, moved: &Moved) -> Result<(), IntakeError> {
        self.count_payment(family, moved);
        if self.is_known(family, happening, moved)? {
            self.registered.known[2].add(moved.amount);
            return Ok(());
        }
        let Some(whole) = self.transferred(happening, moved)? else { return Ok(()) };
        let mut orders = self.orders(family)?;
        let open: i64 = orders.iter().map(|order| order.outstanding()).sum();
        let received: i64 = orders.iter().map(|order| order.received).sum();
        if open < moved.amount && received >= family.paid - (family.left_out.0 - family.left_out.1) {
            // Somebody has recorded it by hand.
            self.registered.known[2].add(moved.amount);
            return Ok(());
        }
        // What is owed back for exchanged positions pays first, so that the payment has room.
        if open > 0 && orders.iter().any(|order| order.refunds > 0) {
            self.exchange_on(family, happening.date, happening.line, open - moved.amount)?;
            orders = self.orders(family)?;
        }
        let (mut left, mut fee) = (moved.amount, moved.fee);
        for order in orders {
            let amount = left.min(order.outstanding());
            if amount <= 0 {
                continue;
            }
            let part_fee = fee.min(amount);
            let paid = Transferred { amount, fee: part_fee, ..whole };
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let entries = self.filing.occur(happening.line, |_| Ok(Fact::Payment(Payment { document, paid })))?;
            let Some(entries) = entries else { return Ok(()) };
            if left == moved.amount {
                self.remember(family, happening, moved, &entries)?;
            }
            left -= amount;
            fee -= part_fee;
        }
        let beside = left.min(family.left_out.0 - family.left_out.1);
        if left > 0 && beside > 0 {
            // It was paid for what is left out, and is left out with it.
            self.registered.skip(Reason::PaidFor, beside);
            family.left_out.1 += beside;
            left -= beside;
        }
        if left > 0 {
            let currency = self.filing.currency;
            let shown = |minor: i64| currency.format_minor(i128::from(minor));
            let message = format!(
                "a payment of {} is {} more than order `{}` comes to; record what is too much by hand, or leave the order \
                 out with --skip {2}",
                shown(moved.amount),
                shown(left),
                family.booking.code
            );
            self.problem(happening.line, message);
        }
        family.news = true;
        self.registered.new[2].add(moved.amount);
        Ok(())
    }

    /// Whether the payments of these orders are in a file that was not given.
    fn tells_no_payments(&self) -> bool {
        let has = |key: &str| self.formats.iter().any(|format| format.key == key);
        has("pretix-transactions") && !has("pretix-payments")
    }

    /// Cancels positions that still stand.
    fn cancel(
        &mut self,
        family: &mut Family<'_>,
        happening: &Happening,
        keys: &[String],
        fee: i64,
    ) -> Result<(), IntakeError> {
        let mut wanted: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (mut fee, mut news) = (fee, false);
        if fee > 0 {
            self.registered.kept.add(fee);
        }
        for index in (0..family.members.len()).rev() {
            let id = family.members[index].id;
            let Some(Document::Order(order)) = self.filing.kept(id)? else { continue };
            let mut lines = Vec::new();
            let mut price = 0_i64;
            let mut found: HashSet<&str> = HashSet::new();
            for (place, key) in family.members[index].keys.iter().enumerate() {
                if !wanted.contains(&key.as_str()) {
                    continue;
                }
                found.insert(key);
                let Some(line) = order.lines.get(place) else { continue };
                price = price.saturating_add(line.item.price - line.item.conceded - line.item.reduction);
                if line.is_active() {
                    lines.push(place + 1);
                }
            }
            if found.is_empty() {
                continue;
            }
            self.registered.cancelled.count += found.len();
            self.registered.cancelled.minor = self.registered.cancelled.minor.saturating_add(price);
            wanted.retain(|key| !found.contains(key));
            if lines.is_empty() {
                self.registered.known[1].add(price);
                continue;
            }
            if self.tells_no_payments() && order.received == 0 && order.lines.iter().any(|line| line.gross() > 0) {
                // Cancelled now, it could not be paid any more when the payments are told.
                self.registered.skip(Reason::Waits, -price);
                family.waits = true;
                continue;
            }
            let date = happening.date;
            let kept = std::mem::take(&mut fee);
            let cancelled = Cancelled { document: id, date, lines, fee: kept, refund: true, reason: None };
            self.filing.occur(happening.line, |_| Ok(Fact::Cancelled(cancelled)))?;
            self.registered.new[1].add(price);
            news = true;
        }
        family.news |= news;
        if !wanted.is_empty() {
            let skipped = family.booking.happenings.iter().any(|other| match &other.what {
                What::Placed(positions) => positions.iter().any(|position| wanted.contains(&position.key.as_str())),
                _ => false,
            });
            if !skipped {
                let message = format!(
                    "position {} of order `{}` is taken back, and was never sold in this file; export the event's whole \
                     history",
                    wanted.join(", "),
                    family.booking.code
                );
                self.problem(happening.line, message);
            }
        }
        Ok(())
    }

    /// Pays a refund out of what is owed back; what is not owed yet waits for the cancellation.
    fn refund(&mut self, family: &mut Family<'_>, happening: &Happening, moved: &Moved) -> Result<(), IntakeError> {
        self.registered.refunded.add(moved.amount);
        let by_method = self.registered.methods.entry(moved.method.clone()).or_default();
        by_method.minor = by_method.minor.saturating_sub(moved.amount);
        if self.is_known(family, happening, moved)? {
            self.registered.known[3].add(moved.amount);
            return Ok(());
        }
        // Where only the sum of all refunds is told, what was paid back before is part of it.
        let before = if self.formats.iter().any(Format::tells_sums) { self.paid_back(family)? } else { 0 };
        if before >= moved.amount {
            self.registered.known[3].add(moved.amount);
            return Ok(());
        }
        let moved = &Moved { amount: moved.amount - before, ..moved.clone() };
        let left = self.pay_back(family, happening.line, happening.date, moved, moved.amount)?;
        if left > 0 {
            family.early.push((happening.line, happening.date, Moved { amount: left, ..moved.clone() }));
        }
        family.news = true;
        self.registered.new[3].add(moved.amount);
        Ok(())
    }

    /// What the books have paid back of a family.
    fn paid_back(&mut self, family: &Family<'_>) -> Result<i64, IntakeError> {
        let orders = self.orders(family)?;
        let back =
            |order: &Order| order.lines.iter().map(|line| line.returned - line.kept).sum::<i64>() - order.refunds;
        Ok(orders.iter().map(back).sum())
    }

    /// Pays back what is owed, up to an amount; returns what is left of it.
    fn pay_back(
        &mut self,
        family: &Family<'_>,
        line: u64,
        date: Date,
        moved: &Moved,
        most: i64,
    ) -> Result<i64, IntakeError> {
        let happening = Happening { line, date, what: What::Refunded(moved.clone()), file: None };
        let Some(whole) = self.transferred(&happening, moved)? else { return Ok(0) };
        let mut left = most;
        for order in self.orders(family)? {
            let amount = left.min(order.refunds);
            if amount <= 0 {
                continue;
            }
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = Transferred { amount, ..whole };
            let entries = self.filing.occur(line, |_| Ok(Fact::RefundPaid(RefundPaid { document, paid })))?;
            let Some(entries) = entries else { return Ok(0) };
            if left == moved.amount {
                self.remember(family, &happening, moved, &entries)?;
            }
            left -= amount;
        }
        Ok(left)
    }

    /// A refund that no cancellation explains: first out of what is owed by now, then as a price concession.
    fn concede(&mut self, family: &mut Family<'_>, line: u64, date: Date, moved: &Moved) -> Result<(), IntakeError> {
        let mut left = self.pay_back(family, line, date, moved, moved.amount)?;
        if left == 0 {
            return Ok(());
        }
        if !family.booking.is_whole() {
            let message = format!(
                "a refund of {}, and nothing is owed back for order `{}`: import the order transaction data in the same \
                 command",
                self.filing.currency.format_minor(i128::from(left)),
                family.booking.code
            );
            self.problem(line, message);
            return Ok(());
        }
        for order in self.orders(family)? {
            let mut lines = Vec::new();
            for (index, part) in order.lines.iter().enumerate().filter(|(_, line)| line.is_active()) {
                let amount = left.min(part.covered - part.returned);
                if amount > 0 {
                    lines.push((index + 1, amount));
                    left -= amount;
                }
            }
            let amount: i64 = lines.iter().map(|(_, amount)| amount).sum();
            if amount == 0 {
                continue;
            }
            let agreed = RefundAgreed { order: order.code, date, lines };
            if self.filing.occur(line, |_| Ok(Fact::Refund(agreed)))?.is_none() {
                return Ok(());
            }
            let part = Moved { amount, ..moved.clone() };
            self.pay_back(family, line, date, &part, amount)?;
        }
        if left > 0 {
            let message = format!(
                "a refund of {} is {} more than was paid for order `{}`; leave the order out with --skip {2}",
                self.filing.currency.format_minor(i128::from(moved.amount)),
                self.filing.currency.format_minor(i128::from(left)),
                family.booking.code
            );
            self.problem(line, message);
        }
        Ok(())
    }

    /// What is owed back for a position that was exchanged pays for what it was exchanged for.
    fn exchange(&mut self, family: &mut Family<'_>) -> Result<(), IntakeError> {
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
                self.filing.occur(line, |_| Ok(Fact::RefundPaid(RefundPaid { document, paid })))?;
                left -= amount;
            }
        }
        for order in &orders {
            let amount = credit.min(order.outstanding());
            if amount > 0 {
                let (document, paid) = (DocumentId::new(DocumentKind::Order, order.code), through(amount));
                self.filing.occur(line, |_| Ok(Fact::Payment(Payment { document, paid })))?;
                credit -= amount;
            }
        }
        Ok(())
    }

    /// Holds the order in the books against the files.
    fn tie(&mut self, family: &Family<'_>) -> Result<(), IntakeError> {
        let orders = self.orders(family)?;
        let in_books: i64 = orders.iter().map(|order| order.outstanding() - order.refunds).sum();
        if !family.booking.is_whole() || family.waits {
            return Ok(());
        }
        // What was refunded of positions that stand: a price concession, which the platform does not call so.
        let standing = orders.iter().flat_map(|order| &order.lines).filter(|line| line.is_active());
        let conceded: i64 = standing.map(|line| line.returned).sum();
        if conceded > 0 {
            self.registered.conceded.add(conceded);
        }
        let active = orders.iter().flat_map(|order| &order.lines).filter(|line| line.is_active());
        self.registered.tax_in_books += active.map(|line| line.tax).sum::<i64>();
        self.registered.tax_in_files = self.registered.tax_in_files.saturating_add(family.booking.tax());
        let skipped: i64 = self.skipped_of(family)?;
        let in_files = family.booking.open() - skipped - conceded + family.left_out.1;
        self.registered.open_in_files = self.registered.open_in_files.saturating_add(in_files);
        self.registered.open_in_books = self.registered.open_in_books.saturating_add(in_books);
        if in_files != in_books {
            let shown = |minor: i64| self.filing.currency.format_minor(i128::from(minor));
            let message = format!(
                "order `{}`: open is {} in the files and {} in the books",
                family.booking.code,
                shown(in_files),
                shown(in_books)
            );
            if family.members.iter().all(|member| member.is_new) {
                self.problem(
                    family.booking.line,
                    format!("{message}; does its ticket's tax code add tax to the price?"),
                );
            } else {
                self.registered.differing.push(message);
            }
        } else if family.news && family.members.iter().any(|member| !member.is_new) {
            self.registered.changed.push(family.booking.code.clone());
        }
        Ok(())
    }

    /// What positions come to that are left out, less those cancelled.
    fn skipped_of(&mut self, family: &Family<'_>) -> Result<i64, IntakeError> {
        let mut sum = 0_i64;
        for happening in &family.booking.happenings {
            let What::Placed(positions) = &happening.what else { continue };
            for position in positions {
                if self.product(family.event, position)?.is_some_and(|terms| terms.skip) {
                    let is_cancelled = family.booking.happenings.iter().any(|other| match &other.what {
                        What::Cancelled { keys, .. } => keys.contains(&position.key),
                        _ => false,
                    });
                    sum += if is_cancelled { 0 } else { position.price };
                }
            }
        }
        Ok(sum)
    }

    fn orders(&mut self, family: &Family<'_>) -> Result<Vec<Order>, IntakeError> {
        let mut orders = Vec::with_capacity(family.members.len());
        for member in &family.members {
            if let Some(Document::Order(order)) = self.filing.kept(member.id)? {
                orders.push(order);
            }
        }
        Ok(orders)
    }

    fn count_payment(&mut self, family: &mut Family<'_>, moved: &Moved) {
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
    fn identity(&self, family: &Family<'_>, moved: &Moved, came_in: bool, amount: bool) -> [u8; 16] {
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
        if self.filing.writer.standing_by_identity(&self.identity(family, moved, came_in, true))?.is_some() {
            return Ok(true);
        }
        if self.has_references(moved) {
            let other = self.identity(family, moved, came_in, false);
            if let Some(entry) = self.filing.writer.standing_by_identity(&other)? {
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

    fn remember(
        &mut self,
        family: &Family<'_>,
        happening: &Happening,
        moved: &Moved,
        entries: &[EntryNo],
    ) -> Result<(), IntakeError> {
        let Some(entry) = entries.last() else { return Ok(()) };
        let came_in = !matches!(happening.what, What::Refunded(_));
        let whole = self.identity(family, moved, came_in, true);
        if self.filing.writer.standing_by_identity(&whole)?.is_some() {
            let message = format!(
                "`{}` of order `{}` is there twice; give each payment its own reference",
                moved.reference, family.booking.code
            );
            self.problem(happening.line, message);
            return Ok(());
        }
        self.filing.writer.identify(*entry, &whole)?;
        if self.has_references(moved) {
            let of_reference = self.identity(family, moved, came_in, false);
            self.filing.writer.identify(*entry, &of_reference)?;
        }
        Ok(())
    }

    /// A movement of money with its method and account; none when the way of paying is not known, which is told once.
    fn transferred(&mut self, happening: &Happening, moved: &Moved) -> Result<Option<Transferred>, IntakeError> {
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
                     \"card\" (--suggest FILE writes one)"
                );
                self.problem(line, message);
                Ok(None)
            }
        }
    }

    /// The party of a person; none when that is a problem.
    fn person(&mut self, person: &Person, order: &str, line: u64) -> Result<Option<PartyNo>, IntakeError> {
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
    fn product(&mut self, event: Slug, position: &Position) -> Result<Option<ProductTerms>, IntakeError> {
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
        let voucher = voucher.to_lowercase();
        let fits = |pattern: &str| match pattern.to_lowercase().strip_suffix('*') {
            Some(start) => voucher.starts_with(start),
            None => voucher == pattern.to_lowercase(),
        };
        let Some((_, more)) = self.terms.mapping.vouchers.iter().find(|(pattern, _)| fits(pattern)) else {
            return terms;
        };
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
        let same = |text: &str| text.eq_ignore_ascii_case(&name) || text.eq_ignore_ascii_case(&position.product);
        let ticket = conference.tickets(event).find(|ticket| same(ticket.code.as_str()) || same(&ticket.name));
        if let Some(ticket) = ticket {
            return Ok(Some(ProductTerms { ticket: Some(ticket.code), ..ProductTerms::default() }));
        }
        let message = format!(
            "`{name}` is no ticket of {event}; map it under [products], such as \"{name}\" = {{ ticket = \"…\" }} (--suggest \
             FILE writes a mapping)"
        );
        self.problem(position.line, message);
        Ok(None)
    }

    /// The items of a position: as many as it has pieces, unless it is merchandise.
    fn items(
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

/// A product as a mapping names it: `Conference ticket`, `T-shirt / XL`.
pub(super) fn shown(position: &Position) -> String {
    if position.variation.is_empty() {
        position.product.clone()
    } else {
        format!("{} / {}", position.product, position.variation)
    }
}

/// The id of a family's next document.
fn member_id(family: &Family<'_>) -> Option<DocumentId> {
    let code = match family.members.len() {
        0 => family.base.clone(),
        count => format!("{}.{}", family.base, count + 1),
    };
    Some(DocumentId::new(DocumentKind::Order, code.parse().ok()?))
}

/// A code for the platform's own: lower case, with hyphens for what codes cannot have. A long one is cut and gets a
/// digest, so that two stay two.
fn code_of(prefix: &str, code: &str) -> String {
    const LONGEST: usize = 26;
    let plain: String = format!("{prefix}{code}")
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.') { c } else { '-' })
        .collect();
    let plain = plain.trim_start_matches(['-', '.']);
    // Codes of mixed capitals may differ in nothing else.
    let is_mixed = code.bytes().any(|b| b.is_ascii_uppercase()) && code.bytes().any(|b| b.is_ascii_lowercase());
    if plain.len() <= LONGEST && !is_mixed {
        return plain.to_owned();
    }
    let digest = fingerprint(&[code.as_bytes()]);
    let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}", &plain[..plain.len().min(LONGEST - 9)])
}
