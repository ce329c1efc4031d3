//! `bursar account`, `fund`, `event` and `party`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn accounts() {
    let env = Env::begun();
    let session = env.session(
        "account add Expenses:Childcare --line catering --function program --code 5099
         account add Projects:Sprint --type expense
         account show 5099
         account set 5099 --code 5098 --function management --form-990 IX-24 --cash-flow venues --merge other-expense
         account show Expenses:Childcare
         account set Expenses:Childcare --close --format csv
         account set Expenses:Childcare --open --format json
         account add Expenses:Music --dry-run",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn the_list_of_accounts() {
    let env = Env::new();
    env.fixture("valid/chart.toml");
    env.run("init --name X --chart ./chart.toml").ok();
    env.run("account set Expenses:Hall --function program --close").ok();
    let session = env.session(
        "account list
         account list --format csv
         account list --format md",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn funds() {
    let env = Env::begun();
    let session = env.session(
        "fund add aid --name 'Financial aid' --restriction purpose --purpose 'Travel grants'
         fund add Reserve --name 'Operating reserve' --restriction board-designated
         fund list
         fund show aid --format csv
         fund list --format json",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn events() {
    let env = Env::begun();
    let session = env.session(
        "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16
         event list --format md
         event show PYEX26",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn parties() {
    let env = Env::begun();
    let session = env.session(
        "party add 'Example Group' --kind organisation
         party add 'Example GmbH' --kind organisation --holding 'Example Group' --email billing@example.com
         party add 'Grace O'
         party set 'Grace O' --kind vendor --holding #1
         party list
         party list --kind vendor --format csv
         party show #2
         party show 'example gmbh'",
    );
    assert_snapshot!(session, @"");
}

#[test]
fn dry_runs_change_nothing() {
    let env = Env::small();
    let before = env.head();
    for command in [
        "account add Expenses:Music",
        "account set 5010 --code 5555",
        "fund add music --name Music --restriction purpose",
        "event add x --name X --first-day 2026-01-01 --last-day 2026-01-01",
        "party add Somebody",
        "party set 'River Bank' --kind vendor",
        "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1",
        "entry reverse 2 --reason test",
        "close --through 2025-12-31",
    ] {
        let shown = env.run(&format!("{command} --dry-run")).ok().show();
        assert!(shown.contains("othing was written"), "{command}: {shown}");
        let json = env.run(&format!("{command} --dry-run --format json")).ok().stdout;
        assert!(json.contains("othing was written"), "{command}: {json}");
        assert_eq!(env.head(), before, "{command}");
    }
}
