//! What a treasurer does with a conference, where it once went wrong.

use insta::assert_snapshot;

use crate::common::Env;

/// Runs commands, the last of which is shown.
fn last(env: &Env, commands: &[&str]) -> String {
    let (last, before) = commands.split_last().expect("a command");
    for command in before {
        env.run(command).ok();
    }
    env.run(last).show()
}

#[test]
fn a_quota_that_runs_out_among_the_pieces_of_an_order() {
    let env = Env::conference();
    env.run("ticket add pyex26 shirt --name Shirt --kind merchandise --price '10.00;first=2' --price 20.00").ok();
    assert_snapshot!(last(&env, &[
        "order add q --event pyex26 --party Ada --date 2026-01-04 --item 'shirt;quantity=3' --item 'shirt;quantity=2'",
    ]), @"
    Example Society
    Order q · USD

                                          Amount
      Party     Ada
      Event     pyex26
      Date      2026-01-04
      1 shirt   3 pieces, by self, unpaid  40.00
      2 shirt   2 pieces, by self, unpaid  40.00
                                           ─────
    To be paid                             80.00
    ");
    env.write("q.csv", "order,date,event,party,ticket,quantity\nr,2026-01-04,pyex26,Ada,shirt,1\n");
    assert_snapshot!(last(&env, &["order cancel q --date 2026-01-04", "import orders q.csv", "order show r"]), @"
    Example Society
    Order r · USD

                                Amount
      Party     Ada
      Event     pyex26
      Date      2026-01-04
      1 shirt   by self, unpaid  10.00
                                 ─────
    To be paid                   10.00
    ");
}

#[test]
fn a_credit_note_leaves_out_the_fee_that_is_kept() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "order add f --event pyex26 --party Ada --date 2026-01-04 --item taxed",
        "invoice issue order f --date 2026-01-04",
        "order cancel f --fee 60.00 --date 2026-01-05",
        "credit-note issue inv-0002 --date 2026-01-05",
    ]), @"
    Example Society
    Credit-note cn-0001 · USD

                              Amount
      Party        Ada
      Event        pyex26
      For invoice  inv-0002
      Date         2026-01-05
      Taxed        tax vat20  300.00
                              ──────
    Total                     300.00
    ");
    assert_snapshot!(last(&env, &["report tax --period 2026"]), @"
    Example Society
    Tax by code · 2026-01-01 to 2026-12-31 · USD

                                      2026
    Sales, without tax
      vat20                          50.00
                                     ─────
    Total sales                      50.00

    Output tax
      vat20                          10.00
                                     ─────
    Total output tax                 10.00

                                     ─────
    Tax payable for the period, net  10.00

    Sales stand at their tax point, though their revenue may be deferred. Tax that
    is not recoverable is part of the cost it came with.
    Covers 24 postings.
    Head 144:HASH
    ");
}

