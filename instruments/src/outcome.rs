//! What scoring gives: the result as it is stored, and the object that is printed.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::answers::Value;
use super::points::Points;
use super::text::{Language, Text};

/// The result of one sheet with everything it rests on. Stored as it is (it serialises completely) and never computed
/// again for an old sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Code of the instrument.
    pub instrument: String,
    /// Version of the package.
    pub version: String,
    /// Age the sheet was read for, in completed months.
    pub age_months: Option<u32>,
    /// Whether every needed item is answered.
    pub complete: bool,
    /// Needed items without an answer, in the order of the sheet.
    pub missing: Vec<String>,
    /// Sum so far; a score only when complete.
    pub total: Points,
    /// Sums of the subscales whose items are asked, in order.
    pub subscales: Vec<SubscaleScore>,
    /// Whether the child goes on to the next step. None while incomplete or without cut-offs.
    pub positive: Option<bool>,
    /// Band of the cut-off set. None while incomplete or without cut-offs; while a follow-up stage is open, its name.
    pub band: Option<String>,
    /// What a person reads for the band.
    pub band_label: Option<Text>,
    /// The first stage is complete and asks for a follow-up that is not finished.
    pub follow_up_needed: bool,
    /// Cut-off set used.
    pub cutoffs: Option<String>,
    /// Every counted answer with its points.
    pub item_scores: Vec<ItemScore>,
    /// What the reader should know besides: age outside the window, answers that do not count.
    pub warnings: Vec<Text>,
    /// The result in words: items, cut-off set and rule.
    pub explanation: Text,
}

/// The sum of one subscale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscaleScore {
    /// Id of the subscale.
    pub id: String,
    /// Its sum so far.
    pub points: Points,
}

/// One counted answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemScore {
    /// Id of the item.
    pub item: String,
    /// The answer.
    pub answer: Value,
    /// Points after reversal and weight.
    pub points: Points,
}

impl Outcome {
    /// The object that `starbridge score` prints.
    pub fn report(&self, language: Language) -> Report<'_> {
        Report {
            instrument: &self.instrument,
            version: &self.version,
            complete: self.complete,
            missing: &self.missing,
            total: self.total,
            subscales: &self.subscales,
            positive: self.positive,
            band: self.band.as_deref(),
            cutoffs: self.cutoffs.as_deref(),
            follow_up_needed: self.follow_up_needed,
            explanation: self.explanation.get(language),
        }
    }
}

/// A result for other programs. `follow_up_needed` appears only while it is true.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    instrument: &'a str,
    version: &'a str,
    complete: bool,
    missing: &'a [String],
    total: Points,
    #[serde(serialize_with = "as_object")]
    subscales: &'a [SubscaleScore],
    positive: Option<bool>,
    band: Option<&'a str>,
    cutoffs: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    follow_up_needed: bool,
    explanation: &'a str,
}

fn as_object<S: Serializer>(subscales: &[SubscaleScore], serializer: S) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(Some(subscales.len()))?;
    for subscale in subscales {
        object.serialize_entry(&subscale.id, &subscale.points)?;
    }
    object.end()
}
