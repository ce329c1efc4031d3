//! Conferences whose figures were published, typed as documents: the books give their totals.
//!
//! PyTennessee 2014 (rounded US dollars): 281 tickets sold for 10,000, sponsors 23,000, costs of 31,800 by line. Our
//! Networks 2018 (Canadian dollars): income of 9,175.54 in three lines, costs of 9,037.85 in nine. DebConf9 (euros): three totals.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fmt::Write as _;

use common::Env;

/// What a command prints.
fn out(env: &Env, line: &str) -> String {
    env.run(line).ok().stdout
}

/// The amount in a row and column of a statement in JSON.
fn amount(statement: &str, column: &str, row: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(statement).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let column = json["columns"].as_array().unwrap().iter().position(|c| c["key"] == column).unwrap();
    let row = rows.iter().find(|r| r["key"] == row && r["kind"] != "heading").unwrap_or_else(|| panic!("no {row}"));
    row["cells"][column].as_str().unwrap().to_owned()
}

fn totals(env: &Env, event: &str, expected: &[(&str, &str)]) {
    let report = out(env, &format!("report activities --event {event} --format json"));
    for (row, figure) in expected {
        assert_eq!(amount(&report, "total", row), *figure, "{row}");
    }
}

fn lines(env: &Env, event: &str, expected: &[(&str, &str)]) {
    let report = out(env, &format!("report event-summary --event {event} --format json"));
    for (row, figure) in expected {
        assert_eq!(amount(&report, "amount", row), *figure, "{row}");
    }
}

#[test]
fn pytennessee_2014() {
    let env = Env::new();
    env.run("init --name 'PyTennessee'").ok();
    env.run("event add pytn14 --name 'PyTennessee 2014' --first-day 2014-02-22 --last-day 2014-02-23").ok();
    env.run("ticket add pytn14 general --name General --kind admission --price 35.59").ok();
    // 281 tickets for 10,000.00: what each cost was not published.
    let mut order = String::from("order add tickets --event pytn14 --party 'Ticket buyers' --new --date 2014-01-15");
    for number in 0..281 {
        let price = if number < 202 { "35.59" } else { "35.58" };
        write!(order, " --item general;price={price}").unwrap();
    }
    // PayPal kept 1,200.00 of it.
    env.run(&format!("{order} --paid 10,000.00 --method wallet --fee 1,200.00")).ok();
    env.run("party add Sponsors --kind organisation").ok();
    env.run("sponsor add all --event pytn14 --party Sponsors --price 23,000.00 --benefits 0 --date 2013-12-01").ok();
    env.run("payment add sponsorship all --date 2014-01-20").ok();
    env.run("vendor add Suppliers").ok();
    let bills = [
        ("food", "5040", "7,600.00"),
        ("young-coders", "5220", "4,500.00"),
        ("space", "5010", "3,600.00"),
        ("bags", "5220", "2,000.00"),
        ("t-shirts", "5220", "1,800.00"),
        ("printing", "5210", "1,500.00"),
        ("fiscal-sponsor", "5620", "1,400.00"),
        ("prizes", "5220", "1,000.00"),
        ("stickers", "5220", "900.00"),
        ("badges", "5210", "850.00"),
        ("pynash", "5050", "600.00"),
        ("insurance", "6510", "550.00"),
        ("security", "5030", "500.00"),
        ("eventbrite", "5410", "400.00"),
        ("pyladies", "5330", "250.00"),
    ];
    for (code, account, amount) in bills {
        env.run(&format!(
            "bill add {code} --vendor Suppliers --event pytn14 --line '{account}={amount}' --date 2014-02-20"
        ))
        .ok();
        env.run(&format!("payment add bill {code} --date 2014-03-01")).ok();
    }
    env.run("party add Chair --kind person").ok();
    env.run("party add Treasurer --kind person").ok();
    env.write("receipts.txt", "Chair's receipts");
    env.run(
        "claim add chair --claimant Chair --event pytn14 --line '6310=400.00;receipt=receipts.txt' --date 2014-02-24",
    )
    .ok();
    env.run("claim approve chair --by Treasurer --date 2014-02-25").ok();
    env.run("payment add claim chair --date 2014-02-26").ok();
    env.run("party add Recipients --kind person").ok();
    env.run("aid apply aid --event pytn14 --party Recipients --asked 2,750.00 --date 2014-01-10").ok();
    env.run("aid offer aid --travel 2,750.00 --residence domestic --date 2014-02-01").ok();
    env.run("payment add application aid --date 2014-02-24").ok();
    env.run("event hold pytn14").ok();

    totals(&env, "pytn14", &[("revenue", "33000.00"), ("expenses", "31800.00"), ("change", "1200.00")]);
    lines(
        &env,
        "pytn14",
        &[
            ("registration", "10000.00"),
            ("contributions", "23000.00"),
            ("catering", "8200.00"),
            ("aid", "3000.00"),
            ("total-revenue", "33000.00"),
            ("total-cost", "31800.00"),
            ("result", "1200.00"),
        ],
    );
    assert!(out(&env, "report registrations --event pytn14").contains("Confirmed       281 10,000.00"));
    assert!(out(&env, "verify").contains("as they were recorded"));
}

