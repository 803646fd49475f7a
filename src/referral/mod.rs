//! Referrals (转介): one organisation hands a child over to another, and neither lets go before the other holds.
//!
//! - a finding *proposes* a referral; whoever found it *sends* it ([`sending`]); the receiver answers, and every move is
//!   one of [`states`], with who may make it in [`rules`] and the other side told;
//! - a *contact* is a documented attempt to reach the family: without enough failed ones nobody is lost;
//! - silence about a task climbs the *escalation* ladder by itself and stops climbing when the task ends;
//! - the *work list* is what is due, overdue, waited for, lost, come back.

mod asks;
mod compartment;
pub mod contact;
mod dated;
mod deadlines;
pub mod escalation;
pub mod forms;
pub mod history;
pub mod left_behind;
mod moving;
mod panels;
mod proposal;
pub mod queries;
pub mod reminder;
pub mod routes;
pub mod rules;
pub mod sending;
pub mod service;
pub mod states;
mod taken_back;
pub mod tasks;
mod tiles;
pub mod views;
pub mod work_list;

pub use deadlines::{Deadlines, due_dates};
pub use moving::{move_in, step_in};
pub use proposal::{Proposal, propose_for_in, propose_in, receivers};
pub use states::{is_open, may_move};
pub use taken_back::{corrected_in, reopened_in, rest_on_in, reword_in};

use self::escalation::Ladder;
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, Routes, navigation::Entry},
};

/// The routes of referrals.
fn routes() -> Routes {
    routes::routes()
        .merge(sending::routes::routes())
        .merge(tasks::routes())
        .merge(work_list::routes())
}

/// What referrals bring to the application. Background work: silence climbs, families are reminded of tomorrow,
/// results reach somebody who is there.
pub const FEATURE: Feature = Feature {
    routes,
    compartment: compartment::TABLES,
    rules: &[Described::of::<Deadlines>(), Described::of::<Ladder>()],
    sweeps: &[escalation::SWEEP, left_behind::SWEEP, reminder::SWEEP],
    navigation: &[
        Entry {
            order: 40,
            href: "/referrals",
            key: "nav.referrals",
            icon: "referral",
            can: Can::ViewChildren,
        },
        Entry {
            order: 50,
            href: "/tasks",
            key: "nav.tasks",
            icon: "due",
            can: Can::ViewChildren,
        },
    ],
    tiles: &[
        tiles::MINE,
        tiles::STUCK,
        tasks::tiles::MINE,
        tasks::tiles::STUCK,
        tasks::tiles::NO_RECEIVER,
    ],
    panels: &[panels::FIRST, panels::RESULTS],
    ..Feature::named("referral")
};
