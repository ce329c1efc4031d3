//! How deferred revenue came and went: opening, received or billed, given back, earned, closing. From the cube, which
//! knows what each amount came from.

use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, Slice, Store};
use crate::conference::Cause;
use crate::ledger::CoordinateNo;

/// Accounts of deferred revenue, by code; waivers and ticket aid are contra.
const DEFERRED: [&str; 7] = ["2210", "2220", "2230", "2240", "2250", "2260", "2270"];

const OPENING: usize = 0;
const ADDED: usize = 1;
const BACK: usize = 2;
const EARNED: usize = 3;
const CARRIED: usize = 4;
const OTHER: usize = 5;
const CLOSING: usize = 6;

/// Which column a movement belongs to.
fn column(cause: Cause) -> usize {
    match cause.word() {
        "order" | "payment" | "invoice" | "sponsorship" => ADDED,
        "cancelled" | "refund" | "event-cancelled" | "written-off" => BACK,
        "held" => EARNED,
        "carried" => CARRIED,
        _ => OTHER,
    }
}

/// The roll-forward of deferred revenue over a period.
///
/// # Errors
/// What the books cannot read.
pub fn deferred_revenue<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let account_of = |number: CoordinateNo| {
        let at = coordinates.get(&number).filter(|at| request.takes(at))?;
        let account = setup.account_numbered(at.account)?;
        let code = account.code.as_deref()?;
        DEFERRED.iter().position(|known| *known == code)
    };
    let mut sums = [[0_i128; 7]; DEFERRED.len()];
    let mut behind: Vec<Vec<Behind>> = vec![vec![Vec::new(); 7]; DEFERRED.len()];
    let mut add = |number: CoordinateNo, column: usize, minor: i128, window| {
        if let Some(row) = account_of(number) {
            sums[row][column] += minor;
            sums[row][CLOSING] += minor;
            behind[row][column].push(Slice::new(number, window));
            behind[row][CLOSING].push(Slice::new(number, window));
        }
    };
    if let Some(before) = request.window.before() {
        for (number, balance) in books.balances(before)? {
            add(number, OPENING, -balance.net(), before);
        }
    }
    for ((number, origin), balance) in books.movements(request.window)? {
        add(number, column(origin.cause), -balance.net(), request.window);
    }
    let mut rows = Vec::new();
    let mut total = [0_i128; 7];
    let mut behind_total: Vec<Behind> = vec![Vec::new(); 7];
    for (i, code) in DEFERRED.iter().enumerate() {
        let Some(account) = setup.find_account(code).filter(|_| sums[i].iter().any(|minor| *minor != 0)) else {
            continue;
        };
        let name = account.name.parts().last().unwrap_or_default().to_owned();
        let mut row = Row::plain(*code, name, 0, RowKind::Line, sums[i].iter().map(|m| Cell::Money(*m)).collect());
        for (column, behind) in behind[i].iter().enumerate() {
            total[column] += sums[i][column];
            behind_total[column].extend_from_slice(behind);
        }
        row.behind = std::mem::take(&mut behind[i]);
        rows.push(row);
    }
    let mut row = Row::plain("total", "Total", 0, RowKind::Total, total.iter().map(|m| Cell::Money(*m)).collect());
    row.behind = behind_total;
    rows.push(row);
    let labels = ["Opening", "Received or billed", "Given back", "Earned", "Carried", "Other", "Closing"];
    let keys = ["opening", "added", "given-back", "earned", "carried", "other", "closing"];
    let columns = keys.iter().zip(labels).map(|(key, label)| Column::new(*key, label, ColumnKind::Money));
    let postings = super::engine::covered(books, request, vec![request.window])?;
    Ok(Statement {
        key: "deferred-revenue".to_owned(),
        title: "Deferred revenue".to_owned(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(request.window),
        audience: request.audience,
        currency: setup.currency(),
        columns: columns.collect(),
        rows,
        notes: super::engine::nothing(books, request, postings)?.into_iter().collect(),
        covers: Some(Covers { postings, head: books.head()? }),
    })
}
