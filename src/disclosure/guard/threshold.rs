//! Enough contributors behind everything that figures single out, whatever the amounts are.
//!
//! Behind a figure; behind its difference to another, when one contains the other; behind what is left of a total when
//! published parts are taken off; behind every class that the figures determine. (The minimum frequency rule and the
//! dominance rule, and why differences count too: *Handbook on Statistical Disclosure Control*, ch. 4 and 5.)

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::{Attack, Guard, Reason};
use crate::disclosure::rules::dominance_fails;
use crate::disclosure::space::Sparse;
use crate::disclosure::system::{FigureNo, HolderNo, Protection};

impl Guard<'_> {
    /// Why a figure must not be published, whatever else is.
    pub(super) fn refuses_alone(&self, figure: FigureNo) -> Option<Reason> {
        let row = self.system.row(figure);
        if let Some((count, needed)) = self.few(row.iter().map(|(unknown, _)| *unknown)) {
            return Some(Reason::Few { count, needed });
        }
        (self.rules.dominant > 0 && self.is_dominated(row)).then_some(Reason::Dominated)
    }

    /// Why a figure must not be published beside one that contains it or that it contains.
    pub(super) fn refuses_difference(&self, figure: FigureNo) -> Option<Reason> {
        let row = self.system.row(figure);
        self.published.iter().find_map(|other| {
            let (count, needed) = self.few(difference(row, self.system.row(*other))?.into_iter())?;
            Some(Reason::FewBehindDifference { figure: *other, count, needed })
        })
    }

    /// Whether too few stand behind a class that the published figures determine, and did not before.
    pub(super) fn singles_out(&self) -> Option<Reason> {
        self.space.determined().into_iter().find_map(|class| {
            let members = self.space.members(class);
            if self.singled.contains(members) {
                return None;
            }
            let (count, needed) = self.few(members.iter().copied())?;
            Some(Reason::Singled { count, needed, attack: self.attack(&Sparse::from([(class, 1)]), &[]) })
        })
    }

    /// Count and threshold, when too few contributors hold these unknowns and one of them is protected.
    fn few(&self, unknowns: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
        let most = self.rules.organisations.max(self.rules.persons);
        let mut seen: HashSet<HolderNo> = HashSet::new();
        for unknown in unknowns {
            for holder in self.system.unknowns[unknown].holders.keys() {
                if self.system.holders[*holder].outside {
                    seen.insert(*holder);
                }
                if seen.len() >= most {
                    return None;
                }
            }
        }
        let protected: Vec<&HolderNo> =
            seen.iter().filter(|h| self.system.holders[**h].protection != Protection::None).collect();
        let persons = protected.iter().all(|holder| self.system.holders[**holder].person);
        let needed = if persons { self.rules.persons } else { self.rules.organisations };
        (!protected.is_empty() && seen.len() < needed).then_some((seen.len(), needed))
    }

    /// Whether too few stand behind what is left of a total when published parts of it are taken off, with this figure
    /// among them or as the total. Parts are taken off in a few orders, since there may be several breakdowns.
    pub(super) fn left_of_a_total(&self, figure: FigureNo) -> Option<Reason> {
        let system = self.system;
        let (_, before) = self.published.split_last()?;
        let mut orders = vec![before.to_vec(); 3];
        orders[1].reverse();
        orders[2].sort_by_key(|f| std::cmp::Reverse(system.row(*f).len()));
        let own = without_part(system.row(figure), &[]).into_iter().map(|rest| (figure, rest, None));
        let others = before
            .iter()
            .filter_map(|total| Some((*total, without_part(system.row(*total), system.row(figure))?, Some(figure))));
        for (total, start, first) in own.chain(others) {
            for order in &orders {
                let mut rest = start.clone();
                let mut terms = vec![(total, 1)];
                terms.extend(first.map(|part| (part, -1)));
                for part in order.iter().filter(|part| **part != total && !system.row(**part).is_empty()) {
                    let Some(less) = without_part(&rest, system.row(*part)) else { continue };
                    rest = less;
                    terms.push((*part, -1));
                    if let Some((count, needed)) = self.few(rest.iter().map(|(unknown, _)| *unknown)) {
                        let attack = Attack { terms, denominator: 1, exact: true };
                        return Some(Reason::Singled { count, needed, attack });
                    }
                }
            }
        }
        None
    }

    /// Whether a few contributors, one of them protected, hold most of a figure.
    fn is_dominated(&self, row: &[(usize, i64)]) -> bool {
        let mut parts: HashMap<HolderNo, i128> = HashMap::new();
        for (unknown, coefficient) in row {
            for (holder, minor) in &self.system.unknowns[*unknown].holders {
                *parts.entry(*holder).or_default() += i128::from(*coefficient) * minor;
            }
        }
        let protected = parts.keys().any(|holder| self.system.holders[*holder].protection == Protection::Interval);
        let x: Vec<i128> = parts.into_values().map(i128::abs).collect();
        protected && dominance_fails(&x, self.rules.dominant, self.rules.dominance)
    }
}

/// The unknowns of a difference of two figures, when one contains the other; none when it is neither, or when they are
/// the same.
fn difference(a: &[(usize, i64)], b: &[(usize, i64)]) -> Option<Vec<usize>> {
    let (mut x, mut y) = (a.iter().peekable(), b.iter().peekable());
    let (mut sign, mut unknowns) = (0, Vec::new());
    loop {
        let (unknown, change) = match (x.peek(), y.peek()) {
            (None, None) => break,
            (Some((u, c)), None) => (*u, x.next().map(|_| *c)),
            (None, Some((u, c))) => (*u, y.next().map(|_| -*c)),
            (Some((u, c)), Some((v, d))) => match u.cmp(v) {
                Ordering::Less => (*u, x.next().map(|_| *c)),
                Ordering::Greater => (*v, y.next().map(|_| -*d)),
                Ordering::Equal => (*u, x.next().and(y.next()).map(|_| *c - *d)),
            },
        };
        let change = change.unwrap_or(0);
        if change == 0 {
            continue;
        }
        if sign != 0 && sign != change.signum() {
            return None;
        }
        sign = change.signum();
        unknowns.push(unknown);
    }
    (!unknowns.is_empty()).then_some(unknowns)
}

/// What is left of a row when another is taken off; none when that is not a part of it.
fn without_part(row: &[(usize, i64)], part: &[(usize, i64)]) -> Option<Vec<(usize, i64)>> {
    let mut left = Vec::with_capacity(row.len());
    let mut parts = part.iter().peekable();
    for (unknown, counts) in row {
        let taken = parts.next_if(|(u, _)| u == unknown).map_or(0, |(_, c)| *c);
        let rest = counts - taken;
        if taken != 0 && (taken.signum() != counts.signum() || taken.abs() > counts.abs()) {
            return None;
        }
        if rest != 0 {
            left.push((*unknown, rest));
        }
    }
    parts.next().is_none().then_some(left)
}
