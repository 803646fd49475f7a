//! Silence climbs by itself: what nobody did by its day goes to the supervisors of the organisation whose turn it is,
//! then to the federation. The ladder is data (`screening.escalation`); it ends when the referral or task ends.

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    child::child,
    screening::{follow_up, referral},
    words::{FollowUpState, ReferralState, Role},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rules;
use crate::{
    notifications::telling::{self, News},
    platform::{
        Actor, App, Calendar, Result, Tx,
        event::{self, Subject},
        parameter,
        rule::Rule as _,
        sweep::{Outcome, Sweep},
    },
};

/// Runs several times a day; each rung is climbed once.
pub const SWEEP: Sweep = Sweep {
    name: "escalate",
    every: Duration::from_secs(30 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Rows looked at in one transaction.
const CHUNK: u64 = 200;

/// Who is told at a rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// The supervisors of the organisation whose turn it is.
    ReceiverSupervisor,
    /// The officers of the district's federation.
    Federation,
}

impl Rank {
    /// As in the row and the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReceiverSupervisor => "receiver_supervisor",
            Self::Federation => "federation",
        }
    }

    /// Key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReceiverSupervisor => "rule.escalation.receiver_supervisor",
            Self::Federation => "rule.escalation.federation",
        }
    }
}

/// One rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Climbed when so many working days have passed since the due day; 0: on the first day after it.
    pub after_working_days: u32,
    /// Who is told.
    pub to: Rank,
}

/// The ladder in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// From the lowest to the highest.
    pub rungs: Vec<Rung>,
}

/// The rungs that are due now and were not climbed yet.
pub fn due_rungs<'l>(
    ladder: &'l Ladder,
    climbed: i32,
    calendar: &Calendar,
    due_on: NaiveDate,
    today: NaiveDate,
) -> &'l [Rung] {
    let from = usize::try_from(climbed).unwrap_or(0);
    let late = rules::late(calendar, due_on, today);
    let reached = ladder
        .rungs
        .iter()
        .take_while(|rung| late.overdue && late.working_days >= rung.after_working_days)
        .count();
    ladder.rungs.get(from..reached).unwrap_or_default()
}

async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let calendar = Calendar::load(&*app.db).await?;
    let mut ladders = BTreeMap::new();
    let referrals = climb_referrals(app, by, &calendar, &mut ladders).await?;
    let tasks = climb_tasks(app, by, &calendar, &mut ladders).await?;
    Ok(format!("referrals {referrals}, tasks {tasks}"))
}

async fn ladder<'l>(
    app: &App,
    by: &Actor,
    ladders: &'l mut BTreeMap<String, Ladder>,
    district: &str,
) -> Result<&'l Ladder> {
    if !ladders.contains_key(district) {
        let found = parameter::find(&*app.db, Ladder::CODE, district, by.today()).await?;
        ladders.insert(district.to_owned(), found.unwrap_or_default());
    }
    Ok(ladders.entry(district.to_owned()).or_default())
}

/// Somebody still has to do something, and the day for it is over.
pub(super) fn overdue_referrals(today: NaiveDate) -> Condition {
    let answer = [ReferralState::Proposed, ReferralState::Sent];
    let step = [ReferralState::Accepted, ReferralState::Appointed, ReferralState::NoShow];
    Condition::any()
        .add(
            Condition::all()
                .add(referral::COLUMN.state.is_in(answer))
                .add(referral::COLUMN.answer_due_on.lt(today)),
        )
        .add(
            Condition::all()
                .add(referral::COLUMN.state.is_in(step))
                .add(referral::COLUMN.due_on.lt(today)),
        )
}

async fn climb_referrals(
    app: &App,
    by: &Actor,
    calendar: &Calendar,
    ladders: &mut BTreeMap<String, Ladder>,
) -> Result<usize> {
    let (mut told, mut after) = (0, 0);
    loop {
        let rows = referral::Entity::find()
            .filter(overdue_referrals(by.today()))
            .filter(referral::COLUMN.id.gt(after))
            .order_by_asc(referral::COLUMN.id)
            .limit(CHUNK)
            .all(&*app.db)
            .await?;
        let Some(last) = rows.last() else { return Ok(told) };
        after = last.id.0;
        for row in rows {
            let ladder = ladder(app, by, ladders, &row.district).await?;
            let due = rules::turn(&row).map(|turn| turn.due_on);
            if due.is_some_and(|due| !due_rungs(ladder, row.escalation, calendar, due, by.today()).is_empty()) {
                told += climb_referral(app, by, calendar, ladder, &row).await?;
            }
        }
    }
}

