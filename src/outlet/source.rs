//! The journal with numbers turned back into names (or into pseudonyms), entry by entry.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::{Exported, OutletError};
use crate::books::{Books, BooksError, EntryFilter, JournalEntry, PartyDetail, Setup, Store};
use crate::calendar::{ALL_DAYS, Window};
use crate::conference::Cause;
use crate::ledger::{Account, GENERAL_FUND, PartyNo, Posting};

/// What an export calls parties, and which texts are in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Naming {
    /// Names, descriptions, memos and references as they are.
    #[default]
    Names,
    /// `person-0017` for party 17; no free text, and no reference, since a source's reference may hold a name. What an
    /// entry came from (`payment`, `bill`) stands in the place of its description.
    ///
    /// The number is the party's own, so that every export calls it the same and the treasurer alone can tell who it is
    /// (`bursar party show '#17'`). A shuffle would hide nothing: the dates of the entries tell who came first.
    Pseudonyms,
}

/// What stands at the top of a pseudonymous export.
pub const PSEUDONYMOUS: &str = "Pseudonymous: names and free texts are left out, but dates and amounts can still tell who \
                                somebody is. For helpers under an agreement, not for publishing.";

/// Reads entries for an export.
pub(super) struct Source<'b, S> {
    pub books: &'b Books<S>,
    pub setup: &'b Setup,
    naming: Naming,
    window: Window,
    parties: RefCell<HashMap<PartyNo, PartyDetail>>,
}

impl<'b, S: Store> Source<'b, S> {
    /// All days.
    pub(super) fn new(books: &'b Books<S>, naming: Naming) -> Result<Self, OutletError> {
        Self::within(books, ALL_DAYS, naming)
    }

    /// What has to be said at the top of the export, if anything.
    pub(super) fn caution(&self) -> Option<&'static str> {
        (self.naming == Naming::Pseudonyms).then_some(PSEUDONYMOUS)
    }

    /// The days of a window.
    pub(super) fn within(books: &'b Books<S>, window: Window, naming: Naming) -> Result<Self, OutletError> {
        Ok(Self { books, setup: books.setup()?, naming, window, parties: RefCell::default() })
    }

    /// Accounts that have postings in the window, with their own balance in minor units, in the order of names.
    pub(super) fn accounts(&self) -> Result<BTreeMap<&'b str, (&'b Account, i128)>, OutletError> {
        let coordinates = self.books.coordinates()?;
        let mut accounts: BTreeMap<&str, (&Account, i128)> = BTreeMap::new();
        for (coordinate, balance) in self.books.balances(self.window)? {
            let account = coordinates.get(&coordinate).and_then(|at| self.setup.account_numbered(at.account));
            if let Some(account) = account {
                accounts.entry(account.name.as_str()).or_insert((account, 0)).1 += balance.net();
            }
        }
        Ok(accounts)
    }

    pub(super) fn account(&self, posting: &Posting) -> Result<&'b Account, BooksError> {
        let number = posting.at.account;
        self.setup
            .account_numbered(number)
            .ok_or_else(|| BooksError::Damaged { what: format!("account number {number} is not there") })
    }

    /// A party and what it is called; its name is `party N (forgotten)` once it was erased.
    pub(super) fn party(&self, number: PartyNo) -> Result<(String, PartyDetail), BooksError> {
        let known = self.parties.borrow().get(&number).cloned();
        let detail = match known {
            Some(detail) => detail,
            None => {
                let detail = self.books.party(number)?;
                self.parties.borrow_mut().insert(number, detail.clone());
                detail
            }
        };
        let name = match self.naming {
            Naming::Names => detail.shown(),
            Naming::Pseudonyms => format!("{}-{:04}", detail.party.kind.word(), number.0),
        };
        Ok((name, detail))
    }

    /// The party of the entry as a whole: that of the first posting that has one.
    pub(super) fn payee(&self, entry: &JournalEntry) -> Result<Option<(PartyNo, String)>, BooksError> {
        let number = entry.postings.iter().find_map(|posting| posting.party);
        number.map(|number| Ok((number, self.party(number)?.0))).transpose()
    }

    /// The entry as this export tells it.
    fn named(&self, mut entry: JournalEntry) -> Result<JournalEntry, OutletError> {
        if self.naming == Naming::Pseudonyms {
            entry.description = Some(Cause::word(self.books.cause_of(entry.stored.fact)?).to_owned());
            (entry.about, entry.stored.reference) = (None, None);
            entry.postings.iter_mut().for_each(|posting| posting.memo = None);
        }
        Ok(entry)
    }

    /// Calls `write` for every entry.
    pub(super) fn each(
        &self,
        write: &mut dyn FnMut(&JournalEntry) -> Result<(), OutletError>,
    ) -> Result<Exported, OutletError> {
        let mut exported = Exported::default();
        let mut failure: Option<OutletError> = None;
        let filter = EntryFilter { window: self.window, coordinates: None };
        let outcome = self.books.journal(&filter, &mut |entry| {
            let written = self.named(entry).and_then(|entry| write(&entry).map(|()| entry.postings.len()));
            match written {
                Ok(postings) => {
                    exported.entries += 1;
                    exported.postings += postings;
                    Ok(())
                }
                Err(OutletError::Books(error)) => Err(error),
                Err(error) => {
                    failure = Some(error);
                    // Stops the walk; the error that is reported is the one above.
                    Err(BooksError::Damaged { what: "the output ended".to_owned() })
                }
            }
        });
        match failure {
            Some(error) => Err(error),
            None => outcome.map(|()| exported).map_err(OutletError::Books),
        }
    }
}

/// Text on one line, without the characters given.
pub(super) fn tame(text: &str, without: &[char]) -> String {
    let clean = |c: char| if c.is_control() || without.contains(&c) { ' ' } else { c };
    text.chars().map(clean).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a posting says of itself beside its amount, on one line, for programs that have one field for all of it. `known`
/// is the party that stands elsewhere, `told` names what has a field of its own.
pub(super) fn remarks<S: Store>(
    source: &Source<'_, S>,
    posting: &Posting,
    known: Option<PartyNo>,
    told: &[&str],
) -> Result<String, BooksError> {
    let at = &posting.at;
    let party = posting.party.filter(|party| Some(*party) != known);
    let party = party.map(|number| source.party(number)).transpose()?.map(|(name, _)| name);
    let parts = [
        ("", posting.memo.as_deref().map(|memo| tame(memo, &[]))),
        ("event", at.event.map(|slug| slug.to_string())),
        ("fund", (at.fund != GENERAL_FUND).then(|| at.fund.to_string())),
        ("function", at.function.map(|function| function.word().to_owned())),
        ("activity", at.activity.map(|slug| slug.to_string())),
        ("tax", at.tax_code.map(|slug| slug.to_string())),
        ("original", posting.original.map(|o| format!("{} {} at {}", o.amount, o.amount.currency(), o.rate))),
        ("party", party),
    ];
    let said = parts.into_iter().filter(|(name, _)| !told.contains(name)).filter_map(|(name, value)| {
        let value = value?;
        Some(if name.is_empty() { value } else { format!("{name}: {value}") })
    });
    Ok(said.collect::<Vec<_>>().join("; "))
}
