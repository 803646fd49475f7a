//! The rows of a roster become files: thousands in one transaction, a few statements each.

use std::collections::{BTreeMap, HashMap};

use entities::{
    ChildId, GuardianId, JobId,
    child::{care, child, guardian, guardianship},
    import::parked_row,
    words::ParkedState,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    EntityTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect,
};
use serde_json::json;

use super::{
    check::GoodRow,
    earlier::{self, Opened},
    known::{Likeness, Twin},
};
use crate::{
    children::{
        new_child::NewGuardian,
        opening,
        rows::{self, Registration},
        service,
    },
    person::phone_digits,
    platform::{
        Actor, App, Error, Keys, Result, Tx,
        event::{self, Subject},
        job::Watch,
    },
};

/// Variables of one statement (SQLite allows 32,766).
const BOUND: usize = 30_000;
/// Children between two looks at whether to stop.
const CHUNK: usize = 500;

/// What went in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inserted {
    /// New files.
    pub added: usize,
    /// Rows that wait for a decision.
    pub parked: usize,
}

/// Insert the rows that look like nobody and park the others.
pub async fn insert_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    job: JobId,
    good: &[GoodRow],
    likenesses: &[Option<Likeness>],
    watch: &Watch,
) -> Result<Inserted> {
    watch.expect(good.len());
    let mut ids: HashMap<usize, ChildId> = HashMap::new();
    let mut districts: BTreeMap<&str, Vec<(usize, &GoodRow)>> = BTreeMap::new();
    let mut parked = Vec::new();
    for (at, (row, likeness)) in good.iter().zip(likenesses).enumerate() {
        match likeness {
            None => districts.entry(row.child.district()).or_default().push((at, row)),
            Some(likeness) => parked.push((row, likeness)),
        }
    }
    for (district, rows) in districts {
        insert_district(tx, app, by, district, &rows, &mut ids, watch).await?;
    }
    let waiting = parked
        .iter()
        .map(|(row, likeness)| parked_model(&app.keys, job, row, likeness, &ids))
        .collect::<Result<Vec<_>>>()?;
    insert_all(tx, waiting).await?;
    watch.advance(parked.len())?;
    Ok(Inserted {
        added: ids.len(),
        parked: parked.len(),
    })
}

async fn insert_district(
    tx: &Tx,
    app: &App,
    by: &Actor,
    district: &str,
    rows: &[(usize, &GoodRow)],
    ids: &mut HashMap<usize, ChildId>,
    watch: &Watch,
) -> Result<()> {
    let rules = service::check_age_rules(&**tx, district, by).await?;
    let opening = opening::day(&**tx, district, by).await?;
    let cx = Registration::by(app, by, &rules, opening)?;
    let mut numbers = service::reserve_file_numbers_in(tx, by, district, rows.len()).await?;
    for chunk in rows.chunks(CHUNK) {
        let mut numbered = Vec::with_capacity(chunk.len());
        for (at, row) in chunk {
            numbered.push((*at, *row, numbers.next().ok_or(Error::Busy)?));
        }
        let children = numbered
            .iter()
            .map(|(_, row, file_no)| rows::child(&cx, &row.child, file_no))
            .collect::<Result<Vec<_>>>()?;
        insert_all(tx, children).await?;
        let by_file_no = ids_of(tx, numbered.iter().map(|(_, _, file_no)| file_no.as_str())).await?;
        let (mut terms, mut homes, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut ties, mut events) = (Vec::new(), Vec::new());
        let mut families = Vec::new();
        let mut opened = Vec::with_capacity(numbered.len());
        for (at, row, file_no) in &numbered {
            let id = *by_file_no.get(file_no.as_str()).ok_or(Error::Busy)?;
            ids.insert(*at, id);
            opened.push(Opened {
                id,
                child: &row.child,
                earlier: &row.earlier,
            });
            let mut parts = rows::parts(&cx, &row.child, id, file_no);
            terms.append(&mut parts.terms);
            homes.push(parts.residence);
            checks.append(&mut parts.checks);
            if let Some(place) = by.workplace.as_ref().filter(|place| !place.kind.is_federation()) {
                ties.push(care::ActiveModel {
                    organisation_id: Set(place.id),
                    child_id: Set(id),
                    since: Set(by.now),
                    ended_at: Set(None),
                });
            }
            let details = json!({ "file_no": file_no, "division": row.child.division.as_str() });
            events.push(event::row(by, "child.registered", Subject::child(id), details, false));
            families.extend(
                row.child
                    .guardians
                    .iter()
                    .enumerate()
                    .map(|(n, guardian)| (id, guardian, n == 0)),
            );
        }
        insert_all(tx, terms).await?;
        insert_all(tx, homes).await?;
        insert_all(tx, checks).await?;
        insert_all(tx, ties).await?;
        insert_families(tx, &cx, &families).await?;
        event::record_all(tx, events).await?;
        earlier::write_in(tx, by, &opened).await?;
        watch.advance(chunk.len())?;
    }
    Ok(())
}

