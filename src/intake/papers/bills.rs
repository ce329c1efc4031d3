//! Contracts and bills in bulk: a row a contract; a row a line of a bill, rows of one bill together.

use rust_decimal::Decimal;

use super::super::table::{Row, Table};
use super::super::{IntakeError, SourceFile};
use super::{Filed, Filing, columns, says_yes, whole};
use crate::books::{BooksError, Store, Writer};
use crate::calendar::Date;
use crate::conference::{
    Bill, BillReceived, ContractSigned, CostLine, Document, DocumentId, DocumentKind, Due, Fact, Foreign, Method,
    Payment, Terms, Transferred,
};
use crate::ledger::{Function, PartyKind, PartyNo, Slug, parse_rate};
use crate::money::Currency;

/// The columns of a contracts file.
pub const CONTRACT_COLUMNS: [&str; 14] = [
    "contract",
    "date",
    "vendor",
    "account",
    "event",
    "fixed",
    "per_head",
    "minimum",
    "deposit",
    "deposit_date",
    "deposit_paid",
    "activity",
    "function",
    "method",
];

/// The columns of a bills file. What belongs to the bill as a whole stands in its first row.
pub const BILL_COLUMNS: [&str; 18] = [
    "bill",
    "date",
    "vendor",
    "amount",
    "account",
    "event",
    "contract",
    "due",
    "tax",
    "fund",
    "activity",
    "function",
    "prepaid",
    "deposit",
    "paid_date",
    "method",
    "currency",
    "rate",
];

/// Imports a file of contracts, with a deposit each.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_contracts<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&CONTRACT_COLUMNS, 4))?;
    let mut filing = Filing::begin(writer, file, "contracts")?;
    while let Some(row) = table.next(&mut filing.problems)? {
        filing.contract(&row)?;
    }
    filing.finish()
}

/// Imports a file of bills.
///
/// # Errors
/// As [`import_contracts`].
pub fn import_bills<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&BILL_COLUMNS, 4))?;
    let mut filing = Filing::begin(writer, file, "bills")?;
    let mut group: Option<Group> = None;
    while let Some(row) = table.next(&mut filing.problems)? {
        if group.as_ref().is_none_or(|group| group.key != row.get(0)) {
            if let Some(done) = group.take() {
                filing.bill(done)?;
            }
            group = Some(filing.begin_bill(&row)?);
        }
        if let Some(group) = &mut group {
            let before = filing.problems.count();
            // Lines of a bill from abroad are in its currency until all of them are there.
            let books = filing.currency;
            filing.currency = group.abroad.map_or(books, |(currency, _)| currency);
            let line = filing.cost_line(&row, [4, 3, 8, 9, 10, 11], group.contract);
            filing.currency = books;
            let prepaid = says_yes(&row, 12, &mut filing.problems);
            match (line, prepaid) {
                (Some(line), Some(prepaid)) if filing.problems.count() == before => {
                    group.lines.push(CostLine { prepaid, ..line });
                }
                _ => group.sound = false,
            }
        }
    }
    if let Some(done) = group.take() {
        filing.bill(done)?;
    }
    filing.finish()
}

struct Group {
    key: String,
    line: u64,
    head: Option<Head>,
    /// The account of the contract.
    contract: Option<crate::ledger::AccountNo>,
    lines: Vec<CostLine>,
    /// Currency and rate, when it is not the books' own.
    abroad: Option<(Currency, Decimal)>,
    sound: bool,
}

struct Head {
    code: Slug,
    date: Date,
    due: Option<Date>,
    vendor: PartyNo,
    event: Option<Slug>,
    contract: Option<Slug>,
    deposit: i64,
    paid: Option<(Date, Method)>,
}

