//! Three years of quarterly releases to the board, and their audit: how publishing grows with what readers know already.
//!
//! `cargo bench --bench releases`; statements that are named after `--` are released too. One process a step; seconds are
//! those of the processor, since publishing computes and does not wait, so that other work on the machine counts less.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_arithmetic, clippy::cast_precision_loss, missing_docs)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

const SPONSORS: u64 = 60;
const PERSONS: u64 = 50;
const YEARS: [u64; 3] = [2023, 2024, 2025];
/// Name, price and what of it is an exchange.
const PACKAGES: [(&str, u64, u64); 6] = [
    ("keystone", 50_000, 20_000),
    ("diamond", 25_000, 10_000),
    ("platinum", 12_000, 5_000),
    ("gold", 6_000, 3_000),
    ("silver", 3_000, 2_000),
    ("patron", 1_500, 500),
];
/// The first of the sponsors, from the largest, that takes each package.
const TAKEN_FROM: [u64; 6] = [0, 3, 8, 18, 32, 46];
/// Code, and month in which it is held.
const EVENTS: [(&str, u64); 5] = [("north", 3), ("main", 5), ("camp", 7), ("south", 9), ("summit", 11)];
/// Account and usual amount of each vendor.
const VENDORS: [(&str, u64); 8] = [
    ("5010", 18_000),
    ("5040", 31_000),
    ("5060", 9_000),
    ("5010", 7_500),
    ("5040", 4_200),
    ("6310", 1_100),
    ("6310", 640),
    ("5060", 2_300),
];

fn main() {
    let folder = std::env::temp_dir().join("bursar-releases");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut statements = String::from("activities position cash-flows");
    std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).for_each(|more| {
        let _ = write!(statements, " {more}");
    });
    let bench = Bench { folder: folder.clone() };
    bench.init();
    println!("{statements}: {SPONSORS} sponsors of five events in each of three years, released quarter by quarter");
    println!("period                    shown  withheld  CPU seconds    peak MB");
    let (mut peak, mut last) = (0, 0.0_f64);
    for quarter in 0..4 * YEARS.len() as u64 {
        bench.quarter(quarter);
        let (year, of_year) = (YEARS[quarter as usize / 4], quarter % 4);
        let end = ["03-31", "06-30", "09-30", "12-31"][of_year as usize];
        let mut periods = vec![format!("{year}-Q{}", of_year + 1)];
        if of_year > 0 {
            // In the first quarter the year to date is the quarter.
            periods.push(format!("{year}-01-01..{year}-{end}"));
        }
        for period in periods {
            let line = format!("release publish {statements} --audience board --period {period}");
            let cost = bench.run(&line);
            let list = bench.output("release list --format csv");
            let fields: Vec<&str> = list.lines().last().unwrap_or_default().split(',').collect();
            let [.., shown, withheld, _] = fields.as_slice() else { panic!("{list}") };
            println!("{period:24} {shown:>6}  {withheld:>8}  {:>12.2}  {:>8.0}", cost.seconds, cost.megabytes());
            peak = peak.max(cost.kilobytes);
            last = cost.seconds;
        }
    }
    let audit = bench.run("release audit");
    peak = peak.max(audit.kilobytes);
    println!("last publish: {last:.2} s, audit of all: {:.2} s, peak {} MB", audit.seconds, peak / 1024);

    bench.run("demo --dir demo");
    let demo = Bench { folder: folder.join("demo") };
    let publish = demo.run(&format!("release publish {statements} --audience board --period 2025"));
    let audit = demo.run("release audit");
    println!("the demo's books: publish {:.2} s, audit {:.2} s", publish.seconds, audit.seconds);
    let _ = std::fs::remove_dir_all(&folder);
}

struct Bench {
    folder: PathBuf,
}

struct Cost {
    seconds: f64,
    kilobytes: u64,
}

impl Cost {
    fn megabytes(&self) -> f64 {
        self.kilobytes as f64 / 1024.0
    }
}

impl Bench {
    /// Runs a command; GNU time tells what it cost.
    fn run(&self, line: &str) -> Cost {
        let mut command = Command::new("/usr/bin/time");
        command.args(["-q", "-f", "%U %S %M", env!("CARGO_BIN_EXE_bursar")]).args(line.split(' '));
        let output = command.current_dir(&self.folder).output().expect("GNU time");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {errors}");
        let numbers: Vec<f64> =
            errors.lines().last().unwrap_or_default().split(' ').map(|n| n.parse().expect("a number")).collect();
        Cost { seconds: numbers[0] + numbers[1], kilobytes: numbers[2] as u64 }
    }

