//! How long open documents have been open, and everything about one party. From the index of open documents and of a
//! party's postings: neither reads the journal. The treasurer's only.

use std::collections::BTreeMap;

use super::journal::{Names, account_name, treasurer_only};
use super::open_items::{PAYABLES, RECEIVABLES, dates};
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::calendar::{Date, Window};
use crate::ledger::PartyNo;

/// The last day of each bucket but the last, in days overdue.
const BUCKETS: [i64; 4] = [0, 30, 60, 90];

/// What is owed to the organisation (or by it), by party and by how long it is overdue on a day. A document without a
/// due date is due on its own date. Documents are as they stand now, whatever the day.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn aging<S: Store>(
    books: &Books<S>,
    request: &Request,
    payable: bool,
    as_of: Date,
) -> Result<Statement, ReportError> {
    let key = if payable { "payable-aging" } else { "receivable-aging" };
    treasurer_only(key, request)?;
    let setup = books.setup()?;
    let mut by_party: BTreeMap<PartyNo, ([i128; 5], usize)> = BTreeMap::new();
    books.documents(DocumentFilter::Open, &mut |document| {
        let open = document.open();
        let minor = i128::from(if payable { open.1 } else { open.0 });
        let wanted = request.events.is_empty() || document.event().is_some_and(|event| request.events.contains(&event));
        if minor == 0 || !wanted {
            return Ok(());
        }
        let (date, due) = dates(&document);
        let overdue = due.unwrap_or(date).days_until(as_of);
        let bucket = BUCKETS.iter().position(|last| overdue <= *last).unwrap_or(BUCKETS.len());
        let (sums, documents) = by_party.entry(document.party()).or_default();
        sums[bucket] += minor;
        *documents += 1;
        Ok(())
    })?;
    let mut names = Names::default();
    let mut rows = Vec::new();
    let mut total = [0_i128; 5];
    for (party, (sums, _)) in &by_party {
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        rows.push(Row::plain(format!("#{party}"), names.party(books, *party)?, 0, RowKind::Line, cells(sums)));
    }
    rows.push(Row::plain("total", "Total", 0, RowKind::Total, cells(&total)));
    // What was paid, cancelled or revalued since, and what stands in no document.
    let (accounts, sign): (&[&str], i128) = if payable { (&PAYABLES, -1) } else { (&RECEIVABLES, 1) };
    let ledger = sign * in_the_ledger(books, request, accounts, as_of)?;
    let sum: i128 = total.iter().sum();
    if ledger != sum {
        let only =
            |minor| [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Money(minor)].to_vec();
        let label = "Changed since, revalued, or in no document";
        rows.push(Row::plain("difference", label, 0, RowKind::Line, only(ledger - sum)));
        rows.push(Row::plain("ledger", format!("In the ledger, {as_of}"), 0, RowKind::Total, only(ledger)));
    }
    let labels = [
        ("not-due", "Not due"),
        ("to-30", "1–30 days"),
        ("to-60", "31–60"),
        ("to-90", "61–90"),
        ("over-90", "Over 90"),
        ("total", "Total"),
    ];
    let title = if payable { "Payables by age" } else { "Receivables by age" };
    let postings = super::engine::covered(books, request, vec![request.window])?;
    let mut notes = if by_party.is_empty() { vec!["Nothing is open.".to_owned()] } else { Vec::new() };
    notes.push(format!("Days overdue on {as_of}, counted from the due date, or from the document's own."));
    notes.push(format!(
        "Documents as they stand now, beside the ledger of the day; `bursar report {}` lists them.",
        if payable { "payables" } else { "receivables" }
    ));
    Ok(Statement {
        key: key.to_owned(),
        title: format!("{title}, {as_of}"),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns: labels.map(|(key, label)| Column::new(key, label, ColumnKind::Money)).to_vec(),
        rows,
        notes,
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// What stands on accounts at the end of a day, minor units, debit positive.
fn in_the_ledger<S: Store>(
    books: &Books<S>,
    request: &Request,
    accounts: &[&str],
    as_of: Date,
) -> Result<i128, BooksError> {
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let mut sum = 0;
    for (number, balance) in books.balances(Window::until(as_of))? {
        let Some(at) = coordinates.get(&number).filter(|at| request.takes(at)) else { continue };
        let code = setup.account_numbered(at.account).and_then(|account| account.code.as_deref());
        if code.is_some_and(|code| accounts.contains(&code)) {
            sum += balance.net();
        }
    }
    Ok(sum)
}

fn cells(sums: &[i128; 5]) -> Vec<Cell> {
    let total = sums.iter().sum();
    sums.iter().copied().chain([total]).map(Cell::Money).collect()
}

/// A statement for one party: what was due and paid on accounts receivable and payable, with a running balance, as a
/// sponsor or vendor asks for it. What they owe is positive.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn party_statement<S: Store>(
    books: &Books<S>,
    request: &Request,
    party: PartyNo,
) -> Result<Statement, ReportError> {
    treasurer_only("party", request)?;
    let setup = books.setup()?;
    let known: Vec<&str> = RECEIVABLES.iter().chain(&PAYABLES).copied().collect();
    let mut lines: Vec<(Date, i64, String, String, i128)> = Vec::new();
    for number in books.store().entries_of_party(party)? {
        let entry = books.entry(number)?;
        for posting in entry.postings.iter().filter(|p| p.party == Some(party) && request.takes(&p.at)) {
            let code = setup.account_numbered(posting.at.account).and_then(|account| account.code.as_deref());
            if code.is_some_and(|code| known.contains(&code)) {
                let account = account_name(setup, posting.at.account);
                let account = account.rsplit(':').next().unwrap_or_default().to_owned();
                let says = entry.says().unwrap_or("Entry").to_owned();
                lines.push((entry.date, number.0, says, account, i128::from(posting.amount.minor())));
            }
        }
    }
    lines.sort();
    let mut balance: i128 = lines.iter().filter(|l| l.0 < request.window.from()).map(|l| l.4).sum();
    let mut rows = Vec::new();
    let blank = |balance| vec![Cell::Empty, Cell::Empty, Cell::Empty, Cell::Money(balance)];
    rows.push(Row::plain("opening", "Balance brought forward", 0, RowKind::Line, blank(balance)));
    for (date, number, says, account, minor) in lines {
        if !request.window.contains(date) {
            continue;
        }
        balance += minor;
        let cells = vec![Cell::Date(date), Cell::Text(account), Cell::Money(minor), Cell::Money(balance)];
        rows.push(Row::plain(number.to_string(), says, 0, RowKind::Line, cells));
    }
    rows.push(Row::plain("closing", "Balance", 0, RowKind::Total, blank(balance)));
    let name = Names::default().party(books, party)?;
    let postings = i64::try_from(rows.len()).unwrap_or(i64::MAX) - 2;
    Ok(Statement {
        key: "party".to_owned(),
        title: format!("Statement of account, {name}"),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(request.window),
        audience: request.audience,
        currency: setup.currency(),
        columns: vec![
            Column::new("date", "Date", ColumnKind::Date),
            Column::new("account", "Account", ColumnKind::Text),
            Column::new("amount", "Amount", ColumnKind::Money),
            Column::new("balance", "Balance", ColumnKind::Money),
        ],
        rows,
        notes: vec!["Positive: due to us. Negative: paid to us, or due from us.".to_owned()],
        covers: Some(Covers { postings, head: books.head()? }),
    })
}
