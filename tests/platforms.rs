//! Ten thousand rows of every format that intake reads from other tools: taken in, tied out against sums that are made
//! beside the files, found again, verified.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fmt::Write as _;

use common::Env;

/// Rows of each generated file, roughly.
const ROWS: usize = 10_000;

/// What becomes of an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Paid,
    Unpaid,
    Cancelled,
    Free,
}

/// An order: its tickets' prices in cents.
struct Order {
    number: usize,
    prices: Vec<i64>,
    fate: Fate,
}

impl Order {
    fn total(&self) -> i64 {
        self.prices.iter().sum()
    }

    fn day(&self) -> String {
        let day = self.number * 100 / ROWS;
        format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28)
    }
}

/// Orders with about so many tickets.
fn orders(tickets: usize) -> Vec<Order> {
    let (mut made, mut orders) = (0, Vec::new());
    while made < tickets {
        let number = orders.len();
        let fate = match number % 25 {
            7 => Fate::Cancelled,
            11 => Fate::Unpaid,
            17 => Fate::Free,
            _ => Fate::Paid,
        };
        let count = if fate == Fate::Free { 1 } else { 1 + number % 3 };
        let price = |i: usize| match fate {
            Fate::Free => 0,
            _ => i64::try_from(5_000 + (number * 37 + i * 411) % 25_000).unwrap(),
        };
        orders.push(Order { number, prices: (0..count).map(price).collect(), fate });
        made += count;
    }
    orders
}

fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// What the import must say, in cents.
#[derive(Default)]
struct Sums {
    sold: i64,
    cancelled: i64,
    paid: i64,
    refunded: i64,
    fees: i64,
}

impl Sums {
    /// Orders of which those that are cancelled were paid, and paid back or not.
    fn of(orders: &[Order], paid_back: bool) -> Self {
        let mut sums = Self::default();
        for order in orders {
            sums.sold += order.total();
            match order.fate {
                Fate::Paid | Fate::Free => sums.paid += order.total(),
                Fate::Unpaid => {}
                Fate::Cancelled => {
                    sums.paid += order.total();
                    sums.cancelled += order.total();
                    sums.refunded += if paid_back { order.total() } else { 0 };
                }
            }
        }
        sums
    }

    fn open(&self) -> i64 {
        self.sold - self.cancelled - self.paid + self.refunded
    }
}

fn begun() -> Env {
    let env = Env::begun();
    for line in [
        "event add pyex26 --name 'PyEx 2026' --first-day 2026-07-01 --last-day 2026-07-03 --policy speakers-free",
        "ticket add pyex26 individual --name Individual --kind admission --price 300",
        "ticket add pyex26 order --name Order --kind admission --price 300",
    ] {
        env.run(line).ok();
    }
    env
}

/// The figure of a row of the import's table, in cents.
fn figure(table: &serde_json::Value, key: &str) -> i64 {
    let row = table["rows"].as_array().unwrap().iter().find(|row| row["key"] == key);
    let cell = row.map_or("0.00", |row| row["cells"][1].as_str().unwrap_or("0.00"));
    cell.replace('.', "").parse().unwrap()
}

/// The balance of an account, in cents.
fn balance(env: &Env, account: &str) -> i64 {
    let shown = env.run("report trial-balance --format json").ok().stdout;
    figure_of(&serde_json::from_str(&shown).unwrap(), account)
}

fn figure_of(table: &serde_json::Value, key: &str) -> i64 {
    let row = table["rows"].as_array().unwrap().iter().find(|row| row["key"] == key);
    row.map_or(0, |row| row["cells"][0].as_str().unwrap_or("0.00").replace('.', "").parse().unwrap())
}

