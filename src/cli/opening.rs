use std::path::PathBuf;

use bursar::calendar::Date;
use bursar::intake::{SourceFile, import_opening};
use clap::Subcommand;

use super::context::Context;
use super::import::summary;
use super::refusal::Refusal;

/// Opening balances from the books you kept before
#[derive(Debug, Subcommand)]
pub(super) enum Opening {
    /// Take balances over from a CSV with the columns account,amount[,fund][,party]; debits are positive
    #[command(
        after_help = "Example:\n  bursar opening import balances.csv --as-of 2025-12-31 \\\n      --balance-to \"Net assets:Opening\""
    )]
    Import {
        /// The file
        file: PathBuf,
        /// The day at whose close the balances stood: the day before the first day kept here
        #[arg(long, value_name = "DATE")]
        as_of: Date,
        /// Account that takes what the balances do not add up to
        #[arg(long, value_name = "ACCOUNT")]
        balance_to: Option<String>,
    },
}

pub(super) fn run(context: &Context, args: &Opening) -> Result<(), Refusal> {
    let Opening::Import { file, as_of, balance_to } = args;
    let source = SourceFile::open(file)?;
    let sheet = context.write("opening import", |writer| {
        let account = balance_to.as_deref().map(|name| writer.setup()?.account(name).map(|a| a.number)).transpose()?;
        let landed = import_opening(writer, &source, *as_of, account)?;
        summary(writer, &source, &landed)
    })?;
    context.print_written(sheet)
}
