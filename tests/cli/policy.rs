//! Policies: those that come with the program, comparison, explanation, stress, solving, simulation, forecasts, plans.

use insta::assert_snapshot;
use serde_json::Value;

use super::common::Env;

const CAMP: &str = "camp.toml";

/// A plan of a small event, with speakers who enter free, a caterer by the head, and a speaker's policy of its own.
fn camp() -> Env {
    let env = Env::new();
    env.write(
        CAMP,
        r#"
name = "Camp"
currency = "EUR"
first_day = "2027-05-01"
last_day = "2027-05-02"
in_force = "speakers-free"
fee = "0.03"
aid_pool = "200"

[[ticket]]
code = "early"
price = "80"
tier = "individual"

[[ticket]]
code = "regular"
price = "100"
tier = "individual"

[[admission]]
ticket = "early"
number = 20

[[admission]]
ticket = "regular"
number = 30

[[admission]]
ticket = "regular"
number = 10
role = "speaker"
payer = "waiver"

[[sponsorship]]
amount = "1000"
number = 2

[[contract]]
what = "Catering"
account = "5040"
per_head = "30"
minimum = 40

[[cost]]
what = "Hall"
account = "5010"
amount = "2200"

[[cost]]
what = "Travel grants"
account = "5310"
amount = "150"
"#,
    );
    env.write(
        "mine.toml",
        r#"
name = "mine"
title = "Everyone pays; some speakers would not come, some need aid"

[pays]
speaker = { how = "full" }

[behaviour.stay_away]
speaker = { low = "0", likely = "0.2", high = "0.4" }

[aid]
pool = "200"
need = { speaker = "0.1" }

[per_head.speaker]
travel = "20"

[prices]
regular = "10"

[surplus]
given = "0.1"
to = "a school"
"#,
    );
    env
}

fn shown(env: &Env, command: &str) -> String {
    env.run(command).show()
}

