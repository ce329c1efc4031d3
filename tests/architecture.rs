//! The plan of the house, kept: which room may know which, and which words belong to one room only.
//!
//! `docs/architecture.md` has the same table; the two are compared, so neither can be changed alone.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

/// Rooms, from the lowest to the highest, and what each may know of the others.
const ROOMS: [(&str, &[&str]); 13] = [
    ("money", &[]),
    ("calendar", &[]),
    ("ledger", &["money", "calendar"]),
    ("conference", &["money", "calendar", "ledger"]),
    ("books", &["money", "calendar", "ledger", "conference"]),
    ("intake", &["money", "calendar", "ledger", "conference", "books"]),
    ("report", &["money", "calendar", "ledger", "conference", "books"]),
    ("outlet", &["money", "calendar", "ledger", "conference", "books", "intake", "report"]),
    ("disclosure", &["money", "calendar", "ledger", "conference", "books", "report"]),
    ("policy", &["money", "calendar", "ledger", "conference", "books", "report"]),
    ("reconcile", &["money", "calendar", "ledger", "conference", "books", "intake", "report"]),
    ("render", &["money", "calendar", "conference", "report"]),
    (
        "cli",
        &[
            "money",
            "calendar",
            "ledger",
            "conference",
            "books",
            "intake",
            "outlet",
            "report",
            "disclosure",
            "policy",
            "reconcile",
            "render",
        ],
    ),
];

/// Crates that only some files may name.
const CRATES: [(&[&str], &[&str]); 4] = [
    (&["chrono"], &["src/calendar.rs"]),
    (&["rusqlite"], &["src/books/sqlite/", "src/books/error.rs"]),
    (&["rust_xlsxwriter"], &["src/outlet/workbook/"]),
    (&["clap", "clap_complete", "clap_mangen"], &["src/cli/", "src/main.rs"]),
];

/// What only the command line may do: print.
const PRINTING: [&str; 7] = ["println", "print", "eprintln", "eprint", "dbg", "stdout", "stderr"];

/// The one file that may name binary floating-point numbers: a spreadsheet has no others. It computes nothing.
const FLOATS: &str = "src/outlet/workbook/number.rs";

/// Rooms that are pure: no files, no network, no clock.
const PURE: [&str; 4] = ["money", "ledger", "conference", "report"];

/// A word or sign of a source, with its line.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Token {
    line: usize,
    text: String,
}

/// Words, numbers and signs of a Rust source, without comments, strings and characters.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut i, mut line) = (0, 1);
    let mut found = Vec::new();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    while i < chars.len() {
        let start = i;
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 || i >= chars.len() {
                    break;
                }
            }
        } else if let Some(end) = raw_string(&chars, i) {
            i = end;
        } else if c == '"' {
            i += 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if c == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < chars.len() && chars[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else if c.is_alphanumeric() || c == '_' {
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            found.push(Token { line, text: chars[start..i].iter().collect() });
        } else if c == ':' && at(i + 1) == ':' {
            found.push(Token { line, text: "::".to_owned() });
            i += 2;
        } else {
            if !c.is_whitespace() {
                found.push(Token { line, text: c.to_string() });
            }
            i += 1;
        }
        line += chars[start..i.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

/// Where a raw string that begins here ends.
fn raw_string(chars: &[char], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).map(|i| chars[i]);
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let mut i = start + usize::from(chars.get(start) == Some(&'b'));
    if chars.get(i) != Some(&'r') {
        return None;
    }
    i += 1;
    let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
    if chars.get(i + hashes) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = i + hashes + 1;
    let end = chars[body..].windows(close.len()).position(|window| window == close)?;
    Some(body + end + close.len())
}

/// A path such as `crate::books::Store`, with the modules it stands in.
#[derive(Debug)]
struct Found {
    line: usize,
    path: Vec<String>,
    /// Modules opened with `mod name {` around it.
    inside: usize,
}

fn is_word(token: &Token) -> bool {
    token.text.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// All paths of a source; groups such as `crate::{a, b::c}` are taken apart.
fn paths(tokens: &[Token]) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut depth, mut modules): (usize, Vec<usize>) = (0, Vec::new());
    let mut i = 0;
    while i < tokens.len() {
        let text = tokens[i].text.as_str();
        match text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                modules.retain(|opened| *opened <= depth);
            }
            "mod" if tokens.get(i + 2).is_some_and(|t| t.text == "{") => {
                modules.push(depth + 1);
            }
            _ => {}
        }
        if is_word(&tokens[i]) {
            let (ends, next) = path(tokens, i, &[]);
            found.extend(ends.into_iter().map(|(line, path)| Found { line, path, inside: modules.len() }));
            i = next.max(i + 1);
        } else {
            i += 1;
        }
    }
    found
}

