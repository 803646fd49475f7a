//! What somebody has to do by a day (任务): about which row, whose, by when, how far the silence has climbed, how it ended.
//!
//! - [`rules`]: what each thing to be done means (one table), whose it can be, how what is wanted is compared with what is
//!   open;
//! - [`states`]: open → done (somebody said so) or settled (it happened) or lost, or cancelled (not called for any more);
//! - [`service`]: opens, changes and ends tasks in the transaction that causes it;
//! - [`queries`]: the conditions on tasks that lists, home pages and counts are made of;
//! - the list, the page of a task and what people say there: attempts to reach the family, done, lost;
//! - [`Deadlines`], the dated rule of the days, and [`escalation`]: silence climbs the ladder by itself and stops climbing
//!   when the task ends.
//!
//! Nobody opens or ends a task by hand: a feature says what is wanted, as a pure function of its rows, and the comparison
//! with what is open does the rest. So what moves a child on is set and settled by construction. What people say about a
//! task (done, lost) is a fact that the next comparison reads. What a task is about belongs to a feature behind this one,
//! which says in its `FEATURE` how it is told (`platform::about`).

mod contact;
mod dated;
mod deadlines;
mod due;
pub mod escalation;
mod forms;
mod history;
mod list;
pub mod queries;
mod routes;
mod rows;
pub mod rules;
pub mod said;
pub mod service;
pub mod states;
mod tiles;
mod views;

pub use contact::{failed_attempts, record_contact_in};
pub use deadlines::Deadlines;
pub use due::{Late, late};
pub use forms::{Attempt, Tried, moment};
pub use history::{Entry, Names, contact_entry, sort, task_entries};
pub use list::Tasks;
pub use rules::{Due, Wanted};

use self::escalation::Ladder;
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, navigation::Entry as Link},
};

/// What tasks bring to the application. Background work: silence climbs.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    rules: &[Described::of::<Deadlines>(), Described::of::<Ladder>()],
    sweeps: &[escalation::SWEEP],
    navigation: &[Link {
        order: 50,
        href: "/tasks",
        key: "nav.tasks",
        icon: "due",
        can: Can::ViewChildren,
    }],
    tiles: &[tiles::MINE, tiles::STUCK, tiles::NO_RECEIVER],
    ..Feature::named("task")
};
