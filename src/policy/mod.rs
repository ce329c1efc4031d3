//! What another policy would have meant: the facts of an event once more, through that policy's rules.
//!
//! A policy is who pays for admissions. The facts stay what they were (who ordered what, when, at which price); what is
//! charged, and therefore what was paid, refunded and charged back, follows from the policy.

mod under;
mod what_if;

pub use under::UnderPolicy;
pub use what_if::{ExtraHeads, what_if};
