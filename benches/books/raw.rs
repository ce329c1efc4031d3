//! The same rows straight into SQLite: the floor that the library is measured against.
//!
//! Same tables, indexes, constraints and settings, but no triggers, no kept balances, no hashing (hashes, digests and
//! salts are constants of the same length), no checks, and cached statements.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, Statement, params};

use super::generate::{Generator, Line, Transaction, payee_name};
use super::ours::kind;

const SETTINGS: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = ON;
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
";
const NOW: &str = "2026-01-31T12:00:00Z";
const DIGEST: [u8; 32] = [7; 32];
const SALT: [u8; 16] = [7; 16];

/// The books' schema without its triggers and without the cube.
fn schema() -> String {
    let mut text = include_str!("../../schema/0001_books.sql").to_owned();
    for (start, end) in [("CREATE TRIGGER", "END;"), ("CREATE TABLE balance", ";")] {
        while let Some(from) = text.find(start) {
            let length = text[from..].find(end).unwrap() + end.len();
            text.replace_range(from..from + length, "");
        }
    }
    text
}

pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(SETTINGS).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

pub fn create(path: &Path) -> Connection {
    let connection = open(path);
    connection.execute_batch(&schema()).unwrap();
    connection
}

/// Where the rows go on.
#[derive(Default)]
pub struct Numbers {
    fact: i64,
    entry: i64,
    seq: i64,
    coordinates: HashMap<(i64, [String; 5]), i64>,
}

impl Numbers {
    /// Goes on in a file that is filled.
    pub fn of(connection: &Connection) -> Self {
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).unwrap();
        let fact = number("SELECT max(number) FROM fact");
        let entry = number("SELECT max(number) FROM entry");
        let sql = "SELECT account, event, fund, function, activity, tax_code, number FROM coordinate";
        let mut statement = connection.prepare(sql).unwrap();
        let found = statement.query_map([], |row| {
            let names = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok(((row.get(0)?, names), row.get(6)?))
        });
        Self { fact, entry, seq: fact + entry, coordinates: found.unwrap().map(Result::unwrap).collect() }
    }
}

/// Everything in one transaction; the number of postings.
pub fn import(connection: &Connection, size: usize) -> usize {
    let mut numbers = Numbers::default();
    let (mut parties, mut postings) = (0, 0);
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let format = format!("{{\"import\":{{\"format\":\"bench\",\"sha256\":\"{:064}\"}}}}", 0);
    fact(connection, &mut numbers, "import", &format);
    for transaction in Generator::new(size) {
        if transaction.payee == parties {
            party(connection, &mut numbers, parties);
            parties += 1;
        }
        postings += post(connection, &mut numbers, 1, transaction);
    }
    connection.execute_batch("COMMIT").unwrap();
    postings
}

/// One transaction with a fact of its own, durable when it returns.
pub fn enter(connection: &Connection, numbers: &mut Numbers, transaction: Transaction) {
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    fact(connection, numbers, "voucher", "{\"voucher\":{}}");
    text(connection, numbers.seq, "actor", "Bench");
    post(connection, numbers, numbers.fact, transaction);
    connection.execute_batch("COMMIT").unwrap();
}

fn run(connection: &Connection, sql: &str, fill: impl FnOnce(&mut Statement<'_>) -> rusqlite::Result<usize>) {
    fill(&mut connection.prepare_cached(sql).unwrap()).unwrap();
}

fn fact(connection: &Connection, numbers: &mut Numbers, kind: &str, body: &str) {
    numbers.fact += 1;
    numbers.seq += 1;
    let sql = "INSERT INTO fact (number, seq, recorded_at, kind, rule, actor, body, hash)
               VALUES (?1, ?2, ?3, ?4, 1, NULL, ?5, ?6)";
    run(connection, sql, |s| s.execute(params![numbers.fact, numbers.seq, NOW, kind, body, DIGEST]));
}

fn text(connection: &Connection, seq: i64, field: &str, body: &str) {
    let sql = "INSERT INTO text (seq, field, salt, body) VALUES (?1, ?2, ?3, ?4)";
    run(connection, sql, |s| s.execute(params![seq, field, SALT, body]));
}

fn party(connection: &Connection, numbers: &mut Numbers, payee: usize) {
    let (number, kind) = (payee as i64 + 1, kind(payee).word());
    let body = format!("{{\"party\":{{\"party\":{number},\"kind\":\"{kind}\",\"name\":\"{number:064}\"}}}}");
    fact(connection, numbers, "party", &body);
    text(connection, numbers.seq, "name", &payee_name(payee));
    let sql = "INSERT INTO party (number, kind, holding, seq) VALUES (?1, ?2, NULL, ?3)";
    run(connection, sql, |s| s.execute(params![number, kind, numbers.seq]));
}

fn coordinate(connection: &Connection, numbers: &mut Numbers, line: &Line) -> i64 {
    let account = line.account as i64 + 1;
    let name = |slug: Option<_>| slug.map_or_else(String::new, String::from);
    let function = line.function.map_or("", |function| function.word()).to_owned();
    let names = [name(line.event), "general".to_owned(), function, name(line.activity), name(line.tax_code)];
    let next = numbers.coordinates.len() as i64 + 1;
    *numbers.coordinates.entry((account, names)).or_insert_with_key(|(account, names)| {
        let sql = "INSERT INTO coordinate (number, account, event, fund, function, activity, tax_code)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let [event, fund, function, activity, tax_code] = names;
        run(connection, sql, |s| s.execute(params![next, account, event, fund, function, activity, tax_code]));
        next
    })
}

fn post(connection: &Connection, numbers: &mut Numbers, fact: i64, transaction: Transaction) -> usize {
    numbers.entry += 1;
    numbers.seq += 1;
    let Transaction { date, reference, description, payee, lines } = transaction;
    let (entry, seq, day) = (numbers.entry, numbers.seq, date.number());
    let sql = "INSERT INTO entry (number, seq, fact, recorded_at, date, reference, reverses, description, lines, hash)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?8, ?7)";
    let count = lines.len() as i64;
    run(connection, sql, |s| s.execute(params![entry, seq, fact, NOW, day, reference, DIGEST, count]));
    for (number, line) in (1_i64..).zip(&lines) {
        let coordinate = coordinate(connection, numbers, line);
        let (account, party) = (line.account as i64 + 1, payee as i64 + 1);
        let cash_flow = line.cash_flow.as_ref().map(|slug| slug.as_str());
        let sql = "INSERT INTO posting (entry, line, account, amount, coordinate, day, party, cash_flow,
                                        original_amount, original_currency, rate, memo)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL, NULL, NULL)";
        run(connection, sql, |s| {
            s.execute(params![entry, number, account, line.minor, coordinate, day, party, cash_flow])
        });
    }
    text(connection, seq, "description", &description);
    lines.len()
}
