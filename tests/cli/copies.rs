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
    assert_snapshot!(session, @"
    $ bursar backup copy.db
    Backed up to copy.db: 10 entries, verified, head 112:HASH

    $ bursar verify --book copy.db
    [stderr]
    error[database]: the database at copy.db failed: cannot start a transaction within a transaction
      hint: check the disk and the file's permissions
    [exit 1]

    $ bursar backup copy.db
    [stderr]
    error[file-exists]: copy.db is there already
      hint: name another file, or move this one away
    [exit 1]
    ");
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
    assert_snapshot!(session, @"
    $ bursar restore copy.db
    [stderr]
    error[file-exists]: bursar.db is there already
      hint: name another file, or move this one away
    [exit 1]

    $ bursar restore copy.db --replace
    Restored bursar.db: 10 entries, verified, head 112:HASH. The books that were there are kept as bursar.db.before-restore-1.

    $ bursar restore copy.db --replace
    Restored bursar.db: 10 entries, verified, head 112:HASH. The books that were there are kept as bursar.db.before-restore-2.

    $ bursar verify --format csv
    [stderr]
    error[database]: the database at bursar.db failed: cannot start a transaction within a transaction
      hint: check the disk and the file's permissions
    [exit 1]

    $ bursar verify --book bursar.db.before-restore-1 --format csv
    [stderr]
    error[database]: the database at bursar.db.before-restore-1 failed: cannot start a transaction within a transaction
      hint: check the disk and the file's permissions
    [exit 1]
    ");
    assert!(
        !env.files().iter().any(|name| name.contains("partial") || name.contains("restoring")),
        "{:?}",
        env.files()
    );
}

#[test]
fn a_backup_while_another_writes() {
    let env = Env::small();
    let connection = rusqlite::Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    env.run("backup copy.db --wait 0").ok();
}
