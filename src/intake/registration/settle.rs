//! From bookings to facts: what the files tell and the books lack is recorded; what the books have already is left.
//!
//! An order of the platform is one document, and one more for each time that something was added to it (`abc12`,
//! `abc12.2`): a document of the books does not grow. Together they are its family. Payments go to what is still to be
//! paid in the family, refunds come from what is owed back; what was paid for a position that was exchanged for another
//! pays for the other.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::RegistrationTerms;
use super::booking::{Booking, Happening, Moved, Position, What};
use super::elsewhere::Elsewhere;
use super::lookup::shown;
use super::tally::{Reason, Registered};
use crate::books::Store;
use crate::calendar::Date;
use crate::conference::{Cancelled, Document, DocumentId, DocumentKind, Fact, Method, Order, OrderPlaced};
use crate::intake::format::{Format, ProductTerms};
use crate::intake::landing::fingerprint;
use crate::intake::papers::Filing;
use crate::intake::{IntakeError, Problems};
use crate::ledger::{AccountNo, PartyNo, Slug};

/// Takes bookings into the books.
pub(super) struct Settling<'w, 'b, 't, S: Store> {
    pub(super) filing: Filing<'w, 'b, S>,
    pub(super) terms: &'t RegistrationTerms,
    pub(super) command: &'static str,
    pub(super) formats: Vec<Format>,
    pub(super) registered: Registered,
    pub(super) persons: HashMap<[u8; 16], PartyNo>,
    pub(super) events: HashMap<String, Option<Slug>>,
    /// The event of files that do not name it in a way the books know: there can be only one such name.
    pub(super) unnamed: Option<String>,
    pub(super) products: HashMap<(Slug, String, String), Option<ProductTerms>>,
    pub(super) methods: HashMap<String, Option<(Method, Option<AccountNo>)>>,
    /// Orders that were left out as asked.
    pub(super) skipped: HashSet<&'t str>,
}

/// A document of a family: its code, and which position each of its lines is.
pub(super) struct Member {
    pub id: DocumentId,
    pub keys: Vec<String>,
    /// This import placed it.
    pub is_new: bool,
}

/// What is known of an order while its happenings are gone through.
pub(super) struct Family<'k> {
    pub booking: &'k Booking,
    pub base: String,
    pub event: Slug,
    pub buyer: Option<PartyNo>,
    pub members: Vec<Member>,
    /// Refunds that nothing was owed for when they were paid.
    pub early: Vec<Refund>,
    /// Minor units that the files say were paid and paid back, so far.
    pub paid: i64,
    pub refunded: i64,
    pub news: bool,
    /// Cancellations wait until payments are told.
    pub waits: bool,
    /// What it is about cannot be told: all else would only follow from that.
    pub broken: bool,
    /// What positions come to that are left out, minor units.
    pub left_out: i64,
    /// What the books have from elsewhere, once somebody has asked.
    pub elsewhere: Option<Elsewhere>,
    /// This import has concluded that too much was paid, or a price lowered: then its sums must prove.
    pub concluded: bool,
}

/// A refund while it is being paid out of what is owed.
pub(super) struct Refund {
    pub line: u64,
    pub date: Date,
    pub file: Option<Rc<str>>,
    /// As the file has it: by this it is known again.
    pub moved: Moved,
    /// What of it is not paid yet.
    pub left: i64,
    /// How many entries are remembered for it.
    pub parts: usize,
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

    pub(super) fn problem(&mut self, line: u64, message: impl std::fmt::Display) {
        self.filing.problems.add(line, None, message);
    }

