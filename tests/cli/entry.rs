//! `bursar entry`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn an_entry_by_names() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --party 'Harbour Hall' --description 'Deposit, second half' --reference H-18 --event pyex26 --debit 'Assets:Prepaid expenses=6,500.00' --credit Assets:Cash:Checking=6,500.00
         entry show 11 --format json",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn an_entry_by_codes_in_several_funds() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --debit 5310=250 --credit 4900=250 --debit 4900=250;fund=aid --credit 1010=250;fund=aid;cash-flow=grants --activity talks --format csv",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn every_option_of_a_posting() {
    let env = Env::small();
    let session = env.session(
        "entry add --date 2026-03-02 --debit '5110=108.45; event=pyex26; fund=general; function=management; activity=talks; tax=vat20; party=Grace Example; memo=Train, 2nd class; original=EUR 100.00; rate=1.0845' --credit '1010=108.45; cash-flow=travel; party=#7; original=EUR 100.00; rate=1.0845'
         entry show 11 --format csv",
    );
    assert_snapshot!(session, @"");
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
    assert_snapshot!(env.session(&format!("{again} --description 'Gold sponsor'")), @"");
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
    assert_snapshot!(session, @"");
}

#[test]
fn a_dry_run_prints_the_entry_it_would_post() {
    let env = Env::small();
    let before = env.head();
    let command = "entry add --date 2026-03-02 --debit 5010=9.99 --credit 1010=9.99";
    assert_snapshot!(env.session(&format!("{command} --dry-run\n{command} --dry-run --format json")), @"");
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
    assert_snapshot!(session, @"");
}
