//! Events: the conferences an organisation holds.

use serde::{Deserialize, Serialize};

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
