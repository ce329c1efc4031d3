//! What became of a statement: which lines are which entries, and what is left for people to decide.

use super::decisions::{Asked, file};
use super::matching::{Doubt, How};
use super::propose::Suggestion;
use super::standing::BookItem;
use crate::books::Setup;
use crate::calendar::Date;
use crate::conference::Digest;
use crate::intake::statement::{Remark, StatementLine};
use crate::ledger::{AccountNo, EntryNo, FactNo};

/// A statement's lines and the entries they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Numbers of the lines, from 1.
    pub lines: Vec<usize>,
    /// Entries.
    pub entries: Vec<EntryNo>,
    /// Why.
    pub how: How,
}

/// A line that nobody has decided yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undecided {
    /// Its number, from 1.
    pub number: usize,
    /// What it may be.
    pub suggestions: Vec<Suggestion>,
    /// Entries that would do as well as each other, and why that is so.
    pub candidates: Vec<(EntryNo, String)>,
    /// Why the candidates are no answer.
    pub doubt: Option<Doubt>,
}

/// What became of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The account.
    pub account: AccountNo,
    /// Name and hash of the file.
    pub file: (String, Digest),
    /// First and last day.
    pub period: (Date, Date),
    /// Opening and closing of what was looked at, minor units.
    pub opening: i64,
    /// Closing.
    pub closing: i64,
    /// Whether the closing is the file's or the treasurer's, and not computed from the lines.
    pub said: bool,
    /// All lines of the statement, oldest first; numbers count from 1.
    pub lines: Vec<StatementLine>,
    /// Numbers of lines that an earlier reconciliation had.
    pub known: Vec<usize>,
    /// Lines and entries that are the same.
    pub settled: Vec<Settled>,
    /// Numbers of lines that were posted just now.
    pub posted: Vec<usize>,
    /// Lines that are to be decided.
    pub undecided: Vec<Undecided>,
    /// Entries that no statement shows.
    pub open: Vec<BookItem>,
    /// What the reader left out or doubts.
    pub remarks: Vec<Remark>,
    /// The record, when everything was decided and proves.
    pub record: Option<FactNo>,
}

impl Outcome {
    /// The file in which the treasurer decides what is left.
    #[must_use]
    pub fn suggest(&self, setup: &Setup) -> String {
        let asked: Vec<Asked<'_>> = self
            .undecided
            .iter()
            .filter_map(|one| {
                let line = self.lines.get(one.number - 1)?;
                Some((one, line))
            })
            .map(|(one, line)| Asked {
                line: one.number,
                date: line.date,
                amount: line.amount,
                text: line.counterparty.as_deref().or(line.text.as_deref()).unwrap_or_default(),
                suggestions: &one.suggestions,
                candidates: one.candidates.clone(),
                doubt: one.doubt,
            })
            .collect();
        let account = setup.account_numbered(self.account).map_or("?", |account| account.name.as_str());
        file(setup, account, &self.file.0, &self.file.1.to_string(), &asked)
    }
}
