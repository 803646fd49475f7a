use chrono::{DateTime, TimeZone, Utc};
use entities::{
    AccountId, ChildId, DiagnosisId, FollowUpId, Numbers, RescreenId, ScreenId, Texts,
    words::{AgeUsed, FollowUpKind, FollowUpState},
};
use proptest::prelude::*;

use super::*;

const SITE: OrganisationId = OrganisationId(1);
const HOSPITAL: OrganisationId = OrganisationId(2);
const CLINIC: OrganisationId = OrganisationId(3);
const CENTRE: OrganisationId = OrganisationId(4);

fn at_hour(n: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + chrono::TimeDelta::days(n.into())
}
fn day(n: u32) -> NaiveDate {
    day_of(at_hour(n))
}
fn start() -> Rows {
    Rows {
        known_since: day(0),
        ..Rows::default()
    }
}
fn screened(id: i64, n: u32, outcome: ScreenOutcome) -> screen::Model {
    screen::Model {
        id: ScreenId(id),
        child_id: ChildId(1),
        planned_check_id: None,
        organisation_id: SITE,
        screener_id: AccountId(1),
        district: "330211".into(),
        street: "330211004".into(),
        performed_on: day(n),
        recorded_at: at_hour(n),
        entered_late: false,
        age_months: 24,
        age_days: 730,
        corrected_age_days: None,
        age_used: AgeUsed::Chronological,
        outcome,
        signs: Numbers::default(),
        regression: false,
        note: None,
        withdrawn_at: None,
        version: 1,
    }
}
fn referred_to(id: i64, n: u32, kind: ReferralKind, state: ReferralState) -> referral::Model {
    let (from, to) = match kind {
        ReferralKind::Rescreen => (SITE, HOSPITAL),
        ReferralKind::Diagnosis => (HOSPITAL, CLINIC),
        ReferralKind::Intake => (CLINIC, CENTRE),
    };
    referral::Model {
        id: ReferralId(id),
        child_id: ChildId(1),
        district: "330211".into(),
        kind,
        state,
        from_organisation_id: from,
        to_organisation_id: to,
        sender_id: AccountId(1),
        owner_id: None,
        reason: String::new(),
        screen_id: (kind == ReferralKind::Rescreen).then_some(ScreenId(1)),
        rescreen_id: (kind == ReferralKind::Diagnosis).then_some(RescreenId(1)),
        diagnosis_id: None,
        continues_id: None,
        since: at_hour(n),
        answer_due_on: day(n + 3),
        due_on: day(n + 30),
        appointment_at: None,
        escalation: 0,
        escalated_at: None,
        closed_at: (!is_open(state)).then(|| at_hour(n + 1)),
        version: 1,
    }
}
fn rescreened(id: i64, n: u32, abnormal: bool) -> rescreen::Model {
    rescreen::Model {
        id: RescreenId(id),
        child_id: ChildId(1),
        referral_id: None,
        organisation_id: HOSPITAL,
        by: AccountId(2),
        district: "330211".into(),
        street: "330211004".into(),
        performed_on: day(n),
        recorded_at: at_hour(n),
        age_days: 730,
        findings: Texts::default(),
        scale_at_risk: abnormal,
        development_deviates: false,
        development_note: None,
        abnormal,
        criteria: Numbers::default(),
        recheck_on: None,
        note: None,
        withdrawn_at: None,
        version: 1,
    }
}
fn diagnosis_on(id: i64, n: u32, autism: bool) -> diagnosis::Model {
    diagnosis::Model {
        id: DiagnosisId(id),
        child_id: ChildId(1),
        referral_id: None,
        organisation_id: CLINIC,
        by: AccountId(3),
        district: "330211".into(),
        street: "330211004".into(),
        doctor: "王医生".into(),
        diagnosed_on: day(n),
        recorded_at: at_hour(n),
        age_days: 800,
        codes: Texts::default(),
        autism,
        conclusion: None,
        withdrawn_at: None,
        version: 1,
    }
}
fn task(kind: FollowUpKind, n: u32, state: FollowUpState) -> follow_up::Model {
    follow_up::Model {
        id: FollowUpId(1),
        child_id: ChildId(1),
        kind,
        state,
        organisation_id: if kind == FollowUpKind::Recheck { SITE } else { CENTRE },
        opened_at: at_hour(n),
        due_on: day(n + 7),
        rescreen_id: None,
        diagnosis_id: None,
        escalation: 0,
        closed_at: (state != FollowUpState::Open).then(|| at_hour(n + 2)),
        closed_by: None,
        note: None,
        version: 1,
    }
}
fn says(rows: &Rows) -> (Stage, Option<OrganisationId>, NaiveDate, Option<NaiveDate>) {
    let s = standing(rows, day(60));
    (s.stage, s.organisation, s.since_on, s.due_on)
}

