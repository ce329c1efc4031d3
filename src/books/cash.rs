//! What cash came from or went for, and what services given in kind were used for, where an entry made by hand or by
//! an import does not say.

use super::Setup;
use crate::conference::USED_IN_KIND;
use crate::conference::accounts::{POOLED_CASH, SERVICES_IN_KIND};
use crate::ledger::{AccountNo, AccountType, Coordinate, Entry, Posting, Slug};

/// Cash that came from revenue without a cash-flow line of its own.
const OTHER_RECEIPTS: Slug = Slug::constant("other-receipts");
/// Cash that went for expenses without one.
const OTHER_PAYMENTS: Slug = Slug::constant("other-payments");

/// Whether an account is cash at bank or in clearing: the chart shows it in the line `cash`.
#[must_use]
pub fn is_cash(setup: &Setup, account: AccountNo) -> bool {
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
    let used = used_in_kind(setup, postings);
    if !postings.iter().any(lacks) {
        let mark = |posting: &Posting| if used.contains(&posting.at) { Some(USED_IN_KIND) } else { posting.cash_flow };
        return (!used.is_empty()).then(|| entry.with_cash_flows(mark));
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
        if used.contains(&posting.at) {
            return Some(USED_IN_KIND);
        }
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
    let changes = |posting: &Posting| line(posting) != posting.cash_flow;
    postings.iter().any(changes).then(|| entry.with_cash_flows(line))
}

/// Where the expenses stand that services and facilities given in kind were used for: all expenses of an entry, when
/// they amount to what was given.
fn used_in_kind(setup: &Setup, postings: &[Posting]) -> Vec<Coordinate> {
    let given = setup.account_with_code(SERVICES_IN_KIND.code);
    let sum = |wanted: &dyn Fn(&&Posting) -> bool| -> i128 {
        postings.iter().filter(wanted).map(|posting| i128::from(posting.amount.minor())).sum()
    };
    let is_given = |posting: &&Posting| Some(posting.at.account) == given;
    let is_expense = |posting: &&Posting| {
        let account = setup.account_numbered(posting.at.account);
        account.is_some_and(|account| account.kind == AccountType::Expense)
    };
    if sum(&is_given) == 0 || sum(&is_given) + sum(&is_expense) != 0 {
        return Vec::new();
    }
    postings.iter().filter(is_expense).map(|posting| posting.at).collect()
}
