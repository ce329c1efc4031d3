//! One suite for every store: what the `Store` trait and `Books` promise, whatever keeps the rows.
//!
//! A new store is one more line in the tests below. The broken stores prove that the suite would notice.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../bookkeeping/mod.rs"]
mod bookkeeping;
mod broken;
mod cases;
mod documents;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use bookkeeping as bk;
use broken::{Broken, Flaw};
use bursar::books::sqlite::SqliteStore;
use bursar::books::{Books, BooksError, MemoryStore, Posted, Store};
use bursar::calendar::ALL_DAYS;
use bursar::ledger::{EntryNo, PartyKind};
use cases::{Case, suite};

/// Runs all cases and names those that fail.
fn run<S: Store>(cases: Vec<(&'static str, Case<S>)>, mut fresh: impl FnMut() -> S) {
    let failed: Vec<&str> = cases
        .into_iter()
        .filter(|(_, case)| catch_unwind(AssertUnwindSafe(|| case(&mut fresh))).is_err())
        .map(|(name, _)| name)
        .collect();
    assert!(failed.is_empty(), "cases that failed: {failed:?}");
}

#[test]
fn books_in_memory_conform() {
    run(suite(), MemoryStore::new);
}

#[test]
fn books_in_sqlite_conform() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    run(suite(), || {
        count += 1;
        SqliteStore::create(&folder.path().join(format!("{count}.db"))).unwrap()
    });
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with("-writer")), "notes of writers left: {left:?}");
}

thread_local! {
    /// Panics on this thread are expected and not worth printing.
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Whether the function panics; without the noise of a panic.
fn fails(case: impl FnOnce()) -> bool {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        // Other tests run beside this one, and their panics must be seen.
        std::panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                usual(info);
            }
        }));
    });
    SILENT.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(case));
    SILENT.set(false);
    outcome.is_err()
}

#[test]
fn every_flaw_is_caught() {
    let mut uncaught = Vec::new();
    let mut catches = vec![0; suite::<Broken>().len()];
    for flaw in Flaw::ALL {
        let mut caught_by = Vec::new();
        for (i, (name, case)) in suite::<Broken>().into_iter().enumerate() {
            if fails(|| case(&mut || Broken::new(*flaw))) {
                caught_by.push(name);
                catches[i] += 1;
            }
        }
        println!("{flaw:?}: caught by {} cases: {}", caught_by.len(), caught_by.join(", "));
        if caught_by.is_empty() {
            uncaught.push(flaw);
        }
    }
    assert!(uncaught.is_empty(), "flaws that no case notices: {uncaught:?}");
    let idle = suite::<Broken>().into_iter().zip(catches).filter(|(_, count)| *count == 0);
    let idle: Vec<&str> = idle.map(|((name, _), _)| name).collect();
    assert!(idle.is_empty(), "cases that notice nothing: add a flaw that they catch, or drop them: {idle:?}");
}

fn two_handles(folder: &Path) -> [Books<SqliteStore>; 2] {
    let path = folder.join("bursar.db");
    let first = bk::begin(SqliteStore::create(&path).unwrap());
    let second = Books::open(SqliteStore::open(&path, Duration::ZERO).unwrap()).unwrap();
    [first, second]
}

#[test]
fn a_second_handle_sees_what_the_first_wrote_and_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let [mut first, mut second] = two_handles(folder.path());
    let mut invoice = bk::transfer("2025-02-03", bk::RECEIVABLE, bk::DEFERRED, 100);
    invoice.reference = Some("INV-1".to_owned());
    assert_eq!(bk::post(&mut first, &invoice), EntryNo(1));
    assert_eq!(second.tail().unwrap(), first.tail().unwrap());
    assert_eq!(second.entry(EntryNo(1)).unwrap().to_draft(), invoice);
    assert_eq!(second.balances(ALL_DAYS).unwrap(), first.balances(ALL_DAYS).unwrap());

    // Everything the second has in memory from before is out of date now: setup, coordinates, parties, numbers.
    let fund = bursar::ledger::Fund { code: bk::slug("travel"), ..first.setup().unwrap().fund("aid").unwrap().clone() };
    first.write(&bk::context(), |writer| writer.put_fund(fund)).unwrap();
    let ada = bk::add_party(&mut first, "Ada", PartyKind::Person, None);
    first.write(&bk::context(), |writer| writer.lock(bk::date("2025-01-31"))).unwrap();
    assert_eq!(bk::try_post(&mut second, &invoice).unwrap(), Posted::AlreadyThere(EntryNo(1)));
    let mut gift = bk::transfer("2025-02-04", bk::CHECKING, bk::SPONSORSHIP, 700);
    for posting in &mut gift.postings {
        posting.at.fund = bk::slug("travel");
        posting.party = Some(ada);
    }
    assert_eq!(bk::post(&mut second, &gift), EntryNo(2));
    let locked = bk::try_post(&mut second, &bk::transfer("2025-01-31", bk::CHECKING, bk::AID, 1));
    assert!(matches!(locked, Err(BooksError::PeriodLocked { .. })), "{locked:?}");
    assert_eq!(bk::add_party(&mut second, "Grace", PartyKind::Person, None).0, 2);

    // And back again.
    assert_eq!(bk::post(&mut first, &bk::transfer("2025-02-05", bk::CHECKING, bk::AID, 5)), EntryNo(3));
    for books in [&first, &second] {
        assert_eq!(bk::findings(books), Vec::<String>::new());
        assert_eq!(books.balances(ALL_DAYS).unwrap(), bk::brute_force(books, ALL_DAYS));
    }
}

#[test]
fn one_writes_at_a_time_and_who_waits_is_told_for_whom() {
    let folder = tempfile::tempdir().unwrap();
    let [mut first, mut second] = two_handles(folder.path());
    let path = folder.path().join("bursar.db");
    let outcome: Result<(), BooksError> = first.write(&bk::context(), |writer| {
        bk::voucher(writer, &bk::transfer("2025-02-03", bk::RECEIVABLE, bk::DEFERRED, 100))?;
        assert_eq!(second.tail()?.entries, 0, "what is not committed is nobody else's to read");
        let refused = bk::try_post(&mut second, &bk::transfer("2025-02-03", bk::CHECKING, bk::AID, 1)).unwrap_err();
        let expected = format!(
            "{} is being written by Tess Treasurer (process {}, test); waited 0 s",
            path.display(),
            std::process::id()
        );
        assert_eq!(refused.to_string(), expected);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(bk::post(&mut second, &bk::transfer("2025-02-03", bk::CHECKING, bk::AID, 1)), EntryNo(2));
    assert_eq!(bk::findings(&second), Vec::<String>::new());
}

#[test]
fn who_reads_consistently_sees_one_state_while_another_writes() {
    let folder = tempfile::tempdir().unwrap();
    let [mut first, second] = two_handles(folder.path());
    let outcome: Result<(), BooksError> = second.consistently(|books| {
        let before = books.tail()?;
        // The writer cannot finish while someone reads: it is refused, and nothing half-done is seen.
        let written = bk::try_post(&mut first, &bk::transfer("2025-02-03", bk::CHECKING, bk::AID, 1));
        assert!(written.is_err());
        assert_eq!(books.tail()?, before);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(bk::post(&mut first, &bk::transfer("2025-02-03", bk::CHECKING, bk::AID, 1)), EntryNo(1));
    assert_eq!(second.tail().unwrap().entries, 1);
}
