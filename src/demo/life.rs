//! The history of one child, told by the rules that real work follows, up to the day on which the story ends.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use entities::{
    AccountId, ChildId, ContactId, DiagnosisId, FollowUpId, OrganisationId, PlannedCheckId, ReferralId, RescreenId,
    ScreenId, age,
    screening::{contact, diagnosis, follow_up, planned_check, referral, referral_step, rescreen, screen},
    words::{
        AgeUsed, CheckState, ContactMethod, ContactResult, FollowUpKind, FollowUpState, ReferralKind, ReferralState,
        ScreenOutcome,
    },
};
use rand::{RngExt as _, rngs::StdRng};
use serde_json::json;

use super::{
    data::Data,
    people::word,
    place::{District, Street},
};
use crate::{
    children::{check_ages::PlannedCheck, service::NewChild},
    platform::{calendar::Calendar, clock},
    screening::referral::Deadlines,
};

/// What a child is like; nobody in the story knows it beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Typical,
    /// Another developmental disorder.
    Delayed,
    Autistic,
}

/// Running ids over the whole database.
#[derive(Debug, Default)]
pub(super) struct Ids(i64);

impl Ids {
    pub(super) fn next(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }
}

/// Counters of every table that a life writes to.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) check: Ids,
    pub(super) screen: Ids,
    pub(super) referral: Ids,
    pub(super) step: Ids,
    pub(super) rescreen: Ids,
    pub(super) diagnosis: Ids,
    pub(super) contact: Ids,
    pub(super) follow_up: Ids,
}

/// Everything that happened to one child.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) checks: Vec<planned_check::Model>,
    pub(super) screens: Vec<screen::Model>,
    pub(super) referrals: Vec<referral::Model>,
    pub(super) steps: Vec<referral_step::Model>,
    pub(super) rescreens: Vec<rescreen::Model>,
    pub(super) diagnoses: Vec<diagnosis::Model>,
    pub(super) contacts: Vec<contact::Model>,
    pub(super) follow_ups: Vec<follow_up::Model>,
    /// Who worked with the child, since when.
    pub(super) care: Vec<(OrganisationId, DateTime<Utc>)>,
    /// Day, action, table, id, who.
    pub(super) events: Vec<(DateTime<Utc>, &'static str, &'static str, i64, Who)>,
}

/// An organisation and somebody in it.
type Who = (OrganisationId, AccountId);

/// What the story of a district needs to be told.
pub(super) struct Teller<'a> {
    pub(super) data: &'a Data,
    pub(super) district: &'a District,
    pub(super) calendar: &'a Calendar,
    pub(super) deadlines: &'a Deadlines,
    pub(super) rules: &'a str,
    pub(super) today: NaiveDate,
}

/// The child whose story is told.
pub(super) struct Hero<'a> {
    pub(super) id: ChildId,
    pub(super) new: &'a NewChild,
    pub(super) nature: Nature,
    pub(super) plan: &'a [PlannedCheck],
    /// Lived in another street until then.
    pub(super) before: Option<(NaiveDate, &'a Street)>,
    /// Lives in this one.
    pub(super) street: &'a Street,
    /// Out of the pipeline from then on.
    pub(super) left_on: Option<NaiveDate>,
}

impl Hero<'_> {
    fn street_on(&self, day: NaiveDate) -> &Street {
        self.before
            .filter(|(until, _)| day < *until)
            .map_or(self.street, |(_, street)| street)
    }
}

/// A moment during working hours of a day.
pub(super) fn during(rng: &mut StdRng, day: NaiveDate) -> DateTime<Utc> {
    clock::start_of(day) + TimeDelta::minutes(rng.random_range(8 * 60..17 * 60))
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// The same day or the Monday after it: nobody screens at a weekend.
fn weekday(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => later(day, 2),
        Weekday::Sun => later(day, 1),
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => day,
    }
}

