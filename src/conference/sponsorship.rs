//! Sponsorships: packages with all their benefits valued; pledge, invoice, payment; in kind. Rules S of
//! docs/posting-rules.md.

use serde::{Deserialize, Serialize};

use super::accounts::{
    ADVANCES, CONTRIBUTIONS, CREDIT_LOSS, DEFERRED_SPONSORSHIP, GOODS_IN_KIND, Known, PLEDGES, REFUNDS_PAYABLE,
    SERVICES_IN_KIND, SPONSORSHIP, SPONSORSHIP_RECEIVABLE, TAX_PAYABLE,
};
use super::desk::{At, Desk, Making, SPONSORS, beyond, find, free, paid_too_much, positive};
use super::event::day_number;
use super::order::{in_time, still_planned};
use super::payment::is_zero;
use super::{
    BenefitKind, Cancelled, Choice, Conference, Digest, Document, DocumentId, DocumentKind, InKind, Method, Payment,
    RuleError, Tallied, TallyKey, Transferred,
};
use crate::calendar::Date;
use crate::ledger::{GENERAL_FUND, PartyNo, Slug};

/// A package that an event offers to sponsors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The event.
    pub event: Slug,
    /// Its code.
    pub code: Slug,
    /// Its name.
    pub name: String,
    /// Its price, minor units; with tax in it if the tax code says so.
    pub price: i64,
    /// How many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Passes it comes with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passes: i64,
    /// The ticket a pass is worth: its regular price counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<Slug>,
    /// Other benefits at their fair value: booth, workshop, job fair.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<Benefit>,
    /// Whether all of the price is for advertising and benefits, so that no gift is in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exchange: bool,
    /// Whether small companies pay half.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halved: bool,
    /// How the exchange part is taxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Slug>,
}

/// Something a sponsor gets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// What.
    pub name: String,
    /// Its fair value, minor units.
    pub value: i64,
    /// What it is to the tax on unrelated business; other unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BenefitKind>,
}

impl Benefit {
    /// A benefit as it is typed, its name and perhaps its kind after a colon: `Booth:booth`. Value in minor units.
    #[must_use]
    pub fn typed(text: &str, value: i64) -> Self {
        let kind = text.rsplit_once(':').and_then(|(name, kind)| Some((name, kind.parse().ok()?)));
        let (name, kind) = kind.map_or((text, None), |(name, kind)| (name, Some(kind)));
        Self { name: name.trim().to_owned(), value, kind }
    }
}

impl Package {
    /// Refuses a package that cannot be.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn check(&self, conference: &Conference) -> Result<(), RuleError> {
        let bad =
            |problem: &str| RuleError::Invalid { what: format!("package {}", self.code), problem: problem.to_owned() };
        conference.event(self.event)?;
        self.pass.map(|ticket| conference.ticket(self.event, ticket)).transpose()?;
        self.tax.map(|code| conference.tax(code)).transpose()?;
        let large = super::ticket::LARGEST;
        if self.name.trim().is_empty() {
            return Err(bad("it has no name"));
        }
        if !(0..=large).contains(&self.price) || self.benefits.iter().any(|b| !(0..=large).contains(&b.value)) {
            return Err(bad("its price or a benefit is negative or too large"));
        }
        if !(0..=1_000).contains(&self.passes) || self.limit.is_some_and(|limit| limit < 1) {
            return Err(bad("the number of passes or packages cannot be"));
        }
        if self.passes > 0 && self.pass.is_none() {
            return Err(bad("its passes have no value: name the ticket a pass is worth"));
        }
        Ok(())
    }

    /// Fair value of all benefits, minor units: passes at the ticket's regular price, and the rest as stated.
    ///
    /// # Errors
    /// [`RuleError::NoSuch`] when the ticket is gone.
    pub fn value(&self, conference: &Conference) -> Result<i64, RuleError> {
        let pass = match self.pass {
            Some(ticket) => conference.ticket(self.event, ticket)?.regular_price(),
            None => 0,
        };
        let benefits: i128 = self.benefits.iter().map(|benefit| i128::from(benefit.value)).sum();
        let value = benefits + i128::from(self.passes) * i128::from(pass);
        Ok(i64::try_from(value).unwrap_or(super::ticket::LARGEST).min(super::ticket::LARGEST))
    }
}

