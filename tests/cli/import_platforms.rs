//! Exports of registration platforms and of other ledgers: every format once with every trap, twice, and as a dry run.

use insta::assert_snapshot;

use crate::common::Env;

/// Books with an event and its tickets, under a policy that lets speakers in free.
fn begun() -> Env {
    let env = Env::begun();
    for line in [
        "event add pyex26 --name 'PyEx 2026' --first-day 2026-05-01 --last-day 2026-05-03 --policy speakers-free",
        "ticket add pyex26 individual --name Individual --kind admission --tier individual --price 100",
        "ticket add pyex26 corporate --name Corporate --kind admission --tier corporate --price 250",
        "ticket add pyex26 shirt --name T-shirt --kind merchandise --price 25",
        "ticket add pyex26 fee --name 'Booking fee' --kind merchandise --price 2.50",
    ] {
        env.run(line).ok();
    }
    env
}

/// Copies files of `fixtures/platforms` here.
fn with(env: &Env, files: &[&str]) {
    for file in files {
        env.fixture(&format!("platforms/{file}"));
    }
}

/// A platform's fixture: first as a dry run, then taken in, then again some days later.
fn platform(format: &str) -> String {
    let env = begun();
    let file = format!("{format}.csv");
    with(&env, &[&file, "tickets.toml"]);
    let command = format!("import {format} {file} --map tickets.toml --event pyex26");
    let before = env.head();
    let dry = env.run(&format!("{command} --as-of 2026-02-15 --dry-run")).ok().stdout;
    assert_eq!(env.head(), before);
    let first = env.run(&format!("{command} --as-of 2026-02-15")).ok().show();
    assert_eq!(dry.replace("Dry run: nothing was written.\n", ""), first, "{format}");
    let after = env.head();
    let again = env.run(&format!("{command} --as-of 2026-02-20")).ok().stdout;
    assert_eq!(env.head(), after, "{again}");
    assert!(again.contains("0 entries followed, 0 parties made known"), "{again}");
    env.run("verify").ok();
    first
}

