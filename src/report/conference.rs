//! What a conference is set up with, and what is written down beside its entries, as tables. The treasurer's only.

use super::ReportError;
use super::journal::{Names, account_name};
use super::lists::{sheet, text, text_columns};
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::conference::{Document, DocumentKind, Fact, ItemKind, Reader, Role, TallyKey, Transferred};
use crate::ledger::{FactNo, Slug};

fn money(minor: i64) -> Cell {
    Cell::Money(i128::from(minor))
}

fn optional<T: ToString>(value: Option<T>) -> Cell {
    value.map_or(Cell::Empty, text)
}

fn line(key: impl Into<String>, label: impl Into<String>, cells: Vec<Cell>) -> Row {
    Row::plain(key, label, 0, RowKind::Line, cells)
}

/// Events that are wanted: one, or all.
fn events<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Vec<Slug>, BooksError> {
    let all = books.setup()?.events().iter().map(|known| known.code);
    Ok(all.filter(|code| event.is_none_or(|event| *code == event)).collect())
}

fn none_yet(statement: &mut Statement, event: Option<Slug>) {
    if statement.rows.is_empty() {
        let of = event.map(|event| format!(" of {event}")).unwrap_or_default();
        statement.notes.push(format!("There are none{of} yet."));
    }
}

/// Tickets with their prices, and how many are sold.
///
/// # Errors
/// What the books cannot read.
pub fn ticket_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let currency = setup.currency();
    let mut rows = Vec::new();
    for code in events(books, event)? {
        for ticket in setup.conference().tickets(code) {
            let price = |price: &crate::conference::Price| {
                let amount = currency.format_grouped(i128::from(price.amount));
                let first = price.first.map(|first| format!(" for the first {first}")).unwrap_or_default();
                let until = price.until.map(|until| format!(" until {until}")).unwrap_or_default();
                format!("{amount}{first}{until}")
            };
            let prices = ticket.prices.iter().map(price).collect::<Vec<_>>().join(", ");
            let sold = books.store().tally(&TallyKey::sold(code, ticket.code))?.0;
            let cells = vec![
                text(code),
                text(&ticket.name),
                text(ticket.kind),
                optional(ticket.tier),
                text(prices),
                optional(ticket.tax),
                Cell::Count(sold),
            ];
            rows.push(line(ticket.code.as_str(), ticket.code.as_str(), cells));
        }
    }
    let mut columns = text_columns(&[
        ("event", "Event"),
        ("name", "Name"),
        ("kind", "Kind"),
        ("tier", "Tier"),
        ("price", "Price"),
        ("tax", "Tax"),
    ]);
    columns.push(Column::new("sold", "Sold", ColumnKind::Count));
    let mut statement = sheet(books, "tickets", "Tickets".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}

/// Discounts, and how often they were used.
///
/// # Errors
/// What the books cannot read.
pub fn discount_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let mut rows = Vec::new();
    for code in events(books, event)? {
        for discount in setup.conference().discounts(code) {
            let takes = match (discount.share, discount.amount) {
                (Some(share), _) => format!("{} %", (share * rust_decimal::Decimal::ONE_HUNDRED).normalize()),
                (None, amount) => setup.currency().format_grouped(i128::from(amount.unwrap_or(0))),
            };
            let tickets = discount.tickets.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ");
            let (used, amount) = books.store().tally(&TallyKey::discount(code, discount.code))?;
            let cells = vec![
                text(code),
                text(takes),
                optional(discount.until),
                text(tickets),
                discount.limit.map_or(Cell::Empty, Cell::Count),
                Cell::Count(used),
                Cell::Money(amount),
            ];
            rows.push(line(discount.code.as_str(), discount.code.as_str(), cells));
        }
    }
    let mut columns =
        text_columns(&[("event", "Event"), ("takes", "Takes off"), ("until", "Until"), ("tickets", "Only for")]);
    columns.push(Column::new("limit", "Limit", ColumnKind::Count));
    columns.push(Column::new("used", "Used", ColumnKind::Count));
    columns.push(Column::new("amount", "Taken off", ColumnKind::Money));
    let mut statement = sheet(books, "discounts", "Discounts".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}

