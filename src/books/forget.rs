//! Forgetting a party: its name, contact data and texts are erased, but for what the law says to keep.
//!
//! A text concerns a party when it belongs to the party itself, to a document or an entry of it, or when it names the
//! party. It is kept while it belongs to a voucher whose years are not over. What is erased is named, text by text, in a
//! fact; figures, dates and the party's number stay, and so does every hash.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::naming::Naming;
use super::read::{Books, memo_field};
use super::setup::read_fact;
use super::store::{Record, Store, StoredEntry, StoredFact, StoredText, TextField};
use super::write::{WriteContext, Writer};
use super::{BooksError, Head};
use crate::calendar::Date;
use crate::conference::{Digest, DocumentId, DocumentKind, Fact, Forgotten, KeptText, numbered};
use crate::ledger::{Draft, EntryNo, FactNo, PartyKind, PartyNo, Retention};

/// What kind of text was erased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TextKind {
    /// The party's name, as often as it was recorded.
    Name,
    /// Its e-mail addresses.
    Email,
    /// Addresses and tax numbers on invoices.
    Buyer,
    /// Descriptions of entries.
    Description,
    /// Memos of postings.
    Memo,
    /// Names of imported files and receipts.
    File,
    /// Who recorded something.
    Actor,
    /// Reasons, conditions, approvals, notes.
    Words,
}

impl TextKind {
    /// What a certificate calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "E-mail addresses",
            Self::Buyer => "Addresses and tax numbers on invoices",
            Self::Description => "Descriptions of entries",
            Self::Memo => "Memos of postings",
            Self::File => "Names of files",
            Self::Actor => "Names of who recorded something",
            Self::Words => "Reasons, conditions, approvals and notes",
        }
    }

    fn of(record: &Record, field: &str) -> Self {
        match (record, field) {
            (_, "actor") => Self::Actor,
            (Record::Entry(_), "description") => Self::Description,
            (Record::Entry(_), _) => Self::Memo,
            (Record::Fact(fact), "name") if fact.kind == "party" => Self::Name,
            (Record::Fact(fact), "email") if fact.kind == "party" => Self::Email,
            (Record::Fact(fact), _) if matches!(fact.kind.as_str(), "receipt" | "import") => Self::File,
            (Record::Fact(_), "address" | "tax number") => Self::Buyer,
            (Record::Fact(_), _) => Self::Words,
        }
    }
}

/// A voucher of which texts are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptRecord {
    /// The document or entry: `order a1`.
    pub what: String,
    /// The last day on which it is kept.
    pub until: Date,
    /// How many texts.
    pub texts: usize,
}

/// A copy of the books, and what it still holds of what was erased.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Its file.
    pub path: String,
    /// When it was made, if the books know of it.
    pub made_at: Option<String>,
    /// How many of the erased texts it holds; none when it cannot be read, or is not there.
    pub holds: Option<usize>,
}

/// What was erased of a party and what is kept: the content of a certificate. No text is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forgetting {
    /// The party.
    pub party: PartyNo,
    /// What it is; kept for ever, like its holding.
    pub kind: PartyKind,
    /// The day.
    pub date: Date,
    /// The fact that says so.
    pub fact: FactNo,
    /// How many texts were erased, by kind.
    pub erased: BTreeMap<TextKind, usize>,
    /// Which: place of the record in the chain, and name of the text.
    pub texts: Vec<(i64, TextField)>,
    /// What is kept, by voucher.
    pub kept: Vec<KeptRecord>,
    /// Until when the name is kept for these vouchers.
    pub name_until: Option<Date>,
    /// For how long, and why.
    pub retention: Retention,
    /// Imported rows that are no longer known by what they looked like.
    pub rows: usize,
    /// Receipts of its entries: files that lie beside the books.
    pub receipts: Vec<Digest>,
    /// Documents of it for which something is owed.
    pub open: usize,
    /// Records that name it where nothing can be erased: facts by kind (codes, names of events, tickets, accounts, funds),
    /// entries by `reference`; each with its numbers.
    pub plain: BTreeMap<&'static str, Vec<i64>>,
    /// The head before.
    pub before: Head,
    /// The head after: one record more.
    pub after: Head,
    /// Whether what the texts left in free space of the file was overwritten; not in a dry run.
    pub scrubbed: bool,
}

