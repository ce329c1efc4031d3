//! A million admissions under every policy, and ten thousand draws of the demo's event under five.
//!
//! `cargo bench --bench policies -- 1000000`. Loading is measured apart: a year is loaded once, then asked many times.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bursar::books::Books;
use bursar::books::sqlite::SqliteStore;
use bursar::policy::{Dips, Grid, PRESETS, Policy, Scene, Share, Year, simulate};

fn main() {
    let count: u64 = std::env::args().filter_map(|arg| arg.replace('_', "").parse().ok()).next().unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("bursar-policies-{count}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    write_orders(&folder.join("orders.csv"), count);
    for line in [
        "init --name Bench",
        "event add e --name E --first-day 2025-05-14 --last-day 2025-05-16",
        "ticket add e corporate --name Corporate --kind admission --price 450.00;until=2025-02-15 --price 600.00",
        "ticket add e individual --name Individual --kind admission --price 300.00;until=2025-02-15 --price 350.00",
        "ticket add e student --name Student --kind admission --price 125.00",
        "ticket add e tutorial --name Tutorial --kind tutorial --price 150.00",
        "import orders orders.csv",
        "vendor add Caterer",
        "contract add food --vendor Caterer --event e --account 5040 --per-head 80.00 --minimum 1000 --date 2025-01-02",
        "event hold e",
    ] {
        run(&folder, line);
    }
    println!("{count} orders, {} admissions", count + count / 10);
    million(&folder.join("bursar.db"));
    draws(&folder);
    let _ = std::fs::remove_dir_all(&folder);
}

fn timed<T>(what: &str, limit: Option<f64>, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let seconds = began.elapsed().as_secs_f64();
    let judged = limit.map_or_else(String::new, |limit| {
        format!(" (limit {limit} s: {})", if seconds <= limit { "met" } else { "NOT MET" })
    });
    println!("{what}: {seconds:.3} s{judged}");
    done
}

fn open(path: &Path, event: &str) -> Year {
    let books = Books::open(SqliteStore::open(path, Duration::from_secs(1)).expect("a store")).expect("books");
    Year::load(&books, event.parse().expect("a code")).expect("a year")
}

fn million(path: &Path) {
    let year = timed("load the year", None, || open(path, "e"));
    println!("  {} cases; peak {}", year.cases(), peak());
    for (name, text) in PRESETS {
        let policy = Policy::parse(name, text).expect("a policy");
        timed(&format!("replay, {name}"), Some(1.0), || year.replay(&policy, Scene::calm(1)).expect("a replay"));
    }
    let policy = Policy::preset("speakers-free")
        .expect("a policy")
        .with_stay_away(bursar::conference::Role::Speaker, Share::millionths(100_000));
    let scene = Scene::calm(1).with(Dips::default());
    timed("replay, dips and behaviour", Some(1.0), || year.replay(&policy, scene).expect("a replay"));
    let steps: Vec<Share> = (0..=10).map(|step| Share::millionths(step * 50_000)).collect();
    timed("stress grid, 11 by 11", None, || Grid::compute(&year, &policy, 1, steps.clone(), steps).expect("a grid"));
    timed("10,000 draws, one policy", None, || simulate(&year, &[policy], 10_000, 1).expect("draws"));
    println!("  peak {}", peak());
}

fn draws(folder: &Path) {
    run(folder, "demo --dir demo");
    let year = open(&folder.join("demo/bursar.db"), "lakeconf25");
    println!("the demo's event, {} cases", year.cases());
    let policies: Vec<Policy> =
        PRESETS[..5].iter().map(|(name, text)| Policy::parse(name, text).expect("a policy")).collect();
    timed("10,000 draws over five policies", Some(1.0), || simulate(&year, &policies, 10_000, 1).expect("draws"));
}

/// The most memory this process has had.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    line.trim_start_matches("VmHWM:").trim().to_owned()
}

fn run(folder: &Path, line: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_bursar")).args(line.split(' ')).current_dir(folder).output();
    let output = output.expect("the program");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Orders of many kinds: tickets, roles, who pays, tutorials, aid, two people in one order, months.
fn write_orders(path: &Path, count: u64) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut text = String::from("order,date,event,party,ticket,role,by,paid,fee,method\n");
    let tickets = [("corporate", [45_000, 60_000]), ("individual", [30_000, 35_000]), ("student", [12_500, 12_500])];
    for i in 0..count {
        let day = i * 120 / count;
        let (month, day) = (1 + day / 28, 1 + day % 28);
        let late = usize::from(month > 2 || (month == 2 && day > 15));
        let (ticket, prices) = tickets[usize::try_from(i * 7 % 3).unwrap_or(0)];
        let role = ["attendee", "attendee", "attendee", "speaker", "volunteer", "organiser"]
            [usize::try_from(i % 6).unwrap_or(0)];
        let by = if i % 5 == 0 { "employer" } else { "self" };
        let (two, tutorial) = (i % 10 == 0, i % 4 == 0);
        let total = prices[late] * if two { 2 } else { 1 } + if tutorial { 15_000 } else { 0 };
        let fee = total * 29 / 1_000 + 30;
        let money = |minor: u64| format!("{}.{:02}", minor / 100, minor % 100);
        let head = format!("o{i},2025-{month:02}-{day:02},e,Buyer {},", i / 4);
        let _ = writeln!(text, "{head}{ticket},{role},{by},{},{},card", money(total), money(fee));
        if two {
            let _ = writeln!(text, "{head}{ticket},attendee,{by},,,");
        }
        if tutorial {
            let _ = writeln!(text, "{head}tutorial,,{by},,,");
        }
        if text.len() > 1 << 16 {
            file.write_all(text.as_bytes()).expect("written");
            text.clear();
        }
    }
    file.write_all(text.as_bytes()).expect("written");
}
