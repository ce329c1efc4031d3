//! Reconciling: a statement of whoever keeps the money, and an account of the books, line by line.
//!
//! `matching` is pure and finds what is the same; `standing` reads what an account still has to show; `propose` says
//! what a line that is not in the books may be; `decisions` is what people decide of that; `run` posts what was decided
//! and records the reconciliation when it proves; `undo` takes one back; `pages` are the tables.

mod decisions;
mod error;
mod join;
mod matching;
mod outcome;
mod pages;
mod propose;
mod run;
mod standing;
mod undo;

pub use decisions::{Decide, Decision, Decisions};
pub use error::ReconcileError;
pub use join::join;
pub use matching::{Doubt, How, Item, Limits, Line, Match, Matching, Question, match_up};
pub use outcome::{Outcome, Settled, Undecided};
pub use pages::{reconciliation_list, reconciliation_report, reconciliation_sheet, reconciliation_show};
pub use propose::{Accept, Proposal, Suggestion};
pub use run::{Balances, Options, reconcile};
pub use standing::{BookItem, Standing, standing};
pub use undo::undo;
