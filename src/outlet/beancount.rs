//! A file of beancount: every account opened, every entry, and a balance assertion for every account at the end.
//!
//! beancount allows only letters, digits and hyphens in an account's name. Names are mapped reversibly (a space becomes
//! `-`, any other sign `-xHEX-`), and each `open` carries the full name as metadata.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use super::source::{Naming, Source, tame};
use super::{Exported, OutletError};
use crate::books::{Books, JournalEntry, Store};
use crate::calendar::Date;
use crate::ledger::{Account, AccountType, GENERAL_FUND};

/// Writes the books for beancount.
///
/// # Errors
/// [`OutletError`].
pub fn write_beancount<S: Store>(
    books: &Books<S>,
    naming: Naming,
    out: &mut dyn Write,
) -> Result<Exported, OutletError> {
    let source = Source::new(books, naming)?;
    let currency = source.setup.currency();
    let accounts = source.accounts()?;
    let roots = Roots::of(accounts.values().map(|(account, _)| *account));
    writeln!(out, "; exported by bursar, head {}", books.head()?)?;
    source.caution().map_or(Ok(()), |words| writeln!(out, "; {words}"))?;
    writeln!(out, "option \"title\" {}", quoted(source.setup.entity()))?;
    writeln!(out, "option \"operating_currency\" \"{currency}\"")?;
    for (kind, option) in ROOT_OPTIONS {
        writeln!(out, "option \"{option}\" \"{}\"", roots.encoded(kind))?;
    }
    let mut span: Option<(Date, Date)> = None;
    source.each(&mut |entry| {
        let (first, last) = span.unwrap_or((entry.date, entry.date));
        span = Some((first.min(entry.date), last.max(entry.date)));
        Ok(())
    })?;
    let Some((first, last)) = span else { return Ok(Exported::default()) };
    for (account, _) in accounts.values() {
        writeln!(out, "\n{first} open {} {currency}", roots.name(account))?;
        writeln!(out, "  bursar-name: {}", quoted(account.name.as_str()))?;
    }
    let exported = source.each(&mut |entry| write_entry(&source, &roots, entry, out))?;
    // A balance is asserted for the beginning of its day, and covers the accounts that beancount sees below its own.
    let day_after = last.next().unwrap_or(Date::MAX);
    let balances: Vec<(String, i128)> =
        accounts.values().map(|(account, minor)| (roots.name(account), *minor)).collect();
    writeln!(out)?;
    for (name, _) in &balances {
        let within =
            |other: &str| other.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        let sum: i128 = balances.iter().filter(|(other, _)| within(other)).map(|(_, minor)| minor).sum();
        writeln!(out, "{day_after} balance {name}  {} {currency}", currency.format_minor(sum))?;
    }
    Ok(exported)
}

