//! Inline SVG, as wide as a phone can show and as high as it must be. Colours and letters are the page's.

use super::super::amount::plain;
use super::scale::{Scale, count};
use super::words::whole;
use crate::money::Currency;

/// Width of every picture, in its own units: a phone shows one as four fifths of a pixel.
pub(super) const WIDTH: i64 = 440;

/// Where a text stands on its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that is being drawn.
pub(super) struct Canvas {
    id: String,
    body: String,
    pub(super) height: i64,
}

impl Canvas {
    pub(super) fn new(id: &str) -> Self {
        Self { id: id.to_owned(), body: String::new(), height: 0 }
    }

    /// A name that no other picture has.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{}-{what}", self.id)
    }

    pub(super) fn text(&mut self, (x, y): (i64, i64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.body.push_str(&format!("<text x=\"{x}\" y=\"{y}\"{anchor}{class}>{}</text>\n", escaped(text)));
    }

    pub(super) fn rect(&mut self, (x, y): (i64, i64), (width, height): (i64, i64), class: &str) {
        self.body.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" class=\"{class}\"/>\n"
        ));
    }

    /// A rectangle of what is below zero; `pattern` is `stripes`, or `hatch` where a figure stands in it.
    pub(super) fn striped(&mut self, (x, y): (i64, i64), (width, height): (i64, i64), pattern: &str, class: &str) {
        let fill = format!("url(#{})", self.name(pattern));
        self.body.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" class=\"{class}\"/>\n"
        ));
    }

    pub(super) fn line(&mut self, (x1, y1): (i64, i64), (x2, y2): (i64, i64), class: &str) {
        self.body.push_str(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{class}\"/>\n"));
    }

    /// Points joined by straight lines.
    pub(super) fn path(&mut self, points: &[(i64, i64)], class: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.body.push_str(&format!("<polyline points=\"{}\" class=\"{class}\"/>\n", points.join(" ")));
    }

    pub(super) fn dot(&mut self, (x, y): (i64, i64), radius: i64, class: &str) {
        self.body.push_str(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" class=\"{class}\"/>\n"));
    }

    /// Markup as it is.
    pub(super) fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    /// A band from one place to another: plain where it is right of `turn`, striped where it is left of it.
    pub(super) fn band(&mut self, (a, b): (i64, i64), turn: i64, (y, height): (i64, i64), class: &str) {
        let (left, right) = (a.min(b), a.max(b));
        if left < turn {
            self.striped((left, y), (right.min(turn) - left, height), "stripes", class);
        }
        if right > turn {
            let from = left.max(turn);
            self.rect((from, y), (right - from, height), format!("good {class}").trim_end());
        }
    }

    /// Lines down the picture at round numbers.
    pub(super) fn grid(&mut self, scale: &Scale, (top, bottom): (i64, i64)) {
        for mark in scale.marks() {
            let x = scale.at(mark);
            self.line((x, top), (x, bottom), if mark == 0 { "zero" } else { "grid" });
        }
    }

    /// The numbers of these lines, below them.
    pub(super) fn ruler(&mut self, scale: &Scale, currency: Currency, y: i64) {
        let marks = scale.marks();
        // Where there is no room for all, zero and the ends come first.
        let first = |i: &usize| (marks[*i] != 0, *i != 0 && i + 1 != marks.len());
        let mut order: Vec<usize> = (0..marks.len()).collect();
        order.sort_by_key(first);
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for i in order {
            let (x, text) = (scale.at(marks[i]), whole(marks[i], currency));
            let ink = ink(&text);
            let from = (x - ink / 2).clamp(0, (WIDTH - ink).max(0));
            if taken.iter().all(|(a, b)| from + ink + 8 <= *a || *b + 8 <= from) {
                taken.push((from, from + ink));
                let anchor = if from == 0 {
                    Anchor::Start
                } else if from == WIDTH - ink {
                    Anchor::End
                } else {
                    Anchor::Middle
                };
                let x = match anchor {
                    Anchor::Start => 0,
                    Anchor::Middle => x,
                    Anchor::End => WIDTH,
                };
                self.text((x, y), anchor, "soft", &text);
            }
        }
    }

    /// A label at the left and a figure at the right of a line.
    pub(super) fn title_line(&mut self, y: i64, label: &str, figure: &str) {
        self.text((0, y), Anchor::Start, "", &fitted(label, WIDTH - bold(figure) - 12));
        self.text((WIDTH, y), Anchor::End, "figure", figure);
    }

    /// Sentences below everything else.
    pub(super) fn note(&mut self, text: &str) {
        self.height += 6;
        for line in super::words::broken(text, 62) {
            self.height += 16;
            self.text((0, self.height - 4), Anchor::Start, "soft", &line);
        }
    }

    /// The whole picture; title and description are escaped already.
    pub(super) fn finished(&self, title: &str, says: &str) -> String {
        let Self { id, body, height } = self;
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{says}</desc>\n\
             <defs><pattern id=\"{id}-stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" class=\"bad\"/>\
             <rect width=\"2\" height=\"6\" class=\"stripe\"/></pattern>\
             <pattern id=\"{id}-hatch\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"9\" height=\"9\" class=\"bad\"/>\
             <rect width=\"1\" height=\"9\" class=\"stripe\"/></pattern></defs>\n{body}</svg>\n"
        )
    }
}

/// Text of a page: nothing in it is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// About how wide a text is: fonts differ, so it is reckoned a little too wide.
pub(super) fn ink(text: &str) -> i64 {
    let tenths = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' => 48,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 120,
        'A'..='Z' | '+' | '→' | '↓' => 95,
        '\u{1100}'.. => 130,
        _ => 76,
    };
    text.chars().map(tenths).fold(0_i64, i64::saturating_add) / 10 + 1
}

/// About how wide a text is where it is bold.
pub(super) fn bold(text: &str) -> i64 {
    ink(text) * 115 / 100
}

/// The greatest width of texts.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> i64 {
    texts.into_iter().map(ink).max().unwrap_or(0)
}

/// Text that is cut to a width, with a sign that it was.
pub(super) fn fitted(text: &str, room: i64) -> String {
    let text = plain(text);
    if ink(&text) <= room {
        return text;
    }
    let mut short = String::new();
    for c in text.chars().take(usize::try_from(count(text.len()).min(200)).unwrap_or(200)) {
        short.push(c);
        if ink(&short) + ink("…") > room {
            short.pop();
            break;
        }
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}
