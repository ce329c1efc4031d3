//! Rows of the tables as the store's types.

use std::fmt::Display;

use rusqlite::{Connection, OptionalExtension, Row, Rows};

use crate::books::BooksError;
use crate::books::balance::Balance;
use crate::books::store::{DocumentRow, Origin, PartyRow, Record, StoredEntry, StoredFact, StoredPosting, StoredText};
use crate::conference::{Cause, Digest, TALLIES, TallyKey};
use crate::ledger::{AccountNo, Coordinate, CoordinateNo, EntryNo, FactNo, PartyNo, Slug};

/// Why reading stopped: the database, or whoever was being told.
pub(super) enum Failure {
    Database(rusqlite::Error),
    Books(BooksError),
}

impl Failure {
    pub(super) fn into_books_error(self, explain: &dyn Fn(rusqlite::Error) -> BooksError) -> BooksError {
        match self {
            Self::Database(source) => explain(source),
            Self::Books(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<BooksError> for Failure {
    fn from(error: BooksError) -> Self {
        Self::Books(error)
    }
}

pub(super) fn fact(row: &Row<'_>) -> rusqlite::Result<StoredFact> {
    Ok(StoredFact {
        number: FactNo(row.get(0)?),
        seq: row.get(1)?,
        recorded_at: row.get(2)?,
        kind: row.get(3)?,
        rule: row.get(4)?,
        actor: row.get::<_, Option<[u8; 32]>>(5)?.map(Digest),
        body: row.get(6)?,
        hash: row.get(7)?,
    })
}

pub(super) fn text(row: &Row<'_>) -> rusqlite::Result<StoredText> {
    Ok(StoredText { seq: row.get(0)?, field: row.get(1)?, salt: row.get(2)?, body: row.get(3)? })
}

pub(super) fn balance(row: &Row<'_>) -> Result<(CoordinateNo, Origin, i64, Balance), Failure> {
    let balance =
        Balance { debit: row.get::<_, i64>(4)?.into(), credit: row.get::<_, i64>(5)?.into(), postings: row.get(6)? };
    let word = row.get_ref(1)?.as_str().unwrap_or_default();
    let cause = Cause::named(word).ok_or_else(|| BooksError::Damaged {
        what: format!("a kept balance is of `{word}`, which is no kind of fact"),
    })?;
    let flow = slug(row.get(2)?)?;
    Ok((CoordinateNo(row.get(0)?), Origin { cause, flow }, row.get(3)?, balance))
}

/// JSON as this program writes it.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, BooksError> {
    serde_json::to_string(value).map_err(|error| BooksError::Damaged { what: error.to_string() })
}

pub(super) fn document(row: &Row<'_>) -> Result<DocumentRow, Failure> {
    let (kind, code): (String, String) = (row.get(0)?, row.get(1)?);
    let damaged = |what: String| Failure::Books(BooksError::Damaged { what: format!("{kind} {code}: {what}") });
    let text = |column: usize| row.get_ref(column).map(|value| value.as_str_or_null().unwrap_or_default());
    let state: crate::conference::Document =
        serde_json::from_str(text(3)?.unwrap_or_default()).map_err(|error| damaged(error.to_string()))?;
    if state.id().kind.word() != kind || state.id().code.as_str() != code {
        return Err(damaged(format!("it holds {}", state.id())));
    }
    let before: Option<_> =
        text(4)?.map(serde_json::from_str).transpose().map_err(|error| damaged(error.to_string()))?;
    let touched = text(5)?.map(serde_json::from_str).transpose().map_err(|error| damaged(error.to_string()))?;
    let (fact, before, touched) = (FactNo(row.get(2)?), before.unwrap_or_default(), touched.unwrap_or_default());
    Ok(DocumentRow { document: state, fact, before, touched })
}

/// A document, and the first column that lists and indexes use but that does not say what its state says.
pub(super) fn kept_document(row: &Row<'_>) -> Result<(DocumentRow, Option<&'static str>), Failure> {
    let kept = document(row)?;
    let (event, (receivable, payable)) = (kept.document.event(), kept.document.open());
    let wrong = [
        ("event", row.get_ref(6)?.as_str().ok() != Some(event.as_ref().map_or("", |event| event.as_str()))),
        ("party", row.get_ref(7)?.as_i64().ok() != Some(kept.document.party().0)),
        ("receivable", row.get_ref(8)?.as_i64().ok() != Some(receivable)),
        ("payable", row.get_ref(9)?.as_i64().ok() != Some(payable)),
    ];
    let wrong = wrong.into_iter().find(|(_, differs)| *differs).map(|(column, _)| column);
    Ok((kept, wrong))
}

pub(super) fn tally(row: &Row<'_>) -> Result<(TallyKey, i64, i64), Failure> {
    let (kind, event): (String, String) = (row.get(0)?, row.get(1)?);
    let kind = *TALLIES
        .iter()
        .find(|known| **known == kind)
        .ok_or_else(|| BooksError::Damaged { what: format!("there is no tally of `{kind}`") })?;
    let event = if event.is_empty() { None } else { Some(event.parse().map_err(BooksError::Ledger)?) };
    Ok((TallyKey { kind, event, key: row.get(2)? }, row.get(3)?, row.get(4)?))
}

/// Says which row it is that cannot be read; `what` is whose number its first column holds.
fn naming<T>(what: &str, row: &Row<'_>, read: impl FnOnce(&Row<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    read(row).map_err(|failure| {
        let number = row.get::<_, i64>(0).map_or_else(|_| "?".to_owned(), |number| number.to_string());
        let why = match failure {
            Failure::Database(error) => error.to_string(),
            Failure::Books(error) => error.to_string(),
        };
        Failure::Books(BooksError::Damaged { what: format!("{what} {number}: {why}") })
    })
}

/// A word as this program writes it: reading is lenient for people, but a table that says it otherwise was changed.
fn exactly<T: Display>(text: &str, value: T) -> Result<T, Failure> {
    if value.to_string() == text {
        Ok(value)
    } else {
        Err(Failure::Books(BooksError::Damaged { what: format!("`{text}` was written by another program") }))
    }
}

pub(super) fn party(row: &Row<'_>) -> Result<PartyRow, Failure> {
    naming("party", row, |row| {
        let kind: String = row.get(1)?;
        Ok(PartyRow {
            number: PartyNo(row.get(0)?),
            kind: exactly(&kind, kind.parse().map_err(BooksError::Ledger)?)?,
            holding: row.get::<_, Option<i64>>(2)?.map(PartyNo),
            seq: row.get(3)?,
        })
    })
}

/// A slug as a key column keeps it: empty is none.
fn slug(text: String) -> Result<Option<Slug>, Failure> {
    Ok(if text.is_empty() { None } else { Some(exactly(&text, text.parse().map_err(BooksError::Ledger)?)?) })
}

pub(super) fn coordinate(row: &Row<'_>) -> Result<(CoordinateNo, Coordinate), Failure> {
    naming("coordinate", row, |row| {
        let (fund, function): (String, String) = (row.get(3)?, row.get(4)?);
        let at = Coordinate {
            account: AccountNo(row.get(1)?),
            event: slug(row.get(2)?)?,
            fund: exactly(&fund, fund.parse().map_err(BooksError::Ledger)?)?,
            function: match function.as_str() {
                "" => None,
                word => Some(exactly(word, word.parse().map_err(BooksError::Ledger)?)?),
            },
            activity: slug(row.get(5)?)?,
            tax_code: slug(row.get(6)?)?,
        };
        Ok((CoordinateNo(row.get(0)?), at))
    })
}

const ENTRY: &str = "SELECT number, seq, fact, recorded_at, date, reference, reverses, description, hash FROM entry";
const POSTING: &str = "SELECT entry, line, account, amount, coordinate, day, party, cash_flow, original_amount,
                              original_currency, rate, memo FROM posting";

fn entry_row(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        number: EntryNo(row.get(0)?),
        seq: row.get(1)?,
        fact: FactNo(row.get(2)?),
        recorded_at: row.get(3)?,
        date: row.get(4)?,
        reference: row.get(5)?,
        reverses: row.get::<_, Option<i64>>(6)?.map(EntryNo),
        description: row.get::<_, Option<[u8; 32]>>(7)?.map(Digest),
        postings: Vec::new(),
        hash: row.get(8)?,
    })
}

