//! How fast the books are, beside SQLite alone with the same rows.
//!
//!     cargo bench --bench books                        10,000 and 100,000 transactions
//!     cargo bench --bench books -- 1000000             others
//!     cargo bench --bench books -- generate 10000 F    the transactions as the CSV of `hledger print -O csv`
//!     cargo bench --bench books -- settings            single durable entries under several durability settings
//!
//! Every measurement runs in a process of its own, so that each has its own peak of memory. The time in which the
//! transactions are generated is measured and taken off. Ratios are to raw SQLite. Disks and neighbours vary: compare
//! ratios, not seconds. `BURSAR_BENCH_DIR` says where the files go.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, missing_docs)]

#[path = "books/generate.rs"]
mod generate;
#[path = "books/ours.rs"]
mod ours;
#[path = "books/raw.rs"]
mod raw;

use std::fs::File;
use std::hint::black_box;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use bursar::calendar::ALL_DAYS;
use generate::{Generator, Transaction};

/// Single durable entries of which the median is taken.
const SINGLES: usize = 200;

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says whether it benchmarks; as a test, everything runs once and small.
    let benchmark = arguments.iter().any(|argument| argument == "--bench");
    arguments.retain(|argument| argument != "--bench");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["measure", what, size, folder] => measure(what, size.parse().unwrap(), Path::new(folder)),
        ["generate", size, file] => {
            let mut out = BufWriter::new(File::create(file).unwrap());
            generate::write_csv(size.parse().unwrap(), &mut out).unwrap();
        }
        ["settings"] => settings(),
        [] if benchmark => table(&[10_000, 100_000]),
        [] => table(&[200]),
        _ => table(&words.iter().map(|word| word.parse().expect("a number of transactions")).collect::<Vec<_>>()),
    }
}

/// What a child measured.
#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    /// Of raw SQLite, where one process measures both.
    raw: f64,
    postings: f64,
    peak_mb: f64,
}

fn table(sizes: &[usize]) {
    println!("transactions  what                       seconds   postings/s   to raw   peak MB");
    for size in sizes {
        let folder = scratch();
        let child = |what: &str| -> Measured {
            let program = std::env::current_exe().unwrap();
            let arguments = ["measure", what, &size.to_string(), folder.path().to_str().unwrap()].map(str::to_owned);
            let output = Command::new(program).args(arguments).output().unwrap();
            assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            let numbers: Vec<f64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
            Measured { seconds: numbers[0], raw: numbers[1], postings: numbers[2], peak_mb: numbers[3] }
        };
        let row = |what: &str, seconds: f64, postings: f64, ratio: Option<f64>, peak: f64| {
            let rate = if postings > 0.0 { format!("{:.0}", postings / seconds) } else { String::new() };
            let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
            println!("{size:>12}  {what:<24} {seconds:>9.5}   {rate:>10}   {ratio:>6}   {peak:>7.1}");
        };
        let generator = child("generate").seconds;
        // In turn and the best of three, because neighbours come and go; the large sizes only once.
        let (mut raw, mut ours) = (child("raw"), child("import"));
        for _ in 0..if *size > 100_000 { 0 } else { 2 } {
            raw.seconds = raw.seconds.min(child("raw").seconds);
            ours.seconds = ours.seconds.min(child("import").seconds);
        }
        raw.seconds -= generator;
        ours.seconds -= generator;
        row("import, raw SQLite", raw.seconds, raw.postings, None, raw.peak_mb);
        row("import, books", ours.seconds, ours.postings, Some(ours.seconds / raw.seconds), ours.peak_mb);
        let single = child("single");
        row("one entry, raw SQLite", single.raw, 0.0, None, single.peak_mb);
        row("one entry, books", single.seconds, 0.0, Some(single.seconds / single.raw), single.peak_mb);
        let (group, balances) = (child("group"), child("balances"));
        row("balances, raw GROUP BY", group.seconds, 0.0, None, group.peak_mb);
        row("balances, books", balances.seconds, 0.0, Some(balances.seconds / group.seconds), balances.peak_mb);
        let verify = child("verify");
        row("verify", verify.seconds, ours.postings, Some(verify.seconds / raw.seconds), verify.peak_mb);
    }
}

