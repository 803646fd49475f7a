//! What stands in an agreement: exactly this is frozen, shown, and signed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    AgreementId,
    agreement::{agreement, agreement_template},
    child::{child, guardian, guardianship},
    enrolment::enrolment_decision,
    words::{Kinship, Language, Party},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::text::{Line, filled};
use crate::{
    platform::{
        Keys, Result, Say,
        frozen::{self, Of, Opened},
        words,
    },
    web::paper::day,
};

/// The language of agreements: that of their templates.
pub const LANGUAGE: Language = Language::Chinese;

/// What is frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Which agreement.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The day on which it was made.
    pub on: NaiveDate,
    /// The child.
    pub child: String,
    /// Its file.
    pub file_no: String,
    /// The decision that it hangs on.
    pub decision: String,
    /// The number of the one that it amends.
    pub amends: Option<String>,
    /// The text.
    pub lines: Vec<Line>,
    /// How signing works.
    pub clause: Vec<String>,
    /// Who signs.
    pub signers: Vec<Named>,
}

/// Somebody who signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// For whom.
    pub party: Party,
    /// The legal person, or the guardian.
    pub name: String,
    /// How a guardian is related to the child.
    pub kinship: Option<Kinship>,
}

/// What an agreement is made from.
pub struct Parts<'a> {
    /// The number that it gets.
    pub number: &'a str,
    /// The day.
    pub on: NaiveDate,
    /// The text.
    pub template: &'a agreement_template::Model,
    /// The decision.
    pub decision: &'a enrolment_decision::Model,
    /// The child.
    pub child: &'a child::Model,
    /// The centre.
    pub centre: &'a str,
    /// Those who sign for the child.
    pub guardians: &'a [(guardianship::Model, guardian::Model)],
    /// What was typed.
    pub typed: &'a BTreeMap<&'static str, String>,
    /// The one that it amends.
    pub amends: Option<&'a agreement::Model>,
}

/// The clause on how signing works, which stands in every agreement: both sides agree on the way (电子签名法 art. 13).
const CLAUSE: [&str; 4] = [
    "agreement.clause.way",
    "agreement.clause.identity",
    "agreement.clause.hash",
    "agreement.clause.copy",
];

impl Parts<'_> {
    /// What stands in it.
    pub fn content(&self) -> Content {
        let guardians = self.guardians.iter().map(|(tie, person)| Named {
            party: Party::Guardian,
            name: person.name.clone(),
            kinship: Some(tie.kinship),
        });
        let centre = Named {
            party: Party::Centre,
            name: self.decision.legal_person.clone(),
            kinship: None,
        };
        Content {
            number: self.number.to_owned(),
            title: self.template.title.clone(),
            on: self.on,
            child: self.child.name.clone(),
            file_no: self.child.file_no.clone(),
            decision: self.decision.number.clone(),
            amends: self.amends.map(|row| row.number.clone()),
            lines: filled(&self.template.body, &self.values()),
            clause: CLAUSE.map(|key| Say::new(key).in_words(LANGUAGE)).into(),
            signers: guardians.chain([centre]).collect(),
        }
    }

    fn values(&self) -> BTreeMap<&'static str, String> {
        let on = |date: Option<NaiveDate>| date.map(|date| day(LANGUAGE, date)).unwrap_or_default();
        let word = |key: &'static str| words::raw(LANGUAGE, key).into_owned();
        let (from, to) = (self.decision.valid_from, self.decision.valid_to);
        let people = self.guardians.iter().map(|(tie, person)| {
            let kinship = word(tie.kinship.word());
            format!("{}（{kinship}）", person.name)
        });
        let hours = self.decision.minutes_per_week.map(|minutes| (minutes / 60).to_string());
        let mut values = BTreeMap::from([
            ("child", self.child.name.clone()),
            ("birth_on", on(Some(self.child.birth_on))),
            ("file_no", self.child.file_no.clone()),
            ("guardians", people.collect::<Vec<_>>().join("、")),
            ("centre", self.centre.to_owned()),
            ("legal_person", self.decision.legal_person.clone()),
            ("decision", self.decision.number.clone()),
            ("mode", word(self.decision.mode.word())),
            ("valid_from", on(from)),
            ("valid_to", on(to)),
            (
                "days",
                from.zip(to)
                    .map(|(from, to)| ((to - from).num_days() + 1).to_string())
                    .unwrap_or_default(),
            ),
            ("hours", hours.unwrap_or_default()),
            ("number", self.number.to_owned()),
            ("on", on(Some(self.on))),
        ]);
        values.extend(self.typed.iter().map(|(code, value)| (*code, value.clone())));
        values
    }
}

/// What the content of an agreement is of.
pub fn of(number: &str) -> Of<'static> {
    Of {
        kind: "agreement",
        says: number.to_owned(),
    }
}

/// The content of an agreement; who may read it is for its query to say.
pub async fn open(db: &impl ConnectionTrait, keys: &Keys, row: &agreement::Model) -> Result<Opened<Content>> {
    let opened: Opened<Content> = frozen::open(db, keys, &of(&row.number), row.content_id).await?;
    Ok(Opened {
        intact: opened.intact && opened.reference.hash == row.content_hash,
        ..opened
    })
}

/// As much of a hash as people compare.
pub fn short(hash: &str) -> &str {
    hash.get(..16).unwrap_or(hash)
}

/// The page of an agreement.
pub fn page(id: AgreementId) -> String {
    format!("/agreements/{id}")
}
