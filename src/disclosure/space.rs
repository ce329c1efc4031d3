//! What published figures leave open, exactly.
//!
//! An unknown is an amount that a reader does not know. Unknowns with the same coefficient in every published figure
//! form one class: no figure tells them apart, so a reader can move any of the one to the other. Between classes, the
//! ledgers that agree with all figures differ by the integer solutions of `A·d = 0`: the *moves*. A basis of them is
//! kept while figures are added, so that "is this sum determined?" is a few additions: it is, when no move changes it
//! (the rank test of Chin & Özsoyoğlu 1982, "Auditing and inference control in statistical databases").

use std::collections::{BTreeMap, HashSet};

use super::simplex::TooBig;

/// A sum of classes or unknowns with integer coefficients, by index; no zero is kept.
pub type Sparse = BTreeMap<usize, i64>;

/// Classes of unknowns and the moves between them, for the figures published so far.
#[derive(Clone, Debug)]
pub struct Space {
    class_of: Vec<usize>,
    members: Vec<Vec<usize>>,
    rows: Vec<(usize, Sparse)>,
    moves: Vec<Sparse>,
}

/// What a figure changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Added {
    /// Whether the figure says something that the others did not.
    pub independent: bool,
    /// Classes that were split, and the new ones.
    pub split: Vec<usize>,
}

impl Space {
    /// Before anything is published, all unknowns are one class.
    #[must_use]
    pub fn new(unknowns: usize) -> Self {
        let all: Vec<usize> = (0..unknowns).collect();
        let moves = if unknowns == 0 { Vec::new() } else { vec![Sparse::from([(0, 1)])] };
        Self { class_of: vec![0; unknowns], members: vec![all], rows: Vec::new(), moves }
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.members.len()
    }

    /// The class of an unknown.
    #[must_use]
    pub fn class_of(&self, unknown: usize) -> usize {
        self.class_of[unknown]
    }

    /// The unknowns of a class.
    #[must_use]
    pub fn members(&self, class: usize) -> &[usize] {
        &self.members[class]
    }

    /// Independent figures, each with its number and its coefficients by class.
    #[must_use]
    pub fn rows(&self) -> &[(usize, Sparse)] {
        &self.rows
    }

    /// The basis of all moves.
    #[must_use]
    pub fn moves(&self) -> &[Sparse] {
        &self.moves
    }

    /// Adds a published figure by its coefficients of unknowns.
    ///
    /// # Errors
    /// [`TooBig`]; classes may be split then, and the space must not be used any more.
    pub fn add(&mut self, figure: usize, row: &[(usize, i64)]) -> Result<Added, TooBig> {
        let split = self.split(row);
        let mut by_class = Sparse::new();
        for (unknown, coefficient) in row {
            by_class.insert(self.class_of[*unknown], *coefficient);
        }
        let Some(moves) = without(&self.moves, &by_class)? else {
            return Ok(Added { independent: false, split });
        };
        self.moves = moves;
        self.rows.push((figure, by_class));
        Ok(Added { independent: true, split })
    }

    /// Splits classes whose unknowns have different coefficients in a figure.
    fn split(&mut self, row: &[(usize, i64)]) -> Vec<usize> {
        let mut parts: BTreeMap<usize, BTreeMap<i64, Vec<usize>>> = BTreeMap::new();
        for (unknown, coefficient) in row {
            parts.entry(self.class_of[*unknown]).or_default().entry(*coefficient).or_default().push(*unknown);
        }
        let mut split = Vec::new();
        for (class, mut parts) in parts {
            let named: usize = parts.values().map(Vec::len).sum();
            if named == self.members[class].len() {
                if parts.len() == 1 {
                    continue;
                }
                // One part keeps the class's number.
                parts.pop_first();
            }
            split.push(class);
            for (_, unknowns) in parts {
                let new = self.members.len();
                for unknown in &unknowns {
                    self.class_of[*unknown] = new;
                }
                self.members.push(unknowns);
                for (_, row) in &mut self.rows {
                    if let Some(coefficient) = row.get(&class).copied() {
                        row.insert(new, coefficient);
                    }
                }
                self.moves.push(Sparse::from([(class, -1), (new, 1)]));
                split.push(new);
            }
            let class_of = &self.class_of;
            self.members[class].retain(|unknown| class_of[*unknown] == class);
        }
        split
    }

