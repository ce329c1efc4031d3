//! A reconciliation from its statement to its record: match, decide, post what was decided, prove, record. All of it in
//! the caller's transaction: what is refused leaves nothing behind.

use std::collections::{HashMap, HashSet};

use super::ReconcileError;
use super::decisions::{Decision, Decisions};
use super::matching::{Doubt, How, Item, Limits, Line, match_up, words};
use super::outcome::{Outcome, Settled, Undecided};
use super::propose::{Accept, Proposal, Proposer, Suggestion, method};
use super::standing::{BookItem, Standing, standing};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::conference::{
    ChargedBack, Digest, Fact, MatchedLines, Payment, Payout, Reconciled, RefundPaid, StatementLineKey, Transferred,
};
use crate::intake::statement::{StatementFile, StatementLine};
use crate::ledger::{AccountNo, Coordinate, Draft, EntryNo, GENERAL_FUND, Posting};
use crate::money::Money;

/// What the treasurer says beside the statement.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Options {
    /// Only lines from this day on.
    pub from: Option<Date>,
    /// Only lines through this day.
    pub to: Option<Date>,
    /// Balances that the file does not tell, minor units.
    pub balances: Balances,
    /// How far matching looks.
    pub limits: Limits,
    /// Kinds of proposals that are accepted when they are firm.
    pub accept: Vec<Accept>,
    /// Decisions on single lines.
    pub decisions: Decisions,
    /// Of the first reconciliation: entries dated before it that the bank has not shown yet.
    pub outstanding: Vec<EntryNo>,
}

/// What a statement begins and ends with, minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Balances {
    /// Before its first line.
    pub opening: Option<i64>,
    /// After its last.
    pub closing: Option<i64>,
}

/// Reconciles an account with a statement. With lines that nobody has decided, nothing is recorded, and the caller's
/// transaction must not be committed.
///
/// # Errors
/// [`ReconcileError`]; the transaction must not be committed then either.
pub fn reconcile<S: Store>(
    writer: &mut Writer<'_, S>,
    account: AccountNo,
    file: (String, Digest),
    statement: StatementFile,
    options: &Options,
) -> Result<Outcome, ReconcileError> {
    let mut run = Run::new(writer, account, file, statement, options)?;
    run.leave_out_known();
    if run.left.is_empty() && run.standing.last().is_some_and(|last| run.outcome.period.1 <= last.to) {
        // Everything was reconciled already.
        return Ok(run.outcome);
    }
    if let Some(last) = run.standing.last().filter(|last| last.closing != run.begins) {
        return Err(run.opening_differs(last.closing.into(), &HashSet::new()));
    }
    run.decided_matches()?;
    run.match_up(writer)?;
    run.decide(writer)?;
    run.record(writer, options)?;
    Ok(run.outcome)
}

struct Run<'o> {
    outcome: Outcome,
    standing: Standing,
    /// Lines of the period that no earlier reconciliation had and nothing has settled, by place.
    left: Vec<usize>,
    /// Items that nothing has settled, by place in `standing`.
    items: Vec<usize>,
    decisions: HashMap<usize, Decision>,
    options: &'o Options,
    format: &'static str,
    /// Balance where the new lines begin, and where they end.
    begins: i64,
    shown: Box<dyn Fn(i128) -> String>,
}

/// The words of a line, for clues.
fn text_of(line: &StatementLine) -> String {
    let mut text = String::new();
    for part in line.all_references().chain(line.counterparty.as_deref()).chain(line.text.as_deref()) {
        text.push_str(part);
        text.push(' ');
    }
    words(&text)
}

fn key(line: &StatementLine) -> StatementLineKey {
    StatementLineKey { date: line.date, amount: line.amount, reference: line.reference.clone() }
}

