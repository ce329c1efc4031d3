//! Statements of any books whatsoever agree with each other: random entries by hand over every account of every chart,
//! with balances taken over, reversals, locks and their reopening.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;

use bookkeeping::{context, date, slug};
use bursar::books::{Books, BooksError, MemoryStore, Posted};
use bursar::calendar::Window;
use bursar::conference::{BookOpened, Event, Fact, OpeningDone};
use bursar::ledger::{
    AccountNo, AccountType, BUILT_IN_CHARTS, Chart, Coordinate, Draft, Function, Fund, GENERAL_FUND, Posting,
    Restriction, Slug,
};
use bursar::money::{Currency, Money};
use bursar::report::{ReportError, Request, form_990, from_layout, ties};
use proptest::prelude::*;

/// An entry: day of the year, fund, whether it is taken over; accounts with amounts, the last of which balances it.
#[derive(Clone, Debug)]
struct Made {
    day: u16,
    fund: u8,
    opening: bool,
    reversed: bool,
    lines: Vec<(u16, i64, u8)>,
}

fn made() -> impl Strategy<Value = Made> {
    let amount = prop_oneof![8 => -1_000_000_i64..1_000_000, 1 => Just(0)];
    let lines = prop::collection::vec((any::<u16>(), amount, any::<u8>()), 2..5);
    (0..700_u16, 0..5_u8, prop::bool::weighted(0.1), prop::bool::weighted(0.15), lines)
        .prop_map(|(day, fund, opening, reversed, lines)| Made { day, fund, opening, reversed, lines })
}

const FUNDS: [(&str, Restriction); 4] = [
    ("reserve", Restriction::BoardDesignated),
    ("aid", Restriction::Purpose),
    ("later", Restriction::Time),
    ("forever", Restriction::Perpetual),
];

fn begin(chart: &str) -> Books<MemoryStore> {
    let mut books = Books::open(MemoryStore::new()).unwrap();
    let book = BookOpened { name: "Exemplar".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 7 };
    books
        .write(&context(), |writer| {
            writer.begin_books(book, Chart::parse(chart)?)?;
            for (code, restriction) in FUNDS {
                writer.put_fund(Fund { code: slug(code), name: code.to_owned(), restriction, purpose: None })?;
            }
            for code in ["e", "f"] {
                writer.put_event(Event::new(slug(code), code, date("2025-05-14"), date("2025-05-16")))?;
            }
            Ok::<_, BooksError>(())
        })
        .unwrap();
    books
}

fn day(offset: u16) -> bursar::calendar::Date {
    let mut day = date("2024-06-01");
    for _ in 0..offset {
        day = day.next().unwrap();
    }
    day
}

fn post(books: &mut Books<MemoryStore>, made: &Made) {
    let setup = books.setup().unwrap();
    let accounts = i64::try_from(setup.accounts().len()).unwrap();
    let fund: Slug = if made.fund == 0 { GENERAL_FUND } else { slug(FUNDS[usize::from(made.fund) - 1].0) };
    let usd = Currency::from_code("USD").unwrap();
    let sum: i64 = made.lines.iter().skip(1).map(|line| line.1).sum();
    let postings = made.lines.iter().enumerate().map(|(i, (account, minor, how))| {
        let account = AccountNo(i64::from(*account) % accounts + 1);
        let kind = setup.account_numbered(account).unwrap().kind;
        let function = Function::ALL[usize::from(how % 3)];
        let at = Coordinate {
            account,
            event: [None, Some(slug("e")), Some(slug("f"))][usize::from(how / 3 % 3)],
            fund,
            function: (kind == AccountType::Expense && how / 9 % 5 != 0).then_some(function),
            activity: None,
            tax_code: None,
        };
        let amount = Money::new(if i == 0 { -sum } else { *minor }, usd);
        Posting { at, amount, cash_flow: None, party: None, original: None, memo: None }
    });
    let draft = Draft { date: day(made.day), reference: None, description: None, postings: postings.collect() };
    books
        .write(&context(), |writer| {
            let opening = Fact::Opening(OpeningDone { as_of: draft.date });
            let fact = writer.record(|_| Ok(if made.opening { opening } else { Fact::Voucher {} }))?;
            let posted = writer.post(fact, &draft.clone().balance()?)?;
            if let (Posted::New(number), true) = (posted, made.reversed) {
                writer.reverse(number, day(made.day + 40), "a mistake")?;
            }
            Ok::<_, BooksError>(())
        })
        .unwrap();
}

fn agree(books: &Books<MemoryStore>) -> Result<(), TestCaseError> {
    let setup = books.setup().unwrap();
    for period in ["..", "2025", "2025-Q1", "..2025-01-17", "2025-02-03..2025-06-11"] {
        let window: Window = setup.fiscal_year_start().parse_period(period).unwrap();
        for events in [vec![], vec![slug("e")]] {
            let request = Request { window, events, ..Request::default() };
            match ties(books, &request) {
                Err(ReportError::NoPostings { .. }) => {}
                Err(error) => prop_assert!(false, "{error}"),
                Ok(ties) => {
                    for tie in &ties {
                        prop_assert!(!tie.differs(), "{period}: {tie:?}");
                    }
                    prop_assert!(ties.len() > 6, "{ties:?}");
                }
            }
            // The form's parts tie for the whole organisation.
            if request.events.is_empty() && setup.layout("form-990-revenue").is_some() {
                match form_990(books, &request) {
                    Err(ReportError::NoPostings { .. }) => {}
                    Err(error) => prop_assert!(false, "{error}"),
                    Ok(sheet) => {
                        let wrong: Vec<&String> = sheet.notes.iter().filter(|n| n.starts_with("DOES NOT")).collect();
                        prop_assert!(wrong.is_empty(), "{period}: {wrong:?}");
                    }
                }
            }
        }
    }
    Ok(())
}

/// Rows of the statements that a lock must not change.
fn figures(books: &Books<MemoryStore>) -> Vec<String> {
    let keys = ["activities", "position", "cash-flows", "funds", "functional-expenses"];
    let rows = |key: &str| from_layout(books, key, &Request::default()).map(|statement| statement.rows);
    keys.iter().map(|key| format!("{:?}", rows(key).ok())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn statements_of_any_books_agree(chart in 0..BUILT_IN_CHARTS.len(), all in prop::collection::vec(made(), 1..25)) {
        let mut books = begin(BUILT_IN_CHARTS[chart].1);
        for made in &all {
            post(&mut books, made);
        }
        agree(&books)?;
        let before = figures(&books);
        let close = books.write(&context(), |writer| writer.lock(date("2025-06-30")));
        prop_assert!(close.is_ok(), "{close:?}");
        prop_assert_eq!(figures(&books), before.clone());
        books.write(&context(), |writer| writer.reopen(date("2025-03-01"), "an accrual")).unwrap();
        prop_assert_eq!(figures(&books), before);
        prop_assert_eq!(bookkeeping::findings(&books), Vec::<String>::new());
    }
}
