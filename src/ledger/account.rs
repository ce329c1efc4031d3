//! Accounts: what a posting is booked to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AccountNo, LedgerError, Slug};

/// The five kinds of account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountType {
    /// What the organisation has or is owed.
    Asset,
    /// What it owes.
    Liability,
    /// What it was worth at the start: net assets (nonprofit), funds (charity), equity (commercial).
    NetAssets,
    /// What it earned or was given.
    Revenue,
    /// What it used up.
    Expense,
}

impl AccountType {
    /// All types in the order of a balance sheet and then an income statement.
    pub const ALL: [Self; 5] = [Self::Asset, Self::Liability, Self::NetAssets, Self::Revenue, Self::Expense];

    /// The word used in charts, input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Liability => "liability",
            Self::NetAssets => "net-assets",
            Self::Revenue => "revenue",
            Self::Expense => "expense",
        }
    }

    /// Whether its balances add up to net assets: net assets brought forward, revenue and expenses.
    #[must_use]
    pub const fn is_net_assets(self) -> bool {
        matches!(self, Self::NetAssets | Self::Revenue | Self::Expense)
    }

    /// The type that an account tree with this first part usually has: `Income` and `Revenues` are revenue, `Equity`
    /// and `Net assets` are net assets, and so on. `None` for a root that could be anything.
    #[must_use]
    pub fn of_root(root: &str) -> Option<Self> {
        match root.trim().to_lowercase().as_str() {
            "asset" | "assets" => Some(Self::Asset),
            "liability" | "liabilities" => Some(Self::Liability),
            "equity" | "net assets" | "net-assets" | "funds" | "capital" => Some(Self::NetAssets),
            "income" | "incomes" | "revenue" | "revenues" => Some(Self::Revenue),
            "expense" | "expenses" => Some(Self::Expense),
            _ => None,
        }
    }
}

impl FromStr for AccountType {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|t| t.word() == wanted).ok_or_else(|| LedgerError::BadWord {
            what: "an account type",
            value: text.to_owned(),
            expected: "asset, liability, net-assets, revenue, expense",
        })
    }
}

impl fmt::Display for AccountType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What an expense was for (ASC 958-720-45): the second axis of a nonprofit's expenses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// Carrying out the mission: the conferences themselves.
    Program,
    /// Running the organisation.
    Management,
    /// Asking for contributions.
    Fundraising,
}

impl Function {
    /// All functions, in the order statements print them.
    pub const ALL: [Self; 3] = [Self::Program, Self::Management, Self::Fundraising];

    /// The word used in charts, input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Management => "management",
            Self::Fundraising => "fundraising",
        }
    }
}

impl FromStr for Function {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|f| f.word() == wanted).ok_or_else(|| LedgerError::BadWord {
            what: "a function",
            value: text.to_owned(),
            expected: "program, management, fundraising",
        })
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Full name of an account: parts from general to particular, separated by `:`.
///
/// A name is refused when hledger, ledger or beancount, which read our exports, would take it for something else.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

impl AccountName {
    /// The full name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts, from general to particular.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split(':')
    }

    /// The first part.
    #[must_use]
    pub fn root(&self) -> &str {
        self.parts().next().unwrap_or_default()
    }

    /// Whether this account is `other` or lies below it.
    #[must_use]
    pub fn is_within(&self, other: &str) -> bool {
        self.0.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

impl FromStr for AccountName {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let bad = |reason| Err(LedgerError::BadAccountName { value: text.to_owned(), reason });
        let name = text.trim();
        if name.is_empty() || name.split(':').any(str::is_empty) {
            return bad("every part between colons needs at least one character");
        }
        if name.split(':').any(|part| part.trim() != part) {
            return bad("a part begins or ends with a space");
        }
        if name.chars().any(char::is_control) || name.contains("  ") {
            return bad("it holds a control character or two spaces in a row");
        }
        if let Some(c) = name.chars().find(|c| matches!(c, ';' | '=' | '"' | '#')) {
            return bad(match c {
                ';' => "`;` begins a comment or an option",
                '=' => "`=` separates an account from its amount",
                '#' => "`#` marks a number",
                _ => "it holds a quotation mark",
            });
        }
        if name.split(':').any(|part| part.starts_with(['(', '[', '*', '!', '~', '@', '<', '\u{2212}', '-'])) {
            return bad("a part begins with a sign that journals give a meaning of their own");
        }
        if name.chars().count() > 200 {
            return bad("it is longer than 200 characters");
        }
        Ok(Self(name.to_owned()))
    }
}

impl TryFrom<String> for AccountName {
    type Error = LedgerError;

    fn try_from(text: String) -> Result<Self, LedgerError> {
        text.parse()
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An account of the books, with everything statements need to know about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its number; what postings store. Never changes.
    pub number: AccountNo,
    /// Its full name. Never changes.
    pub name: AccountName,
    /// Its type. Never changes.
    #[serde(rename = "type")]
    pub kind: AccountType,
    /// Short code of the chart, such as `4010`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Key of the statement line it is shown in; `None` falls under the section's catch-all line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Function an expense has unless the posting says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Line of the direct cash-flow statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_flow: Option<Slug>,
    /// Line of Form 990, such as `VIII-2` or `IX-19`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_990: Option<String>,
    /// Key of the statement line its amounts merge into when its own line is too small to be published; `None` means
    /// the merge target of its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
    /// Whether it takes postings.
    #[serde(default)]
    pub closed: bool,
}

impl Account {
    /// The function of a posting to this account: what was given, else what an expense account has.
    #[must_use]
    pub fn function_for(&self, given: Option<Function>) -> Option<Function> {
        given.or(if self.kind == AccountType::Expense { self.function } else { None })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn roots_tell_the_type() {
        for (root, kind) in [
            ("Assets", Some(AccountType::Asset)),
            ("income", Some(AccountType::Revenue)),
            ("Revenues", Some(AccountType::Revenue)),
            ("EQUITY", Some(AccountType::NetAssets)),
            ("Net assets", Some(AccountType::NetAssets)),
            ("Expenses", Some(AccountType::Expense)),
            ("Liabilities", Some(AccountType::Liability)),
            ("Projects", None),
        ] {
            assert_eq!(AccountType::of_root(root), kind, "{root}");
        }
    }

    #[test]
    fn names_are_readable_everywhere_or_refused() {
        for name in ["Assets", "Assets:Wells Fargo:Checking", "Expenses:T-Shirts", "Aktiva:Kassé", "A:401(k)"] {
            assert_eq!(name.parse::<AccountName>().unwrap().as_str(), name);
        }
        for name in ["", "Assets:", ":Cash", "A::B", "A: B", "A  B", "A;B", "A=B", "A:(B)", "A:[B]", "A\tB", "*A"] {
            assert!(name.parse::<AccountName>().is_err(), "{name}");
        }
        let name: AccountName = "Assets:Cash:Till".parse().unwrap();
        assert!(name.is_within("Assets:Cash") && name.is_within("Assets:Cash:Till"));
        assert!(!name.is_within("Assets:Cas"));
    }
}
