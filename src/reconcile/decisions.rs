//! A file of decisions: what a person says of the lines that are not in the books. `bursar reconcile --suggest` writes
//! one with every question and proposal, to be edited and given back with `--decisions`.

use std::fmt::Write as _;

use serde::Deserialize;

use super::ReconcileError;
use super::matching::Doubt;
use super::propose::{Proposal, Suggestion};
use crate::books::Setup;
use crate::conference::{DocumentId, DocumentKind};
use crate::ledger::{EntryNo, Slug};

/// All decisions on a statement.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// SHA-256 of the statement's file that they are about.
    #[serde(default)]
    pub statement: Option<String>,
    /// One a line.
    #[serde(default)]
    pub decide: Vec<Decide>,
}

/// What is to be done about a line, as a file says it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// Number of the line within the statement, from 1, oldest first.
    pub line: usize,
    /// Its amount as the file of decisions has it: a decision about another line is then found out.
    #[serde(default)]
    pub amount: Option<String>,
    /// `transfer`, `fee`, `payment`, `overpayment`, `refund`, `dispute`, `entry` or `match`; empty leaves it open.
    #[serde(rename = "do", default)]
    pub what: String,
    /// The other account, of a transfer, fee or entry.
    #[serde(default)]
    pub account: Option<String>,
    /// The document, such as `order a1`.
    #[serde(default)]
    pub document: Option<String>,
    /// Entries that the line shows.
    #[serde(default)]
    pub entries: Vec<i64>,
    /// Other lines that show the same entries.
    #[serde(default)]
    pub with: Vec<usize>,
    /// Event of an entry.
    #[serde(default)]
    pub event: Option<String>,
    /// Fund of an entry.
    #[serde(default)]
    pub fund: Option<String>,
    /// Party of an entry.
    #[serde(default)]
    pub party: Option<String>,
    /// What an entry is about; the line's own text unless said.
    #[serde(default)]
    pub description: Option<String>,
}

/// What is to be done about a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// What was proposed, or the same said by a person.
    Do(Proposal),
    /// A payment that may be more than is open: the rest is owed back.
    Overpayment {
        /// The order or sponsorship.
        document: DocumentId,
    },
    /// An entry to another account.
    Entry {
        /// Full name or code.
        account: String,
        /// Event, by code.
        event: Option<String>,
        /// Fund, by code.
        fund: Option<String>,
        /// Party, by name.
        party: Option<String>,
        /// Description.
        description: Option<String>,
    },
    /// The line, with others, shows these entries.
    Match {
        /// Numbers of other lines.
        with: Vec<usize>,
        /// Entries.
        entries: Vec<EntryNo>,
    },
}

/// The words of `do`.
const WORDS: &str = "transfer, fee, payment, overpayment, refund, dispute, entry, match";

impl Decisions {
    /// Reads a file of decisions.
    ///
    /// # Errors
    /// [`ReconcileError::Decisions`] with what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, ReconcileError> {
        toml::from_str(text)
            .map_err(|error| ReconcileError::Decisions { message: error.to_string().trim_end().to_owned() })
    }
}

