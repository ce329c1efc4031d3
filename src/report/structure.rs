//! How the figures of a statement add up, for readers: a total is the sum of lines, a last column of the others. What
//! adds up is decided by what figures are made of, not by how they look.
//!
//! A statement of the treasurer's is shown whole: there a row that tells which rows it sums is taken at its word, and in
//! lists, whose rows do not tell what they are made of, a total is the lines above it, or two totals before it. In what
//! others are shown, rows were joined and figures withheld.

use std::collections::BTreeMap;

use super::Audience;
use super::statement::{Behind, Cell, RowKind, Statement};
use crate::books::Slice;

/// A figure by row and column, and the figures that it is the sum of, each with its sign.
pub type Sum = ((usize, usize), Vec<((usize, usize), i64)>);

type Made = BTreeMap<Slice, i64>;

/// The sums of a statement.
#[must_use]
pub fn sums(statement: &Statement) -> Vec<Sum> {
    let made: Vec<Vec<Option<Made>>> = statement
        .rows
        .iter()
        .map(|row| (0..row.cells.len()).map(|c| row.behind.get(c).and_then(of)).collect())
        .collect();
    let whole = statement.audience == Audience::Treasurer;
    let mut list = Vec::new();
    for (r, row) in statement.rows.iter().enumerate() {
        let told = if whole { told(statement, r) } else { None };
        for c in 0..row.cells.len() {
            let told = told.as_ref().map(|rows| rows.iter().map(|(row, sign)| ((*row, c), *sign)).collect());
            let Some(wanted) = &made[r][c] else {
                let down = told.or_else(|| if whole { as_it_stands(statement, r, c) } else { None });
                list.extend(down.map(|parts| ((r, c), parts)));
                continue;
            };
            let across = if wanted.is_empty() { None } else { across(&made, r, c, wanted) };
            let down = told.or_else(|| match row.kind {
                RowKind::Total if !wanted.is_empty() => down(statement, &made, r, c, wanted),
                _ => None,
            });
            list.extend(across.map(|parts| ((r, c), parts)));
            list.extend(down.map(|parts| ((r, c), parts)));
        }
    }
    list
}

/// The rows that a row says it sums.
fn told(statement: &Statement, r: usize) -> Option<Vec<(usize, i64)>> {
    let of = &statement.rows[r].sum_of;
    let place =
        |key: &String| statement.rows[..r].iter().position(|row| row.key == *key && row.kind != RowKind::Heading);
    let rows: Option<Vec<_>> = of.iter().map(|(key, sign)| Some((place(key)?, *sign))).collect();
    rows.filter(|rows| !rows.is_empty())
}

fn of(behind: &Behind) -> Option<Made> {
    let Behind::Postings(terms) = behind else { return None };
    let mut made = Made::new();
    for term in terms {
        add(&mut made, term.slice, term.factor);
    }
    Some(made)
}

fn add(made: &mut Made, slice: Slice, factor: i64) {
    let sum = made.entry(slice).or_default();
    *sum += factor;
    if *sum == 0 {
        made.remove(&slice);
    }
}

fn plus(made: &Made, other: &Made, sign: i64) -> Made {
    let mut sum = made.clone();
    other.iter().for_each(|(slice, factor)| add(&mut sum, *slice, sign * factor));
    sum
}

/// The columns before it, when they add up to it.
fn across(made: &[Vec<Option<Made>>], r: usize, c: usize, wanted: &Made) -> Option<Vec<((usize, usize), i64)>> {
    if c < 2 {
        return None;
    }
    let (mut sum, mut parts) = (Made::new(), Vec::new());
    for (other, part) in made[r].iter().enumerate().take(c) {
        let Some(part) = part else { continue };
        sum = plus(&sum, part, 1);
        parts.push(((r, other), 1));
    }
    (sum == *wanted && parts.len() > 1).then_some(parts)
}

/// The lines above it, or two totals above it, when they add up to it.
fn down(
    statement: &Statement,
    made: &[Vec<Option<Made>>],
    r: usize,
    c: usize,
    wanted: &Made,
) -> Option<Vec<((usize, usize), i64)>> {
    let (mut sum, mut parts) = (Made::new(), Vec::new());
    for above in (0..r).rev() {
        if statement.rows[above].kind == RowKind::Total {
            break;
        }
        let Some(part) = made[above].get(c).and_then(Option::as_ref) else { continue };
        sum = plus(&sum, part, 1);
        parts.push(((above, c), 1));
        if sum == *wanted {
            return Some(parts);
        }
    }
    let figures: Vec<usize> = (0..r).filter(|above| made[*above].get(c).is_some_and(Option::is_some)).collect();
    for (i, first) in figures.iter().enumerate() {
        for second in &figures[i + 1..] {
            for sign in [1, -1] {
                let (Some(a), Some(b)) = (&made[*first][c], &made[*second][c]) else { continue };
                if plus(a, b, sign) == *wanted {
                    return Some(vec![((*first, c), 1), ((*second, c), sign)]);
                }
            }
        }
    }
    None
}

/// The lines above a total that nothing is known of, or two totals before it, when the amounts add up to it.
fn as_it_stands(statement: &Statement, r: usize, c: usize) -> Option<Vec<((usize, usize), i64)>> {
    let row = &statement.rows[r];
    let amount = |row: usize| match statement.rows[row].cells.get(c) {
        Some(Cell::Money(minor)) => Some(*minor),
        Some(Cell::Count(count)) => Some(i128::from(*count)),
        _ => None,
    };
    let wanted = amount(r).filter(|_| row.kind == RowKind::Total && row.behind.is_empty())?;
    let is_total = |above: &usize| statement.rows[*above].kind == RowKind::Total;
    let first = (0..r).rev().find(is_total).map_or(0, |total| total + 1);
    let lines: Vec<(usize, i128)> = (first..r).filter_map(|line| Some((line, amount(line)?))).collect();
    if !lines.is_empty() && lines.iter().map(|(_, minor)| minor).sum::<i128>() == wanted {
        return Some(lines.into_iter().map(|(line, _)| ((line, c), 1)).collect());
    }
    let totals: Vec<(usize, i128)> =
        (0..r).filter(is_total).filter_map(|total| Some((total, amount(total)?))).collect();
    totals.iter().enumerate().find_map(|(i, (first, a))| {
        totals[i + 1..].iter().find_map(|(second, b)| {
            let sign = [1, -1].into_iter().find(|sign| a + i128::from(*sign) * b == wanted)?;
            Some(vec![((*first, c), 1), ((*second, c), sign)])
        })
    })
}
