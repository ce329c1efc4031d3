//! Releases: what they show, what they withhold, what they remember.

use crate::common::Env;

/// Books with sponsors and donors of 2025: four companies (of which two are one holding), six people, three vendors.
fn society() -> Env {
    let env = Env::begun();
    env.run("party add 'Big Group' --kind organisation").ok();
    for (name, kind) in [
        ("Acme", "organisation --holding 'Big Group'"),
        ("Apex", "organisation --holding 'Big Group'"),
        ("Birch", "organisation"),
        ("Cedar", "organisation"),
        ("Dogwood", "organisation"),
        ("Ann", "person"),
        ("Ben", "person"),
        ("Cyd", "person"),
        ("Dee", "person"),
        ("Eli", "person"),
        ("Fay", "person"),
        ("Hall", "vendor"),
        ("Printer", "vendor"),
        ("Caterer", "vendor"),
    ] {
        env.run(&format!("party add {name} --kind {kind}")).ok();
    }
    let entry = |date: &str, debit: &str, credit: &str, party: &str| {
        env.run(&format!("entry add --date {date} --debit {debit} --credit {credit} --party {party}")).ok();
    };
    for (day, party, amount) in [
        ("10", "Acme", "4111.00"),
        ("11", "Birch", "3222.00"),
        ("12", "Cedar", "2333.00"),
        ("13", "Dogwood", "1444.00"),
    ] {
        entry(&format!("2025-03-{day}"), &format!("1010={amount}"), &format!("4110={amount}"), party);
    }
    for (i, party) in ["Ann", "Ben", "Cyd", "Dee", "Eli", "Fay"].iter().enumerate() {
        let amount = 100 + i;
        entry("2025-04-01", &format!("1010={amount}.07"), &format!("4210={amount}.07"), party);
    }
    entry("2025-05-01", "5010=2555.00", "1010=2555.00", "Hall");
    entry("2025-05-02", "5060=1666.00", "1010=1666.00", "Caterer");
    entry("2025-05-03", "5080=1777.00", "1010=1777.00", "Printer");
    env
}

