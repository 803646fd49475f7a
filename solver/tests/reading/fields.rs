//! Each field of the three files: what may be left out, and what is said of a wrong one.

use serde_json::{Value, json};
use solver::{problem::limits, read};

use super::{
    bytes, event_after, lines, problem_after, remove, solution_after,
    tiny::{push, week},
    tiny_problem,
};

#[test]
fn what_may_be_left_out() {
    let (mut problem, mut solution) = week();
    for key in ["group_orders", "weights"] {
        remove(&mut problem, key);
    }
    problem["seed"] = json!("of no interest");
    problem["pins"] = json!(null);
    for key in [
        "assist",
        "max_day",
        "max_week",
        "target_week",
        "max_run",
        "trainee",
        "qual",
    ] {
        remove(&mut problem["teachers"][1], key);
    }
    for key in ["avoid", "max_day", "min_day", "max_run", "exclude"] {
        remove(&mut problem["children"][0], key);
    }
    for key in [
        "min_level",
        "max_per_day",
        "max_teachers",
        "min_day_gap",
        "prev_teacher",
    ] {
        remove(&mut problem["orders"][0], key);
    }
    for key in ["min_size", "age", "level"] {
        remove(&mut problem["groups"][0], key);
    }
    problem["orders"][0]["sessions"] = json!(6);
    let problem = read::problem(&bytes(&problem)).unwrap();
    let (teacher, child) = (&problem.teachers[1], &problem.children[0]);
    assert_eq!(
        (teacher.max_day, teacher.max_week, teacher.target_week, teacher.max_run),
        (6, 24, 24, 6)
    );
    assert_eq!((&teacher.qual, &teacher.assist), (&vec![0, 0], &vec![false, false]));
    assert_eq!(
        (&child.avoid, child.max_day, child.min_day, child.max_run),
        (&vec![0; 4], 6, 0, 6)
    );
    let series = &problem.orders[0].series;
    assert_eq!(
        (
            series.min_level,
            series.max_per_day,
            series.max_teachers,
            series.min_day_gap
        ),
        (1, 2, 1, 0)
    );
    let group = &problem.groups[0];
    assert_eq!(
        (group.min_size, group.age, group.level),
        (0, (0, limits::SMALL), (0, limits::SMALL))
    );
    assert_eq!((problem.weights.extra_teacher, problem.weights.day_gap), (15, 4));
    remove(&mut solution, "members");
    remove(&mut solution["sessions"][0], "group");
    let solution = read::solution(&problem, &bytes(&solution)).unwrap();
    assert_eq!(solution.members, [Vec::<usize>::new()]);
}

#[test]
fn a_weight_that_is_not_given_is_nothing() {
    let (mut problem, _) = week();
    remove(&mut problem["weights"], "S6_child_visit");
    assert_eq!(read::problem(&bytes(&problem)).unwrap().weights.child_visit, 0);
}

#[test]
fn the_grid() {
    assert_eq!(
        problem_after(|p| p["grid"] = json!(null)),
        ["grid: must be an object, not null"]
    );
    assert_eq!(
        problem_after(|p| p["grid"]["days"] = json!(8)),
        ["grid.days: is 8, must be 1 to 7"]
    );
    assert_eq!(
        problem_after(|p| p["grid"]["slots_per_day"] = json!(17))[0],
        "grid.slots_per_day: is 17, must be 1 to 16"
    );
    let said = problem_after(|p| p["grid"]["slot_start_min"] = json!([540, 569, 600, 840, 870, 1420]));
    assert_eq!(
        said,
        [
            "grid.slot_start_min[1]: is 569, before the slot before it ends at 570",
            "grid.slot_start_min: ends after midnight",
        ]
    );
    let said = problem_after(|p| p["grid"]["slot_start_min"] = json!([540]));
    assert_eq!(
        said,
        ["grid.slot_start_min: has 1 items, must have one for each of the 6 slots"]
    );
    let blocks = |blocks: Value| problem_after(move |p| p["grid"]["blocks"] = blocks.clone());
    assert_eq!(blocks(json!([])), ["grid.blocks: is empty"]);
    assert_eq!(
        blocks(json!([[0, 3], [2, 6]])),
        ["grid.blocks[1]: begins at 2, before the one before it ends at 3"]
    );
    assert_eq!(
        blocks(json!([[0, 7]])),
        ["grid.blocks[0][1]: is 7, must be 0 to 6"].as_slice()
    );
    assert_eq!(blocks(json!([[3, 3]])), ["grid.blocks[0]: has no slot in it"]);
    assert_eq!(blocks(json!([[3]])), ["grid.blocks[0]: must be two slots, from and to"]);
    assert_eq!(blocks(json!([[0, 1, 2]])), ["grid.blocks[0]: has more than 2 items"]);
    assert_eq!(blocks(json!([[0, 1], [2, 4], [4, 6]])), [""; 0]);
}

