//! Budgets, volunteer hours, notes: what is written down and makes no entry.

use bursar::calendar::Date;
use bursar::conference::{BudgetLine, Fact, NoteTaken, Reader, VolunteerHours};
use bursar::ledger::Slug;
use bursar::report::{budget_list, hours_list, note_list};
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Spec, minor};
use super::refusal::Refusal;

/// Budgets: lines of a version, with who approved them
#[derive(Debug, Subcommand)]
pub(super) enum Budget {
    /// Set lines of a version
    #[command(after_help = "\
Example:
  bursar budget add pyex26 2026-01 --line 4010=500,000.00 --line 5010=80,000.00 \\
      --approved-by \"the board\"")]
    Add(AddBudget),
    /// The lines of an event's budget
    #[command(after_help = "Example:\n  bursar budget list pyex26")]
    List {
        /// Event
        event: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddBudget {
    /// Event
    event: String,
    /// Version, such as draft or 2026-01
    version: Slug,
    /// ACCOUNT=AMOUNT; income and cost are both positive; may be repeated
    #[arg(long, required = true, value_name = "ACCOUNT=AMOUNT")]
    line: Vec<Spec>,
    /// Who approved it
    #[arg(long, value_name = "NAME")]
    approved_by: Option<String>,
    /// How it was arrived at
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

/// Volunteer hours: context of a report, never an amount
#[derive(Debug, Subcommand)]
pub(super) enum Hours {
    /// Record hours of a team
    #[command(after_help = "Example:\n  bursar hours add registration --people 12 --hours 310 --event pyex26")]
    Add {
        /// Team, such as registration
        team: Slug,
        /// People in the team
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        people: i64,
        /// Hours, in all
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        hours: i64,
        /// Event
        #[arg(long)]
        event: Option<String>,
        /// Last day they cover [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// All hours, or those of an event
    #[command(after_help = "Example:\n  bursar hours list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
}

/// Notes: decisions and circumstances that figures need
#[derive(Debug, Subcommand)]
pub(super) enum Note {
    /// Take a note
    #[command(
        after_help = "Example:\n  bursar note add \"Food was ordered for 281\" --event pyex26 --account 5040 --for board"
    )]
    Add {
        /// The note
        text: String,
        /// Event
        #[arg(long)]
        event: Option<String>,
        /// Account whose figure it explains
        #[arg(long)]
        account: Option<String>,
        /// Statement, or line of one, that it explains: its key, such as position or catering
        #[arg(long, value_name = "KEY")]
        on: Option<Slug>,
        /// Who may read it beside the treasurer: board, or public
        #[arg(long = "for", value_name = "WHO", value_parser = reader)]
        reader: Option<Reader>,
        /// Its date [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// All notes, or those of an event
    #[command(after_help = "Example:\n  bursar note list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
}

fn reader(text: &str) -> Result<Reader, String> {
    match text {
        "treasurer" => Ok(Reader::Treasurer),
        "board" => Ok(Reader::Board),
        "public" => Ok(Reader::Public),
        other => Err(format!("`{other}` is nobody who reads: expected treasurer, board or public")),
    }
}

pub(super) fn run_budget(context: &Context, args: &Budget) -> Result<(), Refusal> {
    match args {
        Budget::List { event } => context.print(&context.read(|books| {
            let event = books.setup()?.event(event)?.code;
            Ok(budget_list(books, event)?)
        })?),
        Budget::Add(add) => {
            let sheet = context.write("budget add", |writer| {
                let (setup, date) = (writer.setup()?, context.day(add.date)?);
                let event = setup.event(&add.event)?.code;
                let mut lines = Vec::with_capacity(add.line.len());
                for spec in &add.line {
                    spec.only(&[])?;
                    let usage = || Refusal::Usage(format!("expected ACCOUNT=AMOUNT, found `{}`", spec.head));
                    let (account, amount) = spec.head.rsplit_once('=').ok_or_else(usage)?;
                    lines.push((setup.account(account)?.number, minor(setup, amount)?));
                }
                for (account, amount) in lines {
                    writer.happen(|recorder| {
                        Ok(Fact::Budget(BudgetLine {
                            event,
                            version: add.version,
                            date,
                            account,
                            amount,
                            approved_by: add.approved_by.as_deref().map(|name| recorder.seal("approved by", name)),
                            basis: add.basis.as_deref().map(|text| recorder.seal("basis", text)),
                        }))
                    })?;
                }
                Ok(budget_list(writer.books(), event)?)
            })?;
            context.print_written(sheet)
        }
    }
}

pub(super) fn run_hours(context: &Context, args: &Hours) -> Result<(), Refusal> {
    match args {
        Hours::List { event } => context.print(&context.read(|books| {
            let event = event.as_deref().map(|code| books.setup()?.event(code).map(|e| e.code)).transpose()?;
            Ok(hours_list(books, event)?)
        })?),
        Hours::Add { team, people, hours, event, date } => {
            let sheet = context.write("hours add", |writer| {
                let event = event.as_deref().map(|code| writer.setup()?.event(code).map(|e| e.code)).transpose()?;
                let (team, people, hours, date) = (*team, *people, *hours, context.day(*date)?);
                writer.happen(|_| Ok(Fact::Hours(VolunteerHours { event, team, date, people, hours })))?;
                Ok(hours_list(writer.books(), event)?)
            })?;
            context.print_written(sheet)
        }
    }
}

pub(super) fn run_note(context: &Context, args: &Note) -> Result<(), Refusal> {
    match args {
        Note::List { event } => context.print(&context.read(|books| {
            let event = event.as_deref().map(|code| books.setup()?.event(code).map(|e| e.code)).transpose()?;
            Ok(note_list(books, event)?)
        })?),
        Note::Add { text, event, account, on, reader, date } => {
            let sheet = context.write("note add", |writer| {
                let setup = writer.setup()?;
                let event = event.as_deref().map(|code| setup.event(code).map(|e| e.code)).transpose()?;
                let account = account.as_deref().map(|name| setup.account(name).map(|a| a.number)).transpose()?;
                let (on, reader, date) = (*on, reader.unwrap_or_default(), context.day(*date)?);
                writer.happen(|recorder| {
                    let text = recorder.seal("text", text);
                    Ok(Fact::Note(NoteTaken { event, account, on, reader, date, text }))
                })?;
                Ok(note_list(writer.books(), event)?)
            })?;
            context.print_written(sheet)
        }
    }
}