    /// Records what the books lack of one order.
    pub(super) fn settle(&mut self, booking: &Booking) -> Result<(), IntakeError> {
        if booking.happenings.is_empty() {
            return self.name_void(booking);
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
            refunded: 0,
            news: false,
            waits: false,
            broken: false,
            left_out: 0,
            elsewhere: None,
            concluded: false,
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
        for mut refund in std::mem::take(&mut family.early) {
            self.concede(&mut family, &mut refund)?;
            self.filing.problems.locate(before, refund.file.as_deref());
        }
        self.exchange(&mut family)?;
        if self.filing.problems.count() == before {
            self.tie(&family)?;
        }
        Ok(())
    }

    /// Names an order that the files only tell to be void, and that stands in the books: what becomes of its money they
    /// do not tell.
    fn name_void(&mut self, booking: &Booking) -> Result<(), IntakeError> {
        let Some(status) = &booking.void else { return Ok(()) };
        let Ok(code) = code_of(&self.terms.prefix, &booking.code).parse() else { return Ok(()) };
        if let Some(Document::Order(order)) = self.filing.kept(DocumentId::new(DocumentKind::Order, code))?
            && order.lines.iter().any(crate::conference::OrderLine::is_active)
        {
            let message = format!("order `{}` is {status} in the files, and stands in the books", booking.code);
            self.registered.differing.push(message);
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
        let mut total = 0_i64;
        for position in positions {
            let Some(terms) = self.product(family.event, position)? else {
                // That was told where the product first stood.
                family.broken = true;
                return Ok(false);
            };
            if terms.skip {
                self.registered.skip(Reason::Product(shown(position)), position.price);
                family.left_out = family.left_out.saturating_add(position.price);
                continue;
            }
            let line = kept.as_ref().and_then(|order| order.lines.get(items.len())).map(|line| &line.item);
            let made = self.items(family, buyer, happening.date, position, &terms, line)?;
            for item in made {
                items.push(item);
                approvals.push(terms.approved_by.clone());
                keys.push(position.key.clone());
            }
            total = total.saturating_add(position.price);
            self.registered.sold.add(position.price);
            self.registered.products.entry(shown(position)).or_default().add(position.price);
        }
        if self.filing.problems.count() > before || items.is_empty() {
            return Ok(false);
        }
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
            self.remember(family, then, moved, (0, &entries))?;
            return Ok(true);
        }
        Ok(false)
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

    /// Holds the order in the books against the files.
    fn tie(&mut self, family: &Family<'_>) -> Result<(), IntakeError> {
        if !family.booking.is_whole() || family.waits {
            return Ok(());
        }
        let orders = self.orders(family)?;
        let in_books: i64 = orders.iter().map(|order| order.outstanding() - order.refunds).sum();
        // What was refunded of positions that stand: a price concession, which the platform does not call so.
        let standing: Vec<_> = orders.iter().flat_map(|order| &order.lines).filter(|line| line.is_active()).collect();
        let conceded: i64 = standing.iter().map(|line| line.returned).sum();
        if conceded > 0 {
            self.registered.conceded.add(conceded);
        }
        self.registered.tax_in_books += standing.iter().map(|line| line.tax).sum::<i64>();
        self.registered.tax_in_files = self.registered.tax_in_files.saturating_add(family.booking.tax());
        let skipped: i64 = self.skipped_of(family)?;
        let in_files = family.booking.open() - skipped - conceded + aside(family, &orders);
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
            let is_new = family.members.iter().all(|member| member.is_new);
            if is_new && standing.iter().map(|line| line.tax).sum::<i64>() != family.booking.tax() {
                let message = format!("{message}; does its ticket's tax code add tax to the price?");
                self.problem(family.booking.line, message);
            } else if is_new || family.concluded {
                let message = format!(
                    "{message}; correct the order in the books, or leave it out with --skip {}",
                    family.booking.code
                );
                self.problem(family.booking.line, message);
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

    pub(super) fn orders(&mut self, family: &Family<'_>) -> Result<Vec<Order>, IntakeError> {
        let mut orders = Vec::with_capacity(family.members.len());
        for member in &family.members {
            if let Some(Document::Order(order)) = self.filing.kept(member.id)? {
                orders.push(order);
            }
        }
        Ok(orders)
    }
}

/// What of a family's money is for positions that are left out: what came in by the files, less what the books have of it.
pub(super) fn aside(family: &Family<'_>, orders: &[Order]) -> i64 {
    let beside = family.paid - family.refunded - orders.iter().map(Order::chargeable).sum::<i64>();
    beside.clamp(0, family.left_out)
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
