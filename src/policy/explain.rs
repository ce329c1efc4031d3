//! Where a figure of a comparison comes from: the documents behind it, or the formula and what went into it.

use std::collections::BTreeMap;

use super::{Comparison, Part, PolicyError, Source, Under, Year};
use crate::ledger::Coordinate;
use crate::report::{Admissions, Audience, Cell, Column, ColumnKind, Covers, Row, RowKind, Side, Statement};

/// What stands below documents.
const ALIKE: &str = "Each line is documents that are alike: how often, and what each brings.";

/// A figure, its formula in words, and the figures that go into it: added, or (false) taken off.
type Formula = (&'static str, &'static str, &'static [(&'static str, bool)]);

/// Figures that follow from other figures of the comparison, with a sign each, or by a formula in words.
const FORMULAS: [Formula; 7] = [
    ("result", "revenue less cost", &[("total-revenue", true), ("total-cost", false)]),
    ("cost-per-head", "cost by admissions, to the nearest", &[("total-cost", true), ("heads", true)]),
    ("result-per-paying", "result by paying attendees, to the nearest", &[("result", true), ("paying", true)]),
    ("restricted-aid", "ticket aid whose fund a donor restricts", &[("ticket-aid", true)]),
    ("pool", "the pools of the event in the books, or the policy's own", &[]),
    ("to-come", "what contracts owe for those who come, less bills and deposits so far", &[("heads", true)]),
    ("stress-margin", "what is left, less hard costs", &[("stress-left", true), ("stress-hard", false)]),
];

/// What the difference of two policies is made of: a figure, how it is reckoned, and the figures that it sums.
const DIFFERENCES: [(&str, &str, &[&str]); 10] = [
    ("given-up", "what all admissions paid under the first policy, less what they pay under the second", &[]),
    ("fees-saved", "fees under the second policy, less those under the first", &[]),
    ("other-heads", "what contracts charge a head under the second policy, less that under the first", &[]),
    ("speakers-paid", "what the second policy pays speakers, less what the first pays", &[]),
    ("given", "what the second policy gives of a surplus, less what the first gives", &[]),
    ("other", "what of the cost is none of the above: aid in money, for one", &[]),
    (
        "cost-to-result",
        "the lines above it",
        &["given-up", "fees-saved", "other-heads", "speakers-paid", "given", "other"],
    ),
    ("aid-freed", "ticket aid from unrestricted funds under the second policy, less that under the first", &[]),
    ("cost-after-aid", "the two lines above it", &["cost-to-result", "aid-freed"]),
    (
        "restricted-aid-freed",
        "ticket aid from restricted funds under the first policy, less that under the second",
        &[],
    ),
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
    if let Some(page) = of_difference(comparison, key) {
        return Ok(vec![page]);
    }
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
        Some(shares) => {
            let mut rows = of_documents(&shares, matches!(key, "heads" | "paying"));
            let mut note = ALIKE.to_owned();
            if let Some((role, tier)) = key.strip_prefix("pays-").and_then(|key| key.split_once('-')) {
                let number = under.paid_by(role, tier).0;
                rows.push(Row::plain(
                    "admissions",
                    "Admissions",
                    1,
                    RowKind::Line,
                    vec![Cell::Count(number), Cell::Empty, Cell::Empty],
                ));
                note.push_str(" The figure is their sum by the number of admissions.");
            }
            (rows, note)
        }
        None => of_means(comparison, under, key).unwrap_or_else(|| of_formula(comparison, column, key)),
    };
    let mut rows = rows;
    let shown = wanted.and_then(|row| row.cells.get(column)).cloned().unwrap_or(Cell::Empty);
    rows.push(Row::plain("figure", label, 0, RowKind::Total, vec![Cell::Empty, Cell::Empty, shown]));
    let title = format!("{label}, {}, {}", under.policy.name, year.event().name);
    Ok(page(comparison, title, rows, note))
}

fn page(comparison: &Comparison, title: String, rows: Vec<Row>, note: String) -> Statement {
    Statement {
        key: "explain".to_owned(),
        title,
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
    }
}

