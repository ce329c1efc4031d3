//! CAMT.053, the bank statement of ISO 20022, in any of its versions: only the local names of its elements are read.
//!
//! An entry that is a batch of transactions is taken apart when the transactions tell their own amounts and these make
//! the entry's; else it is one line.

use encoding_rs::{Encoding, UTF_8};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{LineKind, Remark, StatementFile, StatementLine, filled, finish, not_a_statement};
use crate::calendar::Date;
use crate::intake::{IntakeError, Problems, SourceFile};
use crate::money::{Currency, DecimalMark, Money};

/// How many elements may be within each other; a statement has a dozen. A tree is dropped by recursion, and a hundred
/// thousand levels of it, which a small file can have, would be more than the stack holds.
const DEEPEST: usize = 64;

/// Reads every statement in the file.
pub(super) fn read(file: &SourceFile, bytes: &[u8]) -> Result<Vec<StatementFile>, IntakeError> {
    let text = decode(bytes);
    let mut problems = Problems::default();
    let root = parse(&text, &mut problems);
    problems.into_result(&file.name())?;
    let Some(document) = root.children.first() else { return Err(not_a_statement(file, "an empty XML file")) };
    let Some(report) = document.children.first().filter(|_| document.name == "Document") else {
        return Err(not_a_statement(file, format!("XML of another kind, <{}>", document.name)));
    };
    match report.name.as_str() {
        "BkToCstmrStmt" => {}
        "BkToCstmrAcctRpt" => return Err(not_a_statement(file, "a CAMT.052 report of one day's movements so far")),
        "BkToCstmrDbtCdtNtfctn" => return Err(not_a_statement(file, "a CAMT.054 notification")),
        other => return Err(not_a_statement(file, format!("another message of ISO 20022, <{other}>"))),
    }
    let mut problems = Problems::default();
    let statements = report.all("Stmt").filter_map(|node| statement(node, &mut problems)).collect();
    finish(file, statements, problems)
}

fn decode(bytes: &[u8]) -> String {
    let head = super::start_of(bytes);
    let declared = head.split("?>").next().and_then(|declaration| declaration.split("encoding=").nth(1));
    let label = declared.map(|rest| rest.trim_start_matches(['"', '\'']));
    let label = label.and_then(|rest| rest.split(['"', '\'']).next());
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(UTF_8);
    encoding.decode(bytes).0.into_owned()
}

/// An element with its text, its attribute `Ccy`, and where it stands.
#[derive(Default)]
struct Node {
    name: String,
    text: String,
    currency: Option<String>,
    line: u64,
    children: Vec<Node>,
}

impl Node {
    fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element along a path of names.
    fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |node, name| node.children.iter().find(|child| child.name == name))
    }

    fn text_at(&self, path: &str) -> Option<String> {
        self.at(path).and_then(|node| filled(&node.text))
    }

    /// The first of several paths that leads to a text.
    fn first_text(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text_at(path))
    }
}

/// The elements of the file as a tree. What is no XML, or ends too early, becomes a problem.
fn parse(text: &str, problems: &mut Problems) -> Node {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    let (mut line, mut counted) = (1, 0);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len()).min(text.len());
        let passed = text.as_bytes().get(counted..at).unwrap_or_default();
        line += u64::try_from(passed.iter().filter(|b| **b == b'\n').count()).unwrap_or(0);
        counted = at;
        match event {
            Ok(Event::Start(_)) if open.len() > DEEPEST => {
                let message = format!("elements are within each other more than {DEEPEST} deep: this is no statement");
                problems.add(line, None, message);
                return Node::default();
            }
            Ok(Event::Start(start)) => open.push(node(&start, line)),
            Ok(Event::Empty(start)) => {
                if let Some(parent) = open.last_mut() {
                    parent.children.push(node(&start, line));
                }
            }
            Ok(Event::End(_)) => {
                if open.len() > 1
                    && let Some(node) = open.pop()
                    && let Some(parent) = open.last_mut()
                {
                    parent.children.push(node);
                }
            }
            Ok(Event::Text(text)) => add(&mut open, &text.xml10_content()),
            Ok(Event::CData(text)) => add(&mut open, &text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let sign = match reference.resolve_char_ref() {
                    Ok(Some(sign)) => Some(sign),
                    _ => match &*reference.xml10_content() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    },
                };
                match sign {
                    Some(sign) => add(&mut open, sign.encode_utf8(&mut [0; 4])),
                    None => problems.add(line, None, format!("`&{};` is no text of XML", reference.xml10_content())),
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                problems.add(line, None, format!("this is not XML: {error}"));
                return Node::default();
            }
        }
    }
    if open.len() > 1 {
        let name = open.last().map(|node| node.name.clone()).unwrap_or_default();
        problems.add(line, None, format!("the file ends before its </{name}>: it was cut off"));
    }
    open.into_iter().next().unwrap_or_default()
}

