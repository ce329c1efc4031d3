//! Wrong input: every refusal that the command line can provoke, with its whole message. The files are in
//! `fixtures/invalid`, one a case. A refused command leaves the books as they were, to the byte.
//!
//! `docs/errors.md` lists the codes; the last tests hold the list, the program and this file to each other.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};

use common::{Env, FIXTURES, Output};
use rusqlite::Connection;

/// A refusal on one line: test, code, books it is provoked in, command, message.
macro_rules! refused {
    ($name:ident, $code:literal, $books:ident, $command:expr, @$expected:literal) => {
        #[test]
        fn $name() {
            let env = Env::$books();
            insta::assert_snapshot!(provoke(&env, $code, $command), @$expected);
        }
    };
}

/// Runs a command that must be refused with this code, and must leave everything as it was.
#[track_caller]
fn provoke(env: &Env, code: &str, command: &str) -> String {
    for word in command.split(' ').filter(|word| Path::new(FIXTURES).join("invalid").join(word).is_file()) {
        env.fixture(&format!("invalid/{word}"));
    }
    let output = unchanged(env, || env.run(command));
    let shown = output.show();
    assert!(output.stderr.starts_with(&format!("error[{code}]: ")), "expected {code}: {shown}");
    assert_eq!(output.stdout.is_empty(), code != "verification-failed", "{shown}");
    let exit = match code {
        "usage" => 2,
        "verification-failed" | "damaged" => 3,
        _ => 1,
    };
    assert_eq!(output.code, exit, "{shown}");
    // A dry run takes the same way to the same refusal.
    if !["backup", "restore", "demo"].iter().any(|word| command.starts_with(word)) {
        let dry = unchanged(env, || env.run(&format!("{command} --dry-run")));
        assert_eq!((dry.stderr, dry.code), (output.stderr, output.code), "the dry run of `{command}`");
    }
    shown
}

/// Runs something that must change neither the books nor the folder.
#[track_caller]
fn unchanged(env: &Env, run: impl FnOnce() -> Output) -> Output {
    // SQLite keeps an empty journal beside books that were opened.
    let files = || env.files().into_iter().filter(|name| name != "bursar.db-journal").collect::<Vec<_>>();
    let book = || std::fs::read(env.path("bursar.db")).ok();
    let (files_before, book_before) = (files(), book());
    let output = run();
    assert_eq!(files(), files_before, "files came or went: {}", output.show());
    assert!(book() == book_before, "the books were changed: {}", output.show());
    output
}

// ---- entries

refused!(unbalanced, "unbalanced", small,
    "entry add --date 2026-01-02 --debit Expenses:Venue=100.00 --credit 1010=100.01", @"");
refused!(unbalanced_one_sided, "unbalanced", small,
    "entry add --date 2026-01-02 --debit Expenses:Venue=100.00 --debit 1010=100.00", @"");
refused!(unbalanced_fund, "unbalanced-fund", small,
    "entry add --date 2026-01-02 --debit 5310=100.00;fund=aid --credit 1010=100.00", @"");
refused!(one_posting, "too-few-postings", small, "entry add --date 2026-01-02 --debit 1010=0", @"");
refused!(no_postings, "too-few-postings", small, "entry add --date 2026-01-02", @"");
refused!(unknown_account, "unknown-account", small,
    "entry add --date 2026-01-02 --debit Expenses:Vennue=1 --credit 1010=1", @"");
refused!(unknown_account_by_last_part, "unknown-account", small,
    "entry add --date 2026-01-02 --debit Cattering=1 --credit 1010=1", @"");
refused!(unknown_account_code, "unknown-account", small, "account show 9999", @"");
refused!(unknown_fund, "unknown-fund", small,
    "entry add --date 2026-01-02 --debit 5310=1 --credit 1010=1 --fund iad", @"");
refused!(unknown_fund_shown, "unknown-fund", small, "fund show scholarships", @"");
refused!(unknown_event, "unknown-event", small, "report activities --event pyex27", @"");
refused!(unknown_event_shown, "unknown-event", small, "event show rustfest", @"");
refused!(unknown_party, "unknown-party", small,
    "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --party 'Harbor Hall'", @"");
