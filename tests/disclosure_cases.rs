//! Cases with known answers, from the literature and the tools of statistical offices: `fixtures/disclosure/`, each with
//! its source.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, missing_docs)]

mod attack;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use attack::{Weights, bounds, once, organisation, readers_of};
use bursar::disclosure::{
    Amount, FigureNo, Guard, Holder, HolderNo, Protection, Reason, Rules, System, dominance_fails, functionals,
    p_rule_fails, unproved,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Case {
    /// Amounts of one contributor each, who is called as the amount is.
    #[serde(default)]
    atoms: BTreeMap<String, i128>,
    /// Contributor, amount it belongs to, and how much.
    #[serde(default)]
    contributions: Vec<(String, String, i128)>,
    /// What figures are made of, where the name does not say: `Q1+Q2|Total` takes amounts `Q1|…` and `Q2|…`.
    #[serde(default)]
    cells: BTreeMap<String, Vec<String>>,
    releases: Vec<Vec<String>>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    intervals: BTreeMap<String, (i128, i128)>,
    exact: Vec<String>,
}

fn fixture<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/disclosure").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A case as a system, with names.
struct Named {
    system: System,
    contributors: Vec<String>,
    figures: Vec<String>,
    releases: Vec<Vec<FigureNo>>,
    expected: Expected,
}

impl Named {
    fn read(name: &str, holder: impl Fn(&str) -> Holder) -> Self {
        let case: Case = fixture(name);
        let alone = case.atoms.iter().map(|(atom, minor)| (atom.clone(), atom.clone(), *minor));
        let parts: Vec<(String, String, i128)> = case.contributions.into_iter().chain(alone).collect();
        let mut figures: Vec<String> = Vec::new();
        for figure in case.releases.iter().flatten().chain(case.expected.intervals.keys()) {
            if !figures.contains(figure) {
                figures.push(figure.clone());
            }
        }
        let takes = |figure: &String, atom: &str| match case.cells.get(figure) {
            Some(atoms) => atoms.iter().any(|a| a == atom),
            None => {
                let mut pairs = figure.split('|').zip(atom.split('|'));
                *figure == atom
                    || pairs.all(|(f, a)| f.eq_ignore_ascii_case("total") || f.split('+').any(|part| part == a))
            }
        };
        let contributors: BTreeSet<String> = parts.iter().map(|(who, ..)| who.clone()).collect();
        let contributors: Vec<String> = contributors.into_iter().collect();
        let amounts = parts.iter().map(|(who, atom, minor)| {
            let of: Vec<FigureNo> = (0..figures.len()).filter(|f| takes(&figures[*f], atom)).collect();
            once(contributors.iter().position(|c| c == who).unwrap(), &of, *minor)
        });
        let system = System::new(figures.len(), contributors.iter().map(|c| holder(c)).collect(), amounts);
        let place = |figure: &String| figures.iter().position(|f| f == figure).unwrap();
        let releases = case.releases.iter().map(|release| release.iter().map(place).collect()).collect();
        Self { system, contributors, figures: figures.clone(), releases, expected: case.expected }
    }

    /// Only contributors whose amounts the source keeps are protected; most sources ask what someone outside can tell,
    /// and then no contributor reads.
    fn kept(name: &str, protection: Protection, read: bool) -> Self {
        let kept = fixture::<Case>(name).expected.intervals;
        Self::read(name, |who| Holder {
            protection: if kept.contains_key(who) { protection } else { Protection::None },
            outside: read,
            ..organisation(1)
        })
    }

    fn imposed<'a>(&'a self, rules: &'a Rules) -> Guard<'a> {
        let mut guard = Guard::new(&self.system, rules);
        guard.impose(self.releases.iter().flatten().copied()).unwrap();
        guard
    }

    fn told(&self, rules: &Rules) -> Vec<&str> {
        self.imposed(rules).told().into_iter().map(|holder| self.contributors[holder].as_str()).collect()
    }

    fn figure(&self, name: &str) -> FigureNo {
        self.figures.iter().position(|f| f == name).unwrap()
    }

    fn contributor(&self, name: &str) -> HolderNo {
        self.contributors.iter().position(|c| c == name).unwrap()
    }

    /// A contributor's part of a figure.
    fn part(&self, contributor: &str, figure: &str) -> Weights {
        let holder = self.contributor(contributor);
        let row = self.system.row(self.figure(figure)).iter();
        row.filter(|(u, _)| self.system.unknowns[*u].holders.contains_key(&holder)).copied().collect()
    }
}

/// No number of contributors is too few: only amounts count.
fn share(per_mille: u32) -> Rules {
    Rules { organisations: 0, persons: 0, per_mille, ..Rules::default() }
}

/// No reader can tell an amount to within the share, as an independent solver has it.
fn assert_safe(system: &System, rules: &Rules, published: &[FigureNo]) {
    let p = f64::from(rules.per_mille) / 1000.0;
    for (holder, own) in system.by_holder().iter().enumerate() {
        for functional in functionals(system, holder, own) {
            if system.holders[holder].protection != Protection::Interval {
                continue;
            }
            for readers in readers_of(system, rules, holder) {
                let (least, most) = bounds(system, published, holder, &functional.weights, &readers);
                let x = functional.minor as f64;
                assert!(
                    least <= (1.0 - p) * x + 1e-6 && most >= (1.0 + p) * x - 1e-6,
                    "{holder} {functional:?} {readers:?}: {least} to {most}"
                );
            }
        }
    }
}

#[test]
fn intervals() {
    let names = [
        "geurts",
        "companies",
        "linked",
        "linked_protected",
        "linked_county",
        "linked_group",
        "regions_gauss",
        "regions_optimal",
        "two_per_line",
        "two_per_line_protected",
        "quarters",
    ];
    for name in names {
        let case = Named::read(name, |_| organisation(1));
        let rules = Rules::default();
        let guard = case.imposed(&rules);
        let mut exact = Vec::new();
        for (figure, interval) in &case.expected.intervals {
            assert_eq!(guard.range(case.figure(figure)), Some(*interval), "{name}: {figure}");
            if interval.0 == interval.1 {
                exact.push(figure.clone());
            }
        }
        assert_eq!(exact, case.expected.exact, "{name}");
    }
}

#[derive(Deserialize)]
struct CellRules {
    cells: Vec<CellRule>,
}

#[derive(Deserialize)]
struct CellRule {
    name: String,
    x: Vec<i128>,
    #[serde(default)]
    rest: i128,
    #[serde(default)]
    p: Vec<(u32, bool)>,
    #[serde(default)]
    dominance: Vec<(usize, u32, bool)>,
    #[serde(default)]
    few: Vec<(usize, bool)>,
}

/// The rules for one cell, by themselves and as the guard's verdict on a figure of its own.
#[test]
fn rules_for_one_cell() {
    for cell in fixture::<CellRules>("rules").cells {
        let CellRule { name, mut x, rest, p, dominance, few } = cell;
        x.extend(std::iter::repeat_n(10, usize::try_from(rest / 10).unwrap()));
        let amounts = |protection| {
            let holders = vec![Holder { protection, ..organisation(1) }; x.len()];
            System::new(1, holders, x.iter().enumerate().map(|(h, minor)| once(h, &[0], *minor)))
        };
        let system = amounts(Protection::Interval);
        for (per_mille, fails) in p {
            assert_eq!(p_rule_fails(&x, per_mille), fails, "{name}: p {per_mille}");
            let rules = share(per_mille);
            let verdict = Guard::new(&system, &rules).admit(0);
            assert_eq!(matches!(verdict, Err(Reason::Tells { .. })), fails, "{name}: p {per_mille}");
        }
        for (dominant, dominance, fails) in dominance {
            assert_eq!(dominance_fails(&x, dominant, dominance), fails, "{name}: ({dominant},{dominance})");
            let rules = Rules { dominant, dominance, ..share(1) };
            let verdict = Guard::new(&system, &rules).admit(0);
            assert_eq!(verdict == Err(Reason::Dominated), fails, "{name}: ({dominant},{dominance})");
        }
        for (organisations, fails) in few {
            let rules = Rules { organisations, persons: 0, ..share(1) };
            let verdict = Guard::new(&system, &rules).admit(0);
            assert_eq!(matches!(verdict, Err(Reason::Few { .. })), fails, "{name}: fewer than {organisations}");
        }
    }
}

/// Handbook, 4.2: dominance of the largest with `k` is the p % rule of someone outside, with p = 100 (100 - k) / k.
#[test]
fn dominance_of_one_is_a_p_rule() {
    for (k, p) in [(800, 250), (500, 1000), (625, 600)] {
        for rest in 1..400 {
            // Nobody who has the rest reads.
            let own = Holder { protection: Protection::None, outside: false, ..organisation(2) };
            let holders = vec![organisation(1), own];
            let system = System::new(1, holders, [once(0, &[0], 400), once(1, &[0], rest)]);
            let rules = share(p);
            let refused = matches!(Guard::new(&system, &rules).admit(0), Err(Reason::Tells { holder: 0, .. }));
            assert_eq!(refused, dominance_fails(&[400, rest], 1, k), "{rest} {k}");
        }
    }
}

/// Handbook, 4.2: amounts with sampling weights, four of 100 and seven of 10.
#[test]
fn weights_are_coefficients() {
    let amount = |holder, weight, minor| Amount { holder, coefficients: vec![(0, weight)], minor };
    let system = System::new(1, vec![organisation(1), organisation(2)], [amount(0, 4, 100), amount(1, 7, 10)]);
    assert_eq!(system.figures, [470]);
}

#[test]
fn two_breakdowns_tell_what_neither_does() {
    let rules = share(400);
    assert_eq!(Named::kept("linked", Protection::Interval, false).told(&rules), ["K"]);
    for alone in ["linked_county", "linked_group", "linked_protected"] {
        assert_eq!(Named::kept(alone, Protection::Interval, false).told(&rules), [""; 0], "{alone}");
    }
    // With the first out, the second is refused.
    let case = Named::kept("linked", Protection::Interval, false);
    let mut guard = Guard::new(&case.system, &rules);
    for figure in ["I", "J", "N", "Total", "county:county-1", "county:county-2"] {
        assert_eq!(guard.admit(case.figure(figure)), Ok(()), "{figure}");
    }
    for figure in ["group:BIG", "group:small"] {
        let Err(Reason::Tells { holder, readers, minor, attack }) = guard.admit(case.figure(figure)) else {
            panic!("{figure} was published");
        };
        assert_eq!((case.contributors[holder].as_str(), minor, attack.exact), ("K", 3, true), "{figure}");
        assert!(readers.is_empty());
    }
}

#[test]
fn two_withheld_in_each_line_are_not_enough() {
    assert_eq!(Named::kept("two_per_line", Protection::Interval, false).told(&share(50)), ["w|b"]);
    assert_eq!(Named::kept("two_per_line_protected", Protection::Interval, false).told(&share(50)), [""; 0]);
    for protection in [Protection::Interval, Protection::Structural] {
        let case = Named::kept("two_per_line", protection, false);
        let rules = share(50);
        let mut guard = Guard::new(&case.system, &rules);
        let mut refused = Vec::new();
        for figure in &case.releases[0] {
            if let Err(reason) = guard.admit(*figure) {
                refused.push(reason);
            }
        }
        assert!(!refused.is_empty());
        for reason in refused {
            let Reason::Tells { holder, minor, attack, .. } = &reason else { panic!("{reason:?}") };
            assert_eq!((case.contributors[*holder].as_str(), *minor, attack.exact), ("w|b", 47, true));
            let sum: i128 = attack.terms.iter().map(|(figure, factor)| case.system.figures[*figure] * factor).sum();
            assert_eq!(sum, 47 * attack.denominator, "the attack adds up");
        }
        assert_eq!(unproved(&case.system, &rules, guard.published(), &guard.proof_moves()), []);
    }
}

/// Handbook, footnote 8: who is alone in a withheld cell can tell the other one of its row.
#[test]
fn who_is_alone_in_a_cell_sees_more() {
    let rules = share(50);
    assert_eq!(Named::kept("geurts", Protection::Structural, false).told(&rules), [""; 0]);
    let case = Named::kept("geurts", Protection::Structural, true);
    assert_eq!(case.told(&rules), ["1|1", "1|2", "2|1", "2|2"], "each is known to who has the next");
    let (holder, own) = (case.contributor("1|1"), case.part("1|1", "1|1"));
    let published: Vec<FigureNo> = case.releases[0].clone();
    assert_eq!(bounds(&case.system, &published, holder, &own, &[]), (3.0, 6.0));
    let insider = case.contributor("1|2");
    assert_eq!(bounds(&case.system, &published, holder, &own, &[insider]), (5.0, 5.0));
}

/// A table that a package for statistical offices protects by the p % rule, and a contributor who takes off its own.
#[test]
fn contributors_are_audited_not_cells() {
    let case = Named::read("companies", |_| organisation(1));
    let rules = Rules { organisations: 0, ..share(100) };
    assert!(case.told(&rules).contains(&"A"));
    let agriculture = case.part("A", "Agriculture|Total");
    let published = &case.releases[0];
    let (a, b) = (case.contributor("A"), case.contributor("B"));
    let (least, most) = bounds(&case.system, published, a, &agriculture, &[b]);
    assert_eq!((least.round(), most.round()), (0.0, 1837.0));
    let mut guard = Guard::new(&case.system, &rules);
    let refused: Vec<Reason> = published.iter().filter_map(|figure| guard.admit(*figure).err()).collect();
    let caught = refused
        .iter()
        .any(|reason| matches!(reason, Reason::Tells { holder, readers, .. } if *holder == a && *readers == vec![b]));
    assert!(caught, "{refused:?}");
    assert_safe(&case.system, &rules, guard.published());
    assert_eq!(unproved(&case.system, &rules, guard.published(), &guard.proof_moves()), []);
}

/// Four cumulative releases, each protected alone.
#[test]
fn releases_are_decided_with_those_before() {
    let case = Named::kept("quarters", Protection::Interval, false);
    let rules = share(50);
    let mut guard = Guard::new(&case.system, &rules);
    let refused = |guard: &mut Guard<'_>, release: &[FigureNo]| -> Vec<Reason> {
        release.iter().filter_map(|figure| guard.admit(*figure).err()).collect()
    };
    assert_eq!(refused(&mut guard, &case.releases[0]), [], "the first tells nothing");
    let second = refused(&mut guard, &case.releases[1]);
    assert!(second.iter().all(|reason| matches!(reason, Reason::Tells { .. })) && !second.is_empty(), "{second:?}");
    for release in &case.releases[2..] {
        refused(&mut guard, release);
    }
    // Greedy, but with everything before: a good part is out, and nothing is told.
    let shown: BTreeSet<&FigureNo> = guard.published().iter().collect();
    let asked: BTreeSet<&FigureNo> = case.releases.iter().flatten().collect();
    assert!(shown.len() * 2 > asked.len(), "{} of {}", shown.len(), asked.len());
    assert_safe(&case.system, &rules, guard.published());
    assert_eq!(unproved(&case.system, &rules, guard.published(), &guard.proof_moves()), []);
    // The naive sequence tells all of these contributors exactly.
    let told = case.told(&rules);
    let kept =
        case.contributors.iter().filter(|c| case.system.holders[case.contributor(c)].protection != Protection::None);
    let with_amounts = kept.filter(|c| !case.part(c, c).is_empty()).map(String::as_str);
    assert_eq!(told, with_amounts.collect::<Vec<_>>());
}

