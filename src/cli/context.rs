//! What every command needs: the books, the moment, and a way to print.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bursar::books::sqlite::SqliteStore;
use bursar::books::{Books, BooksError, WriteContext, Writer};
use bursar::calendar::{Date, Timestamp};
use bursar::outlet::Made;
use bursar::render::{Exhibit, Format, Page, render, render_all};
use bursar::report::{Cell, Row, RowKind, Statement};

use super::output::{FromOutput, Output};
use super::refusal::Refusal;
use super::{FormatName, Global};

/// The command's surroundings.
pub(super) struct Context {
    pub book: PathBuf,
    pub format: Format,
    pub dry_run: bool,
    /// The folder to write into, for a command that writes one.
    pub folder: Option<PathBuf>,
    output: Output,
    actor: Option<String>,
    wait: Duration,
    pub now: Timestamp,
    seed: Option<u64>,
}

impl Context {
    /// `folder`: the output is a folder. `files` are those the command reads or makes, which its output must not replace.
    pub(super) fn new(global: &Global, files: &[&Path], folder: bool) -> Result<Self, Refusal> {
        // For tests and documentation only: a fixed moment and fixed salts make output reproducible.
        let now = match std::env::var("BURSAR_NOW") {
            Ok(moment) => moment.parse()?,
            Err(_) => Timestamp::now(),
        };
        let seed = std::env::var("BURSAR_SEED").ok().and_then(|seed| seed.parse().ok());
        let login = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        let actor = global.actor.clone().or_else(login).filter(|name| !name.trim().is_empty());
        let format = match global.format {
            FormatName::Table => Format::Table,
            FormatName::Csv => Format::Csv,
            FormatName::Json => Format::Json,
            FormatName::Md => Format::Markdown,
            FormatName::Html => Format::Html,
        };
        let beside = ["-journal", "-writer", "-restored"].map(|suffix| {
            let mut name = global.book.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        });
        let own: Vec<&Path> = [global.book.as_path()]
            .into_iter()
            .chain(beside.iter().map(PathBuf::as_path))
            .chain(files.iter().copied())
            .collect();
        Ok(Self {
            book: global.book.clone(),
            format,
            dry_run: global.dry_run,
            output: Output::open(global.output.as_deref().filter(|_| !folder), &own)?,
            folder: global.output.clone().filter(|_| folder),
            actor,
            wait: Duration::from_secs(global.wait),
            now,
            seed,
        })
    }

    /// Today, in UTC.
    pub(super) fn today(&self) -> Option<Date> {
        self.now.date()
    }

    /// The day given, or today.
    pub(super) fn day(&self, given: Option<Date>) -> Result<Date, Refusal> {
        given.or_else(|| self.today()).ok_or_else(|| Refusal::Usage("give the day with --date".to_owned()))
    }

    /// Who makes something, and when.
    pub(super) fn made(&self) -> Made {
        Made { by: self.actor.clone(), at: self.now.clone() }
    }

    /// Whether the output is the standard one.
    pub(super) const fn is_standard(&self) -> bool {
        matches!(self.output, Output::Standard)
    }

    pub(super) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Opens the books.
    pub(super) fn open(&self) -> Result<Books<SqliteStore>, Refusal> {
        Ok(Books::open(SqliteStore::open(&self.book, self.wait)?)?)
    }

    /// Opens the books to verify them, even when their setup cannot be read.
    pub(super) fn open_to_verify(&self) -> Result<Books<SqliteStore>, Refusal> {
        match Books::open(SqliteStore::open(&self.book, self.wait)?) {
            Err(BooksError::Damaged { .. }) => Ok(Books::open_unread(SqliteStore::open(&self.book, self.wait)?)),
            other => Ok(other?),
        }
    }

