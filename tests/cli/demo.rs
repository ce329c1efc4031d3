//! `bursar demo`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn it_shows_what_the_board_sees_twice() {
    let env = Env::new();
    let first = env.run("demo --dir look").ok().show();
    assert_snapshot!(first, @r#"
    Lakeshore Code Society
    Statement of activities · 2025-01-01 to 2025-12-31 · USD

                                            Without
                                              donor   With donor
                                       restrictions restrictions        Total
    Revenue and support
      Conference registration            643,250.00            –   643,250.00
      Tutorials and workshops             85,950.00            –    85,950.00
      Sponsorship, exchange part         223,400.00            –   223,400.00
      Contributions of cash and other             –   315,080.37   315,080.37
        financial assets
      Contributions of nonfinancial             n/p            –          n/p
        assets
      Merchandise sales                    4,900.00            –     4,900.00
      Investment return, net               9,778.86            –     9,778.86
      Foreign exchange, net                   -0.92            –        -0.92
      Other revenue                             n/p            –          n/p
      Net assets released from           254,082.38  -254,082.38            –
        restrictions
                                       ────────────  ─────────── ────────────
    Total revenue and support          1,225,810.32    60,997.99 1,286,808.31

    Expenses
      Program services
        LakeConf 2025                  1,050,849.58            – 1,050,849.58
        LakeConf 2026                      2,806.83            –     2,806.83
      Management and general              72,115.29            –    72,115.29
      Fundraising                          9,340.00            –     9,340.00
                                       ────────────  ─────────── ────────────
    Total expenses                     1,135,111.70            – 1,135,111.70

                                       ────────────  ─────────── ────────────
    Change in net assets                  90,698.62    60,997.99   151,696.61

    Net assets, beginning                680,000.00    12,000.00   692,000.00
    Net assets, end                      770,698.62    72,997.99   843,696.61

    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    4 figures are withheld (n/p): they would tell of single contributors.
    Covers 13,600 postings.
    Head 9738:HASH

    Lakeshore Code Society
    Summary of LakeConf 2025 · lakeconf25 · USD

                                                        Number       Amount
    Revenue
      Conference registration                                    643,250.00
      Tutorials and workshops                                     85,950.00
      Sponsorship, exchange part                                 223,400.00
      Contributions of cash and other financial assets           190,820.00
      Contributions of nonfinancial assets                         2,500.00
      Merchandise sales                                            4,900.00
      Other revenue                                                1,950.00
                                                               ────────────
    Total revenue                                              1,152,770.00

    Cost
      Financial aid and grants                                    56,082.38
      Venue and equipment hire                                   189,000.00
      Catering                                                   540,835.00
      Audiovisual and captioning                                 117,800.00
      Speakers and instructors                                    36,000.00
      Printing, signage and attendee gifts                        45,792.73
      Payment processing and bank charges                         18,999.47
      Advertising and promotion                                    8,900.00
      Salaries, wages and benefits                                37,440.00
      Staff and volunteer travel                                   1,584.92
      Information technology                                      26,500.00
      Office and occupancy                                           357.97
      Insurance                                                    7,800.00
                                                               ────────────
    Total cost                                                 1,087,092.47

                                                               ────────────
    Result                                                        65,677.53

    Attendance
      Admissions, confirmed                               1959
      of which paid by the person or an employer          1724
      Revenue per head                                               588.45
      Cost per head                                                  554.92
      Registration per paying attendee                               373.11
      Result per paying attendee                                      38.10
      Paying attendees to break even                      1365

    Break-even: each paying attendee at the average paid; other revenue and
    admissions stay; contracts cost per head beyond their minimum.

    Lakeshore Code Society
    What if, LakeConf 2025 · lakeconf25 · USD

                                         everyone-pays speakers-free Difference
    Revenue
      Conference registration               643,250.00    599,750.00 -43,500.00
      Tutorials and workshops                85,950.00     85,950.00          –
      Sponsorship, exchange part            223,400.00    223,400.00          –
      Contributions of cash and other       190,820.00    190,820.00          –
        financial assets
      Contributions of nonfinancial           2,500.00      2,500.00          –
        assets
      Merchandise sales                       4,900.00      4,900.00          –
      Other revenue                           1,950.00      1,950.00          –
                                          ────────────  ──────────── ──────────
    Total revenue                         1,152,770.00  1,109,270.00 -43,500.00

    Cost
      Financial aid and grants               56,082.38     56,082.38          –
      Venue and equipment hire              189,000.00    189,000.00          –
      Catering                              540,835.00    540,835.00          –
      Audiovisual and captioning            117,800.00    117,800.00          –
      Speakers and instructors               36,000.00     36,000.00          –
      Printing, signage and attendee         45,792.73     45,792.73          –
        gifts
      Payment processing and bank            18,999.47     17,869.17  -1,130.30
        charges
      Advertising and promotion               8,900.00      8,900.00          –
      Salaries, wages and benefits           37,440.00     37,440.00          –
      Staff and volunteer travel              1,584.92      1,584.92          –
      Information technology                 26,500.00     26,500.00          –
      Office and occupancy                      357.97        357.97          –
      Insurance                               7,800.00      7,800.00          –
                                          ────────────  ──────────── ──────────
    Total cost                            1,087,092.47  1,085,962.17  -1,130.30

                                          ────────────  ──────────── ──────────
    Result                                   65,677.53     23,307.83 -42,369.70

    Attendance
      Admissions, confirmed                       1959          1959          0
      of which paid by the person or an           1724          1614       -110
        employer
      Cost per head                             554.92        554.35      -0.57
      Registration per paying attendee          373.11        371.59      -1.52
      Result per paying attendee                 38.10         14.44     -23.66
    Not charged, and aid
      Ticket aid                              8,900.00      5,700.00  -3,200.00
      of which from restricted funds          8,900.00      5,700.00  -3,200.00
      Waived                                         –     46,700.00  46,700.00
      Aid pool                               90,000.00     90,000.00          –
      Left of it                             22,022.58     25,222.58   3,200.00
    Paid per admission
      attendee, corporate                       523.85        523.85          –
      attendee, individual                      322.67        322.67          –
      attendee, student                         112.34        112.34          –
      exhibitor, corporate                           –             –          –
      instructor, corporate                     525.00        525.00          –
      instructor, individual                    350.00        350.00          –
      keynote, corporate                        570.00             –    -570.00
      keynote, individual                       350.00             –    -350.00
      organiser, corporate                      600.00        600.00          –
      organiser, individual                     329.73        329.73          –
      organiser, student                        125.00        125.00          –
      press, individual                         325.00        325.00          –
      speaker, corporate                        562.50             –    -562.50
      speaker, individual                       293.06             –    -293.06
      speaker, student                          120.00             –    -120.00
      volunteer, corporate                      450.00        450.00          –
      volunteer, individual                     320.00        320.00          –
      volunteer, student                        115.00        115.00          –
    Attendance down 15 %, sponsorship down 35 %
      Revenue less what shrinks             894,971.10    852,601.40 -42,369.70
      Hard costs                            943,375.62    943,375.62          –
                                          ────────────  ──────────── ──────────
    Covered by                              -48,404.52    -90,774.22 -42,369.70

    What speakers-free costs
      Admissions paid for before                                      43,500.00
      Fees saved                                                      -1,130.30
                                          ────────────  ──────────── ──────────
    Cost to the result                                                42,369.70

      Ticket aid no longer needed,                                            –
        unrestricted
                                          ────────────  ──────────── ──────────
    Cost after aid that is freed                                      42,369.70

      Restricted aid that is freed,                                    3,200.00
        apart

    speakers-free would have cost 42,369.70 USD, 26.25 USD for each paying attendee.
    With attendance down 15 % and sponsorship down 35 %, hard costs would not be
    covered: 90,774.22 USD short.
    speakers-free: speaker pays nothing; keynote pays nothing.
    In force: everyone-pays. Every column replays each order, payment, refund,
    sponsorship, contract and bill through the posting rules under its policy. Taken
    for granted unless a policy says otherwise: everyone comes all the same, pays
    the price in force when they ordered, fees follow payments in proportion, and
    contracts charge for those who come. People are taken in an order by seed 1.
    Covers 13,240 postings.
    Head 9738:HASH

    These are invented books, in look/bursar.db. Try next:
      export BURSAR_BOOK=look/bursar.db
      bursar report registrations --event lakeconf25
      bursar report sponsorship --event lakeconf25
      bursar report all --period 2025 --format html --output statements
      bursar report cash-flows --period 2025
      bursar policy stress lakeconf25 --policy everyone-pays
      bursar policy simulate lakeconf25 --policy everyone-pays --policy speakers-free
      bursar report budget --event lakeconf26
      bursar report form-990 --period 2025
      bursar close --through 2025-12-31 --check
      bursar order show l0500
      bursar report ledger "Expenses:Venue" --period 2025
      bursar report trial-balance --as-of 2025-12-31
      bursar entry list --period 2025-05
      bursar entry reverse 20 --reason "to see what happens" --dry-run
      bursar verify
      bursar export hledger
    "#);
    let head = env.run("verify --book look/bursar.db").ok().stdout;
    assert_eq!(env.run("demo --dir look").ok().show(), first, "a second run makes nothing new");
    assert_eq!(env.run("verify --book look/bursar.db").ok().stdout, head);
}

#[test]
fn what_it_says_to_try_next_works() {
    let env = Env::new();
    let shown = env.run("demo").ok().stdout;
    let mut tried = 0;
    for line in shown.lines().filter_map(|line| line.strip_prefix("  bursar ")) {
        env.run(&format!("{line} --book bursar-demo/bursar.db")).ok();
        tried += 1;
    }
    assert!(tried >= 6, "{shown}");
}

#[test]
fn it_is_whole_or_not_there() {
    let env = Env::new();
    env.write("bursar-demo", "in the way");
    assert_snapshot!(env.run("demo").show(), @"
    [stderr]
    error[output]: cannot write bursar-demo: File exists (os error 17)
      hint: check the path, its permissions and the free space
    [exit 1]
    ");
}
