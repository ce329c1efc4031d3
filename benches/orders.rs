//! A million paid orders: importing them, holding their event, and reports over them, beside an import of the core.
//!
//! `cargo bench --bench orders -- 1000000`. One process a step, so that each peak of memory is its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, clippy::cast_precision_loss, missing_docs)]

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

fn main() {
    let count: u64 = std::env::args().filter_map(|arg| arg.replace('_', "").parse().ok()).next().unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("bursar-orders-{count}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    write_orders(&folder.join("orders.csv"), count);
    write_journal(&folder.join("journal.csv"), count);
    let program = env!("CARGO_BIN_EXE_bursar");
    for line in [
        "init --name Bench",
        "event add e --name E --first-day 2025-05-14 --last-day 2025-05-16",
        "tax add vat --name VAT --rate 20%",
        "ticket add e ticket --name Ticket --kind admission --price 300.00 --tax vat",
        "ticket add e tutorial --name Tutorial --kind tutorial --price 150.00",
    ] {
        run(&folder, program, line);
    }
    run(&folder, program, "init --name Core --book core.db");
    println!("{count} orders of two items, paid by card with fee and tax");
    let core = step(&folder, program, "import csv journal.csv --book core.db", "core: journal of three postings each");
    let core_rate = postings(&folder, "core.db") / core;
    println!("  {core_rate:.0} postings a second");
    let import = step(&folder, program, "import orders orders.csv", "import orders");
    let imported = postings(&folder, "bursar.db");
    println!(
        "  {:.0} postings a second, {:.0} % of the core's",
        imported / import,
        100.0 * imported / import / core_rate
    );
    let hold = step(&folder, program, "event hold e", "event hold");
    let held = postings(&folder, "bursar.db") - imported;
    println!("  {:.0} postings a second; {:.2} of the import's time", held / hold, hold / import);
    println!("  {:.1} postings an order in all", (imported + held) / count as f64);
    for report in ["event-summary", "registrations", "deferred-revenue", "activities"] {
        step(&folder, program, &format!("report {report} --event e"), report);
    }
    step(&folder, program, "what-if e --policy everyone-pays --policy speakers-free", "what-if");
    step(&folder, program, "verify", "verify");
    let _ = std::fs::remove_dir_all(&folder);
}

fn command(folder: &Path, program: &str, line: &str) -> Command {
    let mut command = Command::new("/usr/bin/env");
    // GNU time tells the peak of memory; where it is missing, only the time is told.
    if Path::new("/usr/bin/time").exists() {
        command.args(["/usr/bin/time", "-f", "peak %M kB"]);
    }
    command.arg(program).args(words(line)).current_dir(folder);
    command
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(' ')
}

fn run(folder: &Path, program: &str, line: &str) -> String {
    let output = command(folder, program, line).output().expect("the program");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()
}

fn step(folder: &Path, program: &str, line: &str, what: &str) -> f64 {
    let began = Instant::now();
    let peak = run(folder, program, line);
    let seconds = began.elapsed().as_secs_f64();
    println!("{what}: {seconds:.2} s, {peak}");
    seconds
}

fn postings(folder: &Path, book: &str) -> f64 {
    let connection = rusqlite::Connection::open(folder.join(book)).expect("books");
    connection.query_row("SELECT count(*) FROM posting", [], |row| row.get::<_, f64>(0)).expect("postings")
}

fn write_orders(path: &Path, count: u64) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut text = String::from("order,date,event,party,ticket,role,paid,fee,method\n");
    for i in 0..count {
        let day = i * 120 / count;
        let (month, day) = (1 + day / 28, 1 + day % 28);
        // One buyer for every four orders, as in the core's own measurements.
        let buyer = i / 4;
        let role = if i % 17 == 0 { "speaker" } else { "attendee" };
        let _ = writeln!(
            text,
            "o{i},2025-{month:02}-{day:02},e,Buyer {buyer},ticket,{role},510.00,14.79,card\n\
             o{i},2025-{month:02}-{day:02},e,Buyer {buyer},tutorial,,,,"
        );
        if text.len() > 1 << 16 {
            file.write_all(text.as_bytes()).expect("written");
            text.clear();
        }
    }
    file.write_all(text.as_bytes()).expect("written");
}

fn write_journal(path: &Path, count: u64) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut text = String::from("entry,date,reference,party,description,account,amount,party_kind\n");
    for i in 0..count {
        let day = i * 120 / count;
        let (month, day) = (1 + day / 28, 1 + day % 28);
        let head = format!("{i},2025-{month:02}-{day:02},r{i},Buyer {},", i / 4);
        let _ = writeln!(
            text,
            "{head},Assets:Clearing:Card processor,291.00,person\n{head},Expenses:Processing fees,9.00,person\n\
             {head},Liabilities:Deferred revenue:Registration,-300.00,person"
        );
        if text.len() > 1 << 16 {
            file.write_all(text.as_bytes()).expect("written");
            text.clear();
        }
    }
    file.write_all(text.as_bytes()).expect("written");
}
