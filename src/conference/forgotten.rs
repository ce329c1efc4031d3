//! Erasure: whose names and texts were erased, and for how long vouchers are kept.

use serde::{Deserialize, Serialize};

use super::event::day_number;
use super::{Digest, Fact};
use crate::calendar::Date;
use crate::ledger::PartyNo;

/// A party's name, contact data and texts were erased. Nothing in it names anybody: places in the chain and days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The party.
    pub party: PartyNo,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What was erased: the record's place in the chain and which text of it.
    pub texts: Vec<(i64, String)>,
    /// What is kept because the law says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptText>,
    /// Why it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Digest>,
}

/// A text that is kept for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptText {
    /// Place of its record in the chain.
    pub seq: i64,
    /// Which text of it.
    pub field: String,
    /// The last day on which it is kept, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub until: Date,
}

impl Fact {
    /// The parties that a fact names: whose document it is comes first. A holding that a party belongs to is not among
    /// them, nor is whoever a later fact about the document is about without naming it.
    #[must_use]
    pub fn parties(&self) -> Vec<PartyNo> {
        match self {
            Self::Party(party) => vec![party.party],
            Self::Order(order) => {
                std::iter::once(order.party).chain(order.items.iter().filter_map(|item| item.attendee)).collect()
            }
            Self::Transfer(transfer) => vec![transfer.attendee],
            Self::Sponsorship(sponsorship) => vec![sponsorship.party],
            Self::Contract(contract) => vec![contract.vendor],
            Self::Bill(bill) => vec![bill.vendor],
            Self::Claim(claim) => vec![claim.claimant],
            Self::ClaimApproved(approved) => vec![approved.approver],
            Self::Application(application) => vec![application.party],
            Self::Gift(gift) => vec![gift.party],
            Self::Consented(consented) => vec![consented.party],
            Self::CopyGiven(copy) => vec![copy.to],
            _ => Vec::new(),
        }
    }
}
