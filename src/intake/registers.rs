//! Lists of parties, funds and events.

use super::landing::is_fatal;
use super::table::{Column, Table};
use super::{IntakeError, Problems, SourceFile};
use crate::books::{BooksError, Store, Writer};
use crate::conference::Event;
use crate::ledger::{Fund, PartyKind};

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
    while let Some(row) = table.next(&mut problems)? {
        let code = row.parse(0, &mut problems, str::parse);
        let restriction = row.parse(2, &mut problems, str::parse);
        let (Some(code), Some(restriction)) = (code, restriction) else { continue };
        let fund = Fund { code, name: row.get(1).to_owned(), restriction, purpose: row.filled(3).map(str::to_owned) };
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
        if writer.setup()?.events().contains(&event) {
            continue;
        }
        let outcome = writer.put_event(event).map(|()| added += 1);
        note(outcome, row.line, "last_day", &mut problems)?;
    }
    problems.into_result(&file.name())?;
    Ok(added)
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
