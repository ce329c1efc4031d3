//! What every store must do, as named cases. Each takes a function that makes a new, empty store.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use bursar::books::{
    Balance, Books, BooksError, EntryFilter, Head, Origin, PartyRow, Posted, Record, Store, StoredEntry, StoredFact,
    StoredPosting, StoredText, WriteContext,
};
use bursar::calendar::{ALL_DAYS, Date, Window, WindowPart};
use bursar::conference::{Cause, Digest, Event, Fact};
use bursar::ledger::{
    Account, ChartAccount, Coordinate, CoordinateNo, Draft, EntryNo, FactNo, Function, Fund, Original, PartyKind,
    PartyNo, Posting, Restriction,
};
use bursar::money::{Currency, Money};

use crate::bookkeeping as bk;
use crate::bookkeeping::{
    AID, CHECKING, DEFERRED, RECEIVABLE, REGISTRATION, SETUP_FACTS, SPONSORSHIP, VENUE, date, draft, line, slug,
    transfer,
};
use crate::documents::{
    a_document_reads_back_as_it_was_put, balances_are_kept_by_cause_and_cash_flow,
    documents_and_tallies_are_rolled_back, documents_are_found_by_kind_event_and_what_is_open,
    entries_are_found_by_fact_and_by_party, facts_are_found_by_kind, tallies_add_up_and_vanish,
};

/// What entries by hand come from.
fn by_hand() -> Origin {
    Cause::named("voucher").unwrap().into()
}

/// One case: panics when the store does not do as it must.
pub type Case<S> = fn(&mut dyn FnMut() -> S);

macro_rules! cases {
    ($store:ident: $($name:ident),* $(,)?) => { vec![$((stringify!($name), $name::<$store> as Case<$store>)),*] };
}

/// The suite.
pub fn suite<S: Store>() -> Vec<(&'static str, Case<S>)> {
    cases![S:
        a_new_store_is_empty,
        numbers_run_from_one_without_gaps,
        what_was_committed_is_there_when_reopened,
        a_rollback_forgets_every_kind_of_row,
        a_dry_run_numbers_entries_and_keeps_nothing,
        a_refused_command_keeps_nothing,
        a_transaction_reads_its_own_writes,
        an_entry_reads_back_as_it_was_written,
        a_fact_reads_back_as_it_was_written,
        coordinates_keep_every_dimension,
        setup_facts_come_in_order_and_alone,
        balances_agree_with_postings_over_any_window,
        balances_keep_days_and_months_apart,
        balances_add_to_what_is_there,
        a_sum_that_does_not_fit_is_refused,
        entries_come_by_date_then_number,
        entries_are_filtered_by_window_and_coordinate,
        a_reference_stands_for_one_entry,
        references_are_compared_to_the_letter,
        an_imported_row_is_known_again,
        an_entry_is_reversed_once,
        a_locked_period_takes_no_entries,
        refusals_come_in_a_fixed_order,
        names_and_codes_stay_what_they_are,
        texts_come_back_to_the_letter,
        a_text_that_is_erased_is_gone_and_no_other,
        a_party_that_is_forgotten_leaves_figures_and_hashes,
        parties_are_replaced_and_found_by_name,
        the_chain_comes_in_order_with_its_texts,
        a_visitors_error_ends_the_walk,
        the_tail_follows_every_record,
        every_hash_covers_the_one_before,
        reading_consistently_reads_the_same,
        untouched_books_verify,
        verify_compares_with_a_head_written_down,
        an_empty_reference_is_refused,
        an_imported_row_makes_one_entry,
        a_retry_is_known_in_a_locked_period_too,
        a_reference_covers_the_original_amount,
        a_holding_has_no_holding,
        a_changed_account_keeps_its_number,
        a_sum_that_does_not_fit_names_its_account,
        sums_over_long_windows_fit,
        a_document_reads_back_as_it_was_put,
        documents_are_found_by_kind_event_and_what_is_open,
        documents_and_tallies_are_rolled_back,
        tallies_add_up_and_vanish,
        balances_are_kept_by_cause_and_cash_flow,
        entries_are_found_by_fact_and_by_party,
        facts_are_found_by_kind,
    ]
}

const NO_WAIT: Duration = Duration::ZERO;

/// A transaction on a bare store.
pub fn transact<S: Store>(store: &mut S, rows: impl FnOnce(&mut S) -> Result<(), BooksError>) {
    store.begin(NO_WAIT, "test").unwrap();
    rows(store).unwrap();
    store.commit().unwrap();
}

pub fn bare_fact(number: i64, seq: i64) -> StoredFact {
    StoredFact {
        number: FactNo(number),
        seq,
        recorded_at: "2025-01-02T03:04:05Z".to_owned(),
        kind: "voucher".to_owned(),
        rule: 1,
        actor: None,
        body: "{\"voucher\":{}}".to_owned(),
        hash: [u8::try_from(seq).unwrap(); 32],
    }
}

fn bare_posting(line: i64, amount: i64) -> StoredPosting {
    StoredPosting {
        line,
        account: CHECKING,
        amount,
        coordinate: CoordinateNo(1),
        day: 20_250_131,
        cash_flow: None,
        party: None,
        original: None,
        memo: None,
    }
}

fn bare_entry(number: i64, seq: i64, postings: Vec<StoredPosting>) -> StoredEntry {
    StoredEntry {
        number: EntryNo(number),
        seq,
        fact: FactNo(1),
        recorded_at: "2025-01-02T03:04:05Z".to_owned(),
        date: 20_250_131,
        reference: None,
        reverses: None,
        description: None,
        postings,
        hash: [u8::try_from(seq).unwrap(); 32],
    }
}

fn bare_text(seq: i64, field: &str, body: &str) -> StoredText {
    StoredText { seq, field: field.to_owned(), salt: [7; 16], body: body.to_owned() }
}

/// Entries of the journal as `number@day`, in the order in which the store gives them.
fn listed<S: Store>(books: &Books<S>, window: Window, coordinates: Option<Vec<CoordinateNo>>) -> Vec<String> {
    let mut list = Vec::new();
    let filter = EntryFilter { window, coordinates };
    let outcome = books.store().entries(&filter, &mut |entry| {
        assert_eq!(Some(&entry), books.store().entry(entry.number)?.as_ref(), "the entry is complete");
        list.push(format!("{}@{}", entry.number, entry.date));
        Ok(())
    });
    outcome.unwrap();
    list
}

/// Books with entries on both sides of month and year ends, two a day, a zero amount, and both funds.
fn some_books<S: Store>(fresh: &mut dyn FnMut() -> S) -> Books<S> {
    let mut books = bk::begin(fresh());
    let days = [
        "2025-01-31",
        "2024-12-31",
        "2025-02-01",
        "2025-02-28",
        "2025-01-01",
        "2025-03-15",
        "2025-03-15",
        "2024-02-29",
        "2025-12-31",
        "2026-01-01",
    ];
    for (i, day) in (0_i64..).zip(days) {
        let mut entry = transfer(day, RECEIVABLE, REGISTRATION, 1_000 + 37 * i);
        entry.postings.push(line(CHECKING, 10 * i));
        entry.postings.push(line(RECEIVABLE, -10 * i));
        for minor in [200 + i, -200 - i] {
            let aid = Coordinate { fund: slug("aid"), event: Some(slug("pyex25")), ..bk::at(CHECKING) };
            entry.postings.push(Posting { at: aid, ..line(CHECKING, minor) });
        }
        bk::post(&mut books, &entry);
    }
    books
}

