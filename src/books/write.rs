//! Writing the books: one command, one transaction, checked in a fixed order, hashed into the chain.

use std::collections::HashMap;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::balance::Balance;
use super::chain::{encode_fact, hash, salted_digest};
use super::desk::Pending;
use super::read::Books;
use super::setup::Setup;
use super::store::{CellKey, DocumentFilter, PartyRow, Store, StoredFact, StoredText, Tail};
use super::{BooksError, Head};
use crate::calendar::{Date, Timestamp};
use crate::conference::{
    BookOpened, Cause, Digest, EVENT_DOCUMENTS, Event, EventStatus, Fact, PartyKnown, PeriodLocked,
};
use crate::ledger::{
    Account, AccountNo, Chart, ChartAccount, Coordinate, CoordinateNo, FactNo, Fund, LedgerError, PartyKind, PartyNo,
};

/// Who writes, when, and how patiently. The only place where time and chance come in, so that a test can fix both.
#[derive(Clone, Debug)]
pub struct WriteContext {
    /// Who does it; kept, erasable, with every fact.
    pub actor: Option<String>,
    /// The moment of recording.
    pub now: Timestamp,
    /// Seed of the salts; `None` takes one from the operating system. A known seed makes salts guessable: tests only.
    pub seed: Option<u64>,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// Do everything, then roll back.
    pub dry_run: bool,
    /// What is being done, for those who wait.
    pub doing: String,
}

/// Seals erasable texts of a fact that is being made: keeps the text aside and returns its digest.
#[derive(Debug)]
pub struct Recorder<'a> {
    pub(super) rng: &'a mut ChaCha20Rng,
    pub(super) seq: i64,
    pub(super) texts: Vec<StoredText>,
}

impl Recorder<'_> {
    /// Keeps a text beside the chain under this field of the fact.
    pub fn seal(&mut self, field: &str, text: &str) -> Digest {
        let mut salt = [0; 16];
        self.rng.fill_bytes(&mut salt);
        let digest = salted_digest(&salt, text);
        self.texts.push(StoredText { seq: self.seq, field: field.to_owned(), salt, body: text.to_owned() });
        digest
    }
}

/// A transaction on the books.
#[derive(Debug)]
pub struct Writer<'a, S: Store> {
    pub(super) books: &'a mut Books<S>,
    pub(super) context: &'a WriteContext,
    pub(super) rng: ChaCha20Rng,
    pub(super) tail: Tail,
    pub(super) coordinates: HashMap<Coordinate, CoordinateNo>,
    pub(super) pending: HashMap<CellKey, Balance>,
    pub(super) documents: Pending,
    /// What facts of this transaction are, for the entries that follow from them.
    pub(super) causes: HashMap<FactNo, Cause>,
    pub(super) buffer: Vec<u8>,
    importing: bool,
}

