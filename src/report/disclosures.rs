//! What has to be said beside figures: gifts in kind, promises that wait for a condition, and what keeps a clearing
//! account from coming to zero. From the cube and the documents; nothing reads the journal.

use super::statement::Statement;
use super::{Audience, ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::calendar::{Date, Window};
use crate::conference::{Document, DocumentKind};
use crate::ledger::{Account, AccountNo};

/// Codes of gifts in kind, in every chart: goods, and services and facilities.
const IN_KIND: [(&str, &str); 2] = [("4230", "goods"), ("4240", "services and facilities")];

/// The notes that a statement needs besides those that people wrote.
pub(super) fn disclosures<S: Store>(
    books: &Books<S>,
    request: &Request,
    statement: &Statement,
) -> Result<Vec<String>, ReportError> {
    let mut notes = Vec::new();
    if statement.key == "activities" {
        notes.extend(in_kind(books, request)?);
    }
    if ["activities", "position", "funds"].contains(&statement.key.as_str()) {
        notes.extend(conditional(books, request)?);
    }
    if statement.key == "clearing" {
        notes.extend(in_the_way(books, request)?);
    }
    Ok(notes)
}

/// A source in brackets, if the chart follows it.
pub(super) fn source<S: Store>(books: &Books<S>, standard: &str, paragraph: &str) -> Result<String, BooksError> {
    let follows = books.setup()?.chart()?.sources.iter().any(|source| source.starts_with(standard));
    Ok(if follows { format!(" ({paragraph})") } else { String::new() })
}

/// Gifts in kind by category, and whether their givers restricted them.
fn in_kind<S: Store>(books: &Books<S>, request: &Request) -> Result<Option<String>, ReportError> {
    if request.audience != Audience::Treasurer {
        return Ok(None);
    }
    let setup = books.setup()?;
    let coordinates = books.coordinates()?;
    let (mut sums, mut restricted) = ([0_i128; IN_KIND.len()], 0_i128);
    for (number, balance) in books.balances(request.window)? {
        let Some(at) = coordinates.get(&number).filter(|at| request.takes(at)) else { continue };
        let code = setup.account_numbered(at.account).and_then(|account| account.code.as_deref());
        let Some(place) = IN_KIND.iter().position(|(known, _)| code == Some(known)) else { continue };
        sums[place] -= balance.net();
        restricted -= if setup.is_restricted(at.fund) { balance.net() } else { 0 };
    }
    let shown = |minor: i128| setup.currency().format_grouped(minor);
    let parts: Vec<String> = IN_KIND
        .iter()
        .zip(sums)
        .filter(|(_, minor)| *minor != 0)
        .map(|((_, name), minor)| format!("{name} {}", shown(minor)))
        .collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let source = source(books, "ASU 2020-07", "ASC 958-605-50-1A")?;
    let restricted = if restricted == 0 { "none".to_owned() } else { shown(restricted) };
    Ok(Some(format!(
        "Gifts in kind{source}: {}; restricted by their givers: {restricted}. Whether they were used or sold, and how their \
         value was found, is for a note: `bursar note add`.",
        parts.join(", ")
    )))
}

/// Gifts promised on a condition that is not met: in no revenue yet (ASU 2018-08).
fn conditional<S: Store>(books: &Books<S>, request: &Request) -> Result<Option<String>, ReportError> {
    if request.audience != Audience::Treasurer {
        return Ok(None);
    }
    let (mut number, mut promised, mut paid) = (0_usize, 0_i128, 0_i128);
    books.documents(DocumentFilter::Kind(DocumentKind::Sponsorship), &mut |document| {
        let Document::Sponsorship(s) = document else { return Ok(()) };
        let wanted = request.events.is_empty() || request.events.contains(&s.event);
        if s.conditional && !s.cancelled && wanted && s.date <= request.window.to() {
            number += 1;
            promised += i128::from(s.gift);
            paid += i128::from(s.advance);
        }
        Ok(())
    })?;
    if number == 0 {
        return Ok(None);
    }
    let shown = |minor: i128| books.setup().map(|setup| setup.currency().format_grouped(minor));
    let paid = if paid == 0 { String::new() } else { format!(", {} of it paid in advance", shown(paid)?) };
    let gifts = if number == 1 { "1 gift".to_owned() } else { format!("{number} gifts") };
    let source = source(books, "ASU 2018-08", "ASC 958-310-50-4")?;
    Ok(Some(format!(
        "Conditional contributions outstanding{source}: {gifts} of {}{paid}; revenue only once the condition is met.",
        shown(promised)?
    )))
}

/// For each clearing account that has not come to zero: since when what came in is not paid out.
fn in_the_way<S: Store>(books: &Books<S>, request: &Request) -> Result<Vec<String>, ReportError> {
    let setup = books.setup()?;
    let mut notes = Vec::new();
    for account in setup.accounts().iter().filter(|account| is_clearing(account)) {
        let Some((minor, since)) = not_paid_out(books, request, account.number)? else { continue };
        let (name, amount) = (account.name.parts().last().unwrap_or_default(), setup.currency().format_grouped(minor));
        let reference = account.code.clone().unwrap_or_else(|| format!("\"{}\"", account.name));
        notes.push(match since {
            Some(day) => format!(
                "{name}: in the way is {amount} of what came in since {day}, if what came first was paid out first; \
                 `bursar report ledger {reference} --from {day}` lists it."
            ),
            None => format!(
                "{name}: {amount} more was paid out than came in: a receipt is missing, or a payout is there twice.",
                amount = setup.currency().format_grouped(-minor)
            ),
        });
    }
    Ok(notes)
}

/// Whether money on an account is with a processor or platform.
pub(super) fn is_clearing(account: &Account) -> bool {
    account.code.as_deref().is_some_and(|code| code.starts_with("11"))
}

/// What stands on an account at the end of the period (minor units, debit positive), and the day since which it came in
/// when the oldest is paid out first; no day when more went out than came in. `None` when nothing stands there.
pub(super) fn not_paid_out<S: Store>(
    books: &Books<S>,
    request: &Request,
    account: AccountNo,
) -> Result<Option<(i128, Option<Date>)>, BooksError> {
    let Some((first, last, _)) = books.span()? else { return Ok(None) };
    let to = request.window.to().min(last.last_day());
    let coordinates = books.coordinates()?;
    let debits_and_net = |window: Window| -> Result<(i128, i128), BooksError> {
        let balances = books.balances(window)?;
        let taken = balances
            .iter()
            .filter(|(number, _)| coordinates.get(number).is_some_and(|at| at.account == account && request.takes(at)));
        Ok(taken.fold((0, 0), |(debits, net), (_, balance)| (debits + balance.debit, net + balance.net())))
    };
    let (_, minor) = debits_and_net(Window::until(to))?;
    if minor <= 0 {
        return Ok((minor < 0).then_some((minor, None)));
    }
    let mut left = minor;
    let Ok(all) = Window::new(first.first_day().min(to), to) else { return Ok(None) };
    for month in all.months(1).into_iter().rev() {
        let (debits, _) = debits_and_net(month)?;
        if debits < left {
            left -= debits;
            continue;
        }
        let mut day = month.to();
        loop {
            let (debits, _) = debits_and_net(Window::new(day, day)?)?;
            left -= debits;
            match day.previous().filter(|previous| left > 0 && *previous >= month.from()) {
                Some(previous) => day = previous,
                None => return Ok(Some((minor, Some(day)))),
            }
        }
    }
    Ok(Some((minor, Some(first.first_day()))))
}
