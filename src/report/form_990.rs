//! The worksheet for Form 990: Part I, the other parts from the chart's layouts, the reconciliation from the books first, then the
//! ties, then what else the form asks for. The treasurer's, for the preparer.

use std::collections::BTreeSet;

use super::engine::{from_layout, no_statement};
use super::journal::{Names, treasurer_only};
use super::statement::{Cell, Column, ColumnKind, Row, RowKind, Statement};
use super::ties::Tie;
use super::{ReportError, Request};
use crate::books::{Books, BooksError, DocumentFilter, Store};
use crate::calendar::{Date, Window};
use crate::conference::{Document, DocumentKind};
use crate::ledger::{AccountType, PartyKind, PartyNo, Threshold, form_990 as form};

const COLUMNS: usize = 4;

/// Parts I, III, VIII, IX, X and XI, the reconciliation from GAAP, the ties, and what goes beyond a threshold.
///
/// # Errors
/// [`ReportError::TreasurerOnly`], [`ReportError::NoEvents`], [`ReportError::NoStatement`] for a chart without the form's lines, or what the books
/// cannot read.
pub fn form_990<S: Store>(books: &Books<S>, request: &Request) -> Result<Statement, ReportError> {
    treasurer_only("form-990", request)?;
    let setup = books.setup()?;
    if setup.layout("form-990-revenue").is_none() {
        return Err(no_statement(setup, "form-990"));
    }
    if !request.events.is_empty() {
        return Err(ReportError::NoEvents { statement: "form-990".to_owned() });
    }
    let plain = Request { compare: Vec::new(), total: false, ..request.clone() };
    let revenue = from_layout(books, "form-990-revenue", &plain)?;
    let expenses = from_layout(books, "form-990-expenses", &plain)?;
    let balance = from_layout(books, "form-990-balance", &plain)?;
    let mut sheet = Worksheet { rows: Vec::new() };
    let prior = plain.window.previous().map(|window| Request { window, label: None, ..plain.clone() });
    let prior = prior.map(|prior| Summary::read(books, &prior)).transpose()?;
    let summary = Summary::of(&revenue, &expenses);
    sheet.part_i(&prior.unwrap_or_default(), &summary, &balance);
    sheet.programs(books, &plain)?;
    sheet.part(&revenue, "VIII", "Part VIII, revenue: (A) total, (B) related, (C) unrelated, (D) excluded");
    sheet.part(&expenses, "IX", "Part IX, expenses: (A) total, (B) program, (C) management, (D) fundraising");
    sheet.part(&balance, "X", "Part X, balance sheet: (A) beginning, (B) end");
    let figures = Figures::read(books, &plain, &revenue, &expenses, &balance)?;
    sheet.reconciliation(&figures);
    sheet.part_xi(&figures);
    let ties = figures.ties(&summary, &balance);
    sheet.ties(&ties);
    let mut notes = vec![format!(
        "A worksheet after {} for whoever prepares the return, not a return. Amounts in whole {} cents: the form rounds.",
        form().name,
        setup.currency()
    )];
    notes.extend(ties.iter().filter(|tie| tie.differs()).map(|tie| format!("DOES NOT TIE: {}.", tie.what)));
    notes.extend(warnings(books, &plain, &revenue, &expenses, &balance)?);
    Ok(Statement {
        key: "form-990".to_owned(),
        title: "Form 990 worksheet".to_owned(),
        columns: ["a", "b", "c", "d"]
            .map(|key| Column::new(key, format!("({})", key.to_uppercase()), ColumnKind::Money))
            .to_vec(),
        rows: sheet.rows,
        notes,
        period: Some(request.window),
        ..revenue
    })
}

fn cell(statement: &Statement, row: &str, column: &str) -> i128 {
    statement.amount(row, column).unwrap_or(0)
}

/// What Part I sums up of Parts VIII and IX.
#[derive(Clone, Default)]
struct Summary {
    /// Lines 8 to 11.
    revenue: [i128; 4],
    /// Lines 13 to 17.
    expenses: [i128; 5],
    /// Lines 12 and 18, as Parts VIII and IX have them.
    totals: [i128; 2],
}

