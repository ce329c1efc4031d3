use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use bursar::calendar::Date;
use bursar::intake::IntakeError;
use bursar::intake::SourceFile;
use bursar::intake::statement::{StatementFile, StatementTerms, read_statements};
use bursar::ledger::{EntryNo, FactNo};
use bursar::reconcile::{
    Accept, Balances, Decide, Decisions, Limits, Options, Outcome, join, reconcile, reconciliation_list,
    reconciliation_sheet, reconciliation_show, undo,
};
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Spec, minor};
use super::import_platform::Dress;
use super::refusal::Refusal;

/// Reconcile an account with the statement of its bank or processor
///
/// Lines and entries are matched by reference, then by amount and name, then by amount and day, then by sums. What is
/// equally good is asked, never guessed. With every line matched or decided, and the balances proven, the
/// reconciliation is recorded, and what was decided is posted; otherwise nothing is.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  bursar reconcile 1010 --statement january.xml
  bursar reconcile 1010 --statement january.ofx --accept payouts,fees,payments
  bursar reconcile 1010 --statement january.csv --decide '4=entry;account=6420;event=pyex26' --decide '7=match;entries=12,13'
  bursar reconcile 1010 --statement january.csv --suggest decisions.toml
  bursar reconcile 1010 --statement january.csv --decisions decisions.toml
  bursar reconcile list
  bursar report reconciliation 1010"
)]
pub(super) struct Reconcile {
    #[command(subcommand)]
    command: Option<Recorded>,
    /// Account, by full name or code
    #[arg(required = true)]
    account: Option<String>,
    /// The statement: OFX, CAMT.053, Stripe, PayPal or the bank's CSV
    #[arg(long, value_name = "FILE", required = true)]
    statement: Option<PathBuf>,
    /// IBAN or number, when the file has statements of several accounts
    #[arg(long, value_name = "ACCOUNT")]
    statement_account: Option<String>,
    /// First day [default: the statement's]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Last day [default: the statement's]
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Balance before the first day, when the file does not tell it
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    opening: Option<String>,
    /// Balance after the last day, when the file does not tell it
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    closing: Option<String>,
    /// Kinds of proposals to accept: payouts, fees, payments, refunds, disputes
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_parser = kind)]
    accept: Vec<Accept>,
    /// Decisions on single lines (TOML), as --suggest writes them
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// A decision on a line: LINE=WHAT and what it needs, as in a file of decisions; may be repeated
    #[arg(long, value_name = "LINE=WHAT;…")]
    decide: Vec<Spec>,
    /// Write the questions and proposals into a file to decide in, and record nothing
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    suggest: Option<PathBuf>,
    /// Days that may lie between a line and its entry
    #[arg(long, value_name = "DAYS", default_value_t = 5, value_parser = clap::value_parser!(i64).range(0..=60))]
    window: i64,
    /// At the first reconciliation: an entry of before that the bank had not shown yet; may be repeated
    #[arg(long, value_name = "ENTRY")]
    outstanding: Vec<i64>,
    #[command(flatten)]
    dress: Dress,
}

