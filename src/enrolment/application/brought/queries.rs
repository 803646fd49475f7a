//! Papers and their files.

use std::collections::BTreeMap;

use entities::{
    ApplicationMaterialId,
    attachment::attachment,
    enrolment::{application, application_material},
};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::OWNER;
use crate::{
    attachment::queries as attachments,
    enrolment::application::queries,
    platform::{Actor, Error, Result},
};

/// A paper with its application, or not found: whoever sees the application sees its papers.
pub async fn find(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: ApplicationMaterialId,
) -> Result<(application_material::Model, application::Model)> {
    let paper = application_material::Entity::find_by_id(id).one(db).await?;
    let paper = paper.ok_or(Error::NotFound)?;
    let row = queries::find(db, by, paper.application_id).await?;
    Ok((paper, row))
}

/// The files of the papers of an application that the actor found, by the paper's row.
pub async fn files(
    db: &impl ConnectionTrait,
    papers: &[application_material::Model],
) -> Result<BTreeMap<i64, Vec<attachment::Model>>> {
    attachments::of_rows(db, OWNER, papers.iter().map(|paper| paper.id.0)).await
}
