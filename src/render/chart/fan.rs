//! How outcomes spread: five quantiles, and the outcome that is reckoned with.

use super::canvas::{Canvas, WIDTH};
use super::scale::{Scale, chars, count};
use super::words::{cut, ends, flowed, length, longest, unit, whole};
use crate::money::Currency;
use crate::report::Spread;

const PITCH: i64 = 48;

fn amounts(spreads: &[Spread]) -> impl Iterator<Item = i128> + '_ {
    spreads.iter().flat_map(|spread| spread.quantiles.into_iter().chain([spread.likely]))
}

/// Quantiles from the least to the greatest, whatever order they came in.
fn quantiles(spread: &Spread) -> [i128; 5] {
    let mut quantiles = spread.quantiles;
    quantiles.sort_unstable();
    quantiles
}

pub(super) fn draw(canvas: &mut Canvas, spreads: &[Spread], currency: Currency) {
    let scale = Scale::round(amounts(spreads).chain([0]), unit(currency), 6, WIDTH - 6);
    let bottom = 4 + PITCH * count(spreads.len());
    let zero = scale.zero();
    for (spread, i) in spreads.iter().zip(0..) {
        let y = PITCH * i;
        let [least, low, middle, high, most] = quantiles(spread);
        let range = format!("{} to {}", whole(least, currency), whole(most, currency));
        canvas.title_line(y + 14, &spread.label, &range);
        let centre = y + 31;
        canvas.grid(&scale, (centre - 12, centre + 12));
        canvas.band((scale.at(least), scale.at(most)), zero, (centre - 3, 6), "faint");
        for end in [least, most] {
            canvas.line((scale.at(end), centre - 6), (scale.at(end), centre + 6), "mark");
        }
        canvas.band((scale.at(low), scale.at(high)), zero, (centre - 8, 16), "");
        canvas.rect((scale.at(middle) - 2, centre - 10), (4, 20), "middle");
        let x = scale.at(spread.likely);
        canvas.path(&[(x, centre - 7), (x + 6, centre), (x, centre + 7), (x - 6, centre), (x, centre - 7)], "likely");
    }
    canvas.ruler(&scale, currency, bottom + 15);
    canvas.height = bottom + 20;
    let mut note =
        "Thin band: 5 to 95\u{a0}% of outcomes, as in figures. Box: 25 to 75\u{a0}%. Bar: half are above it. \
                    Diamond: reckoned with."
            .to_owned();
    if amounts(spreads).any(|minor| minor < 0) {
        note.push_str(" Striped: below zero.");
    }
    canvas.note(&note);
}

pub(super) fn text(spreads: &[Spread], currency: Currency, width: usize) -> Vec<String> {
    let labels = longest(spreads.iter().map(|spread| spread.label.as_str())).min(30);
    let heads = ["5 %", "50 %", "95 %", "reckoned"];
    let figures: Vec<[String; 4]> = spreads
        .iter()
        .map(|spread| {
            let [least, _, middle, _, most] = quantiles(spread);
            [least, middle, most, spread.likely].map(|minor| whole(minor, currency))
        })
        .collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|i| longest(figures.iter().map(|figures| figures[i].as_str()).chain([heads[i]])) + 2)
        .collect();
    let beside = labels + 1 + widths.iter().sum::<usize>() + 24 <= width;
    let (before, room) = match beside {
        true => (labels + 1, width - labels - 1 - widths.iter().sum::<usize>()),
        false => (0, width),
    };
    let scale = Scale::tight(amounts(spreads).chain([0]), 0, count(room) - 1);
    let set = |cells: &[String]| -> String {
        cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect()
    };
    let mut lines = Vec::new();
    if beside {
        lines.push(format!("{}{}", " ".repeat(before + room), set(&heads.map(str::to_owned))));
    }
    for (spread, figures) in spreads.iter().zip(&figures) {
        let picture = row(spread, &scale, room);
        if beside {
            lines.push(format!("{:<before$}{picture}{}", cut(&spread.label, labels), set(figures)));
        } else {
            lines.push(cut(&spread.label, width));
            lines.push(picture);
            let parts: Vec<String> =
                heads.iter().zip(figures).map(|(head, figure)| format!("{head}: {figure}")).collect();
            lines.extend(flowed(&parts, "  ", width.saturating_sub(2)).iter().map(|line| format!("  {line}")));
        }
    }
    let least = amounts(spreads).min().unwrap_or(0).min(0);
    let most = amounts(spreads).max().unwrap_or(0).max(0);
    let (low, high) = (whole(least, currency), whole(most, currency));
    lines.extend(ends(&low, &high, room).iter().map(|line| format!("{}{line}", " ".repeat(before))));
    let legend = ["├ 5 %", "▒ 25 to 75 %", "█ 50 %", "┤ 95 %", "◆ reckoned with", "┊ zero"];
    lines.extend(flowed(&legend.map(str::to_owned), "  ", width));
    lines
}

fn row(spread: &Spread, scale: &Scale, room: usize) -> String {
    let mut row = vec![' '; room];
    let mut put = |from: i128, to: i128, c: char| {
        for place in row.iter_mut().take(chars(scale.at(to)) + 1).skip(chars(scale.at(from))) {
            *place = c;
        }
    };
    let [least, low, middle, high, most] = quantiles(spread);
    put(least, most, '─');
    put(low, high, '▒');
    // Zero is seen through bands.
    put(0, 0, '┊');
    put(least, least, '├');
    put(most, most, '┤');
    put(middle, middle, '█');
    put(spread.likely, spread.likely, '◆');
    let row: String = row.into_iter().collect();
    debug_assert_eq!(length(&row), room);
    row
}