/// What a record belongs to: what is kept is kept as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Group {
    Document(DocumentId),
    Entry(EntryNo),
}

#[derive(Clone, Copy)]
struct GroupState {
    voucher: bool,
    own: bool,
    latest: Date,
}

/// What a walk along the chain finds about a party.
struct Search {
    party: PartyNo,
    /// Names and addresses by which texts may name it, in small letters.
    naming: Naming,
    /// Texts that are kept since it was forgotten before.
    earlier: BTreeSet<(i64, TextField)>,
    /// Where the name that it has now lies.
    name_at: i64,
    owners: HashMap<DocumentId, PartyNo>,
    roots: HashMap<DocumentId, DocumentId>,
    facts: Vec<(bool, Option<Group>)>,
    entries: Vec<(bool, Option<Group>)>,
    groups: HashMap<Group, GroupState>,
    found: Vec<(i64, TextField, TextKind, Option<Group>)>,
    name: bool,
    rows: Vec<(EntryNo, Option<Group>)>,
    receipts: Vec<Digest>,
    plain: BTreeMap<&'static str, Vec<i64>>,
}

/// What is to be erased, and what is kept.
struct Plan {
    erase: Vec<(i64, TextField, TextKind)>,
    kept: Vec<KeptText>,
    records: Vec<KeptRecord>,
    name_until: Option<Date>,
    rows: Vec<EntryNo>,
    receipts: Vec<Digest>,
    plain: BTreeMap<&'static str, Vec<i64>>,
    naming: Naming,
}

impl<S: Store> Books<S> {
    /// Parties that were forgotten, of which something was kept until a day before this one.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn due_to_forget(&self, today: Date) -> Result<Vec<PartyNo>, BooksError> {
        let due = self.setup()?.forgotten().iter().filter(|(_, kept)| kept.iter().any(|text| text.until < today));
        Ok(due.map(|(party, _)| *party).collect())
    }

    /// Forgets parties: erases their names and texts, but for what must be kept, in one transaction; and then makes sure
    /// that nothing of them stays in free space.
    ///
    /// # Errors
    /// [`BooksError::NothingToForget`], [`BooksError::ForgetsItself`], [`BooksError::ReasonNames`], or what the store cannot do; nothing was erased
    /// then.
    pub fn forget(
        &mut self,
        context: &WriteContext,
        parties: &[PartyNo],
        reason: Option<&str>,
    ) -> Result<Vec<Forgetting>, BooksError> {
        let done = self.write(context, |writer| {
            parties.iter().map(|party| writer.forget(*party, reason)).collect::<Result<Vec<_>, BooksError>>()
        })?;
        Ok(self.scrubbed(context, done))
    }

    /// Erases what was kept of all who were forgotten before, and need not be kept any longer, in one transaction.
    ///
    /// # Errors
    /// What the store cannot do; nothing was erased then.
    pub fn forget_due(&mut self, context: &WriteContext, reason: Option<&str>) -> Result<Vec<Forgetting>, BooksError> {
        let today = context.now.date().unwrap_or(Date::MIN);
        let done = self.write(context, |writer| {
            let mut done = Vec::new();
            for party in writer.books().due_to_forget(today)? {
                match writer.forget(party, reason) {
                    // Something has happened to the voucher since, or the years have become more.
                    Err(BooksError::NothingToForget { .. }) => {}
                    other => done.push(other?),
                }
            }
            Ok::<_, BooksError>(done)
        })?;
        Ok(self.scrubbed(context, done))
    }

    /// Overwrites what erased texts have left in free space. [`Books::forget`] does so by itself, unless somebody else
    /// has the books open.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn scrub(&mut self) -> Result<(), BooksError> {
        self.store.scrub()
    }

    fn scrubbed(&mut self, context: &WriteContext, mut done: Vec<Forgetting>) -> Vec<Forgetting> {
        if !context.dry_run && !done.is_empty() {
            // The texts are erased, whatever comes of this; who reads the certificate is told.
            let scrubbed = self.store.scrub().is_ok();
            done.iter_mut().for_each(|forgetting| forgetting.scrubbed = scrubbed);
        }
        done
    }

    /// Finds what concerns a party, and sorts what is kept from what is not.
    fn plan(&self, party: PartyNo, today: Date) -> Result<Plan, BooksError> {
        let row = self.store.party(party)?;
        let unknown = || BooksError::Unknown { what: "party", value: format!("#{party}"), suggestion: None };
        let row = row.ok_or_else(unknown)?;
        let mut names = Vec::new();
        self.store.facts(&["party"], &mut |stored| {
            if let Fact::Party(known) = read_fact(&stored)?
                && known.party == party
            {
                for field in ["name", "email"] {
                    names.extend(self.text(stored.seq, field)?);
                }
            }
            Ok(())
        })?;
        let earlier = self.setup()?.forgotten().get(&party).into_iter().flatten();
        let mut search = Search {
            party,
            naming: Naming::of(names.iter().map(String::as_str)),
            earlier: earlier.map(|text| (text.seq, text.field.clone())).collect(),
            name_at: row.seq,
            owners: HashMap::new(),
            roots: HashMap::new(),
            facts: Vec::new(),
            entries: Vec::new(),
            groups: HashMap::new(),
            found: Vec::new(),
            name: false,
            rows: Vec::new(),
            receipts: Vec::new(),
            plain: BTreeMap::new(),
        };
        self.store.chain(&mut |record, texts| search.record(&record, texts))?;
        let (retention, start) = (self.setup()?.retention(), self.setup()?.fiscal_year_start());
        Ok(search.sort(|state| {
            let until = retention.until(state.latest, start);
            (state.voucher && until >= today).then_some(until)
        }))
    }
}

