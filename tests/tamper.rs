//! What someone with another SQLite program can do to a file of books: little, and nothing that `verify` does not find.
//!
//! The other program is a plain connection with SQLite's default settings, like the `sqlite3` shell: foreign keys off,
//! recursive triggers off.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use bookkeeping as bk;
use bookkeeping::{CHECKING, DEFERRED, RECEIVABLE, SPONSORSHIP, VENUE, date, slug, transfer};
use bursar::books::sqlite::{SqliteStore, back_up, restore};
use bursar::books::{Books, Head, Store, StoredEntry, encode_entry, hash};
use bursar::conference::{self, BillReceived, BookOpened, CostLine, Event};
use bursar::ledger::{Chart, Coordinate, EntryNo, Original, PartyKind, PartyNo, Posting};
use bursar::money::{Currency, Money};
use rusqlite::{Connection, params};

struct Fixture {
    folder: tempfile::TempDir,
    /// The head before the last entry, as it would stand in the minutes.
    minutes: Head,
    head: Head,
}

impl Fixture {
    fn path(&self) -> PathBuf {
        self.folder.path().join("bursar.db")
    }

    /// A copy of the books to do harm to.
    fn copy(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.db"));
        std::fs::copy(self.path(), &path).unwrap();
        path
    }
}

/// Copies the books of [`make_books`], which are made only once, to a folder of their own.
fn fixture() -> Fixture {
    static MADE: OnceLock<(Vec<u8>, Head, Head)> = OnceLock::new();
    let (bytes, minutes, head) = MADE.get_or_init(make_books);
    let fixture = Fixture { folder: tempfile::tempdir().unwrap(), minutes: *minutes, head: *head };
    drop(SqliteStore::create(&fixture.path()).unwrap());
    std::fs::write(fixture.path(), bytes).unwrap();
    fixture
}

/// Books with six entries: an invoice, its payment, a gift in a fund from abroad, a bill, its reversal; then January is
/// locked, and a last entry is made in March. Facts 14 and 15 are the parties, fact 21 is the lock.
fn make_books() -> (Vec<u8>, Head, Head) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bursar.db");
    let mut books = bk::begin(SqliteStore::create(&path).unwrap());
    let initech = bk::add_party(&mut books, "Initech", PartyKind::Organisation, None);
    let ada = bk::add_party(&mut books, "Ada Lovelace", PartyKind::Person, None);

    let mut invoice = transfer("2025-01-15", RECEIVABLE, DEFERRED, 50_000);
    invoice.reference = Some("INV-1".to_owned());
    invoice.description = Some("Five early birds".to_owned());
    invoice.postings[0].party = Some(initech);
    bk::post(&mut books, &invoice);

    let mut payment = transfer("2025-02-03", CHECKING, RECEIVABLE, 50_000);
    payment.reference = Some("PAY-1".to_owned());
    payment.postings[0].memo = Some("wire".to_owned());
    payment.postings[1].party = Some(initech);
    bk::post(&mut books, &payment);

    let mut gift = transfer("2025-02-10", CHECKING, SPONSORSHIP, 20_000);
    for posting in &mut gift.postings {
        posting.at = Coordinate { fund: slug("aid"), ..posting.at };
    }
    gift.postings[0] = Posting {
        party: Some(ada),
        cash_flow: Some(slug("from-donors")),
        original: Some(Original {
            amount: Money::new(18_182, Currency::from_code("EUR").unwrap()),
            rate: "1.1000".parse().unwrap(),
        }),
        ..gift.postings[0].clone()
    };
    bk::post(&mut books, &gift);

    let mut bill = transfer("2025-02-20", VENUE, CHECKING, 12_345);
    bill.postings[0].at.event = Some(slug("pyex25"));
    bill.postings[0].at.activity = Some(slug("talks"));
    let bill = bk::post(&mut books, &bill);
    books.write(&bk::context(), |writer| writer.reverse(bill, date("2025-02-21"), "wrong hall")).unwrap();
    books.write(&bk::context(), |writer| writer.lock(date("2025-01-31"))).unwrap();
    let minutes = books.head().unwrap();
    bk::post(&mut books, &transfer("2025-03-10", VENUE, CHECKING, 700));
    assert_eq!(bk::findings(&books), Vec::<String>::new(), "untouched books are clean");
    assert_eq!(books.tail().unwrap().facts, 22);
    let head = books.head().unwrap();
    drop(books);
    (std::fs::read(path).unwrap(), minutes, head)
}

fn open(path: &Path) -> Books<SqliteStore> {
    Books::open(SqliteStore::open(path, Duration::ZERO).unwrap()).unwrap()
}

/// A connection with the settings of a plain shell.
fn shell(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF;").unwrap();
    // Not a plain setting, but power cuts are not what is tried here, and thousands of fsyncs take their time.
    connection.execute_batch("PRAGMA synchronous = OFF").unwrap();
    connection
}

