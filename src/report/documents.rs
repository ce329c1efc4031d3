//! Documents as tables: lists of a kind, and everything about one, with the entries that follow from it. The
//! treasurer's only.

use super::ReportError;
use super::journal::{Names, account_name, dimensions};
use super::lists::sheet;
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::conference::{
    Application, Bill, Claim, Contract, CostLine, Document, DocumentId, DocumentKind, Gift, InvoiceLine, Order,
    Sponsorship,
};
use crate::ledger::{EntryNo, PartyNo, Slug};

fn money(minor: i64) -> Cell {
    Cell::Money(i128::from(minor))
}

/// Rows of a sheet: a label, a word, an amount.
struct Sheet<'a, S> {
    books: &'a Books<S>,
    names: Names,
    rows: Vec<Row>,
}

impl<S: Store> Sheet<'_, S> {
    fn push(&mut self, key: &str, label: impl Into<String>, kind: RowKind, detail: impl Into<String>, amount: Cell) {
        let detail = detail.into();
        let detail = if detail.is_empty() { Cell::Empty } else { Cell::Text(detail) };
        self.rows.push(Row::plain(key, label, u8::from(kind == RowKind::Line), kind, vec![detail, amount]));
    }

    fn word(&mut self, key: &str, label: &str, detail: impl ToString) {
        self.push(key, label, RowKind::Line, detail.to_string(), Cell::Empty);
    }

    fn amount(&mut self, key: &str, label: &str, minor: i64) {
        if minor != 0 {
            self.push(key, label, RowKind::Line, "", money(minor));
        }
    }

    fn name(&mut self, party: PartyNo) -> Result<String, BooksError> {
        self.names.party(self.books, party)
    }

    fn head(&mut self, document: &Document) -> Result<(), BooksError> {
        let party = self.name(document.party())?;
        self.word("party", "Party", party);
        if let Some(event) = document.event() {
            self.word("event", "Event", event);
        }
        Ok(())
    }

    fn document(&mut self, document: &Document) -> Result<(), BooksError> {
        self.head(document)?;
        match document {
            Document::Order(order) => self.order(order)?,
            Document::Sponsorship(sponsorship) => self.sponsorship(sponsorship),
            Document::Contract(contract) => self.contract(contract)?,
            Document::Bill(bill) => self.bill(bill)?,
            Document::Claim(claim) => self.claim(claim)?,
            Document::Application(application) => self.application(application),
            Document::Gift(gift) => self.gift(gift),
            Document::Invoice(invoice) => {
                self.word("of", "For", invoice.of);
                self.word("date", "Date", invoice.date);
                self.invoice_lines(&invoice.lines);
                self.push("total", "Total", RowKind::Total, "", money(invoice.total));
                self.amount("paid", "Paid before", invoice.paid);
            }
            Document::CreditNote(note) => {
                self.word("invoice", "For invoice", note.invoice);
                self.word("date", "Date", note.date);
                self.invoice_lines(&note.lines);
                self.push("total", "Total", RowKind::Total, "", money(note.total));
            }
        }
        Ok(())
    }

    fn order(&mut self, order: &Order) -> Result<(), BooksError> {
        self.word("date", "Date", order.date);
        for (i, line) in order.lines.iter().enumerate() {
            let item = &line.item;
            let what = item.ticket.map_or_else(|| item.kind.to_string(), |ticket| ticket.to_string());
            let who = item.attendee.map(|party| self.name(party)).transpose()?;
            let quantity = (item.quantity > 1).then(|| format!("{} pieces", item.quantity));
            let concession = (line.concession() != 0).then(|| {
                let currency = self.books.setup().map(|setup| setup.currency()).ok();
                let shown = currency.map(|c| c.format_grouped(i128::from(line.concession()))).unwrap_or_default();
                format!("{shown} not charged")
            });
            let parts = [
                who,
                item.role.map(|role| role.to_string()),
                quantity,
                item.discount.map(|code| format!("discount {code}")),
                Some(format!("by {}", item.payer)),
                item.sponsorship.map(|code| format!("of {code}")),
                concession,
                Some(line.state().to_owned()),
            ];
            let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let label = format!("{} {what}", i + 1);
            self.push(&format!("line-{}", i + 1), label, RowKind::Line, detail, money(line.gross()));
        }
        let tax: i64 = order.lines.iter().map(|line| line.tax).sum();
        self.amount("tax", "of which tax", tax);
        self.amount("received", "Received", order.received);
        if order.overpaid > 0 {
            self.amount("overpaid", "Paid too much", order.overpaid);
        }
        if order.charged_back > 0 {
            self.amount("charged-back", "Charged back", order.charged_back);
        }
        self.amount("fees", "of which fees", order.fees);
        self.amount("receivable", "Due", order.receivable);
        self.push("outstanding", "To be paid", RowKind::Total, "", money(order.outstanding()));
        self.amount("refunds", "To be paid back", order.refunds);
        if let Some(invoice) = order.invoice {
            self.word("invoice", "Invoice", invoice);
        }
        Ok(())
    }

    fn sponsorship(&mut self, sponsorship: &Sponsorship) {
        self.word("date", "Date", sponsorship.date);
        self.word("status", "Status", sponsorship.status());
        if let Some(package) = sponsorship.package {
            self.word("package", "Package", package);
        }
        self.amount("exchange", "For benefits", sponsorship.exchange);
        self.amount("tax", "Tax", sponsorship.tax);
        if sponsorship.gift != 0 {
            let fund = format!("fund {}", sponsorship.fund);
            let fund = if sponsorship.conditional { format!("{fund}, on a condition") } else { fund };
            self.push("gift", "Contribution", RowKind::Line, fund, money(sponsorship.gift));
        }
        if sponsorship.passes > 0 {
            let detail = format!("{} of {} used", sponsorship.used, sponsorship.passes);
            self.word("passes", "Passes", detail);
        }
        self.amount("received", "Received", sponsorship.received);
        self.push("outstanding", "To be paid", RowKind::Total, "", money(sponsorship.outstanding()));
        self.amount("refunds", "To be paid back", sponsorship.refunds);
        if let Some(invoice) = sponsorship.invoice {
            self.word("invoice", "Invoice", invoice);
        }
    }

    fn contract(&mut self, contract: &Contract) -> Result<(), BooksError> {
        self.word("date", "Date", contract.date);
        self.word("status", "Status", if contract.closed { "closed" } else { "open" });
        let account = account_name(self.books.setup()?, contract.account);
        self.word("account", "Becomes", account);
        self.amount("fixed", "Fixed", contract.terms.fixed);
        if contract.terms.per_head != 0 {
            let minimum = match contract.terms.minimum {
                0 => String::new(),
                minimum => format!("at least {minimum} heads"),
            };
            self.push("per-head", "Per head", RowKind::Line, minimum, money(contract.terms.per_head));
        }
        for due in &contract.terms.deposits {
            self.push("deposit-due", "Deposit due", RowKind::Line, due.date.to_string(), money(due.amount));
        }
        for penalty in &contract.terms.cancellation {
            let share = (penalty.share * rust_decimal::Decimal::ONE_HUNDRED).normalize();
            self.word("cancellation", "Cancelled from", format!("{}: {share} % is owed", penalty.from));
        }
        self.amount("deposits-paid", "Deposits paid", contract.deposits_paid);
        self.amount("deposit", "not deducted yet", contract.deposit);
        self.amount("lost", "of which lost by cancelling", contract.lost);
        self.amount("billed", "Billed, without tax", contract.billed);
        Ok(())
    }

    fn cost_lines(&mut self, lines: &[CostLine]) -> Result<(), BooksError> {
        for (i, line) in lines.iter().enumerate() {
            let label = account_name(self.books.setup()?, line.account);
            let parts = [
                line.fund.map(|fund| format!("fund {fund}")),
                line.activity.map(|activity| activity.to_string()),
                line.tax.map(|tax| format!("tax {tax}")),
                line.prepaid.then(|| "prepaid".to_owned()),
                line.receipt.map(|receipt| format!("receipt {}…", &receipt.to_string()[..12])),
            ];
            let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            self.push(&format!("line-{}", i + 1), label, RowKind::Line, detail, money(line.amount));
        }
        Ok(())
    }

    fn bill(&mut self, bill: &Bill) -> Result<(), BooksError> {
        self.word("date", "Date", bill.date);
        if let Some(due) = bill.due {
            self.word("due", "To be paid by", due);
        }
        self.word("status", "Status", bill.status());
        if let Some(contract) = bill.contract {
            self.word("contract", "Contract", contract);
        }
        self.cost_lines(&bill.lines)?;
        self.push("total", "Total", RowKind::Total, "", money(bill.total));
        self.amount("tax", "of which tax", bill.total - bill.net);
        self.amount("deposit", "Deposit deducted", bill.deposit);
        self.amount("payable", "To be paid", bill.payable);
        if let Some(foreign) = bill.foreign.as_ref().filter(|foreign| foreign.amount != 0) {
            let amount = foreign.currency().map(|currency| currency.format_grouped(i128::from(foreign.amount)));
            let amount = amount.unwrap_or_else(|_| foreign.amount.to_string());
            self.word("foreign", "of which abroad", format!("{amount} {} at {}", foreign.currency, foreign.rate));
        }
        Ok(())
    }

    fn claim(&mut self, claim: &Claim) -> Result<(), BooksError> {
        self.word("date", "Date", claim.date);
        self.word("status", "Status", claim.word());
        if let Some(approver) = claim.approver {
            let name = self.name(approver)?;
            self.word("approver", "Approved by", name);
        }
        self.cost_lines(&claim.lines)?;
        self.push("total", "Total", RowKind::Total, "", money(claim.total));
        self.amount("payable", "To be paid", claim.payable);
        Ok(())
    }

    fn application(&mut self, application: &Application) {
        self.word("date", "Date", application.date);
        self.word("role", "Role", application.role);
        self.word("status", "Status", application.status.word());
        self.amount("asked", "Asked for", application.asked);
        self.amount("travel", "Travel", application.travel);
        self.amount("lodging", "Lodging", application.lodging);
        if application.travel + application.lodging > 0 {
            self.word("fund", "Fund", application.fund);
            self.word("residence", "Residence", application.residence);
        }
        self.amount("payable", "To be paid", application.payable);
    }

    fn gift(&mut self, gift: &Gift) {
        self.word("date", "Date", gift.paid.date);
        self.word("fund", "Fund", gift.fund);
        self.push("amount", "Gift", RowKind::Total, gift.paid.method.word(), money(gift.paid.amount));
        self.amount("fee", "of which fee", gift.paid.fee);
    }

    fn invoice_lines(&mut self, lines: &[InvoiceLine]) {
        for (i, line) in lines.iter().enumerate() {
            let detail = line.tax_code.map(|tax| format!("tax {tax}")).unwrap_or_default();
            let label =
                if line.quantity > 1 { format!("{} × {}", line.quantity, line.name) } else { line.name.clone() };
            self.push(&format!("line-{}", i + 1), label, RowKind::Line, detail, money(line.net + line.tax));
        }
    }

    fn entry(&mut self, number: EntryNo) -> Result<(), BooksError> {
        let entry = self.books.entry(number)?;
        let about = entry.says().unwrap_or_default();
        let title = format!("Entry {number} of {}", entry.date);
        self.push(&format!("entry-{number}"), title, RowKind::Heading, about, Cell::Empty);
        for (i, posting) in entry.postings.iter().enumerate() {
            let account = account_name(self.books.setup()?, posting.at.account);
            let key = format!("entry-{number}.{}", i + 1);
            self.push(&key, account, RowKind::Line, dimensions(posting), money(posting.amount.minor()));
        }
        Ok(())
    }
}

