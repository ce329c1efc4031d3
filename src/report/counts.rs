//! Reports that count documents: registrations, sponsorship, passes, aid. They read tallies, so their time does not
//! grow with the number of admissions.

use std::collections::BTreeMap;

use super::event_figures::Admissions;
use super::event_summary::the_event;
use super::statement::{Behind, Cell, Column, ColumnKind, Crowd, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::calendar::ALL_DAYS;
use crate::conference::{Document, DocumentKind, TallyKey};
use crate::ledger::Slug;

fn statement<S: Store>(
    books: &Books<S>,
    request: &Request,
    (key, title): (&str, &str),
    columns: Vec<Column>,
    rows: Vec<Row>,
    notes: Vec<String>,
) -> Result<Statement, BooksError> {
    let setup = books.setup()?;
    Ok(Statement {
        key: key.to_owned(),
        title: title.to_owned(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns,
        rows,
        notes,
        covers: None,
    })
}

fn money(minor: i128) -> Cell {
    Cell::Money(minor)
}

/// A row of counts, with whose they are.
fn counted(key: &str, label: &str, kind: RowKind, behind: Vec<Behind>, cells: Vec<Cell>) -> Row {
    let mut row = Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells);
    row.behind = behind;
    row
}

fn heading(rows: &mut Vec<Row>, key: &str, label: &str, columns: usize) {
    rows.push(Row::plain(key, label, 0, RowKind::Heading, vec![Cell::Empty; columns]));
}

/// Tallies of a kind and event, with the words of their keys.
fn tallies<S: Store>(books: &Books<S>, kind: &str, event: Slug) -> Result<Vec<(Vec<String>, i64, i128)>, BooksError> {
    let of = |key: &TallyKey| key.kind == kind && key.event == Some(event);
    let all = books.tallies()?.into_iter().filter(|(key, ..)| of(key));
    Ok(all.map(|(key, count, minor)| (key.key.split('|').map(str::to_owned).collect(), count, minor)).collect())
}

/// Registrations by ticket, tier, role, state and payer.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn registrations<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "registrations")?;
    let all = books.tallies()?;
    let all: Vec<Admissions> = all.iter().filter_map(|(key, n, net)| Admissions::of(event, key, *n, *net)).collect();
    let mut rows = Vec::new();
    type Word = fn(&Admissions) -> &str;
    let sections: [(&str, &str, Word); 5] = [
        ("state", "By state", |a| &a.state),
        ("ticket", "Confirmed, by ticket", |a| &a.ticket),
        ("tier", "Confirmed, by tier", |a| &a.tier),
        ("role", "Confirmed, by role", |a| &a.role),
        ("payer", "Confirmed, by who pays", |a| &a.payer),
    ];
    let mut total = (0, 0);
    for (key, label, word) in sections {
        heading(&mut rows, key, label, 2);
        let mut groups: BTreeMap<&str, (i64, i128)> = BTreeMap::new();
        let is_shown = |a: &Admissions| key == "state" || a.is_confirmed();
        for admissions in all.iter().filter(|a| is_shown(a)) {
            let sum = groups.entry(word(admissions)).or_default();
            *sum = (sum.0 + admissions.count, sum.1 + admissions.net);
        }
        for (group, (count, net)) in groups {
            let shown = if group.is_empty() { "none" } else { group };
            let cells = vec![Cell::Count(count), money(net)];
            let crowds = Admissions::crowds(&all, event, |a| is_shown(a) && word(a) == group);
            let behind = vec![Behind::People(crowds), Behind::Treasurer];
            rows.push(counted(&format!("{key}:{shown}"), shown, RowKind::Line, behind, cells));
            if key == "role" {
                total = (total.0 + count, total.1 + net);
            }
        }
    }
    let cells = vec![Cell::Count(total.0), money(total.1)];
    let crowds = Admissions::crowds(&all, event, Admissions::is_confirmed);
    let behind = vec![Behind::People(crowds), Behind::Treasurer];
    rows.push(counted("total", "Confirmed", RowKind::Total, behind, cells));
    let mut notes = Vec::new();
    let exceptions: i64 = tallies(books, "waiver", event)?
        .iter()
        .filter(|(words, ..)| words.get(1).is_some_and(|word| word == "exception"))
        .map(|(_, count, _)| count)
        .sum();
    // A figure in a note cannot be withheld: a preview does without.
    if request.audience == Audience::Treasurer {
        if exceptions > 0 {
            notes.push(format!("{exceptions} of them by a recorded exception to the policy."));
        }
        notes.push(concessions(books, event)?);
    }
    let columns =
        vec![Column::new("number", "Number", ColumnKind::Count), Column::new("net", "Net", ColumnKind::Money)];
    Ok(statement(books, request, ("registrations", "Registrations"), columns, rows, notes)?)
}