#[test]
fn sites_rooms_and_services() {
    assert_eq!(
        problem_after(|p| p["sites"][1]["id"] = json!(0)),
        ["sites[1].id: is 0, must be its place in the list, 1"]
    );
    assert_eq!(
        problem_after(|p| p["travel_min"] = json!([[0, 60]])),
        ["travel_min: has 1 rows, must have one for each of the 2 sites"]
    );
    assert_eq!(
        problem_after(|p| p["travel_min"][1] = json!([60])),
        ["travel_min[1]: has 1 items, must have one for each of the 2 sites"]
    );
    assert_eq!(
        problem_after(|p| p["travel_min"][1][1] = json!(1)),
        ["travel_min[1][1]: is the way of a site to itself, must be 0"]
    );
    assert_eq!(
        problem_after(|p| p["travel_min"][1][0] = json!(1441)),
        ["travel_min[1][0]: is 1441, must be 0 to 1440"]
    );
    assert_eq!(
        problem_after(|p| p["rooms"][2]["site"] = json!(2)),
        ["rooms[2].site: there is no site 2"]
    );
    assert_eq!(
        problem_after(|p| p["rooms"][2]["type"] = json!("")),
        ["rooms[2].type: is empty"]
    );
    let long = "x".repeat(201);
    assert_eq!(
        problem_after(|p| p["name"] = json!(long)),
        ["name: is longer than 200 characters"]
    );
    assert_eq!(
        problem_after(|p| p["services"][0]["kind"] = json!("pair")),
        ["services[0].kind: must be \"individual\" or \"group\""]
    );
    assert_eq!(
        problem_after(|p| p["services"][0]["assistants"] = json!(2)),
        ["services[0].assistants: is 2, must be 0 to 1"]
    );
    assert_eq!(
        problem_after(|p| p["weights"]["S3_day_gap"] = json!(-4)),
        ["weights.S3_day_gap: is -4, must be 0 to 1000000"]
    );
    let many = problem_after(|p| {
        for id in 4..140 {
            push(
                &mut p["rooms"],
                json!({"id": id, "site": 1, "type": "indiv", "capacity": 1}),
            );
        }
    });
    assert_eq!(
        many,
        ["rooms[131]: is one too many: a site has at most 128 rooms of a type"]
    );
}

