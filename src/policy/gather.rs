//! How an event's facts become cases: a tree of what happened, and how many documents took each way through it.
//!
//! Each fact takes its document one step further in the tree. What makes no entry (who, under which code, on which day
//! of a month as long as nothing changed its price within) is left out of the step, so that orders which are alike end
//! at one place. The tree holds each way once; a document is a number.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::desk::{ANY_SPONSORSHIP, Papers, Place};
use super::year::{Case, Person, Step, Year};
use crate::books::{BooksError, Setup};
use crate::calendar::Date;
use crate::conference::{
    Conference, Digest, Document, DocumentId, DocumentKind, Fact, ItemKind, Order, Revalued, RevaluedBill, WhoPays,
};
use crate::ledger::{FactNo, GENERAL_FUND, PartyNo, Slug};
use crate::report::Admissions;

/// Most codes that a case keeps to name its orders.
const NAMED: usize = 3;

/// Documents that belong together while they are gathered: where they stand in the tree of what happened.
#[derive(Clone, Debug)]
struct Group {
    node: usize,
    /// The code that names it.
    code: Slug,
    /// Codes of its orders, in the order they appeared; empty when it keeps its own codes.
    orders: Vec<Slug>,
    /// Events that it is about.
    events: Vec<Slug>,
    /// Whether it is documents, and not an entry of the books as a whole.
    is_document: bool,
}

/// A place in the tree: everything on the way from the root has happened.
struct Node {
    parent: usize,
    step: Option<(usize, Fact)>,
}

pub(super) struct Gathering {
    event: Slug,
    taken_back: HashSet<FactNo>,
    conference: Conference,
    conferences: Vec<Conference>,
    /// Days from which something costs more, or an event is over: the days between two of them, within a month, are one
    /// to an order.
    turns: Vec<Date>,
    nodes: Vec<Node>,
    children: HashMap<(usize, Vec<u8>), usize>,
    groups: Vec<Group>,
    of_document: HashMap<DocumentId, usize>,
}

impl Gathering {
    pub(super) fn new(setup: &Setup, event: Slug, taken_back: HashSet<FactNo>) -> Self {
        let conference = setup.conference();
        let mut turns: Vec<Date> = conference.events().iter().filter_map(|event| event.last_day.next()).collect();
        for known in conference.events() {
            let prices = conference.tickets(known.code).flat_map(|ticket| &ticket.prices);
            turns.extend(prices.filter_map(|price| price.until?.next()));
        }
        turns.sort_unstable();
        turns.dedup();
        Self {
            event,
            taken_back,
            conference: Conference::default(),
            conferences: vec![Conference::default()],
            turns,
            nodes: vec![Node { parent: 0, step: None }],
            children: HashMap::new(),
            groups: Vec::new(),
            of_document: HashMap::new(),
        }
    }

    pub(super) fn take(&mut self, number: FactNo, fact: Fact) {
        if self.taken_back.contains(&number) {
            return;
        }
        match &fact {
            // They are no entries, and say nothing of who came.
            Fact::CreditNote(_) | Fact::Transfer(_) => {}
            Fact::Held(held) => self.for_all(held.event, &fact),
            Fact::EventCancelled(off) => {
                self.for_all(off.event, &fact);
                if let Some(next) = off.next {
                    self.groups.iter_mut().filter(|g| g.events.contains(&off.event)).for_each(|g| g.events.push(next));
                }
            }
            Fact::Revalued(revalued) => self.revalued(revalued),
            Fact::Allocated(_) | Fact::Payout(_) | Fact::Designated(_) => {
                let group = self.group(Slug::constant("books"), vec![self.event]);
                self.groups[group].is_document = false;
                self.step(group, fact.clone());
            }
            _ => {
                if let Some(document) = fact.document() {
                    self.of_a_document(document, fact.clone());
                }
            }
        }
        let sets_up = matches!(
            fact,
            Fact::Event(_)
                | Fact::Ticket(_)
                | Fact::Discount(_)
                | Fact::Package(_)
                | Fact::Tax(_)
                | Fact::Pool(_)
                | Fact::Issuer(_)
                | Fact::Allocation(_)
                | Fact::Held(_)
                | Fact::EventCancelled(_)
        );
        if sets_up {
            self.conference.take_in(&fact);
            // Under every policy that is asked about, an admission may be free: what the policy in force refused is for
            // those who record.
            let mut lenient = self.conference.clone();
            for event in self.conference.events() {
                lenient.set_policy(event.code, WhoPays::SpeakersFree);
            }
            self.conferences.push(lenient);
        }
    }

