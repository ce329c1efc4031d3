//! Linear programmes in whole numbers, solved exactly: how far can a withheld figure be told from those that are shown?
//!
//! The method is the simplex in two phases. Every pivot keeps the tableau whole by dividing with the pivot before it
//! (J. Edmonds, *Systems of distinct representatives and linear algebra*, 1967; E. H. Bareiss, *Sylvester's identity
//! and multistep integer-preserving Gaussian elimination*, 1968). All its numbers are minors of the programme, so
//! nothing is ever rounded. The column that gains most enters; once the value has stood still for long, the first one
//! enters, which cannot cycle (R. G. Bland, *New finite pivoting rules for the simplex method*, 1977).
//!
//! Numbers are `i128` while they fit. Where one does not, the programme is solved anew in big integers, which is many
//! times slower.

use std::cmp::Ordering;
use std::collections::HashMap;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use thiserror::Error;

/// The best of `objective·x` where `rows·x = rhs` and `x >= 0`.
///
/// An inequality is an equation with a column for its slack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// How many columns: the length of `x`.
    pub columns: usize,
    /// The equations, each as pairs of column and coefficient. A column that is named twice counts with the sum.
    pub rows: Vec<Vec<(usize, i64)>>,
    /// What each equation is equal to: one number a row.
    pub rhs: Vec<i128>,
    /// Pairs of column and coefficient of what is to be best.
    pub objective: Vec<(usize, i64)>,
}

/// What becomes of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No `x` satisfies the equations.
    Infeasible,
    /// The objective improves without end.
    Unbounded,
    /// There is a best value.
    Optimal(Optimum),
}

/// The best value, where it is taken, and the proof that no other is better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Optimum {
    /// The best value of the objective.
    pub value: Fraction,
    /// A corner that has it: columns in ascending order, without those that are zero.
    pub x: Vec<(usize, Fraction)>,
    /// One multiplier a row. `dual·rhs` is the value. In every column `dual·rows >= objective`, or `<=` at a minimum.
    pub dual: Vec<Fraction>,
}

/// An exact fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    /// Carries the sign.
    pub numerator: i128,
    /// Above zero.
    pub denominator: i128,
}

/// A number of the solution has a numerator or a denominator beyond `i128`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the solution of a linear programme has a number of more than 38 digits")]
pub struct TooBig;

impl Program {
    /// The greatest value of the objective.
    ///
    /// # Errors
    /// [`TooBig`] if the solution is not written in `i128`.
    ///
    /// # Panics
    /// If a row has no right-hand side, or a column is not below `columns`.
    pub fn maximise(&self) -> Result<Outcome, TooBig> {
        self.best(false)
    }

    /// The least value of the objective.
    ///
    /// # Errors
    /// [`TooBig`] if the solution is not written in `i128`.
    ///
    /// # Panics
    /// If a row has no right-hand side, or a column is not below `columns`.
    pub fn minimise(&self) -> Result<Outcome, TooBig> {
        self.best(true)
    }

    /// A corner of its equations, to climb several objectives from; the programme's own does not matter. None when no
    /// `x` satisfies them, or when a number does not fit in `i128`.
    ///
    /// # Panics
    /// As [`Program::maximise`].
    #[must_use]
    pub fn corner(&self) -> Option<Corner> {
        assert_eq!(self.rows.len(), self.rhs.len(), "one right-hand side a row");
        let core = Core::of(&Self { objective: Vec::new(), ..self.clone() }, false, true)?;
        let mut table = Tableau::new(&core)?;
        if !table.find_corner()? {
            return None;
        }
        table.rows.pop();
        let mut place = vec![None; self.columns];
        for (at, column) in core.kept.iter().enumerate() {
            place[column.number] = Some(at);
        }
        Some(Corner { core, table, place })
    }

    fn best(&self, least: bool) -> Result<Outcome, TooBig> {
        assert_eq!(self.rows.len(), self.rhs.len(), "one right-hand side a row");
        match Core::of(self, least, false) {
            None => Ok(Outcome::Infeasible),
            Some(core) => core.solve::<i128>().or_else(|| core.solve::<BigInt>()).ok_or(TooBig),
        }
    }

    /// Terms with every column named once, in ascending order, and never with zero.
    fn tidy(&self, terms: &[(usize, i64)]) -> Vec<(usize, i128)> {
        let mut tidy: Vec<(usize, i128)> = Vec::with_capacity(terms.len());
        let mut sorted = terms.to_vec();
        sorted.sort_unstable();
        for (column, value) in sorted {
            assert!(column < self.columns, "column {column} of {}", self.columns);
            match tidy.last_mut() {
                Some((last, sum)) if *last == column => *sum += i128::from(value),
                _ => tidy.push((column, i128::from(value))),
            }
        }
        tidy.retain(|(_, value)| *value != 0);
        tidy
    }
}

/// A corner that satisfies a programme's equations. Objectives that share the equations are climbed from it, which saves
/// each the first phase.
#[derive(Clone, Debug)]
pub struct Corner {
    core: Core,
    /// The rows of the basic variables only.
    table: Tableau<i128>,
    /// The place in the core of each column that is in some equation.
    place: Vec<Option<usize>>,
}

