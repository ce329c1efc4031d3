//! docs/posting-rules.md, row by row: each rule is done by the command line, and the entries of its last command are
//! compared with what the document says, to the cent.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Env;
use rusqlite::Connection;

/// Account code, fund and minor units (debit positive), added up.
type Postings = BTreeMap<(String, String), i64>;

/// What every scenario begins with; the event took place yesterday, so that it can be held.
const PRELUDE: &str = "
init --name Example
fund add aid --name Aid --restriction purpose
fund add sponsors26 --name Sponsors --restriction purpose
event add pyex26 --name PyEx --first-day 2026-01-12 --last-day 2026-01-14 --fund sponsors26
event add pyex27 --name PyEx27 --first-day 2027-01-12 --last-day 2027-01-14
tax add vat20 --name VAT --rate 20%
tax add in20 --name VAT --rate 20% --inclusive
tax add half20 --name VAT --rate 20% --inclusive --recoverable 50%
tax add rc --name RC --rate 20% --treatment reverse-charge
ticket add pyex26 individual --name I --kind admission --price 300.00
ticket add pyex26 corporate --name C --kind admission --price 600.00
ticket add pyex26 taxed --name T --kind admission --price 300.00 --tax vat20
ticket add pyex26 tutorial --name U --kind tutorial --price 150.00
ticket add pyex26 shirt --name S --kind merchandise --price 25.00
discount add pyex26 ten --share 10%
sponsor package add pyex26 silver --name Silver --price 4,000.00 --passes 2 --pass corporate --benefit Booth=800.00 --halved
sponsor package add pyex26 ads --name Ads --price 4,000.00 --exchange
party add Ada --kind person
party add Bo --kind person
party add Firm --kind organisation
vendor add Hall
invoice issuer --name Example --address-line Street
fund gift --fund aid --party Firm --amount 1,000.00 --date 2026-01-01
";

const ORDER: &str = "order add a --event pyex26 --party Ada --date 2026-01-02 --item";
const PAY: &str = "payment add order a --date 2026-01-03";
const SPONSOR: &str = "sponsor add s --event pyex26 --party Firm --date 2026-01-02";
const SILVER: &str = "sponsor add s --event pyex26 --party Firm --date 2026-01-02 --package silver";
const PAY_SPONSOR: &str = "payment add sponsorship s --date 2026-01-04";
const HALL: &str = "contract add h --vendor Hall --event pyex26 --account 5010 --fixed 20,000.00 --date 2026-01-01";
const DEPOSIT: &str = "payment add contract h --amount 5,000.00 --date 2026-01-02";
const HALL_BILL: &str = "bill add b --vendor Hall --contract h --line 20,000.00 --deposit 5,000.00 --date 2026-01-05";
const BILL: &str = "bill add b --vendor Hall --event pyex26 --date 2026-01-05 --line";
const HOLD: &str = "event hold pyex26";
const CANCEL: &str = "event cancel pyex26 --date 2026-01-10";

fn receipts(env: &Env) {
    env.write("receipt", "Paper, 80.00");
}