fn a_new_store_is_empty<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let store = fresh();
    let tail = store.tail().unwrap();
    assert_eq!((tail.head, tail.entries, tail.facts, tail.parties), (Head::EMPTY, 0, 0, 0));
    assert!(store.setup_facts().unwrap().is_empty() && store.coordinates().unwrap().is_empty());
    for number in [-1, 0, 1, i64::MAX] {
        assert_eq!(store.entry(EntryNo(number)).unwrap(), None);
        assert_eq!(store.fact(FactNo(number)).unwrap(), None);
        assert_eq!(store.party(PartyNo(number)).unwrap(), None);
        assert_eq!(store.reversal_of(EntryNo(number)).unwrap(), None);
    }
    assert_eq!(store.entry_by_reference("").unwrap(), None);
    assert_eq!(store.entry_by_identity(&[0; 16]).unwrap(), None);
    assert_eq!(store.text(1, "name").unwrap(), None);
    assert_eq!(store.party_by_name("").unwrap(), None);
    store.chain(&mut |record, _| panic!("{record:?}")).unwrap();
    store.parties(&mut |row| panic!("{row:?}")).unwrap();
    store.balances(WindowPart::Days(ALL_DAYS), &mut |at, _, _, _| panic!("{at}")).unwrap();
    assert_eq!(store.self_check().unwrap(), Vec::<String>::new());

    let books = Books::open(store).unwrap();
    assert!(books.setup().is_err(), "books that were never begun have no setup");
    let verification = books.verify(None).unwrap();
    assert_eq!((verification.findings.len(), verification.head), (0, Head::EMPTY));
}

fn numbers_run_from_one_without_gaps<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    assert_eq!(books.tail().unwrap().facts, SETUP_FACTS);
    for number in 1..=5 {
        assert_eq!(bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, number)), EntryNo(number));
        assert_eq!(bk::add_party(&mut books, &format!("Party {number}"), PartyKind::Person, None), PartyNo(number));
    }
    let tail = books.tail().unwrap();
    assert_eq!((tail.facts, tail.entries, tail.parties), (SETUP_FACTS + 10, 5, 5));
    assert_eq!(tail.head.seq, tail.facts + tail.entries);
    for (number, entry) in (1..).zip(bk::all_entries(&books)) {
        assert_eq!(entry.number, EntryNo(number));
        assert_eq!(entry.postings.iter().map(|posting| posting.line).collect::<Vec<_>>(), [1, 2]);
    }
    for number in 1..=tail.facts {
        assert_eq!(books.store().fact(FactNo(number)).unwrap().unwrap().number, FactNo(number));
    }
    assert_eq!(books.store().entry(EntryNo(6)).unwrap(), None);
    assert_eq!(books.store().fact(FactNo(tail.facts + 1)).unwrap(), None);
    let error = books.entry(EntryNo(6)).unwrap_err().to_string();
    assert_eq!(error, "there is no entry 6; there are entries 1 to 5");
}

fn what_was_committed_is_there_when_reopened<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    bk::add_party(&mut books, "Ada Lovelace", PartyKind::Person, None);
    books.write(&bk::context(), |writer| writer.lock(date("2024-06-30"))).unwrap();
    let (entries, tail) = (bk::all_entries(&books), books.tail().unwrap());
    let balances = books.balances(ALL_DAYS).unwrap();
    let books = Books::open(books.into_store()).unwrap();
    assert_eq!(bk::all_entries(&books), entries);
    assert_eq!(books.tail().unwrap(), tail);
    assert_eq!(books.balances(ALL_DAYS).unwrap(), balances);
    assert_eq!(books.find_party("Ada Lovelace").unwrap(), PartyNo(1));
    let setup = books.setup().unwrap();
    assert_eq!((setup.entity(), setup.currency().code()), ("Python Exemplar", "USD"));
    assert_eq!((setup.accounts().len(), setup.funds().len(), setup.events().len()), (8, 2, 2));
    assert_eq!(setup.locked_through(), Some(date("2024-06-30")));
}

fn a_rollback_forgets_every_kind_of_row<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let row = PartyRow { number: PartyNo(1), kind: PartyKind::Person, holding: None, seq: 1 };
    let changed = PartyRow { kind: PartyKind::Vendor, seq: 3, ..row.clone() };
    let balance = Balance { debit: 5, credit: 0, postings: 1 };
    let cell = (CoordinateNo(1), date("2025-01-31"), by_hand());
    transact(&mut store, |store| {
        store.append_fact(&bare_fact(1, 1))?;
        store.put_party(&row)?;
        store.append_coordinate(CoordinateNo(1), &bk::at(CHECKING))?;
        store.append_text(&bare_text(1, "name", "Ada"))?;
        store.append_entry(&bare_entry(1, 2, vec![bare_posting(1, 5), bare_posting(2, -5)]))?;
        store.add_balances(&[(cell, balance)])
    });
    for _ in 0..2 {
        store.begin(NO_WAIT, "test").unwrap();
        store.append_fact(&bare_fact(2, 3)).unwrap();
        store.put_party(&changed).unwrap();
        store.append_coordinate(CoordinateNo(2), &bk::at(DEFERRED)).unwrap();
        store.append_text(&bare_text(3, "name", "Grace")).unwrap();
        let mut entry = bare_entry(2, 4, vec![bare_posting(1, 6), bare_posting(2, -6)]);
        (entry.reference, entry.reverses) = (Some("INV-1".to_owned()), Some(EntryNo(1)));
        store.append_entry(&entry).unwrap();
        store.put_identity(&[9; 16], EntryNo(2)).unwrap();
        store.add_balances(&[(cell, balance)]).unwrap();
        store.rollback().unwrap();

        let tail = store.tail().unwrap();
        assert_eq!((tail.head.seq, tail.entries, tail.facts, tail.parties), (2, 1, 1, 1));
        assert_eq!(store.fact(FactNo(2)).unwrap(), None);
        assert_eq!(store.entry(EntryNo(2)).unwrap(), None);
        assert_eq!(store.entry_by_reference("INV-1").unwrap(), None);
        assert_eq!(store.reversal_of(EntryNo(1)).unwrap(), None);
        assert_eq!(store.entry_by_identity(&[9; 16]).unwrap(), None);
        assert_eq!(store.text(3, "name").unwrap(), None);
        assert_eq!(store.party(PartyNo(1)).unwrap(), Some(row.clone()), "as it was before the transaction");
        assert_eq!(store.party_by_name("Grace").unwrap(), None);
        assert_eq!(store.coordinates().unwrap().len(), 1);
        for part in [WindowPart::Days(ALL_DAYS), WindowPart::Months(cell.1.month(), cell.1.month())] {
            store.balances(part, &mut |_, _, _, found| assert_eq!(found, balance)).unwrap();
        }
    }
    // A transaction after a rollback is like any other.
    transact(&mut store, |store| store.append_fact(&bare_fact(2, 3)));
    assert_eq!(store.tail().unwrap().facts, 2);
}

fn a_dry_run_numbers_entries_and_keeps_nothing<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    let (tail, balances) = (books.tail().unwrap(), books.balances(ALL_DAYS).unwrap());
    let dry = WriteContext { dry_run: true, ..bk::context() };
    for _ in 0..2 {
        let posted = books.write(&dry, |writer| {
            let account = ChartAccount {
                code: None,
                name: "Assets:Till".parse()?,
                kind: bursar::ledger::AccountType::Asset,
                line: None,
                function: None,
                cash_flow: None,
                form_990: None,
                merge: None,
            };
            let till = writer.open_account(account)?;
            writer.add_party("Ada", PartyKind::Person, None, None)?;
            bk::voucher(writer, &transfer("2025-06-01", till, REGISTRATION, 77))
        });
        assert_eq!(posted.unwrap(), Posted::New(EntryNo(11)), "a preview has the number the entry would get");
        assert_eq!((books.tail().unwrap(), books.balances(ALL_DAYS).unwrap()), (tail.clone(), balances.clone()));
        assert_eq!(books.setup().unwrap().accounts().len(), 8);
        assert!(books.find_party("Ada").is_err());
    }
    assert!(bk::findings(&books).is_empty());
}

