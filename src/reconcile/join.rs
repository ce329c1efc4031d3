//! One statement of several.

use super::ReconcileError;
use crate::books::Setup;
use crate::intake::statement::{Remark, StatementFile};

/// Joins statements of one account that follow each other, as a file of several months has them.
///
/// # Errors
/// [`ReconcileError::Which`] when the file has none in the books' currency, or of several accounts and none is named.
pub fn join(
    setup: &Setup,
    file: &str,
    statements: Vec<StatementFile>,
    wanted: Option<&str>,
) -> Result<StatementFile, ReconcileError> {
    let shown = |statement: &StatementFile| {
        format!("{} in {}", statement.account.as_deref().unwrap_or("an account without a number"), statement.currency)
    };
    let mut found: Vec<String> = statements.iter().map(shown).collect();
    found.sort();
    found.dedup();
    let which = |wanted: String| ReconcileError::Which { file: file.to_owned(), found: found.clone(), wanted };
    let squeezed = |text: &str| text.replace(' ', "").to_uppercase();
    let mut chosen: Vec<StatementFile> = statements
        .into_iter()
        .filter(|statement| statement.currency == setup.currency())
        .filter(|statement| {
            wanted.is_none_or(|wanted| statement.account.as_deref().map(squeezed) == Some(squeezed(wanted)))
        })
        .collect();
    chosen.sort_by_key(StatementFile::days);
    let Some(mut joined) = chosen.first().cloned() else {
        return Err(which(match wanted {
            Some(wanted) => format!("none of them is {wanted} in {}", setup.currency()),
            None => format!("the books are in {}", setup.currency()),
        }));
    };
    if chosen.iter().any(|statement| statement.account != joined.account) {
        return Err(which("name one with --statement-account".to_owned()));
    }
    for next in chosen.into_iter().skip(1) {
        let (first, second) = (joined.days(), next.days());
        joined.period = match (first, second) {
            (Some((from, to)), Some((other, last))) => Some((from.min(other), to.max(last))),
            (days, other) => days.or(other),
        };
        if joined.closing.is_some() && next.opening.is_some() && joined.closing != next.opening {
            let currency = setup.currency();
            let shown = |minor: Option<i64>| currency.format_grouped(i128::from(minor.unwrap_or(0)));
            joined.remarks.push(Remark::Note(format!(
                "one statement in the file closes with {}, the next opens with {}: one between them is missing",
                shown(joined.closing),
                shown(next.opening)
            )));
        }
        joined.closing = next.closing;
        joined.lines.extend(next.lines);
        joined.remarks.extend(next.remarks);
    }
    Ok(joined)
}
