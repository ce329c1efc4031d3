//! bursar's own journal CSV, which `bursar import csv` reads back: dates, texts, postings and all their dimensions. What the
//! books are set up with (lines of accounts, holdings, links of reversals) is not in it.

use std::io::Write;

use super::source::{Naming, Source};
use super::{Exported, OutletError};
use crate::books::{Books, Store};
use crate::calendar::Window;
use crate::intake::JOURNAL_COLUMNS;
use crate::ledger::GENERAL_FUND;

/// Writes the entries of a window as CSV, one row a posting.
///
/// # Errors
/// [`OutletError`].
pub fn write_journal<S: Store>(
    books: &Books<S>,
    window: Window,
    naming: Naming,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    let source = Source::within(books, window, naming)?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(JOURNAL_COLUMNS)?;
    let exported = source.each(&mut |entry| {
        for posting in &entry.postings {
            let account = source.account(posting)?;
            let party = posting.party.map(|number| source.party(number)).transpose()?;
            let (party, kind) = match party {
                Some((name, detail)) => (name, detail.party.kind.word()),
                None => (String::new(), ""),
            };
            let slug = |slug: Option<crate::ledger::Slug>| slug.map(|s| s.to_string()).unwrap_or_default();
            let original =
                posting.original.map(|o| [o.amount.to_string(), o.amount.currency().to_string(), o.rate.to_string()]);
            let [original_amount, original_currency, rate] = original.unwrap_or_default();
            let fund = posting.at.fund;
            let row: [String; JOURNAL_COLUMNS.len()] = [
                entry.stored.number.to_string(),
                entry.date.to_string(),
                entry.stored.reference.clone().unwrap_or_default(),
                party,
                entry.says().unwrap_or_default().to_owned(),
                account.name.to_string(),
                posting.amount.to_string(),
                slug(posting.at.event),
                if fund == GENERAL_FUND { String::new() } else { fund.to_string() },
                posting.at.function.map(|function| function.word().to_owned()).unwrap_or_default(),
                slug(posting.at.activity),
                slug(posting.at.tax_code),
                slug(posting.cash_flow),
                posting.memo.clone().unwrap_or_default(),
                original_amount,
                original_currency,
                rate,
                account.kind.word().to_owned(),
                kind.to_owned(),
            ];
            writer.write_record(&row)?;
        }
        Ok(())
    })?;
    writer.flush()?;
    Ok(exported)
}
