//! Cases for what a store keeps of documents: rows, tallies, and what leads from facts and parties to entries.

use bursar::books::{Balance, DocumentFilter, DocumentRow, Earlier, Origin, Store};
use bursar::calendar::{ALL_DAYS, WindowPart};
use bursar::conference::{
    Cause, Document, DocumentId, DocumentKind, Gift, Item, ItemKind, Method, Order, OrderLine, Payer, TallyKey,
    Transferred,
};
use bursar::ledger::{CoordinateNo, EntryNo, FactNo, PartyKind, PartyNo, Slug};

use crate::bookkeeping as bk;
use crate::bookkeeping::{CHECKING, REGISTRATION, date, slug, transfer};
use crate::cases::{bare_fact, transact};

fn order(code: &str, event: &str, receivable: i64) -> Document {
    let item = Item {
        kind: ItemKind::Donation,
        ticket: None,
        attendee: None,
        role: None,
        payer: Payer::Own,
        sponsorship: None,
        fund: None,
        application: None,
        exception: None,
        listed: false,
        quantity: 1,
        price: 100,
        discount: None,
        reduction: 0,
        conceded: 0,
    };
    let line = OrderLine {
        item,
        tier: None,
        activity: None,
        tax_code: None,
        base: 100,
        net: 100,
        tax: 0,
        covered: receivable,
        returned: 0,
        returned_tax: 0,
        kept: 0,
        kept_tax: 0,
        conceded: false,
        released: false,
        status: bursar::conference::LineStatus::Active,
    };
    Document::Order(Order {
        code: slug(code),
        event: slug(event),
        party: PartyNo(1),
        date: date("2025-01-31"),
        lines: vec![line],
        received: 0,
        overpaid: 0,
        overpaid_owed: 0,
        paid_back: 0,
        charged_back: 0,
        fees: 0,
        receivable,
        refunds: 0,
        written_off: 0,
        choice: None,
        invoice: None,
    })
}

fn gift(code: &str) -> Document {
    let paid =
        Transferred { date: date("2025-01-31"), amount: 5, fee: 0, method: Method::Wire, account: None, foreign: None };
    Document::Gift(Gift { code: slug(code), party: PartyNo(2), fund: slug("aid"), event: None, paid })
}

fn row(document: Document, fact: i64) -> DocumentRow {
    DocumentRow { document, fact: FactNo(fact), before: Vec::new(), touched: Vec::new() }
}

fn codes<S: Store>(store: &S, filter: DocumentFilter) -> String {
    let mut codes = Vec::new();
    let listed = store.documents(filter, &mut |row| {
        codes.push(row.document.id().to_string());
        Ok(())
    });
    listed.unwrap();
    codes.join(", ")
}

pub fn a_document_reads_back_as_it_was_put<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let id = DocumentId::new(DocumentKind::Order, slug("a"));
    assert_eq!(store.document(id).unwrap(), None);
    let first = row(order("a", "e1", 100), 7);
    transact(&mut store, |store| store.put_document(&first));
    assert_eq!(store.document(id).unwrap(), Some(first.clone()));
    let other = DocumentId::new(DocumentKind::Gift, slug("g"));
    let second = DocumentRow {
        document: order("a", "e1", 0),
        fact: FactNo(9),
        before: vec![
            Earlier { document: first.document.clone(), fact: Some(FactNo(7)), touched: vec![id, other] },
            Earlier { document: order("a", "e2", 3), fact: None, touched: Vec::new() },
        ],
        touched: vec![other, id],
    };
    transact(&mut store, |store| store.put_document(&second));
    assert_eq!(store.document(id).unwrap(), Some(second));
    transact(&mut store, |store| store.remove_document(id));
    assert_eq!(store.document(id).unwrap(), None);
}

pub fn documents_are_found_by_kind_event_and_what_is_open<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    transact(&mut store, |store| {
        store.put_document(&row(order("c", "e1", 0), 1))?;
        store.put_document(&row(gift("g"), 1))?;
        store.put_document(&row(order("a", "e1", 50), 1))?;
        store.put_document(&row(order("b", "e2", 0), 1))?;
        store.put_document(&row(order("d", "e1", 0), 1))
    });
    let (kind, event) = (DocumentKind::Order, slug("e1"));
    let after = |code: &str| -> Option<Slug> { Some(slug(code)) };
    for (filter, expected) in [
        (DocumentFilter::Kind(kind), "order a, order b, order c, order d"),
        (DocumentFilter::Kind(DocumentKind::Bill), ""),
        (DocumentFilter::Event(event, kind, None, 1_000), "order a, order c, order d"),
        (DocumentFilter::Event(event, kind, None, 2), "order a, order c"),
        (DocumentFilter::Event(event, kind, after("a"), 1), "order c"),
        (DocumentFilter::Event(event, kind, after("b"), 9), "order c, order d"),
        (DocumentFilter::Event(event, kind, after("d"), 9), ""),
        (DocumentFilter::Open, "order a"),
    ] {
        assert_eq!(codes(&store, filter), expected, "{filter:?}");
    }
}

