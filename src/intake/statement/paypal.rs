//! PayPal: the activity download, in its present and its older columns. Only rows that moved the balance are taken in;
//! the others are counted by their status. A currency that was exchanged is a line in both; in the currency of the
//! books it gets name and references of the payment that it belongs to.

use std::collections::HashMap;

use super::rows::{ByCurrency, Columns, Opened, count};
use super::{LineKind, StatementFile, StatementLine, StatementTerms, filled, finish};
use crate::intake::{Format, IntakeError, Problems, Reading, Row, Sheet};

pub(super) const MEANINGS: [&str; 17] = [
    "date",
    "name",
    "kind",
    "status",
    "currency",
    "gross",
    "fee",
    "net",
    "reference",
    "item",
    "invoice",
    "custom",
    "parent",
    "balance",
    "impact",
    "description",
    "note",
];
const DATE: usize = 0;
const NAME: usize = 1;
const KIND: usize = 2;
const STATUS: usize = 3;
const CURRENCY: usize = 4;
const GROSS: usize = 5;
const FEE: usize = 6;
const NET: usize = 7;
const REFERENCE: usize = 8;
const ITEM: usize = 9;
const INVOICE: usize = 10;
const CUSTOM: usize = 11;
const PARENT: usize = 12;
const BALANCE: usize = 13;
const IMPACT: usize = 14;
const SUBJECT: usize = 15;
const NOTE: usize = 16;

/// Name and references of a payment, for the exchange that belongs to it.
struct Behind {
    name: Option<String>,
    references: Vec<String>,
}

/// Reads the file: a statement a currency.
pub(super) fn read(
    sheet: Sheet,
    format: &Format,
    reading: &Reading,
    terms: &StatementTerms,
) -> Result<Vec<StatementFile>, IntakeError> {
    let columns = Columns { dates: &[DATE], amounts: &[GROSS, FEE, NET, BALANCE], currency: CURRENCY };
    let file = Opened::new(sheet, format, reading, &format.wanted(&MEANINGS), &columns, terms)?;
    let mut problems = Problems::default();
    let mut statements = ByCurrency::new("paypal");
    let mut skipped = Vec::new();
    let mut behind: HashMap<String, Behind> = HashMap::new();
    let mut exchanges: Vec<(crate::money::Currency, String, u64)> = Vec::new();
    let mut rows = file.sheet.rows(&file.header)?;
    while let Some((_, row)) = rows.next(&mut problems)? {
        let status = row.get(STATUS);
        match format.word("status", status) {
            Some("moved") => {}
            Some(_) => {
                count(&mut skipped, format!("status {status}"));
                continue;
            }
            None => {
                let known = format.words("status").collect::<Vec<_>>().join(", ");
                let message = format!("`{status}` is not a status that is known ({known}); a mapping says what it is");
                problems.add(row.line, Some(file.header.name(STATUS)), message);
                continue;
            }
        }
        if row.get(IMPACT).eq_ignore_ascii_case("memo") {
            count(&mut skipped, "no impact on the balance".to_owned());
            continue;
        }
        let date = file.date(&row, DATE, &mut problems);
        let Some(currency) = file.currency(&row, CURRENCY, terms.currency, &mut problems) else { continue };
        let amounts = [GROSS, FEE, NET].map(|column| file.amount(&row, column, currency, &mut problems));
        let balance = row.parse_filled(BALANCE, &mut problems, |text| file.written.amount(text, currency));
        let (Some(date), [Some(gross), Some(fee), Some(net)], Some(balance)) = (date, amounts, balance) else {
            continue;
        };
        if gross.checked_add(fee) != Some(net) {
            let shown = |minor: i64| currency.format_minor(i128::from(minor));
            let message = format!("net {} is not gross {} with fee {}", shown(net), shown(gross), shown(fee));
            problems.add(row.line, Some(file.header.name(NET)), message);
            continue;
        }
        if net == 0 && fee == 0 {
            count(&mut skipped, "no amount".to_owned());
            continue;
        }
        let kind = kind(row.get(KIND), gross);
        let references =
            [INVOICE, CUSTOM, PARENT].into_iter().filter_map(|column| row.filled(column).map(str::to_owned));
        let references: Vec<String> = references.collect();
        let name = filled(row.get(NAME));
        if kind == LineKind::Transfer {
            exchanges.extend(row.filled(PARENT).map(|parent| (currency, parent.to_owned(), row.line)));
        } else if let Some(id) = row.filled(REFERENCE) {
            behind.insert(id.to_owned(), Behind { name: name.clone(), references: references.clone() });
        }
        statements.of(currency).lines.push(StatementLine {
            line: row.line,
            date,
            amount: net,
            // The file has what was taken as a negative amount.
            fee: fee.saturating_neg(),
            reference: row.filled(REFERENCE).map(str::to_owned),
            references,
            counterparty: name,
            text: text(&row),
            kind,
            category: filled(row.get(KIND)),
            balance_after: balance,
        });
    }
    for (currency, parent, number) in exchanges {
        let lines = &mut statements.of(currency).lines;
        let line = lines.iter_mut().find(|line| line.line == number);
        if let (Some(line), Some(behind)) = (line, behind.get(&parent)) {
            line.counterparty = line.counterparty.take().or_else(|| behind.name.clone());
            line.references.extend(behind.references.iter().cloned());
        }
    }
    finish(file.sheet.file(), statements.finish(skipped), problems)
}

fn text(row: &Row<'_>) -> Option<String> {
    let mut parts: Vec<&str> = vec![row.get(KIND)];
    for part in [ITEM, SUBJECT, NOTE].map(|column| row.get(column)) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    filled(&parts.join(" "))
}

/// What PayPal calls a row, in the words that are common to its many types.
fn kind(kind: &str, gross: i64) -> LineKind {
    let kind = kind.to_lowercase();
    let says = |word: &str| kind.contains(word);
    let is_word = |words: &[&str]| kind.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    // What is held back, and comes free again, is neither paid nor disputed, whatever it is held for.
    if is_word(&["hold", "holds", "reserve", "reserves", "release", "released"]) {
        LineKind::Other
    } else if says("refund") {
        LineKind::Refund
    } else if says("chargeback") || says("dispute") {
        LineKind::Dispute
    } else if says("withdraw") || says("transfer to bank") {
        LineKind::Payout
    } else if says("currency conversion") {
        LineKind::Transfer
    } else if says("fee") {
        LineKind::Fee
    } else if says("payment") && gross > 0 {
        LineKind::Charge
    } else {
        LineKind::Other
    }
}
