//! Stripe: "Balance change from activity, itemised", with or without the columns of payouts. Major units, times in UTC:
//! a line's day is that of UTC. Every line has its own fee, and `net` is what the balance changed by.

use super::rows::{ByCurrency, Columns, Opened, count};
use super::{LineKind, StatementFile, StatementLine, StatementTerms, filled, finish};
use crate::intake::{Format, IntakeError, Problems, Reading, Sheet};

pub(super) const MEANINGS: [&str; 10] =
    ["reference", "date", "currency", "gross", "fee", "net", "kind", "description", "source", "payout"];
const REFERENCE: usize = 0;
const DATE: usize = 1;
const CURRENCY: usize = 2;
const GROSS: usize = 3;
const FEE: usize = 4;
const NET: usize = 5;
const KIND: usize = 6;
const DESCRIPTION: usize = 7;
const SOURCE: usize = 8;
const PAYOUT: usize = 9;

/// Reads the file: a statement a currency.
pub(super) fn read(
    sheet: Sheet,
    format: &Format,
    reading: &Reading,
    terms: &StatementTerms,
) -> Result<Vec<StatementFile>, IntakeError> {
    let columns = Columns { dates: &[DATE], amounts: &[GROSS, FEE, NET], currency: CURRENCY };
    let file = Opened::new(sheet, format, reading, &format.wanted(&MEANINGS), &columns, terms)?;
    let mut problems = Problems::default();
    let mut statements = ByCurrency::new("stripe");
    let mut skipped = Vec::new();
    let mut rows = file.sheet.rows(&file.header)?;
    while let Some((_, row)) = rows.next(&mut problems)? {
        let date = file.date(&row, DATE, &mut problems);
        let Some(currency) = file.currency(&row, CURRENCY, terms.currency, &mut problems) else { continue };
        let amounts = [GROSS, FEE, NET].map(|column| file.amount(&row, column, currency, &mut problems));
        let (Some(date), [Some(gross), Some(fee), Some(net)]) = (date, amounts) else { continue };
        if gross.checked_sub(fee) != Some(net) {
            let shown = |minor: i64| currency.format_minor(i128::from(minor));
            let message = format!("net {} is not gross {} less fee {}", shown(net), shown(gross), shown(fee));
            problems.add(row.line, Some(file.header.name(NET)), message);
            continue;
        }
        if gross == 0 && fee == 0 {
            count(&mut skipped, "no amount".to_owned());
            continue;
        }
        let references = [SOURCE, PAYOUT].into_iter().filter_map(|column| row.filled(column).map(str::to_owned));
        let mut references: Vec<String> = references.collect();
        references.dedup();
        statements.of(currency).lines.push(StatementLine {
            line: row.line,
            date,
            amount: net,
            fee,
            reference: row.filled(REFERENCE).map(str::to_owned),
            references,
            counterparty: None,
            text: filled(row.get(DESCRIPTION)),
            kind: kind(format.word("kind", row.get(KIND))),
            category: filled(row.get(KIND)),
            balance_after: None,
        });
    }
    finish(file.sheet.file(), statements.finish(skipped), problems)
}

fn kind(word: Option<&str>) -> LineKind {
    match word {
        Some("charge") => LineKind::Charge,
        Some("refund") => LineKind::Refund,
        Some("dispute") => LineKind::Dispute,
        Some("adjustment") => LineKind::Adjustment,
        Some("payout") => LineKind::Payout,
        Some("transfer") => LineKind::Transfer,
        Some("fee") => LineKind::Fee,
        _ => LineKind::Other,
    }
}