refused!(unknown_party_number, "unknown-party", small, "party show #99", @"");
refused!(unknown_entry, "unknown-entry", small, "entry show 11", @"");
refused!(unknown_entry_reversed, "unknown-entry", small, "entry reverse 0 --reason mistake", @"");
refused!(too_many_decimals, "too-many-decimals", small,
    "entry add --date 2026-01-02 --debit 5010=1.234 --credit 1010=1.234", @"");
refused!(too_many_decimals_of_a_foreign_amount, "too-many-decimals", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=JPY 1000.5;rate=0.007' --credit 1010=7.00", @"");
refused!(overflow, "overflow", small,
    "entry add --date 2026-01-02 --debit 5010=92233720368547758.08 --credit 1010=92233720368547758.08", @"");
refused!(overflow_of_a_sum, "overflow", small,
    "entry add --date 2026-01-02 --debit 5010=90000000000000000 --debit 5040=90000000000000000", @"");
refused!(not_an_amount, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=twelve --credit 1010=12", @"");
refused!(grouping_that_needs_a_guess, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=2,5950 --credit 1010=2,5950", @"");
refused!(two_minus_signs, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=(-5) --credit 1010=5", @"");
refused!(unknown_foreign_currency, "unknown-currency", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EURO 6.00;rate=1.1' --credit 1010=7.00", @"");
refused!(reference_of_another_amount, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 \
     --debit 1010=5100.00;cash-flow=sponsors --credit 4110=5100.00", @"");
refused!(reference_of_another_date, "duplicate-reference", small,
    "entry add --date 2025-02-11 --reference S-1 --debit 1010=5000 --credit 4110=5000", @"");
refused!(reference_of_another_account, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 \
     --debit 1020=5000.00;cash-flow=sponsors --credit 4110=5000.00", @"");
refused!(reference_of_another_party, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example Ltd' --event pyex25 \
     --debit 1010=5000.00;cash-flow=sponsors --credit 4110=5000.00", @"");
refused!(reference_of_more_postings, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --debit 1010=2500 --debit 1010=2500 --credit 4110=5000", @"");
refused!(reversal_without_reason, "empty", small, "entry reverse 1 --reason ' '", @"");
refused!(half_a_foreign_amount, "usage", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EUR 6.00' --credit 1010=7.00", @"");
refused!(foreign_amount_without_currency, "usage", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=6.00;rate=1.1' --credit 1010=7.00", @"");
refused!(rate_that_is_none, "usage", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EUR 6.00;rate=much' --credit 1010=7.00", @"");

#[test]
fn reversed_already() {
    let env = Env::small();
    env.run("entry reverse 7 --reason 'no dinner' --date 2025-05-18").ok();
    insta::assert_snapshot!(provoke(&env, "already-reversed", "entry reverse 7 --reason again"), @"");
}

#[test]
fn locked_period() {
    let env = Env::small();
    env.run("close --through 2025-12-31").ok();
    let command = "entry add --date 2025-12-31 --debit 5010=1 --credit 1010=1";
    insta::assert_snapshot!(provoke(&env, "period-locked", command), @"");
    insta::assert_snapshot!(provoke(&env, "period-locked", "entry reverse 7 --reason x --date 2025-06-01"), @"");
    insta::assert_snapshot!(provoke(&env, "bad-rows", "import csv middle.csv"), @"");
    insta::assert_snapshot!(provoke(&env, "lock-not-later", "close --through 2025-12-31"), @"");
    insta::assert_snapshot!(provoke(&env, "lock-not-later", "close --through 2024-12-31"), @"");
}

#[test]
fn closed_account() {
    let env = Env::small();
    env.run("account set Expenses:Venue --close").ok();
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1";
    insta::assert_snapshot!(provoke(&env, "closed-account", command), @"");
}

// ---- names and attributes

refused!(account_taken, "exists", small, "account add Expenses:Venue", @"");
refused!(account_code_taken, "exists", small, "account add Expenses:Hall --code 5010", @"");
refused!(fund_taken, "exists", small, "fund add aid --name Aid --restriction purpose", @"");
refused!(event_taken, "exists", small,
    "event add pyex25 --name Again --first-day 2025-01-01 --last-day 2025-01-02", @"");
refused!(party_taken, "exists", small, "party add 'Harbour Hall' --kind vendor", @"");
refused!(party_without_name, "empty", small, "party add ' '", @"");
refused!(organisation_without_name, "empty", new, "init --name ''", @"");
refused!(holding_of_a_holding, "fixed", small, "party set 'River Bank' --holding 'Example GmbH'", @"");
refused!(fund_restriction, "bad-rows", small, "import funds funds-fixed.csv", @"");
refused!(account_of_no_type, "bad-account-name", small, "account add Projects:Sprint", @"");
refused!(line_of_another_section, "chart", small, "account add Expenses:Hall --line cash", @"");
refused!(unknown_line, "chart", small, "account set 5010 --line veneu", @"");
refused!(event_backwards, "backwards", small,
    "event add pyex27 --name X --first-day 2027-05-03 --last-day 2027-05-01", @"");

// ---- reports

refused!(not_a_period, "not-a-period", small, "report activities --period 2025-Q5", @"");
refused!(not_a_period_to_compare_with, "not-a-period", small, "report activities --compare lately", @"");
refused!(period_backwards, "backwards", small, "report journal --from 2025-02-01 --to 2025-01-01", @"");
refused!(period_backwards_in_one_word, "backwards", small, "entry list --period 2025-02-01..2025-01-01", @"");
refused!(trial_balance_for_the_board, "treasurer-only", small, "report trial-balance --audience board", @"");
refused!(journal_for_the_public, "treasurer-only", small, "report journal --audience public", @"");
refused!(ledger_for_the_board, "treasurer-only", small, "report ledger 1010 --audience board", @"");
refused!(no_such_statement, "no-statement", small, "report activites", @"");
refused!(no_statement_like_it, "no-statement", small, "report horoscope", @"");
refused!(ledger_of_what, "usage", small, "report ledger", @"");
refused!(one_word_too_many, "usage", small, "report activities 2025", @"");
refused!(output_into_nowhere, "output", small, "report activities --output no/such/folder/x.txt", @"");
refused!(export_into_nowhere, "output", small, "export csv --output no/such/folder/x.txt", @"");

// ---- files

refused!(no_such_file, "file", small, "import csv nowhere.csv", @"");
refused!(no_such_mapping, "file", small, "import hledger hledger-root.csv --map nowhere.toml", @"");
refused!(no_such_chart, "file", new, "init --name X --chart ./nowhere.toml", @"");
refused!(file_unbalanced, "bad-rows", small, "import csv unbalanced.csv", @"");
refused!(file_unbalanced_fund, "bad-rows", small, "import csv unbalanced-fund.csv", @"");
refused!(file_with_one_posting, "bad-rows", small, "import csv one-posting.csv", @"");
refused!(file_of_unknown_names, "bad-rows", small, "import csv unknown-names.csv", @"");
refused!(file_of_bad_amounts, "bad-rows", small, "import csv amounts.csv", @"");
refused!(file_of_bad_dates, "bad-rows", small, "import csv dates.csv", @"");
refused!(bad_row_in_the_middle, "bad-rows", small, "import csv middle.csv", @"");
refused!(twenty_of_many_are_printed, "bad-rows", small, "import csv many.csv", @"");
refused!(rows_of_other_lengths, "bad-rows", small, "import csv field-count.csv", @"");
refused!(text_in_another_encoding, "bad-rows", small, "import csv not-utf8.csv", @"");
refused!(quote_left_open, "bad-rows", small, "import csv open-quote.csv", @"");
refused!(two_bytes_a_letter, "columns", small, "import csv utf16.csv", @"");
refused!(nothing_in_it, "columns", small, "import csv nothing.csv", @"");
refused!(column_missing, "columns", small, "import csv missing-column.csv", @"");
refused!(column_renamed, "columns", small, "import csv renamed-column.csv", @"");
refused!(column_twice, "columns", small, "import csv twice-a-column.csv", @"");
refused!(semicolons_between_columns, "columns", small, "import csv semicolons.csv", @"");
refused!(wrong_kind_of_file, "columns", small, "import hledger unbalanced.csv", @"");
refused!(reference_twice_in_a_file, "bad-rows", small, "import csv reference-twice.csv", @"");
refused!(reference_taken_by_the_books, "bad-rows", small, "import csv reference-taken.csv", @"");
refused!(words_of_no_list, "bad-rows", small, "import csv words.csv", @"");
refused!(foreign_amounts, "bad-rows", small, "import csv foreign.csv", @"");
refused!(account_names, "bad-rows", small, "import csv account-names.csv", @"");
refused!(hledger_in_another_currency, "bad-rows", small, "import hledger hledger-currency.csv", @"");
refused!(hledger_half_mapped, "bad-rows", small,
    "import hledger hledger-currency.csv --currency-symbol '$=USD'", @"");
refused!(hledger_virtual_postings, "bad-rows", small, "import hledger hledger-virtual.csv", @"");
refused!(hledger_root_of_no_type, "bad-rows", small, "import hledger hledger-root.csv", @"");
refused!(hledger_unbalanced, "bad-rows", small, "import hledger hledger-unbalanced.csv", @"");
refused!(symbol_without_code, "currency-symbol", small,
    "import hledger hledger-currency.csv --currency-symbol =USD=", @"");
refused!(symbol_the_shell_ate, "currency-symbol", small,
    "import hledger hledger-currency.csv --currency-symbol USD", @"");
refused!(mapping_syntax, "mapping", small, "import hledger hledger-root.csv --map mapping-syntax.toml", @"");
refused!(mapping_column, "mapping", small, "import hledger hledger-root.csv --map mapping-column.toml", @"");
refused!(mapping_decimal, "mapping", small, "import hledger hledger-root.csv --map mapping-decimal.toml", @"");
refused!(opening_unbalanced, "bad-rows", small,
    "opening import opening-unbalanced.csv --as-of 2024-12-31", @"");
refused!(opening_names, "bad-rows", small, "opening import opening-names.csv --as-of 2024-12-31", @"");
refused!(opening_balanced_to_nowhere, "unknown-account", small,
    "opening import opening-unbalanced.csv --as-of 2024-12-31 --balance-to Equity", @"");
refused!(parties, "bad-rows", small, "import parties parties.csv", @"");
refused!(funds, "bad-rows", small, "import funds funds.csv", @"");
refused!(events, "bad-rows", small, "import events events.csv", @"");

#[test]
fn opening_taken_over_before() {
    let env = Env::begun();
    env.write("a.csv", "account,amount\n1010,5.00\nNet assets:Opening,-5.00\n");
    env.write("b.csv", "account,amount\n1010,6.00\nNet assets:Opening,-6.00\n");
    env.run("opening import a.csv --as-of 2024-12-31").ok();
    insta::assert_snapshot!(provoke(&env, "bad-rows", "opening import b.csv --as-of 2024-12-31"), @"");
}

#[test]
fn a_row_is_too_large_for_the_books() {
    let env = Env::begun();
    let rows = |n: usize| {
        let amount = "90000000000000000.00";
        (0..n).map(|i| format!("{i},2025-03-01,1010,{amount}\n{i},2025-03-01,4720,-{amount}\n")).collect::<String>()
    };
    env.write("large.csv", format!("entry,date,account,amount\n{}", rows(2)));
    insta::assert_snapshot!(provoke(&env, "bad-rows", "import csv large.csv"), @"");
}

// ---- charts and new books

refused!(chart_syntax, "chart-syntax", new, "init --name X --chart ./chart-syntax.toml", @"");
refused!(chart_line, "chart", new, "init --name X --chart ./chart-line.toml", @"");
refused!(chart_sum, "chart", new, "init --name X --chart ./chart-sum.toml", @"");
refused!(chart_grouping, "chart", new, "init --name X --chart ./chart-grouping.toml", @"");
refused!(chart_of_no_name, "usage", new, "init --name X --chart us-nonprofi", @"");
refused!(chart_without_currency, "usage", new, "init --name X --chart commercial", @"");
refused!(currency_of_no_country, "unknown-currency", new, "init --name X --currency ZZZ", @"");
refused!(currency_without_cents, "unknown-currency", new, "init --name X --currency XAU", @"");
refused!(init_over_books, "file-exists", small, "init --name X", @"");
refused!(init_in_no_folder, "file", new, "init --name X --book no/such/folder/x.db", @"");

// ---- the file of the books

refused!(no_books, "no-books", new, "report activities", @"");
refused!(no_books_of_this_name, "no-books", small, "verify --book other.db", @"");
refused!(letter_for_books, "not-books", small, "verify --book letter.txt", @"");
refused!(demo_dry, "usage", new, "demo --dry-run", @"");
refused!(backup_dry, "usage", small, "backup copy.db --dry-run", @"");
refused!(restore_dry, "usage", small, "restore copy.db --dry-run", @"");
refused!(backup_over_a_file, "file-exists", small, "backup bursar.db", @"");
refused!(restore_over_books, "file-exists", small, "restore bursar.db", @"");
refused!(restore_of_nothing, "no-books", small, "restore nothing.db --replace", @"");

#[test]
fn books_of_another_program() {
    let env = Env::new();
    Connection::open(env.path("bursar.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    insta::assert_snapshot!(provoke(&env, "not-books", "verify"), @"");
}

#[test]
fn books_of_a_newer_program() {
    let env = Env::small();
    meddle(&env, "PRAGMA user_version = 99");
    insta::assert_snapshot!(provoke(&env, "too-new", "report activities"), @"");
}

#[test]
fn moment_that_is_none() {
    let env = Env::small();
    let mut command = env.command("verify");
    command.env("BURSAR_NOW", "noon");
    let output = env.finish(command);
    insta::assert_snapshot!(output.show(), @"");
    assert_eq!(output.code, 1, "not-a-date");
}

/// What someone with another program could do to the file.
fn meddle(env: &Env, sql: &str) {
    Connection::open(env.path("bursar.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn entry_altered() {
    let env = Env::small();
    meddle(&env, "DROP TRIGGER posting_update; UPDATE posting SET amount = amount + 100 WHERE entry = 2 AND line = 1");
    insta::assert_snapshot!(provoke(&env, "verification-failed", "verify"), @"");
    insta::assert_snapshot!(provoke(&env, "unverified", "backup copy.db"), @"");
    std::fs::rename(env.path("bursar.db"), env.path("altered.db")).unwrap();
    insta::assert_snapshot!(provoke(&env, "unverified", "restore altered.db"), @"");
}

#[test]
fn head_of_another_history() {
    let env = Env::small();
    let other = format!("3:{}", "0".repeat(64));
    insta::assert_snapshot!(provoke(&env, "verification-failed", &format!("verify --head {other}")), @"");
    let beyond = format!("9999:{}", "0".repeat(64));
    insta::assert_snapshot!(provoke(&env, "verification-failed", &format!("verify --head {beyond}")), @"");
}

#[test]
fn table_removed() {
    let env = Env::small();
    meddle(&env, "DROP TABLE party");
    insta::assert_snapshot!(provoke(&env, "database", "party list"), @"");
}

#[test]
fn page_overwritten() {
    let env = Env::small();
    let mut bytes = env.read_bytes("bursar.db");
    // The first page holds the schema and stays; the next ones hold facts.
    bytes[4096..4096 * 6].fill(0xa5);
    env.write("bursar.db", &bytes);
    insta::assert_snapshot!(provoke(&env, "damaged", "report activities"), @"");
}

// ---- another writer

#[test]
fn another_program_writes() {
    let env = Env::small();
    let connection = Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --wait 1";
    insta::assert_snapshot!(provoke(&env, "locked", command), @"");
    connection.execute_batch("ROLLBACK").unwrap();
    assert_eq!(env.run(command).code, 0);
}

/// A bursar in the middle of an import: its file is a pipe that has not been written to yet.
#[cfg(unix)]
struct Importing(Child, std::path::PathBuf);

#[cfg(unix)]
impl Importing {
    fn begin(env: &Env) -> Self {
        let mut mkfifo = env.other("mkfifo");
        assert!(mkfifo.arg("pipe.csv").status().unwrap().success());
        let mut command = env.command("import csv pipe.csv --actor Grace");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // First the file is read to hash it; a second time within the transaction, which now waits for the pipe.
        std::fs::write(env.path("pipe.csv"), "").unwrap();
        for _ in 0..500 {
            if env.path("bursar.db-writer").exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self(child, env.path("pipe.csv"))
    }

    fn end(mut self) -> i32 {
        std::fs::write(&self.1, "entry,date,account,amount\n").unwrap();
        self.0.wait().unwrap().code().unwrap()
    }
}

#[cfg(unix)]
#[test]
fn another_bursar_writes() {
    let env = Env::small();
    let other = Importing::begin(&env);
    let process = format!("process {}", other.0.id());
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --wait 1";
    let shown = provoke(&env, "locked", command).replace(&process, "process N");
    insta::assert_snapshot!(shown, @"");
    // Reading is not kept waiting, and whoever waits long enough gets in.
    env.run("report trial-balance --wait 0").ok();
    let patient = env.command(&command.replace("--wait 1", "--wait 60")).stdout(Stdio::null()).spawn().unwrap();
    assert_eq!(other.end(), 0);
    assert!(patient.wait_with_output().unwrap().status.success());
}

// ---- the lists agree

/// The codes that `src/cli/refusal.rs` gives.
fn codes_of_the_program() -> BTreeSet<String> {
    let source = include_str!("../src/cli/refusal.rs");
    let mut codes = BTreeSet::new();
    for function in source.split("fn ").filter(|f| f.split('(').next().is_some_and(|name| name.ends_with("code"))) {
        // A code is what a match arm gives, on the arm's line or the next.
        for arm in function.split("=>").skip(1) {
            let value = arm.trim_start().trim_start_matches('{').trim_start();
            if let Some(literal) = value.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                codes.insert(literal.to_owned());
            }
        }
    }
    assert!(codes.len() > 40 && codes.contains("unbalanced") && codes.contains("usage"), "{codes:?}");
    codes
}

/// The names and codes of the tests above.
fn codes_of_the_tests() -> BTreeSet<(String, String)> {
    let source = include_str!("refusals.rs");
    let mut found = BTreeSet::new();
    let mut test = String::new();
    for line in source.lines() {
        let literal = |text: &str| text.split('"').nth(1).map(str::to_owned);
        if let Some(rest) = line.strip_prefix("refused!(") {
            let name = rest.split(',').next().unwrap().to_owned();
            found.extend(literal(rest).map(|code| (name, code)));
        } else if let Some(rest) = line.strip_prefix("fn ") {
            test = rest.split('(').next().unwrap().to_owned();
        } else if let Some((_, rest)) = line.split_once("provoke(&env, \"") {
            found.insert((test.clone(), rest.split('"').next().unwrap().to_owned()));
        } else if let Some((_, rest)) = line.split_once("assert_eq!(output.code, 1, \"") {
            found.insert((test.clone(), rest.split('"').next().unwrap().to_owned()));
        }
    }
    found
}

/// Rows of the tables of `docs/errors.md`: code, and the cells after it.
fn rows_of_the_document() -> Vec<(String, Vec<String>)> {
    let text = include_str!("../docs/errors.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let mut cells = row.trim_end_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        (cells.next().unwrap().trim_end_matches('`').to_owned(), cells.collect())
    })
    .collect()
}

#[test]
fn every_code_is_documented_and_provoked_or_explained() {
    let tests = codes_of_the_tests();
    let provoked: BTreeSet<String> = tests.iter().map(|(_, code)| code.clone()).collect();
    let rows = rows_of_the_document();
    let documented: BTreeSet<String> = rows.iter().map(|(code, _)| code.clone()).collect();
    assert_eq!(rows.len(), documented.len(), "a code stands twice in docs/errors.md");
    assert_eq!(documented, codes_of_the_program(), "docs/errors.md and src/cli/refusal.rs");
    // A row of four cells is provoked and names its tests; one of two says why it cannot be.
    let said: BTreeSet<String> =
        rows.iter().filter(|(_, cells)| cells.len() == 3).map(|(code, _)| code.clone()).collect();
    assert_eq!(said, provoked, "docs/errors.md and the tests");
    for (code, cells) in rows.iter().filter(|(_, cells)| cells.len() == 3) {
        for name in cells[2].split(", ") {
            let test = (name.trim_matches('`').to_owned(), code.clone());
            assert!(tests.contains(&test), "docs/errors.md says that `{name}` provokes {code}");
        }
    }
}

#[test]
fn every_fixture_is_used() {
    let source = include_str!("refusals.rs");
    for file in std::fs::read_dir(Path::new(FIXTURES).join("invalid")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&name), "no test uses fixtures/invalid/{name}");
    }
}