#[test]
fn the_policies_that_come_with_the_program() {
    assert_snapshot!(shown(&Env::new(), "policy list"), @"
    bursar
    Policies

                            What it is                      Seen at
    everyone-pays           Everyone pays, speakers and     PyCon US; DjangoCon US
                            organisers too; who cannot asks since 2015
                            for aid
    everyone-pays-strict    Everyone pays without           PyCon UK
                            exception, organisers and
                            volunteers too; aid weighs what
                            they did
    everyone-who-can-pays   Everyone who can pays: speakers PyCon PH 2024
                            and crew choose to pay in full
                            or to enter free
    speaker-discount        Speakers pay a reduced price,   EuroPython 2005-07, 2011
                            which they may decline
    food-only               Speakers pay for what they eat: EuroPython 2003, as a
                            what a head costs the organiser proposal: 50 free places
                                                            had cost EUR 2,200
    speakers-free           Speakers enter free             OSCON; linux.conf.au
    speakers-free-and-paid  Speakers enter free, and are    JSConf; Our Networks
                            paid for their journey and
                            their talk
    commercial-with-giving  A company runs it, speakers     DjangoCon.us before 2015
                            enter free, and a share of the
                            profit goes to a foundation

    `bursar policy show NAME` prints one as a file, to be copied and changed.
    ");
}

#[test]
fn a_policy_as_a_file_is_a_policy_again() {
    let env = Env::new();
    let policies: Value = serde_json::from_str(&env.run("policy list --format json").ok().stdout).unwrap();
    let rows = policies["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    for row in rows {
        let name = row["key"].as_str().unwrap();
        env.write("copy.toml", env.run(&format!("policy show {name}")).ok().stdout);
        let said = env.run("policy check copy.toml").ok().stdout;
        assert!(said.starts_with(&format!("{name} is a policy: ")), "{said}");
    }
}

#[test]
fn what_a_policy_takes_for_granted() {
    assert_snapshot!(shown(&camp(), "policy check mine.toml"), @"mine is a policy: Everyone pays; some speakers would not come, some need aid. Taken for granted: 20 % in the role speaker would not come if charged; 10 % in the role speaker need ticket aid if charged anew; ticket regular costs 10 more; each speaker is paid travel 20; 10 % of a surplus goes to a school.");
    assert_snapshot!(shown(&camp(), "policy check everyone-pays"), @"everyone-pays is a policy: Everyone pays, speakers and organisers too; who cannot asks for aid. Taken for granted: nothing beyond who pays.");
}

#[test]
fn two_policies() {
    assert_snapshot!(shown(&camp(), "what-if --plan camp.toml --policy speakers-free --policy mine.toml"), @"
    Camp
    What if, Camp · plan · EUR

                                           speakers-free     mine Difference
    Revenue
      Conference registration                   4,600.00 5,670.00   1,070.00
      Sponsorship, exchange part                2,000.00 2,000.00          –
                                                ──────── ────────  ─────────
    Total revenue                               6,600.00 7,670.00   1,070.00

    Cost
      Financial aid and grants                    150.00   555.99     405.99
      Venue and equipment hire                  2,200.00 2,200.00          –
      Payment processing and bank charges         138.00   170.10      32.10
      Speakers and instructors                         –   160.00     160.00
      Contracts, not billed yet                 1,800.00 1,740.00     -60.00
                                                ──────── ────────  ─────────
    Total cost                                  4,288.00 4,826.09     538.09

                                                ──────── ────────  ─────────
    Result                                      2,312.00 2,843.91     531.91

    Attendance
      Admissions, confirmed                           60       58         -2
      of which paid by the person or an               50       57          7
        employer
      Cost per head                                71.47    83.21      11.74
      Registration per paying attendee             92.00    99.47       7.47
      Result per paying attendee                   46.24    49.89       3.65
    Not charged, and aid
      Ticket aid                                       –   110.00     110.00
      of which from restricted funds                   –        –          –
      Waived                                    1,000.00        –  -1,000.00
      Aid pool                                    200.00   200.00          –
      Left of it                                  200.00        –    -200.00
    Paid per admission
      attendee, individual                         92.00    98.00       6.00
      speaker, individual                              –    96.25      96.25
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what shrinks                 4,684.20 5,733.60   1,049.40
      Hard costs                                3,400.00 3,560.00     160.00
                                                ──────── ────────  ─────────
    Covered by                                  1,284.20 2,173.60     889.40

    What mine costs
      Admissions paid for before                                   -1,070.00
      Fees saved                                                       32.10
      Other heads, as contracts charge                                -60.00
      Honoraria, travel, lodging                                      160.00
      Given of the surplus                                            315.99
      Other                                                            90.00
                                                ──────── ────────  ─────────
    Cost to the result                                               -531.91

      Ticket aid no longer needed,                                    110.00
        unrestricted
                                                ──────── ────────  ─────────
    Cost after aid that is freed                                     -421.91

      Restricted aid that is freed, apart                                  –

    Result by policy · EUR
    mine brings the best result.

    speakers-free │███████████████████████████████████████████████▏           2,312
    mine          │██████████████████████████████████████████████████████████ 2,844

    Hard costs covered by, attendance −15 %, sponsorship −35 % · EUR
    2 of 2 policies cover their hard costs under the dips.

    speakers-free │██████████████████████████████████▎                        1,284
    mine          │██████████████████████████████████████████████████████████ 2,174

    mine would have brought 531.91 EUR, 9.33 EUR for each paying attendee. With
    attendance down 15 % and sponsorship down 35 %, hard costs would still be
    covered, with 2,173.60 EUR to spare.
    Under mine: 2 stay away because they would be charged, 1 get ticket aid.
    speakers-free: speaker pays nothing; keynote pays nothing.
    mine: 20 % in the role speaker would not come if charged; 10 % in the role
    speaker need ticket aid if charged anew; ticket regular costs 10 more; each
    speaker is paid travel 20; 10 % of a surplus goes to a school.
    In force: speakers-free. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    ");
}

#[test]
fn four_policies() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy everyone-pays --policy speaker-discount \
                   --policy food-only";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What if, Camp · plan · EUR

                          speakers-free everyone-pays speaker-discount food-only
    Revenue
      Conference               4,600.00      5,600.00         5,412.50  4,900.00
        registration
      Sponsorship,             2,000.00      2,000.00         2,000.00  2,000.00
        exchange part
                               ────────      ────────         ────────  ────────
    Total revenue              6,600.00      7,600.00         7,412.50  6,900.00

    Cost
      Financial aid and          150.00        150.00           150.00    150.00
        grants
      Venue and                2,200.00      2,200.00         2,200.00  2,200.00
        equipment hire
      Payment processing         138.00        168.00           162.40    147.00
        and bank charges
      Contracts, not           1,800.00      1,800.00         1,800.00  1,800.00
        billed yet
                               ────────      ────────         ────────  ────────
    Total cost                 4,288.00      4,318.00         4,312.40  4,297.00

                               ────────      ────────         ────────  ────────
    Result                     2,312.00      3,282.00         3,100.10  2,603.00

      Against the first               –        970.00           788.10    291.00
    Attendance
      Admissions,                    60            60               60        60
        confirmed
      of which paid by               50            60               60        60
        the person or an
        employer
      Cost per head               71.47         71.97            71.87     71.62
      Registration per            92.00         93.33            90.21     81.67
        paying attendee
      Result per paying           46.24         54.70            51.67     43.38
        attendee
    Not charged, and aid
      Ticket aid                      –             –                –         –
      of which from                   –             –                –         –
        restricted funds
      Waived                   1,000.00             –                –         –
      Aid pool                   200.00        200.00           200.00    200.00
      Left of it                 200.00        200.00           200.00    200.00
    Paid per admission
      attendee,                   92.00         92.00            92.00     92.00
        individual
      speaker,                        –        100.00            81.25     30.00
        individual
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what        4,684.20      5,654.20         5,472.30  4,975.20
        shrinks
      Hard costs               3,400.00      3,400.00         3,400.00  3,400.00
                               ────────      ────────         ────────  ────────
    Covered by                 1,284.20      2,254.20         2,072.30  1,575.20

    Result by policy · EUR
    everyone-pays brings the best result.

    speakers-free    │██████████████████████████████████████▊                 2,312
    everyone-pays    │███████████████████████████████████████████████████████ 3,282
    speaker-discount │████████████████████████████████████████████████████    3,100
    food-only        │███████████████████████████████████████████▋            2,603

    Hard costs covered by, attendance −15 %, sponsorship −35 % · EUR
    4 of 4 policies cover their hard costs under the dips.

    speakers-free    │███████████████████████████████▍                        1,284
    everyone-pays    │███████████████████████████████████████████████████████ 2,254
    speaker-discount │██████████████████████████████████████████████████▌     2,072
    food-only        │██████████████████████████████████████▍                 1,575

    everyone-pays would have brought 970.00 EUR, 16.17 EUR for each paying attendee.
    With attendance down 15 % and sponsorship down 35 %, hard costs would still be
    covered, with 2,254.20 EUR to spare.
    speaker-discount would have brought 788.10 EUR, 13.14 EUR for each paying
    attendee. With attendance down 15 % and sponsorship down 35 %, hard costs would
    still be covered, with 2,072.30 EUR to spare.
    food-only would have brought 291.00 EUR, 4.85 EUR for each paying attendee. With
    attendance down 15 % and sponsorship down 35 %, hard costs would still be
    covered, with 1,575.20 EUR to spare.
    Under speaker-discount: 5 pay in full by choice.
    speakers-free: speaker pays nothing; keynote pays nothing.
    speaker-discount: speaker pays 62.5 % of the own ticket's price; 50 % of them
    pay in full by choice; keynote pays 62.5 % of the own ticket's price; 50 % of
    them pay in full by choice.
    food-only: speaker pays what a head costs; keynote pays what a head costs.
    In force: speakers-free. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    ");
}

#[test]
fn other_dips_and_who_stays_away() {
    let command = "what-if --plan camp.toml --policy everyone-pays --stay-away speaker=30% --marginal-cost 35 \
                   --attendance 50% --sponsorship 0.5 --seed 7";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What if, Camp · plan · EUR

                                                  everyone-pays
    Revenue
      Conference registration                          5,300.00
      Sponsorship, exchange part                       2,000.00
                                                       ────────
    Total revenue                                      7,300.00

    Cost
      Financial aid and grants                           150.00
      Venue and equipment hire                         2,200.00
      Catering                                          -105.00
      Payment processing and bank charges                159.00
      Contracts, not billed yet                        1,800.00
                                                       ────────
    Total cost                                         4,204.00

                                                       ────────
    Result                                             3,096.00

    Attendance
      Admissions, confirmed                                  57
      of which paid by the person or an employer             57
      Cost per head                                       73.75
      Registration per paying attendee                    92.98
      Result per paying attendee                          54.32
    Not charged, and aid
      Ticket aid                                              –
      of which from restricted funds                          –
      Waived                                                  –
      Aid pool                                           200.00
      Left of it                                         200.00
    Paid per admission
      attendee, individual                                92.00
      speaker, individual                                100.00
    Attendance down 50 %, sponsorship down 50 %
      Revenue less what shrinks                        2,790.00
      Hard costs                                       1,900.00
                                                       ────────
    Covered by                                           890.00

    Result by policy · EUR

    everyone-pays │██████████████████████████████████████████████████████████ 3,096

    Hard costs covered by, attendance −50 %, sponsorship −50 % · EUR
    Hard costs are covered under the dips.

    everyone-pays │████████████████████████████████████████████████████████████ 890

    Under everyone-pays: 3 stay away because they would be charged.
    everyone-pays: 30 % in the role speaker would not come if charged; a head more
    costs 35.
    In force: speakers-free. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 7.
    ");
}

#[test]
fn documents_behind_a_row() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain registration";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    Conference registration, speakers-free, Camp · plan · EUR

                                                      Number   Each   Amount
      as recorded, like order-21, order-22, order-23      30 100.00 3,000.00
      as recorded, like order-1, order-2, order-3         20  80.00 1,600.00
                                                             ────── ────────
    Conference registration                                         4,600.00

    Each line is documents that are alike: how often, and what each brings.

    Camp
    Conference registration, mine, Camp · plan · EUR

                                                   Number   Each   Amount
      changed, like order-21, order-22, order-23       30 110.00 3,300.00
      as recorded, like order-1, order-2, order-3      20  80.00 1,600.00
      changed, like order-51, order-52, order-53        7 110.00   770.00
                                                          ────── ────────
    Conference registration                                      5,670.00

    Each line is documents that are alike: how often, and what each brings.
    ");
}

