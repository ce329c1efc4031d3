//! The facts of an event, once loaded: documents that belong together, and how often the same happened.
//!
//! Orders that differ only in who placed them, under which code and on which day of a month make the same entries. They
//! are kept once, with a number: a million admissions are a few thousand cases. Each case goes through the posting rules
//! as one order does, and its entries count as often as it happened. Whatever makes another entry makes another case.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::desk::{Effect, Place};
use super::gather::Gathering;
use crate::books::{Books, BooksError, Setup, Store};
use crate::conference::{
    Cause, Conference, Contract, ContractSigned, Document, Event, Fact, Payer, Role, SponsorshipAgreed,
};
use crate::ledger::{AccountNo, Slug};

/// A fact of a case.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Which of the year's conferences it met: what was on sale, at which tax, when it happened.
    pub conference: usize,
    /// The fact.
    pub fact: Fact,
    /// The document it is about, as it was before.
    pub before: Option<Document>,
}

/// A person who is admitted by a case's order.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Lines of the first order, from 0: the admission first.
    pub lines: Vec<usize>,
    /// As what they come.
    pub role: Role,
    /// Who pays.
    pub payer: Payer,
    /// Their ticket.
    pub ticket: Slug,
}

/// Documents that belong together, as often as the same happened.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// How often.
    pub count: i64,
    /// Codes of the first few, to name them.
    pub codes: Vec<Slug>,
    /// What happened.
    pub steps: Vec<Step>,
    /// What it came to.
    pub effect: Arc<Effect>,
    /// Who is admitted to the event by it; empty when it is no order.
    pub people: Vec<Person>,
    /// Whether its people can only come or stay away together: lines moved to another order.
    pub is_whole: bool,
    /// Whether its people come with an order of another event.
    pub is_carried_in: bool,
    /// What decides, with a seed, who of them stays away first: the same as long as its first document is there.
    pub key: u64,
    /// What its orders received, and the fees taken of that, minor units.
    pub received: (i64, i64),
    /// Its contract as it stands.
    pub standing: Option<Contract>,
}

impl Case {
    /// How it began.
    fn first(&self) -> Option<&Fact> {
        self.steps.first().map(|step| &step.fact)
    }

    /// Whether it is an order: those depend on people, all else on how many there are.
    pub(super) fn is_order(&self) -> bool {
        matches!(self.first(), Some(Fact::Order(_)))
    }

    /// The sponsorship that it is.
    pub(super) fn sponsorship(&self) -> Option<&SponsorshipAgreed> {
        match self.first() {
            Some(Fact::Sponsorship(agreed)) => Some(agreed),
            _ => None,
        }
    }

    /// The contract that it is, with its bills.
    pub(super) fn contract(&self) -> Option<&ContractSigned> {
        match self.first() {
            Some(Fact::Contract(signed)) => Some(signed),
            _ => None,
        }
    }
}

/// An event's facts, loaded.
#[derive(Clone, Debug)]
pub struct Year {
    pub(super) setup: Setup,
    pub(super) event: Event,
    pub(super) conferences: Vec<Conference>,
    pub(super) cases: Vec<Case>,
    /// What no document of the event made.
    pub(super) beside: Vec<(Place, i64)>,
    /// What its orders received in all, and the fees taken of that, minor units.
    pub(super) average: (i64, i64),
    /// Confirmed admissions.
    pub(super) heads: i64,
    /// The event's contracts as they stand.
    pub(super) standing: Vec<Contract>,
    /// Before the event: what the budget expects, by expense account, minor units.
    pub(super) budget: BTreeMap<AccountNo, i64>,
    /// By what sponsorship is multiplied: before the event, for what is still expected.
    pub(super) sponsorship: Decimal,
}

impl Year {
    /// Loads the facts of an event.
    ///
    /// # Errors
    /// What the books cannot read.
    pub fn load<S: Store>(books: &Books<S>, event: Slug) -> Result<Self, BooksError> {
        let setup = books.setup()?.clone();
        let taken_back = books.facts_taken_back()?;
        let mut gathering = Gathering::new(&setup, event, taken_back);
        books.facts(&Cause::ALL, &mut |number, _, fact| {
            gathering.take(number, fact);
            Ok(())
        })?;
        let beside = books.beside_documents()?;
        let beside = beside.into_iter().filter(|(place, _)| place.0.event == Some(event));
        let beside = beside.map(|(place, minor)| (place, i64::try_from(minor).unwrap_or(i64::MAX))).collect();
        gathering.finish(&setup, event, beside)
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// What the organisation has set up.
    #[must_use]
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Grants of aid in money, minor units.
    pub(super) fn grants(&self) -> i64 {
        let tallies = self.cases.iter().flat_map(|case| case.effect.tallies.iter().map(move |t| (case.count, t)));
        let grants = tallies.filter(|(_, (key, ..))| key.kind == "grant" && key.event == Some(self.event.code));
        grants.map(|(count, (_, _, amount))| count * amount).sum()
    }

    /// How many different cases there are.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.cases.len()
    }
}
