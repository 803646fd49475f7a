//! Putting children into classes, moving them and taking them out, in the lane of the centre's district.

use chrono::NaiveDate;
use entities::{
    CareGroupId, CareGroupMembershipId, EnrolmentDecisionId, PlaceOfferId,
    enrolment::enrolment_decision,
    places::{care_group, care_group_membership},
    words::EnrolmentMode,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    IntoActiveModel,
};
use serde_json::json;

use super::queries;
use crate::{
    enrolment::decision::queries as decisions,
    places::{
        centre,
        group::queries::{self as groups, Rooms, days_of_member},
        room::Span,
    },
    platform::{
        Actor, App, Error, Result, Say, Tx, Version,
        event::{self, Subject},
    },
};

/// The page of a membership.
pub fn page(id: CareGroupMembershipId) -> String {
    format!("/group-memberships/{id}")
}

fn subject(row: &care_group_membership::Model) -> Subject {
    Subject::of_child("care_group_membership", row.id.0, row.child_id)
}

/// Where a child comes, and from which day on.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// The decision that gives the place.
    pub decision: &'a enrolment_decision::Model,
    /// The class.
    pub group: &'a care_group::Model,
    /// The mode in which it takes a place there.
    pub mode: EnrolmentMode,
    /// The first day.
    pub from: NaiveDate,
    /// The offer that held the place, and holds it no more.
    pub offer: Option<PlaceOfferId>,
    /// The field that says the day, for what is wrong with it.
    pub field: &'static str,
}

impl Coming<'_> {
    /// The days: as long as the decision gives the place and the class is there.
    fn days(&self) -> Option<Span> {
        let given = Span::new(self.decision.valid_from?, self.decision.valid_to);
        let there = groups::days(self.group);
        let wanted = Span::new(self.from, None);
        let begins = given.holds(self.from) && there.holds(self.from);
        given.within(there)?.within(wanted).filter(|_| begins)
    }
}

