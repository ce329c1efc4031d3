//! What a posting rule works on: documents as they stand, what the organisation has set up, and a way to post.
//!
//! The rules are the same wherever they run. The books run them to record a fact, `verify` to prove that the entries
//! are those the facts give, a what-if to see what they would have been under another policy. Each of these is a desk.

use super::accounts::{Known, POOLED_CASH, RELEASED};
use super::{Conference, Document, DocumentId, DocumentKind, Foreign, RuleError, TallyKey};
use crate::calendar::Date;
use crate::ledger::{
    Account, AccountNo, AccountType, Coordinate, Draft, Function, GENERAL_FUND, Original, PartyNo, Posting, Slug,
};
use crate::money::{Currency, Money};

/// A place where documents are worked on.
pub trait Desk {
    /// What can go wrong at it.
    type Error: From<RuleError>;

    /// Currency of all amounts.
    fn currency(&self) -> Currency;
    /// Events, tickets, packages, tax codes, as they are now.
    fn conference(&self) -> &Conference;
    /// An account.
    fn account(&self, number: AccountNo) -> Option<&Account>;
    /// The account with a code.
    fn account_with_code(&self, code: &str) -> Option<AccountNo>;
    /// Whether an account is cash at bank or in clearing.
    fn is_cash(&self, account: AccountNo) -> bool;
    /// The function an account's postings have unless said otherwise.
    fn function_of(&self, account: AccountNo, said: Option<Function>) -> Option<Function>;
    /// Whether a donor restricts the fund.
    fn is_restricted(&self, fund: Slug) -> bool;
    /// How a fund stands over all days.
    fn fund_standing(&mut self, fund: Slug) -> Result<FundStanding, Self::Error>;
    /// Whom a party counts as: its holding, else itself.
    fn contributor(&mut self, party: PartyNo) -> Result<PartyNo, Self::Error>;
    /// A document as it stands.
    fn document(&mut self, id: DocumentId) -> Result<Option<Document>, Self::Error>;
    /// Up to so many documents of an event and kind, by code, after this code.
    fn documents_of(
        &mut self,
        event: Slug,
        kind: DocumentKind,
        after: Option<Slug>,
        most: usize,
    ) -> Result<Vec<Document>, Self::Error>;
    /// Keeps a document as it stands now.
    fn put(&mut self, document: Document) -> Result<(), Self::Error>;
    /// Number and amount counted under a key, over all documents.
    fn tally(&mut self, key: &TallyKey) -> Result<(i64, i128), Self::Error>;
    /// Posts an entry that follows from the fact at hand.
    fn post(&mut self, draft: Draft) -> Result<(), Self::Error>;
}

/// What a fund has. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FundStanding {
    /// Its net assets.
    pub held: i128,
    /// What was released from it, less what was taken back of that.
    pub released: i128,
}

impl FundStanding {
    /// Adds a posting to an account of the fund, debit positive.
    pub fn add(&mut self, account: &Account, minor: i128) {
        if account.kind.is_net_assets() {
            self.held -= minor;
        }
        if account.code.as_deref() == Some(RELEASED.code) {
            self.released += minor;
        }
    }
}

/// Dimensions of a posting beside its account.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub event: Option<Slug>,
    pub fund: Slug,
    pub function: Option<Function>,
    pub activity: Option<Slug>,
    pub tax: Option<Slug>,
}

/// An entry in the making. Amounts at the same place are added up; nothing is posted when nothing is left.
#[derive(Clone, Debug)]
pub(super) struct Making {
    date: Date,
    event: Option<Slug>,
    party: Option<PartyNo>,
    /// Line of the direct cash-flow statement for what moves cash.
    cash_flow: Slug,
    lines: Vec<(Coordinate, Option<Slug>, i64)>,
    /// Foreign amounts behind postings to an account.
    originals: Vec<(AccountNo, Original)>,
}

