//! The CSV that `hledger print -O csv` writes from any hledger, Ledger or timedot journal.
//!
//! One row a posting; rows of one transaction share `txnidx` and stand together. Accounts that the books lack are
//! opened by the type of their root name; the payee (the description up to ` | `) becomes the party. Rows carry no
//! reference, so a transaction is known by its content and how often that content occurred in the file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::landing::fingerprint;
use super::table::{Column, Row, Table};
use super::{IntakeError, Landed, Landing, RawPosting, SourceFile, Transaction};
use crate::books::{BooksError, Store, Writer};
use crate::calendar::Date;
use crate::ledger::{AccountName, AccountType, ChartAccount, Function, LedgerError, PartyKind, Slug, nearest};
use crate::money::{Currency, DecimalMark, Money};

/// How a file's names map to the books'. Empty, it takes names as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HledgerMapping {
    /// Names of the file's columns where they differ from hledger's: `amount = "Betrag"`.
    pub columns: BTreeMap<String, String>,
    /// `.` (default) or `,`.
    pub decimal: Option<String>,
    /// Currency of each commodity symbol: `"$" = "USD"`.
    pub commodities: BTreeMap<String, String>,
    /// Types of root names that do not tell theirs: `Projects = "expense"`.
    pub roots: BTreeMap<String, AccountType>,
    /// What each account of the file is in the books.
    pub accounts: BTreeMap<String, AccountTarget>,
    /// Kind of the parties that payees become; `organisation` unless said otherwise.
    pub party_kind: Option<PartyKind>,
}

/// What an account of a file is in the books.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum AccountTarget {
    /// The name or code of an account of the books.
    Name(String),
    /// An account to open, if it is not there yet.
    Open(NewAccount),
}

/// An account to open.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Its name in the books; the file's own unless given.
    pub name: Option<AccountName>,
    /// Its type; that of its root name unless given.
    #[serde(rename = "type")]
    pub kind: Option<AccountType>,
    /// Its code.
    pub code: Option<String>,
    /// Its statement line.
    pub line: Option<String>,
    /// Its default function.
    pub function: Option<Function>,
    /// Its cash-flow line.
    pub cash_flow: Option<Slug>,
    /// Its line of Form 990.
    pub form_990: Option<String>,
}

impl HledgerMapping {
    /// Reads a mapping file's text.
    ///
    /// # Errors
    /// The parser's message, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mapping: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if let Some(column) = mapping.columns.keys().find(|column| !COLUMNS.contains(&column.as_str())) {
            let near = nearest(column, COLUMNS).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            return Err(format!("there is no column `{column}`{near}"));
        }
        mapping.mark()?;
        Ok(mapping)
    }

    fn mark(&self) -> Result<DecimalMark, String> {
        match self.decimal.as_deref() {
            None | Some(".") => Ok(DecimalMark::Point),
            Some(",") => Ok(DecimalMark::Comma),
            Some(other) => Err(format!("`{other}` is not a decimal mark: expected `.` or `,`")),
        }
    }

    /// The account to open for a name of the file.
    fn new_account(&self, name: &str) -> Result<ChartAccount, BooksError> {
        let target = match self.accounts.get(name) {
            Some(AccountTarget::Open(target)) => Some(target),
            _ => None,
        };
        let full = match target.and_then(|t| t.name.clone()) {
            Some(full) => full,
            None => name.parse()?,
        };
        let kind = target.and_then(|t| t.kind).or_else(|| self.roots.get(full.root()).copied());
        let kind = kind.or_else(|| AccountType::of_root(full.root())).ok_or_else(|| LedgerError::BadAccountName {
            value: name.to_owned(),
            reason: "its root does not tell its type; give it in a mapping under [roots] or [accounts]",
        })?;
        Ok(ChartAccount {
            code: target.and_then(|t| t.code.clone()),
            name: full,
            kind,
            line: target.and_then(|t| t.line.clone()),
            function: target.and_then(|t| t.function),
            cash_flow: target.and_then(|t| t.cash_flow),
            form_990: target.and_then(|t| t.form_990.clone()),
            merge: None,
        })
    }
}

const COLUMNS: [&str; 9] =
    ["txnidx", "date", "code", "description", "comment", "account", "amount", "commodity", "posting-comment"];
