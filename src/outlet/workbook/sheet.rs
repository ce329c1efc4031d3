//! One statement on a sheet: its lines as numbers, its totals as formulas over them.

use std::collections::{BTreeMap, HashMap};

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{FormatAlign, Formula, Worksheet};

use super::checks::Check;
use super::journal::JournalSheet;
use super::{Formats, day, elsewhere, number, set_height, set_page};
use crate::books::Setup;
use crate::calendar::{ALL_DAYS, Date};
use crate::outlet::OutletError;
use crate::report::{Cell, Column, ColumnKind, Row, RowKind, Statement, sums};

const HEADING: u32 = 3;
const FIRST: u32 = HEADING + 1;
/// More columns than this are printed across.
const PORTRAIT: usize = 4;

/// A place in a statement: row and column.
type Place = (usize, usize);

/// The key of the statement whose lines the journal gives.
const TRIAL_BALANCE: &str = "trial-balance";

/// The sheet, and what is to be checked on it: every formula.
pub(super) fn write(
    name: &str,
    statement: &Statement,
    setup: &Setup,
    journal: &JournalSheet,
    formats: &Formats,
) -> Result<(Worksheet, Vec<Check>), OutletError> {
    let numbered = with_numbers(statement, setup);
    let statement = numbered.as_ref().unwrap_or(statement);
    let mut formulas = totals(statement);
    if numbered.is_some() {
        formulas.extend(from_journal(statement, journal));
    }
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    head(&mut sheet, statement, formats)?;
    let mut checks = Vec::new();
    for (r, row) in statement.rows.iter().enumerate() {
        let at = row_of(r);
        let (text, count, money) = match row.kind {
            RowKind::Total => (&formats.total_text, &formats.total_count, &formats.total_money),
            RowKind::Heading => (&formats.bold, &formats.count, &formats.money),
            RowKind::Line => (&formats.text, &formats.count, &formats.money),
        };
        // Without a side of its own, indented text stays where it is.
        let indented = text.clone().set_align(FormatAlign::Left).set_indent(row.level);
        sheet.write_string_with_format(at, 0, &row.label, if row.level == 0 { text } else { &indented })?;
        for (c, cell) in row.cells.iter().enumerate() {
            let column = column_of(c);
            let (minor, shown, format, is_money) = match cell {
                Cell::Money(minor) => (*minor, statement.currency.format_minor(*minor), money, true),
                Cell::Count(number) => (i128::from(*number), number.to_string(), count, false),
                Cell::Text(text) => {
                    sheet.write_string_with_format(at, column, text, &formats.text)?;
                    continue;
                }
                Cell::Date(date) => {
                    sheet.write_datetime_with_format(at, column, &day(*date)?, &formats.date)?;
                    continue;
                }
                Cell::Empty | Cell::Withheld(_) => {
                    if row.kind == RowKind::Total {
                        sheet.write_blank(at, column, text)?;
                    }
                    continue;
                }
            };
            if !number::is_exact(minor) {
                return Err(OutletError::TooManyDigits { amount: shown });
            }
            let Some(formula) = formulas.get(&(r, c)) else {
                number::write(&mut sheet, (at, column), &shown, format)?;
                continue;
            };
            let digits = if is_money { statement.currency.exponent() } else { 0 };
            let formula = Formula::new(format!("ROUND({formula},{digits})")).set_result(&shown);
            sheet.write_formula_with_format(at, column, formula, format)?;
            checks.push(Check {
                sheet: name.to_owned(),
                row: row.label.clone(),
                column: statement.columns.get(c).map_or_else(String::new, |column| column.label.clone()),
                formula: elsewhere(name, &row_col_to_cell(at, column)),
                expected: minor,
                is_money,
            });
        }
    }
    let last = column_of(statement.columns.len().max(1) - 1);
    let wide = LABEL_WIDTH + statement.columns.iter().map(|column| u32::from(width(column.kind))).sum::<u32>();
    let head = statement.covers.map(|covers| format!("Head {}", covers.head));
    for (below, note) in (row_of(statement.rows.len()) + 1..).zip(statement.notes.iter().chain(&head)) {
        sheet.merge_range(below, 0, below, last, note, &formats.note)?;
        set_height(&mut sheet, below, note, wide)?;
    }
    set_page(&mut sheet, HEADING, statement.columns.len() > PORTRAIT)?;
    Ok((sheet, checks))
}