    fn group(&mut self, code: Slug, events: Vec<Slug>) -> usize {
        self.groups.push(Group { node: 0, code, orders: Vec::new(), events, is_document: true });
        self.groups.len() - 1
    }

    /// The group of a document: its own, or that of the order it came from, of its contract.
    fn of_a_document(&mut self, id: DocumentId, fact: Fact) {
        let known = self.of_document.get(&id).copied().or_else(|| self.carried_from(id));
        let joined = match (&fact, known) {
            (_, Some(group)) => group,
            (Fact::Bill(bill), None) => {
                let contract = bill.contract.map(|code| DocumentId::new(DocumentKind::Contract, code));
                match contract.and_then(|id| self.of_document.get(&id).copied()) {
                    Some(group) => group,
                    None => self.group(id.code, bill.event.into_iter().collect()),
                }
            }
            _ => {
                let event = match &fact {
                    Fact::Order(d) => Some(d.event),
                    Fact::Sponsorship(d) => Some(d.event),
                    Fact::Contract(d) => d.event,
                    Fact::Claim(d) => d.event,
                    Fact::Application(d) => Some(d.event),
                    Fact::Gift(d) => d.event,
                    _ => None,
                };
                self.group(id.code, event.into_iter().collect())
            }
        };
        self.of_document.insert(id, joined);
        let is_new = known.is_none() || self.groups[joined].orders.is_empty();
        if id.kind == DocumentKind::Order && is_new {
            self.groups[joined].orders.push(id.code);
        }
        if let Fact::Carried(carried) = &fact {
            self.of_document.insert(DocumentId::new(DocumentKind::Order, carried.code), joined);
            self.groups[joined].orders.push(carried.code);
            self.groups[joined].events.push(carried.to);
        }
        self.step(joined, fact);
    }

    /// The group of an order that was carried over when its event was cancelled: its code is the old one's and the new
    /// event's.
    fn carried_from(&self, id: DocumentId) -> Option<usize> {
        let (code, event) = id.code.as_str().rsplit_once('.')?;
        let (code, event): (Slug, Slug) = (code.parse().ok()?, event.parse().ok()?);
        let group = self.of_document.get(&DocumentId::new(id.kind, code))?;
        self.groups[*group].events.contains(&event).then_some(*group)
    }

    fn for_all(&mut self, event: Slug, fact: &Fact) {
        for group in 0..self.groups.len() {
            if self.groups[group].events.contains(&event) && self.groups[group].is_document {
                self.step(group, fact.clone());
            }
        }
    }

    /// A revaluation, to each of the bills that it is of.
    fn revalued(&mut self, revalued: &Revalued) {
        let mut parts: BTreeMap<usize, Vec<RevaluedBill>> = BTreeMap::new();
        for bill in &revalued.bills {
            if let Some(group) = self.of_document.get(&DocumentId::new(DocumentKind::Bill, bill.bill)) {
                parts.entry(*group).or_default().push(bill.clone());
            }
        }
        for (group, bills) in parts {
            self.step(group, Fact::Revalued(Revalued { date: revalued.date, bills }));
        }
    }

    /// Takes a group one step further in the tree.
    fn step(&mut self, group: usize, fact: Fact) {
        let conference = self.conferences.len() - 1;
        let fact = if self.groups[group].orders.is_empty() { fact } else { self.alike(group, fact) };
        let mut key = serde_json::to_vec(&fact).unwrap_or_default();
        key.extend_from_slice(&conference.to_le_bytes());
        let parent = self.groups[group].node;
        let next = self.nodes.len();
        let node = *self.children.entry((parent, key)).or_insert(next);
        if node == next {
            self.nodes.push(Node { parent, step: Some((conference, fact)) });
        }
        self.groups[group].node = node;
    }

