use std::path::{Path, PathBuf};

use bursar::books::{BooksError, Store};
use bursar::conference::{Consented, CopyGiven, Fact, Reader, Released, RulesSet};
use bursar::disclosure::{
    Audit, AuditFinding, DisclosureError, DisclosureRules, Issued, Log, Plan, attack, audit, figures_of, name_of, plan,
    plan_record, promise, reader, row_names, structure_of,
};
use bursar::render::{FigureOf, Handout};
use bursar::report::{Audience, Cell, Column, ColumnKind, Row, RowKind, Statement};
use clap::{Args, Subcommand};

use super::context::{Context, count_row};
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
        Release::List => list(context),
        Release::Show { number } => show(context, *number),
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
    books: &bursar::books::Books<S>,
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
        let planned = context.read(|books| {
            let all = statements(context, books, &args.statement, &args.view)?;
            let planned = plan(books, audience, all, &args.overrides, args.reason.as_deref())?;
            let names = handout_names(books)?;
            Ok((planned, names))
        })?;
        if context.dry_run {
            return preview(context, &planned.0);
        }
        match issue(context, audience, &planned) {
            Err(Refusal::Disclosure(DisclosureError::Moved)) => {}
            other => return other,
        }
    }
    Err(DisclosureError::Moved.into())
}

struct Names {
    entity: String,
}

fn handout_names<S: Store>(books: &bursar::books::Books<S>) -> Result<Names, BooksError> {
    Ok(Names { entity: books.setup()?.entity().to_owned() })
}

fn issue(context: &Context, audience: Audience, (plan, names): &(Plan, Names)) -> Result<(), Refusal> {
    let folder = context.folder.clone();
    let (issued, handout) = context.write("release publish", |writer| {
        let issued = plan.issue(writer)?;
        let handout = handout(plan, audience, names, &issued);
        // The files are there before the release is logged, under another name; only their name comes after.
        if let Some(folder) = &folder {
            super::report::write_files(&partial(folder), folder, &named(&handout))?;
        }
        Ok::<_, Refusal>((issued, handout))
    })?;
    if let Some(folder) = &folder {
        super::report::put_in_place(&partial(folder), folder)?;
        let again = if issued.again { " It was published before; nothing was logged." } else { "" };
        return context.say(&format!(
            "Release {} to {audience}: {} {} For the minutes: head\n{}\nIn {}: {}.",
            issued.number,
            plan.withheld_note(),
            again.trim_start(),
            issued.head,
            folder.display(),
            named(&handout).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
        ));
    }
    let text = match context.format {
        bursar::render::Format::Table => handout.text(context.page()),
        bursar::render::Format::Csv => pick(&handout, "csv"),
        bursar::render::Format::Json => pick(&handout, "json"),
        bursar::render::Format::Markdown => pick(&handout, "md"),
        bursar::render::Format::Html => pick(&handout, "html"),
    };
    context.print_text(&text)
}

fn pick(handout: &Handout, end: &str) -> String {
    handout.files().into_iter().find(|(name, _)| *name == end).map(|(_, text)| text).unwrap_or_default()
}

fn partial(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    PathBuf::from(name)
}

fn named(handout: &Handout) -> Vec<(String, String)> {
    handout.files().into_iter().map(|(end, text)| (format!("release-{}.{end}", handout.number), text)).collect()
}

fn handout(plan: &Plan, audience: Audience, names: &Names, issued: &Issued) -> Handout {
    let statements = plan.review.statements.iter().map(|statement| {
        let mut shown = statement.clone();
        for row in &mut shown.rows {
            for cell in &mut row.cells {
                if let Cell::Withheld(withheld) = cell {
                    withheld.reason = None;
                }
            }
        }
        (shown, figures(statement))
    });
    Handout {
        number: issued.number,
        head: issued.head.to_string(),
        entity: names.entity.clone(),
        audience: audience.to_string(),
        notes: vec![plan.withheld_note(), plan.promise(audience)],
        statements: statements.collect(),
    }
}