#[test]
fn our_networks_2018() {
    let env = Env::new();
    env.run("init --name 'Our Networks' --currency CAD").ok();
    env.run(
        "event add on18 --name 'Our Networks 2018' --first-day 2018-07-13 --last-day 2018-07-15 --policy speakers-free",
    )
    .ok();
    env.run("ticket add on18 ticket --name Ticket --kind admission --price 2,214.09").ok();
    env.run("ticket add on18 swag --name Swag --kind merchandise --price 971.00").ok();
    env.run("order add sales --event on18 --party Attendees --new --item ticket --item swag --date 2018-07-01 --paid 3,185.09")
        .ok();
    env.run("party add Sponsors --kind organisation").ok();
    env.run("sponsor package add on18 all --name Sponsor --price 5,990.45 --exchange").ok();
    env.run("sponsor add all --event on18 --party Sponsors --package all --date 2018-06-01").ok();
    env.run("payment add sponsorship all --date 2018-06-20").ok();
    env.run("vendor add Suppliers").ok();
    let bills = [
        ("av", "5060", "250.48"),
        ("agitprop", "5210", "2,366.80"),
        ("catering", "5040", "2,466.89"),
        ("honoraria", "5120", "1,324.56"),
        ("registration", "6420", "50.00"),
        ("sessions", "5130", "16.23"),
        ("set-up", "5010", "5.65"),
        ("web", "6410", "49.24"),
        ("market", "5220", "2,508.00"),
    ];
    for (code, account, amount) in bills {
        env.run(&format!(
            "bill add {code} --vendor Suppliers --event on18 --line '{account}={amount}' --date 2018-07-10"
        ))
        .ok();
        env.run(&format!("payment add bill {code} --date 2018-07-20")).ok();
    }
    env.run("event hold on18").ok();
    totals(&env, "on18", &[("revenue", "9175.54"), ("expenses", "9037.85"), ("change", "137.69")]);
    lines(
        &env,
        "on18",
        &[
            ("registration", "2214.09"),
            ("sponsorship", "5990.45"),
            ("merchandise", "971.00"),
            ("catering", "2466.89"),
            ("total-revenue", "9175.54"),
            ("total-cost", "9037.85"),
            ("result", "137.69"),
        ],
    );
    assert!(out(&env, "verify").contains("as they were recorded"));
}

/// Income of EUR 95,715.65 and expenses of 61,130.10 were published as totals, with the 34,585.55 that were left.
#[test]
fn debconf_9() {
    let env = Env::new();
    env.run("init --name 'DebConf9' --chart eu-association --currency EUR").ok();
    env.run("event add debconf9 --name 'DebConf9' --first-day 2009-07-23 --last-day 2009-07-30 --policy speakers-free")
        .ok();
    env.run("party add 'Sponsors and attendees' --kind organisation").ok();
    env.run("sponsor add all --event debconf9 --party 'Sponsors and attendees' --price 95,715.65 --benefits 0 --unrestricted --date 2009-03-01").ok();
    env.run("payment add sponsorship all --date 2009-06-01").ok();
    env.run("vendor add Suppliers").ok();
    env.run("bill add all --vendor Suppliers --event debconf9 --line '5010=61,130.10' --date 2009-07-30").ok();
    env.run("payment add bill all --date 2009-09-15").ok();
    env.run("event hold debconf9").ok();
    totals(&env, "debconf9", &[("revenue", "95715.65"), ("expenses", "61130.10"), ("change", "34585.55")]);
    lines(&env, "debconf9", &[("total-revenue", "95715.65"), ("total-cost", "61130.10"), ("result", "34585.55")]);
    let position = out(&env, "report position --as-of 2009-12-31 --format json");
    assert_eq!(amount(&position, "total", "net-assets"), "34585.55");
    for (report, row) in [("cash-flows", "end"), ("cash-flows-indirect", "operating")] {
        assert_eq!(amount(&out(&env, &format!("report {report} --format json")), "total", row), "34585.55", "{report}");
    }
    // The whole set is written only when its statements agree.
    env.run("report all --event debconf9 --output set").ok();
    env.run("report all --period 2009 --output year").ok();
    assert!(out(&env, "verify").contains("as they were recorded"));
}
