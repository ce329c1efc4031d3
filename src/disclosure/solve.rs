//! Writes a sum as a combination of others, in exact fractions: the attack in words.

use std::collections::BTreeMap;

use super::space::gcd;

/// Factors by row and their common denominator.
pub type Combination = (Vec<(usize, i128)>, i128);

/// A reduced row: its pivot, the vector, and how it came about as factors by row, over whole numbers.
type Reduced = (usize, BTreeMap<usize, i128>, BTreeMap<usize, i128>);

/// Factors by row and one denominator, such that the rows add up to `wanted`. `None` when they do not span it, or a
/// number outgrows 128 bits.
#[must_use]
pub fn combination(rows: &[Vec<(usize, i128)>], wanted: &[(usize, i128)]) -> Option<Combination> {
    let mut reduced: Vec<Reduced> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let mut vector: BTreeMap<usize, i128> = row.iter().copied().collect();
        let mut made = BTreeMap::from([(i, 1_i128)]);
        for (pivot, other, other_made) in &reduced {
            eliminate(*pivot, &mut vector, &mut made, other, other_made)?;
        }
        if let Some(pivot) = vector.keys().next().copied() {
            reduced.push((pivot, vector, made));
        }
    }
    // The wanted vector is reduced in the same way; `made` then says -denominator times which rows it is.
    let mut vector: BTreeMap<usize, i128> = wanted.iter().copied().collect();
    let mut made = BTreeMap::from([(usize::MAX, 1_i128)]);
    for (pivot, other, other_made) in &reduced {
        eliminate(*pivot, &mut vector, &mut made, other, other_made)?;
    }
    if !vector.is_empty() {
        return None;
    }
    let denominator = made.remove(&usize::MAX)?;
    let sign = if denominator < 0 { 1 } else { -1 };
    let shared = made.values().fold(denominator, |shared, value| gcd(shared, *value)).max(1);
    let factors = made.into_iter().map(|(row, factor)| (row, sign * factor / shared)).collect();
    Some((factors, denominator.abs() / shared))
}

/// Takes the pivot out of a vector by adding a multiple of another.
fn eliminate(
    pivot: usize,
    vector: &mut BTreeMap<usize, i128>,
    made: &mut BTreeMap<usize, i128>,
    other: &BTreeMap<usize, i128>,
    other_made: &BTreeMap<usize, i128>,
) -> Option<()> {
    let Some(here) = vector.get(&pivot).copied() else { return Some(()) };
    let there = other.get(&pivot).copied()?;
    let shared = gcd(here, there);
    let (a, b) = (there / shared, -(here / shared));
    for (into, from) in [(&mut *vector, other), (&mut *made, other_made)] {
        for value in into.values_mut() {
            *value = value.checked_mul(a)?;
        }
        for (key, value) in from {
            let entry = into.entry(*key).or_default();
            *entry = entry.checked_add(value.checked_mul(b)?)?;
        }
        into.retain(|_, value| *value != 0);
    }
    // Small numbers stay small.
    let shared = vector.values().chain(made.values()).fold(0, |shared, value| gcd(shared, *value)).max(1);
    vector.values_mut().chain(made.values_mut()).for_each(|value| *value /= shared);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations() {
        type Rows<'a> = &'a [&'a [(usize, i128)]];
        // Rows, what is wanted, factors and denominator.
        type Case<'a> = (Rows<'a>, &'a [(usize, i128)], Option<(&'a [(usize, i128)], i128)>);
        let table: [Case<'_>; 5] = [
            (&[&[(0, 1), (1, 1)], &[(0, 1)]], &[(1, 1)], Some((&[(0, 1), (1, -1)], 1))),
            (&[&[(0, 1), (1, 1)], &[(0, 1)]], &[(2, 1)], None),
            (&[&[(0, 2)]], &[(0, 1)], Some((&[(0, 1)], 2))),
            (
                &[&[(0, 1), (1, 1)], &[(1, 1), (2, 1)], &[(0, 1), (2, 1)]],
                &[(0, 1)],
                Some((&[(0, 1), (1, -1), (2, 1)], 2)),
            ),
            (&[&[(0, 1), (1, 1)], &[(0, 1), (1, 1)]], &[(0, 1)], None),
        ];
        for (rows, wanted, expected) in table {
            let rows: Vec<Vec<(usize, i128)>> = rows.iter().map(|row| row.to_vec()).collect();
            let expected = expected.map(|(factors, d)| (factors.to_vec(), d));
            assert_eq!(combination(&rows, wanted), expected, "{rows:?} {wanted:?}");
        }
    }
}
