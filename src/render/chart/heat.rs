//! A heat map: a figure for each pair of a row and a column.

use super::super::amount::grouped;
use super::canvas::{Anchor, Canvas, WIDTH, bold, fitted, ink, widest};
use super::scale::count;
use super::words::{Short, broken, cut, flowed, longest};
use super::{Figures, Picture};
use crate::money::Currency;

/// The parts of the picture; `None` for any other.
struct Map<'a> {
    across: &'a str,
    down: &'a str,
    columns: &'a [String],
    rows: &'a [String],
    cells: &'a [Vec<i128>],
    frontier: &'a [Option<u32>],
}

impl<'a> Map<'a> {
    fn of(picture: &'a Picture) -> Option<Self> {
        match picture {
            Picture::Heat { across, down, columns, rows, cells, frontier } => {
                Some(Self { across, down, columns, rows, cells, frontier })
            }
            _ => None,
        }
    }

    fn cell(&self, row: usize, column: usize) -> Option<i128> {
        self.cells.get(row)?.get(column).copied()
    }

    fn short(&self, currency: Currency) -> Short {
        Short::of(self.cells.iter().flatten().copied(), currency)
    }

    /// How deep a colour is, from 1 to 3: the farther from zero, the deeper.
    fn depth(&self, minor: i128) -> u128 {
        let most = self.cells.iter().flatten().map(|minor| minor.unsigned_abs()).max().unwrap_or(0);
        let third = most / 3 + 1;
        minor.unsigned_abs() / third + 1
    }

    /// How far down a column is good, in words.
    fn reach(&self, frontier: Option<u32>) -> String {
        let last = self.rows.len().saturating_sub(1);
        let label = |i: usize| self.rows.get(i).cloned().unwrap_or_default();
        let Some(thousandths) = frontier else { return "nowhere".to_owned() };
        let way = usize::try_from(thousandths.min(1_000)).unwrap_or(1_000) * last;
        match way % 1_000 {
            0 => label(way / 1_000),
            _ => format!("{} to {}", label(way / 1_000), label(way / 1_000 + 1)),
        }
    }
}

pub(super) fn figures(picture: &Picture, currency: Currency) -> Figures {
    let Some(map) = Map::of(picture) else { return Figures { header: Vec::new(), rows: Vec::new() } };
    let mut header = vec![format!("{} ↓ {} →", map.down, map.across)];
    header.extend(map.columns.iter().cloned());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (i, label) in map.rows.iter().enumerate() {
        let cells =
            (0..map.columns.len()).map(|j| map.cell(i, j).map(|minor| grouped(minor, currency)).unwrap_or_default());
        rows.push(std::iter::once(label.clone()).chain(cells).collect());
    }
    if !map.frontier.is_empty() && !rows.is_empty() {
        let reach = map.frontier.iter().map(|frontier| map.reach(*frontier));
        rows.push(std::iter::once("Not below zero as far as".to_owned()).chain(reach).collect());
    }
    Figures { header, rows }
}

