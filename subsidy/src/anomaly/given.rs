//! What checks look at. Each takes what it needs; the rest stays empty.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de};

use crate::{
    calendar::{Days, Leap, Turn, read_day, read_days, read_first},
    facts::Code,
};

/// A time of day in minutes: 8:00, 08:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub u32);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let no_time = || de::Error::custom(format!("{text:?} is no time of day"));
        let (hours, minutes) = text.split_once(':').ok_or_else(no_time)?;
        // Seconds are of no account.
        let minutes = minutes.split_once(':').map_or(minutes, |(minutes, _)| minutes);
        let number = |text: &str| {
            let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u32>().ok()).flatten()
        };
        match (number(hours), number(minutes)) {
            (Some(hours), Some(minutes)) if minutes < 60 && hours * 60 + minutes <= 24 * 60 => {
                Ok(Self(hours * 60 + minutes))
            }
            (_, _) => Err(no_time()),
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// The day.
    #[serde(deserialize_with = "read_day")]
    pub date: NaiveDate,
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// Whose.
    #[serde(default)]
    pub child: Option<Code>,
    /// By whom.
    #[serde(default)]
    pub teacher: Option<Code>,
    /// Where.
    #[serde(default)]
    pub institution: Option<Code>,
    /// Whether it is of a group.
    #[serde(default)]
    pub group: bool,
    /// What it is billed as.
    #[serde(default)]
    pub billed: Option<Code>,
}

/// A bill, by its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Invoice {
    /// Of fiscal bills and older invoices.
    #[serde(default)]
    pub code: Option<Code>,
    /// The number.
    pub number: Code,
}

/// A row of a table: its total and its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Row {
    /// What is printed.
    pub total: i64,
    /// What it is made of.
    pub parts: Vec<i64>,
}

/// Everything that one of the checks may look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "named as the checks name them; the registry says what each is"
)]
pub struct Given {
    pub sessions: Vec<Session>,
    #[serde(deserialize_with = "read_days")]
    pub dates: Vec<NaiveDate>,
    #[serde(deserialize_with = "read_days")]
    pub closed: Vec<NaiveDate>,
    #[serde(deserialize_with = "read_days")]
    pub workdays: Vec<NaiveDate>,
    pub open: Option<Time>,
    pub close: Option<Time>,
    pub posts: Vec<Days>,
    pub away: Vec<Days>,
    pub plans: Vec<Days>,
    #[serde(deserialize_with = "read_first")]
    pub ended_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub first_proof_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub birth: Option<NaiveDate>,
    pub below: u32,
    pub turn: Turn,
    pub leap: Leap,
    pub strokes: Vec<Code>,
    pub window: i64,
    pub seconds: Vec<i64>,
    pub staff_devices: Vec<Code>,
    pub devices: Vec<Code>,
    pub hours: i64,
    pub lag_hours: Vec<i64>,
    pub min_children: u32,
    pub attended_of_planned: Vec<(i64, i64)>,
    pub billed_minutes: i64,
    pub present_minutes: i64,
    pub break_minutes: i64,
    pub billed: Vec<Code>,
    pub signed: Vec<Code>,
    pub rows: Vec<Row>,
    pub columns: Vec<Row>,
    pub gross_fen: i64,
    pub insurance_fen: i64,
    pub other_fen: i64,
    pub subsidy_fen: i64,
    pub parent_fen: i64,
    pub charged_listed_fen: Vec<(i64, i64)>,
    pub cap_fen: i64,
    pub min_lines: u32,
    pub self_paid_fen: Vec<i64>,
    pub sizes: Vec<i64>,
    pub accounts: Vec<(Code, Code)>,
    pub payee_accounts: Vec<Code>,
    pub staff_accounts: Vec<Code>,
    pub invoices: Vec<Invoice>,
    pub claimed_fen: i64,
    pub invoices_fen: Vec<i64>,
    pub life_months: u32,
    #[serde(deserialize_with = "read_days")]
    pub granted_on: Vec<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub paid_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub received_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    #[serde(
        alias = "receipted_on",
        alias = "given_on",
        alias = "handed_on",
        alias = "guardian_on"
    )]
    pub receipt_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub today: Option<NaiveDate>,
    pub moves: Vec<i64>,
    pub notes: Vec<String>,
    #[serde(deserialize_with = "read_first")]
    pub approved_on: Option<NaiveDate>,
    #[serde(deserialize_with = "read_first")]
    pub first_session_on: Option<NaiveDate>,
    pub prepaid_fen: i64,
    pub month_fee_fen: i64,
    pub max_months: i64,
    pub guardian_ids: Vec<Code>,
    pub staff_family_ids: Vec<Code>,
    pub photos: Vec<(Code, Code)>,
    pub now: i64,
    pub before: Vec<i64>,
}

/// A number of things.
pub(super) fn count<T>(all: impl IntoIterator<Item = T>) -> i64 {
    i64::try_from(all.into_iter().count()).unwrap_or(i64::MAX)
}

/// How often the commonest is there.
pub(super) fn most_often<T: Ord>(all: impl IntoIterator<Item = T>) -> i64 {
    let mut times: BTreeMap<T, i64> = BTreeMap::new();
    for one in all {
        let times = times.entry(one).or_default();
        *times = times.saturating_add(1);
    }
    times.into_values().max().unwrap_or(0)
}

/// The most different things that belong to one.
pub(super) fn most_of_one<'a, T: Ord + 'a>(pairs: impl IntoIterator<Item = &'a (T, T)>) -> i64 {
    let distinct: std::collections::BTreeSet<&(T, T)> = pairs.into_iter().collect();
    most_often(distinct.into_iter().map(|(one, _)| one))
}
