use bursar::outlet::{ExportFormat, Naming, PSEUDONYMOUS, export};
use clap::{Args, ValueEnum};

use super::context::Context;
use super::refusal::Refusal;

/// Journals out, for other ledgers and for `bursar import csv`; they name parties, unless asked not to
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar export hledger > ours.journal && hledger -f ours.journal bal
  bursar export beancount --output ours.beancount && bean-check ours.beancount
  bursar export hledger --pseudonymous --output for-the-auditor.journal")]
pub(super) struct Export {
    /// Whose format
    #[arg(value_enum)]
    to: Target,
    /// `person-0017` in the place of names, and no free text: for helpers under an agreement, not for publishing
    #[arg(long)]
    pseudonymous: bool,
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
    let naming = if args.pseudonymous { Naming::Pseudonyms } else { Naming::Names };
    if args.pseudonymous && format == ExportFormat::Csv {
        // A file of CSV has no place for it.
        eprintln!("note: {PSEUDONYMOUS}");
    }
    context.read(|books| context.print_with(|out| export(books, format, naming, out).map(|_| ())))
}