/// The paths that begin at a token, and where they end.
fn path(tokens: &[Token], start: usize, before: &[String]) -> (Vec<(usize, Vec<String>)>, usize) {
    let mut words = before.to_vec();
    let mut i = start;
    loop {
        match tokens.get(i) {
            Some(token) if is_word(token) || token.text == "*" => {
                words.push(token.text.clone());
                i += 1;
            }
            Some(token) if token.text == "{" && i > start => {
                let mut all = Vec::new();
                i += 1;
                while tokens.get(i).is_some_and(|token| token.text != "}") {
                    if is_word(&tokens[i]) || tokens[i].text == "*" {
                        let (more, next) = path(tokens, i, &words);
                        all.extend(more);
                        i = next;
                    } else {
                        i += 1;
                    }
                }
                return (all, i + 1);
            }
            _ => return (vec![(tokens[start].line, words)], i),
        }
        match tokens.get(i) {
            Some(token) if token.text == "::" => i += 1,
            _ => return (vec![(tokens[start].line, words)], i),
        }
    }
}

/// The module that a file is, as words below the crate: `src/books/mod.rs` is `books`.
fn module(file: &str) -> Vec<&str> {
    let inner = file.strip_prefix("src/").unwrap_or(file);
    let mut words: Vec<&str> = inner.trim_end_matches(".rs").split('/').collect();
    if matches!(words.last(), Some(&"mod" | &"lib" | &"main")) {
        words.pop();
    }
    words
}

/// What breaks the plan in one source file.
fn check(file: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let tokens = tokens(source);
    let module = module(file);
    let room = module.first().copied();
    let known = room.map(|room| ROOMS.iter().find(|(name, _)| *name == room));
    if let (Some(None), Some(room)) = (known, room) {
        return vec![format!("{file}: room `{room}` is not in the plan")];
    }
    let rule = known.flatten();
    let mut broken = |line: usize, what: String| wrong.push(format!("{file}:{line}: {what}"));
    for Found { line, path, inside } in paths(&tokens) {
        if let Some(target) = target(&path, &module, inside)
            && let Some((name, may)) = rule
            && target != *name
        {
            match ROOMS.iter().any(|(room, _)| *room == target) {
                true if may.contains(&target.as_str()) => {}
                true => broken(line, format!("`{name}` must not know `{target}`")),
                false => broken(line, format!("`{}` names the crate as a whole", path.join("::"))),
            }
        }
        let pure = room.is_some_and(|room| PURE.contains(&room));
        let std_part = (path.first().is_some_and(|word| word == "std")).then(|| path.get(1)).flatten();
        if pure && std_part.is_some_and(|part| matches!(part.as_str(), "fs" | "net")) {
            broken(line, format!("`{}` in a pure room", path.join("::")));
        }
    }
    let command_line = file.starts_with("src/cli/") || file == "src/main.rs";
    for Token { line, text } in &tokens {
        for (crates, files) in CRATES {
            if crates.contains(&text.as_str()) && !files.iter().any(|allowed| file.starts_with(allowed)) {
                broken(*line, format!("`{text}` belongs to {}", files.join(" and ")));
            }
        }
        if !command_line && PRINTING.contains(&text.as_str()) {
            broken(*line, format!("`{text}` belongs to the command line"));
        }
        if room.is_some_and(|room| PURE.contains(&room)) && matches!(text.as_str(), "SystemTime" | "Instant") {
            broken(*line, format!("`{text}` in a pure room"));
        }
        if file != FLOATS
            && ["f32", "f64"].iter().any(|float| text == float || (text.ends_with(float) && is_number(text)))
        {
            broken(*line, format!("`{text}` is a binary floating-point number"));
        }
    }
    wrong
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// The room that a path leads to, if it leads to a place in this crate.
fn target(path: &[String], module: &[&str], inside: usize) -> Option<String> {
    let first = path.first()?.as_str();
    let supers = path.iter().take_while(|word| *word == "super").count();
    match first {
        "crate" | "bursar" => path.get(1).cloned(),
        "super" => {
            let up = supers.checked_sub(inside)?;
            let above = module.len().checked_sub(up)?;
            match above {
                0 => path.get(supers).cloned(),
                _ => Some(module[0].to_owned()),
            }
        }
        _ => None,
    }
}

fn sources(folder: &Path, all: &mut Vec<(String, String)>) {
    for item in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = item.expect("a file").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below the package");
            let name = name.to_string_lossy().replace('\\', "/");
            all.push((name, std::fs::read_to_string(&path).expect("UTF-8")));
        }
    }
}

#[test]
fn no_room_knows_a_higher_one() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 40, "only {} sources were found", all.len());
    let wrong: Vec<String> = all.iter().flat_map(|(file, source)| check(file, source)).collect();
    assert!(wrong.is_empty(), "the plan in docs/architecture.md is broken:\n{}", wrong.join("\n"));
}

#[test]
fn the_plan_goes_one_way() {
    for (i, (room, may)) in ROOMS.iter().enumerate() {
        for other in *may {
            assert!(
                ROOMS[..i].iter().any(|(lower, _)| lower == other),
                "`{room}` may know `{other}`, which is not below"
            );
        }
    }
}

