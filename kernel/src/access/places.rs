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
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::scope;
use crate::platform::{Actor, Error, Result, condition};

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
        None => condition::nothing(),
    }
}

/// The same with the hospitals and centres whose wider area includes the administrator's: these may be read.
pub fn known(by: &Actor) -> Condition {
    match own(by) {
        Some("") | None => administered(by),
        Some(own) => Condition::any().add(administered(by)).add(shared(own)),
    }
}

/// Hospitals and centres whose area includes another.
fn shared(own: &str) -> Condition {
    Condition::all()
        .add(organisation::COLUMN.kind.is_in(SHARED))
        .add(organisation::COLUMN.coverage.is_in(upwards(own)))
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
    Ok(if cares_for_some(db, place.id, elsewhere(own)).await? {
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

/// The condition on `organisation` rows whose accounts reach no further than an administrator's area: [`Reach::Inside`].
pub fn inside(by: &Actor) -> Condition {
    let inside = administered(by);
    match own(by) {
        Some("") | None => inside,
        Some(own) => inside.add(caring(elsewhere(own)).not()),
    }
}

/// The condition on `organisation` rows that serve an administrator's area: they cover it, or care for children who live
/// there.
pub fn serving(by: &Actor) -> Condition {
    match own(by) {
        None => condition::nothing(),
        Some("") => Condition::all(),
        Some(own) => Condition::any().add(shared(own)).add(caring(scope::lives_in(own))),
    }
}

/// The condition on `organisation` rows that see and care for some child who lives so.
fn caring(living: Condition) -> Condition {
    let of = Expr::col((care::Entity, care::Column::OrganisationId));
    let mut ties = ties(living).into_query();
    ties.and_where(of.equals((organisation::Entity, organisation::Column::Id)));
    let kinds = OrganisationKind::ALL.iter().copied().filter(|kind| sees_by_ties(*kind));
    Condition::all()
        .add(organisation::COLUMN.kind.is_in(kinds))
        .add(Expr::exists(ties))
}

/// The condition on `child` rows outside an area.
fn elsewhere(own: &str) -> Condition {
    scope::within(child::COLUMN.division.0, own).not()
}

async fn cares_for_some(db: &impl ConnectionTrait, place: OrganisationId, living: Condition) -> Result<bool> {
    let ties = ties(living).filter(care::COLUMN.organisation_id.eq(place));
    Ok(ties.limit(1).one(db).await?.is_some())
}

/// Working ties to children who live so.
fn ties(living: Condition) -> Select<care::Entity> {
    let to_child = care::Entity::belongs_to(child::Entity)
        .from(care::Column::ChildId)
        .to(child::Column::Id);
    care::Entity::find()
        .join(JoinType::InnerJoin, to_child.into())
        .filter(care::COLUMN.ended_at.is_null())
        .filter(living)
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

/// An administrator's area; everything for sweeps and commands, nothing for an account without a workplace or a guardian.
fn own(by: &Actor) -> Option<&str> {
    match &by.workplace {
        Some(place) => Some(place.coverage.as_str()),
        None => by.is_system().then_some(""),
    }
}

/// A division code and every code above it (province, city, district, street, village).
pub fn upwards(code: &str) -> Vec<String> {
    [2, 4, 6, 9, 12]
        .into_iter()
        .filter_map(|digits| code.get(..digits))
        .map(str::to_owned)
        .collect()
}