const TXNIDX: usize = 0;
const DATE: usize = 1;
const CODE: usize = 2;
const DESCRIPTION: usize = 3;
const COMMENT: usize = 4;
const ACCOUNT: usize = 5;
const AMOUNT: usize = 6;
const COMMODITY: usize = 7;
const POSTING_COMMENT: usize = 8;

/// Imports a file.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_hledger<S: Store>(
    writer: &mut Writer<'_, S>,
    file: &SourceFile,
    mapping: &HledgerMapping,
) -> Result<Landed, IntakeError> {
    let columns = COLUMNS.map(|name| {
        let column = mapping.columns.get(name).map_or(name, String::as_str);
        match name {
            "code" | "comment" | "posting-comment" => Column::optional(column),
            _ => Column::required(column),
        }
    });
    let mut table = Table::open(file, &columns)?;
    let currency = writer.setup()?.currency();
    let mark = mapping.mark().map_err(|message| IntakeError::Mapping { path: file.path().to_owned(), message })?;
    let mut import = Import { mapping, currency, mark, landing: Landing::begin(writer, file, "hledger")? };
    let mut group: Option<Group> = None;
    while let Some(row) = table.next(&mut import.landing.problems)? {
        if group.as_ref().is_none_or(|group| group.index != row.get(TXNIDX)) {
            if let Some(done) = group.take() {
                import.land(done)?;
            }
            group = Some(import.begin(&row));
        }
        if let Some(group) = &mut group {
            import.add(group, &row);
        }
    }
    if let Some(done) = group.take() {
        import.land(done)?;
    }
    import.landing.finish()
}

struct Import<'m, 'w, 'b, S: Store> {
    mapping: &'m HledgerMapping,
    currency: Currency,
    mark: DecimalMark,
    landing: Landing<'w, 'b, S>,
}

/// Rows of one transaction.
struct Group {
    index: String,
    /// Date, code and description as its first row has them: every other row must have the same.
    head: [String; 3],
    /// What identifies it: everything that says something, by value (hledger writes the same amount in several ways).
    content: Vec<u8>,
    payee: Option<String>,
    transaction: Option<Transaction>,
}

