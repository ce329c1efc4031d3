//! From rows to bookings: what each format's rows say of an order.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::booking::{Booking, Happening, Moved, Person, Position, What};
use super::index::{Index, Keys};
use super::settle::Settling;
use super::tally::{Reason, Registered};
use super::{RegistrationTerms, Watch};
use crate::books::Store;
use crate::calendar::Date;
use crate::intake::format::{Format, open};
use crate::intake::reading::{Evidence, Written};
use crate::intake::sheet::{Header, Place, Rows, Sheet};
use crate::intake::table::Row;
use crate::intake::{IntakeError, Problems, SourceFile};
use crate::money::Currency;

/// What columns can mean; the constants below are places in this list.
const MEANINGS: [&str; 33] = [
    "event",
    "order",
    "date",
    "time",
    "position",
    "quantity",
    "product",
    "variation",
    "price",
    "total",
    "currency",
    "fee",
    "fee_detail",
    "reference",
    "created",
    "status",
    "amount",
    "method",
    "first",
    "last",
    "email",
    "attendee",
    "attendee_email",
    "buyer",
    "voucher",
    "service_fee",
    "processing_fee",
    "refunded",
    "payment_status",
    "paid_date",
    "kind",
    "list_price",
    "tax",
];
const EVENT: usize = 0;
const ORDER: usize = 1;
const DATE: usize = 2;
const TIME: usize = 3;
const POSITION: usize = 4;
const QUANTITY: usize = 5;
const PRODUCT: usize = 6;
const VARIATION: usize = 7;
const PRICE: usize = 8;
const TOTAL: usize = 9;
const CURRENCY: usize = 10;
const FEE: usize = 11;
const FEE_DETAIL: usize = 12;
const REFERENCE: usize = 13;
const CREATED: usize = 14;
const STATUS: usize = 15;
const AMOUNT: usize = 16;
const METHOD: usize = 17;
const FIRST: usize = 18;
const LAST: usize = 19;
const EMAIL: usize = 20;
const ATTENDEE: usize = 21;
const ATTENDEE_EMAIL: usize = 22;
const BUYER: usize = 23;
const VOUCHER: usize = 24;
const SERVICE_FEE: usize = 25;
const PROCESSING_FEE: usize = 26;
const REFUNDED: usize = 27;
const PAYMENT_STATUS: usize = 28;
const PAID_DATE: usize = 29;
const TAX: usize = 32;

const DATES: [usize; 3] = [DATE, CREATED, PAID_DATE];
const AMOUNTS: [usize; 7] = [PRICE, TOTAL, AMOUNT, SERVICE_FEE, PROCESSING_FEE, REFUNDED, TAX];

/// What a row of a format is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// Something sold or taken back: the history of an order.
    Changes,
    /// Something ordered, as it stands now.
    Tickets,
    /// Money that moved for an order.
    Payments,
}

/// One file of an import.
struct Part {
    sheet: Sheet,
    format: Format,
    shape: Shape,
    header: Header,
    written: Written,
    index: Index,
    rows: usize,
    /// What could not be read of it; found when it was gone through first.
    problems: Problems,
}

/// The files of an import, and which rows of them belong together.
pub(super) struct Gatherer<'t> {
    parts: Vec<Part>,
    main: usize,
    payments: Option<usize>,
    persons: Option<usize>,
    currency: Currency,
    terms: &'t RegistrationTerms,
}