/// A sponsor has agreed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SponsorshipAgreed {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// The sponsor.
    pub party: PartyNo,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Slug>,
    /// What is to be paid, minor units, before tax that comes on top.
    pub price: i64,
    /// Fair value of all benefits, minor units; the exchange part is at most the price.
    pub benefits: i64,
    /// Whether all of the price is exchange.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exchange: bool,
    /// Whether a small company paid half.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub small: bool,
    /// Passes it comes with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passes: i64,
    /// The fund of the part beyond the benefits; general unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<Slug>,
    /// The condition (barrier and right of return, ASU 2018-08), if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Digest>,
    /// What is given instead of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_kind: Option<InKind>,
    /// How the exchange part is taxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Slug>,
}

/// A condition is met: of a sponsorship's gift, or of an offer of aid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionMet {
    /// The sponsorship or application.
    pub document: DocumentId,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
}

/// A sponsorship as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sponsorship {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// The sponsor.
    pub party: PartyNo,
    /// When it was agreed.
    #[serde(with = "day_number")]
    pub date: Date,
    /// The package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Slug>,
    /// Exchange part without tax.
    pub exchange: i64,
    /// Tax on it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: i64,
    /// Its tax code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Slug>,
    /// The rest: a gift.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gift: i64,
    /// Its fund.
    pub fund: Slug,
    /// Whether a small company paid half.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub small: bool,
    /// Whether the gift waits for a condition.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conditional: bool,
    /// What is given instead of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_kind: Option<InKind>,
    /// Passes it comes with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passes: i64,
    /// Passes in use.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub used: i64,
    /// What of exchange and tax is paid or due, and in the books.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub covered: i64,
    /// What of that is due and not paid (sponsorship receivable).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub receivable: i64,
    /// What of the gift is promised and not paid (pledges receivable).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pledged: i64,
    /// What of a conditional gift was paid before its condition is met.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub advance: i64,
    /// What of the gift is in contributions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub contributed: i64,
    /// Whether the fund was released with the event.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub released: bool,
    /// Money that came in.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub received: i64,
    /// What is to be paid back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refunds: i64,
    /// Whether it was cancelled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// What the sponsor wants if the event is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// Its invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<Slug>,
}

impl SponsorshipAgreed {
    /// Records the agreement; an unconditional gift is promised with it.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let id = DocumentId::new(DocumentKind::Sponsorship, self.code);
        free(desk, id)?;
        let conference = desk.conference();
        conference.event(self.event)?;
        still_planned(desk, self.event, "it takes no more sponsorships")?;
        in_time(desk, self.event, self.date)?;
        positive(desk, "a sponsorship", self.price)?;
        let bad = |problem: &str| RuleError::Invalid {
            what: format!("sponsorship {}", self.code),
            problem: problem.to_owned(),
        };
        if !(0..=super::ticket::LARGEST).contains(&self.benefits) || !(0..=1_000).contains(&self.passes) {
            return Err(bad("the value of its benefits or the number of passes cannot be").into());
        }
        if self.in_kind.is_some() && self.condition.is_some() {
            return Err(bad("a gift in kind is recorded when it is received; it needs no condition").into());
        }
        if let Some(code) = self.package {
            let package = desk.conference().package(self.event, code)?;
            let limit = package.limit;
            let taken = desk.tally(&TallyKey::new("sponsorship", Some(self.event), code.as_str()))?.0;
            if let Some(limit) = limit.filter(|limit| taken >= *limit) {
                let (wanted, of) = ((taken + 1).to_string(), "are offered".to_owned());
                let what = format!("packages `{code}`");
                return Err(RuleError::Beyond { what, wanted, limit: limit.to_string(), of }.into());
            }
        }
        let exchange = if self.exchange { self.price } else { self.benefits.min(self.price) };
        let apart = desk.conference().apart(self.tax, exchange)?;
        let mut sponsorship = Sponsorship {
            code: self.code,
            event: self.event,
            party: self.party,
            date: self.date,
            package: self.package,
            exchange: apart.net,
            tax: apart.tax,
            tax_code: self.tax,
            gift: self.price - exchange,
            fund: self.fund.unwrap_or(GENERAL_FUND),
            small: self.small,
            conditional: self.condition.is_some(),
            in_kind: self.in_kind,
            passes: self.passes,
            used: 0,
            covered: 0,
            receivable: 0,
            pledged: 0,
            advance: 0,
            contributed: 0,
            released: false,
            received: 0,
            refunds: 0,
            cancelled: false,
            choice: None,
            invoice: None,
        };
        let mut entry = sponsorship.entry(self.date);
        if !sponsorship.conditional && sponsorship.in_kind.is_none() {
            sponsorship.promise(desk, &mut entry, sponsorship.gift)?;
        }
        entry.post(desk)?;
        desk.put(Document::Sponsorship(sponsorship))
    }
}

