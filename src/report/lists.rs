//! What the books are set up with, as tables.

use super::journal::Names;
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use super::{Audience, ReportError};
use crate::books::{Books, BooksError, JournalEntry, PartyDetail, Setup, Store};
use crate::conference::{EventStatus, Fact};
use crate::ledger::{Account, PartyKind, PartyNo, Posting};

pub(super) fn text(value: impl ToString) -> Cell {
    let value = value.to_string();
    if value.is_empty() { Cell::Empty } else { Cell::Text(value) }
}

fn optional<T: ToString>(value: Option<T>) -> Cell {
    value.map_or(Cell::Empty, text)
}

pub(super) fn text_columns(columns: &[(&str, &str)]) -> Vec<Column> {
    columns.iter().map(|(key, label)| Column::new(*key, *label, ColumnKind::Text)).collect()
}

/// A page of the treasurer's: a table of what the books hold at the moment, without a period.
///
/// # Errors
/// What the books cannot read.
pub fn sheet<S: Store>(
    books: &Books<S>,
    key: &str,
    title: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
) -> Result<Statement, BooksError> {
    Ok(plain_sheet(books.setup()?, key, title, columns, rows))
}

/// The same of what a command did.
#[must_use]
pub fn plain_sheet(setup: &Setup, key: &str, title: String, columns: Vec<Column>, rows: Vec<Row>) -> Statement {
    Statement {
        key: key.to_owned(),
        title,
        entity: setup.entity().to_owned(),
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency: setup.currency(),
        columns,
        rows,
        notes: Vec::new(),
        covers: None,
    }
}

/// All accounts, by type and name.
///
/// # Errors
/// What the books cannot read.
pub fn account_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let mut accounts: Vec<&Account> = books.setup()?.accounts().iter().collect();
    accounts.sort_by_key(|account| (account.kind, account.code.clone(), account.name.clone()));
    let row = |account: &&Account| {
        let cells = vec![
            optional(account.code.as_deref()),
            text(account.kind),
            optional(account.line.as_deref()),
            optional(account.function),
            text(if account.closed { "closed" } else { "" }),
        ];
        Row::plain(account.name.as_str(), account.name.as_str(), 0, RowKind::Line, cells)
    };
    let columns = text_columns(&[
        ("code", "Code"),
        ("type", "Type"),
        ("line", "Statement line"),
        ("function", "Function"),
        ("state", ""),
    ]);
    Ok(sheet(books, "accounts", "Accounts".to_owned(), columns, accounts.iter().map(row).collect())?)
}

/// Everything about one account.
///
/// # Errors
/// [`BooksError::Unknown`], or what the books cannot read.
pub fn account_sheet<S: Store>(books: &Books<S>, name: &str) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let account = setup.account(name)?;
    let line = setup.line_of(account)?;
    let merge = account.merge.clone().or_else(|| line.merge.clone());
    let pairs = [
        ("code", "Code", optional(account.code.as_deref())),
        ("type", "Type", text(account.kind)),
        ("line", "Statement line", text(format!("{} ({})", line.label, line.key))),
        ("merge", "Merges into, when small", optional(merge)),
        ("function", "Default function", optional(account.function)),
        ("cash-flow", "Cash-flow line", optional(account.cash_flow)),
        ("form-990", "Form 990", optional(account.form_990.as_deref())),
        ("state", "State", text(if account.closed { "closed" } else { "open" })),
    ];
    let rows = pairs.into_iter().map(|(key, label, cell)| Row::plain(key, label, 0, RowKind::Line, vec![cell]));
    Ok(sheet(books, "account", account.name.to_string(), text_columns(&[("value", "")]), rows.collect())?)
}

/// All funds.
///
/// # Errors
/// What the books cannot read.
pub fn fund_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let rows = books.setup()?.funds().iter().map(|fund| {
        let cells = vec![text(&fund.name), text(fund.restriction), optional(fund.purpose.as_deref())];
        Row::plain(fund.code.as_str(), fund.code.as_str(), 0, RowKind::Line, cells)
    });
    let columns = text_columns(&[("name", "Name"), ("restriction", "Restriction"), ("purpose", "Purpose")]);
    Ok(sheet(books, "funds", "Funds".to_owned(), columns, rows.collect())?)
}

/// All events.
///
/// # Errors
/// What the books cannot read.
pub fn event_list<S: Store>(books: &Books<S>) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let rows = setup.events().iter().map(|event| {
        let status = setup.conference().status(event.code);
        let since = match status {
            EventStatus::Cancelled(date) => format!("cancelled on {date}"),
            other => other.word().to_owned(),
        };
        let cells = vec![
            text(&event.name),
            Cell::Date(event.first_day),
            Cell::Date(event.last_day),
            text(event.who_pays()),
            text(since),
        ];
        Row::plain(event.code.as_str(), event.code.as_str(), 0, RowKind::Line, cells)
    });
    let columns = vec![
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("first-day", "First day", ColumnKind::Date),
        Column::new("last-day", "Last day", ColumnKind::Date),
        Column::new("policy", "Policy", ColumnKind::Text),
        Column::new("status", "Status", ColumnKind::Text),
    ];
    Ok(sheet(books, "events", "Events".to_owned(), columns, rows.collect())?)
}

