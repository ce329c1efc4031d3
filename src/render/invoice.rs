//! An invoice or credit note as its receiver sees it, in HTML or Markdown.

use minijinja::{Value, context};

use super::amount::{grouped, plain};
use super::html::fill;
use crate::calendar::Date;
use crate::conference::{InvoiceLine, Issuer, TaxCode};
use crate::money::Currency;

/// What stands on an invoice or credit note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paper {
    /// What it is called: `VAT invoice`.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When it is to be paid.
    pub due: Option<Date>,
    /// What it is for: `Order b1, PyExample 2026`.
    pub reference: String,
    /// Who issues it.
    pub issuer: Issuer,
    /// Name and address of the buyer, a line each.
    pub buyer: Vec<String>,
    /// The buyer's tax number.
    pub buyer_tax_number: Option<String>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// Tax codes of the lines.
    pub taxes: Vec<TaxCode>,
    /// What had been paid; nothing on a credit note. Minor units.
    pub paid: i64,
    /// Sentences the law wants, and the issuer's own.
    pub texts: Vec<String>,
    /// Currency.
    pub currency: Currency,
}

impl Paper {
    fn values(&self, clean: impl Fn(&str) -> String) -> Value {
        let money = |minor: i64| grouped(i128::from(minor), self.currency);
        let words = |lines: &[String]| lines.iter().map(|line| clean(line)).collect::<Vec<_>>();
        let code = |line: &InvoiceLine| self.taxes.iter().find(|tax| Some(tax.code) == line.tax_code);
        let rate = |line: &InvoiceLine| {
            code(line).map_or_else(
                || "–".to_owned(),
                |tax| format!("{} %", (tax.rate * rust_decimal::Decimal::ONE_HUNDRED).normalize()),
            )
        };
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                context! {
                    name => clean(&line.name), quantity => line.quantity, net => money(line.net), rate => rate(line),
                    gross => money(line.net + line.tax),
                }
            })
            .collect();
        let taxes: Vec<Value> = self
            .taxes
            .iter()
            .map(|tax| {
                let of = |part: fn(&InvoiceLine) -> i64| {
                    self.lines.iter().filter(|line| line.tax_code == Some(tax.code)).map(part).sum::<i64>()
                };
                context! { name => clean(&tax.name), net => money(of(|l| l.net)), tax => money(of(|l| l.tax)) }
            })
            .collect();
        let total: i64 = self.lines.iter().map(|line| line.net + line.tax).sum();
        context! {
            title => clean(&self.title),
            number => clean(&self.number),
            date_label => "Date",
            date => self.date.to_string(),
            due => self.due.map(|due| due.to_string()),
            reference => clean(&self.reference),
            issuer => context! {
                name => clean(&self.issuer.name),
                address => words(&self.issuer.address),
                tax_number => self.issuer.tax_number.as_deref().map(&clean),
                register => self.issuer.register.as_deref().map(&clean),
            },
            buyer => words(&self.buyer),
            buyer_tax_number => self.buyer_tax_number.as_deref().map(&clean),
            lines, taxes,
            total => money(total),
            paid => (self.paid != 0).then(|| money(self.paid)),
            to_pay => money(total - self.paid),
            texts => words(&self.texts),
            bank => words(&self.issuer.bank),
            currency => self.currency.to_string(),
        }
    }

    /// As a page of HTML.
    #[must_use]
    pub fn html(&self) -> String {
        fill("invoice.html", self.values(plain))
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        fill("invoice.md", self.values(super::markdown::escaped))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_adds_up_and_is_escaped() {
        let tax = TaxCode {
            code: "vat20".parse().unwrap(),
            name: "VAT 20 %".to_owned(),
            treatment: crate::conference::TaxTreatment::Taxed,
            rate: "0.2".parse().unwrap(),
            inclusive: false,
            recoverable: rust_decimal::Decimal::ONE,
        };
        let line = |name: &str, net, tax: i64, code: Option<&str>| InvoiceLine {
            name: name.to_owned(),
            quantity: 1,
            net,
            tax,
            tax_code: code.map(|code| code.parse().unwrap()),
            line: 1,
        };
        let paper = Paper {
            title: "VAT invoice".to_owned(),
            number: "inv-0001".to_owned(),
            date: "2026-02-03".parse().unwrap(),
            due: None,
            reference: "Order a1".to_owned(),
            issuer: Issuer {
                name: "Example <Society>".to_owned(),
                address: vec!["1 Example Street".to_owned()],
                tax_number: Some("GB1".to_owned()),
                register: None,
                bank: vec!["Bank 1".to_owned()],
                note: None,
            },
            buyer: vec!["Buyer & Sons".to_owned()],
            buyer_tax_number: None,
            lines: vec![line("Ticket", 30_000, 6_000, Some("vat20")), line("Shirt", 2_500, 0, None)],
            taxes: vec![tax],
            paid: 1_000,
            texts: Vec::new(),
            currency: Currency::from_code("GBP").unwrap(),
        };
        let html = paper.html();
        for part in ["Example &lt;Society&gt;", "Buyer &amp; Sons", "385.00", "375.00", "60.00", "20 %"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        let markdown = paper.markdown();
        for part in ["# VAT invoice inv-0001", "| **Total** | | | | **385.00** |", "Example \\<Society\\>"] {
            assert!(markdown.contains(part), "{part} in {markdown}");
        }
    }
}
