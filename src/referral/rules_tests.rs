//! Every move by every side.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use entities::{
    AccountId, ChildId, OrganisationId, ReferralId,
    words::{OrganisationKind, Role},
};

use super::*;
use crate::platform::Workplace;

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
    // Whoever does not come at the hour has missed it.
    appointed.appointment_at = Some(now());
    assert!(moves(&appointed, &by, tried(0)).contains(&Move::NoShow));
}