impl<'o> Run<'o> {
    fn new<S: Store>(
        writer: &Writer<'_, S>,
        account: AccountNo,
        file: (String, Digest),
        statement: StatementFile,
        options: &'o Options,
    ) -> Result<Self, ReconcileError> {
        let standing = standing(writer.books(), account)?;
        let currency = writer.setup()?.currency();
        let shown = Box::new(move |minor: i128| currency.format_grouped(minor));
        let (first, last) = statement.days().unwrap_or((Date::MAX, Date::MIN));
        let (from, to) = (options.from.unwrap_or(first), options.to.unwrap_or(last));
        let inside = |line: &StatementLine| (from..=to).contains(&line.date);
        let left: Vec<usize> = (0..statement.lines.len()).filter(|i| inside(&statement.lines[*i])).collect();
        if from > to || (left.is_empty() && statement.closing.is_none()) {
            // Of a file without any day, nobody said which days are meant.
            let days = Some((from, to)).filter(|(from, to)| *from != Date::MAX && *to != Date::MIN);
            return Err(ReconcileError::NoLines { file: file.0, days });
        }
        let before = statement.lines.iter().filter(|line| line.date < from).map(|line| i128::from(line.amount));
        let sum = left.iter().map(|i| i128::from(statement.lines[*i].amount)).sum::<i128>();
        let after = statement.lines.iter().filter(|line| line.date > to).map(|line| i128::from(line.amount));
        // The file's balances are around all its lines; the treasurer's around those of the period.
        let of_file = |balance: Option<i64>, moved: i128| balance.map(|minor| i128::from(minor) + moved);
        let said_opening =
            options.balances.opening.map(i128::from).or(of_file(statement.opening, before.sum::<i128>()));
        let said_closing =
            options.balances.closing.map(i128::from).or(of_file(statement.closing, -after.sum::<i128>()));
        let of_last = standing.last().map(|record| i128::from(record.closing));
        let (opening, closing) = match (said_opening, said_closing) {
            (Some(opening), Some(closing)) => (opening, closing),
            (Some(opening), None) => (opening, opening + sum),
            (None, Some(closing)) => (closing - sum, closing),
            (None, None) => match of_last {
                Some(last) => {
                    // Lines that were reconciled before are in the last closing already.
                    let known = known(&standing, &statement.lines, &left);
                    let had: i128 = known.iter().map(|i| i128::from(statement.lines[*i].amount)).sum();
                    (last - had, last - had + sum)
                }
                None => return Err(ReconcileError::NoBalance { file: file.0 }),
            },
        };
        if opening + sum != closing {
            return Err(ReconcileError::Sum {
                opening: shown(opening).into(),
                lines: shown(sum).into(),
                sum: shown(opening + sum).into(),
                closing: shown(closing).into(),
                difference: shown(opening + sum - closing).into(),
            });
        }
        let fits = |minor: i128| {
            i64::try_from(minor)
                .map_err(|_| ReconcileError::Books(crate::money::MoneyError::Overflow { value: shown(minor) }.into()))
        };
        let items = (0..standing.items.len()).collect();
        let mut run = Self {
            outcome: Outcome {
                account,
                file,
                period: (from, to),
                opening: fits(opening)?,
                closing: fits(closing)?,
                said: said_closing.is_some(),
                lines: statement.lines,
                known: Vec::new(),
                settled: Vec::new(),
                posted: Vec::new(),
                undecided: Vec::new(),
                open: Vec::new(),
                remarks: statement.remarks,
                record: None,
            },
            standing,
            left,
            items,
            decisions: HashMap::new(),
            options,
            format: statement.format,
            begins: fits(opening)?,
            shown,
        };
        run.read_decisions(writer)?;
        Ok(run)
    }

    fn read_decisions<S: Store>(&mut self, writer: &Writer<'_, S>) -> Result<(), ReconcileError> {
        let wrong = |message: String| ReconcileError::Decisions { message };
        let decisions = &self.options.decisions;
        if let Some(other) = decisions.statement.as_deref().filter(|sha| *sha != self.outcome.file.1.to_string()) {
            let short = other.get(..12).unwrap_or(other);
            return Err(wrong(format!("they are about another statement, of SHA-256 {short}…")));
        }
        for one in &decisions.decide {
            let Some(line) = one.line.checked_sub(1).and_then(|i| self.outcome.lines.get(i)) else {
                let last = self.outcome.lines.len();
                return Err(wrong(format!("there is no line {}: the statement has lines 1 to {last}", one.line)));
            };
            if let Some(text) = &one.amount {
                let said = Money::parse(text, writer.setup()?.currency(), crate::money::DecimalMark::Point)
                    .map_err(|error| wrong(format!("line {}: {error}", one.line)))?;
                if said.minor() != line.amount {
                    let (is, said) = ((self.shown)(line.amount.into()), (self.shown)(said.minor().into()));
                    return Err(wrong(format!("line {} is {is}, and not {said}", one.line)));
                }
            }
            if let Some(decision) = one.decision(writer.setup()?)?
                && self.decisions.insert(one.line, decision).is_some()
            {
                return Err(wrong(format!("line {} is decided twice", one.line)));
            }
        }
        Ok(())
    }

