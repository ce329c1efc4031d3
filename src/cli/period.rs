use bursar::books::Setup;
use bursar::calendar::{ALL_DAYS, Date, Window};
use bursar::report::{Audience, Request};
use clap::Args;

use super::refusal::Refusal;

/// Which days, events and periods a report covers
#[derive(Debug, Args, Default)]
pub(super) struct Period {
    /// First day
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Last day
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Everything up to this day
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to", "period"])]
    as_of: Option<Date>,
    /// Fiscal year 2025, quarter 2025-Q1, month 2025-03, day 2025-03-31 or FROM..TO
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<String>,
    /// Only this event; may be repeated
    #[arg(long, value_name = "CODE")]
    event: Vec<String>,
}

/// What to compare with, and for whom
#[derive(Debug, Args, Default)]
pub(super) struct View {
    #[command(flatten)]
    period: Period,
    /// Show another period beside it; may be repeated
    #[arg(long, value_name = "PERIOD")]
    compare: Vec<String>,
    /// treasurer, board or public; for the last two it is a DRAFT preview
    #[arg(long, default_value = "treasurer")]
    audience: Audience,
}

impl Period {
    /// The request, once the books have told fiscal years and events.
    pub(super) fn request(&self, setup: &Setup) -> Result<Request, Refusal> {
        let window = match (&self.period, self.as_of) {
            (Some(period), _) => setup.fiscal_year_start().parse_period(period)?,
            (None, Some(day)) => Window::until(day),
            (None, None) => Window::new(self.from.unwrap_or(ALL_DAYS.from()), self.to.unwrap_or(ALL_DAYS.to()))?,
        };
        let mut request = Request { window, label: self.period.clone(), ..Request::default() };
        for event in &self.event {
            request.add_event(setup, event)?;
        }
        Ok(request)
    }
}

impl View {
    /// Whether other periods are to be shown beside it.
    pub(super) fn compares(&self) -> bool {
        !self.compare.is_empty()
    }

    /// The request, once the books have told fiscal years and events.
    pub(super) fn request(&self, setup: &Setup) -> Result<Request, Refusal> {
        let mut request = self.period.request(setup)?;
        request.audience = self.audience;
        for period in &self.compare {
            request.compare.push((period.clone(), setup.fiscal_year_start().parse_period(period)?));
        }
        Ok(request)
    }
}
