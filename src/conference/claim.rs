//! Expense claims of volunteers. Rules E of docs/posting-rules.md.

use serde::{Deserialize, Serialize};

use super::accounts::REIMBURSEMENTS;
use super::bill::{CostLine, funds_hold};
use super::desk::{Desk, Making, STAFF, beyond, find, free};
use super::event::day_number;
use super::payment::is_zero;
use super::{Cancelled, Document, DocumentId, DocumentKind, RuleError, Transferred};
use crate::calendar::Date;
use crate::ledger::{GENERAL_FUND, PartyNo, Slug};

/// A claim was submitted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimSubmitted {
    /// Its code.
    pub code: Slug,
    /// Who spent the money.
    pub claimant: PartyNo,
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What for.
    pub lines: Vec<CostLine>,
}

/// A claim was approved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimApproved {
    /// The claim.
    pub claim: Slug,
    /// Who approved it.
    pub approver: PartyNo,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
}

/// What has become of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimStatus {
    /// It waits for approval.
    Submitted,
    /// It is owed, or paid.
    Approved,
    /// It was turned down.
    Rejected,
}

/// A claim as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Its code.
    pub code: Slug,
    /// Who spent the money.
    pub claimant: PartyNo,
    /// The event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// When it was submitted.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What for.
    pub lines: Vec<CostLine>,
    /// With tax.
    pub total: i64,
    /// What is to be paid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub payable: i64,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<PartyNo>,
    /// What has become of it.
    pub status: ClaimStatus,
}

impl ClaimSubmitted {
    /// Records the claim; it is no entry until it is approved.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] without lines.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Claim, self.code))?;
        self.event.map(|event| desk.conference().event(event).map(|_| ())).transpose()?;
        if self.lines.is_empty() || self.lines.len() > 1_000 || self.lines.iter().any(|line| line.prepaid) {
            let problem = "it has no lines, more than 1,000, or one that is prepaid".to_owned();
            return Err(RuleError::Invalid { what: format!("claim {}", self.code), problem }.into());
        }
        let mut total = 0;
        for line in &self.lines {
            total += line.cost(desk)?.gross;
        }
        desk.put(Document::Claim(Claim {
            code: self.code,
            claimant: self.claimant,
            event: self.event,
            date: self.date,
            lines: self.lines.clone(),
            total,
            payable: 0,
            approver: None,
            status: ClaimStatus::Submitted,
        }))
    }
}

impl ClaimApproved {
    /// Approves the claim: it is owed.
    ///
    /// # Errors
    /// [`RuleError::OwnClaim`], [`RuleError::State`] without receipts or when it was decided already.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let id = DocumentId::new(DocumentKind::Claim, self.claim);
        let Document::Claim(mut claim) = find(desk, id)? else {
            return Err(RuleError::NoDocument { id, near: None }.into());
        };
        claim.undecided()?;
        if desk.contributor(self.approver)? == desk.contributor(claim.claimant)? {
            return Err(RuleError::OwnClaim { claim: self.claim }.into());
        }
        if let Some(line) = claim.lines.iter().position(|line| line.receipt.is_none()) {
            let hint = "submit the claim again with --line …;receipt=FILE";
            let problem = "it has no receipt".to_owned();
            return Err(RuleError::State { id, line: Some(line + 1), problem, hint }.into());
        }
        let mut entry = Making::new(self.date, claim.event, Some(claim.claimant), STAFF);
        let lines = claim.lines.clone();
        funds_hold(desk, &lines)?;
        for line in &lines {
            line.book(desk, &mut entry, (id, claim.event), false, 1)?;
        }
        entry.known(desk, REIMBURSEMENTS, entry.plain(), -claim.total)?;
        claim.payable = claim.total;
        claim.approver = Some(self.approver);
        claim.status = ClaimStatus::Approved;
        entry.post(desk)?;
        desk.put(Document::Claim(claim))
    }
}

impl Claim {
    fn undecided(&self) -> Result<(), RuleError> {
        let problem = match self.status {
            ClaimStatus::Submitted => return Ok(()),
            ClaimStatus::Approved => "it was approved already",
            ClaimStatus::Rejected => "it was rejected",
        };
        let (id, hint) = (DocumentId::new(DocumentKind::Claim, self.code), "`bursar claim show CODE` shows it");
        Err(RuleError::State { id, line: None, problem: problem.to_owned(), hint })
    }

    /// The word for its state.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (self.status, self.payable) {
            (ClaimStatus::Submitted, _) => "submitted",
            (ClaimStatus::Rejected, _) => "rejected",
            (ClaimStatus::Approved, 0) => "paid",
            (ClaimStatus::Approved, _) => "approved",
        }
    }

    /// Turns it down.
    pub(super) fn cancel<D: Desk>(mut self, desk: &mut D, _cancelled: &Cancelled) -> Result<(), D::Error> {
        self.undecided()?;
        self.status = ClaimStatus::Rejected;
        desk.put(Document::Claim(self))
    }

    /// Pays it.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.amount > self.payable {
            let what = format!("a payment of claim {}", self.code);
            return Err(beyond(desk, what, paid.amount, i128::from(self.payable), "is approved and not paid").into());
        }
        self.payable -= paid.amount;
        let mut entry = Making::new(paid.date, self.event, Some(self.claimant), STAFF);
        entry.known(desk, REIMBURSEMENTS, entry.plain(), paid.amount)?;
        paid.pay(desk, &mut entry, GENERAL_FUND)?;
        entry.post(desk)?;
        desk.put(Document::Claim(self))
    }
}