async fn ids_of(tx: &Tx, file_numbers: impl Iterator<Item = &str>) -> Result<HashMap<String, ChildId>> {
    let found: Vec<(String, ChildId)> = child::Entity::find()
        .filter(child::COLUMN.file_no.is_in(file_numbers))
        .select_only()
        .columns([child::Column::FileNo, child::Column::Id])
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(found.into_iter().collect())
}

/// Name and hash of the phone: siblings in one roster, or a sibling on file, share the guardian.
type Person = (String, String);

/// Guardians and their ties. Who has a phone is looked up first; who has none is always somebody new.
async fn insert_families(tx: &Tx, cx: &Registration<'_>, families: &[(ChildId, &NewGuardian, bool)]) -> Result<()> {
    let persons = families
        .iter()
        .map(|(_, guardian, _)| person(cx.keys, guardian))
        .collect::<Result<Vec<_>>>()?;
    let mut on_file = on_file(tx, &persons).await?;
    let mut new: HashMap<&Person, &NewGuardian> = HashMap::new();
    for ((_, guardian, _), person) in families.iter().zip(&persons) {
        if let Some(person) = person
            && !on_file.contains_key(person)
        {
            new.entry(person).or_insert(guardian);
        }
    }
    let models = new
        .values()
        .map(|one| rows::guardian(cx, one))
        .collect::<Result<Vec<_>>>()?;
    for inserted in insert_returning::<guardian::ActiveModel>(tx, models).await? {
        if let Some(index) = inserted.phone_index {
            on_file.insert((inserted.name, index), inserted.id);
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
            Some(person) => on_file.get(person).copied(),
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

fn language(language: entities::words::Language) -> &'static str {
    language.as_str()
}

fn person(keys: &Keys, guardian: &NewGuardian) -> Result<Option<Person>> {
    let phone = guardian.phone.as_ref();
    let index = phone
        .map(|phone| keys.index("phone", &phone_digits(phone)))
        .transpose()?;
    Ok(index.map(|index| (guardian.name.clone(), index)))
}

async fn on_file(tx: &Tx, persons: &[Option<Person>]) -> Result<HashMap<Person, GuardianId>> {
    let wanted = persons.iter().flatten().map(|(_, index)| index.as_str());
    let found: Vec<(String, Option<String>, GuardianId)> = guardian::Entity::find()
        .filter(guardian::COLUMN.phone_index.is_in(wanted))
        .select_only()
        .columns([
            guardian::Column::Name,
            guardian::Column::PhoneIndex,
            guardian::Column::Id,
        ])
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(found
        .into_iter()
        .filter_map(|(name, index, id)| Some(((name, index?), id)))
        .collect())
}

fn parked_model(
    keys: &Keys,
    job: JobId,
    row: &GoodRow,
    likeness: &Likeness,
    ids: &HashMap<usize, ChildId>,
) -> Result<parked_row::ActiveModel> {
    let child = match likeness.to {
        Twin::File(id) => id,
        Twin::Row(at) => *ids.get(&at).ok_or(Error::Busy)?,
    };
    let fields = serde_json::to_string(&row.form)?;
    Ok(parked_row::ActiveModel {
        id: NotSet,
        job_id: Set(job),
        district: Set(row.child.district().to_owned()),
        row: Set(i32::try_from(row.number)?),
        fields: Set(keys.seal("parked_row", &fields)?),
        child_id: Set(child),
        reasons: Set(json!(likeness.reasons)),
        state: Set(ParkedState::Open),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    })
}

fn at_once<A: ActiveModelTrait>() -> usize {
    BOUND / <A::Entity as EntityTrait>::Column::iter().count().max(1)
}

pub(super) async fn insert_all<A: ActiveModelTrait>(tx: &Tx, rows: Vec<A>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(at_once::<A>()).collect();
        A::Entity::insert_many(some).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(super) async fn insert_returning<A>(tx: &Tx, rows: Vec<A>) -> Result<Vec<<A::Entity as EntityTrait>::Model>>
where
    A: ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let mut inserted = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(at_once::<A>()).collect();
        inserted.extend(A::Entity::insert_many(some).exec_with_returning(&**tx).await?);
    }
    Ok(inserted)
}
