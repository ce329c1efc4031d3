//! A file of rows under a header, in whatever dress it comes: CSV with any separator and encoding, with lines before its
//! header, or a worksheet of a workbook. Rows are read one after the other, and can be gone back to.

use std::cell::OnceCell;
use std::io::{Cursor, Read};
use std::sync::Arc;

use csv::{ByteRecord, Position};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::table::{ReadSeek, Row, csv_error};
use super::workbook::worksheet;
use super::{Evidence, IntakeError, Problems, Reading, SourceFile, Written};
use crate::money::Currency;

/// The largest file that is taken into memory whole: workbooks, and files in another encoding than UTF-8.
pub(super) const LARGEST_IN_MEMORY: usize = 256 << 20;
/// Lines among which a header is looked for, and the bytes that they may have: a quote that is never closed makes one line
/// of a whole file.
const HEAD: usize = 60;
const LARGEST_HEAD: u64 = 1 << 20;

/// A file whose rows can be read.
pub struct Sheet {
    file: SourceFile,
    /// What it says, as UTF-8; none when the file itself is that.
    text: Option<Arc<[u8]>>,
    delimiter: Option<u8>,
    /// Its first lines as each delimiter takes them apart; a dozen formats ask for them.
    heads: OnceCell<Vec<Head>>,
}

/// The first lines of a file.
struct Head {
    delimiter: u8,
    /// Number, names, and where the next line begins.
    lines: Vec<(u64, Vec<String>, Position)>,
    /// Whether a line went on beyond [`LARGEST_HEAD`].
    cut: bool,
}

/// A column that is asked for: what it means, the names it may have, and whether the file may lack it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What it means.
    pub meaning: String,
    /// Names it may have, the usual one first.
    pub names: Vec<String>,
    /// Whether the file may lack it.
    pub optional: bool,
}

/// The header of a file, with the places of the columns that were asked for.
#[derive(Clone, Debug)]
pub struct Header {
    delimiter: u8,
    start: Position,
    /// What is missing in the reader's count of lines: where a line ends with two characters, it counts the second one
    /// with the next.
    behind: u64,
    width: usize,
    /// Every column of the file, in order.
    pub found: Vec<String>,
    names: Vec<String>,
    places: Vec<Option<usize>>,
}

/// Where a row stands: byte and line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    byte: u64,
    line: u64,
}

impl Place {
    /// The byte at which it begins.
    #[must_use]
    pub const fn byte(self) -> u64 {
        self.byte
    }
}

impl Sheet {
    /// Opens a file. A workbook's worksheet becomes rows of text; other encodings than UTF-8 are decoded.
    ///
    /// # Errors
    /// [`IntakeError::File`], or [`IntakeError::Dress`] when it is no text, not in the encoding, or a workbook that
    /// cannot be read.
    pub fn open(file: &SourceFile, reading: &Reading) -> Result<Self, IntakeError> {
        let mut start = [0; 8];
        let length = read_up_to(&mut file.reader()?, &mut start).map_err(|source| file.error(source))?;
        let start = &start[..length];
        let delimiter = reading.delimiter;
        let sheet = |text, delimiter| Self { file: file.clone(), text, delimiter, heads: OnceCell::new() };
        let whole = |text: Vec<u8>, delimiter| sheet(Some(text.into()), delimiter);
        if start.starts_with(b"PK\x03\x04") {
            return Ok(whole(worksheet(file, reading.sheet.as_deref())?, Some(b',')));
        }
        if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(dress(file, "it is a workbook of the old format; save it as .xlsx, .ods or CSV"));
        }
        if start.starts_with(b"%PDF") {
            return Err(dress(file, "it is a PDF; ask the bank or the platform for CSV, OFX or CAMT.053"));
        }
        let marked = match start {
            [0xff, 0xfe, ..] => Some(UTF_16LE),
            [0xfe, 0xff, ..] => Some(UTF_16BE),
            _ => None,
        };
        if let Some(encoding) = marked.or(reading.encoding).filter(|encoding| *encoding != encoding_rs::UTF_8) {
            return Ok(whole(decoded(file, encoding)?, delimiter));
        }
        let marked = start.starts_with(&[0xef, 0xbb, 0xbf]);
        if !marked && start.contains(&0) {
            return Err(dress(file, "it is neither text nor a workbook"));
        }
        Ok(sheet(None, delimiter))
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &SourceFile {
        &self.file
    }

