//! Receipts: files that prove entries. They lie in a folder beside the books, each named by its SHA-256.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bursar::books::BooksError;
use bursar::conference::{Digest, Fact, ReceiptAttached, ReceiptWaived};
use bursar::intake::SourceFile;
use bursar::ledger::EntryNo;
use bursar::report::{ReceiptFile, ReceiptRules, receipt_files};
use clap::Subcommand;

use super::context::Context;
use super::refusal::Refusal;

/// Receipts: files that prove entries, kept beside the books by their SHA-256
#[derive(Debug, Subcommand)]
pub(super) enum Receipt {
    /// Attach a file to an entry: a copy is kept beside the books
    #[command(after_help = "Example:\n  bursar receipt add 42 invoice-4711.pdf")]
    Add {
        /// Entry
        entry: i64,
        /// The file
        file: PathBuf,
    },
    /// All attached files
    #[command(after_help = "Example:\n  bursar receipt list")]
    List,
    /// Say why an entry needs no receipt
    #[command(after_help = "Example:\n  bursar receipt waive 42 --reason \"parking meter, 3.00 a day\"")]
    Waive {
        /// Entry
        entry: i64,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// The folder of a book's receipts.
pub(super) fn folder(book: &Path) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push("-receipts");
    PathBuf::from(name)
}

pub(super) fn run(context: &Context, args: &Receipt) -> Result<(), Refusal> {
    match args {
        Receipt::List => context.print(&context.read(|books| Ok(bursar::report::receipt_list(books)?))?),
        Receipt::Waive { entry, reason } => {
            context.write("receipt waive", |writer| {
                let entry = writer.books().entry(EntryNo(*entry))?.stored.number;
                if reason.trim().is_empty() {
                    return Err(BooksError::Empty { what: "the reason of the waiver" }.into());
                }
                writer.happen(|recorder| {
                    Ok(Fact::ReceiptWaived(ReceiptWaived { entry, reason: recorder.seal("reason", reason) }))
                })?;
                Ok::<_, Refusal>(())
            })?;
            context.say(&format!("Entry {entry} needs no receipt."))
        }
        Receipt::Add { entry, file } => {
            let source = SourceFile::open(file)?;
            let (sha256, bytes) = (source.sha256(), source.bytes()?);
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            context.write("receipt add", |writer| {
                let entry = writer.books().entry(EntryNo(*entry))?.stored.number;
                let files = receipt_files(writer.books())?;
                if files.iter().any(|known| known.sha256 == sha256 && known.entry == entry) {
                    let value = format!("{name} of entry {entry}");
                    return Err(BooksError::Exists { what: "receipt", value }.into());
                }
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                writer.happen(|recorder| {
                    let name = recorder.seal("name", &name);
                    Ok(Fact::Receipt(ReceiptAttached { entry, sha256, bytes: size, name }))
                })?;
                // The copy first, durably: a fact without its file would be a lie.
                if !context.dry_run {
                    keep(&folder(&context.book), &sha256, &bytes)?;
                }
                Ok::<_, Refusal>(())
            })?;
            context.say(&format!("Attached {name} to entry {entry}: SHA-256 {sha256}."))
        }
    }
}

/// Writes a copy under the name of its hash, unless it is there.
fn keep(folder: &Path, sha256: &Digest, bytes: &[u8]) -> Result<(), Refusal> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Refusal::Output { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let path = folder.join(sha256.to_string());
    if std::fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let temporary = folder.join(format!("{sha256}.partial-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)
    };
    write().map_err(failed(&path))
}

/// What is wrong with the kept files: missing, or not what was attached.
pub(super) fn damaged(book: &Path, files: &[ReceiptFile]) -> Vec<String> {
    let folder = folder(book);
    let mut findings = Vec::new();
    for file in files {
        let path = folder.join(file.sha256.to_string());
        let name = file.name.as_deref().unwrap_or("(erased)");
        match SourceFile::open(&path) {
            Err(_) => {
                findings.push(format!("entry {}: the receipt {name} is missing at {}", file.entry, path.display()))
            }
            Ok(found) if found.sha256() != file.sha256 => {
                findings.push(format!("entry {}: the receipt {name} was changed after it was attached", file.entry));
            }
            Ok(_) => {}
        }
    }
    findings
}

/// The rules of a file, or the usual ones.
pub(super) fn rules(file: Option<&Path>) -> Result<ReceiptRules, Refusal> {
    let Some(path) = file else { return Ok(ReceiptRules::usual()) };
    let text = std::fs::read_to_string(path)
        .map_err(|source| bursar::intake::IntakeError::File { path: path.to_owned(), source })?;
    Ok(ReceiptRules::parse(&text)?)
}
