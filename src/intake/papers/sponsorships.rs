//! Sponsorships in bulk: a row each.

use super::super::table::{Row, Table};
use super::super::{IntakeError, SourceFile};
use super::{Filed, Filing, columns, says_yes};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::conference::{
    Document, DocumentId, DocumentKind, Fact, InKind, InvoiceIssued, Method, Payment, SponsorshipAgreed, TallyKey,
};
use crate::ledger::{PartyKind, Slug};

/// The columns of a sponsorships file.
pub const SPONSORSHIP_COLUMNS: [&str; 17] = [
    "sponsorship",
    "date",
    "event",
    "party",
    "package",
    "price",
    "small",
    "benefits",
    "fund",
    "condition",
    "in_kind",
    "invoiced",
    "paid",
    "fee",
    "method",
    "paid_date",
    "account",
];

/// Imports a file of sponsorships. Without a fund of its own, the part beyond the benefits goes to the event's fund.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_sponsorships<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&SPONSORSHIP_COLUMNS, 4))?;
    let mut filing = Filing::begin(writer, file, "sponsorships")?;
    while let Some(row) = table.next(&mut filing.problems)? {
        filing.sponsorship(&row)?;
    }
    filing.finish()
}

impl<S: Store> Filing<'_, '_, S> {
    fn sponsorship(&mut self, row: &Row<'_>) -> Result<(), IntakeError> {
        let before = self.problems.count();
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let event = self.event(row, 2).flatten();
        if row.get(2).is_empty() {
            self.problems.add(row.line, Some("event"), "it is empty");
        }
        let party = self.party_in(row, 3, "party", PartyKind::Organisation)?;
        let small = says_yes(row, 6, &mut self.problems);
        let conference = self.writer.setup()?.conference().clone();
        let package = row.parse_filled(4, &mut self.problems, |text| {
            let code = text.parse::<Slug>().map_err(|error| error.to_string())?;
            let event = event.ok_or_else(|| "it has no event".to_owned())?;
            conference.package(event, code).cloned().map_err(|error| error.to_string())
        });
        let (price, benefits) = (self.minor(row, 5), self.minor(row, 7));
        let fund = self.fund(row, 8);
        let in_kind = row.parse_filled(10, &mut self.problems, str::parse::<InKind>);
        let invoiced = row.parse_filled(11, &mut self.problems, str::parse::<Date>);
        let account = self.account(row, 16);
        let paid = self.moved(row, [12, 13, 14, 15], (Method::Wire, date.unwrap_or(Date::MIN), None));
        let (Some(code), Some(date), Some(event), Some(party)) = (code, date, event, party) else { return Ok(()) };
        let (Some(package), Some(small), Some(paid)) = (package, small, paid) else { return Ok(()) };
        if self.problems.count() > before {
            return Ok(());
        }
        let usual = package.as_ref().map_or(0, |package| if small { (package.price + 1) / 2 } else { package.price });
        let price = price.filter(|_| row.filled(5).is_some()).unwrap_or(usual);
        let value = package.as_ref().map_or(Ok(0), |package| package.value(&conference));
        let Some(value) = self.settle(value.map_err(Into::into), row.line, Some("package"))? else { return Ok(()) };
        let benefits = benefits.filter(|_| row.filled(7).is_some()).unwrap_or(value);
        let id = DocumentId::new(DocumentKind::Sponsorship, code);
        if let Some(Document::Sponsorship(kept)) = self.kept(id)? {
            let difference = kept.difference(event, party, date, price);
            self.known(row.line, id, difference)?;
            let untouched = !kept.cancelled && kept.received + kept.refunds == 0;
            let news = [
                (invoiced.flatten().is_some() && kept.invoice.is_none() && !kept.cancelled, "invoiced"),
                (paid.is_some() && untouched && kept.outstanding() > 0, "paid"),
            ];
            self.later(row.line, id, &news);
            return Ok(());
        }
        self.filed.documents += 1;
        let in_kind = in_kind.flatten();
        let fund = fund.flatten().or_else(|| conference.event(event).ok().and_then(|event| event.fund));
        let condition = row.filled(9).map(str::to_owned);
        let agreed = self.happen(row.line, |recorder| {
            Ok(Fact::Sponsorship(SponsorshipAgreed {
                code,
                event,
                party,
                date,
                package: package.as_ref().map(|package| package.code),
                price,
                benefits,
                exchange: package.as_ref().is_some_and(|package| package.exchange),
                small,
                passes: package.as_ref().map_or(0, |package| package.passes),
                fund: fund.filter(|_| in_kind.is_none()),
                condition: condition.map(|text| recorder.seal("condition", &text)),
                in_kind,
                tax: package.as_ref().and_then(|package| package.tax),
            }))
        })?;
        if !agreed {
            return Ok(());
        }
        self.filed.added += 1;
        if let Some(date) = invoiced.flatten() {
            let series = Slug::constant("inv");
            let number = self.writer.tallied(&TallyKey::series(series))?.0 + 1;
            let (of, due, address, tax_number) = (id, None, None, None);
            self.happen(row.line, |_| {
                Ok(Fact::Invoice(InvoiceIssued { series, number, of, date, due, address, tax_number }))
            })?;
        }
        if let Some(mut paid) = paid {
            paid.account = account.flatten();
            self.happen(row.line, |_| Ok(Fact::Payment(Payment::new(id, paid))))?;
        }
        Ok(())
    }
}