#[test]
fn ticket_aid_is_its_applicants() {
    let env = Env::conference();
    env.run("aid apply x --event pyex26 --party Ada --date 2026-01-04").ok();
    env.run("aid apply y --event strict26 --party Ada --date 2026-01-04").ok();
    let order = "order add --event pyex26 --date 2026-01-05 --party";
    let shown = [
        format!("{order} Bo --item 'individual;by=aid;fund=aid;application=x'"),
        format!("{order} Ada --item 'individual;by=aid;fund=aid;application=y'"),
        format!("{order} Ada --item 'individual;application=x'"),
    ]
    .map(|command| env.run(&command).show());
    assert_snapshot!(shown.join("\n"), @"
    [stderr]
    error[invalid]: order order-7: line 1: application `x` is another person's
      hint: correct it and try again
    [exit 1]

    [stderr]
    error[invalid]: order order-7: line 1: application `y` is for strict26
      hint: correct it and try again
    [exit 1]

    [stderr]
    error[invalid]: order order-7: line 1: only ticket aid names an application
      hint: correct it and try again
    [exit 1]
    ");
    env.run(&format!("{order} Ada --item 'individual;by=aid;fund=aid;application=x'")).ok();
}

#[test]
fn a_pool_counts_what_its_fund_gives() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "aid pool pyex26 --amount 1,000.00 --fund aid",
        "aid apply x --event pyex26 --party Ada --asked 500.00 --date 2026-01-04",
        "aid offer x --travel 100.00 --fund aid --residence domestic --condition comes --date 2026-01-05",
        "aid apply y --event pyex26 --party Bo --asked 500.00 --date 2026-01-04",
        "aid offer y --travel 70.00 --residence domestic --date 2026-01-05",
        "order add t --event pyex26 --party Ada --item 'individual;by=aid;fund=aid' --date 2026-01-05",
        "order add u --event pyex26 --party Bo --item 'individual;by=aid;aid=50.00' --date 2026-01-05 --paid 250.00",
        "report aid --event pyex26",
    ]), @"
    Example Society
    Financial aid · pyex26 · USD

                                       Number   Amount
    Applications (asked for)
      attendee, granted                     1   500.00
      attendee, offered                     1   500.00
                                              ────────
    Total                                   2 1,000.00

    Travel and lodging, offered or granted
      attendee, granted, fund general       1    70.00
      attendee, offered, fund aid           1   100.00
                                              ────────
    Total                                   2   170.00

    Ticket aid
      attendee, fund aid                    1   300.00
      attendee, fund general                1    50.00
                                              ────────
    Total                                   2   350.00

    Pool from fund aid: 1,000.00; given 300.00, promised 100.00, 600.00 left.
    ");
}

#[test]
fn a_preview_tells_no_figure_in_its_notes() {
    let env = Env::conference();
    env.run("aid pool pyex26 --amount 1,000.00 --fund aid").ok();
    for report in ["registrations", "aid"] {
        let treasurer = env.run(&format!("report {report} --event pyex26")).ok().stdout;
        let board = env.run(&format!("report {report} --event pyex26 --audience board")).ok().stdout;
        let notes = |text: &str| text.contains("List value") || text.contains("Pool from fund");
        assert!(notes(&treasurer) && !notes(&board), "{board}");
    }
}

