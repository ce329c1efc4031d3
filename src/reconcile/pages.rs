//! The tables of a reconciliation. They name entries and parties: the treasurer's, and the auditor's.

use std::collections::HashMap;

use super::standing::{Recorded, Shown, all_records, entries_at, none_stands, records};
use super::{Doubt, Outcome, ReconcileError};
use crate::books::{Books, BooksError, Store};
use crate::calendar::{Date, Window};
use crate::conference::Reconciled;
use crate::intake::statement::{Remark, StatementLine};
use crate::ledger::{AccountNo, FactNo};
use crate::report::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement, sheet};

/// How an account stands between its last statement through a day and the books on that day.
///
/// # Errors
/// [`ReconcileError::Unknown`] when nothing of the account was reconciled by then, [`ReconcileError::NoneStands`] when all
/// of it was undone.
pub fn reconciliation_report<S: Store>(
    books: &Books<S>,
    account: AccountNo,
    through: Option<Date>,
) -> Result<Statement, ReconcileError> {
    let mut all = records(books, Some(account))?;
    all.retain(|(_, record)| through.is_none_or(|through| record.to <= through));
    let Some((_, last)) = all.last().cloned() else { return Err(none_stands(books, account)?) };
    let day = through.unwrap_or(last.to);
    let mut shown = Shown::default();
    all.iter().for_each(|(_, record)| shown.add(record));
    let (mut open, mut early) = (Vec::new(), Vec::new());
    let (mut in_books, mut postings) = (0, 0_i64);
    entries_at(books, account, &mut |entry, amount| {
        let date = Date::from_number(entry.date);
        let date = date.ok_or_else(|| BooksError::Damaged { what: format!("entry {}: no date", entry.number) })?;
        if date <= day {
            in_books += i128::from(amount);
            postings += i64::try_from(entry.postings.iter().filter(|p| p.account == account).count()).unwrap_or(0);
        }
        match shown.has(entry.number, date) {
            false if date <= day => open.push((entry, date, amount)),
            true if date > day => early.push((entry, date, amount)),
            _ => {}
        }
        Ok(())
    })?;
    let balance = i128::from(last.closing);
    let mut rows = vec![line("statement", &format!("Statement, {}", last.to), Some(last.to), balance, RowKind::Line)];
    let parts = [
        ("open", "In the books, not on the statement", open, 1),
        ("later", "On the statement, dated later in the books", early, -1),
    ];
    let mut sum = balance;
    for (key, title, entries, sign) in parts {
        if entries.is_empty() {
            continue;
        }
        rows.push(Row::plain(key, title, 0, RowKind::Heading, vec![Cell::Empty; 2]));
        for (entry, date, amount) in entries {
            let amount = sign * i128::from(amount);
            sum += amount;
            let about = match entry.description {
                Some(_) => books.text(entry.seq, "description")?,
                None => books.fact(entry.fact)?.0.describe(),
            };
            let label = format!("#{} {}", entry.number, about.unwrap_or_default());
            rows.push(line_at(&entry.number.to_string(), label.trim(), 1, Some(date), amount));
        }
    }
    rows.push(line("unbooked", "On the statement, not in the books", None, 0, RowKind::Line));
    rows.push(line("difference", "Not explained", None, in_books - sum, RowKind::Line));
    rows.retain(|row| row.key != "difference" || in_books != sum);
    rows.push(line("books", &format!("Balance of the books, {day}"), None, in_books, RowKind::Total));
    let mut statement = page(books, "reconciliation", account, rows)?;
    statement.period = Some(Window::until(day));
    let (count, first) = (all.len(), all.first().map_or(last.from, |(_, record)| record.from));
    statement.notes.push(match count {
        1 => format!("Reconciled once, from {first} to {}.", last.to),
        _ => format!("Reconciled {count} times, from {first} to {}.", last.to),
    });
    statement.covers = Some(Covers { postings, head: books.head()? });
    Ok(statement)
}

