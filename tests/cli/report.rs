//! `bursar report`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn activities() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025
         report activities --period 2025 --format csv
         report activities --period 2025 --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn activities_in_json() {
    assert_snapshot!(Env::small().run("report activities --period 2025-Q1 --format json").show(), @"");
}

#[test]
fn position() {
    let env = Env::small();
    let session = env.session(
        "report position --as-of 2025-12-31
         report position --as-of 2025-12-31 --format csv
         report position --as-of 2025-12-31 --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn position_in_json() {
    assert_snapshot!(Env::small().run("report position --as-of 2025-02-11 --format json").show(), @"");
}

#[test]
fn trial_balance() {
    let env = Env::small();
    let session = env.session(
        "report trial-balance
         report trial-balance --format csv
         report trial-balance --event pyex26 --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn trial_balance_in_json() {
    assert_snapshot!(Env::small().run("report trial-balance --period 2025-02 --format json").show(), @"");
}

#[test]
fn journal() {
    let env = Env::small();
    let session = env.session(
        "report journal --period 2025-02
         report journal --period 2025-02 --format csv
         report journal --period 2025-02 --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn journal_in_json() {
    assert_snapshot!(Env::small().run("report journal --period 2025-05-20 --format json").show(), @"");
}

#[test]
fn ledger() {
    let env = Env::small();
    let session = env.session(
        "report ledger Assets:Cash:Checking --period 2025-Q1
         report ledger 1010 --from 2025-04-01 --to 2025-04-30 --format csv
         report ledger Expenses --event pyex25 --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn ledger_in_json() {
    assert_snapshot!(Env::small().run("report ledger 5110 --format json").show(), @"");
}

#[test]
fn every_other_statement_of_the_charts() {
    let mut titles = String::new();
    for chart in ["us-nonprofit", "uk-charity", "eu-association", "commercial"] {
        let env = Env::new();
        env.run(&format!("init --name X --currency EUR --chart {chart}")).ok();
        let refusal = env.run("report none-of-them").stderr;
        let known = refusal.split("there are ").nth(1).unwrap().lines().next().unwrap();
        for key in known.split(", ").filter(|key| *key != "ledger") {
            let shown = env.run(&format!("report {key} --format csv")).ok().stdout;
            assert!(shown.starts_with("key,label,level,kind,"), "{chart} {key}: {shown}");
        }
        titles.push_str(&format!("{chart}: {known}\n"));
    }
    assert_snapshot!(titles, @"");
}

#[test]
fn periods_side_by_side() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025-Q2 --compare 2025-Q1
         report activities --period 2025-03 --compare 2025-02 --compare 2025-01
         report position --as-of 2025-12-31 --compare 2025-06 --format csv
         report trial-balance --period 2025-02 --compare 2025-03 --format csv",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn one_event_or_several() {
    let env = Env::small();
    let session = env.session(
        "report activities --event pyex25 --format csv
         report trial-balance --event PYEX25 --event pyex26 --format csv",
    );
    assert_snapshot!(session, @"");
}

/// Every way to say a period, and how many postings it covers.
#[test]
fn periods() {
    let env = Env::small();
    let mut covered = String::new();
    for period in [
        "",
        "--period 2025",
        "--period FY2025",
        "--period 2025-Q1",
        "--period 2025-02",
        "--period 2025-02-10",
        "--period 2025-02-10..2025-02-12",
        "--from 2025-05-18",
        "--to 2025-02-10",
        "--from 2025-02-11 --to 2025-03-01",
        "--as-of 2025-03-19",
        "--as-of 2025-03-20",
        "--as-of 1900-01-01",
        "--as-of 2999-12-31",
        "--period 2026",
    ] {
        let shown = env.run(&format!("report trial-balance {period} --format json")).ok().stdout;
        let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let (window, postings) = (&json["period"], &json["covers"]["postings"]);
        covered.push_str(&format!("{period:32} {postings:>2}  {window}\n"));
    }
    assert_snapshot!(covered, @"");
}

#[test]
fn fiscal_years_that_start_in_july() {
    let env = Env::new();
    env.run("init --name X --fiscal-year-start 7").ok();
    for day in ["2024-06-30", "2024-07-01", "2025-06-30", "2025-07-01"] {
        env.run(&format!("entry add --date {day} --debit 1010=1 --credit 4720=1")).ok();
    }
    let session = env.session(
        "report activities --period 2025 --format csv
         report activities --period 2025-Q4 --format csv
         entry list --period 2025 --format csv",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn balances_on_any_day_are_the_sums_of_the_journal() {
    let env = Env::demo();
    let rows = |line: &str| {
        let text = env.run(line).ok().stdout;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap()).collect::<Vec<_>>()
    };
    for day in ["2024-12-30", "2024-12-31", "2025-01-10", "2025-02-28", "2025-05-15", "2025-10-31", "2025-12-31"] {
        let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or(0);
        let mut sums = std::collections::BTreeMap::<String, i64>::new();
        let journal = rows(&format!("report journal --as-of {day} --format csv"));
        for row in journal.iter().filter(|row| &row[3] == "line") {
            *sums.entry(row[1].to_owned()).or_default() += minor(&row[4]) - minor(&row[5]);
        }
        let balances = rows(&format!("report trial-balance --as-of {day} --format csv"));
        let balances = balances.iter().filter(|row| &row[3] == "line").map(|row| (row[1].to_owned(), minor(&row[4])));
        assert_eq!(balances.collect::<std::collections::BTreeMap<_, _>>(), sums, "{day}");
    }
}

#[test]
fn a_filter_that_matches_nothing_says_so() {
    let env = Env::small();
    let session = env.session(
        "report activities --event pyex26 --period 2024
         report trial-balance --period 1999 --format csv
         report ledger 5010",
    );
    assert_snapshot!(session, @"");
    assert_snapshot!(Env::begun().run("report journal").ok().show(), @"");
}

#[test]
fn for_the_board_and_the_public() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025 --audience board
         report position --as-of 2025-12-31 --audience public --format csv
         report activities --period 2025 --audience public --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn withheld_figures_in_json() {
    let env = Env::small();
    let shown = env.run("report activities --period 2025-Q1 --audience board --format json").ok().stdout;
    assert!(shown.contains("{\"withheld\":true}"), "{shown}");
    // Neither a party nor a single entry is named.
    for name in ["Example GmbH", "Grace", "Harbour", "S-1"] {
        assert!(!shown.contains(name), "{name}: {shown}");
    }
}

#[test]
fn the_width_of_the_terminal() {
    let env = Env::small();
    let width = |columns: &str| {
        let mut command = env.command("report ledger 1010");
        command.env("COLUMNS", columns);
        env.finish(command).ok().stdout.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert!(width("120") <= 120 && width("60") <= 85, "{} {}", width("120"), width("60"));
}
