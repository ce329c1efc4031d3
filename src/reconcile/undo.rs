//! Taking a reconciliation back, when a line turns out to have been matched with the wrong entry.

use super::ReconcileError;
use super::standing::records;
use crate::books::{Store, Writer};
use crate::conference::{Fact, Reconciled, ReconciliationUndone};
use crate::ledger::{AccountNo, FactNo};

/// Takes the last reconciliation of an account back, with a reason. Its lines and entries can be matched anew; what it
/// had posted stays in the books. Returns what was taken back.
///
/// # Errors
/// [`ReconcileError::Unknown`] when nothing of the account is reconciled.
pub fn undo<S: Store>(
    writer: &mut Writer<'_, S>,
    account: AccountNo,
    reason: &str,
) -> Result<(FactNo, Reconciled), ReconcileError> {
    let last = records(writer.books(), Some(account))?.pop();
    let (number, record) = last.ok_or(ReconcileError::Unknown { number: None })?;
    writer.happen(|recorder| {
        let reason = recorder.seal("reason", reason);
        Ok(Fact::ReconciliationUndone(ReconciliationUndone { account, reconciliation: number, reason }))
    })?;
    Ok((number, record))
}