    /// Makes a report of one state of the books.
    pub(super) fn read<T>(&self, make: impl FnOnce(&Books<SqliteStore>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        Books::open_for(SqliteStore::open(&self.book, self.wait)?, make)
    }

    /// Runs a command that writes, as one transaction.
    pub(super) fn write<T>(
        &self,
        doing: &str,
        command: impl FnOnce(&mut Writer<'_, SqliteStore>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.open()?.write(&self.writing(doing), command)
    }

    pub(super) fn writing(&self, doing: &str) -> WriteContext {
        WriteContext {
            actor: self.actor.clone(),
            now: self.now.clone(),
            seed: self.seed,
            wait: self.wait,
            dry_run: self.dry_run,
            doing: doing.to_owned(),
        }
    }

    /// Prints a statement in the format asked for.
    pub(super) fn print(&self, statement: &Statement) -> Result<(), Refusal> {
        self.print_text(&self.rendered(statement))
    }

    /// Prints statements that belong together, with their charts.
    pub(super) fn print_all(&self, exhibits: &[Exhibit]) -> Result<(), Refusal> {
        self.print_text(&render_all(exhibits, self.format, self.page()))
    }

    /// A statement in the format asked for.
    pub(super) fn rendered(&self, statement: &Statement) -> String {
        render(statement, self.format, self.page())
    }

    /// How the name of a file in the format asked for ends.
    pub(super) const fn extension(&self) -> &'static str {
        match self.format {
            Format::Table => "txt",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "md",
            Format::Html => "html",
        }
    }

    /// Prints a statement that shows what a command wrote, or (as a dry run) would have written.
    pub(super) fn print_written(&self, mut statement: Statement) -> Result<(), Refusal> {
        if self.dry_run {
            statement.notes.insert(0, "Dry run: nothing was written.".to_owned());
        }
        self.print(&statement)
    }

    /// Says in one line what was done.
    pub(super) fn say(&self, message: &str) -> Result<(), Refusal> {
        let message =
            if self.dry_run { format!("Dry run: {message} (Nothing was written.)") } else { message.to_owned() };
        match self.format {
            Format::Json => {
                let line = serde_json::json!({ "schema": 1, "done": message });
                self.print_text(&format!("{line}\n"))
            }
            Format::Table | Format::Csv | Format::Markdown | Format::Html => self.print_text(&format!("{message}\n")),
        }
    }

    pub(super) fn page(&self) -> Page {
        let terminal = self.output.is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.or_else(|| terminal.then(terminal_width).flatten()).unwrap_or(80).clamp(40, 160);
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Page { width, styled: terminal && !plain }
    }

    pub(super) fn print_text(&self, text: &str) -> Result<(), Refusal> {
        self.print_with(|out| out.write_all(text.as_bytes()))
    }

    /// Gives the writer of the output to a function.
    pub(super) fn print_with<E>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), Refusal>
    where
        Refusal: FromOutput<E>,
    {
        self.output.write(write)
    }

    /// The command has succeeded: what it printed to a file stays, unless it was tried only.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        match self.output.file() {
            Some(path) if self.dry_run => self.not_written(path),
            _ => self.output.finish(),
        }
    }

    /// Says that a dry run left a file as it was: on standard output, for there is no other.
    pub(super) fn not_written(&self, path: &Path) -> Result<(), Refusal> {
        let message = format!("Dry run: {} was not written.", path.display());
        Output::Standard.write(|out| match self.format {
            Format::Json => writeln!(out, "{}", serde_json::json!({ "schema": 1, "done": message })),
            Format::Table | Format::Csv | Format::Markdown | Format::Html => writeln!(out, "{message}"),
        })
    }
}

fn terminal_width() -> Option<u16> {
    comfy_table::Table::new().set_content_arrangement(comfy_table::ContentArrangement::Dynamic).width()
}

/// A row of a summary: a label and a count.
pub(super) fn count_row(key: &str, label: &str, count: usize) -> Row {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Row::plain(key, label, 0, RowKind::Line, vec![Cell::Count(count)])
}