impl<S: Store> Books<S> {
    /// Runs one command as one transaction: all of it becomes durable, or (on any error, or as a dry run) none.
    ///
    /// # Errors
    /// What `command` refuses, or what the store cannot do; nothing was written then.
    pub fn write<T, E: From<BooksError>>(
        &mut self,
        context: &WriteContext,
        command: impl FnOnce(&mut Writer<'_, S>) -> Result<T, E>,
    ) -> Result<T, E> {
        let actor = context.actor.as_deref().unwrap_or("someone");
        self.store.begin(context.wait, &format!("{actor} (process {}, {})", std::process::id(), context.doing))?;
        let outcome = self.run(context, command);
        let keep = outcome.is_ok() && !context.dry_run;
        if keep {
            if let Err(error) = self.store.commit() {
                // A commit that failed has kept nothing; rolling back only releases what is still held.
                let _ = self.store.rollback();
                self.reload()?;
                return Err(error.into());
            }
        } else {
            // What was refused matters more than how its undoing went.
            let undone = self.store.rollback().and_then(|()| self.reload());
            let value = outcome?;
            undone?;
            return Ok(value);
        }
        outcome
    }

    fn run<T, E: From<BooksError>>(
        &mut self,
        context: &WriteContext,
        command: impl FnOnce(&mut Writer<'_, S>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tail = self.store.tail()?;
        if self.seen.take() != Some(tail.head) {
            // Another process has written since these books were read.
            self.reload()?;
        }
        let coordinates = match self.coordinates.take() {
            Some(known) => known,
            None => self.store.coordinates()?.into_iter().map(|(number, at)| (at, number)).collect(),
        };
        let rng = match context.seed {
            // The head goes in, so that two commands under one seed do not share salts.
            Some(seed) => {
                let mut bytes = tail.head.hash;
                bytes.iter_mut().zip(seed.to_le_bytes()).for_each(|(byte, more)| *byte ^= more);
                ChaCha20Rng::from_seed(bytes)
            }
            None => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes)
                    .map_err(|_| BooksError::Damaged { what: "the system gives no random numbers".to_owned() })?;
                ChaCha20Rng::from_seed(bytes)
            }
        };
        let mut writer = Writer {
            books: self,
            context,
            rng,
            tail,
            coordinates,
            pending: HashMap::new(),
            documents: Pending::default(),
            causes: HashMap::new(),
            buffer: Vec::with_capacity(1024),
            importing: false,
        };
        let value = command(&mut writer)?;
        writer.flush_documents()?;
        writer.flush()?;
        let (head, coordinates) = (writer.tail.head, writer.coordinates);
        (self.seen, self.coordinates) = (Some(head), Some(coordinates));
        Ok(value)
    }

    /// Reads the setup again; what a transaction that came to nothing has left in memory is forgotten.
    fn reload(&mut self) -> Result<(), BooksError> {
        (self.seen, self.coordinates) = (None, None);
        self.setup = Setup::fold(&self.store.setup_facts()?)?;
        Ok(())
    }
}

