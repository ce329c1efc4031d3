//! Policies side by side: one event, a column each, and what the difference is made of.

use crate::books::{Books, BooksError, Replayed, Store};
use crate::conference::{Contract, Document, OrderLine, Payer, WhoPays};
use crate::ledger::Slug;
use crate::report::{Audience, Cell, Column, ColumnKind, Covers, EventFigures, Row, RowKind, Side, Statement, each};

use super::UnderPolicy;

/// Speakers who would come only if they entered free: how many, and what each costs, minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ExtraHeads {
    /// How many.
    pub number: i64,
    /// What each costs; what contracts charge per head when it is not said.
    pub cost: Option<i64>,
}

/// An event under one policy.
#[derive(Clone, Debug)]
struct Under {
    policy: WhoPays,
    figures: EventFigures,
    /// What processors and the host keep, minor units.
    fees: i128,
    /// What extra heads cost, minor units.
    extra: i128,
    /// Ticket aid: from restricted funds, and from others, minor units.
    aid: (i128, i128),
    /// List value that is waived, minor units.
    waived: i128,
}

impl Under {
    fn cost(&self) -> i128 {
        self.figures.cost() + self.extra
    }

    fn result(&self) -> i128 {
        self.figures.total(Side::Revenue) - self.cost()
    }

    /// What people who speak, or their employers, pay, minor units; what ticket aid leaves them to pay too.
    fn paid_by_speakers(&self) -> i128 {
        let speakers = self.figures.admissions.iter().filter(|a| a.is_confirmed() && a.speaks());
        speakers.map(|a| a.net).sum()
    }
}

/// What orders of the event received in all, and the fees taken of that, minor units.
fn average<S: Store>(books: &Books<S>, event: Slug) -> Result<(i64, i64), BooksError> {
    let (mut received, mut fees) = (0_i64, 0_i64);
    let filter =
        crate::books::DocumentFilter::Event(event, crate::conference::DocumentKind::Order, None, usize::MAX >> 1);
    books.documents(filter, &mut |document| {
        if let Document::Order(order) = document {
            received = received.saturating_add(order.received);
            fees = fees.saturating_add(order.fees);
        }
        Ok(())
    })?;
    Ok((received, fees))
}

fn lines_of(replayed: &Replayed, event: Slug) -> impl Iterator<Item = &OrderLine> {
    let orders = replayed.shelf.documents().filter_map(move |document| match document {
        Document::Order(order) if order.event == event => Some(order),
        _ => None,
    });
    orders.flat_map(|order| &order.lines).filter(|line| line.is_active() && line.conceded)
}

fn under<S: Store>(
    books: &Books<S>,
    event: Slug,
    policy: WhoPays,
    average: (i64, i64),
    extra: ExtraHeads,
) -> Result<Under, BooksError> {
    let setup = books.setup()?;
    let in_force = setup.event(event.as_str())?.who_pays();
    let replayed = books.replay(&mut UnderPolicy::new(event, policy, in_force, average))?;
    let contracts: Vec<Contract> = replayed
        .shelf
        .documents()
        .filter_map(|document| match document {
            Document::Contract(contract) => Some(contract.clone()),
            _ => None,
        })
        .collect();
    let balances = replayed.balances.iter().map(|(at, minor)| (*at, *minor));
    let tallies = replayed.shelf.tallies().iter().map(|(key, (count, amount))| (key, *count, *amount));
    let figures = EventFigures::compute(setup, event, balances, tallies, &contracts)?;
    let is_fee = |code: &str| matches!(code, "5410" | "5420" | "5620");
    let fees = replayed.balances.iter().filter(|(at, _)| {
        let code = setup.account_numbered(at.account).and_then(|account| account.code.as_deref());
        at.event == Some(event) && code.is_some_and(is_fee)
    });
    let fees = fees.map(|(_, minor)| minor).sum();
    let (mut aid, mut waived) = ((0, 0), 0);
    for line in lines_of(&replayed, event) {
        let concession = i128::from(line.concession());
        match (line.item.payer, line.item.fund.is_some_and(|fund| setup.is_restricted(fund))) {
            (Payer::Aid, true) => aid.0 += concession,
            (Payer::Aid, false) => aid.1 += concession,
            _ => waived += concession,
        }
    }
    let number = if policy == WhoPays::SpeakersFree && policy != in_force { extra.number } else { 0 };
    let heads = figures.heads();
    let by_contract = |heads: i64| -> i128 {
        figures.per_head.iter().map(|(each, least)| i128::from(*each) * i128::from(heads.max(*least))).sum()
    };
    let extra = match extra.cost {
        Some(cost) => i128::from(cost) * i128::from(number),
        None => by_contract(heads + number) - by_contract(heads),
    };
    Ok(Under { policy, figures, fees, extra, aid, waived })
}

