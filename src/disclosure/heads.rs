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

/// A count: groups with coefficients.
pub type Count = Vec<(usize, i64)>;

/// Why a count is withheld.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TooFew {
    /// It is of too few, or of none where that must not be known.
    Counted(i64),
    /// The difference to a published count is.
    Difference(i64),
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
    published: Vec<Count>,
    known: HashSet<Vec<usize>>,
    /// Counts that must not be told by others either.
    kept: Vec<Count>,
}

impl HeadGuard {
    /// Nothing is published yet. `least` and `least_sensitive` people have to be behind a count.
    #[must_use]
    pub fn new(groups: Vec<Group>, least: usize, least_sensitive: usize) -> Self {
        let space = Space::new(groups.len());
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (least, least_sensitive) = (number(least), number(least_sensitive));
        Self { groups, least, least_sensitive, space, published: Vec::new(), known: HashSet::new(), kept: Vec::new() }
    }

    /// Takes counts that are out already.
    ///
    /// # Errors
    /// [`TooBig`].
    pub fn impose(&mut self, counts: impl IntoIterator<Item = Count>) -> Result<(), TooBig> {
        for count in counts {
            self.space.add(self.published.len(), &count)?;
            self.published.push(count);
        }
        self.known = self.space.determined().into_iter().map(|class| self.space.members(class).to_vec()).collect();
        self.forget_what_is_told();
        Ok(())
    }

    /// Of counts that may come, keeps those of too few from being told by others.
    pub fn keep<'c>(&mut self, counts: impl IntoIterator<Item = &'c Count>) {
        let few = counts.into_iter().filter(|count| self.few(count.iter().copied(), true).is_some());
        self.kept = few.cloned().collect();
        self.forget_what_is_told();
    }

    /// What is told already cannot be kept any more.
    fn forget_what_is_told(&mut self) {
        let space = &self.space;
        self.kept.retain(|count| space.told(count).is_none());
    }

    /// Publishes a count if that is safe.
    ///
    /// # Errors
    /// Why it is not; nothing has changed then.
    pub fn admit(&mut self, count: &Count) -> Result<(), TooFew> {
        if let Some(people) = self.few(count.iter().copied(), true) {
            return Err(TooFew::Counted(people));
        }
        for published in &self.published {
            if let Some(people) = self.difference(count, published) {
                return Err(TooFew::Difference(people));
            }
        }
        let mut space = self.space.clone();
        let added = space.add(self.published.len(), count).map_err(|TooBig| TooFew::Unproven)?;
        if added.independent {
            let singled = space.determined().into_iter().map(|class| space.members(class));
            let few = |members: &[usize]| self.few(members.iter().map(|group| (*group, 1)), false);
            if let Some(people) = singled.filter(|members| !self.known.contains(*members)).find_map(few) {
                return Err(TooFew::Singled(people));
            }
            if let Some(kept) = self.kept.iter().find(|kept| space.told(kept).is_some()) {
                return Err(TooFew::Singled(self.few(kept.iter().copied(), true).unwrap_or(0)));
            }
        }
        self.space = space;
        self.published.push(count.clone());
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
        assert_eq!(guard.admit(&vec![(0, 1), (1, 1), (2, 1), (3, 1)]), Ok(()), "ten in all");
        assert_eq!(guard.admit(&vec![(1, 1)]), Err(TooFew::Counted(2)));
        assert_eq!(guard.admit(&vec![(3, 1)]), Ok(()), "everybody may know that nobody came so");
        assert_eq!(guard.admit(&vec![(0, 1), (1, 1)]), Err(TooFew::Difference(1)), "10 - 9 is the speaker");
        assert_eq!(guard.admit(&vec![(0, 1)]), Ok(()), "10 - 7 is three");
        assert_eq!(guard.admit(&vec![(4, 1)]), Err(TooFew::Counted(4)));
        assert_eq!(guard.admit(&vec![(5, 1)]), Err(TooFew::Counted(0)), "that nobody got aid is their business");
    }

    #[test]
    fn counts_together_single_nobody_out() {
        let groups = vec![
            Group { people: 2, sensitive: false },
            Group { people: 8, sensitive: false },
            Group { people: 9, sensitive: false },
        ];
        let mut guard = HeadGuard::new(groups, 3, 3);
        guard.admit(&vec![(0, 1), (1, 1)]).unwrap();
        guard.admit(&vec![(0, 1), (2, 1)]).unwrap();
        assert_eq!(guard.admit(&vec![(1, 1), (2, 1)]), Err(TooFew::Singled(2)));
    }

    /// Two of the press, one of either tier: they are what speakers and attendees leave of all, though neither difference of
    /// two counts is small, and no group of one tier is told.
    #[test]
    fn what_is_left_of_a_total_is_not_told() {
        let groups = [1, 1, 5, 5, 4, 4].map(|people| Group { people, sensitive: false }).to_vec();
        let mut guard = HeadGuard::new(groups, 3, 3);
        let everybody: Count = (0..6).map(|group| (group, 1)).collect();
        let first_tier: Count = vec![(0, 1), (2, 1), (4, 1)];
        let [press, speakers, attendees] = [0, 2, 4].map(|first| -> Count { vec![(first, 1), (first + 1, 1)] });
        guard.keep([&press]);
        for count in [&everybody, &first_tier, &speakers] {
            guard.admit(count).unwrap();
        }
        assert_eq!(guard.admit(&attendees), Err(TooFew::Singled(2)));
    }

    /// That nobody got aid of a kind is not told by what all kinds come to.
    #[test]
    fn that_there_is_nobody_is_not_told() {
        let groups = [(10, true), (12, true), (0, true)];
        let groups = groups.map(|(people, sensitive)| Group { people, sensitive }).to_vec();
        let mut guard = HeadGuard::new(groups, 3, 5);
        let nobody = vec![(2, 1)];
        guard.keep([&nobody]);
        guard.admit(&vec![(0, 1), (1, 1), (2, 1)]).unwrap();
        guard.admit(&vec![(0, 1)]).unwrap();
        assert_eq!(guard.admit(&vec![(1, 1)]), Err(TooFew::Singled(0)));
    }
}
