//! Invoices and credit notes: gap-free series, what the law wants on them, and the tax point.

use serde::{Deserialize, Serialize};

use super::desk::{Desk, find};
use super::event::{day_number, optional_day};
use super::payment::is_zero;
use super::{Digest, Document, DocumentId, DocumentKind, RuleError, TallyKey};
use crate::calendar::Date;
use crate::ledger::{PartyNo, Slug};

/// Who the organisation is on an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its legal name.
    pub name: String,
    /// Its address, a line each.
    pub address: Vec<String>,
    /// Its tax number (VAT identification number, EIN).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Its number in a register (charity, company, association).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Where to pay: bank and account, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bank: Vec<String>,
    /// A sentence that stands on every invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An invoice was issued: what it is for is due.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceIssued {
    /// Its series; numbers count from 1 in each, without gaps.
    pub series: Slug,
    /// Its number in the series.
    pub number: i64,
    /// The order or sponsorship.
    pub of: DocumentId,
    /// Its date, which is the tax point of what was not paid before, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// When it is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub due: Option<Date>,
    /// The buyer's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Digest>,
    /// The buyer's tax number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<Digest>,
}

/// A credit note was issued for what was given back since the invoice, or since the last credit note.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditNoteIssued {
    /// Its series.
    pub series: Slug,
    /// Its number in the series.
    pub number: i64,
    /// The invoice.
    pub invoice: Slug,
    /// Its date, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Digest>,
}

/// A line of an invoice or credit note. Minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Without tax.
    pub net: i64,
    /// Tax.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: i64,
    /// Tax code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Slug>,
    /// Line of the order, from 1; 0 when there is none.
    #[serde(default, skip_serializing_if = "is_no_line")]
    pub line: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
const fn is_no_line(line: &usize) -> bool {
    *line == 0
}

/// An invoice as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Invoice {
    /// Series and number: `inv-0001`.
    pub code: Slug,
    /// Its series.
    pub series: Slug,
    /// The order or sponsorship.
    pub of: DocumentId,
    /// The event.
    pub event: Slug,
    /// The buyer.
    pub party: PartyNo,
    /// Its date.
    #[serde(with = "day_number")]
    pub date: Date,
    /// When it is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_day")]
    pub due: Option<Date>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// With tax, minor units.
    pub total: i64,
    /// What had been paid when it was issued.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paid: i64,
    /// What credit notes have taken back: net and tax of each line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<(i64, i64)>,
}

/// A credit note as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditNote {
    /// Series and number.
    pub code: Slug,
    /// Its series.
    pub series: Slug,
    /// The invoice.
    pub invoice: Slug,
    /// The event.
    pub event: Slug,
    /// The buyer.
    pub party: PartyNo,
    /// Its date.
    #[serde(with = "day_number")]
    pub date: Date,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// With tax, minor units.
    pub total: i64,
}

/// Code of a number in a series.
///
/// # Errors
/// [`RuleError`] when the series is so long that the number does not fit.
pub fn numbered(series: Slug, number: i64) -> Result<Slug, RuleError> {
    Ok(format!("{series}-{number:04}").parse::<Slug>()?)
}

/// Refuses a number that is not the next of its series.
fn next_of<D: Desk>(desk: &mut D, series: Slug, number: i64) -> Result<Slug, D::Error> {
    let next = desk.tally(&TallyKey::series(series))?.0 + 1;
    if number != next {
        let problem = format!("number {number} is not the next: that is {next}");
        return Err(RuleError::Invalid { what: format!("series {series}"), problem }.into());
    }
    Ok(numbered(series, number)?)
}

fn once(id: DocumentId, invoice: Option<Slug>) -> Result<(), RuleError> {
    let Some(invoice) = invoice else { return Ok(()) };
    let problem = format!("it was invoiced as {invoice}");
    Err(RuleError::State { id, line: None, problem, hint: "issue a credit note, or show the invoice again" })
}

