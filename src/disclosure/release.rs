//! Publishing: statements are reviewed against the log, and what is shown of them is logged.

use super::log::{Content, Log, Writing, figures_of};
use super::preview::withheld_note;
use super::review::{Amounts, Review, review};
use super::{DisclosureError, Guard, unproved};
use crate::books::{Books, BooksError, Head, Store, Writer};
use crate::conference::{Digest, Fact, Reader, ReleaseKind, Released};
use crate::ledger::EntryNo;
use crate::report::{Audience, Statement};

/// A release before it is logged.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What was found.
    pub review: Review,
    /// The fact that will be recorded, but for its number.
    pub released: Released,
    /// The log that it was reviewed against.
    log: Log,
    reason: Option<String>,
}

/// A release that is logged.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its number.
    pub number: i64,
    /// Its place in the chain.
    pub head: Head,
    /// Whether it was logged before: the same figures were released to the same readers already.
    pub again: bool,
}

/// The reader that an audience is.
#[must_use]
pub const fn reader(audience: Audience) -> Reader {
    match audience {
        Audience::Treasurer => Reader::Treasurer,
        Audience::Board => Reader::Board,
        Audience::Public => Reader::Public,
    }
}

/// Reviews statements for a release. `overrides` are figures that the treasurer decides to show for a reason.
///
/// # Errors
/// [`DisclosureError::Blocked`] when a figure that must be shown cannot be, or what the books cannot read.
pub fn plan<S: Store>(
    books: &Books<S>,
    audience: Audience,
    statements: Vec<Statement>,
    overrides: &[String],
    reason: Option<&str>,
) -> Result<Plan, DisclosureError> {
    let log = Log::read(books)?;
    let keys = statements.iter().map(|statement| statement.key.clone()).collect();
    let review = review(books, &log, audience, statements, overrides)?;
    if !review.blocked.is_empty() {
        return Err(DisclosureError::Blocked { blocked: review.blocked });
    }
    let mut writing = Writing::default();
    let mut overridden = false;
    for figure in review.figures.iter().filter(|figure| figure.reason.is_none()) {
        overridden |= figure.overridden;
        writing.add(&figure.id, figure.value, &figure.content, figure.overridden);
    }
    let how = if overridden { ReleaseKind::Overridden } else { ReleaseKind::Published };
    let released = blank(books, &log, audience, how, keys, review.withheld)?;
    let mut plan = Plan { review, released, log, reason: reason.map(str::to_owned) };
    writing.finish(&mut plan.released);
    Ok(plan)
}

/// What was handed out, or filed, without disclosure control: every figure is known to its readers from now on.
///
/// # Errors
/// What the books cannot read.
pub fn plan_record<S: Store>(
    books: &Books<S>,
    audience: Audience,
    statement: &Statement,
    reason: &str,
) -> Result<Plan, DisclosureError> {
    let log = Log::read(books)?;
    let entries = EntryNo(books.tail()?.entries);
    let mut writing = Writing::default();
    let mut figures = Vec::new();
    for super::review::Candidate { figure, .. } in
        super::review::candidates(std::slice::from_ref(statement), entries, &[])
    {
        writing.add(&figure.id, figure.value, &figure.content, false);
        figures.push(figure);
    }
    let released = blank(books, &log, audience, ReleaseKind::Recorded, vec![statement.key.clone()], 0)?;
    let review = Review { statements: vec![statement.clone()], figures, withheld: 0, blocked: Vec::new() };
    let mut plan = Plan { review, released, log, reason: Some(reason.to_owned()) };
    writing.finish(&mut plan.released);
    Ok(plan)
}

fn blank<S: Store>(
    books: &Books<S>,
    log: &Log,
    audience: Audience,
    how: ReleaseKind,
    statements: Vec<String>,
    withheld: usize,
) -> Result<Released, BooksError> {
    Ok(Released {
        number: 0,
        reader: reader(audience),
        how,
        statements,
        entries: EntryNo(books.tail()?.entries),
        slices: Vec::new(),
        crowds: Vec::new(),
        figures: Vec::new(),
        withheld,
        rules: log.rules_digest,
        reason: None,
    })
}

