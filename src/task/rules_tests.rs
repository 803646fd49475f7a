use chrono::{DateTime, Days};

use super::*;

fn day(n: u64) -> NaiveDate {
    NaiveDate::default() + Days::new(n)
}

fn wanted(what: What, focus: i64) -> Wanted {
    Wanted {
        what,
        focus: (Focus::Referral, focus),
        leads: true,
        organisation: OrganisationId(1),
        role: Role::Screener,
        owner: None,
        due: Due::On(day(5)),
    }
}

fn task(id: i64, one: &Wanted, state: TaskState) -> task::Model {
    task::Model {
        id: TaskId(id),
        district: "330211".into(),
        child_id: Some(ChildId(1)),
        what: one.what,
        focus: one.focus.0,
        focus_id: one.focus.1,
        leads: one.leads,
        organisation_id: one.organisation,
        role: one.role,
        owner_id: None,
        since: DateTime::UNIX_EPOCH,
        due_on: Some(day(5)),
        rung: 1,
        state,
        ended_at: None,
        ended_by: None,
        note: None,
        version: 1,
    }
}

fn plan<'r>(tasks: &'r [task::Model], wanted: &'r [Wanted]) -> Plan<'r> {
    Plan::of(tasks, wanted, |_| TaskState::Settled)
}

#[test]
fn what_is_wanted_is_open_and_nothing_else() {
    let (one, other) = (wanted(What::ConfirmReferral, 1), wanted(What::AnswerReferral, 1));
    let tasks = [task(1, &one, TaskState::Open)];
    assert!(plan(&tasks, &[one]).is_empty());
    let wanted = [other];
    let plan = plan(&tasks, &wanted);
    assert_eq!((plan.end.len(), plan.open.len()), (1, 1));
    assert!(!plan.begins_a_term());
}

#[test]
fn another_day_or_another_place_is_a_change_and_a_day_of_a_term_stands() {
    let one = wanted(What::DoRescreen, 1);
    let tasks = [task(1, &one, TaskState::Open)];
    for changed in [
        Wanted {
            due: Due::On(day(6)),
            ..one
        },
        Wanted {
            organisation: OrganisationId(2),
            ..one
        },
        Wanted { leads: false, ..one },
    ] {
        let wanted = [changed];
        assert_eq!(plan(&tasks, &wanted).change.len(), 1, "{changed:?}");
    }
    let within = [Wanted {
        due: Due::Within(Term::Answer),
        ..one
    }];
    assert!(plan(&tasks, &within).is_empty());
    assert_eq!(within[0].due_on(&tasks), Some(day(5)));
    assert!(plan(&[], &within).begins_a_term());
    // Whoever it goes over to has the whole term; that it does not lead any more is no new beginning.
    for (changed, begins) in [
        (
            Wanted {
                organisation: OrganisationId(2),
                ..within[0]
            },
            true,
        ),
        (
            Wanted {
                leads: false,
                ..within[0]
            },
            false,
        ),
    ] {
        let wanted = [changed];
        let plan = plan(&tasks, &wanted);
        assert_eq!((plan.change.len(), plan.begins_a_term()), (1, begins), "{changed:?}");
    }
}

#[test]
fn what_was_only_cancelled_goes_on_where_it_was() {
    let one = [wanted(What::Recheck, 1)];
    let cancelled = [task(1, &one[0], TaskState::Cancelled)];
    assert_eq!(plan(&cancelled, &one).reopen.len(), 1);
    for state in [TaskState::Done, TaskState::Settled, TaskState::Lost] {
        let ended = [task(1, &one[0], state)];
        assert_eq!(plan(&ended, &one).open.len(), 1, "{state:?}");
    }
    let elsewhere = [Wanted {
        organisation: OrganisationId(2),
        ..one[0]
    }];
    assert_eq!(plan(&cancelled, &elsewhere).open.len(), 1);
}
