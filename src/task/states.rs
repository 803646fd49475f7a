//! The states of a task.

use entities::words::TaskState;

use crate::platform::states::{Machine, Meaning};

/// The states of tasks.
#[derive(Clone, Copy, Debug)]
pub struct Tasks;

impl Machine for Tasks {
    type State = TaskState;
    fn of(state: TaskState) -> Meaning<TaskState> {
        use TaskState::{Cancelled, Done, Lost, Open, Settled};
        let (moves, look): (&[TaskState], _) = match state {
            Open => (&[Done, Settled, Lost, Cancelled], ("info", "due")),
            Done | Settled => (&[], ("success", "done")),
            Lost => (&[], ("danger", "lost")),
            // Called for again: the child came back, the merge was undone.
            Cancelled => (&[Open], ("neutral", "cancelled")),
        };
        Meaning {
            open: state == Open,
            moves,
            look,
        }
    }
}

/// People said so; everything else follows from the rows that the task is about.
pub const fn is_said(state: TaskState) -> bool {
    match state {
        TaskState::Done | TaskState::Lost => true,
        TaskState::Open | TaskState::Settled | TaskState::Cancelled => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_called_for_any_more_comes_back() {
        for state in TaskState::ALL {
            let back = Tasks::may(*state, TaskState::Open);
            assert_eq!(back, *state == TaskState::Cancelled, "{state:?}");
        }
        assert_eq!(Tasks::open(), [TaskState::Open]);
    }
}
