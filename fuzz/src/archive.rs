//! Archives of the zip format, without compression: what is fuzzed is the XML in a workbook.

use std::fmt::Write as _;

/// What stands between the files of a workbook in an input.
const BETWEEN: u8 = 0x1d;

const XLSX: [&str; 5] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
];

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const ROOTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const MANIFEST: &str = r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#;

/// An .xlsx: sheet, strings, styles, workbook and relations, as far as they are given.
pub fn xlsx(content: &[u8]) -> Vec<u8> {
    let given: Vec<&[u8]> = content.split(|byte| *byte == BETWEEN).collect();
    let usual = ["<worksheet/>", "<sst/>", STYLES, WORKBOOK, RELATIONS];
    let mut files: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", TYPES.as_bytes()), ("_rels/.rels", ROOTS.as_bytes())];
    files.extend(XLSX.iter().enumerate().map(|(i, name)| (*name, *given.get(i).unwrap_or(&usual[i].as_bytes()))));
    packed(&files)
}

/// An .ods with this content.
pub fn ods(content: &[u8]) -> Vec<u8> {
    packed(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", MANIFEST.as_bytes()),
        ("content.xml", content),
    ])
}

/// The sheet and the strings of an .xlsx with these rows: texts shared, numbers and dates as they are.
pub fn xlsx_seed(rows: &[Vec<&str>]) -> Vec<u8> {
    let (mut cells, mut strings, mut count) = (String::new(), String::new(), 0);
    for (i, row) in rows.iter().enumerate() {
        let _ = write!(cells, r#"<row r="{}">"#, i + 1);
        for (column, cell) in ('A'..).zip(row) {
            let place = format!("{column}{}", i + 1);
            if cell.parse::<f64>().is_ok() {
                let _ = write!(cells, r#"<c r="{place}"><v>{cell}</v></c>"#);
            } else if cell.starts_with("202") {
                let _ = write!(cells, r#"<c r="{place}" s="1"><v>45990.9361</v></c>"#);
            } else if cell.len() > 6 {
                let _ = write!(cells, r#"<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>"#);
            } else if !cell.is_empty() {
                let _ = write!(cells, r#"<c r="{place}" t="s"><v>{count}</v></c>"#);
                let _ = write!(strings, "<si><t>{cell}</t></si>");
                count += 1;
            }
        }
        cells.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!(
        r#"<worksheet xmlns="{main}"><dimension ref="A1:H3"/><sheetData>{cells}</sheetData><mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells></worksheet>"#
    );
    let strings = format!(r#"<sst xmlns="{main}" count="{count}" uniqueCount="{count}">{strings}</sst>"#);
    [sheet.as_bytes(), &[BETWEEN], strings.as_bytes(), &[BETWEEN], STYLES.as_bytes()].concat()
}

/// The content of an .ods with these rows.
pub fn ods_seed(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut cells = String::new();
    for row in rows {
        cells.push_str("<table:table-row>");
        for cell in row {
            if cell.is_empty() {
                cells.push_str(r#"<table:table-cell table:number-columns-repeated="2"/>"#);
            } else if cell.parse::<f64>().is_ok() {
                let _ = write!(
                    cells,
                    r#"<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>"#
                );
            } else if cell.starts_with("202") {
                cells.push_str(
                    r#"<table:table-cell office:value-type="date" office:date-value="2025-11-29T22:28:00"><text:p>x</text:p></table:table-cell>"#,
                );
            } else {
                let _ = write!(
                    cells,
                    r#"<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>"#
                );
            }
        }
        cells.push_str("</table:table-row>");
    }
    cells.push_str(r#"<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>"#);
    let names = ["office", "table", "text"]
        .map(|name| format!(r#"xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0""#));
    format!(
        r#"<office:document-content {}><office:body><office:spreadsheet><table:table table:name="Sheet1">{cells}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        names.join(" ")
    )
    .into_bytes()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// Files, stored one after the other, and their directory.
fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let start = u32::try_from(body.len()).expect("a small archive");
        let length = u32::try_from(content.len()).expect("a small file").to_le_bytes();
        let named = u16::try_from(name.len()).expect("a short name").to_le_bytes();
        // Version 2.0, no flags, stored, no time; checksum, lengths, length of the name, nothing extra.
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32(content).to_le_bytes());
        common.extend([length, length].concat());
        common.extend(named);
        common.extend([0, 0]);
        body.extend(b"PK\x03\x04");
        body.extend(&common);
        body.extend(name.as_bytes());
        body.extend(*content);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        // No comment, the first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(body.len()).expect("a small archive");
    let length = u32::try_from(directory.len()).expect("a small directory");
    let count = u16::try_from(files.len()).expect("few files").to_le_bytes();
    body.extend(&directory);
    body.extend(b"PK\x05\x06\0\0\0\0");
    body.extend([count, count].concat());
    body.extend(length.to_le_bytes());
    body.extend(start.to_le_bytes());
    body.extend([0, 0]);
    body
}
