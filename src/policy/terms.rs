//! A policy as a file: who pays what, who is paid, how people are taken to behave. Pure data; amounts are decimals until
//! a book's currency is known.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::de::{DeArray, DeTable};

use super::PolicyError;
use super::share::{Exact, RangedChange, RangedShare, Share};
use crate::conference::{LARGEST, Role, WhoPays};
use crate::ledger::{Slug, nearest};
use crate::money::{Currency, Money};

/// A policy. What it does not say stays as the books have it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name; a column's heading.
    pub name: Slug,
    /// What it is, in a sentence.
    pub title: String,
    /// Where it was seen, or who proposes it.
    #[serde(default)]
    pub seen_at: Option<String>,
    /// What kind of organiser it is.
    #[serde(default)]
    pub organiser: Organiser,
    /// Whether the board's recorded exceptions stay free where everyone pays.
    #[serde(default = "yes")]
    pub exceptions: bool,
    /// What admissions cost, by role.
    #[serde(default)]
    pub pays: BTreeMap<Role, Pays>,
    /// What becomes of admissions that sponsors' passes carry.
    #[serde(default)]
    pub passes: Passes,
    /// What is added to the price of a ticket (or, negative, taken off), in the books' currency.
    #[serde(default)]
    prices: BTreeMap<Slug, Exact>,
    /// What the organiser pays for each person in a role.
    #[serde(default)]
    per_head: BTreeMap<Role, RawPerHead>,
    /// What a head more costs, or a head less saves, where contracts do not say it.
    #[serde(default)]
    marginal_cost: Option<Exact>,
    /// Ticket aid for those who would be charged anew.
    #[serde(default)]
    pub aid: AidTerms,
    /// How people are taken to behave.
    #[serde(default)]
    pub behaviour: Behaviour,
    /// What becomes of a surplus.
    #[serde(default)]
    pub surplus: Surplus,
    /// The dips that revenue has to bear.
    #[serde(default)]
    pub stress: Dips,
    /// How attendance and sponsorship may come out.
    #[serde(default)]
    pub outlook: Outlook,
    /// The file it was read from, and its text: to name a line of it.
    #[serde(skip)]
    source: (String, String),
}

const fn yes() -> bool {
    true
}

/// What kind of organiser it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Organiser {
    /// It has no owners.
    #[default]
    Nonprofit,
    /// What is left belongs to its owners.
    Commercial,
}

/// What becomes of admissions that sponsors' passes carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passes {
    /// They stay in the package.
    #[default]
    Kept,
    /// Packages have none: who came with one pays.
    Sold,
}

/// What an admission costs.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "RawPays")]
pub struct Pays {
    /// The price.
    pub price: Price,
    /// Of those who could pay less, this share pays in full by choice.
    pub full_by_choice: RangedShare,
}

/// The price of an admission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Price {
    /// Their own ticket's, as when they ordered.
    Full,
    /// A share of it.
    Part(Share),
    /// That of the ticket with this tier, on the day they ordered.
    Tier(Slug),
    /// An amount, as prices are displayed.
    Amount(Decimal),
    /// What a head costs the organiser.
    MarginalCost,
    /// Nothing.
    Free,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Full,
    Share,
    Tier,
    Amount,
    MarginalCost,
    Free,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPays {
    how: How,
    share: Option<Share>,
    tier: Option<Slug>,
    amount: Option<Exact>,
    full_by_choice: Option<RangedShare>,
}

impl TryFrom<RawPays> for Pays {
    type Error = String;