#[test]
fn an_event_that_is_called_off_costs_what_its_contracts_say() {
    let env = Env::conference();
    for line in [
        "contract add arena --vendor 'Harbour Hall' --event pyex26 --account 5010 --fixed 10,000.00 --date 2026-01-02 \
         --cancellation 2026-01-05=20% --cancellation 2026-04-01=100%",
        "contract add food --vendor 'Harbour Hall' --event pyex26 --account 5040 --per-head 20.00 --minimum 100 \
         --date 2026-01-02 --cancellation 2026-01-05=50%",
        "payment add contract arena --amount 5,000.00 --date 2026-01-03",
        "order cancel e1 --date 2026-01-05",
        "event cancel pyex26 --otherwise refund --date 2026-01-10",
    ] {
        env.run(line).ok();
    }
    assert_snapshot!(last(&env, &["contract show arena"]), @"
    Example Society
    Contract arena · USD

                                                                Amount
      Party                        Harbour Hall
      Event                        pyex26
      Date                         2026-01-02
      Status                       open
      Becomes                      Expenses:Venue
      Fixed                                                  10,000.00
      Cancelled from               2026-01-05: 20 % is owed
      Cancelled from               2026-04-01: 100 % is owed
      Deposits paid                                           5,000.00
      not deducted yet                                        5,000.00
      of which lost by cancelling                             2,000.00
    Entry 11 of 2026-01-03
      Assets:Prepaid expenses      pyex26                     5,000.00
      Assets:Cash:Checking         pyex26                    -5,000.00

    In entries, debits are positive.
    ");
    assert_snapshot!(last(&env, &["report event-summary --event pyex26"]), @"
    Example Society
    Summary of PyExample 2026 · pyex26 · USD

                                                  Number    Amount
    Revenue
                                                         ─────────
    Total revenue                                                –

    Cost
      Payment processing and bank charges                    22.50
      Credit and cancellation losses                      2,000.00
      Contracts, not billed yet                           1,000.00
                                                         ─────────
    Total cost                                            3,022.50

                                                         ─────────
    Result                                               -3,022.50

    Attendance
      Admissions, confirmed                            0
      of which paid by the person or an employer       0
      Revenue per head
      Cost per head
      Registration per paying attendee
      Result per paying attendee
      Paying attendees to break even

    Break-even: each paying attendee at the average paid; other revenue and
    admissions stay; contracts cost per head beyond their minimum.
    Covers 26 postings.
    Head 148:HASH
    ");
    assert_snapshot!(last(&env, &["contract pay-back arena --date 2026-01-12"]), @"
    Example Society
    Contract arena · USD

                                                                Amount
      Party                        Harbour Hall
      Event                        pyex26
      Date                         2026-01-02
      Status                       open
      Becomes                      Expenses:Venue
      Fixed                                                  10,000.00
      Cancelled from               2026-01-05: 20 % is owed
      Cancelled from               2026-04-01: 100 % is owed
      Deposits paid                                           2,000.00
      not deducted yet                                        2,000.00
      of which lost by cancelling                             2,000.00
    Entry 16 of 2026-01-12
      Assets:Cash:Checking         pyex26                     3,000.00
      Assets:Prepaid expenses      pyex26                    -3,000.00

    In entries, debits are positive.
    ");
    assert_snapshot!(last(&env, &["payment list --event pyex26"]), @"
    Example Society
    Payments · USD

                For                  Method    Amount   Fee
    2026-01-02  order a1             card      450.00 13.50
    2026-01-02  order c1             card      300.00  9.00
    2026-01-03  order c1, back       card     -300.00     –
    2026-01-03  contract arena       wire   -5,000.00     –
    2026-01-12  contract arena, back wire    3,000.00     –
    ");
    env.run("verify").ok();
}

#[test]
fn what_was_reversed_is_seen_with_its_document() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "order add v --event pyex26 --party Ada --item individual --date 2026-01-04",
        "payment add order v --date 2026-01-05",
        "entry reverse 11 --reason 'another order' --date 2026-01-06",
        "order show v",
    ]), @"
    Example Society
    Order v · USD

                                                                          Amount
      Party                                      Ada
      Event                                      pyex26
      Date                                       2026-01-04
      1 individual                               Ada, attendee, by self,  300.00
                                                 unpaid
                                                                         ───────
    To be paid                                                            300.00

    Entry 11 of 2026-01-05
      Assets:Cash:Checking                       pyex26                   300.00
      Liabilities:Deferred revenue:Registration  pyex26                  -300.00
    Entry 12 of 2026-01-06
      Assets:Cash:Checking                       pyex26                  -300.00
      Liabilities:Deferred revenue:Registration  pyex26                   300.00

    In entries, debits are positive.
    ");
    assert_snapshot!(last(&env, &["payment list --event pyex26"]), @"
    Example Society
    Payments · USD

                For               Method  Amount   Fee
    2026-01-02  order a1          card    450.00 13.50
    2026-01-02  order c1          card    300.00  9.00
    2026-01-03  order c1, back    card   -300.00     –
    2026-01-05  order v, reversed wire    300.00     –
    ");
}

#[test]
fn what_if_with_credit_notes_and_aid_in_part() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "order add s --event pyex26 --party Ada --item 'individual;role=speaker' --date 2026-01-04",
        "invoice issue order s --date 2026-01-04",
        "order cancel s --date 2026-01-05",
        "credit-note issue inv-0002 --date 2026-01-05",
        "order add t --event pyex26 --party Bo --item 'individual;role=speaker;by=aid;fund=aid;aid=200.00' \
         --date 2026-01-05 --paid 100.00",
        "what-if pyex26 --policy everyone-pays --policy speakers-free",
    ]), @"
    Example Society
    What if, PyExample 2026 · pyex26 · USD

                                         everyone-pays speakers-free Difference
    Revenue
      Conference registration                   700.00        600.00    -100.00
      Tutorials and workshops                   150.00        150.00          –
      Contributions of cash and other         2,900.00      2,900.00          –
        financial assets
                                              ────────      ────────    ───────
    Total revenue                             3,750.00      3,650.00    -100.00

    Cost
      Payment processing and bank                22.50         22.50          –
        charges
                                              ────────      ────────    ───────
    Total cost                                   22.50         22.50          –

                                              ────────      ────────    ───────
    Result                                    3,727.50      3,627.50    -100.00

    Attendance
      Admissions, confirmed                          4             4          0
      of which paid by the person or an              2             2          0
        employer
      Cost per head                               5.63          5.63          –
      Registration per paying attendee          300.00        300.00          –
      Result per paying attendee              1,863.75      1,813.75     -50.00
    Not charged, and aid
      Ticket aid                                200.00             –    -200.00
      of which from restricted funds            200.00             –    -200.00
      Waived                                         –        300.00     300.00
    Paid per admission
      attendee, individual                      200.00        200.00          –
      speaker, individual                       100.00             –    -100.00
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what shrinks               2,327.50      2,227.50    -100.00
      Hard costs                                     –             –          –
                                              ────────      ────────    ───────
    Covered by                                2,327.50      2,227.50    -100.00

    What speakers-free costs
      Admissions paid for before                                         100.00
                                              ────────      ────────    ───────
    Cost to the result                                                   100.00

      Ticket aid no longer needed,                                            –
        unrestricted
                                              ────────      ────────    ───────
    Cost after aid that is freed                                         100.00

      Restricted aid that is freed,                                      200.00
        apart

    Result by policy · USD
    everyone-pays brings the best result.

    everyone-pays │██████████████████████████████████████████████████████████ 3,728
    speakers-free │████████████████████████████████████████████████████████▌  3,628

    Hard costs covered by, attendance −15 %, sponsorship −35 % · USD
    2 of 2 policies cover their hard costs under the dips.

    everyone-pays │██████████████████████████████████████████████████████████ 2,328
    speakers-free │███████████████████████████████████████████████████████▌   2,228

    speakers-free would have cost 100.00 USD, 50.00 USD for each paying attendee.
    With attendance down 15 % and sponsorship down 35 %, hard costs would still be
    covered, with 2,227.50 USD to spare.
    speakers-free: speaker pays nothing; keynote pays nothing.
    In force: everyone-pays. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    Covers 31 postings.
    Head 146:HASH
    ");
}

