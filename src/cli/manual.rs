use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::context::Context;
use super::refusal::Refusal;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar completions bash > ~/.local/share/bash-completion/completions/bursar")]
pub(super) struct Completions {
    /// bash, elvish, fish, powershell, zsh
    shell: Shell,
}

/// Write man pages, one a command
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar man --dir ~/.local/share/man/man1 && man bursar-entry-add")]
pub(super) struct Man {
    /// Folder to write them to
    #[arg(long)]
    dir: PathBuf,
}

pub(super) fn completions(context: &Context, args: &Completions) -> Result<(), Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bursar", &mut script);
    context.print_with(|out| out.write_all(&script))
}

pub(super) fn pages(context: &Context, args: &Man) -> Result<(), Refusal> {
    if context.dry_run {
        return context.not_written(&args.dir);
    }
    let failed = |source| Refusal::Output { path: args.dir.clone(), source };
    std::fs::create_dir_all(&args.dir).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(failed)
}
