//! Every move by every side, lateness over holidays, and what counts as a failed attempt.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use entities::{
    AccountId, ChildId, ContactId, OrganisationId, ReferralId,
    words::{ContactMethod, ContactResult, OrganisationKind, Role},
};

use super::*;
use crate::platform::{Workplace, calendar::CalendarYear};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 2, 1, 0, 0).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn referral(state: ReferralState) -> referral::Model {
    referral::Model {
        id: ReferralId(1),
        child_id: ChildId(1),
        district: "330211".into(),
        kind: ReferralKind::Rescreen,
        state,
        from_organisation_id: OrganisationId(1),
        to_organisation_id: OrganisationId(2),
        sender_id: AccountId(1),
        owner_id: None,
        reason: String::new(),
        screen_id: None,
        rescreen_id: None,
        diagnosis_id: None,
        continues_id: None,
        since: now(),
        answer_due_on: day("2026-11-05"),
        due_on: day("2026-12-02"),
        appointment_at: Some(now() - TimeDelta::hours(1)),
        closed_at: None,
        version: 1,
    }
}

fn actor(place: i64, role: Role) -> Actor {
    Actor {
        account: Some(AccountId(place)),
        workplace: Some(Workplace {
            id: OrganisationId(place),
            kind: OrganisationKind::ScreeningSite,
            name: String::new(),
            coverage: "330211".into(),
        }),
        roles: vec![role],
        ..Actor::system("test", now())
    }
}

fn tried(failed_attempts: u32) -> Circumstances {
    Circumstances {
        now: now(),
        failed_attempts,
        attempts_needed: 3,
    }
}

#[test]
fn every_move_of_every_side() {
    let mut table = String::new();
    for state in ReferralState::ALL {
        for (who, by) in [
            ("sender", actor(1, Role::Screener)),
            ("receiver", actor(2, Role::Rescreener)),
        ] {
            let moves = moves(&referral(*state), &by, tried(3));
            let names: Vec<String> = moves.iter().map(|m| format!("{m:?}")).collect();
            table.push_str(&format!("{:<9} {who:<8} {}\n", state.as_str(), names.join(" ")));
        }
    }
    let expected = "\
proposed  sender   Confirm Recall
proposed  receiver 
sent      sender   Recall Lose
sent      receiver Complete Accept Appoint Forward Decline Lose
accepted  sender   Recall Lose
accepted  receiver Complete Appoint Forward Decline Lose
appointed sender   Recall Lose
appointed receiver Complete Appoint NoShow Forward Decline Lose
no_show   sender   Recall Lose
no_show   receiver Complete Appoint Forward Decline Lose
completed sender   
completed receiver 
declined  sender   
declined  receiver 
recalled  sender   
recalled  receiver 
forwarded sender   
forwarded receiver 
lost      sender   
lost      receiver Complete Accept Appoint
cancelled sender   
cancelled receiver 
";
    assert_eq!(table, expected);
}

#[test]
fn onlookers_and_other_roles_move_nothing() {
    for state in ReferralState::ALL {
        let officer = actor(9, Role::FederationOfficer);
        assert!(moves(&referral(*state), &officer, tried(3)).is_empty());
        let stranger = actor(9, Role::Rescreener);
        assert!(moves(&referral(*state), &stranger, tried(3)).is_empty());
    }
    // A supervisor answers for the hospital but does not record findings.
    let lead = moves(&referral(ReferralState::Sent), &actor(2, Role::Supervisor), tried(3));
    assert!(lead.contains(&Move::Accept) && !lead.contains(&Move::Complete));
}

#[test]
fn nobody_is_lost_before_enough_attempts() {
    let by = actor(2, Role::Rescreener);
    assert!(!moves(&referral(ReferralState::Accepted), &by, tried(2)).contains(&Move::Lose));
    assert!(moves(&referral(ReferralState::Accepted), &by, tried(3)).contains(&Move::Lose));
}

#[test]
fn an_appointment_to_come_cannot_have_been_missed() {
    let by = actor(2, Role::Rescreener);
    let mut appointed = referral(ReferralState::Appointed);
    appointed.appointment_at = Some(now() + TimeDelta::minutes(1));
    assert!(!moves(&appointed, &by, tried(0)).contains(&Move::NoShow));
}

fn attempt(id: i64, minutes: i64, result: ContactResult) -> contact::Model {
    contact::Model {
        id: ContactId(id),
        child_id: ChildId(1),
        referral_id: Some(ReferralId(1)),
        task_id: None,
        method: ContactMethod::Phone,
        result,
        attempted_at: now() + TimeDelta::minutes(minutes),
        note: None,
        by: AccountId(1),
        organisation_id: OrganisationId(2),
    }
}

#[test]
fn attempts_count_from_the_last_time_the_family_was_reached() {
    use ContactResult::{NotReached, Reached, Refused, WrongNumber};
    let rows = |list: &[(i64, ContactResult)]| -> Vec<contact::Model> {
        (1..)
            .zip(list)
            .map(|(id, (minutes, result))| attempt(id, *minutes, *result))
            .collect()
    };
    assert_eq!(failed_attempts(&[]), 0);
    assert_eq!(
        failed_attempts(&rows(&[(0, NotReached), (5, WrongNumber), (9, NotReached)])),
        3
    );
    assert_eq!(
        failed_attempts(&rows(&[(0, NotReached), (5, Reached), (9, NotReached)])),
        1
    );
    assert_eq!(
        failed_attempts(&rows(&[(0, NotReached), (5, NotReached), (9, Refused)])),
        0
    );
    // The same call written down three times is one call.
    assert_eq!(
        failed_attempts(&rows(&[(0, NotReached), (0, NotReached), (0, NotReached)])),
        1
    );
    // Typed in another order.
    assert_eq!(failed_attempts(&rows(&[(9, NotReached), (0, Reached)])), 1);
}

#[test]
fn lateness_is_counted_in_working_days() {
    let calendar = Calendar::new(CalendarYear::shipped().unwrap());
    // National Day 2026: 1-7 October off.
    let over_holidays = late(&calendar, day("2026-09-30"), day("2026-10-08"));
    assert_eq!((over_holidays.working_days, over_holidays.overdue), (1, true));
    let same_day = late(&calendar, day("2026-11-05"), day("2026-11-05"));
    assert_eq!((same_day.working_days, same_day.overdue), (0, false));
    let unknown = late(&calendar, day("2031-01-06"), day("2031-01-08"));
    assert_eq!(unknown.years_missing, [2031]);
}