    /// The sum of classes that a sum of unknowns is, when published figures determine it.
    #[must_use]
    pub fn told(&self, row: &[(usize, i64)]) -> Option<Sparse> {
        let mut by_class: BTreeMap<usize, (i64, usize)> = BTreeMap::new();
        for (unknown, coefficient) in row {
            let (known, count) = by_class.entry(self.class_of[*unknown]).or_insert((*coefficient, 0));
            *count += 1;
            if known != coefficient {
                return None;
            }
        }
        // Of a class that it takes a part of, the other part may be the larger.
        if by_class.iter().any(|(class, (_, count))| *count != self.members[*class].len()) {
            return None;
        }
        let sum: Sparse = by_class.into_iter().map(|(class, (coefficient, _))| (class, coefficient)).collect();
        self.determines(&sum).then_some(sum)
    }

    /// Classes whose total the published figures give away.
    #[must_use]
    pub fn determined(&self) -> Vec<usize> {
        let open: HashSet<usize> = self.moves.iter().flat_map(|step| step.keys().copied()).collect();
        (0..self.classes()).filter(|class| !open.contains(class) && !self.members[*class].is_empty()).collect()
    }

    /// Whether a sum of classes is determined by the published figures.
    #[must_use]
    pub fn determines(&self, sum: &Sparse) -> bool {
        is_determined(&self.moves, sum)
    }

    /// The moves that leave these classes alone: what remains to a reader who knows them.
    ///
    /// # Errors
    /// [`TooBig`].
    pub fn moves_apart_from(&self, known: &[usize]) -> Result<Vec<Sparse>, TooBig> {
        let mut moves = self.moves.clone();
        for class in known {
            if let Some(fewer) = without(&moves, &Sparse::from([(*class, 1)]))? {
                moves = fewer;
            }
        }
        Ok(moves)
    }
}

/// Whether none of the moves changes the sum.
#[must_use]
pub fn is_determined(moves: &[Sparse], sum: &Sparse) -> bool {
    moves.iter().all(|step| dot(step, sum) == 0)
}

/// The sum of products; wide enough for any two sparse vectors of 64-bit numbers that a book can hold.
#[must_use]
pub fn dot(a: &Sparse, b: &Sparse) -> i128 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().filter_map(|(key, x)| Some(i128::from(*x) * i128::from(*long.get(key)?))).sum()
}

/// A basis of the moves that do not change a sum; `None` when none of them changes it.
fn without(moves: &[Sparse], sum: &Sparse) -> Result<Option<Vec<Sparse>>, TooBig> {
    let changes: Vec<i128> = moves.iter().map(|step| dot(step, sum)).collect();
    let cheapest = (0..moves.len()).filter(|i| changes[*i] != 0).min_by_key(|i| (changes[*i].abs(), moves[*i].len()));
    let Some(pivot) = cheapest else { return Ok(None) };
    let mut left = Vec::with_capacity(moves.len() - 1);
    for (i, step) in moves.iter().enumerate() {
        if i == pivot {
            continue;
        }
        if changes[i] == 0 {
            left.push(step.clone());
            continue;
        }
        let shared = gcd(changes[i], changes[pivot]);
        let (a, b) = (changes[pivot] / shared, changes[i] / shared);
        left.push(combine(step, a, &moves[pivot], -b)?);
    }
    Ok(Some(left))
}