/// Reads rows of one part for a second time.
struct Reader<'p> {
    part: &'p Part,
    rows: Rows<'p>,
    problems: Problems,
    /// Its file's name, where it is not the import's main one.
    name: Option<Rc<str>>,
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
        let mut rows = main.again()?;
        let mut payments = self.payments.map(|place| self.parts[place].again()).transpose()?;
        let mut persons = self.persons.map(|place| self.parts[place].again()).transpose()?;
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
                    let Some((booking, change)) = rows.change(*place, self, &mut bookings, tally)? else { continue };
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
                    let read = rows.ticket(*place, self, &mut bookings, has_payments, tally)?;
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
                    self.stand_as(own.collect(), booking, has_payments);
                }
            }
            Shape::Payments => {
                for (_, place) in group {
                    rows.payment(*place, self, &mut bookings, tally)?;
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
            payments.payment(*place, self, bookings, tally)?;
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

    /// What has happened to tickets of which only the present state is known.
    fn stand_as(&self, mut tickets: Vec<Ticket>, booking: &mut Booking, has_payments: bool) {
        // An export may be sorted otherwise the next time; lines of a document stay where they are.
        tickets.sort_by(|a, b| {
            let key = |ticket: &Ticket| (ticket.position.key.len(), ticket.position.key.clone());
            key(a).cmp(&key(b))
        });
        let Some(first) = tickets.first() else { return };
        let (line, date) = (booking.line, first.date);
        let mut positions = Vec::new();
        let (mut paid, mut refunded, mut fee) = (0_i64, 0_i64, 0_i64);
        let (mut paid_date, mut method, mut reference) = (date, String::new(), String::new());
        let mut cancelled = Vec::new();
        for ticket in tickets {
            if ticket.standing != Standing::Open && !has_payments {
                paid = paid.saturating_add(ticket.position.price);
                fee = fee.saturating_add(ticket.fee);
                (paid_date, method) = (ticket.paid_date, ticket.method);
                if reference.is_empty() {
                    reference = ticket.reference;
                }
                refunded = refunded.saturating_add(ticket.refunded);
            }
            if matches!(ticket.standing, Standing::Cancelled | Standing::Refunded) {
                cancelled.push(ticket.position.key.clone());
                if ticket.standing == Standing::Refunded && !has_payments && ticket.refunded == 0 {
                    refunded = refunded.saturating_add(ticket.position.price);
                }
            }
            positions.push(ticket.position);
        }
        let as_of = self.terms.as_of.max(date);
        let mut happen = |date, what| booking.happenings.push(Happening { line, date, what, file: None });
        happen(date, What::Placed(positions));
        let moved = |amount, fee| Moved { amount, fee, method: method.clone(), reference: reference.clone() };
        if paid > 0 {
            happen(paid_date, What::Paid(moved(paid, fee)));
        }
        if !cancelled.is_empty() {
            happen(as_of, What::Cancelled { keys: cancelled, fee: 0 });
        }
        if refunded > 0 {
            happen(as_of, What::Refunded(moved(refunded, 0)));
        }
    }
}

impl Part {
    fn open(
        file: &SourceFile,
        keys: &[&str],
        terms: &RegistrationTerms,
        currency: Currency,
        hashes: &Keys,
    ) -> Result<Self, IntakeError> {
        let (sheet, format, reading) = open(file, keys, &terms.mapping, &terms.reading)?;
        let header = format.header(&sheet, &MEANINGS)?;
        let shape = if format.has("amount") {
            Shape::Payments
        } else if format.has("total") {
            Shape::Changes
        } else {
            Shape::Tickets
        };
        let mut problems = Problems::default();
        let mut evidence = Evidence::default();
        let mut index = Index::default();
        let mut count = 0;
        let mut ends: (Option<String>, String) = (None, String::new());
        let mut rows = sheet.rows(&header)?;
        while let Some((place, row)) = rows.next(&mut problems)? {
            count += 1;
            evidence.row(&row, &header, (&DATES, &AMOUNTS), currency);
            if row.get(ORDER).is_empty() {
                problems.add(row.line, Some(header.name(ORDER)), "it is empty");
                continue;
            }
            row.get(DATE).clone_into(&mut ends.1);
            if ends.0.is_none() {
                ends.0 = Some(ends.1.clone());
            }
            index.add(hashes.of(row.get(EVENT), row.get(ORDER)), place);
        }
        let written = evidence.settle(&reading, &file.name(), &mut problems)?;
        let newest_first = match (ends.0.map(|text| written.date(&text)), written.date(&ends.1)) {
            (Some(Ok(first)), Ok(last)) => first > last,
            _ => false,
        };
        index.close(newest_first);
        Ok(Self { sheet, format, shape, header, written, index, rows: count, problems })
    }

    fn again(&self) -> Result<Reader<'_>, IntakeError> {
        Ok(Reader { part: self, rows: self.sheet.rows(&self.header)?, problems: Problems::default(), name: None })
    }
}