impl Corner {
    /// The greatest value of an objective that is not above `cap`. `None` when it is always above, when it gains without
    /// end, when it has a column that no equation holds, or when a number does not fit: [`Program::maximise`] tells.
    #[must_use]
    pub fn maximise(&self, objective: &[(usize, i64)], cap: Option<i128>) -> Option<Optimum> {
        let mut table = self.table.clone();
        let gains = self.gains(objective)?;
        let row = table.priced(&gains)?;
        table.rows.push(row);
        if let Some(cap) = cap {
            table.go_below(cap)?;
            table.cap(cap, self.core.kept.len())?;
        }
        if table.climb(None)? { table.optimum(&self.core) } else { None }
    }

    /// The least value of an objective. `None` as for [`Corner::maximise`].
    #[must_use]
    pub fn minimise(&self, objective: &[(usize, i64)]) -> Option<Optimum> {
        let mut table = self.table.clone();
        let gains: Option<Vec<i128>> = self.gains(objective)?.into_iter().map(i128::checked_neg).collect();
        let row = table.priced(&gains?)?;
        table.rows.push(row);
        if !table.climb(None)? {
            return None;
        }
        table.optimum(&self.core)?.turned()
    }

    /// The objective by places of the core.
    fn gains(&self, objective: &[(usize, i64)]) -> Option<Vec<i128>> {
        let mut gains = vec![0; self.core.kept.len()];
        for (column, gain) in objective {
            gains[self.place[*column]?] += i128::from(*gain);
        }
        Some(gains)
    }
}

impl Optimum {
    /// The same for the opposite objective.
    fn turned(mut self) -> Option<Self> {
        for number in self.dual.iter_mut().chain([&mut self.value]) {
            number.numerator = number.numerator.checked_neg()?;
        }
        Some(self)
    }
}

/// What is left of a programme to be maximised, after what can be said at sight.
#[derive(Clone, Debug)]
struct Core {
    /// How many rows the programme has, and whether it asks for the least value.
    rows: usize,
    least: bool,
    /// Number in the programme and right-hand side of each row that is left.
    rhs: Vec<(usize, i128)>,
    kept: Vec<Column>,
    /// A column that no equation holds gains: without end, if there is any `x` at all.
    endless: bool,
}

/// A column of a [`Core`].
#[derive(Clone, Debug)]
struct Column {
    /// Its number in the programme.
    number: usize,
    gain: i128,
    /// Place among the rows that are left, and coefficient.
    entries: Vec<(usize, i128)>,
}

impl Core {
    /// Drops rows that are empty or a multiple of another, columns in no row, and all but the best of equal columns,
    /// unless each is needed. `None` if two rows contradict each other.
    fn of(program: &Program, least: bool, each: bool) -> Option<Self> {
        let mut gains = vec![0; program.columns];
        for (column, gain) in program.tidy(&program.objective) {
            gains[column] = if least { -gain } else { gain };
        }
        let (mut rhs, mut seen) = (Vec::new(), HashMap::new());
        let mut entries = vec![Vec::new(); program.columns];
        for (number, (row, right)) in program.rows.iter().zip(&program.rhs).enumerate() {
            let row = program.tidy(row);
            let Some((_, first)) = row.first() else {
                if *right == 0 {
                    continue;
                }
                return None;
            };
            let scale = row.iter().fold(0, |all: i128, (_, value)| all.gcd(value)) * first.signum();
            let shape: Vec<(usize, i128)> = row.iter().map(|(column, value)| (*column, value / scale)).collect();
            if let Some((scale_before, right_before)) = seen.insert(shape, (scale, *right)) {
                // The same row on the left, if both are divided by their scales: so it must be on the right.
                if i128::compare((right, &scale_before), (&right_before, &scale)) == Ordering::Equal {
                    continue;
                }
                return None;
            }
            for (column, value) in row {
                entries[column].push((rhs.len(), value));
            }
            rhs.push((number, *right));
        }
        let mut core = Self { rows: program.rows.len(), least, rhs, kept: Vec::new(), endless: false };
        core.keep(gains, entries, each);
        Some(core)
    }

    fn keep(&mut self, gains: Vec<i128>, entries: Vec<Vec<(usize, i128)>>, each: bool) {
        let mut seen: HashMap<Vec<(usize, i128)>, usize> = HashMap::new();
        for (number, (gain, entries)) in gains.into_iter().zip(entries).enumerate() {
            if entries.is_empty() {
                self.endless |= gain > 0;
                continue;
            }
            if each {
                self.kept.push(Column { number, gain, entries });
                continue;
            }
            let place = *seen.entry(entries).or_insert(self.kept.len());
            match self.kept.get_mut(place) {
                Some(equal) if gain > equal.gain => (equal.number, equal.gain) = (number, gain),
                Some(_) => {}
                None => self.kept.push(Column { number, gain, entries: Vec::new() }),
            }
        }
        for (entries, place) in seen {
            self.kept[place].entries = entries;
        }
    }

