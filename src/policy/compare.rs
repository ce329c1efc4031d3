//! Policies side by side: one event, a column each, and what the differences are made of.

use std::collections::BTreeSet;

use super::stress::Means;
use super::{Dips, Organiser, Outcome, Policy, PolicyError, Purpose, Scene, Turnout, Year};
use crate::ledger::nearest;
use crate::report::{
    Admissions, Audience, Cell, Column, ColumnKind, Covers, EventLine, Row, RowKind, Side, Statement, each,
};

/// An event under one policy.
#[derive(Clone, Debug)]
pub struct Under {
    /// The policy.
    pub policy: Policy,
    /// As it would have been.
    pub outcome: Outcome,
    /// Its means.
    pub means: Means,
    /// The dips that its revenue has to bear.
    pub dips: Dips,
    /// Its means under these dips.
    pub stressed: Means,
    /// Ticket aid: from restricted funds, and from others, minor units.
    aid: (i128, i128),
    /// List value that is waived, minor units.
    waived: i128,
    /// Aid pool, and what of it was given, minor units.
    pool: (i128, i128),
    /// Honoraria, journeys and nights, minor units.
    speakers: i128,
}

impl Under {
    fn of(year: &Year, policy: &Policy, seed: u64, dips: Option<Dips>) -> Result<Self, PolicyError> {
        let outcome = year.replay(policy, Scene::calm(seed))?;
        let dips = dips.unwrap_or(policy.stress);
        let stressed = year.means(&year.replay(policy, Scene::calm(seed).with(dips))?);
        let event = year.event().code;
        let restricted = |key: &str| {
            key.rsplit('|')
                .next()
                .and_then(|fund| fund.parse().ok())
                .is_some_and(|fund| year.setup().is_restricted(fund))
        };
        let aid = (
            outcome.tallied("ticket-aid", event, restricted).1,
            outcome.tallied("ticket-aid", event, |key| !restricted(key)).1,
        );
        let waived = outcome.tallied("waiver", event, |_| true).1;
        let own_pool = policy.pool(year.setup().currency())?.map(i128::from);
        let books_pool = || year.setup().conference().pools(event).map(|pool| i128::from(pool.amount)).sum();
        let pool = (own_pool.unwrap_or_else(books_pool), year.aid_given(&outcome));
        let speakers = year.paid_for(&outcome, Purpose::Honorarium) + year.paid_for(&outcome, Purpose::Travel);
        let means = year.means(&outcome);
        Ok(Self { policy: policy.clone(), means, outcome, dips, stressed, aid, waived, pool, speakers })
    }

    fn result(&self) -> i128 {
        self.outcome.figures.result()
    }

    fn paid(&self, wanted: impl Fn(&Admissions) -> bool) -> (i64, i128) {
        let admissions = self.outcome.figures.admissions.iter().filter(|a| a.is_confirmed() && wanted(a));
        admissions.fold((0, 0), |sum, a| (sum.0 + a.count, sum.1 + a.net))
    }

    /// Confirmed admissions with a role and tier (the ticket where it has none), and what is paid for them, minor units.
    pub(super) fn paid_by(&self, role: &str, tier: &str) -> (i64, i128) {
        let of_tier = |a: &Admissions| if a.tier.is_empty() { a.ticket == tier } else { a.tier == tier };
        self.paid(|a| a.role == role && of_tier(a))
    }

    /// The aid pool, what of it is given as tickets, and what in money, minor units.
    pub(super) const fn pool_parts(&self) -> (i128, i128, i128) {
        let tickets = self.aid.0 + self.aid.1;
        (self.pool.0, tickets, self.pool.1 - tickets)
    }
}

/// Policies compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The policies, the first being what others are compared with.
    pub columns: Vec<Under>,
    /// The statement.
    pub statement: Statement,
}

