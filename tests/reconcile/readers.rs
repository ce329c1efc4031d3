//! Every format on files with every trap once (`fixtures/statements`).

use std::fmt::Write as _;
use std::path::Path;

use bursar::intake::statement::{LineKind, Remark, StatementTerms, read_statements};
use bursar::intake::{Mapping, SourceFile};
use bursar::money::Currency;
use insta::assert_snapshot;

fn shown(name: &str, currency: &str, change: impl FnOnce(&mut StatementTerms)) -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/statements")).join(name);
    let file = SourceFile::open(&path).unwrap();
    let mut terms = StatementTerms::new(Currency::from_code(currency).unwrap());
    change(&mut terms);
    let statements = match read_statements(&file, &terms) {
        Ok(statements) => statements,
        Err(error) => return error.to_string().replace(&*path.to_string_lossy(), name),
    };
    let mut text = String::new();
    for statement in statements {
        let shown = |minor: Option<i64>| {
            minor.map_or("?".to_owned(), |minor| statement.currency.format_minor(i128::from(minor)))
        };
        let days = statement.period.map_or("no period".to_owned(), |(from, to)| format!("{from} to {to}"));
        let _ = writeln!(
            text,
            "{} {} {} {days}: {} to {}",
            statement.format,
            statement.account.as_deref().unwrap_or("-"),
            statement.currency,
            shown(statement.opening),
            shown(statement.closing)
        );
        for line in &statement.lines {
            let _ = write!(text, "{:>3} {} {:>9}", line.line, line.date, shown(Some(line.amount)));
            for (name, value) in [("", &line.reference), ("by ", &line.counterparty), ("", &line.text)] {
                if let Some(value) = value {
                    let _ = write!(text, " | {name}{value}");
                }
            }
            if line.fee != 0 {
                let _ = write!(text, " | fee {}", shown(Some(line.fee)));
            }
            if line.kind != LineKind::Other {
                let _ = write!(text, " | {}", line.kind.word());
            }
            if !line.references.is_empty() {
                let _ = write!(text, " | {:?}", line.references);
            }
            text.push('\n');
        }
        for remark in &statement.remarks {
            let _ = match remark {
                Remark::Skipped { rows, reason } => writeln!(text, "    {rows} left out: {reason}"),
                Remark::Balance { line, said, computed } => {
                    writeln!(text, "    line {line} says {}, not {}", shown(Some(*said)), shown(Some(*computed)))
                }
                Remark::Note(note) => writeln!(text, "    {note}"),
            };
        }
    }
    text
}

fn plain(name: &str, currency: &str) -> String {
    shown(name, currency, |_| {})
}

