use bursar::conference::Role;
use bursar::report::registration_list;
use clap::Subcommand;

use super::context::Context;
use super::refusal::Refusal;

/// Registrations: who attends, as what, and who pays
#[derive(Debug, Subcommand)]
pub(super) enum Registration {
    /// All admissions of an event
    #[command(after_help = "\
Examples:
  bursar registration list pyex26 --role speaker
  bursar registration list pyex26 --public")]
    List {
        /// Event
        event: String,
        /// Only this role
        #[arg(long)]
        role: Option<Role>,
        /// Only names of those who agreed to be listed
        #[arg(long)]
        public: bool,
    },
}

pub(super) fn run(context: &Context, args: &Registration) -> Result<(), Refusal> {
    let Registration::List { event, role, public } = args;
    context.print(&context.read(|books| {
        let event = books.setup()?.event(event)?.code;
        Ok(registration_list(books, event, *role, *public)?)
    })?)
}
