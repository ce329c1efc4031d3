//! Copies of the books that lie elsewhere: which there are, and what they still hold of what was erased.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::{APPLICATION_ID, SqliteStore};
use crate::books::{Books, BooksError, Copied, Head, Store, TextField};
use crate::calendar::Timestamp;

/// Where SQLite keeps the application's id in a file: 4 bytes, big endian (<https://sqlite.org/fileformat2.html>).
const APPLICATION_ID_AT: usize = 68;

/// Remembers a backup that was made, so that it can be named when something of it is erased. Beside the chain: no head
/// changes.
///
/// # Errors
/// [`BooksError::Locked`], or what the database says; the backup is good all the same.
pub fn note_backup(
    books: &mut Books<SqliteStore>,
    path: &Path,
    made_at: &Timestamp,
    head: Head,
    wait: Duration,
) -> Result<(), BooksError> {
    let store = &mut books.store;
    // The whole path: the next command may be run elsewhere.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    store.begin(wait, &format!("a backup (process {})", std::process::id()))?;
    let sql = "INSERT INTO backup (path, made_at, seq, hash) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (path) DO UPDATE SET made_at = ?2, seq = ?3, hash = ?4";
    let row = params![path.to_string_lossy(), made_at.as_str(), head.seq, head.hash];
    let noted = store.connection.execute(sql, row).map_err(store.error());
    match noted {
        Ok(_) => store.commit(),
        Err(error) => {
            // What went wrong first is what is told.
            let _ = store.rollback();
            Err(error)
        }
    }
}

/// Copies of these books with texts that were erased from them: the backups the books know of, and whatever lies beside
/// the books or in the folders given. A backup that is not there, or cannot be read, is listed without a count.
///
/// # Errors
/// What the database says of the books themselves.
pub fn copies_of(
    books: &Books<SqliteStore>,
    folders: &[PathBuf],
    texts: &[(i64, TextField)],
) -> Result<Vec<Copied>, BooksError> {
    let store = &books.store;
    let mut known: BTreeMap<PathBuf, Option<String>> = BTreeMap::new();
    {
        let sql = "SELECT path, made_at FROM backup ORDER BY path";
        let mut statement = store.connection.prepare_cached(sql).map_err(store.error())?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).map_err(store.error())?;
        for row in rows {
            let (path, made_at) = row.map_err(store.error())?;
            known.insert(PathBuf::from(path), Some(made_at));
        }
    }
    let own = std::fs::canonicalize(&store.path).unwrap_or_else(|_| store.path.clone());
    let mut files = Vec::new();
    if let Some(beside) = own.parent() {
        files_in(beside, 0, &mut files);
    }
    folders.iter().for_each(|folder| files_in(folder, DEEPEST, &mut files));
    for path in files {
        if path != own && is_books(&path) {
            known.entry(path).or_default();
        }
    }
    let first = store.fact(crate::ledger::FactNo(1))?.map(|fact| fact.hash);
    let mut copies = Vec::new();
    for (path, made_at) in known {
        let holds = match held(&path, first, texts) {
            // Other books, or a copy in which nothing of it is.
            Ok(None | Some(0)) => continue,
            Ok(holds) => holds,
            Err(_) if made_at.is_none() => continue,
            Err(_) => None,
        };
        copies.push(Copied { path: path.display().to_string(), made_at, holds });
    }
    Ok(copies)
}

/// How many folders within each other are gone through.
const DEEPEST: usize = 32;

/// The files of a folder, and of the folders in it. One that cannot be read has nothing to tell; those that were asked for
/// are looked at by the caller. Links to folders are not followed: they may lead in circles.
fn files_in(folder: &Path, deep: usize, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if deep > 0 {
                files_in(&path, deep - 1, files);
            }
            continue;
        }
        files.push(std::fs::canonicalize(&path).unwrap_or(path));
    }
}

/// Whether a file is one of ours, without opening it as a database.
fn is_books(path: &Path) -> bool {
    let mut start = [0; 100];
    let read = File::open(path).and_then(|mut file| match file.metadata()?.is_file() {
        true => file.read_exact(&mut start),
        false => Err(std::io::ErrorKind::InvalidInput.into()),
    });
    let id =
        start.get(APPLICATION_ID_AT..APPLICATION_ID_AT + 4).map(|id| id.iter().fold(0, |n, b| n << 8 | i64::from(*b)));
    read.is_ok() && start.starts_with(b"SQLite format 3") && id == Some(APPLICATION_ID)
}

/// How many of the texts a file holds; `None` when it holds other books.
fn held(path: &Path, first: Option<[u8; 32]>, texts: &[(i64, TextField)]) -> rusqlite::Result<Option<usize>> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let hash = connection.query_row("SELECT hash FROM fact WHERE number = 1", [], |row| row.get(0)).optional()?;
    if hash != first {
        return Ok(None);
    }
    let mut statement = connection.prepare("SELECT 1 FROM text WHERE seq = ?1 AND field = ?2")?;
    let mut count = 0;
    for (seq, field) in texts {
        count += usize::from(statement.exists(params![seq, field])?);
    }
    Ok(Some(count))
}
