use bursar::disclosure::preview;
use bursar::report::{
    aid, event_summary, from_layout, journal, ledger, passes, payables, receivables, registrations,
    sponsorship, trial_balance,
};
use clap::Args;

use super::context::Context;
use super::period::View;
use super::refusal::Refusal;

/// Statements
///
/// activities     revenue, expenses and the change in net assets
/// position       what the organisation has, owes and is worth
/// trial-balance  every account with its balance
/// journal        every entry with its postings
/// ledger         the postings of an account with a running balance
///
/// Of one event (--event CODE):
/// event-summary  revenue and cost, per head, and the attendance to break even
/// registrations  admissions by ticket, tier, role, state and payer
/// sponsorship    by package
/// passes         sponsors' passes: granted, used, left
/// aid            pool, applications, grants, ticket aid
///
/// receivables, payables  open documents, tied to the ledger
/// deferred-revenue       how it came and went
///
/// and every other statement of the chart in use, by its key.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  bursar report activities --period 2025 --compare 2024
  bursar report activities --event pyex26 --audience board
  bursar report event-summary --event pyex26
  bursar report position --as-of 2025-12-31
  bursar report trial-balance --as-of 2025-12-31 --format json
  bursar report journal --from 2025-03-01 --to 2025-03-31
  bursar report ledger Assets:Cash:Checking --period 2025-Q1"
)]
pub(super) struct Report {
    /// One of those above, or another statement of the chart
    statement: String,
    /// For the ledger: full name or code; a name that only has accounts below it takes them all
    account: Option<String>,
    #[command(flatten)]
    view: View,
}

pub(super) fn run(context: &Context, args: &Report) -> Result<(), Refusal> {
    let account = match (args.statement.as_str(), &args.account) {
        ("ledger", None) => {
            return Err(Refusal::Usage("the ledger of which account? `bursar report ledger ACCOUNT`".to_owned()));
        }
        ("ledger", Some(account)) => account.as_str(),
        (_, Some(extra)) => return Err(Refusal::Usage(format!("`{extra}` is one word too many"))),
        (_, None) => "",
    };
    if matches!(args.statement.as_str(), "journal" | "ledger") && args.view.compares() {
        return Err(Refusal::Usage(format!("a {} has one period: --compare goes with statements", args.statement)));
    }
    let statement = context.read(|books| {
        let request = args.view.request(books)?;
        let statement = match args.statement.as_str() {
            "trial-balance" => trial_balance(books, &request)?,
            "journal" => journal(books, &request)?,
            "ledger" => ledger(books, account, &request)?,
            "event-summary" => event_summary(books, &request)?,
            "registrations" => registrations(books, &request)?,
            "sponsorship" => sponsorship(books, &request)?,
            "passes" => passes(books, &request)?,
            "aid" => aid(books, &request)?,
            "receivables" => receivables(books, &request)?,
            "payables" => payables(books, &request)?,
            key => from_layout(books, key, &request)?,
        };
        Ok(preview(books, statement)?)
    })?;
    context.print(&statement)
}
