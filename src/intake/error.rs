//! What is wrong with a file. Every bad row is found before anything is refused, and then nothing is written.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::books::BooksError;

/// One thing wrong with one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The column, by its name in the file.
    pub column: Option<String>,
    /// What is wrong, with the value.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// All that is wrong with a file, in the order of its lines; the first thousand in words, the rest counted.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Problems {
    listed: Vec<Problem>,
    count: usize,
}

impl Problems {
    /// Adds one.
    pub fn add(&mut self, line: u64, column: Option<&str>, message: impl fmt::Display) {
        self.count += 1;
        if self.listed.len() < 1_000 {
            let column = column.map(str::to_owned);
            self.listed.push(Problem { line, column, message: message.to_string() });
        }
    }

    /// Adds those of another file, which they then name.
    pub fn absorb(&mut self, others: &Self, file: Option<&str>) {
        for problem in &others.listed {
            let Problem { line, column, message } = problem;
            let message = file.map_or_else(|| message.clone(), |file| format!("{message} (in {file})"));
            self.add(*line, column.as_deref(), message);
        }
        self.count += others.count - others.listed.len();
    }

    /// Says of all but the first so many which file they are in, where that is not the import's main one.
    pub fn locate(&mut self, from: usize, file: Option<&str>) {
        let Some(file) = file else { return };
        for problem in self.listed.iter_mut().skip(from) {
            problem.message = format!("{} (in {file})", problem.message);
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The first of them.
    #[must_use]
    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// Refuses the file if anything is wrong with it.
    ///
    /// # Errors
    /// [`IntakeError::Rows`].
    pub fn into_result(mut self, file: &str) -> Result<(), IntakeError> {
        if self.count == 0 {
            return Ok(());
        }
        // A file that is gone through order by order finds them in another order than they stand in.
        self.listed.sort_by_key(|problem| problem.line);
        Err(IntakeError::Rows { file: file.to_owned(), problems: self })
    }
}

/// Problems that are printed; the rest are counted.
const PRINTED: usize = 20;

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.listed.iter().take(PRINTED) {
            write!(f, "\n  {problem}")?;
        }
        let more = self.count - self.listed.len().min(PRINTED);
        if more > 0 {
            write!(f, "\n  … and {more} more")?;
        }
        Ok(())
    }
}

/// Why a file was not taken in.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has no rows at all.
    #[error("{file} is empty: expected a header row")]
    NoHeader {
        /// The file.
        file: String,
    },
    /// The header lacks columns, or has one twice.
    #[error("{file}, line 1: {problem}; expected the columns {expected}")]
    Header {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
        /// The columns there must be.
        expected: String,
    },
    /// The file is not written as was said, or as can be read.
    #[error("{file}: {problem}")]
    Dress {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// No line of the file is the header that its format has.
    #[error("{file}, line {line}: {problem}; found: {found}")]
    Columns {
        /// The file.
        file: String,
        /// The line that comes closest.
        line: u64,
        /// Which columns are missing, or there twice.
        problem: String,
        /// The columns that it has.
        found: String,
    },
    /// The file is of another format.
    #[error("{file} is {found}, not {expected}")]
    OtherFormat {
        /// The file.
        file: String,
        /// What it is.
        found: String,
        /// What was asked for.
        expected: String,
        /// The command that imports it.
        command: String,
    },
    /// No format is known that the file could be of.
    #[error("{file}: no known format has these columns: {found}")]
    UnknownFormat {
        /// The file.
        file: String,
        /// Its columns.
        found: String,
    },
    /// Rows that cannot be taken in.
    #[error("{file}: {} cannot be imported; nothing was written{problems}", rows(problems.count()))]
    Rows {
        /// The file.
        file: String,
        /// What is wrong with them.
        problems: Problems,
    },
    /// The file is of a format that is no statement of an account.
    #[error("{file} is not a statement that can be read: it is {found}")]
    NotAStatement {
        /// The file.
        file: String,
        /// What it is, as far as that is recognised.
        found: String,
    },
    /// The mapping file cannot be read.
    #[error("the mapping {}: {message}", path.display())]
    Mapping {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
    /// A `--currency-symbol` that is not SYMBOL=CODE.
    #[error("`{value}` is not a currency symbol: expected SYMBOL=CODE, such as $=USD")]
    Symbol {
        /// The text as given.
        value: String,
    },
}

fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
