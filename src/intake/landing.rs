//! Landing: names become accounts and parties, rows become balanced entries, the whole file or nothing.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{IntakeError, Problems, RawPosting, SourceFile, Transaction};
use crate::books::{BooksError, Posted, Store, Writer};
use crate::calendar::Date;
use crate::conference::{Fact, ImportDone};
use crate::ledger::{AccountNo, Coordinate, Draft, EntryNo, FactNo, PartyNo, Posting};

/// What an import did.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Landed {
    /// Transactions in the file.
    pub transactions: usize,
    /// Entries added.
    pub added: usize,
    /// Transactions that were there already.
    pub known: usize,
    /// Postings added.
    pub postings: usize,
    /// Accounts opened, by full name.
    pub accounts: Vec<String>,
    /// Parties made known.
    pub parties: usize,
    /// First and last booking date in the file.
    pub dates: Option<(Date, Date)>,
}

/// Takes transactions of one file into the books.
pub struct Landing<'w, 'b, S: Store> {
    /// The transaction of the books, for what a format does beside entries.
    pub writer: &'w mut Writer<'b, S>,
    /// What is wrong so far.
    pub problems: Problems,
    file: SourceFile,
    format: &'static str,
    fact: Option<FactNo>,
    landed: Landed,
    accounts: HashMap<String, AccountNo>,
    parties: HashMap<[u8; 16], PartyNo>,
    first_new: EntryNo,
    seen: HashMap<[u8; 16], u64>,
}

impl<'w, 'b, S: Store> Landing<'w, 'b, S> {
    /// Begins to take a file in.
    ///
    /// # Errors
    /// What the books cannot read.
    pub fn begin(writer: &'w mut Writer<'b, S>, file: &SourceFile, format: &'static str) -> Result<Self, IntakeError> {
        writer.begin_import();
        let first_new = EntryNo(writer.books().tail()?.entries + 1);
        Ok(Self {
            writer,
            problems: Problems::default(),
            file: file.clone(),
            format,
            fact: None,
            landed: Landed::default(),
            accounts: HashMap::new(),
            parties: HashMap::new(),
            first_new,
            seen: HashMap::new(),
        })
    }

    /// Ends the import: refuses the file if anything was wrong with it.
    ///
    /// # Errors
    /// [`IntakeError::Rows`].
    pub fn finish(self) -> Result<Landed, IntakeError> {
        self.problems.into_result(&self.file.name())?;
        Ok(self.landed)
    }

    /// The account of a name in the file; `open` makes it when the books lack it, or says why not.
    ///
    /// # Errors
    /// What the books refuse.
    pub fn account(
        &mut self,
        name: &str,
        open: impl FnOnce(&mut Writer<'b, S>) -> Result<AccountNo, BooksError>,
    ) -> Result<AccountNo, BooksError> {
        if let Some(number) = self.accounts.get(name) {
            return Ok(*number);
        }
        let number = match self.writer.setup()?.find_account(name) {
            Some(account) => account.number,
            None => {
                let before = self.writer.setup()?.accounts().len();
                let number = open(self.writer)?;
                let opened = self.writer.setup()?.accounts().get(before..).unwrap_or_default();
                self.landed.accounts.extend(opened.iter().map(|account| account.name.to_string()));
                number
            }
        };
        self.accounts.insert(name.to_owned(), number);
        Ok(number)
    }

    /// The party of a name in the file; `add` makes it known, finds it, or says why not.
    ///
    /// # Errors
    /// What the books refuse.
    pub fn party(
        &mut self,
        name: &str,
        add: impl FnOnce(&mut Writer<'b, S>) -> Result<PartyNo, BooksError>,
    ) -> Result<PartyNo, BooksError> {
        // A digest instead of the name keeps the memory of a million parties small.
        let key = fingerprint(&[name.as_bytes()]);
        if let Some(number) = self.parties.get(&key) {
            return Ok(*number);
        }
        let known = self.writer.parties();
        let number = match add(self.writer) {
            Ok(number) => number,
            Err(exists @ BooksError::Exists { what: "party", .. }) => {
                self.writer.books().store().party_by_name(name)?.ok_or(exists)?
            }
            Err(error) => return Err(error),
        };
        self.landed.parties += usize::from(self.writer.parties() > known);
        self.parties.insert(key, number);
        Ok(number)
    }

    /// Asks whether a row without a reference of its own, identified by `content`, is in the books already. The same
    /// content again within the file is another occurrence. Returns the identity to land it under, or `None` when it is
    /// known and was counted as such.
    ///
    /// # Errors
    /// What the books cannot read.
    pub fn claim(&mut self, content: [u8; 16], date: Date) -> Result<Option<[u8; 16]>, IntakeError> {
        let identity = self.occurrence(content)?;
        if identity.is_none() {
            self.count(date);
            self.landed.known += 1;
        }
        Ok(identity)
    }

    fn count(&mut self, date: Date) {
        self.landed.transactions += 1;
        self.landed.dates = Some(match self.landed.dates {
            None => (date, date),
            Some((first, last)) => (first.min(date), last.max(date)),
        });
    }

    /// Notes what a row's account or party is wrong about, unless it stops the whole import.
    ///
    /// # Errors
    /// What stops the whole import.
    pub fn settle<T>(
        &mut self,
        outcome: Result<T, BooksError>,
        line: u64,
        column: &str,
    ) -> Result<Option<T>, IntakeError> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_fatal(&error) => Err(error.into()),
            Err(error) => {
                self.problems.add(line, Some(column), error);
                Ok(None)
            }
        }
    }

