//! Orders: who pays what for whom, and what becomes of it. Rules R, T, C and X of docs/posting-rules.md.

use serde::{Deserialize, Serialize};

use super::accounts::{
    CANCELLATION_FEES, CONTRIBUTIONS, CREDIT_LOSS, DEFERRED_TICKET_AID, DEFERRED_WAIVERS, DISPUTE_FEES, RECEIVABLE,
    REFUNDS_PAYABLE, TAX_PAYABLE, TICKET_AID, WAIVERS,
};
use super::desk::{At, Desk, Making, REGISTRANTS, available, beyond, find, free, paid_too_much, positive};
use super::event::{EventStatus, day_number};
use super::payment::is_zero;
use super::{
    AidBasis, Choice, Digest, Document, DocumentId, DocumentKind, ItemKind, Method, Payer, Payment, Role, RuleError,
    Tallied, TallyKey, Transferred, WhoPays, accounts,
};
use crate::calendar::Date;
use crate::ledger::{GENERAL_FUND, PartyNo, Slug};

/// An order was placed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderPlaced {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// Who ordered: the one an invoice goes to.
    pub party: PartyNo,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What.
    pub items: Vec<Item>,
    /// Its payment, when it was paid at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Transferred>,
}

/// Something that was ordered, at the price that was in force. Amounts are minor units as prices are displayed: with tax
/// in them if the tax code says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The ticket type; none for a donation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Slug>,
    /// Who attends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendee: Option<PartyNo>,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Who pays.
    pub payer: Payer,
    /// The sponsorship whose pass is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsorship: Option<Slug>,
    /// The fund of ticket aid, or of a donation; general unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<Slug>,
    /// The application that ticket aid was given upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Slug>,
    /// Who approved a waiver that the policy does not allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Digest>,
    /// Whether the attendee agrees to be listed publicly. (The public list is not the count.)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// How many.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quantity: i64,
    /// Price of all of them before any reduction.
    pub price: i64,
    /// The discount that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Slug>,
    /// What the discount took off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reduction: i64,
    /// What is waived or given as ticket aid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub conceded: i64,
}

const fn one() -> i64 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
const fn is_one(quantity: &i64) -> bool {
    *quantity == 1
}

/// Lines of an order, or all of it, are cancelled; so for other documents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancelled {
    /// The document.
    pub document: DocumentId,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Lines from 1; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<usize>,
    /// What is kept of what was paid, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee: i64,
    /// Whether what was paid goes back; a gift stays where it is unless said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refund: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Digest>,
}

/// A refund is agreed; what was bought stays valid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundAgreed {
    /// The order.
    pub order: Slug,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Line (from 1) and amount, minor units with tax.
    pub lines: Vec<(usize, i64)>,
}

/// An admission passes to another person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The order.
    pub order: Slug,
    /// Line, from 1.
    pub line: usize,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Who attends now.
    pub attendee: PartyNo,
}

/// Paid items move to another event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// The order.
    pub order: Slug,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Lines from 1; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<usize>,
    /// The event.
    pub to: Slug,
    /// Code of the order there.
    pub code: Slug,
}

/// A processor takes a payment back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargedBack {
    /// The order.
    pub order: Slug,
    /// Amount, dispute fee and account.
    pub taken: Transferred,
}

/// What is owed will not come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenOff {
    /// The order or sponsorship.
    pub document: DocumentId,
    /// When, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Minor units.
    pub amount: i64,
}

/// What a buyer wants if the event is cancelled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The order or sponsorship.
    pub document: DocumentId,
    /// What.
    pub choice: Choice,
}

/// What has become of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineStatus {
    /// It stands.
    #[default]
    Active,
    /// It was cancelled.
    Cancelled,
    /// It moved to another event.
    Carried,
}

/// A line of an order as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OrderLine {
    /// What was ordered.
    pub item: Item,
    /// Tier of an admission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Slug>,
    /// Activity its income belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Slug>,
    /// Tax code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Slug>,
    /// Price less discount, without tax: what is shown as list value.
    pub base: i64,
    /// What is to be paid, without tax.
    pub net: i64,
    /// Tax on it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: i64,
    /// What of net and tax is paid or due, and in the books.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub covered: i64,
    /// What of that was given back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returned: i64,
    /// Tax within what was given back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returned_tax: i64,
    /// What of that was kept as a fee for cancelling it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kept: i64,
    /// Tax within what was kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kept_tax: i64,
    /// Whether the concession is in the books.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conceded: bool,
    /// Whether the concession was earned with the event, and its fund released.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub released: bool,
    /// What has become of it.
    #[serde(default, skip_serializing_if = "is_active")]
    pub status: LineStatus,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_active(status: &LineStatus) -> bool {
    *status == LineStatus::Active
}

/// An order as it stands. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Its code.
    pub code: Slug,
    /// The event.
    pub event: Slug,
    /// Who ordered.
    pub party: PartyNo,
    /// When.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Money that came in for it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub received: i64,
    /// What came in beyond what it comes to, and is or was owed back. Minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overpaid: i64,
    /// What of that is still owed back; it is within `refunds`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overpaid_owed: i64,
    /// What was paid back, of either.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paid_back: i64,
    /// What was charged back; it is in neither any more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub charged_back: i64,
    /// Fees taken of what came in.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fees: i64,
    /// What is due and not paid (in accounts receivable).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub receivable: i64,
    /// What is to be paid back (in refunds payable).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refunds: i64,
    /// What was due and written off as a loss: nobody paid it, so that it cannot be refunded.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub written_off: i64,
    /// What the buyer wants if the event is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// Its invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<Slug>,
}