impl Teller<'_> {
    /// Tell the story.
    pub(super) fn tell(&self, rng: &mut StdRng, ids: &mut Counters, hero: &Hero<'_>) -> Life {
        let mut life = Life::default();
        let begins = later(self.today, 0) - TimeDelta::days(3 * 365);
        let mut busy_until = NaiveDate::MIN;
        for check in hero.plan {
            let mut row = self.check_row(ids, hero, check);
            let gone = hero.left_on.is_some_and(|day| check.due_on >= day);
            if gone {
                row.state = CheckState::Cancelled;
            } else if check.due_on >= begins && check.due_on > busy_until && life.diagnoses.iter().all(|d| !d.autism) {
                busy_until = self
                    .check(rng, ids, hero, check, &mut row, &mut life)
                    .unwrap_or(busy_until);
            } else if check.due_on < begins {
                // Done on paper before the system came.
                row.state = CheckState::Cancelled;
            }
            life.checks.push(row);
        }
        if hero.left_on.is_some() {
            end_open_work(&mut life, hero.left_on.unwrap_or(self.today));
        }
        life
    }

    fn check_row(&self, ids: &mut Counters, hero: &Hero<'_>, check: &PlannedCheck) -> planned_check::Model {
        planned_check::Model {
            id: PlannedCheckId(ids.check.next()),
            child_id: hero.id,
            age_months: check.age_months.into(),
            district: self.district.code.clone(),
            street: hero.street.code.clone(),
            opens_on: check.opens_on,
            due_on: check.due_on,
            closes_on: check.closes_on,
            corrected: check.corrected,
            state: CheckState::Pending,
            screen_id: None,
            rules: self.rules.to_owned(),
        }
    }

    /// One of the eleven checks: screened or not, and what follows. Returns the day until which the chain is busy with it.
    fn check(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        check: &PlannedCheck,
        row: &mut planned_check::Model,
        life: &mut Life,
    ) -> Option<NaiveDate> {
        let offset = rng.random_range(0..30u64);
        let day = weekday(later(check.due_on, offset) - TimeDelta::days(5)).min(check.closes_on);
        if day > self.today || rng.random_bool(0.11) {
            return None;
        }
        let street = hero.street_on(day);
        let outcome = Self::outcome(rng, hero, check.age_months.into());
        let mut signs = std::collections::BTreeSet::new();
        if outcome == ScreenOutcome::Abnormal {
            signs.extend((1..=4u8).filter(|_| rng.random_bool(0.4)));
            signs.insert(rng.random_range(1..=4u8));
        }
        let at = during(rng, day);
        let late = rng.random_bool(0.02) && later(check.closes_on, 5) <= self.today;
        let id = ScreenId(ids.screen.next());
        let who = (street.site, street.screener);
        life.screens.push(screen::Model {
            id,
            child_id: hero.id,
            planned_check_id: Some(row.id),
            organisation_id: street.site,
            screener_id: street.screener,
            district: self.district.code.clone(),
            street: street.code.clone(),
            performed_on: day,
            recorded_at: if late {
                during(rng, later(check.closes_on, 4))
            } else {
                at
            },
            entered_late: late,
            age_months: check.age_months.into(),
            age_days: days(hero.new.birth_on, day),
            corrected_age_days: hero
                .new
                .gestational_weeks
                .filter(|w| w.get() < 37)
                .map(|w| days(hero.new.birth_on, day) - 7 * (40 - i32::from(w.get()))),
            age_used: if check.corrected {
                AgeUsed::Corrected
            } else {
                AgeUsed::Chronological
            },
            outcome,
            regression: hero.nature == Nature::Autistic && outcome == ScreenOutcome::Abnormal && rng.random_bool(0.2),
            signs: json!(signs),
            note: None,
            withdrawn_at: None,
            version: 1,
        });
        life.care.push((street.site, at));
        life.events.push((at, "screen.recorded", "screen", id.0, who));
        row.state = CheckState::Done;
        row.screen_id = Some(id);
        row.street.clone_from(&street.code);
        if outcome != ScreenOutcome::Abnormal {
            return None;
        }
        let reason = self
            .data
            .reasons
            .screen
            .replace('%', &signs.iter().map(u8::to_string).collect::<Vec<_>>().join("、"));
        let sent = Sent {
            kind: ReferralKind::Rescreen,
            from: who,
            to: self.district.rescreen,
            at,
            reason,
            screen: Some(id),
            rescreen: None,
            diagnosis: None,
        };
        match self.refer(rng, ids, hero, sent, life) {
            Seen::On(day, referral) => Some(self.rescreen(rng, ids, hero, day, referral, who, life)),
            Seen::Never(until) => Some(until),
        }
    }

    fn outcome(rng: &mut StdRng, hero: &Hero<'_>, months: i32) -> ScreenOutcome {
        let abnormal = match (hero.nature, months >= 18) {
            (Nature::Autistic, true) => 0.75,
            (Nature::Autistic, false) => 0.25,
            (Nature::Delayed, _) => 0.35,
            (Nature::Typical, _) => 0.03,
        };
        match rng.random_range(0.0..1.0) {
            x if x < 0.008 => ScreenOutcome::Refused,
            x if x < 0.022 => ScreenOutcome::Unreachable,
            x if x < 0.032 => ScreenOutcome::Elsewhere,
            _ if rng.random_bool(abnormal) => ScreenOutcome::Abnormal,
            _ => ScreenOutcome::Normal,
        }
    }

    /// A referral and what the receiver makes of it, as far as the story goes.
    fn refer(&self, rng: &mut StdRng, ids: &mut Counters, hero: &Hero<'_>, sent: Sent, life: &mut Life) -> Seen {
        let day = clock::day_of(sent.at);
        let (answer_due_on, _) = self.calendar.add_working_days(day, self.deadlines.answer_working_days);
        let (contact_due, _) = self
            .calendar
            .add_working_days(day, self.deadlines.rehab_contact_working_days);
        let mut referral = referral::Model {
            id: ReferralId(ids.referral.next()),
            child_id: hero.id,
            district: self.district.code.clone(),
            kind: sent.kind,
            state: ReferralState::Proposed,
            from_organisation_id: sent.from.0,
            to_organisation_id: sent.to.0,
            sender_id: sent.from.1,
            owner_id: None,
            reason: sent.reason.clone(),
            screen_id: sent.screen,
            rescreen_id: sent.rescreen,
            diagnosis_id: sent.diagnosis,
            continues_id: None,
            since: sent.at,
            answer_due_on,
            due_on: self.deadlines.step_due(sent.kind, day, contact_due),
            appointment_at: None,
            escalation: 0,
            escalated_at: None,
            closed_at: None,
            version: 1,
        };
        let mut told = Told {
            ids,
            life,
            referral: &mut referral,
        };
        told.step(None, sent.at, sent.from);
        let seen = self.answer(rng, &mut told, &sent, day);
        life.referrals.push(referral);
        seen
    }

    fn answer(&self, rng: &mut StdRng, told: &mut Told<'_>, sent: &Sent, day: NaiveDate) -> Seen {
        let open_end = Seen::Never(later(self.today, 1));
        // A proposal waits a moment for its confirmation; a few are forgotten.
        if day >= self.today - TimeDelta::days(2) && rng.random_bool(0.5) || rng.random_bool(0.004) {
            return open_end;
        }
        let at = sent.at + TimeDelta::minutes(20);
        told.go(ReferralState::Sent, at, sent.from);
        told.life.care.push((sent.to.0, at));
        if rng.random_bool(0.006) {
            told.go(ReferralState::Recalled, at + TimeDelta::hours(3), sent.from);
            return Seen::Never(later(day, 60));
        }
        let answered = weekday(later(day, rng.random_range(0..5)));
        if answered > self.today || rng.random_bool(0.012) {
            return open_end;
        }
        let at = during(rng, answered).max(at + TimeDelta::minutes(10));
        if rng.random_bool(0.015) {
            told.go(ReferralState::Declined, at, sent.to);
            return if answered < self.today - TimeDelta::days(40) {
                Seen::Never(later(answered, 60))
            } else {
                open_end
            };
        }
        told.referral.owner_id = Some(sent.to.1);
        told.go(ReferralState::Accepted, at, sent.to);
        if sent.kind == ReferralKind::Intake {
            return open_end;
        }
        if rng.random_bool(0.01) {
            return open_end;
        }
        let wait = if sent.kind == ReferralKind::Rescreen {
            3..18
        } else {
            8..32
        };
        let mut visit = weekday(later(answered, rng.random_range(wait)));
        told.referral.appointment_at = Some(clock::start_of(visit) + TimeDelta::hours(9));
        told.go(ReferralState::Appointed, at + TimeDelta::minutes(5), sent.to);
        if visit > self.today {
            return open_end;
        }
        if rng.random_bool(0.09) {
            told.go(
                ReferralState::NoShow,
                clock::start_of(visit) + TimeDelta::hours(17),
                sent.to,
            );
            if rng.random_bool(0.3) {
                return self.lose(rng, told, sent, visit);
            }
            let again = weekday(later(visit, 7));
            if again > self.today {
                return open_end;
            }
            told.referral.appointment_at = Some(clock::start_of(again) + TimeDelta::hours(9));
            told.go(
                ReferralState::Appointed,
                clock::start_of(later(visit, 1)) + TimeDelta::hours(10),
                sent.to,
            );
            visit = again;
        }
        told.go(
            ReferralState::Completed,
            clock::start_of(visit) + TimeDelta::hours(11),
            sent.to,
        );
        Seen::On(visit, told.referral.id)
    }

    /// Three documented attempts that fail.
    fn lose(&self, rng: &mut StdRng, told: &mut Told<'_>, sent: &Sent, visit: NaiveDate) -> Seen {
        for (n, method) in [ContactMethod::Phone, ContactMethod::Phone, ContactMethod::Visit]
            .into_iter()
            .enumerate()
        {
            let day = weekday(later(visit, 2 + 4 * u64::try_from(n).unwrap_or(0)));
            if day > self.today {
                return Seen::Never(later(self.today, 1));
            }
            let at = during(rng, day);
            let id = ContactId(told.ids.contact.next());
            told.life.contacts.push(contact::Model {
                id,
                child_id: told.referral.child_id,
                referral_id: Some(told.referral.id),
                follow_up_id: None,
                method,
                result: ContactResult::NotReached,
                attempted_at: at,
                note: None,
                by: sent.to.1,
                organisation_id: sent.to.0,
            });
            told.life
                .events
                .push((at, "contact.recorded", "contact", id.0, sent.to));
        }
        let day = weekday(later(visit, 14));
        if day > self.today || rng.random_bool(0.2) {
            return Seen::Never(later(self.today, 1));
        }
        told.go(ReferralState::Lost, during(rng, day), sent.to);
        Seen::Never(later(day, 120))
    }

    fn rescreen(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        day: NaiveDate,
        referral: ReferralId,
        _: Who,
        life: &mut Life,
    ) -> NaiveDate {
        let (organisation, by) = self.district.rescreen;
        let street = hero.street_on(day);
        let abnormal = rng.random_bool(match hero.nature {
            Nature::Autistic => 0.94,
            Nature::Delayed => 0.6,
            Nature::Typical => 0.08,
        });
        let findings: Vec<&str> = ["language", "stereotyped", "narrow_interest"]
            .into_iter()
            .filter(|_| abnormal && rng.random_bool(0.5))
            .collect();
        let deviates = abnormal && rng.random_bool(0.4);
        let at_risk = abnormal && (rng.random_bool(0.7) || (findings.is_empty() && !deviates));
        let criteria: Vec<u8> = [(1, !findings.is_empty()), (2, at_risk), (3, deviates)]
            .into_iter()
            .filter(|(_, holds)| *holds)
            .map(|(n, _)| n)
            .collect();
        let at = clock::start_of(day) + TimeDelta::hours(11);
        let id = RescreenId(ids.rescreen.next());
        let recheck_on = (!abnormal).then(|| age::add_months(day, self.deadlines.recheck_months));
        life.rescreens.push(rescreen::Model {
            id,
            child_id: hero.id,
            referral_id: Some(referral),
            organisation_id: organisation,
            by,
            district: self.district.code.clone(),
            street: street.code.clone(),
            performed_on: day,
            recorded_at: at,
            age_days: days(hero.new.birth_on, day),
            findings: json!(findings),
            scale_at_risk: at_risk,
            development_deviates: deviates,
            development_note: None,
            abnormal,
            criteria: json!(criteria),
            recheck_on,
            note: None,
            withdrawn_at: None,
            version: 1,
        });
        life.events
            .push((at, "rescreen.recorded", "rescreen", id.0, (organisation, by)));
        if let Some(due_on) = recheck_on {
            let done = later(due_on, 3) < self.today && rng.random_bool(0.85);
            life.follow_ups.push(follow_up::Model {
                id: FollowUpId(ids.follow_up.next()),
                child_id: hero.id,
                kind: FollowUpKind::Recheck,
                state: if done { FollowUpState::Done } else { FollowUpState::Open },
                organisation_id: street.site,
                opened_at: at,
                due_on,
                rescreen_id: Some(id),
                diagnosis_id: None,
                escalation: 0,
                closed_at: done.then(|| clock::start_of(due_on) + TimeDelta::hours(10)),
                closed_by: done.then_some(street.screener),
                note: None,
                version: 1,
            });
            return later(due_on, 10);
        }
        let hospital = super::people::pick(rng, &self.district.diagnosing)
            .copied()
            .unwrap_or((organisation, by));
        let sent = Sent {
            kind: ReferralKind::Diagnosis,
            from: (organisation, by),
            to: hospital,
            at: at + TimeDelta::minutes(15),
            reason: self.data.reasons.rescreen.clone(),
            screen: None,
            rescreen: Some(id),
            diagnosis: None,
        };
        match self.refer(rng, ids, hero, sent, life) {
            Seen::On(day, referral) => {
                self.diagnose(rng, ids, hero, day, referral, hospital, life);
                later(day, 30)
            }
            Seen::Never(until) => until,
        }
    }

    fn diagnose(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        day: NaiveDate,
        referral: ReferralId,
        hospital: Who,
        life: &mut Life,
    ) {
        let pool: &[&str] = match hero.nature {
            Nature::Autistic => &["F84.0", "F84.0", "F84.0", "F84.9", "F84.1", "F84.5"],
            Nature::Delayed => &["F80.1", "F80.2", "F88", "F89", "F70"],
            Nature::Typical => &["", "", "F80.9"],
        };
        let codes: Vec<&str> = super::people::pick(rng, pool)
            .copied()
            .into_iter()
            .filter(|c| !c.is_empty())
            .collect();
        let autism = codes.iter().any(|c| c.starts_with("F84"));
        let at = clock::start_of(day) + TimeDelta::hours(15);
        let id = DiagnosisId(ids.diagnosis.next());
        life.diagnoses.push(diagnosis::Model {
            id,
            child_id: hero.id,
            referral_id: Some(referral),
            organisation_id: hospital.0,
            by: hospital.1,
            district: self.district.code.clone(),
            street: hero.street_on(day).code.clone(),
            doctor: word(rng, &self.data.doctors),
            diagnosed_on: day,
            recorded_at: at,
            age_days: days(hero.new.birth_on, day),
            codes: json!(codes),
            autism,
            conclusion: None,
            withdrawn_at: None,
            version: 1,
        });
        life.events
            .push((at, "diagnosis.recorded", "diagnosis", id.0, hospital));
        if !autism {
            return;
        }
        let (due_on, _) = self
            .calendar
            .add_working_days(day, self.deadlines.rehab_contact_working_days);
        let contacted = weekday(later(day, rng.random_range(1..9)));
        let done = contacted <= self.today && rng.random_bool(0.9);
        let (centre, intake) = self.district.centre;
        life.follow_ups.push(follow_up::Model {
            id: FollowUpId(ids.follow_up.next()),
            child_id: hero.id,
            kind: FollowUpKind::RehabilitationContact,
            state: if done { FollowUpState::Done } else { FollowUpState::Open },
            organisation_id: centre,
            opened_at: at,
            due_on,
            rescreen_id: None,
            diagnosis_id: Some(id),
            escalation: 0,
            closed_at: done.then(|| clock::start_of(contacted) + TimeDelta::hours(10)),
            closed_by: done.then_some(intake),
            note: None,
            version: 1,
        });
        let sent = Sent {
            kind: ReferralKind::Intake,
            from: hospital,
            to: self.district.centre,
            at: at + TimeDelta::minutes(5),
            reason: self.data.reasons.intake.clone(),
            screen: None,
            rescreen: None,
            diagnosis: Some(id),
        };
        self.refer(rng, ids, hero, sent, life);
    }
}

