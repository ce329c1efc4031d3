//! Orders in bulk: a row an item; rows of one order stand together.

use super::super::table::{Row, Table};
use super::super::{IntakeError, SourceFile};
use super::{Filed, Filing, columns, says_yes, whole};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::conference::{
    Cancelled, Document, DocumentId, DocumentKind, Fact, InvoiceIssued, Item, ItemKind, Method, Order, OrderLine,
    OrderPlaced, Payer, Payment, RefundPaid, Role, TallyKey, Transferred,
};
use crate::ledger::{PartyKind, PartyNo, Slug};

/// The columns of an orders file. What belongs to the order as a whole stands in its first row.
pub const ORDER_COLUMNS: [&str; 26] = [
    "order",
    "date",
    "event",
    "party",
    "ticket",
    "party_kind",
    "attendee",
    "role",
    "by",
    "sponsor",
    "fund",
    "discount",
    "price",
    "quantity",
    "aid",
    "approved_by",
    "listed",
    "paid",
    "fee",
    "method",
    "paid_date",
    "invoiced",
    "cancelled",
    "fee_kept",
    "paid_back",
    "application",
];

/// Imports a file of orders.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_orders<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&ORDER_COLUMNS, 5))?;
    let mut filing = Filing::begin(writer, file, "orders")?;
    let mut group: Option<Group> = None;
    let mut later = Vec::new();
    while let Some(row) = table.next(&mut filing.problems)? {
        if group.as_ref().is_none_or(|group| group.key != row.get(0)) {
            if let Some(done) = group.take() {
                filing.order(done, &mut later)?;
            }
            group = Some(filing.begin_order(&row)?);
        }
        if let Some(group) = &mut group {
            filing.item(group, &row)?;
        }
    }
    if let Some(done) = group.take() {
        filing.order(done, &mut later)?;
    }
    // What was cancelled was in force when later orders were placed: it counted for their prices.
    for ending in later {
        filing.end(&ending)?;
    }
    filing.finish()
}

/// A cancellation, done when all orders of the file are placed.
struct Ending {
    line: u64,
    id: DocumentId,
    date: Date,
    fee: i64,
    paid_back: Option<Method>,
}

/// The rows of one order.
struct Group {
    key: String,
    line: u64,
    /// What the first row says of the whole; none when it cannot be read.
    head: Option<Head>,
    items: Vec<Item>,
    approvals: Vec<Option<String>>,
    /// The order as the books have it.
    kept: Option<Order>,
    sound: bool,
}

struct Head {
    code: Slug,
    event: Slug,
    party: PartyNo,
    date: Date,
    paid: Option<Transferred>,
    invoiced: Option<Date>,
    cancelled: Option<Date>,
    fee_kept: i64,
    paid_back: Option<Method>,
}

impl<S: Store> Filing<'_, '_, S> {
    fn begin_order(&mut self, row: &Row<'_>) -> Result<Group, IntakeError> {
        let head = self.order_head(row)?;
        let kept = match &head {
            None => None,
            Some(head) => match self.kept(DocumentId::new(DocumentKind::Order, head.code))? {
                Some(Document::Order(order)) => Some(order),
                _ => None,
            },
        };
        let (key, line) = (row.get(0).to_owned(), row.line);
        Ok(Group { key, line, sound: head.is_some(), head, items: Vec::new(), approvals: Vec::new(), kept })
    }

    fn order_head(&mut self, row: &Row<'_>) -> Result<Option<Head>, IntakeError> {
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let event = self.event(row, 2).flatten();
        if row.get(2).is_empty() {
            self.problems.add(row.line, Some("event"), "it is empty");
        }
        let kind = row.parse_filled(5, &mut self.problems, str::parse::<PartyKind>);
        let party = self.party_in(row, 3, "party", kind.flatten().unwrap_or(PartyKind::Person))?;
        let paid = self.moved(row, [17, 18, 19, 20], (Method::Card, date.unwrap_or(Date::MIN), None));
        let invoiced = row.parse_filled(21, &mut self.problems, str::parse::<Date>);
        let cancelled = row.parse_filled(22, &mut self.problems, str::parse::<Date>);
        let fee_kept = self.minor(row, 23);
        let paid_back = row.parse_filled(24, &mut self.problems, str::parse::<Method>);
        if row.filled(22).is_none() && (fee_kept.is_some_and(|fee| fee != 0) || row.filled(24).is_some()) {
            self.problems.add(
                row.line,
                Some("cancelled"),
                "it is empty, though the row has a fee that was kept or a refund",
            );
        }
        Ok((|| {
            Some(Head {
                code: code?,
                event: event?,
                party: party?,
                date: date?,
                paid: paid?,
                invoiced: invoiced?,
                cancelled: cancelled?,
                fee_kept: fee_kept?,
                paid_back: paid_back?,
            })
        })())
    }

