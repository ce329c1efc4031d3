//! The command line, noun by noun: what every command prints, in every format, and how it exits. Help texts are
//! elsewhere; refusals are in `tests/refusals.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod close;
mod conference;
mod copies;
mod demo;
mod entry;
mod export;
mod forget;
mod import;
mod import_documents;
mod import_platforms;
mod init;
mod names;
mod policy;
mod process;
mod reconcile;
mod release;
mod report;
mod statements;
mod upgrade;
mod valid;
