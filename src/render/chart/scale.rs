//! From amounts to places: whole numbers only, and no amount is too large.

/// Places are computed of amounts up to this size; what is larger is drawn as this.
const MOST: i128 = 1_000_000_000_000_000_000_000_000_000_000;

/// As many parts as a ruler may have.
const PARTS: i128 = 4;

/// Amounts from low to high, laid out from one place to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: i128,
    pub(super) high: i128,
    /// Distance of marks.
    step: i128,
    /// Whether some amount is drawn as a smaller one.
    clamped: bool,
    from: i64,
    to: i64,
}

impl Scale {
    /// Just wide enough for these amounts.
    pub(super) fn tight(amounts: impl IntoIterator<Item = i128>, from: i64, to: i64) -> Self {
        let (mut low, mut high, mut clamped) = (MOST, -MOST, false);
        for amount in amounts {
            clamped |= amount.unsigned_abs() > MOST.unsigned_abs();
            let amount = amount.clamp(-MOST, MOST);
            (low, high) = (low.min(amount), high.max(amount));
        }
        if low > high {
            (low, high) = (0, 0);
        }
        Self { low, high: high.max(low + 1), step: 1, clamped, from, to }
    }

    /// Wide enough for these amounts, from one round number to another; `unit` is the least distance of marks.
    pub(super) fn round(amounts: impl IntoIterator<Item = i128>, unit: i128, from: i64, to: i64) -> Self {
        let tight = Self::tight(amounts, from, to);
        let range = tight.high - tight.low;
        let mut step = unit.max(1);
        // 1, 2, 5, 10, …
        for factor in [2, 5, 10].iter().cycle() {
            if range <= step * PARTS {
                break;
            }
            step = match factor {
                5 => step / 2 * 5,
                _ => step * 2,
            };
        }
        let low = tight.low.div_euclid(step) * step;
        let high = -(-tight.high).div_euclid(step) * step;
        Self { low, high: high.max(low + step), step, clamped: tight.clamped, from, to }
    }

    /// Where an amount stands.
    pub(super) fn at(&self, amount: i128) -> i64 {
        let amount = amount.clamp(self.low, self.high);
        let (range, span) = (self.high - self.low, i128::from(self.to) - i128::from(self.from));
        let place = (2 * (amount - self.low) * span + range).div_euclid(2 * range);
        self.from + i64::try_from(place).unwrap_or(0)
    }

    /// Where zero stands, or the end that is next to it.
    pub(super) fn zero(&self) -> i64 {
        self.at(0)
    }

    /// Round numbers on it; none but zero where a number would not be true.
    pub(super) fn marks(&self) -> Vec<i128> {
        if self.clamped {
            return if self.low <= 0 && self.high >= 0 { vec![0] } else { Vec::new() };
        }
        let count = (self.high - self.low) / self.step;
        (0..=count.min(PARTS + 2)).map(|i| self.low + i * self.step).collect()
    }
}

/// A length as a number that can be reckoned with.
pub(super) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A place as a number of characters.
pub(super) fn chars(place: i64) -> usize {
    usize::try_from(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        for (low, high, marks) in [
            (0, 0, vec![0, 100]),
            (0, 130_000_000, vec![0, 50_000_000, 100_000_000, 150_000_000]),
            (-3_000, 7_000, vec![-5_000, 0, 5_000, 10_000]),
            (-90, -10, vec![-100, 0]),
        ] {
            assert_eq!(Scale::round([low, high], 100, 0, 100).marks(), marks);
        }
    }

    #[test]
    fn places_are_between_the_ends() {
        for amounts in [vec![], vec![0], vec![i128::MIN, i128::MAX], vec![7, 7], vec![i128::MAX]] {
            for scale in [Scale::tight(amounts.clone(), 400, 10), Scale::round(amounts.clone(), 100, 400, 10)] {
                for amount in amounts.iter().chain(&[i128::MIN, -1, 0, 1, i128::MAX]) {
                    assert!((10..=400).contains(&scale.at(*amount)), "{scale:?} {amount}");
                }
            }
        }
        let scale = Scale::tight([-10, 10], 0, 20);
        assert_eq!([-10, -1, 0, 1, 10].map(|amount| scale.at(amount)), [0, 9, 10, 11, 20]);
    }
}