#[test]
fn an_average_explained() {
    let command = "what-if --plan camp.toml --policy speakers-free --explain pays-attendee-individual";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    attendee, individual, speakers-free, Camp · plan · EUR

                                                      Number   Each   Amount
      as recorded, like order-21, order-22, order-23      30 100.00 3,000.00
      as recorded, like order-1, order-2, order-3         20  80.00 1,600.00
      Admissions                                          50
                                                             ────── ────────
    attendee, individual                                               92.00

    Each line is documents that are alike: how often, and what each brings. The
    figure is their sum by the number of admissions.
    ");
}

#[test]
fn formula_behind_a_row() {
    let command = "what-if --plan camp.toml --policy mine.toml --explain result";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    Result, mine, Camp · plan · EUR

                       Number Each    Amount
      Total revenue                 7,670.00
      less Total cost              -4,826.09
                                   ─────────
    Result                          2,843.91

    Formula: revenue less cost.
    ");
}

#[test]
fn a_difference_explained() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain cost-to-result";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    Cost to the result, mine against speakers-free · plan · EUR

                                        Number Each    Amount
      Admissions paid for before                    -1,070.00
      Fees saved                                        32.10
      Other heads, as contracts charge                 -60.00
      Honoraria, travel, lodging                       160.00
      Given of the surplus                             315.99
      Other                                             90.00
                                                    ─────────
    Cost to the result                                -531.91

    Formula: the lines above it.
    ");
}