    /// Solves in one kind of number. `None` if a number did not fit.
    fn solve<T: Whole>(&self) -> Option<Outcome> {
        let mut table = Tableau::<T>::new(self)?;
        if !table.find_corner()? {
            return Some(Outcome::Infeasible);
        }
        if self.endless || !table.climb(None)? {
            return Some(Outcome::Unbounded);
        }
        table.optimum(self).map(Outcome::Optimal)
    }
}

/// What a column or row of the tableau stands for. What a row lacks comes first, so that it is the first to leave.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Label {
    /// What a row of the core lacks: its artificial variable. It must become zero and never comes back.
    Lack(usize),
    /// A column of the core.
    Column(usize),
}

/// The tableau without its unit columns. Times `unit`, each basic variable plus its row over the non-basic ones is the
/// last cell of its row.
#[derive(Clone, Debug)]
struct Tableau<T> {
    /// One row for each basic variable, then that of the objective, then for the first phase what all rows lack.
    rows: Vec<Vec<T>>,
    basic: Vec<Label>,
    others: Vec<Label>,
    /// The determinant of the basis, above zero.
    unit: T,
    /// So many steps without gain are borne before the first column that gains is taken instead of the best.
    patience: usize,
}

impl<T: Whole> Tableau<T> {
    /// Every row lacks all of its right-hand side.
    fn new(core: &Core) -> Option<Self> {
        let (height, width) = (core.rhs.len(), core.kept.len());
        let mut rows = vec![vec![T::from(0); width + 1]; height + 2];
        for (place, column) in core.kept.iter().enumerate() {
            for (row, value) in &column.entries {
                let value = T::from(*value);
                rows[*row][place] = if core.rhs[*row].1 < 0 { value.negated()? } else { value };
            }
            rows[height][place] = T::from(column.gain).negated()?;
        }
        for (row, (_, right)) in core.rhs.iter().enumerate() {
            let right = T::from(*right);
            rows[row][width] = if right.sign() == Ordering::Less { right.negated()? } else { right };
        }
        for place in 0..=width {
            let sum = rows[..height].iter().try_fold(T::from(0), |sum, row| sum.plus(&row[place]))?;
            rows[height + 1][place] = sum.negated()?;
        }
        Some(Self {
            rows,
            basic: (0..height).map(Label::Lack).collect(),
            others: (0..width).map(Label::Column).collect(),
            unit: T::from(1),
            patience: height + width,
        })
    }

    /// The first phase: a corner where no row lacks anything. Rows that follow from others are dropped on the way.
    /// False if there is no such corner.
    fn find_corner(&mut self) -> Option<bool> {
        self.climb(Some(&T::from(0)))?;
        if self.rows.pop()?.last()?.sign() != Ordering::Equal {
            return Some(false);
        }
        let mut row = 0;
        while let Some(label) = self.basic.get(row) {
            if let Label::Lack(_) = label {
                let Some(column) = self.smallest(row) else {
                    self.rows.remove(row);
                    self.basic.remove(row);
                    continue;
                };
                self.pivot(row, column)?;
            }
            row += 1;
        }
        Some(true)
    }

    /// The column with the smallest cell in a row that is not zero.
    fn smallest(&self, row: usize) -> Option<usize> {
        let sizes = self.columns().filter_map(|place| {
            let cell = &self.rows[row][place];
            let size = if cell.sign() == Ordering::Less { cell.negated()? } else { cell.clone() };
            (size.sign() == Ordering::Greater).then_some((size, place))
        });
        sizes.min().map(|(_, place)| place)
    }

    /// Places of the non-basic columns of the core.
    fn columns(&self) -> impl Iterator<Item = usize> {
        self.others.iter().enumerate().filter(|(_, label)| matches!(label, Label::Column(_))).map(|(place, _)| place)
    }

    /// Walks from corner to corner as long as the last row gains and is below what is enough. False if it gains without
    /// end.
    fn climb(&mut self, enough: Option<&T>) -> Option<bool> {
        let mut still = 0;
        let one = T::from(1);
        while let Some(value) = self.rows.last()?.last()
            && enough.is_none_or(|enough| T::compare((value, &one), (enough, &self.unit)) == Ordering::Less)
        {
            let first = still > self.patience;
            let Some(column) = self.entering(first) else { break };
            let Some(row) = self.leaving(column, first) else { return Some(false) };
            still = if self.rows[row].last()?.sign() == Ordering::Equal { still + 1 } else { 0 };
            self.pivot(row, column)?;
        }
        Some(true)
    }

    /// The column that gains most, or the first that gains.
    fn entering(&self, first: bool) -> Option<usize> {
        let row = self.rows.last()?;
        let gaining = self.columns().filter(|place| row[*place].sign() == Ordering::Less);
        match first {
            true => gaining.min_by_key(|place| self.others[*place]),
            false => gaining.min_by_key(|place| (&row[*place], self.others[*place])),
        }
    }