fn a_refused_command_keeps_nothing<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    let (tail, balances) = (books.tail().unwrap(), books.balances(ALL_DAYS).unwrap());
    let outcome: Result<(), BooksError> = books.write(&bk::context(), |writer| {
        writer.put_event(Event::new(slug("pyex27"), "PyEx 27", date("2027-05-12"), date("2027-05-20")))?;
        bk::voucher(writer, &transfer("2025-06-01", CHECKING, REGISTRATION, 1))?;
        bk::voucher(writer, &transfer("2025-06-01", bursar::ledger::AccountNo(99), REGISTRATION, 1))?;
        Ok(())
    });
    assert_eq!(outcome.unwrap_err().to_string(), "there is no account `number 99`");
    assert_eq!((books.tail().unwrap(), books.balances(ALL_DAYS).unwrap()), (tail, balances));
    assert_eq!(books.setup().unwrap().events().len(), 2);
    assert!(bk::findings(&books).is_empty());
    // And the next one is not disturbed.
    assert_eq!(bk::post(&mut books, &transfer("2025-06-01", CHECKING, REGISTRATION, 1)), EntryNo(11));
}

fn a_transaction_reads_its_own_writes<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let outcome: Result<(), BooksError> = books.write(&bk::context(), |writer| {
        let holding = writer.add_party("Globex Holding", PartyKind::Organisation, None, None)?;
        let globex = writer.add_party("Globex", PartyKind::Organisation, Some(holding), Some("ap@globex.example"))?;
        assert_eq!(writer.books().find_party("Globex")?, globex);
        assert_eq!(writer.books().party(globex)?.email.as_deref(), Some("ap@globex.example"));
        let mut entry = transfer("2025-02-03", RECEIVABLE, SPONSORSHIP, 5_000);
        entry.reference = Some("INV-1".to_owned());
        entry.postings[0].party = Some(globex);
        entry.postings[0].memo = Some("gold".to_owned());
        let posted = bk::voucher(writer, &entry)?;
        assert_eq!(posted, Posted::New(EntryNo(1)));
        assert_eq!(bk::voucher(writer, &entry)?, Posted::AlreadyThere(EntryNo(1)));
        let kept = writer.books().entry(EntryNo(1))?;
        assert_eq!(kept.postings, entry.postings);
        let reversal = writer.reverse(EntryNo(1), date("2025-02-04"), "typo")?;
        assert_eq!(writer.books().entry(EntryNo(1))?.reversed_by, Some(reversal));
        let again = writer.reverse(EntryNo(1), date("2025-02-04"), "typo").unwrap_err().to_string();
        assert_eq!(again, "entry 1 has been reversed by entry 2 already");
        assert_eq!(writer.books().head()?, writer.head());
        assert_eq!(listed(writer.books(), ALL_DAYS, None), ["1@20250203", "2@20250204"]);
        Ok(())
    });
    outcome.unwrap();
    assert!(bk::findings(&books).is_empty());
}

fn an_entry_reads_back_as_it_was_written<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let full = StoredPosting {
        cash_flow: Some(slug("from-sponsors")),
        party: Some(PartyNo(i64::MAX)),
        original: Some((-45_455, "EUR".to_owned(), "1.1000".to_owned())),
        memo: Some(Digest([3; 32])),
        ..bare_posting(1, i64::MAX)
    };
    let mut entries = vec![
        bare_entry(1, 2, vec![full, bare_posting(2, -i64::MAX)]),
        bare_entry(2, 3, (1..=100).map(|line| bare_posting(line, line - 50)).collect()),
        bare_entry(3, 4, vec![bare_posting(1, i64::MIN), bare_posting(2, 0)]),
    ];
    entries[0].reference = Some("Rechnung №5 für Zoë 🐍".to_owned());
    entries[0].description = Some(Digest([0; 32]));
    entries[1].reverses = Some(EntryNo(1));
    entries[1].hash = [0xff; 32];
    transact(&mut store, |store| {
        store.append_fact(&bare_fact(1, 1))?;
        store.append_coordinate(CoordinateNo(1), &bk::at(CHECKING))?;
        entries.iter().try_for_each(|entry| store.append_entry(entry))
    });
    for entry in &entries {
        assert_eq!(store.entry(entry.number).unwrap().as_ref(), Some(entry));
    }
    let mut chained = Vec::new();
    let outcome = store.chain(&mut |record, _| {
        if let Record::Entry(entry) = record {
            chained.push(entry);
        }
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(chained, entries);
}

fn a_fact_reads_back_as_it_was_written<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let facts = [
        StoredFact { actor: Some(Digest([5; 32])), ..bare_fact(1, 1) },
        StoredFact { rule: i64::MAX, hash: [0; 32], ..bare_fact(2, 2) },
        StoredFact { body: "{\"book\":{\"name\":\"Zoë 会計 🐍 \\\"x\\\"\"}}".to_owned(), ..bare_fact(3, 3) },
    ];
    transact(&mut store, |store| facts.iter().try_for_each(|fact| store.append_fact(fact)));
    for fact in &facts {
        assert_eq!(store.fact(fact.number).unwrap().as_ref(), Some(fact));
    }
    let mut chained = Vec::new();
    store
        .chain(&mut |record, _| {
            chained.push(record);
            Ok(())
        })
        .unwrap();
    assert_eq!(chained, facts.map(Record::Fact));
}

fn coordinates_keep_every_dimension<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let plain = bk::at(VENUE);
    let list = [
        plain,
        Coordinate { event: Some(slug("pyex25")), ..plain },
        Coordinate { fund: slug("aid"), ..plain },
        Coordinate { function: Some(Function::Program), ..plain },
        Coordinate { function: Some(Function::Management), ..plain },
        Coordinate { function: Some(Function::Fundraising), ..plain },
        Coordinate { activity: Some(slug("talks")), ..plain },
        Coordinate { tax_code: Some(slug("vat19.0")), ..plain },
        Coordinate {
            event: Some(slug("e")),
            fund: slug(&"f".repeat(31)),
            function: Some(Function::Program),
            activity: Some(slug("a-1")),
            tax_code: Some(slug("9")),
            ..plain
        },
    ];
    transact(&mut store, |store| {
        (1..).zip(&list).try_for_each(|(number, at)| store.append_coordinate(CoordinateNo(number), at))
    });
    let found: BTreeMap<_, _> = store.coordinates().unwrap().into_iter().map(|(number, at)| (number.0, at)).collect();
    assert_eq!(found, (1..).zip(list).collect());
}

fn setup_facts_come_in_order_and_alone<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, 1));
    books.write(&bk::context(), |writer| writer.lock(date("2024-12-31"))).unwrap();
    books.write(&bk::context(), |writer| writer.lock(date("2025-01-31"))).unwrap();
    let fund = Fund { name: "Aid for speakers".to_owned(), ..books.setup().unwrap().fund("aid").unwrap().clone() };
    books.write(&bk::context(), |writer| writer.put_fund(fund)).unwrap();
    let facts = books.store().setup_facts().unwrap();
    let kinds: Vec<&str> = facts.iter().map(|fact| fact.kind.as_str()).collect();
    let accounts = ["account"; 8];
    assert_eq!(
        kinds,
        [&["book", "chart"][..], &accounts, &["fund", "event", "event", "lock", "lock", "fund"]].concat()
    );
    assert!(facts.windows(2).all(|pair| pair[0].number < pair[1].number));
    let books = Books::open(books.into_store()).unwrap();
    assert_eq!(books.setup().unwrap().locked_through(), Some(date("2025-01-31")), "the last lock counts");
    assert_eq!(books.setup().unwrap().fund("aid").unwrap().name, "Aid for speakers");
}

fn balances_agree_with_postings_over_any_window<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let books = some_books(fresh);
    let mut days: Vec<Date> = vec![Date::MIN, Date::MAX];
    for entry in bk::all_entries(&books) {
        let day = Date::from_number(entry.date).unwrap();
        days.extend(
            [Some(day), day.previous(), day.next(), Some(day.month().first_day()), Some(day.month().last_day())]
                .into_iter()
                .flatten(),
        );
    }
    days.sort_unstable();
    days.dedup();
    for (i, from) in days.iter().enumerate() {
        for to in &days[i..] {
            let window = Window::new(*from, *to).unwrap();
            assert_eq!(books.balances(window).unwrap(), bk::brute_force(&books, window), "{window}");
        }
    }
    let all = books.balances(ALL_DAYS).unwrap();
    assert_eq!(all.values().map(|balance| balance.net()).sum::<i128>(), 0);
    let cash = all[&bk::number_of(&books, bk::at(CHECKING))];
    // The first of these ten postings is of nothing: it counts all the same.
    assert_eq!(cash, Balance { debit: 450, credit: 0, postings: 10 });
}

