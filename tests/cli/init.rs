//! `bursar init`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn every_built_in_chart() {
    let env = Env::new();
    let session = env.session(
        "init --name 'Example Society'
         init --name 'Example Charity' --chart uk-charity --book uk.db
         init --name 'Beispiel e.V.' --chart eu-association --fiscal-year-start 7 --book eu.db
         init --name 'Example Ltd' --chart commercial --currency gbp --book ltd.db",
    );
    assert_snapshot!(session, @r#"
    $ bursar init --name 'Example Society'
    Books of Example Society in USD at bursar.db: 88 accounts of the chart "US nonprofit organisation". Head 90:HASH

    $ bursar init --name 'Example Charity' --chart uk-charity --book uk.db
    Books of Example Charity in GBP at uk.db: 91 accounts of the chart "UK charity". Head 93:HASH

    $ bursar init --name 'Beispiel e.V.' --chart eu-association --fiscal-year-start 7 --book eu.db
    Books of Beispiel e.V. in EUR at eu.db: 90 accounts of the chart "European non-profit association". Head 92:HASH

    $ bursar init --name 'Example Ltd' --chart commercial --currency gbp --book ltd.db
    Books of Example Ltd in GBP at ltd.db: 88 accounts of the chart "Commercial event organiser". Head 90:HASH
    "#);
    assert_eq!(env.files().iter().filter(|name| name.ends_with(".db")).count(), 4);
}

#[test]
#[cfg(unix)]
fn books_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = Env::begun();
    env.run("init --name X --book x.db").ok();
    let mode = std::fs::metadata(env.path("x.db")).unwrap().permissions().mode();
    assert_eq!(format!("{:o}", mode & 0o777), "600");
}

#[test]
fn a_chart_of_ones_own() {
    let env = Env::new();
    let chart = env.fixture("valid/chart.toml");
    let session = env.session(&format!(
        "init --name Verein --chart ./{chart}
         account list
         report activities"
    ));
    assert_snapshot!(session, @r#"
    $ bursar init --name Verein --chart ./chart.toml
    Books of Verein in CHF at bursar.db: 3 accounts of the chart "The smallest chart". Head 5:HASH

    $ bursar account list
    Verein
    Accounts

                    Code Type    Statement line Function
    Assets:Cash     1    asset
    Income:Tickets  3    revenue
    Expenses:Hall   4    expense

    $ bursar report activities
    Verein
    Income and expenses · all dates · CHF

                  Total
    Income
                      ─
    Total income      –

    There is nothing to show: no amount of the books belongs here.
    No postings match all dates; the books hold no postings yet.
    Covers 0 postings.
    Head 5:HASH
    "#);
}

#[test]
fn a_dry_run_leaves_no_file() {
    let env = Env::new();
    assert_snapshot!(env.run("init --name X --dry-run").show(), @r#"Dry run: Books of X in USD at bursar.db: 88 accounts of the chart "US nonprofit organisation". Head 90:HASH (Nothing was written.)"#);
    assert_eq!(env.files(), [""; 0]);
}

#[test]
fn the_book_may_be_named_in_the_environment() {
    let env = Env::new();
    let mut command = env.command("init --name X");
    command.env("BURSAR_BOOK", "from-the-environment.db");
    env.finish(command).ok();
    assert!(env.files().contains(&"from-the-environment.db".to_owned()));
}

#[test]
fn a_summary_in_json() {
    assert_snapshot!(Env::new().run("init --name X --format json").show(), @r#"{"done":"Books of X in USD at bursar.db: 88 accounts of the chart \"US nonprofit organisation\". Head 90:HASH","schema":1}"#);
}
