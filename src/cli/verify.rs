use bursar::books::Head;
use bursar::money::Currency;
use bursar::report::{Audience, Cell, Column, ColumnKind, Row, RowKind, Statement};
use clap::Args;

use super::context::Context;
use super::refusal::Refusal;

/// Prove that the books are what was recorded
///
/// Recomputes the hash chain, every balance, every text and the database's own integrity. Exits 3 and names the first
/// bad entry when something is not as it was recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  bursar verify\n  bursar verify --head 241:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)]
pub(super) struct Verify {
    /// A head that was written down earlier, N:HASH: the books must still contain it
    #[arg(long, value_name = "N:HASH")]
    head: Option<Head>,
}

pub(super) fn run(context: &Context, args: &Verify) -> Result<(), Refusal> {
    let books = context.open_to_verify()?;
    let (statement, count) = books.consistently(|books| {
        let verification = books.verify(args.head)?;
        let count =
            |key: &str, label: &str, number: i64| Row::plain(key, label, 0, RowKind::Line, vec![Cell::Count(number)]);
        let mut rows = vec![
            count("entries", "Entries recomputed", verification.entries),
            count("postings", "Postings added up", verification.postings),
            count("facts", "Facts recomputed", verification.facts),
        ];
        for (i, finding) in verification.findings.iter().enumerate() {
            let key = format!("finding-{}", i + 1);
            rows.push(Row::plain(key, format!("NOT AS RECORDED: {finding}"), 0, RowKind::Line, vec![Cell::Empty]));
        }
        let total = verification.findings.len() + verification.more;
        let mut notes = Vec::new();
        notes.push(match total {
            0 => "The books are as they were recorded.".to_owned(),
            _ => "THE BOOKS ARE NOT AS THEY WERE RECORDED.".to_owned(),
        });
        notes.push(format!("Head {}", verification.head));
        notes.extend(args.head.filter(|_| total == 0).map(|head| format!("They contain {head}.")));
        if verification.more > 0 {
            notes.push(format!("… and {} more findings.", verification.more));
        }
        // Books whose setup cannot be read are verified all the same.
        let setup = books.setup().ok();
        let statement = Statement {
            key: "verification".to_owned(),
            title: "Verification".to_owned(),
            entity: setup.map_or_else(|| context.book.display().to_string(), |s| s.entity().to_owned()),
            events: Vec::new(),
            period: None,
            audience: Audience::Treasurer,
            currency: setup.map_or(Currency::from_code("USD"), |s| Ok(s.currency()))?,
            columns: vec![Column::new("count", "", ColumnKind::Count)],
            rows,
            notes,
            covers: None,
        };
        Ok::<_, Refusal>((statement, total))
    })?;
    context.print(&statement)?;
    if count > 0 { Err(Refusal::Unsound { count }) } else { Ok(()) }
}
