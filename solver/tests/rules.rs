//! Every rule and every term by itself: a week of two sessions in which nothing is wrong, and the smallest change of it
//! that breaks one rule and no other.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod tiny;

use serde_json::{Value, json};
use solver::{
    problem::Problem,
    read,
    score::{Hard, Language, Score, Soft, score, score_repair},
    words::Ids,
};
use tiny::{event, order, push, week};

fn session(order: usize, day: usize, start: usize, teacher: usize, room: usize) -> Value {
    json!({"order": order, "group": null, "day": day, "start": start, "teacher": teacher, "second": null, "room": room})
}

fn read_problem(problem: &Value) -> Problem {
    read::problem(problem.to_string().as_bytes()).unwrap()
}

fn scored(change: impl Fn(&mut Value, &mut Value)) -> Score {
    let (mut problem, mut solution) = week();
    change(&mut problem, &mut solution);
    let problem = read_problem(&problem);
    let score = score(
        &problem,
        &read::solution(&problem, solution.to_string().as_bytes()).unwrap(),
    );
    for example in score.examples.values().flatten() {
        said(
            &example.sentence(&problem, &Ids, Language::Chinese),
            &example.sentence(&problem, &Ids, Language::English),
        );
    }
    score
}

fn broken(change: impl Fn(&mut Value, &mut Value)) -> Vec<(Hard, usize)> {
    scored(change).hard.into_iter().collect()
}

/// The units of a term beyond those of the week as it is.
fn units(term: Soft, change: impl Fn(&mut Value, &mut Value)) -> usize {
    let before = scored(|_, _| {});
    let after = scored(change);
    assert_eq!(after.hard, before.hard, "nothing else is broken");
    after.soft[&term] - before.soft[&term]
}

/// After the publication of the week as it is, with teacher 1 away on the first afternoon.
fn repaired(now: (usize, usize), change: impl Fn(&mut Value, &mut Value)) -> Score {
    let (mut problem, mut solution) = week();
    let baseline = solution.clone();
    change(&mut problem, &mut solution);
    let problem = read_problem(&problem);
    let mut event = event(&baseline);
    event["now"] = json!({"day": now.0, "slot": now.1});
    let event = read::event(&problem, event.to_string().as_bytes()).unwrap();
    score_repair(
        &problem,
        &read::solution(&problem, solution.to_string().as_bytes()).unwrap(),
        &event,
    )
}

fn said(chinese: &str, english: &str) {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert!(
        chinese.ends_with('。') && chinese.chars().filter(|c| han(*c)).count() > 4,
        "{chinese}"
    );
    assert!(english.ends_with('.') && !english.chars().any(han), "{english}");
}

#[test]
fn the_week_as_it_is_breaks_nothing() {
    let score = scored(|_, _| {});
    assert!(score.feasible());
    assert_eq!((score.unscheduled, score.unplaced, score.hard_total()), (0, 0, 0));
    assert_eq!(score.soft_cost(), 2, "two children come once: {:?}", score.soft);
    assert_eq!(score.soft[&Soft::ChildVisit], 2);
    assert!((score.teacher_utilisation - 0.056).abs() < 1e-9);
}

#[test]
fn keys_and_sentences_of_all_rules() {
    for (i, rule) in Hard::ALL.into_iter().enumerate() {
        assert!(rule.key().starts_with(&format!("H{}_", i + 1)));
        said(rule.sentence(Language::Chinese), rule.sentence(Language::English));
    }
    for (i, term) in Soft::ALL.into_iter().enumerate() {
        assert!(term.key().starts_with(&format!("S{}_", i + 1)));
        said(term.sentence(Language::Chinese), term.sentence(Language::English));
    }
}

#[test]
fn missing_sessions_and_places_are_counted_and_break_nothing() {
    let score = scored(|p, s| {
        p["orders"][0]["sessions"] = json!(3);
        p["groups"][0]["min_size"] = json!(0);
        s["members"] = json!({});
    });
    assert_eq!((score.unscheduled, score.unplaced, score.hard_total()), (2, 1, 0));
    assert!(!score.feasible());
    assert!(!scored(|p, _| p["orders"][0]["sessions"] = json!(2)).feasible());
    let place = json!({"id": 1, "child": 2, "service": 1});
    assert!(!scored(|p, _| push(&mut p["group_orders"], place.clone())).feasible());
}

