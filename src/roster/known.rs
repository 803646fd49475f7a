//! Which rows of a roster look like a child who is on file, or like an earlier row: found for thousands at once, from
//! the files of the district in memory.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entities::{
    ChildId, GuardianId,
    child::{child, guardian, guardianship},
    words::{IdentityKind, Sex},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::check::GoodRow;
use crate::{
    children::similar,
    person::likeness::{Features, Reason, reasons},
    platform::{Keys, Result},
};

/// Values in one query: SQLite binds 32,766, and long lists are slow to plan.
const CHUNK: usize = 1_000;

/// Whom a row looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// A file.
    File(ChildId),
    /// The earlier row at this position among the good ones.
    Row(usize),
}

/// A row's likeness to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Whom it looks like.
    pub to: Twin,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// For every good row whom it looks like; none: nobody.
pub async fn likenesses(db: &impl ConnectionTrait, keys: &Keys, rows: &[GoodRow]) -> Result<Vec<Option<Likeness>>> {
    let features = rows
        .iter()
        .map(|row| similar::features_of(keys, &row.child))
        .collect::<Result<Vec<_>>>()?;
    let districts: BTreeSet<&str> = rows.iter().map(|row| row.child.district()).collect();
    let files = files(db, &features, &districts).await?;
    Ok(compare(files, features))
}

/// Compare in the order of rows: a row that looks like nobody is somebody for those below it. Pure.
fn compare(files: Vec<(ChildId, Features)>, rows: Vec<Features>) -> Vec<Option<Likeness>> {
    let mut pool = Pool::default();
    for (id, features) in files {
        pool.add(Twin::File(id), features);
    }
    let mut likenesses = Vec::with_capacity(rows.len());
    for (at, features) in rows.into_iter().enumerate() {
        let likeness = pool.like(&features);
        if likeness.is_none() {
            pool.add(Twin::Row(at), features);
        }
        likenesses.push(likeness);
    }
    likenesses
}

#[derive(Default)]
struct Pool {
    all: Vec<(Twin, Features)>,
    by_identity: HashMap<String, Vec<usize>>,
    by_sound: HashMap<(String, NaiveDate), Vec<usize>>,
    /// A phone alone can be that of a whole home.
    by_phone_and_name: HashMap<(String, String), Vec<usize>>,
    by_phone_and_birth: HashMap<(String, NaiveDate), Vec<usize>>,
}

impl Pool {
    fn add(&mut self, who: Twin, features: Features) {
        let at = self.all.len();
        if let Some(index) = &features.identity_index {
            self.by_identity.entry(index.clone()).or_default().push(at);
        }
        self.by_sound
            .entry((features.name_sound.clone(), features.birth_on))
            .or_default()
            .push(at);
        for phone in &features.phone_indexes {
            let (name, birth) = (
                (phone.clone(), features.name.clone()),
                (phone.clone(), features.birth_on),
            );
            self.by_phone_and_name.entry(name).or_default().push(at);
            self.by_phone_and_birth.entry(birth).or_default().push(at);
        }
        self.all.push((who, features));
    }

    /// The strongest likeness: the same number first.
    fn like(&self, features: &Features) -> Option<Likeness> {
        let by_identity = features.identity_index.as_ref().and_then(|i| self.by_identity.get(i));
        let by_sound = self.by_sound.get(&(features.name_sound.clone(), features.birth_on));
        let by_phone = features.phone_indexes.iter().flat_map(|phone| {
            let of_name = self.by_phone_and_name.get(&(phone.clone(), features.name.clone()));
            let of_birth = self.by_phone_and_birth.get(&(phone.clone(), features.birth_on));
            of_name.into_iter().chain(of_birth)
        });
        let candidates = by_identity.into_iter().chain(by_sound).chain(by_phone).flatten();
        let alike = candidates.filter_map(|at| {
            let (who, other) = self.all.get(*at)?;
            let reasons = reasons(features, other);
            (!reasons.is_empty()).then_some(Likeness { to: *who, reasons })
        });
        // The first of those with the strongest reason.
        alike.min_by(|one, other| one.reasons.cmp(&other.reasons))
    }
}

type Row = (ChildId, IdentityKind, Option<String>, String, String, Sex, NaiveDate);

