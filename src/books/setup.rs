//! What a set of books is set up with: the fold of its setup facts, kept nowhere else.

use std::collections::{BTreeMap, HashMap};

use super::BooksError;
use super::store::StoredFact;
use crate::calendar::{Date, FiscalYearStart};
use crate::conference::{Conference, Event, Fact, KeptText};
use crate::ledger::{
    Account, AccountNo, CashFlowLine, Chart, Fund, GENERAL_FUND, Layout, LedgerError, LineDefinition, PartyNo,
    Retention, Slug, common, nearest, shipped_chart,
};
use crate::money::Currency;

/// Organisation, chart, accounts, funds, events and lock, as of the last fact.
#[derive(Clone, Debug)]
pub struct Setup {
    entity: String,
    currency: Currency,
    fiscal_year_start: FiscalYearStart,
    chart: Option<Chart>,
    accounts: Vec<Account>,
    by_name: HashMap<String, AccountNo>,
    by_code: HashMap<String, AccountNo>,
    funds: Vec<Fund>,
    conference: Conference,
    locked_through: Option<Date>,
    forgotten: BTreeMap<PartyNo, Vec<KeptText>>,
    retention: Option<Retention>,
}

impl Setup {
    /// Folds facts into a setup; `None` when there are none.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when the first is not the opening of a book or one cannot be read.
    pub(super) fn fold(facts: &[StoredFact]) -> Result<Option<Self>, BooksError> {
        let damaged = |fact: &StoredFact, error: BooksError| match error {
            error @ BooksError::Damaged { .. } => error,
            error => BooksError::Damaged { what: format!("fact {}: {error}", fact.number) },
        };
        let Some((first, rest)) = facts.split_first() else { return Ok(None) };
        let mut setup = read_fact(first).and_then(|fact| Self::begin(&fact)).map_err(|error| damaged(first, error))?;
        for fact in rest {
            read_fact(fact).and_then(|content| setup.apply(&content)).map_err(|error| damaged(fact, error))?;
        }
        Ok(Some(setup))
    }

    /// The setup after the first fact of a book.
    pub(super) fn begin(fact: &Fact) -> Result<Self, BooksError> {
        let Fact::Book(book) = fact else {
            return Err(BooksError::Damaged { what: "the first fact is not the opening of the books".to_owned() });
        };
        Ok(Self {
            entity: book.name.clone(),
            currency: Currency::from_code(&book.currency)?,
            fiscal_year_start: FiscalYearStart::new(book.fiscal_year_start)?,
            chart: None,
            accounts: Vec::new(),
            by_name: HashMap::new(),
            by_code: HashMap::new(),
            funds: vec![Fund::general()],
            conference: Conference::default(),
            locked_through: None,
            forgotten: BTreeMap::new(),
            retention: None,
        })
    }

    /// Takes one more fact in; facts that set nothing up change nothing.
    pub(super) fn apply(&mut self, fact: &Fact) -> Result<(), BooksError> {
        match fact {
            Fact::Chart(chart) => self.chart = Some(chart.clone()),
            Fact::Account(account) => self.apply_account(account)?,
            Fact::Fund(fund) => replace_or_push(&mut self.funds, fund, |f| f.code == fund.code),
            Fact::Lock(lock) => self.locked_through = Some(lock.through),
            Fact::Forgotten(forgotten) => {
                self.forgotten.insert(forgotten.party, forgotten.kept.clone());
            }
            Fact::Retention(retention) => self.retention = Some(retention.clone()),
            other => self.conference.take_in(other),
        }
        Ok(())
    }

    fn apply_account(&mut self, account: &Account) -> Result<(), BooksError> {
        let index = usize::try_from(account.number.0 - 1).unwrap_or(usize::MAX);
        let opened = self.accounts.len();
        match self.accounts.get_mut(index) {
            Some(known) => {
                if let Some(code) = &known.code {
                    self.by_code.remove(code);
                }
                known.clone_from(account);
            }
            None if index == opened => self.accounts.push(account.clone()),
            None => {
                return Err(BooksError::Damaged { what: format!("account number {} leaves a gap", account.number) });
            }
        }
        self.by_name.insert(account.name.as_str().to_owned(), account.number);
        if let Some(code) = &account.code {
            self.by_code.insert(code.clone(), account.number);
        }
        Ok(())
    }

