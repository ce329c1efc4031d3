//! Simulated power cuts: what the books have acknowledged survives, whole, and nothing else came in half.
//!
//! Books are kept on a disk in memory (`power_cut/disk.rs`) that loses what was not synced. A loop of transactions is
//! cut at a random change of the disk; then the books are opened again and must hold every entry that was
//! acknowledged, and of the one transaction that was under way all or nothing, and must verify. Some runs lose the
//! power a second time while the first loss is being repaired.
//!
//! That the harness can see is shown by settings that are known to be unsafe, and that it must catch.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "power_cut/disk.rs"]
mod disk;

use std::path::Path;
use std::time::Duration;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, OpenFlags};

use bursar::books::sqlite::SqliteStore;
use bursar::books::{Books, BooksError, Head, WriteContext};
use bursar::conference::{BookOpened, Fact};
use bursar::ledger::{AccountNo, Chart, Coordinate, Draft, EntryNo, GENERAL_FUND, PartyKind, PartyNo, Posting};
use bursar::money::{Currency, Money};
use disk::{Disk, Image};

/// Cuts of the test proper.
const CUTS: u64 = 500;
/// Transactions that a run tries before its power is cut anyway.
const TRANSACTIONS: u64 = 8;
/// The folder does not exist, so that no note of who is writing is left on the real disk.
const PATH: &str = "simulated/books.db";

const CHART: &str = r#"
name = "small"
title = "For power cuts"
[[line]]
key = "other-asset"
label = "Assets"
section = "asset"
[[line]]
key = "other-revenue"
label = "Revenue"
section = "revenue"
[[account]]
name = "Assets:Bank"
type = "asset"
[[account]]
name = "Assets:Clearing"
type = "asset"
[[account]]
name = "Revenue:Registration"
type = "revenue"
[[statement]]
key = "position"
title = "Position"
measure = "closing"
columns = "total"
row = []
"#;

/// How a connection is set up.
#[derive(Clone, Copy, Debug)]
enum Settings {
    /// As the store does it.
    OfTheStore,
    /// With these, which the store cannot change.
    Instead(&'static str),
}

impl Settings {
    /// Whether SQLite syncs the folder after it deleted a journal.
    fn sync_deletions(self) -> bool {
        matches!(self, Self::Instead(sql) if sql.contains("EXTRA"))
    }
}

/// What became of the transaction that was under way when the power failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum UnderWay {
    /// There was none.
    None,
    /// It is gone without a trace.
    Undone,
    /// It is there, though nobody was told.
    Kept,
}

/// A disk that SQLite knows under a name, with books on it.
struct Bench {
    disk: Disk,
    vfs: &'static str,
    settings: Settings,
    image: Image,
    /// Entries of the image.
    entries: Vec<Draft>,
    /// How many changes of the disk the transactions of a run make.
    changes: u64,
}

impl Bench {
    fn new(vfs: &'static str, settings: Settings) -> Self {
        let disk = Disk::new();
        sqlite_vfs::register(vfs, disk.clone(), false).unwrap();
        let mut bench = Self { disk, vfs, settings, image: Image::new(), entries: Vec::new(), changes: 0 };
        bench.disk.load(&Image::new(), 0, settings.sync_deletions());
        let mut books = bench.open().unwrap();
        books
            .write(&context(0), |writer| {
                let name = "Simulated".to_owned();
                let book = BookOpened { name, currency: "USD".to_owned(), fiscal_year_start: 1 };
                writer.begin_books(book, Chart::parse(CHART)?)?;
                for i in 1..=3 {
                    writer.add_party(&format!("Party {i}"), PartyKind::Person, None, None)?;
                }
                Ok::<_, BooksError>(())
            })
            .unwrap();
        let batch: Vec<_> = (1..=40).map(draft).collect();
        post(&mut books, 1, &batch).unwrap();
        drop(books);
        bench.image = bench.disk.image();
        bench.entries = batch;
        bench.changes = bench.changes_of_a_run();
        bench
    }

