//! The guardians of a roster. Brothers and sisters in one file, and a brother or sister on file, share the record: what it lacks
//! comes from the rows, and what the rows say otherwise is counted before anything goes in, for somebody to decide.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entities::{
    ChildId, GuardianId,
    child::{child, guardian, guardianship},
    words::Language,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    bulk::{insert_all, insert_returning},
    check::GoodRow,
};
use crate::{
    children::{
        new_child::NewGuardian,
        reuse::{self, Differing, Settled, Source},
        rows::{self, Registration},
    },
    person::phone_digits,
    platform::{Actor, Error, Keys, Result, Tx},
};

/// Values in one query: SQLite binds 32,766, and long lists are slow to plan.
const CHUNK: usize = 1_000;

/// Name and hash of the phone: siblings in one roster, or a sibling on file, share the guardian.
type Person = (String, String);

/// A guardian of a child; true: asked first.
pub(super) type Tie<'a> = (ChildId, &'a NewGuardian, bool);

/// What the rows tell of guardians who are on file or stand in a row above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Guardians whose record is used again.
    pub reused: usize,
    /// Rows that fill something in.
    pub filled: usize,
    /// Numbers of the rows that say something else than the record.
    pub differing: Vec<u32>,
}

/// Look at the guardians of the rows that will go in, without writing.
pub async fn look<'a>(db: &impl ConnectionTrait, keys: &Keys, rows: impl Iterator<Item = &'a GoodRow>) -> Result<Seen> {
    let mut districts: BTreeMap<&str, Vec<(u32, &NewGuardian)>> = BTreeMap::new();
    for row in rows {
        let people = row.child.guardians.iter().map(|one| (row.number, one));
        districts.entry(row.child.district()).or_default().extend(people);
    }
    let mut seen = Seen::default();
    for (district, people) in districts {
        let persons = people
            .iter()
            .map(|(_, one)| person(keys, one))
            .collect::<Result<Vec<_>>>()?;
        let known = on_file(db, persons.iter().flatten(), district).await?;
        let known = known.into_iter().map(|(person, record)| (person, record.email));
        seen.read(known.collect(), people.into_iter().zip(persons));
    }
    Ok(seen)
}

