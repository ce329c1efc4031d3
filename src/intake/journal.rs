//! bursar's own journal CSV: what `bursar export csv` writes. One row a posting, all dimensions.

use super::landing::fingerprint;
use super::table::{Column, Row, Table};
use super::{IntakeError, Landed, Landing, RawPosting, SourceFile, Transaction};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::ledger::{AccountNo, AccountType, ChartAccount, Original, PartyKind, PartyNo, Slug, parse_rate};
use crate::money::{Currency, DecimalMark, Money};

/// The columns, in the order in which they are written. Rows with the same `entry`, one after the other, are one entry.
pub const JOURNAL_COLUMNS: [&str; 19] = [
    "entry",
    "date",
    "reference",
    "party",
    "description",
    "account",
    "amount",
    "event",
    "fund",
    "function",
    "activity",
    "tax_code",
    "cash_flow",
    "memo",
    "original_amount",
    "original_currency",
    "rate",
    "account_type",
    "party_kind",
];
const ENTRY: usize = 0;
const DATE: usize = 1;
const REFERENCE: usize = 2;
const PARTY: usize = 3;
const DESCRIPTION: usize = 4;
const ACCOUNT: usize = 5;
const AMOUNT: usize = 6;
const EVENT: usize = 7;
const FUND: usize = 8;
const FUNCTION: usize = 9;
const ACTIVITY: usize = 10;
const TAX_CODE: usize = 11;
const CASH_FLOW: usize = 12;
const MEMO: usize = 13;
const ORIGINAL_AMOUNT: usize = 14;
const ORIGINAL_CURRENCY: usize = 15;
const RATE: usize = 16;
const ACCOUNT_TYPE: usize = 17;
const PARTY_KIND: usize = 18;

/// Imports a file. An account or a party that the books lack is refused, unless the row tells its `account_type` or
/// `party_kind`.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_journal<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Landed, IntakeError> {
    let columns = JOURNAL_COLUMNS.map(|name| match name {
        "entry" | "date" | "account" | "amount" => Column::required(name),
        _ => Column::optional(name),
    });
    let mut table = Table::open(file, &columns)?;
    let currency = writer.setup()?.currency();
    let mut import = Import { currency, landing: Landing::begin(writer, file, "csv")? };
    let mut group: Option<Group> = None;
    while let Some(row) = table.next(&mut import.landing.problems)? {
        if group.as_ref().is_none_or(|group| group.key != row.get(ENTRY)) {
            if let Some(done) = group.take() {
                import.land(done)?;
            }
            group = Some(import.begin(&row));
        }
        if let Some(group) = &mut group {
            import.add(group, &row)?;
        }
    }
    if let Some(done) = group.take() {
        import.land(done)?;
    }
    import.landing.finish()
}

struct Import<'w, 'b, S: Store> {
    currency: Currency,
    landing: Landing<'w, 'b, S>,
}

struct Group {
    key: String,
    /// Date, reference and description as its first row has them: other rows repeat them or leave them empty.
    head: [String; 3],
    content: Vec<u8>,
    transaction: Option<Transaction>,
    places: Vec<(AccountNo, Option<PartyNo>)>,
}

impl Group {
    /// Adds a row to what identifies the entry: by value, so that `7` and `7.00` are the same row.
    fn identify(&mut self, date: Date, posting: &RawPosting, account: AccountNo, party: Option<PartyNo>) {
        let slug = |slug: &Option<Slug>| slug.map(|slug| slug.to_string()).unwrap_or_default();
        let original = posting.original.map(|o| format!("{} {} {}", o.amount.minor(), o.amount.currency(), o.rate));
        let fields = [
            date.to_string(),
            self.head[2].clone(),
            account.to_string(),
            posting.amount.minor().to_string(),
            posting.event.clone().unwrap_or_default(),
            posting.fund.clone(),
            posting.function.map(|function| function.word().to_owned()).unwrap_or_default(),
            slug(&posting.activity),
            slug(&posting.tax_code),
            slug(&posting.cash_flow),
            posting.memo.clone().unwrap_or_default(),
            original.unwrap_or_default(),
            party.map(|number| number.to_string()).unwrap_or_default(),
        ];
        for field in fields {
            self.content.extend_from_slice(&(field.len() as u64).to_be_bytes());
            self.content.extend_from_slice(field.as_bytes());
        }
    }
}

impl<S: Store> Import<'_, '_, S> {
    fn begin(&mut self, row: &Row<'_>) -> Group {
        let date: Option<Date> = row.parse(DATE, &mut self.landing.problems, str::parse);
        Group {
            key: row.get(ENTRY).to_owned(),
            head: [DATE, REFERENCE, DESCRIPTION].map(|column| row.get(column).to_owned()),
            content: Vec::new(),
            transaction: date.map(|date| Transaction {
                line: row.line,
                date,
                reference: row.filled(REFERENCE).map(str::to_owned),
                description: row.filled(DESCRIPTION).map(str::to_owned),
                postings: Vec::with_capacity(4),
            }),
            places: Vec::with_capacity(4),
        }
    }

