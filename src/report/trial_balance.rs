//! The trial balance: every account that has postings, its own postings only.

use std::collections::BTreeMap;

use super::engine::{covered, nothing};
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Balance, Books, Store};
use crate::ledger::Coordinate;

/// Balance (debit positive), debits, credits and postings of every account within the window; with periods to compare,
/// the balance of each. A row's key is the account's full name; accounts whose balance is zero are there too.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn trial_balance<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    if request.audience != Audience::Treasurer {
        return Err(ReportError::TreasurerOnly { statement: "trial-balance".to_owned(), audience: request.audience });
    }
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let mut windows = vec![request.window];
    windows.extend(request.compare.iter().map(|compare| compare.window));
    let mut sums: BTreeMap<(usize, &str), Vec<Balance>> = BTreeMap::new();
    for (i, window) in windows.iter().enumerate() {
        let compare = i.checked_sub(1).map(|i| &request.compare[i]);
        for (number, balance) in books.balances(*window)? {
            let takes = |at: &Coordinate| compare.map_or_else(|| request.takes(at), |c| c.takes(request, at));
            let Some(at) = coordinates.get(&number).filter(|at| takes(at)) else { continue };
            let Some(account) = setup.account_numbered(at.account) else { continue };
            let place = (account.kind as usize, account.name.as_str());
            let sum = &mut sums.entry(place).or_insert_with(|| vec![Balance::default(); windows.len()])[i];
            *sum = sum.plus(balance);
        }
    }
    let mut total = vec![Balance::default(); windows.len()];
    let mut rows = Vec::with_capacity(sums.len() + 1);
    for ((_, name), balances) in &sums {
        total.iter_mut().zip(balances).for_each(|(sum, one)| *sum = sum.plus(*one));
        rows.push(Row::plain(*name, *name, 0, RowKind::Line, cells(balances)));
    }
    rows.push(Row::plain("total", "Total", 0, RowKind::Total, cells(&total)));
    let postings = covered(books, request, windows)?;
    let mut notes = vec!["Debits are positive, credits negative.".to_owned()];
    notes.extend(nothing(books, request, postings)?);
    Ok(Statement {
        key: "trial-balance".to_owned(),
        title: "Trial balance".to_owned(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(request.window),
        audience: request.audience,
        currency: setup.currency(),
        columns: columns(request),
        rows,
        notes,
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// One period in detail, or the balance of each period.
fn columns(request: &Request) -> Vec<Column> {
    if request.compare.is_empty() {
        return vec![
            Column::new("balance", "Balance", ColumnKind::Money),
            Column::new("debit", "Debit", ColumnKind::Money),
            Column::new("credit", "Credit", ColumnKind::Money),
            Column::new("postings", "Postings", ColumnKind::Count),
        ];
    }
    let label = request.label.clone().unwrap_or_else(|| request.window.to_string());
    let first = Column::new("balance", label, ColumnKind::Money);
    let others = request.compare.iter().enumerate();
    let others = others.map(|(i, c)| Column::new(format!("compare-{}", i + 1), &c.label, ColumnKind::Money));
    std::iter::once(first).chain(others).collect()
}

/// The cells under [`columns`] for the balances of each period.
fn cells(balances: &[Balance]) -> Vec<Cell> {
    match balances {
        [Balance { debit, credit, postings }] => {
            vec![Cell::Money(debit - credit), Cell::Money(*debit), Cell::Money(*credit), Cell::Count(*postings)]
        }
        several => several.iter().map(|balance| Cell::Money(balance.net())).collect(),
    }
}
