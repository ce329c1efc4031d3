//! `bursar report`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn activities() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025
         report activities --period 2025 --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar report activities --period 2025
    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                  Without
                                                    donor   With donor
                                             restrictions restrictions     Total
    Revenue and support
      Conference registration                    2,400.50            –  2,400.50
      Sponsorship, exchange part                 8,000.00            –  8,000.00
      Contributions of cash and other                   –       800.00    800.00
        financial assets
      Net assets released from restrictions        500.00      -500.00         –
                                                ─────────      ─────── ─────────
    Total revenue and support                   10,900.50       300.00 11,200.50

    Expenses
      Program services
        PyExample 2025                           2,583.70            –  2,583.70
                                                ─────────      ─────── ─────────
    Total expenses                               2,583.70            –  2,583.70

                                                ─────────      ─────── ─────────
    Change in net assets                         8,316.80       300.00  8,616.80

    Net assets, beginning                               –            –         –
    Opening balances and other changes          20,000.00            – 20,000.00
    Net assets, end                             28,316.80       300.00 28,616.80

    Covers 23 postings.
    Head 112:HASH

    $ bursar report activities --period 2025 --format csv
    key,label,level,kind,without,with,total
    revenue-heading,Revenue and support,0,heading,,,
    registration,Conference registration,1,line,2400.50,0.00,2400.50
    sponsorship,"Sponsorship, exchange part",1,line,8000.00,0.00,8000.00
    contributions,Contributions of cash and other financial assets,1,line,0.00,800.00,800.00
    released,Net assets released from restrictions,1,line,500.00,-500.00,0.00
    revenue,Total revenue and support,0,total,10900.50,300.00,11200.50
    expenses-heading,Expenses,0,heading,,,
    expenses-program-services,Program services,1,heading,,,
    program:pyex25,PyExample 2025,2,line,2583.70,0.00,2583.70
    expenses,Total expenses,0,total,2583.70,0.00,2583.70
    change,Change in net assets,0,total,8316.80,300.00,8616.80
    beginning,"Net assets, beginning",0,line,0.00,0.00,0.00
    other-changes,Opening balances and other changes,0,line,20000.00,0.00,20000.00
    end,"Net assets, end",0,line,28316.80,300.00,28616.80
    note-1,Covers 23 postings.,0,note,,,
    note-2,Head 112:HASH,0,note,,,
    "#);
}

