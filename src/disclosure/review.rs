//! Looks at statements as their readers would, together with all they know already, and withholds what would tell them
//! too much.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::DisclosureError;
use super::amounts::{Cell as Passed, Contributor, Path, paths};
use super::guard::{Attack, Guard, Reason};
use super::heads::{Count, Group, HeadGuard, TooFew};
use super::log::{Content, Log, LoggedFigure, reads};
use super::merge::merged;
use super::policy::AudienceRules;
use super::rules::Rules;
use super::system::{Amount, Holder, HolderNo, Protection, System};
use crate::books::{Books, BooksError, Store, Term};
use crate::calendar::{ALL_DAYS, Date};
use crate::ledger::{CoordinateNo, EntryNo, nearest};
use crate::report::{Audience, Behind, Cell, Crowd, RowKind, Statement, Withheld};

/// A figure of a statement that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reviewed {
    /// Statement, row and column: `activities@2025-01-01..2025-12-31/revenue/total`.
    pub id: String,
    /// Which of the statements, row and column.
    pub place: (usize, usize, usize),
    /// Minor units, or people.
    pub value: i128,
    /// What it is made of.
    pub content: Content,
    /// Why it is withheld, for the treasurer; none when it is shown.
    pub reason: Option<String>,
    /// Whether it is shown by the treasurer's decision only.
    pub overridden: bool,
}

/// Statements after review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// The statements with withheld figures masked.
    pub statements: Vec<Statement>,
    /// Every figure of them.
    pub figures: Vec<Reviewed>,
    /// Cells that are withheld: figures, and what would follow from them.
    pub withheld: usize,
    /// Figures that must be shown and cannot be, each with why.
    pub blocked: Vec<(String, String)>,
}

/// What readers of an audience know, as a system of equations.
pub struct Knowledge {
    /// The audience.
    pub audience: Audience,
    /// The system: logged figures first, then the others.
    pub system: System,
    /// The rules in numbers.
    pub rules: Rules,
    /// Contributors in the system's order.
    pub contributors: Vec<Contributor>,
    /// How many figures are logged.
    pub logged: usize,
    /// Names of all figures.
    pub ids: Vec<String>,
}

/// All amounts of the books, read once.
pub struct Amounts {
    paths: Vec<Path>,
}

impl Amounts {
    /// Reads and takes apart every entry.
    ///
    /// # Errors
    /// What the books cannot read.
    pub fn read<S: Store>(books: &Books<S>) -> Result<Self, DisclosureError> {
        Ok(Self { paths: paths(books)? })
    }

