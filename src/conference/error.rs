//! What a posting rule refuses.

use thiserror::Error;

use super::{DocumentId, Role, WhoPays};
use crate::calendar::Date;
use crate::ledger::{LedgerError, Slug};
use crate::money::MoneyError;

/// A refusal by a rule of the conference. Amounts are printed in the books' currency.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RuleError {
    /// By the rules of double entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// No document with this code.
    #[error("there is no {} `{}`{}", id.kind, id.code, near.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    NoDocument {
        /// What was asked for.
        id: DocumentId,
        /// The nearest there is.
        near: Option<String>,
    },
    /// A document has the code already.
    #[error("{} `{}` is there already", id.kind, id.code)]
    Taken {
        /// The document.
        id: DocumentId,
    },
    /// A code that the conference does not know.
    #[error("{event}has no {what} `{code}`{}", near.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    NoSuch {
        /// `ticket`, `discount`, `package`, `tax code`.
        what: &'static str,
        /// The code.
        code: String,
        /// `event pyex26 `, or empty.
        event: String,
        /// The nearest there is.
        near: Option<String>,
    },
    /// The chart lacks the account that a rule posts to.
    #[error("the chart has no account with code {code} ({purpose})")]
    NoAccount {
        /// The code that all charts share.
        code: &'static str,
        /// What the rule needs it for.
        purpose: &'static str,
    },
    /// Under the event's policy somebody pays for every admission.
    #[error("{event} is under `{policy}`: the {role}'s admission `{ticket}` names nobody who pays for it{detail}")]
    EveryonePays {
        /// The event.
        event: Slug,
        /// Its policy.
        policy: WhoPays,
        /// The attendee's role.
        role: Role,
        /// The ticket.
        ticket: Slug,
        /// How it came to nothing.
        detail: String,
    },
    /// The event does not take this any more.
    #[error("{event} was {status} on {date}: {what}")]
    EventOver {
        /// The event.
        event: Slug,
        /// `held` or `cancelled`.
        status: &'static str,
        /// When.
        date: Date,
        /// What it does not take.
        what: &'static str,
    },
    /// The event is over, and nobody has confirmed it: what is dated later would change what its last day has earned.
    #[error(
        "{event} ended on {last_day}, and nobody has said that it was held: nothing of {date} can change what was deferred for it"
    )]
    NotConfirmed {
        /// The event.
        event: Slug,
        /// Its last day.
        last_day: Date,
        /// The date of what was to be recorded.
        date: Date,
    },
    /// A fund does not hold what is to be released from it.
    #[error("{id} needs a release of {wanted} from fund `{fund}`, which holds {held}")]
    FundShort {
        /// The fund.
        fund: Slug,
        /// What is to be paid from it.
        id: DocumentId,
        /// The amount, as shown.
        wanted: Box<str>,
        /// What the fund holds, as shown.
        held: Box<str>,
    },
    /// More comes in than is still to be paid.
    #[error("a payment of {id}: {paid} is more than {open}, which is still to be paid")]
    Overpaid {
        /// The order or sponsorship.
        id: DocumentId,
        /// What came in, as shown.
        paid: String,
        /// What is open, as shown.
        open: String,
    },
    /// More than is there.
    #[error("{what}: {wanted} is more than {limit} ({of})")]
    Beyond {
        /// What was tried: `a refund of order a1`.
        what: String,
        /// The amount or number asked for.
        wanted: String,
        /// The most there is.
        limit: String,
        /// What the limit is: `was paid for line 1`.
        of: String,
    },
    /// The document is not in a state for it.
    #[error("{} `{}`{}: {problem}", id.kind, id.code, line.map(|l| format!(", line {l}")).unwrap_or_default())]
    State {
        /// The document.
        id: DocumentId,
        /// The line.
        line: Option<usize>,
        /// What is in the way.
        problem: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// An approver who is the claimant.
    #[error("claim `{claim}` cannot be approved by its claimant")]
    OwnClaim {
        /// The claim.
        claim: Slug,
    },
    /// Shares of an allocation that do not make a whole.
    #[error("the shares of allocation `{rule}` add up to {sum}, not to 1")]
    Shares {
        /// The rule.
        rule: Slug,
        /// What they add up to.
        sum: String,
    },
    /// Only the donor can free what a donor restricts.
    #[error("fund `{fund}` is restricted by its donors: the board cannot move money into it or out of it")]
    DonorRestricted {
        /// The fund.
        fund: Slug,
    },
    /// No rate is known for a foreign currency.
    #[error("no rate of {currency} is known on {date} or before")]
    NoRate {
        /// The currency.
        currency: String,
        /// The day.
        date: Date,
    },
    /// A document that contradicts itself or lacks something.
    #[error("{what}: {problem}")]
    Invalid {
        /// What: `ticket individual`.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
}