/// Put a child into a class.
///
/// # Errors
/// By field when the decision gives no place or the class is not there that day, when it is full on some day of it, or when the
/// child is in a class already.
pub async fn begin_in(tx: &Tx, app: &App, by: &Actor, coming: Coming<'_>) -> Result<care_group_membership::Model> {
    let field = coming.field;
    let days = coming
        .days()
        .ok_or_else(|| Error::field(field, Say::new("membership.no_place_then").with("day", coming.from)))?;
    let (child, centre) = (coming.decision.child_id, coming.group.organisation_id);
    let theirs = queries::of_child(&**tx, centre, child).await?;
    if let Some(other) = theirs.iter().find(|row| days_of_member(row).within(days).is_some()) {
        let say = Say::new("membership.elsewhere").with("from", other.valid_from);
        return Err(Error::field(field, say));
    }
    let rooms = Rooms::of(&**tx, &[coming.group.id], app.clock.now()).await?;
    if let Some(day) = rooms.full_on(coming.group.id, coming.mode, days, coming.offer) {
        return Err(Error::field(field, full(coming.group, coming.mode, day)));
    }
    let row = care_group_membership::ActiveModel {
        id: NotSet,
        group_id: Set(coming.group.id),
        organisation_id: Set(centre),
        child_id: Set(child),
        decision_id: Set(coming.decision.id),
        mode: Set(coming.mode),
        valid_from: Set(days.from),
        valid_to: Set(days.to),
        made_by: Set(by.person()?),
        made_at: Set(by.now),
        called_off_at: Set(None),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    let details = json!({ "group": coming.group.name, "from": row.valid_from, "to": row.valid_to });
    event::record(tx, by, "care_group_membership.began", subject(&row), details).await?;
    Ok(row)
}

/// That a class has no place left on a day, in words.
pub fn full(group: &care_group::Model, mode: EnrolmentMode, day: NaiveDate) -> Say {
    Say::new("care_group.full")
        .with("group", &group.name)
        .with_word("mode", mode.word())
        .with("day", day)
}

/// A child with a decision comes into a class.
pub async fn put_in(
    app: &App,
    by: &Actor,
    group: CareGroupId,
    version: Version,
    (decision, from): (EnrolmentDecisionId, NaiveDate),
) -> Result<()> {
    let centre = centre::own(by)?;
    groups::find(&*app.db, by, group).await?;
    let tx = app.db.write(by, centre::lane(by)).await?;
    let group = groups::find(&*tx, by, group).await?;
    version.is_still(group.version)?;
    let decision = decisions::find(&*tx, by, decision).await;
    let decision = decision.map_err(|_| Error::field("decision", "form.choice"))?;
    if group.organisation_id != centre || decision.organisation_id != centre || decision.revoked_on.is_some() {
        return Err(Error::Forbidden);
    }
    let coming = Coming {
        mode: decision.mode,
        decision: &decision,
        group: &group,
        from,
        offer: None,
        field: "member_from",
    };
    begin_in(&tx, app, by, coming).await?;
    tx.commit().await
}

async fn own(
    app: &App,
    by: &Actor,
    id: CareGroupMembershipId,
    version: Version,
) -> Result<(Tx, care_group_membership::Model)> {
    let centre = centre::own(by)?;
    queries::find(&*app.db, by, id).await?;
    let tx = app.db.write(by, centre::lane(by)).await?;
    let (row, _) = queries::find(&*tx, by, id).await?;
    if row.organisation_id != centre {
        return Err(Error::Forbidden);
    }
    version.is_still(row.version)?;
    if row.called_off_at.is_some() {
        return Err(Error::refused("membership.over"));
    }
    Ok((tx, row))
}

/// It ends on a day; one that ends before it began never was.
pub(in crate::places) async fn end_in(
    tx: &Tx,
    by: &Actor,
    row: care_group_membership::Model,
    last: NaiveDate,
) -> Result<care_group_membership::Model> {
    let (next, never) = (row.version + 1, last < row.valid_from);
    let mut ended = row.into_active_model();
    if never {
        ended.called_off_at = Set(Some(by.now));
    } else {
        ended.valid_to = Set(Some(last));
    }
    ended.version = Set(next);
    Ok(ended.update(&**tx).await?)
}

/// A child moves to another class from a day on; the class before keeps it until the day before.
///
/// # Errors
/// By field when the day is none of its days, or the other class is full or not there.
pub async fn transfer(
    app: &App,
    by: &Actor,
    id: CareGroupMembershipId,
    version: Version,
    (to, from): (CareGroupId, NaiveDate),
) -> Result<CareGroupMembershipId> {
    let (tx, row) = own(app, by, id, version).await?;
    if !days_of_member(&row).holds(from) {
        return Err(Error::field("from", "membership.not_then"));
    }
    let group = groups::find(&*tx, by, to).await;
    let group = group.map_err(|_| Error::field("group", "form.choice"))?;
    if group.id == row.group_id || group.organisation_id != row.organisation_id {
        return Err(Error::field("group", "membership.same"));
    }
    let decision = decisions::find(&*tx, by, row.decision_id).await?;
    let mode = row.mode;
    let last = from.pred_opt().unwrap_or(from);
    let before = end_in(&tx, by, row, last).await?;
    let coming = Coming {
        decision: &decision,
        group: &group,
        mode,
        from,
        offer: None,
        field: "from",
    };
    let after = begin_in(&tx, app, by, coming).await?;
    let details = json!({ "to": group.name, "from": from });
    event::record(&tx, by, "care_group_membership.moved", subject(&before), details).await?;
    tx.commit().await?;
    Ok(after.id)
}

/// A child leaves its class after a day.
///
/// # Errors
/// By field when that is later than it would leave anyway.
pub async fn end(
    app: &App,
    by: &Actor,
    id: CareGroupMembershipId,
    version: Version,
    last: NaiveDate,
) -> Result<CareGroupId> {
    let (tx, row) = own(app, by, id, version).await?;
    if row.valid_to.is_some_and(|to| last > to) {
        return Err(Error::field("last_day", "membership.not_then"));
    }
    let row = end_in(&tx, by, row, last).await?;
    let details = json!({ "last_day": last });
    event::record(&tx, by, "care_group_membership.ended", subject(&row), details).await?;
    tx.commit().await?;
    Ok(row.group_id)
}
