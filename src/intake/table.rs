//! A CSV file as named columns. UTF-8, with or without a byte-order mark, any line ending.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use csv::ByteRecord;
use sha2::{Digest as _, Sha256};

use super::{IntakeError, Problems};
use crate::conference::Digest;

/// A file to import, with the hash of its bytes.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    sha256: Digest,
    bytes: Option<Arc<[u8]>>,
}

impl SourceFile {
    /// Reads the file once, to hash it. What is no regular file (a pipe) is kept, because it cannot be read again.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn open(path: &Path) -> Result<Self, IntakeError> {
        let error = |source| IntakeError::File { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(error)?;
        if !file.metadata().map_err(error)?.is_file() {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(error)?;
            let sha256 = Digest(Sha256::digest(&bytes).into());
            return Ok(Self { path: path.to_owned(), sha256, bytes: Some(bytes.into()) });
        }
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = file.read(&mut buffer).map_err(error)?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
        }
        Ok(Self { path: path.to_owned(), sha256: Digest(hasher.finalize().into()), bytes: None })
    }

    /// A file that is in memory already, under the name that messages give it.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { path: PathBuf::from(name), sha256: Digest(Sha256::digest(&bytes).into()), bytes: Some(bytes) }
    }

    /// Its bytes as a stream that can be gone back in.
    pub(super) fn seekable(&self) -> Result<Box<dyn ReadSeek>, IntakeError> {
        Ok(match &self.bytes {
            Some(bytes) => Box::new(std::io::Cursor::new(bytes.clone())),
            None => Box::new(File::open(&self.path).map_err(|source| self.error(source))?),
        })
    }

    /// What the system said of it.
    pub(super) fn error(&self, source: std::io::Error) -> IntakeError {
        IntakeError::File { path: self.path.clone(), source }
    }

    /// Its bytes as a stream.
    pub(super) fn reader(&self) -> Result<Box<dyn Read>, IntakeError> {
        Ok(match &self.bytes {
            Some(bytes) => Box::new(std::io::Cursor::new(bytes.clone())),
            None => Box::new(
                File::open(&self.path).map_err(|source| IntakeError::File { path: self.path.clone(), source })?,
            ),
        })
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// All its bytes.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn bytes(&self) -> Result<Vec<u8>, IntakeError> {
        let mut bytes = Vec::new();
        let error = |source| IntakeError::File { path: self.path.clone(), source };
        self.reader()?.read_to_end(&mut bytes).map_err(error)?;
        Ok(bytes)
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as messages name it.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// What can be read and gone back in.
pub(super) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Rows of a CSV file under known columns.
pub(super) struct Table {
    reader: csv::Reader<Counted<Box<dyn Read>>>,
    lines: Lines,
    file: SourceFile,
    names: Vec<String>,
    places: Vec<Option<usize>>,
    width: usize,
    record: ByteRecord,
}

/// Columns a reader asks for: the name in the file, and whether the file may lack it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    pub optional: bool,
}

impl Column {
    pub(super) fn required(name: &str) -> Self {
        Self { name: name.to_owned(), optional: false }
    }

    pub(super) fn optional(name: &str) -> Self {
        Self { name: name.to_owned(), optional: true }
    }
}