impl Plan {
    /// Logs the release, unless the same was logged before.
    ///
    /// # Errors
    /// [`DisclosureError::Moved`] when the log is no longer what the release was reviewed against; later entries do not
    /// matter.
    pub fn issue<S: Store>(&self, writer: &mut Writer<'_, S>) -> Result<Issued, DisclosureError> {
        let log = Log::read(writer.books())?;
        if log != self.log {
            return Err(DisclosureError::Moved);
        }
        if let Some((release, fact)) = log.releases.iter().zip(&log.facts).find(|(release, _)| self.is_again(release)) {
            let stored = writer.books().store().fact(*fact)?;
            let stored = stored.ok_or_else(|| BooksError::Damaged { what: format!("fact {fact} is missing") })?;
            return Ok(Issued {
                number: release.number,
                head: Head { seq: stored.seq, hash: stored.hash },
                again: true,
            });
        }
        let number = log.last() + 1;
        let released = Released { number, ..self.released.clone() };
        writer.record(|recorder| {
            let reason: Option<Digest> = self.reason.as_deref().map(|text| recorder.seal("reason", text));
            Ok(Fact::Released(Released { reason, ..released }))
        })?;
        Ok(Issued { number, head: writer.head(), again: false })
    }

    fn is_again(&self, release: &Released) -> bool {
        let new = &self.released;
        release.reader == new.reader
            && release.how == new.how
            && release.statements == new.statements
            && release.figures == new.figures
            && release.slices == new.slices
            && release.crowds == new.crowds
    }

    /// How many figures are not shown, in words.
    #[must_use]
    pub fn withheld_note(&self) -> String {
        withheld_note(self.review.withheld)
    }

    /// What the release promises, with the floor that the rules print.
    #[must_use]
    pub fn promise(&self, audience: Audience) -> String {
        promise(&self.log, audience)
    }
}

/// What a release promises its contributors.
#[must_use]
pub fn promise(log: &Log, audience: Audience) -> String {
    let floor = log.rules.of(audience).map_or(0, |rules| rules.promise);
    let share =
        if floor.is_multiple_of(10) { format!("{}", floor / 10) } else { format!("{}.{}", floor / 10, floor % 10) };
    format!(
        "Promise: every figure shown is exact. Whoever adds and subtracts the figures of this report and of all \
         earlier ones to the same readers, and knows who contributed and all that one contributor knows of itself, \
         cannot tell what another protected organisation gave or got to within {share} % of it, nor exactly what a \
         person did."
    )
}

/// What is wrong with the releases so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AuditFinding {
    /// A figure is not what the books say.
    Differs {
        /// Release and figure.
        id: String,
        /// What was released, minor units.
        released: i128,
        /// What the postings give.
        found: i128,
    },
    /// A figure came out by the treasurer's decision.
    Overridden {
        /// Release and figure.
        id: String,
    },
    /// A release was made by other means.
    Recorded {
        /// Its number.
        number: i64,
    },
    /// No other ledger was found that shows the same figures; that is no proof that there is none.
    Unproved {
        /// The contributor, in words.
        whose: String,
        /// For whom.
        audience: Audience,
        /// What is missing.
        why: String,
    },
    /// Readers can tell an amount.
    Told {
        /// The contributor, in words.
        whose: String,
        /// For whom.
        audience: Audience,
    },
}

/// What an audit looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Audit {
    /// Releases.
    pub releases: usize,
    /// Figures, as each audience knows them.
    pub figures: usize,
    /// Contributors that are protected, by audience.
    pub protected: usize,
    /// Amounts of theirs that were looked at.
    pub amounts: usize,
    /// What was found.
    pub findings: Vec<AuditFinding>,
}

impl Audit {
    /// How many findings say that figures are wrong or that amounts can be told.
    #[must_use]
    pub fn broken(&self) -> usize {
        let broken = |f: &&AuditFinding| {
            matches!(f, AuditFinding::Differs { .. } | AuditFinding::Told { .. } | AuditFinding::Unproved { .. })
        };
        self.findings.iter().filter(broken).count()
    }
}