#[test]
fn people() {
    assert_eq!(
        problem_after(|p| p["teachers"][0]["sites"] = json!([1, 1])),
        ["teachers[0].sites[1]: names site 1 again"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][0]["qual"] = json!({"0": 4})),
        ["teachers[0].qual.0: is 4, must be 0 to 3"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][0]["qual"] = json!({"2": 1})),
        ["teachers[0].qual.2: there is no such service"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][0]["qual"] = json!({"": 1})),
        ["teachers[0].qual.: there is no such service"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][0]["assist"] = json!([5])),
        ["teachers[0].assist[0]: there is no service 5"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][0]["avail"] = json!([63])),
        ["teachers[0].avail: has 1 items, must have one for each of the 4 days"]
    );
    assert_eq!(
        problem_after(|p| remove(&mut p["teachers"][0], "avail")),
        ["teachers[0].avail: is missing"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][2]["trainee"]["mentor"] = json!(2)),
        ["teachers[2].trainee.mentor: is the trainee"]
    );
    assert_eq!(
        problem_after(|p| p["teachers"][2]["trainee"]["mentor"] = json!(-1)),
        ["teachers[2].trainee.mentor: there is no teacher -1"]
    );
    assert_eq!(
        problem_after(|p| p["children"][0]["site"] = json!(9)),
        ["children[0].site: there is no site 9"]
    );
    assert_eq!(
        problem_after(|p| p["children"][0]["exclude"] = json!([0, 1, 0])),
        ["children[0].exclude[2]: names teacher 0 again"]
    );
    assert_eq!(
        problem_after(|p| p["children"][0]["level"] = json!(-2)),
        ["children[0].level: is -2, must be 0 to 10000"]
    );
    assert_eq!(
        problem_after(|p| p["children"][0] = json!(0)),
        ["children[0]: must be an object, not a number"]
    );
}

#[test]
fn orders_groups_and_places() {
    assert_eq!(
        problem_after(|p| p["orders"][0]["child"] = json!(3)),
        ["orders[0].child: there is no child 3"]
    );
    assert_eq!(
        problem_after(|p| p["orders"][0]["service"] = json!(1)),
        ["orders[0].service: is held in groups, must be held one to one"]
    );
    assert_eq!(
        problem_after(|p| p["groups"][0]["service"] = json!(0)),
        ["groups[0].service: is held one to one, must be held in groups"]
    );
    assert_eq!(
        problem_after(|p| p["orders"][0]["sessions"] = json!(41)),
        ["orders[0].sessions: is 41, must be 0 to 40"]
    );
    assert_eq!(
        problem_after(|p| p["orders"][0]["dur"] = json!(0)),
        ["orders[0].dur: is 0, must be 1 to 16"]
    );
    // Longer than every half-day: only this one cannot be held.
    assert_eq!(problem_after(|p| p["orders"][0]["dur"] = json!(16)), [""; 0]);
    assert_eq!(
        problem_after(|p| p["orders"][0]["prev_teacher"] = json!(3)),
        ["orders[0].prev_teacher: there is no teacher 3"]
    );
    assert_eq!(
        problem_after(|p| p["groups"][0]["min_size"] = json!(3)),
        ["groups[0].min_size: is 3, more than max_size, 2"]
    );
    assert_eq!(
        problem_after(|p| p["groups"][0]["age"] = json!([60, 50])),
        ["groups[0].age: ends at 50, before it begins at 60"]
    );
    assert_eq!(
        problem_after(|p| p["groups"][0]["level"] = json!([1])),
        ["groups[0].level: must be two numbers"]
    );
    assert_eq!(
        problem_after(|p| p["group_orders"][0]["service"] = json!(0)),
        ["group_orders[0].service: is held one to one, must be held in groups"]
    );
    assert_eq!(
        problem_after(|p| push(&mut p["group_orders"], json!({"id": 1, "child": 1, "service": 1}))),
        ["group_orders[1]: asks for service 1 for child 1 again"]
    );
}

#[test]
fn pins() {
    let pinned = |pins: Value| problem_after(move |p| p["pins"] = pins.clone());
    assert_eq!(
        pinned(json!([{"order": 0, "day": 3, "start": 5, "teacher": 2, "second": 1, "room": 3}])),
        [""; 0]
    );
    assert_eq!(
        pinned(json!([{"order": 0, "group": null}, {"group": 0, "start": 0}])),
        [""; 0]
    );
    assert_eq!(
        pinned(json!([{"day": 0}])),
        ["pins[0]: names neither an order nor a group"]
    );
    assert_eq!(
        pinned(json!([{"order": 0, "group": 0}])),
        ["pins[0]: names an order and a group, must name one of them"]
    );
    assert_eq!(pinned(json!([{"order": 1}])), ["pins[0].order: there is no order 1"]);
    let said = pinned(json!([{"order": 0, "day": -1, "start": 1e9, "teacher": 3, "second": 3, "room": 4}]));
    assert_eq!(
        said,
        [
            "pins[0].day: is -1, must be 0 to 10000",
            "pins[0].start: must be a whole number, not a number with a fraction, or far too large",
            "pins[0].teacher: there is no teacher 3",
            "pins[0].second: there is no teacher 3",
            "pins[0].room: there is no room 4",
        ]
    );
}

