//! The life of a target: its states as a table.

/// Where a target is. What a state means stands in [`State::moves`], [`State::phase`] and [`State::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// 待开始: in the plan, not begun.
    Waiting,
    /// 基线: how it is without teaching.
    Baseline,
    /// 教学.
    Teaching,
    /// 泛化: with other people, places, materials.
    Generalisation,
    /// 维持: mastered, looked at again in the weeks afterwards.
    Maintenance,
    /// 已结束: mastered and kept.
    Closed,
    /// 暂停: not now.
    OnHold,
    /// 终止: given up, with a reason.
    Discontinued,
}

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Baseline,
        Self::Teaching,
        Self::Generalisation,
        Self::Maintenance,
        Self::Closed,
        Self::OnHold,
        Self::Discontinued,
    ];

    /// Where it can go from here. A baseline that already reaches the rule ends: a harder target is chosen. What is not kept is
    /// taught again, also after it was closed. What waited goes on where it was.
    pub const fn moves(self) -> &'static [Self] {
        match self {
            Self::Waiting => &[Self::Baseline, Self::Teaching, Self::OnHold, Self::Discontinued],
            Self::Baseline => &[Self::Teaching, Self::Maintenance, Self::OnHold, Self::Discontinued],
            Self::Teaching => &[
                Self::Generalisation,
                Self::Maintenance,
                Self::OnHold,
                Self::Discontinued,
            ],
            Self::Generalisation => &[Self::Teaching, Self::Maintenance, Self::OnHold, Self::Discontinued],
            Self::Maintenance => &[Self::Teaching, Self::Closed, Self::OnHold, Self::Discontinued],
            Self::Closed => &[Self::Teaching],
            Self::OnHold => &[
                Self::Waiting,
                Self::Baseline,
                Self::Teaching,
                Self::Generalisation,
                Self::Maintenance,
                Self::Discontinued,
            ],
            Self::Discontinued => &[Self::Waiting],
        }
    }

    /// Whether it may go there.
    pub fn may(self, to: Self) -> bool {
        self.moves().contains(&to)
    }

    /// Somebody works at it, and its data make a phase of the chart.
    pub const fn phase(self) -> bool {
        match self {
            Self::Baseline | Self::Teaching | Self::Generalisation | Self::Maintenance => true,
            Self::Waiting | Self::Closed | Self::OnHold | Self::Discontinued => false,
        }
    }

    /// It counts among the mastered targets of its goal.
    pub const fn mastered(self) -> bool {
        match self {
            Self::Maintenance | Self::Closed => true,
            Self::Waiting
            | Self::Baseline
            | Self::Teaching
            | Self::Generalisation
            | Self::OnHold
            | Self::Discontinued => false,
        }
    }

    /// In Chinese and English.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("待开始", "waiting"),
            Self::Baseline => ("基线", "baseline"),
            Self::Teaching => ("教学", "teaching"),
            Self::Generalisation => ("泛化", "generalisation"),
            Self::Maintenance => ("维持", "maintenance"),
            Self::Closed => ("已结束", "closed"),
            Self::OnHold => ("暂停", "on hold"),
            Self::Discontinued => ("终止", "discontinued"),
        }
    }
}

/// So many of these targets are mastered, and so many there are: a short goal in numbers. What was given up is none of it.
pub fn roll_up(states: &[State]) -> (usize, usize) {
    let counted = states.iter().filter(|state| **state != State::Discontinued);
    (
        counted.clone().filter(|state| state.mastered()).count(),
        counted.count(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_can_end_and_none_leaps() {
        for state in State::ALL {
            assert!(!state.may(state), "{state:?}");
            assert!(!state.moves().is_empty(), "{state:?} is a trap");
        }
        assert!(!State::Waiting.may(State::Maintenance) && !State::Teaching.may(State::Closed));
        assert!(State::Maintenance.may(State::Teaching) && State::Closed.may(State::Teaching));
        // From everywhere the end is in reach.
        for state in State::ALL {
            let mut seen = vec![state];
            while let Some(next) = seen.iter().flat_map(|s| s.moves()).find(|s| !seen.contains(s)) {
                seen.push(*next);
            }
            assert!(seen.contains(&State::Closed), "{state:?}");
        }
    }

    #[test]
    fn a_goal_is_counted() {
        use State::{Closed, Discontinued, Maintenance, Teaching};
        assert_eq!(roll_up(&[Closed, Maintenance, Teaching, Discontinued]), (2, 3));
        assert_eq!(roll_up(&[]), (0, 0));
    }
}