fn posting(row: &Row<'_>) -> Result<StoredPosting, Failure> {
    let cash_flow: Option<String> = row.get(7)?;
    let original: Option<i64> = row.get(8)?;
    Ok(StoredPosting {
        line: row.get(1)?,
        account: AccountNo(row.get(2)?),
        amount: row.get(3)?,
        coordinate: CoordinateNo(row.get(4)?),
        day: row.get(5)?,
        party: row.get::<_, Option<i64>>(6)?.map(PartyNo),
        cash_flow: match cash_flow {
            Some(text) => Some(exactly(&text, text.parse().map_err(BooksError::Ledger)?)?),
            None => None,
        },
        original: match original {
            Some(minor) => Some((minor, row.get(9)?, row.get(10)?)),
            None => None,
        },
        memo: row.get::<_, Option<[u8; 32]>>(11)?.map(Digest),
    })
}

/// One entry with its postings.
pub(super) fn entry(connection: &Connection, number: EntryNo) -> Result<Option<StoredEntry>, Failure> {
    let mut statement = connection.prepare_cached(&format!("{ENTRY} WHERE number = ?1"))?;
    let Some(mut entry) = statement.query_row([number.0], entry_row).optional()? else { return Ok(None) };
    let mut statement = connection.prepare_cached(&format!("{POSTING} WHERE entry = ?1 ORDER BY line"))?;
    let mut rows = statement.query([number.0])?;
    while let Some(row) = rows.next()? {
        entry.postings.push(naming("entry", row, posting)?);
    }
    Ok(Some(entry))
}

