//! A referral as it goes from one organisation to the other, and what the receiver makes of it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::{
    ContactId, DiagnosisId, ReferralId, ReferralStepId, RescreenId, ScreenId,
    screening::{contact, referral, referral_step},
    words::{ContactMethod, ContactResult, ReferralKind, ReferralState},
};
use rand::{RngExt as _, rngs::StdRng};

use super::{
    life::{Counters, Hero, Life, Teller, Who, during, later, weekday},
    people::pick,
};
use crate::{
    platform::clock,
    referral::states::{self, is_open},
};

/// A referral as it is sent.
pub(super) struct Sent {
    pub(super) kind: ReferralKind,
    pub(super) from: Who,
    pub(super) to: Who,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: String,
    pub(super) screen: Option<ScreenId>,
    pub(super) rescreen: Option<RescreenId>,
    pub(super) diagnosis: Option<DiagnosisId>,
    /// The referral that was passed on, and the day by which its step has to be done.
    pub(super) continues: Option<(ReferralId, NaiveDate)>,
}

/// What came of a referral.
pub(super) enum Seen {
    /// The child was seen.
    On(Visit),
    /// It was not, and the chain is busy with it until then.
    Never(NaiveDate),
}

/// The child came.
#[derive(Clone, Copy)]
pub(super) struct Visit {
    pub(super) on: NaiveDate,
    pub(super) referral: ReferralId,
    pub(super) by: Who,
}

/// What the receiver did.
enum Answer {
    Seen(Seen),
    /// It came to nothing, and the sender begins again.
    Again(DateTime<Utc>),
    /// Passed on to another organisation of the kind.
    PassedOn(DateTime<Utc>, Who),
}

/// Some work is forgotten; within a season somebody notices.
pub(super) enum Forgotten {
    No,
    Until(NaiveDate),
    Still,
}

impl Forgotten {
    /// With a chance, what came up on one day is forgotten; another day is the last that is told. Of what is recent more
    /// lies undone, which makes the work lists.
    pub(super) fn sometimes(rng: &mut StdRng, chance: f64, since: NaiveDate, until: NaiveDate) -> Self {
        let recent = until - since < TimeDelta::days(90);
        if !rng.random_bool(if recent { (5.0 * chance).min(0.5) } else { chance }) {
            Self::No
        } else if recent {
            Self::Still
        } else {
            Self::Until(weekday(later(since, rng.random_range(30..80))))
        }
    }
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
        self.referral.closed_at = (!is_open(to)).then_some(at);
        self.life.steps.push(step(self.ids, self.referral, Some(from), at, who));
        self.tell(at, who);
    }

    fn tell(&mut self, at: DateTime<Utc>, who: Who) {
        let action = states::of(self.referral.state).event;
        self.life.events.push((at, action, "referral", self.referral.id.0, who));
    }
}

/// The trace of the move that led to the state of a referral.
pub(super) fn step(
    ids: &mut Counters,
    referral: &referral::Model,
    from: Option<ReferralState>,
    at: DateTime<Utc>,
    who: Who,
) -> referral_step::Model {
    referral_step::Model {
        id: ReferralStepId(ids.step.next()),
        referral_id: referral.id,
        from_state: from,
        to_state: referral.state,
        at,
        by: Some(who.1),
        organisation_id: Some(who.0),
        note: None,
    }
}

