//! The history of one child, told by the rules that real work follows, up to its last day: [`check`](Teller::check) by
//! check, and what each led to.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc, Weekday};
use entities::{
    AccountId, ChildId, Numbers, OrganisationId, PlannedCheckId, ScreenId,
    age::{self, PretermRule},
    screening::{assessment, contact, diagnosis, planned_check, referral, referral_step, rescreen, screen},
    task::task,
    words::{AgeUsed, CheckState, ReferralKind, ScreenOutcome},
};
use rand::{RngExt as _, rngs::StdRng};

use super::{
    data::Data,
    place::{District, Street},
    referral::{Seen, Sent},
    scale::Scales,
};
use crate::{
    children::{check_ages::PlannedCheck, service::NewChild},
    platform::{calendar::Calendar, clock},
    task::Deadlines,
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

    /// The one given last.
    pub(super) fn last(&self) -> i64 {
        self.0
    }
}

/// Counters of every table whose ids others name.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) child: Ids,
    pub(super) guardian: Ids,
    pub(super) residence: Ids,
    pub(super) departure: Ids,
    pub(super) check: Ids,
    pub(super) screen: Ids,
    pub(super) referral: Ids,
    pub(super) step: Ids,
    pub(super) rescreen: Ids,
    pub(super) diagnosis: Ids,
    pub(super) contact: Ids,
    pub(super) task: Ids,
    pub(super) assessment: Ids,
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
    pub(super) assessments: Vec<assessment::Model>,
    pub(super) contacts: Vec<contact::Model>,
    pub(super) tasks: Vec<task::Model>,
    /// Who worked with the child, since when.
    pub(super) care: Vec<(OrganisationId, DateTime<Utc>)>,
    /// When, action, table, id, who.
    pub(super) events: Vec<(DateTime<Utc>, &'static str, &'static str, i64, Who)>,
}

/// An organisation and somebody in it.
pub(super) type Who = (OrganisationId, AccountId);

/// What the story of a district needs to be told.
pub(super) struct Teller<'a> {
    pub(super) data: &'a Data,
    pub(super) district: &'a District,
    pub(super) calendar: &'a Calendar,
    pub(super) deadlines: &'a Deadlines,
    pub(super) rules: &'a str,
    pub(super) preterm: &'a PretermRule,
    pub(super) scales: &'a Scales,
    /// The first day of work with the system; what was due before was done on paper.
    pub(super) begins: NaiveDate,
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
    /// The last day that is told: yesterday, or the day on which the child left.
    pub(super) until: NaiveDate,
}

impl Hero<'_> {
    pub(super) fn street_on(&self, day: NaiveDate) -> &Street {
        self.before
            .filter(|(until, _)| day < *until)
            .map_or(self.street, |(_, street)| street)
    }

    pub(super) fn age_days(&self, on: NaiveDate) -> i32 {
        i32::try_from(age::days_between(self.new.birth_on, on)).unwrap_or(0)
    }
}

/// A moment during working hours of a day.
pub(super) fn during(rng: &mut StdRng, day: NaiveDate) -> DateTime<Utc> {
    clock::start_of(day) + TimeDelta::minutes(rng.random_range(8 * 60..17 * 60))
}

pub(super) fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// The same day or the Monday after it: nobody screens at a weekend.
pub(super) fn weekday(day: NaiveDate) -> NaiveDate {
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
        let mut busy_until = NaiveDate::MIN;
        for check in hero.plan {
            let mut row = self.check_row(ids, hero, check);
            if check.due_on < self.begins {
                row.state = CheckState::Cancelled;
            } else if check.due_on > busy_until && life.diagnoses.iter().all(|d| !d.autism) {
                busy_until = self
                    .check(rng, ids, hero, check, &mut row, &mut life)
                    .unwrap_or(busy_until);
            }
            life.checks.push(row);
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
        if day > hero.until || rng.random_bool(0.11) {
            return None;
        }
        let outcome = outcome(rng, hero, check.age_months.into());
        let screen = self.screen(rng, ids, hero, check, (day, outcome));
        let screen = screen::Model {
            planned_check_id: Some(row.id),
            ..screen
        };
        let (at, who) = (screen.recorded_at, (screen.organisation_id, screen.screener_id));
        life.care.push((who.0, at));
        life.events.push((at, "screen.recorded", "screen", screen.id.0, who));
        row.state = CheckState::Done;
        row.screen_id = Some(screen.id);
        row.street.clone_from(&screen.street);
        let reason = self.reason(&screen);
        let sent = Sent {
            kind: ReferralKind::Rescreen,
            from: who,
            to: self.district.rescreen,
            at,
            reason,
            screen: Some(screen.id),
            rescreen: None,
            diagnosis: None,
            continues: None,
        };
        life.screens.push(screen);
        if outcome != ScreenOutcome::Abnormal {
            return None;
        }
        match self.refer(rng, ids, hero, sent, life) {
            Seen::On(visit) => Some(self.rescreen(rng, ids, hero, visit, life)),
            Seen::Never(until) => Some(until),
        }
    }

    fn screen(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        check: &PlannedCheck,
        (day, outcome): (NaiveDate, ScreenOutcome),
    ) -> screen::Model {
        let street = hero.street_on(day);
        let abnormal = outcome == ScreenOutcome::Abnormal;
        let mut signs = BTreeSet::new();
        if abnormal {
            signs.extend((1..=4u8).filter(|_| rng.random_bool(0.4)));
            signs.insert(rng.random_range(1..=4u8));
        }
        let late = rng.random_bool(0.02) && later(check.closes_on, 4) <= hero.until;
        let age_days = hero.age_days(day);
        let preterm = hero.new.gestational_weeks.filter(|weeks| weeks.get() < 37);
        screen::Model {
            id: ScreenId(ids.screen.next()),
            child_id: hero.id,
            planned_check_id: None,
            organisation_id: street.site,
            screener_id: street.screener,
            district: self.district.code.clone(),
            street: street.code.clone(),
            performed_on: day,
            recorded_at: during(rng, if late { later(check.closes_on, 4) } else { day }),
            entered_late: late,
            age_months: check.age_months.into(),
            age_days,
            corrected_age_days: preterm.map(|weeks| age_days - 7 * (40 - i32::from(weeks.get()))),
            age_used: if check.corrected {
                AgeUsed::Corrected
            } else {
                AgeUsed::Chronological
            },
            outcome,
            regression: abnormal && hero.nature == Nature::Autistic && rng.random_bool(0.2),
            signs: Numbers(signs.into_iter().collect()),
            note: None,
            withdrawn_at: None,
            version: 1,
        }
    }

    fn reason(&self, screen: &screen::Model) -> String {
        let signs = screen.signs.0.iter().map(u8::to_string).collect::<Vec<_>>().join("、");
        self.data.reasons.screen.replace('%', &signs)
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