/// List value, waivers and ticket aid of an event, as the note that net revenue needs.
fn concessions<S: Store>(books: &Books<S>, event: Slug) -> Result<String, BooksError> {
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let (mut list, mut waived, mut aid) = (0, 0, 0);
    for (number, balance) in books.balances(ALL_DAYS)? {
        let Some(at) = coordinates.get(&number).filter(|at| at.event == Some(event)) else { continue };
        match setup.account_numbered(at.account).and_then(|account| account.code.as_deref()) {
            Some("4010" | "2210" | "4040" | "2220") => list -= balance.net(),
            Some("4020" | "2250") => waived += balance.net(),
            Some("4030" | "2260") => aid += balance.net(),
            _ => {}
        }
    }
    let shown = |minor: i128| setup.currency().format_grouped(minor);
    Ok(format!(
        "List value of registrations and tutorials {}, of which waived {}, ticket aid {}, net {}.",
        shown(list),
        shown(waived),
        shown(aid),
        shown(list - waived - aid)
    ))
}

/// Sponsorship by package.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn sponsorship<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "sponsorship")?;
    let setup = books.setup()?;
    #[derive(Default)]
    struct Sum {
        number: i64,
        exchange: i128,
        gift: i128,
        received: i128,
        open: i128,
    }
    let mut groups: BTreeMap<String, Sum> = BTreeMap::new();
    let filter = DocumentFilter::Event(event, DocumentKind::Sponsorship, None, usize::MAX >> 1);
    books.documents(filter, &mut |document| {
        let Document::Sponsorship(sponsorship) = document else { return Ok(()) };
        if !sponsorship.cancelled {
            let package = sponsorship.package.map_or_else(|| "(no package)".to_owned(), |package| package.to_string());
            let sum = groups.entry(package).or_default();
            sum.number += 1;
            sum.exchange += i128::from(sponsorship.exchange);
            sum.gift += i128::from(sponsorship.gift);
            sum.received += i128::from(sponsorship.received);
            sum.open += i128::from(sponsorship.outstanding());
        }
        Ok(())
    })?;
    let mut rows = Vec::new();
    let mut total = Sum::default();
    let cells = |sum: &Sum, limit: Cell| {
        let amounts = [sum.exchange, sum.gift, sum.exchange + sum.gift, sum.received, sum.open].map(money);
        [Cell::Count(sum.number), limit].into_iter().chain(amounts).collect::<Vec<_>>()
    };
    for (package, sum) in &groups {
        let known = setup.conference().packages(event).find(|known| known.code.as_str() == package);
        let label = known.map_or(package.as_str(), |known| known.name.as_str());
        let limit = known.and_then(|known| known.limit).map_or(Cell::Empty, Cell::Count);
        rows.push(counted(package, label, RowKind::Line, sponsors_behind(), cells(sum, limit)));
        total.number += sum.number;
        total.exchange += sum.exchange;
        total.gift += sum.gift;
        total.received += sum.received;
        total.open += sum.open;
    }
    rows.push(counted("total", "Total", RowKind::Total, sponsors_behind(), cells(&total, Cell::Empty)));
    let columns = vec![
        Column::new("number", "Number", ColumnKind::Count),
        Column::new("limit", "Limit", ColumnKind::Count),
        Column::new("exchange", "For benefits", ColumnKind::Money),
        Column::new("gift", "Contribution", ColumnKind::Money),
        Column::new("agreed", "Agreed", ColumnKind::Money),
        Column::new("received", "Received", ColumnKind::Money),
        Column::new("open", "Open", ColumnKind::Money),
    ];
    Ok(statement(books, request, ("sponsorship", "Sponsorship by package"), columns, rows, Vec::new())?)
}

/// Who sponsors is public, and so is how many do; what they agreed to is theirs.
fn sponsors_behind() -> Vec<Behind> {
    let amounts = std::iter::repeat_n(Behind::Treasurer, 5);
    [Behind::Nobody, Behind::Nobody].into_iter().chain(amounts).collect()
}