/// An event under several policies. The first is what the others are compared with.
///
/// # Errors
/// What the books cannot read, or what a rule refuses of an altered fact.
pub fn what_if<S: Store>(
    books: &Books<S>,
    event: Slug,
    policies: &[WhoPays],
    extra: ExtraHeads,
) -> Result<Statement, BooksError> {
    let average = average(books, event)?;
    let mut columns = Vec::with_capacity(policies.len());
    for policy in policies {
        columns.push(under(books, event, *policy, average, extra)?);
    }
    let setup = books.setup()?;
    let mut table = Table { columns: &columns, rows: Vec::new() };
    table.fill();
    let mut notes = Vec::new();
    let in_force = setup.event(event.as_str())?.who_pays();
    table.free_speakers(in_force, &mut notes, |minor| {
        format!("{} {}", setup.currency().format_grouped(minor), setup.currency())
    });
    notes.push(format!(
        "In force: {in_force}. Other columns replay every order, payment and refund under their policy. Taken for granted: \
         everyone comes all the same, pays the price in force when they ordered, and fees follow payments in proportion."
    ));
    let rows = table.rows;
    Ok(Statement {
        key: "what-if".to_owned(),
        title: format!("What if, {}", setup.event(event.as_str())?.name),
        entity: setup.entity().to_owned(),
        events: vec![event.to_string()],
        period: None,
        audience: Audience::Treasurer,
        currency: setup.currency(),
        columns: headings(policies),
        rows,
        notes,
        covers: Some(Covers { postings: postings_of(books, event)?, head: books.head()? }),
    })
}

fn postings_of<S: Store>(books: &Books<S>, event: Slug) -> Result<i64, BooksError> {
    let coordinates = books.coordinates()?;
    let of_event =
        |number| coordinates.get(number).is_some_and(|at: &crate::ledger::Coordinate| at.event == Some(event));
    let balances = books.balances(crate::calendar::ALL_DAYS)?;
    Ok(balances.iter().filter(|(number, _)| of_event(number)).map(|(_, balance)| balance.postings).sum())
}

/// A column a policy, then its difference from the first.
fn headings(policies: &[WhoPays]) -> Vec<Column> {
    let plain = policies.iter().map(|policy| Column::new(policy.word(), policy.word(), ColumnKind::Money));
    let two = policies.len() == 2;
    let difference = policies.iter().skip(1).map(|policy| {
        let label = if two { "Difference".to_owned() } else { format!("Difference, {policy}") };
        let key = if two { "difference".to_owned() } else { format!("difference-{policy}") };
        Column::new(key, label, ColumnKind::Money)
    });
    plain.chain(difference).collect()
}

struct Table<'a> {
    columns: &'a [Under],
    rows: Vec<Row>,
}