/// What is done with reconciliations that were recorded
#[derive(Debug, Subcommand)]
enum Recorded {
    /// All reconciliations
    #[command(after_help = "Example:\n  bursar reconcile list")]
    List,
    /// Which lines of a statement are which entries
    #[command(after_help = "Example:\n  bursar reconcile show 114")]
    Show {
        /// Number, as `bursar reconcile list` has it
        number: i64,
    },
    /// Take an account's last reconciliation back, to match its lines anew
    #[command(after_help = "Example:\n  bursar reconcile undo 1010 --reason \"line 4 is the other invoice\"")]
    Undo {
        /// Account, by full name or code
        account: String,
        /// Why; kept beside the chain
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

fn kind(word: &str) -> Result<Accept, String> {
    Accept::ALL.into_iter().find(|(_, known)| *known == word.trim()).map(|(kind, _)| kind).ok_or_else(|| {
        let words: Vec<&str> = Accept::ALL.iter().map(|(_, word)| *word).collect();
        format!("`{word}` is no kind of proposal: expected {}", words.join(", "))
    })
}

impl Reconcile {
    /// Files that the command reads or makes.
    pub(super) fn files(&self) -> Vec<&Path> {
        [&self.statement, &self.decisions, &self.suggest, &self.dress.map]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
            .collect()
    }
}

pub(super) fn run(context: &Context, args: &Reconcile) -> Result<(), Refusal> {
    match &args.command {
        Some(Recorded::List) => return context.print(&context.read(|books| Ok(reconciliation_list(books)?))?),
        Some(Recorded::Show { number }) => {
            return context.print(&context.read(|books| Ok(reconciliation_show(books, FactNo(*number))?))?);
        }
        Some(Recorded::Undo { account, reason }) => return take_back(context, account, reason),
        None => {}
    }
    let (Some(account), Some(path)) = (&args.account, &args.statement) else {
        return Err(Refusal::Usage("name an account and its --statement".to_owned()));
    };
    let file = SourceFile::open(path)?;
    let terms = StatementTerms {
        currency: context.read(|books| Ok(books.setup()?.currency()))?,
        mapping: args.dress.mapping()?,
        reading: args.dress.reading(),
    };
    let statements = read_statements(&file, &terms)?;
    let mut decisions = match &args.decisions {
        None => Decisions::default(),
        Some(path) => {
            let text =
                std::fs::read_to_string(path).map_err(|source| IntakeError::File { path: path.clone(), source })?;
            Decisions::parse(&text)?
        }
    };
    decisions.decide.extend(args.decide.iter().map(decided).collect::<Result<Vec<_>, _>>()?);
    let mut accept = args.accept.clone();
    loop {
        let tried = attempt(context, args, account, &file, &statements, &decisions, &accept)?;
        if args.suggest.is_some() && tried.outcome.undecided.is_empty() {
            return context.say("Nothing is left to decide: leave --suggest out to record it.");
        }
        if let Some(suggest) = &args.suggest {
            context.print(&tried.sheet)?;
            return write_suggestions(context, suggest, &tried);
        }
        let Some(error) = tried.refused else { return context.print_written(tried.sheet) };
        context.print(&tried.sheet)?;
        match ask(&tried.outcome, &accept) {
            Some(kind) => accept.push(kind),
            None => return Err(error),
        }
    }
}

/// `4=entry;account=6420`, as a file of decisions would say it.
fn decided(spec: &Spec) -> Result<Decide, Refusal> {
    fn numbers<T: std::str::FromStr>(spec: &Spec, key: &str) -> Result<Vec<T>, Refusal> {
        let parts = spec.get(key).into_iter().flat_map(|text| text.split(',')).map(str::trim);
        parts.map(|part| part.parse().map_err(|_| no_number(spec, part))).collect()
    }
    fn no_number(spec: &Spec, text: &str) -> Refusal {
        Refusal::Usage(format!("`{text}` is not a number in --decide '{spec}'"))
    }
    spec.only(&["account", "document", "entries", "with", "event", "fund", "party", "description"])?;
    let Some((line, what)) = spec.head.split_once('=') else {
        return Err(Refusal::Usage(format!("--decide '{spec}' decides nothing: write such as '4=entry;account=6420'")));
    };
    let text = |key: &str| spec.get(key).map(str::to_owned);
    Ok(Decide {
        line: line.trim().parse().map_err(|_| no_number(spec, line))?,
        amount: None,
        what: what.trim().to_owned(),
        account: text("account"),
        document: text("document"),
        entries: numbers(spec, "entries")?,
        with: numbers(spec, "with")?,
        event: text("event"),
        fund: text("fund"),
        party: text("party"),
        description: text("description"),
    })
}

fn take_back(context: &Context, account: &str, reason: &str) -> Result<(), Refusal> {
    let mut said = String::new();
    context.write("reconcile undo", |writer| {
        let account = writer.setup()?.account(account)?;
        let (number, name) = (account.number, account.name.clone());
        let (record, undone) = undo(writer, number, reason)?;
        let lines: usize = undone.matches.iter().map(|matched| matched.lines.len()).sum();
        let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
        said = format!(
            "Reconciliation {record} of {name}, {} to {}, is undone: {lines} can be matched anew. What it posted stays in the books.",
            undone.from, undone.to
        );
        Ok(())
    })?;
    context.say(&said)
}

/// What one attempt came to.
struct Tried {
    outcome: Outcome,
    sheet: Statement,
    suggestions: String,
    refused: Option<Refusal>,
}

/// Reconciles, and keeps the table of what is still to be decided when nothing was recorded.
fn attempt(
    context: &Context,
    args: &Reconcile,
    account: &str,
    file: &SourceFile,
    statements: &[StatementFile],
    decisions: &Decisions,
    accept: &[Accept],
) -> Result<Tried, Refusal> {
    let mut kept = None;
    let written = context.write("reconcile", |writer| {
        let setup = writer.setup()?;
        let number = setup.account(account)?.number;
        let balance = |text: &Option<String>| text.as_deref().map(|text| minor(setup, text)).transpose();
        let options = Options {
            from: args.from,
            to: args.to,
            balances: Balances { opening: balance(&args.opening)?, closing: balance(&args.closing)? },
            limits: Limits { window: args.window, ..Limits::default() },
            accept: accept.to_vec(),
            decisions: decisions.clone(),
            outstanding: args.outstanding.iter().map(|number| EntryNo(*number)).collect(),
        };
        let statement = join(setup, &file.name(), statements.to_vec(), args.statement_account.as_deref())?;
        let name = file.path().file_name().map_or_else(|| file.name(), |name| name.to_string_lossy().into_owned());
        let outcome = reconcile(writer, number, (name, file.sha256()), statement, &options)?;
        writer.settle()?;
        let sheet = reconciliation_sheet(writer.books(), &outcome)?;
        let suggestions = outcome.suggest(writer.setup()?);
        let undecided = outcome.undecided.len();
        kept = Some((outcome, sheet, suggestions));
        // Nothing stays of an attempt in which something is left to decide, or that only asks what is.
        if undecided > 0 || args.suggest.is_some() {
            return Err(Refusal::Reconcile(bursar::reconcile::ReconcileError::Undecided { count: undecided }));
        }
        Ok(())
    });
    match (kept, written) {
        (Some((outcome, sheet, suggestions)), written) => match written {
            Ok(()) => Ok(Tried { outcome, sheet, suggestions, refused: None }),
            Err(error @ Refusal::Reconcile(_)) => Ok(Tried { outcome, sheet, suggestions, refused: Some(error) }),
            Err(error) => Err(error),
        },
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Refusal::Usage("nothing was done".to_owned())),
    }
}

fn write_suggestions(context: &Context, path: &Path, tried: &Tried) -> Result<(), Refusal> {
    let failed = |source| Refusal::Output { path: path.to_owned(), source };
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    file.write_all(tried.suggestions.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let count = tried.outcome.undecided.len();
    let lines = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    context.say(&format!("{lines} to decide in {}; nothing was recorded.", path.display()))
}

/// On a terminal: whether the next kind of firm proposals is to be accepted.
fn ask(outcome: &Outcome, accepted: &[Accept]) -> Option<Accept> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    for (kind, word) in Accept::ALL {
        let firm =
            |suggestion: &&bursar::reconcile::Suggestion| suggestion.firm && suggestion.proposal.accept() == kind;
        let count = outcome.undecided.iter().flat_map(|one| &one.suggestions).filter(firm).count();
        if count == 0 || accepted.contains(&kind) {
            continue;
        }
        eprint!("Accept {count} proposed {word}? [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).ok()?;
        if matches!(answer.trim(), "y" | "yes" | "Y") {
            return Some(kind);
        }
    }
    None
}
