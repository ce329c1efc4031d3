//! The generated transactions through the library, as a caller would.

use std::path::Path;
use std::time::Duration;

use bursar::books::sqlite::SqliteStore;
use bursar::books::{Books, BooksError, WriteContext, Writer};
use bursar::calendar::Date;
use bursar::conference::{BookOpened, Digest, Event, Fact, ImportDone};
use bursar::ledger::{
    AccountNo, Chart, ChartAccount, Coordinate, Draft, FactNo, GENERAL_FUND, PartyKind, PartyNo, Posting,
    built_in_chart,
};
use bursar::money::{Currency, Money};

use super::generate::{ACCOUNTS, EVENTS, Generator, Transaction, payee_name};

pub fn context() -> WriteContext {
    WriteContext {
        actor: Some("Bench".to_owned()),
        now: "2026-01-31T12:00:00Z".parse().unwrap(),
        seed: None,
        wait: Duration::from_secs(60),
        dry_run: false,
        doing: "bench".to_owned(),
    }
}

pub fn open(path: &Path) -> Books<SqliteStore> {
    Books::open(SqliteStore::open(path, Duration::from_secs(60)).unwrap()).unwrap()
}

/// New books with the chart, accounts and events that the transactions name.
pub fn create(path: &Path) -> Books<SqliteStore> {
    let mut books = Books::open(SqliteStore::create(path).unwrap()).unwrap();
    let set_up = |writer: &mut Writer<'_, SqliteStore>| {
        let (name, currency) = ("Bench".to_owned(), "USD".to_owned());
        let chart = Chart::parse(built_in_chart("us-nonprofit").unwrap())?;
        writer.begin_books(BookOpened { name, currency, fiscal_year_start: 1 }, chart)?;
        for (name, kind) in ACCOUNTS {
            if writer.setup()?.account_named(name).is_some() {
                continue;
            }
            writer.open_account(ChartAccount {
                code: None,
                name: name.parse()?,
                kind,
                line: None,
                function: None,
                cash_flow: None,
                form_990: None,
                merge: None,
            })?;
        }
        for code in EVENTS {
            let day = |day| Date::from_ymd(2025, 6, day).unwrap();
            let (code, name) = (code.parse()?, format!("Conference {code}"));
            writer.put_event(Event::new(code, &name, day(1), day(3)))?;
        }
        Ok::<_, BooksError>(())
    };
    books.write(&context(), set_up).unwrap();
    books
}

/// Numbers of the accounts in these books.
pub fn accounts(books: &Books<SqliteStore>) -> Vec<AccountNo> {
    let setup = books.setup().unwrap();
    ACCOUNTS.iter().map(|(name, _)| setup.account(name).unwrap().number).collect()
}

/// Imports everything in one transaction; the number of postings.
pub fn import(books: &mut Books<SqliteStore>, size: usize) -> usize {
    let accounts = accounts(books);
    let fill = |writer: &mut Writer<'_, SqliteStore>| {
        let format = "bench".to_owned();
        let fact = writer.record(|_| Ok(Fact::Import(ImportDone { format, sha256: Digest([0; 32]), file: None })))?;
        let (mut parties, mut postings) = (0, 0);
        for transaction in Generator::new(size) {
            if transaction.payee == parties {
                writer.add_party(&payee_name(parties), kind(parties), None, None)?;
                parties += 1;
            }
            postings += post(writer, fact, &accounts, transaction)?;
        }
        Ok::<_, BooksError>(postings)
    };
    books.write(&context(), fill).unwrap()
}

/// One transaction in the way a person enters it: a voucher and its entry, durable when it returns.
pub fn enter(books: &mut Books<SqliteStore>, accounts: &[AccountNo], transaction: Transaction) {
    let one = |writer: &mut Writer<'_, SqliteStore>| {
        let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
        post(writer, fact, accounts, transaction)
    };
    books.write(&context(), one).unwrap();
}

pub const fn kind(payee: usize) -> PartyKind {
    if payee.is_multiple_of(10) { PartyKind::Organisation } else { PartyKind::Person }
}

fn post(
    writer: &mut Writer<'_, SqliteStore>,
    fact: FactNo,
    accounts: &[AccountNo],
    transaction: Transaction,
) -> Result<usize, BooksError> {
    let currency = Currency::from_code("USD")?;
    let Transaction { date, reference, description, payee, lines } = transaction;
    let mut postings = Vec::with_capacity(lines.len());
    for line in lines {
        postings.push(Posting {
            at: Coordinate {
                account: accounts[line.account],
                event: line.event,
                fund: GENERAL_FUND,
                function: line.function,
                activity: line.activity,
                tax_code: line.tax_code,
            },
            amount: Money::new(line.minor, currency),
            cash_flow: line.cash_flow,
            party: Some(PartyNo(payee as i64 + 1)),
            original: None,
            memo: None,
        });
    }
    let count = postings.len();
    let draft = Draft { date, reference, description: Some(description), postings };
    writer.post(fact, &draft.balance()?)?;
    Ok(count)
}