impl<S: Store> Writer<'_, S> {
    fn forget(&mut self, party: PartyNo, reason: Option<&str>) -> Result<Forgetting, BooksError> {
        self.settle()?;
        let no_day = || BooksError::Damaged { what: "the moment of recording is no day".to_owned() };
        let date = self.context.now.date().ok_or_else(no_day)?;
        let kind = self.books.party(party)?.party.kind;
        if kind == PartyKind::Own {
            return Err(BooksError::ForgetsItself { party });
        }
        let plan = self.books.plan(party, date)?;
        if plan.erase.is_empty() && self.books.is_forgotten(party) {
            let until = plan.kept.iter().map(|text| text.until).min();
            return Err(BooksError::NothingToForget { party, until });
        }
        let mut open = 0;
        self.books.store.documents(super::DocumentFilter::Open, &mut |row| {
            open += usize::from(row.document.party() == party);
            Ok(())
        })?;
        let before = self.head();
        let texts: Vec<(i64, TextField)> = plan.erase.iter().map(|(seq, field, _)| (*seq, field.clone())).collect();
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if reason.is_some_and(|reason| plan.naming.is_in(reason)) {
            return Err(BooksError::ReasonNames { party });
        }
        // The fact first: it is what allows the erasing.
        let fact = self.record(|recorder| {
            let reason = reason.map(|reason| recorder.seal("reason", reason));
            Ok(Fact::Forgotten(Forgotten { party, date, texts: texts.clone(), kept: plan.kept, reason }))
        })?;
        let mut erased = BTreeMap::new();
        for (seq, field, kind) in &plan.erase {
            self.books.store.erase_text(*seq, field)?;
            *erased.entry(*kind).or_default() += 1;
        }
        let mut rows = 0;
        for entry in plan.rows {
            rows += usize::from(self.books.store.erase_identity(entry)?);
        }
        Ok(Forgetting {
            party,
            kind,
            date,
            fact,
            erased,
            texts,
            kept: plan.records,
            name_until: plan.name_until,
            retention: self.setup()?.retention(),
            rows,
            receipts: plan.receipts,
            open,
            plain: plan.plain,
            before,
            after: self.head(),
            scrubbed: false,
        })
    }

    /// Sets for how long vouchers are kept.
    ///
    /// # Errors
    /// [`BooksError::Empty`] without a ground.
    pub fn set_retention(&mut self, retention: Retention) -> Result<(), BooksError> {
        if retention.ground.trim().is_empty() {
            return Err(BooksError::Empty { what: "the ground on which vouchers are kept" });
        }
        self.record(|_| Ok(Fact::Retention(retention)))?;
        Ok(())
    }

    /// Refuses a party that was forgotten.
    pub(super) fn not_forgotten(&self, party: PartyNo) -> Result<(), BooksError> {
        if self.books.is_forgotten(party) { Err(BooksError::PartyForgotten { party }) } else { Ok(()) }
    }

    /// Refuses an entry that names a party that was forgotten. What follows from its documents does: an event that is
    /// held is held for all who paid.
    pub(super) fn nobody_forgotten(&self, draft: &Draft) -> Result<(), BooksError> {
        draft.postings.iter().filter_map(|posting| posting.party).try_for_each(|party| self.not_forgotten(party))
    }
}

