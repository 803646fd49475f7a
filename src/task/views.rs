//! The list of tasks, and the page of one.

use askama::Template;
use entities::{
    child::child,
    task::task,
    words::{TaskState, What},
};

use super::{forms::TaskForm, history::Entry, rows::Row, rules, states::Tasks};
use crate::{
    children::{Calls, Phone},
    platform::{Errors, Say, about::Beside, states::Machine as _},
    web::{Choice, List, Page, filters, listing::Kept},
};

/// A row of the list with its words.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The row.
    pub row: Row,
    /// Whose task, by name.
    pub place: String,
    /// The organisation that it is about, by name; empty when it is about a child.
    pub about: String,
    /// How the due day lies; none when the task has ended or has no day.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
    /// Whom to call, where the task is a talk with the family.
    pub phone: Option<Phone>,
}

impl Line {
    fn look(&self) -> (&'static str, &'static str) {
        Tasks::of(self.row.state).look
    }

    /// What it is about, by name.
    fn name(&self) -> &str {
        self.row.name.as_deref().unwrap_or(&self.about)
    }

    /// The page on which it is done.
    fn href(&self) -> String {
        let row = &self.row;
        rules::page(row.id, row.what, row.child_id, row.focus_id)
    }
}

/// The list.
#[derive(Template)]
#[template(path = "task/index.html")]
pub(super) struct TasksPage {
    /// What is asked for.
    pub list: List,
    /// What was found.
    pub page: Page<Line>,
    /// States to filter by.
    pub states: Vec<Choice>,
    /// Groups to filter by.
    pub groups: Vec<Choice>,
    /// Things to be done to filter by.
    pub whats: Vec<Choice>,
    /// Only those of the reader's organisation, or all that are in sight.
    pub whose: Vec<Choice>,
    /// Only overdue ones, or all.
    pub overdue: Vec<Choice>,
    /// The list can be taken out.
    pub can_export: bool,
    /// Filters that somebody keeps.
    pub kept: Kept,
}

/// One task.
#[derive(Template)]
#[template(path = "task/show.html")]
pub(super) struct TaskPage {
    /// The task.
    pub task: task::Model,
    /// The child; none where it is about no single child.
    pub child: Option<child::Model>,
    /// File number, sex and age of the child.
    pub lead: String,
    /// Whose task, by name.
    pub place: String,
    /// The organisation that it is about, by name.
    pub about: String,
    /// How the due day lies; none when the task has ended.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
    /// The reader may say what came of it.
    pub may_act: bool,
    /// Whom to call, for those who may say what came of it.
    pub calls: Option<Calls>,
    /// The reader may look again at the child: the screen that does it settles the task.
    pub may_screen: bool,
    /// The page on which it is done, when that is another.
    pub elsewhere: Option<String>,
    /// Failed attempts so far, and how many make a child lost.
    pub attempts: (u32, u32),
    /// Attempts, newest first.
    pub history: Vec<Entry>,
    /// Pages that belong to it.
    pub besides: Vec<Beside>,
    /// What was typed.
    pub form: TaskForm,
    /// What is wrong.
    pub errors: Errors,
    /// Ways of trying a family.
    pub methods: Vec<Choice>,
    /// What can come of it.
    pub results: Vec<Choice>,
}

impl TaskPage {
    /// One button of the page stands out: what the task is done with.
    fn tone(stands_out: impl std::borrow::Borrow<bool>) -> &'static str {
        if *stands_out.borrow() { "primary" } else { "" }
    }

    fn look(&self) -> (&'static str, &'static str) {
        Tasks::of(self.task.state).look
    }

    /// The child's or the organisation's name.
    fn name(&self) -> &str {
        self.child.as_ref().map_or(&self.about, |child| &child.name)
    }

    fn is_open_for(&self, what: What) -> bool {
        self.task.what == what && self.task.state == TaskState::Open
    }

    fn open(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| !self.errors.get(field).is_empty())
    }
}
