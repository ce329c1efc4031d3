//! The command line: one file a noun, each with its arguments (whose doc comments are the help) and one function.

mod account;
mod aid;
mod allocation;
mod backup;
mod bill;
mod claim;
mod close;
mod context;
mod contract;
mod demo;
mod entry;
mod event;
mod export;
mod folder;
mod forget;
mod fund;
mod happen;
mod import;
mod import_platform;
mod import_processor;
mod init;
mod invoice;
mod manual;
mod opening;
mod order;
mod output;
mod party;
mod payment;
mod period;
mod policy;
mod progress;
mod rate;
mod receipt;
mod reconcile;
mod record;
mod refusal;
mod registration;
mod release;
mod report;
mod sponsor;
mod tax;
mod ticket;
mod vendor;
mod verify;
mod what_if;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use context::Context;
use refusal::Refusal;

/// Keeps a conference's books: exact double entry, nonprofit statements, and aggregates that give nobody away.
#[derive(Debug, Parser)]
#[command(
    name = "bursar",
    version,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  bursar demo                             an invented year, to look around in
  bursar init --name \"Example Society\"    begin books of your own (bursar.db)
  bursar report activities --period 2025  a year's statement of activities

Exit codes: 0 done, 1 refused (the message says what to do), 2 usage,
3 the books failed verification."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
struct Global {
    /// File of the books
    #[arg(
        long,
        global = true,
        env = "BURSAR_BOOK",
        default_value = "bursar.db",
        value_name = "FILE",
        help_heading = "Everywhere"
    )]
    book: PathBuf,
    /// How to print
    #[arg(long, global = true, value_enum, default_value = "table", help_heading = "Everywhere")]
    format: FormatName,
    /// Print into a file instead
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    output: Option<PathBuf>,
    /// Do everything, show the result, then undo it
    #[arg(long, global = true, help_heading = "Everywhere")]
    dry_run: bool,
    /// Who is at work; kept with what is recorded [default: the login name]
    #[arg(long, global = true, env = "BURSAR_ACTOR", value_name = "NAME", help_heading = "Everywhere")]
    actor: Option<String>,
    /// How long to wait for another writer
    #[arg(long, global = true, default_value_t = 60, value_parser = clap::value_parser!(u64).range(..=1_000_000), value_name = "SECONDS", help_heading = "Everywhere")]
    wait: u64,
}

/// Output formats by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
    /// For documents (Markdown)
    Md,
    /// For browsers and paper
    Html,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Demo(demo::Demo),
    #[command(subcommand)]
    Account(account::Account),
    #[command(subcommand)]
    Fund(fund::Fund),
    #[command(subcommand)]
    Event(event::Event),
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    #[command(subcommand)]
    Discount(ticket::Discount),
    #[command(subcommand)]
    Order(order::Order),
    #[command(subcommand)]
    Registration(registration::Registration),
    #[command(subcommand)]
    Sponsor(sponsor::Sponsor),
    #[command(subcommand)]
    Payment(payment::Payment),
    #[command(subcommand)]
    Invoice(invoice::Invoice),
    #[command(subcommand)]
    CreditNote(invoice::CreditNote),
    #[command(subcommand)]
    Vendor(vendor::Vendor),
    #[command(subcommand)]
    Contract(contract::Contract),
    #[command(subcommand)]
    Bill(bill::Bill),
    #[command(subcommand)]
    Claim(claim::Claim),
    #[command(subcommand)]
    Aid(aid::Aid),
    #[command(subcommand)]
    Tax(tax::Tax),
    #[command(subcommand)]
    Rate(rate::Rate),
    #[command(subcommand)]
    Allocation(allocation::Allocation),
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    #[command(subcommand)]
    Budget(record::Budget),
    #[command(subcommand)]
    Hours(record::Hours),
    #[command(subcommand)]
    Note(record::Note),
    #[command(subcommand)]
    Party(party::Party),
    #[command(subcommand)]
    Entry(entry::Entry),
    #[command(subcommand)]
    Opening(opening::Opening),
    #[command(subcommand)]
    Import(import::Import),
    Reconcile(reconcile::Reconcile),
    Export(export::Export),
    Report(report::Report),
    #[command(subcommand)]
    Release(release::Release),
    WhatIf(what_if::WhatIf),
    #[command(subcommand)]
    Policy(policy::Policy),
    Close(close::Close),
    Reopen(close::Reopen),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// Parses, runs, and turns a refusal into a message and an exit code.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Printing help to a closed pipe is no error worth another message.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.report(),
    }
}

