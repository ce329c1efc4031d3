//! Documents worked out again: they and their tallies are what the facts make them, and are kept only to be at hand.

use std::time::Duration;

use super::BooksError;
use super::read::Books;
use super::store::Store;

impl<S: Store> Books<S> {
    /// Replaces all documents and tallies by what the facts give, and does one thing more in the same transaction.
    pub(super) fn rebuild_documents(
        &mut self,
        wait: Duration,
        then: impl FnOnce(&mut S) -> Result<(), BooksError>,
    ) -> Result<(), BooksError> {
        self.store.begin(wait, "an upgrade of the books")?;
        let done = self.shelf_of_the_chain().and_then(|shelf| {
            self.store.clear_documents()?;
            shelf.rows().values().try_for_each(|row| self.store.put_document(row))?;
            let tallies: Vec<_> =
                shelf.tallies().iter().map(|(key, (count, amount))| (key.clone(), *count, *amount)).collect();
            self.store.add_tallies(&tallies)?;
            then(&mut self.store)
        });
        match done {
            Ok(()) => self.store.commit(),
            Err(error) => {
                self.store.rollback()?;
                Err(error)
            }
        }
    }
}
