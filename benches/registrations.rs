//! A million rows of a ticket platform's export, with its payments: imported, and imported again, beside an import of the
//! core's own CSV.
//!
//! `cargo bench --bench registrations -- 1000000`. One process a step, so that each peak of memory is its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, missing_docs)]

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The least speed beside the core's own CSV, per cent, and the most memory, megabytes.
const LIMITS: (f64, f64) = (40.0, 300.0);

fn main() {
    let rows: u64 = std::env::args().filter_map(|arg| arg.replace('_', "").parse().ok()).next().unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("bursar-registrations-{rows}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let orders = write_pretix(&folder, rows);
    write_journal(&folder.join("journal.csv"), rows);
    let program = env!("CARGO_BIN_EXE_bursar");
    for line in [
        "init --name Bench",
        "event add e --name E --first-day 2025-05-14 --last-day 2025-05-16",
        "tax add vat --name VAT --rate 20% --inclusive",
        "ticket add e ticket --name Ticket --kind admission --price 300.00 --tax vat",
        "ticket add e tutorial --name Tutorial --kind tutorial --price 150.00",
    ] {
        run(&folder, program, line);
    }
    run(&folder, program, "init --name Core --book core.db");
    println!(
        "{rows} rows of transactions: {orders} orders of two items, one in 25 cancelled and paid back; {orders} payments"
    );
    let (core, _) = step(&folder, program, "import csv journal.csv --book core.db", "core: rows of a journal");
    let core_rate = postings(&folder, "core.db") / core;
    println!("  {core_rate:.0} postings a second");
    let import = "import pretix transactions.csv payments.csv";
    let (seconds, peak) = step(&folder, program, import, "import pretix");
    let rate = postings(&folder, "bursar.db") / seconds;
    let share = 100.0 * rate / core_rate;
    println!("  {rate:.0} postings a second, {share:.0} % of the core's (at least {:.0}); peak {peak:.0} MB", LIMITS.0);
    step(&folder, program, import, "the same files again");
    step(&folder, program, "verify", "verify");
    let _ = std::fs::remove_dir_all(&folder);
    if rows >= 1_000_000 && (share < LIMITS.0 || peak > LIMITS.1) {
        eprintln!("beyond the limits");
        std::process::exit(1);
    }
}

fn command(folder: &Path, program: &str, line: &str) -> Command {
    let mut command = Command::new("/usr/bin/env");
    // GNU time tells the peak of memory; where it is missing, only the time is told.
    if Path::new("/usr/bin/time").exists() {
        command.args(["/usr/bin/time", "-f", "peak %M kB"]);
    }
    command.arg(program).args(line.split(' ')).current_dir(folder);
    command
}

fn run(folder: &Path, program: &str, line: &str) -> String {
    let output = command(folder, program, line).output().expect("the program");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()
}

/// Seconds and megabytes.
fn step(folder: &Path, program: &str, line: &str, what: &str) -> (f64, f64) {
    let began = Instant::now();
    let peak = run(folder, program, line);
    let seconds = began.elapsed().as_secs_f64();
    println!("{what}: {seconds:.2} s, {peak}");
    let kilobytes = peak.split(' ').nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0);
    (seconds, kilobytes / 1_000.0)
}

fn postings(folder: &Path, book: &str) -> f64 {
    let connection = rusqlite::Connection::open(folder.join(book)).expect("books");
    connection.query_row("SELECT count(*) FROM posting", [], |row| row.get::<_, f64>(0)).expect("postings")
}

/// Writes as many rows of transactions, and a payment for each order; returns the number of orders.
fn write_pretix(folder: &Path, rows: u64) -> u64 {
    let mut transactions = BufWriter::new(std::fs::File::create(folder.join("transactions.csv")).expect("a file"));
    let mut payments = BufWriter::new(std::fs::File::create(folder.join("payments.csv")).expect("a file"));
    let header = "Event,Event slug,Currency,Order code,Order date,Order time,Transaction date,Transaction time,Old data,\
                  Position ID,Quantity,Product ID,Product,Variation ID,Variation,Fee type,Internal fee type,Date ID,Date,\
                  Price,Tax rate,Tax rule ID,Tax rule,Tax value,Gross total,Tax total";
    writeln!(transactions, "{header}").expect("written");
    writeln!(
        payments,
        "Event slug,Order,Payment ID,Creation date,Completion date,Status,Status code,Amount,Payment method,Comment,\
         Matching ID,Payment details,Invoice numbers"
    )
    .expect("written");
    let (mut written, mut order) = (0, 0);
    let mut cancelled: Vec<(u64, String)> = Vec::new();
    while written + 2 + 2 * cancelled.len() as u64 <= rows {
        let day = order * 200 / rows.max(1);
        let date = format!("2025-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        let mut text = String::new();
        row(&mut text, order, &date, 1, (2 * order, "Ticket", "300.00", "300.00"));
        row(&mut text, order, &date, 1, (2 * order + 1, "Tutorial", "150.00", "150.00"));
        transactions.write_all(text.as_bytes()).expect("written");
        writeln!(payments, "e,O{order},O{order}-P-1,{date},{date},confirmed,confirmed,450.00,stripe,,pi_{order},,")
            .expect("written");
        if order % 25 == 7 {
            writeln!(payments, "e,O{order},O{order}-R-1,2025-05-10,2025-05-10,done,done,-450.00,stripe,,pi_{order},,")
                .expect("written");
            cancelled.push((order, date));
        }
        written += 2;
        order += 1;
    }
    for (order, _) in cancelled {
        let mut text = String::new();
        row(&mut text, order, "2025-05-10", -1, (2 * order, "Ticket", "300.00", "-300.00"));
        row(&mut text, order, "2025-05-10", -1, (2 * order + 1, "Tutorial", "150.00", "-150.00"));
        transactions.write_all(text.as_bytes()).expect("written");
    }
    order
}

fn row(
    text: &mut String,
    order: u64,
    date: &str,
    quantity: i64,
    (position, product, price, total): (u64, &str, &str, &str),
) {
    let _ = writeln!(
        text,
        "E,e,USD,O{order},{date},10:00:00,{date},10:00:00,No,{position},{quantity},1,{product},,,,,,,{price},0.00,,,0.00,\
         {total},0.00"
    );
}

fn write_journal(path: &Path, count: u64) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(file, "entry,date,reference,party,description,account,amount,party_kind").expect("written");
    for i in 0..count / 3 {
        let day = i * 360 / count;
        let head = format!("{i},2025-{:02}-{:02},r{i},Buyer {i},", 1 + day / 28, 1 + day % 28);
        writeln!(
            file,
            "{head},Assets:Clearing:Card processor,291.00,person\n{head},Expenses:Processing fees,9.00,person\n\
             {head},Liabilities:Deferred revenue:Registration,-300.00,person"
        )
        .expect("written");
    }
}
