//! Wrong input: every refusal that the command line can provoke, with its whole message. The files are in
//! `fixtures/invalid`, one a case. A refused command leaves the books as they were, to the byte.
//!
//! `docs/errors.md` lists the codes; the last tests hold the list, the program and this file to each other.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};

use common::{Env, FIXTURES, Output};
use rusqlite::Connection;

/// A refusal on one line: test, code, books it is provoked in, command, message.
macro_rules! refused {
    ($name:ident, $code:literal, $books:ident, $command:expr, @$expected:literal) => {
        #[test]
        fn $name() {
            let env = Env::$books();
            insta::assert_snapshot!(provoke(&env, $code, $command), @$expected);
        }
    };
}

/// Runs a command that must be refused with this code, and must leave everything as it was.
#[track_caller]
fn provoke(env: &Env, code: &str, command: &str) -> String {
    for word in command.split(' ').filter(|word| Path::new(FIXTURES).join("invalid").join(word).is_file()) {
        env.fixture(&format!("invalid/{word}"));
    }
    let output = unchanged(env, || env.run(command));
    let shown = output.show();
    assert!(output.stderr.starts_with(&format!("error[{code}]: ")), "expected {code}: {shown}");
    assert_eq!(output.stdout.is_empty(), !["verification-failed", "exposed", "undecided"].contains(&code), "{shown}");
    let exit = match code {
        "usage" => 2,
        "verification-failed" | "damaged" => 3,
        _ => 1,
    };
    assert_eq!(output.code, exit, "{shown}");
    // A dry run takes the same way to the same refusal.
    if !["backup", "restore", "demo"].iter().any(|word| command.starts_with(word)) {
        let dry = unchanged(env, || env.run(&format!("{command} --dry-run")));
        assert_eq!((dry.stderr, dry.code), (output.stderr, output.code), "the dry run of `{command}`");
    }
    shown
}

/// Runs something that must change neither the books nor the folder.
#[track_caller]
fn unchanged(env: &Env, run: impl FnOnce() -> Output) -> Output {
    // SQLite keeps an empty journal beside books that were opened.
    let files = || env.files().into_iter().filter(|name| name != "bursar.db-journal").collect::<Vec<_>>();
    let book = || std::fs::read(env.path("bursar.db")).ok();
    let (files_before, book_before) = (files(), book());
    let output = run();
    assert_eq!(files(), files_before, "files came or went: {}", output.show());
    assert!(book() == book_before, "the books were changed: {}", output.show());
    output
}

// ---- exports of other tools