#[test]
fn five_examples_of_a_rule_are_kept() {
    let score = scored(|p, s| {
        p["orders"][0]["sessions"] = json!(8);
        for day in 4..11 {
            push(&mut s["sessions"], session(0, day, 0, 0, 0));
        }
    });
    assert_eq!((score.hard[&Hard::Shape], score.examples[&Hard::Shape].len()), (7, 5));
}

#[test]
fn h1_shape() {
    let across_lunch = |p: &mut Value, s: &mut Value| {
        p["orders"][0]["dur"] = json!(2);
        s["sessions"][0]["start"] = json!(2);
    };
    assert_eq!(broken(across_lunch), [(Hard::Shape, 1)]);
    let to_lunch = |p: &mut Value, s: &mut Value| {
        p["orders"][0]["dur"] = json!(2);
        s["sessions"][0]["start"] = json!(1);
    };
    assert_eq!(broken(to_lunch), []);
    assert_eq!(broken(|_, s| s["sessions"][0]["day"] = json!(4)), [(Hard::Shape, 1)]);
    assert_eq!(broken(|_, s| s["sessions"][0]["start"] = json!(6)), [(Hard::Shape, 1)]);
    let twice = |_: &mut Value, s: &mut Value| push(&mut s["sessions"], session(0, 1, 0, 0, 0));
    assert_eq!(broken(twice), [(Hard::Shape, 1)]);
}

#[test]
fn h2_teacher_clash() {
    let at = |start: usize, teacher: usize| {
        broken(|p, s| {
            push(&mut p["orders"], order(1, 1));
            push(&mut s["sessions"], session(1, 0, start, teacher, 3));
        })
    };
    assert_eq!(at(0, 0), [(Hard::TeacherClash, 1)]);
    assert_eq!(at(0, 2), [(Hard::TeacherClash, 1)], "who watches is there too");
    assert_eq!(at(0, 1), []);
    assert_eq!(at(1, 0), []);
}

#[test]
fn h3_child_clash() {
    let at = |start: usize, child: usize| {
        broken(|p, s| {
            push(&mut p["orders"], order(1, child));
            push(&mut s["sessions"], session(1, 0, start, 1, 3));
        })
    };
    assert_eq!(at(0, 0), [(Hard::ChildClash, 1)]);
    assert_eq!(at(1, 0), []);
    assert_eq!(at(0, 1), []);
}

#[test]
fn h4_room_clash() {
    let at = |room: usize| {
        broken(|p, s| {
            push(&mut p["orders"], order(1, 1));
            push(&mut s["sessions"], session(1, 0, 0, 1, room));
        })
    };
    assert_eq!(at(0), [(Hard::RoomClash, 1)]);
    assert_eq!(at(3), []);
}

#[test]
fn h5_room() {
    assert_eq!(
        broken(|_, s| s["sessions"][0]["room"] = json!(1)),
        [(Hard::Room, 1)],
        "of another type"
    );
    assert_eq!(
        broken(|_, s| s["sessions"][0]["room"] = json!(2)),
        [(Hard::Room, 1)],
        "at another site"
    );
    assert_eq!(
        broken(|p, _| p["rooms"][1]["capacity"] = json!(0)),
        [(Hard::Room, 1)],
        "too small"
    );
    assert_eq!(broken(|p, _| p["rooms"][1]["capacity"] = json!(1)), []);
    assert_eq!(broken(|_, s| s["sessions"][0]["room"] = json!(3)), []);
}

#[test]
fn h6_qualification() {
    assert_eq!(
        broken(|p, _| p["teachers"][0]["qual"] = json!({"1": 1})),
        [(Hard::Qualification, 1)],
        "not at all"
    );
    assert_eq!(
        broken(|p, _| p["orders"][0]["min_level"] = json!(3)),
        [(Hard::Qualification, 1)],
        "not enough"
    );
    assert_eq!(broken(|p, _| p["orders"][0]["min_level"] = json!(2)), []);
    assert_eq!(
        broken(|p, _| p["teachers"][1]["sites"] = json!([1])),
        [(Hard::Qualification, 1)],
        "at another site"
    );
    assert_eq!(
        broken(|p, _| p["children"][1]["exclude"] = json!([1])),
        [(Hard::Qualification, 1)],
        "the second too"
    );
    assert_eq!(broken(|p, _| p["children"][0]["exclude"] = json!([1])), []);
}