impl Search {
    fn record(&mut self, record: &Record, texts: Vec<StoredText>) -> Result<(), BooksError> {
        match record {
            Record::Fact(fact) => self.fact(record, fact, texts),
            Record::Entry(entry) => {
                self.entry(record, entry, texts);
                Ok(())
            }
        }
    }

    fn fact(&mut self, record: &Record, fact: &StoredFact, texts: Vec<StoredText>) -> Result<(), BooksError> {
        let content = read_fact(fact)?;
        let parties = content.parties();
        let mut group = None;
        if let Some(id) = content.document() {
            let root = self.roots.get(&id).copied().unwrap_or(id);
            // A code may be given anew once its document was taken back: then it is somebody else's.
            let makes = matches!(
                content,
                Fact::Order(_)
                    | Fact::Sponsorship(_)
                    | Fact::Contract(_)
                    | Fact::Bill(_)
                    | Fact::Claim(_)
                    | Fact::Application(_)
                    | Fact::Gift(_)
            );
            if let Some(first) = parties.first().filter(|_| makes || !self.owners.contains_key(&root)) {
                self.owners.insert(root, *first);
            }
            group = Some(Group::Document(root));
        }
        let owner = match group {
            Some(Group::Document(root)) => self.owners.get(&root).copied(),
            _ => None,
        };
        let mut concerned = parties.contains(&self.party) || owner == Some(self.party);
        let mut voucher = None;
        match &content {
            Fact::Invoice(invoice) => {
                let code = numbered(invoice.series, invoice.number)?;
                self.roots.insert(DocumentId::new(DocumentKind::Invoice, code), invoice.of);
                voucher = Some(invoice.date);
            }
            Fact::CreditNote(note) => voucher = Some(note.date),
            Fact::Bill(bill) => voucher = Some(bill.date),
            Fact::Claim(claim) => voucher = Some(claim.date),
            Fact::Receipt(receipt) => {
                (concerned, group) = self.of_entry(receipt.entry);
                // An entry with a receipt is a voucher; its own date was seen with it.
                voucher = Some(Date::MIN);
                if concerned {
                    self.receipts.push(receipt.sha256);
                }
            }
            Fact::ReceiptWaived(waived) => (concerned, group) = self.of_entry(waived.entry),
            Fact::Reversal(reversal) => (concerned, group) = self.of_entry(reversal.entry),
            _ => {}
        }
        if let (Some(date), Some(group)) = (voucher, group) {
            self.touch(group, date, concerned, true);
        }
        self.facts.push((concerned, group));
        if self.naming.is_in(&fact.body) {
            self.plain.entry(content.kind()).or_default().push(fact.number.0);
        }
        let of_party = matches!(content, Fact::Party(_));
        for text in texts {
            let wanted = match &content {
                // The rules are the treasurer's own, and without them nothing can be released.
                Fact::DisclosureRules(_) if text.field == "rules" => false,
                // The name of another party is that party's, though it may hold this one's: a firm, a relative.
                Fact::Party(_) if text.field != "actor" && !concerned => false,
                Fact::Party(_) if text.field == "name" && fact.seq == self.name_at => {
                    self.name = true;
                    false
                }
                _ if text.field == "actor" => self.naming.is_in(&text.body),
                _ => concerned || self.kept_before(&text) || self.naming.is_in(&text.body),
            };
            if wanted {
                self.take(record, text, if of_party { None } else { group });
            }
        }
        Ok(())
    }

