//! Lines that are too small to be shown become part of the line that the chart names for that: a reader then sees an exact
//! figure of both instead of none.

use std::collections::BTreeMap;

use super::review::Reviewed;
use crate::books::{BooksError, Setup};
use crate::report::{Behind, Cell, Row, RowKind, Statement};

/// The statements with withheld lines merged; `None` when there is nothing to merge.
///
/// # Errors
/// What the setup lacks.
pub(super) fn merged(
    setup: &Setup,
    statements: &[Statement],
    figures: &[Reviewed],
) -> Result<Option<Vec<Statement>>, BooksError> {
    let lines = &setup.chart()?.lines;
    let mut result = statements.to_vec();
    let mut changed = false;
    for (s, statement) in result.iter_mut().enumerate() {
        let refers = |row: &Row| row.behind.iter().any(|behind| matches!(behind, Behind::Figures(_)));
        if statement.rows.iter().any(refers) {
            continue;
        }
        let withheld = |r: usize| {
            let of = |c: usize| figures.iter().any(|f| f.place == (s, r, c) && f.reason.is_some());
            (0..statement.columns.len()).any(of)
        };
        // By the line they become part of, the small rows from top to bottom.
        let mut small: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (r, row) in statement.rows.iter().enumerate() {
            let target = lines.iter().find(|line| line.key == row.key).and_then(|line| line.merge.as_deref());
            if let (RowKind::Line, Some(target), true) = (row.kind, target, withheld(r)) {
                small.entry(target).or_default().push(r);
            }
        }
        let mut gone: Vec<usize> = Vec::new();
        for (target, rows) in small {
            let there = statement.rows.iter().position(|row| row.key == target && row.kind == RowKind::Line);
            let (into, others): (usize, Vec<usize>) = match (there, rows.as_slice()) {
                (Some(there), _) => {
                    (there, rows.iter().copied().filter(|r| *r != there && !gone.contains(r)).collect())
                }
                // Where the line is not there yet, two that become part of it make it.
                (None, [first, rest @ ..]) if !rest.is_empty() => (*first, rest.to_vec()),
                (None, _) => continue,
            };
            if others.is_empty() || gone.contains(&into) {
                continue;
            }
            for other in &others {
                let row = statement.rows[*other].clone();
                add(&mut statement.rows[into], &row);
            }
            let parts: Vec<String> = others.iter().chain(&[into]).map(|r| statement.rows[*r].label.clone()).collect();
            if let Some(line) = lines.iter().find(|line| line.key == target) {
                let parts = parts.into_iter().filter(|label| *label != line.label).collect::<Vec<_>>().join(", ");
                statement.notes.push(format!("Part of \"{}\": {parts}.", line.label));
                (statement.rows[into].key, statement.rows[into].label) = (line.key.clone(), line.label.clone());
            }
            gone.extend(others);
            changed = true;
        }
        gone.sort_unstable();
        for r in gone.into_iter().rev() {
            statement.rows.remove(r);
        }
    }
    Ok(changed.then_some(result))
}

fn add(row: &mut Row, other: &Row) {
    for (cell, more) in row.cells.iter_mut().zip(&other.cells) {
        if let (Cell::Money(minor), Cell::Money(more)) = (cell, more) {
            *minor += more;
        }
    }
    for (behind, more) in row.behind.iter_mut().zip(&other.behind) {
        if let (Behind::Postings(terms), Behind::Postings(more)) = (behind, more) {
            terms.extend(more);
        }
    }
}
