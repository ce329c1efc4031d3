//! Fills a layout with balances.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::columns::{ColumnSpec, Part, Take, columns};
use super::records::allocation_notes;
use super::statement::{Behind, Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{Audience, ReportError, Request};
use crate::books::{Balance, Books, BooksError, Origin, Setup, Slice, Store, Term};
use crate::calendar::{Window, union};
use crate::ledger::{
    Account, AccountType, CashFlowSection, ColumnLayout, Coordinate, CoordinateNo, Filter, Function, GroupBy, Layout,
    LayoutRow, Measure, Restriction, Sign, Slug, form_990, nearest,
};

/// One of the chart's statements, or one that all charts have in common.
///
/// # Errors
/// [`ReportError::NoStatement`] when there is none, [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn from_layout<S: Store>(books: &Books<S>, key: &str, request: &Request) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let layout = setup.layout(key).ok_or_else(|| no_statement(setup, key))?;
    if layout.treasurer && request.audience != Audience::Treasurer {
        return Err(ReportError::TreasurerOnly { statement: key.to_owned(), audience: request.audience });
    }
    let mut engine = Engine {
        setup,
        layout: &layout,
        request,
        atoms: HashMap::new(),
        columns: Vec::new(),
        totals: HashMap::new(),
        shown: HashMap::new(),
        rows: Vec::new(),
        unmapped: HashSet::new(),
    };
    engine.load(books)?;
    for row in &layout.rows {
        engine.row(row)?;
    }
    engine.drop_empty_columns();
    engine.translate();
    let covers = Covers { postings: covered(books, request, engine.measured_windows())?, head: books.head()? };
    let empty = nothing(books, request, covers.postings)?;
    refuse_nothing(books, request, covers.postings)?;
    let mut notes = engine.notes();
    if matches!(layout.columns, ColumnLayout::Function | ColumnLayout::FormFunctions) {
        notes.extend(allocation_notes(books, request)?);
    }
    notes.extend(empty);
    Ok(Statement {
        key: layout.key.clone(),
        title: setup.word(&layout.title).unwrap_or(&layout.title).to_owned(),
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

/// Statements that no layout describes.
const OTHER_STATEMENTS: [&str; 17] = [
    "trial-balance",
    "journal",
    "ledger",
    "party",
    "event-summary",
    "budget",
    "registrations",
    "sponsorship",
    "passes",
    "free-speakers",
    "aid",
    "receivables",
    "payables",
    "receivable-aging",
    "payable-aging",
    "context",
    "receipts",
];

/// Worksheets for a return that only some charts know.
const WORKSHEETS: [&str; 2] = ["form-990", "sponsorship-tax"];

pub(super) fn no_statement(setup: &Setup, wanted: &str) -> ReportError {
    let known = statement_keys(setup);
    ReportError::NoStatement {
        statement: wanted.to_owned(),
        near: nearest(wanted, known.iter().map(String::as_str)).map(str::to_owned),
        known: known.join(", "),
    }
}

/// Keys of all statements there are: the chart's, those all charts have, and those that no layout describes.
#[must_use]
pub fn statement_keys(setup: &Setup) -> Vec<String> {
    let mut keys: Vec<String> = setup.layouts().into_iter().map(|layout| layout.key).collect();
    let worksheets = keys.iter().any(|key| key == "form-990-revenue");
    keys.extend(OTHER_STATEMENTS.map(str::to_owned));
    keys.extend(WORKSHEETS.iter().filter(|_| worksheets).map(|key| (*key).to_owned()));
    keys
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

/// Refuses a statement of nothing, when the books have something.
fn refuse_nothing<S: Store>(books: &Books<S>, request: &Request, postings: i64) -> Result<(), ReportError> {
    let Some((first, last, count)) = books.span()?.filter(|_| postings == 0) else { return Ok(()) };
    let events: Vec<String> = request.events.iter().map(ToString::to_string).collect();
    let of = if events.is_empty() { String::new() } else { format!(" of {}", events.join(", ")) };
    let there = format!("the books hold {count} postings, from {first} to {last}");
    Err(ReportError::NoPostings { of, window: request.window, there })
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

/// What stands at a coordinate within a window and came from one kind of fact and cash-flow line.
struct Atom<'a> {
    number: CoordinateNo,
    at: Coordinate,
    origin: Origin,
    account: &'a Account,
    restriction: Restriction,
    balance: Balance,
}

struct Engine<'a> {
    setup: &'a Setup,
    layout: &'a Layout,
    request: &'a Request,
    atoms: HashMap<Window, Vec<Atom<'a>>>,
    columns: Vec<ColumnSpec>,
    /// Cells by row key, for sums.
    totals: HashMap<String, Vec<Figure>>,
    /// The rows that stand for each key of the layout, with their signs; none where an amount of it is not shown.
    shown: HashMap<String, Option<Vec<(String, i64)>>>,
    rows: Vec<Row>,
    unmapped: HashSet<&'a str>,
}

/// An amount and the postings it is made of.
#[derive(Clone, Default)]
struct Figure {
    minor: i128,
    terms: BTreeMap<Slice, i64>,
}

impl Figure {
    fn add(&mut self, minor: i128, term: Term) {
        self.minor += minor;
        add_term(&mut self.terms, term.slice, term.factor);
    }

    fn behind(self) -> Behind {
        Behind::Postings(self.terms.into_iter().map(|(slice, factor)| Term { slice, factor }).collect())
    }
}

fn add_term(terms: &mut BTreeMap<Slice, i64>, slice: Slice, factor: i64) {
    let sum = terms.entry(slice).or_default();
    *sum += factor;
    if *sum == 0 {
        terms.remove(&slice);
    }
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

/// Which atoms a row takes.
struct Wanted<'r> {
    types: &'r [AccountType],
    only: &'r Filter,
    except: &'r Filter,
    measure: Measure,
    sign: Sign,
}

impl<'a> Engine<'a> {
    /// Reads the balances of every window that a row may need, and finds the columns.
    fn load<S: Store>(&mut self, books: &Books<S>) -> Result<(), BooksError> {
        let coordinates = books.coordinates()?;
        let read = |window: Window| -> Result<Vec<Atom<'a>>, BooksError> {
            let mut atoms = Vec::new();
            for ((number, origin), balance) in books.movements(window)? {
                let Some(at) = coordinates.get(&number).copied() else { continue };
                let Some(account) = self.setup.account_numbered(at.account) else { continue };
                let fund = self.setup.funds().iter().find(|fund| fund.code == at.fund);
                let restriction = fund.map_or(Restriction::Undesignated, |fund| fund.restriction);
                atoms.push(Atom { number, at, origin, account, restriction, balance });
            }
            // The same books give the same statement, down to the order of what stands behind a figure.
            atoms.sort_unstable_by_key(|atom| (atom.number, atom.origin));
            Ok(atoms)
        };
        let used = if matches!(self.layout.columns, ColumnLayout::Function | ColumnLayout::Fund) {
            let atoms = read(self.request.window)?;
            atoms.iter().filter(|atom| self.request.takes(&atom.at)).map(|a| (a.at, a.account.kind)).collect()
        } else {
            Vec::new()
        };
        self.columns = columns(self.setup, self.layout, self.request, &used);
        for window in self.windows() {
            let atoms = read(window)?;
            self.atoms.insert(window, atoms);
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
        let mut windows = HashSet::new();
        for column in &self.columns {
            if let Part::Window { window, measure, .. } = &column.part {
                let measures = measure.map_or_else(|| measures.clone(), |measure| vec![measure]);
                windows.extend(measures.into_iter().filter_map(|m| measured(m, *window)));
            }
        }
        windows
    }

    fn period(&self) -> Window {
        match self.layout.measure {
            Measure::Closing => Window::until(self.request.window.to()),
            Measure::Flow | Measure::Opening => self.request.window,
        }
    }

    /// Windows that the statement as a whole measures.
    fn measured_windows(&self) -> Vec<Window> {
        let windows = self.columns.iter().filter_map(|column| match &column.part {
            Part::Window { window, measure, .. } => measured(measure.unwrap_or(self.layout.measure), *window),
            Part::Change => None,
        });
        windows.collect()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.layout.notes.clone();
        let nothing = |cell: &Cell| matches!(cell, Cell::Empty | Cell::Money(0));
        if self.rows.iter().all(|row| row.cells.iter().all(nothing)) {
            notes.insert(0, "There is nothing to show: no amount of the books belongs here.".to_owned());
        }
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

    fn row(&mut self, row: &'a LayoutRow) -> Result<(), BooksError> {
        match row {
            LayoutRow::Heading { key, label } => self.push(key, label, 0, RowKind::Heading, None),
            LayoutRow::Block {
                key,
                label,
                heading,
                types,
                only,
                except,
                by,
                sign,
                measure,
                hide_empty,
                prefix,
                ..
            } => {
                let measure = measure.unwrap_or(self.layout.measure);
                let wanted = Wanted { types, only, except, measure, sign: *sign };
                let groups = self.groups(row, *by, &wanted)?;
                let shown = |figures: &[Figure]| !self.hides_zero(measure) || figures.iter().any(|f| f.minor != 0);
                if *hide_empty && !groups.iter().any(|(_, figures)| shown(figures)) {
                    self.totals.insert(key.clone(), self.empty());
                    self.shown.insert(key.clone(), Some(Vec::new()));
                    return Ok(());
                }
                self.push(&format!("{key}-heading"), heading, 0, RowKind::Heading, None);
                let mut under: Option<String> = None;
                let (mut sum, mut lines) = (self.empty(), Vec::new());
                for (group, figures) in groups {
                    add(&mut sum, &figures, 1);
                    if self.hides_zero(measure) && figures.iter().all(|figure| figure.minor == 0) {
                        continue;
                    }
                    if group.under != under {
                        under.clone_from(&group.under);
                        if let Some(label) = &under {
                            self.push(&format!("{key}-{}", slugged(label)), label, 1, RowKind::Heading, None);
                        }
                    }
                    let label = prefix.as_ref().map_or_else(
                        || group.label.clone(),
                        |prefix| {
                            let mut label = group.label.clone();
                            if let Some(first) = label.get_mut(..1) {
                                first.make_ascii_lowercase();
                            }
                            format!("{prefix}{label}")
                        },
                    );
                    // An activity has revenue and expenses: the second row of one name has its block's before it.
                    let is_there = self.rows.iter().any(|row| row.key == group.key);
                    let row_key = if is_there { format!("{key}:{}", group.key) } else { group.key.clone() };
                    self.push(&row_key, &label, group.level, RowKind::Line, Some(figures));
                    lines.push((row_key, 1));
                }
                if !label.is_empty() {
                    self.push(key, label, 0, RowKind::Total, Some(sum.clone()));
                    self.sums_up(key, &mut lines);
                }
                self.shown.insert(key.clone(), Some(lines));
                self.totals.insert(key.clone(), sum);
            }
            LayoutRow::Line { key, label, types, only, except, sign, measure, hide_zero, hidden, indent } => {
                let measure = measure.unwrap_or(self.layout.measure);
                let wanted = Wanted { types, only, except, measure, sign: *sign };
                let mut figures = self.empty();
                self.each(&wanted, |column, _, minor, term| figures[column].add(minor, term));
                self.settle(&mut figures);
                let is_nothing = figures.iter().all(|figure| figure.minor == 0);
                if !hidden && (!hide_zero || !is_nothing) {
                    self.push(key, label, u8::from(*indent), RowKind::Line, Some(figures.clone()));
                    self.shown.insert(key.clone(), Some(vec![(key.clone(), 1)]));
                } else {
                    self.shown.insert(key.clone(), is_nothing.then(Vec::new));
                }
                self.totals.insert(key.clone(), figures);
            }
            LayoutRow::Sum { key, label, of, hide_zero, plain } => {
                let (mut sum, mut parts) = (self.empty(), Some(Vec::new()));
                for term in of {
                    let (factor, term) = term.strip_prefix('-').map_or((1, term.as_str()), |term| (-1, term));
                    let shown = self.shown.get(term).cloned().flatten();
                    parts = parts.zip(shown).map(|(mut parts, shown)| {
                        parts.extend(shown.into_iter().map(|(key, sign)| (key, factor * sign)));
                        parts
                    });
                    // The chart was checked: every term is the key of a row above.
                    if let Some(figures) = self.totals.get(term) {
                        add(&mut sum, figures, factor);
                    }
                }
                if !hide_zero || sum.iter().any(|figure| figure.minor != 0) {
                    let (level, kind) = if *plain { (1, RowKind::Line) } else { (0, RowKind::Total) };
                    self.push(key, label, level, kind, Some(sum.clone()));
                    let mut parts = parts.unwrap_or_default();
                    self.sums_up(key, &mut parts);
                    self.shown.insert(key.clone(), Some(parts));
                } else {
                    self.shown.insert(key.clone(), Some(Vec::new()));
                }
                self.totals.insert(key.clone(), sum);
            }
        }
        Ok(())
    }

    /// Tells of the last row which rows it sums; from then on it stands for them.
    fn sums_up(&mut self, key: &str, parts: &mut Vec<(String, i64)>) {
        if let Some(row) = self.rows.last_mut() {
            row.sum_of = std::mem::replace(parts, vec![(key.to_owned(), 1)]);
        }
    }

    fn empty(&self) -> Vec<Figure> {
        vec![Figure::default(); self.columns.len()]
    }

    /// Whether a group that comes to nothing is no line: of a balance sheet always; of a statement of activities, a
    /// flow that has come to nothing still is one.
    fn hides_zero(&self, measure: Measure) -> bool {
        measure == Measure::Closing
            || self.layout.hide_zero
            || !matches!(self.layout.columns, ColumnLayout::Total | ColumnLayout::Restriction | ColumnLayout::Class)
    }

    /// Visits every amount that a row takes, with the index of each column that takes it, and its sign applied.
    fn each(&self, wanted: &Wanted<'_>, mut visit: impl FnMut(usize, &Atom<'a>, i128, Term)) {
        for (i, column) in self.columns.iter().enumerate() {
            let Part::Window { window, take, measure, events } = &column.part else { continue };
            let Some(window) = measured(measure.unwrap_or(wanted.measure), *window) else { continue };
            let events = events.as_ref().unwrap_or(&self.request.events);
            for atom in self.atoms.get(&window).into_iter().flatten() {
                if !wanted.types.contains(&atom.account.kind)
                    || !(events.is_empty() || atom.at.event.is_some_and(|event| events.contains(&event)))
                    || !self.matches(wanted.only, atom)
                    || (!wanted.except.is_everything() && self.matches(wanted.except, atom))
                {
                    continue;
                }
                let Some((minor, debit)) = self.taken(take, atom) else { continue };
                let factor = if wanted.sign == Sign::Debit { 1 } else { -1 };
                let slice = Slice { at: atom.number, window, origin: Some(atom.origin), debit };
                visit(i, atom, i128::from(factor) * minor, Term { slice, factor });
            }
        }
    }

    fn groups(
        &mut self,
        row: &LayoutRow,
        by: GroupBy,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<(Group, Vec<Figure>)>, BooksError> {
        let mut places: BTreeMap<(Coordinate, Option<Slug>), Vec<Figure>> = BTreeMap::new();
        let empty = self.empty();
        self.each(wanted, |column, atom, minor, term| {
            let place = (atom.at, if by == GroupBy::Flow { Some(flow_of(self.setup, atom)) } else { None });
            places.entry(place).or_insert_with(|| empty.clone())[column].add(minor, term);
        });
        let mut groups: BTreeMap<Group, Vec<Figure>> = BTreeMap::new();
        for ((at, flow), figures) in places {
            let Some(account) = self.setup.account_numbered(at.account) else { continue };
            let group = self.group(row, by, account, &at, flow)?;
            add(groups.entry(group).or_insert_with(|| empty.clone()), &figures, 1);
        }
        Ok(groups
            .into_iter()
            .map(|(group, mut figures)| {
                self.settle(&mut figures);
                (group, figures)
            })
            .collect())
    }

    fn is_cash(&self, account: &Account) -> bool {
        account.line.as_deref() == Some("cash")
    }

    /// Whether a filter takes an amount, whatever its side.
    fn matches(&self, filter: &Filter, atom: &Atom<'_>) -> bool {
        fn any<T: PartialEq>(list: &[T], value: &T) -> bool {
            list.is_empty() || list.contains(value)
        }
        fn some<T: PartialEq>(list: &[T], value: Option<T>) -> bool {
            list.is_empty() || value.is_some_and(|value| list.contains(&value))
        }
        let account = atom.account;
        let begins = |patterns: &[String], value: Option<&str>| {
            patterns.is_empty()
                || value.is_some_and(|value| {
                    patterns.iter().any(|p| p.strip_suffix('*').map_or(p == value, |start| value.starts_with(start)))
                })
        };
        any(&filter.types, &account.kind)
            && (filter.lines.is_empty()
                || self.setup.line_of(account).is_ok_and(|line| filter.lines.contains(&line.key)))
            && begins(&filter.accounts, account.code.as_deref())
            && some(&filter.functions, atom.at.function)
            && any(&filter.restrictions, &atom.restriction)
            && (filter.causes.is_empty()
                || filter.causes.iter().any(|cause| match cause.strip_prefix('!') {
                    Some(not) => not != atom.origin.cause.word(),
                    None => cause == atom.origin.cause.word(),
                }))
            && some(&filter.flows, atom.origin.flow)
            && (filter.sections.is_empty() || filter.sections.contains(&section_of(self.setup, atom)))
            && begins(&filter.forms, account.form_990.as_deref())
            && filter.cash.is_none_or(|cash| cash == self.is_cash(account))
            && filter.taxed.is_none_or(|taxed| taxed == atom.at.tax_code.is_some())
    }

    /// What a column takes of an amount, debit positive; and of which side, when it is not both.
    fn taken(&self, take: &Take, atom: &Atom<'_>) -> Option<(i128, Option<bool>)> {
        let restricted = atom.restriction.by_donor();
        let perpetual = atom.restriction == Restriction::Perpetual;
        let takes = match take {
            Take::All => true,
            Take::Restricted(wanted) => restricted == *wanted,
            Take::RestrictedButNotPerpetual => restricted && !perpetual,
            Take::Perpetual => perpetual,
            Take::Program(event) => atom.at.function == Some(Function::Program) && atom.at.event == *event,
            Take::Function(function) => atom.at.function == *function,
            Take::Fund(fund) => atom.at.fund == *fund,
            Take::FormColumn(column) => {
                let line = atom.account.form_990.as_deref().and_then(|key| form_990().line(key));
                line.and_then(|(_, line)| line.column) == Some(*column)
            }
            Take::Movement(wanted) => {
                return match self.movement(*wanted, atom) {
                    (true, true) => Some((atom.balance.net(), None)),
                    (true, false) => Some((atom.balance.debit, Some(true))),
                    (false, true) => Some((-atom.balance.credit, Some(false))),
                    (false, false) => None,
                };
            }
        };
        takes.then(|| (atom.balance.net(), None))
    }

    /// Whether a movement (or none: the last) is the first to take the debits of an amount, and its credits.
    fn movement(&self, wanted: usize, atom: &Atom<'_>) -> (bool, bool) {
        let takes = |side: bool| {
            let movements = &self.layout.movements;
            let first = movements.iter().position(|movement| {
                movement.only.debit.is_none_or(|debit| debit == side) && self.matches(&movement.only, atom)
            });
            first.unwrap_or(movements.len()) == wanted
        };
        (takes(true), takes(false))
    }

    fn group(
        &mut self,
        row: &LayoutRow,
        by: GroupBy,
        account: &'a Account,
        at: &Coordinate,
        flow: Option<Slug>,
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
            GroupBy::Account => {
                let code = account.code.as_deref().unwrap_or("~");
                let label = account.name.parts().skip(1).collect::<Vec<_>>().join(": ");
                let label = if label.is_empty() { account.name.to_string() } else { label };
                let mut group = plain((0, 0), account.name.as_str(), &label);
                group.order = (0, code.parse().unwrap_or(usize::MAX));
                group
            }
            GroupBy::Restriction => {
                let restricted = self.setup.is_restricted(at.fund);
                let (own, key, usual) = if restricted {
                    (&self.layout.with, "with", "With donor restrictions")
                } else {
                    (&self.layout.without, "without", "Without donor restrictions")
                };
                plain((usize::from(restricted), 0), key, own.as_deref().unwrap_or(usual))
            }
            GroupBy::Fund => {
                let place = self.setup.funds().iter().position(|fund| fund.code == at.fund).unwrap_or(usize::MAX);
                let label = self.setup.funds().get(place).map_or(at.fund.as_str(), |fund| &fund.name).to_owned();
                plain((0, place), &format!("fund:{}", at.fund), &label)
            }
            GroupBy::Activity => match at.activity {
                None => plain((1, 0), "no-activity", "Not of one activity"),
                Some(activity) => plain((0, 0), activity.as_str(), &spoken(activity.as_str())),
            },
            GroupBy::Tax => match at.tax_code {
                None => plain((1, 0), "no-tax-code", "Without a tax code"),
                Some(code) => plain((0, 0), &format!("tax:{code}"), code.as_str()),
            },
            GroupBy::Flow => {
                let flow = flow.unwrap_or(OTHER_FLOW);
                match self.setup.cash_flow(flow) {
                    Some((place, line)) => plain((0, place), &format!("cash:{flow}"), &line.label),
                    None if flow == OTHER_FLOW => plain((1, 0), "cash:other", "Other cash, net"),
                    None => plain((0, usize::MAX), &format!("cash:{flow}"), &spoken(flow.as_str())),
                }
            }
            GroupBy::Form => {
                let form = account.form_990.as_deref().and_then(|key| form_990().line(key));
                match form {
                    None => {
                        let mut group = self.line_group(account, usize::MAX)?;
                        group.label = format!("No line of the form: {}", group.label);
                        group
                    }
                    Some((place, line)) if line.named => {
                        let under = self.line_group(account, 0)?;
                        let number = line.label.split(' ').next().unwrap_or_default();
                        let key = format!("{}:{}", line.key, under.key);
                        plain((place, under.order.1), &key, &format!("{number} {}", under.label))
                    }
                    Some((place, line)) => plain((place, 0), &line.key, &line.label),
                }
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

    /// Fills the columns that are computed from others.
    fn settle(&self, figures: &mut [Figure]) {
        for (i, column) in self.columns.iter().enumerate() {
            if matches!(column.part, Part::Change) {
                let mut change = figures[0].clone();
                change.minor -= figures[1].minor;
                figures[1].terms.iter().for_each(|(slice, factor)| add_term(&mut change.terms, *slice, -factor));
                figures[i] = change;
            }
        }
    }

    /// Gives headings, rows and columns the names that the chart has for them.
    fn translate(&mut self) {
        if self.setup.chart().is_ok_and(|chart| chart.statement(&self.layout.key).is_some()) {
            return;
        }
        for label in self.rows.iter_mut().map(|row| &mut row.label).chain(self.columns.iter_mut().map(|c| &mut c.label))
        {
            if let Some(word) = self.setup.word(label) {
                word.clone_into(label);
            }
        }
    }

    /// Takes out columns in which nothing stands and that only stand there when something does.
    fn drop_empty_columns(&mut self) {
        for i in (0..self.columns.len()).rev() {
            let empty = |row: &Row| matches!(row.cells.get(i), None | Some(Cell::Empty | Cell::Money(0)));
            if self.columns[i].optional && self.rows.iter().all(empty) {
                self.columns.remove(i);
                for row in &mut self.rows {
                    row.cells.remove(i);
                    if i < row.behind.len() {
                        row.behind.remove(i);
                    }
                }
            }
        }
    }

    fn push(&mut self, key: &str, label: &str, level: u8, kind: RowKind, figures: Option<Vec<Figure>>) {
        let (cells, behind) = match figures {
            None => (vec![Cell::Empty; self.columns.len()], Vec::new()),
            Some(figures) => figures.into_iter().map(|figure| (Cell::Money(figure.minor), figure.behind())).unzip(),
        };
        self.rows.push(Row { behind, ..Row::plain(key, label, level, kind, cells) });
    }
}

/// Cash whose entry tells no line of the cash-flow statement.
const OTHER_FLOW: Slug = Slug::constant("other");
/// Gifts that are restricted for ever, which are no operating cash (ASC 230-10-45-14).
const ENDOWMENT: Slug = Slug::constant("endowment");

/// The line of the cash-flow statement that an amount of cash stands in.
fn flow_of(setup: &Setup, atom: &Atom<'_>) -> Slug {
    let flow = atom.origin.flow.unwrap_or(OTHER_FLOW);
    let section = setup.cash_flow(flow).map_or(CashFlowSection::Operating, |(_, line)| line.section);
    if atom.origin.flow.is_some() && section == CashFlowSection::Operating && atom.restriction == Restriction::Perpetual
    {
        return ENDOWMENT;
    }
    flow
}

/// The section of the cash-flow statement: of cash by its line, of other accounts by theirs.
fn section_of(setup: &Setup, atom: &Atom<'_>) -> CashFlowSection {
    let flow = match atom.account.line.as_deref() {
        Some("cash") => Some(flow_of(setup, atom)),
        _ => atom.account.cash_flow,
    };
    let line = flow.and_then(|flow| setup.cash_flow(flow));
    line.map_or(CashFlowSection::Operating, |(_, line)| line.section)
}

fn add(sum: &mut [Figure], figures: &[Figure], factor: i64) {
    for (total, figure) in sum.iter_mut().zip(figures) {
        total.minor += i128::from(factor) * figure.minor;
        figure.terms.iter().for_each(|(slice, count)| add_term(&mut total.terms, *slice, factor * count));
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

/// A key as a label: `lightning-talks` is "Lightning talks".
fn spoken(key: &str) -> String {
    let mut label = key.replace('-', " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    label
}