/// Climb the rungs of one referral that are due, with the row as it is now.
async fn climb_referral(
    app: &App,
    by: &Actor,
    calendar: &Calendar,
    ladder: &Ladder,
    seen: &referral::Model,
) -> Result<usize> {
    let tx = app.db.write(by, &seen.district).await?;
    let Some(row) = referral::Entity::find_by_id(seen.id).one(&*tx).await? else {
        return Ok(0);
    };
    let Some(turn) = rules::turn(&row) else { return Ok(0) };
    let rungs = due_rungs(ladder, row.escalation, calendar, turn.due_on, by.today());
    if rungs.is_empty() {
        return Ok(0);
    }
    let late = rules::late(calendar, turn.due_on, by.today());
    let mut climbed = row.escalation;
    for rung in rungs {
        climbed += 1;
        let news = News {
            template: "referral.overdue",
            params: json!({ "kind": row.kind, "state": row.state, "due_on": turn.due_on, "days": late.working_days }),
            link: format!("/referrals/{}", row.id),
            child: Some(row.child_id),
            cause: format!("referral/{}/{}/rung/{climbed}", row.id, turn.due_on),
        };
        let people = tell(&tx, by, rung.to, turn.organisation, &row.district, &news).await?;
        let subject = Subject::of_child("referral", row.id.0, row.child_id);
        let details = json!({ "rung": climbed, "to": rung.to, "told": people, "working_days": late.working_days });
        event::record(&tx, by, "referral.escalated", subject, details).await?;
    }
    let change = referral::ActiveModel {
        id: Set(row.id),
        escalation: Set(climbed),
        escalated_at: Set(Some(by.now)),
        ..Default::default()
    };
    change.update(&*tx).await?;
    tx.commit().await?;
    Ok(rungs.len())
}

async fn climb_tasks(
    app: &App,
    by: &Actor,
    calendar: &Calendar,
    ladders: &mut BTreeMap<String, Ladder>,
) -> Result<usize> {
    let (mut told, mut after) = (0, 0);
    loop {
        let rows = follow_up::Entity::find()
            .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
            .filter(follow_up::COLUMN.due_on.lt(by.today()))
            .filter(follow_up::COLUMN.id.gt(after))
            .order_by_asc(follow_up::COLUMN.id)
            .limit(CHUNK)
            .all(&*app.db)
            .await?;
        let Some(last) = rows.last() else { return Ok(told) };
        after = last.id.0;
        for row in rows {
            let file = child::Entity::find_by_id(row.child_id).one(&*app.db).await?;
            let Some(file) = file else { continue };
            let ladder = ladder(app, by, ladders, &file.district).await?;
            if !due_rungs(ladder, row.escalation, calendar, row.due_on, by.today()).is_empty() {
                told += climb_task(app, by, calendar, ladder, (&row, &file.district)).await?;
            }
        }
    }
}

async fn climb_task(
    app: &App,
    by: &Actor,
    calendar: &Calendar,
    ladder: &Ladder,
    (seen, district): (&follow_up::Model, &str),
) -> Result<usize> {
    let tx = app.db.write(by, district).await?;
    let Some(row) = follow_up::Entity::find_by_id(seen.id).one(&*tx).await? else {
        return Ok(0);
    };
    let rungs = due_rungs(ladder, row.escalation, calendar, row.due_on, by.today());
    if row.state != FollowUpState::Open || rungs.is_empty() {
        return Ok(0);
    }
    let late = rules::late(calendar, row.due_on, by.today());
    let mut climbed = row.escalation;
    for rung in rungs {
        climbed += 1;
        let news = News {
            template: "follow_up.overdue",
            params: json!({ "kind": row.kind, "due_on": row.due_on, "days": late.working_days }),
            link: format!("/follow-ups/{}", row.id),
            child: Some(row.child_id),
            cause: format!("follow_up/{}/{}/rung/{climbed}", row.id, row.due_on),
        };
        let people = tell(&tx, by, rung.to, row.organisation_id, district, &news).await?;
        let subject = Subject::of_child("follow_up", row.id.0, row.child_id);
        let details = json!({ "rung": climbed, "to": rung.to, "told": people, "working_days": late.working_days });
        event::record(&tx, by, "follow_up.escalated", subject, details).await?;
    }
    let change = follow_up::ActiveModel {
        id: Set(row.id),
        escalation: Set(climbed),
        ..Default::default()
    };
    change.update(&*tx).await?;
    tx.commit().await?;
    Ok(rungs.len())
}

async fn tell(tx: &Tx, by: &Actor, rank: Rank, place: OrganisationId, district: &str, news: &News) -> Result<usize> {
    match rank {
        Rank::ReceiverSupervisor => telling::tell_roles(tx, by, place, &[Role::Supervisor], news).await,
        Rank::Federation => telling::tell_federation(tx, by, district, news).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::calendar::CalendarYear;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_ladder_is_climbed_by_working_days() {
        let calendar = Calendar::new(CalendarYear::shipped().unwrap());
        let ladder = Ladder {
            rungs: vec![
                Rung {
                    after_working_days: 0,
                    to: Rank::ReceiverSupervisor,
                },
                Rung {
                    after_working_days: 3,
                    to: Rank::Federation,
                },
            ],
        };
        let climb = |climbed, today: &str| -> Vec<Rank> {
            due_rungs(&ladder, climbed, &calendar, day("2026-11-05"), day(today))
                .iter()
                .map(|rung| rung.to)
                .collect()
        };
        // Thursday 5 November is the due day.
        assert!(climb(0, "2026-11-05").is_empty());
        assert_eq!(climb(0, "2026-11-06"), [Rank::ReceiverSupervisor]);
        assert!(climb(1, "2026-11-09").is_empty());
        // Friday, Monday, Tuesday: the third working day.
        assert_eq!(climb(1, "2026-11-10"), [Rank::Federation]);
        assert_eq!(climb(0, "2026-11-10"), [Rank::ReceiverSupervisor, Rank::Federation]);
        // The top is the end.
        assert!(climb(2, "2027-01-10").is_empty());
    }
}
