//! Documents in bulk: every format once with every feature, twice, and as a dry run.

use insta::assert_snapshot;

use crate::common::Env;

const FORMATS: [&str; 8] = ["tickets", "packages", "sponsorships", "orders", "contracts", "bills", "claims", "aid"];

/// Books that the files fit: an event, its funds, and money in the aid fund.
fn begun() -> Env {
    let env = Env::begun();
    for line in [
        "fund add aid --name Aid --restriction purpose",
        "fund add gifts --name Gifts --restriction purpose",
        "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16 --fund gifts",
        "party add Patron --kind organisation",
        "fund gift --fund aid --party Patron --amount 2,000.00 --date 2025-11-01",
        "invoice issuer --name 'Example Society' --address-line '1 Example Street'",
    ] {
        env.run(line).ok();
    }
    env
}

fn import(env: &Env, format: &str, options: &str) -> String {
    let file = env.fixture(&format!("valid/{format}.csv")).to_owned();
    env.run(&format!("import {format} {file}{options}")).ok().show()
}

#[test]
fn every_format() {
    let env = begun();
    let shown: Vec<String> = FORMATS.iter().map(|format| import(&env, format, "")).collect();
    assert_snapshot!(shown.join("\n"), @"
    Example Society
    Import of tickets.csv

    Documents in the file  3
    Added                  3
    There already          0
    Entries that followed  0
    Parties made known     0

    Example Society
    Import of packages.csv

    Documents in the file  2
    Added                  2
    There already          0
    Entries that followed  0
    Parties made known     0

    Example Society
    Import of sponsorships.csv

    Documents in the file  5
    Added                  5
    There already          0
    Entries that followed  7
    Parties made known     5

    Example Society
    Import of orders.csv

    Documents in the file   8
    Added                   8
    There already           0
    Entries that followed  10
    Parties made known      8

    Example Society
    Import of contracts.csv

    Documents in the file  2
    Added                  2
    There already          0
    Entries that followed  1
    Parties made known     2

    Example Society
    Import of bills.csv

    Documents in the file  3
    Added                  3
    There already          0
    Entries that followed  5
    Parties made known     2

    Example Society
    Import of claims.csv

    Documents in the file  2
    Added                  2
    There already          0
    Entries that followed  2
    Parties made known     0

    Example Society
    Import of aid.csv

    Documents in the file  3
    Added                  3
    There already          0
    Entries that followed  3
    Parties made known     2
    ");
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
    assert_snapshot!(env.run("order list").ok().show(), @"
    Example Society
    Orders · USD

        Date       Party        Event  Status     Total Open
    a1  2026-01-02 Ada          pyex26 paid      500.00    –
    b1  2026-01-03 Example GmbH pyex26 paid      300.00    –
    c1  2026-01-04 Cy           pyex26 paid           –    –
    d1  2026-01-04 Di           pyex26 paid           –    –
    e1  2026-01-05 Ed           pyex26 paid           –    –
    f1  2026-01-05 Fay          pyex26 cancelled      –    –
    g1  2026-01-06 Gil          pyex26 paid       20.00    –
    h1  2026-01-07 Hal          pyex26 paid      175.00    –
    ");
    assert_snapshot!(env.run("sponsor list").ok().show(), @"
    Example Society
    Sponsorships · USD

              Date       Party        Event  Status     Total   Open
    ads-1     2025-12-03 Paper Inc    pyex26 agreed    500.00 500.00
    cond-1    2025-12-04 Big Corp     pyex26 paid   10,000.00      –
    net-1     2025-12-05 Net Ltd      pyex26 paid    4,000.00      –
    silver-1  2025-12-01 Example GmbH pyex26 paid    4,000.00      –
    silver-2  2025-12-02 Small Ltd    pyex26 paid    2,000.00      –
    ");
    assert_snapshot!(env.run("bill list").ok().show(), @"
    Example Society
    Bills · USD

              Date       Party        Event  Status    Total   Open
    hall-1    2026-01-05 Harbour Hall pyex26 paid   9,000.00      –
    print-1   2026-01-06 Printers     pyex26 open     150.00 150.00
    travel-1  2026-01-07 Rails        pyex26 paid      90.00      –
    ");
    assert_snapshot!(env.run("claim list").ok().show(), @"
    Example Society
    Claims · USD

           Date       Party Event  Status    Total Open
    paper  2026-01-09 Cy    pyex26 submitted 12.00    –
    taxi   2026-01-08 Ada   pyex26 paid      50.00    –
    ");
    assert_snapshot!(env.run("aid list").ok().show(), @"
    Example Society
    Applications · USD

        Date       Party Event  Status    Total   Open
    x1  2025-12-01 Cy    pyex26 granted  400.00      –
    x2  2025-12-02 Kai   pyex26 declined      –      –
    x3  2025-12-03 Lou   pyex26 granted  100.00 100.00
    ");
    assert_snapshot!(env.run("report trial-balance").ok().show(), @"
    Example Society
    Trial balance · all dates · USD

                                            Balance     Debit    Credit Postings
    Assets:Accounts receivable                    –    300.00    300.00        2
    Assets:Accounts                               –  1,600.00  1,600.00        2
      receivable:Sponsorship
    Assets:Cash:Checking                   8,760.00 18,300.00  9,540.00       13
    Assets:Cash:Pooled cash                       –    490.00    490.00        4
    Assets:Clearing:Card processor           714.36    985.24    270.88        6
    Assets:Pledges receivable                     –  2,800.00  2,800.00        4
    Assets:Prepaid expenses                9,000.00  9,000.00         –        2
    Liabilities:Accounts payable            -150.00  7,090.00  7,240.00        5
    Liabilities:Deferred                     -50.00         –     50.00        1
      revenue:Merchandise
    Liabilities:Deferred                  -1,650.00    320.00  1,970.00        7
      revenue:Registration
    Liabilities:Deferred                  -5,800.00         –  5,800.00        4
      revenue:Sponsorship
    Liabilities:Deferred revenue:Ticket      525.00    525.00         –        2
      aid
    Liabilities:Deferred                    -150.00         –    150.00        1
      revenue:Tutorials
    Liabilities:Deferred revenue:Waivers     350.00    350.00         –        1
    Liabilities:Grants payable              -100.00    400.00    500.00        3
    Liabilities:Refundable advances       -9,000.00         –  9,000.00        1
    Liabilities:Refunds payable                   –    270.00    270.00        2
    Liabilities:Reimbursements payable            –     50.00     50.00        2
    Revenue:Cancellation fees                -50.00         –     50.00        1
    Revenue:Contributions                 -4,820.00         –  4,820.00        4
    Revenue:Contributions of              -2,400.00         –  2,400.00        1
      nonfinancial assets:Services and
      facilities
    Revenue:Net assets released from              –    490.00    490.00        4
      restrictions
    Expenses:Audiovisual                   4,000.00  4,000.00         –        2
    Expenses:Financial aid:Domestic          490.00    490.00         –        2
    Expenses:Financial aid:Foreign           100.00    100.00         –        1
    Expenses:Office                           37.50     37.50         –        2
    Expenses:Printing and signage            120.00    120.00         –        1
    Expenses:Processing fees                  30.64     30.64         –        4
    Expenses:Staff travel                     42.50     42.50         –        1
                                          ───────── ───────── ─────────
    Total                                         – 47,790.88 47,790.88       85

    Debits are positive, credits negative.
    Covers 85 postings.
    Head 199:HASH
    ");
}

#[test]
fn the_same_files_again_add_nothing() {
    let env = begun();
    FORMATS.iter().for_each(|format| drop(import(&env, format, "")));
    let before = env.read_bytes("bursar.db");
    for format in FORMATS {
        let again = import(&env, format, "");
        for label in ["Added", "Entries that followed"] {
            let line = again.lines().find(|line| line.trim_start().starts_with(label)).unwrap();
            assert!(line.ends_with(" 0"), "{again}");
        }
    }
    assert!(env.read_bytes("bursar.db") == before);
}

#[test]
fn a_dry_run_shows_the_same_and_keeps_nothing() {
    let env = begun();
    import(&env, "tickets", "");
    import(&env, "packages", "");
    let before = env.read_bytes("bursar.db");
    let dry = import(&env, "sponsorships", " --dry-run");
    assert!(env.read_bytes("bursar.db") == before);
    let (done, dry) = (import(&env, "sponsorships", ""), dry.replace("Dry run: nothing was written.", ""));
    assert_eq!(dry.split_whitespace().collect::<Vec<_>>(), done.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn an_invoice_is_shown_as_its_receiver_sees_it() {
    let env = begun();
    ["tickets", "packages", "sponsorships", "orders"].iter().for_each(|format| drop(import(&env, format, "")));
    assert_snapshot!(env.run("invoice show inv-0002 --format md").ok().show(), @"
    **Example Society**  
    1 Example Street

    To  
    Example GmbH

    # Invoice inv-0002

    Date 2026-01-03. Order b1, PyExample 2026

    | Item | Quantity | Net | Tax | USD |
    |---|---:|---:|---:|---:|
    | Individual | 1 | 300.00 | – | 300.00 |
    | **Total** | | | | **300.00** |
    ");
    let html = env.run("invoice show inv-0002 --format html").ok().stdout;
    assert!(html.starts_with("<!doctype html>") && html.contains("Example GmbH") && html.contains("300.00"), "{html}");
    env.run("order cancel b1 --date 2026-01-10").ok();
    env.run("credit-note issue inv-0002 --date 2026-01-11 --reason cancelled").ok();
    assert_snapshot!(env.run("credit-note show cn-0001 --format md").ok().show(), @"
    **Example Society**  
    1 Example Street

    To  
    Example GmbH

    # Credit memo cn-0001

    Date 2026-01-11. For invoice inv-0002 of 2026-01-03: order b1, PyExample 2026

    | Item | Quantity | Net | Tax | USD |
    |---|---:|---:|---:|---:|
    | Individual | 1 | 300.00 | – | 300.00 |
    | **Total** | | | | **300.00** |
    ");
}

#[test]
fn the_public_list_is_not_the_count() {
    let env = begun();
    ["tickets", "packages", "sponsorships", "orders"].iter().for_each(|format| drop(import(&env, format, "")));
    assert_snapshot!(env.run("registration list pyex26 --public").ok().show(), @"
    Example Society
    Public list of attendees, pyex26

    Ada

    These people agreed to be listed. How many attend is another figure.
    ");
    assert_snapshot!(env.run("registration list pyex26 --role speaker").ok().show(), @"
    Example Society
    Registrations, pyex26 · USD

          Name Role    Ticket     Paid by  State      Price
    b1.1  Bo   speaker individual employer confirmed 300.00
    c1.1  Cy   speaker individual aid      confirmed      –
    ");
    assert_snapshot!(env.run("report registrations --event pyex26 --audience board").ok().show(), @"
    Example Society
    Registrations · pyex26 · USD

                  Number Net
    By state
      cancelled      n/p n/p
      confirmed        6 n/p
    Confirmed, by ticket
      individual       6 n/p
    Confirmed, by tier
      individual       6 n/p
    Confirmed, by role
      attendee       n/p n/p
      exhibitor      n/p n/p
      keynote        n/p n/p
      speaker        n/p n/p
      volunteer      n/p n/p
    Confirmed, by who pays
      aid            n/p n/p
      employer       n/p n/p
      pass           n/p n/p
      self           n/p n/p
      waiver         n/p n/p
                         ───
    Confirmed          6 n/p

    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    26 figures are withheld (n/p): they would tell of single contributors.
    ");
}

#[test]
fn budgets_hours_and_notes_are_written_down() {
    let env = begun();
    env.run("budget add pyex26 v1 --line 4010=1,000.00 --line 5010=800.00 --approved-by Board --date 2025-10-01").ok();
    env.run("budget add pyex26 v1 --line 5010=850.00 --basis 'new offer' --date 2025-11-01").ok();
    assert_snapshot!(env.run("budget list pyex26").ok().show(), @"
    Example Society
    Budget, pyex26 · USD

        Account                Amount Set on     Approved by Basis
    v1  Revenue:Registration 1,000.00 2025-10-01 Board
    v1  Expenses:Venue         850.00 2025-11-01             new offer
    ");
    env.run("hours add video --people 3 --hours 40 --event pyex26").ok();
    assert_snapshot!(env.run("hours list").ok().show(), @"
    Example Society
    Volunteer hours

           Event  Until      People Hours
    video  pyex26 2026-01-15      3    40
    Total                         3    40
    ");
    env.run("note add 'Food was ordered for 281' --event pyex26 --account 5040").ok();
    assert_snapshot!(env.run("note list").ok().show(), @"
    Example Society
    Notes

                Event  On                For       Note
    2026-01-15  pyex26 Expenses:Catering treasurer Food was ordered for 281
    ");
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}

#[test]
fn what_a_file_says_is_taken_in_or_refused() {
    let env = Env::conference();
    env.write(
        "orders.csv",
        "order,date,event,party,ticket,attendee,quantity,paid,fee,paid_date,cancelled,fee_kept,by\n\
         n1,2026-01-04,pyex26,Ada,individual,,,,,,,,\n\
         n2,2026-01-04,pyex26,Bo,individual,,,,,,,,\n\
         n1,2026-01-04,pyex26,Ada,individual,Bo,,,,,,,\n\
         n3,2026-01-04,pyex26,Bo,tutorial,,two,,,,,,\n\
         n4,2026-01-04,pyex26,Bo,individual,,,,9.00,,,,\n\
         n5,2026-01-04,pyex26,Bo,individual,,,,,2026-01-05,,,\n\
         n6,2026-01-04,pyex26,Bo,individual,,,,,,,50.00,\n\
         i1,2026-01-04,pyex26,Example GmbH,individual,Bo,,300.00,,,2026-01-06,,employer\n",
    );
    env.write("claims.csv", "claim,date,claimant,account,amount,paid_date\nk1,2026-01-04,Ada,6420,10.00,2026-01-05\n");
    env.write(
        "aid.csv",
        "application,date,event,party,travel,met_date\n\
         x1,2026-01-04,pyex26,Ada,100.00,\nx2,2026-01-04,pyex26,Ada,,2026-01-05\n",
    );
    env.write(
        "contracts.csv",
        "contract,date,vendor,account,fixed,deposit\nroom,2026-01-04,Harbour Hall,5010,100.00,50.00\n",
    );
    let shown =
        ["orders", "claims", "aid", "contracts"].map(|what| env.run(&format!("import {what} {what}.csv")).show());
    assert_snapshot!(shown.join("\n"), @"
    [stderr]
    error[bad-rows]: orders.csv: 7 rows cannot be imported; nothing was written
      line 4: order n1 stands further up in the file: put its rows together
      line 5, column quantity: `two` is not a whole number
      line 6, column paid: it is empty, though the row has a fee or a day of payment
      line 7, column paid: it is empty, though the row has a fee or a day of payment
      line 8, column cancelled: it is empty, though the row has a fee that was kept or a refund
      line 9: order i1 is there already, but not paid; record that by its own command
      line 9: order i1 is there already, but not cancelled; record that by its own command
      hint: correct the rows and import the file again
    [exit 1]

    [stderr]
    error[bad-rows]: claims.csv: 1 row cannot be imported; nothing was written
      line 2, column approver: it is empty, though the row has a day of approval or payment
      hint: correct the rows and import the file again
    [exit 1]

    [stderr]
    error[bad-rows]: aid.csv: 2 rows cannot be imported; nothing was written
      line 2, column offered_date: it is empty, though the row has an amount for travel or lodging, or a day after the offer
      line 3, column offered_date: it is empty, though the row has an amount for travel or lodging, or a day after the offer
      hint: correct the rows and import the file again
    [exit 1]

    [stderr]
    error[bad-rows]: contracts.csv: 1 row cannot be imported; nothing was written
      line 2, column deposit_date: it is empty, though the row has a deposit
      hint: correct the rows and import the file again
    [exit 1]
    ");
}
