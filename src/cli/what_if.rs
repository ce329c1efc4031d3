use bursar::conference::WhoPays;
use bursar::policy::{ExtraHeads, what_if};
use clap::Args;

use super::context::Context;
use super::happen::minor;
use super::refusal::Refusal;

/// The same event under other policies: every order replayed, a column each, and the difference
#[derive(Debug, Args)]
#[command(after_help = "\
Policies: everyone-pays, everyone-pays-strict, speakers-free.

Examples:
  bursar what-if pyex26 --policy everyone-pays --policy speakers-free
  bursar what-if pyex26 --policy everyone-pays --policy speakers-free \\
      --extra-heads 20 --marginal-cost 85.00")]
pub(super) struct WhatIf {
    /// Event
    event: String,
    /// A policy; may be repeated. The first is what the others are compared with
    #[arg(long, required = true)]
    policy: Vec<WhoPays>,
    /// Speakers who would come only if they entered free
    #[arg(long, default_value_t = 0, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    extra_heads: i64,
    /// What each of them costs [default: what contracts charge per head]
    #[arg(long, value_name = "AMOUNT", requires = "extra_heads")]
    marginal_cost: Option<String>,
}

pub(super) fn run(context: &Context, args: &WhatIf) -> Result<(), Refusal> {
    let mut policies = Vec::new();
    for policy in &args.policy {
        if policies.contains(policy) {
            return Err(Refusal::Usage(format!("--policy {policy} is there twice")));
        }
        policies.push(*policy);
    }
    let statement = context.read(|books| {
        let setup = books.setup()?;
        let event = setup.event(&args.event)?.code;
        let cost = args.marginal_cost.as_deref().map(|text| minor(setup, text)).transpose()?;
        Ok(what_if(books, event, &policies, ExtraHeads { number: args.extra_heads, cost })?)
    })?;
    context.print(&statement)
}
