//! Statements of a year: cash flows, functions, funds, budgets, open items, currencies, receipts, the year's end.

use insta::assert_snapshot;

use crate::common::Env;

/// Two events, a restricted fund, a reserve; what a small year has, typed by hand.
const YEAR: &str = "
fund add aid --name Aid --restriction purpose
fund add reserve --name Reserve --restriction board-designated
fund add forever --name Endowment --restriction perpetual
event add pyex25 --name 'PyExample 2025' --first-day 2025-05-14 --last-day 2025-05-16
event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16
ticket add pyex25 individual --name Individual --kind admission --price 300.00
ticket add pyex26 individual --name Individual --kind admission --price 320.00
party add Ada --kind person
party add Bo --kind person
party add 'Example GmbH' --kind organisation
party add 'Initech Ltd' --kind organisation
vendor add 'Harbour Hall'
vendor add 'Studio GmbH'
party add Zed --kind person
entry add --date 2025-01-02 --debit 1010=20,000.00 --credit 4210=20,000.00 --party 'Example GmbH'
entry add --date 2025-01-03 --debit '1010=1,000.00;fund=forever' --credit '4210=1,000.00;fund=forever' --party Bo
fund gift --fund aid --party 'Example GmbH' --amount 500.00 --date 2025-01-04
order add a1 --event pyex25 --party Ada --item individual --date 2025-02-02 --paid 300.00 --fee 9.00
order add a2 --event pyex26 --party Bo --item individual --date 2025-12-02 --paid 320.00 --fee 9.60
sponsor add s1 --event pyex26 --party 'Initech Ltd' --price 2,000.00 --benefits 500.00 --unrestricted --date 2025-12-01
invoice issuer --name 'Example Society' --address-line '1 Example Street'
invoice issue sponsorship s1 --date 2025-12-02
contract add hall --vendor 'Harbour Hall' --event pyex26 --account 5010 --fixed 9,000.00 --deposit 2025-12-10=2,000.00 --date 2025-12-01
payment add contract hall --date 2025-12-10
bill add b1 --vendor 'Harbour Hall' --event pyex25 --line 5010=4,000.00 --date 2025-05-20
payment add bill b1 --date 2025-06-01
bill add b2 --vendor Zed --event pyex25 --line '5310=200.00;fund=aid' --date 2025-05-20
payment add bill b2 --date 2025-06-01
entry add --date 2025-03-01 --debit 1910=3,000.00 --credit 1010=3,000.00
entry add --date 2025-12-31 --debit 7010=100.00 --credit 1920=100.00
entry add --date 2025-06-30 --debit 6010=1,000.01 --credit 1010=1,000.01
event hold pyex25
";

fn year() -> Env {
    let env = Env::begun();
    for line in YEAR.lines().filter(|line| !line.is_empty()) {
        env.run(line).ok();
    }
    env
}

