//! What holds of any entries and any statement.

use std::collections::BTreeSet;

use bursar::calendar::Date;
use bursar::ledger::EntryNo;
use bursar::reconcile::{Item, Limits, Line, match_up};
use proptest::prelude::*;

fn day(offset: u64) -> Date {
    Date::from_number(20_260_301).unwrap().earlier(60 - offset)
}

/// Day, amount (of few, so that they collide), whether it has a reference, and what the statement makes of it.
type Movement = (u64, i64, bool, u8);

fn movements() -> impl Strategy<Value = Vec<Movement>> {
    let amount = prop_oneof![Just(30_000), Just(15_000), Just(-9_99), Just(-1_250), -50_000_i64..50_000];
    prop::collection::vec((0_u64..60, amount, any::<bool>(), 0_u8..10), 0..40)
}

/// Entries, and the statement of a bank that shows most of them: some late, some not at all, some split in two, with
/// lines of its own in between.
fn derived(movements: &[Movement]) -> (Vec<Line>, Vec<Item>) {
    let (mut lines, mut items) = (Vec::new(), Vec::new());
    for (i, (offset, amount, referenced, fate)) in movements.iter().enumerate() {
        let reference = referenced.then(|| format!("R{i}"));
        let line = |offset: u64, amount: i64, reference: Option<&String>| Line {
            date: day(offset.min(60)),
            amount,
            references: reference.into_iter().cloned().collect(),
            words: " ".to_owned(),
        };
        if *fate != 1 {
            items.push(Item {
                entry: EntryNo(i64::try_from(i).unwrap() + 1),
                date: day(*offset),
                amount: *amount,
                reference: reference.clone(),
                clues: Vec::new(),
                reverses: None,
            });
        }
        match fate {
            0 => {}
            2 => {
                lines.push(line(*offset, amount + 77, reference.as_ref()));
                lines.push(line(*offset, -77, reference.as_ref()));
            }
            fate => lines.push(line(offset + u64::from(fate % 4), *amount, reference.as_ref())),
        }
    }
    lines.sort_by_key(|line| line.date);
    items.sort_by_key(|item| (item.date, item.entry));
    (lines, items)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_and_entry_is_used_once_and_sums_hold(movements in movements()) {
        let (lines, items) = derived(&movements);
        let found = match_up(&lines, &items, Limits::default());
        let (mut used_lines, mut used_items) = (BTreeSet::new(), BTreeSet::new());
        let mut proven = 0_i128;
        for one in &found.matches {
            let of_lines: i128 = one.lines.iter().map(|i| i128::from(lines[*i].amount)).sum();
            let of_items: i128 = one.items.iter().map(|i| i128::from(items[*i].amount)).sum();
            prop_assert_eq!(of_lines, of_items);
            proven += of_items;
            for line in &one.lines {
                prop_assert!(used_lines.insert(*line), "line {} is matched twice", line);
            }
            for item in &one.items {
                prop_assert!(used_items.insert(*item), "entry {} is matched twice", item);
            }
        }
        // What is left and what is asked is exactly the rest: nothing is lost on the way.
        let asked: BTreeSet<usize> = found.questions.iter().flat_map(|q| q.lines.iter().copied()).collect();
        let left: BTreeSet<usize> = found.lines.iter().copied().collect();
        for i in 0..lines.len() {
            let places = [used_lines.contains(&i), asked.contains(&i), left.contains(&i)];
            prop_assert_eq!(places.iter().filter(|place| **place).count(), 1, "line {}", i);
        }
        let open: BTreeSet<usize> = found.items.iter().copied().collect();
        prop_assert!((0..items.len()).all(|i| used_items.contains(&i) != open.contains(&i)));
        // So a statement always proves: books − open entries + lines not in the books = statement.
        let books: i128 = items.iter().map(|item| i128::from(item.amount)).sum();
        let statement: i128 = lines.iter().map(|line| i128::from(line.amount)).sum();
        let unmatched: i128 = open.iter().map(|i| i128::from(items[*i].amount)).sum();
        let missing: i128 = left.iter().chain(&asked).map(|i| i128::from(lines[*i].amount)).sum();
        prop_assert_eq!(books - unmatched + missing, statement);
        prop_assert_eq!(proven, books - unmatched);
    }

    #[test]
    fn the_same_input_gives_the_same_answer(movements in movements()) {
        let (lines, items) = derived(&movements);
        let limits = Limits::default();
        prop_assert_eq!(match_up(&lines, &items, limits), match_up(&lines, &items, limits));
    }

    #[test]
    fn with_references_everything_that_was_shown_is_found(movements in movements()) {
        let movements: Vec<Movement> =
            movements.into_iter().map(|(offset, amount, _, fate)| (offset, amount, true, fate)).collect();
        let (lines, items) = derived(&movements);
        let found = match_up(&lines, &items, Limits::default());
        let shown = movements.iter().filter(|(_, _, _, fate)| *fate > 1).count();
        let by_reference = found.matches.iter().filter(|one| one.how == bursar::reconcile::How::Reference).count();
        prop_assert_eq!(by_reference, shown);
    }
}
