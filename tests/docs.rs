//! Runs every `console` block of README.md and docs/*.md and compares what it prints.
//!
//! A line that begins with `$ ` is a command; `\` at its end, an open quotation mark or a here-document continues
//! it. What follows, up to the next command, is what it prints (both streams), and `exit N` when it fails. `...` alone
//! on a line stands for any lines left out. One document runs in one shell in a folder of its own, so that its blocks
//! tell one story.
//! `UPDATE_DOCS=1 cargo test --test docs` writes what is printed now into the documents.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Programs that a document may use but a machine may lack: commands that name one are then left out.
const OPTIONAL: [&str; 5] = ["sqlite3", "python3", "hledger", "ledger", "bean-check"];

/// A document, cut into text and commands.
#[derive(Clone, PartialEq, Debug)]
enum Piece {
    /// Lines that are not run.
    Text(String),
    /// A command and what it is said to print.
    Run { line: usize, command: String, output: Vec<String> },
}

/// Cuts a document; fails when a block has no command or text before its first.
fn parse(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let push_text = |pieces: &mut Vec<Piece>, line: &str| match pieces.last_mut() {
        Some(Piece::Text(text)) => {
            text.push_str(line);
            text.push('\n');
        }
        _ => pieces.push(Piece::Text(format!("{line}\n"))),
    };
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    while let Some((number, line)) = lines.next() {
        if line.trim_start().starts_with("```console") && line != "```console" {
            return Err(format!(
                "line {number}: a console block stands at the left margin and is opened by ```console"
            ));
        }
        push_text(&mut pieces, line);
        if line != "```console" {
            continue;
        }
        let mut commands = 0;
        loop {
            let Some((at, line)) = lines.next() else { return Err(format!("line {number}: the block never ends")) };
            if line == "```" {
                push_text(&mut pieces, line);
                break;
            }
            if let Some(first) = line.strip_prefix("$ ") {
                let mut command = first.to_owned();
                while command.ends_with('\\') || in_here_document(&command) || in_quotes(&command) {
                    let Some((_, more)) = lines.next() else {
                        return Err(format!("line {at}: the command never ends"));
                    };
                    command.push('\n');
                    command.push_str(more);
                }
                commands += 1;
                pieces.push(Piece::Run { line: at, command, output: Vec::new() });
            } else if let Some(Piece::Run { output, .. }) = pieces.last_mut() {
                output.push(line.to_owned());
            } else {
                return Err(format!("line {at}: expected a line that begins with `$ `, found `{line}`"));
            }
        }
        if commands == 0 {
            return Err(format!("line {number}: a console block without a `$ ` line"));
        }
    }
    Ok(pieces)
}

/// Whether a quotation mark is still open; the text of a here-document does not count.
fn in_quotes(command: &str) -> bool {
    if command.contains("<<") {
        return false;
    }
    let mut open: Option<char> = None;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some('\''), '\\') => {}
            (_, '\\') => drop(chars.next()),
            (None, '"' | '\'') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            _ => {}
        }
    }
    open.is_some()
}

/// Whether a command has opened a here-document (`<<'END'` or `<<END`) that is not closed yet.
fn in_here_document(command: &str) -> bool {
    let Some((_, rest)) = command.split_once("<<") else { return false };
    let word: String = rest.trim_start_matches(['\'', '"']).chars().take_while(|c| c.is_alphanumeric()).collect();
    !word.is_empty() && !rest.lines().skip(1).any(|line| line == word)
}

/// The document again.
fn print(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(lines) => text.push_str(lines),
            Piece::Run { command, output, .. } => {
                let _ = writeln!(text, "$ {command}");
                output.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            }
        }
    }
    text
}

/// What the shell runs for a command: `None` when it is left out.
fn executed(command: &str) -> Option<String> {
    if let Some(rest) = command.strip_prefix("cargo run --release -- ") {
        return Some(format!("bursar {rest}"));
    }
    if command.starts_with("cargo ") {
        return None;
    }
    // Words that begin a command; `bursar export ledger` does not call Ledger.
    let parts = command.split(['|', ';', '(', '&', '\n']);
    let called: Vec<&str> = parts.filter_map(|part| part.split_whitespace().next()).collect();
    let missing = OPTIONAL.iter().find(|tool| called.contains(tool) && !installed(tool));
    if let Some(tool) = missing {
        eprintln!("left out, there is no {tool} here: {command}");
        return None;
    }
    Some(command.to_owned())
}

