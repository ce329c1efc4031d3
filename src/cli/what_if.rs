use std::path::{Path, PathBuf};

use bursar::conference::Role;
use bursar::policy::{Dips, Policy, Share, Year, compare, explain};
use bursar::report::Covers;
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// The same event under other policies: every document replayed, a column each, and the difference
#[derive(Debug, Args)]
#[command(after_help = "\
`bursar policy list` shows the policies that come with the program; a file is
a policy of your own.

Examples:
  bursar what-if pyex26 --policy everyone-pays --policy speakers-free
  bursar what-if pyex26 --policy everyone-pays --policy my-policy.toml
  bursar what-if pyex26 --policy everyone-pays --policy speakers-free \\
      --explain registration")]
pub(super) struct WhatIf {
    #[command(flatten)]
    subject: Subject,
    /// A policy, by name or as a file; may be repeated. The first is what the others are compared with
    #[arg(long, required = true, value_name = "NAME or FILE")]
    policy: Vec<String>,
    #[command(flatten)]
    dips: DipArgs,
    /// Show where a row comes from: the documents behind it, or its formula
    #[arg(long, value_name = "ROW")]
    explain: Option<String>,
}

/// What is looked at.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// Event
    pub event: String,
    /// What a head more costs, instead of what contracts charge
    #[arg(long, value_name = "AMOUNT")]
    pub marginal_cost: Option<String>,
    /// Share of a role that would not come if charged, as speaker=10%; may be repeated
    #[arg(long, value_name = "ROLE=SHARE")]
    pub stay_away: Vec<String>,
    /// Decides who is taken to stay away
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,
}

/// Dips of attendance and sponsorship.
#[derive(Debug, Args)]
pub(super) struct DipArgs {
    /// Dip of attendance that revenue has to bear [default: the policy's, 15%]
    #[arg(long, value_name = "SHARE")]
    attendance: Option<Share>,
    /// Dip of sponsorship [default: the policy's, 35%]
    #[arg(long, value_name = "SHARE")]
    sponsorship: Option<Share>,
}

impl DipArgs {
    /// The dips that were given; the rest as the policy has them.
    pub(super) fn over(&self, policy: Dips) -> Dips {
        Dips {
            attendance: self.attendance.unwrap_or(policy.attendance),
            sponsorship: self.sponsorship.unwrap_or(policy.sponsorship),
        }
    }

    fn given(&self, policy: Dips) -> Option<Dips> {
        (self.attendance.is_some() || self.sponsorship.is_some()).then(|| self.over(policy))
    }
}

impl Subject {
    /// The event's facts, loaded.
    pub(super) fn load(&self, context: &Context) -> Result<(Year, Option<Covers>), Refusal> {
        context.read(|books| {
            let event = books.setup()?.event(&self.event)?.code;
            let year = Year::load(books, event)?;
            let postings = books.span()?.map_or(0, |(_, _, postings)| postings);
            Ok((year, Some(Covers { postings, head: books.head()? })))
        })
    }

    /// A policy, with what the command says of it.
    pub(super) fn policy(&self, name: &str) -> Result<Policy, Refusal> {
        let mut policy = read_policy(name)?;
        if let Some(cost) = &self.marginal_cost {
            let cost = cost.replace(',', "").parse().map_err(|_| {
                Refusal::Usage(format!("--marginal-cost `{cost}` is not an amount; write it like 85.00"))
            })?;
            policy = policy.with_marginal_cost(cost);
        }
        for text in &self.stay_away {
            let bad = || Refusal::Usage(format!("--stay-away `{text}`: write ROLE=SHARE, as speaker=10%"));
            let (role, share) = text.split_once('=').ok_or_else(bad)?;
            let role: Role = role.parse()?;
            let share: Share = share.parse().map_err(Refusal::Usage)?;
            policy = policy.with_stay_away(role, share);
        }
        Ok(policy)
    }
}

/// A policy by name, or from a file: anything with a dot or a slash in it.
pub(super) fn read_policy(name: &str) -> Result<Policy, Refusal> {
    if !name.contains(['.', '/', '\\']) {
        return Ok(Policy::preset(name)?);
    }
    let path = Path::new(name);
    let text = std::fs::read_to_string(path)
        .map_err(|source| Refusal::Input { path: PathBuf::from(name), source })?;
    Ok(Policy::parse(name, &text)?)
}

pub(super) fn run(context: &Context, args: &WhatIf) -> Result<(), Refusal> {
    let mut policies: Vec<Policy> = Vec::new();
    for name in &args.policy {
        let policy = args.subject.policy(name)?;
        if policies.iter().any(|known| known.name == policy.name) {
            return Err(Refusal::Usage(format!("--policy {} is there twice", policy.name)));
        }
        policies.push(policy);
    }
    let (year, covers) = args.subject.load(context)?;
    let dips = policies.first().and_then(|first| args.dips.given(first.stress));
    let comparison = compare(&year, &policies, args.subject.seed, dips, covers)?;
    match &args.explain {
        None => context.print(&comparison.statement),
        Some(key) => context.print_all(&explain(&year, &comparison, key)?),
    }
}