    fn open(&self) -> Result<Books<SqliteStore>, BooksError> {
        let path = Path::new(PATH);
        let database = |source| BooksError::Database { path: path.to_owned(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags_and_vfs("books.db", flags, self.vfs).map_err(database)?;
        if let Settings::Instead(sql) = self.settings {
            connection.execute_batch(sql).map_err(database)?;
            connection.authorizer(Some(keep_settings)).map_err(database)?;
        }
        Books::open(SqliteStore::from_connection(connection, path)?)
    }

    /// One run: writes until the power fails, opens again, and says what is not as it should be.
    fn run(&self, seed: u64) -> Result<UnderWay, String> {
        let disk = &self.disk;
        disk.load(&self.image, seed, self.settings.sync_deletions());
        disk.set_fuse(disk.below(self.changes));
        let mut kept = self.entries.clone();
        let mut head = None;
        let mut under_way = Vec::new();
        if let Ok(mut books) = self.open() {
            for transaction in 1..=TRANSACTIONS {
                let size = if disk.below(4) == 0 { 2 + disk.below(20) } else { 1 };
                let first = kept.len() as u64 + 1;
                let batch: Vec<_> = (first..first + size).map(draft).collect();
                match post(&mut books, seed * 100 + transaction, &batch) {
                    Ok(acknowledged) => {
                        kept.extend(batch);
                        head = Some(acknowledged);
                    }
                    Err(_) => {
                        under_way = batch;
                        break;
                    }
                }
            }
            // Before the light comes back: nothing of this connection must reach the disk after the cut.
            disk.set_fuse(0);
        }
        disk.cut();
        if disk.below(3) == 0 {
            disk.set_fuse(disk.below(12));
            drop(self.open().and_then(|books| books.tail().map(|_| books)));
            disk.cut();
        }
        let books = self.open().map_err(|error| format!("the books do not open: {error}"))?;
        check(&books, &kept, &under_way, head).map_err(|error| format!("seed {seed}: {error}"))
    }

    /// A run without a cut.
    fn changes_of_a_run(&self) -> u64 {
        self.disk.load(&self.image, 0, self.settings.sync_deletions());
        let mut books = self.open().unwrap();
        for number in (self.entries.len() as u64 + 1..).take(usize::try_from(TRANSACTIONS).unwrap()) {
            post(&mut books, number, &[draft(number)]).unwrap();
        }
        self.disk.changes()
    }

    /// What became of the runs with seeds up to `cuts`.
    fn runs(&self, cuts: u64) -> (Vec<UnderWay>, Vec<String>) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for seed in 1..=cuts {
            match self.run(seed) {
                Ok(outcome) => good.push(outcome),
                Err(error) => bad.push(error),
            }
        }
        (good, bad)
    }
}

/// Leaves these settings as they are, whatever the store would have them be.
fn keep_settings(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Pragma { pragma_name: "journal_mode" | "synchronous" | "cache_size", .. } => Authorization::Ignore,
        _ => Authorization::Allow,
    }
}

fn context(seed: u64) -> WriteContext {
    WriteContext {
        actor: Some("Power Cut".to_owned()),
        now: "2026-01-31T12:00:00Z".parse().unwrap(),
        seed: Some(seed),
        wait: Duration::from_secs(1),
        dry_run: false,
        doing: "test".to_owned(),
    }
}

/// Entry `number` of every run.
fn draft(number: u64) -> Draft {
    let number = i64::try_from(number).unwrap();
    let currency = Currency::from_code("USD").unwrap();
    let posting = |account: i64, minor: i64, memo: Option<String>| Posting {
        at: Coordinate {
            account: AccountNo(account),
            event: None,
            fund: GENERAL_FUND,
            function: None,
            activity: None,
            tax_code: None,
        },
        amount: Money::new(minor, currency),
        cash_flow: None,
        party: Some(PartyNo(number % 3 + 1)),
        original: None,
        memo,
    };
    Draft {
        date: format!("2025-{:02}-{:02}", number % 12 + 1, number % 28 + 1).parse().unwrap(),
        reference: Some(format!("R{number}")),
        description: Some(format!("Registration {number}")),
        postings: vec![
            posting(1, 97 * number, None),
            posting(2, 3 * number, Some(format!("fee {number}"))),
            posting(3, -100 * number, None),
        ],
    }
}

