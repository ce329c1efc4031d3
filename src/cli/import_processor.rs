//! Files of card processors and wallets.

use std::path::{Path, PathBuf};

use bursar::books::Setup;
use bursar::conference::Method;
use bursar::conference::accounts::BANK;
use bursar::intake::statement::StatementTerms;
use bursar::intake::{Count, Outcome, Processed, ProcessorTerms, SourceFile, import_processor};
use bursar::report::{Cell, Row, RowKind, Statement};
use clap::Args;

use super::context::Context;
use super::import::{counts_and_amounts, sheet};
use super::import_platform::Dress;
use super::refusal::Refusal;

#[derive(Debug, Args)]
pub(super) struct Processor {
    /// The file: CSV, .xlsx or .ods
    file: PathBuf,
    /// The account in which the processor holds the money: 1110 for Stripe, 1130 for PayPal, unless said
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// The account it pays out to
    #[arg(long, value_name = "ACCOUNT", default_value = BANK.code)]
    bank: String,
    /// The account of what names no order: sales of a shop, for example
    #[arg(long, value_name = "ACCOUNT")]
    other: Option<String>,
    /// What begins the codes of the orders, as they were imported
    #[arg(long, value_name = "TEXT", default_value = "")]
    prefix: String,
    #[command(flatten)]
    dress: Dress,
}

impl Processor {
    pub(super) fn files(&self) -> Vec<&Path> {
        std::iter::once(&self.file).chain(&self.dress.map).map(PathBuf::as_path).collect()
    }
}

/// Imports a processor's file into the account with this code, unless another is named.
pub(super) fn processor(
    context: &Context,
    args: &Processor,
    key: &'static str,
    (code, method): (&str, Method),
) -> Result<(), Refusal> {
    let source = SourceFile::open(&args.file)?;
    let (mapping, reading) = (args.dress.mapping()?, args.dress.reading());
    let statement = context.write(&format!("import {key}"), |writer| {
        let setup = writer.setup()?;
        let account = |name: &str| setup.account(name).map(|account| account.number);
        let terms = ProcessorTerms {
            account: account(args.account.as_deref().unwrap_or(code))?,
            method,
            bank: account(&args.bank)?,
            other: args.other.as_deref().map(account).transpose()?,
            prefix: args.prefix.clone(),
            statement: StatementTerms { currency: setup.currency(), mapping, reading },
        };
        let done = import_processor(writer, &source, key, &terms)?;
        let setup = writer.setup()?;
        let name = setup.account_numbered(terms.account).map_or("", |account| account.name.as_str());
        Ok::<_, Refusal>(summary(&done, (&source.name(), name), setup))
    })?;
    context.print_written(statement)
}

const fn label(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Payment => ("payments", "Payments of orders, less fees"),
        Outcome::Fee => ("fees-alone", "Payments there already: their fees are new"),
        Outcome::Refund => ("refunds", "Refunds"),
        Outcome::Dispute => ("disputes", "Chargebacks, with fees"),
        Outcome::Payout => ("payouts", "Paid out"),
        Outcome::OwnFee => ("own-fees", "Fees of their own"),
        Outcome::Other => ("other", "To the account of what names no order"),
        Outcome::Known => ("known", "Taken in before"),
        Outcome::Reversed => ("reversed", "Taken in before, and reversed since"),
        Outcome::There => ("there", "In the books from elsewhere"),
    }
}

fn summary(done: &Processed, (file, account): (&str, &str), setup: &Setup) -> Statement {
    let line = |key: &str, label: &str, count: Count, kind: RowKind| {
        let number = i64::try_from(count.count).unwrap_or(i64::MAX);
        let cells = vec![Cell::Count(number), Cell::Money(i128::from(count.minor))];
        Row::plain(key, label, 0, kind, cells)
    };
    let outcome = |(outcome, count): (&Outcome, &Count)| {
        let (key, label) = label(*outcome);
        line(key, label, *count, RowKind::Line)
    };
    let mut rows: Vec<Row> = done.outcomes.iter().map(outcome).collect();
    rows.push(line("lines", "Lines of the file", done.lines, RowKind::Total));
    rows.push(line("fees", "Fees within them", done.fees, RowKind::Line));
    let moved = vec![Cell::Empty, Cell::Money(done.moved)];
    rows.push(Row::plain("moved", format!("Change of {account}"), 0, RowKind::Line, moved));
    let many =
        |count: usize, one: &str, more: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {more}") };
    let mut notes = Vec::new();
    notes.extend(done.days.map(|(first, last)| format!("Days {first} to {last}.")));
    notes.push(format!("{} followed.", many(done.entries, "entry", "entries")));
    notes.extend(done.skipped.iter().map(|(rows, why)| format!("Left out: {}, {why}.", many(*rows, "row", "rows"))));
    sheet(setup, file, counts_and_amounts(), rows, notes)
}