/// A referral as it is sent.
struct Sent {
    kind: ReferralKind,
    from: Who,
    to: Who,
    at: DateTime<Utc>,
    reason: String,
    screen: Option<ScreenId>,
    rescreen: Option<RescreenId>,
    diagnosis: Option<DiagnosisId>,
}

/// What came of a referral.
enum Seen {
    /// The child was seen.
    On(NaiveDate, ReferralId),
    /// It was not, and the chain is busy with it until then.
    Never(NaiveDate),
}

/// A referral while it is told.
struct Told<'a> {
    ids: &'a mut Counters,
    life: &'a mut Life,
    referral: &'a mut referral::Model,
}

impl Told<'_> {
    fn go(&mut self, to: ReferralState, at: DateTime<Utc>, who: Who) {
        let from = self.referral.state;
        self.referral.state = to;
        self.referral.version += 1;
        if to == ReferralState::Sent {
            self.referral.since = at;
        }
        self.referral.closed_at = (!crate::screening::pathway::is_open(to)).then_some(at);
        self.step(Some(from), at, who);
    }

    fn step(&mut self, from: Option<ReferralState>, at: DateTime<Utc>, who: Who) {
        let id = entities::ReferralStepId(self.ids.step.next());
        self.life.steps.push(referral_step::Model {
            id,
            referral_id: self.referral.id,
            from_state: from,
            to_state: self.referral.state,
            at,
            by: Some(who.1),
            organisation_id: Some(who.0),
            note: None,
        });
        self.life
            .events
            .push((at, action(self.referral.state), "referral", self.referral.id.0, who));
    }
}

