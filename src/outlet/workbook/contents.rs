//! The first sheet: whose books, how much of them, which sheets there are, and how they hang together.

use rust_xlsxwriter::{Formula, Url, Worksheet};

use super::checks::VERDICT;
use super::{CHECKS, CONTENTS, Formats, JOURNAL, elsewhere, set_height};
use crate::books::{Books, Store};
use crate::calendar::{ALL_DAYS, Window};
use crate::outlet::{Made, OutletError};

/// Characters that the second column has room for.
const WIDTH: u32 = 86;

const NOTES: [&str; 5] = [
    "Totals are formulas over the lines above them. The trial balance is summed from the journal.",
    "Formulas round to the currency's decimals, because spreadsheets compute with binary numbers of 15 digits.",
    "Lines of the other statements are the books' own figures: a statement of position needs what came before the period.",
    "Checks compares every formula with the figure in the books.",
    "It names people: it is for the treasurer, the board's reviewer and the auditor.",
];

pub(super) fn write<S: Store>(
    books: &Books<S>,
    window: Window,
    list: &[(String, String)],
    made: &Made,
    formats: &Formats,
) -> Result<Worksheet, OutletError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(CONTENTS)?.set_column_width(0, 30)?.set_column_width(1, WIDTH)?;
    sheet.write_with_format(0, 0, books.setup()?.entity(), &formats.title)?;
    let period = if window == ALL_DAYS { "all days".to_owned() } else { window.to_string() };
    let by = made.by.as_deref().unwrap_or("–");
    let about = [
        ("Period", period),
        ("Currency", formats.currency.to_string()),
        ("Head of the books", books.head()?.to_string()),
        ("Made", format!("{} by {by}", made.at.as_str())),
    ];
    let mut row = 2;
    for (name, value) in about {
        sheet.write_with_format(row, 0, name, &formats.bold)?.write_string_with_format(row, 1, value, &formats.text)?;
        row += 1;
    }
    sheet.write_with_format(row, 0, "Everything agrees", &formats.bold)?;
    let verdict = Formula::new(elsewhere(CHECKS, VERDICT)).set_result("TRUE");
    sheet.write_formula_with_format(row, 1, verdict, &formats.verdict)?;
    row += 2;
    let own =
        [(JOURNAL.to_owned(), "Every posting".to_owned()), (CHECKS.to_owned(), "Formulas beside the books".to_owned())];
    for (name, title) in list.iter().chain(&own) {
        let link = Url::new(format!("internal:'{name}'!A1")).set_text(name);
        sheet.write_url(row, 0, link)?.write_string_with_format(row, 1, title, &formats.text)?;
        row += 1;
    }
    row += 1;
    for note in NOTES {
        sheet.write_with_format(row, 1, note, &formats.note)?;
        set_height(&mut sheet, row, note, WIDTH)?;
        row += 1;
    }
    sheet.set_print_fit_to_pages(1, 1);
    Ok(sheet)
}
