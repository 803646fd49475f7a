//! What the hospitals find: re-screens, diagnoses, and the tasks that follow from them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::{
    DiagnosisId, Numbers, RescreenId, TaskId, age,
    screening::{assessment, diagnosis, rescreen},
    task::task,
    words::{Focus, ReferralKind, Role, TaskState, What},
};
use rand::{RngExt as _, rngs::StdRng};

use super::{
    life::{Counters, Hero, Life, Nature, Teller, Who, later, weekday},
    people::{pick, word},
    referral::{Forgotten, Seen, Sent, Visit},
};
use crate::platform::clock;

impl Teller<'_> {
    /// The re-screen, and the diagnosis that it may lead to. Returns the day until which the chain is busy.
    pub(super) fn rescreen(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        visit: Visit,
        life: &mut Life,
    ) -> NaiveDate {
        let at = clock::start_of(visit.on) + TimeDelta::hours(11);
        let (scale, row) = self.rescreen_row(rng, ids, hero, visit, at);
        life.assessments.extend(scale);
        let (id, recheck_on) = (row.id, row.recheck_on);
        life.rescreens.push(row);
        life.events.push((at, "rescreen.recorded", "rescreen", id.0, visit.by));
        if let Some(due_on) = recheck_on {
            let street = hero.street_on(visit.on);
            let done = done(rng, 0.15, due_on, hero.until);
            let focus = (Focus::Rescreen, id.0);
            let task = self.task(ids, hero, (What::Recheck, focus), (at, due_on), done);
            life.tasks.push(task::Model {
                organisation_id: street.site,
                ended_by: done.map(|_| street.screener),
                ..task
            });
            return later(due_on, 10);
        }
        let hospital = pick(rng, &self.district.diagnosing).copied().unwrap_or(visit.by);
        let sent = Sent {
            kind: ReferralKind::Diagnosis,
            from: visit.by,
            to: hospital,
            at: at + TimeDelta::minutes(15),
            reason: self.data.reasons.rescreen.clone(),
            screen: None,
            rescreen: Some(id),
            diagnosis: None,
            continues: None,
        };
        match self.refer(rng, ids, hero, sent, life) {
            Seen::On(visit) => {
                self.diagnose(rng, ids, hero, visit, life);
                later(visit.on, 30)
            }
            Seen::Never(until) => until,
        }
    }

    fn rescreen_row(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        visit: Visit,
        at: DateTime<Utc>,
    ) -> (Option<assessment::Model>, rescreen::Model) {
        let id = RescreenId(ids.rescreen.next());
        let scale = self.screening_scale(rng, ids, hero, (visit, at - TimeDelta::minutes(20), id));
        let at_risk = scale.as_ref().is_some_and(|(at_risk, _)| *at_risk);
        let suspicious = rng.random_bool(match hero.nature {
            Nature::Autistic => 0.9,
            Nature::Delayed => 0.55,
            Nature::Typical => 0.05,
        });
        let abnormal = at_risk || suspicious;
        let mut findings: Vec<&str> = ["language", "stereotyped", "narrow_interest"]
            .into_iter()
            .filter(|_| suspicious && rng.random_bool(0.5))
            .collect();
        let deviates = suspicious && rng.random_bool(0.4);
        if suspicious && !at_risk && !deviates && findings.is_empty() {
            findings.push("language");
        }
        let criteria: Vec<u8> = [(1, !findings.is_empty()), (2, at_risk), (3, deviates)]
            .into_iter()
            .filter(|(_, holds)| *holds)
            .map(|(n, _)| n)
            .collect();
        let row = rescreen::Model {
            id,
            child_id: hero.id,
            referral_id: Some(visit.referral),
            organisation_id: visit.by.0,
            by: visit.by.1,
            district: self.district.code.clone(),
            street: hero.street_on(visit.on).code.clone(),
            performed_on: visit.on,
            recorded_at: at,
            age_days: hero.age_days(visit.on),
            findings: findings.into_iter().collect(),
            scale_at_risk: at_risk,
            development_deviates: deviates,
            development_note: None,
            abnormal,
            criteria: Numbers(criteria),
            recheck_on: (!abnormal).then(|| age::add_months(visit.on, self.deadlines.recheck_months)),
            note: None,
            withdrawn_at: None,
            version: 1,
        };
        (scale.map(|(_, scale)| scale), row)
    }

    fn diagnose(&self, rng: &mut StdRng, ids: &mut Counters, hero: &Hero<'_>, visit: Visit, life: &mut Life) {
        let pool: &[&str] = match hero.nature {
            Nature::Autistic => &["F84.0", "F84.0", "F84.0", "F84.9", "F84.1", "F84.5"],
            Nature::Delayed => &["F80.1", "F80.2", "F88", "F89", "F70"],
            Nature::Typical => &["", "", "F80.9"],
        };
        let code = pick(rng, pool).copied().filter(|code| !code.is_empty());
        let autism = code.is_some_and(|code| code.starts_with("F84"));
        let at = clock::start_of(visit.on) + TimeDelta::hours(15);
        let id = DiagnosisId(ids.diagnosis.next());
        let before = at - TimeDelta::minutes(30);
        life.assessments
            .extend(self.diagnostic_scales(rng, ids, hero, (visit, before, id)));
        life.diagnoses.push(diagnosis::Model {
            id,
            child_id: hero.id,
            referral_id: Some(visit.referral),
            organisation_id: visit.by.0,
            by: visit.by.1,
            district: self.district.code.clone(),
            street: hero.street_on(visit.on).code.clone(),
            doctor: word(rng, &self.data.doctors),
            diagnosed_on: visit.on,
            recorded_at: at,
            age_days: hero.age_days(visit.on),
            codes: code.into_iter().collect(),
            autism,
            conclusion: None,
            advice: None,
            withdrawn_at: None,
            version: 1,
        });
        life.events
            .push((at, "diagnosis.recorded", "diagnosis", id.0, visit.by));
        if autism {
            self.hand_over(rng, ids, hero, (id, at), visit.by, life);
        }
    }

    /// The family is talked to, and the centre takes over.
    fn hand_over(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        (diagnosis, at): (DiagnosisId, DateTime<Utc>),
        hospital: Who,
        life: &mut Life,
    ) {
        let day = clock::day_of(at);
        let (due_on, _) = self
            .calendar
            .add_working_days(day, self.deadlines.rehab_contact_working_days);
        let contacted = weekday(later(day, rng.random_range(1..9)));
        let done = done(rng, 0.1, contacted, hero.until);
        let (centre, intake) = self.district.centre;
        let what = (What::RehabilitationContact, (Focus::Diagnosis, diagnosis.0));
        let task = self.task(ids, hero, what, (at, due_on), done);
        life.tasks.push(task::Model {
            organisation_id: centre,
            role: Role::IntakeWorker,
            ended_by: done.map(|_| intake),
            ..task
        });
        let sent = Sent {
            kind: ReferralKind::Intake,
            from: hospital,
            to: self.district.centre,
            at: at + TimeDelta::minutes(5),
            reason: self.data.reasons.intake.clone(),
            screen: None,
            rescreen: None,
            diagnosis: Some(diagnosis),
            continues: None,
        };
        self.refer(rng, ids, hero, sent, life);
    }
}

