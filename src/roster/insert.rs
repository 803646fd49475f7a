//! The rows of a roster become files: thousands in one transaction, a few statements each.

use std::collections::{BTreeMap, HashMap};

use entities::{
    ChildId, JobId,
    child::{care, child},
    import::parked_row,
    words::ParkedState,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait, QueryFilter, QuerySelect,
};
use serde_json::json;

use super::{
    bulk::insert_all,
    check::GoodRow,
    earlier::{self, Opened},
    families,
    known::{Likeness, Twin},
};
use crate::{
    children::{
        opening,
        reuse::Differing,
        rows::{self, Registration},
        service,
    },
    platform::{
        Actor, App, Error, Keys, Result, Tx,
        event::{self, Subject},
        job::Watch,
    },
};

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

/// Insert the rows that look like nobody and park the others. `differing` says what becomes of what the rows say otherwise
/// than the record of a guardian.
pub async fn insert_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    (job, differing): (JobId, Differing),
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
        insert_district(tx, app, by, (district, differing), &rows, &mut ids, watch).await?;
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
    (district, differing): (&str, Differing),
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
        let mut ties_of_families = Vec::new();
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
            ties_of_families.extend(
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
        families::insert_in(tx, &cx, by, district, &ties_of_families, differing).await?;
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
