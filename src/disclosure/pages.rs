//! Pages of the treasurer's about releases: what would be withheld, the log, an audit, an attack.

use super::DisclosureError;
use super::log::{Content, Log, figures_of};
use super::release::{Audit, AuditFinding, Guess, Plan, promise};
use crate::books::{Books, BooksError, Store};
use crate::conference::{Fact, Reader, Released};
use crate::money::Currency;
use crate::report::{Audience, Cell, Column, ColumnKind, Row, RowKind, Statement, sheet};

fn shown(content: &Content, value: i128, currency: Currency) -> String {
    match content {
        Content::Postings(..) => currency.format_grouped(value),
        Content::People(_) => value.to_string(),
    }
}

fn columns<const N: usize>(columns: [(&str, &str, ColumnKind); N]) -> Vec<Column> {
    columns.map(|(key, label, kind)| Column::new(key, label, kind)).to_vec()
}

fn line(key: impl Into<String>, label: impl Into<String>, cells: Vec<Cell>) -> Row {
    Row::plain(key, label, 0, RowKind::Line, cells)
}

/// Shown by a recorded decision, though it should not be.
const DECIDED: &str = "shown by the treasurer's decision";

/// What a release would withhold, and why.
///
/// # Errors
/// What the books cannot read.
pub fn plan_page<S: Store>(books: &Books<S>, plan: &Plan) -> Result<Statement, BooksError> {
    let currency = books.setup()?.currency();
    let told = plan.review.figures.iter().filter(|figure| figure.reason.is_some() || figure.overridden);
    let rows = told.map(|figure| {
        let why = figure.reason.clone().unwrap_or_else(|| DECIDED.to_owned());
        let value = shown(&figure.content, figure.value, currency);
        line(&figure.id, &figure.id, vec![Cell::Text(value), Cell::Text(why)])
    });
    let (text, title) = (ColumnKind::Text, "What would be withheld".to_owned());
    let columns = columns([("value", "Value", text), ("why", "Why it would be withheld", text)]);
    let mut page = sheet(books, "release-preview", title, columns, rows.collect())?;
    page.notes.push("Dry run: nothing was released. This page is the treasurer's.".to_owned());
    page.notes.push(plan.withheld_note());
    Ok(page)
}

/// All releases.
///
/// # Errors
/// What the books cannot read.
pub fn release_list<S: Store>(books: &Books<S>) -> Result<Statement, DisclosureError> {
    let log = Log::read(books)?;
    let count = |number: usize| Cell::Count(i64::try_from(number).unwrap_or(i64::MAX));
    let rows = log.releases.iter().map(|release| {
        let cells = vec![
            Cell::Text(audience_of(release.reader).word().to_owned()),
            Cell::Text(release.how.word().to_owned()),
            Cell::Text(release.statements.join(", ")),
            count(release.figures.len()),
            count(release.withheld),
            Cell::Count(release.entries.0),
        ];
        line(release.number.to_string(), release.number.to_string(), cells)
    });
    let (text, number) = (ColumnKind::Text, ColumnKind::Count);
    let columns = columns([
        ("audience", "To", text),
        ("how", "How", text),
        ("statements", "Statements", text),
        ("figures", "Shown", number),
        ("withheld", "Withheld", number),
        ("entries", "Entries", number),
    ]);
    Ok(sheet(books, "releases", "Releases".to_owned(), columns, rows.collect())?)
}

const fn audience_of(reader: Reader) -> Audience {
    match reader {
        Reader::Treasurer => Audience::Treasurer,
        Reader::Board => Audience::Board,
        Reader::Public => Audience::Public,
    }
}

/// The figures of one release.
///
/// # Errors
/// [`DisclosureError::NoRelease`], or what the books cannot read.
pub fn release_page<S: Store>(books: &Books<S>, number: i64) -> Result<Statement, DisclosureError> {
    let log = Log::read(books)?;
    let (release, fact) = log.release(number)?;
    let currency = books.setup()?.currency();
    let figures = figures_of(release)?;
    let rows = release.figures.iter().zip(&figures).map(|(figure, logged)| {
        let how = if figure.overridden { DECIDED } else { "" };
        let value = shown(&logged.content, logged.value, currency);
        line(&figure.id, &figure.id, vec![Cell::Text(value), Cell::Text(how.to_owned())])
    });
    let columns = columns([("value", "Value", ColumnKind::Text), ("how", "", ColumnKind::Text)]);
    let mut page = sheet(books, "release", format!("Release {number}"), columns, rows.collect())?;
    page.notes = notes_of(books, &log, release, books.fact(fact)?.2)?;
    Ok(page)
}