#[test]
fn h7_teacher_avail() {
    assert_eq!(
        broken(|p, _| p["teachers"][1]["avail"][0] = json!(0b11_0111)),
        [(Hard::TeacherAvail, 1)]
    );
    assert_eq!(broken(|p, _| p["teachers"][1]["avail"][0] = json!(0b00_1000)), []);
    assert_eq!(
        broken(|p, _| p["teachers"][0]["avail"][0] = json!(0)),
        [(Hard::TeacherAvail, 2)]
    );
}

#[test]
fn h8_child_avail() {
    assert_eq!(
        broken(|p, _| p["children"][1]["avail"][0] = json!(0b11_0111)),
        [(Hard::ChildAvail, 1)]
    );
    assert_eq!(broken(|p, _| p["children"][1]["avail"][0] = json!(0b00_1000)), []);
}

#[test]
fn h9_teacher_load() {
    assert_eq!(
        broken(|p, _| p["teachers"][0]["max_day"] = json!(1)),
        [(Hard::TeacherLoad, 1)]
    );
    assert_eq!(broken(|p, _| p["teachers"][0]["max_day"] = json!(2)), []);
    assert_eq!(
        broken(|p, _| p["teachers"][0]["max_week"] = json!(1)),
        [(Hard::TeacherLoad, 1)]
    );
    assert_eq!(
        broken(|p, _| p["teachers"][1]["max_week"] = json!(0)),
        [(Hard::TeacherLoad, 1)],
        "the second too"
    );
    let watched_by_the_lead = |p: &mut Value, s: &mut Value| {
        p["teachers"][0]["max_day"] = json!(2);
        s["sessions"][0]["second"] = json!(0);
    };
    let found = broken(watched_by_the_lead);
    assert!(
        !found.iter().any(|(rule, _)| *rule == Hard::TeacherLoad),
        "counts once: {found:?}"
    );
}

#[test]
fn h10_per_day() {
    let again = |day: usize, start: usize, most: usize| {
        broken(|p, s| {
            p["orders"][0]["sessions"] = json!(2);
            p["orders"][0]["max_per_day"] = json!(most);
            push(&mut s["sessions"], session(0, day, start, 0, 0));
        })
    };
    assert_eq!(again(0, 4, 1), [(Hard::PerDay, 1)]);
    assert_eq!(again(0, 4, 2), []);
    assert_eq!(again(0, 1, 2), [(Hard::PerDay, 1)], "two in one half-day");
    assert_eq!(again(1, 0, 1), []);
}

#[test]
fn h11_child_day() {
    let most = |n: usize| {
        broken(|p, s| {
            p["children"][0]["max_day"] = json!(n);
            p["orders"][0]["sessions"] = json!(2);
            push(&mut s["sessions"], session(0, 0, 4, 0, 0));
        })
    };
    assert_eq!(most(1), [(Hard::ChildDay, 1)]);
    assert_eq!(most(2), []);
}

#[test]
fn h12_max_teachers() {
    let by = |teacher: usize| {
        move |p: &mut Value, s: &mut Value| {
            p["orders"][0]["sessions"] = json!(2);
            push(&mut s["sessions"], session(0, 1, 0, teacher, 0));
        }
    };
    assert_eq!(broken(by(1)), [(Hard::MaxTeachers, 1)]);
    assert_eq!(broken(by(0)), []);
    assert!(
        repaired((0, 0), by(1))
            .hard
            .keys()
            .all(|rule| *rule != Hard::MaxTeachers),
        "waived in repair"
    );
}

/// Three slots of child 0 with teacher 0 in a row.
fn in_a_row(p: &mut Value, s: &mut Value) {
    p["orders"][0]["dur"] = json!(3);
    s["sessions"][1]["start"] = json!(4);
}

