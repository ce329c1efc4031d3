//! What double entry is: accounts, charts, funds, parties, postings and balanced entries.
//!
//! Pure: no clock, no randomness, no file, no database. Everything here is data and the rules it obeys.

mod account;
mod chart;
mod common;
mod coordinate;
mod entry;
mod form;
mod fund;
mod ids;
mod layout;
mod party;
mod retention;
mod suggest;

pub use account::{Account, AccountName, AccountType, Function};
pub use chart::{BUILT_IN_CHARTS, Chart, ChartAccount, InvoiceRules, LineDefinition, built_in_chart, shipped_chart};
pub use common::{Common, common};
pub use coordinate::Coordinate;
pub use entry::{Draft, Entry, Original, Posting, parse_rate};
pub use form::{Form, FormLine, Threshold, form_990};
pub use fund::{Fund, GENERAL_FUND, Restriction};
pub use ids::{AccountNo, CoordinateNo, EntryNo, FactNo, PartyNo, Slug};
pub use layout::{
    CashFlowLine, CashFlowSection, ColumnLayout, Filter, GroupBy, Layout, LayoutRow, Measure, Movement, Sign,
};
pub use party::{Party, PartyKind};
pub use retention::Retention;
pub use suggest::{choices, nearest};

mod error;
pub use error::LedgerError;