/// The files that any row can be like: all of the districts with a birthday between the rows' first and last, and
/// those with one of the rows' numbers or phones wherever they are kept.
async fn files(
    db: &impl ConnectionTrait,
    rows: &[Features],
    districts: &BTreeSet<&str>,
) -> Result<Vec<(ChildId, Features)>> {
    let births = rows.iter().map(|row| row.birth_on);
    let (Some(first), Some(last)) = (births.clone().min(), births.max()) else {
        return Ok(Vec::new());
    };
    let near = Condition::all()
        .add(child::COLUMN.district.is_in(districts.iter().copied()))
        .add(child::COLUMN.birth_on.between(first, last));
    let mut found = select(db, near).await?;
    let numbers: Vec<&str> = rows.iter().filter_map(|row| row.identity_index.as_deref()).collect();
    for some in numbers.chunks(CHUNK) {
        let held = Condition::all().add(child::COLUMN.identity_index.is_in(some.iter().copied()));
        found.extend(select(db, held).await?);
    }
    let mut phones = phones(db, rows).await?;
    let families: Vec<ChildId> = phones.keys().copied().collect();
    for some in families.chunks(CHUNK) {
        let theirs = Condition::all().add(child::COLUMN.id.is_in(some.iter().copied()));
        found.extend(select(db, theirs).await?);
    }
    found.sort_by_key(|row| row.0);
    found.dedup_by_key(|row| row.0);
    Ok(found
        .into_iter()
        .map(|(id, identity_kind, identity_index, name, name_sound, sex, birth_on)| {
            let features = Features {
                identity_kind,
                identity_index,
                name,
                name_sound,
                sex,
                birth_on,
                phone_indexes: phones.remove(&id).unwrap_or_default(),
                guardians: Vec::new(),
            };
            (id, features)
        })
        .collect())
}

async fn select(db: &impl ConnectionTrait, condition: Condition) -> Result<Vec<Row>> {
    Ok(child::Entity::find()
        .filter(child::COLUMN.merged_into.is_null())
        .filter(condition)
        .order_by_asc(child::COLUMN.id)
        .select_only()
        .columns([
            child::Column::Id,
            child::Column::IdentityKind,
            child::Column::IdentityIndex,
            child::Column::Name,
            child::Column::NameSound,
            child::Column::Sex,
            child::Column::BirthOn,
        ])
        .into_tuple()
        .all(db)
        .await?)
}

/// Which children are answered for by somebody with one of the rows' phones.
async fn phones(db: &impl ConnectionTrait, rows: &[Features]) -> Result<HashMap<ChildId, Vec<String>>> {
    let wanted: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.phone_indexes.iter().map(String::as_str))
        .collect();
    let wanted: Vec<&str> = wanted.into_iter().collect();
    let mut owners: HashMap<GuardianId, String> = HashMap::new();
    for some in wanted.chunks(CHUNK) {
        let found: Vec<(GuardianId, Option<String>)> = guardian::Entity::find()
            .filter(guardian::COLUMN.phone_index.is_in(some.iter().copied()))
            .select_only()
            .columns([guardian::Column::Id, guardian::Column::PhoneIndex])
            .into_tuple()
            .all(db)
            .await?;
        owners.extend(found.into_iter().filter_map(|(id, index)| Some((id, index?))));
    }
    let ids: Vec<GuardianId> = owners.keys().copied().collect();
    let mut phones: HashMap<ChildId, Vec<String>> = HashMap::new();
    for some in ids.chunks(CHUNK) {
        let ties: Vec<(ChildId, GuardianId)> = guardianship::Entity::find()
            .filter(guardianship::COLUMN.guardian_id.is_in(some.iter().copied()))
            .select_only()
            .columns([guardianship::Column::ChildId, guardianship::Column::GuardianId])
            .into_tuple()
            .all(db)
            .await?;
        for (child, guardian) in ties {
            if let Some(index) = owners.get(&guardian) {
                phones.entry(child).or_default().push(index.clone());
            }
        }
    }
    Ok(phones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::hanzi;

    fn features(name: &str, number: Option<&str>, phone: &str) -> Features {
        Features {
            identity_kind: number.map_or(IdentityKind::NoneYet, |_| IdentityKind::CitizenId),
            identity_index: number.map(str::to_owned),
            name: name.to_owned(),
            name_sound: hanzi::homophone_key(name),
            sex: Sex::Male,
            birth_on: "2023-05-14".parse().unwrap(),
            phone_indexes: vec![phone.to_owned()],
            guardians: Vec::new(),
        }
    }

    #[test]
    fn rows_are_compared_with_files_and_with_rows_above() {
        let files = vec![(ChildId(7), features("王明", Some("a"), "1"))];
        let rows = vec![
            features("李鸣", Some("a"), "2"),
            features("李明", None, "3"),
            features("黎鸣", None, "3"),
            features("黎鸣", None, "4"),
            Features {
                birth_on: "2023-05-15".parse().unwrap(),
                ..features("李明", None, "3")
            },
        ];
        let found: Vec<_> = compare(files, rows)
            .into_iter()
            .map(|likeness| likeness.map(|l| (l.to, l.reasons)))
            .collect();
        assert_eq!(
            found,
            [
                Some((Twin::File(ChildId(7)), vec![Reason::Identity])),
                None,
                Some((Twin::Row(1), vec![Reason::SoundBirthPhone])),
                None,
                Some((Twin::Row(1), vec![Reason::BirthSlip])),
            ]
        );
    }
}
