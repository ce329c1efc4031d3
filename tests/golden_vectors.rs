//! Golden bytes: what the chain hashes, against records made by an encoder that shares no code with the library.
//!
//! A field that is added, moved or written otherwise changes bytes that books written years ago depend on; then this
//! fails, and the answer is a new format version, never new vectors for the old one.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bookkeeping;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bookkeeping as bk;
use bursar::books::sqlite::SqliteStore;
use bursar::books::{
    FORMAT_VERSION, Head, Salt, StoredEntry, StoredFact, StoredPosting, encode_entry, encode_fact, hash, salted_digest,
};
use bursar::conference::{Digest, Fact};
use bursar::ledger::{AccountNo, Coordinate, CoordinateNo, EntryNo, FactNo, Original, PartyKind, PartyNo, Posting};
use bursar::money::{Currency, Money};
use serde_json::Value;

fn vectors_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn committed() -> String {
    std::fs::read_to_string(vectors_folder().join("records.json")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn hash_of(value: &Value) -> [u8; 32] {
    Digest::from_hex(value.as_str().unwrap()).unwrap().0
}

/// The digest of a text of the vectors, computed here; `null` is no text.
fn digest(value: &Value) -> Option<Digest> {
    let salt: Salt = unhex(value["salt"].as_str()?).try_into().unwrap();
    let digest = salted_digest(&salt, value["text"].as_str().unwrap());
    assert_eq!(digest.to_string(), value["digest"], "SHA-256 of salt and text {value}");
    Some(digest)
}

fn stored_fact(record: &Value) -> StoredFact {
    StoredFact {
        number: FactNo(number(&record["number"])),
        seq: number(&record["seq"]),
        recorded_at: text(&record["recorded_at"]).unwrap(),
        kind: text(&record["kind"]).unwrap(),
        rule: number(&record["rule"]),
        actor: digest(&record["actor"]),
        body: text(&record["body"]).unwrap(),
        hash: hash_of(&record["hash"]),
    }
}

fn stored_entry(record: &Value) -> (StoredEntry, Vec<Coordinate>) {
    let mut postings = Vec::new();
    let mut coordinates = Vec::new();
    for (i, posting) in record["postings"].as_array().unwrap().iter().enumerate() {
        let slug = |name: &str| posting[name].as_str().map(bk::slug);
        coordinates.push(Coordinate {
            account: AccountNo(number(&posting["account"])),
            event: slug("event"),
            fund: slug("fund").unwrap(),
            function: posting["function"].as_str().map(|word| word.parse().unwrap()),
            activity: slug("activity"),
            tax_code: slug("tax_code"),
        });
        let original = posting["original"].as_array();
        postings.push(StoredPosting {
            line: number(&posting["line"]),
            account: AccountNo(number(&posting["account"])),
            amount: number(&posting["amount"]),
            // Neither the coordinate's number nor the posting's copy of the date is hashed: any will do.
            coordinate: CoordinateNo(1000 - i64::try_from(i).unwrap()),
            day: 0,
            cash_flow: slug("cash_flow"),
            party: posting["party"].as_i64().map(PartyNo),
            original: original.map(|o| (number(&o[0]), text(&o[1]).unwrap(), text(&o[2]).unwrap())),
            memo: digest(&posting["memo"]),
        });
    }
    let entry = StoredEntry {
        number: EntryNo(number(&record["number"])),
        seq: number(&record["seq"]),
        fact: FactNo(number(&record["fact"])),
        recorded_at: text(&record["recorded_at"]).unwrap(),
        date: number(&record["date"]),
        reference: text(&record["reference"]),
        reverses: record["reverses"].as_i64().map(EntryNo),
        description: digest(&record["description"]),
        postings,
        hash: hash_of(&record["hash"]),
    };
    (entry, coordinates)
}

#[test]
fn canonical_bytes_are_those_of_the_independent_encoder() {
    let vectors: Value = serde_json::from_str(&committed()).unwrap();
    assert_eq!(vectors["format"], FORMAT_VERSION);
    let mut previous = Head::EMPTY.hash;
    let mut buffer = b"left over from the record before".to_vec();
    for record in vectors["records"].as_array().unwrap() {
        let name = record["name"].as_str().unwrap();
        assert_eq!(record["previous"], hex(&previous), "{name}: chained to the record before");
        if record["type"] == "fact" {
            encode_fact(&mut buffer, &previous, &stored_fact(record));
        } else {
            let (entry, coordinates) = stored_entry(record);
            encode_entry(&mut buffer, &previous, &entry, |i| &coordinates[i]);
        }
        assert_eq!(hex(&buffer), record["bytes"].as_str().unwrap(), "{name}: canonical bytes");
        assert_eq!(hex(&hash(&buffer)), record["hash"].as_str().unwrap(), "{name}: hash");
        previous = hash(&buffer);
    }
}

#[test]
fn digests_of_texts_are_those_of_the_independent_encoder() {
    let vectors: Value = serde_json::from_str(&committed()).unwrap();
    let texts = vectors["texts"].as_array().unwrap();
    assert!(!texts.is_empty());
    for value in texts {
        // `digest` compares with the vector.
        digest(value).unwrap();
    }
}

#[test]
fn bodies_of_facts_are_canonical_json() {
    let vectors: Value = serde_json::from_str(&committed()).unwrap();
    for record in vectors["records"].as_array().unwrap().iter().filter(|record| record["type"] == "fact") {
        let stored = stored_fact(record);
        let fact: Fact = serde_json::from_str(&stored.body).unwrap();
        assert_eq!(fact.kind(), stored.kind, "{}", record["name"]);
        assert_eq!(serde_json::to_string(&fact).unwrap(), stored.body, "{}", record["name"]);
    }
}

/// Runs a Python program; `None`, with a note, where there is no Python.
fn python(arguments: &[&Path]) -> Option<Output> {
    match Command::new("python3").args(arguments).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: python3 is not installed");
            None
        }
        outcome => {
            let output = outcome.unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output)
        }
    }
}

