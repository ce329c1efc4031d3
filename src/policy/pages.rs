//! Pages about policies: those that come with the program, an event under stress, an answer and the replay behind it.

use super::{Dips, Grid, Means, Outcome, Policy, PolicyError, Scene, Share, Simulated, Solution, Unknown, Year};
use crate::calendar::Date;
use crate::money::Currency;
use crate::report::{Audience, Cell, Column, ColumnKind, Covers, Row, RowKind, Side, Statement};

/// The policies that come with the program. They are of no books and have no amounts: the currency stands for none.
///
/// # Errors
/// None that a build which passed its tests could give.
pub fn policy_list() -> Result<Statement, PolicyError> {
    let mut rows = Vec::new();
    for (name, _) in super::PRESETS {
        let policy = Policy::preset(name)?;
        let cells = vec![Cell::Text(policy.title.clone()), Cell::Text(policy.seen_at.clone().unwrap_or_default())];
        rows.push(Row::plain(*name, *name, 0, RowKind::Line, cells));
    }
    Ok(Statement {
        key: "policies".to_owned(),
        title: "Policies".to_owned(),
        entity: "bursar".to_owned(),
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency: Currency::NONE,
        columns: [("title", "What it is"), ("seen", "Seen at")]
            .map(|(key, label)| Column::new(key, label, ColumnKind::Text))
            .to_vec(),
        rows,
        notes: vec!["`bursar policy show NAME` prints one as a file, to be copied and changed.".to_owned()],
        covers: None,
    })
}

/// A page about an event under a policy.
fn page(
    year: &Year,
    key: &str,
    title: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    covers: Option<Covers>,
) -> Statement {
    Statement {
        key: key.to_owned(),
        title,
        entity: year.setup().entity().to_owned(),
        events: vec![year.event().code.to_string()],
        period: None,
        audience: Audience::Treasurer,
        currency: year.setup().currency(),
        columns,
        rows,
        notes: Vec::new(),
        covers,
    }
}

/// An event under stress: its means as they are and under the dips, one by one and together.
#[derive(Clone, Debug)]
pub struct StressTest {
    /// As it is, with less attendance, with less sponsorship, with both.
    pub means: [Means; 4],
    /// The outcomes.
    pub outcomes: [Outcome; 4],
    /// The dips.
    pub dips: Dips,
    /// The grid.
    pub grid: Grid,
}

impl StressTest {
    /// Replays an event under the dips, and a grid of others.
    ///
    /// # Errors
    /// As [`Year::replay`].
    pub fn of(year: &Year, policy: &Policy, seed: u64, dips: Dips, steps: &[Share]) -> Result<Self, PolicyError> {
        let calm = Scene::calm(seed);
        let one = |attendance, sponsorship| year.replay(policy, calm.with(Dips { attendance, sponsorship }));
        let outcomes = [
            one(Share::NONE, Share::NONE)?,
            one(dips.attendance, Share::NONE)?,
            one(Share::NONE, dips.sponsorship)?,
            one(dips.attendance, dips.sponsorship)?,
        ];
        let means = [0, 1, 2, 3].map(|i| year.means(&outcomes[i]));
        let grid = Grid::compute(year, policy, seed, steps.to_vec(), steps.to_vec())?;
        Ok(Self { means, outcomes, dips, grid })
    }
}