impl Sponsorship {
    fn id(&self) -> DocumentId {
        DocumentId::new(DocumentKind::Sponsorship, self.code)
    }

    fn entry(&self, date: Date) -> Making {
        Making::new(date, Some(self.event), Some(self.party), SPONSORS)
    }

    fn state(&self, problem: &str, hint: &'static str) -> RuleError {
        RuleError::State { id: self.id(), line: None, problem: problem.to_owned(), hint }
    }

    fn place(&self) -> At {
        At { event: Some(self.event), fund: GENERAL_FUND, function: None, activity: None, tax: self.tax_code }
    }

    fn stands(&self) -> Result<(), RuleError> {
        if self.cancelled {
            return Err(self.state("it was cancelled", "record a new one with `bursar sponsor add`"));
        }
        Ok(())
    }

    /// Price with tax.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.exchange + self.tax + self.gift
    }

    /// The word for its state.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.cancelled {
            "cancelled"
        } else if self.received >= self.total() {
            "paid"
        } else if self.received > 0 {
            "paid in part"
        } else if self.receivable > 0 {
            "invoiced"
        } else {
            "agreed"
        }
    }

    /// What is still to be paid.
    #[must_use]
    pub const fn outstanding(&self) -> i64 {
        if self.cancelled { self.receivable + self.pledged } else { self.total() - self.received }
    }

    /// The first part in which the sponsorship differs from one that is to be agreed under its code; the price is before
    /// tax that comes on top.
    #[must_use]
    pub fn difference(&self, event: Slug, party: PartyNo, date: Date, price: i64) -> Option<String> {
        if self.event != event {
            return Some(format!("event is {}, not {event}", self.event));
        }
        if self.party != party {
            return Some(format!("party is #{}, not #{party}", self.party));
        }
        if self.date != date {
            return Some(format!("date is {}, not {date}", self.date));
        }
        // What was withdrawn or written off since is no longer in it.
        let agreed = self.exchange + self.gift;
        (agreed != price && agreed + self.tax != price && !self.cancelled).then(|| "price is another".to_owned())
    }

    pub(super) fn use_pass(&mut self) -> Result<(), RuleError> {
        self.stands()?;
        if self.used >= self.passes {
            return Err(RuleError::Beyond {
                what: format!("passes of sponsorship {}", self.code),
                wanted: (self.used + 1).to_string(),
                limit: self.passes.to_string(),
                of: "the package has".to_owned(),
            });
        }
        self.used += 1;
        Ok(())
    }

    fn promise<D: Desk>(&mut self, desk: &D, entry: &mut Making, minor: i64) -> Result<(), D::Error> {
        self.pledged += minor;
        self.contributed += minor;
        entry.known(desk, PLEDGES, entry.in_fund(self.fund), minor)?;
        entry.known(desk, CONTRIBUTIONS, entry.in_fund(self.fund), -minor)
    }

    /// Where the exchange part stands.
    fn income<D: Desk>(&self, desk: &D) -> Known {
        if desk.conference().was_held(self.event) { SPONSORSHIP } else { DEFERRED_SPONSORSHIP }
    }

    /// Puts so much more of the exchange part into the books (negative: takes it out).
    fn cover<D: Desk>(&mut self, desk: &D, entry: &mut Making, minor: i64) -> Result<(), D::Error> {
        let before = self.covered_tax();
        self.covered += minor;
        let tax = self.covered_tax() - before;
        entry.known(desk, self.income(desk), self.place(), tax - minor)?;
        entry.known(desk, TAX_PAYABLE, self.place(), -tax)
    }

    fn covered_tax(&self) -> i64 {
        let gross = self.exchange + self.tax;
        if self.covered == gross {
            return self.tax;
        }
        let part = i128::from(self.tax) * i128::from(self.covered) / i128::from(gross.max(1));
        i64::try_from(part).unwrap_or(self.tax)
    }

    /// It is invoiced: the exchange part is due. Returns what became receivable.
    pub(super) fn invoice<D: Desk>(&mut self, desk: &mut D, date: Date) -> Result<i64, D::Error> {
        self.stands()?;
        if self.in_kind.is_some() {
            return Err(self.state("it is given in kind", "record what is received as a payment in kind").into());
        }
        in_time(desk, self.event, date)?;
        let minor = self.exchange + self.tax - self.covered;
        let mut entry = self.entry(date);
        entry.known(desk, SPONSORSHIP_RECEIVABLE, entry.plain(), minor)?;
        self.cover(desk, &mut entry, minor)?;
        self.receivable += minor;
        entry.post(desk)?;
        Ok(minor)
    }

    /// Takes a payment, or a gift in kind.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, payment: &Payment) -> Result<(), D::Error> {
        let paid = &payment.paid;
        paid.check(desk)?;
        let excess = (paid.amount - self.outstanding()).max(0);
        if excess > 0 && (!payment.overpaid || self.in_kind.is_some()) {
            let id = DocumentId::new(DocumentKind::Sponsorship, self.code);
            return Err(paid_too_much(desk, id, paid.amount, self.outstanding()).into());
        }
        let kind = match (self.in_kind, paid.method == Method::InKind) {
            (Some(kind), true) => Some(kind),
            (None, false) => None,
            (Some(_), false) => {
                return Err(self.state("it is given in kind", "use --method in-kind and name the account").into());
            }
            (None, true) => {
                return Err(self.state("it is to be paid in money", "agree it with --in-kind instead").into());
            }
        };
        let mut entry = self.entry(paid.date);
        // What is too much is not received for the sponsorship: it is owed back.
        self.refunds += excess;
        entry.known(desk, REFUNDS_PAYABLE, entry.plain(), -excess)?;
        let amount = paid.amount - excess;
        let due = self.receivable.min(amount);
        self.receivable -= due;
        entry.known(desk, SPONSORSHIP_RECEIVABLE, entry.plain(), -due)?;
        let mut left = amount - due;
        if !self.cancelled {
            let exchange = left.min(self.exchange + self.tax - self.covered);
            if exchange > 0 {
                in_time(desk, self.event, paid.date)?;
            }
            self.cover(desk, &mut entry, exchange)?;
            left -= exchange;
        }
        let gift = left;
        let fund = if kind.is_some() { GENERAL_FUND } else { self.fund };
        let promised = self.pledged.min(left);
        self.pledged -= promised;
        left -= promised;
        entry.known(desk, PLEDGES, entry.in_fund(fund), -promised)?;
        match kind {
            Some(kind) => {
                self.contributed += left;
                let account = match kind {
                    InKind::Goods => GOODS_IN_KIND,
                    InKind::Services => SERVICES_IN_KIND,
                };
                entry.known(desk, account, entry.plain(), -left)?;
            }
            None => {
                self.advance += left;
                entry.known(desk, ADVANCES, entry.in_fund(fund), -left)?;
            }
        }
        self.received += amount;
        if kind == Some(InKind::Services) {
            paid.receive(desk, &mut entry, &[(GENERAL_FUND, paid.amount - gift)])?;
            let place = paid.place(desk)?;
            entry.services_in_kind(desk, place, entry.plain(), gift)?;
        } else {
            paid.receive(desk, &mut entry, &[(GENERAL_FUND, paid.amount - gift), (fund, gift)])?;
        }
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// The gift's condition is met: what was paid is a contribution, what was not is a pledge.
    pub(super) fn met<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        self.stands()?;
        if !self.conditional {
            let hint = "`bursar sponsor show CODE` shows it";
            return Err(self.state("no condition is open", hint).into());
        }
        in_time(desk, self.event, date)?;
        let mut entry = self.entry(date);
        let paid = self.advance;
        self.conditional = false;
        self.advance = 0;
        self.contributed += paid;
        entry.known(desk, ADVANCES, entry.in_fund(self.fund), paid)?;
        entry.known(desk, CONTRIBUTIONS, entry.in_fund(self.fund), -paid)?;
        let rest = self.gift - paid;
        self.promise(desk, &mut entry, rest)?;
        if desk.conference().was_held(self.event) {
            // What the gift was for has happened already.
            entry.move_released(desk, self.fund_if_restricted(desk), self.contributed)?;
            self.released = true;
        }
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// The fund, if a donor restricts it; general has nothing to release, and both sides of it cancel out.
    fn fund_if_restricted<D: Desk>(&self, desk: &D) -> Slug {
        if desk.is_restricted(self.fund) { self.fund } else { GENERAL_FUND }
    }

    /// The sponsor withdraws. What is due is due no more; what was paid goes back only if that was agreed.
    pub(super) fn cancel<D: Desk>(self, desk: &mut D, cancelled: &Cancelled) -> Result<(), D::Error> {
        self.stands()?;
        still_planned(desk, self.event, "what is due can only be written off")?;
        in_time(desk, self.event, cancelled.date)?;
        if !cancelled.lines.is_empty() || cancelled.fee != 0 {
            let hint = "cancel it without lines and fee";
            return Err(self.state("a sponsorship has no lines, and no fee is kept", hint).into());
        }
        if self.used > 0 {
            let problem = format!("{} of its passes are in use", self.used);
            return Err(self.state(&problem, "cancel those admissions first, or let them be paid for").into());
        }
        self.call_off(desk, cancelled.date, if cancelled.refund { Choice::Refund } else { Choice::Donate })
    }

    /// Ends it: what is due is taken back, what was paid goes back or is kept (the exchange part as a gift).
    fn call_off<D: Desk>(mut self, desk: &mut D, date: Date, choice: Choice) -> Result<(), D::Error> {
        let taken = if choice == Choice::Refund && self.in_kind.is_none() { self.contributed } else { self.pledged };
        let mut entry = self.entry(date);
        entry.withdraw(desk, self.fund, taken)?;
        let fund = entry.in_fund(self.fund);
        entry.known(desk, PLEDGES, fund, -self.pledged)?;
        entry.known(desk, CONTRIBUTIONS, fund, self.pledged)?;
        self.contributed -= self.pledged;
        self.pledged = 0;
        let (due, paid) = (self.receivable, self.covered - self.receivable);
        entry.known(desk, SPONSORSHIP_RECEIVABLE, entry.plain(), -due)?;
        self.receivable = 0;
        let covered = self.covered;
        self.cover(desk, &mut entry, -covered)?;
        // What was given in kind was used, or stands at its account: it does not go back.
        if choice == Choice::Refund && self.in_kind.is_none() {
            let given = self.contributed + self.advance;
            entry.known(desk, CONTRIBUTIONS, fund, self.contributed)?;
            entry.known(desk, ADVANCES, fund, self.advance)?;
            entry.known(desk, REFUNDS_PAYABLE, entry.plain(), -paid)?;
            entry.through_general(desk, REFUNDS_PAYABLE, self.fund, -given)?;
            self.refunds += paid + given;
            (self.contributed, self.advance) = (0, 0);
        } else {
            entry.known(desk, CONTRIBUTIONS, entry.plain(), -paid)?;
            entry.known(desk, ADVANCES, fund, self.advance)?;
            entry.known(desk, CONTRIBUTIONS, fund, -self.advance)?;
            self.contributed += self.advance;
            self.advance = 0;
        }
        self.cancelled = true;
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// The event was cancelled. To carry a sponsorship on, agree a new one with the money of the old.
    pub(super) fn event_cancelled<D: Desk>(self, desk: &mut D, date: Date, otherwise: Choice) -> Result<(), D::Error> {
        if self.cancelled {
            return Ok(());
        }
        let choice = match self.choice.unwrap_or(otherwise) {
            Choice::Carry => Choice::Refund,
            other => other,
        };
        self.call_off(desk, date, choice)
    }

    /// The event was held: the exchange part is earned, the gift released.
    pub(super) fn hold<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        if self.cancelled {
            return Ok(());
        }
        let mut entry = self.entry(date);
        let net = self.covered - self.covered_tax();
        entry.known(desk, DEFERRED_SPONSORSHIP, self.place(), net)?;
        entry.known(desk, SPONSORSHIP, self.place(), -net)?;
        if self.in_kind.is_none() && self.contributed > 0 && !self.released {
            entry.release(desk, self.fund, self.contributed, self.id())?;
            self.released = true;
        }
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// Writes off what is due, the exchange part first. Before the event nothing was earned by it.
    pub(super) fn write_off<D: Desk>(mut self, desk: &mut D, date: Date, minor: i64) -> Result<(), D::Error> {
        positive(desk, "a write-off", minor)?;
        let open = self.receivable + self.pledged;
        if minor > open {
            let what = format!("a write-off of sponsorship {}", self.code);
            return Err(beyond(desk, what, minor, i128::from(open), "is due").into());
        }
        in_time(desk, self.event, date)?;
        let held = desk.conference().was_held(self.event);
        let mut entry = self.entry(date);
        let due = self.receivable.min(minor);
        self.receivable -= due;
        entry.known(desk, SPONSORSHIP_RECEIVABLE, entry.plain(), -due)?;
        let pledge = minor - due;
        self.pledged -= pledge;
        if held {
            entry.known(desk, CREDIT_LOSS, entry.plain(), due)?;
            entry.through_general(desk, CREDIT_LOSS, self.fund, pledge)?;
        } else {
            // What is due was invoiced whole, so that what is left of the exchange part is what is covered.
            self.cover(desk, &mut entry, -due)?;
            if due > 0 {
                self.tax = self.covered_tax();
                self.exchange = self.covered - self.tax;
            }
            self.contributed -= pledge;
            entry.withdraw(desk, self.fund, pledge)?;
            entry.known(desk, CONTRIBUTIONS, entry.in_fund(self.fund), pledge)?;
        }
        self.gift -= pledge.min(self.gift);
        entry.known(desk, PLEDGES, entry.in_fund(self.fund), -pledge)?;
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// A refund that is owed is paid.
    pub(super) fn pay_back<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.amount > self.refunds {
            let what = format!("a payment back for sponsorship {}", self.code);
            return Err(beyond(desk, what, paid.amount, i128::from(self.refunds), "is owed").into());
        }
        self.refunds -= paid.amount;
        let mut entry = self.entry(paid.date);
        entry.known(desk, REFUNDS_PAYABLE, entry.plain(), paid.amount)?;
        paid.pay(desk, &mut entry, GENERAL_FUND)?;
        entry.post(desk)?;
        desk.put(Document::Sponsorship(self))
    }

    /// What is counted of it.
    pub(super) fn tally(&self, tallies: &mut Vec<Tallied>) {
        if self.cancelled {
            return;
        }
        let event = Some(self.event);
        let package = self.package.as_ref().map_or("", Slug::as_str);
        tallies.push((TallyKey::new("sponsorship", event, package), 1, self.exchange + self.gift));
        if self.passes > 0 {
            tallies.push((TallyKey::new("pass", event, format!("{package}|granted")), self.passes, 0));
            tallies.push((TallyKey::new("pass", event, format!("{package}|used")), self.used, 0));
        }
    }
}

impl ConditionMet {
    /// Records that the condition is met.
    ///
    /// # Errors
    /// [`RuleError::State`] when there is none.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        match find(desk, self.document)? {
            Document::Sponsorship(sponsorship) => sponsorship.met(desk, self.date),
            Document::Application(application) => application.met(desk, self.date),
            _ => {
                let problem = "it has no condition".to_owned();
                Err(RuleError::State { id: self.document, line: None, problem, hint: "name another document" }.into())
            }
        }
    }
}