#[test]
fn a_deposit_is_counted_once_against_the_budget() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "event add may --name May --first-day 2025-05-01 --last-day 2025-05-02",
        "budget add may plan --line 5010=6,000.00",
        "contract add room --vendor 'Harbour Hall' --event may --account 5010 --fixed 6,000.00 --date 2025-01-02",
        "payment add contract room --amount 1,000.00 --date 2025-01-03",
        "event hold may",
        "report budget --event may",
    ]), @"
    Example Society
    Budget of May · may · USD

                                                                         Better
                                   Budget    Actual Committed  Forecast (worse)
    Revenue
                                ───────── ───────── ───────── ─────────       ─
    Total revenue                       –         –         –         –       –

    Cost
      Venue and equipment hire   6,000.00  1,000.00  5,000.00  6,000.00       –
                                ───────── ───────── ───────── ─────────       ─
    Total cost                   6,000.00  1,000.00  5,000.00  6,000.00       –

                                ───────── ───────── ───────── ─────────       ─
    Result                      -6,000.00 -1,000.00 -5,000.00 -6,000.00       –

    Budget plan of 2026-01-15, not approved by anyone.
    Committed: orders and sponsorships agreed and not in the books, contracts not
    billed at the attendance so far or their minimum.
    The event is over: the forecast is what is there and committed.
    Covers 4 postings.
    Head 145:HASH
    ");
}

