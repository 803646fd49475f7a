//! What is said of a timetable is so: the parts make up the whole, and every other place of a session is one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[allow(dead_code, reason = "other tests need the absence in it")]
mod tiny;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use solver::{
    engine::{self, Options},
    explain::{self, Difference, SessionReport},
    problem::{Pin, Problem, Task},
    read,
    score::{Hard, Language, Soft, examples, score, shares},
    solution::{Session, Solution},
    words::Words,
};
use tiny::{push, week};

const LANGUAGES: [Language; 2] = [Language::Chinese, Language::English];

fn r60() -> Problem {
    read::problem(include_bytes!("../reference/instances/r60.json")).unwrap()
}

fn solved(problem: &Problem, seed: u64) -> Solution {
    let options = Options {
        iterations: Some(200_000),
        seed,
        ..Options::default()
    };
    engine::solve(problem, &options).solution
}

fn read_week(problem: &Value, solution: &Value) -> (Problem, Solution) {
    let problem = read::problem(problem.to_string().as_bytes()).unwrap();
    let solution = read::solution(&problem, solution.to_string().as_bytes()).unwrap();
    (problem, solution)
}

fn with(solution: &Solution, number: usize, session: Session) -> Solution {
    let mut changed = solution.clone();
    changed.sessions[number] = session;
    changed
}

/// In both languages: Chinese that is Chinese, English that is not.
fn both(text: impl Fn(Language) -> String) -> [String; 2] {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let [chinese, english] = LANGUAGES.map(text);
    assert!(chinese.chars().filter(|c| han(*c)).count() > 20, "{chinese}");
    assert!(!english.chars().any(han), "{english}");
    for said in [&chinese, &english] {
        assert!(
            !said.contains("  \n") && !said.contains("()") && !said.contains("（）"),
            "{said}"
        );
    }
    [chinese, english]
}

fn week_text(problem: &Problem, solution: &Solution) -> [String; 2] {
    let report = explain::week(problem, solution);
    both(|language| report.text(&Words::new(problem, language)))
}

fn session_text(problem: &Problem, report: &SessionReport) -> [String; 2] {
    both(|language| report.text(&Words::new(problem, language)))
}

/// Any place whatever, for a session of the same task.
fn anywhere(problem: &Problem, session: Session, rng: &mut fastrand::Rng) -> Session {
    Session {
        day: rng.usize(0..problem.grid.days),
        start: rng.usize(0..problem.grid.slots),
        teacher: rng.usize(0..problem.teachers.len()),
        second: rng.bool().then(|| rng.usize(0..problem.teachers.len())),
        room: rng.usize(0..problem.rooms.len()),
        ..session
    }
}

#[test]
fn terms_people_and_centres_each_make_up_the_cost() {
    let r300 = read::problem(include_bytes!("../reference/instances/r300.json")).unwrap();
    let three = solved(&r300, 1);
    let one = r60();
    let mut cases: Vec<(&Problem, Solution)> = (1..=3).map(|seed| (&one, solved(&one, seed))).collect();
    cases.push((&r300, three));
    for (problem, solution) in &cases {
        let (report, score) = (explain::week(problem, solution), score(problem, solution));
        assert!(report.feasible && score.feasible());
        assert_eq!(report.cost, score.soft_cost());
        assert_eq!(report.terms.iter().map(|t| t.cost).sum::<i64>(), report.cost);
        assert_eq!(report.centres.iter().map(|c| c.cost).sum::<i64>(), report.cost);
        let centres = report.centres.iter().filter(|c| c.centre.is_some()).count();
        assert_eq!(
            centres,
            problem.sites.iter().map(|s| s.centre).collect::<BTreeSet<_>>().len()
        );
        let load: usize = report.teachers.iter().map(|t| t.slots).sum();
        let most: usize = report.teachers.iter().map(|t| t.most).sum();
        let share = f64::from(u32::try_from(load).unwrap()) / f64::from(u32::try_from(most).unwrap());
        assert!((share - report.utilisation).abs() < 0.0006);
        for t in &report.terms {
            assert_eq!(t.units, score.soft[&t.term]);
            assert_eq!(
                t.contributors.iter().map(|c| c.units).sum::<usize>(),
                t.units,
                "{:?}",
                t.term
            );
            assert_eq!(t.contributors.iter().map(|c| c.cost).sum::<i64>(), t.cost);
            assert!(
                t.contributors
                    .is_sorted_by(|a, b| (a.spare(), a.units) >= (b.spare(), b.units))
            );
            for c in &t.contributors {
                let days: usize = c.days.iter().map(|d| d.units).sum();
                assert!(c.days.is_empty() || days == c.units);
                assert!(c.least.is_none_or(|least| least <= c.units), "{c:?}");
            }
        }
        let [chinese, english] = week_text(problem, solution);
        for t in report.terms.iter().filter(|t| t.cost > 0) {
            assert!(chinese.contains(t.term.sentence(Language::Chinese)));
            assert!(english.contains(t.term.sentence(Language::English).get(1..).unwrap()));
        }
    }
}

