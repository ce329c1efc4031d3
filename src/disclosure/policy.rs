//! What is kept from whom: the rules of an audience as a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::rules::Rules;
use super::system::Protection;
use crate::ledger::PartyKind;
use crate::report::Audience;

/// The rules of every audience.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRules {
    /// For the board.
    pub board: AudienceRules,
    /// For everybody.
    pub public: AudienceRules,
}

/// The rules of one audience.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudienceRules {
    /// How each kind of party is protected; others are not.
    pub protect: BTreeMap<PartyKind, Mode>,
    /// The fewest contributors behind a figure, when organisations are among them.
    pub organisations: usize,
    /// The fewest behind a figure of persons alone.
    pub persons: usize,
    /// The fewest people who are counted.
    pub heads: usize,
    /// The fewest of them where it is nobody's business.
    pub sensitive_heads: usize,
    /// Thousandths of an amount to within which nobody may tell it.
    pub per_mille: u32,
    /// What is promised of it in print: a floor, in thousandths.
    pub promise: u32,
    /// Whether lines that are too small to be shown become part of the line that the chart names.
    #[serde(default)]
    pub merge: bool,
    /// Figures (`statement/row/column`) without which nothing is published.
    #[serde(default)]
    pub mandatory: Vec<String>,
    /// Parties, by name, who put together what they know.
    #[serde(default)]
    pub coalitions: Vec<Vec<String>>,
    /// (n,k) dominance: how many; off when zero.
    #[serde(default)]
    pub dominant: usize,
    /// (n,k) dominance: thousandths.
    #[serde(default)]
    pub dominance: u32,
}

/// How a kind of party is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// No amount can be told to within a share of it.
    Interval,
    /// No amount can be told; amounts are not consulted.
    Structural,
}

/// The rules that hold unless the books have their own.
pub const USUAL: &str = include_str!("../../schema/disclosure.toml");

impl DisclosureRules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rules: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        for (audience, of) in [("board", &rules.board), ("public", &rules.public)] {
            if of.organisations < 2 || of.persons < 2 || of.heads < 2 || of.sensitive_heads < of.heads {
                return Err(format!(
                    "{audience}: organisations, persons and heads are 2 at least, sensitive_heads no less than heads"
                ));
            }
            if of.promise > of.per_mille || of.per_mille == 0 || of.per_mille > 1000 {
                return Err(format!("{audience}: per_mille is between 1 and 1000, promise no more than it"));
            }
            if of.coalitions.iter().any(|group| group.len() < 2) {
                return Err(format!("{audience}: a coalition has two members at least"));
            }
        }
        Ok(rules)
    }

    /// Names of parties that they mention.
    #[must_use]
    pub fn named(&self) -> Vec<String> {
        [&self.board, &self.public].into_iter().flat_map(|of| of.coalitions.iter().flatten().cloned()).collect()
    }

    /// The rules of an audience; the treasurer has none.
    #[must_use]
    pub const fn of(&self, audience: Audience) -> Option<&AudienceRules> {
        match audience {
            Audience::Treasurer => None,
            Audience::Board => Some(&self.board),
            Audience::Public => Some(&self.public),
        }
    }
}

impl AudienceRules {
    /// How a party of this kind is protected.
    #[must_use]
    pub fn protection(&self, kind: PartyKind) -> Protection {
        match self.protect.get(&kind) {
            None => Protection::None,
            Some(Mode::Interval) => Protection::Interval,
            Some(Mode::Structural) => Protection::Structural,
        }
    }

    /// The rules in numbers, with coalitions as places among the contributors of a system.
    #[must_use]
    pub fn numbers(&self, coalitions: Vec<Vec<usize>>) -> Rules {
        Rules {
            organisations: self.organisations,
            persons: self.persons,
            heads: self.heads,
            per_mille: self.per_mille,
            coalitions,
            dominant: self.dominant,
            dominance: self.dominance,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rules_are_rules() {
        let rules = DisclosureRules::parse(USUAL).unwrap();
        assert_eq!(rules.public.protection(PartyKind::Vendor), Protection::Interval);
        assert_eq!(rules.board.protection(PartyKind::Vendor), Protection::None);
        assert_eq!(rules.board.protection(PartyKind::Person), Protection::Structural);
        assert!(rules.of(Audience::Treasurer).is_none());
    }

    #[test]
    fn rules_that_are_none() {
        let table = [
            ("organisations = 3", "organisations = 1", "board: organisations, persons and heads are 2 at least"),
            ("promise = 20", "promise = 60", "board: per_mille is between 1 and 1000"),
            ("persons = 5", "people = 5", "unknown field `people`"),
            ("person = \"structural\"", "person = \"somehow\"", "unknown variant `somehow`"),
        ];
        for (from, to, expected) in table {
            let found = DisclosureRules::parse(&USUAL.replacen(from, to, 1)).unwrap_err();
            assert!(found.contains(expected), "{found}");
        }
    }
}