fn sorted(mut booking: Booking) -> Booking {
    booking.happenings.sort_by_key(|happening| (happening.date, happening.rank()));
    booking
}

/// A row that sells or takes back.
#[derive(Clone)]
struct Change {
    date: Date,
    time: String,
    quantity: i64,
    is_kept: bool,
    position: Position,
}

/// How a ticket stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Open,
    Paid,
    Cancelled,
    Refunded,
}

/// A row that says how a ticket stands.
#[derive(Clone)]
struct Ticket {
    date: Date,
    standing: Standing,
    position: Position,
    fee: i64,
    refunded: i64,
    paid_date: Date,
    method: String,
    reference: String,
}

/// The booking of a row's order: rows with one hash are hardly ever of two orders, but may be.
fn booking_of(row: &Row<'_>, bookings: &mut Vec<Booking>) -> usize {
    let (event, code) = (row.get(EVENT), row.get(ORDER));
    bookings.iter().position(|b| b.code == code && b.event == event).unwrap_or_else(|| {
        bookings.push(Booking {
            code: code.to_owned(),
            event: event.to_owned(),
            line: row.line,
            buyer: Person::default(),
            happenings: Vec::new(),
        });
        bookings.len() - 1
    })
}

/// Buyer and attendee of a row.
fn people(row: &Row<'_>) -> (Person, Person) {
    let full = format!("{} {}", row.get(FIRST), row.get(LAST));
    let full = full.trim().to_owned();
    let attendee_name = row.filled(ATTENDEE).map_or_else(|| full.clone(), str::to_owned);
    let email = row.get(EMAIL).to_owned();
    let buyer_name = row.filled(BUYER).map_or_else(|| full.clone(), str::to_owned);
    let attendee = Person { name: attendee_name, email: row.get(ATTENDEE_EMAIL).to_owned() };
    let buyer = if buyer_name.is_empty() && email.is_empty() {
        attendee.clone()
    } else if buyer_name.is_empty() && (attendee.email.is_empty() || attendee.email.eq_ignore_ascii_case(&email)) {
        Person { name: attendee.name.clone(), email }
    } else {
        Person { name: buyer_name, email }
    };
    (buyer, attendee)
}

