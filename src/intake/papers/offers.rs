//! What an event sells, in bulk: tickets and packages, a row a price or a package.

use super::super::table::Table;
use super::super::{IntakeError, SourceFile};
use super::{Filed, Filing, columns, says_yes, whole};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::conference::{Benefit, Fact, ItemKind, Package, Price, TicketType};
use crate::ledger::Slug;

/// The columns of a tickets file. Rows of one ticket stand together: a row a price.
pub const TICKET_COLUMNS: [&str; 10] =
    ["event", "ticket", "name", "kind", "price", "until", "first", "tier", "activity", "tax"];

/// The columns of a packages file. Benefits are written `Booth=800.00; Workshop=500.00`.
pub const PACKAGE_COLUMNS: [&str; 11] =
    ["event", "package", "name", "price", "limit", "passes", "pass", "benefits", "exchange", "halved", "tax"];

/// Imports a file of tickets.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_tickets<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&TICKET_COLUMNS, 5))?;
    let mut filing = Filing::begin(writer, file, "tickets")?;
    let mut tickets: Vec<(u64, TicketType)> = Vec::new();
    while let Some(row) = table.next(&mut filing.problems)? {
        let before = filing.problems.count();
        let event = filing.event(&row, 0).flatten();
        let code = row.parse(1, &mut filing.problems, str::parse::<Slug>);
        let kind = row.parse(3, &mut filing.problems, str::parse::<ItemKind>);
        let amount = filing.minor(&row, 4);
        let until = row.parse_filled(5, &mut filing.problems, str::parse::<Date>);
        let first = row.parse_filled(6, &mut filing.problems, whole);
        let [tier, activity, tax] =
            [7, 8, 9].map(|column| row.parse_filled(column, &mut filing.problems, str::parse::<Slug>).flatten());
        let (Some(event), Some(code), Some(kind)) = (event, code, kind) else { continue };
        let (Some(amount), Some(until), Some(first)) = (amount, until, first) else { continue };
        if filing.problems.count() > before {
            continue;
        }
        let price = Price { amount, until, first };
        match tickets.last_mut() {
            Some((_, ticket)) if (ticket.event, ticket.code) == (event, code) => ticket.prices.push(price),
            _ => {
                let (name, prices) = (row.get(2).to_owned(), vec![price]);
                tickets.push((row.line, TicketType { event, code, name, kind, tier, activity, tax, prices }));
            }
        }
    }
    for (line, ticket) in tickets {
        filing.filed.documents += 1;
        if filing.writer.setup()?.conference().ticket(ticket.event, ticket.code) == Ok(&ticket) {
            filing.filed.known += 1;
        } else if filing.happen(line, |_| Ok(Fact::Ticket(ticket)))? {
            filing.filed.added += 1;
        }
    }
    filing.finish()
}

/// Imports a file of packages.
///
/// # Errors
/// As [`import_tickets`].
pub fn import_packages<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&PACKAGE_COLUMNS, 4))?;
    let mut filing = Filing::begin(writer, file, "packages")?;
    while let Some(row) = table.next(&mut filing.problems)? {
        let before = filing.problems.count();
        let event = filing.event(&row, 0).flatten();
        let code = row.parse(1, &mut filing.problems, str::parse::<Slug>);
        let price = filing.minor(&row, 3);
        let limit = row.parse_filled(4, &mut filing.problems, whole);
        let passes = row.parse_filled(5, &mut filing.problems, whole);
        let [pass, tax] = [6, 10].map(|column| row.parse_filled(column, &mut filing.problems, str::parse::<Slug>));
        let currency = filing.currency;
        let benefits = row.parse(7, &mut filing.problems, |text| {
            let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| benefit(part, currency)).collect::<Result<Vec<_>, String>>()
        });
        let exchange = says_yes(&row, 8, &mut filing.problems);
        let halved = says_yes(&row, 9, &mut filing.problems);
        let (Some(event), Some(code), Some(price), Some(benefits)) = (event, code, price, benefits) else { continue };
        if filing.problems.count() > before {
            continue;
        }
        let package = Package {
            event,
            code,
            name: row.get(2).to_owned(),
            price,
            limit: limit.flatten(),
            passes: passes.flatten().unwrap_or(0),
            pass: pass.flatten(),
            benefits,
            exchange: exchange.unwrap_or(false),
            halved: halved.unwrap_or(false),
            tax: tax.flatten(),
        };
        filing.filed.documents += 1;
        if filing.writer.setup()?.conference().package(event, code) == Ok(&package) {
            filing.filed.known += 1;
        } else if filing.happen(row.line, |_| Ok(Fact::Package(package)))? {
            filing.filed.added += 1;
        }
    }
    filing.finish()
}

fn benefit(part: &str, currency: crate::money::Currency) -> Result<Benefit, String> {
    use crate::money::{DecimalMark, Money};
    let (name, value) = part.rsplit_once('=').ok_or_else(|| format!("`{part}` is not NAME=VALUE"))?;
    let value = Money::parse(value, currency, DecimalMark::Point).map_err(|error| error.to_string())?;
    Ok(Benefit::typed(name, value.minor()))
}
