//! `bursar close` and `bursar verify`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_period_is_locked() {
    let env = Env::small();
    let session = env.session(
        "close --through 2025-06-30 --dry-run
         close --through 2025-06-30
         entry add --date 2025-06-30 --debit 5010=1 --credit 1010=1
         entry add --date 2025-07-01 --debit 5010=1 --credit 1010=1 --format csv
         close --through 2025-12-31 --format json",
    );
    assert_snapshot!(session, @r#"
    $ bursar close --through 2025-06-30 --dry-run
    Dry run: Locked through 2025-06-30.
    1 point of the checklist was left to look at: Entries have the document they need. (Nothing was written.)

    $ bursar close --through 2025-06-30
    Locked through 2025-06-30. For the minutes: head
    113:HASH
    `bursar verify --head N:HASH` checks against it.
    1 point of the checklist was left to look at: Entries have the document they need.

    $ bursar entry add --date 2025-06-30 --debit 5010=1 --credit 1010=1
    [stderr]
    error[period-locked]: 2025-06-30 lies in a locked period: the books are locked through 2025-06-30
      hint: date the entry after 2025-06-30, or open the days again with `bursar reopen --from DATE --reason TEXT`
    [exit 1]

    $ bursar entry add --date 2025-07-01 --debit 5010=1 --credit 1010=1 --format csv
    key,label,level,kind,debit,credit,party,details
    1,Expenses:Venue,0,line,1.00,,,program
    2,Assets:Cash:Checking,0,line,,1.00,,cash flow venues-and-suppliers
    note-1,"Recorded 2026-01-15T12:00:00Z by Ada, from fact 104 (voucher).",0,note,,,,
    note-2,Record 115:HASH,0,note,,,,

    $ bursar close --through 2025-12-31 --format json
    {"done":"Locked through 2025-12-31. For the minutes: head\n116:HASH\n`bursar verify --head N:HASH` checks against it.","schema":1}
    "#);
}

#[test]
fn the_head_in_the_minutes_is_found_again() {
    let env = Env::small();
    let said = env.run("close --through 2025-06-30").ok().stdout;
    let head = said.lines().find(|line| line.contains(':') && line.len() > 64).unwrap().to_owned();
    env.run("entry add --date 2025-07-01 --debit 5010=1 --credit 1010=1").ok();
    assert_snapshot!(env.run(&format!("verify --head {head}")).ok().show(), @"
    Example Society
    Verification

    Entries recomputed   11
    Postings added up    25
    Facts recomputed    104

    The books are as they were recorded.
    Head 115:HASH
    They contain
    113:HASH.
    ");
    let other = head.replace(|c: char| c.is_ascii_digit() && c != '0', "0");
    assert_eq!(env.run(&format!("verify --head {other}")).code, 3);
}

#[test]
fn verify_in_every_format() {
    let env = Env::small();
    let session = env.session(
        "verify
         verify --format csv
         verify --format md",
    );
    assert_snapshot!(session, @"
    $ bursar verify
    Example Society
    Verification

    Entries recomputed   10
    Postings added up    23
    Facts recomputed    102

    The books are as they were recorded.
    Head 112:HASH

    $ bursar verify --format csv
    key,label,level,kind,count
    entries,Entries recomputed,0,line,10
    postings,Postings added up,0,line,23
    facts,Facts recomputed,0,line,102
    note-1,The books are as they were recorded.,0,note,
    note-2,Head 112:HASH,0,note,

    $ bursar verify --format md
    ## Example Society

    Verification

    | |  |
    |---|---:|
    | Entries recomputed | 10 |
    | Postings added up | 23 |
    | Facts recomputed | 102 |

    The books are as they were recorded.

    Head 112:HASH
    ");
}

#[test]
fn what_is_wrong_is_named() {
    let env = Env::small();
    let connection = rusqlite::Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("UPDATE balance_day SET debit = debit + 1 WHERE day = 20250517 AND debit > 0").unwrap();
    drop(connection);
    assert_snapshot!(env.run("verify").show(), @"
    Example Society
    Verification

    Entries recomputed                                                       10
    Postings added up                                                        23
    Facts recomputed                                                        102
    NOT AS RECORDED: kept balance of `Expenses:Catering:Social events` for
      day 20250517 is debits 1900.01, credits 0.00 in 1 postings; the
      postings give debits 1900.00, credits 0.00 in 1 postings

    THE BOOKS ARE NOT AS THEY WERE RECORDED.
    Head 112:HASH
    [stderr]
    error[verification-failed]: 1 thing is not as it was recorded
      hint: compare with a backup (`bursar verify --book BACKUP`); do not go on writing in these books
    [exit 3]
    ");
    assert_eq!(env.run("verify --format json").code, 3);
}