fn head(sheet: &mut Worksheet, statement: &Statement, formats: &Formats) -> Result<(), OutletError> {
    sheet.write_with_format(0, 0, &statement.entity, &formats.title)?;
    let mut about = vec![statement.title.clone()];
    about.extend(statement.events.iter().cloned());
    match statement.period {
        None => about.push("as the books stand".to_owned()),
        Some(ALL_DAYS) => {}
        Some(window) if window.from() == Date::MIN => about.push(format!("as of {}", window.to())),
        Some(window) => about.push(window.to_string()),
    }
    about.push(statement.currency.to_string());
    sheet.write_string_with_format(1, 0, about.join(" · "), &formats.text)?;
    sheet.set_column_width(0, LABEL_WIDTH)?.write_blank(HEADING, 0, &formats.heading)?;
    for (c, column) in statement.columns.iter().enumerate() {
        let format = match column.kind {
            ColumnKind::Money | ColumnKind::Count => &formats.heading_number,
            ColumnKind::Text | ColumnKind::Date => &formats.heading,
        };
        let place = column_of(c);
        sheet.set_column_width(place, width(column.kind))?.write_string_with_format(
            HEADING,
            place,
            &column.label,
            format,
        )?;
    }
    Ok(())
}

/// Characters that the labels have room for.
const LABEL_WIDTH: u32 = 44;

/// Characters that a column has room for.
const fn width(kind: ColumnKind) -> u16 {
    match kind {
        ColumnKind::Money => 16,
        ColumnKind::Count => 11,
        ColumnKind::Text => 30,
        ColumnKind::Date => 12,
    }
}

fn row_of(r: usize) -> u32 {
    FIRST + u32::try_from(r).unwrap_or(u32::MAX - FIRST)
}

fn column_of(c: usize) -> u16 {
    1 + u16::try_from(c).unwrap_or(u16::MAX - 1)
}

/// The trial balance with the number of each account, which the journal knows it by: names that differ in capitals only
/// are one to a spreadsheet. `None` for other statements.
fn with_numbers(statement: &Statement, setup: &Setup) -> Option<Statement> {
    let is_simple = statement.columns.first().is_some_and(|column| column.key == "balance")
        && statement.columns.iter().any(|column| column.key == "debit");
    if statement.key != TRIAL_BALANCE || !is_simple {
        return None;
    }
    let mut statement = statement.clone();
    statement.columns.push(Column::new("number", "Account no.", ColumnKind::Count));
    for row in &mut statement.rows {
        let account = setup.account_named(&row.key).filter(|_| row.kind == RowKind::Line);
        row.cells.push(account.map_or(Cell::Empty, |account| Cell::Count(account.number.0)));
    }
    Some(statement)
}

/// The lines of a trial balance as sums over the journal.
fn from_journal(statement: &Statement, journal: &JournalSheet) -> HashMap<Place, String> {
    let number = column_of(statement.columns.len() - 1);
    let lines = statement.rows.iter().enumerate().filter(|(_, row)| row.kind == RowKind::Line);
    let formulas = lines.flat_map(|(r, _)| {
        let account = row_col_to_cell(row_of(r), number);
        let of = |column: &Column| match column.key.as_str() {
            "balance" => Some(journal.sum_of(&account, None)),
            "debit" => Some(journal.sum_of(&account, Some(">0"))),
            "credit" => Some(format!("-{}", journal.sum_of(&account, Some("<0")))),
            "postings" => Some(journal.count_of(&account)),
            _ => None,
        };
        let formulas = statement.columns.iter().enumerate().filter_map(|(c, column)| Some(((r, c), of(column)?)));
        formulas.collect::<Vec<_>>()
    });
    formulas.collect()
}