impl<S: Store> Writer<'_, S> {
    /// The books as this transaction has them. Balances of entries posted in it are not in the cube yet.
    #[must_use]
    pub fn books(&self) -> &Books<S> {
        self.books
    }

    /// What the books are set up with, changes of this transaction included.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] before [`Writer::begin_books`].
    pub fn setup(&self) -> Result<&Setup, BooksError> {
        self.books.setup()
    }

    /// The last record.
    #[must_use]
    pub fn head(&self) -> Head {
        self.tail.head
    }

    /// From here on, parties belong to an import, whose own fact says who made it.
    pub(crate) fn begin_import(&mut self) {
        self.importing = true;
    }

    /// How many parties are known.
    #[must_use]
    pub fn parties(&self) -> i64 {
        self.tail.parties
    }

    /// Opens new books: name, currency, fiscal years and the chart with its accounts.
    ///
    /// # Errors
    /// [`BooksError::Exists`] when they were begun before.
    pub fn begin_books(&mut self, book: BookOpened, chart: Chart) -> Result<(), BooksError> {
        if let Some(setup) = &self.books.setup {
            return Err(BooksError::Exists { what: "the book of", value: setup.entity().to_owned() });
        }
        if book.name.trim().is_empty() {
            return Err(BooksError::Empty { what: "the organisation's name" });
        }
        let book = Fact::Book(book);
        self.books.setup = Some(Setup::begin(&book)?);
        self.record(|_| Ok(book))?;
        let accounts = chart.accounts.clone();
        self.record(|_| Ok(Fact::Chart(Chart { accounts: Vec::new(), ..chart })))?;
        for account in accounts {
            self.open_account(account)?;
        }
        Ok(())
    }

    /// Records a fact that no rule works out (an entry by hand, an import) and returns its number. Its texts are sealed
    /// by the closure.
    ///
    /// # Errors
    /// What the closure refuses, or what the store cannot do.
    pub fn record(
        &mut self,
        make: impl FnOnce(&mut Recorder<'_>) -> Result<Fact, BooksError>,
    ) -> Result<FactNo, BooksError> {
        let mut made = None;
        let number = self.record_unapplied(|recorder| {
            let fact = make(recorder)?;
            made = Some(fact.clone());
            Ok(fact)
        })?;
        made.map_or(Ok(()), |fact| self.take_in(&fact))?;
        Ok(number)
    }

    /// Takes what a fact sets up into the setup.
    pub(super) fn take_in(&mut self, fact: &Fact) -> Result<(), BooksError> {
        self.books.setup.as_mut().map_or(Ok(()), |setup| setup.apply(fact))
    }

    /// Writes a fact into the chain, and nothing else.
    pub(super) fn record_unapplied(
        &mut self,
        make: impl FnOnce(&mut Recorder<'_>) -> Result<Fact, BooksError>,
    ) -> Result<FactNo, BooksError> {
        let seq = self.tail.head.seq + 1;
        let mut recorder = Recorder { rng: &mut self.rng, seq, texts: Vec::new() };
        let fact = make(&mut recorder)?;
        // Parties and documents come by the thousand within an import, which has its actor in its own fact.
        let actor = match (&fact, &self.context.actor) {
            (other, _) if self.importing && !matches!(other, Fact::Import(_)) => None,
            (_, None) => None,
            (_, Some(actor)) => Some(recorder.seal("actor", actor)),
        };
        let texts = recorder.texts;
        let body = serde_json::to_string(&fact).map_err(|error| BooksError::Damaged { what: error.to_string() })?;
        let mut stored = StoredFact {
            number: FactNo(self.tail.facts + 1),
            seq,
            recorded_at: self.context.now.as_str().to_owned(),
            kind: fact.kind().to_owned(),
            rule: fact.rule_version(),
            actor,
            body,
            hash: [0; 32],
        };
        encode_fact(&mut self.buffer, &self.tail.head.hash, &stored);
        stored.hash = hash(&self.buffer);
        self.books.store.append_fact(&stored)?;
        for text in &texts {
            self.books.store.append_text(text)?;
        }
        if !matches!(fact, Fact::Party(_) | Fact::Account(_)) {
            // Entries follow their fact at once, or (those of an import) parties and accounts only come between.
            if self.causes.len() > 100 {
                self.causes.clear();
            }
            self.causes.insert(stored.number, fact.cause());
        }
        self.tail.facts += 1;
        self.tail.head = Head { seq, hash: stored.hash };
        Ok(stored.number)
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`BooksError::Exists`] when the name or the code is taken, or what the chart says of its line.
    pub fn open_account(&mut self, account: ChartAccount) -> Result<AccountNo, BooksError> {
        let setup = self.setup()?;
        if setup.account_named(account.name.as_str()).is_some() {
            return Err(BooksError::Exists { what: "account", value: account.name.to_string() });
        }
        let number = i64::try_from(setup.accounts().len()).unwrap_or(i64::MAX) + 1;
        let account = Account {
            number: AccountNo(number),
            name: account.name,
            kind: account.kind,
            code: account.code,
            line: account.line,
            function: account.function,
            cash_flow: account.cash_flow,
            form_990: account.form_990,
            merge: account.merge,
            closed: false,
        };
        self.record_account(account)
    }

    /// Changes an account's attributes; number, name and type stay.
    ///
    /// # Errors
    /// [`BooksError::Fixed`] when the type differs, [`BooksError::Exists`] when the code is another account's.
    pub fn change_account(&mut self, account: Account) -> Result<AccountNo, BooksError> {
        let known = self.setup()?.account(account.name.as_str())?;
        let account = Account { number: known.number, name: known.name.clone(), ..account };
        if known.kind != account.kind {
            return Err(BooksError::Fixed {
                what: "the type",
                value: account.name.to_string(),
                now: known.kind.word().to_owned(),
                wanted: account.kind.word().to_owned(),
            });
        }
        self.record_account(account)
    }

    fn record_account(&mut self, account: Account) -> Result<AccountNo, BooksError> {
        let setup = self.setup()?;
        if let Some(code) = &account.code
            && setup.accounts().iter().any(|a| a.number != account.number && a.code.as_ref() == Some(code))
        {
            return Err(BooksError::Exists { what: "account code", value: code.clone() });
        }
        if let Some(code) = &account.code {
            let good = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '/');
            if code.is_empty() || !code.chars().all(good) {
                return Err(LedgerError::BadAccountCode { value: code.clone() }.into());
            }
            // A code that is an account's name, or the other way round, would take that account's postings.
            if setup.account_named(code).is_some() {
                return Err(BooksError::Exists { what: "account", value: code.clone() });
            }
        }
        if setup.accounts().iter().any(|a| a.code.as_deref() == Some(account.name.as_str())) {
            return Err(BooksError::Exists { what: "account code", value: account.name.to_string() });
        }
        setup.check_line(&account)?;
        let number = account.number;
        if setup.account_numbered(number) == Some(&account) {
            return Ok(number);
        }
        self.record(|_| Ok(Fact::Account(account)))?;
        Ok(number)
    }

    /// Opens a fund, or changes name and purpose of one that is there.
    ///
    /// # Errors
    /// [`BooksError::Fixed`] when its restriction differs.
    pub fn put_fund(&mut self, fund: Fund) -> Result<(), BooksError> {
        if fund.name.trim().is_empty() {
            return Err(BooksError::Empty { what: "the fund's name" });
        }
        if let Some(known) = self.setup()?.funds().iter().find(|f| f.code == fund.code)
            && known.restriction != fund.restriction
        {
            return Err(BooksError::Fixed {
                what: "the restriction",
                value: fund.code.to_string(),
                now: known.restriction.word().to_owned(),
                wanted: fund.restriction.word().to_owned(),
            });
        }
        self.record(|_| Ok(Fact::Fund(fund)))?;
        Ok(())
    }

    /// Announces an event, or changes name and days of one that is there.
    ///
    /// # Errors
    /// [`BooksError::Calendar`] when it ends before it begins.
    pub fn put_event(&mut self, event: Event) -> Result<(), BooksError> {
        crate::calendar::Window::new(event.first_day, event.last_day)?;
        if event.name.trim().is_empty() {
            return Err(BooksError::Empty { what: "the event's name" });
        }
        self.record(|_| Ok(Fact::Event(event)))?;
        Ok(())
    }

    /// Makes a party known.
    ///
    /// # Errors
    /// [`BooksError::Exists`] when its name is taken, [`BooksError::Empty`] when it has none.
    pub fn add_party(
        &mut self,
        name: &str,
        kind: PartyKind,
        holding: Option<PartyNo>,
        email: Option<&str>,
    ) -> Result<PartyNo, BooksError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(BooksError::Empty { what: "the party's name" });
        }
        if name.starts_with('#') {
            return Err(BooksError::BadPartyName { value: name.to_owned() });
        }
        if self.books.party_named(name)?.is_some() {
            return Err(BooksError::Exists { what: "party", value: name.to_owned() });
        }
        let number = PartyNo(self.tail.parties + 1);
        self.record_party(number, kind, holding, Some(name), email)?;
        self.tail.parties += 1;
        Ok(number)
    }

    /// Changes kind, holding or e-mail address of a party.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] when there is no such party.
    pub fn change_party(
        &mut self,
        number: PartyNo,
        kind: PartyKind,
        holding: Option<PartyNo>,
        email: Option<&str>,
    ) -> Result<(), BooksError> {
        self.not_forgotten(number)?;
        let name = self.books.party(number)?.name;
        if let Some(holding) = holding {
            let mut is_holding = false;
            self.books.store.parties(&mut |row| {
                is_holding |= row.holding == Some(number);
                Ok(())
            })?;
            if is_holding {
                let problem = "it is a holding itself";
                return Err(BooksError::Holding { value: name.unwrap_or_default(), holding, problem });
            }
        }
        self.record_party(number, kind, holding, name.as_deref(), email)
    }

    fn record_party(
        &mut self,
        number: PartyNo,
        kind: PartyKind,
        holding: Option<PartyNo>,
        name: Option<&str>,
        email: Option<&str>,
    ) -> Result<(), BooksError> {
        if let Some(holding) = holding {
            let value = || name.unwrap_or_default().to_owned();
            if holding == number {
                return Err(BooksError::Holding { value: value(), holding, problem: "that is the party itself" });
            }
            if self.books.party(holding)?.party.holding.is_some() {
                let problem = "that belongs to a holding, and a holding has none";
                return Err(BooksError::Holding { value: value(), holding, problem });
            }
        }
        self.record(|recorder| {
            let name = name.map(|name| recorder.seal("name", name));
            let email = email.map(str::trim).filter(|e| !e.is_empty()).map(|e| recorder.seal("email", e));
            Ok(Fact::Party(PartyKnown { party: number, kind, holding, name, email }))
        })?;
        self.books.store.put_party(&PartyRow { number, kind, holding, seq: self.tail.head.seq })
    }

    /// Before a period is locked, every event with documents that ended in it was held or cancelled: afterwards its
    /// revenue could no longer be dated its last day.
    fn events_are_confirmed(&self, through: Date) -> Result<(), BooksError> {
        let setup = self.setup()?;
        for event in setup.events() {
            if event.last_day > through || setup.conference().status(event.code) != EventStatus::Planned {
                continue;
            }
            let mut documents = 0;
            for kind in EVENT_DOCUMENTS {
                let filter = DocumentFilter::Event(event.code, kind, None, 1);
                self.books.store.documents(filter, &mut |_| {
                    documents += 1;
                    Ok(())
                })?;
            }
            if documents > 0 {
                return Err(BooksError::EventOverdue { event: event.code, last_day: event.last_day });
            }
        }
        Ok(())
    }

    /// Locks everything up to and including a day.
    ///
    /// # Errors
    /// [`BooksError::LockNotLater`] when the books are locked that far already, [`BooksError::LockInFuture`],
    /// [`BooksError::EventOverdue`].
    pub fn lock(&mut self, through: Date) -> Result<(), BooksError> {
        if let Some(locked) = self.setup()?.locked_through()
            && through <= locked
        {
            return Err(BooksError::LockNotLater { through: locked, wanted: through });
        }
        // A lock cannot be undone: one over days that are still to come would be a mistake of the keyboard.
        if let Some(today) = self.context.now.date()
            && through > today
        {
            return Err(BooksError::LockInFuture { wanted: through, today });
        }
        self.events_are_confirmed(through)?;
        self.record(|_| Ok(Fact::Lock(PeriodLocked { through, reopened: None })))?;
        Ok(())
    }

    /// Opens locked days again, from a day on. The lock and its reopening both stay in the chain.
    ///
    /// # Errors
    /// [`BooksError::NotLocked`] when the day is open, [`BooksError::Empty`] without a reason.
    pub fn reopen(&mut self, from: Date, reason: &str) -> Result<(), BooksError> {
        let locked = self.setup()?.locked_through();
        let through = from.previous().filter(|_| locked.is_some_and(|locked| from <= locked));
        let Some(through) = through else { return Err(BooksError::NotLocked { date: from, through: locked }) };
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(BooksError::Empty { what: "the reason of the reopening" });
        }
        self.record(|recorder| {
            Ok(Fact::Lock(PeriodLocked { through, reopened: Some(recorder.seal("reopened", reason)) }))
        })?;
        Ok(())
    }
}
