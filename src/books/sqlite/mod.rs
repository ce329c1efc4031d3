//! Books in one SQLite file.

mod backup;
mod copies;
mod file;
mod holder;
mod migrate;
mod rows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params, params_from_iter};

pub use backup::{back_up, restore};
pub use copies::{copies_of, note_backup};
pub use file::NewBooks;
use file::create_private;
use holder::Holder;
use migrate::MIGRATIONS;

use super::balance::Balance;
use super::head::Head;
use super::store::{
    CellKey, DocumentFilter, DocumentRow, EntryFilter, Origin, PartyRow, Record, Store, StoredEntry, StoredFact,
    StoredText, Tail,
};
use super::{Books, BooksError};
use crate::calendar::WindowPart;
use crate::conference::{DocumentId, DocumentKind, Fact, TallyKey};
use crate::ledger::{Coordinate, CoordinateNo, EntryNo, FactNo, PartyNo};

/// SQLite's extended result code for a value that a STRICT column does not take (<https://sqlite.org/rescode.html>).
const SQLITE_CONSTRAINT_DATATYPE: i32 = 3091;

/// SQLite's extended result code for a file that is no longer where it was opened.
const SQLITE_READONLY_DBMOVED: i32 = 1032;

/// `Burs`: tells our files from other SQLite files.
const APPLICATION_ID: i64 = 0x4275_7273;

/// Settings of every connection. `journal_mode=TRUNCATE` with `synchronous=FULL` lost nothing in simulated power
/// cuts (tests/power_cut.rs), nor does the safer-sounding `EXTRA`, which only matters when the journal is unlinked.
const SETTINGS: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = ON;
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -65536;
";

/// Keeps books in an SQLite file of mode 0600.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    wait: Duration,
    holder: Option<Holder>,
}

impl SqliteStore {
    /// Makes a new file for books.
    ///
    /// # Errors
    /// [`BooksError::FileExists`] when something is there, or what the file system says.
    pub fn create(path: &Path) -> Result<Self, BooksError> {
        create_private(path)?;
        match Self::initialise(path) {
            Ok(store) => Ok(store),
            Err(error) => {
                // The file is ours, made a moment ago; left behind it would only be in the way of the next try.
                let _ = std::fs::remove_file(path);
                Err(error)
            }
        }
    }

    fn initialise(path: &Path) -> Result<Self, BooksError> {
        let mut store = Self::connect(path, Duration::from_secs(60))?;
        settle(&store.connection).map_err(store.error())?;
        store.run(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        migrate::upgrade(&mut store.connection, path, &MIGRATIONS)?;
        Ok(store)
    }

    /// Opens a file of books; `wait` is how long to wait for another program that is writing.
    ///
    /// # Errors
    /// [`BooksError::NoBooks`], [`BooksError::NotBooks`], [`BooksError::TooNew`], [`BooksError::Locked`], or what the
    /// database says.
    pub fn open(path: &Path, wait: Duration) -> Result<Self, BooksError> {
        if !path.exists() {
            return Err(BooksError::NoBooks { path: path.to_owned() });
        }
        let mut store = Self::connect(path, wait)?;
        let id: i64 =
            store.connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(store.error())?;
        if id != APPLICATION_ID {
            let reason = "it is an SQLite file of another program".to_owned();
            return Err(BooksError::NotBooks { path: path.to_owned(), reason });
        }
        let format: i64 =
            store.connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(store.error())?;
        if format == 0 {
            return Err(BooksError::Damaged { what: "the number of the file's format was removed".to_owned() });
        }
        // Not before the file is known to be ours: the journal mode is written into it.
        settle(&store.connection).map_err(store.error())?;
        migrate::upgrade(&mut store.connection, path, &MIGRATIONS)?;
        store.finished(wait)
    }

    /// Works documents out again that are kept in an older form.
    fn finished(self, wait: Duration) -> Result<Self, BooksError> {
        if !migrate::has_older_documents(&self.connection).map_err(self.error())? {
            return Ok(self);
        }
        let mut books = Books::open_unread(self);
        books.rebuild_documents(wait, |store| migrate::finish(&store.connection).map_err(store.error()))?;
        Ok(books.into_store())
    }

    fn connect(path: &Path, wait: Duration) -> Result<Self, BooksError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let explained = |source| explain(path, wait, source);
        let connection = Connection::open_with_flags(path, flags).map_err(explained)?;
        connection.busy_timeout(wait).map_err(explained)?;
        Ok(Self { connection, path: path.to_owned(), wait, holder: None })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Wraps a connection that was opened elsewhere, with the settings of every other: for tests that put the books on
    /// a file system of their own. Makes the tables when there are none.
    ///
    /// # Errors
    /// What the database says.
    pub fn from_connection(mut connection: Connection, path: &Path) -> Result<Self, BooksError> {
        let wait = Duration::ZERO;
        settle(&connection).map_err(|source| explain(path, wait, source))?;
        migrate::upgrade(&mut connection, path, &MIGRATIONS)?;
        Self { connection, path: path.to_owned(), wait, holder: None }.finished(wait)
    }

    fn run(&self, sql: &str) -> Result<(), BooksError> {
        self.connection.execute_batch(sql).map_err(self.error())
    }

    fn error(&self) -> impl Fn(rusqlite::Error) -> BooksError + '_ {
        |source| explain(&self.path, self.wait, source)
    }
}

