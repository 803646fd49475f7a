//! Drafting a text, taking it into use, giving it up.

use entities::{
    AgreementTemplateId,
    agreement::agreement_template,
    words::{AgreementKind, OrganisationKind, TemplateState},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::json;

use super::queries;
use crate::{
    agreement::states::Templates,
    platform::{
        Actor, App, Error, Result, Tx, Version,
        approval::Bar,
        event::{self, Subject},
        states::Machine as _,
    },
};

/// A text as it is drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    /// What it is about.
    pub kind: AgreementKind,
    /// What the agreement is called.
    pub title: String,
    /// The text.
    pub body: String,
    /// Every guardian with custody signs.
    pub all_with_custody: bool,
}

fn subject(id: AgreementTemplateId) -> Subject {
    Subject::new("agreement_template", id.0)
}

/// The page of a text.
pub fn page(id: AgreementTemplateId) -> String {
    format!("/agreement-templates/{id}")
}

/// Keep a draft, of the actor's own centre or division.
///
/// # Errors
/// Forbidden to organisations that have no texts.
pub async fn draft(app: &App, by: &Actor, new: &NewTemplate) -> Result<AgreementTemplateId> {
    let tx = app.db.write(by, by.district()).await?;
    let row = draft_in(&tx, by, new).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// The same in the caller's transaction.
pub async fn draft_in(tx: &Tx, by: &Actor, new: &NewTemplate) -> Result<agreement_template::Model> {
    let place = by
        .workplace
        .as_ref()
        .filter(|_| queries::has_texts(by))
        .ok_or(Error::Forbidden)?;
    let owner = (place.kind != OrganisationKind::Federation).then_some(place.id);
    let mut before = agreement_template::Entity::find()
        .filter(agreement_template::COLUMN.kind.eq(new.kind))
        .filter(agreement_template::COLUMN.district.eq(place.coverage.clone()))
        .order_by_desc(agreement_template::COLUMN.number);
    before = match owner {
        Some(id) => before.filter(agreement_template::COLUMN.organisation_id.eq(id)),
        None => before.filter(agreement_template::COLUMN.organisation_id.is_null()),
    };
    let number = before.one(&**tx).await?.map_or(1, |row| row.number + 1);
    let row = agreement_template::ActiveModel {
        id: NotSet,
        kind: Set(new.kind),
        district: Set(place.coverage.clone()),
        organisation_id: Set(owner),
        number: Set(number),
        state: Set(TemplateState::Draft),
        title: Set(new.title.clone()),
        body: Set(new.body.clone()),
        all_with_custody: Set(new.all_with_custody),
        made_by: Set(by.person()?),
        made_at: Set(by.now),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    let details = json!({ "kind": row.kind, "number": row.number });
    event::record(tx, by, "agreement_template.drafted", subject(row.id), details).await?;
    Ok(row)
}

async fn own(
    app: &App,
    by: &Actor,
    id: AgreementTemplateId,
    version: Version,
) -> Result<(Tx, agreement_template::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !queries::is_own(&seen, by) {
        return Err(Error::refused("agreement_template.not_yours"));
    }
    let tx = app.db.write(by, by.district()).await?;
    let row = queries::find(&*tx, by, id).await?;
    version.is_still(row.version)?;
    Ok((tx, row))
}

/// Change a draft. Whoever changed it last is the one who wrote it.
///
/// # Errors
/// Refused when it is in use: another version is drafted then.
pub async fn change(app: &App, by: &Actor, id: AgreementTemplateId, version: Version, new: &NewTemplate) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    if row.state != TemplateState::Draft || row.kind != new.kind {
        return Err(Error::refused("agreement_template.not_a_draft"));
    }
    let next = row.version + 1;
    let mut change = row.into_active_model();
    change.title = Set(new.title.clone());
    change.body = Set(new.body.clone());
    change.all_with_custody = Set(new.all_with_custody);
    change.made_by = Set(by.person()?);
    change.made_at = Set(by.now);
    change.version = Set(next);
    change.update(&*tx).await?;
    event::record(
        &tx,
        by,
        "agreement_template.changed",
        subject(id),
        json!({ "version": next }),
    )
    .await?;
    tx.commit().await
}

/// A second person takes a draft into use: the one of its kind that was in use before is replaced.
///
/// # Errors
/// Refused to whoever wrote it, and when it is no draft.
pub async fn take_into_use(app: &App, by: &Actor, id: AgreementTemplateId, version: Version) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    take_into_use_in(&tx, by, row).await?;
    tx.commit().await
}

/// The same in the caller's transaction.
pub async fn take_into_use_in(tx: &Tx, by: &Actor, row: agreement_template::Model) -> Result<()> {
    match queries::bar(&row, by) {
        None => {}
        Some(Bar::AnotherPerson) => return Err(Error::refused("agreement_template.another_person")),
        Some(Bar::NotTheirs) => return Err(Error::Forbidden),
        Some(Bar::Over | Bar::Changed | Bar::NoSuchOutcome) => {
            return Err(Error::refused("agreement_template.not_a_draft"));
        }
    }
    let mut before = agreement_template::Entity::find()
        .filter(agreement_template::COLUMN.kind.eq(row.kind))
        .filter(agreement_template::COLUMN.district.eq(row.district.clone()))
        .filter(agreement_template::COLUMN.state.eq(TemplateState::InUse));
    before = match row.organisation_id {
        Some(owner) => before.filter(agreement_template::COLUMN.organisation_id.eq(owner)),
        None => before.filter(agreement_template::COLUMN.organisation_id.is_null()),
    };
    for old in before.all(&**tx).await? {
        decide_in(tx, by, old, TemplateState::Replaced, "agreement_template.replaced").await?;
    }
    decide_in(tx, by, row, TemplateState::InUse, "agreement_template.in_use").await
}

/// Give a draft up.
pub async fn withdraw(app: &App, by: &Actor, id: AgreementTemplateId, version: Version) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    decide_in(&tx, by, row, TemplateState::Withdrawn, "agreement_template.withdrawn").await?;
    tx.commit().await
}

async fn decide_in(
    tx: &Tx,
    by: &Actor,
    row: agreement_template::Model,
    state: TemplateState,
    action: &str,
) -> Result<()> {
    Templates::must(row.state, state, "agreement_template.over")?;
    let id = row.id;
    let details = json!({ "kind": row.kind, "number": row.number });
    let next = row.version + 1;
    let mut change = row.into_active_model();
    change.state = Set(state);
    change.version = Set(next);
    // Who took a version into use stands there for good, also when another one takes its place.
    if state != TemplateState::Replaced {
        change.decided_by = Set(by.account);
        change.decided_at = Set(Some(by.now));
    }
    change.update(&**tx).await?;
    event::record(tx, by, action, subject(id), details).await
}
