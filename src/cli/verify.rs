use bursar::books::{Finding, Head, Verification};
use bursar::calendar::ALL_DAYS;
use bursar::money::Currency;
use bursar::report::{Audience, Cell, Column, ColumnKind, Row, RowKind, Statement, receipt_files, receipts};
use clap::Args;

use super::context::Context;
use super::receipt::{damaged, rules};
use super::refusal::Refusal;

/// Prove that the books are what was recorded
///
/// Recomputes the hash chain, every balance, every text and the database's own integrity. Exits 3 and names the first
/// bad entry when something is not as it was recorded.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  bursar verify\n  bursar verify --head \"$(cat head-from-the-minutes.txt)\"")]
pub(super) struct Verify {
    /// A head that was written down earlier, N:HASH: the books must still contain it
    #[arg(long, value_name = "N:HASH")]
    head: Option<Head>,
    /// Also that attached receipts are there and unchanged, and that every entry that needs one has one
    #[arg(long)]
    receipts: bool,
    /// A file that says which entries need which document [default: the usual rules]
    #[arg(long, value_name = "FILE", requires = "receipts")]
    rules: Option<std::path::PathBuf>,
}

pub(super) fn run(context: &Context, args: &Verify) -> Result<(), Refusal> {
    let rules = rules(args.rules.as_deref())?;
    let books = context.open_to_verify()?;
    let mut verification = books.verify(args.head)?;
    if args.receipts && books.setup().is_ok() {
        let damaged = damaged(&context.book, &receipt_files(&books)?);
        verification.findings.extend(damaged.into_iter().map(|message| Finding { entry: None, fact: None, message }));
    }
    // Books whose setup cannot be read are verified all the same.
    let setup = books.setup().ok();
    let entity = setup.map_or_else(|| context.book.display().to_string(), |setup| setup.entity().to_owned());
    let currency = setup.map_or_else(|| Currency::from_code("USD"), |setup| Ok(setup.currency()))?;
    context.print(&sheet(&verification, args.head, entity, currency))?;
    match verification.findings.len() + verification.more {
        0 if args.receipts => {
            let lacking = receipts(&books, ALL_DAYS, &rules)?;
            context.print_text("\n")?;
            context.print(&lacking)?;
            match lacking.rows.len() {
                0 => Ok(()),
                count => {
                    context.finish()?;
                    Err(Refusal::Unproved { count })
                }
            }
        }
        0 => Ok(()),
        count => {
            // The findings are what was asked for, also in a file.
            context.finish()?;
            Err(Refusal::Unsound { count })
        }
    }
}

fn sheet(verification: &Verification, head: Option<Head>, entity: String, currency: Currency) -> Statement {
    let count = |key: &str, label: &str, number| Row::plain(key, label, 0, RowKind::Line, vec![Cell::Count(number)]);
    let mut rows = vec![
        count("entries", "Entries recomputed", verification.entries),
        count("postings", "Postings added up", verification.postings),
        count("facts", "Facts recomputed", verification.facts),
    ];
    if verification.erased > 0 {
        rows.push(count("erased", "Texts that were erased", verification.erased));
    }
    for (i, finding) in verification.findings.iter().enumerate() {
        let label = format!("NOT AS RECORDED: {finding}");
        rows.push(Row::plain(format!("finding-{}", i + 1), label, 0, RowKind::Line, vec![Cell::Empty]));
    }
    let mut notes = Vec::new();
    if verification.more > 0 {
        notes.push(format!("… and {} more findings.", verification.more));
    }
    let sound = verification.findings.is_empty();
    notes.push(
        if sound { "The books are as they were recorded." } else { "THE BOOKS ARE NOT AS THEY WERE RECORDED." }.into(),
    );
    notes.push(format!("Head {}", verification.head));
    notes.extend(head.filter(|_| sound).map(|head| format!("They contain {head}.")));
    Statement {
        key: "verification".to_owned(),
        title: "Verification".to_owned(),
        entity,
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency,
        columns: vec![Column::new("count", "", ColumnKind::Count)],
        rows,
        notes,
        covers: None,
    }
}
