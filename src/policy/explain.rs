//! Where a figure of a comparison comes from: the documents behind it, or the formula and what went into it.

use std::collections::BTreeMap;

use super::{Comparison, Part, PolicyError, Source, Under, Year};
use crate::ledger::Coordinate;
use crate::report::{Admissions, Audience, Cell, Column, ColumnKind, Covers, Row, RowKind, Side, Statement};

/// A figure, its formula in words, and the figures that go into it: added, or (false) taken off.
type Formula = (&'static str, &'static str, &'static [(&'static str, bool)]);

/// Figures that follow from other figures of the comparison, with a sign each, or by a formula in words.
const FORMULAS: [Formula; 13] = [
    ("result", "revenue less cost", &[("total-revenue", true), ("total-cost", false)]),
    ("against-first", "the result less that of the first policy", &[("result", true)]),
    ("cost-per-head", "cost by admissions, to the nearest", &[("total-cost", true), ("heads", true)]),
    ("price-per-paying", "what paying attendees pay, by their number", &[("paying", true)]),
    ("result-per-paying", "result by paying attendees, to the nearest", &[("result", true), ("paying", true)]),
    ("restricted-aid", "ticket aid whose fund a donor restricts", &[("ticket-aid", true)]),
    ("pool", "the pools of the event in the books, or the policy's own", &[]),
    ("pool-left", "the pool less ticket aid and grants", &[("pool", true), ("ticket-aid", false)]),
    ("to-come", "what contracts owe for those who come, less bills and deposits so far", &[("heads", true)]),
    ("stress-left", "revenue under the dips, less fees and what contracts charge a head above their minimum", &[]),
    ("stress-hard", "cost under the dips, less what shrinks and aid in money", &[]),
    ("stress-margin", "what is left, less hard costs", &[("stress-left", true), ("stress-hard", false)]),
    ("cost-to-result", "the result of the first policy less that of the second", &[("result", true)]),
];

/// Documents that are alike: how often, and what each of them brings.
struct Share {
    label: String,
    count: i64,
    each: i128,
}

/// Explains a figure under each policy of a comparison, a statement each.
///
/// # Errors
/// [`PolicyError::NoFigure`].
pub fn explain(year: &Year, comparison: &Comparison, key: &str) -> Result<Vec<Statement>, PolicyError> {
    let key = comparison.key(key)?;
    comparison.columns.iter().enumerate().map(|(i, under)| of_column(year, comparison, i, under, key)).collect()
}

fn of_column(
    year: &Year,
    comparison: &Comparison,
    column: usize,
    under: &Under,
    key: &str,
) -> Result<Statement, PolicyError> {
    let wanted = comparison.statement.row(key);
    let label = wanted.map_or(key, |row| row.label.as_str());
    let (rows, note) = match documents(year, under, key) {
        Some(shares) => (
            of_documents(&shares),
            "Each line is documents that are alike: how often, and what each brings.".to_owned(),
        ),
        None => of_formula(comparison, column, key),
    };
    let mut rows = rows;
    let shown = wanted.and_then(|row| row.cells.get(column)).cloned().unwrap_or(Cell::Empty);
    rows.push(Row::plain("figure", label, 0, RowKind::Total, vec![Cell::Empty, Cell::Empty, shown]));
    Ok(Statement {
        key: "explain".to_owned(),
        title: format!("{label}, {}, {}", under.policy.name, year.event().name),
        entity: comparison.statement.entity.clone(),
        events: comparison.statement.events.clone(),
        period: None,
        audience: Audience::Treasurer,
        currency: comparison.statement.currency,
        columns: vec![
            Column::new("number", "Number", ColumnKind::Count),
            Column::new("each", "Each", ColumnKind::Money),
            Column::new("amount", "Amount", ColumnKind::Money),
        ],
        rows,
        notes: vec![note],
        covers: comparison.statement.covers.map(|covers| Covers { ..covers }),
    })
}

