//! CiviCRM's financial batches: each row a part of a transaction, with the account on each side.

use super::format::{Format, Mapping, open};
use super::reading::{ReadingWords, Written};
use super::table::Row;
use super::{IntakeError, Landed, Landing, Problems, RawPosting, SourceFile, Transaction};
use crate::books::{Setup, Store, Writer};
use crate::calendar::Date;
use crate::ledger::{AccountNo, AccountType, Slug};
use crate::money::{Currency, Money};

pub(super) const MEANINGS: [&str; 15] = [
    "reference",
    "date",
    "debit",
    "amount",
    "credit",
    "currency",
    "status",
    "debit_name",
    "credit_name",
    "unsplit",
    "source",
    "item",
    "instrument",
    "debit_type",
    "credit_type",
];
const REFERENCE: usize = 0;
const DATE: usize = 1;
const DEBIT: usize = 2;
const AMOUNT: usize = 3;
const CREDIT: usize = 4;
const CURRENCY: usize = 5;
const STATUS: usize = 6;
const DEBIT_NAME: usize = 7;
const CREDIT_NAME: usize = 8;
const UNSPLIT: usize = 9;
const SOURCE: usize = 10;
const ITEM: usize = 11;
const DEBIT_TYPE: usize = 13;
const CREDIT_TYPE: usize = 14;

/// What an import of a batch did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchLanded {
    /// What was landed.
    pub landed: Landed,
    /// Rows that were left out because their transaction is not completed, and what they come to, minor units.
    pub open: (usize, i64),
}

/// Rows of one transaction, which stand together.
struct Group {
    reference: String,
    line: u64,
    /// What the transaction comes to, as each of its rows says.
    unsplit: Option<i64>,
    date: Date,
    description: Option<String>,
    sum: i64,
    postings: Vec<RawPosting>,
    accounts: Vec<AccountNo>,
}

/// Imports a batch. Everything lands under `event` if one is given.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_civicrm<S: Store>(
    writer: &mut Writer<'_, S>,
    file: &SourceFile,
    event: Option<Slug>,
    mapping: &Mapping,
    said: &ReadingWords,
) -> Result<BatchLanded, IntakeError> {
    let (sheet, format, reading) = open(file, &["civicrm"], mapping, said)?;
    let header = format.header(&sheet, &MEANINGS)?;
    let currency = writer.setup()?.currency();
    let event = event.map(|event| writer.setup()?.event(event.as_str()).map(|event| event.code)).transpose()?;
    let mut landing = Landing::begin(writer, file, "civicrm")?;
    let (written, _) =
        sheet.survey(&header, (&[DATE], &[AMOUNT, UNSPLIT]), currency, &reading, &mut landing.problems)?;
    let mut rows = sheet.rows(&header)?;
    let mut group: Option<Group> = None;
    let mut open = (0, 0_i64);
    while let Some((_, row)) = rows.next(&mut Problems::default())? {
        let setup = landing.writer.setup()?;
        let terms = Terms { setup, format: &format, written, currency, event };
        let Some(part) = part(&row, &terms, &mut landing.problems) else { continue };
        let part = match part {
            Part::Moved(part) => part,
            Part::Open(minor) => {
                open = (open.0 + 1, open.1.saturating_add(minor));
                continue;
            }
        };
        match &mut group {
            Some(group) if group.reference == part.reference => {
                group.sum = group.sum.saturating_add(part.sum);
                group.postings.extend(part.postings);
                group.accounts.extend(part.accounts);
            }
            _ => {
                if let Some(done) = group.replace(part) {
                    land(&mut landing, done)?;
                }
            }
        }
    }
    if let Some(done) = group {
        land(&mut landing, done)?;
    }
    Ok(BatchLanded { landed: landing.finish()?, open })
}

struct Terms<'t> {
    setup: &'t Setup,
    format: &'t Format,
    written: Written,
    currency: Currency,
    event: Option<Slug>,
}

enum Part {
    Moved(Group),
    Open(i64),
}

