//! A child leaves: what was still to come is cancelled, with the effects that undoing it reads.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::{
    ChildId, DepartureId, ResidenceId,
    child::{departure, residence},
    screening::{planned_check, referral},
    words::{CheckState, DepartureReason, ReferralState, TaskState},
};
use rand::{RngExt as _, rngs::StdRng};
use sea_orm::{ActiveValue::Set, EntityName};
use serde_json::{Value, json};

use super::{
    life::{Counters, Life, Who},
    referral::step,
};
use crate::{
    platform::{Result, clock, compartment::Effect},
    referral::is_open,
};

/// A departure that is to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) on: NaiveDate,
    pub(super) reason: DepartureReason,
    /// Who records it.
    by: Who,
}

impl Departure {
    pub(super) fn new(rng: &mut StdRng, on: NaiveDate, by: Who) -> Self {
        let reason = match rng.random_range(0..100) {
            0..3 => DepartureReason::Died,
            3..10 => DepartureReason::Emigrated,
            10..22 => DepartureReason::Refused,
            _ => DepartureReason::MovedAway,
        };
        Self { on, reason, by }
    }

    /// The day on which the residence ends: whoever refuses stays.
    pub(super) fn residence_ends(&self) -> Option<NaiveDate> {
        (self.reason != DepartureReason::Refused).then_some(self.on)
    }

    /// When it is recorded: at the end of the day, after all work with the child.
    fn at(&self) -> DateTime<Utc> {
        clock::start_of(self.on) + TimeDelta::hours(18)
    }

    /// Cancel what is still to come, and write the departure down.
    pub(super) fn end(
        &self,
        ids: &mut Counters,
        child: ChildId,
        residence: ResidenceId,
        life: &mut Life,
    ) -> Result<departure::ActiveModel> {
        let mut effects = self.cancel(ids, life);
        if self.residence_ends().is_some() {
            let until = (json!({ "until_on": null }), json!({ "until_on": self.on }));
            effects.push(effect::<residence::Entity>(residence.0, until));
        }
        let id = DepartureId(ids.departure.next());
        life.events
            .push((self.at(), "departure.recorded", "departure", id.0, self.by));
        Ok(departure::ActiveModel {
            id: Set(id),
            child_id: Set(child),
            reason: Set(self.reason),
            left_on: Set(self.on),
            note: Set(None),
            effects: Set(serde_json::to_value(effects).map_err(anyhow::Error::from)?),
            recorded_by: Set(Some(self.by.1)),
            recorded_at: Set(self.at()),
            undone_at: Set(None),
            undone_by: Set(None),
        })
    }

    fn cancel(&self, ids: &mut Counters, life: &mut Life) -> Vec<Effect> {
        let mut effects = Vec::new();
        let to_come = |state: CheckState, closes_on: NaiveDate| state == CheckState::Pending && closes_on >= self.on;
        for check in life.checks.iter_mut().filter(|c| to_come(c.state, c.closes_on)) {
            check.state = CheckState::Cancelled;
            let at = |state| json!({ "state": state, "age_months": check.age_months });
            let state = (at(CheckState::Pending), at(CheckState::Cancelled));
            effects.push(effect::<planned_check::Entity>(check.id.0, state));
        }
        for referral in life.referrals.iter_mut().filter(|r| is_open(r.state)) {
            let was = std::mem::replace(&mut referral.state, ReferralState::Cancelled);
            referral.closed_at = Some(self.at());
            referral.version += 1;
            life.steps.push(step(ids, referral, Some(was), self.at(), self.by));
            let state = (
                json!({ "state": was, "closed_at": null }),
                json!({ "state": ReferralState::Cancelled, "closed_at": self.at().to_rfc3339() }),
            );
            effects.push(effect::<referral::Entity>(referral.id.0, state));
        }
        for task in life.tasks.iter_mut().filter(|task| task.state == TaskState::Open) {
            task.state = TaskState::Cancelled;
            task.ended_at = Some(self.at());
            task.ended_by = Some(self.by.1);
            task.version += 1;
            task.leads = false;
        }
        effects
    }
}

/// A row with what changed about it: as it was, and as it became.
fn effect<E: EntityName>(id: i64, (was, now): (Value, Value)) -> Effect {
    Effect {
        table: E::default().table_name().to_owned(),
        key: json!([id]).to_string(),
        was: was.as_object().cloned(),
        now: now.as_object().cloned(),
    }
}
