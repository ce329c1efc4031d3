//! Taking a reconciliation back, when a line turns out to have been matched with the wrong entry.

use super::ReconcileError;
use super::standing::{none_stands, records};
use crate::books::{BooksError, Store, Writer};
use crate::conference::{Fact, Reconciled, ReconciliationUndone};
use crate::ledger::{AccountNo, FactNo};

/// Takes the last reconciliation of an account back, with a reason. Its lines and entries can be matched anew; what it
/// had posted stays in the books. Returns what was taken back.
///
/// # Errors
/// [`BooksError::Empty`] without a reason; [`ReconcileError::NoneStands`] or [`ReconcileError::Unknown`] when nothing of
/// the account is reconciled.
pub fn undo<S: Store>(
    writer: &mut Writer<'_, S>,
    account: AccountNo,
    reason: &str,
) -> Result<(FactNo, Reconciled), ReconcileError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(BooksError::Empty { what: "the reason of the undoing" }.into());
    }
    let Some((number, record)) = records(writer.books(), Some(account))?.pop() else {
        return Err(none_stands(writer.books(), account)?);
    };
    writer.happen(|recorder| {
        let reason = recorder.seal("reason", reason);
        Ok(Fact::ReconciliationUndone(ReconciliationUndone { account, reconciliation: number, reason }))
    })?;
    Ok((number, record))
}