    /// Lines that an earlier reconciliation had are left out: statements may overlap, and come again.
    fn leave_out_known(&mut self) {
        let known = known(&self.standing, &self.outcome.lines, &self.left);
        let known: HashSet<usize> = known.into_iter().collect();
        self.begins += known.iter().map(|i| self.outcome.lines[*i].amount).sum::<i64>();
        self.left.retain(|i| !known.contains(i));
        let mut numbers: Vec<usize> = known.into_iter().map(|i| i + 1).collect();
        numbers.sort_unstable();
        self.outcome.known = numbers;
    }

    /// What people say is the same comes first.
    fn decided_matches(&mut self) -> Result<(), ReconcileError> {
        let mut decided: Vec<(usize, Vec<usize>, Vec<EntryNo>)> = Vec::new();
        for (line, decision) in &self.decisions {
            if let Decision::Match { with, entries } = decision {
                let mut lines = with.clone();
                lines.push(*line);
                lines.sort_unstable();
                lines.dedup();
                decided.push((*line, lines, entries.clone()));
            }
        }
        decided.sort();
        for (line, lines, entries) in decided {
            let wrong = |problem: String| ReconcileError::Decisions { message: format!("line {line}: {problem}") };
            if lines.iter().all(|number| self.outcome.known.contains(number)) {
                continue;
            }
            let mut sum = 0_i128;
            for number in &lines {
                let place = number.checked_sub(1).filter(|i| self.left.contains(i));
                let place = place.ok_or_else(|| wrong(format!("line {number} is not there to be matched")))?;
                sum += i128::from(self.outcome.lines[place].amount);
                self.left.retain(|i| *i != place);
            }
            let mut made = 0_i128;
            for entry in &entries {
                let place = self.items.iter().position(|i| self.standing.items[*i].entry == *entry);
                let place = place.ok_or_else(|| {
                    wrong(format!("entry {entry} moves nothing on the account, or a statement has shown it already"))
                })?;
                made += i128::from(self.standing.items[self.items.remove(place)].amount);
            }
            if sum != made {
                let (sum, made) = ((self.shown)(sum), (self.shown)(made));
                return Err(wrong(format!("the statement has {sum}, the entries are {made}")));
            }
            self.outcome.settled.push(Settled { lines, entries, how: How::Decided });
        }
        Ok(())
    }

    fn match_up<S: Store>(&mut self, writer: &Writer<'_, S>) -> Result<(), ReconcileError> {
        // What has been decided otherwise is not matched again.
        let lines: Vec<usize> = self.left.iter().copied().filter(|i| !self.decisions.contains_key(&(i + 1))).collect();
        // Of the first reconciliation, what is long before it is on an earlier statement.
        let (from, to) = self.outcome.period;
        let early = if self.standing.records.is_empty() { self.options.limits.window } else { i64::MAX };
        let window = self.options.limits.window;
        let items: Vec<usize> = self
            .items
            .iter()
            .copied()
            .filter(|i| {
                let item = &self.standing.items[*i];
                item.date.days_until(from) <= early
                    && to.days_until(item.date) <= window
                    && !self.options.outstanding.contains(&item.entry)
            })
            .collect();
        let of_line = |i: &usize| {
            let line = &self.outcome.lines[*i];
            Line {
                date: line.date,
                amount: line.amount,
                references: line.all_references().map(str::to_owned).collect(),
                words: text_of(line),
            }
        };
        let of_item = |i: &usize| {
            let item = &self.standing.items[*i];
            let mut clues: Vec<String> = item.parties.iter().map(|name| words(name).trim().to_owned()).collect();
            clues.extend(item.document.map(|id| words(id.code.as_str()).trim().to_owned()));
            // An entry by hand says in its description what a line would say; a short word would be anywhere.
            clues.extend(Some(words(&item.says).trim().to_owned()).filter(|clue| clue.len() >= 5));
            Item {
                entry: item.entry,
                date: item.date,
                amount: item.amount,
                reference: item.reference.clone(),
                clues,
                reverses: item.reverses,
            }
        };
        let found = match_up(
            &lines.iter().map(of_line).collect::<Vec<_>>(),
            &items.iter().map(of_item).collect::<Vec<_>>(),
            self.options.limits,
        );
        let proposer = Proposer::new(writer.books(), self.outcome.account)?;
        let (mut matched, mut taken) = (HashSet::new(), HashSet::new());
        for one in found.matches {
            if let (How::Amount, [line], [item]) = (one.how, &one.lines[..], &one.items[..])
                && let Some(doubtful) = self.says_otherwise(&proposer, lines[*line], items[*item])
            {
                self.outcome.undecided.push(doubtful);
                continue;
            }
            let numbers = one.lines.iter().map(|i| lines[*i] + 1).collect();
            let entries = one.items.iter().map(|i| self.standing.items[items[*i]].entry).collect();
            matched.extend(one.lines.iter().map(|i| lines[*i]));
            taken.extend(one.items.iter().map(|i| items[*i]));
            self.outcome.settled.push(Settled { lines: numbers, entries, how: one.how });
        }
        self.left.retain(|i| !matched.contains(i));
        self.items.retain(|i| !taken.contains(i));
        for question in found.questions {
            let candidates: Vec<(EntryNo, String)> = question
                .items
                .iter()
                .map(|i| {
                    let item = &self.standing.items[items[*i]];
                    (item.entry, self.described(item))
                })
                .collect();
            for line in question.lines {
                self.outcome.undecided.push(Undecided {
                    number: lines[line] + 1,
                    suggestions: Vec::new(),
                    candidates: candidates.clone(),
                    doubt: Some(question.doubt),
                });
            }
        }
        Ok(())
    }

