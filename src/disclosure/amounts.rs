//! What each contributor's amounts are: postings taken apart into amounts of money that went one way.
//!
//! The unknown that a reader is after is an amount that somebody paid, promised or received, not a posting: what a sponsor
//! was billed, what it paid and what became revenue are the same dollars. So each entry is taken apart into flows from
//! a credit to a debit, and flows are joined where they meet on an account that only holds money on its way
//! (receivables, payables, deferred revenue, prepaid), first in, first out. What is left is a path with one amount: it
//! counts in each figure as often as the figure takes the cells it went through. Settlement (what was billed is what
//! was paid and what is open) and refunds (never more than what came in) are built in: they are no equations that a
//! reader could know and this model not. (Leaving them out makes "revenue" and "cash received" two unknowns each, and
//! everything looks safe.)
//!
//! Where the books leave open how an entry's sides belong together, one way is chosen. A reader of whom that is assumed
//! knows more than it can know, which errs on the safe side.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::books::{Books, BooksError, EntryFilter, Origin, Store, StoredEntry, is_cash};
use crate::calendar::{ALL_DAYS, Date};
use crate::conference::accounts::{POOLED_CASH, RELEASED};
use crate::ledger::{AccountType, Coordinate, CoordinateNo, EntryNo, PartyKind, PartyNo, Slug};

/// One side of a posting that a path goes through.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Cell {
    /// Account and dimensions.
    pub at: CoordinateNo,
    /// Booking date.
    pub date: Date,
    /// What the posting came from.
    pub origin: Origin,
    /// The entry, so that a figure of earlier books does not take it.
    pub entry: EntryNo,
    /// Whether it is a debit.
    pub debit: bool,
}

/// An amount of money that went one way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// Whose: the holding or party; none for postings that name nobody.
    pub contributor: Contributor,
    /// Where it went through, from its credit to its debit.
    pub cells: Vec<Cell>,
    /// Minor units, positive.
    pub minor: i64,
}

/// Whose an amount is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Contributor {
    /// The organisation's own: balances taken over, allocations, what the board designates.
    Own,
    /// Somebody's whom the entry does not name.
    Unnamed,
    /// A party or its holding.
    Party(PartyNo, PartyKind),
}

/// Accounts through which money only passes: with the event and fund, where flows meet.
type Meeting = (i64, Option<Slug>, Slug);

/// Part of a posting on one side of its entry: minor units, where, and its dimensions.
type Side = (i64, Cell, Coordinate);

#[derive(Clone, Debug)]
struct Piece {
    minor: i64,
    cells: Vec<Cell>,
    /// Where its debit waits for a credit, and its credit for a debit.
    debit_end: Option<Meeting>,
    credit_end: Option<Meeting>,
    event: Option<Slug>,
    /// Whether it only moves money between funds: as much as something else in the same documents.
    release: bool,
}

#[derive(Default)]
struct Flows {
    pieces: Vec<Piece>,
    debits: HashMap<Meeting, VecDeque<usize>>,
    credits: HashMap<Meeting, VecDeque<usize>>,
}

/// Causes of entries that are the organisation's own when they name nobody.
const OWN_CAUSES: [&str; 4] = ["opening", "allocated", "revalued", "designated"];

