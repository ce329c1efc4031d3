//! A workbook for spreadsheets (Office Open XML): statements whose totals are formulas over their lines, the journal,
//! a trial balance that is summed from the journal, and a sheet of checks that compares all formulas with the books.
//!
//! Every formula carries the value that bursar computed, so that a viewer that computes nothing shows it. Formulas round
//! to the currency's decimals: sums of binary numbers would otherwise differ from zero in the fifteenth digit.

mod checks;
mod contents;
mod journal;
mod number;
mod sheet;

use std::collections::BTreeSet;
use std::io::Write;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Exported, Made, OutletError};
use crate::books::{Books, Store};
use crate::calendar::{Date, Window};
use crate::money::Currency;
use crate::report::Statement;
use checks::Check;

/// A statement and the name of its sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tab {
    /// Shown on the tab. What a spreadsheet does not allow there is left out.
    pub name: String,
    /// What stands on it.
    pub statement: Statement,
}

/// Writes a workbook of statements about a window of days, with the journal of these days. The trial balance among the
/// statements (by its key) becomes sums over the journal.
///
/// # Errors
/// [`OutletError::TooManyDigits`] for an amount of more than 15 digits, [`OutletError::TooManyRows`], or what the books
/// cannot read.
pub fn write_workbook<S: Store>(
    books: &Books<S>,
    window: Window,
    tabs: &[Tab],
    made: &Made,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    let setup = books.setup()?;
    let (journal_sheet, journal) = journal::write(books, window, &Formats::new(setup.currency()))?;
    let formats = Formats::new(setup.currency());
    let mut names = BTreeSet::from([CONTENTS.to_lowercase(), JOURNAL.to_lowercase(), CHECKS.to_lowercase()]);
    let (mut sheets, mut list, mut all) = (Vec::new(), Vec::new(), Vec::<Check>::new());
    for tab in tabs {
        let name = free_name(&tab.name, &mut names);
        let (sheet, checks) = sheet::write(&name, &tab.statement, setup, &journal, &formats)?;
        list.push((name, tab.statement.title.clone()));
        sheets.push(sheet);
        all.extend(checks);
    }
    all.extend(journal.checks());
    let checks = checks::write(&all, &formats)?;
    let contents = contents::write(books, window, &list, made, &formats)?;
    let mut workbook = Workbook::new();
    let mut properties = DocProperties::new().set_title(setup.entity()).set_author(made.by.as_deref().unwrap_or(""));
    if let Some(date) = made.at.date() {
        properties = properties.set_creation_datetime(&day(date)?);
    }
    workbook.set_properties(&properties);
    for sheet in std::iter::once(contents).chain(sheets).chain([journal_sheet, checks]) {
        workbook.push_worksheet(sheet);
    }
    out.write_all(&workbook.save_to_buffer()?)?;
    Ok(Exported { entries: journal.entries, postings: journal.postings })
}

const CONTENTS: &str = "Contents";
const JOURNAL: &str = "Journal";
const CHECKS: &str = "Checks";

/// The longest name of a sheet.
const LONGEST_NAME: usize = 31;

/// A name that a sheet may have and none has yet; spreadsheets do not tell capitals from small letters.
fn free_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed = |c: char| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let clean: String = wanted.chars().filter(|c| allowed(*c)).take(LONGEST_NAME).collect();
    let mut name = clean.clone();
    let mut next = 2;
    while name.is_empty() || !taken.insert(name.to_lowercase()) {
        let number = format!(" {next}");
        name = clean.chars().take(LONGEST_NAME - number.len()).collect::<String>() + &number;
        next += 1;
    }
    name
}

/// A cell of another sheet, for a formula.
fn elsewhere(sheet: &str, cell: &str) -> String {
    format!("'{sheet}'!{cell}")
}

fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    let number = date.number();
    let part = |value: u32| u8::try_from(value % 100).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(number / 10_000).unwrap_or(1900), part(number / 100), part(number))
}

/// Pages that print on one page's width, with the heading on every page.
fn set_page(sheet: &mut Worksheet, heading: u32, is_wide: bool) -> Result<(), XlsxError> {
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    if is_wide {
        sheet.set_landscape();
    }
    sheet.set_repeat_rows(0, heading)?.set_freeze_panes(heading + 1, 1)?;
    Ok(())
}

/// Makes a row as high as its text needs in a cell of so many characters: spreadsheets do not do it for merged cells.
fn set_height(sheet: &mut Worksheet, row: u32, text: &str, width: u32) -> Result<(), XlsxError> {
    let lines = u32::try_from(text.chars().count()).unwrap_or(u32::MAX) / width.max(1) + 1;
    sheet.set_row_height(row, POINTS.saturating_mul(lines.min(MOST_LINES)))?;
    Ok(())
}

/// Height of a line of text.
const POINTS: u32 = 15;
/// A row cannot be higher.
const MOST_LINES: u32 = 27;

/// The number that stands for A4 paper.
const A4: u8 = 9;

/// How cells look.
struct Formats {
    currency: Currency,
    title: Format,
    text: Format,
    bold: Format,
    note: Format,
    verdict: Format,
    heading: Format,
    heading_number: Format,
    date: Format,
    count: Format,
    money: Format,
    total_text: Format,
    total_count: Format,
    total_money: Format,
}

impl Formats {
    fn new(currency: Currency) -> Self {
        let decimals = match currency.exponent() {
            0 => String::new(),
            exponent => format!(".{}", "0".repeat(usize::from(exponent))),
        };
        let amount = format!("#,##0{decimals};-#,##0{decimals};\"–\"");
        let plain = Format::new().set_align(FormatAlign::Top);
        let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            currency,
            title: Format::new().set_bold().set_font_size(14),
            text: plain.clone(),
            bold: plain.clone().set_bold(),
            verdict: plain.clone().set_bold().set_align(FormatAlign::Left),
            note: plain.clone().set_italic().set_text_wrap(),
            heading_number: heading.clone().set_align(FormatAlign::Right),
            heading,
            date: plain.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            count: plain.clone().set_num_format("#,##0"),
            money: plain.set_num_format(&amount),
            total_text: total.clone(),
            total_count: total.clone().set_num_format("#,##0"),
            total_money: total.set_num_format(&amount),
        }
    }
}

impl From<XlsxError> for OutletError {
    fn from(error: XlsxError) -> Self {
        Self::Output(match error {
            XlsxError::IoError(error) => error,
            other => std::io::Error::other(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_get_names_that_a_spreadsheet_takes() {
        let mut taken = BTreeSet::from(["checks".to_owned()]);
        let mut name = |wanted: &str| free_name(wanted, &mut taken);
        assert_eq!(name("Funds"), "Funds");
        assert_eq!(name("FUNDS"), "FUNDS 2");
        assert_eq!(name("Checks"), "Checks 2");
        assert_eq!(name("a/b: c?"), "ab c");
        assert_eq!(name("[]"), " 2");
        assert_eq!(name(&"é".repeat(40)), "é".repeat(31));
        assert_eq!(name(&"é".repeat(40)), format!("{} 2", "é".repeat(29)));
    }
}
