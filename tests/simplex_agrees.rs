//! The exact solver of linear programmes against one in floating point, and against its own proof.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, clippy::cast_precision_loss, missing_docs)]

use bursar::disclosure::{Fraction, Optimum, Outcome, Program, TooBig};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use num_bigint::BigInt;
use proptest::prelude::*;

/// A fraction of any size; the denominator is above zero and not reduced.
#[derive(Clone, Debug)]
struct Big(BigInt, BigInt);

impl Big {
    fn whole(number: impl Into<BigInt>) -> Self {
        Self(number.into(), BigInt::from(1))
    }

    fn of(fraction: Fraction) -> Self {
        assert!(fraction.denominator > 0);
        Self(fraction.numerator.into(), fraction.denominator.into())
    }

    /// The sum of fractions times whole numbers.
    fn sum(terms: impl Iterator<Item = (Fraction, BigInt)>) -> Self {
        terms.fold(Self::whole(0), |Self(top, bottom), (by, number)| {
            Self(top * by.denominator + number * by.numerator * &bottom, bottom * by.denominator)
        })
    }

    fn less(&self, other: &Self) -> BigInt {
        &self.0 * &other.1 - &other.0 * &self.1
    }
}

/// What an optimum promises: `x` satisfies every equation, both sides of the duality have the value, and no column
/// could improve it. All of it exactly.
fn proves(program: &Program, least: bool, optimum: &Optimum) -> Result<(), TestCaseError> {
    let zero = BigInt::from(0);
    let mut x = vec![Fraction { numerator: 0, denominator: 1 }; program.columns];
    for (column, value) in &optimum.x {
        prop_assert!(value.numerator > 0, "column {} is {:?}", column, value);
        x[*column] = *value;
    }
    let value = |row: &[(usize, i64)]| Big::sum(row.iter().map(|(column, by)| (x[*column], BigInt::from(*by))));
    for (row, right) in program.rows.iter().zip(&program.rhs) {
        prop_assert_eq!(value(row).less(&Big::whole(*right)), zero.clone());
    }
    let best = Big::of(optimum.value);
    prop_assert_eq!(value(&program.objective).less(&best), zero.clone());
    prop_assert_eq!(optimum.dual.len(), program.rows.len());
    let dual = Big::sum(optimum.dual.iter().copied().zip(program.rhs.iter().map(|right| BigInt::from(*right))));
    prop_assert_eq!(dual.less(&best), zero.clone());
    let of = |row: &[(usize, i64)], column| -> BigInt {
        row.iter().filter(|(c, _)| *c == column).map(|(_, by)| BigInt::from(*by)).sum()
    };
    for column in 0..program.columns {
        let price = Big::sum(optimum.dual.iter().copied().zip(program.rows.iter().map(|row| of(row, column))));
        let slack = price.less(&Big::whole(of(&program.objective, column)));
        prop_assert!(if least { slack <= zero } else { slack >= zero }, "column {} at {:?}", column, slack);
    }
    Ok(())
}

/// The same programme in floating point.
fn approximate(program: &Program, least: bool) -> Result<f64, microlp::Error> {
    let direction = if least { OptimizationDirection::Minimize } else { OptimizationDirection::Maximize };
    let mut problem = Problem::new(direction);
    let gain = |column| program.objective.iter().filter(|(c, _)| *c == column).map(|(_, by)| *by as f64).sum();
    let columns: Vec<_> =
        (0..program.columns).map(|column| problem.add_var(gain(column), (0.0, f64::INFINITY))).collect();
    for (row, right) in program.rows.iter().zip(&program.rhs) {
        let mut sums = vec![0.0; program.columns];
        row.iter().for_each(|(column, by)| sums[*column] += *by as f64);
        let left: Vec<_> = columns.iter().copied().zip(sums).filter(|(_, by)| *by != 0.0).collect();
        problem.add_constraint(left, ComparisonOp::Eq, *right as f64);
    }
    Ok(problem.solve()?.into_solution().expect("no limit is set").objective())
}

/// Solves both ways and compares.
fn agrees(program: &Program) -> Result<(), TestCaseError> {
    agrees_from_a_corner(program)?;
    for least in [false, true] {
        let exact = if least { program.minimise() } else { program.maximise() };
        match (exact, approximate(program, least)) {
            (Ok(Outcome::Infeasible), Err(microlp::Error::Infeasible))
            | (Ok(Outcome::Unbounded), Err(microlp::Error::Unbounded)) => {}
            (Ok(Outcome::Optimal(optimum)), Ok(other)) => {
                proves(program, least, &optimum)?;
                let value = optimum.value.numerator as f64 / optimum.value.denominator as f64;
                prop_assert!((value - other).abs() <= 1e-6 * value.abs().max(1.0), "{} is not {}", value, other);
            }
            (exact, other) => prop_assert!(false, "least {}: {:?}, but {:?}", least, exact, other),
        }
    }
    Ok(())
}