    fn try_from(raw: RawPays) -> Result<Self, String> {
        let RawPays { how, share, tier, amount, full_by_choice } = raw;
        let given: Vec<&str> = [("share", share.is_some()), ("tier", tier.is_some()), ("amount", amount.is_some())]
            .into_iter()
            .filter_map(|(key, is_given)| is_given.then_some(key))
            .collect();
        let (needs, price) = match how {
            How::Full => (None, Some(Price::Full)),
            How::Share => (Some("share"), share.map(Price::Part)),
            How::Tier => (Some("tier"), tier.map(Price::Tier)),
            How::Amount => (Some("amount"), amount.map(|amount| Price::Amount(amount.0))),
            How::MarginalCost => (None, Some(Price::MarginalCost)),
            How::Free => (None, Some(Price::Free)),
        };
        let Some(price) = price else {
            return Err(format!("it needs the key `{}`", needs.unwrap_or_default()));
        };
        if let Some(other) = given.iter().find(|key| Some(**key) != needs) {
            return Err(format!("`{other}` contradicts `how`: leave one of the two away"));
        }
        if matches!(price, Price::Amount(amount) if amount < Decimal::ZERO) {
            return Err("an amount to pay is not negative".to_owned());
        }
        if matches!(price, Price::Full) && full_by_choice.is_some() {
            return Err("`full_by_choice` contradicts `how = \"full\"`: there is no choice".to_owned());
        }
        Ok(Self { price, full_by_choice: full_by_choice.unwrap_or_default() })
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPerHead {
    honorarium: Exact,
    travel: Exact,
    lodging: Exact,
}

/// Ticket aid for those who would be charged anew.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AidTerms {
    /// The pool, instead of the one in the books.
    pool: Option<Exact>,
    /// Whether speakers come first when the pool is too small for all.
    pub speakers_first: bool,
    /// The share of those charged anew who need a ticket for nothing, by role.
    pub need: BTreeMap<Role, RangedShare>,
}

/// How people are taken to behave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// The share in a role that would not come if charged: they stay away where they would be charged anew, and as many
    /// more come where they would be let in free.
    pub stay_away: BTreeMap<Role, RangedShare>,
    /// By how many per cent attendance falls when the price rises by one per cent.
    pub price_response: RangedShare,
}

/// What becomes of a surplus.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Surplus {
    /// The share that is given away.
    pub given: Share,
    /// To whom.
    pub to: Option<String>,
}

/// Dips of attendance and sponsorship, shares of 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dips {
    /// Of attendance.
    pub attendance: Share,
    /// Of sponsorship.
    pub sponsorship: Share,
}

impl Default for Dips {
    /// The budget rule of `PyCon` since 2009: 15 % of attendance and 35 % of sponsorship (J. Noller, "`PyCon`:
    /// Everybody Pays", 2011).
    fn default() -> Self {
        Self { attendance: Share::millionths(150_000), sponsorship: Share::millionths(350_000) }
    }
}

/// How attendance and sponsorship may come out, as changes: −0.35 is a dip of 35 %.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outlook {
    /// Of attendance.
    pub attendance: RangedChange,
    /// Of sponsorship.
    pub sponsorship: RangedChange,
    /// How often the two move together, from 0 to 1.
    pub correlation: Share,
}

impl Default for Outlook {
    /// From twice the dips of the budget rule to a good year; together in half of the years.
    fn default() -> Self {
        let range = |low, high| {
            RangedChange(super::share::Ranged {
                low: Decimal::new(low, 2),
                likely: Decimal::ZERO,
                high: Decimal::new(high, 2),
            })
        };
        Self { attendance: range(-30, 10), sponsorship: range(-70, 10), correlation: Share::millionths(500_000) }
    }
}

/// What the organiser pays for each person in a role. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PerHead {
    /// For the talk.
    pub honorarium: i64,
    /// For the journey.
    pub travel: i64,
    /// For nights.
    pub lodging: i64,
}

macro_rules! presets {
    ($($name:literal),+ $(,)?) => {
        /// The policies that come with the program: name and file.
        pub const PRESETS: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../schema/policies/", $name, ".toml")))),+];
    };
}

presets!(
    "everyone-pays",
    "everyone-pays-strict",
    "everyone-who-can-pays",
    "speaker-discount",
    "food-only",
    "speakers-free",
    "speakers-free-and-paid",
    "commercial-with-giving",
);

/// A complaint about a key of a file, with its line; none when the key is not from the file but from a command. Numbers
/// in the path count tables of one name, from 0.
pub(super) fn located(file: &str, text: &str, path: &[&str], problem: String) -> PolicyError {
    let key: Vec<&str> = path.iter().copied().filter(|step| step.parse::<usize>().is_err()).collect();
    PolicyError::Key { file: file.to_owned(), line: line_of(text, path), key: key.join("."), problem }
}

