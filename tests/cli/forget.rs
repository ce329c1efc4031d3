//! `bursar party forget` and `bursar party retention`. What is in the file afterwards is for `tests/forget.rs`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_certificate_says_what_was_erased_and_what_is_kept() {
    let env = Env::conference();
    assert_snapshot!(env.session(
        "party forget 'Example GmbH' --dry-run
         party retention --years 8 --ground 'AO § 147 (4)'
         party forget 'Example GmbH' --reason 'asked by letter'
         party list
         party show '#3' --format json
         invoice show inv-0001
         verify --format csv"
    ), @r##"
    $ bursar party forget 'Example GmbH' --dry-run
    Example Society
    Erasure of party 3 (organisation)

                                    Texts Until / made
    Erased
    Erased in all                       0

    Kept until
      Name, on these vouchers only      1 2033-12-31
      Order i1, invoiced                0 2033-12-31

    Dry run: nothing was erased.
    Forgotten on 2026-01-15, fact 129. Nothing can be erased yet; the name is shown
    on vouchers only.
    Head before 138:HASH
    Head after 139:HASH
    Vouchers are kept for 7 years after the end of the fiscal year: US: seven years,
    the longest period that IRS Publication 583 names for records of a return.
    `bursar party forget --due` erases what has come due.
    Something is still owed for 2 of its documents; they stay open under party 3.
    Releases never hold names. Exports, printed pages and copies elsewhere are not
    known here: look for them, too.

    $ bursar party retention --years 8 --ground 'AO § 147 (4)'
    Vouchers are kept for 8 full years after the end of the fiscal year: AO § 147 (4).

    $ bursar party forget 'Example GmbH' --reason 'asked by letter'
    Example Society
    Erasure of party 3 (organisation)

                                    Texts Until / made
    Erased
    Erased in all                       0

    Kept until
      Name, on these vouchers only      1 2034-12-31
      Order i1, invoiced                0 2034-12-31

    Forgotten on 2026-01-15, fact 130. Nothing can be erased yet; the name is shown
    on vouchers only.
    Head before 139:HASH
    Head after 140:HASH
    Vouchers are kept for 8 years after the end of the fiscal year: AO § 147 (4).
    `bursar party forget --due` erases what has come due.
    Something is still owed for 2 of its documents; they stay open under party 3.
    Releases never hold names. Exports, printed pages and copies elsewhere are not
    known here: look for them, too.

    $ bursar party list
    Example Society
    Parties

        Name                Kind         Holding E-mail
    #1  Ada                 person
    #2  Bo                  person
    #3  party 3 (forgotten) organisation
    #4  Harbour Hall        vendor

    $ bursar party show '#3' --format json
    {
      "schema": 1,
      "statement": "parties",
      "title": "Parties",
      "entity": "Example Society",
      "events": [],
      "period": {
        "from": null,
        "to": null
      },
      "audience": "treasurer",
      "currency": "USD",
      "columns": [
        {
          "key": "name",
          "label": "Name",
          "type": "text"
        },
        {
          "key": "party-kind",
          "label": "Kind",
          "type": "text"
        },
        {
          "key": "holding",
          "label": "Holding",
          "type": "text"
        },
        {
          "key": "email",
          "label": "E-mail",
          "type": "text"
        }
      ],
      "rows": [
        {
          "key": "#3",
          "label": "#3",
          "level": 0,
          "kind": "line",
          "cells": [
            "party 3 (forgotten)",
            "organisation",
            null,
            null
          ]
        }
      ],
      "notes": [],
      "covers": null
    }

    $ bursar invoice show inv-0001
    Example Society
    Invoice inv-0001 · USD

                                      Amount
      Party       party 3 (forgotten)
      Event       pyex26
      For         order i1
      Date        2026-01-05
      Individual                      300.00
                                      ──────
    Total                             300.00

    $ bursar verify --format csv
    key,label,level,kind,count
    entries,Entries recomputed,0,line,10
    postings,Postings added up,0,line,24
    facts,Facts recomputed,0,line,130
    note-1,The books are as they were recorded.,0,note,
    note-2,Head 140:HASH,0,note,
    "##);
}