#[test]
fn a_release_is_logged_and_proved() {
    let env = society();
    insta::assert_snapshot!(env.session(
        "release list
         release publish activities --audience board --period 2025 --total
         release publish activities --audience board --period 2025 --total
         release list
         release show 1
         release audit
         release attack --as Birch --audience board --most 4
         verify"
    ), @"
    $ bursar release list
    Example Society
    Releases

       To How Statements Shown Withheld Entries

    $ bursar release publish activities --audience board --period 2025 --total
    Release 1 of Example Society to the board

    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025
    Revenue and support
      Sponsorship, exchange part                        11,110.00
      Contributions of cash and other financial assets     615.42
                                                        ─────────
    Total revenue and support                           11,725.42

    Expenses
      Program services
        Other programs                                   5,998.00
                                                        ─────────
    Total expenses                                       5,998.00

                                                        ─────────
    Change in net assets                                 5,727.42

    Net assets, beginning                                       –
    Net assets, end                                      5,727.42

    Covers 26 postings.
    Head 131:HASH

    No figure is withheld.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.
    Release 1, head
    132:HASH

    $ bursar release publish activities --audience board --period 2025 --total
    Release 1 of Example Society to the board

    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025
    Revenue and support
      Sponsorship, exchange part                        11,110.00
      Contributions of cash and other financial assets     615.42
                                                        ─────────
    Total revenue and support                           11,725.42

    Expenses
      Program services
        Other programs                                   5,998.00
                                                        ─────────
    Total expenses                                       5,998.00

                                                        ─────────
    Change in net assets                                 5,727.42

    Net assets, beginning                                       –
    Net assets, end                                      5,727.42

    Covers 26 postings.
    Head 132:HASH

    No figure is withheld.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.
    Release 1, head
    132:HASH

    $ bursar release list
    Example Society
    Releases

       To    How       Statements Shown Withheld Entries
    1  board published activities     8        0      13

    $ bursar release show 1
    Example Society
    Release 1

                                                              Value
    activities@2025-01-01_to_2025-12-31/revenue/total         11,725.42
    activities@2025-01-01_to_2025-12-31/expenses/total        5,998.00
    activities@2025-01-01_to_2025-12-31/change/total          5,727.42
    activities@2025-01-01_to_2025-12-31/beginning/total       0.00
    activities@2025-01-01_to_2025-12-31/end/total             5,727.42
    activities@2025-01-01_to_2025-12-31/sponsorship/total     11,110.00
    activities@2025-01-01_to_2025-12-31/contributions/total   615.42
    activities@2025-01-01_to_2025-12-31/programs-other/total  5,998.00

    To the board; published; 0 withheld; of 13 entries; record 132.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.

    $ bursar release audit
    Example Society
    Audit of all releases

    Releases                              1
    Figures, as their readers know them   8
    Contributors protected               10
    Amounts of theirs that were tried    10

    $ bursar release attack --as Birch --audience board --most 4
    Example Society
    What Birch can say from releases to the board · USD

                                      At
               What         Amount least  At most
    Big Group  one amount 4,111.00     – 7,888.00
    Cedar      one amount 2,333.00     – 7,888.00
    Dogwood    one amount 1,444.00     – 7,888.00
    Fay        one amount   105.07     –   615.42

    The closest guesses first. This page is the treasurer's.

    $ bursar verify
    Example Society
    Verification

    Entries recomputed   13
    Postings added up    26
    Facts recomputed    119

    The books are as they were recorded.
    Head 132:HASH
    ");
}

#[test]
fn a_difference_to_an_earlier_release_is_seen() {
    let env = society();
    env.run("release publish activities --audience board --period 2025 --total").ok();
    env.run("entry add --date 2025-12-30 --debit 1010=777.00 --credit 4210=777.00 --party Ann").ok();
    insta::assert_snapshot!(env.session(
        "release publish activities --audience board --period 2025 --total --dry-run
         release publish activities --audience board --period 2025 --total
         release consent Ann --audience board --evidence 'her mail of 3 January'
         release publish activities --audience board --period 2025 --total
         release audit"
    ), @"
    $ bursar release publish activities --audience board --period 2025 --total --dry-run
    [stderr]
    error[release-blocked]: nothing was released: activities@2025-01-01_to_2025-12-31/revenue/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/revenue/total] is of 1 contributor of 3 that are needed); activities@2025-01-01_to_2025-12-31/change/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/change/total] is of 1 contributor of 3 that are needed)
      hint: choose one: leave the statement out, or take a longer period or fewer columns (--total); wait for more contributors; ask the contributor and record its consent with `bursar release consent PARTY --evidence TEXT`; publish to the board instead of the public; or decide to show the figure with --override FIGURE --reason TEXT, which every audit will show
    [exit 1]

    $ bursar release publish activities --audience board --period 2025 --total
    [stderr]
    error[release-blocked]: nothing was released: activities@2025-01-01_to_2025-12-31/revenue/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/revenue/total] is of 1 contributor of 3 that are needed); activities@2025-01-01_to_2025-12-31/change/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/change/total] is of 1 contributor of 3 that are needed)
      hint: choose one: leave the statement out, or take a longer period or fewer columns (--total); wait for more contributors; ask the contributor and record its consent with `bursar release consent PARTY --evidence TEXT`; publish to the board instead of the public; or decide to show the figure with --override FIGURE --reason TEXT, which every audit will show
    [exit 1]

    $ bursar release consent Ann --audience board --evidence 'her mail of 3 January'
    Ann allows its amounts to be shown to the board.

    $ bursar release publish activities --audience board --period 2025 --total
    Release 2 of Example Society to the board

    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025
    Revenue and support
      Sponsorship, exchange part                        11,110.00
      Contributions of cash and other financial assets   1,392.42
                                                        ─────────
    Total revenue and support                           12,502.42

    Expenses
      Program services
        Other programs                                   5,998.00
                                                        ─────────
    Total expenses                                       5,998.00

                                                        ─────────
    Change in net assets                                 6,504.42

    Net assets, beginning                                       –
    Net assets, end                                      6,504.42

    Covers 28 postings.
    Head 135:HASH

    No figure is withheld.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.
    Release 2, head
    136:HASH

    $ bursar release audit
    Example Society
    Audit of all releases

    Releases                              2
    Figures, as their readers know them  16
    Contributors protected                9
    Amounts of theirs that were tried     9
    ");
}

