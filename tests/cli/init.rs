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
    assert_snapshot!(session, @"");
    assert_eq!(env.files().iter().filter(|name| name.ends_with(".db")).count(), 4);
}

#[test]
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
    assert_snapshot!(session, @"");
}

#[test]
fn a_dry_run_leaves_no_file() {
    let env = Env::new();
    assert_snapshot!(env.run("init --name X --dry-run").show(), @"");
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
    assert_snapshot!(Env::new().run("init --name X --format json").show(), @"");
}