    fn item(&mut self, group: &mut Group, row: &Row<'_>) -> Result<(), IntakeError> {
        let Some((event, date, buyer)) = group.head.as_ref().map(|head| (head.event, head.date, head.party)) else {
            return Ok(());
        };
        let before = self.problems.count();
        let item = self.read_item(group, row, (event, date, buyer))?;
        group.approvals.push(row.filled(15).map(str::to_owned));
        match item {
            Some(item) if self.problems.count() == before => group.items.push(item),
            _ => group.sound = false,
        }
        Ok(())
    }

    fn read_item(
        &mut self,
        group: &Group,
        row: &Row<'_>,
        (event, date, buyer): (Slug, Date, PartyNo),
    ) -> Result<Option<Item>, IntakeError> {
        let is_donation = row.get(4).eq_ignore_ascii_case("donation");
        let payer = row.parse_filled(8, &mut self.problems, str::parse::<Payer>);
        let sponsorship = row.parse_filled(9, &mut self.problems, str::parse::<Slug>);
        let fund = self.fund(row, 10);
        let code = row.parse_filled(11, &mut self.problems, str::parse::<Slug>);
        let quantity = row.parse_filled(13, &mut self.problems, whole);
        let listed = says_yes(row, 16, &mut self.problems);
        let application = row.parse_filled(25, &mut self.problems, str::parse::<Slug>);
        let (price, aid) = (self.minor(row, 12), self.minor(row, 14));
        let role = row.parse_filled(7, &mut self.problems, str::parse::<Role>);
        let mut item = Item {
            kind: ItemKind::Donation,
            ticket: None,
            attendee: None,
            role: None,
            payer: payer.flatten().unwrap_or(Payer::Own),
            sponsorship: sponsorship.flatten(),
            fund: fund.flatten(),
            application: application.flatten(),
            exception: None,
            listed: listed.unwrap_or(false),
            quantity: quantity.flatten().unwrap_or(1),
            price: price.unwrap_or(0),
            discount: code.flatten(),
            reduction: 0,
            conceded: 0,
        };
        if is_donation {
            return Ok(Some(item));
        }
        let conference = self.writer.setup()?.conference();
        let ticket = row.parse(4, &mut self.problems, |text| {
            let code = text.parse::<Slug>().map_err(|error| error.to_string())?;
            conference.ticket(event, code).cloned().map_err(|error| error.to_string())
        });
        let Some(ticket) = ticket else { return Ok(None) };
        item.kind = ticket.kind;
        item.ticket = Some(ticket.code);
        let kept = group.kept.as_ref().and_then(|order| order.lines.get(group.items.len())).map(|line| &line.item);
        if row.filled(12).is_none() {
            item.price = match kept {
                Some(kept) => kept.price,
                None => {
                    let earlier = group.items.iter().filter(|other| other.ticket == item.ticket);
                    let earlier = earlier.map(|other| other.quantity).fold(0, i64::saturating_add);
                    let sold = self.writer.tallied(&TallyKey::sold(event, ticket.code))?.0;
                    ticket.price_of(date, sold.saturating_add(earlier), item.quantity)
                }
            };
        }
        if let Some(code) = item.discount {
            item.reduction = match kept {
                Some(kept) => kept.reduction,
                None => {
                    let earlier = group.items.iter().filter(|other| other.discount == Some(code)).count();
                    let used = self.writer.tallied(&TallyKey::discount(event, code))?.0;
                    let used = used + i64::try_from(earlier).unwrap_or(0);
                    let discount = self.writer.setup()?.conference().discount(event, code);
                    let reduction = discount.and_then(|d| d.reduction(ticket.code, item.price, date, used));
                    let reduction = reduction.map_err(Into::into);
                    let Some(reduction) = self.settle(reduction, row.line, Some("discount"))? else { return Ok(None) };
                    reduction
                }
            };
        }
        if ticket.kind != ItemKind::Merchandise {
            item.attendee = match row.filled(6) {
                None => Some(buyer),
                Some(_) => self.party_in(row, 6, "attendee", PartyKind::Person)?,
            };
        }
        if ticket.kind == ItemKind::Admission {
            item.role = Some(role.flatten().unwrap_or(Role::Attendee));
            if row.filled(8).is_none() {
                item.payer =
                    self.writer.setup()?.conference().event(event).map_or(Payer::Own, |e| e.usual_payer(item.role));
            }
        }
        if matches!(item.payer, Payer::Aid | Payer::Waiver) {
            item.conceded = aid.filter(|aid| *aid != 0).unwrap_or(item.price - item.reduction);
        }
        Ok(Some(item))
    }