/// What documents bring to a figure, alike together, largest first; `None` when it is no sum of documents.
fn documents(year: &Year, under: &Under, key: &str) -> Option<Vec<Share>> {
    let event = year.event().code;
    let line = under.outcome.figures.lines.iter().find(|line| line.key == key);
    let brings: Box<dyn Fn(&Part) -> i128> = match (line, key) {
        (Some(line), _) => {
            let sign = if line.side == Side::Cost { 1 } else { -1 };
            let places: Vec<Coordinate> = line.places.clone();
            Box::new(move |part| {
                let theirs = part.effect.postings.iter().filter(|((at, _), _)| places.contains(at));
                sign * theirs.map(|(_, minor)| i128::from(*minor)).sum::<i128>()
            })
        }
        (None, "heads" | "paying") => {
            let all = key == "heads";
            counted(move |part| admissions(part, event).filter(|a| all || a.pays()).map(|a| i128::from(a.count)).sum())
        }
        (None, "ticket-aid" | "waived") => {
            let kind = if key == "waived" { "waiver" } else { "ticket-aid" };
            counted(move |part| {
                let theirs = part.effect.tallies.iter().filter(|(k, ..)| k.kind == kind && k.event == Some(event));
                theirs.map(|(.., amount)| i128::from(*amount)).sum()
            })
        }
        _ => {
            let (role, tier) = key.strip_prefix("pays-")?.split_once('-')?;
            let (role, tier) = (role.to_owned(), tier.to_owned());
            counted(move |part| {
                let of_tier = |a: &Admissions| if a.tier.is_empty() { a.ticket == tier } else { a.tier == tier };
                admissions(part, event).filter(|a| a.role == role && of_tier(a)).map(|a| a.net).sum()
            })
        }
    };
    let mut shares: BTreeMap<(String, i128), i64> = BTreeMap::new();
    for part in &under.outcome.parts {
        let each = brings(part);
        if each != 0 {
            *shares.entry((named(&part.source), each)).or_default() += part.count;
        }
    }
    let mut shares: Vec<Share> =
        shares.into_iter().map(|((label, each), count)| Share { label, count, each }).collect();
    shares.sort_by_key(|share| std::cmp::Reverse((share.each * i128::from(share.count)).abs()));
    Some(shares)
}

fn counted(brings: impl Fn(&Part) -> i128 + 'static) -> Box<dyn Fn(&Part) -> i128> {
    Box::new(brings)
}

fn admissions(part: &Part, event: crate::ledger::Slug) -> impl Iterator<Item = Admissions> {
    let all = part.effect.tallies.iter();
    all.filter_map(move |(key, count, net)| Admissions::of(event, key, *count, i128::from(*net)))
        .filter(Admissions::is_confirmed)
}

fn named(source: &Source) -> String {
    let list = |codes: &[crate::ledger::Slug]| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match source {
        Source::Documents(codes) => format!("as recorded, like {}", list(codes)),
        Source::Changed(codes) => format!("changed, like {}", list(codes)),
        Source::More(codes) => format!("more people, like {}", list(codes)),
        Source::Policy(what) => format!("by the policy: {what}"),
        Source::Budget => "budgeted, not billed or contracted yet".to_owned(),
        Source::Entries => "entries without a document".to_owned(),
    }
}

fn of_documents(shares: &[Share]) -> Vec<Row> {
    let row = |(i, share): (usize, &Share)| {
        let cells =
            vec![Cell::Count(share.count), Cell::Money(share.each), Cell::Money(share.each * i128::from(share.count))];
        Row::plain(format!("part-{}", i + 1), share.label.clone(), 1, RowKind::Line, cells)
    };
    shares.iter().enumerate().map(row).collect()
}

fn of_formula(comparison: &Comparison, column: usize, key: &str) -> (Vec<Row>, String) {
    let formula = FORMULAS.iter().find(|(known, ..)| *known == key);
    let of_totals = |side: &str| {
        let from = comparison.statement.rows.iter().position(|row| row.key == side).map_or(0, |i| i + 1);
        let lines = comparison.statement.rows[from..].iter().take_while(|row| row.kind == RowKind::Line);
        lines.map(|row| (row.key.clone(), true)).collect::<Vec<_>>()
    };
    let (words, parts) = match (key, formula) {
        ("total-revenue", _) => ("the lines above it", of_totals("revenue")),
        ("total-cost", _) => ("the lines above it", of_totals("cost")),
        (_, Some((_, words, parts))) => (*words, parts.iter().map(|(key, plus)| ((*key).to_owned(), *plus)).collect()),
        _ => ("the first policy's figure beside the second's", Vec::new()),
    };
    let rows = parts.into_iter().filter_map(|(part, plus)| {
        let row = comparison.statement.row(&part)?;
        let cell = row.cells.get(column)?.clone();
        let (label, cell) = match cell {
            Cell::Money(minor) if !plus => (format!("less {}", row.label), Cell::Money(-minor)),
            cell => (row.label.clone(), cell),
        };
        Some(Row::plain(part, label, 1, RowKind::Line, vec![Cell::Empty, Cell::Empty, cell]))
    });
    (rows.collect(), format!("Formula: {words}."))
}
