//! Bars from zero.

use super::canvas::{Canvas, WIDTH};
use super::scale::{Scale, chars, count};
use super::words::{cut, length, longest, unit, whole};
use crate::money::Currency;
use crate::report::Bar;

/// From the top of a bar's label to that of the next.
const PITCH: i64 = 42;

pub(super) fn draw(canvas: &mut Canvas, bars: &[Bar], currency: Currency) {
    let amounts = bars.iter().map(|bar| bar.minor).chain([0]);
    let scale = Scale::round(amounts, unit(currency), 1, WIDTH - 1);
    let bottom = 4 + PITCH * count(bars.len());
    for (bar, i) in bars.iter().zip(0..) {
        let y = PITCH * i;
        canvas.title_line(y + 14, &bar.label, &whole(bar.minor, currency));
        canvas.grid(&scale, (y + 18, y + 37));
        let (zero, end) = (scale.zero(), scale.at(bar.minor));
        // What is not zero is seen.
        let end = if end == zero && bar.minor != 0 { zero + if bar.minor < 0 { -1 } else { 1 } } else { end };
        canvas.band((zero, end), zero, (y + 20, 15), "");
    }
    canvas.ruler(&scale, currency, bottom + 15);
    canvas.height = bottom + 20;
    if bars.iter().any(|bar| bar.minor < 0) {
        canvas.note("Striped: below zero.");
    }
}

pub(super) fn text(bars: &[Bar], currency: Currency, width: usize) -> Vec<String> {
    let figures: Vec<String> = bars.iter().map(|bar| whole(bar.minor, currency)).collect();
    let figure_width = longest(figures.iter().map(String::as_str));
    let labels = longest(bars.iter().map(|bar| bar.label.as_str()));
    let beside = labels <= width / 3;
    let label_width = if beside { labels + 1 } else { 2 };
    let room = width.saturating_sub(label_width + figure_width + 2).max(8);
    let (left, right) = sides(bars, room);
    let amounts = || bars.iter().map(|bar| bar.minor).chain([0]);
    let scale = Scale::tight(amounts(), 0, count(left + right) * 8);
    let mut lines = Vec::new();
    for (bar, figure) in bars.iter().zip(&figures) {
        let picture = row(bar.minor, &scale, left, right);
        let gap = " ".repeat((left + right + 2).saturating_sub(length(&picture)));
        if beside {
            lines.push(format!("{:<label_width$}{picture}{gap}{figure:>figure_width$}", cut(&bar.label, labels)));
        } else {
            lines.push(cut(&bar.label, width));
            lines.push(format!("  {picture}{gap}{figure:>figure_width$}"));
        }
    }
    lines
}

/// Characters left and right of zero.
fn sides(bars: &[Bar], room: usize) -> (usize, usize) {
    let scale = Scale::tight(bars.iter().map(|bar| bar.minor).chain([0]), 0, count(room) - 1);
    let (below, above) = (bars.iter().any(|bar| bar.minor < 0), bars.iter().any(|bar| bar.minor > 0));
    let left = chars(scale.zero()).max(usize::from(below)).min(room - 1 - usize::from(above));
    (left, room - 1 - left)
}

/// A bar with its zero line.
fn row(minor: i128, scale: &Scale, left: usize, right: usize) -> String {
    let eighths = scale.at(minor) - scale.zero();
    let below = match minor {
        ..0 => chars(-eighths / 8).clamp(1, left),
        _ => 0,
    };
    let mut text = format!("{}{}│", " ".repeat(left - below), "▒".repeat(below));
    if minor > 0 {
        let eighths = chars(eighths).clamp(1, right * 8);
        text.push_str(&"█".repeat(eighths / 8));
        text.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get((eighths % 8).wrapping_sub(1)));
    }
    text
}
