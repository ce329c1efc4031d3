//! Books of version 1 (before documents) are upgraded when they are opened: a backup first, and nothing else changes.

use rusqlite::Connection;

use crate::common::Env;

/// Makes a file of version 1 out of one of the newest that has no documents: what `schema/0002_documents.sql` added is
/// taken away, and the cube is kept as it was then.
const DOWN: &str = "
    DROP TRIGGER text_append; DROP TRIGGER text_update; DROP TRIGGER text_delete; DROP TABLE backup;
    DROP TABLE document; DROP TABLE tally; DROP INDEX entry_fact; DROP INDEX fact_record; DROP INDEX fact_setup;
    CREATE INDEX fact_setup ON fact (number) WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock');
    CREATE TABLE day_1 (day INTEGER NOT NULL, coordinate INTEGER NOT NULL, debit INTEGER NOT NULL,
        credit INTEGER NOT NULL, postings INTEGER NOT NULL, PRIMARY KEY (day, coordinate)) STRICT, WITHOUT ROWID;
    INSERT INTO day_1 SELECT day, coordinate, sum(debit), sum(credit), sum(postings) FROM balance_day GROUP BY 1, 2;
    CREATE TABLE month_1 (month INTEGER NOT NULL, coordinate INTEGER NOT NULL, debit INTEGER NOT NULL,
        credit INTEGER NOT NULL, postings INTEGER NOT NULL, PRIMARY KEY (month, coordinate)) STRICT, WITHOUT ROWID;
    INSERT INTO month_1 SELECT month, coordinate, sum(debit), sum(credit), sum(postings) FROM balance_month GROUP BY 1, 2;
    DROP TABLE balance_day; ALTER TABLE day_1 RENAME TO balance_day;
    DROP TABLE balance_month; ALTER TABLE month_1 RENAME TO balance_month;
    PRAGMA user_version = 1;
";

#[test]
fn from_version_1() {
    let env = Env::small();
    env.run("entry reverse 3 --reason 'twice' --date 2026-01-02").ok();
    let before = env.run("report trial-balance --format json").ok().stdout;
    Connection::open(env.path("bursar.db")).unwrap().execute_batch(DOWN).unwrap();

    let after = env.run("report trial-balance --format json").ok().stdout;
    assert_eq!(after, before);
    assert!(env.files().contains(&"bursar.db.before-format-6".to_owned()), "{:?}", env.files());
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
    // Documents work in them from now on.
    env.run("order add --event pyex26 --party Zoe --new --item donation=5.00 --paid 5.00").ok();
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}

/// Makes a file of version 2 out of one of the newest: the cube without cash-flow lines, and the indexes it had.
const DOWN_TO_2: &str = "
    DROP TRIGGER text_append; DROP TRIGGER text_update; DROP TRIGGER text_delete; DROP TABLE backup;
    DROP INDEX fact_record; DROP INDEX fact_setup;
    CREATE INDEX fact_setup ON fact (number)
    WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package', 'tax', 'pool',
                   'issuer', 'held', 'event-cancelled');
    CREATE INDEX fact_record ON fact (number) WHERE kind IN ('budget', 'hours', 'note');
    CREATE TABLE day_2 (day INTEGER NOT NULL, coordinate INTEGER NOT NULL, cause TEXT NOT NULL,
        debit INTEGER NOT NULL, credit INTEGER NOT NULL, postings INTEGER NOT NULL,
        PRIMARY KEY (day, coordinate, cause)) STRICT, WITHOUT ROWID;
    INSERT INTO day_2 SELECT day, coordinate, cause, sum(debit), sum(credit), sum(postings) FROM balance_day GROUP BY 1, 2, 3;
    DROP TABLE balance_day; ALTER TABLE day_2 RENAME TO balance_day;
    CREATE TABLE month_2 (month INTEGER NOT NULL, coordinate INTEGER NOT NULL, cause TEXT NOT NULL,
        debit INTEGER NOT NULL, credit INTEGER NOT NULL, postings INTEGER NOT NULL,
        PRIMARY KEY (month, coordinate, cause)) STRICT, WITHOUT ROWID;
    INSERT INTO month_2 SELECT month, coordinate, cause, sum(debit), sum(credit), sum(postings)
    FROM balance_month GROUP BY 1, 2, 3;
    DROP TABLE balance_month; ALTER TABLE month_2 RENAME TO balance_month;
    PRAGMA user_version = 2;
";

#[test]
fn from_version_2() {
    let env = Env::conference();
    let statements = ["trial-balance", "cash-flows", "deferred-revenue"];
    let all = || statements.map(|key| env.run(&format!("report {key} --format json")).ok().stdout);
    let before = all();
    Connection::open(env.path("bursar.db")).unwrap().execute_batch(DOWN_TO_2).unwrap();
    assert_eq!(all(), before);
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}

/// Makes a file of version 3 out of one of version 4: texts without guards, and no list of backups.
const DOWN_TO_3: &str = "
    DROP TRIGGER text_append; DROP TRIGGER text_update; DROP TRIGGER text_delete; DROP TABLE backup;
    DROP INDEX fact_setup;
    CREATE INDEX fact_setup ON fact (number)
    WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package', 'tax', 'pool',
                   'issuer', 'held', 'event-cancelled', 'allocation');
    PRAGMA user_version = 3;
";

#[test]
fn from_version_3() {
    let env = Env::conference();
    let before = env.run("report trial-balance --format json").ok().stdout;
    Connection::open(env.path("bursar.db")).unwrap().execute_batch(DOWN_TO_3).unwrap();
    assert_eq!(env.run("report trial-balance --format json").ok().stdout, before);
    // The copy from before the upgrade holds what is erased now, and the certificate says so.
    let certificate = env.run("party forget Bo").ok().stdout;
    assert!(certificate.contains("bursar.db.before-format-6"), "{certificate}");
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}

/// Makes a file of version 5 out of one of the newest: each document with one state before, and without what orders have
/// learnt since.
const DOWN_TO_5: &str = "
    DROP INDEX fact_record;
    CREATE INDEX fact_record ON fact (kind, number)
    WHERE kind IN ('budget', 'hours', 'note', 'rate', 'receipt', 'receipt-waived', 'allocated', 'revalued', 'designated',
                   'released', 'consented', 'disclosure-rules', 'copy-given', 'reconciled');
    UPDATE document SET before = json_extract(before, '$[0].document'),
        state = json_remove(state, '$.order.overpaid', '$.order.paid_back', '$.order.charged_back');
    DELETE FROM tally WHERE kind = 'admission';
    PRAGMA user_version = 5;
";

#[test]
fn from_version_5() {
    let env = Env::conference();
    env.run("order add o5 --event pyex26 --party Bo --item individual --date 2026-01-04 --paid 300.00").ok();
    env.run("order refund o5 --line 1=30 --pay-back card --date 2026-01-05").ok();
    let reports =
        ["order list --format json", "report receivables --format json", "report registrations --event pyex26"];
    let shown = || reports.map(|report| env.run(report).ok().stdout);
    let before = shown();
    let down = |sql: &str| Connection::open(env.path("bursar.db")).unwrap().execute_batch(sql).unwrap();
    down(DOWN_TO_5);
    assert_eq!(shown(), before);
    assert!(env.files().contains(&"bursar.db.before-format-6".to_owned()), "{:?}", env.files());
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
    // Broken off after its scripts, it is gone on with.
    down("UPDATE document SET before = NULL; DELETE FROM tally; PRAGMA user_version = 5");
    assert_eq!(shown(), before);
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}
