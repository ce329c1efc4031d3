//! What cash came from or went for, where an entry made by hand or by an import does not say.

use super::Setup;
use crate::conference::accounts::POOLED_CASH;
use crate::ledger::{AccountNo, AccountType, Entry, Posting, Slug};

/// Cash that came from revenue without a cash-flow line of its own.
const OTHER_RECEIPTS: Slug = Slug::constant("other-receipts");
/// Cash that went for expenses without one.
const OTHER_PAYMENTS: Slug = Slug::constant("other-payments");

/// Whether an account is cash at bank or in clearing: the chart shows it in the line `cash`.
pub(super) fn is_cash(setup: &Setup, account: AccountNo) -> bool {
    setup.account_numbered(account).is_some_and(|account| account.line.as_deref() == Some("cash"))
}

/// The entry with a cash-flow line on each cash posting that has none: the line of the largest posting on the other
/// side that is not cash. `None` when nothing is to be added: money that only changes places is no cash flow.
pub(super) fn cash_flows(setup: &Setup, entry: &Entry) -> Option<Entry> {
    let postings = &entry.content().postings;
    let pooled = setup.account_with_code(POOLED_CASH.code);
    let lacks = |posting: &Posting| {
        posting.cash_flow.is_none() && Some(posting.at.account) != pooled && is_cash(setup, posting.at.account)
    };
    if !postings.iter().any(lacks) {
        return None;
    }
    let other_side = |of: &Posting| {
        let sign = of.amount.minor().signum();
        let others = postings.iter().filter(|posting| {
            posting.amount.minor().signum() == -sign && sign != 0 && !is_cash(setup, posting.at.account)
        });
        // The first of equals, so that the same entry always gives the same line.
        others.reduce(|a, b| if b.amount.minor().unsigned_abs() > a.amount.minor().unsigned_abs() { b } else { a })
    };
    let line = |posting: &Posting| {
        if !lacks(posting) {
            return posting.cash_flow;
        }
        let account = setup.account_numbered(other_side(posting)?.at.account)?;
        account.cash_flow.or(match account.kind {
            AccountType::Revenue => Some(OTHER_RECEIPTS),
            AccountType::Expense => Some(OTHER_PAYMENTS),
            AccountType::Asset | AccountType::Liability | AccountType::NetAssets => None,
        })
    };
    postings.iter().any(|posting| lacks(posting) && line(posting).is_some()).then(|| entry.with_cash_flows(line))
}