    /// The row whose basic variable is the first to reach zero as the column grows. Of several, one that still lacks
    /// something and then the smallest pivot, which keeps numbers small; or the first one by its label.
    fn leaving(&self, column: usize, first: bool) -> Option<usize> {
        let mut best: Option<usize> = None;
        for (row, (label, cells)) in self.basic.iter().zip(&self.rows).enumerate() {
            let pivot = &cells[column];
            if pivot.sign() != Ordering::Greater {
                continue;
            }
            let Some(other) = best else {
                best = Some(row);
                continue;
            };
            let (best_label, best_cells) = (&self.basic[other], &self.rows[other]);
            let best_pivot = &best_cells[column];
            let ratio = T::compare((cells.last()?, best_pivot), (best_cells.last()?, pivot));
            let column_of = |label: &Label| matches!(label, Label::Column(_));
            let tie = || match first {
                true => label.cmp(best_label),
                false => (column_of(label), pivot, label).cmp(&(column_of(best_label), best_pivot, best_label)),
            };
            if ratio.then_with(tie) == Ordering::Less {
                best = Some(row);
            }
        }
        best
    }

    /// Lets a column enter for the basic variable of a row.
    fn pivot(&mut self, row: usize, column: usize) -> Option<()> {
        let mut from = std::mem::take(&mut self.rows[row]);
        let pivot = std::mem::replace(&mut from[column], T::from(0));
        let (divisor, same) = (self.unit.divisor(), pivot == self.unit);
        let live: Vec<usize> = (0..from.len()).filter(|place| from[*place].sign() != Ordering::Equal).collect();
        for cells in self.rows.iter_mut().filter(|cells| !cells.is_empty()) {
            let factor = std::mem::replace(&mut cells[column], T::from(0));
            if same && factor.sign() != Ordering::Equal {
                for &place in &live {
                    cells[place] = T::exchange((&cells[place], &pivot), (&factor, &from[place]), &divisor)?;
                }
            } else if !same {
                for (cell, across) in cells.iter_mut().zip(&from) {
                    let across_counts = factor.sign() != Ordering::Equal && across.sign() != Ordering::Equal;
                    if across_counts || cell.sign() != Ordering::Equal {
                        *cell = T::exchange((cell, &pivot), (&factor, across), &divisor)?;
                    }
                }
            }
            cells[column] = factor.negated()?;
        }
        from[column] = std::mem::replace(&mut self.unit, pivot);
        self.rows[row] = from;
        std::mem::swap(&mut self.basic[row], &mut self.others[column]);
        if self.unit.sign() == Ordering::Less {
            self.unit = self.unit.negated()?;
            for cell in self.rows.iter_mut().flatten() {
                *cell = cell.negated()?;
            }
        }
        Some(())
    }

    /// The row of an objective, by its gains in columns of the core.
    fn priced(&self, gains: &[T]) -> Option<Vec<T>> {
        let mut row = vec![T::from(0); self.others.len() + 1];
        for (cell, label) in row.iter_mut().zip(&self.others) {
            if let Label::Column(place) = label {
                *cell = self.unit.times(&gains[*place])?.negated()?;
            }
        }
        for (label, cells) in self.basic.iter().zip(&self.rows) {
            let Label::Column(place) = label else { continue };
            if gains[*place].sign() != Ordering::Equal {
                for (cell, across) in row.iter_mut().zip(cells) {
                    *cell = cell.plus(&across.times(&gains[*place])?)?;
                }
            }
        }
        Some(row)
    }

    /// Walks down until the last row's value is not above the cap.
    fn go_below(&mut self, cap: T) -> Option<()> {
        let turn = |row: &mut Vec<T>| row.iter_mut().try_for_each(|cell| cell.negated().map(|turned| *cell = turned));
        turn(self.rows.last_mut()?)?;
        let is_there = self.climb(Some(&cap.negated()?))?;
        turn(self.rows.last_mut()?)?;
        is_there.then_some(())
    }

    /// Keeps the last row's value from going above a cap, by a column for what is left of it.
    fn cap(&mut self, cap: T, column: usize) -> Option<()> {
        let (best, rows) = self.rows.split_last()?;
        let mut row: Vec<T> = best.iter().map(T::negated).collect::<Option<_>>()?;
        let left = row.last_mut()?;
        *left = left.plus(&self.unit.times(&cap)?)?;
        if left.sign() == Ordering::Less {
            return None;
        }
        let at = rows.len();
        self.rows.insert(at, row);
        self.basic.push(Label::Column(column));
        Some(())
    }

    /// Reads the best corner off, in the numbers of the programme. Columns that are not of the core are left out.
    fn optimum(&self, core: &Core) -> Option<Optimum> {
        let share = |cell: &T, turned: bool| {
            if turned { T::fraction(&cell.negated()?, &self.unit) } else { T::fraction(cell, &self.unit) }
        };
        let mut x = Vec::new();
        for (label, cells) in self.basic.iter().zip(&self.rows) {
            let right = cells.last()?;
            if let Label::Column(place) = label
                && let Some(column) = core.kept.get(*place)
                && right.sign() != Ordering::Equal
            {
                x.push((column.number, share(right, false)?));
            }
        }
        x.sort_unstable_by_key(|(column, _)| *column);
        let best = self.rows.last()?;
        let mut dual = vec![Fraction { numerator: 0, denominator: 1 }; core.rows];
        for (label, cell) in self.others.iter().zip(best) {
            if let Label::Lack(row) = label {
                let (number, right) = core.rhs[*row];
                dual[number] = share(cell, core.least != (right < 0))?;
            }
        }
        Some(Optimum { value: share(best.last()?, core.least)?, x, dual })
    }
}

