//! What is to be done before a period is locked: a checklist, each point with what is in the way and what to do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Balance, Books, BooksError, DocumentFilter, EntryFilter, Setup, Store};
use crate::calendar::{Date, Window};
use crate::conference::{EVENT_DOCUMENTS, EventStatus, Fact};
use crate::ledger::{AccountType, Coordinate, CoordinateNo, Restriction, Slug};

/// What a point of the checklist comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing is in the way.
    Fine,
    /// Someone has to look, and may lock all the same.
    Look,
    /// The lock is refused until it is done.
    Blocks,
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Look => "look",
            Self::Blocks => "blocks",
        }
    }
}

/// The checklist for locking the books through a day.
///
/// # Errors
/// What the books cannot read.
pub fn year_end<S: Store>(books: &Books<S>, through: Date) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let mut points: Vec<(&str, &str, Standing, String)> = Vec::new();
    let listed = |items: &[String]| {
        let more = items.len().saturating_sub(5);
        let shown = items.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
        if more > 0 { format!("{shown}; and {more} more") } else { shown }
    };
    let currency = setup.currency();
    let shown = |minor: i128| currency.format_grouped(minor);

    let overdue = overdue(books, through)?;
    let overdue: Vec<String> = overdue.iter().map(|event| format!("bursar event hold {event}")).collect();
    let standing = if overdue.is_empty() { Standing::Fine } else { Standing::Blocks };
    points.push(("events", "Past events are confirmed as held", standing, listed(&overdue)));

    let coordinates = books.coordinates()?;
    let until = books.balances(Window::until(through))?;
    let sum = |wanted: &dyn Fn(&str, &str) -> bool| -> Vec<String> {
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for (number, balance) in &until {
            let account = coordinates.get(number).and_then(|at| setup.account_numbered(at.account));
            let Some(account) = account else { continue };
            if wanted(account.code.as_deref().unwrap_or_default(), account.name.as_str()) {
                *sums.entry(account.name.as_str()).or_default() += balance.net();
            }
        }
        sums.iter().filter(|(_, minor)| **minor != 0).map(|(name, minor)| format!("{name} {}", shown(*minor))).collect()
    };
    let look = |items: &[String]| if items.is_empty() { Standing::Fine } else { Standing::Look };
    let mut clearing = Vec::new();
    let at = Request { window: Window::until(through), ..Request::default() };
    for account in setup.accounts().iter().filter(|account| super::disclosures::is_clearing(account)) {
        if let Some((minor, since)) = super::disclosures::not_paid_out(books, &at, account.number)? {
            let since = since.map_or_else(String::new, |day| format!(", which came in since {day}"));
            clearing.push(format!("{} {}{since}", account.name, shown(minor)));
        }
    }
    points.push(("clearing", "Clearing accounts are paid out", look(&clearing), listed(&clearing)));
    let suspense = sum(&|_, name| {
        let name = name.to_lowercase();
        name.contains("suspense") || name.contains("uncategor") || name.contains("unknown")
    });
    points.push(("suspense", "Nothing is left in suspense", look(&suspense), listed(&suspense)));

    let unmapped: Vec<String> = without_line(&until, &coordinates, setup);
    let standing = if unmapped.is_empty() { Standing::Fine } else { Standing::Blocks };
    points.push(("lines", "Every account has a statement line", standing, listed(&unmapped)));

    let mut below = Vec::new();
    for fund in setup.funds() {
        let minor: i128 = until
            .iter()
            .filter_map(|(number, balance)| {
                let at = coordinates.get(number).filter(|at| at.fund == fund.code)?;
                let kind = setup.account_numbered(at.account)?.kind;
                matches!(kind, AccountType::Revenue | AccountType::Expense | AccountType::NetAssets)
                    .then(|| -balance.net())
            })
            .sum();
        if minor < 0 && fund.restriction != Restriction::Undesignated {
            below.push(format!("{} {}", fund.code, shown(minor)));
        }
    }
    let standing = if below.is_empty() { Standing::Fine } else { Standing::Blocks };
    points.push(("funds", "No fund is below zero", standing, listed(&below)));

    let mut old = Vec::new();
    books.documents(DocumentFilter::Open, &mut |document| {
        let (date, due) = super::open_items::dates(&document);
        if due.unwrap_or(date).days_until(through) > 90 {
            old.push(document.id().to_string());
        }
        Ok(())
    })?;
    points.push(("old-items", "Nothing is overdue for more than 90 days", look(&old), listed(&old)));

    let from = setup.locked_through().and_then(Date::next).unwrap_or(Date::MIN);
    let missing = if through < from {
        Vec::new()
    } else {
        unproved(books, Window::new(from, through).map_err(BooksError::from)?)?
    };
    let what = match missing.len() {
        0..=3 => listed(&missing),
        n => format!("{n} entries; `bursar report receipts` lists them"),
    };
    points.push(("receipts", "Entries have the document they need", look(&missing), what));

    let rates = foreign_open(books, through)?;
    points.push(("foreign", "Open foreign items are revalued", look(&rates), listed(&rates)));

    let rows = points.into_iter().map(|(key, label, standing, what)| {
        let what = if what.is_empty() { Cell::Empty } else { Cell::Text(what) };
        Row::plain(key, label, 0, RowKind::Line, vec![Cell::Text(standing.word().to_owned()), what])
    });
    Ok(Statement {
        key: "year-end".to_owned(),
        title: format!("Before the books are locked through {through}"),
        entity: setup.entity().to_owned(),
        events: Vec::new(),
        period: None,
        audience: super::Audience::Treasurer,
        currency,
        columns: vec![
            Column::new("standing", "Is it?", ColumnKind::Text),
            Column::new("what", "What is in the way", ColumnKind::Text),
        ],
        rows: rows.collect(),
        notes: vec!["`blocks` refuses the lock; `look` is the treasurer's and the board's to decide.".to_owned()],
        covers: Some(Covers {
            postings: super::engine::covered(books, &Request::default(), vec![Window::until(through)])?,
            head: books.head()?,
        }),
    })
}

