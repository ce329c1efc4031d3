//! A package for an auditor: what the books say, what proves it, and what checks it with tools that every machine has.
//!
//! The scripts and the README stand beside this file as they are written; only what is in `{braces}` is filled in.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Dialect, Made, Naming, OutletError, write_journal, write_plain};
use crate::books::{Books, Record, Store, StoredEntry, StoredFact};
use crate::calendar::{Date, Window};
use crate::conference::{Digest, Fact};
use crate::ledger::{Coordinate, Slug};
use crate::report::{Cell, ReceiptRules, Request, RowKind, receipt_files, receipts, trial_balance};

const README: &str = include_str!("README.md");
const VERIFY: &str = include_str!("verify.sh");
const AGREE: &str = include_str!("agree.py");
/// Documentation and tool in one: it reads a file of books, and the chain of a package.
const RECOMPUTE: &str = include_str!("../../../docs/recompute.py");
const SUMS: &str = "SHA256SUMS";

/// Takes a file: its name and its bytes.
pub type PutFile<'a> = dyn FnMut(&str, &[u8]) -> Result<(), OutletError> + 'a;

/// Gives each file of a package, whose journal covers a window of days and whose chain is whole, to `put`. A name that
/// ends in `.sh` is a program.
///
/// # Errors
/// What the books cannot read, and what `put` returns.
pub fn write_package<S: Store>(
    books: &Books<S>,
    window: Window,
    made: &Made,
    put: &mut PutFile<'_>,
) -> Result<(), OutletError> {
    let mut sums = String::new();
    let mut file = |name: &str, bytes: &[u8]| {
        sums.push_str(&format!("{}  {name}\n", Digest(Sha256::digest(bytes).into())));
        put(name, bytes)
    };
    let mut journal = Vec::new();
    let exported = write_journal(books, window, Naming::Names, &mut journal)?;
    file("journal.csv", &journal)?;
    drop(journal);
    let mut plain = Vec::new();
    write_plain(books, window, Dialect::Hledger, Naming::Names, &mut plain)?;
    file("journal.hledger", &plain)?;
    drop(plain);
    file("chart.csv", &chart(books)?)?;
    file("trial-balance.csv", &balances(books, window)?)?;
    file("receipts.csv", &proofs(books, window)?)?;
    file("chain.jsonl", &chain(books)?)?;
    let head = books.head()?;
    file("HEAD", format!("{head}\n").as_bytes())?;
    file("PERIOD", format!("{}\n{}\n", window.from(), window.to()).as_bytes())?;
    file("verify.sh", VERIFY.as_bytes())?;
    file("recompute.py", RECOMPUTE.as_bytes())?;
    file("agree.py", AGREE.as_bytes())?;
    let setup = books.setup()?;
    let readme = README
        .replace("{entity}", setup.entity())
        .replace("{currency}", setup.currency().code())
        .replace("{period}", &period(window))
        .replace("{entries}", &exported.entries.to_string())
        .replace("{postings}", &exported.postings.to_string())
        .replace("{at}", made.at.as_str())
        .replace("{by}", made.by.as_deref().unwrap_or("somebody who gave no name"))
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{head}", &head.to_string());
    file("README.md", readme.as_bytes())?;
    put(SUMS, sums.as_bytes())
}

fn period(window: Window) -> String {
    match (window.from() == Date::MIN, window.to() == Date::MAX) {
        (true, true) => "all days".to_owned(),
        (true, false) => format!("everything to {}", window.to()),
        (false, true) => format!("everything from {}", window.from()),
        (false, false) => format!("{} to {}", window.from(), window.to()),
    }
}

/// Rows of text as CSV.
fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, OutletError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

fn chart<S: Store>(books: &Books<S>) -> Result<Vec<u8>, OutletError> {
    let header = ["number", "code", "account", "type", "line", "closed"];
    let rows = books.setup()?.accounts().iter().map(|account| {
        vec![
            account.number.to_string(),
            account.code.clone().unwrap_or_default(),
            account.name.to_string(),
            account.kind.word().to_owned(),
            account.line.clone().unwrap_or_default(),
            if account.closed { "yes" } else { "" }.to_owned(),
        ]
    });
    table(&header, rows)
}

fn balances<S: Store>(books: &Books<S>, window: Window) -> Result<Vec<u8>, OutletError> {
    let statement = trial_balance(books, &Request { window, ..Request::default() })?;
    let currency = statement.currency;
    let lines = statement.rows.iter().filter(|row| row.kind == RowKind::Line);
    let rows = lines.map(|row| {
        let cells = row.cells.iter().map(|cell| match cell {
            Cell::Money(minor) => currency.format_minor(*minor),
            Cell::Count(count) => count.to_string(),
            _ => String::new(),
        });
        std::iter::once(row.key.clone()).chain(cells).collect()
    });
    table(&["account", "balance", "debit", "credit", "postings"], rows)
}

