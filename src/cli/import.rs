use std::path::{Path, PathBuf};

use bursar::books::sqlite::SqliteStore;
use bursar::books::{Setup, Store, Writer};
use bursar::conference::Method;
use bursar::conference::accounts::{CARD_CLEARING, WALLET};
use bursar::intake::{
    Filed, HledgerMapping, IntakeError, Landed, SourceFile, import_aid, import_bills, import_budget, import_civicrm,
    import_claims, import_contracts, import_events, import_funds, import_hledger, import_journal,
    import_open_collective, import_orders, import_packages, import_parties, import_rates, import_sponsorships,
    import_tickets,
};
use bursar::ledger::Slug;
use bursar::report::{Column, ColumnKind, Covers, Row, Statement, plain_sheet};
use clap::{Args, Subcommand};

use super::context::{Context, count_row};
use super::import_platform::{Dress, Platform, platform};
use super::import_processor::{Processor, processor};
use super::refusal::Refusal;

/// Files in: all of a file or nothing; the same file again adds nothing
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// The CSV of `hledger print -O csv`
    #[command(after_help = "\
Accounts that the books lack are opened by their root name; the payee becomes
the party.

Example:
  hledger -f our.journal print -O csv > ours.csv
  bursar import hledger ours.csv --currency-symbol '$=USD'")]
    Hledger(Hledger),
    /// bursar's own journal CSV, as `bursar export csv` writes it
    #[command(after_help = "Example:\n  bursar import csv journal.csv --dry-run")]
    Csv {
        /// The file
        file: PathBuf,
    },
    /// pretix: order transaction data, payments and refunds, order positions; give the files you have together
    #[command(after_help = "\
Order transaction data tells what was sold and taken back, the payments what
moved money, the positions who attends. Export the whole history each time:
what is in the books already is left as it is.

Example:
  bursar import pretix transactions.csv payments.csv --event pycon26 --suggest --output pretix.toml
  bursar import pretix transactions.csv payments.csv --event pycon26 --map pretix.toml --dry-run")]
    Pretix(Platform),
    /// Eventbrite: the attendees' report
    #[command(after_help = "Example:\n  bursar import eventbrite attendees.csv --event pycon26 --dates mdy --dry-run")]
    Eventbrite(Platform),
    /// Tito: tickets
    #[command(after_help = "Example:\n  bursar import tito tickets.csv --event pycon26 --dry-run")]
    Tito(Platform),
    /// hi.events: orders
    #[command(after_help = "\
The export has orders and not what was ordered: every order becomes one item,
of the ticket that a mapping gives for the product `order`.

Example:
  bursar import hi-events orders.csv --event pycon26 --map orders.toml --dry-run")]
    HiEvents(Platform),
    /// alf.io: tickets
    #[command(after_help = "Example:\n  bursar import alfio tickets.csv --event pycon26 --dry-run")]
    Alfio(Platform),
    /// Indico: registrations, exported with their state, price and date
    #[command(after_help = "Example:\n  bursar import indico registrations.csv --event pycon26 --dry-run")]
    Indico(Platform),
    /// Stripe: itemised balance changes; true fees, refunds, disputes and payouts
    #[command(after_help = "\
A charge pays the order that its description names. Where the platform's export
has told the payment already, only the fee is booked. Import the orders first.

Example:
  bursar import stripe balance.csv --dry-run
  bursar reconcile 1110 --statement balance.csv")]
    Stripe(Processor),
    /// PayPal: activity download; true fees, refunds, disputes and withdrawals
    #[command(after_help = "Example:\n  bursar import paypal activity.csv --dates mdy --dry-run")]
    Paypal(Processor),
    /// Open Collective: transactions, as the fiscal host exports them
    #[command(after_help = "\
Expenses need an account for each tag or type, which a mapping gives under
[accounts]: travel = \"5310\".

Example:
  bursar import open-collective transactions.csv --map accounts.toml --dry-run")]
    OpenCollective(Ledger),
    /// CiviCRM: a financial batch, exported for accounting
    #[command(after_help = "\
