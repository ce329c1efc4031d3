//! Documents in bulk, from our own CSVs: all of a file or nothing, every bad row listed. A document that the books have
//! already, with the same content, is left as it is; the same file again adds nothing.

mod bills;
mod claims;
mod offers;
mod orders;
mod sponsorships;

use std::collections::HashMap;

pub use bills::{import_bills, import_contracts};
pub use claims::{import_aid, import_claims};
pub use offers::{import_packages, import_tickets};
pub use orders::import_orders;
pub use sponsorships::import_sponsorships;

use super::landing::{fingerprint, is_fatal};
use super::table::{Column, Row};
use super::{IntakeError, Problems, SourceFile};
use crate::books::{BooksError, Posted, Recorder, Store, Writer};
use crate::calendar::Date;
use crate::conference::{Document, DocumentId, Fact, ImportDone, Method, Transferred};
use crate::ledger::{Draft, EntryNo, FactNo, PartyKind, PartyNo, Slug};
use crate::money::{Currency, DecimalMark, Money};

/// What an import of documents did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Filed {
    /// Documents in the file.
    pub documents: usize,
    /// Those that were new.
    pub added: usize,
    /// Those that were there already.
    pub known: usize,
    /// Entries that followed.
    pub entries: usize,
    /// Parties made known.
    pub parties: usize,
}

/// Takes documents of one file in.
pub(super) struct Filing<'w, 'b, S: Store> {
    pub(super) writer: &'w mut Writer<'b, S>,
    pub(super) problems: Problems,
    file: SourceFile,
    format: &'static str,
    /// The import's own fact, recorded with the first new document.
    begun: Option<FactNo>,
    pub(super) filed: Filed,
    /// By a digest of the name: a million names would fill the memory.
    parties: HashMap<[u8; 16], PartyNo>,
    pub(super) currency: Currency,
}

/// Columns, the first so many of which every file must have.
fn columns(names: &[&str], required: usize) -> Vec<Column> {
    let column = |(i, name): (usize, &&str)| if i < required { Column::required(name) } else { Column::optional(name) };
    names.iter().enumerate().map(column).collect()
}

impl<'w, 'b, S: Store> Filing<'w, 'b, S> {
    pub(super) fn begin(
        writer: &'w mut Writer<'b, S>,
        file: &SourceFile,
        format: &'static str,
    ) -> Result<Self, IntakeError> {
        writer.begin_import();
        let currency = writer.setup()?.currency();
        Ok(Self {
            writer,
            problems: Problems::default(),
            file: file.clone(),
            format,
            begun: None,
            filed: Filed::default(),
            parties: HashMap::new(),
            currency,
        })
    }

    pub(super) fn finish(self) -> Result<Filed, IntakeError> {
        self.problems.into_result(&self.file.name())?;
        Ok(self.filed)
    }

