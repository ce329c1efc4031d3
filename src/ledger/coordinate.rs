//! Where in the books an amount stands.

use super::{AccountNo, Function, Slug};

/// One point of the cube that balances are kept for: account and dimensions, without the date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Coordinate {
    /// The account.
    pub account: AccountNo,
    /// The event (conference) it belongs to; `None` is the organisation itself.
    pub event: Option<Slug>,
    /// The fund.
    pub fund: Slug,
    /// The function of an expense.
    pub function: Option<Function>,
    /// The activity within an event: talks, tutorials, sprints, …
    pub activity: Option<Slug>,
    /// The tax code.
    pub tax_code: Option<Slug>,
}