/// The commands of each rule, the last of which is what the row says. `{ORDER}` and the like stand for the texts above.
const SCENARIOS: &str = "
R1: {ORDER} individual
R2: {ORDER} individual; {PAY} --method card --fee 9.00
R3: {ORDER} individual --item tutorial; {PAY} --amount 350.00
R4: {ORDER} individual --item tutorial; {PAY} --amount 350.00; {PAY}
R5: {ORDER} corporate; invoice issue order a --date 2026-01-03
R6: {ORDER} corporate; invoice issue order a --date 2026-01-03; {PAY}
R7: {ORDER} individual --item shirt^quantity=2 --item donation=20.00^fund=aid; {PAY} --method card --fee 11.00
R8: {ORDER} taxed; {PAY} --method card
R9: {ORDER} individual^discount=ten; {PAY} --method cheque
R10: {SILVER}; {ORDER} corporate^by=pass^sponsor=s
R12: {ORDER} individual; {PAY} --amount 320.00 --overpaid
R13: {ORDER} individual; {PAY} --amount 320.00 --overpaid; order pay-back a --date 2026-01-05
R11: {ORDER} individual^by=waiver^approved-by=Board
T1: {ORDER} individual^by=aid^fund=aid
T2: {ORDER} individual^by=aid^fund=aid^aid=150.00; {PAY}
T3: {ORDER} individual^by=aid^fund=aid; {HOLD}
T4: event set pyex26 --aid-basis grant; {ORDER} individual^by=aid^fund=aid; {HOLD}
C1: {ORDER} individual; {PAY}; order cancel a --fee 50.00 --date 2026-01-04
C2: {ORDER} individual; {PAY}; order cancel a --fee 50.00 --date 2026-01-04; order pay-back a --method card --date 2026-01-05
C3: {ORDER} individual; {PAY}; order refund a --line 1=100.00 --date 2026-01-04
C4: {ORDER} individual; {PAY}; {HOLD}; order refund a --line 1=100.00 --date 2026-01-15
C5: {ORDER} corporate; invoice issue order a --date 2026-01-03; order cancel a --date 2026-01-04
C6: {ORDER} taxed; {PAY}; order cancel a --date 2026-01-04
C7: {ORDER} individual; order cancel a --date 2026-01-04
C8: {ORDER} individual; {PAY}; order transfer a --to Bo --date 2026-01-04
C9: {ORDER} individual; {PAY}; order carry a --to pyex27 --date 2026-01-04
C10: {ORDER} individual; {PAY} --method card; order chargeback a --fee 15.00 --date 2026-01-05
C11: {ORDER} individual; {PAY} --method card; order chargeback a --fee 15.00 --date 2026-01-05; {HOLD}; order write-off a
C12: {ORDER} individual; {PAY} --method card; order chargeback a --date 2026-01-05; order write-off a --date 2026-01-06
C13: {ORDER} individual^by=waiver^approved-by=Board; order cancel a --date 2026-01-04
C14: payment payout --from 1110 --to 1010 --amount 5,000.00
C15: {ORDER} individual --item donation=20.00^fund=aid; {PAY}; {BILL} 5310=1,010.00^fund=aid; order refund a --line 2=20.00 --date 2026-01-06
C16: {ORDER} individual; {PAY} --amount 750.00 --overpaid --method card; order chargeback a --amount 750.00 --date 2026-01-05
C17: {ORDER} individual; {PAY} --method card; {PAY} --amount 300.00 --overpaid --method card; order chargeback a --amount 300.00 --date 2026-01-05
S1: {SILVER}
S2: {SILVER}; invoice issue sponsorship s --date 2026-01-03
S3: {SILVER}; invoice issue sponsorship s --date 2026-01-03; {PAY_SPONSOR}
S4: {SILVER}; {PAY_SPONSOR}
S5: {SILVER} --condition 'many come'
S6: {SILVER} --condition 'many come'; {PAY_SPONSOR}
S7: {SILVER} --condition 'many come'; {PAY_SPONSOR}; sponsor met s --date 2026-01-05
S8: {SILVER}; {PAY_SPONSOR}; {HOLD}
S9: {SILVER} --small; {PAY_SPONSOR}
S10: {SILVER} --in-kind services; {PAY_SPONSOR} --method in-kind --account 5060
S11: {SILVER}; sponsor cancel s --date 2026-01-05
S12: {SPONSOR} --package ads; {PAY_SPONSOR}
S13: {SILVER}; {PAY_SPONSOR} --amount 2,000.00; {HOLD}; sponsor write-off s
S14: {SILVER}; {BILL} 6420=1,500.00^fund=sponsors26; sponsor cancel s --date 2026-01-06
G1: fund gift --fund aid --party Ada --amount 500.00 --method card --fee 15.00 --date 2026-01-02
A1: aid apply x --event pyex26 --party Ada --asked 400.00
A2: aid apply x --event pyex26 --party Ada; aid offer x --travel 400.00 --fund aid --residence domestic --condition comes
A3: aid apply x --event pyex26 --party Ada; aid offer x --travel 400.00 --fund aid --residence domestic --condition comes; aid met x
A4: aid apply x --event pyex26 --party Ada; aid offer x --travel 400.00 --residence foreign --condition comes; aid met x
A5: aid apply x --event pyex26 --party Ada; aid offer x --travel 400.00 --residence domestic; payment add application x
V1: {HALL}
V2: {HALL}; {DEPOSIT}
V3: {HALL}; {DEPOSIT}; {HALL_BILL}
V4: {HALL}; {DEPOSIT}; {HALL_BILL}; {HOLD}
V5: {HALL}; {DEPOSIT}; {HOLD}; {HALL_BILL}
V6: {BILL} 6210=1,200.00^tax=in20
V7: {BILL} 6210=1,200.00^tax=half20
V8: {BILL} 6210=1,000.00^tax=rc
V9: {BILL} 6210=1,200.00^tax=in20; payment add bill b --date 2026-01-06
V10: {BILL} 5130=1,500.00
V11: {BILL} 5310=700.00^fund=aid
V12: {BILL} 5130=1,500.00; bill cancel b --date 2026-01-06
V13: {ORDER} individual --item donation=20.00^fund=aid; {PAY}; {BILL} 5310=1,010.00^fund=aid; order refund a --line 2=20.00 --date 2026-01-06; bill cancel b --date 2026-01-07
E1: claim add k --claimant Ada --event pyex26 --line 6420=80.00^receipt=receipt
E2: claim add k --claimant Ada --event pyex26 --line 6420=80.00^receipt=receipt; claim approve k --by Bo
E3: claim add k --claimant Ada --event pyex26 --line 6420=80.00^receipt=receipt; claim approve k --by Bo; payment add claim k
F1: {EUR}; {ABROAD}
F2: {EUR}; {ABROAD}; payment add bill b --foreign 100.00 --date 2026-01-10
H1: {ORDER} individual; {PAY} --method host --fee 30.00
X1: {ORDER} individual --item tutorial; {PAY}; {HOLD}
X2: {ORDER} individual^by=waiver^approved-by=Board; {HOLD}
X3: {ORDER} individual; {PAY}; {CANCEL} --otherwise refund
X4: {ORDER} individual; {PAY}; order choose a donate; {CANCEL} --otherwise refund
X5: {ORDER} individual; {PAY}; order choose a carry; {CANCEL} --otherwise refund --next pyex27
X6: {HALL}; {DEPOSIT}; {CANCEL} --otherwise refund
X8: contract add h --vendor Hall --event pyex26 --account 5010 --fixed 20,000.00 --cancellation 2026-01-09=10% --date 2026-01-01; {DEPOSIT}; {CANCEL} --otherwise refund
X9: contract add h --vendor Hall --event pyex26 --account 5010 --fixed 20,000.00 --cancellation 2026-01-09=10% --date 2026-01-01; {DEPOSIT}; {CANCEL} --otherwise refund; contract pay-back h --date 2026-01-12
X10: {HALL}; {DEPOSIT}; {CANCEL} --otherwise refund; bill add b --vendor Hall --contract h --line 8,000.00 --deposit 5,000.00 --date 2026-01-12
X7: {ORDER} individual; {HOLD}; payment add order a --date 2026-01-15
";

