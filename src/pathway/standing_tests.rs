use chrono::{DateTime, TimeZone, Utc};
use entities::{
    AccountId, ChildId, DiagnosisId, Numbers, PlannedCheckId, RescreenId, ScreenId, TaskId, Texts,
    screening::{rescreen, screen},
    words::{AgeUsed, Focus, Role, ScreenOutcome},
};
use proptest::prelude::*;

use super::*;
use crate::{pathway::rows::Pending, task::rules::Plan};

const SITE: OrganisationId = OrganisationId(1);
const HOSPITAL: OrganisationId = OrganisationId(2);
const CLINIC: OrganisationId = OrganisationId(3);
const CENTRE: OrganisationId = OrganisationId(4);
const FEDERATION: OrganisationId = OrganisationId(5);

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
        advice: None,
        withdrawn_at: None,
        version: 1,
    }
}
fn task(what: What, n: u32, state: TaskState) -> task::Model {
    let (focus, organisation_id) = match what {
        What::Recheck => (Focus::Rescreen, SITE),
        What::RehabilitationContact => (Focus::Diagnosis, CENTRE),
        _ => (Focus::Referral, SITE),
    };
    task::Model {
        id: TaskId(1),
        district: "330211".into(),
        child_id: Some(ChildId(1)),
        what,
        focus,
        focus_id: 1,
        leads: state == TaskState::Open,
        organisation_id,
        role: Role::Screener,
        owner_id: None,
        since: at_hour(n),
        due_on: Some(day(n + 7)),
        rung: 0,
        state,
        ended_at: (state != TaskState::Open).then(|| at_hour(n + 2)),
        ended_by: None,
        note: None,
        version: 1,
    }
}
fn pending(id: i64, due: u32) -> Pending {
    Pending {
        id: PlannedCheckId(id),
        opens_on: day(due.saturating_sub(10)),
        due_on: day(due),
        closes_on: day(due + 30),
    }
}
fn around() -> Around {
    Around {
        can_take: true,
        federation: Some(FEDERATION),
        site: Some(SITE),
    }
}
/// What is to be done, by whom; what moves the child on comes first.
fn asks(rows: &Rows, around: &Around) -> Vec<(What, OrganisationId)> {
    let all = wanted(rows, around, day(60));
    let leading = all.iter().filter(|one| one.leads).count();
    assert!(leading <= 1 && all.iter().skip(1).all(|one| !one.leads), "{all:?}");
    all.into_iter().map(|one| (one.what, one.organisation)).collect()
}
fn says(rows: &Rows) -> (Stage, Option<OrganisationId>, NaiveDate, Option<NaiveDate>) {
    let s = standing(rows, &Around::default(), day(60));
    (s.stage, s.organisation, s.since_on, s.due_on)
}

#[test]
fn a_child_is_watched_until_its_next_check() {
    let mut rows = start();
    assert_eq!(says(&rows), (Stage::Watching, None, day(0), None));
    rows.pending = vec![pending(1, 10), pending(2, 50), pending(3, 90)];
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
        (S::Declined, Stage::RescreenProposed, SITE, day(11), day(17)),
        (S::Recalled, Stage::RescreenProposed, SITE, day(11), day(17)),
    ];
    // What came back is due as soon as an answer would be, from the moment at which it is the sender's again.
    rows.tasks = vec![task(What::FindAnotherWay, 10, TaskState::Open)];
    for (state, stage, turn, since, due) in steps {
        rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, state)];
        assert_eq!(says(&rows), (stage, Some(turn), since, Some(due)), "{state:?}");
    }
    rows.tasks.clear();
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
    rows.rescreens = vec![rescreen::Model {
        recheck_on: Some(day(27)),
        referral_id: Some(ReferralId(1)),
        ..rescreened(1, 20, false)
    }];
    assert_eq!(says(&rows), (Stage::Recheck, Some(SITE), day(20), Some(day(27))));
    // A screen that was written down with the re-screen did not look again after it.
    rows.screens.push(screened(2, 20, ScreenOutcome::Normal));
    assert_eq!(says(&rows).0, Stage::Recheck);
    rows.screens.pop();
    rows.tasks = vec![task(What::Recheck, 20, TaskState::Done)];
    assert_eq!(says(&rows).0, Stage::Watching);
    rows.tasks.clear();

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
    rows.pending = vec![pending(1, 90)];
    assert_eq!(says(&rows), (Stage::OtherFinding, None, day(30), Some(day(90))));

    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    rows.tasks = vec![task(What::RehabilitationContact, 30, TaskState::Open)];
    rows.referrals.push(referred_to(3, 30, ReferralKind::Intake, S::Sent));
    let here = standing(&rows, &Around::default(), day(60));
    assert_eq!(
        (here.stage, here.organisation, here.due_on),
        (Stage::Diagnosed, Some(CENTRE), Some(day(37)))
    );
    assert_eq!(here.referral, Some(ReferralId(3)));
    rows.tasks = vec![task(What::RehabilitationContact, 30, TaskState::Done)];
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
    // What was written down at the very moment at which the family was given up is not later.
    rows.screens.push(screened(4, 11, ScreenOutcome::Normal));
    assert_eq!(says(&rows).0, Stage::Lost);
    rows.screens.pop();
    rows.screens.push(screened(3, 40, ScreenOutcome::Abnormal));
    assert_eq!(says(&rows), (Stage::RescreenProposed, Some(SITE), day(40), None));
}

