//! Fills a chart's layout with balances.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Balance, Books, BooksError, Setup, Slice, Store};
use crate::calendar::{ALL_DAYS, Date, Window, union};
use crate::ledger::{
    Account, AccountType, Chart, ColumnLayout, Coordinate, CoordinateNo, Function, GroupBy, Layout, LayoutRow, Measure,
    Sign, nearest,
};

/// One of the chart's statements.
///
/// # Errors
/// [`ReportError::NoStatement`] when the chart lacks it, or what the books cannot read.
pub fn from_layout<S: Store>(books: &Books<S>, key: &str, request: &Request) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let chart = setup.chart()?;
    let layout = chart.statement(key).ok_or_else(|| no_statement(chart, key))?;
    let columns = columns(layout, request);
    let mut engine = Engine {
        setup,
        layout,
        request,
        coordinates: books.coordinates()?,
        balances: HashMap::new(),
        totals: HashMap::new(),
        rows: Vec::new(),
        unmapped: HashSet::new(),
        columns,
    };
    engine.load(books)?;
    for row in &layout.rows {
        engine.row(row)?;
    }
    let covers = Covers { postings: covered(books, request, engine.measured_windows())?, head: books.head()? };
    let mut notes = engine.notes();
    notes.extend(nothing(books, request, covers.postings)?);
    Ok(Statement {
        key: layout.key.clone(),
        title: layout.title.clone(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(engine.period()),
        audience: request.audience,
        currency: setup.currency(),
        columns: engine.columns.iter().map(|c| Column::new(&c.key, &c.label, ColumnKind::Money)).collect(),
        rows: engine.rows,
        notes,
        covers: Some(covers),
    })
}

/// Statements that no chart lays out.
const OTHERS: [&str; 11] = [
    "trial-balance",
    "journal",
    "ledger",
    "event-summary",
    "registrations",
    "sponsorship",
    "passes",
    "aid",
    "receivables",
    "payables",
    "deferred-revenue",
];

fn no_statement(chart: &Chart, wanted: &str) -> ReportError {
    let known: Vec<&str> = chart.statements.iter().map(|s| s.key.as_str()).chain(OTHERS).collect();
    ReportError::NoStatement {
        statement: wanted.to_owned(),
        near: nearest(wanted, known.iter().copied()).map(str::to_owned),
        known: known.join(", "),
    }
}

/// How many postings the request's filter takes within the windows, each counted once.
pub(super) fn covered<S: Store>(books: &Books<S>, request: &Request, windows: Vec<Window>) -> Result<i64, BooksError> {
    let coordinates = books.coordinates()?;
    let mut postings = 0;
    for window in union(windows) {
        let balances = books.balances(window)?;
        let taken = balances.iter().filter(|(number, _)| coordinates.get(number).is_some_and(|at| request.takes(at)));
        postings += taken.map(|(_, balance)| balance.postings).sum::<i64>();
    }
    Ok(postings)
}

/// Says that a filter matched nothing, and what there would be.
pub(super) fn nothing<S: Store>(
    books: &Books<S>,
    request: &Request,
    postings: i64,
) -> Result<Option<String>, BooksError> {
    if postings > 0 {
        return Ok(None);
    }
    let events: Vec<String> = request.events.iter().map(ToString::to_string).collect();
    let of = if events.is_empty() { String::new() } else { format!(" of {}", events.join(", ")) };
    let there = match books.span()? {
        None => "the books hold no postings yet".to_owned(),
        Some((first, last, count)) => {
            format!("the books hold {count} postings, from {first} to {last}")
        }
    };
    Ok(Some(format!("No postings{of} match {}; {there}.", request.window)))
}

/// A column with the window it covers, and which funds it takes.
struct ColumnSpec {
    key: String,
    label: String,
    part: Part,
}

enum Part {
    /// A window, and whether only funds that donors restrict (or do not) count.
    Window(Window, Option<bool>),
    /// The first column less the second.
    Change,
}

