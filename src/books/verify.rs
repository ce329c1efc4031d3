//! Proof that the books are what was recorded: the chain, every balance, every document, every text.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;

use sha2::{Digest as _, Sha256};

use super::balance::Balance;
use super::chain::{encode_entry, encode_fact, hash, salted_digest};
use super::read::{Books, memo_field};
use super::setup::{Setup, read_fact};
use super::shelf::{Shelf, ShelfDesk};
use super::store::{Origin, PartyRow, Record, Store, StoredEntry, StoredFact, StoredText};
use super::{BooksError, Head};
use crate::calendar::{ALL_DAYS, Date, Month, WindowPart};
use crate::conference::{Cause, Digest, DocumentKind, Fact};
use crate::ledger::{Coordinate, CoordinateNo, Draft, EntryNo, FactNo, PartyNo, Slug};

/// Something that is not as it was recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The entry it concerns.
    pub entry: Option<EntryNo>,
    /// The fact it concerns.
    pub fact: Option<FactNo>,
    /// What was found, with what was expected.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.entry, self.fact) {
            (Some(entry), _) => write!(f, "entry {entry}: {}", self.message),
            (None, Some(fact)) => write!(f, "fact {fact}: {}", self.message),
            (None, None) => f.write_str(&self.message),
        }
    }
}

/// What `verify` did and found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// Entries recomputed.
    pub entries: i64,
    /// Facts recomputed.
    pub facts: i64,
    /// Postings added up.
    pub postings: i64,
    /// Texts that were erased, each named by the fact that says so.
    pub erased: i64,
    /// The head as kept.
    pub head: Head,
    /// What is wrong, first things first; empty when all is well. At most 50 are listed.
    pub findings: Vec<Finding>,
    /// How many more findings there were.
    pub more: usize,
}

/// The most findings that are listed.
const FINDINGS: usize = 50;

/// What the walk along the chain has seen so far.
struct Walk<'a> {
    coordinates: &'a HashMap<CoordinateNo, Coordinate>,
    report: Verification,
    buffer: Vec<u8>,
    previous: Head,
    wanted: Option<Head>,
    setup: Option<Setup>,
    /// By day, coordinate and origin, recomputed from postings.
    days: HashMap<(i64, CoordinateNo, Origin), Balance>,
    parties: BTreeMap<PartyNo, PartyRow>,
    /// Documents as the facts so far leave them.
    shelf: Shelf,
    /// The last fact, and what its rule says that follows.
    expected: Option<(FactNo, VecDeque<Print>)>,
    /// The fact of each entry, and the kind of each fact.
    facts_of: Vec<FactNo>,
    causes: Vec<Option<Cause>>,
    fact: &'a dyn Fn(FactNo) -> Option<Fact>,
    erased: &'a Erased,
}

/// Texts that facts say were erased, and which fact says so.
type Erased = HashMap<(i64, String), FactNo>;

/// What identifies an entry that a rule gives: the start of the SHA-256 of its date, places, amounts and parties.
type Print = [u8; 16];

impl<S: Store> Books<S> {
    /// Recomputes everything that can be: hashes, balances, parties, texts, locks, reversals; and, given a head that
    /// was written down earlier, that the books still contain it.
    ///
    /// # Errors
    /// What the store cannot read. What is wrong with the books is no error here, but a finding.
    pub fn verify(&self, head: Option<Head>) -> Result<Verification, BooksError> {
        self.consistently(|books| books.recompute(head))
    }

    /// Documents and tallies as the facts make them.
    pub(super) fn shelf_of_the_chain(&self) -> Result<Shelf, BooksError> {
        self.walk(None, |walk| Ok(std::mem::take(&mut walk.shelf)))
    }