    fn entry(&mut self, record: &Record, entry: &StoredEntry, texts: Vec<StoredText>) {
        let index = usize::try_from(entry.fact.0 - 1).unwrap_or(usize::MAX);
        let (of_fact, group) = self.facts.get(index).copied().unwrap_or_default();
        // An entry that no document made is its own.
        let group = group.unwrap_or(Group::Entry(entry.number));
        let concerned = of_fact || entry.postings.iter().any(|posting| posting.party == Some(self.party));
        let date = Date::from_number(entry.date).unwrap_or(Date::MIN);
        if concerned || matches!(group, Group::Document(_)) {
            self.touch(group, date, concerned, false);
        } else {
            // Only its date, in case that a receipt makes it a voucher.
            self.groups.entry(group).or_insert(GroupState { voucher: false, own: false, latest: date });
        }
        self.entries.push((concerned, Some(group)));
        if entry.reference.as_deref().is_some_and(|reference| self.naming.is_in(reference)) {
            self.plain.entry("reference").or_default().push(entry.number.0);
        }
        let mut taken = concerned;
        for text in texts {
            let others = entry.postings.iter().any(|posting| {
                memo_field(posting.line) == text.field && posting.party.is_some_and(|party| party != self.party)
            });
            if concerned && !others || self.kept_before(&text) || self.naming.is_in(&text.body) {
                self.take(record, text, Some(group));
                taken = true;
            }
        }
        if taken {
            self.rows.push((entry.number, Some(group)));
        }
    }

    /// Whether a text was left by an earlier forgetting. Its name may be gone by now.
    fn kept_before(&self, text: &StoredText) -> bool {
        self.earlier.contains(&(text.seq, text.field.clone()))
    }

    fn of_entry(&self, entry: EntryNo) -> (bool, Option<Group>) {
        let index = usize::try_from(entry.0 - 1).unwrap_or(usize::MAX);
        self.entries.get(index).copied().unwrap_or_default()
    }

    fn touch(&mut self, group: Group, date: Date, concerned: bool, voucher: bool) {
        // Whoever is only named in a document does not stand on its invoice.
        let own = match group {
            Group::Document(root) => self.owners.get(&root) == Some(&self.party),
            Group::Entry(_) => concerned,
        };
        let state = self.groups.entry(group).or_insert(GroupState { voucher: false, own: false, latest: date });
        state.voucher |= voucher;
        state.own |= own;
        state.latest = state.latest.max(date);
    }

    fn take(&mut self, record: &Record, text: StoredText, group: Option<Group>) {
        let kind = TextKind::of(record, &text.field);
        self.found.push((text.seq, text.field, kind, group));
    }

    /// Sorts what was found: kept while the voucher it belongs to is, else erased.
    fn sort(self, kept_until: impl Fn(GroupState) -> Option<Date>) -> Plan {
        let until = |group: Option<Group>| group.and_then(|group| kept_until(*self.groups.get(&group)?));
        let mut plan = Plan {
            erase: Vec::new(),
            kept: Vec::new(),
            records: Vec::new(),
            name_until: None,
            rows: self.rows.iter().filter(|(_, group)| until(*group).is_none()).map(|(entry, _)| *entry).collect(),
            receipts: self.receipts,
            plain: self.plain,
            naming: self.naming,
        };
        // A voucher says whose it is, whether or not it has texts of its own.
        let own = self.groups.iter().filter(|(_, state)| state.own);
        let mut records: BTreeMap<Group, (Date, usize)> =
            own.filter_map(|(group, state)| Some((*group, (kept_until(*state)?, 0)))).collect();
        plan.name_until = records.values().map(|(until, _)| *until).max();
        if self.name {
            let (seq, field) = (self.name_at, "name".to_owned());
            match plan.name_until {
                Some(until) => plan.kept.push(KeptText { seq, field, until }),
                None => plan.erase.push((seq, field, TextKind::Name)),
            }
        }
        for (seq, field, kind, group) in self.found {
            match (until(group), group) {
                (Some(until), Some(group)) => {
                    records.entry(group).or_insert((until, 0)).1 += 1;
                    plan.kept.push(KeptText { seq, field, until });
                }
                _ => plan.erase.push((seq, field, kind)),
            }
        }
        plan.erase.sort_unstable();
        plan.kept.sort_unstable_by(|a, b| (a.seq, &a.field).cmp(&(b.seq, &b.field)));
        plan.records = records
            .into_iter()
            .map(|(group, (until, texts))| {
                let what = match group {
                    Group::Document(id) if matches!(id.kind, DocumentKind::Order | DocumentKind::Sponsorship) => {
                        format!("{id}, invoiced")
                    }
                    Group::Document(id) => id.to_string(),
                    Group::Entry(number) => format!("entry {number}"),
                };
                KeptRecord { what, until, texts }
            })
            .collect();
        plan
    }
}
