//! What other programs make of our exports: hledger, Ledger, beancount and LibreOffice read them without complaint and
//! come to the same balances, account by account. Round trips: out and in again gives the same books. A package for an
//! auditor checks itself with stock tools, and notices whatever is altered.
//!
//! A test whose program is not on `PATH` says so and passes, unless `CI_REQUIRE_TOOLS` is set.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
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
        ("documents", documents()),
        ("conference", Env::conference()),
        ("allocating", Env::allocating()),
        ("marked", imported("", "bom-crlf.csv")),
        ("new names", imported("", "new-names.csv")),
        ("awkward", awkward),
        ("zero", imported("", "zero-amounts.csv")),
        ("yen", imported("--currency JPY", "yen.csv")),
        ("dinars", imported("--currency KWD", "dinars.csv")),
    ]
}

/// What books have to have before documents are imported; the first lines also before their journal is.
const DOCUMENTS: [&str; 5] = [
    "fund add aid --name Aid --restriction purpose",
    "fund add gifts --name Gifts --restriction purpose",
    "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16 --fund gifts",
    "party add Patron --kind organisation",
    "fund gift --fund aid --party Patron --amount 2,000.00 --date 2025-11-01",
];

/// Books of every kind of document (`fixtures/valid`).
fn documents() -> Env {
    let env = Env::begun();
    DOCUMENTS.iter().for_each(|line| drop(env.run(line).ok()));
    for kind in ["tickets", "packages", "sponsorships", "orders", "contracts", "bills", "claims", "aid"] {
        env.run(&format!("import {kind} {FIXTURES}/valid/{kind}.csv")).ok();
    }
    env
}

/// The trial balance: own balance of every account that has postings.
fn trial_balance(env: &Env) -> BTreeMap<String, String> {
    let text = env.run("report trial-balance --format json").ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = json["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "line");
    let balances = rows.map(|row| (row["key"].as_str().unwrap(), row["cells"][0].as_str().unwrap()));
    let balances: BTreeMap<_, _> = balances.map(|(name, amount)| (name.to_owned(), plain(amount))).collect();
    assert!(balances.len() > 1);
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
        "documents" => {
            DOCUMENTS[..3].iter().for_each(|line| drop(env.run(line).ok()));
            return env;
        }
        "conference" => {
            for line in [
                "fund add aid --name Aid --restriction purpose",
                "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16",
                "fund add pyex26 --name 'Sponsors of PyExample 2026' --restriction purpose",
                "event add strict26 --name Strict --first-day 2026-06-01 --last-day 2026-06-02",
                "event add pyex25 --name 'PyExample 2025' --first-day 2025-05-14 --last-day 2025-05-16",
                "event add old25 --name Old --first-day 2025-03-01 --last-day 2025-03-02",
            ] {
                env.run(line).ok();
            }
            return env;
        }
        "allocating" => {
            env.run("event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16").ok();
            return env;
        }
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
            "[roots]\nEinnahmen = 'revenue'\n2025 = 'asset'\n1000 = 'expense'\nProjects = 'expense'\n'Éxpenses' = 'expense'\n",
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

/// What makes LibreOffice compute every formula again when it opens a workbook, whoever wrote it.
const RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"#;

/// Comma, quotation mark, UTF-8, all columns as they are, every sheet into a file of its own.
const TO_CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

/// Every sheet of a file, computed anew by LibreOffice, as rows of text by the sheet's name.
#[track_caller]
fn sheets(env: &Env, file: &str) -> BTreeMap<String, Vec<csv::StringRecord>> {
    let (profile, out) = (env.path("office-profile"), env.path("office"));
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(profile.join("user/registrymodifications.xcu"), RECALCULATE).unwrap();
    let _ = std::fs::remove_dir_all(&out);
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to", TO_CSV, "--outdir"])
        .arg(&out)
        .args(file.ends_with(".csv").then_some("--infilter=CSV:44,34,76,1"))
        .arg(env.path(file))
        .output()
        .unwrap();
    assert!(output.status.success(), "soffice {file}: {}", String::from_utf8_lossy(&output.stderr));
    let stem = format!("{}-", file.split('.').next().unwrap());
    let files = std::fs::read_dir(&out).expect("LibreOffice has written something").map(|file| file.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().strip_prefix(&stem).unwrap().to_owned();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).unwrap();
            (name, reader.records().map(Result::unwrap).collect())
        })
        .collect()
}

