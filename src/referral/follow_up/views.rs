//! The pages of follow-up tasks.

use askama::Template;
use entities::{
    child::child,
    screening::follow_up,
    words::{FollowUpKind, FollowUpState},
};

use super::{super::views::Entry, queries::Row};
use crate::{
    platform::{Errors, Say},
    referral::forms::MoveForm,
    web::{Choice, List, Page, filters},
};

/// A row of the list with its words.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub row: Row,
    /// Whose task, by name.
    pub place: String,
    /// How the due day lies; none when the task has ended.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
}

impl Line {
    fn look(&self) -> (&'static str, &'static str) {
        state_look(self.row.state)
    }
}

/// The list.
#[derive(Template)]
#[template(path = "referral/follow_ups.html")]
pub struct FollowUpsPage {
    /// What is asked for.
    pub list: List,
    /// What was found.
    pub page: Page<Line>,
    /// States to filter by.
    pub states: Vec<Choice>,
    /// Kinds to filter by.
    pub kinds: Vec<Choice>,
    /// Only overdue ones, or all.
    pub overdue: Vec<Choice>,
}

/// How the state of a task looks.
pub fn state_look(state: FollowUpState) -> (&'static str, &'static str) {
    match state {
        FollowUpState::Open => ("info", "due"),
        FollowUpState::Done => ("success", "done"),
        FollowUpState::Lost => ("danger", "lost"),
        FollowUpState::Cancelled => ("neutral", "cancelled"),
    }
}

/// One task.
#[derive(Template)]
#[template(path = "referral/follow_up.html")]
pub struct FollowUpPage {
    /// The task.
    pub task: follow_up::Model,
    /// The child.
    pub child: child::Model,
    /// Age in words.
    pub age: String,
    /// Whose task, by name.
    pub place: String,
    /// How the due day lies; none when the task has ended.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
    /// The reader may act.
    pub may_act: bool,
    /// Failed attempts so far, and how many make a child lost.
    pub attempts: (u32, u32),
    /// Attempts, newest first.
    pub history: Vec<Entry>,
    /// The referral for intake that belongs to it.
    pub intake: Option<entities::ReferralId>,
    /// What was typed.
    pub form: MoveForm,
    /// What is wrong.
    pub errors: Errors,
    /// Ways of trying a family.
    pub methods: Vec<Choice>,
    /// What can come of it.
    pub results: Vec<Choice>,
}

impl FollowUpPage {
    fn look(&self) -> (&'static str, &'static str) {
        state_look(self.task.state)
    }

    /// The open task of finding an organisation for the child.
    fn is_search(&self) -> bool {
        self.task.kind == FollowUpKind::FindReceiver && self.task.state == FollowUpState::Open
    }

    fn open(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| !self.errors.get(field).is_empty())
    }
}