#[test]
fn idle_hours_are_told_by_teacher_and_day() {
    let (mut problem, mut solution) = week();
    problem["orders"][0]["sessions"] = json!(2);
    push(
        &mut solution["sessions"],
        json!({"order": 0, "group": null, "day": 0, "start": 2, "teacher": 0, "second": null, "room": 0}),
    );
    let (problem, solution) = read_week(&problem, &solution);
    let idle = &shares(&problem, &solution)[&Soft::TeacherIdle];
    assert_eq!(
        serde_json::to_value(idle).unwrap(),
        json!([{"whose": {"teacher": 0}, "day": 0, "units": 1}])
    );
    let [chinese, english] = week_text(&problem, &solution);
    assert!(chinese.contains("老师 0：周一 30 分钟。"), "{chinese}");
    assert!(english.contains("Teacher 0: Monday 30 min."), "{english}");
}

#[test]
fn every_other_place_is_feasible_and_costs_what_it_says() {
    let problem = r60();
    let mut places = 0;
    for seed in 1..=3 {
        let solution = solved(&problem, seed);
        let before = score(&problem, &solution);
        let mut rng = fastrand::Rng::with_seed(seed);
        let groups = (0..solution.sessions.len()).filter(|&i| matches!(solution.sessions[i].task, Task::Group(_)));
        let watched = (0..solution.sessions.len())
            .filter(|&i| matches!(solution.sessions[i].task, Task::Order(_)) && solution.sessions[i].second.is_some());
        let mut numbers: Vec<usize> = groups.take(2).chain(watched.take(2)).collect();
        numbers.extend((0..12).map(|_| rng.usize(0..solution.sessions.len())));
        for number in numbers {
            let report = explain::session(&problem, &solution, number).unwrap();
            assert_eq!(report.lesson.session, solution.sessions[number]);
            let mut without = solution.clone();
            without.sessions.remove(number);
            assert_eq!(report.cost, Difference::between(&score(&problem, &without), &before));
            assert!(report.broken.is_empty() && report.pin.is_none());
            assert!(report.alternatives.is_sorted_by_key(|a| a.cost.cost));
            let mut seen = BTreeSet::new();
            for a in &report.alternatives {
                let after = score(&problem, &with(&solution, number, a.session));
                assert!(after.feasible(), "{a:?}: {:?}", after.hard);
                assert_eq!(after.soft_cost() - before.soft_cost(), a.cost.cost);
                assert_eq!(Difference::between(&before, &after), a.cost);
                assert!(a.session != report.lesson.session && seen.insert(a.session));
                places += 1;
            }
            for c in &report.lead.colleagues {
                let second = report.lesson.session.second;
                let second = second.filter(|_| matches!(report.lesson.session.task, Task::Group(_)));
                let other = Session {
                    teacher: c.teacher,
                    second,
                    ..report.lesson.session
                };
                let after = score(&problem, &with(&solution, number, other));
                assert_eq!(c.cost.is_some(), after.feasible(), "{c:?}: {:?}", after.hard);
                assert_eq!(c.rules, after.hard.into_keys().collect::<Vec<_>>());
            }
            session_text(&problem, &report);
        }
    }
    assert!(places > 50, "only {places} places were looked at");
}