/// An event under several policies. The first is what the others are compared with. `dips` replaces each policy's own.
///
/// # Errors
/// As [`Year::replay`].
pub fn compare(
    year: &Year,
    policies: &[Policy],
    seed: u64,
    dips: Option<Dips>,
    covers: Option<Covers>,
) -> Result<Comparison, PolicyError> {
    let columns = policies.iter().map(|policy| Under::of(year, policy, seed, dips)).collect::<Result<Vec<_>, _>>()?;
    let mut table = Table { columns: &columns, rows: Vec::new() };
    table.fill();
    let (currency, event) = (year.setup().currency(), year.event());
    let shown = |minor: i128| format!("{} {currency}", currency.format_grouped(minor));
    let mut notes: Vec<String> = Vec::new();
    for other in columns.iter().skip(1) {
        notes.push(verdict(&columns[0], other, &shown));
    }
    for under in &columns {
        notes.extend(turnout(under));
    }
    for under in &columns {
        let said = under.policy.assumptions();
        if !said.is_empty() {
            notes.push(format!("{}: {}.", under.policy.name, said.join("; ")));
        }
    }
    notes.push(format!(
        "In force: {}. Every column replays each order, payment, refund, sponsorship, contract and bill through the \
         posting rules under its policy. Taken for granted unless a policy says otherwise: everyone comes all the same, \
         pays the price in force when they ordered, fees follow payments in proportion, and contracts charge for those \
         who come. People are taken in an order by seed {seed}.",
        event.who_pays()
    ));
    let rows = table.rows;
    let statement = Statement {
        key: "what-if".to_owned(),
        title: format!("What if, {}", event.name),
        entity: year.setup().entity().to_owned(),
        events: vec![event.code.to_string()],
        period: None,
        audience: Audience::Treasurer,
        currency,
        columns: headings(&columns),
        rows,
        notes,
        covers,
    };
    Ok(Comparison { columns, statement })
}

/// What a policy would have meant beside another, in words.
fn verdict(base: &Under, other: &Under, shown: &impl Fn(i128) -> String) -> String {
    let cost = base.result() - other.result();
    let paying = other.outcome.figures.paying().0;
    let (verb, amount) = if cost < 0 { ("brought", -cost) } else { ("cost", cost) };
    let share =
        each(amount, paying).map_or_else(String::new, |share| format!(", {} for each paying attendee", shown(share)));
    let margin = other.stressed.margin();
    let dips = format!("attendance down {} and sponsorship down {}", other.dips.attendance, other.dips.sponsorship);
    let rule = if margin >= 0 {
        format!("hard costs would still be covered, with {} to spare", shown(margin))
    } else {
        format!("hard costs would not be covered: {} short", shown(-margin))
    };
    if cost == 0 {
        return format!("{} would have changed nothing. With {dips}, {rule}.", other.policy.name);
    }
    format!("{} would have {verb} {}{share}. With {dips}, {rule}.", other.policy.name, shown(amount))
}

fn turnout(under: &Under) -> Option<String> {
    let Turnout { priced_out, stay_away, join, aided, unaided, by_choice, .. } = under.outcome.turnout;
    let all = [
        (priced_out, "stay away because of the price"),
        (stay_away, "stay away because they would be charged"),
        (join, "more come"),
        (aided, "get ticket aid"),
        (unaided, "stay away for want of aid"),
        (by_choice, "pay in full by choice"),
    ];
    let said: Vec<String> =
        all.iter().filter(|(number, _)| *number != 0).map(|(number, what)| format!("{number} {what}")).collect();
    (!said.is_empty()).then(|| format!("Under {}: {}.", under.policy.name, said.join(", ")))
}

/// A column a policy; of two, the difference beside them.
fn headings(columns: &[Under]) -> Vec<Column> {
    let mut all: Vec<Column> = columns
        .iter()
        .map(|under| Column::new(under.policy.name.as_str(), under.policy.name.as_str(), ColumnKind::Money))
        .collect();
    if columns.len() == 2 {
        all.push(Column::new("difference", "Difference", ColumnKind::Money));
    }
    all
}

struct Table<'a> {
    columns: &'a [Under],
    rows: Vec<Row>,
}