impl Table<'_> {
    fn heading(&mut self, key: &str, label: &str) {
        let cells = vec![Cell::Empty; self.columns.len() * 2 - 1];
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
        let change = |other: &Option<i128>| Some((*other)? - values[0]?);
        let differences = values.iter().skip(1).map(change);
        let all = values.iter().copied().chain(differences);
        let cells = all.map(|value| value.map_or(Cell::Empty, &cell)).collect();
        self.rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells));
    }

    fn fill(&mut self) {
        for (side, heading, key, total) in
            [(Side::Revenue, "Revenue", "revenue", "Total revenue"), (Side::Cost, "Cost", "cost", "Total cost")]
        {
            self.heading(key, heading);
            let mut lines: Vec<(String, String)> = Vec::new();
            for line in self.columns.iter().flat_map(|under| &under.figures.lines).filter(|line| line.side == side) {
                if !lines.iter().any(|(known, _)| *known == line.key) {
                    lines.push((line.key.clone(), line.label.clone()));
                }
            }
            for (line, label) in lines {
                self.row(&line, &label, RowKind::Line, |under| Some(under.figures.line(side, &line)));
            }
            if side == Side::Cost && self.columns.iter().any(|under| under.figures.to_come != 0) {
                self.row("to-come", "Contracts, not billed yet", RowKind::Line, |u| Some(u.figures.to_come));
            }
            if side == Side::Cost && self.columns.iter().any(|under| under.extra != 0) {
                self.row("extra-heads", "Extra heads", RowKind::Line, |under| Some(under.extra));
            }
            self.row(&format!("total-{key}"), total, RowKind::Total, |under| {
                Some(if side == Side::Revenue { under.figures.total(side) } else { under.cost() })
            });
        }
        self.row("result", "Result", RowKind::Total, |under| Some(under.result()));
        self.heading("attendance", "Attendance");
        self.count("heads", "Admissions, confirmed", |under| Some(i128::from(under.figures.heads())));
        self.count("paying", "of which paid by the person or an employer", |under| {
            Some(i128::from(under.figures.paying().0))
        });
        self.row("cost-per-head", "Cost per head", RowKind::Line, |u| each(u.cost(), u.figures.heads()));
        self.row("price-per-paying", "Registration per paying attendee", RowKind::Line, |under| {
            let (paying, paid) = under.figures.paying();
            each(paid, paying)
        });
        self.row("result-per-paying", "Result per paying attendee", RowKind::Line, |under| {
            each(under.result(), under.figures.paying().0)
        });
        self.heading("concessions", "Not charged");
        self.row("ticket-aid", "Ticket aid", RowKind::Line, |under| Some(under.aid.0 + under.aid.1));
        self.row("restricted-aid", "of which from restricted funds", RowKind::Line, |under| Some(under.aid.0));
        self.row("waived", "Waived", RowKind::Line, |under| Some(under.waived));
    }

    /// What free speakers cost, beside speakers who pay: payments given up and extra heads, less fees saved; then the
    /// aid that need not be given.
    fn free_speakers(&mut self, in_force: WhoPays, notes: &mut Vec<String>, shown: impl Fn(i128) -> String) {
        let is_free = |under: &&Under| under.policy == WhoPays::SpeakersFree;
        let (Some(paid), Some(free)) =
            (self.columns.iter().find(|under| !is_free(under)), self.columns.iter().find(is_free))
        else {
            return;
        };
        let (given_up, saved) = (paid.paid_by_speakers() - free.paid_by_speakers(), paid.fees - free.fees);
        let extra = free.extra - paid.extra;
        let cost = paid.result() - free.result();
        let other = cost - given_up - extra + saved;
        let (restricted, unrestricted) = (paid.aid.0 - free.aid.0, paid.aid.1 - free.aid.1);
        let paying = free.figures.paying().0;
        self.heading("free-speakers", "What free speakers cost");
        let last = self.columns.len() * 2 - 1;
        let mut line = |key: &str, label: &str, kind: RowKind, minor: i128| {
            let mut cells = vec![Cell::Empty; last];
            cells[last - 1] = Cell::Money(minor);
            self.rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, cells));
        };
        line("given-up", "Payments of speakers and their employers", RowKind::Line, given_up);
        if extra != 0 {
            line("extra", "Extra heads", RowKind::Line, extra);
        }
        line("fees-saved", "Fees saved", RowKind::Line, -saved);
        if other != 0 {
            line("other", "Cancellation fees and other", RowKind::Line, other);
        }
        line("cost-to-result", "Cost to the result", RowKind::Total, cost);
        line("aid-freed", "Ticket aid no longer needed, unrestricted", RowKind::Line, -unrestricted);
        line("cost-after-aid", "Cost after aid that is freed", RowKind::Total, cost - unrestricted);
        line("restricted-aid-freed", "Restricted aid that is freed, apart", RowKind::Line, restricted);
        let (verb, amount) = if cost < 0 { ("have brought", -cost) } else { ("have cost", cost) };
        let would = if in_force == WhoPays::SpeakersFree { "" } else { "would " };
        let share = each(amount, paying).map(|share| format!(", {} for each paying attendee", shown(share)));
        notes.push(format!("Free speakers {would}{verb} {}{}.", shown(amount), share.unwrap_or_default()));
    }
}
