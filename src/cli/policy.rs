use std::path::PathBuf;

use bursar::calendar::Date;
use bursar::ledger::Slug;
use bursar::policy::{
    Policy as Terms, Share, StressTest, Unknown, fan, grid_page, policy_list, simulate, simulation_pages,
    solution_page, solve, stress_page, tornado,
};
use bursar::render::{Exhibit, Format};
use clap::{Args, Subcommand, ValueEnum};

use super::context::Context;
use super::happen::minor;
use super::refusal::Refusal;
use super::what_if::{DipArgs, Loaded, Subject, read_policy};

/// Policies: who pays what; what an event bears under one, and what it would take
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// The policies that come with the program
    #[command(after_help = "Example:\n  bursar policy list")]
    List,
    /// A policy as a file, to be copied and changed
    #[command(after_help = "Example:\n  bursar policy show speaker-discount > mine.toml")]
    Show {
        /// Policy
        name: String,
    },
    /// Whether a file is a policy, and what it takes for granted
    #[command(after_help = "Example:\n  bursar policy check mine.toml")]
    Check {
        /// File
        file: PathBuf,
    },
    /// Whether revenue covers the hard costs when attendance and sponsorship dip
    #[command(after_help = "Examples:\n  bursar policy stress pyex26 --policy everyone-pays\n  \
        bursar policy stress pyex26 --policy speakers-free --attendance 25% --called-off 2026-03-01")]
    Stress(Stress),
    /// The attendance, price, sponsorship or aid pool at which an event reaches a goal
    #[command(after_help = "Examples:\n  bursar policy solve pyex26 --policy everyone-pays --for attendance\n  \
        bursar policy solve pyex26 --policy speakers-free --for price --unchanged-from everyone-pays\n  \
        bursar policy solve pyex26 --policy everyone-pays --for aid-pool")]
    Solve(Solve),
    /// How the result may come out: many draws of attendance, sponsorship and behaviour from their ranges
    #[command(after_help = "Example:\n  bursar policy simulate pyex26 --policy everyone-pays --policy speakers-free")]
    Simulate(Simulate),
}

#[derive(Debug, Args)]
pub(super) struct Simulate {
    #[command(flatten)]
    subject: Subject,
    /// A policy, by name or as a file; may be repeated
    #[arg(long, required = true, value_name = "NAME or FILE")]
    policy: Vec<String>,
    /// How many draws
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    draws: u32,
}

#[derive(Debug, Args)]
pub(super) struct Stress {
    #[command(flatten)]
    subject: Subject,
    /// Policy, by name or as a file
    #[arg(long, value_name = "NAME or FILE")]
    policy: String,
    #[command(flatten)]
    dips: DipArgs,
    /// How deep the grid goes
    #[arg(long, default_value = "50%", value_name = "SHARE")]
    deepest: Share,
    /// What calling the event off on a day would cost
    #[arg(long, value_name = "DATE")]
    called_off: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct Solve {
    #[command(flatten)]
    subject: Subject,
    /// Policy, by name or as a file
    #[arg(long, value_name = "NAME or FILE")]
    policy: String,
    /// What is to be found
    #[arg(long = "for", value_enum, value_name = "WHAT")]
    unknown: What,
    /// Tickets whose price is to change, for --for price [default: all admissions]
    #[arg(long, value_name = "TICKET")]
    ticket: Vec<Slug>,
    /// The result to be reached
    #[arg(
        long,
        default_value = "0",
        value_name = "AMOUNT",
        allow_hyphen_values = true,
        conflicts_with = "unchanged_from"
    )]
    target: String,
    /// Reach the result that another policy would have brought
    #[arg(long, value_name = "NAME or FILE")]
    unchanged_from: Option<String>,
    #[command(flatten)]
    dips: DipArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// How few may come
    Attendance,
    /// How little sponsors may give
    Sponsorship,
    /// What tickets have to cost more
    Price,
    /// What speakers have to pay
    SpeakerPrice,
    /// How much aid can be given that hard costs are still covered under stress
    AidPool,
}