    fn recompute(&self, head: Option<Head>) -> Result<Verification, BooksError> {
        self.walk(head, |walk| {
            walk.nothing_missing();
            walk.report.head = walk.previous;
            walk.missing_head();
            self.compare_documents(walk)?;
            self.compare_balances(walk)?;
            self.compare_parties(walk)?;
            self.reconciliations_checked()?.into_iter().for_each(|finding| walk.find(finding));
            for message in self.store.self_check()? {
                walk.general(message);
            }
            Ok(walk.report.clone())
        })
    }

    /// Goes along the chain, and does what is to be done at its end.
    fn walk<T>(
        &self,
        head: Option<Head>,
        at_the_end: impl FnOnce(&mut Walk<'_>) -> Result<T, BooksError>,
    ) -> Result<T, BooksError> {
        let coordinates: HashMap<_, _> = self.store.coordinates()?.into_iter().collect();
        let erased = self.erased()?;
        let mut walk = Walk {
            coordinates: &coordinates,
            report: Verification {
                entries: 0,
                facts: 0,
                postings: 0,
                erased: 0,
                head: Head::EMPTY,
                findings: Vec::new(),
                more: 0,
            },
            buffer: Vec::new(),
            previous: Head::EMPTY,
            wanted: head,
            setup: None,
            days: HashMap::new(),
            parties: BTreeMap::new(),
            shelf: Shelf::new(),
            expected: None,
            facts_of: Vec::new(),
            causes: Vec::new(),
            fact: &|number| self.fact(number).ok().map(|(fact, ..)| fact),
            erased: &erased,
        };
        self.store.chain(&mut |record, texts| {
            walk.record(&record, &texts);
            Ok(())
        })?;
        at_the_end(&mut walk)
    }

    /// What facts say was erased, before the walk comes to them.
    fn erased(&self) -> Result<Erased, BooksError> {
        let mut erased = Erased::new();
        self.store.facts(&["forgotten"], &mut |stored| {
            // One that cannot be read is found by the walk.
            if let Ok(Fact::Forgotten(forgotten)) = read_fact(&stored) {
                let before = forgotten.texts.into_iter().filter(|(seq, _)| *seq < stored.seq);
                erased.extend(before.map(|text| (text, stored.number)));
            }
            Ok(())
        })?;
        Ok(erased)
    }

    fn compare_balances(&self, walk: &mut Walk<'_>) -> Result<(), BooksError> {
        let mut months: HashMap<(i64, CoordinateNo, Origin), Balance> = HashMap::new();
        for ((day, coordinate, origin), balance) in &walk.days {
            // A day that is no date was reported with its entry.
            let month = Date::from_number(*day).map_or(0, |date| i64::from(date.month().number()));
            let sum = months.entry((month, *coordinate, *origin)).or_default();
            *sum = sum.plus(*balance);
        }
        let days = std::mem::take(&mut walk.days);
        let all = (Month::from_number(i64::from(ALL_DAYS.from().month().number())), Month::from_number(299_912));
        let (Some(first), Some(last)) = all else { return Ok(()) };
        for (period, part, mut expected) in
            [("day", WindowPart::Days(ALL_DAYS), days), ("month", WindowPart::Months(first, last), months)]
        {
            let mut wrong: Vec<(i64, CoordinateNo, Balance, Balance)> = Vec::new();
            self.store.balances(part, &mut |coordinate, origin, when, found| {
                let computed = expected.remove(&(when, coordinate, origin)).unwrap_or_default();
                if computed != found {
                    wrong.push((when, coordinate, computed, found));
                }
            })?;
            wrong.extend(expected.into_iter().map(|((when, at, _), balance)| (when, at, balance, Balance::default())));
            wrong.sort_by_key(|(when, coordinate, ..)| (*when, *coordinate));
            for (when, coordinate, computed, found) in wrong {
                let account = walk.coordinates.get(&coordinate).map(|at| at.account);
                let account = account.and_then(|n| walk.setup.as_ref()?.account_numbered(n));
                let account = account.map_or_else(|| format!("coordinate {coordinate}"), |a| format!("`{}`", a.name));
                let shown = |balance: Balance| {
                    let amount = |minor: i128| match &walk.setup {
                        Some(setup) => setup.currency().format_minor(minor),
                        None => minor.to_string(),
                    };
                    let (debit, credit) = (amount(balance.debit), amount(balance.credit));
                    format!("debits {debit}, credits {credit} in {} postings", balance.postings)
                };
                let message = format!(
                    "kept balance of {account} for {period} {when} is {}; the postings give {}",
                    shown(found),
                    shown(computed)
                );
                walk.general(message);
            }
        }
        Ok(())
    }

    /// Documents and tallies as kept, beside those that the facts give.
    fn compare_documents(&self, walk: &mut Walk<'_>) -> Result<(), BooksError> {
        let shelf = std::mem::take(&mut walk.shelf);
        let mut wrong = Vec::new();
        let mut seen = 0;
        for kind in DocumentKind::ALL {
            self.store.kept_documents(*kind, &mut |row, column| {
                seen += 1;
                let id = row.document.id();
                match (shelf.rows().get(&id), column) {
                    (None, _) => wrong.push(format!("{id} is kept, but no fact made it")),
                    (Some(computed), _) if *computed != row => {
                        wrong.push(format!("{id} is not as the facts leave it (its last is fact {})", computed.fact));
                    }
                    (Some(_), Some(column)) => {
                        wrong.push(format!("{id} is listed with another `{column}` than the facts give it"));
                    }
                    (Some(_), None) => {}
                }
            })?;
        }
        if wrong.is_empty() && seen != shelf.rows().len() {
            for id in shelf.rows().keys() {
                if self.store.document(*id)?.is_none() {
                    wrong.push(format!("{id} is missing"));
                }
            }
        }
        let mut counted = HashSet::new();
        self.store.tallies(&mut |key, count, amount| {
            let computed = shelf.tallies().get(&key).copied().unwrap_or_default();
            if computed != (count, amount) {
                let (kind, text) = (key.kind, &key.key);
                wrong.push(format!(
                    "the tally {kind} `{text}` is kept as {count} and {amount} minor units; the documents give {} and {}",
                    computed.0, computed.1
                ));
            }
            counted.insert(key);
        })?;
        let lost = shelf.tallies().keys().filter(|key| !counted.contains(key));
        wrong.extend(lost.map(|key| format!("the tally {} `{}` is missing", key.kind, key.key)));
        wrong.into_iter().for_each(|message| walk.general(message));
        Ok(())
    }

    fn compare_parties(&self, walk: &mut Walk<'_>) -> Result<(), BooksError> {
        let mut expected = std::mem::take(&mut walk.parties);
        let mut wrong = Vec::new();
        self.store.parties(&mut |row| {
            if expected.remove(&row.number).as_ref() != Some(&row) {
                wrong.push(row.number);
            }
            Ok(())
        })?;
        wrong.extend(expected.into_keys());
        for number in wrong {
            walk.general(format!("party {number} is not as the facts describe it"));
        }
        Ok(())
    }
}

impl Walk<'_> {
    fn find(&mut self, finding: Finding) {
        if self.report.findings.len() < FINDINGS {
            self.report.findings.push(finding);
        } else {
            self.report.more += 1;
        }
    }