/// Entries with their documents, entries without the one they need, and entries that need none, with the reason.
fn proofs<S: Store>(books: &Books<S>, window: Window) -> Result<Vec<u8>, OutletError> {
    let header = ["entry", "date", "state", "about", "amount", "bytes", "sha256"];
    let mut rows: Vec<(i64, Vec<String>)> = Vec::new();
    let mut push = |number: i64, date: Date, rest: [String; 5]| {
        if window.contains(date) {
            rows.push((number, [number.to_string(), date.to_string()].into_iter().chain(rest).collect()));
        }
    };
    for receipt in receipt_files(books)? {
        let entry = books.entry(receipt.entry)?;
        let name = receipt.name.unwrap_or_else(|| "(erased)".to_owned());
        let bytes = receipt.bytes.to_string();
        let rest = ["attached".to_owned(), name, String::new(), bytes, receipt.sha256.to_string()];
        push(receipt.entry.0, entry.date, rest);
    }
    let mut waived = Vec::new();
    books.facts(&["receipt-waived"], &mut |_, seq, fact| {
        if let Fact::ReceiptWaived(fact) = fact {
            waived.push((fact.entry, books.text(seq, "reason")?.unwrap_or_else(|| "(erased)".to_owned())));
        }
        Ok(())
    })?;
    for (number, reason) in waived {
        let rest = ["waived".to_owned(), reason, String::new(), String::new(), String::new()];
        push(number.0, books.entry(number)?.date, rest);
    }
    let missing = receipts(books, window, &ReceiptRules::usual())?;
    for row in &missing.rows {
        let (Ok(number), [Cell::Date(date), _, Cell::Money(minor), Cell::Text(needs)]) =
            (row.key.parse(), row.cells.as_slice())
        else {
            continue;
        };
        let amount = missing.currency.format_minor(*minor);
        push(number, *date, ["missing".to_owned(), needs.clone(), amount, String::new(), String::new()]);
    }
    rows.sort();
    table(&header, rows.into_iter().map(|(_, row)| row))
}

/// A fact as a line of the chain, under the names of `docs/chain.md`.
#[derive(Serialize)]
struct FactLine<'a> {
    r#type: &'static str,
    seq: i64,
    number: i64,
    recorded_at: &'a str,
    kind: &'a str,
    rule: i64,
    actor: Option<Digest>,
    body: &'a str,
    hash: Digest,
}

/// An entry as a line of the chain.
#[derive(Serialize)]
struct EntryLine<'a> {
    r#type: &'static str,
    seq: i64,
    number: i64,
    fact: i64,
    recorded_at: &'a str,
    date: i64,
    reference: Option<&'a str>,
    reverses: Option<i64>,
    description: Option<Digest>,
    postings: Vec<PostingLine<'a>>,
    hash: Digest,
}

#[derive(Serialize)]
struct PostingLine<'a> {
    line: i64,
    account: i64,
    amount: i64,
    event: Option<Slug>,
    fund: Slug,
    function: Option<&'static str>,
    activity: Option<Slug>,
    tax_code: Option<Slug>,
    cash_flow: Option<Slug>,
    party: Option<i64>,
    original_amount: Option<i64>,
    original_currency: Option<&'a str>,
    rate: Option<&'a str>,
    memo: Option<Digest>,
}

/// The chain without texts and salts: a salt that is out of the house would let others confirm a name that was erased.
fn chain<S: Store>(books: &Books<S>) -> Result<Vec<u8>, OutletError> {
    let coordinates = books.coordinates()?;
    let mut out = Vec::new();
    books.store().chain(&mut |record, _| {
        let line = match &record {
            Record::Fact(fact) => serde_json::to_string(&fact_line(fact)),
            Record::Entry(entry) => {
                serde_json::to_string(&entry_line(entry, |number| coordinates.get(&number).copied()))
            }
        };
        // Strings and whole numbers only, into memory: neither can fail.
        out.extend_from_slice(line.unwrap_or_default().as_bytes());
        out.push(b'\n');
        Ok(())
    })?;
    Ok(out)
}

fn fact_line(fact: &StoredFact) -> FactLine<'_> {
    FactLine {
        r#type: "fact",
        seq: fact.seq,
        number: fact.number.0,
        recorded_at: &fact.recorded_at,
        kind: &fact.kind,
        rule: fact.rule,
        actor: fact.actor,
        body: &fact.body,
        hash: Digest(fact.hash),
    }
}

fn entry_line(
    entry: &StoredEntry,
    coordinate: impl Fn(crate::ledger::CoordinateNo) -> Option<Coordinate>,
) -> EntryLine<'_> {
    let postings = entry.postings.iter().filter_map(|posting| {
        let at = coordinate(posting.coordinate)?;
        let original = posting.original.as_ref();
        Some(PostingLine {
            line: posting.line,
            account: posting.account.0,
            amount: posting.amount,
            event: at.event,
            fund: at.fund,
            function: at.function.map(|function| function.word()),
            activity: at.activity,
            tax_code: at.tax_code,
            cash_flow: posting.cash_flow,
            party: posting.party.map(|party| party.0),
            original_amount: original.map(|original| original.0),
            original_currency: original.map(|original| original.1.as_str()),
            rate: original.map(|original| original.2.as_str()),
            memo: posting.memo,
        })
    });
    EntryLine {
        r#type: "entry",
        seq: entry.seq,
        number: entry.number.0,
        fact: entry.fact.0,
        recorded_at: &entry.recorded_at,
        date: entry.date,
        reference: entry.reference.as_deref(),
        reverses: entry.reverses.map(|number| number.0),
        description: entry.description,
        postings: postings.collect(),
        hash: Digest(entry.hash),
    }
}