fn write_entry<S: Store>(
    source: &Source<'_, S>,
    roots: &Roots,
    entry: &JournalEntry,
    out: &mut dyn Write,
) -> Result<(), OutletError> {
    let payee = source.payee(entry)?;
    let name = payee.as_ref().map_or("", |(_, name)| name);
    let note = entry.says().unwrap_or_default();
    writeln!(out, "\n{} * {} {}", entry.date, quoted(name), quoted(note))?;
    writeln!(out, "  bursar-entry: {}", entry.stored.number)?;
    if let Some(reference) = &entry.stored.reference {
        writeln!(out, "  reference: {}", quoted(reference))?;
    }
    let currency = source.setup.currency();
    for posting in &entry.postings {
        writeln!(out, "  {}  {} {currency}", roots.name(source.account(posting)?), posting.amount)?;
        let fund = posting.at.fund;
        let party = posting.party.filter(|party| payee.as_ref().is_none_or(|(number, _)| number != party));
        let party = party.map(|number| source.party(number)).transpose()?.map(|(name, _)| name);
        let metadata = [
            ("event", posting.at.event.map(|slug| slug.to_string())),
            ("fund", (fund != GENERAL_FUND).then(|| fund.to_string())),
            ("function", posting.at.function.map(|function| function.word().to_owned())),
            ("activity", posting.at.activity.map(|slug| slug.to_string())),
            ("tax", posting.at.tax_code.map(|slug| slug.to_string())),
            ("cashflow", posting.cash_flow.map(|slug| slug.to_string())),
            ("original", posting.original.map(|o| format!("{} {} at {}", o.amount, o.amount.currency(), o.rate))),
            ("party", party),
            ("memo", posting.memo.clone()),
        ];
        for (key, value) in metadata {
            if let Some(value) = value {
                writeln!(out, "    {key}: {}", quoted(&value))?;
            }
        }
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", tame(text, &[]).replace('\\', "\\\\").replace('"', "\\\""))
}

const ROOT_OPTIONS: [(AccountType, &str); 5] = [
    (AccountType::Asset, "name_assets"),
    (AccountType::Liability, "name_liabilities"),
    (AccountType::NetAssets, "name_equity"),
    (AccountType::Revenue, "name_income"),
    (AccountType::Expense, "name_expenses"),
];

/// The root that stands for each type: the one most of its accounts have. An account with another root keeps that
/// root as its second part, marked.
struct Roots(HashMap<AccountType, String>);

/// Marks a part that was moved behind the root of its type.
const MOVED: &str = "X-x1-";
/// Marks a part whose first character beancount does not allow first.
const SHIFTED: &str = "X-x0-";

impl Roots {
    fn of<'a>(accounts: impl Iterator<Item = &'a Account>) -> Self {
        let mut counts: BTreeMap<(AccountType, &str), usize> = BTreeMap::new();
        for account in accounts {
            *counts.entry((account.kind, account.name.root())).or_default() += 1;
        }
        let usual = ["Assets", "Liabilities", "Equity", "Income", "Expenses"];
        let mut roots: HashMap<AccountType, String> =
            AccountType::ALL.into_iter().zip(usual.map(str::to_owned)).collect();
        let mut best: HashMap<AccountType, usize> = HashMap::new();
        for ((kind, root), count) in counts {
            // A root that two types share cannot stand for both.
            let taken = roots.iter().any(|(other, name)| *other != kind && name == root);
            if !taken && count > best.get(&kind).copied().unwrap_or(0) {
                best.insert(kind, count);
                roots.insert(kind, root.to_owned());
            }
        }
        Self(roots)
    }

    fn encoded(&self, kind: AccountType) -> String {
        encode_part(self.0.get(&kind).map_or("", String::as_str))
    }

    fn name(&self, account: &Account) -> String {
        let root = self.encoded(account.kind);
        let moved = self.0.get(&account.kind).map(String::as_str) != Some(account.name.root());
        let mut parts = account.name.parts().map(encode_part);
        let mut name = root;
        if let Some(first) = parts.next()
            && moved
        {
            name = format!("{name}:{MOVED}{first}");
        }
        parts.for_each(|part| {
            name.push(':');
            name.push_str(&part);
        });
        // An account that is its own root needs a second part.
        if name.contains(':') { name } else { format!("{name}:{MOVED}") }
    }
}

fn encode_part(part: &str) -> String {
    let mut encoded = String::with_capacity(part.len());
    if !part.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        encoded.push_str(SHIFTED);
    }
    let mut characters = part.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_ascii_alphanumeric() {
            encoded.push(c);
        } else if c == ' ' && characters.peek() != Some(&'x') {
            encoded.push('-');
        } else {
            encoded.push_str(&format!("-x{:x}-", u32::from(c)));
        }
    }
    encoded
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ledger::AccountNo;
    use proptest::prelude::*;

    /// The way back, which proves that no two names become one.
    fn decode_part(part: &str) -> String {
        let part = part.strip_prefix(SHIFTED).unwrap_or(part);
        let mut decoded = String::new();
        let mut rest = part;
        while let Some(c) = rest.chars().next() {
            if let Some((code, after)) = rest.strip_prefix("-x").and_then(|r| r.split_once('-')) {
                decoded.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                rest = after;
            } else {
                decoded.push(if c == '-' { ' ' } else { c });
                rest = &rest[c.len_utf8()..];
            }
        }
        decoded
    }

    fn account(name: &str, kind: AccountType) -> Account {
        Account {
            number: AccountNo(1),
            name: name.parse().unwrap(),
            kind,
            code: None,
            line: None,
            function: None,
            cash_flow: None,
            form_990: None,
            merge: None,
            closed: false,
        }
    }

    #[test]
    fn names_become_beancounts() {
        use AccountType::{Asset, Expense, Revenue};
        let accounts = [
            account("Assets:Wells Fargo:Checking", Asset),
            account("Expenses:T-Shirts", Expense),
            account("Expenses:bank xfer", Expense),
            account("Revenue:Registration", Revenue),
            account("Revenue:Tutorials", Revenue),
            account("Income:Other", Revenue),
            account("Revenue", Revenue),
        ];
        let roots = Roots::of(accounts.iter());
        let names: Vec<String> = accounts.iter().map(|account| roots.name(account)).collect();
        assert_eq!(
            names,
            [
                "Assets:Wells-Fargo:Checking",
                "Expenses:T-x2d-Shirts",
                "Expenses:X-x0-bank-x20-xfer",
                "Revenue:Registration",
                "Revenue:Tutorials",
                "Revenue:X-x1-Income:Other",
                "Revenue:X-x1-",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_two_parts_become_one(part in "[A-Za-z0-9xX &/.'()é-]{1,12}") {
            prop_assume!(part.trim() == part && !part.contains("  "));
            let encoded = encode_part(&part);
            prop_assert_eq!(decode_part(&encoded), part);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
            prop_assert!(encoded.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()));
        }
    }
}
