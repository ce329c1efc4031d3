//! Files in. A format is a reader that turns rows into [`Transaction`]s; [`Landing`] alone turns those into entries.

mod civicrm;
mod error;
mod format;
mod hledger;
mod journal;
mod landing;
mod open_collective;
mod opening;
mod papers;
mod processor;
mod reading;
mod registers;
mod registration;
mod sheet;
pub mod statement;
mod table;
mod transaction;
mod workbook;

pub use civicrm::{BatchLanded, import_civicrm};
pub use error::{IntakeError, Problem, Problems};
pub use format::{Format, Mapping, MethodTerms, ProductTerms, open, recognised};
pub use hledger::{AccountTarget, HledgerMapping, NewAccount, import_hledger};
pub use journal::{JOURNAL_COLUMNS, import_journal};
pub use landing::{Landed, Landing};
pub use open_collective::import_open_collective;
pub use opening::{OPENING_COLUMNS, import_opening};
pub use papers::{
    Filed, import_aid, import_bills, import_claims, import_contracts, import_orders, import_packages,
    import_sponsorships, import_tickets,
};
pub use processor::{Outcome, Processed, ProcessorTerms, import_processor};
pub use reading::{DateOrder, Evidence, Reading, ReadingWords, Written};
pub use registers::{import_budget, import_events, import_funds, import_parties, import_rates};
pub use registration::{
    Count, Reason, Registered, RegistrationTerms, Suggestion, import_registrations, suggest_registrations,
};
pub use sheet::{Header, Place, Rows, Sheet, Wanted};
pub use table::{Row, SourceFile};
pub use transaction::{RawPosting, Transaction};
