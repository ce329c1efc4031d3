//! What is owed to the organisation and by it: open documents, tied to the ledger. The treasurer's only.

use super::journal::{Names, treasurer_only};
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, DocumentFilter, Store};
use crate::calendar::ALL_DAYS;
use crate::conference::{Document, DocumentKind};

/// Accounts that open documents add up to, by code.
pub(super) const RECEIVABLES: [&str; 3] = ["1210", "1220", "1310"];
pub(super) const PAYABLES: [&str; 4] = ["2010", "2030", "2110", "2120"];

/// Documents that something is owed for to the organisation.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn receivables<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let open = |document: &Document| document.open().0;
    open_items(books, request, ("receivables", "Open receivables"), &RECEIVABLES, 1, open)
}

/// Documents that the organisation owes for.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn payables<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let open = |document: &Document| document.open().1;
    open_items(books, request, ("payables", "Open payables"), &PAYABLES, -1, open)
}

fn open_items<S: Store>(
    books: &Books<S>,
    request: &Request,
    (key, title): (&str, &str),
    accounts: &[&str],
    sign: i128,
    open: fn(&Document) -> i64,
) -> Result<Statement, ReportError> {
    treasurer_only(key, request)?;
    let setup = books.setup()?;
    let mut names = Names::default();
    let (mut rows, mut total) = (Vec::new(), 0);
    let wanted = |document: &Document| {
        request.events.is_empty() || document.event().is_some_and(|event| request.events.contains(&event))
    };
    books.documents(DocumentFilter::Open, &mut |document| {
        let minor = i128::from(open(&document));
        if minor == 0 || !wanted(&document) {
            return Ok(());
        }
        total += minor;
        let (date, due) = dates(&document);
        let cells = vec![
            Cell::Text(names.party(books, document.party())?),
            document.event().map_or(Cell::Empty, |event| Cell::Text(event.to_string())),
            Cell::Date(date),
            due.map_or(Cell::Empty, Cell::Date),
            Cell::Money(minor),
        ];
        let label = document.id().to_string();
        rows.push(Row::plain(label.clone(), label, 0, RowKind::Line, cells));
        Ok(())
    })?;
    let coordinates = books.coordinates()?;
    let mut ledger = 0;
    for (number, balance) in books.balances(ALL_DAYS)? {
        let Some(at) = coordinates.get(&number).filter(|at| request.takes(at)) else { continue };
        let code = setup.account_numbered(at.account).and_then(|account| account.code.as_deref());
        if code.is_some_and(|code| accounts.contains(&code)) {
            ledger += sign * balance.net();
        }
    }
    let blank = || vec![Cell::Empty; 4];
    if ledger != total {
        let mut cells = blank();
        cells.push(Cell::Money(ledger - total));
        rows.push(Row::plain("by-hand", "Entries by hand and imports", 0, RowKind::Line, cells));
    }
    let mut cells = blank();
    cells.push(Cell::Money(ledger));
    rows.push(Row::plain("total", "As the ledger has it", 0, RowKind::Total, cells));
    let columns = vec![
        Column::new("party", "Party", ColumnKind::Text),
        Column::new("event", "Event", ColumnKind::Text),
        Column::new("date", "Date", ColumnKind::Date),
        Column::new("due", "Due", ColumnKind::Date),
        Column::new("amount", "Amount", ColumnKind::Money),
    ];
    let postings = super::engine::covered(books, request, vec![ALL_DAYS])?;
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
        notes: vec![format!("The ledger accounts are {}.", accounts.join(", "))],
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

pub(super) fn dates(document: &Document) -> (crate::calendar::Date, Option<crate::calendar::Date>) {
    debug_assert!(document.id().kind != DocumentKind::Gift, "a gift is never open");
    match document {
        Document::Order(d) => (d.date, None),
        Document::Sponsorship(d) => (d.date, None),
        Document::Contract(d) => (d.date, None),
        Document::Bill(d) => (d.date, d.due),
        Document::Claim(d) => (d.date, None),
        Document::Application(d) => (d.date, None),
        Document::Invoice(d) => (d.date, d.due),
        Document::CreditNote(d) => (d.date, None),
        Document::Gift(d) => (d.paid.date, None),
    }
}
