//! The accounts that posting rules post to, by the codes that every chart shares.

use super::{ItemKind, Method, Residence};

/// An account that a rule needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// Its code.
    pub code: &'static str,
    /// What it is for, as a message names it.
    pub purpose: &'static str,
}

macro_rules! known {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $purpose:literal;)+) => {
        $($(#[$doc])* pub const $name: Known = Known { code: $code, purpose: $purpose };)+
    };
}

known! {
    /// The current account.
    BANK = "1010", "bank";
    /// Moves money between funds without moving it at the bank.
    POOLED_CASH = "1090", "pooled cash";
    /// Money a card processor still holds.
    CARD_CLEARING = "1110", "card clearing";
    /// Money a ticket platform still holds.
    PLATFORM_CLEARING = "1120", "ticket platform clearing";
    /// Money in an online wallet.
    WALLET = "1130", "online wallet";
    /// Due from registrants.
    RECEIVABLE = "1210", "accounts receivable";
    /// Due from sponsors, for benefits.
    SPONSORSHIP_RECEIVABLE = "1220", "sponsorship receivable";
    /// Promised gifts.
    PLEDGES = "1310", "pledges receivable";
    /// Paid or billed before it is received.
    PREPAID = "1510", "prepaid expenses";
    /// Input tax to be recovered.
    TAX_RECOVERABLE = "1610", "tax recoverable";
    /// Money the fiscal sponsor holds.
    HELD_BY_HOST = "1710", "held by host";
    /// Owed to vendors.
    PAYABLE = "2010", "accounts payable";
    /// Owed to volunteers.
    REIMBURSEMENTS = "2030", "reimbursements payable";
    /// Owed to recipients of aid.
    GRANTS_PAYABLE = "2110", "grants payable";
    /// Owed to buyers whose money goes back.
    REFUNDS_PAYABLE = "2120", "refunds payable";
    /// Registrations of events to come.
    DEFERRED_REGISTRATION = "2210", "deferred registration";
    /// Tutorials of events to come.
    DEFERRED_TUTORIALS = "2220", "deferred tutorials";
    /// Sponsorship of events to come.
    DEFERRED_SPONSORSHIP = "2230", "deferred sponsorship";
    /// Merchandise of events to come.
    DEFERRED_MERCHANDISE = "2240", "deferred merchandise";
    /// Waived prices of events to come (contra).
    DEFERRED_WAIVERS = "2250", "deferred waivers";
    /// Ticket aid of events to come (contra).
    DEFERRED_TICKET_AID = "2260", "deferred ticket aid";
    /// Gifts whose condition is not met.
    ADVANCES = "2310", "refundable advances";
    /// Output tax.
    TAX_PAYABLE = "2410", "tax payable";
    /// Between funds that the board sets aside; zero over all funds.
    DESIGNATIONS = "3030", "board designations";
    /// Gains (credit) and losses (debit) on foreign currency.
    FOREIGN_EXCHANGE = "4710", "foreign exchange";
    /// Registrations.
    REGISTRATION = "4010", "registration";
    /// Waived prices (contra).
    WAIVERS = "4020", "waivers";
    /// Ticket aid (contra).
    TICKET_AID = "4030", "ticket aid";
    /// Tutorials.
    TUTORIALS = "4040", "tutorials";
    /// What is kept of cancelled orders.
    CANCELLATION_FEES = "4060", "cancellation fees";
    /// Sponsorship, exchange part.
    SPONSORSHIP = "4110", "sponsorship";
    /// Gifts.
    CONTRIBUTIONS = "4210", "contributions";
    /// Gifts of goods.
    GOODS_IN_KIND = "4230", "goods in kind";
    /// Gifts of services and facilities.
    SERVICES_IN_KIND = "4240", "services in kind";
    /// Merchandise.
    MERCHANDISE = "4510", "merchandise";
    /// Moves released amounts from a fund to general (both sides of one line).
    RELEASED = "4900", "net assets released";
    /// Aid to people at home.
    AID_DOMESTIC = "5310", "financial aid, domestic";
    /// Aid to people abroad.
    AID_FOREIGN = "5320", "financial aid, foreign";
    /// What processors keep.
    PROCESSING_FEES = "5410", "processing fees";
    /// What processors take for a chargeback.
    DISPUTE_FEES = "5420", "dispute fees";
    /// Receivables that are not paid.
    CREDIT_LOSS = "5430", "credit loss";
    /// Deposits lost when an event is cancelled.
    CANCELLATION_LOSS = "5610", "cancellation loss";
    /// What the fiscal sponsor keeps.
    HOST_FEE = "5620", "host fee";
    /// What a bank charges.
    BANK_CHARGES = "6610", "bank charges";
}

impl ItemKind {
    /// Where an item's income stands before its event was held, and after.
    pub(super) const fn income(self, held: bool) -> Known {
        match (self, held) {
            (Self::Admission, false) => DEFERRED_REGISTRATION,
            (Self::Admission, true) => REGISTRATION,
            (Self::Tutorial, false) => DEFERRED_TUTORIALS,
            (Self::Tutorial, true) => TUTORIALS,
            (Self::Merchandise, false) => DEFERRED_MERCHANDISE,
            (Self::Merchandise, true) => MERCHANDISE,
            // A gift is no exchange: it is revenue when it is given.
            (Self::Donation, _) => CONTRIBUTIONS,
        }
    }
}

impl Method {
    /// The account money moves through unless another is named; none for gifts in kind.
    #[must_use]
    pub const fn account(self) -> Option<Known> {
        match self {
            Self::Card => Some(CARD_CLEARING),
            Self::Platform => Some(PLATFORM_CLEARING),
            Self::Wallet => Some(WALLET),
            Self::Wire | Self::Cheque | Self::Cash => Some(BANK),
            Self::Host => Some(HELD_BY_HOST),
            Self::InKind => None,
        }
    }

    /// What is kept of money that comes in: a host's fee is not a processor's.
    pub(super) const fn fee(self) -> Known {
        match self {
            Self::Host => HOST_FEE,
            _ => PROCESSING_FEES,
        }
    }
}

impl Residence {
    /// The account of aid to someone who lives there.
    pub(super) const fn aid(self) -> Known {
        match self {
            Self::Domestic => AID_DOMESTIC,
            Self::Foreign => AID_FOREIGN,
        }
    }
}