impl Summary {
    fn of(revenue: &Statement, expenses: &Statement) -> Self {
        let taken = |row: &str| cell(revenue, row, "total");
        let sums = [taken("VIII-1h"), taken("VIII-2g"), taken("VIII-3") + taken("VIII-7")];
        let total = taken("VIII-12");
        let spent = |rows: &[&str]| rows.iter().map(|row| cell(expenses, row, "total")).sum::<i128>();
        let first = [
            spent(&["IX-1", "IX-2", "IX-3"]),
            spent(&["IX-4"]),
            spent(&["IX-5", "IX-6", "IX-7", "IX-8", "IX-9", "IX-10"]),
            spent(&["IX-11e"]),
        ];
        let all = spent(&["IX-25"]);
        Self {
            revenue: [sums[0], sums[1], sums[2], total - sums.iter().sum::<i128>()],
            expenses: [first[0], first[1], first[2], first[3], all - first.iter().sum::<i128>()],
            totals: [total, all],
        }
    }

    /// The same of another period; nothing, when it has no postings.
    fn read<S: Store>(books: &Books<S>, request: &Request) -> Result<Self, ReportError> {
        let read = |key: &str| from_layout(books, key, request);
        let parts = read("form-990-revenue").and_then(|revenue| Ok((revenue, read("form-990-expenses")?)));
        match parts {
            Err(ReportError::NoPostings { .. }) => Ok(Self::default()),
            other => other.map(|(revenue, expenses)| Self::of(&revenue, &expenses)),
        }
    }
}

/// Figures of the parts, and of the books, that the reconciliation and the ties need.
struct Figures {
    books_revenue: i128,
    books_expenses: i128,
    in_kind_revenue: i128,
    in_kind_expenses: i128,
    goods_sold: i128,
    form_revenue: i128,
    form_expenses: i128,
    beginning: i128,
    end: i128,
    adjustments: i128,
    other: i128,
}

/// Whether an account counts, by its type, its line of the form and its code.
type Wanted<'w> = &'w dyn Fn(AccountType, Option<&str>, Option<&str>) -> bool;

impl Figures {
    fn read<S: Store>(
        books: &Books<S>,
        request: &Request,
        revenue: &Statement,
        expenses: &Statement,
        balance: &Statement,
    ) -> Result<Self, ReportError> {
        let setup = books.setup()?;
        let activities = from_layout(books, "activities", request)?;
        let coordinates = books.coordinates()?;
        let sum = |wanted: Wanted<'_>| -> Result<i128, BooksError> {
            let mut sum = 0;
            for (number, balance) in books.balances(request.window)? {
                let Some(at) = coordinates.get(&number).filter(|at| request.takes(at)) else { continue };
                let Some(account) = setup.account_numbered(at.account) else { continue };
                if wanted(account.kind, account.form_990.as_deref(), account.code.as_deref()) {
                    sum -= balance.net();
                }
            }
            Ok(sum)
        };
        let adjustments = sum(&|kind, _, code| kind == AccountType::NetAssets && code == Some("3020"))?;
        Ok(Self {
            books_revenue: cell(&activities, "revenue", "total"),
            books_expenses: cell(&activities, "expenses", "total"),
            in_kind_revenue: sum(&|_, form, _| form == Some("XI-6"))?,
            in_kind_expenses: -cell(expenses, "in-kind", "total"),
            goods_sold: -cell(revenue, "VIII-10b", "total"),
            form_revenue: cell(revenue, "VIII-12", "total"),
            form_expenses: cell(expenses, "IX-25", "total"),
            beginning: cell(balance, "X-32", "beginning"),
            end: cell(balance, "X-32", "end"),
            adjustments,
            other: sum(&|kind, _, _| kind == AccountType::NetAssets)? - adjustments,
        })
    }

    const fn change(&self) -> i128 {
        self.form_revenue - self.form_expenses
    }

    /// What services and facilities given in kind brought beyond what was used of them.
    const fn donated(&self) -> i128 {
        self.in_kind_revenue - self.in_kind_expenses
    }

    fn ties(&self, summary: &Summary, balance: &Statement) -> Vec<Tie> {
        let tie = |what: &str, left, right| Tie { what: what.to_owned(), left, right };
        vec![
            tie("Part I line 12 is Part VIII line 12", summary.revenue.iter().sum(), self.form_revenue),
            tie("Part I line 18 is Part IX line 25", summary.expenses.iter().sum(), self.form_expenses),
            tie(
                "Part VIII line 12 is the books' revenue, reconciled",
                self.form_revenue,
                self.books_revenue - self.in_kind_revenue - self.goods_sold,
            ),
            tie(
                "Part IX line 25 is the books' expenses, reconciled",
                self.form_expenses,
                self.books_expenses - self.in_kind_expenses - self.goods_sold,
            ),
            tie(
                "Part X line 16 is line 33, beginning",
                cell(balance, "X-16", "beginning"),
                cell(balance, "X-33", "beginning"),
            ),
            tie("Part X line 16 is line 33, end", cell(balance, "X-16", "end"), cell(balance, "X-33", "end")),
            tie(
                "Part XI line 4 is Part X line 32, beginning",
                self.beginning,
                cell(balance, "X-16", "beginning") - cell(balance, "X-26", "beginning"),
            ),
            tie(
                "Part XI line 10 is Part X line 32, end",
                self.beginning + self.change() + self.donated() + self.adjustments + self.other,
                self.end,
            ),
        ]
    }
}

