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
    Example Society
    Verification

    Entries recomputed   10
    Postings added up    23
    Facts recomputed    102

    The books are as they were recorded.
    Head 112:HASH

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
    Restored bursar.db, the books of Example Society: 10 entries, verified, head 112:HASH. The books that were there are kept as bursar.db.before-restore-1.

    $ bursar restore copy.db --replace
    Restored bursar.db, the books of Example Society: 10 entries, verified, head 112:HASH. The books that were there are kept as bursar.db.before-restore-2.

    $ bursar verify --format csv
    key,label,level,kind,count
    entries,Entries recomputed,0,line,10
    postings,Postings added up,0,line,23
    facts,Facts recomputed,0,line,102
    note-1,The books are as they were recorded.,0,note,
    note-2,Head 112:HASH,0,note,

    $ bursar verify --book bursar.db.before-restore-1 --format csv
    key,label,level,kind,count
    entries,Entries recomputed,0,line,11
    postings,Postings added up,0,line,25
    facts,Facts recomputed,0,line,103
    note-1,The books are as they were recorded.,0,note,
    note-2,Head 114:HASH,0,note,
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

/// Books as a program leaves them that was killed while it wrote: half changed, beside the journal that undoes it.
fn killed(env: &Env) -> (Vec<u8>, Vec<u8>) {
    let connection = rusqlite::Connection::open(env.path("bursar.db")).unwrap();
    // With so small a cache the changes are in the file before they are committed.
    let sql = "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 5; BEGIN IMMEDIATE;
               UPDATE document SET receivable = receivable + 1; UPDATE balance_day SET debit = debit + 1;";
    connection.execute_batch(sql).unwrap();
    let image = (env.read_bytes("bursar.db"), env.read_bytes("bursar.db-journal"));
    assert!(!image.1.is_empty());
    image
}

#[test]
fn books_of_a_killed_program_are_whole_again() {
    let env = Env::demo();
    let head = env.head();
    let (book, journal) = killed(&env);
    env.write("killed.db", book);
    env.write("killed.db-journal", journal);
    env.run("verify --book killed.db").ok();
    assert!(env.run("verify --book killed.db").ok().stdout.contains(&head));
}

#[test]
fn restoring_over_books_of_a_killed_program() {
    let env = Env::demo();
    env.write("early.db", Env::begun().read_bytes("bursar.db"));
    let (book, journal) = killed(&env);
    for (damage, name) in [(false, "killed.db"), (true, "damaged.db")] {
        let mut book = book.clone();
        if damage {
            book.truncate(100);
        }
        env.write(name, book);
        env.write(&format!("{name}-journal"), &journal);
        env.run(&format!("restore early.db --replace --book {name}")).ok();
        let shown = env.run(&format!("verify --book {name} --format csv")).ok().stdout;
        assert!(shown.contains("entries,Entries recomputed,0,line,0\n"), "{name}: {shown}");
    }
}

/// The journal of books that were removed belongs to no other books, and is not played back into them.
#[test]
fn new_books_do_not_take_over_a_journal() {
    let env = Env::demo();
    let journal = killed(&env).1;
    env.write("early.db", Env::begun().read_bytes("bursar.db"));
    std::fs::create_dir(env.path("look")).unwrap();
    for (name, command) in [
        ("new.db", "init --name X --book new.db"),
        ("copy.db", "backup copy.db --book early.db"),
        ("look/bursar.db", "demo --dir look"),
    ] {
        let left = format!("{name}-journal");
        env.write(&left, &journal);
        let refused = env.run(command);
        assert_eq!(refused.code, 1, "{}", refused.show());
        assert!(refused.stderr.starts_with(&format!("error[file-exists]: {left} is there already\n")), "{refused:?}");
        assert!(!env.path(name).exists(), "{name}");
        // An empty one is what every program leaves that ended well.
        env.write(&left, "");
        env.run(command).ok();
        env.run(&format!("verify --book {name}")).ok();
    }
    env.write("restored.db-journal", &journal);
    env.run("restore early.db --book restored.db").ok();
    env.run("verify --book restored.db").ok();
}