fn notes_of<S: Store>(books: &Books<S>, log: &Log, release: &Released, seq: i64) -> Result<Vec<String>, BooksError> {
    let audience = audience_of(release.reader);
    let mut notes = vec![format!(
        "To {audience}; {}; {} withheld; of {} entries; record {seq}.",
        release.how.word(),
        release.withheld,
        release.entries
    )];
    notes.extend(books.text(seq, "reason")?.map(|reason| format!("Reason: {reason}")));
    if release.rules != log.rules_digest {
        notes.push("It was made under other rules than those in force.".to_owned());
    }
    books.facts(&["copy-given"], &mut |_, seq, fact| {
        if let Fact::CopyGiven(copy) = fact
            && copy.number == release.number
        {
            let name = books.party(copy.to)?.shown();
            let reason = books.text(seq, "reason")?.unwrap_or_default();
            notes.push(format!("A copy with all figures was given to {name}: {reason}"));
        }
        Ok(())
    })?;
    notes.push(promise(log, audience));
    Ok(notes)
}

/// What an audit looked at and found.
///
/// # Errors
/// What the books cannot read.
pub fn audit_page<S: Store>(books: &Books<S>, audit: &Audit) -> Result<Statement, BooksError> {
    let currency = books.setup()?.currency();
    let mut rows = Vec::new();
    for (key, label, number) in [
        ("releases", "Releases", audit.releases),
        ("figures", "Figures, as their readers know them", audit.figures),
        ("protected", "Contributors protected", audit.protected),
        ("amounts", "Amounts of theirs that were tried", audit.amounts),
    ] {
        let number = Cell::Count(i64::try_from(number).unwrap_or(i64::MAX));
        rows.push(line(key, label, vec![number, Cell::Empty]));
    }
    for (i, finding) in audit.findings.iter().enumerate() {
        let (label, what) = match finding {
            AuditFinding::Differs { id, released, found } => {
                let [released, found] = [released, found].map(|minor| currency.format_grouped(*minor));
                (id.clone(), format!("released as {released}, the books say {found}"))
            }
            AuditFinding::Overridden { id } => (id.clone(), DECIDED.to_owned()),
            AuditFinding::Recorded { number } => {
                (format!("release {number}"), "handed out without disclosure control".to_owned())
            }
            AuditFinding::Unproved { whose, audience, why } => (whose.clone(), format!("for {audience}: {why}")),
            AuditFinding::Told { whose, audience } => {
                (whose.clone(), format!("{audience} can tell an amount of it under the rules in force"))
            }
        };
        rows.push(line(format!("finding-{}", i + 1), label, vec![Cell::Empty, Cell::Text(what)]));
    }
    let columns = columns([("number", "", ColumnKind::Count), ("finding", "", ColumnKind::Text)]);
    sheet(books, "release-audit", "Audit of all releases".to_owned(), columns, rows)
}

/// What a party (or, without one, somebody outside) could say of others.
///
/// # Errors
/// What the books cannot read.
pub fn attack_page<S: Store>(
    books: &Books<S>,
    audience: Audience,
    party: Option<&str>,
    guesses: &[Guess],
) -> Result<Statement, BooksError> {
    let rows = guesses.iter().enumerate().map(|(i, guess)| {
        let high = guess.bounds.1.map_or(Cell::Text("no end".to_owned()), Cell::Money);
        let cells = vec![Cell::Text(guess.what.clone()), Cell::Money(guess.minor), Cell::Money(guess.bounds.0), high];
        line(format!("guess-{}", i + 1), guess.whose.clone(), cells)
    });
    let money = ColumnKind::Money;
    let columns = columns([
        ("what", "What", ColumnKind::Text),
        ("amount", "Amount", money),
        ("least", "At least", money),
        ("most", "At most", money),
    ]);
    let who = party.unwrap_or("somebody outside");
    let title = format!("What {who} can say from releases to {audience}");
    let mut page = sheet(books, "release-attack", title, columns, rows.collect())?;
    page.notes.push("The closest guesses first. This page is the treasurer's.".to_owned());
    Ok(page)
}
