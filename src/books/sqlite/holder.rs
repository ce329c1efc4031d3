//! Who is writing: a note beside the books for those who wait. The lock itself is SQLite's.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A note that lies beside the books while a transaction is open. It is locked for as long as its writer lives, so
/// that a note left by a killed process is not believed. Failing to leave one is no reason not to write.
#[derive(Debug)]
pub(super) struct Holder {
    path: PathBuf,
    _file: File,
}

impl Holder {
    pub(super) fn announce(books: &Path, who: &str) -> Option<Self> {
        let path = note_path(books);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).ok()?;
        file.try_lock().ok()?;
        file.write_all(who.as_bytes()).ok()?;
        Some(Self { path, _file: file })
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // A note that stays behind is not locked, and so not believed.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Who left a note and still lives; "another program" when it was not this program.
pub(super) fn name(books: &Path) -> String {
    let unknown = || "another program (not bursar, or one that has just finished)".to_owned();
    let path = note_path(books);
    let Ok(file) = File::open(&path) else { return unknown() };
    match file.try_lock_shared() {
        Err(std::fs::TryLockError::WouldBlock) => std::fs::read_to_string(&path).unwrap_or_else(|_| unknown()),
        _ => unknown(),
    }
}

fn note_path(books: &Path) -> PathBuf {
    let mut name = books.as_os_str().to_owned();
    name.push("-writer");
    PathBuf::from(name)
}
