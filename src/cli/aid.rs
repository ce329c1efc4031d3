use bursar::books::{Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    AidOffered, AidPool, ApplicationReceived, Cancelled, ConditionMet, DocumentId, DocumentKind, Fact, Residence, Role,
};
use bursar::ledger::{GENERAL_FUND, Slug};
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{code_or_next, happen, list, minor, minor_or_zero, party, sheet};
use super::refusal::Refusal;

/// Financial aid: pool, applications, offers, grants
#[derive(Debug, Subcommand)]
pub(super) enum Aid {
    /// Say how much aid an event means to give, from a fund
    #[command(after_help = "Example:\n  bursar aid pool pyex26 --amount 50,000.00 --fund aid")]
    Pool {
        /// Event
        event: String,
        /// Amount
        #[arg(long)]
        amount: String,
        /// Fund
        #[arg(long, default_value = "general")]
        fund: String,
    },
    /// Record an application
    #[command(after_help = "Example:\n  bursar aid apply --event pyex26 --party \"Cy Example\" --role speaker")]
    Apply(Apply),
    /// Offer travel and lodging; ticket aid is given with the order
    #[command(after_help = "\
Without a condition it is owed at once.

Example:
  bursar aid offer application-1 --travel 400.00 --fund aid \\
      --residence domestic --condition \"comes and speaks\"")]
    Offer(Offer),
    /// The condition of an offer is met: the grant is owed
    #[command(after_help = "Example:\n  bursar aid met application-1 --date 2026-05-16")]
    Met {
        /// Code
        code: Slug,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// Turn an application down, or the offer was not taken up
    #[command(after_help = "Example:\n  bursar aid decline application-1")]
    Decline {
        /// Code
        code: Slug,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// All applications, or those of an event
    #[command(after_help = "Example:\n  bursar aid list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One application with its entries
    #[command(after_help = "Example:\n  bursar aid show application-1")]
    Show {
        /// Code
        code: Slug,
    },
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    /// Code [default: the next, such as application-7]
    code: Option<Slug>,
    /// Event
    #[arg(long)]
    event: String,
    /// Who applies
    #[arg(long)]
    party: String,
    /// As what they would come
    #[arg(long, default_value = "attendee")]
    role: Role,
    /// What they ask for in all
    #[arg(long, value_name = "AMOUNT")]
    asked: Option<String>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct Offer {
    /// Code of the application
    code: Slug,
    /// For travel
    #[arg(long, value_name = "AMOUNT")]
    travel: Option<String>,
    /// For lodging
    #[arg(long, value_name = "AMOUNT")]
    lodging: Option<String>,
    /// Fund
    #[arg(long, default_value = "general")]
    fund: String,
    /// Where the recipient lives: domestic or foreign
    #[arg(long)]
    residence: Residence,
    /// Condition
    #[arg(long, value_name = "TEXT")]
    condition: Option<String>,
    /// Until when it can be accepted
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

pub(super) fn run(context: &Context, args: &Aid) -> Result<(), Refusal> {
    let kind = DocumentKind::Application;
    let id = |code: Slug| DocumentId::new(kind, code);
    let sheet = match args {
        Aid::List { event } => return context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Aid::Show { code } => return context.print(&context.read(|b| sheet(b, kind, *code))?),
        Aid::Pool { event, amount, fund } => {
            let said = context.write("aid pool", |writer| {
                let setup = writer.setup()?;
                let (event, fund) = (setup.event(event)?.code, setup.fund(fund)?.code);
                let pool = AidPool { event, fund, amount: minor(setup, amount)? };
                let shown = setup.currency().format_grouped(i128::from(pool.amount));
                let said = format!("{event} means to give {shown} {} of aid from fund {fund}.", setup.currency());
                writer.happen(|_| Ok(Fact::Pool(pool)))?;
                Ok(said)
            })?;
            return context.say(&said);
        }
        Aid::Apply(apply) => context.write("aid apply", |writer| receive(context, writer, apply))?,
        Aid::Offer(offer) => context.write("aid offer", |writer| {
            let setup = writer.setup()?;
            let fund = setup.fund(&offer.fund)?.code;
            let offered = AidOffered {
                application: offer.code,
                date: context.day(offer.date)?,
                travel: minor_or_zero(setup, offer.travel.as_deref())?,
                lodging: minor_or_zero(setup, offer.lodging.as_deref())?,
                fund: (fund != GENERAL_FUND).then_some(fund),
                residence: offer.residence,
                condition: None,
                expires: offer.expires,
            };
            happen(writer, id(offer.code), |recorder| {
                let condition = offer.condition.as_deref().map(|text| recorder.seal("condition", text));
                Fact::Offer(AidOffered { condition, ..offered })
            })
        })?,
        Aid::Met { code, date } => context.write("aid met", |writer| {
            let date = context.day(*date)?;
            happen(writer, id(*code), |_| Fact::ConditionMet(ConditionMet { document: id(*code), date }))
        })?,
        Aid::Decline { code, date, reason } => context.write("aid decline", |writer| {
            let (document, date) = (id(*code), context.day(*date)?);
            happen(writer, document, |recorder| {
                let reason = reason.as_deref().map(|reason| recorder.seal("reason", reason));
                Fact::Cancelled(Cancelled { document, date, lines: Vec::new(), fee: 0, refund: false, reason })
            })
        })?,
    };
    context.print_written(sheet)
}

fn receive<S: Store>(context: &Context, writer: &mut Writer<'_, S>, apply: &Apply) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let event = setup.event(&apply.event)?.code;
    let asked = minor_or_zero(setup, apply.asked.as_deref())?;
    let (applicant, date) = (party(writer, &apply.party)?, context.day(apply.date)?);
    let code = code_or_next(writer, DocumentKind::Application, apply.code)?;
    let role = apply.role;
    happen(writer, DocumentId::new(DocumentKind::Application, code), |_| {
        Fact::Application(ApplicationReceived { code, event, party: applicant, role, date, asked })
    })
}