struct Worksheet {
    rows: Vec<Row>,
}

impl Worksheet {
    fn heading(&mut self, key: &str, label: &str) {
        self.rows.push(Row::plain(key, label, 0, RowKind::Heading, vec![Cell::Empty; COLUMNS]));
    }

    fn line(&mut self, key: &str, label: &str, kind: RowKind, amounts: &[i128]) {
        let mut cells: Vec<Cell> = amounts.iter().map(|minor| Cell::Money(*minor)).collect();
        cells.resize(COLUMNS, Cell::Empty);
        let level = u8::from(kind == RowKind::Line);
        self.rows.push(Row::plain(key, label, level, kind, cells));
    }

    /// Part I: what the other parts come to, beside the year before.
    fn part_i(&mut self, prior: &Summary, now: &Summary, balance: &Statement) {
        self.heading("I", "Part I: (A) the period before or the beginning, (B) this period or the end");
        let both = |f: &dyn Fn(&Summary) -> i128| [f(prior), f(now)];
        let revenue =
            ["8 Contributions and grants", "9 Program service revenue", "10 Investment income", "11 Other revenue"];
        let expenses = [
            "13 Grants and similar amounts paid",
            "14 Benefits paid to or for members",
            "15 Salaries, other compensation, employee benefits",
            "16a Professional fundraising fees",
            "17 Other expenses",
        ];
        let number = |label: &str| label.split(' ').next().unwrap_or_default().to_owned();
        for (i, label) in revenue.iter().enumerate() {
            self.line(&format!("I-{}", number(label)), label, RowKind::Line, &both(&|s| s.revenue[i]));
        }
        self.line("I-12", "12 Total revenue", RowKind::Total, &both(&|s| s.revenue.iter().sum()));
        for (i, label) in expenses.iter().enumerate() {
            let amounts = both(&|s| s.expenses[i]);
            if amounts != [0, 0] {
                self.line(&format!("I-{}", number(label)), label, RowKind::Line, &amounts);
            }
        }
        self.line("I-18", "18 Total expenses", RowKind::Total, &both(&|s| s.expenses.iter().sum()));
        self.line("I-19", "19 Revenue less expenses", RowKind::Line, &both(&|s| s.totals[0] - s.totals[1]));
        let ends = |row: &str| [cell(balance, row, "beginning"), cell(balance, row, "end")];
        self.line("I-20", "20 Total assets", RowKind::Line, &ends("X-16"));
        self.line("I-21", "21 Total liabilities", RowKind::Line, &ends("X-26"));
        self.line("I-22", "22 Net assets", RowKind::Line, &ends("X-32"));
    }

    /// A part as the chart lays it out, its columns from the left.
    fn part(&mut self, statement: &Statement, key: &str, label: &str) {
        self.heading(key, label);
        let mut rows = statement.rows.clone();
        letter(&mut rows, "VIII-2:", &["2a", "2b", "2c", "2d", "2e"], "2f");
        letter(&mut rows, "VIII-11", &["11a", "11b", "11c"], "11d");
        letter(&mut rows, "IX-24:", &["24a", "24b", "24c", "24d"], "24e");
        for mut row in rows {
            row.cells.resize(COLUMNS, Cell::Empty);
            row.behind.clear();
            self.rows.push(row);
        }
    }