/// A cursor that can look one row ahead.
struct Ahead<'s, T> {
    rows: Rows<'s>,
    read: fn(&Row<'_>) -> Result<T, Failure>,
    next: Option<T>,
}

impl<'s, T> Ahead<'s, T> {
    fn new(rows: Rows<'s>, read: fn(&Row<'_>) -> Result<T, Failure>) -> Result<Self, Failure> {
        let mut ahead = Self { rows, read, next: None };
        ahead.advance()?;
        Ok(ahead)
    }

    /// Gives the row that was ahead, and reads one more.
    fn advance(&mut self) -> Result<Option<T>, Failure> {
        let following = match self.rows.next()? {
            Some(row) => Some((self.read)(row)?),
            None => None,
        };
        Ok(std::mem::replace(&mut self.next, following))
    }
}

/// Walks facts, entries, postings and texts side by side, each in its own order, so that memory stays small.
pub(super) fn chain(
    connection: &Connection,
    visit: &mut dyn FnMut(Record, Vec<StoredText>) -> Result<(), BooksError>,
) -> Result<(), Failure> {
    let mut fact_statement = connection
        .prepare("SELECT number, seq, recorded_at, kind, rule, actor, body, hash FROM fact ORDER BY number")?;
    let mut entry_statement = connection.prepare(&format!("{ENTRY} ORDER BY number"))?;
    let mut posting_statement = connection.prepare(&format!("{POSTING} ORDER BY entry, line"))?;
    let mut text_statement = connection.prepare("SELECT seq, field, salt, body FROM text ORDER BY seq, field")?;
    let mut facts = Ahead::new(fact_statement.query([])?, |row| naming("fact", row, |row| Ok(fact(row)?)))?;
    let mut entries = Ahead::new(entry_statement.query([])?, |row| naming("entry", row, |row| Ok(entry_row(row)?)))?;
    let mut postings = Ahead::new(posting_statement.query([])?, |row| {
        naming("entry", row, |row| Ok((row.get::<_, i64>(0)?, posting(row)?)))
    })?;
    let mut texts = Ahead::new(text_statement.query([])?, |row| naming("text of record", row, |row| Ok(text(row)?)))?;
    loop {
        let entry_first = match (&facts.next, &entries.next) {
            (None, None) => break,
            (Some(fact), Some(entry)) => entry.seq < fact.seq,
            (None, Some(_)) => true,
            (Some(_), None) => false,
        };
        let record = if entry_first {
            let Some(mut entry) = entries.advance()? else { break };
            while let Some((number, _)) = &postings.next {
                if *number > entry.number.0 {
                    break;
                }
                // A posting of an entry that is not there is the integrity check's finding, not this walk's.
                if let Some((number, posting)) = postings.advance()?
                    && number == entry.number.0
                {
                    entry.postings.push(posting);
                }
            }
            Record::Entry(entry)
        } else {
            let Some(fact) = facts.advance()? else { break };
            Record::Fact(fact)
        };
        let mut own = Vec::new();
        while texts.next.as_ref().is_some_and(|text| text.seq <= record.seq()) {
            own.extend(texts.advance()?.filter(|text| text.seq == record.seq()));
        }
        visit(record, own)?;
    }
    Ok(())
}