Accounts are found by their codes; a mapping names others under [accounts].

Example:
  bursar import civicrm batch.csv --map accounts.toml --dry-run")]
    Civicrm(Ledger),
    /// Orders with their items, payments and cancellations; a row an item: order,date,event,party,ticket[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import orders orders.csv --dry-run"
    )]
    Orders {
        /// The file
        file: PathBuf,
    },
    /// Sponsorships, a row each: sponsorship,date,event,party[,package][,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import sponsorships sponsorships.csv --dry-run"
    )]
    Sponsorships {
        /// The file
        file: PathBuf,
    },
    /// Contracts with vendors, a row each: contract,date,vendor,account[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import contracts contracts.csv --dry-run"
    )]
    Contracts {
        /// The file
        file: PathBuf,
    },
    /// Bills; a row a line: bill,date,vendor,amount[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import bills bills.csv --dry-run"
    )]
    Bills {
        /// The file
        file: PathBuf,
    },
    /// Expense claims; a row a line: claim,date,claimant,account,amount[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import claims claims.csv --dry-run"
    )]
    Claims {
        /// The file
        file: PathBuf,
    },
    /// Applications for aid, with offers and grants: application,date,event,party[,…]
    #[command(after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import aid aid.csv --dry-run")]
    Aid {
        /// The file
        file: PathBuf,
    },
    /// Tickets; a row a price: event,ticket,name,kind,price[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import tickets tickets.csv --dry-run"
    )]
    Tickets {
        /// The file
        file: PathBuf,
    },
    /// Packages for sponsors, a row each: event,package,name,price[,…]
    #[command(
        after_help = "docs/reference.md lists the columns.\n\nExample:\n  bursar import packages packages.csv --dry-run"
    )]
    Packages {
        /// The file
        file: PathBuf,
    },
    /// Exchange rates: date,currency,rate
    #[command(after_help = "Example:\n  bursar import rates rates.csv")]
    Rates {
        /// The file
        file: PathBuf,
    },
    /// Budget lines: event,version,date,account,amount[,approved_by][,basis]
    #[command(after_help = "Example:\n  bursar import budget budget.csv")]
    Budget {
        /// The file
        file: PathBuf,
    },
    /// Parties: name,kind[,holding][,email]
    #[command(after_help = "Example:\n  bursar import parties parties.csv")]
    Parties {
        /// The file
        file: PathBuf,
    },
    /// Funds: code,name,restriction[,purpose]
    #[command(after_help = "Example:\n  bursar import funds funds.csv")]
    Funds {
        /// The file
        file: PathBuf,
    },
    /// Events: code,name,first_day,last_day
    #[command(after_help = "Example:\n  bursar import events events.csv")]
    Events {
        /// The file
        file: PathBuf,
    },
}

/// A file of another ledger.
#[derive(Debug, Args)]
pub(super) struct Ledger {
    /// The file: CSV, .xlsx or .ods
    file: PathBuf,
    /// The event that everything belongs to
    #[arg(long, value_name = "CODE")]
    event: Option<Slug>,
    #[command(flatten)]
    dress: Dress,
}

#[derive(Debug, Args)]
pub(super) struct Hledger {
    /// The file
    file: PathBuf,
    /// Currency of a commodity symbol, such as '$=USD'; may be repeated
    #[arg(long, value_name = "SYMBOL=CODE")]
    currency_symbol: Vec<String>,
    /// Mapping file (TOML) for accounts, columns and the decimal mark
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
}

