//! A policy for one event: its names looked up, its amounts in the books' currency.

use std::collections::BTreeMap;

use super::year::Year;
use super::{PerHead, Policy, PolicyError, Price};
use crate::conference::{ContractSigned, Fact, ItemKind, Role};
use crate::ledger::{Slug, nearest};

/// A policy for one event.
#[derive(Clone, Debug)]
pub(super) struct Bound<'a> {
    pub policy: &'a Policy,
    /// Whether it lets the same people in at the same price as the policy in force: what they paid then is what they pay.
    pub is_in_force: bool,
    /// What is added to a ticket's price, minor units.
    pub prices: BTreeMap<Slug, i64>,
    /// Fixed prices by role, minor units.
    pub amounts: BTreeMap<Role, i64>,
    /// What is paid for each person in a role.
    pub per_head: BTreeMap<Role, PerHead>,
    /// What a head more costs if the policy says so, minor units.
    pub marginal: Option<i64>,
    /// What a head costs: that, or what contracts charge a head, minor units.
    pub per_head_cost: i64,
    /// The aid pool if it is another than the books', minor units.
    pub pool: Option<i64>,
    /// The aid pool of the books, minor units.
    pub books_pool: i64,
    /// The fund that ticket aid is given from.
    pub aid_fund: Option<Slug>,
}

impl<'a> Bound<'a> {
    /// Looks up what the policy names.
    ///
    /// # Errors
    /// [`PolicyError::Key`] for tickets and tiers that the event does not have, and for amounts that cannot be.
    pub(super) fn new(policy: &'a Policy, year: &Year) -> Result<Self, PolicyError> {
        let currency = year.setup.currency();
        let conference = year.setup.conference();
        let event = year.event.code;
        let prices = policy.price_changes(currency)?;
        for ticket in prices.keys() {
            if conference.ticket(event, *ticket).is_err() {
                let known = conference.tickets(event).map(|ticket| ticket.code);
                return Err(policy.at(ticket.as_str(), unknown("ticket", *ticket, event, known)));
            }
        }
        let mut amounts = BTreeMap::new();
        for (role, pays) in &policy.pays {
            match pays.price {
                Price::Amount(amount) => drop(amounts.insert(*role, policy.amount(*role, amount, currency)?)),
                Price::Tier(tier) => {
                    let admissions = conference.tickets(event).filter(|ticket| ticket.kind == ItemKind::Admission);
                    let tiers: Vec<Slug> = admissions.map(|ticket| ticket.tier.unwrap_or(ticket.code)).collect();
                    if !tiers.contains(&tier) {
                        let problem = unknown("tier", tier, event, tiers.into_iter());
                        return Err(policy.at(tier.as_str(), problem));
                    }
                }
                _ => {}
            }
        }
        let marginal = policy.marginal_cost(currency)?;
        let per_head_cost = marginal.unwrap_or_else(|| contracts(year).map(|contract| contract.terms.per_head).sum());
        let pools = conference.pools(event);
        let (books_pool, aid_fund) =
            pools.fold((0, None), |sum, pool| (sum.0 + pool.amount, sum.1.or(Some(pool.fund))));
        let in_force = Policy::in_force(year.event.who_pays())?;
        let is_in_force = policy.passes == in_force.passes
            && policy.exceptions == in_force.exceptions
            && policy.pays == in_force.pays;
        Ok(Self {
            policy,
            is_in_force,
            prices,
            amounts,
            per_head: policy.per_head(currency)?,
            marginal,
            per_head_cost,
            pool: policy.pool(currency)?,
            books_pool,
            aid_fund,
        })
    }
}

fn unknown(what: &str, code: Slug, event: Slug, known: impl Iterator<Item = Slug>) -> String {
    let known: Vec<Slug> = known.collect();
    let near = nearest(code.as_str(), known.iter().map(Slug::as_str));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("{event} has no {what} `{code}`{near}")
}

/// The event's contracts as signed.
pub(super) fn contracts(year: &Year) -> impl Iterator<Item = ContractSigned> {
    year.cases.iter().flat_map(|case| &case.steps).filter_map(|step| match &step.fact {
        Fact::Contract(signed) if signed.event == Some(year.event.code) => Some(signed.clone()),
        _ => None,
    })
}