#[test]
fn the_committed_vectors_are_what_the_encoder_prints() {
    if let Some(output) = python(&[&vectors_folder().join("encode.py")]) {
        assert!(output.stdout == committed().as_bytes(), "run tests/vectors/encode.py and look at what differs");
    }
}

#[test]
fn an_auditor_can_recompute_the_head_of_a_file_without_bursar() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bursar.db");
    let mut books = bk::begin(SqliteStore::create(&path).unwrap());
    let ada = bk::add_party(&mut books, "Ada Lovelace", PartyKind::Person, None);
    let mut invoice = bk::transfer("2025-02-03", bk::RECEIVABLE, bk::DEFERRED, 50_000);
    invoice.reference = Some("INV-1 für Zoë".to_owned());
    invoice.description = Some("Early bird, 2 persons".to_owned());
    invoice.postings[0] = Posting {
        at: Coordinate { event: Some(bk::slug("pyex25")), activity: Some(bk::slug("talks")), ..bk::at(bk::RECEIVABLE) },
        party: Some(ada),
        cash_flow: Some(bk::slug("from-attendees")),
        original: Some(Original {
            amount: Money::new(45_455, Currency::from_code("EUR").unwrap()),
            rate: "1.1000".parse().unwrap(),
        }),
        memo: Some("seat 12".to_owned()),
        ..invoice.postings[0].clone()
    };
    let entry = bk::post(&mut books, &invoice);
    books.write(&bk::context(), |writer| writer.reverse(entry, bk::date("2025-02-04"), "typo")).unwrap();
    let head = books.head().unwrap();
    assert!(bk::findings(&books).is_empty());
    drop(books);

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recompute.py");
    if let Some(output) = python(&[&script, &path]) {
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), head.to_string());
    }
    // The script must also notice when a file is not what its hashes say.
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell.execute_batch("DROP TRIGGER posting_update; UPDATE posting SET party = 2 WHERE party = 1").unwrap();
    drop(shell);
    match Command::new("python3").arg(&script).arg(&path).output() {
        Err(_) => println!("skipped: python3 is not installed"),
        Ok(output) => {
            assert_eq!(output.status.code(), Some(1));
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert!(complaint.starts_with("entry 1: its hash does not match its content"), "{complaint}");
        }
    }
}
