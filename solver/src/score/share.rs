//! Where the units of a term come from.

use serde::Serialize;

use crate::problem::{ChildId, Day, GroupId, OrderId, Task, TeacherId};

/// Whom a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// A prescription.
    Order(OrderId),
    /// A class.
    Group(GroupId),
    /// A child.
    Child(ChildId),
    /// A teacher, therapist or trainee.
    Teacher(TeacherId),
}

impl From<Task> for Whose {
    fn from(task: Task) -> Self {
        match task {
            Task::Order(id) => Self::Order(id),
            Task::Group(id) => Self::Group(id),
        }
    }
}

/// Some units of a term, never none: all that one prescription, class or teacher's week has, or one day of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Whose.
    pub whose: Whose,
    /// On which day; nothing where the term is about the week.
    pub day: Option<Day>,
    /// How many.
    pub units: usize,
}
