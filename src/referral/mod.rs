//! Referrals (转介): one organisation hands a child over to another, and neither lets go before the other holds.
//!
//! - a finding *proposes* a referral; whoever found it *sends* it ([`sending`]); the receiver answers, and every move is
//!   one of [`states`], with who may make it in [`rules`] and the other side told;
//! - a *contact* is a documented attempt to reach the family: without enough failed ones nobody is lost;
//! - the *work list* is what is due, overdue, waited for, lost, come back.

mod about;
pub mod appointments;
mod asks;
mod compartment;
pub mod contact;
mod dated;
pub mod forms;
pub mod history;
pub mod left_behind;
mod moving;
mod news;
mod panels;
mod proposal;
pub mod queries;
pub mod reminder;
pub mod routes;
pub mod rules;
pub mod sending;
pub mod service;
mod slip;
pub mod states;
mod steps_of_family;
mod taken_back;
mod tiles;
pub mod views;
pub mod work_list;

pub use contact::{may_record as may_record_contact, page as contacts_page};
pub use moving::{move_in, step_in};
pub use proposal::{Proposal, due_dates, propose_for_in, propose_in, receivers};
pub use slip::Slip;
pub use states::{is_open, may_move};
pub use steps_of_family::family_steps;
pub use taken_back::{corrected_in, reopened_in, rest_on_in, reword_in};

use self::appointments::Hours;
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, Routes, navigation::Entry, paper::Papers},
};

/// The routes of referrals.
fn routes() -> Routes {
    routes::routes()
        .merge(sending::routes::routes())
        .merge(work_list::routes())
}

/// What referrals bring to the application. Background work: families are reminded of tomorrow, results reach somebody
/// who is there.
pub const FEATURE: Feature = Feature {
    routes,
    compartment: compartment::TABLES,
    about: about::TOLD,
    papers: &[Papers::of::<Slip>()],
    rules: &[Described::of::<Hours>()],
    sweeps: &[left_behind::SWEEP, reminder::SWEEP],
    navigation: &[Entry {
        order: 40,
        href: "/referrals",
        key: "nav.referrals",
        icon: "referral",
        can: Can::ViewChildren,
    }],
    tiles: &[tiles::MINE, tiles::STUCK],
    panels: &[panels::FIRST, panels::RESULTS],
    ..Feature::named("referral")
};
