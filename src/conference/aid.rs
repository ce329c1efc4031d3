//! Financial aid: the pool, applications, offers with conditions, grants for travel and lodging. Rules A and G of
//! docs/posting-rules.md. (Ticket aid is part of an order.)

use serde::{Deserialize, Serialize};

use super::accounts::{CONTRIBUTIONS, GRANTS_PAYABLE};
use super::desk::{AID, CONTRIBUTORS, Desk, Making, available, beyond, find, free};
use super::event::{day_number, optional_day};
use super::payment::is_zero;
use super::{
    Cancelled, Digest, Document, DocumentId, DocumentKind, Method, Residence, Role, RuleError, Tallied, TallyKey,
    Transferred,
};
use crate::calendar::Date;
use crate::ledger::{GENERAL_FUND, PartyNo, Slug};

/// How much aid an event means to give, from a fund. It may be overspent; a report says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidPool {
    /// The event.
    pub event: Slug,
    /// The fund.
    pub fund: Slug,
    /// Minor units.
    pub amount: i64,
}

/// Someone asks for aid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationReceived {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// Who asks.
    pub party: PartyNo,
    /// As what they would come.
    pub role: Role,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What they ask for in all, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub asked: i64,
}

/// Aid is offered: travel and lodging are paid out once the condition is met, at once if there is none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidOffered {
    /// The application.
    pub application: Slug,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// For travel, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub travel: i64,
    /// For lodging, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lodging: i64,
    /// The fund; general unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<Slug>,
    /// Where the recipient lives.
    pub residence: Residence,
    /// The condition (usually that they come).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Digest>,
    /// Until when it can be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub expires: Option<Date>,
}

/// What has become of an application.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationStatus {
    /// It waits.
    Received,
    /// Aid was offered on a condition.
    Offered,
    /// The condition is met: it is owed, or paid.
    Granted,
    /// It was turned down, or the offer was not taken up.
    Declined,
}

impl ApplicationStatus {
    /// The word used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Offered => "offered",
            Self::Granted => "granted",
            Self::Declined => "declined",
        }
    }
}

/// An application as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// Who asks.
    pub party: PartyNo,
    /// As what.
    pub role: Role,
    /// When it came.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub asked: i64,
    /// Offered or granted for travel.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub travel: i64,
    /// Offered or granted for lodging.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lodging: i64,
    /// The fund.
    pub fund: Slug,
    /// Where the recipient lives.
    pub residence: Residence,
    /// What is to be paid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub payable: i64,
    /// What has become of it.
    pub status: ApplicationStatus,
}

impl ApplicationReceived {
    /// Records the application; it is no entry.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Application, self.code))?;
        desk.conference().event(self.event)?;
        if !(0..=super::ticket::LARGEST).contains(&self.asked) {
            let problem = "what is asked for is negative or too large".to_owned();
            return Err(RuleError::Invalid { what: format!("application {}", self.code), problem }.into());
        }
        desk.put(Document::Application(Application {
            code: self.code,
            event: self.event,
            party: self.party,
            role: self.role,
            date: self.date,
            asked: self.asked,
            travel: 0,
            lodging: 0,
            fund: GENERAL_FUND,
            residence: Residence::Domestic,
            payable: 0,
            status: ApplicationStatus::Received,
        }))
    }
}

impl AidOffered {
    /// Offers aid: a promise on a condition, which reserves it in its fund; without one it is owed at once.
    ///
    /// # Errors
    /// [`RuleError::Beyond`] when the fund cannot bear it.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let id = DocumentId::new(DocumentKind::Application, self.application);
        let Document::Application(mut application) = find(desk, id)? else {
            return Err(RuleError::NoDocument { id, near: None }.into());
        };
        if application.status != ApplicationStatus::Received {
            let problem = format!("it was {} already", application.status.word());
            return Err(RuleError::State { id, line: None, problem, hint: "`bursar aid show CODE` shows it" }.into());
        }
        let range = 0..=super::ticket::LARGEST;
        if !range.contains(&self.travel) || !range.contains(&self.lodging) || self.travel + self.lodging == 0 {
            let problem = "it offers nothing, or an amount cannot be; ticket aid is given with the order".to_owned();
            return Err(RuleError::Invalid { what: format!("the offer for {}", self.application), problem }.into());
        }
        let fund = self.fund.unwrap_or(GENERAL_FUND);
        available(desk, fund, self.travel + self.lodging, 0)?;
        application.travel = self.travel;
        application.lodging = self.lodging;
        application.fund = fund;
        application.residence = self.residence;
        application.status = ApplicationStatus::Offered;
        match self.condition {
            Some(_) => desk.put(Document::Application(application)),
            None => application.met(desk, self.date),
        }
    }
}

