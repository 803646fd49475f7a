//! What a centre has and who takes it, read for the reckoning.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    CareGroupId, ChildId, EnrolmentDecisionId, OrganisationId,
    child::child,
    enrolment::{application, enrolment_decision},
    places::{care_group, care_group_capacity},
    words::{CareService, EnrolmentMode},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::reckoning::{Base, Taker};
use crate::{
    places::{
        group::queries::{self as groups, Rooms, days_of_member, days_of_offer},
        hours::queries as hours,
        room::Span,
        rules::Hours,
    },
    platform::Result,
};

/// Minutes of every service that a child of a mode needs in a week.
pub fn minutes(rule: &Hours, mode: EnrolmentMode, in_all: Option<i32>) -> Vec<(CareService, u32)> {
    let of = |service: &CareService| (*service, rule.minutes(mode, *service, in_all));
    CareService::ALL
        .iter()
        .map(of)
        .filter(|(_, minutes)| *minutes > 0)
        .collect()
}

/// Somebody of the waiting list, as if admitted from a day on.
pub fn admitted(rule: &Hours, row: &application::Model, from: NaiveDate) -> Taker {
    Taker {
        days: Span::new(from, None),
        mode: row.mode,
        minutes: minutes(rule, row.mode, None),
    }
}

/// All that a centre has from a day on: places of its classes while they are there, hours that were entered; children in
/// classes, children with a place and in no class, open offers.
pub async fn base(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    rule: &Hours,
    from: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Base> {
    let classes = groups::of_centre(db, centre, Span::new(from, None)).await?;
    let ids: Vec<CareGroupId> = classes.iter().map(|row| row.id).collect();
    let rooms = Rooms::of(db, &ids, now).await?;
    let decisions = decisions(db, centre, from).await?;
    let known: BTreeMap<EnrolmentDecisionId, &enrolment_decision::Model> =
        decisions.iter().map(|row| (row.id, row)).collect();
    let mut takers = Vec::new();
    for row in &rooms.members {
        let in_all = known.get(&row.decision_id).and_then(|row| row.minutes_per_week);
        takers.push(Taker {
            days: days_of_member(row),
            mode: row.mode,
            minutes: minutes(rule, row.mode, in_all),
        });
    }
    for row in &rooms.held {
        takers.push(Taker {
            days: days_of_offer(row),
            mode: row.mode,
            minutes: minutes(rule, row.mode, row.minutes_per_week),
        });
    }
    let gone = departed(db, decisions.iter().map(|row| row.child_id).collect()).await?;
    for row in &decisions {
        let Some(begins) = row.valid_from else { continue };
        let days = Span::new(begins, row.valid_to);
        let mut members = rooms.members.iter().filter(|member| member.child_id == row.child_id);
        let in_class = members.any(|member| days_of_member(member).within(days).is_some());
        if !in_class && !gone.contains(&row.child_id) {
            takers.push(Taker {
                days,
                mode: row.mode,
                minutes: minutes(rule, row.mode, row.minutes_per_week),
            });
        }
    }
    let entered = hours::of_centre(db, centre).await?;
    Ok(Base {
        places: places(&classes, &rooms.capacities),
        hours: entered
            .iter()
            .map(|row| {
                (
                    row.service,
                    Span::new(row.valid_from, row.valid_to),
                    row.minutes_per_week,
                )
            })
            .collect(),
        takers,
    })
}

/// Places, as long as their class is there.
fn places(classes: &[care_group::Model], rows: &[care_group_capacity::Model]) -> Vec<(EnrolmentMode, Span, i32)> {
    let while_there = |row: &care_group_capacity::Model| {
        let class = classes.iter().find(|class| class.id == row.group_id)?;
        let days = Span::new(row.valid_from, row.valid_to).within(groups::days(class))?;
        Some((row.mode, days, row.places))
    };
    rows.iter().filter_map(while_there).collect()
}

async fn decisions(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    from: NaiveDate,
) -> Result<Vec<enrolment_decision::Model>> {
    let column = enrolment_decision::COLUMN;
    Ok(enrolment_decision::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.valid_from.is_not_null())
        .filter(column.valid_to.gte(from))
        .filter(column.revoked_on.is_null())
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// Of some children those who left.
async fn departed(db: &impl ConnectionTrait, children: Vec<ChildId>) -> Result<Vec<ChildId>> {
    let rows = child::Entity::find()
        .filter(child::COLUMN.id.is_in(children))
        .filter(child::COLUMN.departure_id.is_not_null())
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
