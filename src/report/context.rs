//! What figures need beside them: attendance, hours of volunteers by team, applications for aid, and notes. Notes are
//! printed with the statement they explain.

use std::collections::BTreeMap;

use super::statement::{Behind, Cell, Column, ColumnKind, Crowd, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Books, BooksError, Store};
use crate::conference::{Fact, NoteTaken, Reader};
use crate::ledger::Slug;

use super::event_figures::Admissions;

/// Attendance, volunteers and aid of the events asked for (of all, when none is), with the notes on them.
///
/// # Errors
/// What the books cannot read.
pub fn context<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let events: Vec<Slug> = match request.events.is_empty() {
        true => setup.events().iter().map(|event| event.code).collect(),
        false => request.events.clone(),
    };
    let tallies = books.tallies()?;
    let mut rows = Vec::new();
    let columns =
        vec![Column::new("number", "Number", ColumnKind::Count), Column::new("hours", "Hours", ColumnKind::Count)];
    let line = |rows: &mut Vec<Row>, key: String, label: &str, hours: Option<i64>, crowds: Vec<Crowd>| {
        let people = crowds.iter().map(|crowd| crowd.count).fold(0_i64, i64::saturating_add);
        let cells = vec![Cell::Count(people), hours.map_or(Cell::Empty, Cell::Count)];
        let mut row = Row::plain(key, label, 1, RowKind::Line, cells);
        // Hours tell as much as their people do.
        row.behind = vec![Behind::People(crowds), Behind::Figures(vec![(rows.len(), 0)])];
        rows.push(row);
    };
    for event in &events {
        let name = &setup.event(event.as_str())?.name;
        let before = rows.len();
        rows.push(Row::plain(event.as_str(), name, 0, RowKind::Heading, vec![Cell::Empty; 2]));
        let admissions: Vec<Admissions> =
            tallies.iter().filter_map(|(key, count, net)| Admissions::of(*event, key, *count, *net)).collect();
        let confirmed = |role: Option<&str>| -> Vec<Crowd> {
            Admissions::crowds(&admissions, *event, |a| a.is_confirmed() && role.is_none_or(|role| a.role == role))
        };
        if !confirmed(None).is_empty() {
            line(&mut rows, format!("{event}:attendance"), "Admissions", None, confirmed(None));
        }
        for (role, label) in [("speaker", "of which speakers"), ("volunteer", "of which volunteers")] {
            if !confirmed(Some(role)).is_empty() {
                line(&mut rows, format!("{event}:{role}"), label, None, confirmed(Some(role)));
            }
        }
        let crowds = |kind: &str| -> Vec<Crowd> {
            let of = tallies.iter().filter(|(key, ..)| key.kind == kind && key.event == Some(*event));
            of.map(|(key, count, _)| crowd(&format!("{kind}|{event}|{}", key.key), *count, true)).collect()
        };
        if !crowds("application").is_empty() {
            line(&mut rows, format!("{event}:applications"), "Applications for aid", None, crowds("application"));
            line(&mut rows, format!("{event}:grants"), "Grants of aid", None, crowds("grant"));
        }
        // An event that nobody has registered for yet has nothing to say.
        if rows.len() == before + 1 {
            rows.truncate(before);
        }
    }
    let mut teams: BTreeMap<Slug, (i64, i64)> = BTreeMap::new();
    books.facts(&["hours"], &mut |_, _, fact| {
        if let Fact::Hours(hours) = fact
            && request.window.contains(hours.date)
            && (request.events.is_empty() || hours.event.is_some_and(|event| request.events.contains(&event)))
        {
            let team = teams.entry(hours.team).or_default();
            *team = (team.0.saturating_add(hours.people), team.1.saturating_add(hours.hours));
        }
        Ok(())
    })?;
    if !teams.is_empty() {
        rows.push(Row::plain("volunteers", "Volunteer teams", 0, RowKind::Heading, vec![Cell::Empty; 2]));
        for (team, (people, hours)) in &teams {
            line(
                &mut rows,
                format!("team:{team}"),
                team.as_str(),
                Some(*hours),
                vec![volunteers(request, team, *people)],
            );
        }
        let (people, hours) = teams
            .values()
            .fold((0_i64, 0_i64), |sum, team| (sum.0.saturating_add(team.0), sum.1.saturating_add(team.1)));
        let mut total = Row::plain(
            "volunteers-total",
            "Volunteers",
            0,
            RowKind::Total,
            vec![Cell::Count(people), Cell::Count(hours)],
        );
        let crowds = teams.iter().map(|(team, (people, _))| volunteers(request, team, *people)).collect();
        total.behind = vec![Behind::People(crowds), Behind::Figures(vec![(rows.len(), 0)])];
        rows.push(total);
    }
    let mut statement = Statement {
        key: "context".to_owned(),
        title: "People behind the figures".to_owned(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: None,
        audience: request.audience,
        currency: setup.currency(),
        columns,
        rows,
        notes: vec![format!(
            "Volunteers' time is no revenue and no expense{}: it is counted, not valued.",
            super::disclosures::source(books, "ASC 958", "ASC 958-605-25-16")?
        )],
        covers: None,
    };
    statement.notes.extend(notes_on(books, request, |_| true)?.into_iter().map(|(_, text)| text));
    Ok(statement)
}

