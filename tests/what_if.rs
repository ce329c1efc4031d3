//! Another policy: the policy in force gives back the books, and free speakers cost what they would have cost.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;

use std::collections::HashMap;

use bookkeeping::{context, date, slug};
use bursar::books::{Books, MemoryStore};
use bursar::calendar::ALL_DAYS;
use bursar::conference::{
    BookOpened, Cancelled, Choice, DocumentId, DocumentKind, Event, EventCancelled, EventHeld, Fact, GiftReceived,
    Item, ItemKind, Method, OrderPlaced, Payer, Payment, Price, RefundAgreed, RefundPaid, Role, TicketType,
    Transferred,
};
use bursar::ledger::{Chart, Coordinate, EntryNo, Fund, PartyKind, PartyNo, Restriction};
use bursar::policy::{Dips, Outcome, Policy, Scene, Share, Year};

const CHART: &str = include_str!("../schema/charts/us-nonprofit.toml");

fn books() -> Books<MemoryStore> {
    let mut books = Books::open(MemoryStore::new()).unwrap();
    let book = BookOpened { name: "Exemplar".to_owned(), currency: "USD".to_owned(), fiscal_year_start: 1 };
    books
        .write(&context(), |writer| {
            writer.begin_books(book, Chart::parse(CHART)?)?;
            writer.put_fund(Fund {
                code: slug("aid"),
                name: "Aid".to_owned(),
                restriction: Restriction::Purpose,
                purpose: None,
            })?;
            writer.put_event(Event::new(slug("e"), "E", date("2026-05-14"), date("2026-05-16")))?;
            for name in ["Ada", "Bo", "Cy", "Di", "Example GmbH"] {
                writer.add_party(name, PartyKind::Person, None, None)?;
            }
            for (code, kind, amount) in
                [("ticket", ItemKind::Admission, 30_000), ("tutorial", ItemKind::Tutorial, 15_000)]
            {
                writer.happen(|_| {
                    Ok(Fact::Ticket(TicketType {
                        event: slug("e"),
                        code: slug(code),
                        name: code.to_owned(),
                        kind,
                        tier: None,
                        activity: None,
                        tax: None,
                        prices: vec![Price { amount, until: None, first: None }],
                    }))
                })?;
            }
            let paid = money("2026-01-10", 100_000, 3_000);
            let (code, party, fund) = (slug("gift-1"), PartyNo(5), slug("aid"));
            writer.happen(|_| Ok(Fact::Gift(GiftReceived { code, party, fund, event: None, paid })))?;
            Ok::<_, bursar::books::BooksError>(())
        })
        .unwrap();
    books
}

fn money(day: &str, amount: i64, fee: i64) -> Transferred {
    Transferred { date: date(day), amount, fee, method: Method::Card, account: None, foreign: None }
}

fn admission(party: i64, role: Role, payer: Payer) -> Item {
    let conceded = if matches!(payer, Payer::Aid | Payer::Waiver) { 30_000 } else { 0 };
    Item {
        kind: ItemKind::Admission,
        ticket: Some(slug("ticket")),
        attendee: Some(PartyNo(party)),
        role: Some(role),
        payer,
        sponsorship: None,
        fund: (payer == Payer::Aid).then(|| slug("aid")),
        application: None,
        exception: None,
        listed: false,
        quantity: 1,
        price: 30_000,
        discount: None,
        reduction: 0,
        conceded,
    }
}

fn tutorial(party: i64) -> Item {
    let kind = ItemKind::Tutorial;
    Item {
        kind,
        ticket: Some(slug("tutorial")),
        role: None,
        price: 15_000,
        ..admission(party, Role::Attendee, Payer::Own)
    }
}

fn order(code: &str, items: Vec<Item>, paid: Option<Transferred>) -> Fact {
    let (code, event, date) = (slug(code), slug("e"), date("2026-02-01"));
    Fact::Order(OrderPlaced { code, event, party: PartyNo(1), date, items, paid })
}

fn happen(books: &mut Books<MemoryStore>, fact: Fact) -> Vec<EntryNo> {
    books.write(&context(), |writer| writer.happen(|_| Ok(fact))).unwrap().1
}

fn of_order(code: &str) -> DocumentId {
    DocumentId::new(DocumentKind::Order, slug(code))
}

/// A conference: attendees, speakers who pay, whose employers pay and who get aid, part payments, a refund, a cancelled
/// order, a payment entered twice and taken back; held or not.
fn conference(held: bool) -> Books<MemoryStore> {
    let mut books = books();
    let b = &mut books;
    happen(b, order("a", vec![admission(1, Role::Attendee, Payer::Own)], Some(money("2026-02-01", 30_000, 900))));
    happen(b, order("s", vec![admission(2, Role::Speaker, Payer::Own), tutorial(2)], None));
    let document = of_order("s");
    happen(b, Fact::Payment(Payment::new(document, money("2026-02-02", 35_000, 1_050))));
    happen(b, Fact::Payment(Payment::new(document, money("2026-02-03", 10_000, 300))));
    happen(b, order("k", vec![admission(3, Role::Keynote, Payer::Employer)], Some(money("2026-02-01", 30_000, 900))));
    happen(b, order("g", vec![admission(4, Role::Speaker, Payer::Aid)], None));
    happen(b, order("r", vec![admission(4, Role::Speaker, Payer::Own)], Some(money("2026-02-01", 30_000, 900))));
    happen(b, Fact::Refund(RefundAgreed { order: slug("r"), date: date("2026-02-05"), lines: vec![(1, 10_000)] }));
    happen(b, Fact::RefundPaid(RefundPaid { document: of_order("r"), paid: money("2026-02-06", 10_000, 0) }));
    happen(b, order("c", vec![admission(3, Role::Attendee, Payer::Own)], Some(money("2026-02-01", 30_000, 900))));
    happen(
        b,
        Fact::Cancelled(Cancelled {
            document: of_order("c"),
            date: date("2026-02-07"),
            lines: Vec::new(),
            fee: 5_000,
            refund: true,
            reason: None,
        }),
    );
    happen(b, order("d", vec![admission(1, Role::Attendee, Payer::Own)], None));
    let twice = Fact::Payment(Payment::new(of_order("d"), money("2026-02-08", 30_000, 900)));
    let entry = happen(b, twice)[0];
    b.write(&context(), |writer| writer.reverse(entry, date("2026-02-09"), "another order's")).unwrap();
    if held {
        happen(b, Fact::Held(EventHeld { event: slug("e"), date: date("2026-05-16") }));
    }
    assert_eq!(bookkeeping::findings(b), Vec::<String>::new());
    books
}