fn installed(tool: &str) -> bool {
    Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Stands for what a command would have printed if the shell had come to it.
const STOPPED: &str = "(the shell stopped here)";

/// Ends what a command prints: a byte that no output holds, and the exit code.
const END: char = '\u{1}';

/// Runs all commands of a document in one shell and gives the lines of each, `None` for those left out.
fn run(pieces: &[Piece]) -> Result<Vec<Option<Vec<String>>>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    copy(&root().join("fixtures"), &folder.path().join("fixtures")).map_err(|error| error.to_string())?;
    let mut script = String::from("exec 2>&1\n");
    let mut wanted = Vec::new();
    for piece in pieces {
        let Piece::Run { command, .. } = piece else { continue };
        let command = executed(command);
        if let Some(command) = &command {
            let _ = write!(script, "{command}\nprintf '\\001%d\\n' $?\n");
        }
        wanted.push(command.is_some());
    }
    let script_path = folder.path().join(".script");
    std::fs::write(&script_path, script).map_err(|error| error.to_string())?;
    let bin = Path::new(env!("CARGO_BIN_EXE_bursar")).parent().map(Path::to_path_buf).unwrap_or_default();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path)));
    let output = Command::new("sh")
        .arg(&script_path)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", path.map_err(|error| error.to_string())?)
        .env("HOME", folder.path())
        .env("LANG", "C.UTF-8")
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .env("BURSAR_NOW", "2026-02-03T12:00:00Z")
        .env("BURSAR_SEED", "1")
        .env("BURSAR_ACTOR", "Ada")
        .output()
        .map_err(|error| format!("sh does not run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut printed = text.split(END);
    let mut lines: Vec<Option<Vec<String>>> = Vec::new();
    // Each part but the first begins with the exit code of the command before.
    let mut part = printed.next().unwrap_or_default().to_owned();
    for wanted in wanted {
        if !wanted {
            lines.push(None);
            continue;
        }
        let mut own: Vec<String> = part.lines().map(str::to_owned).collect();
        match printed.next().and_then(|next| next.split_once('\n')) {
            Some((code, rest)) => {
                if code != "0" {
                    own.push(format!("exit {code}"));
                }
                part = rest.to_owned();
            }
            None => {
                own.push(STOPPED.to_owned());
                part = String::new();
            }
        }
        lines.push(Some(own));
    }
    Ok(lines)
}

/// Whether lines match a pattern in which `...` stands for any lines.
fn matches(pattern: &[String], lines: &[String]) -> bool {
    match pattern.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "..." => (0..=lines.len()).any(|skip| matches(rest, &lines[skip..])),
        Some((first, rest)) => lines.first() == Some(first) && matches(rest, &lines[1..]),
    }
}

/// New lines in the form of the old: where the old left lines out once, as many stand before and after as stood there.
fn elided(old: &[String], new: &[String]) -> Vec<String> {
    if matches(old, new) {
        return old.to_vec();
    }
    let gaps: Vec<usize> = old.iter().enumerate().filter(|(_, line)| *line == "...").map(|(i, _)| i).collect();
    match gaps.as_slice() {
        [gap] if new.len() >= old.len() => {
            let after = old.len() - gap - 1;
            let dots = std::iter::once("...".to_owned());
            new[..*gap].iter().cloned().chain(dots).chain(new[new.len() - after..].iter().cloned()).collect()
        }
        _ => new.to_vec(),
    }
}

