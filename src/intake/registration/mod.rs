//! Exports of registration platforms: what was ordered, cancelled, paid and refunded becomes the same facts that the
//! command line records, through the same posting rules.
//!
//! A file is read twice: once to find out how it is written and which rows belong to which order, then order by order.
//! [`gather`] makes one [`Booking`] of an order's rows, whatever the format; [`settle`] compares it with the books and
//! records what they lack, [`money`] its payments and refunds, after [`lookup`] has said what its names are there;
//! [`tally`] adds both sides up, and an import whose sides differ is refused.

mod booking;
mod elsewhere;
mod gather;
mod history;
mod index;
mod items;
mod lookup;
mod money;
mod rows;
mod settle;
mod suggest;
mod tally;

use std::collections::HashSet;

#[cfg(test)]
pub(super) use rows::MEANINGS;
pub use suggest::Suggestion;
pub use tally::{Count, Reason, Registered};

use self::gather::Gatherer;
use self::settle::Settling;
use super::format::Mapping;
use super::papers::Filing;
use super::reading::ReadingWords;
use super::{IntakeError, SourceFile};
use crate::books::{Setup, Store, Writer};
use crate::calendar::Date;
use crate::ledger::Slug;

/// What is said about an import of registrations.
#[derive(Clone, Debug)]
pub struct RegistrationTerms {
    /// The event, for files that do not tell theirs by its code.
    pub event: Option<Slug>,
    /// What begins the codes of its orders.
    pub prefix: String,
    /// The day on which something is taken to have happened whose day the file does not tell.
    pub as_of: Date,
    /// Rows after this day are left for a later import.
    pub until: Option<Date>,
    /// Orders that are left out, by the platform's code.
    pub skip: HashSet<String>,
    /// The user's mapping.
    pub mapping: Mapping,
    /// How the files are written, as said on the command line.
    pub reading: ReadingWords,
}

/// Who is told how far an import is: orders done, of so many.
pub type Watch<'a> = &'a mut dyn FnMut(usize, usize);

/// Imports files of one platform that belong together: its orders, and its payments if they are in a file of their own.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_registrations<S: Store>(
    writer: &mut Writer<'_, S>,
    files: &[SourceFile],
    keys: &[&str],
    terms: &RegistrationTerms,
    watch: Watch<'_>,
) -> Result<Registered, IntakeError> {
    let currency = writer.setup()?.currency();
    let gatherer = Gatherer::open(files, keys, terms, currency)?;
    let file = gatherer.main_file().clone();
    let filing = Filing::begin(writer, &file, gatherer.command())?;
    let mut settling = Settling::begin(filing, terms, gatherer.command());
    gatherer.each(&mut settling, watch)?;
    settling.finish()
}

/// Makes a mapping file that suggests what the products, events and ways of paying of files are in the books.
///
/// # Errors
/// [`IntakeError`]: the files cannot be read.
pub fn suggest_registrations(
    setup: &Setup,
    files: &[SourceFile],
    keys: &[&str],
    terms: &RegistrationTerms,
) -> Result<Suggestion, IntakeError> {
    let gatherer = Gatherer::open(files, keys, terms, setup.currency())?;
    suggest::suggest(setup, &gatherer, terms)
}