pub(super) fn draw(canvas: &mut Canvas, picture: &Picture, currency: Currency) {
    let Some(map) = Map::of(picture) else { return };
    let short = map.short(currency);
    let left = widest(map.rows.iter().map(String::as_str)).clamp(20, 150) + 8;
    let wide = count(map.columns.len());
    let high = count(map.rows.len());
    let x = |column: i64| left + (WIDTH - left) * column / wide;
    let cell_width = (WIDTH - left) / wide;
    let pitch = if high > 16 { 20 } else { 27 };
    // Axes: on one line, or on two where they are long.
    let axis = |label: &str, arrow: &str| format!("{} {arrow}", fitted(label, WIDTH * 8 / 10));
    let (down, across) = (axis(map.down, "↓"), axis(map.across, "→"));
    let second = if bold(&down) + bold(&across) + 16 > WIDTH { 18 } else { 0 };
    canvas.text((0, 14), Anchor::Start, "axis", &down);
    canvas.text((WIDTH, 14 + second), Anchor::End, "axis", &across);
    let labels = widest(map.columns.iter().map(String::as_str));
    let upright = labels > cell_width - 1;
    let top = second + if upright { 22 + labels.min(130) } else { 40 };
    for (label, i) in map.columns.iter().zip(0..) {
        let middle = i64::midpoint(x(i), x(i + 1));
        if upright && cell_width >= 12 {
            let label = super::canvas::escaped(&fitted(label, 130));
            let (x, y) = (middle + 4, top - 4);
            canvas.raw(&format!(
                "<text x=\"{x}\" y=\"{y}\" class=\"soft\" transform=\"rotate(-90 {x} {y})\">{label}</text>\n"
            ));
        } else if !upright {
            canvas.text((middle, top - 6), Anchor::Middle, "soft", label);
        }
    }
    let bottom = top + pitch * high;
    for (label, i) in map.rows.iter().zip(0..) {
        let y = top + pitch * i;
        canvas.text((left - 8, y + pitch / 2 + 5), Anchor::End, "soft", &fitted(label, left - 8));
    }
    let each = |f: &mut dyn FnMut(i128, (i64, i64), (i64, i64))| {
        for (row, i) in (0..map.rows.len()).zip(0..) {
            for (column, j) in (0..map.columns.len()).zip(0..) {
                if let Some(minor) = map.cell(row, column) {
                    f(minor, (x(j), top + pitch * i), (x(j + 1) - x(j), pitch));
                }
            }
        }
    };
    // Stripes tell what is below zero: a plus sign would only take room.
    let figure = |minor: i128| short.signed(minor).trim_start_matches('+').to_owned();
    let room = map.cells.iter().flatten().all(|minor| ink(&figure(*minor)) <= cell_width + 2);
    let pattern = if room { "hatch" } else { "stripes" };
    each(&mut |minor, (x, y), (width, height)| {
        let depth = map.depth(minor);
        if minor < 0 {
            canvas.striped((x, y), (width, height), pattern, &format!("cell deep-{depth}"));
        } else {
            canvas.rect((x, y), (width, height), &format!("good cell deep-{depth}"));
        }
    });
    let line: Vec<(i64, i64)> = map
        .frontier
        .iter()
        .take(map.columns.len())
        .zip(0..)
        .map(|(frontier, i)| {
            let y = match frontier {
                None => top,
                Some(1_000..) => bottom,
                Some(way) => top + pitch / 2 + pitch * (high - 1) * i64::from(*way) / 1_000,
            };
            (i64::midpoint(x(i), x(i + 1)), y)
        })
        .collect();
    if let (Some(first), Some(last)) = (line.first(), line.last()) {
        let mut whole = vec![(left, first.1)];
        whole.extend(&line);
        whole.push((last.0 + last.0 - x(wide - 1), last.1));
        canvas.path(&whole, "halo");
        canvas.path(&whole, "frontier");
    }
    if room {
        each(&mut |minor, (x, y), (width, height)| {
            canvas.text((x + width / 2, y + height / 2 + 4), Anchor::Middle, "inside", &figure(minor));
        });
    }
    canvas.height = bottom + 2;
    let mut note = if room {
        format!("{}. Striped: below zero.", short.name(currency))
    } else {
        "Striped: below zero.".to_owned()
    };
    if !line.is_empty() {
        note.push_str(" Line: where that begins.");
    }
    canvas.note(&note);
}

pub(super) fn text(picture: &Picture, currency: Currency, width: usize) -> Vec<String> {
    let Some(map) = Map::of(picture) else { return Vec::new() };
    let short = map.short(currency);
    let written = |row: usize, column: usize| {
        map.cell(row, column)
            .map_or(String::new(), |minor| format!("{}{}", short.signed(minor), if minor < 0 { '×' } else { ' ' }))
    };
    let labels = longest(map.rows.iter().map(String::as_str)).min(width / 3);
    // Each column has room for its figures and for words of its label.
    let needs = |column: usize| {
        let figures = (0..map.rows.len()).map(|row| written(row, column).chars().count()).max().unwrap_or(0);
        let words = map.columns[column].split_whitespace().map(|word| word.chars().count() + 1).max().unwrap_or(0);
        let label = map.columns[column].chars().count() + 1;
        figures.max(words.min(11)).max(if label <= 7 { label } else { 0 }).min(width / 2) + 1
    };
    let mut lines =
        flowed(&[format!("{} ↓", cut(map.down, width / 2)), format!("{} →", cut(map.across, width / 2))], "   ", width);
    let mut from = 0;
    while from < map.columns.len() {
        let (mut to, mut used) = (from, labels);
        while to < map.columns.len() && (to == from || used + needs(to) <= width) {
            used += needs(to);
            to += 1;
        }
        if from > 0 {
            lines.push(String::new());
        }
        let heads: Vec<Vec<String>> =
            (from..to).map(|column| broken(&map.columns[column], needs(column) - 2)).collect();
        let deep = heads.iter().map(Vec::len).max().unwrap_or(0);
        for level in 0..deep {
            let mut line = " ".repeat(labels);
            for (head, column) in heads.iter().zip(from..to) {
                let missing = deep - head.len();
                let text = level.checked_sub(missing).and_then(|i| head.get(i)).map_or("", String::as_str);
                line.push_str(&format!("{:>width$}", format!("{text} "), width = needs(column)));
            }
            lines.push(line);
        }
        for (row, label) in map.rows.iter().enumerate() {
            let cells: String =
                (from..to).map(|column| format!("{:>width$}", written(row, column), width = needs(column))).collect();
            lines.push(format!("{:>labels$}{cells}", cut(label, labels)));
        }
        from = to;
    }
    lines.extend(flowed(&[format!("{}.", short.name(currency)), "× below zero".to_owned()], " ", width));
    lines
}
