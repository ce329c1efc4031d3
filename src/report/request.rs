//! What a report is asked for.

use std::fmt;
use std::str::FromStr;

use crate::books::{BooksError, Setup};
use crate::calendar::{ALL_DAYS, Window};
use crate::ledger::{Coordinate, LedgerError, Slug};

/// For whom a report is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Audience {
    /// Sees everything.
    #[default]
    Treasurer,
    /// Sees aggregates.
    Board,
    /// Sees aggregates.
    Public,
}

impl Audience {
    /// The word used in input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Treasurer => "treasurer",
            Self::Board => "board",
            Self::Public => "public",
        }
    }
}

impl FromStr for Audience {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        [Self::Treasurer, Self::Board, Self::Public].into_iter().find(|a| a.word() == text).ok_or_else(|| {
            LedgerError::BadWord { what: "an audience", value: text.to_owned(), expected: "treasurer, board, public" }
        })
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Treasurer => "the treasurer",
            Self::Board => "the board",
            Self::Public => "the public",
        })
    }
}

/// Which postings a report covers, and for whom it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The period.
    pub window: Window,
    /// What the period was called, such as `2025-Q1`.
    pub label: Option<String>,
    /// What else to show beside it.
    pub compare: Vec<Comparison>,
    /// One column instead of the split that the statement has: by restriction, by function, by fund.
    pub total: bool,
    /// Only these events; empty is everything.
    pub events: Vec<Slug>,
    /// For whom.
    pub audience: Audience,
}

/// A column beside the request's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// What it is called.
    pub label: String,
    /// Its days.
    pub window: Window,
    /// Its event, if it is not as the request's.
    pub event: Option<Slug>,
}

impl Comparison {
    /// Whether it takes postings at this coordinate, given the request that it belongs to.
    #[must_use]
    pub fn takes(&self, request: &Request, at: &Coordinate) -> bool {
        self.event.map_or_else(|| request.takes(at), |event| at.event == Some(event))
    }
}

impl Default for Request {
    /// Everything, for the treasurer.
    fn default() -> Self {
        Self {
            window: ALL_DAYS,
            label: None,
            compare: Vec::new(),
            total: false,
            events: Vec::new(),
            audience: Audience::Treasurer,
        }
    }
}

impl Request {
    /// Whether the filter takes postings at this coordinate.
    #[must_use]
    pub fn takes(&self, at: &Coordinate) -> bool {
        self.events.is_empty() || at.event.is_some_and(|event| self.events.contains(&event))
    }

    /// Adds an event to the filter.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] with the nearest code.
    pub fn add_event(&mut self, setup: &Setup, code: &str) -> Result<(), BooksError> {
        let event = setup.event(code)?.code;
        if !self.events.contains(&event) {
            self.events.push(event);
        }
        Ok(())
    }
}