    fn source(&self) -> Result<Box<dyn ReadSeek>, IntakeError> {
        if let Some(text) = &self.text {
            return Ok(Box::new(Cursor::new(text.clone())));
        }
        self.file.seekable()
    }

    fn reader(&self, delimiter: u8) -> Result<csv::Reader<Box<dyn ReadSeek>>, IntakeError> {
        Ok(format_of(delimiter).from_reader(self.source()?))
    }

    /// Finds the first line that has all columns that must be there: the header.
    ///
    /// # Errors
    /// [`IntakeError::NoHeader`] for an empty file; [`IntakeError::Header`], which names the columns that are missing
    /// from the line that comes closest, and those that it has.
    pub fn header(&self, wanted: &[Wanted]) -> Result<Header, IntakeError> {
        let mut best: Option<(usize, u64, Vec<String>)> = None;
        let mut any = false;
        for Head { delimiter, lines, .. } in self.heads()? {
            for (line, names, next) in lines {
                any = true;
                let missing = wanted.iter().filter(|w| !w.optional && place_of(w, names).is_none()).count();
                let hits = wanted.iter().filter(|w| place_of(w, names).is_some()).count();
                if missing == 0 && hits > 0 {
                    return self.found(wanted, names.clone(), *line, (*delimiter, next.clone()));
                }
                if best.as_ref().is_none_or(|(most, _, old)| {
                    hits > *most || (hits == *most && names.len() > old.len() && *most == 0 && *line == 1)
                }) {
                    best = Some((hits, *line, names.clone()));
                }
            }
        }
        let file = self.file.name();
        if !any && self.heads()?.iter().any(|head| head.cut) {
            return Err(dress(
                &self.file,
                "its first line goes on for more than 1 MiB; is there a quote without its end?",
            ));
        }
        if !any {
            return Err(IntakeError::NoHeader { file });
        }
        let (_, line, names) = best.unwrap_or_default();
        let missing = wanted.iter().filter(|w| !w.optional && place_of(w, &names).is_none());
        let missing: Vec<String> = missing.map(|w| format!("`{}`", w.names.first().unwrap_or(&w.meaning))).collect();
        let (columns, are) = if missing.len() == 1 { ("column", "is") } else { ("columns", "are") };
        let near = wanted.iter().find_map(|w| {
            let name = w.names.first().filter(|_| !w.optional && place_of(w, &names).is_none())?;
            let free = names.iter().filter(|n| !wanted.iter().any(|other| other.names.contains(n)));
            crate::ledger::nearest(name, free.map(String::as_str)).map(|near| format!(" (there is `{near}`)"))
        });
        let problem = format!("the {columns} {} {are} missing{}", missing.join(", "), near.unwrap_or_default());
        let shown: Vec<&str> = names.iter().take(40).map(String::as_str).filter(|name| !name.is_empty()).collect();
        let found = if shown.is_empty() { "no columns".to_owned() } else { shown.join(", ") };
        Err(IntakeError::Columns { file, line, problem, found })
    }

