//! An event's year under a policy: every document through the posting rules, into a ledger in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::alter::{Course, Treatment, sponsored};
use super::bound::Bound;
use super::desk::{Effect, Papers, Place};
use super::people::{Conditions, Crowd, Turnout, Variant, seats};
use super::share::Share;
use super::year::{Case, Year};
use super::{Dips, Policy, PolicyError};
use crate::conference::{
    BillReceived, Contract, CostLine, Document, DocumentId, DocumentKind, Fact, Method, Payment, TallyKey, Transferred,
};
use crate::ledger::{AccountNo, PartyNo, Slug};
use crate::report::{Admissions, EventFigures};

/// In which circumstances a policy is replayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scene {
    /// Dips of attendance and sponsorship.
    pub dips: Dips,
    /// Decides who stays away.
    pub seed: u64,
    /// Aid given beyond what the books have (or, negative, less of it), minor units.
    pub more_aid: i64,
}

impl Scene {
    /// As it was: no dips.
    #[must_use]
    pub const fn calm(seed: u64) -> Self {
        Self { dips: Dips { attendance: Share::NONE, sponsorship: Share::NONE }, seed, more_aid: 0 }
    }

    /// The same with dips.
    #[must_use]
    pub const fn with(self, dips: Dips) -> Self {
        Self { dips, ..self }
    }
}

/// Where part of a replay comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Documents as they happened: codes of the first few.
    Documents(Vec<Slug>),
    /// Documents as the policy changes them.
    Changed(Vec<Slug>),
    /// People who are not in the books, as these orders.
    More(Vec<Slug>),
    /// What the policy itself makes the organiser pay.
    Policy(Purpose),
    /// What the budget expects beyond bills and contracts.
    Budget,
    /// Entries without a document.
    Entries,
}

/// What a policy makes the organiser pay for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A head more, at the policy's own cost.
    Head,
    /// A talk.
    Honorarium,
    /// Journey and nights of who speaks.
    Travel,
    /// Aid in money, more or (negative) less than was given.
    Aid,
    /// What is given of a surplus.
    Giving,
}

impl Purpose {
    /// Code of the account it is booked to.
    const fn account(self) -> &'static str {
        match self {
            Self::Head => "5040",
            Self::Honorarium => "5120",
            Self::Travel => "5110",
            Self::Aid => "5310",
            Self::Giving => "5330",
        }
    }

    /// What it is, in words.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Head => "a head more",
            Self::Honorarium => "an honorarium",
            Self::Travel => "speakers' travel",
            Self::Aid => "aid",
            Self::Giving => "what is given of a surplus",
        }
    }
}

/// Part of a replay: something that happened so often.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it comes from.
    pub source: Source,
    /// How often; negative for what is taken off.
    pub count: i64,
    /// What once comes to.
    pub effect: Arc<Effect>,
}

/// An event's year under a policy.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Everything that happened.
    pub parts: Vec<Part>,
    /// The figures of the event, as its summary has them.
    pub figures: EventFigures,
    /// What behaviour came to.
    pub turnout: Turnout,
    /// What is given away of the surplus, minor units; among the costs.
    pub given: i128,
}

/// All documents but the event's orders, when so many people come.
pub(super) struct Others {
    /// Cases, and their documents where the number of people changes them.
    pub papers: Vec<(usize, Option<Papers>)>,
    /// The event's contracts as they then stand.
    pub contracts: Vec<Contract>,
    /// What the budget expects beyond that, minor units.
    pub budgeted: Vec<(AccountNo, i64)>,
}

/// A case, how its people are treated, and whether only their admissions count.
type Way<'a> = (usize, &'a [Treatment], bool);

impl Year {
    /// The year under a policy.
    ///
    /// # Errors
    /// [`PolicyError`]: the policy names what the event does not have, or nobody is admitted.
    pub fn replay(&self, policy: &Policy, scene: Scene) -> Result<Outcome, PolicyError> {
        let bound = Bound::new(policy, self)?;
        let conditions = Conditions::likely(&bound, scene.dips);
        self.replay_so(&bound, &conditions, scene.seed, scene.more_aid)
    }

