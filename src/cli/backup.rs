use std::path::{Path, PathBuf};
use std::time::Duration;

use bursar::books::sqlite::{back_up, note_backup, restore};
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
    let mut books = context.open()?;
    let verification = back_up(&books, &args.file)?;
    // Noted for the day on which someone asks to be forgotten. The backup is good without it, so nobody waits long.
    let wait = context.wait().min(Duration::from_secs(5));
    let noted = note_backup(&mut books, &args.file, &context.now, verification.head, wait);
    let unnoted = noted.err().map(|error| {
        format!(". The books take no note of it ({error}): name its folder with --backups when you erase a party")
    });
    context.say(&format!(
        "Backed up to {}: {} entries, verified, head {}{}",
        args.file.display(),
        verification.entries,
        verification.head,
        unnoted.unwrap_or_default()
    ))
}

pub(super) fn run_restore(context: &Context, args: &Restore) -> Result<(), Refusal> {
    if context.dry_run {
        return Err(Refusal::Usage(
            "look at the backup itself with --book: there is no dry run of restoring".to_owned(),
        ));
    }
    let forgotten = |context: &Context| context.read(|books| Ok(books.setup()?.forgotten().clone()));
    // Books that cannot be read any more have nothing to say.
    let before = forgotten(context).unwrap_or_default();
    let (verification, aside) = restore(&args.file, &context.book, context.wait(), args.replace)?;
    let kept = aside.map(|path| format!(" The books that were there are kept as {}.", path.display()));
    // What was released since the backup is not in its log: publishing asks for it once.
    let marker = restored_marker(&context.book);
    std::fs::write(&marker, "").map_err(|source| Refusal::Output { path: marker.clone(), source })?;
    let again: Vec<String> = {
        let now = forgotten(context)?;
        before.keys().filter(|party| !now.contains_key(party)).map(|party| format!("#{party}")).collect()
    };
    if !again.is_empty() {
        eprintln!(
            "warning: the backup is from before {} forgotten; `bursar party forget NUMBER` erases again: {}",
            if again.len() == 1 { "a party was" } else { "parties were" },
            again.join(", ")
        );
    }
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