impl<S: Store> Import<'_, '_, '_, S> {
    fn begin(&mut self, row: &Row<'_>) -> Group {
        let problems = &mut self.landing.problems;
        let date: Option<Date> = row.parse(DATE, problems, str::parse);
        let (payee, note) = match row.get(DESCRIPTION).split_once('|') {
            Some((payee, note)) => (payee.trim(), note.trim()),
            None => (row.get(DESCRIPTION), ""),
        };
        // The code is an invoice's or a cheque's number: the auditor's way back to the paper.
        let description = [row.get(CODE), note, row.get(COMMENT)].into_iter().filter(|text| !text.is_empty());
        let description = description.collect::<Vec<_>>().join("; ");
        let mut content = Vec::with_capacity(128);
        for column in [DATE, CODE, DESCRIPTION, COMMENT] {
            push_field(&mut content, row.get(column).as_bytes());
        }
        Group {
            index: row.get(TXNIDX).to_owned(),
            head: [DATE, CODE, DESCRIPTION].map(|column| row.get(column).to_owned()),
            content,
            payee: Some(payee.to_owned()).filter(|payee| !payee.is_empty()),
            transaction: date.map(|date| Transaction {
                line: row.line,
                date,
                reference: None,
                description: Some(description).filter(|text| !text.is_empty()),
                postings: Vec::with_capacity(4),
            }),
        }
    }

    fn add(&mut self, group: &mut Group, row: &Row<'_>) {
        let problems = &mut self.landing.problems;
        for (column, first) in [DATE, CODE, DESCRIPTION].into_iter().zip(&group.head) {
            if row.get(column) != first {
                let message = format!(
                    "`{}` differs from `{first}` in the rows above it of transaction {}: two files in one?",
                    row.get(column),
                    group.index
                );
                problems.add(row.line, Some(COLUMNS[column]), message);
                group.transaction = None;
            }
        }
        let (currency, mark) = (self.currency, self.mark);
        let amount = row.parse(AMOUNT, problems, |text| Money::parse(text, currency, mark));
        let symbol = row.get(COMMODITY);
        let code = self.mapping.commodities.get(symbol).map_or(symbol, String::as_str);
        let nothing = symbol.is_empty() && amount.is_some_and(Money::is_zero);
        if !nothing && !code.eq_ignore_ascii_case(currency.code()) {
            let advice = if code == symbol && Currency::from_code(code).is_err() {
                format!("; if it is {currency}, add --currency-symbol '{symbol}={currency}'")
            } else {
                String::new()
            };
            let message = format!("`{symbol}` is not the currency of the books, {currency}{advice}");
            problems.add(row.line, Some("commodity"), message);
        }
        let account = row.parse(ACCOUNT, problems, |text| {
            if text.starts_with(['(', '[']) {
                return Err(format!("`{text}` is a virtual posting; export with `hledger print --real -O csv`"));
            }
            if text.is_empty() { Err("the posting has no account".to_owned()) } else { Ok(text.to_owned()) }
        });
        let (Some(amount), Some(account)) = (amount, account) else {
            group.transaction = None;
            return;
        };
        push_field(&mut group.content, account.as_bytes());
        push_field(&mut group.content, &amount.minor().to_be_bytes());
        push_field(&mut group.content, row.get(POSTING_COMMENT).as_bytes());
        if let Some(transaction) = &mut group.transaction {
            transaction.postings.push(RawPosting {
                memo: row.filled(POSTING_COMMENT).map(str::to_owned),
                ..RawPosting::plain(row.line, &account, amount)
            });
        }
    }

    fn land(&mut self, group: Group) -> Result<(), IntakeError> {
        // A group without a transaction has had its problem noted.
        let Some(transaction) = group.transaction else { return Ok(()) };
        let content = fingerprint(&[b"hledger", &group.content]);
        // Before accounts and parties are made: what is known already leaves no trace.
        let Some(identity) = self.landing.claim(content, transaction.date)? else { return Ok(()) };
        let kind = self.mapping.party_kind.unwrap_or(PartyKind::Organisation);
        let party = match &group.payee {
            None => None,
            Some(name) => {
                let found = self.landing.party(name, |writer| writer.add_party(name, kind, None, None));
                match self.landing.settle(found, transaction.line, COLUMNS[DESCRIPTION])? {
                    Some(party) => Some(party),
                    None => return Ok(()),
                }
            }
        };
        let mut places = Vec::with_capacity(transaction.postings.len());
        for posting in &transaction.postings {
            let found = self.account(&posting.account);
            let account = self.landing.settle(found, posting.line, COLUMNS[ACCOUNT])?;
            places.extend(account.map(|account| (account, party)));
        }
        if places.len() < transaction.postings.len() {
            return Ok(());
        }
        self.landing.land(transaction, &places, Some(identity))
    }

    fn account(&mut self, name: &str) -> Result<crate::ledger::AccountNo, BooksError> {
        // The mapping comes first: a name that the books have too may be mapped to another.
        if let Some(AccountTarget::Name(target)) = self.mapping.accounts.get(name) {
            return self.landing.account(target, |writer| Ok(writer.setup()?.account(target)?.number));
        }
        let new = self.mapping.new_account(name);
        let full = new.as_ref().map_or_else(|_| name.to_owned(), |account| account.name.as_str().to_owned());
        self.landing.account(&full, |writer| writer.open_account(new?))
    }
}

fn push_field(content: &mut Vec<u8>, field: &[u8]) {
    content.extend_from_slice(&(field.len() as u64).to_be_bytes());
    content.extend_from_slice(field);
}

impl HledgerMapping {
    /// Maps one more commodity symbol, as `--currency-symbol` gives it.
    ///
    /// # Errors
    /// [`IntakeError::Symbol`] when the text is not SYMBOL=CODE, or the code is no currency.
    pub fn add_symbol(&mut self, option: &str) -> Result<(), IntakeError> {
        let error = || IntakeError::Symbol { value: option.to_owned() };
        let (symbol, code) = option.rsplit_once('=').ok_or_else(error)?;
        let currency = Currency::from_code(code).map_err(|_| error())?;
        self.commodities.insert(symbol.trim().to_owned(), currency.code().to_owned());
        Ok(())
    }
}