    /// What an audience knows from the log, with other figures beside it.
    ///
    /// # Errors
    /// What the books cannot read.
    pub fn knowledge<S: Store>(
        &self,
        books: &Books<S>,
        log: &Log,
        audience: Audience,
        known: &[LoggedFigure],
        more: &[(String, &Content)],
    ) -> Result<Knowledge, DisclosureError> {
        let Some(rules) = log.rules.of(audience) else {
            return Err(DisclosureError::Treasurer { statement: "everything".to_owned() });
        };
        let money = known.iter().map(|f| (f.id.clone(), &f.content)).chain(more.iter().map(|(id, c)| (id.clone(), *c)));
        let mut specs: Vec<(&[Term], EntryNo)> = Vec::new();
        let (mut ids, mut logged) = (Vec::new(), 0);
        for (i, (id, content)) in money.enumerate() {
            if let Content::Postings(terms, entries) = content {
                specs.push((terms, *entries));
                ids.push(id);
                logged += usize::from(i < known.len());
            }
        }
        let contributors: Vec<Contributor> =
            self.paths.iter().map(|path| path.contributor).collect::<BTreeSet<_>>().into_iter().collect();
        let place: HashMap<Contributor, usize> = contributors.iter().enumerate().map(|(i, c)| (*c, i)).collect();
        let holders = contributors.iter().map(|contributor| holder(*contributor, rules, log, audience)).collect();
        let index = Index::new(&specs);
        let mut cache = HashMap::new();
        // Balances taken over, allocations and what the board designates are printed elsewhere, or follow from the notes.
        let (own, paths): (Vec<&Path>, Vec<&Path>) =
            self.paths.iter().partition(|path| path.contributor == Contributor::Own);
        let amounts = paths.into_iter().filter_map(|path| {
            let coefficients = index.coefficients(&path.cells, &mut cache);
            let holder = *place.get(&path.contributor)?;
            (!coefficients.is_empty()).then(|| Amount { holder, coefficients, minor: i128::from(path.minor) })
        });
        let mut system = System::new(specs.len(), holders, amounts);
        for path in own {
            for (figure, coefficient) in index.coefficients(&path.cells, &mut cache) {
                system.know(figure, i128::from(coefficient) * i128::from(path.minor));
            }
        }
        let mut coalitions = Vec::new();
        for group in &rules.coalitions {
            let mut members = Vec::new();
            for name in group {
                let party = books.party(books.find_party(name)?)?.party;
                let own = contributors
                    .iter()
                    .position(|c| matches!(c, Contributor::Party(p, _) if *p == party.contributor()));
                members.extend(own);
            }
            coalitions.push(members);
        }
        Ok(Knowledge { audience, system, rules: rules.numbers(coalitions), contributors, logged, ids })
    }
}

fn holder(contributor: Contributor, rules: &AudienceRules, log: &Log, audience: Audience) -> Holder {
    match contributor {
        Contributor::Own => Holder { party: -1, protection: Protection::None, person: false, outside: false },
        // Nobody knows who it is, so it is kept like the closest kept.
        Contributor::Unnamed => Holder { party: 0, protection: Protection::Structural, person: false, outside: true },
        Contributor::Party(number, kind) => {
            let consents = log.consents.get(&number).is_some_and(|reader| reads(audience, *reader));
            let protection = if consents { Protection::None } else { rules.protection(kind) };
            Holder { party: number.0, protection, person: kind == crate::ledger::PartyKind::Person, outside: true }
        }
    }
}

/// Which figures take a cell, and how often.
struct Index<'a> {
    by_place: HashMap<CoordinateNo, Vec<(usize, Term)>>,
    specs: &'a [(&'a [Term], EntryNo)],
    ends: Vec<EntryNo>,
}

type Cache = HashMap<(CoordinateNo, Date, crate::books::Origin, bool, usize), Vec<(usize, i64)>>;

impl<'a> Index<'a> {
    fn new(specs: &'a [(&'a [Term], EntryNo)]) -> Self {
        let mut by_place: HashMap<CoordinateNo, Vec<(usize, Term)>> = HashMap::new();
        for (figure, (terms, _)) in specs.iter().enumerate() {
            for term in *terms {
                by_place.entry(term.slice.at).or_default().push((figure, *term));
            }
        }
        let ends: BTreeSet<EntryNo> = specs.iter().map(|(_, entries)| *entries).collect();
        Self { by_place, specs, ends: ends.into_iter().collect() }
    }

    fn coefficients(&self, cells: &[Passed], cache: &mut Cache) -> Vec<(usize, i64)> {
        let mut sum: BTreeMap<usize, i64> = BTreeMap::new();
        for cell in cells {
            // Entries between the same ends of releases are in the same figures.
            let age = self.ends.partition_point(|end| *end < cell.entry);
            let key = (cell.at, cell.date, cell.origin, cell.debit, age);
            let taken = cache.entry(key).or_insert_with(|| {
                let sign = if cell.debit { 1 } else { -1 };
                let terms = self.by_place.get(&cell.at).into_iter().flatten();
                let terms = terms.filter(|(figure, term)| {
                    cell.entry <= self.specs[*figure].1 && term.slice.takes(cell.at, cell.date, cell.origin, cell.debit)
                });
                terms.map(|(figure, term)| (*figure, sign * term.factor)).collect()
            });
            for (figure, factor) in taken.iter() {
                *sum.entry(*figure).or_default() += factor;
            }
        }
        sum.into_iter().filter(|(_, coefficient)| *coefficient != 0).collect()
    }
}