impl Import {
    /// Files that the command reads.
    pub(super) fn files(&self) -> Vec<&Path> {
        match self {
            Self::Hledger(args) => std::iter::once(&args.file).chain(&args.map).map(PathBuf::as_path).collect(),
            Self::Pretix(args)
            | Self::Eventbrite(args)
            | Self::Tito(args)
            | Self::HiEvents(args)
            | Self::Alfio(args)
            | Self::Indico(args) => args.files(),
            Self::Stripe(args) | Self::Paypal(args) => args.files(),
            Self::OpenCollective(args) | Self::Civicrm(args) => {
                std::iter::once(&args.file).chain(&args.dress.map).map(PathBuf::as_path).collect()
            }
            Self::Csv { file }
            | Self::Parties { file }
            | Self::Funds { file }
            | Self::Events { file }
            | Self::Orders { file }
            | Self::Sponsorships { file }
            | Self::Contracts { file }
            | Self::Bills { file }
            | Self::Claims { file }
            | Self::Aid { file }
            | Self::Tickets { file }
            | Self::Rates { file }
            | Self::Budget { file }
            | Self::Packages { file } => vec![file],
        }
    }
}

pub(super) fn run(context: &Context, args: &Import) -> Result<(), Refusal> {
    match args {
        Import::Hledger(args) => {
            let mut mapping = match &args.map {
                None => HledgerMapping::default(),
                Some(path) => {
                    let text = std::fs::read_to_string(path)
                        .map_err(|source| IntakeError::File { path: path.clone(), source })?;
                    HledgerMapping::parse(&text)
                        .map_err(|message| IntakeError::Mapping { path: path.clone(), message })?
                }
            };
            for symbol in &args.currency_symbol {
                mapping.add_symbol(symbol)?;
            }
            let source = SourceFile::open(&args.file)?;
            let sheet = context.write("import hledger", |writer| {
                let landed = import_hledger(writer, &source, &mapping)?;
                summary(writer, &source, &landed)
            })?;
            context.print_written(sheet)
        }
        Import::Csv { file } => {
            let source = SourceFile::open(file)?;
            let sheet = context.write("import csv", |writer| {
                let landed = import_journal(writer, &source)?;
                summary(writer, &source, &landed)
            })?;
            context.print_written(sheet)
        }
        Import::Pretix(args) => {
            platform(context, args, &["pretix-transactions", "pretix-payments", "pretix-positions"])
        }
        Import::Eventbrite(args) => platform(context, args, &["eventbrite"]),
        Import::Tito(args) => platform(context, args, &["tito"]),
        Import::HiEvents(args) => platform(context, args, &["hi-events"]),
        Import::Alfio(args) => platform(context, args, &["alfio"]),
        Import::Indico(args) => platform(context, args, &["indico"]),
        Import::Stripe(args) => processor(context, args, "stripe", (CARD_CLEARING.code, Method::Card)),
        Import::Paypal(args) => processor(context, args, "paypal", (WALLET.code, Method::Wallet)),
        Import::OpenCollective(args) => {
            let (source, mapping) = (SourceFile::open(&args.file)?, args.dress.mapping()?);
            let sheet = context.write("import open-collective", |writer| {
                let landed = import_open_collective(writer, &source, args.event, &mapping, &args.dress.reading())?;
                summary(writer, &source, &landed)
            })?;
            context.print_written(sheet)
        }
        Import::Civicrm(args) => {
            let (source, mapping) = (SourceFile::open(&args.file)?, args.dress.mapping()?);
            let sheet = context.write("import civicrm", |writer| {
                let done = import_civicrm(writer, &source, args.event, &mapping, &args.dress.reading())?;
                let mut sheet = summary(writer, &source, &done.landed)?;
                if done.open.0 > 0 {
                    sheet.rows.push(count_row("open", "Rows left out: not completed", done.open.0));
                }
                Ok::<_, Refusal>(sheet)
            })?;
            context.print_written(sheet)
        }
        Import::Orders { file } => papers(context, file, "orders", import_orders),
        Import::Sponsorships { file } => papers(context, file, "sponsorships", import_sponsorships),
        Import::Contracts { file } => papers(context, file, "contracts", import_contracts),
        Import::Bills { file } => papers(context, file, "bills", import_bills),
        Import::Claims { file } => papers(context, file, "claims", import_claims),
        Import::Aid { file } => papers(context, file, "aid", import_aid),
        Import::Tickets { file } => papers(context, file, "tickets", import_tickets),
        Import::Packages { file } => papers(context, file, "packages", import_packages),
        Import::Rates { file } => {
            let source = SourceFile::open(file)?;
            let added = context.write("import rates", |writer| Ok(import_rates(writer, &source)?))?;
            context.say(&format!("{added} {} added.", if added == 1 { "rate" } else { "rates" }))
        }
        Import::Budget { file } => {
            let source = SourceFile::open(file)?;
            let added = context.write("import budget", |writer| Ok(import_budget(writer, &source)?))?;
            context.say(&format!("{added} budget {} added.", if added == 1 { "line" } else { "lines" }))
        }
        Import::Parties { file } => {
            let source = SourceFile::open(file)?;
            let added = context.write("import parties", |writer| Ok(import_parties(writer, &source)?))?;
            context.say(&format!("{added} parties added."))
        }
        Import::Funds { file } => {
            let source = SourceFile::open(file)?;
            let added = context.write("import funds", |writer| Ok(import_funds(writer, &source)?))?;
            context.say(&format!("{added} funds added or changed."))
        }
        Import::Events { file } => {
            let source = SourceFile::open(file)?;
            let added = context.write("import events", |writer| Ok(import_events(writer, &source)?))?;
            context.say(&format!("{added} events added or changed."))
        }
    }
}

