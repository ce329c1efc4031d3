//! The figures of one event, computed from balances, counts and contracts: of the books, or of a replay under another
//! policy. One computation for both.

use super::statement::Crowd;
use crate::books::{BooksError, Setup};
use crate::conference::accounts::PREPAID;
use crate::conference::{Contract, EventStatus, Payer, Role, TallyKey};
use crate::ledger::{Account, AccountType, Coordinate, Slug};

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// What the event brings in.
    Revenue,
    /// What it costs.
    Cost,
}

/// A line of the summary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventLine {
    /// Revenue or cost.
    pub side: Side,
    /// Key of the chart's statement line.
    pub key: String,
    /// Its label.
    pub label: String,
    /// Minor units; income and cost are both positive.
    pub minor: i128,
    /// Where its postings stand.
    pub places: Vec<Coordinate>,
}

/// Admissions with one ticket, tier, role, state and payer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Admissions {
    /// Ticket.
    pub ticket: String,
    /// Tier, or empty.
    pub tier: String,
    /// Role.
    pub role: String,
    /// `confirmed`, `unpaid`, `cancelled` or `carried`.
    pub state: String,
    /// Who pays.
    pub payer: String,
    /// How many.
    pub count: i64,
    /// What is paid or due for them, without tax, minor units.
    pub net: i128,
}

impl Admissions {
    /// Reads a tally of admissions of the event.
    #[must_use]
    pub fn of(event: Slug, key: &TallyKey, count: i64, net: i128) -> Option<Self> {
        if key.kind != "admission" || key.event != Some(event) {
            return None;
        }
        let mut words = key.key.split('|').map(str::to_owned);
        let (ticket, tier, role) = (words.next()?, words.next()?, words.next()?);
        let (state, payer) = (words.next()?, words.next()?);
        Some(Self { ticket, tier, role, state, payer, count, net })
    }

    /// The admissions that are wanted, as people who are counted.
    #[must_use]
    pub fn crowds(all: &[Self], event: Slug, wanted: impl Fn(&Self) -> bool) -> Vec<Crowd> {
        let crowd = |a: &Self| Crowd {
            key: format!("admission|{event}|{}|{}|{}|{}|{}", a.ticket, a.tier, a.role, a.state, a.payer),
            count: a.count,
            sensitive: false,
        };
        all.iter().filter(|a| wanted(a)).map(crowd).collect()
    }

    /// Whether the people may come in.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.state == "confirmed"
    }

    /// Whether they, or their employer, pay.
    #[must_use]
    pub fn pays(&self) -> bool {
        self.payer == Payer::Own.word() || self.payer == Payer::Employer.word()
    }

    /// Whether they speak.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.role == Role::Speaker.word() || self.role == Role::Keynote.word()
    }
}

/// The figures of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventFigures {
    /// Revenue, then cost, each in the order of the chart.
    pub lines: Vec<EventLine>,
    /// What contracts will still cost, minor units.
    pub to_come: i128,
    /// Admissions, by everything they are counted by.
    pub admissions: Vec<Admissions>,
    /// Terms that cost something per head: amount and guaranteed heads.
    pub per_head: Vec<(i64, i64)>,
}

/// Deferred revenue, and the revenue it becomes when the event is held.
const BECOMES: [(&str, &str); 6] =
    [("2210", "4010"), ("2220", "4040"), ("2230", "4110"), ("2240", "4510"), ("2250", "4020"), ("2260", "4030")];

/// Key of the line for what is prepaid for the event.
pub(super) const PREPAID_LINE: &str = "prepaid-for-event";

/// On which side of an event's result a place counts, and as which account: deferred revenue as what it will be, what is
/// prepaid as a cost without one. What is left of deposits when the event is called off comes back, and is no cost.
fn counted<'a>(setup: &'a Setup, event: Slug, at: &Coordinate) -> Option<(Side, Option<&'a Account>)> {
    let account = setup.account_numbered(at.account).filter(|_| at.event == Some(event))?;
    let code = account.code.as_deref().unwrap_or_default();
    if code == PREPAID.code {
        let called_off = matches!(setup.conference().status(event), EventStatus::Cancelled(_));
        return (!called_off).then_some((Side::Cost, None));
    }
    let becomes = BECOMES.iter().find(|(deferred, _)| *deferred == code);
    let earned = becomes.and_then(|(_, revenue)| setup.find_account(revenue)).unwrap_or(account);
    match earned.kind {
        AccountType::Revenue => Some((Side::Revenue, Some(earned))),
        AccountType::Expense => Some((Side::Cost, Some(earned))),
        _ => None,
    }
}

