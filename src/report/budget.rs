//! Budget against what is there: by statement line, with what contracts will still cost and what the event is expected
//! to end with.

use std::collections::BTreeMap;

use super::event_figures::Side;
use super::event_summary::{contracts_of, event_figures, terms_of, the_event};
use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Setup, Store, Term};
use crate::calendar::{ALL_DAYS, Date};
use crate::conference::{Document, DocumentKind, EventStatus, Fact};
use crate::ledger::{AccountNo, AccountType, Coordinate, CoordinateNo, Slug};

/// One version of an event's budget.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Version {
    name: Slug,
    date: Date,
    approved_by: Option<String>,
    lines: BTreeMap<AccountNo, i64>,
}

/// What stands in a line: minor units, income and cost both positive.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Line {
    budget: i128,
    actual: i128,
    committed: i128,
    /// Whether something of the actual figure is prepaid.
    prepaid: bool,
}

type Key = (Side, usize, String, String);

/// Budget, actual, committed, forecast at completion and what is better or worse, by statement line. `version` is the
/// one asked for; otherwise the latest.
///
/// # Errors
/// [`ReportError::OneEvent`], [`ReportError::NoBudget`], or what the books cannot read.
pub fn budget<S: Store>(books: &Books<S>, request: &Request, version: Option<&str>) -> Result<Statement, ReportError> {
    let event = the_event(request, "budget")?;
    let setup = books.setup()?;
    let versions = versions(books, event)?;
    let no_budget = || ReportError::NoBudget {
        event,
        version: version.map(str::to_owned),
        known: versions.iter().map(|v| v.name.to_string()).collect::<Vec<_>>().join(", "),
    };
    let chosen = match version {
        Some(name) => versions.iter().find(|v| v.name.as_str() == name),
        None => versions.iter().max_by_key(|v| v.date),
    };
    let chosen = chosen.ok_or_else(no_budget)?;
    let planned = setup.conference().status(event) == EventStatus::Planned;
    let mut lines: BTreeMap<Key, (Line, Vec<Term>)> = BTreeMap::new();
    for (account, minor) in &chosen.lines {
        if let Some(key) = key_of(setup, *account)? {
            lines.entry(key).or_default().0.budget += i128::from(*minor);
        }
    }
    add_actual(books, event, &mut lines)?;
    add_prepaid(books, event, &mut lines)?;
    add_committed(books, event, &mut lines)?;
    let mut rows = Vec::new();
    let mut result = [0_i128; 5];
    let mut all: Vec<Term> = Vec::new();
    let mut either = (0, false);
    let mut secured = None;
    for (side, heading, total) in [(Side::Revenue, "Revenue", "Total revenue"), (Side::Cost, "Cost", "Total cost")] {
        let key = if side == Side::Revenue { "revenue" } else { "cost" };
        rows.push(Row::plain(format!("{key}-heading"), heading, 0, RowKind::Heading, vec![Cell::Empty; 5]));
        let mut sums = [0_i128; 5];
        let mut terms: Vec<Term> = Vec::new();
        let mut unposted = Line::default();
        for ((_, _, line, label), (figures, behind)) in lines.iter().filter(|(k, _)| k.0 == side) {
            if *figures == Line::default() {
                continue;
            }
            let forecast = forecast(*figures, planned);
            let better = if side == Side::Revenue { forecast - figures.budget } else { figures.budget - forecast };
            let cells = [figures.budget, figures.actual, figures.committed, forecast, better];
            sums.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
            terms.extend_from_slice(behind);
            let mut row = Row::plain(line, label, 1, RowKind::Line, cells.map(Cell::Money).to_vec());
            row.behind = stands_behind(rows.len(), *figures, behind.clone());
            unposted.committed |= i128::from(figures.committed != 0);
            unposted.prepaid |= figures.prepaid;
            rows.push(row);
        }
        let factor = if side == Side::Revenue { 1 } else { -1 };
        let sign = i128::from(factor);
        for (i, (total, sum)) in result.iter_mut().zip(sums).enumerate() {
            // What is better is so on either side.
            *total += if i == 4 { sum } else { sign * sum };
        }
        if side == Side::Revenue && planned && sums[0] > 0 {
            let tenths = (sums[1] + sums[2]).saturating_mul(1_000) / sums[0];
            secured = Some(format!("{}.{} % of the budgeted revenue is there or committed.", tenths / 10, tenths % 10));
        }
        let mut row = Row::plain(key, total, 0, RowKind::Total, sums.map(Cell::Money).to_vec());
        row.behind = stands_behind(rows.len(), unposted, terms.clone());
        rows.push(row);
        either = (either.0 | unposted.committed, either.1 | unposted.prepaid);
        all.extend(terms.into_iter().map(|term| Term { factor: factor * term.factor, ..term }));
    }
    let mut row = Row::plain("result", "Result", 0, RowKind::Total, result.map(Cell::Money).to_vec());
    row.behind = stands_behind(rows.len(), Line { committed: either.0, prepaid: either.1, ..Line::default() }, all);
    rows.push(row);
    let mut notes = vec![match &chosen.approved_by {
        Some(name) => format!("Budget {} of {}, approved by {name}.", chosen.name, chosen.date),
        None => format!("Budget {} of {}, not approved by anyone.", chosen.name, chosen.date),
    }];
    let others: Vec<String> =
        versions.iter().filter(|v| v.name != chosen.name).map(|v| format!("{} ({})", v.name, v.date)).collect();
    if !others.is_empty() {
        notes.push(format!("Other versions: {}.", others.join(", ")));
    }
    notes.push(
        "Committed: orders and sponsorships agreed and not in the books, contracts not billed at the attendance so far or \
         their minimum."
            .to_owned(),
    );
    notes.push(if planned {
        "The event is to come: a line is forecast as budgeted where less is there and committed yet.".to_owned()
    } else {
        "The event is over: the forecast is what is there and committed.".to_owned()
    });
    // A figure in a note cannot be withheld.
    notes.extend(secured.filter(|_| request.audience == super::Audience::Treasurer));
    let postings = super::engine::covered(books, request, vec![ALL_DAYS])?;
    let labels = [
        ("budget", "Budget"),
        ("actual", "Actual"),
        ("committed", "Committed"),
        ("forecast", "Forecast"),
        ("better", "Better (worse)"),
    ];
    Ok(Statement {
        key: "budget".to_owned(),
        title: format!("Budget of {}", setup.event(event.as_str())?.name),
        entity: setup.entity().to_owned(),
        events: vec![event.to_string()],
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns: labels.map(|(key, label)| Column::new(key, label, ColumnKind::Money)).to_vec(),
        rows,
        notes,
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// Behind a budget stands nobody, behind what is there the postings of the line. What is prepaid or committed is not
/// posted there, so a line with some of it is the treasurer's; what follows from a line is shown where the line is.
fn stands_behind(row: usize, line: Line, terms: Vec<Term>) -> Vec<Behind> {
    let actual = if line.prepaid { Behind::Treasurer } else { Behind::Postings(terms) };
    let (committed, follows) = match line.committed {
        0 => (Behind::Nobody, Behind::Figures(vec![(row, 1)])),
        _ => (Behind::Treasurer, Behind::Treasurer),
    };
    vec![Behind::Nobody, actual, committed, follows.clone(), follows]
}

/// What a line will end with: what is there and committed, and while more may come, at least what was budgeted.
fn forecast(line: Line, planned: bool) -> i128 {
    let known = line.actual + line.committed;
    if planned { known.max(line.budget) } else { known }
}

/// The latest version of an event's budget: minor units by account, income and cost both positive; empty when there is
/// none.
///
/// # Errors
/// What the books cannot read.
pub fn latest_budget<S: Store>(books: &Books<S>, event: Slug) -> Result<BTreeMap<AccountNo, i64>, BooksError> {
    let latest = versions(books, event)?.into_iter().max_by_key(|version| version.date);
    Ok(latest.map(|version| version.lines).unwrap_or_default())
}

/// All versions of an event's budget; the last said of an account counts.
fn versions<S: Store>(books: &Books<S>, event: Slug) -> Result<Vec<Version>, BooksError> {
    let mut versions: Vec<Version> = Vec::new();
    books.facts(&["budget"], &mut |_, seq, fact| {
        let Fact::Budget(line) = fact else { return Ok(()) };
        if line.event != event {
            return Ok(());
        }
        let approved_by = books.text(seq, "approved by")?;
        let index = versions.iter().position(|v| v.name == line.version).unwrap_or_else(|| {
            let (name, date) = (line.version, line.date);
            versions.push(Version { name, date, approved_by: None, lines: BTreeMap::new() });
            versions.len() - 1
        });
        let version = &mut versions[index];
        version.date = version.date.max(line.date);
        version.approved_by = approved_by.or_else(|| version.approved_by.take());
        version.lines.insert(line.account, line.amount);
        Ok(())
    })?;
    Ok(versions)
}

fn key_of(setup: &Setup, account: AccountNo) -> Result<Option<Key>, BooksError> {
    let Some(account) = setup.account_numbered(account) else { return Ok(None) };
    let side = match account.kind {
        AccountType::Revenue => Side::Revenue,
        AccountType::Expense => Side::Cost,
        _ => return Ok(None),
    };
    let line = setup.line_of(account)?;
    let place = setup.chart()?.lines.iter().position(|l| l.key == line.key).unwrap_or(usize::MAX);
    Ok(Some((side, place, line.key.clone(), line.label.clone())))
}

/// What the event summary has, but for what is prepaid.
fn add_actual<S: Store>(
    books: &Books<S>,
    event: Slug,
    lines: &mut BTreeMap<Key, (Line, Vec<Term>)>,
) -> Result<(), BooksError> {
    let setup = books.setup()?;
    let numbers: std::collections::HashMap<Coordinate, CoordinateNo> =
        books.coordinates()?.into_iter().map(|(number, at)| (at, number)).collect();
    for line in event_figures(books, event)?.lines {
        if line.key == super::event_figures::PREPAID_LINE {
            continue;
        }
        let place = setup.chart()?.lines.iter().position(|l| l.key == line.key).unwrap_or(usize::MAX);
        let terms = terms_of(&line, &numbers);
        let (figures, behind) = lines.entry((line.side, place, line.key, line.label)).or_default();
        figures.actual += line.minor;
        behind.extend(terms);
    }
    Ok(())
}

/// What is prepaid stands in the line it will be an expense of.
fn add_prepaid<S: Store>(
    books: &Books<S>,
    event: Slug,
    lines: &mut BTreeMap<Key, (Line, Vec<Term>)>,
) -> Result<(), BooksError> {
    let setup = books.setup()?;
    let mut prepaid: Vec<(AccountNo, i64)> = Vec::new();
    for contract in contracts_of(books, event)? {
        if !contract.expensed {
            prepaid.push((contract.account, contract.deposit - contract.lost));
        }
    }
    books.documents(DocumentFilter::Event(event, DocumentKind::Bill, None, usize::MAX >> 1), &mut |document| {
        if let Document::Bill(bill) = document
            && !bill.void
        {
            let kept = bill.lines.iter().filter(|line| line.prepaid);
            prepaid.extend(kept.map(|line| {
                (line.account, setup.conference().apart(line.tax, line.amount).map_or(line.amount, |t| t.net))
            }));
        }
        Ok(())
    })?;
    for (account, minor) in prepaid.into_iter().filter(|(_, minor)| *minor != 0) {
        if let Some(key) = key_of(setup, account)? {
            let line = &mut lines.entry(key).or_default().0;
            line.actual += i128::from(minor);
            line.prepaid = true;
        }
    }
    Ok(())
}

/// What is agreed and not in the books: open orders, sponsorships, contracts.
fn add_committed<S: Store>(
    books: &Books<S>,
    event: Slug,
    lines: &mut BTreeMap<Key, (Line, Vec<Term>)>,
) -> Result<(), BooksError> {
    let setup = books.setup()?;
    let figures = event_figures(books, event)?;
    let mut committed: Vec<(AccountNo, i128)> = Vec::new();
    let account = |code: &str| setup.account_with_code(code);
    let unpaid: i128 = figures.admissions.iter().filter(|a| a.state == "unpaid").map(|a| a.net).sum();
    committed.extend(account("4010").map(|account| (account, unpaid)));
    books.documents(
        DocumentFilter::Event(event, DocumentKind::Sponsorship, None, usize::MAX >> 1),
        &mut |document| {
            if let Document::Sponsorship(s) = document
                && !s.cancelled
            {
                // Tax is covered with the exchange part, in proportion; what is not covered at all is the rule.
                let exchange = i128::from((s.exchange + s.tax - s.covered).min(s.exchange).max(0));
                let gift = i128::from((s.gift - s.contributed).max(0));
                committed.extend(account("4110").map(|account| (account, exchange)));
                committed.extend(account("4210").map(|account| (account, gift)));
            }
            Ok(())
        },
    )?;
    let status = setup.conference().status(event);
    for contract in contracts_of(books, event)? {
        committed.push((contract.account, i128::from(contract.to_come(figures.heads(), status))));
    }
    for (account, minor) in committed.into_iter().filter(|(_, minor)| *minor != 0) {
        if let Some(key) = key_of(setup, account)? {
            lines.entry(key).or_default().0.committed += minor;
        }
    }
    Ok(())
}