    pub(super) fn replay_so(
        &self,
        bound: &Bound<'_>,
        conditions: &Conditions,
        seed: u64,
        more_aid: i64,
    ) -> Result<Outcome, PolicyError> {
        if self.heads == 0 {
            return Err(PolicyError::NoAdmissions { event: self.event.code });
        }
        let seats = seats(self, bound);
        let mut crowd = Crowd::new(self, &seats, seed);
        crowd.behave(bound, conditions);
        let (variants, turnout) = crowd.decided();
        let mut parts = Vec::with_capacity(variants.len() + 8);
        let mut effects: HashMap<Way<'_>, Option<Arc<Effect>>> = HashMap::new();
        for variant in variants.iter().filter(|variant| self.cases[variant.case].is_order()) {
            let key = (variant.case, variant.treatments.as_slice(), variant.only_admissions);
            let changed = match effects.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let effect = self.changed(bound, variant)?;
                    effects.insert(key, effect.clone());
                    effect
                }
            };
            parts.push(self.part(variant, changed));
        }
        let heads = admitted(parts.iter(), self.event.code).values().sum::<i64>();
        let Others { papers, contracts, budgeted } = self.others(bound, heads)?;
        for (number, changed) in papers {
            let case = &self.cases[number];
            let papers = match case.sponsorship().is_some() {
                true => sponsored(self, case, self.sponsorship * (Decimal::ONE + conditions.sponsorship))?,
                false => changed,
            };
            let codes = case.codes.clone();
            parts.push(match papers {
                Some(papers) => {
                    Part { source: Source::Changed(codes), count: case.count, effect: Arc::new(papers.effect()) }
                }
                None => Part { source: Source::Documents(codes), count: case.count, effect: Arc::clone(&case.effect) },
            });
        }
        let entries = Effect { postings: self.beside.clone(), tallies: Vec::new() };
        parts.push(Part { source: Source::Entries, count: 1, effect: Arc::new(entries) });
        for (account, amount) in budgeted {
            self.bill(&mut parts, Source::Budget, account, amount, 1)?;
        }
        self.policy_pays(bound, &mut parts, heads, more_aid)?;
        let mut figures = self.figures(&parts, bound, &contracts)?;
        let given = self.give(bound, &mut parts, figures.result())?;
        if given != 0 {
            figures = self.figures(&parts, bound, &contracts)?;
        }
        Ok(Outcome { parts, figures, turnout, given: i128::from(given) })
    }

    pub(super) fn changed(&self, bound: &Bound<'_>, variant: &Variant) -> Result<Option<Arc<Effect>>, PolicyError> {
        let course = Course {
            year: self,
            bound,
            case: &self.cases[variant.case],
            treatments: &variant.treatments,
            only_admissions: variant.only_admissions,
        };
        Ok(course.papers()?.map(|papers| Arc::new(papers.effect())))
    }

    fn part(&self, variant: &Variant, changed: Option<Arc<Effect>>) -> Part {
        let case = &self.cases[variant.case];
        let codes = case.codes.clone();
        let (source, effect) = match (changed, variant.only_admissions) {
            (Some(effect), true) => (Source::More(codes), effect),
            (Some(effect), false) => (Source::Changed(codes), effect),
            (None, true) => (Source::More(codes), Arc::clone(&case.effect)),
            (None, false) => (Source::Documents(codes), Arc::clone(&case.effect)),
        };
        Part { source, count: variant.count, effect }
    }

    /// All documents but the event's orders when so many people come, as far as that changes them; and its contracts as
    /// they then stand. Where the policy says what a head costs, contracts charge for those who came.
    pub(super) fn others(&self, bound: &Bound<'_>, heads: i64) -> Result<Others, PolicyError> {
        let mut papers = Vec::new();
        let mut contracts = self.standing.clone();
        for (number, case) in self.cases.iter().enumerate().filter(|(_, case)| !case.is_order()) {
            let changed = if bound.marginal.is_none() { self.by_heads(case, heads)? } else { None };
            for document in changed.iter().flat_map(Papers::documents) {
                if let Document::Contract(now) = document {
                    contracts.iter_mut().filter(|known| known.code == now.code).for_each(|known| known.clone_from(now));
                }
            }
            papers.push((number, changed));
        }
        if bound.marginal.is_some() {
            for contract in &mut contracts {
                contract.terms.fixed = contract.terms.owed(self.heads);
                (contract.terms.per_head, contract.terms.minimum) = (0, 0);
            }
        }
        let budgeted = self.budgeted(&contracts, heads);
        Ok(Others { papers, contracts, budgeted })
    }

    /// What the budget expects and nobody has billed or contracted yet, by account, minor units.
    fn budgeted(&self, contracts: &[Contract], heads: i64) -> Vec<(AccountNo, i64)> {
        let mut left = Vec::new();
        for (account, budget) in &self.budget {
            let contracted: i64 = contracts
                .iter()
                .filter(|contract| contract.account == *account && contract.event == Some(self.event.code))
                .map(|contract| contract.terms.owed(heads))
                .sum();
            let there = |((at, _), minor): &(Place, i64)| {
                if at.account == *account && at.event == Some(self.event.code) { *minor } else { 0 }
            };
            let mut billed = self.beside.iter().map(there).sum::<i64>();
            for case in &self.cases {
                if case.contract().is_none() {
                    billed += case.effect.postings.iter().map(there).sum::<i64>() * case.count;
                }
            }
            let rest = budget - contracted - billed;
            if rest > 0 {
                left.push((*account, rest));
            }
        }
        left
    }

    /// A contract's bills when another number of people comes: what it charges a head, on its last bill.
    fn by_heads(&self, case: &Case, heads: i64) -> Result<Option<Papers>, PolicyError> {
        let Some(signed) = case.contract() else { return Ok(None) };
        let (terms, event) = (&signed.terms, signed.event);
        let more = terms.per_head * (heads.max(terms.minimum) - self.heads.max(terms.minimum));
        let last = case.steps.iter().rposition(|step| matches!(&step.fact, Fact::Bill(bill) if bill.foreign.is_none()));
        let (Some(last), true) = (last, more != 0 && event == Some(self.event.code)) else { return Ok(None) };
        let mut papers = Papers::default();
        for (i, step) in case.steps.iter().enumerate() {
            let fact = match (&step.fact, &step.before) {
                (Fact::Bill(bill), _) if i == last => {
                    let mut bill = bill.clone();
                    add_to_bill(&mut bill, more);
                    Some(Fact::Bill(bill))
                }
                (Fact::Payment(payment), Some(Document::Bill(actual))) => match papers.document(payment.document) {
                    Some(Document::Bill(now)) => {
                        let amount = super::alter::follow(payment.paid.amount, actual.payable, now.payable);
                        let paid = super::alter::scaled(&payment.paid, amount);
                        paid.map(|paid| Fact::Payment(Payment { paid, ..payment.clone() }))
                    }
                    _ => None,
                },
                (fact, _) => Some(fact.clone()),
            };
            if let Some(fact) = fact {
                papers.apply(&self.setup, &self.conferences[step.conference], &fact)?;
            }
        }
        Ok(Some(papers))
    }

    /// What the policy itself makes the organiser pay: heads at their own cost, honoraria, journeys, more aid.
    fn policy_pays(
        &self,
        bound: &Bound<'_>,
        parts: &mut Vec<Part>,
        heads: i64,
        more_aid: i64,
    ) -> Result<(), PolicyError> {
        if let Some(each) = bound.marginal.filter(|each| *each > 0) {
            self.pay(parts, Purpose::Head, each, heads - self.heads)?;
        }
        if !bound.per_head.is_empty() {
            let by_role = admitted(parts.iter(), self.event.code);
            for (role, each) in &bound.per_head {
                let number = by_role.get(role.word()).copied().unwrap_or(0);
                self.pay(parts, Purpose::Honorarium, each.honorarium, number)?;
                self.pay(parts, Purpose::Travel, each.travel + each.lodging, number)?;
            }
        }
        let more_aid = match bound.pool {
            // No less than nothing is given in money.
            Some(pool) => {
                let given = tallied(parts, &["ticket-aid", "grant"], self.event.code, |_| true).1;
                i64::try_from(i128::from(pool) - given).unwrap_or(pool).max(-self.grants())
            }
            None => 0,
        } + more_aid;
        self.pay(parts, Purpose::Aid, more_aid.abs(), more_aid.signum())
    }

    fn give(&self, bound: &Bound<'_>, parts: &mut Vec<Part>, result: i128) -> Result<i64, PolicyError> {
        let given = bound.policy.surplus.given.of(i64::try_from(result.max(0)).unwrap_or(i64::MAX));
        self.pay(parts, Purpose::Giving, given, 1)?;
        Ok(given)
    }

    /// A bill of the policy's making, so often, paid on the last day.
    fn pay(&self, parts: &mut Vec<Part>, purpose: Purpose, amount: i64, count: i64) -> Result<(), PolicyError> {
        if amount <= 0 || count == 0 {
            return Ok(());
        }
        let (code, what) = (purpose.account(), purpose.word());
        let account = self.setup.account_with_code(code).ok_or(PolicyError::NoAccount { code, what })?;
        self.bill(parts, Source::Policy(purpose), account, amount, count)
    }

    /// What the policy itself made the organiser pay for a purpose, minor units.
    pub(super) fn paid_for(&self, outcome: &Outcome, purpose: Purpose) -> i128 {
        let parts = outcome.parts.iter().filter(|part| part.source == Source::Policy(purpose));
        parts.map(|part| -self.income(&part.effect.postings) * i128::from(part.count)).sum()
    }

    /// Aid that is given in all: tickets, grants, and what the policy adds, minor units.
    pub(super) fn aid_given(&self, outcome: &Outcome) -> i128 {
        let given = tallied(&outcome.parts, &["ticket-aid", "grant"], self.event.code, |_| true).1;
        given + self.paid_for(outcome, Purpose::Aid)
    }

    fn bill(
        &self,
        parts: &mut Vec<Part>,
        source: Source,
        account: AccountNo,
        amount: i64,
        count: i64,
    ) -> Result<(), PolicyError> {
        let line = CostLine::plain(account, amount);
        let (date, code) = (self.event.last_day, Slug::constant("policy"));
        let bill = BillReceived {
            code,
            vendor: PartyNo(0),
            event: Some(self.event.code),
            contract: None,
            date,
            due: None,
            lines: vec![line],
            deposit: 0,
            foreign: None,
        };
        let document = DocumentId::new(DocumentKind::Bill, code);
        let paid = Transferred { date, amount, fee: 0, method: Method::Wire, account: None, foreign: None };
        let mut papers = Papers::default();
        let conference = self.conferences.last().ok_or(PolicyError::NoAdmissions { event: self.event.code })?;
        papers.apply(&self.setup, conference, &Fact::Bill(bill))?;
        papers.apply(&self.setup, conference, &Fact::Payment(Payment::new(document, paid)))?;
        parts.push(Part { source, count, effect: Arc::new(papers.effect()) });
        Ok(())
    }

    fn figures(&self, parts: &[Part], bound: &Bound<'_>, contracts: &[Contract]) -> Result<EventFigures, PolicyError> {
        let mut balances: HashMap<crate::ledger::Coordinate, i128> = HashMap::new();
        let mut tallies: HashMap<&TallyKey, (i64, i128)> = HashMap::new();
        for part in parts {
            for ((at, _), minor) in &part.effect.postings {
                *balances.entry(*at).or_default() += i128::from(*minor) * i128::from(part.count);
            }
            for (key, number, amount) in &part.effect.tallies {
                let tally = tallies.entry(key).or_default();
                tally.0 += number * part.count;
                tally.1 += i128::from(*amount) * i128::from(part.count);
            }
        }
        let tallies = tallies.into_iter().filter(|(_, (number, _))| *number != 0);
        let tallies = tallies.map(|(key, (number, amount))| (key, number, amount));
        let mut figures =
            EventFigures::compute(&self.setup, self.event.code, balances.into_iter(), tallies, contracts)?;
        if let Some(each) = bound.marginal {
            figures.per_head = vec![(each, 0)];
        }
        Ok(figures)
    }
}

