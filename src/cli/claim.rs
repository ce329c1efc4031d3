use std::path::Path;

use bursar::books::{Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{Cancelled, ClaimApproved, ClaimSubmitted, DocumentId, DocumentKind, Fact};
use bursar::intake::SourceFile;
use bursar::ledger::Slug;
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::bill::cost_line;
use super::context::Context;
use super::happen::{Spec, code_or_next, happen, list, party, sheet};
use super::refusal::Refusal;

/// Expense claims of volunteers
#[derive(Debug, Subcommand)]
pub(super) enum Claim {
    /// Submit a claim; it is no entry until someone else approves it
    #[command(after_help = "\
Each --line is ACCOUNT=AMOUNT, then options after semicolons: receipt (a file, of
which the SHA-256 is kept), tax, fund, activity, function.

Example:
  bursar claim add --claimant \"Ada Example\" --event pyex26 \\
      --line \"6420=80.00;receipt=taxi.pdf\"")]
    Add(Add),
    /// Approve a claim: it is owed
    #[command(after_help = "Example:\n  bursar claim approve claim-1 --by \"Bo Example\"")]
    Approve {
        /// Code
        code: Slug,
        /// Who approves; not the claimant
        #[arg(long, value_name = "NAME")]
        by: String,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// Turn a claim down
    #[command(after_help = "Example:\n  bursar claim reject claim-1 --reason \"paid by card\"")]
    Reject {
        /// Code
        code: Slug,
        /// Why
        #[arg(long)]
        reason: String,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// All claims, or those of an event
    #[command(after_help = "Example:\n  bursar claim list")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One claim with its entries
    #[command(after_help = "Example:\n  bursar claim show claim-1")]
    Show {
        /// Code
        code: Slug,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code [default: the next, such as claim-7]
    code: Option<Slug>,
    /// Who spent the money
    #[arg(long, value_name = "NAME")]
    claimant: String,
    /// Event
    #[arg(long)]
    event: Option<String>,
    /// ACCOUNT=AMOUNT[;receipt=FILE][;key=value…]; may be repeated
    #[arg(long, required = true, value_name = "ACCOUNT=AMOUNT")]
    line: Vec<Spec>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

pub(super) fn run(context: &Context, args: &Claim) -> Result<(), Refusal> {
    let kind = DocumentKind::Claim;
    let sheet = match args {
        Claim::List { event } => return context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Claim::Show { code } => return context.print(&context.read(|b| sheet(b, kind, *code))?),
        Claim::Add(add) => context.write("claim add", |writer| submit(context, writer, add))?,
        Claim::Approve { code, by, date } => context.write("claim approve", |writer| {
            let (approver, date) = (party(writer, by)?, context.day(*date)?);
            let approved = ClaimApproved { claim: *code, approver, date };
            happen(writer, DocumentId::new(kind, *code), |_| Fact::ClaimApproved(approved))
        })?,
        Claim::Reject { code, reason, date } => context.write("claim reject", |writer| {
            let (document, date) = (DocumentId::new(kind, *code), context.day(*date)?);
            happen(writer, document, |recorder| {
                let reason = Some(recorder.seal("reason", reason));
                Fact::Cancelled(Cancelled { document, date, lines: Vec::new(), fee: 0, refund: false, reason })
            })
        })?,
    };
    context.print_written(sheet)
}

fn submit<S: Store>(context: &Context, writer: &mut Writer<'_, S>, add: &Add) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let event = add.event.as_deref().map(|code| setup.event(code).map(|event| event.code)).transpose()?;
    let mut lines = Vec::with_capacity(add.line.len());
    for spec in &add.line {
        let mut line = cost_line(setup, spec, None, None)?;
        if let Some(path) = spec.get("receipt") {
            line.receipt = Some(SourceFile::open(Path::new(path))?.sha256());
        }
        lines.push(line);
    }
    let (claimant, date) = (party(writer, &add.claimant)?, context.day(add.date)?);
    let code = code_or_next(writer, DocumentKind::Claim, add.code)?;
    happen(writer, DocumentId::new(DocumentKind::Claim, code), |_| {
        Fact::Claim(ClaimSubmitted { code, claimant, event, date, lines })
    })
}