/// Takes the triggers away, does the work, and puts them back as they were: what a careful forger does.
fn unguarded(connection: &Connection, work: impl FnOnce(&Connection)) {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let triggers: Vec<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
    assert!(triggers.len() >= 10);
    triggers.iter().for_each(|(name, _)| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    work(connection);
    triggers.iter().for_each(|(_, sql)| connection.execute_batch(sql).unwrap());
}

const FACTS: &str = "facts are append-only: record a new fact instead";
const FACT_NUMBER: &str = "facts are append-only: the number is taken or leaves a gap";
const ENTRIES: &str = "entries are append-only: reverse it with `bursar entry reverse`";
const ENTRY_NUMBER: &str = "entries are append-only: the number is taken or leaves a gap";
const POSTINGS: &str = "postings are append-only: reverse the entry with `bursar entry reverse`";
const SEALED: &str = "postings are append-only: the entry is sealed; reverse it with `bursar entry reverse`";
const COORDINATES: &str = "coordinates are append-only";
const LOCKED: &str = "the period is locked: date the entry after the lock";

#[test]
fn the_file_itself_refuses_to_be_rewritten() {
    // Columns of a new row that is like a row that is there.
    let fact = "seq, recorded_at, kind, rule, actor, body, hash FROM fact WHERE number = 5";
    let entry =
        "fact, recorded_at, date, reference || '-2', NULL, description, lines, hash FROM entry WHERE number = 2";
    let posting = "line, account, 1, coordinate, day, party, cash_flow, original_amount, original_currency, rate, memo FROM posting";
    let coordinate = "account, event, fund, function, activity, tax_code FROM coordinate WHERE number = 1";
    // The seq after the last, so that only the number is wrong where the number is what is tried.
    let next = "(SELECT max(seq) + 1 FROM entry)";
    let entry_with = |number: &str, seq: &str, date: &str| {
        format!(
            "INSERT INTO entry SELECT {number}, {seq}, fact, recorded_at, {date}, NULL, NULL, NULL, lines, hash FROM entry WHERE number = 2"
        )
    };
    let table: Vec<(String, &str)> = vec![
        ("UPDATE posting SET amount = amount + 1".into(), POSTINGS),
        ("UPDATE posting SET memo = NULL WHERE entry = 2".into(), POSTINGS),
        ("UPDATE OR REPLACE posting SET line = 2 WHERE entry = 1 AND line = 1".into(), POSTINGS),
        ("UPDATE OR IGNORE posting SET entry = 3 WHERE entry = 1".into(), POSTINGS),
        ("DELETE FROM posting".into(), POSTINGS),
        ("DELETE FROM posting WHERE entry = 6".into(), POSTINGS),
        (format!("INSERT INTO posting SELECT 1, {posting} WHERE entry = 2"), SEALED),
        (format!("INSERT INTO posting SELECT 6, 3, {} WHERE entry = 6 AND line = 1", &posting[6..]), SEALED),
        (format!("INSERT OR REPLACE INTO posting SELECT 1, {posting} WHERE entry = 1"), SEALED),
        (format!("REPLACE INTO posting SELECT 6, {posting} WHERE entry = 6 AND line = 1"), SEALED),
        (format!("INSERT OR IGNORE INTO posting SELECT 1, {posting} WHERE entry = 1"), SEALED),
        (
            format!("INSERT INTO posting SELECT 1, {posting} WHERE entry = 1 ON CONFLICT DO UPDATE SET amount = 1"),
            SEALED,
        ),
        ("UPDATE entry SET date = 20250401".into(), ENTRIES),
        ("UPDATE entry SET reference = NULL WHERE number = 1".into(), ENTRIES),
        ("UPDATE entry SET hash = zeroblob(32) WHERE number = 6".into(), ENTRIES),
        ("UPDATE OR REPLACE entry SET number = 2 WHERE number = 1".into(), ENTRIES),
        ("UPDATE OR REPLACE entry SET reference = 'PAY-1' WHERE number = 1".into(), ENTRIES),
        ("DELETE FROM entry".into(), ENTRIES),
        ("DELETE FROM entry WHERE number = 6".into(), ENTRIES),
        (format!("INSERT INTO entry SELECT 1, {next}, {entry}"), ENTRY_NUMBER),
        (format!("INSERT OR REPLACE INTO entry SELECT 2, {next}, {entry}"), ENTRY_NUMBER),
        (format!("REPLACE INTO entry SELECT 6, {next}, {entry}"), ENTRY_NUMBER),
        (format!("INSERT INTO entry SELECT 8, {next}, {entry}"), ENTRY_NUMBER),
        (format!("INSERT INTO entry SELECT 0, {next}, {entry}"), ENTRY_NUMBER),
        (format!("INSERT INTO entry SELECT NULL, {next}, {entry}"), ENTRY_NUMBER),
        (entry_with("7", "1 + (SELECT max(seq) + 1 FROM entry)", "20250401"), ENTRY_NUMBER),
        (entry_with("7", "1", "20250401"), ENTRY_NUMBER),
        (entry_with("7", next, "20250131"), LOCKED),
        (entry_with("7", next, "20241231"), LOCKED),
        ("UPDATE fact SET body = '{}'".into(), FACTS),
        ("UPDATE fact SET actor = NULL WHERE number = 1".into(), FACTS),
        ("UPDATE OR REPLACE fact SET number = 1 WHERE number = 2".into(), FACTS),
        ("DELETE FROM fact".into(), FACTS),
        ("DELETE FROM fact WHERE kind = 'lock'".into(), FACTS),
        (format!("INSERT INTO fact SELECT 1, {fact}"), FACT_NUMBER),
        (format!("INSERT OR REPLACE INTO fact SELECT 5, {fact}"), FACT_NUMBER),
        (format!("REPLACE INTO fact SELECT 22, {fact}"), FACT_NUMBER),
        (format!("INSERT INTO fact SELECT 24, {fact}"), FACT_NUMBER),
        (format!("INSERT INTO fact SELECT 23, {fact}"), FACT_NUMBER),
        ("UPDATE coordinate SET fund = 'general'".into(), COORDINATES),
        ("UPDATE OR REPLACE coordinate SET number = 2 WHERE number = 1".into(), COORDINATES),
        ("DELETE FROM coordinate".into(), COORDINATES),
        (format!("INSERT INTO coordinate SELECT 1, {coordinate}"), COORDINATES),
        (format!("REPLACE INTO coordinate SELECT 2, {coordinate}"), COORDINATES),
        (format!("INSERT OR REPLACE INTO coordinate SELECT 99, {coordinate}"), COORDINATES),
        (format!("REPLACE INTO coordinate SELECT (SELECT max(number) + 1 FROM coordinate), {coordinate}"), COORDINATES),
    ];
    let fixture = fixture();
    let shell = shell(&fixture.path());
    for (sql, message) in &table {
        match shell.execute_batch(sql) {
            Ok(()) => panic!("was not refused: {sql}"),
            Err(error) => assert!(error.to_string().starts_with(message), "{sql}: {error}"),
        }
    }
    let books = open(&fixture.path());
    assert_eq!(bk::findings(&books), Vec::<String>::new());
    assert_eq!(books.head().unwrap(), fixture.head);
}

#[test]
fn the_file_itself_refuses_to_replace_by_another_key() {
    let new = |reference: &str, reverses: &str| {
        format!(
            "REPLACE INTO entry SELECT 7, (SELECT max(seq) + 1 FROM entry), fact, recorded_at, 20250401, {reference},
             {reverses}, NULL, lines, hash FROM entry WHERE number = 2"
        )
    };
    let table = [
        // REPLACE deletes whatever row is in the way of any unique index, and runs no delete trigger.
        ("an entry with the reference of another", new("'INV-1'", "NULL")),
        ("a second reversal of an entry", new("NULL", "4")),
        ("an entry without its postings", new("NULL", "NULL")),
    ];
    for (name, sql) in table {
        let fixture = fixture();
        let outcome = shell(&fixture.path()).execute_batch(&sql);
        assert!(outcome.is_err(), "{name} was not refused; now: {:?}", bk::findings(&open(&fixture.path())));
    }
}

/// Where a finding should point.
#[derive(Clone, Copy)]
enum At {
    Entry(i64),
    Fact(i64),
    Books,
}
use At::{Entry, Fact};

const HASH: &str = "its hash does not match its content: it, or a record before it, was changed";

#[test]
fn verify_finds_every_kind_of_tampering() {
    // what was done, the SQL that does it, where the first finding points, what it says
    let table: &[(&str, &str, At, &str)] = &[
        (
            "an amount changed",
            "UPDATE posting SET amount = amount + 1 WHERE entry = 2 AND line = 1",
            Entry(2),
            "it does not balance in fund `general`: off by 0.01 USD; its hash does not match either: it was changed",
        ),
        (
            "both amounts changed, so that the entry still balances",
            "UPDATE posting SET amount = amount * 2 WHERE entry = 2",
            Entry(2),
            HASH,
        ),
        (
            "both amounts changed, and the balances with them",
            "UPDATE posting SET amount = amount * 2 WHERE entry = 1;
             UPDATE balance_day SET debit = 2 * debit, credit = 2 * credit WHERE day = 20250115;
             UPDATE balance_month SET debit = 2 * debit, credit = 2 * credit WHERE month = 202501",
            Entry(1),
            HASH,
        ),
        ("the sides swapped", "UPDATE posting SET amount = -amount WHERE entry = 6", Entry(6), HASH),
        ("an account changed", "UPDATE posting SET account = 6 WHERE entry = 2 AND line = 1", Entry(2), HASH),
        (
            "account and coordinate changed",
            "UPDATE posting SET coordinate = 2, account = (SELECT account FROM coordinate WHERE number = 2) WHERE entry = 2 AND line = 1",
            Entry(2),
            HASH,
        ),
        ("lines swapped", "UPDATE posting SET line = line + 10 WHERE entry = 4; UPDATE posting SET line = 13 - line WHERE entry = 4", Entry(4), HASH),
        ("a posting deleted", "DELETE FROM posting WHERE entry = 3 AND line = 2", Entry(3), "it does not balance in fund `aid`: off by 200.00 USD"),
        (
            "a pair of postings added",
            "INSERT INTO posting (entry, line, account, amount, coordinate, day) SELECT entry, line + 2, account, amount, coordinate, day FROM posting WHERE entry = 6",
            Entry(6),
            HASH,
        ),
        ("a posting's party changed", "UPDATE posting SET party = 2 WHERE entry = 1 AND line = 1", Entry(1), HASH),
        ("a posting's party removed", "UPDATE posting SET party = NULL WHERE entry = 2 AND line = 2", Entry(2), HASH),
        ("a posting's cash flow changed", "UPDATE posting SET cash_flow = 'other' WHERE entry = 3 AND line = 1", Entry(3), HASH),
        ("an original amount changed", "UPDATE posting SET original_amount = 1 WHERE entry = 3 AND line = 1", Entry(3), HASH),
        ("a rate written otherwise", "UPDATE posting SET rate = '1.1' WHERE entry = 3 AND line = 1", Entry(3), HASH),
        ("a posting's day changed", "UPDATE posting SET day = 20250204 WHERE entry = 2 AND line = 1", Entry(2), "posting 1 was moved to another line, account or day"),
        (
            "a posting's day changed, and the balances with it",
            "UPDATE posting SET day = 20250204 WHERE entry = 2; UPDATE balance_day SET day = 20250204 WHERE day = 20250203",
            Entry(2),
            "posting 1 was moved to another line, account or day",
        ),
        ("a date changed", "UPDATE entry SET date = 20250205 WHERE number = 2", Entry(2), HASH),
        (
            "a date changed everywhere",
            "UPDATE entry SET date = 20250204 WHERE number = 2; UPDATE posting SET day = 20250204 WHERE entry = 2;
             UPDATE balance_day SET day = 20250204 WHERE day = 20250203",
            Entry(2),
            HASH,
        ),
        ("a date that is no day", "UPDATE entry SET date = 20250231 WHERE number = 2", Entry(2), HASH),
        ("a reference changed", "UPDATE entry SET reference = 'INV-2' WHERE number = 1", Entry(1), HASH),
        ("a reference removed", "UPDATE entry SET reference = NULL WHERE number = 1", Entry(1), HASH),
        ("a recorded-at changed", "UPDATE entry SET recorded_at = '2025-01-02T03:04:05Z' WHERE number = 4", Entry(4), HASH),
        ("an entry's fact changed", "UPDATE entry SET fact = 1 WHERE number = 4", Entry(4), HASH),
        ("a reversal unlinked", "UPDATE entry SET reverses = NULL WHERE number = 5", Entry(5), HASH),
        ("a reversal linked to another entry", "UPDATE entry SET reverses = 2 WHERE number = 5", Entry(5), HASH),
        ("a description's digest changed", "UPDATE entry SET description = zeroblob(32) WHERE number = 1", Entry(1), HASH),
        ("a hash changed", "UPDATE entry SET hash = randomblob(32) WHERE number = 3", Entry(3), HASH),
        ("the last hash changed", "UPDATE entry SET hash = zeroblob(32) WHERE number = 6", Entry(6), HASH),
        ("a fact's hash changed", "UPDATE fact SET hash = zeroblob(32) WHERE number = 16", Fact(16), HASH),
        ("an entry renumbered", "UPDATE entry SET number = 7 WHERE number = 6; UPDATE posting SET entry = 7 WHERE entry = 6", Entry(7), "a number is missing before it"),
        (
            "two entries swapped",
            "UPDATE entry SET number = 99 WHERE number = 2; UPDATE entry SET number = 2 WHERE number = 3; UPDATE entry SET number = 3 WHERE number = 99;
             UPDATE posting SET entry = 99 WHERE entry = 2; UPDATE posting SET entry = 2 WHERE entry = 3; UPDATE posting SET entry = 3 WHERE entry = 99",
            Fact(18),
            "a number is missing before it",
        ),
        ("an entry moved in the chain", "UPDATE entry SET seq = seq + 100 WHERE number = 6", Entry(6), "a number is missing before it"),
        ("an entry removed", "DELETE FROM entry WHERE number = 3; DELETE FROM posting WHERE entry = 3", Fact(19), "a number is missing before it"),
        ("an entry removed, its postings left", "DELETE FROM entry WHERE number = 6; DELETE FROM balance_day WHERE day = 20250310; DELETE FROM balance_month WHERE month = 202503", At::Books, "postings of entry 6 are there, the entry is not"),
        ("a fact removed", "DELETE FROM fact WHERE number = 17", Entry(2), "a number is missing before it"),
        ("a fact's body changed", "UPDATE fact SET body = replace(body, '20250131', '20250130') WHERE kind = 'lock'", Fact(21), HASH),
        ("a fact's body written otherwise", "UPDATE fact SET body = ' ' || body WHERE number = 14", Fact(14), HASH),
        ("an account renamed", "UPDATE fact SET body = replace(body, 'Venue', 'Party') WHERE number = 9", Fact(9), HASH),
        ("the organisation renamed", "UPDATE fact SET body = replace(body, 'Exemplar', 'Example') WHERE number = 1", Fact(1), HASH),
        ("a fact's kind changed", "UPDATE fact SET kind = 'opening' WHERE number = 16", Fact(16), HASH),
        ("a fact's rule changed", "UPDATE fact SET rule = 2 WHERE number = 16", Fact(16), HASH),
        ("a fact's actor removed", "UPDATE fact SET actor = NULL WHERE number = 1", Fact(1), HASH),
        ("a fact's recorded-at changed", "UPDATE fact SET recorded_at = '2026-01-02T03:04:06Z' WHERE number = 2", Fact(2), HASH),
        ("a dimension changed", "UPDATE coordinate SET event = 'pyex26' WHERE event = 'pyex25'", Entry(4), HASH),
        ("a fund changed", "UPDATE coordinate SET fund = 'travel' WHERE fund = 'aid' AND account = 1", Entry(3), "it does not balance in fund"),
        ("a coordinate without postings", "INSERT INTO coordinate SELECT 9999, account, event, fund, function, 'x', tax_code FROM coordinate WHERE number = 1", At::Books, "coordinate 9999 leaves a gap"),
        ("a balance of no month", "INSERT INTO balance_month VALUES (300001, 1, 'voucher', '', 0, 0, 1)", At::Books, "the kept balance of month 300001 is of no month"),
        ("a coordinate deleted", "DELETE FROM coordinate WHERE event = 'pyex25'", Entry(4), "posting 1 has no coordinate"),
        ("a description changed", "UPDATE text SET body = 'Six early birds' WHERE field = 'description'", Entry(1), "its text `description` was changed"),
        ("a memo changed", "UPDATE text SET body = 'cash' WHERE field = 'line 1'", Entry(2), "its text `line 1` was changed"),
        ("a salt changed", "UPDATE text SET salt = zeroblob(16) WHERE field = 'line 1'", Entry(2), "its text `line 1` was changed"),
        ("a name changed", "UPDATE text SET body = 'Ada Byron' WHERE body = 'Ada Lovelace'", Fact(15), "its text `name` was changed"),
        ("the actor of a fact changed", "UPDATE text SET body = 'Nobody' WHERE seq = 1", Fact(1), "its text `actor` was changed"),
        ("a reason changed", "UPDATE text SET body = 'no reason' WHERE field = 'reason'", Fact(20), "its text `reason` was changed"),
        ("a text deleted", "DELETE FROM text WHERE field = 'description'", Entry(1), "its text `description` is missing, and no fact says that it was erased"),
        ("a text added", "INSERT INTO text SELECT seq, 'line 2', zeroblob(16), 'paid in cash' FROM entry WHERE number = 2", Entry(2), "its text `line 2` was added later"),
        ("a party's kind changed", "UPDATE party SET kind = 'vendor' WHERE number = 2", At::Books, "party 2 is not as the facts describe it"),
        ("a party put in a holding", "UPDATE party SET holding = 1 WHERE number = 2", At::Books, "party 2 is not as the facts describe it"),
        ("a party's texts taken from elsewhere", "UPDATE party SET seq = 14 WHERE number = 2", At::Books, "party 2 is not as the facts describe it"),
        ("a party deleted", "DELETE FROM party WHERE number = 1", At::Books, "party 1 is not as the facts describe it"),
        ("a party added", "INSERT INTO party VALUES (3, 'person', NULL, 14)", At::Books, "party 3 is not as the facts describe it"),
        (
            "the balance of a day changed",
            "UPDATE balance_day SET debit = debit + 100 WHERE day = 20250203 AND debit > 0",
            At::Books,
            "kept balance of `Assets:Checking` for day 20250203 is debits 501.00, credits 0.00 in 1 postings; the postings give debits 500.00, credits 0.00 in 1",
        ),
        (
            "the balance of a month changed",
            "UPDATE balance_month SET credit = 0 WHERE month = 202503 AND credit > 0",
            At::Books,
            "kept balance of `Assets:Checking` for month 202503 is debits 0.00, credits 0.00 in 1 postings; the postings give debits 0.00, credits 7.00 in 1",
        ),
        (
            "the number of postings changed",
            "UPDATE balance_day SET postings = 2 WHERE day = 20250310 AND debit > 0",
            At::Books,
            "kept balance of `Expenses:Venue` for day 20250310 is debits 7.00, credits 0.00 in 2 postings; the postings give debits 7.00, credits 0.00 in 1",
        ),
        ("the balance of a day deleted", "DELETE FROM balance_day WHERE day = 20250310", At::Books, "for day 20250310 is debits 0.00, credits 0.00 in 0 postings"),
        ("the balance of a month deleted", "DELETE FROM balance_month WHERE month = 202503", At::Books, "for month 202503 is debits 0.00, credits 0.00 in 0 postings"),
        ("the balance of a day moved", "UPDATE balance_day SET day = 20250311 WHERE day = 20250310", At::Books, "for day 20250310 is debits 0.00, credits 0.00 in 0 postings"),
        ("a document made up", "INSERT INTO document VALUES ('gift', 'g', '', 1, 0, 0, 1, '{\"gift\":{\"code\":\"g\",\"party\":1,\"fund\":\"aid\",\"paid\":{\"date\":20250101,\"amount\":5,\"method\":\"wire\"}}}', NULL, NULL)", At::Books, "gift g is kept, but no fact made it"),
        ("a tally made up", "INSERT INTO tally VALUES ('sold', 'pyex25', 'ticket', 1, 5)", At::Books, "the tally sold `ticket` is kept as 1 and 5 minor units; the documents give 0 and 0"),
        ("a balance without postings", "INSERT INTO balance_month VALUES (202512, 1, 'voucher', '', 5, 0, 1)", At::Books, "for month 202512 is debits 0.05, credits 0.00 in 1 postings; the postings give debits 0.00, credits 0.00 in 0"),
        ("postings laid out for the next entry", "INSERT INTO posting SELECT 7, line, account, amount, coordinate, 20250401, NULL, NULL, NULL, NULL, NULL, NULL FROM posting WHERE entry = 6", At::Books, "postings of entry 7 are there, the entry is not"),
    ];
    let fixture = fixture();
    let mut wrong = Vec::new();
    for (i, (name, sql, at, message)) in table.iter().enumerate() {
        let path = fixture.copy(&format!("tampered-{i}"));
        unguarded(&shell(&path), |shell| {
            shell.execute_batch(sql).unwrap_or_else(|error| panic!("{name}: {error}"));
        });
        let verification = open(&path).verify(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        let place = match at {
            Entry(number) => format!("entry {number}: "),
            Fact(number) => format!("fact {number}: "),
            At::Books => String::new(),
        };
        let found = verification.findings.first().map(ToString::to_string).unwrap_or_default();
        if !(found.starts_with(&place) && found.contains(message)) {
            wrong.push(format!("{name}: expected `{place}{message}`, found {:?}", bk::findings(&open(&path))));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn verify_finds_what_was_done_under_the_name_of_erasing() {
    let table = [
        ("another text erased", "DELETE FROM text WHERE field = 'line 1'", "entry 2: its text `line 1` is missing, and no fact says"),
        (
            "another party erased",
            "DELETE FROM text WHERE body = 'Initech'",
            "fact 14: its text `name` is missing, and no fact says that it was erased",
        ),
        (
            "an erased text written anew",
            "INSERT INTO text VALUES (15, 'name', zeroblob(16), 'Ada Byron')",
            "fact 15: its text `name` is there, although fact 23 says that it was erased",
        ),
        (
            "a text changed in the shadow of an erasure",
            "UPDATE text SET body = 'cash' WHERE field = 'line 1'",
            "entry 2: its text `line 1` was changed",
        ),
        (
            "the erasure stretched to another text",
            "UPDATE fact SET body = replace(body, '[15,\"name\"]', '[15,\"name\"],[14,\"name\"]') WHERE kind = 'forgotten';
             DELETE FROM text WHERE body = 'Initech'",
            "fact 23: its hash does not match its content",
        ),
    ];
    let fixture = fixture();
    for (i, (name, sql, expected)) in table.into_iter().enumerate() {
        let path = fixture.copy(&format!("erased-{i}"));
        open(&path).forget(&bk::context(), &[PartyNo(2)], None).unwrap();
        assert_eq!(bk::findings(&open(&path)), Vec::<String>::new());
        unguarded(&shell(&path), |shell| shell.execute_batch(sql).unwrap());
        let found = bk::findings(&open(&path));
        assert!(found.iter().any(|finding| finding.starts_with(expected)), "{name}: {found:?}");
    }
}

#[test]
fn verify_finds_what_was_done_to_the_schema() {
    let table = [
        (
            "a trigger removed",
            "DROP TRIGGER posting_update",
            "trigger posting_update is missing: someone removed it from the file",
        ),
        (
            "an index removed",
            "DROP INDEX entry_reverses",
            "index entry_reverses is missing: someone removed it from the file",
        ),
        (
            "a trigger weakened",
            "DROP TRIGGER fact_delete; CREATE TRIGGER fact_delete BEFORE DELETE ON fact WHEN 0 BEGIN SELECT 1; END",
            "trigger fact_delete was changed by another program",
        ),
        (
            "a trigger added",
            "CREATE TRIGGER skim AFTER INSERT ON posting BEGIN UPDATE balance_day SET debit = debit + 1; END",
            "trigger skim was added by another program",
        ),
        ("a view added", "CREATE VIEW cash AS SELECT * FROM posting", "view cash was added by another program"),
        ("a table added", "CREATE TABLE notes (body TEXT)", "table notes was added by another program"),
        ("a column added", "ALTER TABLE party ADD COLUMN nickname TEXT", "table party was changed by another program"),
        // Statistics are SQLite's own, and may come and go.
        ("statistics gathered", "ANALYZE", ""),
    ];
    let fixture = fixture();
    for (i, (name, sql, expected)) in table.into_iter().enumerate() {
        let path = fixture.copy(&format!("schema-{i}"));
        shell(&path).execute_batch(sql).unwrap();
        let found = bk::findings(&open(&path));
        assert_eq!(found.join("\n"), expected, "{name}");
    }
}

/// Writes an entry after the last by SQL, with everything as it should be: chained, hashed, and in the balances.
fn forge(shell: &Connection, books: &Books<SqliteStore>, mut entry: StoredEntry) {
    let tail = books.tail().unwrap();
    let coordinates = books.coordinates().unwrap();
    (entry.number, entry.seq) = (EntryNo(tail.entries + 1), tail.head.seq + 1);
    let mut bytes = Vec::new();
    encode_entry(&mut bytes, &tail.head.hash, &entry, |i| &coordinates[&entry.postings[i].coordinate]);
    entry.hash = hash(&bytes);
    for posting in &entry.postings {
        let (number, at, day) = (entry.number.0, posting.coordinate.0, entry.date);
        let flow = posting.cash_flow.map(|flow| flow.to_string());
        shell
            .execute(
                "INSERT INTO posting (entry, line, account, amount, coordinate, day, cash_flow)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![number, posting.line, posting.account.0, posting.amount, at, day, flow],
            )
            .unwrap();
        for (table, period) in [("balance_day", day), ("balance_month", day / 100)] {
            let sql = format!(
                "INSERT INTO {table} VALUES (?1, ?2, 'voucher', ?4, max(?3, 0), max(-?3, 0), 1) ON CONFLICT DO UPDATE
                 SET debit = debit + max(?3, 0), credit = credit + max(-?3, 0), postings = postings + 1"
            );
            shell.execute(&sql, params![period, at, posting.amount, flow.clone().unwrap_or_default()]).unwrap();
        }
    }
    shell
        .execute(
            "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, NULL, ?6, ?7)",
            params![
                entry.number.0,
                entry.seq,
                entry.fact.0,
                entry.recorded_at,
                entry.date,
                entry.postings.len() as i64,
                entry.hash
            ],
        )
        .unwrap();
}

#[test]
fn verify_finds_a_well_made_entry_in_a_locked_period() {
    let fixture = fixture();
    let path = fixture.path();
    let books = open(&path);
    let plain = |day: i64| {
        let mut entry = books.store().entry(EntryNo(6)).unwrap().unwrap();
        entry.date = day;
        entry.postings.iter_mut().for_each(|posting| posting.day = day);
        entry
    };
    let shell = shell(&path);
    forge(&shell, &books, plain(20_250_401));
    assert_eq!(
        bk::findings(&books),
        Vec::<String>::new(),
        "a well-made entry is a good entry: the forger's hand is steady"
    );
    unguarded(&shell, |shell| forge(shell, &books, plain(20_250_131)));
    assert_eq!(bk::findings(&books), ["entry 8: it was added to a period that was locked through 2025-01-31"]);
}

/// Takes the last entry away with everything that hangs on it, or the whole tail from a record on.
const CUT: &str = "
    DELETE FROM posting WHERE entry IN (SELECT number FROM entry WHERE seq >= :seq);
    DELETE FROM entry WHERE seq >= :seq;
    DELETE FROM fact WHERE seq >= :seq;
    DELETE FROM text WHERE seq >= :seq;
    DELETE FROM party WHERE seq >= :seq;
    DELETE FROM balance_day;
    DELETE FROM balance_month;
    INSERT INTO balance_day
        SELECT day, coordinate, kind, coalesce(cash_flow, ''), sum(max(amount, 0)), sum(max(-amount, 0)), count(*)
        FROM posting JOIN entry ON entry.number = posting.entry JOIN fact ON fact.number = entry.fact
        GROUP BY 1, 2, 3, 4;
    INSERT INTO balance_month
        SELECT day / 100, coordinate, cause, flow, sum(debit), sum(credit), sum(postings)
        FROM balance_day GROUP BY 1, 2, 3, 4;
    DELETE FROM coordinate WHERE number NOT IN (SELECT coordinate FROM posting);
";

fn cut(path: &Path, seq: i64) {
    unguarded(&shell(path), |shell| shell.execute_batch(&CUT.replace(":seq", &seq.to_string())).unwrap());
}

#[test]
fn a_head_in_the_minutes_finds_a_tail_that_was_cut_off() {
    let fixture = fixture();
    let Fixture { minutes, head, .. } = fixture;
    // name, first record cut off, head in the minutes, the finding
    let table = [
        ("only the last entry", head.seq, head, "the end is missing"),
        ("the last entry and its fact", head.seq - 1, head, "the end is missing"),
        ("the whole tail", minutes.seq - 3, minutes, "the end is missing"),
        ("all but the opening", 2, minutes, "the end is missing"),
        // Cutting off what came after the minutes is beyond what they can prove.
        ("what came after the minutes", minutes.seq + 1, minutes, ""),
    ];
    for (i, (name, seq, known, expected)) in table.into_iter().enumerate() {
        let path = fixture.copy(&format!("cut-{i}"));
        cut(&path, seq);
        let books = open(&path);
        assert_eq!(bk::findings(&books), Vec::<String>::new(), "{name}: no chain alone can tell");
        let findings = books.verify(Some(known)).unwrap().findings;
        let found = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(found.is_empty(), expected.is_empty(), "{name}: {found}");
        let whole = format!("the books end with record {}, the head {known} is of a later one: {expected}", seq - 1);
        assert!(found.is_empty() || found == whole, "{name}: {found}");
    }
}

#[test]
fn a_head_in_the_minutes_finds_a_tail_that_was_written_anew() {
    let fixture = fixture();
    let path = fixture.path();
    cut(&path, fixture.head.seq - 1);
    let mut books = open(&path);
    bk::post(&mut books, &transfer("2025-03-10", VENUE, CHECKING, 701));
    assert_eq!(books.head().unwrap().seq, fixture.head.seq);
    assert_eq!(bk::findings(&books), Vec::<String>::new(), "a chain that was written anew agrees with itself");
    assert_eq!(books.verify(Some(fixture.minutes)).unwrap().findings, [], "and with minutes older than the forgery");
    let findings = books.verify(Some(fixture.head)).unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.starts_with(&format!("the books differ from the head {}", fixture.head)));
}

#[test]
fn one_altered_record_is_one_finding() {
    let fixture = fixture();
    let path = fixture.path();
    unguarded(&shell(&path), |shell| {
        shell.execute_batch("UPDATE entry SET recorded_at = '2020-01-01T00:00:00Z' WHERE number = 1").unwrap();
    });
    assert_eq!(bk::findings(&open(&path)), [format!("entry 1: {HASH}")]);
}

#[test]
fn verify_finds_what_no_record_covers() {
    let table = [
        ("the number of lines changed", "UPDATE entry SET lines = 3 WHERE number = 2", "entry 2: "),
        (
            "a text of a record that is not there",
            "INSERT INTO text VALUES (999, 'name', zeroblob(16), 'Nobody')",
            "record 999",
        ),
        ("a text before the first record", "INSERT INTO text VALUES (0, 'name', zeroblob(16), 'Nobody')", "record 0"),
        ("an imported row of no entry", "INSERT INTO identity VALUES (zeroblob(16), 99)", "entry 99"),
        (
            "a trigger with a name like SQLite's own",
            "CREATE TRIGGER [sqlite-statistics] AFTER INSERT ON posting BEGIN SELECT 1; END",
            "sqlite-statistics",
        ),
    ];
    let fixture = fixture();
    let mut missed = Vec::new();
    for (i, (name, sql, expected)) in table.into_iter().enumerate() {
        let path = fixture.copy(&format!("uncovered-{i}"));
        unguarded(&shell(&path), |shell| shell.execute_batch(sql).unwrap());
        let found = bk::findings(&open(&path)).join("\n");
        if !found.contains(expected) {
            missed.push(format!("{name}: found `{found}`"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Lists and reports of what is open read these columns, not the state that the facts were compared with.
#[test]
fn verify_compares_the_columns_that_documents_are_listed_by() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bursar.db");
    let mut books = Books::open(SqliteStore::create(&path).unwrap()).unwrap();
    let chart = Chart::parse(include_str!("../schema/charts/us-nonprofit.toml")).unwrap();
    books
        .write(&bk::context(), |writer| {
            let book = BookOpened { name: "Exemplar".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 1 };
            writer.begin_books(book, chart)?;
            writer.put_event(Event::new(slug("e"), "E", date("2026-05-14"), date("2026-05-16")))?;
            writer.add_party("Hall", PartyKind::Organisation, None, None)?;
            writer.add_party("Ada", PartyKind::Person, None, None)
        })
        .unwrap();
    let account = books.setup().unwrap().accounts().iter().find(|a| a.code.as_deref() == Some("5010")).unwrap().number;
    let line = CostLine {
        account,
        amount: 10_000,
        tax: None,
        fund: None,
        function: None,
        activity: None,
        prepaid: false,
        receipt: None,
    };
    let bill = BillReceived {
        code: slug("hall"),
        vendor: PartyNo(1),
        event: Some(slug("e")),
        contract: None,
        date: date("2026-02-01"),
        due: None,
        lines: vec![line],
        deposit: 0,
        foreign: None,
    };
    books.write(&bk::context(), |writer| writer.happen(|_| Ok(conference::Fact::Bill(bill)))).unwrap();
    assert_eq!(bk::findings(&books), Vec::<String>::new());
    drop(books);
    for (column, value) in [("receivable", "5"), ("payable", "0"), ("event", "''"), ("event", "'zz'"), ("party", "2")] {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        unguarded(&shell(&copy), |shell| {
            assert_eq!(shell.execute(&format!("UPDATE document SET {column} = {value}"), []).unwrap(), 1);
        });
        let expected = format!("bill hall is listed with another `{column}` than the facts give it");
        assert_eq!(bk::findings(&open(&copy)), [expected], "{column} = {value}");
    }
}

#[test]
fn verify_names_the_record_that_cannot_be_read() {
    let table = [
        (
            "a cash flow that is no code",
            "UPDATE posting SET cash_flow = 'No Code' WHERE entry = 3 AND line = 1",
            "entry 3",
        ),
        (
            "a hash cut short",
            "PRAGMA ignore_check_constraints = ON; UPDATE entry SET hash = x'00' WHERE number = 4",
            "entry 4",
        ),
        ("a fund that is no code", "UPDATE coordinate SET fund = 'No Code' WHERE number = 1", "coordinate 1"),
        ("a fund in capitals", "UPDATE coordinate SET fund = 'GENERAL' WHERE number = 1", "coordinate 1"),
        ("a party of no kind", "UPDATE party SET kind = 'ghost' WHERE number = 2", "party 2"),
        ("a party's kind in capitals", "UPDATE party SET kind = 'PERSON' WHERE number = 2", "party 2"),
    ];
    let fixture = fixture();
    let mut missed = Vec::new();
    for (i, (name, sql, expected)) in table.into_iter().enumerate() {
        let path = fixture.copy(&format!("unreadable-{i}"));
        unguarded(&shell(&path), |shell| shell.execute_batch(sql).unwrap());
        // Whether it is a finding or the error that ends the walk: it has to name the place.
        let said = match open(&path).verify(None) {
            Ok(verification) => verification.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            Err(error) => error.to_string(),
        };
        if !said.contains(expected) {
            missed.push(format!("{name}: said `{said}`"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_books_and_their_copies() {
    use std::os::unix::fs::PermissionsExt;

    let fixture = fixture();
    let folder = fixture.folder.path();
    let (backup, restored) = (folder.join("backup.db"), folder.join("restored.db"));
    let mut books = open(&fixture.path());
    back_up(&books, &backup).unwrap();
    restore(&backup, &restored, Duration::ZERO, false).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in [&fixture.path(), &backup, &restored] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    // Also what SQLite and we put beside the books while writing.
    let outcome: Result<(), bursar::books::BooksError> = books.write(&bk::context(), |writer| {
        bk::voucher(writer, &transfer("2025-04-01", VENUE, CHECKING, 1))?;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
        Ok(())
    });
    outcome.unwrap();
}

/// Names of the files in the folder, but for the empty journals that SQLite leaves.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.ends_with("-journal") || std::fs::metadata(folder.join(name)).unwrap().len() > 0);
    names.sort();
    names
}

#[test]
fn a_backup_is_checked_and_comes_back_the_same() {
    let fixture = fixture();
    let folder = fixture.folder.path();
    let (path, backup) = (fixture.path(), folder.join("backup.db"));
    let mut books = open(&path);
    let verification = back_up(&books, &backup).unwrap();
    assert_eq!((verification.head, verification.entries), (fixture.head, 6));
    assert_eq!(files(folder), ["backup.db", "bursar.db"]);
    assert_eq!(open(&backup).head().unwrap(), fixture.head);
    let error = back_up(&books, &backup).unwrap_err().to_string();
    assert_eq!(error, format!("{} is there already", backup.display()));

    bk::post(&mut books, &transfer("2025-04-01", VENUE, CHECKING, 1));
    let later = books.head().unwrap();
    drop(books);
    let error = restore(&backup, &path, Duration::ZERO, false).unwrap_err().to_string();
    assert_eq!(error, format!("{} is there already", path.display()));
    assert_eq!(open(&path).head().unwrap(), later, "a refusal changes nothing");

    let (verification, aside) = restore(&backup, &path, Duration::ZERO, true).unwrap();
    assert_eq!((verification.head, aside), (fixture.head, Some(folder.join("bursar.db.before-restore-1"))));
    assert_eq!(open(&path).head().unwrap(), fixture.head);
    assert_eq!(open(&folder.join("bursar.db.before-restore-1")).head().unwrap(), later, "what was there is kept");
    let (_, aside) = restore(&backup, &path, Duration::ZERO, true).unwrap();
    assert_eq!(aside, Some(folder.join("bursar.db.before-restore-2")), "and not overwritten by the next");
    let expected = ["backup.db", "bursar.db", "bursar.db.before-restore-1", "bursar.db.before-restore-2"];
    assert_eq!(files(folder), expected);

    let elsewhere = folder.join("elsewhere.db");
    assert_eq!(restore(&backup, &elsewhere, Duration::ZERO, false).unwrap().1, None);
    let mut books = open(&elsewhere);
    assert_eq!(bk::findings(&books), Vec::<String>::new());
    assert_eq!(bk::post(&mut books, &transfer("2025-04-01", VENUE, CHECKING, 1)), EntryNo(7), "books go on from there");
}

#[test]
fn damaged_books_are_neither_backed_up_nor_restored() {
    let fixture = fixture();
    let folder = fixture.folder.path();
    let (path, backup) = (fixture.path(), folder.join("backup.db"));
    let damaged = fixture.copy("damaged");
    unguarded(&shell(&damaged), |shell| {
        shell.execute_batch("UPDATE posting SET amount = 1 WHERE entry = 2 AND line = 1").unwrap()
    });
    let finding = "does not verify: entry 2: it does not balance in fund `general`: off by -499.99 USD";
    let error = back_up(&open(&damaged), &backup).unwrap_err().to_string();
    assert!(error.contains(finding), "{error}");
    let error = restore(&damaged, &path, Duration::ZERO, true).unwrap_err().to_string();
    assert!(error.contains(finding), "{error}");
    assert_eq!(files(folder), ["bursar.db", "damaged.db"], "nothing is left behind");
    assert_eq!(open(&path).head().unwrap(), fixture.head);
}

/// Makes the file at `to` look as if its writer had been killed: pages written, and the journal that undoes them.
fn leave_hot_journal(path: &Path, to: &Path) {
    let connection = shell(path);
    connection
        .execute_batch("PRAGMA cache_size = 2; PRAGMA cache_spill = 1; PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE;")
        .unwrap();
    connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO text SELECT 1, 'field ' || i, zeroblob(16), hex(zeroblob(200)) FROM n",
        )
        .unwrap();
    let journal = |path: &Path| PathBuf::from(format!("{}-journal", path.display()));
    assert!(std::fs::metadata(journal(path)).unwrap().len() > 0);
    std::fs::copy(journal(path), journal(to)).unwrap();
    std::fs::copy(path, to).unwrap();
    connection.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn books_whose_writer_was_killed_open_as_they_were_before() {
    let fixture = fixture();
    let killed = fixture.folder.path().join("killed.db");
    leave_hot_journal(&fixture.path(), &killed);
    let books = open(&killed);
    assert_eq!(books.head().unwrap(), fixture.head);
    assert_eq!(bk::findings(&books), Vec::<String>::new());
}

#[test]
fn restoring_over_books_whose_writer_was_killed() {
    let fixture = fixture();
    let folder = fixture.folder.path();
    let (killed, backup) = (folder.join("killed.db"), folder.join("backup.db"));
    back_up(&open(&fixture.path()), &backup).unwrap();
    let mut books = open(&fixture.path());
    // The journal is of books that are larger than the backup.
    for minor in 1..=200 {
        bk::post(&mut books, &transfer("2025-04-01", VENUE, CHECKING, minor));
    }
    let later = books.head().unwrap();
    drop(books);
    leave_hot_journal(&fixture.path(), &killed);
    let (_, aside) = restore(&backup, &killed, Duration::ZERO, true).unwrap();
    assert_eq!(bk::findings(&open(&killed)), Vec::<String>::new());
    assert_eq!(open(&killed).head().unwrap(), fixture.head);
    let aside = open(&aside.unwrap());
    assert_eq!(aside.head().unwrap(), later, "what is kept aside is rolled back by its own journal");
    assert_eq!(bk::findings(&aside), Vec::<String>::new());
}

#[test]
fn what_is_no_book_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.db"), "").unwrap();
    let foreign = Connection::open(at("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE a (x); PRAGMA user_version = 1").unwrap();
    drop(foreign);
    drop(SqliteStore::create(&at("newer.db")).unwrap());
    shell(&at("newer.db")).execute_batch("PRAGMA user_version = 7").unwrap();
    let table = [
        ("absent.db", "there are no books at PATH"),
        ("empty.db", "PATH does not hold bursar's books: it is an SQLite file of another program"),
        ("foreign.db", "PATH does not hold bursar's books: it is an SQLite file of another program"),
        ("newer.db", "PATH is of format 7; this program knows formats up to 6"),
    ];
    let mut wrong = Vec::new();
    for (name, expected) in table {
        let before = std::fs::read(at(name)).ok();
        let found = SqliteStore::open(&at(name), Duration::ZERO).unwrap_err().to_string();
        let expected = expected.replace("PATH", &at(name).display().to_string());
        if found != expected {
            wrong.push(format!("{name}: {found}"));
        }
        assert!(std::fs::read(at(name)).ok() == before, "{name} is not as it was");
        // Nor is anything put in the place of what is there.
        if before.is_some() {
            let refused = SqliteStore::create(&at(name)).unwrap_err().to_string();
            assert_eq!(refused, format!("{} is there already", at(name).display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_that_is_no_database_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "date,amount\n2025-01-31,12.00\n".repeat(100)).unwrap();
    let found = SqliteStore::open(&path, Duration::ZERO).unwrap_err().to_string();
    assert_eq!(found, format!("{} does not hold bursar's books: it is no SQLite file", path.display()));
}

#[test]
fn a_foreign_file_in_wal_mode_stays_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.db");
    Connection::open(&path).unwrap().execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(SqliteStore::open(&path, Duration::ZERO).is_err());
    assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
}