/// Lines that differ, with a few around them; lines that `...` stands for do not.
fn diff(old: &[String], new: &[String]) -> String {
    let gap = |i: usize| old.get(i).is_some_and(|line| line == "...");
    let same = |i: usize, j: usize| i < old.len() && j < new.len() && !gap(i) && old[i] == new[j];
    // The fewest changes that lead from old[i..] to new[j..].
    let mut changes = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..=old.len()).rev() {
        for j in (0..=new.len()).rev() {
            let without_old = (i < old.len()).then(|| changes[i + 1][j] + usize::from(!gap(i)));
            let without_new = (j < new.len()).then(|| changes[i][j + 1] + usize::from(!gap(i)));
            let both = same(i, j).then(|| changes[i + 1][j + 1]);
            changes[i][j] = [without_old, without_new, both].into_iter().flatten().min().unwrap_or(0);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines: Vec<(char, &str)> = Vec::new();
    while i < old.len() || j < new.len() {
        if same(i, j) && changes[i][j] == changes[i + 1][j + 1] {
            lines.push((' ', &old[i]));
            (i, j) = (i + 1, j + 1);
        } else if gap(i) {
            if changes[i][j] == changes[i + 1][j] {
                lines.push((' ', "..."));
                i += 1;
            } else {
                j += 1;
            }
        } else if i < old.len() && changes[i][j] == changes[i + 1][j] + 1 {
            lines.push(('-', &old[i]));
            i += 1;
        } else {
            lines.push(('+', &new[j]));
            j += 1;
        }
    }
    let near = |at: usize| lines.iter().skip(at.saturating_sub(2)).take(5).any(|(sign, _)| *sign != ' ');
    let mut text = String::new();
    for (_, (sign, line)) in lines.iter().enumerate().filter(|(at, _)| near(*at)) {
        let _ = writeln!(text, "    {sign} {line}");
    }
    text
}

/// Heads (`N:HASH`) in a text, in order.
fn heads(text: &str) -> Vec<&str> {
    let word = |c: char| !(c.is_ascii_hexdigit() || c == ':');
    let is_head =
        |word: &&str| word.split_once(':').is_some_and(|(n, hash)| n.parse::<u64>().is_ok() && hash.len() == 64);
    text.split(word).map(|word| word.trim_end_matches(':')).filter(is_head).collect()
}

/// Commands may repeat a head that an earlier one printed: replaces heads that have changed since.
fn carry_heads(pieces: &mut [Piece], printed: &[Option<Vec<String>>]) -> bool {
    let mut changed: Vec<(String, String)> = Vec::new();
    let runs = pieces.iter().filter_map(|p| if let Piece::Run { output, .. } = p { Some(output) } else { None });
    for (old, new) in runs.zip(printed) {
        let (old, new) = (old.join("\n"), new.clone().unwrap_or_default().join("\n"));
        let pairs = heads(&old).into_iter().zip(heads(&new)).filter(|(old, new)| old != new);
        changed.extend(pairs.map(|(old, new)| (old.to_owned(), new.to_owned())));
    }
    let mut any = false;
    for piece in pieces {
        if let Piece::Run { command, .. } = piece {
            for (old, new) in &changed {
                any |= command.contains(old.as_str());
                *command = command.replace(old.as_str(), new);
            }
        }
    }
    any
}

fn check(path: &Path, update: bool) -> Result<usize, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut pieces = parse(&text)?;
    let mut printed = run(&pieces)?;
    if update && carry_heads(&mut pieces, &printed) {
        printed = run(&pieces)?;
    }
    if printed.iter().flatten().any(|lines| lines.iter().any(|line| line == STOPPED)) {
        let last = printed.iter().flatten().find(|lines| lines.iter().any(|line| line == STOPPED));
        return Err(format!("the shell stopped before the end: {}", last.map(|l| l.join("\n")).unwrap_or_default()));
    }
    let mut wrong = String::new();
    let mut outputs = printed.iter();
    let mut commands = 0;
    for piece in &mut pieces {
        let Piece::Run { line, command, output } = piece else { continue };
        let Some(Some(printed)) = outputs.next() else { continue };
        commands += 1;
        if update {
            *output = elided(output, printed);
        } else if !matches(output, printed) {
            let _ = writeln!(wrong, "  line {line}: $ {command}\n{}", diff(output, printed));
        }
    }
    let now = print(&pieces);
    if update && commands > 0 && now != text {
        std::fs::write(path, now).map_err(|error| error.to_string())?;
    }
    if wrong.is_empty() { Ok(commands) } else { Err(format!("(- as written, + as printed)\n{wrong}")) }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for item in std::fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy(&item.path(), &target)?;
        } else {
            std::fs::copy(item.path(), target)?;
        }
    }
    Ok(())
}

