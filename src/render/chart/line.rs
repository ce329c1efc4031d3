//! A line over months.

use super::canvas::{Anchor, Canvas, WIDTH, bold, ink, widest};
use super::scale::{Scale, chars, count};
use super::words::{cut, ends, flowed, longest, unit, whole};
use crate::money::Currency;

const HEIGHT: i64 = 210;

/// The first of the lowest points.
fn lowest(points: &[(String, i128)]) -> usize {
    points.iter().enumerate().min_by_key(|(_, (_, minor))| *minor).map_or(0, |(i, _)| i)
}

pub(super) fn draw(canvas: &mut Canvas, points: &[(String, i128)], currency: Currency) {
    let scale = Scale::round(points.iter().map(|(_, minor)| *minor).chain([0]), unit(currency), HEIGHT, 10);
    let marks: Vec<(i64, String)> =
        scale.marks().into_iter().map(|mark| (scale.at(mark), whole(mark, currency))).collect();
    let left = widest(marks.iter().map(|(_, text)| text.as_str())).clamp(28, WIDTH / 2) + 10;
    let right = WIDTH - 8;
    let zero = scale.zero();
    for (y, text) in &marks {
        canvas.line((left - 4, *y), (WIDTH, *y), if *y == zero { "zero" } else { "grid" });
        canvas.text((left - 8, y + 4), Anchor::End, "soft", text);
    }
    let last = count(points.len()) - 1;
    let across = |i: i64| if last == 0 { i64::midpoint(left, right) } else { left + 4 + (right - left - 4) * i / last };
    let places: Vec<(i64, i64)> = points.iter().zip(0..).map(|((_, minor), i)| (across(i), scale.at(*minor))).collect();
    if points.iter().any(|(_, minor)| *minor < 0) {
        // What is below zero is striped down to the line.
        let (name, fill) = (canvas.name("below"), canvas.name("stripes"));
        let mut area: Vec<String> = vec![format!("{},{zero}", across(0))];
        area.extend(places.iter().map(|(x, y)| format!("{x},{y}")));
        area.push(format!("{},{zero}", across(last)));
        canvas.raw(&format!(
            "<clipPath id=\"{name}\"><rect x=\"0\" y=\"{zero}\" width=\"{WIDTH}\" height=\"{}\"/></clipPath>\n\
             <polygon points=\"{}\" clip-path=\"url(#{name})\" fill=\"url(#{fill})\" class=\"faint\"/>\n",
            HEIGHT + 10 - zero,
            area.join(" "),
        ));
    }
    canvas.path(&places, "way");
    if points.len() <= 40 {
        for place in &places {
            canvas.dot(*place, 3, "good");
        }
    }
    let at = lowest(points);
    if let (Some((x, y)), Some((month, minor))) = (places.get(at), points.get(at)) {
        canvas.dot((*x, *y), 6, "lowest");
        // The line is above its lowest point everywhere: below it there is room.
        let text = super::canvas::fitted(&format!("lowest: {} ({month})", whole(*minor, currency)), WIDTH);
        let half = bold(&text) / 2 + 1;
        // Beside the numbers at the left, if there is room.
        let least = if left + 2 * half <= WIDTH { left + half } else { half };
        canvas.text(((*x).clamp(least, (WIDTH - half).max(least)), y + 21), Anchor::Middle, "figure", &text);
    }
    let base = HEIGHT + 42;
    let labels = widest(points.iter().map(|(month, _)| month.as_str())).min(WIDTH / 3);
    let each = (0..=last).find(|each| *each > 0 && across(*each) - across(0) >= labels + 10).unwrap_or(last.max(1));
    for ((month, _), i) in points.iter().zip(0..) {
        let shown = i == last || (i % each == 0 && i + each <= last);
        if shown {
            let text = super::canvas::fitted(month, labels);
            let half = ink(&text) / 2;
            let x = across(i);
            let (x, anchor) = if x + half > WIDTH { (WIDTH, Anchor::End) } else { (x.max(half), Anchor::Middle) };
            canvas.text((x, base), anchor, "soft", &text);
            canvas.line((across(i), HEIGHT + 26), (across(i), HEIGHT + 30), "grid");
        }
    }
    canvas.height = base + 6;
}