impl InvoiceIssued {
    /// Issues the invoice: what is not paid becomes receivable, its tax is owed.
    ///
    /// # Errors
    /// [`RuleError`].
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let code = next_of(desk, self.series, self.number)?;
        let (event, party, lines, paid) = match find(desk, self.of)? {
            Document::Order(mut order) => {
                once(self.of, order.invoice)?;
                let mut lines = Vec::new();
                for (i, line) in order.lines.iter().enumerate().filter(|(_, line)| line.is_active()) {
                    let name = match line.item.ticket {
                        Some(ticket) => desk.conference().ticket(order.event, ticket)?.name.clone(),
                        None => "Donation".to_owned(),
                    };
                    let (net, tax, tax_code) = (line.net, line.tax, line.tax_code);
                    lines.push(InvoiceLine { name, quantity: line.item.quantity, net, tax, tax_code, line: i + 1 });
                }
                let paid = order.lines.iter().map(|line| line.covered - line.returned).sum::<i64>() - order.receivable;
                order.invoice(desk, self.date)?;
                order.invoice = Some(code);
                let (event, party) = (order.event, order.party);
                desk.put(Document::Order(order))?;
                (event, party, lines, paid)
            }
            Document::Sponsorship(mut sponsorship) => {
                once(self.of, sponsorship.invoice)?;
                let package = match sponsorship.package {
                    Some(package) => desk.conference().package(sponsorship.event, package)?.name.clone(),
                    None => "Sponsorship".to_owned(),
                };
                let line =
                    |name: String, net, tax, tax_code| InvoiceLine { name, quantity: 1, net, tax, tax_code, line: 0 };
                let mut lines = Vec::new();
                if sponsorship.exchange > 0 {
                    let (net, tax) = (sponsorship.exchange, sponsorship.tax);
                    lines.push(line(package.clone(), net, tax, sponsorship.tax_code));
                }
                if sponsorship.gift > 0 {
                    lines.push(line(format!("{package}, contribution"), sponsorship.gift, 0, None));
                }
                let paid = sponsorship.received;
                sponsorship.invoice(desk, self.date)?;
                sponsorship.invoice = Some(code);
                let (event, party) = (sponsorship.event, sponsorship.party);
                desk.put(Document::Sponsorship(sponsorship))?;
                (event, party, lines, paid)
            }
            _ => {
                let problem = "only orders and sponsorships are invoiced".to_owned();
                let hint = "name an order or a sponsorship";
                return Err(RuleError::State { id: self.of, line: None, problem, hint }.into());
            }
        };
        if lines.is_empty() {
            let problem = "there is nothing to invoice".to_owned();
            return Err(RuleError::State { id: self.of, line: None, problem, hint: "look at it first" }.into());
        }
        let total = lines.iter().map(|line| line.net + line.tax).sum();
        let credited = vec![(0, 0); lines.len()];
        let (series, of, date, due) = (self.series, self.of, self.date, self.due);
        let invoice = Invoice { code, series, of, event, party, date, due, lines, total, paid, credited };
        desk.put(Document::Invoice(invoice))
    }
}

impl CreditNoteIssued {
    /// Issues the credit note. It is no entry: the cancellation or refund was one.
    ///
    /// # Errors
    /// [`RuleError::State`] when nothing was given back that is not credited yet.
    pub fn apply<D: Desk>(&self, desk: &mut D) -> Result<(), D::Error> {
        let code = next_of(desk, self.series, self.number)?;
        let id = DocumentId::new(DocumentKind::Invoice, self.invoice);
        let Document::Invoice(mut invoice) = find(desk, id)? else {
            return Err(RuleError::NoDocument { id, near: None }.into());
        };
        let mut lines = Vec::new();
        match find(desk, invoice.of)? {
            Document::Order(order) => {
                for (line, credited) in invoice.lines.iter().zip(&mut invoice.credited) {
                    let Some(now) = line.line.checked_sub(1).and_then(|i| order.lines.get(i)) else { continue };
                    // A fee that was kept is still charged, with its tax.
                    let tax = now.returned_tax - now.kept_tax - credited.1;
                    let net = now.returned - now.kept - (now.returned_tax - now.kept_tax) - credited.0;
                    if net + tax > 0 {
                        *credited = (credited.0 + net, credited.1 + tax);
                        lines.push(InvoiceLine { net, tax, ..line.clone() });
                    }
                }
            }
            Document::Sponsorship(sponsorship) if sponsorship.cancelled => {
                for (line, credited) in invoice.lines.iter().zip(&mut invoice.credited) {
                    if credited.0 + credited.1 < line.net + line.tax {
                        *credited = (line.net, line.tax);
                        lines.push(line.clone());
                    }
                }
            }
            _ => {}
        }
        if lines.is_empty() {
            let problem = "nothing was given back since that is not credited yet".to_owned();
            let hint = "cancel or refund first, with `bursar order cancel` or `bursar order refund`";
            return Err(RuleError::State { id, line: None, problem, hint }.into());
        }
        let total = lines.iter().map(|line| line.net + line.tax).sum();
        let note = CreditNote {
            code,
            series: self.series,
            invoice: self.invoice,
            event: invoice.event,
            party: invoice.party,
            date: self.date,
            lines,
            total,
        };
        desk.put(Document::Invoice(invoice))?;
        desk.put(Document::CreditNote(note))
    }
}