/// The page of a stress test. `called_off`: also what calling the event off on that day would cost.
#[must_use]
pub fn stress_page(
    year: &Year,
    policy: &Policy,
    test: &StressTest,
    called_off: Option<Date>,
    covers: Option<Covers>,
) -> Statement {
    let dips = test.dips;
    let money = |key: &str, label: String| Column::new(key, label, ColumnKind::Money);
    let columns = vec![
        money("as-is", "As it is".to_owned()),
        money("attendance", format!("Attendance −{}", dips.attendance)),
        money("sponsorship", format!("Sponsorship −{}", dips.sponsorship)),
        money("both", "Both".to_owned()),
    ];
    let mut rows = Vec::new();
    let mut row = |key: &str, label: &str, kind: RowKind, of: &dyn Fn(usize) -> Cell| {
        let cells = (0..4).map(of).collect();
        rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells));
    };
    let minor = |of: fn(&Means) -> i128| move |i: usize| Cell::Money(of(&test.means[i]));
    row("revenue", "Revenue", RowKind::Line, &minor(|m| m.revenue));
    row("shrinking", "Costs that shrink", RowKind::Line, &minor(Means::shrinking));
    row("left", "Left for hard costs", RowKind::Total, &minor(Means::left));
    row("hard", "Hard costs", RowKind::Line, &minor(|m| m.hard));
    row("margin", "Covered by", RowKind::Total, &minor(Means::margin));
    row("coverage", "Of hard costs are covered", RowKind::Line, &|i| {
        test.means[i].coverage().map_or(Cell::Empty, |percent| Cell::Text(format!("{percent} %")))
    });
    row("aid", "Aid in money", RowKind::Line, &minor(|m| m.aid));
    row("result", "Result", RowKind::Total, &minor(|m| m.result));
    row("heads", "Admissions, confirmed", RowKind::Line, &|i| Cell::Count(test.outcomes[i].figures.heads()));
    let lowest = |i: usize| year.cash(&test.outcomes[i]).into_iter().min_by_key(|(month, cash)| (*cash, *month));
    row("cash-low", "Lowest cash of the event", RowKind::Line, &|i| {
        lowest(i).map_or(Cell::Empty, |(_, cash)| Cell::Money(cash.min(0)))
    });
    row("cash-low-month", "in the month", RowKind::Line, &|i| {
        lowest(i).filter(|(_, cash)| *cash < 0).map_or(Cell::Empty, |(month, _)| Cell::Text(month.to_string()))
    });
    let title = format!("{} under stress, {}", year.event().name, policy.name);
    let mut page = page(year, "stress", title, columns, rows, covers);
    page.notes.push(verdict(year, test));
    if let Some(date) = called_off {
        let cost = shown(year, i128::from(year.called_off(date)));
        page.notes.push(format!(
            "Called off on {date}, contracts would cost {cost}: what their schedules say, and no less than the deposits \
             due by then."
        ));
    }
    page.notes.push(
        "Hard costs are owed whatever happens: contracts' fixed parts and guaranteed minimums, and every bill that no \
         contract ties to the number of people. Fees and what contracts charge a head above the minimum shrink. Aid in \
         money is neither. A dip of attendance takes attendees, exhibitors and press, not the programme and the crew."
            .to_owned(),
    );
    page
}

fn shown(year: &Year, minor: i128) -> String {
    let currency = year.setup().currency();
    format!("{} {currency}", currency.format_grouped(minor))
}

fn verdict(year: &Year, test: &StressTest) -> String {
    let margin = test.means[3].margin();
    let dips = format!("attendance down {} and sponsorship down {}", test.dips.attendance, test.dips.sponsorship);
    if margin >= 0 {
        format!("The stress rule holds: with {dips}, hard costs are covered with {} to spare.", shown(year, margin))
    } else {
        format!("The stress rule fails: with {dips}, {} of hard costs is not covered.", shown(year, -margin))
    }
}

