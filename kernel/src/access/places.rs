//! Which organisations, with their people, an administrator looks after.
//!
//! Nobody administers accounts that reach further than his own area: whoever resets a password can sign in with it. So
//! what an account can see is looked at ([`reach`]), by the coverage of its organisation and by the children it cares
//! for, before anything is done to it that could open it. Shared places (a city hospital) belong to the city.

use entities::{
    OrganisationId,
    child::{care, child},
    organisation::organisation,
    words::OrganisationKind,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _,
};

use super::scope;
use crate::platform::{Actor, Error, Result};

/// Hospitals and centres may serve wider areas than the district that sends children to them.
const SHARED: [OrganisationKind; 3] = [
    OrganisationKind::RescreenHospital,
    OrganisationKind::DiagnosingHospital,
    OrganisationKind::RehabilitationCentre,
];

/// How far what an organisation's people can see goes beyond an administrator's own area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Inside,
    /// The organisation covers more.
    Wider,
    /// It cares for children who live elsewhere.
    Elsewhere,
}

impl Reach {
    /// Why the administrator leaves its accounts alone; none when there is no reason.
    pub const fn objection(self) -> Option<&'static str> {
        match self {
            Self::Inside => None,
            Self::Wider => Some("account.reach.wider"),
            Self::Elsewhere => Some("account.reach.elsewhere"),
        }
    }

    /// Refused unless it stays inside.
    pub fn must_be_inside(self) -> Result<()> {
        self.objection().map_or(Ok(()), |why| Err(Error::refused(why)))
    }
}

/// The condition on `organisation` rows that lie inside an administrator's own area: these may be changed.
pub fn administered(by: &Actor) -> Condition {
    match own(by) {
        Some(own) => Condition::all().add(scope::within(organisation::COLUMN.coverage.0, own)),
        None => nothing(),
    }
}

/// The same with the hospitals and centres whose wider area includes the administrator's: these may be read.
pub fn known(by: &Actor) -> Condition {
    match own(by) {
        Some("") | None => administered(by),
        Some(own) => {
            let wider = Condition::all()
                .add(organisation::COLUMN.kind.is_in(SHARED))
                .add(organisation::COLUMN.coverage.is_in(upwards(own)));
            Condition::any().add(administered(by)).add(wider)
        }
    }
}

/// May an organisation with this coverage be entered or changed by them?
pub fn may_administer(by: &Actor, coverage: &str) -> bool {
    own(by).is_some_and(|own| coverage.starts_with(own))
}

/// How far the accounts of an organisation reach, seen from an administrator's area.
pub async fn reach(db: &impl ConnectionTrait, by: &Actor, place: &organisation::Model) -> Result<Reach> {
    if !may_administer(by, &place.coverage) {
        return Ok(Reach::Wider);
    }
    let own = by.coverage();
    if own.is_empty() || !sees_by_ties(place.kind) {
        return Ok(Reach::Inside);
    }
    let elsewhere = Condition::any()
        .add(child::COLUMN.division.lt(own))
        // ':' is the character after '9'.
        .add(child::COLUMN.division.gte(format!("{own}:")));
    Ok(if cares_for_some(db, place.id, elsewhere).await? {
        Reach::Elsewhere
    } else {
        Reach::Inside
    })
}

/// Nobody else's district works in this installation, or the administrator is of a city or province: what all districts
/// share (calendars, instruments) is theirs to change.
pub async fn may_change_common(db: &impl ConnectionTrait, by: &Actor) -> Result<bool> {
    let Some(own) = own(by) else { return Ok(false) };
    if own.len() < DISTRICT {
        return Ok(true);
    }
    let other = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(OrganisationKind::Federation))
        .filter(organisation::COLUMN.closed_on.is_null())
        .filter(Condition::not(administered(by)))
        .limit(1)
        .one(db)
        .await?;
    Ok(other.is_none())
}

/// Digits of a district's code.
const DISTRICT: usize = 6;

/// Refused unless [`may_change_common`].
pub async fn must_change_common(db: &impl ConnectionTrait, by: &Actor) -> Result<()> {
    if may_change_common(db, by).await? {
        Ok(())
    } else {
        Err(Error::refused("configuration.common"))
    }
}

/// An organisation serves an administrator's area: it covers it, or cares for children who live there.
pub async fn serves(db: &impl ConnectionTrait, by: &Actor, place: &organisation::Model) -> Result<bool> {
    let Some(own) = own(by).filter(|own| !own.is_empty()) else {
        return Ok(own(by).is_some());
    };
    if SHARED.contains(&place.kind) && upwards(own).contains(&place.coverage) {
        return Ok(true);
    }
    Ok(sees_by_ties(place.kind) && cares_for_some(db, place.id, scope::lives_in(own)).await?)
}

async fn cares_for_some(db: &impl ConnectionTrait, place: OrganisationId, living: Condition) -> Result<bool> {
    let tie = care::Entity::find()
        .join(
            JoinType::InnerJoin,
            care::Entity::belongs_to(child::Entity)
                .from(care::Column::ChildId)
                .to(child::Column::Id)
                .into(),
        )
        .filter(care::COLUMN.organisation_id.eq(place))
        .filter(care::COLUMN.ended_at.is_null())
        .filter(living)
        .limit(1)
        .one(db)
        .await?;
    Ok(tie.is_some())
}

/// Organisations of these kinds see the children they are tied to, wherever those live.
const fn sees_by_ties(kind: OrganisationKind) -> bool {
    match kind {
        OrganisationKind::ScreeningSite
        | OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre => true,
        OrganisationKind::Federation
        | OrganisationKind::StreetFederation
        | OrganisationKind::EducationBureau
        | OrganisationKind::FinanceBureau => false,
    }
}

/// An administrator's area; everything for sweeps and commands, nothing for an account without a workplace.
fn own(by: &Actor) -> Option<&str> {
    match (&by.workplace, by.account) {
        (Some(place), _) => Some(place.coverage.as_str()),
        (None, None) => Some(""),
        (None, Some(_)) => None,
    }
}

fn nothing() -> Condition {
    Condition::any().add(organisation::COLUMN.id.is_null())
}

/// A division code and every code above it (province, city, district, street, village).
pub fn upwards(code: &str) -> Vec<String> {
    [2, 4, 6, 9, 12]
        .into_iter()
        .filter_map(|digits| code.get(..digits))
        .map(str::to_owned)
        .collect()
}