/// What the tableau asks of its numbers. `None` always means that a result did not fit.
trait Whole: Clone + Ord + From<i128> {
    /// A number prepared to divide by.
    type Divisor;

    fn sign(&self) -> Ordering;
    fn negated(&self) -> Option<Self>;
    fn plus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
    fn divisor(&self) -> Self::Divisor;
    /// One product less the other, divided by a number above zero of which it is a multiple.
    fn exchange(product: (&Self, &Self), less: (&Self, &Self), divisor: &Self::Divisor) -> Option<Self>;
    /// Compares two products.
    fn compare(left: (&Self, &Self), right: (&Self, &Self)) -> Ordering;
    /// In lowest terms; the denominator is above zero.
    fn fraction(numerator: &Self, denominator: &Self) -> Option<Fraction>;
}

/// Divides where nothing remains, by multiplying modulo 2^128 with the inverse of the odd part (T. Jebelean, *An
/// algorithm for exact division*, 1993). The products may overflow as long as the quotient fits.
struct ExactDivisor {
    whole: i128,
    inverse: u128,
    /// How often the number can be halved.
    halvings: u32,
    bits: u32,
}

/// How many binary digits a number has without its sign.
fn bits(number: i128) -> u32 {
    128 - number.unsigned_abs().leading_zeros()
}

impl Whole for i128 {
    type Divisor = ExactDivisor;

    fn sign(&self) -> Ordering {
        self.cmp(&0)
    }

    fn negated(&self) -> Option<Self> {
        self.checked_neg()
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }

    fn times(&self, other: &Self) -> Option<Self> {
        self.checked_mul(*other)
    }

    fn divisor(&self) -> ExactDivisor {
        let halvings = self.trailing_zeros();
        let odd = (self >> halvings).cast_unsigned();
        // An odd number is its own inverse modulo 8; every round of Newton's doubles the digits: 3, 6, 12, …, 192.
        let two_less = |inverse: u128| 2_u128.wrapping_sub(odd.wrapping_mul(inverse));
        let inverse = (0..6).fold(odd, |inverse, _| inverse.wrapping_mul(two_less(inverse)));
        ExactDivisor { whole: *self, inverse, halvings, bits: bits(*self) }
    }

    fn exchange((a, b): (&Self, &Self), (c, d): (&Self, &Self), divisor: &ExactDivisor) -> Option<Self> {
        let most = (bits(*a) + bits(*b)).max(bits(*c) + bits(*d));
        // The quotient is below 2^(most + 2 - bits). All but `halvings` of its 128 digits are known.
        if most + 2 + divisor.halvings <= 127 + divisor.bits {
            let difference = a.wrapping_mul(*b).wrapping_sub(c.wrapping_mul(*d)).cast_unsigned();
            let low = (difference >> divisor.halvings).wrapping_mul(divisor.inverse);
            return Some((low << divisor.halvings).cast_signed() >> divisor.halvings);
        }
        Some(a.checked_mul(*b)?.checked_sub(c.checked_mul(*d)?)? / divisor.whole)
    }

    fn compare((a, b): (&Self, &Self), (c, d): (&Self, &Self)) -> Ordering {
        match (a.checked_mul(*b), c.checked_mul(*d)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => (BigInt::from(*a) * BigInt::from(*b)).cmp(&(BigInt::from(*c) * BigInt::from(*d))),
        }
    }

    fn fraction(numerator: &Self, denominator: &Self) -> Option<Fraction> {
        let common = i128::try_from(numerator.unsigned_abs().gcd(&denominator.unsigned_abs())).ok()?;
        Some(Fraction { numerator: numerator / common, denominator: denominator / common })
    }
}

impl Whole for BigInt {
    type Divisor = Self;

    fn sign(&self) -> Ordering {
        match BigInt::sign(self) {
            Sign::Minus => Ordering::Less,
            Sign::NoSign => Ordering::Equal,
            Sign::Plus => Ordering::Greater,
        }
    }

    fn negated(&self) -> Option<Self> {
        Some(-self)
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }

    fn times(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }

    fn divisor(&self) -> Self {
        self.clone()
    }

    fn exchange((a, b): (&Self, &Self), (c, d): (&Self, &Self), divisor: &Self) -> Option<Self> {
        Some((a * b - c * d) / divisor)
    }

    fn compare((a, b): (&Self, &Self), (c, d): (&Self, &Self)) -> Ordering {
        (a * b).cmp(&(c * d))
    }