impl<S: Store> Filing<'_, '_, S> {
    fn contract(&mut self, row: &Row<'_>) -> Result<(), IntakeError> {
        let before = self.problems.count();
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let vendor = self.party_in(row, 2, "vendor", PartyKind::Vendor)?;
        let account = self.account(row, 3).flatten();
        if row.get(3).is_empty() {
            self.problems.add(row.line, Some("account"), "it is empty");
        }
        let event = self.event(row, 4);
        let (fixed, per_head, deposit) = (self.minor(row, 5), self.minor(row, 6), self.minor(row, 8));
        let minimum = row.parse_filled(7, &mut self.problems, whole);
        let due = row.parse_filled(9, &mut self.problems, str::parse::<Date>);
        let paid_on = row.parse_filled(10, &mut self.problems, str::parse::<Date>);
        let activity = row.parse_filled(11, &mut self.problems, str::parse::<Slug>);
        let function = row.parse_filled(12, &mut self.problems, str::parse::<Function>);
        let method = row.parse_filled(13, &mut self.problems, str::parse::<Method>);
        let (Some(code), Some(date), Some(vendor), Some(account)) = (code, date, vendor, account) else {
            return Ok(());
        };
        if self.problems.count() > before {
            return Ok(());
        }
        let deposit = deposit.unwrap_or(0);
        if deposit != 0 && row.filled(9).is_none() && row.filled(10).is_none() {
            self.problems.add(row.line, Some("deposit_date"), "it is empty, though the row has a deposit");
            return Ok(());
        }
        let terms = Terms {
            fixed: fixed.unwrap_or(0),
            per_head: per_head.unwrap_or(0),
            minimum: minimum.flatten().unwrap_or(0),
            deposits: due.flatten().map(|date| Due { date, amount: deposit }).into_iter().collect(),
            cancellation: Vec::new(),
        };
        let id = DocumentId::new(DocumentKind::Contract, code);
        if let Some(Document::Contract(kept)) = self.kept(id)? {
            let same = (kept.vendor, kept.date, kept.account, &kept.terms) == (vendor, date, account, &terms);
            self.known(row.line, id, (!same).then(|| "vendor, date, account or terms".to_owned()))?;
            return Ok(());
        }
        self.filed.documents += 1;
        let (event, activity, function) = (event.flatten(), activity.flatten(), function.flatten());
        let signed = ContractSigned { code, vendor, event, date, account, function, activity, terms };
        if self.happen(row.line, |_| Ok(Fact::Contract(signed)))? {
            self.filed.added += 1;
            if let Some(date) = paid_on.flatten() {
                let method = method.flatten().unwrap_or(Method::Wire);
                let paid = Transferred { date, amount: deposit, fee: 0, method, account: None, foreign: None };
                self.happen(row.line, |_| Ok(Fact::Payment(Payment::new(id, paid))))?;
            }
        }
        Ok(())
    }

    fn begin_bill(&mut self, row: &Row<'_>) -> Result<Group, IntakeError> {
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let vendor = self.party_in(row, 2, "vendor", PartyKind::Vendor)?;
        let event = self.event(row, 5);
        let contract = row.parse_filled(6, &mut self.problems, str::parse::<Slug>);
        let due = row.parse_filled(7, &mut self.problems, str::parse::<Date>);
        let deposit = self.minor(row, 13);
        let paid = row.parse_filled(14, &mut self.problems, str::parse::<Date>);
        let method = row.parse_filled(15, &mut self.problems, str::parse::<Method>);
        let abroad = self.abroad(row, date);
        let mut signed = None;
        if let Some(Some(code)) = contract {
            match self.kept(DocumentId::new(DocumentKind::Contract, code))? {
                Some(Document::Contract(contract)) => signed = Some(contract),
                _ => self.problems.add(row.line, Some("contract"), format!("there is no contract `{code}`")),
            }
        }
        let head = (|| {
            Some(Head {
                code: code?,
                date: date?,
                due: due?,
                vendor: vendor?,
                event: event?.or(signed.as_ref().and_then(|contract| contract.event)),
                contract: contract?,
                deposit: deposit?,
                paid: paid?.map(|date| (date, method.flatten().unwrap_or(Method::Wire))),
            })
        })();
        let sound = head.is_some() && abroad.is_some() && (contract.flatten().is_none() || signed.is_some());
        let abroad = abroad.flatten();
        let (key, line) = (row.get(0).to_owned(), row.line);
        Ok(Group {
            key,
            line,
            head,
            contract: signed.map(|contract| contract.account),
            lines: Vec::new(),
            abroad,
            sound,
        })
    }

