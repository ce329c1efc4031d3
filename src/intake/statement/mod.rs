//! Statements of those who keep the organisation's money: banks, card processors, wallets. One file a format; all of
//! them make the same [`StatementFile`], so that nothing behind it knows which bank it was.
//!
//! Amounts are signed minor units as the account sees them: positive came in, negative went out. That is debit
//! positive, as the books have it, for an account of cash and for a credit line alike.

mod bank;
mod camt;
mod ofx;
mod paypal;
mod rows;
mod stripe;

use super::{Format, IntakeError, Mapping, Problems, ReadingWords, Sheet, SourceFile, Wanted, format};
use crate::calendar::Date;
use crate::money::Currency;

/// A statement as a file has it: one account, one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementFile {
    /// Format, as messages and the chain name it: `ofx`, `camt.053`, `stripe`, `paypal`, `bank-csv`.
    pub format: &'static str,
    /// IBAN or number of the account, as in the file.
    pub account: Option<String>,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// First and last day, where the file says so itself.
    pub period: Option<(Date, Date)>,
    /// Balance before the first line, minor units, where the file says so.
    pub opening: Option<i64>,
    /// Balance after the last line, minor units, where the file says so.
    pub closing: Option<i64>,
    /// Its lines, oldest first; lines of one day as in the file.
    pub lines: Vec<StatementLine>,
    /// What the reader left out or doubts. None of it is about a line that was taken in wrongly.
    pub remarks: Vec<Remark>,
}

/// A movement on the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementLine {
    /// Line in the file, from 1 (of a workbook: its row).
    pub line: u64,
    /// Booking date.
    pub date: Date,
    /// What the balance changed by, minor units, positive into the account. Of a processor that takes its fee at once,
    /// this is net of the fee.
    pub amount: i64,
    /// What was kept of it as a fee, minor units, positive when it was taken, negative when it was given back; 0 when
    /// the file has none. What the payer paid is `amount + fee`.
    pub fee: i64,
    /// The reference that whoever keeps the account gave the movement: FITID, AcctSvcrRef, balance_transaction_id,
    /// Transaction ID.
    pub reference: Option<String>,
    /// Other references: end-to-end, of the payer, of a cheque, of an invoice, of what it belongs to.
    pub references: Vec<String>,
    /// The other side.
    pub counterparty: Option<String>,
    /// What it is for.
    pub text: Option<String>,
    /// What the file says that it is.
    pub kind: LineKind,
    /// The file's own word for that: Stripe's reporting category, PayPal's type.
    pub category: Option<String>,
    /// Balance after it, minor units, where the file has a running balance.
    pub balance_after: Option<i64>,
}

/// What a line is, as far as its file says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum LineKind {
    /// A payment by a customer, through a processor.
    Charge,
    /// Money given back to a customer.
    Refund,
    /// Money that a processor pays out to the bank account.
    Payout,
    /// What a bank or processor takes for itself.
    Fee,
    /// A payment that was charged back, or a chargeback that was won.
    Dispute,
    /// A correction by the processor.
    Adjustment,
    /// Money between accounts of one owner.
    Transfer,
    /// Anything else; bank statements mostly do not say.
    Other,
}

impl LineKind {
    /// The word used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Payout => "payout",
            Self::Fee => "fee",
            Self::Dispute => "dispute",
            Self::Adjustment => "adjustment",
            Self::Transfer => "transfer",
            Self::Other => "other",
        }
    }
}

/// What a reader left out or doubts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remark {
    /// Rows that moved nothing on the account (pending, denied, for information).
    Skipped {
        /// How many.
        rows: usize,
        /// Why, in words: `pending`, `status Denied`.
        reason: String,
    },
    /// The file's own running balance does not follow from its amounts here.
    Balance {
        /// The line.
        line: u64,
        /// What the file says, minor units.
        said: i64,
        /// What the amounts make, minor units.
        computed: i64,
    },
    /// Something else to know.
    Note(String),
}

impl StatementLine {
    /// What the other side paid or got, minor units: the amount without the fee that was kept of it.
    #[must_use]
    pub const fn gross(&self) -> i64 {
        self.amount.saturating_add(self.fee)
    }

    /// All references of the line, its own first.
    pub fn all_references(&self) -> impl Iterator<Item = &str> {
        self.reference.iter().chain(&self.references).map(String::as_str)
    }
}

impl StatementFile {
    /// What the lines add up to, minor units.
    #[must_use]
    pub fn sum(&self) -> i128 {
        self.lines.iter().map(|line| i128::from(line.amount)).sum()
    }

    /// First and last day: as the file says, or of its lines.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        let lines = self.lines.iter().map(|line| line.date);
        let of_lines = lines.clone().min().zip(lines.max());
        match (self.period, of_lines) {
            // A period that leaves lines out is wrong about itself.
            (Some((from, to)), Some((first, last))) => Some((from.min(first), to.max(last))),
            (period, of_lines) => period.or(of_lines),
        }
    }
}

/// What is said of a file beside what it says itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementTerms {
    /// Currency of rows that name none: that of the books.
    pub currency: Currency,
    /// Columns and words of a format of rows.
    pub mapping: Mapping,
    /// How the file is written.
    pub reading: ReadingWords,
}

impl StatementTerms {
    /// Nothing is said but the currency of the books.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self { currency, mapping: Mapping::default(), reading: ReadingWords::default() }
    }
}

/// Formats of rows that are statements, by the keys of their files in `schema/formats`.
const ROWS: [&str; 4] = ["stripe", "paypal", "paypal-older", "bank"];

