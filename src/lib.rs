//! bursar keeps a conference's books.
//!
//! One direction: facts become entries, entries become balances, balances become statements, statements become
//! releases. Nothing flows back, and no figure is computed in two ways. `docs/architecture.md` has the plan of the house.

pub mod books;
pub mod calendar;
pub mod conference;
pub mod disclosure;
pub mod intake;
pub mod ledger;
pub mod money;
pub mod outlet;
pub mod policy;
pub mod reconcile;
pub mod render;
pub mod report;