#[test]
fn documents_print_what_they_say() {
    let mut paths = vec![root().join("README.md")];
    let docs = std::fs::read_dir(root().join("docs")).expect("the folder docs");
    paths.extend(docs.map(|item| item.expect("a file").path()).filter(|p| p.extension().is_some_and(|e| e == "md")));
    paths.sort();
    let update = std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1");
    let checks: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = paths.iter().map(|path| (path, scope.spawn(move || check(path, update)))).collect();
        threads.into_iter().map(|(path, thread)| (path, thread.join().expect("no panic"))).collect()
    });
    let wrong: Vec<String> = checks
        .iter()
        .filter_map(|(path, outcome)| outcome.as_ref().err().map(|error| format!("{}: {error}", path.display())))
        .collect();
    let hint = "`UPDATE_DOCS=1 cargo test --test docs` writes what is printed now";
    assert!(wrong.is_empty(), "{}\n{hint}", wrong.join("\n"));
    let commands: usize = checks.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).sum();
    assert!(commands > 0, "no document runs anything");
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn three_dots_stand_for_any_lines() {
    // pattern, output, whether they match
    for (pattern, output, expected) in [
        ("a\nb", "a\nb", true),
        ("a\nb", "a", false),
        ("a", "a\nb", false),
        ("...", "", true),
        ("a\n...\nd", "a\nb\nc\nd", true),
        ("a\n...\nd", "a\nd", true),
        ("a\n...\nd", "a\nb\nc", false),
        ("...\nb\n...\nb", "a\nb\nb", true),
    ] {
        assert_eq!(matches(&lines(pattern), &lines(output)), expected, "{pattern:?} on {output:?}");
    }
    assert_eq!(elided(&lines("a\n...\nd"), &lines("x\ny\nz\nd")), lines("x\n...\nd"));
    assert_eq!(elided(&lines("a\nb"), &lines("x")), lines("x"));
}

#[test]
fn a_difference_shows_what_changed_and_no_more() {
    // as written, as printed, the difference
    for (old, new, expected) in [
        ("a\nb\nc", "a\nx\nc", "      a\n    - b\n    + x\n      c\n"),
        ("a\n...\nd", "b\nq\nr\nd", "    - a\n      ...\n      d\n"),
        ("a\n...", "a", ""),
        ("a", "", "    - a\n"),
    ] {
        assert_eq!(diff(&lines(old), &lines(new)), expected, "{old:?} and {new:?}");
    }
}

#[test]
fn documents_are_cut_into_commands() {
    let text = "T\n```console\n$ a \\\n  b\nout\n$ c \"d\ne\"\n$ cat > f <<'END'\nx\nEND\n```\nmore\n";
    let pieces = parse(text).expect("it is well formed");
    assert_eq!(print(&pieces), text);
    let commands: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Run { command, .. } = piece { Some(command.as_str()) } else { None })
        .collect();
    assert_eq!(commands, ["a \\\n  b", "c \"d\ne\"", "cat > f <<'END'\nx\nEND"]);
    for (bad, message) in [
        ("```console\n```\n", "without a `$ ` line"),
        ("```console\nout\n```\n", "expected a line that begins with `$ `"),
        ("```console\n$ a\n", "the block never ends"),
        (" ```console\n$ a\n```\n", "at the left margin"),
    ] {
        let error = parse(bad).expect_err("it is malformed");
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn heads_in_commands_follow_the_output() {
    let (old, new) = (format!("7:{}", "a".repeat(64)), format!("8:{}", "b".repeat(64)));
    let mut pieces =
        parse(&format!("```console\n$ close\nhead {old}.\n$ verify --head {old}\n```\n")).expect("a document");
    assert!(carry_heads(&mut pieces, &[Some(vec![format!("head {new}.")]), Some(Vec::new())]));
    assert!(print(&pieces).contains(&format!("$ verify --head {new}\n")));
}
