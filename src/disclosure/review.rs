//! Looks at statements as their readers would, together with all they know already, and withholds what would tell them
//! too much.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::DisclosureError;
use super::amounts::{Cell as Passed, Contributor, Path, paths};
use super::guard::{Attack, Guard, Reason};
use super::heads::{Group, HeadGuard, TooFew};
use super::log::{Content, Log, LoggedFigure, reads};
use super::policy::AudienceRules;
use super::rules::Rules;
use super::system::{Amount, Holder, Protection, System};
use crate::books::{Books, BooksError, Store, Term};
use crate::calendar::{ALL_DAYS, Date};
use crate::ledger::{CoordinateNo, EntryNo, PartyNo};
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
    /// Contributors of whom earlier releases tell too much under the rules in force.
    pub exposed: Vec<PartyNo>,
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

/// The rows' keys; one that is there again (an activity's revenue and its expenses) is told apart by its number.
#[must_use]
pub fn row_names(statement: &Statement) -> Vec<String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    let mut name = |key| {
        let number = times.entry(key).or_default();
        *number += 1;
        if *number == 1 { String::from(key) } else { format!("{key}#{number}") }
    };
    statement.rows.iter().map(|row| name(row.key.as_str())).collect()
}

/// The figures of statements, in the order in which they are decided on: what must be shown, totals, then lines.
pub(super) fn candidates(statements: &[Statement], entries: EntryNo, mandatory: &[String]) -> Vec<(Reviewed, bool)> {
    let mut list = Vec::new();
    for (s, statement) in statements.iter().enumerate() {
        let name = name_of(statement);
        let keys = row_names(statement);
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
                let id = format!("{name}/{}/{column}", keys[r]);
                let rank = (!must, row.kind != RowKind::Total, row.level, c + 1 != row.cells.len());
                let place = (s, r, c);
                list.push((rank, (Reviewed { id, place, value, content, reason: None, overridden: false }, must)));
            }
        }
    }
    list.sort_by_key(|(rank, _)| *rank);
    list.into_iter().map(|(_, candidate)| candidate).collect()
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

/// Reviews statements for an audience, and merges lines that are too small to be shown. `overrides`: figures (by the end of their identity) that the treasurer decides to
/// show all the same.
///
/// # Errors
/// What the books cannot read, or [`DisclosureError::Untied`].
pub fn review<S: Store>(
    books: &Books<S>,
    log: &Log,
    audience: Audience,
    statements: Vec<Statement>,
    overrides: &[String],
) -> Result<Review, DisclosureError> {
    let merges = log.rules.of(audience).is_some_and(|rules| rules.merge);
    let mut best = review_as_they_are(books, log, audience, statements.clone(), overrides)?;
    let mut made = statements;
    for _ in 0..if merges { MERGES } else { 0 } {
        let Some(next) = super::merge::merged(books.setup()?, &made, &best.figures)? else { break };
        let review = review_as_they_are(books, log, audience, next.clone(), overrides)?;
        if review.withheld >= best.withheld || review.blocked.len() > best.blocked.len() {
            break;
        }
        (made, best) = (next, review);
    }
    Ok(best)
}

