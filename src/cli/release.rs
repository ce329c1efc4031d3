use std::path::{Path, PathBuf};

use bursar::books::{Books, BooksError, Store};
use bursar::calendar::{ALL_DAYS, Date, Window};
use bursar::conference::{Consented, CopyGiven, Fact, RulesSet};
use bursar::disclosure::{
    DisclosureError, DisclosureRules, Issued, Log, Plan, attack, attack_page, audit, audit_page, name_of, plan,
    plan_page, plan_record, reader, release_list, release_page,
};
use bursar::render::{FigureOf, Handout};
use bursar::report::{Audience, Cell, Request, Statement};
use clap::{Args, Subcommand};

use super::context::Context;
use super::folder::NewFolder;
use super::period::View;
use super::refusal::Refusal;
use super::report::{Asked, make};

/// What leaves the treasurer's hands: publish it, list it, prove it
#[derive(Debug, Subcommand)]
pub(super) enum Release {
    Publish(Publish),
    Record(Record),
    /// All releases
    #[command(after_help = "Example:\n  bursar release list")]
    List,
    /// The figures of one release
    #[command(after_help = "Example:\n  bursar release show 3")]
    Show {
        /// Its number
        number: i64,
    },
    /// Prove every release again, from the log and the books
    #[command(after_help = "Example:\n  bursar release audit")]
    Audit,
    Attack(Attack),
    Consent(Consent),
    /// The rules of disclosure: what is kept from whom
    #[command(subcommand)]
    Rules(Rules),
    Copy(Copy),
}

/// Publish statements to the board or the public
///
/// Figures that would tell an amount of a protected contributor are withheld, with all earlier releases taken into
/// account. What is shown is logged. `--dry-run` shows what would be withheld and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar release publish activities position --audience board --period 2025 --dry-run
  bursar release publish activities position --audience board --period 2025 --output board-2025
  bursar release publish activities --audience public --period 2025 \\
      --override fundraising/total --reason \"the grantor's own report names it\"")]
pub(super) struct Publish {
    /// Statements, as `bursar report` calls them
    #[arg(required = true)]
    statement: Vec<String>,
    /// A figure to show all the same: row and column (STATEMENT/ROW/COLUMN); every audit shows it
    #[arg(long = "override", value_name = "FIGURE", requires = "reason")]
    overrides: Vec<String>,
    /// Why
    #[arg(long, requires = "overrides")]
    reason: Option<String>,
    /// Number of the last release; needed once after a restore, so that none is forgotten
    #[arg(long, value_name = "NUMBER")]
    last_release: Option<i64>,
    #[command(flatten)]
    view: View,
}

/// Log what was handed out or filed by other means: its readers know it from now on
///
/// FILE is the statement's JSON, as `bursar report --format json` made it. Its figures are compared with the books.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bursar release record activities-2024.json --audience public --reason \"annual report 2024\""
)]
pub(super) struct Record {
    /// The statement's JSON
    pub(super) file: PathBuf,
    /// Who has it: board or public
    #[arg(long)]
    audience: Audience,
    /// Where it was handed out or filed
    #[arg(long)]
    reason: String,
}

/// What a party could work out from all releases
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar release attack --as \"Initech Ltd\" --audience public")]
pub(super) struct Attack {
    /// The party; without it, somebody outside
    #[arg(long = "as", value_name = "PARTY")]
    party: Option<String>,
    /// Whose releases: board or public
    #[arg(long, default_value = "public")]
    audience: Audience,
    /// How many guesses to show, the closest first
    #[arg(long, default_value_t = 20)]
    most: usize,
}

/// Record that a contributor allows its amounts to be shown
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bursar release consent \"Initech Ltd\" --audience public --evidence \"their mail of 3 May\""
)]
pub(super) struct Consent {
    /// The contributor
    party: String,
    /// To whom: board or public
    #[arg(long)]
    audience: Audience,
    /// What proves it
    #[arg(long)]
    evidence: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Those in force
    #[command(after_help = "Example:\n  bursar release rules show > disclosure.toml")]
    Show,
    /// Others
    #[command(after_help = "Example:\n  bursar release rules set disclosure.toml")]
    Set {
        /// A file as `show` prints it
        file: PathBuf,
    },
}

/// Give one reader a copy of a release's statements with all figures, and record it
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bursar release copy 3 activities --period 2025 --for \"Ada Example\" --reason \"director's request\" --output copy"
)]
pub(super) struct Copy {
    /// The release
    number: i64,
    /// Statements of it
    #[arg(required = true)]
    statement: Vec<String>,
    /// Who gets it
    #[arg(long = "for", value_name = "PARTY")]
    receiver: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    view: View,
}

