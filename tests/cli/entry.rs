//! `bursar entry`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn an_entry_by_names() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --party 'Harbour Hall' --description 'Deposit, second half' --reference H-18 --event pyex26 --debit 'Assets:Prepaid expenses=6,500.00' --credit Assets:Cash:Checking=6,500.00
         entry show 11 --format md",
    );
    assert_snapshot!(session, @"
    $ bursar entry add --date 2026-03-02 --party 'Harbour Hall' --description 'Deposit, second half' --reference H-18 --event pyex26 --debit 'Assets:Prepaid expenses=6,500.00' --credit Assets:Cash:Checking=6,500.00
    Example Society
    Entry 11 of 2026-03-02 · USD

                                Debit   Credit Party        Details
    Assets:Prepaid expenses  6,500.00          Harbour Hall pyex26
    Assets:Cash:Checking              6,500.00 Harbour Hall pyex26, cash flow
                                                            venues-and-suppliers

    Deposit, second half
    Reference H-18.
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).
    Record 114:HASH

    $ bursar entry show 11 --format md
    ## Example Society

    Entry 11 of 2026-03-02 · USD

    | | Debit | Credit | Party | Details |
    |---|---:|---:|---|---|
    | Assets:Prepaid expenses | 6,500.00 |  | Harbour Hall | pyex26 |
    | Assets:Cash:Checking |  | 6,500.00 | Harbour Hall | pyex26, cash flow venues-and-suppliers |

    Deposit, second half

    Reference H-18.

    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).

    Record 114:HASH
    ");
}

#[test]
fn an_entry_by_codes_in_several_funds() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --debit 5310=250 --credit 4900=250 --debit 4900=250;fund=aid --credit 1010=250;fund=aid;cash-flow=grants --activity talks --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar entry add --date 2026-03-02 --debit 5310=250 --credit 4900=250 --debit 4900=250;fund=aid --credit 1010=250;fund=aid;cash-flow=grants --activity talks --format csv
    key,label,level,kind,debit,credit,party,details
    1,Expenses:Financial aid:Domestic,0,line,250.00,,,"program, talks"
    2,Revenue:Net assets released from restrictions,0,line,250.00,,,"fund aid, talks"
    3,Revenue:Net assets released from restrictions,0,line,,250.00,,talks
    4,Assets:Cash:Checking,0,line,,250.00,,"fund aid, talks, cash flow grants"
    note-1,"Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).",0,note,,,,
    note-2,Record 114:HASH,0,note,,,,
    "#);
}

#[test]
fn every_option_of_a_posting() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --debit '5110=108.45; event=pyex26; fund=general; function=management; activity=talks; tax=vat20; party=Grace Example; memo=Train, 2nd class; original=EUR 100.00; rate=1.0845' --credit '1010=108.45; cash-flow=travel; party=#7; original=EUR 100.00; rate=1.0845'
         entry show 11 --format csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar entry add --date 2026-03-02 --debit '5110=108.45; event=pyex26; fund=general; function=management; activity=talks; tax=vat20; party=Grace Example; memo=Train, 2nd class; original=EUR 100.00; rate=1.0845' --credit '1010=108.45; cash-flow=travel; party=#7; original=EUR 100.00; rate=1.0845'
    Example Society
    Entry 11 of 2026-03-02 · USD

                              Debit Credit Party         Details
    Expenses:Speaker travel  108.45        Grace Example pyex26, management, talks,
                                                         tax vat20, 100.00 EUR at
                                                         1.0845, Train, 2nd class
    Assets:Cash:Checking            108.45 River Bank    cash flow travel, -100.00
                                                         EUR at 1.0845

    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).
    Record 114:HASH

    $ bursar entry show 11 --format csv
    key,label,level,kind,debit,credit,party,details
    1,Expenses:Speaker travel,0,line,108.45,,Grace Example,"pyex26, management, talks, tax vat20, 100.00 EUR at 1.0845, Train, 2nd class"
    2,Assets:Cash:Checking,0,line,,108.45,River Bank,"cash flow travel, -100.00 EUR at 1.0845"
    note-1,"Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).",0,note,,,,
    note-2,Record 114:HASH,0,note,,,,
    "#);
}