/// The referee asked about every place there is: none is cheaper, and none that is feasible has been left out.
#[test]
fn no_place_is_cheaper_than_the_cheapest() {
    let problem = r60();
    let solution = solved(&problem, 4);
    let before = score(&problem, &solution);
    let alone = |s: &Session| matches!(s.task, Task::Order(_)) && s.second.is_none();
    let group = |s: &Session| matches!(s.task, Task::Group(_));
    // The session of one child that has most other places, of some.
    let places = |&i: &usize| explain::session(&problem, &solution, i).unwrap().alternatives.len();
    let orders = (0..solution.sessions.len()).filter(|&i| alone(&solution.sessions[i]));
    let order = orders.step_by(20).max_by_key(places);
    let groups = (0..solution.sessions.len()).filter(|&i| group(&solution.sessions[i]));
    let mut found = 0;
    for number in order.into_iter().chain(groups.take(1)) {
        let now = solution.sessions[number];
        let report = explain::session(&problem, &solution, number).unwrap();
        let kind = problem.rooms[now.room].kind;
        let rooms = (0..problem.rooms.len())
            .filter(|&r| problem.rooms[r].kind == kind && problem.rooms[r].site == problem.rooms[now.room].site);
        let rooms: Vec<usize> = rooms.collect();
        // The others are refused wherever it is.
        let service = problem.series(now.task).unwrap().service;
        let leads = (0..problem.teachers.len()).filter(|&t| problem.teachers[t].qual[service] > 0);
        let leads: Vec<usize> = leads.collect();
        let mut best = None;
        let mut ways = BTreeSet::new();
        for (day, start) in (0..5).flat_map(|day| (0..13).map(move |start| (day, start))) {
            for &teacher in &leads {
                for &room in &rooms {
                    let there = Session {
                        day,
                        start,
                        teacher,
                        room,
                        ..now
                    };
                    let after = score(&problem, &with(&solution, number, there));
                    if there != now && after.feasible() {
                        let cost = after.soft_cost() - before.soft_cost();
                        best = Some(best.map_or(cost, |b: i64| b.min(cost)));
                        ways.insert((day, start, teacher));
                    }
                }
            }
        }
        let told = report.alternatives.iter().filter(|a| a.session.second == now.second);
        assert_eq!(
            told.clone().map(|a| a.cost.cost).min(),
            best,
            "session {number}: {now:?}"
        );
        let told: BTreeSet<_> = told
            .map(|a| (a.session.day, a.session.start, a.session.teacher))
            .collect();
        assert_eq!(told, ways);
        assert!(report.saves() >= best.map_or(0, |b| -b));
        found += ways.len();
    }
    assert!(found > 0, "there was no other place to be missed");
}

#[test]
fn whatever_is_broken_is_named() {
    let problem = r60();
    let good = solved(&problem, 1);
    let mut rules = BTreeSet::new();
    for seed in 0..25 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut solution = good.clone();
        for _ in 0..rng.usize(1..12) {
            let number = rng.usize(0..solution.sessions.len());
            match rng.u8(0..6) {
                0 => drop(solution.sessions.remove(number)),
                1 => {
                    let copy = solution.sessions[number];
                    solution.sessions.push(copy);
                }
                2 => solution.sessions[number].day = 9,
                3 => {
                    let g = rng.usize(0..solution.members.len());
                    solution.members[g].push(rng.usize(0..problem.children.len()));
                    solution.members[g].swap_remove(0);
                }
                _ => solution.sessions[number] = anywhere(&problem, solution.sessions[number], &mut rng),
            }
        }
        let (report, score) = (explain::week(&problem, &solution), score(&problem, &solution));
        assert!(!report.feasible || score.feasible());
        assert_eq!(
            report.missing.iter().map(|m| m.sessions).sum::<usize>(),
            score.unscheduled
        );
        assert_eq!(report.unplaced.iter().map(|u| u.places).sum::<usize>(), score.unplaced);
        let named: Vec<(Hard, usize)> = report.broken.iter().map(|b| (b.rule, b.times)).collect();
        assert_eq!(named, score.hard.clone().into_iter().collect::<Vec<_>>());
        assert_eq!(report.terms.iter().map(|t| t.cost).sum::<i64>(), score.soft_cost());
        let texts = week_text(&problem, &solution);
        for (text, language) in texts.iter().zip(LANGUAGES) {
            for rule in score.hard.keys() {
                assert!(text.contains(rule.sentence(language)), "{rule:?} is not in: {text}");
            }
        }
        rules.extend(score.hard.keys().copied());
        for number in (0..solution.sessions.len())
            .step_by(40)
            .chain(solution.sessions.len() - 1..solution.sessions.len())
        {
            let report = explain::session(&problem, &solution, number).unwrap();
            let mut without = solution.clone();
            without.sessions.remove(number);
            let (less, all) = (score_of(&problem, &without), examples(&problem, &solution));
            for b in &report.broken {
                assert_eq!(b.times, score.hard[&b.rule] - less.get(&b.rule).copied().unwrap_or(0));
                assert!(!b.examples.is_empty() && b.examples.iter().all(|e| all[&b.rule].contains(e)));
            }
            for a in &report.alternatives {
                let after = score_of(&problem, &with(&solution, number, a.session));
                for (rule, times) in &after {
                    assert!(times <= &score.hard.get(rule).copied().unwrap_or(0), "{rule:?}");
                }
                if !report.broken.is_empty() {
                    assert!(
                        after.values().sum::<usize>() < score.hard_total(),
                        "it does not mend anything"
                    );
                }
            }
            session_text(&problem, &report);
        }
    }
    assert!(rules.len() >= 15, "only {rules:?} were broken");
}