#[test]
fn h13_child_run() {
    let most = |n: usize| {
        broken(|p, s| {
            in_a_row(p, s);
            p["children"][0]["max_run"] = json!(n);
        })
    };
    assert_eq!(most(2), [(Hard::ChildRun, 1)]);
    assert_eq!(most(3), []);
}

#[test]
fn h14_teacher_run() {
    let most = |n: usize, start: usize| {
        broken(|p, s| {
            in_a_row(p, s);
            s["sessions"][1]["start"] = json!(start);
            p["teachers"][0]["max_run"] = json!(n);
        })
    };
    assert_eq!(most(2, 4), [(Hard::TeacherRun, 1)]);
    assert_eq!(most(3, 4), []);
    assert_eq!(most(3, 3), [], "lunch is a break");
}

#[test]
fn h15_travel() {
    let after = |start: usize| {
        broken(|p, s| {
            push(&mut p["orders"], order(1, 2));
            push(&mut s["sessions"], session(1, 0, start, 0, 2));
            s["sessions"][1]["start"] = json!(5);
            s["sessions"][1]["teacher"] = json!(1);
            s["sessions"][1]["second"] = json!(0);
            p["travel_min"] = json!([[0, 60], [30, 0]]);
        })
    };
    assert_eq!(after(1), [(Hard::Travel, 1)], "no time between");
    assert_eq!(after(2), [(Hard::Travel, 1)], "half of the time");
    assert_eq!(after(3), [], "over lunch, and half an hour back");
    assert_eq!(after(4), [(Hard::Travel, 1)], "not back in time");
    let next_door = broken(|p, s| {
        push(&mut p["orders"], order(1, 2));
        push(&mut s["sessions"], session(1, 0, 1, 0, 2));
        p["travel_min"] = json!([[0, 0], [0, 0]]);
    });
    assert_eq!(next_door, [], "no way needs no time");
}

#[test]
fn h16_membership() {
    assert_eq!(
        broken(|p, _| p["children"][1]["site"] = json!(1)),
        [(Hard::Membership, 1)]
    );
    assert_eq!(
        broken(|p, _| p["children"][1]["age_months"] = json!(61)),
        [(Hard::Membership, 1)]
    );
    assert_eq!(
        broken(|p, _| p["children"][1]["age_months"] = json!(49)),
        [(Hard::Membership, 1)]
    );
    assert_eq!(broken(|p, _| p["children"][1]["age_months"] = json!(50)), []);
    assert_eq!(
        broken(|p, _| p["children"][1]["level"] = json!(1)),
        [(Hard::Membership, 1)]
    );
    assert_eq!(broken(|p, _| p["children"][1]["level"] = json!(3)), []);
    assert_eq!(
        broken(|_, s| s["members"]["0"] = json!([1, 0])),
        [(Hard::Membership, 1)],
        "nobody asked for it"
    );
    assert_eq!(
        broken(|p, _| p["groups"][0]["min_size"] = json!(2)),
        [(Hard::Membership, 1)],
        "too small"
    );
    let full = |most: usize| {
        broken(|p, s| {
            s["members"]["0"] = json!([1, 0]);
            push(&mut p["group_orders"], json!({"id": 1, "child": 0, "service": 1}));
            p["groups"][0]["max_size"] = json!(most);
        })
    };
    assert_eq!(full(1), [(Hard::Membership, 1)], "too large");
    assert_eq!(full(2), []);
    let score = scored(|_, s| s["members"] = json!({}));
    assert_eq!(
        (score.unplaced, score.hard_total()),
        (1, 1),
        "below its least size, and a child without a place"
    );
}