impl Table<'_> {
    fn width(&self) -> usize {
        self.columns.len() + usize::from(self.columns.len() == 2)
    }

    fn heading(&mut self, key: &str, label: &str) {
        let cells = vec![Cell::Empty; self.width()];
        self.rows.push(Row::plain(key, label, 0, RowKind::Heading, cells));
    }

    fn row(&mut self, key: &str, label: &str, kind: RowKind, amount: impl Fn(&Under) -> Option<i128>) {
        self.cells(key, label, kind, amount, Cell::Money);
    }

    fn count(&mut self, key: &str, label: &str, number: impl Fn(&Under) -> Option<i128>) {
        let shown = |number: i128| Cell::Count(i64::try_from(number).unwrap_or(i64::MAX));
        self.cells(key, label, RowKind::Line, number, shown);
    }

    fn cells(
        &mut self,
        key: &str,
        label: &str,
        kind: RowKind,
        value: impl Fn(&Under) -> Option<i128>,
        cell: impl Fn(i128) -> Cell,
    ) {
        let values: Vec<Option<i128>> = self.columns.iter().map(value).collect();
        let mut cells: Vec<Cell> = values.iter().map(|value| value.map_or(Cell::Empty, &cell)).collect();
        if let [first, second] = values.as_slice() {
            cells.push(first.zip(*second).map_or(Cell::Empty, |(first, second)| cell(second - first)));
        }
        self.rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells));
    }

    fn fill(&mut self) {
        for (side, heading, key, total) in
            [(Side::Revenue, "Revenue", "revenue", "Total revenue"), (Side::Cost, "Cost", "cost", "Total cost")]
        {
            self.heading(key, heading);
            let mut lines: Vec<(String, String)> = Vec::new();
            let all = self.columns.iter().flat_map(|under| &under.outcome.figures.lines);
            for EventLine { key, label, .. } in all.filter(|line| line.side == side) {
                if !lines.iter().any(|(known, _)| known == key) {
                    lines.push((key.clone(), label.clone()));
                }
            }
            for (line, label) in lines {
                self.row(&line, &label, RowKind::Line, |under| Some(under.outcome.figures.line(side, &line)));
            }
            if side == Side::Cost && self.columns.iter().any(|under| under.outcome.figures.to_come != 0) {
                self.row("to-come", "Contracts, not billed yet", RowKind::Line, |u| Some(u.outcome.figures.to_come));
            }
            self.row(&format!("total-{key}"), total, RowKind::Total, |under| {
                let figures = &under.outcome.figures;
                Some(if side == Side::Revenue { figures.total(side) } else { figures.cost() })
            });
        }
        let profit = self.columns.iter().all(|under| under.policy.organiser == Organiser::Commercial);
        self.row("result", if profit { "Profit" } else { "Result" }, RowKind::Total, |under| Some(under.result()));
        if self.columns.len() > 2 {
            let first = self.columns[0].result();
            self.row("against-first", "Against the first", RowKind::Line, |under| Some(under.result() - first));
        }
        self.attendance();
        self.concessions();
        self.who_pays();
        self.stress();
        if self.columns.len() == 2 {
            self.made_of();
        }
    }

    fn attendance(&mut self) {
        self.heading("attendance", "Attendance");
        self.count("heads", "Admissions, confirmed", |under| Some(i128::from(under.outcome.figures.heads())));
        self.count("paying", "of which paid by the person or an employer", |under| {
            Some(i128::from(under.outcome.figures.paying().0))
        });
        self.row("cost-per-head", "Cost per head", RowKind::Line, |u| {
            each(u.outcome.figures.cost(), u.outcome.figures.heads())
        });
        self.row("price-per-paying", "Registration per paying attendee", RowKind::Line, |under| {
            let (paying, paid) = under.outcome.figures.paying();
            each(paid, paying)
        });
        self.row("result-per-paying", "Result per paying attendee", RowKind::Line, |under| {
            each(under.result(), under.outcome.figures.paying().0)
        });
    }

    fn concessions(&mut self) {
        self.heading("concessions", "Not charged, and aid");
        self.row("ticket-aid", "Ticket aid", RowKind::Line, |under| Some(under.aid.0 + under.aid.1));
        self.row("restricted-aid", "of which from restricted funds", RowKind::Line, |under| Some(under.aid.0));
        self.row("waived", "Waived", RowKind::Line, |under| Some(under.waived));
        if self.columns.iter().any(|under| under.pool.0 != 0) {
            self.row("pool", "Aid pool", RowKind::Line, |under| Some(under.pool.0));
            self.row("pool-left", "Left of it", RowKind::Line, |under| Some(under.pool.0 - under.pool.1));
        }
    }

    /// What an admission costs on average, by role and tier: who pays more, who pays less.
    fn who_pays(&mut self) {
        let mut crowds: BTreeSet<(String, String)> = BTreeSet::new();
        for admissions in self.columns.iter().flat_map(|under| &under.outcome.figures.admissions) {
            if admissions.is_confirmed() {
                let tier = if admissions.tier.is_empty() { &admissions.ticket } else { &admissions.tier };
                crowds.insert((admissions.role.clone(), tier.clone()));
            }
        }
        self.heading("who-pays", "Paid per admission");
        for (role, tier) in crowds {
            let label = format!("{role}, {tier}");
            self.row(&format!("pays-{role}-{tier}"), &label, RowKind::Line, |under| {
                let (number, paid) = under.paid_by(&role, &tier);
                each(paid, number)
            });
        }
    }

    fn stress(&mut self) {
        let dips = self.columns[0].dips;
        let same = self.columns.iter().all(|under| under.dips == dips);
        let label = if same {
            format!("Attendance down {}, sponsorship down {}", dips.attendance, dips.sponsorship)
        } else {
            "Under each policy's own dips".to_owned()
        };
        self.heading("stress", &label);
        self.row("stress-left", "Revenue less what shrinks", RowKind::Line, |under| Some(under.stressed.left()));
        self.row("stress-hard", "Hard costs", RowKind::Line, |under| Some(under.stressed.hard));
        self.row("stress-margin", "Covered by", RowKind::Total, |under| Some(under.stressed.margin()));
    }

    /// What the difference of two policies is made of.
    fn made_of(&mut self) {
        let [base, other] = self.columns else { return };
        let (base, other) = (base.clone(), other.clone());
        let last = self.width() - 1;
        let cost = base.result() - other.result();
        let given_up = base.paid(|_| true).1 - other.paid(|_| true).1;
        let saved = base.means.fees - other.means.fees;
        let heads = other.means.by_heads - base.means.by_heads;
        let speakers = other.speakers - base.speakers;
        let given = other.outcome.given - base.outcome.given;
        let rest = cost - given_up + saved - heads - speakers - given;
        let name = other.policy.name;
        self.heading("made-of", &format!("What {name} costs"));
        let mut line = |key: &str, label: &str, kind: RowKind, minor: i128| {
            let mut cells = vec![Cell::Empty; last + 1];
            cells[last] = Cell::Money(minor);
            self.rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells));
        };
        line("given-up", "Admissions paid for before", RowKind::Line, given_up);
        for (key, label, minor) in [
            ("fees-saved", "Fees saved", -saved),
            ("other-heads", "Other heads, as contracts charge", heads),
            ("speakers-paid", "Honoraria, travel, lodging", speakers),
            ("given", "Given of the surplus", given),
            ("other", "Other", rest),
        ] {
            if minor != 0 {
                line(key, label, RowKind::Line, minor);
            }
        }
        line("cost-to-result", "Cost to the result", RowKind::Total, cost);
        let (restricted, unrestricted) = (base.aid.0 - other.aid.0, base.aid.1 - other.aid.1);
        if unrestricted != 0 || restricted != 0 {
            line("aid-freed", "Ticket aid no longer needed, unrestricted", RowKind::Line, -unrestricted);
            line("cost-after-aid", "Cost after aid that is freed", RowKind::Total, cost - unrestricted);
            line("restricted-aid-freed", "Restricted aid that is freed, apart", RowKind::Line, restricted);
        }
    }
}

impl Comparison {
    /// The key of a figure, as written or nearest.
    ///
    /// # Errors
    /// [`PolicyError::NoFigure`].
    pub fn key(&self, wanted: &str) -> Result<&str, PolicyError> {
        let keys = || self.statement.rows.iter().filter(|row| row.kind != RowKind::Heading).map(|row| row.key.as_str());
        keys().find(|key| *key == wanted).ok_or_else(|| {
            let near = nearest(wanted, keys()).map(str::to_owned);
            PolicyError::NoFigure { key: wanted.to_owned(), near }
        })
    }
}