#[test]
fn amounts_as_people_write_them() {
    let env = Env::begun();
    for (i, amount) in ["1,234.5", "1234.50", "1 234.50", "1'234.50", "+1234.50", " 1234.5 "].iter().enumerate() {
        let mut command = env.command("entry add --date 2026-01-02 --format csv");
        command.args([format!("--debit=5010={amount}"), format!("--credit=1010={amount}")]);
        let shown = env.finish(command).ok().stdout;
        assert!(shown.contains("1234.50"), "{i}: {amount}: {shown}");
    }
    for amount in ["(12.00)", "-12", "\u{2212}12"] {
        let mut command = env.command("entry add --date 2026-01-02 --format csv");
        command.args([format!("--debit=5010={amount}"), format!("--credit=1010={amount}")]);
        assert!(env.finish(command).ok().stdout.contains("1,Expenses:Venue,0,line,,12.00"), "{amount}");
    }
}

#[test]
fn the_same_reference_again() {
    let env = Env::small();
    let again = "entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 \
                 --debit 1010=5000.00;cash-flow=sponsors --credit 4110=5000.00";
    let before = env.head();
    assert_snapshot!(env.session(&format!("{again} --description 'Gold sponsor'")), @"
    $ bursar entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 --debit 1010=5000.00;cash-flow=sponsors --credit 4110=5000.00 --description 'Gold sponsor'
    There already: Entry 2 of 2025-02-10 has this reference and this content.
    ");
    assert_eq!(env.head(), before);
}

#[test]
fn a_reversal() {
    let env = Env::small();
    let session = env.session(
        "entry reverse 8 --reason 'paid by her employer' --date 2025-06-02
         entry show 8
         entry list --from 2025-05-20 --to 2025-06-02
         entry reverse 11 --reason 'she paid after all'
         report ledger 5110",
    );
    assert_snapshot!(session, @"
    $ bursar entry reverse 8 --reason 'paid by her employer' --date 2025-06-02
    Example Society
    Entry 11 of 2025-06-02 · USD

                              Debit Credit Party         Details
    Expenses:Speaker travel         108.45 Grace Example pyex25, program, talks,
                                                         -100.00 EUR at 1.0845,
                                                         ticket 77
    Assets:Cash:Checking     108.45        Grace Example pyex25, cash flow
                                                         staff-and-others, 100.00
                                                         EUR at 1.0845

    Train to the conference
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (reversal).
    Reverses entry 8: paid by her employer
    Record 114:HASH

    $ bursar entry show 8
    Example Society
    Entry 8 of 2025-05-20 · USD

                              Debit Credit Party         Details
    Expenses:Speaker travel  108.45        Grace Example pyex25, program, talks,
                                                         100.00 EUR at 1.0845,
                                                         ticket 77
    Assets:Cash:Checking            108.45 Grace Example pyex25, cash flow
                                                         staff-and-others, -100.00
                                                         EUR at 1.0845

    Train to the conference
    Reference T-9.
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 102 (import).
    Reversed by entry 11.
    Record 110:HASH

    $ bursar entry list --from 2025-05-20 --to 2025-06-02
    Example Society
    Journal · 2025-05-20 to 2025-06-02 · USD

                                           Debit   Credit For
    2025-05-20 #8 Grace Example: Train to the conference (reversed by #11)
      Expenses:Speaker travel             108.45          pyex25 · program · talks
      Assets:Cash:Checking                         108.45 pyex25
    2025-06-01 #9 Grace Example: Travel grant
      Expenses:Financial aid:Domestic     500.00          pyex25 · program
      Revenue:Net assets released from             500.00 pyex25
        restrictions
      Revenue:Net assets released from    500.00          pyex25 · aid
        restrictions
      Assets:Cash:Checking                         500.00 pyex25 · aid
    2025-06-02 #11 Grace Example: Train to the conference (reverses #8)
      Expenses:Speaker travel                      108.45 pyex25 · program · talks
      Assets:Cash:Checking                108.45          pyex25
                                        ──────── ────────
    Total                               1,216.90 1,216.90

    Covers 8 postings.
    Head 114:HASH

    $ bursar entry reverse 11 --reason 'she paid after all'
    Example Society
    Entry 12 of 2026-01-15 · USD

                              Debit Credit Party         Details
    Expenses:Speaker travel  108.45        Grace Example pyex25, program, talks,
                                                         100.00 EUR at 1.0845,
                                                         ticket 77
    Assets:Cash:Checking            108.45 Grace Example pyex25, cash flow
                                                         staff-and-others, -100.00
                                                         EUR at 1.0845

    Train to the conference
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 104 (reversal).
    Reverses entry 11: she paid after all
    Record 116:HASH

    $ bursar report ledger 5110
    Example Society
    Ledger of 5110 · all dates · USD

                Entry About                     Amount Balance
                      Balance brought forward                –
    2025-05-20      8 Grace Example: ticket 77  108.45  108.45
    2025-06-02     11 Grace Example: ticket 77 -108.45       –
    2026-01-15     12 Grace Example: ticket 77  108.45  108.45
                                               ───────  ──────
                      Balance                   108.45  108.45

    Covers 3 postings.
    Head 116:HASH
    ");
}

#[test]
fn a_dry_run_prints_the_entry_it_would_post() {
    let env = Env::small();
    let before = env.head();
    let command = "entry add --date 2026-03-02 --debit 5010=9.99 --credit 1010=9.99";
    assert_snapshot!(env.session(&format!("{command} --dry-run\n{command} --dry-run --format md")), @"
    $ bursar entry add --date 2026-03-02 --debit 5010=9.99 --credit 1010=9.99 --dry-run
    Example Society
    Entry 11 of 2026-03-02 · USD

                          Debit Credit Party Details
    Expenses:Venue         9.99              program
    Assets:Cash:Checking          9.99       cash flow venues-and-suppliers

    Dry run: nothing was written.
    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).
    Record 114:HASH

    $ bursar entry add --date 2026-03-02 --debit 5010=9.99 --credit 1010=9.99 --dry-run --format md
    ## Example Society

    Entry 11 of 2026-03-02 · USD

    | | Debit | Credit | Party | Details |
    |---|---:|---:|---|---|
    | Expenses:Venue | 9.99 |  |  | program |
    | Assets:Cash:Checking |  | 9.99 |  | cash flow venues-and-suppliers |

    Dry run: nothing was written.

    Recorded 2026-01-15T12:00:00Z by Ada, from fact 103 (voucher).

    Record 114:HASH
    ");
    assert_eq!(env.head(), before);
}

#[test]
fn lists_of_entries() {
    let env = Env::small();
    let session = env.session(
        "entry list --period 2025-03
         entry list --event pyex26 --format csv
         entry list --as-of 2024-12-31",
    );
    assert_snapshot!(session, @"
    $ bursar entry list --period 2025-03
    Example Society
    Journal · 2025-03-01 to 2025-03-31 · USD

                                  Debit   Credit For
    2025-03-01 #4 Harbour Hall: Deposit for the hall
      Assets:Prepaid expenses  1,500.00          pyex25
      Assets:Cash:Checking              1,500.00 pyex25
    2025-03-20 #5 Grace Example: For travel grants, with love
      Assets:Cash:Checking       800.00          aid
      Revenue:Contributions               800.00 aid
                               ──────── ────────
    Total                      2,300.00 2,300.00

    Covers 4 postings.
    Head 112:HASH

    $ bursar entry list --event pyex26 --format csv
    key,label,level,kind,debit,credit,for
    10,2025-12-31 #10 ,0,heading,,,
    10.1,Assets:Prepaid expenses,1,line,250.00,,pyex26 · vat20
    10.2,Assets:Cash:Checking,1,line,,250.00,pyex26
    total,Total,0,total,250.00,250.00,
    note-1,Covers 2 postings.,0,note,,,
    note-2,Head 112:HASH,0,note,,,

    $ bursar entry list --as-of 2024-12-31
    Example Society
    Journal · as of 2024-12-31 · USD

           Debit Credit For
    Total      –      –

    No postings match to 2024-12-31; the books hold 23 postings, from 2025-01 to
    2025-12.
    Covers 0 postings.
    Head 112:HASH
    ");
}