pub(super) const REGISTRANTS: Slug = Slug::constant("registrants");
pub(super) const SPONSORS: Slug = Slug::constant("sponsors");
pub(super) const CONTRIBUTORS: Slug = Slug::constant("contributors");
pub(super) const SUPPLIERS: Slug = Slug::constant("venues-and-suppliers");
pub(super) const STAFF: Slug = Slug::constant("staff");
pub(super) const AID: Slug = Slug::constant("aid");
/// What marks the use of services and facilities given in kind: no line of cash flows, since no cash flows.
pub const USED_IN_KIND: Slug = Slug::constant("used-in-kind");

impl Making {
    pub(super) const fn new(date: Date, event: Option<Slug>, party: Option<PartyNo>, cash_flow: Slug) -> Self {
        Self { date, event, party, cash_flow, lines: Vec::new(), originals: Vec::new() }
    }

    /// The general fund, nothing else said.
    pub(super) const fn plain(&self) -> At {
        At { event: self.event, fund: GENERAL_FUND, function: None, activity: None, tax: None }
    }

    pub(super) const fn in_fund(&self, fund: Slug) -> At {
        At { event: self.event, fund, function: None, activity: None, tax: None }
    }

    /// Adds an amount, debit positive, at a known account.
    pub(super) fn known<D: Desk>(&mut self, desk: &D, known: Known, at: At, minor: i64) -> Result<(), D::Error> {
        if minor == 0 {
            return Ok(());
        }
        let account = account(desk, known)?;
        self.at(desk, account, at, minor)
    }

    /// Adds an amount, debit positive, at an account that the fact names.
    pub(super) fn at<D: Desk>(&mut self, desk: &D, account: AccountNo, at: At, minor: i64) -> Result<(), D::Error> {
        if minor == 0 {
            return Ok(());
        }
        let function = desk.function_of(account, at.function);
        let (event, fund, activity, tax_code) = (at.event, at.fund, at.activity, at.tax);
        let coordinate = Coordinate { account, event, fund, function, activity, tax_code };
        let cash_flow = desk.is_cash(account).then_some(self.cash_flow);
        match self.lines.iter_mut().find(|line| line.0 == coordinate) {
            Some(line) => line.2 += minor,
            None => self.lines.push((coordinate, cash_flow, minor)),
        }
        Ok(())
    }

    /// Keeps the foreign amount behind the posting to a known account.
    pub(super) fn original<D: Desk>(
        &mut self,
        desk: &D,
        known: Known,
        foreign: &Foreign,
        sign: i64,
    ) -> Result<(), D::Error> {
        let amount = Money::new(sign * foreign.amount, foreign.currency()?);
        self.originals.push((account(desk, known)?, Original { amount, rate: foreign.rate }));
        Ok(())
    }

    /// Adds what services and facilities given in kind were used for: a posting of its own, marked so that Form 990,
    /// which counts neither their revenue nor their expense, can leave it out.
    pub(super) fn services_in_kind<D: Desk>(
        &mut self,
        desk: &D,
        account: AccountNo,
        at: At,
        minor: i64,
    ) -> Result<(), D::Error> {
        if minor != 0 {
            let mut used = Self { lines: Vec::new(), ..self.clone() };
            used.at(desk, account, at, minor)?;
            self.lines.extend(used.lines.into_iter().map(|(at, _, minor)| (at, Some(USED_IN_KIND), minor)));
        }
        Ok(())
    }

    /// Adds an amount at a known account of the general fund that settles something of another fund: pooled cash keeps
    /// both in balance.
    pub(super) fn through_general<D: Desk>(
        &mut self,
        desk: &D,
        known: Known,
        fund: Slug,
        minor: i64,
    ) -> Result<(), D::Error> {
        self.known(desk, known, self.plain(), minor)?;
        if fund == GENERAL_FUND {
            return Ok(());
        }
        self.known(desk, POOLED_CASH, self.plain(), -minor)?;
        self.known(desk, POOLED_CASH, self.in_fund(fund), minor)
    }