    /// Part III, lines 4a to 4c: the three largest programs by expenses, of which grants, and their revenue.
    fn programs<S: Store>(&mut self, books: &Books<S>, request: &Request) -> Result<(), ReportError> {
        let setup = books.setup()?;
        let mut programs = Vec::new();
        for event in setup.events() {
            let only = Request { events: vec![event.code], ..request.clone() };
            let expenses = match from_layout(books, "form-990-expenses", &only) {
                Err(ReportError::NoPostings { .. }) => continue,
                other => other?,
            };
            let revenue = from_layout(books, "form-990-revenue", &only)?;
            let spent = cell(&expenses, "IX-25", "program");
            let grants = ["IX-1", "IX-2", "IX-3"].iter().map(|row| cell(&expenses, row, "program")).sum::<i128>();
            if spent != 0 {
                programs.push((spent, grants, cell(&revenue, "VIII-2g", "total"), event.code, event.name.clone()));
            }
        }
        programs.sort_by(|a, b| b.0.cmp(&a.0).then(a.3.cmp(&b.3)));
        if programs.is_empty() {
            return Ok(());
        }
        self.heading("III", "Part III, three largest: (A) expenses, (B) of which grants, (C) revenue");
        for (letter, (spent, grants, revenue, code, name)) in ['a', 'b', 'c'].iter().zip(programs) {
            self.line(
                &format!("III-4{letter}:{code}"),
                &format!("4{letter} {name}"),
                RowKind::Line,
                &[spent, grants, revenue],
            );
        }
        Ok(())
    }

    /// In the shape of Schedule D, Parts XI and XII.
    fn reconciliation(&mut self, f: &Figures) {
        self.heading("reconciliation", "From the books to the form: (A) revenue, (B) expenses");
        self.line(
            "books",
            "As the statement of activities has it",
            RowKind::Line,
            &[f.books_revenue, f.books_expenses],
        );
        self.line(
            "less-in-kind",
            "Less donated services and facilities",
            RowKind::Line,
            &[-f.in_kind_revenue, -f.in_kind_expenses],
        );
        self.line("less-goods-sold", "Less cost of goods sold", RowKind::Line, &[-f.goods_sold, -f.goods_sold]);
        self.line("form", "As the form has it", RowKind::Total, &[f.form_revenue, f.form_expenses]);
    }

    fn part_xi(&mut self, f: &Figures) {
        self.heading("XI", "Part XI, reconciliation of net assets");
        let lines = [
            ("XI-1", "1 Total revenue", f.form_revenue, true),
            ("XI-2", "2 Total expenses", f.form_expenses, true),
            ("XI-3", "3 Revenue less expenses", f.change(), true),
            ("XI-4", "4 Net assets, beginning", f.beginning, true),
            ("XI-6", "6 Donated services and use of facilities", f.donated(), false),
            ("XI-8", "8 Prior period adjustments", f.adjustments, false),
            ("XI-9", "9 Other changes, balances taken over", f.other, false),
        ];
        for (key, label, minor, always) in lines {
            if always || minor != 0 {
                self.line(key, label, RowKind::Line, &[minor]);
            }
        }
        let end = f.beginning + f.change() + f.donated() + f.adjustments + f.other;
        self.line("XI-10", "10 Net assets, end", RowKind::Total, &[end]);
    }

    fn ties(&mut self, ties: &[Tie]) {
        self.heading("ties", "Ties: (A) is (B); (C) what is between them");
        for (i, tie) in ties.iter().enumerate() {
            let amounts = [tie.left, tie.right, tie.left - tie.right];
            self.line(&format!("tie-{}", i + 1), &tie.what, RowKind::Line, &amounts);
        }
    }
}

