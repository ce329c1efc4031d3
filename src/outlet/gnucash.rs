//! GnuCash's CSV, as its own exports write it: the transactions with all their splits, and the tree of accounts, which
//! GnuCash has to know before it can take the transactions.

use std::collections::BTreeMap;
use std::io::Write;

use super::source::{Naming, Source, remarks, tame};
use super::{Exported, OutletError};
use crate::books::{Books, Store};
use crate::conference::Digest;
use crate::ledger::{Account, AccountType};

/// The columns of GnuCash's "Export Transactions to CSV", not in its simple layout.
const TRANSACTION_COLUMNS: [&str; 18] = [
    "Date",
    "Transaction ID",
    "Number",
    "Description",
    "Notes",
    "Commodity/Currency",
    "Void Reason",
    "Action",
    "Memo",
    "Full Account Name",
    "Account Name",
    "Amount With Sym",
    "Amount Num.",
    "Value With Sym",
    "Value Num.",
    "Reconcile",
    "Reconcile Date",
    "Rate/Price",
];

/// The columns of GnuCash's "Export Account Tree to CSV".
const ACCOUNT_COLUMNS: [&str; 12] = [
    "Type",
    "Full Account Name",
    "Account Name",
    "Account Code",
    "Description",
    "Account Color",
    "Notes",
    "Symbol",
    "Namespace",
    "Hidden",
    "Tax Info",
    "Placeholder",
];

/// Digits of a GnuCash identifier.
const ID_DIGITS: usize = 32;

/// Writes every entry, one row a split. What GnuCash has no place for (event, fund, function, …) stands in the memo, the
/// reference in the notes; a transaction's ID is the beginning of its record's hash.
///
/// # Errors
/// [`OutletError`].
pub fn write_gnucash<S: Store>(books: &Books<S>, naming: Naming, out: &mut dyn Write) -> Result<Exported, OutletError> {
    let source = Source::new(books, naming)?;
    let currency = source.setup.currency();
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(out);
    writer.write_record(TRANSACTION_COLUMNS)?;
    let exported = source.each(&mut |entry| {
        let payee = source.payee(entry)?;
        let says = tame(entry.says().unwrap_or_default(), &[]);
        let name = payee.as_ref().map_or("", |(_, name)| name);
        let title = [name, says.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ");
        let id: String = Digest(entry.stored.hash).to_string().chars().take(ID_DIGITS).collect();
        for posting in &entry.postings {
            let account = source.account(posting)?;
            let amount = posting.amount.to_string();
            let with_symbol = format!("{currency} {amount}");
            let row: [String; TRANSACTION_COLUMNS.len()] = [
                entry.date.to_string(),
                id.clone(),
                entry.stored.number.to_string(),
                title.clone(),
                entry.stored.reference.clone().unwrap_or_default(),
                format!("CURRENCY::{currency}"),
                String::new(),
                String::new(),
                remarks(&source, posting, payee.as_ref().map(|(number, _)| *number), &[])?,
                account.name.to_string(),
                last_part(account.name.as_str()).to_owned(),
                with_symbol.clone(),
                amount.clone(),
                with_symbol,
                amount,
                "n".to_owned(),
                String::new(),
                "1".to_owned(),
            ];
            writer.write_record(&row)?;
        }
        Ok(())
    })?;
    writer.flush()?;
    Ok(exported)
}

/// Writes the tree of accounts, every account below those that hold it. A part of a name that is no account itself
/// becomes a placeholder of the type of the accounts below it.
///
/// # Errors
/// [`OutletError`].
pub fn write_gnucash_accounts<S: Store>(books: &Books<S>, out: &mut dyn Write) -> Result<Exported, OutletError> {
    let setup = books.setup()?;
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(out);
    writer.write_record(ACCOUNT_COLUMNS)?;
    // By the parts of the name, so that what holds an account comes before it.
    let mut tree: BTreeMap<Vec<&str>, (&Account, bool)> = BTreeMap::new();
    for account in setup.accounts() {
        let parts: Vec<&str> = account.name.parts().collect();
        for depth in 1..parts.len() {
            tree.entry(parts[..depth].to_vec()).or_insert((account, true));
        }
        tree.insert(parts, (account, false));
    }
    for (parts, (account, is_placeholder)) in tree {
        let own = |text: Option<&str>| if is_placeholder { "" } else { text.unwrap_or_default() }.to_owned();
        let flag = |flag: bool| if flag { "T" } else { "F" }.to_owned();
        let row: [String; ACCOUNT_COLUMNS.len()] = [
            if is_placeholder { kind(account.kind) } else { own_kind(account) }.to_owned(),
            parts.join(":"),
            parts.last().copied().unwrap_or_default().to_owned(),
            own(account.code.as_deref()),
            String::new(),
            String::new(),
            String::new(),
            setup.currency().to_string(),
            "CURRENCY".to_owned(),
            flag(account.closed && !is_placeholder),
            flag(false),
            flag(is_placeholder),
        ];
        writer.write_record(&row)?;
    }
    writer.flush()?;
    Ok(Exported::default())
}

fn last_part(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// GnuCash's word for an account: cash has one of its own.
fn own_kind(account: &Account) -> &'static str {
    if account.kind == AccountType::Asset && account.line.as_deref() == Some("cash") {
        "BANK"
    } else {
        kind(account.kind)
    }
}

const fn kind(kind: AccountType) -> &'static str {
    match kind {
        AccountType::Asset => "ASSET",
        AccountType::Liability => "LIABILITY",
        AccountType::NetAssets => "EQUITY",
        AccountType::Revenue => "INCOME",
        AccountType::Expense => "EXPENSE",
    }
}