/// The name of a statement with what it is limited to.
#[must_use]
pub fn name_of(statement: &Statement) -> String {
    let mut name = statement.key.clone();
    if !statement.events.is_empty() {
        name.push_str(&format!("@{}", statement.events.join("+")));
    }
    if let Some(period) = statement.period.filter(|period| *period != ALL_DAYS) {
        name.push_str(&format!("@{}", period.to_string().replace(' ', "_")));
    }
    name
}

/// A figure that may be shown.
pub(super) struct Candidate {
    pub figure: Reviewed,
    seat: Seat,
    /// Whether nothing is released without it.
    must: bool,
}

/// The figures of statements, in the order in which they are decided on: what must be shown, totals, then lines.
pub(super) fn candidates(statements: &[Statement], entries: EntryNo, mandatory: &[String]) -> Vec<Candidate> {
    let mut list = Vec::new();
    for (s, statement) in statements.iter().enumerate() {
        let name = name_of(statement);
        for (r, row) in statement.rows.iter().enumerate() {
            for (c, cell) in row.cells.iter().enumerate() {
                let (value, content) = match (cell, row.behind.get(c)) {
                    (Cell::Money(minor), Some(Behind::Postings(terms))) => {
                        (*minor, Content::Postings(gathered(terms), entries))
                    }
                    (Cell::Count(count), Some(Behind::People(crowds))) => {
                        (i128::from(*count), Content::People(crowds.clone()))
                    }
                    _ => continue,
                };
                let column = &statement.columns[c].key;
                let must = mandatory.iter().any(|m| *m == format!("{}/{}/{column}", statement.key, row.key));
                let id = format!("{name}/{}/{column}", row.key);
                let rank = (!must, row.kind != RowKind::Total, row.level, c + 1 != row.cells.len());
                let figure = Reviewed { id, place: (s, r, c), value, content, reason: None, overridden: false };
                list.push((rank, figure, must));
            }
        }
    }
    list.sort_by_key(|(rank, ..)| *rank);
    let (mut money, mut people) = (0, 0);
    let mut seat = |content: &Content| match content {
        Content::Postings(..) => {
            money += 1;
            Seat::Money(money - 1)
        }
        Content::People(_) => {
            people += 1;
            Seat::People(people - 1)
        }
    };
    list.into_iter().map(|(_, figure, must)| Candidate { seat: seat(&figure.content), figure, must }).collect()
}

/// The terms with one factor a slice.
fn gathered(terms: &[Term]) -> Vec<Term> {
    let mut sum: BTreeMap<_, i64> = BTreeMap::new();
    for term in terms {
        *sum.entry(term.slice).or_default() += term.factor;
    }
    sum.into_iter().filter(|(_, factor)| *factor != 0).map(|(slice, factor)| Term { slice, factor }).collect()
}

/// More often than this no line becomes part of another.
const MERGES: usize = 4;

/// Reviews statements for an audience; where its rules say so, lines that are too small are merged. `overrides` are
/// figures that the treasurer decides to show all the same: `row/column`, or with the statement before it.
///
/// # Errors
/// What the books cannot read, [`DisclosureError::NoFigure`] or [`DisclosureError::Untied`].
pub fn review<S: Store>(
    books: &Books<S>,
    log: &Log,
    audience: Audience,
    statements: Vec<Statement>,
    overrides: &[String],
) -> Result<Review, DisclosureError> {
    let Some(rules) = log.rules.of(audience) else {
        return Ok(Review { statements, figures: Vec::new(), withheld: 0, blocked: Vec::new() });
    };
    let amounts = Amounts::read(books)?;
    let once = |statements: Vec<Statement>| review_as_they_are(books, log, &amounts, audience, statements, overrides);
    let mut made = statements;
    let mut best = once(made.clone())?;
    for _ in 0..if rules.merge { MERGES } else { 0 } {
        let Some(next) = merged(books.setup()?, &made, &best.figures)? else { break };
        let review = once(next.clone())?;
        if review.withheld >= best.withheld || review.blocked.len() > best.blocked.len() {
            break;
        }
        (made, best) = (next, review);
    }
    Ok(best)
}