    /// Releases an amount from a fund that a donor restricts (ASC 958-205-45-9): net assets and cash move to general.
    /// Other funds need no release.
    pub(super) fn release<D: Desk>(
        &mut self,
        desk: &mut D,
        fund: Slug,
        minor: i64,
        of: DocumentId,
    ) -> Result<(), D::Error> {
        if minor == 0 || !desk.is_restricted(fund) {
            return Ok(());
        }
        let held = self.standing(desk, fund)?.held;
        if i128::from(minor) > held {
            let currency = desk.currency();
            let shown = |minor: i128| format!("{} {currency}", currency.format_grouped(minor)).into_boxed_str();
            let (wanted, held) = (shown(i128::from(minor)), shown(held));
            return Err(RuleError::FundShort { fund, id: of, wanted, held }.into());
        }
        self.move_released(desk, fund, minor)
    }

    /// How a fund stands with what this entry does to it.
    fn standing<D: Desk>(&self, desk: &mut D, fund: Slug) -> Result<FundStanding, D::Error> {
        let mut standing = desk.fund_standing(fund)?;
        for (at, _, minor) in self.lines.iter().filter(|(at, ..)| at.fund == fund) {
            if let Some(account) = desk.account(at.account) {
                standing.add(account, i128::from(*minor));
            }
        }
        Ok(standing)
    }

    /// Takes the release of an expense back that is undone. What a gift took back with it when it went back, is not taken
    /// back once more.
    pub(super) fn take_release_back<D: Desk>(&mut self, desk: &mut D, fund: Slug, minor: i64) -> Result<(), D::Error> {
        let released = self.standing(desk, fund)?.released;
        self.move_released(desk, fund, -minor)?;
        let twice = (i128::from(minor) - released).clamp(0, i128::from(minor));
        self.of_no_event(desk, fund, i64::try_from(twice).unwrap_or(minor))
    }

    /// Moves a release that belongs to no event: which event's spending it was cannot be said of money.
    fn of_no_event<D: Desk>(&mut self, desk: &D, fund: Slug, minor: i64) -> Result<(), D::Error> {
        let event = std::mem::take(&mut self.event);
        let moved = self.move_released(desk, fund, minor);
        self.event = event;
        moved
    }

    /// Makes room for an amount that goes back out of a fund that a donor restricts: what was spent of it already was
    /// released from it, and so much of that is taken back. The general fund bears what the gift no longer pays for.
    pub(super) fn withdraw<D: Desk>(&mut self, desk: &mut D, fund: Slug, minor: i64) -> Result<(), D::Error> {
        if minor <= 0 || !desk.is_restricted(fund) {
            return Ok(());
        }
        let held = self.standing(desk, fund)?.held;
        // No more than this amount is missing: a fund that was below zero before is not mended here.
        let missing = (i128::from(minor) - held).clamp(0, i128::from(minor));
        self.of_no_event(desk, fund, -i64::try_from(missing).unwrap_or(minor))
    }

    /// The four postings of a release; a negative amount takes one back.
    pub(super) fn move_released<D: Desk>(&mut self, desk: &D, fund: Slug, minor: i64) -> Result<(), D::Error> {
        let (there, here) = (self.in_fund(fund), self.plain());
        self.known(desk, POOLED_CASH, here, minor)?;
        self.known(desk, RELEASED, here, -minor)?;
        self.known(desk, RELEASED, there, minor)?;
        self.known(desk, POOLED_CASH, there, -minor)
    }

    /// Posts money that only changes places: no cash flow, but for a fee.
    pub(super) fn post_transfer<D: Desk>(mut self, desk: &mut D) -> Result<(), D::Error> {
        self.lines.iter_mut().for_each(|line| line.1 = None);
        self.post(desk)
    }