/// Adds to the first line of a bill that can bear it.
fn add_to_bill(bill: &mut BillReceived, more: i64) {
    let mut more = more;
    for line in &mut bill.lines {
        let most_off = 1 - line.amount;
        let part = more.max(most_off);
        line.amount += part;
        more -= part;
        if more == 0 {
            break;
        }
    }
    let total: i64 = bill.lines.iter().map(|line| line.amount).sum();
    bill.deposit = bill.deposit.min(total);
}

/// Confirmed admissions by role.
fn admitted<'a>(parts: impl Iterator<Item = &'a Part>, event: Slug) -> BTreeMap<String, i64> {
    let mut by_role: BTreeMap<String, i64> = BTreeMap::new();
    for part in parts {
        for (key, number, _) in &part.effect.tallies {
            if let Some(admissions) = Admissions::of(event, key, 0, 0)
                && admissions.is_confirmed()
            {
                *by_role.entry(admissions.role).or_default() += number * part.count;
            }
        }
    }
    by_role
}

/// Sum of kinds of tallies of an event whose key is wanted: number, and amount in minor units.
fn tallied(parts: &[Part], kinds: &[&str], event: Slug, wanted: impl Fn(&str) -> bool) -> (i64, i128) {
    let mut sum = (0, 0_i128);
    for part in parts {
        for (key, number, amount) in &part.effect.tallies {
            if kinds.contains(&key.kind) && key.event == Some(event) && wanted(&key.key) {
                sum.0 += number * part.count;
                sum.1 += i128::from(*amount) * i128::from(part.count);
            }
        }
    }
    sum
}

impl Outcome {
    /// Balances by place and month, minor units, debit positive.
    #[must_use]
    pub fn balances(&self) -> HashMap<Place, i128> {
        let mut balances: HashMap<Place, i128> = HashMap::new();
        for part in &self.parts {
            for (place, minor) in &part.effect.postings {
                *balances.entry(*place).or_default() += i128::from(*minor) * i128::from(part.count);
            }
        }
        balances.retain(|_, minor| *minor != 0);
        balances
    }

    /// Confirmed admissions by role.
    #[must_use]
    pub fn admitted(&self, event: Slug) -> BTreeMap<String, i64> {
        admitted(self.parts.iter(), event)
    }

    /// Sum of a kind of tally of the event whose key is wanted: number and amount in minor units.
    #[must_use]
    pub fn tallied(&self, kind: &str, event: Slug, wanted: impl Fn(&str) -> bool) -> (i64, i128) {
        tallied(&self.parts, &[kind], event, wanted)
    }
}
