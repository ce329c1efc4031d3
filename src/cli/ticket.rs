use bursar::books::{Books, Setup, Store};
use bursar::conference::{Discount as Code, Fact, ItemKind, Price, TicketType};
use bursar::ledger::Slug;
use bursar::report::{Statement, discount_list, ticket_list};
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::context::Context;
use super::fund::only;
use super::happen::{Spec, minor, share};
use super::refusal::Refusal;

/// Tickets: what an event sells, and at which price
#[derive(Debug, Subcommand)]
pub(super) enum Ticket {
    /// Sell something at an event; under a code that exists, change what is sold from now on
    #[command(after_help = "\
Prices are given in order; each holds until a day, for the first so many sold,
or (the last) for good.

Examples:
  bursar ticket add pyex26 individual --name Individual --kind admission \\
      --tier individual --price \"300.00;first=800\" --price 350.00
  bursar ticket add pyex26 shirt --name \"T-shirt\" --kind merchandise \\
      --price \"20.00;until=2026-04-01\" --price 25.00 --tax vat20")]
    Add(Add),
    /// All tickets, or those of an event
    #[command(after_help = "Example:\n  bursar ticket list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One ticket
    #[command(after_help = "Example:\n  bursar ticket show pyex26 individual")]
    Show {
        /// Event
        event: String,
        /// Code
        code: Slug,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Event
    event: String,
    /// Code, such as individual
    code: Slug,
    /// Name on invoices
    #[arg(long)]
    name: String,
    /// admission, tutorial or merchandise
    #[arg(long)]
    kind: ItemKind,
    /// Tier, such as student
    #[arg(long)]
    tier: Option<Slug>,
    /// Activity its income belongs to
    #[arg(long)]
    activity: Option<Slug>,
    /// Tax code
    #[arg(long)]
    tax: Option<Slug>,
    /// Price: AMOUNT[;until=DATE][;first=NUMBER]; may be repeated
    #[arg(long, required = true, value_name = "AMOUNT")]
    price: Vec<Spec>,
}

/// Discounts: codes that take something off a price
#[derive(Debug, Subcommand)]
pub(super) enum Discount {
    /// Offer a discount
    #[command(after_help = "Example:\n  bursar discount add pyex26 early10 --share 10% --until 2026-03-01 --limit 50")]
    Add(AddDiscount),
    /// All discounts, or those of an event
    #[command(after_help = "Example:\n  bursar discount list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddDiscount {
    /// Event
    event: String,
    /// Code
    code: Slug,
    /// Share that is taken off, such as 10%
    #[arg(long, value_parser = share, conflicts_with = "amount")]
    share: Option<Decimal>,
    /// Or amount that is taken off
    #[arg(long)]
    amount: Option<String>,
    /// Last day it counts
    #[arg(long, value_name = "DATE")]
    until: Option<bursar::calendar::Date>,
    /// How often it counts
    #[arg(long, value_name = "NUMBER")]
    limit: Option<i64>,
    /// Only for this ticket; may be repeated
    #[arg(long, value_name = "CODE")]
    ticket: Vec<Slug>,
}

fn event_code(setup: &Setup, event: Option<&str>) -> Result<Option<Slug>, Refusal> {
    Ok(event.map(|code| setup.event(code).map(|event| event.code)).transpose()?)
}

fn tickets<S: Store>(books: &Books<S>, event: Option<&str>) -> Result<Statement, Refusal> {
    Ok(ticket_list(books, event_code(books.setup()?, event)?)?)
}

pub(super) fn run(context: &Context, args: &Ticket) -> Result<(), Refusal> {
    match args {
        Ticket::List { event } => context.print(&context.read(|books| tickets(books, event.as_deref()))?),
        Ticket::Show { event, code } => context.print(&context.read(|books| {
            books.setup()?.conference().ticket(books.setup()?.event(event)?.code, *code)?;
            Ok(only(tickets(books, Some(event))?, code.as_str()))
        })?),
        Ticket::Add(add) => {
            let sheet = context.write("ticket add", |writer| {
                let setup = writer.setup()?;
                let mut prices = Vec::with_capacity(add.price.len());
                for price in &add.price {
                    price.only(&["until", "first"])?;
                    let amount = minor(setup, &price.head)?;
                    prices.push(Price { amount, until: price.parse("until")?, first: price.parse("first")? });
                }
                let ticket = TicketType {
                    event: setup.event(&add.event)?.code,
                    code: add.code,
                    name: add.name.clone(),
                    kind: add.kind,
                    tier: add.tier,
                    activity: add.activity,
                    tax: add.tax,
                    prices,
                };
                writer.happen(|_| Ok(Fact::Ticket(ticket)))?;
                Ok(only(tickets(writer.books(), Some(&add.event))?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}

pub(super) fn run_discount(context: &Context, args: &Discount) -> Result<(), Refusal> {
    match args {
        Discount::List { event } => context
            .print(&context.read(|books| Ok(discount_list(books, event_code(books.setup()?, event.as_deref())?)?))?),
        Discount::Add(add) => {
            let sheet = context.write("discount add", |writer| {
                let setup = writer.setup()?;
                let event = setup.event(&add.event)?.code;
                let discount = Code {
                    event,
                    code: add.code,
                    share: add.share,
                    amount: add.amount.as_deref().map(|text| minor(setup, text)).transpose()?,
                    until: add.until,
                    limit: add.limit,
                    tickets: add.ticket.clone(),
                };
                writer.happen(|_| Ok(Fact::Discount(discount)))?;
                Ok(only(discount_list(writer.books(), Some(event))?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}
