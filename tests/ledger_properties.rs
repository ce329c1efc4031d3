//! What holds of any books whatsoever, over random sequences of operations.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;

use std::collections::{BTreeMap, HashMap};

use bookkeeping as bk;
use bursar::books::{Balance, Books, BooksError, MemoryStore, Store, WriteContext};
use bursar::calendar::{ALL_DAYS, Date, Window};
use bursar::ledger::{AccountNo, Coordinate, Draft, EntryNo, Function, PartyKind, PartyNo, Posting, Slug};
use proptest::prelude::*;

/// An entry to be posted: amounts by account and dimensions; the last posting of each fund is what makes it balance.
#[derive(Clone, Debug)]
struct Lines {
    day: u64,
    reference: Option<u8>,
    described: bool,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    account: i64,
    minor: i64,
    aid: bool,
    event: Option<bool>,
    function: Option<usize>,
    activity: Option<u8>,
    party: Option<i64>,
}

#[derive(Clone, Debug)]
enum Operation {
    Post(Lines),
    /// Several entries as one transaction.
    PostTogether(Vec<Lines>),
    /// Posted, and then refused: nothing may stay.
    Refused(Lines),
    DryRun(Lines),
    /// Reverses one of the entries that are there, so many days after the first day.
    Reverse(usize, u64),
    AddParty(bool),
    Lock(u64),
}

/// Days around two year ends and a leap day; so many days after the first.
fn day(offset: u64) -> Date {
    let mut date = bk::date("2023-12-29");
    for _ in 0..offset {
        date = date.next().unwrap();
    }
    date
}

const DAYS: u64 = 430;

/// A day after every lock that operations make.
const OPEN: &str = "2026-06-30";

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -1_000_000_i64..1_000_000, 1 => Just(0), 1 => -1_000_000_000_000_i64..1_000_000_000_000]
}

fn one_line() -> impl Strategy<Value = Line> {
    let dimensions = (any::<bool>(), any::<Option<bool>>(), prop::option::of(0_usize..3), prop::option::of(0_u8..2));
    (1_i64..=8, amount(), dimensions, prop::option::of(1_i64..4)).prop_map(|(account, minor, dimensions, party)| {
        let (aid, event, function, activity) = dimensions;
        Line { account, minor, aid, event, function, activity, party }
    })
}

fn lines() -> impl Strategy<Value = Lines> {
    (0..DAYS, prop::option::weighted(0.3, 0_u8..20), any::<bool>(), prop::collection::vec(one_line(), 1..6))
        .prop_map(|(day, reference, described, lines)| Lines { day, reference, described, lines })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => lines().prop_map(Operation::Post),
        2 => prop::collection::vec(lines(), 1..5).prop_map(Operation::PostTogether),
        1 => lines().prop_map(Operation::Refused),
        1 => lines().prop_map(Operation::DryRun),
        3 => (any::<usize>(), 0..DAYS).prop_map(|(which, day)| Operation::Reverse(which, day)),
        1 => any::<bool>().prop_map(Operation::AddParty),
        1 => (0..DAYS / 3).prop_map(Operation::Lock),
    ]
}

impl Lines {
    /// A draft that balances in every fund, with parties that are there.
    fn draft(&self, parties: i64) -> Draft {
        let mut postings: Vec<Posting> = self.lines.iter().map(|line| line.posting(parties)).collect();
        let mut sums: BTreeMap<Slug, i64> = BTreeMap::new();
        for posting in &postings {
            *sums.entry(posting.at.fund).or_default() += posting.amount.minor();
        }
        for (fund, minor) in sums {
            let at = Coordinate { fund, ..bk::at(bk::CHECKING) };
            postings.push(Posting { at, ..bk::line(bk::CHECKING, -minor) });
        }
        Draft {
            date: day(self.day),
            reference: self.reference.map(|number| format!("REF-{number}")),
            description: self.described.then(|| format!("entry of day {}", self.day)),
            postings,
        }
    }
}

impl Line {
    fn posting(&self, parties: i64) -> Posting {
        let account = AccountNo(self.account);
        let at = Coordinate {
            event: self.event.map(|first| bk::slug(if first { "pyex25" } else { "pyex26" })),
            fund: bk::slug(if self.aid { "aid" } else { "general" }),
            function: self.function.map(|i| Function::ALL[i]),
            activity: self.activity.map(|i| bk::slug(["talks", "sprints"][usize::from(i)])),
            ..bk::at(account)
        };
        let party = self.party.filter(|number| *number <= parties).map(PartyNo);
        let memo = party.map(|number| format!("for party {number}"));
        Posting { at, party, memo, ..bk::line(account, self.minor) }
    }
}