/// A figure that is reckoned from others which no row of the comparison shows.
fn of_means(comparison: &Comparison, under: &Under, key: &str) -> Option<(Vec<Row>, String)> {
    let (figures, stressed) = (&under.outcome.figures, under.stressed);
    let (words, parts): (&str, Vec<(&str, Cell)>) = match key {
        "against-first" => {
            let first = comparison.columns.first()?.outcome.figures.result();
            let parts =
                vec![("Result", Cell::Money(figures.result())), ("less that of the first policy", Cell::Money(-first))];
            ("the result less that of the first policy", parts)
        }
        "price-per-paying" => {
            let (paying, paid) = figures.paying();
            let parts = vec![("Paid by them", Cell::Money(paid)), ("Paying attendees", Cell::Count(paying))];
            ("what paying attendees pay, by their number, to the nearest", parts)
        }
        "pool-left" => {
            let (pool, tickets, grants) = under.pool_parts();
            let parts = vec![
                ("Aid pool", Cell::Money(pool)),
                ("less ticket aid", Cell::Money(-tickets)),
                ("less aid in money", Cell::Money(-grants)),
            ];
            ("the pool less ticket aid and aid in money; a policy's own pool is given away in money", parts)
        }
        "stress-left" => {
            let parts = vec![
                ("Revenue under the dips", Cell::Money(stressed.revenue)),
                ("less fees, and what contracts charge a head above the minimum", Cell::Money(-stressed.shrinking())),
            ];
            ("revenue under the dips, less what shrinks with it", parts)
        }
        "stress-hard" => {
            let parts = vec![
                ("Cost under the dips", Cell::Money(stressed.revenue - stressed.result)),
                ("less what shrinks", Cell::Money(-stressed.shrinking())),
                ("less aid in money", Cell::Money(-stressed.aid)),
                ("less what is given of a surplus", Cell::Money(-stressed.given)),
            ];
            ("cost under the dips, less what shrinks, aid in money and what is given", parts)
        }
        _ => return None,
    };
    let row = |(i, (label, cell)): (usize, (&str, Cell))| {
        Row::plain(format!("from-{}", i + 1), label, 1, RowKind::Line, vec![Cell::Empty, Cell::Empty, cell])
    };
    Some((parts.into_iter().enumerate().map(row).collect(), format!("Formula: {words}.")))
}

/// What the difference of two policies is made of: one page, since it is of both.
fn of_difference(comparison: &Comparison, key: &str) -> Option<Statement> {
    let wanted =
        comparison.statement.rows.iter().find(|row| row.key == key && row.cells.first() == Some(&Cell::Empty))?;
    let (_, words, parts) = DIFFERENCES.iter().find(|(known, ..)| *known == key)?;
    let last = |row: &Row| vec![Cell::Empty, Cell::Empty, row.cells.last().cloned().unwrap_or(Cell::Empty)];
    let is_part = |row: &&Row| parts.contains(&row.key.as_str()) && row.cells.first() == Some(&Cell::Empty);
    let part = |row: &Row| Row::plain(row.key.clone(), row.label.clone(), 1, RowKind::Line, last(row));
    let mut rows: Vec<Row> = comparison.statement.rows.iter().filter(is_part).map(part).collect();
    rows.push(Row::plain("figure", wanted.label.clone(), 0, RowKind::Total, last(wanted)));
    let [first, second] = comparison.columns.as_slice() else { return None };
    let title = format!("{}, {} against {}", wanted.label, second.policy.name, first.policy.name);
    Some(page(comparison, title, rows, format!("Formula: {words}.")))
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
        Source::Policy(purpose) => format!("by the policy: {}", purpose.word()),
        Source::Budget => "budgeted, not billed or contracted yet".to_owned(),
        Source::Entries => "entries without a document".to_owned(),
    }
}

/// A row for each kind of document; `people`: what is counted are people, not minor units.
fn of_documents(shares: &[Share], people: bool) -> Vec<Row> {
    let cell = |number: i128| {
        if people { Cell::Count(i64::try_from(number).unwrap_or(i64::MAX)) } else { Cell::Money(number) }
    };
    let row = |(i, share): (usize, &Share)| {
        let cells = vec![Cell::Count(share.count), cell(share.each), cell(share.each * i128::from(share.count))];
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
        _ => ("the figure itself", Vec::new()),
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