impl OrderLine {
    /// What is to be paid for it, with tax.
    #[must_use]
    pub const fn gross(&self) -> i64 {
        self.net + self.tax
    }

    /// What is waived or given as aid, without tax.
    #[must_use]
    pub const fn concession(&self) -> i64 {
        self.base - self.net
    }

    /// Tax within what is covered; rounded down until all is covered, so that it never shrinks.
    fn covered_tax(&self) -> i64 {
        if self.covered == self.gross() {
            return self.tax;
        }
        let part = i128::from(self.tax) * i128::from(self.covered) / i128::from(self.gross().max(1));
        i64::try_from(part).unwrap_or(self.tax)
    }

    /// What stands in the books for it now: net and tax.
    #[must_use]
    pub fn standing(&self) -> (i64, i64) {
        let tax = self.covered_tax() - self.returned_tax;
        (self.covered - self.returned - tax, tax)
    }

    /// Neither cancelled nor carried.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == LineStatus::Active
    }

    /// Paid, due, carried by a pass, or free: nobody waits for money before the person may come in.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.is_active() && self.covered == self.gross()
    }

    /// The word for its state.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.status {
            LineStatus::Cancelled => "cancelled",
            LineStatus::Carried => "carried",
            LineStatus::Active if self.is_confirmed() => "confirmed",
            LineStatus::Active => "unpaid",
        }
    }

    fn fund(&self) -> Slug {
        self.item.fund.unwrap_or(GENERAL_FUND)
    }

    /// Fund and dimensions of its income: a donation's own fund, else general.
    fn place(&self, event: Slug) -> At {
        let fund = if self.item.kind == ItemKind::Donation { self.fund() } else { GENERAL_FUND };
        At { event: Some(event), fund, function: None, activity: self.activity, tax: self.tax_code }
    }

    /// Where a concession stands: before the event, and after.
    const fn contra(&self) -> (accounts::Known, accounts::Known) {
        match self.item.payer {
            Payer::Aid => (DEFERRED_TICKET_AID, TICKET_AID),
            _ => (DEFERRED_WAIVERS, WAIVERS),
        }
    }
}

impl OrderPlaced {
    /// Places the order, and takes its payment.
    ///
    /// # Errors
    /// [`RuleError`]: the event is over, an item contradicts its ticket or the policy, passes or aid run out.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let id = DocumentId::new(DocumentKind::Order, self.code);
        free(desk, id)?;
        desk.conference().event(self.event)?;
        still_planned(desk, self.event, "it takes no more orders")?;
        in_time(desk, self.event, self.date)?;
        if self.items.is_empty() || self.items.len() > 1_000 {
            return Err(invalid(self.code, "it has no items, or more than 1,000".to_owned()).into());
        }
        let mut lines = Vec::with_capacity(self.items.len());
        for item in &self.items {
            lines.push(line_of(desk, self, item)?);
        }
        let mut order = Order {
            code: self.code,
            event: self.event,
            party: self.party,
            date: self.date,
            lines,
            received: 0,
            overpaid: 0,
            overpaid_owed: 0,
            paid_back: 0,
            charged_back: 0,
            fees: 0,
            receivable: 0,
            refunds: 0,
            written_off: 0,
            choice: None,
            invoice: None,
        };
        order.use_passes(desk)?;
        order.check_applications(desk)?;
        order.check_aid(desk)?;
        let mut entry = order.entry(self.date);
        order.cover(desk, &mut entry, 0)?;
        match &self.paid {
            // One entry for both: the order was paid when it was placed.
            Some(paid) if paid.date == self.date => order.receive(desk, entry, paid, false)?,
            Some(paid) => {
                entry.post(desk)?;
                let entry = order.entry(paid.date);
                order.receive(desk, entry, paid, false)?;
            }
            None => entry.post(desk)?,
        }
        desk.put(Document::Order(order))
    }
}

fn invalid(code: Slug, problem: String) -> RuleError {
    RuleError::Invalid { what: format!("order {code}"), problem }
}

/// Refuses what an event that is over does not take.
pub(super) fn still_planned<D: Desk>(desk: &D, event: Slug, what: &'static str) -> Result<(), RuleError> {
    match desk.conference().status(event) {
        EventStatus::Planned => Ok(()),
        EventStatus::Held(date) => Err(RuleError::EventOver { event, status: "held", date, what }),
        EventStatus::Cancelled(date) => Err(RuleError::EventOver { event, status: "cancelled", date, what }),
    }
}

/// Refuses what would change deferred amounts after the last day of an event that nobody has confirmed: its revenue is
/// dated that day, and would then be earned before it was deferred.
pub(super) fn in_time<D: Desk>(desk: &D, event: Slug, date: Date) -> Result<(), RuleError> {
    let last_day = desk.conference().event(event)?.last_day;
    match desk.conference().status(event) {
        EventStatus::Planned if date > last_day => Err(RuleError::NotConfirmed { event, last_day, date }),
        _ => Ok(()),
    }
}