#[test]
fn every_row_can_be_explained() {
    let env = camp();
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --format json";
    let page: Value = serde_json::from_str(&env.run(command).ok().stdout).unwrap();
    let page = page.as_array().map_or(&page, |pages| &pages[0]);
    let rows = page["rows"].as_array().unwrap();
    let keys: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
    let once: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
    assert_eq!(keys.len(), once.len(), "a key stands twice: {keys:?}");
    for row in rows.iter().filter(|row| row["kind"] != "heading") {
        let said = env.run(&format!("{command} --explain {}", row["key"].as_str().unwrap())).ok().stdout;
        let pages: Value = serde_json::from_str(&said).unwrap();
        let pages = pages.as_array().cloned().unwrap_or_else(|| vec![pages]);
        let figures: Vec<&Value> =
            pages.iter().map(|page| &page["rows"].as_array().unwrap().last().unwrap()["cells"][2]).collect();
        let cells: Vec<&Value> = row["cells"].as_array().unwrap().iter().collect();
        // Of both policies, or of their difference.
        assert!(figures == cells[..2] || figures == cells[2..], "{}: {figures:?} {cells:?}", row["key"]);
    }
}

#[test]
fn under_stress() {
    let command = "policy stress --plan camp.toml --policy mine.toml --deepest 40% --called-off 2027-04-01";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    Camp under stress, mine · plan · EUR

                                          Attendance Sponsorship
                                 As it is      −15 %       −35 %     Both
      Revenue                    7,670.00   6,880.00    6,970.00 6,180.00
      Costs that shrink            710.10     446.40      710.10   446.40
                                 ────────   ────────    ──────── ────────
    Left for hard costs          6,959.90   6,433.60    6,259.90 5,733.60

      Hard costs                 3,560.00   3,560.00    3,560.00 3,560.00
                                 ────────   ────────    ──────── ────────
    Covered by                   3,399.90   2,873.60    2,699.90 2,173.60

      Of hard costs are covered     195 %      180 %       175 %    161 %
      Aid in money                 240.00     240.00      240.00   240.00
                                 ────────   ────────    ──────── ────────
    Result                       2,843.91   2,370.24    2,213.91 1,740.24

      Admissions, confirmed            58         50          58       50
      Lowest cash of the event          –          –           –        –
      in the month

    The stress rule holds: with attendance down 15 % and sponsorship down 35 %, hard
    costs are covered with 2,173.60 EUR to spare.
    Called off on 2027-04-01, contracts would cost 0.00 EUR: what their schedules
    say, and no less than the deposits due by then.
    Hard costs are owed whatever happens: contracts' fixed parts and guaranteed
    minimums, and every bill that no contract ties to the number of people. Fees and
    what contracts charge a head above the minimum shrink. Aid in money is neither.
    A dip of attendance takes attendees, exhibitors and press, not the programme and
    the crew.

    Camp
    Covered by, attendance across, sponsorship down, mine · plan · EUR

                            0 %     −8 %    −16 %    −24 %    −32 %    −40 %
    Sponsorship 0 %    3,399.90 3,122.20 2,873.60 2,625.00 2,347.30 2,038.70
    Sponsorship −8 %   3,239.90 2,962.20 2,713.60 2,465.00 2,187.30 1,878.70
    Sponsorship −16 %  3,079.90 2,802.20 2,553.60 2,305.00 2,027.30 1,718.70
    Sponsorship −24 %  2,919.90 2,642.20 2,393.60 2,145.00 1,867.30 1,558.70
    Sponsorship −32 %  2,759.90 2,482.20 2,233.60 1,985.00 1,707.30 1,398.70
    Sponsorship −40 %  2,599.90 2,322.20 2,073.60 1,825.00 1,547.30 1,238.70
    Bears sponsorship    −100 %   −100 %   −100 %   −100 %   −100 %   −100 %
      down to

    Hard costs covered by · EUR
    Hard costs are covered in 36 of 36 cases.

    Sponsorship ↓   Attendance →
            0 %   −8 %  −16 %  −24 %  −32 %  −40 %
      0 % +3400  +3122  +2874  +2625  +2347  +2039
     −8 % +3240  +2962  +2714  +2465  +2187  +1879
    −16 % +3080  +2802  +2554  +2305  +2027  +1719
    −24 % +2920  +2642  +2394  +2145  +1867  +1559
    −32 % +2760  +2482  +2234  +1985  +1707  +1399
    −40 % +2600  +2322  +2074  +1825  +1547  +1239
    Whole EUR. × below zero

    Cash of the event, attendance −15 %, sponsorship −35 % · EUR
    Cash is lowest at the end of 2027-05.

    6,034 │█████
          │█████
          │█████
          │█████ ▂▂▂▂▂
          │█████ █████
          │█████ █████
          │█████ █████
          │█████ █████
        0 ┼────────────
           2027-03  2027-05
    lowest: 3,240 (2027-05)
    ");
}

