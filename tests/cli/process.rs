//! Exit codes, pipes, files of output.

use std::io::Read as _;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn exit_codes() {
    let env = Env::small();
    for (line, code) in [
        ("verify", 0),
        ("--help", 0),
        ("--version", 0),
        ("account show 9999", 1),
        ("report activities --book none.db", 1),
        ("", 2),
        ("horoscope", 2),
        ("account", 2),
        ("account list --colour", 2),
        ("account list extra", 2),
        ("report activities --format pdf", 2),
        ("report activities --as-of 2025-02-30", 2),
        ("report activities --period 2025 --as-of 2025-01-01", 2),
        ("report activities --audience everyone", 2),
        ("entry add --debit 1010=1 --credit 5010=1", 2),
        ("entry add --date 2026-01-02 --debit 1010", 2),
        ("entry add --date 2026-01-02 --debit 1010=1;colour=red", 2),
        ("entry add --date 2026-01-02 --activity 'two words'", 2),
        ("fund add x --name X --restriction none", 2),
        ("fund add 'two words' --name X --restriction purpose", 2),
        ("party add X --kind friend", 2),
        ("init --name X --fiscal-year-start 13", 2),
        ("init --name X --chart us-profit", 2),
        ("verify --head 12", 2),
        ("verify --wait soon", 2),
        ("export excel", 2),
        ("account add 'Expenses:  X'", 2),
        ("account add Expenses:X --function programme", 2),
    ] {
        let output = env.run(line);
        assert_eq!(output.code, code, "bursar {line}: {}", output.show());
        assert_eq!(output.code == 0, output.stderr.is_empty(), "bursar {line}: {}", output.show());
    }
    rusqlite::Connection::open(env.path("bursar.db"))
        .unwrap()
        .execute_batch("DROP TRIGGER entry_update; UPDATE entry SET date = 20250211 WHERE number = 2")
        .unwrap();
    assert_eq!(env.run("verify").code, 3);
}

