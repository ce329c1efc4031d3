//! What an account still has to show: its entries that no statement has shown yet, and what was reconciled so far.

use std::collections::{HashMap, HashSet};

use super::ReconcileError;
use crate::books::{Books, BooksError, EntryFilter, Store, StoredEntry};
use crate::calendar::{ALL_DAYS, Date};
use crate::conference::{DocumentId, Fact, Reconciled, StatementLineKey};
use crate::ledger::{AccountNo, EntryNo, FactNo, PartyNo};

/// An entry of the account that no statement has shown yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BookItem {
    /// The entry.
    pub entry: EntryNo,
    /// Its date.
    pub date: Date,
    /// All its postings to the account, minor units, debit positive.
    pub amount: i64,
    /// Its reference.
    pub reference: Option<String>,
    /// What it is about.
    pub says: String,
    /// Names of its parties.
    pub parties: Vec<String>,
    /// The document it follows from.
    pub document: Option<DocumentId>,
    /// The entry it takes back.
    pub reverses: Option<EntryNo>,
}

/// An account between its statements and its books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The account.
    pub account: AccountNo,
    /// Its reconciliations, in order, each with its fact.
    pub records: Vec<(FactNo, Reconciled)>,
    /// What no statement has shown, by date and entry.
    pub items: Vec<BookItem>,
    /// What statements have shown, minor units: the closing of the last reconciliation.
    pub shown: i128,
    /// Lines of statements that were reconciled, and how often.
    pub lines: HashMap<StatementLineKey, usize>,
}

impl Standing {
    /// The last reconciliation.
    #[must_use]
    pub fn last(&self) -> Option<&Reconciled> {
        self.records.last().map(|(_, record)| record)
    }
}

/// Whether statements have shown an entry, by the reconciliations of its account.
#[derive(Debug, Default)]
pub(super) struct Shown {
    matched: HashSet<EntryNo>,
    begun: Option<(Date, EntryNo, HashSet<EntryNo>)>,
}

impl Shown {
    pub(super) fn add(&mut self, record: &Reconciled) {
        self.matched.extend(record.matches.iter().flat_map(|matched| matched.entries.iter().copied()));
        self.begun.get_or_insert_with(|| (record.from, record.entries, record.outstanding.iter().copied().collect()));
    }

    pub(super) fn has(&self, entry: EntryNo, date: Date) -> bool {
        if self.matched.contains(&entry) {
            return true;
        }
        // What was there before the first statement began is taken as shown: its opening balance proves it.
        self.begun
            .as_ref()
            .is_some_and(|(from, last, outstanding)| date < *from && entry <= *last && !outstanding.contains(&entry))
    }
}

/// The reconciliations of an account that stand, in order; of all accounts when none is named.
///
/// # Errors
/// What the books cannot read.
pub(super) fn records<S: Store>(
    books: &Books<S>,
    account: Option<AccountNo>,
) -> Result<Vec<(FactNo, Reconciled)>, BooksError> {
    let mut records = all_records(books)?;
    records.retain(|one| one.undone.is_none() && account.is_none_or(|account| account == one.record.account));
    Ok(records.into_iter().map(|one| (one.number, one.record)).collect())
}

/// Why an account has no reconciliation: there never was one, or all were undone.
pub(super) fn none_stands<S: Store>(books: &Books<S>, account: AccountNo) -> Result<ReconcileError, BooksError> {
    let mut own = all_records(books)?;
    own.retain(|one| one.record.account == account);
    let undone = !own.is_empty() && own.iter().all(|one| one.undone.is_some());
    Ok(if undone { ReconcileError::NoneStands } else { ReconcileError::Unknown { number: None } })
}

/// A reconciliation that was recorded, and what took it back if it stands no more.
pub(super) struct Recorded {
    pub number: FactNo,
    pub record: Reconciled,
    pub undone: Option<FactNo>,
}

