//! Worksheets of workbooks, `.xlsx` and `.ods`, as CSV.
//!
//! A workbook is an archive of XML files. A few bytes of it can stand for more cells than any memory holds, and calamine
//! takes them at their word; so the archive is looked through before it is read.

use std::io::{BufRead, BufReader, Cursor, Read as _};

use calamine::{Data, Ods, Reader as _, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::sheet::{LARGEST_IN_MEMORY, dress, in_memory, same};
use super::{IntakeError, SourceFile};

/// The most cells that a worksheet may have, empty ones between others counted.
const MOST_CELLS: u64 = 16 << 20;

/// A worksheet as CSV.
pub(super) fn worksheet(file: &SourceFile, name: Option<&str>) -> Result<Vec<u8>, IntakeError> {
    let bytes = in_memory(file)?;
    let unreadable = |error: &dyn std::fmt::Display| {
        dress(file, &format!("it is a workbook or archive that cannot be read ({error}); save it as CSV"))
    };
    look_through(&bytes).map_err(|problem| unreadable(&problem))?;
    let cursor = || Cursor::new(bytes.as_slice());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    match Xlsx::new(cursor()) {
        Ok(mut book) => {
            let name = choose(file, &book.sheet_names(), name)?;
            let mut cells = Vec::new();
            let mut reader = book.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
            while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
                let text = cell_text(&cell.get_value().clone().into());
                if !text.is_empty() {
                    cells.push((cell.get_position(), text));
                }
            }
            for row in grid(&cells).map_err(|problem| unreadable(&problem))? {
                writer.write_record(row).map_err(|error| unreadable(&error))?;
            }
        }
        Err(not_xlsx) => {
            let mut book = Ods::new(cursor()).map_err(|_| unreadable(&not_xlsx))?;
            let name = choose(file, &book.sheet_names(), name)?;
            let range = book.worksheet_range(&name).map_err(|error| unreadable(&error))?;
            for row in range.rows() {
                writer.write_record(row.iter().map(cell_text)).map_err(|error| unreadable(&error))?;
            }
        }
    }
    writer.into_inner().map_err(|error| unreadable(&error))
}

fn too_many_cells() -> String {
    format!("it has more than {} million cells", MOST_CELLS >> 20)
}

/// Cells as rows, from the first to the last that has one.
fn grid(cells: &[((u32, u32), String)]) -> Result<Vec<Vec<&str>>, String> {
    let rows = || cells.iter().map(|((row, _), _)| *row);
    let columns = || cells.iter().map(|((_, column), _)| *column);
    let (Some(top), Some(bottom)) = (rows().min(), rows().max()) else { return Ok(Vec::new()) };
    let (Some(left), Some(right)) = (columns().min(), columns().max()) else { return Ok(Vec::new()) };
    let (height, width) = (u64::from(bottom - top) + 1, u64::from(right - left) + 1);
    if height.saturating_mul(width) > MOST_CELLS {
        return Err(too_many_cells());
    }
    let place = |number: u32| usize::try_from(number).map_err(|_| too_many_cells());
    let mut grid = vec![vec![""; place(right - left)? + 1]; place(bottom - top)? + 1];
    for ((row, column), text) in cells {
        grid[place(row - top)?][place(column - left)?] = text;
    }
    Ok(grid)
}

/// Refuses an archive that would unpack to more than we take into memory, whose XML ends early, or in which repeated cells
/// stand for more than a worksheet may have.
fn look_through(bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut left = LARGEST_IN_MEMORY as u64;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = member.name().map_err(|error| error.to_string())?.into_owned();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let mut reader = Reader::from_reader(BufReader::new(member.take(left)));
        let ended = read_through(&mut reader);
        left = left.saturating_sub(reader.buffer_position());
        if left == 0 {
            return Err(format!("it unpacks to more than {} MiB", LARGEST_IN_MEMORY >> 20));
        }
        ended.map_err(|problem| format!("{name}: {problem}"))?;
    }
    Ok(())
}

/// Reads XML to its end, and counts the cells that rows and cells of an `.ods` stand for.
fn read_through<R: BufRead>(reader: &mut Reader<R>) -> Result<(), String> {
    let (mut depth, mut buffer, mut extent) = (0_u64, Vec::new(), Extent::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(element) => {
                depth += 1;
                extent.begin(&element)?;
            }
            Event::Empty(element) => extent.begin(&element)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            // Space between elements is nobody's content.
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => extent.content()?,
            Event::Eof if depth > 0 => return Err("it is cut off".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// How far the tables of an `.ods` reach: rows and columns up to the last with something in it.
#[derive(Default)]
struct Extent {
    rows: u64,
    column: u64,
    widest: u64,
    /// Columns of the cell that is being read.
    repeated: u64,
}

impl Extent {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        match element.name().as_ref() {
            "table:table" => *self = Self::default(),
            "table:table-row" => {
                self.rows = self.rows.saturating_add(repeated(element, "table:number-rows-repeated")?);
                (self.column, self.repeated) = (0, 0);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.repeated = repeated(element, "table:number-columns-repeated")?;
                self.column = self.column.saturating_add(self.repeated);
                if element.attributes().flatten().any(|attribute| attribute.key.as_ref().starts_with("office:")) {
                    self.content()?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// There is something in the cell.
    fn content(&mut self) -> Result<(), String> {
        self.widest = self.widest.max(self.column);
        if self.rows.saturating_mul(self.widest) > MOST_CELLS { Err(too_many_cells()) } else { Ok(()) }
    }
}

/// How often a row or a cell is there.
fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u64, String> {
    let attribute = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    let Some(attribute) = attribute else { return Ok(1) };
    let number = attribute.value.parse().ok();
    number.filter(|number| *number > 0).ok_or_else(|| format!("{name} is no number from 1"))
}

fn choose(file: &SourceFile, names: &[String], name: Option<&str>) -> Result<String, IntakeError> {
    let chosen = match name {
        None => names.first(),
        Some(name) => names.iter().find(|found| same(found, name)),
    };
    chosen.cloned().ok_or_else(|| {
        let wanted = name.map_or_else(|| "no worksheet".to_owned(), |name| format!("no worksheet `{name}`"));
        dress(file, &format!("it has {wanted}; its worksheets: {}", names.join(", ")))
    })
}

/// A cell as text: a date as `yyyy-mm-dd hh:mm:ss`, a number by its shortest digits.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        other => other.to_string(),
    }
}