    /// A line whose amount and day fit an entry, while it names something open by its code or party: that is a question.
    fn says_otherwise(&self, proposer: &Proposer<'_>, line: usize, item: usize) -> Option<Undecided> {
        let of_line = &self.outcome.lines[line];
        let mut suggestions = proposer.propose(of_line, &text_of(of_line));
        suggestions.retain(|one| {
            one.firm
                && matches!(one.proposal, Proposal::Payment { .. } | Proposal::Refund { .. } | Proposal::Dispute { .. })
        });
        if suggestions.is_empty() {
            return None;
        }
        let item = &self.standing.items[item];
        suggestions.iter_mut().for_each(|one| one.firm = false);
        let candidates = vec![(item.entry, self.described(item))];
        Some(Undecided { number: line + 1, suggestions, candidates, doubt: Some(Doubt::Equal) })
    }

    /// Posts what was decided and what is accepted; the rest is for people.
    fn decide<S: Store>(&mut self, writer: &mut Writer<'_, S>) -> Result<(), ReconcileError> {
        let asked: HashSet<usize> = self.outcome.undecided.iter().map(|one| one.number).collect();
        let mut todo: Vec<(usize, Decision)> = Vec::new();
        {
            let proposer = Proposer::new(writer.books(), self.outcome.account)?;
            for place in self.left.clone() {
                let number = place + 1;
                if asked.contains(&number) {
                    continue;
                }
                if let Some(decision) = self.decisions.get(&number) {
                    todo.push((place, decision.clone()));
                    continue;
                }
                let line = &self.outcome.lines[place];
                let suggestions = proposer.propose(line, &text_of(line));
                match &suggestions[..] {
                    [only] if only.firm && self.options.accept.contains(&only.proposal.accept()) => {
                        todo.push((place, Decision::Do(only.proposal.clone())));
                    }
                    _ => {
                        let firm = suggestions.iter().any(|suggestion| suggestion.firm);
                        let candidates = if firm { Vec::new() } else { self.of_amount(line.amount) };
                        let doubt = (!candidates.is_empty()).then_some(Doubt::Far);
                        self.outcome.undecided.push(Undecided { number, suggestions, candidates, doubt });
                    }
                }
            }
        }
        self.one_payment_each(&mut todo);
        self.outcome.undecided.sort_by_key(|one| one.number);
        let method = method(writer.setup()?, self.outcome.account);
        for (place, decision) in todo {
            if let Some(entry) = self.there_already(writer, place, &decision)? {
                self.outcome.settled.push(Settled { lines: vec![place + 1], entries: vec![entry], how: How::Decided });
                continue;
            }
            let entries = self.post(writer, place, decision, method)?;
            self.outcome.posted.push(place + 1);
            self.outcome.settled.push(Settled { lines: vec![place + 1], entries, how: How::Decided });
        }
        Ok(())
    }

