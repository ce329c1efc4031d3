//! What is the same on a statement and in the books. Pure: the same input always gives the same answer, no entry is
//! used twice, and where two answers are equally good there is a question instead of an answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::ledger::EntryNo;

/// A line of the statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its booking date.
    pub date: Date,
    /// Minor units, positive into the account.
    pub amount: i64,
    /// Its references, the bank's own first.
    pub references: Vec<String>,
    /// Counterparty, references and text as lower-case words with one space around each.
    pub words: String,
}

/// An entry of the books that no statement has shown yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The entry.
    pub entry: EntryNo,
    /// Its date.
    pub date: Date,
    /// All its postings to the account, minor units, debit positive.
    pub amount: i64,
    /// Its reference.
    pub reference: Option<String>,
    /// What would name it on a statement: its document, its party; lower-case words.
    pub clues: Vec<String>,
    /// The entry it takes back.
    pub reverses: Option<EntryNo>,
}

/// How far matching looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Days that may lie between a line and its entry.
    pub window: i64,
    /// The most entries (or lines) among which a sum is looked for. Among more, some would make any sum by chance.
    pub pool: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { window: 5, pool: 12 }
    }
}

/// Why lines and entries are said to be the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    /// They have the same reference and amount.
    Reference,
    /// The amount is the same, and the line names the document or the party.
    Named,
    /// The amount is the same, the days are near, and there is no other candidate.
    Amount,
    /// As many lines as entries of one amount, with days that are near: which is which does not matter.
    Set,
    /// Several of one side make one of the other, in one way only.
    Sum,
    /// Entries that take each other back, which no statement shows.
    Reversed,
    /// Somebody said so.
    Decided,
}

impl How {
    /// The words used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Named => "amount and name",
            Self::Amount => "amount and day",
            Self::Set => "amounts and days",
            Self::Sum => "sum",
            Self::Reversed => "reversed",
            Self::Decided => "decided",
        }
    }
}

/// Lines and entries that are the same, by their places in what was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// Lines.
    pub lines: Vec<usize>,
    /// Entries.
    pub items: Vec<usize>,
    /// Why.
    pub how: How,
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Doubt {
    /// More candidates of one amount on one side than on the other.
    Equal,
    /// Several sums would do.
    Sums,
    /// The reference is the same, the amount is not.
    OtherAmount,
    /// The amount is the same, the days are far apart: a cheque that took its time, or something else.
    Far,
}

/// Lines for which several entries would do equally well, or the other way round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Lines.
    pub lines: Vec<usize>,
    /// Entries.
    pub items: Vec<usize>,
    /// Why.
    pub doubt: Doubt,
}

/// What matching found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Matching {
    /// What is the same.
    pub matches: Vec<Match>,
    /// What would have to be guessed.
    pub questions: Vec<Question>,
    /// Lines that nothing in the books is like. Lines of a question are not here.
    pub lines: Vec<usize>,
    /// Entries that no line shows; those of a question too.
    pub items: Vec<usize>,
}

/// Matches lines with entries: by reference, then by amount and name, then by amount and day, then sums.
#[must_use]
pub fn match_up(lines: &[Line], items: &[Item], limits: Limits) -> Matching {
    let mut work = Work {
        lines,
        items,
        limits,
        line: vec![false; lines.len()],
        item: vec![false; items.len()],
        found: Matching::default(),
    };
    work.references();
    work.reversals(true);
    work.amounts();
    work.named_sums();
    work.sums();
    work.reversals(false);
    work.finish()
}

struct Work<'a> {
    lines: &'a [Line],
    items: &'a [Item],
    limits: Limits,
    /// Lines and items that are matched, or in a question.
    line: Vec<bool>,
    item: Vec<bool>,
    found: Matching,
}