/// What a spreadsheet shows in place of a figure that it cannot compute.
const NO_FIGURE: [&str; 8] = ["#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "Err:"];

/// The rows of the sheet `Checks`: what is checked, and whether it agrees.
fn checks(sheets: &BTreeMap<String, Vec<csv::StringRecord>>) -> Vec<(String, String)> {
    let rows = sheets["Checks"].iter().skip_while(|row| &row[0] != "Sheet").skip(1);
    rows.map(|row| (format!("{} / {} / {}", &row[0], &row[1], &row[2]), row[6].to_owned())).collect()
}

#[test]
fn libreoffice_computes_what_the_books_say() {
    if !have("soffice") {
        return;
    }
    for (name, env) in books() {
        env.run("export workbook --output ours.xlsx").ok();
        let sheets = sheets(&env, "ours.xlsx");
        for (sheet, rows) in &sheets {
            let mut cells = rows.iter().flatten();
            let wrong = cells.find(|cell| NO_FIGURE.iter().any(|no| cell.starts_with(no)));
            assert_eq!(wrong, None, "{name}: {sheet}");
        }
        let checks = checks(&sheets);
        assert!(checks.len() > 8, "{name}: {} checks", checks.len());
        for (what, agrees) in &checks {
            assert_eq!(agrees, "TRUE", "{name}: {what}");
        }
        assert_eq!(&sheets["Checks"][1][1], "TRUE", "{name}");
        let contents = sheets["Contents"].iter().find(|row| &row[0] == "Everything agrees").unwrap();
        assert_eq!(&contents[1], "TRUE", "{name}");
        // The trial balance, which the spreadsheet has summed from the journal.
        let lines = sheets["Trial balance"].iter().filter(|row| row.len() > 5 && !row[5].is_empty()).skip(1);
        let theirs: BTreeMap<String, String> = lines.map(|row| (row[0].to_owned(), plain(&row[1]))).collect();
        assert_eq!(theirs, trial_balance(&env), "{name}");
    }
}

/// Replaces a text in one file of an archive.
const ALTER: &str = "
import sys, zipfile
source, target, sheet, old, new = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    files = {name: archive.read(name) for name in archive.namelist()}
assert old.encode() in files[sheet], old
files[sheet] = files[sheet].replace(old.encode(), new.encode(), 1)
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, content in files.items():
        archive.writestr(name, content)
";

#[test]
fn libreoffice_notices_what_was_altered() {
    if !have("soffice") || !have("python3") {
        return;
    }
    let env = Env::small();
    env.run("export workbook --output ours.xlsx").ok();
    let names = sheets(&env, "ours.xlsx");
    // An amount of the journal, whose sheet is the last but one.
    let journal = format!("xl/worksheets/sheet{}.xml", names.len() - 1);
    outside(&env, "python3", &["-c", ALTER, "ours.xlsx", "altered.xlsx", &journal, "<v>5000</v>", "<v>5000.01</v>"]);
    let wrong: Vec<String> = checks(&sheets(&env, "altered.xlsx"))
        .into_iter()
        .filter(|(_, agrees)| agrees != "TRUE")
        .map(|(what, _)| what)
        .collect();
    assert_eq!(
        wrong,
        [
            "Trial balance / Assets:Cash:Checking / Balance",
            "Trial balance / Assets:Cash:Checking / Debit",
            "Trial balance / Total / Balance",
            "Trial balance / Total / Debit",
            "Journal / Debits less credits / Amount",
        ]
    );
}

/// Whether a row with this label sums rows above it. What is carried forward is a balance of its own.
fn is_total(label: &str) -> bool {
    ["Total ", "Net cash", "Change in"].iter().any(|start| label.starts_with(start)) && !label.contains("forward")
}

#[test]
fn every_total_of_a_workbook_is_a_formula() {
    if !have("soffice") {
        return;
    }
    for (name, env) in [("demo", Env::demo()), ("conference", Env::conference())].into_iter().chain(charts()) {
        env.run("export workbook --period 2025 --output ours.xlsx").ok();
        let all = sheets(&env, "ours.xlsx");
        let checked = checks(&all);
        assert!(checked.len() > 40 && checked.iter().all(|(_, agrees)| agrees == "TRUE"), "{name}: {checked:?}");
        for (sheet, rows) in &all {
            let statement = rows.iter().skip(4).filter(|row| is_total(&row[0]));
            for row in statement.filter(|_| !matches!(sheet.as_str(), "Contents" | "Journal" | "Checks")) {
                let figures = row.iter().skip(1).filter(|cell| !matches!(*cell, "" | "–" | "0" | "0.00")).count();
                let place = format!("{sheet} / {} / ", &row[0]);
                let formulas = checked.iter().filter(|(what, _)| what.starts_with(&place)).count();
                assert!(formulas >= figures, "{name}: {place}{figures} figures, {formulas} formulas");
            }
        }
    }
}

/// Books of every chart, with an entry on every account that has a code.
fn charts() -> Vec<(&'static str, Env)> {
    let charts = ["us-nonprofit", "uk-charity", "eu-association", "commercial"].map(|chart| (chart, Env::new()));
    for (chart, env) in &charts {
        env.run(&format!("init --name Example --chart {chart} --currency EUR")).ok();
        let list = csv_rows(&env.run("account list --format csv").ok().stdout);
        let coded = list.iter().filter(|row| &row[3] == "line" && !row[4].is_empty() && &row[4] != "1010");
        let mut journal = "entry,date,account,amount\n".to_owned();
        for (i, row) in coded.enumerate() {
            // Money from whatever is a credit, to whatever is a debit; no two amounts alike.
            let sign = if matches!(&row[5], "asset" | "expense") { ["", "-"] } else { ["-", ""] };
            for (account, sign) in [&row[4], "1010"].iter().zip(sign) {
                let _ = writeln!(journal, "{i},2025-0{}-03,{account},{sign}{}.{:02}", i % 9 + 1, i * i + 1, i % 100);
            }
        }
        env.write("journal.csv", journal);
        env.run("import csv journal.csv").ok();
    }
    charts.into()
}

#[test]
fn libreoffice_reads_the_files_for_gnucash_and_quickbooks() {
    if !have("soffice") {
        return;
    }
    let few = ["small", "awkward", "yen", "dinars"];
    for (name, env) in books().into_iter().filter(|(name, _)| few.contains(name)) {
        for (format, account, amounts) in [("gnucash", 9, [(14, 1), (14, 0)]), ("quickbooks", 2, [(3, 1), (4, -1)])] {
            env.run(&format!("export {format} --output {format}.csv")).ok();
            let sheets = sheets(&env, &format!("{format}.csv"));
            let rows = sheets.values().next().unwrap();
            assert_eq!(rows.len(), 1 + csv_rows(&env.read(&format!("{format}.csv"))).len(), "{name}");
            let decimals = 3;
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for row in rows.iter().skip(1) {
                for (column, sign) in amounts {
                    let amount = row[column].replace(',', "");
                    if !amount.is_empty() {
                        *sums.entry(row[account].to_owned()).or_default() += sign * minor(&amount, decimals);
                    }
                }
            }
            let ours: BTreeMap<String, i64> = trial_balance(&env)
                .into_iter()
                .map(|(name, amount)| (name, minor(&amount, decimals)))
                .filter(|(name, minor)| *minor != 0 || sums.contains_key(name))
                .collect();
            assert_eq!(sums, ours, "{name}: {format}");
        }
    }
}

/// Runs the check of a package; gives its exit code and what it printed.
fn verify(env: &Env, folder: &str, head: &[&str]) -> (i32, String) {
    let output = Command::new("sh").arg(env.path(folder).join("verify.sh")).args(head).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// What a check found wrong.
fn complaints(shown: &str) -> String {
    shown.lines().filter(|line| !line.starts_with("ok ")).collect::<Vec<_>>().join("\n")
}

/// Whether a package can be checked here.
fn can_verify() -> bool {
    cfg!(unix) && have("python3") && have("hledger")
}

#[test]
fn a_package_checks_itself() {
    if !can_verify() {
        return;
    }
    for (name, env) in books() {
        let said = env.run("export package --output package").ok().stdout;
        let head = said.lines().last().unwrap().to_owned();
        let (code, shown) = verify(&env, "package", &[&head]);
        assert_eq!((code, shown.matches("\nok ").count()), (0, 5), "{name}: {shown}");
        assert_eq!(env.read("package/HEAD").trim(), head, "{name}");
        // The head of a moment before is in it, the head of other books is not.
        let other = format!("1:{}", "0".repeat(64));
        let (code, shown) = verify(&env, "package", &[&other]);
        assert!(code == 1 && shown.contains("does not contain the head"), "{name}: {shown}");
    }
    let env = Env::demo();
    let early = env.run("verify").ok().stdout;
    assert!(early.contains("Head"));
    env.run("export package --period 2025-Q2 --output quarter").ok();
    let (code, shown) = verify(&env, "quarter", &[]);
    assert_eq!(code, 0, "{shown}");
    // Nothing in a package proves that its period is the one that was asked for.
    let period =
        "\nPeriod 2025-04-01 to 2025-06-30, 2693 of the 4294 entries in the chain: compare it with what you asked for.";
    assert!(shown.contains(period), "{shown}");
    let rows = csv_rows(&env.read("quarter/journal.csv"));
    assert!(rows.len() > 100 && rows.iter().all(|row| row[1].starts_with("2025-0")));
}

#[test]
fn a_package_notices_what_was_altered() {
    if !can_verify() {
        return;
    }
    let env = Env::small();
    env.write("taxi.txt", "Taxi");
    env.run("receipt add 8 taxi.txt").ok();
    env.run("receipt waive 7 --reason 'paid in cash'").ok();
    env.run("export package --output package").ok();
    let files: Vec<String> = {
        let all = std::fs::read_dir(env.path("package")).unwrap();
        let mut all: Vec<String> = all.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        all.sort();
        all
    };
    assert_eq!(files.len(), 13, "{files:?}");
    for file in &files {
        let path = format!("package/{file}");
        let before = env.read_bytes(&path);
        // A byte more.
        env.write(&path, [before.as_slice(), b"\n"].concat());
        let (code, shown) = verify(&env, "package", &[]);
        assert!(code == 1 && complaints(&shown).contains(file.as_str()), "{file}, added to: {shown}");
        // Another letter in the middle, where it is not a program that would not run.
        if file != "verify.sh" {
            let mut other = before.clone();
            let middle = other.len() / 2;
            other[middle] = if other[middle] == b'7' { b'8' } else { b'7' };
            env.write(&path, &other);
            let (code, shown) = verify(&env, "package", &[]);
            assert!(code == 1 && complaints(&shown).contains(file.as_str()), "{file}, altered: {shown}");
            // Gone.
            std::fs::remove_file(env.path(&path)).unwrap();
            let (code, shown) = verify(&env, "package", &[]);
            assert!(code == 1 && complaints(&shown).contains(file.as_str()), "{file}, missing: {shown}");
        }
        env.write(&path, &before);
    }
    env.write("package/more.csv", "x");
    let (code, shown) = verify(&env, "package", &[]);
    assert!(code == 1 && shown.contains("more.csv: not listed"), "{shown}");
    std::fs::remove_file(env.path("package/more.csv")).unwrap();
    assert_eq!(verify(&env, "package", &[]).0, 0);
}

#[test]
fn a_package_notices_what_was_altered_and_signed_again() {
    if !can_verify() {
        return;
    }
    let env = Env::small();
    env.run("export package --output package").ok();
    let signed = |change: &dyn Fn()| {
        let sums = env.read("package/SHA256SUMS");
        change();
        let sign = "sha256sum $(ls | grep -v SHA256SUMS) > ../sums && mv ../sums SHA256SUMS";
        let signed = Command::new("sh").args(["-c", sign]).current_dir(env.path("package")).status().unwrap();
        assert!(signed.success());
        let (code, shown) = verify(&env, "package", &[]);
        assert!(!shown.contains("Traceback"), "{shown}");
        env.write("package/SHA256SUMS", sums);
        (code, shown)
    };
    let mut unnoticed = Vec::new();
    // File, what is replaced, by what, and what must be said.
    for (file, old, new, said) in [
        ("journal.csv", ",5000.00,", ",5000.01,", "journal.csv: entry 2 is off by 1 minor units"),
        ("journal.csv", ",800.00,,aid,", ",800.00,,,", "journal.csv: entry 5 in fund"),
        ("journal.csv", "2025-05-17", "2025-05-18", "journal.csv: entry 7 is not as the chain has it"),
        ("journal.csv", "\n10,2025", "\n11,2025", "journal.csv: entry 11 is not in the chain"),
        ("journal.csv", ",5000.00,", ",500000,", "journal.csv: 500000 is no amount with 2 decimals"),
        ("journal.csv", ",5000.00,", ",5000.0000,", "journal.csv: 5000.0000 is no amount with 2 decimals"),
        ("journal.csv", ",5000.00,", ",\"5,000.00\",", "journal.csv: 5,000.00 is no amount with 2 decimals"),
        ("journal.csv", ",party_kind\n", ",party_kind,amount\n", "journal.csv: its columns are "),
        ("journal.csv", ",party_kind\n", ",kind\n", "journal.csv: its columns are "),
        ("journal.csv", ",organisation\n", ",person\n", "journal.csv: entry 2 is not as the chain has it"),
        ("trial-balance.csv", "-1900.00,0.00,1900.00", "-1900.00,0.01,1900.01", "trial-balance.csv: Liabilities"),
        ("trial-balance.csv", "-1900.00,0.00,1900.00", "-1900.00,0.00,190000", "190000 is no amount with 2 decimals"),
        (
            "trial-balance.csv",
            ",postings\n",
            ",postings\nAssets:Gold,0.00,0.00,0.00,0\n",
            "trial-balance.csv: account Assets:Gold is not as the chain has it",
        ),
        ("trial-balance.csv", "account,balance", "account,debit", "trial-balance.csv: its columns are "),
        ("receipts.csv", "entry,date,state", "entry,date,date", "receipts.csv: its columns are "),
        ("chart.csv", "Revenue:Sponsorship,revenue", "Revenue:Sponsorship,asset", "chart.csv: account"),
        ("chart.csv", "\n1,1010,", "\n1,1011,", "chart.csv: account 1 is not as the chain has it"),
        ("chart.csv", ",asset,cash,\n", ",asset,prepaid,\n", "chart.csv: account 1 is not as the chain has it"),
        ("chart.csv", ",asset,cash,\n", ",asset,cash,yes\n", "chart.csv: account 1 is not as the chain has it"),
        ("chart.csv", "\n1,1010,", "\n2,1010,", "chart.csv: account 2 is there twice"),
        ("chart.csv", "number,code", "number,line", "chart.csv: its columns are "),
        ("chain.jsonl", "\"amount\":500000", "\"amount\":500001", "its hash does not match its content"),
        ("chain.jsonl", "Example Society", "Example Sociery", "fact 1: its hash does not match its content"),
        ("chain.jsonl", "\"amount\":500000", "\"amount\":1,\"amount\":500000", "a key is there twice"),
        ("chain.jsonl", "\"amount\":500000", "\"paid\":1,\"amount\":500000", "the keys of a record"),
        ("chain.jsonl", "\"seq\":1,", "\"seq\":true,", "`seq` is of another type"),
        ("chain.jsonl", "\n", "\n\n", "line 2 is no record of a chain"),
        ("HEAD", ":", ":0", "HEAD or chain.jsonl"),
        ("PERIOD", "1900-01-01", "2025-06-01", "is not in the chain, or not of the period"),
        ("PERIOD", "1900-01-01\n", "", "PERIOD: it is not two lines"),
        ("PERIOD", "1900-01-01", "soon", "PERIOD: it is not two lines"),
        ("journal.hledger", "  5000.00 USD", "  5000.01 USD", "journal.hledger: "),
        ("journal.hledger", "\n2025-05-17 (", "\n2025-05-18 (", "is `2025-05-18 (7)"),
        ("journal.hledger", " (7) ", " (70) ", "is `2025-05-17 (70)"),
        ("journal.hledger", "; fund: aid", "; fund: gifts", "is `      ; fund: gifts`"),
        ("journal.hledger", "commodity", "; once\ncommodity", "journal.hledger: line 2 is `; once`"),
    ] {
        let path = format!("package/{file}");
        let before = env.read(&path);
        let altered = before.replacen(old, new, 1);
        assert_ne!(altered, before, "{file}: {old}");
        let (code, shown) = signed(&|| env.write(&path, &altered));
        if code != 1 || !complaints(&shown).contains(said) || !shown.starts_with("ok      every file") {
            unnoticed.push(format!("{file}: {old} to {new}: {shown}"));
        }
        env.write(&path, before);
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));

    // A line more at the end, a file that is gone, and one that `ls` does not show.
    let chain = env.read("package/chain.jsonl");
    let (code, shown) = signed(&|| env.write("package/chain.jsonl", format!("{chain}\n")));
    assert!(code == 1 && shown.contains("is no record of a chain"), "{shown}");
    env.write("package/chain.jsonl", chain);
    let period = env.read("package/PERIOD");
    let (code, shown) = signed(&|| std::fs::remove_file(env.path("package/PERIOD")).unwrap());
    assert!(code == 1 && shown.contains("PERIOD: missing") && shown.contains("PERIOD: No such file"), "{shown}");
    env.write("package/PERIOD", period);
    let (code, shown) = signed(&|| env.write("package/..x", "x"));
    assert!(code == 1 && shown.contains("..x: not listed in SHA256SUMS"), "{shown}");
    std::fs::remove_file(env.path("package/..x")).unwrap();

    // The last entry left out of everything but the chain.
    let last = |text: &str, start: &str| text[..text.rfind(start).unwrap()].to_owned();
    let (journal, plain) = (env.read("package/journal.csv"), env.read("package/journal.hledger"));
    let (code, shown) = signed(&|| {
        let rows: String =
            journal.lines().filter(|row| !row.starts_with("10,")).map(|row| format!("{row}\n")).collect();
        env.write("package/journal.csv", rows);
        env.write("package/journal.hledger", last(&plain, "\n2025"));
    });
    assert!(code == 1 && shown.contains("journal.csv: entry 10 is not as the chain has it"), "{shown}");
    env.write("package/journal.csv", journal);
    env.write("package/journal.hledger", plain);
    assert_eq!(verify(&env, "package", &[]).0, 0);
}

#[test]
fn a_package_in_yen_or_dinars_has_their_decimals() {
    if !can_verify() {
        return;
    }
    for (name, env) in books().into_iter().filter(|(name, _)| ["small", "yen", "dinars"].contains(name)) {
        env.run("export package --output package").ok();
        assert_eq!(verify(&env, "package", &[]).0, 0, "{name}");
        let before = env.read("package/journal.csv");
        // As many decimals too many in every amount: they agree with each other, not with the currency.
        for file in ["journal.csv", "trial-balance.csv"] {
            let text = env.read(&format!("package/{file}"));
            let rows = csv_rows(&text);
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(text.lines().next().unwrap().split(',')).unwrap();
            for row in rows {
                let places: &[usize] = if file == "journal.csv" { &[6] } else { &[1, 2, 3] };
                let wider = |(i, field): (usize, &str)| {
                    if !places.contains(&i) {
                        return field.to_owned();
                    }
                    if field.contains('.') { format!("{field}0") } else { format!("{field}.0") }
                };
                writer.write_record(row.iter().enumerate().map(wider)).unwrap();
            }
            env.write(&format!("package/{file}"), writer.into_inner().unwrap());
        }
        assert_ne!(env.read("package/journal.csv"), before);
        let (code, shown) = verify(&env, "package", &[]);
        let said = ["ok      journal.csv adds up", "trial-balance.csv: account "];
        assert!(code == 1 && said.iter().all(|said| shown.contains(said)), "{name}: {shown}");
    }
}
