//! The search through every way against a plain one: sessions put anywhere, one by one, and judged by the referee.

use proptest::prelude::*;
use serde_json::{Value, json};
use solver::{
    diagnose::{Answer, Demand, Effort, diagnose, faults, hold_together},
    problem::{Problem, Task},
    score::{Hard, score},
    solution::{Session, Solution},
};

use crate::{read_problem, tiny::week};

/// Whether any timetable holds everything.
fn plain(problem: &Problem) -> bool {
    place_members(problem, 0, vec![Vec::new(); problem.groups.len()])
}

fn place_members(problem: &Problem, k: usize, members: Vec<Vec<usize>>) -> bool {
    let Some(place) = problem.places.get(k) else {
        let mut left = Vec::new();
        for task in problem.tasks() {
            let own = alone(problem, task, &members);
            left.extend((0..problem.series(task).unwrap().sessions).map(|_| own.clone()));
        }
        let mut solution = Solution {
            sessions: Vec::new(),
            members,
        };
        return place_sessions(problem, &left, &mut solution);
    };
    (0..problem.groups.len()).any(|g| {
        let mut members = members.clone();
        members[g].push(place.child);
        problem.groups[g].series.service == place.service && place_members(problem, k + 1, members)
    })
}

/// Rules broken that more sessions do not mend: too little watched may still change.
fn broken(problem: &Problem, solution: &Solution) -> bool {
    score(problem, solution).hard.keys().any(|rule| *rule != Hard::Shadow)
}

/// Every session of a task that breaks no rule by itself.
fn alone(problem: &Problem, task: Task, members: &[Vec<usize>]) -> Vec<Session> {
    let seconds = || std::iter::once(None).chain((0..problem.teachers.len()).map(Some));
    let mut found = Vec::new();
    for (day, start) in (0..problem.grid.days).flat_map(|d| (0..problem.grid.slots).map(move |u| (d, u))) {
        for (teacher, second) in (0..problem.teachers.len()).flat_map(|t| seconds().map(move |s| (t, s))) {
            for room in 0..problem.rooms.len() {
                let session = Session {
                    task,
                    day,
                    start,
                    teacher,
                    second,
                    room,
                };
                let solution = Solution {
                    sessions: vec![session],
                    members: members.to_vec(),
                };
                if !broken(problem, &solution) {
                    found.push(session);
                }
            }
        }
    }
    found
}

fn place_sessions(problem: &Problem, left: &[Vec<Session>], solution: &mut Solution) -> bool {
    if broken(problem, solution) {
        return false;
    }
    let Some((ways, rest)) = left.split_first() else {
        return score(problem, solution).feasible();
    };
    ways.iter().any(|session| {
        solution.sessions.push(*session);
        let found = place_sessions(problem, rest, solution);
        solution.sessions.pop();
        found
    })
}

fn everything(problem: &Problem) -> Vec<Demand> {
    let orders = (0..problem.orders.len()).map(Demand::Order);
    let groups = (0..problem.groups.len()).map(Demand::Group);
    let places = (0..problem.places.len()).map(Demand::Place);
    let trainees = (0..problem.teachers.len()).filter(|t| problem.teachers[*t].trainee.is_some());
    orders
        .chain(groups)
        .chain(places)
        .chain(trainees.map(Demand::Watching))
        .collect()
}

