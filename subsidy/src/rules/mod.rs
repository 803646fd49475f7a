//! What a place decided: a rule set, as data (MB, *what an engine must hold as data*).

mod age;
mod amounts;
mod check;
mod extras;
mod modes;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

pub use age::{AgeRule, Band, CertificateRule, Reference, Way};
pub use amounts::{Attendance, AttendanceKind, Grant, Step, Tapering, When};
pub use extras::{Allowance, Award, Funder, Meal};
pub use modes::{Demand, Lacking, ModeRule, nearest};

use crate::{
    calendar::{Days, YearStart, read_first, read_last},
    error::Error,
    facts::Code,
    json::without_nulls,
    money::Bp,
    text::{Text, known},
};

/// A dated rule of one place, and where it comes from.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// What it is called by, in files.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// From when to when it is in force.
    pub in_force: Days,
    /// What the place calls its categories, papers and modes, where that is not what everybody calls them.
    pub names: BTreeMap<String, Text>,
    /// The rule itself.
    pub params: Params,
}

/// The rule itself. What is absent is not asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// When the settlement year begins; 1 January where nothing is said.
    pub year_start: YearStart,
    /// How much of what a family pays is subsidised; all where nothing is said.
    pub share_bp: Option<Bp>,
    /// How many months of a settlement year are paid at most.
    pub months_per_year: Option<u32>,
    /// How many months of a life are paid at most.
    pub lifetime_months: Option<u32>,
    /// Whether a child is paid in one category a year (MA, *not twice*).
    pub one_category_per_year: bool,
    /// Whether a child may be served elsewhere without its federation's consent (MA); it may not where nothing is said.
    pub elsewhere_without_consent: bool,
    /// Who is paid for a child that is not served elsewhere.
    pub payee: Payee,
    /// How institutions that serve one month share its cap.
    pub month_split: MonthSplit,
    /// In which order they are taken.
    pub month_order: MonthOrder,
    /// What attendance does to the cap of a month.
    pub attendance: Attendance,
    /// Age and everything that depends on it.
    pub age: Option<AgeRule>,
    /// The mode that the minutes of a timetable make; what the institution calls itself counts for nothing then.
    pub mode_rule: Vec<ModeRule>,
    /// Rates: the first row that fits.
    pub grants: Vec<Grant>,
    /// Meals beside the training.
    pub meal: Option<Meal>,
    /// A living allowance beside the training.
    pub allowance: Option<Allowance>,
    /// What the institution gets beside the subsidy.
    pub award: Option<Award>,
    /// Who bears the subsidy (MA, *two pots*; MC, *split*).
    pub funders: Vec<Funder>,
    /// When families may apply.
    pub application: Vec<Days>,
    /// When children may come over from elsewhere.
    pub transfer: Vec<Days>,
    /// How many full months a training must last to be accepted (MB, *acceptance by length*).
    pub min_months: Option<u32>,
}

/// Who gets the money (MA): the institution, unless the child is served elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payee {
    /// The institution; the guardian of a child that is served elsewhere.
    #[default]
    Institution,
    /// The guardian, always: refunded on receipts.
    Guardian,
}

/// `true` says only that payees are told apart.
impl<'de> Deserialize<'de> for Payee {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null | Value::Bool(_) => Ok(Self::Institution),
            Value::String(text) if text == "institution" => Ok(Self::Institution),
            Value::String(text) if text == "guardian" => Ok(Self::Guardian),
            other => Err(serde::de::Error::custom(format!(
                "payee {other} is neither \"institution\" nor \"guardian\""
            ))),
        }
    }
}

/// How institutions that serve one month share its cap (MB, *order and split*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthSplit {
    /// The first takes what it needs, the next what is left.
    #[default]
    #[serde(alias = "order", alias = "none", alias = "first_come")]
    InOrder,
    /// By attended days.
    ByDays,
}

/// In which order the institutions of one month are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthOrder {
    /// As they are given.
    #[default]
    Given,
    /// The one with most attended days first.
    MostDays,
    /// By name.
    Institution,
}

/// A rule set as it stands in a file.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: Code,
    #[serde(default)]
    title: Title,
    #[serde(default, alias = "valid_from", deserialize_with = "read_first")]
    from: Option<NaiveDate>,
    #[serde(default, alias = "valid_to", deserialize_with = "read_last")]
    to: Option<NaiveDate>,
    #[serde(default)]
    names: BTreeMap<String, Title>,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Title {
    #[default]
    None,
    Both(Text),
    Same(String),
}

impl From<Title> for Text {
    fn from(title: Title) -> Self {
        match title {
            Title::None => Self::default(),
            Title::Both(text) => text,
            Title::Same(text) => Self::same(&text),
        }
    }
}

impl RuleSet {
    /// A rule set from a file that nobody has looked at. Keys that are not known are ignored; values that make no sense are
    /// an error that says where.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let head = Written::deserialize(value).map_err(|error| Error::unreadable(&error))?;
        let place = format!("rule set {}", head.id);
        let params = match value.get("params") {
            None | Some(Value::Null) => return Err(Error::new("no_params", &[]).at(place)),
            Some(params) => Params::read(params).map_err(|error| error.at(&place))?,
        };
        let title = match Text::from(head.title) {
            title if title == Text::default() => Text::same(head.id.as_str()),
            title => title,
        };
        Ok(Self {
            id: head.id.as_str().to_owned(),
            title,
            in_force: Days {
                from: head.from,
                to: head.to,
            },
            names: head.names.into_iter().map(|(code, name)| (code, name.into())).collect(),
            params,
        })
    }

    /// What people call a category, a paper, a mode or a family's situation.
    pub fn name(&self, code: &str) -> Text {
        let own = self.names.get(code);
        own.or_else(|| known(&format!("name_{code}")))
            .cloned()
            .unwrap_or_else(|| Text::same(code))
    }

    /// Several of them.
    pub(crate) fn names_of<'a>(&self, codes: impl IntoIterator<Item = &'a Code>) -> Vec<Text> {
        codes.into_iter().map(|code| self.name(code.as_str())).collect()
    }
}

impl Params {
    /// The rule alone, checked.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let params = Self::deserialize(&without_nulls(value)).map_err(|error| Error::unreadable(&error))?;
        match params.faults().into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(params),
        }
    }

    /// The share of what a family pays that is subsidised.
    pub fn share(&self, grant: &Grant) -> Bp {
        grant.share_bp.or(self.share_bp).unwrap_or(Bp::ALL)
    }
}
