use bursar::books::{BooksError, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{AidBasis, Choice, Event as Announced, EventCancelled, EventHeld, Fact, WhoPays};
use bursar::ledger::Slug;
use bursar::report::{Statement, event_list, posted_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::fund::only;
use super::refusal::Refusal;

/// Events: the conferences that entries belong to
#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// Announce an event
    #[command(
        after_help = "Example:\n  bursar event add pyex26 --name \"PyExample 2026\" --policy everyone-pays \\\n      --first-day 2026-05-14 --last-day 2026-05-16 --activity talks"
    )]
    Add(Add),
    /// Change name, days, policy, activities or fund of an event
    #[command(after_help = "Example:\n  bursar event set pyex26 --policy speakers-free")]
    Set(Set),
    /// All events
    #[command(after_help = "Example:\n  bursar event list")]
    List,
    /// One event
    #[command(after_help = "Example:\n  bursar event show pyex26")]
    Show {
        /// Code
        code: String,
    },
    /// Confirm that an event took place: what was deferred for it is earned on its last day
    #[command(after_help = "Example:\n  bursar event hold pyex26")]
    Hold {
        /// Code
        code: String,
    },
    /// An event will not take place: each buyer's choice, deposits lost
    #[command(after_help = "Example:\n  bursar event cancel pyex26 --otherwise refund --date 2026-04-01")]
    Cancel {
        /// Code
        code: String,
        /// What happens to orders whose buyer has not chosen: refund, donate, carry
        #[arg(long)]
        otherwise: Choice,
        /// The event that admissions are carried to
        #[arg(long, value_name = "CODE")]
        next: Option<String>,
        /// When it was decided [default: today]
        #[arg(long)]
        date: Option<Date>,
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
    #[command(flatten)]
    terms: Terms,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Code
    code: String,
    /// Name on statements
    #[arg(long)]
    name: Option<String>,
    /// First day
    #[arg(long, value_name = "DATE")]
    first_day: Option<Date>,
    /// Last day
    #[arg(long, value_name = "DATE")]
    last_day: Option<Date>,
    #[command(flatten)]
    terms: Terms,
}

#[derive(Debug, Args)]
struct Terms {
    /// Who pays: everyone-pays, everyone-pays-strict, speakers-free
    #[arg(long)]
    policy: Option<WhoPays>,
    /// An activity, such as talks or tutorials; may be repeated
    #[arg(long, value_name = "CODE")]
    activity: Vec<Slug>,
    /// Restricted fund of gifts for this event
    #[arg(long, value_name = "CODE")]
    fund: Option<String>,
    /// How ticket aid is shown: concession (less revenue) or grant (by election)
    #[arg(long, value_name = "BASIS")]
    aid_basis: Option<AidBasis>,
}

impl Terms {
    fn put<S: Store>(&self, writer: &Writer<'_, S>, event: &mut Announced) -> Result<(), Refusal> {
        event.policy = self.policy.or(event.policy);
        event.aid_basis = self.aid_basis.or(event.aid_basis);
        if !self.activity.is_empty() {
            event.activities.clone_from(&self.activity);
        }
        if let Some(fund) = &self.fund {
            event.fund = Some(writer.setup()?.fund(fund)?.code);
        }
        Ok(())
    }
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
            let sheet = context.write("event add", |writer| {
                let mut event = Announced::new(add.code, &add.name, add.first_day, add.last_day);
                if writer.setup()?.events().iter().any(|known| known.code == event.code) {
                    return Err(BooksError::Exists { what: "event", value: event.code.to_string() }.into());
                }
                add.terms.put(writer, &mut event)?;
                writer.put_event(event)?;
                Ok(only(event_list(writer.books())?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
        Event::Set(set) => {
            let sheet = context.write("event set", |writer| {
                let mut event = writer.setup()?.event(&set.code)?.clone();
                if let Some(name) = &set.name {
                    event.name.clone_from(name);
                }
                event.first_day = set.first_day.unwrap_or(event.first_day);
                event.last_day = set.last_day.unwrap_or(event.last_day);
                set.terms.put(writer, &mut event)?;
                let code = event.code;
                writer.put_event(event)?;
                Ok(only(event_list(writer.books())?, code.as_str()))
            })?;
            context.print_written(sheet)
        }
        Event::Hold { code } => {
            let sheet = context.write("event hold", |writer| hold(context, writer, code))?;
            context.print_written(sheet)
        }
        Event::Cancel { code, otherwise, next, date } => {
            let sheet = context.write("event cancel", |writer| {
                let event = writer.setup()?.event(code)?.code;
                let next = next.as_deref().map(|next| writer.setup()?.event(next).map(|e| e.code)).transpose()?;
                let date = context.day(*date)?;
                let off = EventCancelled { event, date, otherwise: *otherwise, next };
                let (fact, _) = writer.happen(|_| Ok(Fact::EventCancelled(off)))?;
                writer.settle()?;
                Ok(posted_sheet(writer.books(), &format!("{event} cancelled on {date}"), fact)?)
            })?;
            context.print_written(sheet)
        }
    }
}

fn hold<S: Store>(context: &Context, writer: &mut Writer<'_, S>, code: &str) -> Result<Statement, Refusal> {
    let event = writer.setup()?.event(code)?.clone();
    if let Some(today) = context.today()
        && today < event.last_day
    {
        return Err(BooksError::NotHeldYet { event: event.code, last_day: event.last_day, today }.into());
    }
    let held = EventHeld { event: event.code, date: event.last_day };
    let (fact, _) = writer.happen(|_| Ok(Fact::Held(held)))?;
    writer.settle()?;
    Ok(posted_sheet(writer.books(), &format!("{} held, {}", event.name, event.last_day), fact)?)
}