fn balances_keep_days_and_months_apart<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    for (day, minor) in [("2025-01-30", 1), ("2025-01-31", 20), ("2025-01-31", 300), ("2025-02-01", 4_000)] {
        bk::post(&mut books, &transfer(day, CHECKING, REGISTRATION, minor));
    }
    let cash = bk::number_of(&books, bk::at(CHECKING));
    let cells = |part: WindowPart| {
        let mut cells = BTreeMap::new();
        let outcome = books.store().balances(part, &mut |at, _, period, balance| {
            if at == cash {
                let before = cells.insert(period, (balance.debit, balance.credit, balance.postings));
                assert_eq!(before, None, "one call a coordinate and period");
            }
        });
        outcome.unwrap();
        cells.into_iter().collect::<Vec<_>>()
    };
    let (january, february) = (date("2025-01-01").month(), date("2025-02-01").month());
    let table = [
        (
            WindowPart::Days(ALL_DAYS),
            vec![(20_250_130, (1, 0, 1)), (20_250_131, (320, 0, 2)), (20_250_201, (4_000, 0, 1))],
        ),
        (WindowPart::Days(bk::window("2025-01-31", "2025-01-31")), vec![(20_250_131, (320, 0, 2))]),
        (WindowPart::Days(bk::window("2025-02-02", "2025-12-31")), vec![]),
        (WindowPart::Months(january, february), vec![(202_501, (321, 0, 3)), (202_502, (4_000, 0, 1))]),
        (WindowPart::Months(february, february), vec![(202_502, (4_000, 0, 1))]),
        (WindowPart::Months(date("2025-03-01").month(), date("2025-12-01").month()), vec![]),
    ];
    for (part, expected) in table {
        assert_eq!(cells(part), expected, "{part:?}");
    }
}

fn balances_add_to_what_is_there<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let cell = |number: i64, day: &str, debit: i64, credit: i64| {
        (
            (CoordinateNo(number), date(day), by_hand()),
            Balance { debit: debit.into(), credit: credit.into(), postings: 1 },
        )
    };
    transact(&mut store, |store| {
        store.append_coordinate(CoordinateNo(1), &bk::at(CHECKING))?;
        store.append_coordinate(CoordinateNo(2), &bk::at(DEFERRED))
    });
    for _ in 0..3 {
        transact(&mut store, |store| {
            store.add_balances(&[
                cell(1, "2025-01-30", 5, 0),
                cell(1, "2025-01-31", 0, 7),
                cell(2, "2025-01-31", 11, 0),
            ])
        });
    }
    transact(&mut store, |store| store.add_balances(&[]));
    let month = date("2025-01-31").month();
    let sums = |part: WindowPart| {
        let mut sums = BTreeMap::new();
        store
            .balances(part, &mut |at, _, period, b| {
                sums.insert((period, at.0), (b.debit, b.credit, b.postings));
            })
            .unwrap();
        sums.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(
        sums(WindowPart::Days(ALL_DAYS)),
        [((20_250_130, 1), (15, 0, 3)), ((20_250_131, 1), (0, 21, 3)), ((20_250_131, 2), (33, 0, 3))]
    );
    assert_eq!(sums(WindowPart::Months(month, month)), [((202_501, 1), (15, 21, 6)), ((202_501, 2), (33, 0, 3))]);
}

fn a_sum_that_does_not_fit_is_refused<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let most = transfer("2025-01-30", CHECKING, REGISTRATION, i64::MAX);
    bk::post(&mut books, &most);
    let tail = books.tail().unwrap();
    // The same day, the same month on another day, and twice within one command.
    for day in ["2025-01-30", "2025-01-31"] {
        assert!(bk::try_post(&mut books, &transfer(day, CHECKING, REGISTRATION, 1)).is_err(), "{day}");
        assert_eq!(books.tail().unwrap(), tail);
    }
    let twice: Result<Posted, BooksError> = books.write(&bk::context(), |writer| {
        bk::voucher(writer, &transfer("2025-02-03", VENUE, AID, i64::MAX))?;
        bk::voucher(writer, &transfer("2025-02-03", VENUE, AID, 1))
    });
    assert_eq!(twice.unwrap_err().to_string(), "the balance of `Expenses:Venue` would exceed what an amount can be");
    assert_eq!(books.tail().unwrap(), tail);
    assert!(bk::findings(&books).is_empty());
}

fn entries_come_by_date_then_number<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let books = some_books(fresh);
    let expected = [
        "8@20240229",
        "2@20241231",
        "5@20250101",
        "1@20250131",
        "3@20250201",
        "4@20250228",
        "6@20250315",
        "7@20250315",
        "9@20251231",
        "10@20260101",
    ];
    assert_eq!(listed(&books, ALL_DAYS, None), expected);
    let mut shown = Vec::new();
    let filter = EntryFilter { window: ALL_DAYS, coordinates: None };
    books
        .journal(&filter, &mut |entry| {
            shown.push(entry.stored.number.0);
            Ok(())
        })
        .unwrap();
    assert_eq!(shown, [8, 2, 5, 1, 3, 4, 6, 7, 9, 10]);
}

fn entries_are_filtered_by_window_and_coordinate<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let talks = Coordinate { activity: Some(slug("talks")), ..bk::at(VENUE) };
    let rows = [
        ("2025-03-01", VENUE, CHECKING),
        ("2025-01-31", RECEIVABLE, REGISTRATION),
        ("2025-02-01", CHECKING, RECEIVABLE),
        ("2025-02-28", VENUE, CHECKING),
        ("2025-01-31", VENUE, RECEIVABLE),
    ];
    for (day, debit, credit) in rows {
        let mut entry = transfer(day, debit, credit, 100);
        if debit == VENUE {
            // Two postings at one coordinate, and one at another: the entry still comes once.
            entry.postings.extend([line(VENUE, 1), Posting { at: talks, ..line(VENUE, -1) }]);
        }
        bk::post(&mut books, &entry);
    }
    let number = |at| bk::number_of(&books, at);
    let (venue, cash, receivable) = (number(bk::at(VENUE)), number(bk::at(CHECKING)), number(bk::at(RECEIVABLE)));
    type Row = (&'static str, &'static str, Option<Vec<CoordinateNo>>, &'static [&'static str]);
    let table: [Row; 11] = [
        ("1900-01-01", "2999-12-31", None, &["2@20250131", "5@20250131", "3@20250201", "4@20250228", "1@20250301"]),
        ("2025-01-31", "2025-01-31", None, &["2@20250131", "5@20250131"]),
        ("2025-02-01", "2025-02-28", None, &["3@20250201", "4@20250228"]),
        ("2025-02-02", "2025-02-27", None, &[]),
        ("1900-01-01", "2999-12-31", Some(vec![venue]), &["5@20250131", "4@20250228", "1@20250301"]),
        ("1900-01-01", "2999-12-31", Some(vec![venue, number(talks)]), &["5@20250131", "4@20250228", "1@20250301"]),
        (
            "1900-01-01",
            "2999-12-31",
            Some(vec![cash, receivable]),
            &["2@20250131", "5@20250131", "3@20250201", "4@20250228", "1@20250301"],
        ),
        ("2025-02-28", "2025-03-01", Some(vec![venue, cash]), &["4@20250228", "1@20250301"]),
        ("2025-01-01", "2025-01-31", Some(vec![cash]), &[]),
        ("1900-01-01", "2999-12-31", Some(vec![CoordinateNo(99)]), &[]),
        ("1900-01-01", "2999-12-31", Some(vec![]), &[]),
    ];
    for (from, to, coordinates, expected) in table {
        assert_eq!(
            listed(&books, bk::window(from, to), coordinates.clone()),
            expected,
            "{from} to {to}, {coordinates:?}"
        );
    }
}

