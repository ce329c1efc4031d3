//! `bursar import` and `bursar opening import`: what they say and that a second time adds nothing. The books that each
//! file makes are in `valid.rs`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn hledger() {
    let env = Env::begun();
    env.fixture("valid/hledger.csv");
    let session = env.session(
        "import hledger hledger.csv --dry-run
         import hledger hledger.csv
         import hledger hledger.csv
         entry show 1
         party list",
    );
    assert_snapshot!(session, @"
    $ bursar import hledger hledger.csv --dry-run
    Example Society
    Import of hledger.csv

    Transactions in the file  3
    Entries added             3
    There already             0
    Accounts opened           3
    Parties made known        2

    Dry run: nothing was written.
    Booking dates 2025-02-10 to 2025-02-12.
    Accounts opened: assets:bank, income:sponsors, expenses:venue:hall.
    Covers 6 postings.
    Head 99:HASH

    $ bursar import hledger hledger.csv
    Example Society
    Import of hledger.csv

    Transactions in the file  3
    Entries added             3
    There already             0
    Accounts opened           3
    Parties made known        2

    Booking dates 2025-02-10 to 2025-02-12.
    Accounts opened: assets:bank, income:sponsors, expenses:venue:hall.
    Covers 6 postings.
    Head 99:HASH

    $ bursar import hledger hledger.csv
    Example Society
    Import of hledger.csv

    Transactions in the file  3
    Entries added             0
    There already             3
    Accounts opened           0
    Parties made known        0

    Booking dates 2025-02-10 to 2025-02-12.
    Covers 0 postings.
    Head 99:HASH

    $ bursar entry show 1
    Example Society
    Entry 1 of 2025-02-10 · USD

                        Debit   Credit Party        Details
    assets:bank      5,000.00          Example GmbH
    income:sponsors           5,000.00 Example GmbH benefit: booth

    17; Gold sponsor; paid at once
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 94 (import).
    Record 95:HASH

    $ bursar party list
    Example Society
    Parties

        Name         Kind         Holding E-mail
    #1  Example GmbH organisation
    #2  Harbour Hall organisation
    ");
}

