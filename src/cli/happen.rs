//! What the commands for documents share: money, dates and parties as they are typed, `key=value` specifications, and
//! printing what a fact did.

use std::str::FromStr;

use bursar::books::{Books, BooksError, Recorder, Setup, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{DocumentId, DocumentKind, Fact, Method, RuleError, Transferred};
use bursar::ledger::{EntryNo, PartyNo, Slug};
use bursar::money::{DecimalMark, Money};
use bursar::report::{Statement, document_list, document_sheet};
use clap::Args;
use rust_decimal::Decimal;

use super::context::Context;
use super::refusal::Refusal;

/// A share as it is typed: `20%` or `0.2`.
pub(super) fn share(text: &str) -> Result<Decimal, String> {
    let wrong = || format!("`{text}` is not a share: write 20% or 0.2");
    let text = text.trim();
    let (digits, hundredths) = text.strip_suffix('%').map_or((text, false), |digits| (digits.trim(), true));
    let value = Decimal::from_str_exact(digits).map_err(|_| wrong())?;
    Ok(if hundredths { value / Decimal::ONE_HUNDRED } else { value })
}

/// An amount as it is typed, in the books' currency. Minor units.
pub(super) fn minor(setup: &Setup, text: &str) -> Result<i64, Refusal> {
    Ok(Money::parse(text, setup.currency(), DecimalMark::Point)?.minor())
}

/// An amount that may be left away.
pub(super) fn minor_or_zero(setup: &Setup, text: Option<&str>) -> Result<i64, Refusal> {
    text.map_or(Ok(0), |text| minor(setup, text))
}

/// A specification such as `individual;for=Ada;role=speaker`: a first word, then keys with values.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// The first word.
    pub head: String,
    /// Keys and values, in order.
    pub fields: Vec<(String, String)>,
    /// As it was typed.
    text: String,
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(';');
        let head = parts.next().unwrap_or_default().trim().to_owned();
        let mut fields: Vec<(String, String)> = Vec::new();
        for part in parts {
            let (key, value) = part.split_once('=').map_or((part.trim(), ""), |(k, v)| (k.trim(), v.trim()));
            if fields.iter().any(|field| field.0 == key) {
                return Err(format!("`{key}` is there twice in `{text}`"));
            }
            fields.push((key.to_owned(), value.to_owned()));
        }
        Ok(Self { head, fields, text: text.to_owned() })
    }
}

impl std::fmt::Display for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Spec {
    /// Refuses keys that are not known.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.fields.iter().find(|field| !known.contains(&field.0.as_str())) {
            None => Ok(()),
            Some((key, _)) => Err(Refusal::Usage(format!(
                "there is no option `{key}` in `{}`; there are {}",
                self.text,
                known.join(", ")
            ))),
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.0 == key).map(|field| field.1.as_str())
    }

    /// Whether a key is there, with or without a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The value of a key as something else.
    pub(super) fn parse<T: FromStr>(&self, key: &str) -> Result<Option<T>, Refusal>
    where
        T::Err: std::fmt::Display,
    {
        let parse =
            |value: &str| value.parse().map_err(|error| Refusal::Usage(format!("{key} in `{}`: {error}", self.text)));
        self.get(key).map(parse).transpose()
    }
}

/// How money moved
#[derive(Debug, Args)]
pub(super) struct Moved {
    /// Amount: what the other side paid or gets
    #[arg(long)]
    pub amount: Option<String>,
    /// card, platform, wallet, wire, cheque, cash, host, in-kind
    #[arg(long, default_value = "wire")]
    pub method: Method,
    /// What a processor, host or bank kept of it
    #[arg(long)]
    pub fee: Option<String>,
    /// Account, when it is not the method's own
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// What of a foreign currency was paid, for a bill in one; --amount is the cash it took [default: all, at the day's rate]
    #[arg(long, value_name = "AMOUNT")]
    pub foreign: Option<String>,
    /// Day it moved [default: today]
    #[arg(long)]
    pub date: Option<Date>,
}

impl Moved {
    /// The money, `usual` when no amount was given.
    pub(super) fn moved(&self, context: &Context, setup: &Setup, usual: i64) -> Result<Transferred, Refusal> {
        let account = self.account.as_deref().map(|name| setup.account(name)).transpose()?;
        if self.amount.is_none() && usual == 0 {
            let problem = "nothing is open; give --amount if something moved all the same".to_owned();
            return Err(BooksError::from(RuleError::Invalid { what: "a payment".to_owned(), problem }).into());
        }
        Ok(Transferred {
            date: context.day(self.date)?,
            amount: self.amount.as_deref().map_or(Ok(usual), |text| minor(setup, text))?,
            fee: minor_or_zero(setup, self.fee.as_deref())?,
            method: self.method,
            account: account.map(|account| account.number),
            foreign: None,
        })
    }
}

/// The party of a name or `#number`.
pub(super) fn party<S: Store>(writer: &Writer<'_, S>, name: &str) -> Result<PartyNo, Refusal> {
    Ok(writer.books().find_party(name)?)
}

/// The code given, or the next one of the kind.
pub(super) fn code_or_next<S: Store>(
    writer: &mut Writer<'_, S>,
    kind: DocumentKind,
    code: Option<Slug>,
) -> Result<Slug, Refusal> {
    Ok(code.map_or_else(|| writer.next_code(kind), Ok)?)
}

/// Records a fact about a document and shows the document with the entries that followed.
pub(super) fn happen<S: Store>(
    writer: &mut Writer<'_, S>,
    id: DocumentId,
    make: impl FnOnce(&mut Recorder<'_>) -> Fact,
) -> Result<Statement, Refusal> {
    let (_, entries) = writer.happen(|recorder| Ok(make(recorder)))?;
    shown(writer, id, &entries)
}

/// A document with entries, as it stands within the transaction.
pub(super) fn shown<S: Store>(
    writer: &mut Writer<'_, S>,
    id: DocumentId,
    entries: &[EntryNo],
) -> Result<Statement, Refusal> {
    writer.settle()?;
    Ok(document_sheet(writer.books(), id, entries)?)
}

/// All entries of a document, for showing it.
pub(super) fn sheet<S: Store>(books: &Books<S>, kind: DocumentKind, code: Slug) -> Result<Statement, Refusal> {
    let id = DocumentId::new(kind, code);
    let entries = books.entries_about(id)?;
    Ok(document_sheet(books, id, &entries)?)
}

/// All documents of a kind, or of an event.
pub(super) fn list<S: Store>(books: &Books<S>, kind: DocumentKind, event: Option<&str>) -> Result<Statement, Refusal> {
    let event = event.map(|code| books.setup()?.event(code).map(|event| event.code)).transpose()?;
    Ok(document_list(books, kind, event)?)
}
