//! What a processor's own file tells: who paid through it, what it kept, and what it paid out.
//!
//! A charge pays the order that it names; where the platform's export has told that payment already, only the fee is
//! news. A refund is paid out of what is owed, a dispute is a chargeback, a payout moves the money to the bank. The fee is
//! the true one, of each line. What names no order goes to an account that the treasurer gives, or is refused.

use std::collections::{BTreeMap, HashMap};

use super::landing::fingerprint;
use super::papers::Filing;
use super::statement::{LineKind, Remark, StatementFile, StatementLine, StatementTerms, read_processor};
use super::{Count, IntakeError, SourceFile};
use crate::books::{Books, EntryFilter, Store, Writer};
use crate::calendar::{ALL_DAYS, Date};
use crate::conference::accounts::{DISPUTE_FEES, PROCESSING_FEES};
use crate::conference::{
    ChargedBack, Document, DocumentId, DocumentKind, Fact, Method, Order, Payment, Payout, RefundPaid, Transferred,
};
use crate::ledger::{AccountNo, Coordinate, Draft, EntryNo, GENERAL_FUND, Posting, Slug};
use crate::money::{Currency, Money};

/// What is said about an import of a processor's file.
#[derive(Clone, Debug)]
pub struct ProcessorTerms {
    /// The account in which the processor holds the money.
    pub account: AccountNo,
    /// The method of its payments.
    pub method: Method,
    /// The account that it pays out to.
    pub bank: AccountNo,
    /// The account of what names no order: for charges that come in otherwise, such as a shop's.
    pub other: Option<AccountNo>,
    /// What begins the codes of orders, as they were imported.
    pub prefix: String,
    /// Columns, words, and how the file is written.
    pub statement: StatementTerms,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// It paid an order.
    Payment,
    /// The order's payment was there; its fee is new.
    Fee,
    /// It paid a refund that was owed.
    Refund,
    /// It was a chargeback.
    Dispute,
    /// It was paid out to the bank, or taken back from there.
    Payout,
    /// What the processor took for itself.
    OwnFee,
    /// It went to the account for what names no order.
    Other,
    /// It was taken in before.
    Known,
    /// The books have it from elsewhere, and it had no fee.
    There,
}

/// What an import of a processor's file found and did. Minor units, as the balance with the processor changed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Processed {
    /// By what became of the lines: how many, and by how much they changed the balance.
    pub outcomes: BTreeMap<Outcome, Count>,
    /// Fees within them.
    pub fees: Count,
    /// All lines.
    pub lines: Count,
    /// By how much the account changed in the books.
    pub moved: i128,
    /// First and last day.
    pub days: Option<(Date, Date)>,
    /// Rows that moved nothing, by reason.
    pub skipped: Vec<(usize, String)>,
    /// Entries that followed.
    pub entries: usize,
}

/// Imports a processor's file.
///
/// # Errors
/// [`IntakeError`]; every bad line is listed, and the caller's transaction must not be committed then.
pub fn import_processor<S: Store>(
    writer: &mut Writer<'_, S>,
    file: &SourceFile,
    key: &'static str,
    terms: &ProcessorTerms,
) -> Result<Processed, IntakeError> {
    let currency = writer.setup()?.currency();
    let statements = read_processor(file, key, &terms.statement)?;
    let mut filing = Filing::begin(writer, file, key)?;
    let mut done = Processed::default();
    let mut own: Option<StatementFile> = None;
    for statement in statements {
        if statement.currency == currency {
            own = Some(statement);
            continue;
        }
        for line in &statement.lines {
            let message = format!("it is in {}, and the books are in {currency}; leave it out", statement.currency);
            filing.problems.add(line.line, None, message);
        }
    }
    let Some(statement) = own else {
        filing.finish()?;
        return Ok(done);
    };
    for remark in &statement.remarks {
        if let Remark::Skipped { rows, reason } = remark {
            done.skipped.push((*rows, reason.clone()));
        }
    }
    done.days = statement.days();
    let payouts = payouts_of(filing.writer.books(), terms.account)?;
    let before = balance_of(filing.writer.books(), terms.account)?;
    let mut processing =
        Processing { filing, terms, key, currency, payouts, charges: HashMap::new(), done, expected: 0 };
    for line in &statement.lines {
        processing.take(line)?;
    }
    let Processing { mut filing, mut done, expected, .. } = processing;
    if filing.problems.count() == 0 {
        filing.writer.settle()?;
        done.moved = balance_of(filing.writer.books(), terms.account)? - before;
        if done.moved != expected {
            let shown = |minor: i128| currency.format_minor(minor);
            let message =
                format!("the lines change the account by {}, the entries by {}", shown(expected), shown(done.moved));
            filing.problems.add(1, None, message);
        }
    }
    done.entries = filing.finish()?.entries;
    Ok(done)
}