/// Sponsors' passes by package: granted, used, left.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn passes<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "passes")?;
    let mut groups: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (words, count, _) in tallies(books, "pass", event)? {
        let [package, what] = words.as_slice() else { continue };
        let sum = groups.entry(package.clone()).or_default();
        if what == "granted" { sum.0 += count } else { sum.1 += count }
    }
    let setup = books.setup()?;
    let mut sponsors: BTreeMap<String, i64> = BTreeMap::new();
    for (words, count, _) in tallies(books, "sponsorship", event)? {
        *sponsors.entry(words.join("|")).or_default() += count;
    }
    let (mut rows, mut total, mut crowds, mut kept) = (Vec::new(), (0, 0), Vec::new(), 0);
    let cells =
        |(granted, used): (i64, i64)| vec![Cell::Count(granted), Cell::Count(used), Cell::Count(granted - used)];
    for (package, sum) in groups {
        let known = setup.conference().packages(event).find(|known| known.code.as_str() == package);
        let label = known.map_or(package.as_str(), |known| known.name.as_str());
        let label = if label.is_empty() { "(no package)" } else { label };
        let used = crowd(&format!("pass|{event}|{package}|used"), sum.1, false);
        let of = sponsors.get(&package).copied().unwrap_or(0);
        let behind = passes_behind(rows.len(), (of >= SPONSORS).then(|| vec![used.clone()]));
        kept += if of < SPONSORS { of } else { 0 };
        rows.push(counted(&package, label, RowKind::Line, behind, cells(sum)));
        crowds.push(used);
        total = (total.0 + sum.0, total.1 + sum.1);
    }
    // What is kept of packages must not be what is left of the total.
    let behind = passes_behind(rows.len(), (kept == 0 || kept >= SPONSORS).then_some(crowds));
    rows.push(counted("total", "Total", RowKind::Total, behind, cells(total)));
    let columns = ["Granted", "Used", "Left"];
    let columns = columns.map(|label| Column::new(label.to_lowercase(), label, ColumnKind::Count));
    Ok(statement(books, request, ("passes", "Sponsors' passes"), columns.to_vec(), rows, Vec::new())?)
}

/// The fewest sponsors whose use of passes is told together: what one of them made of its package is its own.
const SPONSORS: i64 = 3;

/// What packages grant is public; who used a pass came, and is told where no single sponsor's use is.
fn passes_behind(row: usize, used: Option<Vec<Crowd>>) -> Vec<Behind> {
    let used = used.map_or(Behind::Treasurer, Behind::People);
    vec![Behind::Nobody, used, Behind::Figures(vec![(row, 1)])]
}

fn crowd(key: &str, count: i64, sensitive: bool) -> Crowd {
    Crowd { key: key.to_owned(), count, sensitive }
}

/// Aid: pools, applications, grants, ticket aid.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn aid<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "aid")?;
    let setup = books.setup()?;
    let mut rows = Vec::new();
    // By fund: given, promised.
    let mut funds: BTreeMap<String, (i128, i128)> = BTreeMap::new();
    for (key, label, kind) in [
        ("applications", "Applications (asked for)", "application"),
        ("grants", "Travel and lodging, offered or granted", "grant"),
        ("ticket-aid", "Ticket aid", "ticket-aid"),
    ] {
        heading(&mut rows, key, label, 2);
        let (mut number, mut sum, mut crowds) = (0, 0, Vec::new());
        for (words, count, minor) in tallies(books, kind, event)? {
            let of = crowd(&format!("{kind}|{event}|{}", words.join("|")), count, true);
            // The last word is the fund, but for applications, which ask for none.
            let (words, fund) = match words.split_last() {
                Some((fund, rest)) if kind != "application" => (rest, Some(fund)),
                _ => (words.as_slice(), None),
            };
            let shown = fund.map(|fund| format!(", fund {fund}")).unwrap_or_default();
            let label = format!("{}{shown}", words.join(", "));
            let behind = vec![Behind::People(vec![of.clone()]), Behind::Treasurer];
            let cells = vec![Cell::Count(count), money(minor)];
            rows.push(counted(&format!("{key}:{label}"), &label, RowKind::Line, behind, cells));
            crowds.push(of);
            number += count;
            sum += minor;
            if let Some(fund) = fund {
                let sums = funds.entry(fund.clone()).or_default();
                let offered = words.get(1).is_some_and(|word| word == "offered");
                *(if offered { &mut sums.1 } else { &mut sums.0 }) += minor;
            }
        }
        let cells = vec![Cell::Count(number), money(sum)];
        let behind = vec![Behind::People(crowds), Behind::Treasurer];
        rows.push(counted(&format!("total-{key}"), "Total", RowKind::Total, behind, cells));
    }
    let mut notes = Vec::new();
    let shown = |minor: i128| setup.currency().format_grouped(minor);
    // A figure in a note cannot be withheld: a preview does without.
    for pool in setup.conference().pools(event).filter(|_| request.audience == Audience::Treasurer) {
        let (given, promised) = funds.get(pool.fund.as_str()).copied().unwrap_or_default();
        let left = i128::from(pool.amount) - given - promised;
        let state = if left < 0 { format!("overspent by {}", shown(-left)) } else { format!("{} left", shown(left)) };
        notes.push(format!(
            "Pool from fund {}: {}; given {}, promised {}, {state}.",
            pool.fund,
            shown(i128::from(pool.amount)),
            shown(given),
            shown(promised)
        ));
    }
    let columns =
        vec![Column::new("number", "Number", ColumnKind::Count), Column::new("amount", "Amount", ColumnKind::Money)];
    Ok(statement(books, request, ("aid", "Financial aid"), columns, rows, notes)?)
}