    /// Name of the organisation.
    #[must_use]
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// Currency of the books.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// When fiscal years start.
    #[must_use]
    pub const fn fiscal_year_start(&self) -> FiscalYearStart {
        self.fiscal_year_start
    }

    /// The chart whose lines and statements are in use.
    ///
    /// # Errors
    /// [`BooksError::Damaged`] when none was ever adopted.
    pub fn chart(&self) -> Result<&Chart, BooksError> {
        self.chart.as_ref().ok_or_else(|| BooksError::Damaged { what: "no chart was adopted".to_owned() })
    }

    /// All statements that are laid out: those of the chart in use; of the built-in chart of the same name, which may
    /// have got more since these books began; and those that all charts have in common. The first of a key counts.
    #[must_use]
    pub fn layouts(&self) -> Vec<Layout> {
        let mut layouts: Vec<Layout> = Vec::new();
        for layout in self.all_layouts() {
            if !layouts.iter().any(|known| known.key == layout.key) {
                layouts.push(layout.clone());
            }
        }
        layouts
    }

    fn all_layouts(&self) -> impl Iterator<Item = &Layout> {
        let own = self.chart.iter().flat_map(|chart| &chart.statements);
        let shipped = self.chart.iter().filter_map(|chart| shipped_chart(&chart.name)).flat_map(|c| &c.statements);
        own.chain(shipped).chain(&common().statements)
    }

    /// The statement with this key, as [`Setup::layouts`] has it.
    #[must_use]
    pub fn layout(&self, key: &str) -> Option<Layout> {
        self.all_layouts().find(|layout| layout.key == key).cloned()
    }

    /// What the chart calls a heading, row or column of a statement that all charts have in common. Books that were
    /// begun before their chart had words of its own use those of the chart that comes with the program.
    #[must_use]
    pub fn word(&self, usual: &str) -> Option<&str> {
        let chart = self.chart.as_ref()?;
        let own = chart.words.get(usual);
        own.or_else(|| shipped_chart(&chart.name)?.words.get(usual)).map(String::as_str)
    }

    /// A line of the direct cash-flow statement, and its place among them.
    #[must_use]
    pub fn cash_flow(&self, key: Slug) -> Option<(usize, &CashFlowLine)> {
        let own = self.chart.as_ref().map_or(&[][..], |chart| &chart.cash_flows);
        let usual = &common().cash_flows;
        let place = usual.iter().position(|line| line.key == key).unwrap_or(usual.len());
        let line = own.iter().chain(usual).find(|line| line.key == key)?;
        Some((place, line))
    }

    /// Parties that were forgotten, each with the texts of it that are kept for now.
    #[must_use]
    pub const fn forgotten(&self) -> &BTreeMap<PartyNo, Vec<KeptText>> {
        &self.forgotten
    }

    /// How long vouchers are kept: what was set, else what is usual under the chart.
    #[must_use]
    pub fn retention(&self) -> Retention {
        let chart = self.chart.as_ref().map_or("", |chart| chart.name.as_str());
        self.retention.clone().unwrap_or_else(|| Retention::usual(chart))
    }

    /// The last locked day.
    #[must_use]
    pub const fn locked_through(&self) -> Option<Date> {
        self.locked_through
    }

    /// All accounts, by number.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// All funds; the general fund is the first.
    #[must_use]
    pub fn funds(&self) -> &[Fund] {
        &self.funds
    }