/// The line, from 1, of the last key of a path that a TOML file has.
fn line_of(text: &str, path: &[&str]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = Some(document.get_ref());
    let mut tables: Option<&DeArray<'_>> = None;
    let mut at = None;
    for step in path {
        let value = match (tables, table) {
            (Some(tables), _) => tables.get(step.parse::<usize>().ok()?).map(|value| (value.span().start, value)),
            (None, Some(table)) => table.get_key_value(*step).map(|(key, value)| (key.span().start, value)),
            (None, None) => None,
        };
        let Some((start, value)) = value else { break };
        at = Some(start);
        (tables, table) = (value.get_ref().as_array(), value.get_ref().as_table());
    }
    at.and_then(|start| text.get(..start)).map(|before| before.matches('\n').count() + 1)
}

impl Policy {
    /// Reads a policy file. `name` is what messages call it.
    ///
    /// # Errors
    /// [`PolicyError::File`] with line and key.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        let mut policy: Self = toml::from_str(text).map_err(|error| PolicyError::File {
            file: name.to_owned(),
            problem: error.to_string().trim_end().to_owned(),
        })?;
        policy.source = (name.to_owned(), text.to_owned());
        policy.check_signs()?;
        policy.check_shares()?;
        Ok(policy)
    }

    /// What is paid is not negative.
    fn check_signs(&self) -> Result<(), PolicyError> {
        let mut paid: Vec<(Vec<&str>, Exact)> = Vec::new();
        for (role, raw) in &self.per_head {
            let parts = [("honorarium", raw.honorarium), ("travel", raw.travel), ("lodging", raw.lodging)];
            paid.extend(parts.map(|(what, amount)| (vec!["per_head", role.word(), what], amount)));
        }
        paid.extend(self.marginal_cost.map(|amount| (vec!["marginal_cost"], amount)));
        paid.extend(self.aid.pool.map(|amount| (vec!["aid", "pool"], amount)));
        match paid.into_iter().find(|(_, amount)| amount.0 < Decimal::ZERO) {
            Some((path, amount)) => Err(self.at(&path, format!("{} is negative", amount.0.normalize()))),
            None => Ok(()),
        }
    }

    /// Nobody can both stay away and need aid.
    pub(super) fn check_shares(&self) -> Result<(), PolicyError> {
        for (role, need) in &self.aid.need {
            let stays = self.behaviour.stay_away.get(role).copied().unwrap_or_default();
            if need.0.high + stays.0.high > Decimal::ONE {
                let problem = format!(
                    "{} need aid and {} stay away: together more than everybody",
                    Share::shown(need.0.high),
                    Share::shown(stays.0.high)
                );
                return Err(self.at(&["aid", "need", role.word()], problem));
            }
        }
        Ok(())
    }

    /// A policy that comes with the program.
    ///
    /// # Errors
    /// [`PolicyError::Unknown`] with the nearest name.
    pub fn preset(name: &str) -> Result<Self, PolicyError> {
        Self::parse(name, Self::preset_file(name)?)
    }

    /// The file of a policy that comes with the program.
    ///
    /// # Errors
    /// As [`Policy::preset`].
    pub fn preset_file(name: &str) -> Result<&'static str, PolicyError> {
        let wanted = name.trim().to_lowercase().replace('_', "-");
        let known = PRESETS.iter().find(|(known, _)| *known == wanted);
        known.map(|(_, text)| *text).ok_or_else(|| {
            let near = nearest(&wanted, PRESETS.iter().map(|(known, _)| *known)).map(str::to_owned);
            PolicyError::Unknown { name: name.to_owned(), near }
        })
    }

    /// The same policy with a share of a role that would not come if charged.
    #[must_use]
    pub fn with_stay_away(&self, role: Role, share: Share) -> Self {
        let mut policy = self.clone();
        policy.behaviour.stay_away.insert(role, RangedShare(super::share::Ranged::certain(share.decimal())));
        policy
    }

    /// The policy that an event is held under.
    ///
    /// # Errors
    /// As [`Policy::preset`].
    pub fn in_force(who_pays: WhoPays) -> Result<Self, PolicyError> {
        Self::preset(who_pays.word())
    }

    /// A complaint about a key of its file.
    #[must_use]
    pub fn at(&self, path: &[&str], problem: String) -> PolicyError {
        located(&self.source.0, &self.source.1, path, problem)
    }

    fn minor(&self, path: &[&str], amount: Decimal, currency: Currency) -> Result<i64, PolicyError> {
        let minor = Money::from_decimal(amount, currency).map_err(|error| self.at(path, error.to_string()))?.minor();
        if minor.unsigned_abs() > LARGEST.unsigned_abs() {
            return Err(self.at(path, format!("{} is larger than any amount", amount.normalize())));
        }
        Ok(minor)
    }

    /// An amount that is not negative.
    fn positive(&self, path: &[&str], amount: Decimal, currency: Currency) -> Result<i64, PolicyError> {
        let minor = self.minor(path, amount, currency)?;
        if minor < 0 { Err(self.at(path, format!("{} is negative", amount.normalize()))) } else { Ok(minor) }
    }

    /// What is added to a ticket's price, minor units.
    ///
    /// # Errors
    /// [`PolicyError::Key`] for an amount with too many decimals; so for the others.
    pub fn price_changes(&self, currency: Currency) -> Result<BTreeMap<Slug, i64>, PolicyError> {
        let change = |(ticket, amount): (&Slug, &Exact)| {
            Ok((*ticket, self.minor(&["prices", ticket.as_str()], amount.0, currency)?))
        };
        self.prices.iter().map(change).collect()
    }

    /// The same policy with the price of tickets changed by so much more, in the books' currency.
    #[must_use]
    pub fn with_prices_up(&self, tickets: &[Slug], amount: Decimal) -> Self {
        let mut policy = self.clone();
        for ticket in tickets {
            policy.prices.entry(*ticket).or_default().0 += amount;
        }
        policy
    }

    /// The same policy with another price for a role.
    #[must_use]
    pub fn with_price(&self, roles: &[Role], price: Price) -> Self {
        let mut policy = self.clone();
        for role in roles {
            let choice = policy.pays.get(role).map_or_else(RangedShare::default, |pays| pays.full_by_choice);
            policy.pays.insert(*role, Pays { price, full_by_choice: choice });
        }
        policy
    }

    /// What is to be paid as a fixed amount, minor units.
    pub(super) fn amount(&self, role: Role, amount: Decimal, currency: Currency) -> Result<i64, PolicyError> {
        self.minor(&["pays", role.word(), "amount"], amount, currency)
    }

    /// What the organiser pays for each person in a role, minor units.
    ///
    /// # Errors
    /// As [`Policy::price_changes`].
    pub fn per_head(&self, currency: Currency) -> Result<BTreeMap<Role, PerHead>, PolicyError> {
        let each = |(role, raw): (&Role, &RawPerHead)| {
            let minor = |what: &str, exact: Exact| self.positive(&["per_head", role.word(), what], exact.0, currency);
            Ok((
                *role,
                PerHead {
                    honorarium: minor("honorarium", raw.honorarium)?,
                    travel: minor("travel", raw.travel)?,
                    lodging: minor("lodging", raw.lodging)?,
                },
            ))
        };
        self.per_head.iter().map(each).collect()
    }

    /// What a head more costs, minor units, if it is said.
    ///
    /// # Errors
    /// As [`Policy::price_changes`].
    pub fn marginal_cost(&self, currency: Currency) -> Result<Option<i64>, PolicyError> {
        self.marginal_cost.map(|exact| self.positive(&["marginal_cost"], exact.0, currency)).transpose()
    }

    /// The same policy with what a head more costs.
    #[must_use]
    pub fn with_marginal_cost(&self, amount: Decimal) -> Self {
        Self { marginal_cost: Some(Exact(amount)), ..self.clone() }
    }

    /// The aid pool, minor units, if it is another than the books'.
    ///
    /// # Errors
    /// As [`Policy::price_changes`].
    pub fn pool(&self, currency: Currency) -> Result<Option<i64>, PolicyError> {
        self.aid.pool.map(|exact| self.positive(&["aid", "pool"], exact.0, currency)).transpose()
    }

    /// What is taken for granted, a sentence each.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let mut said = Vec::new();
        for (role, pays) in &self.pays {
            let price = match pays.price {
                Price::Full => continue,
                Price::Part(share) => format!("pays {share} of the own ticket's price"),
                Price::Tier(tier) => format!("pays the price of tier `{tier}`"),
                Price::Amount(amount) => format!("pays {}", amount.normalize()),
                Price::MarginalCost => "pays what a head costs".to_owned(),
                Price::Free => "pays nothing".to_owned(),
            };
            let choice = pays.full_by_choice.likely();
            let choice =
                if choice.is_none() { String::new() } else { format!("; {choice} of them pay in full by choice") };
            said.push(format!("{role} {price}{choice}"));
        }
        for (role, share) in &self.behaviour.stay_away {
            said.push(format!("{} in the role {role} would not come if charged", share.likely()));
        }
        for (role, share) in &self.aid.need {
            said.push(format!("{} in the role {role} need ticket aid if charged anew", share.likely()));
        }
        if self.behaviour.price_response.0 != super::share::Ranged::default() {
            said.push(format!(
                "attendance falls by {} % for each per cent that prices rise",
                self.behaviour.price_response.0.likely.normalize()
            ));
        }
        for (ticket, change) in &self.prices {
            let word = if change.0 < Decimal::ZERO { "less" } else { "more" };
            said.push(format!("ticket {ticket} costs {} {word}", change.0.abs().normalize()));
        }
        for (role, raw) in &self.per_head {
            let parts = [("honorarium", raw.honorarium), ("travel", raw.travel), ("lodging", raw.lodging)];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(_, exact)| !exact.0.is_zero())
                .map(|(what, exact)| format!("{what} {}", exact.0.normalize()))
                .collect();
            said.push(format!("each {role} is paid {}", parts.join(", ")));
        }
        if let Some(cost) = self.marginal_cost {
            said.push(format!("a head more costs {}", cost.0.normalize()));
        }
        if self.passes == Passes::Sold {
            said.push("who came with a sponsor's pass pays".to_owned());
        }
        if !self.surplus.given.is_none() {
            let to = self.surplus.to.as_deref().unwrap_or("others");
            said.push(format!("{} of a surplus goes to {to}", self.surplus.given));
        }
        said
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_presets_can_be_read() {
        for (name, text) in PRESETS {
            let policy = Policy::parse(name, text).unwrap();
            assert_eq!(policy.name.as_str(), *name);
            assert!(policy.per_head(Currency::from_code("USD").unwrap()).is_ok());
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused_with_its_line() {
        let head = "name = \"p\"\ntitle = \"P\"\n";
        for (text, line, word) in [
            ("[pays]\nspeaker = { how = \"share\", share = \"1.5\" }", "line 4", "between 0 and 1"),
            ("[pays]\nspeaker = { how = \"share\", share = 0.5 }", "line 4", "in quotes"),
            ("[pays]\nspeakr = { how = \"free\" }", "line 4", "speakr"),
            ("[pays]\nspeaker = { how = \"free\", amount = \"5\" }", "line 4", "contradicts"),
            ("[pays]\nspeaker = { how = \"tier\" }", "line 4", "needs the key `tier`"),
            ("[pays]\nspeaker = { how = \"gratis\" }", "line 4", "gratis"),
            ("[pays]\nspeaker = { how = \"full\", full_by_choice = \"0.5\" }", "line 4", "no choice"),
            ("[stress]\nattendance = \"1.01\"", "line 4", "between 0 and 1"),
            ("[outlook]\nattendance = { low = \"-1.5\", likely = \"0\", high = \"0\" }", "line 4", "between -1 and 1"),
            ("[behaviour]\nprice_response = { low = \"0.5\", likely = \"0\", high = \"1\" }", "line 4", "order"),
            ("[behaviour.stay_away]\nspeaker = \"0.6\"\n[aid.need]\nspeaker = \"0.5\"", "line 6", "everybody"),
            ("colour = \"blue\"", "line 3", "colour"),
        ] {
            let error = Policy::parse("p.toml", &format!("{head}{text}\n")).unwrap_err().to_string();
            assert!(error.contains("p.toml") && error.contains(line) && error.contains(word), "{text}\n{error}");
        }
    }
}