/// `x·a + y·b`, divided by what its coefficients share.
fn combine(x: &Sparse, a: i128, y: &Sparse, b: i128) -> Result<Sparse, TooBig> {
    let mut sum: BTreeMap<usize, i128> = BTreeMap::new();
    for (vector, factor) in [(x, a), (y, b)] {
        for (key, value) in vector {
            let product = i128::from(*value).checked_mul(factor).ok_or(TooBig)?;
            let entry = sum.entry(*key).or_default();
            *entry = entry.checked_add(product).ok_or(TooBig)?;
        }
    }
    let shared = sum.values().fold(0, |shared, value| gcd(shared, *value)).max(1);
    let mut result = Sparse::new();
    for (key, value) in sum {
        if value != 0 {
            result.insert(key, i64::try_from(value / shared).map_err(|_| TooBig)?);
        }
    }
    Ok(result)
}

/// Greatest common divisor; of zero and a number, the number's size.
#[must_use]
pub fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(i128::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn space(rows: &[&[(usize, i64)]], unknowns: usize) -> Space {
        let mut space = Space::new(unknowns);
        for (i, row) in rows.iter().enumerate() {
            space.add(i, row).unwrap();
        }
        space
    }

    fn unknown(space: &Space, unknown: usize) -> Sparse {
        Sparse::from([(space.class_of(unknown), 1)])
    }

    #[test]
    fn what_is_determined() {
        // Figures over unknowns 0.., the sum that is asked for, and whether it can be worked out.
        type Case<'a> = (&'a [&'a [(usize, i64)]], usize, usize, bool);
        let table: [Case<'_>; 7] = [
            (&[], 3, 0, false),
            (&[&[(0, 1), (1, 1), (2, 1)]], 3, 0, false),
            (&[&[(0, 1)]], 3, 0, true),
            // Total and all but one.
            (&[&[(0, 1), (1, 1), (2, 1)], &[(0, 1), (1, 1)]], 3, 2, true),
            (&[&[(0, 1), (1, 1), (2, 1)], &[(0, 1), (1, 1)]], 3, 0, false),
            // Two breakdowns of the same units.
            (&[&[(0, 1), (1, 1)], &[(2, 1), (3, 1)], &[(0, 1), (2, 1)], &[(1, 1), (3, 1)]], 4, 0, false),
            (&[&[(0, 1), (1, 1)], &[(1, 1), (2, 1)], &[(0, 1), (2, 1)]], 3, 1, true),
        ];
        for (rows, unknowns, asked, expected) in table {
            let space = space(rows, unknowns);
            let class = space.class_of(asked);
            let alone = space.members(class) == [asked];
            assert_eq!(alone && space.determines(&unknown(&space, asked)), expected, "{rows:?}: {asked}");
        }
    }

    #[test]
    fn every_move_changes_no_figure() {
        let rows: [&[(usize, i64)]; 4] =
            [&[(0, 1), (1, 1), (2, -1), (3, 2)], &[(1, 3), (2, 1)], &[(0, 2), (4, 5)], &[(4, 1), (5, 1), (6, 1)]];
        let space = space(&rows, 8);
        for row in rows {
            for step in space.moves() {
                let by_class: i128 = row
                    .iter()
                    .filter(|(u, _)| space.members(space.class_of(*u))[0] == *u)
                    .map(|(u, c)| i128::from(*c) * i128::from(step.get(&space.class_of(*u)).copied().unwrap_or(0)))
                    .sum();
                assert_eq!(by_class, 0, "{step:?}");
            }
        }
        assert_eq!(space.moves().len() + space.rows().len(), space.classes());
    }

    #[test]
    fn a_figure_that_follows_from_others_adds_nothing() {
        let mut space = space(&[&[(0, 1), (1, 1)], &[(2, 1), (3, 1)]], 4);
        let before = space.moves().to_vec();
        let added = space.add(2, &[(0, 1), (1, 1), (2, 1), (3, 1)]).unwrap();
        assert!(!added.independent && added.split.is_empty());
        assert_eq!(space.moves(), before);
    }

    #[test]
    fn who_knows_a_class_sees_more() {
        let space = space(&[&[(0, 1), (1, 1)], &[(1, 1), (2, 1)]], 3);
        let known = space.class_of(0);
        assert!(!space.determines(&unknown(&space, 2)));
        assert!(is_determined(&space.moves_apart_from(&[known]).unwrap(), &unknown(&space, 2)));
    }
}
