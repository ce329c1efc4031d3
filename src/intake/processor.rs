//! What a processor's own file tells: who paid through it, what it kept, and what it paid out.
//!
//! A charge pays the order that it names; where the platform's export has told that payment already, only the fee is
//! news. A refund is paid out of what is owed, a dispute is a chargeback, one that was won pays the order again, a payout
//! moves the money to the bank. The fee is the true one, of each line. What names no order goes to an account that a mapping
//! or the treasurer gives, or is refused.

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
    /// It was a chargeback, or one that was won.
    Dispute,
    /// It was paid out to the bank, or taken back from there.
    Payout,
    /// What the processor took for itself.
    OwnFee,
    /// It went to the account for what names no order.
    Other,
    /// It was taken in before.
    Known,
    /// It was taken in before, and its entry was reversed since.
    Reversed,
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
    let events = filing.writer.setup()?.events().iter().map(|event| event.code.to_string()).collect();
    let mut processing = Processing {
        filing,
        terms,
        key,
        currency,
        payouts,
        charges: HashMap::new(),
        movements: HashMap::new(),
        events,
        doubtful: None,
        done,
        expected: 0,
    };
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

/// Money that moved through the account for an order. Minor units, positive into the account.
#[derive(Clone, Copy, Debug)]
struct Movement {
    entry: EntryNo,
    date: Date,
    /// What the buyer paid or got back.
    gross: i64,
    /// What the entry has of it as a fee.
    fee: i64,
    /// A line of this file, or of an earlier one, is this movement.
    used: bool,
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
    /// What moved through the account for an order, as the books have it; each is one line's at most.
    movements: HashMap<Slug, Vec<Movement>>,
    /// Codes of the books' events.
    events: Vec<String>,
    /// The order that the line at hand names, though the amount fits nothing of it.
    doubtful: Option<Slug>,
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
        let before = self.filing.problems.count();
        let order = self.order_of(line)?;
        if let (Some(order), LineKind::Charge) = (order, line.kind) {
            self.charges.extend(own_names(line).map(|name| (name, order)));
        }
        let identity = identity(self.key, line);
        if let Some(entry) = self.filing.writer.entry_by_identity(&identity)? {
            if self.filing.writer.entry_by_identity(&whole(self.key, line))?.is_none() {
                let reference = line.reference.as_deref().unwrap_or_default();
                let message = format!(
                    "`{reference}` was taken in before with another amount (entry {entry}); reverse that, or leave the line \
                     out"
                );
                self.filing.problems.add(line.line, None, message);
            }
            if let Some(order) = order.filter(|_| is_of_order(line.kind)) {
                self.consume(line, order)?;
            }
            // Whoever reversed its entry meant to: it is not taken in again by itself.
            let is_reversed = self.filing.writer.books().entry(entry)?.reversed_by.is_some();
            self.count(if is_reversed { Outcome::Reversed } else { Outcome::Known }, line, 0);
            return Ok(());
        }
        if self.filing.problems.count() > before {
            return Ok(());
        }
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
            self.filing.writer.identify(entry, &whole(self.key, line))?;
        }
        Ok(())
    }

    fn count(&mut self, outcome: Outcome, line: &StatementLine, moved: i64) {
        self.done.outcomes.entry(outcome).or_default().add(line.amount);
        self.expected += i128::from(moved);
    }

    /// The order that the line is about: one that an earlier charge was about, or that the line names by its code. A
    /// code may stand in a text by accident: it counts when the amount fits, or when it is no common word.
    fn order_of(&mut self, line: &StatementLine) -> Result<Option<Slug>, IntakeError> {
        self.doubtful = None;
        if matches!(line.kind, LineKind::Payout | LineKind::Fee) {
            return Ok(None);
        }
        let texts = line.all_references().chain(line.text.as_deref());
        let words: Vec<(String, bool)> = texts.flat_map(|text| words(text, &self.events)).collect();
        for (word, _) in &words {
            if let Some(order) = self.charges.get(word) {
                return Ok(Some(*order));
            }
            if let Some(order) = self.order_of_charge(word)? {
                return Ok(Some(order));
            }
        }
        let mut named: Vec<(Slug, bool, bool)> = Vec::new();
        for (word, is_sure) in words {
            let Ok(code) = format!("{}{}", self.terms.prefix, word).parse::<Slug>() else { continue };
            if named.iter().any(|(known, ..)| *known == code)
                || self.filing.kept(DocumentId::new(DocumentKind::Order, code))?.is_none()
            {
                continue;
            }
            let fits = self.fits(line, code)?;
            named.push((code, fits, is_sure || is_code(&word)));
        }
        self.doubtful = named.first().map(|(code, ..)| *code);
        for wanted in [(true, true), (true, false), (false, true)] {
            let found: Vec<Slug> =
                named.iter().filter(|(_, fits, sure)| (*fits, *sure) == wanted).map(|n| n.0).collect();
            match found[..] {
                [] => {}
                [order] => return Ok(Some(order)),
                [one, other, ..] => {
                    let message =
                        format!("it names the orders {one} and {other}; leave the line out, and record it by hand");
                    self.filing.problems.add(line.line, None, message);
                    return Ok(None);
                }
            }
        }
        Ok(None)
    }

    /// The order of a charge that was taken in before, by the processor's name for it.
    fn order_of_charge(&self, name: &str) -> Result<Option<Slug>, IntakeError> {
        let Some(entry) = self.filing.writer.entry_by_identity(&charge_identity(self.key, name))? else {
            return Ok(None);
        };
        let books = self.filing.writer.books();
        let Some(stored) = books.store().entry(entry)? else { return Ok(None) };
        let document = books.fact(stored.fact)?.0.document();
        Ok(document.filter(|id| id.kind == DocumentKind::Order).map(|id| id.code))
    }

    /// Whether the amount is what is open, was paid, or is owed back.
    fn fits(&mut self, line: &StatementLine, code: Slug) -> Result<bool, IntakeError> {
        let gross = line.gross();
        if self.movement(line, code)?.is_some() {
            return Ok(true);
        }
        let orders = self.family(code)?;
        let sum = |of: fn(&Order) -> i64| orders.iter().map(of).sum::<i64>();
        Ok(match line.kind {
            LineKind::Refund => -gross <= sum(|order| order.refunds),
            LineKind::Dispute if gross > 0 => gross <= sum(won_back),
            LineKind::Dispute => -gross <= sum(Order::chargeable),
            _ => gross == sum(Order::outstanding),
        })
    }

    /// What the books have moved through the account for an order and what was added to it.
    fn moved(&mut self, code: Slug) -> Result<&mut Vec<Movement>, IntakeError> {
        if !self.movements.contains_key(&code) {
            let orders = self.family(code)?;
            let fees = self.filing.writer.setup()?.account_with_code(PROCESSING_FEES.code);
            let books = self.filing.writer.books();
            let mut found = Vec::new();
            for order in orders {
                for number in books.entries_about(DocumentId::new(DocumentKind::Order, order.code))? {
                    let entry = books.entry(number)?;
                    if entry.reversed_by.is_some() || entry.stored.reverses.is_some() {
                        continue;
                    }
                    let sum = |account: AccountNo| -> i64 {
                        let own = entry.postings.iter().filter(|posting| posting.at.account == account);
                        own.map(|posting| posting.amount.minor()).sum()
                    };
                    let (moved, fee) = (sum(self.terms.account), fees.map_or(0, sum));
                    if moved != 0 {
                        found.push(Movement { entry: number, date: entry.date, gross: moved + fee, fee, used: false });
                    }
                }
            }
            self.movements.insert(code, found);
        }
        Ok(self.movements.entry(code).or_default())
    }

    /// The movements that a line is: one of its amount, or those of one day that make it.
    fn movement(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<usize>>, IntakeError> {
        let gross = line.gross();
        let free: Vec<(usize, Movement)> =
            self.moved(code)?.iter().copied().enumerate().filter(|(_, movement)| !movement.used).collect();
        let same = free.iter().filter(|(_, movement)| movement.gross == gross);
        if let Some((place, _)) =
            same.min_by_key(|(_, movement)| (movement.fee != line.fee, movement.date.days_until(line.date).abs()))
        {
            return Ok(Some(vec![*place]));
        }
        let mut days: BTreeMap<Date, (i64, Vec<usize>)> = BTreeMap::new();
        for (place, movement) in free.iter().filter(|(_, movement)| movement.gross.signum() == gross.signum()) {
            let day = days.entry(movement.date).or_default();
            day.0 = day.0.saturating_add(movement.gross);
            day.1.push(*place);
        }
        Ok(days.into_values().find(|(sum, _)| *sum == gross).map(|(_, places)| places))
    }

    /// Marks the movements that a line is, and returns what fee the books have of them, and the last entry.
    fn consume(&mut self, line: &StatementLine, code: Slug) -> Result<Option<(i64, EntryNo)>, IntakeError> {
        let Some(places) = self.movement(line, code)? else { return Ok(None) };
        let movements = self.moved(code)?;
        let mut found = None;
        for place in places {
            let Some(movement) = movements.get_mut(place) else { continue };
            movement.used = true;
            found = Some((found.map_or(0, |(fee, _)| fee) + movement.fee, movement.entry));
        }
        Ok(found)
    }

    /// Remembers which entry the processor's names for a charge are about.
    fn remember_charge(&mut self, line: &StatementLine, entry: EntryNo) -> Result<(), IntakeError> {
        if line.kind == LineKind::Charge {
            for name in own_names(line) {
                self.filing.writer.identify(entry, &charge_identity(self.key, &name))?;
            }
        }
        Ok(())
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
        if let Some((fee, entry)) = self.consume(line, code)? {
            self.remember_charge(line, entry)?;
            return self.fee_alone(line, line.fee - fee, orders.first().map(|order| order.event));
        }
        let open: i64 = orders.iter().map(Order::outstanding).sum();
        if open < line.gross() || line.fee < 0 || line.fee > line.gross() {
            let shown = |minor: i64| self.currency.format_minor(i128::from(minor));
            let message = format!(
                "{} are paid for order {code}, of which {} is still to be paid: was it paid twice, or recorded with another \
                 method or account? Pay it back or correct that, or leave the line out",
                shown(line.gross()),
                shown(open)
            );
            self.filing.problems.add(line.line, None, message);
            return Ok(None);
        }
        let (mut left, mut fee) = (line.gross(), line.fee);
        let mut entries = Vec::new();
        for order in &orders {
            let amount = left.min(order.outstanding());
            if amount <= 0 {
                continue;
            }
            let part = fee.min(amount);
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = self.transferred(line, amount, part);
            let made = self.filing.occur(line.line, |_| Ok(Fact::Payment(Payment::new(document, paid))))?;
            let Some(made) = made else { return Ok(None) };
            self.note(code, line, (amount, part), &made)?;
            entries.extend(made);
            (left, fee) = (left - amount, fee - part);
        }
        if let Some(entry) = entries.last() {
            self.remember_charge(line, *entry)?;
        }
        self.count(Outcome::Payment, line, line.amount);
        Ok(Some(entries))
    }

    /// A movement that this import has made is this line's.
    fn note(
        &mut self,
        code: Slug,
        line: &StatementLine,
        (gross, fee): (i64, i64),
        made: &[EntryNo],
    ) -> Result<(), IntakeError> {
        if let Some(entry) = made.last() {
            let movement = Movement { entry: *entry, date: line.date, gross, fee, used: true };
            // Asked for now, it would be read from the books without being this line's.
            let known = self.movements.contains_key(&code);
            let movements = self.moved(code)?;
            match movements.iter_mut().find(|movement| movement.entry == *entry) {
                Some(found) => found.used = true,
                None if known => movements.push(movement),
                None => {}
            }
        }
        Ok(())
    }

    fn refund(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let orders = self.family(code)?;
        let event = orders.first().map(|order| order.event);
        if let Some((fee, _)) = self.consume(line, code)? {
            return self.fee_alone(line, line.fee - fee, event);
        }
        let amount = line.gross().saturating_neg();
        let owed: i64 = orders.iter().map(|order| order.refunds).sum();
        if owed < amount || amount <= 0 {
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
            self.note(code, line, (-part, 0), &made)?;
            entries.extend(made);
            left -= part;
        }
        if line.fee != 0 {
            entries.extend(self.post(line, (PROCESSING_FEES.code, event), line.fee)?);
        }
        self.count(Outcome::Refund, line, line.amount);
        Ok(Some(entries))
    }

    fn dispute(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        if line.gross() >= 0 {
            return self.won(line, code);
        }
        if line.fee < 0 {
            return self.other(line);
        }
        let taken = self.transferred(line, line.gross().saturating_neg(), line.fee);
        let charged = ChargedBack { order: code, taken };
        let entries = self.filing.occur(line.line, |_| Ok(Fact::ChargedBack(charged)))?;
        self.count(Outcome::Dispute, line, line.amount);
        Ok(entries)
    }

    /// A dispute that was won: what was charged back and is due since is paid again. A fee that comes back with it was an
    /// expense of disputes.
    fn won(&mut self, line: &StatementLine, code: Slug) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let orders = self.family(code)?;
        if line.gross() > orders.iter().map(won_back).sum() {
            self.doubtful = Some(code);
            return self.other(line);
        }
        let mut left = line.gross();
        let mut entries = Vec::new();
        for order in &orders {
            let amount = left.min(won_back(order));
            if amount <= 0 {
                continue;
            }
            let document = DocumentId::new(DocumentKind::Order, order.code);
            let paid = self.transferred(line, amount, 0);
            let made = self.filing.occur(line.line, |_| Ok(Fact::Payment(Payment::new(document, paid))))?;
            let Some(made) = made else { return Ok(None) };
            self.note(code, line, (amount, 0), &made)?;
            entries.extend(made);
            left -= amount;
        }
        if line.fee != 0 {
            entries.extend(self.post(line, (DISPUTE_FEES.code, orders.first().map(|order| order.event)), line.fee)?);
        }
        self.count(Outcome::Dispute, line, line.amount);
        Ok(Some(entries))
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

    /// The movement itself is in the books: so much of its fee is not.
    fn fee_alone(
        &mut self,
        line: &StatementLine,
        missing: i64,
        event: Option<Slug>,
    ) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        if missing == 0 {
            self.count(Outcome::There, line, 0);
            return Ok(None);
        }
        let entries = self.post(line, (PROCESSING_FEES.code, event), missing)?;
        self.count(Outcome::Fee, line, missing.saturating_neg());
        Ok(Some(entries))
    }

    /// What names no order: gross to the account that was given for it, the fee to its expense.
    fn other(&mut self, line: &StatementLine) -> Result<Option<Vec<EntryNo>>, IntakeError> {
        let codes = line.all_references().chain(line.text.as_deref()).flat_map(|text| words(text, &self.events));
        if let Some((code, _)) = codes.filter(|(_, is_sure)| *is_sure).last()
            && line.kind == LineKind::Charge
        {
            let message = format!(
                "it names order {code}, which the books lack; import the orders first, with the platform's files of today"
            );
            self.filing.problems.add(line.line, None, message);
            return Ok(None);
        }
        let mapping = &self.terms.statement.mapping;
        let named = [&line.category, &line.text].into_iter().flatten().find_map(|name| mapping.account(name));
        let other = match named {
            Some(name) => {
                let account = self.filing.writer.setup()?.account(name).map(|account| account.number);
                let Some(account) = self.filing.settle(account, line.line, None)? else { return Ok(None) };
                Some(account)
            }
            None => self.terms.other,
        };
        let Some(other) = other else {
            let text = line.text.as_deref().or(line.reference.as_deref()).unwrap_or("nothing");
            // What went out is told by the word; a movement could be either.
            let minor = i128::from(line.gross());
            let minor = if is_of_order(line.kind) { minor.abs() } else { minor };
            let won = line.kind == LineKind::Dispute && line.gross() > 0;
            let article = if won { "a won dispute".to_owned() } else { with_article(line.kind) };
            let what = format!("{article} of {}", self.currency.format_minor(minor));
            let place = match &line.category {
                Some(category) => format!("--other ACCOUNT, or a mapping's [accounts] \"{category}\" = \"ACCOUNT\""),
                None => "--other ACCOUNT".to_owned(),
            };
            let message = match self.doubtful {
                _ if line.kind == LineKind::Other => format!(
                    "{what} (`{text}`), which is no payment, refund or dispute of an order; say where such lines go with \
                     {place}"
                ),
                Some(code) if won => format!(
                    "{what} that names order {code} (`{text}`), of which no such amount was charged back and is due; \
                     correct the order, or say where such lines go with {place}"
                ),
                Some(code) => format!(
                    "{what} that names order {code} (`{text}`), of which no such amount is open or was paid through this \
                     account; correct the order, or say where such lines go with {place}"
                ),
                None => format!(
                    "{what} that names no order (`{text}`); import the orders first, or say where such lines go with {place}"
                ),
            };
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

/// Whether lines of the kind are booked with the order that they name.
const fn is_of_order(kind: LineKind) -> bool {
    matches!(kind, LineKind::Charge | LineKind::Refund | LineKind::Dispute)
}

/// What a dispute that was won may pay again: what was charged back and is due.
fn won_back(order: &Order) -> i64 {
    order.charged_back.min(order.receivable)
}

/// What tells a line from every other: the processor's own reference, else all of it.
fn identity(key: &str, line: &StatementLine) -> [u8; 16] {
    match &line.reference {
        Some(reference) => fingerprint(&[key.as_bytes(), b"reference", reference.as_bytes()]),
        None => whole(key, line),
    }
}

/// All that a line says about money: one reference with two of these was used twice, or changed.
fn whole(key: &str, line: &StatementLine) -> [u8; 16] {
    let text = format!("{:?}|{}|{}|{}", line.reference, line.date, line.amount, line.fee);
    let what = format!("{:?}|{:?}", line.references, line.text);
    let what = if line.reference.is_some() { "" } else { what.as_str() };
    fingerprint(&[key.as_bytes(), b"line", text.as_bytes(), what.as_bytes()])
}

/// What a charge is remembered by, for the refunds and disputes of later files.
fn charge_identity(key: &str, name: &str) -> [u8; 16] {
    fingerprint(&[key.as_bytes(), b"charge", name.as_bytes()])
}

/// The processor's own names for a line. Many charges are in one payout: its name is none of them.
fn own_names(line: &StatementLine) -> impl Iterator<Item = String> {
    line.all_references().filter(|reference| !reference.starts_with("po_")).map(str::to_lowercase)
}

/// Whether a word could hardly be anything but an order's code: letters and digits, four or more.
fn is_code(word: &str) -> bool {
    word.len() >= 4 && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic())
}

fn with_article(kind: LineKind) -> String {
    let word = kind.word();
    match kind {
        LineKind::Other => "a movement".to_owned(),
        LineKind::Adjustment => format!("an {word}"),
        _ => format!("a {word}"),
    }
}

/// Words that could be an order's code, and whether the platform has put it there: pretix writes `EVENT-CODE`.
fn words(text: &str, events: &[String]) -> Vec<(String, bool)> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    for word in text.split(|c| !is_inside(c)).map(|word| word.trim_matches(['-', '.', '_'])) {
        if word.is_empty() {
            continue;
        }
        let lower = word.to_lowercase();
        found.push((lower.clone(), false));
        for (at, _) in word.match_indices('-') {
            let (event, code) = (&lower[..at], &word[at + 1..]);
            let is_code = code.len() >= 2 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            found.push((code.to_lowercase(), is_code && events.iter().any(|known| known == event)));
        }
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
