//! Statements: tables computed from balances. One engine fills every layout of a chart; lists of postings are beside it.

mod aging;
mod budget;
mod certificate;
mod chart;
mod columns;
mod conference;
mod context;
mod counts;
mod disclosures;
mod documents;
mod engine;
mod error;
mod event_figures;
mod event_summary;
mod form_990;
mod free_speakers;
mod journal;
mod lists;
mod open_items;
mod receipts;
mod records;
mod request;
mod sponsorship_tax;
mod statement;
mod structure;
mod ties;
mod trial_balance;
mod year_end;

pub use aging::{aging, party_statement};
pub use budget::{budget, latest_budget};
pub use certificate::certificate;
pub use chart::{Bar, Chart, Picture, Spread, Swing};
pub use conference::{
    budget_list, discount_list, hours_list, note_list, package_list, payment_list, posted_sheet, registration_list,
    tax_list, ticket_list,
};
pub use context::{attach_notes, context};
pub use counts::{aid, passes, registrations, sponsorship};
pub use documents::{document_list, document_sheet, entries_sheet};
pub use engine::{from_layout, statement_keys};
pub use error::ReportError;
pub use event_figures::{Admissions, EventFigures, EventLine, Side, each};
pub use event_summary::{contracts_of, event_figures, event_summary};
pub use form_990::form_990;
pub use free_speakers::free_speakers;
pub use journal::{journal, ledger};
pub use lists::{
    account_list, account_sheet, entry_sheet, event_list, fund_list, party_list, party_sheet, plain_sheet, sheet,
};
pub use open_items::{payables, receivables};
pub use receipts::{ReceiptFile, ReceiptRule, ReceiptRules, receipt_files, receipts};
pub use records::{allocation_list, rate_list, receipt_list};
pub use request::{Audience, Comparison, Request};
pub use sponsorship_tax::sponsorship_tax;
pub use statement::{Behind, Cell, Column, ColumnKind, Covers, Crowd, Row, RowKind, Statement, Withheld};
pub use structure::{Sum, sums};
pub use ties::{Tie, ties};
pub use trial_balance::trial_balance;
pub use year_end::{Standing, year_end};