/// Accounts with postings that no statement line was given to.
fn without_line(
    until: &HashMap<CoordinateNo, Balance>,
    coordinates: &HashMap<CoordinateNo, Coordinate>,
    setup: &Setup,
) -> Vec<String> {
    let accounts = until.keys().filter_map(|number| setup.account_numbered(coordinates.get(number)?.account));
    let names: BTreeSet<&str> = accounts.filter(|a| a.line.is_none()).map(|account| account.name.as_str()).collect();
    names.into_iter().map(|name| format!("bursar account set \"{name}\" --line LINE")).collect()
}

/// Events with documents that have ended by a day, and that nobody has confirmed as held.
fn overdue<S: Store>(books: &Books<S>, through: Date) -> Result<Vec<Slug>, BooksError> {
    let setup = books.setup()?;
    let mut overdue = Vec::new();
    for event in setup.events() {
        if event.last_day > through || setup.conference().status(event.code) != EventStatus::Planned {
            continue;
        }
        let mut documents = 0;
        for kind in EVENT_DOCUMENTS {
            books.documents(DocumentFilter::Event(event.code, kind, None, 1), &mut |_| {
                documents += 1;
                Ok(())
            })?;
        }
        if documents > 0 {
            overdue.push(event.code);
        }
    }
    Ok(overdue)
}

/// Entries with expenses of 75 or more whole units that have no receipt and no waiver.
fn unproved<S: Store>(books: &Books<S>, window: Window) -> Result<Vec<String>, BooksError> {
    let rules = super::ReceiptRules::usual();
    let proofs = super::receipts::proofs(books)?;
    let mut missing = Vec::new();
    let filter = EntryFilter { window, coordinates: Some(super::receipts::coordinates_of(books, window, &rules)?) };
    books.journal(&filter, &mut |entry| {
        if let Some((why, _)) = super::receipts::lacks(books, &rules, &proofs, &entry)? {
            missing.push(format!("entry {} ({why})", entry.stored.number));
        }
        Ok(())
    })?;
    Ok(missing)
}

/// Open bills in foreign currencies that were not revalued on this day.
fn foreign_open<S: Store>(books: &Books<S>, through: Date) -> Result<Vec<String>, BooksError> {
    let mut open: Vec<(Slug, String)> = Vec::new();
    books.documents(DocumentFilter::Open, &mut |document| {
        if let crate::conference::Document::Bill(bill) = document
            && let Some(foreign) = &bill.foreign
            && bill.date <= through
        {
            open.push((bill.code, foreign.currency.clone()));
        }
        Ok(())
    })?;
    let mut revalued: Vec<Slug> = Vec::new();
    books.facts(&["revalued"], &mut |_, _, fact| {
        if let Fact::Revalued(done) = fact
            && done.date == through
        {
            revalued.extend(done.bills.iter().map(|bill| bill.bill));
        }
        Ok(())
    })?;
    open.retain(|(code, _)| !revalued.contains(code));
    Ok(open.into_iter().map(|(code, currency)| format!("bill {code} in {currency}")).collect())
}
