//! Exports of registration platforms.

use std::path::{Path, PathBuf};

use bursar::books::Setup;
use bursar::calendar::Date;
use bursar::intake::{
    Count, IntakeError, Mapping, ReadingWords, Reason, Registered, RegistrationTerms, SourceFile, import_registrations,
    suggest_registrations,
};
use bursar::ledger::Slug;
use bursar::money::Currency;
use bursar::report::{Cell, Row, RowKind, Statement};
use clap::Args;

use super::context::Context;
use super::import::{counts_and_amounts, sheet};
use super::progress::Progress;
use super::refusal::Refusal;

/// How a file is written, where it does not prove it.
#[derive(Debug, Args)]
pub(super) struct Dress {
    /// Mapping file (TOML): columns, words, products, events, ways of paying
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Encoding, such as windows-1252; UTF-8 unless said
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// What separates fields: one character, or tab
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<String>,
    /// Decimal mark: . or ,
    #[arg(long, value_name = "MARK")]
    pub decimal: Option<String>,
    /// Whether day or month stands first in dates such as 03/04/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<String>,
    /// Worksheet of a workbook; its first unless said
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
}

impl Dress {
    /// The mapping file, read.
    pub(super) fn mapping(&self) -> Result<Mapping, IntakeError> {
        let Some(path) = &self.map else { return Ok(Mapping::default()) };
        let text = std::fs::read_to_string(path).map_err(|source| IntakeError::File { path: path.clone(), source })?;
        Mapping::parse(&text).map_err(|message| IntakeError::Mapping { path: path.clone(), message })
    }

