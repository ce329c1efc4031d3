use bursar::books::{Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    Benefit, Cancelled, Choice, Chosen, ConditionMet, DocumentId, DocumentKind, Fact, InKind, Package as Offer,
    RefundPaid, SponsorshipAgreed, WrittenOff,
};
use bursar::ledger::{Fund, Restriction, Slug};
use bursar::report::{Statement, package_list};
use clap::{Args, Subcommand};

use super::context::Context;
use super::fund::only;
use super::happen::{Moved, code_or_next, happen, list, minor, party, sheet};
use super::refusal::Refusal;

/// Sponsorships, by package
#[derive(Debug, Subcommand)]
pub(super) enum Sponsor {
    /// Packages that an event offers
    #[command(subcommand)]
    Package(Package),
    /// A sponsor has agreed
    #[command(after_help = "\
The exchange part is the fair value of all benefits, at most the price; the rest
is a contribution to the event's restricted fund (opened when there is none).

Examples:
  bursar sponsor add --event pyex26 --party \"Example GmbH\" --package gold
  bursar sponsor add --event pyex26 --party \"Net Ltd\" --price 4,000.00 \\
      --benefits 2,000.00 --in-kind services")]
    Add(Box<Add>),
    /// All sponsorships, or those of an event
    #[command(after_help = "Example:\n  bursar sponsor list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One sponsorship with its entries
    #[command(after_help = "Example:\n  bursar sponsor show gold-1")]
    Show {
        /// Code
        code: Slug,
    },
    /// The condition of a gift is met
    #[command(after_help = "Example:\n  bursar sponsor met gold-1 --date 2026-05-16")]
    Met {
        /// Code
        code: Slug,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// The sponsor withdraws before the event
    #[command(after_help = "Example:\n  bursar sponsor cancel gold-1 --refund --reason \"budget cut\"")]
    Cancel {
        /// Code
        code: Slug,
        /// What was paid goes back (else it is kept, as a gift)
        #[arg(long)]
        refund: bool,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// What is due will not come
    #[command(after_help = "Example:\n  bursar sponsor write-off gold-1")]
    WriteOff {
        /// Code
        code: Slug,
        /// Amount [default: all that is due]
        #[arg(long)]
        amount: Option<String>,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// Pay back what is owed to a sponsor
    #[command(after_help = "Example:\n  bursar sponsor pay-back gold-1")]
    PayBack {
        /// Code
        code: Slug,
        #[command(flatten)]
        moved: Moved,
    },
    /// What the sponsor wants if the event is cancelled: refund, donate
    #[command(after_help = "Example:\n  bursar sponsor choose gold-1 donate")]
    Choose {
        /// Code
        code: Slug,
        /// Choice
        choice: Choice,
    },
}

/// Packages that an event offers to sponsors
#[derive(Debug, Subcommand)]
pub(super) enum Package {
    /// Offer a package; under a code that exists, change what is offered from now on
    #[command(after_help = "\
Examples:
  bursar sponsor package add pyex26 silver --name Silver --price 4,000.00 \\
      --passes 2 --pass corporate --benefit \"Booth:booth=800.00\" --halved")]
    Add(Box<AddPackage>),
    /// All packages, or those of an event
    #[command(after_help = "Example:\n  bursar sponsor package list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddPackage {
    /// Event
    event: String,
    /// Code
    code: Slug,
    /// Name on invoices
    #[arg(long)]
    name: String,
    /// Price
    #[arg(long)]
    price: String,
    /// How many there are
    #[arg(long, value_name = "NUMBER")]
    limit: Option<i64>,
    /// Passes it comes with
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    passes: i64,
    /// Ticket that a pass is worth: its last price counts
    #[arg(long, value_name = "TICKET")]
    pass: Option<Slug>,
    /// Another benefit and its fair value; NAME:booth or NAME:advertising where tax treats it so; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    benefit: Vec<String>,
    /// All of the price is for advertising and benefits: no gift is in it
    #[arg(long)]
    exchange: bool,
    /// Small companies pay half
    #[arg(long)]
    halved: bool,
    /// Tax code of the exchange part
    #[arg(long)]
    tax: Option<Slug>,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code [default: the next, such as sponsorship-7]
    code: Option<Slug>,
    /// Event
    #[arg(long)]
    event: String,
    /// Sponsor
    #[arg(long)]
    party: String,
    /// Package
    #[arg(long)]
    package: Option<Slug>,
    /// Price [default: the package's]
    #[arg(long)]
    price: Option<String>,
    /// A small company: half the price, where the package says so
    #[arg(long, requires = "package")]
    small: bool,
    /// Fair value of all benefits [default: the package's]
    #[arg(long)]
    benefits: Option<String>,
    /// Passes [default: the package's]
    #[arg(long, value_name = "NUMBER")]
    passes: Option<i64>,
    /// Fund of the part beyond the benefits [default: the event's]
    #[arg(long)]
    fund: Option<String>,
    /// The part beyond the benefits is not for this event, but for anything
    #[arg(long, conflicts_with = "fund")]
    unrestricted: bool,
    /// Condition of the gift: a barrier, and the right to have it back
    #[arg(long, value_name = "TEXT")]
    condition: Option<String>,
    /// Given instead of money: goods or services
    #[arg(long, value_name = "WHAT")]
    in_kind: Option<InKind>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

fn id(code: Slug) -> DocumentId {
    DocumentId::new(DocumentKind::Sponsorship, code)
}

pub(super) fn run(context: &Context, args: &Sponsor) -> Result<(), Refusal> {
    let kind = DocumentKind::Sponsorship;
    let sheet = match args {
        Sponsor::Package(package) => return packages(context, package),
        Sponsor::List { event } => return context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Sponsor::Show { code } => return context.print(&context.read(|b| sheet(b, kind, *code))?),
        Sponsor::Add(add) => context.write("sponsor add", |writer| agree(context, writer, add))?,
        Sponsor::Met { code, date } => context.write("sponsor met", |writer| {
            let date = context.day(*date)?;
            happen(writer, id(*code), |_| Fact::ConditionMet(ConditionMet { document: id(*code), date }))
        })?,
        Sponsor::Cancel { code, refund, date, reason } => context.write("sponsor cancel", |writer| {
            let date = context.day(*date)?;
            happen(writer, id(*code), |recorder| {
                Fact::Cancelled(Cancelled {
                    document: id(*code),
                    date,
                    lines: Vec::new(),
                    fee: 0,
                    refund: *refund,
                    reason: reason.as_deref().map(|reason| recorder.seal("reason", reason)),
                })
            })
        })?,
        Sponsor::WriteOff { code, amount, date } => context.write("sponsor write-off", |writer| {
            let date = context.day(*date)?;
            let due = writer.books().document(id(*code))?.open().0;
            let amount = amount.as_deref().map_or(Ok(due), |text| minor(writer.setup()?, text))?;
            happen(writer, id(*code), |_| Fact::WrittenOff(WrittenOff { document: id(*code), date, amount }))
        })?,
        Sponsor::PayBack { code, moved } => context.write("sponsor pay-back", |writer| {
            let owed = writer.books().document(id(*code))?.open().1;
            let paid = moved.moved(context, writer.setup()?, owed)?;
            happen(writer, id(*code), |_| Fact::RefundPaid(RefundPaid { document: id(*code), paid }))
        })?,
        Sponsor::Choose { code, choice } => context.write("sponsor choose", |writer| {
            happen(writer, id(*code), |_| Fact::Chosen(Chosen { document: id(*code), choice: *choice }))
        })?,
    };
    context.print_written(sheet)
}

fn packages(context: &Context, args: &Package) -> Result<(), Refusal> {
    match args {
        Package::List { event } => context.print(&context.read(|books| {
            let event = event.as_deref().map(|code| books.setup()?.event(code).map(|e| e.code)).transpose()?;
            Ok(package_list(books, event)?)
        })?),
        Package::Add(add) => {
            let sheet = context.write("sponsor package add", |writer| {
                let setup = writer.setup()?;
                let mut benefits = Vec::new();
                for benefit in &add.benefit {
                    let usage = || Refusal::Usage(format!("expected NAME=VALUE, found `{benefit}`"));
                    let (name, value) = benefit.rsplit_once('=').ok_or_else(usage)?;
                    benefits.push(Benefit::typed(name, minor(setup, value)?));
                }
                let package = Offer {
                    event: setup.event(&add.event)?.code,
                    code: add.code,
                    name: add.name.clone(),
                    price: minor(setup, &add.price)?,
                    limit: add.limit,
                    passes: add.passes,
                    pass: add.pass,
                    benefits,
                    exchange: add.exchange,
                    halved: add.halved,
                    tax: add.tax,
                };
                let event = package.event;
                writer.happen(|_| Ok(Fact::Package(package)))?;
                Ok(only(package_list(writer.books(), Some(event))?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}

fn agree<S: Store>(context: &Context, writer: &mut Writer<'_, S>, add: &Add) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let event = setup.event(&add.event)?.clone();
    let package = add.package.map(|code| setup.conference().package(event.code, code).cloned()).transpose()?;
    let value = package.as_ref().map(|package| package.value(setup.conference())).transpose()?;
    let price = match (&add.price, &package) {
        (Some(text), _) => minor(setup, text)?,
        (None, Some(package)) if add.small && !package.halved => {
            let message = format!("package {} is not halved for small companies: give --price", package.code);
            return Err(Refusal::Usage(message));
        }
        // Half of an odd amount is rounded up: the organiser's price list decides, not a cent.
        (None, Some(package)) if add.small => (package.price + 1) / 2,
        (None, Some(package)) => package.price,
        (None, None) => return Err(Refusal::Usage("give --package or --price".to_owned())),
    };
    let benefits = add.benefits.as_deref().map(|text| minor(setup, text)).transpose()?.or(value).unwrap_or(0);
    let exchange = package.as_ref().is_some_and(|package| package.exchange);
    let fund = add.fund.as_deref().map(|code| setup.fund(code).map(|fund| fund.code)).transpose()?;
    let date = context.day(add.date)?;
    let sponsor = party(writer, &add.party)?;
    let mut opened = None;
    let is_gift = !exchange && price > benefits && add.in_kind.is_none();
    let fund = match (fund, event.fund) {
        (Some(fund), _) => Some(fund),
        (None, _) if add.unrestricted || !is_gift => None,
        (None, Some(fund)) => Some(fund),
        (None, None) => {
            let (name, restriction) = (format!("For {}", event.name), Restriction::Purpose);
            writer.put_fund(Fund { code: event.code, name, restriction, purpose: None })?;
            let mut changed = event.clone();
            changed.fund = Some(event.code);
            writer.put_event(changed)?;
            opened = Some(event.code);
            opened
        }
    };
    let code = code_or_next(writer, DocumentKind::Sponsorship, add.code)?;
    let passes = add.passes.or(package.as_ref().map(|package| package.passes)).unwrap_or(0);
    let mut sheet = happen(writer, id(code), |recorder| {
        Fact::Sponsorship(SponsorshipAgreed {
            code,
            event: event.code,
            party: sponsor,
            date,
            package: add.package,
            price,
            benefits,
            exchange,
            small: add.small,
            passes,
            fund,
            condition: add.condition.as_deref().map(|text| recorder.seal("condition", text)),
            in_kind: add.in_kind,
            tax: package.as_ref().and_then(|package| package.tax),
        })
    })?;
    if let Some(fund) = opened {
        sheet.notes.push(format!("The restricted fund `{fund}` was opened for gifts to this event."));
    }
    Ok(sheet)
}