    /// Notes what is wrong with a row, unless it stops the whole import.
    pub(super) fn settle<T>(
        &mut self,
        outcome: Result<T, BooksError>,
        line: u64,
        column: Option<&str>,
    ) -> Result<Option<T>, IntakeError> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_fatal(&error) => Err(error.into()),
            Err(error) => {
                self.problems.add(line, column, error);
                Ok(None)
            }
        }
    }

    /// The party of a name; made known if the books lack it.
    fn party(&mut self, name: &str, kind: PartyKind) -> Result<PartyNo, BooksError> {
        let key = fingerprint(&[name.as_bytes()]);
        if let Some(number) = self.parties.get(&key) {
            return Ok(*number);
        }
        let number = match self.writer.books().store().party_by_name(name)? {
            Some(number) => number,
            None if name.starts_with('#') => self.writer.books().find_party(name)?,
            None => {
                self.filed.parties += 1;
                self.writer.add_party(name, kind, None, None)?
            }
        };
        self.parties.insert(key, number);
        Ok(number)
    }

    /// The party in a column that must be filled; `None` when that is a problem.
    fn party_in(
        &mut self,
        row: &Row<'_>,
        column: usize,
        name: &str,
        kind: PartyKind,
    ) -> Result<Option<PartyNo>, IntakeError> {
        if row.get(column).is_empty() {
            self.problems.add(row.line, Some(name), "it is empty");
            return Ok(None);
        }
        let found = self.party(row.get(column), kind);
        self.settle(found, row.line, Some(name))
    }

    /// An amount in a column, 0 when it is empty; `None` when it is a problem.
    fn minor(&mut self, row: &Row<'_>, column: usize) -> Option<i64> {
        let currency = self.currency;
        let parse = |text: &str| Money::parse(text, currency, DecimalMark::Point).map(Money::minor);
        row.parse_filled(column, &mut self.problems, parse).map(|minor| minor.unwrap_or(0))
    }

    /// The event in a column that may be empty; `None` when it is a problem.
    fn event(&mut self, row: &Row<'_>, column: usize) -> Option<Option<Slug>> {
        let setup = self.writer.setup().ok()?;
        row.parse_filled(column, &mut self.problems, |code| setup.event(code).map(|event| event.code))
    }

    /// The fund in a column that may be empty; `None` when it is a problem.
    fn fund(&mut self, row: &Row<'_>, column: usize) -> Option<Option<Slug>> {
        let setup = self.writer.setup().ok()?;
        row.parse_filled(column, &mut self.problems, |code| setup.fund(code).map(|fund| fund.code))
    }

    /// The account in a column that may be empty; `None` when it is a problem.
    fn account(&mut self, row: &Row<'_>, column: usize) -> Option<Option<crate::ledger::AccountNo>> {
        let setup = self.writer.setup().ok()?;
        row.parse_filled(column, &mut self.problems, |name| setup.account(name).map(|account| account.number))
    }

    /// A document that the books have under a code.
    pub(super) fn kept(&mut self, id: DocumentId) -> Result<Option<Document>, IntakeError> {
        Ok(self.writer.document_there(id)?)
    }

    /// Counts a document that is there already, or says what is other. Rows of one document that stand apart in the file
    /// are none of it: they would be lost, or taken for another document.
    fn known(&mut self, line: u64, id: DocumentId, difference: Option<String>) -> Result<(), IntakeError> {
        self.filed.documents += 1;
        let last = self.writer.last_change(id)?;
        let of_this_file = self.begun.is_some_and(|begun| last.is_some_and(|fact| fact > begun));
        if of_this_file {
            self.problems.add(line, None, format!("{id} stands further up in the file: put its rows together"));
            return Ok(());
        }
        match difference {
            None => self.filed.known += 1,
            Some(difference) => {
                let message = format!("{id} is there already, and differs: {difference}; give this one another code");
                self.problems.add(line, None, message);
            }
        }
        Ok(())
    }

    /// Refuses what the file says has happened to a document that is there already, and the books have not heard of: the
    /// row would pass for taken in.
    fn later(&mut self, line: u64, id: DocumentId, news: &[(bool, &str)]) {
        for (_, what) in news.iter().filter(|(is_news, _)| *is_news) {
            let message = format!("{id} is there already, but not {what}; record that by its own command");
            self.problems.add(line, None, message);
        }
    }

    /// Records a fact of a document; what its rule refuses becomes a problem of the line.
    fn happen(
        &mut self,
        line: u64,
        make: impl FnOnce(&mut Recorder<'_>) -> Result<Fact, BooksError>,
    ) -> Result<bool, IntakeError> {
        Ok(self.occur(line, make)?.is_some())
    }

    /// The same; returns the entries that followed, or none when it was refused.
    pub(super) fn occur(
        &mut self,
        line: u64,
        make: impl FnOnce(&mut Recorder<'_>) -> Result<Fact, BooksError>,
    ) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        self.begun()?;
        let outcome = self.writer.happen(make);
        let done = self.settle(outcome, line, None)?;
        self.filed.entries += done.as_ref().map_or(0, |(_, entries)| entries.len());
        Ok(done.map(|(_, entries)| entries))
    }

    /// The import's own fact.
    fn begun(&mut self) -> Result<FactNo, IntakeError> {
        if let Some(begun) = self.begun {
            return Ok(begun);
        }
        let name = self.file.path().file_name().map(|name| name.to_string_lossy().into_owned());
        let (format, sha256) = (self.format.to_owned(), self.file.sha256());
        let begun = self.writer.record(|recorder| {
            let file = name.map(|name| recorder.seal("file", &name));
            Ok(Fact::Import(ImportDone { format, sha256, file }))
        })?;
        self.begun = Some(begun);
        Ok(begun)
    }

    /// Posts an entry that belongs to no document; what the books refuse becomes a problem of the line.
    pub(super) fn enter(&mut self, line: u64, draft: Draft) -> Result<Option<EntryNo>, IntakeError> {
        let fact = self.begun()?;
        let posted = draft.balance().map_err(BooksError::from).and_then(|entry| self.writer.post(fact, &entry));
        let posted = self.settle(posted, line, None)?;
        Ok(posted.map(|posted| match posted {
            Posted::New(number) => {
                self.filed.entries += 1;
                number
            }
            Posted::AlreadyThere(number) => number,
        }))
    }

    /// Money in columns `amount`, `fee`, `method` and `date`, when there is an amount (or a day, where the amount is
    /// what is open); `None` when something is a problem.
    fn moved(
        &mut self,
        row: &Row<'_>,
        [amount, fee, method, date]: [usize; 4],
        usual: (Method, Date, Option<i64>),
    ) -> Option<Option<Transferred>> {
        let given = row.filled(amount).is_some() || (usual.2.is_some() && row.filled(date).is_some());
        if !given {
            if row.filled(date).is_some() || self.minor(row, fee)? != 0 {
                self.problems.add(row.line, Some("paid"), "it is empty, though the row has a fee or a day of payment");
                return None;
            }
            return Some(None);
        }
        let minor = self.minor(row, amount)?;
        let fee = self.minor(row, fee)?;
        let method = row.parse_filled(method, &mut self.problems, str::parse::<Method>)?.unwrap_or(usual.0);
        let date = row.parse_filled(date, &mut self.problems, str::parse::<Date>)?.unwrap_or(usual.1);
        let amount = if minor == 0 { usual.2.unwrap_or(0) } else { minor };
        Some(Some(Transferred { date, amount, fee, method, account: None, foreign: None }))
    }
}

/// A whole number as it is typed.
fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number"))
}

/// A column that says yes (`yes`, `true`, `1`, `x`) or no.
fn says_yes(row: &Row<'_>, column: usize, problems: &mut Problems) -> Option<bool> {
    row.parse(column, problems, |text| match text.to_lowercase().as_str() {
        "" | "no" | "false" | "0" => Ok(false),
        "yes" | "true" | "1" | "x" => Ok(true),
        other => Err(format!("`{other}` is neither yes nor no")),
    })
}
