//! What free speakers would cost at most, from counts and list prices: for readers who may not see what single people
//! paid. Every figure follows from counts on the page and from the public price list, so that it tells no more than
//! these do; the exact comparison is a replay, and the treasurer's.

use std::collections::BTreeMap;

use super::event_figures::{Admissions, each};
use super::event_summary::the_event;
use super::statement::{Behind, Cell, Column, ColumnKind, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, Store};
use crate::conference::ItemKind;

/// The column of counts: all else follows from it and the price list.
const NUMBER: usize = 0;

/// The estimate for one event.
///
/// # Errors
/// [`ReportError::OneEvent`], or what the books cannot read.
pub fn free_speakers<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let event = the_event(request, "free-speakers")?;
    let setup = books.setup()?;
    let all = books.tallies()?;
    let all: Vec<Admissions> = all.iter().filter_map(|(key, n, net)| Admissions::of(event, key, *n, *net)).collect();
    let speaks = |a: &Admissions| a.is_confirmed() && a.pays() && a.speaks();
    let mut by_ticket: BTreeMap<&str, i64> = BTreeMap::new();
    for admissions in all.iter().filter(|a| speaks(a)) {
        *by_ticket.entry(&admissions.ticket).or_default() += admissions.count;
    }
    let mut rows: Vec<Row> = Vec::new();
    let (mut speakers, mut most, mut parts) = (0, 0, Vec::new());
    for ticket in setup.conference().tickets(event).filter(|ticket| ticket.kind == ItemKind::Admission) {
        let Some(count) = by_ticket.get(ticket.code.as_str()).copied() else { continue };
        let together = i128::from(ticket.regular_price()) * i128::from(count);
        let crowds = Admissions::crowds(&all, event, |a| speaks(a) && a.ticket == ticket.code.as_str());
        let cells = vec![Cell::Count(count), Cell::Money(i128::from(ticket.regular_price())), Cell::Money(together)];
        let mut row = Row::plain(ticket.code.as_str(), ticket.name.clone(), 1, RowKind::Line, cells);
        row.behind = vec![Behind::People(crowds), Behind::Nobody, Behind::Figures(vec![(rows.len(), NUMBER)])];
        parts.push((rows.len(), NUMBER));
        rows.push(row);
        speakers += count;
        most += together;
    }
    let cells = vec![Cell::Count(speakers), Cell::Empty, Cell::Money(most)];
    let mut row = Row::plain("total", "Speakers who pay", 0, RowKind::Total, cells);
    row.behind =
        vec![Behind::People(Admissions::crowds(&all, event, speaks)), Behind::Nobody, Behind::Figures(parts.clone())];
    rows.push(row);
    let others = |a: &Admissions| a.is_confirmed() && a.pays() && !a.speaks();
    let paying: i64 = all.iter().filter(|a| others(a)).map(|a| a.count).sum();
    let cells = vec![Cell::Count(paying), Cell::Empty, each(most, paying).map_or(Cell::Empty, Cell::Money)];
    let mut row = Row::plain("each", "Others who pay, and what each would bear", 1, RowKind::Line, cells);
    parts.push((rows.len(), NUMBER));
    row.behind = vec![Behind::People(Admissions::crowds(&all, event, others)), Behind::Nobody, Behind::Figures(parts)];
    rows.push(row);
    Ok(Statement {
        key: "free-speakers".to_owned(),
        title: "What free speakers would cost at most".to_owned(),
        entity: setup.entity().to_owned(),
        events: vec![event.to_string()],
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns: vec![
            Column::new("number", "Number", ColumnKind::Count),
            Column::new("price", "List price", ColumnKind::Money),
            Column::new("together", "Together", ColumnKind::Money),
        ],
        rows,
        notes: vec![
            "From the counts on this page and the price list. Early prices and discounts make it less, and fees are \
             saved: `bursar what-if` replays what each has paid, for the treasurer."
                .to_owned(),
        ],
        covers: None,
    })
}
