//! Forgetting a party, and the certificate of it.

use std::path::{Path, PathBuf};

use bursar::books::sqlite::{SqliteStore, copies_of};
use bursar::books::{Books, BooksError};
use bursar::ledger::{PartyNo, Retention};
use bursar::render::{Exhibit, Format, render_all};
use bursar::report::certificate;
use clap::Args;

use super::context::Context;
use super::output::Output;
use super::refusal::Refusal;

#[derive(Debug, Args)]
pub(super) struct Forget {
    /// Name or number of the party
    #[arg(required_unless_present = "due", conflicts_with = "due")]
    party: Option<String>,
    /// Erase what was kept of all who were forgotten before, and is due by now
    #[arg(long)]
    due: bool,
    /// Why, without the name; kept beside the chain
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Write the certificate into a file, too; its ending (.json, .csv, .md, .html) says how
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Look for copies of the books in this folder and in those within it, too; may be repeated
    #[arg(long, value_name = "FOLDER")]
    backups: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Keep {
    /// Full years after the end of the fiscal year
    #[arg(long, requires = "ground", value_parser = clap::value_parser!(u32).range(..=100))]
    years: Option<u32>,
    /// The statute or practice that says so
    #[arg(long, value_name = "TEXT", requires = "years")]
    ground: Option<String>,
}

pub(super) fn run(context: &Context, args: &Forget) -> Result<(), Refusal> {
    for folder in &args.backups {
        std::fs::read_dir(folder).map_err(|source| Refusal::Input { path: folder.clone(), source })?;
    }
    if let Some(path) = args.certificate.as_ref().filter(|path| path.exists()) {
        return Err(BooksError::FileExists { path: path.clone() }.into());
    }
    // Opened before anything is erased: what cannot be certified is not begun.
    let file = args.certificate.as_deref().map(|path| Output::open(Some(path), &[&context.book])).transpose()?;
    let mut books = context.open()?;
    let (writing, reason) = (context.writing("party forget"), args.reason.as_deref());
    let done = match &args.party {
        Some(name) => {
            let party = named(&books, name)?;
            books.forget(&writing, &[party], reason)?
        }
        None => books.forget_due(&writing, reason)?,
    };
    if done.is_empty() {
        // An earlier command may have left this undone.
        if !context.dry_run {
            books.scrub()?;
        }
        return context.say("Nothing that was kept is due.");
    }
    let mut sheets = Vec::new();
    for forgetting in &done {
        let mut copies = copies_of(&books, &args.backups, &forgetting.texts)?;
        for copy in &mut copies {
            // As the user would name it from here.
            let here = std::env::current_dir().ok();
            let near = here.as_deref().and_then(|here| Path::new(&copy.path).strip_prefix(here).ok());
            copy.path = near.map_or_else(|| copy.path.clone(), |near| near.display().to_string());
        }
        let mut sheet = certificate(&books, forgetting, &copies)?;
        if context.dry_run {
            sheet.notes.insert(0, "Dry run: nothing was erased.".to_owned());
        } else if !forgetting.scrubbed {
            let note = "FREE SPACE NOT YET OVERWRITTEN: somebody has the books open, or the disk is full. Run `bursar party forget --due`.";
            sheet.notes.insert(0, note.to_owned());
        }
        sheets.push(Exhibit::from(sheet));
    }
    if let Some(file) = file.filter(|_| !context.dry_run) {
        let ending = args.certificate.as_ref().and_then(|path| path.extension()?.to_str()).unwrap_or_default();
        let format = match ending {
            "json" => Format::Json,
            "csv" => Format::Csv,
            "md" => Format::Markdown,
            "html" => Format::Html,
            _ => Format::Table,
        };
        let text = render_all(&sheets, format, context.page());
        file.write(|out| out.write_all(text.as_bytes()))?;
        file.finish()?;
    }
    context.print_all(&sheets)
}

/// A party by name, by `#17`, or (when nobody is called so) by `17`.
fn named(books: &Books<SqliteStore>, name: &str) -> Result<PartyNo, Refusal> {
    Ok(match books.find_party(name) {
        Err(BooksError::Unknown { .. }) if name.trim().parse::<i64>().is_ok() => {
            books.find_party(&format!("#{}", name.trim()))?
        }
        found => found?,
    })
}

pub(super) fn keep(context: &Context, args: &Keep) -> Result<(), Refusal> {
    let retention = match (args.years, &args.ground) {
        (Some(years), Some(ground)) => context.write("party retention", |writer| {
            writer.set_retention(Retention { years, ground: ground.trim().to_owned() })?;
            Ok::<_, Refusal>(writer.setup()?.retention())
        })?,
        _ => context.read(|books| Ok(books.setup()?.retention()))?,
    };
    context.say(&format!(
        "Vouchers are kept for {} full years after the end of the fiscal year: {}.",
        retention.years, retention.ground
    ))
}
