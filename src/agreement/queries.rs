//! Reads of agreements: by whoever sees the child, and by the guardian who signs.

use chrono::TimeDelta;
use entities::{
    AgreementId, ChildId, GuardianId,
    agreement::{agreement, agreement_signer, signature},
    child::child,
    words::{AgreementState, Party},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    content::{self, Content},
    states::Agreements,
};
use crate::{
    access::scope,
    platform::{Actor, Error, Keys, Result, condition, frozen::Opened, states::Machine as _},
    signature::queries as signatures,
};

/// The table, as tasks and signatures name it.
pub const TABLE: &str = "agreement";
/// What a guardian signed is shown to them for so long; whoever wants it later asks the centre.
const SHOWN: TimeDelta = TimeDelta::days(60);

/// The condition on `agreement` rows: those of children whom the actor sees; of a centre its own.
pub fn visible(by: &Actor) -> Condition {
    let of_children = Condition::all().add(agreement::Column::ChildId.in_subquery(scope::child_ids(by)));
    match &by.workplace {
        Some(place) if !place.kind.is_federation() => of_children.add(agreement::COLUMN.organisation_id.eq(place.id)),
        Some(_) => of_children,
        None if by.is_system() => of_children,
        None => condition::nothing(),
    }
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: AgreementId) -> Result<agreement::Model> {
    agreement::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Those of a child that the actor may see, the newest first.
pub async fn of_child(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Vec<agreement::Model>> {
    Ok(agreement::Entity::find()
        .filter(visible(by))
        .filter(agreement::COLUMN.child_id.eq(child))
        .order_by_desc(agreement::COLUMN.id)
        .all(db)
        .await?)
}

/// Everybody who signs an agreement: the guardians, then the centre.
pub async fn signers(db: &impl ConnectionTrait, id: AgreementId) -> Result<Vec<agreement_signer::Model>> {
    Ok(agreement_signer::Entity::find()
        .filter(agreement_signer::COLUMN.agreement_id.eq(id))
        .order_by_asc(agreement_signer::COLUMN.id)
        .all(db)
        .await?)
}

/// An agreement with everything that is shown of it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The row.
    pub row: agreement::Model,
    /// What stands in it.
    pub content: Opened<Content>,
    /// Who signs.
    pub signers: Vec<agreement_signer::Model>,
    /// Who has signed, each with whether it holds.
    pub signatures: Vec<signature::Model>,
    /// Nothing of it was changed: neither the content nor a signature.
    pub intact: bool,
}

impl Whole {
    /// The signature of somebody.
    pub fn signature(&self, signer: &agreement_signer::Model) -> Option<&signature::Model> {
        signatures::find(&self.signatures, signer.signature_id)
    }

    /// Whoever has not signed.
    pub fn missing(&self) -> impl Iterator<Item = &agreement_signer::Model> {
        self.signers.iter().filter(|signer| signer.signature_id.is_none())
    }

    /// It waits for signatures.
    pub fn waits(&self) -> bool {
        Agreements::is_open(self.row.state)
    }

    /// The place of the centre.
    pub fn centre(&self) -> Option<&agreement_signer::Model> {
        self.signers.iter().find(|signer| signer.party == Party::Centre)
    }
}

/// Everything that is shown of a row.
pub async fn whole(db: &impl ConnectionTrait, keys: &Keys, row: agreement::Model) -> Result<Whole> {
    let content = content::open(db, keys, &row).await?;
    let signers = signers(db, row.id).await?;
    let given = signatures::of_row(db, TABLE, row.id.0).await?;
    let mut intact = content.intact;
    for one in &given {
        intact &= signatures::holds(keys, one)? && one.content_hash == row.content_hash;
    }
    Ok(Whole {
        row,
        content,
        signers,
        signatures: given,
        intact,
    })
}

/// A place for a guardian's signature, with its agreement.
pub type Place = (agreement_signer::Model, agreement::Model);

/// The places of a guardian: what waits for them, and what they signed lately; the newest first.
pub async fn places_of(
    db: &impl ConnectionTrait,
    guardians: &[GuardianId],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Place>> {
    let lately = signature::Entity::find()
        .filter(signature::COLUMN.guardian_id.is_in(guardians.iter().copied()))
        .filter(signature::COLUMN.signed_at.gt(now - SHOWN))
        .select_only()
        .column(signature::Column::Id)
        .into_query();
    let found = agreement_signer::Entity::find()
        .filter(agreement_signer::COLUMN.guardian_id.is_in(guardians.iter().copied()))
        .filter(
            Condition::any()
                .add(agreement_signer::COLUMN.signature_id.is_null())
                .add(agreement_signer::Column::SignatureId.in_subquery(lately)),
        )
        .order_by_desc(agreement_signer::COLUMN.id)
        .all(db)
        .await?;
    let rows = agreement::Entity::find()
        .filter(
            agreement::COLUMN
                .id
                .is_in(found.iter().map(|signer| signer.agreement_id)),
        )
        .all(db)
        .await?;
    let place = |signer: agreement_signer::Model| {
        let row = rows.iter().find(|row| row.id == signer.agreement_id)?.clone();
        let shown = signer.signature_id.is_some() || row.state == AgreementState::Waiting;
        shown.then_some((signer, row))
    };
    Ok(found.into_iter().filter_map(place).collect())
}

/// The place of a guardian in one agreement, or not found: whoever has none learns nothing about it.
pub async fn place_of(db: &impl ConnectionTrait, guardians: &[GuardianId], id: AgreementId) -> Result<Place> {
    let signer = agreement_signer::Entity::find()
        .filter(agreement_signer::COLUMN.agreement_id.eq(id))
        .filter(agreement_signer::COLUMN.guardian_id.is_in(guardians.iter().copied()))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let row = agreement::Entity::find_by_id(id).one(db).await?;
    Ok((signer, row.ok_or(Error::NotFound)?))
}

/// The child of an agreement, by name.
pub async fn child_of(db: &impl ConnectionTrait, row: &agreement::Model) -> Result<child::Model> {
    child::Entity::find_by_id(row.child_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}