/// Posts entries as one transaction; the head once they are acknowledged.
fn post(books: &mut Books<SqliteStore>, seed: u64, batch: &[Draft]) -> Result<Head, BooksError> {
    books.write(&context(seed), |writer| {
        let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
        for draft in batch {
            writer.post(fact, &draft.clone().balance()?)?;
        }
        Ok(writer.head())
    })
}

fn check(
    books: &Books<SqliteStore>,
    kept: &[Draft],
    under_way: &[Draft],
    head: Option<Head>,
) -> Result<UnderWay, String> {
    let tail = books.tail().map_err(|error| error.to_string())?;
    let found = usize::try_from(tail.entries).unwrap();
    if found != kept.len() && found != kept.len() + under_way.len() {
        return Err(format!("{found} entries; {} acknowledged, {} under way", kept.len(), under_way.len()));
    }
    for (number, wanted) in (1..).zip(kept.iter().chain(under_way)).take(found) {
        let entry = books.entry(EntryNo(number)).map_err(|error| error.to_string())?;
        if entry.to_draft() != *wanted {
            return Err(format!("entry {number} is {:?}, not {wanted:?}", entry.to_draft()));
        }
    }
    let verification = books.verify(head).map_err(|error| error.to_string())?;
    match verification.findings.first() {
        None if under_way.is_empty() => Ok(UnderWay::None),
        None => Ok(if found == kept.len() { UnderWay::Undone } else { UnderWay::Kept }),
        Some(finding) => Err(finding.to_string()),
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let bench = Bench::new("cut-store", Settings::OfTheStore);
    let (good, bad) = bench.runs(CUTS);
    assert!(bad.is_empty(), "{} of {CUTS} cuts went wrong; the first: {}", bad.len(), bad[0]);
    // Cuts that come too early or too late would prove nothing.
    assert!(good.contains(&UnderWay::Undone) && good.contains(&UnderWay::Kept));
}

/// An import larger than the cache writes to the file long before it commits.
#[test]
fn a_transaction_that_outgrows_the_cache_survives_or_leaves_no_trace() {
    let sql = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA cache_size = 8;";
    let (_, bad) = Bench::new("cut-spill", Settings::Instead(sql)).runs(CUTS / 4);
    assert!(bad.is_empty(), "{} of {} cuts went wrong; the first: {}", bad.len(), CUTS / 4, bad[0]);
}

/// The harness must see what is lost when nothing is ever synced, and when a deletion is not.
#[test]
fn unsafe_settings_are_caught() {
    let unsafe_settings = [
        ("cut-off", "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF;"),
        ("cut-memory", "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL;"),
        ("cut-unlink", "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"),
    ];
    for (vfs, sql) in unsafe_settings {
        let bench = Bench::new(vfs, Settings::Instead(sql));
        assert!((1..=100).any(|seed| bench.run(seed).is_err()), "100 cuts with `{sql}` lost nothing");
    }
}

/// What other settings would lose. A few cuts each; `BURSAR_CUTS=2000 cargo test --test power_cut settings --
/// --nocapture` makes the table of docs/performance.md.
#[test]
fn settings_are_compared() {
    let cuts = std::env::var("BURSAR_CUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    let table = [
        ("compare-1", "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"),
        ("compare-2", "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;"),
        ("compare-3", "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL;"),
        ("compare-4", "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;"),
        ("compare-5", "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"),
        ("compare-6", "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL;"),
        ("compare-7", "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF;"),
    ];
    for (vfs, sql) in table {
        let bench = Bench::new(vfs, Settings::Instead(sql));
        let (good, bad) = bench.runs(cuts);
        let kept = good.iter().filter(|outcome| **outcome == UnderWay::Kept).count();
        let undone = good.iter().filter(|outcome| **outcome == UnderWay::Undone).count();
        let first = bad.first().map(String::as_str).unwrap_or_default();
        let safe = ["compare-1", "compare-2", "compare-3"].contains(&vfs);
        assert!(!safe || bad.is_empty(), "{sql} {first}");
        println!("{:>5} of {cuts} cuts went wrong ({undone} undone, {kept} kept) with {sql} {first}", bad.len());
    }
}
