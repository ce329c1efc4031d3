use bursar::books::{Setup, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    BillReceived, Cancelled, Contract, CostLine, Document, DocumentId, DocumentKind, EventStatus, Fact, Foreign,
};
use bursar::ledger::Slug;
use bursar::money::{Currency, DecimalMark, Money};
use bursar::report::Statement;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::context::Context;
use super::happen::{Spec, code_or_next, happen, list, minor, minor_or_zero, party, sheet};
use super::rate::{foreign, rate_of};
use super::refusal::Refusal;

/// Bills of vendors and instructors
#[derive(Debug, Subcommand)]
pub(super) enum Bill {
    /// Record a bill
    #[command(after_help = "\
Each --line is ACCOUNT=AMOUNT, then options after semicolons: tax, fund, activity,
function, prepaid (for goods or services of an event that are still to be
received). With --contract the account may be left away, and the line is prepaid
until the event has been held, unless it says received.

Examples:
  bursar bill add --vendor \"Print Ltd\" --event pyex26 \\
      --line \"6210=1,200.00;tax=vat20\" --due 2026-04-01
  bursar bill add hall-1 --vendor \"Harbour Hall\" --event pyex26 \\
      --contract hall --line 20,000.00 --deposit 5,000.00
  bursar bill add --vendor \"Studio GmbH\" --event pyex26 \\
      --currency EUR --line 6210=900.00")]
    Add(Box<Add>),
    /// All bills, or those of an event
    #[command(after_help = "Example:\n  bursar bill list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One bill with its entries
    #[command(after_help = "Example:\n  bursar bill show hall-1")]
    Show {
        /// Code
        code: Slug,
    },
    /// It was a mistake, or the vendor took it back: it becomes void
    #[command(after_help = "Example:\n  bursar bill cancel hall-1 --reason \"sent twice\"")]
    Cancel {
        /// Code
        code: Slug,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code: the vendor's number [default: the next, such as bill-7]
    code: Option<Slug>,
    /// Vendor, or instructor
    #[arg(long)]
    vendor: String,
    /// Event
    #[arg(long)]
    event: Option<String>,
    /// Contract
    #[arg(long)]
    contract: Option<Slug>,
    /// Its date [default: today]
    #[arg(long)]
    date: Option<Date>,
    /// When it is to be paid
    #[arg(long)]
    due: Option<Date>,
    /// ACCOUNT=AMOUNT[;key=value…]; may be repeated
    #[arg(long, required = true, value_name = "ACCOUNT=AMOUNT")]
    line: Vec<Spec>,
    /// Deposits it deducts
    #[arg(long, value_name = "AMOUNT")]
    deposit: Option<String>,
    /// Currency of its amounts, when it is not the books' own
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Units of the books' currency for one of it [default: the rate known on its date]
    #[arg(long, requires = "currency")]
    rate: Option<String>,
}

pub(super) fn run(context: &Context, args: &Bill) -> Result<(), Refusal> {
    let kind = DocumentKind::Bill;
    let sheet = match args {
        Bill::List { event } => return context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Bill::Show { code } => return context.print(&context.read(|b| sheet(b, kind, *code))?),
        Bill::Add(add) => context.write("bill add", |writer| receive(context, writer, add))?,
        Bill::Cancel { code, date, reason } => context.write("bill cancel", |writer| {
            let (document, date) = (DocumentId::new(kind, *code), context.day(*date)?);
            happen(writer, document, |recorder| {
                let reason = reason.as_deref().map(|reason| recorder.seal("reason", reason));
                Fact::Cancelled(Cancelled { document, date, lines: Vec::new(), fee: 0, refund: false, reason })
            })
        })?,
    };
    context.print_written(sheet)
}

fn receive<S: Store>(context: &Context, writer: &mut Writer<'_, S>, add: &Add) -> Result<Statement, Refusal> {
    let contract = match add.contract {
        None => None,
        Some(code) => match writer.books().document(DocumentId::new(DocumentKind::Contract, code))? {
            Document::Contract(contract) => Some(contract),
            _ => None,
        },
    };
    let abroad = add.currency.as_deref().map(|code| abroad(context, writer, add, code)).transpose()?;
    let setup = writer.setup()?;
    let event = match (&add.event, &contract) {
        (Some(code), _) => Some(setup.event(code)?.code),
        (None, Some(contract)) => contract.event,
        (None, None) => None,
    };
    let planned = event.is_some_and(|event| setup.conference().status(event) == EventStatus::Planned);
    let mut lines = Vec::with_capacity(add.line.len());
    for spec in &add.line {
        let mut line = cost_line(setup, spec, contract.as_ref(), abroad.as_ref().map(|(foreign, _)| foreign))?;
        line.prepaid |= contract.is_some() && planned && !spec.has("received");
        lines.push(line);
    }
    let foreign =
        abroad.map(|(currency, rate)| Foreign::translate(&mut lines, currency, rate, setup.currency())).transpose()?;
    let deposit = minor_or_zero(setup, add.deposit.as_deref())?;
    let (vendor, date) = (party(writer, &add.vendor)?, context.day(add.date)?);
    let code = code_or_next(writer, DocumentKind::Bill, add.code)?;
    let (contract, due) = (add.contract, add.due);
    happen(writer, DocumentId::new(DocumentKind::Bill, code), |_| {
        Fact::Bill(BillReceived { code, vendor, event, contract, date, due, lines, deposit, foreign })
    })
}

/// The currency a bill is in, and its rate.
fn abroad<S: Store>(
    context: &Context,
    writer: &Writer<'_, S>,
    add: &Add,
    code: &str,
) -> Result<(Currency, Decimal), Refusal> {
    let currency = foreign(writer.books(), code)?;
    let rate = rate_of(writer.books(), currency, add.rate.as_deref(), context.day(add.date)?)?;
    Ok((currency, rate))
}

/// A line as it is typed: `ACCOUNT=AMOUNT;…`, or only the amount where a contract names the account. Its amount is in
/// minor units of the currency given, else of the books' own.
pub(super) fn cost_line(
    setup: &Setup,
    spec: &Spec,
    contract: Option<&Contract>,
    currency: Option<&Currency>,
) -> Result<CostLine, Refusal> {
    spec.only(&["tax", "fund", "activity", "function", "prepaid", "received", "receipt"])?;
    let (account, amount) = match (spec.head.rsplit_once('='), contract) {
        (Some((account, amount)), _) => (setup.account(account)?.number, amount),
        (None, Some(contract)) => (contract.account, spec.head.as_str()),
        (None, None) => {
            return Err(Refusal::Usage(format!("expected ACCOUNT=AMOUNT, found `{}`", spec.head)));
        }
    };
    Ok(CostLine {
        account,
        amount: match currency {
            None => minor(setup, amount)?,
            Some(currency) => Money::parse(amount, *currency, DecimalMark::Point)?.minor(),
        },
        tax: spec.parse("tax")?,
        fund: spec.get("fund").map(|code| setup.fund(code).map(|fund| fund.code)).transpose()?,
        function: spec.parse("function")?.or(contract.and_then(|contract| contract.function)),
        activity: spec.parse("activity")?.or(contract.and_then(|contract| contract.activity)),
        prepaid: spec.has("prepaid"),
        receipt: None,
    })
}
