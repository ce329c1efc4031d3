//! What can be wrong with an account, a fund, a chart or an entry.

use thiserror::Error;

use super::{GroupBy, Slug};
use crate::money::{Currency, Money, MoneyError};

/// A refusal by the rules of double entry. The message says what is wrong, where, and with which value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// A code with characters or a length it cannot have.
    #[error("`{value}` is not a code: expected 1 to 31 of a-z, 0-9, `-` and `.`, beginning with a letter or digit")]
    BadCode {
        /// The text as given.
        value: String,
    },
    /// An account name that other tools, or a reader, would misread.
    #[error("`{value}` is not an account name: {reason}")]
    BadAccountName {
        /// The text as given.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A word that is not one of a fixed list.
    #[error("`{value}` is not {what}: expected one of {expected}")]
    BadWord {
        /// What the word should have been, with its article.
        what: &'static str,
        /// The text as given.
        value: String,
        /// The words there are.
        expected: &'static str,
    },
    /// Not an exchange rate.
    #[error("`{value}` is not a rate: expected a positive decimal number of at most 28 digits")]
    BadRate {
        /// The text as given.
        value: String,
    },
    /// An account code that could be taken for something else.
    #[error("`{value}` is not an account code: expected letters, digits, `.`, `-` or `/`, without spaces")]
    BadAccountCode {
        /// The text as given.
        value: String,
    },
    /// An entry needs two sides.
    #[error("an entry needs at least two postings, this one has {found}")]
    TooFewPostings {
        /// How many there are.
        found: usize,
    },
    /// Debits and credits differ.
    #[error("the entry does not balance: debits {debits}, credits {credits}, off by {residual} {currency}")]
    Unbalanced {
        /// Sum of the positive postings.
        debits: Money,
        /// Sum of the negative postings, shown positive.
        credits: Money,
        /// Debits less credits.
        residual: Money,
        /// The currency.
        currency: Currency,
    },
    /// The whole balances, but one fund's part does not.
    #[error("the entry does not balance in fund `{fund}`: off by {residual} {currency}")]
    UnbalancedFund {
        /// The fund.
        fund: Slug,
        /// Debits less credits within the fund.
        residual: Money,
        /// The currency.
        currency: Currency,
    },
    /// A posting in another currency than the first.
    #[error(
        "posting {line} is in {found}, the entry is in {expected}; put the foreign amount beside it as the original"
    )]
    MixedCurrencies {
        /// Line of the posting, from 1.
        line: usize,
        /// Currency of the entry.
        expected: Currency,
        /// Currency of the posting.
        found: Currency,
    },
    /// A foreign amount that cannot be what the posting was.
    #[error("posting {line}: the original amount {original} {foreign} does not go with {amount} {currency}: {problem}")]
    BadOriginal {
        /// Line of the posting, from 1.
        line: usize,
        /// The foreign amount.
        original: Money,
        /// Its currency.
        foreign: Currency,
        /// The posting's amount.
        amount: Money,
        /// The posting's currency.
        currency: Currency,
        /// What is wrong.
        problem: &'static str,
    },
    /// A sum or an amount beyond what can be kept.
    #[error("posting {line}: {source}")]
    Amount {
        /// Line of the posting, from 1.
        line: usize,
        /// What is wrong.
        source: MoneyError,
    },
    /// The chart is not valid TOML or has unknown or missing fields.
    #[error("the chart cannot be read: {message}")]
    ChartSyntax {
        /// The parser's message, with line and column.
        message: String,
    },
    /// A statement line that the chart lacks, or has for another type of account.
    #[error("there is no statement line `{value}` for accounts of type {section}{}", super::choices(near.as_deref(), known))]
    UnknownLine {
        /// The key as given.
        value: String,
        /// The type of account.
        section: &'static str,
        /// The nearest key there is.
        near: Option<String>,
        /// All keys there are for the type.
        known: String,
    },
    /// The chart contradicts itself.
    #[error("the chart `{chart}` contradicts itself: {problem}")]
    ChartContradiction {
        /// Name of the chart.
        chart: String,
        /// What is wrong, with the key it concerns.
        problem: String,
    },
    /// The chart groups a block in a way its account types cannot be grouped.
    #[error("the chart `{chart}` groups `{key}` by {by:?}, which needs accounts of type expense only")]
    ChartGrouping {
        /// Name of the chart.
        chart: String,
        /// Key of the block.
        key: String,
        /// The grouping.
        by: GroupBy,
    },
}