/// Does one operation; a refusal must leave everything as it was.
fn apply<S: Store>(books: &mut Books<S>, operation: &Operation) {
    let tail = books.tail().unwrap();
    let outcome: Result<(), BooksError> = match operation {
        Operation::Post(lines) => bk::try_post(books, &lines.draft(tail.parties)).map(drop),
        Operation::PostTogether(list) => books.write(&bk::context(), |writer| {
            list.iter().try_for_each(|lines| bk::voucher(writer, &lines.draft(tail.parties)).map(drop))
        }),
        Operation::Refused(lines) => books.write(&bk::context(), |writer| {
            bk::voucher(writer, &lines.draft(tail.parties))?;
            Err(BooksError::Empty { what: "the second thought" })
        }),
        Operation::DryRun(lines) => {
            let context = WriteContext { dry_run: true, ..bk::context() };
            // Good or refused: nothing stays, so below it counts as a refusal.
            let _ = books.write(&context, |writer| bk::voucher(writer, &lines.draft(tail.parties)));
            Err(BooksError::Empty { what: "a dry run" })
        }
        Operation::Reverse(which, offset) => {
            let number = i64::try_from(which % 100).unwrap() % tail.entries.max(1) + 1;
            books.write(&bk::context(), |writer| writer.reverse(EntryNo(number), day(*offset), "typo")).map(drop)
        }
        Operation::AddParty(person) => {
            let kind = if *person { PartyKind::Person } else { PartyKind::Organisation };
            let name = format!("Party {}", tail.parties + 1);
            books.write(&bk::context(), |writer| writer.add_party(&name, kind, None, None)).map(drop)
        }
        Operation::Lock(offset) => books.write(&bk::context(), |writer| writer.lock(day(*offset))),
    };
    if outcome.is_err() {
        assert_eq!(books.tail().unwrap(), tail, "a refusal leaves nothing: {operation:?}");
    }
}

fn books_after(operations: &[Operation]) -> Books<MemoryStore> {
    let mut books = bk::begin(MemoryStore::new());
    operations.iter().for_each(|operation| apply(&mut books, operation));
    books
}

/// Debits less credits by account and dimensions, zeros left out: what statements are made of.
fn net<S: Store>(books: &Books<S>, window: Window) -> BTreeMap<String, i128> {
    let coordinates = books.coordinates().unwrap();
    let balances = books.balances(window).unwrap();
    let named = balances.into_iter().map(|(number, balance)| (format!("{:?}", coordinates[&number]), balance.net()));
    named.filter(|(_, minor)| *minor != 0).collect()
}