fn score_of(problem: &Problem, solution: &Solution) -> std::collections::BTreeMap<Hard, usize> {
    score(problem, solution).hard
}

#[test]
fn a_pinned_session_stays_and_a_broken_pin_is_told() {
    let mut problem = r60();
    let solution = solved(&problem, 1);
    let free = |number: &usize| {
        let report = explain::session(&r60(), &solution, *number).unwrap();
        matches!(report.lesson.session.task, Task::Order(_)) && report.alternatives.len() > 1
    };
    let number = (0..solution.sessions.len()).find(free).unwrap();
    let session = solution.sessions[number];
    problem.pins = vec![Pin {
        task: session.task,
        day: Some(session.day),
        start: Some(session.start),
        teacher: None,
        second: None,
        room: None,
    }];
    let report = explain::session(&problem, &solution, number).unwrap();
    assert_eq!(report.pin.as_ref(), problem.pins.first());
    let same = |s: &Session| (s.day, s.start) == (session.day, session.start);
    assert!(report.alternatives.iter().all(|a| same(&a.session)));
    let [chinese, english] = session_text(&problem, &report);
    assert!(chinese.contains("事先定好") && english.contains("decided beforehand"));
    assert!(explain::week(&problem, &solution).unkept.is_empty());

    let used = |u: usize| solution.sessions.iter().any(|s| s.task == session.task && s.start == u);
    problem.pins[0].start = (0..problem.grid.slots).find(|&u| !used(u));
    let report = explain::week(&problem, &solution);
    assert!(!report.feasible && report.unkept == problem.pins);
    let [chinese, english] = week_text(&problem, &solution);
    assert!(
        chinese.contains("没有照办") && english.contains("not kept"),
        "{english}"
    );
    assert_eq!(
        explain::session(&problem, &solution, number).unwrap().pin,
        None,
        "it is not this one that is decided"
    );
}

#[test]
fn sessions_are_numbered_as_in_the_file() {
    let (problem, mut solution) = week();
    solution["sessions"].as_array_mut().unwrap().reverse();
    let (problem, solution) = read_week(&problem, &solution);
    let tasks = [0, 1].map(|number| {
        explain::session(&problem, &solution, number)
            .unwrap()
            .lesson
            .session
            .task
    });
    assert_eq!(tasks, [Task::Group(0), Task::Order(0)]);
    assert_eq!(explain::session(&problem, &solution, 2), None);
}

#[test]
fn what_is_missing_is_told_child_by_child() {
    let (mut problem, mut solution) = week();
    problem["orders"][0]["sessions"] = json!(3);
    problem["groups"][0]["min_size"] = json!(0);
    solution["members"] = json!({});
    let (problem, solution) = read_week(&problem, &solution);
    let [chinese, english] = week_text(&problem, &solution);
    for part in [
        "还不能公布：2 节课没有排上，1 个集体课名额没有落实。",
        "儿童 0 的 Speech：少 2 节（应上 3 节）。",
        "儿童 1：Music，1 个名额。",
    ] {
        assert!(chinese.contains(part), "{chinese}");
    }
    for part in [
        "2 sessions are missing, 1 place in a class is missing.",
        "Speech of child 0: 2 of 3 sessions missing.",
        "Child 1: Music, 1 place.",
    ] {
        assert!(english.contains(part), "{english}");
    }
}

#[test]
fn reports_are_data_too() {
    let (problem, solution) = read_week(&week().0, &week().1);
    let report = serde_json::to_value(explain::week(&problem, &solution)).unwrap();
    assert_eq!((&report["cost"], &report["feasible"]), (&json!(2), &json!(true)));
    assert_eq!(report["terms"][0]["term"], json!("S6_child_visit"));
    assert_eq!(report["terms"][0]["contributors"][1]["whose"], json!({"child": 1}));
    let report = serde_json::to_value(explain::session(&problem, &solution, 1).unwrap()).unwrap();
    assert_eq!(
        (&report["number"], &report["group"], &report["day"]),
        (&json!(1), &json!(0), &json!(0))
    );
    assert_eq!(
        report["cost"],
        json!({"cost": 1, "terms": [{"term": "S6_child_visit", "units": 1, "cost": 1}]})
    );
    let other = &report["alternatives"][0];
    assert_eq!(
        (&other["group"], &other["room"], &other["cost"]),
        (&json!(0), &json!(1), &json!(0))
    );
}