#[test]
fn h17_second() {
    assert_eq!(
        broken(|_, s| s["sessions"][1]["second"] = json!(null)),
        [(Hard::Second, 1)]
    );
    let without = |p: &mut Value, s: &mut Value| {
        p["services"][1]["assistants"] = json!(0);
        s["sessions"][1]["second"] = json!(null);
    };
    assert_eq!(broken(without), []);
    assert_eq!(
        broken(|p, _| p["teachers"][1]["assist"] = json!([0])),
        [(Hard::Second, 1)]
    );
    assert_eq!(
        broken(|_, s| s["sessions"][1]["second"] = json!(0)),
        [(Hard::Second, 1)],
        "the lead"
    );
    assert_eq!(
        broken(|_, s| s["sessions"][1]["second"] = json!(2)),
        [(Hard::Second, 1)],
        "the trainee"
    );
    let not_the_mentor = |_: &mut Value, s: &mut Value| s["sessions"][0]["teacher"] = json!(1);
    assert_eq!(broken(not_the_mentor), [(Hard::Second, 1)]);
}

#[test]
fn h18_shadow() {
    let least = |n: usize| move |p: &mut Value, _: &mut Value| p["teachers"][2]["trainee"]["shadow_min"] = json!(n);
    assert_eq!(broken(least(3)), [(Hard::Shadow, 2)]);
    assert_eq!(broken(least(1)), []);
    assert!(
        !repaired((0, 0), least(3)).hard.contains_key(&Hard::Shadow),
        "waived in repair"
    );
}

#[test]
fn h19_frozen() {
    let frozen = |now, change: &dyn Fn(&mut Value, &mut Value)| {
        repaired(now, change).hard.get(&Hard::Frozen).copied().unwrap_or(0)
    };
    let earlier = |_: &mut Value, s: &mut Value| s["sessions"][1]["start"] = json!(4);
    assert_eq!(frozen((0, 3), &earlier), 0);
    assert_eq!(frozen((0, 4), &earlier), 1);
    assert_eq!(frozen((0, 5), &earlier), 2, "one is gone, and one has come");
    assert_eq!(frozen((0, 1), &|_, s| s["sessions"][0]["second"] = json!(null)), 1);
    assert_eq!(frozen((0, 0), &|_, s| s["sessions"][0]["second"] = json!(null)), 0);
    assert_eq!(frozen((0, 0), &|_, s| s["members"]["0"] = json!([1, 0])), 1);
    assert!(!scored(|_, _| {}).hard.contains_key(&Hard::Frozen));
}

#[test]
fn absences_and_what_a_repair_costs() {
    let nothing_done = repaired((0, 0), |_, _| {});
    assert_eq!(
        nothing_done.hard.iter().collect::<Vec<_>>(),
        [(&Hard::TeacherAvail, &1)],
        "the assistant is away"
    );
    assert!(!nothing_done.feasible());
    assert_eq!(nothing_done.change.unwrap().perturbation_cost, 0);
    let cancelled = repaired((0, 0), |_, s| {
        s["sessions"].as_array_mut().unwrap().pop();
    });
    assert!(cancelled.feasible(), "a repair may leave sessions out");
    let change = cancelled.change.unwrap();
    assert_eq!(
        (change.cancelled, change.families_moved, change.perturbation_cost),
        (1, 1, 1030)
    );
    assert_eq!(change.total_cost, 1030 + cancelled.soft_cost());
    let moved = repaired((0, 0), |_, s| s["sessions"][1]["day"] = json!(1))
        .change
        .unwrap();
    assert_eq!(
        (
            moved.families_moved,
            moved.teacher_changes,
            moved.room_changes,
            moved.perturbation_cost
        ),
        (1, 0, 0, 30)
    );
    let other = repaired((0, 0), |_, s| {
        s["sessions"][0]["teacher"] = json!(1);
        s["sessions"][0]["room"] = json!(3);
    });
    let change = other.change.unwrap();
    assert_eq!(
        (
            change.families_moved,
            change.teacher_changes,
            change.room_changes,
            change.perturbation_cost
        ),
        (0, 1, 1, 6)
    );
}

/// A second session of child 0.
fn again(day: usize, start: usize, teacher: usize, room: usize) -> impl Fn(&mut Value, &mut Value) {
    move |p, s| {
        p["orders"][0]["sessions"] = json!(2);
        p["orders"][0]["max_teachers"] = json!(2);
        push(&mut s["sessions"], session(0, day, start, teacher, room));
    }
}

#[test]
fn s1_extra_teacher() {
    assert_eq!(units(Soft::ExtraTeacher, again(1, 0, 1, 0)), 1);
    assert_eq!(units(Soft::ExtraTeacher, again(1, 0, 0, 0)), 0);
}