    fn general(&mut self, message: String) {
        self.find(Finding { entry: None, fact: None, message });
    }

    fn of_entry(&mut self, entry: &StoredEntry, message: impl Into<String>) {
        self.find(Finding { entry: Some(entry.number), fact: None, message: message.into() });
    }

    fn of_fact(&mut self, fact: &StoredFact, message: impl Into<String>) {
        self.find(Finding { entry: None, fact: Some(fact.number), message: message.into() });
    }

    fn record(&mut self, record: &Record, texts: &[StoredText]) {
        let hash = match record {
            Record::Fact(fact) => {
                self.fact(fact, texts);
                fact.hash
            }
            Record::Entry(entry) => {
                self.entry(entry, texts);
                entry.hash
            }
        };
        // The chain goes on from the hash as kept, so that one altered record is one finding and not thousands.
        self.previous = Head { seq: record.seq(), hash };
        if let Some(wanted) = self.wanted
            && wanted.seq == record.seq()
        {
            self.wanted = None;
            if wanted.hash != hash {
                let message = format!(
                    "the books differ from the head {wanted}: record {} has hash {}",
                    record.seq(),
                    Digest(hash)
                );
                self.general(message);
            }
        }
    }

    fn missing_head(&mut self) {
        if let Some(wanted) = self.wanted.take()
            && wanted != Head::EMPTY
        {
            let last = self.previous.seq;
            self.general(format!(
                "the books end with record {last}, the head {wanted} is of a later one: the end is missing"
            ));
        }
    }

