//! Whom an actor may see. Pages reach children only through these finders: what is not yours is not found.
//!
//! Scope = the division prefix that the organisation covers + what kind of organisation it is + its working tie to the child:
//! - federations see every child who lives in their division; street federations likewise, in their street;
//! - screening sites see the children of the streets they cover, and those they have cared for;
//! - hospitals and the centre see the children referred to them (or entered by them), nobody else;
//! - bureaus see no children, only numbers; administrators see none either.

use entities::{
    ChildId, FileId,
    account::account,
    child::{care, child},
    communication::message,
    kept::stored_file,
    organisation::organisation,
    words::{Delivery, OrganisationKind},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr, UnionType},
};

use crate::platform::{Actor, Error, Result, Workplace, condition};

/// The children an actor may see, merged files left out.
pub fn children(by: &Actor) -> Select<child::Entity> {
    child::Entity::find()
        .filter(child::COLUMN.merged_into.is_null())
        .filter(visible(by))
}

/// Their numbers, for a condition on what hangs on a child.
pub fn child_ids(by: &Actor) -> SelectStatement {
    children(by).select_only().column(child::Column::Id).into_query()
}

/// One child, or not found.
pub async fn child(db: &impl ConnectionTrait, by: &Actor, id: ChildId) -> Result<child::Model> {
    child::Entity::find_by_id(id)
        .filter(visible_one(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// A file that was brought in, or not found: organisations find their own, federations those of all organisations of their
/// area.
pub async fn file(db: &impl ConnectionTrait, by: &Actor, id: FileId) -> Result<stored_file::Model> {
    stored_file::Entity::find_by_id(id)
        .filter(of_organisations(by, stored_file::Column::OrganisationId))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// What somebody sees who works at a place. An account without a workplace sees nothing, nor does a guardian who was let in
/// without an account; sweeps and commands act for the whole database.
pub fn by_workplace(by: &Actor, seen_from: impl FnOnce(&Workplace) -> Condition) -> Condition {
    match &by.workplace {
        Some(place) => seen_from(place),
        None if by.is_system() => Condition::all(),
        None => condition::nothing(),
    }
}

/// The condition on rows of an organisation: organisations see their own, federations those of all organisations of their
/// area.
pub fn of_organisations(by: &Actor, column: impl ColumnTrait) -> Condition {
    by_workplace(by, |place| {
        if !place.kind.is_federation() {
            return Condition::all().add(column.eq(place.id));
        }
        let inside = organisation::Entity::find()
            .filter(within(organisation::Column::Coverage, &place.coverage))
            .select_only()
            .column(organisation::Column::Id)
            .into_query();
        Condition::any()
            .add(column.eq(place.id))
            .add(column.in_subquery(inside))
    })
}

/// The condition on `child` rows that makes them visible to an actor.
pub fn visible(by: &Actor) -> Condition {
    by_workplace(by, |place| match place.kind {
        OrganisationKind::Federation | OrganisationKind::StreetFederation => lives_in(&place.coverage),
        OrganisationKind::ScreeningSite => Condition::all().add(lives_near_or_cared_for(place)),
        OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre => Condition::all().add(cared_for(place)),
        OrganisationKind::EducationBureau | OrganisationKind::FinanceBureau => condition::nothing(),
    })
}

/// The same condition for a child that is looked up by its id: who is tied to it is looked up too, instead of reading all
/// ties of the organisation.
pub fn visible_one(by: &Actor) -> Condition {
    let Some(place) = &by.workplace else {
        return visible(by);
    };
    let mut tie = ties(place);
    tie.and_where(Expr::col((care::Entity, care::Column::ChildId)).equals((child::Entity, child::Column::Id)));
    match place.kind {
        OrganisationKind::ScreeningSite => Condition::any().add(lives_in(&place.coverage)).add(Expr::exists(tie)),
        OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre => Condition::all().add(Expr::exists(tie)),
        OrganisationKind::Federation
        | OrganisationKind::StreetFederation
        | OrganisationKind::EducationBureau
        | OrganisationKind::FinanceBureau => visible(by),
    }
}

/// Lives in a division.
pub fn lives_in(prefix: &str) -> Condition {
    let column = child::COLUMN;
    if prefix.len() > 9 {
        return within(column.division.0, prefix);
    }
    in_area(column.district.0, column.street.0, prefix)
}

/// Rows of a division, by the district and the street that they carry: an equality on the level that has an index, a
/// range above it. What lies below a street counts as the street.
pub fn in_area(district: impl ColumnTrait, street: impl ColumnTrait, prefix: &str) -> Condition {
    let all = Condition::all();
    match (prefix.get(..6), prefix.get(..9)) {
        _ if prefix.is_empty() => all,
        (_, Some(code)) => all.add(street.eq(code)),
        (Some(code), None) => all.add(district.eq(code)),
        (None, None) => within(district, prefix),
    }
}

/// The condition on `message` rows that a system administrator answers for: to families who live in the administrator's
/// area, and to colleagues who work there.
pub fn messages(by: &Actor) -> Condition {
    by_workplace(by, |place| {
        let own = place.coverage.as_str();
        let children = child::Entity::find()
            .select_only()
            .column(child::Column::Id)
            .filter(lives_in(own))
            .into_query();
        let places = organisation::Entity::find()
            .select_only()
            .column(organisation::Column::Id)
            .filter(within(organisation::COLUMN.coverage.0, own))
            .into_query();
        let accounts = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::OrganisationId.in_subquery(places))
            .into_query();
        let about = Expr::col((message::Entity, message::Column::ChildId));
        let to = Expr::col((message::Entity, message::Column::AccountId));
        let colleague = Condition::all()
            .add(message::COLUMN.child_id.is_null())
            .add(to.in_subquery(accounts));
        Condition::any().add(about.in_subquery(children)).add(colleague)
    })
}

/// Those that did not leave and should have: given up, or waiting with a reason.
pub fn stuck_messages() -> Condition {
    let waiting = Condition::all()
        .add(message::COLUMN.state.eq(Delivery::Pending))
        .add(message::COLUMN.last_error.is_not_null());
    Condition::any()
        .add(message::COLUMN.state.eq(Delivery::Failed))
        .add(waiting)
}

/// A code column that starts with a prefix, as a range that an index serves.
pub fn within(column: impl ColumnTrait, prefix: &str) -> Condition {
    // ':' is the character after '9', so every continuation of the prefix sorts below it.
    Condition::all()
        .add(column.gte(prefix))
        .add(column.lt(format!("{prefix}:")))
}

/// The organisation's working tie to the child of a row.
fn cared_for(place: &Workplace) -> SimpleExpr {
    Expr::col((child::Entity, child::Column::Id)).in_subquery(ties(place))
}

/// Lives where the organisation works, or has its tie. A union and not an OR, which would read every child of the
/// database on PostgreSQL.
fn lives_near_or_cared_for(place: &Workplace) -> SimpleExpr {
    let mut near = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(lives_in(&place.coverage))
        .into_query();
    near.union(UnionType::All, ties(place));
    Expr::col((child::Entity, child::Column::Id)).in_subquery(near)
}

fn ties(place: &Workplace) -> SelectStatement {
    care::Entity::find()
        .select_only()
        .column(care::Column::ChildId)
        .filter(care::COLUMN.organisation_id.eq(place.id))
        .filter(care::COLUMN.ended_at.is_null())
        .into_query()
}
