//! Bytes and values by chance: the reader comes to an end, and what was written is read again.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use solver::{
    problem::Task,
    read,
    score::{score, score_repair},
    solution::{Absence, ChangeWeights, Event, Session, Solution},
    write::{write_event, write_solution},
};

use super::{
    bytes,
    tiny::{event, order, push, week},
    tiny_problem,
};

/// Everything that can be done with files that nobody has looked at: it must come to an end, well or not.
fn swallow(problem: &[u8], solution: &[u8], event: &[u8]) {
    let Ok(problem) = read::problem(problem) else { return };
    let solution = read::solution(&problem, solution);
    let event = read::event(&problem, event);
    if let Ok(solution) = &solution {
        let found = score(&problem, solution);
        serde_json::to_string(&found).unwrap();
    }
    if let (Ok(solution), Ok(event)) = (&solution, &event) {
        score_repair(&problem, solution, event);
    }
}

/// A change of the bytes of a file.
#[derive(Debug, Clone)]
enum Damage {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let byte = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b"{}[],:\"-.0123456789eE \\unl".to_vec())
    ];
    prop_oneof![
        8 => (any::<Index>(), byte.clone()).prop_map(|(at, b)| Damage::Replace(at, b)),
        4 => (any::<Index>(), byte).prop_map(|(at, b)| Damage::Insert(at, b)),
        4 => any::<Index>().prop_map(Damage::Remove),
        1 => any::<Index>().prop_map(Damage::Cut),
    ]
}

fn damaged(text: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut text = text.to_vec();
    for damage in damages {
        if text.is_empty() {
            break;
        }
        match *damage {
            Damage::Replace(at, b) => {
                let at = at.index(text.len());
                text[at] = b;
            }
            Damage::Insert(at, b) => text.insert(at.index(text.len()), b),
            Damage::Remove(at) => {
                text.remove(at.index(text.len()));
            }
            Damage::Cut(at) => text.truncate(at.index(text.len())),
        }
    }
    text
}

/// A change of the values of a file, which stays JSON.
#[derive(Debug, Clone)]
enum Twist {
    Put(Index, Value),
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
}

fn twist() -> impl Strategy<Value = Twist> {
    let odd = [
        json!(null),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(7),
        json!(16),
        json!(64),
        json!(10_000),
        json!(-1),
        json!(1e40),
        json!(0.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("0"),
        json!("group"),
        json!([]),
        json!([0, 1]),
        json!({}),
        json!({"0": 1}),
        json!(true),
    ];
    prop_oneof![
        4 => (any::<Index>(), proptest::sample::select(odd.to_vec())).prop_map(|(at, v)| Twist::Put(at, v)),
        1 => any::<Index>().prop_map(Twist::Drop),
        1 => any::<Index>().prop_map(Twist::Repeat),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Twist::Swap(a, b)),
    ]
}

/// All places of a value, as JSON pointers.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, item)| places(item, &format!("{here}/{i}"), all)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, item)| places(item, &format!("{here}/{key}"), all)),
        _ => {}
    }
}

fn twisted(mut value: Value, twists: &[Twist]) -> Value {
    for twist in twists {
        let mut all = Vec::new();
        places(&value, "", &mut all);
        let pick = |at: &Index| all[at.index(all.len())].clone();
        match twist {
            Twist::Put(at, new) => {
                if let Some(place) = value.pointer_mut(&pick(at)) {
                    *place = new.clone();
                }
            }
            Twist::Drop(at) => {
                let path = pick(at);
                let Some((parent, key)) = path.rsplit_once('/') else {
                    continue;
                };
                match value.pointer_mut(parent) {
                    Some(Value::Object(fields)) => {
                        fields.remove(key);
                    }
                    Some(Value::Array(items)) => {
                        items.remove(key.parse().unwrap());
                    }
                    _ => {}
                }
            }
            Twist::Repeat(at) => {
                let path = pick(at);
                let Some((parent, _)) = path.rsplit_once('/') else {
                    continue;
                };
                let item = value.pointer(&path).cloned().unwrap_or_default();
                if let Some(Value::Array(items)) = value.pointer_mut(parent) {
                    items.push(item);
                }
            }
            Twist::Swap(a, b) => {
                let (a, b) = (pick(a), pick(b));
                let (left, right) = (value.pointer(&a).cloned(), value.pointer(&b).cloned());
                if let (Some(place), Some(right)) = (value.pointer_mut(&a), right) {
                    *place = right;
                }
                if let (Some(place), Some(left)) = (value.pointer_mut(&b), left) {
                    *place = left;
                }
            }
        }
    }
    value
}

/// Sessions of the tiny week as wild as the reader lets them be.
fn solution() -> impl Strategy<Value = Solution> {
    let session = (
        any::<bool>(),
        0..12_usize,
        0..20_usize,
        0..3_usize,
        proptest::option::of(0..3_usize),
        0..4_usize,
    );
    let sessions = proptest::collection::vec(session, 0..40).prop_map(|sessions| {
        let one = |(order, day, start, teacher, second, room)| {
            let task = if order { Task::Order(0) } else { Task::Group(0) };
            Session {
                task,
                day,
                start,
                teacher,
                second,
                room,
            }
        };
        sessions.into_iter().map(one).collect::<Vec<_>>()
    });
    let members = proptest::collection::vec(0..3_usize, 0..6);
    (sessions, members).prop_map(|(sessions, members)| Solution {
        sessions,
        members: vec![members],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_make_it_panic(
        in_problem in proptest::collection::vec(damage(), 0..4),
        in_solution in proptest::collection::vec(damage(), 0..4),
        in_event in proptest::collection::vec(damage(), 0..4),
    ) {
        let (problem, solution) = week();
        let event = event(&solution);
        swallow(
            &damaged(&bytes(&problem), &in_problem),
            &damaged(&bytes(&solution), &in_solution),
            &damaged(&bytes(&event), &in_event),
        );
    }

    #[test]
    fn no_values_make_it_panic(
        in_problem in proptest::collection::vec(twist(), 0..3),
        in_solution in proptest::collection::vec(twist(), 0..5),
        in_event in proptest::collection::vec(twist(), 0..5),
    ) {
        let (mut problem, solution) = week();
        push(&mut problem["orders"], order(1, 1));
        problem["pins"] = json!([{"order": 0, "day": 0, "start": 0, "teacher": 0}]);
        let event = event(&solution);
        swallow(
            &bytes(&twisted(problem, &in_problem)),
            &bytes(&twisted(solution, &in_solution)),
            &bytes(&twisted(event, &in_event)),
        );
    }

    #[test]
    fn what_is_written_is_read(solution in solution()) {
        let problem = tiny_problem();
        let read = read::solution(&problem, write_solution(&problem, &solution).as_bytes()).unwrap();
        let mut sorted = solution;
        sorted.sessions.sort_unstable();
        prop_assert_eq!(read, sorted);
    }

    #[test]
    fn events_too(baseline in solution(), now in (0..5_usize, 0..7_usize), from in 0..4_usize) {
        let problem = tiny_problem();
        let mut event = Event {
            baseline,
            absent: vec![Absence { teacher: 1, day: 2, from, to: from + 2 }],
            now,
            weights: ChangeWeights { cancelled: 7, family_moved: 6, teacher_changed: 5, room_changed: 0 },
        };
        let read = read::event(&problem, write_event(&problem, &event).as_bytes()).unwrap();
        event.baseline.sessions.sort_unstable();
        prop_assert_eq!(read.baseline, event.baseline);
        prop_assert_eq!((read.absent, read.now, read.weights), (event.absent, event.now, event.weights));
    }
}
