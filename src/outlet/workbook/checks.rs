//! The sheet that compares what the workbook's formulas come to with what the books say.

use rust_xlsxwriter::{Formula, Worksheet};

use super::{CHECKS, Formats, number, set_page};
use crate::outlet::OutletError;

/// A figure that the workbook computes.
pub(super) struct Check {
    /// The sheet.
    pub sheet: String,
    /// The row's label.
    pub row: String,
    /// The column's label.
    pub column: String,
    /// What the workbook comes to: a cell of the sheet, or a formula.
    pub formula: String,
    /// What the books say: minor units, or a count.
    pub expected: i128,
    /// Whether it is an amount.
    pub is_money: bool,
}

const COLUMNS: [(&str, u16); 7] = [
    ("Sheet", 24),
    ("Row", 44),
    ("Column", 24),
    ("This workbook", 18),
    ("The books", 18),
    ("Difference", 14),
    ("Agrees", 10),
];
const HEADING: u32 = 3;

/// The cell that says whether all agree.
pub(super) const VERDICT: &str = "B2";

pub(super) fn write(checks: &[Check], formats: &Formats) -> Result<Worksheet, OutletError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(CHECKS)?;
    sheet.write_with_format(0, 0, "Checks", &formats.title)?;
    sheet.write_with_format(1, 0, "Everything agrees", &formats.bold)?;
    let first = HEADING + 2;
    let last = HEADING + 1 + u32::try_from(checks.len()).unwrap_or(u32::MAX);
    let verdict = Formula::new(format!("AND(G{first}:G{})", last.max(first))).set_result("TRUE");
    sheet.write_formula_with_format(1, 1, verdict, &formats.verdict)?;
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        let format = if column < 3 { &formats.heading } else { &formats.heading_number };
        sheet.set_column_width(column, width)?.write_with_format(HEADING, column, name, format)?;
    }
    let decimals = formats.currency.exponent();
    for (row, check) in (HEADING + 1..).zip(checks) {
        let cell = row + 1;
        let (digits, format, text) = match check.is_money {
            true => (decimals, &formats.money, formats.currency.format_minor(check.expected)),
            false => (0, &formats.count, check.expected.to_string()),
        };
        if !number::is_exact(check.expected) {
            return Err(OutletError::TooManyDigits { amount: text });
        }
        for (column, text) in (0..).zip([&check.sheet, &check.row, &check.column]) {
            sheet.write_string_with_format(row, column, text, &formats.text)?;
        }
        let here = Formula::new(format!("ROUND({},{digits})", check.formula)).set_result(&text);
        sheet.write_formula_with_format(row, 3, here, format)?;
        number::write(&mut sheet, (row, 4), &text, format)?;
        let difference = Formula::new(format!("ROUND(D{cell}-E{cell},{digits})")).set_result("0");
        sheet.write_formula_with_format(row, 5, difference, format)?;
        sheet.write_formula_with_format(
            row,
            6,
            Formula::new(format!("F{cell}=0")).set_result("TRUE"),
            &formats.text,
        )?;
    }
    set_page(&mut sheet, HEADING, true)?;
    Ok(sheet)
}