pub(super) fn run(context: &Context, command: &Policy) -> Result<(), Refusal> {
    match command {
        Policy::List => context.print(&policy_list()?),
        Policy::Show { name } => context.print_text(Terms::preset_file(name)?),
        Policy::Check { file } => {
            let policy = read_policy(&file.to_string_lossy())?;
            let said = policy.assumptions();
            let said = if said.is_empty() { "nothing beyond who pays".to_owned() } else { said.join("; ") };
            context.say(&format!("{} is a policy: {}. Taken for granted: {said}.", policy.name, policy.title))
        }
        Policy::Stress(args) => stress(context, args),
        Policy::Solve(args) => find(context, args),
        Policy::Simulate(args) => draw(context, args),
    }
}

fn stress(context: &Context, args: &Stress) -> Result<(), Refusal> {
    let policy = args.subject.policy(&args.policy)?;
    let Loaded { year, covers, forecast } = args.subject.load(context)?;
    let dips = args.dips.over(policy.stress);
    if args.deepest == Share::NONE {
        return Err(Refusal::Usage("--deepest 0 leaves no grid: give a share above it, as 50%".to_owned()));
    }
    // A page in a browser has room for finer steps than one of 80 columns.
    let number = if context.format == Format::Html { 10 } else { 5 };
    let steps: Vec<Share> = (0..=number).map(|step| args.deepest.part(step, number)).collect();
    let test = StressTest::of(&year, &policy, args.subject.seed, dips, &steps)?;
    let mut page = stress_page(&year, &policy, &test, args.called_off, covers);
    page.notes.extend(forecast);
    let charts = test.charts(&year);
    context.print_all(&[page.into(), Exhibit { statement: grid_page(&year, &policy, &test, covers), charts }])
}

fn find(context: &Context, args: &Solve) -> Result<(), Refusal> {
    let policy = args.subject.policy(&args.policy)?;
    let Loaded { year, covers, forecast } = args.subject.load(context)?;
    let target = match &args.unchanged_from {
        Some(name) => {
            let other = args.subject.policy(name)?;
            let outcome = year.replay(&other, bursar::policy::Scene::calm(args.subject.seed))?;
            i64::try_from(outcome.figures.result()).unwrap_or(i64::MAX)
        }
        None => minor(year.setup(), &args.target)?,
    };
    let unknown = match args.unknown {
        What::Attendance => Unknown::Attendance,
        What::Sponsorship => Unknown::Sponsorship,
        What::Price => Unknown::Price(args.ticket.clone()),
        What::SpeakerPrice => Unknown::SpeakerPrice,
        What::AidPool => Unknown::AidPool,
    };
    if !args.ticket.is_empty() && !matches!(args.unknown, What::Price) {
        return Err(Refusal::Usage("--ticket goes with --for price".to_owned()));
    }
    let solution = solve(&year, &policy, &unknown, target, args.subject.seed, args.dips.over(policy.stress))?;
    let mut page = solution_page(&year, &solution, target, covers);
    page.notes.extend(forecast);
    context.print(&page)
}

fn draw(context: &Context, args: &Simulate) -> Result<(), Refusal> {
    let policies = args.subject.policies(&args.policy)?;
    let Loaded { year, covers, forecast } = args.subject.load(context)?;
    let simulated = simulate(&year, &policies, args.draws, args.subject.seed)?;
    let mut pages = simulation_pages(&year, &simulated, args.subject.seed, covers);
    if let Some(page) = pages.first_mut() {
        page.notes.extend(forecast);
    }
    let mut exhibits: Vec<Exhibit> = pages.into_iter().map(Exhibit::from).collect();
    for (i, exhibit) in exhibits.iter_mut().enumerate() {
        exhibit.charts.push(match i.checked_sub(1).and_then(|i| simulated.get(i)) {
            None => fan(&year, &simulated),
            Some(of) => tornado(&year, of),
        });
    }
    context.print_all(&exhibits)
}
