//! The trial balance: every account that has postings, its own postings only.

use std::collections::BTreeMap;

use super::engine::{covered, nothing};
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Balance, Books, Store};
use crate::ledger::AccountNo;

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
    windows.extend(request.compare.iter().map(|(_, window)| *window));
    let mut sums: BTreeMap<(usize, &str), (AccountNo, Vec<Wide>)> = BTreeMap::new();
    for (i, window) in windows.iter().enumerate() {
        for (number, balance) in books.balances(*window)? {
            let Some(at) = coordinates.get(&number).filter(|at| request.takes(at)) else { continue };
            let Some(account) = setup.account_numbered(at.account) else { continue };
            let place = (account.kind as usize, account.name.as_str());
            let entry = sums.entry(place).or_insert_with(|| (account.number, vec![Wide::default(); windows.len()]));
            entry.1[i].add(balance);
        }
    }
    let postings = covered(books, request, windows.clone())?;
    let comparing = windows.len() > 1;
    let columns = if comparing {
        let labels = request.compare.iter().enumerate();
        let first = Column::new(
            "balance",
            request.label.clone().unwrap_or_else(|| request.window.to_string()),
            ColumnKind::Money,
        );
        let rest = labels.map(|(i, (label, _))| Column::new(format!("compare-{}", i + 1), label, ColumnKind::Money));
        std::iter::once(first).chain(rest).collect()
    } else {
        vec![
            Column::new("balance", "Balance", ColumnKind::Money),
            Column::new("debit", "Debit", ColumnKind::Money),
            Column::new("credit", "Credit", ColumnKind::Money),
            Column::new("postings", "Postings", ColumnKind::Count),
        ]
    };
    let cells = |wide: &[Wide]| -> Vec<Cell> {
        if comparing {
            wide.iter().map(|w| Cell::Money(w.debit - w.credit)).collect()
        } else {
            let Wide { debit, credit, postings } = wide[0];
            vec![Cell::Money(debit - credit), Cell::Money(debit), Cell::Money(credit), Cell::Count(postings)]
        }
    };
    let mut total = vec![Wide::default(); windows.len()];
    let mut rows = Vec::with_capacity(sums.len() + 1);
    for ((_, name), (_, wide)) in &sums {
        for (sum, one) in total.iter_mut().zip(wide) {
            sum.debit += one.debit;
            sum.credit += one.credit;
            sum.postings += one.postings;
        }
        rows.push(Row::plain(*name, *name, 0, RowKind::Line, cells(wide)));
    }
    rows.push(Row::plain("total", "Total", 0, RowKind::Total, cells(&total)));
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
        columns,
        rows,
        notes,
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// A balance wide enough for the sum of all accounts.
#[derive(Clone, Copy, Default)]
struct Wide {
    debit: i128,
    credit: i128,
    postings: i64,
}

impl Wide {
    fn add(&mut self, balance: Balance) {
        self.debit += balance.debit;
        self.credit += balance.credit;
        self.postings += balance.postings;
    }
}
