//! Somebody who is on file already answers for another child: the record is used again. What it lacks is filled in from what
//! was typed, what differs is asked about, and whoever typed it is told.

use entities::{
    ChildId, GuardianId,
    child::{child, guardian, guardianship},
    mask,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};
use serde_json::json;

use super::new_child::NewGuardian;
use crate::{
    person::phone_digits,
    platform::{
        Actor, Keys, Result, Say, Tx,
        event::{self, Subject},
    },
};

/// What becomes of what differs from the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Differing {
    /// Nobody was asked yet: nothing is written.
    #[default]
    Ask,
    /// The record stays as it is.
    Keep,
    /// The record says what was typed from now on, for the brothers and sisters too.
    Take,
}

impl Differing {
    /// As a form sends it.
    pub fn typed(text: &str) -> Self {
        match text {
            "keep" => Self::Keep,
            "take" => Self::Take,
            _ => Self::Ask,
        }
    }
}

/// Where it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A page, which asks for the language of messages.
    Page,
    /// A roster, which does not.
    Roster,
}

/// A record that was used again, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reused {
    /// Whose.
    pub guardian: GuardianId,
    /// As it is called.
    pub name: String,
    /// What it lacked and has now.
    pub filled: Vec<&'static str>,
    /// What it said otherwise and says now as typed.
    pub replaced: Vec<&'static str>,
    /// What it says otherwise than was typed.
    pub kept: Vec<&'static str>,
}

impl Reused {
    /// What whoever typed it is told.
    pub fn say(&self) -> Say {
        let key = if !self.replaced.is_empty() {
            "guardian.reused.replaced"
        } else if !self.kept.is_empty() {
            "guardian.reused.kept"
        } else if !self.filled.is_empty() {
            "guardian.reused.filled"
        } else {
            "guardian.reused.as_it_was"
        };
        Say::new(key).with("name", &self.name)
    }
}

/// What came of using a record again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is used.
    Reused(Reused),
    /// It says something else, and somebody has to decide first.
    Asks(Vec<Say>),
}

/// A guardian of the same name and phone who answers for a child of the district: a sibling's. The same phone under another
/// name is another person; and of who answers for children of other districts nobody here knows.
pub async fn on_file(
    db: &impl ConnectionTrait,
    keys: &Keys,
    new: &NewGuardian,
    district: &str,
) -> Result<Option<guardian::Model>> {
    let Some(phone) = &new.phone else { return Ok(None) };
    let index = keys.index("phone", &phone_digits(phone))?;
    let here = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(child::COLUMN.district.eq(district))
        .into_query();
    let found = guardian::Entity::find()
        .filter(guardian::COLUMN.phone_index.eq(index))
        .filter(guardian::COLUMN.name.eq(new.name.as_str()))
        .order_by_asc(guardian::COLUMN.id)
        .all(db)
        .await?;
    for person in found {
        let tie = guardianship::Entity::find()
            .filter(guardianship::COLUMN.guardian_id.eq(person.id))
            .filter(guardianship::Column::ChildId.in_subquery(here.clone()))
            .one(db)
            .await?;
        if tie.is_some() {
            return Ok(Some(person));
        }
    }
    Ok(None)
}

/// Use a record again: fill in what it lacks, and deal with what it says otherwise as was chosen.
pub async fn settle_in(
    tx: &Tx,
    keys: &Keys,
    known: &guardian::Model,
    new: &NewGuardian,
    how: Differing,
    source: Source,
) -> Result<Settled> {
    let mut reused = Reused {
        guardian: known.id,
        name: known.name.clone(),
        filled: Vec::new(),
        replaced: Vec::new(),
        kept: Vec::new(),
    };
    let differences = differences(keys, known, new, source)?;
    if how == Differing::Ask && !differences.is_empty() {
        return Ok(Settled::Asks(differences.into_iter().map(|(_, say)| say).collect()));
    }
    let differs = |field| differences.iter().any(|(name, _)| *name == field);
    let mut row = known.clone().into_active_model();
    for field in [PHONE, EMAIL, LANGUAGE] {
        let missing = match field {
            PHONE => known.phone.is_none() && new.phone.is_some(),
            EMAIL => known.email.is_none() && new.email.is_some(),
            _ => false,
        };
        let list = match how {
            _ if missing => &mut reused.filled,
            Differing::Take if differs(field) => &mut reused.replaced,
            Differing::Keep if differs(field) => &mut reused.kept,
            Differing::Ask | Differing::Keep | Differing::Take => continue,
        };
        list.push(field);
        if missing || how == Differing::Take {
            put(keys, &mut row, field, new)?;
        }
    }
    if !reused.filled.is_empty() || !reused.replaced.is_empty() {
        row.version = Set(known.version + 1);
        row.update(&**tx).await?;
    }
    Ok(Settled::Reused(reused))
}

/// Record that somebody's record was used for a child, and what became of it.
pub async fn record_in(tx: &Tx, by: &Actor, child: ChildId, reused: &Reused) -> Result<()> {
    let details = json!({ "filled": reused.filled, "replaced": reused.replaced, "kept": reused.kept });
    let subject = Subject::of_child("guardian", reused.guardian.0, child);
    event::record(tx, by, "guardian.reused", subject, details).await
}

const PHONE: &str = "phone";
const EMAIL: &str = "email";
const LANGUAGE: &str = "language";

/// What the record says otherwise, and how it is asked about. What the record says is masked: whoever asks may not see the
/// other child.
fn differences(
    keys: &Keys,
    known: &guardian::Model,
    new: &NewGuardian,
    source: Source,
) -> Result<Vec<(&'static str, Say)>> {
    let say = |key: &'static str| Say::new(key).with("name", &known.name);
    let mut all = Vec::new();
    if let (Some(index), Some(phone)) = (&known.phone_index, &new.phone)
        && *index != keys.index("phone", &phone_digits(phone))?
    {
        let there = known.phone_mask.clone().unwrap_or_default();
        all.push((PHONE, say("guardian.differs.phone").with("there", there)));
    }
    if let (Some(there), Some(typed)) = (&known.email, &new.email)
        && !there.eq_ignore_ascii_case(typed)
    {
        all.push((EMAIL, say("guardian.differs.email").with("there", mask::email(there))));
    }
    if source == Source::Page && known.language != new.language {
        let there = Say::new(known.language.word());
        all.push((LANGUAGE, say("guardian.differs.language").with_word("there", there)));
    }
    Ok(all)
}

fn put(keys: &Keys, row: &mut guardian::ActiveModel, field: &str, new: &NewGuardian) -> Result<()> {
    match field {
        PHONE => {
            if let Some(phone) = &new.phone {
                row.phone = Set(Some(keys.seal("guardian.phone", &phone.to_string())?));
                row.phone_index = Set(Some(keys.index("phone", &phone_digits(phone))?));
                row.phone_mask = Set(Some(phone.masked()));
            }
        }
        EMAIL => row.email = Set(new.email.clone()),
        _ => row.language = Set(new.language),
    }
    Ok(())
}
