use std::path::{Path, PathBuf};

use bursar::books::Books;
use bursar::books::sqlite::{NewBooks, SqliteStore};
use bursar::conference::BookOpened;
use bursar::disclosure::preview;
use bursar::intake::{SourceFile, import_events, import_funds, import_journal, import_opening, import_parties};
use bursar::ledger::{Chart, built_in_chart};
use bursar::report::{Audience, Request, from_layout};
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Keep an invented small organisation's year in a folder, and show what its board sees
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar demo --dir /tmp/look-around")]
pub(super) struct Demo {
    /// The folder; the books in it are bursar.db
    #[arg(long, default_value = "bursar-demo")]
    dir: PathBuf,
}

/// The organisation's files, as a treasurer would have them.
const FILES: [(&str, &str); 5] = [
    ("parties.csv", include_str!("../../fixtures/demo/parties.csv")),
    ("funds.csv", include_str!("../../fixtures/demo/funds.csv")),
    ("events.csv", include_str!("../../fixtures/demo/events.csv")),
    ("opening.csv", include_str!("../../fixtures/demo/opening.csv")),
    ("journal.csv", include_str!("../../fixtures/demo/journal.csv")),
];

pub(super) fn run(context: &Context, args: &Demo) -> Result<(), Refusal> {
    if context.dry_run {
        return Err(Refusal::Usage("the demo makes books of its own: there is no dry run of it".to_owned()));
    }
    let path = args.dir.join("bursar.db");
    if !path.exists() {
        make(context, &args.dir, &path)?;
    }
    let store = SqliteStore::open(&path, context.wait())?;
    let (activities, position) = Books::open_for(store, |books| {
        let year = books.setup()?.fiscal_year_start().parse_period("2025")?;
        let request = Request { window: year, audience: Audience::Board, ..Request::default() };
        let show = |key| Ok::<_, Refusal>(preview(books, from_layout(books, key, &request)?)?);
        Ok::<_, Refusal>((show("activities")?, show("position")?))
    })?;
    context.print(&activities)?;
    if context.format == bursar::render::Format::Table {
        context.print_text("\n")?;
    }
    context.print(&position)?;
    if context.format == bursar::render::Format::Table {
        context.print_text(&next_steps(&path))?;
    }
    Ok(())
}

fn make(context: &Context, dir: &Path, path: &Path) -> Result<(), Refusal> {
    let failed = |source| Refusal::Output { path: dir.to_owned(), source };
    std::fs::create_dir_all(dir).map_err(failed)?;
    for (name, text) in FILES {
        std::fs::write(dir.join(name), text).map_err(failed)?;
    }
    let open = |name: &str| SourceFile::open(&dir.join(name));
    let (parties, funds, events) = (open("parties.csv")?, open("funds.csv")?, open("events.csv")?);
    let (opening, journal) = (open("opening.csv")?, open("journal.csv")?);
    let chart = Chart::parse(built_in_chart("us-nonprofit").unwrap_or_default())?;
    let book =
        BookOpened { name: "Lakeshore Code Society".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 1 };
    let mut new = NewBooks::create(path)?;
    new.books.write(&context.writing("demo"), |writer| {
        writer.begin_books(book, chart)?;
        import_parties(writer, &parties)?;
        import_funds(writer, &funds)?;
        import_events(writer, &events)?;
        import_opening(writer, &opening, "2024-12-31".parse()?, None)?;
        import_journal(writer, &journal)?;
        Ok::<_, Refusal>(())
    })?;
    Ok(new.keep()?)
}

fn next_steps(path: &Path) -> String {
    let book = path.display();
    format!(
        "\nThese are invented books, in {book}. Try next:
  export BURSAR_BOOK={book}
  bursar report activities --period 2025 --event lakeconf25
  bursar report ledger \"Expenses:Venue\" --period 2025
  bursar report trial-balance --as-of 2025-12-31
  bursar entry list --period 2025-05
  bursar entry reverse 100 --reason \"to see what happens\" --dry-run
  bursar verify
  bursar export hledger\n"
    )
}