/// What became of a statement: as recorded, or what is still to be decided.
///
/// # Errors
/// What the books cannot read.
pub fn reconciliation_sheet<S: Store>(books: &Books<S>, outcome: &Outcome) -> Result<Statement, ReconcileError> {
    let mut statement = if outcome.undecided.is_empty() {
        reconciliation_report(books, outcome.account, None)?
    } else {
        to_decide(books, outcome)?
    };
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let matched: usize = outcome.settled.iter().map(|one| one.lines.len()).sum();
    let total = outcome.known.len() + matched + outcome.undecided.len();
    let mut said =
        format!("{}, {}: {} matched", outcome.file.0, counted(total, "line", "lines"), matched - outcome.posted.len());
    for (count, what) in [
        (outcome.posted.len(), if outcome.record.is_some() { "posted now" } else { "accepted" }),
        (outcome.known.len(), "reconciled before"),
        (outcome.undecided.len(), "to be decided"),
    ] {
        if count > 0 {
            said.push_str(&format!(", {count} {what}"));
        }
    }
    said.push('.');
    let mut notes = vec![said];
    let sets: Vec<String> = outcome
        .settled
        .iter()
        .filter(|one| one.lines.len() != 1 || one.entries.len() != 1)
        .filter(|one| !one.lines.is_empty())
        .take(5)
        .map(|one| {
            let numbers = |list: Vec<String>| {
                let more = list.len().saturating_sub(6);
                let shown = list.into_iter().take(6).collect::<Vec<_>>().join(", ");
                if more > 0 { format!("{shown} and {more} more") } else { shown }
            };
            let lines = numbers(one.lines.iter().map(ToString::to_string).collect());
            let entries = numbers(one.entries.iter().map(ToString::to_string).collect());
            format!("line {lines} = entry {entries} ({})", one.how.word())
        })
        .collect();
    if !sets.is_empty() {
        notes.push(format!("Together: {}.", sets.join("; ")));
    }
    if !outcome.said {
        let closing = books.setup()?.currency().format_grouped(outcome.closing.into());
        notes.push(format!(
            "The file tells no closing balance: {closing} follows from its lines. Compare it with the bank's."
        ));
    }
    notes.extend(remarks(books, &outcome.remarks)?);
    if outcome.undecided.is_empty() && outcome.record.is_none() {
        notes.push("Everything was reconciled before: nothing was added.".to_owned());
    }
    statement.notes.splice(0..0, notes);
    Ok(statement)
}

fn to_decide<S: Store>(books: &Books<S>, outcome: &Outcome) -> Result<Statement, ReconcileError> {
    let setup = books.setup()?;
    let wide = |mut row: Row, says: Cell| {
        row.cells.push(says);
        row
    };
    let (from, to) = outcome.period;
    let amount = |minor: i64| i128::from(minor);
    let mut rows = vec![
        wide(line("opening", "Statement opens", Some(from), amount(outcome.opening), RowKind::Line), Cell::Empty),
        wide(line("closing", "Statement closes", Some(to), amount(outcome.closing), RowKind::Line), Cell::Empty),
        Row::plain(
            "undecided",
            "On the statement, not in the books: to be decided",
            0,
            RowKind::Heading,
            vec![Cell::Empty; 3],
        ),
    ];
    for one in &outcome.undecided {
        let Some(line) = outcome.lines.get(one.number - 1) else { continue };
        let row = line_at(&one.number.to_string(), &label(one.number, line), 1, Some(line.date), amount(line.amount));
        let mut says: Vec<String> = one
            .suggestions
            .iter()
            .take(3)
            .map(|suggestion| {
                let doubt = if suggestion.firm { "" } else { "? " };
                format!("{doubt}{}: {}", suggestion.proposal.says(setup, line.amount), suggestion.why)
            })
            .collect();
        if !one.candidates.is_empty() {
            let shown: Vec<String> = one.candidates.iter().take(4).map(|(entry, _)| format!("#{entry}")).collect();
            let more = one.candidates.len().saturating_sub(4);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            says.push(match one.doubt {
                Some(Doubt::OtherAmount) => {
                    format!("? entry {}{more} has its reference, and another amount", shown.join(", "))
                }
                Some(Doubt::Far) => format!("? entry {}{more} has its amount, on another day", shown.join(", ")),
                Some(Doubt::Sums) => {
                    format!("? some of entries {}{more} make it, in more than one way", shown.join(", "))
                }
                _ if one.candidates.len() == 1 => format!("? entry {} fits another line as well", shown.join(", ")),
                _ => format!("? entries {}{more} fit equally well", shown.join(", ")),
            });
        }
        if says.is_empty() {
            says.push("? name an account".to_owned());
        }
        rows.push(wide(row, Cell::Text(says.join("; "))));
    }
    let undecided = outcome.undecided.iter().filter_map(|one| outcome.lines.get(one.number - 1));
    let mut sum = amount(outcome.closing) - undecided.map(|line| amount(line.amount)).sum::<i128>();
    let open: Vec<_> = outcome.open.iter().filter(|item| item.date <= to).collect();
    if !open.is_empty() {
        rows.push(Row::plain("open", "In the books, not on the statement", 0, RowKind::Heading, vec![Cell::Empty; 3]));
        sum += open.iter().map(|item| amount(item.amount)).sum::<i128>();
        // A long list of what is open helps nobody to decide: the report of the reconciliation has all.
        for item in open.iter().take(20) {
            let label = format!("#{} {}", item.entry, item.says);
            let row = line_at(&format!("entry-{}", item.entry), &label, 1, Some(item.date), amount(item.amount));
            rows.push(wide(row, Cell::Empty));
        }
        if open.len() > 20 {
            let rest = open.iter().skip(20).map(|item| amount(item.amount)).sum();
            let label = format!("… and {} more", open.len() - 20);
            rows.push(wide(line_at("entries-more", &label, 1, None, rest), Cell::Empty));
        }
    }
    let mut in_books = 0;
    entries_at(books, outcome.account, &mut |entry, minor| {
        if entry.date <= i64::from(to.number()) {
            in_books += amount(minor);
        }
        Ok(())
    })?;
    if in_books != sum {
        // What is older than the first statement, or dated later than this one, is no question of its lines.
        let label = "Dated before or after it";
        rows.push(wide(line("other-days", label, None, in_books - sum, RowKind::Line), Cell::Empty));
    }
    let label = format!("Balance of the books, {to}");
    rows.push(wide(line("books", &label, None, in_books, RowKind::Total), Cell::Empty));
    let mut statement = page(books, "reconcile", outcome.account, rows)?;
    statement.columns.push(Column::new("perhaps", "Perhaps", ColumnKind::Text));
    statement.period = Window::new(from, to).ok();
    Ok(statement)
}

