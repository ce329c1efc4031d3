use std::path::{Path, PathBuf};

use bursar::calendar::Date;
use bursar::conference::Role;
use bursar::policy::{Dips, Policy, Share, Year, compare, explain, forecast};
use bursar::render::Exhibit;
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
      --explain registration
  bursar what-if pyex27 --like pyex26 --policy everyone-pays
  bursar what-if --plan event.toml --policy everyone-pays --policy speakers-free")]
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
    #[arg(required_unless_present = "plan")]
    pub event: Option<String>,
    /// An event described in a file, instead of one in the books
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event", "like"])]
    pub plan: Option<PathBuf>,
    /// Before the event: an earlier one, whose sales tell how much is still to come
    #[arg(long, value_name = "EVENT")]
    pub like: Option<String>,
    /// Before the event: what was sold by this day counts [default: today]
    #[arg(long, value_name = "DATE", requires = "like")]
    pub as_of: Option<Date>,
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

/// An event's facts, and what was read.
pub(super) struct Loaded {
    pub year: Year,
    pub covers: Option<Covers>,
    /// What a forecast rests on.
    pub forecast: Option<String>,
}

/// Dips of attendance and sponsorship.
#[derive(Debug, Args)]
pub(super) struct DipArgs {
    /// Dip of attendance that revenue has to bear [default: the policy's, 15%]
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    attendance: Option<Share>,
    /// Dip of sponsorship [default: the policy's, 35%]
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
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
    pub(super) fn load(&self, context: &Context) -> Result<Loaded, Refusal> {
        if let Some(path) = &self.plan {
            let text = read_text(path)?;
            let year = Year::of_plan(&path.to_string_lossy(), &text)?;
            return Ok(Loaded { year, covers: None, forecast: None });
        }
        context.read(|books| {
            let event = books.setup()?.event(self.event.as_deref().unwrap_or_default())?.code;
            let mut year = Year::load(books, event)?;
            let forecast = match &self.like {
                Some(like) => {
                    let like = books.setup()?.event(like)?.code;
                    Some(forecast(books, &mut year, like, context.day(self.as_of)?)?.says())
                }
                None => None,
            };
            let postings = books.span()?.map_or(0, |(_, _, postings)| postings);
            Ok(Loaded { year, covers: Some(Covers { postings, head: books.head()? }), forecast })
        })
    }

    /// Policies, each once: they head columns.
    pub(super) fn policies(&self, names: &[String]) -> Result<Vec<Policy>, Refusal> {
        let mut policies: Vec<Policy> = Vec::new();
        for name in names {
            let policy = self.policy(name)?;
            if policies.iter().any(|known| known.name == policy.name) {
                return Err(Refusal::Usage(format!("--policy {} is there twice", policy.name)));
            }
            policies.push(policy);
        }
        Ok(policies)
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
            let wrong = |why: String| Refusal::Usage(format!("--stay-away `{text}`: {why}"));
            let role = role.parse::<Role>().map_err(|error| wrong(error.to_string()))?;
            let share = share.parse::<Share>().map_err(wrong)?;
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
    Ok(Policy::parse(name, &read_text(Path::new(name))?)?)
}

fn read_text(path: &Path) -> Result<String, Refusal> {
    std::fs::read_to_string(path).map_err(|source| Refusal::Input { path: path.to_owned(), source })
}

pub(super) fn run(context: &Context, args: &WhatIf) -> Result<(), Refusal> {
    let policies = args.subject.policies(&args.policy)?;
    let Loaded { year, covers, forecast } = args.subject.load(context)?;
    let dips = policies.first().and_then(|first| args.dips.given(first.stress));
    let mut comparison = compare(&year, &policies, args.subject.seed, dips, covers)?;
    comparison.statement.notes.extend(forecast);
    match &args.explain {
        None => {
            let charts = comparison.charts(&year);
            context.print_all(&[Exhibit { statement: comparison.statement, charts }])
        }
        Some(key) => {
            let pages = explain(&year, &comparison, key)?;
            context.print_all(&pages.into_iter().map(Exhibit::from).collect::<Vec<_>>())
        }
    }
}