/// Tax codes.
///
/// # Errors
/// What the books cannot read.
pub fn tax_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let percent =
        |share: rust_decimal::Decimal| format!("{} %", (share * rust_decimal::Decimal::ONE_HUNDRED).normalize());
    let rows = books.setup()?.conference().taxes().iter().map(|tax| {
        let cells = vec![
            text(&tax.name),
            text(tax.treatment),
            text(percent(tax.rate)),
            text(if tax.inclusive { "in the price" } else { "on top" }),
            text(percent(tax.recoverable)),
        ];
        line(tax.code.as_str(), tax.code.as_str(), cells)
    });
    let columns = text_columns(&[
        ("name", "Name"),
        ("treatment", "Treatment"),
        ("rate", "Rate"),
        ("inclusive", "Tax is"),
        ("recoverable", "Recoverable"),
    ]);
    let mut statement = sheet(books, "taxes", "Tax codes".to_owned(), columns, rows.collect())?;
    none_yet(&mut statement, None);
    Ok(statement)
}

/// Packages with what their benefits are worth, and how many are agreed.
///
/// # Errors
/// What the books cannot read.
pub fn package_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let mut rows = Vec::new();
    for code in events(books, event)? {
        for package in setup.conference().packages(code) {
            let value = package.value(setup.conference()).map_err(BooksError::Rule)?;
            let exchange = if package.exchange { package.price } else { value.min(package.price) };
            let agreed = books.store().tally(&TallyKey::new("sponsorship", Some(code), package.code.as_str()))?.0;
            let cells = vec![
                text(code),
                text(&package.name),
                money(package.price),
                Cell::Count(package.passes),
                money(exchange),
                money(package.price - exchange),
                package.limit.map_or(Cell::Empty, Cell::Count),
                Cell::Count(agreed),
            ];
            rows.push(line(package.code.as_str(), package.code.as_str(), cells));
        }
    }
    let columns = vec![
        Column::new("event", "Event", ColumnKind::Text),
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("price", "Price", ColumnKind::Money),
        Column::new("passes", "Passes", ColumnKind::Count),
        Column::new("exchange", "For benefits", ColumnKind::Money),
        Column::new("gift", "Contribution", ColumnKind::Money),
        Column::new("limit", "Limit", ColumnKind::Count),
        Column::new("agreed", "Agreed", ColumnKind::Count),
    ];
    let mut statement = sheet(books, "packages", "Packages".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}

/// All payments: for documents, back to buyers, between accounts.
///
/// # Errors
/// What the books cannot read.
pub fn payment_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let mut rows: Vec<(crate::calendar::Date, Row)> = Vec::new();
    let row = |number: FactNo, what: String, paid: &Transferred, sign: i64| {
        let cells = vec![text(what), text(paid.method), money(sign * paid.amount), money(paid.fee)];
        (paid.date, line(number.to_string(), paid.date.to_string(), cells))
    };
    let reversed = books.facts_taken_back()?;
    books.facts(&["order", "payment", "refund-paid", "gift", "charged-back", "payout"], &mut |number, _, fact| {
        let of_event = match (event, fact.document()) {
            (None, _) => true,
            (Some(event), Some(id)) => {
                books.store().document(id)?.is_some_and(|row| row.document.event() == Some(event))
            }
            (Some(_), None) => false,
        };
        if !of_event {
            return Ok(());
        }
        let what = fact.document().map(|id| id.to_string()).unwrap_or_default();
        let what = if reversed.contains(&number) { format!("{what}, reversed") } else { what };
        match &fact {
            Fact::Order(order) => {
                if let Some(paid) = &order.paid {
                    rows.push(row(number, what, paid, 1));
                }
            }
            Fact::Payment(payment) => {
                let incoming = matches!(payment.document.kind, DocumentKind::Order | DocumentKind::Sponsorship);
                rows.push(row(number, what, &payment.paid, if incoming { 1 } else { -1 }));
            }
            Fact::RefundPaid(refund) => {
                // A vendor gives a deposit back; to others it is we who do.
                let sign = if refund.document.kind == DocumentKind::Contract { 1 } else { -1 };
                rows.push(row(number, format!("{what}, back"), &refund.paid, sign));
            }
            Fact::Gift(gift) => rows.push(row(number, what, &gift.paid, 1)),
            Fact::ChargedBack(charged) => rows.push(row(number, format!("{what}, chargeback"), &charged.taken, -1)),
            Fact::Payout(payout) => {
                let setup = books.setup()?;
                let what = format!("{} → {}", account_name(setup, payout.from), account_name(setup, payout.to));
                let cells = vec![text(what), text("payout"), money(payout.amount), money(payout.fee)];
                rows.push((payout.date, line(number.to_string(), payout.date.to_string(), cells)));
            }
            _ => {}
        }
        Ok(())
    })?;
    rows.sort_by_key(|(date, _)| *date);
    let columns = vec![
        Column::new("for", "For", ColumnKind::Text),
        Column::new("method", "Method", ColumnKind::Text),
        Column::new("amount", "Amount", ColumnKind::Money),
        Column::new("fee", "Fee", ColumnKind::Money),
    ];
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let mut statement = sheet(books, "payments", "Payments".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}