/// How the figures of a statement add up, by their names.
fn figures(statement: &Statement) -> Vec<FigureOf> {
    let name = name_of(statement);
    let keys = row_names(statement);
    let id = |(r, c): (usize, usize)| format!("{name}/{}/{}", keys[r], statement.columns[c].key);
    let mut list: Vec<FigureOf> = Vec::new();
    let sums = structure_of(statement);
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

/// What would be withheld, and why.
fn preview(context: &Context, plan: &Plan) -> Result<(), Refusal> {
    let Some(first) = plan.review.statements.first() else { return Ok(()) };
    let mut rows = Vec::new();
    for figure in plan.review.figures.iter().filter(|figure| figure.reason.is_some() || figure.overridden) {
        let why = figure.reason.clone().unwrap_or_else(|| "shown by the treasurer's decision".to_owned());
        let shown = match figure.content {
            bursar::disclosure::Content::Postings(..) => first.currency.format_grouped(figure.value),
            bursar::disclosure::Content::People(_) => figure.value.to_string(),
        };
        rows.push(Row::plain(&figure.id, &figure.id, 0, RowKind::Line, vec![Cell::Text(shown), Cell::Text(why)]));
    }
    let columns = vec![
        Column::new("value", "Value", ColumnKind::Text),
        Column::new("why", "Why it would be withheld", ColumnKind::Text),
    ];
    let mut statement = sheet(first, "release-preview", "What would be withheld", columns, rows);
    statement.notes.push("Dry run: nothing was released. This page is the treasurer's.".to_owned());
    statement.notes.push(plan.withheld_note());
    context.print(&statement)
}

fn sheet(like: &Statement, key: &str, title: &str, columns: Vec<Column>, rows: Vec<Row>) -> Statement {
    Statement {
        key: key.to_owned(),
        title: title.to_owned(),
        entity: like.entity.clone(),
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency: like.currency,
        columns,
        rows,
        notes: Vec::new(),
        covers: None,
    }
}

fn page_of<S: Store>(
    books: &bursar::books::Books<S>,
    key: &str,
    title: &str,
    columns: Vec<Column>,
    rows: Vec<Row>,
) -> Result<Statement, BooksError> {
    let setup = books.setup()?;
    Ok(Statement {
        key: key.to_owned(),
        title: title.to_owned(),
        entity: setup.entity().to_owned(),
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency: setup.currency(),
        columns,
        rows,
        notes: Vec::new(),
        covers: None,
    })
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
    books: &bursar::books::Books<S>,
    json: &serde_json::Value,
    bad: &dyn Fn(String) -> DisclosureError,
) -> Result<Statement, Refusal> {
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let key = word(&json["statement"])
        .ok_or_else(|| bad("it has no `statement`: it is no statement of schema 1".to_owned()))?;
    let mut request = bursar::report::Request::default();
    let day = |value: &serde_json::Value| value.as_str().map(str::parse::<bursar::calendar::Date>).transpose();
    let (from, to) = (day(&json["period"]["from"])?, day(&json["period"]["to"])?);
    let all = bursar::calendar::ALL_DAYS;
    request.window = bursar::calendar::Window::new(from.unwrap_or(all.from()), to.unwrap_or(all.to()))?;
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

fn list(context: &Context) -> Result<(), Refusal> {
    let statement = context.read(|books| {
        let log = Log::read(books)?;
        let rows = log.releases.iter().map(|release| {
            let cells = vec![
                Cell::Text(reader_word(release.reader).to_owned()),
                Cell::Text(release.how.word().to_owned()),
                Cell::Text(release.statements.join(", ")),
                Cell::Count(i64::try_from(release.figures.len()).unwrap_or(i64::MAX)),
                Cell::Count(i64::try_from(release.withheld).unwrap_or(i64::MAX)),
                Cell::Count(release.entries.0),
            ];
            Row::plain(release.number.to_string(), release.number.to_string(), 0, RowKind::Line, cells)
        });
        let columns = vec![
            Column::new("audience", "To", ColumnKind::Text),
            Column::new("how", "How", ColumnKind::Text),
            Column::new("statements", "Statements", ColumnKind::Text),
            Column::new("figures", "Shown", ColumnKind::Count),
            Column::new("withheld", "Withheld", ColumnKind::Count),
            Column::new("entries", "Entries", ColumnKind::Count),
        ];
        Ok(page_of(books, "releases", "Releases", columns, rows.collect())?)
    })?;
    context.print(&statement)
}

const fn reader_word(reader: Reader) -> &'static str {
    match reader {
        Reader::Treasurer => "treasurer",
        Reader::Board => "board",
        Reader::Public => "public",
    }
}

fn show(context: &Context, number: i64) -> Result<(), Refusal> {
    let statement = context.read(|books| {
        let log = Log::read(books)?;
        let (release, fact) = log.release(number)?;
        let currency = books.setup()?.currency();
        let mut rows = Vec::new();
        for (figure, shown) in release.figures.iter().zip(figures_of(release)?) {
            let value = match shown.content {
                bursar::disclosure::Content::Postings(..) => currency.format_grouped(shown.value),
                bursar::disclosure::Content::People(_) => shown.value.to_string(),
            };
            let how = if figure.overridden { "by the treasurer's decision" } else { "" };
            let cells = vec![Cell::Text(value), Cell::Text(how.to_owned())];
            rows.push(Row::plain(&figure.id, &figure.id, 0, RowKind::Line, cells));
        }
        let columns = vec![Column::new("value", "Value", ColumnKind::Text), Column::new("how", "", ColumnKind::Text)];
        let mut statement = page_of(books, "release", &format!("Release {number}"), columns, rows)?;
        let seq = books.fact(fact)?.2;
        statement.notes = notes_of(books, &log, release, seq)?;
        Ok(statement)
    })?;
    context.print(&statement)
}

fn notes_of<S: Store>(
    books: &bursar::books::Books<S>,
    log: &Log,
    release: &Released,
    seq: i64,
) -> Result<Vec<String>, BooksError> {
    let audience = match release.reader {
        Reader::Public => Audience::Public,
        _ => Audience::Board,
    };
    let mut notes = vec![format!(
        "To {audience}; {}; {} withheld; of {} entries; record {seq}.",
        release.how.word(),
        release.withheld,
        release.entries
    )];
    if let Some(reason) = books.text(seq, "reason")? {
        notes.push(format!("Reason: {reason}"));
    }
    if release.rules != log.rules_digest {
        notes.push("It was made under other rules than those in force.".to_owned());
    }
    books.facts(&["copy-given"], &mut |_, seq, fact| {
        if let Fact::CopyGiven(copy) = fact
            && copy.number == release.number
        {
            let name = books.party(copy.to)?.name.unwrap_or_else(|| format!("party #{}", copy.to));
            let reason = books.text(seq, "reason")?.unwrap_or_default();
            notes.push(format!("A copy with all figures was given to {name}: {reason}"));
        }
        Ok(())
    })?;
    notes.push(promise(log, audience));
    Ok(notes)
}

fn run_audit(context: &Context) -> Result<(), Refusal> {
    let (statement, told) = context.read(|books| {
        let audit = audit(books)?;
        Ok((audit_page(books, &audit)?, audit.is_broken()))
    })?;
    context.print(&statement)?;
    if told > 0 { Err(Refusal::Exposed { count: told }) } else { Ok(()) }
}

fn audit_page<S: Store>(books: &bursar::books::Books<S>, audit: &Audit) -> Result<Statement, BooksError> {
    let mut rows = vec![
        count_row("releases", "Releases", audit.releases),
        count_row("figures", "Figures, as their readers know them", audit.figures),
        count_row("protected", "Contributors protected", audit.protected),
        count_row("amounts", "Amounts of theirs that were tried", audit.amounts),
    ];
    rows.iter_mut().for_each(|row| row.cells.push(Cell::Empty));
    let currency = books.setup()?.currency();
    for (i, finding) in audit.findings.iter().enumerate() {
        let (label, what) = match finding {
            AuditFinding::Differs { id, released, found } => (
                id.clone(),
                format!(
                    "released as {}, the books say {}",
                    currency.format_grouped(*released),
                    currency.format_grouped(*found)
                ),
            ),
            AuditFinding::Overridden { id } => (id.clone(), "shown by the treasurer's decision".to_owned()),
            AuditFinding::Recorded { number } => {
                (format!("release {number}"), "handed out without disclosure control".to_owned())
            }
            AuditFinding::Unproved { whose, audience, why } => (whose.clone(), format!("for {audience}: {why}")),
            AuditFinding::Told { whose, audience } => {
                (whose.clone(), format!("{audience} can tell an amount of it under the rules in force"))
            }
        };
        rows.push(Row::plain(
            format!("finding-{}", i + 1),
            label,
            0,
            RowKind::Line,
            vec![Cell::Empty, Cell::Text(what)],
        ));
    }
    let columns = vec![Column::new("number", "", ColumnKind::Count), Column::new("finding", "", ColumnKind::Text)];
    page_of(books, "release-audit", "Audit of all releases", columns, rows)
}

fn run_attack(context: &Context, args: &Attack) -> Result<(), Refusal> {
    let audience = not_treasurer(args.audience)?;
    let statement = context.read(|books| {
        let guesses = attack(books, audience, args.party.as_deref(), args.most)?;
        let rows = guesses.iter().enumerate().map(|(i, guess)| {
            let high = guess.bounds.1.map_or(Cell::Text("no end".to_owned()), Cell::Money);
            let cells =
                vec![Cell::Text(guess.what.clone()), Cell::Money(guess.minor), Cell::Money(guess.bounds.0), high];
            Row::plain(format!("guess-{}", i + 1), guess.whose.clone(), 0, RowKind::Line, cells)
        });
        let columns = vec![
            Column::new("what", "What", ColumnKind::Text),
            Column::new("amount", "Amount", ColumnKind::Money),
            Column::new("least", "At least", ColumnKind::Money),
            Column::new("most", "At most", ColumnKind::Money),
        ];
        let who = args.party.as_deref().unwrap_or("somebody outside");
        let title = format!("What {who} can say from releases to {audience}");
        let mut statement = page_of(books, "release-attack", &title, columns, rows.collect())?;
        statement.notes.push("The closest guesses first. This page is the treasurer's.".to_owned());
        Ok(statement)
    })?;
    context.print(&statement)
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
        if !context.dry_run {
            super::report::write_files(&partial(&folder), &folder, &files)?;
        }
        Ok::<_, Refusal>(())
    })?;
    if !context.dry_run {
        super::report::put_in_place(&partial(&folder), &folder)?;
    }
    context.say(&format!("A copy with all figures is in {}; it is recorded for {}.", folder.display(), args.receiver))
}

/// After a restore, releases may be missing from the log: the treasurer says which was the last.
fn check_last(context: &Context, expected: Option<i64>) -> Result<(), Refusal> {
    let marker = super::backup::restored_marker(&context.book);
    let found = context.read(|books| Ok(Log::read(books)?.last()))?;
    match expected {
        Some(expected) if expected != found => Err(DisclosureError::LastRelease { expected, found }.into()),
        Some(_) => {
            if !context.dry_run {
                let _ = std::fs::remove_file(&marker);
            }
            Ok(())
        }
        None if marker.exists() => Err(Refusal::Usage(format!(
            "these books were restored from a backup, whose last release is {found}: say which was really the last with --last-release NUMBER"
        ))),
        None => Ok(()),
    }
}