/// All that was ever recorded, in order.
///
/// # Errors
/// What the books cannot read.
pub(super) fn all_records<S: Store>(books: &Books<S>) -> Result<Vec<Recorded>, BooksError> {
    let mut records: Vec<Recorded> = Vec::new();
    books.facts(&["reconciled", "reconciliation-undone"], &mut |number, _, fact| {
        match fact {
            Fact::Reconciled(record) => records.push(Recorded { number, record, undone: None }),
            Fact::ReconciliationUndone(undone) => {
                if let Some(one) = records.iter_mut().find(|one| one.number == undone.reconciliation) {
                    one.undone = Some(number);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(records)
}

/// Visits every entry with postings to an account, with what these add up to, in the order of date and number.
pub(super) fn entries_at<S: Store>(
    books: &Books<S>,
    account: AccountNo,
    visit: &mut dyn FnMut(StoredEntry, i64) -> Result<(), BooksError>,
) -> Result<(), BooksError> {
    let coordinates = books.coordinates()?;
    let wanted: Vec<_> =
        coordinates.iter().filter(|(_, at)| at.account == account).map(|(number, _)| *number).collect();
    let filter = EntryFilter { window: ALL_DAYS, coordinates: Some(wanted) };
    books.store().entries(&filter, &mut |entry| {
        let own = entry.postings.iter().filter(|posting| posting.account == account);
        let amount = own.map(|posting| i128::from(posting.amount)).sum::<i128>();
        let amount = i64::try_from(amount)
            .map_err(|_| BooksError::Damaged { what: format!("entry {}: its amounts do not fit", entry.number) })?;
        if amount == 0 { Ok(()) } else { visit(entry, amount) }
    })
}

/// How an account stands.
///
/// # Errors
/// What the books cannot read.
pub fn standing<S: Store>(books: &Books<S>, account: AccountNo) -> Result<Standing, ReconcileError> {
    let records = records(books, Some(account))?;
    let (mut shown, mut lines) = (Shown::default(), HashMap::new());
    for (_, record) in &records {
        shown.add(record);
        for key in record.matches.iter().flat_map(|matched| &matched.lines) {
            *lines.entry(key.clone()).or_insert(0) += 1;
        }
    }
    let mut open = Vec::new();
    let mut sum = 0;
    entries_at(books, account, &mut |entry, amount| {
        let day = Date::from_number(entry.date);
        let day = day.ok_or_else(|| BooksError::Damaged { what: format!("entry {}: no date", entry.number) })?;
        if shown.has(entry.number, day) {
            sum += i128::from(amount);
        } else {
            open.push((entry, day, amount));
        }
        Ok(())
    })?;
    let mut names: HashMap<PartyNo, Option<String>> = HashMap::new();
    let mut items = Vec::with_capacity(open.len());
    for (entry, date, amount) in open {
        items.push(item(books, entry, date, amount, &mut names)?);
    }
    Ok(Standing { account, records, items, shown: sum, lines })
}

fn item<S: Store>(
    books: &Books<S>,
    entry: StoredEntry,
    date: Date,
    amount: i64,
    names: &mut HashMap<PartyNo, Option<String>>,
) -> Result<BookItem, BooksError> {
    let mut parties = Vec::new();
    let mut numbers: Vec<PartyNo> = entry.postings.iter().filter_map(|posting| posting.party).collect();
    numbers.dedup();
    for number in numbers {
        if let std::collections::hash_map::Entry::Vacant(place) = names.entry(number) {
            place.insert(books.party(number)?.name);
        }
        parties.extend(names.get(&number).cloned().flatten());
    }
    parties.dedup();
    let fact = books.fact(entry.fact)?.0;
    let described = match entry.description {
        Some(_) => books.text(entry.seq, "description")?,
        None => None,
    };
    let says = described.or_else(|| fact.describe()).unwrap_or_default();
    Ok(BookItem {
        entry: entry.number,
        date,
        amount,
        reference: entry.reference,
        says,
        parties,
        document: fact.document(),
        reverses: entry.reverses,
    })
}
