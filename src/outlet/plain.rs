//! Journals of hledger and of Ledger. They differ in their directives only.

use std::io::Write;

use super::source::{Naming, Source, tame};
use super::{Exported, OutletError};
use crate::books::{Books, JournalEntry, Store};
use crate::calendar::Window;
use crate::ledger::{AccountType, GENERAL_FUND};

/// Whose journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// hledger 1.25 or later.
    Hledger,
    /// Ledger 3.
    Ledger,
}

/// Writes the entries of a window as a journal. The entry's number is its code, the party its payee, dimensions are tags.
///
/// # Errors
/// [`OutletError`].
pub fn write_plain<S: Store>(
    books: &Books<S>,
    window: Window,
    dialect: Dialect,
    naming: Naming,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    let source = Source::within(books, window, naming)?;
    let currency = source.setup.currency();
    writeln!(out, "; {}: exported by bursar, head {}", tame(source.setup.entity(), &[]), books.head()?)?;
    source.caution().map_or(Ok(()), |words| writeln!(out, "; {words}"))?;
    match dialect {
        Dialect::Hledger => {
            writeln!(out, "commodity 1000.{} {currency}", "0".repeat(usize::from(currency.exponent())))?
        }
        Dialect::Ledger => writeln!(out, "commodity {currency}")?,
    }
    if dialect == Dialect::Ledger {
        // Named, so that `ledger --pedantic` knows them.
        TAGS.iter().try_for_each(|tag| writeln!(out, "tag {tag}"))?;
    }
    for (name, (account, _)) in source.accounts()? {
        match dialect {
            Dialect::Hledger => writeln!(out, "account {name}  ; type: {}", type_letter(account.kind))?,
            Dialect::Ledger => writeln!(out, "account {name}")?,
        }
    }
    source.each(&mut |entry| write_entry(&source, entry, out))
}

/// The tags that entries and postings carry.
const TAGS: [&str; 11] =
    ["reference", "reverses", "event", "fund", "function", "activity", "tax", "cashflow", "original", "memo", "party"];

fn write_entry<S: Store>(source: &Source<'_, S>, entry: &JournalEntry, out: &mut dyn Write) -> Result<(), OutletError> {
    let payee = source.payee(entry)?;
    let name = payee.as_ref().map(|(_, name)| tame(name, &[';', '|'])).unwrap_or_default();
    let note = entry.says().map(|text| tame(text, &[';', '|'])).unwrap_or_default();
    let title = match (name.is_empty(), note.is_empty()) {
        (false, false) => format!("{name} | {note}"),
        _ => format!("{name}{note}"),
    };
    writeln!(out, "\n{} ({}) {title}", entry.date, entry.stored.number)?;
    let reverses = entry.stored.reverses.map(|number| number.to_string());
    for (tag, value) in [("reference", entry.stored.reference.as_deref()), ("reverses", reverses.as_deref())] {
        if let Some(value) = value {
            writeln!(out, "    ; {tag}: {}", tame(value, &[',']))?;
        }
    }
    let currency = source.setup.currency();
    for posting in &entry.postings {
        let account = source.account(posting)?;
        writeln!(out, "    {}  {} {currency}", account.name, posting.amount)?;
        let fund = posting.at.fund;
        let tags = [
            ("event", posting.at.event.map(|slug| slug.to_string())),
            ("fund", (fund != GENERAL_FUND).then(|| fund.to_string())),
            ("function", posting.at.function.map(|function| function.word().to_owned())),
            ("activity", posting.at.activity.map(|slug| slug.to_string())),
            ("tax", posting.at.tax_code.map(|slug| slug.to_string())),
            ("cashflow", posting.cash_flow.map(|slug| slug.to_string())),
            ("original", posting.original.map(|o| format!("{} {} at {}", o.amount, o.amount.currency(), o.rate))),
            ("memo", posting.memo.as_deref().map(|text| tame(text, &[',', ':']))),
        ];
        for (tag, value) in tags {
            if let Some(value) = value {
                writeln!(out, "      ; {tag}: {value}")?;
            }
        }
        if let Some(party) = posting.party
            && payee.as_ref().is_none_or(|(number, _)| *number != party)
        {
            writeln!(out, "      ; party: {}", tame(&source.party(party)?.0, &[',', ':']))?;
        }
    }
    Ok(())
}

/// hledger's letters of account types.
const fn type_letter(kind: AccountType) -> char {
    match kind {
        AccountType::Asset => 'A',
        AccountType::Liability => 'L',
        AccountType::NetAssets => 'E',
        AccountType::Revenue => 'R',
        AccountType::Expense => 'X',
    }
}