    fn fact(&mut self, fact: &StoredFact, texts: &[StoredText]) {
        self.report.facts += 1;
        if fact.number.0 != self.report.facts || fact.seq != self.previous.seq + 1 {
            let (seq, after) = (fact.seq, self.previous.seq);
            self.of_fact(fact, format!("a number is missing before it (record {seq} follows record {after})"));
            self.report.facts = fact.number.0;
        }
        encode_fact(&mut self.buffer, &self.previous.hash, fact);
        if hash(&self.buffer) != fact.hash {
            self.of_fact(fact, "its hash does not match its content: it, or a record before it, was changed");
        }
        let content = match read_fact(fact) {
            Ok(content) => content,
            Err(error) => {
                self.nothing_missing();
                self.causes.push(None);
                return self.of_fact(fact, error.to_string());
            }
        };
        let mut digests: Vec<(String, Digest)> = Vec::new();
        digests.extend(fact.actor.map(|digest| ("actor".to_owned(), digest)));
        digests.extend(content.texts());
        if let Fact::Party(party) = &content {
            let (number, kind, holding) = (party.party, party.kind, party.holding);
            self.parties.insert(number, PartyRow { number, kind, holding, seq: fact.seq });
        }
        if let Some(message) = self.compare_texts(fact.seq, &digests, texts) {
            self.of_fact(fact, message);
        }
        self.nothing_missing();
        self.causes.push(Some(content.cause()));
        if let Err(error) = self.work_out(fact.number, &content) {
            self.of_fact(fact, format!("its posting rule refuses it: {error}"));
        }
        let applied = match &mut self.setup {
            None => Setup::begin(&content).map(|setup| self.setup = Some(setup)),
            Some(setup) => setup.apply(&content),
        };
        if let Err(error) = applied {
            self.of_fact(fact, error.to_string());
        }
    }

    /// Works a fact out on the shelf, and remembers which entries must follow.
    fn work_out(&mut self, number: FactNo, fact: &Fact) -> Result<(), BooksError> {
        let Some(setup) = &self.setup else { return Ok(()) };
        if let Fact::Reversal(reversal) = fact {
            let index = usize::try_from(reversal.entry.0 - 1).unwrap_or(usize::MAX);
            let Some(taken) = self.facts_of.get(index).copied() else { return Ok(()) };
            if let Some(primary) = (self.fact)(taken).and_then(|fact| fact.document()) {
                self.shelf.take_back(taken, primary, number)?;
            }
            return Ok(());
        }
        let mut prints = VecDeque::new();
        let parties = &self.parties;
        let outcome = ShelfDesk {
            shelf: &mut self.shelf,
            setup,
            conference: setup.conference(),
            holding: &|party| parties.get(&party).and_then(|row| row.holding),
            post: &mut |draft| prints.push_back(print_of_draft(draft)),
        }
        .apply(number, fact);
        self.expected = Some((number, prints));
        outcome
    }

    /// Before the next fact, everything that follows from the last one must have been seen.
    fn nothing_missing(&mut self) {
        if let Some((fact, left)) = self.expected.take()
            && !left.is_empty()
        {
            let message = format!("{} entries that follow from it by its posting rule are missing", left.len());
            self.find(Finding { entry: None, fact: Some(fact), message });
        }
    }

