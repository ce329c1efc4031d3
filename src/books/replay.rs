//! The facts of the books once more, from the first, through the same rules: as they were, or altered.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::read::Books;
use super::setup::{Setup, read_fact};
use super::shelf::{Shelf, ShelfDesk};
use super::store::Store;
use super::{Balance, BooksError};
use crate::calendar::ALL_DAYS;
use crate::conference::{Cause, Conference, Fact};
use crate::ledger::{Coordinate, Draft, FactNo, PartyNo};

/// What the books would hold.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// Documents and tallies.
    pub shelf: Shelf,
    /// Balances, net, minor units, debit positive: of documents as replayed, of everything else as it is.
    pub balances: HashMap<Coordinate, i128>,
}

/// The moment at which a fact is replayed.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Events and tickets as the replay has them.
    pub conference: &'a Conference,
    /// Documents as they really were.
    pub actual: &'a Shelf,
    /// Documents as the replay has them.
    pub replayed: &'a Shelf,
}

/// Alters facts and setup of a replay; `None` leaves a fact out.
pub trait Alteration {
    /// The fact to replay in the place of this one.
    fn alter(&mut self, moment: Moment<'_>, fact: &Fact) -> Option<Fact>;
    /// Changes the conference, after a fact was taken into it.
    fn arrange(&mut self, conference: &mut Conference);
}

/// Postings of facts that were taken back later, to be taken back in the replay too.
type Kept = HashMap<FactNo, Vec<Draft>>;

impl<S: Store> Books<S> {
    /// Replays all facts about documents in their order, altered.
    ///
    /// # Errors
    /// What the store cannot read, or what a rule refuses of an altered fact.
    pub fn replay(&self, alteration: &mut dyn Alteration) -> Result<Replayed, BooksError> {
        let taken_back = self.taken_back()?;
        let later: HashSet<FactNo> = taken_back.values().copied().collect();
        let mut kept: Kept = HashMap::new();
        let mut replayed = Replayed { shelf: Shelf::new(), balances: self.not_of_documents(&taken_back)? };
        let mut actual = Shelf::new();
        let mut holdings: HashMap<PartyNo, PartyNo> = HashMap::new();
        let (mut setup, mut conference): (Option<Setup>, _) = (None, Conference::default());
        let kinds: Vec<&str> = Cause::ALL.to_vec();
        self.store.facts(&kinds, &mut |stored| {
            let (number, fact) = (stored.number, read_fact(&stored)?);
            if let Fact::Party(party) = &fact {
                holdings.remove(&party.party);
                holdings.extend(party.holding.map(|holding| (party.party, holding)));
                return Ok(());
            }
            let Some(known) = &mut setup else {
                setup = Some(Setup::begin(&fact)?);
                return Ok(());
            };
            if let Fact::Reversal(_) = &fact {
                if let Some(taken) = taken_back.get(&number)
                    && let Some(primary) = self.fact(*taken)?.0.document()
                {
                    actual.take_back(*taken, primary, number)?;
                    // A fact that was left out of the replay has nothing to take back.
                    if replayed.shelf.rows().get(&primary).is_some_and(|row| row.fact == *taken) {
                        replayed.shelf.take_back(*taken, primary, number)?;
                    }
                    for draft in kept.remove(taken).unwrap_or_default() {
                        add(&mut replayed.balances, &draft, -1);
                    }
                }
                return Ok(());
            }
            let moment = Moment { conference: &conference, actual: &actual, replayed: &replayed.shelf };
            let altered = alteration.alter(moment, &fact);
            let holding = |party: PartyNo| holdings.get(&party).copied();
            ShelfDesk {
                shelf: &mut actual,
                setup: known,
                conference: known.conference(),
                holding: &holding,
                lenient: true,
                post: &mut |_| {},
            }
            .apply(number, &fact)?;
            if let Some(altered) = &altered {
                let keep = later.contains(&number);
                let balances = &mut replayed.balances;
                ShelfDesk {
                    shelf: &mut replayed.shelf,
                    setup: known,
                    conference: &conference,
                    holding: &holding,
                    lenient: true,
                    post: &mut |draft| {
                        add(balances, draft, 1);
                        if keep {
                            kept.entry(number).or_default().push(draft.clone());
                        }
                    },
                }
                .apply(number, altered)?;
            }
            known.apply(&fact)?;
            conference.take_in(&fact);
            alteration.arrange(&mut conference);
            Ok(())
        })?;
        Ok(replayed)
    }

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

    /// Balances of what no document made: entries by hand, imports, opening balances, and their reversals.
    fn not_of_documents(&self, taken_back: &BTreeMap<FactNo, FactNo>) -> Result<HashMap<Coordinate, i128>, BooksError> {
        let coordinates = self.coordinates()?;
        let mut balances: HashMap<Coordinate, i128> = HashMap::new();
        for ((number, origin), balance) in self.movements(ALL_DAYS)? {
            if !origin.cause.is_document()
                && let Some(at) = coordinates.get(&number)
            {
                *balances.entry(*at).or_default() += Balance::net(balance);
            }
        }
        // Reversals of documents are among them, and are replayed instead.
        for reversal in taken_back.keys() {
            for entry in self.store.entries_of(*reversal)? {
                for posting in self.entry(entry)?.postings {
                    *balances.entry(posting.at).or_default() -= i128::from(posting.amount.minor());
                }
            }
        }
        Ok(balances)
    }
}

fn add(balances: &mut HashMap<Coordinate, i128>, draft: &Draft, sign: i128) {
    for posting in &draft.postings {
        *balances.entry(posting.at).or_default() += sign * i128::from(posting.amount.minor());
    }
}