struct Processing<'w, 'b, 't, S: Store> {
    filing: Filing<'w, 'b, S>,
    terms: &'t ProcessorTerms,
    key: &'static str,
    currency: Currency,
    /// Payouts that the books have: amount and day, taken away when a line was found to be one.
    payouts: HashMap<i64, Vec<Date>>,
    /// Orders by the processor's names for their charges, so that a dispute finds its order.
    charges: HashMap<String, Slug>,
    done: Processed,
    /// By how much the account must have changed in the end, minor units.
    expected: i128,
}

impl<S: Store> Processing<'_, '_, '_, S> {
    fn take(&mut self, line: &StatementLine) -> Result<(), IntakeError> {
        self.done.lines.add(line.amount);
        if line.fee != 0 {
            self.done.fees.add(line.fee);
        }
        let order = self.order_of(line)?;
        if let (Some(order), LineKind::Charge) = (order, line.kind) {
            // Many charges are in one payout: its name tells no order.
            let own = line.all_references().filter(|reference| !reference.starts_with("po_"));
            self.charges.extend(own.map(|reference| (reference.to_lowercase(), order)));
        }
        let identity = identity(self.key, line);
        if self.filing.writer.entry_by_identity(&identity)?.is_some() {
            self.count(Outcome::Known, line, 0);
            return Ok(());
        }
        let before = self.filing.problems.count();
        let entries = match (line.kind, order) {
            (LineKind::Payout, _) => self.payout(line)?,
            (LineKind::Fee, _) => self.own_fee(line)?,
            (LineKind::Charge, Some(order)) => self.charge(line, order)?,
            (LineKind::Refund, Some(order)) => self.refund(line, order)?,
            (LineKind::Dispute, Some(order)) => self.dispute(line, order)?,
            (_, None | Some(_)) => self.other(line)?,
        };
        let entry = entries.and_then(|entries| entries.last().copied());
        if let Some(entry) = entry.filter(|_| self.filing.problems.count() == before) {
            self.filing.writer.identify(entry, &identity)?;
        }
        Ok(())
    }

    fn count(&mut self, outcome: Outcome, line: &StatementLine, moved: i64) {
        self.done.outcomes.entry(outcome).or_default().add(line.amount);
        self.expected += i128::from(moved);
    }

    /// The first order that the line names: by its code, or by a charge that an earlier line was about.
    fn order_of(&mut self, line: &StatementLine) -> Result<Option<Slug>, IntakeError> {
        let texts = line.all_references().chain(line.text.as_deref());
        let words: Vec<String> = texts.flat_map(words).collect();
        for word in &words {
            if let Some(order) = self.charges.get(word) {
                return Ok(Some(*order));
            }
        }
        for word in words {
            let Ok(code) = format!("{}{}", self.terms.prefix, word).parse::<Slug>() else { continue };
            if self.filing.kept(DocumentId::new(DocumentKind::Order, code))?.is_some() {
                return Ok(Some(code));
            }
        }
        Ok(None)
    }

    /// An order and what was added to it (`abc12`, `abc12.2`).
    fn family(&mut self, code: Slug) -> Result<Vec<Order>, IntakeError> {
        let mut orders = Vec::new();
        for number in 1_usize.. {
            let code = if number == 1 { Ok(code) } else { format!("{code}.{number}").parse::<Slug>() };
            let Ok(code) = code else { break };
            match self.filing.kept(DocumentId::new(DocumentKind::Order, code))? {
                Some(Document::Order(order)) => orders.push(order),
                _ => break,
            }
        }
        Ok(orders)
    }

    fn transferred(&self, line: &StatementLine, amount: i64, fee: i64) -> Transferred {
        Transferred {
            date: line.date,
            amount,
            fee,
            method: self.terms.method,
            account: Some(self.terms.account),
            foreign: None,
        }
    }

    fn charge(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let orders = self.family(code)?;
        let open: i64 = orders.iter().map(Order::outstanding).sum();
        let received: i64 = orders.iter().map(|order| order.received).sum();
        if open < line.gross() && received >= line.gross() {
            return self.fee_alone(line, orders.first().map(|order| order.event));
        }
        let (mut left, mut fee) = (line.gross(), line.fee);
        let mut entries = Vec::new();
        for order in &orders {
            let amount = left.min(order.outstanding());
            if amount <= 0 {
                continue;
            }
            let part = fee.clamp(0, amount);
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = self.transferred(line, amount, part);
            let made = self.filing.occur(line.line, |_| Ok(Fact::Payment(Payment { document, paid })))?;
            let Some(made) = made else { return Ok(None) };
            entries.extend(made);
            (left, fee) = (left - amount, fee - part);
        }
        if left != 0 || fee != 0 {
            let shown = |minor: i64| self.currency.format_minor(i128::from(minor));
            let message = format!(
                "{} are paid for order {code}, of which {} is still to be paid",
                shown(line.gross()),
                shown(open)
            );
            self.filing.problems.add(line.line, None, message);
            return Ok(None);
        }
        self.count(Outcome::Payment, line, line.amount);
        Ok(Some(entries))
    }

    fn refund(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let orders = self.family(code)?;
        let amount = line.gross().saturating_neg();
        let owed: i64 = orders.iter().map(|order| order.refunds).sum();
        if owed < amount {
            let back: i64 = orders.iter().flat_map(|order| &order.lines).map(|line| line.returned - line.kept).sum();
            if back - owed >= amount {
                return self.fee_alone(line, orders.first().map(|order| order.event));
            }
            let shown = |minor: i64| self.currency.format_minor(i128::from(minor));
            let message = format!(
                "{} are paid back for order {code}, of which {} is owed back; cancel it or agree the refund first \
                 (`bursar order cancel {code}`, `bursar order refund {code}`)",
                shown(amount),
                shown(owed)
            );
            self.filing.problems.add(line.line, None, message);
            return Ok(None);
        }
        let mut left = amount;
        let mut entries = Vec::new();
        for order in &orders {
            let part = left.min(order.refunds);
            if part <= 0 {
                continue;
            }
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = self.transferred(line, part, 0);
            let made = self.filing.occur(line.line, |_| Ok(Fact::RefundPaid(RefundPaid { document, paid })))?;
            let Some(made) = made else { return Ok(None) };
            entries.extend(made);
            left -= part;
        }
        if line.fee != 0 {
            let event = orders.first().map(|order| order.event);
            entries.extend(self.post(line, (PROCESSING_FEES.code, event), line.fee)?);
        }
        self.count(Outcome::Refund, line, line.amount);
        Ok(Some(entries))
    }

    fn dispute(&mut self, line: &StatementLine, order: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        if line.gross() >= 0 || line.fee < 0 {
            // A dispute that was won: nothing of ours says so yet.
            return self.other(line);
        }
        let taken = self.transferred(line, line.gross().saturating_neg(), line.fee);
        let entries = self.filing.occur(line.line, |_| Ok(Fact::ChargedBack(ChargedBack { order, taken })))?;
        self.count(Outcome::Dispute, line, line.amount);
        Ok(entries)
    }

    fn payout(&mut self, line: &StatementLine) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let near = |day: &Date| line.date.days_until(*day).abs() <= 7;
        let days = self.payouts.entry(line.amount).or_default();
        if let Some(place) = days.iter().position(near) {
            days.remove(place);
            self.count(Outcome::There, line, 0);
            return Ok(None);
        }
        let (date, amount) = (line.date, line.amount.abs());
        let (from, to) =
            if line.amount < 0 { (self.terms.account, self.terms.bank) } else { (self.terms.bank, self.terms.account) };
        // What a payout costs is kept of the balance, beside what arrives.
        let amount = amount.saturating_sub(line.fee.max(0));
        let mut entries =
            self.filing.occur(line.line, |_| Ok(Fact::Payout(Payout { date, from, to, amount, fee: 0 })))?;
        if line.fee > 0
            && let Some(entries) = &mut entries
        {
            entries.extend(self.post(line, (PROCESSING_FEES.code, None), line.fee)?);
        }
        self.count(Outcome::Payout, line, line.amount);
        Ok(entries)
    }

    fn own_fee(&mut self, line: &StatementLine) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let entries = self.post(line, (PROCESSING_FEES.code, None), line.amount.saturating_neg())?;
        self.count(Outcome::OwnFee, line, line.amount);
        Ok(Some(entries))
    }

    /// The movement itself is in the books: its fee may not be.
    fn fee_alone(&mut self, line: &StatementLine, event: Option<Slug>) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        if line.fee == 0 {
            self.count(Outcome::There, line, 0);
            return Ok(None);
        }
        let entries = self.post(line, (PROCESSING_FEES.code, event), line.fee)?;
        self.count(Outcome::Fee, line, line.fee.saturating_neg());
        Ok(Some(entries))
    }

    /// What names no order: gross to the account that was given for it, the fee to its expense.
    fn other(&mut self, line: &StatementLine) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let Some(other) = self.terms.other else {
            let text = line.text.as_deref().or(line.reference.as_deref()).unwrap_or("nothing");
            let message = format!(
                "a {} of {} that names no order (`{text}`); import the orders first, or say where such lines go with \
                 --other ACCOUNT",
                line.kind.word(),
                self.currency.format_minor(i128::from(line.gross()))
            );
            self.filing.problems.add(line.line, None, message);
            return Ok(None);
        };
        let fees = if line.kind == LineKind::Dispute { DISPUTE_FEES.code } else { PROCESSING_FEES.code };
        let fees = self.filing.writer.setup()?.account(fees).map(|account| account.number);
        let Some(fees) = self.filing.settle(fees, line.line, None)? else { return Ok(None) };
        let parts = [(self.terms.account, line.amount), (fees, line.fee), (other, line.gross().saturating_neg())];
        let entries = self.enter(line, &parts, None)?;
        self.count(Outcome::Other, line, line.amount);
        Ok(Some(entries))
    }

    /// So much of the account's balance to an expense.
    fn post(
        &mut self,
        line: &StatementLine,
        (code, event): (&str, Option<Slug>),
        minor: i64,
    ) -> Result<Vec<EntryNo>, IntakeError> {
        let expense = self.filing.writer.setup()?.account(code).map(|account| account.number);
        let Some(expense) = self.filing.settle(expense, line.line, None)? else { return Ok(Vec::new()) };
        self.enter(line, &[(expense, minor), (self.terms.account, minor.saturating_neg())], event)
    }

    fn enter(
        &mut self,
        line: &StatementLine,
        parts: &[(AccountNo, i64)],
        event: Option<Slug>,
    ) -> Result<Vec<EntryNo>, IntakeError> {
        let setup = self.filing.writer.setup()?;
        let posting = |(account, minor): &(AccountNo, i64)| Posting {
            at: Coordinate {
                account: *account,
                event,
                fund: GENERAL_FUND,
                function: setup.account_numbered(*account).and_then(|account| account.function_for(None)),
                activity: None,
                tax_code: None,
            },
            amount: Money::new(*minor, self.currency),
            cash_flow: None,
            party: None,
            original: None,
            memo: None,
        };
        let postings = parts.iter().filter(|(_, minor)| *minor != 0).map(posting).collect();
        let reference = line.reference.as_ref().map(|reference| format!("{} {reference}", self.key));
        let draft = Draft { date: line.date, reference, description: line.text.clone(), postings };
        Ok(self.filing.enter(line.line, draft)?.into_iter().collect())
    }
}