#[test]
fn a_family_that_was_given_up_is_not_to_be_talked_to_until_somebody_sees_the_child() {
    let mut rows = start();
    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    rows.referrals = vec![referred_to(1, 30, ReferralKind::Intake, ReferralState::Sent)];
    let talks = |rows: &Rows| {
        let asked = asks(rows, &around());
        asked.iter().any(|(what, _)| *what == What::RehabilitationContact)
    };
    for (state, again) in [
        (TaskState::Open, true),
        (TaskState::Done, false),
        (TaskState::Lost, false),
        (TaskState::Cancelled, true),
    ] {
        rows.tasks = vec![task(What::RehabilitationContact, 30, state)];
        assert_eq!(talks(&rows), again, "{state:?}");
    }
}

#[test]
fn a_child_that_left_has_left() {
    let mut rows = start();
    rows.left_on = Some(day(50));
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, ReferralState::Sent)];
    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    assert_eq!(says(&rows), (Stage::Left, None, day(50), None));
    assert!(lacking(&rows).is_none(), "nobody refers it any more");
    rows.left_on = None;
    assert!(matches!(lacking(&rows), Some(Lack::Intake(..))));
}

#[test]
fn a_referral_that_came_back_is_the_senders_until_another_way_is_found() {
    use ReferralState as S;
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, S::Declined)];
    assert_eq!(asks(&rows, &around()), [(What::FindAnotherWay, SITE)]);
    rows.referrals
        .push(referred_to(2, 12, ReferralKind::Rescreen, S::Proposed));
    assert_eq!(asks(&rows, &around()), [(What::ConfirmReferral, SITE)]);
    let before = task(What::FindAnotherWay, 11, TaskState::Open);
    assert_eq!(ending(&rows, &before), TaskState::Settled);
    // The screen was a mistake: nobody has to do anything.
    rows.screens.clear();
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, S::Declined)];
    assert_eq!(asks(&rows, &around()), []);
    assert_eq!(ending(&rows, &before), TaskState::Cancelled);
}

#[test]
fn a_recheck_is_settled_by_the_screen_that_does_it() {
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    rows.referrals = vec![referred_to(1, 10, ReferralKind::Rescreen, ReferralState::Completed)];
    rows.rescreens = vec![rescreen::Model {
        recheck_on: Some(day(50)),
        referral_id: Some(ReferralId(1)),
        ..rescreened(1, 20, false)
    }];
    assert_eq!(asks(&rows, &around()), [(What::Recheck, SITE)]);
    assert_eq!(
        ending(&rows, &task(What::Recheck, 20, TaskState::Open)),
        TaskState::Cancelled,
        "nobody has looked again"
    );
    // Nobody came to the door.
    rows.screens.push(screened(2, 48, ScreenOutcome::Unreachable));
    assert_eq!(asks(&rows, &around()), [(What::Recheck, SITE)]);
    // Done before the re-screen, entered after it.
    rows.screens.push(screen::Model {
        recorded_at: at_hour(49),
        ..screened(3, 15, ScreenOutcome::Normal)
    });
    assert_eq!(asks(&rows, &around()), [(What::Recheck, SITE)]);
    rows.screens.push(screened(4, 50, ScreenOutcome::Normal));
    assert_eq!(asks(&rows, &around()), []);
    assert_eq!(
        ending(&rows, &task(What::Recheck, 20, TaskState::Open)),
        TaskState::Settled
    );
}

#[test]
fn an_intake_that_is_completed_ends_the_talk_with_the_family() {
    use ReferralState as S;
    let mut rows = start();
    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    for (state, expected) in [
        (
            S::Sent,
            &[(What::RehabilitationContact, CENTRE), (What::AnswerReferral, CENTRE)][..],
        ),
        (
            S::Declined,
            &[(What::RehabilitationContact, CLINIC), (What::FindAnotherWay, CLINIC)],
        ),
        (
            S::Accepted,
            &[(What::TakeIn, CENTRE), (What::RehabilitationContact, CENTRE)],
        ),
        (S::Completed, &[]),
    ] {
        rows.referrals = vec![referred_to(3, 30, ReferralKind::Intake, state)];
        assert_eq!(asks(&rows, &around()), expected, "{state:?}");
    }
    let talk = task(What::RehabilitationContact, 30, TaskState::Open);
    assert_eq!(ending(&rows, &talk), TaskState::Settled);
}