/// Everything about a document, and (below it) entries: those that a command has just posted, or all of its own.
///
/// # Errors
/// What the books cannot read, or that there is no such document.
pub fn document_sheet<S: Store>(
    books: &Books<S>,
    id: DocumentId,
    entries: &[EntryNo],
) -> Result<Statement, ReportError> {
    let document = books.document(id)?;
    let mut rows = Sheet { books, names: Names::default(), rows: Vec::new() };
    rows.document(&document)?;
    finish(rows, id.to_string(), entries)
}

/// Entries that follow from something that is no document: a payout, an event that was held.
///
/// # Errors
/// What the books cannot read.
pub fn entries_sheet<S: Store>(books: &Books<S>, title: &str, entries: &[EntryNo]) -> Result<Statement, ReportError> {
    finish(Sheet { books, names: Names::default(), rows: Vec::new() }, title.to_owned(), entries)
}

fn finish<S: Store>(mut rows: Sheet<'_, S>, title: String, entries: &[EntryNo]) -> Result<Statement, ReportError> {
    for number in entries {
        rows.entry(*number)?;
    }
    let columns = vec![Column::new("detail", "", ColumnKind::Text), Column::new("amount", "Amount", ColumnKind::Money)];
    let mut title = title;
    title[..1].make_ascii_uppercase();
    let debits = if entries.is_empty() { None } else { Some("In entries, debits are positive.".to_owned()) };
    let mut statement = sheet(rows.books, "document", title, columns, rows.rows)?;
    statement.notes.extend(debits);
    Ok(statement)
}