#[test]
fn ofx_without_closing_tags() {
    assert_snapshot!(plain("checking.ofx", "USD"), @r#"
    ofx 004711 USD 2026-01-01 to 2026-01-31: ? to 4403.50
     25 2026-01-10    291.00 | F1 | by STRIPE | STRIPE TRANSFER | transfer
     23 2026-01-15   -800.00 | F3 | by Harbour Hall | Invoice hall-1
     21 2026-01-20     25.00 | F4 | by AT&T Café & Co | rebate '25
     19 2026-01-28   -100.00 | F5 | by CHECK 17 | ["17"]
     17 2026-01-31    -12.50 | F6 | by MONTHLY FEE | fee
    ofx 4111 EUR 2026-01-01 to 2026-01-31: ? to -9.99
     33 2026-01-03     -9.99 | C1 | by HOSTING
    "#);
}

#[test]
fn ofx_as_xml() {
    assert_snapshot!(plain("savings.qfx", "USD"), @"
    ofx 0815 USD 2026-01-01 to 2026-01-31: ? to ?
     10 2026-01-31      3.21 | S1 | by Zinsen für Januar
        its balance is of 2026-02-05, and it ends on 2026-01-31: the balance proves nothing
    ");
}

#[test]
fn camt_with_two_statements_a_batch_and_a_reversal() {
    assert_snapshot!(plain("giro.xml", "EUR"), @r#"
    camt.053 DE02120300000000202051 EUR 2026-02-01 to 2026-02-28: 1700.00 to 1690.10
      8 2026-02-27     -9.90 | B9 | Kontoführung & Porto | fee
    camt.053 DE02120300000000202051 EUR 2026-01-01 to 2026-01-31: 1000.00 to 1700.00
     15 2026-01-12    300.00 | B1/1 | by Ada Lovelace | Ticket individual | ["order-a1"]
     17 2026-01-12    350.00 | B1/2 | by Bo | ["RF18539007547034"]
     18 2026-01-12    250.00 | B1/3
     20 2026-01-13   -300.00 | B2 | by Harbour Hall | Invoice hall-1 | ["hall-1"]
     21 2026-01-14    100.00 | B3 | by Print Shop | Reversal:
        1 left out: not booked yet
    "#);
}

#[test]
fn camt_of_a_later_version_with_prefixes() {
    assert_snapshot!(plain("giro-08.xml", "EUR"), @r#"
    camt.053 4711 EUR 2026-01-01 to 2026-01-31: -10.00 to 50.00
      7 2026-01-20     60.00 | X1 | ["7"]
        1 left out: not booked yet
    "#);
}

#[test]
fn stripe() {
    assert_snapshot!(plain("stripe.csv", "USD"), @"
    stripe - USD no period: ? to ?
      2 2026-01-02    436.65 | txn_1 | Order a1 | fee 13.35 | charge
      3 2026-01-03   -300.00 | txn_2 | REFUND FOR CHARGE (Order c1) | refund
      4 2026-01-05   -465.00 | txn_3 | Chargeback withdrawal for ch_1 | fee 15.00 | dispute
      6 2026-01-07     -5.00 | txn_5 | Radar (2026-01-06): Fraud protection | fee 5.00 | fee
        1 left out: no amount
    stripe - EUR no period: ? to ?
      5 2026-01-06     96.80 | txn_4 | Order e1, Bo | fee 3.20 | charge
        1 left out: no amount
    ");
}

#[test]
fn stripe_with_payouts() {
    assert_snapshot!(plain("stripe-payouts.csv", "USD"), @r#"
    stripe - USD no period: ? to ?
      3 2026-01-08   1291.00 | txn_8 | Order a9 | fee 39.00 | charge | ["ch_9", "po_1"]
      2 2026-01-09  -1291.00 | txn_7 | STRIPE PAYOUT | payout | ["po_1"]
    "#);
}

#[test]
fn paypal() {
    assert_snapshot!(plain("paypal.csv", "USD"), @r#"
    paypal - USD no period: 8.35 to 33.45
     10 2026-01-02    436.65 | P1 | by Ada Lovelace | Website Payment Ticket | fee 13.35 | charge | ["order-a1"]
      5 2026-01-13    108.45 | P3b | by Bo | General Currency Conversion | transfer | ["P3", "order-b1"]
      4 2026-01-14    -20.00 | P4 | by Ada Lovelace | Payment Refund | refund | ["P1"]
      2 2026-01-31   -500.00 | P6 | General Withdrawal | payout
        1 left out: status Pending
        1 left out: status Denied
        1 left out: no impact on the balance
    paypal - EUR no period: ? to ?
      6 2026-01-13   -100.00 | P3a | by Bo | General Currency Conversion | transfer | ["P3", "order-b1"]
      7 2026-01-13    100.00 | P3 | by Bo | Website Payment | fee 3.00 | charge | ["order-b1"]
        1 left out: status Pending
        1 left out: status Denied
        1 left out: no impact on the balance
    "#);
}

#[test]
fn paypal_older_with_commas_and_days_first() {
    assert_snapshot!(plain("paypal-older.csv", "EUR"), @"
    paypal - EUR no period: 0.00 to 470.70
      2 2026-01-02    970.70 | Q1 | by Ada | Express Checkout Payment Received Ticket | fee 29.30 | charge
      3 2026-01-31   -500.00 | Q2 | Withdraw Funds to Bank Account | payout
    ");
}

#[test]
fn bank_csv_of_a_german_bank() {
    assert_snapshot!(shown("giro.csv", "EUR", |terms| terms.reading.encoding = Some("windows-1252".to_owned())), @"
    bank-csv - EUR no period: 500.00 to 690.10
      9 2026-01-02  -1500.00 | by Harbour Hall | hall-1
      8 2026-01-12   1750.00 | by Ada Lovelace | Rechnung inv-0001
      7 2026-01-13    250.00 | by Bo | Ticket b1
      6 2026-01-20   -300.00 | by Café Zoë | Miete Januar
      5 2026-01-30     -9.90 | Kontoführung
        line 7 says 9999.99, not 1000.00
    ");
}

#[test]
fn bank_csv_with_a_column_a_side() {
    assert_snapshot!(plain("high-street.csv", "GBP"), @"
    bank-csv - GBP no period: 10000.00 to 8740.10
      3 2026-01-02  -1500.00 | Rent
      4 2026-01-13    250.00 | ADA LOVELACE
      5 2026-01-30     -9.90 | Charges
    ");
}

#[test]
fn bank_csv_with_every_minus_and_a_column_twice() {
    assert_snapshot!(plain("signs.csv", "USD"), @"signs.csv, line 1: the column `Description` is there twice; say which is meant in a mapping: `Description#1` or `Description#2`; found: Date, Description, Description, Amount, CR/DR");
    let map = "[columns]\ndescription = \"Description#2\"\n";
    assert_snapshot!(shown("signs.csv", "USD", |terms| terms.mapping = Mapping::parse(map).unwrap()), @"
    bank-csv - USD no period: ? to ?
      2 2026-01-02     -1.50 | first
      3 2026-01-03     -2.50 | second
      4 2026-01-04     -3.50 | third
      5 2026-01-05     -4.50 | fourth
      6 2026-01-06      5.50 | fifth
    ");
}