/// One day of two half-days of two slots, two teachers and a trainee, three children at two sites, tight windows.
fn small() -> impl Strategy<Value = Value> {
    let orders = prop::collection::vec((0..3_usize, 1..3_usize, 1..3_usize, 1..3_usize, 1..3_u8), 1..4);
    (
        prop::collection::vec(1_u16..16, 3),
        prop::collection::vec(1_u16..16, 3),
        prop::collection::vec((1..5_u32, 1..3_u32), 3),
        orders,
        (0..3_u32, 0..2_usize, any::<bool>(), 0..3_usize),
        prop::collection::vec(prop::option::weighted(0.2, 0..3_usize), 3),
    )
        .prop_map(
            |(teachers, children, limits, orders, (watch, groups, shared, level), excluded)| {
                let (mut p, _) = week();
                p["grid"] = json!({
                    "days": 1, "slot_minutes": 30, "slots_per_day": 4, "slot_start_min": [540, 570, 840, 870],
                    "blocks": [[0, 2], [2, 4]],
                });
                for t in 0..3 {
                    p["teachers"][t]["avail"] = json!([teachers[t]]);
                    p["teachers"][t]["max_week"] = json!(limits[t].0);
                    p["teachers"][t]["target_week"] = json!(limits[t].0);
                    p["teachers"][t]["max_run"] = json!(limits[t].1);
                }
                p["teachers"][2]["trainee"]["shadow_min"] = json!(watch);
                p["teachers"][level]["qual"] = json!({"0": 1, "1": 1});
                for c in 0..3 {
                    p["children"][c]["avail"] = json!([children[c]]);
                    p["children"][c]["avoid"] = json!([0]);
                    p["children"][c]["max_run"] = json!(2);
                    p["children"][c]["exclude"] = json!(excluded[c].into_iter().collect::<Vec<_>>());
                }
                p["children"][2]["site"] = json!(usize::from(shared));
                let mut left = 3;
                p["orders"] = json!([]);
                for (child, sessions, dur, teachers, level) in orders {
                    let sessions = sessions.min(left);
                    if sessions == 0 {
                        break;
                    }
                    left -= sessions;
                    let id = p["orders"].as_array().unwrap().len();
                    let mut order = crate::tiny::order(id, child);
                    order["sessions"] = json!(sessions);
                    order["dur"] = json!(dur);
                    order["max_teachers"] = json!(teachers);
                    order["min_level"] = json!(level);
                    crate::tiny::push(&mut p["orders"], order);
                }
                if groups == 0 {
                    p["groups"] = json!([]);
                    p["group_orders"] = json!([]);
                }
                p
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_way_agrees_with_the_plain_search(json in small()) {
        let problem = read_problem(&json);
        let can = plain(&problem);
        let counted = faults(&problem);
        prop_assert!(counted.is_empty() || !can, "{counted:?}");
        match hold_together(&problem, &everything(&problem), Effort::default()) {
            Answer::Holds(solution) => {
                prop_assert!(can);
                prop_assert!(score(&problem, &solution).feasible(), "{:?}", score(&problem, &solution));
            }
            Answer::Fails => prop_assert!(!can),
            Answer::Unknown => prop_assert!(false, "too few steps"),
        }
    }

    #[test]
    fn a_set_that_is_told_fails_and_needs_all_of_it(json in small()) {
        let problem = read_problem(&json);
        let nothing = Solution { sessions: Vec::new(), members: vec![Vec::new(); problem.groups.len()] };
        let found = diagnose(&problem, &nothing, Effort::default());
        for conflict in &found.conflicts {
            prop_assert!(conflict.smallest);
            prop_assert!(!plain(&problem));
            // What an order cannot have by itself is told as its own fault, and no conflict with others is made of it.
            let json = by_itself(&json);
            if let Some(set) = only_orders(&json, &conflict.demands) {
                prop_assert!(!plain(&read_problem(&set)));
                for left_out in &conflict.demands {
                    let rest: Vec<Demand> = conflict.demands.iter().copied().filter(|d| d != left_out).collect();
                    prop_assert!(plain(&read_problem(&only_orders(&json, &rest).unwrap())));
                }
            }
        }
    }
}

/// The week with of each order only as many sessions as are possible when there is no other.
fn by_itself(json: &Value) -> Value {
    let mut p = json.clone();
    for o in 0..json["orders"].as_array().unwrap().len() {
        let holds = |sessions: &u64| {
            let mut week = json.clone();
            week["orders"][o]["sessions"] = json!(sessions);
            *sessions == 0 || plain(&read_problem(&only_orders(&week, &[Demand::Order(o)]).unwrap()))
        };
        let most = json["orders"][o]["sessions"].as_u64().unwrap();
        p["orders"][o]["sessions"] = json!((0..=most).rev().find(holds));
    }
    p
}

/// The week with some of its orders alone; nothing where something else is demanded.
fn only_orders(json: &Value, demands: &[Demand]) -> Option<Value> {
    let mut p = json.clone();
    p["groups"] = json!([]);
    p["group_orders"] = json!([]);
    p["teachers"][2]["trainee"] = Value::Null;
    p["orders"] = json!([]);
    for demand in demands {
        let Demand::Order(o) = demand else { return None };
        let mut order = json["orders"][o].clone();
        if order["sessions"] == 0 {
            continue;
        }
        order["id"] = json!(p["orders"].as_array().unwrap().len());
        crate::tiny::push(&mut p["orders"], order);
    }
    Some(p)
}