/// All documents of a kind, by code; or those of one event.
///
/// # Errors
/// What the books cannot read.
pub fn document_list<S: Store>(
    books: &Books<S>,
    kind: DocumentKind,
    event: Option<Slug>,
) -> Result<Statement, ReportError> {
    let mut names = Names::default();
    let mut rows = Vec::new();
    let filter = match event {
        Some(event) => DocumentFilter::Event(event, kind, None, usize::MAX >> 1),
        None => DocumentFilter::Kind(kind),
    };
    books.documents(filter, &mut |document| {
        let (date, mut status, total, mut open) = summary(&document);
        if let Document::Invoice(invoice) = &document {
            // What is due by it is kept with what it is for.
            open = books.document(invoice.of)?.open().0;
            status = if open == 0 { "settled" } else { "issued" }.to_owned();
        }
        let cells = vec![
            Cell::Date(date),
            Cell::Text(names.party(books, document.party())?),
            document.event().map_or(Cell::Empty, |event| Cell::Text(event.to_string())),
            Cell::Text(status),
            money(total),
            money(open),
        ];
        rows.push(Row::plain(document.id().code.as_str(), document.id().code.as_str(), 0, RowKind::Line, cells));
        Ok(())
    })?;
    let columns = vec![
        Column::new("date", "Date", ColumnKind::Date),
        Column::new("party", "Party", ColumnKind::Text),
        Column::new("event", "Event", ColumnKind::Text),
        Column::new("status", "Status", ColumnKind::Text),
        Column::new("total", "Total", ColumnKind::Money),
        Column::new("open", "Open", ColumnKind::Money),
    ];
    let mut title = format!("{}s", kind.word().replace('-', " "));
    title[..1].make_ascii_uppercase();
    let count = rows.len();
    let mut statement = sheet(books, &format!("{}s", kind.word()), title, columns, rows)?;
    if count == 0 {
        let of = event.map(|event| format!(" of {event}")).unwrap_or_default();
        statement.notes.push(format!("There are none{of} yet."));
    }
    Ok(statement)
}

/// Date, state, total and what is open of a document.
fn summary(document: &Document) -> (crate::calendar::Date, String, i64, i64) {
    match document {
        Document::Order(d) => {
            let total = d.lines.iter().filter(|line| line.is_active()).map(crate::conference::OrderLine::gross).sum();
            (d.date, d.status().to_owned(), total, d.outstanding())
        }
        Document::Sponsorship(d) => (d.date, d.status().to_owned(), d.total(), d.outstanding()),
        Document::Contract(d) => (d.date, if d.closed { "closed" } else { "open" }.to_owned(), d.terms.owed(0), 0),
        Document::Bill(d) => (d.date, d.status().to_owned(), d.total, d.payable),
        Document::Claim(d) => (d.date, d.word().to_owned(), d.total, d.payable),
        Document::Application(d) => (d.date, d.status.word().to_owned(), d.travel + d.lodging, d.payable),
        Document::Invoice(d) => (d.date, "issued".to_owned(), d.total, 0),
        Document::CreditNote(d) => (d.date, "issued".to_owned(), d.total, 0),
        Document::Gift(d) => (d.paid.date, d.paid.method.word().to_owned(), d.paid.amount, 0),
    }
}