#[test]
fn cash_flows_both_ways() {
    let env = year();
    assert_snapshot!(env.session(
        "report cash-flows --period 2025
         report cash-flows-indirect --period 2025
         report position --as-of 2025-12-31"
    ), @"
    $ bursar report cash-flows --period 2025
    Example Society
    Statement of cash flows (direct method) · 2025-01-01 to 2025-12-31 · USD

                                                   2025
    Operating activities
      From registrants, net of refunds           601.40
      From contributors and grantors          20,500.00
      To venues and suppliers                 -6,200.00
      To staff and volunteers                 -1,000.01
                                              ─────────
    Net cash from operating activities        13,901.39

    Investing activities
      Equipment and investments, net          -3,000.00
                                              ─────────
    Net cash from investing activities        -3,000.00

    Financing activities
      Contributions restricted in perpetuity   1,000.00
                                              ─────────
    Net cash from financing activities         1,000.00

                                              ─────────
    Net change in cash                        11,901.39

    Cash, beginning                                   –
    Cash, end                                 11,901.39

    Covers 38 postings.
    Head 138:HASH

    $ bursar report cash-flows-indirect --period 2025
    Example Society
    Statement of cash flows (indirect method) · 2025-01-01 to 2025-12-31 · USD

                                                          2025
    Change in net assets                             17,981.39
    To arrive at cash
      Depreciation                                      100.00
      Contributions restricted in perpetuity, below  -1,000.00
    Changes in operating assets
      Accounts receivable, net                         -500.00
      Pledges receivable, net                        -1,500.00
      Prepaid expenses and deposits                  -2,000.00
    Changes in operating liabilities
      Deferred revenue                                  820.00
                                                     ─────────
    Net cash from operating activities               13,901.39

    Investing activities
      Equipment and investments, net                 -3,000.00
                                                     ─────────
    Net cash from investing activities               -3,000.00

    Financing activities
      Contributions restricted in perpetuity          1,000.00
                                                     ─────────
    Net cash from financing activities                1,000.00

                                                     ─────────
    Net change in cash                               11,901.39

    Cash, beginning                                          –
    Cash, end                                        11,901.39

    Covers 38 postings.
    Head 138:HASH

    $ bursar report position --as-of 2025-12-31
    Example Society
    Statement of financial position · as of 2025-12-31 · USD

                                      2025-12-31
    Assets
      Cash and cash equivalents        11,901.39
      Accounts receivable, net            500.00
      Pledges receivable, net           1,500.00
      Prepaid expenses and deposits     2,000.00
      Property and equipment, net       2,900.00
                                       ─────────
    Total assets                       18,801.39

    Liabilities
      Deferred revenue                    820.00
                                       ─────────
    Total liabilities                     820.00

    Net assets
      Without donor restrictions       16,681.39
      With donor restrictions           1,300.00
                                       ─────────
    Total net assets                   17,981.39

                                       ─────────
    Total liabilities and net assets   18,801.39

    Covers 38 postings.
    Head 138:HASH
    ");
}

#[test]
fn functions_and_shared_costs() {
    let env = year();
    assert_snapshot!(env.session(
        "allocation add staff --account 6010 --to program:pyex25=60% --to management=30% --to fundraising=10% --basis 'hours worked'
         allocation run staff --period 2025
         report functional-expenses --period 2025
         entry reverse 17 --reason 'other hours' --date 2025-12-31
         report functional-expenses --period 2025 --total --format csv
         allocation run staff --period 2025
         report functional-expenses --period 2025 --format csv"
    ), @r#"
    $ bursar allocation add staff --account 6010 --to program:pyex25=60% --to management=30% --to fundraising=10% --basis 'hours worked'
    Example Society
    Shared costs

           Costs          Shares                                By
    staff  Expenses:Wages program pyex25 60 %, management 30 %, hours worked
                          fundraising 10 %

    $ bursar allocation run staff --period 2025
    Example Society
    Shared costs of 2025 by rule staff · USD

                     Debit Credit
    Expenses:Wages  700.01 700.01

    Entry 17.

    $ bursar report functional-expenses --period 2025
    Example Society
    Statement of functional expenses · 2025-01-01 to 2025-12-31 · USD

                                           PyExample PyExample    Total
                                                2025      2026  program
    Expenses
      Financial aid and grants                200.00         –   200.00
      Venue and equipment hire              4,000.00         – 4,000.00
      Payment processing and bank charges       9.00      9.60    18.60
      Salaries, wages and benefits            600.01         –   600.01
      Depreciation                                 –         –        –
                                            ────────      ──── ────────
    Total expenses                          4,809.01      9.60 4,818.61

                                           Management
                                                  and
                                              general Fundraising    Total
    Expenses
      Financial aid and grants                      –           –   200.00
      Venue and equipment hire                      –           – 4,000.00
      Payment processing and bank charges           –           –    18.60
      Salaries, wages and benefits             300.00      100.00 1,000.01
      Depreciation                             100.00           –   100.00
                                               ──────      ────── ────────
    Total expenses                             400.00      100.00 5,318.61

    Shared costs of 1,000.01 are allocated by hours worked: program pyex25 60 %,
    management 30 %, fundraising 10 %.
    Covers 41 postings.
    Head 141:HASH

    $ bursar entry reverse 17 --reason 'other hours' --date 2025-12-31
    Example Society
    Entry 18 of 2025-12-31 · USD

                     Debit Credit Party Details
    Expenses:Wages         600.01       pyex25, program
    Expenses:Wages         100.00       fundraising
    Expenses:Wages  700.01              management

    Recorded 2026-01-15T12:00:00Z by Ada, from fact 125 (reversal).
    Reverses entry 17: other hours
    Record 143:HASH

    $ bursar report functional-expenses --period 2025 --total --format csv
    key,label,level,kind,total
    expenses-heading,Expenses,0,heading,
    aid,Financial aid and grants,1,line,200.00
    venue,Venue and equipment hire,1,line,4000.00
    fees,Payment processing and bank charges,1,line,18.60
    staff,"Salaries, wages and benefits",1,line,1000.01
    depreciation,Depreciation,1,line,100.00
    expenses,Total expenses,0,total,5318.61
    note-1,Covers 44 postings.,0,note,
    note-2,Head 143:HASH,0,note,

    $ bursar allocation run staff --period 2025
    Example Society
    Shared costs of 2025 by rule staff · USD

                     Debit Credit
    Expenses:Wages  700.01 700.01

    Entry 19.

    $ bursar report functional-expenses --period 2025 --format csv
    key,label,level,kind,program:pyex25,program:pyex26,programs,management,fundraising,total
    expenses-heading,Expenses,0,heading,,,,,,
    aid,Financial aid and grants,1,line,200.00,0.00,200.00,0.00,0.00,200.00
    venue,Venue and equipment hire,1,line,4000.00,0.00,4000.00,0.00,0.00,4000.00
    fees,Payment processing and bank charges,1,line,9.00,9.60,18.60,0.00,0.00,18.60
    staff,"Salaries, wages and benefits",1,line,600.01,0.00,600.01,300.00,100.00,1000.01
    depreciation,Depreciation,1,line,0.00,0.00,0.00,100.00,0.00,100.00
    expenses,Total expenses,0,total,4809.01,9.60,4818.61,400.00,100.00,5318.61
    note-1,"Shared costs of 1,000.01 are allocated by hours worked: program pyex25 60 %, management 30 %, fundraising 10 %.",0,note,,,,,,
    note-2,Covers 47 postings.,0,note,,,,,,
    note-3,Head 145:HASH,0,note,,,,,,
    "#);
}

#[test]
fn funds() {
    let env = year();
    assert_snapshot!(env.session(
        "fund designate --to reserve --amount 5,000.00 --reason 'Resolution 7' --date 2025-12-15
         report funds --period 2025
         report fund-activities --period 2025 --format md"
    ), @"
    $ bursar fund designate --to reserve --amount 5,000.00 --reason 'Resolution 7' --date 2025-12-15
    Example Society
    From general to reserve · USD

                                      Debit   Credit
    Assets:Cash:Pooled cash        5,000.00 5,000.00
    Net assets:Board designations  5,000.00 5,000.00

    Entry 17.

    $ bursar report funds --period 2025
    Example Society
    Funds · 2025-01-01 to 2025-12-31 · USD

                          Opening Released Transfers    Income     Spent   Closing
    Without donor restrictions
      General                   –   200.00 -5,000.00 21,800.00 -5,318.61 11,681.39
      Reserve                   –        –  5,000.00         –         –  5,000.00
                                ─  ─────── ───────── ───────── ───────── ─────────
    Total without               –   200.00         – 21,800.00 -5,318.61 16,681.39
      donor restrictions

    With donor restrictions
      Aid                       –  -200.00         –    500.00         –    300.00
      Endowment                 –        –         –  1,000.00         –  1,000.00
                                ─  ─────── ───────── ───────── ───────── ─────────
    Total with donor            –  -200.00         –  1,500.00         –  1,300.00
      restrictions

                                ─  ─────── ───────── ───────── ───────── ─────────
    Net assets                  –        –         – 23,300.00 -5,318.61 17,981.39

    Covers 42 postings.
    Head 140:HASH

    $ bursar report fund-activities --period 2025 --format md
    ## Example Society

    Activities by fund · 2025-01-01 to 2025-12-31 · USD

    | | General | Aid | Reserve | Endowment | Total |
    |---|---:|---:|---:|---:|---:|
    | **Revenue and support** |  |  |  |  |  |
    | &nbsp;&nbsp;Conference registration | 300.00 | – | – | – | 300.00 |
    | &nbsp;&nbsp;Contributions of cash and other financial assets | 21,500.00 | 500.00 | – | 1,000.00 | 23,000.00 |
    | &nbsp;&nbsp;Net assets released from restrictions | 200.00 | -200.00 | – | – | – |
    | **Total revenue and support** | **22,000.00** | **300.00** | **–** | **1,000.00** | **23,300.00** |
    | **Expenses** |  |  |  |  |  |
    | &nbsp;&nbsp;Financial aid and grants | 200.00 | – | – | – | 200.00 |
    | &nbsp;&nbsp;Venue and equipment hire | 4,000.00 | – | – | – | 4,000.00 |
    | &nbsp;&nbsp;Payment processing and bank charges | 18.60 | – | – | – | 18.60 |
    | &nbsp;&nbsp;Salaries, wages and benefits | 1,000.01 | – | – | – | 1,000.01 |
    | &nbsp;&nbsp;Depreciation | 100.00 | – | – | – | 100.00 |
    | **Total expenses** | **5,318.61** | **–** | **–** | **–** | **5,318.61** |
    | **Change** | **16,681.39** | **300.00** | **–** | **1,000.00** | **17,981.39** |
    | Beginning | – | – | – | – | – |
    | Opening balances and transfers | -5,000.00 | – | 5,000.00 | – | – |
    | End | 11,681.39 | 300.00 | 5,000.00 | 1,000.00 | 17,981.39 |

    Covers 42 postings.

    Head 140:HASH
    ");
}

#[test]
fn budgets() {
    let env = year();
    env.write("budget.csv", "event,version,date,account,amount,approved_by\npyex26,draft,2025-09-01,4010,90000.00,\npyex26,board,2025-11-01,4010,80000.00,the board\npyex26,board,2025-11-01,5010,9500.00,the board\n");
    assert_snapshot!(env.session(
        "import budget budget.csv
         import budget budget.csv
         report budget --event pyex26
         report budget --event pyex26 --budget draft --format csv
         report budget --event pyex26 --budget final
         budget add pyex25 v1 --line 5010=3,000.00 --date 2025-01-01
         report budget --event pyex25"
    ), @r#"
    $ bursar import budget budget.csv
    3 budget lines added.

    $ bursar import budget budget.csv
    0 budget lines added.

    $ bursar report budget --event pyex26
    Example Society
    Budget of PyExample 2026 · pyex26 · USD

                                                                          Better
                                    Budget   Actual Committed  Forecast  (worse)
    Revenue
      Conference registration    80,000.00   320.00         – 80,000.00        –
      Sponsorship, exchange              –   500.00         –    500.00   500.00
        part
      Contributions of cash and          – 1,500.00         –  1,500.00 1,500.00
        other financial assets
                                 ───────── ──────── ───────── ───────── ────────
    Total revenue                80,000.00 2,320.00         – 82,000.00 2,000.00

    Cost
      Venue and equipment hire    9,500.00 2,000.00  7,000.00  9,500.00        –
      Payment processing and             –     9.60         –      9.60    -9.60
        bank charges
                                 ───────── ──────── ───────── ───────── ────────
    Total cost                    9,500.00 2,009.60  7,000.00  9,509.60    -9.60

                                 ───────── ──────── ───────── ───────── ────────
    Result                       70,500.00   310.40 -7,000.00 72,490.40 1,990.40

    Budget board of 2025-11-01, approved by the board.
    Other versions: draft (2025-09-01).
    Committed: orders and sponsorships agreed and not in the books, contracts not
    billed at the attendance so far or their minimum.
    The event is to come: a line is forecast as budgeted where less is there and
    committed yet.
    2.9 % of the budgeted revenue is there or committed.
    Covers 9 postings.
    Head 141:HASH

    $ bursar report budget --event pyex26 --budget draft --format csv
    key,label,level,kind,budget,actual,committed,forecast,better
    revenue-heading,Revenue,0,heading,,,,,
    registration,Conference registration,1,line,90000.00,320.00,0.00,90000.00,0.00
    sponsorship,"Sponsorship, exchange part",1,line,0.00,500.00,0.00,500.00,500.00
    contributions,Contributions of cash and other financial assets,1,line,0.00,1500.00,0.00,1500.00,1500.00
    revenue,Total revenue,0,total,90000.00,2320.00,0.00,92000.00,2000.00
    cost-heading,Cost,0,heading,,,,,
    venue,Venue and equipment hire,1,line,0.00,2000.00,7000.00,9000.00,-9000.00
    fees,Payment processing and bank charges,1,line,0.00,9.60,0.00,9.60,-9.60
    cost,Total cost,0,total,0.00,2009.60,7000.00,9009.60,-9009.60
    result,Result,0,total,90000.00,310.40,-7000.00,82990.40,-7009.60
    note-1,"Budget draft of 2025-09-01, not approved by anyone.",0,note,,,,,
    note-2,Other versions: board (2025-11-01).,0,note,,,,,
    note-3,"Committed: orders and sponsorships agreed and not in the books, contracts not billed at the attendance so far or their minimum.",0,note,,,,,
    note-4,The event is to come: a line is forecast as budgeted where less is there and committed yet.,0,note,,,,,
    note-5,2.5 % of the budgeted revenue is there or committed.,0,note,,,,,
    note-6,Covers 9 postings.,0,note,,,,,
    note-7,Head 141:HASH,0,note,,,,,

    $ bursar report budget --event pyex26 --budget final
    [stderr]
    error[no-budget]: pyex26 has no budget `final`; there are draft, board
      hint: name one of them with --budget VERSION
    [exit 1]

    $ bursar budget add pyex25 v1 --line 5010=3,000.00 --date 2025-01-01
    Example Society
    Budget, pyex25 · USD

        Account          Amount Set on     Approved by Basis
    v1  Expenses:Venue 3,000.00 2025-01-01

    $ bursar report budget --event pyex25
    Example Society
    Budget of PyExample 2025 · pyex25 · USD

                                                                          Better
                                  Budget    Actual Committed  Forecast   (worse)
    Revenue
      Conference registration          –    300.00         –    300.00    300.00
                               ───────── ─────────         ─ ───────── ─────────
    Total revenue                      –    300.00         –    300.00    300.00

    Cost
      Financial aid and                –    200.00         –    200.00   -200.00
        grants
      Venue and equipment       3,000.00  4,000.00         –  4,000.00 -1,000.00
        hire
      Payment processing and           –      9.00         –      9.00     -9.00
        bank charges
                               ───────── ─────────         ─ ───────── ─────────
    Total cost                  3,000.00  4,209.00         –  4,209.00 -1,209.00

                               ───────── ─────────         ─ ───────── ─────────
    Result                     -3,000.00 -3,909.00         – -3,909.00   -909.00

    Budget v1 of 2025-01-01, not approved by anyone.
    Committed: orders and sponsorships agreed and not in the books, contracts not
    billed at the attendance so far or their minimum.
    The event is over: the forecast is what is there and committed.
    Covers 17 postings.
    Head 142:HASH
    "#);
}

#[test]
fn open_items() {
    let env = year();
    assert_snapshot!(env.session(
        "report receivables
         report receivable-aging --as-of 2026-02-15
         report receivable-movements --period 2025
         report payable-movements --period 2025
         report clearing --period 2025
         report party 'Initech Ltd'
         report party 'Harbour Hall' --period 2025-06
         report party Nobody"
    ), @"
    $ bursar report receivables
    Example Society
    Open receivables · USD

                          Party       Event  Date       Due   Amount
    sponsorship s1        Initech Ltd pyex26 2025-12-01     2,000.00
                                                            ────────
    As the ledger has it                                    2,000.00

    The ledger accounts are 1210, 1220, 1310.
    Covers 38 postings.
    Head 138:HASH

    $ bursar report receivable-aging --as-of 2026-02-15
    Example Society
    Receivables by age, 2026-02-15 · USD

                 Not 1–30                Over
                 due days 31–60    61–90   90    Total
    Initech Ltd    –    –     – 2,000.00    – 2,000.00
                   ─    ─     ─ ────────    ─ ────────
    Total          –    –     – 2,000.00    – 2,000.00

    Days overdue on 2026-02-15, counted from the due date, or from the document's
    own.
    Documents as they stand now, beside the ledger of the day; `bursar report
    receivables` lists them.
    Covers 38 postings.
    Head 138:HASH

    $ bursar report receivable-movements --period 2025
    Example Society
    Receivables: how they came and went · 2025-01-01 to 2025-12-31 · USD

                                        Opening      Due  Closing
    Receivables
      Accounts receivable: Sponsorship        –   500.00   500.00
      Pledges receivable                      – 1,500.00 1,500.00
                                              ─ ──────── ────────
    Total                                     – 2,000.00 2,000.00

    Covers 38 postings.
    Head 138:HASH

    $ bursar report payable-movements --period 2025
    Example Society
    Payables: how they came and went · 2025-01-01 to 2025-12-31 · USD

                        Opening      Due      Paid Closing
    Payables
      Accounts payable        – 4,200.00 -4,200.00       –
                              ─ ──────── ─────────       ─
    Total                     – 4,200.00 -4,200.00       –

    Covers 38 postings.
    Head 138:HASH

    $ bursar report clearing --period 2025
    Example Society
    Clearing accounts · 2025-01-01 to 2025-12-31 · USD

                                Opening Received Closing
    With processors and platforms
      Clearing: Card processor        –   601.40  601.40
                                      ─   ──────  ──────
    Total                             –   601.40  601.40

    A clearing account comes to zero when the processor has paid everything out:
    what is left is on its way, or missing.
    Card processor: in the way is 601.40 of what came in since 2025-02-02, if what
    came first was paid out first; `bursar report ledger 1110 --from 2025-02-02`
    lists it.
    Covers 38 postings.
    Head 138:HASH

    $ bursar report party 'Initech Ltd'
    Example Society
    Statement of account, Initech Ltd · all dates · USD

                                Date       Account              Amount  Balance
    Balance brought forward                                                   –
    Sponsorship s1              2025-12-01 Pledges receivable 1,500.00 1,500.00
    Invoice for sponsorship s1  2025-12-02 Sponsorship          500.00 2,000.00
                                                              ──────── ────────
    Balance                                                            2,000.00

    Positive: due to us. Negative: paid to us, or due from us.
    Covers 2 postings.
    Head 138:HASH

    $ bursar report party 'Harbour Hall' --period 2025-06
    Example Society
    Statement of account, Harbour Hall · 2025-06-01 to 2025-06-30 · USD

                             Date       Account            Amount   Balance
    Balance brought forward                                       -4,000.00
    Payment of bill b1       2025-06-01 Accounts payable 4,000.00         –
                                                         ──────── ─────────
    Balance                                                               –

    Positive: due to us. Negative: paid to us, or due from us.
    Covers 1 posting.
    Head 138:HASH

    $ bursar report party Nobody
    [stderr]
    error[unknown-party]: there is no party `Nobody`
      hint: `bursar party list` shows all, `bursar party add NAME` makes one known
    [exit 1]
    ");
}

#[test]
fn a_bill_from_abroad() {
    let env = year();
    env.write("rates.csv", "date,currency,rate\n2025-12-01,EUR,1.10\n2025-12-31,EUR,1.20\n2026-01-20,EUR,1.15\n");
    assert_snapshot!(env.session(
        "import rates rates.csv
         import rates rates.csv
         rate list
         bill add b9 --vendor 'Studio GmbH' --event pyex25 --currency EUR --line 5060=600.01 --line 5070=300.00 --date 2025-12-10
         rate revalue --as-of 2025-12-31
         report activities --period 2025 --total --format csv
         payment add bill b9 --foreign 450.00 --date 2026-01-20
         payment add bill b9 --foreign 450.02 --date 2026-01-20
         payment add bill b9 --amount 500.00 --date 2026-01-21
         payment add bill b1 --foreign 5.00 --date 2026-01-21
         report ledger 4710
         verify"
    ), @r#"
    $ bursar import rates rates.csv
    3 rates added.

    $ bursar import rates rates.csv
    0 rates added.

    $ bursar rate list
    Example Society
    Exchange rates

         Date       Rate
    EUR  2025-12-01 1.10
    EUR  2025-12-31 1.20
    EUR  2026-01-20 1.15

    USD for one unit; the latest on or before a day counts, of one day the one told
    last.

    $ bursar bill add b9 --vendor 'Studio GmbH' --event pyex25 --currency EUR --line 5060=600.01 --line 5070=300.00 --date 2025-12-10
    Example Society
    Bill b9 · USD

                                                           Amount
      Party                            Studio GmbH
      Event                            pyex25
      Date                             2025-12-10
      Status                           open
      Expenses:Audiovisual                                 660.01
      Expenses:Audiovisual:Captioning                      330.00
                                                          ───────
    Total                                                  990.01

      To be paid                                           990.01
      of which abroad                  900.01 EUR at 1.10
    Entry 17 of 2025-12-10
      Expenses:Audiovisual             pyex25 · program    660.01
      Expenses:Audiovisual:Captioning  pyex25 · program    330.00
      Liabilities:Accounts payable     pyex25             -990.01

    In entries, debits are positive.

    $ bursar rate revalue --as-of 2025-12-31
    Example Society
    Revaluation at 2025-12-31 · USD

                                  Debit Credit
    Liabilities:Accounts payable  90.00  90.00
    Revenue:Foreign exchange      90.00  90.00

    2 entries, 18 to 19.

    $ bursar report activities --period 2025 --total --format csv
    key,label,level,kind,total
    revenue-heading,Revenue and support,0,heading,
    registration,Conference registration,1,line,300.00
    contributions,Contributions of cash and other financial assets,1,line,23000.00
    exchange,"Foreign exchange, net",1,line,-90.00
    released,Net assets released from restrictions,1,line,0.00
    revenue,Total revenue and support,0,total,23210.00
    expenses-heading,Expenses,0,heading,
    expenses-program-services,Program services,1,heading,
    program:pyex25,PyExample 2025,2,line,5199.01
    program:pyex26,PyExample 2026,2,line,9.60
    management,Management and general,1,line,1100.01
    expenses,Total expenses,0,total,6308.62
    change,Change in net assets,0,total,16901.38
    beginning,"Net assets, beginning",0,line,0.00
    end,"Net assets, end",0,line,16901.38
    note-1,Covers 43 postings.,0,note,
    note-2,Head 146:HASH,0,note,

    $ bursar payment add bill b9 --foreign 450.00 --date 2026-01-20
    Example Society
    Bill b9 · USD

                                                           Amount
      Party                            Studio GmbH
      Event                            pyex25
      Date                             2025-12-10
      Status                           paid in part
      Expenses:Audiovisual                                 660.01
      Expenses:Audiovisual:Captioning                      330.00
                                                          ───────
    Total                                                  990.01

      To be paid                                           495.01
      of which abroad                  450.01 EUR at 1.10
    Entry 20 of 2026-01-20
      Liabilities:Accounts payable     pyex25              495.00
      Revenue:Foreign exchange         pyex25               22.50
      Assets:Cash:Checking             pyex25             -517.50

    In entries, debits are positive.

    $ bursar payment add bill b9 --foreign 450.02 --date 2026-01-20
    [stderr]
    error[beyond]: a payment of bill b9: 450.02 EUR is more than 450.01 EUR (is to be paid)
      hint: give at most that
    [exit 1]

    $ bursar payment add bill b9 --amount 500.00 --date 2026-01-21
    Example Society
    Bill b9 · USD

                                                    Amount
      Party                            Studio GmbH
      Event                            pyex25
      Date                             2025-12-10
      Status                           paid
      Expenses:Audiovisual                          660.01
      Expenses:Audiovisual:Captioning               330.00
                                                   ───────
    Total                                           990.01

    Entry 21 of 2026-01-21
      Liabilities:Accounts payable     pyex25       495.01
      Revenue:Foreign exchange         pyex25         4.99
      Assets:Cash:Checking             pyex25      -500.00

    In entries, debits are positive.

    $ bursar payment add bill b1 --foreign 5.00 --date 2026-01-21
    [stderr]
    error[usage]: bill b1 is not in a foreign currency
      hint: see the command with `--help`
    [exit 2]

    $ bursar report ledger 4710
    Example Society
    Ledger of 4710 · all dates · USD

                Entry About                                  Amount Balance
                      Balance brought forward                             –
    2025-12-31     18 Studio GmbH: Revaluation at 2025-12-31  90.00   90.00
    2026-01-01     19 Studio GmbH: Revaluation at 2025-12-31 -90.00       –
    2026-01-20     20 Studio GmbH: Payment of bill b9         22.50   22.50
    2026-01-21     21 Studio GmbH: Payment of bill b9          4.99   27.49
                                                             ──────   ─────
                      Balance                                 27.49   27.49

    Covers 4 postings.
    Head 150:HASH

    $ bursar verify
    Example Society
    Verification

    Entries recomputed   21
    Postings added up    51
    Facts recomputed    129

    The books are as they were recorded.
    Head 150:HASH
    "#);
}

#[test]
fn receipts() {
    let env = year();
    env.write("hall.pdf", "not really a PDF");
    env.write(
        "rules.toml",
        "[[rule]]\nneeds = 'a bill'\ntype = 'expense'\nfrom = 200\nexcept = ['held', 'payment', 'order']\n",
    );
    assert_snapshot!(env.session(
        "report receipts --rules rules.toml
         receipt add 9 hall.pdf --dry-run
         receipt add 9 hall.pdf
         receipt add 9 hall.pdf
         receipt list
         receipt waive 11 --reason 'the contract is in the archive'
         report receipts --rules rules.toml
         verify --receipts --rules rules.toml"
    ), @"
    $ bursar report receipts --rules rules.toml
    Example Society
    Entries without the document they need · USD

         Date       What      Amount Needs
    #9   2025-05-20 Bill b1 4,000.00 a bill
    #11  2025-05-20 Bill b2   200.00 a bill
    #15  2025-06-30         1,000.01 a bill

    Receipts attached: 0; entries waived: 0.
    `bursar receipt add ENTRY FILE` attaches one; `bursar receipt waive ENTRY
    --reason TEXT` says why there is none.

    $ bursar receipt add 9 hall.pdf --dry-run
    Dry run: Attached hall.pdf to entry 9: SHA-256 HASH. (Nothing was written.)

    $ bursar receipt add 9 hall.pdf
    Attached hall.pdf to entry 9: SHA-256 HASH.

    $ bursar receipt add 9 hall.pdf
    [stderr]
    error[exists]: receipt `hall.pdf of entry 9` is there already
      hint: choose another name, or use the one that is there
    [exit 1]

    $ bursar receipt list
    Example Society
    Receipts

        File     Bytes SHA-256
    #9  hall.pdf    16 a86e619908f3b326e46213d74243a51d681400cfcfc7e0c970b8de39d8ef7
                       f11

    $ bursar receipt waive 11 --reason 'the contract is in the archive'
    Entry 11 needs no receipt.

    $ bursar report receipts --rules rules.toml
    Example Society
    Entries without the document they need · USD

         Date       What   Amount Needs
    #15  2025-06-30      1,000.01 a bill

    Receipts attached: 1; entries waived: 1.
    `bursar receipt add ENTRY FILE` attaches one; `bursar receipt waive ENTRY
    --reason TEXT` says why there is none.

    $ bursar verify --receipts --rules rules.toml
    Example Society
    Verification

    Entries recomputed   16
    Postings added up    38
    Facts recomputed    124

    The books are as they were recorded.
    Head 140:HASH

    Example Society
    Entries without the document they need · USD

         Date       What   Amount Needs
    #15  2025-06-30      1,000.01 a bill

    Receipts attached: 1; entries waived: 1.
    `bursar receipt add ENTRY FILE` attaches one; `bursar receipt waive ENTRY
    --reason TEXT` says why there is none.
    [stderr]
    error[receipts-missing]: 1 entry has no document
      hint: `bursar receipt add ENTRY FILE`, or `bursar receipt waive ENTRY --reason TEXT`
    [exit 1]
    ");
    let folder = env.path("bursar.db-receipts");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not really a PDF");
    std::fs::write(&file, "another PDF").unwrap();
    let changed = env.run("verify --receipts --rules rules.toml");
    assert_eq!(changed.code, 3);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&changed.stdout).contains("hall.pdf was changed after it was attached"), "{}", changed.stdout);
    std::fs::remove_file(&file).unwrap();
    assert!(words(&env.run("verify --receipts").stdout).contains("hall.pdf is missing at"));
}

#[test]
fn the_end_of_the_year() {
    let env = year();
    assert_snapshot!(env.session(
        "close --through 2025-12-31 --check
         close --through 2025-12-31
         entry add --date 2025-12-31 --debit 6010=5.00 --credit 1010=5.00
         reopen --from 2025-12-31 --reason 'the auditor wants an accrual'
         entry add --date 2025-12-31 --debit 6010=5.00 --credit 1010=5.00 --format csv
         close --through 2025-12-31
         verify"
    ), @r#"
    $ bursar close --through 2025-12-31 --check
    Example Society
    Before the books are locked through 2025-12-31

                                              Is it? What is in the way
    Past events are confirmed as held         ok
    Clearing accounts are paid out            look   Assets:Clearing:Card
                                                     processor 601.40,
                                                     which came in since
                                                     2025-02-02
    Nothing is left in suspense               ok
    Every account has a statement line        ok
    No fund is below zero                     ok
    Nothing is overdue for more than 90 days  ok
    Entries have the document they need       look   8 entries; `bursar
                                                     report receipts`
                                                     lists them
    Open foreign items are revalued           ok

    `blocks` refuses the lock; `look` is the treasurer's and the board's to decide.
    Covers 38 postings.
    Head 138:HASH

    $ bursar close --through 2025-12-31
    Locked through 2025-12-31. For the minutes: head
    139:HASH
    `bursar verify --head N:HASH` checks against it.
    2 points of the checklist were left to look at: Clearing accounts are paid out; Entries have the document they need.

    $ bursar entry add --date 2025-12-31 --debit 6010=5.00 --credit 1010=5.00
    [stderr]
    error[period-locked]: 2025-12-31 lies in a locked period: the books are locked through 2025-12-31
      hint: date the entry after 2025-12-31, or open the days again with `bursar reopen --from DATE --reason TEXT`
    [exit 1]

    $ bursar reopen --from 2025-12-31 --reason 'the auditor wants an accrual'
    Open again from 2025-12-31. For the minutes: head
    140:HASH

    $ bursar entry add --date 2025-12-31 --debit 6010=5.00 --credit 1010=5.00 --format csv
    key,label,level,kind,debit,credit,party,details
    1,Expenses:Wages,0,line,5.00,,,management
    2,Assets:Cash:Checking,0,line,,5.00,,cash flow staff
    note-1,"Recorded 2026-01-15T12:00:00Z by Ada, from fact 125 (voucher).",0,note,,,,
    note-2,Record 142:HASH,0,note,,,,

    $ bursar close --through 2025-12-31
    Locked through 2025-12-31. For the minutes: head
    143:HASH
    `bursar verify --head N:HASH` checks against it.
    2 points of the checklist were left to look at: Clearing accounts are paid out; Entries have the document they need.

    $ bursar verify
    Example Society
    Verification

    Entries recomputed   17
    Postings added up    40
    Facts recomputed    126

    The books are as they were recorded.
    Head 143:HASH
    "#);
}

#[test]
fn closing_and_reopening_change_no_figure() {
    let env = year();
    let all = || {
        ["activities", "position", "cash-flows", "funds", "trial-balance"].map(|key| {
            let shown = env.run(&format!("report {key} --period 2025 --format csv")).ok().stdout;
            shown.lines().filter(|line| !line.starts_with("note-")).collect::<Vec<_>>().join("\n")
        })
    };
    let before = all();
    env.run("close --through 2025-12-31").ok();
    assert_eq!(all(), before);
    env.run("reopen --from 2025-07-01 --reason 'an accrual'").ok();
    assert_eq!(all(), before);
}

#[test]
fn notes_stand_under_what_they_explain() {
    let env = year();
    assert_snapshot!(env.session(
        "note add 'Ada asked for a refund twice' --account 4010 --date 2025-05-16
         note add 'The hall was repaired' --on venue --for board --event pyex25 --date 2025-05-20
         note add 'Our first deficit' --on activities --for public --date 2025-12-31
         hours add video --people 3 --hours 40 --event pyex25 --date 2025-05-16
         report activities --period 2025 --total
         report activities --period 2025 --total --audience public --format csv
         report context --period 2025"
    ), @r#"
    $ bursar note add 'Ada asked for a refund twice' --account 4010 --date 2025-05-16
    Example Society
    Notes

                Event On                   For       Note
    2025-05-16        Revenue:Registration treasurer Ada asked for a refund twice

    $ bursar note add 'The hall was repaired' --on venue --for board --event pyex25 --date 2025-05-20
    Example Society
    Notes

                Event  On    For   Note
    2025-05-20  pyex25 venue board The hall was repaired

    $ bursar note add 'Our first deficit' --on activities --for public --date 2025-12-31
    Example Society
    Notes

                Event  On                   For       Note
    2025-05-16         Revenue:Registration treasurer Ada asked for a refund twice
    2025-05-20  pyex25 venue                board     The hall was repaired
    2025-12-31         activities           public    Our first deficit

    $ bursar hours add video --people 3 --hours 40 --event pyex25 --date 2025-05-16
    Example Society
    Volunteer hours

           Event  Until      People Hours
    video  pyex25 2025-05-16      3    40
    Total                         3    40

    $ bursar report activities --period 2025 --total
    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025
    Revenue and support
      Conference registration                              300.00
      Contributions of cash and other financial assets  23,000.00
      Net assets released from restrictions                     –
                                                        ─────────
    Total revenue and support                           23,300.00

    Expenses
      Program services
        PyExample 2025                                   4,209.00
        PyExample 2026                                       9.60
      Management and general                             1,100.01
                                                        ─────────
    Total expenses                                       5,318.61

                                                        ─────────
    Change in net assets                                17,981.39

    Net assets, beginning                                       –
    Net assets, end                                     17,981.39

    Note 1. Conference registration: Ada asked for a refund twice (2025-05-16)
    Note 2. Our first deficit (2025-12-31)
    Covers 38 postings.
    Head 142:HASH

    $ bursar report activities --period 2025 --total --audience public --format csv
    key,label,level,kind,total
    revenue-heading,Revenue and support,0,heading,
    registration,Conference registration,1,line,n/p
    contributions,Contributions of cash and other financial assets,1,line,n/p
    released,Net assets released from restrictions,1,line,0.00
    revenue,Total revenue and support,0,total,n/p
    expenses-heading,Expenses,0,heading,
    expenses-program-services,Program services,1,heading,
    program:pyex25,PyExample 2025,2,line,n/p
    program:pyex26,PyExample 2026,2,line,n/p
    management,Management and general,1,line,n/p
    expenses,Total expenses,0,total,n/p
    change,Change in net assets,0,total,17981.39
    beginning,"Net assets, beginning",0,line,0.00
    end,"Net assets, end",0,line,17981.39
    note-1,"DRAFT – NOT RELEASED: a preview for the public, not to be handed out.",0,note,
    note-2,7 figures are withheld (n/p): they would tell of single contributors.,0,note,
    note-3,Note 1. Our first deficit (2025-12-31),0,note,
    note-4,Covers 38 postings.,0,note,
    note-5,Head 142:HASH,0,note,

    $ bursar report context --period 2025
    Example Society
    People behind the figures

                  Number Hours
    PyExample 2025
      Admissions       1
    PyExample 2026
      Admissions       1
    Volunteer teams
      video            3    40
    Volunteers         3    40

    Volunteers' time is no revenue and no expense (ASC 958-605-25-16): it is
    counted, not valued.
    Ada asked for a refund twice (2025-05-16)
    The hall was repaired (2025-05-20)
    Our first deficit (2025-12-31)
    "#);
}

#[test]
fn the_whole_set() {
    let env = year();
    assert_snapshot!(env.session(
        "report all --period 2025 --output set --format md --dry-run
         report all --period 2025 --output set --format md
         report all --period 2025 --output set --format md
         report all --period 2025 --event pyex25 --audience board --output board --format html"
    ), @"
    $ bursar report all --period 2025 --output set --format md --dry-run
    Dry run: 26 statements in set: activities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, by-activity, trial-balance, event-summary-pyex25, event-summary-pyex26, registrations-pyex25, registrations-pyex26, sponsorship-pyex26, free-speakers-pyex25, free-speakers-pyex26, receivables, receivable-aging, context, receipts, form-990, sponsorship-tax. (Nothing was written.)

    $ bursar report all --period 2025 --output set --format md
    26 statements in set: activities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, by-activity, trial-balance, event-summary-pyex25, event-summary-pyex26, registrations-pyex25, registrations-pyex26, sponsorship-pyex26, free-speakers-pyex25, free-speakers-pyex26, receivables, receivable-aging, context, receipts, form-990, sponsorship-tax.

    $ bursar report all --period 2025 --output set --format md
    [stderr]
    error[file-exists]: set is there already
      hint: name another file, or move this one away
    [exit 1]

    $ bursar report all --period 2025 --event pyex25 --audience board --output board --format html
    14 statements in board: activities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, payable-movements, by-activity, event-summary-pyex25, registrations-pyex25, free-speakers-pyex25, context.
    ");
    let files = |folder: &str| {
        let mut names: Vec<String> = std::fs::read_dir(env.path(folder))
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert!(files("set").iter().all(|name| name.ends_with(".md")));
    assert!(files("board").iter().all(|name| name.ends_with(".html")));
    assert!(
        !files("board").iter().any(|name| name.contains("trial") || name.contains("990") || name.contains("receiv"))
    );
}

#[test]
fn worksheets_for_the_preparer() {
    let env = year();
    env.run("sponsor add k1 --event pyex26 --party 'Example GmbH' --price 1,000.00 --benefits 200.00 --in-kind services --date 2025-12-05").ok();
    env.run("payment add sponsorship k1 --amount 1,000.00 --method in-kind --account 6410 --date 2025-12-06").ok();
    assert_snapshot!(env.session(
        "report form-990 --period 2025
         report sponsorship-tax --period 2025 --format csv
         report form-990 --audience board"
    ), @r#"
    $ bursar report form-990 --period 2025
    Example Society
    Form 990 worksheet · 2025-01-01 to 2025-12-31 · USD

                                                      (A)       (B)      (C) (D)
    Part I: (A) the period before or the beginning, (B) this period or the end
      8 Contributions and grants                        – 23,000.00
      9 Program service revenue                         –    300.00
      10 Investment income                              –         –
      11 Other revenue                                  –         –
                                                ───────── ───────── ────────   ─
    12 Total revenue                                    – 23,300.00

      13 Grants and similar amounts paid                –    200.00
      15 Salaries, other compensation,                  –  1,000.01
        employee benefits
      17 Other expenses                                 –  4,318.60
                                                ───────── ───────── ────────   ─
    18 Total expenses                                   –  5,518.61

      19 Revenue less expenses                          – 17,781.39
      20 Total assets                                   – 18,801.39
      21 Total liabilities                              –  1,020.00
      22 Net assets                                     – 17,781.39
    Part III, three largest: (A) expenses, (B) of which grants, (C) revenue
      4a PyExample 2025                          4,209.00    200.00   300.00
      4b PyExample 2026                              9.60         –        –
    Part VIII, revenue: (A) total, (B) related, (C) unrelated, (D) excluded
    Contributions, gifts, grants
      1f All other contributions, gifts,        23,000.00         –        –   –
        grants
                                                ───────── ───────── ────────   ─
    1h Total contributions                      23,000.00         –        –   –

    Program service revenue
      2a Conference registration                   300.00    300.00        –   –
                                                ───────── ───────── ────────   ─
    2g Total program service revenue               300.00    300.00        –   –

                                                ───────── ───────── ────────   ─
    12 Total revenue                            23,300.00    300.00        –   –

    Part IX, expenses: (A) total, (B) program, (C) management, (D) fundraising
    Expenses
      2 Grants to domestic individuals             200.00    200.00        –   –
      7 Other salaries and wages                 1,000.01         – 1,000.01   –
      14 Information technology                  1,000.00         – 1,000.00   –
      19 Conferences, conventions, meetings      4,000.00  4,000.00        –   –
      22 Depreciation                              100.00         –   100.00   –
      24a Payment processing and bank charges       18.60     18.60        –   –
                                                ───────── ───────── ────────   ─
    All expenses of the books                    6,318.61  4,218.60 2,100.01   –

    Less services and facilities given in kind    -800.00         –  -800.00   –
                                                ───────── ───────── ────────   ─
    25 Total functional expenses                 5,518.61  4,218.60 1,300.01   –

    Part X, balance sheet: (A) beginning, (B) end
    Assets
      1 Cash, non-interest-bearing                      – 11,299.99
      3 Pledges and grants receivable, net              –  1,500.00
      4 Accounts receivable, net                        –  1,101.40
      9 Prepaid expenses and deferred charges           –  2,000.00
      10 Land, buildings, equipment, net                –  2,900.00
                                                ───────── ───────── ────────   ─
    16 Total assets                                     – 18,801.39

    Liabilities
      19 Deferred revenue                               –  1,020.00
                                                ───────── ───────── ────────   ─
    26 Total liabilities                                –  1,020.00

    Net assets
      27 Net assets without donor restrictions          – 16,481.39
      28 Net assets with donor restrictions             –  1,300.00
                                                ───────── ───────── ────────   ─
    32 Total net assets                                 – 17,781.39

                                                ───────── ───────── ────────   ─
    33 Total liabilities and net assets                 – 18,801.39

    From the books to the form: (A) revenue, (B) expenses
      As the statement of activities has it     24,100.00  6,318.61
      Less donated services and facilities        -800.00   -800.00
      Less cost of goods sold                           –         –
                                                ───────── ───────── ────────   ─
    As the form has it                          23,300.00  5,518.61

    Part XI, reconciliation of net assets
      1 Total revenue                           23,300.00
      2 Total expenses                           5,518.61
      3 Revenue less expenses                   17,781.39
      4 Net assets, beginning                           –
                                                ───────── ───────── ────────   ─
    10 Net assets, end                          17,781.39

    Ties: (A) is (B); (C) what is between them
      Part I line 12 is Part VIII line 12       23,300.00 23,300.00        –
      Part I line 18 is Part IX line 25          5,518.61  5,518.61        –
      Part VIII line 12 is the books' revenue,  23,300.00 23,300.00        –
        reconciled
      Part IX line 25 is the books' expenses,    5,518.61  5,518.61        –
        reconciled
      Part X line 16 is line 33, beginning              –         –        –
      Part X line 16 is line 33, end            18,801.39 18,801.39        –
      Part XI line 4 is Part X line 32,                 –         –        –
        beginning
      Part XI line 10 is Part X line 32, end    17,781.39 17,781.39        –

    A worksheet after Form 990 (2022) for whoever prepares the return, not a return.
    Amounts in whole USD cents: the form rounds.
    Recorded gifts and sponsorships of 250.00 or more, letters due: 3: written
    acknowledgment, so that the donor may deduct it (IRC 170(f)(8)).
    Sponsorships that are partly gifts, over 75.00, letters due: 2: disclosure of
    what the benefits are worth, when a payment is partly a gift (IRC 6115).
    Covers 42 postings.
    Head 141:HASH

    $ bursar report sponsorship-tax --period 2025 --format csv
    key,label,level,kind,sponsors,agreed,qualified,related,booths,advertising
    pyex26:none,"Without a package, pyex26",0,line,2,3000.00,2300.00,700.00,0.00,0.00
    total,Total,0,total,2,3000.00,2300.00,700.00,0.00,0.00
    note-1,"Qualified: acknowledged, nothing substantial in return. Benefits worth at most 2 % of a payment are disregarded; above that all of their value counts (Treas. Reg. 1.513-4).",0,note,,,,,,
    note-2,Booths fall under 1.513-3 when the trade show qualifies; advertising is unrelated business income.,0,note,,,,,,
    note-3,A payment that depends on attendance or exposure does not qualify: look at such contracts one by one.,0,note,,,,,,
    note-4,Covers 42 postings.,0,note,,,,,,
    note-5,Head 141:HASH,0,note,,,,,,

    $ bursar report form-990 --audience board
    [stderr]
    error[treasurer-only]: `form-990` is for the treasurer: for the board it would show single entries or parties
      hint: for board and public there are `bursar report activities` and `bursar report position`
    [exit 1]
    "#);
}

#[test]
fn beside_each_other() {
    let env = year();
    assert_snapshot!(env.session(
        "report activities --period 2025 --total --compare prior
         report activities --period 2025 --total --compare events --format csv
         report position --period 2025-Q4 --compare months --format csv
         report activities --period 2025-Q2 --total --compare running --format csv
         report cash-flows --period 2025 --compare quarters --format csv
         report activities --compare prior"
    ), @r#"
    $ bursar report activities --period 2025 --total --compare prior
    Example Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                                             2025 2024    Change
    Revenue and support
      Conference registration                              300.00    –    300.00
      Contributions of cash and other financial assets  23,000.00    – 23,000.00
      Net assets released from restrictions                     –    –         –
                                                        ─────────    ─ ─────────
    Total revenue and support                           23,300.00    – 23,300.00

    Expenses
      Program services
        PyExample 2025                                   4,209.00    –  4,209.00
        PyExample 2026                                       9.60    –      9.60
      Management and general                             1,100.01    –  1,100.01
                                                        ─────────    ─ ─────────
    Total expenses                                       5,318.61    –  5,318.61

                                                        ─────────    ─ ─────────
    Change in net assets                                17,981.39    – 17,981.39

    Net assets, beginning                                       –    –         –
    Net assets, end                                     17,981.39    – 17,981.39

    Covers 38 postings.
    Head 138:HASH

    $ bursar report activities --period 2025 --total --compare events --format csv
    key,label,level,kind,total,compare-1,compare-2
    revenue-heading,Revenue and support,0,heading,,,
    registration,Conference registration,1,line,300.00,300.00,0.00
    contributions,Contributions of cash and other financial assets,1,line,23000.00,0.00,1500.00
    released,Net assets released from restrictions,1,line,0.00,0.00,0.00
    revenue,Total revenue and support,0,total,23300.00,300.00,1500.00
    expenses-heading,Expenses,0,heading,,,
    expenses-program-services,Program services,1,heading,,,
    program:pyex25,PyExample 2025,2,line,4209.00,4209.00,0.00
    program:pyex26,PyExample 2026,2,line,9.60,0.00,9.60
    management,Management and general,1,line,1100.01,0.00,0.00
    expenses,Total expenses,0,total,5318.61,4209.00,9.60
    change,Change in net assets,0,total,17981.39,-3909.00,1490.40
    beginning,"Net assets, beginning",0,line,0.00,0.00,0.00
    end,"Net assets, end",0,line,17981.39,-3909.00,1490.40
    note-1,Covers 38 postings.,0,note,,,
    note-2,Head 138:HASH,0,note,,,

    $ bursar report position --period 2025-Q4 --compare months --format csv
    key,label,level,kind,total,compare-1,compare-2,compare-3
    assets-heading,Assets,0,heading,,,,
    cash,Cash and cash equivalents,1,line,11901.39,13590.99,13590.99,11901.39
    accounts-receivable,"Accounts receivable, net",1,line,500.00,0.00,0.00,500.00
    pledges-receivable,"Pledges receivable, net",1,line,1500.00,0.00,0.00,1500.00
    prepaid,Prepaid expenses and deposits,1,line,2000.00,0.00,0.00,2000.00
    equipment,"Property and equipment, net",1,line,2900.00,3000.00,3000.00,2900.00
    assets,Total assets,0,total,18801.39,16590.99,16590.99,18801.39
    liabilities-heading,Liabilities,0,heading,,,,
    deferred-revenue,Deferred revenue,1,line,820.00,0.00,0.00,820.00
    liabilities,Total liabilities,0,total,820.00,0.00,0.00,820.00
    net-assets-heading,Net assets,0,heading,,,,
    without,Without donor restrictions,1,line,16681.39,15290.99,15290.99,16681.39
    with,With donor restrictions,1,line,1300.00,1300.00,1300.00,1300.00
    net-assets,Total net assets,0,total,17981.39,16590.99,16590.99,17981.39
    liabilities-and-net-assets,Total liabilities and net assets,0,total,18801.39,16590.99,16590.99,18801.39
    note-1,Covers 38 postings.,0,note,,,,
    note-2,Head 138:HASH,0,note,,,,

    $ bursar report activities --period 2025-Q2 --total --compare running --format csv
    key,label,level,kind,total,compare-1,compare-2,compare-3
    revenue-heading,Revenue and support,0,heading,,,,
    registration,Conference registration,1,line,300.00,0.00,300.00,300.00
    released,Net assets released from restrictions,1,line,0.00,0.00,0.00,0.00
    revenue,Total revenue and support,0,total,300.00,0.00,300.00,300.00
    expenses-heading,Expenses,0,heading,,,,
    expenses-program-services,Program services,1,heading,,,,
    program:pyex25,PyExample 2025,2,line,4200.00,0.00,4200.00,4200.00
    management,Management and general,1,line,1000.01,0.00,0.00,1000.01
    expenses,Total expenses,0,total,5200.01,0.00,4200.00,5200.01
    change,Change in net assets,0,total,-4900.01,0.00,-3900.00,-4900.01
    beginning,"Net assets, beginning",0,line,21491.00,21491.00,21491.00,21491.00
    end,"Net assets, end",0,line,16590.99,21491.00,17591.00,16590.99
    note-1,Covers 16 postings.,0,note,,,,
    note-2,Head 138:HASH,0,note,,,,

    $ bursar report cash-flows --period 2025 --compare quarters --format csv
    key,label,level,kind,total,compare-1,compare-2,compare-3,compare-4
    operating-heading,Operating activities,0,heading,,,,,
    cash:registrants,"From registrants, net of refunds",1,line,601.40,291.00,0.00,0.00,310.40
    cash:contributors,From contributors and grantors,1,line,20500.00,20500.00,0.00,0.00,0.00
    cash:venues-and-suppliers,To venues and suppliers,1,line,-6200.00,0.00,-4200.00,0.00,-2000.00
    cash:staff,To staff and volunteers,1,line,-1000.01,0.00,-1000.01,0.00,0.00
    operating,Net cash from operating activities,0,total,13901.39,20791.00,-5200.01,0.00,-1689.60
    investing-heading,Investing activities,0,heading,,,,,
    cash:investing,"Equipment and investments, net",1,line,-3000.00,-3000.00,0.00,0.00,0.00
    investing,Net cash from investing activities,0,total,-3000.00,-3000.00,0.00,0.00,0.00
    financing-heading,Financing activities,0,heading,,,,,
    cash:endowment,Contributions restricted in perpetuity,1,line,1000.00,1000.00,0.00,0.00,0.00
    financing,Net cash from financing activities,0,total,1000.00,1000.00,0.00,0.00,0.00
    net-change,Net change in cash,0,total,11901.39,18791.00,-5200.01,0.00,-1689.60
    beginning,"Cash, beginning",0,line,0.00,0.00,18791.00,13590.99,13590.99
    end,"Cash, end",0,line,11901.39,18791.00,13590.99,13590.99,11901.39
    note-1,Covers 38 postings.,0,note,,,,,
    note-2,Head 138:HASH,0,note,,,,,

    $ bursar report activities --compare prior
    [stderr]
    error[usage]: `--compare prior` needs a period with a beginning and an end, or a day: add --period or --as-of
      hint: see the command with `--help`
    [exit 2]
    "#);
}

#[test]
fn tax_by_code() {
    let env = Env::conference();
    env.run("order add t1 --event pyex26 --party Ada --item taxed --date 2026-01-06 --paid 360.00").ok();
    env.run("tax add in20 --name 'VAT 20 %' --rate 20% --recoverable 50%").ok();
    env.run("bill add v1 --vendor 'Harbour Hall' --event pyex26 --line '5060=100.00;tax=in20' --date 2026-01-07").ok();
    assert_snapshot!(env.session(
        "report tax --period 2026
         report tax-movements --period 2026"
    ), @"
    $ bursar report tax --period 2026
    Example Society
    Tax by code · 2026-01-01 to 2026-12-31 · USD

                                       2026
    Sales, without tax
      vat20                          300.00
                                     ──────
    Total sales                      300.00

    Output tax
      vat20                           60.00
                                     ──────
    Total output tax                  60.00

    Purchases, without recoverable tax
      in20                           110.00
                                     ──────
    Total purchases                  110.00

    Recoverable tax
      in20                            10.00
                                     ──────
    Total recoverable tax             10.00

                                     ──────
    Tax payable for the period, net   50.00

    Sales stand at their tax point, though their revenue may be deferred. Tax that
    is not recoverable is part of the cost it came with.
    Covers 23 postings.
    Head 143:HASH

    $ bursar report tax-movements --period 2026
    Example Society
    Tax payable and recoverable: how they came and went · 2026-01-01 to 2026-12-31 · USD

                                  On        On
                       Opening sales purchases Closing
    Owed to and by the tax office
      Tax recoverable        –     –    -10.00  -10.00
      Tax payable            – 60.00         –   60.00
                             ─ ─────    ──────  ──────
    Net, owed                – 60.00    -10.00   50.00

    Covers 30 postings.
    Head 143:HASH
    ");
}

#[test]
fn what_standards_want_said_beside_the_figures() {
    let env = year();
    env.run("sponsor add k1 --event pyex26 --party 'Example GmbH' --price 1,000.00 --benefits 0 --in-kind goods --unrestricted --date 2025-12-05").ok();
    env.run("payment add sponsorship k1 --amount 1,000.00 --method in-kind --account 5220 --date 2025-12-06").ok();
    env.run("sponsor add c1 --event pyex26 --party 'Initech Ltd' --price 700.00 --benefits 0 --condition 'a hundred come' --date 2025-12-07").ok();
    env.run("payment add sponsorship c1 --amount 300.00 --date 2025-12-08").ok();
    env.run("payment payout --from 1110 --to 1010 --amount 200.00 --date 2025-12-09").ok();
    let notes = |line: &str| {
        let text = env.run(line).ok().stdout;
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["notes"].as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(notes("report activities --period 2025 --format json"), @"
    Gifts in kind (ASC 958-605-50-1A): goods 1,000.00; restricted by their givers: none. Whether they were used or sold, and how their value was found, is for a note: `bursar note add`.
    Conditional contributions outstanding (ASC 958-310-50-4): 1 gift of 700.00, 300.00 of it paid in advance; revenue only once the condition is met.
    ");
    // Single givers' amounts are the treasurer's.
    assert_snapshot!(notes("report activities --period 2025 --audience board --format json"), @"
    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    21 figures are withheld (n/p): they would tell of single contributors.
    ");
    assert_snapshot!(notes("report position --as-of 2025-12-31 --format json"), @"Conditional contributions outstanding (ASC 958-310-50-4): 1 gift of 700.00, 300.00 of it paid in advance; revenue only once the condition is met.");
    assert_snapshot!(notes("report clearing --period 2025 --format json"), @"
    A clearing account comes to zero when the processor has paid everything out: what is left is on its way, or missing.
    Card processor: in the way is 401.40 of what came in since 2025-02-02, if what came first was paid out first; `bursar report ledger 1110 --from 2025-02-02` lists it.
    ");
    assert_snapshot!(notes("report tax --period 2025 --format json"), @"
    There is nothing to show: no amount of the books belongs here.
    Sales stand at their tax point, though their revenue may be deferred. Tax that is not recoverable is part of the cost it came with.
    ");
}

#[test]
fn a_chart_has_its_own_words() {
    let titles = |chart: &str, currency: &str| {
        let env = Env::new();
        env.run(&format!("init --name Exemplar --chart {chart} --currency {currency}")).ok();
        for line in YEAR.lines().filter(|line| !line.is_empty()) {
            env.run(line).ok();
        }
        let labels = |line: &str| {
            let csv = env.run(&format!("{line} --format csv")).ok().stdout;
            let labels = csv.lines().skip(1).filter(|line| !line.starts_with("note"));
            labels.map(|line| line.split(',').nth(1).unwrap().to_owned()).collect::<Vec<_>>().join("; ")
        };
        let all = env.run("report all --period 2025 --output set").ok().stdout;
        assert!(!all.contains("tax"), "{all}");
        for word in ["onor restrictions", "ASC ", "ASU "] {
            for file in std::fs::read_dir(env.path("set")).unwrap() {
                let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
                assert!(!text.contains(word), "{chart}: {text}");
            }
        }
        [labels("report funds --period 2025"), labels("report position"), labels("report activities --period 2025")]
            .join("\n")
    };
    assert_snapshot!(titles("uk-charity", "GBP"), @"
    Unrestricted funds; General; Total unrestricted funds; Restricted and endowment funds; Aid; Endowment; Total restricted and endowment funds; Total funds
    Assets; Tangible assets; Debtors; Prepayments and accrued income; Cash at bank and in hand; Total assets; Creditors; Deferred income; Total creditors; Net assets; The funds of the charity; Endowment funds; Restricted funds; Unrestricted funds; Total charity funds
    Income from; Donations and legacies; Charitable activities; Total income; Expenditure on; Charitable activities; PyExample 2025; PyExample 2026; Support and governance; Total expenditure; Net income (expenditure); Transfers between funds; Net movement in funds; Total funds brought forward; Total funds carried forward
    ");
    assert_snapshot!(titles("eu-association", "EUR"), @r#"
    Free funds; General; Total free funds; Earmarked funds; Aid; Endowment; Total earmarked funds; Total association funds
    Assets; Fixed assets; Trade receivables; Donations receivable; Prepaid expenses and deposits; Cash and bank balances; Total assets; Liabilities; Deferred income; Total liabilities; Association funds; Free funds; Earmarked funds; Total association funds; Total liabilities and funds
    Income; Participation fees; Donations; Use of earmarked funds; Total income; Expenses; Financial aid and grants; Venue and equipment hire; Payment processing and bank charges; Personnel costs; Depreciation; Total expenses; Result for the period; "Association funds; "Association funds
    "#);
    assert_snapshot!(titles("commercial", "EUR"), @r#"
    Free funds; General; Total free funds; Earmarked funds; Aid; Endowment; Total earmarked funds; Equity
    Assets; Cash and cash equivalents; Trade receivables; Prepayments and deposits; Equipment; Total assets; Liabilities; Contract liabilities (deferred revenue); Total liabilities; Accumulated result; Total equity; Total liabilities and equity
    Income; Ticket revenue; Other income; Total income; Expenses; Venue and equipment hire; Payment processing and bank charges; Employee costs; Financial aid and giving; Depreciation; Total expenses; Surplus; Profit or loss for the period; "Equity; "Equity
    "#);
}

#[test]
fn the_year_before_of_a_day() {
    let env = year();
    assert_snapshot!(env.session(
        "report position --as-of 2025-12-31 --compare prior --format csv
         report position --compare prior"
    ), @r#"
    $ bursar report position --as-of 2025-12-31 --compare prior --format csv
    key,label,level,kind,total,compare-1,change
    assets-heading,Assets,0,heading,,,
    cash,Cash and cash equivalents,1,line,11901.39,0.00,11901.39
    accounts-receivable,"Accounts receivable, net",1,line,500.00,0.00,500.00
    pledges-receivable,"Pledges receivable, net",1,line,1500.00,0.00,1500.00
    prepaid,Prepaid expenses and deposits,1,line,2000.00,0.00,2000.00
    equipment,"Property and equipment, net",1,line,2900.00,0.00,2900.00
    assets,Total assets,0,total,18801.39,0.00,18801.39
    liabilities-heading,Liabilities,0,heading,,,
    deferred-revenue,Deferred revenue,1,line,820.00,0.00,820.00
    liabilities,Total liabilities,0,total,820.00,0.00,820.00
    net-assets-heading,Net assets,0,heading,,,
    without,Without donor restrictions,1,line,16681.39,0.00,16681.39
    with,With donor restrictions,1,line,1300.00,0.00,1300.00
    net-assets,Total net assets,0,total,17981.39,0.00,17981.39
    liabilities-and-net-assets,Total liabilities and net assets,0,total,18801.39,0.00,18801.39
    note-1,Covers 38 postings.,0,note,,,
    note-2,Head 138:HASH,0,note,,,

    $ bursar report position --compare prior
    [stderr]
    error[usage]: `--compare prior` needs a period with a beginning and an end, or a day: add --period or --as-of
      hint: see the command with `--help`
    [exit 2]
    "#);
}

#[test]
fn aging_of_a_day_that_is_past_is_tied_to_its_ledger() {
    let env = year();
    env.run("payment add sponsorship s1 --amount 1,500.00 --date 2026-01-10").ok();
    assert_snapshot!(env.session(
        "report receivable-aging --as-of 2025-12-31
         report payable-aging --as-of 2025-12-31 --format csv"
    ), @r#"
    $ bursar report receivable-aging --as-of 2025-12-31
    Example Society
    Receivables by age, 2025-12-31 · USD

                                       Not   1–30             Over
                                       due   days 31–60 61–90   90    Total
    Initech Ltd                          – 500.00     –     –    –   500.00
                                         ─ ──────     ─     ─    ─ ────────
    Total                                – 500.00     –     –    –   500.00

    Changed since, revalued, or in no                              1,500.00
      document
                                         ─ ──────     ─     ─    ─ ────────
    In the ledger, 2025-12-31                                      2,000.00

    Days overdue on 2025-12-31, counted from the due date, or from the document's
    own.
    Documents as they stand now, beside the ledger of the day; `bursar report
    receivables` lists them.
    Covers 38 postings.
    Head 140:HASH

    $ bursar report payable-aging --as-of 2025-12-31 --format csv
    key,label,level,kind,not-due,to-30,to-60,to-90,over-90,total
    total,Total,0,total,0.00,0.00,0.00,0.00,0.00,0.00
    note-1,Nothing is open.,0,note,,,,,,
    note-2,"Days overdue on 2025-12-31, counted from the due date, or from the document's own.",0,note,,,,,,
    note-3,"Documents as they stand now, beside the ledger of the day; `bursar report payables` lists them.",0,note,,,,,,
    note-4,Covers 38 postings.,0,note,,,,,,
    note-5,Head 140:HASH,0,note,,,,,,
    "#);
}