#[test]
fn decisions_of_the_treasurer_stay_visible() {
    let env = society();
    env.run("entry add --date 2025-06-01 --debit 1010=50.00 --credit 4510=50.00 --party Ann").ok();
    insta::assert_snapshot!(env.session(
        "release publish activities --audience board --period 2025 --total --dry-run
         release publish activities --audience board --period 2025 --total --override merchandise/total
         release publish activities --audience board --period 2025 --total --override merchandise/total --reason 'the board asked'
         release copy 1 activities --period 2025 --total --for Eli --reason 'a director asked' --output copy
         release show 1
         release audit"
    ), @"
    $ bursar release publish activities --audience board --period 2025 --total --dry-run
    Example Society
    What would be withheld

                                                             Value  Why it would be withheld
    activities@2025-01-01_to_2025-12-31/contributions/total  615.42 shields: [activities@2025-
                                                                    01-01_to_2025-12-31/revenu
                                                                    e/total] - [activities@202
                                                                    5-01-01_to_2025-12-31/spon
                                                                    sorship/total] - [activiti
                                                                    es@2025-01-01_to_2025-12-3
                                                                    1/contributions/total] is
                                                                    of 1 contributor of 3 that
                                                                    are needed
    activities@2025-01-01_to_2025-12-31/merchandise/total    50.00  few: 1 contributor of 3
                                                                    that are needed

    Dry run: nothing was released. This page is the treasurer's.
    2 figures are withheld (n/p): they would tell of single contributors.

    $ bursar release publish activities --audience board --period 2025 --total --override merchandise/total
    [stderr]
    error: the following required arguments were not provided:
      --reason <REASON>

    Usage: bursar release publish --override <FIGURE> --reason <REASON> --audience <AUDIENCE> --period <PERIOD> --total --actor <NAME> <STATEMENT>...

    For more information, try '--help'.
    [exit 2]

    $ bursar release publish activities --audience board --period 2025 --total --override merchandise/total --reason 'the board asked'
    Release 1 of Example Society to the board

    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025
    Revenue and support
      Sponsorship, exchange part                        11,110.00
      Contributions of cash and other financial assets        n/p
      Merchandise sales                                     50.00
                                                        ─────────
    Total revenue and support                           11,775.42

    Expenses
      Program services
        Other programs                                   5,998.00
                                                        ─────────
    Total expenses                                       5,998.00

                                                        ─────────
    Change in net assets                                 5,777.42

    Net assets, beginning                                       –
    Net assets, end                                      5,777.42

    Covers 28 postings.
    Head 133:HASH

    1 figure is withheld (n/p): it would tell of single contributors.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.
    Release 1, head
    134:HASH

    $ bursar release copy 1 activities --period 2025 --total --for Eli --reason 'a director asked' --output copy
    A copy with all figures is in copy; it is recorded for Eli.

    $ bursar release show 1
    Example Society
    Release 1

                                                              Value
    activities@2025-01-01_to_2025-12-31/revenue/total         11,775.42
    activities@2025-01-01_to_2025-12-31/expenses/total        5,998.00
    activities@2025-01-01_to_2025-12-31/change/total          5,777.42
    activities@2025-01-01_to_2025-12-31/beginning/total       0.00
    activities@2025-01-01_to_2025-12-31/end/total             5,777.42
    activities@2025-01-01_to_2025-12-31/sponsorship/total     11,110.00
    activities@2025-01-01_to_2025-12-31/merchandise/total     50.00     shown by the
                                                                        treasurer's
                                                                        decision
    activities@2025-01-01_to_2025-12-31/programs-other/total  5,998.00

    To the board; overridden; 1 withheld; of 14 entries; record 134.
    Reason: the board asked
    A copy with all figures was given to Eli: a director asked
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.

    $ bursar release audit
    Example Society
    Audit of all releases

    Releases                                                  1
    Figures, as their readers know them                       8
    Contributors protected                                   10
    Amounts of theirs that were tried                        12
    release 1:                                                  shown by the
      activities@2025-01-01_to_2025-12-31/merchandise/total     treasurer's decision
    Ann                                                         the board can tell
                                                                an amount of it
                                                                under the rules in
                                                                force
    [stderr]
    error[exposed]: readers can tell amounts of 1 contributor
      hint: nothing that was released can be taken back: `bursar release show N` has the figures; ask the contributors for their consent, or set the rules that were in force
    [exit 1]
    ");
    assert!(env.read("copy/activities.txt").contains("50.00"));
}

/// The year but for its last two days went to the board. What the public has no reason to miss, the year, would tell the
/// board what Ann gave on the last but one: so the public is not given it either.
#[test]
fn the_board_reads_what_the_public_does() {
    let with_ann = || {
        let env = society();
        env.run("entry add --date 2025-12-30 --debit 1010=777.00 --credit 4210=777.00 --party Ann").ok();
        env
    };
    let publish = "release publish activities --audience public --period 2025 --total";
    let env = with_ann();
    assert_eq!(env.run(publish).code, 0, "the public knows nothing yet");
    let env = with_ann();
    env.run("release publish activities --audience board --period 2025-01-01..2025-12-29 --total").ok();
    let refused = env.run(publish);
    assert!(refused.stderr.starts_with("error[release-blocked]"), "{}", refused.show());
    assert_eq!(env.run("release audit").code, 0);
}

/// What is withheld cannot be added up from what is shown, whatever was released before.
#[test]
fn withheld_figures_cannot_be_added_up() {
    let env = Env::demo();
    let mut withheld = 0;
    for (i, (statements, audience, period)) in [
        ("activities position cash-flows", "board", "2025"),
        ("activities by-activity", "board", "2025-Q2"),
        ("position cash-flows", "public", "2025"),
        ("fund-activities funds", "board", "2025"),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = format!("release-{i}");
        let line = format!("release publish {statements} --audience {audience} --period {period} --output {folder}");
        let output = env.run(&line);
        assert!(output.code == 0 || output.stderr.starts_with("error[release-blocked]"), "{}", output.show());
        if output.code != 0 {
            continue;
        }
        let name = std::fs::read_dir(env.path(&folder)).unwrap().map(|e| e.unwrap().path());
        let json = name.into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).unwrap();
        let release: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
        for statement in release["statements"].as_array().unwrap() {
            for row in statement["rows"].as_array().unwrap() {
                for range in row["cells"].as_array().unwrap().iter().filter_map(|cell| cell.get("range")) {
                    withheld += 1;
                    assert_ne!(range[0], range[1], "{line}: {row}");
                }
            }
        }
    }
    assert!(withheld > 20, "{withheld}");
    assert_eq!(env.run("release audit").code, 0);
}