impl Release {
    /// Whether the output is a folder.
    pub(super) const fn is_set(&self) -> bool {
        matches!(self, Self::Publish(_) | Self::Copy(_))
    }

    /// Files that the command reads.
    pub(super) fn files(&self) -> Vec<&Path> {
        match self {
            Self::Record(record) => vec![&record.file],
            Self::Rules(Rules::Set { file }) => vec![file],
            _ => Vec::new(),
        }
    }
}

pub(super) fn run(context: &Context, args: &Release) -> Result<(), Refusal> {
    match args {
        Release::Publish(args) => publish(context, args),
        Release::Record(args) => record(context, args),
        Release::List => context.print(&context.read(|books| Ok(release_list(books)?))?),
        Release::Show { number } => context.print(&context.read(|books| Ok(release_page(books, *number)?))?),
        Release::Audit => run_audit(context),
        Release::Attack(args) => run_attack(context, args),
        Release::Consent(args) => consent(context, args),
        Release::Rules(Rules::Show) => {
            let text = context.read(|books| Ok(Log::read(books)?.rules_text))?;
            context.print_text(&text)
        }
        Release::Rules(Rules::Set { file }) => set_rules(context, file),
        Release::Copy(args) => copy(context, args),
    }
}

fn not_treasurer(audience: Audience) -> Result<Audience, Refusal> {
    match audience {
        Audience::Treasurer => Err(Refusal::Usage("say for whom: --audience board, or --audience public".to_owned())),
        other => Ok(other),
    }
}

/// The statements asked for, with every figure; for the treasurer's eyes until they are reviewed.
fn statements<S: Store>(
    context: &Context,
    books: &Books<S>,
    keys: &[String],
    view: &View,
) -> Result<Vec<Statement>, Refusal> {
    let request = view.request(books)?;
    let rules = super::receipt::rules(None)?;
    let mut list: Vec<Statement> = Vec::new();
    for key in keys {
        // Lists of single entries are no aggregates.
        if matches!(key.as_str(), "journal" | "ledger" | "party" | "all" | "trial-balance") {
            return Err(DisclosureError::Treasurer { statement: key.clone() }.into());
        }
        let asked = Asked { key, named: "", version: None, today: context.today() };
        let statement = make(books, &request, &asked, &rules)?;
        if list.iter().any(|known| name_of(known) == name_of(&statement)) {
            return Err(Refusal::Usage(format!("`{key}` is there twice")));
        }
        list.push(statement);
    }
    Ok(list)
}

/// More often than this nobody else publishes at the same time.
const TRIES: usize = 5;

fn publish(context: &Context, args: &Publish) -> Result<(), Refusal> {
    let audience = not_treasurer(args.view.audience())?;
    check_last(context, args.last_release)?;
    for _ in 0..TRIES {
        // Solved on one state of the books, without keeping other writers out.
        let (plan, entity, page) = context.read(|books| {
            let all = statements(context, books, &args.statement, &args.view)?;
            let plan = plan(books, audience, all, &args.overrides, args.reason.as_deref())?;
            let page = plan_page(books, &plan)?;
            Ok((plan, books.setup()?.entity().to_owned(), page))
        })?;
        if context.dry_run {
            return context.print(&page);
        }
        match issue(context, audience, &entity, &plan) {
            Err(Refusal::Disclosure(DisclosureError::Moved)) => {}
            Ok(()) if args.last_release.is_some() => {
                // It was said which release was the last: that is asked once.
                let _ = std::fs::remove_file(super::backup::restored_marker(&context.book));
                return Ok(());
            }
            other => return other,
        }
    }
    Err(DisclosureError::Moved.into())
}

fn issue(context: &Context, audience: Audience, entity: &str, plan: &Plan) -> Result<(), Refusal> {
    let log = |keep: &mut dyn FnMut(&Handout) -> Result<(), Refusal>| {
        context.write("release publish", |writer| {
            let issued = plan.issue(writer)?;
            let handout = handout(plan, audience, entity, &issued);
            keep(&handout)?;
            Ok((issued, handout))
        })
    };
    let Some(folder) = &context.folder else {
        let (_, handout) = log(&mut |_| Ok(()))?;
        return context.print_text(&handout.rendered(context.format, context.page()));
    };
    let new = NewFolder::new(context, folder);
    // The files are there before the release is logged, under another name; only their name comes after.
    let (issued, handout) = log(&mut |handout| new.write(&named(handout)))?;
    new.put_in_place()?;
    let again = if issued.again { " It was published before; nothing was logged." } else { "" };
    context.say(&format!(
        "Release {} to {audience}: {}{again} For the minutes: head\n{}\nIn {}: {}.",
        issued.number,
        plan.withheld_note(),
        issued.head,
        folder.display(),
        named(&handout).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    ))
}

