//! What leaves the treasurer's hands is made safe here, and nowhere else.
//!
//! Statements are sums of unknown amounts; readers know all that was ever released to them, who contributed, and their own
//! amounts. A figure is published when, after it, no protected amount can be told: `docs/disclosure.md` has the promise
//! and the model.

mod amounts;
mod error;
mod guard;
mod heads;
mod log;
mod merge;
mod pages;
mod policy;
mod preview;
mod proof;
mod release;
mod review;
mod rules;
mod simplex;
mod solve;
mod space;
mod system;

pub use error::DisclosureError;
pub use guard::{Attack, Functional, Guard, Reason, functionals};
pub use heads::{Count, Group, HeadGuard, TooFew};
pub use log::{Content, Log, LoggedFigure, Writing, figures_of, reads};
pub use pages::{attack_page, audit_page, plan_page, release_list, release_page};
pub use policy::{AudienceRules, DisclosureRules, Mode, USUAL};
pub use preview::preview;
pub use proof::{Move, Need, Unproved, unproved};
pub use release::{Audit, AuditFinding, Guess, Issued, Plan, attack, audit, plan, plan_record, promise, reader};
pub use review::{Amounts, Knowledge, Review, Reviewed, name_of, review, words};
pub use rules::{Rules, dominance_fails, p_rule_fails};
pub use simplex::{Corner, Fraction, Optimum, Outcome, Program, TooBig};
pub use space::{Space, Sparse, dot, is_determined};
pub use system::{Amount, FigureNo, Holder, HolderNo, Protection, System, Unknown};