impl Table {
    /// Reads the header and finds the columns in it.
    pub(super) fn open(file: &SourceFile, columns: &[Column]) -> Result<Self, IntakeError> {
        let lines = Lines::default();
        let bytes: Box<dyn Read> = Box::new(WithoutMark::new(file.reader()?));
        let bytes = Counted { inner: bytes, lines: lines.clone() };
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(bytes);
        let mut header = ByteRecord::new();
        let some = reader.read_byte_record(&mut header).map_err(|error| csv_error(file, &error))?;
        if !some {
            return Err(IntakeError::NoHeader { file: file.name() });
        }
        let found: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let header_error = |problem: String| {
            let required = columns.iter().map(|c| if c.optional { format!("[{}]", c.name) } else { c.name.clone() });
            let expected = required.collect::<Vec<_>>().join(",");
            IntakeError::Header { file: file.name(), problem, expected }
        };
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let mut hits = found.iter().enumerate().filter(|(_, name)| **name == column.name).map(|(i, _)| i);
            let place = hits.next();
            if hits.next().is_some() {
                return Err(header_error(format!("the column `{}` is there twice", column.name)));
            }
            if place.is_none() && !column.optional {
                let free = found.iter().filter(|name| !columns.iter().any(|asked| asked.name == **name));
                let near = crate::ledger::nearest(&column.name, free.map(String::as_str));
                let near = near.map(|name| format!(" (there is `{name}`)")).unwrap_or_default();
                return Err(header_error(format!("the column `{}` is missing{near}", column.name)));
            }
            places.push(place);
        }
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok(Self { reader, lines, file: file.clone(), names, places, width: found.len(), record: header })
    }

    /// The next row that can be read as text and has as many fields as the header; others become problems. `None` at
    /// the end of the file.
    pub(super) fn next(&mut self, problems: &mut Problems) -> Result<Option<Row<'_>>, IntakeError> {
        let mut line;
        loop {
            let some = self.reader.read_byte_record(&mut self.record).map_err(|error| csv_error(&self.file, &error))?;
            if !some {
                return Ok(None);
            }
            line = self.lines.at(self.record.position().map_or(0, csv::Position::byte));
            if self.record.len() != self.width {
                let (found, expected) = (self.record.len(), self.width);
                problems.add(line, None, format!("the row has {found} fields, the header {expected}"));
                continue;
            }
            if let Some(bad) = self.record.iter().position(|field| std::str::from_utf8(field).is_err()) {
                let column = self.places.iter().position(|place| *place == Some(bad)).map(|i| self.names[i].as_str());
                let text = String::from_utf8_lossy(&self.record[bad]).into_owned();
                problems.add(line, column, format!("`{text}` is not UTF-8; save the file as UTF-8 and try again"));
                continue;
            }
            break;
        }
        Ok(Some(Row { line, record: &self.record, names: &self.names, places: &self.places }))
    }
}

/// One row.
pub struct Row<'t> {
    /// Line in the file, from 1.
    pub line: u64,
    record: &'t ByteRecord,
    names: &'t [String],
    places: &'t [Option<usize>],
}

impl<'t> Row<'t> {
    pub(super) const fn new(
        line: u64,
        record: &'t ByteRecord,
        names: &'t [String],
        places: &'t [Option<usize>],
    ) -> Self {
        Self { line, record, names, places }
    }

    /// The trimmed field of the column with this index among those asked for; empty when the file lacks the column.
    pub fn get(&self, column: usize) -> &'t str {
        let bytes = self.places[column].map_or(&b""[..], |place| &self.record[place]);
        std::str::from_utf8(bytes).unwrap_or_default().trim()
    }

    /// The field, unless it is empty.
    pub fn filled(&self, column: usize) -> Option<&'t str> {
        Some(self.get(column)).filter(|field| !field.is_empty())
    }

    /// The field as something else; what is wrong with it becomes a problem of its line and column.
    pub fn parse<T, E: std::fmt::Display>(
        &self,
        column: usize,
        problems: &mut Problems,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(self.get(column)) {
            Ok(value) => Some(value),
            Err(error) => {
                problems.add(self.line, Some(&self.names[column]), error);
                None
            }
        }
    }

    /// Like [`Row::parse`] for a field that may be empty: `Some(None)` when it is.
    pub fn parse_filled<T, E: std::fmt::Display>(
        &self,
        column: usize,
        problems: &mut Problems,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        if self.get(column).is_empty() { Some(None) } else { self.parse(column, problems, parse).map(Some) }
    }
}

pub(super) fn csv_error(file: &SourceFile, error: &csv::Error) -> IntakeError {
    match error.kind() {
        csv::ErrorKind::Io(source) => IntakeError::File {
            path: file.path.clone(),
            source: std::io::Error::new(source.kind(), source.to_string()),
        },
        _ => {
            let mut problems = Problems::default();
            problems.add(error.position().map_or(0, csv::Position::line), None, error);
            IntakeError::Rows { file: file.name(), problems }
        }
    }
}

/// Where lines begin that are not empty, among the bytes that were read but not yet asked for: the place of the first byte
/// and the number of the line.
///
/// The reader of CSV says where it stood before a record: before the line feed that ends the last one, and before empty
/// lines. So its own count of lines is too low by one in a file with CRLF, and by every empty line.
#[derive(Clone, Default)]
struct Lines(Rc<RefCell<LineStarts>>);

