//! Rows of each shape, read: what was sold or taken back, how a ticket stands, what was paid.

use std::rc::Rc;

use super::RegistrationTerms;
use super::booking::{Booking, Happening, Moved, Person, Position, What};
use super::index::{Index, Keys};
use super::tally::{Reason, Registered};
use crate::calendar::Date;
use crate::intake::format::{Format, open};
use crate::intake::reading::{Evidence, Written};
use crate::intake::sheet::{Header, Place, Rows, Sheet};
use crate::intake::table::Row;
use crate::intake::{IntakeError, Problems, SourceFile};
use crate::money::Currency;

/// What columns can mean; the constants below are places in this list.
pub(in crate::intake) const MEANINGS: [&str; 31] = [
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
    "tax",
];
pub(super) const EVENT: usize = 0;
pub(super) const ORDER: usize = 1;
pub(super) const DATE: usize = 2;
pub(super) const TIME: usize = 3;
pub(super) const POSITION: usize = 4;
pub(super) const QUANTITY: usize = 5;
pub(super) const PRODUCT: usize = 6;
pub(super) const VARIATION: usize = 7;
pub(super) const PRICE: usize = 8;
pub(super) const TOTAL: usize = 9;
pub(super) const CURRENCY: usize = 10;
pub(super) const FEE: usize = 11;
pub(super) const FEE_DETAIL: usize = 12;
pub(super) const REFERENCE: usize = 13;
pub(super) const CREATED: usize = 14;
pub(super) const STATUS: usize = 15;
pub(super) const AMOUNT: usize = 16;
pub(super) const METHOD: usize = 17;
pub(super) const FIRST: usize = 18;
pub(super) const LAST: usize = 19;
pub(super) const EMAIL: usize = 20;
pub(super) const ATTENDEE: usize = 21;
pub(super) const ATTENDEE_EMAIL: usize = 22;
pub(super) const BUYER: usize = 23;
pub(super) const VOUCHER: usize = 24;
pub(super) const SERVICE_FEE: usize = 25;
pub(super) const PROCESSING_FEE: usize = 26;
pub(super) const REFUNDED: usize = 27;
pub(super) const PAYMENT_STATUS: usize = 28;
pub(super) const PAID_DATE: usize = 29;
pub(super) const TAX: usize = 30;

pub(super) const DATES: [usize; 3] = [DATE, CREATED, PAID_DATE];
pub(super) const AMOUNTS: [usize; 7] = [PRICE, TOTAL, AMOUNT, SERVICE_FEE, PROCESSING_FEE, REFUNDED, TAX];

/// What a row of a format is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Something sold or taken back: the history of an order.
    Changes,
    /// Something ordered, as it stands now.
    Tickets,
    /// Money that moved for an order.
    Payments,
}

/// One file of an import.
pub(super) struct Part {
    pub sheet: Sheet,
    pub format: Format,
    pub shape: Shape,
    pub header: Header,
    pub written: Written,
    pub index: Index,
    pub rows: usize,
    /// What could not be read of it; found when it was gone through first.
    pub problems: Problems,
}

/// Reads rows of one part for a second time.
pub(super) struct Reader<'p> {
    pub part: &'p Part,
    pub rows: Rows<'p>,
    pub problems: Problems,
    currency: Currency,
    /// The last day that is wanted.
    until: Option<Date>,
    /// Its file's name, where it is not the import's main one.
    pub name: Option<Rc<str>>,
}

/// A row that sells or takes back.
#[derive(Clone)]
pub(super) struct Change {
    pub date: Date,
    pub time: String,
    pub quantity: i64,
    pub is_kept: bool,
    pub position: Position,
}

/// How a ticket stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    Open,
    Paid,
    Cancelled,
    Refunded,
}

/// A row that says how a ticket stands.
#[derive(Clone)]
pub(super) struct Ticket {
    pub date: Date,
    pub standing: Standing,
    pub position: Position,
    pub fee: i64,
    pub refunded: i64,
    pub paid_date: Date,
    pub method: String,
    pub reference: String,
}

impl Part {
    pub(super) fn open(
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

    pub(super) fn again(&self, currency: Currency, until: Option<Date>) -> Result<Reader<'_>, IntakeError> {
        let rows = self.sheet.rows(&self.header)?;
        Ok(Reader { part: self, rows, problems: Problems::default(), currency, until, name: None })
    }
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
            void: None,
        });
        bookings.len() - 1
    })
}

/// Buyer and attendee of a row.
pub(super) fn people(row: &Row<'_>) -> (Person, Person) {
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

    pub(super) fn change(
        &mut self,
        place: Place,
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
        let price = Self::amount(part, &row, PRICE, self.currency, problems);
        let total = Self::amount(part, &row, TOTAL, self.currency, problems);
        let tax = Self::amount(part, &row, TAX, self.currency, problems);
        let same = Self::same_currency(part, &row, self.currency, problems);
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
        if self.until.is_some_and(|until| date > until) {
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

    pub(super) fn ticket(
        &mut self,
        place: Place,
        bookings: &mut Vec<Booking>,
        has_payments: bool,
        tally: &mut Registered,
    ) -> Result<Option<(usize, Ticket)>, IntakeError> {
        let (part, problems) = (self.part, &mut self.problems);
        let row = self.rows.again(place)?;
        let before = problems.count();
        let currency = self.currency;
        let status = standing(part, &row, problems);
        let price = Self::amount(part, &row, PRICE, currency, problems);
        // Whether a cancelled order was paid is not told here; the payments file tells it.
        let status = match status {
            Some(Some(Standing::Cancelled)) if part.format.key == "pretix-positions" && !has_payments => Some(None),
            other => other,
        };
        if status == Some(None) {
            tally.skip(Reason::Status(row.get(STATUS).to_owned()), price.unwrap_or(0));
            // It may have stood when it was taken in.
            let booking = booking_of(&row, bookings);
            bookings[booking].void.get_or_insert_with(|| row.get(STATUS).to_owned());
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
        if self.until.is_some_and(|until| date > until) {
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

    pub(super) fn payment(
        &mut self,
        place: Place,
        bookings: &mut Vec<Booking>,
        tally: &mut Registered,
    ) -> Result<(), IntakeError> {
        let (part, problems) = (self.part, &mut self.problems);
        let row = self.rows.again(place)?;
        let status = meaning(part, &row, STATUS, problems);
        let amount = Self::amount(part, &row, AMOUNT, self.currency, problems);
        let same = Self::same_currency(part, &row, self.currency, problems);
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
        if self.until.is_some_and(|until| date > until) {
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