impl Seen {
    /// Read the rows in their order; a record begins with the first row that names somebody.
    fn read<'a>(
        &mut self,
        mut known: HashMap<Person, Option<String>>,
        people: impl Iterator<Item = ((u32, &'a NewGuardian), Option<Person>)>,
    ) {
        for ((row, guardian), person) in people {
            let Some(person) = person else { continue };
            let Some(email) = known.get_mut(&person) else {
                known.insert(person, guardian.email.clone());
                continue;
            };
            self.reused += 1;
            match (&*email, &guardian.email) {
                (Some(there), Some(typed)) if !there.eq_ignore_ascii_case(typed) => {
                    if self.differing.last() != Some(&row) {
                        self.differing.push(row);
                    }
                }
                (None, Some(typed)) => {
                    self.filled += 1;
                    *email = Some(typed.clone());
                }
                (Some(_) | None, Some(_) | None) => {}
            }
        }
    }
}

/// Guardians and their ties. Who has a phone is looked up first; who has none is always somebody new.
pub(super) async fn insert_in(
    tx: &Tx,
    cx: &Registration<'_>,
    by: &Actor,
    district: &str,
    families: &[Tie<'_>],
    differing: Differing,
) -> Result<()> {
    let persons = families
        .iter()
        .map(|(_, guardian, _)| person(cx.keys, guardian))
        .collect::<Result<Vec<_>>>()?;
    let known = on_file(&**tx, persons.iter().flatten(), district).await?;
    let mut ids = reuse_in(tx, cx, by, families, &persons, &known, differing).await?;
    let new = new_people(families, &persons, &known, differing);
    let models = new
        .values()
        .map(|one| rows::guardian(cx, one))
        .collect::<Result<Vec<_>>>()?;
    for inserted in insert_returning::<guardian::ActiveModel>(tx, models).await? {
        if let Some(index) = inserted.phone_index {
            ids.insert((inserted.name, index), inserted.id);
        }
    }
    let silent: Vec<_> = families
        .iter()
        .zip(&persons)
        .filter(|(_, person)| person.is_none())
        .collect();
    let models = silent
        .iter()
        .map(|((_, guardian, _), _)| rows::guardian(cx, guardian))
        .collect::<Result<Vec<_>>>()?;
    // Without a phone, two of the same name, address and language are alike in every column, so either id will do.
    let mut without_phone: HashMap<(String, Option<String>, &'static str), Vec<GuardianId>> = HashMap::new();
    for inserted in insert_returning::<guardian::ActiveModel>(tx, models).await? {
        let key = (inserted.name, inserted.email, language(inserted.language));
        without_phone.entry(key).or_default().push(inserted.id);
    }
    let mut ties = Vec::with_capacity(families.len());
    for ((child, guardian, first), person) in families.iter().zip(&persons) {
        let id = match person {
            Some(person) => ids.get(person).copied(),
            None => without_phone
                .get_mut(&(
                    guardian.name.clone(),
                    guardian.email.clone(),
                    language(guardian.language),
                ))
                .and_then(Vec::pop),
        };
        ties.push(rows::guardianship(*child, id.ok_or(Error::Busy)?, guardian, *first));
    }
    insert_all::<guardianship::ActiveModel>(tx, ties).await
}

/// Use the records that are there, and let them have what the rows tell.
async fn reuse_in(
    tx: &Tx,
    cx: &Registration<'_>,
    by: &Actor,
    families: &[Tie<'_>],
    persons: &[Option<Person>],
    known: &HashMap<Person, guardian::Model>,
    differing: Differing,
) -> Result<HashMap<Person, GuardianId>> {
    let mut records = known.clone();
    for ((child, guardian, _), person) in families.iter().zip(persons) {
        let Some(record) = person.as_ref().and_then(|person| records.get_mut(person)) else {
            continue;
        };
        let settled = reuse::settle_in(tx, cx.keys, record, guardian, differing, Source::Roster).await?;
        let reused = match settled {
            Settled::Reused(reused) => reused,
            Settled::Asks(_) => return Err(Error::stale()),
        };
        if !reused.filled.is_empty() || !reused.replaced.is_empty() {
            record.email.clone_from(&guardian.email);
            record.version += 1;
        }
        if !reused.filled.is_empty() || !reused.replaced.is_empty() || !reused.kept.is_empty() {
            reuse::record_in(tx, by, *child, &reused).await?;
        }
    }
    Ok(records
        .into_iter()
        .map(|(person, record)| (person, record.id))
        .collect())
}

/// Those who are not on file, once each, with everything that any of their rows tells.
fn new_people<'a>(
    families: &[Tie<'_>],
    persons: &'a [Option<Person>],
    known: &HashMap<Person, guardian::Model>,
    differing: Differing,
) -> HashMap<&'a Person, NewGuardian> {
    let mut new: HashMap<&Person, NewGuardian> = HashMap::new();
    for ((_, guardian, _), person) in families.iter().zip(persons) {
        let Some(person) = person.as_ref().filter(|person| !known.contains_key(*person)) else {
            continue;
        };
        let record = new.entry(person).or_insert_with(|| (*guardian).clone());
        if guardian.email.is_some() && (record.email.is_none() || differing == Differing::Take) {
            record.email.clone_from(&guardian.email);
        }
    }
    new
}

fn language(language: Language) -> &'static str {
    language.as_str()
}

fn person(keys: &Keys, guardian: &NewGuardian) -> Result<Option<Person>> {
    let phone = guardian.phone.as_ref();
    let index = phone
        .map(|phone| keys.index("phone", &phone_digits(phone)))
        .transpose()?;
    Ok(index.map(|index| (guardian.name.clone(), index)))
}

/// Those who answer for a child of the district: of others nobody here knows.
async fn on_file(
    db: &impl ConnectionTrait,
    persons: impl Iterator<Item = &Person>,
    district: &str,
) -> Result<HashMap<Person, guardian::Model>> {
    let wanted: BTreeSet<&Person> = persons.collect();
    let phones: BTreeSet<&str> = wanted.iter().map(|(_, index)| index.as_str()).collect();
    let phones: Vec<&str> = phones.into_iter().collect();
    let here = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(child::COLUMN.district.eq(district))
        .into_query();
    let theirs = guardianship::Entity::find()
        .select_only()
        .column(guardianship::Column::GuardianId)
        .filter(guardianship::Column::ChildId.in_subquery(here));
    let mut known = HashMap::new();
    for some in phones.chunks(CHUNK) {
        let found = guardian::Entity::find()
            .filter(guardian::COLUMN.phone_index.is_in(some.iter().copied()))
            .order_by_asc(guardian::COLUMN.id)
            .all(db)
            .await?;
        if found.is_empty() {
            continue;
        }
        let ids = found.iter().map(|one| one.id);
        let tied: Vec<GuardianId> = theirs
            .clone()
            .filter(guardianship::COLUMN.guardian_id.is_in(ids))
            .into_tuple()
            .all(db)
            .await?;
        let tied: BTreeSet<GuardianId> = tied.into_iter().collect();
        for record in found.into_iter().filter(|one| tied.contains(&one.id)) {
            let Some(index) = record.phone_index.clone() else {
                continue;
            };
            let person = (record.name.clone(), index);
            if wanted.contains(&person) {
                known.entry(person).or_insert(record);
            }
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use entities::words::Kinship;

    use super::*;

    fn guardian(email: Option<&str>) -> NewGuardian {
        NewGuardian {
            existing: None,
            name: "王丽".into(),
            phone: None,
            email: email.map(str::to_owned),
            language: Language::Chinese,
            kinship: Kinship::Mother,
            has_custody: true,
            may_be_contacted: true,
        }
    }

    #[test]
    fn rows_fill_in_what_the_record_lacks_and_say_where_they_differ() {
        let person = |name: &str| Some((name.to_owned(), "1".to_owned()));
        let (none, one, same, other) = (
            guardian(None),
            guardian(Some("li@example.org")),
            guardian(Some("LI@example.org")),
            guardian(Some("wang@example.org")),
        );
        let known = HashMap::from([((String::from("on file"), String::from("1")), None)]);
        let rows = [
            ((2, &none), person("new")),
            ((3, &one), person("new")),
            ((4, &same), person("new")),
            ((5, &other), person("new")),
            ((6, &one), person("on file")),
            ((7, &other), person("on file")),
            ((8, &other), None),
        ];
        let mut seen = Seen::default();
        seen.read(known, rows.into_iter());
        let expected = Seen {
            reused: 5,
            filled: 2,
            differing: vec![5, 7],
        };
        assert_eq!(seen, expected);
    }
}
