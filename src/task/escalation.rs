//! Silence climbs by itself: what nobody did by its day goes to the supervisors of the organisation whose task it is, then to
//! the federation. The ladder is data (`screening.escalation`); it ends when the task ends.

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use entities::{
    task::task,
    words::{Role, TaskState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    due::{Late, late},
    queries as tasks, rules as things,
    service::{climb_in, subject},
};
use crate::{
    notifications::telling::{self, News},
    platform::{
        Actor, App, Result, Tx,
        about::Silence,
        calendar::Calendar,
        event::{self, Subject},
        parameter,
        rule::Rule as _,
        sweep::{Failures, Outcome, Sweep},
    },
};

/// Runs several times a day; each rung is climbed once.
pub const SWEEP: Sweep = Sweep {
    name: "escalate",
    every: Duration::from_secs(30 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Rows read at once; each climbs in a transaction of its own.
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
    let late = late(calendar, due_on, today);
    let reached = ladder
        .rungs
        .iter()
        .take_while(|rung| late.overdue && late.working_days >= rung.after_working_days)
        .count();
    ladder.rungs.get(from..reached).unwrap_or_default()
}

async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let calendar = Calendar::load(&*app.db).await?;
    let climbing = things::those(|what| what.climbs);
    let mut ladders = BTreeMap::new();
    let (mut told, mut after) = (0, 0);
    let mut failures = Failures::default();
    loop {
        let rows = task::Entity::find()
            .filter(tasks::overdue(by.today()))
            .filter(tasks::is_one_of(&climbing))
            .filter(task::COLUMN.id.gt(after))
            .order_by_asc(task::COLUMN.id)
            .limit(CHUNK)
            .all(&*app.db)
            .await?;
        let Some(last) = rows.last() else { break };
        after = last.id.0;
        for row in rows {
            let ladder = ladder(app, by, &mut ladders, &row.district).await?;
            if !due(ladder, &row, &calendar, by.today()).is_empty() {
                told += failures
                    .note(climb(app, by, &calendar, ladder, &row).await)
                    .unwrap_or(0);
            }
        }
    }
    failures.or(format!("tasks={told}"))
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

/// The rungs of a task that are due.
fn due<'l>(ladder: &'l Ladder, row: &task::Model, calendar: &Calendar, today: NaiveDate) -> &'l [Rung] {
    row.due_on
        .filter(|_| row.state == TaskState::Open)
        .map_or(&[], |day| due_rungs(ladder, row.rung, calendar, day, today))
}

/// Climb the rungs of one task that are due, with the row as it is now.
async fn climb(app: &App, by: &Actor, calendar: &Calendar, ladder: &Ladder, seen: &task::Model) -> Result<usize> {
    let tx = app.db.write(by, &seen.district).await?;
    let Some(row) = task::Entity::find_by_id(seen.id).one(&*tx).await? else {
        return Ok(0);
    };
    let (rungs, Some(due_on)) = (due(ladder, &row, calendar, by.today()), row.due_on) else {
        return Ok(0);
    };
    if rungs.is_empty() {
        return Ok(0);
    }
    let late = late(calendar, due_on, by.today());
    let mut climbed = row.rung;
    for rung in rungs {
        climbed += 1;
        let (word, action, subject) = said_of(app, &tx, &row, due_on, &late, climbed).await?;
        let people = match rung.to {
            Rank::ReceiverSupervisor => {
                telling::tell_roles(&tx, by, row.organisation_id, &[Role::Supervisor], &word).await?
            }
            Rank::Federation => telling::tell_federation(&tx, by, &row.district, &word).await?,
        };
        let details = json!({
            "rung": climbed, "to": rung.to, "told": people, "working_days": late.working_days, "what": row.what,
        });
        event::record(&tx, by, action, subject, details).await?;
    }
    climb_in(&tx, row.id, climbed).await?;
    tx.commit().await?;
    Ok(rungs.len())
}

/// The notice of a rung, and its event: as the feature tells it whose row the task is about, or of the task itself.
async fn said_of(
    app: &App,
    tx: &Tx,
    row: &task::Model,
    due_on: NaiveDate,
    late: &Late,
    rung: i32,
) -> Result<(News, &'static str, Subject)> {
    let told = app.about.silence(tx, (row.focus, row.focus_id)).await?;
    let mut said = told.unwrap_or_else(|| Silence {
        template: things::of(row.what).overdue,
        params: json!({ "task": row.what }),
        action: "task.escalated",
        subject: subject(row),
    });
    if let Some(map) = said.params.as_object_mut() {
        map.insert("due_on".into(), json!(due_on));
        map.insert("days".into(), json!(late.working_days));
    }
    let news = News {
        template: said.template,
        params: said.params,
        link: things::page(row.id, row.what, row.child_id, row.focus_id),
        child: row.child_id,
        cause: format!("task/{}/{due_on}/rung/{rung}", row.id),
    };
    Ok((news, said.action, said.subject))
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
