//! OFX: what American and many other banks call "Quicken", "Money" or "QFX". Version 1 is SGML, in which the tags of
//! values are not closed; version 2 is XML. One small reader takes both: a value ends where the next tag begins.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{LineKind, StatementFile, StatementLine, filled, finish, not_a_statement};
use crate::calendar::Date;
use crate::intake::{IntakeError, Problems, SourceFile};
use crate::money::{Currency, DecimalMark, Money};

/// Reads every account's statement in the file.
pub(super) fn read(file: &SourceFile, bytes: &[u8]) -> Result<Vec<StatementFile>, IntakeError> {
    let text = decode(file, bytes)?;
    let Some(start) = text.find("<OFX>") else { return Err(not_a_statement(file, "OFX headers without their <OFX>")) };
    let mut reader = Reader::default();
    for tag in Tags::new(&text, start) {
        reader.tag(&tag);
    }
    if !text.contains("</OFX>") {
        let last = u64::try_from(text.lines().count()).unwrap_or(u64::MAX);
        reader.problems.add(last, None, "the file ends before its </OFX>: it was cut off");
    }
    // Some banks write the newest first.
    reader.statements.iter_mut().for_each(|statement| statement.lines.sort_by_key(|line| line.date));
    finish(file, reader.statements, reader.problems)
}

/// The file's text. What is valid UTF-8 is UTF-8, whatever the header says: banks leave headers as they were, and text
/// of another encoding is not valid UTF-8 by chance.
fn decode(file: &SourceFile, bytes: &[u8]) -> Result<String, IntakeError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    let head = super::start_of(bytes);
    let charset = head.lines().find_map(|line| line.trim().strip_prefix("CHARSET:").map(str::trim));
    let encoding = match charset {
        Some("1252" | "ISO-8859-1" | "NONE" | "") | None => WINDOWS_1252,
        Some(label) => {
            let label =
                if label.bytes().all(|b| b.is_ascii_digit()) { format!("windows-{label}") } else { label.into() };
            Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
        }
    };
    let (text, encoding, wrong) = Encoding::decode(encoding, bytes);
    if wrong || encoding == UTF_8 {
        let mut problems = Problems::default();
        problems.add(1, None, format!("the file is not written in {}, as its header says", encoding.name()));
        problems.into_result(&file.name())?;
    }
    Ok(text.into_owned())
}

/// A tag and the value after it.
struct Tag<'t> {
    name: &'t str,
    closing: bool,
    value: &'t str,
    line: u64,
}

/// The tags of a text, one after the other.
struct Tags<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl<'t> Tags<'t> {
    fn new(text: &'t str, start: usize) -> Self {
        let mut tags = Self { text, at: 0, line: 1 };
        tags.go(start);
        tags
    }

    fn go(&mut self, to: usize) {
        let passed = &self.text[self.at..to];
        self.line += u64::try_from(passed.bytes().filter(|b| *b == b'\n').count()).unwrap_or(0);
        self.at = to;
    }
}

impl<'t> Iterator for Tags<'t> {
    type Item = Tag<'t>;

    fn next(&mut self) -> Option<Tag<'t>> {
        let open = self.at + self.text[self.at..].find('<')?;
        self.go(open);
        let line = self.line;
        let close = open + self.text[open..].find('>')?;
        let end = self.text[close..].find('<').map_or(self.text.len(), |next| close + next);
        let name = self.text[open + 1..close].trim();
        let value = self.text[close + 1..end].trim();
        self.go(end);
        let (name, closing) = name.strip_prefix('/').map_or((name, false), |name| (name, true));
        Some(Tag { name, closing, value, line })
    }
}

/// What the tags so far make.
#[derive(Default)]
struct Reader {
    statements: Vec<StatementFile>,
    problems: Problems,
    /// The aggregate whose ACCTID, NAME or amount is meant.
    within: Option<&'static str>,
    line: Option<Raw>,
    balance: (Option<String>, Option<String>, u64),
    period: (Option<Date>, Option<Date>),
}

/// A transaction with its values as they are written.
#[derive(Default)]
struct Raw {
    line: u64,
    kind: String,
    date: Option<String>,
    amount: Option<String>,
    id: Option<String>,
    references: Vec<String>,
    name: Option<String>,
    payee: Option<String>,
    memo: Option<String>,
    currency: Option<String>,
}

