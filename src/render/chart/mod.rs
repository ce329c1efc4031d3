//! Charts as pictures: inline SVG for pages, characters for terminals and documents. All of it is whole numbers.

mod bars;
mod canvas;
mod fan;
mod heat;
mod line;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::inconsistent_digit_grouping)]
mod samples;
mod scale;
mod swings;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::inconsistent_digit_grouping)]
mod tests;
mod words;

use super::amount::{grouped, plain};
use super::table::paragraph;
use super::{Page, markdown};
use crate::money::Currency;
use crate::report::{Chart, Picture};
use canvas::{Canvas, escaped};

/// Columns of text in a document.
const DOCUMENT: u16 = 80;

/// Every figure of a chart, for readers of figures.
struct Figures {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Charts as text, each after an empty line.
pub(super) fn text(charts: &[Chart], page: Page) -> String {
    let page = Page { width: page.width.clamp(40, 160), ..page };
    let mut text = String::new();
    for chart in charts {
        text.push_str(&format!("\n{}", paragraph(&heading(chart), page)));
        if !chart.says.trim().is_empty() {
            text.push_str(&paragraph(&chart.says, page));
        }
        text.push_str(&format!("\n{}", lines(chart, page)));
    }
    text
}

/// Charts for a document of Markdown, each after an empty line.
pub(super) fn document(charts: &[Chart]) -> String {
    let mut text = String::new();
    for chart in charts {
        text.push_str(&format!("\n### {}\n\n", markdown::escaped(&heading(chart))));
        if !chart.says.trim().is_empty() {
            text.push_str(&format!("{}\n\n", markdown::escaped(&chart.says)));
        }
        let picture = lines(chart, Page { width: DOCUMENT, styled: false });
        // No label can end the block.
        let longest = picture.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        text.push_str(&format!("{fence}text\n{picture}{fence}\n"));
    }
    text
}

/// Charts for a page, each a figure.
pub(super) fn figures(charts: &[Chart]) -> Vec<String> {
    charts.iter().enumerate().map(|(i, chart)| figure(chart, i + 1)).collect()
}

fn heading(chart: &Chart) -> String {
    format!("{} · {}", plain(&chart.title), chart.currency)
}

/// The picture alone, as lines of text.
fn lines(chart: &Chart, page: Page) -> String {
    let (width, currency) = (usize::from(page.width), chart.currency);
    let lines = match &chart.picture {
        Picture::Bars(bars) if !bars.is_empty() => bars::text(bars, currency, width),
        Picture::Heat { columns, rows, .. } if !columns.is_empty() && !rows.is_empty() => {
            heat::text(&chart.picture, currency, width)
        }
        Picture::Fan(spreads) if !spreads.is_empty() => fan::text(spreads, currency, width),
        Picture::Swings { base, swings } if !swings.is_empty() => swings::text(*base, swings, currency, width),
        Picture::Line(points) if !points.is_empty() => line::text(points, currency, width),
        _ => vec![NOTHING.to_owned()],
    };
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What stands where there is nothing to draw.
const NOTHING: &str = "There is nothing to show.";

/// A chart as a figure of a page: picture, and every figure of it below.
fn figure(chart: &Chart, number: usize) -> String {
    let key: String = chart.key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let id = format!("chart-{number}-{key}");
    let (title, says) = (escaped(&chart.title), escaped(&chart.says));
    let mut canvas = Canvas::new(&id);
    let currency = chart.currency;
    match &chart.picture {
        Picture::Bars(bars) if !bars.is_empty() => bars::draw(&mut canvas, bars, currency),
        Picture::Heat { columns, rows, .. } if !columns.is_empty() && !rows.is_empty() => {
            heat::draw(&mut canvas, &chart.picture, currency);
        }
        Picture::Fan(spreads) if !spreads.is_empty() => fan::draw(&mut canvas, spreads, currency),
        Picture::Swings { base, swings } if !swings.is_empty() => swings::draw(&mut canvas, *base, swings, currency),
        Picture::Line(points) if !points.is_empty() => line::draw(&mut canvas, points, currency),
        _ => canvas.note(NOTHING),
    }
    let figures = table(&chart.picture, currency);
    format!(
        "<figure class=\"chart\" id=\"{id}\">\n<figcaption><strong>{title}</strong> <span class=\"soft\">{currency}</span>\
         <br>{says}</figcaption>\n{}{}</figure>\n",
        canvas.finished(&title, &says),
        figures.html(&title),
    )
}

/// The figures of a picture.
fn table(picture: &Picture, currency: Currency) -> Figures {
    let amount = |minor: i128| grouped(minor, currency);
    let owned = |header: &[&str]| header.iter().map(|text| (*text).to_owned()).collect();
    match picture {
        Picture::Bars(bars) => Figures {
            header: vec![String::new(), currency.to_string()],
            rows: bars.iter().map(|bar| vec![bar.label.clone(), amount(bar.minor)]).collect(),
        },
        Picture::Heat { .. } => heat::figures(picture, currency),
        Picture::Fan(spreads) => Figures {
            header: owned(&["", "5 %", "25 %", "50 %", "75 %", "95 %", "Reckoned with"]),
            rows: spreads
                .iter()
                .map(|spread| {
                    let figures = spread.quantiles.iter().chain([&spread.likely]).map(|minor| amount(*minor));
                    std::iter::once(spread.label.clone()).chain(figures).collect()
                })
                .collect(),
        },
        Picture::Swings { base, swings } => Figures {
            header: owned(&["", "Low", "Outcome", "High", "Outcome"]),
            rows: swings::ordered(*base, swings)
                .iter()
                .map(|swing| {
                    let low = [swing.low_label.clone(), amount(swing.low)];
                    let high = [swing.high_label.clone(), amount(swing.high)];
                    std::iter::once(swing.label.clone()).chain(low).chain(high).collect()
                })
                .chain([vec!["With none of them moved".to_owned(), String::new(), amount(*base)]])
                .collect(),
        },
        Picture::Line(points) => Figures {
            header: vec!["Month".to_owned(), currency.to_string()],
            rows: points.iter().map(|(month, minor)| vec![month.clone(), amount(*minor)]).collect(),
        },
    }
}

impl Figures {
    fn html(&self, title: &str) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut html = "<details><summary>All figures</summary>\n<div class=\"wide\">\n<table>\n".to_owned();
        html.push_str(&format!("<caption class=\"unseen\">{title}</caption>\n<thead><tr>"));
        for label in &self.header {
            html.push_str(&format!("<th scope=\"col\" class=\"num\">{}</th>", escaped(label)));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            for (i, cell) in row.iter().enumerate() {
                let cell = escaped(cell);
                match i {
                    0 => html.push_str(&format!("<tr class=\"line\"><th scope=\"row\">{cell}</th>")),
                    _ => html.push_str(&format!("<td class=\"num\">{cell}</td>")),
                }
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n</div>\n</details>\n");
        html
    }
}