/// The formula of every total: down its column where that adds up, else across its row.
fn totals(statement: &Statement) -> HashMap<Place, String> {
    let mut found: BTreeMap<Place, Vec<(Place, i64)>> = BTreeMap::new();
    for (figure, parts) in sums(statement) {
        let is_down = parts.iter().all(|((_, c), _)| *c == figure.1);
        match found.entry(figure) {
            std::collections::btree_map::Entry::Vacant(place) => drop(place.insert(parts)),
            std::collections::btree_map::Entry::Occupied(mut place) if is_down => drop(place.insert(parts)),
            std::collections::btree_map::Entry::Occupied(_) => {}
        }
    }
    // A figure that nothing stands behind adds up like the others of its row.
    for (r, row) in statement.rows.iter().enumerate().filter(|(_, row)| row.kind == RowKind::Total) {
        for c in 0..row.cells.len() {
            if found.contains_key(&(r, c)) {
                continue;
            }
            let others = (0..row.cells.len()).filter_map(|other| found.get(&(r, other)));
            let moved = others.filter_map(|parts| {
                let is_down = parts.windows(2).all(|pair| pair[0].0.1 == pair[1].0.1);
                let moved: Vec<(Place, i64)> = parts.iter().map(|((row, _), sign)| ((*row, c), *sign)).collect();
                (is_down && adds_up(statement, &moved, row.cells.get(c)?)).then_some(moved)
            });
            if let Some(parts) = moved.into_iter().next() {
                found.insert((r, c), parts);
            }
        }
    }
    found.into_iter().map(|(figure, parts)| (figure, formula(statement, &parts))).collect()
}

fn minor(cell: &Cell) -> Option<i128> {
    match cell {
        Cell::Money(minor) => Some(*minor),
        Cell::Count(count) => Some(i128::from(*count)),
        Cell::Empty => Some(0),
        Cell::Text(_) | Cell::Date(_) | Cell::Withheld(_) => None,
    }
}

fn adds_up(statement: &Statement, parts: &[(Place, i64)], total: &Cell) -> bool {
    let amounts = parts.iter().map(|((r, c), sign)| {
        let cell = statement.rows.get(*r).and_then(|row: &Row| row.cells.get(*c))?;
        Some(i128::from(*sign) * minor(cell)?)
    });
    matches!(total, Cell::Money(_) | Cell::Count(_)) && amounts.sum::<Option<i128>>() == minor(total)
}

/// A sum of cells; those that follow each other are one range.
fn formula(statement: &Statement, parts: &[(Place, i64)]) -> String {
    let mut added: Vec<Place> = parts.iter().filter(|(_, sign)| *sign > 0).map(|(place, _)| *place).collect();
    added.sort_unstable();
    let mut ranges: Vec<(Place, Place)> = Vec::new();
    for place in added {
        match ranges.last_mut() {
            Some((_, end)) if follows(statement, *end, place) => *end = place,
            _ => ranges.push((place, place)),
        }
    }
    let name = |(r, c): Place| row_col_to_cell(row_of(r), column_of(c));
    let range = |(from, to): &(Place, Place)| match from == to {
        true => name(*from),
        false => format!("{}:{}", name(*from), name(*to)),
    };
    let mut text = match ranges.as_slice() {
        [] => String::new(),
        [(from, to)] if from == to => name(*from),
        several => format!("SUM({})", several.iter().map(range).collect::<Vec<_>>().join(",")),
    };
    for (place, sign) in parts {
        if *sign < 0 {
            text.push('-');
            text.push_str(&name(*place));
        }
    }
    text
}

/// Whether nothing but empty cells lies between two cells of a column, or nothing at all between two of a row.
fn follows(statement: &Statement, (r, c): Place, (row, column): Place) -> bool {
    if c != column {
        return r == row && column == c + 1;
    }
    let between = statement.rows.get(r + 1..row).unwrap_or_default();
    row > r && between.iter().all(|row| matches!(row.cells.get(c), None | Some(Cell::Empty)))
}
