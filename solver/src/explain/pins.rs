//! Whether what was decided beforehand is so in the timetable.

use crate::{
    matching::seats,
    problem::{Pin, Problem, Task},
    solution::{Session, Solution},
};

/// Whether a session is as a pin says.
pub(crate) fn agrees(pin: &Pin, session: &Session) -> bool {
    pin.task == session.task
        && pin.day.is_none_or(|day| day == session.day)
        && pin.start.is_none_or(|start| start == session.start)
        && pin.teacher.is_none_or(|teacher| teacher == session.teacher)
        && pin.second.is_none_or(|second| session.second == Some(second))
        && pin.room.is_none_or(|room| room == session.room)
}

/// The pins of a task.
pub(super) fn of(problem: &Problem, task: Task) -> Vec<&Pin> {
    problem.pins.iter().filter(|pin| pin.task == task).collect()
}

/// Which pins are kept, each by a session of its own; as many as can be.
pub(crate) fn kept(pins: &[&Pin], sessions: &[Session]) -> Vec<bool> {
    let taken = seats(pins.len(), sessions.len(), |pin, s| agrees(pins[pin], &sessions[s]));
    let mut kept = vec![false; pins.len()];
    for &pin in taken.iter().flatten() {
        kept[pin] = true;
    }
    kept
}

/// The pins that no session keeps.
pub(super) fn broken(problem: &Problem, solution: &Solution) -> Vec<Pin> {
    let mut tasks: Vec<Task> = problem.pins.iter().map(|pin| pin.task).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let mut broken = Vec::new();
    for task in tasks {
        let sessions: Vec<Session> = solution.sessions.iter().filter(|s| s.task == task).copied().collect();
        let pins = of(problem, task);
        let kept = kept(&pins, &sessions);
        broken.extend(
            pins.into_iter()
                .zip(kept)
                .filter(|(_, kept)| !kept)
                .map(|(pin, _)| pin.clone()),
        );
    }
    broken
}