/// The commands of a rule.
fn commands(scenario: &str) -> Vec<String> {
    let texts = [
        ("{ORDER}", ORDER),
        ("{PAY}", PAY),
        ("{SPONSOR}", SPONSOR),
        ("{SILVER}", SILVER),
        ("{PAY_SPONSOR}", PAY_SPONSOR),
        ("{HALL}", HALL),
        ("{DEPOSIT}", DEPOSIT),
        ("{HALL_BILL}", HALL_BILL),
        ("{BILL}", BILL),
        ("{EUR}", "rate add EUR 1.10 --date 2026-01-01; rate add EUR 1.20 --date 2026-01-10"),
        ("{ABROAD}", "bill add b --vendor Hall --event pyex26 --currency EUR --line 5060=100.00 --date 2026-01-05"),
        ("{HOLD}", HOLD),
        ("{CANCEL}", CANCEL),
    ];
    let filled = texts.iter().fold(scenario.to_owned(), |text, (name, value)| text.replace(name, value));
    // A caret stands for the semicolon within an option.
    filled.split(';').map(|command| command.trim().replace('^', ";")).collect()
}

/// Rows of the document: rule, and what it posts.
fn rules() -> BTreeMap<String, Postings> {
    let text = include_str!("../docs/posting-rules.md");
    let mut rules = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [rule, _, debit, credit] = cells.as_slice() else { continue };
        let is_rule = rule.len() > 1 && rule[..1].chars().all(|c| c.is_ascii_uppercase());
        if !is_rule || !rule[1..].chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        let mut postings = Postings::new();
        for (cell, sign) in [(debit, 1), (credit, -1)] {
            add(&mut postings, cell, sign);
        }
        postings.retain(|_, minor| *minor != 0);
        assert!(rules.insert((*rule).to_owned(), postings).is_none(), "{rule} stands twice");
    }
    rules
}

