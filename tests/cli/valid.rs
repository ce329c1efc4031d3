//! `fixtures/valid`: every file imports cleanly, a second time adds nothing, and this is its trial balance.

use std::path::Path;

use insta::assert_snapshot;

use crate::common::{Env, FIXTURES};

/// Imports a file into new books and shows their trial balance.
fn trial_balance(init: &str, import: &str) -> String {
    let env = Env::new();
    env.run(&format!("init --name X {init}")).ok();
    for word in import.split(' ').filter(|word| Path::new(FIXTURES).join("valid").join(word).is_file()) {
        env.fixture(&format!("valid/{word}"));
    }
    if import.contains(" journal.csv") || import.contains(" opening.csv") {
        for kind in ["parties", "funds", "events"] {
            let file = env.fixture(&format!("valid/{kind}.csv")).rsplit('/').next().unwrap().to_owned();
            env.run(&format!("import {kind} {file}")).ok();
        }
    }
    env.run(import).ok();
    let again = env.run(&format!("{import} --format csv")).ok().stdout;
    assert!(again.contains("\nadded,Entries added,0,line,0\n"), "{again}");
    env.run("verify").ok();
    env.run("report trial-balance --format csv").ok().stdout
}

#[test]
fn journal() {
    assert_snapshot!(trial_balance("", "import csv journal.csv"), @"");
}

#[test]
fn bom_crlf() {
    assert_snapshot!(trial_balance("", "import csv bom-crlf.csv"), @"");
}

#[test]
fn new_names() {
    assert_snapshot!(trial_balance("", "import csv new-names.csv"), @"");
}

#[test]
fn zero_amounts() {
    assert_snapshot!(trial_balance("", "import csv zero-amounts.csv"), @"");
}

#[test]
fn yen() {
    assert_snapshot!(trial_balance("--currency JPY", "import csv yen.csv"), @"");
}

#[test]
fn dinars() {
    assert_snapshot!(trial_balance("--currency KWD", "import csv dinars.csv"), @"");
}

#[test]
fn header_only() {
    assert_snapshot!(trial_balance("", "import csv header-only.csv"), @"");
}

#[test]
fn opening() {
    let import = "opening import opening.csv --as-of 2024-12-31 --balance-to 3010";
    assert_snapshot!(trial_balance("", import), @"");
}

#[test]
fn hledger() {
    assert_snapshot!(trial_balance("", "import hledger hledger.csv"), @"");
}

#[test]
fn hledger_identical() {
    assert_snapshot!(trial_balance("", "import hledger hledger-identical.csv"), @"");
}

#[test]
fn hledger_mapped() {
    assert_snapshot!(trial_balance("", "import hledger hledger-mapped.csv --map hledger-mapped.toml"), @"");
}

#[test]
fn every_file_is_used() {
    let sources = [include_str!("valid.rs"), include_str!("import.rs"), include_str!("init.rs")].concat();
    for file in std::fs::read_dir(Path::new(FIXTURES).join("valid")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".csv");
        assert!(sources.contains(&name) || sources.contains(&format!("\"{stem}\"")), "no test uses {name}");
    }
}
