//! A release as it is handed out: one page, one Markdown file, one JSON and one CSV file, all with the same figures.

use minijinja::{Value, context};
use serde::Serialize;

use super::amount::plain;
use super::html::{fill, values};
use super::{Format, Page, csv, json, markdown, render};
use crate::report::Statement;

/// A release with everything that is printed of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handout {
    /// Its number.
    pub number: i64,
    /// The head of the books with it: `N:HASH`.
    pub head: String,
    /// The organisation.
    pub entity: String,
    /// For whom: `the board`.
    pub audience: String,
    /// What it promises, and how many figures it withholds.
    pub notes: Vec<String>,
    /// The statements, each with its figures as they are shown.
    pub statements: Vec<(Statement, Vec<FigureOf>)>,
}

/// A figure of a statement, and other figures that it is the sum of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureOf {
    /// Statement, row and column.
    pub id: String,
    /// Row and column.
    pub place: (String, String),
    /// Other figures of the statement; a leading `-` is subtracted.
    pub sum_of: Vec<String>,
}

impl Handout {
    /// Ends of file names, and the text of each file.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, String)> {
        vec![("html", self.html()), ("md", self.markdown()), ("csv", self.csv()), ("json", self.json())]
    }

    /// The release in one format.
    #[must_use]
    pub fn rendered(&self, format: Format, page: Page) -> String {
        match format {
            Format::Table => self.text(page),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
            Format::Html => self.html(),
        }
    }

    fn text(&self, page: Page) -> String {
        let mut text = format!("{}\n", self.title());
        for (statement, _) in &self.statements {
            text.push('\n');
            text.push_str(&render(statement, Format::Table, page));
        }
        text.push('\n');
        for note in self.all_notes() {
            text.push_str(&super::table::paragraph(&note, page));
        }
        text
    }

    fn title(&self) -> String {
        format!("Release {} of {} to {}", self.number, self.entity, self.audience)
    }

    fn all_notes(&self) -> Vec<String> {
        self.notes.iter().cloned().chain([format!("Release {}, head {}", self.number, self.head)]).collect()
    }

    fn html(&self) -> String {
        let statements: Vec<Value> = self.statements.iter().map(|(statement, _)| values(statement)).collect();
        let notes: Vec<String> = self.all_notes().iter().map(|note| plain(note)).collect();
        fill(
            "release.html",
            context! { title => plain(&self.title()), entity => plain(&self.entity), audience => plain(&self.audience), number => self.number, statements, notes },
        )
    }

    fn markdown(&self) -> String {
        let mut text = format!("# {}\n", markdown::escaped(&self.title()));
        for (statement, _) in &self.statements {
            text.push('\n');
            text.push_str(&markdown::render(statement, ""));
        }
        for note in self.all_notes() {
            text.push_str(&format!("\n{}\n", markdown::escaped(&note)));
        }
        text
    }

    fn csv(&self) -> String {
        let mut text = String::new();
        for (statement, _) in &self.statements {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&csv::render(statement));
        }
        for (i, note) in self.all_notes().iter().enumerate() {
            text.push_str(&csv::line(&[format!("release-note-{}", i + 1), note.clone()]));
        }
        text
    }

    fn json(&self) -> String {
        let statements = self.statements.iter().map(|(statement, figures)| Part {
            statement: json::document(statement),
            figures: figures.iter().map(Figure::of).collect(),
        });
        json::pretty(&Release {
            schema: 1,
            release: self.number,
            entity: &self.entity,
            audience: &self.audience,
            head: &self.head,
            notes: &self.notes,
            statements: statements.collect(),
        })
    }
}

#[derive(Serialize)]
struct Release<'a> {
    schema: u32,
    release: i64,
    entity: &'a str,
    audience: &'a str,
    head: &'a str,
    notes: &'a [String],
    statements: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    #[serde(flatten)]
    statement: json::Document<'a>,
    figures: Vec<Figure<'a>>,
}

#[derive(Serialize)]
struct Figure<'a> {
    id: &'a str,
    row: &'a str,
    column: &'a str,
    sum_of: &'a [String],
}

impl<'a> Figure<'a> {
    fn of(figure: &'a FigureOf) -> Self {
        Self { id: &figure.id, row: &figure.place.0, column: &figure.place.1, sum_of: &figure.sum_of }
    }
}