    /// The entry of the same day and amount that a decision would post once more, as after a reconciliation was taken back:
    /// what that had posted has stayed. Refused when it stands at another account than was decided.
    fn there_already<S: Store>(
        &mut self,
        writer: &Writer<'_, S>,
        place: usize,
        decision: &Decision,
    ) -> Result<Option<EntryNo>, ReconcileError> {
        let setup = writer.setup()?;
        let other = match decision {
            Decision::Do(Proposal::Transfer { other }) => *other,
            Decision::Do(Proposal::Fee { account }) => *account,
            Decision::Entry { account, .. } => setup.account(account)?.number,
            _ => return Ok(None),
        };
        let line = &self.outcome.lines[place];
        let mut elsewhere = None;
        for (at, item) in self.items.iter().enumerate().map(|(at, i)| (at, &self.standing.items[*i])) {
            if (item.date, item.amount) != (line.date, line.amount) || item.document.is_some() {
                continue;
            }
            let entry = writer.books().store().entry(item.entry)?;
            if entry.is_some_and(|entry| entry.postings.iter().any(|posting| posting.account == other)) {
                let number = item.entry;
                self.items.remove(at);
                return Ok(Some(number));
            }
            elsewhere = elsewhere.or(Some(item.entry));
        }
        let Some(entry) = elsewhere else { return Ok(None) };
        let message = format!(
            "line {}: entry {entry} is of the same day and amount, at another account, and on no statement; match them \
             (do = \"match\", entries = [{entry}]), or reverse it first",
            place + 1
        );
        Err(ReconcileError::Decisions { message })
    }

    /// Entries of an amount that no statement has shown, however far away: a cheque may take its time.
    fn of_amount(&self, amount: i64) -> Vec<(EntryNo, String)> {
        let (last, window) = (self.outcome.period.1, self.options.limits.window);
        let fits = |item: &&BookItem| item.amount == amount && last.days_until(item.date) <= window;
        let items = self.items.iter().map(|i| &self.standing.items[*i]).filter(fits);
        items.take(5).map(|item| (item.entry, self.described(item))).collect()
    }

    fn described(&self, item: &BookItem) -> String {
        format!("{} {} {}", item.date, (self.shown)(item.amount.into()), item.says)
    }

    /// Two lines for which the same document was proposed are a question, and no two payments.
    fn one_payment_each(&mut self, todo: &mut Vec<(usize, Decision)>) {
        let document = |decision: &Decision| match decision {
            Decision::Do(
                Proposal::Payment { document } | Proposal::Refund { document } | Proposal::Dispute { document },
            ) => Some((*document, std::mem::discriminant(decision))),
            _ => None,
        };
        let mut wanted: HashMap<_, usize> = HashMap::new();
        for (_, decision) in todo.iter() {
            if let Some(document) = document(decision) {
                *wanted.entry(document).or_default() += 1;
            }
        }
        let decisions = &self.decisions;
        let (back, keep): (Vec<_>, Vec<_>) = todo.drain(..).partition(|(place, decision)| {
            let twice = document(decision).is_some_and(|document| wanted.get(&document).is_some_and(|n| *n > 1));
            // What a person said is done, and refused by its rule if it cannot be.
            twice && !decisions.contains_key(&(place + 1))
        });
        *todo = keep;
        for (place, decision) in back {
            let Decision::Do(proposal) = decision else { continue };
            let why = "another line would be the same payment".to_owned();
            self.outcome.undecided.push(Undecided {
                number: place + 1,
                suggestions: vec![Suggestion { proposal, why, firm: false }],
                candidates: Vec::new(),
                doubt: None,
            });
        }
    }

