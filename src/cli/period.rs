use bursar::books::{Books, Setup, Store};
use bursar::calendar::{ALL_DAYS, Date, Window};
use bursar::report::{Audience, Comparison, Request};
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
    /// Show something beside it, may be repeated: a period, `prior` (the period before), an event's code, `events`
    /// (each), `months`, `quarters`, `years` (each), `running` (from the beginning to each month's end)
    #[arg(long, value_name = "WHAT")]
    compare: Vec<String>,
    /// One column instead of the split by restriction, function or fund
    #[arg(long)]
    total: bool,
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
    /// For whom it is.
    pub(super) const fn audience(&self) -> Audience {
        self.audience
    }

    /// Whether something is to be shown beside it.
    pub(super) fn compares(&self) -> bool {
        !self.compare.is_empty()
    }

    /// The request, once the books have told fiscal years, events and how far they go.
    pub(super) fn request<S: Store>(&self, books: &Books<S>) -> Result<Request, Refusal> {
        let setup = books.setup()?;
        let mut request = self.period.request(setup)?;
        (request.audience, request.total) = (self.audience, self.total);
        for what in &self.compare {
            let more = comparisons(books, setup, &request, what)?;
            request.compare.extend(more);
        }
        Ok(request)
    }
}

/// More columns than anyone compares.
const MOST: usize = 120;

/// The columns that a word asks for.
fn comparisons<S: Store>(
    books: &Books<S>,
    setup: &Setup,
    request: &Request,
    what: &str,
) -> Result<Vec<Comparison>, Refusal> {
    let column = |label: String, window, event| Comparison { label, window, event };
    // An open end is where the books end.
    let bounded = || -> Result<Window, Refusal> {
        let (first, last) =
            books.span()?.map_or((request.window.from().month(), request.window.to().month()), |s| (s.0, s.1));
        let from = if request.window.from() == Date::MIN { first.first_day() } else { request.window.from() };
        let to = if request.window.to() == Date::MAX { last.last_day().max(from) } else { request.window.to() };
        Ok(Window::new(from, to)?)
    };
    let label = |window: Window| {
        if window.from() == Date::MIN {
            return window.to().to_string();
        }
        let (from, to) = (window.from().month(), window.to().month());
        let whole = window.from() == from.first_day() && window.to() == to.last_day();
        if whole && from == to {
            return from.to_string();
        }
        // A quarter or year of the books is called so.
        let year = window.to().year();
        let names = (year..=year + 1)
            .flat_map(|year| (1..=4).map(move |quarter| format!("{year}-Q{quarter}")).chain([year.to_string()]));
        let is_it = |name: &String| setup.fiscal_year_start().parse_period(name).is_ok_and(|named| named == window);
        names.into_iter().find(is_it).unwrap_or_else(|| window.to_string())
    };
    let columns: Vec<Comparison> = match what {
        "prior" => {
            let window = request.window.previous().ok_or_else(|| {
                Refusal::Usage(
                    "`--compare prior` needs a period with a beginning and an end, or a day: add --period or --as-of"
                        .to_owned(),
                )
            })?;
            let year = |label: &str| -> Option<String> {
                let (prefix, year) = label.strip_prefix("FY").map_or(("", label), |year| ("FY", year));
                Some(format!("{prefix}{}", year.parse::<i32>().ok()? - 1))
            };
            let named = request.label.as_deref().and_then(year);
            vec![column(named.unwrap_or_else(|| label(window)), window, None)]
        }
        "months" => bounded()?.months(1).into_iter().map(|w| column(label(w), w, None)).collect(),
        "quarters" => bounded()?.months(3).into_iter().map(|w| column(label(w), w, None)).collect(),
        "years" => bounded()?.months(12).into_iter().map(|w| column(label(w), w, None)).collect(),
        "running" => {
            let all = bounded()?;
            let to = |end: Window| Window::new(all.from(), end.to());
            let months = all.months(1).into_iter();
            months.map(|m| Ok(column(format!("to {}", m.to()), to(m)?, None))).collect::<Result<_, Refusal>>()?
        }
        "events" => setup.events().iter().map(|e| column(e.name.clone(), request.window, Some(e.code))).collect(),
        other => match setup.event(other) {
            Ok(event) => vec![column(event.name.clone(), request.window, Some(event.code))],
            Err(_) => vec![column(other.to_owned(), setup.fiscal_year_start().parse_period(other)?, None)],
        },
    };
    if columns.len() > MOST {
        return Err(Refusal::Usage(format!(
            "`--compare {what}` would be {} columns: narrow it with --period",
            columns.len()
        )));
    }
    Ok(columns)
}