#[test]
fn what_was_handed_out_before_is_known() {
    let env = society();
    let handed_out = env.run("report activities --period 2025 --total --format json").ok().stdout;
    env.write("handed-out.json", handed_out);
    insta::assert_snapshot!(env.session(
        "release record handed-out.json --audience board --reason 'the meeting of 3 January'
         release list
         entry add --date 2025-12-30 --debit 1010=777.00 --credit 4210=777.00 --party Ann
         release publish activities --audience board --period 2025 --total --dry-run"
    ), @"
    $ bursar release record handed-out.json --audience board --reason 'the meeting of 3 January'
    Release 1 is recorded: the board knows its figures. Head
    132:HASH

    $ bursar release list
    Example Society
    Releases

       To    How      Statements Shown Withheld Entries
    1  board recorded activities    24        0      13

    $ bursar entry add --date 2025-12-30 --debit 1010=777.00 --credit 4210=777.00 --party Ann
    Example Society
    Entry 14 of 2025-12-30 · USD

                            Debit Credit Party Details
    Assets:Cash:Checking   777.00        Ann   cash flow contributors
    Revenue:Contributions         777.00 Ann

    Recorded 2026-01-15T12:00:00Z by Ada, from fact 120 (voucher).
    Record 134:HASH

    $ bursar release publish activities --audience board --period 2025 --total --dry-run
    [stderr]
    error[release-blocked]: nothing was released: activities@2025-01-01_to_2025-12-31/revenue/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/revenue/total] is of 1 contributor of 3 that are needed); activities@2025-01-01_to_2025-12-31/change/total must be published and cannot be (few: the difference to [release 1: activities@2025-01-01_to_2025-12-31/change/total] is of 1 contributor of 3 that are needed)
      hint: choose one: leave the statement out, or take a longer period or fewer columns (--total); wait for more contributors; ask the contributor and record its consent with `bursar release consent PARTY --evidence TEXT`; publish to the board instead of the public; or decide to show the figure with --override FIGURE --reason TEXT, which every audit will show
    [exit 1]
    ");
}

