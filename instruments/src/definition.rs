//! What a package says: the file as it is written, field by field. `FORMAT.md` explains it with examples.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answers::Value;
use super::points::Points;
use super::rule::Rule;
use super::text::Text;

/// The content of a package file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Code of the instrument, such as `m-chat-r`.
    pub code: String,
    /// Edition of the instrument and revision of this file, such as `2009.1`. A result is never read with another one.
    pub version: String,
    /// Name of the instrument.
    pub name: Text,
    /// Who fills the sheet.
    pub rater: Text,
    /// What a higher total means.
    pub better: Better,
    /// Where structure, weights and rules come from.
    pub source: String,
    /// Who owns the instrument and what may be shown.
    pub licence: Licence,
    /// Ages the instrument is made for. Outside it the result carries a warning.
    pub age: Option<AgeWindow>,
    /// Label of an item without text, with `{id}` and `{follows}` marks: "item {id}".
    pub item_label: Text,
    /// The kinds of answer: yes/no, levels, half-steps, P/E/F, each a list of choices.
    pub choices: BTreeMap<String, Vec<Choice>>,
    /// Items whose points run the other way round.
    #[serde(default)]
    pub reverse: Vec<String>,
    /// The items, in order, in one or more parts.
    pub parts: Vec<Part>,
    /// Item texts that depend on the age at the check.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// What the total is made of.
    pub total: Total,
    /// Sums over some of the items.
    #[serde(default)]
    pub subscales: Vec<Subscale>,
    /// Numbers of items with certain points.
    #[serde(default)]
    pub counts: Vec<Count>,
    /// Published ways to read the score; none when the instrument has no cut-off.
    #[serde(default)]
    pub cutoffs: Vec<CutoffSet>,
    /// Sheets with known results, executed whenever the package is loaded.
    #[serde(default)]
    pub vectors: Vec<Vector>,
}

/// Which direction of the total is the favourable one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// A higher total is better: skills.
    Higher,
    /// A lower total is better: symptoms.
    Lower,
    /// The total only leads to a yes or no.
    None,
}

/// Who owns an instrument, and what a page that shows it must say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The kind of right.
    pub status: LicenceStatus,
    /// Where the words of the items come from.
    pub item_text: ItemText,
    /// The copyright line, when the owner asks for one.
    pub copyright: Option<String>,
    /// What the page that shows the instrument must say.
    pub notice: Text,
    /// With imported texts: on what permission they are shown.
    pub permission: Option<String>,
}

/// The kind of right on an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    /// Part of an official document.
    Official,
    /// Item texts need the owner's permission.
    Restricted,
    /// Nobody knows; treated as restricted.
    Unclear,
    /// Written for this product.
    Own,
}

/// Where the words of the items come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemText {
    /// In the package, in our own words.
    Shipped,
    /// Nowhere: items carry neutral labels until a licensed centre imports the texts.
    Neutral,
    /// Imported by a centre that has permission.
    Imported,
}

/// Ages in completed months, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeWindow {
    /// Youngest.
    pub from_months: u32,
    /// Oldest.
    pub to_months: u32,
}

impl AgeWindow {
    /// Whether an age lies in the window.
    pub fn contains(self, months: u32) -> bool {
        (self.from_months..=self.to_months).contains(&months)
    }
}

/// One answer an item offers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// How it is written down.
    pub value: Value,
    /// The number key that enters it, 0 to 9, where it is a word. A number is entered by itself, whatever stands here.
    pub key: Option<u8>,
    /// What it is worth before weight and reversal.
    pub points: Points,
    /// What a person reads.
    pub label: Text,
}

impl Choice {
    /// What is typed to enter it: a score is its own key, halves as they are read (`1.5`), and a word has the key that the
    /// package gives it. Empty for a score that does not begin and end within one digit.
    pub fn typed(&self) -> String {
        match &self.value {
            Value::Number(number) if (Points::ZERO..Points::whole(10)).contains(number) => number.to_string(),
            Value::Number(_) => String::new(),
            Value::Word(_) => self.key.map(|key| key.to_string()).unwrap_or_default(),
        }
    }
}

/// Some items that belong together on the sheet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Id, unique in the package.
    pub id: String,
    /// Heading.
    pub name: Text,
    /// The kind of answer of its items.
    pub choices: String,
    /// When the part is needed.
    #[serde(default)]
    pub need: Need,
    /// Label of its items instead of the package's `item_label`.
    pub item_label: Option<Text>,
    /// The items, in order.
    pub items: Vec<Item>,
}