/// From a corner of its equations the best is proved in the same way, and below a cap it is that with a row for the cap.
fn agrees_from_a_corner(program: &Program) -> Result<(), TestCaseError> {
    let Some(corner) = program.corner() else { return Ok(()) };
    for (least, found) in
        [(false, corner.maximise(&program.objective, None)), (true, corner.minimise(&program.objective))]
    {
        found.map_or(Ok(()), |optimum| proves(program, least, &optimum))?;
    }
    for cap in [0, 7, 1000] {
        let Some(optimum) = corner.maximise(&program.objective, Some(cap)) else { continue };
        let mut capped = Program { columns: program.columns + 1, ..program.clone() };
        capped.rows.push(program.objective.iter().copied().chain([(program.columns, 1)]).collect());
        capped.rhs.push(cap);
        let Ok(Outcome::Optimal(other)) = capped.maximise() else { panic!("{capped:?} has no optimum") };
        prop_assert_eq!(optimum.value, other.value);
    }
    Ok(())
}

type Rows = Vec<Vec<(usize, i64)>>;

/// Rows over so many columns, a few of them derived from the ones before: the same, turned, or a sum.
fn rows(columns: usize, coefficient: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Rows> {
    let row = prop::collection::vec((0..columns, coefficient), 0..7);
    (prop::collection::vec(row, 1..6), prop::collection::vec((any::<prop::sample::Index>(), 0..3), 0..3)).prop_map(
        |(mut rows, derived)| {
            for (which, how) in derived {
                let mut row = which.get(&rows).clone();
                match how {
                    0 => {}
                    1 => row.iter_mut().for_each(|(_, by)| *by = by.saturating_neg()),
                    _ => row.extend(rows[0].clone()),
                }
                rows.push(row);
            }
            rows
        },
    )
}

/// Small programmes. Most have an `x`, because their right-hand sides are taken from one.
fn programs() -> impl Strategy<Value = Program> {
    let coefficient = prop_oneof![4 => -1_i64..=1, 1 => -4_i64..=4, 2 => Just(1)];
    (1_usize..9).prop_flat_map(move |columns| {
        let objective = prop::collection::vec((0..columns, -5_i64..=5), 0..6);
        let x = prop::collection::vec(prop_oneof![Just(0_i128), 0..20_i128], columns);
        let others = prop_oneof![3 => Just(None), 1 => prop::collection::vec(-9..9_i128, 9).prop_map(Some)];
        (rows(columns, coefficient.clone()), objective, x, others).prop_map(move |(rows, objective, x, others)| {
            let value = |row: &Vec<(usize, i64)>| row.iter().map(|(column, by)| x[*column] * i128::from(*by)).sum();
            let rhs = others.map_or_else(|| rows.iter().map(value).collect(), |others| others[..rows.len()].to_vec());
            Program { columns, rows, rhs, objective }
        })
    })
}

/// A table with its margins, as cells and the sums that are shown; some cells are known as well.
fn tables() -> impl Strategy<Value = Program> {
    (2_usize..5, 2_usize..5).prop_flat_map(|(height, width)| {
        let cells = prop::collection::vec(
            (prop_oneof![Just(0_i128), 0..100_000_i128], prop::bool::weighted(0.3)),
            height * width,
        );
        (cells, 0..height * width).prop_map(move |(cells, target)| {
            let across = (0..height).map(|row| (0..width).map(|column| row * width + column).collect());
            let down = (0..width).map(|column| (0..height).map(|row| row * width + column).collect());
            let known = (0..cells.len()).filter(|cell| cells[*cell].1).map(|cell| vec![cell]);
            let sums: Vec<Vec<usize>> = across.chain(down).chain(known).collect();
            Program {
                columns: cells.len(),
                rhs: sums.iter().map(|sum| sum.iter().map(|cell| cells[*cell].0).sum()).collect(),
                rows: sums.iter().map(|sum| sum.iter().map(|cell| (*cell, 1)).collect()).collect(),
                objective: vec![(target, 1)],
            }
        })
    })
}

/// Programmes with coefficients so large that intermediate numbers leave `i128`.
fn large() -> impl Strategy<Value = Program> {
    let coefficient = prop_oneof![2 => any::<i64>(), 1 => Just(i64::MIN), 2 => -1_i64..=1];
    (2_usize..6).prop_flat_map(move |columns| {
        let objective = prop::collection::vec((0..columns, any::<i64>()), 0..4);
        let x = prop::collection::vec(prop_oneof![Just(0_i128), 0..1_i128 << 60], columns);
        (rows(columns, coefficient.clone()), objective, x).prop_map(move |(rows, objective, x)| {
            let value = |row: &Vec<(usize, i64)>| row.iter().map(|(column, by)| x[*column] * i128::from(*by)).sum();
            Program { columns, rhs: rows.iter().map(value).collect(), rows, objective }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn small_programmes_agree(program in programs()) {
        agrees(&program)?;
    }

    #[test]
    fn tables_agree(program in tables()) {
        agrees(&program)?;
    }

    #[test]
    fn large_programmes_prove_themselves(program in large()) {
        for least in [false, true] {
            match if least { program.minimise() } else { program.maximise() } {
                Ok(Outcome::Optimal(optimum)) => proves(&program, least, &optimum)?,
                Ok(Outcome::Infeasible) => prop_assert!(false, "it was made from an x"),
                Ok(Outcome::Unbounded) | Err(TooBig) => {}
            }
        }
    }
}
