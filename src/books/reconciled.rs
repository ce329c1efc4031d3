//! Proof of the reconciliations: each begins where the one before it ended, its lines and entries make the same, and no
//! entry is shown by two statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::BooksError;
use super::read::Books;
use super::setup::read_fact;
use super::store::{EntryFilter, Store};
use super::verify::Finding;
use crate::calendar::ALL_DAYS;
use crate::conference::{Fact, Reconciled};
use crate::ledger::{AccountNo, EntryNo, FactNo};

/// Date, as `yyyymmdd`, and minor units on the account, by entry.
type Amounts = HashMap<EntryNo, (i64, i128)>;

impl<S: Store> Books<S> {
    /// What is wrong with the reconciliations. A fact that cannot be read is another finding's.
    pub(super) fn reconciliations_checked(&self) -> Result<Vec<Finding>, BooksError> {
        let mut by_account: BTreeMap<AccountNo, Vec<(FactNo, Reconciled)>> = BTreeMap::new();
        let mut findings = Vec::new();
        self.store.facts(&["reconciled", "reconciliation-undone"], &mut |stored| {
            match read_fact(&stored) {
                Ok(Fact::Reconciled(record)) => {
                    by_account.entry(record.account).or_default().push((stored.number, record));
                }
                Ok(Fact::ReconciliationUndone(undone)) => {
                    let records = by_account.entry(undone.account).or_default();
                    if records.pop_if(|(number, _)| *number == undone.reconciliation).is_none() {
                        let message = format!(
                            "it takes back fact {}, which is not the last reconciliation",
                            undone.reconciliation
                        );
                        findings.push(Finding { entry: None, fact: Some(stored.number), message });
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        for (account, records) in by_account {
            let amounts = self.amounts_at(account)?;
            for (number, message) in wrong(&records, &amounts) {
                findings.push(Finding { entry: None, fact: Some(number), message });
            }
        }
        Ok(findings)
    }

    fn amounts_at(&self, account: AccountNo) -> Result<Amounts, BooksError> {
        let coordinates = self.store.coordinates()?;
        let wanted = coordinates.iter().filter(|(_, at)| at.account == account).map(|(number, _)| *number);
        let filter = EntryFilter { window: ALL_DAYS, coordinates: Some(wanted.collect()) };
        let mut amounts = Amounts::new();
        self.store.entries(&filter, &mut |entry| {
            let own = entry.postings.iter().filter(|posting| posting.account == account);
            let sum = own.map(|posting| i128::from(posting.amount)).sum();
            amounts.insert(entry.number, (entry.date, sum));
            Ok(())
        })?;
        Ok(amounts)
    }
}

fn wrong(records: &[(FactNo, Reconciled)], amounts: &Amounts) -> Vec<(FactNo, String)> {
    let mut findings = Vec::new();
    let mut shown: HashSet<EntryNo> = HashSet::new();
    let mut closing: Option<i64> = None;
    for (number, record) in records {
        let mut find = |message: String| findings.push((*number, message));
        match closing {
            None => {
                let from = i64::from(record.from.number());
                let outstanding: HashSet<EntryNo> = record.outstanding.iter().copied().collect();
                let begun = amounts.iter().filter(|(entry, (date, _))| {
                    *date < from && **entry <= record.entries && !outstanding.contains(entry)
                });
                let mut sum = 0;
                for (entry, (_, amount)) in begun {
                    shown.insert(*entry);
                    sum += amount;
                }
                if sum != i128::from(record.opening) {
                    find(format!("it opens with {} minor units, the books before it have {sum}", record.opening));
                }
            }
            Some(closing) if closing != record.opening => {
                find(format!("it opens with {} minor units, the one before it closes with {closing}", record.opening));
            }
            Some(_) => {}
        }
        closing = Some(record.closing);
        for matched in &record.matches {
            let lines: i128 = matched.lines.iter().map(|line| i128::from(line.amount)).sum();
            let mut sum = 0;
            for entry in &matched.entries {
                match amounts.get(entry) {
                    None => find(format!("entry {entry}, which it matches, moves nothing on its account")),
                    Some(_) if !shown.insert(*entry) => {
                        find(format!("entry {entry}, which it matches, was shown by a statement before"));
                    }
                    Some((_, amount)) => sum += amount,
                }
            }
            if sum != lines {
                let entries: Vec<String> = matched.entries.iter().map(ToString::to_string).collect();
                let entries = entries.join(", ");
                find(format!("it matches lines of {lines} minor units with entry {entries} of {sum}"));
            }
        }
    }
    findings
}
