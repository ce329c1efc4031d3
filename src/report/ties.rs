//! Whether statements agree with each other: a figure that stands in two of them is the same figure.

use super::engine::from_layout;
use super::statement::Statement;
use super::{Audience, ReportError, Request};
use crate::books::{Books, Store};

/// Two figures that must be one. Minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tie {
    /// What they are, with the two statements.
    pub what: String,
    /// The first.
    pub left: i128,
    /// The second.
    pub right: i128,
}

impl Tie {
    /// Whether the figures are two.
    #[must_use]
    pub const fn differs(&self) -> bool {
        self.left != self.right
    }
}

/// Net assets, the change in them, cash and program expenses wherever they appear. Of an event alone, what belongs to
/// the organisation as a whole (a balance sheet, cash flows by the indirect method) is not tied.
///
/// # Errors
/// What the statements refuse.
pub fn ties<S: Store>(books: &Books<S>, request: &Request) -> Result<Vec<Tie>, ReportError> {
    // Whoever the set is for: what the treasurer's own statements say must agree.
    let plain = Request { compare: Vec::new(), total: false, audience: Audience::Treasurer, ..request.clone() };
    let setup = books.setup()?;
    let make = |key: &str| -> Result<Option<Statement>, ReportError> {
        setup.layout(key).map(|_| from_layout(books, key, &plain)).transpose()
    };
    let (activities, position) = (make("activities")?, make("position")?);
    let (functional, funds) = (make("functional-expenses")?, make("funds")?);
    let (by_fund, direct, indirect) = (make("fund-activities")?, make("cash-flows")?, make("cash-flows-indirect")?);
    let mut ties = Vec::new();
    let mut tie = |what: &str, left: (&Option<Statement>, &str, &str), right: (&Option<Statement>, &str, &str)| {
        let figure = |(statement, row, column): (&Option<Statement>, &str, &str)| {
            statement.as_ref().and_then(|statement| statement.amount(row, column))
        };
        if let (Some(a), Some(b)) = (figure(left), figure(right)) {
            let key = |s: &Option<Statement>| s.as_ref().map(|s| s.key.clone()).unwrap_or_default();
            let what = format!("{what} ({} and {})", key(left.0), key(right.0));
            ties.push(Tie { what, left: a, right: b });
        }
    };
    tie("net assets, end", (&activities, "end", "total"), (&position, "net-assets", "total"));
    tie("net assets, end", (&activities, "end", "total"), (&funds, "net-assets", "closing"));
    tie("net assets, end", (&activities, "end", "total"), (&by_fund, "end", "total"));
    tie("change in net assets", (&activities, "change", "total"), (&by_fund, "change", "total"));
    tie("change in net assets", (&activities, "change", "total"), (&indirect, "change", "total"));
    tie("total expenses", (&activities, "expenses", "total"), (&functional, "expenses", "total"));
    tie("total expenses", (&by_fund, "expenses", "total"), (&functional, "expenses", "total"));
    tie("net cash from operations", (&direct, "operating", "total"), (&indirect, "operating", "total"));
    tie("net change in cash", (&direct, "net-change", "total"), (&indirect, "net-change", "total"));
    tie("cash, end", (&direct, "end", "total"), (&indirect, "end", "total"));
    tie("cash, end", (&direct, "end", "total"), (&position, "cash", "total"));
    tie("total assets", (&position, "assets", "total"), (&position, "liabilities-and-net-assets", "total"));
    let balance = make("form-990-balance")?;
    tie("net assets, end", (&balance, "X-32", "end"), (&position, "net-assets", "total"));
    tie("total assets", (&balance, "X-16", "end"), (&position, "assets", "total"));
    tie("net assets", (&position, "assets-less-liabilities", "total"), (&position, "net-assets", "total"));
    let events: Vec<String> = setup.events().iter().map(|event| format!("program:{}", event.code)).collect();
    for key in &events {
        tie("program expenses", (&activities, key, "total"), (&functional, "expenses", key));
    }
    if let Some(direct) = &direct {
        let figure = |row: &str| direct.amount(row, "total").unwrap_or(0);
        let end = figure("beginning") + figure("taken-over") + figure("net-change");
        ties.push(Tie {
            what: "cash: beginning and flows are the end (cash-flows)".to_owned(),
            left: end,
            right: figure("end"),
        });
    }
    if request.events.is_empty() {
        return Ok(ties);
    }
    // An event's part of a balance sheet need not balance: what is carried from one event to another, or shared, stands
    // in both. So neither do the two ways to its cash.
    ties.retain(|tie| !["total assets", "net assets (", "net c"].iter().any(|start| tie.what.starts_with(start)));
    Ok(ties)
}