fn scratch() -> tempfile::TempDir {
    let folder = std::env::var_os("BURSAR_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    tempfile::tempdir_in(folder).unwrap()
}

/// One measurement; prints seconds, raw seconds, postings, peak in MB.
fn measure(what: &str, size: usize, folder: &Path) {
    let (ours_path, raw_path) = (folder.join("ours.db"), folder.join("raw.db"));
    let start = Instant::now();
    let since = |start: Instant| start.elapsed().as_secs_f64();
    let (seconds, raw, postings) = match what {
        "generate" => {
            Generator::new(size).for_each(|transaction| drop(black_box(transaction)));
            (since(start), 0.0, 0)
        }
        "raw" => {
            let _ = std::fs::remove_file(&raw_path);
            let connection = raw::create(&raw_path);
            let start = Instant::now();
            let postings = raw::import(&connection, size);
            (since(start), 0.0, postings)
        }
        "import" => {
            let _ = std::fs::remove_file(&ours_path);
            let mut books = ours::create(&ours_path);
            let start = Instant::now();
            let postings = ours::import(&mut books, size);
            (since(start), 0.0, postings)
        }
        "single" => {
            let (ours, raw) = singles(&ours_path, &raw_path);
            (ours, raw, 0)
        }
        "group" => {
            let connection = raw::open(&raw_path);
            let mut statement =
                connection.prepare("SELECT account, sum(amount) FROM posting GROUP BY account").unwrap();
            let rows = statement.query_map([], |row| row.get::<_, i64>(1)).unwrap();
            black_box(rows.map(Result::unwrap).sum::<i64>());
            (since(start), 0.0, 0)
        }
        "balances" => {
            black_box(ours::open(&ours_path).balances(ALL_DAYS).unwrap());
            (since(start), 0.0, 0)
        }
        "verify" => {
            let books = ours::open(&ours_path);
            let start = Instant::now();
            let verification = books.verify(None).unwrap();
            assert!(verification.findings.is_empty(), "{:?}", verification.findings);
            (since(start), 0.0, 0)
        }
        other => panic!("there is no measurement `{other}`"),
    };
    println!("{seconds} {raw} {postings} {}", peak_mb());
}

/// Medians of single durable entries in books and in raw SQLite, in turn, so that both meet the same disk.
fn singles(ours_path: &Path, raw_path: &Path) -> (f64, f64) {
    let mut books = ours::open(ours_path);
    let connection = raw::open(raw_path);
    let (accounts, mut numbers) = (ours::accounts(&books), raw::Numbers::of(&connection));
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    // So few transactions have only payees that both files know.
    for transaction in Generator::new(SINGLES) {
        let fresh = |transaction: &Transaction| Transaction {
            date: transaction.date,
            reference: transaction.reference.as_ref().map(|reference| format!("single-{reference}")),
            description: transaction.description.clone(),
            payee: transaction.payee,
            lines: transaction.lines.clone(),
        };
        let (first, second) = (fresh(&transaction), fresh(&transaction));
        let start = Instant::now();
        ours::enter(&mut books, &accounts, first);
        ours.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        raw::enter(&connection, &mut numbers, second);
        raw.push(start.elapsed().as_secs_f64());
    }
    (median(&mut ours), median(&mut raw))
}

/// Single durable entries of raw SQLite under several settings, each on the same rows.
fn settings() {
    let size = 10_000;
    let table = [
        "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;",
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;",
        "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL;",
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    ];
    let folder = scratch();
    let open = |(index, sql): (usize, &str)| {
        let connection = raw::create(&folder.path().join(format!("{index}.db")));
        raw::import(&connection, size);
        connection.execute_batch(sql).unwrap();
        let numbers = raw::Numbers::of(&connection);
        (connection, numbers, Vec::new())
    };
    let mut benches: Vec<_> = table.into_iter().enumerate().map(open).collect();
    for number in 0..SINGLES * 5 {
        for (connection, numbers, times) in &mut benches {
            let transaction = Generator::new(SINGLES * 5).nth(number).unwrap();
            let reference = transaction.reference.map(|reference| format!("single-{reference}"));
            let start = Instant::now();
            raw::enter(connection, numbers, Transaction { reference, ..transaction });
            times.push(start.elapsed().as_secs_f64());
        }
    }
    println!("  median s   settings");
    for (sql, (_, _, times)) in table.iter().zip(&mut benches) {
        println!("{:>10.6}   {sql}", median(times));
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The most memory this process has had, where the system tells.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
