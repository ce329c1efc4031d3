//! A bar for a person who waits: on a terminal, on standard error, and nowhere else.

use std::io::IsTerminal as _;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a long command is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    begun: Instant,
}

impl Progress {
    /// A bar for so many of something: `orders`.
    pub(super) fn begin(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let template = format!("{{bar:32}} {{human_pos}} of {{human_len}} {what}, {{eta}} to go");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, begun: Instant::now() }
    }

    /// So many are done, of so many.
    pub(super) fn at(&self, done: usize, of: usize) {
        if let Some(bar) = self.bar.as_ref().filter(|_| done.is_multiple_of(256) || done == of) {
            bar.set_length(u64::try_from(of).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        }
    }

    /// Takes the bar away, and says how fast it went: so many `rows`.
    pub(super) fn end(&self, rows: usize) {
        let Some(bar) = &self.bar else { return };
        bar.finish_and_clear();
        let milliseconds = self.begun.elapsed().as_millis().max(1);
        let speed = u128::try_from(rows).unwrap_or(u128::MAX).saturating_mul(1_000) / milliseconds;
        let seconds = milliseconds / 1_000;
        eprintln!("{rows} rows in {seconds}.{:01} s: {speed} rows a second", milliseconds % 1_000 / 100);
    }
}