/// What followed from a fact: its entries one by one, or (when there are many) their sums by account.
///
/// # Errors
/// What the books cannot read.
pub fn posted_sheet<S: Store>(books: &Books<S>, title: &str, fact: FactNo) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let numbers = books.store().entries_of(fact)?;
    let mut sums: std::collections::BTreeMap<String, (i128, i128)> = std::collections::BTreeMap::new();
    for number in &numbers {
        let Some(entry) = books.store().entry(*number)? else { continue };
        for posting in entry.postings {
            let sum = sums.entry(account_name(setup, posting.account)).or_default();
            let minor = i128::from(posting.amount);
            *sum = if minor >= 0 { (sum.0 + minor, sum.1) } else { (sum.0, sum.1 - minor) };
        }
    }
    let side = |minor: i128| if minor == 0 { Cell::Empty } else { Cell::Money(minor) };
    let rows = sums.into_iter().map(|(name, (debit, credit))| line(&name, &name, vec![side(debit), side(credit)]));
    let columns =
        vec![Column::new("debit", "Debit", ColumnKind::Money), Column::new("credit", "Credit", ColumnKind::Money)];
    let mut statement = sheet(books, "posted", title.to_owned(), columns, rows.collect())?;
    statement.notes.push(match (numbers.first(), numbers.last()) {
        (Some(first), Some(last)) if first != last => format!("{} entries, {first} to {last}.", numbers.len()),
        (Some(first), _) => format!("Entry {first}."),
        _ => "Nothing was to be posted.".to_owned(),
    });
    Ok(statement)
}

/// Every admission of an event: who, as what, and who pays; or, for the public, the names of those who agreed to it.
///
/// # Errors
/// What the books cannot read.
pub fn registration_list<S: Store>(
    books: &Books<S>,
    event: Slug,
    role: Option<Role>,
    public: bool,
) -> Result<Statement, ReportError> {
    let mut names = Names::default();
    let mut rows = Vec::new();
    let filter = DocumentFilter::Event(event, DocumentKind::Order, None, usize::MAX >> 1);
    books.documents(filter, &mut |document| {
        let Document::Order(order) = document else { return Ok(()) };
        for (i, item) in order.lines.iter().enumerate() {
            let wanted = item.item.kind == ItemKind::Admission
                && role.is_none_or(|role| item.item.role == Some(role))
                && (!public || (item.item.listed && item.is_confirmed()));
            let (true, Some(attendee)) = (wanted, item.item.attendee) else { continue };
            if public && books.is_forgotten(attendee) {
                // Not even a number: whoever asked to be forgotten no longer agrees to be listed.
                continue;
            }
            let name = names.party(books, attendee)?;
            let key = format!("{}.{}", order.code, i + 1);
            if public {
                rows.push(line(name.clone(), name, Vec::new()));
            } else {
                let cells = vec![
                    text(name),
                    optional(item.item.role),
                    optional(item.item.ticket),
                    text(item.item.payer),
                    text(item.state()),
                    money(item.gross()),
                ];
                rows.push(line(&key, &key, cells));
            }
        }
        Ok(())
    })?;
    let mut columns = Vec::new();
    if !public {
        columns = text_columns(&[
            ("name", "Name"),
            ("role", "Role"),
            ("ticket", "Ticket"),
            ("payer", "Paid by"),
            ("state", "State"),
        ]);
        columns.push(Column::new("price", "Price", ColumnKind::Money));
    }
    let title = if public { "Public list of attendees" } else { "Registrations" };
    if public {
        rows.sort_by(|a: &Row, b| a.label.cmp(&b.label));
    }
    let mut statement = sheet(books, "registration-list", format!("{title}, {event}"), columns, rows)?;
    none_yet(&mut statement, Some(event));
    if public {
        statement.notes.push("These people agreed to be listed. How many attend is another figure.".to_owned());
    }
    Ok(statement)
}