fn columns(layout: &Layout, request: &Request) -> Vec<ColumnSpec> {
    let spec = |key: &str, label: &str, part| ColumnSpec { key: key.to_owned(), label: label.to_owned(), part };
    let window = request.window;
    if !request.compare.is_empty() {
        let label = request.label.clone().unwrap_or_else(|| period_label(layout.measure, window));
        let mut columns = vec![spec("total", &label, Part::Window(window, None))];
        for (i, (label, window)) in request.compare.iter().enumerate() {
            columns.push(spec(&format!("compare-{}", i + 1), label, Part::Window(*window, None)));
        }
        if columns.len() == 2 {
            columns.push(spec("change", "Change", Part::Change));
        }
        return columns;
    }
    match layout.columns {
        ColumnLayout::Total => {
            let label = period_label(layout.measure, window);
            vec![spec("total", &label, Part::Window(window, None))]
        }
        ColumnLayout::Restriction => {
            let label = |own: &Option<String>, usual: &str| own.clone().unwrap_or_else(|| usual.to_owned());
            let without = label(&layout.without, "Without donor restrictions");
            let with = label(&layout.with, "With donor restrictions");
            vec![
                spec("without", &without, Part::Window(window, Some(false))),
                spec("with", &with, Part::Window(window, Some(true))),
                spec("total", "Total", Part::Window(window, None)),
            ]
        }
    }
}

fn period_label(measure: Measure, window: Window) -> String {
    match (measure, window.to() == Date::MAX) {
        (Measure::Closing, true) => "Total".to_owned(),
        (Measure::Closing, false) => window.to().to_string(),
        _ if window == ALL_DAYS => "Total".to_owned(),
        _ => window.to_string(),
    }
}

struct Engine<'a> {
    setup: &'a Setup,
    layout: &'a Layout,
    request: &'a Request,
    coordinates: HashMap<CoordinateNo, Coordinate>,
    balances: HashMap<Window, HashMap<CoordinateNo, Balance>>,
    columns: Vec<ColumnSpec>,
    /// Cells by row key, for sums.
    totals: HashMap<String, Vec<Figure>>,
    rows: Vec<Row>,
    unmapped: HashSet<&'a str>,
}

/// An amount and what stands behind it.
#[derive(Clone, Default)]
struct Figure {
    minor: i128,
    behind: Behind,
}

/// Where a row of a block stands and what it is called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    order: (usize, usize),
    key: String,
    label: String,
    level: u8,
    /// Heading of a group of groups.
    under: Option<String>,
}

impl<'a> Engine<'a> {
    /// Reads the balances of every window that a row may need.
    fn load<S: Store>(&mut self, books: &Books<S>) -> Result<(), BooksError> {
        for window in self.windows() {
            let balances = books.balances(window)?;
            let taken = balances
                .into_iter()
                .filter(|(number, _)| self.coordinates.get(number).is_some_and(|at| self.request.takes(at)));
            let taken = taken.collect();
            self.balances.insert(window, taken);
        }
        Ok(())
    }

    fn windows(&self) -> HashSet<Window> {
        let mut measures = vec![self.layout.measure];
        for row in &self.layout.rows {
            if let LayoutRow::Block { measure: Some(m), .. } | LayoutRow::Line { measure: Some(m), .. } = row {
                measures.push(*m);
            }
        }
        let columns = self.columns.iter().filter_map(|column| match column.part {
            Part::Window(window, _) => Some(window),
            Part::Change => None,
        });
        columns.flat_map(|window| measures.iter().filter_map(move |m| measured(*m, window))).collect()
    }

    fn period(&self) -> Window {
        match self.layout.measure {
            Measure::Closing => Window::until(self.request.window.to()),
            Measure::Flow | Measure::Opening => self.request.window,
        }
    }

    /// Windows that the statement as a whole measures.
    fn measured_windows(&self) -> Vec<Window> {
        let windows = self.columns.iter().filter_map(|column| match column.part {
            Part::Window(window, _) => measured(self.layout.measure, window),
            Part::Change => None,
        });
        windows.collect()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.request.events.is_empty() && self.layout.measure == Measure::Closing {
            notes.push(
                "Limited to events: the part of a balance sheet that belongs to an event need not balance.".to_owned(),
            );
        }
        if !self.unmapped.is_empty() {
            let count = self.unmapped.len();
            let (noun, verb) = if count == 1 { ("account", "has") } else { ("accounts", "have") };
            notes.push(match self.request.audience {
                Audience::Treasurer => format!(
                    "{count} {noun} {verb} no statement line and {} shown by name; `bursar account set NAME --line LINE` gives one.",
                    if count == 1 { "is" } else { "are" }
                ),
                Audience::Board | Audience::Public => format!("\"Other\" lines hold {count} {noun} without a line of their own."),
            });
        }
        notes
    }

