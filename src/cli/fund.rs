use bursar::books::BooksError;
use bursar::ledger::{Fund as LedgerFund, Restriction, Slug};
use bursar::report::{Statement, fund_list};
use clap::{Args, Subcommand};

use super::context::Context;
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

pub(super) fn run(context: &Context, args: &Fund) -> Result<(), Refusal> {
    match args {
        Fund::List => context.print(&context.read(|books| Ok(fund_list(books)?))?),
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
