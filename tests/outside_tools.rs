//! What other programs make of our exports: hledger, Ledger and beancount read them without complaint and come to the
//! same balances, account by account. Round trips: out and in again gives the same books.
//!
//! A test whose program is not on `PATH` says so and passes, unless `CI_REQUIRE_TOOLS` is set.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use common::{Env, FIXTURES};

/// Whether the program is there; fails when it has to be.
fn have(program: &str) -> bool {
    let run = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = run.is_ok_and(|status| status.success());
    if !there {
        println!("NOT TESTED: {program} is not on PATH");
        assert!(std::env::var_os("CI_REQUIRE_TOOLS").is_none(), "{program} is not on PATH");
    }
    there
}

/// Runs another program in the folder of the books; it must succeed and must not complain. It keeps its own
/// surroundings: where it finds its libraries is no concern of ours.
#[track_caller]
fn outside(env: &Env, program: &str, args: &[&str]) -> String {
    let output = Command::new(program).current_dir(env.path("")).env("LANG", "C.UTF-8").args(args).output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && stderr.is_empty(), "{program} {args:?}: {stderr}{stdout}");
    stdout
}

/// Books to export, with the file that they were begun with after `init`.
fn books() -> Vec<(&'static str, Env)> {
    let imported = |init: &str, file: &str| {
        let env = Env::new();
        env.run(&format!("init --name 'Société \"Été\"; | Söhne' {init}")).ok();
        env.run(&format!("import csv {FIXTURES}/valid/{file}")).ok();
        env
    };
    let awkward = imported("", "awkward-names.csv");
    awkward.run("entry reverse 2 --reason 'no; it | was' --date 2025-02-01").ok();
    awkward
        .run("entry add --date 2025-02-03 --debit '5110=108.45;original=EUR 100.00;rate=1.0845' --credit 1010=108.45")
        .ok();
    let small = Env::small();
    small.run("entry reverse 7 --reason 'no dinner' --date 2025-05-18").ok();
    vec![
        ("demo", Env::demo()),
        ("small", small),
        ("awkward", awkward),
        ("zero", imported("", "zero-amounts.csv")),
        ("yen", imported("--currency JPY", "yen.csv")),
        ("dinars", imported("--currency KWD", "dinars.csv")),
    ]
}

/// The trial balance: own balance of every account that has postings.
fn trial_balance(env: &Env) -> BTreeMap<String, String> {
    let text = env.run("report trial-balance --format json").ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = json["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "line");
    let balances = rows.map(|row| (row["key"].as_str().unwrap(), row["cells"][0].as_str().unwrap()));
    let balances: BTreeMap<_, _> = balances.map(|(name, amount)| (name.to_owned(), plain(amount))).collect();
    assert!(balances.len() > 2);
    balances
}

/// An amount without its currency and without decimals that say nothing: every program has its own taste.
fn plain(amount: &str) -> String {
    let digits: String = amount.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let short = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    if matches!(short, "" | "-" | "-0") { "0".to_owned() } else { short.to_owned() }
}

fn minor(amount: &str, decimals: usize) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}{fraction:0<decimals$}").parse().unwrap()
}

#[test]
fn hledger_comes_to_the_same_balances() {
    if !have("hledger") {
        return;
    }
    for (name, env) in books() {
        env.run("export hledger --output ours.journal").ok();
        let text = outside(&env, "hledger", &["-f", "ours.journal", "bal", "-E", "--flat", "-N", "-O", "csv"]);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(|row| row.unwrap());
        let theirs: BTreeMap<String, String> = rows.map(|row| (row[0].to_owned(), plain(&row[1]))).collect();
        assert_eq!(theirs, trial_balance(&env), "{name}");
        outside(&env, "hledger", &["-f", "ours.journal", "check", "--strict"]);
        let entries = outside(&env, "hledger", &["-f", "ours.journal", "print", "-O", "csv"]);
        let ours = env.run("export csv").ok().stdout;
        assert_eq!(csv_rows(&entries).len(), csv_rows(&ours).len(), "{name}: postings");
    }
}

#[test]
fn ledger_comes_to_the_same_balances() {
    if !have("ledger") {
        return;
    }
    for (name, env) in books() {
        env.run("export ledger --output ours.ledger").ok();
        let format = "%(account)\t%(quantity(amount))\n";
        let args = ["-f", "ours.ledger", "bal", "--flat", "--empty", "--no-total", "--format", format];
        let text = outside(&env, "ledger", &args);
        let rows = text.lines().map(|line| line.split_once('\t').unwrap());
        let theirs: BTreeMap<String, String> = rows.map(|(name, amount)| (name.to_owned(), plain(amount))).collect();
        assert_eq!(theirs, trial_balance(&env), "{name}");
    }
}

/// The names that beancount knows accounts by, each with ours; and the assertions, name and amount.
fn beancount_accounts(text: &str) -> (BTreeMap<String, String>, Vec<(String, String)>) {
    let (mut names, mut assertions, mut opened) = (BTreeMap::new(), Vec::new(), String::new());
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.get(1) == Some(&"open") {
            opened = words[2].to_owned();
        } else if let Some(name) = line.strip_prefix("  bursar-name: ") {
            names.insert(opened.clone(), name.trim_matches('"').replace("\\\\", "\\"));
        } else if words.get(1) == Some(&"balance") {
            assertions.push((words[2].to_owned(), words[3].to_owned()));
        }
    }
    (names, assertions)
}