/// All amounts in the books.
///
/// # Errors
/// What the books cannot read.
pub fn paths<S: Store>(books: &Books<S>) -> Result<Vec<Path>, BooksError> {
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let mut kinds: HashMap<PartyNo, Contributor> = HashMap::new();
    let mut rows = Vec::new();
    books.store().parties(&mut |row| {
        rows.push(row);
        Ok(())
    })?;
    let kind_of: HashMap<PartyNo, PartyKind> = rows.iter().map(|row| (row.number, row.kind)).collect();
    for row in &rows {
        let whose = row.holding.unwrap_or(row.number);
        let kind = kind_of.get(&whose).copied().unwrap_or(row.kind);
        let contributor = if kind == PartyKind::Own { Contributor::Own } else { Contributor::Party(whose, kind) };
        kinds.insert(row.number, contributor);
    }
    let pooled = setup.account_with_code(POOLED_CASH.code);
    let released = setup.account_with_code(RELEASED.code);
    let is_release = |at: &Coordinate| Some(at.account) == pooled || Some(at.account) == released;
    let meeting = |at: &Coordinate| -> Option<Meeting> {
        let account = setup.account_numbered(at.account)?;
        let passing = match account.kind {
            AccountType::Liability => true,
            AccountType::Asset => !is_cash(setup, at.account),
            _ => false,
        };
        passing.then_some((at.account.0, at.event, at.fund))
    };
    let mut entries: Vec<StoredEntry> = Vec::new();
    books.store().entries(&EntryFilter { window: ALL_DAYS, coordinates: None }, &mut |entry| {
        entries.push(entry);
        Ok(())
    })?;
    entries.sort_by_key(|entry| entry.number);
    let mut all: BTreeMap<Contributor, Flows> = BTreeMap::new();
    for entry in &entries {
        let cause = books.cause_of(entry.fact)?;
        let date = Date::from_number(entry.date).ok_or_else(|| BooksError::Damaged {
            what: format!("entry {}: `{}` is no day", entry.number, entry.date),
        })?;
        let nobody = if OWN_CAUSES.contains(&cause.word()) { Contributor::Own } else { Contributor::Unnamed };
        let named: Vec<Contributor> = {
            let parties = entry.postings.iter().filter_map(|p| p.party.and_then(|party| kinds.get(&party).copied()));
            let mut named: Vec<Contributor> = parties.collect();
            named.sort_unstable();
            named.dedup();
            named
        };
        // An entry that names one party is all about it; of one that names several, each has its own postings.
        let whose = |party: Option<PartyNo>| match (named.as_slice(), party) {
            ([one], _) => *one,
            ([], _) | (_, None) => nobody,
            (_, Some(party)) => kinds.get(&party).copied().unwrap_or(nobody),
        };
        let mut sides: BTreeMap<(Contributor, Slug), [Vec<Side>; 2]> = BTreeMap::new();
        for posting in &entry.postings {
            let Some(at) = coordinates.get(&posting.coordinate) else { continue };
            if posting.amount == 0 {
                continue;
            }
            let debit = posting.amount > 0;
            let origin = Origin { cause, flow: posting.cash_flow };
            let cell = Cell { at: posting.coordinate, date, origin, entry: entry.number, debit };
            let side = sides.entry((whose(posting.party), at.fund)).or_default();
            side[usize::from(!debit)].push((posting.amount.abs(), cell, *at));
        }
        for ((contributor, _), [debits, credits]) in sides {
            let flows = all.entry(contributor).or_default();
            for piece in taken_apart(debits, credits) {
                let ends = |at: Option<Coordinate>| at.as_ref().and_then(meeting);
                let release = piece.debit.iter().chain(&piece.credit).all(|(_, at)| is_release(at));
                let event = piece.debit.iter().chain(&piece.credit).find_map(|(_, at)| at.event);
                let cells = piece.credit.iter().chain(&piece.debit).map(|(cell, _)| *cell).collect();
                flows.take(Piece {
                    minor: piece.minor,
                    cells,
                    debit_end: ends(piece.debit.map(|(_, at)| at)),
                    credit_end: ends(piece.credit.map(|(_, at)| at)),
                    event,
                    release,
                });
            }
        }
    }
    let mut paths = Vec::new();
    for (contributor, flows) in all {
        let pieces = with_releases(flows.pieces.into_iter().filter(|piece| piece.minor > 0).collect());
        paths.extend(pieces.into_iter().map(|piece| Path { contributor, cells: piece.cells, minor: piece.minor }));
    }
    Ok(paths)
}

struct Flow {
    minor: i64,
    debit: Option<(Cell, Coordinate)>,
    credit: Option<(Cell, Coordinate)>,
}

/// Debits and credits of one entry and fund as flows: equal amounts belong together, the rest in its order. What has no
/// other side (of an entry that names several parties) stands alone.
fn taken_apart(debits: Vec<(i64, Cell, Coordinate)>, credits: Vec<(i64, Cell, Coordinate)>) -> Vec<Flow> {
    let mut flows = Vec::new();
    let (mut debits, mut credits) = (VecDeque::from(debits), VecDeque::from(credits));
    let mut left = VecDeque::new();
    while let Some((minor, cell, at)) = debits.pop_front() {
        match credits.iter().position(|(other, ..)| *other == minor) {
            Some(i) => {
                if let Some((_, other, other_at)) = credits.remove(i) {
                    flows.push(Flow { minor, debit: Some((cell, at)), credit: Some((other, other_at)) });
                }
            }
            None => left.push_back((minor, cell, at)),
        }
    }
    while let (Some(debit), Some(credit)) = (left.front_mut(), credits.front_mut()) {
        let minor = debit.0.min(credit.0);
        flows.push(Flow { minor, debit: Some((debit.1, debit.2)), credit: Some((credit.1, credit.2)) });
        (debit.0, credit.0) = (debit.0 - minor, credit.0 - minor);
        let (debit_done, credit_done) = (debit.0 == 0, credit.0 == 0);
        if debit_done {
            left.pop_front();
        }
        if credit_done {
            credits.pop_front();
        }
    }
    flows.extend(left.into_iter().map(|(minor, cell, at)| Flow { minor, debit: Some((cell, at)), credit: None }));
    flows.extend(credits.into_iter().map(|(minor, cell, at)| Flow { minor, debit: None, credit: Some((cell, at)) }));
    flows
}

