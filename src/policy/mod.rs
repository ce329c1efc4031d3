//! What another policy would have meant: an event's documents once more, through that policy's rules.
//!
//! A policy says who pays what, and how people are taken to behave ([`Policy`]). An event's facts are loaded once
//! ([`Year`]); a replay puts each of them through the posting rules of the books, altered as the policy says, into a
//! ledger in memory ([`Outcome`]). Comparison, stress, solving and simulation all look at such outcomes.

mod alter;
mod bound;
mod charts;
mod compare;
mod desk;
mod error;
mod explain;
mod forecast;
mod gather;
mod pages;
mod people;
mod plan;
mod replay;
mod share;
mod simulate;
mod solve;
mod stress;
mod terms;
mod year;

pub use charts::{fan, tornado};
pub use compare::{Comparison, Under, compare};
pub use desk::{Effect, Place};
pub use error::PolicyError;
pub use explain::explain;
pub use forecast::{Forecast, forecast};
pub use pages::{QUANTILES, StressTest, grid_page, policy_list, simulation_pages, solution_page, stress_page};
pub use people::{ATTENDANCE, Turnout};
pub use replay::{Outcome, Part, Purpose, Scene, Source};
pub use share::{Ranged, RangedChange, RangedShare, Share};
pub use simulate::{Moved, Simulated, reckoned, simulate};
pub use solve::{Solution, Unknown, solve};
pub use stress::{Grid, Means};
pub use terms::{
    AidTerms, Behaviour, Dips, Organiser, Outlook, PRESETS, Passes, Pays, PerHead, Policy, Price, Surplus,
};
pub use year::Year;
