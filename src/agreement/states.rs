//! The states of templates and agreements.
//!
//! ```text
//! template:   Draft ─(a second person)─> InUse ─(the next version)─> Replaced;  Draft ─> Withdrawn
//! agreement:  Waiting ─(the last signature)─> Signed ─(an amendment is signed)─> Replaced
//!                │ └─(amended before everybody had signed)─> Replaced
//!                └─> Withdrawn
//! ```

use entities::words::{AgreementState, TemplateState};

use crate::platform::states::{Machine, Meaning};

/// Of templates.
#[derive(Clone, Copy, Debug)]
pub struct Templates;

impl Machine for Templates {
    type State = TemplateState;
    fn of(state: TemplateState) -> Meaning<TemplateState> {
        use TemplateState::{Draft, InUse, Replaced, Withdrawn};
        let (open, moves, look): (_, &[_], _) = match state {
            Draft => (true, &[InUse, Withdrawn], ("neutral", "draft")),
            InUse => (false, &[Replaced], ("success", "check")),
            Replaced => (false, &[], ("neutral", "undo")),
            Withdrawn => (false, &[], ("neutral", "cancelled")),
        };
        Meaning { open, moves, look }
    }
}

/// Of agreements.
#[derive(Clone, Copy, Debug)]
pub struct Agreements;

impl Machine for Agreements {
    type State = AgreementState;
    fn of(state: AgreementState) -> Meaning<AgreementState> {
        use AgreementState::{Replaced, Signed, Waiting, Withdrawn};
        let (open, moves, look): (_, &[_], _) = match state {
            Waiting => (true, &[Signed, Replaced, Withdrawn], ("info", "waiting")),
            Signed => (false, &[Replaced], ("success", "done")),
            Replaced => (false, &[], ("neutral", "undo")),
            Withdrawn => (false, &[], ("neutral", "recall")),
        };
        Meaning { open, moves, look }
    }
}
