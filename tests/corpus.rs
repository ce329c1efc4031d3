//! The corpus of the fuzzer, once more: every input that it found worth keeping goes through the same importers under the
//! same assertions, without the fuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../fuzz/src/archive.rs"]
mod archive;
#[path = "../fuzz/src/importers.rs"]
mod importers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bursar::books::{Books, MemoryStore};
use bursar::intake::IntakeError;
use bursar::ledger::PartyKind;
use importers::{TARGETS, Target, Told, imported};

/// Runs what the fuzzer has kept for a target, and the fixtures it began with.
fn replay(name: &str) {
    let target: &Target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let kept = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = kept.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut inputs: Vec<(String, Vec<u8>)> = Vec::new();
    inputs.extend(files.iter().map(|file| (file.display().to_string(), std::fs::read(file).expect("a file"))));
    inputs.extend((target.seeds)().into_iter().enumerate().map(|(i, seed)| (format!("seed {i}"), seed)));
    assert!(files.len() > 10, "only {} inputs are kept of {name}", files.len());
    let failed = inputs.iter().filter(|(_, input)| catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err());
    let failed: Vec<&String> = failed.map(|(file, _)| file).collect();
    assert!(failed.is_empty(), "{name}: {failed:#?}");
}

macro_rules! replayed {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_replayed() {
            let replayed: Vec<&str> = vec![$(stringify!($name)),*];
            assert_eq!(replayed, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
            let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/run")).unwrap();
            assert!(script.contains(&format!("all=({})", replayed.join(" "))), "fuzz/run runs others than {replayed:?}");
        }
    };
}

replayed!(pretix, platforms, ledgers, journals, documents, registers, statements, workbooks, mappings, processors);

type MemoryBooks = Books<MemoryStore>;

/// An import as bad as can be: each time it does something else than it says.
fn caught(import: impl Fn(&mut MemoryBooks) -> Result<Told, IntakeError>) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| imported(import))).expect_err("nothing was noticed");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

/// Makes one more party known.
fn changed(books: &mut MemoryBooks) -> Result<(), IntakeError> {
    let name = format!("Party after {}", books.tail()?.facts);
    books.write(&importers::context(), |writer| writer.add_party(&name, PartyKind::Person, None, None))?;
    Ok(())
}

#[test]
fn the_assertions_notice_what_they_are_for() {
    let nothing = Told { all: None, new: 0, known: 0 };
    let refused = |_: &mut MemoryBooks| Err(IntakeError::NoHeader { file: "input".to_owned() });
    imported(|_: &mut MemoryBooks| Ok(nothing));
    imported::<Told>(refused);
    let partial = caught(|books| {
        changed(books)?;
        refused(books)
    });
    assert!(partial.starts_with("refused, and yet something was written"), "{partial}");
    let twice = caught(|books| {
        changed(books)?;
        Ok(nothing)
    });
    assert!(twice.contains("then Told"), "{twice}");
    let untold = caught(|_| Ok(Told { all: Some(2), new: 1, known: 0 }));
    assert!(untold.starts_with("not all rows are told"), "{untold}");
    let still_new = caught(|_| Ok(Told { all: None, new: 1, known: 0 }));
    assert!(still_new.contains("then Told"), "{still_new}");
}