/// Gives the lines that the filer names their letters, the largest first; those that have no letter are one line.
fn letter(rows: &mut Vec<Row>, key: &str, letters: &[&str], rest: &str) {
    let Some(start) = rows.iter().position(|row| row.key.starts_with(key)) else { return };
    let mut named: Vec<Row> = Vec::new();
    while start < rows.len() && rows[start].key.starts_with(key) {
        named.push(rows.remove(start));
    }
    let amount = |row: &Row| if let Some(Cell::Money(minor)) = row.cells.first() { minor.abs() } else { 0 };
    named.sort_by_key(|row| std::cmp::Reverse(amount(row)));
    let mut others: Option<Row> = None;
    for (i, mut row) in named.into_iter().enumerate().rev() {
        let name = row.label.split_once(' ').map_or(row.label.clone(), |(_, name)| name.to_owned());
        match (letters.get(i), &mut others) {
            (Some(letter), _) => {
                row.label = format!("{letter} {name}");
                rows.insert(start, row);
            }
            (None, Some(sum)) => {
                for (cell, more) in sum.cells.iter_mut().zip(&row.cells) {
                    if let (Cell::Money(minor), Cell::Money(more)) = (cell, more) {
                        *minor += more;
                    }
                }
            }
            (None, None) => {
                row.label = format!("{rest} All other");
                others = Some(row);
            }
        }
    }
    if let Some(row) = others {
        let end = start + letters.len();
        rows.insert(end.min(rows.len()), row);
    }
}

/// What goes beyond a threshold that is in force at the end of the period.
fn warnings<S: Store>(
    books: &Books<S>,
    request: &Request,
    revenue: &Statement,
    expenses: &Statement,
    balance: &Statement,
) -> Result<Vec<String>, ReportError> {
    let currency = books.setup()?.currency();
    let end = if request.window.to() == Date::MAX {
        books.span()?.map_or(request.window.to(), |(_, last, _)| last.last_day())
    } else {
        request.window.to()
    };
    let scale = 10_i128.pow(u32::from(currency.exponent()));
    let mut notes = Vec::new();
    let amount_of = |threshold: &Threshold| i128::from(threshold.amount) * scale;
    let shown = |minor: i128| format!("{} {currency}", currency.format_grouped(minor));
    let mut over = |key: &str, minor: i128, at_least: bool| {
        if let Some(threshold) = form().threshold(key, end)
            && (minor > amount_of(threshold) || at_least && minor == amount_of(threshold))
        {
            let (text, source) = (&threshold.text, &threshold.source);
            let limit = shown(amount_of(threshold));
            let than = if at_least { "not below" } else { "more than" };
            notes.push(format!("{text}: {} is {than} {limit} ({source}).", shown(minor)));
        }
    };
    let line = |row: &str| cell(expenses, row, "total");
    over("schedule-i-organizations", line("IX-1"), false);
    over("schedule-i-individuals", line("IX-2"), false);
    over("schedule-f", line("IX-3"), false);
    over("schedule-m", cell(revenue, "VIII-1g", "total"), false);
    // Gross receipts: before the cost of goods sold and the direct expenses of fundraising events.
    let less = cell(revenue, "VIII-10b", "total") + cell(revenue, "VIII-8b", "total");
    let gross = cell(revenue, "VIII-12", "total") - less;
    over("full-form-receipts", gross, true);
    over("full-form-assets", cell(balance, "X-16", "end"), true);
    over("form-990-t", cell(revenue, "VIII-12", "c"), true);
    if form().threshold("full-form-receipts", end).is_some_and(|t| gross < amount_of(t)) {
        over("postcard-receipts", gross, false);
    }
    if let Some(share) = form().threshold("schedule-o-share", end) {
        let total = line("IX-25");
        let mut rows = expenses.rows.clone();
        letter(&mut rows, "IX-24:", &["24a", "24b", "24c", "24d"], "24e");
        for number in ["11g", "24e"] {
            let row = rows.iter().find(|row| row.label.split(' ').next() == Some(number));
            let other = row.map_or(0, |row| if let Some(Cell::Money(minor)) = row.cells.first() { *minor } else { 0 });
            if other * 100 > total * i128::from(share.amount) {
                let (text, source) = (&share.text, &share.source);
                let (amount, limit) = (shown(other), share.amount);
                notes.push(format!("{text}: line {number} is {amount}, over {limit} % of line 25 ({source})."));
            }
        }
    }
    notes.extend(people(books, request, end)?);
    Ok(notes)
}