impl Reader<'_> {
    /// Reads what every shape has: the day, unless it is after the last one wanted.
    fn amount(part: &Part, row: &Row<'_>, column: usize, currency: Currency, problems: &mut Problems) -> Option<i64> {
        let is_needed = [PRICE, TOTAL, AMOUNT].contains(&column) && part.header.has(column);
        if is_needed && row.get(column).is_empty() {
            problems.add(row.line, Some(part.header.name(column)), "it is empty; what is free has the amount 0.00");
            return None;
        }
        row.parse_filled(column, problems, |text| part.written.amount(text, currency)).map(Option::unwrap_or_default)
    }

    fn same_currency(part: &Part, row: &Row<'_>, currency: Currency, problems: &mut Problems) -> bool {
        let said = row.get(CURRENCY);
        let same = said.is_empty() || said.eq_ignore_ascii_case(currency.code());
        if !same {
            let message = format!("`{said}` is not the currency of the books, {currency}; leave the row out");
            problems.add(row.line, Some(part.header.name(CURRENCY)), message);
        }
        same
    }

    fn change(
        &mut self,
        place: Place,
        gatherer: &Gatherer<'_>,
        bookings: &mut Vec<Booking>,
        tally: &mut Registered,
    ) -> Result<Option<(usize, Change)>, IntakeError> {
        let (part, problems) = (self.part, &mut self.problems);
        let row = self.rows.again(place)?;
        let date = row.parse(DATE, problems, |text| part.written.date(text));
        let quantity = row.parse(QUANTITY, problems, |text| {
            text.parse::<i64>()
                .ok()
                .filter(|n| n.unsigned_abs() <= 1_000)
                .ok_or_else(|| format!("`{text}` is not a number of pieces"))
        });
        let price = Self::amount(part, &row, PRICE, gatherer.currency, problems);
        let total = Self::amount(part, &row, TOTAL, gatherer.currency, problems);
        let tax = Self::amount(part, &row, TAX, gatherer.currency, problems);
        let same = Self::same_currency(part, &row, gatherer.currency, problems);
        let (Some(date), Some(quantity), Some(price), Some(total), Some(tax), true) =
            (date, quantity, price, total, tax, same)
        else {
            return Ok(None);
        };
        if price.checked_mul(quantity) != Some(total) {
            let message = format!(
                "`{}` is not {} times {}; is the file cut off, or a column mapped wrongly?",
                row.get(TOTAL),
                row.get(QUANTITY),
                row.get(PRICE)
            );
            problems.add(row.line, Some(part.header.name(TOTAL)), message);
            return Ok(None);
        }
        if gatherer.terms.until.is_some_and(|until| date > until) {
            tally.skip(Reason::Later, total);
            return Ok(None);
        }
        if quantity == 0 {
            tally.skip(Reason::Nothing, 0);
            return Ok(None);
        }
        let fee = row.get(FEE);
        let is_fee = !fee.is_empty();
        let product = if is_fee { format!("fee:{fee}") } else { row.get(PRODUCT).to_owned() };
        let key = match row.filled(POSITION) {
            Some(key) if !is_fee => key.to_owned(),
            _ => format!("{product}:{}:{price}", row.get(FEE_DETAIL)),
        };
        let position = Position {
            key,
            line: row.line,
            product,
            variation: row.get(VARIATION).to_owned(),
            price: price.saturating_mul(quantity.abs()),
            tax: tax.saturating_abs(),
            quantity: quantity.abs(),
            attendee: Person::default(),
            voucher: String::new(),
        };
        let is_kept = fee.eq_ignore_ascii_case("cancellation");
        let change = Change { date, time: row.get(TIME).to_owned(), quantity, is_kept, position };
        Ok(Some((booking_of(&row, bookings), change)))
    }

    fn ticket(
        &mut self,
        place: Place,
        gatherer: &Gatherer<'_>,
        bookings: &mut Vec<Booking>,
        has_payments: bool,
        tally: &mut Registered,
    ) -> Result<Option<(usize, Ticket)>, IntakeError> {
        let (part, problems) = (self.part, &mut self.problems);
        let row = self.rows.again(place)?;
        let before = problems.count();
        let currency = gatherer.currency;
        let status = standing(part, &row, problems);
        let price = Self::amount(part, &row, PRICE, currency, problems);
        // Whether a cancelled order was paid is not told here; the payments file tells it.
        let status = match status {
            Some(Some(Standing::Cancelled)) if part.format.key == "pretix-positions" && !has_payments => Some(None),
            other => other,
        };
        if status == Some(None) {
            tally.skip(Reason::Status(row.get(STATUS).to_owned()), price.unwrap_or(0));
            return Ok(None);
        }
        let date = row.parse(DATE, problems, |text| part.written.date(text));
        let paid_date = row.parse_filled(PAID_DATE, problems, |text| part.written.date(text));
        let refunded = Self::amount(part, &row, REFUNDED, currency, problems);
        let tax = Self::amount(part, &row, TAX, currency, problems).unwrap_or(0);
        let fees =
            [FEE, SERVICE_FEE, PROCESSING_FEE].map(|column| Self::amount(part, &row, column, currency, problems));
        let quantity = row.parse_filled(QUANTITY, problems, |text| {
            text.parse::<i64>()
                .ok()
                .filter(|n| (1..=1_000_000).contains(n))
                .ok_or_else(|| format!("`{text}` is not a number of pieces"))
        });
        Self::same_currency(part, &row, currency, problems);
        let (
            Some(Some(standing)),
            Some(price),
            Some(date),
            Some(paid_date),
            Some(refunded),
            [Some(fee), Some(service), Some(processing)],
            Some(quantity),
        ) = (status, price, date, paid_date, refunded, fees, quantity)
        else {
            return Ok(None);
        };
        if price < 0 {
            problems.add(row.line, Some(part.header.name(PRICE)), "a ticket's price is not negative");
        }
        if problems.count() > before {
            return Ok(None);
        }
        if gatherer.terms.until.is_some_and(|until| date > until) {
            tally.skip(Reason::Later, price);
            return Ok(None);
        }
        let number = booking_of(&row, bookings);
        let (buyer, attendee) = people(&row);
        if bookings[number].buyer.is_nobody() {
            bookings[number].buyer = buyer;
        }
        let fee = if fee == 0 { service.saturating_add(processing) } else { fee };
        let key = row.filled(POSITION).map_or_else(|| row.line.to_string(), str::to_owned);
        let all_back = refunded > 0 && refunded >= price;
        let position = Position {
            key,
            line: row.line,
            product: row.filled(PRODUCT).unwrap_or("order").to_owned(),
            variation: row.get(VARIATION).to_owned(),
            price,
            tax,
            quantity: quantity.unwrap_or(1),
            attendee,
            voucher: row.get(VOUCHER).to_owned(),
        };
        let standing = if all_back && standing == Standing::Paid { Standing::Cancelled } else { standing };
        Ok(Some((
            number,
            Ticket {
                date,
                standing,
                position,
                fee,
                refunded,
                paid_date: paid_date.unwrap_or(date),
                method: row.get(METHOD).to_owned(),
                reference: row.get(REFERENCE).to_owned(),
            },
        )))
    }

    fn payment(
        &mut self,
        place: Place,
        gatherer: &Gatherer<'_>,
        bookings: &mut Vec<Booking>,
        tally: &mut Registered,
    ) -> Result<(), IntakeError> {
        let (part, problems) = (self.part, &mut self.problems);
        let row = self.rows.again(place)?;
        let status = meaning(part, &row, STATUS, problems);
        let amount = Self::amount(part, &row, AMOUNT, gatherer.currency, problems);
        let same = Self::same_currency(part, &row, gatherer.currency, problems);
        let (Some(status), Some(amount), true) = (status, amount, same) else { return Ok(()) };
        if status != "moved" {
            tally.skip(Reason::Status(row.get(STATUS).to_owned()), amount);
            return Ok(());
        }
        if amount == 0 {
            tally.skip(Reason::Free, 0);
            return Ok(());
        }
        let column = if row.get(DATE).is_empty() { CREATED } else { DATE };
        let Some(date) = row.parse(column, problems, |text| part.written.date(text)) else { return Ok(()) };
        if gatherer.terms.until.is_some_and(|until| date > until) {
            tally.skip(Reason::Later, amount);
            return Ok(());
        }
        let moved = Moved {
            amount: amount.abs(),
            fee: 0,
            method: row.get(METHOD).to_owned(),
            reference: row.get(REFERENCE).to_owned(),
        };
        let what = if amount > 0 { What::Paid(moved) } else { What::Refunded(moved) };
        let number = booking_of(&row, bookings);
        bookings[number].happenings.push(Happening { line: row.line, date, what, file: self.name.clone() });
        Ok(())
    }
}