#[derive(Default)]
struct LineStarts {
    starts: VecDeque<(u64, u64)>,
    byte: u64,
    /// Ends of lines so far.
    ended: u64,
    /// The byte before, of a file that has one.
    before: Option<u8>,
}

impl Lines {
    /// The line of the first byte from a place on that ends no line. What lies before is forgotten.
    fn at(&self, byte: u64) -> u64 {
        let mut lines = self.0.borrow_mut();
        while lines.starts.front().is_some_and(|(start, _)| *start < byte) {
            lines.starts.pop_front();
        }
        lines.starts.front().map_or(lines.ended + 1, |(_, line)| *line)
    }
}

impl LineStarts {
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (byte, self.before) {
                (b'\n', Some(b'\r')) => {}
                (b'\n' | b'\r', _) => self.ended += 1,
                (_, None | Some(b'\n' | b'\r')) => self.starts.push_back((self.byte, self.ended + 1)),
                _ => {}
            }
            self.before = Some(*byte);
            self.byte += 1;
        }
    }
}

/// Passes a file on and counts its lines.
struct Counted<R> {
    inner: R,
    lines: Lines,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.lines.0.borrow_mut().pass(&buffer[..count]);
        Ok(count)
    }
}

/// Passes a file on without the byte-order mark it may begin with.
struct WithoutMark<R> {
    inner: R,
    held: Vec<u8>,
    begun: bool,
}

impl<R: Read> WithoutMark<R> {
    fn new(inner: R) -> Self {
        Self { inner, held: Vec::new(), begun: false }
    }
}

impl<R: Read> Read for WithoutMark<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.begun {
            self.begun = true;
            self.inner.by_ref().take(3).read_to_end(&mut self.held)?;
            if self.held == [0xef, 0xbb, 0xbf] {
                self.held.clear();
            }
        }
        if self.held.is_empty() {
            return self.inner.read(buffer);
        }
        let count = self.held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.held[..count]);
        self.held.drain(..count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Gives a byte at a time, so that no line lies in one read.
    struct Slow<R>(R);

    impl<R: Read> Read for Slow<R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn a_row_has_the_number_of_its_first_line() {
        for (name, text, expected) in [
            ("line feeds", "a,b\n1,2\n3,4\n", &[2, 3][..]),
            ("no end", "a,b\n1,2\n3,4", &[2, 3]),
            ("carriage returns and line feeds", "a,b\r\n1,2\r\n3,4\r\n", &[2, 3]),
            ("carriage returns", "a,b\r1,2\r3,4\r", &[2, 3]),
            ("a mark", "\u{feff}a,b\r\n1,2\r\n", &[2]),
            ("a field of two lines", "a,b\n\"1\n\",2\n3,4\n5,6\n", &[2, 4, 5]),
            ("a field of two lines, with CRLF", "a,b\r\n\"1\r\n\",2\r\n3,4\r\n5,6\r\n", &[2, 4, 5]),
            ("an empty line within a field", "a,b\r\n\"1\r\n\r\n\",2\r\n3,4\r\n", &[2, 5]),
            ("empty lines", "a,b\n\n1,2\n\n\n3,4\n", &[3, 6]),
            ("empty lines, with CRLF", "\r\na,b\r\n\r\n1,2\r\n\r\n\r\n3,4\r\n\r\n", &[4, 7]),
            ("both", "a,b\r\n1,2\n3,4\r\n5,6\n", &[2, 3, 4]),
        ] {
            let file = SourceFile::from_bytes("a.csv", text.as_bytes());
            let mut table = Table::open(&file, &[Column::required("a"), Column::required("b")]).unwrap();
            let mut found = Vec::new();
            while let Some(row) = table.next(&mut Problems::default()).unwrap() {
                found.push(row.line);
            }
            assert_eq!(found, expected, "{name}");

            // However the bytes come.
            let lines = Lines::default();
            let slow = Slow(WithoutMark::new(text.as_bytes()));
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .buffer_capacity(3)
                .from_reader(Counted { inner: slow, lines: lines.clone() });
            reader.byte_headers().unwrap();
            let rows = reader.byte_records().map(|row| lines.at(row.unwrap().position().unwrap().byte()));
            assert_eq!(rows.collect::<Vec<_>>(), expected, "{name}, a byte at a time");
        }
    }
}
