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

/// How the books of [`Env::conference`] are made.
const CONFERENCE: &str = "
fund add aid --name Aid --restriction purpose
event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16
event add strict26 --name Strict --first-day 2026-06-01 --last-day 2026-06-02 --policy everyone-pays-strict
event add pyex25 --name 'PyExample 2025' --first-day 2025-05-14 --last-day 2025-05-16
tax add vat20 --name 'VAT 20 %' --rate 20%
ticket add pyex26 individual --name Individual --kind admission --tier individual --price 300.00
ticket add pyex26 taxed --name Taxed --kind admission --price 300.00 --tax vat20
ticket add pyex26 tutorial --name Tutorial --kind tutorial --price 150.00
ticket add strict26 individual --name Individual --kind admission --price 300.00
ticket add pyex25 individual --name Individual --kind admission --price 300.00
discount add pyex26 all --share 100%
discount add pyex26 once --share 10% --limit 1
sponsor package add pyex26 silver --name Silver --price 4,000.00 --passes 1 --pass individual --benefit Booth=800.00 --limit 1
party add Ada --kind person
party add Bo --kind person
party add 'Example GmbH' --kind organisation
vendor add 'Harbour Hall'
order add a1 --event pyex26 --party Ada --item individual --item tutorial --date 2026-01-02 --paid 450.00 --fee 13.50
order add c1 --event pyex26 --party Bo --item individual --date 2026-01-02 --paid 300.00 --fee 9.00
order cancel c1 --date 2026-01-03 --pay-back card
order add p25 --event pyex25 --party Ada --item individual --date 2025-01-02 --paid 300.00 --fee 9.00
fund gift --fund aid --party 'Example GmbH' --amount 500.00 --date 2026-01-02
sponsor add s1 --event pyex26 --party 'Example GmbH' --package silver --date 2026-01-02
order add e1 --event pyex26 --party Bo --item 'individual;by=pass;sponsor=s1' --date 2026-01-03
contract add hall --vendor 'Harbour Hall' --event pyex26 --account 5010 --fixed 9,000.00 --date 2026-01-02
contract close hall --date 2026-01-03
claim add taxi --claimant Ada --event pyex26 --line '6420=80.00;receipt=receipt.txt' --date 2026-01-03
claim add lost --claimant Ada --event pyex26 --line 6420=20.00 --date 2026-01-03
event hold pyex25
invoice issuer --name 'Example Society' --address-line '1 Example Street'
order add i1 --event pyex26 --party 'Example GmbH' --item 'individual;for=Bo;by=employer' --date 2026-01-04
invoice issue order i1 --date 2026-01-05
event add old25 --name Old --first-day 2025-03-01 --last-day 2025-03-02 --policy speakers-free
ticket add old25 individual --name Individual --kind admission --price 100.00
order add o25 --event old25 --party Ada --item 'individual;role=speaker' --date 2025-02-01
";

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

    /// A folder with the books of a conference in the making: `pyex26` under *everyone pays*, `strict26` under the
    /// strict policy, `pyex25` held; orders, a sponsor, a closed contract, a claim.
    pub fn conference() -> Self {
        static BOOK: OnceLock<Vec<u8>> = OnceLock::new();
        Self::with_book(BOOK.get_or_init(|| {
            let env = Self::begun();
            env.write("receipt.txt", "Taxi");
            for line in CONFERENCE.lines().filter(|line| !line.is_empty()) {
                env.run(line).ok();
            }
            env.read_bytes("bursar.db")
        }))
    }

    /// A folder with books in which wages of June 2025 are shared by a rule `staff`, and the board has a reserve.
    #[allow(dead_code)] // not every test binary needs it
    pub fn allocating() -> Self {
        let env = Self::begun();
        for line in [
            "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16",
            "fund add reserve --name Reserve --restriction board-designated",
            "entry add --date 2025-01-02 --debit 1010=50,000.00 --credit 4210=50,000.00",
            "entry add --date 2025-06-30 --debit 6010=1,000.01 --credit 1010=1,000.01",
            "allocation add staff --account 6010 --to program:pyex26=60% --to management=30% --to fundraising=10% \
             --basis 'hours worked'",
            "allocation run staff --period 2025-06",
        ] {
            env.run(line).ok();
        }
        env
    }

    /// A folder with books of a UK charity.
    #[allow(dead_code)] // not every test binary needs it
    pub fn charity() -> Self {
        let env = Self::new();
        env.run("init --name 'Example Trust' --chart uk-charity").ok();
        env
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