#[test]
fn how_few_may_come() {
    assert_snapshot!(shown(&camp(), "policy solve --plan camp.toml --policy everyone-pays --for attendance"), @"
    Camp
    What it takes, Camp, everyone-pays · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     3,640.00
      Cost                                        3,599.20
                                                  ────────
    Result                                           40.80

      Admissions, confirmed                             17
      of which paid by the person or an employer        17
      Left for hard costs                         3,590.80
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event breaks even with 17 admissions (down 86 %).
    Checked by replays: 40.80 EUR at the answer, -56.20 EUR one step further.
    ");
}

#[test]
fn how_little_sponsors_may_give() {
    let command = "policy solve --plan camp.toml --policy everyone-pays --for sponsorship --target 500.00";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, everyone-pays · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     5,600.00
      Cost                                        4,318.00
                                                  ────────
    Result                                        1,282.00

      Admissions, confirmed                             60
      of which paid by the person or an employer        60
      Left for hard costs                         4,832.00
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event reaches 500.00 EUR with 0.00 EUR of sponsorship (down 100 %).
    Checked by a replay: 1,282.00 EUR at the answer, which is as far as it goes.
    ");
}

#[test]
fn what_tickets_have_to_cost() {
    let command = "policy solve --plan camp.toml --policy speakers-free --for price --unchanged-from everyone-pays \
                   --ticket regular";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, speakers-free · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     7,600.20
      Cost                                        4,318.00
                                                  ────────
    Result                                        3,282.20

      Admissions, confirmed                             60
      of which paid by the person or an employer        50
      Left for hard costs                         6,832.20
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event reaches 3,282.00 EUR with the price of regular 33.34 EUR higher.
    Checked by replays: 3,282.20 EUR at the answer, 3,281.90 EUR one step further.
    ");
    let command = "policy solve --plan camp.toml --policy everyone-pays --for price";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, everyone-pays · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     4,216.60
      Cost                                        4,216.60
                                                  ────────
    Result                                               –

      Admissions, confirmed                             60
      of which paid by the person or an employer        60
      Left for hard costs                         3,550.00
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event breaks even with the price of early, regular 56.39 EUR lower.
    Checked by replays: 0.00 EUR at the answer, -0.60 EUR one step further.
    ");
}

#[test]
fn what_speakers_have_to_pay() {
    let command = "policy solve --plan camp.toml --policy speakers-free --for speaker-price --target 2,500.00";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, speakers-free · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     6,793.80
      Cost                                        4,293.80
                                                  ────────
    Result                                        2,500.00

      Admissions, confirmed                             60
      of which paid by the person or an employer        60
      Left for hard costs                         6,050.00
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event reaches 2,500.00 EUR if speakers pay 19.38 EUR each, or their own
    ticket's price if that is less.
    Checked by replays: 2,500.00 EUR at the answer, 2,499.90 EUR one step further.
    ");
    let command = "policy solve --plan camp.toml --policy speakers-free --for speaker-price";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, speakers-free · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     6,600.00
      Cost                                        4,288.00
                                                  ────────
    Result                                        2,312.00

      Admissions, confirmed                             60
      of which paid by the person or an employer        50
      Left for hard costs                         5,862.00
      Hard costs                                  3,400.00
      Aid in money                                  150.00

    The event breaks even with speakers who pay nothing.
    Checked by a replay: 2,312.00 EUR at the answer, which is as far as it goes.
    ");
}

#[test]
fn how_much_aid_can_be_given() {
    let command = "policy solve --plan camp.toml --policy everyone-pays --for aid-pool --attendance 10% \
                   --sponsorship 10%";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    What it takes, Camp, everyone-pays · plan · EUR

                                                    At the
                                                    answer
      Revenue                                     6,940.00
      Cost                                        6,940.00
                                                  ────────
    Result                                               –

      Admissions, confirmed                             55
      of which paid by the person or an employer        55
      Left for hard costs                         6,335.80
      Hard costs                                  3,400.00
      Aid in money                                2,935.80

    An aid pool of 2,785.80 EUR is the largest with which hard costs and aid are
    covered under stress.
    Checked by replays: 0.00 EUR at the answer, -0.01 EUR one step further.
    ");
}

#[test]
fn how_it_may_come_out() {
    let command = "policy simulate --plan camp.toml --policy speakers-free --policy mine.toml --draws 1000 --seed 3";
    assert_snapshot!(shown(&camp(), command), @"
    Camp
    How Camp may come out · plan · EUR

                                    speakers-free     mine
      Result that is reckoned with       2,312.00 2,843.91
      One year in twenty is below          789.60 1,422.00
      One in four is below               1,360.80 1,980.54
      Half are below                     1,770.40 2,330.28
      One in four is above               2,097.00 2,671.11
      One in twenty is above             2,466.60 3,017.61
      Chance of a loss                      0.0 %    0.0 %

    How the result may come out · EUR
    No draw ends in a loss.

                                                         5 %   50 %   95 %  reckoned
    speakers-free ┊        ├─────▒▒▒▒▒█▒▒▒▒─◆─┤          790  1,770  2,467     2,312
    mine          ┊               ├─────▒▒▒▒█▒▒▒▒─◆─┤  1,422  2,330  3,018     2,844
                  0                             3,018
    ├ 5 %  ▒ 25 to 75 %  █ 50 %  ┤ 95 %  ◆ reckoned with  ┊ zero

    speakers-free: attendance changes by −30 % to 10 %, most likely 0 %; sponsorship
    by −70 % to 10 %, most likely 0 %; together in 50 % of years; speaker pays
    nothing; keynote pays nothing.
    mine: attendance changes by −30 % to 10 %, most likely 0 %; sponsorship by −70 %
    to 10 %, most likely 0 %; together in 50 % of years; 20 % in the role speaker
    would not come if charged; 10 % in the role speaker need ticket aid if charged
    anew; ticket regular costs 10 more; each speaker is paid travel 20; 10 % of a
    surplus goes to a school.
    1000 draws with seed 3, each from triangular distributions; the same draw is the
    same luck under every policy.

    Camp
    What moves the result most, speakers-free · plan · EUR

                                                     Moves
                                                       the
                                  At its   At its   result
                                 low end high end       by
    Sponsorship, −70 % to 10 %    912.00 2,512.00 1,600.00
    Attendance, −30 % to 10 %   1,423.40 2,608.20 1,184.80

    What moves the result most, speakers-free · EUR
    Sponsorship moves the result most.

                                                            With none moved: 2,312
    Sponsorship ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│████████
                −70 %: 912                                               10 %: 2,512
    Attendance                      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│████████████
                −30 %: 1,423                                             10 %: 2,608
    ▒ the outcome falls  █ it rises

    Camp
    What moves the result most, mine · plan · EUR

                                                                          Moves
                                                                            the
                                                       At its   At its   result
                                                      low end high end       by
    Sponsorship, −70 % to 10 %                       1,583.91 3,023.91 1,440.00
    Attendance, −30 % to 10 %                        1,965.60 3,136.68 1,171.08
    Who stays away if charged: speaker, 0 % to 40 %  2,945.97 2,741.85   204.12

    What moves the result most, mine · EUR
    Sponsorship moves the result most.

                                                         With none moved: 2,844
    Sponsorship
    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│█████████
    −70 %: 1,584                                                         10 %: 3,024
    Attendance
                       ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│███████████████
    −30 %: 1,966                                                         10 %: 3,137
    Who stays away if charged: speaker
                                                               ▒▒▒▒▒│█████
    40 %: 2,742                                                           0 %: 2,946
    ▒ the outcome falls  █ it rises
    ");
    assert_eq!(shown(&camp(), command), shown(&camp(), command), "the same seed, the same draws");
}

#[test]
fn an_event_as_it_was_published() {
    let env = Env::new();
    env.fixture("policies/pytennessee-2014.toml");
    assert_snapshot!(shown(&env, "what-if --plan pytennessee-2014.toml --policy everyone-pays"), @"
    PyTennessee 2014
    What if, PyTennessee 2014 · plan · USD

                                                  everyone-pays
    Revenue
      Conference registration                         10,000.00
      Sponsorship, exchange part                      23,000.00
                                                      ─────────
    Total revenue                                     33,000.00

    Cost
      Financial aid and grants                         3,600.00
      Venue and equipment hire                         4,100.00
      Catering                                         7,600.00
      Speakers and instructors                         4,500.00
      Printing, signage and attendee gifts             8,050.00
      Payment processing and bank charges              1,600.00
      Professional fees                                1,400.00
      Staff and volunteer travel                         400.00
      Insurance                                          550.00
                                                      ─────────
    Total cost                                        31,800.00

                                                      ─────────
    Result                                             1,200.00

    Attendance
      Admissions, confirmed                                 281
      of which paid by the person or an employer            281
      Cost per head                                      113.17
      Registration per paying attendee                    35.59
      Result per paying attendee                           4.27
    Not charged, and aid
      Ticket aid                                              –
      of which from restricted funds                          –
      Waived                                                  –
    Paid per admission
      attendee, ticket                                    35.59
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what shrinks                       20,455.31
      Hard costs                                      26,050.00
                                                      ─────────
    Covered by                                        -5,594.69

    Result by policy · USD

    everyone-pays │██████████████████████████████████████████████████████████ 1,200

    Hard costs covered by, attendance −15 %, sponsorship −35 % · USD
    Hard costs are not covered under the dips.

    everyone-pays ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│ -5,595

    In force: everyone-pays. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    ");
}

#[test]
fn an_event_before_it_is_held() {
    let env = Env::conference();
    for line in [
        "ticket add strict26 pass --name Pass --kind admission --price 100.00",
        "event add next26 --name Next --first-day 2026-04-01 --last-day 2026-04-02",
        "ticket add next26 ticket --name Ticket --kind admission --price 100.00",
        "event add last25 --name Last --first-day 2025-04-01 --last-day 2025-04-02",
        "ticket add last25 ticket --name Ticket --kind admission --price 90.00",
        "order add l1 --event last25 --party Ada --item ticket --date 2025-01-02 --paid 90.00",
        "order add l2 --event last25 --party Bo --item ticket --date 2025-03-02 --paid 90.00",
        "event hold last25",
        "order add n1 --event next26 --party Ada --item ticket --date 2026-01-10 --paid 100.00 --fee 3.00",
        "contract add food --vendor 'Harbour Hall' --event next26 --account 5040 --per-head 20.00 --date 2026-01-11",
        "budget add next26 plan --line 5010=50.00",
    ] {
        env.run(line).ok();
    }
    let command = "what-if next26 --like last25 --as-of 2026-01-15 --policy everyone-pays";
    assert_snapshot!(shown(&env, command).replace(&env.head(), "HEAD"), @"
    Example Society
    What if, Next · next26 · USD

                                                  everyone-pays
    Revenue
      Conference registration                            200.00
                                                         ──────
    Total revenue                                        200.00

    Cost
      Venue and equipment hire                            50.00
      Payment processing and bank charges                  6.00
      Contracts, not billed yet                           40.00
                                                         ──────
    Total cost                                            96.00

                                                         ──────
    Result                                               104.00

    Attendance
      Admissions, confirmed                                   2
      of which paid by the person or an employer              2
      Cost per head                                       48.00
      Registration per paying attendee                   100.00
      Result per paying attendee                          52.00
    Not charged, and aid
      Ticket aid                                              –
      of which from restricted funds                          –
      Waived                                                  –
    Paid per admission
      attendee, ticket                                   100.00
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what shrinks                          154.00
      Hard costs                                          50.00
                                                         ──────
    Covered by                                           104.00

    Result by policy · USD

    everyone-pays │████████████████████████████████████████████████████████████ 104

    Hard costs covered by, attendance −15 %, sponsorship −35 % · USD
    Hard costs are covered under the dips.

    everyone-pays │████████████████████████████████████████████████████████████ 104

    In force: everyone-pays. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    Forecast as of 2026-01-15, 76 days before the event: admissions so far 1,
    expected 2, since last25 had 50 % of its 2 by then; sponsorship stays as agreed.
    Who is still to come is reckoned at what the others paid. Costs: contracts for
    those who come, bills, and the budget beyond.
    Covers 35 postings.
    Head 154:HASH
    ");
}

#[test]
fn what_cannot_be_read_on_the_command_line() {
    let env = camp();
    for (command, says) in [
        ("policy stress --plan camp.toml --policy mine.toml --attendance 101%", "`101%` is not a share"),
        ("what-if --plan camp.toml --policy mine.toml --sponsorship 35", "`35` is not a share"),
        ("what-if --plan camp.toml pyex26 --policy mine.toml", "cannot be used with"),
        ("what-if --policy mine.toml", "required"),
        ("what-if --plan camp.toml", "--policy <NAME or FILE>"),
        ("what-if pyex26 --as-of 2026-01-01 --policy mine.toml", "--like <EVENT>"),
        ("policy solve --plan camp.toml --policy mine.toml", "--for <WHAT>"),
        ("policy simulate --plan camp.toml --policy mine.toml --draws 5", "100..=1000000"),
        (
            "policy solve --plan camp.toml --policy mine.toml --for price --target 1 --unchanged-from food-only",
            "cannot be used with",
        ),
    ] {
        let output = env.run(command);
        assert_eq!(output.code, 2, "{command}: {}", output.show());
        assert!(output.stderr.contains(says), "{command}: {}", output.show());
    }
}

#[test]
fn every_page_in_every_format() {
    let env = camp();
    for (command, pages) in [
        ("policy list", 1),
        ("what-if --plan camp.toml --policy speakers-free --policy mine.toml", 1),
        ("what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain registration", 2),
        ("policy stress --plan camp.toml --policy mine.toml", 2),
        ("policy solve --plan camp.toml --policy mine.toml --for attendance", 1),
        ("policy simulate --plan camp.toml --policy speakers-free --policy mine.toml --draws 100", 3),
    ] {
        let json = env.run(&format!("{command} --format json")).ok().stdout;
        let json: Value = serde_json::from_str(&json).unwrap();
        match pages {
            1 => assert!(json["schema"] == 1 && json["rows"].is_array(), "{command}: {json}"),
            _ => assert!(json.as_array().is_some_and(|all| all.len() == pages), "{command}: {json}"),
        }
        // Charts have tables of their own.
        let html = env.run(&format!("{command} --format html")).ok().stdout;
        assert!(html.matches("<table").count() >= pages, "{command}");
        for (tag, number) in [("<html", 1), ("</html>", 1), ("<!doctype", 1)] {
            assert_eq!(html.to_lowercase().matches(tag).count(), number, "{command}: {tag}");
        }
        for format in ["csv", "md"] {
            assert!(!env.run(&format!("{command} --format {format}")).ok().stdout.is_empty(), "{command}");
        }
    }
}