impl Reader {
    fn tag(&mut self, tag: &Tag<'_>) {
        match (tag.name, tag.closing) {
            ("STMTRS" | "CCSTMTRS", false) => self.begin(),
            ("STMTRS" | "CCSTMTRS", true) => self.end_line(),
            ("STMTTRN", _) | ("BANKTRANLIST", true) => {
                self.end_line();
                if tag.name == "STMTTRN" && !tag.closing {
                    self.line = Some(Raw { line: tag.line, ..Raw::default() });
                }
            }
            ("LEDGERBAL", false) => {
                self.within = Some("LEDGERBAL");
                self.balance = (None, None, tag.line);
            }
            ("LEDGERBAL", true) => self.end_balance(),
            ("AVAILBAL", false) => self.within = Some("AVAILBAL"),
            ("BANKACCTFROM" | "CCACCTFROM", false) => self.within = Some("FROM"),
            ("BANKACCTTO" | "CCACCTTO", false) => self.within = Some("TO"),
            ("CURRENCY", false) if self.line.is_some() => self.within = Some("CURRENCY"),
            ("ORIGCURRENCY", false) => self.within = Some("ORIGCURRENCY"),
            ("PAYEE", false) => self.within = Some("PAYEE"),
            (
                "AVAILBAL" | "BANKACCTFROM" | "CCACCTFROM" | "BANKACCTTO" | "CCACCTTO" | "CURRENCY" | "ORIGCURRENCY"
                | "PAYEE",
                true,
            ) => self.within = None,
            (_, true) => {}
            (name, false) => self.value(name, tag),
        }
    }

    fn begin(&mut self) {
        self.end_line();
        self.period = (None, None);
        self.statements.push(StatementFile {
            format: "ofx",
            account: None,
            currency: Currency::NONE,
            period: None,
            opening: None,
            closing: None,
            lines: Vec::new(),
            remarks: Vec::new(),
        });
    }

    fn value(&mut self, name: &str, tag: &Tag<'_>) {
        let Some(value) = filled(&unescaped(tag.value)) else { return };
        if let Some(raw) = &mut self.line {
            match (name, self.within) {
                ("TRNTYPE", _) => raw.kind = value,
                ("DTPOSTED", _) => raw.date = Some(value),
                ("TRNAMT", _) => raw.amount = Some(value),
                ("FITID", _) => raw.id = Some(value),
                ("CHECKNUM" | "REFNUM" | "SRVRTID", _) => raw.references.push(value),
                ("NAME", Some("PAYEE")) => raw.payee = Some(value),
                ("NAME", _) => raw.name = Some(value),
                ("MEMO", _) => raw.memo = Some(value),
                ("CURSYM", Some("CURRENCY")) => raw.currency = Some(value),
                _ => {}
            }
            return;
        }
        match (name, self.within) {
            ("CURDEF", _) => match (Currency::from_code(&value), self.statements.last_mut()) {
                (Ok(currency), Some(statement)) => statement.currency = currency,
                (Err(error), _) => self.problems.add(tag.line, Some("CURDEF"), error),
                (Ok(_), None) => {}
            },
            ("ACCTID", Some("FROM")) => {
                if let Some(statement) = self.statements.last_mut() {
                    statement.account = Some(value);
                }
            }
            ("DTSTART", _) => self.period.0 = self.date("DTSTART", &value, tag.line),
            ("DTEND", _) => {
                self.period.1 = self.date("DTEND", &value, tag.line);
                if let (Some(statement), (Some(from), Some(to))) = (self.statements.last_mut(), self.period) {
                    statement.period = Some((from, to));
                }
            }
            ("BALAMT", Some("LEDGERBAL")) => self.balance.0 = Some(value),
            ("DTASOF", Some("LEDGERBAL")) => self.balance.1 = Some(value),
            _ => {}
        }
    }