impl EventFigures {
    /// Whether a place is part of an event's result: what stands there, a credit being income, adds up to it.
    #[must_use]
    pub fn counts(setup: &Setup, event: Slug, at: &Coordinate) -> bool {
        counted(setup, event, at).is_some()
    }

    /// Computes the figures. Before the event is held, what is deferred counts as the revenue it will be, and what is
    /// prepaid as a cost.
    ///
    /// # Errors
    /// [`BooksError`] when the chart lacks a line.
    pub fn compute<'a>(
        setup: &Setup,
        event: Slug,
        balances: impl Iterator<Item = (Coordinate, i128)>,
        tallies: impl Iterator<Item = (&'a TallyKey, i64, i128)>,
        contracts: &[Contract],
    ) -> Result<Self, BooksError> {
        let chart = setup.chart()?;
        let status = setup.conference().status(event);
        let mut lines: Vec<(usize, EventLine)> = Vec::new();
        for (at, minor) in balances {
            let Some((side, counts_as)) = counted(setup, event, &at) else { continue };
            let minor = if side == Side::Revenue { -minor } else { minor };
            let (order, key, label) = match counts_as {
                None => (usize::MAX, PREPAID_LINE, "Prepaid, for the days of the event"),
                Some(account) => {
                    let line = setup.line_of(account)?;
                    let order = chart.lines.iter().position(|known| known.key == line.key).unwrap_or(usize::MAX);
                    (order, line.key.as_str(), line.label.as_str())
                }
            };
            match lines.iter_mut().find(|(_, line)| line.side == side && line.key == key) {
                Some((_, line)) => {
                    line.minor += minor;
                    line.places.push(at);
                }
                None => {
                    let (key, label) = (key.to_owned(), label.to_owned());
                    lines.push((order, EventLine { side, key, label, minor, places: vec![at] }));
                }
            }
        }
        // Balances come in no order.
        lines.iter_mut().for_each(|(_, line)| line.places.sort_unstable());
        // Releases cancel out between the funds, what was prepaid is spent once the event is held, and what was taken back
        // has come to nothing.
        lines.retain(|(_, line)| line.minor != 0);
        lines.sort_by(|a, b| (a.1.side, a.0, &a.1.key).cmp(&(b.1.side, b.0, &b.1.key)));
        let mut admissions: Vec<Admissions> =
            tallies.filter_map(|(key, count, net)| Admissions::of(event, key, count, net)).collect();
        admissions
            .sort_by(|a, b| (&a.ticket, &a.role, &a.payer, &a.state).cmp(&(&b.ticket, &b.role, &b.payer, &b.state)));
        let mut figures = Self {
            lines: lines.into_iter().map(|(_, line)| line).collect(),
            to_come: 0,
            admissions,
            per_head: Vec::new(),
        };
        let heads = figures.heads();
        for contract in contracts.iter().filter(|contract| contract.event == Some(event)) {
            if contract.terms.per_head != 0 {
                figures.per_head.push((contract.terms.per_head, contract.terms.minimum));
            }
            figures.to_come += i128::from(contract.to_come(heads, status));
        }
        Ok(figures)
    }

    /// Sum of a side's lines, minor units; what contracts will still cost is not in it.
    #[must_use]
    pub fn total(&self, side: Side) -> i128 {
        self.lines.iter().filter(|line| line.side == side).map(|line| line.minor).sum()
    }

    /// All that the event costs, with what is to come.
    #[must_use]
    pub fn cost(&self) -> i128 {
        self.total(Side::Cost) + self.to_come
    }

    /// What contracts charge for heads above their guaranteed minimum, minor units.
    #[must_use]
    pub fn by_heads(&self) -> i128 {
        let above = |least: i64| i128::from((self.heads() - least).max(0));
        self.per_head.iter().map(|(each, least)| i128::from(*each) * above(*least)).sum()
    }

    /// Revenue less cost.
    #[must_use]
    pub fn result(&self) -> i128 {
        self.total(Side::Revenue) - self.cost()
    }