#[test]
fn a_child_is_watched_until_its_next_check() {
    let mut rows = start();
    assert_eq!(says(&rows), (Stage::Watching, None, day(0), None));
    rows.pending = vec![
        Pending {
            due_on: day(10),
            closes_on: day(40),
        },
        Pending {
            due_on: day(50),
            closes_on: day(80),
        },
        Pending {
            due_on: day(90),
            closes_on: day(120),
        },
    ];
    rows.screens = vec![screened(1, 5, ScreenOutcome::Normal)];
    // The first window is over; the second check is overdue and can still be caught up.
    assert_eq!(says(&rows), (Stage::Watching, None, day(5), Some(day(50))));
}

#[test]
fn the_turn_passes_with_the_referral() {
    use ReferralState as S;
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    // Nobody referred the child: whoever found it has to.
    assert_eq!(says(&rows), (Stage::RescreenProposed, Some(SITE), day(10), None));
    let steps = [
        (S::Proposed, Stage::RescreenProposed, SITE, day(10), day(13)),
        (S::Sent, Stage::AwaitingRescreen, HOSPITAL, day(10), day(13)),
        (S::Accepted, Stage::AwaitingRescreen, HOSPITAL, day(10), day(40)),
        (S::Appointed, Stage::AwaitingRescreen, HOSPITAL, day(10), day(40)),
        (S::NoShow, Stage::AwaitingRescreen, HOSPITAL, day(10), day(40)),
        (S::Declined, Stage::RescreenProposed, SITE, day(11), day(40)),
        (S::Recalled, Stage::RescreenProposed, SITE, day(11), day(40)),
    ];
    for (state, stage, turn, since, due) in steps {
        rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, state)];
        assert_eq!(says(&rows), (stage, Some(turn), since, Some(due)), "{state:?}");
    }
    // Passed on: the new referral counts.
    rows.referrals = vec![
        referred_to(1, 10, ReferralKind::Rescreen, S::Forwarded),
        referred_to(2, 12, ReferralKind::Rescreen, S::Sent),
    ];
    assert_eq!(
        says(&rows),
        (Stage::AwaitingRescreen, Some(HOSPITAL), day(12), Some(day(15)))
    );
    // Recalled because the screen was a mistake: nothing is left to do.
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, S::Recalled)];
    rows.screens.clear();
    assert_eq!(says(&rows).0, Stage::Watching);
}

#[test]
fn what_the_rescreen_found_decides_the_next_step() {
    use ReferralState as S;
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, S::Completed)];
    rows.rescreens = vec![rescreened(1, 20, false)];
    assert_eq!(says(&rows), (Stage::Watching, None, day(20), None));
    rows.follow_ups = vec![task(FollowUpKind::Recheck, 20, FollowUpState::Open)];
    assert_eq!(says(&rows), (Stage::Recheck, Some(SITE), day(20), Some(day(27))));
    rows.follow_ups = vec![task(FollowUpKind::Recheck, 20, FollowUpState::Done)];
    assert_eq!(says(&rows).0, Stage::Watching);

    rows.rescreens = vec![rescreened(1, 20, true)];
    assert_eq!(says(&rows), (Stage::DiagnosisProposed, Some(HOSPITAL), day(20), None));
    rows.referrals
        .push(referred_to(2, 20, ReferralKind::Diagnosis, S::Sent));
    assert_eq!(
        says(&rows),
        (Stage::AwaitingDiagnosis, Some(CLINIC), day(20), Some(day(23)))
    );
}