/// Checks an item against its ticket and the event's policy, and takes its amounts apart.
fn line_of<D: Desk>(desk: &D, order: &OrderPlaced, item: &Item) -> Result<OrderLine, D::Error> {
    let conference = desk.conference();
    let bad = |problem: &str| {
        let what = item.ticket.map_or_else(|| item.kind.word().to_owned(), |ticket| format!("`{ticket}`"));
        invalid(order.code, format!("{what}: {problem}"))
    };
    let ticket = item.ticket.map(|code| conference.ticket(order.event, code)).transpose()?;
    let range = 0..=super::ticket::LARGEST;
    if [item.price, item.reduction, item.conceded].iter().any(|minor| !range.contains(minor))
        || item.reduction + item.conceded > item.price
    {
        return Err(bad("discount and concession are more than the price, or an amount is out of range").into());
    }
    if !(1..=super::ticket::MOST_PIECES).contains(&item.quantity)
        || (item.quantity > 1 && item.kind != ItemKind::Merchandise)
    {
        return Err(bad("only merchandise comes in quantities, of up to 1,000,000 pieces").into());
    }
    match (item.kind, ticket) {
        (ItemKind::Donation, None) => {
            positive(desk, "a donation", item.price)?;
            if item.payer != Payer::Own || item.discount.is_some() || item.reduction > 0 || item.conceded > 0 {
                return Err(bad("a donation is paid in full by its giver").into());
            }
        }
        (ItemKind::Donation, Some(_)) => return Err(bad("a donation has no ticket").into()),
        (_, None) => return Err(bad("it names no ticket").into()),
        (kind, Some(ticket)) if ticket.kind != kind => {
            return Err(bad(&format!("the ticket is {}, not {kind}", ticket.kind)).into());
        }
        (ItemKind::Admission, Some(_)) if item.attendee.is_none() || item.role.is_none() => {
            return Err(bad("an admission names its attendee and role").into());
        }
        _ => {}
    }
    let concedes = matches!(item.payer, Payer::Aid | Payer::Waiver);
    if concedes != (item.conceded > 0) {
        return Err(bad("aid and waivers concede an amount, other payers none").into());
    }
    if (item.payer == Payer::Pass) != item.sponsorship.is_some() || (item.payer == Payer::Pass && item.role.is_none()) {
        return Err(bad("a pass is an admission's, and names its sponsorship").into());
    }
    if item.fund.is_some() && item.payer != Payer::Aid && item.kind != ItemKind::Donation {
        return Err(bad("only ticket aid and donations name a fund").into());
    }
    someone_pays(desk, order, item)?;
    let tax_code = ticket.and_then(|t| t.tax);
    let apart = |minor| conference.apart(tax_code, minor);
    let (base, charged) = match item.payer {
        Payer::Pass => (apart(0)?, apart(0)?),
        _ => (apart(item.price - item.reduction)?, apart(item.price - item.reduction - item.conceded)?),
    };
    Ok(OrderLine {
        item: item.clone(),
        tier: ticket.and_then(|t| t.tier),
        activity: ticket.and_then(|t| t.activity),
        tax_code,
        base: base.net,
        net: charged.net,
        tax: charged.tax,
        covered: 0,
        returned: 0,
        returned_tax: 0,
        kept: 0,
        kept_tax: 0,
        conceded: false,
        released: false,
        status: LineStatus::Active,
    })
}

/// *Everyone pays*: somebody pays for every admission, or the board's exception says who approved that nobody does.
fn someone_pays<D: Desk>(desk: &D, order: &OrderPlaced, item: &Item) -> Result<(), RuleError> {
    let (Some(role), Some(ticket), ItemKind::Admission) = (item.role, item.ticket, item.kind) else { return Ok(()) };
    let policy = desk.conference().event(order.event)?.who_pays();
    let nothing_left = item.price - item.reduction - item.conceded == 0;
    let detail = match item.payer {
        Payer::Pass | Payer::Aid => return Ok(()),
        Payer::Waiver => "",
        Payer::Own | Payer::Employer if nothing_left => " (the price or discount leaves nothing to pay)",
        Payer::Own | Payer::Employer => return Ok(()),
    };
    let allowed = match policy {
        WhoPays::SpeakersFree => true,
        WhoPays::EveryonePays => item.exception.is_some() && item.payer == Payer::Waiver,
        WhoPays::EveryonePaysStrict => false,
    };
    if allowed {
        return Ok(());
    }
    Err(RuleError::EveryonePays { event: order.event, policy, role, ticket, detail: detail.to_owned() })
}

impl Order {
    fn id(&self) -> DocumentId {
        DocumentId::new(DocumentKind::Order, self.code)
    }

    fn entry(&self, date: Date) -> Making {
        Making::new(date, Some(self.event), Some(self.party), REGISTRANTS)
    }

    fn state(&self, line: Option<usize>, problem: &str, hint: &'static str) -> RuleError {
        RuleError::State { id: self.id(), line, problem: problem.to_owned(), hint }
    }

    /// What is still to be paid: due, or to be paid before it becomes anything.
    #[must_use]
    pub fn outstanding(&self) -> i64 {
        let uncovered = self.lines.iter().filter(|l| l.is_active()).map(|l| l.gross() - l.covered);
        self.receivable + uncovered.sum::<i64>()
    }

    /// What came in and was neither paid back nor charged back: the most that can still be charged back.
    ///
    /// `received` and `overpaid` hold all that came in and was not charged back, so that no money is charged back twice.
    /// What was paid back of `overpaid` is `overpaid - overpaid_owed`; the rest of `paid_back` was of `received`. Each
    /// is at least what was paid back of it, and what is owed back (`refunds`) is held.
    #[must_use]
    pub const fn chargeable(&self) -> i64 {
        self.received + self.overpaid - self.paid_back
    }

    /// What is held of what was received for it.
    const fn held(&self) -> i64 {
        self.chargeable() - self.overpaid_owed
    }