/// The grid of a stress test: by how much hard costs are covered at each pair of dips.
#[must_use]
pub fn grid_page(year: &Year, policy: &Policy, test: &StressTest, covers: Option<Covers>) -> Statement {
    let grid = &test.grid;
    let columns = grid
        .attendance
        .iter()
        .map(|dip| Column::new(format!("attendance-{}", dip.decimal().normalize()), dip.as_dip(), ColumnKind::Money));
    let rows = grid.sponsorship.iter().zip(&grid.margins).map(|(dip, margins)| {
        let cells = margins.iter().map(|margin| Cell::Money(*margin)).collect();
        let key = format!("sponsorship-{}", dip.decimal().normalize());
        Row::plain(key, format!("Sponsorship {}", dip.as_dip()), 0, RowKind::Line, cells)
    });
    let mut rows: Vec<Row> = rows.collect();
    let deepest = |share: &Option<Share>| Cell::Text(share.map_or("none".to_owned(), |share| format!("−{share}")));
    let cells = grid.frontier.iter().map(deepest).collect();
    rows.push(Row::plain("frontier", "Bears sponsorship down to", 0, RowKind::Line, cells));
    let title = format!("Covered by, attendance across, sponsorship down, {}", policy.name);
    page(year, "stress-grid", title, columns.collect(), rows, covers)
}

/// The page of an answer: what was found, and the replay that shows it.
#[must_use]
pub fn solution_page(year: &Year, solution: &Solution, target: i64, covers: Option<Covers>) -> Statement {
    let figures = &solution.outcome.figures;
    let shown_minor = |minor: i128| shown(year, minor);
    let dip = solution.dip.map_or_else(String::new, |dip| format!(" (down {dip})"));
    let goal =
        if target == 0 { "breaks even".to_owned() } else { format!("reaches {}", shown_minor(i128::from(target))) };
    let answer = match &solution.unknown {
        Unknown::Attendance => format!("The event {goal} with {} admissions{dip}.", solution.answer),
        Unknown::Sponsorship => {
            format!("The event {goal} with {} of sponsorship{dip}.", shown_minor(i128::from(solution.answer)))
        }
        Unknown::Price(tickets) => {
            let list: Vec<String> = tickets.iter().map(ToString::to_string).collect();
            let prices = format!("the price of {}", list.join(", "));
            match solution.answer {
                0 => format!("The event {goal} with {prices} as it is."),
                less if less < 0 => format!("The event {goal} with {prices} {} lower.", shown_minor(-i128::from(less))),
                more => format!("The event {goal} with {prices} {} higher.", shown_minor(i128::from(more))),
            }
        }
        Unknown::SpeakerPrice if solution.answer == 0 => format!("The event {goal} with speakers who pay nothing."),
        Unknown::SpeakerPrice => {
            format!(
                "The event {goal} if speakers pay {} each, or their own ticket's price if that is less.",
                shown_minor(i128::from(solution.answer))
            )
        }
        Unknown::AidPool => format!(
            "An aid pool of {} is the largest with which hard costs and aid are covered under stress{}.",
            shown_minor(i128::from(solution.answer)),
            if target == 0 { String::new() } else { format!(" and {} is left", shown_minor(i128::from(target))) }
        ),
    };
    let columns = vec![Column::new("amount", "At the answer", ColumnKind::Money)];
    let line = |key: &str, label: &str, kind: RowKind, cell: Cell| {
        Row::plain(key, label, u8::from(kind == RowKind::Line), kind, vec![cell])
    };
    let means = year.means(&solution.outcome);
    let rows = vec![
        line("revenue", "Revenue", RowKind::Line, Cell::Money(figures.total(Side::Revenue))),
        line("cost", "Cost", RowKind::Line, Cell::Money(figures.cost())),
        line("result", "Result", RowKind::Total, Cell::Money(figures.result())),
        line("heads", "Admissions, confirmed", RowKind::Line, Cell::Count(figures.heads())),
        line("paying", "of which paid by the person or an employer", RowKind::Line, Cell::Count(figures.paying().0)),
        line("left", "Left for hard costs", RowKind::Line, Cell::Money(means.left())),
        line("hard", "Hard costs", RowKind::Line, Cell::Money(means.hard)),
        line("aid", "Aid in money", RowKind::Line, Cell::Money(means.aid)),
    ];
    let title = format!("What it takes, {}, {}", year.event().name, solution.policy.name);
    let mut page = page(year, "solution", title, columns, rows, covers);
    page.notes.push(answer);
    let (reached, further) = (shown_minor(solution.reached), solution.beyond.map(shown_minor));
    page.notes.push(match further {
        Some(further) => format!("Checked by replays: {reached} at the answer, {further} one step further."),
        None => format!("Checked by a replay: {reached} at the answer, which is as far as it goes."),
    });
    page
}

