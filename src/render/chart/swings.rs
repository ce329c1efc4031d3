//! A tornado: how far the outcome moves with each assumption alone.

use super::super::amount::plain;
use super::canvas::{Anchor, Canvas, WIDTH, bold, fitted, ink};
use super::scale::{Scale, chars, count};
use super::words::{cut, ends, flowed, length, longest, unit, whole};
use crate::money::Currency;
use crate::report::Swing;

const PITCH: i64 = 58;

/// The widest first.
pub(super) fn ordered(base: i128, swings: &[Swing]) -> Vec<&Swing> {
    let mut ordered: Vec<&Swing> = swings.iter().collect();
    let width = |swing: &&Swing| {
        let least = swing.low.min(swing.high).min(base);
        let most = swing.low.max(swing.high).max(base);
        std::cmp::Reverse(most.abs_diff(least))
    };
    ordered.sort_by_key(width);
    ordered
}

fn amounts(base: i128, swings: &[Swing]) -> impl Iterator<Item = i128> + '_ {
    swings.iter().flat_map(|swing| [swing.low, swing.high]).chain([base])
}

/// The ends of a swing, the lesser outcome first: what it is, and the outcome.
fn sides(swing: &Swing, currency: Currency) -> [(String, String); 2] {
    let low = (plain(&swing.low_label), whole(swing.low, currency));
    let high = (plain(&swing.high_label), whole(swing.high, currency));
    if swing.low <= swing.high { [low, high] } else { [high, low] }
}

fn joined((label, figure): &(String, String)) -> String {
    format!("{label}: {figure}")
}

pub(super) fn draw(canvas: &mut Canvas, base: i128, swings: &[Swing], currency: Currency) {
    let scale = Scale::round(amounts(base, swings), unit(currency), 1, WIDTH - 1);
    let top = 22;
    let bottom = top + PITCH * count(swings.len());
    let middle = scale.at(base);
    let note = format!("With none moved: {}", whole(base, currency));
    let half = bold(&note) / 2 + 1;
    canvas.text((middle.clamp(half, (WIDTH - half).max(half)), 14), Anchor::Middle, "figure", &note);
    for (swing, i) in ordered(base, swings).into_iter().zip(0..) {
        let y = top + PITCH * i;
        canvas.text((0, y + 14), Anchor::Start, "", &fitted(&swing.label, WIDTH));
        canvas.grid(&scale, (y + 18, y + 37));
        let (low, high) = (scale.at(swing.low), scale.at(swing.high));
        if (swing.low < base) == (swing.high < base) {
            // Both on one side: one below the other, the lesser above.
            canvas.band((middle, low.min(high)), middle, (y + 20, 7), "");
            canvas.band((middle, low.max(high)), middle, (y + 28, 7), "");
        } else {
            canvas.band((low, high), middle, (y + 20, 15), "");
        }
        canvas.line((middle, y + 17), (middle, y + 38), "base");
        // What one side leaves of the line is the other's.
        let [left, right] = sides(swing, currency);
        let room = |other: &(String, String)| (WIDTH - 12 - ink(&joined(other))).max(WIDTH / 2 - 6);
        let set = |(label, figure): &(String, String), room: i64| {
            joined(&(fitted(label, room - ink(&format!(": {figure}"))), figure.clone()))
        };
        canvas.text((0, y + 51), Anchor::Start, "soft", &set(&left, room(&right)));
        canvas.text((WIDTH, y + 51), Anchor::End, "soft", &set(&right, room(&left)));
    }
    canvas.ruler(&scale, currency, bottom + 15);
    canvas.height = bottom + 20;
    canvas.note("Striped: the outcome falls. Plain: it rises.");
}

pub(super) fn text(base: i128, swings: &[Swing], currency: Currency, width: usize) -> Vec<String> {
    let labels = longest(swings.iter().map(|swing| swing.label.as_str()));
    let beside = labels <= width / 3;
    let before = if beside { labels + 1 } else { 0 };
    let room = width - before;
    let scale = Scale::tight(amounts(base, swings), 0, count(room) - 1);
    let middle = scale.at(base);
    let indent = " ".repeat(before);
    let note = cut(&format!("With none moved: {}", whole(base, currency)), room);
    let place = chars(middle).saturating_sub(note.chars().count() / 2).min(room - note.chars().count());
    let mut lines = vec![format!("{indent}{}{note}", " ".repeat(place))];
    for swing in ordered(base, swings) {
        let picture = row(base, swing, &scale, room);
        if beside {
            lines.push(format!("{:<before$}{picture}", cut(&swing.label, labels)));
        } else {
            lines.push(cut(&swing.label, width));
            lines.push(picture);
        }
        let [left, right] = sides(swing, currency).map(|(label, figure)| {
            let left = room.saturating_sub(length(&figure) + 2);
            joined(&(cut(&label, left), figure))
        });
        lines.extend(ends(&left, &right, room).iter().map(|line| format!("{indent}{line}")));
    }
    let mut legend = vec!["▒ the outcome falls".to_owned(), "█ it rises".to_owned()];
    if lines.iter().any(|line| line.contains('┃')) {
        legend.push("┃ the nearer of two on one side".to_owned());
    }
    lines.extend(flowed(&legend, "  ", width));
    lines
}

fn row(base: i128, swing: &Swing, scale: &Scale, room: usize) -> String {
    let middle = scale.at(base);
    let least = scale.at(swing.low.min(swing.high).min(base));
    let most = scale.at(swing.low.max(swing.high).max(base));
    let nearer = (swing.low < base) == (swing.high < base);
    let turn = if swing.low < base { swing.low.max(swing.high) } else { swing.low.min(swing.high) };
    (0..count(room))
        .map(|place| match place {
            _ if place == middle => '│',
            // Where both are on one side, the nearer is a mark on the way.
            _ if nearer && place == scale.at(turn) => '┃',
            _ if place >= least && place < middle => '▒',
            _ if place <= most && place > middle => '█',
            _ => ' ',
        })
        .collect()
}