    /// Posts what is left.
    pub(super) fn post<D: Desk>(mut self, desk: &mut D) -> Result<(), D::Error> {
        self.lines.retain(|line| line.2 != 0);
        // Debits first, as entries are read.
        self.lines.sort_by_key(|line| line.2 < 0);
        if self.lines.is_empty() {
            return Ok(());
        }
        let currency = desk.currency();
        let (party, pooled) = (self.party, desk.account_with_code(POOLED_CASH.code));
        let originals = std::mem::take(&mut self.originals);
        let original = |at: &Coordinate| originals.iter().find(|(account, _)| *account == at.account).map(|o| o.1);
        let posting = |(at, cash_flow, minor): (Coordinate, Option<Slug>, i64)| Posting {
            at,
            amount: Money::new(minor, currency),
            // Money that only changes funds is no cash flow.
            cash_flow: cash_flow.filter(|_| Some(at.account) != pooled),
            party,
            original: original(&at),
            memo: None,
        };
        let postings = self.lines.into_iter().map(posting).collect();
        desk.post(Draft { date: self.date, reference: None, description: None, postings })
    }
}

/// The account a rule needs.
pub(super) fn account<D: Desk>(desk: &D, known: Known) -> Result<AccountNo, D::Error> {
    let missing = || RuleError::NoAccount { code: known.code, purpose: known.purpose };
    Ok(desk.account_with_code(known.code).ok_or_else(missing)?)
}

/// Refuses an account that a fact names and that is of another type than these.
pub(super) fn of_type<D: Desk>(
    desk: &D,
    number: AccountNo,
    types: &[AccountType],
    what: &str,
) -> Result<(), RuleError> {
    match desk.account(number) {
        Some(account) if !types.contains(&account.kind) => Err(RuleError::Invalid {
            what: what.to_owned(),
            problem: format!(
                "`{}` is an account of type {}; expected one of type {}",
                account.name,
                account.kind.word(),
                types.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ")
            ),
        }),
        _ => Ok(()),
    }
}

/// A refusal of an amount that is more than there is.
pub(super) fn beyond<D: Desk>(desk: &D, what: String, wanted: i64, limit: i128, of: &str) -> RuleError {
    let currency = desk.currency();
    let shown = |minor: i128| format!("{} {currency}", currency.format_grouped(minor));
    RuleError::Beyond { what, wanted: shown(i128::from(wanted)), limit: shown(limit), of: of.to_owned() }
}

/// A refusal of a payment that is more than is open.
pub(super) fn paid_too_much<D: Desk>(desk: &D, id: DocumentId, paid: i64, open: i64) -> RuleError {
    let currency = desk.currency();
    let shown = |minor: i64| format!("{} {currency}", currency.format_grouped(minor.into()));
    RuleError::Overpaid { id, paid: shown(paid), open: shown(open) }
}

/// Refuses to promise or spend more of a restricted fund than it holds and has not promised.
pub(super) fn available<D: Desk>(desk: &mut D, fund: Slug, minor: i64, already: i64) -> Result<(), D::Error> {
    if !desk.is_restricted(fund) {
        return Ok(());
    }
    let promised = desk.tally(&TallyKey::committed(fund))?.1 - i128::from(already);
    let left = desk.fund_standing(fund)?.held - promised;
    if i128::from(minor) > left {
        let of = "what the fund holds and has not promised";
        return Err(beyond(desk, format!("spending from fund `{fund}`"), minor, left, of).into());
    }
    Ok(())
}

/// Refuses an amount that is not positive, or larger than any conference.
pub(super) fn positive<D: Desk>(desk: &D, what: &str, minor: i64) -> Result<(), RuleError> {
    if (1..=super::ticket::LARGEST).contains(&minor) {
        return Ok(());
    }
    let shown = desk.currency().format_minor(i128::from(minor));
    Err(RuleError::Invalid {
        what: what.to_owned(),
        problem: format!("the amount {shown} is not positive, or too large"),
    })
}

/// A document that must be there.
pub(super) fn find<D: Desk>(desk: &mut D, id: DocumentId) -> Result<Document, D::Error> {
    match desk.document(id)? {
        Some(document) => Ok(document),
        None => Err(RuleError::NoDocument { id, near: None }.into()),
    }
}

/// Refuses a code that is taken.
pub(super) fn free<D: Desk>(desk: &mut D, id: DocumentId) -> Result<(), D::Error> {
    match desk.document(id)? {
        Some(_) => Err(RuleError::Taken { id }.into()),
        None => Ok(()),
    }
}
