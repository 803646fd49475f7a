//! Whom one calls about a child. The number is masked, with a button that shows it; shown, it can be called and copied, and
//! beside it stands what is written down of the call.

use std::collections::BTreeMap;

use askama::Template;
use entities::{
    ChildId, GuardianshipId,
    child::{guardian, guardianship},
    words::{ContactResult, Language},
};

use super::guardians;
use crate::{
    access::Can,
    platform::{App, Result, Say},
    web::{Ctx, filters, reveal::Shown},
};

/// A guardian's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// About whom one calls.
    pub child: ChildId,
    /// The tie to the child.
    pub tie: GuardianshipId,
    /// Who answers.
    pub name: String,
    /// Relation, as a locale key.
    pub kinship: &'static str,
    /// The masked number; none where nobody knows a number.
    pub masked: Option<String>,
    /// The number, while it is shown.
    pub number: Option<String>,
    /// It was asked for a moment ago, in place.
    pub fresh: bool,
}

impl Phone {
    /// The number of a guardian, shown or not.
    pub fn of(shown: &Shown, tie: &guardianship::Model, person: &guardian::Model) -> Self {
        Self {
            child: tie.child_id,
            tie: tie.id,
            name: person.name.clone(),
            kinship: tie.kinship.word(),
            masked: person.phone_mask.clone(),
            number: shown.of(&place(tie.id)).map(str::to_owned),
            fresh: false,
        }
    }

    /// Its place on a page.
    pub fn place(&self) -> String {
        place(self.tie)
    }

    /// Whom one spoke to, as it is written down.
    pub fn said(&self, language: &Language) -> String {
        Say::new("phone.called")
            .with("name", &self.name)
            .with_word("kinship", self.kinship)
            .in_words(*language)
    }

    /// What comes of most calls, one button each: the key of its words, and the result.
    pub fn results(&self) -> [(&'static str, ContactResult); 3] {
        [
            ("phone.told", ContactResult::Reached),
            ("phone.not_reached", ContactResult::NotReached),
            ("phone.wrong_number", ContactResult::WrongNumber),
        ]
    }

    /// The number as telephones take it.
    pub fn dialled(&self) -> String {
        let digits = self.number.iter().flat_map(|number| number.chars());
        digits.filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

/// The place of a number on a page, by which it is also kept while it is shown.
pub(super) fn place(tie: GuardianshipId) -> String {
    format!("phone-{tie}")
}

/// Whom one calls about a child, and where a call is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Those who may be told, asked first first.
    pub people: Vec<Phone>,
    /// Where a call is written down; none where the reader has no task with the family.
    pub record: Option<String>,
}

async fn all(app: &App, ctx: &Ctx, child: ChildId, record: Option<String>) -> Result<Calls> {
    let shown = Shown::now(app, ctx).await?;
    let ties = guardians::contactable(&*app.db, child).await?;
    Ok(Calls {
        people: ties
            .iter()
            .map(|(tie, person)| Phone::of(&shown, tie, person))
            .collect(),
        record,
    })
}

/// Whom one calls about a child, for those who may see numbers; nothing for others.
pub async fn calls_for(app: &App, ctx: &Ctx, child: ChildId, record: Option<String>) -> Result<Option<Calls>> {
    if !ctx.may(Can::Unmask) {
        return Ok(None);
    }
    all(app, ctx, child, record).await.map(Some)
}

/// Whom one calls first about each of many children.
pub async fn first(app: &App, ctx: &Ctx, children: Vec<ChildId>) -> Result<BTreeMap<ChildId, Phone>> {
    let shown = Shown::now(app, ctx).await?;
    let mut phones = BTreeMap::new();
    for (tie, person) in guardians::contactable_of(&*app.db, children).await? {
        phones
            .entry(tie.child_id)
            .or_insert_with(|| Phone::of(&shown, &tie, &person));
    }
    Ok(phones)
}

/// A number alone, where a page asks for it in place.
#[derive(Template)]
#[template(path = "children/phone_part.html")]
pub(super) struct PhonePart {
    pub(super) one: Phone,
}
