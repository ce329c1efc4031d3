//! `bursar export`: the text of every format. That other programs read it is the concern of `outside_tools.rs`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn hledger() {
    assert_snapshot!(Env::small().run("export hledger").ok().show(), @"
    ; Example Society: exported by bursar, head 112:HASH
    commodity 1000.00 USD
    account Assets:Cash:Checking  ; type: A
    account Assets:Prepaid expenses  ; type: A
    account Expenses:Catering:Social events  ; type: X
    account Expenses:Financial aid:Domestic  ; type: X
    account Expenses:Processing fees  ; type: X
    account Expenses:Speaker travel  ; type: X
    account Liabilities:Accounts payable  ; type: L
    account Net assets:Opening  ; type: E
    account Revenue:Contributions  ; type: R
    account Revenue:Net assets released from restrictions  ; type: R
    account Revenue:Registration  ; type: R
    account Revenue:Sponsorship  ; type: R

    2025-01-02 (1) Opening balances
        ; reference: OPEN
        Assets:Cash:Checking  20000.00 USD
        Net assets:Opening  -20000.00 USD

    2025-02-10 (2) Example GmbH | Gold sponsor
        ; reference: S-1
        Assets:Cash:Checking  5000.00 USD
          ; event: pyex25
          ; cashflow: sponsors
        Revenue:Sponsorship  -5000.00 USD
          ; event: pyex25

    2025-02-12 (3) Example Ltd | Silver sponsor
        ; reference: S-2
        Assets:Cash:Checking  3000.00 USD
          ; event: pyex25
          ; cashflow: sponsors
        Revenue:Sponsorship  -3000.00 USD
          ; event: pyex25

    2025-03-01 (4) Harbour Hall | Deposit for the hall
        ; reference: H-17
        Assets:Prepaid expenses  1500.00 USD
          ; event: pyex25
        Assets:Cash:Checking  -1500.00 USD
          ; event: pyex25
          ; cashflow: venues-and-suppliers

    2025-03-20 (5) Grace Example | For travel grants, with love
        Assets:Cash:Checking  800.00 USD
          ; fund: aid
          ; cashflow: contributions
        Revenue:Contributions  -800.00 USD
          ; fund: aid

    2025-04-01 (6) Registrations of March
        ; reference: PAYOUT-1
        Assets:Cash:Checking  2325.25 USD
          ; event: pyex25
          ; cashflow: registrations
        Expenses:Processing fees  75.25 USD
          ; event: pyex25
          ; function: program
          ; memo: card fees
        Revenue:Registration  -2400.50 USD
          ; event: pyex25
          ; activity: talks

    2025-05-17 (7) Müller & Söhne, Catering | Dinner
        Expenses:Catering:Social events  1900.00 USD
          ; event: pyex25
          ; function: program
          ; activity: social
        Liabilities:Accounts payable  -1900.00 USD
          ; event: pyex25

    2025-05-20 (8) Grace Example | Train to the conference
        ; reference: T-9
        Expenses:Speaker travel  108.45 USD
          ; event: pyex25
          ; function: program
          ; activity: talks
          ; original: 100.00 EUR at 1.0845
          ; memo: ticket 77
        Assets:Cash:Checking  -108.45 USD
          ; event: pyex25
          ; cashflow: staff-and-others
          ; original: -100.00 EUR at 1.0845

    2025-06-01 (9) Grace Example | Travel grant
        Expenses:Financial aid:Domestic  500.00 USD
          ; event: pyex25
          ; function: program
        Revenue:Net assets released from restrictions  -500.00 USD
          ; event: pyex25
        Revenue:Net assets released from restrictions  500.00 USD
          ; event: pyex25
          ; fund: aid
        Assets:Cash:Checking  -500.00 USD
          ; event: pyex25
          ; fund: aid
          ; cashflow: grants

    2025-12-31 (10) 
        Assets:Prepaid expenses  250.00 USD
          ; event: pyex26
          ; tax: vat20
        Assets:Cash:Checking  -250.00 USD
          ; event: pyex26
          ; cashflow: venues-and-suppliers
    ");
}