impl Decide {
    /// The decision; `None` when it is left open.
    ///
    /// # Errors
    /// [`ReconcileError::Decisions`] when it lacks what it needs, or names what is not there.
    pub fn decision(&self, setup: &Setup) -> Result<Option<Decision>, ReconcileError> {
        let wrong = |problem: String| ReconcileError::Decisions { message: format!("line {}: {problem}", self.line) };
        let needed = |value: &Option<String>, key: &str| {
            value.clone().ok_or_else(|| wrong(format!("`do = \"{}\"` needs `{key}`", self.what)))
        };
        let account = || Ok::<_, ReconcileError>(setup.account(&needed(&self.account, "account")?)?.number);
        let document = || {
            let text = needed(&self.document, "document")?;
            let id = text.trim().split_once(' ').and_then(|(kind, code)| {
                Some(DocumentId::new(kind.parse::<DocumentKind>().ok()?, code.trim().parse::<Slug>().ok()?))
            });
            id.ok_or_else(|| wrong(format!("`{text}` is not a document: expected such as `order a1`")))
        };
        Ok(Some(match self.what.as_str() {
            "" => return Ok(None),
            "transfer" => Decision::Do(Proposal::Transfer { other: account()? }),
            "fee" => Decision::Do(Proposal::Fee { account: account()? }),
            "payment" => Decision::Do(Proposal::Payment { document: document()? }),
            "overpayment" => Decision::Overpayment { document: document()? },
            "refund" => Decision::Do(Proposal::Refund { document: document()? }),
            "dispute" => Decision::Do(Proposal::Dispute { document: document()? }),
            "entry" => Decision::Entry {
                account: needed(&self.account, "account")?,
                event: self.event.clone(),
                fund: self.fund.clone(),
                party: self.party.clone(),
                description: self.description.clone(),
            },
            "match" if self.entries.is_empty() => return Err(wrong("`do = \"match\"` needs `entries`".to_owned())),
            "match" => Decision::Match {
                with: self.with.clone(),
                entries: self.entries.iter().map(|number| EntryNo(*number)).collect(),
            },
            other => return Err(wrong(format!("`do = \"{other}\"` is none of {WORDS}"))),
        }))
    }
}

/// What the file says of one line that is to be decided.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    pub line: usize,
    pub date: crate::calendar::Date,
    pub amount: i64,
    pub text: &'a str,
    pub suggestions: &'a [Suggestion],
    /// Entries that the line may show, with what they say, and why they are no answer.
    pub candidates: Vec<(EntryNo, String)>,
    pub doubt: Option<Doubt>,
}

/// Writes the file to be edited.
pub(super) fn file(setup: &Setup, account: &str, name: &str, sha256: &str, asked: &[Asked<'_>]) -> String {
    let mut text = format!(
        "# Decisions on {}, for {account}. Give the file back with --decisions.\n# do = {WORDS}; \
         \"\" leaves a line open.\nstatement = \"{sha256}\"\n",
        comment(name)
    );
    for one in asked {
        let amount = setup.currency().format_minor(i128::from(one.amount));
        let _ = write!(text, "\n# {} {amount} {}\n", one.date, comment(one.text));
        for suggestion in one.suggestions {
            let says = suggestion.proposal.says(setup, one.amount);
            let _ = writeln!(text, "# Perhaps a {}: {}.", comment(&says), comment(&suggestion.why));
        }
        for (entry, says) in &one.candidates {
            let _ = writeln!(text, "# Perhaps entry {entry}, {}.", comment(says));
        }
        let _ = write!(text, "[[decide]]\nline = {}\namount = \"{amount}\"\n", one.line);
        match one.suggestions {
            [only] => text.push_str(&fields(setup, &only.proposal)),
            [] if one.doubt == Some(Doubt::Far) && one.candidates.len() == 1 => {
                let numbers: Vec<String> = one.candidates.iter().map(|(entry, _)| entry.to_string()).collect();
                let _ = writeln!(text, "do = \"match\"\nentries = [{}]", numbers.join(", "));
            }
            _ if !one.candidates.is_empty() => text.push_str("do = \"\" # \"match\", with entries = [NUMBER]\n"),
            _ => text.push_str("do = \"\" # \"entry\", with account = \"ACCOUNT\"\n"),
        }
    }
    text
}

fn fields(setup: &Setup, proposal: &Proposal) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let account = |number| {
        let account = setup.account_numbered(number);
        let name = account.map_or("", |account| account.code.as_deref().unwrap_or(account.name.as_str()));
        format!("account = {}\n", quoted(name))
    };
    let document = |id: &DocumentId| format!("document = {}\n", quoted(&id.to_string()));
    match proposal {
        Proposal::Transfer { other } => format!("do = \"transfer\"\n{}", account(*other)),
        Proposal::Fee { account: expense } => format!("do = \"fee\"\n{}", account(*expense)),
        Proposal::Payment { document: id } => format!("do = \"payment\"\n{}", document(id)),
        Proposal::Refund { document: id } => format!("do = \"refund\"\n{}", document(id)),
        Proposal::Dispute { document: id } => format!("do = \"dispute\"\n{}", document(id)),
    }
}

/// Text that stays within its comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