impl Teller<'_> {
    /// A task of somebody, open or done on a day.
    fn task(
        &self,
        ids: &mut Counters,
        hero: &Hero<'_>,
        (what, focus): (What, (Focus, i64)),
        (since, due_on): (DateTime<Utc>, NaiveDate),
        done: Option<NaiveDate>,
    ) -> task::Model {
        task::Model {
            id: TaskId(ids.task.next()),
            district: self.district.code.clone(),
            child_id: Some(hero.id),
            what,
            focus: focus.0,
            focus_id: focus.1,
            leads: false,
            organisation_id: hero.street.site,
            role: Role::Screener,
            owner_id: None,
            since,
            due_on: Some(due_on),
            rung: 0,
            state: match done {
                Some(_) => TaskState::Done,
                None => TaskState::Open,
            },
            ended_at: done.map(|day| clock::start_of(day) + TimeDelta::hours(10)),
            ended_by: None,
            note: None,
            version: 1,
        }
    }
}

/// When something is done that should be on a day.
fn done(rng: &mut StdRng, forgotten: f64, due: NaiveDate, until: NaiveDate) -> Option<NaiveDate> {
    let done = match Forgotten::sometimes(rng, forgotten, due, until) {
        Forgotten::No => due,
        Forgotten::Until(noticed) => noticed,
        Forgotten::Still => return None,
    };
    (done <= until).then_some(done)
}