pub fn documents_and_tallies_are_rolled_back<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let key = TallyKey::sold(slug("e1"), slug("ticket"));
    let kept = row(order("a", "e1", 100), 1);
    transact(&mut store, |store| {
        store.put_document(&kept)?;
        store.add_tallies(&[(key.clone(), 1, 100)])
    });
    store.begin(std::time::Duration::ZERO, "test").unwrap();
    store.put_document(&row(order("a", "e1", 0), 2)).unwrap();
    store.put_document(&row(order("b", "e1", 0), 2)).unwrap();
    store.add_tallies(&[(key.clone(), 5, 7)]).unwrap();
    store.rollback().unwrap();
    assert_eq!(codes(&store, DocumentFilter::Kind(DocumentKind::Order)), "order a");
    assert_eq!(store.document(kept.document.id()).unwrap(), Some(kept));
    assert_eq!(store.tally(&key).unwrap(), (1, 100));
}

pub fn tallies_add_up_and_vanish<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let keys = [
        TallyKey::sold(slug("e1"), slug("ticket")),
        TallyKey::sold(slug("e2"), slug("ticket")),
        TallyKey::committed(slug("aid")),
    ];
    assert_eq!(store.tally(&keys[0]).unwrap(), (0, 0));
    transact(&mut store, |store| {
        store.add_tallies(&[(keys[0].clone(), 2, 10), (keys[1].clone(), 1, 5), (keys[2].clone(), 0, 7)])
    });
    transact(&mut store, |store| store.add_tallies(&[(keys[0].clone(), 3, -4), (keys[1].clone(), -1, -5)]));
    let mut all = Vec::new();
    store.tallies(&mut |key, count, amount| all.push((key, count, amount))).unwrap();
    all.sort();
    let mut expected = vec![(keys[0].clone(), 5, 6), (keys[2].clone(), 0, 7)];
    expected.sort();
    assert_eq!(all, expected, "what comes to nothing is not there");
    assert_eq!(store.tally(&keys[1]).unwrap(), (0, 0));
}

pub fn balances_are_kept_by_cause_and_cash_flow<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    let (order, payment) = (Cause::named("order").unwrap(), Cause::named("payment").unwrap());
    let balance = Balance { debit: 5, credit: 0, postings: 1 };
    let of = |cause, flow| Origin { cause, flow };
    let (order, to_aid) = (of(order, None), of(payment, Some(slug("aid"))));
    let (payment, cell) = (of(payment, None), |origin| ((CoordinateNo(1), date("2025-01-31"), origin), balance));
    transact(&mut store, |store| {
        store.append_coordinate(CoordinateNo(1), &bk::at(CHECKING))?;
        store.add_balances(&[cell(order), cell(payment), cell(to_aid)])
    });
    transact(&mut store, |store| store.add_balances(&[cell(payment)]));
    let month = date("2025-01-31").month();
    for part in [WindowPart::Days(ALL_DAYS), WindowPart::Months(month, month)] {
        let mut found = Vec::new();
        store
            .balances(part, &mut |_, origin, _, balance| found.push((origin, balance.debit, balance.postings)))
            .unwrap();
        found.sort();
        assert_eq!(found, [(order, 5, 1), (payment, 10, 2), (to_aid, 5, 1)]);
    }
}

pub fn entries_are_found_by_fact_and_by_party<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut books = bk::begin(fresh());
    let ada = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    let bo = bk::add_party(&mut books, "Bo", PartyKind::Person, None);
    for (party, minor) in [(ada, 1), (bo, 2), (ada, 3)] {
        let mut draft = transfer("2025-01-31", CHECKING, REGISTRATION, minor);
        draft.postings.iter_mut().for_each(|posting| posting.party = Some(party));
        bk::post(&mut books, &draft);
    }
    let store = books.store();
    assert_eq!(store.entries_of_party(ada).unwrap(), [EntryNo(1), EntryNo(3)]);
    assert_eq!(store.entries_of_party(bo).unwrap(), [EntryNo(2)]);
    assert_eq!(store.entries_of_party(PartyNo(9)).unwrap(), []);
    let fact = store.entry(EntryNo(2)).unwrap().unwrap().fact;
    assert_eq!(store.entries_of(fact).unwrap(), [EntryNo(2)]);
    assert_eq!(store.entries_of(FactNo(1)).unwrap(), []);
}

pub fn facts_are_found_by_kind<S: Store>(fresh: &mut dyn FnMut() -> S) {
    let mut store = fresh();
    transact(&mut store, |store| {
        for (number, kind) in (1..).zip(["voucher", "note", "voucher", "hours", "note"]) {
            let mut fact = bare_fact(number, number);
            fact.kind = kind.to_owned();
            store.append_fact(&fact)?;
        }
        Ok(())
    });
    let found = |kinds: &[&str]| {
        let mut numbers = Vec::new();
        let listed = store.facts(kinds, &mut |fact| {
            numbers.push(fact.number.0);
            Ok(())
        });
        listed.unwrap();
        numbers
    };
    assert_eq!(found(&["note"]), [2, 5]);
    assert_eq!(found(&["note", "hours"]), [2, 4, 5]);
    assert_eq!(found(&["budget"]), [0_i64; 0]);
}
