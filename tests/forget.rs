//! Whoever asks to be forgotten is forgotten: no byte of the name stays in the file, no figure changes, and the books
//! still prove themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;
mod common;

use std::path::Path;
use std::time::Duration;

use bookkeeping as bk;
use bookkeeping::{CHECKING, REGISTRATION, VENUE};
use bursar::books::sqlite::SqliteStore;
use bursar::books::{Books, BooksError, MemoryStore, Store, WriteContext};
use bursar::conference::{Digest, Fact, ReceiptAttached, ReceiptWaived};
use bursar::ledger::{EntryNo, PartyKind, PartyNo};
use bursar::report::{Request, trial_balance};
use common::Env;
use proptest::prelude::*;
use rusqlite::Connection;

/// Words that stand nowhere else.
fn name(number: i64) -> String {
    format!("Zora Quillfeather-{number:04}")
}

fn email(number: i64) -> String {
    format!("zq{number:04}@quill.example")
}

fn open(path: &Path) -> Books<SqliteStore> {
    Books::open(SqliteStore::open(path, Duration::ZERO).unwrap()).unwrap()
}

/// Whether a text stands anywhere in the books' file, or in what lies beside it.
fn stands_in(path: &Path, text: &str) -> bool {
    let beside = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    beside.filter(|file| file.to_string_lossy().starts_with(&*path.to_string_lossy())).any(|file| {
        let (bytes, text) = (std::fs::read(file).unwrap().to_ascii_lowercase(), text.to_lowercase());
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

fn figures<S: Store>(books: &Books<S>) -> String {
    let mut statement = trial_balance(books, &Request::default()).unwrap();
    // The head is all that changes.
    statement.covers = None;
    format!("{statement:?}")
}

/// One thing that happens: what, and to whom.
type Step = (u8, u8, u8);

/// An entry with the party, an entry that only tells of it, a reversal, a receipt, a waiver, another e-mail address.
fn step<S: Store>(books: &mut Books<S>, (what, who, other): Step, parties: i64) -> Result<(), BooksError> {
    let who = i64::from(who) % parties + 1;
    let entries = books.tail()?.entries;
    let entry = EntryNo(i64::from(other) % entries.max(1) + 1);
    let says = format!("{} came with {}", name(who), email(who).to_uppercase());
    books.write(&bk::context(), |writer| {
        match what % 6 {
            0 | 1 => {
                let mut draft = bk::transfer("2025-03-10", CHECKING, REGISTRATION, 100 + i64::from(other));
                draft.description = Some(says.clone());
                draft.postings[0].memo = Some(format!("from {}", name(who)));
                if what % 6 == 0 {
                    draft.postings[0].party = Some(PartyNo(who));
                }
                bk::voucher(writer, &draft)?;
            }
            2 if entries > 0 => {
                writer.reverse(entry, bk::date("2025-04-01"), &says)?;
            }
            3 if entries > 0 => {
                writer.record(|recorder| {
                    let name = recorder.seal("name", &format!("{}.pdf", name(who)));
                    Ok(Fact::Receipt(ReceiptAttached { entry, sha256: Digest([7; 32]), bytes: 1, name }))
                })?;
            }
            4 if entries > 0 => {
                writer.record(|recorder| {
                    Ok(Fact::ReceiptWaived(ReceiptWaived { entry, reason: recorder.seal("reason", &says) }))
                })?;
            }
            _ => writer.change_party(PartyNo(who), PartyKind::Person, None, Some(&email(who)))?,
        }
        Ok(())
    })
}

fn later(year: u32) -> WriteContext {
    WriteContext { now: format!("{year}-06-01T00:00:00Z").parse().unwrap(), ..bk::context() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_forgotten_at_any_moment_is_gone(
        steps in proptest::collection::vec(any::<Step>(), 1..25),
        at in 0_usize..25,
        parties in 1_i64..25,
        who in any::<u8>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.db");
        let mut books = bk::begin(SqliteStore::create(&path).unwrap());
        for number in 1..=parties {
            books.write(&bk::context(), |writer| {
                writer.add_party(&name(number), PartyKind::Person, None, Some(&email(number)))
            }).unwrap();
        }
        let who = PartyNo(i64::from(who) % parties + 1);
        for (i, one) in steps.iter().enumerate() {
            if i == at {
                let before = figures(&books);
                books.forget(&bk::context(), &[who], Some("asked by letter")).unwrap();
                prop_assert_eq!(&figures(&books), &before);
                prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
                // Nothing new of it, but what is known of others goes on.
                let mut draft = bk::transfer("2025-03-10", VENUE, CHECKING, 1);
                draft.postings[0].party = Some(who);
                let refused = bk::try_post(&mut books, &draft);
                prop_assert!(matches!(refused, Err(BooksError::PartyForgotten { .. })), "{:?}", refused);
            }
            // What is refused (a second reversal, a party that is gone) changes nothing.
            if i < at {
                let _ = step(&mut books, *one, parties);
            }
        }
        let before = figures(&books);
        // Everything that a receipt has kept is due by then.
        match books.forget(&later(2050), &[who], None) {
            Ok(_) | Err(BooksError::NothingToForget { .. }) => {}
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
        prop_assert_eq!(&figures(&books), &before);
        prop_assert_eq!(bk::findings(&books), Vec::<String>::new());
        prop_assert!(books.due_to_forget(bk::date("2051-01-01")).unwrap().is_empty());
        drop(books);
        prop_assert!(!stands_in(&path, &name(who.0)), "the name is still in the file");
        prop_assert!(!stands_in(&path, &email(who.0)), "the address is still in the file");
        if parties > 1 {
            let other = who.0 % parties + 1;
            prop_assert!(stands_in(&path, &name(other)), "who was not asked for is still there");
        }
    }
}

#[test]
fn no_copy_stays_in_the_gaps_of_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut books = bk::begin(SqliteStore::create(&path).unwrap());
    // Rows that move from page to page: names come in no order of the index, in many small transactions.
    for number in 0..500_i64 {
        let number = number * 277 % 500;
        books
            .write(&bk::context(), |writer| {
                writer.add_party(&name(number), PartyKind::Person, None, Some(&email(number)))
            })
            .unwrap();
    }
    let gone: Vec<PartyNo> = (1..=500).step_by(33).map(PartyNo).collect();
    let names: Vec<String> = gone.iter().map(|number| books.party(*number).unwrap().name.unwrap()).collect();
    books.forget(&bk::context(), &gone, None).unwrap();
    assert_eq!(bk::findings(&books), Vec::<String>::new());
    assert_eq!(books.verify(None).unwrap().erased, 2 * 16);
    for name in names {
        assert!(!stands_in(&path, &name), "{name}");
    }
}

#[test]
fn a_dry_run_erases_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut books = bk::begin(SqliteStore::create(&path).unwrap());
    let ada = bk::add_party(&mut books, "Ada Lovelace", PartyKind::Person, None);
    let before = std::fs::read(&path).unwrap();
    let done = books.forget(&WriteContext { dry_run: true, ..bk::context() }, &[ada], None).unwrap();
    assert_eq!((done[0].texts.len(), done[0].scrubbed), (1, false));
    assert!(std::fs::read(&path).unwrap() == before);
    assert_eq!(books.party(ada).unwrap().name.as_deref(), Some("Ada Lovelace"));
}

#[test]
fn a_name_that_comes_back_is_another_party() {
    let mut books = bk::begin(MemoryStore::new());
    let ada = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    books.forget(&bk::context(), &[ada], None).unwrap();
    assert!(matches!(books.find_party("Ada"), Err(BooksError::Unknown { .. })));
    let again = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    assert_ne!(again, ada);
    assert_eq!(books.find_party("Ada").unwrap(), again);
    assert_eq!(books.party(ada).unwrap().shown(), "party 1 (forgotten)");
    let change = books.write(&bk::context(), |writer| writer.change_party(ada, PartyKind::Vendor, None, None));
    assert!(matches!(change, Err(BooksError::PartyForgotten { .. })));
    assert_eq!(bk::findings(&books), Vec::<String>::new());
}

#[test]
fn a_plain_shell_can_neither_change_nor_erase_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    let mut books = bk::begin(SqliteStore::create(&path).unwrap());
    let ada = bk::add_party(&mut books, "Ada", PartyKind::Person, None);
    bk::add_party(&mut books, "Bo", PartyKind::Person, None);
    books.forget(&bk::context(), &[ada], None).unwrap();
    drop(books);
    let shell = Connection::open(&path).unwrap();
    for sql in [
        "UPDATE text SET body = 'Bob' WHERE field = 'name'",
        "DELETE FROM text WHERE field = 'name'",
        "REPLACE INTO text SELECT seq, field, salt, 'Bob' FROM text WHERE field = 'name'",
    ] {
        assert!(shell.execute_batch(sql).is_err(), "{sql}");
    }
    assert_eq!(bk::findings(&open(&path)), Vec::<String>::new());
}

/// A company with an invoice, a buyer with orders, a claimant with a receipt: while the years run, and when they are over.
#[test]
fn vouchers_keep_a_name_until_their_years_are_over() {
    let env = Env::conference();
    let figures = || {
        ["activities", "position", "trial-balance", "cash-flows"]
            .map(|statement| env.run(&format!("report {statement} --format csv")).ok().stdout)
            .map(|text| text.lines().filter(|line| !line.contains(",Head ")).collect::<Vec<_>>().join("\n"))
    };
    let invoice = || env.run("invoice show inv-0001 --format md").ok().stdout;
    let later = |line: &str| {
        let mut command = env.command(line);
        command.env("BURSAR_NOW", "2045-01-01T00:00:00Z");
        env.finish(command).ok()
    };
    let (before, printed) = (figures(), invoice());
    assert!(printed.contains("Example GmbH"));
    for party in ["'Example GmbH'", "Bo", "Ada", "'Harbour Hall'"] {
        env.run(&format!("party forget {party}")).ok();
        env.run("verify").ok();
        assert_eq!(figures(), before, "{party}");
    }
    assert_eq!(invoice(), printed, "an invoice that must be kept is kept as it was");
    let list = env.run("party list").ok().stdout;
    assert!(!list.contains("GmbH") && list.contains("party 3 (forgotten)"), "{list}");
    assert!(stands_in(&env.path("bursar.db"), "Example GmbH"));

    let certificate = later("party forget --due");
    assert!(certificate.stdout.contains("Name"), "{}", certificate.show());
    assert!(later("party forget --due").stdout.contains("Nothing that was kept is due"));
    assert_eq!(figures(), before);
    assert!(invoice().contains("party 3 (forgotten)"));
    assert!(!stands_in(&env.path("bursar.db"), "Example GmbH"));
    let names = names_in(&env);
    assert!(!names.iter().any(|name| name == "Ada" || name == "Bo"), "{names:?}");
    // What was ordered before goes on.
    env.run("order cancel a1 --date 2026-01-16 --pay-back card").ok();
    env.run("verify").ok();
}

fn names_in(env: &Env) -> Vec<String> {
    let shell = Connection::open(env.path("bursar.db")).unwrap();
    let mut statement = shell.prepare("SELECT body FROM text WHERE field <> 'actor'").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A backup that was made before holds what was erased: the certificate names it, and a copy in another folder.
#[test]
fn a_certificate_names_the_copies() {
    let env = Env::conference();
    std::fs::create_dir(env.path("stick")).unwrap();
    env.run("backup stick/march.db").ok();
    std::fs::copy(env.path("stick/march.db"), env.path("stick/copy.db")).unwrap();
    env.run("backup gone.db").ok();
    std::fs::remove_file(env.path("gone.db")).unwrap();
    env.run("init --book stick/other.db --name Other").ok();
    let certificate = env.run("party forget Bo --certificate bo.json --backups stick").ok().stdout;
    let lines: Vec<&str> = certificate.lines().filter(|line| line.contains(".db")).collect();
    assert_eq!(lines.len(), 3, "{certificate}");
    assert!(certificate.contains("stick/copy.db") && certificate.contains("not there"), "{certificate}");
    assert!(env.read("bo.json").contains("\"statement\": \"erasure\""));
    // A backup that is made afterwards holds nothing of it.
    env.run("backup after.db").ok();
    env.run("verify --book after.db").ok();
}

/// What was released before somebody was forgotten is proved as before: releases hold no names.
#[test]
fn released_packages_still_audit() {
    let env = Env::demo();
    env.run("release publish activities --audience board --period 2025 --total --output package").ok();
    let audit = || env.run("release audit --format csv").ok().stdout;
    let before = audit();
    for party in ["'Willow Woodruff'", "'Drift Databases'", "'Slate Storage'"] {
        env.run(&format!("party forget {party}")).ok();
    }
    assert_eq!(audit(), before);
    env.run("verify").ok();
}

/// What tells a treasurer that a backup brings somebody back.
#[test]
fn a_backup_from_before_says_who_must_be_forgotten_again() {
    let env = Env::conference();
    env.run("backup before.db").ok();
    env.run("party forget Bo").ok();
    let restored = env.run("restore before.db --replace");
    assert!(restored.stderr.contains("`bursar party forget NUMBER` erases again: #2"), "{}", restored.show());
    assert!(env.run("party show Bo").ok().stdout.contains("#2"));
}

/// What a helper gets tells no name, no address and no free text; and its balances are those of the books.
#[test]
fn a_pseudonymous_export_names_nobody() {
    let env = Env::demo();
    let entry = "entry add --date 2025-12-30 --debit 6420=10.00 --credit 1010=10.00 --party 'Willow Woodruff' \
                 --description 'Taxi with Pearl' --reference woodruff-taxi --actor 'Tess Treasurer'";
    env.run(entry).ok();
    let shell = Connection::open(env.path("bursar.db")).unwrap();
    let mut statement = shell.prepare("SELECT DISTINCT body FROM text").unwrap();
    let texts: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    // The organisation's own name heads the export, as the treasurer's login heads the facts.
    let texts: Vec<&String> =
        texts.iter().filter(|text| text.len() > 5 && **text != "Lakeshore Code Society").collect();
    assert!(texts.len() > 500);
    for format in ["hledger", "ledger", "beancount", "csv"] {
        let export = env.run(&format!("export {format} --pseudonymous")).stdout;
        let plain = env.run(&format!("export {format}")).ok().stdout;
        assert!(plain.contains("Willow Woodruff") && plain.contains("woodruff-taxi"));
        assert!(export.contains("person-0018") && !export.contains("woodruff"), "{format}");
        assert_eq!(export.contains("not for publishing"), format != "csv", "{format}");
        // Every seventh: there are thousands, and the export is long.
        let names = texts.iter().filter(|text| text.contains(' ') || text.contains('@'));
        for name in names.step_by(7) {
            assert!(!export.contains(name.as_str()), "{format} holds `{name}`");
        }
    }
    // The same entries, amounts and accounts: columns 1, 2, 6, 7.
    let columns = |text: String| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().map(|row| [0, 1, 5, 6].map(|i| row.as_ref().unwrap()[i].to_owned())).collect::<Vec<_>>()
    };
    let (pseudonymous, plain) = (env.run("export csv --pseudonymous"), env.run("export csv"));
    assert!(pseudonymous.stderr.contains("not for publishing"));
    assert_eq!(columns(pseudonymous.stdout), columns(plain.stdout));
}