/// Balances by account and dimensions, with sides and number of postings, whatever numbers the coordinates have.
fn cells<S: Store>(books: &Books<S>, window: Window) -> BTreeMap<String, (i128, i128, i64)> {
    let coordinates = books.coordinates().unwrap();
    let shown = |balance: Balance| (balance.debit, balance.credit, balance.postings);
    let balances = books.balances(window).unwrap();
    balances.into_iter().map(|(number, balance)| (format!("{:?}", coordinates[&number]), shown(balance))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_entry_balances_in_every_fund(operations in prop::collection::vec(operation(), 0..40)) {
        let books = books_after(&operations);
        let coordinates = books.coordinates().unwrap();
        for entry in bk::all_entries(&books) {
            let mut funds: HashMap<Slug, i128> = HashMap::new();
            for posting in &entry.postings {
                *funds.entry(coordinates[&posting.coordinate].fund).or_default() += i128::from(posting.amount);
            }
            prop_assert!(entry.postings.len() >= 2);
            prop_assert!(funds.values().all(|sum| *sum == 0), "entry {}: {:?}", entry.number, funds);
        }
    }

    #[test]
    fn the_cube_is_the_sum_of_the_postings_over_any_window(
        operations in prop::collection::vec(operation(), 0..40),
        windows in prop::collection::vec((0..DAYS, 0..DAYS), 12),
    ) {
        let books = books_after(&operations);
        let windows = windows.into_iter().map(|(a, b)| Window::new(day(a.min(b)), day(a.max(b))).unwrap());
        for window in windows.chain([ALL_DAYS]) {
            prop_assert_eq!(books.balances(window).unwrap(), bk::brute_force(&books, window), "{}", window);
            // Trial balance: over any window, every fund's debits are its credits.
            let mut funds: HashMap<Slug, i128> = HashMap::new();
            let coordinates = books.coordinates().unwrap();
            for (number, balance) in books.balances(window).unwrap() {
                *funds.entry(coordinates[&number].fund).or_default() += balance.net();
            }
            prop_assert!(funds.values().all(|sum| *sum == 0), "{window}: {funds:?}");
        }
    }

    #[test]
    fn windows_add_up(operations in prop::collection::vec(operation(), 0..30), cut in 1..DAYS) {
        let books = books_after(&operations);
        let (left, right) = (Window::until(day(cut - 1)), Window::new(day(cut), Date::MAX).unwrap());
        let mut sum = books.balances(left).unwrap();
        for (number, balance) in books.balances(right).unwrap() {
            let cell = sum.entry(number).or_default();
            *cell = cell.plus(balance);
        }
        prop_assert_eq!(sum, books.balances(ALL_DAYS).unwrap());
    }

    #[test]
    fn the_order_of_posting_does_not_matter(
        (entries, shuffled) in prop::collection::vec(lines(), 0..25)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        turned in any::<bool>(),
        window in (0..DAYS, 0..DAYS),
    ) {
        // Without references, of which the first one posted would win.
        let post = |list: &[Lines], turned: bool| {
            let mut books = bk::begin(MemoryStore::new());
            for lines in list {
                let mut draft = Draft { reference: None, ..lines.draft(0) };
                if turned {
                    draft.postings.reverse();
                }
                bk::post(&mut books, &draft);
            }
            books
        };
        let (one, other) = (post(&entries, false), post(&shuffled, turned));
        let window = Window::new(day(window.0.min(window.1)), day(window.0.max(window.1))).unwrap();
        for window in [window, ALL_DAYS] {
            prop_assert_eq!(cells(&one, window), cells(&other, window));
        }
    }

    #[test]
    fn verify_is_clean_after_anything(operations in prop::collection::vec(operation(), 0..40)) {
        let mut books = bk::begin(MemoryStore::new());
        let mut heads = Vec::new();
        for operation in &operations {
            apply(&mut books, operation);
            heads.push(books.head().unwrap());
        }
        prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
        // Every head that ever was is still in the chain.
        for head in heads {
            prop_assert_eq!(books.verify(Some(head)).unwrap().findings, []);
        }
        let verification = books.verify(None).unwrap();
        let tail = books.tail().unwrap();
        prop_assert_eq!((verification.entries, verification.facts), (tail.entries, tail.facts));
        // Opening the books again changes nothing.
        let cells_before = cells(&books, ALL_DAYS);
        let books = Books::open(books.into_store()).unwrap();
        prop_assert_eq!((books.tail().unwrap(), cells(&books, ALL_DAYS)), (tail, cells_before));
    }

    #[test]
    fn the_same_operations_give_the_same_bytes(operations in prop::collection::vec(operation(), 0..25)) {
        prop_assert_eq!(books_after(&operations).head().unwrap(), books_after(&operations).head().unwrap());
    }

    #[test]
    fn reversing_everything_brings_all_balances_to_zero(operations in prop::collection::vec(operation(), 0..40)) {
        let mut books = books_after(&operations);
        let last = books.tail().unwrap().entries;
        for number in 1..=last {
            let entry = books.entry(EntryNo(number)).unwrap();
            if entry.stored.reverses.is_some() {
                continue;
            }
            // An entry, its reversal, the reversal of that, …: what stands is undone by reversing the last.
            let (mut end, mut length) = (entry, 1);
            while let Some(next) = end.reversed_by {
                end = books.entry(next).unwrap();
                length += 1;
            }
            if length % 2 == 1 {
                books
                    .write(&bk::context(), |writer| writer.reverse(end.stored.number, bk::date(OPEN), "undo it all"))
                    .unwrap();
            }
        }
        prop_assert_eq!(net(&books, ALL_DAYS), BTreeMap::new());
        prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
    }
}
