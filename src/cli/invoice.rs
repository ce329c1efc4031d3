use bursar::books::{Books, BooksError, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    CreditNoteIssued, Document, DocumentId, DocumentKind, Fact, InvoiceIssued, InvoiceLine, Issuer, RuleError,
    TallyKey, TaxTreatment, numbered,
};
use bursar::ledger::{InvoiceRules, Slug};
use bursar::render::{Format, Paper};
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{happen, list, sheet};
use super::refusal::Refusal;

/// Invoices to buyers and sponsors, in gap-free series
#[derive(Debug, Subcommand)]
pub(super) enum Invoice {
    /// Invoice an order or a sponsorship: it is due, and its tax is owed
    #[command(after_help = "Example:\n  bursar invoice issue order b1 --due 2026-03-10 --address \"1 Example Street\"")]
    Issue(Issue),
    /// Say who the organisation is on an invoice
    #[command(after_help = "\
Example:
  bursar invoice issuer --name \"Example Society\" --address-line \"1 Example Street\" \\
      --address-line Springfield --tax-number GB123456789 --bank \"IBAN …\"")]
    Issuer(IssuerArgs),
    /// All invoices, or those of an event
    #[command(after_help = "Example:\n  bursar invoice list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// An invoice as its receiver sees it, in HTML or Markdown; or what is kept of it
    #[command(after_help = "Example:\n  bursar invoice show inv-0001 --format html --output inv-0001.html")]
    Show {
        /// Number
        code: Slug,
    },
}