/// A decision that cannot be kept is no reason to refuse the week.
#[test]
fn pins_that_contradict_the_week() {
    for pins in [
        json!([{"order": 0, "day": 4, "start": 6}]),
        json!([{"order": 0, "day": 10_000, "start": 10_000}]),
        json!([{"order": 0}, {"order": 0}]),
        json!([{"order": 0, "day": 1, "start": 0}, {"order": 0, "day": 1, "start": 0, "room": 0}]),
        json!([{"order": 0, "start": 2, "room": 1, "teacher": 2, "second": 2}]),
    ] {
        let said = problem_after(|p| {
            p["orders"][0]["dur"] = json!(2);
            p["pins"] = pins.clone();
        });
        assert_eq!(said, [""; 0], "{pins}");
    }
}

#[test]
fn solutions() {
    assert_eq!(
        solution_after(|s| s["instance"] = json!("r60")),
        ["instance: is of \"r60\", not of \"tiny\""]
    );
    let misplaced = solution_after(|s| {
        s["sessions"][0]["day"] = json!(9);
        s["sessions"][0]["start"] = json!(99);
    });
    assert_eq!(misplaced, [""; 0], "is for the score to tell");
    let said = solution_after(|s| {
        s["sessions"][0] = json!({"order": 7, "day": -1, "start": 10_001, "teacher": 3, "second": 3, "room": 4});
        s["members"] = json!({"0": [3], "1": [], "00": []});
    });
    assert_eq!(
        said,
        [
            "sessions[0].order: there is no order 7",
            "sessions[0].day: is -1, must be 0 to 10000",
            "sessions[0].start: is 10001, must be 0 to 10000",
            "sessions[0].teacher: there is no teacher 3",
            "sessions[0].second: there is no teacher 3",
            "sessions[0].room: there is no room 4",
            "members.0[0]: there is no child 3",
            "members.00: there is no such group",
            "members.1: there is no such group",
        ]
    );
    let many = solution_after(|s| {
        let session = s["sessions"][0].clone();
        s["sessions"] = json!(vec![session; 100]);
        s["members"] = json!({"0": vec![0; 101]});
    });
    assert_eq!(
        many,
        [
            "sessions[80]: is one of more than 80 sessions of one task",
            "members.0: has more than 100 items"
        ]
    );
    let twice = br#"{"format":"rehab-solution/1","instance":"tiny","sessions":[],"members":{"0":[1],"0":[2]}}"#;
    assert_eq!(
        lines(read::solution(&tiny_problem(), twice)),
        ["members.0: is there twice"]
    );
}

#[test]
fn events() {
    assert_eq!(event_after(|_| {}), [""; 0]);
    assert_eq!(event_after(|e| remove(e, "weights")), [""; 0]);
    let said = event_after(|e| {
        e["instance"] = json!("other");
        e["baseline"]["sessions"][0]["room"] = json!(4);
        e["absent"] =
            json!([{"teacher": 3, "day": 4, "from": 3, "to": 7}, {"teacher": 0, "day": 0, "from": 3, "to": 2}]);
        e["now"] = json!({"day": 5, "slot": null});
        e["weights"]["cancelled"] = json!("much");
    });
    assert_eq!(
        said,
        [
            "instance: is of \"other\", not of \"tiny\"",
            "baseline.sessions[0].room: there is no room 4",
            "absent[0].teacher: there is no teacher 3",
            "absent[0].day: there is no day 4",
            "absent[0].to: is 7, must be 0 to 6",
            "absent[1]: ends at 2, before it begins at 3",
            "now.day: is 5, must be 0 to 4",
            "now.slot: must be a whole number, not null",
            "weights.cancelled: must be a whole number, not a text",
        ]
    );
}
