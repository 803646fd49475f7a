//! The states of a file that belongs to something.

use entities::words::AttachmentState;

use crate::platform::states::{Machine, Meaning};

/// The states of files.
#[derive(Clone, Copy, Debug)]
pub struct Attachments;

/// It has been looked into, and may be opened.
pub fn opens(state: AttachmentState) -> bool {
    match state {
        AttachmentState::Ready => true,
        AttachmentState::Preparing
        | AttachmentState::SetApart
        | AttachmentState::Refused
        | AttachmentState::Withdrawn => false,
    }
}

/// It belongs to its owner still.
pub(super) fn is_there(state: AttachmentState) -> bool {
    match state {
        AttachmentState::Ready | AttachmentState::Preparing | AttachmentState::SetApart => true,
        AttachmentState::Refused | AttachmentState::Withdrawn => false,
    }
}

impl Machine for Attachments {
    type State = AttachmentState;

    fn of(state: AttachmentState) -> Meaning<AttachmentState> {
        use AttachmentState::{Preparing, Ready, Refused, SetApart, Withdrawn};
        // Open: the sweep has something to do.
        let (open, moves, look): (_, &[_], _) = match state {
            Preparing => (true, &[Ready, SetApart, Refused, Withdrawn], ("info", "waiting")),
            SetApart => (true, &[Ready, Preparing, Refused, Withdrawn], ("warning", "lock")),
            Ready => (false, &[Withdrawn], ("success", "done")),
            Refused => (false, &[Withdrawn], ("danger", "declined")),
            Withdrawn => (false, &[], ("neutral", "cancelled")),
        };
        Meaning { open, moves, look }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_opened_that_still_has_to_be_looked_into() {
        for state in AttachmentState::ALL.iter().copied() {
            assert!(!(opens(state) && Attachments::is_open(state)), "{state:?}");
            assert!(!opens(state) || is_there(state), "{state:?}");
        }
        assert!(Attachments::may(AttachmentState::SetApart, AttachmentState::Ready));
        assert!(!Attachments::may(AttachmentState::Refused, AttachmentState::Ready));
        assert!(!Attachments::may(AttachmentState::Withdrawn, AttachmentState::Ready));
    }
}