    /// What was said of how the file is written.
    pub(super) fn reading(&self) -> ReadingWords {
        ReadingWords {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            decimal: self.decimal.clone(),
            dates: self.dates.clone(),
            sheet: self.sheet.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Platform {
    /// The files: CSV, .xlsx or .ods
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The event, if the file does not name it as the books do
    #[arg(long, value_name = "CODE")]
    event: Option<Slug>,
    /// Print a mapping to begin with, instead of importing
    #[arg(long)]
    suggest: bool,
    /// What begins the codes of the orders; `indico-` for Indico, whose codes are mere numbers, else nothing
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// The day on which something happened whose day the file does not tell; today unless said
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Leave what is dated later for another time
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Leave an order out, by the platform's code; may be repeated
    #[arg(long, value_name = "CODE")]
    skip: Vec<String>,
    #[command(flatten)]
    dress: Dress,
}

impl Platform {
    pub(super) fn files(&self) -> Vec<&Path> {
        self.files.iter().chain(&self.dress.map).map(PathBuf::as_path).collect()
    }
}

/// Imports files of a platform, or suggests a mapping for them.
pub(super) fn platform(context: &Context, args: &Platform, keys: &[&str]) -> Result<(), Refusal> {
    let files: Vec<SourceFile> = args.files.iter().map(|path| SourceFile::open(path)).collect::<Result<_, _>>()?;
    let terms = RegistrationTerms {
        event: args.event,
        prefix: args.prefix.clone().unwrap_or_else(|| if keys == ["indico"] { "indico-" } else { "" }.to_owned()),
        as_of: context.day(args.as_of)?,
        until: args.until,
        skip: args.skip.iter().cloned().collect(),
        mapping: args.dress.mapping()?,
        reading: args.dress.reading(),
    };
    if args.suggest {
        let suggestion = context.read(|books| Ok(suggest_registrations(books.setup()?, &files, keys, &terms)?))?;
        return context.print_text(&suggestion.text);
    }
    let progress = Progress::begin("orders");
    let mut rows = 0;
    let statement = context.write("import registrations", |writer| {
        let done = import_registrations(writer, &files, keys, &terms, &mut |done, of| progress.at(done, of))?;
        rows = done.rows;
        let name =
            |path: &PathBuf| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let names: Vec<String> = args.files.iter().map(name).collect();
        let setup = writer.setup()?;
        Ok(summary(&done, &names.join(", "), setup))
    });
    progress.end(rows);
    context.print_written(statement?)
}

fn row(key: &str, label: &str, count: Count) -> Row {
    let number = i64::try_from(count.count).unwrap_or(i64::MAX);
    let cells = vec![Cell::Count(number), Cell::Money(i128::from(count.minor))];
    Row::plain(key, label, 1, RowKind::Line, cells)
}

fn heading(key: &str, label: &str) -> Row {
    Row::plain(key, label, 0, RowKind::Heading, vec![Cell::Empty, Cell::Empty])
}

fn total(key: &str, label: &str, minor: i64) -> Row {
    Row::plain(key, label, 1, RowKind::Total, vec![Cell::Empty, Cell::Money(i128::from(minor))])
}

fn less(count: Count) -> Count {
    Count { minor: -count.minor, ..count }
}

/// What an import of registrations found and did, as a table that adds up.
fn summary(done: &Registered, files: &str, setup: &Setup) -> Statement {
    let mut rows = vec![
        heading("files", "In the files"),
        row("sold", "Sold", done.sold),
        row("cancelled", "Cancelled", less(done.cancelled)),
    ];
    if done.kept.count > 0 {
        rows.push(row("kept", "Kept of what was cancelled", done.kept));
    }
    if done.conceded.count > 0 {
        rows.push(row("conceded", "Refunded though nothing was cancelled", less(done.conceded)));
    }
    rows.push(row("paid", "Paid", less(done.paid)));
    rows.push(row("refunded", "Paid back", done.refunded));
    rows.push(total("open-files", "Still to be paid, by the files", done.open_in_files));
    let in_books = vec![Cell::Empty, Cell::Money(i128::from(done.open_in_books))];
    rows.push(Row::plain("open-books", "The same by the books", 1, RowKind::Line, in_books));
    if (done.tax_in_files, done.tax_in_books) != (0, 0) {
        for (key, label, minor) in [
            ("tax-files", "Tax in what stands, by the files", done.tax_in_files),
            ("tax-books", "The same by the books", done.tax_in_books),
        ] {
            let cells = vec![Cell::Empty, Cell::Money(i128::from(minor))];
            rows.push(Row::plain(key, label, 1, RowKind::Line, cells));
        }
    }
    if done.fees.count > 0 {
        rows.push(row("fees", "Fees taken of payments", done.fees));
    }
    let kinds =
        [("orders", "Orders"), ("cancellations", "Cancellations"), ("payments", "Payments"), ("refunds", "Refunds")];
    for (key, title, counts) in [("new", "New in the books", done.new), ("known", "There already", done.known)] {
        if counts.iter().any(|count| count.count > 0) {
            rows.push(heading(key, title));
            let some = kinds.iter().zip(counts).filter(|(_, count)| count.count > 0);
            rows.extend(some.map(|((kind, label), count)| row(&format!("{key}-{kind}"), label, count)));
        }
    }
    let mut section = |key: &str, title: &str, counts: &mut dyn Iterator<Item = (String, Count)>| {
        let mut counts = counts.peekable();
        if counts.peek().is_some() {
            rows.push(heading(key, title));
            rows.extend(counts.enumerate().map(|(i, (name, count))| row(&format!("{key}-{}", i + 1), &name, count)));
        }
    };
    section("products", "Sold, by product", &mut done.products.iter().map(|(name, count)| (name.clone(), *count)));
    let named = |name: &String| if name.is_empty() { "through the platform".to_owned() } else { name.clone() };
    section("methods", "Paid less paid back", &mut done.methods.iter().map(|(name, count)| (named(name), *count)));
    section("skipped", "Left out", &mut done.skipped.iter().map(|(why, count)| (reason(why), *count)));
    sheet(setup, files, counts_and_amounts(), rows, notes(setup.currency(), done))
}

fn reason(why: &Reason) -> String {
    match why {
        Reason::Status(word) if word.is_empty() => "without a status".to_owned(),
        Reason::Status(word) => format!("status {word}"),
        Reason::Later => "dated after --until".to_owned(),
        Reason::Product(name) => format!("product {name}, as mapped"),
        Reason::Order => "orders named by --skip".to_owned(),
        Reason::Free => "without an amount".to_owned(),
        Reason::PaidFor => "paid for what is left out".to_owned(),
        Reason::Waits => "cancelled: waits for the file of payments".to_owned(),
        Reason::Nothing => "taken back and sold again alike".to_owned(),
    }
}

fn notes(currency: Currency, done: &Registered) -> Vec<String> {
    let many =
        |count: usize, one: &str, more: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {more}") };
    let mut notes = vec![format!(
        "{} in {}; {} followed, {} made known.",
        many(done.rows, "row", "rows"),
        many(done.orders, "order", "orders"),
        many(done.filed.entries, "entry", "entries"),
        many(done.filed.parties, "party", "parties"),
    )];
    let list = |names: &[String]| {
        let more = names.len().saturating_sub(10);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!("{}{more}", names.iter().take(10).cloned().collect::<Vec<_>>().join(", "))
    };
    if done.tax_in_files != done.tax_in_books {
        notes.push(
            "Tax differs: the tickets' tax codes make another tax than the platform has charged (`bursar ticket list`, `bursar \
             tax list`)."
                .to_owned(),
        );
    }
    if !done.overpaid.is_empty() {
        let shown =
            done.overpaid.iter().map(|(code, minor)| format!("{code} {}", currency.format_grouped((*minor).into())));
        notes.push(format!("Paid too much, and owed back: {}.", list(&shown.collect::<Vec<_>>())));
    }
    if !done.changed.is_empty() {
        notes.push(format!("Changed since the last import: {}.", list(&done.changed)));
    }
    if !done.differing.is_empty() {
        let shown: Vec<String> = done.differing.iter().take(10).cloned().collect();
        let more = done.differing.len() - shown.len();
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        notes.push(format!("Otherwise in the books than in the files: {}{more}.", shown.join("; ")));
    }
    notes
}
