use bursar::calendar::Date;
use bursar::report::{Cell, Statement, year_end};
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Lock a period, after a checklist, and print the head for the minutes
///
/// What `--check` shows as `blocks` refuses the lock; what it shows as `look` is for people to decide.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar close --through 2025-12-31 --check
  bursar close --through 2025-12-31")]
pub(super) struct Close {
    /// Last day that takes no more entries
    #[arg(long, value_name = "DATE")]
    through: Date,
    /// Only show the checklist
    #[arg(long)]
    check: bool,
}

/// Open locked days again; the lock and its reopening both stay in the books
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar reopen --from 2025-12-01 --reason \"the auditor's entry of 14 March\"")]
pub(super) struct Reopen {
    /// First day that takes entries again
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) fn run(context: &Context, args: &Close) -> Result<(), Refusal> {
    if args.check {
        return context.print(&context.read(|books| Ok(year_end(books, args.through)?))?);
    }
    let (head, look) = context.write("close", |writer| {
        let checklist = year_end(writer.books(), args.through)?;
        let look = standing(&checklist, "look");
        let blocks = standing(&checklist, "blocks");
        writer.lock(args.through)?;
        if !blocks.is_empty() {
            return Err(Refusal::Blocked { what: blocks.join("; ") });
        }
        Ok((writer.head(), look))
    })?;
    let look = match look.len() {
        0 => String::new(),
        1 => format!("\n1 point of the checklist was left to look at: {}.", look[0]),
        n => format!("\n{n} points of the checklist were left to look at: {}.", look.join("; ")),
    };
    if context.dry_run {
        return context.say(&format!("Locked through {}.{look}", args.through));
    }
    context.say(&format!(
        "Locked through {}. For the minutes: head\n{head}\n`bursar verify --head N:HASH` checks against it.{look}",
        args.through
    ))
}

/// Labels of the points that stand so.
fn standing(checklist: &Statement, word: &str) -> Vec<String> {
    let stands = |cell: Option<&Cell>| matches!(cell, Some(Cell::Text(text)) if text == word);
    let rows = checklist.rows.iter().filter(|row| stands(row.cells.first()));
    let what =
        |cell: Option<&Cell>| if let Some(Cell::Text(text)) = cell { format!(" ({text})") } else { String::new() };
    rows.map(|row| format!("{}{}", row.label, if word == "blocks" { what(row.cells.get(1)) } else { String::new() }))
        .collect()
}

pub(super) fn run_reopen(context: &Context, args: &Reopen) -> Result<(), Refusal> {
    let head = context.write("reopen", |writer| {
        writer.reopen(args.from, &args.reason)?;
        Ok::<_, Refusal>(writer.head())
    })?;
    context.say(&format!("Open again from {}. For the minutes: head\n{head}", args.from))
}
