//! `bursar reconcile` and `bursar report reconciliation`.

use insta::assert_snapshot;

use crate::common::Env;

/// Books of a society with a processor's clearing account, an open order, an open bill and a cheque on its way.
fn env() -> Env {
    let env = Env::begun();
    for line in [
        "party add 'Ada Lovelace' --kind person",
        "vendor add 'Harbour Hall'",
        "event add pyex26 --name PyEx --first-day 2026-05-14 --last-day 2026-05-16",
        "ticket add pyex26 individual --name I --kind admission --price 300.00",
        "entry add --date 2025-12-20 --debit 1010=5,000.00 --credit 4210=5,000.00 --description Gift",
        "entry add --date 2025-12-30 --debit 6610=100.00 --credit 1010=100.00 --description 'Cheque 17'",
        "order add a1 --event pyex26 --party 'Ada Lovelace' --item individual --date 2026-01-02 --paid 300.00 --fee 9.00",
        "payment payout --from 1110 --to 1010 --amount 291.00 --date 2026-01-09",
        "bill add hall-1 --vendor 'Harbour Hall' --event pyex26 --line 5010=800.00 --date 2026-01-05",
        "order add a2 --event pyex26 --party 'Ada Lovelace' --item individual --date 2026-01-12",
        "entry add --date 2026-01-14 --debit 5010=40.00 --credit 1010=40.00 --description 'Cheque 18'",
    ] {
        env.run(line).ok();
    }
    env
}