/// The event of a move.
fn action(state: ReferralState) -> &'static str {
    match state {
        ReferralState::Proposed => "referral.proposed",
        ReferralState::Sent => "referral.sent",
        ReferralState::Accepted => "referral.accepted",
        ReferralState::Appointed => "referral.appointed",
        ReferralState::NoShow => "referral.no_show",
        ReferralState::Completed => "referral.completed",
        ReferralState::Declined => "referral.declined",
        ReferralState::Recalled => "referral.recalled",
        ReferralState::Forwarded => "referral.forwarded",
        ReferralState::Lost => "referral.lost",
        ReferralState::Cancelled => "referral.cancelled",
    }
}

/// A departure ends what is open.
fn end_open_work(life: &mut Life, day: NaiveDate) {
    let at = day.and_time(NaiveTime::MIN).and_utc();
    for referral in life
        .referrals
        .iter_mut()
        .filter(|r| crate::screening::pathway::is_open(r.state))
    {
        referral.state = ReferralState::Cancelled;
        referral.closed_at = Some(at.max(referral.since));
    }
    for task in life.follow_ups.iter_mut().filter(|f| f.state == FollowUpState::Open) {
        task.state = FollowUpState::Cancelled;
        task.closed_at = Some(at.max(task.opened_at));
    }
}

fn days(birth_on: NaiveDate, on: NaiveDate) -> i32 {
    i32::try_from(age::days_between(birth_on, on)).unwrap_or(0)
}