impl Teller<'_> {
    /// A referral, and those that continue it, as far as the story goes.
    pub(super) fn refer(
        &self,
        rng: &mut StdRng,
        ids: &mut Counters,
        hero: &Hero<'_>,
        mut sent: Sent,
        life: &mut Life,
    ) -> Seen {
        loop {
            let mut referral = self.row(ids, hero, &sent);
            life.steps.push(step(ids, &referral, None, sent.at, sent.from));
            let mut told = Told {
                ids: &mut *ids,
                life: &mut *life,
                referral: &mut referral,
            };
            if told.referral.state == ReferralState::Proposed {
                told.tell(sent.at, sent.from);
            }
            let answer = self.answer(rng, &mut told, &sent, hero.until);
            let passed_on = (referral.id, referral.due_on);
            life.referrals.push(referral);
            match answer {
                Answer::Seen(seen) => return seen,
                Answer::Again(at) => {
                    sent = Sent {
                        at,
                        continues: None,
                        ..sent
                    };
                }
                Answer::PassedOn(at, to) => {
                    sent = Sent {
                        to,
                        at,
                        continues: Some(passed_on),
                        ..sent
                    };
                }
            }
        }
    }

    fn row(&self, ids: &mut Counters, hero: &Hero<'_>, sent: &Sent) -> referral::Model {
        let day = clock::day_of(sent.at);
        let (answer_due_on, _) = self.calendar.add_working_days(day, self.deadlines.answer_working_days);
        let (contact_due, _) = self
            .calendar
            .add_working_days(day, self.deadlines.rehab_contact_working_days);
        referral::Model {
            id: ReferralId(ids.referral.next()),
            child_id: hero.id,
            district: self.district.code.clone(),
            kind: sent.kind,
            // What is passed on was confirmed already.
            state: match sent.continues {
                Some(_) => ReferralState::Sent,
                None => ReferralState::Proposed,
            },
            from_organisation_id: sent.from.0,
            to_organisation_id: sent.to.0,
            sender_id: sent.from.1,
            owner_id: None,
            reason: sent.reason.clone(),
            screen_id: sent.screen,
            rescreen_id: sent.rescreen,
            diagnosis_id: sent.diagnosis,
            continues_id: sent.continues.map(|(id, _)| id),
            since: sent.at,
            answer_due_on,
            due_on: sent
                .continues
                .map_or_else(|| self.deadlines.step_due(sent.kind, day, contact_due), |(_, due)| due),
            appointment_at: None,
            closed_at: None,
            version: 1,
        }
    }

    fn answer(&self, rng: &mut StdRng, told: &mut Told<'_>, sent: &Sent, until: NaiveDate) -> Answer {
        let open_end = Answer::Seen(Seen::Never(later(until, 1)));
        let mut at = sent.at;
        if told.referral.state == ReferralState::Proposed {
            // A proposal waits some days for its confirmation; a few are forgotten for weeks.
            if clock::day_of(at) >= until - TimeDelta::days(10) && rng.random_bool(0.7) {
                return open_end;
            }
            at = match Forgotten::sometimes(rng, 0.004, clock::day_of(at), until) {
                Forgotten::No => at + TimeDelta::minutes(20),
                Forgotten::Until(day) => during(rng, day),
                Forgotten::Still => return open_end,
            };
            told.go(ReferralState::Sent, at, sent.from);
        }
        let day = clock::day_of(at);
        told.life.care.push((sent.to.0, at));
        if rng.random_bool(0.006) {
            told.go(ReferralState::Recalled, at + TimeDelta::hours(3), sent.from);
            return Self::again(rng, day, until);
        }
        // The centre has fewer places than hospitals have appointments.
        let (days, forgotten) = match sent.kind {
            ReferralKind::Rescreen | ReferralKind::Diagnosis => (0..5, 0.012),
            ReferralKind::Intake => (0..20, 0.08),
        };
        let answered = match Forgotten::sometimes(rng, forgotten, day, until) {
            Forgotten::No => weekday(later(day, rng.random_range(days))),
            Forgotten::Until(day) => day,
            Forgotten::Still => return open_end,
        };
        if answered > until {
            return open_end;
        }
        let at = during(rng, answered).max(at + TimeDelta::minutes(10));
        if rng.random_bool(0.015) {
            told.go(ReferralState::Declined, at, sent.to);
            return Self::again(rng, answered, until);
        }
        if let Some(other) = self.another_hospital(rng, sent) {
            told.go(ReferralState::Forwarded, at, sent.to);
            return Answer::PassedOn(at, other);
        }
        told.referral.owner_id = Some(sent.to.1);
        told.go(ReferralState::Accepted, at, sent.to);
        if sent.kind == ReferralKind::Intake {
            // The child comes to the centre, and stays.
            let admitted = weekday(later(answered, rng.random_range(5..40)));
            if admitted <= until {
                told.go(ReferralState::Completed, during(rng, admitted), sent.to);
            }
            return open_end;
        }
        let (answered, at) = match Forgotten::sometimes(rng, 0.01, answered, until) {
            Forgotten::No => (answered, at),
            Forgotten::Until(day) => (day, during(rng, day)),
            Forgotten::Still => return open_end,
        };
        self.appointment(rng, told, sent, (answered, at), until)
    }

    /// What came to nothing on a day is begun again within weeks.
    fn again(rng: &mut StdRng, day: NaiveDate, until: NaiveDate) -> Answer {
        let begun = weekday(later(day, rng.random_range(3..30)));
        if begun > until {
            return Answer::Seen(Seen::Never(later(until, 1)));
        }
        Answer::Again(during(rng, begun))
    }

    /// A full hospital passes the child on, once.
    fn another_hospital(&self, rng: &mut StdRng, sent: &Sent) -> Option<Who> {
        if sent.kind != ReferralKind::Diagnosis || sent.continues.is_some() || !rng.random_bool(0.04) {
            return None;
        }
        pick(rng, &self.district.diagnosing)
            .copied()
            .filter(|other| other.0 != sent.to.0)
    }

    /// From the appointment to the visit, which some families miss.
    fn appointment(
        &self,
        rng: &mut StdRng,
        told: &mut Told<'_>,
        sent: &Sent,
        (answered, at): (NaiveDate, DateTime<Utc>),
        until: NaiveDate,
    ) -> Answer {
        let open_end = Answer::Seen(Seen::Never(later(until, 1)));
        let wait = match sent.kind {
            ReferralKind::Rescreen => 3..18,
            ReferralKind::Diagnosis | ReferralKind::Intake => 8..32,
        };
        let mut visit = weekday(later(answered, rng.random_range(wait)));
        told.referral.appointment_at = Some(clock::start_of(visit) + TimeDelta::hours(9));
        told.go(ReferralState::Appointed, at + TimeDelta::minutes(5), sent.to);
        if visit > until {
            return open_end;
        }
        if rng.random_bool(0.09) {
            let evening = clock::start_of(visit) + TimeDelta::hours(17);
            told.go(ReferralState::NoShow, evening, sent.to);
            if rng.random_bool(0.3) {
                return Answer::Seen(lose(rng, told, sent, visit, until));
            }
            let (called, again) = (weekday(later(visit, 1)), weekday(later(visit, 7)));
            if called > until {
                return open_end;
            }
            told.referral.appointment_at = Some(clock::start_of(again) + TimeDelta::hours(9));
            let morning = clock::start_of(called) + TimeDelta::hours(10);
            told.go(ReferralState::Appointed, morning, sent.to);
            if again > until {
                return open_end;
            }
            visit = again;
        }
        let noon = clock::start_of(visit) + TimeDelta::hours(11);
        told.go(ReferralState::Completed, noon, sent.to);
        Answer::Seen(Seen::On(Visit {
            on: visit,
            referral: told.referral.id,
            by: sent.to,
        }))
    }
}

/// Three documented attempts that fail.
fn lose(rng: &mut StdRng, told: &mut Told<'_>, sent: &Sent, visit: NaiveDate, until: NaiveDate) -> Seen {
    let attempts = [
        (2, ContactMethod::Phone),
        (6, ContactMethod::Phone),
        (10, ContactMethod::Visit),
    ];
    for (after, method) in attempts {
        let day = weekday(later(visit, after));
        if day > until {
            return Seen::Never(later(until, 1));
        }
        let at = during(rng, day);
        let id = ContactId(told.ids.contact.next());
        told.life.contacts.push(contact::Model {
            id,
            child_id: told.referral.child_id,
            referral_id: Some(told.referral.id),
            task_id: None,
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
    if day > until || until - day < TimeDelta::days(90) && rng.random_bool(0.5) {
        return Seen::Never(later(until, 1));
    }
    told.go(ReferralState::Lost, during(rng, day), sent.to);
    // Who was lost comes to no later check either: whoever saw the child again would have to refer it anew.
    Seen::Never(later(day, 3650))
}