fn add(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn node(start: &BytesStart<'_>, line: u64) -> Node {
    let currency = start.attributes().flatten().find(|attribute| attribute.key.into_inner() == "Ccy");
    Node {
        name: start.local_name().into_inner().to_owned(),
        text: String::new(),
        currency: currency.map(|attribute| attribute.value.to_string()),
        line,
        children: Vec::new(),
    }
}

/// `None` when the statement's currency is a problem.
fn statement(node: &Node, problems: &mut Problems) -> Option<StatementFile> {
    let account = node.first_text(&["Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id"]);
    let code = node.text_at("Acct/Ccy").or_else(|| {
        let amounts = node.all("Bal").chain(node.all("Ntry"));
        amounts.filter_map(|part| part.at("Amt")?.currency.clone()).next()
    });
    let currency = match code.as_deref().map(Currency::from_code) {
        Some(Ok(currency)) => currency,
        Some(Err(error)) => {
            problems.add(node.line, Some("Ccy"), error);
            return None;
        }
        None => {
            problems.add(node.line, Some("Ccy"), "the statement names no currency");
            return None;
        }
    };
    let mut file = StatementFile {
        format: "camt.053",
        account,
        currency,
        period: None,
        opening: None,
        closing: None,
        lines: Vec::new(),
        remarks: Vec::new(),
    };
    let (mut from, mut to) = (None, None);
    for balance in node.all("Bal") {
        let kind = balance.first_text(&["Tp/CdOrPrtry/Cd", "Tp/Cd"]).unwrap_or_default();
        let minor = signed(balance, currency, problems);
        let date = day(balance.at("Dt"), problems, false);
        match kind.as_str() {
            "OPBD" => (file.opening, from) = (minor, date),
            // The balance that was closed before is the one that opens.
            "PRCD" if file.opening.is_none() => file.opening = minor,
            "CLBD" => (file.closing, to) = (minor, date),
            _ => {}
        }
    }
    let mut skipped = 0;
    for entry in node.all("Ntry") {
        let status = entry.first_text(&["Sts/Cd", "Sts/Prtry", "Sts"]).unwrap_or_else(|| "BOOK".to_owned());
        if status == "BOOK" {
            file.lines.extend(lines(entry, currency, problems));
        } else {
            skipped += 1;
        }
    }
    if skipped > 0 {
        file.remarks.push(Remark::Skipped { rows: skipped, reason: "not booked yet".to_owned() });
    }
    // Some banks write the newest first.
    file.lines.sort_by_key(|line| line.date);
    // An opening balance is dated the day before, or the first day: what is booked on it tells.
    let opened =
        from.and_then(|from| if file.lines.iter().any(|line| line.date == from) { Some(from) } else { from.next() });
    let said = |path| day(node.at(path), &mut Problems::default(), false);
    let (first, last) = (said("FrToDt/FrDtTm").or(opened), said("FrToDt/ToDtTm").or(to));
    file.period = first.zip(last).filter(|(first, last)| first <= last);
    Some(file)
}

/// The amount with the sign that the account sees.
fn signed(node: &Node, currency: Currency, problems: &mut Problems) -> Option<i64> {
    let Some(amount) = node.at("Amt") else {
        problems.add(node.line, Some("Amt"), "it is missing");
        return None;
    };
    let code = amount.currency.as_deref().unwrap_or(currency.code());
    if code != currency.code() {
        let message = format!("the amount is in {code}, the account in {currency}: an account has one currency");
        problems.add(amount.line, Some("Amt"), message);
        return None;
    }
    let minor = match Money::parse(&amount.text, currency, DecimalMark::Point) {
        Ok(money) => money.minor(),
        Err(error) => {
            problems.add(amount.line, Some("Amt"), error);
            return None;
        }
    };
    match node.text_at("CdtDbtInd").as_deref() {
        Some("CRDT") => Some(minor),
        Some("DBIT") => Some(-minor),
        other => {
            let found = other.unwrap_or("nothing");
            problems.add(node.line, Some("CdtDbtInd"), format!("expected CRDT or DBIT, found {found}"));
            None
        }
    }
}

/// A date, or the day of a moment, within an element such as `BookgDt`.
fn day(node: Option<&Node>, problems: &mut Problems, needed: bool) -> Option<Date> {
    let node = node?;
    let text = node.first_text(&["Dt", "DtTm"]).or_else(|| filled(&node.text));
    let date = text.as_deref().and_then(|text| text.get(..10)).and_then(|day| day.parse().ok());
    if date.is_none() && needed {
        let found = text.unwrap_or_else(|| "nothing".to_owned());
        problems.add(node.line, Some(&node.name), format!("`{found}` is not a date: expected YYYY-MM-DD"));
    }
    date
}

/// The lines of an entry.
fn lines(entry: &Node, currency: Currency, problems: &mut Problems) -> Vec<StatementLine> {
    let amount = signed(entry, currency, problems);
    let booked = entry.at("BookgDt").or_else(|| entry.at("ValDt"));
    if booked.is_none() {
        problems.add(entry.line, Some("BookgDt"), "it is missing");
    }
    let date = day(booked, problems, true);
    let (Some(amount), Some(date)) = (amount, date) else { return Vec::new() };
    // A reversal keeps the roles of what it reverses: money that comes back came from the creditor.
    let reversal = entry.text_at("RvslInd").is_some_and(|text| matches!(text.as_str(), "true" | "1"));
    let came_in = (amount > 0) != reversal;
    let own = entry.text_at("AcctSvcrRef");
    let info = entry.text_at("AddtlNtryInf");
    let details: Vec<&Node> = entry.all("NtryDtls").flat_map(|details| details.all("TxDtls")).collect();
    let line = |parts: &[&Node], amount: i64, reference: Option<String>, line: u64| {
        let mut references: Vec<String> = Vec::new();
        let paths = ["AcctSvcrRef", "EndToEndId", "TxId", "InstrId", "PmtInfId", "MndtId", "ChqNb", "MsgId"];
        references.extend(entry.text_at("NtryRef"));
        for part in parts {
            references.extend(paths.iter().filter_map(|name| part.text_at(&format!("Refs/{name}"))));
            references.extend(
                part.all("RmtInf")
                    .flat_map(|info| info.all("Strd"))
                    .filter_map(|strd| strd.first_text(&["CdtrRefInf/Ref", "RfrdDocInf/Nb"])),
            );
        }
        references.retain(|text| text != "NOTPROVIDED" && Some(text) != reference.as_ref());
        references.sort();
        references.dedup();
        let (other, final_other) = if came_in { ("Dbtr", "UltmtDbtr") } else { ("Cdtr", "UltmtCdtr") };
        let name = |part: &&Node| {
            let paths =
                [final_other, other].map(|role| [format!("RltdPties/{role}/Pty/Nm"), format!("RltdPties/{role}/Nm")]);
            paths.iter().flatten().find_map(|path| part.text_at(path))
        };
        let mut texts: Vec<String> = parts
            .iter()
            .flat_map(|part| {
                let said = part.all("RmtInf").flat_map(|info| info.all("Ustrd")).filter_map(|text| filled(&text.text));
                said.chain(part.text_at("AddtlTxInf")).collect::<Vec<_>>()
            })
            .collect();
        if texts.is_empty() {
            texts.extend(info.clone());
        }
        if reversal {
            texts.insert(0, "Reversal:".to_owned());
        }
        StatementLine {
            line,
            date,
            amount,
            fee: 0,
            reference,
            references,
            counterparty: (parts.len() == 1).then(|| parts.first().and_then(name)).flatten(),
            text: filled(&texts.join(" ")),
            kind: if entry.at("Chrgs").is_some() && parts.is_empty() { LineKind::Fee } else { kind(entry) },
            category: None,
            balance_after: None,
        }
    };
    if let Some(parts) = taken_apart(&details, amount, currency) {
        let part = |(i, (node, minor)): (usize, &(&Node, i64))| {
            // The bank has one reference for all of them: the place within the batch tells them apart.
            let numbered = own.as_ref().map(|own| format!("{own}/{}", i + 1));
            line(&[*node], *minor, node.text_at("Refs/AcctSvcrRef").or(numbered), node.line)
        };
        return parts.iter().enumerate().map(part).collect();
    }
    vec![line(&details, amount, own, entry.line)]
}

/// What the bank says that an entry is, by its domain code or the bank's own.
fn kind(entry: &Node) -> LineKind {
    let family = entry.text_at("BkTxCd/Domn/Fmly/Cd").unwrap_or_default();
    let sub = entry.text_at("BkTxCd/Domn/Fmly/SubFmlyCd").unwrap_or_default();
    match (family.as_str(), sub.as_str()) {
        (_, "CHRG" | "FEES" | "COMM") => LineKind::Fee,
        _ => LineKind::Other,
    }
}

/// The transactions of a batch with their amounts, when these make the entry's.
fn taken_apart<'n>(details: &[&'n Node], total: i64, currency: Currency) -> Option<Vec<(&'n Node, i64)>> {
    if details.len() < 2 {
        return None;
    }
    let mut parts = Vec::with_capacity(details.len());
    for node in details {
        let amount = node.at("Amt").or_else(|| node.at("AmtDtls/TxAmt/Amt"))?;
        if amount.currency.as_deref().is_some_and(|code| code != currency.code()) {
            return None;
        }
        let minor = Money::parse(&amount.text, currency, DecimalMark::Point).ok()?.minor();
        let negative = match node.text_at("CdtDbtInd").as_deref() {
            Some("CRDT") => false,
            Some("DBIT") => true,
            _ => total < 0,
        };
        parts.push((*node, if negative { -minor } else { minor }));
    }
    let sum: i128 = parts.iter().map(|(_, minor)| i128::from(*minor)).sum();
    (sum == i128::from(total)).then_some(parts)
}