/// What tells a line from every other: the processor's own reference, else all of it.
fn identity(key: &str, line: &StatementLine) -> [u8; 16] {
    match &line.reference {
        Some(reference) => fingerprint(&[key.as_bytes(), b"reference", reference.as_bytes()]),
        None => {
            let text = format!("{}|{}|{}|{:?}|{:?}", line.date, line.amount, line.fee, line.references, line.text);
            fingerprint(&[key.as_bytes(), b"line", text.as_bytes()])
        }
    }
}

/// Words that could be an order's code: pretix writes `EVENT-CODE`, so that the end of a word with hyphens is one too.
fn words(text: &str) -> Vec<String> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    for word in text.split(|c| !is_inside(c)).map(|word| word.trim_matches(['-', '.', '_'])) {
        if word.is_empty() {
            continue;
        }
        let word = word.to_lowercase();
        found.push(word.clone());
        found.extend(word.match_indices('-').map(|(at, _)| word[at + 1..].to_owned()));
    }
    found
}

/// Payouts that the books have from an account: what its balance changed by, and when.
fn payouts_of<S: Store>(books: &Books<S>, account: AccountNo) -> Result<HashMap<i64, Vec<Date>>, IntakeError> {
    let coordinates = books.coordinates()?;
    let own = coordinates.iter().filter(|(_, at)| at.account == account).map(|(number, _)| *number).collect();
    let filter = EntryFilter { window: ALL_DAYS, coordinates: Some(own) };
    let mut payouts: HashMap<i64, Vec<Date>> = HashMap::new();
    books.journal(&filter, &mut |entry| {
        if books.cause_of(entry.stored.fact)?.word() == "payout"
            && let Some(date) = Date::from_number(entry.stored.date)
        {
            let of_account = entry.postings.iter().filter(|posting| posting.at.account == account);
            let moved = of_account.map(|posting| posting.amount.minor()).sum();
            payouts.entry(moved).or_default().push(date);
        }
        Ok(())
    })?;
    Ok(payouts)
}

fn balance_of<S: Store>(books: &Books<S>, account: AccountNo) -> Result<i128, IntakeError> {
    let coordinates = books.coordinates()?;
    let balances = books.balances(ALL_DAYS)?;
    let own = balances.iter().filter(|(number, _)| coordinates.get(number).is_some_and(|at| at.account == account));
    Ok(own.map(|(_, balance)| balance.net()).sum())
}
