use std::path::{Path, PathBuf};

use bursar::books::sqlite::{NewBooks, SqliteStore};
use bursar::books::{Books, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    AidPool, Allocated, AllocationRule, AllocationShare, BookOpened, Designated, EventHeld, Fact, NoteTaken, Reader,
    Revalued, RevaluedBill, VolunteerHours,
};
use bursar::disclosure::preview;
use bursar::intake::{
    SourceFile, import_aid, import_bills, import_budget, import_claims, import_contracts, import_events, import_funds,
    import_journal, import_opening, import_orders, import_packages, import_parties, import_rates, import_sponsorships,
    import_tickets,
};
use bursar::ledger::{Chart, Function, GENERAL_FUND, Slug, built_in_chart};
use bursar::policy::{Policy, Year, compare};
use bursar::render::{Exhibit, Format};
use bursar::report::{Audience, Request, event_summary, from_layout};
use clap::Args;
use rust_decimal::Decimal;

use super::context::Context;
use super::refusal::Refusal;

/// Keep an invented conference's year in a folder, and show what its board and its treasurer see
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar demo --dir /tmp/look-around")]
pub(super) struct Demo {
    /// The folder; the books in it are bursar.db
    #[arg(long, default_value = "bursar-demo")]
    dir: PathBuf,
}

/// The organisation's files, as a treasurer would have them.
const FILES: [(&str, &str); 15] = [
    ("parties.csv", include_str!("../../fixtures/demo/parties.csv")),
    ("funds.csv", include_str!("../../fixtures/demo/funds.csv")),
    ("events.csv", include_str!("../../fixtures/demo/events.csv")),
    ("opening.csv", include_str!("../../fixtures/demo/opening.csv")),
    ("journal.csv", include_str!("../../fixtures/demo/journal.csv")),
    ("tickets.csv", include_str!("../../fixtures/demo/tickets.csv")),
    ("packages.csv", include_str!("../../fixtures/demo/packages.csv")),
    ("sponsorships.csv", include_str!("../../fixtures/demo/sponsorships.csv")),
    ("orders.csv", include_str!("../../fixtures/demo/orders.csv")),
    ("rates.csv", include_str!("../../fixtures/demo/rates.csv")),
    ("contracts.csv", include_str!("../../fixtures/demo/contracts.csv")),
    ("bills.csv", include_str!("../../fixtures/demo/bills.csv")),
    ("claims.csv", include_str!("../../fixtures/demo/claims.csv")),
    ("aid.csv", include_str!("../../fixtures/demo/aid.csv")),
    ("budget.csv", include_str!("../../fixtures/demo/budget.csv")),
];

pub(super) fn run(context: &Context, args: &Demo) -> Result<(), Refusal> {
    if context.dry_run {
        return Err(Refusal::Usage("the demo makes books of its own: there is no dry run of it".to_owned()));
    }
    let path = args.dir.join("bursar.db");
    if !path.exists() {
        make(context, &args.dir, &path)?;
    }
    let store = SqliteStore::open(&path, context.wait())?;
    let sheets = Books::open_for(store, |books| {
        let setup = books.setup()?;
        let year = setup.fiscal_year_start().parse_period("2025")?;
        let event = setup.event("lakeconf25")?;
        let board = Request { window: year, audience: Audience::Board, ..Request::default() };
        let one = Request { events: vec![event.code], ..Request::default() };
        let policies = [Policy::preset("everyone-pays")?, Policy::preset("speakers-free")?];
        let mut sheets = preview(books, Audience::Board, vec![from_layout(books, "activities", &board)?])?;
        sheets.push(event_summary(books, &one)?);
        let covers = sheets.last().and_then(|sheet| sheet.covers);
        sheets.push(compare(&Year::load(books, event.code)?, &policies, 1, None, covers)?.statement);
        Ok::<_, Refusal>(sheets)
    })?;
    context.print_all(&sheets.into_iter().map(Exhibit::from).collect::<Vec<_>>())?;
    if context.format == Format::Table {
        context.print_text(&next_steps(&path))?;
    }
    Ok(())
}