    /// Books a transaction whose accounts and parties are known, under the identity that [`Landing::claim`] gave it.
    ///
    /// # Errors
    /// What stops the whole import; what is wrong with this transaction becomes a problem.
    pub fn land(
        &mut self,
        transaction: Transaction,
        places: &[(AccountNo, Option<PartyNo>)],
        identity: Option<[u8; 16]>,
    ) -> Result<(), IntakeError> {
        self.count(transaction.date);
        if self.problems.count() > 0 {
            // The file is refused already; the rest is only read to find more that is wrong with it.
            let line = transaction.line;
            let entry = self.draft(transaction, places).and_then(|draft| Ok(draft.balance()?));
            if let Err(error) = entry.and_then(|entry| self.writer.would_post(&entry)) {
                self.problems.add(line, None, error);
            }
            return Ok(());
        }
        let (line, count) = (transaction.line, transaction.postings.len());
        match self.book(transaction, places, identity) {
            Ok(Posted::New(_)) => {
                self.landed.added += 1;
                self.landed.postings += count;
            }
            Ok(Posted::AlreadyThere(_)) => self.landed.known += 1,
            Err(error) if is_fatal(&error) => return Err(error.into()),
            Err(error) => self.problems.add(line, None, error),
        }
        Ok(())
    }

    fn book(
        &mut self,
        transaction: Transaction,
        places: &[(AccountNo, Option<PartyNo>)],
        identity: Option<[u8; 16]>,
    ) -> Result<Posted, BooksError> {
        let entry = self.draft(transaction, places)?.balance()?;
        if let Some(known) = self.writer.known(&entry)? {
            return Ok(Posted::AlreadyThere(known));
        }
        let fact = self.fact()?;
        match identity {
            Some(identity) => self.writer.post_identified(fact, &entry, &identity),
            None => self.writer.post(fact, &entry),
        }
    }

    /// The fact of this import, recorded with its first new entry: an import that adds nothing leaves no trace.
    fn fact(&mut self) -> Result<FactNo, BooksError> {
        if let Some(fact) = self.fact {
            return Ok(fact);
        }
        let name = self.file.path().file_name().map(|name| name.to_string_lossy().into_owned());
        let (format, sha256) = (self.format.to_owned(), self.file.sha256());
        let fact = self.writer.record(|recorder| {
            let file = name.map(|name| recorder.seal("file", &name));
            Ok(Fact::Import(ImportDone { format, sha256, file }))
        })?;
        self.fact = Some(fact);
        Ok(fact)
    }

    fn draft(&self, transaction: Transaction, places: &[(AccountNo, Option<PartyNo>)]) -> Result<Draft, BooksError> {
        let setup = self.writer.setup()?;
        let mut postings = Vec::with_capacity(transaction.postings.len());
        for (raw, (account, party)) in transaction.postings.into_iter().zip(places) {
            let fund = setup.fund(&raw.fund)?.code;
            let event = raw.event.map(|code| setup.event(&code).map(|event| event.code)).transpose()?;
            let function = setup.account_numbered(*account).and_then(|account| account.function_for(raw.function));
            let RawPosting { amount, activity, tax_code, cash_flow, memo, original, .. } = raw;
            let at = Coordinate { account: *account, event, fund, function, activity, tax_code };
            postings.push(Posting { at, amount, cash_flow, party: *party, original, memo });
        }
        Ok(Draft {
            date: transaction.date,
            reference: transaction.reference,
            description: transaction.description,
            postings,
        })
    }

    /// Tells apart identical rows by how often they occurred: the identity of the next occurrence that is not in the
    /// books yet, or `None` when this occurrence was imported before.
    fn occurrence(&mut self, content: [u8; 16]) -> Result<Option<[u8; 16]>, BooksError> {
        let mut number = self.seen.get(&content).copied().unwrap_or(0);
        loop {
            let identity = if number == 0 { content } else { fingerprint(&[&content, &number.to_be_bytes()]) };
            match self.writer.entry_by_identity(&identity)? {
                None => {
                    if number > 0 {
                        self.seen.insert(content, number);
                    }
                    return Ok(Some(identity));
                }
                Some(entry) if entry < self.first_new => {
                    self.seen.insert(content, number + 1);
                    return Ok(None);
                }
                // Made by an earlier row of this very file: this row is the next occurrence.
                Some(_) => number += 1,
            }
        }
    }
}

/// First 16 bytes of the SHA-256 of length-prefixed parts.
pub(super) fn fingerprint(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    short
}

/// Whether an error is the machine's and not the row's.
pub(super) const fn is_fatal(error: &BooksError) -> bool {
    matches!(
        error,
        BooksError::Database { .. }
            | BooksError::File { .. }
            | BooksError::Locked { .. }
            | BooksError::Damaged { .. }
            | BooksError::Replaced { .. }
            | BooksError::BalanceOverflow { .. }
    )
}
