use bursar::books::BooksError;
use bursar::calendar::Date;
use bursar::conference::{Designated, DocumentId, DocumentKind, Fact, GiftReceived};
use bursar::ledger::{Fund as LedgerFund, Restriction, Slug};
use bursar::report::{Statement, fund_list, posted_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Moved, code_or_next, happen, list, minor, party};
use super::refusal::Refusal;

/// Funds: money kept apart by what its givers, or the board, said it is for
#[derive(Debug, Subcommand)]
pub(super) enum Fund {
    /// Open a fund
    #[command(
        after_help = "Example:\n  bursar fund add aid --name \"Financial aid\" --restriction purpose \\\n      --purpose \"Travel grants\""
    )]
    Add(Add),
    /// All funds
    #[command(after_help = "Example:\n  bursar fund list")]
    List,
    /// Record a gift to a fund
    #[command(
        after_help = "Example:\n  bursar fund gift --fund aid --party \"Generous Ltd\" --amount 500.00 --method card --fee 15.00"
    )]
    Gift(Gift),
    /// All gifts to funds
    #[command(after_help = "Example:\n  bursar fund gifts")]
    Gifts,
    /// The board sets money aside, or frees it: it moves between funds that no donor restricts
    #[command(
        after_help = "Example:\n  bursar fund designate --from general --to reserve --amount 50,000.00 \\\n      --reason \"resolution of 3 March\""
    )]
    Designate(Designate),
    /// One fund
    #[command(after_help = "Example:\n  bursar fund show aid")]
    Show {
        /// Code
        code: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code, such as aid
    code: Slug,
    /// Name on statements
    #[arg(long)]
    name: String,
    /// undesignated, board-designated, purpose, time, perpetual
    #[arg(long)]
    restriction: Restriction,
    /// What it is for
    #[arg(long)]
    purpose: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Designate {
    /// Fund it comes from
    #[arg(long, default_value = "general")]
    from: String,
    /// Fund it goes to
    #[arg(long, default_value = "general")]
    to: String,
    /// Amount
    #[arg(long)]
    amount: String,
    /// The board's decision
    #[arg(long)]
    reason: String,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct Gift {
    /// Code [default: the next, such as gift-7]
    code: Option<Slug>,
    /// Fund it is for
    #[arg(long, default_value = "general")]
    fund: String,
    /// Who gave
    #[arg(long)]
    party: String,
    /// Event it is for, if for one
    #[arg(long)]
    event: Option<String>,
    #[command(flatten)]
    moved: Moved,
}

pub(super) fn run(context: &Context, args: &Fund) -> Result<(), Refusal> {
    match args {
        Fund::List => context.print(&context.read(|books| Ok(fund_list(books)?))?),
        Fund::Gifts => context.print(&context.read(|books| list(books, DocumentKind::Gift, None))?),
        Fund::Gift(gift) => {
            let sheet = context.write("fund gift", |writer| {
                let setup = writer.setup()?;
                let fund = setup.fund(&gift.fund)?.code;
                let event = gift.event.as_deref().map(|code| setup.event(code).map(|e| e.code)).transpose()?;
                let paid = gift.moved.moved(context, setup, 0)?;
                let giver = party(writer, &gift.party)?;
                let code = code_or_next(writer, DocumentKind::Gift, gift.code)?;
                happen(writer, DocumentId::new(DocumentKind::Gift, code), |_| {
                    Fact::Gift(GiftReceived { code, party: giver, fund, event, paid })
                })
            })?;
            context.print_written(sheet)
        }
        Fund::Designate(args) => {
            let sheet = context.write("fund designate", |writer| {
                let setup = writer.setup()?;
                let (from, to) = (setup.fund(&args.from)?.code, setup.fund(&args.to)?.code);
                let (amount, date) = (minor(setup, &args.amount)?, context.day(args.date)?);
                if args.reason.trim().is_empty() {
                    return Err(BooksError::Empty { what: "the board's decision" }.into());
                }
                let (fact, _) = writer.happen(|recorder| {
                    let reason = recorder.seal("reason", &args.reason);
                    Ok(Fact::Designated(Designated { date, from, to, amount, reason }))
                })?;
                writer.settle()?;
                Ok::<_, Refusal>(posted_sheet(writer.books(), &format!("From {from} to {to}"), fact)?)
            })?;
            context.print_written(sheet)
        }
        Fund::Show { code } => {
            let sheet = context.read(|books| {
                let code = books.setup()?.fund(code)?.code;
                Ok(only(fund_list(books)?, code.as_str()))
            })?;
            context.print(&sheet)
        }
        Fund::Add(add) => {
            let fund = LedgerFund {
                code: add.code,
                name: add.name.clone(),
                restriction: add.restriction,
                purpose: add.purpose.clone(),
            };
            let sheet = context.write("fund add", |writer| {
                if writer.setup()?.funds().iter().any(|known| known.code == fund.code) {
                    return Err(BooksError::Exists { what: "fund", value: fund.code.to_string() }.into());
                }
                writer.put_fund(fund)?;
                Ok(only(fund_list(writer.books())?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}

/// The list with one row of it left.
pub(super) fn only(mut list: Statement, key: &str) -> Statement {
    list.rows.retain(|row| row.key == key);
    list
}