#[test]
fn s2_not_prev_teacher() {
    let prev = |teacher: Value| {
        units(Soft::NotPrevTeacher, move |p, s| {
            again(1, 0, 0, 0)(p, s);
            p["orders"][0]["prev_teacher"] = teacher.clone();
        })
    };
    assert_eq!(prev(json!(1)), 2);
    assert_eq!(prev(json!(0)), 0);
    assert_eq!(prev(json!(null)), 0);
}

#[test]
fn s3_day_gap() {
    let gap = |day: usize, start: usize| {
        units(Soft::DayGap, move |p, s| {
            again(day, start, 0, 0)(p, s);
            p["orders"][0]["min_day_gap"] = json!(2);
        })
    };
    assert_eq!(gap(1, 0), 1);
    assert_eq!(gap(2, 0), 0);
    assert_eq!(gap(0, 4), 0, "on one day is no gap");
}

#[test]
fn s4_avoid_slot() {
    assert_eq!(
        units(Soft::AvoidSlot, |p, _| p["children"][0]["avoid"][0] = json!(0b00_0001)),
        1
    );
    assert_eq!(
        units(Soft::AvoidSlot, |p, _| p["children"][0]["avoid"][0] = json!(0b11_1110)),
        0
    );
}

/// A session of one more order of child 0, with somebody else.
fn another(start: usize) -> impl Fn(&mut Value, &mut Value) {
    move |p, s| {
        push(&mut p["orders"], order(1, 0));
        push(&mut s["sessions"], session(1, 0, start, 1, 0));
    }
}

#[test]
fn s5_child_idle() {
    assert_eq!(units(Soft::ChildIdle, another(2)), 1);
    assert_eq!(units(Soft::ChildIdle, another(1)), 0);
    assert_eq!(
        units(Soft::ChildIdle, another(4)),
        0,
        "lunch and the afternoon are no waiting"
    );
}

#[test]
fn s6_child_visit() {
    assert_eq!(units(Soft::ChildVisit, another(4)), 1);
    assert_eq!(units(Soft::ChildVisit, another(2)), 0);
}

#[test]
fn s7_short_day() {
    assert_eq!(units(Soft::ShortDay, |p, _| p["children"][0]["min_day"] = json!(3)), 2);
    assert_eq!(
        units(Soft::ShortDay, |p, _| p["children"][2]["min_day"] = json!(3)),
        0,
        "does not come at all"
    );
}

#[test]
fn s8_teacher_idle() {
    let then = |start: usize| {
        units(Soft::TeacherIdle, move |p, s| {
            push(&mut p["orders"], order(1, 1));
            push(&mut s["sessions"], session(1, 0, start, 0, 0));
        })
    };
    assert_eq!(then(2), 1);
    assert_eq!(then(1), 0);
    assert_eq!(then(5), 1);
}

#[test]
fn s9_over_target() {
    assert_eq!(
        units(Soft::OverTarget, |p, _| p["teachers"][0]["target_week"] = json!(1)),
        1
    );
    assert_eq!(
        units(Soft::OverTarget, |p, _| p["teachers"][0]["target_week"] = json!(2)),
        0
    );
}

#[test]
fn s10_extra_site() {
    let elsewhere = |day: usize| {
        units(Soft::ExtraSite, move |p, s| {
            push(&mut p["orders"], order(1, 2));
            push(&mut s["sessions"], session(1, day, 5, 0, 2));
            p["travel_min"] = json!([[0, 1], [1, 0]]);
        })
    };
    assert_eq!(elsewhere(0), 1);
    assert_eq!(elsewhere(1), 0);
}

#[test]
fn s11_extra_room() {
    assert_eq!(units(Soft::ExtraRoom, again(1, 0, 0, 3)), 1);
    assert_eq!(units(Soft::ExtraRoom, again(1, 0, 0, 0)), 0);
}

#[test]
fn s12_extra_start() {
    assert_eq!(units(Soft::ExtraStart, again(1, 1, 0, 0)), 1);
    assert_eq!(units(Soft::ExtraStart, again(1, 0, 0, 0)), 0);
}
