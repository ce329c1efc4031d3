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

    Transactions in the file                         3
    Entries added                                    3
    There already                                    0
    Accounts opened                                  3
    Parties made known                               2
    Booking dates             2025-02-10 to 2025-02-12

    Dry run: nothing was written.
    Accounts opened: assets:bank, income:sponsors, expenses:venue:hall.
    Covers 6 postings.
    Head 99:HASH

    $ bursar import hledger hledger.csv
    Example Society
    Import of hledger.csv

    Transactions in the file                         3
    Entries added                                    3
    There already                                    0
    Accounts opened                                  3
    Parties made known                               2
    Booking dates             2025-02-10 to 2025-02-12

    Accounts opened: assets:bank, income:sponsors, expenses:venue:hall.
    Covers 6 postings.
    Head 99:HASH

    $ bursar import hledger hledger.csv
    Example Society
    Import of hledger.csv

    Transactions in the file                         3
    Entries added                                    0
    There already                                    3
    Accounts opened                                  0
    Parties made known                               0
    Booking dates             2025-02-10 to 2025-02-12

    Covers 0 postings.
    Head 99:HASH

    $ bursar entry show 1
    Example Society
    Entry 1 of 2025-02-10 · USD

                        Debit   Credit Party        Details
    assets:bank      5,000.00          Example GmbH
    income:sponsors           5,000.00 Example GmbH benefit: booth

    Gold sponsor; paid at once
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
    assert_snapshot!(session, @"");
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
    assert_snapshot!(session, @"");
}

#[test]
fn our_own_csv() {
    let env = Env::small();
    env.fixture("valid/journal.csv");
    let before = env.head();
    assert_snapshot!(env.session("import csv journal.csv"), @"");
    assert_eq!(env.head(), before, "a file that adds nothing leaves no trace");
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
    assert_snapshot!(session, @"");
}

#[test]
fn new_names_with_their_kinds() {
    let env = Env::begun();
    env.fixture("valid/new-names.csv");
    let session = env.session(
        "import csv new-names.csv
         party list --format csv",
    );
    assert_snapshot!(session, @"");
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
    assert_snapshot!(session, @"");
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
    assert_snapshot!(session, @"");
}

#[test]
fn the_head_is_the_same_after_a_refused_file() {
    let env = Env::small();
    env.fixture("invalid/middle.csv");
    let before = env.head();
    assert_eq!(env.run("import csv middle.csv").code, 1);
    assert_eq!(env.head(), before);
}