#[test]
fn what_was_written_off_is_not_refunded() {
    let env = Env::conference();
    assert_snapshot!(last(&env, &[
        "order add w --event old25 --party Ada --item individual --date 2025-02-01 --paid 100.00",
        "order chargeback w --amount 70.00 --date 2025-02-20",
        "event hold old25",
        "order write-off w --date 2025-06-01",
        "order refund w --line 1=30.01 --date 2025-06-02",
    ]), @"
    [stderr]
    error[beyond]: a refund of order w: 30.01 USD is more than 30.00 USD (was paid for it and not written off)
      hint: give at most that
    [exit 1]
    ");
    env.run("order refund w --line 1=30.00 --date 2025-06-02").ok();
    env.run("verify").ok();
}

#[test]
fn invoices_that_are_paid_and_not() {
    let env = Env::conference();
    for line in [
        "invoice issuer --name Example --address-line Street",
        "order add x1 --event pyex26 --party Bo --item individual --date 2026-01-05",
        "order add x2 --event pyex26 --party Ada --item individual --date 2026-01-05",
        "invoice issue order x1 --date 2026-01-06",
        "invoice issue order x2 --date 2026-01-06",
        "payment add order x1 --date 2026-01-07",
    ] {
        env.run(line).ok();
    }
    assert_snapshot!(env.session("invoice list"), @"
    $ bursar invoice list
    Example Society
    Invoices · USD

              Date       Party        Event  Status   Total   Open
    inv-0001  2026-01-05 Example GmbH pyex26 issued  300.00 300.00
    inv-0002  2026-01-06 Bo           pyex26 settled 300.00      –
    inv-0003  2026-01-06 Ada          pyex26 issued  300.00 300.00
    ");
}

/// What may be charged back is what came in and is still held, whatever it came in for; what is owed back is settled by
/// it first. Last in each row: due, owed back, and what may still be charged back.
#[test]
fn no_money_is_charged_back_twice() {
    const CASES: [(&str, [i64; 3]); 14] = [
        ("pay 300", [0, 0, 300]),
        ("pay 300; charge 300", [300, 0, 0]),
        ("pay 750; charge 750", [300, 0, 0]),
        ("pay 750; charge 450", [0, 0, 300]),
        ("pay 750; charge 500", [50, 0, 250]),
        ("pay 300; pay 300; charge 300", [0, 0, 300]),
        ("pay 300; pay 300; charge 300; charge 300", [300, 0, 0]),
        ("pay 300; pay 300; back 300", [0, 0, 300]),
        ("pay 300; pay 300; back 100; charge 300", [100, 0, 200]),
        ("pay 300; cancel; charge 300", [0, 0, 0]),
        ("pay 300; cancel; back 300", [0, 0, 0]),
        ("pay 300; refund 100; back 100; charge 200", [200, 0, 0]),
        ("pay 300; cancel; back 300; pay 50; charge 50", [0, 0, 0]),
        ("pay 300; charge 300; pay 300; charge 300", [300, 0, 0]),
    ];
    for (steps, expected) in CASES {
        let env = Env::conference();
        env.run("order add a --event pyex26 --party Ada --item individual --date 2026-01-02").ok();
        for step in steps.split("; ") {
            let (what, amount) = step.split_once(' ').unwrap_or((step, ""));
            let line = match what {
                "pay" => format!("payment add order a --method card --overpaid --amount {amount}"),
                "charge" => format!("order chargeback a --amount {amount}"),
                "back" => format!("order pay-back a --amount {amount}"),
                "refund" => format!("order refund a --line 1={amount}"),
                _ => "order cancel a".to_owned(),
            };
            env.run(&format!("{line} --date 2026-01-05")).ok();
        }
        let shown = env.run("order show a --format csv").ok().stdout;
        let figure = |label: &str| -> i64 {
            let row = shown.lines().find(|row| row.split(',').any(|cell| cell == label));
            // What is nothing has no row.
            let cell = row.and_then(|row| row.rsplit(',').next()).unwrap_or("0");
            cell.split('.').next().unwrap().parse().unwrap()
        };
        let beyond = env.run("order chargeback a --amount 10000 --date 2026-01-05").stderr;
        let held = beyond.split("is more than ").nth(1).unwrap_or_else(|| panic!("{steps}: {beyond}"));
        let held: i64 = held.split('.').next().unwrap().parse().unwrap();
        assert_eq!([figure("Due"), figure("To be paid back"), held], expected, "{steps}");
        env.run("verify").ok();
    }
    let env = Env::conference();
    for line in [
        "order add a --event pyex26 --party Ada --item individual --date 2026-01-02",
        "payment add order a --method card --overpaid --amount 750 --date 2026-01-05",
        "order chargeback a --amount 500 --date 2026-01-05",
    ] {
        env.run(line).ok();
    }
    assert_snapshot!(env.session("order show a"), @"
    $ bursar order show a
    Example Society
    Order a · USD

                                                                          Amount
      Party                                      Ada
      Event                                      pyex26
      Date                                       2026-01-02
      1 individual                               Ada, attendee, by self,  300.00
                                                 confirmed
      Received                                                            250.00
      Charged back                                                        500.00
      Due                                                                  50.00
                                                                         ───────
    To be paid                                                             50.00

    Entry 11 of 2026-01-05
      Assets:Clearing:Card processor             pyex26                   750.00
      Liabilities:Deferred revenue:Registration  pyex26                  -300.00
      Liabilities:Refunds payable                pyex26                  -450.00
    Entry 12 of 2026-01-05
      Liabilities:Refunds payable                pyex26                   450.00
      Assets:Accounts receivable                 pyex26                    50.00
      Assets:Clearing:Card processor             pyex26                  -500.00

    In entries, debits are positive.
    ");
}

/// What happened to a document is taken back one after the other, the last first, as far as it is kept.
#[test]
fn changes_are_taken_back_one_after_the_other() {
    let env = Env::conference();
    let shown = |env: &Env| {
        let shown = env.run("order show a --format csv").ok().stdout;
        shown.lines().filter(|line| !line.contains("entry-") && !line.contains("note-")).collect::<Vec<_>>().join("\n")
    };
    let mut states = Vec::new();
    for line in [
        "order add a --event pyex26 --party Ada --item individual --date 2026-01-02",
        "payment add order a --date 2026-01-03",
        "order refund a --line 1=30 --pay-back card --date 2026-01-04",
    ] {
        env.run(line).ok();
        states.push(shown(&env));
    }
    assert_snapshot!(last(&env, &["entry reverse 12 --reason mistake --date 2026-01-05"]), @"
    [stderr]
    error[document-entry]: entry 12 follows from fact 131, Refund agreed, order a, which has changed since (fact 132, Refund paid, order a): it cannot be reversed by itself
      hint: reverse the entries of what happened to it since first, the last one first, or use the document's own command
    [exit 1]
    ");
    env.run("entry reverse 13 --reason mistake --date 2026-01-05").ok();
    env.run("entry reverse 12 --reason mistake --date 2026-01-05").ok();
    assert_eq!(shown(&env), states[1]);
    env.run("entry reverse 11 --reason mistake --date 2026-01-05").ok();
    assert_eq!(shown(&env), states[0]);
    env.run("verify").ok();
    // So far and no further.
    for day in 3..10 {
        env.run(&format!("payment add order a --amount 10 --date 2026-01-0{day}")).ok();
    }
    for entry in (18..=23).rev().take(5) {
        env.run(&format!("entry reverse {entry} --reason mistake --date 2026-01-10")).ok();
    }
    assert_snapshot!(last(&env, &["entry reverse 18 --reason mistake --date 2026-01-10"]), @"
    [stderr]
    error[document-entry]: entry 18 follows from fact 137, Payment of order a, and what its document was before that is not kept any more: it cannot be reversed by itself
      hint: record what really happened with the document's own command, or by an entry
    [exit 1]
    ");
    env.run("verify").ok();
}
