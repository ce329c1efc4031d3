//! The columns of a statement: which window each covers, and which amounts it takes.

use super::Request;
use crate::books::Setup;
use crate::calendar::{ALL_DAYS, Date, Window};
use crate::ledger::{AccountType, ColumnLayout, Coordinate, Function, Layout, Measure, Restriction, Slug};

/// A column and how it is filled.
pub(super) struct ColumnSpec {
    pub key: String,
    pub label: String,
    pub part: Part,
    /// Whether it stands there only when something stands in it.
    pub optional: bool,
}

/// How a column is filled.
pub(super) enum Part {
    /// With amounts of a window.
    Window {
        window: Window,
        take: Take,
        /// What it measures, whatever a row does.
        measure: Option<Measure>,
        /// Only these events; otherwise those asked for.
        events: Option<Vec<Slug>>,
    },
    /// The first column less the second.
    Change,
}

/// Which amounts a column takes.
pub(super) enum Take {
    All,
    Restricted(bool),
    RestrictedButNotPerpetual,
    Perpetual,
    Program(Option<Slug>),
    Function(Option<Function>),
    Fund(Slug),
    FormColumn(char),
    /// What this movement of the layout is the first to take; one beyond the last takes the rest.
    Movement(usize),
}

/// The columns of a layout for a request. `used` tells which programs and funds have something in them.
pub(super) fn columns(
    setup: &Setup,
    layout: &Layout,
    request: &Request,
    used: &[(Coordinate, AccountType)],
) -> Vec<ColumnSpec> {
    let mut list = List { window: request.window, columns: Vec::new() };
    let label = |own: &Option<String>, usual: &str| own.clone().unwrap_or_else(|| usual.to_owned());
    let whole = request.label.clone().unwrap_or_else(|| period_label(layout.measure, request.window));
    let split = if request.total { ColumnLayout::Total } else { layout.columns };
    match (split, layout.columns) {
        (_, ColumnLayout::RollForward) => {
            list.measured("opening", "Opening", Take::All, Measure::Opening);
            for (i, movement) in layout.movements.iter().enumerate() {
                list.add(&movement.key, &movement.label, Take::Movement(i));
                list.last_is_optional();
            }
            list.add("other", "Other", Take::Movement(layout.movements.len()));
            list.last_is_optional();
            list.measured("closing", "Closing", Take::All, Measure::Closing);
        }
        (_, ColumnLayout::BeginningEnd) => {
            list.measured("beginning", "Beginning", Take::All, Measure::Opening);
            list.measured("end", "End", Take::All, Measure::Closing);
        }
        (ColumnLayout::Restriction, _) => {
            list.add("without", &label(&layout.without, "Without donor restrictions"), Take::Restricted(false));
            list.add("with", &label(&layout.with, "With donor restrictions"), Take::Restricted(true));
            list.add("total", if request.compare.is_empty() { "Total" } else { &whole }, Take::All);
        }
        (ColumnLayout::Class, _) => {
            list.add("without", &label(&layout.without, "Unrestricted funds"), Take::Restricted(false));
            list.add("with", &label(&layout.with, "Restricted funds"), Take::RestrictedButNotPerpetual);
            if setup.funds().iter().any(|fund| fund.restriction == Restriction::Perpetual) {
                list.add("endowment", &label(&layout.endowment, "Endowment funds"), Take::Perpetual);
            }
            list.add("total", if request.compare.is_empty() { "Total" } else { &whole }, Take::All);
        }
        (ColumnLayout::Function, _) => functions(setup, &mut list, used),
        (ColumnLayout::Fund, _) => {
            for fund in setup.funds().iter().filter(|fund| used.iter().any(|(at, _)| at.fund == fund.code)) {
                list.add(&format!("fund:{}", fund.code), &fund.name, Take::Fund(fund.code));
                list.last_is_optional();
            }
            list.add("total", "Total", Take::All);
        }
        (ColumnLayout::FormRevenue, _) => {
            list.add("total", "(A) Total", Take::All);
            for (column, text) in [('B', "(B) Related"), ('C', "(C) Unrelated"), ('D', "(D) Excluded")] {
                list.add(&column.to_lowercase().to_string(), text, Take::FormColumn(column));
            }
        }
        (ColumnLayout::FormFunctions, _) => {
            list.add("total", "(A) Total", Take::All);
            list.add("program", "(B) Program service", Take::Function(Some(Function::Program)));
            list.add("management", "(C) Management and general", Take::Function(Some(Function::Management)));
            list.add("fundraising", "(D) Fundraising", Take::Function(Some(Function::Fundraising)));
            list.add("no-function", "No function", Take::Function(None));
            list.last_is_optional();
        }
        _ => list.add("total", &whole, Take::All),
    }
    let base = list.columns.len();
    for (i, compare) in request.compare.iter().enumerate() {
        list.columns.push(ColumnSpec {
            key: format!("compare-{}", i + 1),
            label: compare.label.clone(),
            part: Part::Window {
                window: compare.window,
                take: Take::All,
                measure: matches!(layout.columns, ColumnLayout::RollForward | ColumnLayout::BeginningEnd)
                    .then_some(Measure::Closing),
                events: compare.event.map(|event| vec![event]),
            },
            optional: false,
        });
    }
    if base == 1 && request.compare.len() == 1 {
        let (key, label, optional) = ("change".to_owned(), "Change".to_owned(), false);
        list.columns.push(ColumnSpec { key, label, part: Part::Change, optional });
    }
    list.columns
}

/// One column a program, then their total, management, fundraising, what has no function, and all.
fn functions(setup: &Setup, list: &mut List, used: &[(Coordinate, AccountType)]) {
    let programs =
        || used.iter().filter(|(at, kind)| *kind == AccountType::Expense && at.function == Some(Function::Program));
    for event in setup.events() {
        if programs().any(|(at, _)| at.event == Some(event.code)) {
            list.add(&format!("program:{}", event.code), &event.name, Take::Program(Some(event.code)));
        }
    }
    if programs().any(|(at, _)| at.event.is_none()) {
        list.add("programs-other", "Other programs", Take::Program(None));
    }
    if list.columns.len() > 1 {
        list.add("programs", "Total program", Take::Function(Some(Function::Program)));
    }
    list.add("management", "Management and general", Take::Function(Some(Function::Management)));
    list.last_is_optional();
    list.add("fundraising", "Fundraising", Take::Function(Some(Function::Fundraising)));
    list.last_is_optional();
    list.add("no-function", "No function", Take::Function(None));
    list.last_is_optional();
    list.add("total", "Total", Take::All);
}

/// Columns of one window.
struct List {
    window: Window,
    columns: Vec<ColumnSpec>,
}

impl List {
    fn add(&mut self, key: &str, label: &str, take: Take) {
        self.push(key, label, take, None);
    }

    fn measured(&mut self, key: &str, label: &str, take: Take, measure: Measure) {
        self.push(key, label, take, Some(measure));
    }

    fn push(&mut self, key: &str, label: &str, take: Take, measure: Option<Measure>) {
        let part = Part::Window { window: self.window, take, measure, events: None };
        self.columns.push(ColumnSpec { key: key.to_owned(), label: label.to_owned(), part, optional: false });
    }

    fn last_is_optional(&mut self) {
        if let Some(column) = self.columns.last_mut() {
            column.optional = true;
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