/// Reads all statements of a file; the format is recognised by what the file begins with, or by its columns.
///
/// # Errors
/// [`IntakeError::NotAStatement`] or [`IntakeError::OtherFormat`] for a file of another format,
/// [`IntakeError::Columns`] when columns are missing, [`IntakeError::Rows`] with every line that cannot be read.
pub fn read_statements(file: &SourceFile, terms: &StatementTerms) -> Result<Vec<StatementFile>, IntakeError> {
    let start = head(file)?;
    if start.contains("OFXHEADER") || start.contains("<OFX>") {
        return ofx::read(file, &file.bytes()?);
    }
    if start.trim_start().starts_with("<?xml") || start.contains("<Document") {
        return camt::read(file, &file.bytes()?);
    }
    if start.trim_start_matches('\u{feff}').starts_with(":20:") || start.starts_with("{1:") {
        return Err(not_a_statement(file, "MT940, the bank's older format"));
    }
    if start.starts_with("!Type:") {
        return Err(not_a_statement(file, "QIF, which has no references and no balances"));
    }
    match read_rows(file, terms) {
        Err(IntakeError::Columns { file: name, line, problem, found }) => {
            Err(missing_columns(file, terms, &found).unwrap_or(IntakeError::Columns {
                file: name,
                line,
                problem,
                found,
            }))
        }
        other => other,
    }
}

/// Reads a statement of rows.
fn read_rows(file: &SourceFile, terms: &StatementTerms) -> Result<Vec<StatementFile>, IntakeError> {
    let (sheet, format, reading) = format::open(file, &ROWS, &terms.mapping, &terms.reading)?;
    if format.key == "bank" && terms.mapping == Mapping::default() {
        // A bank's CSV has so few columns of its own that other exports look like one.
        if let Some(other) = format::recognised(&sheet) {
            return Err(not_a_statement(file, other.title));
        }
    }
    match format.key {
        "stripe" => stripe::read(sheet, &format, &reading, terms),
        "paypal" | "paypal-older" => paypal::read(sheet, &format, &reading, terms),
        _ => bank::read(sheet, &format, &reading, terms),
    }
}

/// Reads a processor's own file: `stripe` or `paypal`, a statement a currency.
///
/// # Errors
/// As [`read_statements`]; a file of another format is [`IntakeError::OtherFormat`].
pub fn read_processor(file: &SourceFile, key: &str, terms: &StatementTerms) -> Result<Vec<StatementFile>, IntakeError> {
    let keys: &[&str] = if key == "stripe" { &["stripe"] } else { &["paypal", "paypal-older"] };
    let (sheet, format, reading) = format::open(file, keys, &terms.mapping, &terms.reading)?;
    if key == "stripe" {
        stripe::read(sheet, &format, &reading, terms)
    } else {
        paypal::read(sheet, &format, &reading, terms)
    }
}

/// What a processor's file lacks that has most of its columns: it is no bank's.
fn missing_columns(file: &SourceFile, terms: &StatementTerms, found: &str) -> Option<IntakeError> {
    let found: Vec<String> = found.split(", ").map(str::to_lowercase).collect();
    for (key, meanings) in [("stripe", &stripe::MEANINGS[..]), ("paypal", &paypal::MEANINGS[..])] {
        let format = Format::named(key).and_then(|format| {
            format.with(&terms.mapping).map_err(|problem| IntakeError::Dress { file: file.name(), problem })
        });
        let Ok(format) = format else { continue };
        let wanted = format.wanted(meanings);
        let needed: Vec<_> = wanted.iter().filter(|column| !column.optional).collect();
        let there = |column: &&&Wanted| column.names.iter().any(|name| found.contains(&name.to_lowercase()));
        if needed.iter().filter(there).count() * 3 < needed.len() * 2 {
            continue;
        }
        let reading = terms.reading.clone().or(&format.file).read().ok()?;
        return Sheet::open(file, &reading).ok()?.header(&wanted).err();
    }
    None
}

fn not_a_statement(file: &SourceFile, found: impl Into<String>) -> IntakeError {
    IntakeError::NotAStatement { file: file.name(), found: found.into() }
}

/// The first kilobyte as text, to recognise a format by.
fn head(file: &SourceFile) -> Result<String, IntakeError> {
    let mut bytes = Vec::new();
    let read = std::io::Read::read_to_end(&mut std::io::Read::take(file.reader()?, 1024), &mut bytes);
    read.map_err(|source| file.error(source))?;
    Ok(start_of(&bytes))
}

/// The first kilobyte of these bytes as text; what is of another encoding keeps its ASCII.
fn start_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).replace('\0', "")
}

/// A file without lines is no mistake, one that says nothing at all is.
fn finish(
    file: &SourceFile,
    statements: Vec<StatementFile>,
    problems: Problems,
) -> Result<Vec<StatementFile>, IntakeError> {
    problems.into_result(&file.name())?;
    if statements.is_empty() {
        return Err(not_a_statement(file, "a file without a statement in it"));
    }
    Ok(statements)
}

/// Some text, unless it is empty.
fn filled(text: &str) -> Option<String> {
    // White space of any length is one space: files break texts where their own lines end.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// What a format's reader reads.
#[cfg(test)]
pub(super) fn meanings(key: &str) -> &'static [&'static str] {
    match key {
        "stripe" => &stripe::MEANINGS,
        "bank" => &bank::MEANINGS,
        _ => &paypal::MEANINGS,
    }
}