    /// A fact about an order without what makes no entry: who, under which code, on which day.
    fn alike(&self, group: usize, mut fact: Fact) -> Fact {
        let orders = &self.groups[group].orders;
        let code = |code: Slug| {
            if let Some(place) = orders.iter().position(|known| *known == code) {
                return order_code(place);
            }
            // Carried over when its event was cancelled: under the code that the posting rule gives it.
            let carried = code.as_str().rsplit_once('.').and_then(|(first, event)| {
                let place = orders.iter().position(|known| known.as_str() == first)?;
                format!("{}.{event}", order_code(place)).parse().ok()
            });
            carried.unwrap_or_else(|| order_code(0))
        };
        let day = |date: Date| self.day(date);
        match &mut fact {
            Fact::Order(placed) => {
                placed.code = code(placed.code);
                placed.party = PartyNo(0);
                placed.date = day(placed.date);
                let mut people: Vec<PartyNo> = Vec::new();
                for item in &mut placed.items {
                    if let Some(person) = item.attendee {
                        let place = people.iter().position(|known| *known == person).unwrap_or_else(|| {
                            people.push(person);
                            people.len() - 1
                        });
                        item.attendee = Some(PartyNo(i64::try_from(place).unwrap_or(i64::MAX)));
                    }
                    item.sponsorship = item.sponsorship.map(|_| ANY_SPONSORSHIP);
                    item.application = None;
                    item.exception = item.exception.map(|_| Digest([0; 32]));
                    item.listed = false;
                }
                if let Some(paid) = &mut placed.paid {
                    paid.date = day(paid.date);
                }
            }
            Fact::Payment(payment) => {
                payment.document.code = code(payment.document.code);
                payment.paid.date = day(payment.paid.date);
            }
            Fact::RefundPaid(refund) => {
                refund.document.code = code(refund.document.code);
                refund.paid.date = day(refund.paid.date);
            }
            Fact::Cancelled(cancelled) => {
                cancelled.document.code = code(cancelled.document.code);
                cancelled.date = day(cancelled.date);
                cancelled.reason = None;
            }
            Fact::Refund(refund) => {
                refund.order = code(refund.order);
                refund.date = day(refund.date);
            }
            Fact::Carried(carried) => {
                carried.order = code(carried.order);
                carried.code = code(carried.code);
                carried.date = day(carried.date);
            }
            Fact::ChargedBack(charged) => {
                charged.order = code(charged.order);
                charged.taken.date = day(charged.taken.date);
            }
            Fact::WrittenOff(written) => {
                written.document.code = code(written.document.code);
                written.date = day(written.date);
            }
            Fact::Chosen(chosen) => chosen.document.code = code(chosen.document.code),
            Fact::Invoice(invoice) => {
                invoice.of.code = code(invoice.of.code);
                invoice.number = 1;
                invoice.date = day(invoice.date);
                (invoice.due, invoice.address, invoice.tax_number) = (None, None, None);
            }
            _ => {}
        }
        fact
    }

    /// The first day that is the same to an order as this one.
    fn day(&self, date: Date) -> Date {
        let first = date.month().first_day();
        let turn = self.turns.partition_point(|turn| *turn <= date).checked_sub(1).map(|i| self.turns[i]);
        turn.map_or(first, |turn| turn.max(first))
    }