    /// The word for its state.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if !self.lines.iter().any(OrderLine::is_active) {
            if self.lines.iter().any(|line| line.status == LineStatus::Carried) { "carried" } else { "cancelled" }
        } else if self.receivable > 0 {
            "due"
        } else if self.outstanding() == 0 {
            "paid"
        } else if self.received > 0 {
            "paid in part"
        } else {
            "unpaid"
        }
    }

    /// The first part in which the order differs from one that is to be placed under its code; `None` when they say the
    /// same.
    #[must_use]
    pub fn difference(&self, placed: &OrderPlaced) -> Option<String> {
        if self.event != placed.event {
            return Some(format!("event is {}, not {}", self.event, placed.event));
        }
        if self.date != placed.date {
            return Some(format!("date is {}, not {}", self.date, placed.date));
        }
        if self.party != placed.party {
            return Some(format!("party is #{}, not #{}", self.party, placed.party));
        }
        if self.lines.len() != placed.items.len() {
            return Some(format!("number of items is {}, not {}", self.lines.len(), placed.items.len()));
        }
        let other = self.lines.iter().zip(&placed.items).position(|(line, item)| {
            // Who attends may have changed since, and who approved is sealed anew each time.
            let (attendee, exception) = (line.item.attendee, line.item.exception);
            line.item != Item { attendee, exception, ..item.clone() }
        });
        other.map(|index| format!("item {} is another, or at another price", index + 1))
    }

    fn use_passes<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        for (i, line) in self.lines.iter().enumerate() {
            let Some(code) = line.item.sponsorship else { continue };
            let id = DocumentId::new(DocumentKind::Sponsorship, code);
            let Document::Sponsorship(mut sponsorship) = find(desk, id)? else { continue };
            if sponsorship.event != self.event {
                let problem = format!("line {}: sponsorship `{code}` is for {}", i + 1, sponsorship.event);
                return Err(invalid(self.code, problem).into());
            }
            sponsorship.use_pass()?;
            desk.put(Document::Sponsorship(sponsorship))?;
        }
        Ok(())
    }

    /// Ticket aid names an application that its attendee made for this event, if it names one.
    fn check_applications<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        for (i, line) in self.lines.iter().enumerate() {
            let Some(code) = line.item.application else { continue };
            let id = DocumentId::new(DocumentKind::Application, code);
            let Document::Application(application) = find(desk, id)? else { continue };
            let problem = if line.item.payer != Payer::Aid {
                "only ticket aid names an application".to_owned()
            } else if application.event != self.event {
                format!("application `{code}` is for {}", application.event)
            } else if line.item.attendee != Some(application.party) {
                format!("application `{code}` is another person's")
            } else {
                continue;
            };
            return Err(invalid(self.code, format!("line {}: {problem}", i + 1)).into());
        }
        Ok(())
    }

    /// Promises of ticket aid stay within what their fund holds.
    fn check_aid<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let mut funds: Vec<(Slug, i64)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.item.payer == Payer::Aid) {
            match funds.iter_mut().find(|f| f.0 == line.fund()) {
                Some(fund) => fund.1 += line.concession(),
                None => funds.push((line.fund(), line.concession())),
            }
        }
        funds.into_iter().try_for_each(|(fund, minor)| available(desk, fund, minor, 0))
    }

    /// Puts so much more of the lines into the books, in their order, donations last; and the concessions of lines that
    /// are covered now. Returns the parts by fund.
    fn cover<D: Desk>(&mut self, desk: &D, entry: &mut Making, minor: i64) -> Result<Vec<(Slug, i64)>, D::Error> {
        let held = desk.conference().was_held(self.event);
        let (mut left, event) = (minor, self.event);
        let mut parts: Vec<(Slug, i64)> = Vec::new();
        for donations in [false, true] {
            for line in &mut self.lines {
                if !line.is_active() || (line.item.kind == ItemKind::Donation) != donations {
                    continue;
                }
                let part = left.min(line.gross() - line.covered);
                let before = line.standing();
                line.covered += part;
                left -= part;
                let after = line.standing();
                let at = line.place(event);
                entry.known(desk, line.item.kind.income(held), at, before.0 - after.0)?;
                entry.known(desk, TAX_PAYABLE, at, before.1 - after.1)?;
                if part > 0 {
                    parts.push((at.fund, part));
                }
                if !line.conceded && line.covered == line.gross() && line.concession() != 0 {
                    line.conceded = true;
                    concede(desk, entry, line, event, held, 1)?;
                }
            }
        }
        Ok(parts)
    }

    fn receive<D: Desk>(
        &mut self,
        desk: &mut D,
        mut entry: Making,
        paid: &Transferred,
        overpaid: bool,
    ) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.method == Method::InKind {
            return Err(self.state(None, "an order is not paid in kind", "record the gift as a sponsorship").into());
        }
        let excess = (paid.amount - self.outstanding()).max(0);
        if excess > 0 && !overpaid {
            let id = DocumentId::new(DocumentKind::Order, self.code);
            return Err(paid_too_much(desk, id, paid.amount, self.outstanding()).into());
        }
        let amount = paid.amount - excess;
        let due = self.receivable.min(amount);
        if amount > due {
            in_time(desk, self.event, paid.date)?;
        }
        self.receivable -= due;
        entry.known(desk, RECEIVABLE, entry.plain(), -due)?;
        let mut parts = vec![(GENERAL_FUND, due)];
        parts.extend(self.cover(desk, &mut entry, amount - due)?);
        // What is too much is not received for the order: it is owed back.
        parts.push((GENERAL_FUND, excess));
        self.refunds += excess;
        self.overpaid += excess;
        self.overpaid_owed += excess;
        entry.known(desk, REFUNDS_PAYABLE, entry.plain(), -excess)?;
        self.received += amount;
        self.fees += paid.fee;
        paid.receive(desk, &mut entry, &parts)?;
        entry.post(desk)
    }

    /// Takes a payment.
    ///
    /// # Errors
    /// [`RuleError::Beyond`] when it is more than what is to be paid.
    pub(super) fn pay<D: Desk>(mut self, desk: &mut D, payment: &Payment) -> Result<(), D::Error> {
        // Of a cancelled event's order, nothing is open: all of it is owed back.
        if !(payment.overpaid && self.outstanding() == 0) {
            self.not_cancelled(desk)?;
        }
        let entry = self.entry(payment.paid.date);
        self.receive(desk, entry, &payment.paid, payment.overpaid)?;
        desk.put(Document::Order(self))
    }

    fn not_cancelled<D: Desk>(&self, desk: &D) -> Result<(), RuleError> {
        match desk.conference().status(self.event) {
            EventStatus::Cancelled(date) if self.receivable == 0 => Err(RuleError::EventOver {
                event: self.event,
                status: "cancelled",
                date,
                what: "its orders take no more payments",
            }),
            _ => Ok(()),
        }
    }

    /// It is invoiced, and thereby due. Returns what became receivable.
    pub(super) fn invoice<D: Desk>(&mut self, desk: &mut D, date: Date) -> Result<i64, D::Error> {
        self.not_cancelled(desk)?;
        in_time(desk, self.event, date)?;
        let minor = self.outstanding() - self.receivable;
        let mut entry = self.entry(date);
        for (fund, part) in self.cover(desk, &mut entry, minor)? {
            entry.through_general(desk, RECEIVABLE, fund, part)?;
        }
        self.receivable += minor;
        entry.post(desk)?;
        Ok(minor)
    }

    fn line_index(&self, line: usize) -> Result<usize, RuleError> {
        if (1..=self.lines.len()).contains(&line) {
            return Ok(line - 1);
        }
        let problem = format!("it has {} lines", self.lines.len());
        Err(self.state(Some(line), &problem, "`bursar order show CODE` shows them"))
    }

    /// Lines by number, all active ones when none are given; refuses lines that do not stand any more.
    fn chosen(&self, lines: &[usize]) -> Result<Vec<usize>, RuleError> {
        if lines.is_empty() {
            let active: Vec<usize> = (0..self.lines.len()).filter(|i| self.lines[*i].is_active()).collect();
            if active.is_empty() {
                return Err(self.state(None, "nothing of it stands any more", "`bursar order show CODE` shows it"));
            }
            return Ok(active);
        }
        let mut chosen = Vec::new();
        for line in lines {
            let index = self.line_index(*line)?;
            self.must_stand(index)?;
            if !chosen.contains(&index) {
                chosen.push(index);
            }
        }
        Ok(chosen)
    }

    fn must_stand(&self, index: usize) -> Result<(), RuleError> {
        let line = &self.lines[index];
        if line.is_active() {
            return Ok(());
        }
        let problem = format!("it was {}", line.state());
        Err(self.state(Some(index + 1), &problem, "`bursar order show CODE` shows its lines"))
    }

    /// Takes so much of a line out of the books again. Net, tax and the fund it came from.
    fn give_back<D: Desk>(
        &mut self,
        desk: &mut D,
        entry: &mut Making,
        index: usize,
        minor: i64,
    ) -> Result<(), D::Error> {
        let held = desk.conference().was_held(self.event);
        let event = self.event;
        let line = &mut self.lines[index];
        let (net, tax) = line.standing();
        if minor > net + tax {
            let what = format!("a refund of order {}, line {}", self.code, index + 1);
            return Err(beyond(desk, what, minor, i128::from(net + tax), "was paid for it").into());
        }
        let tax_part = if minor == net + tax {
            tax
        } else {
            i64::try_from(i128::from(tax) * i128::from(minor) / i128::from((net + tax).max(1))).unwrap_or(tax)
        };
        line.returned += minor;
        line.returned_tax += tax_part;
        let at = line.place(event);
        entry.withdraw(desk, at.fund, minor - tax_part)?;
        entry.known(desk, line.item.kind.income(held), at, minor - tax_part)?;
        entry.known(desk, TAX_PAYABLE, at, tax_part)
    }

    /// What goes back reduces what is due first; the rest is owed to the buyer. What came from a donation's fund goes
    /// back from there.
    fn owe<D: Desk>(&mut self, desk: &D, entry: &mut Making, parts: &[(Slug, i64)]) -> Result<(), D::Error> {
        for (fund, minor) in parts {
            let due = self.receivable.min(*minor);
            self.receivable -= due;
            self.refunds += minor - due;
            entry.through_general(desk, RECEIVABLE, *fund, -due)?;
            entry.through_general(desk, REFUNDS_PAYABLE, *fund, due - minor)?;
        }
        Ok(())
    }

    /// Takes lines out of the books, with their passes and concessions. Returns what was paid or due for them, by fund.
    fn take_out<D: Desk>(
        &mut self,
        desk: &mut D,
        entry: &mut Making,
        chosen: &[usize],
        status: LineStatus,
    ) -> Result<Vec<(Slug, i64)>, D::Error> {
        let (held, event) = (desk.conference().was_held(self.event), self.event);
        let mut parts = Vec::new();
        for index in chosen {
            let line = &self.lines[*index];
            let (net, tax) = line.standing();
            parts.push((line.place(event).fund, net + tax));
            if line.conceded {
                concede(desk, entry, line, event, held, -1)?;
            }
            if let Some(code) = line.item.sponsorship {
                let id = DocumentId::new(DocumentKind::Sponsorship, code);
                if let Document::Sponsorship(mut sponsorship) = find(desk, id)? {
                    sponsorship.used -= 1;
                    desk.put(Document::Sponsorship(sponsorship))?;
                }
            }
            self.give_back(desk, entry, *index, net + tax)?;
            self.lines[*index].conceded = false;
            self.lines[*index].status = status;
        }
        Ok(parts)
    }

    /// Cancels lines; a fee is kept of what was paid.
    pub(super) fn cancel<D: Desk>(mut self, desk: &mut D, cancelled: &Cancelled) -> Result<(), D::Error> {
        still_planned(desk, self.event, "nothing of an order can be cancelled any more; a refund can be agreed")?;
        in_time(desk, self.event, cancelled.date)?;
        let chosen = self.chosen(&cancelled.lines)?;
        let mut entry = self.entry(cancelled.date);
        let mut parts = self.take_out(desk, &mut entry, &chosen, LineStatus::Cancelled)?;
        // A donation is given back whole, or not at all.
        let is_sold = |order: &Self, index: usize| order.lines[index].item.kind != ItemKind::Donation;
        let sold = chosen.iter().zip(&parts).filter(|(index, _)| is_sold(&self, **index)).map(|(_, part)| part.1);
        let most = sold.sum::<i64>();
        if cancelled.fee < 0 || cancelled.fee > most {
            let what = format!("the fee for cancelling order {}", self.code);
            return Err(beyond(desk, what, cancelled.fee, i128::from(most), "was paid for what is cancelled").into());
        }
        let mut fee = cancelled.fee;
        for (index, part) in chosen.iter().zip(&mut parts) {
            if !is_sold(&self, *index) {
                continue;
            }
            let line = &mut self.lines[*index];
            let kept = fee.min(part.1);
            // The fee is taxed like what it is kept of.
            let tax = i128::from(kept) * i128::from(line.tax) / i128::from(line.gross().max(1));
            let tax = i64::try_from(tax).unwrap_or(0);
            (line.kept, line.kept_tax) = (kept, tax);
            let at = line.place(self.event);
            entry.known(desk, CANCELLATION_FEES, at, tax - kept)?;
            entry.known(desk, TAX_PAYABLE, at, -tax)?;
            part.1 -= kept;
            fee -= kept;
        }
        self.owe(desk, &mut entry, &parts)?;
        entry.post(desk)?;
        desk.put(Document::Order(self))
    }

    /// What its buyer chose for a cancelled event.
    pub(super) fn call_off<D: Desk>(
        mut self,
        desk: &mut D,
        date: Date,
        otherwise: Choice,
        next: Option<Slug>,
    ) -> Result<(), D::Error> {
        let chosen: Vec<usize> = (0..self.lines.len()).filter(|i| self.lines[*i].is_active()).collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let choice = self.choice.unwrap_or(otherwise);
        if choice == Choice::Carry
            && let Some(to) = next
        {
            let paid: Vec<usize> = chosen.iter().copied().filter(|i| self.lines[*i].is_confirmed()).collect();
            if self.receivable == 0 && !paid.is_empty() {
                let code = carried_code(self.code, to);
                return self.carry_lines(desk, date, &paid, to, code);
            }
        }
        let mut entry = self.entry(date);
        let parts = self.take_out(desk, &mut entry, &chosen, LineStatus::Cancelled)?;
        if choice == Choice::Donate {
            for (fund, minor) in &parts {
                // What was never paid is no gift.
                let due = self.receivable.min(*minor);
                self.receivable -= due;
                entry.through_general(desk, RECEIVABLE, *fund, -due)?;
                entry.known(desk, CONTRIBUTIONS, entry.in_fund(*fund), due - minor)?;
            }
        } else {
            self.owe(desk, &mut entry, &parts)?;
        }
        entry.post(desk)?;
        desk.put(Document::Order(self))
    }

    /// Moves paid lines to an order of another event.
    fn carry_lines<D: Desk>(
        mut self,
        desk: &mut D,
        date: Date,
        chosen: &[usize],
        to: Slug,
        code: Slug,
    ) -> Result<(), D::Error> {
        free(desk, DocumentId::new(DocumentKind::Order, code))?;
        desk.conference().event(to)?;
        still_planned(desk, to, "nothing can be carried to it")?;
        let mut there = Self {
            code,
            event: to,
            lines: Vec::new(),
            received: 0,
            overpaid: 0,
            overpaid_owed: 0,
            paid_back: 0,
            charged_back: 0,
            fees: 0,
            receivable: 0,
            refunds: 0,
            written_off: 0,
            choice: None,
            invoice: None,
            ..self.clone()
        };
        let mut entry = self.entry(date);
        for index in chosen {
            let mut line = self.lines[*index].clone();
            // Its passes are of the other event's sponsor: there it is simply paid for.
            line.item.sponsorship = None;
            // The money goes along: what is charged back or refunded later is the other order's.
            let moved = (line.covered - line.returned).min(self.held());
            there.received += moved;
            self.received -= moved;
            let (from, into) = (line.place(self.event), line.place(to));
            let (net, _) = line.standing();
            let income = line.item.kind.income(false);
            if line.item.kind != ItemKind::Donation {
                entry.known(desk, income, from, net)?;
                entry.known(desk, income, into, -net)?;
            }
            if line.conceded {
                concede(desk, &mut entry, &line, self.event, false, -1)?;
                concede(desk, &mut entry, &line, to, false, 1)?;
            }
            there.lines.push(line);
            self.lines[*index].status = LineStatus::Carried;
        }
        entry.post(desk)?;
        desk.put(Document::Order(there))?;
        desk.put(Document::Order(self))
    }

    /// The event was held: what is deferred is earned, concessions with it, and their funds are released.
    pub(super) fn hold<D: Desk>(mut self, desk: &mut D, date: Date) -> Result<(), D::Error> {
        let mut entry = self.entry(date);
        let event = desk.conference().event(self.event)?;
        let (basis, event, id) = (event.aid_basis.unwrap_or(AidBasis::Concession), self.event, self.id());
        let mut changed = false;
        for line in self.lines.iter_mut().filter(|line| line.is_active()) {
            let at = line.place(event);
            let (net, _) = line.standing();
            let concession = if line.conceded { line.concession() } else { 0 };
            if line.item.kind != ItemKind::Donation {
                entry.known(desk, line.item.kind.income(false), at, net + concession)?;
                entry.known(desk, line.item.kind.income(true), at, -net - concession)?;
            }
            if concession == 0 {
                continue;
            }
            let (before, mut after) = line.contra();
            if line.item.payer == Payer::Aid && basis == AidBasis::Grant {
                after = accounts::AID_DOMESTIC;
            }
            entry.known(desk, after, at, concession)?;
            entry.known(desk, before, at, -concession)?;
            if line.item.payer == Payer::Aid {
                entry.release(desk, line.fund(), concession, id)?;
                (line.released, changed) = (true, true);
            }
        }
        entry.post(desk)?;
        if changed {
            desk.put(Document::Order(self))?;
        }
        Ok(())
    }

    /// Writes off what is due. Before the event, lines are cancelled for it from the last: nothing will be delivered.
    pub(super) fn write_off<D: Desk>(mut self, desk: &mut D, date: Date, minor: i64) -> Result<(), D::Error> {
        positive(desk, "a write-off", minor)?;
        if minor > self.receivable {
            let what = format!("a write-off of order {}", self.code);
            return Err(beyond(desk, what, minor, i128::from(self.receivable), "is due").into());
        }
        in_time(desk, self.event, date)?;
        let mut entry = self.entry(date);
        self.receivable -= minor;
        let mut left = minor;
        let lines = if desk.conference().was_held(self.event) { 0 } else { self.lines.len() };
        for index in (0..lines).rev() {
            let (net, tax) = self.lines[index].standing();
            let part = left.min(net + tax);
            if part == 0 || !self.lines[index].is_active() {
                continue;
            }
            left -= part;
            let fund = self.lines[index].place(self.event).fund;
            entry.through_general(desk, RECEIVABLE, fund, -part)?;
            if part == net + tax {
                self.take_out(desk, &mut entry, &[index], LineStatus::Cancelled)?;
            } else {
                self.give_back(desk, &mut entry, index, part)?;
            }
        }
        entry.known(desk, RECEIVABLE, entry.plain(), -left)?;
        entry.known(desk, CREDIT_LOSS, entry.plain(), left)?;
        self.written_off += left;
        entry.post(desk)?;
        desk.put(Document::Order(self))
    }

    /// A refund that is owed is paid.
    pub(super) fn pay_back<D: Desk>(mut self, desk: &mut D, paid: &Transferred) -> Result<(), D::Error> {
        paid.check(desk)?;
        if paid.amount > self.refunds {
            let what = format!("a payment back for order {}", self.code);
            return Err(beyond(desk, what, paid.amount, i128::from(self.refunds), "is owed").into());
        }
        self.refunds -= paid.amount;
        self.paid_back += paid.amount;
        // What came in beyond what the order comes to goes back first.
        self.overpaid_owed -= self.overpaid_owed.min(paid.amount);
        let mut entry = self.entry(paid.date);
        entry.known(desk, REFUNDS_PAYABLE, entry.plain(), paid.amount)?;
        paid.pay(desk, &mut entry, GENERAL_FUND)?;
        entry.post(desk)?;
        desk.put(Document::Order(self))
    }

    /// What is counted of it.
    pub(super) fn tally(&self, tallies: &mut Vec<Tallied>) {
        let event = Some(self.event);
        for line in &self.lines {
            let item = &line.item;
            let active = line.is_active();
            let (net, _) = line.standing();
            if let (Some(ticket), Some(role)) = (item.ticket, item.role)
                && item.kind == ItemKind::Admission
            {
                let tier = line.tier.as_ref().map_or("", Slug::as_str);
                let key = format!("{ticket}|{tier}|{role}|{}|{}", line.state(), item.payer);
                tallies.push((TallyKey::new("admission", event, key), 1, net));
                if active && line.conceded {
                    let (kind, key) = match item.payer {
                        Payer::Aid => ("ticket-aid", format!("{role}|{}", line.fund())),
                        _ if item.exception.is_some() => ("waiver", format!("{role}|exception")),
                        _ => ("waiver", role.word().to_owned()),
                    };
                    tallies.push((TallyKey::new(kind, event, key), 1, line.concession()));
                }
            }
            if let (Some(ticket), true) = (item.ticket, active) {
                tallies.push((TallyKey::sold(self.event, ticket), item.quantity, net));
            }
            if let (Some(discount), true) = (item.discount, active) {
                tallies.push((TallyKey::discount(self.event, discount), 1, item.reduction));
            }
            if active && item.payer == Payer::Aid && !line.released {
                tallies.push((TallyKey::committed(line.fund()), 1, line.concession()));
            }
        }
    }
}

