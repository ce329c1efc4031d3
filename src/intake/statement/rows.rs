//! What the formats of rows share: opening a file whose columns a format names, finding out how it is written, and what
//! a running balance proves.

use super::{Remark, StatementFile, StatementLine, StatementTerms};
use crate::calendar::Date;
use crate::intake::{Evidence, Format, Header, IntakeError, Problems, Reading, Row, Sheet, Wanted, Written};
use crate::money::Currency;

/// A file under the columns that its reader asks for.
pub(super) struct Opened {
    pub sheet: Sheet,
    pub header: Header,
    pub written: Written,
}

/// Which columns hold days and amounts, by their places among those asked for.
pub(super) struct Columns<'c> {
    pub dates: &'c [usize],
    pub amounts: &'c [usize],
    /// The column that names each row's currency.
    pub currency: usize,
}

impl Opened {
    /// Finds the header, and reads all rows once to find out how they are written.
    pub(super) fn new(
        sheet: Sheet,
        format: &Format,
        reading: &Reading,
        wanted: &[Wanted],
        columns: &Columns<'_>,
        terms: &StatementTerms,
    ) -> Result<Self, IntakeError> {
        // The format says in its own words what is missing.
        let meanings: Vec<&str> = wanted.iter().map(|column| column.meaning.as_str()).collect();
        let header = sheet.header(wanted).or_else(|error| format.header(&sheet, &meanings).and(Err(error)))?;
        let mut evidence = Evidence::default();
        {
            let mut rows = sheet.rows(&header)?;
            // What cannot be read is said once, when the rows are taken in.
            let mut unread = Problems::default();
            while let Some((_, row)) = rows.next(&mut unread)? {
                for column in columns.dates {
                    evidence.date(row.line, header.name(*column), row.get(*column));
                }
                let currency = row.filled(columns.currency).and_then(|code| Currency::from_code(code).ok());
                for column in columns.amounts {
                    let currency = currency.unwrap_or(terms.currency);
                    evidence.amount(row.line, header.name(*column), row.get(*column), currency);
                }
            }
        }
        let written = evidence.settle(reading, &sheet.file().name(), &mut Problems::default())?;
        Ok(Self { sheet, header, written })
    }

    pub(super) fn date(&self, row: &Row<'_>, column: usize, problems: &mut Problems) -> Option<Date> {
        row.parse(column, problems, |text| self.written.date(text))
    }

    /// An amount; an empty field is nothing.
    pub(super) fn amount(
        &self,
        row: &Row<'_>,
        column: usize,
        currency: Currency,
        problems: &mut Problems,
    ) -> Option<i64> {
        let amount = row.parse_filled(column, problems, |text| self.written.amount(text, currency))?;
        Some(amount.unwrap_or(0))
    }

    /// The currency of a row: as it says, else the usual.
    pub(super) fn currency(
        &self,
        row: &Row<'_>,
        column: usize,
        usual: Currency,
        problems: &mut Problems,
    ) -> Option<Currency> {
        Some(row.parse_filled(column, problems, Currency::from_code)?.unwrap_or(usual))
    }
}

/// Puts the oldest line first, and takes opening and closing from the running balance, where there is one.
pub(super) fn in_order(statement: &mut StatementFile) {
    if newest_first(&statement.lines) {
        statement.lines.reverse();
    }
    // Within one file, days may still be mixed; lines of a day keep their order.
    if statement.lines.windows(2).any(|pair| pair[1].date < pair[0].date) {
        statement.lines.sort_by_key(|line| line.date);
    }
    balances(statement);
}

/// Whether the newest line stands first: as the running balance has it, else as the days have it.
fn newest_first(lines: &[StatementLine]) -> bool {
    let follows = |before: &StatementLine, after: &StatementLine| {
        let sums = before.balance_after.zip(after.balance_after);
        sums.is_some_and(|(before, now)| before.checked_add(after.amount) == Some(now))
    };
    let down = lines.windows(2).filter(|pair| follows(&pair[0], &pair[1])).count();
    let up = lines.windows(2).filter(|pair| follows(&pair[1], &pair[0])).count();
    match (up.cmp(&down), lines.first(), lines.last()) {
        (std::cmp::Ordering::Greater, ..) => true,
        (std::cmp::Ordering::Less, ..) => false,
        (_, Some(first), Some(last)) => first.date > last.date,
        _ => false,
    }
}

/// Opening and closing by the running balance. One that is wrong in places is reported; what most of the first and most
/// of the last lines agree on counts, so that a line that is missing in between is still found out.
fn balances(statement: &mut StatementFile) {
    let mut sum = 0_i128;
    let mut offsets: Vec<(usize, i128)> = Vec::new();
    for (i, line) in statement.lines.iter().enumerate() {
        sum += i128::from(line.amount);
        offsets.extend(line.balance_after.map(|balance| (i, i128::from(balance) - sum)));
    }
    let usual = |some: &[(usize, i128)]| {
        let often = |offset: i128| some.iter().filter(|(_, other)| *other == offset).count();
        // The first of those that occur most often.
        some.iter().rev().max_by_key(|(_, offset)| often(*offset)).map(|(_, offset)| *offset)
    };
    let (Some(first), Some(last)) =
        (usual(&offsets[..offsets.len().min(3)]), usual(&offsets[offsets.len().saturating_sub(3)..]))
    else {
        return;
    };
    let narrow = |minor: i128| i64::try_from(minor).ok();
    statement.opening = statement.opening.or(narrow(first));
    statement.closing = statement.closing.or(narrow(last + sum));
    if first != last {
        // Not the balance is wrong then, but lines are missing: the sum says so.
        return;
    }
    for (i, offset) in offsets.into_iter().filter(|(_, offset)| *offset != first) {
        let line = &statement.lines[i];
        let said = line.balance_after.unwrap_or(0);
        let computed = narrow(i128::from(said) - offset + first).unwrap_or(said);
        statement.remarks.push(Remark::Balance { line: line.line, said, computed });
    }
}

/// Statements that are being read, one a currency.
pub(super) struct ByCurrency {
    format: &'static str,
    statements: Vec<StatementFile>,
}

impl ByCurrency {
    pub(super) const fn new(format: &'static str) -> Self {
        Self { format, statements: Vec::new() }
    }

    pub(super) fn of(&mut self, currency: Currency) -> &mut StatementFile {
        let place = self.statements.iter().position(|statement| statement.currency == currency);
        let place = place.unwrap_or_else(|| {
            self.statements.push(empty(self.format, currency));
            self.statements.len() - 1
        });
        &mut self.statements[place]
    }

    pub(super) fn finish(mut self, skipped: Vec<(String, usize)>) -> Vec<StatementFile> {
        self.statements.iter_mut().for_each(in_order);
        let skipped: Vec<Remark> = skipped.into_iter().map(|(reason, rows)| Remark::Skipped { rows, reason }).collect();
        // Rows that are left out belong to no currency in particular: every statement of the file tells them.
        self.statements.iter_mut().for_each(|statement| statement.remarks.extend(skipped.clone()));
        self.statements
    }
}

/// A statement without lines.
pub(super) const fn empty(format: &'static str, currency: Currency) -> StatementFile {
    StatementFile {
        format,
        account: None,
        currency,
        period: None,
        opening: None,
        closing: None,
        lines: Vec::new(),
        remarks: Vec::new(),
    }
}

/// Counts a reason.
pub(super) fn count(counts: &mut Vec<(String, usize)>, reason: String) {
    match counts.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, count)) => *count += 1,
        None => counts.push((reason, 1)),
    }
}