/// What a word in a column means; nobody having said is a problem.
fn meaning<'p>(part: &'p Part, row: &Row<'_>, column: usize, problems: &mut Problems) -> Option<&'p str> {
    let (name, word) = (MEANINGS[column], row.get(column));
    let found = part.format.word(name, word);
    if found.is_none() {
        let known: Vec<&str> = part.format.words(name).filter(|word| !word.is_empty()).collect();
        let message =
            format!("`{word}` is unknown; known: {}; a mapping adds it under [words.{name}]", known.join(", "));
        problems.add(row.line, Some(part.header.name(column)), message);
    }
    found
}

/// How a ticket stands: `Some(None)` when it never came to be; `None` when the file cannot be understood.
fn standing(part: &Part, row: &Row<'_>, problems: &mut Problems) -> Option<Option<Standing>> {
    let status = meaning(part, row, STATUS, problems)?;
    let payment = if part.header.has(PAYMENT_STATUS) { meaning(part, row, PAYMENT_STATUS, problems)? } else { "paid" };
    let read = |word: &str| match word {
        "open" => Some(Some(Standing::Open)),
        "paid" => Some(Some(Standing::Paid)),
        "cancelled" => Some(Some(Standing::Cancelled)),
        "refunded" => Some(Some(Standing::Refunded)),
        "void" => Some(None),
        _ => None,
    };
    let found = match (read(status), read(payment)) {
        (Some(Some(Standing::Paid)), Some(other)) => Some(other),
        (found, Some(_)) => found,
        (_, None) => None,
    };
    if found.is_none() {
        let message =
            format!("`{status}` is not what a ticket's state can mean: open, paid, cancelled, refunded or void");
        problems.add(row.line, Some(part.header.name(STATUS)), message);
    }
    found
}