/// The settings of every connection.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(SETTINGS)?;
    // Without it SQLite plans a statement anew whenever a parameter changes that a partial index might depend on.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// What an error of the database means for whoever uses the books: someone else is writing, the file is none of ours,
/// it is damaged, or (everything else) the database's own words.
fn explain(path: &Path, wait: Duration, source: rusqlite::Error) -> BooksError {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
    if source.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_READONLY_DBMOVED) {
        return BooksError::Replaced { path: path.to_owned() };
    }
    if matches!(
        source,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    ) {
        return BooksError::Damaged { what: source.to_string() };
    }
    match source.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => {
            BooksError::Locked { path: path.to_owned(), holder: holder::name(path), waited: wait.as_secs() }
        }
        Some(NotADatabase) => BooksError::NotBooks { path: path.to_owned(), reason: "it is no SQLite file".to_owned() },
        Some(DatabaseCorrupt) => BooksError::Damaged { what: format!("SQLite says: {source}") },
        _ => BooksError::Database { path: path.to_owned(), source },
    }
}

impl Store for SqliteStore {
    fn begin(&mut self, wait: Duration, who: &str) -> Result<(), BooksError> {
        self.wait = wait;
        self.connection.busy_timeout(wait).map_err(self.error())?;
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(self.error())?;
        self.holder = Holder::announce(&self.path, who);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), BooksError> {
        if self.connection.is_autocommit() {
            return Err(BooksError::Damaged { what: "the transaction ended before it was committed".to_owned() });
        }
        // Withdrawn while the database is still locked, so that it cannot be the next writer's.
        self.holder = None;
        self.connection.execute_batch("COMMIT").map_err(self.error())
    }

    fn rollback(&mut self) -> Result<(), BooksError> {
        self.holder = None;
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(self.error())
    }

    fn begin_reading(&self) -> Result<(), BooksError> {
        self.run("BEGIN")
    }

    fn end_reading(&self) -> Result<(), BooksError> {
        self.run("COMMIT")
    }

    fn append_fact(&mut self, fact: &StoredFact) -> Result<(), BooksError> {
        let sql = "INSERT OR FAIL INTO fact (number, seq, recorded_at, kind, rule, actor, body, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let actor = fact.actor.map(|digest| digest.0);
        let row = params![fact.number.0, fact.seq, fact.recorded_at, fact.kind, fact.rule, actor, fact.body, fact.hash];
        statement.execute(row).map_err(self.error())?;
        Ok(())
    }