    fn row(&mut self, row: &LayoutRow) -> Result<(), BooksError> {
        match row {
            LayoutRow::Block { key, label, heading, types, by, sign, measure, .. } => {
                let measure = measure.unwrap_or(self.layout.measure);
                self.push(&format!("{key}-heading"), heading, 0, RowKind::Heading, None);
                let groups = self.groups(row, types, *by, measure, *sign)?;
                let mut under = None;
                let mut sum = vec![Figure::default(); self.columns.len()];
                for (group, figures) in groups {
                    // A balance that has come to nothing is no line of a balance sheet; a flow that has, is.
                    if measure == Measure::Closing && figures.iter().all(|figure| figure.minor == 0) {
                        add(&mut sum, &figures, 1);
                        continue;
                    }
                    if group.under != under {
                        under.clone_from(&group.under);
                        if let Some(label) = &under {
                            self.push(&format!("{key}-{}", slugged(label)), label, 1, RowKind::Heading, None);
                        }
                    }
                    add(&mut sum, &figures, 1);
                    self.push(&group.key, &group.label, group.level, RowKind::Line, Some(figures));
                }
                self.push(key, label, 0, RowKind::Total, Some(sum.clone()));
                self.totals.insert(key.clone(), sum);
            }
            LayoutRow::Line { key, label, types, sign, measure, hide_zero } => {
                let measure = measure.unwrap_or(self.layout.measure);
                let mut figures = vec![Figure::default(); self.columns.len()];
                for (number, at) in &self.coordinates {
                    let account = self.setup.account_numbered(at.account);
                    if account.is_some_and(|a| types.contains(&a.kind)) {
                        self.collect(&mut figures, *number, at, measure, *sign);
                    }
                }
                self.settle(&mut figures);
                if !hide_zero || figures.iter().any(|figure| figure.minor != 0) {
                    self.push(key, label, 0, RowKind::Line, Some(figures.clone()));
                }
                self.totals.insert(key.clone(), figures);
            }
            LayoutRow::Sum { key, label, of } => {
                let mut sum = vec![Figure::default(); self.columns.len()];
                for term in of {
                    let (factor, term) = term.strip_prefix('-').map_or((1, term.as_str()), |term| (-1, term));
                    // The chart was checked: every term is the key of a row above.
                    if let Some(figures) = self.totals.get(term) {
                        add(&mut sum, figures, factor);
                    }
                }
                self.push(key, label, 0, RowKind::Total, Some(sum.clone()));
                self.totals.insert(key.clone(), sum);
            }
        }
        Ok(())
    }

    fn groups(
        &mut self,
        row: &LayoutRow,
        types: &[AccountType],
        by: GroupBy,
        measure: Measure,
        sign: Sign,
    ) -> Result<Vec<(Group, Vec<Figure>)>, BooksError> {
        let mut groups: BTreeMap<Group, Vec<Figure>> = BTreeMap::new();
        let numbers: Vec<CoordinateNo> = self.coordinates.keys().copied().collect();
        for number in numbers {
            let at = self.coordinates[&number];
            let Some(account) = self.setup.account_numbered(at.account) else { continue };
            if !types.contains(&account.kind) || !self.touches(number, measure) {
                continue;
            }
            let group = self.group(row, by, account, &at)?;
            let empty = || vec![Figure::default(); self.columns.len()];
            let mut figures = groups.remove(&group).unwrap_or_else(empty);
            self.collect(&mut figures, number, &at, measure, sign);
            groups.insert(group, figures);
        }
        Ok(groups
            .into_iter()
            .map(|(group, mut figures)| {
                self.settle(&mut figures);
                (group, figures)
            })
            .collect())
    }

    /// Whether the coordinate has postings in any column.
    fn touches(&self, number: CoordinateNo, measure: Measure) -> bool {
        self.columns.iter().any(|column| match column.part {
            Part::Window(window, _) => measured(measure, window)
                .is_some_and(|w| self.balances.get(&w).is_some_and(|b| b.contains_key(&number))),
            Part::Change => false,
        })
    }

