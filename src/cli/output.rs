//! Where a command prints to: standard output, or a file that gets its name when the command has succeeded.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::refusal::Refusal;
use bursar::books::BooksError;

/// The output of one command.
pub(super) enum Output {
    Standard,
    /// A file under a temporary name; opened before the command does anything, so that a folder that is not there is
    /// noticed before anything is recorded.
    File {
        path: PathBuf,
        temporary: PathBuf,
        file: RefCell<BufWriter<File>>,
    },
    /// A device or a pipe: written to as it is.
    Direct {
        path: PathBuf,
        file: RefCell<BufWriter<File>>,
    },
}

impl Output {
    /// Opens the output. A file that is there is replaced, unless it is one of those the command works with, or books.
    pub(super) fn open(path: Option<&Path>, own: &[&Path]) -> Result<Self, Refusal> {
        let Some(path) = path else { return Ok(Self::Standard) };
        let failed = |source| Refusal::Output { path: path.to_owned(), source };
        let taken = own.iter().any(|other| same_file(path, other)) || is_database(path);
        if taken {
            return Err(BooksError::FileExists { path: path.to_owned() }.into());
        }
        if std::fs::metadata(path).is_ok_and(|file| !file.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
            return Ok(Self::Direct { path: path.to_owned(), file: RefCell::new(BufWriter::new(file)) });
        }
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".partial-{}", std::process::id()));
        let temporary = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(failed)?;
        Ok(Self::File { path: path.to_owned(), temporary, file: RefCell::new(BufWriter::new(file)) })
    }

    /// Whether a person reads along.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Standard) && io::stdout().is_terminal()
    }

    /// Gives the writer to a function.
    pub(super) fn write<E>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), Refusal>
    where
        Refusal: FromOutput<E>,
    {
        match self {
            Self::Standard => {
                let standard = Path::new("the output");
                let mut out = BufWriter::new(io::stdout().lock());
                let outcome = write(&mut out).map_err(|error| Refusal::from_output(error, standard));
                let flushed = out.flush().map_err(|e| <Refusal as FromOutput<io::Error>>::from_output(e, standard));
                outcome.and(flushed)
            }
            Self::File { path, file, .. } | Self::Direct { path, file } => {
                write(&mut *file.borrow_mut()).map_err(|error| Refusal::from_output(error, path))
            }
        }
    }

    /// The file that gets its name by [`Output::finish`], and never in a dry run.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Standard | Self::Direct { .. } => None,
        }
    }

    /// Gives a file its name, once all of it is written.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        match self {
            Self::Standard => Ok(()),
            Self::Direct { path, file } => {
                file.borrow_mut().flush().map_err(|e| <Refusal as FromOutput<io::Error>>::from_output(e, path))
            }
            Self::File { path, temporary, file } => {
                let failed = |source| Refusal::Output { path: path.clone(), source };
                file.borrow_mut().flush().map_err(failed)?;
                std::fs::rename(temporary, path).map_err(failed)
            }
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::File { temporary, .. } = self {
            // Gone already when the file got its name; half a file is of no use.
            let _ = std::fs::remove_file(temporary);
        }
    }
}

/// Whether two paths lead to the same file, or would.
fn same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    matches!((whole(one), whole(other)), (Ok(one), Ok(other)) if one == other)
}

/// Whether the file is an SQLite database: books or a backup, which no report may replace.
fn is_database(path: &Path) -> bool {
    let mut start = [0; 15];
    let read = File::open(path).and_then(|file| {
        let regular = file.metadata()?.is_file();
        if regular { io::Read::read_exact(&mut &file, &mut start) } else { Ok(()) }
    });
    read.is_ok() && &start == b"SQLite format 3"
}

/// Errors of a function that writes output.
pub(super) trait FromOutput<E> {
    fn from_output(error: E, path: &Path) -> Self;
}

impl FromOutput<io::Error> for Refusal {
    fn from_output(error: io::Error, path: &Path) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Output { path: path.to_owned(), source: error },
        }
    }
}

impl FromOutput<bursar::outlet::OutletError> for Refusal {
    fn from_output(error: bursar::outlet::OutletError, path: &Path) -> Self {
        match error {
            bursar::outlet::OutletError::Output(error) => Self::from_output(error, path),
            other => Self::from(other),
        }
    }
}
