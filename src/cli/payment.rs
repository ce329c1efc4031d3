use bursar::books::{Books, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{Bill, Document, DocumentId, DocumentKind, Fact, Payment as Paid, Payout, Transferred, worth};
use bursar::ledger::Slug;
use bursar::money::{DecimalMark, Money};
use bursar::report::{Statement, payment_list, posted_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Moved, happen, minor, minor_or_zero};
use super::refusal::Refusal;

/// Payments: money that comes in or goes out for a document, and payouts
#[derive(Debug, Subcommand)]
pub(super) enum Payment {
    /// Record a payment for an order, sponsorship, contract (a deposit), bill, claim, application (a grant) or invoice
    #[command(after_help = "\
Examples:
  bursar payment add order a1 --method card --fee 9.00
  bursar payment add bill hall-1 --amount 13,500.00 --date 2026-06-01")]
    Add {
        /// order, sponsorship, contract, bill, claim, application or invoice
        kind: DocumentKind,
        /// Code
        code: Slug,
        #[command(flatten)]
        moved: Moved,
        /// It may be more than is open: the rest is owed back
        #[arg(long, requires = "amount")]
        overpaid: bool,
    },
    /// Move money between accounts: a payout of a processor, a withdrawal
    #[command(after_help = "Example:\n  bursar payment payout --from 1110 --to 1010 --amount 5,000.00")]
    Payout(Move),
    /// All payments, or those of an event
    #[command(after_help = "Example:\n  bursar payment list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Move {
    /// Account it leaves
    #[arg(long, value_name = "ACCOUNT")]
    from: String,
    /// Account it comes to
    #[arg(long, value_name = "ACCOUNT")]
    to: String,
    /// What leaves
    #[arg(long)]
    amount: String,
    /// What is kept of it on the way
    #[arg(long)]
    fee: Option<String>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

pub(super) fn run(context: &Context, args: &Payment) -> Result<(), Refusal> {
    match args {
        Payment::List { event } => context.print(&context.read(|books| {
            let event = event.as_deref().map(|code| books.setup()?.event(code).map(|e| e.code)).transpose()?;
            Ok(payment_list(books, event)?)
        })?),
        Payment::Add { kind, code, moved, overpaid } => {
            let sheet = context.write("payment add", |writer| {
                let mut document = writer.books().document(DocumentId::new(*kind, *code))?;
                if let Document::Invoice(invoice) = &document {
                    // Who pays an invoice pays what it is for.
                    document = writer.books().document(invoice.of)?;
                }
                let paid = paid(context, writer.books(), &document, moved)?;
                let id = document.id();
                happen(writer, id, |_| Fact::Payment(Paid { document: id, paid, overpaid: *overpaid }))
            })?;
            context.print_written(sheet)
        }
        Payment::Payout(args) => {
            let sheet = context.write("payment payout", |writer| payout(context, writer, args))?;
            context.print_written(sheet)
        }
    }
}

/// The money that moved; of a bill in a foreign currency, all that is open at the rate of the day, unless said.
fn paid<S: Store>(
    context: &Context,
    books: &Books<S>,
    document: &Document,
    moved: &Moved,
) -> Result<Transferred, Refusal> {
    let setup = books.setup()?;
    let Document::Bill(Bill { foreign: Some(owed), .. }) = document else {
        if moved.foreign.is_some() {
            return Err(Refusal::Usage(format!("{} is not in a foreign currency", document.id())));
        }
        return moved.moved(context, setup, open(document));
    };
    let currency = owed.currency()?;
    let amount = match &moved.foreign {
        Some(text) => Money::parse(text, currency, DecimalMark::Point)?,
        None => Money::new(owed.amount, currency),
    };
    let usual = match moved.amount {
        Some(_) => 0,
        None => worth(amount, books.rate_on(currency, context.day(moved.date)?)?, setup.currency())?,
    };
    Ok(Transferred { foreign: Some(amount.minor()), ..moved.moved(context, setup, usual)? })
}

/// What is to be paid of a document.
fn open(document: &Document) -> i64 {
    match document {
        Document::Order(order) => order.outstanding(),
        Document::Sponsorship(sponsorship) => sponsorship.outstanding(),
        // The next deposit that is due.
        Document::Contract(contract) => {
            let mut paid = contract.deposits_paid;
            let mut open = contract.terms.deposits.iter().map(|due| {
                let covered = paid.min(due.amount);
                paid -= covered;
                due.amount - covered
            });
            open.find(|amount| *amount > 0).unwrap_or(0)
        }
        other => other.open().1,
    }
}

fn payout<S: Store>(context: &Context, writer: &mut Writer<'_, S>, args: &Move) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let payout = Payout {
        date: context.day(args.date)?,
        from: setup.account(&args.from)?.number,
        to: setup.account(&args.to)?.number,
        amount: minor(setup, &args.amount)?,
        fee: minor_or_zero(setup, args.fee.as_deref())?,
    };
    let title = format!("Payout of {}", payout.date);
    let (fact, _) = writer.happen(|_| Ok(Fact::Payout(payout)))?;
    writer.settle()?;
    Ok(posted_sheet(writer.books(), &title, fact)?)
}