#[derive(Debug, Args)]
pub(super) struct Issue {
    /// order or sponsorship
    kind: DocumentKind,
    /// Its code
    code: Slug,
    /// Series of the number
    #[arg(long, default_value = "inv")]
    series: Slug,
    /// Date [default: today]
    #[arg(long)]
    date: Option<Date>,
    /// When it is to be paid
    #[arg(long, value_name = "DATE")]
    due: Option<Date>,
    /// Address of the buyer; lines are separated by semicolons
    #[arg(long)]
    address: Option<String>,
    /// Tax number of the buyer
    #[arg(long, value_name = "NUMBER")]
    tax_number: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct IssuerArgs {
    /// Legal name
    #[arg(long)]
    name: String,
    /// Line of the address; may be repeated
    #[arg(long, value_name = "LINE", required = true)]
    address_line: Vec<String>,
    /// Tax number
    #[arg(long, value_name = "NUMBER")]
    tax_number: Option<String>,
    /// Number in a register
    #[arg(long, value_name = "NUMBER")]
    register: Option<String>,
    /// Line of the bank details; may be repeated
    #[arg(long, value_name = "LINE")]
    bank: Vec<String>,
    /// Sentence that stands on every invoice
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Credit notes: for what was given back of an invoice
#[derive(Debug, Subcommand)]
pub(super) enum CreditNote {
    /// Issue a credit note for what was cancelled or refunded since the invoice
    #[command(after_help = "Example:\n  bursar credit-note issue inv-0001 --reason \"cancelled\"")]
    Issue {
        /// Number of the invoice
        invoice: Slug,
        /// Series of the number
        #[arg(long, default_value = "cn")]
        series: Slug,
        /// Date [default: today]
        #[arg(long)]
        date: Option<Date>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// All credit notes, or those of an event
    #[command(after_help = "Example:\n  bursar credit-note list")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// A credit note as its receiver sees it, in HTML or Markdown; or what is kept of it
    #[command(after_help = "Example:\n  bursar credit-note show cn-0001 --format md")]
    Show {
        /// Number
        code: Slug,
    },
}

pub(super) fn run(context: &Context, args: &Invoice) -> Result<(), Refusal> {
    let kind = DocumentKind::Invoice;
    match args {
        Invoice::List { event } => context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        Invoice::Show { code } => show(context, DocumentId::new(kind, *code)),
        Invoice::Issue(args) => {
            let sheet = context.write("invoice issue", |writer| issue(context, writer, args))?;
            context.print_written(sheet)
        }
        Invoice::Issuer(args) => {
            context.write("invoice issuer", |writer| {
                let issuer = Issuer {
                    name: args.name.clone(),
                    address: args.address_line.clone(),
                    tax_number: args.tax_number.clone(),
                    register: args.register.clone(),
                    bank: args.bank.clone(),
                    note: args.note.clone(),
                };
                Ok::<_, Refusal>(writer.happen(|_| Ok(Fact::Issuer(issuer)))?)
            })?;
            context.say(&format!("Invoices are issued by {}.", args.name))
        }
    }
}

pub(super) fn run_credit_note(context: &Context, args: &CreditNote) -> Result<(), Refusal> {
    let kind = DocumentKind::CreditNote;
    match args {
        CreditNote::List { event } => context.print(&context.read(|b| list(b, kind, event.as_deref()))?),
        CreditNote::Show { code } => show(context, DocumentId::new(kind, *code)),
        CreditNote::Issue { invoice, series, date, reason } => {
            let sheet = context.write("credit-note issue", |writer| {
                let date = context.day(*date)?;
                let number = writer.tallied(&TallyKey::series(*series))?.0 + 1;
                let id = DocumentId::new(kind, numbered(*series, number)?);
                let (invoice, series) = (*invoice, *series);
                happen(writer, id, |recorder| {
                    let reason = reason.as_deref().map(|reason| recorder.seal("reason", reason));
                    Fact::CreditNote(CreditNoteIssued { series, number, invoice, date, reason })
                })
            })?;
            context.print_written(sheet)
        }
    }
}

fn issue<S: Store>(context: &Context, writer: &mut Writer<'_, S>, args: &Issue) -> Result<Statement, Refusal> {
    let of = DocumentId::new(args.kind, args.code);
    let document = writer.books().document(of)?;
    let setup = writer.setup()?;
    let (mut taxed, mut shifted) = (false, false);
    for code in tax_codes(&document) {
        match setup.conference().tax(code)?.treatment {
            TaxTreatment::Taxed => taxed = true,
            TaxTreatment::ReverseCharge => shifted = true,
            TaxTreatment::Exempt | TaxTreatment::OutOfScope => {}
        }
    }
    let rules = setup.chart()?.invoice.clone().unwrap_or_default();
    if let Some(problem) = missing(&rules, setup.conference().issuer(), taxed, shifted, args) {
        return Err(RuleError::Invalid { what: format!("an invoice for {of}"), problem }.into());
    }
    let date = context.day(args.date)?;
    let number = writer.tallied(&TallyKey::series(args.series))?.0 + 1;
    let id = DocumentId::new(DocumentKind::Invoice, numbered(args.series, number)?);
    happen(writer, id, |recorder| {
        Fact::Invoice(InvoiceIssued {
            series: args.series,
            number,
            of,
            date,
            due: args.due,
            address: args.address.as_deref().map(|text| recorder.seal("address", text)),
            tax_number: args.tax_number.as_deref().map(|text| recorder.seal("tax number", text)),
        })
    })
}

fn tax_codes(document: &Document) -> Vec<Slug> {
    match document {
        Document::Order(order) => {
            order.lines.iter().filter(|line| line.is_active()).filter_map(|line| line.tax_code).collect()
        }
        Document::Sponsorship(sponsorship) => sponsorship.tax_code.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What the law wants on the invoice and nobody has told, with the option that tells it.
fn missing(rules: &InvoiceRules, issuer: Option<&Issuer>, taxed: bool, shifted: bool, args: &Issue) -> Option<String> {
    let Some(issuer) = issuer else {
        return Some("nobody has said who issues it: `bursar invoice issuer` does".to_owned());
    };
    let taxing: &[String] = if taxed || shifted { &rules.taxed_issuer } else { &[] };
    for field in rules.issuer.iter().chain(taxing) {
        let told = match field.as_str() {
            "tax-number" => issuer.tax_number.is_some(),
            "register" => issuer.register.is_some(),
            _ => true,
        };
        if !told {
            return Some(format!("the issuer's {field} is missing: `bursar invoice issuer --{field} …`"));
        }
    }
    if (taxed || shifted) && rules.taxed_buyer.iter().any(|field| field == "address") && args.address.is_none() {
        return Some("the buyer's address is missing: --address".to_owned());
    }
    if shifted && args.tax_number.is_none() {
        return Some("under reverse charge the buyer's tax number is missing: --tax-number".to_owned());
    }
    None
}

/// For browsers and documents the paper itself, else what is kept of it.
fn show(context: &Context, id: DocumentId) -> Result<(), Refusal> {
    match context.format {
        Format::Html => context.print_text(&context.read(|books| paper(books, id))?.html()),
        Format::Markdown => context.print_text(&context.read(|books| paper(books, id))?.markdown()),
        _ => context.print(&context.read(|books| sheet(books, id.kind, id.code))?),
    }
}

fn paper<S: Store>(books: &Books<S>, id: DocumentId) -> Result<Paper, Refusal> {
    let setup = books.setup()?;
    let conference = setup.conference();
    let rules = setup.chart()?.invoice.clone().unwrap_or_default();
    let (invoice, note) = match books.document(id)? {
        Document::CreditNote(note) => match books.document(DocumentId::new(DocumentKind::Invoice, note.invoice))? {
            Document::Invoice(invoice) => (invoice, Some(note)),
            _ => return Err(gone(id).into()),
        },
        Document::Invoice(invoice) => (invoice, None),
        _ => return Err(gone(id).into()),
    };
    let lines: Vec<InvoiceLine> = note.as_ref().map_or_else(|| invoice.lines.clone(), |note| note.lines.clone());
    let mut codes: Vec<Slug> = lines.iter().filter_map(|line| line.tax_code).collect();
    codes.sort_unstable();
    codes.dedup();
    let taxes = codes.into_iter().map(|code| conference.tax(code).cloned()).collect::<Result<Vec<_>, _>>()?;
    let taxed = lines.iter().any(|line| line.tax != 0);
    let title = match (&note, taxed) {
        (Some(_), _) => rules.credit_title.clone(),
        (None, true) => rules.taxed_title.clone().unwrap_or_else(|| rules.title.clone()),
        (None, false) => rules.title.clone(),
    };
    let (address, buyer_tax_number) = sealed(books, &invoice.code)?;
    let name = books.name_on_voucher(invoice.party)?;
    let buyer = std::iter::once(name)
        .chain(address.iter().flat_map(|text| text.split(';')).map(|line| line.trim().to_owned()))
        .collect();
    let issuer = conference.issuer().cloned().ok_or_else(|| gone(id))?;
    let mut texts: Vec<String> = Vec::new();
    if taxes.iter().any(|tax| tax.treatment == TaxTreatment::ReverseCharge) {
        texts.extend(rules.reverse_charge.clone());
    }
    texts.extend(issuer.note.clone());
    let event = conference.event(invoice.event)?;
    let mut reference = format!("{}, {}", invoice.of, event.name);
    if note.is_some() {
        reference = format!("For invoice {} of {}: {reference}", invoice.code, invoice.date);
    }
    reference[..1].make_ascii_uppercase();
    Ok(Paper {
        title: if title.is_empty() { "Invoice".to_owned() } else { title },
        number: id.code.to_string(),
        date: note.as_ref().map_or(invoice.date, |note| note.date),
        due: if note.is_some() { None } else { invoice.due },
        reference,
        issuer,
        buyer,
        buyer_tax_number,
        lines,
        taxes,
        paid: if note.is_some() { 0 } else { invoice.paid },
        texts,
        currency: setup.currency(),
    })
}

fn gone(id: DocumentId) -> RuleError {
    RuleError::NoDocument { id, near: None }
}

/// Address and tax number of the buyer, as the invoice's own fact sealed them.
fn sealed<S: Store>(books: &Books<S>, code: &Slug) -> Result<(Option<String>, Option<String>), BooksError> {
    let mut found = (None, None);
    books.facts(&["invoice"], &mut |_, seq, fact| {
        let Fact::Invoice(issued) = fact else { return Ok(()) };
        if numbered(issued.series, issued.number).is_ok_and(|number| number == *code) {
            found = (books.text(seq, "address")?, books.text(seq, "tax number")?);
        }
        Ok(())
    })?;
    Ok(found)
}
