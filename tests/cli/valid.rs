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
    assert_snapshot!(trial_balance("", "import csv journal.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,28766.80,31125.25,2358.45,9
    Assets:Prepaid expenses,Assets:Prepaid expenses,0,line,1750.00,1750.00,0.00,2
    Liabilities:Accounts payable,Liabilities:Accounts payable,0,line,-1900.00,0.00,1900.00,1
    Net assets:Opening,Net assets:Opening,0,line,-20000.00,0.00,20000.00,1
    Revenue:Contributions,Revenue:Contributions,0,line,-800.00,0.00,800.00,1
    Revenue:Net assets released from restrictions,Revenue:Net assets released from restrictions,0,line,0.00,500.00,500.00,2
    Revenue:Registration,Revenue:Registration,0,line,-2400.50,0.00,2400.50,1
    Revenue:Sponsorship,Revenue:Sponsorship,0,line,-8000.00,0.00,8000.00,2
    Expenses:Catering:Social events,Expenses:Catering:Social events,0,line,1900.00,1900.00,0.00,1
    Expenses:Financial aid:Domestic,Expenses:Financial aid:Domestic,0,line,500.00,500.00,0.00,1
    Expenses:Processing fees,Expenses:Processing fees,0,line,75.25,75.25,0.00,1
    Expenses:Speaker travel,Expenses:Speaker travel,0,line,108.45,108.45,0.00,1
    total,Total,0,total,0.00,35958.95,35958.95,23
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 23 postings.,0,note,,,,
    note-3,Head 112:8d65ada885566dd108484703599ea01dbe772a4887a53f5b418b438f9c80580c,0,note,,,,
    "#);
}

#[test]
fn bom_crlf() {
    assert_snapshot!(trial_balance("", "import csv bom-crlf.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,-1212.50,0.00,1212.50,2
    Expenses:Venue,Expenses:Venue,0,line,1212.50,1212.50,0.00,2
    total,Total,0,total,0.00,1212.50,1212.50,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 93:95c6e7a142b53151cb7e09ab5ec28248bdf041f233118d5b1cd663e08d1f5455,0,note,,,,
    "#);
}

#[test]
fn new_names() {
    assert_snapshot!(trial_balance("", "import csv new-names.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash box,Assets:Cash box,0,line,-100.00,0.00,100.00,2
    Projects:Sprint weekend,Projects:Sprint weekend,0,line,100.00,100.00,0.00,2
    total,Total,0,total,0.00,100.00,100.00,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 97:d7e94e1e01489f8605ba01a73fca13fe0ece349b886ebc2f24919ebf43e2ff52,0,note,,,,
    "#);
}

#[test]
fn zero_amounts() {
    assert_snapshot!(trial_balance("", "import csv zero-amounts.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Revenue:Registration,Revenue:Registration,0,line,0.00,0.00,0.00,1
    Revenue:Registration:Waivers,Revenue:Registration:Waivers,0,line,0.00,0.00,0.00,1
    Expenses:Catering,Expenses:Catering,0,line,-10.00,0.00,10.00,1
    Expenses:Venue,Expenses:Venue,0,line,10.00,10.00,0.00,1
    total,Total,0,total,0.00,10.00,10.00,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 93:22f1a1a31c3bf1d91d5213063b796ccc6c889245a18b2f1b5dfe37f01327afaa,0,note,,,,
    "#);
}

#[test]
fn yen() {
    assert_snapshot!(trial_balance("--currency JPY", "import csv yen.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,-1250817,0,1250817,2
    Expenses:Speaker travel,Expenses:Speaker travel,0,line,16250,16250,0,1
    Expenses:Venue,Expenses:Venue,0,line,1234567,1234567,0,1
    total,Total,0,total,0,1250817,1250817,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 93:b71d656fa7ca0af4d2da7617cf43ab66111ddd94e7feae6a0feb3ee4c915923f,0,note,,,,
    "#);
}

#[test]
fn dinars() {
    assert_snapshot!(trial_balance("--currency KWD", "import csv dinars.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,-1234.568,0.000,1234.568,2
    Expenses:Office,Expenses:Office,0,line,0.001,0.001,0.000,1
    Expenses:Venue,Expenses:Venue,0,line,1234.567,1234.567,0.000,1
    total,Total,0,total,0.000,1234.568,1234.568,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 93:b501b24cd654dc4a252b14293e611b963d8eda4fe06458fee922cd6fe8551da5,0,note,,,,
    "#);
}

#[test]
fn awkward_names() {
    assert_snapshot!(trial_balance("", "import csv awkward-names.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    2025:Cash,2025:Cash,0,line,-3.00,0.00,3.00,1
    Assets:$USD €UR,Assets:$USD €UR,0,line,-3.00,0.00,3.00,1
    Assets:%x,Assets:%x,0,line,3.00,3.00,0.00,1
    Assets:&y,Assets:&y,0,line,-2.00,0.00,2.00,1
    Assets:'q',Assets:'q',0,line,-1.00,0.00,1.00,1
    Assets:A/B\C,Assets:A/B\C,0,line,3.00,3.00,0.00,1
    Assets:A@B,Assets:A@B,0,line,3.00,3.00,0.00,1
    Assets:A{B},Assets:A{B},0,line,-3.00,0.00,3.00,1
    Assets:Cash,Assets:Cash,0,line,-3.00,0.00,3.00,1
    Assets:Wells Fargo,Assets:Wells Fargo,0,line,-31.00,0.00,31.00,1
    Assets:Wells Fargo:Checking,Assets:Wells Fargo:Checking,0,line,5110.01,5110.01,0.00,4
    Assets:Wells-Fargo:Checking,Assets:Wells-Fargo:Checking,0,line,7.00,7.00,0.00,1
    Assets:Zero,Assets:Zero,0,line,0.00,0.00,0.00,1
    Assets:a | b,Assets:a | b,0,line,3.00,3.00,0.00,1
    Assets:include,Assets:include,0,line,-2.00,0.00,2.00,1
    Assets:wells fargo:checking,Assets:wells fargo:checking,0,line,7.00,7.00,0.00,1
    "Assets:x, y","Assets:x, y",0,line,-1.00,0.00,1.00,1
    Liabilities:401(k) & co.,Liabilities:401(k) & co.,0,line,0.00,0.00,0.00,1
    Liabilities:X-Ray,Liabilities:X-Ray,0,line,-7.00,0.00,7.00,1
    Liabilities:x-ray,Liabilities:x-ray,0,line,-7.00,0.00,7.00,1
    Revenue,Revenue,0,line,-10.00,0.00,10.00,1
    Einnahmen:Förderer & Spender,Einnahmen:Förderer & Spender,0,line,-5000.00,0.00,5000.00,1
    Income:O'Reilly's share 50%,Income:O'Reilly's share 50%,0,line,-0.01,0.00,0.01,1
    Revenue:T-Shirts,Revenue:T-Shirts,0,line,-100.00,0.00,100.00,1
    1000:2000,1000:2000,0,line,3.00,3.00,0.00,1
    Expenses,Expenses,0,line,1.00,1.00,0.00,1
    Expenses:Venue,Expenses:Venue,0,line,4.00,4.00,0.00,1
    Expenses:Venue:Hall 1/2 (left),Expenses:Venue:Hall 1/2 (left),0,line,8.00,8.00,0.00,1
    Expenses:venue hall,Expenses:venue hall,0,line,2.00,2.00,0.00,1
    expenses:lower,expenses:lower,0,line,16.00,16.00,0.00,1
    Éxpenses:Ärger,Éxpenses:Ärger,0,line,3.00,3.00,0.00,1
    total,Total,0,total,0.00,5173.01,5173.01,34
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 34 postings.,0,note,,,,
    note-3,Head 140:9c1ad78292d946faf1feb650e0ee6662bf26ce6568422b5ae43aacdddf150079,0,note,,,,
    "#);
}

#[test]
fn header_only() {
    assert_snapshot!(trial_balance("", "import csv header-only.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    total,Total,0,total,0.00,0.00,0.00,0
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,No postings match all dates; the books hold no postings yet.,0,note,,,,
    note-3,Covers 0 postings.,0,note,,,,
    note-4,Head 90:101f487adb4715ed78fe28dd0b9e16cd9d47a12a40ae2eedd3cc3207eb74156f,0,note,,,,
    "#);
}

#[test]
fn opening() {
    let import = "opening import opening.csv --as-of 2024-12-31 --balance-to 3010";
    assert_snapshot!(trial_balance("", import), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,13300.00,13300.00,0.00,2
    Liabilities:Accounts payable,Liabilities:Accounts payable,0,line,-300.00,0.00,300.00,1
    Net assets:Opening,Net assets:Opening,0,line,-13000.00,0.00,13000.00,2
    total,Total,0,total,0.00,13300.00,13300.00,5
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 5 postings.,0,note,,,,
    note-3,Head 103:fb57028a58f57dc3a021eed3c448e0326a38ddf75e9da0c3f3459f4e0cb2abce,0,note,,,,
    "#);
}

#[test]
fn hledger() {
    assert_snapshot!(trial_balance("", "import hledger hledger.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    assets:bank,assets:bank,0,line,3500.00,5000.00,1500.00,3
    income:sponsors,income:sponsors,0,line,-5000.00,0.00,5000.00,1
    expenses:venue:hall,expenses:venue:hall,0,line,1500.00,1500.00,0.00,2
    total,Total,0,total,0.00,6500.00,6500.00,6
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 6 postings.,0,note,,,,
    note-3,Head 99:e1aba2bd12da68091f54eb9bdb7b65239997a7749add878cdd577dbc51cb7e0e,0,note,,,,
    "#);
}

#[test]
fn hledger_identical() {
    assert_snapshot!(trial_balance("", "import hledger hledger-identical.csv"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    assets:cash,assets:cash,0,line,-14.00,0.00,14.00,4
    expenses:catering,expenses:catering,0,line,14.00,14.00,0.00,4
    total,Total,0,total,0.00,14.00,14.00,8
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 8 postings.,0,note,,,,
    note-3,Head 98:1c475164b5a6165c325f390ff494b1100c64b3e3689cb435a72309ff09c326bd,0,note,,,,
    "#);
}

#[test]
fn hledger_mapped() {
    assert_snapshot!(trial_balance("", "import hledger hledger-mapped.csv --map hledger-mapped.toml"), @r#"
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,-1242.50,0.00,1242.50,2
    Expenses:Venue:Hall,Expenses:Venue:Hall,0,line,1234.50,1234.50,0.00,1
    Projekte:Sprints,Projekte:Sprints,0,line,8.00,8.00,0.00,1
    total,Total,0,total,0.00,1242.50,1242.50,4
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 4 postings.,0,note,,,,
    note-3,Head 97:3be3e9a2300c40e3dbad386cd17d0c52a65bd26e2a645a1b6eac8a1e377d9dc1,0,note,,,,
    "#);
}

#[test]
fn every_file_is_used() {
    let sources = [
        include_str!("valid.rs"),
        include_str!("import.rs"),
        include_str!("init.rs"),
        include_str!("import_documents.rs"),
    ]
    .concat();
    for file in std::fs::read_dir(Path::new(FIXTURES).join("valid")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".csv");
        assert!(sources.contains(&name) || sources.contains(&format!("\"{stem}\"")), "no test uses {name}");
    }
}