fn part(row: &Row<'_>, terms: &Terms<'_>, problems: &mut Problems) -> Option<Part> {
    let status = terms.format.word("status", row.get(STATUS));
    if status.is_none() {
        let message = format!("`{}` is unknown; a mapping adds it under [words.status]", row.get(STATUS));
        problems.add(row.line, Some("Transaction Status"), message);
    }
    let said = row.get(CURRENCY);
    let same = said.eq_ignore_ascii_case(terms.currency.code());
    if !same {
        let message = format!("`{said}` is not the currency of the books, {}; leave the row out", terms.currency);
        problems.add(row.line, Some("Currency"), message);
    }
    let amount = row.parse(AMOUNT, problems, |text| terms.written.amount(text, terms.currency));
    let unsplit = row.parse_filled(UNSPLIT, problems, |text| terms.written.amount(text, terms.currency));
    let date = row.parse(DATE, problems, |text| terms.written.date(text));
    let debit = account(row, terms, (DEBIT, DEBIT_NAME, DEBIT_TYPE), problems);
    let credit = account(row, terms, (CREDIT, CREDIT_NAME, CREDIT_TYPE), problems);
    if row.get(REFERENCE).is_empty() {
        problems.add(row.line, Some("Internal ID"), "it is empty");
        return None;
    }
    let (status, amount, unsplit, date, true) = (status?, amount?, unsplit?, date?, same) else { return None };
    let accounts = vec![debit?, credit?];
    if status != "moved" {
        return Some(Part::Open(amount));
    }
    let posting = |minor: i64| RawPosting {
        event: terms.event.map(|event| event.to_string()),
        memo: row.filled(ITEM).map(str::to_owned),
        ..RawPosting::plain(row.line, "", Money::new(minor, terms.currency))
    };
    Some(Part::Moved(Group {
        reference: format!("civicrm-{}", row.get(REFERENCE)),
        line: row.line,
        unsplit,
        date,
        description: row.filled(SOURCE).map(str::to_owned),
        sum: amount,
        postings: vec![posting(amount), posting(-amount)],
        accounts,
    }))
}

/// The account of a side: as mapped, else by its code or name in the books.
fn account(
    row: &Row<'_>,
    terms: &Terms<'_>,
    (code, name, kind): (usize, usize, usize),
    problems: &mut Problems,
) -> Option<AccountNo> {
    let names = [row.get(code), row.get(name)];
    let mapped = names.iter().find_map(|name| terms.format.account(name));
    let found = match mapped {
        Some(mapped) => terms.setup.account(mapped).map(|account| account.number),
        None => {
            let known = names.iter().filter(|name| !name.is_empty()).find_map(|name| terms.setup.find_account(name));
            known.map_or_else(|| terms.setup.account(names[0]).map(|account| account.number), |a| Ok(a.number))
        }
    };
    match found {
        Ok(account) if mapped.is_none() && !same_type(row.get(kind), terms.setup, account) => {
            let known = terms.setup.account_numbered(account).map_or("", |account| account.name.as_str());
            let message = format!(
                "`{}` is `{known}` in these books, which is not of type {}; a mapping names it under [accounts]: \"{}\" = \"…\"",
                row.get(code),
                row.get(kind),
                row.get(code)
            );
            problems.add(row.line, Some(MEANINGS[code]), message);
            None
        }
        Ok(account) => Some(account),
        Err(error) => {
            let message = format!("{error}; a mapping names it under [accounts]: \"{}\" = \"…\"", names[0]);
            problems.add(row.line, Some(MEANINGS[code]), message);
            None
        }
    }
}

/// Whether an account is of the type that CiviCRM calls so; a type that is not told, or is unknown, is any.
fn same_type(word: &str, setup: &Setup, account: AccountNo) -> bool {
    let kind = match word.to_lowercase().as_str() {
        "asset" => AccountType::Asset,
        "liability" => AccountType::Liability,
        "revenue" => AccountType::Revenue,
        "expenses" | "expense" | "cost of sales" => AccountType::Expense,
        _ => return true,
    };
    setup.account_numbered(account).is_some_and(|account| account.kind == kind)
}

fn land<S: Store>(landing: &mut Landing<'_, '_, S>, group: Group) -> Result<(), IntakeError> {
    if let Some(unsplit) = group.unsplit
        && unsplit != group.sum
    {
        let currency = landing.writer.setup()?.currency();
        let message = format!(
            "the parts of {} come to {}, and it says {}",
            group.reference,
            currency.format_minor(i128::from(group.sum)),
            currency.format_minor(i128::from(unsplit))
        );
        landing.problems.add(group.line, None, message);
        return Ok(());
    }
    let places: Vec<_> = group.accounts.iter().map(|account| (*account, None)).collect();
    let transaction = Transaction {
        line: group.line,
        date: group.date,
        reference: Some(group.reference),
        description: group.description,
        postings: group.postings,
    };
    landing.land(transaction, &places, None)
}