fn a_reference_stands_for_one_entry<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let ada = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    let mut known = transfer("2025-02-03", RECEIVABLE, DEFERRED, 50_000);
    known.reference = Some("INV-1".to_owned());
    known.description = Some("Early bird".to_owned());
    known.postings[0].party = Some(ada);
    assert_eq!(bk::try_post(&mut books, &known).unwrap(), Posted::New(EntryNo(1)));
    assert_eq!(bk::try_post(&mut books, &known).unwrap(), Posted::AlreadyThere(EntryNo(1)));
    let erased = Draft { description: None, ..known.clone() };
    let again = bk::try_post(&mut books, &erased).unwrap();
    assert_eq!(again, Posted::AlreadyThere(EntryNo(1)), "a text may have been erased: it is no part of the content");

    let change = |edit: &dyn Fn(&mut Draft)| {
        let mut other = known.clone();
        edit(&mut other);
        other
    };
    // what differs, the draft
    let table = [
        ("date is 2025-02-03, not 2025-02-04", change(&|d| d.date = date("2025-02-04"))),
        (
            "posting 1 is 500.00, not 500.01",
            change(&|d| {
                d.postings = vec![Posting { party: Some(ada), ..line(RECEIVABLE, 50_001) }, line(DEFERRED, -50_001)]
            }),
        ),
        (
            "posting 2 is to `Liabilities:Deferred revenue`, not `Revenue:Registration`",
            change(&|d| d.postings[1].at.account = REGISTRATION),
        ),
        ("number of postings is 2, not 4", change(&|d| d.postings.extend([line(AID, 1), line(AID, -1)]))),
        (
            "posting 1 (`Assets:Receivable`) has other dimensions or another party",
            change(&|d| d.postings[0].party = None),
        ),
        (
            "posting 1 (`Assets:Receivable`) has other dimensions or another party",
            change(&|d| d.postings[0].at.event = Some(slug("pyex25"))),
        ),
        (
            "posting 2 (`Liabilities:Deferred revenue`) has other dimensions or another party",
            change(&|d| d.postings[1].cash_flow = Some(slug("other"))),
        ),
    ];
    for (difference, other) in table {
        let error = bk::try_post(&mut books, &other).unwrap_err().to_string();
        assert_eq!(error, format!("reference `INV-1` belongs to entry 1, whose {difference}"));
        assert_eq!(books.tail().unwrap().entries, 1);
    }
    assert!(bk::findings(&books).is_empty());
}

fn references_are_compared_to_the_letter<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let references = ["INV-1", "inv-1", "INV-10", "INV-1 ", "Zoë", "Zoe\u{308}", "ZOË", "%", "_NV-1", "🐍"];
    for (number, reference) in (1..).zip(references) {
        let mut entry = transfer("2025-02-03", RECEIVABLE, DEFERRED, 100 + number);
        entry.reference = Some(reference.to_owned());
        assert_eq!(bk::try_post(&mut books, &entry).unwrap(), Posted::New(EntryNo(number)), "{reference:?}");
    }
    for (number, reference) in (1..).zip(references) {
        assert_eq!(books.store().entry_by_reference(reference).unwrap(), Some(EntryNo(number)), "{reference:?}");
    }
    for reference in ["", "INV", "INV-", "I%", "zoë"] {
        assert_eq!(books.store().entry_by_reference(reference).unwrap(), None, "{reference:?}");
    }
}

fn an_imported_row_is_known_again<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let identities = [[0; 16], [0xff; 16], *b"row 17 of a file"];
    for (number, identity) in (1..).zip(&identities) {
        let outcome: Result<Posted, BooksError> = books.write(&bk::context(), |writer| {
            assert_eq!(writer.entry_by_identity(identity)?, None);
            let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
            let entry = transfer("2025-02-03", CHECKING, REGISTRATION, 100).balance()?;
            let posted = writer.post_identified(fact, &entry, identity)?;
            assert_eq!(writer.entry_by_identity(identity)?, Some(posted.number()), "known within the transaction");
            Ok(posted)
        });
        assert_eq!(outcome.unwrap(), Posted::New(EntryNo(number)));
    }
    let books = Books::open(books.into_store()).unwrap();
    for (number, identity) in (1..).zip(&identities) {
        assert_eq!(books.store().entry_by_identity(identity).unwrap(), Some(EntryNo(number)));
    }
    assert_eq!(books.store().entry_by_identity(b"row 18 of a file").unwrap(), None);
}

fn an_entry_is_reversed_once<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    let before = books.entry(EntryNo(6)).unwrap();
    let mut reverse = |number: i64, day: &str, reason: &str| {
        books.write(&bk::context(), |writer| writer.reverse(EntryNo(number), date(day), reason))
    };
    assert_eq!(reverse(6, "2025-04-01", "  ").unwrap_err().to_string(), "the reason of the reversal is empty");
    assert_eq!(reverse(6, "2025-04-01", "wrong event").unwrap(), EntryNo(11));
    let again = reverse(6, "2025-04-01", "wrong event").unwrap_err().to_string();
    assert_eq!(again, "entry 6 has been reversed by entry 11 already");
    assert!(reverse(99, "2025-04-01", "typo").is_err());
    // A reversal is an entry like any other: it can itself be undone.
    assert_eq!(reverse(11, "2025-04-02", "it was right after all").unwrap(), EntryNo(12));

    let (original, reversal) = (books.entry(EntryNo(6)).unwrap(), books.entry(EntryNo(11)).unwrap());
    assert_eq!((original.stored, original.postings), (before.stored, before.postings.clone()), "it stays as it was");
    assert_eq!((original.reversed_by, reversal.stored.reverses), (Some(EntryNo(11)), Some(EntryNo(6))));
    assert_eq!(reversal.reversed_by, Some(EntryNo(12)));
    assert_eq!(reversal.date, date("2025-04-01"));
    for (old, new) in before.postings.iter().zip(&reversal.postings) {
        assert_eq!((new.at, new.amount), (old.at, old.amount.negated()));
    }
    let (fact, actor, seq) = books.fact(reversal.stored.fact).unwrap();
    assert!(matches!(fact, Fact::Reversal(done) if done.entry == EntryNo(6)));
    assert_eq!(actor.as_deref(), Some("Tess Treasurer"));
    assert_eq!(books.text(seq, "reason").unwrap().as_deref(), Some("wrong event"));
    assert!(bk::findings(&books).is_empty());
}

fn a_locked_period_takes_no_entries<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let january = transfer("2025-01-15", CHECKING, REGISTRATION, 100);
    let known = bk::post(&mut books, &january);
    books.write(&bk::context(), |writer| writer.lock(date("2025-01-31"))).unwrap();
    let message = |day: &str| format!("{day} lies in a locked period: the books are locked through 2025-01-31");
    for day in ["1900-01-01", "2025-01-15", "2025-01-31"] {
        let error = bk::try_post(&mut books, &transfer(day, CHECKING, REGISTRATION, 100)).unwrap_err().to_string();
        assert_eq!(error, message(day));
    }
    bk::post(&mut books, &transfer("2025-02-01", CHECKING, REGISTRATION, 100));
    let mut reverse = |day: &str| books.write(&bk::context(), |writer| writer.reverse(known, date(day), "typo"));
    assert_eq!(reverse("2025-01-31").unwrap_err().to_string(), message("2025-01-31"));
    assert_eq!(reverse("2025-02-01").unwrap(), EntryNo(3), "a mistake in a locked period is undone after it");
    let mut lock = |day: &str| books.write(&bk::context(), |writer| writer.lock(date(day)));
    for day in ["2025-01-31", "2024-12-31"] {
        let error = lock(day).unwrap_err().to_string();
        assert_eq!(error, format!("the books are locked through 2025-01-31 already; {day} is not later"));
    }
    lock("2025-02-01").unwrap();
    assert!(bk::findings(&books).is_empty(), "entries that came before their lock are as they should be");
}

