//! `kill -9` at random moments: whatever was acknowledged is there, nothing is there by half, and nobody has to clean
//! up. At least 200 processes are killed while they run. `cargo test --test kill -- --nocapture` tells how many were
//! hit where.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::Env;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rusqlite::Connection;

/// Transactions in the file that is imported.
const TRANSACTIONS: i64 = 2_000;

/// What became of a process that was to be killed.
struct Victim {
    /// It was still running when the signal came.
    hit: bool,
    /// It said that it was done.
    acknowledged: bool,
    stdout: String,
}

/// Kills a process after a while, or sees it end before.
fn kill_after(mut child: Child, delay: Duration) -> Victim {
    let started = Instant::now();
    let mut ended = false;
    while !ended && started.elapsed() < delay {
        std::thread::sleep((delay - started.elapsed().min(delay)).min(Duration::from_micros(500)));
        ended = child.try_wait().unwrap().is_some();
    }
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let acknowledged = output.status.success();
    Victim { hit: output.status.code().is_none(), acknowledged, stdout: String::from_utf8(output.stdout).unwrap() }
}

fn start(env: &Env, line: &str) -> Child {
    env.command(line).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Moments to kill at. Every other one is anywhere in the run; the rest close in on the moment where the outcome
/// changes, which is the commit.
struct Moments {
    rng: ChaCha20Rng,
    whole: Duration,
    /// Of the commit, as a fraction of the whole in thousandths.
    commit: u64,
    turn: bool,
}

impl Moments {
    fn new(seed: u64, whole: Duration) -> Self {
        Self { rng: ChaCha20Rng::seed_from_u64(seed), whole, commit: 900, turn: false }
    }

    fn next(&mut self) -> Duration {
        self.turn = !self.turn;
        let thousandths =
            if self.turn { self.rng.next_u64() % 1_000 } else { self.commit - 40 + self.rng.next_u64() % 80 };
        self.whole * u32::try_from(thousandths).unwrap() / 1_000
    }

    /// Learns from the last of those that aim at the commit.
    fn learn(&mut self, committed: bool) {
        if !self.turn {
            self.commit = if committed { self.commit - 20 } else { self.commit + 20 }.clamp(100, 2_000);
        }
    }
}

/// The shortest of three runs: how long the command takes on this machine.
fn time(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let started = Instant::now();
        run();
        started.elapsed()
    };
    (0..3).map(|_| once(&mut run)).min().unwrap()
}