#[test]
fn beancount_finds_every_assertion_true() {
    if !have("bean-check") {
        return;
    }
    for (name, env) in books() {
        let text = env.run("export beancount").ok().stdout;
        env.write("ours.beancount", &text);
        outside(&env, "bean-check", &["ours.beancount"]);
        // beancount has found that each assertion is the balance of the account and those below it. Ours must be, too.
        let ours = trial_balance(&env);
        let decimals = env.run("report trial-balance --format json").stdout;
        let decimals: serde_json::Value = serde_json::from_str(&decimals).unwrap();
        let decimals = match decimals["currency"].as_str().unwrap() {
            "JPY" => 0,
            "KWD" => 3,
            _ => 2,
        };
        let (names, assertions) = beancount_accounts(&text);
        assert_eq!(names.values().collect::<Vec<_>>().len(), ours.len(), "{name}");
        assert_eq!(assertions.len(), ours.len(), "{name}: an assertion for every account");
        for (account, amount) in &assertions {
            let below = format!("{account}:");
            let within = names.iter().filter(|(other, _)| *other == account || other.starts_with(&below));
            let sum: i64 = within.map(|(_, name)| minor(&ours[name], decimals)).sum();
            assert_eq!(minor(amount, decimals), sum, "{name}: {account}");
        }
    }
}

#[test]
fn beancount_notices_what_was_altered() {
    if !have("bean-check") {
        return;
    }
    let env = Env::small();
    let text = env.run("export beancount").ok().stdout;
    let assertion = text.lines().find(|line| line.contains(" balance Assets:Cash:Checking ")).unwrap();
    let amount = assertion.split_whitespace().nth(3).unwrap();
    let other = format!("{}{}", &amount[..amount.len() - 1], if amount.ends_with('9') { '8' } else { '9' });
    let altered = [
        text.replace(assertion, &assertion.replace(amount, &other)),
        text.replacen(" 5000.00 USD", " 5000.01 USD", 1),
        text.replacen("  Assets:Cash:Checking  3000.00 USD", "  Assets:Prepaid-expenses  3000.00 USD", 1),
    ];
    for altered in altered {
        assert_ne!(altered, text);
        env.write("altered.beancount", altered);
        let mut check = Command::new("bean-check");
        let output = check.arg(env.path("altered.beancount")).output().unwrap();
        assert!(!output.status.success(), "bean-check passed");
    }
}

fn csv_rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.unwrap()).collect()
}

/// New books in the same currency, with the funds and events that the others have.
fn fresh(name: &str, like: &Env) -> Env {
    let text = like.run("report trial-balance --format json").ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let env = Env::new();
    env.run(&format!("init --name Again --currency {}", json["currency"].as_str().unwrap())).ok();
    let folder = match name {
        "demo" => "demo",
        "small" => "valid",
        _ => return env,
    };
    for kind in ["funds", "events"] {
        env.run(&format!("import {kind} {FIXTURES}/{folder}/{kind}.csv")).ok();
    }
    env
}

#[test]
fn out_to_hledger_and_in_again() {
    if !have("hledger") {
        return;
    }
    for (name, env) in books() {
        env.run("export hledger --output ours.journal").ok();
        let text = outside(&env, "hledger", &["-f", "ours.journal", "print", "-O", "csv"]);
        let again = fresh(name, &env);
        again.write("theirs.csv", text);
        // Roots that do not tell their type.
        again.write(
            "roots.toml",
            "[roots]\nEinnahmen = 'revenue'\n2025 = 'asset'\n1000 = 'expense'\n'Éxpenses' = 'expense'\n",
        );
        let import = "import hledger theirs.csv --map roots.toml --format csv";
        let entries = csv_rows(&again.run(import).ok().stdout);
        assert_eq!(trial_balance(&again), trial_balance(&env), "{name}");
        assert_eq!(&entries[0][4], &entries[1][4], "{name}: every transaction is new");
        let second = csv_rows(&again.run(import).ok().stdout);
        assert_eq!(&second[1][4], "0", "{name}: a second time adds nothing");
        again.run("verify").ok();
    }
}

#[test]
fn out_to_csv_and_in_again() {
    for (name, env) in books() {
        let text = env.run("export csv").ok().stdout;
        let again = fresh(name, &env);
        again.write("ours.csv", &text);
        again.run("import csv ours.csv").ok();
        assert_eq!(trial_balance(&again), trial_balance(&env), "{name}");
        // Numbers may differ: here entries were numbered as they came, there they come in the order of days.
        let without_number = |text: &str| -> Vec<Vec<String>> {
            csv_rows(text).iter().map(|row| row.iter().skip(1).map(str::to_owned).collect()).collect()
        };
        let back = again.run("export csv").ok().stdout;
        assert_eq!(without_number(&back), without_number(&text), "{name}");
        again.write("ours-again.csv", back);
        let second = csv_rows(&again.run("import csv ours-again.csv --format csv").ok().stdout);
        assert_eq!(&second[1][4], "0", "{name}: a second time adds nothing");
        again.run("verify").ok();
    }
}
