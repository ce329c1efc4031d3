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
    assert_snapshot!(session, @"");
}

#[test]
fn the_head_in_the_minutes_is_found_again() {
    let env = Env::small();
    let said = env.run("close --through 2025-06-30").ok().stdout;
    let head = said.split("head ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    env.run("entry add --date 2025-07-01 --debit 5010=1 --credit 1010=1").ok();
    assert_snapshot!(env.run(&format!("verify --head {head}")).ok().show(), @"");
    let other = head.replace(|c: char| c.is_ascii_digit() && c != '0', "0");
    assert_eq!(env.run(&format!("verify --head {other}")).code, 3);
}

#[test]
fn verify_in_every_format() {
    let env = Env::small();
    let session = env.session(
        "verify
         verify --format csv
         verify --format md
         verify --format json",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn what_is_wrong_is_named() {
    let env = Env::small();
    let connection = rusqlite::Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("UPDATE balance_day SET debit = debit + 1 WHERE day = 20250517 AND debit > 0").unwrap();
    drop(connection);
    assert_snapshot!(env.run("verify").show(), @"");
    assert_eq!(env.run("verify --format json").code, 3);
}