    /// Reads `20260105`, `20260105120000`, `20260105120000.000[-5:EST]`: the day as the bank writes it.
    fn date(&mut self, column: &str, text: &str, line: u64) -> Option<Date> {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let rest = &text[digits.len()..];
        let whole = matches!(digits.len(), 8 | 10 | 12 | 14) && (rest.is_empty() || rest.starts_with(['.', '[']));
        let date = digits.get(..8).filter(|_| whole).and_then(|day| Date::from_number(day.parse().ok()?));
        if date.is_none() {
            self.problems.add(line, Some(column), format!("`{text}` is not a date: expected YYYYMMDD, or with a time"));
        }
        date
    }

    fn amount(&mut self, column: &str, text: &str, currency: Currency, line: u64) -> Option<i64> {
        // The standard allows a point or a comma before the decimals, and nothing between thousands.
        let mark = if text.contains(',') && !text.contains('.') { DecimalMark::Comma } else { DecimalMark::Point };
        match Money::parse(text, currency, mark) {
            Ok(money) => Some(money.minor()),
            Err(error) => {
                self.problems.add(line, Some(column), error);
                None
            }
        }
    }

    fn end_balance(&mut self) {
        self.within = None;
        let (Some(amount), as_of, line) = std::mem::take(&mut self.balance) else { return };
        let Some(currency) = self.statements.last().map(|statement| statement.currency) else { return };
        let amount = self.amount("BALAMT", &amount, currency, line);
        let as_of = as_of.and_then(|text| self.date("DTASOF", &text, line));
        let Some(statement) = self.statements.last_mut() else { return };
        match (as_of, statement.period) {
            // A balance of a later day is that of the download, and not of the statement.
            (Some(as_of), Some((_, to))) if as_of > to => {
                statement.remarks.push(super::Remark::Note(format!(
                    "its balance is of {as_of}, and it ends on {to}: the balance proves nothing"
                )));
            }
            _ => statement.closing = amount,
        }
    }

    fn end_line(&mut self) {
        self.within = None;
        let Some(raw) = self.line.take() else { return };
        let Some(currency) = self.statements.last().map(|statement| statement.currency) else { return };
        if currency == Currency::NONE {
            self.problems.add(raw.line, Some("CURDEF"), "the statement names no currency before its transactions");
            return;
        }
        if let Some(other) = raw.currency.as_deref().filter(|other| !other.eq_ignore_ascii_case(currency.code())) {
            let message = format!("the amount is in {other}, the statement in {currency}: an account has one currency");
            self.problems.add(raw.line, Some("CURSYM"), message);
        }
        let missing = |problems: &mut Problems, column| problems.add(raw.line, Some(column), "it is missing");
        let date = match &raw.date {
            Some(text) => self.date("DTPOSTED", text, raw.line),
            None => {
                missing(&mut self.problems, "DTPOSTED");
                None
            }
        };
        let amount = match &raw.amount {
            Some(text) => self.amount("TRNAMT", text, currency, raw.line),
            None => {
                missing(&mut self.problems, "TRNAMT");
                None
            }
        };
        let (Some(date), Some(amount), Some(statement)) = (date, amount, self.statements.last_mut()) else { return };
        let counterparty = raw.payee.or(raw.name);
        let text = raw.memo.filter(|memo| counterparty.as_ref() != Some(memo));
        statement.lines.push(StatementLine {
            line: raw.line,
            date,
            amount,
            fee: 0,
            reference: raw.id,
            references: raw.references,
            counterparty,
            text,
            kind: match raw.kind.as_str() {
                "FEE" | "SRVCHG" => LineKind::Fee,
                "XFER" => LineKind::Transfer,
                _ => LineKind::Other,
            },
            category: None,
            balance_after: None,
        });
    }
}

/// Text with its entities replaced.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(';').filter(|end| *end <= 8);
        let entity = end.and_then(|end| {
            let name = &rest[1..end];
            let code = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
            match name {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                "nbsp" => Some(' '),
                _ if name.starts_with("#x") => code(&name[2..], 16),
                _ if name.starts_with('#') => code(&name[1..], 10),
                _ => None,
            }
        });
        match (entity, end) {
            (Some(sign), Some(end)) => {
                plain.push(sign);
                rest = &rest[end + 1..];
            }
            // A bare ampersand, as banks write "AT&T" all the same.
            _ => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}