/// The history of an order from rows that sell and take back.
fn happenings_of(mut changes: Vec<Change>, booking: &mut Booking, tally: &mut Registered, problems: &mut Problems) {
    // Pieces that stand, by position, each under a name of its own: pretix keeps a position's number when its product
    // changes.
    let mut standing: HashMap<String, Vec<String>> = HashMap::new();
    let mut times = 0_usize;
    changes.sort_by(|a, b| (a.date, &a.time, a.position.line).cmp(&(b.date, &b.time, b.position.line)));
    while let Some(first) = changes.first() {
        let moment = (first.date, first.time.clone());
        let count = changes.iter().take_while(|change| (change.date, &change.time) == (moment.0, &moment.1)).count();
        let mut together: Vec<Change> = changes.drain(..count).collect();
        // What is taken back and sold again alike at one moment has only changed its tax or its day.
        while let Some((taken, sold)) = undone(&together) {
            for place in [taken.max(sold), taken.min(sold)] {
                let change = together.remove(place);
                tally.skip(Reason::Nothing, change.position.price * change.quantity.signum());
            }
        }
        let line = together.first().map_or(booking.line, |change| change.position.line);
        let takes_back = together.iter().any(|change| change.quantity < 0 && !change.is_kept);
        let (mut placed, mut keys, mut kept) = (Vec::new(), Vec::new(), 0_i64);
        // What is taken back at one moment is what stood before.
        for change in together.iter().filter(|change| change.quantity < 0) {
            let pieces = standing.entry(change.position.key.clone()).or_default();
            for _ in 0..change.quantity.abs() {
                keys.push(pieces.pop().unwrap_or_else(|| change.position.key.clone()));
            }
        }
        for change in together.into_iter().filter(|change| change.quantity > 0) {
            let position = change.position;
            if change.is_kept && takes_back {
                kept = kept.saturating_add(position.price);
                continue;
            }
            let pieces = standing.entry(position.key.clone()).or_default();
            if !pieces.is_empty() && !position.product.starts_with("fee:") {
                let message = format!(
                    "position {} of order `{}` is sold twice; is the file pasted together?",
                    position.key, booking.code
                );
                problems.add(position.line, None, message);
                continue;
            }
            for _ in 0..change.quantity {
                let key = if times == 0 { position.key.clone() } else { format!("{}{AGAIN}{times}", position.key) };
                times += 1;
                pieces.push(key.clone());
                let (price, tax) = (position.price / change.quantity, position.tax / change.quantity);
                placed.push(Position { key, price, tax, quantity: 1, ..position.clone() });
            }
        }
        let mut happen = |what| booking.happenings.push(Happening { line, date: moment.0, what, file: None });
        if !placed.is_empty() {
            happen(What::Placed(placed));
        }
        if !keys.is_empty() {
            happen(What::Cancelled { keys, fee: kept });
        }
    }
}

/// Parts a position's number from how many pieces the order had before it.
const AGAIN: char = '\u{1f}';

/// The places of a row that takes back and one that sells the same again.
fn undone(changes: &[Change]) -> Option<(usize, usize)> {
    let same = |a: &Change, b: &Change| {
        a.quantity == -b.quantity
            && (&a.position.key, &a.position.product, &a.position.variation, a.position.price)
                == (&b.position.key, &b.position.product, &b.position.variation, b.position.price)
    };
    changes.iter().enumerate().filter(|(_, change)| change.quantity < 0).find_map(|(taken, change)| {
        changes.iter().position(|other| other.quantity > 0 && same(change, other)).map(|sold| (taken, sold))
    })
}
