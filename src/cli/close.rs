use bursar::calendar::Date;
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Lock a period and print the head for the minutes
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar close --through 2025-12-31")]
pub(super) struct Close {
    /// Last day that takes no more entries
    #[arg(long, value_name = "DATE")]
    through: Date,
}

pub(super) fn run(context: &Context, args: &Close) -> Result<(), Refusal> {
    let head = context.write("close", |writer| {
        writer.lock(args.through)?;
        Ok(writer.head())
    })?;
    if context.dry_run {
        return context.say(&format!("Locked through {}.", args.through));
    }
    context.say(&format!(
        "Locked through {}. For the minutes: head\n{head}\n`bursar verify --head N:HASH` checks against it.",
        args.through
    ))
}