#[test]
fn from_a_statement_to_its_record() {
    let env = env();
    env.fixture("statements/checking.ofx");
    // The bank shows in January what was written in December: the cheque was outstanding.
    assert_snapshot!(env.session("reconcile 1010 --statement checking.ofx"), @"
    $ bursar reconcile 1010 --statement checking.ofx
    Example Society
    Reconciliation of Assets:Cash:Checking · 2026-01-01 to 2026-01-31 · USD

                                      Date         Amount Perhaps
    Statement opens                   2026-01-01 5,000.00
    Statement closes                  2026-01-31 4,403.50
    On the statement, not in the books: to be decided
      2 Harbour Hall: Invoice hall-1  2026-01-15  -800.00 payment of bill hall-1:
                                                          the amount fits, and the
                                                          line names it
      3 AT&T Café & Co: rebate '25    2026-01-20    25.00 ? name an account
      4 CHECK 17                      2026-01-28  -100.00 ? entry #2 has its amount,
                                                          on another day
      5 MONTHLY FEE                   2026-01-31   -12.50 fee to Expenses:Bank
                                                          charges: the file says
                                                          that it is a fee
    In the books, not on the statement
      #6 Cheque 18                    2026-01-14   -40.00
    Dated before or after it                      -100.00
                                                 ────────
    Balance of the books, 2026-01-31             5,151.00

    checking.ofx, 5 lines: 1 matched, 4 to be decided.
    [stderr]
    error[undecided]: 4 lines of the statement are not in the books, and nobody has decided what they are: nothing was recorded
      hint: --accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back
    [exit 1]
    ");
    assert_snapshot!(env.session(
        "reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --suggest decisions.toml"
    ), @"
    $ bursar reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --suggest decisions.toml
    Example Society
    Reconciliation of Assets:Cash:Checking · 2026-01-01 to 2026-01-31 · USD

                                      Date         Amount Perhaps
    Statement opens                   2026-01-01 5,000.00
    Statement closes                  2026-01-31 4,403.50
    On the statement, not in the books: to be decided
      3 AT&T Café & Co: rebate '25    2026-01-20    25.00 ? name an account
      4 CHECK 17                      2026-01-28  -100.00 ? entry #2 has its amount,
                                                          on another day
    In the books, not on the statement
      #6 Cheque 18                    2026-01-14   -40.00
    Dated before or after it                      -100.00
                                                 ────────
    Balance of the books, 2026-01-31             4,338.50

    checking.ofx, 5 lines: 1 matched, 2 accepted, 2 to be decided.
    2 lines to decide in decisions.toml; nothing was recorded.
    ");
    assert_snapshot!(env.read("decisions.toml"), @r#"
    # Decisions on checking.ofx, for Assets:Cash:Checking. Give the file back with --decisions.
    # do = transfer, fee, payment, overpayment, refund, dispute, entry, match; "" leaves a line open.
    statement = "0e58c6ad3642d1ec2e3336fd857d650b86a56bd58f4a244f7781cdface73d40d"

    # 2026-01-20 25.00 AT&T Café & Co
    [[decide]]
    line = 3
    amount = "25.00"
    do = "" # "entry", with account = "ACCOUNT"

    # 2026-01-28 -100.00 CHECK 17
    # Perhaps entry 2, 2025-12-30 -100.00 Cheque 17.
    [[decide]]
    line = 4
    amount = "-100.00"
    do = "match"
    entries = [2]
    "#);
    let decided = env.read("decisions.toml").replacen("do = \"\"", "do = \"entry\"\naccount = \"4610\"", 1);
    env.write("decisions.toml", decided);
    let record = "reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --decisions decisions.toml";
    assert_snapshot!(env.session(&format!("{record} --dry-run\n{record}")), @"
    $ bursar reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --decisions decisions.toml --dry-run
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-31 · USD

                                        Date         Amount
    Statement, 2026-01-31               2026-01-31 4,403.50
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-31               4,363.50

    Dry run: nothing was written.
    checking.ofx, 5 lines: 2 matched, 3 posted now.
    Reconciled once, from 2026-01-01 to 2026-01-31.
    Covers 7 postings.
    Head 114:HASH

    $ bursar reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --decisions decisions.toml
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-31 · USD

                                        Date         Amount
    Statement, 2026-01-31               2026-01-31 4,403.50
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-31               4,363.50

    checking.ofx, 5 lines: 2 matched, 3 posted now.
    Reconciled once, from 2026-01-01 to 2026-01-31.
    Covers 7 postings.
    Head 114:HASH
    ");
    assert_snapshot!(env.session("reconcile 1010 --statement checking.ofx --suggest again.toml"), @"
    $ bursar reconcile 1010 --statement checking.ofx --suggest again.toml
    Nothing is left to decide: leave --suggest out to record it.
    ");
    assert!(!env.files().contains(&"again.toml".to_owned()));
    // The same again adds nothing, whatever is accepted.
    let head = env.head();
    assert_snapshot!(env.session("reconcile 1010 --statement checking.ofx --accept payouts"), @"
    $ bursar reconcile 1010 --statement checking.ofx --accept payouts
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-31 · USD

                                        Date         Amount
    Statement, 2026-01-31               2026-01-31 4,403.50
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-31               4,363.50

    checking.ofx, 5 lines: 0 matched, 5 reconciled before.
    Everything was reconciled before: nothing was added.
    Reconciled once, from 2026-01-01 to 2026-01-31.
    Covers 7 postings.
    Head 114:HASH
    ");
    assert_eq!(env.head(), head);
    assert_snapshot!(env.session(
        "reconcile list
         reconcile show 105
         entry list --from 2026-01-15
         bill show hall-1
         verify"
    ), @"
    $ bursar reconcile list
    Example Society
    Reconciliations · USD

                              From       To          Opening  Closing Lines
    105 Assets:Cash:Checking  2026-01-01 2026-01-31 5,000.00 4,403.50     5

    $ bursar reconcile show 105
    Example Society
    Reconciliation of Assets:Cash:Checking · 2026-01-01 to 2026-01-31 · USD

             Date         Amount Entries
    Opening  2026-01-01 5,000.00
      F1     2026-01-10   291.00 #4
      F3     2026-01-15  -800.00 #7
      F4     2026-01-20    25.00 #8
      F5     2026-01-28  -100.00 #2
      F6     2026-01-31   -12.50 #9
                        ────────
    Closing  2026-01-31 4,403.50

    Read from ofx, SHA-256
    HASH. Of before
    2026-01-01, no statement had shown #2.

    $ bursar entry list --from 2026-01-15
    Example Society
    Journal · from 2026-01-15 · USD

                                     Debit Credit For
    2026-01-15 #7 Harbour Hall: Payment of bill hall-1
      Liabilities:Accounts payable  800.00        pyex26
      Assets:Cash:Checking                 800.00 pyex26
    2026-01-20 #8 AT&T Café & Co: rebate '25
      Assets:Cash:Checking           25.00
      Revenue:Interest                      25.00
    2026-01-31 #9 MONTHLY FEE
      Expenses:Bank charges          12.50        management
      Assets:Cash:Checking                  12.50
                                    ────── ──────
    Total                           837.50 837.50

    Covers 6 postings.
    Head 114:HASH

    $ bursar bill show hall-1
    Example Society
    Bill hall-1 · USD

                                                      Amount
      Party                         Harbour Hall
      Event                         pyex26
      Date                          2026-01-05
      Status                        paid
      Expenses:Venue                                  800.00
                                                     ───────
    Total                                             800.00

    Entry 5 of 2026-01-05
      Expenses:Venue                pyex26 · program  800.00
      Liabilities:Accounts payable  pyex26           -800.00
    Entry 7 of 2026-01-15
      Liabilities:Accounts payable  pyex26            800.00
      Assets:Cash:Checking          pyex26           -800.00

    In entries, debits are positive.

    $ bursar verify
    Example Society
    Verification

    Entries recomputed    9
    Postings added up    19
    Facts recomputed    105

    The books are as they were recorded.
    Head 114:HASH
    ");
}

#[test]
fn decisions_by_flag() {
    let env = env();
    env.fixture("statements/checking.ofx");
    let record = "reconcile 1010 --statement checking.ofx --accept payments,fees --decide '4=match;entries=2'";
    assert_snapshot!(env.session(&format!(
        "{record} --decide 4
         {record} --decide '3=entry;acount=4610'
         {record} --decide '3=entry;account=4610' --decide '3=entry;account=4510'
         {record} --decide '3=entry;account=4610;description=Rebate'"
    )), @"
    $ bursar reconcile 1010 --statement checking.ofx --accept payments,fees --decide '4=match;entries=2' --decide 4
    [stderr]
    error[usage]: --decide '4' decides nothing: write such as '4=entry;account=6420'
      hint: see the command with `--help`
    [exit 2]

    $ bursar reconcile 1010 --statement checking.ofx --accept payments,fees --decide '4=match;entries=2' --decide '3=entry;acount=4610'
    [stderr]
    error[usage]: there is no option `acount` in `3=entry;acount=4610`; there are account, document, entries, with, event, fund, party, description
      hint: see the command with `--help`
    [exit 2]

    $ bursar reconcile 1010 --statement checking.ofx --accept payments,fees --decide '4=match;entries=2' --decide '3=entry;account=4610' --decide '3=entry;account=4510'
    [stderr]
    error[decisions]: the decisions: line 3 is decided twice
      hint: correct them; docs/reference.md has their words
    [exit 1]

    $ bursar reconcile 1010 --statement checking.ofx --accept payments,fees --decide '4=match;entries=2' --decide '3=entry;account=4610;description=Rebate'
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-31 · USD

                                        Date         Amount
    Statement, 2026-01-31               2026-01-31 4,403.50
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-31               4,363.50

    checking.ofx, 5 lines: 2 matched, 3 posted now.
    Reconciled once, from 2026-01-01 to 2026-01-31.
    Covers 7 postings.
    Head 114:HASH
    ");
    // What comes in is more than the order comes to.
    env.write("more.csv", "Date,Description,Amount,Balance\n2026-02-02,ADA A2,320.00,4723.50\n");
    assert_snapshot!(env.session(
        "reconcile 1010 --statement more.csv --decide '1=payment;document=order a2'
         reconcile 1010 --statement more.csv --decide '1=overpayment;document=order a2'
         order show a2
         verify"
    ), @"
    $ bursar reconcile 1010 --statement more.csv --decide '1=payment;document=order a2'
    [stderr]
    error[overpaid]: a payment of order a2: 320.00 USD is more than 300.00 USD, which is still to be paid
      hint: pay at most that; or record all that came in with --overpaid (`overpayment` when reconciling), and the rest is owed back
    [exit 1]

    $ bursar reconcile 1010 --statement more.csv --decide '1=overpayment;document=order a2'
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-02-02 · USD

                                        Date         Amount
    Statement, 2026-02-02               2026-02-02 4,723.50
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-02-02               4,683.50

    more.csv, 1 line: 0 matched, 1 posted now.
    Reconciled 2 times, from 2026-01-01 to 2026-02-02.
    Covers 8 postings.
    Head 117:HASH

    $ bursar order show a2
    Example Society
    Order a2 · USD

                                                                              Amount
      Party                                      Ada Lovelace
      Event                                      pyex26
      Date                                       2026-01-12
      1 individual                               Ada Lovelace, attendee, by   300.00
                                                 self, confirmed
      Received                                                                300.00
      Paid too much                                                            20.00
                                                                             ───────
    To be paid                                                                     –

      To be paid back                                                          20.00
    Entry 10 of 2026-02-02
      Assets:Cash:Checking                       pyex26                       320.00
      Liabilities:Deferred revenue:Registration  pyex26                      -300.00
      Liabilities:Refunds payable                pyex26                       -20.00

    In entries, debits are positive.

    $ bursar verify
    Example Society
    Verification

    Entries recomputed   10
    Postings added up    22
    Facts recomputed    107

    The books are as they were recorded.
    Head 117:HASH
    ");
}

/// What a reconciliation has posted stays when it is taken back, and is not posted again.
#[test]
fn decided_again_after_it_was_undone() {
    let env = Env::conference();
    env.write("j.csv", "Date,Name,Description,Amount,Balance\n2026-02-03,Zed,Vending,25.00,525.00\n2026-02-04,Bank,Account fee,-4.00,521.00\n");
    let record = |account: &str| {
        format!("reconcile 1010 --statement j.csv --decide '1=entry;account={account}' --decide '2=fee;account=6610'")
    };
    env.run(&record("4610")).ok();
    env.run("reconcile undo 1010 --reason mistaken").ok();
    assert_snapshot!(env.session(&format!("{}\n{}", record("4510"), record("4610"))), @r#"
    $ bursar reconcile 1010 --statement j.csv --decide '1=entry;account=4510' --decide '2=fee;account=6610'
    [stderr]
    error[decisions]: the decisions: line 1: entry 11 is of the same day and amount, at another account, and on no statement; match them (do = "match", entries = [11]), or reverse it first
      hint: correct them; docs/reference.md has their words
    [exit 1]

    $ bursar reconcile 1010 --statement j.csv --decide '1=entry;account=4610' --decide '2=fee;account=6610'
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-02-04 · USD

                                        Date       Amount
    Statement, 2026-02-04               2026-02-04 521.00
    On the statement, not in the books                  –
                                                   ──────
    Balance of the books, 2026-02-04               521.00

    j.csv, 2 lines: 2 matched.
    Reconciled once, from 2026-02-03 to 2026-02-04.
    Covers 3 postings.
    Head 145:HASH
    "#);
    env.run("verify").ok();
}

#[test]
fn the_report_in_every_format() {
    let env = env();
    env.write(
        "january.csv",
        "Date,Description,Amount,Balance\n2026-01-02,CHEQUE 17,-100.00,4900.00\n2026-01-10,STRIPE,291.00,5191.00\n",
    );
    env.run("reconcile 1010 --statement january.csv --window 9 --to 2026-01-10").ok();
    let report =
        |format: &str| env.run(&format!("report reconciliation 1010 --as-of 2026-01-15 --format {format}")).ok().show();
    assert_snapshot!(report("table"), @"
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-15 · USD

                                        Date         Amount
    Statement, 2026-01-10               2026-01-10 5,191.00
    In the books, not on the statement
      #6 Cheque 18                      2026-01-14   -40.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-15               5,151.00

    Reconciled once, from 2026-01-02 to 2026-01-10.
    Covers 4 postings.
    Head 108:HASH
    ");
    assert_snapshot!(report("csv"), @r#"
    key,label,level,kind,date,amount
    statement,"Statement, 2026-01-10",0,line,2026-01-10,5191.00
    open,"In the books, not on the statement",0,heading,,
    6,#6 Cheque 18,1,line,2026-01-14,-40.00
    unbooked,"On the statement, not in the books",0,line,,0.00
    books,"Balance of the books, 2026-01-15",0,total,,5151.00
    note-1,"Reconciled once, from 2026-01-02 to 2026-01-10.",0,note,,
    note-2,Covers 4 postings.,0,note,,
    note-3,Head 108:HASH,0,note,,
    "#);
    assert_snapshot!(report("json"), @r##"
    {
      "schema": 1,
      "statement": "reconciliation",
      "title": "Reconciliation of Assets:Cash:Checking",
      "entity": "Example Society",
      "events": [],
      "period": {
        "from": null,
        "to": "2026-01-15"
      },
      "audience": "treasurer",
      "currency": "USD",
      "columns": [
        {
          "key": "date",
          "label": "Date",
          "type": "date"
        },
        {
          "key": "amount",
          "label": "Amount",
          "type": "money"
        }
      ],
      "rows": [
        {
          "key": "statement",
          "label": "Statement, 2026-01-10",
          "level": 0,
          "kind": "line",
          "cells": [
            "2026-01-10",
            "5191.00"
          ]
        },
        {
          "key": "open",
          "label": "In the books, not on the statement",
          "level": 0,
          "kind": "heading",
          "cells": [
            null,
            null
          ]
        },
        {
          "key": "6",
          "label": "#6 Cheque 18",
          "level": 1,
          "kind": "line",
          "cells": [
            "2026-01-14",
            "-40.00"
          ]
        },
        {
          "key": "unbooked",
          "label": "On the statement, not in the books",
          "level": 0,
          "kind": "line",
          "cells": [
            null,
            "0.00"
          ]
        },
        {
          "key": "books",
          "label": "Balance of the books, 2026-01-15",
          "level": 0,
          "kind": "total",
          "cells": [
            null,
            "5151.00"
          ]
        }
      ],
      "notes": [
        "Reconciled once, from 2026-01-02 to 2026-01-10."
      ],
      "covers": {
        "postings": 4,
        "head": "108:HASH"
      }
    }
    "##);
    assert_snapshot!(report("md"), @r"
    ## Example Society

    Reconciliation of Assets:Cash:Checking · as of 2026-01-15 · USD

    | | Date | Amount |
    |---|---|---:|
    | Statement, 2026-01-10 | 2026-01-10 | 5,191.00 |
    | **In the books, not on the statement** |  |  |
    | &nbsp;&nbsp;\#6 Cheque 18 | 2026-01-14 | -40.00 |
    | On the statement, not in the books |  | – |
    | **Balance of the books, 2026-01-15** |  | **5,151.00** |

    Reconciled once, from 2026-01-02 to 2026-01-10.

    Covers 4 postings.

    Head 108:HASH
    ");
    assert!(env.run("report reconciliation 1010 --format html").ok().stdout.contains("Balance of the books"));
}

#[test]
fn statements_that_follow_and_overlap() {
    let env = env();
    let csv = |rows: &str| format!("Date,Description,Amount,Balance\n{rows}");
    env.write("1.csv", csv("2026-01-02,CHEQUE 17,-100.00,4900.00\n2026-01-10,STRIPE,291.00,5191.00\n"));
    // From the tenth on again, and two equal lines that tell nothing.
    env.write(
        "2.csv",
        csv("2026-01-10,STRIPE,291.00,5191.00\n2026-01-14,CHEQUE 18,-40.00,5151.00\n\
             2026-01-15,Fee,-5.00,5146.00\n2026-01-15,Fee,-5.00,5141.00\n"),
    );
    env.write("4.csv", csv("2026-01-20,Fee,-5.00,5130.00\n"));
    let session = env.session(
        "reconcile 1010 --statement 1.csv
         reconcile 1010 --statement 2.csv --accept fees
         reconcile 1010 --statement 1.csv
         reconcile 1010 --statement 4.csv --accept fees
         reconcile list
         verify
         reconcile undo 1010 --reason 'a fee was another one'
         report reconciliation 1010
         reconcile 1010 --statement 2.csv
         reconcile list
         reconcile show 105
         verify",
    );
    assert_snapshot!(session, @"
    $ bursar reconcile 1010 --statement 1.csv
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-10 · USD

                                        Date         Amount
    Statement, 2026-01-10               2026-01-10 5,191.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-10               5,191.00

    1.csv, 2 lines: 2 matched.
    Reconciled once, from 2026-01-02 to 2026-01-10.
    Covers 3 postings.
    Head 108:HASH

    $ bursar reconcile 1010 --statement 2.csv --accept fees
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-15 · USD

                                        Date         Amount
    Statement, 2026-01-15               2026-01-15 5,141.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-15               5,141.00

    2.csv, 4 lines: 1 matched, 2 posted now, 1 reconciled before.
    Reconciled 2 times, from 2026-01-02 to 2026-01-15.
    Covers 6 postings.
    Head 113:HASH

    $ bursar reconcile 1010 --statement 1.csv
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-15 · USD

                                        Date         Amount
    Statement, 2026-01-15               2026-01-15 5,141.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-15               5,141.00

    1.csv, 2 lines: 0 matched, 2 reconciled before.
    Everything was reconciled before: nothing was added.
    Reconciled 2 times, from 2026-01-02 to 2026-01-15.
    Covers 6 postings.
    Head 113:HASH

    $ bursar reconcile 1010 --statement 4.csv --accept fees
    [stderr]
    error[statement-opening]: the statement opens with 5,135.00 before 2026-01-20, the last reconciliation closed 2026-01-15 with 5,141.00: -6.00 off
      hint: reconcile the statement before it first; or, when it has days that were reconciled from another file, begin after them with --from DATE, the day after the last reconciliation; or, of a first one, name what the bank had not shown by then with --outstanding ENTRY, or correct the books (`bursar opening import`, `bursar entry add`)
    [exit 1]

    $ bursar reconcile list
    Example Society
    Reconciliations · USD

                              From       To          Opening  Closing Lines
    102 Assets:Cash:Checking  2026-01-02 2026-01-10 5,000.00 5,191.00     2
    105 Assets:Cash:Checking  2026-01-10 2026-01-15 5,191.00 5,141.00     3

    $ bursar verify
    Example Society
    Verification

    Entries recomputed    8
    Postings added up    17
    Facts recomputed    105

    The books are as they were recorded.
    Head 113:HASH

    $ bursar reconcile undo 1010 --reason 'a fee was another one'
    Reconciliation 105 of Assets:Cash:Checking, 2026-01-10 to 2026-01-15, is undone: 3 lines can be matched anew. What it posted stays in the books.

    $ bursar report reconciliation 1010
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-10 · USD

                                        Date         Amount
    Statement, 2026-01-10               2026-01-10 5,191.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-10               5,191.00

    Reconciled once, from 2026-01-02 to 2026-01-10.
    Covers 3 postings.
    Head 114:HASH

    $ bursar reconcile 1010 --statement 2.csv
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-15 · USD

                                        Date         Amount
    Statement, 2026-01-15               2026-01-15 5,141.00
    On the statement, not in the books                    –
                                                   ────────
    Balance of the books, 2026-01-15               5,141.00

    2.csv, 4 lines: 3 matched, 1 reconciled before.
    Together: line 3, 4 = entry 7, 8 (amounts and days).
    Reconciled 2 times, from 2026-01-02 to 2026-01-15.
    Covers 6 postings.
    Head 115:HASH

    $ bursar reconcile list
    Example Society
    Reconciliations · USD

                            From       To          Opening  Closing Lines Undone by
    102                     2026-01-02 2026-01-10 5,000.00 5,191.00     2
      Assets:Cash:Checking
    105                     2026-01-10 2026-01-15 5,191.00 5,141.00     3 106
      Assets:Cash:Checking
    107                     2026-01-10 2026-01-15 5,191.00 5,141.00     3
      Assets:Cash:Checking

    $ bursar reconcile show 105
    Example Society
    Reconciliation of Assets:Cash:Checking · 2026-01-10 to 2026-01-15 · USD

                      Date         Amount Entries
    Opening           2026-01-10 5,191.00
      (no reference)  2026-01-14   -40.00 #6
      (no reference)  2026-01-15    -5.00 #7
      (no reference)  2026-01-15    -5.00 #8
                                 ────────
    Closing           2026-01-15 5,141.00

    Read from bank-csv, SHA-256
    HASH.
    It was undone 2026-01-15 by Ada (106): a fee was another one

    $ bursar verify
    Example Society
    Verification

    Entries recomputed    8
    Postings added up    17
    Facts recomputed    107

    The books are as they were recorded.
    Head 115:HASH
    ");
    // Until nothing of the account stands.
    env.run("reconcile undo 1010 --reason 'the wrong bank'").ok();
    env.run("reconcile undo 1010 --reason 'the wrong bank'").ok();
    assert_snapshot!(env.session("reconcile undo 1010 --reason 'once more'\nreport reconciliation 1010"), @"
    $ bursar reconcile undo 1010 --reason 'once more'
    [stderr]
    error[no-reconciliation]: no reconciliation of this account stands: what was recorded was undone
      hint: `bursar reconcile list` shows all
    [exit 1]

    $ bursar report reconciliation 1010
    [stderr]
    error[no-reconciliation]: no reconciliation of this account stands: what was recorded was undone
      hint: `bursar reconcile list` shows all
    [exit 1]
    ");
}

#[test]
fn a_processor_with_fees_refunds_and_a_chargeback() {
    let env = Env::conference();
    env.run("order add b1 --event pyex26 --party Bo --item individual --date 2026-01-05").ok();
    env.write(
        "stripe.csv",
        "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,description\n\
         txn_0,2025-01-02 10:00:00,2025-01-09 00:00:00,usd,300.00,9.00,291.00,charge,Order p25\n\
         txn_1,2026-01-02 10:00:00,2026-01-09 00:00:00,usd,450.00,13.50,436.50,charge,Order a1\n\
         txn_2,2026-01-02 11:00:00,2026-01-09 00:00:00,usd,300.00,9.00,291.00,charge,Order c1\n\
         txn_3,2026-01-03 10:00:00,2026-01-09 00:00:00,usd,-300.00,0.00,-300.00,refund,Refund of order c1\n\
         txn_4,2026-01-06 10:00:00,2026-01-12 00:00:00,usd,300.00,9.00,291.00,charge,Order b1\n\
         txn_5,2026-01-08 10:00:00,2026-01-12 00:00:00,usd,-450.00,15.00,-465.00,dispute,Order a1 was charged back\n\
         txn_6,2026-01-09 00:10:00,2026-01-09 00:00:00,usd,-500.00,0.00,-500.00,payout,STRIPE PAYOUT\n\
         txn_7,2026-01-10 10:00:00,2026-01-10 00:00:00,usd,0.00,2.00,-2.00,fee,Radar\n",
    );
    let session = env.session(
        "reconcile 1110 --statement stripe.csv --opening 0
         reconcile 1110 --statement stripe.csv --opening 0 --accept payouts,fees,payments,refunds,disputes
         report ledger 1110
         order show a1
         verify",
    );
    assert_snapshot!(session, @"
    $ bursar reconcile 1110 --statement stripe.csv --opening 0
    Example Society
    Reconciliation of Assets:Clearing:Card processor · 2025-01-02 to 2026-01-10 · USD

                                      Date        Amount Perhaps
    Statement opens                   2025-01-02       –
    Statement closes                  2026-01-10   42.50
    On the statement, not in the books: to be decided
      5 Order b1                      2026-01-06  291.00 payment of order b1: the
                                                         amount fits, and the line
                                                         names it
      6 Order a1 was charged back     2026-01-08 -465.00 chargeback of order a1: the
                                                         amount fits, and the line
                                                         names it
      7 STRIPE PAYOUT                 2026-01-09 -500.00 payout to
                                                         Assets:Cash:Checking: the
                                                         file says that it is a
                                                         payout
      8 Radar                         2026-01-10   -2.00 fee to Expenses:Processing
                                                         fees: the file says that it
                                                         is a fee
                                                 ───────
    Balance of the books, 2026-01-10              718.50

    stripe.csv, 8 lines: 4 matched, 4 to be decided.
    The file tells no closing balance: 42.50 follows from its lines. Compare it with
    the bank's.
    [stderr]
    error[undecided]: 4 lines of the statement are not in the books, and nobody has decided what they are: nothing was recorded
      hint: --accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back
    [exit 1]

    $ bursar reconcile 1110 --statement stripe.csv --opening 0 --accept payouts,fees,payments,refunds,disputes
    Example Society
    Reconciliation of Assets:Clearing:Card processor · as of 2026-01-10 · USD

                                        Date       Amount
    Statement, 2026-01-10               2026-01-10  42.50
    On the statement, not in the books                  –
                                                    ─────
    Balance of the books, 2026-01-10                42.50

    stripe.csv, 8 lines: 4 matched, 4 posted now.
    The file tells no closing balance: 42.50 follows from its lines. Compare it with
    the bank's.
    Reconciled once, from 2025-01-02 to 2026-01-10.
    Covers 8 postings.
    Head 148:HASH

    $ bursar report ledger 1110
    Example Society
    Ledger of 1110 · all dates · USD

                Entry About                      Amount  Balance
                      Balance brought forward                  –
    2025-01-02      5 Ada: Order p25             291.00   291.00
    2026-01-02      1 Ada: Order a1              436.50   727.50
    2026-01-02      2 Bo: Order c1               291.00 1,018.50
    2026-01-03      4 Bo: Refund paid, order c1 -300.00   718.50
    2026-01-06     11 Bo: Payment of order b1    291.00 1,009.50
    2026-01-08     12 Ada: Chargeback, order a1 -465.00   544.50
    2026-01-09     13 Transfer between accounts -500.00    44.50
    2026-01-10     14 Radar                       -2.00    42.50
                                                ─────── ────────
                      Balance                     42.50    42.50

    Covers 8 postings.
    Head 148:HASH

    $ bursar order show a1
    Example Society
    Order a1 · USD

                                                                          Amount
      Party                                      Ada
      Event                                      pyex26
      Date                                       2026-01-02
      1 individual                               Ada, attendee, by self,  300.00
                                                 confirmed
      2 tutorial                                 Ada, by self, confirmed  150.00
      Charged back                                                        450.00
      of which fees                                                        13.50
      Due                                                                 450.00
                                                                         ───────
    To be paid                                                            450.00

    Entry 1 of 2026-01-02
      Assets:Clearing:Card processor             pyex26                   436.50
      Expenses:Processing fees                   pyex26 · program          13.50
      Liabilities:Deferred revenue:Registration  pyex26                  -300.00
      Liabilities:Deferred revenue:Tutorials     pyex26                  -150.00
    Entry 12 of 2026-01-08
      Assets:Accounts receivable                 pyex26                   450.00
      Expenses:Dispute fees                      pyex26 · program          15.00
      Assets:Clearing:Card processor             pyex26                  -465.00

    In entries, debits are positive.

    $ bursar verify
    Example Society
    Verification

    Entries recomputed   14
    Postings added up    34
    Facts recomputed    134

    The books are as they were recorded.
    Head 148:HASH
    ");
}

#[test]
fn a_bank_csv_by_a_mapping() {
    let env = Env::new();
    env.run("init --name Verein --chart eu-association").ok();
    env.run("entry add --date 2026-01-01 --debit 1010=500.00 --credit 4210=500.00").ok();
    env.run("entry add --date 2026-01-02 --debit 5010=1,500.00 --credit 1010=1,500.00 --description Miete").ok();
    env.fixture("statements/giro.csv");
    env.write(
        "giro.toml",
        "[file]\nencoding = \"windows-1252\"\ndates = \"dmy\"\n[columns]\ndescription = \"Verwendungszweck\"\n",
    );
    assert_snapshot!(env.session(
        "reconcile 1010 --statement giro.csv
         reconcile 1010 --statement giro.csv --map giro.toml --accept fees"
    ), @"
    $ bursar reconcile 1010 --statement giro.csv
    [stderr]
    error[bad-rows]: giro.csv: 2 rows cannot be imported; nothing was written
      line 5, column Verwendungszweck: `Kontof�hrung` is not UTF-8; name the encoding, such as --encoding windows-1252
      line 6, column Auftraggeber/Empf�nger: `Caf� Zo�` is not UTF-8; name the encoding, such as --encoding windows-1252
      hint: correct the rows and import the file again
    [exit 1]

    $ bursar reconcile 1010 --statement giro.csv --map giro.toml --accept fees
    Verein
    Reconciliation of Assets:Cash:Current account · 2026-01-02 to 2026-01-30 · EUR

                                         Date          Amount Perhaps
    Statement opens                      2026-01-02    500.00
    Statement closes                     2026-01-30    690.10
    On the statement, not in the books: to be decided
      2 Ada Lovelace: Rechnung inv-0001  2026-01-12  1,750.00 ? name an account
      3 Bo: Ticket b1                    2026-01-13    250.00 ? name an account
      4 Café Zoë: Miete Januar           2026-01-20   -300.00 ? name an account
                                                    ─────────
    Balance of the books, 2026-01-30                -1,009.90

    giro.csv, 5 lines: 1 matched, 1 accepted, 3 to be decided.
    The file's running balance is wrong: line 7 says 9,999.99, the amounts make
    1,000.00.
    [stderr]
    error[undecided]: 3 lines of the statement are not in the books, and nobody has decided what they are: nothing was recorded
      hint: --accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back
    [exit 1]
    ");
}

#[test]
fn a_payment_that_bounced_and_a_batch() {
    let env = Env::begun();
    for line in [
        "entry add --date 2026-01-02 --debit 1010=350.00 --credit 4210=350.00 --description Bounces",
        "entry reverse 1 --date 2026-01-05 --reason bounced",
        "entry add --date 2026-01-06 --debit 1010=100.00 --credit 4210=100.00",
        "entry add --date 2026-01-06 --debit 1010=200.00 --credit 4210=200.00",
        "entry add --date 2026-01-07 --debit 1010=30.00 --credit 4210=30.00 --description 'entered by mistake'",
        "entry reverse 5 --date 2026-01-07 --reason mistake",
    ] {
        env.run(line).ok();
    }
    env.write(
        "bank.csv",
        "Date,Description,Amount\n2026-01-03,IN,350.00\n2026-01-05,RETURNED,-350.00\n2026-01-07,DEPOSIT,300.00\n",
    );
    assert_snapshot!(env.session(
        "reconcile 1010 --statement bank.csv --opening 0 --closing 300.00
         reconcile show 101"
    ), @"
    $ bursar reconcile 1010 --statement bank.csv --opening 0 --closing 300.00
    Example Society
    Reconciliation of Assets:Cash:Checking · as of 2026-01-07 · USD

                                        Date       Amount
    Statement, 2026-01-07               2026-01-07 300.00
    On the statement, not in the books                  –
                                                   ──────
    Balance of the books, 2026-01-07               300.00

    bank.csv, 3 lines: 3 matched.
    Together: line 3 = entry 3, 4 (sum).
    Reconciled once, from 2026-01-03 to 2026-01-07.
    Covers 6 postings.
    Head 103:HASH

    $ bursar reconcile show 101
    [stderr]
    error[no-reconciliation]: there is no reconciliation 101
      hint: `bursar reconcile list` shows all
    [exit 1]
    ");
}

/// Amount and day fit an entry, and the line names another order that is open: nobody guesses which it is.
#[test]
fn a_line_that_says_otherwise() {
    let env = env();
    for line in [
        "party add 'Bob Baker' --kind person",
        "order add b1 --event pyex26 --party 'Bob Baker' --item individual --date 2026-02-01",
        "payment add order a2 --amount 300.00 --method wire --date 2026-02-02",
    ] {
        env.run(line).ok();
    }
    env.write("february.csv", "Date,Name,Description,Amount\n2026-02-03,Bob Baker,Ticket b1,300.00\n");
    let command = "reconcile 1010 --statement february.csv --opening 5,151.00 --accept payments";
    assert_snapshot!(env.run(command).show(), @"
    Example Society
    Reconciliation of Assets:Cash:Checking · 2026-02-03 · USD

                                      Date         Amount Perhaps
    Statement opens                   2026-02-03 5,151.00
    Statement closes                  2026-02-03 5,451.00
    On the statement, not in the books: to be decided
      1 Bob Baker: Ticket b1          2026-02-03   300.00 ? payment of order b1: the
                                                          amount fits, and the line
                                                          names it; ? entry #7 fits
                                                          another line as well
    Dated before or after it                       300.00
                                                 ────────
    Balance of the books, 2026-02-03             5,451.00

    february.csv, 1 line: 0 matched, 1 to be decided.
    The file tells no closing balance: 5,451.00 follows from its lines. Compare it
    with the bank's.
    [stderr]
    error[undecided]: 1 line of the statement is not in the books, and nobody has decided what it is: nothing was recorded
      hint: --accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back
    [exit 1]
    ");
}
