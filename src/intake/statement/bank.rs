//! A bank's CSV (or workbook). Every bank has columns of its own: the names of the commonest are known, a mapping names
//! others. The amount is one column with a sign, or two, or one with a word for its direction beside it.

use super::rows::{Columns, Opened, count, empty, in_order};
use super::{LineKind, Remark, StatementFile, StatementLine, StatementTerms, filled, finish};
use crate::intake::{Format, IntakeError, Problems, Reading, Row, Sheet, Wanted};
use crate::money::Currency;

pub(super) const MEANINGS: [&str; 10] = [
    "date",
    "amount",
    "debit",
    "credit",
    "direction",
    "counterparty",
    "description",
    "reference",
    "balance",
    "currency",
];
const DATE: usize = 0;
const AMOUNT: usize = 1;
const DEBIT: usize = 2;
const CREDIT: usize = 3;
const DIRECTION: usize = 4;
const COUNTERPARTY: usize = 5;
const DESCRIPTION: usize = 6;
const REFERENCE: usize = 7;
const BALANCE: usize = 8;
const CURRENCY: usize = 9;

/// Words for money that left the account, and for money that came.
const OUT: [&str; 6] = ["dr", "d", "debit", "dbit", "s", "soll"];
const IN: [&str; 6] = ["cr", "c", "credit", "crdt", "h", "haben"];

/// Reads the file: one statement.
pub(super) fn read(
    sheet: Sheet,
    format: &Format,
    reading: &Reading,
    terms: &StatementTerms,
) -> Result<Vec<StatementFile>, IntakeError> {
    // A line above the header may have a word of it: the header has an amount too.
    let needs = |meanings: &[usize]| -> Vec<Wanted> {
        let mut wanted = format.wanted(&MEANINGS);
        wanted
            .iter_mut()
            .enumerate()
            .filter(|(i, _)| meanings.contains(i))
            .for_each(|(_, column)| column.optional = false);
        wanted
    };
    let (one, two) = (needs(&[DATE, AMOUNT]), needs(&[DATE, DEBIT, CREDIT]));
    let wanted = if sheet.header(&one).is_err() && sheet.header(&two).is_ok() { two } else { one };
    let columns = Columns { dates: &[DATE], amounts: &[AMOUNT, DEBIT, CREDIT, BALANCE], currency: CURRENCY };
    let file = Opened::new(sheet, format, reading, &wanted, &columns, terms)?;
    let mut problems = Problems::default();
    let directed = file.header.has(DIRECTION) && all_directions(&file)?;
    let mut statement: Option<StatementFile> = None;
    let mut skipped = Vec::new();
    let mut rows = file.sheet.rows(&file.header)?;
    while let Some((_, row)) = rows.next(&mut problems)? {
        let amounts = [AMOUNT, DEBIT, CREDIT].map(|column| row.filled(column));
        if row.filled(DATE).is_none() && amounts.iter().all(Option::is_none) {
            count(&mut skipped, "neither date nor amount".to_owned());
            continue;
        }
        let date = file.date(&row, DATE, &mut problems);
        let Some(currency) = file.currency(&row, CURRENCY, terms.currency, &mut problems) else { continue };
        let amount = amount(&file, &row, currency, directed, &mut problems);
        let balance = row.parse_filled(BALANCE, &mut problems, |text| file.written.amount(text, currency));
        let (Some(date), Some(amount), Some(balance)) = (date, amount, balance) else { continue };
        let statement = statement.get_or_insert_with(|| empty("bank-csv", currency));
        if statement.currency != currency {
            let first = statement.currency;
            let message =
                format!("the row is in {currency}, the rows before it in {first}: an account has one currency");
            problems.add(row.line, Some(file.header.name(CURRENCY)), message);
            continue;
        }
        statement.lines.push(StatementLine {
            line: row.line,
            date,
            amount,
            fee: 0,
            // What banks call a reference in their CSV is the payer's, and may be anything.
            reference: None,
            references: row.filled(REFERENCE).map(str::to_owned).into_iter().collect(),
            counterparty: filled(row.get(COUNTERPARTY)),
            text: filled(row.get(DESCRIPTION)),
            kind: LineKind::Other,
            category: None,
            balance_after: balance,
        });
    }
    // A month in which nothing moved is a statement all the same.
    let mut statements = vec![statement.unwrap_or_else(|| empty("bank-csv", terms.currency))];
    for statement in &mut statements {
        in_order(statement);
        statement
            .remarks
            .extend(skipped.iter().map(|(reason, rows)| Remark::Skipped { rows: *rows, reason: reason.clone() }));
    }
    finish(file.sheet.file(), statements, problems)
}

/// Whether every row says in words which way its money went; a column that says anything else is no direction.
fn all_directions(file: &Opened) -> Result<bool, IntakeError> {
    let mut rows = file.sheet.rows(&file.header)?;
    let (mut unread, mut some) = (Problems::default(), false);
    while let Some((_, row)) = rows.next(&mut unread)? {
        if let Some(word) = row.filled(DIRECTION).map(str::to_lowercase) {
            if !OUT.contains(&word.as_str()) && !IN.contains(&word.as_str()) {
                return Ok(false);
            }
            some = true;
        }
    }
    Ok(some)
}

fn amount(file: &Opened, row: &Row<'_>, currency: Currency, directed: bool, problems: &mut Problems) -> Option<i64> {
    if file.header.has(AMOUNT) && row.filled(AMOUNT).is_some() {
        let amount = file.amount(row, AMOUNT, currency, problems)?;
        let out = directed && OUT.contains(&row.get(DIRECTION).to_lowercase().as_str());
        return Some(if out { amount.saturating_abs().saturating_neg() } else { amount });
    }
    let debit = file.amount(row, DEBIT, currency, problems)?;
    let credit = file.amount(row, CREDIT, currency, problems)?;
    if debit != 0 && credit != 0 {
        let message = "there is an amount on both sides: a movement goes one way";
        problems.add(row.line, Some(file.header.name(DEBIT)), message);
        return None;
    }
    if debit == 0 && credit == 0 && row.filled(DEBIT).is_none() && row.filled(CREDIT).is_none() {
        let column = if file.header.has(AMOUNT) { AMOUNT } else { DEBIT };
        problems.add(row.line, Some(file.header.name(column)), "there is no amount");
        return None;
    }
    // Some banks write what left the account with a minus, some without.
    Some(credit - debit.saturating_abs())
}
