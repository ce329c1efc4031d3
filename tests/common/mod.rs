//! A command line of its own for every test: an empty folder, a fixed moment, fixed salts, no terminal, nothing
//! inherited but `PATH`.

// Every test crate uses some of it.
#![allow(dead_code)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The folder of the repository's fixtures.
pub const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// A folder to work in, with the program at hand.
pub struct Env {
    folder: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Env {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A folder with books that were just begun.
    pub fn begun() -> Self {
        static BOOK: OnceLock<Vec<u8>> = OnceLock::new();
        Self::with_book(BOOK.get_or_init(|| {
            let env = Self::new();
            env.run("init --name 'Example Society'").ok();
            env.read_bytes("bursar.db")
        }))
    }

    /// A folder with books that hold two events, two funds, seven parties and ten entries of 2025
    /// (`fixtures/valid/*.csv`).
    pub fn small() -> Self {
        static BOOK: OnceLock<Vec<u8>> = OnceLock::new();
        Self::with_book(BOOK.get_or_init(|| {
            let env = Self::begun();
            for kind in ["parties", "funds", "events"] {
                env.run(&format!("import {kind} {FIXTURES}/valid/{kind}.csv")).ok();
            }
            env.run(&format!("import csv {FIXTURES}/valid/journal.csv")).ok();
            env.read_bytes("bursar.db")
        }))
    }

    /// A folder with the books that `bursar demo` makes.
    pub fn demo() -> Self {
        static BOOK: OnceLock<Vec<u8>> = OnceLock::new();
        Self::with_book(BOOK.get_or_init(|| {
            let env = Self::new();
            env.run("demo --dir .").ok();
            env.read_bytes("bursar.db")
        }))
    }

    fn with_book(bytes: &[u8]) -> Self {
        let env = Self::new();
        std::fs::write(env.path("bursar.db"), bytes).unwrap();
        env
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// A file of the folder as text.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A file of the folder.
    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The names in the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Copies a fixture into the folder, under its own name, and returns the name.
    pub fn fixture<'a>(&self, path: &'a str) -> &'a str {
        let name = path.rsplit('/').next().unwrap();
        std::fs::copy(Path::new(FIXTURES).join(path), self.path(name)).unwrap();
        name
    }

    /// Another program's command, in the same surroundings.
    pub fn other(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        for (name, value) in [
            ("COLUMNS", "80"),
            ("NO_COLOR", "1"),
            ("LANG", "C.UTF-8"),
            ("BURSAR_NOW", "2026-01-15T12:00:00Z"),
            ("BURSAR_SEED", "1"),
            ("BURSAR_ACTOR", "Ada"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", self.folder.path());
        command
    }

    /// The program with arguments written as in a shell, not started yet.
    pub fn command(&self, line: &str) -> Command {
        let mut command = self.other(env!("CARGO_BIN_EXE_bursar"));
        command.args(words(line));
        command
    }

    /// Runs the program; `line` is split at spaces, except within quotes.
    pub fn run(&self, line: &str) -> Output {
        self.finish(self.command(line))
    }

    /// Runs a command that was made with [`Env::command`] or [`Env::other`].
    pub fn finish(&self, mut command: Command) -> Output {
        let output = command.output().unwrap();
        // The folder's name is random; on some systems it is also reached by a longer, real one.
        let folder = self.folder.path();
        let real = folder.canonicalize().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&*real.to_string_lossy(), "$TMP").replace(&*folder.to_string_lossy(), "$TMP")
        };
        Output { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap_or(-1) }
    }

    /// Runs one command a line and shows them all, each after its own line.
    pub fn session(&self, script: &str) -> String {
        let lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| format!("$ bursar {line}\n{}\n", self.run(line).show()))
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    /// The head of the books in a file, as `verify` tells it.
    pub fn head(&self) -> String {
        let shown = self.run("verify --format json").ok().stdout;
        let start = shown.find("ead ").unwrap() + 4;
        shown[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == ':').collect()
    }
}

impl Output {
    /// The output of a command that must have succeeded without a word of complaint.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.code == 0 && self.stderr.is_empty(), "{}", self.show());
        self
    }

    /// Both outputs and, unless it is 0, the exit code. Hashes depend on everything recorded before and are left out;
    /// that they are right is another test's concern.
    pub fn show(&self) -> String {
        let mut shown = without_hashes(&self.stdout);
        if !self.stderr.is_empty() {
            let _ = write!(shown, "[stderr]\n{}", without_hashes(&self.stderr));
        }
        if self.code != 0 {
            let _ = writeln!(shown, "[exit {}]", self.code);
        }
        shown
    }
}

/// Splits a command as a shell would: at spaces, with `'…'` and `"…"` kept together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Writes `HASH` for every run of 64 hexadecimal digits.
fn without_hashes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let digits = rest[start..].bytes().take_while(u8::is_ascii_hexdigit).count();
        shown.push_str(&rest[..start]);
        shown.push_str(if digits == 64 { "HASH" } else { &rest[start..start + digits] });
        rest = &rest[start + digits..];
    }
    shown + rest
}