#[derive(Deserialize)]
struct Holdings {
    rows: Vec<(i64, i64, i128, usize)>,
    few: Vec<(i64, i64)>,
}

#[test]
fn companies_of_a_holding_are_one() {
    let case: Holdings = fixture("holdings");
    let cells: BTreeSet<(i64, i64)> = case.rows.iter().map(|(a, b, ..)| (*a, *b)).collect();
    let cells: Vec<(i64, i64)> = cells.into_iter().collect();
    let place = |a, b| cells.iter().position(|cell| *cell == (a, b)).unwrap();
    let holders = |most: usize| vec![Holder { protection: Protection::Interval, ..organisation(1) }; most];
    let by_holding = System::new(
        cells.len(),
        holders(10),
        case.rows.iter().map(|(a, b, minor, holding)| once(*holding, &[place(*a, *b)], *minor)),
    );
    let by_row = System::new(
        cells.len(),
        holders(case.rows.len()),
        case.rows.iter().enumerate().map(|(row, (a, b, minor, _))| once(row, &[place(*a, *b)], *minor)),
    );
    let threshold = Rules { organisations: 3, ..share(1) };
    for (figure, cell) in cells.iter().enumerate() {
        let few = matches!(Guard::new(&by_holding, &threshold).admit(figure), Err(Reason::Few { count: 2, needed: 3 }));
        assert_eq!(few, case.few.contains(cell), "{cell:?}");
        assert!(!matches!(Guard::new(&by_row, &threshold).admit(figure), Err(Reason::Few { .. })));
    }
    // 700 and 200 of one holding: 10 + 40 is less than a tenth of 900, but 10 + 40 + 60 is more than one of 700.
    let rules = share(100);
    assert_eq!(Guard::new(&by_row, &rules).admit(place(900, 30)), Ok(()));
    let verdict = Guard::new(&by_holding, &rules).admit(place(900, 30));
    assert!(matches!(&verdict, Err(Reason::Tells { holder: 6, minor: 900, .. })), "{verdict:?}");
}