    /// The currency of a bill and its rate, given or known on its date; `None` when it is a problem.
    fn abroad(&mut self, row: &Row<'_>, date: Option<Date>) -> Option<Option<(Currency, Decimal)>> {
        let currency = row.parse_filled(16, &mut self.problems, |code| Currency::from_code(&code.to_uppercase()))?;
        let rate = row.parse_filled(17, &mut self.problems, parse_rate)?;
        let Some(currency) = currency else { return Some(None) };
        match rate.map_or_else(
            || self.writer.books().rate_on(currency, date?).map_err(|e| e.to_string()).into(),
            |r| Some(Ok(r)),
        )? {
            Ok(rate) => Some(Some((currency, rate))),
            Err(problem) => {
                self.problems.add(row.line, Some("currency"), problem);
                None
            }
        }
    }

    /// A line of a bill or claim, from columns account, amount, tax, fund, activity and function.
    pub(super) fn cost_line(
        &mut self,
        row: &Row<'_>,
        [account, amount, tax, fund, activity, function]: [usize; 6],
        usual: Option<crate::ledger::AccountNo>,
    ) -> Option<CostLine> {
        let account = self.account(row, account)?.or(usual);
        if account.is_none() {
            self.problems.add(row.line, Some("account"), "it is empty");
        }
        let amount = self.minor(row, amount)?;
        let tax = row.parse_filled(tax, &mut self.problems, str::parse::<Slug>)?;
        let fund = self.fund(row, fund)?;
        let activity = row.parse_filled(activity, &mut self.problems, str::parse::<Slug>)?;
        let function = row.parse_filled(function, &mut self.problems, str::parse::<Function>)?;
        Some(CostLine { account: account?, amount, tax, fund, function, activity, prepaid: false, receipt: None })
    }

    fn bill(&mut self, group: Group) -> Result<(), IntakeError> {
        let (Some(head), true) = (group.head, group.sound) else { return Ok(()) };
        let (line, mut lines) = (group.line, group.lines);
        let mut foreign = None;
        if let Some((currency, rate)) = group.abroad {
            match Foreign::translate(&mut lines, currency, rate, self.currency) {
                Ok(owed) => foreign = Some(owed),
                Err(error) => {
                    self.problems.add(line, Some("amount"), error);
                    return Ok(());
                }
            }
        }
        let (code, vendor, event, contract) = (head.code, head.vendor, head.event, head.contract);
        let id = DocumentId::new(DocumentKind::Bill, code);
        if let Some(Document::Bill(kept)) = self.kept(id)? {
            let amounts = |lines: &[CostLine]| lines.iter().map(|line| (line.account, line.amount)).collect::<Vec<_>>();
            let same = (kept.vendor, kept.date, amounts(&kept.lines)) == (vendor, head.date, amounts(&lines));
            self.known(line, id, (!same).then(|| "vendor, date or lines".to_owned()))?;
            let untouched = !kept.void && kept.payable > 0 && kept.payable == kept.total - kept.deposit;
            self.later(line, id, &[(head.paid.is_some() && untouched, "paid")]);
            return Ok(());
        }
        self.filed.documents += 1;
        let (date, due, deposit) = (head.date, head.due, head.deposit);
        let bill = BillReceived { code, vendor, event, contract, date, due, lines, deposit, foreign };
        if self.happen(line, |_| Ok(Fact::Bill(bill)))? {
            self.filed.added += 1;
            let payable = self.kept(id)?.map_or(0, |document| document.open().1);
            if let Some((date, method)) = head.paid.filter(|_| payable > 0) {
                let mut paid = Transferred { date, amount: payable, fee: 0, method, account: None, foreign: None };
                if let Some(Document::Bill(Bill { foreign: Some(owed), .. })) = self.kept(id)? {
                    // All of it, at the rate of the day it was paid.
                    let rate = self.writer.books().rate_on(owed.currency().map_err(BooksError::from)?, date)?;
                    paid.amount = Foreign { rate, ..owed.clone() }.worth(self.currency).map_err(BooksError::from)?;
                    paid.foreign = Some(owed.amount);
                }
                self.happen(line, |_| Ok(Fact::Payment(Payment::new(id, paid))))?;
            }
        }
        Ok(())
    }
}
