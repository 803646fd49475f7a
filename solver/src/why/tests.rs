//! The board counts as the referee does, and looking at it leaves it as it was.

use super::{
    board::Board,
    place::{Wish, look},
    repair,
};
use crate::{
    engine::{Options, solve},
    problem::{Problem, Task},
    read,
    score::score,
    solution::{Session, Solution},
};

fn r60() -> (Problem, Solution) {
    let problem = read::problem(include_bytes!("../../reference/instances/r60.json")).unwrap();
    let options = Options {
        iterations: Some(20_000),
        ..Options::default()
    };
    let solution = solve(&problem, &options).solution;
    (problem, solution)
}

fn lying(board: &Board<'_>) -> Solution {
    let there = board.sessions.iter().zip(&board.on).filter(|(_, on)| **on);
    Solution {
        sessions: there.map(|(s, _)| *s).collect(),
        members: board.members.clone(),
    }
}

#[test]
fn the_board_costs_what_the_referee_says() {
    let (problem, solution) = r60();
    let mut board = Board::new(&problem, &solution);
    let mut rng = fastrand::Rng::with_seed(1);
    assert_eq!(board.cost, score(&problem, &solution).soft_cost());
    for round in 0..1_000 {
        let i = rng.usize(0..board.sessions.len());
        if board.on[i] {
            board.take(i);
        } else {
            let anywhere = Session {
                task: board.sessions[i].task,
                day: rng.usize(0..=problem.grid.days),
                start: rng.usize(0..=problem.grid.slots),
                teacher: rng.usize(0..problem.teachers.len()),
                second: rng.bool().then(|| rng.usize(0..problem.teachers.len())),
                room: rng.usize(0..problem.rooms.len()),
            };
            board.put(i, anywhere);
        }
        if round % 10 == 0 {
            assert_eq!(board.cost, score(&problem, &lying(&board)).soft_cost(), "round {round}");
        }
    }
}

#[test]
fn looking_and_searching_leave_the_board_as_it_was() {
    let (problem, mut solution) = r60();
    let mut rng = fastrand::Rng::with_seed(2);
    // The first order has a session that is not set yet.
    let first = solution.sessions.iter().position(|s| s.task == Task::Order(0)).unwrap();
    solution.sessions.remove(first);
    let mut board = Board::new(&problem, &solution);
    let state = |board: &Board<'_>| {
        let on = board.on.clone();
        (lying(board), on, board.cost, board.load.clone(), board.watched.clone())
    };
    let before = state(&board);
    let mut found = 0;
    for round in 0..100 {
        let order = if round % 2 == 0 {
            0
        } else {
            rng.usize(0..problem.orders.len())
        };
        let wish = |moving| Wish {
            order,
            day: rng.clone().usize(0..problem.grid.days),
            start: rng.clone().usize(0..problem.grid.slots),
            moving,
        };
        let held = board.of_task(Task::Order(order)).to_vec();
        let all = held.into_iter().map(Some).chain((order == 0).then_some(None));
        let looks: Vec<_> = all.map(|moving| look(&mut board, &wish(moving))).collect();
        assert_eq!(state(&board), before, "looked, round {round}");
        let looks: Vec<_> = looks.iter().collect();
        found += repair::search(&mut board, &looks, &wish(None), 2_000).len();
        assert_eq!(state(&board), before, "searched, round {round}");
        rng.u64(..);
    }
    assert!(found > 20, "{found}");
}