fn refusals_come_in_a_fixed_order<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let mut known = transfer("2025-02-03", RECEIVABLE, DEFERRED, 100);
    known.reference = Some("INV-1".to_owned());
    bk::post(&mut books, &known);
    books.write(&bk::context(), |writer| writer.lock(date("2025-01-31"))).unwrap();
    let closed = Account { closed: true, ..books.setup().unwrap().account("4110").unwrap().clone() };
    books.write(&bk::context(), |writer| writer.change_account(closed)).unwrap();
    let tail = books.tail().unwrap();

    // One draft with everything wrong with it, put right one thing after another, in the order of the checks.
    let mut bad = transfer("2025-01-31", RECEIVABLE, SPONSORSHIP, 100);
    bad.reference = Some("INV-1".to_owned());
    bad.postings[0].party = Some(PartyNo(1));
    for posting in &mut bad.postings {
        posting.amount = Money::new(posting.amount.minor(), Currency::from_code("EUR").unwrap());
        posting.at.fund = slug("iad");
        posting.at.event = Some(slug("pyex24"));
    }
    let all = |draft: &mut Draft, edit: &dyn Fn(&mut Posting)| draft.postings.iter_mut().for_each(edit);
    type Step<'a> = (&'a str, &'a dyn Fn(&mut Draft));
    let steps: [Step<'_>; 7] = [
        ("the entry is in EUR, the books are in USD", &|d| {
            all(d, &|p| p.amount = Money::new(p.amount.minor(), bk::usd()));
        }),
        ("2025-01-31 lies in a locked period: the books are locked through 2025-01-31", &|d| {
            d.date = date("2025-02-03")
        }),
        ("there is no fund `iad`; did you mean `aid`?", &|d| all(d, &|p| p.at.fund = slug("aid"))),
        ("there is no event `pyex24`; did you mean `pyex25`?", &|d| all(d, &|p| p.at.event = Some(slug("pyex25")))),
        ("there is no party `#1`", &|d| d.postings[0].party = None),
        ("account `Revenue:Sponsorship` is closed and takes no postings", &|d| d.postings[1].at.account = DEFERRED),
        (
            "reference `INV-1` belongs to entry 1, whose posting 1 (`Assets:Receivable`) has other dimensions or another party",
            &|d| {
                d.reference = None;
            },
        ),
    ];
    for (message, put_right) in steps {
        assert_eq!(bk::try_post(&mut books, &bad).unwrap_err().to_string(), message);
        assert_eq!(books.tail().unwrap(), tail, "a refusal leaves nothing: {message}");
        put_right(&mut bad);
    }
    assert_eq!(bk::try_post(&mut books, &bad).unwrap(), Posted::New(EntryNo(2)));
}

fn names_and_codes_stay_what_they_are<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let setup = books.setup().unwrap();
    let (checking, aid) = (setup.account("1010").unwrap().clone(), setup.fund("aid").unwrap().clone());
    let event = setup.events()[0].clone();
    let tail = books.tail().unwrap();
    let mut refused = |command: &mut dyn FnMut(&mut bursar::books::Writer<'_, S>) -> Result<(), BooksError>| {
        let error = books.write(&bk::context(), |writer| command(writer)).unwrap_err().to_string();
        assert_eq!(books.tail().unwrap(), tail, "{error}");
        error
    };
    let second = |name: &str, code: &str| ChartAccount {
        code: Some(code.to_owned()),
        name: name.parse().unwrap(),
        kind: bursar::ledger::AccountType::Asset,
        line: None,
        function: None,
        cash_flow: None,
        form_990: None,
        merge: None,
    };
    let table: Vec<(&str, String)> = vec![
        ("the book of `Python Exemplar` is there already", refused(&mut |w| bk::begin_in(w))),
        (
            "account `Assets:Checking` is there already",
            refused(&mut |w| w.open_account(second("Assets:Checking", "1")).map(drop)),
        ),
        (
            "account code `1010` is there already",
            refused(&mut |w| w.open_account(second("Assets:Till", "1010")).map(drop)),
        ),
        (
            "the type of `Assets:Checking` never changes: it is asset, not expense",
            refused(&mut |w| {
                w.change_account(Account { kind: bursar::ledger::AccountType::Expense, ..checking.clone() }).map(drop)
            }),
        ),
        (
            "the restriction of `aid` never changes: it is purpose, not undesignated",
            refused(&mut |w| w.put_fund(Fund { restriction: Restriction::Undesignated, ..aid.clone() })),
        ),
        (
            "the window from 2025-05-14 to 2025-05-13 ends before it begins",
            refused(&mut |w| w.put_event(Event { last_day: date("2025-05-13"), ..event.clone() })),
        ),
        ("the party's name is empty", refused(&mut |w| w.add_party(" ", PartyKind::Person, None, None).map(drop))),
        ("there is no party `#1`", refused(&mut |w| w.change_party(PartyNo(1), PartyKind::Person, None, None))),
    ];
    for (expected, found) in table {
        assert_eq!(found, expected);
    }
}

fn texts_come_back_to_the_letter<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let bodies = [
        "Ada",
        "",
        " ",
        "naïve façade",
        "e\u{301} is not é",
        "会計 🐍",
        "a\0b",
        "line\nbreak\r\n",
        "'; DROP TABLE text; --",
    ];
    let mut texts = Vec::new();
    for (seq, body) in (1..).zip(bodies) {
        for (salt, field) in [(0, "name"), (0xff, "line 12"), (9, "Name")] {
            texts.push(StoredText { salt: [salt; 16], ..bare_text(seq, field, body) });
        }
    }
    transact(&mut store, |store| texts.iter().try_for_each(|text| store.append_text(text)));
    for text in &texts {
        assert_eq!(store.text(text.seq, &text.field).unwrap().as_ref(), Some(text));
    }
    for (seq, field) in [(0, "name"), (1, "nam"), (1, ""), (1, "line 1"), (99, "name")] {
        assert_eq!(store.text(seq, field).unwrap(), None, "{seq} {field}");
    }

    let mut books = bk::begin(fresh());
    let mut entry = transfer("2025-02-03", RECEIVABLE, DEFERRED, 100);
    entry.description = Some("Frühstück 🥐".to_owned());
    entry.postings[1].memo = Some("for 12".to_owned());
    let number = bk::post(&mut books, &entry);
    let kept = books.entry(number).unwrap();
    assert_eq!(kept.description.as_deref(), Some("Frühstück 🥐"));
    assert_eq!(kept.postings.iter().map(|p| p.memo.as_deref()).collect::<Vec<_>>(), [None, Some("for 12")]);
    assert_eq!(kept.to_draft(), entry);
}

fn parties_are_replaced_and_found_by_name<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    for name in ["Initech", "Ada Lovelace", "initech", "  Zoë  "] {
        bk::add_party(&mut books, name, PartyKind::Person, None);
    }
    let twice: Result<PartyNo, BooksError> =
        books.write(&bk::context(), |writer| writer.add_party(" Initech ", PartyKind::Vendor, None, None));
    assert_eq!(twice.unwrap_err().to_string(), "party `Initech` is there already");
    for (name, number) in
        [("Initech", 1), ("Ada Lovelace", 2), ("initech", 3), ("Zoë", 4), ("#3", 3), (" Ada Lovelace ", 2)]
    {
        assert_eq!(books.find_party(name).unwrap(), PartyNo(number), "{name}");
    }
    let error = books.find_party("Ada Lovelance").unwrap_err().to_string();
    assert_eq!(error, "there is no party `Ada Lovelance`; did you mean `Ada Lovelace`?");
    assert!(books.find_party("#9").is_err());

    let ada = PartyNo(2);
    let before = books.store().party(ada).unwrap().unwrap();
    books
        .write(&bk::context(), |writer| {
            writer.change_party(ada, PartyKind::Organisation, Some(PartyNo(1)), Some("a@b.example"))
        })
        .unwrap();
    let row = books.store().party(ada).unwrap().unwrap();
    assert_eq!((row.kind, row.holding), (PartyKind::Organisation, Some(PartyNo(1))));
    assert!(row.seq > before.seq, "its texts are with the fact that last described it");
    let detail = books.party(ada).unwrap();
    assert_eq!((detail.name.as_deref(), detail.email.as_deref()), (Some("Ada Lovelace"), Some("a@b.example")));
    assert_eq!(books.find_party("Ada Lovelace").unwrap(), ada, "one party, also by its name");
    books.write(&bk::context(), |writer| writer.change_party(ada, PartyKind::Person, None, None)).unwrap();
    assert_eq!(books.store().party(ada).unwrap().unwrap().holding, None);
    assert_eq!(books.party(ada).unwrap().email, None);

    let mut numbers = Vec::new();
    books
        .store()
        .parties(&mut |row| {
            numbers.push(row.number.0);
            Ok(())
        })
        .unwrap();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(books.tail().unwrap().parties, 4);
    assert!(bk::findings(&books).is_empty());
}

