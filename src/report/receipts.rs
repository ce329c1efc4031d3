//! Which entries need a document that proves them, and which have it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use super::{Audience, ReportError};
use crate::books::{Books, BooksError, EntryFilter, JournalEntry, Store};
use crate::calendar::{ALL_DAYS, Window};
use crate::conference::{Digest, Document, DocumentKind, Fact};
use crate::ledger::{AccountType, CoordinateNo, EntryNo};

/// Rules that say which entries need a document: a TOML file, or the usual ones.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRules {
    /// The rules; an entry needs a document when one of them says so.
    #[serde(rename = "rule")]
    pub rules: Vec<ReceiptRule>,
}

/// A rule: entries with postings of a type that amount to at least so much, but for some.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRule {
    /// Which document is needed, in words: `a receipt or bill`.
    pub needs: String,
    /// Type of account.
    #[serde(rename = "type")]
    pub kind: AccountType,
    /// Whole units of the books' currency from which on it is needed.
    #[serde(default)]
    pub from: i64,
    /// Kinds of facts that need none: what a customer ordered is proved by the order.
    #[serde(default)]
    pub except: Vec<String>,
    /// Statement lines that need none.
    #[serde(default)]
    pub except_lines: Vec<String>,
}

/// The rules that hold unless a file gives others. 75 USD is the limit for travel and the like of Treas. Reg.
/// 1.274-5(c)(2)(iii).
const USUAL: &str = r#"
[[rule]]
needs = "a receipt or bill"
type = "expense"
from = 75
except = ["held", "allocated", "revalued", "opening", "offer", "condition-met", "payment", "order", "refund-paid", "charged-back", "written-off", "event-cancelled", "payout", "gift", "reversal"]

[[rule]]
needs = "a contract or letter"
type = "revenue"
from = 250
except = ["held", "order", "payment", "cancelled", "refund", "written-off", "charged-back", "carried", "opening", "revalued", "invoice", "event-cancelled", "reversal", "bill", "claim-approved", "offer", "condition-met"]
except_lines = ["released"]
"#;

impl ReceiptRules {
    /// The rules that hold unless a file gives others.
    #[must_use]
    pub fn usual() -> Self {
        // The text is part of the program, and a test reads it.
        toml::from_str(USUAL).unwrap_or(Self { rules: Vec::new() })
    }

    /// Reads a rule file.
    ///
    /// # Errors
    /// [`ReportError::ReceiptRules`] with what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        toml::from_str(text)
            .map_err(|error| ReportError::ReceiptRules { message: error.to_string().trim_end().to_owned() })
    }
}

/// Receipts and waivers by entry; claims and bills prove their own entries by their documents' receipts.
pub(super) struct Proofs {
    receipts: HashMap<EntryNo, Vec<Digest>>,
    waived: HashSet<EntryNo>,
}

