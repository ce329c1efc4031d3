//! What an event brings in and costs, in all and per head.

use std::collections::HashMap;

use super::event_figures::{EventFigures, Side, each};
use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Slice, Store};
use crate::calendar::ALL_DAYS;
use crate::conference::{Contract, Document, DocumentKind};
use crate::ledger::{Coordinate, CoordinateNo, Slug};

/// The one event that a report is about.
pub(super) fn the_event(request: &Request, statement: &str) -> Result<Slug, ReportError> {
    match request.events.as_slice() {
        [event] => Ok(*event),
        _ => Err(ReportError::OneEvent { statement: statement.to_owned() }),
    }
}

/// The contracts of an event.
///
/// # Errors
/// What the books cannot read.
pub fn contracts_of<S: Store>(books: &Books<S>, event: Slug) -> Result<Vec<Contract>, BooksError> {
    let mut contracts = Vec::new();
    let filter = DocumentFilter::Event(event, DocumentKind::Contract, None, usize::MAX >> 1);
    books.documents(filter, &mut |document| {
        if let Document::Contract(contract) = document {
            contracts.push(contract);
        }
        Ok(())
    })?;
    Ok(contracts)
}

/// The figures of an event as the books hold them.
///
/// # Errors
/// What the books cannot read.
pub fn event_figures<S: Store>(books: &Books<S>, event: Slug) -> Result<EventFigures, BooksError> {
    let coordinates = books.coordinates()?;
    let balances = books.balances(ALL_DAYS)?;
    let balances = balances.iter().filter_map(|(number, balance)| Some((*coordinates.get(number)?, balance.net())));
    let tallies = books.tallies()?;
    let tallies = tallies.iter().map(|(key, count, amount)| (key, *count, *amount));
    EventFigures::compute(books.setup()?, event, balances, tallies, &contracts_of(books, event)?)
}

/// The summary of one event, over all days.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn event_summary<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "event-summary")?;
    let setup = books.setup()?;
    let figures = event_figures(books, event)?;
    let numbers: HashMap<Coordinate, CoordinateNo> =
        books.coordinates()?.into_iter().map(|(number, at)| (at, number)).collect();
    let behind = |places: &[Coordinate]| -> Behind {
        places.iter().filter_map(|at| numbers.get(at).map(|number| Slice::new(*number, ALL_DAYS))).collect()
    };
    let all = |side: Side| -> Behind {
        figures.lines.iter().filter(|line| line.side == side).flat_map(|line| behind(&line.places)).collect()
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut push = |key: &str, label: &str, kind: RowKind, cell: Cell, behind: Behind| {
        let mut row = Row::plain(key, label, u8::from(kind == RowKind::Line), kind, vec![Cell::Empty, cell]);
        row.behind = vec![Vec::new(), behind];
        rows.push(row);
    };
    for (side, heading, key, total) in
        [(Side::Revenue, "Revenue", "revenue", "Total revenue"), (Side::Cost, "Cost", "cost", "Total cost")]
    {
        push(key, heading, RowKind::Heading, Cell::Empty, Vec::new());
        for line in figures.lines.iter().filter(|line| line.side == side) {
            push(&line.key, &line.label, RowKind::Line, Cell::Money(line.minor), behind(&line.places));
        }
        let sum = match side {
            Side::Revenue => figures.total(side),
            Side::Cost => figures.cost(),
        };
        if side == Side::Cost && figures.to_come != 0 {
            let label = "Contracts, not billed yet";
            push("to-come", label, RowKind::Line, Cell::Money(figures.to_come), all(Side::Cost));
        }
        push(&format!("total-{key}"), total, RowKind::Total, Cell::Money(sum), all(side));
    }
    let everything: Behind = all(Side::Revenue).into_iter().chain(all(Side::Cost)).collect();
    push("result", "Result", RowKind::Total, Cell::Money(figures.result()), everything.clone());
    let (heads, (paying, paid)) = (figures.heads(), figures.paying());
    push("attendance", "Attendance", RowKind::Heading, Cell::Empty, Vec::new());
    let mut per = |key: &str, label: &str, number: Option<i64>, minor: Option<i128>, behind: Behind| {
        let cells = vec![number.map_or(Cell::Empty, Cell::Count), minor.map_or(Cell::Empty, Cell::Money)];
        let mut row = Row::plain(key, label, 1, RowKind::Line, cells);
        row.people = number;
        row.behind = vec![Vec::new(), behind];
        rows.push(row);
    };
    per("heads", "Admissions, confirmed", Some(heads), None, Vec::new());
    per("paying", "of which paid by the person or an employer", Some(paying), None, Vec::new());
    per("revenue-per-head", "Revenue per head", None, each(figures.total(Side::Revenue), heads), all(Side::Revenue));
    per("cost-per-head", "Cost per head", None, each(figures.cost(), heads), all(Side::Cost));
    per("price-per-paying", "Registration per paying attendee", None, each(paid, paying), all(Side::Revenue));
    per("result-per-paying", "Result per paying attendee", None, each(figures.result(), paying), everything.clone());
    per("break-even", "Paying attendees to break even", figures.break_even(), None, everything);
    let status = setup.conference().status(event);
    let mut notes = Vec::new();
    if status == crate::conference::EventStatus::Planned {
        notes.push(
            "The event has not been held: deferred revenue counts as what it will be, prepaid amounts as costs."
                .to_owned(),
        );
    }
    notes.push(
        "Break-even: each paying attendee at the average paid; other revenue and admissions stay; contracts cost per \
         head beyond their minimum."
            .to_owned(),
    );
    let postings = super::engine::covered(books, request, vec![ALL_DAYS])?;
    notes.extend(super::engine::nothing(books, request, postings)?);
    Ok(Statement {
        key: "event-summary".to_owned(),
        title: format!("Summary of {}", setup.event(event.as_str())?.name),
        entity: setup.entity().to_owned(),
        events: vec![event.to_string()],
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns: vec![
            Column::new("number", "Number", ColumnKind::Count),
            Column::new("amount", "Amount", ColumnKind::Money),
        ],
        rows,
        notes,
        covers: Some(Covers { postings, head: books.head()? }),
    })
}