/// Reads `1110 Card processor 291.00, 5410 Processing fees 9.00 (aid)`.
fn add(postings: &mut Postings, cell: &str, sign: i64) {
    if cell == "none" {
        return;
    }
    for part in cell.split(", ") {
        let (part, fund) = part.strip_suffix(')').map_or((part, "general"), |part| part.rsplit_once(" (").unwrap());
        let (code, amount) = (&part[..4], part.rsplit(' ').next().unwrap());
        let minor: i64 = amount.replace([',', '.'], "").parse().unwrap_or_else(|_| panic!("{part}"));
        // The two sides of a move between events, or of pooled cash, stand apart: each side is added up by itself.
        let side = if sign > 0 { "Dr" } else { "Cr" };
        *postings.entry((format!("{side} {code}"), fund.to_owned())).or_default() += minor;
    }
}

/// What the entries after this one post, each side added up by itself.
fn posted(env: &Env, after: i64) -> Postings {
    let shell = Connection::open(env.path("bursar.db")).unwrap();
    let sql = "SELECT json_extract(fact.body, '$.account.code'), coordinate.fund, posting.amount
               FROM posting JOIN coordinate ON coordinate.number = posting.coordinate
               JOIN fact ON fact.kind = 'account' AND json_extract(fact.body, '$.account.number') = coordinate.account
               WHERE posting.entry > ?1";
    let mut statement = shell.prepare(sql).unwrap();
    let mut rows = statement.query([after]).unwrap();
    let mut postings = Postings::new();
    while let Some(row) = rows.next().unwrap() {
        let (code, fund, minor): (String, String, i64) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        let side = if minor > 0 { "Dr" } else { "Cr" };
        *postings.entry((format!("{side} {code}"), fund)).or_default() += minor.abs();
    }
    postings
}

fn last_entry(env: &Env) -> i64 {
    let shell = Connection::open(env.path("bursar.db")).unwrap();
    shell.query_row("SELECT coalesce(max(number), 0) FROM entry", [], |row| row.get(0)).unwrap()
}

#[test]
fn every_rule_posts_what_the_document_says() {
    let rules = rules();
    let scenarios: BTreeMap<&str, &str> =
        SCENARIOS.lines().filter(|line| !line.is_empty()).map(|line| line.split_once(": ").unwrap()).collect();
    let documented: BTreeSet<&str> = rules.keys().map(String::as_str).collect();
    assert_eq!(documented, scenarios.keys().copied().collect(), "rules of the document and of this test");

    let begun = Env::new();
    for line in PRELUDE.lines().filter(|line| !line.is_empty()) {
        begun.run(line).ok();
    }
    let book = begun.read_bytes("bursar.db");
    let mut wrong = Vec::new();
    for (rule, scenario) in scenarios {
        let env = Env::new();
        env.write("bursar.db", &book);
        receipts(&env);
        let commands = commands(scenario);
        let (last, before) = commands.split_last().unwrap();
        for command in before {
            env.run(command).ok();
        }
        let entry = last_entry(&env);
        env.run(last).ok();
        let posted = posted(&env, entry);
        if posted != rules[rule] {
            wrong.push(format!("{rule}: {last}\n  document {:?}\n  posted   {posted:?}", rules[rule]));
        }
        assert!(env.run("verify").ok().stdout.contains("as they were recorded"), "{rule}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