impl Application {
    fn id(&self) -> DocumentId {
        DocumentId::new(DocumentKind::Application, self.code)
    }

    /// The condition is met: the grant is owed, and its fund released.
    pub(super) fn met<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        if self.status != ApplicationStatus::Offered {
            let problem = format!("it was {}, not offered", self.status.word());
            return Err(RuleError::State { id: self.id(), line: None, problem, hint: "offer aid first" }.into());
        }
        let minor = self.travel + self.lodging;
        let mut entry = Making::new(date, Some(self.event), Some(self.party), AID);
        let fund = if desk.is_restricted(self.fund) { GENERAL_FUND } else { self.fund };
        entry.known(desk, self.residence.aid(), entry.in_fund(fund), minor)?;
        entry.release(desk, self.fund, minor, self.id())?;
        entry.known(desk, GRANTS_PAYABLE, entry.in_fund(fund), -minor)?;
        self.payable = minor;
        self.status = ApplicationStatus::Granted;
        entry.post(desk)?;
        desk.put(Document::Application(self))
    }

    /// Turned down, or not taken up.
    pub(super) fn cancel<D: Desk>(mut self, desk: &mut D, _cancelled: &Cancelled) -> Result<(), D::Error> {
        if matches!(self.status, ApplicationStatus::Granted | ApplicationStatus::Declined) {
            let problem = format!("it was {} already", self.status.word());
            let hint = "`bursar aid show CODE` shows it";
            return Err(RuleError::State { id: self.id(), line: None, problem, hint }.into());
        }
        self.status = ApplicationStatus::Declined;
        desk.put(Document::Application(self))
    }

    /// Pays the grant.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.amount > self.payable {
            let what = format!("a payment of the grant for {}", self.code);
            return Err(beyond(desk, what, paid.amount, i128::from(self.payable), "is granted and not paid").into());
        }
        self.payable -= paid.amount;
        let fund = if desk.is_restricted(self.fund) { GENERAL_FUND } else { self.fund };
        let mut entry = Making::new(paid.date, Some(self.event), Some(self.party), AID);
        entry.known(desk, GRANTS_PAYABLE, entry.in_fund(fund), paid.amount)?;
        paid.pay(desk, &mut entry, fund)?;
        entry.post(desk)?;
        desk.put(Document::Application(self))
    }

    /// What is counted of it.
    pub(super) fn tally(&self, tallies: &mut Vec<Tallied>) {
        let event = Some(self.event);
        let key = format!("{}|{}", self.role, self.status.word());
        tallies.push((TallyKey::new("application", event, key), 1, self.asked));
        let minor = self.travel + self.lodging;
        if matches!(self.status, ApplicationStatus::Offered | ApplicationStatus::Granted) {
            let key = format!("{}|{}|{}", self.role, self.status.word(), self.fund);
            tallies.push((TallyKey::new("grant", event, key), 1, minor));
        }
        if self.status == ApplicationStatus::Offered {
            tallies.push((TallyKey::committed(self.fund), 1, minor));
        }
    }
}

/// A gift to a fund, outside of any order or sponsorship.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftReceived {
    /// Its code.
    pub code: Slug,
    /// Who gave.
    pub party: PartyNo,
    /// For which fund; its restriction is the gift's.
    pub fund: Slug,
    /// For which event, if for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The money.
    pub paid: Transferred,
}

/// A gift as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gift {
    /// Its code.
    pub code: Slug,
    /// Who gave.
    pub party: PartyNo,
    /// For which fund.
    pub fund: Slug,
    /// For which event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Slug>,
    /// The money.
    pub paid: Transferred,
}

impl GiftReceived {
    /// Books the gift: a contribution at once, with the restriction of its fund.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Gift, self.code))?;
        self.event.map(|event| desk.conference().event(event).map(|_| ())).transpose()?;
        self.paid.check(desk)?;
        if self.paid.method == Method::InKind {
            let problem = "a gift in kind is recorded as a sponsorship in kind, or by an entry".to_owned();
            return Err(RuleError::Invalid { what: format!("gift {}", self.code), problem }.into());
        }
        let mut entry = Making::new(self.paid.date, self.event, Some(self.party), CONTRIBUTORS);
        self.paid.receive(desk, &mut entry, &[(self.fund, self.paid.amount)])?;
        entry.known(desk, CONTRIBUTIONS, entry.in_fund(self.fund), -self.paid.amount)?;
        entry.post(desk)?;
        desk.put(Document::Gift(Gift {
            code: self.code,
            party: self.party,
            fund: self.fund,
            event: self.event,
            paid: self.paid,
        }))
    }
}
