//! Open Collective's transactions: the host holds the money; what it and the processor keep is told with each of them.
//!
//! A row moves the balance by its net amount: gross and fees go to their accounts, the net to what the host holds.

use super::format::{Format, Mapping, open};
use super::reading::{ReadingWords, Written};
use super::table::Row;
use super::{IntakeError, Landed, Landing, Problems, RawPosting, SourceFile, Transaction};
use crate::books::{BooksError, Store, Writer};
use crate::conference::Method;
use crate::ledger::{PartyKind, PartyNo, Slug};
use crate::money::{Currency, Money};

pub(super) const MEANINGS: [&str; 16] = [
    "date",
    "reference",
    "description",
    "type",
    "kind",
    "amount",
    "processor_fee",
    "host_fee",
    "net",
    "currency",
    "opposite",
    "expense_type",
    "tags",
    "balance",
    "group",
    "account",
];
const DATE: usize = 0;
const REFERENCE: usize = 1;
const DESCRIPTION: usize = 2;
const KIND: usize = 4;
const AMOUNT: usize = 5;
const PROCESSOR_FEE: usize = 6;
const HOST_FEE: usize = 7;
const NET: usize = 8;
const CURRENCY: usize = 9;
const OPPOSITE: usize = 10;
const EXPENSE_TYPE: usize = 11;
const TAGS: usize = 12;
const BALANCE: usize = 13;
const COLLECTIVE: usize = 15;

/// Imports a file. Everything lands under `event` if one is given.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_open_collective<S: Store>(
    writer: &mut Writer<'_, S>,
    file: &SourceFile,
    event: Option<Slug>,
    mapping: &Mapping,
    said: &ReadingWords,
) -> Result<Landed, IntakeError> {
    let (sheet, format, reading) = open(file, &["open-collective"], mapping, said)?;
    let header = format.header(&sheet, &MEANINGS)?;
    let currency = writer.setup()?.currency();
    let event = event.map(|event| writer.setup()?.event(event.as_str()).map(|event| event.code)).transpose()?;
    let mut landing = Landing::begin(writer, file, "open-collective")?;
    let amounts = [AMOUNT, PROCESSOR_FEE, HOST_FEE, NET, BALANCE];
    let (written, _) = sheet.survey(&header, (&[DATE], &amounts), currency, &reading, &mut landing.problems)?;
    let mut rows = sheet.rows(&header)?;
    let mut collective: Option<String> = None;
    let mut running = Running::default();
    // What cannot be read at all was told by the survey.
    while let Some((_, row)) = rows.next(&mut Problems::default())? {
        let own = collective.get_or_insert_with(|| row.get(COLLECTIVE).to_owned());
        if own != row.get(COLLECTIVE) {
            let message =
                format!("it is of `{}`, and the rows before of `{own}`; export one collective", row.get(COLLECTIVE));
            landing.problems.add(row.line, Some("accountSlug"), message);
            continue;
        }
        let Some(read) = read(&row, &format, written, currency, &mut landing.problems) else {
            // That is told already; what follows it cannot be held against it.
            running.before = None;
            continue;
        };
        running.add(row.line, read.net, read.balance);
        let (transaction, kind) = transaction(&row, &read, event, currency);
        let mut places = Vec::with_capacity(transaction.postings.len());
        let party = party(&mut landing, &row, kind)?;
        for posting in &transaction.postings {
            let account = landing.writer.setup()?.account(&posting.account).map(|account| account.number);
            places.extend(landing.settle(account, row.line, "kind")?.map(|account| (account, party)));
        }
        if places.len() == transaction.postings.len() {
            landing.land(transaction, &places, None)?;
        }
    }
    for (line, said, made) in running.wrong() {
        let shown = |minor: i64| currency.format_minor(i128::from(minor));
        let message = format!(
            "the balance is {}, and the rows make {}: rows are missing; export all kinds of transactions, or leave the \
             column out",
            shown(said),
            shown(made)
        );
        landing.problems.add(line, Some("balance"), message);
    }
    landing.finish()
}

/// The file's running balance, held against the rows: from the oldest on, and from the newest back, since either may
/// stand first.
#[derive(Default)]
struct Running {
    before: Option<(u64, i64, i64)>,
    /// Rows that do not follow, what they say and what the rows make: the oldest first, the newest first.
    broken: [Vec<(u64, i64, i64)>; 2],
}

impl Running {
    fn add(&mut self, line: u64, net: i64, balance: Option<i64>) {
        let Some(balance) = balance else {
            self.before = None;
            return;
        };
        if let Some((line_before, net_before, balance_before)) = self.before {
            let made = balance_before.saturating_add(net);
            if made != balance {
                self.broken[0].push((line, balance, made));
            }
            let made = balance.saturating_add(net_before);
            if made != balance_before {
                self.broken[1].push((line_before, balance_before, made));
            }
        }
        self.before = Some((line, net, balance));
    }