#[test]
fn the_document_has_the_same_plan() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let text = std::fs::read_to_string(path).expect("docs/architecture.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| room | may know |")).skip(2);
    let mut found = String::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let words: Vec<&str> = cells[1].split(", ").filter(|word| *word != "–").collect();
        let _ = writeln!(found, "{}: {}", cells[0].replace('`', ""), words.join(", ").replace('`', ""));
    }
    let mut expected = String::new();
    for (room, may) in ROOMS {
        let _ = writeln!(expected, "{room}: {}", may.join(", "));
    }
    assert_eq!(found, expected, "the table in docs/architecture.md and the one in this test differ");
}

#[test]
fn the_check_catches_what_it_is_for() {
    // file, source, what is found (empty: nothing)
    let table: &[(&str, &str, &str)] = &[
        ("src/ledger/a.rs", "use crate::money::Money;", ""),
        ("src/ledger/a.rs", "use crate::books::Store;", "`ledger` must not know `books`"),
        ("src/ledger/a.rs", "use crate::{money::Money, report::{Cell, Row}};", "`ledger` must not know `report`"),
        ("src/ledger/a.rs", "fn f(x: crate::render::Page) {}", "`ledger` must not know `render`"),
        ("src/ledger/a.rs", "use super::Account;", ""),
        ("src/ledger/a.rs", "use super::super::cli::Context;", "`ledger` must not know `cli`"),
        ("src/ledger/mod.rs", "use super::books;", "`ledger` must not know `books`"),
        ("src/calendar.rs", "mod tests { use super::*; }", ""),
        ("src/calendar.rs", "mod tests { use super::super::money; }", "`calendar` must not know `money`"),
        ("src/calendar.rs", "mod tests { mod deep { use super::*; } } use super::money;", "must not know `money`"),
        ("src/books/sqlite/rows.rs", "use crate::outlet::Exported;", "`books` must not know `outlet`"),
        ("src/report/a.rs", "use crate::intake::Landed;", "`report` must not know `intake`"),
        ("src/outlet/a.rs", "use crate::intake::JOURNAL_COLUMNS;", ""),
        ("src/intake/a.rs", "use crate::outlet::Exported;", "`intake` must not know `outlet`"),
        ("src/report/a.rs", "use crate::disclosure::preview;", "`report` must not know `disclosure`"),
        ("src/disclosure/a.rs", "use bursar::render::Page;", "`disclosure` must not know `render`"),
        ("src/report/a.rs", "use crate::*;", "names the crate as a whole"),
        ("src/cellar/a.rs", "", "room `cellar` is not in the plan"),
        ("src/cli/a.rs", "use bursar::books::Books; fn f() { println!(\"x\") }", ""),
        ("src/ledger/a.rs", "use chrono::Utc;", "`chrono` belongs to src/calendar.rs"),
        ("src/calendar.rs", "use chrono::Utc;", ""),
        ("src/books/read.rs", "fn f(e: rusqlite::Error) {}", "`rusqlite` belongs to src/books/sqlite/"),
        ("src/books/error.rs", "fn f(e: rusqlite::Error) {}", ""),
        ("src/books/sqlite/mod.rs", "use rusqlite::Connection;", ""),
        ("src/report/a.rs", "use clap::ValueEnum;", "`clap` belongs to src/cli/"),
        ("src/render/a.rs", "fn f() { println!(\"x\") }", "`println` belongs to the command line"),
        ("src/render/a.rs", "fn f() { eprintln!(\"x\") }", "`eprintln` belongs to the command line"),
        ("src/books/a.rs", "fn f() { std::io::stdout(); }", "`stdout` belongs to the command line"),
        ("src/money.rs", "use std::{fmt, fs::File};", "`std::fs::File` in a pure room"),
        ("src/conference/a.rs", "fn f() { std::net::TcpStream::connect(a); }", "in a pure room"),
        ("src/report/a.rs", "use std::time::SystemTime;", "`SystemTime` in a pure room"),
        ("src/books/backup.rs", "use std::fs::File;", ""),
        ("src/money.rs", "fn f(x: f64) {}", "`f64` is a binary floating-point number"),
        ("src/outlet/workbook/number.rs", "fn f(x: f64) {}", ""),
        ("src/outlet/workbook/sheet.rs", "fn f(x: f64) {}", "`f64` is a binary floating-point number"),
        ("src/outlet/a.rs", "use rust_xlsxwriter::Workbook;", "`rust_xlsxwriter` belongs to src/outlet/workbook/"),
        ("src/cli/a.rs", "let x = 1f32;", "`1f32` is a binary floating-point number"),
        (
            "src/money.rs",
            "/* f64 /* println! */ */ // chrono\nlet a = (\"crate::cli\", '\"', r#\"f32 \"\"#, b'\\'');",
            "",
        ),
        (
            "src/money.rs",
            "fn f<'a>(x: &'a str) { let y = 'x'; }\nuse crate::cli;",
            "src/money.rs:2: `money` must not know",
        ),
    ];
    for (file, source, expected) in table {
        let wrong = check(file, source);
        match expected.is_empty() {
            true => assert!(wrong.is_empty(), "{file}: {source}\nfound {wrong:?}"),
            false => assert!(wrong.iter().any(|w| w.contains(expected)), "{file}: {source}\nfound {wrong:?}"),
        }
    }
}