/// Puts a concession into the books (`sign` 1) or takes it out (−1): list value against contra.
fn concede<D: Desk>(
    desk: &D,
    entry: &mut Making,
    line: &OrderLine,
    event: Slug,
    held: bool,
    sign: i64,
) -> Result<(), D::Error> {
    let at = line.place(event);
    let (before, after) = line.contra();
    let minor = sign * line.concession();
    entry.known(desk, if held { after } else { before }, at, minor)?;
    entry.known(desk, line.item.kind.income(held), at, -minor)
}

/// Code of an order that was carried to another event.
fn carried_code(code: Slug, to: Slug) -> Slug {
    format!("{code}.{to}").parse().unwrap_or(code)
}

fn load<D: Desk>(desk: &mut D, code: Slug) -> Result<Order, D::Error> {
    let id = DocumentId::new(DocumentKind::Order, code);
    match find(desk, id)? {
        Document::Order(order) => Ok(order),
        _ => Err(RuleError::NoDocument { id, near: None }.into()),
    }
}

impl RefundAgreed {
    /// Agrees a refund.
    ///
    /// # Errors
    /// [`RuleError::Beyond`] when more than was paid would go back.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let mut order = load(desk, self.order)?;
        in_time(desk, order.event, self.date)?;
        let standing = order.lines.iter().map(|line| i128::from(line.covered - line.returned)).sum::<i128>();
        let (most, minor) =
            (standing - i128::from(order.written_off), self.lines.iter().map(|line| i128::from(line.1)).sum::<i128>());
        if order.written_off > 0 && minor > most {
            let (what, of) = (format!("a refund of order {}", self.order), "was paid for it and not written off");
            return Err(beyond(desk, what, i64::try_from(minor).unwrap_or(i64::MAX), most, of).into());
        }
        let mut entry = order.entry(self.date);
        let mut parts = Vec::new();
        for (line, minor) in &self.lines {
            positive(desk, "a refund", *minor)?;
            let index = order.line_index(*line)?;
            order.must_stand(index)?;
            parts.push((order.lines[index].place(order.event).fund, *minor));
            order.give_back(desk, &mut entry, index, *minor)?;
        }
        order.owe(desk, &mut entry, &parts)?;
        entry.post(desk)?;
        desk.put(Document::Order(order))
    }
}