#[test]
fn position() {
    let env = Env::small();
    let session = env.session(
        "report position --as-of 2025-12-31
         report position --as-of 2025-12-31 --format md",
    );
    assert_snapshot!(session, @"
    $ bursar report position --as-of 2025-12-31
    Example Society
    Statement of financial position · as of 2025-12-31 · USD

                                             2025-12-31
    Assets
      Cash and cash equivalents               28,766.80
      Prepaid expenses and deposits            1,750.00
                                              ─────────
    Total assets                              30,516.80

    Liabilities
      Accounts payable and accrued expenses    1,900.00
                                              ─────────
    Total liabilities                          1,900.00

    Net assets
      Without donor restrictions              28,316.80
      With donor restrictions                    300.00
                                              ─────────
    Total net assets                          28,616.80

                                              ─────────
    Total liabilities and net assets          30,516.80

    Covers 23 postings.
    Head 112:HASH

    $ bursar report position --as-of 2025-12-31 --format md
    ## Example Society

    Statement of financial position · as of 2025-12-31 · USD

    | | 2025-12-31 |
    |---|---:|
    | **Assets** |  |
    | &nbsp;&nbsp;Cash and cash equivalents | 28,766.80 |
    | &nbsp;&nbsp;Prepaid expenses and deposits | 1,750.00 |
    | **Total assets** | **30,516.80** |
    | **Liabilities** |  |
    | &nbsp;&nbsp;Accounts payable and accrued expenses | 1,900.00 |
    | **Total liabilities** | **1,900.00** |
    | **Net assets** |  |
    | &nbsp;&nbsp;Without donor restrictions | 28,316.80 |
    | &nbsp;&nbsp;With donor restrictions | 300.00 |
    | **Total net assets** | **28,616.80** |
    | **Total liabilities and net assets** | **30,516.80** |

    Covers 23 postings.

    Head 112:HASH
    ");
}

#[test]
fn trial_balance() {
    let env = Env::small();
    let session = env.session(
        "report trial-balance
         report trial-balance --event pyex26",
    );
    assert_snapshot!(session, @"
    $ bursar report trial-balance
    Example Society
    Trial balance · all dates · USD

                                         Balance     Debit    Credit Postings
    Assets:Cash:Checking               28,766.80 31,125.25  2,358.45        9
    Assets:Prepaid expenses             1,750.00  1,750.00         –        2
    Liabilities:Accounts payable       -1,900.00         –  1,900.00        1
    Net assets:Opening                -20,000.00         – 20,000.00        1
    Revenue:Contributions                -800.00         –    800.00        1
    Revenue:Net assets released from           –    500.00    500.00        2
      restrictions
    Revenue:Registration               -2,400.50         –  2,400.50        1
    Revenue:Sponsorship                -8,000.00         –  8,000.00        2
    Expenses:Catering:Social events     1,900.00  1,900.00         –        1
    Expenses:Financial aid:Domestic       500.00    500.00         –        1
    Expenses:Processing fees               75.25     75.25         –        1
    Expenses:Speaker travel               108.45    108.45         –        1
                                      ────────── ───────── ─────────
    Total                                      – 35,958.95 35,958.95       23

    Debits are positive, credits negative.
    Covers 23 postings.
    Head 112:HASH

    $ bursar report trial-balance --event pyex26
    Example Society
    Trial balance · pyex26 · all dates · USD

                             Balance  Debit Credit Postings
    Assets:Cash:Checking     -250.00      – 250.00        1
    Assets:Prepaid expenses   250.00 250.00      –        1
                             ─────── ────── ──────
    Total                          – 250.00 250.00        2

    Debits are positive, credits negative.
    Covers 2 postings.
    Head 112:HASH
    ");
}

#[test]
fn json() {
    assert_snapshot!(Env::small().run("report trial-balance --event pyex26 --format json").show(), @r#"
    {
      "schema": 1,
      "statement": "trial-balance",
      "title": "Trial balance",
      "entity": "Example Society",
      "events": [
        "pyex26"
      ],
      "period": {
        "from": null,
        "to": null
      },
      "audience": "treasurer",
      "currency": "USD",
      "columns": [
        {
          "key": "balance",
          "label": "Balance",
          "type": "money"
        },
        {
          "key": "debit",
          "label": "Debit",
          "type": "money"
        },
        {
          "key": "credit",
          "label": "Credit",
          "type": "money"
        },
        {
          "key": "postings",
          "label": "Postings",
          "type": "count"
        }
      ],
      "rows": [
        {
          "key": "Assets:Cash:Checking",
          "label": "Assets:Cash:Checking",
          "level": 0,
          "kind": "line",
          "cells": [
            "-250.00",
            "0.00",
            "250.00",
            1
          ]
        },
        {
          "key": "Assets:Prepaid expenses",
          "label": "Assets:Prepaid expenses",
          "level": 0,
          "kind": "line",
          "cells": [
            "250.00",
            "250.00",
            "0.00",
            1
          ]
        },
        {
          "key": "total",
          "label": "Total",
          "level": 0,
          "kind": "total",
          "cells": [
            "0.00",
            "250.00",
            "250.00",
            2
          ]
        }
      ],
      "notes": [
        "Debits are positive, credits negative."
      ],
      "covers": {
        "postings": 2,
        "head": "112:HASH"
      }
    }
    "#);
}

#[test]
fn journal() {
    let env = Env::small();
    let session = env.session(
        "report journal --period 2025-05
         report journal --period 2025-02-10 --format csv",
    );
    assert_snapshot!(session, @"
    $ bursar report journal --period 2025-05
    Example Society
    Journal · 2025-05-01 to 2025-05-31 · USD

                                          Debit   Credit For
    2025-05-17 #7 Müller & Söhne, Catering: Dinner
      Expenses:Catering:Social events  1,900.00          pyex25 · program · social
      Liabilities:Accounts payable              1,900.00 pyex25
    2025-05-20 #8 Grace Example: Train to the conference
      Expenses:Speaker travel            108.45          pyex25 · program · talks
      Assets:Cash:Checking                        108.45 pyex25
                                       ──────── ────────
    Total                              2,008.45 2,008.45

    Covers 4 postings.
    Head 112:HASH

    $ bursar report journal --period 2025-02-10 --format csv
    key,label,level,kind,debit,credit,for
    2,2025-02-10 #2 Example GmbH: Gold sponsor,0,heading,,,
    2.1,Assets:Cash:Checking,1,line,5000.00,,pyex25
    2.2,Revenue:Sponsorship,1,line,,5000.00,pyex25
    total,Total,0,total,5000.00,5000.00,
    note-1,Covers 2 postings.,0,note,,,
    note-2,Head 112:HASH,0,note,,,
    ");
}

#[test]
fn ledger() {
    let env = Env::small();
    let session = env.session(
        "report ledger Assets:Cash:Checking --period 2025-Q1
         report ledger 1010 --from 2025-04-01 --to 2025-04-30 --format csv
         report ledger Expenses --event pyex25",
    );
    assert_snapshot!(session, @"
    $ bursar report ledger Assets:Cash:Checking --period 2025-Q1
    Example Society
    Ledger of Assets:Cash:Checking · 2025-01-01 to 2025-03-31 · USD

                Entry About                                     Amount   Balance
                      Balance brought forward                                  –
    2025-01-02      1 Opening balances                       20,000.00 20,000.00
    2025-02-10      2 Example GmbH: Gold sponsor              5,000.00 25,000.00
    2025-02-12      3 Example Ltd: Silver sponsor             3,000.00 28,000.00
    2025-03-01      4 Harbour Hall: Deposit for the hall     -1,500.00 26,500.00
    2025-03-20      5 Grace Example: For travel grants, with    800.00 27,300.00
                      love
                                                             ───────── ─────────
                      Balance                                27,300.00 27,300.00

    Covers 5 postings.
    Head 112:HASH

    $ bursar report ledger 1010 --from 2025-04-01 --to 2025-04-30 --format csv
    key,label,level,kind,entry,about,amount,balance
    opening,,0,line,,Balance brought forward,,27300.00
    6.1,2025-04-01,0,line,6,Registrations of March,2325.25,29625.25
    closing,,0,total,,Balance,2325.25,29625.25
    note-1,Covers 1 posting.,0,note,,,,
    note-2,Head 112:HASH,0,note,,,,

    $ bursar report ledger Expenses --event pyex25
    Example Society
    Ledger of Expenses · pyex25 · all dates · USD

                Entry About                              Amount  Balance
                      Balance brought forward                          –
    2025-04-01      6 card fees                           75.25    75.25
    2025-05-17      7 Müller & Söhne, Catering: Dinner 1,900.00 1,975.25
    2025-05-20      8 Grace Example: ticket 77           108.45 2,083.70
    2025-06-01      9 Grace Example: Travel grant        500.00 2,583.70
                                                       ──────── ────────
                      Balance                          2,583.70 2,583.70

    Covers 4 postings.
    Head 112:HASH
    ");
}

/// CSV and JSON hold the same cells, word for word; Markdown has a row for each, and the table too.
#[test]
fn every_format_says_the_same() {
    let env = Env::small();
    let mut compared = 0;
    for command in [
        "report activities --period 2025",
        "report activities --period 2025 --audience board",
        "report activities --period 2025-Q2 --compare 2025-Q1",
        "report position --as-of 2025-12-31",
        "report position --audience public",
        "report trial-balance",
        "report trial-balance --event pyex26 --compare 2025",
        "report journal",
        "report ledger 1010",
        "entry list --period 2025-05",
        "entry show 8",
        "account list",
        "account show 1010",
        "fund list",
        "event list",
        "party list",
        "verify",
    ] {
        let run = |format: &str| env.run(&format!("{command} --format {format}")).ok().stdout;
        let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
        let rows = json["rows"].as_array().unwrap();
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Object(_) => "n/p".to_owned(),
            other => other.to_string(),
        };
        let csv = run("csv");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let keys = json["columns"].as_array().unwrap().iter().map(|column| text(&column["key"]));
        let header: Vec<String> =
            ["key", "label", "level", "kind"].map(str::to_owned).into_iter().chain(keys).collect();
        assert_eq!(reader.headers().unwrap(), &header[..], "{command}");
        for (row, record) in rows.iter().zip(reader.records()) {
            let mut cells = vec![text(&row["key"]), text(&row["label"]), text(&row["level"]), text(&row["kind"])];
            cells.extend(row["cells"].as_array().unwrap().iter().map(text));
            assert_eq!(record.unwrap(), cells, "{command}");
            compared += 1;
        }
        let (markdown, table) = (run("md"), run("table"));
        let of = |row: &serde_json::Value| text(&row["label"]).split(' ').next().unwrap().to_owned();
        assert_eq!(markdown.lines().filter(|line| line.starts_with('|')).count(), rows.len() + 2, "{command}");
        assert!(rows.iter().all(|row| markdown.contains(&of(row)) && table.contains(&of(row))), "{command}");
        for note in json["notes"].as_array().unwrap() {
            assert!(markdown.contains(note.as_str().unwrap()), "{command}: {note}");
        }
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn every_other_statement_of_the_charts() {
    let mut titles = String::new();
    for chart in ["us-nonprofit", "uk-charity", "eu-association", "commercial"] {
        let env = Env::new();
        env.run(&format!("init --name X --currency EUR --chart {chart}")).ok();
        let refusal = env.run("report none-of-them").stderr;
        let known = refusal.split("there are ").nth(1).unwrap().lines().next().unwrap();
        env.run("event add e --name E --first-day 2026-05-14 --last-day 2026-05-16").ok();
        env.run("budget add e v1 --line 4010=5.00").ok();
        for key in known.split(", ").filter(|key| !["ledger", "party"].contains(key)) {
            let of = if key == "form-990" { "" } else { "--event e" };
            let shown = env.run(&format!("report {key} {of} --format csv")).ok().stdout;
            assert!(shown.starts_with("key,label,level,kind,"), "{chart} {key}: {shown}");
        }
        titles.push_str(&format!("{chart}: {known}\n"));
    }
    assert_snapshot!(titles, @"
    us-nonprofit: activities, position, form-990-revenue, form-990-expenses, form-990-balance, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts, form-990, sponsorship-tax
    uk-charity: activities, receipts-and-payments, assets-and-liabilities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts
    eu-association: activities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts
    commercial: activities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts
    ");
}

#[test]
fn periods_side_by_side() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025-Q2 --compare 2025-Q1
         report activities --period 2025-03 --compare 2025-02 --compare 2025-01
         report position --as-of 2025-12-31 --compare 2025-06
         report trial-balance --period 2025-02 --compare 2025-03 --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar report activities --period 2025-Q2 --compare 2025-Q1
    Example Society
    Statement of activities · 2025-04-01 to 2025-06-30 · USD

                                       Without
                                         donor   With donor
                                  restrictions restrictions   2025-Q2   2025-Q1
    Revenue and support
      Conference registration         2,400.50            –  2,400.50         –
      Sponsorship, exchange part             –            –         –  8,000.00
      Contributions of cash and              –            –         –    800.00
        other financial assets
      Net assets released from          500.00      -500.00         –         –
        restrictions
                                     ─────────      ─────── ───────── ─────────
    Total revenue and support         2,900.50      -500.00  2,400.50  8,800.00

    Expenses
      Program services
        PyExample 2025                2,583.70            –  2,583.70         –
                                     ─────────      ─────── ───────── ─────────
    Total expenses                    2,583.70            –  2,583.70         –

                                     ─────────      ─────── ───────── ─────────
    Change in net assets                316.80      -500.00   -183.20  8,800.00

    Net assets, beginning            28,000.00       800.00 28,800.00         –
    Opening balances and other               –            –         – 20,000.00
      changes
    Net assets, end                  28,316.80       300.00 28,616.80 28,800.00

    Covers 21 postings.
    Head 112:HASH

    $ bursar report activities --period 2025-03 --compare 2025-02 --compare 2025-01
    Example Society
    Statement of activities · 2025-03-01 to 2025-03-31 · USD

                               Without
                                 donor   With donor
                          restrictions restrictions   2025-03   2025-02   2025-01
    Revenue and support
      Sponsorship,                   –            –         –  8,000.00         –
        exchange part
      Contributions of               –       800.00    800.00         –         –
        cash and other
        financial assets
                             ─────────       ────── ───────── ───────── ─────────
    Total revenue and                –       800.00    800.00  8,000.00         –
      support

    Expenses
                             ─────────       ────── ───────── ───────── ─────────
    Total expenses                   –            –         –         –         –

                             ─────────       ────── ───────── ───────── ─────────
    Change in net                    –       800.00    800.00  8,000.00         –
      assets

    Net assets,              28,000.00            – 28,000.00 20,000.00         –
      beginning
    Opening balances                 –            –         –         – 20,000.00
      and other changes
    Net assets, end          28,000.00       800.00 28,800.00 28,000.00 20,000.00

    Covers 10 postings.
    Head 112:HASH

    $ bursar report position --as-of 2025-12-31 --compare 2025-06
    Example Society
    Statement of financial position · as of 2025-12-31 · USD

                                             2025-12-31   2025-06  Change
    Assets
      Cash and cash equivalents               28,766.80 29,016.80 -250.00
      Prepaid expenses and deposits            1,750.00  1,500.00  250.00
                                              ───────── ───────── ───────
    Total assets                              30,516.80 30,516.80       –

    Liabilities
      Accounts payable and accrued expenses    1,900.00  1,900.00       –
                                              ───────── ───────── ───────
    Total liabilities                          1,900.00  1,900.00       –

    Net assets
      Without donor restrictions              28,316.80 28,316.80       –
      With donor restrictions                    300.00    300.00       –
                                              ───────── ───────── ───────
    Total net assets                          28,616.80 28,616.80       –

                                              ───────── ───────── ───────
    Total liabilities and net assets          30,516.80 30,516.80       –

    Covers 23 postings.
    Head 112:HASH

    $ bursar report trial-balance --period 2025-02 --compare 2025-03 --format csv
    key,label,level,kind,balance,compare-1
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,8000.00,-700.00
    Assets:Prepaid expenses,Assets:Prepaid expenses,0,line,0.00,1500.00
    Revenue:Contributions,Revenue:Contributions,0,line,0.00,-800.00
    Revenue:Sponsorship,Revenue:Sponsorship,0,line,-8000.00,0.00
    total,Total,0,total,0.00,0.00
    note-1,"Debits are positive, credits negative.",0,note,,
    note-2,Covers 8 postings.,0,note,,
    note-3,Head 112:HASH,0,note,,
    "#);
}

#[test]
fn one_event_or_several() {
    let env = Env::small();
    let session = env.session(
        "report activities --event pyex25 --format csv
         report trial-balance --event PYEX25 --event pyex26 --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar report activities --event pyex25 --format csv
    key,label,level,kind,without,with,total
    revenue-heading,Revenue and support,0,heading,,,
    registration,Conference registration,1,line,2400.50,0.00,2400.50
    sponsorship,"Sponsorship, exchange part",1,line,8000.00,0.00,8000.00
    released,Net assets released from restrictions,1,line,500.00,-500.00,0.00
    revenue,Total revenue and support,0,total,10900.50,-500.00,10400.50
    expenses-heading,Expenses,0,heading,,,
    expenses-program-services,Program services,1,heading,,,
    program:pyex25,PyExample 2025,2,line,2583.70,0.00,2583.70
    expenses,Total expenses,0,total,2583.70,0.00,2583.70
    change,Change in net assets,0,total,8316.80,-500.00,7816.80
    beginning,"Net assets, beginning",0,line,0.00,0.00,0.00
    end,"Net assets, end",0,line,8316.80,-500.00,7816.80
    note-1,Covers 17 postings.,0,note,,,
    note-2,Head 112:HASH,0,note,,,

    $ bursar report trial-balance --event PYEX25 --event pyex26 --format csv
    key,label,level,kind,balance,debit,credit,postings
    Assets:Cash:Checking,Assets:Cash:Checking,0,line,7966.80,10325.25,2358.45,7
    Assets:Prepaid expenses,Assets:Prepaid expenses,0,line,1750.00,1750.00,0.00,2
    Liabilities:Accounts payable,Liabilities:Accounts payable,0,line,-1900.00,0.00,1900.00,1
    Revenue:Net assets released from restrictions,Revenue:Net assets released from restrictions,0,line,0.00,500.00,500.00,2
    Revenue:Registration,Revenue:Registration,0,line,-2400.50,0.00,2400.50,1
    Revenue:Sponsorship,Revenue:Sponsorship,0,line,-8000.00,0.00,8000.00,2
    Expenses:Catering:Social events,Expenses:Catering:Social events,0,line,1900.00,1900.00,0.00,1
    Expenses:Financial aid:Domestic,Expenses:Financial aid:Domestic,0,line,500.00,500.00,0.00,1
    Expenses:Processing fees,Expenses:Processing fees,0,line,75.25,75.25,0.00,1
    Expenses:Speaker travel,Expenses:Speaker travel,0,line,108.45,108.45,0.00,1
    total,Total,0,total,0.00,15158.95,15158.95,19
    note-1,"Debits are positive, credits negative.",0,note,,,,
    note-2,Covers 19 postings.,0,note,,,,
    note-3,Head 112:HASH,0,note,,,,
    "#);
}

/// Whoever opens the file must see that it is a preview, in every format.
#[test]
fn a_preview_says_so_in_every_format() {
    let env = Env::small();
    for format in ["table", "md", "json", "csv"] {
        let shown = env.run(&format!("report activities --audience public --format {format}")).ok().show();
        assert!(shown.contains("DRAFT – NOT RELEASED"), "{format}: {shown}");
    }
}

/// Every way to say a period, and how many postings it covers.
#[test]
fn periods() {
    let env = Env::small();
    let mut covered = String::new();
    for period in [
        "",
        "--period 2025",
        "--period FY2025",
        "--period 2025-Q1",
        "--period 2025-02",
        "--period 2025-02-10",
        "--period 2025-02-10..2025-02-12",
        "--from 2025-05-18",
        "--to 2025-02-10",
        "--from 2025-02-11 --to 2025-03-01",
        "--as-of 2025-03-19",
        "--as-of 2025-03-20",
        "--as-of 1900-01-01",
        "--as-of 2999-12-31",
        "--period 2026",
    ] {
        let shown = env.run(&format!("report trial-balance {period} --format json")).ok().stdout;
        let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let (window, postings) = (&json["period"], &json["covers"]["postings"]);
        covered.push_str(&format!("{period:32} {postings:>2}  {window}\n"));
    }
    assert_snapshot!(covered, @r#"
                                     23  {"from":null,"to":null}
    --period 2025                    23  {"from":"2025-01-01","to":"2025-12-31"}
    --period FY2025                  23  {"from":"2025-01-01","to":"2025-12-31"}
    --period 2025-Q1                 10  {"from":"2025-01-01","to":"2025-03-31"}
    --period 2025-02                 4  {"from":"2025-02-01","to":"2025-02-28"}
    --period 2025-02-10              2  {"from":"2025-02-10","to":"2025-02-10"}
    --period 2025-02-10..2025-02-12  4  {"from":"2025-02-10","to":"2025-02-12"}
    --from 2025-05-18                8  {"from":"2025-05-18","to":null}
    --to 2025-02-10                  4  {"from":null,"to":"2025-02-10"}
    --from 2025-02-11 --to 2025-03-01 4  {"from":"2025-02-11","to":"2025-03-01"}
    --as-of 2025-03-19               8  {"from":null,"to":"2025-03-19"}
    --as-of 2025-03-20               10  {"from":null,"to":"2025-03-20"}
    --as-of 1900-01-01               0  {"from":null,"to":"1900-01-01"}
    --as-of 2999-12-31               23  {"from":null,"to":null}
    --period 2026                    0  {"from":"2026-01-01","to":"2026-12-31"}
    "#);
}

#[test]
fn fiscal_years_that_start_in_july() {
    let env = Env::new();
    env.run("init --name X --fiscal-year-start 7").ok();
    for day in ["2024-06-30", "2024-07-01", "2025-06-30", "2025-07-01"] {
        env.run(&format!("entry add --date {day} --debit 1010=1 --credit 4720=1")).ok();
    }
    let session = env.session(
        "report activities --period 2025 --format csv
         report activities --period 2025-Q4 --format csv
         entry list --period 2025 --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar report activities --period 2025 --format csv
    key,label,level,kind,without,with,total
    revenue-heading,Revenue and support,0,heading,,,
    other-revenue,Other revenue,1,line,2.00,0.00,2.00
    revenue,Total revenue and support,0,total,2.00,0.00,2.00
    expenses-heading,Expenses,0,heading,,,
    expenses,Total expenses,0,total,0.00,0.00,0.00
    change,Change in net assets,0,total,2.00,0.00,2.00
    beginning,"Net assets, beginning",0,line,1.00,0.00,1.00
    end,"Net assets, end",0,line,3.00,0.00,3.00
    note-1,Covers 4 postings.,0,note,,,
    note-2,Head 98:HASH,0,note,,,

    $ bursar report activities --period 2025-Q4 --format csv
    key,label,level,kind,without,with,total
    revenue-heading,Revenue and support,0,heading,,,
    other-revenue,Other revenue,1,line,1.00,0.00,1.00
    revenue,Total revenue and support,0,total,1.00,0.00,1.00
    expenses-heading,Expenses,0,heading,,,
    expenses,Total expenses,0,total,0.00,0.00,0.00
    change,Change in net assets,0,total,1.00,0.00,1.00
    beginning,"Net assets, beginning",0,line,2.00,0.00,2.00
    end,"Net assets, end",0,line,3.00,0.00,3.00
    note-1,Covers 2 postings.,0,note,,,
    note-2,Head 98:HASH,0,note,,,

    $ bursar entry list --period 2025 --format csv
    key,label,level,kind,debit,credit,for
    2,2024-07-01 #2 ,0,heading,,,
    2.1,Assets:Cash:Checking,1,line,1.00,,
    2.2,Revenue:Other,1,line,,1.00,
    3,2025-06-30 #3 ,0,heading,,,
    3.1,Assets:Cash:Checking,1,line,1.00,,
    3.2,Revenue:Other,1,line,,1.00,
    total,Total,0,total,2.00,2.00,
    note-1,Covers 4 postings.,0,note,,,
    note-2,Head 98:HASH,0,note,,,
    "#);
}

#[test]
fn balances_on_any_day_are_the_sums_of_the_journal() {
    let env = Env::demo();
    let rows = |line: &str| {
        let text = env.run(line).ok().stdout;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap()).collect::<Vec<_>>()
    };
    for day in ["2024-12-30", "2024-12-31", "2025-01-10", "2025-02-28", "2025-05-15", "2025-10-31", "2025-12-31"] {
        let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or(0);
        let mut sums = std::collections::BTreeMap::<String, i64>::new();
        let journal = rows(&format!("report journal --as-of {day} --format csv"));
        for row in journal.iter().filter(|row| &row[3] == "line") {
            *sums.entry(row[1].to_owned()).or_default() += minor(&row[4]) - minor(&row[5]);
        }
        let balances = rows(&format!("report trial-balance --as-of {day} --format csv"));
        let balances = balances.iter().filter(|row| &row[3] == "line").map(|row| (row[1].to_owned(), minor(&row[4])));
        assert_eq!(balances.collect::<std::collections::BTreeMap<_, _>>(), sums, "{day}");
    }
}

#[test]
fn a_filter_that_matches_nothing_says_so() {
    let env = Env::small();
    let session = env.session(
        "report trial-balance --event pyex26 --period 2024
         report ledger 5010",
    );
    assert_snapshot!(session, @"
    $ bursar report trial-balance --event pyex26 --period 2024
    Example Society
    Trial balance · pyex26 · 2024-01-01 to 2024-12-31 · USD

           Balance Debit Credit Postings
    Total        –     –      –        0

    Debits are positive, credits negative.
    No postings of pyex26 match 2024-01-01 to 2024-12-31; the books hold 23
    postings, from 2025-01 to 2025-12.
    Covers 0 postings.
    Head 112:HASH

    $ bursar report ledger 5010
    Example Society
    Ledger of 5010 · all dates · USD

       Entry About                   Amount Balance
             Balance brought forward              –
                                          ─       ─
             Balance                      –       –

    No postings match all dates; the books hold 23 postings, from 2025-01 to
    2025-12.
    Covers 0 postings.
    Head 112:HASH
    ");
    assert_snapshot!(Env::begun().run("report journal").ok().show(), @"
    Example Society
    Journal · all dates · USD

           Debit Credit For
    Total      –      –

    No postings match all dates; the books hold no postings yet.
    Covers 0 postings.
    Head 90:HASH
    ");
}

#[test]
fn for_the_board_and_the_public() {
    let env = Env::small();
    let session = env.session(
        "report activities --period 2025 --audience board
         report position --as-of 2025-12-31 --audience public",
    );
    assert_snapshot!(session, @"
    $ bursar report activities --period 2025 --audience board
    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                  Without
                                                    donor   With donor
                                             restrictions restrictions     Total
    Revenue and support
      Conference registration                         n/p            –       n/p
      Sponsorship, exchange part                      n/p            –       n/p
      Contributions of cash and other                   –          n/p       n/p
        financial assets
      Net assets released from restrictions           n/p          n/p       n/p
                                                 ────────          ─── ─────────
    Total revenue and support                         n/p          n/p 11,200.50

    Expenses
      Program services
        PyExample 2025                           2,583.70            –  2,583.70
                                                 ────────          ─── ─────────
    Total expenses                               2,583.70            –  2,583.70

                                                 ────────          ─── ─────────
    Change in net assets                              n/p          n/p  8,616.80

    Net assets, beginning                               –            –         –
    Opening balances and other changes                n/p            –       n/p
    Net assets, end                                   n/p          n/p       n/p

    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    18 figures are withheld (n/p): they would tell of single contributors.
    Covers 23 postings.
    Head 112:HASH

    $ bursar report position --as-of 2025-12-31 --audience public
    Example Society
    Statement of financial position · as of 2025-12-31 · USD

                                             2025-12-31
    Assets
      Cash and cash equivalents                     n/p
      Prepaid expenses and deposits                 n/p
                                              ─────────
    Total assets                              30,516.80

    Liabilities
      Accounts payable and accrued expenses         n/p
                                              ─────────
    Total liabilities                               n/p

    Net assets
      Without donor restrictions                    n/p
      With donor restrictions                       n/p
                                              ─────────
    Total net assets                                n/p

                                              ─────────
    Total liabilities and net assets          30,516.80

    DRAFT – NOT RELEASED: a preview for the public, not to be handed out.
    7 figures are withheld (n/p): they would tell of single contributors.
    Covers 23 postings.
    Head 112:HASH
    ");
}

#[test]
fn withheld_figures_in_json() {
    let env = Env::small();
    let shown = env.run("report activities --period 2025-Q1 --audience board --format json").ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let cell = &json["rows"][1]["cells"][0];
    assert_eq!(cell["withheld"], true, "{shown}");
    // Neither a party nor a single entry is named.
    for name in ["Example GmbH", "Grace", "Harbour", "S-1"] {
        assert!(!shown.contains(name), "{name}: {shown}");
    }
}

#[test]
fn the_width_of_the_terminal() {
    let env = Env::small();
    let width = |columns: &str| {
        let mut command = env.command("report ledger 1010");
        command.env("COLUMNS", columns);
        env.finish(command).ok().stdout.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert!(width("120") <= 120 && width("60") <= 85, "{} {}", width("120"), width("60"));
}

#[test]
fn a_name_without_spaces_makes_no_table_wider_than_the_page() {
    let env = Env::begun();
    env.run("entry add --date 2025-06-02 --debit 5110=1 --credit 1010=1").ok();
    let reports = ["report trial-balance", "report journal", "account list", "report activities"];
    let widest = |report: &str| env.run(report).ok().stdout.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let before = reports.map(widest);
    let name = format!("Expenses:{}", "Donaudampfschifffahrt".repeat(8));
    env.run(&format!("account add {name} --type expense")).ok();
    env.run(&format!("entry add --date 2025-06-02 --debit {name}=1 --credit 1010=1")).ok();
    for (report, before) in reports.into_iter().zip(before) {
        let after = widest(report);
        assert!(after <= before.max(80), "{report}: {after}, before {before}");
    }
}