fn count(env: &Env, sql: &str) -> i64 {
    Connection::open(env.path("bursar.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The books are whole, and the next writer gets in at once, whatever notes and journals the last one left.
fn healthy(env: &Env, round: usize) {
    let verified = env.run("verify --wait 0");
    assert_eq!(verified.code, 0, "round {round}: {}", verified.show());
    let added = env.run("party add Somebody --dry-run --wait 0");
    assert_eq!(added.code, 0, "round {round}: {}", added.show());
}

#[test]
fn imports_are_there_whole_or_not_at_all() {
    const KILLS: usize = 110;
    let env = Env::begun();
    let mut csv = "txnidx,date,description,account,amount,commodity\n".to_owned();
    for i in 0..TRANSACTIONS {
        let title = format!("{i},2025-{:02}-{:02},Party {} | number {i}", i % 12 + 1, i % 28 + 1, i % 97);
        let _ = writeln!(csv, "{title},expenses:e{},{i}.25,USD\n{title},assets:bank,-{i}.25,USD", i % 13);
    }
    env.write("large.csv", csv);
    env.run("entry add --date 2025-01-01 --debit 5010=1 --credit 1010=1").ok();
    let before = env.read_bytes("bursar.db");
    let begin = || env.write("bursar.db", &before);
    let import = "import hledger large.csv --wait 0";
    let whole = time(|| {
        begin();
        env.run(import).ok();
    });
    let mut moments = Moments::new(1, whole);
    let (mut hits, mut complete, mut hot, mut notes) = (0, 0, 0, 0);
    let mut rounds = 0;
    while hits < KILLS {
        begin();
        let _ = std::fs::remove_file(env.path("bursar.db-journal"));
        let victim = kill_after(start(&env, import), moments.next());
        hits += usize::from(victim.hit);
        rounds += 1;
        assert!(rounds < 20 * KILLS, "too few of the processes were hit: {hits}");
        hot += usize::from(std::fs::metadata(env.path("bursar.db-journal")).is_ok_and(|file| file.len() > 0));
        notes += usize::from(env.path("bursar.db-writer").exists());
        healthy(&env, rounds);
        let entries = count(&env, "SELECT count(*) FROM entry");
        let imported = entries == 1 + TRANSACTIONS;
        assert!(imported || (entries == 1 && !victim.acknowledged), "round {rounds}: {entries} entries");
        assert_eq!(count(&env, "SELECT count(*) FROM posting"), 2 * entries, "round {rounds}");
        complete += usize::from(imported);
        moments.learn(imported);
        // Once in a while the file is imported to its end: as if nothing had happened.
        if rounds % 10 == 0 {
            env.run(import).ok();
            assert_eq!(count(&env, "SELECT count(*) FROM entry"), 1 + TRANSACTIONS, "round {rounds}");
        }
    }
    println!(
        "imports: {rounds} begun, {hits} killed, {complete} whole, {hot} left a journal to roll back, {notes} a note; \
         a whole one takes {whole:?}"
    );
}

#[test]
fn acknowledged_entries_stay() {
    const KILLS: usize = 110;
    let env = Env::begun();
    let command = |reference: usize| {
        format!(
            "entry add --date 2025-03-01 --reference r-{reference} --debit 5010={reference}.50 \
             --credit 1010={reference}.50 --wait 0 --format json"
        )
    };
    let whole = time(|| {
        env.run(&format!("{} --dry-run", command(1))).ok();
    });
    let mut moments = Moments::new(2, whole);
    // The number of every entry that was acknowledged, by its reference less one.
    let mut acknowledged: Vec<i64> = Vec::new();
    let (mut hits, mut unsaid, mut rounds) = (0, 0, 0);
    while hits < KILLS {
        let reference = acknowledged.len() + 1;
        let victim = kill_after(start(&env, &command(reference)), moments.next());
        rounds += 1;
        assert!(rounds < 20 * KILLS, "too few of the processes were hit: {hits}");
        hits += usize::from(victim.hit);
        if victim.hit {
            healthy(&env, rounds);
        }
        let there = count(&env, &format!("SELECT count(*) FROM entry WHERE reference = 'r-{reference}'")) == 1;
        moments.learn(there);
        assert!(there || !victim.acknowledged, "round {rounds}: r-{reference} was acknowledged and is not there");
        if victim.acknowledged {
            let json: serde_json::Value = serde_json::from_str(&victim.stdout).unwrap();
            let title = json["title"].as_str().unwrap();
            acknowledged.push(title.split(' ').nth(1).unwrap().parse().unwrap());
        } else if there {
            // Recorded, but killed before it could say so: asking again finds it.
            unsaid += 1;
            let again = env.run(&command(reference)).ok().stdout;
            assert!(again.contains("There already"), "round {rounds}: {again}");
            acknowledged.push(count(&env, &format!("SELECT number FROM entry WHERE reference = 'r-{reference}'")));
        }
    }
    let connection = Connection::open(env.path("bursar.db")).unwrap();
    let sql = "SELECT e.number, e.reference, e.lines, count(*), sum(p.amount), max(p.amount)
               FROM entry e JOIN posting p ON p.entry = e.number GROUP BY e.number ORDER BY e.number";
    let mut statement = connection.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(i64, String, i64, i64, i64, i64)> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    };
    let kept: Vec<_> = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
    let said = acknowledged.iter().zip(1..);
    let said = said.map(|(number, i): (_, i64)| (*number, format!("r-{i}"), 2, 2, 0, i * 100 + 50));
    assert_eq!(kept, said.collect::<Vec<_>>());
    println!("entries: {rounds} begun, {hits} killed, {} kept, {unsaid} of them unsaid", kept.len());
}

#[test]
fn new_books_and_backups_are_there_whole_or_not_at_all() {
    const KILLS: usize = 12;
    let env = Env::demo();
    for (seed, command, file) in [
        (3, "init --name X --book made.db", "made.db"),
        (4, "backup made.db", "made.db"),
        (5, "restore made.db --book restored.db", "restored.db"),
        (6, "demo --dir .", "bursar.db"),
    ] {
        let remove = || {
            for name in env.files().into_iter().filter(|name| name.starts_with(file)) {
                std::fs::remove_file(env.path(&name)).unwrap();
            }
        };
        let whole = time(|| {
            remove();
            env.run(command).ok();
        });
        let mut moments = Moments::new(seed, whole);
        let (mut hits, mut rounds) = (0, 0);
        while hits < KILLS {
            remove();
            let victim = kill_after(start(&env, command), moments.next());
            hits += usize::from(victim.hit);
            rounds += 1;
            assert!(rounds < 20 * KILLS, "too few of the processes were hit: {hits}");
            let there = env.path(file).exists();
            moments.learn(there);
            assert!(there || !victim.acknowledged);
            // Without cleaning up: what a killed one left behind is in nobody's way.
            if !there {
                env.run(command).ok();
            }
            let verified = env.run(&format!("verify --book {file} --wait 0"));
            assert_eq!(verified.code, 0, "{command}, round {rounds}: {}", verified.show());
        }
    }
}