/// What SQLite finds wrong with the file, and postings or texts whose record is not there.
pub(super) fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            findings.push(format!("SQLite: {line}"));
        }
    }
    // The message, and a query for the numbers it is about.
    let strays = [
        (
            "postings of entry {} are there, the entry is not",
            "SELECT DISTINCT entry FROM posting WHERE entry NOT IN (SELECT number FROM entry) ORDER BY 1 LIMIT 20",
        ),
        (
            "entry {}: it was sealed with another number of postings than are there",
            "SELECT number FROM entry WHERE lines <> (SELECT count(*) FROM posting WHERE entry = number)
             ORDER BY 1 LIMIT 20",
        ),
        (
            "coordinate {} leaves a gap, or no posting stands at it",
            "SELECT number FROM coordinate WHERE number > (SELECT count(*) FROM coordinate)
                OR number NOT IN (SELECT coordinate FROM posting) ORDER BY 1 LIMIT 20",
        ),
        (
            "the kept balance of day {} is of no day, or of no posting",
            "SELECT DISTINCT day FROM balance_day WHERE day NOT BETWEEN 19000101 AND 29991231 OR postings < 1
             ORDER BY 1 LIMIT 20",
        ),
        (
            "the kept balance of month {} is of no month, or of no posting",
            "SELECT DISTINCT month FROM balance_month WHERE month NOT BETWEEN 190001 AND 299912 OR postings < 1
             ORDER BY 1 LIMIT 20",
        ),
        (
            "texts of record {} are there, the record is not",
            "SELECT DISTINCT seq FROM text WHERE seq < 1
                OR seq > max(coalesce((SELECT seq FROM fact ORDER BY number DESC LIMIT 1), 0),
                             coalesce((SELECT seq FROM entry ORDER BY number DESC LIMIT 1), 0)) ORDER BY 1 LIMIT 20",
        ),
        (
            "an imported row is remembered for entry {}, which is not there",
            "SELECT DISTINCT entry FROM identity WHERE entry NOT IN (SELECT number FROM entry) ORDER BY 1 LIMIT 20",
        ),
    ];
    for (message, sql) in strays {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            findings.push(message.replace("{}", &row.get::<_, i64>(0)?.to_string()));
        }
    }
    Ok(findings)
}
