use std::path::{Path, PathBuf};

use bursar::books::sqlite::{back_up, restore};
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Copy the books to a new file and verify the copy
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar backup /media/stick/books-2026-03.db")]
pub(super) struct Backup {
    /// The new file
    pub(super) file: PathBuf,
}

/// Put a backup in the place of the books, after verifying it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bursar restore /media/stick/books-2026-03.db --replace")]
pub(super) struct Restore {
    /// The backup
    pub(super) file: PathBuf,
    /// Books that are in the way are kept beside, under another name
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(context: &Context, args: &Backup) -> Result<(), Refusal> {
    if context.dry_run {
        return Err(Refusal::Usage("a backup changes nothing in the books: there is no dry run of it".to_owned()));
    }
    let verification = back_up(&context.open()?, &args.file)?;
    context.say(&format!(
        "Backed up to {}: {} entries, verified, head {}",
        args.file.display(),
        verification.entries,
        verification.head
    ))
}

pub(super) fn run_restore(context: &Context, args: &Restore) -> Result<(), Refusal> {
    if context.dry_run {
        return Err(Refusal::Usage(
            "look at the backup itself with --book: there is no dry run of restoring".to_owned(),
        ));
    }
    let (verification, aside) = restore(&args.file, &context.book, context.wait(), args.replace)?;
    let kept = aside.map(|path| format!(" The books that were there are kept as {}.", path.display()));
    // What was released since the backup is not in its log: publishing asks for it once.
    let marker = restored_marker(&context.book);
    std::fs::write(&marker, "").map_err(|source| Refusal::Output { path: marker.clone(), source })?;
    let entity = context.read(|books| Ok(books.setup()?.entity().to_owned()))?;
    context.say(&format!(
        "Restored {}, the books of {entity}: {} entries, verified, head {}.{}",
        context.book.display(),
        verification.entries,
        verification.head,
        kept.unwrap_or_default()
    ))
}

/// A file beside the books that says they were restored.
pub(super) fn restored_marker(book: &Path) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push("-restored");
    PathBuf::from(name)
}