    fn fraction(numerator: &Self, denominator: &Self) -> Option<Fraction> {
        let common = numerator.gcd(denominator);
        let [numerator, denominator] = [numerator, denominator].map(|part| i128::try_from(part / &common).ok());
        Some(Fraction { numerator: numerator?, denominator: denominator? })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `2a -b`: columns are letters.
    fn terms(text: &str) -> Vec<(usize, i64)> {
        let term = |word: &str| {
            let (number, letter) = word.split_at(word.len() - 1);
            let coefficient = match number {
                "" => 1,
                "-" => -1,
                _ => number.parse().unwrap(),
            };
            (usize::from(letter.as_bytes()[0] - b'a'), coefficient)
        };
        text.split_whitespace().map(term).collect()
    }

    /// Reads `a b = 4; 2b c = 6`.
    fn program(objective: &str, equations: &str) -> Program {
        let mut program = Program { objective: terms(objective), ..Program::default() };
        for equation in equations.split(';').filter(|equation| !equation.trim().is_empty()) {
            let (left, right) = equation.split_once('=').unwrap();
            program.rows.push(terms(left));
            program.rhs.push(right.trim().parse().unwrap());
        }
        let named = program.rows.iter().flatten().chain(&program.objective).map(|(column, _)| column + 1);
        program.columns = named.max().unwrap_or(0);
        program
    }

    fn fraction(numerator: i128, denominator: i128) -> Fraction {
        i128::fraction(&numerator, &denominator).unwrap()
    }

    fn text(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Infeasible => "infeasible".to_owned(),
            Outcome::Unbounded => "unbounded".to_owned(),
            Outcome::Optimal(Optimum { value, .. }) if value.denominator == 1 => value.numerator.to_string(),
            Outcome::Optimal(Optimum { value, .. }) => format!("{}/{}", value.numerator, value.denominator),
        }
    }

    /// The sum of products of small fractions and whole numbers.
    fn sum(terms: impl Iterator<Item = (Fraction, i128)>) -> Fraction {
        terms.fold(fraction(0, 1), |sum, (by, number)| {
            let numerator = sum.numerator * by.denominator + by.numerator * number * sum.denominator;
            fraction(numerator, sum.denominator * by.denominator)
        })
    }

    /// Recomputes all that an optimum promises.
    fn check(program: &Program, least: bool, optimum: &Optimum) {
        let at = |column: usize| optimum.x.iter().find(|(c, _)| *c == column).map_or(fraction(0, 1), |(_, x)| *x);
        let value = |row: &[(usize, i64)]| sum(row.iter().map(|(column, by)| (at(*column), i128::from(*by))));
        assert!(optimum.x.is_sorted_by_key(|(column, _)| *column), "{optimum:?}");
        assert!(optimum.x.iter().all(|(_, x)| x.numerator > 0 && x.denominator > 0), "{optimum:?}");
        for (row, right) in program.rows.iter().zip(&program.rhs) {
            assert_eq!(value(row), fraction(*right, 1), "{row:?} of {program:?}");
        }
        assert_eq!(value(&program.objective), optimum.value, "{program:?}");
        assert_eq!(optimum.dual.len(), program.rows.len());
        let dual = sum(optimum.dual.iter().copied().zip(program.rhs.iter().copied()));
        assert_eq!(dual, optimum.value, "{program:?}: {optimum:?}");
        let of = |row: &[(usize, i64)], column| row.iter().filter(|(c, _)| *c == column).map(|(_, v)| *v).sum::<i64>();
        for column in 0..program.columns {
            let rows = program.rows.iter().map(|row| i128::from(of(row, column)));
            let price = sum(optimum.dual.iter().copied().zip(rows));
            let slack = price.numerator - i128::from(of(&program.objective, column)) * price.denominator;
            assert!(if least { slack <= 0 } else { slack >= 0 }, "column {column} of {program:?}: {optimum:?}");
        }
    }

    /// Solves with so much patience.
    fn patiently<T: Whole>(program: &Program, least: bool, patience: usize) -> Outcome {
        let Some(core) = Core::of(program, least, false) else { return Outcome::Infeasible };
        let mut table = Tableau::<T>::new(&core).unwrap();
        table.patience = patience;
        if !table.find_corner().unwrap() {
            return Outcome::Infeasible;
        }
        match core.endless || !table.climb(None).unwrap() {
            true => Outcome::Unbounded,
            false => Outcome::Optimal(table.optimum(&core).unwrap()),
        }
    }

