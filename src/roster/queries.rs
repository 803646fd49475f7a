//! Which imports somebody may see.

use entities::{
    FileId, JobId, OrganisationId,
    import::{job, parked_row},
    words::{JobKind, JobState, ParkedState},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select};

use crate::{
    access::scope,
    platform::{Actor, Error, Result, file},
};

/// Imports of the actor's own organisation; federations see those of all organisations in their division.
pub fn visible(by: &Actor) -> Select<job::Entity> {
    job::Entity::find()
        .filter(job::COLUMN.kind.eq(JobKind::RosterImport))
        .filter(scope::of_organisations(by, job::Column::OrganisationId))
}

/// One import, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: JobId) -> Result<job::Model> {
    visible(by)
        .filter(job::COLUMN.id.eq(id))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Imports, the newest first.
pub fn all(by: &Actor) -> Select<job::Entity> {
    visible(by).order_by_desc(job::COLUMN.id)
}

/// The latest import of the same bytes by the same organisation in one of these states.
pub async fn same_file(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    hash: &str,
    states: &[JobState],
) -> Result<Option<job::Model>> {
    let files = file::same(db, organisation, hash).await?;
    Ok(job::Entity::find()
        .filter(job::COLUMN.file_id.is_in(files))
        .filter(job::COLUMN.state.is_in(states.iter().copied()))
        .order_by_desc(job::COLUMN.id)
        .one(db)
        .await?)
}

/// Name of a file.
pub async fn file_name(db: &impl ConnectionTrait, id: Option<FileId>) -> Result<String> {
    let Some(id) = id else { return Ok(String::new()) };
    Ok(file::label(db, id).await?.map(|(name, _)| name).unwrap_or_default())
}

/// Rows of an import that wait for a decision.
pub async fn open_rows(db: &impl ConnectionTrait, job: &job::Model) -> Result<u64> {
    Ok(parked_row::Entity::find()
        .filter(parked_row::COLUMN.job_id.eq(job.id))
        .filter(parked_row::COLUMN.state.eq(ParkedState::Open))
        .count(db)
        .await?)
}
