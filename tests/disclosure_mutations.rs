//! What each part of the check is for: a case that it refuses, and that a check without the part would publish.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, missing_docs)]

mod attack;

use std::collections::BTreeMap;

use attack::{bounds, once, organisation};
use bursar::disclosure::{
    Amount, Fraction, Group, Guard, HeadGuard, Holder, Move, Need, Outcome, Program, Protection, Reason, Rules, System,
    TooFew, functionals, unproved,
};

/// Whose, what it counts in figures, and minor units.
type Counted = (usize, &'static [(usize, i64)], i128);

fn person(party: i64) -> Holder {
    Holder { party, protection: Protection::Structural, person: true, outside: true }
}

/// No number of contributors is too few: only amounts count.
fn share(per_mille: u32) -> Rules {
    Rules { organisations: 0, persons: 0, per_mille, ..Rules::default() }
}

/// The verdict on the last figure after all others, and that the verifier agrees: whatever the guard found is no proof
/// once the figure is out.
fn refused(system: &System, rules: &Rules) -> Reason {
    let last = system.figures.len() - 1;
    let mut guard = Guard::new(system, rules);
    for figure in 0..last {
        assert_eq!(guard.admit(figure), Ok(()), "figure {figure}");
    }
    assert_eq!(unproved(system, rules, guard.published(), &guard.proof_moves()), []);
    let reason = guard.admit(last).unwrap_err();
    if matches!(reason, Reason::Tells { .. }) {
        guard.impose([last]).unwrap();
        assert_ne!(unproved(system, rules, guard.published(), &guard.proof_moves()), []);
    }
    reason
}

fn published_alone(system: &System, rules: &Rules, figure: usize) -> bool {
    Guard::new(system, rules).admit(figure).is_ok()
}

/// Sponsors of a quarter, and the year to date a quarter later: the difference is the newcomer's.
#[test]
fn without_history_the_year_to_date_is_published() {
    let holders = vec![organisation(1); 5];
    let amounts = (0..4).map(|h| once(h, &[0, 1], 1000)).chain([once(4, &[1], 700)]);
    let system = System::new(2, holders, amounts);
    let reason = refused(&system, &share(100));
    assert!(matches!(reason, Reason::Tells { holder: 4, minor: 700, .. }), "{reason:?}");
    assert!(published_alone(&system, &share(100), 1));
}

/// The second largest takes off its own.
#[test]
fn without_insiders_two_large_sponsors_are_published() {
    let amounts = || [once(0, &[0], 500), once(1, &[0], 490), once(2, &[0], 10)];
    let system = System::new(1, vec![organisation(1); 3], amounts());
    let reason = refused(&system, &share(100));
    assert!(matches!(&reason, Reason::Tells { readers, .. } if !readers.is_empty()), "{reason:?}");
    let nobody_reads = vec![Holder { outside: false, ..organisation(1) }; 3];
    assert!(published_alone(&System::new(1, nobody_reads, amounts()), &share(100), 0));
}

/// Two who put together what they know are one reader.
#[test]
fn without_coalitions_three_sponsors_are_published() {
    let system = System::new(1, vec![organisation(1); 3], (0..3).map(|h| once(h, &[0], 100)));
    let together = Rules { coalitions: vec![vec![0, 1]], ..share(100) };
    let reason = refused(&system, &together);
    assert!(matches!(&reason, Reason::Tells { holder: 2, readers, .. } if readers == &[0, 1]), "{reason:?}");
    assert!(published_alone(&system, &share(100), 0));
}

/// Rows of 700 and 200 that are one holding's.
#[test]
fn companies_of_a_holding_apart_are_published() {
    let rows = [(0, 700), (0, 200), (1, 60), (2, 40), (3, 10)];
    let together = System::new(1, vec![organisation(1); 4], rows.map(|(holding, minor)| once(holding, &[0], minor)));
    assert!(matches!(refused(&together, &share(100)), Reason::Tells { holder: 0, minor: 900, .. }));
    let rows = rows.iter().enumerate();
    let apart = System::new(1, vec![organisation(1); 5], rows.map(|(company, (_, minor))| once(company, &[0], *minor)));
    assert!(published_alone(&apart, &share(100), 0));
}

/// What only the reader has is no unknown to it: here it has a payment and a refund in a figure with one other.
#[test]
fn with_what_only_the_reader_has_left_open_it_is_published() {
    let amounts = [
        Amount { holder: 0, coefficients: vec![(0, 1), (1, 1)], minor: 300 },
        Amount { holder: 1, coefficients: vec![(0, 1), (1, 2)], minor: 400 },
        Amount { holder: 1, coefficients: vec![(0, -1), (1, -2)], minor: 100 },
    ];
    let system = System::new(
        1,
        vec![organisation(1); 2],
        amounts.map(|amount| Amount { coefficients: amount.coefficients[..1].to_vec(), ..amount }),
    );
    let reason = refused(&system, &share(100));
    assert!(matches!(&reason, Reason::Tells { holder: 0, readers, .. } if readers == &[1]), "{reason:?}");
    // The other's 300, with the reader's two amounts as unknowns of which it has taken off its own.
    let extremes = |columns: usize, row: Vec<(usize, i64)>| {
        let program = Program { columns, rows: vec![row], rhs: vec![300], objective: vec![(0, 1)] };
        (program.minimise().unwrap(), program.maximise().unwrap())
    };
    let value = |outcome: Outcome| match outcome {
        Outcome::Optimal(best) => Some(best.value),
        _ => None,
    };
    let whole = |numerator| Some(Fraction { numerator, denominator: 1 });
    let (least, most) = extremes(1, vec![(0, 1)]);
    assert_eq!((value(least), value(most)), (whole(300), whole(300)));
    let (least, most) = extremes(3, vec![(0, 1), (1, 1), (2, -1)]);
    assert_eq!((value(least), most), (whole(0), Outcome::Unbounded), "left open, nothing is told");
}

/// Each of two amounts could be anything, but together they are known to within a fortieth.
#[test]
fn by_single_amounts_only_a_total_is_published() {
    let amounts = [once(0, &[0], 100), once(0, &[0, 1], 100), once(1, &[0], 5), once(2, &[0], 4)];
    let system = System::new(2, vec![organisation(1); 3], amounts);
    let rules = share(100);
    let mut guard = Guard::new(&system, &rules);
    let Err(Reason::Tells { holder: 0, minor: 200, .. }) = guard.admit(0) else { panic!("200 of 209 is told") };
    let own = &system.by_holder()[0];
    for functional in functionals(&system, 0, own) {
        for reader in [vec![], vec![1], vec![2]] {
            let (least, most) = bounds(&system, &[0], 0, &functional.weights, &reader);
            let x = functional.minor as f64;
            let told = least > 0.9 * x || most < 1.1 * x;
            assert_eq!(told, functional.weights.len() == 2, "{functional:?} {reader:?}: {least} to {most}");
        }
    }
}

/// Ten people in all, and seven with gold tickets: three are left, and nobody's amount is told.
#[test]
fn without_nested_thresholds_seven_of_ten_are_published() {
    let amounts = (0..10).map(|h| once(h, if h < 7 { &[0, 1] } else { &[0] }, 100));
    let system = System::new(2, (1..=10).map(person).collect(), amounts);
    let rules = Rules { persons: 5, ..Rules::default() };
    assert_eq!(refused(&system, &rules), Reason::FewBehindDifference { figure: 0, count: 3, needed: 5 });
    assert!(published_alone(&system, &rules, 1), "seven are enough by themselves");
    let no_threshold = share(50);
    let mut rank_only = Guard::new(&system, &no_threshold);
    assert_eq!((rank_only.admit(0), rank_only.admit(1)), (Ok(()), Ok(())));
    // The same of counts.
    let groups = vec![Group { people: 7, sensitive: false }, Group { people: 3, sensitive: false }];
    let mut heads = HeadGuard::new(groups, 5, 5);
    assert_eq!(heads.admit(&vec![(0, 1), (1, 1)]), Ok(()));
    assert_eq!(heads.admit(&vec![(0, 1)]), Err(TooFew::Difference(3)));
}

/// Three figures, no two of which are nested, leave two people.
#[test]
fn without_what_figures_single_out_together_two_people_are_published() {
    let four = |from: usize, figures: [usize; 2]| (from..from + 4).map(move |h| once(h, &figures, 100));
    let two = (12..14).map(|h| once(h, &[0, 1, 2], 100));
    let amounts = four(0, [0, 1]).chain(four(4, [1, 2])).chain(four(8, [0, 2])).chain(two);
    let system = System::new(3, (1..=14).map(person).collect(), amounts);
    let rules = Rules { persons: 3, ..Rules::default() };
    let mut guard = Guard::new(&system, &rules);
    assert_eq!((guard.admit(0), guard.admit(1), guard.admit(2)), (Ok(()), Ok(()), Ok(())));
    // With all that take part in two of them out as well, the last two are left.
    let amounts = four(0, [0, 1]).chain(four(4, [1, 2])).chain(four(8, [0, 2]));
    let amounts = amounts.map(|amount| Amount { coefficients: [amount.coefficients, vec![(3, 1)]].concat(), ..amount });
    let two = (12..14).map(|h| once(h, &[0, 1, 2], 100));
    let system = System::new(4, (1..=14).map(person).collect(), amounts.chain(two));
    let reason = refused(&system, &rules);
    assert!(matches!(reason, Reason::Singled { count: 2, needed: 3, .. }), "{reason:?}");
}

/// A total by months and by kinds of tickets: what is left of it after all kinds but one is in two months, so that it is
/// no class of its own.
#[test]
fn without_totals_less_all_their_parts_two_students_are_published() {
    // Everything, January, February, gold, silver.
    let ticket = |h: usize, kind: &[usize]| once(h, &[&[0, 1 + h % 2], kind].concat(), 100);
    let amounts = (0..8)
        .map(|h| ticket(h, &[3]))
        .chain((8..16).map(|h| ticket(h, &[4])))
        .chain([ticket(16, &[]), ticket(17, &[])]);
    let system = System::new(5, (1..=18).map(person).collect(), amounts);
    let rules = Rules { persons: 5, ..Rules::default() };
    let reason = refused(&system, &rules);
    let Reason::Singled { count: 2, needed: 5, attack } = reason else { panic!("{reason:?}") };
    assert_eq!(attack.terms, [(0, 1), (4, -1), (3, -1)]);
}

/// What is out already excuses no more than it told.
#[test]
fn what_was_told_too_closely_is_not_told_exactly() {
    // A could be 1000 to 1050; the second figure is the 50.
    let amounts = [once(0, &[0], 1000), once(1, &[0, 1], 25), once(2, &[0, 1], 25)];
    let system = System::new(2, vec![organisation(1); 3], amounts);
    let rules = share(100);
    let mut guard = Guard::new(&system, &rules);
    guard.impose([0]).unwrap();
    assert!(guard.told().contains(&0));
    assert!(matches!(guard.admit(1), Err(Reason::Tells { holder: 0, minor: 1000, .. })));
    assert_eq!(guard.admit(0), Ok(()), "the same again is nothing new");
}

/// One figure of everything is a figure like another.
#[test]
fn a_first_figure_of_everything_is_looked_at() {
    let system = System::new(1, vec![organisation(1); 3], [(0, 900), (1, 50), (2, 1)].map(|(h, x)| once(h, &[0], x)));
    assert!(matches!(Guard::new(&system, &share(100)).admit(0), Err(Reason::Tells { holder: 0, .. })));
}

/// The verifier believes nothing.
#[test]
fn a_wrong_move_proves_nothing() {
    // Two by two with all sums: safe by moving around the square only.
    let place = |i: usize| [i / 2, 2 + i % 2];
    let holders = vec![Holder { outside: false, ..organisation(1) }; 4];
    let system = System::new(4, holders, (0..4).map(|i| once(i, &place(i), 100)));
    let rules = share(100);
    let mut guard = Guard::new(&system, &rules);
    for figure in 0..4 {
        assert_eq!(guard.admit(figure), Ok(()));
    }
    let check = |moves: &[Move]| unproved(&system, &rules, guard.published(), moves);
    let moves = guard.proof_moves();
    assert_eq!(check(&moves), []);
    let unknown = |i: usize| system.by_holder()[i][0];
    let around = |changes: [i128; 4]| -> Move { (0..4).map(|i| (unknown(i), changes[i])).collect() };
    assert_eq!(check(&[around([1, -1, -1, 1])]), []);
    assert_eq!(check(&[around([-3, 3, 3, -3])]), [], "any number of times");
    for wrong in [vec![], vec![around([1, -1, 1, -1])], vec![around([1, 0, 0, -1])], vec![around([1, 1, 1, 1])]] {
        let open = check(&wrong);
        assert_eq!(open.len(), 8, "each amount both ways: {wrong:?}");
        assert!(open.iter().all(|o| o.readers.is_empty() && o.minor == 100));
    }
    // A step that is too large for the amounts is none.
    let large = around([101, -101, -101, 101]);
    assert_eq!(check(std::slice::from_ref(&large)).len(), 8);
    let open = check(&[large, around([1, -1, -1, 1])]);
    assert_eq!(open, []);
    // Where amounts are never consulted, any step will do, but one there has to be.
    let mut structural = system.clone();
    structural.holders.iter_mut().for_each(|holder| holder.protection = Protection::Structural);
    let open = unproved(&structural, &rules, &[0, 1, 2, 3], &[]);
    assert!(open.len() == 4 && open.iter().all(|o| o.need == Need::Other));
    assert_eq!(unproved(&structural, &rules, &[0, 1, 2, 3], &[around([101, -101, -101, 101])]), []);
    let of: BTreeMap<usize, i64> = BTreeMap::from([(unknown(2), 1)]);
    assert!(open.iter().any(|o| o.holder == 2 && o.amount == of && o.why.contains("contributor 2 (100)")));
}

/// What somebody could tell before is excused although nothing was proved of anybody: in whole units there was no other
/// ledger, in halves there is.
#[test]
fn what_was_unproven_excuses_each_reader() {
    let counts: [Counted; 5] = [
        (0, &[(0, 1), (1, -1), (2, 1)], 542),
        (0, &[(1, 1)], 182),
        (1, &[(0, 1), (1, 2), (2, 1)], 818),
        (0, &[(0, 1), (1, 1)], 1),
        (0, &[(1, -1), (2, 1)], 3),
    ];
    let holders = vec![Holder { protection: Protection::None, ..organisation(1) }, organisation(2)];
    let rules = share(20);
    for scale in [1, 2] {
        let amounts = counts.map(|(holder, coefficients, minor)| Amount {
            holder,
            coefficients: coefficients.to_vec(),
            minor: minor * scale,
        });
        let system = System::new(3, holders.clone(), amounts);
        let mut guard = Guard::new(&system, &rules);
        guard.impose([0, 1]).unwrap();
        assert_eq!(guard.admit(2), Ok(()), "{scale}");
    }
}

/// The farthest ledger is not always in whole units when a near one is: here it takes away all of two amounts.
#[test]
fn a_near_ledger_will_do() {
    let counts: [Counted; 6] = [
        (2, &[(0, 1), (2, 1)], 1626),
        (2, &[(0, 2), (2, 1)], 83),
        (0, &[(0, 1), (1, 1), (2, 1)], 1),
        (0, &[(2, 1)], 3),
        (0, &[(0, -1), (2, 1)], 7),
        (1, &[(0, -1), (2, 1)], 91),
    ];
    let amounts = counts.map(|(holder, counts, minor)| Amount { holder, coefficients: counts.to_vec(), minor });
    let own = Holder { protection: Protection::None, outside: false, ..organisation(1) };
    let system = System::new(3, vec![own.clone(), organisation(2), own], amounts);
    let rules = share(100);
    let mut guard = Guard::new(&system, &rules);
    for figure in 0..3 {
        assert_eq!(guard.admit(figure), Ok(()), "{figure}");
        assert_eq!(unproved(&system, &rules, guard.published(), &guard.proof_moves()), []);
    }
}

/// A ledger that is found for one amount serves others that nothing was found for.
#[test]
fn what_is_out_is_looked_at_with_all_moves() {
    let counts: [Counted; 12] = [
        (3, &[(0, 1), (1, 1), (2, -1)], 133),
        (2, &[(0, 1), (1, 2), (2, -1)], 9),
        (1, &[(0, -1), (1, -1)], 26),
        (1, &[(0, 1), (1, 1)], 111),
        (0, &[(0, 1), (1, 2), (2, -1)], 19),
        (1, &[(0, 1), (1, 1), (2, -1)], 8),
        (2, &[(0, -1), (1, 2)], 1),
        (2, &[(0, 1), (1, -1)], 7),
        (0, &[(0, 1), (1, 1), (2, -1)], 2),
        (1, &[(0, 1), (1, 2), (2, -1)], 1),
        (1, &[(0, -1), (1, 1)], 1),
        (0, &[(0, 1), (1, 2)], 4),
    ];
    let amounts = counts.map(|(holder, counts, minor)| Amount { holder, coefficients: counts.to_vec(), minor });
    let system = System::new(3, vec![organisation(1); 4], amounts);
    let rules = Rules { organisations: 1, persons: 1, ..share(20) };
    let mut guard = Guard::new(&system, &rules);
    guard.impose([0, 1]).unwrap();
    let before = unproved(&system, &rules, guard.published(), &guard.proof_moves()).len();
    let _ = guard.admit(2);
    assert_eq!(unproved(&system, &rules, guard.published(), &guard.proof_moves()).len(), before);
}

/// A is between 980 and 1020 by what is out. That excuses no figure that makes it exactly 1000.
#[test]
fn with_everything_excused_that_was_told_it_is_told_exactly() {
    let own = Holder { protection: Protection::None, outside: false, ..organisation(1) };
    let amounts = [
        once(0, &[0, 1], 1000),
        once(1, &[0, 2], 20),
        Amount { holder: 1, coefficients: vec![(1, -1)], minor: 20 },
        once(1, &[3], 5),
    ];
    let system = System::new(4, vec![organisation(1), own], amounts);
    let rules = share(100);
    let mut guard = Guard::new(&system, &rules);
    guard.impose([0, 1]).unwrap();
    assert!(guard.told().contains(&0));
    assert_eq!(guard.admit(3), Ok(()), "what is told is no reason to withhold others");
    let verdict = guard.admit(2);
    assert!(matches!(verdict, Err(Reason::Tells { holder: 0, minor: 1000, .. })), "{verdict:?}");
}