    /// The amount of a line, minor units.
    #[must_use]
    pub fn line(&self, side: Side, key: &str) -> i128 {
        self.lines.iter().find(|line| line.side == side && line.key == key).map_or(0, |line| line.minor)
    }

    /// Confirmed admissions.
    #[must_use]
    pub fn heads(&self) -> i64 {
        self.admissions.iter().filter(|a| a.is_confirmed()).map(|a| a.count).sum()
    }

    /// Confirmed admissions that the person or an employer pays for, and what is paid for them, minor units.
    #[must_use]
    pub fn paying(&self) -> (i64, i128) {
        let paying = self.admissions.iter().filter(|a| a.is_confirmed() && a.pays());
        paying.fold((0, 0), |sum, a| (sum.0 + a.count, sum.1 + a.net))
    }

    /// The fewest paying attendees at which revenue covers cost: each pays the average of those who pay, other
    /// admissions and revenue stay, and contracts cost per head beyond their guaranteed minimum. `None` when no number
    /// up to a hundred times the attendance would.
    #[must_use]
    pub fn break_even(&self) -> Option<i64> {
        let (paying, paid) = self.paying();
        if paying == 0 {
            return None;
        }
        let others = self.heads() - paying;
        let by_heads = |heads: i64| -> i128 {
            self.per_head.iter().map(|(each, minimum)| i128::from(*each) * i128::from(heads.max(*minimum))).sum()
        };
        let fixed = self.cost() - by_heads(self.heads());
        let other_revenue = self.total(Side::Revenue) - paid;
        // Multiplied by the number of paying attendees, so that the average needs no rounding.
        let scale = i128::from(paying);
        let covers = |attendees: i64| {
            let revenue = other_revenue * scale + paid * i128::from(attendees);
            revenue >= (fixed + by_heads(others + attendees)) * scale
        };
        (0..=paying.saturating_mul(100)).find(|attendees| covers(*attendees))
    }
}

/// An amount shared by a number, to the nearest minor unit, halves away from zero; none shared by nobody.
#[must_use]
pub fn each(minor: i128, number: i64) -> Option<i128> {
    if number <= 0 {
        return None;
    }
    let number = i128::from(number);
    let half = if minor < 0 { -number } else { number };
    Some((2 * minor + half) / (2 * number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(others: i64, per_head: &[(i64, i64)], revenue: i128, cost: i128, paid: i128) -> EventFigures {
        let line =
            |side, minor| EventLine { side, key: String::new(), label: String::new(), minor, places: Vec::new() };
        let admissions = |payer: &str, count, net| Admissions {
            ticket: String::new(),
            tier: String::new(),
            role: "attendee".to_owned(),
            state: "confirmed".to_owned(),
            payer: payer.to_owned(),
            count,
            net,
        };
        EventFigures {
            lines: vec![line(Side::Revenue, revenue), line(Side::Cost, cost)],
            to_come: 0,
            admissions: vec![admissions("self", 100, paid), admissions("pass", others, 0)],
            per_head: per_head.to_vec(),
        }
    }

    #[test]
    fn break_even_is_where_revenue_covers_cost() {
        // others, contracts per head, revenue, cost, paid by the 100 who pay: the fewest who must pay
        type Case = (i64, &'static [(i64, i64)], i128, i128, i128, Option<i64>);
        let table: [Case; 6] = [
            (0, &[], 10_000, 10_000, 10_000, Some(100)),
            (0, &[], 10_000, 5_001, 10_000, Some(51)),
            (0, &[], 16_000, 6_000, 10_000, Some(0)),
            (20, &[(50, 0)], 10_000, 9_000, 10_000, Some(80)),
            (20, &[(50, 120)], 10_000, 9_000, 10_000, Some(90)),
            (0, &[(200, 0)], 10_000, 30_000, 10_000, None),
        ];
        for (others, per_head, revenue, cost, paid, expected) in table {
            assert_eq!(figures(others, per_head, revenue, cost, paid).break_even(), expected, "{cost}");
        }
    }

    #[test]
    fn shares_are_rounded_half_away_from_zero() {
        for (minor, number, share) in
            [(10, 4, Some(3)), (-10, 4, Some(-3)), (9, 4, Some(2)), (0, 3, Some(0)), (1, 0, None)]
        {
            assert_eq!(each(minor, number), share);
        }
    }
}