    fn order(&mut self, group: Group, later: &mut Vec<Ending>) -> Result<(), IntakeError> {
        let (Some(head), true) = (group.head, group.sound) else { return Ok(()) };
        let id = DocumentId::new(DocumentKind::Order, head.code);
        let (line, code) = (group.line, head.code);
        let (event, party, date) = (head.event, head.party, head.date);
        let mut items = group.items;
        if let Some(kept) = &group.kept {
            let placed = OrderPlaced { code, event, party, date, items, paid: None };
            self.known(line, id, kept.difference(&placed))?;
            let stands = kept.lines.iter().all(OrderLine::is_active);
            // A payment that was charged back leaves its fee, or something due without an invoice.
            let untouched = stands && kept.received + kept.fees + kept.refunds == 0;
            let unpaid = untouched && kept.outstanding() > 0 && (kept.receivable == 0 || kept.invoice.is_some());
            let news = [
                (head.invoiced.is_some() && kept.invoice.is_none() && stands, "invoiced"),
                (head.paid.is_some() && unpaid, "paid"),
                (head.cancelled.is_some() && kept.lines.iter().any(OrderLine::is_active), "cancelled"),
            ];
            self.later(line, id, &news);
            return Ok(());
        }
        self.filed.documents += 1;
        let approvals = group.approvals;
        // What is invoiced first is paid upon the invoice.
        let (paid, upon_invoice) = match (head.paid, head.invoiced) {
            (Some(paid), Some(invoiced)) if paid.date >= invoiced => (None, Some(paid)),
            (paid, _) => (paid, None),
        };
        let placed = self.happen(line, |recorder| {
            for (i, (item, approval)) in items.iter_mut().zip(&approvals).enumerate() {
                item.exception = approval.as_deref().map(|name| recorder.seal(&format!("exception {}", i + 1), name));
            }
            Ok(Fact::Order(OrderPlaced { code, event, party, date, items, paid }))
        })?;
        if !placed {
            return Ok(());
        }
        self.filed.added += 1;
        if let Some(date) = head.invoiced {
            let series = Slug::constant("inv");
            let number = self.writer.tallied(&TallyKey::series(series))?.0 + 1;
            let (of, due, address, tax_number) = (id, None, None, None);
            self.happen(line, |_| {
                Ok(Fact::Invoice(InvoiceIssued { series, number, of, date, due, address, tax_number }))
            })?;
        }
        if let Some(paid) = upon_invoice {
            self.happen(line, |_| Ok(Fact::Payment(Payment::new(id, paid))))?;
        }
        later.extend(head.cancelled.map(|date| {
            let (fee, paid_back) = (head.fee_kept, head.paid_back);
            Ending { line, id, date, fee, paid_back }
        }));
        Ok(())
    }

    fn end(&mut self, ending: &Ending) -> Result<(), IntakeError> {
        let Ending { line, id, date, fee, paid_back } = *ending;
        let cancelled = Cancelled { document: id, date, lines: Vec::new(), fee, refund: true, reason: None };
        self.happen(line, |_| Ok(Fact::Cancelled(cancelled)))?;
        let owed = self.kept(id)?.map_or(0, |document| document.open().1);
        if let Some(method) = paid_back.filter(|_| owed > 0) {
            let paid = Transferred { date, amount: owed, fee: 0, method, account: None, foreign: None };
            self.happen(line, |_| Ok(Fact::RefundPaid(RefundPaid { document: id, paid })))?;
        }
        Ok(())
    }
}
