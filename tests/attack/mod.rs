//! A reader who tries: linear programmes over every single amount, in floating point, by a solver that is not ours.

#![allow(clippy::unwrap_used, clippy::float_arithmetic, dead_code)]

use std::collections::BTreeMap;

use bursar::disclosure::{Amount, FigureNo, Holder, HolderNo, Protection, Rules, System};
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

/// What is asked of a contributor: unknowns with weights.
pub type Weights = BTreeMap<usize, i64>;

/// A contributor with protected amounts.
pub fn organisation(party: i64) -> Holder {
    Holder { party, protection: Protection::Interval, person: false, outside: true }
}

/// An amount by contributor, the figures it is once in, and minor units.
pub fn once(holder: HolderNo, figures: &[FigureNo], minor: i128) -> Amount {
    Amount { holder, coefficients: figures.iter().map(|f| (*f, 1)).collect(), minor }
}

/// The least and the most that readers who know their own amounts can think the sum to be.
pub fn bounds(
    system: &System,
    figures: &[FigureNo],
    holder: HolderNo,
    weights: &Weights,
    readers: &[HolderNo],
) -> (f64, f64) {
    let least = extreme(system, figures, holder, weights, readers, OptimizationDirection::Minimize);
    let most = extreme(system, figures, holder, weights, readers, OptimizationDirection::Maximize);
    (least.unwrap_or(f64::NEG_INFINITY), most.unwrap_or(f64::INFINITY))
}

fn extreme(
    system: &System,
    figures: &[FigureNo],
    holder: HolderNo,
    weights: &Weights,
    readers: &[HolderNo],
    direction: OptimizationDirection,
) -> Option<f64> {
    let mut problem = Problem::new(direction);
    let mut rows = vec![(Vec::new(), 0_i128); system.figures.len()];
    for (u, unknown) in system.unknowns.iter().enumerate() {
        for (who, minor) in unknown.holders.iter().filter(|(who, _)| !readers.contains(who)) {
            let weight = if *who == holder { weights.get(&u).copied().unwrap_or(0) } else { 0 };
            let variable = problem.add_var(weight as f64, (0.0, f64::INFINITY));
            for (figure, coefficient) in &unknown.coefficients {
                rows[*figure].0.push((variable, *coefficient as f64));
                rows[*figure].1 += i128::from(*coefficient) * minor;
            }
        }
    }
    for figure in figures {
        let (row, sum) = &rows[*figure];
        if !row.is_empty() {
            problem.add_constraint(row, ComparisonOp::Eq, *sum as f64);
        }
    }
    match problem.solve() {
        Ok(solved) => Some(solved.into_solution().unwrap().objective()),
        Err(Error::Unbounded) => None,
        Err(other) => panic!("{other}"),
    }
}

/// Whether figures and the readers' own amounts leave only one value of a sum, whatever the other amounts are.
pub fn is_exact(
    system: &System,
    figures: &[FigureNo],
    holder: HolderNo,
    weights: &Weights,
    readers: &[HolderNo],
) -> bool {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut rows = vec![Vec::new(); system.figures.len()];
    for (u, unknown) in system.unknowns.iter().enumerate() {
        for who in unknown.holders.keys().filter(|who| !readers.contains(who)) {
            let weight = if *who == holder { weights.get(&u).copied().unwrap_or(0) } else { 0 };
            let variable = problem.add_var(weight as f64, (-1.0, 1.0));
            for (figure, coefficient) in &unknown.coefficients {
                rows[*figure].push((variable, *coefficient as f64));
            }
        }
    }
    for figure in figures.iter().filter(|figure| !rows[**figure].is_empty()) {
        problem.add_constraint(&rows[*figure], ComparisonOp::Eq, 0.0);
    }
    problem.solve().unwrap().into_solution().unwrap().objective() < 1e-6
}

/// Someone outside, every other outside contributor, and declared coalitions.
pub fn readers_of(system: &System, rules: &Rules, holder: HolderNo) -> Vec<Vec<HolderNo>> {
    let mut readers = vec![Vec::new()];
    readers.extend((0..system.holders.len()).filter(|h| *h != holder && system.holders[*h].outside).map(|h| vec![h]));
    readers.extend(rules.coalitions.iter().filter(|group| !group.contains(&holder)).cloned());
    readers
}
