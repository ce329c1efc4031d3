use std::path::{Path, PathBuf};

use bursar::books::sqlite::{SqliteStore, clear_journal};
use bursar::books::{Books, BooksError, Head};
use bursar::conference::BookOpened;
use bursar::intake::IntakeError;
use bursar::ledger::{BUILT_IN_CHARTS, Chart, built_in_chart, nearest};
use bursar::money::Currency;
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Begin a new set of books
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar init --name \"Example Society\"
  bursar init --name \"Beispiel e.V.\" --chart eu-association \\
      --fiscal-year-start 7
  bursar init --name \"Example Ltd\" --chart ./our-chart.toml \\
      --currency GBP --book ours.db")]
pub(super) struct Init {
    /// The organisation's name, as statements print it
    #[arg(long)]
    name: String,
    /// Currency by its ISO 4217 code [default: the chart's]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// us-nonprofit, uk-charity, eu-association, commercial, or a file
    #[arg(long, default_value = "us-nonprofit", value_name = "CHART")]
    pub(super) chart: String,
    /// Month in which fiscal years start
    #[arg(long, default_value_t = 1, value_name = "1-12", value_parser = clap::value_parser!(u32).range(1..=12))]
    fiscal_year_start: u32,
}

pub(super) fn run(context: &Context, args: &Init) -> Result<(), Refusal> {
    let chart = read_chart(&args.chart)?;
    let code = args.currency.clone().or_else(|| chart.currency.clone());
    let Some(code) = code else {
        return Err(Refusal::Usage(format!("the chart `{}` names no currency: give one with --currency", chart.name)));
    };
    let currency = Currency::from_code(&code)?;
    let book = BookOpened {
        name: args.name.trim().to_owned(),
        currency: currency.code().to_owned(),
        fiscal_year_start: args.fiscal_year_start,
    };
    let (name, title) = (book.name.clone(), chart.title.clone());
    let count = chart.accounts.len();
    let head = begin(context, book, chart)?;
    let path = context.book.display();
    context.say(&format!(
        "Books of {name} in {currency} at {path}: {count} accounts of the chart \"{title}\". Head {head}"
    ))
}

/// Makes the file under a temporary name, which it loses when its first facts are durable: books are there whole or
/// not at all.
fn begin(context: &Context, book: BookOpened, chart: Chart) -> Result<Head, Refusal> {
    if context.book.exists() {
        return Err(BooksError::FileExists { path: context.book.clone() }.into());
    }
    let mut books = NewFile::create(&context.book)?;
    let head = books.books.write(&context.writing("init"), |writer| {
        writer.begin_books(book, chart)?;
        Ok::<_, Refusal>(writer.head())
    })?;
    if !context.dry_run {
        books.keep()?;
    }
    Ok(head)
}

/// Books in a file that is removed again unless it is kept.
pub(super) struct NewFile {
    pub(super) books: Books<SqliteStore>,
    temporary: PathBuf,
    path: PathBuf,
}

impl NewFile {
    pub(super) fn create(path: &Path) -> Result<Self, Refusal> {
        let mut name = path.as_os_str().to_owned();
        // Its own name, so that two that begin the same books at once do not take each other's file.
        name.push(format!(".partial-{}", std::process::id()));
        let temporary = PathBuf::from(name);
        let store = SqliteStore::create(&temporary).map_err(|error| match error {
            BooksError::File { doing, source, .. } => BooksError::File { doing, path: path.to_owned(), source },
            other => other,
        })?;
        let books = Books::open(store)?;
        Ok(Self { books, temporary, path: path.to_owned() })
    }

    /// Gives the file its name.
    pub(super) fn keep(self) -> Result<(), Refusal> {
        let failed = |source| Refusal::Output { path: self.path.clone(), source };
        clear_journal(&self.path)?;
        match std::fs::hard_link(&self.temporary, &self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(BooksError::FileExists { path: self.path.clone() }.into());
            }
            // A file system without links; a rename would not notice a file that has come in between.
            Err(_) => std::fs::rename(&self.temporary, &self.path).map_err(failed)?,
        }
        // Makes the name durable where the system can.
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = std::fs::File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // Gone already when the file was kept; SQLite's journal goes with it when it was not.
        let _ = std::fs::remove_file(&self.temporary);
        let mut journal = self.temporary.as_os_str().to_owned();
        journal.push("-journal");
        let _ = std::fs::remove_file(PathBuf::from(journal));
    }
}

fn read_chart(name: &str) -> Result<Chart, Refusal> {
    if let Some(text) = built_in_chart(name) {
        return Ok(Chart::parse(text)?);
    }
    let looks_like_file = Path::new(name).extension().is_some() || name.contains(['/', '\\']);
    if !looks_like_file {
        let known = BUILT_IN_CHARTS.map(|(chart, _)| chart);
        let near = nearest(name, known).map(|chart| format!("; did you mean `{chart}`?")).unwrap_or_default();
        return Err(Refusal::Usage(format!("there is no chart `{name}`{near} (there are {})", known.join(", "))));
    }
    let path = PathBuf::from(name);
    let text = std::fs::read_to_string(&path).map_err(|source| IntakeError::File { path, source })?;
    Ok(Chart::parse(&text)?)
}
