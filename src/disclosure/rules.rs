//! Rules for one cell, as statistical offices state them (Handbook on Statistical Disclosure Control, chapter 4), and
//! the numbers that a policy gives. All comparisons are strict and cross-multiplied: whole numbers only.

/// What a policy asks for one audience.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    /// The fewest contributors behind a figure, when organisations are among them.
    pub organisations: usize,
    /// The fewest behind a figure of persons alone.
    pub persons: usize,
    /// The fewest people that are counted.
    pub heads: usize,
    /// No amount may be known to within this share of it, in thousandths: 100 is ten per cent.
    pub per_mille: u32,
    /// Readers who put together what they know, by place in the system's contributors; each alone is always one.
    pub coalitions: Vec<Vec<usize>>,
    /// Off when zero: a figure is withheld when this many contributors hold more than [`Rules::dominance`] of it.
    pub dominant: usize,
    /// The share of (n,k) dominance in thousandths.
    pub dominance: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            organisations: 3,
            persons: 3,
            heads: 3,
            per_mille: 50,
            coalitions: Vec::new(),
            dominant: 0,
            dominance: 1000,
        }
    }
}

/// The p % rule (as pq: `p / q` in thousandths): whether the second largest contributor can tell the largest to within
/// the share. `x` are the contributions.
#[must_use]
pub fn p_rule_fails(x: &[i128], per_mille: u32) -> bool {
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let rest: i128 = sorted.iter().skip(2).sum();
    sorted.first().is_some_and(|largest| 1000 * rest < i128::from(per_mille) * largest)
}

/// (n,k) dominance: whether the `n` largest hold more than `k` thousandths of the total.
#[must_use]
pub fn dominance_fails(x: &[i128], n: usize, per_mille: u32) -> bool {
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let largest: i128 = sorted.iter().take(n).sum();
    1000 * largest > i128::from(per_mille) * sorted.iter().sum::<i128>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Handbook's worked examples, and τ-ARGUS's on holdings.
    #[test]
    fn worked_examples() {
        let rest = |total: i128, x: &[i128]| -> Vec<i128> {
            // Many small ones make up the rest.
            let left = total - x.iter().sum::<i128>();
            x.iter().copied().chain(std::iter::repeat_n(left / 10, 10)).collect()
        };
        // Total, largest contributions, p in thousandths, whether it fails.
        let table: [(i128, &[i128], u32, bool); 8] = [
            (100_000, &[50_000, 49_000], 21, true),
            (100_000, &[50_000, 49_000], 20, false),
            (110_000, &[52_000, 50_000], 100, false),
            (110_000, &[52_000, 50_000], 154, true),
            (110_000, &[52_000, 50_000], 153, false),
            // Rows of a holding one by one, then the holding as one.
            (1_010, &[700, 200, 60, 40, 10], 100, false),
            (1_010, &[900, 60, 40, 10], 100, true),
            (330, &[300, 20, 10], 100, true),
        ];
        for (total, x, p, expected) in table {
            assert_eq!(p_rule_fails(&rest(total, x), p), expected, "{total} {x:?} {p}");
        }
        assert!(!dominance_fails(&rest(100_000, &[50_000, 49_000]), 1, 900));
        assert!(dominance_fails(&rest(110_000, &[52_000, 50_000]), 2, 909));
        assert!(dominance_fails(&[300, 20, 10], 1, 850));
        assert!(!dominance_fails(&[85, 15], 1, 850), "as much as k is not more than k");
        assert!(!p_rule_fails(&[100, 50, 10], 100), "as much as p is not less than p");
    }
}
