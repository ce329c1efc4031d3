//! The release log: what readers know already. It is part of the books' chain, and no release is ever taken out of it.

use std::collections::{HashMap, HashSet};

use super::DisclosureError;
use super::policy::{DisclosureRules, USUAL};
use crate::books::{Books, BooksError, Origin, Slice, Store, Term};
use crate::calendar::{Date, Window};
use crate::conference::{Cause, Digest, Fact, Reader, Released, ReleasedFigure, ReleasedSlice};
use crate::ledger::{CoordinateNo, EntryNo, FactNo, PartyNo};
use crate::report::{Audience, Crowd};

/// What a figure is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Postings up to an entry.
    Postings(Vec<Term>, EntryNo),
    /// People.
    People(Vec<Crowd>),
}

/// A figure that was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedFigure {
    /// Release and identity: `release 3: activities@2025/revenue/total`.
    pub id: String,
    /// Minor units, or people.
    pub value: i128,
    /// What it is made of.
    pub content: Content,
}

/// Everything disclosure control knows from the books' records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    /// Releases in order.
    pub releases: Vec<Released>,
    /// Who allowed its amounts to be shown to whom.
    pub consents: HashMap<PartyNo, Reader>,
    /// The rules in force.
    pub rules: DisclosureRules,
    /// Their text.
    pub rules_text: String,
    /// SHA-256 of it.
    pub rules_digest: Digest,
    /// The facts that logged the releases.
    pub facts: Vec<FactNo>,
}

impl Log {
    /// Reads the log.
    ///
    /// # Errors
    /// What the books cannot read, or [`DisclosureError::Rules`].
    pub fn read<S: Store>(books: &Books<S>) -> Result<Self, DisclosureError> {
        let (mut releases, mut consents, mut facts) = (Vec::new(), HashMap::new(), Vec::new());
        let mut own = None;
        books.facts(&["released", "consented", "disclosure-rules"], &mut |number, seq, fact| {
            match fact {
                Fact::Released(released) => {
                    releases.push(released);
                    facts.push(number);
                }
                Fact::Consented(consented) => {
                    let reader = consents.entry(consented.party).or_insert(consented.reader);
                    *reader = (*reader).max(consented.reader);
                }
                Fact::DisclosureRules(_) => own = Some(seq),
                _ => {}
            }
            Ok(())
        })?;
        let text = match own {
            None => USUAL.to_owned(),
            Some(seq) => books.text(seq, "rules")?.ok_or_else(|| BooksError::Damaged {
                what: "the rules of disclosure were erased: set them again".to_owned(),
            })?,
        };
        let rules = DisclosureRules::parse(&text).map_err(|message| DisclosureError::Rules { message })?;
        let rules_digest = Digest(crate::books::hash(text.as_bytes()));
        Ok(Self { releases, consents, rules, rules_text: text, rules_digest, facts })
    }

    /// The number of the last release; zero when there is none.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.releases.last().map_or(0, |release| release.number)
    }

    /// A release by its number.
    ///
    /// # Errors
    /// [`DisclosureError::NoRelease`].
    pub fn release(&self, number: i64) -> Result<(&Released, FactNo), DisclosureError> {
        let found = self.releases.iter().zip(&self.facts).find(|(release, _)| release.number == number);
        found
            .map(|(release, fact)| (release, *fact))
            .ok_or_else(|| DisclosureError::NoRelease { number, last: self.last() })
    }

    /// The figures that a reader knows: the board reads what the public does.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when a release cannot be read.
    pub fn known_to(&self, audience: Audience) -> Result<Vec<LoggedFigure>, DisclosureError> {
        let mut figures = Vec::new();
        for release in self.releases.iter().filter(|release| reads(audience, release.reader)) {
            figures.extend(figures_of(release)?);
        }
        Ok(figures)
    }
}

/// Whether an audience reads what was released to a reader.
#[must_use]
pub fn reads(audience: Audience, reader: Reader) -> bool {
    match audience {
        Audience::Treasurer => true,
        Audience::Board => reader >= Reader::Board,
        Audience::Public => reader == Reader::Public,
    }
}

