//! A folder of files that is there whole or not at all.

use std::path::{Path, PathBuf};

use bursar::books::BooksError;

use super::context::Context;
use super::refusal::Refusal;

/// A folder that is written beside its place, under another name, and gets its name last. What was not put in place is
/// taken away again.
pub(super) struct NewFolder {
    folder: PathBuf,
    partial: PathBuf,
    dry_run: bool,
}

impl NewFolder {
    /// A dry run writes it too, and never gives it its name.
    pub(super) fn new(context: &Context, folder: &Path) -> Self {
        let mut name = folder.as_os_str().to_owned();
        name.push(format!(".partial-{}", std::process::id()));
        Self { folder: folder.to_owned(), partial: PathBuf::from(name), dry_run: context.dry_run }
    }

    fn failed(&self, source: std::io::Error) -> Refusal {
        Refusal::Output { path: self.folder.clone(), source }
    }

    /// Writes files, each under its name.
    pub(super) fn write(&self, files: &[(String, String)]) -> Result<(), Refusal> {
        self.begin()?;
        let write = |(name, text): &(String, String)| self.add(name, text.as_bytes());
        files.iter().try_for_each(write).map_err(|error| self.failed(error))
    }

    /// Makes the folder; refuses when something is in its place already.
    pub(super) fn begin(&self) -> Result<(), Refusal> {
        let empty = match std::fs::read_dir(&self.folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(self.failed(error)),
        };
        if !empty {
            return Err(BooksError::FileExists { path: self.folder.clone() }.into());
        }
        std::fs::create_dir(&self.partial).map_err(|error| self.failed(error))
    }

    /// Writes a file. A program gets the right to be run, where there is such a right.
    pub(super) fn add(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.partial.join(name);
        std::fs::write(&path, bytes)?;
        #[cfg(unix)]
        if name.ends_with(".sh") {
            use std::os::unix::fs::PermissionsExt as _;
            let mut rights = std::fs::metadata(&path)?.permissions();
            // Whoever may read it may run it.
            rights.set_mode(rights.mode() | (rights.mode() & 0o444) >> 2);
            std::fs::set_permissions(&path, rights)?;
        }
        Ok(())
    }

    /// Gives the folder its name.
    pub(super) fn put_in_place(self) -> Result<(), Refusal> {
        if self.dry_run {
            return Ok(());
        }
        // An empty folder gives way; on some systems only when it is gone.
        let _ = std::fs::remove_dir(&self.folder);
        std::fs::rename(&self.partial, &self.folder).map_err(|error| self.failed(error))
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.partial);
    }
}