/// What a line says, short enough for a table.
fn label(number: usize, line: &StatementLine) -> String {
    let said: Vec<&str> = [line.counterparty.as_deref(), line.text.as_deref()].into_iter().flatten().collect();
    let said = if said.is_empty() { line.reference.clone().unwrap_or_default() } else { said.join(": ") };
    let short: String = said.chars().take(60).collect();
    format!("{number} {short}{}", if said.chars().count() > 60 { "…" } else { "" })
}

fn remarks<S: Store>(books: &Books<S>, remarks: &[Remark]) -> Result<Vec<String>, BooksError> {
    let currency = books.setup()?.currency();
    let shown = |minor: i64| currency.format_grouped(i128::from(minor));
    let mut notes = Vec::new();
    let mut wrong = Vec::new();
    for remark in remarks {
        match remark {
            Remark::Skipped { rows, reason } => {
                notes.push(format!("{rows} {} left out: {reason}.", if *rows == 1 { "row was" } else { "rows were" }));
            }
            Remark::Balance { line, said, computed } => {
                wrong.push(format!("line {line} says {}, the amounts make {}", shown(*said), shown(*computed)));
            }
            Remark::Note(note) => notes.push(format!("Note: {note}.")),
        }
    }
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(3);
        let listed = wrong.into_iter().take(3).collect::<Vec<_>>().join("; ");
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        notes.push(format!("The file's running balance is wrong: {listed}{more}."));
    }
    Ok(notes)
}

/// All reconciliations, oldest first.
///
/// # Errors
/// What the books cannot read.
pub fn reconciliation_list<S: Store>(books: &Books<S>) -> Result<Statement, ReconcileError> {
    let setup = books.setup()?;
    let recorded = all_records(books)?;
    let any_undone = recorded.iter().any(|one| one.undone.is_some());
    let rows = recorded.into_iter().map(|Recorded { number, record, undone }| {
        let name = setup.account_numbered(record.account).map_or("?", |account| account.name.as_str());
        let count = |count: usize| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
        let mut cells = vec![
            Cell::Date(record.from),
            Cell::Date(record.to),
            Cell::Money(record.opening.into()),
            Cell::Money(record.closing.into()),
            count(record.matches.iter().map(|matched| matched.lines.len()).sum()),
        ];
        if any_undone {
            cells.push(undone.map_or(Cell::Empty, |by| Cell::Text(by.to_string())));
        }
        Row::plain(number.to_string(), format!("{number} {name}"), 0, RowKind::Line, cells)
    });
    let mut columns = vec![
        Column::new("from", "From", ColumnKind::Date),
        Column::new("to", "To", ColumnKind::Date),
        Column::new("opening", "Opening", ColumnKind::Money),
        Column::new("closing", "Closing", ColumnKind::Money),
        Column::new("lines", "Lines", ColumnKind::Count),
    ];
    if any_undone {
        columns.push(Column::new("undone", "Undone by", ColumnKind::Text));
    }
    Ok(sheet(books, "reconciliations", "Reconciliations".to_owned(), columns, rows.collect())?)
}

