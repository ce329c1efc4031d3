//! Money of an order that the books have from elsewhere: recorded by hand, from a processor's file or a bank's. A row of a
//! platform's file that was never taken in is first held against it.

use std::collections::HashSet;

use super::booking::{Moved, What};
use super::settle::{Family, Settling};
use crate::books::Store;
use crate::conference::Fact;
use crate::intake::IntakeError;
use crate::intake::landing::fingerprint;
use crate::ledger::{EntryNo, FactNo};

/// What no row of the files accounts for, minor units.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elsewhere {
    pub came_in: i64,
    pub went_out: i64,
}

impl<S: Store> Settling<'_, '_, '_, S> {
    /// How much of a movement the books have from elsewhere. It is used up by that.
    pub(super) fn use_elsewhere(
        &mut self,
        family: &mut Family<'_>,
        minor: i64,
        came_in: bool,
    ) -> Result<i64, IntakeError> {
        if family.members.iter().all(|member| member.is_new) {
            return Ok(0);
        }
        let mut elsewhere = match family.elsewhere {
            Some(elsewhere) => elsewhere,
            None => self.elsewhere(family)?,
        };
        let pool = if came_in { &mut elsewhere.came_in } else { &mut elsewhere.went_out };
        let used = minor.min(*pool).max(0);
        *pool -= used;
        family.elsewhere = Some(elsewhere);
        Ok(used)
    }

    /// Adds up the money of the order's entries that neither follow from rows of these files nor were made by exchanging
    /// one position for another.
    fn elsewhere(&mut self, family: &Family<'_>) -> Result<Elsewhere, IntakeError> {
        let mut claimed: Vec<EntryNo> = Vec::new();
        for happening in &family.booking.happenings {
            let (moved, came_in) = match &happening.what {
                What::Paid(moved) => (moved, true),
                What::Refunded(moved) => (moved, false),
                What::Placed(_) | What::Cancelled { .. } => continue,
            };
            for part in 0.. {
                let identity = self.part_identity(family, moved, came_in, part);
                let Some(entry) = self.filing.writer.entry_by_identity(&identity)? else { break };
                claimed.push(entry);
            }
        }
        for count in 0.. {
            let Some(entry) = self.filing.writer.entry_by_identity(&self.exchange_identity(family, count))? else {
                break;
            };
            claimed.push(entry);
        }
        let books = self.filing.writer.books();
        let mut seen: HashSet<FactNo> = HashSet::new();
        for entry in claimed {
            seen.extend(books.store().entry(entry)?.map(|entry| entry.fact));
        }
        let mut elsewhere = Elsewhere::default();
        for member in family.members.iter().filter(|member| !member.is_new) {
            for number in books.entries_about(member.id)? {
                let entry = books.entry(number)?;
                if entry.reversed_by.is_some() || entry.stored.reverses.is_some() || !seen.insert(entry.stored.fact) {
                    continue;
                }
                match books.fact(entry.stored.fact)?.0 {
                    Fact::Payment(payment) => elsewhere.came_in += payment.paid.amount,
                    Fact::Order(order) => elsewhere.came_in += order.paid.map_or(0, |paid| paid.amount),
                    Fact::RefundPaid(refund) => elsewhere.went_out += refund.paid.amount,
                    Fact::ChargedBack(charged) => elsewhere.went_out += charged.taken.amount,
                    _ => {}
                }
            }
        }
        Ok(elsewhere)
    }

    /// What an entry is known by that a part of a movement became: of several documents, each gets its part.
    pub(super) fn part_identity(&self, family: &Family<'_>, moved: &Moved, came_in: bool, part: usize) -> [u8; 16] {
        let whole = self.identity(family, moved, came_in, true);
        if part == 0 { whole } else { fingerprint(&[&whole, b"part", part.to_string().as_bytes()]) }
    }

    /// What the entries are known by that took the money of one position to another.
    fn exchange_identity(&self, family: &Family<'_>, count: usize) -> [u8; 16] {
        let parts = [self.command, family.event.as_str(), &family.booking.code, "exchange", &count.to_string()];
        fingerprint(&parts.map(str::as_bytes))
    }

    /// Remembers entries that took the money of one position to another.
    pub(super) fn remember_exchange(&mut self, family: &Family<'_>, entries: &[EntryNo]) -> Result<(), IntakeError> {
        let mut count = 0;
        for entry in entries {
            while self.filing.writer.entry_by_identity(&self.exchange_identity(family, count))?.is_some() {
                count += 1;
            }
            let identity = self.exchange_identity(family, count);
            self.filing.writer.identify(*entry, &identity)?;
        }
        Ok(())
    }
}