    fn add(&mut self, group: &mut Group, row: &Row<'_>) -> Result<(), IntakeError> {
        for (column, first) in [DATE, REFERENCE, DESCRIPTION].into_iter().zip(&group.head) {
            if row.filled(column).is_some_and(|field| field != first) {
                let message = format!(
                    "`{}` differs from `{first}` in the first row of entry {}: rows of one entry belong together",
                    row.get(column),
                    group.key
                );
                self.landing.problems.add(row.line, Some(JOURNAL_COLUMNS[column]), message);
                group.transaction = None;
            }
        }
        let posting = self.posting(row);
        let account = self.account(row)?;
        let party = self.party(row)?;
        let date = group.transaction.as_ref().map(|transaction| transaction.date);
        match (posting, account, party, date) {
            (Some(posting), Some(account), Some(party), Some(date)) => {
                group.identify(date, &posting, account, party);
                group.transaction.iter_mut().for_each(|transaction| transaction.postings.push(posting.clone()));
                group.places.push((account, party));
            }
            // What is wrong with the row was noted; without it the entry is not whole.
            _ => group.transaction = None,
        }
        Ok(())
    }

    fn posting(&mut self, row: &Row<'_>) -> Option<RawPosting> {
        let (problems, currency) = (&mut self.landing.problems, self.currency);
        let amount = row.parse(AMOUNT, problems, |text| Money::parse(text, currency, DecimalMark::Point));
        let function = row.parse_filled(FUNCTION, problems, str::parse);
        let activity = row.parse_filled(ACTIVITY, problems, str::parse);
        let tax_code = row.parse_filled(TAX_CODE, problems, str::parse);
        let cash_flow = row.parse_filled(CASH_FLOW, problems, str::parse);
        let foreign = row.parse_filled(ORIGINAL_CURRENCY, problems, Currency::from_code);
        let original = match foreign {
            Some(Some(foreign)) => {
                let amount =
                    row.parse(ORIGINAL_AMOUNT, problems, |text| Money::parse(text, foreign, DecimalMark::Point));
                let rate = row.parse(RATE, problems, parse_rate);
                amount.zip(rate).map(|(amount, rate)| Some(Original { amount, rate }))
            }
            Some(None) if row.filled(ORIGINAL_AMOUNT).or(row.filled(RATE)).is_some() => {
                problems.add(
                    row.line,
                    Some("original_currency"),
                    "original_amount, original_currency and rate go together",
                );
                None
            }
            other => other.map(|_| None),
        };
        let setup = self.landing.writer.setup().ok()?;
        let event = row.parse_filled(EVENT, problems, |code| setup.event(code).map(|event| event.code.to_string()));
        let fund = row.parse(FUND, problems, |code| setup.fund(code).map(|fund| fund.code.to_string()));
        Some(RawPosting {
            line: row.line,
            account: row.get(ACCOUNT).to_owned(),
            amount: amount?,
            event: event?,
            fund: fund?,
            function: function?,
            activity: activity?,
            tax_code: tax_code?,
            cash_flow: cash_flow?,
            memo: row.filled(MEMO).map(str::to_owned),
            original: original?,
        })
    }

    /// `None` when the account is a problem.
    fn account(&mut self, row: &Row<'_>) -> Result<Option<AccountNo>, IntakeError> {
        let kind = row.parse_filled(ACCOUNT_TYPE, &mut self.landing.problems, str::parse::<AccountType>);
        let Some(kind) = kind else { return Ok(None) };
        let name = row.get(ACCOUNT);
        let found = self.landing.account(name, |writer| {
            let unknown = writer.setup()?.account(name).map(|account| account.number);
            match kind {
                None => unknown,
                Some(kind) => writer.open_account(ChartAccount {
                    code: None,
                    name: name.parse()?,
                    kind,
                    line: None,
                    function: None,
                    cash_flow: None,
                    form_990: None,
                    merge: None,
                }),
            }
        });
        self.landing.settle(found, row.line, "account")
    }

    /// `None` when the party is a problem, `Some(None)` when there is none.
    fn party(&mut self, row: &Row<'_>) -> Result<Option<Option<PartyNo>>, IntakeError> {
        let kind = row.parse_filled(PARTY_KIND, &mut self.landing.problems, str::parse::<PartyKind>);
        let Some(kind) = kind else { return Ok(None) };
        let Some(name) = row.filled(PARTY) else { return Ok(Some(None)) };
        let found = self.landing.party(name, |writer| match kind {
            None => writer.books().find_party(name),
            Some(kind) => writer.add_party(name, kind, None, None),
        });
        Ok(self.landing.settle(found, row.line, "party")?.map(Some))
    }

    fn land(&mut self, group: Group) -> Result<(), IntakeError> {
        let Some(transaction) = group.transaction else { return Ok(()) };
        let identity = match &transaction.reference {
            Some(_) => None,
            None => match self.landing.claim(fingerprint(&[b"csv", &group.content]), transaction.date)? {
                Some(identity) => Some(identity),
                None => return Ok(()),
            },
        };
        self.landing.land(transaction, &group.places, identity)
    }
}