#[test]
fn usage_is_explained() {
    let env = Env::small();
    let session = env.session(
        "account list --colour
         report activities --format pdf
         entry add --date 2025-02-30 --debit 1010=1 --credit 5010=1
         entry add --date 2025-02-03 --debit 1010 --credit 5010=1
         entry add --date 2025-02-03 --debit 1010=1;evnt=x --credit 5010=1
         verify --head 12
         fund add 'two words' --name X --restriction purpose
         fund add x --name X --restriction none",
    );
    assert_snapshot!(session, @"
    $ bursar account list --colour
    [stderr]
    error: unexpected argument '--colour' found

      tip: a similar argument exists: '--actor'

    Usage: bursar account list --actor <NAME>

    For more information, try '--help'.
    [exit 2]

    $ bursar report activities --format pdf
    [stderr]
    error: invalid value 'pdf' for '--format <FORMAT>'
      [possible values: table, csv, json, md, html]

    For more information, try '--help'.
    [exit 2]

    $ bursar entry add --date 2025-02-30 --debit 1010=1 --credit 5010=1
    [stderr]
    error: invalid value '2025-02-30' for '--date <DATE>': `2025-02-30` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999

    For more information, try '--help'.
    [exit 2]

    $ bursar entry add --date 2025-02-03 --debit 1010 --credit 5010=1
    [stderr]
    error: invalid value '1010' for '--debit <ACCOUNT=AMOUNT>': expected ACCOUNT=AMOUNT, found `1010`

    For more information, try '--help'.
    [exit 2]

    $ bursar entry add --date 2025-02-03 --debit 1010=1;evnt=x --credit 5010=1
    [stderr]
    error: invalid value '1010=1;evnt=x' for '--debit <ACCOUNT=AMOUNT>': there is no option `evnt` of a posting; there are event, fund, function, activity, tax, cash-flow, party, memo, original, rate

    For more information, try '--help'.
    [exit 2]

    $ bursar verify --head 12
    [stderr]
    error: invalid value '12' for '--head <N:HASH>': `12` is not a head: expected N:HASH, the number of records and 64 hexadecimal digits

    For more information, try '--help'.
    [exit 2]

    $ bursar fund add 'two words' --name X --restriction purpose
    [stderr]
    error: invalid value 'two words' for '<CODE>': `two words` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit

    For more information, try '--help'.
    [exit 2]

    $ bursar fund add x --name X --restriction none
    [stderr]
    error: invalid value 'none' for '--restriction <RESTRICTION>': `none` is not a restriction: expected one of undesignated, board-designated, purpose, time, perpetual

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn version() {
    assert_eq!(Env::new().run("--version").stdout, concat!("bursar ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// Whoever reads only the first line, as `| head -1` does, is no reason to complain.
#[test]
fn a_closed_pipe_is_silent() {
    let env = Env::demo();
    for line in [
        "report journal",
        "report journal --format csv",
        "report journal --format json",
        "export hledger",
        "export beancount",
        "export csv",
        "account list",
        "completions bash",
        "--help",
    ] {
        let mut child = env.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "bursar {line}");
        assert_eq!(output.status.code(), Some(0), "bursar {line}");
    }
}

#[test]
fn output_into_a_file() {
    let env = Env::small();
    let shown = env.run("report trial-balance --format csv").ok().stdout;
    assert_eq!(env.run("report trial-balance --format csv --output balance.csv").ok().stdout, "");
    assert_eq!(env.read("balance.csv"), shown);
    // A file that is there is replaced, whole.
    env.run("export ledger --output balance.csv").ok();
    assert_eq!(env.read("balance.csv"), env.run("export ledger").ok().stdout);
    env.run("close --through 2025-01-31 --output said.txt").ok();
    assert!(env.read("said.txt").starts_with("Locked through 2025-01-31."));
    assert_eq!(env.files(), ["balance.csv", "bursar.db", "bursar.db-journal", "said.txt"]);
}

#[test]
fn a_refusal_leaves_the_output_file_alone() {
    let env = Env::small();
    env.write("keep.txt", "kept");
    assert_eq!(env.run("report horoscope --output keep.txt").code, 1);
    assert_eq!(env.read("keep.txt"), "kept");
}

#[test]
fn the_actor_is_kept_with_what_is_recorded() {
    let env = Env::small();
    let add = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1";
    assert!(env.run(&format!("{add} --actor Grace")).ok().stdout.contains("by Grace,"));
    let mut command = env.command(add);
    command.env_remove("BURSAR_ACTOR").env("USER", "linus");
    assert!(env.finish(command).ok().stdout.contains("by linus,"));
    let mut command = env.command(add);
    command.env_remove("BURSAR_ACTOR");
    assert!(env.finish(command).ok().stdout.contains("Z, from"));
}

#[test]
fn two_runs_are_the_same_to_the_byte() {
    let (one, other) = (Env::demo(), Env::new());
    other.run("demo --dir .").ok();
    assert_eq!(one.head(), other.head());
    assert_eq!(one.run("export csv").stdout, other.run("export csv").stdout);
}

#[test]
fn a_dry_run_writes_no_file() {
    let env = Env::small();
    env.write("there.txt", "as it was");
    let before = env.files();
    for command in [
        "export hledger",
        "export beancount --pseudonymous",
        "export workbook --period 2025",
        "report position",
        "report trial-balance --format json",
        "policy show everyone-pays",
        "completions bash",
        "entry add --date 2025-06-02 --debit 5110=1 --credit 1010=1",
        "verify",
    ] {
        for file in ["there.txt", "new.txt"] {
            let done = env.run(&format!("{command} --output {file} --dry-run")).ok();
            let said = done.stdout.trim_end();
            let line = format!("Dry run: {file} was not written.");
            let shown = match command.contains("json") {
                true => format!("{{\"done\":\"{line}\",\"schema\":1}}"),
                false => line,
            };
            assert_eq!(said, shown, "{command}");
        }
    }
    let said = env.run("man --dir pages --dry-run").ok().stdout;
    assert_eq!(said, "Dry run: pages was not written.\n");
    let mut files = env.files();
    // Empty: SQLite's own, from the entry that was rolled back.
    files.retain(|name| name != "bursar.db-journal");
    assert_eq!(files, before);
    assert_eq!(env.read("there.txt"), "as it was");
    let held = Env::conference();
    let said = held.run("what-if pyex25 --policy everyone-pays --output new.txt --dry-run").ok().stdout;
    assert_eq!((said.as_str(), held.path("new.txt").exists()), ("Dry run: new.txt was not written.\n", false));
    // A device is no file.
    #[cfg(unix)]
    assert!(env.run("report position --output /dev/stdout --dry-run").ok().stdout.contains("Cash"));
}