fn the_chain_comes_in_order_with_its_texts<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let party: Result<PartyNo, BooksError> =
        books.write(&bk::context(), |writer| writer.add_party("Ada", PartyKind::Person, None, Some("ada@example.org")));
    party.unwrap();
    let nobody = WriteContext { actor: None, ..bk::context() };
    let outcome: Result<(), BooksError> = books.write(&nobody, |writer| {
        // Several entries of one fact, and facts between them.
        let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
        let mut entry = transfer("2025-02-03", RECEIVABLE, DEFERRED, 100);
        entry.description = Some("first".to_owned());
        (entry.postings[0].memo, entry.postings[1].memo) = (Some("debit".to_owned()), Some("credit".to_owned()));
        writer.post(fact, &entry.clone().balance()?)?;
        writer.post(
            fact,
            &draft("2025-01-01", entry.postings[..2].iter().map(|p| Posting { memo: None, ..p.clone() }).collect())
                .balance()?,
        )?;
        writer.reverse(EntryNo(1), date("2025-02-04"), "typo")?;
        Ok(())
    });
    outcome.unwrap();
    let mut seen = Vec::new();
    let outcome = books.store().chain(&mut |record, texts| {
        assert!(texts.iter().all(|text| text.seq == record.seq()));
        if record.seq() > SETUP_FACTS {
            let name = match &record {
                Record::Fact(fact) => format!("fact {} {}", fact.number, fact.kind),
                Record::Entry(entry) => format!("entry {}", entry.number),
            };
            let mut texts: Vec<String> =
                texts.into_iter().map(|text| format!("{}={}", text.field, text.body)).collect();
            texts.sort();
            seen.push(format!("{} {name}: {}", record.seq() - SETUP_FACTS, texts.join(", ")));
        } else {
            assert_eq!(
                texts.iter().map(|text| (text.field.as_str(), text.body.as_str())).collect::<Vec<_>>(),
                [("actor", "Tess Treasurer")]
            );
        }
        Ok(())
    });
    outcome.unwrap();
    let expected = [
        "1 fact 14 party: actor=Tess Treasurer, email=ada@example.org, name=Ada",
        "2 fact 15 voucher: ",
        "3 entry 1: description=first, line 1=debit, line 2=credit",
        "4 entry 2: ",
        "5 fact 16 reversal: reason=typo",
        "6 entry 3: description=first, line 1=debit, line 2=credit",
    ];
    assert_eq!(seen, expected);
}

fn a_visitors_error_ends_the_walk<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    for name in ["Ada", "Grace", "Zoë"] {
        bk::add_party(&mut books, name, PartyKind::Person, None);
    }
    let calls = Cell::new(0);
    let stop = || -> Result<(), BooksError> {
        calls.set(calls.get() + 1);
        if calls.get() == 2 { Err(BooksError::Empty { what: "patience" }) } else { Ok(()) }
    };
    let filter = EntryFilter { window: ALL_DAYS, coordinates: None };
    type Walk<'a> = (&'a str, &'a dyn Fn() -> Result<(), BooksError>);
    let walks: [Walk<'_>; 3] = [
        ("chain", &|| books.store().chain(&mut |_, _| stop())),
        ("entries", &|| books.store().entries(&filter, &mut |_| stop())),
        ("parties", &|| books.store().parties(&mut |_| stop())),
    ];
    for (name, walk) in walks {
        calls.set(0);
        assert_eq!(walk().unwrap_err().to_string(), "patience is empty", "{name}");
        assert_eq!(calls.get(), 2, "{name} goes on after an error");
    }
}

fn the_tail_follows_every_record<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let mut heads = vec![books.head().unwrap()];
    for minor in 1..=4 {
        let entry = bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, minor));
        let head = books.head().unwrap();
        let kept = books.store().entry(entry).unwrap().unwrap();
        assert_eq!((head.seq, head.hash), (kept.seq, kept.hash), "an entry is the last record");
        heads.push(head);
        bk::add_party(&mut books, &format!("Party {minor}"), PartyKind::Person, None);
        let tail = books.tail().unwrap();
        let kept = books.store().fact(FactNo(tail.facts)).unwrap().unwrap();
        assert_eq!((tail.head.seq, tail.head.hash), (kept.seq, kept.hash), "a fact is the last record");
        heads.push(tail.head);
    }
    assert!(heads.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(heads.iter().map(|head| head.hash).collect::<HashSet<_>>().len(), heads.len());
    let written = heads[8].to_string();
    assert_eq!(written.parse::<Head>().unwrap(), heads[8], "a head reads back as it is printed");
}

fn every_hash_covers_the_one_before<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let books = some_books(fresh);
    let coordinates: HashMap<_, _> = books.store().coordinates().unwrap().into_iter().collect();
    let (mut previous, mut seq, mut buffer) = (Head::EMPTY.hash, 0, Vec::new());
    let outcome = books.store().chain(&mut |record, _| {
        seq += 1;
        assert_eq!(record.seq(), seq);
        let kept = match &record {
            Record::Fact(fact) => {
                bursar::books::encode_fact(&mut buffer, &previous, fact);
                fact.hash
            }
            Record::Entry(entry) => {
                let at = |i: usize| &coordinates[&entry.postings[i].coordinate];
                bursar::books::encode_entry(&mut buffer, &previous, entry, at);
                entry.hash
            }
        };
        assert_eq!(bursar::books::hash(&buffer), kept, "record {seq}");
        previous = kept;
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(books.head().unwrap(), Head { seq, hash: previous });
}

fn reading_consistently_reads_the_same<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    let plain = (books.tail().unwrap(), books.balances(ALL_DAYS).unwrap());
    for _ in 0..2 {
        let read = |books: &Books<S>| Ok::<_, BooksError>((books.tail()?, books.balances(ALL_DAYS)?));
        assert_eq!(books.consistently(read).unwrap(), plain);
        let refused: Result<(), BooksError> = books.consistently(|_| Err(BooksError::Empty { what: "the report" }));
        assert_eq!(refused.unwrap_err().to_string(), "the report is empty");
    }
    bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, 1));
}

fn untouched_books_verify<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = some_books(fresh);
    let globex = bk::add_party(&mut books, "Globex", PartyKind::Organisation, None);
    let mut entry = transfer("2025-04-01", CHECKING, SPONSORSHIP, 50_000);
    entry.reference = Some("INV-7".to_owned());
    entry.description = Some("Gold".to_owned());
    entry.postings[0] = Posting {
        party: Some(globex),
        cash_flow: Some(slug("from-sponsors")),
        memo: Some("booth".to_owned()),
        original: Some(Original {
            amount: Money::new(45_455, Currency::from_code("EUR").unwrap()),
            rate: "1.1000".parse().unwrap(),
        }),
        ..line(CHECKING, 50_000)
    };
    let number = bk::post(&mut books, &entry);
    assert_eq!(books.entry(number).unwrap().to_draft(), entry);
    books.write(&bk::context(), |writer| writer.reverse(number, date("2025-04-02"), "typo")).unwrap();
    books.write(&bk::context(), |writer| writer.lock(date("2025-12-31"))).unwrap();
    assert_eq!(bk::findings(&books), Vec::<String>::new());
    let verification = books.verify(None).unwrap();
    let tail = books.tail().unwrap();
    assert_eq!((verification.entries, verification.facts, verification.head), (12, tail.facts, tail.head));
    assert_eq!(verification.postings, 10 * 6 + 2 * 2);
    assert_eq!(verification.more, 0);
}