/// Where a figure is: among the figures of money, or among the counts.
#[derive(Clone, Copy)]
enum Seat {
    Money(usize),
    People(usize),
}

/// One audience that will read what is reviewed: what it knows, and what may be added to that.
#[derive(Clone)]
struct Reading<'a> {
    knowledge: &'a Knowledge,
    guard: Guard<'a>,
    heads: HeadGuard,
    /// The counts that are reviewed.
    counts: Vec<Count>,
}

impl<'a> Reading<'a> {
    fn new(log: &Log, knowledge: &'a Knowledge, list: &[Candidate]) -> Result<Self, DisclosureError> {
        let mut guard = Guard::new(&knowledge.system, &knowledge.rules);
        guard.impose(0..knowledge.logged).map_err(|_| too_big())?;
        guard.keep(knowledge.logged..knowledge.system.figures.len());
        let known = log.known_to(knowledge.audience)?;
        let contents = known.iter().map(|figure| &figure.content).chain(list.iter().map(|c| &c.figure.content));
        let people: Vec<&[Crowd]> = contents.filter_map(crowds).collect();
        let (groups, mut counts) = grouped(&people);
        let logged = known.iter().filter(|figure| crowds(&figure.content).is_some()).count();
        let (least, sensitive) = log.rules.of(knowledge.audience).map_or((2, 2), |of| (of.heads, of.sensitive_heads));
        let mut heads = HeadGuard::new(groups, least, sensitive);
        heads.impose(counts.drain(..logged)).map_err(|_| too_big())?;
        heads.keep(&counts);
        Ok(Self { knowledge, guard, heads, counts })
    }

    /// Why a figure may not be added, by itself and by its differences.
    fn refuses_at_once(&self, seat: Seat) -> Option<Refusal> {
        match seat {
            Seat::Money(number) => self.guard.refuses_at_once(self.knowledge.logged + number).map(Refusal::Money),
            Seat::People(_) => None,
        }
    }

    /// Adds a figure by the cheap tests: who has to be asked for before it is safe. It is not taken back.
    fn begin(&mut self, seat: Seat) -> Result<BTreeSet<HolderNo>, Refusal> {
        match seat {
            Seat::Money(number) => self.guard.begin(self.knowledge.logged + number).map_err(Refusal::Money),
            Seat::People(number) => {
                self.heads.admit(&self.counts[number]).map(|()| BTreeSet::new()).map_err(Refusal::People)
            }
        }
    }

    /// Asks for the amounts of those whom the figure concerns. It is not taken back.
    fn finish(&mut self, concerned: BTreeSet<HolderNo>) -> Result<(), Refusal> {
        self.guard.finish(concerned).map_err(Refusal::Money)
    }

    /// A refusal in words.
    fn words<S: Store>(&self, books: &Books<S>, refusal: Refusal) -> Result<String, DisclosureError> {
        match refusal {
            Refusal::Money(reason) => words(books, self.knowledge, &reason),
            Refusal::People(reason) => Ok(head_words(reason)),
        }
    }

    /// Adds a figure, whatever it tells.
    fn impose(&mut self, seat: Seat) -> Result<(), BooksError> {
        let imposed = match seat {
            Seat::Money(number) => self.guard.impose([self.knowledge.logged + number]),
            Seat::People(number) => self.heads.impose([self.counts[number].clone()]),
        };
        imposed.map_err(|_| too_big())
    }
}

