//! A week of two sessions in which nothing is wrong.

#![allow(unreachable_pub, reason = "each test is a crate of its own")]

use serde_json::{Value, json};

/// Child 0 has a session with teacher 0, watched by trainee 2; child 1 is in a class of teacher 0, assisted by teacher 1.
pub fn week() -> (Value, Value) {
    let teacher = |id: usize| {
        json!({
            "id": id, "sites": [0, 1], "qual": {"0": 2, "1": 2}, "assist": [1], "avail": [63, 63, 63, 63],
            "max_day": 6, "max_week": 24, "target_week": 24, "max_run": 3, "trainee": null,
        })
    };
    let child = |id: usize, site: usize| {
        json!({
            "id": id, "site": site, "age_months": 60, "level": 2, "avail": [63, 63, 63, 63], "avoid": [0, 0, 0, 0],
            "max_day": 6, "min_day": 1, "max_run": 3, "exclude": [],
        })
    };
    let mut trainee = teacher(2);
    trainee["assist"] = json!([]);
    trainee["trainee"] = json!({"mentor": 0, "shadow_min": 1});
    let problem = json!({
        "format": "rehab-timetable/1",
        "name": "tiny",
        "grid": {
            "days": 4, "slot_minutes": 30, "slots_per_day": 6, "slot_start_min": [540, 570, 600, 840, 870, 900],
            "blocks": [[0, 3], [3, 6]],
        },
        "sites": [{"id": 0, "centre": 0}, {"id": 1, "centre": 0}],
        "travel_min": [[0, 60], [60, 0]],
        "rooms": [
            {"id": 0, "site": 0, "type": "indiv", "capacity": 0},
            {"id": 1, "site": 0, "type": "group", "capacity": 2},
            {"id": 2, "site": 1, "type": "indiv", "capacity": 1},
            {"id": 3, "site": 0, "type": "indiv", "capacity": 1},
        ],
        "services": [
            {"id": 0, "name": "Speech", "kind": "individual", "room_type": "indiv", "assistants": 0},
            {"id": 1, "name": "Music", "kind": "group", "room_type": "group", "assistants": 1},
        ],
        "teachers": [teacher(0), teacher(1), trainee],
        "children": [child(0, 0), child(1, 0), child(2, 1)],
        "orders": [order(0, 0)],
        "groups": [{
            "id": 0, "service": 1, "site": 0, "sessions": 1, "dur": 1, "min_size": 1, "max_size": 2, "age": [50, 60],
            "level": [2, 3], "min_level": 1, "max_per_day": 1, "max_teachers": 1, "min_day_gap": 1, "prev_teacher": null,
        }],
        "group_orders": [{"id": 0, "child": 1, "service": 1}],
        "weights": {
            "S1_extra_teacher": 1, "S2_not_prev_teacher": 1, "S3_day_gap": 1, "S4_avoid_slot": 1, "S5_child_idle": 1,
            "S6_child_visit": 1, "S7_short_day": 1, "S8_teacher_idle": 1, "S9_over_target": 1, "S10_extra_site": 1,
            "S11_extra_room": 1, "S12_extra_start": 1,
        },
    });
    let solution = json!({
        "format": "rehab-solution/1",
        "instance": "tiny",
        "sessions": [
            {"order": 0, "group": null, "day": 0, "start": 0, "teacher": 0, "second": 2, "room": 0},
            {"order": null, "group": 0, "day": 0, "start": 3, "teacher": 0, "second": 1, "room": 1},
        ],
        "members": {"0": [1]},
    });
    (problem, solution)
}

/// One session of one slot for a child.
pub fn order(id: usize, child: usize) -> Value {
    json!({
        "id": id, "child": child, "service": 0, "sessions": 1, "dur": 1, "min_level": 1, "max_per_day": 2,
        "max_teachers": 1, "min_day_gap": 1, "prev_teacher": null,
    })
}

/// One more item of a list.
pub fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

/// Teacher 1 is away on the first afternoon of a published week.
pub fn event(baseline: &Value) -> Value {
    json!({
        "format": "rehab-repair/1", "instance": "tiny", "baseline": baseline,
        "absent": [{"teacher": 1, "day": 0, "from": 3, "to": 6}], "now": {"day": 0, "slot": 0},
        "weights": {"cancelled": 1000, "family_moved": 30, "teacher_changed": 5, "room_changed": 1},
    })
}