/// People of a team whose hours were counted within the report's days.
fn volunteers(request: &Request, team: &Slug, count: i64) -> Crowd {
    let events: Vec<&str> = request.events.iter().map(Slug::as_str).collect();
    crowd(&format!("volunteers|{}|{}|{team}", request.window, events.join(",")), count, false)
}

fn crowd(key: &str, count: i64, sensitive: bool) -> Crowd {
    Crowd { key: key.to_owned(), count, sensitive }
}

/// Puts under a statement what standards want said beside it, and the notes on it, its lines and accounts: those that
/// its reader may read.
///
/// # Errors
/// What the books cannot read.
pub fn attach_notes<S: Store>(
    books: &Books<S>,
    request: &Request,
    statement: &mut Statement,
) -> Result<(), ReportError> {
    if statement.key == "context" {
        return Ok(());
    }
    let more = super::disclosures::disclosures(books, request, statement)?;
    statement.notes.extend(more);
    let setup = books.setup()?;
    let explains = |note: &NoteTaken| {
        let on = note.on.as_ref().map(Slug::as_str);
        let line = note.account.and_then(|number| setup.account_numbered(number));
        let keys = [
            on.map(str::to_owned),
            line.map(|account| account.name.as_str().to_owned()),
            line.and_then(|account| setup.line_of(account).ok()).map(|line| line.key.clone()),
        ];
        on == Some(statement.key.as_str())
            || keys.iter().flatten().any(|key| statement.rows.iter().any(|row| row.key == *key))
    };
    let notes = notes_on(books, request, explains)?;
    for (i, (key, text)) in notes.into_iter().enumerate() {
        let label = statement.rows.iter().find(|row| Some(&row.key) == key.as_ref()).map(|row| row.label.clone());
        let of = label.map_or_else(String::new, |label| format!("{label}: "));
        statement.notes.push(format!("Note {}. {of}{text}", i + 1));
    }
    Ok(())
}

/// Notes of the period and events, that the reader may read, with the key of the line they are on.
fn notes_on<S: Store>(
    books: &Books<S>,
    request: &Request,
    wanted: impl Fn(&NoteTaken) -> bool,
) -> Result<Vec<(Option<String>, String)>, BooksError> {
    let reader = match request.audience {
        Audience::Treasurer => Reader::Treasurer,
        Audience::Board => Reader::Board,
        Audience::Public => Reader::Public,
    };
    let setup = books.setup()?;
    let mut notes = Vec::new();
    books.facts(&["note"], &mut |_, seq, fact| {
        let Fact::Note(note) = fact else { return Ok(()) };
        let of_event = request.events.is_empty() || note.event.is_some_and(|event| request.events.contains(&event));
        if note.reader < reader || !of_event || !request.window.contains(note.date) || !wanted(&note) {
            return Ok(());
        }
        let Some(text) = books.text(seq, "text")? else { return Ok(()) };
        let account = note.account.and_then(|number| setup.account_numbered(number));
        let line = account.and_then(|account| setup.line_of(account).ok()).map(|line| line.key.clone());
        let key = note.on.map(|on| on.to_string()).or(line);
        notes.push((key, format!("{text} ({})", note.date)));
        Ok(())
    })?;
    Ok(notes)
}
