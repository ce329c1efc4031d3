//! Checked copies of a file of books.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::SqliteStore;
use super::file::{create_private, give_name, rename, sync_folder, with_dash, with_suffix};
use crate::books::{Books, BooksError, Store, Verification};

/// Copies books to a new file, verifies the copy from end to end, and makes it durable before it gets its name.
///
/// # Errors
/// [`BooksError::FileExists`], [`BooksError::Unverified`], or what the file system says; nothing is left behind then.
pub fn back_up(books: &Books<SqliteStore>, to: &Path) -> Result<Verification, BooksError> {
    if to.exists() {
        return Err(BooksError::FileExists { path: to.to_owned() });
    }
    let own = &books.store.path;
    if [with_dash(own, "journal"), with_dash(own, "writer")].iter().any(|name| name == to) {
        // SQLite, or the next writer, would take such a file for its own and remove it.
        return Err(BooksError::FileExists { path: to.to_owned() });
    }
    checked_copy(&books.store, to)
}

/// Puts a backup in the place of books; the backup is verified first. Books that are in the way are refused unless
/// `replace`, and then kept beside under the name that is returned.
///
/// # Errors
/// [`BooksError::FileExists`], [`BooksError::Unverified`], or what the file system says; nothing has changed then.
pub fn restore(
    from: &Path,
    to: &Path,
    wait: Duration,
    replace: bool,
) -> Result<(Verification, Option<PathBuf>), BooksError> {
    // Through a link, to the file that is meant.
    let to = &if to.is_symlink() { std::fs::canonicalize(to).unwrap_or_else(|_| to.to_owned()) } else { to.to_owned() };
    if to.exists() && !replace {
        return Err(BooksError::FileExists { path: to.to_owned() });
    }
    let backup = Books::open(SqliteStore::open(from, wait)?)?;
    let arriving = with_suffix(to, &format!("restoring-{}", std::process::id()));
    let verification = checked_copy(&backup.store, &arriving)?;
    let aside = change_places(&arriving, to, wait).inspect_err(|_| {
        // Best effort: the copy is of no use, and the error that matters is being returned.
        let _ = std::fs::remove_file(&arriving);
    })?;
    Ok((verification, aside))
}

/// Gives `arriving` the name `to`, and what was there another one, which is returned.
fn change_places(arriving: &Path, to: &Path, wait: Duration) -> Result<Option<PathBuf>, BooksError> {
    // Keeps other writers out while the files change places. Books too damaged to open have no writer of ours.
    let mut present = match to.exists().then(|| SqliteStore::open(to, wait)) {
        Some(Ok(store)) => Some(store),
        Some(Err(error @ BooksError::Locked { .. })) => return Err(error),
        Some(Err(_)) | None => None,
    };
    if let Some(present) = &mut present {
        present.begin(wait, &format!("a restore (process {})", std::process::id()))?;
    }
    let aside = to.exists().then(|| free_name(to, "before-restore"));
    if let Some(aside) = &aside {
        // A second name rather than another: there are books under the first at every moment.
        std::fs::hard_link(to, aside).or_else(|_| rename(to, aside))?;
    }
    // The journal of a writer that was killed belongs to the old books: it undoes what they hold half-done, and would
    // be played back into the new ones. It may also be left of a restore that was interrupted here.
    let journal = with_dash(to, "journal");
    if journal.exists() {
        let owner = aside.clone().unwrap_or_else(|| free_name(to, "before-restore"));
        rename(&journal, &with_dash(&owner, "journal"))?;
    }
    rename(arriving, to)?;
    sync_folder(to);
    Ok(aside)
}

/// The first of `NAME.SUFFIX-1`, `NAME.SUFFIX-2`, … that is free.
fn free_name(path: &Path, suffix: &str) -> PathBuf {
    let mut number = 1;
    loop {
        let name = with_suffix(path, &format!("{suffix}-{number}"));
        if !name.exists() {
            return name;
        }
        number += 1;
    }
}

/// Copies a database that is open to `NAME.SUFFIX` beside it.
pub(super) fn copy_aside(connection: &Connection, path: &Path, suffix: &str) -> Result<(), BooksError> {
    let aside = with_suffix(path, suffix);
    if aside.exists() {
        return Err(BooksError::FileExists { path: aside });
    }
    copy(connection, &aside)
}

fn checked_copy(from: &SqliteStore, to: &Path) -> Result<Verification, BooksError> {
    // Its own name, so that neither a copy that was interrupted nor one under way is in its way.
    let temporary = with_suffix(to, &format!("partial-{}", std::process::id()));
    let outcome = copy(&from.connection, &temporary).and_then(|()| {
        let copied = Books::open(SqliteStore::open(&temporary, Duration::from_secs(60))?)?;
        let verification = copied.verify(None)?;
        match verification.findings.first() {
            None => Ok(verification),
            Some(finding) => Err(BooksError::Unverified { path: from.path.clone(), finding: finding.to_string() }),
        }
    });
    // Best effort on an error: the copy is of no use then, and the error that matters is being returned.
    outcome.and_then(|verification| give_name(&temporary, to).map(|()| verification)).inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}

fn copy(connection: &Connection, to: &Path) -> Result<(), BooksError> {
    let database = |source| BooksError::Database { path: to.to_owned(), source };
    create_private(to)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags).map_err(database)?;
    {
        let backup = Backup::new(connection, &mut target).map_err(database)?;
        loop {
            match backup.step(1_000).map_err(database)? {
                StepResult::Done => break,
                // The step has waited as long as it was told to.
                StepResult::Busy | StepResult::Locked => {
                    let path = PathBuf::from(connection.path().unwrap_or_default());
                    let holder = super::holder::name(&path);
                    return Err(BooksError::Locked { path, holder, waited: 0 });
                }
                _ => {}
            }
        }
    }
    drop(target);
    File::open(to).and_then(|file| file.sync_all()).map_err(|source| BooksError::File {
        doing: "make durable",
        path: to.to_owned(),
        source,
    })
}
