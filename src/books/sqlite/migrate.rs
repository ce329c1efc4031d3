//! Formats of the file: numbered scripts in `schema/`, applied in order, a backup before each upgrade.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::backup::copy_aside;
use super::explain;
use super::file::with_suffix;
use crate::books::BooksError;

/// Scripts that lead from an empty file to the newest format; the format is how many of them a file has had.
pub(super) const MIGRATIONS: [&str; 6] = [
    include_str!("../../../schema/0001_books.sql"),
    include_str!("../../../schema/0002_documents.sql"),
    include_str!("../../../schema/0003_statements.sql"),
    include_str!("../../../schema/0004_erasure.sql"),
    include_str!("../../../schema/0005_records.sql"),
    include_str!("../../../schema/0006_undone.sql"),
];

/// Brings a file to the newest format. A file with content is first copied to `NAME.before-format-N` beside it.
///
/// # Errors
/// [`BooksError::TooNew`] for a file of a newer program, or what the database says; the file is unchanged then.
pub(super) fn upgrade(connection: &mut Connection, path: &Path, scripts: &[&str]) -> Result<(), BooksError> {
    let database = |source| explain(path, Duration::from_secs(60), source);
    let known = i64::try_from(scripts.len()).unwrap_or(i64::MAX);
    let found = format_of(connection).map_err(database)?;
    if found > known || found < 0 {
        return Err(BooksError::TooNew { path: path.to_owned(), found, known });
    }
    if found == known {
        return Ok(());
    }
    let aside = format!("before-format-{known}");
    // An upgrade that was broken off while documents were worked out again has its copy.
    if found > 0 && !(found == DOCUMENTS - 1 && with_suffix(path, &aside).exists()) {
        copy_aside(connection, path, &aside)?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(database)?;
    // Another process may have upgraded the file while this one waited.
    let found = format_of(&transaction).map_err(database)?;
    for script in scripts.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.execute_batch(script).map_err(database)?;
    }
    // Documents of an older form have to be worked out again before the upgrade is over; until then the file says that it
    // is not, and the scripts from there on are run once more when it is opened again.
    let has_older = known >= DOCUMENTS && (1..DOCUMENTS).contains(&found);
    let reached = if has_older { DOCUMENTS - 1 } else { known };
    transaction.pragma_update(None, "user_version", reached).map_err(database)?;
    transaction.commit().map_err(database)
}

/// The format since which documents have their present form: with the states before, and what was paid too much.
const DOCUMENTS: i64 = 6;

/// Whether documents of an older form are still to be worked out again.
pub(super) fn has_older_documents(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(format_of(connection)? < DOCUMENTS)
}

/// Says that documents have their present form.
pub(super) fn finish(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
}

fn format_of(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Tables, indexes and triggers that the newest format has and this file lacks or has otherwise.
pub(super) fn missing_schema(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let pristine = Connection::open_in_memory()?;
    for script in MIGRATIONS {
        pristine.execute_batch(script)?;
    }
    let found = objects(connection)?;
    let expected = objects(&pristine)?;
    let mut findings = Vec::new();
    for (name, sql) in &expected {
        match found.iter().find(|(other, _)| other == name) {
            None => findings.push(format!("{name} is missing: someone removed it from the file")),
            Some((_, other)) if other != sql => findings.push(format!("{name} was changed by another program")),
            Some(_) => {}
        }
    }
    let extra = found.iter().filter(|(name, _)| !expected.iter().any(|(other, _)| other == name));
    findings.extend(extra.map(|(name, _)| format!("{name} was added by another program")));
    Ok(findings)
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let sql = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat[0-9]' ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT;";
    const SECOND: &str = "CREATE TABLE b (y INTEGER) STRICT; INSERT INTO b SELECT x FROM a;";
    const BROKEN: &str = "CREATE TABLE c (z INTEGER) STRICT; INSERT INTO nowhere VALUES (1);";

    fn names(connection: &Connection) -> String {
        objects(connection).unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_upgrade_backs_up_first_and_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        let mut connection = Connection::open(&path).unwrap();
        upgrade(&mut connection, &path, &[FIRST]).unwrap();
        connection.execute_batch("INSERT INTO a VALUES (42)").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a new file needs no backup");

        upgrade(&mut connection, &path, &[FIRST, SECOND]).unwrap();
        assert_eq!(connection.query_row("SELECT y FROM b", [], |row| row.get::<_, i64>(0)).unwrap(), 42);
        let copy = Connection::open(folder.path().join("b.db.before-format-2")).unwrap();
        assert_eq!((format_of(&copy).unwrap(), names(&copy)), (1, "table a".to_owned()));
        assert_eq!(copy.query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 42);
    }

    #[test]
    fn an_upgrade_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        let mut connection = Connection::open(&path).unwrap();
        upgrade(&mut connection, &path, &[FIRST]).unwrap();
        assert!(upgrade(&mut connection, &path, &[FIRST, BROKEN]).is_err());
        assert_eq!((format_of(&connection).unwrap(), names(&connection)), (1, "table a".to_owned()));
    }

    #[test]
    fn a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 7).unwrap();
        let error = upgrade(&mut connection, Path::new("b.db"), &[FIRST]).unwrap_err();
        assert_eq!(error.to_string(), "b.db is of format 7; this program knows formats up to 1");
    }
}
