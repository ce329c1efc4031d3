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
         account set Expenses:Childcare --close --format csv
         account set Expenses:Childcare --open --format md
         account add Expenses:Music --dry-run",
    );
    assert_snapshot!(session, @r#"
    $ bursar account add Expenses:Childcare --line catering --function program --code 5099
    Example Society
    Expenses:Childcare

    Code                     5099
    Type                     expense
    Statement line           Catering (catering)
    Merges into, when small  venue
    Default function         program
    Cash-flow line
    Form 990
    State                    open

    $ bursar account add Projects:Sprint --type expense
    Example Society
    Projects:Sprint

    Code
    Type                     expense
    Statement line           Other expenses (other-expense)
    Merges into, when small
    Default function
    Cash-flow line
    Form 990
    State                    open

    $ bursar account show 5099
    Example Society
    Expenses:Childcare

    Code                     5099
    Type                     expense
    Statement line           Catering (catering)
    Merges into, when small  venue
    Default function         program
    Cash-flow line
    Form 990
    State                    open

    $ bursar account set 5099 --code 5098 --function management --form-990 IX-24 --cash-flow venues --merge other-expense
    Example Society
    Expenses:Childcare

    Code                     5098
    Type                     expense
    Statement line           Catering (catering)
    Merges into, when small  other-expense
    Default function         management
    Cash-flow line           venues
    Form 990                 IX-24
    State                    open

    $ bursar account set Expenses:Childcare --close --format csv
    key,label,level,kind,value
    code,Code,0,line,5098
    type,Type,0,line,expense
    line,Statement line,0,line,Catering (catering)
    merge,"Merges into, when small",0,line,other-expense
    function,Default function,0,line,management
    cash-flow,Cash-flow line,0,line,venues
    form-990,Form 990,0,line,IX-24
    state,State,0,line,closed

    $ bursar account set Expenses:Childcare --open --format md
    ## Example Society

    Expenses:Childcare

    | |  |
    |---|---|
    | Code | 5098 |
    | Type | expense |
    | Statement line | Catering (catering) |
    | Merges into, when small | other-expense |
    | Default function | management |
    | Cash-flow line | venues |
    | Form 990 | IX-24 |
    | State | open |

    $ bursar account add Expenses:Music --dry-run
    Example Society
    Expenses:Music

    Code
    Type                     expense
    Statement line           Other expenses (other-expense)
    Merges into, when small
    Default function
    Cash-flow line
    Form 990
    State                    open

    Dry run: nothing was written.
    "#);
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
    assert_snapshot!(session, @"
    $ bursar account list
    X
    Accounts

                    Code Type    Statement line Function
    Assets:Cash     1    asset
    Income:Tickets  3    revenue
    Expenses:Hall   4    expense                program  closed

    $ bursar account list --format csv
    key,label,level,kind,code,type,line,function,state
    Assets:Cash,Assets:Cash,0,line,1,asset,,,
    Income:Tickets,Income:Tickets,0,line,3,revenue,,,
    Expenses:Hall,Expenses:Hall,0,line,4,expense,,program,closed

    $ bursar account list --format md
    ## X

    Accounts

    | | Code | Type | Statement line | Function |  |
    |---|---|---|---|---|---|
    | Assets:Cash | 1 | asset |  |  |  |
    | Income:Tickets | 3 | revenue |  |  |  |
    | Expenses:Hall | 4 | expense |  | program | closed |
    ");
}

#[test]
fn funds() {
    let env = Env::begun();
    let session = env.session(
        "fund add aid --name 'Financial aid' --restriction purpose --purpose 'Travel grants'
         fund add Reserve --name 'Operating reserve' --restriction board-designated
         fund list
         fund show aid --format csv
         fund list --format md",
    );
    assert_snapshot!(session, @"
    $ bursar fund add aid --name 'Financial aid' --restriction purpose --purpose 'Travel grants'
    Example Society
    Funds

         Name          Restriction Purpose
    aid  Financial aid purpose     Travel grants

    $ bursar fund add Reserve --name 'Operating reserve' --restriction board-designated
    Example Society
    Funds

             Name              Restriction      Purpose
    reserve  Operating reserve board-designated

    $ bursar fund list
    Example Society
    Funds

             Name              Restriction      Purpose
    general  General           undesignated
    aid      Financial aid     purpose          Travel grants
    reserve  Operating reserve board-designated

    $ bursar fund show aid --format csv
    key,label,level,kind,name,restriction,purpose
    aid,aid,0,line,Financial aid,purpose,Travel grants

    $ bursar fund list --format md
    ## Example Society

    Funds

    | | Name | Restriction | Purpose |
    |---|---|---|---|
    | general | General | undesignated |  |
    | aid | Financial aid | purpose | Travel grants |
    | reserve | Operating reserve | board-designated |  |
    ");
}

#[test]
fn events() {
    let env = Env::begun();
    let session = env.session(
        "event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16
         event list --format md
         event show PYEX26",
    );
    assert_snapshot!(session, @"
    $ bursar event add pyex26 --name 'PyExample 2026' --first-day 2026-05-14 --last-day 2026-05-16
    Example Society
    Events

            Name           First day  Last day   Policy        Status
    pyex26  PyExample 2026 2026-05-14 2026-05-16 everyone-pays planned

    $ bursar event list --format md
    ## Example Society

    Events

    | | Name | First day | Last day | Policy | Status |
    |---|---|---|---|---|---|
    | pyex26 | PyExample 2026 | 2026-05-14 | 2026-05-16 | everyone-pays | planned |

    $ bursar event show PYEX26
    Example Society
    Events

            Name           First day  Last day   Policy        Status
    pyex26  PyExample 2026 2026-05-14 2026-05-16 everyone-pays planned
    ");
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
    assert_snapshot!(session, @"
    $ bursar party add 'Example Group' --kind organisation
    Example Society
    Parties

        Name          Kind         Holding E-mail
    #1  Example Group organisation

    $ bursar party add 'Example GmbH' --kind organisation --holding 'Example Group' --email billing@example.com
    Example Society
    Parties

        Name         Kind         Holding       E-mail
    #2  Example GmbH organisation Example Group billing@example.com

    $ bursar party add 'Grace O'
    Example Society
    Parties

        Name    Kind   Holding E-mail
    #3  Grace O person

    $ bursar party set 'Grace O' --kind vendor --holding #1
    Example Society
    Parties

        Name    Kind   Holding       E-mail
    #3  Grace O vendor Example Group

    $ bursar party list
    Example Society
    Parties

        Name          Kind         Holding       E-mail
    #1  Example Group organisation
    #2  Example GmbH  organisation Example Group billing@example.com
    #3  Grace O       vendor       Example Group

    $ bursar party list --kind vendor --format csv
    key,label,level,kind,name,party-kind,holding,email
    #3,#3,0,line,Grace O,vendor,Example Group,

    $ bursar party show #2
    Example Society
    Parties

        Name         Kind         Holding       E-mail
    #2  Example GmbH organisation Example Group billing@example.com

    $ bursar party show 'example gmbh'
    [stderr]
    error[unknown-party]: there is no party `example gmbh`; did you mean `Example GmbH`?
      hint: `bursar party list` shows all, `bursar party add NAME` makes one known
    [exit 1]
    ");
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
