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
    assert_snapshot!(env.session("reconcile 1010 --statement checking.ofx"), @"");
    assert_snapshot!(env.session(
        "reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --suggest decisions.toml"
    ), @"");
    assert_snapshot!(env.read("decisions.toml"), @"");
    let decided = env.read("decisions.toml").replacen("do = \"\"", "do = \"entry\"\naccount = \"4610\"", 1);
    let decided = decided.replacen("do = \"\"", "do = \"match\"\nentries = [2]", 1);
    env.write("decisions.toml", decided);
    let record = "reconcile 1010 --statement checking.ofx --accept payouts,fees,payments --decisions decisions.toml";
    assert_snapshot!(env.session(&format!("{record} --dry-run\n{record}")), @"");
    // The same again adds nothing, whatever is accepted.
    let head = env.head();
    assert_snapshot!(env.session("reconcile 1010 --statement checking.ofx --accept payouts"), @"");
    assert_eq!(env.head(), head);
    assert_snapshot!(env.session(
        "reconcile list
         reconcile show 110
         entry list --from 2026-01-15
         bill show hall-1
         verify"
    ), @"");
}

#[test]
fn the_report_in_every_format() {
    let env = env();
    env.write(
        "january.csv",
        "Date,Description,Amount,Balance\n2026-01-02,CHEQUE 17,-100.00,4900.00\n2026-01-10,STRIPE,291.00,5191.00\n",
    );
    env.run("reconcile 1010 --statement january.csv --window 9 --to 2026-01-10").ok();
    for format in ["table", "csv", "json", "md"] {
        assert_snapshot!(format!("report_{format}"), env.run(&format!("report reconciliation 1010 --as-of 2026-01-15 --format {format}")).ok().show());
    }
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
         verify",
    );
    assert_snapshot!(session, @"");
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
    assert_snapshot!(session, @"");
}

#[test]
fn a_bank_csv_by_a_mapping() {
    let env = Env::new();
    env.run("init --name Verein --chart eu-association").ok();
    env.run("entry add --date 2026-01-01 --debit 1010=500.00 --credit 4210=500.00").ok();
    env.run("entry add --date 2026-01-02 --debit 5010=1,500.00 --credit 1010=1,500.00 --description Miete").ok();
    env.fixture("statements/giro.csv");
    env.write("giro.toml", "[file]\nencoding = \"windows-1252\"\ndates = \"dmy\"\n[columns]\ndescription = \"Verwendungszweck\"\n");
    assert_snapshot!(env.session(
        "reconcile 1010 --statement giro.csv
         reconcile 1010 --statement giro.csv --map giro.toml --accept fees"
    ), @"");
}

#[test]
fn a_payment_that_bounced_and_a_batch() {
    let env = Env::begun();
    for line in [
        "entry add --date 2026-01-02 --debit 1010=300.00 --credit 4210=300.00 --description Bounces",
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
        "Date,Description,Amount\n2026-01-03,IN,300.00\n2026-01-05,RETURNED,-300.00\n2026-01-07,DEPOSIT,300.00\n",
    );
    assert_snapshot!(env.session(
        "reconcile 1010 --statement bank.csv --opening 0 --closing 300.00
         reconcile show 101"
    ), @"");
}