impl Work<'_> {
    fn take(&mut self, lines: Vec<usize>, items: Vec<usize>, how: How) {
        lines.iter().for_each(|i| self.line[*i] = true);
        items.iter().for_each(|i| self.item[*i] = true);
        self.found.matches.push(Match { lines, items, how });
    }

    fn ask(&mut self, lines: Vec<usize>, items: Vec<usize>, doubt: Doubt) {
        lines.iter().for_each(|i| self.line[*i] = true);
        items.iter().for_each(|i| self.item[*i] = true);
        self.found.questions.push(Question { lines, items, doubt });
    }

    fn free_lines(&self) -> impl Iterator<Item = usize> {
        (0..self.lines.len()).filter(|i| !self.line[*i])
    }

    fn free_items(&self) -> impl Iterator<Item = usize> {
        (0..self.items.len()).filter(|i| !self.item[*i])
    }

    fn near(&self, line: usize, item: usize) -> bool {
        self.lines[line].date.days_until(self.items[item].date).abs() <= self.limits.window
    }

    fn sum_of_lines(&self, lines: &[usize]) -> i128 {
        lines.iter().map(|i| i128::from(self.lines[*i].amount)).sum()
    }

    fn sum_of_items(&self, items: &[usize]) -> i128 {
        items.iter().map(|i| i128::from(self.items[*i].amount)).sum()
    }

    /// All lines and all entries with one reference, when they make the same. The bank's own references first.
    fn references(&mut self) {
        let by_reference = |work: &Self| {
            let mut items: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for i in work.free_items() {
                if let Some(reference) = &work.items[i].reference {
                    items.entry(plain(reference)).or_default().push(i);
                }
            }
            items
        };
        for own in [true, false] {
            let items = by_reference(self);
            let mut lines: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for i in self.free_lines() {
                for reference in self.lines[i].references.iter().take(if own { 1 } else { usize::MAX }) {
                    let known = lines.entry(plain(reference)).or_default();
                    if known.last() != Some(&i) {
                        known.push(i);
                    }
                }
            }
            for (reference, items) in items {
                let Some(lines) = lines.get(&reference) else { continue };
                let lines: Vec<usize> = lines.iter().copied().filter(|i| !self.line[*i]).collect();
                if !lines.is_empty() && self.sum_of_lines(&lines) == self.sum_of_items(&items) {
                    self.take(lines, items, How::Reference);
                }
            }
        }
    }

    /// Entries that take each other back. At first only those whose reversal no line can be; a payment that bounced is
    /// on the statement twice.
    fn reversals(&mut self, cautious: bool) {
        let places: BTreeMap<EntryNo, usize> = self.free_items().map(|i| (self.items[i].entry, i)).collect();
        let mut amounts: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for i in self.free_lines() {
            amounts.entry(self.lines[i].amount).or_default().push(i);
        }
        for reversal in places.values() {
            let item = &self.items[*reversal];
            let Some(original) = item.reverses.and_then(|entry| places.get(&entry)) else { continue };
            let shown = amounts.get(&item.amount).is_some_and(|lines| lines.iter().any(|i| self.near(*i, *reversal)));
            if self.item[*original] || self.item[*reversal] || (cautious && shown) {
                continue;
            }
            if i128::from(item.amount) + i128::from(self.items[*original].amount) == 0 {
                self.take(Vec::new(), vec![*original, *reversal], How::Reversed);
            }
        }
    }

    fn amounts(&mut self) {
        let mut amounts: BTreeMap<i64, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for i in self.free_lines() {
            amounts.entry(self.lines[i].amount).or_default().0.push(i);
        }
        for i in self.free_items() {
            if let Some((_, items)) = amounts.get_mut(&self.items[i].amount) {
                items.push(i);
            }
        }
        for (_, (lines, items)) in amounts {
            if items.is_empty() {
                continue;
            }
            self.named(&lines, &items);
            self.same_day(&lines, &items);
            self.components(&lines, &items);
        }
    }

    /// Whether a line names an entry that is near: by its document or party, or by its reference, which an import of a
    /// processor's file puts after the processor's name.
    fn names(&self, line: usize, item: usize) -> bool {
        let (line_of, item_of) = (&self.lines[line], &self.items[item]);
        let own = item_of.reference.as_deref().and_then(|reference| reference.split_once(' '));
        let by_reference =
            || own.is_some_and(|(_, own)| line_of.references.iter().any(|reference| plain(reference) == plain(own)));
        self.near(line, item) && (item_of.clues.iter().any(|clue| says(&line_of.words, clue)) || by_reference())
    }

    /// A line that is made by all the entries it names, none of which another line names: a charge and its fee.
    fn named_sums(&mut self) {
        let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        self.free_items().for_each(|item| days.entry(self.items[item].date).or_default().push(item));
        let named = |line: usize| {
            let from = self.lines[line].date.earlier(self.limits.window.unsigned_abs());
            let near = days.range(from..).take_while(|(day, _)| from.days_until(**day) <= 2 * self.limits.window);
            near.flat_map(|(_, items)| items).copied().filter(|item| self.names(line, *item)).collect()
        };
        let of_line: Vec<(usize, Vec<usize>)> = self.free_lines().map(|line| (line, named(line))).collect();
        let mut times: BTreeMap<usize, usize> = BTreeMap::new();
        of_line.iter().flat_map(|(_, items)| items).for_each(|item| *times.entry(*item).or_default() += 1);
        for (line, items) in of_line {
            let alone = items.iter().all(|item| times.get(item) == Some(&1));
            if items.len() > 1 && alone && self.sum_of_items(&items) == i128::from(self.lines[line].amount) {
                self.take(vec![line], items, How::Sum);
            }
        }
    }

    /// Of one amount: lines that name one entry, which no other line names.
    fn named(&mut self, lines: &[usize], items: &[usize]) {
        let names = Self::names;
        let mut of_line: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut of_item: BTreeMap<usize, usize> = BTreeMap::new();
        for line in lines {
            let named: Vec<usize> = items.iter().copied().filter(|item| names(self, *line, *item)).collect();
            named.iter().for_each(|item| *of_item.entry(*item).or_default() += 1);
            of_line.push((*line, named));
        }
        for (line, named) in of_line {
            if let [item] = named[..]
                && of_item.get(&item) == Some(&1)
            {
                self.take(vec![line], vec![item], How::Named);
            }
        }
    }

    /// Of one amount: as many lines as entries on one day.
    fn same_day(&mut self, lines: &[usize], items: &[usize]) {
        let mut days: BTreeMap<Date, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for line in lines.iter().filter(|i| !self.line[**i]) {
            days.entry(self.lines[*line].date).or_default().0.push(*line);
        }
        for item in items.iter().filter(|i| !self.item[**i]) {
            if let Some((_, items)) = days.get_mut(&self.items[*item].date) {
                items.push(*item);
            }
        }
        for (_, (lines, items)) in days {
            if lines.len() == items.len() {
                let how = if lines.len() == 1 { How::Amount } else { How::Set };
                self.take(lines, items, how);
            }
        }
    }

    /// Of one amount: lines and entries that hang together by days that are near. As many of each are a set; else some
    /// would have to be chosen.
    fn components(&mut self, lines: &[usize], items: &[usize]) {
        let mut lines: Vec<usize> = lines.iter().copied().filter(|i| !self.line[*i]).collect();
        let mut items: Vec<usize> = items.iter().copied().filter(|i| !self.item[*i]).collect();
        lines.sort_by_key(|i| (self.lines[*i].date, *i));
        items.sort_by_key(|i| (self.items[*i].date, *i));
        // The entries near a line are a run of them, and the runs of later lines begin and end later: what hangs
        // together is a run of lines and a run of entries.
        let (mut low, mut high) = (0, 0);
        let mut parts: Vec<(Vec<usize>, std::ops::Range<usize>)> = Vec::new();
        for line in lines {
            let day = self.lines[line].date;
            while low < items.len() && self.items[items[low]].date.days_until(day) > self.limits.window {
                low += 1;
            }
            high = high.max(low);
            while high < items.len() && day.days_until(self.items[items[high]].date) <= self.limits.window {
                high += 1;
            }
            if low == high {
                continue;
            }
            match parts.last_mut() {
                Some((part, run)) if low < run.end => {
                    part.push(line);
                    run.end = high;
                }
                _ => parts.push((vec![line], low..high)),
            }
        }
        for (lines, run) in parts {
            let items = items[run].to_vec();
            // Both are in the order of days: when every pair in this order is near, each line has its entry.
            let pairs =
                lines.len() == items.len() && lines.iter().zip(&items).all(|(line, item)| self.near(*line, *item));
            match (pairs, lines.len()) {
                (true, 1) => self.take(lines, items, How::Amount),
                (true, _) => self.take(lines, items, How::Set),
                (false, _) => self.ask(lines, items, Doubt::Equal),
            }
        }
    }

    /// A line that several entries make, and an entry that several lines make. What two of them claim is a question.
    fn sums(&mut self) {
        let claims: Vec<(usize, Vec<Vec<usize>>)> = self
            .free_lines()
            .filter(|line| self.lines[*line].amount != 0)
            .map(|line| {
                let (date, amount) = (self.lines[line].date, self.lines[line].amount);
                let all = self.free_items().map(|i| (i, self.items[i].date, self.items[i].amount));
                (line, self.ways(date, amount, all))
            })
            .collect();
        for (line, items, unique) in settle(claims) {
            if unique { self.take(vec![line], items, How::Sum) } else { self.ask(vec![line], items, Doubt::Sums) }
        }
        let claims: Vec<(usize, Vec<Vec<usize>>)> = self
            .free_items()
            .filter(|item| self.items[*item].amount != 0)
            .map(|item| {
                let (date, amount) = (self.items[item].date, self.items[item].amount);
                let all = self.free_lines().map(|i| (i, self.lines[i].date, self.lines[i].amount));
                (item, self.ways(date, amount, all))
            })
            .collect();
        for (item, lines, unique) in settle(claims) {
            if unique { self.take(lines, vec![item], How::Sum) } else { self.ask(lines, vec![item], Doubt::Sums) }
        }
    }

    /// The ways in which two or more of these make an amount: all subsets of few; of many, only all of one day.
    fn ways(&self, date: Date, amount: i64, all: impl Iterator<Item = (usize, Date, i64)>) -> Vec<Vec<usize>> {
        let near: Vec<(usize, Date, i64)> = all
            .filter(|(_, other, minor)| date.days_until(*other).abs() <= self.limits.window && *minor != 0)
            .collect();
        if near.len() < 2 {
            return Vec::new();
        }
        let wanted = i128::from(amount);
        if near.len() <= self.limits.pool {
            let mut ways = Vec::new();
            for chosen in 1_u32..(1 << near.len()) {
                if chosen.count_ones() < 2 {
                    continue;
                }
                let part = near.iter().enumerate().filter(|(bit, _)| chosen & (1 << bit) != 0).map(|(_, one)| one);
                if part.clone().map(|(.., minor)| i128::from(*minor)).sum::<i128>() == wanted {
                    ways.push(part.map(|(i, ..)| *i).collect());
                    if ways.len() > 4 {
                        break;
                    }
                }
            }
            return ways;
        }
        let mut days: BTreeMap<Date, Vec<(usize, i64)>> = BTreeMap::new();
        near.iter().for_each(|(i, day, minor)| days.entry(*day).or_default().push((*i, *minor)));
        let makes = |part: &Vec<(usize, i64)>| {
            part.len() > 1 && part.iter().map(|(_, minor)| i128::from(*minor)).sum::<i128>() == wanted
        };
        days.into_values().filter(makes).map(|part| part.into_iter().map(|(i, _)| i).collect()).collect()
    }

    fn finish(mut self) -> Matching {
        // A line with the reference of an entry of another amount is no coincidence.
        let lines: Vec<usize> = self.free_lines().collect();
        for line in lines {
            let same = |item: &usize| {
                let reference = self.items[*item].reference.as_deref().map(plain);
                reference.is_some_and(|wanted| self.lines[line].references.iter().any(|other| plain(other) == wanted))
            };
            let items: Vec<usize> = self.free_items().filter(same).collect();
            if !items.is_empty() {
                self.ask(vec![line], items, Doubt::OtherAmount);
            }
        }
        self.found.lines = self.free_lines().collect();
        let matched: BTreeSet<usize> = self.found.matches.iter().flat_map(|m| m.items.iter().copied()).collect();
        self.found.items = (0..self.items.len()).filter(|i| !matched.contains(i)).collect();
        self.found
    }
}