/// Proves every release again, from the log and the books.
///
/// # Errors
/// What the books cannot read.
pub fn audit<S: Store>(books: &Books<S>) -> Result<Audit, DisclosureError> {
    let log = Log::read(books)?;
    let mut audit = Audit { releases: log.releases.len(), ..Audit::default() };
    for release in &log.releases {
        if release.how == ReleaseKind::Recorded {
            audit.findings.push(AuditFinding::Recorded { number: release.number });
        }
        let shown = figures_of(release)?;
        let decided = release.figures.iter().zip(&shown).filter(|(figure, _)| figure.overridden);
        audit.findings.extend(decided.map(|(_, shown)| AuditFinding::Overridden { id: shown.id.clone() }));
    }
    let amounts = Amounts::read(books)?;
    for audience in [Audience::Board, Audience::Public] {
        let known = log.known_to(audience)?;
        let knowledge = amounts.knowledge(books, &log, audience, &known, &[])?;
        audit.figures += known.len();
        let money = known.iter().filter(|figure| matches!(figure.content, Content::Postings(..)));
        for (figure, found) in money.zip(&knowledge.system.figures) {
            if figure.value != *found {
                audit.findings.push(AuditFinding::Differs {
                    id: figure.id.clone(),
                    released: figure.value,
                    found: *found,
                });
            }
        }
        let mut guard = Guard::new(&knowledge.system, &knowledge.rules);
        let too_big = |_| BooksError::Damaged { what: "the releases so far are too entangled to be proved".to_owned() };
        guard.impose(0..knowledge.system.figures.len()).map_err(too_big)?;
        let (protected, amounts) = guard.extent_of_protection();
        audit.protected += protected;
        audit.amounts += amounts;
        let told = guard.told();
        for holder in &told {
            let whose = super::review::party_name(books, knowledge.contributors[*holder])?;
            audit.findings.push(AuditFinding::Told { whose, audience });
        }
        // The verifier shares nothing with what found the moves: it writes out other ledgers and adds them up.
        let all: Vec<usize> = (0..knowledge.system.figures.len()).collect();
        for missing in unproved(&knowledge.system, &knowledge.rules, &all, &guard.proof_moves()) {
            if !told.contains(&missing.holder) {
                let whose = super::review::party_name(books, knowledge.contributors[missing.holder])?;
                audit.findings.push(AuditFinding::Unproved { whose, audience, why: missing.why });
            }
        }
    }
    Ok(audit)
}

/// What one party could work out of another's amounts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guess {
    /// Whose amount.
    pub whose: String,
    /// Which amount: a figure that it is part of, or all of it.
    pub what: String,
    /// The amount, minor units.
    pub minor: i128,
    /// The least and the most that it can be; no end is none.
    pub bounds: (i128, Option<i128>),
}

/// What a party (or, without one, somebody outside) could work out from all releases to an audience: the closest
/// guesses first.
///
/// # Errors
/// What the books cannot read.
pub fn attack<S: Store>(
    books: &Books<S>,
    audience: Audience,
    party: Option<&str>,
    most: usize,
) -> Result<Vec<Guess>, DisclosureError> {
    let log = Log::read(books)?;
    let known = log.known_to(audience)?;
    let amounts = Amounts::read(books)?;
    let knowledge = amounts.knowledge(books, &log, audience, &known, &[])?;
    let readers = match party {
        None => Vec::new(),
        Some(name) => {
            let number = books.party(books.find_party(name)?)?.party.contributor();
            let own = knowledge.contributors.iter().position(
                |contributor| matches!(contributor, super::amounts::Contributor::Party(party, _) if *party == number),
            );
            own.into_iter().collect()
        }
    };
    let mut guard = Guard::new(&knowledge.system, &knowledge.rules);
    let too_big = |_| BooksError::Damaged { what: "the releases so far are too entangled to be attacked".to_owned() };
    guard.impose(0..knowledge.system.figures.len()).map_err(too_big)?;
    let mut guesses = Vec::new();
    for (holder, functional, bounds) in guard.bounds(&readers) {
        let whose = super::review::party_name(books, knowledge.contributors[holder])?;
        let what = match functional.part_of {
            Some(figure) => knowledge.ids[figure].clone(),
            None if functional.weights.len() == 1 => "one amount".to_owned(),
            None => "everything".to_owned(),
        };
        guesses.push(Guess { whose, what, minor: functional.minor, bounds });
    }
    // How far off the guess is at least, as a share of the amount: compared by cross-multiplication.
    let off = |guess: &Guess| {
        let below = guess.minor - guess.bounds.0;
        guess.bounds.1.map_or(below, |high| below.max(high - guess.minor))
    };
    guesses.sort_by(|a, b| (off(a) * b.minor.max(1)).cmp(&(off(b) * a.minor.max(1))));
    guesses.truncate(most);
    Ok(guesses)
}
