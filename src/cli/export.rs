use bursar::outlet::{ExportFormat, export};
use clap::{Args, ValueEnum};

use super::context::Context;
use super::refusal::Refusal;

/// Journals out, for other ledgers and for `bursar import csv`; they name parties
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar export hledger > ours.journal && hledger -f ours.journal bal
  bursar export beancount --output ours.beancount && bean-check ours.beancount")]
pub(super) struct Export {
    /// Whose format
    #[arg(value_enum)]
    to: Target,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// hledger's journal
    Hledger,
    /// Ledger's journal
    Ledger,
    /// beancount, with a balance assertion for every account
    Beancount,
    /// bursar's own journal CSV
    Csv,
}

pub(super) fn run(context: &Context, args: &Export) -> Result<(), Refusal> {
    let format = match args.to {
        Target::Hledger => ExportFormat::Hledger,
        Target::Ledger => ExportFormat::Ledger,
        Target::Beancount => ExportFormat::Beancount,
        Target::Csv => ExportFormat::Csv,
    };
    context.read(|books| context.print_with(|out| export(books, format, out).map(|_| ())))
}
