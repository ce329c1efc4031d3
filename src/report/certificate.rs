//! The certificate of a forgetting: what was erased, what is kept and why, and where copies still hold it. It names
//! nobody.

use super::lists::sheet;
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use crate::books::{Books, BooksError, Copied, Forgetting, Store};

/// The certificate of one forgetting, with the copies of the books that still hold what was erased.
///
/// # Errors
/// What the books cannot read.
pub fn certificate<S: Store>(
    books: &Books<S>,
    forgetting: &Forgetting,
    copies: &[Copied],
) -> Result<Statement, BooksError> {
    let count = |count: usize| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let heading = |key: &str, label: &str| Row::plain(key, label, 0, RowKind::Heading, vec![Cell::Empty, Cell::Empty]);
    let line = |key: String, label: String, count: Cell, until: Cell| {
        Row::plain(key, label, 1, RowKind::Line, vec![count, until])
    };
    let mut rows = vec![heading("erased", "Erased")];
    for (kind, number) in &forgetting.erased {
        let key = format!("erased-{}", format!("{kind:?}").to_lowercase());
        rows.push(line(key, kind.label().to_owned(), count(*number), Cell::Empty));
    }
    if forgetting.rows > 0 {
        let label = "What imported rows looked like".to_owned();
        rows.push(line("erased-rows".to_owned(), label, count(forgetting.rows), Cell::Empty));
    }
    let all: usize = forgetting.erased.values().sum::<usize>() + forgetting.rows;
    rows.push(Row::plain("total", "Erased in all", 0, RowKind::Total, vec![count(all), Cell::Empty]));
    if !forgetting.kept.is_empty() || forgetting.name_until.is_some() {
        rows.push(heading("kept", "Kept until"));
        if let Some(until) = forgetting.name_until {
            let label = "Name, on these vouchers only".to_owned();
            rows.push(line("kept-name".to_owned(), label, count(1), Cell::Text(until.to_string())));
        }
        for (i, record) in forgetting.kept.iter().enumerate() {
            let until = Cell::Text(record.until.to_string());
            rows.push(line(format!("kept-{}", i + 1), capital(&record.what), count(record.texts), until));
        }
    }
    if !copies.is_empty() {
        rows.push(heading("copies", "Copies that still hold what was erased"));
        for (i, copy) in copies.iter().enumerate() {
            let made = copy.made_at.as_ref().map_or(Cell::Empty, |at| Cell::Text(at.clone()));
            let holds = copy.holds.map_or(Cell::Text("not there".to_owned()), count);
            rows.push(line(format!("copy-{}", i + 1), copy.path.clone(), holds, made));
        }
    }
    let columns =
        vec![Column::new("texts", "Texts", ColumnKind::Count), Column::new("until", "Until / made", ColumnKind::Text)];
    let title = format!("Erasure of party {} ({})", forgetting.party, forgetting.kind);
    let mut statement = sheet(books, "erasure", title, columns, rows)?;
    statement.notes = notes(forgetting, copies);
    Ok(statement)
}

fn notes(forgetting: &Forgetting, copies: &[Copied]) -> Vec<String> {
    let party = forgetting.party;
    let what = match forgetting.erased.is_empty() {
        true => "Nothing can be erased yet; the name is shown on vouchers only.",
        false => "Texts and their salts are gone; figures and dates stay.",
    };
    let mut notes = vec![
        format!("Forgotten on {}, fact {}. {what}", forgetting.date, forgetting.fact),
        format!("Head before {}", forgetting.before),
        format!("Head after  {}", forgetting.after),
    ];
    if !forgetting.kept.is_empty() {
        let retention = &forgetting.retention;
        notes.push(format!(
            "Vouchers are kept for {} years after the end of the fiscal year: {}. `bursar party forget --due` erases what has come due.",
            retention.years, retention.ground
        ));
    }
    if forgetting.open > 0 {
        notes.push(format!(
            "Something is still owed for {} of its documents; they stay open under party {party}.",
            forgetting.open
        ));
    }
    if !forgetting.plain.is_empty() {
        let places = forgetting.plain.iter().map(|(kind, numbers)| {
            let shown = numbers.iter().take(6).map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let more = numbers.len().saturating_sub(6);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let of = if *kind == "reference" { "entry" } else { "fact" };
            format!("{kind} ({of} {shown}{more})")
        });
        notes.push(format!(
            "Its name stands in codes, names or references, where nothing can be erased: {}.",
            places.collect::<Vec<_>>().join("; ")
        ));
    }
    if !forgetting.receipts.is_empty() {
        notes.push(format!(
            "{} receipts of its entries lie beside the books. They are vouchers; delete the files when their years are over.",
            forgetting.receipts.len()
        ));
    }
    if forgetting.rows > 0 {
        notes.push("Files that its rows came from must not be imported again: those rows would be new.".to_owned());
    }
    if !copies.is_empty() {
        notes.push("Destroy these copies, or restore none of them without erasing again.".to_owned());
    }
    notes.push("Releases never hold names. Exports, printed pages and copies elsewhere are not known here: look for them, too.".to_owned());
    notes
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
