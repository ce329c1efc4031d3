//! What `verify` says of reconciliations that are not true. The program makes none; a file may hold one all the same.

#[path = "../bookkeeping/mod.rs"]
mod bookkeeping;

use bookkeeping as bk;
use bursar::books::{Books, MemoryStore};
use bursar::conference::{Digest, Fact, MatchedLines, Reconciled, ReconciliationUndone, StatementLineKey};
use bursar::intake::statement::{LineKind, StatementFile, StatementLine};
use bursar::ledger::{Draft, EntryNo, FactNo};
use bursar::reconcile::{Decide, Decisions, Options, Outcome, ReconcileError, reconcile, standing, undo};
use proptest::prelude::*;

fn books() -> Books<MemoryStore> {
    let mut books = bk::begin(MemoryStore::new());
    for (day, minor) in [("2025-12-20", 50_000), ("2026-01-05", 100), ("2026-01-06", 200), ("2026-02-01", 400)] {
        bk::post(&mut books, &bk::transfer(day, bk::CHECKING, bk::SPONSORSHIP, minor));
    }
    books
}

fn record(from: &str, to: &str, (opening, closing): (i64, i64), matches: &[(i64, &[i64])]) -> Reconciled {
    let matches = matches.iter().map(|(amount, entries)| MatchedLines {
        lines: vec![StatementLineKey { date: bk::date(to), amount: *amount, reference: None }],
        entries: entries.iter().map(|number| EntryNo(*number)).collect(),
    });
    Reconciled {
        account: bk::CHECKING,
        from: bk::date(from),
        to: bk::date(to),
        opening,
        closing,
        format: "ofx".to_owned(),
        sha256: Digest([0; 32]),
        entries: EntryNo(4),
        outstanding: Vec::new(),
        matches: matches.collect(),
    }
}

fn findings(records: Vec<Reconciled>) -> Vec<String> {
    let mut books = books();
    for record in records {
        books.write(&bk::context(), |writer| writer.happen(|_| Ok(Fact::Reconciled(record)))).unwrap();
    }
    bk::findings(&books).into_iter().map(|finding| finding.split_once(": ").unwrap().1.to_owned()).collect()
}

fn january() -> Reconciled {
    record("2026-01-01", "2026-01-31", (50_000, 50_300), &[(100, &[2]), (200, &[3])])
}

#[test]
fn true_ones_are_proven() {
    let february = record("2026-02-01", "2026-02-28", (50_300, 50_700), &[(400, &[4])]);
    assert_eq!(findings(vec![january(), february]), Vec::<String>::new());
}

#[test]
fn what_is_not_true_is_found() {
    let cases = [
        (
            vec![record("2026-01-01", "2026-01-31", (49_999, 50_299), &[(300, &[2, 3])])],
            "it opens with 49999 minor units, the books before it have 50000",
        ),
        (
            vec![record("2026-01-01", "2026-01-31", (50_000, 50_300), &[(300, &[2, 4])])],
            "it matches lines of 300 minor units with entry 2, 4 of 500",
        ),
        (
            vec![record("2026-01-01", "2026-01-31", (50_000, 50_300), &[(300, &[9])])],
            "entry 9, which it matches, moves nothing on its account",
        ),
        (
            vec![january(), record("2026-02-01", "2026-02-28", (50_300, 50_400), &[(100, &[2])])],
            "entry 2, which it matches, was shown by a statement before",
        ),
        (
            vec![january(), record("2026-02-01", "2026-02-28", (50_000, 50_400), &[(400, &[4])])],
            "it opens with 50000 minor units, the one before it closes with 50300",
        ),
    ];
    for (records, expected) in cases {
        let found = findings(records);
        assert!(found.iter().any(|finding| finding == expected), "expected `{expected}`, found {found:?}");
    }
}

#[test]
fn only_the_last_reconciliation_can_be_taken_back() {
    let mut books = books();
    let mut happen = |fact: Fact| books.write(&bk::context(), |writer| writer.happen(|_| Ok(fact))).unwrap().0;
    let first = happen(Fact::Reconciled(january()));
    let second = happen(Fact::Reconciled(record("2026-02-01", "2026-02-28", (50_300, 50_700), &[(400, &[4])])));
    let mut take_back = |reconciliation: FactNo| {
        let reason = Digest([0; 32]);
        happen(Fact::ReconciliationUndone(ReconciliationUndone { account: bk::CHECKING, reconciliation, reason }))
    };
    take_back(second);
    take_back(second);
    take_back(first);
    let found: Vec<String> =
        bk::findings(&books).into_iter().filter(|finding| finding.contains("takes back")).collect();
    let last = found.first().unwrap();
    assert!(
        found.len() == 1
            && last.ends_with(&format!("it takes back fact {second}, which is not the last reconciliation"))
    );
}