/// One reconciliation: which lines of the statement are which entries.
///
/// # Errors
/// [`ReconcileError::Unknown`], or what the books cannot read.
pub fn reconciliation_show<S: Store>(books: &Books<S>, number: FactNo) -> Result<Statement, ReconcileError> {
    let found = all_records(books)?.into_iter().find(|one| one.number == number);
    let Some(Recorded { record, undone, .. }) = found else {
        return Err(ReconcileError::Unknown { number: Some(number) });
    };
    let mut amounts: HashMap<_, i64> = HashMap::new();
    entries_at(books, record.account, &mut |entry, amount| {
        amounts.insert(entry.number, amount);
        Ok(())
    })?;
    let mut rows =
        vec![of_entries(line("opening", "Opening", Some(record.from), record.opening.into(), RowKind::Line), "")];
    for (i, matched) in record.matches.iter().enumerate() {
        let entries = matched.entries.iter().map(|entry| format!("#{entry}")).collect::<Vec<_>>().join(", ");
        if matched.lines.is_empty() {
            let sum = matched.entries.iter().filter_map(|entry| amounts.get(entry)).map(|m| i128::from(*m)).sum();
            let label = "Taken back, on no statement";
            rows.push(of_entries(line_at(&format!("{}", i + 1), label, 1, None, sum), &entries));
        }
        for (j, shown) in matched.lines.iter().enumerate() {
            let label = shown.reference.as_deref().unwrap_or("(no reference)");
            let row = line_at(&format!("{}.{}", i + 1, j + 1), label, 1, Some(shown.date), shown.amount.into());
            // Of a set, the entries belong to all its lines: they stand at the first.
            rows.push(of_entries(row, if j == 0 { &entries } else { "〃" }));
        }
    }
    rows.push(of_entries(line("closing", "Closing", Some(record.to), record.closing.into(), RowKind::Total), ""));
    let mut statement = page(books, "reconciliation", record.account, rows)?;
    statement.columns.push(Column::new("entries", "Entries", ColumnKind::Text));
    statement.period = Window::new(record.from, record.to).ok();
    statement.notes.push(describe(&record));
    if let Some(by) = undone {
        let (_, actor, seq) = books.fact(by)?;
        let day = books.store().fact(by)?.and_then(|stored| stored.recorded_at.get(..10).map(str::to_owned));
        let day = day.map(|day| format!(" {day}")).unwrap_or_default();
        let who = actor.map(|name| format!(" by {name}")).unwrap_or_default();
        let reason = books.text(seq, "reason")?.unwrap_or_else(|| "(erased)".to_owned());
        statement.notes.push(format!("It was undone{day}{who} ({by}): {reason}"));
    }
    Ok(statement)
}

fn describe(record: &Reconciled) -> String {
    let outstanding: Vec<String> = record.outstanding.iter().map(|entry| format!("#{entry}")).collect();
    let before = match outstanding.len() {
        0 => String::new(),
        _ => format!(" Of before {}, no statement had shown {}.", record.from, outstanding.join(", ")),
    };
    format!("Read from {}, SHA-256 {}.{before}", record.format, record.sha256)
}

fn of_entries(mut row: Row, entries: &str) -> Row {
    row.cells.push(if entries.is_empty() { Cell::Empty } else { Cell::Text(entries.to_owned()) });
    row
}

fn line(key: &str, label: &str, date: Option<Date>, minor: i128, kind: RowKind) -> Row {
    Row::plain(key, label, 0, kind, vec![date.map_or(Cell::Empty, Cell::Date), Cell::Money(minor)])
}

fn line_at(key: &str, label: &str, level: u8, date: Option<Date>, minor: i128) -> Row {
    Row { level, ..line(key, label, date, minor, RowKind::Line) }
}

fn page<S: Store>(
    books: &Books<S>,
    key: &str,
    account: AccountNo,
    rows: Vec<Row>,
) -> Result<Statement, ReconcileError> {
    let name = books.setup()?.account_numbered(account).map_or("?", |account| account.name.as_str());
    let columns =
        vec![Column::new("date", "Date", ColumnKind::Date), Column::new("amount", "Amount", ColumnKind::Money)];
    Ok(sheet(books, key, format!("Reconciliation of {name}"), columns, rows)?)
}
