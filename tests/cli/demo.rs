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
                                            restrictions restrictions      Total
    Revenue and support
      Conference registration                  66,150.00            –  66,150.00
      Tutorials and workshops                   8,190.00            –   8,190.00
      Sponsorship, exchange part               22,130.00            –  22,130.00
      Contributions of cash and other           3,150.00    39,125.00  42,275.00
        financial assets
      Contributions of nonfinancial assets           n/p            –        n/p
      Merchandise sales                           648.00            –     648.00
      Investment return, net                         n/p            –        n/p
      Other revenue                                  n/p            –        n/p
      Net assets released from                 40,570.00   -40,570.00          –
        restrictions
                                              ──────────   ────────── ──────────
    Total revenue and support                 144,306.58    -1,445.00 142,861.58

    Expenses
      Program services
        LakeConf 2025                         100,757.41            – 100,757.41
        LakeData Days 2025                     27,459.45            –  27,459.45
      Management and general                    7,020.24            –   7,020.24
      Fundraising                                    n/p            –        n/p
                                              ──────────   ────────── ──────────
    Total expenses                            135,762.10            – 135,762.10

                                              ──────────   ────────── ──────────
    Change in net assets                        8,544.48    -1,445.00   7,099.48

    Net assets, beginning                            n/p          n/p        n/p
    Net assets, end                            81,344.48     3,405.00  84,749.48

    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    11 figures are withheld (n/p): fewer than 3 contributors stand behind each.
    Covers 1,470 postings.
    Head 589:HASH

    Lakeshore Code Society
    Statement of financial position · as of 2025-12-31 · USD

                                             2025-12-31
    Assets
      Cash and cash equivalents               82,513.98
      Accounts receivable, net                 1,290.00
      Pledges receivable, net                    510.00
      Inventory                                     n/p
      Prepaid expenses and deposits               92.00
                                              ─────────
    Total assets                              85,289.48

    Liabilities
      Accounts payable and accrued expenses      540.00
                                              ─────────
    Total liabilities                            540.00

    Net assets
      Without donor restrictions              81,344.48
      With donor restrictions                  3,405.00
                                              ─────────
    Total net assets                          84,749.48

                                              ─────────
    Total liabilities and net assets          85,289.48

    DRAFT – NOT RELEASED: a preview for the board, not to be handed out.
    1 figure is withheld (n/p): fewer than 3 contributors stand behind it.
    Covers 1,479 postings.
    Head 589:HASH

    These are invented books, in look/bursar.db. Try next:
      export BURSAR_BOOK=look/bursar.db
      bursar report activities --period 2025 --event lakeconf25
      bursar report ledger "Expenses:Venue" --period 2025
      bursar report trial-balance --as-of 2025-12-31
      bursar entry list --period 2025-05
      bursar entry reverse 100 --reason "to see what happens" --dry-run
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