impl Flows {
    /// Takes a flow in and joins it to what waits for it.
    fn take(&mut self, piece: Piece) {
        let mut pending = vec![piece];
        let mut half = Vec::new();
        while let Some(mut piece) = pending.pop() {
            // A debit that waits for this credit came first: money that was on its way goes on.
            match piece.credit_end.and_then(|end| self.waiting(end, true)) {
                None => half.push(piece),
                Some(other) => {
                    let minor = self.pieces[other].minor.min(piece.minor);
                    half.push(self.joined(other, &piece, minor, true));
                    piece.minor -= minor;
                    if piece.minor > 0 {
                        pending.push(piece);
                    }
                }
            }
        }
        while let Some(mut piece) = half.pop() {
            match piece.debit_end.and_then(|end| self.waiting(end, false)) {
                None => self.keep(piece),
                Some(other) => {
                    let minor = self.pieces[other].minor.min(piece.minor);
                    let joined = self.joined(other, &piece, minor, false);
                    self.keep(joined);
                    piece.minor -= minor;
                    if piece.minor > 0 {
                        half.push(piece);
                    }
                }
            }
        }
    }

    /// The first piece whose debit (or credit) waits at a meeting.
    fn waiting(&mut self, end: Meeting, debit: bool) -> Option<usize> {
        let queue = if debit { self.debits.get_mut(&end) } else { self.credits.get_mut(&end) }?;
        while let Some(first) = queue.front() {
            if self.pieces[*first].minor > 0 {
                return Some(*first);
            }
            queue.pop_front();
        }
        None
    }

    /// A part of a waiting piece together with a part of a new one.
    fn joined(&mut self, waiting: usize, piece: &Piece, minor: i64, through_debit: bool) -> Piece {
        let other = &mut self.pieces[waiting];
        other.minor -= minor;
        let cells = other.cells.iter().chain(&piece.cells).copied().collect();
        let (debit_end, credit_end) =
            if through_debit { (piece.debit_end, other.credit_end) } else { (other.debit_end, piece.credit_end) };
        Piece { minor, cells, debit_end, credit_end, event: piece.event.or(other.event), release: false }
    }

    fn keep(&mut self, piece: Piece) {
        let number = self.pieces.len();
        if let Some(end) = piece.debit_end {
            self.debits.entry(end).or_default().push_back(number);
        }
        if let Some(end) = piece.credit_end {
            self.credits.entry(end).or_default().push_back(number);
        }
        self.pieces.push(piece);
    }
}

/// Puts releases from restriction together with what they release: the same amount in the same entry, or else the first
/// of the contributor and event that nothing was released of yet.
fn with_releases(pieces: Vec<Piece>) -> Vec<Piece> {
    let (releases, mut others): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|piece| piece.release);
    let mut bundles: BTreeMap<(EntryNo, i64, Option<Slug>), Vec<Piece>> = BTreeMap::new();
    for release in releases {
        let entry = release.cells.first().map_or(EntryNo(0), |cell| cell.entry);
        bundles.entry((entry, release.minor, release.event)).or_default().push(release);
    }
    let mut places: HashMap<(i64, Option<Slug>), VecDeque<usize>> = HashMap::new();
    for (i, piece) in others.iter().enumerate() {
        places.entry((piece.minor, piece.event)).or_default().push_back(i);
    }
    for ((entry, minor, event), bundle) in bundles {
        let cells: Vec<Cell> = bundle.into_iter().flat_map(|release| release.cells).collect();
        let place = places.get_mut(&(minor, event)).and_then(|queue| {
            let own = queue.iter().position(|i| others[*i].cells.iter().any(|cell| cell.entry == entry));
            queue.remove(own.unwrap_or(0))
        });
        match place {
            Some(place) => others[place].cells.extend(cells),
            None => others.push(Piece { minor, cells, debit_end: None, credit_end: None, event, release: true }),
        }
    }
    others
}
