use bursar::books::{Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    Cancelled, ContractSigned, Document, DocumentId, DocumentKind, Due, Fact, Penalty, RefundPaid, Terms,
};
use bursar::ledger::{Function, Slug};
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Moved, code_or_next, happen, list, minor, minor_or_zero, party, share, sheet};
use super::refusal::Refusal;

/// Contracts with vendors: what is owed whatever happens, and what grows with attendance
#[derive(Debug, Subcommand)]
pub(super) enum Contract {
    /// Record a contract; it is no entry until a deposit is paid or a bill comes
    #[command(after_help = "\
Deposits are paid with `bursar payment add contract CODE`.

Example:
  bursar contract add hall --vendor \"Harbour Hall\" --event pyex26 \\
      --account 5010 --fixed 20,000.00 --deposit 2026-01-15=5,000.00 \\
      --cancellation 2026-03-01=50% --cancellation 2026-04-15=100%")]
    Add(Box<Add>),
    /// All contracts, or those of an event
    #[command(after_help = "Example:\n  bursar contract list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One contract with its entries
    #[command(after_help = "Example:\n  bursar contract show hall")]
    Show {
        /// Code
        code: Slug,
    },
    /// The vendor gives a deposit back, or a part of it
    #[command(after_help = "Example:\n  bursar contract pay-back hall --amount 3,000.00 --date 2026-04-20")]
    PayBack {
        /// Code
        code: Slug,
        #[command(flatten)]
        moved: Moved,
    },
    /// It takes no more bills
    #[command(after_help = "Example:\n  bursar contract close hall")]
    Close {
        /// Code
        code: Slug,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code [default: the next, such as contract-7]
    code: Option<Slug>,
    /// Vendor
    #[arg(long)]
    vendor: String,
    /// Event it is for
    #[arg(long)]
    event: Option<String>,
    /// Expense account it becomes
    #[arg(long)]
    account: String,
    /// Amount that is owed whatever the attendance
    #[arg(long, value_name = "AMOUNT")]
    fixed: Option<String>,
    /// Amount for each head
    #[arg(long, value_name = "AMOUNT")]
    per_head: Option<String>,
    /// Heads that are paid for in any case
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    minimum: i64,
    /// A deposit that is due; may be repeated
    #[arg(long, value_name = "DATE=AMOUNT")]
    deposit: Vec<String>,
    /// Share that is owed when it is cancelled from a day on; may be repeated
    #[arg(long, value_name = "DATE=SHARE")]
    cancellation: Vec<String>,
    /// Function [default: the account's]
    #[arg(long)]
    function: Option<Function>,
    /// Activity
    #[arg(long)]
    activity: Option<Slug>,
    /// When it was signed [default: today]
    #[arg(long)]
    date: Option<Date>,
}

pub(super) fn run(context: &Context, args: &Contract) -> Result<(), Refusal> {
    let kind = DocumentKind::Contract;
    let sheet = match args {
        Contract::List { event } => return context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Contract::Show { code } => return context.print(&context.read(|b| sheet(b, kind, *code))?),
        Contract::Add(add) => context.write("contract add", |writer| sign(context, writer, add))?,
        Contract::PayBack { code, moved } => context.write("contract pay-back", |writer| {
            let id = DocumentId::new(kind, *code);
            let open = match writer.books().document(id)? {
                Document::Contract(contract) => contract.deposit - contract.lost,
                _ => 0,
            };
            let paid = moved.moved(context, writer.setup()?, open)?;
            happen(writer, id, |_| Fact::RefundPaid(RefundPaid { document: id, paid }))
        })?,
        Contract::Close { code, date } => context.write("contract close", |writer| {
            let (document, date) = (DocumentId::new(kind, *code), context.day(*date)?);
            let cancelled = Cancelled { document, date, lines: Vec::new(), fee: 0, refund: false, reason: None };
            happen(writer, document, |_| Fact::Cancelled(cancelled))
        })?,
    };
    context.print_written(sheet)
}

fn on_day<'a>(text: &'a str, what: &str) -> Result<(Date, &'a str), Refusal> {
    let usage = || Refusal::Usage(format!("expected DATE={what}, found `{text}`"));
    let (day, value) = text.split_once('=').ok_or_else(usage)?;
    Ok((day.trim().parse()?, value))
}

fn sign<S: Store>(context: &Context, writer: &mut Writer<'_, S>, add: &Add) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let mut terms = Terms {
        fixed: minor_or_zero(setup, add.fixed.as_deref())?,
        per_head: minor_or_zero(setup, add.per_head.as_deref())?,
        minimum: add.minimum,
        ..Terms::default()
    };
    for deposit in &add.deposit {
        let (date, amount) = on_day(deposit, "AMOUNT")?;
        terms.deposits.push(Due { date, amount: minor(setup, amount)? });
    }
    for penalty in &add.cancellation {
        let (from, text) = on_day(penalty, "SHARE")?;
        terms.cancellation.push(Penalty { from, share: share(text).map_err(Refusal::Usage)?.normalize() });
    }
    let event = add.event.as_deref().map(|code| setup.event(code).map(|event| event.code)).transpose()?;
    let account = setup.account(&add.account)?.number;
    let (vendor, date) = (party(writer, &add.vendor)?, context.day(add.date)?);
    let code = code_or_next(writer, DocumentKind::Contract, add.code)?;
    let (function, activity) = (add.function, add.activity);
    happen(writer, DocumentId::new(DocumentKind::Contract, code), |_| {
        Fact::Contract(ContractSigned { code, vendor, event, date, account, function, activity, terms })
    })
}