#[test]
fn a_record_that_contradicts_itself_is_refused() {
    for (wrong, expected) in [
        (record("2026-01-31", "2026-01-01", (0, 0), &[]), "it ends on 2026-01-01, before it begins on 2026-01-31"),
        (record("2026-01-01", "2026-01-31", (0, 5), &[]), "opening and lines make 0.00, not the closing 0.05"),
        (record("2026-01-01", "2026-01-31", (0, 2), &[(1, &[2]), (1, &[2])]), "entry 2 is matched twice"),
        (record("2026-01-01", "2026-01-31", (0, 1), &[(1, &[])]), "lines are matched with no entry"),
    ] {
        let refused = books().write(&bk::context(), |writer| writer.happen(|_| Ok(Fact::Reconciled(wrong))));
        let message = refused.map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(expected), "expected `{expected}`, found `{message}`");
    }
}

/// A statement that begins with nothing on 2026-01-01.
fn statement(lines: &[(u64, i64, Option<String>)]) -> StatementFile {
    let lines: Vec<StatementLine> = lines
        .iter()
        .enumerate()
        .map(|(i, (day, amount, reference))| StatementLine {
            line: u64::try_from(i).unwrap() + 1,
            date: bk::date("2026-03-31").earlier(89 - day),
            amount: *amount,
            fee: 0,
            reference: reference.clone(),
            references: Vec::new(),
            counterparty: None,
            text: None,
            kind: LineKind::Other,
            category: None,
            balance_after: None,
        })
        .collect();
    StatementFile {
        format: "ofx",
        account: None,
        currency: bk::usd(),
        period: Some((bk::date("2026-01-01"), bk::date("2026-03-31"))),
        opening: Some(0),
        closing: Some(lines.iter().map(|line| line.amount).sum()),
        lines,
        remarks: Vec::new(),
    }
}

/// One attempt; what is left to decide takes everything back.
fn attempt(
    books: &mut Books<MemoryStore>,
    statement: &StatementFile,
    decide: Vec<Decide>,
) -> Result<Outcome, Vec<usize>> {
    let options = Options { decisions: Decisions { statement: None, decide }, ..Options::default() };
    let mut left = Vec::new();
    let done = books.write(&bk::context(), |writer| {
        let file = ("statement".to_owned(), Digest([0; 32]));
        let outcome = reconcile(writer, bk::CHECKING, file, statement.clone(), &options)?;
        left.extend(outcome.undecided.iter().map(|one| one.number));
        if left.is_empty() { Ok(outcome) } else { Err(ReconcileError::Undecided { count: left.len() }) }
    });
    match done {
        Ok(outcome) => Ok(outcome),
        Err(ReconcileError::Undecided { .. }) => Err(left),
        Err(error) => panic!("{error}"),
    }
}

fn by_hand(line: usize) -> Decide {
    Decide {
        line,
        amount: None,
        what: "entry".to_owned(),
        account: Some("4110".to_owned()),
        document: None,
        entries: Vec::new(),
        with: Vec::new(),
        event: None,
        fund: None,
        party: None,
        description: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in the books and on the statement: once every line is decided it proves, is recorded, verifies,
    /// and the same statement again adds nothing.
    #[test]
    fn a_statement_that_is_decided_always_proves(
        movements in prop::collection::vec((0_u64..80, prop_oneof![Just(30_000), Just(-1_250), 1_i64..9_000], any::<bool>(), 0_u8..8), 1..25)
    ) {
        let mut books = bk::begin(MemoryStore::new());
        let mut lines = Vec::new();
        for (i, (day, amount, referenced, fate)) in movements.iter().enumerate() {
            let reference = referenced.then(|| format!("R{i}"));
            if *fate != 0 {
                let date = bk::date("2026-03-31").earlier(89 - day);
                let postings = vec![bk::line(bk::CHECKING, *amount), bk::line(bk::SPONSORSHIP, -amount)];
                bk::post(&mut books, &Draft { date, reference: reference.clone(), description: None, postings });
            }
            if *fate != 1 {
                lines.push((day + u64::from(fate % 3), *amount, reference));
            }
        }
        lines.sort();
        let statement = statement(&lines);
        let outcome = match attempt(&mut books, &statement, Vec::new()) {
            Ok(outcome) => outcome,
            Err(left) => attempt(&mut books, &statement, left.into_iter().map(by_hand).collect()).unwrap(),
        };
        prop_assert!(outcome.record.is_some());
        prop_assert_eq!(outcome.settled.iter().map(|one| one.lines.len()).sum::<usize>(), lines.len());
        prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
        let head = books.head().unwrap();
        let again = attempt(&mut books, &statement, Vec::new()).unwrap();
        prop_assert!(again.record.is_none() && again.known.len() == lines.len());
        prop_assert_eq!(books.head().unwrap(), head);
        // Taken back, its lines are open again, and what was posted for them is there to be found.
        books.write(&bk::context(), |writer| undo(writer, bk::CHECKING, "wrong")).unwrap();
        prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
        if let Err(left) = attempt(&mut books, &statement, Vec::new()) {
            // Equal amounts are asked; each of them has its entry.
            let items = standing(&books, bk::CHECKING).unwrap().items;
            prop_assert!(left.len() <= items.len(), "{left:?} {items:?}");
        }
    }
}