fn verify_compares_with_a_head_written_down<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let mut heads = vec![Head::EMPTY, books.head().unwrap()];
    for minor in 1..=3 {
        bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, minor));
        heads.push(books.head().unwrap());
    }
    for head in &heads {
        assert_eq!(books.verify(Some(*head)).unwrap().findings, [], "{head}");
    }
    let last = heads[4];
    let wrong = Head { hash: heads[3].hash, ..last };
    let later = Head { seq: last.seq + 1, ..last };
    let table = [
        (wrong, format!("the books differ from the head {wrong}: record {} has hash {}", last.seq, Digest(last.hash))),
        (
            later,
            format!("the books end with record {}, the head {later} is of a later one: the end is missing", last.seq),
        ),
    ];
    for (head, expected) in table {
        let findings = books.verify(Some(head)).unwrap().findings;
        assert_eq!(findings.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    }
}

fn an_empty_reference_is_refused<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    for reference in ["", " "] {
        let mut entry = transfer("2025-02-03", RECEIVABLE, DEFERRED, 100);
        entry.reference = Some(reference.to_owned());
        assert_eq!(bk::try_post(&mut books, &entry).unwrap_err().to_string(), "the reference is empty");
    }
}

fn an_imported_row_makes_one_entry<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let mut import = |minor: i64| -> Result<Posted, BooksError> {
        books.write(&bk::context(), |writer| {
            let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
            let entry = transfer("2025-02-03", CHECKING, REGISTRATION, minor).balance()?;
            writer.post_identified(fact, &entry, b"row 17 of a file")
        })
    };
    assert_eq!(import(100).unwrap(), Posted::New(EntryNo(1)));
    assert_eq!(import(100).unwrap(), Posted::AlreadyThere(EntryNo(1)));
}

fn a_retry_is_known_in_a_locked_period_too<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let mut known = transfer("2025-01-15", RECEIVABLE, DEFERRED, 100);
    known.reference = Some("INV-1".to_owned());
    bk::post(&mut books, &known);
    books.write(&bk::context(), |writer| writer.lock(date("2025-01-31"))).unwrap();
    // Last year's file imported again after the close adds nothing, and is no error.
    assert_eq!(bk::try_post(&mut books, &known).unwrap(), Posted::AlreadyThere(EntryNo(1)));
    known.reference = Some("INV-2".to_owned());
    assert!(matches!(bk::try_post(&mut books, &known), Err(BooksError::PeriodLocked { .. })));
}

fn a_reference_covers_the_original_amount<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let original = |minor: i64, rate: &str| {
        let amount = Money::new(minor, Currency::from_code("EUR").unwrap());
        let mut entry = transfer("2025-02-03", RECEIVABLE, DEFERRED, 50_000);
        entry.reference = Some("INV-1".to_owned());
        entry.postings[0].original = Some(Original { amount, rate: rate.parse().unwrap() });
        entry
    };
    bk::post(&mut books, &original(45_455, "1.10"));
    assert_eq!(bk::try_post(&mut books, &original(45_455, "1.10")).unwrap(), Posted::AlreadyThere(EntryNo(1)));
    for other in
        [original(45_456, "1.10"), original(45_455, "1.11"), transfer("2025-02-03", RECEIVABLE, DEFERRED, 50_000)]
    {
        let other = Draft { reference: Some("INV-1".to_owned()), ..other };
        assert!(matches!(bk::try_post(&mut books, &other), Err(BooksError::DuplicateReference { .. })));
    }
}

fn a_holding_has_no_holding<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let holding = bk::add_party(&mut books, "Globex Holding", PartyKind::Organisation, None);
    bk::add_party(&mut books, "Globex", PartyKind::Organisation, Some(holding));
    let other = bk::add_party(&mut books, "Initech", PartyKind::Organisation, None);
    // Else Globex would count as the holding, and the holding as Initech: two contributors where there is one.
    let outcome =
        books.write(&bk::context(), |writer| writer.change_party(holding, PartyKind::Organisation, Some(other), None));
    assert!(matches!(outcome, Err(BooksError::Holding { .. })), "{outcome:?}");
}

fn a_changed_account_keeps_its_number<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let checking = books.setup().unwrap().account("Assets:Checking").unwrap().clone();
    let moved = Account { number: RECEIVABLE, code: None, ..checking };
    let _ = books.write(&bk::context(), |writer| writer.change_account(moved));
    let setup = books.setup().unwrap();
    assert_eq!(setup.account("Assets:Checking").unwrap().number, CHECKING);
    assert_eq!(setup.account_numbered(RECEIVABLE).unwrap().name.as_str(), "Assets:Receivable");
}

fn a_sum_that_does_not_fit_names_its_account<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    bk::post(&mut books, &transfer("2025-01-30", CHECKING, REGISTRATION, i64::MAX));
    let error = bk::try_post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, 1)).unwrap_err();
    assert!(matches!(error, BooksError::BalanceOverflow { .. }), "{error}");
}

fn sums_over_long_windows_fit<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    // Each month fits by itself. What is accepted must not make every later report fail, which no reversal could mend.
    bk::post(&mut books, &transfer("2025-01-31", CHECKING, REGISTRATION, i64::MAX));
    let _ = bk::try_post(&mut books, &transfer("2025-02-28", CHECKING, REGISTRATION, i64::MAX));
    books.balances(ALL_DAYS).unwrap();
}

fn a_text_that_is_erased_is_gone_and_no_other<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let ada = books
        .write(&bk::context(), |writer| writer.add_party("Ada", PartyKind::Person, None, Some("ada@example.org")))
        .unwrap();
    let bo = bk::add_party(&mut books, "Bo", PartyKind::Person, None);
    let mut entry = transfer("2025-03-10", CHECKING, REGISTRATION, 100);
    entry.postings[1].party = Some(ada);
    let entry = entry.balance().unwrap();
    books
        .write(&bk::context(), |writer| {
            let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
            writer.post_identified(fact, &entry, &[9; 16]).map(|_| ())
        })
        .unwrap();
    let seq = books.store().party(ada).unwrap().unwrap().seq;
    books.forget(&bk::context(), &[ada], None).unwrap();
    let store = books.store();
    assert_eq!(store.text(seq, "name").unwrap(), None);
    assert_eq!(store.text(seq, "email").unwrap(), None);
    assert!(store.text(seq, "actor").unwrap().is_some(), "who recorded it did not ask");
    assert_eq!(store.party_by_name("Ada").unwrap(), None);
    assert_eq!(store.party_by_name("Bo").unwrap(), Some(bo));
    assert_eq!(store.entry_by_identity(&[9; 16]).unwrap(), None, "what its rows looked like is forgotten, too");
    let mut chained = 0;
    store
        .chain(&mut |_, texts| {
            chained += texts.iter().filter(|text| ["name", "email"].contains(&text.field.as_str())).count();
            Ok(())
        })
        .unwrap();
    assert_eq!(chained, 1, "Bo's name");
}

fn a_party_that_is_forgotten_leaves_figures_and_hashes<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let ada = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    let mut entry = transfer("2025-03-10", CHECKING, REGISTRATION, 100);
    entry.postings[1].party = Some(ada);
    entry.description = Some("from Ada".to_owned());
    bk::post(&mut books, &entry);
    let (balances, head) = (books.balances(ALL_DAYS).unwrap(), books.head().unwrap());
    let dry = WriteContext { dry_run: true, ..bk::context() };
    assert_eq!(books.forget(&dry, &[ada], None).unwrap()[0].texts.len(), 2);
    assert_eq!(books.party(ada).unwrap().name.as_deref(), Some("Ada"), "a dry run erases nothing");
    let done = books.forget(&bk::context(), &[ada], None).unwrap();
    assert_eq!((done[0].before, done[0].after.seq), (head, head.seq + 1));
    assert_eq!(books.balances(ALL_DAYS).unwrap(), balances);
    let verification = books.verify(Some(head)).unwrap();
    assert_eq!((verification.findings, verification.erased), (Vec::new(), 2));
    // The same name once more is somebody else.
    let again = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    assert_eq!(books.find_party("Ada").unwrap(), again);
    let error = bk::try_post(&mut books, &entry).unwrap_err();
    assert!(matches!(error, BooksError::PartyForgotten { party } if party == ada), "{error}");
}
