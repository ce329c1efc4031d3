//! Sponsorship as the tax on unrelated business sees it: a second split, kept apart from the accounting one (Treas. Reg.
//! 1.513-4 for qualified payments, 1.513-3 for booths at a qualified trade show). The treasurer's, for the preparer.

use std::collections::BTreeMap;

use super::engine::covered;
use super::journal::treasurer_only;
use super::statement::{Cell, Column, ColumnKind, Covers, Row, RowKind, Statement};
use super::{ReportError, Request};
use crate::books::{Books, DocumentFilter, Store};
use crate::calendar::Date;
use crate::conference::{BenefitKind, Document, DocumentKind, Sponsorship};
use crate::ledger::{Slug, form_990};

/// A payment apart, minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Apart {
    sponsors: i64,
    paid: i128,
    qualified: i128,
    related: i128,
    booths: i128,
    advertising: i128,
}

/// Sponsorships agreed within the period, by package: what is a qualified sponsorship payment, and what is not.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], or what the books cannot read.
pub fn sponsorship_tax<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    treasurer_only("sponsorship-tax", request)?;
    let setup = books.setup()?;
    let end = if request.window.to() == Date::MAX {
        books.span()?.map_or(request.window.to(), |(_, last, _)| last.last_day())
    } else {
        request.window.to()
    };
    let share = form_990().threshold("benefits-disregarded-share", end).map_or(2, |threshold| threshold.amount);
    let mut packages: BTreeMap<(Slug, Option<Slug>), Apart> = BTreeMap::new();
    books.documents(DocumentFilter::Kind(DocumentKind::Sponsorship), &mut |document| {
        let Document::Sponsorship(s) = document else { return Ok(()) };
        let wanted = request.events.is_empty() || request.events.contains(&s.event);
        if s.cancelled || !wanted || !request.window.contains(s.date) {
            return Ok(());
        }
        let package = s.package.and_then(|code| setup.conference().package(s.event, code).ok());
        let of = |kind: BenefitKind| -> i64 {
            let benefits = package.iter().flat_map(|package| &package.benefits);
            benefits.filter(|benefit| benefit.kind == Some(kind)).map(|benefit| benefit.value).sum()
        };
        let one = apart(&s, share, of(BenefitKind::Booth), of(BenefitKind::Advertising));
        let sum = packages.entry((s.event, s.package)).or_default();
        sum.sponsors += 1;
        sum.paid += one.paid;
        sum.qualified += one.qualified;
        sum.related += one.related;
        sum.booths += one.booths;
        sum.advertising += one.advertising;
        Ok(())
    })?;
    let cells = |a: &Apart| {
        let money = [a.paid, a.qualified, a.related, a.booths, a.advertising].map(Cell::Money);
        std::iter::once(Cell::Count(a.sponsors)).chain(money).collect::<Vec<_>>()
    };
    let mut total = Apart::default();
    let mut rows = Vec::new();
    for ((event, package), one) in &packages {
        total.sponsors += one.sponsors;
        total.paid += one.paid;
        total.qualified += one.qualified;
        total.related += one.related;
        total.booths += one.booths;
        total.advertising += one.advertising;
        let name = package.and_then(|code| setup.conference().package(*event, code).ok()).map(|p| p.name.clone());
        let key = package.map_or_else(|| format!("{event}:none"), |package| format!("{event}:{package}"));
        let label = name.unwrap_or_else(|| "Without a package".to_owned());
        rows.push(Row::plain(key, format!("{label}, {event}"), 0, RowKind::Line, cells(one)));
    }
    rows.push(Row::plain("total", "Total", 0, RowKind::Total, cells(&total)));
    let mut columns = vec![Column::new("sponsors", "Sponsors", ColumnKind::Count)];
    let money = [
        ("agreed", "Agreed"),
        ("qualified", "Qualified"),
        ("related", "Benefits"),
        ("booths", "Booths"),
        ("advertising", "Advertising"),
    ];
    columns.extend(money.map(|(key, label)| Column::new(key, label, ColumnKind::Money)));
    let postings = covered(books, request, vec![request.window])?;
    Ok(Statement {
        key: "sponsorship-tax".to_owned(),
        title: "Sponsorship, as tax sees it".to_owned(),
        entity: setup.entity().to_owned(),
        events: request.events.iter().map(ToString::to_string).collect(),
        period: Some(request.window),
        audience: request.audience,
        currency: setup.currency(),
        columns,
        rows,
        notes: vec![
            format!(
                "Qualified: acknowledged, nothing substantial in return. Benefits worth at most {share} % of a payment are \
                 disregarded; above that all of their value counts (Treas. Reg. 1.513-4)."
            ),
            "Booths fall under 1.513-3 when the trade show qualifies; advertising is unrelated business income."
                .to_owned(),
            "A payment that depends on attendance or exposure does not qualify: look at such contracts one by one."
                .to_owned(),
        ],
        covers: Some(Covers { postings, head: books.head()? }),
    })
}

/// Takes one payment apart: benefits beyond the share that is disregarded, booths and advertising among them first.
fn apart(s: &Sponsorship, share: i64, booths: i64, advertising: i64) -> Apart {
    let (paid, benefits) = (i128::from(s.exchange) + i128::from(s.gift), i128::from(s.exchange));
    if benefits * 100 <= paid * i128::from(share) {
        return Apart { sponsors: 1, paid, qualified: paid, ..Apart::default() };
    }
    let advertising = i128::from(advertising).min(benefits);
    let booths = i128::from(booths).min(benefits - advertising);
    let related = benefits - advertising - booths;
    Apart { sponsors: 1, paid, qualified: paid - benefits, related, booths, advertising }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn benefits_of_two_percent_are_disregarded_and_more_counts_whole() {
        let sponsorship = |exchange: i64, gift: i64| -> Sponsorship {
            serde_json::from_value(serde_json::json!({
                "code": "s", "event": "e", "party": 1, "date": 20250101, "exchange": exchange, "gift": gift,
                "fund": "general"
            }))
            .unwrap()
        };
        // exchange, gift, booths, advertising: qualified, related, booths, advertising
        let table = [
            (200, 9_800, 0, 0, (10_000, 0, 0, 0)),
            (201, 9_799, 0, 0, (9_799, 201, 0, 0)),
            (2_000, 8_000, 800, 300, (8_000, 900, 800, 300)),
            (500, 500, 800, 300, (500, 0, 200, 300)),
            (1_000, 0, 0, 1_000, (0, 0, 0, 1_000)),
        ];
        for (exchange, gift, booths, advertising, expected) in table {
            let a = apart(&sponsorship(exchange, gift), 2, booths, advertising);
            assert_eq!(
                (a.qualified, a.related, a.booths, a.advertising),
                expected,
                "{exchange} of {}",
                exchange + gift
            );
            assert_eq!(a.qualified + a.related + a.booths + a.advertising, a.paid);
        }
    }
}