/// Decides between claims: each says in which ways something is made of others. One way that nobody else wants any part
/// of is the answer; otherwise it is a question, with all that is claimed.
fn settle(claims: Vec<(usize, Vec<Vec<usize>>)>) -> Vec<(usize, Vec<usize>, bool)> {
    let mut wanted: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, ways) in &claims {
        let parts: BTreeSet<usize> = ways.iter().flatten().copied().collect();
        parts.into_iter().for_each(|part| *wanted.entry(part).or_default() += 1);
    }
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut settled = Vec::new();
    for (one, ways) in claims {
        let parts: BTreeSet<usize> = ways.iter().flatten().copied().collect();
        if parts.is_empty() {
            continue;
        }
        let unique = ways.len() == 1 && parts.iter().all(|part| wanted.get(part) == Some(&1));
        // What is in one question already is not asked for twice.
        let parts: Vec<usize> = parts.into_iter().filter(|part| taken.insert(*part)).collect();
        settled.push((one, parts, unique));
    }
    settled
}

/// A reference as it is compared: capitals and spaces do not count.
fn plain(reference: &str) -> String {
    reference.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// Text as words: lower case, everything that is no letter or digit a space, one space around each word.
#[must_use]
pub(super) fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words.extend(word.chars().flat_map(char::to_lowercase));
        words.push(' ');
    }
    words
}

/// Whether words have a clue in them: as it stands, or all its words in any order, as banks turn names around.
pub(super) fn says(words: &str, clue: &str) -> bool {
    let clue = clue.trim();
    !clue.is_empty() && clue.split(' ').all(|word| words.contains(&format!(" {word} ")))
}
