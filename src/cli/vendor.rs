use bursar::ledger::PartyKind;
use bursar::report::{party_list, party_sheet};
use clap::Subcommand;

use super::context::Context;
use super::refusal::Refusal;

/// Vendors: who is paid for goods or services
#[derive(Debug, Subcommand)]
pub(super) enum Vendor {
    /// Make a vendor known
    #[command(after_help = "Example:\n  bursar vendor add \"Harbour Hall\"")]
    Add {
        /// Name
        name: String,
        /// E-mail address
        #[arg(long)]
        email: Option<String>,
    },
    /// All vendors
    #[command(after_help = "Example:\n  bursar vendor list")]
    List,
    /// One vendor
    #[command(after_help = "Example:\n  bursar vendor show \"Harbour Hall\"")]
    Show {
        /// Name, or number after #
        name: String,
    },
}

pub(super) fn run(context: &Context, args: &Vendor) -> Result<(), Refusal> {
    match args {
        Vendor::List => context.print(&context.read(|books| Ok(party_list(books, Some(PartyKind::Vendor))?))?),
        Vendor::Show { name } => {
            context.print(&context.read(|books| Ok(party_sheet(books, books.find_party(name)?)?))?)
        }
        Vendor::Add { name, email } => {
            let sheet = context.write("vendor add", |writer| {
                let number = writer.add_party(name, PartyKind::Vendor, None, email.as_deref())?;
                Ok(party_sheet(writer.books(), number)?)
            })?;
            context.print_written(sheet)
        }
    }
}