refused!(pretix_rows, "bad-rows", conference, "import pretix pretix-transactions-rows.csv", @r#"
[stderr]
error[bad-rows]: pretix-transactions-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Gross total: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Gross total: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Transaction date: `2026-02-30` is not a date such as 2026-12-31
  line 5, column Currency: `EUR` is not the currency of the books, USD; leave the row out
  line 6: `Backstage` is no ticket of pyex26; map it under [products], such as "Backstage" = { ticket = "…" } (--suggest prints a mapping)
  line 7: the row has 13 fields, the header 26; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(pretix_column, "columns", conference, "import pretix pretix-transactions-column.csv", @"
[stderr]
error[columns]: pretix-transactions-column.csv, line 1: the column `Quantity` is missing; found: Event, Event slug, Currency, Order code, Order date, Order time, Transaction date, Transaction time, Old data, Position ID, Product ID, Product, Variation ID, Variation, Fee type, Internal fee type, Date ID, Date, Price, Tax rate, Tax rule ID, Tax rule, Tax value, Gross total, Tax total
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(pretix_payment_rows, "bad-rows", conference, "import pretix pretix-payments-rows.csv", @"
[stderr]
error[bad-rows]: pretix-payments-rows.csv: 5 rows cannot be imported; nothing was written
  line 2, column Amount: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Amount: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Completion date: `2026-02-30` is not a date such as 2026-12-31
  line 5, column Status code: `perhaps` is unknown; known: canceled, confirmed, created, done, external, failed, pending, refunded, transit; a mapping adds it under [words.status]
  line 6: the row has 6 fields, the header 13; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(pretix_payment_column, "columns", conference, "import pretix pretix-payments-column.csv", @"
[stderr]
error[columns]: pretix-payments-column.csv, line 1: the column `Amount` is missing; found: Event slug, Order, Payment ID, Creation date, Completion date, Status, Status code, Payment method, Comment, Matching ID, Payment details, Invoice numbers
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(pretix_column_twice, "columns", conference, "import pretix pretix-twice.csv", @"
[stderr]
error[columns]: pretix-twice.csv, line 1: the column `Amount` is there twice; say which is meant in a mapping: `Amount#1` or `Amount#2`; found: Event slug, Order, Payment ID, Creation date, Completion date, Amount, Status code, Amount, Payment method, Comment, Matching ID, Payment details, Invoice numbers
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(pretix_twice_the_same, "unreadable", conference,
    "import pretix pretix-payments-rows.csv pretix-payments-rows.csv", @"
[stderr]
error[unreadable]: pretix-payments-rows.csv: it is pretix payments and refunds, as is pretix-payments-rows.csv; give one file of each kind, whole
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(eventbrite_rows, "bad-rows", conference, "import eventbrite eventbrite-rows.csv --event pyex26", @r#"
[stderr]
error[bad-rows]: eventbrite-rows.csv: 7 rows cannot be imported; nothing was written
  line 2, column Total Paid: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Total Paid: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Order Date: `2026-02-30` is not a date such as 2026-12-31
  line 5, column Currency: `EUR` is not the currency of the books, USD; leave the row out
  line 6: `Backstage` is no ticket of pyex26; map it under [products], such as "Backstage" = { ticket = "…" } (--suggest prints a mapping)
  line 7, column Attendee Status: `perhaps` is unknown; known: attending, checked in, deleted, not attending, refunded; a mapping adds it under [words.status]
  line 8: the row has 9 fields, the header 19; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(eventbrite_column, "columns", conference, "import eventbrite eventbrite-column.csv --event pyex26", @"
[stderr]
error[columns]: eventbrite-column.csv, line 1: the column `Total Paid` is missing; found: Order #, Order Date, First Name, Last Name, Email, Quantity, Price Tier, Ticket Type, Attendee #, Group, Order Type, Currency, Fees Paid, Eventbrite Fees, Eventbrite Payment Processing, Attendee Status, Home Address 1, Home Country
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(tito_rows, "bad-rows", conference, "import tito tito-rows.csv --event pyex26", @r#"
[stderr]
error[bad-rows]: tito-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Price: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Price: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Order Created Date: `2026-02-30` is not a date such as 2026-12-31
  line 5: `Backstage` is no ticket of pyex26; map it under [products], such as "Backstage" = { ticket = "…" } (--suggest prints a mapping)
  line 6, column Void Status: `perhaps` is unknown; known: false, no, not void, true, void, voided, yes; a mapping adds it under [words.status]
  line 7: the row has 13 fields, the header 27; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(tito_column, "columns", conference, "import tito tito-column.csv --event pyex26", @"
[stderr]
error[columns]: tito-column.csv, line 1: the column `Price` is missing; found: Number, Ticket Created Date, Ticket, Ticket Full Name, Ticket First Name, Ticket Last Name, Ticket Email, Ticket Company Name, Ticket Phone Number, Event, Void Status, Ticket Reference, Tags, Unique Ticket URL, Unique Order URL, Order Reference, Order Name, Order Email, Order Company Name, Order Phone Number, Order Discount Code, Order IP, Order Created Date, Order Completed Date, Payment Reference, T-shirt size
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(hi_events_rows, "bad-rows", conference, "import hi-events hi-events-rows.csv --event pyex26", @"
[stderr]
error[bad-rows]: hi-events-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Total Gross: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Total Gross: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Created At: `2026-02-30` is not a date such as 2026-12-31
  line 5, column Currency: `EUR` is not the currency of the books, USD; leave the row out
  line 6, column Status: `perhaps` is unknown; known: abandoned, awaiting_offline_payment, cancelled, completed, reserved; a mapping adds it under [words.status]
  line 7: the row has 10 fields, the header 20; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hi_events_column, "columns", conference, "import hi-events hi-events-column.csv --event pyex26", @"
[stderr]
error[columns]: hi-events-column.csv, line 1: the column `Total Gross` is missing; found: ID, First Name, Last Name, Email, Total Before Additions, Total Tax, Total Fee, Total Refunded, Status, Payment Status, Refund Status, Currency, Created At, Public ID, Payment Gateway, Is Partially Refunded, Is Fully Refunded, Is Free Order, Is Manually Created
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(alfio_rows, "bad-rows", conference, "import alfio alfio-rows.csv --event pyex26", @r#"
[stderr]
error[bad-rows]: alfio-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column PaidPrice: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column PaidPrice: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Confirmation: `2026-02-30` is not a date such as 2026-12-31
  line 5: `Backstage` is no ticket of pyex26; map it under [products], such as "Backstage" = { ticket = "…" } (--suggest prints a mapping)
  line 6, column Status: `perhaps` is unknown; known: acquired, cancelled, checked_in, expired, free, invalidated, pending, released, to_be_paid; a mapping adds it under [words.status]
  line 7: the row has 11 fields, the header 22; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(alfio_column, "columns", conference, "import alfio alfio-column.csv --event pyex26", @"
[stderr]
error[columns]: alfio-column.csv, line 1: the column `PaidPrice` is missing; found: ID, Category, Event, Status, OriginalPrice, Discount, VAT, ReservationID, Full Name, First Name, Last Name, E-Mail, Locked, Language, Confirmation, Billing Address, Country Code, Promo Code, Payment ID, Payment Method, External Reference
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(indico_rows, "bad-rows", conference, "import indico indico-rows.csv --event pyex26", @r#"
[stderr]
error[bad-rows]: indico-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Price: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Price: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Registration date: `2026-02-30` is not a date such as 2026-12-31
  line 5: `Backstage` is no ticket of pyex26; map it under [products], such as "Backstage" = { ticket = "…" } (--suggest prints a mapping)
  line 6, column Registration state: `perhaps` is unknown; known: 1, 2, 3, 4, 5, complete, pending, rejected, unpaid, withdrawn; a mapping adds it under [words.status]
  line 7: the row has 4 fields, the header 8; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(indico_column, "columns", conference, "import indico indico-column.csv --event pyex26", @"
[stderr]
error[columns]: indico-column.csv, line 1: the column `Price` is missing; found: ID, Name, Email Address, Affiliation, Registration date, Registration state, Registration type
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(open_collective_rows, "bad-rows", conference, "import open-collective open-collective-rows.csv", @"
[stderr]
error[bad-rows]: open-collective-rows.csv: 5 rows cannot be imported; nothing was written
  line 2, column amount: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column amount: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column datetime: `2026-02-30` is not a date such as 2026-12-31
  line 5, column currency: `EUR` is not the currency of the books, USD; leave the row out
  line 6: the row has 14 fields, the header 29; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(open_collective_gap, "bad-rows", conference,
    "import open-collective open-collective-gap.csv", @"
[stderr]
error[bad-rows]: open-collective-gap.csv: 1 row cannot be imported; nothing was written
  line 2, column balance: the balance is 1065.00, and the rows make 1465.00: rows are missing; export all kinds of transactions, or leave the column out
  hint: correct the rows and import the file again
[exit 1]
");
refused!(open_collective_column, "columns", conference, "import open-collective open-collective-column.csv", @"
[stderr]
error[columns]: open-collective-column.csv, line 1: the column `netAmount` is missing; found: datetime, shortId, shortGroup, description, type, kind, isRefund, isRefunded, shortRefundId, displayAmount, amount, paymentProcessorFee, hostFee, balance, currency, accountSlug, accountName, oppositeAccountSlug, oppositeAccountName, paymentMethodService, paymentMethodType, expenseType, expenseTags, payoutMethodType, merchantId, orderMemo, orderProcessedDate, refundKind
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(civicrm_rows, "bad-rows", conference, "import civicrm civicrm-rows.csv", @"
[stderr]
error[bad-rows]: civicrm-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Amount: `12.3.4` is not an amount: expected digits with at most one decimal mark
  line 3, column Amount: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 4, column Transaction Date: `2026-02-30` is not a date such as 2026-12-31
  line 5, column Currency: `EUR` is not the currency of the books, USD; leave the row out
  line 6, column Transaction Status: `perhaps` is unknown; a mapping adds it under [words.status]
  line 7: the row has 9 fields, the header 18; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(civicrm_column, "columns", conference, "import civicrm civicrm-column.csv", @"
[stderr]
error[columns]: civicrm-column.csv, line 1: the column `Credit Account` is missing; found: Internal ID, Transaction Date, Debit Account, Debit Account Name, Debit Account Type, Debit Account Amount (Unsplit), Transaction ID (Unsplit), Debit amount (Split), Payment Instrument, Check Number, Source, Currency, Transaction Status, Amount, Credit Account Name, Credit Account Type, Item Description
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(stripe_rows, "bad-rows", conference, "import stripe stripe-rows.csv", @"
[stderr]
error[bad-rows]: stripe-rows.csv: 4 rows cannot be imported; nothing was written
  line 2, column net: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 3, column net: net 1.00 is not gross 125.00 less fee 3.93
  line 4, column created_utc: `2026-02-30` is not a date such as 2026-12-31
  line 6: the row has 6 fields, the header 12; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(stripe_column, "columns", conference, "import stripe stripe-column.csv", @"
[stderr]
error[columns]: stripe-column.csv, line 1: the column `fee` is missing; found: balance_transaction_id, created_utc, available_on_utc, currency, gross, net, reporting_category, source_id, description, automatic_payout_id, automatic_payout_effective_at
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(stripe_orders, "bad-rows", conference, "import stripe stripe-orders.csv", @r#"
[stderr]
error[bad-rows]: stripe-orders.csv: 4 rows cannot be imported; nothing was written
  line 2: a charge of 125.00 that names no order (`Sticker shop`); import the orders first, or say where such lines go with --other ACCOUNT, or a mapping's [accounts] "charge" = "ACCOUNT"
  line 3: 500.00 are paid for order i1, of which 300.00 is still to be paid: was it paid twice, or recorded with another method or account? Pay it back or correct that, or leave the line out
  line 4: 10.00 are paid back for order a1, of which 0.00 is owed back; cancel it or agree the refund first (`bursar order cancel a1`, `bursar order refund a1`)
  line 5: a chargeback of order a1: 900.00 USD is more than 450.00 USD (came in and was not paid back or charged back)
  hint: correct the rows and import the file again
[exit 1]
"#);
refused!(paypal_rows, "bad-rows", conference, "import paypal paypal-rows.csv --dates mdy", @"
[stderr]
error[bad-rows]: paypal-rows.csv: 5 rows cannot be imported; nothing was written
  line 2, column Net: `1O0.00` is not an amount: expected digits with at most one decimal mark
  line 3, column Net: net 1.00 is not gross 100.00 with fee -3.99
  line 4, column Date: `2026-02-30` is not a date such as 2026-12-31
  line 6, column Status: `Perhaps` is not a status that is known (canceled, cancelled, completed, denied, expired, failed, held, partially refunded, pending, placed, refunded, reversed); a mapping says what it is
  line 7: the row has 14 fields, the header 29; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(paypal_column, "columns", conference, "import paypal paypal-column.csv", @"
[stderr]
error[columns]: paypal-column.csv, line 1: the column `Transaction ID` is missing; found: Date, Time, TimeZone, Name, Type, Status, Currency, Gross, Fee, Net, From Email Address, To Email Address, Item Title, Item ID, Sales Tax, Option 1 Name, Option 1 Value, Option 2 Name, Option 2 Value, Reference Txn ID, Invoice Number, Custom Number, Quantity, Receipt ID, Balance, Subject, Note, Balance Impact
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(paypal_taken_for_stripe, "other-format", conference, "import stripe paypal-rows.csv --dates mdy", @"
[stderr]
error[other-format]: paypal-rows.csv is PayPal activity, not Stripe's itemised balance changes
  hint: import it with `bursar import paypal`
[exit 1]
");
refused!(attendees_taken_for_stripe, "other-format", conference, "import stripe eventbrite-dates.csv", @"
[stderr]
error[other-format]: eventbrite-dates.csv is Eventbrite attendees, not Stripe's itemised balance changes
  hint: import it with `bursar import eventbrite`
[exit 1]
");
refused!(day_or_month, "bad-rows", conference, "import eventbrite eventbrite-dates.csv --event pyex26", @"
[stderr]
error[bad-rows]: eventbrite-dates.csv: 1 row cannot be imported; nothing was written
  line 2, column Order Date: `03/04/26 22:28` could be read in two ways, and no row of the file tells whether day or month stands first; say it with --dates dmy (or mdy)
  hint: correct the rows and import the file again
[exit 1]
");
refused!(day_and_month, "bad-rows", conference, "import eventbrite eventbrite-both.csv --event pyex26", @"
[stderr]
error[bad-rows]: eventbrite-both.csv: 1 row cannot be imported; nothing was written
  line 4, column Order Date: `12/31/25 08:00` contradicts `31/12/25 08:00` in line 3 about whether day or month stands first; say it with --dates dmy (or mdy)
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_of_another_format, "other-format", conference, "import tito eventbrite-dates.csv --event pyex26", @"
[stderr]
error[other-format]: eventbrite-dates.csv is Eventbrite attendees, not Tito tickets
  hint: import it with `bursar import eventbrite`
[exit 1]
");
refused!(workbook_of_the_old_format, "unreadable", conference, "import tito old.xls", @"
[stderr]
error[unreadable]: old.xls: it is a workbook of the old format; save it as .xlsx, .ods or CSV
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(workbook_that_is_broken, "unreadable", conference, "import tito broken.xlsx", @"
[stderr]
error[unreadable]: broken.xlsx: it is a workbook or archive that cannot be read (invalid Zip archive: Could not find EOCD); save it as CSV
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(workbook_that_is_cut_off, "unreadable", conference, "import tito cut-table.ods", @"
[stderr]
error[unreadable]: cut-table.ods: it is a workbook or archive that cannot be read (content.xml: it is cut off); save it as CSV
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(workbook_of_repeated_cells, "unreadable", conference, "import tito repeated.ods", @"
[stderr]
error[unreadable]: repeated.ods: it is a workbook or archive that cannot be read (content.xml: it has more than 16 million cells); save it as CSV
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(workbook_with_a_cell_far_away, "unreadable", conference, "import tito far-cells.xlsx", @"
[stderr]
error[unreadable]: far-cells.xlsx: it is a workbook or archive that cannot be read (it has more than 16 million cells); save it as CSV
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(file_that_is_a_pdf, "unreadable", conference, "import tito statement.pdf", @"
[stderr]
error[unreadable]: statement.pdf: it is a PDF; ask the bank or the platform for CSV, OFX or CAMT.053
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(file_that_is_no_text, "unreadable", conference, "import tito bytes.bin", @"
[stderr]
error[unreadable]: bytes.bin: it is neither text nor a workbook
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(encoding_that_is_none, "unreadable", conference, "import tito tito-rows.csv --encoding klingon", @"
[stderr]
error[unreadable]: tito-rows.csv: `klingon` is not an encoding: expected one such as utf-8, windows-1252, utf-16le
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(format_mapping_of_no_column, "unreadable", conference,
    "import tito tito-rows.csv --map format-mapping.toml", @"
[stderr]
error[unreadable]: tito-rows.csv: Tito tickets has no column `ordr`; did you mean `order`?
  hint: docs/reference.md tells how files may be written
[exit 1]
");
refused!(format_mapping_of_no_method, "mapping", conference, "import tito tito-rows.csv --map format-method.toml", @r#"
[stderr]
error[mapping]: the mapping format-method.toml: TOML parse error at line 2, column 10
  |
2 | stripe = "cards"
  |          ^^^^^^^
data did not match any variant of untagged enum MethodTerms

  hint: docs/reference.md describes mapping files
[exit 1]
"#);
// ---- statements of banks and processors

refused!(statement_with_bad_rows, "bad-rows", conference,
    "reconcile 1010 --statement statement-rows.ofx", @"
[stderr]
error[bad-rows]: statement-rows.ofx: 4 rows cannot be imported; nothing was written
  line 10, column DTPOSTED: `2026-01-05` is not a date: expected YYYYMMDD, or with a time
  line 12, column TRNAMT: `1,2,3` is not an amount: expected digits with at most one decimal mark
  line 14, column TRNAMT: it is missing
  line 16, column CURSYM: the amount is in EUR, the statement in USD: an account has one currency
  hint: correct the rows and import the file again
[exit 1]
");
refused!(statement_cut_off, "bad-rows", conference,
    "reconcile 1010 --statement statement-cut.ofx", @"
[stderr]
error[bad-rows]: statement-cut.ofx: 1 row cannot be imported; nothing was written
  line 13: the file ends before its </OFX>: it was cut off
  hint: correct the rows and import the file again
[exit 1]
");
refused!(camt_with_bad_rows, "bad-rows", conference,
    "reconcile 1010 --statement statement-rows.xml", @"
[stderr]
error[bad-rows]: statement-rows.xml: 4 rows cannot be imported; nothing was written
  line 4, column Amt: `ten` is not an amount: expected digits with at most one decimal mark
  line 5, column BookgDt: `05.01.2026` is not a date: expected YYYY-MM-DD
  line 6, column Amt: the amount is in EUR, the account in USD: an account has one currency
  line 7, column CdtDbtInd: expected CRDT or DBIT, found nothing
  hint: correct the rows and import the file again
[exit 1]
");
refused!(camt_cut_off, "bad-rows", conference,
    "reconcile 1010 --statement statement-cut.xml", @"
[stderr]
error[bad-rows]: statement-cut.xml: 1 row cannot be imported; nothing was written
  line 5: the file ends before its </Ntry>: it was cut off
  hint: correct the rows and import the file again
[exit 1]
");
refused!(camt_too_deep, "bad-rows", conference,
    "reconcile 1010 --statement statement-deep.xml", @"
[stderr]
error[bad-rows]: statement-deep.xml: 1 row cannot be imported; nothing was written
  line 3: elements are within each other more than 64 deep: this is no statement
  hint: correct the rows and import the file again
[exit 1]
");
refused!(bank_csv_with_bad_rows, "bad-rows", conference,
    "reconcile 1010 --statement statement-rows.csv", @"
[stderr]
error[bad-rows]: statement-rows.csv: 6 rows cannot be imported; nothing was written
  line 2, column Debit: there is an amount on both sides: a movement goes one way
  line 3, column Date: `yesterday` is not a date such as 2026-12-31
  line 4, column Debit: there is no amount
  line 5, column Debit: `1.0.0` is not an amount: expected digits with at most one decimal mark
  line 7, column Currency: the row is in EUR, the rows before it in USD: an account has one currency
  line 8: the row has 2 fields, the header 5; is the file cut off?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(bank_csv_with_days_that_need_a_guess, "bad-rows", conference,
    "reconcile 1010 --statement statement-dates.csv", @"
[stderr]
error[bad-rows]: statement-dates.csv: 1 row cannot be imported; nothing was written
  line 2, column Date: `03/01/2026` could be read in two ways, and no row of the file tells whether day or month stands first; say it with --dates dmy (or mdy)
  hint: correct the rows and import the file again
[exit 1]
");
refused!(stripe_with_bad_rows, "bad-rows", conference,
    "reconcile 1110 --statement statement-stripe.csv", @"
[stderr]
error[bad-rows]: statement-stripe.csv: 3 rows cannot be imported; nothing was written
  line 2, column net: net 436.60 is not gross 450.00 less fee 13.35
  line 3, column created_utc: `2026-13-05 10:00:00` is not a date such as 2026-12-31
  line 4, column currency: `xyz` is not a currency of ISO 4217 with a minor unit
  hint: correct the rows and import the file again
[exit 1]
");
refused!(paypal_with_bad_rows, "bad-rows", conference,
    "reconcile 1130 --statement statement-paypal.csv", @"
[stderr]
error[bad-rows]: statement-paypal.csv: 2 rows cannot be imported; nothing was written
  line 2, column Net: net 9.50 is not gross 10.00 with fee -1.00
  line 3, column Status: `Perhaps` is not a status that is known (canceled, cancelled, completed, denied, expired, failed, held, partially refunded, pending, placed, refunded, reversed); a mapping says what it is
  hint: correct the rows and import the file again
[exit 1]
");
refused!(bank_csv_without_its_columns, "columns", conference,
    "reconcile 1010 --statement statement-columns.csv", @"
[stderr]
error[columns]: statement-columns.csv, line 1: the column `Date` is missing; found: Day, Description, Amount
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(stripe_without_its_net, "columns", conference,
    "reconcile 1110 --statement statement-stripe-columns.csv", @"
[stderr]
error[columns]: statement-stripe-columns.csv, line 1: the column `net` is missing; found: balance_transaction_id, created_utc, available_on_utc, currency, gross, fee, reporting_category, description
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(paypal_without_its_fee, "columns", conference,
    "reconcile 1130 --statement statement-paypal-columns.csv", @"
[stderr]
error[columns]: statement-paypal-columns.csv, line 1: the column `Fee` is missing; found: Date, Time, TimeZone, Name, Type, Status, Currency, Gross, Net, Transaction ID
  hint: check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them
[exit 1]
");
refused!(an_order_to_the_bank, "not-a-statement", conference,
    "reconcile 1010 --statement statement-payment.xml", @"
[stderr]
error[not-a-statement]: statement-payment.xml is not a statement that can be read: it is another message of ISO 20022, <CstmrCdtTrfInitn>
  hint: ask the bank for OFX, CAMT.053 or CSV; docs/reference.md describes them
[exit 1]
");
refused!(registrations_as_a_statement, "not-a-statement", conference,
    "reconcile 1010 --statement statement-registrations.csv", @"
[stderr]
error[not-a-statement]: statement-registrations.csv is not a statement that can be read: it is pretix order transaction data
  hint: ask the bank for OFX, CAMT.053 or CSV; docs/reference.md describes them
[exit 1]
");
refused!(an_older_statement, "not-a-statement", conference,
    "reconcile 1010 --statement statement-mt940.txt", @"
[stderr]
error[not-a-statement]: statement-mt940.txt is not a statement that can be read: it is MT940, the bank's older format
  hint: ask the bank for OFX, CAMT.053 or CSV; docs/reference.md describes them
[exit 1]
");
refused!(statement_in_another_currency, "which-statement", conference,
    "reconcile 1010 --statement statement-euro.ofx", @"
[stderr]
error[which-statement]: statement-euro.ofx has statements of 004711 in EUR: the books are in USD
  hint: --statement-account chooses one by its IBAN or number; an account in another currency cannot be reconciled in these books
[exit 1]
");
refused!(statements_of_two_accounts, "which-statement", conference,
    "reconcile 1010 --statement statement-two.xml", @"
[stderr]
error[which-statement]: statement-two.xml has statements of DE02120300000000202051 in USD, DE88100900001234567892 in USD: name one with --statement-account
  hint: --statement-account chooses one by its IBAN or number; an account in another currency cannot be reconciled in these books
[exit 1]
");
refused!(statement_without_the_days, "no-lines", conference,
    "reconcile 1010 --statement statement-without-balance.ofx --from 2027-01-01", @"
[stderr]
error[no-lines]: statement-without-balance.ofx has no line from 2027-01-01 to 2026-01-14
  hint: check --from and --to, or the file
[exit 1]
");
refused!(statement_in_which_nothing_moved, "no-lines", conference,
    "reconcile 1010 --statement statement-empty.csv", @"
[stderr]
error[no-lines]: statement-empty.csv has no line
  hint: check --from and --to, or the file
[exit 1]
");
refused!(statement_without_a_balance, "no-balance", conference,
    "reconcile 1010 --statement statement-without-balance.ofx", @"
[stderr]
error[no-balance]: statement-without-balance.ofx tells no balance: a reconciliation proves one
  hint: copy one from the bank: --opening AMOUNT or --closing AMOUNT
[exit 1]
");
refused!(statement_with_a_line_missing, "statement-sum", conference,
    "reconcile 1010 --statement statement-sum.csv", @"
[stderr]
error[statement-sum]: the statement does not add up: it opens with 500.00, its lines make 6.00, that is 506.00, and it closes with 507.00: -1.00 off
  hint: get the statement anew: lines are missing or twice. A balance that the file does not have is given with --opening and --closing
[exit 1]
");
refused!(statement_that_begins_elsewhere, "statement-opening", conference,
    "reconcile 1010 --statement statement-opening.ofx --decisions decisions-entry.toml", @"
[stderr]
error[statement-opening]: the statement opens with 7.00 before 2026-01-03, and the books have until then 500.00: -493.00 off
  hint: reconcile the statement before it first; or, when it has days that were reconciled from another file, begin after them with --from DATE, the day after the last reconciliation; or, of a first one, name what the bank had not shown by then with --outstanding ENTRY, or correct the books (`bursar opening import`, `bursar entry add`)
[exit 1]
");
refused!(line_that_nobody_decided, "undecided", conference,
    "reconcile 1010 --statement statement-unknown.ofx --accept payouts,fees,payments", @"
Example Society
Reconciliation of Assets:Cash:Checking · 2026-01-03 to 2026-01-14 · USD

                                  Date       Amount Perhaps
Statement opens                   2026-01-03 500.00
Statement closes                  2026-01-14 525.00
On the statement, not in the books: to be decided
  1 AT&T rebate                   2026-01-05  25.00 ? name an account
                                             ──────
Balance of the books, 2026-01-14             500.00

statement-unknown.ofx, 1 line: 0 matched, 1 to be decided.
[stderr]
error[undecided]: 1 line of the statement is not in the books, and nobody has decided what it is: nothing was recorded
  hint: --accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back
[exit 1]
");
refused!(decision_of_no_kind, "decisions", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-bad.toml", @r#"
[stderr]
error[decisions]: the decisions: line 1: `do = "perhaps"` is none of transfer, fee, payment, overpayment, refund, dispute, entry, match
  hint: correct them; docs/reference.md has their words
[exit 1]
"#);
refused!(decision_on_no_line, "decisions", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-line.toml", @"
[stderr]
error[decisions]: the decisions: there is no line 2: the statement has lines 1 to 1
  hint: correct them; docs/reference.md has their words
[exit 1]
");
refused!(decision_on_another_amount, "decisions", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-amount.toml", @"
[stderr]
error[decisions]: the decisions: line 1 is 25.00, and not 24.00
  hint: correct them; docs/reference.md has their words
[exit 1]
");
refused!(decision_taken_twice, "decisions", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-twice.toml", @"
[stderr]
error[decisions]: the decisions: line 1 is decided twice
  hint: correct them; docs/reference.md has their words
[exit 1]
");
refused!(decision_that_does_not_add_up, "decisions", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-sum.toml", @"
[stderr]
error[decisions]: the decisions: line 1: entry 1 moves nothing on the account, or a statement has shown it already
  hint: correct them; docs/reference.md has their words
[exit 1]
");
refused!(decision_to_the_account_itself, "decision-posts", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-bank.toml", @"
[stderr]
error[decision-posts]: line 1 is 25.00; what was decided posts 0.00 to the account
  hint: decide it otherwise: an `entry`, or a `match` with entries made by hand
[exit 1]
");
refused!(outstanding_that_is_not, "not-outstanding", conference,
    "reconcile 1010 --statement statement-unknown.ofx --decisions decisions-entry.toml --outstanding 1", @"
[stderr]
error[not-outstanding]: entry 1 cannot be outstanding: it moves nothing on the account
  hint: leave it out
[exit 1]
");
refused!(account_that_was_never_reconciled, "no-reconciliation", conference,
    "report reconciliation 1010", @"
[stderr]
error[no-reconciliation]: nothing of this account was reconciled yet
  hint: `bursar reconcile list` shows all
[exit 1]
");
refused!(undoing_no_reconciliation, "no-reconciliation", conference,
    "reconcile undo 1010 --reason wrong", @"
[stderr]
error[no-reconciliation]: nothing of this account was reconciled yet
  hint: `bursar reconcile list` shows all
[exit 1]
");
refused!(undoing_without_a_reason, "empty", conference,
    "reconcile undo 1010 --reason ' '", @"
[stderr]
error[empty]: the reason of the undoing is empty
  hint: give it
[exit 1]
");
refused!(reconciliation_that_is_none, "no-reconciliation", conference,
    "reconcile show 1", @"
[stderr]
error[no-reconciliation]: there is no reconciliation 1
  hint: `bursar reconcile list` shows all
[exit 1]
");
refused!(reconciliation_for_the_board, "treasurer-only", conference,
    "report reconciliation 1010 --audience board", @"
[stderr]
error[treasurer-only]: `reconciliation` is for the treasurer: for the board it would show single entries or parties
  hint: for board and public there are `bursar report activities` and `bursar report position`
[exit 1]
");

// ---- conferences

refused!(waiver_under_everyone_pays, "everyone-pays", conference,
    "order add --event pyex26 --party Bo --item 'individual;role=speaker;by=waiver'", @"
[stderr]
error[everyone-pays]: pyex26 is under `everyone-pays`: the speaker's admission `individual` names nobody who pays for it
  hint: name who pays with by=self, by=employer, by=pass or by=aid; or record the board's exception with by=waiver;approved-by=NAME
[exit 1]
");
refused!(free_speaker_by_discount, "everyone-pays", conference,
    "order add --event pyex26 --party Bo --item 'individual;role=speaker;discount=all'", @"
[stderr]
error[everyone-pays]: pyex26 is under `everyone-pays`: the speaker's admission `individual` names nobody who pays for it (the price or discount leaves nothing to pay)
  hint: name who pays with by=self, by=employer, by=pass or by=aid; or record the board's exception with by=waiver;approved-by=NAME
[exit 1]
");
refused!(free_speaker_by_price, "everyone-pays", conference,
    "order add --event pyex26 --party Bo --item 'individual;role=speaker;price=0'", @"
[stderr]
error[everyone-pays]: pyex26 is under `everyone-pays`: the speaker's admission `individual` names nobody who pays for it (the price or discount leaves nothing to pay)
  hint: name who pays with by=self, by=employer, by=pass or by=aid; or record the board's exception with by=waiver;approved-by=NAME
[exit 1]
");
refused!(exception_under_the_strict_policy, "everyone-pays", conference,
    "order add --event strict26 --party Bo --item 'individual;by=waiver;approved-by=Board'", @"
[stderr]
error[everyone-pays]: strict26 is under `everyone-pays-strict`: the attendee's admission `individual` names nobody who pays for it
  hint: name who pays with by=self, by=employer, by=pass or by=aid; this policy knows no exceptions
[exit 1]
");
refused!(refund_beyond_what_was_paid, "beyond", conference,
    "order refund a1 --line 1=300.01", @"
[stderr]
error[beyond]: a refund of order a1, line 1: 300.01 USD is more than 300.00 USD (was paid for it)
  hint: give at most that
[exit 1]
");
refused!(fee_beyond_what_was_paid, "beyond", conference,
    "order cancel a1 --line 2 --fee 150.01", @"
[stderr]
error[beyond]: the fee for cancelling order a1: 150.01 USD is more than 150.00 USD (was paid for what is cancelled)
  hint: give at most that
[exit 1]
");
refused!(payment_beyond_what_is_open, "overpaid", conference,
    "payment add order a1 --amount 1.00", @"
[stderr]
error[overpaid]: a payment of order a1: 1.00 USD is more than 0.00 USD, which is still to be paid
  hint: pay at most that; or record all that came in with --overpaid (`overpayment` when reconciling), and the rest is owed back
[exit 1]
");
refused!(lines_that_together_spend_more_than_a_fund_holds, "beyond", conference,
    "bill add --vendor 'Harbour Hall' --event pyex26 --line '5310=300.00;fund=aid' --line '5320=300.00;fund=aid'", @"
[stderr]
error[beyond]: spending from fund `aid`: 600.00 USD is more than 500.00 USD (what the fund holds and has not promised)
  hint: give at most that
[exit 1]
");
refused!(deposit_given_back_beyond_what_was_paid, "beyond", conference,
    "contract pay-back hall --amount 1.00", @"
[stderr]
error[beyond]: a deposit of contract hall given back: 1.00 USD is more than 0.00 USD (was paid and not deducted)
  hint: give at most that
[exit 1]
");
refused!(bill_of_revenue, "invalid", conference,
    "bill add --vendor 'Harbour Hall' --event pyex26 --line 4010=300.00", @"
[stderr]
error[invalid]: a line: `Revenue:Registration` is an account of type revenue; expected one of type expense or asset or liability
  hint: correct it and try again
[exit 1]
");
refused!(contract_that_becomes_revenue, "invalid", conference,
    "contract add --vendor 'Harbour Hall' --event pyex26 --account 4010 --fixed 300.00", @"
[stderr]
error[invalid]: contract contract-2: `Revenue:Registration` is an account of type revenue; expected one of type expense or asset
  hint: correct it and try again
[exit 1]
");
refused!(payment_through_revenue, "invalid", conference,
    "payment add order i1 --account 4010", @"
[stderr]
error[invalid]: a payment: `Revenue:Registration` is an account of type revenue; expected one of type asset or liability
  hint: correct it and try again
[exit 1]
");
refused!(payout_to_revenue, "invalid", conference,
    "payment payout --from 1110 --to 4010 --amount 1.00", @"
[stderr]
error[invalid]: a payout: `Revenue:Registration` is an account of type revenue; expected one of type asset or liability
  hint: correct it and try again
[exit 1]
");
refused!(payment_of_nothing, "invalid", conference,
    "payment add order a1", @"
[stderr]
error[invalid]: a payment: nothing is open; give --amount if something moved all the same
  hint: correct it and try again
[exit 1]
");
refused!(donation_at_a_discount, "invalid", conference,
    "order add --event pyex26 --party Bo --item 'donation=5.00;discount=once'", @"
[stderr]
error[invalid]: order order-7: donation: a donation is paid in full by its giver
  hint: correct it and try again
[exit 1]
");
refused!(application_that_is_not_there, "no-document", conference,
    "order add --event pyex26 --party Bo --item 'individual;by=aid;fund=aid;application=x1'", @"
[stderr]
error[no-document]: there is no application `x1`
  hint: `bursar aid list` shows all
[exit 1]
");
refused!(sponsorship_to_carry_on, "state", conference,
    "sponsor choose s1 carry", @"
[stderr]
error[state]: sponsorship `s1`: a sponsorship is not carried
  hint: choose refund or donate; to go on with it, agree a new one for the next event
[exit 1]
");
refused!(more_passes_than_the_package_has, "beyond", conference,
    "order add --event pyex26 --party Ada --item 'individual;by=pass;sponsor=s1'", @"
[stderr]
error[beyond]: passes of sponsorship s1: 2 is more than 1 (the package has)
  hint: give at most that
[exit 1]
");
refused!(more_packages_than_there_are, "beyond", conference,
    "sponsor add --event pyex26 --party 'Example GmbH' --package silver", @"
[stderr]
error[beyond]: packages `silver`: 2 is more than 1 (are offered)
  hint: give at most that
[exit 1]
");
refused!(ticket_aid_beyond_the_fund, "beyond", conference,
    "order add --event pyex26 --party Bo --item 'individual;by=aid;fund=aid' --item 'individual;by=aid;fund=aid'", @"
[stderr]
error[beyond]: spending from fund `aid`: 600.00 USD is more than 500.00 USD (what the fund holds and has not promised)
  hint: give at most that
[exit 1]
");
refused!(release_beyond_the_fund, "beyond", conference,
    "bill add --vendor 'Harbour Hall' --event pyex26 --line '5310=500.01;fund=aid'", @"
[stderr]
error[beyond]: spending from fund `aid`: 500.01 USD is more than 500.00 USD (what the fund holds and has not promised)
  hint: give at most that
[exit 1]
");
refused!(transfer_of_a_cancelled_admission, "state", conference,
    "order transfer c1 --to Ada", @"
[stderr]
error[state]: order `c1`, line 1: it was cancelled
  hint: `bursar order show CODE` shows its lines
[exit 1]
");
refused!(cancelling_what_was_cancelled, "state", conference,
    "order cancel c1", @"
[stderr]
error[state]: order `c1`: nothing of it stands any more
  hint: `bursar order show CODE` shows it
[exit 1]
");
refused!(claim_without_a_receipt, "state", conference,
    "claim approve lost --by Bo", @"
[stderr]
error[state]: claim `lost`, line 1: it has no receipt
  hint: submit the claim again with --line …;receipt=FILE
[exit 1]
");
refused!(bill_on_a_closed_contract, "state", conference,
    "bill add --vendor 'Harbour Hall' --contract hall --line 9,000.00", @"
[stderr]
error[state]: contract `hall`: it is closed
  hint: record the bill without --contract, or sign a new contract
[exit 1]
");
refused!(invoiced_twice, "state", conference,
    "invoice issue order i1", @"
[stderr]
error[state]: order `i1`: it was invoiced as inv-0001
  hint: issue a credit note, or show the invoice again
[exit 1]
");
refused!(credit_note_for_nothing, "state", conference,
    "credit-note issue inv-0001", @"
[stderr]
error[state]: invoice `inv-0001`: nothing was given back since that is not credited yet
  hint: cancel or refund first, with `bursar order cancel` or `bursar order refund`
[exit 1]
");
refused!(carrying_what_is_not_paid, "state", conference,
    "order carry i1 --to strict26", @"
[stderr]
error[state]: order `i1`, line 1: it is not paid
  hint: take the payment first, or cancel it
[exit 1]
");
refused!(claim_approved_by_its_claimant, "own-claim", conference,
    "claim approve taxi --by Ada", @"
[stderr]
error[own-claim]: claim `taxi` cannot be approved by its claimant
  hint: let someone else approve it, with --by NAME
[exit 1]
");
refused!(order_for_an_event_that_was_held, "event-over", conference,
    "order add --event pyex25 --party Ada --item individual", @"
[stderr]
error[event-over]: pyex25 was held on 2025-05-16: it takes no more orders
  hint: `bursar event show CODE` shows what has become of it
[exit 1]
");
refused!(event_held_twice, "event-over", conference,
    "event hold pyex25", @"
[stderr]
error[event-over]: pyex25 was held on 2025-05-16: that is recorded already
  hint: `bursar event show CODE` shows what has become of it
[exit 1]
");
refused!(cancelling_after_the_event, "event-over", conference,
    "order cancel p25", @"
[stderr]
error[event-over]: pyex25 was held on 2025-05-16: nothing of an order can be cancelled any more; a refund can be agreed
  hint: `bursar event show CODE` shows what has become of it
[exit 1]
");
refused!(event_that_is_still_to_come, "not-held-yet", conference,
    "event hold pyex26", @"
[stderr]
error[not-held-yet]: pyex26 ends on 2026-05-16, and today is 2026-01-15: it has not been held yet
  hint: wait, or correct its days with `bursar event set pyex26 --last-day DATE`
[exit 1]
");
refused!(prices_that_contradict, "invalid", conference,
    "ticket add pyex26 x --name X --kind admission --price '300.00;first=800' --price '310.00;first=800' --price 350.00", @"
[stderr]
error[invalid]: ticket x: the price of the first 800 could never be in force
  hint: correct it and try again
[exit 1]
");
refused!(days_that_contradict, "invalid", conference,
    "ticket add pyex26 x --name X --kind admission --price '300.00;until=2026-03-01' --price '310.00;until=2026-02-01' --price 350.00", @"
[stderr]
error[invalid]: ticket x: the price until 2026-02-01 comes after one that ends later
  hint: correct it and try again
[exit 1]
");
refused!(discount_used_up, "invalid", conference,
    "order add --event pyex26 --party Ada --item 'individual;discount=once' --item 'individual;discount=once'", @"
[stderr]
error[invalid]: discount once: it was for 1 uses, and 1 are taken
  hint: correct it and try again
[exit 1]
");
refused!(order_that_is_not_there, "no-document", conference,
    "order show a11", @"
[stderr]
error[no-document]: there is no order `a11`; did you mean `a1`?
  hint: `bursar order list` shows all
[exit 1]
");
refused!(ticket_that_is_not_there, "no-such", conference,
    "order add --event pyex26 --party Ada --item indivdual", @"
[stderr]
error[no-such]: event pyex26 has no ticket `indivdual`; did you mean `individual`?
  hint: `bursar ticket list` shows all, `bursar ticket add` adds one
[exit 1]
");
refused!(code_that_is_taken, "taken", conference,
    "order add a1 --event pyex26 --party Ada --item individual", @"
[stderr]
error[taken]: order `a1` is there already
  hint: choose another code; `bursar order show a1` shows it
[exit 1]
");
refused!(entry_of_an_order_that_changed_since, "document-entry", conference,
    "entry reverse 2 --reason x", @"
[stderr]
error[document-entry]: entry 2 follows from fact 109, Order c1, which has changed since (fact 111, Refund paid, order c1): it cannot be reversed by itself
  hint: reverse the entries of what happened to it since first, the last one first, or use the document's own command
[exit 1]
");
refused!(entry_of_an_event_that_was_held, "document-entry", conference,
    "entry reverse 8 --reason x", @"
[stderr]
error[document-entry]: entry 8 follows from fact 122, pyex25 held: it cannot be reversed by itself
  hint: record what really happened with the document's own command, or by an entry
[exit 1]
");
refused!(entry_of_an_invoice, "state", conference, "entry reverse 9 --reason mistake", @"
[stderr]
error[state]: invoice `inv-0001`: numbers of a series stay
  hint: cancel what it is for, and issue a credit note
[exit 1]
");
refused!(payment_after_an_event_that_nobody_confirmed, "event-overdue", conference,
    "order add --event old25 --party Bo --item individual --date 2025-03-03 --paid 100.00", @"
[stderr]
error[event-overdue]: old25 ended on 2025-03-02, and nobody has said that it was held: nothing of 2025-03-03 can change what was deferred for it
  hint: `bursar event hold old25` says that it was held; or correct its days with `bursar event set old25 --last-day DATE`
[exit 1]
");
refused!(closing_over_an_event_that_nobody_confirmed, "event-overdue", conference, "close --through 2025-12-31", @"
[stderr]
error[event-overdue]: old25 ended on 2025-03-02, and nobody has said that it was held: its orders are still deferred
  hint: confirm it with `bursar event hold old25`, or say that it was cancelled with `bursar event cancel`
[exit 1]
");
refused!(summary_of_no_event, "one-event", conference,
    "report event-summary", @"
[stderr]
error[one-event]: `event-summary` is about one event
  hint: name one with --event CODE; `bursar event list` shows all
[exit 1]
");
refused!(form_of_an_event, "no-event", conference, "report form-990 --event pyex26", @"
[stderr]
error[no-event]: `form-990` is about the whole organisation, not about an event
  hint: leave --event out; `bursar report event-summary --event CODE` is about one
[exit 1]
");
refused!(tax_code_without_a_rate, "usage", conference,
    "tax add vat --name VAT", @"
[stderr]
error[usage]: tax code vat is taxed, and has no rate: give --rate
  hint: see the command with `--help`
[exit 2]
");
refused!(policy_twice, "usage", conference,
    "what-if pyex26 --policy speakers-free --policy speakers-free", @"
[stderr]
error[usage]: --policy speakers-free is there twice
  hint: see the command with `--help`
[exit 2]
");
refused!(unknown_option_of_an_item, "usage", conference,
    "order add --event pyex26 --party Ada --item 'individual;colour=red'", @"
[stderr]
error[usage]: there is no option `colour` in `individual;colour=red`; there are for, role, by, sponsor, aid, fund, application, discount, quantity, price, listed, approved-by, waived
  hint: see the command with `--help`
[exit 2]
");
refused!(rows_of_orders, "bad-rows", conference, "import orders bad-orders.csv", @"
[stderr]
error[bad-rows]: bad-orders.csv: 13 rows cannot be imported; nothing was written
  line 2, column order: `A1!` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit
  line 3, column date: `2026-13-02` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 4, column event: there is no event `pyex27`; did you mean `pyex25`?
  line 5, column party: it is empty
  line 6, column ticket: event pyex26 has no ticket `indivdual`; did you mean `individual`?
  line 7, column role: `speeker` is not a role: expected one of attendee, speaker, keynote, instructor, organiser, volunteer, exhibitor, press
  line 8: pyex26 is under `everyone-pays`: the speaker's admission `individual` names nobody who pays for it
  line 9: a payment of order a8: 300.01 USD is more than 300.00 USD, which is still to be paid
  line 10: a payment: the fee 300.01 is not between 0 and the amount 300.00
  line 11, column price: `1.234` has more decimals than USD has (2)
  line 12: passes of sponsorship s1: 2 is more than 1 (the package has)
  line 14: pyex25 was held on 2025-05-16: it takes no more orders
  line 15: order a1 is there already, and differs: number of items is 2, not 1; give this one another code
  hint: correct the rows and import the file again
[exit 1]
");
refused!(rows_of_sponsorships, "bad-rows", conference, "import sponsorships bad-sponsorships.csv", @"
[stderr]
error[bad-rows]: bad-sponsorships.csv: 5 rows cannot be imported; nothing was written
  line 2, column package: event pyex26 has no package `sliver`; did you mean `silver`?
  line 3: a sponsorship: the amount 0.00 is not positive, or too large
  line 4: packages `silver`: 2 is more than 1 (are offered)
  line 5: a payment in kind: it needs the account for what was given, and has no fee
  line 6: sponsorship s1 is there already, and differs: party is #3, not #1; give this one another code
  hint: correct the rows and import the file again
[exit 1]
");
refused!(rows_of_bills, "bad-rows", conference, "import bills bad-bills.csv", @"
[stderr]
error[bad-rows]: bad-bills.csv: 8 rows cannot be imported; nothing was written
  line 2, column account: there is no account `5999`
  line 3: contract `hall`: it is closed
  line 4, column contract: there is no contract `barn`
  line 4, column account: it is empty
  line 5: a line: the amount -5.00 is not positive, or too large
  line 6: the book has no tax code `vat7`
  line 7: spending from fund `aid`: 600.00 USD is more than 500.00 USD (what the fund holds and has not promised)
  line 8, column prepaid: `maybe` is neither yes nor no
  hint: correct the rows and import the file again
[exit 1]
");
refused!(rows_of_claims, "bad-rows", conference, "import claims bad-claims.csv", @"
[stderr]
error[bad-rows]: bad-claims.csv: 4 rows cannot be imported; nothing was written
  line 2, column receipt: `abc` is no SHA-256: 64 hexadecimal digits
  line 3: claim `k2` cannot be approved by its claimant
  line 4: claim `k3`, line 1: it has no receipt
  line 5: claim taxi is there already, and differs: claimant, date or lines; give this one another code
  hint: correct the rows and import the file again
[exit 1]
");

#[test]
fn a_chart_without_an_account_that_a_rule_needs() {
    let env = Env::new();
    let chart = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/charts/us-nonprofit.toml"));
    env.write("chart.toml", chart.unwrap().replace("code = \"4210\"", "code = \"4211\""));
    env.run("init --name X --chart chart.toml").ok();
    env.run("event add e --name E --first-day 2026-05-14 --last-day 2026-05-16").ok();
    env.run("party add Ada --kind person").ok();
    let command = "order add --event e --party Ada --item donation=5.00 --paid 5.00";
    insta::assert_snapshot!(provoke(&env, "no-account", command), @"
    [stderr]
    error[no-account]: the chart has no account with code 4210 (contributions)
      hint: open it: `bursar account add NAME --type TYPE --code 4210`
    [exit 1]
    ");
}

// ---- policies and plans

refused!(policy_that_is_not_there, "no-policy", conference,
    "what-if pyex26 --policy everyone-pay", @"
[stderr]
error[no-policy]: there is no policy `everyone-pay`; did you mean `everyone-pays`?
  hint: `bursar policy list` shows all; a file of your own is named with its ending: ./mine.toml
[exit 1]
");
refused!(policy_to_be_shown_that_is_not_there, "no-policy", conference,
    "policy show speakers-fre", @"
[stderr]
error[no-policy]: there is no policy `speakers-fre`; did you mean `speakers-free`?
  hint: `bursar policy list` shows all; a file of your own is named with its ending: ./mine.toml
[exit 1]
");
refused!(policy_like_no_other, "no-policy", conference,
    "policy stress pyex26 --policy lottery", @"
[stderr]
error[no-policy]: there is no policy `lottery`
  hint: `bursar policy list` shows all; a file of your own is named with its ending: ./mine.toml
[exit 1]
");
refused!(policy_file_that_is_not_there, "no-file", conference,
    "what-if pyex26 --policy mine.toml", @"
[stderr]
error[no-file]: cannot read mine.toml: No such file or directory (os error 2)
  hint: check the path; a policy without a dot or slash in its name is one of `bursar policy list`
[exit 1]
");
refused!(plan_that_is_not_there, "no-file", conference,
    "what-if --plan event.toml --policy everyone-pays", @"
[stderr]
error[no-file]: cannot read event.toml: No such file or directory (os error 2)
  hint: check the path; a policy without a dot or slash in its name is one of `bursar policy list`
[exit 1]
");
refused!(share_above_one, "policy-file", conference,
    "policy check policy-share.toml", @r#"
[stderr]
error[policy-file]: policy-share.toml: TOML parse error at line 5, column 36
  |
5 | speaker = { how = "share", share = "1.5" }
  |                                    ^^^^^
the share 1.5 does not lie between 0 and 1
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(share_as_a_float, "policy-file", conference,
    "policy check policy-float.toml", @r#"
[stderr]
error[policy-file]: policy-float.toml: TOML parse error at line 5, column 36
  |
5 | speaker = { how = "share", share = 0.5 }
  |                                    ^^^
invalid type: floating point `0.5`, expected a number in quotes, as "0.35" or "12.50"
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(role_that_is_none, "policy-file", conference,
    "policy check policy-role.toml", @r#"
[stderr]
error[policy-file]: policy-role.toml: TOML parse error at line 5, column 1
  |
5 | speakr = { how = "free" }
  | ^^^^^^
unknown variant `speakr`, expected one of `attendee`, `speaker`, `keynote`, `instructor`, `organiser`, `volunteer`, `exhibitor`, `press`
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(price_that_contradicts_how, "policy-file", conference,
    "policy check policy-contradiction.toml", @r#"
[stderr]
error[policy-file]: policy-contradiction.toml: TOML parse error at line 5, column 11
  |
5 | speaker = { how = "free", amount = "50" }
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`amount` contradicts `how`: leave one of the two away
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(choice_where_all_pay_in_full, "policy-file", conference,
    "policy check policy-choice.toml", @r#"
[stderr]
error[policy-file]: policy-choice.toml: TOML parse error at line 5, column 11
  |
5 | speaker = { how = "full", full_by_choice = "0.5" }
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`full_by_choice` contradicts `how = "full"`: there is no choice
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(tier_that_is_not_named, "policy-file", conference,
    "policy check policy-lacks.toml", @r#"
[stderr]
error[policy-file]: policy-lacks.toml: TOML parse error at line 5, column 11
  |
5 | speaker = { how = "tier" }
  |           ^^^^^^^^^^^^^^^^
it needs the key `tier`
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(unknown_key_of_a_policy, "policy-file", conference,
    "policy check policy-unknown-key.toml", @r#"
[stderr]
error[policy-file]: policy-unknown-key.toml: TOML parse error at line 5, column 1
  |
5 | poool = "500"
  | ^^^^^
unknown field `poool`, expected one of `pool`, `speakers_first`, `need`
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(range_out_of_order, "policy-file", conference,
    "policy check policy-range.toml", @r#"
[stderr]
error[policy-file]: policy-range.toml: TOML parse error at line 5, column 11
  |
5 | speaker = { low = "0.3", likely = "0.1", high = "0.5" }
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
low 0.3, likely 0.1, high 0.5 are not in this order
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(change_beyond_all, "policy-file", conference,
    "policy check policy-change.toml", @r#"
[stderr]
error[policy-file]: policy-change.toml: TOML parse error at line 5, column 14
  |
5 | attendance = { low = "-1.5", likely = "0", high = "0.1" }
  |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
a change lies between -1 and 1, not from -1.5 to 0.1
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(policy_syntax, "policy-file", conference,
    "policy check policy-syntax.toml", @"
[stderr]
error[policy-file]: policy-syntax.toml: TOML parse error at line 4, column 6
  |
4 | [pays
  |      ^
unclosed table, expected `]`
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
");
refused!(unknown_key_of_a_plan, "policy-file", conference,
    "what-if --plan plan-unknown-key.toml --policy everyone-pays", @r#"
[stderr]
error[policy-file]: plan-unknown-key.toml: TOML parse error at line 15, column 1
   |
15 | ammount = "500"
   | ^^^^^^^
unknown field `ammount`, expected `number` or `amount`
  hint: docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one
[exit 1]
"#);
refused!(more_than_everybody, "policy-key", conference,
    "policy check policy-everybody.toml", @"
[stderr]
error[policy-key]: policy-everybody.toml: line 8: aid.need.speaker: 50 % need aid and 60 % stay away: together more than everybody
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(negative_amount_of_a_policy, "policy-key", conference,
    "policy check policy-negative.toml", @"
[stderr]
error[policy-key]: policy-negative.toml: line 9: per_head.speaker.travel: -300 is negative
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(ticket_of_a_policy_that_is_not_there, "policy-key", conference,
    "what-if pyex26 --policy policy-ticket.toml", @"
[stderr]
error[policy-key]: policy-ticket.toml: line 5: prices.indivdual: pyex26 has no ticket `indivdual`; did you mean `individual`?
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(tier_of_a_policy_that_is_not_there, "policy-key", conference,
    "policy stress pyex26 --policy policy-tier.toml", @"
[stderr]
error[policy-key]: policy-tier.toml: line 6: pays.speaker.tier: pyex26 has no tier `studnet`
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(amount_of_a_policy_with_too_many_decimals, "policy-key", conference,
    "what-if pyex26 --policy policy-decimals.toml", @"
[stderr]
error[policy-key]: policy-decimals.toml: line 6: pays.speaker.amount: `62.125` has more decimals than USD has (2)
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(ticket_of_a_plan_that_is_not_there, "policy-key", conference,
    "policy stress --plan plan-ticket.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-ticket.toml: line 15: admission.ticket: the file has no ticket `regulr`; did you mean `regular`?
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(account_of_a_plan_that_is_not_there, "policy-key", conference,
    "policy stress --plan plan-account.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-account.toml: line 21: cost.account: the chart us-nonprofit has no account `5211`
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(negative_cost_of_a_plan, "policy-key", conference,
    "policy stress --plan plan-negative.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-negative.toml: line 22: cost.amount: -100 is negative
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(contract_of_a_plan_that_owes_nothing, "policy-key", conference,
    "policy stress --plan plan-nothing.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-nothing.toml: line 15: contract.what: Catering owes nothing: give fixed or per_head
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(nobody_admitted_by_a_line_of_a_plan, "policy-key", conference,
    "policy stress --plan plan-number.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-number.toml: line 16: admission.number: 0 is not from 1 to 100000
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(pass_in_a_plan, "policy-key", conference,
    "policy stress --plan plan-pass.toml --policy everyone-pays", @r#"
[stderr]
error[policy-key]: plan-pass.toml: line 17: admission.payer: sponsors' passes are not planned: count them as `payer = "waiver"`
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
"#);
refused!(plan_backwards, "policy-key", conference,
    "policy stress --plan plan-backwards.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-backwards.toml: line 4: last_day: 2027-04-30 lies before the first day
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
refused!(currency_of_a_plan, "policy-key", conference,
    "policy stress --plan plan-currency.toml --policy everyone-pays", @"
[stderr]
error[policy-key]: plan-currency.toml: line 2: currency: `EURO` is not a currency of ISO 4217 with a minor unit
  hint: correct the file; docs/reference.md describes those of policies and plans
[exit 1]
");
#[test]
fn a_negative_dip_is_told_as_one() {
    let env = Env::conference();
    let run = env.run("policy stress pyex26 --policy everyone-pays --attendance -5%");
    assert!(run.code == 2 && run.stderr.contains("`-5%` is not a share"), "{}", run.show());
}

refused!(marginal_cost_with_too_many_decimals, "policy-key", conference,
    "what-if pyex26 --policy everyone-pays --marginal-cost 85.125", @"
[stderr]
error[policy-key]: everyone-pays: marginal_cost: `85.125` has more decimals than USD has (2)
  hint: correct what the command says of it
[exit 1]
");
refused!(negative_marginal_cost, "policy-key", conference,
    "what-if pyex26 --policy everyone-pays --marginal-cost=-85", @"
[stderr]
error[policy-key]: everyone-pays: marginal_cost: -85 is negative
  hint: correct what the command says of it
[exit 1]
");
refused!(what_if_of_nobody, "no-admissions", conference,
    "what-if strict26 --policy everyone-pays", @"
[stderr]
error[no-admissions]: strict26 has no admissions: there is nothing to compare
  hint: `bursar registration list EVENT` shows who is admitted; unpaid orders are not. A plan needs an [[admission]]
[exit 1]
");
refused!(plan_of_nobody, "no-admissions", conference,
    "policy simulate --plan plan-nobody.toml --policy everyone-pays", @"
[stderr]
error[no-admissions]: plan has no admissions: there is nothing to compare
  hint: `bursar registration list EVENT` shows who is admitted; unpaid orders are not. A plan needs an [[admission]]
[exit 1]
");
refused!(result_out_of_reach, "unsolved", conference,
    "policy solve pyex26 --policy everyone-pays --for attendance --target 1,000,000.00", @"
[stderr]
error[unsolved]: break-even attendance: the result is below the goal with everybody who came; more would have to come than did: raise prices, or look at `--for price`
  hint: take another goal with --target, or look at `bursar policy stress`
[exit 1]
");
refused!(price_of_speakers_out_of_reach, "unsolved", conference,
    "policy solve pyex26 --policy everyone-pays --for speaker-price --target 1,000,000.00", @"
[stderr]
error[unsolved]: the speakers' price: not even the full price of the dearest ticket would do
  hint: take another goal with --target, or look at `bursar policy stress`
[exit 1]
");
refused!(forecast_after_the_event, "no-forecast", conference,
    "what-if pyex26 --like pyex25 --as-of 2026-05-14 --policy everyone-pays", @"
[stderr]
error[no-forecast]: there is no forecast: pyex26 has begun by 2026-05-14: leave --like away
  hint: `bursar event list` shows all
[exit 1]
");
refused!(forecast_from_nothing, "no-forecast", conference,
    "what-if pyex26 --like strict26 --as-of 2026-01-14 --policy everyone-pays", @"
[stderr]
error[no-forecast]: there is no forecast: strict26 had sold nothing 120 days before it began: name another event
  hint: `bursar event list` shows all
[exit 1]
");
refused!(row_that_is_not_there, "no-figure", conference,
    "what-if pyex26 --policy everyone-pays --explain resutl", @"
[stderr]
error[no-figure]: the comparison has no figure `resutl`; did you mean `result`?
  hint: without --explain, `--format json` lists the keys of all rows
[exit 1]
");
refused!(price_of_a_ticket_that_is_not_there, "no-such", conference,
    "policy solve pyex26 --policy everyone-pays --for price --ticket indivdual", @"
[stderr]
error[no-such]: event pyex26 has no ticket `indivdual`; did you mean `individual`?
  hint: `bursar ticket list` shows all, `bursar ticket add` adds one
[exit 1]
");
refused!(ticket_without_a_price_to_find, "usage", conference,
    "policy solve pyex26 --policy everyone-pays --for attendance --ticket individual", @"
[stderr]
error[usage]: --ticket goes with --for price
  hint: see the command with `--help`
[exit 2]
");
refused!(policy_simulated_twice, "usage", conference,
    "policy simulate pyex26 --policy speakers-free --policy speakers-free", @"
[stderr]
error[usage]: --policy speakers-free is there twice
  hint: see the command with `--help`
[exit 2]
");
refused!(stay_away_without_a_share, "usage", conference,
    "what-if pyex26 --policy everyone-pays --stay-away speaker", @"
[stderr]
error[usage]: --stay-away `speaker`: write ROLE=SHARE, as speaker=10%
  hint: see the command with `--help`
[exit 2]
");
refused!(stay_away_of_more_than_all, "usage", conference,
    "what-if pyex26 --policy everyone-pays --stay-away speaker=110%", @"
[stderr]
error[usage]: --stay-away `speaker=110%`: `110%` is not a share; expected one from 0 to 1, as 0.15, or from 0 % to 100 %, as 15%
  hint: see the command with `--help`
[exit 2]
");
refused!(stay_away_of_no_role, "usage", conference,
    "what-if pyex26 --policy everyone-pays --stay-away speakers=10%", @"
[stderr]
error[usage]: --stay-away `speakers=10%`: `speakers` is not a role: expected one of attendee, speaker, keynote, instructor, organiser, volunteer, exhibitor, press
  hint: see the command with `--help`
[exit 2]
");
refused!(marginal_cost_that_is_none, "usage", conference,
    "what-if pyex26 --policy everyone-pays --marginal-cost cheap", @"
[stderr]
error[usage]: --marginal-cost `cheap` is not an amount; write it like 85.00
  hint: see the command with `--help`
[exit 2]
");

#[test]
fn a_chart_without_an_account_that_a_policy_needs() {
    let env = Env::new();
    let chart = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/charts/us-nonprofit.toml"));
    env.write("chart.toml", chart.unwrap().replace("code = \"5330\"", "code = \"5331\""));
    env.run("init --name X --chart chart.toml").ok();
    env.run("event add e --name E --first-day 2026-05-14 --last-day 2026-05-16").ok();
    env.run("ticket add e one --name One --kind admission --price 100.00").ok();
    env.run("party add Ada --kind person").ok();
    env.run("order add a --event e --party Ada --item one --date 2026-01-02 --paid 100.00").ok();
    let command = "what-if e --policy commercial-with-giving";
    insta::assert_snapshot!(provoke(&env, "no-account", command), @"
    [stderr]
    error[no-account]: the chart has no account 5330, which what is given of a surplus is booked to
      hint: open it: `bursar account add NAME --type expense --code 5330`
    [exit 1]
    ");
}

// ---- entries

refused!(unbalanced, "unbalanced", small,
    "entry add --date 2026-01-02 --debit Expenses:Venue=100.00 --credit 1010=100.01", @"
[stderr]
error[unbalanced]: the entry does not balance: debits 100.00, credits 100.01, off by -0.01 USD
  hint: correct an amount, or add the posting that is missing
[exit 1]
");
refused!(unbalanced_one_sided, "unbalanced", small,
    "entry add --date 2026-01-02 --debit Expenses:Venue=100.00 --debit 1010=100.00", @"
[stderr]
error[unbalanced]: the entry does not balance: debits 200.00, credits 0.00, off by 200.00 USD
  hint: correct an amount, or add the posting that is missing
[exit 1]
");
refused!(unbalanced_fund, "unbalanced-fund", small,
    "entry add --date 2026-01-02 --debit 5310=100.00;fund=aid --credit 1010=100.00", @"
[stderr]
error[unbalanced-fund]: the entry does not balance in fund `aid`: off by 100.00 USD
  hint: give both sides the same fund, or add the transfer between the funds
[exit 1]
");
refused!(one_posting, "too-few-postings", small, "entry add --date 2026-01-02 --debit 1010=0", @"
[stderr]
error[too-few-postings]: an entry needs at least two postings, this one has 1
  hint: give at least one --debit and one --credit
[exit 1]
");
refused!(no_postings, "too-few-postings", small, "entry add --date 2026-01-02", @"
[stderr]
error[too-few-postings]: an entry needs at least two postings, this one has 0
  hint: give at least one --debit and one --credit
[exit 1]
");
refused!(unknown_account, "unknown-account", small,
    "entry add --date 2026-01-02 --debit Expenses:Vennue=1 --credit 1010=1", @"
[stderr]
error[unknown-account]: there is no account `Expenses:Vennue`; did you mean `Expenses:Venue`?
  hint: `bursar account list` shows all, `bursar account add NAME` opens one
[exit 1]
");
refused!(unknown_account_by_last_part, "unknown-account", small,
    "entry add --date 2026-01-02 --debit Cattering=1 --credit 1010=1", @"
[stderr]
error[unknown-account]: there is no account `Cattering`; did you mean `Expenses:Catering`?
  hint: `bursar account list` shows all, `bursar account add NAME` opens one
[exit 1]
");
refused!(unknown_account_code, "unknown-account", small, "account show 9999", @"
[stderr]
error[unknown-account]: there is no account `9999`
  hint: `bursar account list` shows all, `bursar account add NAME` opens one
[exit 1]
");
refused!(unknown_fund, "unknown-fund", small,
    "entry add --date 2026-01-02 --debit 5310=1 --credit 1010=1 --fund iad", @"
[stderr]
error[unknown-fund]: there is no fund `iad`; did you mean `aid`?
  hint: `bursar fund list` shows all, `bursar fund add CODE` adds one
[exit 1]
");
refused!(unknown_fund_shown, "unknown-fund", small, "fund show scholarships", @"
[stderr]
error[unknown-fund]: there is no fund `scholarships`
  hint: `bursar fund list` shows all, `bursar fund add CODE` adds one
[exit 1]
");
refused!(unknown_event, "unknown-event", small, "report activities --event pyex27", @"
[stderr]
error[unknown-event]: there is no event `pyex27`; did you mean `pyex25`?
  hint: `bursar event list` shows all, `bursar event add CODE` adds one
[exit 1]
");
refused!(unknown_event_shown, "unknown-event", small, "event show rustfest", @"
[stderr]
error[unknown-event]: there is no event `rustfest`
  hint: `bursar event list` shows all, `bursar event add CODE` adds one
[exit 1]
");
refused!(unknown_party, "unknown-party", small,
    "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --party 'Harbor Hall'", @"
[stderr]
error[unknown-party]: there is no party `Harbor Hall`; did you mean `Harbour Hall`?
  hint: `bursar party list` shows all, `bursar party add NAME` makes one known
[exit 1]
");
refused!(unknown_party_number, "unknown-party", small, "party show #99", @"
[stderr]
error[unknown-party]: there is no party `#99`
  hint: `bursar party list` shows all, `bursar party add NAME` makes one known
[exit 1]
");
refused!(unknown_entry, "unknown-entry", small, "entry show 11", @"
[stderr]
error[unknown-entry]: there is no entry 11; there are entries 1 to 10
  hint: `bursar entry list` shows all
[exit 1]
");
refused!(unknown_entry_reversed, "unknown-entry", small, "entry reverse 0 --reason mistake", @"
[stderr]
error[unknown-entry]: there is no entry 0; there are entries 1 to 10
  hint: `bursar entry list` shows all
[exit 1]
");
refused!(too_many_decimals, "too-many-decimals", small,
    "entry add --date 2026-01-02 --debit 5010=1.234 --credit 1010=1.234", @"
[stderr]
error[too-many-decimals]: `1.234` has more decimals than USD has (2)
  hint: round to what was really paid; USD has 2 decimals
[exit 1]
");
refused!(too_many_decimals_of_a_foreign_amount, "too-many-decimals", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=JPY 1000.5;rate=0.007' --credit 1010=7.00", @"
[stderr]
error[too-many-decimals]: `1000.5` has more decimals than JPY has (0)
  hint: round to what was really paid; JPY has 0 decimals
[exit 1]
");
refused!(overflow, "overflow", small,
    "entry add --date 2026-01-02 --debit 5010=92233720368547758.08 --credit 1010=92233720368547758.08", @"
[stderr]
error[overflow]: `92233720368547758.08` is larger than an amount can be (about 92 quadrillion in a currency with cents)
  hint: check the amount: no conference is that large
[exit 1]
");
refused!(overflow_of_a_sum, "overflow", small,
    "entry add --date 2026-01-02 --debit 5010=90000000000000000 --debit 5040=90000000000000000", @"
[stderr]
error[overflow]: posting 2: `90000000000000000.00 + 90000000000000000.00` is larger than an amount can be (about 92 quadrillion in a currency with cents)
  hint: check the amounts
[exit 1]
");
refused!(not_an_amount, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=twelve --credit 1010=12", @"
[stderr]
error[not-an-amount]: `twelve` is not an amount: expected digits with at most one decimal mark
  hint: write amounts like 1,234.50, -12 or (12.00)
[exit 1]
");
refused!(grouping_that_needs_a_guess, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=2,5950 --credit 1010=2,5950", @"
[stderr]
error[not-an-amount]: `2,5950` is not an amount: digits are grouped by three
  hint: write amounts like 1,234.50, -12 or (12.00)
[exit 1]
");
refused!(two_minus_signs, "not-an-amount", small,
    "entry add --date 2026-01-02 --debit 5010=(-5) --credit 1010=5", @"
[stderr]
error[not-an-amount]: `(-5)` is not an amount: a minus inside parentheses could mean either sign
  hint: write amounts like 1,234.50, -12 or (12.00)
[exit 1]
");
refused!(unknown_foreign_currency, "unknown-currency", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EURO 6.00;rate=1.1' --credit 1010=7.00", @"
[stderr]
error[unknown-currency]: `EURO` is not a currency of ISO 4217 with a minor unit
  hint: give a code such as USD, EUR or JPY
[exit 1]
");
refused!(reference_of_another_amount, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 \
     --debit 1010=5100.00;cash-flow=sponsors --credit 4110=5100.00", @"
[stderr]
error[duplicate-reference]: reference `S-1` belongs to entry 2, whose posting 1 is 5000.00, not 5100.00
  hint: look at it with `bursar entry show 2`; give this one another reference if it is another
[exit 1]
");
refused!(reference_of_another_date, "duplicate-reference", small,
    "entry add --date 2025-02-11 --reference S-1 --debit 1010=5000 --credit 4110=5000", @"
[stderr]
error[duplicate-reference]: reference `S-1` belongs to entry 2, whose date is 2025-02-10, not 2025-02-11
  hint: look at it with `bursar entry show 2`; give this one another reference if it is another
[exit 1]
");
refused!(reference_of_another_account, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example GmbH' --event pyex25 \
     --debit 1020=5000.00;cash-flow=sponsors --credit 4110=5000.00", @"
[stderr]
error[duplicate-reference]: reference `S-1` belongs to entry 2, whose posting 1 is to `Assets:Cash:Checking`, not `Assets:Cash:Savings`
  hint: look at it with `bursar entry show 2`; give this one another reference if it is another
[exit 1]
");
refused!(reference_of_another_party, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --party 'Example Ltd' --event pyex25 \
     --debit 1010=5000.00;cash-flow=sponsors --credit 4110=5000.00", @"
[stderr]
error[duplicate-reference]: reference `S-1` belongs to entry 2, whose posting 1 (`Assets:Cash:Checking`) has other dimensions or another party
  hint: look at it with `bursar entry show 2`; give this one another reference if it is another
[exit 1]
");
/// The books of a conference after Bo was forgotten. A company of that name may come back; this one does not.
fn without_bo() -> Env {
    let env = Env::conference();
    env.run("party forget Bo").ok();
    env
}

#[test]
fn entry_with_a_forgotten_party() {
    let env = without_bo();
    let entry = "entry add --date 2026-01-04 --debit 6420=10.00 --credit 1010=10.00 --party '#2'";
    insta::assert_snapshot!(provoke(&env, "party-forgotten", entry), @"
    [stderr]
    error[party-forgotten]: party 2 was forgotten: nothing new is recorded of it
      hint: if the same person is back, `bursar party add NAME` makes a new party known
    [exit 1]
    ");
}

#[test]
fn order_of_a_forgotten_party() {
    let env = without_bo();
    let order = "order add z1 --event pyex26 --party '#2' --item individual --date 2026-01-04";
    insta::assert_snapshot!(provoke(&env, "party-forgotten", order), @"
    [stderr]
    error[party-forgotten]: party 2 was forgotten: nothing new is recorded of it
      hint: if the same person is back, `bursar party add NAME` makes a new party known
    [exit 1]
    ");
}

#[test]
fn forgotten_party_changed() {
    let env = without_bo();
    insta::assert_snapshot!(provoke(&env, "party-forgotten", "party set '#2' --kind vendor"), @"
    [stderr]
    error[party-forgotten]: party 2 was forgotten: nothing new is recorded of it
      hint: if the same person is back, `bursar party add NAME` makes a new party known
    [exit 1]
    ");
}

#[test]
fn forgotten_party_by_name() {
    let env = without_bo();
    insta::assert_snapshot!(provoke(&env, "unknown-party", "party show Bo"), @"
    [stderr]
    error[unknown-party]: there is no party `Bo`
      hint: `bursar party list` shows all, `bursar party add NAME` makes one known
    [exit 1]
    ");
}

#[test]
fn party_forgotten_twice() {
    let env = without_bo();
    insta::assert_snapshot!(provoke(&env, "nothing-to-forget", "party forget '#2'"), @"
    [stderr]
    error[nothing-to-forget]: nothing of party 2 is left to erase
      hint: `bursar party forget --due` erases what has come due
    [exit 1]
    ");
}

refused!(reason_that_names_the_party, "reason-names", conference,
    "party forget Bo --reason 'letter of bo, 3 January'", @"
[stderr]
error[reason-names]: the reason names party 2, who is to be forgotten
  hint: say it without the name: it would be kept
[exit 1]
");
refused!(organisation_that_forgets_itself, "forgets-itself", demo, "party forget '#1'", @"
[stderr]
error[forgets-itself]: party 1 is the organisation itself: its name stands on every statement
  hint: name someone else
[exit 1]
");
refused!(certificate_that_is_there, "file-exists", conference,
    "party forget Bo --certificate bursar.db", @"
[stderr]
error[file-exists]: bursar.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(folder_of_backups_that_is_not_there, "no-file", conference,
    "party forget Bo --backups nowhere", @"
[stderr]
error[no-file]: cannot read nowhere: No such file or directory (os error 2)
  hint: check the path; a policy without a dot or slash in its name is one of `bursar policy list`
[exit 1]
");
refused!(years_without_a_ground, "empty", conference,
    "party retention --years 8 --ground ' '", @"
[stderr]
error[empty]: the ground on which vouchers are kept is empty
  hint: give it
[exit 1]
");
refused!(reference_of_more_postings, "duplicate-reference", small,
    "entry add --date 2025-02-10 --reference S-1 --debit 1010=2500 --debit 1010=2500 --credit 4110=5000", @"
[stderr]
error[duplicate-reference]: reference `S-1` belongs to entry 2, whose number of postings is 2, not 3
  hint: look at it with `bursar entry show 2`; give this one another reference if it is another
[exit 1]
");
refused!(reversal_without_reason, "empty", small, "entry reverse 1 --reason ' '", @"
[stderr]
error[empty]: the reason of the reversal is empty
  hint: give it
[exit 1]
");
refused!(reversal_before_its_entry, "reversal-before", small,
    "entry reverse 7 --reason mistake --date 2025-05-16", @"
[stderr]
error[reversal-before]: entry 7 is dated 2025-05-17: its reversal cannot be dated 2025-05-16
  hint: give --date 2025-05-17 or later
[exit 1]
");
refused!(half_a_foreign_amount, "usage", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EUR 6.00' --credit 1010=7.00", @"
[stderr]
error[usage]: original and rate go together
  hint: see the command with `--help`
[exit 2]
");
refused!(foreign_amount_without_currency, "usage", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=6.00;rate=1.1' --credit 1010=7.00", @"
[stderr]
error[usage]: `6.00` is not a foreign amount: expected such as EUR 100.00
  hint: see the command with `--help`
[exit 2]
");
refused!(original_with_a_sign, "bad-original", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EUR -6.00;rate=1.1' --credit 1010=7.00", @"
[stderr]
error[bad-original]: posting 1: the original amount -6.00 EUR does not go with 7.00 USD: it has the other sign
  hint: give the foreign amount as it was paid, without a sign of its own
[exit 1]
");
refused!(original_in_the_same_currency, "bad-original", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=USD 6.00;rate=1.1' --credit 1010=7.00", @"
[stderr]
error[bad-original]: posting 1: the original amount 6.00 USD does not go with 7.00 USD: it is in the same currency
  hint: give the foreign amount as it was paid, without a sign of its own
[exit 1]
");
refused!(rate_that_is_none, "bad-rate", small,
    "entry add --date 2026-01-02 --debit '5010=7.00;original=EUR 6.00;rate=much' --credit 1010=7.00", @"
[stderr]
error[bad-rate]: `much` is not a rate: expected a positive decimal number of at most 28 digits
  hint: write it like 1.0845
[exit 1]
");

#[test]
fn reversed_already() {
    let env = Env::small();
    env.run("entry reverse 7 --reason 'no dinner' --date 2025-05-18").ok();
    insta::assert_snapshot!(provoke(&env, "already-reversed", "entry reverse 7 --reason again"), @"
    [stderr]
    error[already-reversed]: entry 7 has been reversed by entry 11 already
      hint: look at it with `bursar entry show 11`
    [exit 1]
    ");
}

#[test]
fn locked_period() {
    let env = Env::small();
    env.run("close --through 2025-12-31").ok();
    let command = "entry add --date 2025-12-31 --debit 5010=1 --credit 1010=1";
    insta::assert_snapshot!(provoke(&env, "period-locked", command), @"
    [stderr]
    error[period-locked]: 2025-12-31 lies in a locked period: the books are locked through 2025-12-31
      hint: date the entry after 2025-12-31, or open the days again with `bursar reopen --from DATE --reason TEXT`
    [exit 1]
    ");
    insta::assert_snapshot!(provoke(&env, "period-locked", "entry reverse 7 --reason x --date 2025-06-01"), @"
    [stderr]
    error[period-locked]: 2025-06-01 lies in a locked period: the books are locked through 2025-12-31
      hint: date the entry after 2025-12-31, or open the days again with `bursar reopen --from DATE --reason TEXT`
    [exit 1]
    ");
    insta::assert_snapshot!(provoke(&env, "bad-rows", "import csv middle.csv"), @"
    [stderr]
    error[bad-rows]: middle.csv: 3 rows cannot be imported; nothing was written
      line 2: 2025-03-01 lies in a locked period: the books are locked through 2025-12-31
      line 5, column account: there is no account `Assets:Cash:Chequing`; did you mean `Assets:Cash:Checking`?
      line 6: 2025-03-03 lies in a locked period: the books are locked through 2025-12-31
      hint: correct the rows and import the file again
    [exit 1]
    ");
    insta::assert_snapshot!(provoke(&env, "lock-not-later", "close --through 2025-12-31"), @"
    [stderr]
    error[lock-not-later]: the books are locked through 2025-12-31 already; 2025-12-31 is not later
      hint: nothing needs to be done
    [exit 1]
    ");
    insta::assert_snapshot!(provoke(&env, "lock-not-later", "close --through 2024-12-31"), @"
    [stderr]
    error[lock-not-later]: the books are locked through 2025-12-31 already; 2024-12-31 is not later
      hint: nothing needs to be done
    [exit 1]
    ");
}

refused!(lock_over_days_to_come, "lock-in-future", small, "close --through 2026-01-16", @"
[stderr]
error[lock-in-future]: 2026-01-16 has not been yet: today is 2026-01-15
  hint: `bursar close --through 2026-01-15` at the latest
[exit 1]
");

#[test]
fn closed_account() {
    let env = Env::small();
    env.run("account set Expenses:Venue --close").ok();
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1";
    insta::assert_snapshot!(provoke(&env, "closed-account", command), @r#"
    [stderr]
    error[closed-account]: account `Expenses:Venue` is closed and takes no postings
      hint: `bursar account set "Expenses:Venue" --open` opens it again
    [exit 1]
    "#);
}

// ---- names and attributes

refused!(account_taken, "exists", small, "account add Expenses:Venue", @"
[stderr]
error[exists]: account `Expenses:Venue` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(account_code_taken, "exists", small, "account add Expenses:Hall --code 5010", @"
[stderr]
error[exists]: account code `5010` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(fund_taken, "exists", small, "fund add aid --name Aid --restriction purpose", @"
[stderr]
error[exists]: fund `aid` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(event_taken, "exists", small,
    "event add pyex25 --name Again --first-day 2025-01-01 --last-day 2025-01-02", @"
[stderr]
error[exists]: event `pyex25` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(party_taken, "exists", small, "party add 'Harbour Hall' --kind vendor", @"
[stderr]
error[exists]: party `Harbour Hall` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(party_without_name, "empty", small, "party add ' '", @"
[stderr]
error[empty]: the party's name is empty
  hint: give it
[exit 1]
");
refused!(organisation_without_name, "empty", new, "init --name ''", @"
[stderr]
error[empty]: the organisation's name is empty
  hint: give it
[exit 1]
");
refused!(holding_of_a_holding, "holding", small, "party set 'River Bank' --holding 'Example GmbH'", @"
[stderr]
error[holding]: `River Bank` cannot belong to #3: that belongs to a holding, and a holding has none
  hint: name the topmost holding with --holding, for every company of it
[exit 1]
");
refused!(fund_restriction, "bad-rows", small, "import funds funds-fixed.csv", @"
[stderr]
error[bad-rows]: funds-fixed.csv: 1 row cannot be imported; nothing was written
  line 2, column restriction: the restriction of `aid` never changes: it is purpose, not perpetual
  hint: correct the rows and import the file again
[exit 1]
");
refused!(account_of_no_type, "bad-account-name", small, "account add Projects:Sprint", @"
[stderr]
error[bad-account-name]: `Projects:Sprint` is not an account name: its root does not tell its type; give it with --type
  hint: write it like `Expenses:Venue`
[exit 1]
");
refused!(line_of_another_section, "unknown-line", small, "account add Expenses:Hall --line cash", @"
[stderr]
error[unknown-line]: there is no statement line `cash` for accounts of type expense; there are aid, venue, catering, audiovisual, speakers, materials, merchandise-cost, fees, promotion, staff, professional, travel, technology, office, insurance, losses, depreciation, other-expense
  hint: `bursar account show NAME` shows the line another account has
[exit 1]
");
refused!(unknown_line, "unknown-line", small, "account set 5010 --line veneu", @"
[stderr]
error[unknown-line]: there is no statement line `veneu` for accounts of type expense; did you mean `venue`? There are aid, venue, catering, audiovisual, speakers, materials, merchandise-cost, fees, promotion, staff, professional, travel, technology, office, insurance, losses, depreciation, other-expense
  hint: `bursar account show NAME` shows the line another account has
[exit 1]
");
refused!(event_backwards, "backwards", small,
    "event add pyex27 --name X --first-day 2027-05-03 --last-day 2027-05-01", @"
[stderr]
error[backwards]: the window from 2027-05-03 to 2027-05-01 ends before it begins
  hint: exchange the two days
[exit 1]
");

// ---- reports

refused!(not_a_period, "not-a-period", small, "report activities --period 2025-Q5", @"
[stderr]
error[not-a-period]: `2025-Q5` is not a period: expected 2025, FY2025, 2025-Q1, 2025-03, 2025-03-31 or FROM..TO
  hint: `FROM..TO` takes any days; either end may be left out
[exit 1]
");
refused!(not_a_period_to_compare_with, "not-a-period", small, "report activities --compare lately", @"
[stderr]
error[not-a-period]: `lately` is not a period: expected 2025, FY2025, 2025-Q1, 2025-03, 2025-03-31 or FROM..TO
  hint: `FROM..TO` takes any days; either end may be left out
[exit 1]
");
refused!(period_backwards, "backwards", small, "report journal --from 2025-02-01 --to 2025-01-01", @"
[stderr]
error[backwards]: the window from 2025-02-01 to 2025-01-01 ends before it begins
  hint: exchange the two days
[exit 1]
");
refused!(period_backwards_in_one_word, "backwards", small, "entry list --period 2025-02-01..2025-01-01", @"
[stderr]
error[backwards]: the window from 2025-02-01 to 2025-01-01 ends before it begins
  hint: exchange the two days
[exit 1]
");
refused!(trial_balance_for_the_board, "treasurer-only", small, "report trial-balance --audience board", @"
[stderr]
error[treasurer-only]: `trial-balance` is for the treasurer: for the board it would show single entries or parties
  hint: for board and public there are `bursar report activities` and `bursar report position`
[exit 1]
");
refused!(journal_for_the_public, "treasurer-only", small, "report journal --audience public", @"
[stderr]
error[treasurer-only]: `journal` is for the treasurer: for the public it would show single entries or parties
  hint: for board and public there are `bursar report activities` and `bursar report position`
[exit 1]
");
refused!(ledger_for_the_board, "treasurer-only", small, "report ledger 1010 --audience board", @"
[stderr]
error[treasurer-only]: `ledger` is for the treasurer: for the board it would show single entries or parties
  hint: for board and public there are `bursar report activities` and `bursar report position`
[exit 1]
");
refused!(no_such_statement, "no-statement", small, "report activites", @"
[stderr]
error[no-statement]: there is no statement `activites`; did you mean `activities`? There are activities, position, form-990-revenue, form-990-expenses, form-990-balance, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts, form-990, sponsorship-tax
  hint: see `bursar report --help`
[exit 1]
");
refused!(no_statement_like_it, "no-statement", small, "report horoscope", @"
[stderr]
error[no-statement]: there is no statement `horoscope`; there are activities, position, form-990-revenue, form-990-expenses, form-990-balance, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts, form-990, sponsorship-tax
  hint: see `bursar report --help`
[exit 1]
");
refused!(ledger_of_what, "usage", small, "report ledger", @"
[stderr]
error[usage]: the ledger of which account? `bursar report ledger ACCOUNT`
  hint: see the command with `--help`
[exit 2]
");
refused!(one_word_too_many, "usage", small, "report activities 2025", @"
[stderr]
error[usage]: `2025` is one word too many
  hint: see the command with `--help`
[exit 2]
");
refused!(output_into_nowhere, "output", small, "report activities --output no/such/folder/x.txt", @"
[stderr]
error[output]: cannot write no/such/folder/x.txt: No such file or directory (os error 2)
  hint: check the path, its permissions and the free space
[exit 1]
");
refused!(workbook_to_the_terminal, "usage", small, "export workbook", @"
[stderr]
error[usage]: `export workbook` writes a file: add --output FILE.xlsx
  hint: see the command with `--help`
[exit 2]
");
refused!(workbook_into_a_folder_that_is_not_there, "output", small, "export workbook --output no/such/folder/x.xlsx", @"
[stderr]
error[output]: cannot write no/such/folder/x.xlsx: No such file or directory (os error 2)
  hint: check the path, its permissions and the free space
[exit 1]
");
refused!(workbook_of_a_period_that_is_none, "not-a-period", small, "export workbook --period lately --output x.xlsx", @"
[stderr]
error[not-a-period]: `lately` is not a period: expected 2025, FY2025, 2025-Q1, 2025-03, 2025-03-31 or FROM..TO
  hint: `FROM..TO` takes any days; either end may be left out
[exit 1]
");
refused!(package_without_a_folder, "usage", small, "export package", @"
[stderr]
error[usage]: `export package` writes a folder: add --output FOLDER
  hint: see the command with `--help`
[exit 2]
");
refused!(package_of_a_period_that_is_none, "not-a-period", small, "export package --period lately --output p", @"
[stderr]
error[not-a-period]: `lately` is not a period: expected 2025, FY2025, 2025-Q1, 2025-03, 2025-03-31 or FROM..TO
  hint: `FROM..TO` takes any days; either end may be left out
[exit 1]
");
refused!(period_of_a_whole_journal, "usage", small, "export hledger --period 2025", @"
[stderr]
error[usage]: --period goes with the workbook and the package: a journal is whole
  hint: see the command with `--help`
[exit 2]
");
refused!(export_into_nowhere, "output", small, "export csv --output no/such/folder/x.txt", @"
[stderr]
error[output]: cannot write no/such/folder/x.txt: No such file or directory (os error 2)
  hint: check the path, its permissions and the free space
[exit 1]
");

// ---- files

refused!(no_such_file, "file", small, "import csv nowhere.csv", @"
[stderr]
error[file]: cannot read nowhere.csv: No such file or directory (os error 2)
  hint: check the path
[exit 1]
");
refused!(no_such_mapping, "file", small, "import hledger hledger-root.csv --map nowhere.toml", @"
[stderr]
error[file]: cannot read nowhere.toml: No such file or directory (os error 2)
  hint: check the path
[exit 1]
");
refused!(no_such_chart, "file", new, "init --name X --chart ./nowhere.toml", @"
[stderr]
error[file]: cannot read ./nowhere.toml: No such file or directory (os error 2)
  hint: check the path
[exit 1]
");
refused!(file_unbalanced, "bad-rows", small, "import csv unbalanced.csv", @"
[stderr]
error[bad-rows]: unbalanced.csv: 1 row cannot be imported; nothing was written
  line 2: the entry does not balance: debits 100.00, credits 100.01, off by -0.01 USD
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_unbalanced_fund, "bad-rows", small, "import csv unbalanced-fund.csv", @"
[stderr]
error[bad-rows]: unbalanced-fund.csv: 1 row cannot be imported; nothing was written
  line 2: the entry does not balance in fund `aid`: off by 100.00 USD
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_with_one_posting, "bad-rows", small, "import csv one-posting.csv", @"
[stderr]
error[bad-rows]: one-posting.csv: 1 row cannot be imported; nothing was written
  line 2: an entry needs at least two postings, this one has 1
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_of_unknown_names, "bad-rows", small, "import csv unknown-names.csv", @"
[stderr]
error[bad-rows]: unknown-names.csv: 8 rows cannot be imported; nothing was written
  line 2, column event: there is no event `pyex52`; did you mean `pyex25`?
  line 2, column fund: there is no fund `aids`; did you mean `aid`?
  line 2, column account: there is no account `Expenses:Vennue`; did you mean `Expenses:Venue`?
  line 2, column party: there is no party `Harbor Hall`; did you mean `Harbour Hall`?
  line 3, column party: there is no party `Nobody at all`
  line 4, column event: there is no event `pyex52`; did you mean `pyex25`?
  line 6, column fund: there is no fund `aids`; did you mean `aid`?
  line 7, column fund: there is no fund `aids`; did you mean `aid`?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_of_bad_amounts, "bad-rows", small, "import csv amounts.csv", @"
[stderr]
error[bad-rows]: amounts.csv: 9 rows cannot be imported; nothing was written
  line 2, column amount: `1.234` has more decimals than USD has (2)
  line 3, column amount: `2,5950` is not an amount: digits are grouped by three
  line 4, column amount: `1.234,50` is not an amount: expected digits with at most one decimal mark
  line 5, column amount: `100000000000000000.00` is larger than an amount can be (about 92 quadrillion in a currency with cents)
  line 6, column amount: `twelve` is not an amount: expected digits with at most one decimal mark
  line 7, column amount: `` is not an amount: expected digits with at most one decimal mark
  line 8, column amount: `1e3` is not an amount: expected digits with at most one decimal mark
  line 9, column amount: `(-5)` is not an amount: a minus inside parentheses could mean either sign
  line 10, column amount: `$5` is not an amount: expected digits with at most one decimal mark
  hint: correct the rows and import the file again
[exit 1]
");
refused!(file_of_bad_dates, "bad-rows", small, "import csv dates.csv", @"
[stderr]
error[bad-rows]: dates.csv: 4 rows cannot be imported; nothing was written
  line 2, column date: `2025-02-29` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 3, column date: `2025-2-9` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 4, column date: `01/02/2025` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 5, column date: `` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  hint: correct the rows and import the file again
[exit 1]
");
refused!(bad_row_in_the_middle, "bad-rows", small, "import csv middle.csv", @"
[stderr]
error[bad-rows]: middle.csv: 1 row cannot be imported; nothing was written
  line 5, column account: there is no account `Assets:Cash:Chequing`; did you mean `Assets:Cash:Checking`?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(twenty_of_many_are_printed, "bad-rows", small, "import csv many.csv", @"
[stderr]
error[bad-rows]: many.csv: 25 rows cannot be imported; nothing was written
  line 2, column amount: `x1` is not an amount: expected digits with at most one decimal mark
  line 3, column amount: `x2` is not an amount: expected digits with at most one decimal mark
  line 4, column amount: `x3` is not an amount: expected digits with at most one decimal mark
  line 5, column amount: `x4` is not an amount: expected digits with at most one decimal mark
  line 6, column amount: `x5` is not an amount: expected digits with at most one decimal mark
  line 7, column amount: `x6` is not an amount: expected digits with at most one decimal mark
  line 8, column amount: `x7` is not an amount: expected digits with at most one decimal mark
  line 9, column amount: `x8` is not an amount: expected digits with at most one decimal mark
  line 10, column amount: `x9` is not an amount: expected digits with at most one decimal mark
  line 11, column amount: `x10` is not an amount: expected digits with at most one decimal mark
  line 12, column amount: `x11` is not an amount: expected digits with at most one decimal mark
  line 13, column amount: `x12` is not an amount: expected digits with at most one decimal mark
  line 14, column amount: `x13` is not an amount: expected digits with at most one decimal mark
  line 15, column amount: `x14` is not an amount: expected digits with at most one decimal mark
  line 16, column amount: `x15` is not an amount: expected digits with at most one decimal mark
  line 17, column amount: `x16` is not an amount: expected digits with at most one decimal mark
  line 18, column amount: `x17` is not an amount: expected digits with at most one decimal mark
  line 19, column amount: `x18` is not an amount: expected digits with at most one decimal mark
  line 20, column amount: `x19` is not an amount: expected digits with at most one decimal mark
  line 21, column amount: `x20` is not an amount: expected digits with at most one decimal mark
  … and 5 more
  hint: correct the rows and import the file again
[exit 1]
");
refused!(rows_of_other_lengths, "bad-rows", small, "import csv field-count.csv", @"
[stderr]
error[bad-rows]: field-count.csv: 2 rows cannot be imported; nothing was written
  line 2: the row has 5 fields, the header 4
  line 3: the row has 3 fields, the header 4
  hint: correct the rows and import the file again
[exit 1]
");
refused!(text_in_another_encoding, "bad-rows", small, "import csv not-utf8.csv", @"
[stderr]
error[bad-rows]: not-utf8.csv: 2 rows cannot be imported; nothing was written
  line 2, column description: `Caf�` is not UTF-8; save the file as UTF-8 and try again
  line 3: an entry needs at least two postings, this one has 1
  hint: correct the rows and import the file again
[exit 1]
");
refused!(quote_left_open, "bad-rows", small, "import csv open-quote.csv", @"
[stderr]
error[bad-rows]: open-quote.csv: 1 row cannot be imported; nothing was written
  line 2: the row has 3 fields, the header 4
  hint: correct the rows and import the file again
[exit 1]
");
refused!(two_bytes_a_letter, "columns", small, "import csv utf16.csv", @"
[stderr]
error[columns]: utf16.csv, line 1: the column `entry` is missing; expected the columns entry,date,[reference],[party],[description],account,amount,[event],[fund],[function],[activity],[tax_code],[cash_flow],[memo],[original_amount],[original_currency],[rate],[account_type],[party_kind]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(nothing_in_it, "columns", small, "import csv nothing.csv", @"
[stderr]
error[columns]: nothing.csv is empty: expected a header row
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(column_missing, "columns", small, "import csv missing-column.csv", @"
[stderr]
error[columns]: missing-column.csv, line 1: the column `amount` is missing; expected the columns entry,date,[reference],[party],[description],account,amount,[event],[fund],[function],[activity],[tax_code],[cash_flow],[memo],[original_amount],[original_currency],[rate],[account_type],[party_kind]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(column_renamed, "columns", small, "import csv renamed-column.csv", @"
[stderr]
error[columns]: renamed-column.csv, line 1: the column `amount` is missing (there is `amounts`); expected the columns entry,date,[reference],[party],[description],account,amount,[event],[fund],[function],[activity],[tax_code],[cash_flow],[memo],[original_amount],[original_currency],[rate],[account_type],[party_kind]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(column_twice, "columns", small, "import csv twice-a-column.csv", @"
[stderr]
error[columns]: twice-a-column.csv, line 1: the column `amount` is there twice; expected the columns entry,date,[reference],[party],[description],account,amount,[event],[fund],[function],[activity],[tax_code],[cash_flow],[memo],[original_amount],[original_currency],[rate],[account_type],[party_kind]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(semicolons_between_columns, "columns", small, "import csv semicolons.csv", @"
[stderr]
error[columns]: semicolons.csv, line 1: the column `entry` is missing; expected the columns entry,date,[reference],[party],[description],account,amount,[event],[fund],[function],[activity],[tax_code],[cash_flow],[memo],[original_amount],[original_currency],[rate],[account_type],[party_kind]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(wrong_kind_of_file, "columns", small, "import hledger unbalanced.csv", @"
[stderr]
error[columns]: unbalanced.csv, line 1: the column `txnidx` is missing; expected the columns txnidx,date,[code],description,[comment],account,amount,commodity,[posting-comment]
  hint: check that it is the right export; docs/reference.md lists the columns
[exit 1]
");
refused!(reference_twice_in_a_file, "bad-rows", small, "import csv reference-twice.csv", @"
[stderr]
error[bad-rows]: reference-twice.csv: 1 row cannot be imported; nothing was written
  line 4: reference `INV-1` belongs to entry 11, whose posting 1 is 10.00, not 11.00
  hint: correct the rows and import the file again
[exit 1]
");
refused!(reference_taken_by_the_books, "bad-rows", small, "import csv reference-taken.csv", @"
[stderr]
error[bad-rows]: reference-taken.csv: 1 row cannot be imported; nothing was written
  line 2: reference `S-1` belongs to entry 2, whose posting 1 (`Assets:Cash:Checking`) has other dimensions or another party
  hint: correct the rows and import the file again
[exit 1]
");
refused!(words_of_no_list, "bad-rows", small, "import csv words.csv", @"
[stderr]
error[bad-rows]: words.csv: 6 rows cannot be imported; nothing was written
  line 2, column function: `programme` is not a function: expected one of program, management, fundraising
  line 4, column activity: `Two Words` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit
  line 5, column tax_code: `20%` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit
  line 5, column cash_flow: `a/b` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit
  line 6, column account_type: `costs` is not an account type: expected one of asset, liability, net-assets, revenue, expense
  line 7, column party_kind: `people` is not a kind of party: expected one of person, organisation, vendor, processor, bank, authority, host, self
  hint: correct the rows and import the file again
[exit 1]
");
refused!(foreign_amounts, "bad-rows", small, "import csv foreign.csv", @"
[stderr]
error[bad-rows]: foreign.csv: 3 rows cannot be imported; nothing was written
  line 2, column rate: `` is not a rate: expected a positive decimal number of at most 28 digits
  line 3, column original_amount: `-9.001` has more decimals than EUR has (2)
  line 4, column original_currency: `EURO` is not a currency of ISO 4217 with a minor unit
  hint: correct the rows and import the file again
[exit 1]
");
refused!(account_names, "bad-rows", small, "import csv account-names.csv", @"
[stderr]
error[bad-rows]: account-names.csv: 3 rows cannot be imported; nothing was written
  line 2, column account: `Expenses: Venue` is not an account name: a part begins or ends with a space
  line 4, column account: `Expenses::Venue` is not an account name: every part between colons needs at least one character
  line 5, column account: `Assets:(Cash)` is not an account name: a part begins with a sign that journals give a meaning of their own
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hledger_in_another_currency, "bad-rows", small, "import hledger hledger-currency.csv", @"
[stderr]
error[bad-rows]: hledger-currency.csv: 4 rows cannot be imported; nothing was written
  line 2, column commodity: `$` is not the currency of the books, USD; if it is USD, add --currency-symbol '$=USD'
  line 3, column commodity: `$` is not the currency of the books, USD; if it is USD, add --currency-symbol '$=USD'
  line 4, column commodity: `EUR` is not the currency of the books, USD
  line 5, column commodity: `EUR` is not the currency of the books, USD
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hledger_half_mapped, "bad-rows", small,
    "import hledger hledger-currency.csv --currency-symbol '$=USD'", @"
[stderr]
error[bad-rows]: hledger-currency.csv: 2 rows cannot be imported; nothing was written
  line 4, column commodity: `EUR` is not the currency of the books, USD
  line 5, column commodity: `EUR` is not the currency of the books, USD
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hledger_virtual_postings, "bad-rows", small, "import hledger hledger-virtual.csv", @"
[stderr]
error[bad-rows]: hledger-virtual.csv: 1 row cannot be imported; nothing was written
  line 2, column account: `(budget:venue)` is a virtual posting; export with `hledger print --real -O csv`
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hledger_root_of_no_type, "bad-rows", small, "import hledger hledger-root.csv", @"
[stderr]
error[bad-rows]: hledger-root.csv: 1 row cannot be imported; nothing was written
  line 2, column account: `Projects:Hall` is not an account name: its root does not tell its type; give it in a mapping under [roots] or [accounts]
  hint: correct the rows and import the file again
[exit 1]
");
refused!(hledger_unbalanced, "bad-rows", small, "import hledger hledger-unbalanced.csv", @"
[stderr]
error[bad-rows]: hledger-unbalanced.csv: 2 rows cannot be imported; nothing was written
  line 2: an entry needs at least two postings, this one has 1
  line 3: the entry does not balance: debits 10.00, credits 9.00, off by 1.00 USD
  hint: correct the rows and import the file again
[exit 1]
");
refused!(symbol_without_code, "currency-symbol", small,
    "import hledger hledger-currency.csv --currency-symbol =USD=", @"
[stderr]
error[currency-symbol]: `=USD=` is not a currency symbol: expected SYMBOL=CODE, such as $=USD
  hint: quote it, so that the shell leaves the sign alone: --currency-symbol '$=USD'
[exit 1]
");
refused!(symbol_the_shell_ate, "currency-symbol", small,
    "import hledger hledger-currency.csv --currency-symbol USD", @"
[stderr]
error[currency-symbol]: `USD` is not a currency symbol: expected SYMBOL=CODE, such as $=USD
  hint: quote it, so that the shell leaves the sign alone: --currency-symbol '$=USD'
[exit 1]
");
refused!(mapping_syntax, "mapping", small, "import hledger hledger-root.csv --map mapping-syntax.toml", @"
[stderr]
error[mapping]: the mapping mapping-syntax.toml: TOML parse error at line 1, column 10
  |
1 | [accounts
  |          ^
unclosed table, expected `]`

  hint: docs/reference.md describes mapping files
[exit 1]
");
refused!(mapping_column, "mapping", small, "import hledger hledger-root.csv --map mapping-column.toml", @"
[stderr]
error[mapping]: the mapping mapping-column.toml: there is no column `amuont`; did you mean `amount`?
  hint: docs/reference.md describes mapping files
[exit 1]
");
refused!(mapping_decimal, "mapping", small, "import hledger hledger-root.csv --map mapping-decimal.toml", @"
[stderr]
error[mapping]: the mapping mapping-decimal.toml: `;` is not a decimal mark: expected `.` or `,`
  hint: docs/reference.md describes mapping files
[exit 1]
");
refused!(opening_unbalanced, "bad-rows", small,
    "opening import opening-unbalanced.csv --as-of 2024-12-31", @"
[stderr]
error[bad-rows]: opening-unbalanced.csv: 1 row cannot be imported; nothing was written
  line 1: the entry does not balance in fund `aid`: off by 50.00 USD; --balance-to ACCOUNT takes what is missing
  hint: correct the rows and import the file again
[exit 1]
");
refused!(opening_names, "bad-rows", small, "opening import opening-names.csv --as-of 2024-12-31", @"
[stderr]
error[bad-rows]: opening-names.csv: 3 rows cannot be imported; nothing was written
  line 2, column account: there is no account `1011`
  line 3, column account: there is no account `Net assets:Openings`; did you mean `Net assets:Opening`?
  line 3, column party: there is no party `Harbour Hal`; did you mean `Harbour Hall`?
  hint: correct the rows and import the file again
[exit 1]
");
refused!(opening_balanced_to_nowhere, "unknown-account", small,
    "opening import opening-unbalanced.csv --as-of 2024-12-31 --balance-to Equity", @"
[stderr]
error[unknown-account]: there is no account `Equity`
  hint: `bursar account list` shows all, `bursar account add NAME` opens one
[exit 1]
");
refused!(parties, "bad-rows", small, "import parties parties.csv", @"
[stderr]
error[bad-rows]: parties.csv: 3 rows cannot be imported; nothing was written
  line 3, column kind: `company` is not a kind of party: expected one of person, organisation, vendor, processor, bank, authority, host, self
  line 4, column holding: there is no party `Parent Ltd`
  line 5, column name: the party's name is empty
  hint: correct the rows and import the file again
[exit 1]
");
refused!(funds, "bad-rows", small, "import funds funds.csv", @"
[stderr]
error[bad-rows]: funds.csv: 2 rows cannot be imported; nothing was written
  line 2, column restriction: `purposes` is not a restriction: expected one of undesignated, board-designated, purpose, time, perpetual
  line 3, column code: `two words` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit
  hint: correct the rows and import the file again
[exit 1]
");
refused!(events, "bad-rows", small, "import events events.csv", @"
[stderr]
error[bad-rows]: events.csv: 3 rows cannot be imported; nothing was written
  line 2, column last_day: the window from 2026-05-16 to 2026-05-14 ends before it begins
  line 3, column first_day: `` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 3, column last_day: `` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  hint: correct the rows and import the file again
[exit 1]
");
refused!(events_told_twice, "bad-rows", small, "import events events-twice.csv", @"
[stderr]
error[bad-rows]: events-twice.csv: 1 row cannot be imported; nothing was written
  line 4, column code: `pyex27` is in line 2 already, and not the same; one row each
  hint: correct the rows and import the file again
[exit 1]
");
refused!(funds_told_twice, "bad-rows", small, "import funds funds-twice.csv", @"
[stderr]
error[bad-rows]: funds-twice.csv: 1 row cannot be imported; nothing was written
  line 3, column code: `travel` is in line 2 already, and not the same; one row each
  hint: correct the rows and import the file again
[exit 1]
");

#[test]
fn opening_taken_over_before() {
    let env = Env::begun();
    env.write("a.csv", "account,amount\n1010,5.00\nNet assets:Opening,-5.00\n");
    env.write("b.csv", "account,amount\n1010,6.00\nNet assets:Opening,-6.00\n");
    env.run("opening import a.csv --as-of 2024-12-31").ok();
    insta::assert_snapshot!(provoke(&env, "bad-rows", "opening import b.csv --as-of 2024-12-31"), @"
    [stderr]
    error[bad-rows]: b.csv: 1 row cannot be imported; nothing was written
      line 1: reference `opening 2024-12-31` belongs to entry 1, whose posting 1 is 5.00, not 6.00
      hint: correct the rows and import the file again
    [exit 1]
    ");
}

#[test]
fn rows_that_add_up_to_too_much() {
    let env = Env::begun();
    let rows = |n: usize| {
        let amount = "90000000000000000.00";
        (0..n).map(|i| format!("{i},2025-03-01,1010,{amount}\n{i},2025-03-01,4720,-{amount}\n")).collect::<String>()
    };
    env.write("large.csv", format!("entry,date,account,amount\n{}", rows(2)));
    insta::assert_snapshot!(provoke(&env, "balance-overflow", "import csv large.csv"), @"
    [stderr]
    error[balance-overflow]: the balance of `Assets:Cash:Checking` would exceed what an amount can be
      hint: check the amounts: no conference is that large
    [exit 1]
    ");
}

// ---- charts and new books

refused!(chart_syntax, "chart-syntax", new, "init --name X --chart ./chart-syntax.toml", @"
[stderr]
error[chart-syntax]: the chart cannot be read: TOML parse error at line 2, column 9
  |
2 | title = Broken
  |         ^^^^^^
string values must be quoted, expected literal string

  hint: correct the chart file; docs/reference.md describes its format
[exit 1]
");
refused!(chart_line, "chart", new, "init --name X --chart ./chart-line.toml", @"
[stderr]
error[chart]: the chart `broken` contradicts itself: `Assets:Cash`: there is no statement line `othre-asset` for accounts of type asset; did you mean `other-asset`? There are other-asset
  hint: correct the chart file; docs/reference.md describes its format
[exit 1]
");
refused!(chart_sum, "chart", new, "init --name X --chart ./chart-sum.toml", @"
[stderr]
error[chart]: the chart `broken` contradicts itself: `net` of statement `position` adds `assets`, which is no row above it
  hint: correct the chart file; docs/reference.md describes its format
[exit 1]
");
refused!(chart_grouping, "chart", new, "init --name X --chart ./chart-grouping.toml", @"
[stderr]
error[chart]: the chart `broken` groups `assets` by Program, which needs accounts of type expense only
  hint: correct the chart file; docs/reference.md describes its format
[exit 1]
");
refused!(chart_of_no_name, "usage", new, "init --name X --chart us-nonprofi", @"
[stderr]
error[usage]: there is no chart `us-nonprofi`; did you mean `us-nonprofit`? (there are us-nonprofit, uk-charity, eu-association, commercial)
  hint: see the command with `--help`
[exit 2]
");
refused!(chart_without_currency, "usage", new, "init --name X --chart commercial", @"
[stderr]
error[usage]: the chart `commercial` names no currency: give one with --currency
  hint: see the command with `--help`
[exit 2]
");
refused!(currency_of_no_country, "unknown-currency", new, "init --name X --currency ZZZ", @"
[stderr]
error[unknown-currency]: `ZZZ` is not a currency of ISO 4217 with a minor unit
  hint: give a code such as USD, EUR or JPY
[exit 1]
");
refused!(currency_without_cents, "unknown-currency", new, "init --name X --currency XAU", @"
[stderr]
error[unknown-currency]: `XAU` is not a currency of ISO 4217 with a minor unit
  hint: give a code such as USD, EUR or JPY
[exit 1]
");
refused!(init_over_books, "file-exists", small, "init --name X", @"
[stderr]
error[file-exists]: bursar.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(init_in_no_folder, "file", new, "init --name X --book no/such/folder/x.db", @"
[stderr]
error[file]: cannot create no/such/folder/x.db: No such file or directory (os error 2)
  hint: check the disk and the file's permissions
[exit 1]
");

refused!(output_over_the_books, "file-exists", small, "report position --output bursar.db", @"
[stderr]
error[file-exists]: bursar.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(output_over_a_backup, "file-exists", small, "backup copy.db --output copy.db", @"
[stderr]
error[file-exists]: copy.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(output_in_no_folder, "output", small,
    "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --output no/such/folder/x.txt", @"
[stderr]
error[output]: cannot write no/such/folder/x.txt: No such file or directory (os error 2)
  hint: check the path, its permissions and the free space
[exit 1]
");
refused!(code_that_is_none, "bad-account-code", small, "account add Expenses:Flags --code '='", @"
[stderr]
error[bad-account-code]: `=` is not an account code: expected letters, digits, `.`, `-` or `/`, without spaces
  hint: write it like 5420
[exit 1]
");
refused!(name_that_is_a_code, "exists", small, "account add 1010 --type expense", @"
[stderr]
error[exists]: account code `1010` is there already
  hint: choose another name, or use the one that is there
[exit 1]
");
refused!(party_that_is_a_number, "bad-party-name", small, "party add '#3'", @"
[stderr]
error[bad-party-name]: `#3` is not a party's name: `#` marks a number
  hint: leave the `#` away
[exit 1]
");

// ---- the file of the books

refused!(no_books, "no-books", new, "report activities", @"
[stderr]
error[no-books]: there are no books at bursar.db
  hint: check the path; `bursar init --book bursar.db --name NAME` would begin new books there
[exit 1]
");
refused!(no_books_of_this_name, "no-books", small, "verify --book other.db", @"
[stderr]
error[no-books]: there are no books at other.db
  hint: check the path; `bursar init --book other.db --name NAME` would begin new books there
[exit 1]
");
refused!(letter_for_books, "not-books", small, "verify --book letter.txt", @"
[stderr]
error[not-books]: letter.txt does not hold bursar's books: it is no SQLite file
  hint: name the file of the books with --book or BURSAR_BOOK
[exit 1]
");
refused!(demo_dry, "usage", new, "demo --dry-run", @"
[stderr]
error[usage]: the demo makes books of its own: there is no dry run of it
  hint: see the command with `--help`
[exit 2]
");
refused!(backup_dry, "usage", small, "backup copy.db --dry-run", @"
[stderr]
error[usage]: a backup changes nothing in the books: there is no dry run of it
  hint: see the command with `--help`
[exit 2]
");
refused!(restore_dry, "usage", small, "restore copy.db --dry-run", @"
[stderr]
error[usage]: look at the backup itself with --book: there is no dry run of restoring
  hint: see the command with `--help`
[exit 2]
");
refused!(backup_over_a_file, "file-exists", small, "backup bursar.db", @"
[stderr]
error[file-exists]: bursar.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(restore_over_books, "file-exists", small, "restore bursar.db", @"
[stderr]
error[file-exists]: bursar.db is there already
  hint: name another file, or move this one away
[exit 1]
");
refused!(restore_of_nothing, "no-books", small, "restore nothing.db --replace", @"
[stderr]
error[no-books]: there are no books at nothing.db
  hint: check the path; `bursar init --book nothing.db --name NAME` would begin new books there
[exit 1]
");

#[test]
fn books_of_another_program() {
    let env = Env::new();
    Connection::open(env.path("bursar.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    insta::assert_snapshot!(provoke(&env, "not-books", "verify"), @"
    [stderr]
    error[not-books]: bursar.db does not hold bursar's books: it is an SQLite file of another program
      hint: name the file of the books with --book or BURSAR_BOOK
    [exit 1]
    ");
}

#[test]
fn books_of_a_newer_program() {
    let env = Env::small();
    meddle(&env, "PRAGMA user_version = 99");
    insta::assert_snapshot!(provoke(&env, "too-new", "report activities"), @"
    [stderr]
    error[too-new]: bursar.db is of format 99; this program knows formats up to 6
      hint: install the newer bursar that wrote it
    [exit 1]
    ");
}

#[test]
fn moment_that_is_none() {
    let env = Env::small();
    let mut command = env.command("verify");
    command.env("BURSAR_NOW", "noon");
    let output = env.finish(command);
    insta::assert_snapshot!(output.show(), @"
    [stderr]
    error[not-a-date]: `noon` is not a moment: expected YYYY-MM-DDTHH:MM:SSZ
      hint: write days as YYYY-MM-DD
    [exit 1]
    ");
    assert_eq!(output.code, 1, "not-a-date");
}

/// What someone with another program could do to the file.
fn meddle(env: &Env, sql: &str) {
    Connection::open(env.path("bursar.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn entry_altered() {
    let env = Env::small();
    meddle(&env, "DROP TRIGGER posting_update; UPDATE posting SET amount = amount + 100 WHERE entry = 2 AND line = 1");
    insta::assert_snapshot!(provoke(&env, "verification-failed", "verify"), @"
    Example Society
    Verification

    Entries recomputed                                                          10
    Postings added up                                                           23
    Facts recomputed                                                           102
    NOT AS RECORDED: entry 2: it does not balance in fund `general`: off by
      1.00 USD; its hash does not match either: it was changed
    NOT AS RECORDED: kept balance of `Assets:Cash:Checking` for day
      20250210 is debits 5000.00, credits 0.00 in 1 postings; the postings
      give debits 5001.00, credits 0.00 in 1 postings
    NOT AS RECORDED: kept balance of `Assets:Cash:Checking` for month
      202502 is debits 8000.00, credits 0.00 in 2 postings; the postings give
      debits 8001.00, credits 0.00 in 2 postings
    NOT AS RECORDED: trigger posting_update is missing: someone removed it
      from the file

    THE BOOKS ARE NOT AS THEY WERE RECORDED.
    Head 112:HASH
    [stderr]
    error[verification-failed]: 4 things are not as they were recorded
      hint: compare with a backup (`bursar verify --book BACKUP`); do not go on writing in these books
    [exit 3]
    ");
    insta::assert_snapshot!(provoke(&env, "unverified", "backup copy.db"), @"
    [stderr]
    error[unverified]: bursar.db does not verify: entry 2: it does not balance in fund `general`: off by 1.00 USD; its hash does not match either: it was changed
      hint: `bursar verify` lists what is wrong; `bursar restore` puts a backup in place
    [exit 1]
    ");
    std::fs::rename(env.path("bursar.db"), env.path("altered.db")).unwrap();
    insta::assert_snapshot!(provoke(&env, "unverified", "restore altered.db"), @"
    [stderr]
    error[unverified]: altered.db does not verify: entry 2: it does not balance in fund `general`: off by 1.00 USD; its hash does not match either: it was changed
      hint: `bursar verify` lists what is wrong; `bursar restore` puts a backup in place
    [exit 1]
    ");
}

#[test]
fn head_of_another_history() {
    let env = Env::small();
    let other = format!("3:{}", "0".repeat(64));
    insta::assert_snapshot!(provoke(&env, "verification-failed", &format!("verify --head {other}")), @"
    Example Society
    Verification

    Entries recomputed                                                      10
    Postings added up                                                       23
    Facts recomputed                                                       102
    NOT AS RECORDED: the books differ from the head
      3:HASH:
      record 3 has hash
      HASH

    THE BOOKS ARE NOT AS THEY WERE RECORDED.
    Head 112:HASH
    [stderr]
    error[verification-failed]: 1 thing is not as it was recorded
      hint: compare with a backup (`bursar verify --book BACKUP`); do not go on writing in these books
    [exit 3]
    ");
    let beyond = format!("9999:{}", "0".repeat(64));
    insta::assert_snapshot!(provoke(&env, "verification-failed", &format!("verify --head {beyond}")), @"
    Example Society
    Verification

    Entries recomputed                                                        10
    Postings added up                                                         23
    Facts recomputed                                                         102
    NOT AS RECORDED: the books end with record 112, the head
      9999:HASH
      is of a later one: the end is missing

    THE BOOKS ARE NOT AS THEY WERE RECORDED.
    Head 112:HASH
    [stderr]
    error[verification-failed]: 1 thing is not as it was recorded
      hint: compare with a backup (`bursar verify --book BACKUP`); do not go on writing in these books
    [exit 3]
    ");
}

#[test]
fn table_removed() {
    let env = Env::small();
    meddle(&env, "DROP TABLE party");
    insta::assert_snapshot!(provoke(&env, "database", "party list"), @"
    [stderr]
    error[database]: the database at bursar.db failed: no such table: party
      hint: check the disk and the file's permissions
    [exit 1]
    ");
}

#[test]
fn page_overwritten() {
    let env = Env::small();
    let mut bytes = env.read_bytes("bursar.db");
    // The first page holds the schema and stays; the next ones hold facts.
    bytes[4096..4096 * 6].fill(0xa5);
    env.write("bursar.db", &bytes);
    insta::assert_snapshot!(provoke(&env, "damaged", "report activities"), @"
    [stderr]
    error[damaged]: the books are damaged: SQLite says: database disk image is malformed
      hint: `bursar verify` lists what is wrong; `bursar restore` puts a backup in place
    [exit 3]
    ");
}

// ---- another writer

#[test]
fn another_program_writes() {
    let env = Env::small();
    let before = env.read_bytes("bursar.db");
    let connection = Connection::open(env.path("bursar.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --wait 1";
    let output = env.run(command);
    // Not looked at before the connection is closed: the system drops a process's locks of a file when the process
    // closes it anywhere.
    drop(connection);
    assert!(env.read_bytes("bursar.db") == before);
    assert_eq!(output.code, 1, "locked");
    insta::assert_snapshot!(output.show(), @"
    [stderr]
    error[locked]: bursar.db is being written by another program (not bursar, or one that has just finished); waited 1 s
      hint: try again when it is done, or wait longer with --wait SECONDS
    [exit 1]
    ");
    env.run(command).ok();
}

#[test]
fn restore_while_another_program_writes() {
    let env = Env::small();
    env.run("backup copy.db").ok();
    for lock in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let connection = Connection::open(env.path("bursar.db")).unwrap();
        connection.execute_batch(lock).unwrap();
        let before = env.files();
        let output = env.run("restore copy.db --replace --wait 0");
        assert_eq!(env.files(), before, "{lock}: nothing is left behind, nothing is gone");
        drop(connection);
        assert_eq!(output.code, 1);
        assert!(output.stderr.starts_with("error[locked]: bursar.db is being written by another program"), "{lock}");
    }
    env.run("restore copy.db --replace").ok();
    env.run("verify").ok();
}

/// A bursar that is stopped in the middle of an import.
#[cfg(unix)]
struct Importing<'e>(Child, &'e Env);

#[cfg(unix)]
impl<'e> Importing<'e> {
    fn begin(env: &'e Env) -> Self {
        let mut rows = String::from("entry,date,account,amount\n");
        for entry in 1..=20_000 {
            rows.push_str(&format!("{entry},2026-01-02,5010,{entry}\n{entry},2026-01-02,1010,-{entry}\n"));
        }
        std::fs::write(env.path("long.csv"), rows).unwrap();
        let mut command = env.command("import csv long.csv --actor Grace");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while std::fs::read(env.path("bursar.db-writer")).unwrap_or_default().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let importing = Self(child, env);
        importing.signal("-STOP");
        importing
    }

    fn signal(&self, signal: &str) {
        // The shell's own, because a small system has no program of this name.
        let line = format!("kill {signal} {}", self.0.id());
        assert!(self.1.other("sh").args(["-c", &line]).status().unwrap().success());
    }

    fn end(mut self) -> i32 {
        self.signal("-CONT");
        self.0.wait().unwrap().code().unwrap()
    }
}

#[cfg(unix)]
#[test]
fn another_bursar_writes() {
    let env = Env::small();
    let other = Importing::begin(&env);
    let process = format!("process {}", other.0.id());
    let command = "entry add --date 2026-01-02 --debit 5010=1 --credit 1010=1 --wait 1";
    let shown = provoke(&env, "locked", command).replace(&process, "process N");
    insta::assert_snapshot!(shown, @"
    [stderr]
    error[locked]: bursar.db is being written by Grace (process N, import csv); waited 1 s
      hint: try again when it is done, or wait longer with --wait SECONDS
    [exit 1]
    ");
    // Reading is not kept waiting, and whoever waits long enough gets in.
    env.run("report trial-balance --wait 0").ok();
    let patient = env.command(&command.replace("--wait 1", "--wait 60")).stdout(Stdio::null()).spawn().unwrap();
    assert_eq!(other.end(), 0);
    assert!(patient.wait_with_output().unwrap().status.success());
}

// ---- the lists agree

/// The codes that `src/cli/refusal.rs` gives.
fn codes_of_the_program() -> BTreeSet<String> {
    let source = include_str!("../src/cli/refusal.rs");
    let mut codes = BTreeSet::new();
    for function in source.split("fn ").filter(|f| f.split('(').next().is_some_and(|name| name.ends_with("code"))) {
        // A code is what a match arm gives, on the arm's line or the next.
        for arm in function.split("=>").skip(1) {
            let value = arm.trim_start().trim_start_matches('{').trim_start();
            if let Some(literal) = value.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                codes.insert(literal.to_owned());
            }
        }
    }
    assert!(codes.len() > 40 && codes.contains("unbalanced") && codes.contains("usage"), "{codes:?}");
    codes
}

// ---- statements, allocation, rates, receipts, year-end

refused!(statement_of_a_period_without_entries, "no-postings", small, "report activities --period 2019", @"
[stderr]
error[no-postings]: no postings match 2019-01-01 to 2019-12-31; the books hold 23 postings, from 2025-01 to 2025-12
  hint: choose a --period, --as-of or --event that has some
[exit 1]
");
refused!(position_before_the_books_began, "no-postings", small, "report position --as-of 2010-12-31", @"
[stderr]
error[no-postings]: no postings match to 2010-12-31; the books hold 23 postings, from 2025-01 to 2025-12
  hint: choose a --period, --as-of or --event that has some
[exit 1]
");
refused!(budget_that_nobody_set, "no-budget", conference, "report budget --event pyex26", @"
[stderr]
error[no-budget]: pyex26 has no budget
  hint: `bursar budget add pyex26 VERSION --line ACCOUNT=AMOUNT` sets one
[exit 1]
");
refused!(budget_for_an_unknown_account, "unknown-account", conference,
    "budget add pyex26 v1 --line 4011=5.00", @"
[stderr]
error[unknown-account]: there is no account `4011`
  hint: `bursar account list` shows all, `bursar account add NAME` opens one
[exit 1]
");
refused!(budget_file_with_bad_rows, "bad-rows", conference, "import budget bad-budget.csv", @"
[stderr]
error[bad-rows]: bad-budget.csv: 4 rows cannot be imported; nothing was written
  line 4, column date: `2025-13-01` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 5, column account: there is no account `4011`
  line 6, column amount: `1.000` has more decimals than USD has (2)
  line 8, column amount: this account has another amount in line 7: 100.00; one row an account
  hint: correct the rows and import the file again
[exit 1]
");
refused!(rates_file_with_bad_rows, "bad-rows", conference, "import rates bad-rates.csv", @"
[stderr]
error[bad-rows]: bad-rates.csv: 5 rows cannot be imported; nothing was written
  line 3, column currency: `EURO` is not a currency of ISO 4217 with a minor unit
  line 4, column date: `31.12.2025` is not a date: expected YYYY-MM-DD, a day that exists, between 1900 and 2999
  line 5, column rate: `-1` is not a rate: expected a positive decimal number of at most 28 digits
  line 6, column currency: USD is the currency of the books: it needs no rate
  line 8, column rate: EUR has another rate on 2025-12-30 in line 7: 1.08
  hint: correct the rows and import the file again
[exit 1]
");
refused!(shares_that_make_no_whole, "shares", conference,
    "allocation add staff --account 6010 --to program:pyex26=60% --to management=30% --basis hours", @"
[stderr]
error[shares]: the shares of allocation `staff` add up to 0.9, not to 1
  hint: let the shares of all --to add up to 1, or 100%
[exit 1]
");
refused!(allocation_without_costs, "nothing-to-allocate", allocating, "allocation run staff --period 2019", @"
[stderr]
error[nothing-to-allocate]: rule `staff` finds no costs under management and no event in 2019-01-01 to 2019-12-31
  hint: `bursar report functional-expenses --period PERIOD` shows where the costs stand
[exit 1]
");
refused!(allocation_twice, "allocated-already", allocating, "allocation run staff --period 2025-06", @"
[stderr]
error[allocated-already]: rule `staff` has shared costs of these days already, by entry 3
  hint: to share them anew, first `bursar entry reverse 3 --reason TEXT`
[exit 1]
");
refused!(allocation_by_no_rule, "no-such", allocating, "allocation run staf --period 2025", @"
[stderr]
error[no-such]: the book has no allocation `staf`; did you mean `staff`?
  hint: `bursar allocation list` shows all, `bursar allocation add` adds one
[exit 1]
");
refused!(bill_without_a_rate, "no-rate", conference,
    "bill add --vendor 'Harbour Hall' --event pyex26 --currency EUR --line 5210=100.00", @"
[stderr]
error[no-rate]: no rate of EUR is known on 2026-01-15 or before
  hint: `bursar rate add EUR RATE --date 2026-01-15`, or `bursar import rates FILE`
[exit 1]
");
refused!(bill_in_the_own_currency, "usage", conference,
    "bill add --vendor 'Harbour Hall' --event pyex26 --currency USD --line 5210=100.00", @"
[stderr]
error[usage]: USD is the currency of the books: it needs no rate
  hint: see the command with `--help`
[exit 2]
");
refused!(revaluation_of_nothing, "nothing-foreign", conference, "rate revalue --as-of 2025-12-31", @"
[stderr]
error[nothing-foreign]: no bill that is open on 2025-12-31 is in a foreign currency: there is nothing to revalue
  hint: `bursar report payables` lists what is open
[exit 1]
");
#[test]
fn revaluation_twice() {
    let env = Env::conference();
    for line in [
        "rate add EUR 1.10 --date 2025-12-01",
        "rate add EUR 1.20 --date 2025-12-31",
        "bill add abroad --vendor 'Harbour Hall' --event pyex26 --currency EUR --line 5210=100.01 --date 2025-12-10",
        "rate revalue --as-of 2025-12-31",
    ] {
        env.run(line).ok();
    }
    insta::assert_snapshot!(provoke(&env, "revalued-already", "rate revalue --as-of 2025-12-31"), @"
    [stderr]
    error[revalued-already]: what is open in foreign currencies was revalued at 2025-12-31 already, at the rates that are known
      hint: to revalue at another rate, first `bursar rate add CURRENCY RATE --date 2025-12-31`
    [exit 1]
    ");
    // Another rate books the difference to the one before; a bill that was forgotten is revalued by itself.
    env.run("rate add EUR 1.30 --date 2025-12-31").ok();
    let sheet = env.run("rate revalue --as-of 2025-12-31").ok().stdout;
    assert!(sheet.contains("10.00") && !sheet.contains("20.00"), "{sheet}");
    env.run("bill add late --vendor 'Harbour Hall' --event pyex26 --currency EUR --line 5210=50.00 --date 2025-12-11")
        .ok();
    let sheet = env.run("rate revalue --as-of 2025-12-31").ok().stdout;
    assert!(sheet.contains("10.00") && !sheet.contains("20.00"), "{sheet}");
    let loss = env.run("report ledger 4710 --as-of 2025-12-31 --format csv").ok().stdout;
    assert!(loss.contains("30.00"), "20.00 of the first bill and 10.00 of the second: {loss}");
    assert!(env.run("verify").ok().stdout.contains("as they were recorded"));
}
refused!(designation_of_a_donors_money, "donor-restricted", conference,
    "fund designate --from aid --amount 5.00 --reason 'we need it'", @"
[stderr]
error[donor-restricted]: fund `aid` is restricted by its donors: the board cannot move money into it or out of it
  hint: spend it on what it is for: a bill or claim with `fund=CODE` releases it
[exit 1]
");
refused!(designation_beyond_the_fund, "beyond", allocating,
    "fund designate --to reserve --amount 9,000,000.00 --reason 'a lot'", @"
[stderr]
error[beyond]: a designation from fund `general`: 9,000,000.00 USD is more than 48,999.99 USD (what the fund holds)
  hint: give at most that
[exit 1]
");
refused!(reopening_what_is_open, "not-locked", small, "reopen --from 2025-12-01 --reason 'an entry'", @"
[stderr]
error[not-locked]: 2025-12-01 is open already: nothing is locked
  hint: there is nothing to reopen
[exit 1]
");
refused!(receipt_for_no_entry, "unknown-entry", small, "receipt waive 999 --reason 'none given'", @"
[stderr]
error[unknown-entry]: there is no entry 999; there are entries 1 to 10
  hint: `bursar entry list` shows all
[exit 1]
");
refused!(receipt_rules_that_are_none, "receipt-rules", small, "report receipts --rules letter.txt", @"
[stderr]
error[receipt-rules]: the receipt rules cannot be read: TOML parse error at line 1, column 5
  |
1 | Not books, and no SQLite file either, but long enough for a header: a letter of some hundred characters to nobody.
  |     ^
key with no value, expected `=`
  hint: docs/reference.md shows a file of receipt rules
[exit 1]
");
refused!(set_without_a_folder, "usage", small, "report all --period 2025", @"
[stderr]
error[usage]: `report all` writes a folder: add --output DIR
  hint: see the command with `--help`
[exit 2]
");
refused!(form_990_of_a_charity, "no-statement", charity, "report form-990", @"
[stderr]
error[no-statement]: there is no statement `form-990`; there are activities, receipts-and-payments, assets-and-liabilities, position, cash-flows, cash-flows-indirect, functional-expenses, funds, fund-activities, deferred-revenue, receivable-movements, payable-movements, clearing, tax, tax-movements, by-activity, trial-balance, journal, ledger, party, event-summary, budget, registrations, sponsorship, passes, free-speakers, aid, receivables, payables, receivable-aging, payable-aging, context, receipts
  hint: see `bursar report --help`
[exit 1]
");
refused!(receipts_for_the_board, "treasurer-only", small, "report receipts --audience board", @"
[stderr]
error[treasurer-only]: `receipts` is for the treasurer: for the board it would show single entries or parties
  hint: for board and public there are `bursar report activities` and `bursar report position`
[exit 1]
");

#[test]
fn closing_with_a_fund_below_zero() {
    let env = Env::small();
    env.run("entry add --date 2025-12-30 --debit '5310=9,000.00;fund=aid' --credit '1010=9,000.00;fund=aid'").ok();
    insta::assert_snapshot!(provoke(&env, "close-blocked", "close --through 2025-12-31"), @"
    [stderr]
    error[close-blocked]: the books cannot be locked yet; this is not so: No fund is below zero (aid -8,700.00)
      hint: do what `bursar close --through DATE --check` names, then close
    [exit 1]
    ");
}

#[test]
fn closing_with_an_account_without_a_line() {
    let env = Env::small();
    env.run("account add Expenses:Balloons --function program").ok();
    env.run("entry add --date 2025-12-30 --debit Expenses:Balloons=9.00 --credit 1010=9.00").ok();
    insta::assert_snapshot!(provoke(&env, "close-blocked", "close --through 2025-12-31"), @r#"
    [stderr]
    error[close-blocked]: the books cannot be locked yet; this is not so: Every account has a statement line (bursar account set "Expenses:Balloons" --line LINE)
      hint: do what `bursar close --through DATE --check` names, then close
    [exit 1]
    "#);
    env.run("account set Expenses:Balloons --line materials").ok();
    env.run("close --through 2025-12-31").ok();
}

#[test]
fn entries_without_receipts() {
    let env = Env::small();
    let output = unchanged(&env, || env.run("verify --receipts"));
    assert_eq!(output.code, 1, "receipts-missing");
    insta::assert_snapshot!(output.stderr, @"
    error[receipts-missing]: 7 entries have no document
      hint: `bursar receipt add ENTRY FILE`, or `bursar receipt waive ENTRY --reason TEXT`
    ");
}

/// The names and codes of the tests above.
fn codes_of_the_tests() -> BTreeSet<(String, String)> {
    let source = include_str!("refusals.rs");
    let mut found = BTreeSet::new();
    let mut test = String::new();
    for line in source.lines() {
        let literal = |text: &str| text.split('"').nth(1).map(str::to_owned);
        if let Some(rest) = line.strip_prefix("refused!(") {
            let name = rest.split(',').next().unwrap().to_owned();
            found.extend(literal(rest).map(|code| (name, code)));
        } else if let Some(rest) = line.strip_prefix("fn ") {
            test = rest.split('(').next().unwrap().to_owned();
        } else if let Some((_, rest)) = line.split_once("provoke(&env, \"") {
            found.insert((test.clone(), rest.split('"').next().unwrap().to_owned()));
        } else if let Some((_, rest)) = line.split_once("assert_eq!(output.code, 1, \"") {
            found.insert((test.clone(), rest.split('"').next().unwrap().to_owned()));
        }
    }
    found
}

#[test]
fn amounts_too_long_for_a_spreadsheet() {
    let env = Env::begun();
    env.run("entry add --date 2025-01-02 --debit 1010=9,999,999,999,999.99 --credit 4010=9,999,999,999,999.99").ok();
    env.run("export workbook --output fifteen-digits.xlsx").ok();
    env.run("entry add --date 2025-01-03 --debit 1010=10,000,000,000,000.00 --credit 4010=10,000,000,000,000.00").ok();
    insta::assert_snapshot!(provoke(&env, "too-many-digits", "export workbook --output sixteen-digits.xlsx"), @"
    [stderr]
    error[too-many-digits]: a spreadsheet holds 15 digits of a number, and 10000000000000.00 has more
      hint: `bursar export csv` and the other texts hold every amount
    [exit 1]
    ");
    assert!(!env.files().iter().any(|file| file.starts_with("sixteen")));
    // A sum can have more digits than its parts.
    let env = Env::begun();
    for day in ["02", "03"] {
        let amounts = "--debit 1010=9,999,999,999,999.99 --credit 4010=9,999,999,999,999.99";
        env.run(&format!("entry add --date 2025-01-{day} {amounts} --reference r{day}")).ok();
    }
    insta::assert_snapshot!(provoke(&env, "too-many-digits", "export workbook --output sum.xlsx"), @"
    [stderr]
    error[too-many-digits]: a spreadsheet holds 15 digits of a number, and 19999999999999.98 has more
      hint: `bursar export csv` and the other texts hold every amount
    [exit 1]
    ");
}

#[test]
fn package_into_a_folder_with_files() {
    let env = Env::small();
    std::fs::create_dir(env.path("there")).unwrap();
    env.write("there/mine.txt", "mine");
    insta::assert_snapshot!(provoke(&env, "file-exists", "export package --output there"), @"
    [stderr]
    error[file-exists]: there is there already
      hint: name another file, or move this one away
    [exit 1]
    ");
    assert_eq!(env.read("there/mine.txt"), "mine");
}

#[test]
fn release_of_too_few() {
    let env = Env::begun();
    env.run("party add Ann --kind person").ok();
    env.run("entry add --date 2025-06-01 --debit 1010=50.00 --credit 4210=50.00 --party Ann").ok();
    let command = "release publish activities --audience board --period 2025 --total";
    insta::assert_snapshot!(provoke(&env, "release-blocked", command), @"
    [stderr]
    error[release-blocked]: nothing was released: activities@2025-01-01_to_2025-12-31/revenue/total must be published and cannot be (few: 1 contributor of 3 that are needed); activities@2025-01-01_to_2025-12-31/change/total must be published and cannot be (few: 1 contributor of 3 that are needed)
      hint: choose one: leave the statement out, or take a longer period or fewer columns (--total); wait for more contributors; ask the contributor and record its consent with `bursar release consent PARTY --evidence TEXT`; publish to the board instead of the public; or decide to show the figure with --override FIGURE --reason TEXT, which every audit will show
    [exit 1]
    ");
}

#[test]
fn showing_a_figure_that_is_not_there() {
    let env = Env::small();
    let publish = "release publish activities --audience board --period 2025 --total --reason meeting --override";
    insta::assert_snapshot!(provoke(&env, "no-figure", &format!("{publish} registratoin/total")), @"
    [stderr]
    error[no-figure]: there is no figure `registratoin/total` to be shown; did you mean `registration/total`?
      hint: name row and column, as `--dry-run` without --override lists them: fundraising/total
    [exit 1]
    ");
    // The end of a name is not the name: it would be every total there is.
    insta::assert_snapshot!(provoke(&env, "no-figure", &format!("{publish} total")), @"
    [stderr]
    error[no-figure]: there is no figure `total` to be shown
      hint: name row and column, as `--dry-run` without --override lists them: fundraising/total
    [exit 1]
    ");
}

refused!(release_that_is_not_there, "no-release", begun, "release show 3", @"
[stderr]
error[no-release]: there is no release 3; none was published yet
  hint: `bursar release list` shows all
[exit 1]
");

#[test]
fn releases_after_a_restore() {
    let env = Env::begun();
    env.run("entry add --date 2025-06-01 --debit 1010=50.00 --credit 3010=50.00").ok();
    let command = "release publish position --audience board --last-release 2";
    insta::assert_snapshot!(provoke(&env, "last-release", command), @"
    [stderr]
    error[last-release]: these books have 0 releases, not 2
      hint: restore the latest backup; or hand the missing releases in again with `bursar release record FILE`
    [exit 1]
    ");
    env.run("backup copy.db").ok();
    env.run("restore copy.db --replace").ok();
    insta::assert_snapshot!(provoke(&env, "usage", "release publish position --audience board"), @"
    [stderr]
    error[usage]: these books were restored from a backup, whose last release is 0: say which was really the last with --last-release NUMBER
      hint: see the command with `--help`
    [exit 2]
    ");
}

#[test]
fn recording_what_is_not_in_the_books() {
    let env = Env::small();
    let json = env.run("report activities --period 2025 --total --format json").ok().stdout;
    let mut other: serde_json::Value = serde_json::from_str(&json).unwrap();
    other["rows"][1]["cells"][0] = "1.00".into();
    env.write("other.json", other.to_string());
    env.write("text.json", "Revenue 12");
    let record = |file: &str| format!("release record {file} --audience board --reason meeting");
    insta::assert_snapshot!(provoke(&env, "not-the-books", &record("other.json")), @"
    [stderr]
    error[not-the-books]: other.json is not what the books say: registration/total is 1.00, the books say 2400.50
      hint: record the file with the books it was made from
    [exit 1]
    ");
    insta::assert_snapshot!(provoke(&env, "not-the-books", &record("text.json")), @"
    [stderr]
    error[not-the-books]: text.json is not what the books say: expected value at line 1 column 1
      hint: record the file with the books it was made from
    [exit 1]
    ");
}

#[test]
fn rules_of_disclosure() {
    let env = Env::begun();
    env.write("rules.toml", "[board]\norganisations = 1\n");
    insta::assert_snapshot!(provoke(&env, "disclosure-rules", "release rules set rules.toml"), @"
    [stderr]
    error[disclosure-rules]: the rules of disclosure cannot be used: rules.toml: TOML parse error at line 1, column 1
      |
    1 | [board]
      | ^^^^^^^
    missing field `protect`
      hint: `bursar release rules show` prints those in force; `bursar release rules set FILE` sets others
    [exit 1]
    ");
}

#[test]
fn audit_of_what_was_recorded() {
    let env = Env::begun();
    for party in ["Ann", "Ben"] {
        env.run(&format!("party add {party} --kind person")).ok();
    }
    env.run("entry add --date 2025-06-01 --debit 1010=50.00 --credit 4210=50.00 --party Ann").ok();
    let json = env.run("report activities --period 2025 --total --format json").ok().stdout;
    env.write("activities.json", json);
    env.run("release record activities.json --audience board --reason meeting").ok();
    insta::assert_snapshot!(provoke(&env, "exposed", "release audit"), @"
    Example Society
    Audit of all releases

    Releases                              1
    Figures, as their readers know them  18
    Contributors protected                1
    Amounts of theirs that were tried     1
    release 1                               handed out without disclosure control
    Ann                                     the board can tell an amount of it under
                                            the rules in force
    [stderr]
    error[exposed]: readers can tell amounts of 1 contributor
      hint: nothing that was released can be taken back: `bursar release show N` has the figures; ask the contributors for their consent, or set the rules that were in force
    [exit 1]
    ");
}

/// Rows of the tables of `docs/errors.md`: code, and the cells after it.
fn rows_of_the_document() -> Vec<(String, Vec<String>)> {
    let text = include_str!("../docs/errors.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let mut cells = row.trim_end_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        (cells.next().unwrap().trim_end_matches('`').to_owned(), cells.collect())
    })
    .collect()
}

/// Books with a donation of 50.00 to a restricted fund, entry 1.
fn donated() -> Env {
    let env = Env::begun();
    for line in [
        "event add e26 --name E --first-day 2026-01-10 --last-day 2026-01-11",
        "fund add aid --name Aid --restriction purpose",
        "party add Ada --kind person",
        "vendor add Hall",
        "ticket add e26 plain --name Plain --kind admission --price 50.00",
        "order add o1 --event e26 --party Ada --item 'donation=50.00;fund=aid' --date 2026-01-02 --paid 50.00",
    ] {
        env.run(line).ok();
    }
    env
}

#[test]
fn event_held_with_a_fund_that_is_spent() {
    let env = donated();
    env.run("order add o2 --event e26 --party Ada --item 'plain;by=aid;fund=aid' --date 2026-01-03").ok();
    env.run("order refund o1 --line 1=50.00 --date 2026-01-04").ok();
    insta::assert_snapshot!(provoke(&env, "fund-short", "event hold e26"), @"
    [stderr]
    error[fund-short]: order o2 needs a release of 50.00 USD from fund `aid`, which holds 0.00 USD
      hint: record a gift to the fund first, or take order o2 out of it (`bursar order show o2`)
    [exit 1]
    ");
}

#[test]
fn reversing_a_gift_that_was_spent() {
    let env = donated();
    env.run("bill add b1 --vendor Hall --line '6420=50.00;fund=aid' --date 2026-01-04").ok();
    insta::assert_snapshot!(provoke(&env, "fund-short", "entry reverse 1 --reason mistaken"), @"
    [stderr]
    error[fund-short]: the reversal of entry 1 would take 50.00 USD out of fund `aid`, which holds 0.00 USD
      hint: it was spent: record the right gift first, or reverse what it paid for; then reverse this
    [exit 1]
    ");
}

#[test]
fn reversing_a_bill_whose_gift_went_back() {
    let env = donated();
    env.run("bill add b1 --vendor Hall --line '6420=50.00;fund=aid' --date 2026-01-04").ok();
    env.run("order refund o1 --line 1=50.00 --date 2026-01-05").ok();
    insta::assert_snapshot!(provoke(&env, "fund-short", "entry reverse 2 --reason mistaken"), @"
    [stderr]
    error[fund-short]: the reversal of entry 2 would give 50.00 USD back to fund `aid`, from which is released 0.00 USD
      hint: a gift that went back has taken the release along: use the document's own command, such as `bursar bill cancel CODE`
    [exit 1]
    ");
    // Its own command gives back what is left, and that is nothing.
    env.run("bill cancel b1 --date 2026-01-06").ok();
    insta::assert_snapshot!(env.run("report funds --format csv").ok().stdout, @"
    key,label,level,kind,opening,closing
    without-heading,Without donor restrictions,0,heading,,
    without,Total without donor restrictions,0,total,0.00,0.00
    net-assets,Net assets,0,total,0.00,0.00
    note-1,There is nothing to show: no amount of the books belongs here.,0,note,,
    note-2,Covers 18 postings.,0,note,,
    note-3,Head 103:2368c2efcfd9e81860fb817d8fee86c9b3d48e4b9dbfa00346c2e4c7a9615fff,0,note,,
    ");
    env.run("verify").ok();
}

#[test]
fn every_code_is_documented_and_provoked_or_explained() {
    let tests = codes_of_the_tests();
    let provoked: BTreeSet<String> = tests.iter().map(|(_, code)| code.clone()).collect();
    let rows = rows_of_the_document();
    let documented: BTreeSet<String> = rows.iter().map(|(code, _)| code.clone()).collect();
    assert_eq!(rows.len(), documented.len(), "a code stands twice in docs/errors.md");
    assert_eq!(documented, codes_of_the_program(), "docs/errors.md and src/cli/refusal.rs");
    // A row of four cells is provoked and names its tests; one of two says why it cannot be.
    let said: BTreeSet<String> =
        rows.iter().filter(|(_, cells)| cells.len() == 3).map(|(code, _)| code.clone()).collect();
    assert_eq!(said, provoked, "docs/errors.md and the tests");
    for (code, cells) in rows.iter().filter(|(_, cells)| cells.len() == 3) {
        for name in cells[2].split(", ") {
            let test = (name.trim_matches('`').to_owned(), code.clone());
            assert!(tests.contains(&test), "docs/errors.md says that `{name}` provokes {code}");
        }
    }
}

#[test]
fn every_fixture_is_used() {
    let source = include_str!("refusals.rs");
    for file in std::fs::read_dir(Path::new(FIXTURES).join("invalid")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&name), "no test uses fixtures/invalid/{name}");
    }
}
