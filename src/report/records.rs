//! Rates, allocation rules and receipts as tables. The treasurer's only.

use super::journal::account_name;
use super::lists::{sheet, text, text_columns};
use super::receipts::receipt_files;
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Books, BooksError, Store};
use crate::conference::{AllocationRule, Fact};

/// Every rate that is known, in the order in which it was told.
///
/// # Errors
/// What the books cannot read.
pub fn rate_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let mut rows = Vec::new();
    books.facts(&["rate"], &mut |number, _, fact| {
        if let Fact::Rate(rate) = fact {
            let cells = vec![Cell::Date(rate.date), text(rate.rate)];
            rows.push(Row::plain(number.to_string(), rate.currency, 0, RowKind::Line, cells));
        }
        Ok(())
    })?;
    let columns = vec![Column::new("date", "Date", ColumnKind::Date), Column::new("rate", "Rate", ColumnKind::Text)];
    let currency = books.setup()?.currency();
    let mut statement = sheet(books, "rates", "Exchange rates".to_owned(), columns, rows)?;
    statement
        .notes
        .push(format!("{currency} for one unit; the latest on or before a day counts, of one day the one told last."));
    Ok(statement)
}

/// Rules that share costs.
///
/// # Errors
/// What the books cannot read.
pub fn allocation_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let rows = setup.conference().allocations().iter().map(|rule| {
        let accounts: Vec<String> = rule.accounts.iter().map(|number| account_name(setup, *number)).collect();
        let cells = vec![text(accounts.join(", ")), text(shares_of(rule)), text(&rule.basis)];
        Row::plain(rule.code.as_str(), rule.code.as_str(), 0, RowKind::Line, cells)
    });
    let columns = text_columns(&[("accounts", "Costs"), ("shares", "Shares"), ("basis", "By")]);
    Ok(sheet(books, "allocations", "Shared costs".to_owned(), columns, rows.collect())?)
}

/// How shared costs of a period were allocated, as a statement of functional expenses has to say (ASC 958-720-50-1).
pub(super) fn allocation_notes<S: Store>(books: &Books<S>, request: &Request) -> Result<Vec<String>, BooksError> {
    let setup = books.setup()?;
    let mut notes = Vec::new();
    books.facts(&["allocated"], &mut |number, _, fact| {
        let Fact::Allocated(done) = fact else { return Ok(()) };
        let Ok(rule) = setup.conference().allocation(done.rule) else { return Ok(()) };
        let mut undone = false;
        for entry in books.store().entries_of(number)? {
            undone |= books.entry(entry)?.reversed_by.is_some();
        }
        if undone || !request.window.contains(done.to) {
            return Ok(());
        }
        let total: i128 = done.costs.iter().map(|(_, minor)| i128::from(*minor)).sum();
        // A figure in a note cannot be withheld: others read the method alone.
        let amount = match request.audience {
            Audience::Treasurer => format!(" of {}", setup.currency().format_grouped(total)),
            Audience::Board | Audience::Public => String::new(),
        };
        notes.push(format!("Shared costs{amount} are allocated by {}: {}.", rule.basis, shares_of(rule)));
        Ok(())
    })?;
    Ok(notes)
}

/// Who gets which share of a rule's costs.
fn shares_of(rule: &AllocationRule) -> String {
    let shares = rule.shares.iter().map(|share| {
        let event = share.event.map(|event| format!(" {event}")).unwrap_or_default();
        let hundredths = (share.share * rust_decimal::Decimal::ONE_HUNDRED).normalize();
        format!("{}{event} {hundredths} %", share.function)
    });
    shares.collect::<Vec<_>>().join(", ")
}

/// Files that are attached to entries.
///
/// # Errors
/// What the books cannot read.
pub fn receipt_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let rows = receipt_files(books)?.into_iter().enumerate().map(|(i, file)| {
        let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
        let name = file.name.unwrap_or_else(|| "(erased)".to_owned());
        let cells = vec![text(name), Cell::Count(bytes), text(file.sha256)];
        Row::plain(format!("{}", i + 1), format!("#{}", file.entry), 0, RowKind::Line, cells)
    });
    let columns = vec![
        Column::new("name", "File", ColumnKind::Text),
        Column::new("bytes", "Bytes", ColumnKind::Count),
        Column::new("sha256", "SHA-256", ColumnKind::Text),
    ];
    Ok(sheet(books, "receipt-list", "Receipts".to_owned(), columns, rows.collect())?)
}
