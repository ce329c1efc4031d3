//! Reconciling: readers of statements on files with every trap, matching as a table, and what always holds.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod books;
mod matching;
mod properties;
mod readers;