#[test]
fn a_diagnosis_leads_to_the_centre_or_back_to_the_checks() {
    use ReferralState as S;
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.rescreens = vec![rescreened(1, 20, true)];
    rows.referrals = vec![
        referred_to(1, 10, ReferralKind::Rescreen, S::Completed),
        referred_to(2, 20, ReferralKind::Diagnosis, S::Completed),
    ];
    rows.diagnoses = vec![diagnosis_on(1, 30, false)];
    rows.pending = vec![Pending {
        due_on: day(90),
        closes_on: day(120),
    }];
    assert_eq!(says(&rows), (Stage::OtherFinding, None, day(30), Some(day(90))));

    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    rows.follow_ups = vec![task(FollowUpKind::RehabilitationContact, 30, FollowUpState::Open)];
    rows.referrals.push(referred_to(3, 30, ReferralKind::Intake, S::Sent));
    let here = standing(&rows, day(60));
    assert_eq!(
        (here.stage, here.organisation, here.due_on),
        (Stage::Diagnosed, Some(CENTRE), Some(day(37)))
    );
    assert_eq!(here.referral, Some(ReferralId(3)));
    rows.follow_ups = vec![task(FollowUpKind::RehabilitationContact, 30, FollowUpState::Done)];
    assert_eq!(says(&rows), (Stage::Diagnosed, Some(CENTRE), day(30), Some(day(33))));
    rows.referrals.pop();
    rows.referrals
        .push(referred_to(3, 30, ReferralKind::Intake, S::Completed));
    assert_eq!(says(&rows), (Stage::InIntake, Some(CENTRE), day(31), None));
}

#[test]
fn a_lost_child_that_is_seen_again_is_not_lost() {
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, ReferralState::Lost)];
    assert_eq!(says(&rows), (Stage::Lost, None, day(11), None));
    rows.screens.push(screened(2, 30, ScreenOutcome::Unreachable));
    assert_eq!(says(&rows).0, Stage::Lost);
    rows.screens.push(screened(3, 40, ScreenOutcome::Abnormal));
    assert_eq!(says(&rows), (Stage::RescreenProposed, Some(SITE), day(40), None));
}

#[test]
fn a_child_that_left_has_left() {
    let mut rows = start();
    rows.left_on = Some(day(50));
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, ReferralState::Sent)];
    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    assert_eq!(says(&rows), (Stage::Left, None, day(50), None));
}

proptest! {
    /// Nobody falls between: where something was found and not resolved, it is somebody's turn or the child is known to
    /// be lost.
    #[test]
    fn an_abnormal_child_is_always_somebodys(
        states in proptest::collection::vec(0_usize..ReferralState::ALL.len(), 0..4),
        kinds in proptest::collection::vec(0_usize..2, 4),
        rescreen in proptest::option::of(proptest::bool::ANY),
    ) {
        let mut rows = start();
        rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
        rows.rescreens = rescreen.map(|abnormal| rescreened(1, 20, abnormal)).into_iter().collect();
        for (i, state) in states.iter().enumerate() {
            let id = i64::try_from(i).unwrap() + 1;
            let kind = ReferralKind::ALL[kinds[i]];
            let state = ReferralState::ALL[*state];
            // A referral that is completed has its result; one that was passed on has its successor.
            let without_result = match kind {
                ReferralKind::Rescreen => rescreen.is_none(),
                ReferralKind::Diagnosis | ReferralKind::Intake => true,
            };
            if (state == ReferralState::Completed && without_result)
                || state == ReferralState::Forwarded
                || (kind == ReferralKind::Diagnosis && rescreen != Some(true))
            {
                continue;
            }
            rows.referrals.push(referred_to(id, 11 + u32::try_from(i).unwrap(), kind, state));
        }
        let standing = standing(&rows, day(60));
        let resolved = rescreen == Some(false);
        prop_assert!(resolved || standing.organisation.is_some() || standing.stage == Stage::Lost, "{standing:?}");
    }
}