#[test]
fn ledger_differs_in_its_directives_only() {
    let env = Env::small();
    let entries = |format: &str| {
        let text = env.run(&format!("export {format}")).ok().stdout;
        text[text.find("\n\n").unwrap()..].to_owned()
    };
    assert_eq!(entries("hledger"), entries("ledger"));
    let text = env.run("export ledger").ok().show();
    assert_snapshot!(text.split("\n\n").next().unwrap(), @"
    ; Example Society: exported by bursar, head 112:HASH
    commodity USD
    tag reference
    tag reverses
    tag event
    tag fund
    tag function
    tag activity
    tag tax
    tag cashflow
    tag original
    tag memo
    tag party
    account Assets:Cash:Checking
    account Assets:Prepaid expenses
    account Expenses:Catering:Social events
    account Expenses:Financial aid:Domestic
    account Expenses:Processing fees
    account Expenses:Speaker travel
    account Liabilities:Accounts payable
    account Net assets:Opening
    account Revenue:Contributions
    account Revenue:Net assets released from restrictions
    account Revenue:Registration
    account Revenue:Sponsorship
    ");
}

#[test]
fn beancount() {
    assert_snapshot!(Env::small().run("export beancount").ok().show(), @r#"
    ; exported by bursar, head 112:HASH
    option "title" "Example Society"
    option "operating_currency" "USD"
    option "name_assets" "Assets"
    option "name_liabilities" "Liabilities"
    option "name_equity" "Net-assets"
    option "name_income" "Revenue"
    option "name_expenses" "Expenses"

    2025-01-02 open Assets:Cash:Checking USD
      bursar-name: "Assets:Cash:Checking"

    2025-01-02 open Assets:Prepaid-expenses USD
      bursar-name: "Assets:Prepaid expenses"

    2025-01-02 open Expenses:Catering:Social-events USD
      bursar-name: "Expenses:Catering:Social events"

    2025-01-02 open Expenses:Financial-aid:Domestic USD
      bursar-name: "Expenses:Financial aid:Domestic"

    2025-01-02 open Expenses:Processing-fees USD
      bursar-name: "Expenses:Processing fees"

    2025-01-02 open Expenses:Speaker-travel USD
      bursar-name: "Expenses:Speaker travel"

    2025-01-02 open Liabilities:Accounts-payable USD
      bursar-name: "Liabilities:Accounts payable"

    2025-01-02 open Net-assets:Opening USD
      bursar-name: "Net assets:Opening"

    2025-01-02 open Revenue:Contributions USD
      bursar-name: "Revenue:Contributions"

    2025-01-02 open Revenue:Net-assets-released-from-restrictions USD
      bursar-name: "Revenue:Net assets released from restrictions"

    2025-01-02 open Revenue:Registration USD
      bursar-name: "Revenue:Registration"

    2025-01-02 open Revenue:Sponsorship USD
      bursar-name: "Revenue:Sponsorship"

    2025-01-02 * "" "Opening balances"
      bursar-entry: 1
      reference: "OPEN"
      Assets:Cash:Checking  20000.00 USD
      Net-assets:Opening  -20000.00 USD

    2025-02-10 * "Example GmbH" "Gold sponsor"
      bursar-entry: 2
      reference: "S-1"
      Assets:Cash:Checking  5000.00 USD
        event: "pyex25"
        cashflow: "sponsors"
      Revenue:Sponsorship  -5000.00 USD
        event: "pyex25"

    2025-02-12 * "Example Ltd" "Silver sponsor"
      bursar-entry: 3
      reference: "S-2"
      Assets:Cash:Checking  3000.00 USD
        event: "pyex25"
        cashflow: "sponsors"
      Revenue:Sponsorship  -3000.00 USD
        event: "pyex25"

    2025-03-01 * "Harbour Hall" "Deposit for the hall"
      bursar-entry: 4
      reference: "H-17"
      Assets:Prepaid-expenses  1500.00 USD
        event: "pyex25"
      Assets:Cash:Checking  -1500.00 USD
        event: "pyex25"
        cashflow: "venues-and-suppliers"

    2025-03-20 * "Grace Example" "For travel grants, with love"
      bursar-entry: 5
      Assets:Cash:Checking  800.00 USD
        fund: "aid"
        cashflow: "contributions"
      Revenue:Contributions  -800.00 USD
        fund: "aid"

    2025-04-01 * "" "Registrations of March"
      bursar-entry: 6
      reference: "PAYOUT-1"
      Assets:Cash:Checking  2325.25 USD
        event: "pyex25"
        cashflow: "registrations"
      Expenses:Processing-fees  75.25 USD
        event: "pyex25"
        function: "program"
        memo: "card fees"
      Revenue:Registration  -2400.50 USD
        event: "pyex25"
        activity: "talks"

    2025-05-17 * "Müller & Söhne, Catering" "Dinner"
      bursar-entry: 7
      Expenses:Catering:Social-events  1900.00 USD
        event: "pyex25"
        function: "program"
        activity: "social"
      Liabilities:Accounts-payable  -1900.00 USD
        event: "pyex25"

    2025-05-20 * "Grace Example" "Train to the conference"
      bursar-entry: 8
      reference: "T-9"
      Expenses:Speaker-travel  108.45 USD
        event: "pyex25"
        function: "program"
        activity: "talks"
        original: "100.00 EUR at 1.0845"
        memo: "ticket 77"
      Assets:Cash:Checking  -108.45 USD
        event: "pyex25"
        cashflow: "staff-and-others"
        original: "-100.00 EUR at 1.0845"

    2025-06-01 * "Grace Example" "Travel grant"
      bursar-entry: 9
      Expenses:Financial-aid:Domestic  500.00 USD
        event: "pyex25"
        function: "program"
      Revenue:Net-assets-released-from-restrictions  -500.00 USD
        event: "pyex25"
      Revenue:Net-assets-released-from-restrictions  500.00 USD
        event: "pyex25"
        fund: "aid"
      Assets:Cash:Checking  -500.00 USD
        event: "pyex25"
        fund: "aid"
        cashflow: "grants"

    2025-12-31 * "" ""
      bursar-entry: 10
      Assets:Prepaid-expenses  250.00 USD
        event: "pyex26"
        tax: "vat20"
      Assets:Cash:Checking  -250.00 USD
        event: "pyex26"
        cashflow: "venues-and-suppliers"

    2026-01-01 balance Assets:Cash:Checking  28766.80 USD
    2026-01-01 balance Assets:Prepaid-expenses  1750.00 USD
    2026-01-01 balance Expenses:Catering:Social-events  1900.00 USD
    2026-01-01 balance Expenses:Financial-aid:Domestic  500.00 USD
    2026-01-01 balance Expenses:Processing-fees  75.25 USD
    2026-01-01 balance Expenses:Speaker-travel  108.45 USD
    2026-01-01 balance Liabilities:Accounts-payable  -1900.00 USD
    2026-01-01 balance Net-assets:Opening  -20000.00 USD
    2026-01-01 balance Revenue:Contributions  -800.00 USD
    2026-01-01 balance Revenue:Net-assets-released-from-restrictions  0.00 USD
    2026-01-01 balance Revenue:Registration  -2400.50 USD
    2026-01-01 balance Revenue:Sponsorship  -8000.00 USD
    "#);
}

#[test]
fn csv() {
    assert_snapshot!(Env::small().run("export csv").ok().show(), @r#"
    entry,date,reference,party,description,account,amount,event,fund,function,activity,tax_code,cash_flow,memo,original_amount,original_currency,rate,account_type,party_kind
    1,2025-01-02,OPEN,,Opening balances,Assets:Cash:Checking,20000.00,,,,,,,,,,,asset,
    1,2025-01-02,OPEN,,Opening balances,Net assets:Opening,-20000.00,,,,,,,,,,,net-assets,
    2,2025-02-10,S-1,Example GmbH,Gold sponsor,Assets:Cash:Checking,5000.00,pyex25,,,,,sponsors,,,,,asset,organisation
    2,2025-02-10,S-1,Example GmbH,Gold sponsor,Revenue:Sponsorship,-5000.00,pyex25,,,,,,,,,,revenue,organisation
    3,2025-02-12,S-2,Example Ltd,Silver sponsor,Assets:Cash:Checking,3000.00,pyex25,,,,,sponsors,,,,,asset,organisation
    3,2025-02-12,S-2,Example Ltd,Silver sponsor,Revenue:Sponsorship,-3000.00,pyex25,,,,,,,,,,revenue,organisation
    4,2025-03-01,H-17,Harbour Hall,Deposit for the hall,Assets:Prepaid expenses,1500.00,pyex25,,,,,,,,,,asset,vendor
    4,2025-03-01,H-17,Harbour Hall,Deposit for the hall,Assets:Cash:Checking,-1500.00,pyex25,,,,,venues-and-suppliers,,,,,asset,vendor
    5,2025-03-20,,Grace Example,"For travel grants, with love",Assets:Cash:Checking,800.00,,aid,,,,contributions,,,,,asset,person
    5,2025-03-20,,Grace Example,"For travel grants, with love",Revenue:Contributions,-800.00,,aid,,,,,,,,,revenue,person
    6,2025-04-01,PAYOUT-1,,Registrations of March,Assets:Cash:Checking,2325.25,pyex25,,,,,registrations,,,,,asset,
    6,2025-04-01,PAYOUT-1,,Registrations of March,Expenses:Processing fees,75.25,pyex25,,program,,,,card fees,,,,expense,
    6,2025-04-01,PAYOUT-1,,Registrations of March,Revenue:Registration,-2400.50,pyex25,,,talks,,,,,,,revenue,
    7,2025-05-17,,"Müller & Söhne, Catering",Dinner,Expenses:Catering:Social events,1900.00,pyex25,,program,social,,,,,,,expense,vendor
    7,2025-05-17,,"Müller & Söhne, Catering",Dinner,Liabilities:Accounts payable,-1900.00,pyex25,,,,,,,,,,liability,vendor
    8,2025-05-20,T-9,Grace Example,Train to the conference,Expenses:Speaker travel,108.45,pyex25,,program,talks,,,ticket 77,100.00,EUR,1.0845,expense,person
    8,2025-05-20,T-9,Grace Example,Train to the conference,Assets:Cash:Checking,-108.45,pyex25,,,,,staff-and-others,,-100.00,EUR,1.0845,asset,person
    9,2025-06-01,,Grace Example,Travel grant,Expenses:Financial aid:Domestic,500.00,pyex25,,program,,,,,,,,expense,person
    9,2025-06-01,,Grace Example,Travel grant,Revenue:Net assets released from restrictions,-500.00,pyex25,,,,,,,,,,revenue,person
    9,2025-06-01,,Grace Example,Travel grant,Revenue:Net assets released from restrictions,500.00,pyex25,aid,,,,,,,,,revenue,person
    9,2025-06-01,,Grace Example,Travel grant,Assets:Cash:Checking,-500.00,pyex25,aid,,,,grants,,,,,asset,person
    10,2025-12-31,,,,Assets:Prepaid expenses,250.00,pyex26,,,,vat20,,,,,,asset,
    10,2025-12-31,,,,Assets:Cash:Checking,-250.00,pyex26,,,,,venues-and-suppliers,,,,,asset,
    "#);
}

#[test]
fn empty_books() {
    let env = Env::begun();
    let session = env.session(
        "export hledger
         export ledger
         export beancount
         export csv",
    );
    assert_snapshot!(session, @r#"
    $ bursar export hledger
    ; Example Society: exported by bursar, head 90:HASH
    commodity 1000.00 USD

    $ bursar export ledger
    ; Example Society: exported by bursar, head 90:HASH
    commodity USD
    tag reference
    tag reverses
    tag event
    tag fund
    tag function
    tag activity
    tag tax
    tag cashflow
    tag original
    tag memo
    tag party

    $ bursar export beancount
    ; exported by bursar, head 90:HASH
    option "title" "Example Society"
    option "operating_currency" "USD"
    option "name_assets" "Assets"
    option "name_liabilities" "Liabilities"
    option "name_equity" "Equity"
    option "name_income" "Income"
    option "name_expenses" "Expenses"

    $ bursar export csv
    entry,date,reference,party,description,account,amount,event,fund,function,activity,tax_code,cash_flow,memo,original_amount,original_currency,rate,account_type,party_kind
    "#);
}
