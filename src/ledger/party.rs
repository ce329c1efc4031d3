//! Parties: who an amount is from or to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{LedgerError, PartyNo};

/// What a party is. Disclosure control protects by kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// A human being; always protected.
    Person,
    /// A sponsor, an employer, another organisation.
    Organisation,
    /// Someone who is paid for goods or services.
    Vendor,
    /// A card processor or ticket platform.
    Processor,
    /// A bank.
    Bank,
    /// A tax office or other authority.
    Authority,
    /// A fiscal sponsor who holds the money.
    Host,
    /// The organisation itself.
    #[serde(rename = "self")]
    Own,
}

impl PartyKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Person,
        Self::Organisation,
        Self::Vendor,
        Self::Processor,
        Self::Bank,
        Self::Authority,
        Self::Host,
        Self::Own,
    ];

    /// The word used in input and output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Vendor => "vendor",
            Self::Processor => "processor",
            Self::Bank => "bank",
            Self::Authority => "authority",
            Self::Host => "host",
            Self::Own => "self",
        }
    }
}

impl FromStr for PartyKind {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let wanted = match text.trim().to_lowercase() {
            word if word == "organization" => "organisation".to_owned(),
            word => word,
        };
        Self::ALL.into_iter().find(|k| k.word() == wanted).ok_or_else(|| LedgerError::BadWord {
            what: "a kind of party",
            value: text.to_owned(),
            expected: "person, organisation, vendor, processor, bank, authority, host, self",
        })
    }
}

impl fmt::Display for PartyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is kept of a party for ever. Its name and contact data are erasable and live beside the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Party {
    /// Its number.
    pub number: PartyNo,
    /// What it is.
    pub kind: PartyKind,
    /// The holding it belongs to: companies that count as one contributor. A holding has no holding itself.
    pub holding: Option<PartyNo>,
}

impl Party {
    /// Whom the party counts as when contributors are counted: its holding, else itself.
    #[must_use]
    pub fn contributor(&self) -> PartyNo {
        self.holding.unwrap_or(self.number)
    }
}