    #[test]
    fn programmes_have_the_outcome_of_the_textbook() {
        // objective, equations, greatest, least
        for (objective, equations, greatest, least) in [
            // Hillier and Lieberman's glass works; and without its limits.
            ("3a 5b", "a c = 4; 2b d = 12; 3a 2b e = 18", "36", "0"),
            ("3a 5b", "a -b = 0", "unbounded", "0"),
            ("-a", "a -b = 3", "-3", "unbounded"),
            // Fractions.
            ("a", "3a b = 1", "1/3", "0"),
            ("a b", "2a b c = 4; a 2b d = 3", "7/3", "0"),
            ("a", "3a -b = 1; a b = 1", "1/2", "1/2"),
            // Nothing satisfies these.
            ("a", "a b = 1; a b = 2", "infeasible", "infeasible"),
            ("a", "a b = 1; 2a 2b = 3", "infeasible", "infeasible"),
            ("a", "a b = -1", "infeasible", "infeasible"),
            ("a", "a -b = 1; b -c = 1; c -a = 1", "infeasible", "infeasible"),
            ("a", "a b = 2; b c = 2; a c = 5", "infeasible", "infeasible"),
            ("a", "a = 1; = 1", "infeasible", "infeasible"),
            ("a z", "a b = -1", "infeasible", "infeasible"),
            // Beale's programme, on which the plain simplex goes round in a circle.
            ("75a -15000b 2c -600d", "25a -6000b -4c 900d e = 0; 50a -9000b -2c 300d f = 0; c g = 1", "5", "unbounded"),
            // Chvátal's, and Marshall and Suurballe's.
            ("10a -57b -9c -24d", "a -11b -5c 18d 2e = 0; a -3b -c 2d 2f = 0; a g = 1", "1", "unbounded"),
            ("-2a -3b c 12d", "-2a -9b c 9d e = 0; a 3b -c -6d 3f = 0; c d g = 2", "18", "-2"),
            // Rows that follow from others: the same, a multiple, empty, a sum; a table's margins.
            ("a", "a b = 5; a b = 5", "5", "0"),
            ("a", "2a 4b = 10; -3a -6b = -15", "5", "0"),
            ("a", "a b = 5; = 0; a -a = 0", "5", "0"),
            ("c", "a b = 3; c d = 4; a b c d = 7", "4", "0"),
            ("a", "a b = 3; c d = 4; a c = 5; b d = 2", "3", "1"),
            // A row that lacks nothing from the start must not lack anything later.
            ("b", "a -b = 0; a c = 0", "0", "0"),
            ("b", "a -b = 0; b c = 3", "3", "0"),
            // Right-hand sides below zero.
            ("a", "-a -b = -5", "5", "0"),
            ("a b", "-a c = -2; a d = 6; -b e = -1; b f = 3", "9", "3"),
            // Columns: equal ones, one in no row, one named twice.
            ("a 2b 3c", "a b c d = 4", "12", "0"),
            ("a z", "a b = 1", "unbounded", "0"),
            ("a -z", "a b = 1", "1", "unbounded"),
            ("a a", "a a b = 6; b -b c = 2", "6", "0"),
            // Nothing to do.
            ("", "a b = 1", "0", "0"),
            ("", "", "0", "0"),
            ("a", "", "unbounded", "0"),
        ] {
            let program = program(objective, equations);
            for (least, expected) in [(false, greatest), (true, least)] {
                let outcome = if least { program.minimise() } else { program.maximise() }.unwrap();
                let patience = [0, 7].map(|patience| patiently::<i128>(&program, least, patience));
                let big = patiently::<BigInt>(&program, least, 7);
                for outcome in patience.into_iter().chain([big, outcome]) {
                    assert_eq!(text(&outcome), expected, "{objective} where {equations} (least: {least})");
                    if let Outcome::Optimal(optimum) = outcome {
                        check(&program, least, &optimum);
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_column_enters_when_patience_ends() {
        // From the basis of c and e, d enters without gain. Then b gains more than a, and both lead to the best value.
        let core = Core::of(&program("a 2b 9d", "a 2b 3c = 4; 2d e = 0"), false, false).unwrap();
        for (patience, corner) in [(0, (0, fraction(4, 1))), (1, (1, fraction(2, 1)))] {
            let mut table = Tableau::<i128> { patience, ..Tableau::new(&core).unwrap() };
            table.pivot(0, 2).unwrap();
            table.pivot(1, 4).unwrap();
            table.rows.pop();
            assert_eq!(table.climb(None), Some(true));
            assert_eq!(table.optimum(&core).unwrap().x, [corner]);
        }
    }

    #[test]
    fn the_first_row_leaves_when_patience_ends() {
        // Both rows are at zero: the smaller pivot is that of c, the smaller label that of b.
        let core = Core::of(&program("a", "5a b = 0; 3a c = 0; a d = 1"), false, false).unwrap();
        let mut table = Tableau::<i128>::new(&core).unwrap();
        assert_eq!((table.leaving(0, false), table.leaving(0, true)), (Some(1), Some(0)));
        // A row that lacks something goes before both.
        table.pivot(0, 1).unwrap();
        assert_eq!((table.leaving(0, false), table.leaving(0, true)), (Some(1), Some(1)));
    }

    #[test]
    fn an_optimum_comes_with_its_corner_and_its_prices() {
        let program = program("3a 5b", "a c = 4; 2b d = 12; 3a 2b e = 18");
        let Ok(Outcome::Optimal(optimum)) = program.maximise() else { panic!("it has an optimum") };
        assert_eq!(optimum.x, [(0, fraction(2, 1)), (1, fraction(6, 1)), (2, fraction(2, 1))]);
        assert_eq!(optimum.dual, [fraction(0, 1), fraction(3, 2), fraction(1, 1)]);
    }

    #[test]
    fn objectives_begin_at_a_corner() {
        let works = program("", "a c = 4; 2b d = 12; 3a 2b e = 18");
        let corner = works.corner().unwrap();
        let value = |found: Option<Optimum>| found.map(|optimum| optimum.value);
        // objective, cap, greatest
        for (objective, cap, greatest) in [
            ("3a 5b", None, Some(36)),
            ("3a 5b", Some(36), Some(36)),
            ("3a 5b", Some(35), Some(35)),
            ("3a 5b", Some(0), Some(0)),
            ("3a 5b", Some(-1), None),
            ("-3a", Some(-7), Some(-7)),
            ("c", Some(100), Some(4)),
            ("", None, Some(0)),
        ] {
            let found = value(corner.maximise(&terms(objective), cap));
            assert_eq!(found, greatest.map(|greatest| fraction(greatest, 1)), "{objective} below {cap:?}");
        }
        assert_eq!(value(corner.minimise(&terms("3a 5b"))), Some(fraction(0, 1)));
        assert_eq!(value(corner.minimise(&terms("-3a -5b"))), Some(fraction(-36, 1)));
        // Without end, by a column in no equation, and without any corner.
        let endless = program("", "a -b = 3").corner().unwrap();
        assert_eq!(endless.maximise(&terms("a"), None), None);
        assert_eq!(value(endless.maximise(&terms("a"), Some(9))), Some(fraction(9, 1)));
        let apart = Program { columns: 3, ..program("", "a b = 1") }.corner().unwrap();
        assert_eq!(apart.maximise(&terms("c"), None), None);
        assert!(program("", "a b = -1").corner().is_none());
    }

    #[test]
    fn numbers_beyond_the_machines_are_big_or_refused() {
        let most = i128::MAX;
        // a - b = most with a = b + c: the sum of right-hand sides alone is beyond i128.
        let wide = Program {
            columns: 3,
            rows: vec![vec![(0, 1), (1, -1)], vec![(2, 1)], vec![(1, 1)]],
            rhs: vec![most, most, 0],
            objective: vec![(0, -1), (2, 1)],
        };
        assert_eq!(Core::of(&wide, false, false).unwrap().solve::<i128>(), None);
        let Ok(Outcome::Optimal(optimum)) = wide.maximise() else { panic!("it has an optimum") };
        assert_eq!((optimum.value, optimum.x.len()), (fraction(0, 1), 2));
        let lowest = Program { rows: vec![vec![(0, -1)]], rhs: vec![i128::MIN], ..program("a", "a = 0") };
        assert_eq!(lowest.maximise(), Err(TooBig));
        let highest = Program { rhs: vec![most], ..program("a", "a = 0") };
        assert_eq!(text(&highest.maximise().unwrap()), most.to_string());
        // Each row divides by 2^62: the last column is 2^-186.
        let large = 1 << 62;
        let chain = Program {
            columns: 4,
            rows: vec![vec![(0, 1)], vec![(0, 1), (1, -large)], vec![(1, 1), (2, -large)], vec![(2, 1), (3, -large)]],
            rhs: vec![1, 0, 0, 0],
            objective: vec![(0, 1)],
        };
        assert_eq!(chain.maximise(), Err(TooBig));
        assert_eq!(Program { rhs: vec![0; 4], ..chain }.maximise().map(|outcome| text(&outcome)), Ok("0".to_owned()));
    }

    #[test]
    fn a_quotient_just_beyond_does_not_fit() {
        // Twice the square of so many digits, all of them one.
        for (digits, fits) in [(61, true), (63, true), (64, false), (65, false), (100, false)] {
            let number = (1_i128 << digits) - 1;
            let found = i128::exchange((&number, &number), (&number, &-number), &1.divisor());
            let square = number.checked_mul(number).and_then(|square| square.checked_mul(2));
            assert_eq!((found.is_some(), found), (fits, square), "{digits} digits");
        }
    }

    #[test]
    #[should_panic(expected = "column 3 of 2")]
    fn a_column_that_is_not_there_is_a_mistake() {
        let _ = Program { columns: 2, ..program("d", "a b = 1") }.maximise();
    }

    proptest! {
        #[test]
        fn division_is_exact(
            numbers in prop::array::uniform4(any::<i128>()), shifts in prop::array::uniform4(0_u32..127),
            halvings in 0_u32..40
        ) {
            // The quotient, two factors and a divisor of any size and sign; what is taken away follows from them.
            let [quotient, a, b, divisor] = std::array::from_fn(|i| numbers[i] >> shifts[i]);
            let divisor = (divisor.unsigned_abs() >> 1 << halvings.min(shifts[3])).max(1).cast_signed();
            prop_assume!(divisor > 0);
            let less = BigInt::from(a) * b - BigInt::from(quotient) * divisor;
            if let Ok(less) = i128::try_from(less) {
                let found = i128::exchange((&a, &b), (&less, &1), &divisor.divisor());
                prop_assert!(found.is_none_or(|found| found == quotient), "{found:?} is not {quotient}");
                let small = [quotient, a, b, less].iter().all(|number| bits(*number) < 63);
                prop_assert!(!small || found.is_some());
            }
            // A quotient near the end of i128, and beyond it.
            if let Some(product) = b.checked_mul(divisor) {
                let found = i128::exchange((&a, &product), (&0, &0), &divisor.divisor());
                let whole = BigInt::from(a) * b;
                prop_assert!(found.is_none_or(|found| BigInt::from(found) == whole), "{found:?} is not {whole}");
            }
        }

        #[test]
        fn products_compare(a in any::<i128>(), b in any::<i128>(), c in any::<i128>(), shift in 0_u32..127) {
            let (b, c) = (b >> shift, c >> shift);
            let big = (BigInt::from(a) * b).cmp(&(BigInt::from(c) * a));
            prop_assert_eq!(i128::compare((&a, &b), (&c, &a)), big);
        }
    }
}