/// Lines of a chart of text.
const ROWS: usize = 8;

pub(super) fn text(points: &[(String, i128)], currency: Currency, width: usize) -> Vec<String> {
    let amounts: Vec<i128> = points.iter().map(|(_, minor)| *minor).collect();
    let scale = Scale::tight(amounts.iter().copied().chain([0]), 0, count(ROWS) * 8);
    let most = amounts.iter().copied().max().unwrap_or(0).max(0);
    let least = amounts.iter().copied().min().unwrap_or(0).min(0);
    let (top, bottom) = (whole(most, currency), whole(least, currency));
    let below = match amounts.iter().any(|minor| *minor < 0) {
        true => chars((scale.zero() + 4) / 8).clamp(1, ROWS),
        false => 0,
    };
    let above = ROWS - below.min(ROWS - usize::from(amounts.iter().any(|minor| *minor > 0)));
    let below = ROWS - above;
    let (top, bottom) = (if above > 0 { top } else { "0".to_owned() }, if below > 0 { bottom } else { "0".to_owned() });
    let before = longest([top.as_str(), bottom.as_str()]).min(width / 2);
    let room = width - before - 2;
    // Where there is no room for all months, the lowest of some neighbours stands for them.
    let together = amounts.len().div_ceil(room).max(1);
    let columns: Vec<i128> = amounts.chunks(together).map(|some| some.iter().copied().min().unwrap_or(0)).collect();
    let each = (room / columns.len().max(1)).clamp(1, 6);
    let zero = format!("{:>before$} ┼{}", "0", "─".repeat(columns.len() * each));
    let mut lines = if above == 0 { vec![zero.clone()] } else { Vec::new() };
    for row in 0..ROWS {
        let up = row < above;
        let label = match row {
            0 if up => top.as_str(),
            _ if row + 1 == ROWS && !up => bottom.as_str(),
            _ => "",
        };
        let cells: String = columns
            .iter()
            .map(|minor| {
                let eighths = scale.at(*minor) - scale.zero();
                let cell =
                    if up { upper(*minor, eighths, above - 1 - row) } else { lower(*minor, eighths, row - above) };
                let gap = usize::from(each > 2);
                format!("{}{}", cell.to_string().repeat(each - gap), " ".repeat(gap))
            })
            .collect();
        lines.push(format!("{:>before$} │{cells}", cut(label, before)));
        if up && row + 1 == above {
            lines.push(zero.clone());
        }
    }
    let used = columns.len() * each;
    let first = points.first().map_or("", |(month, _)| month.as_str());
    let last = points.last().map_or("", |(month, _)| month.as_str());
    let indent = " ".repeat(before + 2);
    if points.len() > 1 {
        let ends = ends(
            &cut(first, room),
            &cut(last, room),
            used.max(first.chars().count() + 2 + last.chars().count()).min(room),
        );
        lines.extend(ends.iter().map(|line| format!("{indent}{line}")));
    } else {
        lines.push(format!("{indent}{}", cut(first, room)));
    }
    if let Some((month, minor)) = points.get(lowest(points)) {
        let mut parts = vec![format!("lowest: {} ({})", whole(*minor, currency), cut(month, width))];
        if together > 1 {
            parts.push(format!("each column is {together} months"));
        }
        lines.extend(flowed(&parts, "; ", width));
    }
    lines
}

/// What stands `up` lines above zero.
fn upper(minor: i128, eighths: i64, up: usize) -> char {
    let filled = if minor > 0 { eighths.max(1) } else { 0 } - count(up) * 8;
    [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][chars(filled.clamp(0, 8))]
}

/// What stands `down` lines below zero.
fn lower(minor: i128, eighths: i64, down: usize) -> char {
    let filled = if minor < 0 { (-eighths).max(1) } else { 0 } - count(down) * 8;
    match filled {
        ..=0 => ' ',
        1..4 => '▔',
        _ => '▒',
    }
}