/// Handbook, 4.2.2: 56,600 less the 47,600 and 8,002 that are shown.
#[test]
fn what_is_left_of_a_total() {
    let holders = vec![organisation(1); 9];
    let part = |holder, figure, minor| once(holder, &[0, figure], minor);
    let amounts = [
        part(0, 1, 16_000),
        part(1, 1, 16_000),
        part(2, 1, 15_600),
        part(3, 2, 3_000),
        part(4, 2, 3_000),
        part(5, 2, 2_002),
        part(6, 3, 998),
    ];
    let system = System::new(4, holders, amounts);
    let rules = Rules::default();
    let mut guard = Guard::new(&system, &rules);
    assert_eq!(guard.admit(0), Ok(()));
    assert_eq!(guard.admit(1), Ok(()));
    let Err(Reason::Singled { count: 1, needed: 3, attack }) = guard.admit(2) else { panic!("998 is told") };
    assert_eq!(attack.terms.iter().map(|(figure, factor)| system.figures[*figure] * factor).sum::<i128>(), 998);
}

/// tau-ARGUS manual, on singletons: 146 is 52 + 15 + 62 + 17, of which one contributor has the 15.
#[test]
fn a_withheld_singleton_is_no_shield() {
    let holders = vec![organisation(1); 9];
    let part = |holder, figure, minor| once(holder, &[0, figure], minor);
    let amounts = |second: usize| {
        [
            part(0, 1, 20),
            part(1, 1, 20),
            part(2, 1, 12),
            part(3, 2, 9),
            part(second, 2, 6),
            part(5, 3, 22),
            part(6, 3, 20),
            part(7, 3, 20),
            part(8, 4, 16),
            part(4, 4, 1),
        ]
    };
    let rules = share(100);
    for (second, told) in [(3, true), (2, false)] {
        let system = System::new(5, holders.clone(), amounts(second));
        let mut guard = Guard::new(&system, &rules);
        assert_eq!(guard.admit(0), Ok(()));
        assert_eq!(guard.admit(1), Ok(()));
        assert_eq!(guard.admit(3).is_err(), told);
        // Who has all of the 15 knows that the last is 17, and 16 is within a tenth of it.
        guard.impose([3]).unwrap();
        assert_eq!(guard.told().contains(&8), told);
    }
}