/// Amounts and names that a board or public file must never hold, in any format.
#[test]
fn canaries_stay_in_the_books() {
    let env = society();
    let canaries = [
        "4111.00", "4,111.00", "3,222.00", "2,333.00", "1,444.00", "104.07", "Acme", "Birch", "Fay", "Hall", "2,555.00",
    ];
    for audience in ["board", "public"] {
        for statement in ["activities", "position", "functional-expenses", "cash-flows", "funds"] {
            let folder = format!("{audience}-{statement}");
            env.run(&format!("release publish {statement} --audience {audience} --period 2025 --output {folder}")).ok();
            for end in ["html", "md", "csv", "json"] {
                let name = std::fs::read_dir(env.path(&folder)).unwrap().map(|e| e.unwrap().path());
                let file = name.into_iter().find(|path| path.extension().is_some_and(|e| e == end)).unwrap();
                let text = std::fs::read_to_string(file).unwrap();
                for canary in canaries {
                    assert!(!text.contains(canary), "{audience} {statement} {end}: {canary}");
                }
            }
        }
    }
    assert_eq!(env.run("release audit").code, 0);
}

/// Two publishers at once: whatever comes out of both is safe together.
#[test]
fn two_publishers_cannot_leak_together() {
    let env = society();
    env.run("entry add --date 2025-12-30 --debit 1010=777.00 --credit 4210=777.00 --party Ann").ok();
    // The year, and the year but for its last two days: their difference is Ann's.
    let publish = |period: &str, folder: &str| {
        env.command(&format!("release publish activities --audience board --period {period} --total --output {folder}"))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    for round in 0..4 {
        let both =
            [publish("2025", &format!("year-{round}")), publish("2025-01-01..2025-12-29", &format!("most-{round}"))];
        for child in both {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // The one that comes second may find that a figure that must be shown no longer can be.
            assert!(output.status.success() || said.contains("release-blocked"), "{said}");
        }
    }
    let released = env.run("release list --format csv").ok().stdout;
    assert!(released.contains("board,published"), "one of them came first: {released}");
    assert_eq!(env.run("release audit").code, 0, "{}", env.run("release audit").show());
    assert_eq!(env.run("verify").code, 0);
}

/// Rules of one's own may let lines that are too small become part of another.
#[test]
fn small_lines_become_part_of_another() {
    let env = society();
    for (account, party) in [("4510", "Ann"), ("4310", "Ben"), ("4610", "Cyd")] {
        env.run(&format!("entry add --date 2025-06-01 --debit 1010=50.00 --credit {account}=50.00 --party {party}"))
            .ok();
    }
    let rules = env.run("release rules show").ok().stdout.replace("merge = false", "merge = true");
    env.write("rules.toml", rules);
    env.run("release rules set rules.toml").ok();
    insta::assert_snapshot!(
        env.run("release publish activities --audience board --period 2025 --total").ok().show(),
        @r#"
    Release 1 of Example Society to the board

    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                       2025
    Revenue and support
      Sponsorship, exchange part  11,110.00
      Other revenue                  765.42
                                  ─────────
    Total revenue and support     11,875.42

    Expenses
      Program services
        Other programs             5,998.00
                                  ─────────
    Total expenses                 5,998.00

                                  ─────────
    Change in net assets           5,877.42

    Net assets, beginning                 –
    Net assets, end                5,877.42

    Part of "Contributions of cash and other financial assets": Grants.
    Part of "Other revenue": Investment return, net, Merchandise sales.
    Part of "Other revenue": Contributions of cash and other financial assets.
    Covers 32 postings.
    Head 138:HASH

    No figure is withheld.
    Promise: every figure shown is exact. Whoever adds and subtracts the figures of
    this report and of all earlier ones to the same readers, and knows who
    contributed and all that one contributor knows of itself, cannot tell what
    another protected organisation gave or got to within 2 % of it, nor exactly what
    a person did.
    Release 1, head
    139:HASH
    "#
    );
    assert_eq!(env.run("release audit").code, 0);
}

/// Rows that are called alike are figures of their own in the log.
#[test]
fn rows_of_one_name_are_told_apart() {
    let env = Env::demo();
    env.run("release publish by-activity --audience board --period 2025 --output activities").ok();
    let shown = env.run("release show 1 --format csv").ok().stdout;
    assert!(shown.contains("/no-activity/total") && shown.contains("/expenses:no-activity/total"), "{shown}");
}