/// The figures of a release.
///
/// # Errors
/// [`BooksError::Damaged`] when a slice of it cannot be read.
pub fn figures_of(release: &Released) -> Result<Vec<LoggedFigure>, DisclosureError> {
    let damaged = |what: &str| BooksError::Damaged { what: format!("release {}: {what}", release.number) };
    let slices: Vec<Slice> = release
        .slices
        .iter()
        .map(|slice| slice_of(slice).ok_or_else(|| damaged("a slice cannot be read")))
        .collect::<Result<_, _>>()?;
    let figure = |figure: &ReleasedFigure| {
        let value = figure.value.parse().map_err(|_| damaged("a value is no number"))?;
        let content = if figure.people.is_empty() {
            let term = |(place, factor): &(usize, i64)| {
                let slice = *slices.get(*place).ok_or_else(|| damaged("a slice is missing"))?;
                Ok(Term { slice, factor: *factor })
            };
            let terms: Result<_, BooksError> = figure.terms.iter().map(term).collect();
            Content::Postings(terms?, release.entries)
        } else {
            let crowd = |place: &usize| {
                let (key, count, sensitive) =
                    release.crowds.get(*place).ok_or_else(|| damaged("people are missing"))?;
                Ok(Crowd { key: key.clone(), count: *count, sensitive: *sensitive })
            };
            let crowds: Result<_, BooksError> = figure.people.iter().map(crowd).collect();
            Content::People(crowds?)
        };
        let id = format!("release {}: {}", release.number, figure.id);
        Ok(LoggedFigure { id, value, content })
    };
    release.figures.iter().map(figure).collect()
}

fn slice_of(slice: &ReleasedSlice) -> Option<Slice> {
    let ReleasedSlice(at, from, to, origin, side) = slice;
    let origin = match origin {
        None => None,
        Some((cause, flow)) => Some(Origin {
            cause: Cause::named(cause)?,
            flow: if flow.is_empty() { None } else { Some(flow.parse().ok()?) },
        }),
    };
    let debit = match side.as_str() {
        "" => None,
        "d" => Some(true),
        "c" => Some(false),
        _ => return None,
    };
    let window = Window::new(Date::from_number(i64::from(*from))?, Date::from_number(i64::from(*to))?).ok()?;
    Some(Slice { at: CoordinateNo(*at), window, origin, debit })
}

fn written(slice: &Slice) -> ReleasedSlice {
    let origin =
        slice.origin.map(|o| (o.cause.word().to_owned(), o.flow.map(|flow| flow.to_string()).unwrap_or_default()));
    let side = slice.debit.map_or("", |debit| if debit { "d" } else { "c" });
    ReleasedSlice(slice.at.0, slice.window.from().number(), slice.window.to().number(), origin, side.to_owned())
}

/// Gathers the figures of a release, each slice and group of people once.
#[derive(Default)]
pub struct Writing {
    slices: HashMap<Slice, usize>,
    slice_list: Vec<ReleasedSlice>,
    crowds: HashMap<Crowd, usize>,
    crowd_list: Vec<(String, i64, bool)>,
    figures: Vec<ReleasedFigure>,
    known: HashSet<String>,
}

impl Writing {
    /// Adds a figure that is shown.
    pub fn add(&mut self, id: &str, value: i128, content: &Content, overridden: bool) {
        if !self.known.insert(id.to_owned()) {
            return;
        }
        let (mut terms, mut people) = (Vec::new(), Vec::new());
        match content {
            Content::Postings(all, _) => {
                for term in all {
                    let next = self.slice_list.len();
                    let place = *self.slices.entry(term.slice).or_insert(next);
                    if place == next {
                        self.slice_list.push(written(&term.slice));
                    }
                    terms.push((place, term.factor));
                }
            }
            Content::People(all) => {
                for crowd in all {
                    let next = self.crowd_list.len();
                    let place = *self.crowds.entry(crowd.clone()).or_insert(next);
                    if place == next {
                        self.crowd_list.push((crowd.key.clone(), crowd.count, crowd.sensitive));
                    }
                    people.push(place);
                }
            }
        }
        self.figures.push(ReleasedFigure { id: id.to_owned(), value: value.to_string(), terms, people, overridden });
    }

    /// Puts what was gathered into a release.
    pub fn finish(self, release: &mut Released) {
        (release.slices, release.crowds, release.figures) = (self.slice_list, self.crowd_list, self.figures);
    }
}
