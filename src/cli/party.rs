use bursar::ledger::PartyKind;
use bursar::report::{party_list, party_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::forget::{self, Forget, Keep};
use super::refusal::Refusal;

/// Parties: who amounts are from or to
#[derive(Debug, Subcommand)]
pub(super) enum Party {
    /// Make a party known
    #[command(
        after_help = "Example:\n  bursar party add \"Example GmbH\" --kind organisation --holding \"Example Group\""
    )]
    Add(Add),
    /// All parties
    #[command(after_help = "Example:\n  bursar party list --kind vendor")]
    List {
        /// Only this kind
        #[arg(long)]
        kind: Option<PartyKind>,
    },
    /// One party
    #[command(after_help = "Example:\n  bursar party show \"Example GmbH\"")]
    Show {
        /// Name, or number after #
        party: String,
    },
    /// Change a party's kind, holding or e-mail address
    #[command(after_help = "Example:\n  bursar party set \"City Hall Events\" --kind vendor")]
    Set(Set),
    /// Erase a party's name, contact data and texts, but for what the law says to keep
    #[command(
        after_help = "Examples:\n  bursar party forget \"Ada Lovelace\" --dry-run\n  bursar party forget \"Ada Lovelace\" --certificate erasure.txt\n  bursar party forget --due"
    )]
    Forget(Forget),
    /// For how long vouchers are kept when someone asks to be forgotten
    #[command(
        after_help = "Examples:\n  bursar party retention\n  bursar party retention --years 8 --ground \"AO § 147 (4), as of 2025\""
    )]
    Retention(Keep),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Name
    name: String,
    #[arg(long, default_value = "person", help = KIND)]
    kind: PartyKind,
    /// The holding it belongs to, by name or number: companies that are one
    #[arg(long)]
    holding: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
}

const KIND: &str = "person, organisation, vendor, processor, bank, authority, host, self";

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Name, or number after #
    party: String,
    #[arg(long, help = KIND)]
    kind: Option<PartyKind>,
    /// The holding it belongs to, by name or number
    #[arg(long)]
    holding: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
}

pub(super) fn run(context: &Context, args: &Party) -> Result<(), Refusal> {
    match args {
        Party::Forget(args) => forget::run(context, args),
        Party::Retention(args) => forget::keep(context, args),
        Party::List { kind } => context.print(&context.read(|books| Ok(party_list(books, *kind)?))?),
        Party::Show { party } => {
            let sheet = context.read(|books| {
                let number = books.find_party(party)?;
                Ok(party_sheet(books, number)?)
            })?;
            context.print(&sheet)
        }
        Party::Add(add) => {
            let sheet = context.write("party add", |writer| {
                let holding = add.holding.as_deref().map(|name| writer.books().find_party(name)).transpose()?;
                let number = writer.add_party(&add.name, add.kind, holding, add.email.as_deref())?;
                Ok(party_sheet(writer.books(), number)?)
            })?;
            context.print_written(sheet)
        }
        Party::Set(set) => {
            let sheet = context.write("party set", |writer| {
                let number = writer.books().find_party(&set.party)?;
                let known = writer.books().party(number)?;
                let holding = match &set.holding {
                    Some(name) => Some(writer.books().find_party(name)?),
                    None => known.party.holding,
                };
                let email = set.email.clone().or(known.email);
                writer.change_party(number, set.kind.unwrap_or(known.party.kind), holding, email.as_deref())?;
                Ok(party_sheet(writer.books(), number)?)
            })?;
            context.print_written(sheet)
        }
    }
}