/// Takes files in twice, and holds what the import says, and the account they move, against the sums.
fn tied_out(format: &str, files: &[(&str, String)], account: &str, sums: &Sums) {
    let env = begun();
    for (name, text) in files {
        env.write(name, text);
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let command = format!("import {format} {} --event pyex26 --as-of 2026-06-30 --format json", names.join(" "));
    let shown = env.run(&command).ok().stdout;
    let table = serde_json::from_str(&shown).unwrap();
    for (key, expected) in [
        ("sold", sums.sold),
        ("cancelled", -sums.cancelled),
        ("paid", -sums.paid),
        ("refunded", sums.refunded),
        ("fees", sums.fees),
        ("open-files", sums.open()),
        ("open-books", sums.open()),
    ] {
        assert_eq!(figure(&table, key), expected, "{format}: {key}\n{shown}");
    }
    assert_eq!(balance(&env, account), sums.paid - sums.refunded - sums.fees, "{format}: {account}");
    assert_eq!(balance(&env, "Expenses:Processing fees"), sums.fees, "{format}: fees");
    let deferred = balance(&env, "Liabilities:Deferred revenue:Registration");
    assert_eq!(-deferred, sums.paid - sums.cancelled, "{format}: deferred revenue");
    let head = env.head();
    env.run(&command).ok();
    assert_eq!(env.head(), head, "{format}: the same file again");
    env.run("verify").ok();
}

#[test]
fn pretix() {
    let orders = orders(ROWS * 9 / 10);
    let mut transactions = String::from(
        "Event slug,Currency,Order code,Transaction date,Transaction time,Position ID,Quantity,Product,Variation,Fee type,\
         Price,Gross total\n",
    );
    let mut payments =
        String::from("Event slug,Order,Payment ID,Creation date,Completion date,Status code,Amount,Payment method\n");
    let mut cancelled = String::new();
    for order in &orders {
        let (number, day) = (order.number, order.day());
        for (i, price) in order.prices.iter().enumerate() {
            let position = number * 10 + i;
            let price = money(*price);
            writeln!(transactions, "pyex26,USD,X{number},{day},09:00:00,{position},1,Individual,,,{price},{price}")
                .unwrap();
            if order.fate == Fate::Cancelled {
                writeln!(
                    cancelled,
                    "pyex26,USD,X{number},2026-06-01,09:00:00,{position},-1,Individual,,,{price},-{price}"
                )
                .unwrap();
            }
        }
        let total = money(order.total());
        match order.fate {
            Fate::Free => {}
            Fate::Unpaid => writeln!(payments, "pyex26,X{number},P-1,{day},,created,{total},stripe").unwrap(),
            Fate::Paid => writeln!(payments, "pyex26,X{number},P-1,{day},{day},confirmed,{total},stripe").unwrap(),
            Fate::Cancelled => {
                writeln!(payments, "pyex26,X{number},P-1,{day},{day},confirmed,{total},stripe").unwrap();
                writeln!(payments, "pyex26,X{number},R-1,2026-06-01,2026-06-01,done,-{total},stripe").unwrap();
            }
        }
    }
    let files = [("transactions.csv", transactions + &cancelled), ("payments.csv", payments)];
    tied_out("pretix", &files, "Assets:Clearing:Card processor", &Sums::of(&orders, true));
}

#[test]
fn eventbrite() {
    // Eventbrite lists no attendees of orders that were not paid.
    let orders: Vec<Order> = orders(ROWS).into_iter().filter(|order| order.fate != Fate::Unpaid).collect();
    let mut text = String::from(
        "Order #,Order Date,First Name,Last Name,Email,Ticket Type,Attendee #,Currency,Total Paid,Fees Paid,Attendee Status\n",
    );
    let mut sums = Sums::of(&orders, true);
    for order in &orders {
        let day = order.day();
        let american = format!("{}/{}/{}", &day[5..7], &day[8..], &day[2..4]);
        for (i, price) in order.prices.iter().enumerate() {
            let status = if order.fate == Fate::Cancelled { "Refunded" } else { "Attending" };
            let (number, fee) = (order.number, price * 6 / 100);
            sums.fees += fee;
            writeln!(
                text,
                "{number},{american} 22:28,Ann{i},Ek{number},a{number}.{i}@example.org,Individual,{number}{i},USD,{},{},{status}",
                money(*price),
                money(fee)
            )
            .unwrap();
        }
    }
    tied_out("eventbrite", &[("attendees.csv", text)], "Assets:Clearing:Ticket platform", &sums);
}

#[test]
fn tito() {
    let orders: Vec<Order> = orders(ROWS).into_iter().filter(|order| order.fate != Fate::Unpaid).collect();
    let mut text = String::from(
        "Ticket Reference;Order Created Date;Ticket;Ticket Full Name;Ticket Email;Void Status;Price;Order Reference;Order \
         Name;Order Email\r\n",
    );
    for order in &orders {
        let number = order.number;
        for (i, price) in order.prices.iter().enumerate() {
            let void = if order.fate == Fate::Cancelled { "void" } else { "" };
            let (price, day) = (money(*price), order.day());
            write!(
                text,
                "T{number}-{i};{day} 10:00:00;Individual;Ann {number} {i};a{number}.{i}@example.org;{void};{price};T{number};Bo \
                 {number};b{number}@example.org\r\n"
            )
            .unwrap();
        }
    }
    tied_out("tito", &[("tickets.csv", text)], "Assets:Clearing:Ticket platform", &Sums::of(&orders, false));
}

#[test]
fn hi_events() {
    let orders = orders(ROWS * 2);
    let mut text = String::from(
        "Public ID,First Name,Last Name,Email,Total Gross,Total Refunded,Status,Payment Status,Currency,Created At\n",
    );
    for order in &orders {
        let (number, total) = (order.number, money(order.total()));
        let (status, payment) = match order.fate {
            Fate::Unpaid => ("AWAITING_OFFLINE_PAYMENT", "AWAITING_OFFLINE_PAYMENT"),
            Fate::Free => ("COMPLETED", "NO_PAYMENT_REQUIRED"),
            Fate::Paid => ("COMPLETED", "PAYMENT_RECEIVED"),
            Fate::Cancelled => ("CANCELLED", "PAYMENT_RECEIVED"),
        };
        let refunded = if order.fate == Fate::Cancelled { total.clone() } else { "0.00".to_owned() };
        writeln!(
            text,
            "o-{number},Ann,Ek {number},a{number}@example.org,{total},{refunded},{status},{payment},USD,{} 09:00:00",
            order.day()
        )
        .unwrap();
    }
    tied_out("hi-events", &[("orders.csv", text)], "Assets:Clearing:Ticket platform", &Sums::of(&orders, true));
}

#[test]
fn alfio() {
    let orders = orders(ROWS);
    let mut text =
        String::from("ID,Category,Event,Status,PaidPrice,ReservationID,Full Name,E-Mail,Confirmation,Payment Method\n");
    for order in &orders {
        let number = order.number;
        for (i, price) in order.prices.iter().enumerate() {
            let status = match order.fate {
                Fate::Paid | Fate::Free => "ACQUIRED",
                Fate::Unpaid => "TO_BE_PAID",
                Fate::Cancelled => "CANCELLED",
            };
            writeln!(
                text,
                "5f0a8a0e-{number:04}-4000-8000-{i:012},Individual,pyex26,{status},{},1b2c3d4e-{number:04}-4aaa-8bbb-{number:012},\
                 Ann {number} {i},a{number}.{i}@example.org,{}T09:00:00Z,STRIPE",
                money(*price),
                order.day()
            )
            .unwrap();
        }
    }
    tied_out("alfio", &[("tickets.csv", text)], "Assets:Clearing:Card processor", &Sums::of(&orders, false));
}

#[test]
fn indico() {
    // Who has withdrawn is not known to have paid, and is left out.
    let orders: Vec<Order> = orders(ROWS * 2).into_iter().filter(|order| order.fate != Fate::Cancelled).collect();
    let mut text = String::from("ID,Name,Email Address,Registration date,Registration state,Price\n");
    for order in &orders {
        let (number, total) = (order.number, money(order.total()));
        let state = if order.fate == Fate::Unpaid { "Unpaid" } else { "Complete" };
        writeln!(text, "{number},Ann {number},a{number}@example.org,{},{state},{total}", order.day()).unwrap();
    }
    tied_out("indico", &[("registrations.csv", text)], "Assets:Clearing:Ticket platform", &Sums::of(&orders, false));
}

/// A processor's file upon orders that were imported: charges with fees, refunds, a payout a day.
#[test]
fn processors() {
    let orders = orders(ROWS);
    for (format, account) in [("stripe", "Assets:Clearing:Card processor"), ("paypal", "Assets:Clearing:Online wallet")]
    {
        let env = begun();
        let mut placed = String::from(
            "Event slug,Currency,Order code,Transaction date,Transaction time,Position ID,Quantity,Product,Price,Gross total\n",
        );
        let mut lines = String::from(match format {
            "stripe" => {
                "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,description\n"
            }
            _ => "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Custom Number\n",
        });
        let (mut gross, mut fees, mut paid_out) = (0, 0, 0);
        for order in orders.iter().filter(|order| order.total() > 0) {
            let (number, day, total) = (order.number, order.day(), order.total());
            let fee = 30 + total * 29 / 1_000;
            writeln!(placed, "pyex26,USD,X{number},{day},09:00:00,{number},1,Individual,{0},{0}", money(total))
                .unwrap();
            let (all, kept, net) = (money(total), money(fee), money(total - fee));
            match format {
                "stripe" => writeln!(
                    lines,
                    "txn_{number},{day} 09:00:00,{day} 09:00:00,usd,{all},{kept},{net},charge,PYEX26-X{number}"
                ),
                _ => writeln!(
                    lines,
                    "{}/{}/2026,09:00:00,Ann,Website Payment,Completed,USD,{all},-{kept},{net},P{number},X{number}",
                    &day[5..7],
                    &day[8..]
                ),
            }
            .unwrap();
            (gross, fees) = (gross + total, fees + fee);
            if number % 100 == 99 {
                let out = gross - fees - paid_out;
                match format {
                    "stripe" => writeln!(
                        lines,
                        "po_{number},{day} 10:00:00,{day} 10:00:00,usd,-{0},0.00,-{0},payout,STRIPE PAYOUT",
                        money(out)
                    ),
                    _ => writeln!(
                        lines,
                        "{}/{}/2026,10:00:00,,General Withdrawal,Completed,USD,-{2},0.00,-{2},W{number},",
                        &day[5..7],
                        &day[8..],
                        money(out)
                    ),
                }
                .unwrap();
                paid_out += out;
            }
        }
        env.write("transactions.csv", placed);
        env.write("lines.csv", lines);
        env.run("import pretix transactions.csv").ok();
        let command = format!("import {format} lines.csv");
        env.run(&command).ok();
        assert_eq!(balance(&env, account), gross - fees - paid_out, "{format}");
        assert_eq!(balance(&env, "Expenses:Processing fees"), fees, "{format}");
        assert_eq!(balance(&env, "Assets:Cash:Checking"), paid_out, "{format}");
        assert_eq!(-balance(&env, "Liabilities:Deferred revenue:Registration"), gross, "{format}");
        let head = env.head();
        env.run(&command).ok();
        assert_eq!(env.head(), head, "{format}: the same file again");
        env.run("verify").ok();
    }
}

#[test]
fn other_ledgers() {
    let env = begun();
    let mut collective = String::from(
        "datetime,shortId,shortGroup,description,type,kind,amount,paymentProcessorFee,hostFee,netAmount,currency,\
         oppositeAccountName\n",
    );
    let mut civicrm = String::from(
        "Internal ID,Transaction Date,Debit Account,Amount,Credit Account,Currency,Transaction Status,Debit Account Amount \
         (Unsplit)\n",
    );
    let (mut net, mut given, mut batch) = (0, 0, 0);
    for order in orders(ROWS) {
        let (number, day, total) = (order.number, order.day(), order.total() + 100);
        let (fee, host) = (total * 3 / 100, total / 10);
        writeln!(
            collective,
            "{day}T09:00:00,c{number},g{number},A gift,CREDIT,CONTRIBUTION,{},-{},-{},{},USD,Giver {}",
            money(total),
            money(fee),
            money(host),
            money(total - fee - host),
            number % 500
        )
        .unwrap();
        writeln!(
            civicrm,
            "{number},{day},1110,{0},4210,USD,Completed,{1}\n{number},{day},1110,1.00,4510,USD,Completed,{1}",
            money(total),
            money(total + 100)
        )
        .unwrap();
        (net, given, batch) = (net + total - fee - host, given + total, batch + total + 100);
    }
    env.write("collective.csv", collective);
    env.write("batch.csv", civicrm);
    for command in ["import open-collective collective.csv", "import civicrm batch.csv"] {
        env.run(command).ok();
        let head = env.head();
        env.run(command).ok();
        assert_eq!(env.head(), head, "{command}, again");
    }
    assert_eq!(balance(&env, "Assets:Held by host"), net);
    assert_eq!(balance(&env, "Assets:Clearing:Card processor"), batch);
    assert_eq!(-balance(&env, "Revenue:Contributions"), 2 * given);
    env.run("verify").ok();
}