fn named(handout: &Handout) -> Vec<(String, String)> {
    handout.files().into_iter().map(|(end, text)| (format!("release-{}.{end}", handout.number), text)).collect()
}

fn handout(plan: &Plan, audience: Audience, entity: &str, issued: &Issued) -> Handout {
    let statements = plan.review.statements.iter().map(|statement| (statement.clone(), figures(statement)));
    Handout {
        number: issued.number,
        head: issued.head.to_string(),
        entity: entity.to_owned(),
        audience: audience.to_string(),
        notes: vec![plan.withheld_note(), plan.promise(audience)],
        statements: statements.collect(),
    }
}

/// How the figures of a statement add up, by their names.
fn figures(statement: &Statement) -> Vec<FigureOf> {
    let name = name_of(statement);
    let id = |(r, c): (usize, usize)| format!("{name}/{}/{}", statement.rows[r].key, statement.columns[c].key);
    let mut list: Vec<FigureOf> = Vec::new();
    let sums = bursar::report::sums(statement);
    for (r, row) in statement.rows.iter().enumerate() {
        for (c, cell) in row.cells.iter().enumerate() {
            if !matches!(cell, Cell::Money(_) | Cell::Count(_) | Cell::Withheld(_)) {
                continue;
            }
            let place = (row.key.clone(), statement.columns[c].key.clone());
            let mut of = sums.iter().filter(|(figure, _)| *figure == (r, c)).map(|(_, parts)| {
                let part = |(part, sign): &((usize, usize), i64)| {
                    if *sign < 0 { format!("-{}", id(*part)) } else { id(*part) }
                };
                parts.iter().map(part).collect::<Vec<_>>()
            });
            let sum_of = of.next().unwrap_or_default();
            list.push(FigureOf { id: id((r, c)), place: place.clone(), sum_of });
            // A total of a table adds up both ways.
            list.extend(of.map(|sum_of| FigureOf { id: id((r, c)), place: place.clone(), sum_of }));
        }
    }
    list
}

fn record(context: &Context, args: &Record) -> Result<(), Refusal> {
    let audience = not_treasurer(args.audience)?;
    let text = std::fs::read_to_string(&args.file)
        .map_err(|source| bursar::intake::IntakeError::File { path: args.file.clone(), source })?;
    let file = args.file.display().to_string();
    let bad = |what: String| DisclosureError::NotTheBooks { file: file.clone(), what };
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    let issued = context.write("release record", |writer| {
        let statement = remade(context, writer.books(), &json, &bad)?;
        let plan = plan_record(writer.books(), audience, &statement, &args.reason)?;
        Ok::<_, Refusal>(plan.issue(writer)?)
    })?;
    context.say(&format!("Release {} is recorded: {audience} knows its figures. Head\n{}", issued.number, issued.head))
}

/// The statement that a file holds, made again from the books and compared with it.
fn remade<S: Store>(
    context: &Context,
    books: &Books<S>,
    json: &serde_json::Value,
    bad: &dyn Fn(String) -> DisclosureError,
) -> Result<Statement, Refusal> {
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let key = word(&json["statement"])
        .ok_or_else(|| bad("it has no `statement`: it is no statement of schema 1".to_owned()))?;
    let mut request = Request::default();
    let day = |value: &serde_json::Value| value.as_str().map(str::parse::<Date>).transpose();
    let (from, to) = (day(&json["period"]["from"])?, day(&json["period"]["to"])?);
    request.window = Window::new(from.unwrap_or(ALL_DAYS.from()), to.unwrap_or(ALL_DAYS.to()))?;
    for event in json["events"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
        request.add_event(books.setup()?, event)?;
    }
    let rules = super::receipt::rules(None)?;
    let asked = Asked { key: &key, named: "", version: None, today: context.today() };
    let statement = make(books, &request, &asked, &rules)?;
    let columns: Vec<String> =
        json["columns"].as_array().into_iter().flatten().filter_map(|column| word(&column["key"])).collect();
    let mut differs = Vec::new();
    for row in json["rows"].as_array().into_iter().flatten() {
        let Some(row_key) = word(&row["key"]) else { continue };
        for (cell, column) in row["cells"].as_array().into_iter().flatten().zip(&columns) {
            let Some(text) = cell.as_str() else { continue };
            let books_say = statement.amount(&row_key, column).map(|minor| statement.currency.format_minor(minor));
            if books_say.as_deref() != Some(text) {
                let now = books_say.unwrap_or_else(|| "nothing".to_owned());
                differs.push(format!("{row_key}/{column} is {text}, the books say {now}"));
            }
        }
    }
    match differs.len() {
        0 => Ok(statement),
        n => {
            differs.truncate(5);
            let more = if n > 5 { format!("; and {} more", n - 5) } else { String::new() };
            Err(bad(format!("{}{more}", differs.join("; "))).into())
        }
    }
}