fn replay(books: &Books<MemoryStore>, policy: &str) -> Outcome {
    let year = Year::load(books, slug("e")).unwrap();
    year.replay(&Policy::preset(policy).unwrap(), Scene::calm(1)).unwrap()
}

fn by_code(books: &Books<MemoryStore>, outcome: &Outcome) -> HashMap<String, i128> {
    let mut sums: HashMap<String, i128> = HashMap::new();
    for ((at, _), minor) in outcome.balances() {
        let account = books.setup().unwrap().account_numbered(at.account).unwrap();
        *sums.entry(account.code.clone().unwrap_or_default()).or_default() += minor;
    }
    sums.retain(|_, minor| *minor != 0);
    sums
}

#[test]
fn the_policy_in_force_gives_back_the_books() {
    for held in [false, true] {
        let books = conference(held);
        let outcome = replay(&books, "everyone-pays");
        let coordinates = books.coordinates().unwrap();
        let mut kept: HashMap<Coordinate, i128> = HashMap::new();
        for (number, balance) in books.balances(ALL_DAYS).unwrap() {
            // The gift to the aid fund is of no event.
            if coordinates[&number].event.is_some() && balance.net() != 0 {
                kept.insert(coordinates[&number], balance.net());
            }
        }
        let mut again: HashMap<Coordinate, i128> = HashMap::new();
        for ((at, _), minor) in outcome.balances() {
            *again.entry(at).or_default() += minor;
        }
        again.retain(|_, minor| *minor != 0);
        assert_eq!(again, kept);
        for (key, number, amount) in books.tallies().unwrap() {
            if key.kind == "admission" {
                let event = key.event.unwrap();
                assert_eq!(outcome.tallied(key.kind, event, |known| known == key.key), (number, amount), "{key:?}");
            }
        }
    }
}

#[test]
fn free_speakers_pay_nothing_and_what_others_pay_stays() {
    let books = conference(true);
    let actual = by_code(&books, &replay(&books, "everyone-pays"));
    let free = replay(&books, "speakers-free");
    let free_sums = by_code(&books, &free);
    let change = |code: &str| free_sums.get(code).unwrap_or(&0) - actual.get(code).unwrap_or(&0);
    // Bo 300, Cy 300, Di 200 after a refund, are not paid; Di's other ticket was aid and is waived.
    let registration = change("4010") + change("4020") + change("4030");
    assert_eq!(registration, 80_000, "net registration revenue (a credit) shrinks by what speakers paid");
    // Cy's and Di's fees are saved whole; of Bo's 13.50 the tutorial's third stays.
    assert_eq!(change("5410"), -(900 + 900 + 900));
    // The aid fund keeps what it would have released.
    assert_eq!(change("4030"), -30_000);
    let fund: i128 = free.balances().iter().filter(|((at, _), _)| at.fund == slug("aid")).map(|(_, minor)| minor).sum();
    assert_eq!(fund, 0, "the fund balances");
    // What Bo paid for the tutorial stays, with its part of the fees.
    assert_eq!(change("1110"), -(30_000 - 900) * 2 - (30_000 - 900 - 10_000));
}

#[test]
fn who_was_carried_in_can_stay_away() {
    let mut books = books();
    let b = &mut books;
    happen(b, order("a", vec![admission(1, Role::Attendee, Payer::Own)], Some(money("2026-02-01", 30_000, 900))));
    happen(b, order("b", vec![admission(2, Role::Attendee, Payer::Own)], Some(money("2026-02-01", 30_000, 900))));
    b.write(&context(), |writer| writer.put_event(Event::new(slug("f"), "F", date("2027-05-14"), date("2027-05-16"))))
        .unwrap();
    let off =
        EventCancelled { event: slug("e"), date: date("2026-03-01"), otherwise: Choice::Carry, next: Some(slug("f")) };
    happen(b, Fact::EventCancelled(off));
    // What follows is about the order under its new code.
    let document = DocumentId::new(DocumentKind::Order, slug("a.f"));
    let refund =
        Cancelled { document, date: date("2026-04-01"), lines: Vec::new(), fee: 0, refund: true, reason: None };
    happen(b, Fact::Cancelled(refund));
    let year = Year::load(b, slug("f")).unwrap();
    let policy = Policy::preset("everyone-pays").unwrap();
    let heads = |share: &str| {
        let dips = Dips { attendance: share.parse().unwrap(), sponsorship: Share::NONE };
        let outcome = year.replay(&policy, Scene::calm(1).with(dips)).unwrap();
        (outcome.figures.heads(), outcome.figures.result())
    };
    assert_eq!(heads("0"), (1, 30_000));
    assert_eq!(heads("100%"), (0, 0));
}
