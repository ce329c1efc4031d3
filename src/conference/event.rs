//! Events: the conferences an organisation holds.

use serde::{Deserialize, Serialize};

use super::{AidBasis, Choice, Payer, Role, WhoPays};
use crate::calendar::Date;
use crate::ledger::Slug;

/// A conference. Its code is a dimension of every posting that belongs to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its code. Never changes.
    pub code: Slug,
    /// Its name.
    pub name: String,
    /// First day, `yyyymmdd`.
    #[serde(with = "day_number")]
    pub first_day: Date,
    /// Last day, `yyyymmdd`. Revenue of the event is earned on this day.
    #[serde(with = "day_number")]
    pub last_day: Date,
    /// The policy it is held under; everyone pays unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<WhoPays>,
    /// Its activities: talks, tutorials, summits, sprints, social, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<Slug>,
    /// The restricted fund of gifts for this event (the part of sponsorships beyond their benefits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<Slug>,
    /// How ticket aid is shown; a price concession unless a grant was elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aid_basis: Option<AidBasis>,
}

impl Event {
    /// An event with a name and days, and nothing else said.
    #[must_use]
    pub fn new(code: Slug, name: &str, first_day: Date, last_day: Date) -> Self {
        let name = name.to_owned();
        Self { code, name, first_day, last_day, policy: None, activities: Vec::new(), fund: None, aid_basis: None }
    }

    /// The policy it is held under.
    #[must_use]
    pub fn who_pays(&self) -> WhoPays {
        self.policy.unwrap_or(WhoPays::EveryonePays)
    }

    /// Who pays for an admission unless it is said: the person, or nobody where the policy lets the role in free.
    #[must_use]
    pub fn usual_payer(&self, role: Option<Role>) -> Payer {
        if role.is_some_and(|role| self.who_pays().lets_in_free(role)) { Payer::Waiver } else { Payer::Own }
    }
}

/// An event has taken place: what was deferred for it is earned on its last day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventHeld {
    /// The event.
    pub event: Slug,
    /// Its last day, as it was.
    #[serde(with = "day_number")]
    pub date: Date,
}

/// An event will not take place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventCancelled {
    /// The event.
    pub event: Slug,
    /// When that was decided.
    #[serde(with = "day_number")]
    pub date: Date,
    /// What happens to orders whose buyer has not chosen.
    pub otherwise: Choice,
    /// The event that admissions are carried to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Slug>,
}

/// What has become of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EventStatus {
    /// It is to come, or nobody has confirmed it yet.
    #[default]
    Planned,
    /// It was held, dated this day.
    Held(Date),
    /// It was cancelled on this day.
    Cancelled(Date),
}

impl EventStatus {
    /// The word used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held(_) => "held",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

/// Days as `yyyymmdd` in a fact's canonical body.
pub(super) mod day_number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::calendar::Date;

    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(date.number())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let number = i64::deserialize(deserializer)?;
        Date::from_number(number).ok_or_else(|| D::Error::custom(format!("`{number}` is not a day")))
    }
}

/// The same for days that may be absent.
pub(super) mod optional_day {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::calendar::Date;

    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.serialize_u32(date.number()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let number = Option::<i64>::deserialize(deserializer)?;
        let day = |n| Date::from_number(n).ok_or_else(|| D::Error::custom(format!("`{n}` is not a day")));
        number.map(day).transpose()
    }
}