fn review_as_they_are<S: Store>(
    books: &Books<S>,
    log: &Log,
    audience: Audience,
    mut statements: Vec<Statement>,
    overrides: &[String],
) -> Result<Review, DisclosureError> {
    let Some(own_rules) = log.rules.of(audience) else {
        return Ok(Review { statements, figures: Vec::new(), withheld: 0, blocked: Vec::new(), exposed: Vec::new() });
    };
    let entries = EntryNo(books.tail()?.entries);
    let list = candidates(&statements, entries, &own_rules.mandatory);
    let amounts = Amounts::read(books)?;
    let more: Vec<(String, &Content)> = list.iter().map(|(figure, _)| (figure.id.clone(), &figure.content)).collect();
    // The board reads what the public does: what the public is given must be safe before both.
    let audiences = match audience {
        Audience::Public => vec![Audience::Public, Audience::Board],
        other => vec![other],
    };
    let mut all = Vec::new();
    for audience in audiences {
        let known = log.known_to(audience)?;
        all.push((known.clone(), amounts.knowledge(books, log, audience, &known, &more)?));
    }
    let mut guards: Vec<(Guard<'_>, HeadGuard)> = Vec::new();
    let mut head_rows: Vec<Vec<Vec<(usize, i64)>>> = Vec::new();
    let mut exposed = BTreeSet::new();
    for (known, knowledge) in &all {
        let mut guard = Guard::new(&knowledge.system, &knowledge.rules);
        guard.impose(0..knowledge.logged).map_err(|_| too_big())?;
        for holder in guard.told() {
            if let Contributor::Party(number, _) = knowledge.contributors[holder] {
                exposed.insert(number);
            }
        }
        let people: Vec<&[Crowd]> = known
            .iter()
            .map(|figure| &figure.content)
            .chain(list.iter().map(|(figure, _)| &figure.content))
            .filter_map(|content| match content {
                Content::People(crowds) => Some(crowds.as_slice()),
                Content::Postings(..) => None,
            })
            .collect();
        let (groups, rows) = grouped(&people);
        let logged = known.iter().filter(|figure| matches!(figure.content, Content::People(_))).count();
        let Some(of) = log.rules.of(knowledge.audience) else { continue };
        let mut heads = HeadGuard::new(groups, of.heads, of.sensitive_heads);
        let before = rows.iter().take(logged).cloned().enumerate().collect();
        heads.impose(before).map_err(|_| too_big())?;
        head_rows.push(rows.into_iter().skip(logged).collect());
        guards.push((guard, heads));
    }
    let mut figures = Vec::with_capacity(list.len());
    let mut blocked = Vec::new();
    let (mut money, mut people) = (0, 0);
    for (mut figure, must) in list {
        let is_money = matches!(figure.content, Content::Postings(..));
        let number = if is_money { money } else { people };
        *(if is_money { &mut money } else { &mut people }) += 1;
        if is_money {
            let (_, knowledge) = &all[0];
            let found = knowledge.system.figures[knowledge.logged + number];
            if found != figure.value {
                return Err(DisclosureError::Untied { id: figure.id, shown: figure.value, found });
            }
        }
        let wanted = overrides.iter().any(|end| figure.id.ends_with(end.as_str()));
        // One guard takes back itself what it refuses; of two, the first has to forget what the second refuses.
        let before = (guards.len() > 1).then(|| guards.clone());
        let mut reason = None;
        for (i, (guard, heads)) in guards.iter_mut().enumerate() {
            let (_, knowledge) = &all[i];
            let refused = if is_money {
                guard.admit(knowledge.logged + number).err().map(|reason| words(books, knowledge, &reason))
            } else {
                let row = &head_rows[i][number];
                heads.admit(usize::MAX - number, row).err().map(|reason| Ok(head_words(reason)))
            };
            if let Some(refused) = refused {
                reason = Some(refused?);
                break;
            }
        }
        if let Some(refused) = reason {
            if let Some(before) = before {
                guards = before;
            }
            if wanted {
                figure.overridden = true;
                for (i, (guard, heads)) in guards.iter_mut().enumerate() {
                    let imposed = if is_money {
                        guard.impose([all[i].1.logged + number])
                    } else {
                        heads.impose(vec![(usize::MAX - number, head_rows[i][number].clone())])
                    };
                    imposed.map_err(|_| too_big())?;
                }
            } else {
                if must {
                    blocked.push((figure.id.clone(), refused.clone()));
                }
                figure.reason = Some(refused);
            }
        }
        figures.push(figure);
    }
    let withheld = mask(&mut statements, &figures);
    // What may be said of a figure that is not shown: as far as published figures bound it.
    if let (Some((guard, _)), Some((_, knowledge))) = (guards.first(), all.first()) {
        let mut number = 0;
        for figure in &figures {
            if !matches!(figure.content, Content::Postings(..)) {
                continue;
            }
            let (s, r, c) = figure.place;
            if figure.reason.is_some()
                && let Cell::Withheld(withheld) = &mut statements[s].rows[r].cells[c]
            {
                withheld.range = guard.range(knowledge.logged + number);
            }
            number += 1;
        }
    }
    Ok(Review { statements, figures, withheld, blocked, exposed: exposed.into_iter().collect() })
}

fn too_big() -> BooksError {
    BooksError::Damaged { what: "the releases so far are too entangled to be reviewed".to_owned() }
}

/// People as groups that the same figures count: a group that grew between releases is the first and the later ones.
fn grouped(figures: &[&[Crowd]]) -> (Vec<Group>, Vec<Vec<(usize, i64)>>) {
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
    let row = |crowds: &&[Crowd]| -> Vec<(usize, i64)> {
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
        Contributor::Party(number, _) => books.party(number)?.name.unwrap_or_else(|| format!("party #{number}")),
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
        TooFew::Difference(_, people) => format!("few: its difference to a published count is {people}"),
        TooFew::Singled(people) => format!("shields: published counts together would single out {people}"),
        TooFew::Unproven => "unproven".to_owned(),
    }
}