    fn output(&self, line: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        let output = command.args(line.split(' ')).current_dir(&self.folder).output().expect("the program");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn import(&self, kind: &str, text: &str) {
        if text.lines().count() > 1 {
            let name = format!("{kind}.csv");
            std::fs::write(self.folder.join(&name), text).expect("a file");
            self.run(&format!("import {kind} {name}"));
        }
    }

    fn init(&self) {
        self.run("init --name Bench");
        let mut parties = String::from("name,kind\n");
        for s in 0..SPONSORS {
            let _ = writeln!(parties, "Sponsor {s},organisation");
        }
        for v in 0..VENDORS.len() {
            let _ = writeln!(parties, "Vendor {v},vendor");
        }
        let mut funds = String::from("code,name,restriction,purpose\n");
        let mut events = String::from("code,name,first_day,last_day,fund\n");
        let mut packages = String::from("event,package,name,price,benefits\n");
        let mut tickets = String::from("event,ticket,name,kind,price\n");
        for year in YEARS {
            for (code, month) in EVENTS {
                let event = format!("{code}{year}");
                let _ = writeln!(funds, "{event},Sponsors of {event},purpose,To hold {event}");
                let _ = writeln!(events, "{event},{event},{year}-{month:02}-15,{year}-{month:02}-17,{event}");
                let _ = writeln!(tickets, "{event},ticket,Ticket,admission,120.00");
                for (name, price, exchange) in PACKAGES {
                    let _ = writeln!(packages, "{event},{name},{name},{price}.00,Booth:booth={exchange}.00");
                }
            }
        }
        self.import("parties", &parties);
        self.import("funds", &funds);
        self.import("events", &events);
        self.import("packages", &packages);
        self.import("tickets", &tickets);
    }

    /// Everything that is booked in a quarter.
    fn quarter(&self, quarter: u64) {
        let year = YEARS[quarter as usize / 4];
        let first = 1 + quarter % 4 * 3;
        let mut sponsorships = String::from("sponsorship,date,event,party,package,invoiced\n");
        let mut payments = Vec::new();
        for (y, of_year) in YEARS.into_iter().enumerate() {
            for (e, (code, month)) in EVENTS.into_iter().enumerate() {
                let (e, held) = (e as u64, y as u64 * 4 + (month - 1) / 3);
                for s in 0..SPONSORS {
                    // The same sponsors are large at each event, but not quite; they agree up to two quarters before and
                    // pay up to two quarters later.
                    let size = (s + e * 7 + y as u64 * 3) % SPONSORS;
                    let agreed = held.saturating_sub((s + e) % 3);
                    let paid = agreed + (s * 7 + e * 3) % 11 / 4;
                    let p = TAKEN_FROM.iter().rposition(|from| *from <= size).unwrap_or(0);
                    let (name, price, _) = PACKAGES[p];
                    let id = format!("{code}{of_year}-{s}");
                    if agreed == quarter {
                        let date = format!("{year}-{first:02}-{:02}", 1 + s % 10);
                        let _ = writeln!(sponsorships, "{id},{date},{code}{of_year},Sponsor {s},{name},{date}");
                    }
                    if paid == quarter {
                        let day = 1 + (s + e) % 28;
                        let month = first + 2;
                        payments.push(format!(
                            "payment add sponsorship {id} --amount {price}.00 --date {year}-{month:02}-{day:02}"
                        ));
                    }
                }
            }
        }
        self.import("sponsorships", &sponsorships);
        let held: Vec<&(&str, u64)> = EVENTS.iter().filter(|(_, month)| (month - 1) / 3 == quarter % 4).collect();
        let mut orders = String::from("order,date,event,party,ticket,role,paid,fee,method\n");
        for i in 0..PERSONS {
            let (event, day) = (held[i as usize % held.len()].0, 1 + i % 10);
            let number = quarter * PERSONS + i;
            let _ = writeln!(
                orders,
                "o{number},{year}-{first:02}-{day:02},{event}{year},Person {number},ticket,attendee,120.00,3.60,card"
            );
        }
        self.import("orders", &orders);
        for (event, _) in &held {
            self.run(&format!("event hold {event}{year}"));
        }
        let mut bills = String::from("bill,date,vendor,amount,account,event,paid_date\n");
        for (v, (account, usual)) in VENDORS.into_iter().enumerate() {
            let amount = usual + (quarter * 37 + v as u64 * 11) % 100;
            let (event, month) = (held[v % held.len()].0, first + 1);
            let _ = writeln!(
                bills,
                "b{quarter}-{v},{year}-{month:02}-{:02},Vendor {v},{amount}.00,{account},{event}{year},{year}-{:02}-20",
                3 + v,
                first + 2
            );
        }
        self.import("bills", &bills);
        // Lines of one or a few, which have to be hidden among others.
        let mut journal = String::from("entry,date,party,description,account,amount,party_kind,cash_flow\n");
        let few = [
            ("Revenue:Grants", "Foundation", 1 + quarter % 2, 20_000),
            ("Revenue:Merchandise", "Shop", 2, 900),
            ("Revenue:Interest", "Lender", 1, 310),
            ("Revenue:Contributions", "Sponsor", 3, 1_000),
        ];
        for (line, (account, name, count, usual)) in few.into_iter().enumerate() {
            for i in 0..count {
                let amount = usual + (quarter * 53 + i * 29) % 200;
                let head = format!("{quarter}-{line}-{i},{year}-{:02}-{:02},{name} {i},Few", first + 1, 4 + i);
                let _ = writeln!(
                    journal,
                    "{head},Assets:Cash:Checking,{amount}.00,organisation,\n{head},{account},-{amount}.00,organisation,"
                );
            }
        }
        self.import("csv", &journal);
        for line in &payments {
            let _ = self.run(line);
        }
    }
}