fn run_audit(context: &Context) -> Result<(), Refusal> {
    let (page, broken) = context.read(|books| {
        let audit = audit(books)?;
        Ok((audit_page(books, &audit)?, audit.broken()))
    })?;
    context.print(&page)?;
    if broken > 0 { Err(Refusal::Exposed { count: broken }) } else { Ok(()) }
}

fn run_attack(context: &Context, args: &Attack) -> Result<(), Refusal> {
    let audience = not_treasurer(args.audience)?;
    let page = context.read(|books| {
        let guesses = attack(books, audience, args.party.as_deref(), args.most)?;
        Ok(attack_page(books, audience, args.party.as_deref(), &guesses)?)
    })?;
    context.print(&page)
}

fn consent(context: &Context, args: &Consent) -> Result<(), Refusal> {
    let audience = not_treasurer(args.audience)?;
    if args.evidence.trim().is_empty() {
        return Err(BooksError::Empty { what: "the evidence" }.into());
    }
    context.write("release consent", |writer| {
        let party = writer.books().find_party(&args.party)?;
        let party = writer.books().party(party)?.party.contributor();
        writer.record(|recorder| {
            let evidence = recorder.seal("evidence", args.evidence.trim());
            Ok(Fact::Consented(Consented { party, reader: reader(audience), evidence }))
        })?;
        Ok::<_, Refusal>(())
    })?;
    context.say(&format!("{} allows its amounts to be shown to {audience}.", args.party))
}

fn set_rules(context: &Context, file: &Path) -> Result<(), Refusal> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| bursar::intake::IntakeError::File { path: file.to_owned(), source })?;
    DisclosureRules::parse(&text)
        .map_err(|message| DisclosureError::Rules { message: format!("{}: {message}", file.display()) })?;
    context.write("release rules", |writer| {
        for name in DisclosureRules::parse(&text).ok().iter().flat_map(DisclosureRules::named) {
            writer.books().find_party(&name)?;
        }
        writer.record(|recorder| Ok(Fact::DisclosureRules(RulesSet { text: recorder.seal("rules", &text) })))?;
        Ok::<_, Refusal>(())
    })?;
    context.say("These rules of disclosure are in force from now on.")
}

fn copy(context: &Context, args: &Copy) -> Result<(), Refusal> {
    let Some(folder) = context.folder.clone() else {
        return Err(Refusal::Usage("a copy is a folder: add --output DIR".to_owned()));
    };
    if args.reason.trim().is_empty() {
        return Err(BooksError::Empty { what: "the reason" }.into());
    }
    let new = NewFolder::new(context, &folder);
    context.write("release copy", |writer| {
        let log = Log::read(writer.books())?;
        let (release, _) = log.release(args.number)?;
        if let Some(other) = args.statement.iter().find(|key| !release.statements.contains(key)) {
            return Err(Refusal::Usage(format!(
                "`{other}` is not in release {}, which has {}",
                args.number,
                release.statements.join(", ")
            )));
        }
        let to = writer.books().find_party(&args.receiver)?;
        let all = statements(context, writer.books(), &args.statement, &args.view)?;
        writer.record(|recorder| {
            let reason = recorder.seal("reason", args.reason.trim());
            Ok(Fact::CopyGiven(CopyGiven { number: args.number, to, reason }))
        })?;
        let note =
            format!("Copy of release {} for {}, with all figures: not to be passed on.", args.number, args.receiver);
        let files: Vec<(String, String)> = all
            .into_iter()
            .map(|mut statement| {
                statement.notes.insert(0, note.clone());
                (format!("{}.{}", statement.key, context.extension()), context.rendered(&statement))
            })
            .collect();
        new.write(&files)
    })?;
    new.put_in_place()?;
    context.say(&format!("A copy with all figures is in {}; it is recorded for {}.", folder.display(), args.receiver))
}

/// After a restore, releases may be missing from the log: the treasurer says which was the last.
fn check_last(context: &Context, expected: Option<i64>) -> Result<(), Refusal> {
    let found = context.read(|books| Ok(Log::read(books)?.last()))?;
    match expected {
        Some(expected) if expected != found => Err(DisclosureError::LastRelease { expected, found }.into()),
        None if super::backup::restored_marker(&context.book).exists() => Err(Refusal::Usage(format!(
            "these books were restored from a backup, whose last release is {found}: say which was really the last with \
             --last-release NUMBER"
        ))),
        Some(_) | None => Ok(()),
    }
}
