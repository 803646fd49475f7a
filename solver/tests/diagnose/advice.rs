//! Advice helps: followed, it makes a week that holds more.

use proptest::prelude::*;
use serde_json::json;
use solver::{
    diagnose::{Effort, Help, diagnose},
    problem::Problem,
};

use crate::{
    impossible::{any_centre, centre, made},
    read_problem,
};

/// Whether every advice makes a week of more sessions when it is followed, and how many there are.
fn helps(problem: &Problem) -> Result<usize, String> {
    let best = made(problem).solution;
    let found = diagnose(problem, &best, Effort::default());
    let mut given = 0;
    for item in &found.todo {
        for help in &item.helps {
            let after = help.followed(problem, item.lack).ok_or("nothing to follow")?;
            let sessions = made(&after).solution.sessions.len();
            if help.sessions() == 0 || sessions <= best.sessions.len() {
                let before = best.sessions.len();
                return Err(format!("{help:?} for {:?}: {before}, then {sessions}", item.lack));
            }
            given += 1;
        }
    }
    Ok(given)
}

#[test]
fn what_does_not_help_is_not_advised() {
    // Pinned to a time at which both are away: that the child came would not help, nor would more hours or rooms.
    let mut p = centre();
    p["pins"] = json!([{"order": 0, "day": 4, "start": 0, "teacher": 0}]);
    let problem = read_problem(&p);
    let found = diagnose(&problem, &made(&problem).solution, Effort::default());
    let [item] = &found.todo[..] else { panic!("{found:?}") };
    assert_eq!(item.helps, [Help::Unpin { pin: 0, sessions: 1 }]);
    // Pinned to a room that another pin has: another room is of no use, another teacher neither.
    p["pins"] = json!([
        {"order": 0, "day": 0, "start": 0, "room": 0},
        {"order": 1, "day": 0, "start": 0, "room": 0},
    ]);
    let problem = read_problem(&p);
    let found = diagnose(&problem, &made(&problem).solution, Effort::default());
    let [item] = &found.todo[..] else { panic!("{found:?}") };
    assert_eq!(item.helps, [Help::Unpin { pin: 1, sessions: 1 }]);
}

#[test]
fn each_kind_of_advice_is_given_where_it_helps() {
    let advised = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut p = centre();
        change(&mut p);
        let problem = read_problem(&p);
        assert!(helps(&problem).unwrap() > 0, "{p}");
        let found = diagnose(&problem, &made(&problem).solution, Effort::default());
        let kinds = found.todo.iter().flat_map(|item| &item.helps);
        kinds.cloned().collect::<Vec<Help>>()
    };
    let away = advised(&|p| {
        p["teachers"][0]["avail"] = json!([63, 63, 0, 63, 0]);
        p["pins"] = json!([{"order": 0, "day": 2, "start": 0, "teacher": 0}]);
    });
    assert!(
        away.iter().any(|h| matches!(h, Help::Work { teacher: 0, day: 2, .. })),
        "{away:?}"
    );
    let absent = advised(&|p| {
        p["children"][0]["avail"] = json!([63, 0, 63, 63, 0]);
        p["pins"] = json!([{"order": 0, "day": 1, "start": 0}]);
    });
    assert!(absent.iter().any(|h| matches!(h, Help::Come { .. })), "{absent:?}");
    let unfit = advised(&|p| p["pins"] = json!([{"order": 1, "teacher": 2}]));
    assert!(
        unfit.iter().any(|h| matches!(h, Help::Qualify { teacher: 2, .. })),
        "{unfit:?}"
    );
    let full = advised(&|p| {
        for t in 0..2 {
            p["teachers"][t]["max_week"] = json!(5);
        }
    });
    assert!(full.iter().any(|h| matches!(h, Help::Hours { .. })), "{full:?}");
    let crowded = advised(&|p| {
        p["rooms"][3]["type"] = json!("other");
        for c in 0..3 {
            p["children"][c]["avail"] = json!([1, 1, 1, 0, 0]);
        }
        p["orders"][0]["dur"] = json!(1);
        p["orders"][2]["sessions"] = json!(1);
    });
    assert!(crowded.iter().any(|h| matches!(h, Help::Room { .. })), "{crowded:?}");
    let nobody = advised(&|p| p["orders"][0]["min_level"] = json!(3));
    assert!(nobody.iter().any(|h| matches!(h, Help::Qualify { .. })), "{nobody:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_advice_helps(
        week in any_centre(),
        pins in prop::collection::vec((0..6_usize, 0..6_usize, 0..7_usize, 0..4_usize, 0..5_usize), 0..4),
    ) {
        let mut week = week;
        let orders = week["orders"].as_array().unwrap().len();
        let pin = |(order, day, start, teacher, room): (usize, usize, usize, usize, usize)| {
            let mut pin = json!({"order": order % orders, "day": day, "start": start});
            if teacher < 3 {
                pin["teacher"] = json!(teacher);
            }
            if room < 4 {
                pin["room"] = json!(room);
            }
            pin
        };
        week["pins"] = json!(pins.into_iter().map(pin).collect::<Vec<_>>());
        if let Err(why) = helps(&read_problem(&week)) {
            prop_assert!(false, "{}", why);
        }
    }
}