#[test]
fn identical_rows_are_told_apart() {
    let env = Env::begun();
    let file = env.fixture("valid/hledger-identical.csv");
    env.write(
        "longer.csv",
        format!("{0}{1}", env.read(file), {
            "\"9\",\"2025-03-01\",\"Coffee\",\"expenses:catering\",\"3.50\",\"USD\"\n\
         \"9\",\"2025-03-01\",\"Coffee\",\"assets:cash\",\"-3.50\",\"USD\"\n"
        }),
    );
    let session = env.session(
        "import hledger hledger-identical.csv --format csv
         import hledger hledger-identical.csv --format csv
         import hledger longer.csv --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar import hledger hledger-identical.csv --format csv
    key,label,level,kind,value
    transactions,Transactions in the file,0,line,4
    added,Entries added,0,line,4
    known,There already,0,line,0
    accounts,Accounts opened,0,line,2
    parties,Parties made known,0,line,1
    note-1,Booking dates 2025-03-01 to 2025-03-02.,0,note,
    note-2,"Accounts opened: expenses:catering, assets:cash.",0,note,
    note-3,Covers 8 postings.,0,note,
    note-4,Head 98:HASH,0,note,

    $ bursar import hledger hledger-identical.csv --format csv
    key,label,level,kind,value
    transactions,Transactions in the file,0,line,4
    added,Entries added,0,line,0
    known,There already,0,line,4
    accounts,Accounts opened,0,line,0
    parties,Parties made known,0,line,0
    note-1,Booking dates 2025-03-01 to 2025-03-02.,0,note,
    note-2,Covers 0 postings.,0,note,
    note-3,Head 98:HASH,0,note,

    $ bursar import hledger longer.csv --format csv
    key,label,level,kind,value
    transactions,Transactions in the file,0,line,5
    added,Entries added,0,line,1
    known,There already,0,line,4
    accounts,Accounts opened,0,line,0
    parties,Parties made known,0,line,0
    note-1,Booking dates 2025-03-01 to 2025-03-02.,0,note,
    note-2,Covers 2 postings.,0,note,
    note-3,Head 100:HASH,0,note,
    "#);
}

#[test]
fn a_mapping() {
    let env = Env::begun();
    env.fixture("valid/hledger-mapped.csv");
    env.fixture("valid/hledger-mapped.toml");
    let session = env.session(
        "import hledger hledger-mapped.csv --map hledger-mapped.toml
         account show 5099
         report trial-balance",
    );
    assert_snapshot!(session, @"
    $ bursar import hledger hledger-mapped.csv --map hledger-mapped.toml
    Example Society
    Import of hledger-mapped.csv

    Transactions in the file  2
    Entries added             2
    There already             0
    Accounts opened           2
    Parties made known        2

    Booking dates 2025-03-01 to 2025-03-02.
    Accounts opened: Expenses:Venue:Hall, Projekte:Sprints.
    Covers 4 postings.
    Head 97:HASH

    $ bursar account show 5099
    Example Society
    Expenses:Venue:Hall

    Code                     5099
    Type                     expense
    Statement line           Venue and equipment hire (venue)
    Merges into, when small  other-expense
    Default function         program
    Cash-flow line
    Form 990
    State                    open

    $ bursar report trial-balance
    Example Society
    Trial balance · all dates · USD

                            Balance    Debit   Credit Postings
    Assets:Cash:Checking  -1,242.50        – 1,242.50        2
    Expenses:Venue:Hall    1,234.50 1,234.50        –        1
    Projekte:Sprints           8.00     8.00        –        1
                          ───────── ──────── ────────
    Total                         – 1,242.50 1,242.50        4

    Debits are positive, credits negative.
    Covers 4 postings.
    Head 97:HASH
    ");
}

#[test]
fn our_own_csv() {
    let env = Env::small();
    env.fixture("valid/journal.csv");
    let before = env.head();
    assert_snapshot!(env.session("import csv journal.csv"), @"
    $ bursar import csv journal.csv
    Example Society
    Import of journal.csv

    Transactions in the file  10
    Entries added              0
    There already             10
    Accounts opened            0
    Parties made known         0

    Booking dates 2025-01-02 to 2025-12-31.
    Covers 0 postings.
    Head 112:HASH
    ");
    assert_eq!(env.head(), before, "a file that adds nothing leaves no trace");
}

#[test]
fn lines_are_counted_the_same_whatever_ends_them() {
    let env = Env::begun();
    for (command, header) in [
        ("import csv", "entry,date,account,amount"),
        ("import hledger", "txnidx,date,code,description,account,amount,commodity,posting-comment"),
        ("import parties", "name,kind"),
        ("import funds", "code,name,restriction,purpose"),
        ("import orders", "order,date,event,party,ticket"),
        ("opening import --as-of 2025-01-01", "account,amount"),
    ] {
        for end in ["\n", "\r\n", "\r"] {
            // An empty line, and a row of too few fields.
            env.write("rows.csv", [header, "", "x", ""].join(end));
            let refused = env.run(&format!("{command} rows.csv"));
            let said = refused.show();
            assert!(refused.code == 1 && said.contains("line 3: the row has 1 fields"), "{command} {end:?}: {said}");
        }
    }
}

#[test]
fn a_mark_and_carriage_returns() {
    let env = Env::begun();
    env.fixture("valid/bom-crlf.csv");
    let session = env.session(
        "import csv bom-crlf.csv
         import csv bom-crlf.csv --format csv
         report journal --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar import csv bom-crlf.csv
    Example Society
    Import of bom-crlf.csv

    Transactions in the file  2
    Entries added             2
    There already             0
    Accounts opened           0
    Parties made known        0

    Booking dates 2025-03-01 to 2025-03-02.
    Covers 4 postings.
    Head 93:HASH

    $ bursar import csv bom-crlf.csv --format csv
    key,label,level,kind,value
    transactions,Transactions in the file,0,line,2
    added,Entries added,0,line,0
    known,There already,0,line,2
    accounts,Accounts opened,0,line,0
    parties,Parties made known,0,line,0
    note-1,Booking dates 2025-03-01 to 2025-03-02.,0,note,
    note-2,Covers 0 postings.,0,note,
    note-3,Head 93:HASH,0,note,

    $ bursar report journal --format csv
    key,label,level,kind,debit,credit,for
    1,"2025-03-01 #1 Rent, three
    days",0,heading,,,
    1.1,Expenses:Venue,1,line,1200.00,,program
    1.2,Assets:Cash:Checking,1,line,,1200.00,
    2,2025-03-02 #2 ,0,heading,,,
    2.1,Expenses:Venue,1,line,12.50,,program
    2.2,Assets:Cash:Checking,1,line,,12.50,
    total,Total,0,total,1212.50,1212.50,
    note-1,Covers 4 postings.,0,note,,,
    note-2,Head 93:HASH,0,note,,,
    "#);
}

#[test]
fn new_names_with_their_kinds() {
    let env = Env::begun();
    env.fixture("valid/new-names.csv");
    let session = env.session(
        "import csv new-names.csv
         party list --format csv",
    );
    assert_snapshot!(session, @"
    $ bursar import csv new-names.csv
    Example Society
    Import of new-names.csv

    Transactions in the file  2
    Entries added             2
    There already             0
    Accounts opened           2
    Parties made known        2

    Booking dates 2025-07-01 to 2025-07-02.
    Accounts opened: Projects:Sprint weekend, Assets:Cash box.
    Covers 4 postings.
    Head 97:HASH

    $ bursar party list --format csv
    key,label,level,kind,name,party-kind,holding,email
    #1,#1,0,line,Anna Example,person,,
    #2,#2,0,line,Pedals Ltd,vendor,,
    ");
}

#[test]
fn registers() {
    let env = Env::begun();
    for kind in ["parties", "funds", "events"] {
        env.fixture(&format!("valid/{kind}.csv"));
    }
    let session = env.session(
        "import parties parties.csv --dry-run
         import parties parties.csv
         import parties parties.csv
         import funds funds.csv
         import funds funds.csv
         import events events.csv --format json
         import events events.csv
         party list
         fund list
         event list",
    );
    assert_snapshot!(session, @r#"
    $ bursar import parties parties.csv --dry-run
    Dry run: 7 parties added. (Nothing was written.)

    $ bursar import parties parties.csv
    7 parties added.

    $ bursar import parties parties.csv
    0 parties added.

    $ bursar import funds funds.csv
    2 funds added or changed.

    $ bursar import funds funds.csv
    0 funds added or changed.

    $ bursar import events events.csv --format json
    {"done":"2 events added or changed.","schema":1}

    $ bursar import events events.csv
    0 events added or changed.

    $ bursar party list
    Example Society
    Parties

        Name                     Kind         Holding       E-mail
    #1  Harbour Hall             vendor
    #2  Example Group            organisation
    #3  Example GmbH             organisation Example Group billing@example.com
    #4  Example Ltd              organisation Example Group
    #5  Müller & Söhne, Catering vendor
    #6  Grace Example            person                     grace@example.org
    #7  River Bank               bank

    $ bursar fund list
    Example Society
    Funds

             Name              Restriction      Purpose
    general  General           undesignated
    aid      Financial aid     purpose          Travel grants
    reserve  Operating reserve board-designated

    $ bursar event list
    Example Society
    Events

            Name           First day  Last day   Policy        Status
    pyex25  PyExample 2025 2025-05-15 2025-05-17 everyone-pays planned
    pyex26  PyExample 2026 2026-05-14 2026-05-16 everyone-pays planned
    "#);
}

#[test]
fn opening_balances() {
    let env = Env::small();
    env.fixture("valid/opening.csv");
    let session = env.session(
        "opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening' --dry-run
         opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening'
         opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening' --format csv
         entry show 11",
    );
    assert_snapshot!(session, @"
    $ bursar opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening' --dry-run
    Example Society
    Import of opening.csv

    Transactions in the file  1
    Entries added             1
    There already             0
    Accounts opened           0
    Parties made known        0

    Dry run: nothing was written.
    Booking dates 2024-12-31 to 2024-12-31.
    Covers 5 postings.
    Head 114:HASH

    $ bursar opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening'
    Example Society
    Import of opening.csv

    Transactions in the file  1
    Entries added             1
    There already             0
    Accounts opened           0
    Parties made known        0

    Booking dates 2024-12-31 to 2024-12-31.
    Covers 5 postings.
    Head 114:HASH

    $ bursar opening import opening.csv --as-of 2024-12-31 --balance-to 'Net assets:Opening' --format csv
    key,label,level,kind,value
    transactions,Transactions in the file,0,line,1
    added,Entries added,0,line,0
    known,There already,0,line,1
    accounts,Accounts opened,0,line,0
    parties,Parties made known,0,line,0
    note-1,Booking dates 2024-12-31 to 2024-12-31.,0,note,
    note-2,Covers 0 postings.,0,note,
    note-3,Head 114:HASH,0,note,

    $ bursar entry show 11
    Example Society
    Entry 11 of 2024-12-31 · USD

                                      Debit    Credit Party        Details
    Assets:Cash:Checking          12,500.00           River Bank
    Assets:Cash:Checking             800.00           River Bank   fund aid
    Liabilities:Accounts payable               300.00 Harbour Hall
    Net assets:Opening                      12,200.00
    Net assets:Opening                         800.00              fund aid

    Opening balances
    Reference opening 2024-12-31.
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (opening).
    Record 114:HASH
    ");
}

#[test]
fn the_head_is_the_same_after_a_refused_file() {
    let env = Env::small();
    env.fixture("invalid/middle.csv");
    let before = env.head();
    assert_eq!(env.run("import csv middle.csv").code, 1);
    assert_eq!(env.head(), before);
}

/// hledger writes an amount with as many decimals as the most precise one of the file: a file that has grown writes
/// the rows it had before otherwise.
#[test]
fn rows_are_known_by_value() {
    let env = Env::begun();
    let header = "\"txnidx\",\"date\",\"description\",\"account\",\"amount\",\"commodity\"\n";
    let rows = |amount: &str| {
        format!("1,2026-01-02,Hall,expenses:hall,{amount},USD\n1,2026-01-02,Hall,assets:bank,-{amount},USD\n")
    };
    env.write("first.csv", format!("{header}{}", rows("1000")));
    let more = "2,2026-01-03,Hall,expenses:hall,0.25,USD\n2,2026-01-03,Hall,assets:bank,-0.25,USD\n";
    env.write("grown.csv", format!("{header}{}{more}", rows("1000.00")));
    env.run("import hledger first.csv").ok();
    let second = env.run("import hledger grown.csv --format csv").ok().stdout;
    assert!(second.contains("added,Entries added,0,line,1\n") && second.contains("known,There already,0,line,1\n"));

    env.write("own.csv", "entry,date,account,amount\n1,2026-01-02,5010,7\n1,2026-01-02,1010,-7\n");
    env.write("same.csv", "entry,date,account,amount\n9,2026-01-02,5010,7.00\n9,2026-01-02,1010,-7.00\n");
    env.run("import csv own.csv").ok();
    let second = env.run("import csv same.csv --format csv").ok().stdout;
    assert!(second.contains("added,Entries added,0,line,0\n"), "{second}");
}

#[test]
fn rows_of_one_entry_belong_together() {
    let env = Env::begun();
    env.write(
        "two-in-one.csv",
        "entry,date,account,amount\n1,2026-01-02,5010,7\n1,2026-01-02,1010,-7\n1,2026-02-02,5010,9\n1,2026-02-02,1010,-9\n",
    );
    let refusal = env.run("import csv two-in-one.csv").show();
    assert!(refusal.contains("line 4, column date: `2026-02-02` differs from `2026-01-02`"), "{refusal}");
    env.write(
        "joined.csv",
        "txnidx,date,description,account,amount,commodity\n1,2026-01-02,A,expenses:a,1,USD\n1,2026-01-02,A,assets:b,-1,USD\n\
         1,2026-01-02,B,expenses:a,2,USD\n1,2026-01-02,B,assets:b,-2,USD\n",
    );
    let refusal = env.run("import hledger joined.csv").show();
    assert!(refusal.contains("line 4, column description: `B` differs from `A`"), "{refusal}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_a_file_too() {
    let env = Env::begun();
    assert!(env.other("mkfifo").arg("pipe.csv").status().unwrap().success());
    let child = env.command("import csv pipe.csv --format csv").stdout(std::process::Stdio::piped()).spawn().unwrap();
    env.write("pipe.csv", "entry,date,account,amount\n1,2026-01-02,5010,7\n1,2026-01-02,1010,-7\n");
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("added,Entries added,0,line,1\n"));
}
