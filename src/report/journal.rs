//! Lists of postings: the journal, and the ledger of an account. The treasurer's only.

use std::collections::HashMap;

use super::engine::nothing;
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Books, BooksError, EntryFilter, JournalEntry, Setup, Store};
use crate::ledger::{Account, AccountNo, CoordinateNo, PartyNo, Posting};

/// Every entry with its lines, in the order of date, then number.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn journal<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    treasurer_only("journal", request)?;
    let setup = books.setup()?;
    let mut names = Names::default();
    let mut rows = Vec::new();
    let (mut postings, mut debits, mut credits) = (0, 0, 0);
    let filter = EntryFilter { window: request.window, coordinates: limited(books, request)? };
    books.journal(&filter, &mut |entry| {
        let number = entry.stored.number;
        rows.push(Row::plain(
            number.to_string(),
            format!("{} #{number} {}", entry.date, names.title(books, &entry)?),
            0,
            RowKind::Heading,
            vec![Cell::Empty; 3],
        ));
        for (i, posting) in entry.postings.iter().enumerate() {
            let minor = i128::from(posting.amount.minor());
            postings += 1;
            debits += minor.max(0);
            credits += (-minor).max(0);
            let (debit, credit) =
                if minor >= 0 { (Cell::Money(minor), Cell::Empty) } else { (Cell::Empty, Cell::Money(-minor)) };
            let cells = vec![debit, credit, Cell::Text(dimensions(posting))];
            let name = account_name(setup, posting.at.account);
            rows.push(Row::plain(format!("{number}.{}", i + 1), name, 1, RowKind::Line, cells));
        }
        Ok(())
    })?;
    let total = vec![Cell::Money(debits), Cell::Money(credits), Cell::Empty];
    rows.push(Row::plain("total", "Total", 0, RowKind::Total, total));
    let columns = vec![
        Column::new("debit", "Debit", ColumnKind::Money),
        Column::new("credit", "Credit", ColumnKind::Money),
        Column::new("for", "For", ColumnKind::Text),
    ];
    finish(books, request, ("journal", "Journal".to_owned()), columns, rows, postings)
}

/// The postings of an account (or, where no account has exactly this name, of all accounts below it) with a running
/// balance, debit positive.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], an unknown name, or what the books cannot read.
pub fn ledger<S: Store>(books: &Books<S>, name: &str, request: &Request) -> Result<Statement, ReportError> {
    treasurer_only("ledger", request)?;
    let setup = books.setup()?;
    let accounts = accounts_of(setup, name)?;
    let all = books.coordinates()?;
    let wanted: HashMap<CoordinateNo, AccountNo> = all
        .iter()
        .filter(|(_, at)| accounts.contains(&at.account) && request.takes(at))
        .map(|(number, at)| (*number, at.account))
        .collect();
    let mut balance: i128 = match request.window.before() {
        None => 0,
        Some(before) => {
            let balances = books.balances(before)?;
            balances.iter().filter(|(n, _)| wanted.contains_key(n)).map(|(_, b)| b.net()).sum()
        }
    };
    let opening =
        vec![Cell::Empty, Cell::Text("Balance brought forward".to_owned()), Cell::Empty, Cell::Money(balance)];
    let mut rows = vec![Row::plain("opening", "", 0, RowKind::Line, opening)];
    let (mut postings, mut moved) = (0, 0);
    let mut names = Names::default();
    let filter = EntryFilter { window: request.window, coordinates: Some(wanted.keys().copied().collect()) };
    books.journal(&filter, &mut |entry| {
        for (stored, posting) in entry.stored.postings.iter().zip(&entry.postings) {
            if !wanted.contains_key(&stored.coordinate) {
                continue;
            }
            let minor = i128::from(posting.amount.minor());
            postings += 1;
            moved += minor;
            balance += minor;
            rows.push(Row::plain(
                format!("{}.{}", entry.stored.number, stored.line),
                entry.date.to_string(),
                0,
                RowKind::Line,
                vec![
                    Cell::Count(entry.stored.number.0),
                    Cell::Text(names.line(books, &entry, posting)?),
                    Cell::Money(minor),
                    Cell::Money(balance),
                ],
            ));
        }
        Ok(())
    })?;
    let closing = vec![Cell::Empty, Cell::Text("Balance".to_owned()), Cell::Money(moved), Cell::Money(balance)];
    rows.push(Row::plain("closing", "", 0, RowKind::Total, closing));
    let columns = vec![
        Column::new("entry", "Entry", ColumnKind::Count),
        Column::new("about", "About", ColumnKind::Text),
        Column::new("amount", "Amount", ColumnKind::Money),
        Column::new("balance", "Balance", ColumnKind::Money),
    ];
    let title = format!("Ledger of {name}", name = name.trim());
    finish(books, request, ("ledger", title), columns, rows, postings)
}

