//! Lists of parties, funds, events, exchange rates and budget lines.

use std::collections::{HashMap, HashSet};

use super::landing::is_fatal;
use super::table::{Column, Table};
use super::{IntakeError, Problems, SourceFile};
use crate::books::{BooksError, Store, Writer};
use crate::calendar::Date;
use crate::conference::{BudgetLine, Event, Fact, RateKnown};
use crate::ledger::{Fund, PartyKind, Slug, parse_rate};
use crate::money::{Currency, DecimalMark, Money};

/// Imports parties from `name,kind[,holding][,email]`; a holding must stand above its companies or be known. Parties
/// that are there already are left as they are. Returns how many were new.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_parties<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<usize, IntakeError> {
    let columns =
        [Column::required("name"), Column::required("kind"), Column::optional("holding"), Column::optional("email")];
    let mut table = Table::open(file, &columns)?;
    let (mut problems, mut added) = (Problems::default(), 0);
    while let Some(row) = table.next(&mut problems)? {
        let kind = row.parse(1, &mut problems, str::parse::<PartyKind>);
        let holding = row.parse_filled(2, &mut problems, |name| writer.books().find_party(name));
        let (Some(kind), Some(holding)) = (kind, holding) else { continue };
        if writer.books().store().party_by_name(row.get(0))?.is_some() {
            continue;
        }
        let outcome = writer.add_party(row.get(0), kind, holding, row.filled(3)).map(|_| added += 1);
        note(outcome, row.line, "name", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
}

/// Imports exchange rates from `date,currency,rate`: units of the books' currency for one of the foreign one. Rates
/// that are known already are left as they are. Returns how many were new.
///
/// # Errors
/// As [`import_parties`].
pub fn import_rates<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<usize, IntakeError> {
    let columns = [Column::required("date"), Column::required("currency"), Column::required("rate")];
    let mut table = Table::open(file, &columns)?;
    let (mut problems, mut added) = (Problems::default(), 0);
    let mut known = HashSet::new();
    writer.books().facts(&["rate"], &mut |_, _, fact| {
        if let Fact::Rate(rate) = fact {
            known.insert((rate.date, rate.currency, rate.rate));
        }
        Ok(())
    })?;
    let own = writer.setup()?.currency();
    let mut told = HashMap::new();
    while let Some(row) = table.next(&mut problems)? {
        let date = row.parse(0, &mut problems, str::parse::<Date>);
        let currency = row.parse(1, &mut problems, |code| Currency::from_code(&code.trim().to_uppercase()));
        let rate = row.parse(2, &mut problems, parse_rate);
        let (Some(date), Some(currency), Some(rate)) = (date, currency, rate) else { continue };
        if currency == own {
            problems.add(row.line, Some("currency"), format!("{own} is the currency of the books: it needs no rate"));
            continue;
        }
        let (line, first) = *told.entry((date, currency)).or_insert((row.line, rate));
        if first != rate {
            let message = format!("{currency} has another rate on {date} in line {line}: {first}");
            problems.add(row.line, Some("rate"), message);
            continue;
        }
        if !known.insert((date, currency.code().to_owned(), rate)) {
            continue;
        }
        let fact = RateKnown { currency: currency.code().to_owned(), date, rate };
        let outcome = writer.happen(|_| Ok(Fact::Rate(fact))).map(|_| added += 1);
        note(outcome, row.line, "rate", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
}

/// Imports budget lines from `event,version,date,account,amount[,approved_by][,basis]`; income and cost are both
/// positive. Lines that are there already are left as they are. Returns how many were new.
///
/// # Errors
/// As [`import_parties`].
pub fn import_budget<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<usize, IntakeError> {
    let columns = [
        Column::required("event"),
        Column::required("version"),
        Column::required("date"),
        Column::required("account"),
        Column::required("amount"),
        Column::optional("approved_by"),
        Column::optional("basis"),
    ];
    let mut table = Table::open(file, &columns)?;
    let (mut problems, mut added) = (Problems::default(), 0);
    let mut known = HashSet::new();
    writer.books().facts(&["budget"], &mut |_, _, fact| {
        if let Fact::Budget(line) = fact {
            known.insert((line.event, line.version, line.date, line.account, line.amount));
        }
        Ok(())
    })?;
    let currency = writer.setup()?.currency();
    let mut told = HashMap::new();
    while let Some(row) = table.next(&mut problems)? {
        let event = row.parse(0, &mut problems, |code| writer.setup()?.event(code).map(|event| event.code));
        let version = row.parse(1, &mut problems, str::parse::<Slug>);
        let date = row.parse(2, &mut problems, str::parse::<Date>);
        let account = row.parse(3, &mut problems, |name| writer.setup()?.account(name).map(|account| account.number));
        let amount = row.parse(4, &mut problems, |text| Money::parse(text, currency, DecimalMark::Point));
        let (Some(event), Some(version), Some(date), Some(account), Some(amount)) =
            (event, version, date, account, amount)
        else {
            continue;
        };
        let amount = amount.minor();
        let (line, first) = *told.entry((event, version, date, account)).or_insert((row.line, amount));
        if first != amount {
            let first = currency.format_grouped(i128::from(first));
            let message = format!("this account has another amount in line {line}: {first}; one row an account");
            problems.add(row.line, Some("amount"), message);
            continue;
        }
        if !known.insert((event, version, date, account, amount)) {
            continue;
        }
        let (by, basis) = (row.filled(5).map(str::to_owned), row.filled(6).map(str::to_owned));
        let outcome = writer.happen(|recorder| {
            Ok(Fact::Budget(BudgetLine {
                event,
                version,
                date,
                account,
                amount,
                approved_by: by.as_deref().map(|name| recorder.seal("approved by", name)),
                basis: basis.as_deref().map(|text| recorder.seal("basis", text)),
            }))
        });
        note(outcome.map(|_| added += 1), row.line, "amount", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
}

/// Imports funds from `code,name,restriction[,purpose]`. Returns how many were new or changed.
///
/// # Errors
/// As [`import_parties`].
pub fn import_funds<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<usize, IntakeError> {
    let columns = [
        Column::required("code"),
        Column::required("name"),
        Column::required("restriction"),
        Column::optional("purpose"),
    ];
    let mut table = Table::open(file, &columns)?;
    let (mut problems, mut added) = (Problems::default(), 0);
    let mut told = HashMap::new();
    while let Some(row) = table.next(&mut problems)? {
        let code = row.parse(0, &mut problems, str::parse);
        let restriction = row.parse(2, &mut problems, str::parse);
        let (Some(code), Some(restriction)) = (code, restriction) else { continue };
        let fund = Fund { code, name: row.get(1).to_owned(), restriction, purpose: row.filled(3).map(str::to_owned) };
        if stands_otherwise(&mut told, fund.code, &fund, row.line, &mut problems) {
            continue;
        }
        if writer.setup()?.funds().contains(&fund) {
            continue;
        }
        let outcome = writer.put_fund(fund).map(|()| added += 1);
        note(outcome, row.line, "restriction", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
}

/// Imports events from `code,name,first_day,last_day[,policy][,fund]`. Returns how many were new or changed.
///
/// # Errors
/// As [`import_parties`].
pub fn import_events<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<usize, IntakeError> {
    let mut columns = ["code", "name", "first_day", "last_day"].map(Column::required).to_vec();
    columns.extend(["policy", "fund"].map(Column::optional));
    let mut table = Table::open(file, &columns)?;
    let (mut problems, mut added) = (Problems::default(), 0);
    let mut told = HashMap::new();
    while let Some(row) = table.next(&mut problems)? {
        let code = row.parse(0, &mut problems, str::parse);
        let first_day = row.parse(2, &mut problems, str::parse);
        let last_day = row.parse(3, &mut problems, str::parse);
        let policy = row.parse_filled(4, &mut problems, str::parse);
        let setup = writer.setup()?;
        let fund = row.parse_filled(5, &mut problems, |code| setup.fund(code).map(|fund| fund.code));
        let (Some(code), Some(first_day), Some(last_day)) = (code, first_day, last_day) else { continue };
        let (Some(policy), Some(fund)) = (policy, fund) else { continue };
        let event = Event::new(code, row.get(1), first_day, last_day);
        // What else is known of an event (its policy, its fund) is none of this file's business.
        let known = writer.setup()?.events().iter().find(|known| known.code == code).cloned();
        let event = match known {
            Some(known) => Event {
                name: event.name,
                first_day,
                last_day,
                policy: policy.or(known.policy),
                fund: fund.or(known.fund),
                ..known
            },
            None => Event { policy, fund, ..event },
        };
        if stands_otherwise(&mut told, code, &event, row.line, &mut problems) {
            continue;
        }
        if writer.setup()?.events().contains(&event) {
            continue;
        }
        let outcome = writer.put_event(event).map(|()| added += 1);
        note(outcome, row.line, "last_day", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
}

/// Whether a row says something else than an earlier one of the same code, which becomes a problem. The later row would
/// win, and the file would change the books each time that it is imported.
fn stands_otherwise<T: Clone + PartialEq>(
    told: &mut HashMap<Slug, (u64, T)>,
    code: Slug,
    row: &T,
    line: u64,
    problems: &mut Problems,
) -> bool {
    let (first, said) = told.entry(code).or_insert_with(|| (line, row.clone()));
    let otherwise = said != row;
    if otherwise {
        problems.add(
            line,
            Some("code"),
            format!("`{code}` is in line {first} already, and not the same; one row each"),
        );
    }
    otherwise
}

fn note(outcome: Result<(), BooksError>, line: u64, column: &str, problems: &mut Problems) -> Result<(), IntakeError> {
    match outcome {
        Err(error) if is_fatal(&error) => Err(error.into()),
        Err(error) => {
            problems.add(line, Some(column), error);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