/// The completeness rule: when the items of a part must be answered.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Always.
    #[default]
    Always,
    /// As soon as one of its items is answered.
    WhenStarted,
    /// As a second stage, after the rest is complete.
    FollowUp(FollowUp),
}

/// A second stage that asks again about the items that scored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What the first stage must have given.
    pub when: Rule,
    /// Band shown while answers of this stage are missing.
    pub pending: String,
    /// What a person reads for that band.
    pub label: Text,
}

/// One item. In the file it may be just its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Id, unique in the package, also the key in an answer file.
    pub id: String,
    /// Its words, where they may be shown.
    pub label: Option<Text>,
    /// A short name in lists, instead of "item {id}".
    pub short: Option<Text>,
    /// What its points are multiplied by.
    pub weight: u32,
    /// In a follow-up part: the item that is asked about again.
    pub follows: Option<String>,
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Item, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            id: String,
            label: Option<Text>,
            short: Option<Text>,
            weight: Option<u32>,
            follows: Option<String>,
        }
        struct IdOrFull;
        impl<'de> serde::de::Visitor<'de> for IdOrFull {
            type Value = Item;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the id of an item, or a table with its id")
            }
            fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<Item, E> {
                Ok(Item {
                    id: id.to_owned(),
                    label: None,
                    short: None,
                    weight: 1,
                    follows: None,
                })
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                let Full {
                    id,
                    label,
                    short,
                    weight,
                    follows,
                } = Full::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Item {
                    id,
                    label,
                    short,
                    weight: weight.unwrap_or(1),
                    follows,
                })
            }
        }
        deserializer.deserialize_any(IdOrFull)
    }
}

/// The items of one age, for an instrument that asks other things at every age.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// First completed month of age the column is used for.
    pub from_months: u32,
    /// Last completed month of age the column is used for.
    pub to_months: u32,
    /// Heading, such as "18 months".
    pub name: Text,
    /// The words of the items.
    pub labels: BTreeMap<String, Text>,
}

/// The total: which parts it sums and the range it must have, a checksum on all weights.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// What the total is called, when it is more than "total".
    pub name: Option<Text>,
    /// The parts whose items are summed.
    pub parts: Vec<String>,
    /// Lowest possible total.
    pub from: Points,
    /// Highest possible total.
    pub to: Points,
}

/// A sum over some items, with the range it must have.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscale {
    /// Id, also the key in results.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Its items.
    pub items: Vec<String>,
    /// Lowest possible sum.
    #[serde(default)]
    pub from: Points,
    /// Highest possible sum.
    pub to: Points,
}

/// How many of all counted items have points in a range.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Id, for use in rules.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Fewest points, included.
    pub from: Option<Points>,
    /// Most points, included.
    pub to: Option<Points>,
}

/// One published way to read the score.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutoffSet {
    /// Id, such as `nhc2010`.
    pub id: String,
    /// What a person reads, such as the number of the norm.
    pub name: Text,
    /// Where it was published.
    pub source: String,
    /// When, as far as it is known: a year, a month or a day.
    pub dated: Option<String>,
    /// Whether it is used when none is named.
    #[serde(default)]
    pub default: bool,
    /// The bands. Either all are ranges of one measure that cover it without gap or overlap, or the first whose rule
    /// holds applies and the last has no rule.
    pub bands: Vec<Band>,
}

/// One reading of a score.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Id, such as `suspected`.
    pub id: String,
    /// What a person reads.
    pub label: Text,
    /// Whether the child goes on to the next step.
    pub positive: bool,
    /// When it applies.
    pub when: Option<Rule>,
    /// What to do now.
    pub advice: Option<Text>,
}

/// A sheet with a known result.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it shows.
    pub name: String,
    /// The child's age.
    pub age_months: Option<u32>,
    /// The cut-off set; the default one when absent.
    pub cutoffs: Option<String>,
    /// Part -> the answer given to all its items.
    #[serde(default)]
    pub fill: BTreeMap<String, Value>,
    /// Item -> answer, over `fill`.
    #[serde(default)]
    pub answers: BTreeMap<String, Value>,
    /// Items left open, out of `fill`.
    #[serde(default)]
    pub without: Vec<String>,
    /// What must come out.
    pub expect: Expectation,
}

/// What must come out of a vector. Missing items, band and positive are always compared; an absent one means none.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The sheet is refused as invalid.
    #[serde(default)]
    pub refused: bool,
    /// Items still to be answered.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The total.
    pub total: Option<Points>,
    /// Some or all subscales.
    #[serde(default)]
    pub subscales: BTreeMap<String, Points>,
    /// The band.
    pub band: Option<String>,
    /// Positive or not.
    pub positive: Option<bool>,
}
