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
    note-3,Head 112:34f9839ce0766a4cd7d2086e531cbeb5c2a543fe09c4f785100e4e5f4a164ca5,0,note,,,,
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
    note-3,Head 93:2aaa4bc762dfd479aaaf76ab59e9fd0c103e8e02d4d88dc99beda42269f8dcc1,0,note,,,,
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
    note-3,Head 97:878539d6c3cf4554fdc6255c5e09cb58cb18cc4eb158db35566f8feb60fc3fdd,0,note,,,,
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
    note-3,Head 93:c91926e488ded66c221cd55b7fc2b5b52230ee46af2d983d959459773a50de12,0,note,,,,
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
    note-3,Head 93:15a4ba6082254fc28282c76da751de1f69f3aca25433fb9a5aca8967aa45ba66,0,note,,,,
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
    note-3,Head 93:00136fca787d265b84bf364213d6d8c9cb2ce98dd5e2aad434d9842848e0c37f,0,note,,,,
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
    note-3,Head 140:c87a18599813198c88c5edac1e3a4d4b8622164660fc2a10e9647593033279a3,0,note,,,,
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
    note-4,Head 90:9f73596fb160c78e073ef680a8844413a794098f888b530780a44472ce3c991d,0,note,,,,
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
    note-3,Head 103:7794f02687caddaea1b8e69061e29a522b71641ce530fdde92a78b789ff3e115,0,note,,,,
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
    note-3,Head 99:840249b6913d6b407a3a27a04303af4a1b9c9cd474337e023aebc65d459dd820,0,note,,,,
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
    note-3,Head 98:c222d123c41f385ea8460fe4c828bde65541b8bd60cf59d1f4c75f6bb6bf808f,0,note,,,,
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
    note-3,Head 97:80fe20917ce45a19253f6be2724353649f3a6d4192676384ceff916ddf6e55f4,0,note,,,,
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