    fn group(
        &mut self,
        row: &LayoutRow,
        by: GroupBy,
        account: &'a Account,
        at: &Coordinate,
    ) -> Result<Group, BooksError> {
        let plain = |order: (usize, usize), key: &str, label: &str| Group {
            order,
            key: key.to_owned(),
            label: label.to_owned(),
            level: 1,
            under: None,
        };
        Ok(match by {
            GroupBy::Line => self.line_group(account, 0)?,
            // A name that someone typed may be a person's.
            GroupBy::Account if self.request.audience != Audience::Treasurer => self.line_group(account, 0)?,
            GroupBy::Account => plain((0, 0), account.name.as_str(), account.name.as_str()),
            GroupBy::Restriction => {
                let restricted = self.setup.is_restricted(at.fund);
                let (own, key, usual) = if restricted {
                    (&self.layout.with, "with", "With donor restrictions")
                } else {
                    (&self.layout.without, "without", "Without donor restrictions")
                };
                plain((usize::from(restricted), 0), key, own.as_deref().unwrap_or(usual))
            }
            GroupBy::Program => match at.function {
                Some(Function::Program) => {
                    let event = at.event.and_then(|code| self.setup.events().iter().position(|e| e.code == code));
                    let named = event.map(|index| &self.setup.events()[index]);
                    Group {
                        order: (0, event.unwrap_or(usize::MAX)),
                        key: named.map_or_else(|| "programs-other".to_owned(), |e| format!("program:{}", e.code)),
                        label: named.map_or("Other programs", |e| &e.name).to_owned(),
                        level: 2,
                        under: Some(row.function_label(Function::Program).to_owned()),
                    }
                }
                Some(function) => {
                    let order = if function == Function::Management { 1 } else { 2 };
                    plain((order, 0), function.word(), row.function_label(function))
                }
                None => self.line_group(account, 3)?,
            },
        })
    }

    /// The statement line of an account. For the treasurer, accounts without one stand under the second part of their
    /// name; for others, under the catch-all, because a name that someone typed may be a person's.
    fn line_group(&mut self, account: &'a Account, order: usize) -> Result<Group, BooksError> {
        let line = self.setup.line_of(account)?;
        let place = self.setup.chart()?.lines.iter().position(|l| l.key == line.key).unwrap_or(usize::MAX);
        let mut group =
            Group { order: (order, place), key: line.key.clone(), label: line.label.clone(), level: 1, under: None };
        if account.line.is_none() {
            self.unmapped.insert(account.name.as_str());
            if self.request.audience == Audience::Treasurer {
                let parts: Vec<&str> = account.name.parts().take(2).collect();
                group.key = parts.join(":");
                group.label = (*parts.last().unwrap_or(&"")).to_owned();
            }
        }
        Ok(group)
    }

    /// Adds what stands at a coordinate to the figures of a row.
    fn collect(&self, figures: &mut [Figure], number: CoordinateNo, at: &Coordinate, measure: Measure, sign: Sign) {
        for (figure, column) in figures.iter_mut().zip(&self.columns) {
            let Part::Window(window, restricted) = column.part else { continue };
            if restricted.is_some_and(|wanted| wanted != self.setup.is_restricted(at.fund)) {
                continue;
            }
            let Some(window) = measured(measure, window) else { continue };
            let Some(balance) = self.balances.get(&window).and_then(|all| all.get(&number)) else { continue };
            let net = balance.net();
            figure.minor += if sign == Sign::Debit { net } else { -net };
            figure.behind.push(Slice::new(number, window));
        }
    }

    /// Fills the columns that are computed from others.
    fn settle(&self, figures: &mut [Figure]) {
        for (i, column) in self.columns.iter().enumerate() {
            if matches!(column.part, Part::Change) {
                let mut behind = figures[0].behind.clone();
                behind.extend_from_slice(&figures[1].behind);
                figures[i] = Figure { minor: figures[0].minor - figures[1].minor, behind };
            }
        }
    }

    fn push(&mut self, key: &str, label: &str, level: u8, kind: RowKind, figures: Option<Vec<Figure>>) {
        let (cells, behind) = match figures {
            None => (vec![Cell::Empty; self.columns.len()], Vec::new()),
            Some(figures) => figures.into_iter().map(|figure| (Cell::Money(figure.minor), figure.behind)).unzip(),
        };
        self.rows.push(Row { key: key.to_owned(), label: label.to_owned(), level, kind, cells, behind, people: None });
    }
}

fn add(sum: &mut [Figure], figures: &[Figure], factor: i128) {
    for (total, figure) in sum.iter_mut().zip(figures) {
        total.minor += factor * figure.minor;
        total.behind.extend_from_slice(&figure.behind);
    }
}

/// The days a measure sums for a column's window; `None` when there are none.
fn measured(measure: Measure, window: Window) -> Option<Window> {
    match measure {
        Measure::Opening => window.before(),
        Measure::Flow => Some(window),
        Measure::Closing => Some(Window::until(window.to())),
    }
}

fn slugged(label: &str) -> String {
    label.to_lowercase().replace(' ', "-")
}
