//! What no document made: entries by hand, imports, opening balances; and which facts were taken back.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::read::Books;
use super::store::Store;
use super::{Balance, BooksError};
use crate::calendar::{Date, Month, Window};
use crate::conference::Fact;
use crate::ledger::{Coordinate, FactNo};

impl<S: Store> Books<S> {
    /// Facts about documents that a reversal took back.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn facts_taken_back(&self) -> Result<HashSet<FactNo>, BooksError> {
        Ok(self.taken_back()?.into_values().collect())
    }

    /// Reversals that took a document's fact back, and that fact.
    fn taken_back(&self) -> Result<BTreeMap<FactNo, FactNo>, BooksError> {
        let mut taken = BTreeMap::new();
        self.facts(&["reversal"], &mut |number, _, fact| {
            let Fact::Reversal(reversal) = fact else { return Ok(()) };
            let Some(entry) = self.store.entry(reversal.entry)? else { return Ok(()) };
            if self.fact(entry.fact)?.0.document().is_some() {
                taken.insert(number, entry.fact);
            }
            Ok(())
        })?;
        Ok(taken)
    }

    /// Balances by month of what no document made: entries by hand, imports, opening balances, and their reversals.
    /// Minor units, debit positive.
    ///
    /// # Errors
    /// What the store cannot read.
    pub fn beside_documents(&self) -> Result<HashMap<(Coordinate, Month), i128>, BooksError> {
        let mut balances: HashMap<(Coordinate, Month), i128> = HashMap::new();
        let Some((first, last, _)) = self.span()? else { return Ok(balances) };
        let coordinates = self.coordinates()?;
        for window in Window::new(first.first_day(), last.last_day())?.months(1) {
            let month = window.from().month();
            for ((number, origin), balance) in self.movements(window)? {
                if !origin.cause.is_document()
                    && let Some(at) = coordinates.get(&number)
                {
                    *balances.entry((*at, month)).or_default() += Balance::net(balance);
                }
            }
        }
        // Reversals of documents are among them: what they take back is not counted either.
        for reversal in self.taken_back()?.into_keys() {
            for number in self.store.entries_of(reversal)? {
                let entry = self.entry(number)?;
                let month = Date::month(entry.date);
                for posting in entry.postings {
                    *balances.entry((posting.at, month)).or_default() -= i128::from(posting.amount.minor());
                }
            }
        }
        Ok(balances)
    }
}
