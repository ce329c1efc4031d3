//! What an event brings in and costs, in all and per head.

use std::collections::HashMap;

use super::event_figures::{Admissions, EventFigures, EventLine, Side, each};
use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Slice, Store, Term};
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

/// The postings of a line, positive as the line is.
pub(super) fn terms_of(line: &EventLine, numbers: &HashMap<Coordinate, CoordinateNo>) -> Vec<Term> {
    let factor = if line.side == Side::Cost { 1 } else { -1 };
    let places = line.places.iter().filter_map(|at| numbers.get(at));
    places.map(|number| Term { slice: Slice::new(*number, ALL_DAYS), factor }).collect()
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
    let mut rows: Vec<Row> = Vec::new();
    let mut push = |key: &str, label: &str, kind: RowKind, cell: Cell, behind: Option<Behind>| {
        let mut row = Row::plain(key, label, u8::from(kind == RowKind::Line), kind, vec![Cell::Empty, cell]);
        row.behind = behind.map_or_else(Vec::new, |behind| vec![Behind::Nobody, behind]);
        rows.push(row);
        rows.len() - 1
    };
    let (mut totals, mut result) = (Vec::new(), Vec::new());
    // What contracts will cost is no posting yet: neither it nor a sum with it is for other readers.
    let is_posted = figures.to_come == 0;
    for (side, heading, key, total) in
        [(Side::Revenue, "Revenue", "revenue", "Total revenue"), (Side::Cost, "Cost", "cost", "Total cost")]
    {
        push(key, heading, RowKind::Heading, Cell::Empty, None);
        let mut terms = Vec::new();
        for line in figures.lines.iter().filter(|line| line.side == side) {
            let of_line = terms_of(line, &numbers);
            let behind = Behind::Postings(of_line.clone());
            push(&line.key, &line.label, RowKind::Line, Cell::Money(line.minor), Some(behind));
            terms.extend(of_line);
        }
        let sum = match side {
            Side::Revenue => figures.total(side),
            Side::Cost => figures.cost(),
        };
        if side == Side::Cost && !is_posted {
            let label = "Contracts, not billed yet";
            push("to-come", label, RowKind::Line, Cell::Money(figures.to_come), None);
        }
        let sign = if side == Side::Revenue { 1 } else { -1 };
        result.extend(terms.iter().map(|term| Term { factor: sign * term.factor, ..*term }));
        let behind = (side == Side::Revenue || is_posted).then_some(Behind::Postings(terms));
        totals.push(push(&format!("total-{key}"), total, RowKind::Total, Cell::Money(sum), behind));
    }
    let behind = is_posted.then_some(Behind::Postings(result));
    let result = push("result", "Result", RowKind::Total, Cell::Money(figures.result()), behind);
    let (heads, (paying, paid)) = (figures.heads(), figures.paying());
    push("attendance", "Attendance", RowKind::Heading, Cell::Empty, None);
    let mut per = |key: &str, label: &str, cells: [Cell; 2], behind: Option<Behind>| {
        let mut row = Row::plain(key, label, 1, RowKind::Line, cells.to_vec());
        row.behind = behind.map_or_else(Vec::new, |behind| vec![behind.clone(), behind]);
        rows.push(row);
        rows.len() - 1
    };
    let count = |number: Option<i64>| [number.map_or(Cell::Empty, Cell::Count), Cell::Empty];
    let crowds = |wanted: fn(&Admissions) -> bool| {
        Some(Behind::People(Admissions::crowds(&figures.admissions, event, |a| a.is_confirmed() && wanted(a))))
    };
    let all_heads = per("heads", "Admissions, confirmed", count(Some(heads)), crowds(|_| true));
    let label = "of which paid by the person or an employer";
    let payers = per("paying", label, count(Some(paying)), crowds(Admissions::pays));
    let mut each_of = |key: &str, label: &str, minor: Option<i128>, of: Option<(usize, usize)>| {
        let behind = of.map(|(total, people)| Behind::Figures(vec![(total, 1), (people, 0)]));
        per(key, label, [Cell::Empty, minor.map_or(Cell::Empty, Cell::Money)], behind);
    };
    let revenue = each(figures.total(Side::Revenue), heads);
    each_of("revenue-per-head", "Revenue per head", revenue, Some((totals[0], all_heads)));
    each_of("cost-per-head", "Cost per head", each(figures.cost(), heads), Some((totals[1], all_heads)));
    // What those who pay have paid is no figure of its own: less than all of registration, it would tell of the others.
    each_of("price-per-paying", "Registration per paying attendee", each(paid, paying), None);
    let each_result = each(figures.result(), paying);
    each_of("result-per-paying", "Result per paying attendee", each_result, Some((result, payers)));
    per("break-even", "Paying attendees to break even", count(figures.break_even()), None);
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