fn make(context: &Context, dir: &Path, path: &Path) -> Result<(), Refusal> {
    let failed = |source| Refusal::Output { path: dir.to_owned(), source };
    std::fs::create_dir_all(dir).map_err(failed)?;
    for (name, text) in FILES {
        std::fs::write(dir.join(name), text).map_err(failed)?;
    }
    let open = |name: &str| SourceFile::open(&dir.join(name));
    let mut files = FILES.iter().map(|(name, _)| open(name)).collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut next = || files.next().ok_or_else(|| Refusal::Usage("a file of the demo is missing".to_owned()));
    let chart = Chart::parse(built_in_chart("us-nonprofit").unwrap_or_default())?;
    let book =
        BookOpened { name: "Lakeshore Code Society".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 1 };
    let mut new = NewBooks::create(path)?;
    new.books.write(&context.writing("demo"), |writer| {
        writer.begin_books(book, chart)?;
        import_parties(writer, &next()?)?;
        import_funds(writer, &next()?)?;
        import_events(writer, &next()?)?;
        import_opening(writer, &next()?, "2024-12-31".parse()?, None)?;
        import_journal(writer, &next()?)?;
        for import in [import_tickets, import_packages, import_sponsorships, import_orders] {
            import(writer, &next()?)?;
        }
        import_rates(writer, &next()?)?;
        for import in [import_contracts, import_bills, import_claims, import_aid] {
            import(writer, &next()?)?;
        }
        import_budget(writer, &next()?)?;
        let (event, date) = ("lakeconf25".parse()?, "2025-05-17".parse()?);
        let pool = AidPool { event, fund: "aid".parse()?, amount: 9_000_000 };
        writer.happen(|_| Ok(Fact::Pool(pool)))?;
        writer.happen(|_| Ok(Fact::Held(EventHeld { event, date })))?;
        around_the_year(writer, event)?;
        Ok::<_, Refusal>(())
    })?;
    Ok(new.keep()?)
}

/// What the files do not say: volunteers, notes, a decision of the board, shared costs, and the year's end.
fn around_the_year<S: Store>(writer: &mut Writer<'_, S>, event: Slug) -> Result<(), Refusal> {
    let date: Date = "2025-05-17".parse()?;
    for (team, people, hours) in
        [("programme", 14, 620), ("registration", 12, 310), ("video", 9, 280), ("sprints", 5, 90)]
    {
        let hours = VolunteerHours { event: Some(event), team: team.parse()?, date, people, hours };
        writer.happen(|_| Ok(Fact::Hours(hours)))?;
    }
    let (board, reserve) = ("2025-12-15".parse()?, "reserve".parse()?);
    for (on, day, text) in [
        ("catering", "2025-02-03", "The caterer guaranteed 1,700 heads; each beyond that cost 265.00."),
        ("aid", "2025-02-24", "Aid went to speakers first, then by need."),
    ] {
        let (on, date) = (Some(on.parse()?), day.parse()?);
        writer.happen(|recorder| {
            let text = recorder.seal("text", text);
            Ok(Fact::Note(NoteTaken { event: Some(event), account: None, on, reader: Reader::Public, date, text }))
        })?;
    }
    writer.happen(|recorder| {
        let reason = recorder.seal("reason", "Resolution 2025-7: the reserve covers the hard costs of one event");
        let (from, to) = (GENERAL_FUND, reserve);
        Ok(Fact::Designated(Designated { date: board, from, to, amount: 5_000_000, reason }))
    })?;
    let wages = writer.setup()?.account("Expenses:Wages")?.number;
    let share = |function, event, hundredths| AllocationShare { function, event, share: Decimal::new(hundredths, 2) };
    let rule = AllocationRule {
        code: "coordinator".parse()?,
        accounts: vec![wages],
        shares: vec![
            share(Function::Program, Some(event), 60),
            share(Function::Management, None, 30),
            share(Function::Fundraising, None, 10),
        ],
        basis: "hours worked".to_owned(),
    };
    let code = rule.code;
    writer.happen(|_| Ok(Fact::Allocation(rule)))?;
    let (from, to) = ("2025-01-01".parse()?, "2025-12-31".parse()?);
    // Twelve months of the event coordinator.
    let costs = vec![(wages, 12 * 520_000)];
    writer.happen(|_| Ok(Fact::Allocated(Allocated { rule: code, from, to, costs })))?;
    let bills = vec![RevaluedBill { bill: "stickers".parse()?, rate: Decimal::new(11_750, 4), was: None }];
    writer.happen(|_| Ok(Fact::Revalued(Revalued { date: to, bills })))?;
    Ok(())
}

fn next_steps(path: &Path) -> String {
    let book = path.display();
    format!(
        "\nThese are invented books, in {book}. Try next:
  export BURSAR_BOOK={book}
  bursar report registrations --event lakeconf25
  bursar report sponsorship --event lakeconf25
  bursar report all --period 2025 --format html --output statements
  bursar report cash-flows --period 2025
  bursar policy stress lakeconf25 --policy everyone-pays
  bursar policy simulate lakeconf25 --policy everyone-pays --policy speakers-free
  bursar report budget --event lakeconf26
  bursar report form-990 --period 2025
  bursar close --through 2025-12-31 --check
  bursar order show l0500
  bursar report ledger \"Expenses:Venue\" --period 2025
  bursar report trial-balance --as-of 2025-12-31
  bursar entry list --period 2025-05
  bursar entry reverse 20 --reason \"to see what happens\" --dry-run
  bursar verify
  bursar export hledger\n"
    )
}
