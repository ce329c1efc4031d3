use bursar::disclosure::preview;
use bursar::report::{from_layout, journal, ledger, trial_balance};
use clap::{Args, Subcommand};

use super::context::Context;
use super::period::View;
use super::refusal::Refusal;

/// Statements
#[derive(Debug, Subcommand)]
pub(super) enum Report {
    /// Revenue, expenses and the change in net assets
    #[command(
        after_help = "Examples:\n  bursar report activities --period 2025 --compare 2024\n  bursar report activities --event pyex26 --audience board"
    )]
    Activities(View),
    /// What the organisation has, owes and is worth
    #[command(after_help = "Example:\n  bursar report position --as-of 2025-12-31")]
    Position(View),
    /// Every account with its balance
    #[command(after_help = "Example:\n  bursar report trial-balance --as-of 2025-12-31 --format json")]
    TrialBalance(View),
    /// Every entry with its postings
    #[command(after_help = "Example:\n  bursar report journal --from 2025-03-01 --to 2025-03-31")]
    Journal(View),
    /// The postings of an account with a running balance
    #[command(after_help = "Example:\n  bursar report ledger Assets:Cash:Checking --period 2025-Q1")]
    Ledger(LedgerArgs),
    /// Any other statement of the chart, by its key
    #[command(external_subcommand)]
    Other(Vec<String>),
}

#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    /// Full name or code; a name that only has accounts below it takes them all
    account: String,
    #[command(flatten)]
    view: View,
}

pub(super) fn run(context: &Context, args: &Report) -> Result<(), Refusal> {
    let statement = context.read(|books| {
        let setup = books.setup()?;
        let statement = match args {
            Report::Activities(view) => from_layout(books, "activities", &view.request(setup)?)?,
            Report::Position(view) => from_layout(books, "position", &view.request(setup)?)?,
            Report::TrialBalance(view) => trial_balance(books, &view.request(setup)?)?,
            Report::Journal(view) => journal(books, &view.request(setup)?)?,
            Report::Ledger(args) => ledger(books, &args.account, &args.view.request(setup)?)?,
            Report::Other(words) => {
                let key = words.first().map(String::as_str).unwrap_or_default();
                from_layout(books, key, &View::default().request(setup)?)?
            }
        };
        Ok(preview(books, statement)?)
    })?;
    context.print(&statement)
}