    /// How many of the columns that must be there the line that comes closest lacks.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub(super) fn missing(&self, wanted: &[Wanted]) -> Result<usize, IntakeError> {
        let lines = self.heads()?.iter().flat_map(|head| &head.lines);
        let lacks = |names: &[String]| wanted.iter().filter(|w| !w.optional && place_of(w, names).is_none()).count();
        Ok(lines.map(|(_, names, _)| lacks(names)).min().map_or(wanted.len(), |least| least.min(wanted.len())))
    }

    fn heads(&self) -> Result<&[Head], IntakeError> {
        if let Some(heads) = self.heads.get() {
            return Ok(heads);
        }
        let heads = self.delimiters().iter().map(|delimiter| self.head(*delimiter)).collect::<Result<_, _>>()?;
        Ok(self.heads.get_or_init(|| heads))
    }

    fn head(&self, delimiter: u8) -> Result<Head, IntakeError> {
        let mut reader = format_of(delimiter).from_reader(self.source()?.take(LARGEST_HEAD));
        let (mut record, mut lines, mut cut) = (ByteRecord::new(), Vec::new(), false);
        while lines.len() < HEAD
            && reader.read_byte_record(&mut record).map_err(|error| csv_error(&self.file, &error))?
        {
            // What ends with the last byte that was read may go on.
            cut = reader.position().byte() >= LARGEST_HEAD;
            if cut {
                break;
            }
            let line = record.position().map_or(1, Position::line);
            lines.push((line, record.iter().map(name_of).collect(), reader.position().clone()));
        }
        Ok(Head { delimiter, lines, cut })
    }

    fn delimiters(&self) -> &[u8] {
        match &self.delimiter {
            Some(one) => std::slice::from_ref(one),
            None => b",;\t|",
        }
    }

    fn found(
        &self,
        wanted: &[Wanted],
        names: Vec<String>,
        line: u64,
        (delimiter, start): (u8, Position),
    ) -> Result<Header, IntakeError> {
        let mut places = Vec::with_capacity(wanted.len());
        for column in wanted {
            let place = place_of(column, &names);
            if let Some(place) = place
                && !column.names.iter().any(|name| numbered(name).1.is_some())
                && names.iter().filter(|name| same(name, &names[place])).count() > 1
            {
                let problem = format!(
                    "the column `{0}` is there twice; say which is meant in a mapping: `{0}#1` or `{0}#2`",
                    names[place]
                );
                return Err(IntakeError::Columns { file: self.file.name(), line, problem, found: names.join(", ") });
            }
            places.push(place);
        }
        let shown = wanted.iter().zip(&places);
        let shown = shown.map(|(w, place)| place.map_or_else(|| w.meaning.clone(), |place| names[place].clone()));
        let (width, names, found) = (names.len(), shown.collect(), names);
        let behind = u64::from(self.byte_at(start.byte())? == Some(b'\n'));
        Ok(Header { delimiter, start, behind, width, found, names, places })
    }

    fn byte_at(&self, place: u64) -> Result<Option<u8>, IntakeError> {
        let mut source = self.source()?;
        let mut byte = [0];
        let read = source.seek(std::io::SeekFrom::Start(place)).and_then(|_| source.read(&mut byte));
        let count = read.map_err(|source| self.file.error(source))?;
        Ok((count == 1).then_some(byte[0]))
    }

    /// The rows under a header.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn rows<'h>(&self, header: &'h Header) -> Result<Rows<'h>, IntakeError> {
        let mut reader = self.reader(header.delimiter)?;
        reader.seek(header.start.clone()).map_err(|error| csv_error(&self.file, &error))?;
        Ok(Rows { reader, file: self.file.clone(), header, record: ByteRecord::new() })
    }
}

impl Sheet {
    /// Goes through all rows, to find out how dates and amounts are written. What cannot be read becomes a problem.
    /// Returns the number of rows as well.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn survey(
        &self,
        header: &Header,
        (dates, amounts): (&[usize], &[usize]),
        currency: Currency,
        reading: &Reading,
        problems: &mut Problems,
    ) -> Result<(Written, usize), IntakeError> {
        let mut evidence = Evidence::default();
        let mut rows = self.rows(header)?;
        let mut count = 0;
        while let Some((_, row)) = rows.next(problems)? {
            count += 1;
            evidence.row(&row, header, (dates, amounts), currency);
        }
        Ok((evidence.settle(reading, &self.file.name(), problems)?, count))
    }
}

impl Evidence {
    /// Shows the dates and amounts of a row.
    pub fn row(&mut self, row: &Row<'_>, header: &Header, (dates, amounts): (&[usize], &[usize]), currency: Currency) {
        for column in dates.iter().copied().filter(|column| header.has(*column)) {
            self.date(row.line, header.name(column), row.get(column));
        }
        for column in amounts.iter().copied().filter(|column| header.has(*column)) {
            self.amount(row.line, header.name(column), row.get(column), currency);
        }
    }
}

impl Header {
    /// Whether the file has the column with this index among those asked for.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// The name of a column in the file, or what it means where the file lacks it.
    #[must_use]
    pub fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }
}