#[test]
fn a_finding_without_a_referral_is_the_finders_or_the_federations() {
    let mut rows = start();
    rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
    assert_eq!(asks(&rows, &around()), [(What::Refer, SITE)]);
    let nobody = Around {
        can_take: false,
        ..around()
    };
    assert_eq!(asks(&rows, &nobody), [(What::FindReceiver, FEDERATION)]);
    // No federation either: whoever found it keeps it.
    assert_eq!(asks(&rows, &Around::default()), [(What::Refer, SITE)]);
    // A diagnosed child of whom nobody asked the centre.
    rows.diagnoses = vec![diagnosis_on(1, 30, true)];
    assert_eq!(
        asks(&rows, &nobody),
        [(What::RehabilitationContact, CLINIC), (What::FindReceiver, FEDERATION)]
    );
}

#[test]
fn checks_are_tasks_while_their_window_is_open() {
    let mut rows = start();
    rows.pending = vec![pending(1, 10), pending(2, 50), pending(3, 90)];
    assert_eq!(asks(&rows, &around()), [(What::Screen, SITE)]);
    assert_eq!(asks(&rows, &Around::default()), []);
    rows.left_on = Some(day(50));
    assert_eq!(asks(&rows, &around()), []);
}

/// A child's rows in states that chance gives.
fn anything() -> impl Strategy<Value = Rows> {
    let states = 0_usize..ReferralState::ALL.len();
    let referrals = proptest::collection::vec((states, 0_usize..3), 0..5);
    let rescreen = proptest::option::of((proptest::bool::ANY, proptest::bool::ANY));
    let diagnosis = proptest::option::of(proptest::bool::ANY);
    let said = proptest::option::of((proptest::bool::ANY, 0_usize..4));
    (referrals, rescreen, diagnosis, said, proptest::bool::ANY).prop_map(
        |(referrals, rescreen, diagnosis, said, again)| {
            let mut rows = start();
            rows.screens = vec![screened(1, 10, ScreenOutcome::Abnormal)];
            if again {
                rows.screens.push(screened(2, 40, ScreenOutcome::Normal));
            }
            rows.rescreens = rescreen
                .map(|(abnormal, again)| rescreen::Model {
                    recheck_on: (!abnormal && again).then(|| day(50)),
                    ..rescreened(1, 20, abnormal)
                })
                .into_iter()
                .collect();
            rows.diagnoses = diagnosis
                .map(|autism| diagnosis_on(1, 30, autism))
                .into_iter()
                .collect();
            for (i, (state, kind)) in (1..).zip(referrals) {
                let state = ReferralState::ALL[state];
                rows.referrals.push(referred_to(i, 11, ReferralKind::ALL[kind], state));
            }
            rows.tasks = said
                .map(|(contact, state)| {
                    let what = if contact {
                        What::RehabilitationContact
                    } else {
                        What::Recheck
                    };
                    let state = [
                        TaskState::Done,
                        TaskState::Lost,
                        TaskState::Cancelled,
                        TaskState::Settled,
                    ][state];
                    task(what, 31, state)
                })
                .into_iter()
                .collect();
            rows
        },
    )
}

proptest! {
    /// Where a child stands and what moves it on are one decision: who is not at rest is led by exactly one task, of the
    /// organisation whose turn it is; and once those tasks are open, nothing more is wanted.
    #[test]
    fn whoever_is_not_at_rest_is_led_by_one_task(rows in anything(), can_take in proptest::bool::ANY) {
        let around = Around { can_take, ..around() };
        let here = standing(&rows, &around, day(60));
        let wanted = wanted(&rows, &around, day(60));
        let leading: Vec<_> = wanted.iter().filter(|one| one.leads).collect();
        let taken = here.stage == Stage::InIntake && here.due_on.is_none();
        let rests = taken
            || matches!(here.stage, Stage::Watching | Stage::OtherFinding | Stage::Lost | Stage::Left);
        prop_assert_eq!(leading.len(), usize::from(!rests), "{:?} {:?}", here, wanted);
        if let Some(one) = leading.first() {
            prop_assert_eq!(Some(one.organisation), here.organisation);
        }
        let plan = Plan::of(&rows.tasks, &wanted, |task| ending(&rows, task));
        prop_assert_eq!(plan.open.len() + plan.reopen.len(), wanted.len());
        let opened: Vec<task::Model> = wanted
            .iter()
            .map(|one| task::Model {
                what: one.what,
                focus: one.focus.0,
                focus_id: one.focus.1,
                leads: one.leads,
                organisation_id: one.organisation,
                role: one.role,
                owner_id: one.owner,
                due_on: one.due_on(&[]).or(Some(day(63))),
                ..task(one.what, 60, TaskState::Open)
            })
            .chain(rows.tasks.clone())
            .collect();
        let after = Rows { tasks: opened, ..rows };
        let again = super::wanted(&after, &around, day(60));
        prop_assert!(Plan::of(&after.tasks, &again, |task| ending(&after, task)).is_empty(), "{again:?}");
        let stays = standing(&after, &around, day(60));
        prop_assert_eq!((stays.stage, stays.organisation), (here.stage, here.organisation));
        prop_assert!(rests || stays.due_on.is_some());
    }
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
        let standing = standing(&rows, &Around::default(), day(60));
        let resolved = rescreen == Some(false);
        prop_assert!(resolved || standing.organisation.is_some() || standing.stage == Stage::Lost, "{standing:?}");
    }
}