impl Transfer {
    /// Hands an admission over.
    ///
    /// # Errors
    /// [`RuleError::State`] when the line does not stand, [`RuleError::EventOver`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let mut order = load(desk, self.order)?;
        still_planned(desk, order.event, "its admissions can no longer be transferred")?;
        let index = order.line_index(self.line)?;
        order.must_stand(index)?;
        if order.lines[index].item.attendee.is_none() {
            let problem = "it is nobody's admission";
            return Err(order.state(Some(self.line), problem, "name the line of an admission or tutorial").into());
        }
        order.lines[index].item.attendee = Some(self.attendee);
        desk.put(Document::Order(order))
    }
}

impl Carried {
    /// Carries lines over.
    ///
    /// # Errors
    /// [`RuleError::State`] for lines that are not paid, [`RuleError::EventOver`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let order = load(desk, self.order)?;
        if let EventStatus::Held(date) = desk.conference().status(order.event) {
            let what = "what was delivered cannot be carried on";
            return Err(RuleError::EventOver { event: order.event, status: "held", date, what }.into());
        }
        in_time(desk, order.event, self.date)?;
        in_time(desk, self.to, self.date)?;
        let chosen = order.chosen(&self.lines)?;
        for index in &chosen {
            if !order.lines[*index].is_confirmed() || order.receivable > 0 {
                let problem = "it is not paid";
                return Err(order.state(Some(index + 1), problem, "take the payment first, or cancel it").into());
            }
        }
        if self.to == order.event {
            return Err(order.state(None, "it is that event's already", "name another event").into());
        }
        order.carry_lines(desk, self.date, &chosen, self.to, self.code)
    }
}