    /// What is wrong in the order in which least is.
    fn wrong(self) -> Vec<(u64, i64, i64)> {
        let [oldest_first, newest_first] = self.broken;
        if oldest_first.len() < newest_first.len() { oldest_first } else { newest_first }
    }
}

/// What a row says, checked. Minor units.
struct Read {
    date: crate::calendar::Date,
    account: String,
    amount: i64,
    processor_fee: i64,
    host_fee: i64,
    net: i64,
    balance: Option<i64>,
}

fn read(row: &Row<'_>, format: &Format, written: Written, currency: Currency, problems: &mut Problems) -> Option<Read> {
    let said = row.get(CURRENCY);
    if !said.eq_ignore_ascii_case(currency.code()) {
        let message = format!("`{said}` is not the currency of the books, {currency}; leave the row out");
        problems.add(row.line, Some("currency"), message);
        return None;
    }
    let mut minor = |column: usize| {
        let amount = row.parse_filled(column, problems, |text| written.amount(text, currency));
        amount.map(Option::unwrap_or_default)
    };
    let (amount, processor_fee, host_fee, net) = (minor(AMOUNT), minor(PROCESSOR_FEE), minor(HOST_FEE), minor(NET));
    let balance = row.parse_filled(BALANCE, problems, |text| written.amount(text, currency));
    let date = row.parse(DATE, problems, |text| written.date(text));
    let account = account_of(row, format);
    if account.is_none() {
        let tag = row.get(TAGS).split([',', ';']).next().unwrap_or_default().trim();
        let (kind, expense) = (row.get(KIND), row.get(EXPENSE_TYPE));
        let names: Vec<String> =
            [tag, expense, kind].iter().filter(|name| !name.is_empty()).map(|name| format!("`{name}`")).collect();
        let message = format!("no account is known for {}; a mapping adds one under [accounts]", names.join(", "));
        problems.add(row.line, Some("kind"), message);
    }
    let (amount, processor_fee, host_fee, net) = (amount?, processor_fee?, host_fee?, net?);
    let (date, account, balance) = (date?, account?, balance?);
    let sum = amount.checked_add(processor_fee).and_then(|sum| sum.checked_add(host_fee));
    if sum != Some(net) {
        let message = format!("{} is not {} with its fees", row.get(NET), row.get(AMOUNT));
        problems.add(row.line, Some("netAmount"), message);
        return None;
    }
    Some(Read { date, account, amount, processor_fee, host_fee, net, balance })
}

/// The account of what was given or bought: by the first tag of an expense, its type, then its kind.
fn account_of(row: &Row<'_>, format: &Format) -> Option<String> {
    let tags = row.get(TAGS).split([',', ';']);
    let names = tags.chain([row.get(EXPENSE_TYPE), row.get(KIND)]);
    names.filter_map(|name| format.account(name)).next().map(str::to_owned)
}

fn transaction(row: &Row<'_>, read: &Read, event: Option<Slug>, currency: Currency) -> (Transaction, PartyKind) {
    let place = |code: &str, minor: i64| RawPosting {
        event: event.map(|event| event.to_string()),
        ..RawPosting::plain(row.line, code, Money::new(minor, currency))
    };
    let host = Method::Host.account().map_or("1710", |known| known.code);
    let parts = [
        (host, read.net),
        (read.account.as_str(), -read.amount),
        ("5410", -read.processor_fee),
        ("5620", -read.host_fee),
    ];
    let postings = parts.iter().filter(|(_, minor)| *minor != 0).map(|(code, minor)| place(code, *minor)).collect();
    let kind = if row.get(KIND).eq_ignore_ascii_case("HOST_FEE") { PartyKind::Host } else { PartyKind::Person };
    let description = row.filled(DESCRIPTION).map(str::to_owned);
    let reference = row.filled(REFERENCE).map(|id| format!("oc-{id}"));
    (Transaction { line: row.line, date: read.date, reference, description, postings }, kind)
}

/// Whoever is on the other side; the export does not tell what they are, so that each is protected as a person.
fn party<S: Store>(
    landing: &mut Landing<'_, '_, S>,
    row: &Row<'_>,
    kind: PartyKind,
) -> Result<Option<PartyNo>, IntakeError> {
    let Some(name) = row.filled(OPPOSITE) else { return Ok(None) };
    let name = name.trim_start_matches('#');
    let found: Result<PartyNo, BooksError> = landing.party(name, |writer| writer.add_party(name, kind, None, None));
    landing.settle(found, row.line, "oppositeAccountName")
}