#[test]
fn a_certificate_in_a_file() {
    let env = Env::conference();
    for name in ["a.md", "a.csv", "a.html", "a.json", "a.txt"] {
        let env = Env::conference();
        let printed = env.run(&format!("party forget Bo --certificate {name}")).ok().stdout;
        let certificate = env.read(name);
        assert!(certificate.contains("fact 129"), "{name}: {certificate}");
        assert_eq!(certificate == printed, name == "a.txt");
    }
    env.run("party forget Bo --certificate b.txt --dry-run").ok();
    assert!(!env.files().contains(&"b.txt".to_owned()), "a dry run certifies nothing");
}

#[test]
fn how_long_vouchers_are_kept() {
    let env = Env::charity();
    assert_snapshot!(env.session(
        "party retention
         party retention --years 3 --ground 'Resolution 7' --dry-run
         party retention --years 3 --ground 'Resolution 7'
         party retention"
    ), @"
    $ bursar party retention
    Vouchers are kept for 6 full years after the end of the fiscal year: UK: Charities Act 2011 s. 131, six years from the end of the financial year (so too VAT Notice 700/21).

    $ bursar party retention --years 3 --ground 'Resolution 7' --dry-run
    Dry run: Vouchers are kept for 3 full years after the end of the fiscal year: Resolution 7. (Nothing was written.)

    $ bursar party retention --years 3 --ground 'Resolution 7'
    Vouchers are kept for 3 full years after the end of the fiscal year: Resolution 7.

    $ bursar party retention
    Vouchers are kept for 3 full years after the end of the fiscal year: Resolution 7.
    ");
}

#[test]
fn whoever_is_forgotten_is_on_no_public_list() {
    let env = Env::conference();
    env.run("order add l1 --event pyex26 --party 'Example GmbH' --item 'individual;for=Bo;listed' --date 2026-01-04 --paid 300.00")
        .ok();
    let list = || env.run("registration list pyex26 --public --format csv").ok().stdout;
    assert!(list().contains("Bo"));
    env.run("party forget Bo").ok();
    assert!(!list().contains("Bo") && !list().contains("forgotten"), "{}", list());
    assert!(env.run("registration list pyex26").ok().stdout.contains("party 2 (forgotten)"));
}

/// What cannot be erased is counted with where it stands; copies in folders of a folder are found.
#[test]
fn what_stands_in_codes_and_copies() {
    let env = Env::begun();
    for line in [
        "party add 'Zeb Quix' --kind person",
        "fund add zeb-quix --name 'Fund of Zeb Quix' --restriction purpose",
        "entry add --date 2026-01-02 --debit 6420=1.00 --credit 1010=1.00 --reference 'Zeb Quix 1' --description 'Quix, Zeb: taxi'",
    ] {
        env.run(line).ok();
    }
    std::fs::create_dir_all(env.path("backups/2026")).unwrap();
    std::fs::copy(env.path("bursar.db"), env.path("backups/2026/january.db")).unwrap();
    assert_snapshot!(env.run("party forget 'Zeb Quix' --backups backups").ok().stdout, @"
    Example Society
    Erasure of party 1 (person)

                               Texts Until / made
    Erased
      Name                         1
      Descriptions of entries      1
    Erased in all                  2

    Copies that still hold what was erased
      backups/2026/january.db      2

    Forgotten on 2026-01-15, fact 94. Texts and their salts are gone; figures and
    dates stay.
    Head before 94:633ab0f7ec03d695ee351aff822a4cdb3b675c040d90dbe166560ae35b700375
    Head after 95:94b88fcdd7b93d83ac83329e92e92d9f43d3c4c7e8419bd20e7376d82c78fbce
    Its name stands in codes, names or references, where nothing can be erased: fund
    (fact 92); reference (entry 1).
    Destroy these copies, or restore none of them without erasing again.
    Releases never hold names. Exports, printed pages and copies elsewhere are not
    known here: look for them, too.
    ");
}