    fn append_entry(&mut self, entry: &StoredEntry) -> Result<(), BooksError> {
        let sql = "INSERT OR FAIL INTO posting (entry, line, account, amount, coordinate, day, party, cash_flow,
                                        original_amount, original_currency, rate, memo)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        for posting in &entry.postings {
            let original = posting.original.as_ref();
            statement
                .execute(params![
                    entry.number.0,
                    posting.line,
                    posting.account.0,
                    posting.amount,
                    posting.coordinate.0,
                    posting.day,
                    posting.party.map(|party| party.0),
                    posting.cash_flow.as_ref().map(|slug| slug.as_str()),
                    original.map(|o| o.0),
                    original.map(|o| o.1.as_str()),
                    original.map(|o| o.2.as_str()),
                    posting.memo.map(|digest| digest.0),
                ])
                .map_err(self.error())?;
        }
        let sql =
            "INSERT OR FAIL INTO entry (number, seq, fact, recorded_at, date, reference, reverses, description, lines, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement
            .execute(params![
                entry.number.0,
                entry.seq,
                entry.fact.0,
                entry.recorded_at,
                entry.date,
                entry.reference,
                entry.reverses.map(|number| number.0),
                entry.description.map(|digest| digest.0),
                i64::try_from(entry.postings.len()).unwrap_or(i64::MAX),
                entry.hash,
            ])
            .map_err(self.error())?;
        Ok(())
    }

    fn append_text(&mut self, text: &StoredText) -> Result<(), BooksError> {
        let sql = "INSERT OR FAIL INTO text (seq, field, salt, body) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.execute(params![text.seq, text.field, text.salt, text.body]).map_err(self.error())?;
        Ok(())
    }

    fn erase_text(&mut self, seq: i64, field: &str) -> Result<(), BooksError> {
        let sql = "DELETE FROM text WHERE seq = ?1 AND field = ?2";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.execute(params![seq, field]).map_err(self.error())?;
        Ok(())
    }

    fn erase_identity(&mut self, entry: EntryNo) -> Result<bool, BooksError> {
        let sql = "DELETE FROM identity WHERE entry = ?1";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        Ok(statement.execute([entry.0]).map_err(self.error())? > 0)
    }

    fn scrub(&mut self) -> Result<(), BooksError> {
        // `secure_delete` overwrites what is deleted, but not the copies that SQLite leaves in the gaps of a page when
        // it moves rows to the next one. Only writing the file anew is sure to leave nothing.
        self.run("VACUUM")
    }

    fn append_coordinate(&mut self, number: CoordinateNo, at: &Coordinate) -> Result<(), BooksError> {
        let sql = "INSERT OR FAIL INTO coordinate (number, account, event, fund, function, activity, tax_code)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let row = params![
            number.0,
            at.account.0,
            at.event.as_ref().map_or("", |slug| slug.as_str()),
            at.fund.as_str(),
            at.function.map_or("", |function| function.word()),
            at.activity.as_ref().map_or("", |slug| slug.as_str()),
            at.tax_code.as_ref().map_or("", |slug| slug.as_str()),
        ];
        statement.execute(row).map_err(self.error())?;
        Ok(())
    }

    fn put_party(&mut self, party: &PartyRow) -> Result<(), BooksError> {
        let sql = "INSERT INTO party (number, kind, holding, seq) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (number) DO UPDATE SET kind = ?2, holding = ?3, seq = ?4";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let row = params![party.number.0, party.kind.word(), party.holding.map(|h| h.0), party.seq];
        statement.execute(row).map_err(self.error())?;
        Ok(())
    }

    fn put_identity(&mut self, identity: &[u8; 16], entry: EntryNo) -> Result<(), BooksError> {
        let sql = "INSERT INTO identity (content, entry) VALUES (?1, ?2)
                   ON CONFLICT (content) DO UPDATE SET entry = excluded.entry";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.execute(params![identity, entry.0]).map_err(self.error())?;
        Ok(())
    }

    fn put_document(&mut self, row: &DocumentRow) -> Result<(), BooksError> {
        let sql = "INSERT INTO document (kind, code, event, party, receivable, payable, fact, state, before, touched)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                   ON CONFLICT (kind, code) DO UPDATE SET event = ?3, party = ?4, receivable = ?5, payable = ?6,
                       fact = ?7, state = ?8, before = ?9, touched = ?10";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let (id, (receivable, payable)) = (row.document.id(), row.document.open());
        let event = row.document.event();
        statement
            .execute(params![
                id.kind.word(),
                id.code.as_str(),
                event.as_ref().map_or("", |event| event.as_str()),
                row.document.party().0,
                receivable,
                payable,
                row.fact.0,
                rows::json(&row.document)?,
                if row.before.is_empty() { None } else { Some(rows::json(&row.before)?) },
                if row.touched.is_empty() { None } else { Some(rows::json(&row.touched)?) },
            ])
            .map_err(self.error())?;
        Ok(())
    }

    fn remove_document(&mut self, id: DocumentId) -> Result<(), BooksError> {
        let sql = "DELETE FROM document WHERE kind = ?1 AND code = ?2";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.execute(params![id.kind.word(), id.code.as_str()]).map_err(self.error())?;
        Ok(())
    }

    fn clear_documents(&mut self) -> Result<(), BooksError> {
        self.connection.execute_batch("DELETE FROM document; DELETE FROM tally").map_err(self.error())
    }

    fn add_tallies(&mut self, deltas: &[(TallyKey, i64, i128)]) -> Result<(), BooksError> {
        let sql = "INSERT INTO tally (kind, event, key, count, amount) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (kind, event, key) DO UPDATE SET count = count + ?4, amount = amount + ?5";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let gone = "DELETE FROM tally WHERE kind = ?1 AND event = ?2 AND key = ?3 AND count = 0 AND amount = 0";
        let mut forget = self.connection.prepare_cached(gone).map_err(self.error())?;
        for (key, count, amount) in deltas {
            let amount = i64::try_from(*amount)
                .map_err(|_| BooksError::Damaged { what: format!("the tally `{}` is beyond any amount", key.key) })?;
            let event = key.event.as_ref().map_or("", |event| event.as_str());
            statement.execute(params![key.kind, event, key.key, count, amount]).map_err(self.error())?;
            forget.execute(params![key.kind, event, key.key]).map_err(self.error())?;
        }
        Ok(())
    }

    fn add_balances(&mut self, cells: &[(CellKey, Balance)]) -> Result<(), BooksError> {
        for (table, period) in [("balance_day", "day"), ("balance_month", "month")] {
            let sql = format!(
                "INSERT INTO {table} ({period}, coordinate, cause, flow, debit, credit, postings)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT ({period}, coordinate, cause, flow) DO UPDATE
                 SET debit = debit + ?5, credit = credit + ?6, postings = postings + ?7"
            );
            let mut statement = self.connection.prepare_cached(&sql).map_err(self.error())?;
            for ((coordinate, date, origin), balance) in cells {
                let number = if period == "day" { date.number() } else { date.month().number() };
                let overflow = || BooksError::BalanceOverflow { coordinate: *coordinate, account: String::new() };
                let (debit, credit) = balance.narrow().ok_or_else(overflow)?;
                let flow = origin.flow.as_ref().map_or("", |flow| flow.as_str());
                let row = params![number, coordinate.0, origin.cause.word(), flow, debit, credit, balance.postings];
                statement.execute(row).map_err(|error| match error.sqlite_error() {
                    // A sum beyond 64 bits becomes a floating-point number, which a STRICT column refuses.
                    Some(code) if code.extended_code == SQLITE_CONSTRAINT_DATATYPE => overflow(),
                    _ => self.error()(error),
                })?;
            }
        }
        Ok(())
    }

    fn tail(&self) -> Result<Tail, BooksError> {
        let last = |sql: &str| -> Result<(i64, Head), BooksError> {
            let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
            let row = statement.query_row([], |row| Ok((row.get(0)?, Head { seq: row.get(1)?, hash: row.get(2)? })));
            Ok(row.optional().map_err(self.error())?.unwrap_or((0, Head::EMPTY)))
        };
        let (facts, fact) = last("SELECT number, seq, hash FROM fact ORDER BY number DESC LIMIT 1")?;
        let (entries, entry) = last("SELECT number, seq, hash FROM entry ORDER BY number DESC LIMIT 1")?;
        let parties = self
            .connection
            .query_row("SELECT coalesce(max(number), 0) FROM party", [], |row| row.get(0))
            .map_err(self.error())?;
        Ok(Tail { head: if entry.seq > fact.seq { entry } else { fact }, entries, facts, parties })
    }

    fn setup_facts(&self) -> Result<Vec<StoredFact>, BooksError> {
        let sql = "SELECT number, seq, recorded_at, kind, rule, actor, body, hash FROM fact
                   WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package',
                                  'tax', 'pool', 'issuer', 'held', 'event-cancelled', 'allocation', 'forgotten',
                                  'retention')
                   ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let facts = statement.query_map([], rows::fact).map_err(self.error())?;
        facts.collect::<Result<_, _>>().map_err(self.error())
    }

    fn coordinates(&self) -> Result<Vec<(CoordinateNo, Coordinate)>, BooksError> {
        let sql = "SELECT number, account, event, fund, function, activity, tax_code FROM coordinate ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query([]).map_err(self.error())?;
        let mut list = Vec::new();
        while let Some(row) = found.next().map_err(self.error())? {
            list.push(rows::coordinate(row).map_err(|failure| failure.into_books_error(&self.error()))?);
        }
        Ok(list)
    }

    fn balances(
        &self,
        part: WindowPart,
        visit: &mut dyn FnMut(CoordinateNo, Origin, i64, Balance),
    ) -> Result<(), BooksError> {
        let (table, period, from, to) = match part {
            WindowPart::Months(from, to) => ("balance_month", "month", from.number(), to.number()),
            WindowPart::Days(days) => ("balance_day", "day", days.from().number(), days.to().number()),
        };
        let sql = format!(
            "SELECT coordinate, cause, flow, {period}, debit, credit, postings FROM {table}
             WHERE {period} BETWEEN ?1 AND ?2"
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(self.error())?;
        let mut found = statement.query(params![from, to]).map_err(self.error())?;
        while let Some(row) = found.next().map_err(self.error())? {
            let cell = rows::balance(row).map_err(|failure| failure.into_books_error(&self.error()))?;
            visit(cell.0, cell.1, cell.2, cell.3);
        }
        Ok(())
    }

    fn chain(
        &self,
        visit: &mut dyn FnMut(Record, Vec<StoredText>) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        rows::chain(&self.connection, visit).map_err(|failure| failure.into_books_error(&self.error()))
    }

    fn entries(
        &self,
        filter: &EntryFilter,
        visit: &mut dyn FnMut(StoredEntry) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let (from, to) = (filter.window.from().number(), filter.window.to().number());
        let mut numbers: Vec<(i64, i64)> = Vec::new();
        let mut gather = |sql: &str, parameters: &[i64]| -> Result<(), BooksError> {
            let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
            let mut found = statement.query(params_from_iter(parameters)).map_err(self.error())?;
            while let Some(row) = found.next().map_err(self.error())? {
                numbers.push((row.get(0).map_err(self.error())?, row.get(1).map_err(self.error())?));
            }
            Ok(())
        };
        match &filter.coordinates {
            None => gather(
                "SELECT date, number FROM entry WHERE date BETWEEN ?1 AND ?2 ORDER BY date, number",
                &[i64::from(from), i64::from(to)],
            )?,
            Some(list) => {
                for coordinate in list {
                    let sql = "SELECT day, entry FROM posting WHERE coordinate = ?1 AND day BETWEEN ?2 AND ?3";
                    gather(sql, &[coordinate.0, i64::from(from), i64::from(to)])?;
                }
                numbers.sort_unstable();
                numbers.dedup();
            }
        }
        for (_, number) in numbers {
            if let Some(entry) = self.entry(EntryNo(number))? {
                visit(entry)?;
            }
        }
        Ok(())
    }

    fn entry(&self, number: EntryNo) -> Result<Option<StoredEntry>, BooksError> {
        rows::entry(&self.connection, number).map_err(|failure| failure.into_books_error(&self.error()))
    }

    fn fact(&self, number: FactNo) -> Result<Option<StoredFact>, BooksError> {
        let sql = "SELECT number, seq, recorded_at, kind, rule, actor, body, hash FROM fact WHERE number = ?1";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.query_row([number.0], rows::fact).optional().map_err(self.error())
    }

    fn entry_by_reference(&self, reference: &str) -> Result<Option<EntryNo>, BooksError> {
        let mut statement =
            self.connection.prepare_cached("SELECT number FROM entry WHERE reference = ?1").map_err(self.error())?;
        statement.query_row([reference], |row| row.get(0).map(EntryNo)).optional().map_err(self.error())
    }

    fn entry_by_identity(&self, identity: &[u8; 16]) -> Result<Option<EntryNo>, BooksError> {
        let mut statement =
            self.connection.prepare_cached("SELECT entry FROM identity WHERE content = ?1").map_err(self.error())?;
        statement.query_row([identity], |row| row.get(0).map(EntryNo)).optional().map_err(self.error())
    }

    fn reversal_of(&self, number: EntryNo) -> Result<Option<EntryNo>, BooksError> {
        let mut statement =
            self.connection.prepare_cached("SELECT number FROM entry WHERE reverses = ?1").map_err(self.error())?;
        statement.query_row([number.0], |row| row.get(0).map(EntryNo)).optional().map_err(self.error())
    }

    fn text(&self, seq: i64, field: &str) -> Result<Option<StoredText>, BooksError> {
        let sql = "SELECT seq, field, salt, body FROM text WHERE seq = ?1 AND field = ?2";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.query_row(params![seq, field], rows::text).optional().map_err(self.error())
    }

    fn party(&self, number: PartyNo) -> Result<Option<PartyRow>, BooksError> {
        let sql = "SELECT number, kind, holding, seq FROM party WHERE number = ?1";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query([number.0]).map_err(self.error())?;
        let row = found.next().map_err(self.error())?.map(rows::party).transpose();
        row.map_err(|failure| failure.into_books_error(&self.error()))
    }

    fn party_by_name(&self, name: &str) -> Result<Option<PartyNo>, BooksError> {
        // The plus keeps SQLite from planning the statement anew for every name.
        let sql = "SELECT party.number FROM text JOIN party ON party.seq = text.seq
                   WHERE text.field = 'name' AND text.body = +?1 ORDER BY party.number DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        statement.query_row([name], |row| row.get(0).map(PartyNo)).optional().map_err(self.error())
    }

    fn parties(&self, visit: &mut dyn FnMut(PartyRow) -> Result<(), BooksError>) -> Result<(), BooksError> {
        let sql = "SELECT number, kind, holding, seq FROM party ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query([]).map_err(self.error())?;
        while let Some(row) = found.next().map_err(self.error())? {
            visit(rows::party(row).map_err(|failure| failure.into_books_error(&self.error()))?)?;
        }
        Ok(())
    }

    fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, BooksError> {
        let sql = "SELECT kind, code, fact, state, before, touched FROM document WHERE kind = ?1 AND code = ?2";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query(params![id.kind.word(), id.code.as_str()]).map_err(self.error())?;
        let row = found.next().map_err(self.error())?.map(rows::document).transpose();
        row.map_err(|failure| failure.into_books_error(&self.error()))
    }

    fn kept_documents(
        &self,
        kind: DocumentKind,
        visit: &mut dyn FnMut(DocumentRow, Option<&'static str>),
    ) -> Result<(), BooksError> {
        let sql = "SELECT kind, code, fact, state, before, touched, event, party, receivable, payable FROM document
                   WHERE kind = ?1 ORDER BY code";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query([kind.word()]).map_err(self.error())?;
        while let Some(row) = found.next().map_err(self.error())? {
            let (kept, wrong) = rows::kept_document(row).map_err(|failure| failure.into_books_error(&self.error()))?;
            visit(kept, wrong);
        }
        Ok(())
    }

    fn documents(
        &self,
        filter: DocumentFilter,
        visit: &mut dyn FnMut(DocumentRow) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        let columns = "SELECT kind, code, fact, state, before, touched FROM document";
        let mut list = |tail: &str, parameters: &[&dyn rusqlite::ToSql]| -> Result<(), BooksError> {
            let mut statement = self.connection.prepare_cached(&format!("{columns} {tail}")).map_err(self.error())?;
            let mut found = statement.query(parameters).map_err(self.error())?;
            while let Some(row) = found.next().map_err(self.error())? {
                visit(rows::document(row).map_err(|failure| failure.into_books_error(&self.error()))?)?;
            }
            Ok(())
        };
        match filter {
            DocumentFilter::Kind(kind) => list("WHERE kind = ?1 ORDER BY code", &[&kind.word()]),
            DocumentFilter::Open => list("WHERE receivable <> 0 OR payable <> 0 ORDER BY kind, code", &[]),
            DocumentFilter::Event(event, kind, after, most) => list(
                "WHERE event = ?1 AND kind = ?2 AND code > ?3 ORDER BY code LIMIT ?4",
                &[
                    &event.as_str(),
                    &kind.word(),
                    &after.as_ref().map_or("", |after| after.as_str()),
                    &i64::try_from(most).unwrap_or(i64::MAX),
                ],
            ),
        }
    }

    fn tally(&self, key: &TallyKey) -> Result<(i64, i128), BooksError> {
        let sql = "SELECT count, amount FROM tally WHERE kind = ?1 AND event = ?2 AND key = ?3";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let row = params![key.kind, key.event.as_ref().map_or("", |event| event.as_str()), key.key];
        let found = statement.query_row(row, |row| Ok((row.get(0)?, i128::from(row.get::<_, i64>(1)?))));
        Ok(found.optional().map_err(self.error())?.unwrap_or_default())
    }

    fn tallies(&self, visit: &mut dyn FnMut(TallyKey, i64, i128)) -> Result<(), BooksError> {
        let sql = "SELECT kind, event, key, count, amount FROM tally ORDER BY kind, event, key";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let mut found = statement.query([]).map_err(self.error())?;
        while let Some(row) = found.next().map_err(self.error())? {
            let (key, count, amount) = rows::tally(row).map_err(|failure| failure.into_books_error(&self.error()))?;
            visit(key, count, i128::from(amount));
        }
        Ok(())
    }

    fn entries_of(&self, fact: FactNo) -> Result<Vec<EntryNo>, BooksError> {
        let sql = "SELECT number FROM entry WHERE fact = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let numbers = statement.query_map([fact.0], |row| row.get(0).map(EntryNo)).map_err(self.error())?;
        numbers.collect::<Result<_, _>>().map_err(self.error())
    }

    fn entries_of_party(&self, party: PartyNo) -> Result<Vec<EntryNo>, BooksError> {
        let sql = "SELECT DISTINCT entry FROM posting WHERE party = ?1 ORDER BY entry";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.error())?;
        let numbers = statement.query_map([party.0], |row| row.get(0).map(EntryNo)).map_err(self.error())?;
        numbers.collect::<Result<_, _>>().map_err(self.error())
    }

    fn facts(
        &self,
        kinds: &[&str],
        visit: &mut dyn FnMut(StoredFact) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        // The words are the program's own.
        let list = kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
        // SQLite uses an index of some kinds only when the question says so in the index's own words.
        let indexed = if kinds.iter().all(|kind| Fact::RECORDS.contains(kind)) {
            let all = Fact::RECORDS.map(|kind| format!("'{kind}'")).join(", ");
            format!("AND kind IN ({all})")
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT number, seq, recorded_at, kind, rule, actor, body, hash FROM fact WHERE kind IN ({list}) {indexed}
             ORDER BY number"
        );
        let mut statement = self.connection.prepare(&sql).map_err(self.error())?;
        let mut found = statement.query([]).map_err(self.error())?;
        while let Some(row) = found.next().map_err(self.error())? {
            visit(rows::fact(row).map_err(self.error())?)?;
        }
        Ok(())
    }

    fn self_check(&self) -> Result<Vec<String>, BooksError> {
        let mut findings = migrate::missing_schema(&self.connection).map_err(self.error())?;
        findings.extend(rows::integrity(&self.connection).map_err(self.error())?);
        Ok(findings)
    }
}