    /// All events, in the order of announcement.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.conference.events()
    }

    /// Events, tickets, packages, tax codes.
    #[must_use]
    pub const fn conference(&self) -> &Conference {
        &self.conference
    }

    /// The account with exactly this code.
    #[must_use]
    pub fn account_with_code(&self, code: &str) -> Option<AccountNo> {
        self.by_code.get(code).copied()
    }

    /// The account with this number.
    #[must_use]
    pub fn account_numbered(&self, number: AccountNo) -> Option<&Account> {
        usize::try_from(number.0 - 1).ok().and_then(|index| self.accounts.get(index))
    }

    /// The account with exactly this full name.
    #[must_use]
    pub fn account_named(&self, name: &str) -> Option<&Account> {
        self.by_name.get(name).and_then(|number| self.account_numbered(*number))
    }

    /// The account with this full name or code, if there is one.
    #[must_use]
    pub fn find_account(&self, name_or_code: &str) -> Option<&Account> {
        let wanted = name_or_code.trim();
        let number = self.by_name.get(wanted).or_else(|| self.by_code.get(wanted))?;
        self.account_numbered(*number)
    }

    /// The account with this full name or code.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] with the nearest name.
    pub fn account(&self, name_or_code: &str) -> Result<&Account, BooksError> {
        let wanted = name_or_code.trim();
        self.find_account(wanted).ok_or_else(|| BooksError::Unknown {
            what: "account",
            value: wanted.to_owned(),
            suggestion: nearest(wanted, self.accounts.iter().map(|a| a.name.as_str())).map(str::to_owned),
        })
    }

    /// The fund with this code; empty is the general fund.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] with the nearest code.
    pub fn fund(&self, code: &str) -> Result<&Fund, BooksError> {
        let wanted = if code.trim().is_empty() { GENERAL_FUND.as_str() } else { code.trim() };
        let found = self.funds.iter().find(|fund| fund.code.as_str().eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| unknown("fund", wanted, self.funds.iter().map(|f| f.code.as_str())))
    }

    /// The event with this code.
    ///
    /// # Errors
    /// [`BooksError::Unknown`] with the nearest code.
    pub fn event(&self, code: &str) -> Result<&Event, BooksError> {
        let wanted = code.trim();
        let found = self.events().iter().find(|event| event.code.as_str().eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| unknown("event", wanted, self.events().iter().map(|e| e.code.as_str())))
    }

    /// Whether a donor restricts the fund.
    #[must_use]
    pub fn is_restricted(&self, fund: Slug) -> bool {
        self.funds.iter().any(|f| f.code == fund && f.restriction.by_donor())
    }

    /// The statement line an account is shown in: its own, else the catch-all of its section (`other-revenue`, …).
    ///
    /// # Errors
    /// [`BooksError::Ledger`] when the chart has neither.
    pub fn line_of(&self, account: &Account) -> Result<&LineDefinition, BooksError> {
        let chart = self.chart()?;
        let catch_all = format!("other-{}", account.kind.word());
        let key = account.line.as_deref().unwrap_or(&catch_all);
        chart.line_for(key, account.kind).map_err(BooksError::Ledger)
    }
}

fn unknown<'a>(what: &'static str, value: &str, known: impl Iterator<Item = &'a str>) -> BooksError {
    BooksError::Unknown { what, value: value.to_owned(), suggestion: nearest(value, known).map(str::to_owned) }
}

fn replace_or_push<T: Clone>(list: &mut Vec<T>, item: &T, same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|known| same(known)) {
        Some(known) => known.clone_from(item),
        None => list.push(item.clone()),
    }
}

/// Reads a kept fact's body.
///
/// # Errors
/// [`BooksError::Damaged`] when it is not canonical JSON of a fact, or not of the kind it is filed under.
pub(super) fn read_fact(stored: &StoredFact) -> Result<Fact, BooksError> {
    let damaged = |what: String| BooksError::Damaged { what: format!("fact {}: {what}", stored.number) };
    let fact: Fact = serde_json::from_str(&stored.body).map_err(|error| damaged(error.to_string()))?;
    if fact.kind() != stored.kind {
        return Err(damaged(format!("filed as `{}`, holds `{}`", stored.kind, fact.kind())));
    }
    Ok(fact)
}

impl Setup {
    /// Checks that a statement line can hold accounts of a type.
    ///
    /// # Errors
    /// [`LedgerError::ChartContradiction`] that names the nearest line.
    pub(super) fn check_line(&self, account: &Account) -> Result<(), BooksError> {
        let chart = self.chart()?;
        for key in account.line.iter().chain(&account.merge) {
            chart.line_for(key, account.kind).map_err(|error: LedgerError| BooksError::Ledger(error))?;
        }
        Ok(())
    }
}