pub(super) fn treasurer_only(statement: &str, request: &Request) -> Result<(), ReportError> {
    if request.audience == Audience::Treasurer {
        Ok(())
    } else {
        Err(ReportError::TreasurerOnly { statement: statement.to_owned(), audience: request.audience })
    }
}

fn finish<S: Store>(
    books: &Books<S>,
    request: &Request,
    (key, title): (&str, String),
    columns: Vec<Column>,
    rows: Vec<Row>,
    postings: i64,
) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    Ok(Statement {
        key: key.to_owned(),
        title,
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(request.window),
        audience: request.audience,
        currency: setup.currency(),
        columns,
        rows,
        notes: nothing(books, request, postings)?.into_iter().collect(),
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// The coordinates that the request's filter takes; `None` when it takes all.
fn limited<S: Store>(books: &Books<S>, request: &Request) -> Result<Option<Vec<CoordinateNo>>, BooksError> {
    if request.events.is_empty() {
        return Ok(None);
    }
    let taken = books.coordinates()?.into_iter().filter(|(_, at)| request.takes(at));
    Ok(Some(taken.map(|(number, _)| number).collect()))
}

fn accounts_of(setup: &Setup, name: &str) -> Result<Vec<AccountNo>, BooksError> {
    match setup.account(name) {
        Ok(account) => Ok(vec![account.number]),
        Err(unknown) => {
            let within = |account: &&Account| account.name.is_within(name.trim());
            let below: Vec<AccountNo> = setup.accounts().iter().filter(within).map(|a| a.number).collect();
            if below.is_empty() { Err(unknown) } else { Ok(below) }
        }
    }
}

pub(super) fn account_name(setup: &Setup, number: AccountNo) -> String {
    setup.account_numbered(number).map_or_else(|| format!("account {number}"), |account| account.name.to_string())
}

/// Dimensions of a posting in words: event, fund, function, activity.
pub(super) fn dimensions(posting: &Posting) -> String {
    let at = posting.at;
    let fund = (at.fund != crate::ledger::GENERAL_FUND).then(|| at.fund.to_string());
    let parts = [
        at.event.map(|slug| slug.to_string()),
        fund,
        at.function.map(|function| function.word().to_owned()),
        at.activity.map(|slug| slug.to_string()),
        at.tax_code.map(|slug| slug.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Names of parties, each looked up once.
#[derive(Default)]
pub(super) struct Names(HashMap<PartyNo, String>);

impl Names {
    pub(super) fn party<S: Store>(&mut self, books: &Books<S>, number: PartyNo) -> Result<String, BooksError> {
        if let Some(name) = self.0.get(&number) {
            return Ok(name.clone());
        }
        let name = books.party(number)?.shown();
        self.0.insert(number, name.clone());
        Ok(name)
    }

    /// Party and description of an entry.
    pub(super) fn title<S: Store>(&mut self, books: &Books<S>, entry: &JournalEntry) -> Result<String, BooksError> {
        let party = entry.postings.iter().find_map(|posting| posting.party);
        let mut parts: Vec<String> = party.map(|number| self.party(books, number)).transpose()?.into_iter().collect();
        parts.extend(entry.says().map(str::to_owned));
        let mut title = parts.join(": ");
        if let Some(number) = entry.stored.reverses {
            title.push_str(&format!(" (reverses #{number})"));
        }
        if let Some(number) = entry.reversed_by {
            title.push_str(&format!(" (reversed by #{number})"));
        }
        Ok(title)
    }

    /// Party and description of a posting.
    fn line<S: Store>(
        &mut self,
        books: &Books<S>,
        entry: &JournalEntry,
        posting: &Posting,
    ) -> Result<String, BooksError> {
        let mut parts = Vec::new();
        if let Some(number) = posting.party {
            parts.push(self.party(books, number)?);
        }
        parts.extend(posting.memo.clone().or_else(|| entry.says().map(str::to_owned)));
        Ok(parts.join(": "))
    }
}