/// The quantiles that are shown.
pub const QUANTILES: [(&str, &str, i64); 5] = [
    ("p5", "One year in twenty is below", 50_000),
    ("p25", "One in four is below", 250_000),
    ("p50", "Half are below", 500_000),
    ("p75", "One in four is above", 750_000),
    ("p95", "One in twenty is above", 950_000),
];

/// The pages of a simulation: how results spread under each policy, then what moves each of them most.
#[must_use]
pub fn simulation_pages(year: &Year, simulated: &[Simulated], seed: u64, covers: Option<Covers>) -> Vec<Statement> {
    let columns =
        simulated.iter().map(|of| Column::new(of.policy.name.as_str(), of.policy.name.as_str(), ColumnKind::Money));
    let row = |key: &str, label: &str, of: &dyn Fn(&Simulated) -> Cell| {
        Row::plain(key, label, 1, RowKind::Line, simulated.iter().map(of).collect())
    };
    let mut rows = vec![row("likely", "Result that is reckoned with", &|of| Cell::Money(of.likely))];
    for (key, label, millionths) in QUANTILES {
        rows.push(row(key, label, &|of| Cell::Money(of.quantile(Share::millionths(millionths)))));
    }
    rows.push(row("loss", "Chance of a loss", &|of| {
        let tenths = of.losses() * 1_000 / of.results.len().max(1);
        Cell::Text(format!("{}.{} %", tenths / 10, tenths % 10))
    }));
    let draws = simulated.first().map_or(0, |of| of.results.len());
    let title = format!("How {} may come out", year.event().name);
    let mut all = page(year, "simulation", title, columns.collect(), rows, covers);
    for of in simulated {
        let outlook = of.policy.outlook;
        let range = |range: super::Ranged| {
            let [low, high, likely] = [range.low, range.high, range.likely].map(Share::shown);
            format!("{low} to {high}, most likely {likely}")
        };
        let said = of.policy.assumptions();
        let said = if said.is_empty() { String::new() } else { format!("; {}", said.join("; ")) };
        all.notes.push(format!(
            "{}: attendance changes by {}; sponsorship by {}; together in {} of years{said}.",
            of.policy.name,
            range(outlook.attendance.0),
            range(outlook.sponsorship.0),
            outlook.correlation
        ));
    }
    all.notes.push(format!(
        "{draws} draws with seed {seed}, each from triangular distributions; the same draw is the same luck under every \
         policy."
    ));
    let mut pages = vec![all];
    pages.extend(simulated.iter().map(|of| swings_page(year, of, covers)));
    pages
}

fn swings_page(year: &Year, of: &Simulated, covers: Option<Covers>) -> Statement {
    let columns = vec![
        Column::new("low", "At its low end", ColumnKind::Money),
        Column::new("high", "At its high end", ColumnKind::Money),
        Column::new("swing", "Moves the result by", ColumnKind::Money),
    ];
    let rows = of.swings.iter().enumerate().map(|(i, moved)| {
        let label = format!("{}, {} to {}", moved.what, Share::shown(moved.low.0), Share::shown(moved.high.0));
        let swing = (moved.high.1 - moved.low.1).abs();
        let cells = vec![Cell::Money(moved.low.1), Cell::Money(moved.high.1), Cell::Money(swing)];
        Row::plain(format!("swing-{}", i + 1), label, 0, RowKind::Line, cells)
    });
    let title = format!("What moves the result most, {}", of.policy.name);
    page(year, "swings", title, columns, rows.collect(), covers)
}
