//! Reads of texts: one's own organisation's, and those of the divisions that it lies in.

use entities::{
    AgreementTemplateId,
    agreement::agreement_template,
    words::{OrganisationKind, ReviewOutcome, Role, TemplateState},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    access::{places::upwards, scope},
    platform::{
        Actor, Error, Result,
        approval::{Bar, Chain, Decision, Entry, Facts},
        clock,
    },
};

/// The one step of a text: a second person takes it into use.
const SECOND: &str = "second_person";

/// Whether an organisation has texts: a centre its own, a federation those of its division.
pub fn has_texts(by: &Actor) -> bool {
    match by.workplace.as_ref().map(|place| place.kind) {
        Some(OrganisationKind::RehabilitationCentre | OrganisationKind::Federation) => true,
        Some(
            OrganisationKind::StreetFederation
            | OrganisationKind::ScreeningSite
            | OrganisationKind::RescreenHospital
            | OrganisationKind::DiagnosingHospital
            | OrganisationKind::EducationBureau
            | OrganisationKind::FinanceBureau,
        )
        | None => false,
    }
}

/// The condition on `agreement_template` rows that somebody may read.
pub fn visible(by: &Actor) -> Condition {
    scope::by_workplace(by, |place| {
        let column = agreement_template::COLUMN;
        let above = Condition::all()
            .add(column.organisation_id.is_null())
            .add(column.district.is_in(upwards(&place.coverage)));
        let own = Condition::any().add(column.organisation_id.eq(place.id)).add(above);
        if place.kind == OrganisationKind::Federation {
            own.add(scope::within(column.district.0, &place.coverage))
        } else {
            own
        }
    })
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: AgreementTemplateId) -> Result<agreement_template::Model> {
    agreement_template::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// All of them, by kind, the newest first.
pub async fn all(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<agreement_template::Model>> {
    Ok(agreement_template::Entity::find()
        .filter(visible(by))
        .order_by_asc(agreement_template::COLUMN.kind)
        .order_by_desc(agreement_template::COLUMN.id)
        .all(db)
        .await?)
}

/// The condition on texts from which a centre makes agreements: its own, and those of its division and of those above.
pub fn for_agreements(by: &Actor) -> Condition {
    let ours = scope::by_workplace(by, |place| {
        let column = agreement_template::COLUMN;
        let above = Condition::all()
            .add(column.organisation_id.is_null())
            .add(column.district.is_in(upwards(&place.coverage)));
        Condition::any().add(column.organisation_id.eq(place.id)).add(above)
    });
    Condition::all()
        .add(ours)
        .add(agreement_template::COLUMN.state.eq(TemplateState::InUse))
}

/// Those that are in use: a centre's own stands before its division's of the same kind.
pub async fn usable(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<agreement_template::Model>> {
    let mut rows = agreement_template::Entity::find()
        .filter(for_agreements(by))
        .all(db)
        .await?;
    rows.sort_by_key(|row| {
        (
            row.kind,
            row.organisation_id.is_none(),
            std::cmp::Reverse(row.district.len()),
        )
    });
    Ok(rows)
}

/// One that is in use.
///
/// # Errors
/// By field when it is not, or not for this centre.
pub async fn in_use(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: AgreementTemplateId,
) -> Result<agreement_template::Model> {
    agreement_template::Entity::find_by_id(id)
        .filter(for_agreements(by))
        .one(db)
        .await?
        .ok_or_else(|| Error::field("template", "agreement.template.not_in_use"))
}

/// The text is of the actor's own organisation.
pub fn is_own(row: &agreement_template::Model, by: &Actor) -> bool {
    by.workplace.as_ref().is_some_and(|place| match row.organisation_id {
        Some(id) => id == place.id,
        None => place.kind == OrganisationKind::Federation && row.district == place.coverage,
    })
}

/// Why somebody may not take a draft into use; nothing when they may. Nobody does with what they wrote themselves.
pub fn bar(row: &agreement_template::Model, by: &Actor) -> Option<Bar> {
    let outcome = match row.state {
        TemplateState::Draft => None,
        TemplateState::InUse | TemplateState::Replaced => Some(ReviewOutcome::Approved),
        TemplateState::Withdrawn => Some(ReviewOutcome::Refused),
    };
    let decision = outcome.zip(row.decided_by).map(|(outcome, by)| Decision {
        by,
        version: 1,
        step: SECOND.to_owned(),
        outcome,
        on: clock::day_of(row.decided_at.unwrap_or(row.made_at)),
    });
    let entry = Entry {
        by: row.made_by,
        version: 1,
        since: clock::day_of(row.made_at),
        decisions: decision.into_iter().collect(),
    };
    let chain = Chain::second_person(SECOND, &[Role::Supervisor, Role::FederationOfficer]);
    chain.decidable(&entry, &Facts::default(), by).err()
}
