use std::path::{Path, PathBuf};

use bursar::books::Head;
use bursar::books::sqlite::NewBooks;
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
    let mut new = NewBooks::create(&context.book)?;
    let head = new.books.write(&context.writing("init"), |writer| {
        writer.begin_books(book, chart)?;
        Ok::<_, Refusal>(writer.head())
    })?;
    if !context.dry_run {
        new.keep()?;
    }
    Ok(head)
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
