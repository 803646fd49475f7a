//! States: everything that a state of something means stands in one table, and questions about it are asked there, also those
//! that the database answers.
//!
//! A feature writes its table as one `const fn` that names every state, and a marker with [`Machine`]; what only this kind of
//! thing has (whose turn it is, which day counts) stands in the same table beside it.

use entities::words::Vocabulary;

use super::{
    error::{Error, Result},
    words::Say,
};

/// What every state means, whatever it is a state of.
#[derive(Clone, Copy, Debug)]
pub struct Meaning<S: 'static> {
    /// Somebody still has to do something about it.
    pub open: bool,
    /// Where it can go from here.
    pub moves: &'static [S],
    /// How it looks: its tone, and the icon beside its word.
    pub look: (&'static str, &'static str),
}

/// The states of one kind of thing.
pub trait Machine {
    /// Its vocabulary.
    type State: Vocabulary + std::fmt::Debug;

    /// What a state means.
    fn of(state: Self::State) -> Meaning<Self::State>;

    /// Somebody still has to do something about it.
    fn is_open(state: Self::State) -> bool {
        Self::of(state).open
    }

    /// Whether one state may follow another.
    fn may(from: Self::State, to: Self::State) -> bool {
        Self::of(from).moves.contains(&to)
    }

    /// The states of which something holds, in the order of the vocabulary: for conditions on columns.
    fn those(holds: impl Fn(Self::State) -> bool) -> Vec<Self::State> {
        Self::State::ALL.iter().copied().filter(|state| holds(*state)).collect()
    }

    /// The states in which somebody still has to do something.
    fn open() -> Vec<Self::State> {
        Self::those(Self::is_open)
    }

    /// Refuse a move that the table does not know; `say` has the sentence, with `%{state}` for where it stands.
    ///
    /// # Errors
    /// Refused: somebody was quicker.
    fn must(from: Self::State, to: Self::State, say: &'static str) -> Result<()> {
        if Self::may(from, to) {
            Ok(())
        } else {
            Err(Error::refused(Say::new(say).with_word("state", from.word())))
        }
    }
}

#[cfg(test)]
mod tests {
    use entities::words::DuplicateState;

    use super::*;

    struct Pairs;

    impl Machine for Pairs {
        type State = DuplicateState;
        fn of(state: DuplicateState) -> Meaning<DuplicateState> {
            use DuplicateState::{KeptBoth, Later, Merged, Open};
            let (open, moves): (_, &[_]) = match state {
                Open => (true, &[Later, KeptBoth, Merged]),
                Later => (true, &[Open]),
                KeptBoth | Merged => (false, &[]),
            };
            Meaning {
                open,
                moves,
                look: ("info", "due"),
            }
        }
    }

    #[test]
    fn conditions_are_made_from_the_table() {
        assert_eq!(Pairs::open(), [DuplicateState::Open, DuplicateState::Later]);
        assert_eq!(Pairs::those(|state| Pairs::of(state).moves.is_empty()).len(), 2);
        assert!(Pairs::must(DuplicateState::Open, DuplicateState::Merged, "x").is_ok());
        assert!(Pairs::must(DuplicateState::Merged, DuplicateState::Open, "x").is_err());
    }
}
