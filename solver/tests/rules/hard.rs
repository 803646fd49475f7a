//! The smallest change that breaks one rule and no other.

use serde_json::{Value, json};
use solver::score::Hard;

use super::{
    broken, repaired, scored, session,
    tiny::{order, push},
};

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