    /// Posts what a line is, by the same rules as the commands for it, and makes sure that it is what the line says.
    fn post<S: Store>(
        &self,
        writer: &mut Writer<'_, S>,
        place: usize,
        decision: Decision,
        (method, own): (crate::conference::Method, Option<AccountNo>),
    ) -> Result<Vec<EntryNo>, ReconcileError> {
        let line = self.outcome.lines[place].clone();
        let (account, date) = (self.outcome.account, line.date);
        let gross = line.gross();
        // What comes in for a document is in full, with the fee kept of it; what goes out has the fee on top.
        let paid = Transferred {
            date,
            amount: if gross > 0 { gross } else { gross.saturating_neg() },
            fee: line.fee,
            method,
            account: own,
            foreign: None,
        };
        let fact = match decision {
            Decision::Do(Proposal::Payment { document }) => Fact::Payment(Payment::new(document, paid)),
            Decision::Overpayment { document } => Fact::Payment(Payment { document, paid, overpaid: true }),
            Decision::Do(Proposal::Refund { document }) => Fact::RefundPaid(RefundPaid { document, paid }),
            Decision::Do(Proposal::Dispute { document }) => {
                Fact::ChargedBack(ChargedBack { order: document.code, taken: paid })
            }
            Decision::Do(Proposal::Transfer { other }) => {
                let (from, to) = if line.amount > 0 { (other, account) } else { (account, other) };
                // Of a processor's payout, its fee is kept of what leaves.
                let (amount, fee) =
                    if line.amount > 0 { (line.amount, 0) } else { (line.amount.saturating_neg(), line.fee) };
                Fact::Payout(Payout { date, from, to, amount, fee })
            }
            Decision::Do(Proposal::Fee { account: expense }) => {
                let name = writer.setup()?.account_numbered(expense).map(|account| account.name.to_string());
                let entry = Entry { account: name.unwrap_or_default(), ..Entry::default() };
                return self.by_hand(writer, place, &entry);
            }
            Decision::Entry { account, event, fund, party, description } => {
                return self.by_hand(writer, place, &Entry { account, event, fund, party, description });
            }
            Decision::Match { .. } => return Ok(Vec::new()),
        };
        let (_, entries) = writer.happen(|_| Ok(fact))?;
        self.check(writer, place, &entries)?;
        Ok(entries)
    }

    fn by_hand<S: Store>(
        &self,
        writer: &mut Writer<'_, S>,
        place: usize,
        to: &Entry,
    ) -> Result<Vec<EntryNo>, ReconcileError> {
        let line = &self.outcome.lines[place];
        let setup = writer.setup()?;
        let other = setup.account(&to.account)?;
        let event = to.event.as_deref().map(|code| setup.event(code).map(|event| event.code)).transpose()?;
        let fund = to.fund.as_deref().map(|code| setup.fund(code).map(|fund| fund.code)).transpose()?;
        let party = to.party.as_deref().map(|name| writer.books().find_party(name)).transpose()?;
        let currency = setup.currency();
        let posting = |account: &crate::ledger::Account, minor: i64| Posting {
            at: Coordinate {
                account: account.number,
                event,
                fund: fund.unwrap_or(GENERAL_FUND),
                function: account.function_for(None),
                activity: None,
                tax_code: None,
            },
            amount: Money::new(minor, currency),
            cash_flow: None,
            party,
            original: None,
            memo: None,
        };
        let own = setup.account_numbered(self.outcome.account);
        let own = own.ok_or(ReconcileError::Unknown { number: None })?;
        let mut postings = vec![posting(own, line.amount), posting(other, line.amount.saturating_neg())];
        // Debits first, as entries are read.
        postings.sort_by_key(|posting| posting.amount.minor() < 0);
        let said = [line.counterparty.as_deref(), line.text.as_deref()];
        let text = said.into_iter().flatten().collect::<Vec<_>>().join(": ");
        let description = to.description.clone().or((!text.is_empty()).then_some(text));
        let draft = Draft { date: line.date, reference: None, description, postings };
        let entry = draft.balance().map_err(crate::books::BooksError::from)?;
        let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
        let entries = vec![writer.post(fact, &entry)?.number()];
        self.check(writer, place, &entries)?;
        Ok(entries)
    }

    /// What was posted moves on the account what the line says.
    fn check<S: Store>(&self, writer: &Writer<'_, S>, place: usize, entries: &[EntryNo]) -> Result<(), ReconcileError> {
        let mut posted = 0_i128;
        for number in entries {
            let entry = writer.books().store().entry(*number)?;
            let own = entry.iter().flat_map(|entry| &entry.postings);
            let own = own.filter(|posting| posting.account == self.outcome.account);
            posted += own.map(|posting| i128::from(posting.amount)).sum::<i128>();
        }
        let wanted = i128::from(self.outcome.lines[place].amount);
        if posted == wanted {
            return Ok(());
        }
        Err(ReconcileError::Posted { line: place + 1, amount: (self.shown)(wanted), posted: (self.shown)(posted) })
    }

