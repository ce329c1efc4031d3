use bursar::books::BooksError;
use bursar::calendar::Date;
use bursar::conference::Event as Announced;
use bursar::ledger::Slug;
use bursar::report::event_list;
use clap::{Args, Subcommand};

use super::context::Context;
use super::fund::only;
use super::refusal::Refusal;

/// Events: the conferences that entries belong to
#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// Announce an event
    #[command(
        after_help = "Example:\n  bursar event add pyex26 --name \"PyExample 2026\" \\\n      --first-day 2026-05-14 --last-day 2026-05-16"
    )]
    Add(Add),
    /// All events
    #[command(after_help = "Example:\n  bursar event list")]
    List,
    /// One event
    #[command(after_help = "Example:\n  bursar event show pyex26")]
    Show {
        /// Code
        code: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code, such as pyex26
    code: Slug,
    /// Name on statements
    #[arg(long)]
    name: String,
    /// First day
    #[arg(long, value_name = "DATE")]
    first_day: Date,
    /// Last day
    #[arg(long, value_name = "DATE")]
    last_day: Date,
}

pub(super) fn run(context: &Context, args: &Event) -> Result<(), Refusal> {
    match args {
        Event::List => context.print(&context.read(|books| Ok(event_list(books)?))?),
        Event::Show { code } => {
            let sheet = context.read(|books| {
                let code = books.setup()?.event(code)?.code;
                Ok(only(event_list(books)?, code.as_str()))
            })?;
            context.print(&sheet)
        }
        Event::Add(add) => {
            let event = Announced::new(add.code, &add.name, add.first_day, add.last_day);
            let sheet = context.write("event add", |writer| {
                if writer.setup()?.events().iter().any(|known| known.code == event.code) {
                    return Err(BooksError::Exists { what: "event", value: event.code.to_string() }.into());
                }
                writer.put_event(event)?;
                Ok(only(event_list(writer.books())?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}