/// All receipts and waivers.
pub(super) fn proofs<S: Store>(books: &Books<S>) -> Result<Proofs, BooksError> {
    let mut proofs = Proofs { receipts: HashMap::new(), waived: HashSet::new() };
    books.facts(&["receipt", "receipt-waived"], &mut |_, _, fact| {
        match fact {
            Fact::Receipt(receipt) => proofs.receipts.entry(receipt.entry).or_default().push(receipt.sha256),
            Fact::ReceiptWaived(waived) => {
                proofs.waived.insert(waived.entry);
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(proofs)
}

/// The coordinates that hold what a rule looks at, by the cube: where only orders and events that were held posted, no
/// entry needs to be read.
pub(super) fn coordinates_of<S: Store>(
    books: &Books<S>,
    window: Window,
    rules: &ReceiptRules,
) -> Result<Vec<CoordinateNo>, BooksError> {
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let wanted = |kind: AccountType, cause: &str| {
        rules.rules.iter().any(|rule| rule.kind == kind && !rule.except.iter().any(|except| except == cause))
    };
    let mut taken = HashSet::new();
    for ((number, origin), _) in books.movements(window)? {
        let account = coordinates.get(&number).and_then(|at| setup.account_numbered(at.account));
        if account.is_some_and(|account| wanted(account.kind, origin.cause.word())) {
            taken.insert(number);
        }
    }
    Ok(taken.into_iter().collect())
}

/// Which document an entry lacks, and the amount that needs it.
pub(super) fn lacks<S: Store>(
    books: &Books<S>,
    rules: &ReceiptRules,
    proofs: &Proofs,
    entry: &JournalEntry,
) -> Result<Option<(String, i128)>, BooksError> {
    let number = entry.stored.number;
    if proofs.waived.contains(&number) || proofs.receipts.contains_key(&number) || entry.reversed_by.is_some() {
        return Ok(None);
    }
    let setup = books.setup()?;
    let (fact, ..) = books.fact(entry.stored.fact)?;
    let scale = 10_i128.pow(u32::from(setup.currency().exponent()));
    for rule in &rules.rules {
        if rule.except.iter().any(|kind| kind == fact.kind()) {
            continue;
        }
        let mut sum = 0_i128;
        for posting in &entry.postings {
            let Some(account) = setup.account_numbered(posting.at.account) else { continue };
            let line = setup.line_of(account)?;
            if account.kind == rule.kind && !rule.except_lines.contains(&line.key) {
                sum += i128::from(posting.amount.minor());
            }
        }
        if sum != 0 && sum.abs() >= i128::from(rule.from) * scale && !proved_by_document(books, &fact)? {
            return Ok(Some((rule.needs.clone(), sum.abs())));
        }
    }
    Ok(None)
}

/// Whether the fact's document carries the hashes of its receipts itself: a claim.
fn proved_by_document<S: Store>(books: &Books<S>, fact: &Fact) -> Result<bool, BooksError> {
    let Some(id) = fact.document().filter(|id| id.kind == DocumentKind::Claim) else { return Ok(false) };
    Ok(match books.document(id)? {
        Document::Claim(claim) => claim.lines.iter().all(|line| line.receipt.is_some()),
        _ => false,
    })
}

/// A file that is attached to an entry, or that a claim names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptFile {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// The entry.
    pub entry: EntryNo,
    /// Its name, unless erased.
    pub name: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Every attached file.
///
/// # Errors
/// What the books cannot read.
pub fn receipt_files<S: Store>(books: &Books<S>) -> Result<Vec<ReceiptFile>, BooksError> {
    let mut files = Vec::new();
    books.facts(&["receipt"], &mut |_, seq, fact| {
        if let Fact::Receipt(receipt) = fact {
            let name = books.text(seq, "name")?;
            files.push(ReceiptFile { sha256: receipt.sha256, entry: receipt.entry, name, bytes: receipt.bytes });
        }
        Ok(())
    })?;
    Ok(files)
}

/// Entries of a period that lack a document, with which; and what has one.
///
/// # Errors
/// What the books cannot read.
pub fn receipts<S: Store>(books: &Books<S>, window: Window, rules: &ReceiptRules) -> Result<Statement, ReportError> {
    let setup = books.setup()?;
    let proofs = proofs(books)?;
    let mut rows = Vec::new();
    let filter = EntryFilter { window, coordinates: Some(coordinates_of(books, window, rules)?) };
    books.journal(&filter, &mut |entry| {
        if let Some((needs, amount)) = lacks(books, rules, &proofs, &entry)? {
            let number = entry.stored.number;
            let cells = vec![
                Cell::Date(entry.date),
                Cell::Text(entry.says().unwrap_or_default().to_owned()),
                Cell::Money(amount),
                Cell::Text(needs),
            ];
            rows.push(Row::plain(number.to_string(), format!("#{number}"), 0, RowKind::Line, cells));
        }
        Ok(())
    })?;
    let notes = vec![
        format!(
            "Receipts attached: {}; entries waived: {}.",
            proofs.receipts.values().map(Vec::len).sum::<usize>(),
            proofs.waived.len()
        ),
        if rows.is_empty() {
            "Every entry that needs a document has one.".to_owned()
        } else {
            "`bursar receipt add ENTRY FILE` attaches one; `bursar receipt waive ENTRY --reason TEXT` says why there is none.".to_owned()
        },
    ];
    Ok(Statement {
        key: "receipts".to_owned(),
        title: "Entries without the document they need".to_owned(),
        entity: setup.entity().to_owned(),
        events: Vec::new(),
        period: (window != ALL_DAYS).then_some(window),
        audience: Audience::Treasurer,
        currency: setup.currency(),
        columns: vec![
            Column::new("date", "Date", ColumnKind::Date),
            Column::new("what", "What", ColumnKind::Text),
            Column::new("amount", "Amount", ColumnKind::Money),
            Column::new("needs", "Needs", ColumnKind::Text),
        ],
        rows,
        notes,
        covers: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rules_can_be_read() {
        assert_eq!(ReceiptRules::usual().rules.len(), 2);
    }

    #[test]
    fn a_rule_file_that_is_wrong_is_refused_with_the_place() {
        let error = ReceiptRules::parse("[[rule]]\nneeds = 'x'\ntype = 'lunch'\n").map(|_| ());
        assert!(error.is_err_and(|error| error.to_string().contains("lunch")));
    }
}