    /// Records the reconciliation, if everything was decided and it proves.
    fn record<S: Store>(&mut self, writer: &mut Writer<'_, S>, options: &Options) -> Result<(), ReconcileError> {
        let settled: HashSet<EntryNo> =
            self.outcome.settled.iter().flat_map(|one| one.entries.iter().copied()).collect();
        let (from, _) = self.outcome.period;
        let first = self.standing.records.is_empty();
        let mut outstanding = Vec::new();
        if first {
            for entry in &options.outstanding {
                let item = self.standing.items.iter().find(|item| item.entry == *entry);
                let problem = match item {
                    None => "it moves nothing on the account".to_owned(),
                    Some(item) if item.date >= from => {
                        format!("it is dated {}, and the statement begins {from}", item.date)
                    }
                    Some(_) => {
                        outstanding.push(*entry);
                        continue;
                    }
                };
                return Err(ReconcileError::Outstanding { entry: *entry, problem });
            }
            // What a later statement shows was outstanding as well, and so was what this one shows of before.
            outstanding.extend(
                self.standing.items.iter().filter(|i| i.date < from && settled.contains(&i.entry)).map(|i| i.entry),
            );
            outstanding.sort_unstable();
            outstanding.dedup();
        } else if let Some(entry) = options.outstanding.first() {
            let problem = "the account was reconciled before; what no statement has shown is outstanding by itself";
            return Err(ReconcileError::Outstanding { entry: *entry, problem: problem.to_owned() });
        }
        let begun = |item: &&BookItem| first && item.date < from && !outstanding.contains(&item.entry);
        let so_far =
            self.standing.shown + self.standing.items.iter().filter(begun).map(|i| i128::from(i.amount)).sum::<i128>();
        let open = self.standing.items.iter().filter(|item| !settled.contains(&item.entry) && !begun(item));
        self.outcome.open = open.cloned().collect();
        if !self.outcome.undecided.is_empty() {
            return Ok(());
        }
        if so_far != i128::from(self.begins) {
            return Err(self.opening_differs(so_far, &settled));
        }
        // In the order of the statement; what is on none of its lines comes last.
        self.outcome
            .settled
            .sort_by_key(|one| (one.lines.first().copied().unwrap_or(usize::MAX), one.entries.first().copied()));
        let lines = &self.outcome.lines;
        let matches = self.outcome.settled.iter().map(|one| MatchedLines {
            lines: one.lines.iter().map(|number| key(&lines[number - 1])).collect(),
            entries: one.entries.clone(),
        });
        let record = Reconciled {
            account: self.outcome.account,
            from,
            to: self.outcome.period.1,
            opening: self.begins,
            closing: self.outcome.closing,
            format: self.format.to_owned(),
            sha256: self.outcome.file.1,
            entries: EntryNo(writer.books().tail()?.entries),
            outstanding,
            matches: matches.collect(),
        };
        let (fact, _) = writer.happen(|_| Ok(Fact::Reconciled(record)))?;
        self.outcome.record = Some(fact);
        Ok(())
    }

    fn opening_differs(&self, so_far: i128, settled: &HashSet<EntryNo>) -> ReconcileError {
        let (from, _) = self.outcome.period;
        let difference = i128::from(self.begins) - so_far;
        let what = match self.standing.last() {
            Some(last) => format!("the last reconciliation closed {} with", last.to),
            None => "and the books have until then".to_owned(),
        };
        // One entry that the bank had not shown yet explains most differences of a first statement.
        let one =
            self.standing.items.iter().find(|item| {
                item.date < from && !settled.contains(&item.entry) && i128::from(item.amount) == -difference
            });
        let hint = match one {
            Some(item) if self.standing.records.is_empty() => {
                format!("; entry {} of {} is as much", item.entry, item.date)
            }
            _ => String::new(),
        };
        ReconcileError::Opening {
            opening: (self.shown)(self.begins.into()).into(),
            from,
            what: what.into(),
            books: (self.shown)(so_far).into(),
            difference: (self.shown)(difference).into(),
            hint: hint.into(),
        }
    }
}

/// What an entry by hand goes to.
#[derive(Default)]
struct Entry {
    account: String,
    event: Option<String>,
    fund: Option<String>,
    party: Option<String>,
    description: Option<String>,
}

/// Places of lines that earlier reconciliations had.
fn known(standing: &Standing, lines: &[StatementLine], places: &[usize]) -> Vec<usize> {
    let mut left = standing.lines.clone();
    let mut known = Vec::new();
    for place in places {
        if let Some(count) = left.get_mut(&key(&lines[*place]))
            && *count > 0
        {
            *count -= 1;
            known.push(*place);
        }
    }
    known
}
