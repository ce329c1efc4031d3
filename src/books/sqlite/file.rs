//! Files of books: private, whole or not at all, durable under their name.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::SqliteStore;
use crate::books::{Books, BooksError};

/// New books in a file under a temporary name, which is removed again unless it is kept.
#[derive(Debug)]
pub struct NewBooks {
    /// The books.
    pub books: Books<SqliteStore>,
    temporary: PathBuf,
    path: PathBuf,
}

impl NewBooks {
    /// Makes the file.
    ///
    /// # Errors
    /// [`BooksError::FileExists`] when something is at `path`, or what the file system says.
    pub fn create(path: &Path) -> Result<Self, BooksError> {
        if path.exists() {
            return Err(BooksError::FileExists { path: path.to_owned() });
        }
        // Its own name, so that two that begin the same books at once do not take each other's file.
        let temporary = with_suffix(path, &format!("partial-{}", std::process::id()));
        let store = SqliteStore::create(&temporary).map_err(|error| match error {
            BooksError::File { doing, source, .. } => BooksError::File { doing, path: path.to_owned(), source },
            other => other,
        })?;
        Ok(Self { books: Books::open(store)?, temporary, path: path.to_owned() })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// [`BooksError::FileExists`] when a file has come in between, or what the file system says.
    pub fn keep(self) -> Result<(), BooksError> {
        give_name(&self.temporary, &self.path)
    }
}

impl Drop for NewBooks {
    fn drop(&mut self) {
        // Gone already when the file was kept; SQLite's journal goes with it when it was not.
        let _ = std::fs::remove_file(&self.temporary);
        let _ = std::fs::remove_file(with_dash(&self.temporary, "journal"));
    }
}

/// Gives a finished file its name, durably, and never takes that of another.
///
/// # Errors
/// [`BooksError::FileExists`], or what the file system says; the temporary file is still there then.
pub(super) fn give_name(temporary: &Path, path: &Path) -> Result<(), BooksError> {
    clear_journal(path)?;
    match std::fs::hard_link(temporary, path) {
        Ok(()) => {
            // The file has two names now; the temporary one is of no more use.
            let _ = std::fs::remove_file(temporary);
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(BooksError::FileExists { path: path.to_owned() });
        }
        // A file system without links; a rename would not notice a file that has come in between.
        Err(_) => rename(temporary, path)?,
    }
    sync_folder(path);
    Ok(())
}

/// Makes an empty file that only its owner may read, and refuses to touch one that is there.
pub(super) fn create_private(path: &Path) -> Result<(), BooksError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(BooksError::FileExists { path: path.to_owned() })
        }
        Err(source) => Err(BooksError::File { doing: "create", path: path.to_owned(), source }),
    }
}

/// Makes sure that no journal lies where a new file is to be: SQLite would play it back into it. An empty one is what
/// books that were deleted leave behind.
///
/// # Errors
/// [`BooksError::FileExists`] when there is one with content.
fn clear_journal(path: &Path) -> Result<(), BooksError> {
    let journal = with_dash(path, "journal");
    match std::fs::metadata(&journal) {
        Err(_) => Ok(()),
        Ok(file) if file.len() > 0 => Err(BooksError::FileExists { path: journal }),
        Ok(_) => std::fs::remove_file(&journal).map_err(|source| BooksError::File {
            doing: "remove",
            path: journal.clone(),
            source,
        }),
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), BooksError> {
    std::fs::rename(from, to).map_err(|source| BooksError::File { doing: "rename", path: from.to_owned(), source })
}

/// Makes a rename durable where the system can; where it cannot, there is nothing more to be done.
pub(super) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

pub(super) fn with_dash(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
