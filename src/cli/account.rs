use bursar::ledger::{AccountName, AccountType, ChartAccount, Function, LedgerError, Slug};
use bursar::report::{account_list, account_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::refusal::Refusal;

/// Accounts: what amounts are booked to
#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Open an account
    #[command(after_help = "Example:\n  bursar account add Expenses:Childcare --line catering --function program")]
    Add(Add),
    /// All accounts
    #[command(after_help = "Example:\n  bursar account list --format csv")]
    List,
    /// Everything about one account
    #[command(after_help = "Example:\n  bursar account show 4010")]
    Show {
        /// Full name or code
        account: String,
    },
    /// Change an account's attributes, or close it; number, name and type never change
    #[command(after_help = "Example:\n  bursar account set \"Income:Website Donations\" --line contributions")]
    Set(Set),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Full name, such as Expenses:Childcare
    name: AccountName,
    /// Type [default: what the root of the name says]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<AccountType>,
    #[command(flatten)]
    attributes: Attributes,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Full name or code
    account: String,
    #[command(flatten)]
    attributes: Attributes,
    /// Take no more postings
    #[arg(long, conflicts_with = "open")]
    close: bool,
    /// Take postings again
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Args)]
struct Attributes {
    /// Short code, such as 5420
    #[arg(long)]
    code: Option<String>,
    /// Statement line it is shown in
    #[arg(long)]
    line: Option<String>,
    /// Default function of an expense: program, management, fundraising
    #[arg(long)]
    function: Option<Function>,
    /// Line of the direct cash-flow statement
    #[arg(long, value_name = "LINE")]
    cash_flow: Option<Slug>,
    /// Line of Form 990, such as IX-19
    #[arg(long, value_name = "LINE")]
    form_990: Option<String>,
    /// Statement line it merges into when its own is too small to be published
    #[arg(long, value_name = "LINE")]
    merge: Option<String>,
}

pub(super) fn run(context: &Context, args: &Account) -> Result<(), Refusal> {
    match args {
        Account::List => context.print(&context.read(|books| Ok(account_list(books)?))?),
        Account::Show { account } => context.print(&context.read(|books| Ok(account_sheet(books, account)?))?),
        Account::Add(add) => {
            let kind = add.kind.or_else(|| AccountType::of_root(add.name.root()));
            let kind = kind.ok_or_else(|| LedgerError::BadAccountName {
                value: add.name.to_string(),
                reason: "its root does not tell its type; give it with --type",
            })?;
            let attributes = &add.attributes;
            let account = ChartAccount {
                code: attributes.code.clone(),
                name: add.name.clone(),
                kind,
                line: attributes.line.clone(),
                function: attributes.function,
                cash_flow: attributes.cash_flow,
                form_990: attributes.form_990.clone(),
                merge: attributes.merge.clone(),
            };
            let sheet = context.write("account add", |writer| {
                writer.open_account(account)?;
                Ok(account_sheet(writer.books(), add.name.as_str())?)
            })?;
            context.print_written(sheet)
        }
        Account::Set(set) => {
            let sheet = context.write("account set", |writer| {
                let mut account = writer.setup()?.account(&set.account)?.clone();
                let attributes = &set.attributes;
                account.code = attributes.code.clone().or(account.code);
                account.line = attributes.line.clone().or(account.line);
                account.function = attributes.function.or(account.function);
                account.cash_flow = attributes.cash_flow.or(account.cash_flow);
                account.form_990 = attributes.form_990.clone().or(account.form_990);
                account.merge = attributes.merge.clone().or(account.merge);
                account.closed = (account.closed || set.close) && !set.open;
                let name = account.name.clone();
                writer.change_account(account)?;
                Ok(account_sheet(writer.books(), name.as_str())?)
            })?;
            context.print_written(sheet)
        }
    }
}