/// Rows under a header, one after the other, or any of them again.
pub struct Rows<'h> {
    reader: csv::Reader<Box<dyn ReadSeek>>,
    file: SourceFile,
    header: &'h Header,
    record: ByteRecord,
}

impl Rows<'_> {
    /// The next row, with its place; empty ones are passed over, and those that cannot be read become problems. `None`
    /// at the end.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn next(&mut self, problems: &mut Problems) -> Result<Option<(Place, Row<'_>)>, IntakeError> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(|error| csv_error(&self.file, &error))? {
                return Ok(None);
            }
            let position = self.record.position();
            let (byte, line) = position.map_or((0, 0), |position| (position.byte(), position.line()));
            let line = line + self.header.behind;
            if self.record.iter().all(|field| field.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            if self.record.len() != self.header.width {
                let (found, expected) = (self.record.len(), self.header.width);
                let hint = if found < expected { "; is the file cut off?" } else { "" };
                problems.add(line, None, format!("the row has {found} fields, the header {expected}{hint}"));
                continue;
            }
            if let Some(bad) = self.record.iter().position(|field| std::str::from_utf8(field).is_err()) {
                let text = String::from_utf8_lossy(&self.record[bad]).into_owned();
                let message = format!("`{text}` is not UTF-8; name the encoding, such as --encoding windows-1252");
                problems.add(line, self.header.found.get(bad).map(String::as_str), message);
                continue;
            }
            let place = Place { byte, line };
            return Ok(Some((place, Row::new(line, &self.record, &self.header.names, &self.header.places))));
        }
    }

    /// A row that was read before.
    ///
    /// # Errors
    /// [`IntakeError::File`].
    pub fn again(&mut self, place: Place) -> Result<Row<'_>, IntakeError> {
        let mut position = Position::new();
        position.set_byte(place.byte).set_line(place.line);
        // Where the reader stands already, nothing is read twice.
        if self.reader.position().byte() != place.byte {
            self.reader.seek(position).map_err(|error| csv_error(&self.file, &error))?;
        }
        self.reader.read_byte_record(&mut self.record).map_err(|error| csv_error(&self.file, &error))?;
        Ok(Row::new(place.line, &self.record, &self.header.names, &self.header.places))
    }
}

fn format_of(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 14);
    builder
}

fn name_of(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim_start_matches('\u{feff}').trim().to_owned()
}

pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

/// A name, and which column of that name is meant when the file has several: `status#2` is the second `status`.
fn numbered(name: &str) -> (&str, Option<usize>) {
    let number = name.rsplit_once('#').and_then(|(name, number)| Some((name, number.parse().ok()?)));
    number.map_or((name, None), |(name, number)| (name, Some(number)))
}

fn place_of(wanted: &Wanted, names: &[String]) -> Option<usize> {
    wanted.names.iter().find_map(|name| {
        // A column may really be called `Order #1`.
        let whole = names.iter().position(|found| same(found, name));
        whole.or_else(|| {
            let (name, number) = numbered(name);
            let mut hits = names.iter().enumerate().filter(|(_, found)| same(found, name)).map(|(place, _)| place);
            hits.nth(number?.checked_sub(1)?)
        })
    })
}

pub(super) fn dress(file: &SourceFile, problem: &str) -> IntakeError {
    IntakeError::Dress { file: file.name(), problem: problem.to_owned() }
}

fn read_up_to(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

pub(super) fn in_memory(file: &SourceFile) -> Result<Vec<u8>, IntakeError> {
    let bytes = file.bytes()?;
    if bytes.len() > LARGEST_IN_MEMORY {
        return Err(dress(file, "it is larger than 256 MiB; save it as CSV in UTF-8, which is read row by row"));
    }
    Ok(bytes)
}

fn decoded(file: &SourceFile, encoding: &'static Encoding) -> Result<Vec<u8>, IntakeError> {
    let bytes = in_memory(file)?;
    let (text, encoding, malformed) = encoding.decode(&bytes);
    if malformed {
        let problem = format!("it is not {}; name another encoding with --encoding", encoding.name());
        return Err(dress(file, &problem));
    }
    Ok(text.into_owned().into_bytes())
}
