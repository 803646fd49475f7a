//! What one more unit of each term costs.

use serde_json::{Value, json};
use solver::score::Soft;

use super::{
    session,
    tiny::{order, push},
    units,
};

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
