//! Exchange rates, and the revaluation of what is open in foreign currencies.

use std::collections::HashMap;

use bursar::books::{Books, BooksError, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{Document, Fact, RateKnown, Revalued, RevaluedBill};
use bursar::ledger::{Slug, parse_rate};
use bursar::money::Currency;
use bursar::report::{Statement, posted_sheet, rate_list};
use clap::Subcommand;
use rust_decimal::Decimal;

use super::context::Context;
use super::refusal::Refusal;

/// Exchange rates: what one unit of a foreign currency is worth in the books' own
#[derive(Debug, Subcommand)]
pub(super) enum Rate {
    /// Record a rate
    #[command(
        after_help = "`bursar import rates FILE` takes many.\n\nExample:\n  bursar rate add EUR 1.0823 --date 2025-12-31"
    )]
    Add {
        /// Currency, such as EUR
        currency: String,
        /// Units of the books' currency for one of it
        rate: String,
        /// Day [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// All rates
    #[command(after_help = "Example:\n  bursar rate list")]
    List,
    /// Revalue open foreign items at a period's end, and take it back on the next day
    #[command(after_help = "\
Every open bill in a foreign currency is worth what the rate of the day makes it;
the difference goes to foreign exchange on that day, and back on the next.

Example:
  bursar rate revalue --as-of 2025-12-31")]
    Revalue {
        /// The last day of the period
        #[arg(long, value_name = "DATE")]
        as_of: Date,
    },
}

pub(super) fn run(context: &Context, args: &Rate) -> Result<(), Refusal> {
    match args {
        Rate::List => context.print(&context.read(|books| Ok(rate_list(books)?))?),
        Rate::Add { currency, rate, date } => {
            let sheet = context.write("rate add", |writer| {
                let currency = foreign(writer.books(), currency)?;
                let (rate, date) = (parse_rate(rate)?, context.day(*date)?);
                writer.happen(|_| Ok(Fact::Rate(RateKnown { currency: currency.code().to_owned(), date, rate })))?;
                Ok(rate_list(writer.books())?)
            })?;
            context.print_written(sheet)
        }
        Rate::Revalue { as_of } => {
            let sheet = context.write("rate revalue", |writer| revalue(writer, *as_of))?;
            context.print_written(sheet)
        }
    }
}

/// A currency that is not the books' own.
pub(super) fn foreign<S: Store>(books: &Books<S>, code: &str) -> Result<Currency, Refusal> {
    let currency = Currency::from_code(&code.trim().to_uppercase())?;
    if currency == books.setup()?.currency() {
        return Err(Refusal::Usage(format!("{currency} is the currency of the books: it needs no rate")));
    }
    Ok(currency)
}

/// The rate that was given, or the one that is known on a day.
pub(super) fn rate_of<S: Store>(
    books: &Books<S>,
    currency: Currency,
    given: Option<&str>,
    date: Date,
) -> Result<Decimal, Refusal> {
    match given {
        Some(text) => Ok(parse_rate(text)?),
        None => Ok(books.rate_on(currency, date)?),
    }
}

fn revalue<S: Store>(writer: &mut Writer<'_, S>, as_of: Date) -> Result<Statement, Refusal> {
    let mut open: Vec<(Slug, String)> = Vec::new();
    writer.books().documents(bursar::books::DocumentFilter::Open, &mut |document| {
        if let Document::Bill(bill) = document
            && let Some(foreign) = bill.foreign
            && bill.date <= as_of
        {
            open.push((bill.code, foreign.currency));
        }
        Ok(())
    })?;
    if open.is_empty() {
        return Err(BooksError::NothingForeign { date: as_of }.into());
    }
    let before = revalued_before(writer, as_of)?;
    let mut bills = Vec::with_capacity(open.len());
    for (bill, currency) in open {
        let rate = writer.books().rate_on(Currency::from_code(&currency)?, as_of)?;
        let was = before.get(&bill).copied();
        if was != Some(rate) {
            bills.push(RevaluedBill { bill, rate, was });
        }
    }
    if bills.is_empty() {
        return Err(BooksError::RevaluedAlready { date: as_of }.into());
    }
    let (fact, _) = writer.happen(|_| Ok(Fact::Revalued(Revalued { date: as_of, bills })))?;
    writer.settle()?;
    Ok(posted_sheet(writer.books(), &format!("Revaluation at {as_of}"), fact)?)
}

/// Bills that were revalued on this day, with the rate that was told last.
fn revalued_before<S: Store>(writer: &Writer<'_, S>, as_of: Date) -> Result<HashMap<Slug, Decimal>, BooksError> {
    let mut rates = HashMap::new();
    writer.books().facts(&["revalued"], &mut |_, _, fact| {
        if let Fact::Revalued(done) = fact
            && done.date == as_of
        {
            rates.extend(done.bills.into_iter().map(|item| (item.bill, item.rate)));
        }
        Ok(())
    })?;
    Ok(rates)
}