    /// An entry is what its fact's rule gives; those that people and files made count for the balances of funds.
    fn follows(&mut self, entry: &StoredEntry) {
        let index = usize::try_from(entry.fact.0 - 1).unwrap_or(usize::MAX);
        let cause = self.causes.get(index).copied().flatten();
        self.facts_of.push(entry.fact);
        if cause.is_some_and(Cause::is_document) {
            let next = match &mut self.expected {
                Some((fact, prints)) if *fact == entry.fact => prints.pop_front(),
                _ => None,
            };
            if next != Some(print_of_entry(entry, self.coordinates)) {
                let message = format!("it is not what fact {} gives by its posting rule", entry.fact);
                self.of_entry(entry, message);
            }
            return;
        }
        let Some(setup) = &self.setup else { return };
        for posting in &entry.postings {
            if let Some(at) = self.coordinates.get(&posting.coordinate) {
                self.shelf.add_to_fund(setup, at, i128::from(posting.amount));
            }
        }
    }

    fn entry(&mut self, entry: &StoredEntry, texts: &[StoredText]) {
        self.report.entries += 1;
        self.report.postings += i64::try_from(entry.postings.len()).unwrap_or(0);
        if entry.number.0 != self.report.entries || entry.seq != self.previous.seq + 1 {
            let (seq, after) = (entry.seq, self.previous.seq);
            self.of_entry(entry, format!("a number is missing before it (record {seq} follows record {after})"));
            self.report.entries = entry.number.0;
        }
        if let Err(message) = self.postings(entry) {
            self.of_entry(entry, message);
        }
        self.follows(entry);
        if entry.fact.0 > self.report.facts {
            self.of_entry(entry, format!("fact {}, which it follows from, is not there", entry.fact));
        }
        if entry.reverses.is_some_and(|reversed| reversed.0 >= entry.number.0) {
            self.of_entry(entry, "it reverses an entry that comes after it");
        }
        let locked = self.setup.as_ref().and_then(Setup::locked_through);
        if let Some(through) = locked
            && entry.date <= i64::from(through.number())
        {
            self.of_entry(entry, format!("it was added to a period that was locked through {through}"));
        }
        let mut digests: Vec<(String, Digest)> = Vec::new();
        digests.extend(entry.description.map(|digest| ("description".to_owned(), digest)));
        digests.extend(entry.postings.iter().filter_map(|p| p.memo.map(|digest| (memo_field(p.line), digest))));
        if let Some(message) = self.compare_texts(entry.seq, &digests, texts) {
            self.of_entry(entry, message);
        }
    }

    /// Compares kept texts with the digests in the chain, and missing ones with the facts that erased them.
    fn compare_texts(&mut self, seq: i64, digests: &[(String, Digest)], texts: &[StoredText]) -> Option<String> {
        for (field, digest) in digests {
            let erased = if self.erased.is_empty() { None } else { self.erased.get(&(seq, field.clone())) };
            match (texts.iter().find(|text| text.field == *field), erased) {
                (None, Some(_)) => self.report.erased += 1,
                (None, None) => {
                    return Some(format!("its text `{field}` is missing, and no fact says that it was erased"));
                }
                (Some(_), Some(fact)) => {
                    return Some(format!("its text `{field}` is there, although fact {fact} says that it was erased"));
                }
                (Some(text), None) if salted_digest(&text.salt, &text.body) != *digest => {
                    return Some(format!("its text `{field}` was changed"));
                }
                (Some(_), None) => {}
            }
        }
        let extra = texts.iter().find(|text| !digests.iter().any(|(field, _)| *field == text.field));
        extra.map(|text| format!("its text `{}` was added later", text.field))
    }