fn run(cli: &Cli) -> Result<(), Refusal> {
    let folder = match &cli.command {
        Command::Report(report) => report.is_set(),
        Command::Release(release) => release.is_set(),
        Command::Export(export) => export.is_folder(),
        _ => false,
    };
    let context = Context::new(&cli.global, &cli.command.files(), folder)?;
    dispatch(&context, &cli.command)?;
    context.finish()
}

impl Command {
    /// Files that the command reads or makes.
    fn files(&self) -> Vec<&Path> {
        match self {
            Self::Opening(opening::Opening::Import { file, .. }) => vec![file],
            Self::Import(import) => import.files(),
            Self::Reconcile(reconcile) => reconcile.files(),
            Self::Backup(backup) => vec![&backup.file],
            Self::Restore(restore) => vec![&restore.file],
            Self::Init(init) => vec![Path::new(&init.chart)],
            Self::Receipt(receipt::Receipt::Add { file, .. }) => vec![file],
            Self::Release(release) => release.files(),
            _ => Vec::new(),
        }
    }
}

fn dispatch(context: &Context, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Demo(args) => demo::run(context, args),
        Command::Account(args) => account::run(context, args),
        Command::Fund(args) => fund::run(context, args),
        Command::Event(args) => event::run(context, args),
        Command::Ticket(args) => ticket::run(context, args),
        Command::Discount(args) => ticket::run_discount(context, args),
        Command::Order(args) => order::run(context, args),
        Command::Registration(args) => registration::run(context, args),
        Command::Sponsor(args) => sponsor::run(context, args),
        Command::Payment(args) => payment::run(context, args),
        Command::Invoice(args) => invoice::run(context, args),
        Command::CreditNote(args) => invoice::run_credit_note(context, args),
        Command::Vendor(args) => vendor::run(context, args),
        Command::Contract(args) => contract::run(context, args),
        Command::Bill(args) => bill::run(context, args),
        Command::Claim(args) => claim::run(context, args),
        Command::Aid(args) => aid::run(context, args),
        Command::Tax(args) => tax::run(context, args),
        Command::Rate(args) => rate::run(context, args),
        Command::Allocation(args) => allocation::run(context, args),
        Command::Receipt(args) => receipt::run(context, args),
        Command::Budget(args) => record::run_budget(context, args),
        Command::Hours(args) => record::run_hours(context, args),
        Command::Note(args) => record::run_note(context, args),
        Command::Party(args) => party::run(context, args),
        Command::Entry(args) => entry::run(context, args),
        Command::Opening(args) => opening::run(context, args),
        Command::Import(args) => import::run(context, args),
        Command::Reconcile(args) => reconcile::run(context, args),
        Command::Export(args) => export::run(context, args),
        Command::Report(args) => report::run(context, args),
        Command::Release(args) => release::run(context, args),
        Command::WhatIf(args) => what_if::run(context, args),
        Command::Policy(args) => policy::run(context, args),
        Command::Close(args) => close::run(context, args),
        Command::Reopen(args) => close::run_reopen(context, args),
        Command::Verify(args) => verify::run(context, args),
        Command::Backup(args) => backup::run(context, args),
        Command::Restore(args) => backup::run_restore(context, args),
        Command::Completions(args) => manual::completions(context, args),
        Command::Man(args) => manual::pages(context, args),
    }
}