    pub(super) fn finish(mut self, setup: &Setup, event: Slug, beside: Vec<(Place, i64)>) -> Result<Year, BooksError> {
        let mut counts: BTreeMap<usize, (i64, Vec<Slug>)> = BTreeMap::new();
        for group in self.groups.iter().filter(|group| group.events.contains(&event)) {
            let of_node = counts.entry(group.node).or_default();
            of_node.0 += 1;
            if of_node.1.len() < NAMED {
                of_node.1.push(group.code);
            }
        }
        let mut cases = Vec::with_capacity(counts.len());
        for (node, (count, codes)) in counts {
            let case = self.case(setup, event, node, count, codes)?;
            cases.push(case);
        }
        let times = |minor: i64, case: &Case| minor.saturating_mul(case.count);
        let received = |sum: (i64, i64), case: &Case| {
            let (received, fees) = case.received;
            (sum.0.saturating_add(times(received, case)), sum.1.saturating_add(times(fees, case)))
        };
        let mut year = Year {
            average: cases.iter().fold((0, 0), received),
            standing: cases.iter().filter_map(|case| case.standing.clone()).collect(),
            event: setup.conference().event(event)?.clone(),
            setup: setup.clone(),
            conferences: std::mem::take(&mut self.conferences),
            cases,
            beside,
            heads: 0,
            budget: BTreeMap::new(),
            sponsorship: Decimal::ONE,
        };
        let tallies = year.cases.iter().flat_map(|case| case.effect.tallies.iter().map(move |t| (case.count, t)));
        let confirmed = tallies.filter(|(_, (key, ..))| {
            Admissions::of(event, key, 0, 0).is_some_and(|admissions| admissions.is_confirmed())
        });
        year.heads = confirmed.map(|(count, (_, number, _))| count * number).sum();
        Ok(year)
    }

    fn case(&self, setup: &Setup, event: Slug, node: usize, count: i64, codes: Vec<Slug>) -> Result<Case, BooksError> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some((conference, fact)) = &self.nodes[at].step {
            path.push((*conference, fact.clone()));
            at = self.nodes[at].parent;
        }
        path.reverse();
        let mut papers = Papers::default();
        let mut steps = Vec::with_capacity(path.len());
        for (conference, fact) in path {
            let before = fact.document().and_then(|id| papers.document(id)).cloned();
            papers.apply(setup, &self.conferences[conference], &fact)?;
            steps.push(Step { conference, fact, before });
        }
        let (mut people, mut received, mut standing) = (Vec::new(), (0_i64, 0_i64), None);
        let mut orders = 0;
        for document in papers.documents() {
            match document {
                Document::Order(order) => {
                    orders += 1;
                    received = (received.0.saturating_add(order.received), received.1.saturating_add(order.fees));
                }
                Document::Contract(contract) => standing = Some(contract.clone()),
                _ => {}
            }
        }
        let orders_of = papers.documents().filter_map(|document| match document {
            Document::Order(order) => Some(order),
            _ => None,
        });
        let ours = orders_of.filter(|order| order.event == event).min_by_key(|order| order.code);
        if let Some(order) = ours {
            people = people_of(order);
        }
        let is_carried_in = ours.is_some_and(|order| order.code != order_code(0));
        // FNV-1a of the first code.
        let hashed = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let key = codes.first().map_or(0, |code| code.as_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, hashed));
        Ok(Case {
            count,
            codes,
            steps,
            effect: Arc::new(papers.effect()),
            people,
            is_whole: orders > 1,
            is_carried_in,
            key,
            received,
            standing,
        })
    }
}

/// What the n-th order of a case is called.
pub(super) fn order_code(place: usize) -> Slug {
    format!("order-{place}").parse().unwrap_or(GENERAL_FUND)
}

/// Who is admitted by an order as it stands.
fn people_of(order: &Order) -> Vec<Person> {
    let mut people: Vec<(Option<PartyNo>, Person)> = Vec::new();
    for (i, line) in order.lines.iter().enumerate() {
        if let (ItemKind::Admission, Some(role), Some(ticket), true) =
            (line.item.kind, line.item.role, line.item.ticket, line.is_confirmed())
        {
            people.push((line.item.attendee, Person { lines: vec![i], role, payer: line.item.payer, ticket }));
        }
    }
    for (i, line) in order.lines.iter().enumerate() {
        let is_theirs = |(attendee, person): &&mut (Option<PartyNo>, Person)| {
            *attendee == line.item.attendee && attendee.is_some() && !person.lines.contains(&i)
        };
        if line.item.kind != ItemKind::Admission
            && let Some((_, person)) = people.iter_mut().find(is_theirs)
        {
            person.lines.push(i);
        }
    }
    people.into_iter().map(|(_, person)| person).collect()
}
