//! Files that are like one that is about to be opened.

use entities::{
    ChildId, GuardianId,
    child::{child, guardian, guardianship},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};

use super::new_child::NewChild;
use crate::{
    person::{
        hanzi,
        likeness::{Features, Reason, reasons},
        phone_digits,
    },
    platform::{Keys, Result},
};

/// More than so many are no help to a clerk.
const MOST: usize = 20;
/// Files that are compared. So many of one sound and birthday, or of one guardian and name, there are not.
const COMPARED: u64 = 200;

/// A file that may be the same child.
#[derive(Clone, Debug)]
pub struct Similar {
    /// The file.
    pub child: child::Model,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What is compared of a child that has no file yet.
pub fn features_of(keys: &Keys, new: &NewChild) -> Result<Features> {
    let phones = new.guardians.iter().filter_map(|g| g.phone.as_ref());
    Ok(Features {
        identity_kind: new.identity.kind(),
        identity_index: new.identity.number().map(|no| keys.index("identity", no)).transpose()?,
        name: new.name.clone(),
        name_sound: hanzi::homophone_key(&new.name),
        sex: new.sex,
        birth_on: new.birth_on,
        phone_indexes: phones
            .map(|phone| Ok(keys.index("phone", &phone_digits(phone))?))
            .collect::<Result<_>>()?,
        guardians: new.guardians.iter().filter_map(|one| one.existing).collect(),
    })
}

/// Files that may be this child, wherever they are kept: the same number, the same sound of the name on the same birthday,
/// or the same guardian. Index look-ups, and one for the families of what they find. The strongest hint stands first.
pub async fn find(db: &impl ConnectionTrait, features: &Features, except: Option<ChildId>) -> Result<Vec<Similar>> {
    let columns = child::COLUMN;
    let mut alike = Condition::any().add(
        Condition::all()
            .add(columns.name_sound.eq(features.name_sound.as_str()))
            .add(columns.birth_on.eq(features.birth_on)),
    );
    if let Some(index) = &features.identity_index {
        alike = alike.add(columns.identity_index.eq(index.as_str()));
    }
    let theirs = Condition::any()
        .add(guardian::COLUMN.id.is_in(features.guardians.iter().copied()))
        .add(
            guardian::COLUMN
                .phone_index
                .is_in(features.phone_indexes.iter().map(String::as_str)),
        );
    if !features.guardians.is_empty() || !features.phone_indexes.is_empty() {
        // A phone alone can be that of a whole home.
        let name_or_birth = Condition::any()
            .add(columns.name.eq(features.name.as_str()))
            .add(columns.birth_on.eq(features.birth_on));
        alike = alike.add(
            Condition::all()
                .add(child::Column::Id.in_subquery(answered_for(theirs)))
                .add(name_or_birth),
        );
    }
    let found = child::Entity::find()
        .filter(columns.merged_into.is_null())
        .filter(alike)
        .order_by_asc(columns.id)
        .limit(COMPARED)
        .all(db)
        .await?;
    let mut similar = Vec::new();
    for other in found.into_iter().filter(|other| Some(other.id) != except) {
        let reasons = reasons(features, &features_on_file(db, &other).await?);
        if !reasons.is_empty() {
            similar.push(Similar { child: other, reasons });
        }
    }
    similar.sort_by(|one, other| one.reasons.cmp(&other.reasons));
    similar.truncate(MOST);
    Ok(similar)
}

/// Children for whom one of some people answers.
fn answered_for(people: Condition) -> SelectStatement {
    let people = guardian::Entity::find()
        .select_only()
        .column(guardian::Column::Id)
        .filter(people)
        .into_query();
    guardianship::Entity::find()
        .select_only()
        .column(guardianship::Column::ChildId)
        .filter(guardianship::Column::GuardianId.in_subquery(people))
        .into_query()
}

/// What is compared of a file.
pub async fn features_on_file(db: &impl ConnectionTrait, child: &child::Model) -> Result<Features> {
    let theirs = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(child.id))
        .select_only()
        .column(guardianship::Column::GuardianId)
        .into_query();
    let people: Vec<(GuardianId, Option<String>)> = guardian::Entity::find()
        .filter(guardian::Column::Id.in_subquery(theirs))
        .select_only()
        .columns([guardian::Column::Id, guardian::Column::PhoneIndex])
        .into_tuple()
        .all(db)
        .await?;
    Ok(Features {
        identity_kind: child.identity_kind,
        identity_index: child.identity_index.clone(),
        name: child.name.clone(),
        name_sound: child.name_sound.clone(),
        sex: child.sex,
        birth_on: child.birth_on,
        guardians: people.iter().map(|(id, _)| *id).collect(),
        phone_indexes: people.into_iter().filter_map(|(_, phone)| phone).collect(),
    })
}
