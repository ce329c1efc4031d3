//! Counts of people: whether one more may be published beside those that are.
//!
//! People who are counted together cannot be told apart, so what is kept is that nobody can count too few of them: in a
//! figure, in the difference of two of which one contains the other, or in any group that figures together single out.

use std::collections::HashSet;

use super::simplex::TooBig;
use super::space::Space;

/// People who are in the same figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// How many they are.
    pub people: i64,
    /// Whether it is nobody's business that they are few, or none.
    pub sensitive: bool,
}

/// Why a count is withheld.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TooFew {
    /// It is of too few, or of none where that must not be known.
    Counted(i64),
    /// The difference to a published count (by its place) is.
    Difference(usize, i64),
    /// Published counts together single out too few.
    Singled(i64),
    /// A coefficient outgrew the machine's numbers.
    Unproven,
}

/// Counts that are published, and what they leave open.
#[derive(Clone, Debug)]
pub struct HeadGuard {
    groups: Vec<Group>,
    least: i64,
    least_sensitive: i64,
    space: Space,
    published: Vec<(usize, Vec<(usize, i64)>)>,
    known: HashSet<Vec<usize>>,
}

impl HeadGuard {
    /// Nothing is published yet. `least` and `least_sensitive` people have to be behind a count.
    #[must_use]
    pub fn new(groups: Vec<Group>, least: usize, least_sensitive: usize) -> Self {
        let space = Space::new(groups.len());
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (least, least_sensitive) = (number(least), number(least_sensitive));
        Self { groups, least, least_sensitive, space, published: Vec::new(), known: HashSet::new() }
    }

    /// Takes counts that are out already.
    ///
    /// # Errors
    /// [`TooBig`].
    pub fn impose(&mut self, figures: Vec<(usize, Vec<(usize, i64)>)>) -> Result<(), TooBig> {
        for (figure, row) in figures {
            self.space.add(figure, &row)?;
            self.published.push((figure, row));
        }
        self.known = self.determined().into_iter().map(|class| self.space.members(class).to_vec()).collect();
        Ok(())
    }

    /// Publishes a count, given by groups with coefficients, if that is safe.
    ///
    /// # Errors
    /// Why it is not; nothing has changed then.
    pub fn admit(&mut self, figure: usize, row: &[(usize, i64)]) -> Result<(), TooFew> {
        if let Some(people) = self.few(row.iter().copied(), true) {
            return Err(TooFew::Counted(people));
        }
        for (other, published) in &self.published {
            if let Some(people) = self.difference(row, published) {
                return Err(TooFew::Difference(*other, people));
            }
        }
        let mut space = self.space.clone();
        let added = space.add(figure, row).map_err(|TooBig| TooFew::Unproven)?;
        std::mem::swap(&mut self.space, &mut space);
        if added.independent {
            for class in self.determined() {
                let members = self.space.members(class);
                if self.known.contains(members) {
                    continue;
                }
                if let Some(people) = self.few(members.iter().map(|group| (*group, 1)), false) {
                    self.space = space;
                    return Err(TooFew::Singled(people));
                }
            }
        }
        self.published.push((figure, row.to_vec()));
        Ok(())
    }

    fn few(&self, row: impl Iterator<Item = (usize, i64)>, zeros: bool) -> Option<i64> {
        let (mut people, mut sensitive) = (0_i64, false);
        for (group, coefficient) in row.filter(|(_, coefficient)| *coefficient != 0) {
            let group = self.groups[group];
            people = people.saturating_add(group.people.saturating_mul(coefficient.abs()));
            sensitive |= group.sensitive;
        }
        let least = if sensitive { self.least_sensitive } else { self.least };
        let shown_zero = people == 0 && !(sensitive && zeros);
        (people < least && !shown_zero).then_some(people)
    }

    fn difference(&self, a: &[(usize, i64)], b: &[(usize, i64)]) -> Option<i64> {
        let mut change: std::collections::BTreeMap<usize, i64> = a.iter().copied().collect();
        for (group, coefficient) in b {
            *change.entry(*group).or_default() -= coefficient;
        }
        change.retain(|_, c| *c != 0);
        let one_sign = change.values().all(|c| *c > 0) || change.values().all(|c| *c < 0);
        if change.is_empty() || !one_sign { None } else { self.few(change.into_iter(), false) }
    }

    fn determined(&self) -> Vec<usize> {
        let open: HashSet<usize> = self.space.moves().iter().flat_map(|step| step.keys().copied()).collect();
        (0..self.space.classes()).filter(|c| !open.contains(c) && !self.space.members(*c).is_empty()).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn few_people_are_not_counted() {
        let group = |people, sensitive| Group { people, sensitive };
        // Gold 7, silver 2, speakers 1, none of a kind; aid: 4, none.
        let groups =
            vec![group(7, false), group(2, false), group(1, false), group(0, false), group(4, true), group(0, true)];
        let mut guard = HeadGuard::new(groups, 3, 5);
        assert_eq!(guard.admit(0, &[(0, 1), (1, 1), (2, 1), (3, 1)]), Ok(()), "ten in all");
        assert_eq!(guard.admit(1, &[(1, 1)]), Err(TooFew::Counted(2)));
        assert_eq!(guard.admit(2, &[(3, 1)]), Ok(()), "everybody may know that nobody came so");
        assert_eq!(guard.admit(3, &[(0, 1), (1, 1)]), Err(TooFew::Difference(0, 1)), "10 - 9 is the speaker");
        assert_eq!(guard.admit(4, &[(0, 1)]), Ok(()), "10 - 7 is three");
        assert_eq!(guard.admit(5, &[(4, 1)]), Err(TooFew::Counted(4)));
        assert_eq!(guard.admit(6, &[(5, 1)]), Err(TooFew::Counted(0)), "that nobody got aid is their business");
    }

    #[test]
    fn counts_together_single_nobody_out() {
        let groups = vec![
            Group { people: 2, sensitive: false },
            Group { people: 8, sensitive: false },
            Group { people: 9, sensitive: false },
        ];
        let mut guard = HeadGuard::new(groups, 3, 3);
        guard.admit(0, &[(0, 1), (1, 1)]).unwrap();
        guard.admit(1, &[(0, 1), (2, 1)]).unwrap();
        assert_eq!(guard.admit(2, &[(1, 1), (2, 1)]), Err(TooFew::Singled(2)));
    }
}
