//! What policies look like: results side by side, the stress grid with its frontier, how outcomes spread and why.

use super::{Comparison, QUANTILES, Share, Simulated, StressTest, Year};
use crate::report::{Bar, Chart, Picture, Spread, Swing};

fn chart(year: &Year, key: &str, title: String, says: String, picture: Picture) -> Chart {
    Chart { key: key.to_owned(), title, says, currency: year.setup().currency(), picture }
}

impl Comparison {
    /// The result under each policy, and by how much each covers its hard costs under stress.
    #[must_use]
    pub fn charts(&self, year: &Year) -> Vec<Chart> {
        let bars = |of: fn(&super::Under) -> i128| {
            let bar = |under: &super::Under| Bar { label: under.policy.name.to_string(), minor: of(under) };
            Picture::Bars(self.columns.iter().map(bar).collect())
        };
        let results: Vec<i128> = self.columns.iter().map(|under| under.outcome.figures.result()).collect();
        let best = results.iter().max().copied().unwrap_or_default();
        let best_of: Vec<&str> = self
            .columns
            .iter()
            .zip(&results)
            .filter(|(_, r)| **r == best)
            .map(|(u, _)| u.policy.name.as_str())
            .collect();
        let best = match best_of.as_slice() {
            [_] if results.len() == 1 => String::new(),
            [one] => format!("{one} brings the best result."),
            all if all.len() == results.len() => "All bring the same result.".to_owned(),
            some => format!("{} bring the best result.", some.join(" and ")),
        };
        let pass = self.columns.iter().filter(|under| under.stressed.margin() >= 0).count();
        let dips = self.columns.first().map_or_else(super::Dips::default, |under| under.dips);
        let stress = match (self.columns.len(), pass) {
            (1, 0) => "Hard costs are not covered under the dips.".to_owned(),
            (1, _) => "Hard costs are covered under the dips.".to_owned(),
            (all, pass) => format!("{pass} of {all} policies cover their hard costs under the dips."),
        };
        vec![
            chart(year, "result", "Result by policy".to_owned(), best, bars(|under| under.outcome.figures.result())),
            chart(
                year,
                "stress-margin",
                format!("Hard costs covered by, attendance −{}, sponsorship −{}", dips.attendance, dips.sponsorship),
                stress,
                bars(|under| under.stressed.margin()),
            ),
        ]
    }
}

impl StressTest {
    /// The grid with its frontier, and the event's cash under both dips.
    #[must_use]
    pub fn charts(&self, year: &Year) -> Vec<Chart> {
        let label = |dip: &Share| dip.as_dip();
        let grid = &self.grid;
        let deepest = grid.sponsorship.last().copied().unwrap_or(Share::ALL).decimal();
        let along = |share: &Option<Share>| {
            let share = (*share)?;
            if deepest.is_zero() {
                return None;
            }
            let thousandths = crate::conference::share_of(1_000, share.decimal() / deepest).clamp(0, 1_000);
            u32::try_from(thousandths).ok()
        };
        let picture = Picture::Heat {
            across: "Attendance".to_owned(),
            down: "Sponsorship".to_owned(),
            columns: grid.attendance.iter().map(label).collect(),
            rows: grid.sponsorship.iter().map(label).collect(),
            cells: grid.margins.clone(),
            frontier: grid.frontier.iter().map(along).collect(),
        };
        let borne = grid.margins.iter().flatten().filter(|margin| **margin >= 0).count();
        let all = grid.margins.iter().map(Vec::len).sum::<usize>();
        let says = format!("Hard costs are covered in {borne} of {all} cases.");
        let heat = chart(year, "stress-grid", "Hard costs covered by".to_owned(), says, picture);
        let months: Vec<(String, i128)> =
            year.cash(&self.outcomes[3]).into_iter().map(|(month, cash)| (month.to_string(), cash)).collect();
        let low = months
            .iter()
            .min_by_key(|(_, cash)| *cash)
            .map_or_else(String::new, |(month, _)| format!("Cash is lowest at the end of {month}."));
        let title =
            format!("Cash of the event, attendance −{}, sponsorship −{}", self.dips.attendance, self.dips.sponsorship);
        vec![heat, chart(year, "cash", title, low, Picture::Line(months))]
    }
}

/// How results spread under each policy.
#[must_use]
pub fn fan(year: &Year, simulated: &[Simulated]) -> Chart {
    let spread = |of: &Simulated| Spread {
        label: of.policy.name.to_string(),
        quantiles: QUANTILES.map(|(_, _, millionths)| of.quantile(Share::millionths(millionths))),
        likely: of.likely,
    };
    let fewest = simulated.iter().map(Simulated::losses).min().unwrap_or_default();
    let safest: Vec<&str> =
        simulated.iter().filter(|of| of.losses() == fewest).map(|of| of.policy.name.as_str()).collect();
    let says = match safest.as_slice() {
        _ if fewest == 0 && safest.len() == simulated.len() => "No draw ends in a loss.".to_owned(),
        [one] if simulated.len() > 1 => format!("{one} ends in a loss least often."),
        [_] => String::new(),
        some => format!("{} end in a loss equally often, and least.", some.join(" and ")),
    };
    chart(
        year,
        "fan",
        "How the result may come out".to_owned(),
        says,
        Picture::Fan(simulated.iter().map(spread).collect()),
    )
}

/// What moves the result of a policy most.
#[must_use]
pub fn tornado(year: &Year, of: &Simulated) -> Chart {
    let swings = of.swings.iter().map(|moved| Swing {
        label: moved.what.clone(),
        low: moved.low.1,
        high: moved.high.1,
        low_label: Share::shown(moved.low.0),
        high_label: Share::shown(moved.high.0),
    });
    let says = of.swings.first().map_or_else(String::new, |moved| format!("{} moves the result most.", moved.what));
    let title = format!("What moves the result most, {}", of.policy.name);
    chart(year, "tornado", title, says, Picture::Swings { base: of.likely, swings: swings.collect() })
}