impl ChargedBack {
    /// Books a chargeback: what was paid is due again.
    ///
    /// # Errors
    /// [`RuleError::Beyond`] when it is more than what came in and was not paid back or charged back.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let mut order = load(desk, self.order)?;
        let amount = self.taken.amount;
        positive(desk, "a chargeback", amount)?;
        if amount > order.chargeable() {
            let what = format!("a chargeback of order {}", self.order);
            let of = "came in and was not paid back or charged back";
            return Err(beyond(desk, what, amount, i128::from(order.chargeable()), of).into());
        }
        // What is owed back anyway is settled by it: first what came in beyond what the order comes to, which was never
        // received for it, then what was cancelled or refunded. The rest is due again.
        let owed = order.refunds.min(amount);
        let of_overpaid = order.overpaid_owed.min(owed);
        order.refunds -= owed;
        order.overpaid_owed -= of_overpaid;
        order.overpaid -= of_overpaid;
        order.received -= amount - of_overpaid;
        order.charged_back += amount;
        order.receivable += amount - owed;
        let mut entry = order.entry(self.taken.date);
        entry.known(desk, REFUNDS_PAYABLE, entry.plain(), owed)?;
        entry.known(desk, RECEIVABLE, entry.plain(), amount - owed)?;
        entry.known(desk, DISPUTE_FEES, entry.plain(), self.taken.fee)?;
        let place = self.taken.place(desk)?;
        entry.at(desk, place, entry.plain(), -amount - self.taken.fee)?;
        entry.post(desk)?;
        desk.put(Document::Order(order))
    }
}
