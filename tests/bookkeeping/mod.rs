//! A small set of books for tests: eight accounts, two funds, two events, a fixed clock and fixed salts.
//!
//! Not a test crate of its own. What is here says nothing about how books behave; it only makes them.

#![allow(dead_code)] // Every test crate uses another part of it.

use std::collections::HashMap;
use std::time::Duration;

use bursar::books::{Balance, Books, BooksError, Posted, Store, StoredEntry, StoredPosting, WriteContext, Writer};
use bursar::calendar::{Date, Window};
use bursar::conference::{BookOpened, Event, Fact};
use bursar::ledger::{
    AccountNo, Chart, Coordinate, CoordinateNo, Draft, EntryNo, Fund, GENERAL_FUND, PartyKind, PartyNo, Posting,
    Restriction, Slug,
};
use bursar::money::{Currency, Money};

pub const CHECKING: AccountNo = AccountNo(1);
pub const RECEIVABLE: AccountNo = AccountNo(2);
pub const DEFERRED: AccountNo = AccountNo(3);
pub const NET_ASSETS: AccountNo = AccountNo(4);
pub const REGISTRATION: AccountNo = AccountNo(5);
pub const SPONSORSHIP: AccountNo = AccountNo(6);
pub const VENUE: AccountNo = AccountNo(7);
pub const AID: AccountNo = AccountNo(8);

/// Facts of books that [`begin`] has just begun: book, chart, eight accounts, a fund, two events.
pub const SETUP_FACTS: i64 = 13;

const CHART: &str = "
name = 'small'
title = 'A chart for tests'
statement = []
line = [
    { key = 'other-asset', label = 'Assets', section = 'asset' },
    { key = 'other-liability', label = 'Liabilities', section = 'liability' },
    { key = 'other-net-assets', label = 'Net assets', section = 'net-assets' },
    { key = 'other-revenue', label = 'Revenue', section = 'revenue' },
    { key = 'other-expense', label = 'Expenses', section = 'expense' },
]
account = [
    { code = '1010', name = 'Assets:Checking', type = 'asset' },
    { code = '1110', name = 'Assets:Receivable', type = 'asset' },
    { code = '2210', name = 'Liabilities:Deferred revenue', type = 'liability' },
    { code = '3010', name = 'Net assets', type = 'net-assets' },
    { code = '4010', name = 'Revenue:Registration', type = 'revenue' },
    { code = '4110', name = 'Revenue:Sponsorship', type = 'revenue' },
    { code = '5010', name = 'Expenses:Venue', type = 'expense', function = 'program' },
    { code = '5510', name = 'Expenses:Financial aid', type = 'expense' },
]
";

pub fn usd() -> Currency {
    Currency::from_code("USD").unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn window(from: &str, to: &str) -> Window {
    Window::new(date(from), date(to)).unwrap()
}

pub fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub fn small_chart() -> Chart {
    Chart::parse(CHART).unwrap()
}

/// Who writes in tests. The seed fixes the salts, so that the same writes give the same bytes.
pub fn context() -> WriteContext {
    WriteContext {
        actor: Some("Tess Treasurer".to_owned()),
        now: "2026-01-02T03:04:05Z".parse().unwrap(),
        seed: Some(7),
        wait: Duration::ZERO,
        dry_run: false,
        doing: "test".to_owned(),
    }
}

/// Begins books in an empty store.
pub fn begin<S: Store>(store: S) -> Books<S> {
    let mut books = Books::open(store).unwrap();
    books.write(&context(), begin_in).unwrap();
    books
}

/// What [`begin`] does, for those who want it as a part of a transaction of their own.
pub fn begin_in<S: Store>(writer: &mut Writer<'_, S>) -> Result<(), BooksError> {
    let book = BookOpened { name: "Python Exemplar".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 1 };
    writer.begin_books(book, small_chart())?;
    writer.put_fund(Fund {
        code: slug("aid"),
        name: "Financial aid".to_owned(),
        restriction: Restriction::Purpose,
        purpose: None,
    })?;
    for (code, first, last) in [("pyex25", "2025-05-14", "2025-05-22"), ("pyex26", "2026-05-13", "2026-05-21")] {
        let (first_day, last_day) = (date(first), date(last));
        writer.put_event(Event::new(slug(code), &code.to_uppercase(), first_day, last_day))?;
    }
    Ok(())
}

/// The account without any dimension but the general fund.
pub fn at(account: AccountNo) -> Coordinate {
    Coordinate { account, event: None, fund: GENERAL_FUND, function: None, activity: None, tax_code: None }
}

/// A posting of so many cents, debit positive.
pub fn line(account: AccountNo, minor: i64) -> Posting {
    let amount = Money::new(minor, usd());
    Posting { at: at(account), amount, cash_flow: None, party: None, original: None, memo: None }
}

pub fn draft(day: &str, postings: Vec<Posting>) -> Draft {
    Draft { date: date(day), reference: None, description: None, postings }
}

/// A draft that moves cents from one account to another.
pub fn transfer(day: &str, debit: AccountNo, credit: AccountNo, minor: i64) -> Draft {
    draft(day, vec![line(debit, minor), line(credit, -minor)])
}

/// Posts a draft with a voucher of its own, as one transaction.
pub fn try_post<S: Store>(books: &mut Books<S>, draft: &Draft) -> Result<Posted, BooksError> {
    books.write(&context(), |writer| voucher(writer, draft))
}

/// Posts a draft with a voucher of its own within a transaction.
pub fn voucher<S: Store>(writer: &mut Writer<'_, S>, draft: &Draft) -> Result<Posted, BooksError> {
    let entry = draft.clone().balance()?;
    let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
    writer.post(fact, &entry)
}

pub fn post<S: Store>(books: &mut Books<S>, draft: &Draft) -> EntryNo {
    try_post(books, draft).unwrap().number()
}

pub fn add_party<S: Store>(books: &mut Books<S>, name: &str, kind: PartyKind, holding: Option<PartyNo>) -> PartyNo {
    books.write(&context(), |writer| writer.add_party(name, kind, holding, None)).unwrap()
}

/// Every entry, fetched one by one by its number.
pub fn all_entries<S: Store>(books: &Books<S>) -> Vec<StoredEntry> {
    let last = books.tail().unwrap().entries;
    (1..=last).map(|number| books.store().entry(EntryNo(number)).unwrap().unwrap()).collect()
}

/// Balances over a window, added up posting by posting: what the cube must agree with.
pub fn brute_force<S: Store>(books: &Books<S>, window: Window) -> HashMap<CoordinateNo, Balance> {
    let mut sums: HashMap<CoordinateNo, Balance> = HashMap::new();
    for entry in all_entries(books) {
        if Date::from_number(entry.date).is_some_and(|day| window.contains(day)) {
            for StoredPosting { coordinate, amount, .. } in entry.postings {
                let sum = sums.entry(coordinate).or_default();
                *sum = sum.plus(Balance::of(amount));
            }
        }
    }
    sums
}

/// The number of a coordinate that has postings.
pub fn number_of<S: Store>(books: &Books<S>, wanted: Coordinate) -> CoordinateNo {
    books.store().coordinates().unwrap().into_iter().find(|(_, at)| *at == wanted).unwrap().0
}

/// What `verify` finds, one line a finding.
pub fn findings<S: Store>(books: &Books<S>) -> Vec<String> {
    books.verify(None).unwrap().findings.iter().map(ToString::to_string).collect()
}
