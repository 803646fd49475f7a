//! Consents of guardians: one for each purpose (个人信息保护法 art. 28 to 31), to one version of the text, until
//! withdrawn.

use chrono::NaiveDate;
use entities::{
    ChildId, ConsentId,
    child::consent,
    words::{ConsentPurpose, Kinship},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::json;

use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result,
        event::{self, Subject},
    },
};

/// A consent as it was signed.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// What for.
    pub purpose: ConsentPurpose,
    /// Which text was signed.
    pub text_version: String,
    /// Who signed.
    pub signer: String,
    /// Relation of the signer to the child.
    pub kinship: Kinship,
    /// When.
    pub signed_on: NaiveDate,
}

/// Record a consent.
pub async fn record(app: &App, by: &Actor, id: ChildId, new: NewConsent) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let child = scope::child(&*tx, by, id).await?;
    if new.signed_on < child.birth_on {
        return Err(Error::field("signed_on", "consent.before_birth"));
    }
    let details = json!({ "purpose": new.purpose, "text_version": new.text_version, "signed_on": new.signed_on });
    let row = consent::ActiveModel {
        id: NotSet,
        child_id: Set(id),
        purpose: Set(new.purpose),
        text_version: Set(new.text_version),
        signer: Set(new.signer),
        kinship: Set(new.kinship),
        signed_on: Set(new.signed_on),
        withdrawn_on: Set(None),
        recorded_by: Set(by.person()?),
        recorded_at: Set(by.now),
    };
    let consent = row.insert(&*tx).await?.id;
    event::record(
        &tx,
        by,
        "consent.given",
        Subject::of_child("consent", consent.0, id),
        details,
    )
    .await?;
    tx.commit().await
}

/// Record that a consent was withdrawn. It stays on file with both dates.
pub async fn withdraw(app: &App, by: &Actor, id: ChildId, consent: ConsentId, on: NaiveDate) -> Result<()> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    scope::child(&*tx, by, id).await?;
    let found = consent::Entity::find_by_id(consent)
        .filter(consent::COLUMN.child_id.eq(id))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if found.withdrawn_on.is_some() {
        return Err(Error::refused("consent.already_withdrawn"));
    }
    if on < found.signed_on {
        return Err(Error::field("on", "consent.before_signing"));
    }
    let mut row = found.into_active_model();
    row.withdrawn_on = Set(Some(on));
    row.update(&*tx).await?;
    let subject = Subject::of_child("consent", consent.0, id);
    event::record(&tx, by, "consent.withdrawn", subject, json!({ "on": on })).await?;
    tx.commit().await
}

/// Messages about the child may be sent: nobody withdrew the consent to them. The duty to tell the result does not rest
/// on consent, so without any record messages go out; a withdrawal is respected, and the family is called instead.
pub async fn messages_allowed(db: &impl ConnectionTrait, child: ChildId, today: NaiveDate) -> Result<bool> {
    let latest = consent::Entity::find()
        .filter(consent::COLUMN.child_id.eq(child))
        .filter(consent::COLUMN.purpose.eq(ConsentPurpose::Messages))
        .order_by_desc(consent::COLUMN.signed_on)
        .order_by_desc(consent::COLUMN.id)
        .one(db)
        .await?;
    Ok(latest.is_none_or(|c| c.withdrawn_on.is_none_or(|day| day > today)))
}
