//! Journal entries as QuickBooks Online imports them: debits and credits in columns of their own, days as MM/DD/YYYY,
//! the event as location and the fund as class.

use std::io::Write;

use super::source::{Naming, Source, remarks, tame};
use super::{Exported, OutletError};
use crate::books::{Books, Store};
use crate::calendar::Date;

const COLUMNS: [&str; 10] = [
    "Journal No.",
    "Journal Date",
    "Account Name",
    "Debits",
    "Credits",
    "Description",
    "Name",
    "Currency",
    "Location",
    "Class",
];

/// Writes every entry, one row a line. A line of nothing is left out: QuickBooks takes none, and no balance needs it.
///
/// # Errors
/// [`OutletError`].
pub fn write_quickbooks<S: Store>(
    books: &Books<S>,
    naming: Naming,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    let source = Source::new(books, naming)?;
    let currency = source.setup.currency();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    let exported = source.each(&mut |entry| {
        let says = tame(entry.says().unwrap_or_default(), &[]);
        for posting in entry.postings.iter().filter(|posting| !posting.amount.is_zero()) {
            let account = source.account(posting)?;
            let name = posting.party.map(|number| source.party(number)).transpose()?.map(|(name, _)| name);
            let about = remarks(&source, posting, posting.party, &["event", "fund"])?;
            let about = [says.as_str(), about.as_str()];
            let minor = i128::from(posting.amount.minor());
            let (debit, credit) = match minor > 0 {
                true => (currency.format_minor(minor), String::new()),
                false => (String::new(), currency.format_minor(-minor)),
            };
            let row: [String; COLUMNS.len()] = [
                entry.stored.number.to_string(),
                american(entry.date),
                account.name.to_string(),
                debit,
                credit,
                about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
                name.unwrap_or_default(),
                currency.to_string(),
                posting.at.event.map(|event| event.to_string()).unwrap_or_default(),
                posting.at.fund.to_string(),
            ];
            writer.write_record(&row)?;
        }
        Ok(())
    })?;
    writer.flush()?;
    Ok(exported)
}

/// The day as month, day and year.
fn american(date: Date) -> String {
    let number = date.number();
    format!("{:02}/{:02}/{:04}", number / 100 % 100, number % 100, number / 10_000)
}