/// All parties, or those of one kind.
///
/// # Errors
/// What the books cannot read.
pub fn party_list<S: Store>(books: &Books<S>, kind: Option<PartyKind>) -> Result<Statement, ReportError> {
    let mut rows = Vec::new();
    let mut names = Names::default();
    books.parties(&mut |detail| {
        if kind.is_none_or(|kind| detail.party.kind == kind) {
            rows.push(party_row(books, &mut names, detail)?);
        }
        Ok(())
    })?;
    Ok(sheet(books, "parties", "Parties".to_owned(), party_columns(), rows)?)
}

/// One party.
///
/// # Errors
/// [`BooksError::Unknown`], or what the books cannot read.
pub fn party_sheet<S: Store>(books: &Books<S>, number: PartyNo) -> Result<Statement, ReportError> {
    let row = party_row(books, &mut Names::default(), books.party(number)?)?;
    Ok(sheet(books, "parties", "Parties".to_owned(), party_columns(), vec![row])?)
}

fn party_columns() -> Vec<Column> {
    text_columns(&[("name", "Name"), ("party-kind", "Kind"), ("holding", "Holding"), ("email", "E-mail")])
}

fn party_row<S: Store>(books: &Books<S>, names: &mut Names, detail: PartyDetail) -> Result<Row, BooksError> {
    let holding = detail.party.holding.map(|number| names.party(books, number)).transpose()?;
    let cells = vec![text(detail.shown()), text(detail.party.kind), optional(holding), optional(detail.email)];
    let number = format!("#{}", detail.party.number);
    Ok(Row::plain(&number, &number, 0, RowKind::Line, cells))
}

/// One entry with everything that is kept of it.
///
/// # Errors
/// What the books cannot read.
pub fn entry_sheet<S: Store>(books: &Books<S>, entry: &JournalEntry) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let mut names = Names::default();
    let mut rows = Vec::new();
    for (i, posting) in entry.postings.iter().enumerate() {
        let account = setup.account_numbered(posting.at.account);
        let label = account.map_or_else(|| format!("account {}", posting.at.account), |a| a.name.to_string());
        let minor = i128::from(posting.amount.minor());
        let (debit, credit) =
            if minor >= 0 { (Cell::Money(minor), Cell::Empty) } else { (Cell::Empty, Cell::Money(-minor)) };
        let party = posting.party.map(|number| names.party(books, number)).transpose()?;
        let cells = vec![debit, credit, optional(party), text(details(posting))];
        rows.push(Row::plain(format!("{}", i + 1), label, 0, RowKind::Line, cells));
    }
    let columns = vec![
        Column::new("debit", "Debit", ColumnKind::Money),
        Column::new("credit", "Credit", ColumnKind::Money),
        Column::new("party", "Party", ColumnKind::Text),
        Column::new("details", "Details", ColumnKind::Text),
    ];
    let stored = &entry.stored;
    let mut statement = sheet(books, "entry", format!("Entry {} of {}", stored.number, entry.date), columns, rows)?;
    let (fact, actor, seq) = books.fact(stored.fact)?;
    let by = actor.map(|name| format!(" by {name}")).unwrap_or_default();
    statement.notes.extend(entry.says().map(str::to_owned));
    statement.notes.extend(stored.reference.as_ref().map(|reference| format!("Reference {reference}.")));
    statement.notes.push(format!("Recorded {}{by}, from fact {} ({}).", stored.recorded_at, stored.fact, fact.kind()));
    if let (Fact::Reversal(_), Some(number)) = (&fact, stored.reverses) {
        let reason = books.text(seq, "reason")?.unwrap_or_else(|| "(erased)".to_owned());
        statement.notes.push(format!("Reverses entry {number}: {reason}"));
    }
    statement.notes.extend(entry.reversed_by.map(|number| format!("Reversed by entry {number}.")));
    statement.notes.push(format!("Record {}:{}", stored.seq, crate::conference::Digest(stored.hash)));
    Ok(statement)
}

fn details(posting: &Posting) -> String {
    let at = posting.at;
    let fund = (at.fund != crate::ledger::GENERAL_FUND).then(|| format!("fund {}", at.fund));
    let original = posting.original.map(|o| format!("{} {} at {}", o.amount, o.amount.currency(), o.rate));
    let parts = [
        at.event.map(|slug| slug.to_string()),
        fund,
        at.function.map(|function| function.word().to_owned()),
        at.activity.map(|slug| slug.to_string()),
        at.tax_code.map(|slug| format!("tax {slug}")),
        posting.cash_flow.map(|slug| format!("cash flow {slug}")),
        original,
        posting.memo.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