/// Why a figure may not be added for an audience.
enum Refusal {
    Money(Reason),
    People(TooFew),
}

/// Why a figure may not be added for one of the audiences. None of them has it then. What is cheap is asked for all of
/// them first.
fn refused<S: Store>(
    books: &Books<S>,
    readings: &mut Vec<Reading<'_>>,
    seat: Seat,
) -> Result<Option<String>, DisclosureError> {
    for reading in readings.iter() {
        if let Some(refusal) = reading.refuses_at_once(seat) {
            return reading.words(books, refusal).map(Some);
        }
    }
    let before = readings.clone();
    if let Err((place, refusal)) = added(readings, seat) {
        let why = readings[place].words(books, refusal)?;
        *readings = before;
        return Ok(Some(why));
    }
    Ok(None)
}

/// Adds a figure for all audiences; or the place of the one that refuses it, and why. It is not taken back.
fn added(readings: &mut [Reading<'_>], seat: Seat) -> Result<(), (usize, Refusal)> {
    let mut concerned = Vec::with_capacity(readings.len());
    for (place, reading) in readings.iter_mut().enumerate() {
        concerned.push(reading.begin(seat).map_err(|refusal| (place, refusal))?);
    }
    for (place, (reading, concerned)) in readings.iter_mut().zip(concerned).enumerate() {
        reading.finish(concerned).map_err(|refusal| (place, refusal))?;
    }
    Ok(())
}

fn review_as_they_are<S: Store>(
    books: &Books<S>,
    log: &Log,
    amounts: &Amounts,
    audience: Audience,
    mut statements: Vec<Statement>,
    overrides: &[String],
) -> Result<Review, DisclosureError> {
    let mandatory = log.rules.of(audience).map_or(&[][..], |rules| &rules.mandatory);
    let list = candidates(&statements, EntryNo(books.tail()?.entries), mandatory);
    for wanted in overrides {
        if !list.iter().any(|candidate| is_meant(&candidate.figure.id, wanted)) {
            let figures = list.iter().filter_map(|candidate| candidate.figure.id.split_once('/'));
            let figures = figures.map(|(_, figure)| figure);
            return Err(DisclosureError::NoFigure {
                figure: wanted.clone(),
                near: nearest(wanted, figures).map(str::to_owned),
            });
        }
    }
    let more: Vec<(String, &Content)> = list.iter().map(|c| (c.figure.id.clone(), &c.figure.content)).collect();
    // The board reads what the public does: what the public is given must be safe before both.
    let audiences: &[Audience] = match audience {
        Audience::Public => &[Audience::Public, Audience::Board],
        Audience::Board | Audience::Treasurer => &[Audience::Board],
    };
    let mut knowledge = Vec::new();
    for audience in audiences {
        knowledge.push(amounts.knowledge(books, log, *audience, &log.known_to(*audience)?, &more)?);
    }
    let readings: Result<Vec<_>, _> = knowledge.iter().map(|known| Reading::new(log, known, &list)).collect();
    let mut readings = readings?;
    let (mut figures, mut blocked) = (Vec::with_capacity(list.len()), Vec::new());
    for Candidate { mut figure, seat, must } in list {
        if let Seat::Money(number) = seat {
            let known = &knowledge[0];
            let found = known.system.figures[known.logged + number];
            if found != figure.value {
                return Err(DisclosureError::Untied { id: figure.id, shown: figure.value, found });
            }
        }
        if let Some(why) = refused(books, &mut readings, seat)? {
            figure.overridden = overrides.iter().any(|wanted| is_meant(&figure.id, wanted));
            if figure.overridden {
                readings.iter_mut().try_for_each(|reading| reading.impose(seat))?;
            } else {
                if must {
                    blocked.push((figure.id.clone(), why.clone()));
                }
                figure.reason = Some(why);
            }
        }
        figures.push((figure, seat));
    }
    let ranges: Vec<Option<(i128, i128)>> = figures
        .iter()
        .map(|(figure, seat)| match (seat, readings.first()) {
            (Seat::Money(number), Some(first)) if figure.reason.is_some() => {
                first.guard.range(first.knowledge.logged + number)
            }
            _ => None,
        })
        .collect();
    let figures: Vec<Reviewed> = figures.into_iter().map(|(figure, _)| figure).collect();
    let withheld = mask(&mut statements, &figures);
    for (figure, range) in figures.iter().zip(ranges) {
        let (s, r, c) = figure.place;
        if let Cell::Withheld(withheld) = &mut statements[s].rows[r].cells[c] {
            withheld.range = range;
        }
    }
    Ok(Review { statements, figures, withheld, blocked })
}

/// Whether a figure is the one that is named: `row/column`, or with its statement before it.
fn is_meant(id: &str, wanted: &str) -> bool {
    let (statement, figure) = id.split_once('/').unwrap_or((id, ""));
    let key = statement.split('@').next().unwrap_or(statement);
    [figure.to_owned(), format!("{key}/{figure}"), id.to_owned()].iter().any(|name| name == wanted)
}

fn crowds(content: &Content) -> Option<&[Crowd]> {
    match content {
        Content::People(crowds) => Some(crowds),
        Content::Postings(..) => None,
    }
}

fn too_big() -> BooksError {
    BooksError::Damaged { what: "the releases so far are too entangled to be reviewed".to_owned() }
}

/// People as groups that the same figures count: a group that grew between releases is the first and the later ones.
fn grouped(figures: &[&[Crowd]]) -> (Vec<Group>, Vec<Count>) {
    let mut counts: BTreeMap<&str, (BTreeSet<i64>, bool)> = BTreeMap::new();
    for crowd in figures.iter().flat_map(|crowds| crowds.iter()) {
        let of = counts.entry(&crowd.key).or_default();
        of.0.insert(crowd.count);
        of.1 |= crowd.sensitive;
    }
    let mut groups = Vec::new();
    let mut places: HashMap<(&str, i64), Vec<usize>> = HashMap::new();
    for (key, (steps, sensitive)) in counts {
        let (mut below, mut all) = (0, Vec::new());
        for count in steps {
            // None of a kind is a group too: that there is none may not be for everybody to know.
            if count > below || all.is_empty() {
                groups.push(Group { people: count - below, sensitive });
                all.push(groups.len() - 1);
            }
            below = count;
            places.insert((key, count), all.clone());
        }
    }
    let row = |crowds: &&[Crowd]| -> Count {
        let mut row: BTreeMap<usize, i64> = BTreeMap::new();
        for crowd in crowds.iter() {
            for group in places.get(&(crowd.key.as_str(), crowd.count)).into_iter().flatten() {
                *row.entry(*group).or_default() += 1;
            }
        }
        row.into_iter().collect()
    };
    let rows = figures.iter().map(row).collect();
    (groups, rows)
}

/// Masks what is withheld and what would follow from it; everything that is neither a shown figure nor nobody's is the
/// treasurer's. Returns how many cells are masked.
fn mask(statements: &mut [Statement], figures: &[Reviewed]) -> usize {
    let shown: BTreeSet<(usize, usize, usize)> =
        figures.iter().filter(|f| f.reason.is_none()).map(|f| f.place).collect();
    let mut masked = 0;
    for (s, statement) in statements.iter_mut().enumerate() {
        let behind: Vec<Vec<Behind>> = statement.rows.iter().map(|row| row.behind.clone()).collect();
        for (r, row) in statement.rows.iter_mut().enumerate() {
            for (c, cell) in row.cells.iter_mut().enumerate() {
                if !matches!(cell, Cell::Money(_) | Cell::Count(_)) {
                    continue;
                }
                let safe = match behind[r].get(c) {
                    Some(Behind::Nobody) => true,
                    Some(Behind::Postings(_) | Behind::People(_)) => shown.contains(&(s, r, c)),
                    Some(Behind::Figures(of)) => of.iter().all(|(r, c)| {
                        shown.contains(&(s, *r, *c)) || matches!(behind[*r].get(*c), Some(Behind::Nobody))
                    }),
                    Some(Behind::Treasurer) | None => false,
                };
                if !safe {
                    *cell = Cell::Withheld(Withheld::default());
                    masked += 1;
                }
            }
        }
    }
    masked
}

/// A contributor's name, for the treasurer.
pub(super) fn party_name<S: Store>(books: &Books<S>, contributor: Contributor) -> Result<String, BooksError> {
    Ok(match contributor {
        Contributor::Own => "the organisation".to_owned(),
        Contributor::Unnamed => "whoever is not named".to_owned(),
        Contributor::Party(number, _) => books.party(number)?.shown(),
    })
}

/// A sum of figures in words: `a - b = Acme`.
fn sum_in_words(knowledge: &Knowledge, attack: &Attack) -> String {
    if attack.terms.is_empty() || attack.terms.len() > 12 {
        return format!("a sum of {} figures", attack.terms.len());
    }
    let mut text = String::new();
    for (i, (figure, factor)) in attack.terms.iter().enumerate() {
        let sign = if *factor < 0 {
            "- "
        } else if i > 0 {
            "+ "
        } else {
            ""
        };
        let times = if factor.abs() == 1 { String::new() } else { format!("{} × ", factor.abs()) };
        if i > 0 {
            text.push(' ');
        }
        text.push_str(&format!("{sign}{times}[{}]", knowledge.ids[*figure]));
    }
    if attack.denominator > 1 { format!("({text}) / {}", attack.denominator) } else { text }
}

/// Why a figure is withheld, in words for the treasurer.
///
/// # Errors
/// What the books cannot read.
pub fn words<S: Store>(books: &Books<S>, knowledge: &Knowledge, reason: &Reason) -> Result<String, DisclosureError> {
    let plural = |count: &usize| if *count == 1 { "contributor" } else { "contributors" };
    Ok(match reason {
        Reason::Few { count, needed } => {
            format!("few: {count} {} of {needed} that are needed", plural(count))
        }
        Reason::FewBehindDifference { figure, count, needed } => format!(
            "few: the difference to [{}] is of {count} {} of {needed} that are needed",
            knowledge.ids[*figure],
            plural(count)
        ),
        Reason::Reveals { figure, attack } => {
            format!("shields [{}]: {} gives it", knowledge.ids[*figure], sum_in_words(knowledge, attack))
        }
        Reason::Dominated => "dominated: a few contributors hold most of it".to_owned(),
        Reason::Singled { count, needed, attack } => format!(
            "shields: {} is of {count} {} of {needed} that are needed",
            sum_in_words(knowledge, attack),
            plural(count)
        ),
        Reason::Tells { holder, readers, minor, attack } => {
            let name = party_name(books, knowledge.contributors[*holder])?;
            let currency = books.setup()?.currency();
            let mut by = Vec::new();
            for reader in readers {
                by.push(party_name(books, knowledge.contributors[*reader])?);
            }
            let who = if by.is_empty() { "anybody".to_owned() } else { by.join(" and ") };
            let how = if attack.exact { "exactly" } else { "too closely" };
            let amount = currency.format_grouped(*minor);
            let sum = sum_in_words(knowledge, attack);
            format!("shields {name}: {who} could tell its {amount} {how}, from {sum}")
        }
        Reason::Unproven => {
            "unproven: no other ledger in whole amounts was found that shows the same figures".to_owned()
        }
    })
}

fn head_words(reason: TooFew) -> String {
    match reason {
        TooFew::Counted(people) => format!("few: it counts {people}"),
        TooFew::Difference(people) => format!("few: its difference to a published count is {people}"),
        TooFew::Singled(people) => format!("shields: published counts together would single out {people}"),
        TooFew::Unproven => "unproven".to_owned(),
    }
}
