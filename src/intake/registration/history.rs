//! What has happened to an order: its history from rows that sell and take back, or what must have happened where only
//! the present state is told.

use std::collections::HashMap;

use super::booking::{Booking, Happening, Moved, Position, What};
use super::rows::{Change, Standing, Ticket};
use super::tally::{Reason, Registered};
use crate::calendar::Date;
use crate::intake::Problems;

/// What has happened to tickets of which only the present state is known.
pub(super) fn stand_as(mut tickets: Vec<Ticket>, booking: &mut Booking, has_payments: bool, as_of: Date) {
    // An export may be sorted otherwise the next time; lines of a document stay where they are.
    tickets.sort_by(|a, b| {
        let key = |ticket: &Ticket| (ticket.position.key.len(), ticket.position.key.clone());
        key(a).cmp(&key(b))
    });
    let Some(first) = tickets.first() else { return };
    let (line, date) = (booking.line, first.date);
    let mut positions = Vec::new();
    let (mut paid, mut refunded, mut fee) = (0_i64, 0_i64, 0_i64);
    let (mut paid_date, mut method, mut reference) = (date, String::new(), String::new());
    let mut cancelled = Vec::new();
    for ticket in tickets {
        if ticket.standing != Standing::Open && !has_payments {
            paid = paid.saturating_add(ticket.position.price);
            fee = fee.saturating_add(ticket.fee);
            (paid_date, method) = (ticket.paid_date, ticket.method);
            if reference.is_empty() {
                reference = ticket.reference;
            }
            refunded = refunded.saturating_add(ticket.refunded);
        }
        if matches!(ticket.standing, Standing::Cancelled | Standing::Refunded) {
            cancelled.push(ticket.position.key.clone());
            if ticket.standing == Standing::Refunded && !has_payments && ticket.refunded == 0 {
                refunded = refunded.saturating_add(ticket.position.price);
            }
        }
        positions.push(ticket.position);
    }
    let as_of = as_of.max(date);
    let mut happen = |date, what| booking.happenings.push(Happening { line, date, what, file: None });
    happen(date, What::Placed(positions));
    let moved = |amount, fee| Moved { amount, fee, method: method.clone(), reference: reference.clone() };
    if paid > 0 {
        happen(paid_date, What::Paid(moved(paid, fee)));
    }
    if !cancelled.is_empty() {
        happen(as_of, What::Cancelled { keys: cancelled, fee: 0 });
    }
    if refunded > 0 {
        happen(as_of, What::Refunded(moved(refunded, 0)));
    }
}

/// The history of an order from rows that sell and take back.
pub(super) fn happenings_of(
    mut changes: Vec<Change>,
    booking: &mut Booking,
    tally: &mut Registered,
    problems: &mut Problems,
) {
    // Pieces that stand, by position, each under a name of its own: pretix keeps a position's number when its product
    // changes.
    let mut standing: HashMap<String, Vec<String>> = HashMap::new();
    let mut times = 0_usize;
    changes.sort_by(|a, b| (a.date, &a.time, a.position.line).cmp(&(b.date, &b.time, b.position.line)));
    while let Some(first) = changes.first() {
        let moment = (first.date, first.time.clone());
        let count = changes.iter().take_while(|change| (change.date, &change.time) == (moment.0, &moment.1)).count();
        let mut together: Vec<Change> = changes.drain(..count).collect();
        // What is taken back and sold again alike at one moment has only changed its tax or its day.
        let stood = |key: &str| standing.get(key).is_some_and(|pieces| !pieces.is_empty());
        while let Some((taken, sold)) = undone(&together, &stood) {
            for place in [taken.max(sold), taken.min(sold)] {
                let change = together.remove(place);
                tally.skip(Reason::Nothing, change.position.price * change.quantity.signum());
            }
        }
        let line = together.first().map_or(booking.line, |change| change.position.line);
        let takes_back = together.iter().any(|change| change.quantity < 0 && !change.is_kept);
        let (mut placed, mut keys, mut kept) = (Vec::new(), Vec::new(), 0_i64);
        // What is taken back at one moment is what stood before; what did not is sold and taken back at once.
        let mut at_once: Vec<(String, i64)> = Vec::new();
        for change in together.iter().filter(|change| change.quantity < 0) {
            let pieces = standing.entry(change.position.key.clone()).or_default();
            let stood = pieces.len().min(usize::try_from(change.quantity.unsigned_abs()).unwrap_or(usize::MAX));
            keys.extend(pieces.split_off(pieces.len() - stood).into_iter().rev());
            let rest = change.quantity.abs() - i64::try_from(stood).unwrap_or(0);
            if rest > 0 {
                at_once.push((change.position.key.clone(), rest));
            }
        }
        for change in together.into_iter().filter(|change| change.quantity > 0) {
            let position = change.position;
            if change.is_kept && takes_back {
                kept = kept.saturating_add(position.price);
                continue;
            }
            let pieces = standing.entry(position.key.clone()).or_default();
            if !pieces.is_empty() && !position.product.starts_with("fee:") {
                let message = format!(
                    "position {} of order `{}` is sold twice; is the file pasted together?",
                    position.key, booking.code
                );
                problems.add(position.line, None, message);
                continue;
            }
            for _ in 0..change.quantity {
                let key = if times == 0 { position.key.clone() } else { format!("{}{AGAIN}{times}", position.key) };
                times += 1;
                pieces.push(key.clone());
                let (price, tax) = (position.price / change.quantity, position.tax / change.quantity);
                placed.push(Position { key, price, tax, quantity: 1, ..position.clone() });
            }
        }
        for (key, count) in at_once {
            let pieces = standing.entry(key.clone()).or_default();
            keys.extend((0..count).map(|_| pieces.pop().unwrap_or_else(|| key.clone())));
        }
        let mut happen = |what| booking.happenings.push(Happening { line, date: moment.0, what, file: None });
        if !placed.is_empty() {
            happen(What::Placed(placed));
        }
        if !keys.is_empty() {
            happen(What::Cancelled { keys, fee: kept });
        }
    }
}

/// Parts a position's number from how many pieces the order had before it.
pub(super) const AGAIN: char = '\u{1f}';

/// The places of a row that takes back and one that sells the same again.
fn undone(changes: &[Change], stood: &dyn Fn(&str) -> bool) -> Option<(usize, usize)> {
    let same = |a: &Change, b: &Change| {
        a.quantity == -b.quantity
            && (&a.position.key, &a.position.product, &a.position.variation, a.position.price)
                == (&b.position.key, &b.position.product, &b.position.variation, b.position.price)
    };
    let taken = |change: &Change| change.quantity < 0 && stood(&change.position.key);
    changes.iter().enumerate().filter(|(_, change)| taken(change)).find_map(|(taken, change)| {
        changes.iter().position(|other| other.quantity > 0 && same(change, other)).map(|sold| (taken, sold))
    })
}