/// Imports documents by one of the functions for them.
fn papers(
    context: &Context,
    file: &Path,
    what: &str,
    import: fn(&mut Writer<'_, SqliteStore>, &SourceFile) -> Result<Filed, IntakeError>,
) -> Result<(), Refusal> {
    let source = SourceFile::open(file)?;
    let sheet = context.write(&format!("import {what}"), |writer| {
        let filed = import(writer, &source)?;
        let setup = writer.setup()?;
        let rows = vec![
            count_row("documents", "Documents in the file", filed.documents),
            count_row("added", "Added", filed.added),
            count_row("known", "There already", filed.known),
            count_row("entries", "Entries that followed", filed.entries),
            count_row("parties", "Parties made known", filed.parties),
        ];
        Ok::<_, Refusal>(sheet(setup, &source.name(), counts(), rows, Vec::new()))
    })?;
    context.print_written(sheet)
}

/// The table that tells what an import did.
pub(super) fn sheet(setup: &Setup, file: &str, columns: Vec<Column>, rows: Vec<Row>, notes: Vec<String>) -> Statement {
    Statement { notes, ..plain_sheet(setup, "import", format!("Import of {file}"), columns, rows) }
}

/// Counts alone.
fn counts() -> Vec<Column> {
    vec![Column::new("value", "", ColumnKind::Count)]
}

/// Numbers of things, and what they come to.
pub(super) fn counts_and_amounts() -> Vec<Column> {
    vec![Column::new("count", "Number", ColumnKind::Count), Column::new("amount", "Amount", ColumnKind::Money)]
}

/// What an import did, as a table.
pub(super) fn summary<S: Store>(
    writer: &Writer<'_, S>,
    source: &SourceFile,
    landed: &Landed,
) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let rows = vec![
        count_row("transactions", "Transactions in the file", landed.transactions),
        count_row("added", "Entries added", landed.added),
        count_row("known", "There already", landed.known),
        count_row("accounts", "Accounts opened", landed.accounts.len()),
        count_row("parties", "Parties made known", landed.parties),
    ];
    let mut notes = Vec::new();
    notes.extend(landed.dates.map(|(first, last)| format!("Booking dates {first} to {last}.")));
    if !landed.accounts.is_empty() {
        let shown: Vec<&str> = landed.accounts.iter().take(8).map(String::as_str).collect();
        let more = landed.accounts.len() - shown.len();
        let more = if more > 0 { format!(", and {more} more (`bursar account list`)") } else { String::new() };
        notes.push(format!("Accounts opened: {}{more}.", shown.join(", ")));
    }
    let postings = i64::try_from(landed.postings).unwrap_or(i64::MAX);
    let covers = Some(Covers { postings, head: writer.head() });
    Ok(Statement { covers, ..sheet(setup, &source.name(), counts(), rows, notes) })
}