/// The lines of an event's budget, by version and account; the last said counts.
///
/// # Errors
/// What the books cannot read.
pub fn budget_list<S: Store>(books: &Books<S>, event: Slug) -> Result<Statement, ReportError> {
    let mut rows: Vec<Row> = Vec::new();
    books.facts(&["budget"], &mut |_, seq, fact| {
        let Fact::Budget(budget) = fact else { return Ok(()) };
        if budget.event != event {
            return Ok(());
        }
        let account = account_name(books.setup()?, budget.account);
        let key = format!("{} {account}", budget.version);
        let cells = vec![
            text(account),
            money(budget.amount),
            Cell::Date(budget.date),
            optional(books.text(seq, "approved by")?),
            optional(books.text(seq, "basis")?),
        ];
        rows.retain(|row| row.key != key);
        rows.push(line(key, budget.version.as_str(), cells));
        Ok(())
    })?;
    let columns = vec![
        Column::new("account", "Account", ColumnKind::Text),
        Column::new("amount", "Amount", ColumnKind::Money),
        Column::new("date", "Set on", ColumnKind::Date),
        Column::new("approved-by", "Approved by", ColumnKind::Text),
        Column::new("basis", "Basis", ColumnKind::Text),
    ];
    let mut statement = sheet(books, "budget", format!("Budget, {event}"), columns, rows)?;
    none_yet(&mut statement, Some(event));
    Ok(statement)
}

/// Hours that volunteers gave, by team.
///
/// # Errors
/// What the books cannot read.
pub fn hours_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let (mut rows, mut people, mut total) = (Vec::new(), 0_i64, 0_i64);
    books.facts(&["hours"], &mut |number, _, fact| {
        let Fact::Hours(hours) = fact else { return Ok(()) };
        if event.is_none_or(|event| hours.event == Some(event)) {
            people = people.saturating_add(hours.people);
            total = total.saturating_add(hours.hours);
            let cells = vec![
                optional(hours.event),
                Cell::Date(hours.date),
                Cell::Count(hours.people),
                Cell::Count(hours.hours),
            ];
            rows.push(line(number.to_string(), hours.team.as_str(), cells));
        }
        Ok(())
    })?;
    if !rows.is_empty() {
        let cells = vec![Cell::Empty, Cell::Empty, Cell::Count(people), Cell::Count(total)];
        rows.push(Row::plain("total", "Total", 0, RowKind::Total, cells));
    }
    let columns = vec![
        Column::new("event", "Event", ColumnKind::Text),
        Column::new("date", "Until", ColumnKind::Date),
        Column::new("people", "People", ColumnKind::Count),
        Column::new("hours", "Hours", ColumnKind::Count),
    ];
    let mut statement = sheet(books, "hours", "Volunteer hours".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}

/// Notes on events and figures.
///
/// # Errors
/// What the books cannot read.
pub fn note_list<S: Store>(books: &Books<S>, event: Option<Slug>) -> Result<Statement, ReportError> {
    let mut rows = Vec::new();
    books.facts(&["note"], &mut |number, seq, fact| {
        let Fact::Note(note) = fact else { return Ok(()) };
        if event.is_none_or(|event| note.event == Some(event)) {
            let account = note.account.map(|account| books.setup().map(|setup| account_name(setup, account)));
            let words = books.text(seq, "text")?.unwrap_or_else(|| "(erased)".to_owned());
            let on = account.transpose()?.or_else(|| note.on.map(|on| on.to_string()));
            let reader = match note.reader {
                Reader::Treasurer => "treasurer",
                Reader::Board => "board",
                Reader::Public => "public",
            };
            let cells = vec![optional(note.event), optional(on), text(reader), text(words)];
            rows.push(line(number.to_string(), note.date.to_string(), cells));
        }
        Ok(())
    })?;
    let columns = text_columns(&[("event", "Event"), ("account", "On"), ("for", "For"), ("text", "Note")]);
    let mut statement = sheet(books, "notes", "Notes".to_owned(), columns, rows)?;
    none_yet(&mut statement, event);
    Ok(statement)
}