/// Payments to contractors, and letters to donors and sponsors.
fn people<S: Store>(books: &Books<S>, request: &Request, end: Date) -> Result<Vec<String>, ReportError> {
    let currency = books.setup()?.currency();
    let scale = 10_i64.pow(u32::from(currency.exponent()));
    let mut notes = Vec::new();
    let calendar_year = i32::try_from(end.year()).unwrap_or_default();
    let year = Date::from_ymd(calendar_year, 1, 1).zip(Date::from_ymd(calendar_year, 12, 31));
    if let Some((from, to)) = year
        && let Some(threshold) = form().threshold("contractor-report", to)
    {
        let year = Window::new(from, to).map_err(BooksError::from)?;
        let mut vendors: BTreeSet<PartyNo> = BTreeSet::new();
        books.documents(DocumentFilter::Kind(DocumentKind::Bill), &mut |document| {
            vendors.insert(document.party());
            Ok(())
        })?;
        let listed_from = form().threshold("contractor-listed", to);
        let mut names = Names::default();
        let (mut reported, mut listed) = (Vec::new(), Vec::new());
        for vendor in vendors {
            let paid = paid_to(books, vendor, year)?;
            let over = |threshold: &Threshold| i128::from(threshold.amount) * i128::from(scale);
            let person = books.party(vendor)?.party.kind == PartyKind::Person && paid >= over(threshold);
            let large = listed_from.is_some_and(|threshold| paid > over(threshold));
            if !person && !large {
                continue;
            }
            let name = format!("{} {}", names.party(books, vendor)?, currency.format_grouped(paid));
            if person {
                reported.push(name.clone());
            }
            if large {
                listed.push(name);
            }
        }
        for (threshold, people, of) in [(Some(threshold), reported, "persons"), (listed_from, listed, "vendors")] {
            if let Some(threshold) = threshold.filter(|_| !people.is_empty()) {
                let (text, source, count) = (&threshold.text, &threshold.source, people.len());
                let (shown, more) =
                    (people.iter().take(5).cloned().collect::<Vec<_>>().join("; "), count.saturating_sub(5));
                let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                notes.push(format!("{text}: {count} {of} in {}: {shown}{more} ({source}).", end.year()));
            }
        }
    }
    let minor = |key: &str| form().threshold(key, end).map(|t| (t.amount.saturating_mul(scale), t));
    let (mut letters, mut disclosures) = (0_usize, 0_usize);
    let mut count = |gift: i64, exchange: i64| {
        letters += usize::from(minor("donor-letter").is_some_and(|(least, _)| gift >= least));
        let partly = gift > 0 && exchange > 0;
        disclosures += usize::from(partly && minor("quid-pro-quo").is_some_and(|(most, _)| gift + exchange > most));
    };
    books.documents(DocumentFilter::Kind(DocumentKind::Gift), &mut |document| {
        if let Document::Gift(gift) = document
            && request.window.contains(gift.paid.date)
        {
            count(gift.paid.amount, 0);
        }
        Ok(())
    })?;
    books.documents(DocumentFilter::Kind(DocumentKind::Sponsorship), &mut |document| {
        if let Document::Sponsorship(s) = document
            && request.window.contains(s.date)
            && !s.cancelled
            && !s.conditional
        {
            count(s.gift, s.exchange);
        }
        Ok(())
    })?;
    for (key, number, who, beyond) in [
        ("donor-letter", letters, "Recorded gifts and sponsorships of", " or more"),
        ("quid-pro-quo", disclosures, "Sponsorships that are partly gifts, over", ""),
    ] {
        if let Some((least, threshold)) = minor(key).filter(|_| number > 0) {
            let limit = currency.format_grouped(i128::from(least));
            let (text, source) = (&threshold.text, &threshold.source);
            notes.push(format!("{who} {limit}{beyond}, letters due: {number}: {text} ({source})."));
        }
    }
    Ok(notes)
}

/// What was paid to a party within a window, minor units.
fn paid_to<S: Store>(books: &Books<S>, party: PartyNo, window: Window) -> Result<i128, BooksError> {
    let setup = books.setup()?;
    let mut paid = 0;
    for number in books.store().entries_of_party(party)? {
        let entry = books.entry(number)?;
        if !window.contains(entry.date) {
            continue;
        }
        for posting in entry.postings.iter().filter(|p| p.party == Some(party)) {
            let account = setup.account_numbered(posting.at.account);
            if account.is_some_and(|account| account.line.as_deref() == Some("cash")) {
                paid -= i128::from(posting.amount.minor());
            }
        }
    }
    Ok(paid)
}
