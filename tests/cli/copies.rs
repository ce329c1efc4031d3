//! `bursar backup` and `bursar restore`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_backup_is_books() {
    let env = Env::small();
    let session = env.session(
        "backup copy.db
         verify --book copy.db
         backup copy.db",
    );
    assert_snapshot!(session, @"");
    assert_eq!(env.run("export csv").stdout, env.run("export csv --book copy.db").stdout);
}

#[test]
fn restoring_keeps_what_was_there() {
    let env = Env::small();
    env.run("backup copy.db").ok();
    env.run("entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1").ok();
    let session = env.session(
        "restore copy.db
         restore copy.db --replace
         restore copy.db --replace
         verify --format csv
         verify --book bursar.db.before-restore-1 --format csv",
    );
    assert_snapshot!(session, @"");
    assert!(!env.files().iter().any(|name| name.contains("partial") || name.contains("restoring")), "{:?}", env.files());
}

#[test]
fn a_backup_while_another_writes() {
    let env = Env::small();
    let connection = rusqlite::Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    env.run("backup copy.db --wait 0").ok();
}
