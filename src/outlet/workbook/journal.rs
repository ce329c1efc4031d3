//! The sheet of all postings, which the trial balance is summed from.

use rust_xlsxwriter::Worksheet;
use rust_xlsxwriter::utility::row_col_to_cell;

use super::checks::Check;
use super::{Formats, JOURNAL, day, elsewhere, number, set_page};
use crate::books::{Books, Store};
use crate::calendar::Window;
use crate::outlet::OutletError;
use crate::outlet::source::{Naming, Source};

/// Its columns, with their widths.
const COLUMNS: [(&str, u16); 15] = [
    ("Entry", 8),
    ("Date", 11),
    ("Account no.", 9),
    ("Account", 38),
    ("Amount", 15),
    ("Event", 12),
    ("Fund", 12),
    ("Function", 12),
    ("Activity", 12),
    ("Tax code", 10),
    ("Cash-flow line", 16),
    ("Party", 26),
    ("Description", 36),
    ("Memo", 24),
    ("Reference", 16),
];
const ACCOUNT: u16 = 2;
const AMOUNT: u16 = 4;
const HEADING: u32 = 2;
const FIRST: u32 = HEADING + 1;
/// Rows of a sheet below the heading.
const ROOM: i64 = 1_048_576 - FIRST as i64;

/// What formulas have to know of the journal.
pub(super) struct JournalSheet {
    pub entries: usize,
    pub postings: usize,
}

impl JournalSheet {
    fn range(&self, column: u16) -> String {
        let last = FIRST + u32::try_from(self.postings.max(1)).unwrap_or(u32::MAX) - 1;
        let absolute = |row: u32| {
            let cell = row_col_to_cell(row, column);
            let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            format!("${letters}${}", row + 1)
        };
        elsewhere(JOURNAL, &format!("{}:{}", absolute(FIRST), absolute(last)))
    }

    /// The sum of an account's amounts, whose number stands in a cell; `only` is a condition on the amount such as `>0`.
    pub(super) fn sum_of(&self, account: &str, only: Option<&str>) -> String {
        let (amounts, accounts) = (self.range(AMOUNT), self.range(ACCOUNT));
        let only = only.map(|only| format!(",{amounts},\"{only}\"")).unwrap_or_default();
        format!("SUMIFS({amounts},{accounts},{account}{only})")
    }

    /// How many postings an account has.
    pub(super) fn count_of(&self, account: &str) -> String {
        format!("COUNTIFS({},{account})", self.range(ACCOUNT))
    }

    /// What holds of the journal as a whole.
    pub(super) fn checks(&self) -> Vec<Check> {
        let check = |what: &str, formula: String, expected: i128, is_money: bool| Check {
            sheet: JOURNAL.to_owned(),
            row: what.to_owned(),
            column: COLUMNS[usize::from(AMOUNT)].0.to_owned(),
            formula,
            expected,
            is_money,
        };
        let amounts = self.range(AMOUNT);
        let postings = i128::try_from(self.postings).unwrap_or(i128::MAX);
        vec![
            check("Debits less credits", format!("SUM({amounts})"), 0, true),
            check("Postings", format!("COUNT({amounts})"), postings, false),
        ]
    }
}

pub(super) fn write<S: Store>(
    books: &Books<S>,
    window: Window,
    formats: &Formats,
) -> Result<(Worksheet, JournalSheet), OutletError> {
    let postings: i64 = books.balances(window)?.values().map(|balance| balance.postings).sum();
    if postings > ROOM {
        return Err(OutletError::TooManyRows { postings, room: ROOM });
    }
    let mut sheet = Worksheet::new();
    sheet.set_name(JOURNAL)?;
    let source = Source::within(books, window, Naming::Names)?;
    sheet.write_with_format(0, 0, source.setup.entity(), &formats.title)?;
    let about = format!("Every posting; debits are positive, credits negative · {}", formats.currency);
    sheet.write_with_format(1, 0, about, &formats.text)?;
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        let format = if column == AMOUNT { &formats.heading_number } else { &formats.heading };
        sheet.set_column_width(column, width)?.write_with_format(HEADING, column, name, format)?;
    }
    let mut next = FIRST;
    let exported = source.each(&mut |entry| {
        for posting in &entry.postings {
            let row = next;
            next += 1;
            let account = source.account(posting)?;
            let minor = i128::from(posting.amount.minor());
            if !number::is_exact(minor) {
                return Err(OutletError::TooManyDigits { amount: formats.currency.format_minor(minor) });
            }
            number::write(&mut sheet, (row, 0), &entry.stored.number.to_string(), &formats.text)?;
            sheet.write_datetime_with_format(row, 1, &day(entry.date)?, &formats.date)?;
            number::write(&mut sheet, (row, ACCOUNT), &account.number.to_string(), &formats.text)?;
            sheet.write_with_format(row, 3, account.name.as_str(), &formats.text)?;
            number::write(&mut sheet, (row, AMOUNT), &posting.amount.to_string(), &formats.money)?;
            let at = &posting.at;
            let party = posting.party.map(|number| source.party(number)).transpose()?.map(|(name, _)| name);
            let texts = [
                at.event.map(|slug| slug.to_string()),
                Some(at.fund.to_string()),
                at.function.map(|function| function.word().to_owned()),
                at.activity.map(|slug| slug.to_string()),
                at.tax_code.map(|slug| slug.to_string()),
                posting.cash_flow.map(|slug| slug.to_string()),
                party,
                entry.says().map(str::to_owned),
                posting.memo.clone(),
                entry.stored.reference.clone(),
            ];
            for (column, text) in (AMOUNT + 1..).zip(texts) {
                if let Some(text) = text {
                    sheet.write_string_with_format(row, column, text, &formats.text)?;
                }
            }
        }
        Ok(())
    })?;
    let last = next.max(FIRST + 1) - 1;
    sheet.autofilter(HEADING, 0, last, u16::try_from(COLUMNS.len()).unwrap_or(1) - 1)?;
    set_page(&mut sheet, HEADING, true)?;
    Ok((sheet, JournalSheet { entries: exported.entries, postings: exported.postings }))
}