#[test]
fn eventbrite() {
    assert_snapshot!(platform("eventbrite"), @"
    Example Society
    Import of eventbrite.csv · USD

                                      Number  Amount
    In the files
      Sold                                 6  630.00
      Cancelled                            2 -180.00
      Paid                                 4 -630.00
      Paid back                            1  100.00
                                             ───────
      Still to be paid, by the files          -80.00
      The same by the books                   -80.00
      Fees taken of payments               4   39.56
    New in the books
      Orders                               5  630.00
      Cancellations                        2  180.00
      Payments                             4  630.00
      Refunds                              1  100.00
    Sold, by product
      Corporate                            1  250.00
      Individual                           3  300.00
      Individual / Early                   1   80.00
      Speaker                              1       –
    Paid less paid back
      Eventbrite Completed                 4  530.00
    Left out
      status Deleted                       1  100.00

    7 rows in 5 orders; 8 entries followed, 6 parties made known.
    ");
}

#[test]
fn tito() {
    assert_snapshot!(platform("tito"), @"
    Example Society
    Import of tito.csv · USD

                                      Number  Amount
    In the files
      Sold                                 5  360.00
      Cancelled                            1  -80.00
      Paid                                 3 -360.00
      Paid back                            0       –
                                             ───────
      Still to be paid, by the files          -80.00
      The same by the books                   -80.00
    New in the books
      Orders                               4  360.00
      Cancellations                        1   80.00
      Payments                             3  360.00
    Sold, by product
      Individual                           4  360.00
      Speaker                              1       –
    Paid less paid back
      through the platform                 3  360.00

    5 rows in 4 orders; 5 entries followed, 6 parties made known.
    ");
}

#[test]
fn hi_events() {
    assert_snapshot!(platform("hi-events"), @"
    Example Society
    Import of hi-events.csv · USD

                                             Number  Amount
    In the files
      Sold                                        5  400.00
      Cancelled                                   1 -100.00
      Refunded though nothing was cancelled       1  -30.00
      Paid                                        3 -300.00
      Paid back                                   2  130.00
                                                    ───────
      Still to be paid, by the files                 100.00
      The same by the books                          100.00
    New in the books
      Orders                                      5  400.00
      Cancellations                               1  100.00
      Payments                                    3  300.00
      Refunds                                     2  130.00
    Sold, by product
      order                                       5  400.00
    Paid less paid back
      STRIPE                                      3  170.00
    Left out
      status ABANDONED                            1  100.00

    6 rows in 5 orders; 7 entries followed, 5 parties made known.
    ");
}

#[test]
fn alfio() {
    assert_snapshot!(platform("alfio"), @"
    Example Society
    Import of alfio.csv · USD

                                      Number  Amount
    In the files
      Sold                                 5  360.00
      Cancelled                            1  -80.00
      Paid                                 2 -260.00
      Paid back                            0       –
                                             ───────
      Still to be paid, by the files           20.00
      The same by the books                    20.00
    New in the books
      Orders                               4  360.00
      Cancellations                        1   80.00
      Payments                             2  260.00
    Sold, by product
      Individual                           4  360.00
      Speaker                              1       –
    Paid less paid back
      STRIPE                               2  260.00
    Left out
      status RELEASED                      1  100.00

    6 rows in 4 orders; 4 entries followed, 5 parties made known.
    ");
}

#[test]
fn indico() {
    assert_snapshot!(platform("indico"), @"
    Example Society
    Import of indico.csv · USD

                                      Number  Amount
    In the files
      Sold                                 4  300.00
      Cancelled                            0       –
      Paid                                 1 -100.00
      Paid back                            0       –
                                             ───────
      Still to be paid, by the files          200.00
      The same by the books                   200.00
    New in the books
      Orders                               4  300.00
      Payments                             1  100.00
    Sold, by product
      Individual                           3  300.00
      Speaker                              1       –
    Paid less paid back
      through the platform                 1  100.00
    Left out
      status Rejected                      1  100.00
      status Withdrawn                     1  250.00

    6 rows in 4 orders; 2 entries followed, 4 parties made known.
    ");
}

const PRETIX: &str = "import pretix pretix-transactions.csv pretix-payments.csv pretix-positions.csv";

fn pretix() -> Env {
    let env = begun();
    with(&env, &["pretix-transactions.csv", "pretix-payments.csv", "pretix-positions.csv", "pretix.toml"]);
    env
}

#[test]
fn pretix_three_files_together() {
    let env = pretix();
    assert_snapshot!(env.run(&format!("{PRETIX} --map pretix.toml")).ok().show(), @"
    Example Society
    Import of pretix-transactions.csv, pretix-payments.csv, pretix-positions.csv · USD

                                             Number  Amount
    In the files
      Sold                                       12  997.50
      Cancelled                                   3 -300.00
      Kept of what was cancelled                  1   10.00
      Refunded though nothing was cancelled       1  -30.00
      Paid                                        7 -737.50
      Paid back                                   2  120.00
                                                    ───────
      Still to be paid, by the files                  60.00
      The same by the books                           60.00
    New in the books
      Orders                                      9  997.50
      Cancellations                               3  300.00
      Payments                                    7  737.50
      Refunds                                     2  120.00
    Sold, by product
      Corporate                                   1  250.00
      Donation                                    1   20.00
      Individual                                  7  700.00
      Speaker                                     1       –
      T-shirt / XL                                1   25.00
      fee:payment                                 1    2.50
    Paid less paid back
      banktransfer                                2  190.00
      paypal                                      1   10.00
      stripe                                      4  417.50
    Left out
      status created                              1  100.00
      status failed                               1  100.00
      taken back and sold again alike             2       –

    39 rows in 8 orders; 15 entries followed, 8 parties made known.
    ");
    assert_snapshot!(env.run("order list").ok().show(), @"
    Example Society
    Orders · USD

             Date       Party              Event  Status        Total  Open
    abc12    2026-01-10 Ana Alves          pyex26 paid         125.00     –
    def34    2026-01-11 Ben Boro           pyex26 cancelled         –     –
    ghi56    2026-01-12 Cleo Cruz          pyex26 cancelled         –     –
    ghi56.2  2026-01-20 Cleo Cruz          pyex26 paid         250.00     –
    jkl78    2026-01-13 Dan Diaz           pyex26 paid              –     –
    mno90    2026-01-14 Eve Ek             pyex26 cancelled         –     –
    pqr11    2026-01-15 Fay Fox            pyex26 paid in part 100.00 60.00
    stu22    2026-01-16 Gus Gil            pyex26 paid         122.50     –
    vwx33    2026-01-17 Ana Alves          pyex26 paid         100.00     –
                        (ana2@example.org)
    ");
    assert_snapshot!(env.run("report trial-balance").ok().show(), @"
    Example Society
    Trial balance · all dates · USD

                                              Balance    Debit   Credit Postings
    Assets:Cash:Checking                       190.00   190.00        –        2
    Assets:Clearing:Card processor             417.50   447.50    30.00        5
    Assets:Clearing:Online wallet               10.00   100.00    90.00        2
    Assets:Clearing:Ticket platform                 –   100.00   100.00        2
    Liabilities:Deferred revenue:Merchandise   -27.50        –    27.50        2
    Liabilities:Deferred                      -660.00   230.00   890.00       12
      revenue:Registration
    Liabilities:Deferred revenue:Waivers       100.00   100.00        –        1
    Liabilities:Refunds payable                     –   220.00   220.00        6
    Revenue:Cancellation fees                  -10.00        –    10.00        1
    Revenue:Contributions                      -20.00        –    20.00        1
                                              ─────── ──────── ────────
    Total                                           – 1,387.50 1,387.50       34

    Debits are positive, credits negative.
    Covers 34 postings.
    Head 137:HASH
    ");
    let head = env.head();
    let again = env.run(&format!("{PRETIX} --map pretix.toml")).ok().stdout;
    assert_eq!(env.head(), head, "{again}");
    env.run("verify").ok();
}

#[test]
fn pretix_files_one_after_the_other_come_to_the_same() {
    let env = pretix();
    env.run(&format!("{PRETIX} --map pretix.toml")).ok();
    let together = env.run("report trial-balance --format csv").ok().stdout;
    let env = pretix();
    // Orders alone: what was cancelled waits until it is told whether it was paid.
    let alone = env.run("import pretix pretix-transactions.csv --map pretix.toml").ok().stdout;
    assert!(alone.contains("cancelled: waits for the file of payments"), "{alone}");
    env.run(&format!("{PRETIX} --map pretix.toml")).ok();
    let apart = env.run("report trial-balance --format csv").ok().stdout;
    let amounts = |text: &str| -> Vec<String> {
        text.lines().take_while(|line| !line.starts_with("note")).map(str::to_owned).collect()
    };
    assert_eq!(amounts(&together), amounts(&apart));
    env.run("verify").ok();
}

#[test]
fn a_mapping_is_suggested() {
    let env = pretix();
    let suggested = env.run(&format!("{PRETIX} --suggest")).ok().stdout;
    assert_snapshot!(suggested, @r#"
    # What the file's names are in the books. Look through it, replace each "?", and give it with --map.

    [events]
    "pyex26" = "pyex26" # 8 orders

    # A product may also be a gift ({ donation = true, fund = "…" }), be left out ({ skip = true }), and say who
    # attends and pays: { ticket = "…", role = "speaker", payer = "aid" }.
    [products]
    "Corporate" = { ticket = "corporate" } # 1 sold, 250.00
    "Donation" = { donation = true } # 1 given, 20.00
    "Individual" = { ticket = "individual" } # 7 sold, 700.00
    "Speaker" = { ticket = "?" } # 1 sold, 0.00
    # or, if the books lack it: bursar ticket add pyex26 CODE --name 'Speaker' --kind admission --price 0.00
    "T-shirt / XL" = { ticket = "shirt" } # 1 sold, 25.00
    "fee:payment" = { ticket = "fee" } # 1 sold, 2.50, the nearest name: is it?

    [methods]
    "banktransfer" = "wire" # 2 movements, 190.00
    "paypal" = "wallet" # 2 movements, 10.00
    "stripe" = "card" # 5 movements, 417.50
    "#);
    // Filled in, it is a mapping.
    let filled = suggested.replace("ticket = \"?\"", "ticket = \"individual\", role = \"speaker\", payer = \"waiver\"");
    env.write("suggested.toml", filled);
    env.run(&format!("{PRETIX} --map suggested.toml")).ok();
}

/// What comes later: a late order, a payment of the rest, a cancellation; rows that are there are left.
#[test]
fn the_next_export() {
    let env = pretix();
    env.run(&format!("{PRETIX} --map pretix.toml")).ok();
    let transactions = env.read("pretix-transactions.csv");
    let payments = env.read("pretix-payments.csv");
    env.write(
        "pretix-transactions.csv",
        format!(
            "{transactions}\
             PyEx 2026,pyex26,USD,YZA44,2026-02-20,09:00:00,2026-02-20,09:00:00,No,11,1,11,Individual,,,,,,,100.00,0.00,,,0.00,100.00,0.00\n\
             PyEx 2026,pyex26,USD,ABC12,2026-01-10,09:00:00,2026-02-21,09:00:00,No,2,-1,12,T-shirt,31,XL,,,,,25.00,0.00,,,0.00,-25.00,0.00\n"
        ),
    );
    env.write(
        "pretix-payments.csv",
        format!(
            "{payments}\
             pyex26,PQR11,PQR11-P-3,2026-02-22,2026-02-22,confirmed,confirmed,60.00,banktransfer,,,,\n\
             pyex26,ABC12,ABC12-R-1,2026-02-21,2026-02-21,done,done,-25.00,stripe,,,,\n"
        ),
    );
    let files = "import pretix pretix-transactions.csv pretix-payments.csv --map pretix.toml";
    assert_snapshot!(env.run(files).ok().show(), @"
    Example Society
    Import of pretix-transactions.csv, pretix-payments.csv · USD

                                             Number   Amount
    In the files
      Sold                                       13 1,097.50
      Cancelled                                   4  -325.00
      Kept of what was cancelled                  1    10.00
      Refunded though nothing was cancelled       1   -30.00
      Paid                                        8  -797.50
      Paid back                                   3   145.00
                                                    ────────
      Still to be paid, by the files                  100.00
      The same by the books                           100.00
    New in the books
      Orders                                      1   100.00
      Cancellations                               1    25.00
      Payments                                    1    60.00
      Refunds                                     1    25.00
    There already
      Orders                                      9   997.50
      Cancellations                               3   300.00
      Payments                                    7   737.50
      Refunds                                     2   120.00
    Sold, by product
      Corporate                                   1   250.00
      Donation                                    1    20.00
      Individual                                  8   800.00
      Speaker                                     1        –
      T-shirt / XL                                1    25.00
      fee:payment                                 1     2.50
    Paid less paid back
      banktransfer                                3   250.00
      paypal                                      1    10.00
      stripe                                      4   392.50
    Left out
      status created                              1   100.00
      status failed                               1   100.00
      taken back and sold again alike             2        –

    33 rows in 9 orders; 3 entries followed, 1 party made known.
    Changed since the last import: ABC12, PQR11.
    ");
    env.run("verify").ok();
}

#[test]
fn other_ledgers() {
    let env = begun();
    with(&env, &["open-collective.csv", "open-collective.toml", "civicrm.csv", "civicrm.toml"]);
    for format in ["open-collective", "civicrm"] {
        let command = format!("import {format} {format}.csv --map {format}.toml");
        env.run(&format!("{command} --dry-run")).ok();
        env.run(&command).ok();
        let head = env.head();
        let again = env.run(&command).ok().stdout;
        assert_eq!(env.head(), head, "{again}");
    }
    assert_snapshot!(env.run("report trial-balance").ok().show(), @"
    Example Society
    Trial balance · all dates · USD

                                      Balance    Debit   Credit Postings
    Assets:Cash:Checking                50.00    50.00        –        1
    Assets:Clearing:Card processor     100.00   125.00    25.00        3
    Assets:Held by host              1,065.00 1,508.00   443.00        5
    Revenue:Contributions           -1,695.00    50.00 1,745.00        6
    Revenue:Merchandise                     –    25.00    25.00        2
    Expenses:Host fee                   78.50    83.50     5.00        4
    Expenses:Processing fees             1.50     3.50     2.00        3
    Expenses:Venue                     400.00   400.00        –        1
                                    ───────── ──────── ────────
    Total                                   – 2,245.00 2,245.00       25

    Debits are positive, credits negative.
    Covers 25 postings.
    Head 109:HASH
    ");
    env.run("verify").ok();
}

/// The same file in other dress: with a mark and CRLF, by semicolons with decimal commas, in Windows-1252, in UTF-16, with
/// lines before its header, newest first.
#[test]
fn dress() {
    let plain = std::fs::read_to_string(format!("{}/platforms/pretix-payments.csv", crate::common::FIXTURES)).unwrap();
    let semicolons = || -> String {
        let row = |line: &str| {
            line.split(',')
                .map(|field| if field.parse::<f32>().is_ok() { field.replace('.', ",") } else { field.to_owned() })
                .collect::<Vec<_>>()
                .join(";")
        };
        plain.lines().map(row).collect::<Vec<_>>().join("\n")
    };
    let reversed = {
        let mut lines: Vec<&str> = plain.lines().collect();
        lines[1..].reverse();
        lines.join("\n")
    };
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("mark and CRLF", format!("\u{feff}{}", plain.replace('\n', "\r\n")).into_bytes(), ""),
        ("semicolons", semicolons().into_bytes(), ""),
        ("UTF-16", utf16, ""),
        ("newest first", reversed.into_bytes(), ""),
        ("lines before the header", format!("Payments\nExported,2026-03-01\n\n{plain}").into_bytes(), ""),
        (
            "Windows-1252",
            plain
                .replace("confirmed,confirmed", "best\u{e4}tigt,confirmed")
                .chars()
                .map(|c| u8::try_from(c).unwrap())
                .collect(),
            " --encoding windows-1252",
        ),
    ];
    let mut seen = Vec::new();
    for (name, bytes, option) in cases {
        let env = pretix();
        env.write("pretix-payments.csv", bytes);
        env.run(&format!("import pretix pretix-transactions.csv pretix-payments.csv --map pretix.toml{option}")).ok();
        seen.push((
            name,
            env.run("report trial-balance --format csv").ok().stdout.lines().take(12).collect::<Vec<_>>().join("\n"),
        ));
    }
    for (name, balance) in &seen {
        assert_eq!(balance, &seen[0].1, "{name}");
    }
}

/// The platform tells who paid, the processor what it kept: together the clearing accounts come to what the processors
/// still hold.
#[test]
fn processors_after_the_platform() {
    let env = pretix();
    with(&env, &["stripe.csv", "paypal.csv"]);
    env.run(&format!("{PRETIX} --map pretix.toml")).ok();
    let commands = ["import stripe stripe.csv --other 4510", "import paypal paypal.csv"];
    let shown = commands.map(|command| {
        let dry = env.run(&format!("{command} --dry-run")).ok().stdout;
        let done = env.run(command).ok().stdout;
        assert_eq!(dry.replace("Dry run: nothing was written.\n", ""), done);
        let head = env.head();
        let again = env.run(command).ok().stdout;
        assert_eq!(env.head(), head, "{again}");
        done
    });
    assert_snapshot!(shown.join("\n"), @"
    Example Society
    Import of stripe.csv · USD

                                                Number  Amount
    Payments there already: their fees are new       4  433.32
    Chargebacks, with fees                           1 -140.00
    Paid out                                         2 -275.58
    Fees of their own                                1   -2.00
    To the account of what names no order            1   14.26
    In the books from elsewhere                      1  -30.00
                                                       ───────
    Lines of the file                               10       –

    Fees within them                                 7   31.92
    Change of Assets:Clearing:Card processor           -417.50

    Days 2026-01-10 to 2026-01-30.
    9 entries followed.

    Example Society
    Import of paypal.csv · USD

                                                Number Amount
    Payments there already: their fees are new       1  96.01
    In the books from elsewhere                      1 -90.00
                                                       ──────
    Lines of the file                                2   6.01

    Fees within them                                 1   3.99
    Change of Assets:Clearing:Online wallet             -3.99

    Days 2026-01-11 to 2026-01-31.
    1 entry followed.
    Left out: 1 row, status Pending.
    ");
    assert_snapshot!(env.run("report trial-balance").ok().show(), @"
    Example Society
    Trial balance · all dates · USD

                                              Balance    Debit   Credit Postings
    Assets:Accounts receivable                 125.00   125.00        –        1
    Assets:Cash:Checking                       465.58   465.58        –        4
    Assets:Clearing:Card processor                  –   461.76   461.76       14
    Assets:Clearing:Online wallet                6.01   100.00    93.99        3
    Assets:Clearing:Ticket platform                 –   100.00   100.00        2
    Liabilities:Deferred revenue:Merchandise   -27.50        –    27.50        2
    Liabilities:Deferred                      -660.00   230.00   890.00       12
      revenue:Registration
    Liabilities:Deferred revenue:Waivers       100.00   100.00        –        1
    Liabilities:Refunds payable                     –   220.00   220.00        6
    Revenue:Cancellation fees                  -10.00        –    10.00        1
    Revenue:Contributions                      -20.00        –    20.00        1
    Revenue:Merchandise                        -15.00        –    15.00        1
    Expenses:Dispute fees                       15.00    15.00        –        1
    Expenses:Processing fees                    20.91    20.91        –        7
                                              ─────── ──────── ────────
    Total                                           – 1,838.25 1,838.25       56

    Debits are positive, credits negative.
    Covers 56 postings.
    Head 152:HASH
    ");
    assert_snapshot!(env.run("reconcile 1110 --statement stripe.csv --closing 0.00").ok().show(), @"
    Example Society
    Reconciliation of Assets:Clearing:Card processor · as of 2026-01-30 · USD

                                        Date       Amount
    Statement, 2026-01-30               2026-01-30      –
    On the statement, not in the books                  –
                                                        ─
    Balance of the books, 2026-01-30                    –

    stripe.csv, 10 lines: 10 matched.
    Together: line 1 = entry 1, 16 (sum); line 2 = entry 5, 17 (sum); line 4 = entry
    12, 19 (sum); line 5 = entry 15, 20 (sum).
    Reconciled once, from 2026-01-10 to 2026-01-30.
    Covers 14 postings.
    Head 153:HASH
    ");
    assert_snapshot!(env.run("reconcile 1130 --statement paypal.csv").ok().show(), @"
    Example Society
    Reconciliation of Assets:Clearing:Online wallet · as of 2026-01-31 · USD

                                        Date       Amount
    Statement, 2026-01-31               2026-01-31   6.01
    On the statement, not in the books                  –
                                                     ────
    Balance of the books, 2026-01-31                 6.01

    paypal.csv, 2 lines: 2 matched.
    Together: line 1 = entry 2, 25 (sum).
    1 row was left out: status Pending.
    Reconciled once, from 2026-01-11 to 2026-01-31.
    Covers 3 postings.
    Head 154:HASH
    ");
    env.run("verify").ok();
}

/// The processor alone: charges pay the orders that they name, with their fees.
#[test]
fn processors_alone() {
    let env = pretix();
    with(&env, &["stripe.csv"]);
    env.run("import pretix pretix-transactions.csv --map pretix.toml").ok();
    let text = env.read("stripe.csv");
    let charges: Vec<&str> =
        text.lines().filter(|line| !["refund", "dispute"].iter().any(|kind| line.contains(kind))).collect();
    env.write("stripe.csv", charges.join("\n"));
    assert_snapshot!(env.run("import stripe stripe.csv --other 4510").ok().show(), @"
    Example Society
    Import of stripe.csv · USD

                                              Number  Amount
    Payments of orders, less fees                  4  433.32
    Paid out                                       2 -275.58
    Fees of their own                              1   -2.00
    To the account of what names no order          1   14.26
                                                     ───────
    Lines of the file                              8  170.00

    Fees within them                               6   16.92
    Change of Assets:Clearing:Card processor          170.00

    Days 2026-01-10 to 2026-01-30.
    8 entries followed.
    ");
    env.run("verify").ok();
}

/// A workbook with real dates and numbers in its cells is read like the CSV it was made from.
#[test]
fn workbooks() {
    let taken = ["csv", "xlsx", "ods"].map(|ending| {
        let env = begun();
        let file = format!("tito.{ending}");
        with(&env, &[&file, "tickets.toml"]);
        env.run(&format!("import tito {file} --event pyex26 --map tickets.toml --as-of 2026-02-15")).ok();
        env.run("verify").ok();
        let orders = env.run("order list --format csv").ok().stdout;
        orders + &env.run("party list --format csv").ok().stdout
    });
    assert_eq!(taken[0], taken[1]);
    assert_eq!(taken[0], taken[2]);
}

const SALES: &str =
    "Event slug,Currency,Order code,Transaction date,Transaction time,Position ID,Quantity,Product,Price,Gross total\n";
const MONEY: &str = "Event slug,Order,Payment ID,Creation date,Completion date,Status code,Amount,Payment method\n";
const LINES: &str = "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description\n";

/// Imports small files of pretix: rows of sales and of money.
fn small(env: &Env, sales: &str, money: &str, options: &str) -> crate::common::Output {
    env.write("sales.csv", format!("{SALES}{sales}"));
    env.write("money.csv", format!("{MONEY}{money}"));
    env.run(&format!("import pretix sales.csv money.csv{options}"))
}

/// What is wrong, in short.
fn problems(output: &crate::common::Output) -> String {
    assert_eq!(output.code, 1, "{}", output.show());
    output.stderr.lines().filter(|line| line.starts_with("  line")).collect::<Vec<_>>().join("\n")
}

fn balance(env: &Env, account: &str) -> String {
    let shown = env.run("report trial-balance --format csv").ok().stdout;
    let row = shown.lines().find(|line| line.starts_with(account));
    row.map_or("none", |row| row.split(',').nth(4).unwrap_or_default()).to_owned()
}

#[test]
fn pieces_are_taken_back_one_by_one() {
    let env = begun();
    let sales = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,3,T-shirt,25.00,75.00\n\
                 pyex26,USD,AAA11,2026-01-12,09:00:00,1,-1,T-shirt,25.00,-25.00\n";
    small(&env, sales, "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,75.00,stripe\n", "").ok();
    assert_eq!(balance(&env, "Liabilities:Deferred revenue:Merchandise"), "-50.00");
    assert_eq!(balance(&env, "Liabilities:Refunds payable"), "-25.00");
}

#[test]
fn what_is_told_twice_or_otherwise_is_refused() {
    let one = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n";
    let paid = "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,100.00,stripe\n";
    let env = begun();
    assert_snapshot!(problems(&small(&env, &format!("{one}{one}"), paid, "")), @"  line 3: position 1 of order `AAA11` is sold twice; is the file pasted together?");
    assert_snapshot!(problems(&small(&env, one, &format!("{paid}{paid}"), "")), @"  line 3: `P-1` of order `AAA11` is there twice; give each payment its own reference (in money.csv)");
    let capitals = format!("{one}{}", one.replace("AAA11", "aaa11"));
    assert_snapshot!(problems(&small(&env, &capitals, paid, "")), @"  line 3: order `aaa11` stands twice in the files, or differs from another only in capitals; leave it out with --skip aaa11");
    assert_snapshot!(problems(&small(&env, one, paid, " --skip NOPE")), @"  line 1: --skip NOPE names no order of the files");
    small(&env, one, paid, "").ok();
    assert_snapshot!(problems(&small(&env, one, paid, " --prefix x-")), @"  line 2: `P-1` of order `AAA11` was taken in before, for order aaa11 (entry 1); give the --prefix of that import");
    assert_snapshot!(problems(&small(&env, one, &paid.replace("100.00", "80.00"), "")), @"  line 2: `P-1` of order `AAA11` was taken in before with another amount (entry 1); reverse that, or leave the order out with --skip AAA11 (in money.csv)");
}

#[test]
fn what_was_paid_too_much_is_owed_back() {
    let env = begun();
    let one = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n";
    let twice = "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,100.00,stripe\n\
                 pyex26,AAA11,P-2,2026-01-11,2026-01-11,confirmed,130.00,banktransfer\n";
    assert_snapshot!(small(&env, one, twice, "").ok().stdout, @"
    Example Society
    Import of sales.csv, money.csv · USD

                                      Number  Amount
    In the files
      Sold                                 1  100.00
      Cancelled                            0       –
      Paid                                 2 -230.00
      Paid back                            0       –
                                             ───────
      Still to be paid, by the files         -130.00
      The same by the books                  -130.00
    New in the books
      Orders                               1  100.00
      Payments                             2  230.00
    Sold, by product
      Individual                           1  100.00
    Paid less paid back
      banktransfer                         1  130.00
      stripe                               1  100.00

    3 rows in 1 order; 2 entries followed, 1 party made known.
    Paid too much, and owed back: AAA11 130.00.
    ");
    assert_eq!(balance(&env, "Liabilities:Refunds payable"), "-130.00");
    let head = env.head();
    small(&env, one, twice, "").ok();
    assert_eq!(env.head(), head);
    // It goes back, and somebody else writes that down first.
    let back = format!("{twice}pyex26,AAA11,R-1,2026-01-12,2026-01-12,done,-130.00,banktransfer\n");
    small(&env, one, &back, "").ok();
    assert_eq!(balance(&env, "Liabilities:Refunds payable"), "0.00");
    assert_snapshot!(env.run("order show aaa11").ok().stdout, @"
    Example Society
    Order aaa11 · USD

                                                                        Amount
      Party                                      Order AAA11 (pretix)
      Event                                      pyex26
      Date                                       2026-01-10
      1 individual                               Order AAA11 (pretix),  100.00
                                                 attendee, by self,
                                                 confirmed
      Received                                                          100.00
      Paid too much                                                     130.00
                                                                       ───────
    To be paid                                                               –

    Entry 1 of 2026-01-10
      Assets:Clearing:Card processor             pyex26                 100.00
      Liabilities:Deferred revenue:Registration  pyex26                -100.00
    Entry 2 of 2026-01-11
      Assets:Cash:Checking                       pyex26                 130.00
      Liabilities:Refunds payable                pyex26                -130.00
    Entry 3 of 2026-01-12
      Liabilities:Refunds payable                pyex26                 130.00
      Assets:Cash:Checking                       pyex26                -130.00

    In entries, debits are positive.
    ");
    env.run("verify").ok();

    // Somebody has recorded it by hand already.
    let env = begun();
    small(&env, one, "", "").ok();
    env.run("payment add order aaa11 --amount 230.00 --overpaid --date 2026-01-11").ok();
    small(&env, one, twice, "").ok();
    assert_eq!(balance(&env, "Liabilities:Refunds payable"), "-130.00");
}

/// Money that somebody has recorded otherwise is not taken in again, and what nobody has recorded is.
#[test]
fn money_that_the_books_have_from_elsewhere() {
    let one = "pyex26,USD,AAA11,2026-01-09,09:00:00,1,1,Individual,100.00,100.00\n";
    let back = "pyex26,USD,AAA11,2026-01-11,09:00:00,1,-1,Individual,100.00,-100.00\n";
    let paid = |id: &str, date: &str, amount: &str, method: &str| {
        let status = if amount.starts_with('-') { "done" } else { "confirmed" };
        format!("pyex26,AAA11,{id},{date},{date},{status},{amount},{method}\n")
    };
    let p1 = paid("P-1", "2026-01-10", "100.00", "stripe");
    let more = paid("P-1", "2026-01-10", "150.00", "stripe");
    let exchanged = "pyex26,USD,AAA11,2026-01-10,09:00:00,7,1,T-shirt,25.00,25.00\n\
                     pyex26,USD,AAA11,2026-01-11,09:00:00,7,-1,T-shirt,25.00,-25.00\n\
                     pyex26,USD,AAA11,2026-01-11,09:00:00,7,1,Individual,100.00,100.00\n";
    let exchange_paid = paid("P-1", "2026-01-10", "25.00", "stripe") + &paid("P-2", "2026-01-12", "75.00", "stripe");
    let grown = format!("{one}pyex26,USD,AAA11,2026-01-12,09:00:00,2,1,T-shirt,25.00,25.00\n");
    let grown_paid = paid("P-1", "2026-01-10", "130.00", "stripe");
    let refund = |amount: &str| paid("R-1", "2026-01-12", amount, "stripe");
    let late = paid("P-0", "2026-01-09", "40.00", "banktransfer");
    let (pay_back, whole) = ("order pay-back aaa11 --method card --date 2026-01-12", format!("{one}{back}"));
    // First the files, then what is done by hand, then the files again; then the clearing account, the bank, what is
    // deferred and what is owed back.
    type Case<'a> = (&'a str, String, &'a [&'a str], &'a str, String, [&'a str; 4]);
    let cases: [Case<'_>; 8] = [
        (
            "too much goes back by hand",
            more.clone(),
            &[&format!("{pay_back} --amount 50")],
            one,
            more.clone() + &refund("-50.00"),
            ["100.00", "none", "-100.00", "0.00"],
        ),
        (
            "in two parts",
            more.clone(),
            &[&format!("{pay_back} --amount 20"), &format!("{pay_back} --amount 30")],
            one,
            more + &refund("-50.00"),
            ["100.00", "none", "-100.00", "0.00"],
        ),
        (
            "a price lowered by hand",
            p1.clone(),
            &["order refund aaa11 --line 1=30 --pay-back card --date 2026-01-12"],
            one,
            p1.clone() + &refund("-30.00"),
            ["70.00", "none", "-70.00", "0.00"],
        ),
        (
            "cancelled and paid back by hand",
            p1.clone(),
            &["order cancel aaa11 --pay-back card --date 2026-01-12"],
            &whole,
            p1.clone() + &refund("-100.00"),
            ["0.00", "none", "0.00", "0.00"],
        ),
        ("a payment that comes late", p1.clone(), &[], one, late + &p1, ["100.00", "40.00", "-100.00", "-40.00"]),
        (
            "paid in part by hand",
            String::new(),
            &["payment add order aaa11 --amount 40 --method card --date 2026-01-09"],
            one,
            p1,
            ["100.00", "none", "-100.00", "none"],
        ),
        (
            "too much after an exchange",
            exchange_paid.clone(),
            &[],
            exchanged,
            exchange_paid + &paid("P-3", "2026-01-14", "7.00", "banktransfer"),
            ["100.00", "7.00", "-100.00", "-7.00"],
        ),
        (
            "grown after too much was paid",
            grown_paid.clone(),
            &[],
            &grown,
            grown_paid + &paid("P-2", "2026-01-14", "20.00", "banktransfer"),
            ["130.00", "20.00", "-100.00", "-25.00"],
        ),
    ];
    for (case, money, by_hand, sales, again, expected) in cases {
        let env = begun();
        let first = if sales == whole { one } else { sales };
        small(&env, first, &money, "").ok();
        by_hand.iter().for_each(|line| drop(env.run(line).ok()));
        let shown = small(&env, sales, &again, "").ok().stdout;
        let accounts = [
            "Assets:Clearing:Card processor",
            "Assets:Cash:Checking",
            "Liabilities:Deferred revenue:Registration",
            "Liabilities:Refunds payable",
        ];
        assert_eq!(accounts.map(|account| balance(&env, account)), expected, "{case}: {shown}");
        assert!(!shown.contains("Otherwise"), "{case}: {shown}");
        let head = env.head();
        small(&env, sales, &again, "").ok();
        assert_eq!(env.head(), head, "{case}");
        env.run("verify").ok();
    }
}

#[test]
fn sold_and_cancelled_in_one_second() {
    let env = begun();
    let sales = "pyex26,USD,AAA11,2026-01-09,09:00:00,1,1,Individual,100.00,100.00\n\
                 pyex26,USD,AAA11,2026-01-09,09:00:00,1,-1,Individual,100.00,-100.00\n\
                 pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n";
    let money = "pyex26,AAA11,P-1,2026-01-11,2026-01-11,confirmed,100.00,stripe\n";
    small(&env, sales, money, "").ok();
    assert_eq!(balance(&env, "Liabilities:Deferred revenue:Registration"), "-100.00");
    let head = env.head();
    small(&env, sales, money, "").ok();
    assert_eq!(env.head(), head);
}

/// What becomes of the money of an order that is void is not told: it is named.
#[test]
fn a_paid_order_that_is_void_later() {
    let header = "ID,Name,Email Address,Affiliation,Registration date,Registration state,Registration type,Price,Payment status\n";
    let env = begun();
    let row = |state: &str| format!("1,Ada Example,ada@example.org,,2026-01-10,{state},Individual,100.00,Paid\n");
    let import = |state: &str| {
        env.write("indico.csv", format!("{header}{}", row(state)));
        env.run("import indico indico.csv --event pyex26")
    };
    let first = import("Complete");
    let later = import("Withdrawn");
    assert_snapshot!(format!("{}{}", first.show(), later.show()), @"
    Example Society
    Import of indico.csv · USD

                                      Number  Amount
    In the files
      Sold                                 1  100.00
      Cancelled                            0       –
      Paid                                 1 -100.00
      Paid back                            0       –
                                             ───────
      Still to be paid, by the files               –
      The same by the books                        –
    New in the books
      Orders                               1  100.00
      Payments                             1  100.00
    Sold, by product
      Individual                           1  100.00
    Paid less paid back
      through the platform                 1  100.00

    1 row in 1 order; 1 entry followed, 1 party made known.
    Example Society
    Import of indico.csv · USD

                                      Number Amount
    In the files
      Sold                                 0      –
      Cancelled                            0      –
      Paid                                 0      –
      Paid back                            0      –
                                             ──────
      Still to be paid, by the files              –
      The same by the books                       –
    Left out
      status Withdrawn                     1 100.00

    1 row in 0 orders; 0 entries followed, 0 parties made known.
    Otherwise in the books than in the files: order `1` is Withdrawn in the files,
    and stands in the books.
    ");
}

#[test]
fn an_import_that_was_reversed_can_be_made_again() {
    let env = begun();
    let one = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n";
    let paid = "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,100.00,stripe\n";
    small(&env, one, paid, "").ok();
    env.run("entry reverse 1 --reason mistaken").ok();
    small(&env, one, paid, "").ok();
    assert_eq!(balance(&env, "Assets:Clearing:Card processor"), "100.00");
    let head = env.head();
    small(&env, one, paid, "").ok();
    assert_eq!(env.head(), head);
    env.run("verify").ok();
}

#[test]
fn what_was_paid_for_a_product_that_is_left_out_is_left_out() {
    let env = begun();
    env.write("skip.toml", "[products]\n\"Dinner\" = { skip = true }\n");
    let sales = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n\
                 pyex26,USD,AAA11,2026-01-10,09:00:00,2,1,Dinner,30.00,30.00\n";
    let money = "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,130.00,stripe\n";
    small(&env, sales, money, " --map skip.toml").ok();
    assert_eq!(balance(&env, "Assets:Clearing:Card processor"), "100.00");
    let head = env.head();
    small(&env, sales, money, " --map skip.toml").ok();
    assert_eq!(env.head(), head);
}

/// What is no order's goes where its type, or its text, says.
#[test]
fn kinds_of_a_processor_by_mapping() {
    let env = begun();
    env.write(
        "paypal.csv",
        "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Item Title,Balance\n\
         01/05/2026,10:00:00,PST,Ann,Donation Payment,Completed,USD,50.00,-1.75,48.25,P1,,48.25\n\
         01/06/2026,10:00:00,PST,,Account Hold for Open Authorization,Completed,USD,-20.00,0.00,-20.00,P2,,28.25\n\
         01/07/2026,10:00:00,PST,,Reversal of General Account Hold,Completed,USD,20.00,0.00,20.00,P3,,48.25\n\
         01/25/2026,10:00:00,PST,Bo,Website Payment,Completed,USD,15.00,-0.74,14.26,P4,Shop: mug,62.51\n",
    );
    let plain = env.run("import paypal paypal.csv");
    assert_snapshot!(problems(&plain), @r#"
    line 2: a charge of 50.00 that names no order (`Donation Payment`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Donation Payment" = "ACCOUNT"
    line 3: a movement of -20.00 (`Account Hold for Open Authorization`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Account Hold for Open Authorization" = "ACCOUNT"
    line 4: a movement of 20.00 (`Reversal of General Account Hold`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Reversal of General Account Hold" = "ACCOUNT"
    line 5: a charge of 15.00 that names no order (`Website Payment Shop: mug`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Website Payment" = "ACCOUNT"
    "#);
    env.write(
        "kinds.toml",
        "[accounts]\n\"donation payment\" = \"4210\"\n\"Account Hold*\" = \"1710\"\n\"Reversal of*\" = \"1710\"\n",
    );
    assert_snapshot!(problems(&env.run("import paypal paypal.csv --map kinds.toml")), @r#"  line 5: a charge of 15.00 that names no order (`Website Payment Shop: mug`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Website Payment" = "ACCOUNT""#);
    env.write("wrong.toml", "[accounts]\n\"Donation Payment\" = \"4999\"\n");
    assert_snapshot!(problems(&env.run("import paypal paypal.csv --map wrong.toml")), @r#"
    line 2: there is no account `4999`
    line 3: a movement of -20.00 (`Account Hold for Open Authorization`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Account Hold for Open Authorization" = "ACCOUNT"
    line 4: a movement of 20.00 (`Reversal of General Account Hold`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Reversal of General Account Hold" = "ACCOUNT"
    line 5: a charge of 15.00 that names no order (`Website Payment Shop: mug`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Website Payment" = "ACCOUNT"
    "#);
    env.run("import paypal paypal.csv --map kinds.toml --other 4510").ok();
    let accounts = ["Revenue:Contributions", "Assets:Held by host", "Revenue:Merchandise"];
    let balances = accounts.map(|account| format!("{account} {}", balance(&env, account)));
    assert_snapshot!(balances.join("\n"), @"
    Revenue:Contributions -50.00
    Assets:Held by host 0.00
    Revenue:Merchandise -15.00
    ");
}

/// A charge is one payment at most, with one fee, and of the order that it is about.
#[test]
fn charges_are_booked_once() {
    let charge = |id: &str, text: &str, gross: &str, fee: &str, net: &str| {
        format!("txn_{id},2026-01-10 09:00:00,2026-01-12 00:00:00,usd,{gross},{fee},{net},charge,ch_{id},{text}\n")
    };
    let one = charge("1", "a1", "100.00", "3.20", "96.80");
    let with = |paid: &str| {
        let env = begun();
        env.run("party add Ann --kind person").ok();
        env.run("order add a1 --event pyex26 --party Ann --item individual --date 2026-01-05").ok();
        if !paid.is_empty() {
            env.run(&format!("payment add order a1 --amount 100.00 --date 2026-01-09 {paid}")).ok();
        }
        env
    };
    let import = |env: &Env, lines: &str| {
        env.write("stripe.csv", format!("{LINES}{lines}"));
        env.run("import stripe stripe.csv --other 4510")
    };
    let clearing = |env: &Env| balance(env, "Assets:Clearing:Card processor");
    // Paid by hand with the fee, without it, with a part of it.
    for (paid, expected) in
        [("--method card --fee 3.20", "96.80"), ("--method card", "96.80"), ("--method card --fee 3.00", "96.80")]
    {
        let env = with(paid);
        import(&env, &one).ok();
        assert_eq!(clearing(&env), expected, "{paid}");
    }
    // Not paid: by its code, or by its code in a sentence.
    let env = with("");
    import(&env, &charge("1", "Ticket of order a1 (thanks)", "100.00", "3.20", "96.80")).ok();
    assert_eq!(balance(&env, "Liabilities:Deferred revenue:Registration"), "-100.00");
    // The same file after a reconciliation that has posted it.
    let env = with("");
    env.write("stripe.csv", format!("{LINES}{one}"));
    env.run("reconcile 1110 --statement stripe.csv --opening 0 --accept payments").ok();
    import(&env, &one).ok();
    assert_eq!(clearing(&env), "96.80");
    // Another amount: a word that is no code here.
    let env = with("");
    import(&env, &charge("1", "Sticker size a1 paper", "15.00", "0.74", "14.26")).ok();
    assert_eq!(balance(&env, "Revenue:Merchandise"), "-15.00");
    // A dispute in a later file, by the name of the charge.
    let env = with("");
    import(&env, &one).ok();
    let dispute =
        "txn_9,2026-02-10 09:00:00,2026-02-10 00:00:00,usd,-100.00,15.00,-115.00,dispute,dp_1,Withdrawal for ch_1\n";
    import(&env, dispute).ok();
    assert_eq!(balance(&env, "Assets:Accounts receivable"), "100.00");
    // One reference, another amount.
    let other = charge("1", "a1", "90.00", "3.20", "86.80");
    assert_snapshot!(problems(&import(&env, &other)), @"  line 2: `txn_1` was taken in before with another amount (entry 1); reverse that, or leave the line out");
    env.run("verify").ok();
}

/// A dispute that was won pays the order again, and a fee that comes back is no expense any more.
#[test]
fn a_dispute_that_is_won() {
    const CHARGE: &str = "txn_1,2026-01-10 09:00:00,2026-01-12 00:00:00,usd,100.00,3.20,96.80,charge,ch_1,a1\n";
    const LOST: &str =
        "txn_2,2026-02-10 09:00:00,2026-02-10 00:00:00,usd,-100.00,15.00,-115.00,dispute,dp_1,Withdrawal for ch_1\n";
    let won = |fee: &str, net: &str| {
        format!("txn_3,2026-03-10 09:00:00,2026-03-10 00:00:00,usd,100.00,{fee},{net},dispute_reversal,dp_1,Won ch_1\n")
    };
    let begin = || {
        let env = begun();
        env.run("party add Ann --kind person").ok();
        env.run("order add a1 --event pyex26 --party Ann --item individual --date 2026-01-05").ok();
        env
    };
    let import = |env: &Env, lines: &str| {
        env.write("stripe.csv", format!("{LINES}{lines}"));
        env.run("import stripe stripe.csv")
    };
    let accounts = ["Assets:Accounts receivable", "Assets:Clearing:Card processor", "Expenses:Dispute fees"];
    for (fee, net, expected) in
        [("-15.00", "115.00", ["0.00", "96.80", "0.00"]), ("0", "100.00", ["0.00", "81.80", "15.00"])]
    {
        // In one file, and in a file each; the whole again is known.
        for files in [vec![format!("{CHARGE}{LOST}{}", won(fee, net))], vec![CHARGE.into(), LOST.into(), won(fee, net)]]
        {
            let env = begin();
            for lines in &files {
                import(&env, lines).ok();
            }
            import(&env, &format!("{CHARGE}{LOST}{}", won(fee, net))).ok();
            assert_eq!(accounts.map(|account| balance(&env, account)), expected, "{files:?}");
            env.run("verify").ok();
        }
    }
    // Of an order that nobody charged back, and of one that was paid again since.
    let env = begin();
    let named = won("0", "100.00").replace("Won ch_1", "Won a1");
    assert_snapshot!(problems(&import(&env, &named)), @r#"  line 2: a won dispute of 100.00 that names order a1 (`Won a1`), of which no such amount was charged back and is due; correct the order, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "dispute_reversal" = "ACCOUNT""#);
    import(&env, &format!("{CHARGE}{LOST}")).ok();
    env.run("payment add order a1 --amount 100.00 --date 2026-02-11").ok();
    assert_snapshot!(problems(&import(&env, &won("0", "100.00"))), @r#"  line 2: a won dispute of 100.00 that names order a1 (`Won ch_1`), of which no such amount was charged back and is due; correct the order, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "dispute_reversal" = "ACCOUNT""#);
    // Reconciled instead.
    let env = begin();
    import(&env, &format!("{CHARGE}{LOST}")).ok();
    env.write("stripe.csv", format!("{LINES}{CHARGE}{LOST}{}", won("0", "100.00").replace("ch_1", "a1")));
    env.run("reconcile 1110 --statement stripe.csv --opening 0 --accept payments").ok();
    assert_eq!(accounts.map(|account| balance(&env, account)), ["0.00", "81.80", "15.00"]);
    // Paid twice, and both payments are disputed.
    let env = begin();
    import(&env, CHARGE).ok();
    env.run("payment add order a1 --amount 100.00 --overpaid --method card --date 2026-01-11").ok();
    import(&env, &format!("{LOST}{}", LOST.replace("txn_2", "txn_4"))).ok();
    assert_eq!(balance(&env, accounts[0]), "100.00");
    env.run("verify").ok();
}

/// What PayPal holds back while a dispute is looked into is no dispute: it comes free again.
#[test]
fn a_hold_is_no_dispute() {
    const HEADER: &str = "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Item Title,Reference Txn ID,Balance\n";
    let env = begun();
    env.run("party add Ann --kind person").ok();
    env.run("order add a1 --event pyex26 --party Ann --item individual --date 2026-01-05").ok();
    let lines = "01/10/2026,10:00:00,PST,Ann,Website Payment,Completed,USD,100.00,-3.20,96.80,P1,a1,,96.80\n\
         01/12/2026,10:00:00,PST,,Hold on Balance for Dispute Investigation,Completed,USD,-100.00,0.00,-100.00,P2,,P1,-3.20\n\
         01/22/2026,10:00:00,PST,,Cancellation of Hold for Dispute Resolution,Completed,USD,100.00,0.00,100.00,P3,,P1,96.80\n";
    env.write("paypal.csv", format!("{HEADER}{lines}"));
    assert_snapshot!(problems(&env.run("import paypal paypal.csv")), @r#"
    line 3: a movement of -100.00 (`Hold on Balance for Dispute Investigation`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Hold on Balance for Dispute Investigation" = "ACCOUNT"
    line 4: a movement of 100.00 (`Cancellation of Hold for Dispute Resolution`), which is no payment, refund or dispute of an order; say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Cancellation of Hold for Dispute Resolution" = "ACCOUNT"
    "#);
    env.write("kinds.toml", "[accounts]\n\"Hold*\" = \"1710\"\n\"Cancellation of Hold*\" = \"1710\"\n");
    for _ in 0..2 {
        env.run("import paypal paypal.csv --map kinds.toml").ok();
        let accounts =
            ["Assets:Held by host", "Assets:Accounts receivable", "Liabilities:Deferred revenue:Registration"];
        assert_eq!(accounts.map(|account| balance(&env, account)), ["0.00", "none", "-100.00"]);
    }
    let shown = env.run("order show a1").ok().stdout;
    assert!(!shown.contains("Charged back") && !shown.contains("Due"), "{shown}");
    env.write(
        "paypal.csv",
        format!("{HEADER}01/25/2026,10:00:00,PST,,Payment Refund,Completed,USD,-5.00,0.00,-5.00,P4,,,91.80\n"),
    );
    assert_snapshot!(problems(&env.run("import paypal paypal.csv")), @r#"  line 2: a refund of 5.00 that names no order (`Payment Refund`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "Payment Refund" = "ACCOUNT""#);
    env.run("verify").ok();
}

/// The tax is what the ticket's tax code makes of the price; the file's own stands beside it.
#[test]
fn tax_by_the_file_and_by_the_books() {
    let env = begun();
    env.run("tax add vat --name VAT --rate 19% --inclusive").ok();
    env.run("ticket add pyex26 taxed --name Taxed --kind admission --price 119.00 --tax vat").ok();
    let header = SALES.replace("Gross total", "Gross total,Tax total");
    let rows = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Taxed,119.00,119.00,19.00\n\
                pyex26,USD,BBB22,2026-01-10,09:00:00,2,1,Taxed,119.00,119.00,7.79\n";
    env.write("sales.csv", format!("{header}{rows}"));
    assert_snapshot!(env.run("import pretix sales.csv").ok().show(), @"
    Example Society
    Import of sales.csv · USD

                                        Number Amount
    In the files
      Sold                                   2 238.00
      Cancelled                              0      –
      Paid                                   0      –
      Paid back                              0      –
                                               ──────
      Still to be paid, by the files           238.00
      The same by the books                    238.00
      Tax in what stands, by the files          26.79
      The same by the books                     38.00
    New in the books
      Orders                                 2 238.00
    Sold, by product
      Taxed                                  2 238.00

    2 rows in 2 orders; 0 entries followed, 2 parties made known.
    Tax differs: the tickets' tax codes make another tax than the platform has
    charged (`bursar ticket list`, `bursar tax list`).
    ");
}

/// A product that is left out goes with all its money: paid apart, cancelled and paid back.
#[test]
fn what_is_left_out_may_be_paid_and_paid_back_apart() {
    let env = begun();
    env.write("skip.toml", "[products]\n\"Dinner\" = { skip = true }\n");
    let sales = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n\
                 pyex26,USD,AAA11,2026-01-10,09:00:00,2,1,Dinner,30.00,30.00\n\
                 pyex26,USD,AAA11,2026-01-20,09:00:00,2,-1,Dinner,30.00,-30.00\n";
    let money = "pyex26,AAA11,P-1,2026-01-10,2026-01-10,confirmed,100.00,stripe\n\
                 pyex26,AAA11,P-2,2026-01-11,2026-01-11,confirmed,30.00,stripe\n\
                 pyex26,AAA11,R-1,2026-01-21,2026-01-21,done,-30.00,stripe\n";
    for _ in 0..2 {
        let shown = small(&env, sales, money, " --map skip.toml").ok().stdout;
        assert!(!shown.contains("Otherwise in the books"), "{shown}");
        assert_eq!(balance(&env, "Assets:Clearing:Card processor"), "100.00");
        assert_eq!(balance(&env, "Liabilities:Deferred revenue:Registration"), "-100.00");
    }
    env.run("verify").ok();
}

/// One refund for what was owed on several orders of a family, and more: known again by its own amount.
#[test]
fn a_refund_in_several_parts_is_known_again() {
    let env = begun();
    let sales = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n\
                 pyex26,USD,AAA11,2026-01-11,09:00:00,2,1,Individual,100.00,100.00\n";
    let money = "pyex26,AAA11,P-1,2026-01-11,2026-01-11,confirmed,200.00,stripe\n\
                 pyex26,AAA11,R-1,2026-01-21,2026-01-21,done,-150.00,stripe\n";
    small(&env, sales, money, "").ok();
    assert_eq!(balance(&env, "Assets:Clearing:Card processor"), "50.00");
    let head = env.head();
    small(&env, sales, money, "").ok();
    assert_eq!(env.head(), head);
}

/// A payment that somebody has reversed is not taken in again: the order is named.
#[test]
fn what_was_reversed_stays_reversed() {
    let env = begun();
    let sales = "pyex26,USD,AAA11,2026-01-10,09:00:00,1,1,Individual,100.00,100.00\n";
    small(&env, sales, "", "").ok();
    let money = "pyex26,AAA11,P-1,2026-01-11,2026-01-11,confirmed,100.00,stripe\n";
    small(&env, sales, money, "").ok();
    env.run("entry reverse 1 --reason bounced").ok();
    let shown = small(&env, sales, money, "").ok().stdout;
    assert!(shown.contains("order `AAA11`: open is 0.00 in the"), "{shown}");
    assert_eq!(balance(&env, "Assets:Clearing:Card processor"), "0.00");
}