    /// Recomputes the hash, the balance in all and per fund, and adds the postings up.
    fn postings(&mut self, entry: &StoredEntry) -> Result<(), String> {
        let mut dimensions: Vec<&Coordinate> = Vec::with_capacity(entry.postings.len());
        for posting in &entry.postings {
            let at = self.coordinates.get(&posting.coordinate);
            dimensions.push(at.ok_or_else(|| format!("posting {} has no coordinate", posting.line))?);
        }
        encode_entry(&mut self.buffer, &self.previous.hash, entry, |i| dimensions[i]);
        let changed = hash(&self.buffer) != entry.hash;
        let index = usize::try_from(entry.fact.0 - 1).unwrap_or(usize::MAX);
        // An entry without its fact is a finding of its own.
        let cause = self.causes.get(index).copied().flatten().unwrap_or(Fact::Voucher {}.cause());
        let mut funds: BTreeMap<Slug, i128> = BTreeMap::new();
        let mut wrong = None;
        for (i, (posting, at)) in entry.postings.iter().zip(&dimensions).enumerate() {
            let line = i64::try_from(i).unwrap_or(i64::MAX) + 1;
            if posting.line != line || posting.account != at.account || posting.day != entry.date {
                wrong.get_or_insert(format!("posting {} was moved to another line, account or day", posting.line));
            }
            *funds.entry(at.fund).or_default() += i128::from(posting.amount);
            let origin = Origin { cause, flow: posting.cash_flow };
            let cell = self.days.entry((posting.day, posting.coordinate, origin)).or_default();
            *cell = cell.plus(Balance::of(posting.amount));
        }
        if let Some((fund, residual)) = funds.into_iter().find(|(_, sum)| *sum != 0) {
            let residual = match &self.setup {
                Some(setup) => format!("{} {}", setup.currency().format_minor(residual), setup.currency()),
                None => residual.to_string(),
            };
            return Err(format!(
                "it does not balance in fund `{fund}`: off by {residual}; its hash {}",
                match changed {
                    true => "does not match either: it was changed",
                    false => "matches",
                }
            ));
        }
        if changed {
            return Err("its hash does not match its content: it, or a record before it, was changed".to_owned());
        }
        if Date::from_number(entry.date).is_none() {
            return Err(format!("its date `{}` is no day", entry.date));
        }
        wrong.map_or(Ok(()), Err)
    }
}

fn fingerprint(parts: &mut dyn Iterator<Item = (&Coordinate, i64, Option<PartyNo>, Option<Slug>)>, date: i64) -> Print {
    let mut hasher = Sha256::new_with_prefix(date.to_be_bytes());
    for (at, amount, party, cash_flow) in parts {
        hasher.update(at.account.0.to_be_bytes());
        hasher.update(amount.to_be_bytes());
        hasher.update(party.map_or(0, |party| party.0).to_be_bytes());
        let words = [
            at.event.as_ref().map_or("", Slug::as_str),
            at.fund.as_str(),
            at.function.map_or("", |function| function.word()),
            at.activity.as_ref().map_or("", Slug::as_str),
            at.tax_code.as_ref().map_or("", Slug::as_str),
            cash_flow.as_ref().map_or("", Slug::as_str),
        ];
        for word in words {
            // No word holds a line feed.
            hasher.update(word);
            hasher.update("\n");
        }
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let mut short = Print::default();
    short.copy_from_slice(&digest[..16]);
    short
}

fn print_of_draft(draft: &Draft) -> Print {
    let mut parts = draft.postings.iter().map(|p| (&p.at, p.amount.minor(), p.party, p.cash_flow));
    fingerprint(&mut parts, i64::from(draft.date.number()))
}

fn print_of_entry(entry: &StoredEntry, coordinates: &HashMap<CoordinateNo, Coordinate>) -> Print {
    let mut parts = entry.postings.iter().filter_map(|p| {
        let at = coordinates.get(&p.coordinate)?;
        Some((at, p.amount, p.party, p.cash_flow))
    });
    fingerprint(&mut parts, entry.date)
}
