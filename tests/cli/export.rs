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

#[test]
fn gnucash() {
    let env = Env::small();
    let text = env.run("export gnucash").ok().show();
    assert_snapshot!(text.lines().take(12).collect::<Vec<_>>().join("\n"), @r#"
    "Date","Transaction ID","Number","Description","Notes","Commodity/Currency","Void Reason","Action","Memo","Full Account Name","Account Name","Amount With Sym","Amount Num.","Value With Sym","Value Num.","Reconcile","Reconcile Date","Rate/Price"
    "2025-01-02","2002b33eafd68d23f3d2e5694fcb5e22","1","Opening balances","OPEN","CURRENCY::USD","","","","Assets:Cash:Checking","Checking","USD 20000.00","20000.00","USD 20000.00","20000.00","n","","1"
    "2025-01-02","2002b33eafd68d23f3d2e5694fcb5e22","1","Opening balances","OPEN","CURRENCY::USD","","","","Net assets:Opening","Opening","USD -20000.00","-20000.00","USD -20000.00","-20000.00","n","","1"
    "2025-02-10","148fda5a74dffe70508b5d0d9e5e5f5d","2","Example GmbH | Gold sponsor","S-1","CURRENCY::USD","","","event: pyex25","Assets:Cash:Checking","Checking","USD 5000.00","5000.00","USD 5000.00","5000.00","n","","1"
    "2025-02-10","148fda5a74dffe70508b5d0d9e5e5f5d","2","Example GmbH | Gold sponsor","S-1","CURRENCY::USD","","","event: pyex25","Revenue:Sponsorship","Sponsorship","USD -5000.00","-5000.00","USD -5000.00","-5000.00","n","","1"
    "2025-02-12","897d6dc148502d6cf6b735588942e137","3","Example Ltd | Silver sponsor","S-2","CURRENCY::USD","","","event: pyex25","Assets:Cash:Checking","Checking","USD 3000.00","3000.00","USD 3000.00","3000.00","n","","1"
    "2025-02-12","897d6dc148502d6cf6b735588942e137","3","Example Ltd | Silver sponsor","S-2","CURRENCY::USD","","","event: pyex25","Revenue:Sponsorship","Sponsorship","USD -3000.00","-3000.00","USD -3000.00","-3000.00","n","","1"
    "2025-03-01","f1665c4dc964738f1e32ec617cef256d","4","Harbour Hall | Deposit for the hall","H-17","CURRENCY::USD","","","event: pyex25","Assets:Prepaid expenses","Prepaid expenses","USD 1500.00","1500.00","USD 1500.00","1500.00","n","","1"
    "2025-03-01","f1665c4dc964738f1e32ec617cef256d","4","Harbour Hall | Deposit for the hall","H-17","CURRENCY::USD","","","event: pyex25","Assets:Cash:Checking","Checking","USD -1500.00","-1500.00","USD -1500.00","-1500.00","n","","1"
    "2025-03-20","eb6163a3eac48d5bf446d4f06120f3d2","5","Grace Example | For travel grants, with love","","CURRENCY::USD","","","fund: aid","Assets:Cash:Checking","Checking","USD 800.00","800.00","USD 800.00","800.00","n","","1"
    "2025-03-20","eb6163a3eac48d5bf446d4f06120f3d2","5","Grace Example | For travel grants, with love","","CURRENCY::USD","","","fund: aid","Revenue:Contributions","Contributions","USD -800.00","-800.00","USD -800.00","-800.00","n","","1"
    "2025-04-01","6e27b9343650ed8c914e324c448edd0f","6","Registrations of March","PAYOUT-1","CURRENCY::USD","","","event: pyex25","Assets:Cash:Checking","Checking","USD 2325.25","2325.25","USD 2325.25","2325.25","n","","1"
    "#);
    let text = env.run("export gnucash-accounts").ok().show();
    assert_snapshot!(text.lines().take(9).collect::<Vec<_>>().join("\n"), @r#"
    "Type","Full Account Name","Account Name","Account Code","Description","Account Color","Notes","Symbol","Namespace","Hidden","Tax Info","Placeholder"
    "ASSET","Assets","Assets","","","","","USD","CURRENCY","F","F","T"
    "ASSET","Assets:Accounts receivable","Accounts receivable","1210","","","","USD","CURRENCY","F","F","F"
    "ASSET","Assets:Accounts receivable:Sponsorship","Sponsorship","1220","","","","USD","CURRENCY","F","F","F"
    "ASSET","Assets:Cash","Cash","","","","","USD","CURRENCY","F","F","T"
    "BANK","Assets:Cash:Checking","Checking","1010","","","","USD","CURRENCY","F","F","F"
    "BANK","Assets:Cash:Pooled cash","Pooled cash","1090","","","","USD","CURRENCY","F","F","F"
    "BANK","Assets:Cash:Savings","Savings","1020","","","","USD","CURRENCY","F","F","F"
    "ASSET","Assets:Clearing","Clearing","","","","","USD","CURRENCY","F","F","T"
    "#);
    // Whatever holds an account stands before it.
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut seen = std::collections::BTreeSet::new();
    for row in reader.records().map(Result::unwrap) {
        let name = row[1].to_owned();
        assert!(name.rsplit_once(':').is_none_or(|(above, _)| seen.contains(above)), "{name}");
        assert!(seen.insert(name));
    }
}

#[test]
fn quickbooks() {
    assert_snapshot!(Env::small().run("export quickbooks").ok().show(), @r#"
    Journal No.,Journal Date,Account Name,Debits,Credits,Description,Name,Currency,Location,Class
    1,01/02/2025,Assets:Cash:Checking,20000.00,,Opening balances,,USD,,general
    1,01/02/2025,Net assets:Opening,,20000.00,Opening balances,,USD,,general
    2,02/10/2025,Assets:Cash:Checking,5000.00,,Gold sponsor,Example GmbH,USD,pyex25,general
    2,02/10/2025,Revenue:Sponsorship,,5000.00,Gold sponsor,Example GmbH,USD,pyex25,general
    3,02/12/2025,Assets:Cash:Checking,3000.00,,Silver sponsor,Example Ltd,USD,pyex25,general
    3,02/12/2025,Revenue:Sponsorship,,3000.00,Silver sponsor,Example Ltd,USD,pyex25,general
    4,03/01/2025,Assets:Prepaid expenses,1500.00,,Deposit for the hall,Harbour Hall,USD,pyex25,general
    4,03/01/2025,Assets:Cash:Checking,,1500.00,Deposit for the hall,Harbour Hall,USD,pyex25,general
    5,03/20/2025,Assets:Cash:Checking,800.00,,"For travel grants, with love",Grace Example,USD,,aid
    5,03/20/2025,Revenue:Contributions,,800.00,"For travel grants, with love",Grace Example,USD,,aid
    6,04/01/2025,Assets:Cash:Checking,2325.25,,Registrations of March,,USD,pyex25,general
    6,04/01/2025,Expenses:Processing fees,75.25,,Registrations of March; card fees; function: program,,USD,pyex25,general
    6,04/01/2025,Revenue:Registration,,2400.50,Registrations of March; activity: talks,,USD,pyex25,general
    7,05/17/2025,Expenses:Catering:Social events,1900.00,,Dinner; function: program; activity: social,"Müller & Söhne, Catering",USD,pyex25,general
    7,05/17/2025,Liabilities:Accounts payable,,1900.00,Dinner,"Müller & Söhne, Catering",USD,pyex25,general
    8,05/20/2025,Expenses:Speaker travel,108.45,,Train to the conference; ticket 77; function: program; activity: talks; original: 100.00 EUR at 1.0845,Grace Example,USD,pyex25,general
    8,05/20/2025,Assets:Cash:Checking,,108.45,Train to the conference; original: -100.00 EUR at 1.0845,Grace Example,USD,pyex25,general
    9,06/01/2025,Expenses:Financial aid:Domestic,500.00,,Travel grant; function: program,Grace Example,USD,pyex25,general
    9,06/01/2025,Revenue:Net assets released from restrictions,,500.00,Travel grant,Grace Example,USD,pyex25,general
    9,06/01/2025,Revenue:Net assets released from restrictions,500.00,,Travel grant,Grace Example,USD,pyex25,aid
    9,06/01/2025,Assets:Cash:Checking,,500.00,Travel grant,Grace Example,USD,pyex25,aid
    10,12/31/2025,Assets:Prepaid expenses,250.00,,tax: vat20,,USD,pyex26,general
    10,12/31/2025,Assets:Cash:Checking,,250.00,,,USD,pyex26,general
    "#);
}

/// Every journal balances, in QuickBooks' columns and in GnuCash's.
#[test]
fn journals_for_others_balance() {
    for env in [Env::small(), Env::conference()] {
        for (format, number, columns) in [("quickbooks", 0, vec![(3, 1), (4, -1)]), ("gnucash", 2, vec![(14, 1)])] {
            let text = env.run(&format!("export {format}")).ok().stdout;
            let mut sums = std::collections::BTreeMap::<String, i64>::new();
            for row in csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap) {
                for (column, sign) in &columns {
                    let minor: i64 = row[*column].replace('.', "").parse().unwrap_or(0);
                    *sums.entry(row[number].to_owned()).or_default() += sign * minor;
                }
            }
            assert!(sums.len() > 5 && sums.values().all(|sum| *sum == 0), "{format}: {sums:?}");
        }
    }
}

#[test]
fn workbook() {
    let env = Env::small();
    assert_snapshot!(env.run("export workbook --output ours.xlsx").ok().show(), @"");
    let bytes = env.read_bytes("ours.xlsx");
    assert!(bytes.starts_with(b"PK"));
    // The same books at the same moment give the same file.
    env.run("export workbook --output again.xlsx").ok();
    assert!(bytes == env.read_bytes("again.xlsx"), "two workbooks differ");
}

#[test]
fn package() {
    let env = Env::small();
    env.write("taxi.txt", "Taxi");
    env.run("receipt add 8 taxi.txt").ok();
    env.run("receipt waive 7 --reason 'paid in cash, \"honestly\"'").ok();
    assert_snapshot!(env.run("export package --period 2025 --output package").ok().show(), @"
    A package for the auditor is in package; `sh package/verify.sh` checks it. It names people. Head
    114:HASH
    ");
    let mut names: Vec<_> = std::fs::read_dir(env.path("package"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_snapshot!(names.join(" "), @"HEAD PERIOD README.md SHA256SUMS agree.py chain.jsonl chart.csv journal.csv journal.hledger receipts.csv recompute.py trial-balance.csv verify.sh");
    let start = |file: &str, lines: usize| {
        let text = env.read(&format!("package/{file}"));
        format!("{file}\n{}", text.lines().take(lines).collect::<Vec<_>>().join("\n"))
    };
    let shown = [start("trial-balance.csv", 4), start("receipts.csv", 9), start("chart.csv", 3), start("PERIOD", 2)];
    assert_snapshot!(shown.join("\n\n"), @r#"
    trial-balance.csv
    account,balance,debit,credit,postings
    Assets:Cash:Checking,28766.80,31125.25,2358.45,9
    Assets:Prepaid expenses,1750.00,1750.00,0.00,2
    Liabilities:Accounts payable,-1900.00,0.00,1900.00,1

    receipts.csv
    entry,date,state,about,amount,bytes,sha256
    2,2025-02-10,missing,a contract or letter,5000.00,,
    3,2025-02-12,missing,a contract or letter,3000.00,,
    5,2025-03-20,missing,a contract or letter,800.00,,
    6,2025-04-01,missing,a receipt or bill,75.25,,
    7,2025-05-17,waived,"paid in cash, ""honestly""",,,
    8,2025-05-20,attached,taxi.txt,,4,7793c31446e339002451c04738d3480f636a4a3ecc1750c1e23d7907fce3e20f
    9,2025-06-01,missing,a receipt or bill,500.00,,

    chart.csv
    number,code,account,type,line,closed
    1,1010,Assets:Cash:Checking,asset,cash,
    2,1020,Assets:Cash:Savings,asset,cash,

    PERIOD
    2025-01-01
    2025-12-31
    "#);
    assert_eq!(env.read("package/journal.csv"), env.run("export csv").ok().stdout);
    assert_eq!(env.read("package/journal.hledger"), env.run("export hledger").ok().stdout);
}
