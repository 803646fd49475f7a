//! Instruments filled in for children, and the packages they are made of.
//!
//! - [`instruments`] knows every package: those of the program and those that an administrator imported;
//! - a *sheet* is an assessment that is being filled in: its answers lie sealed in a draft ([`sheet::Kept`]) until it is
//!   finished, on whatever device the rater goes on;
//! - a finished assessment keeps everything its result rests on and is never scored again;
//! - a second rater fills in a sheet of the same round without seeing the first ([`sight`]); [`comparison`] puts the two
//!   side by side.
//!
//! A score is a reason for the next step. What follows from it is decided in the re-screen and the diagnosis, which
//! attach finished assessments as their instruments.

pub mod comparison;
pub mod forms;
pub mod instruments;
mod judged;
mod naming;
pub mod queries;
pub mod routes;
pub mod service;
pub mod sheet;
mod sight;
pub mod views;

use entities::screening::assessment;

pub use self::naming::{Instruments, instruments_of};
pub use self::sight::{Sight, Sights, hidden_from, sights};
use crate::{
    access::Can,
    platform::compartment::Table,
    web::{Feature, Routes, feature::Section, home::SetUp, navigation::Entry},
};

/// The routes of assessments and of instrument packages.
fn routes() -> Routes {
    routes::routes().merge(instruments::routes())
}

/// What assessments and instruments bring to the application.
pub const FEATURE: Feature = Feature {
    routes,
    sweeps: &[service::SWEEP],
    compartment: &[Table::of::<assessment::Entity>("merge.table.assessment")
        .judged_by_facts(|tx, corrected| Box::pin(judged::look_again_in(tx, corrected)))
        .refers(&[
            ("rescreen_id", "rescreen"),
            ("diagnosis_id", "diagnosis"),
            ("referral_id", "referral"),
            ("round", "assessment"),
        ])],
    navigation: &[
        Entry {
            order: 70,
            href: "/assessments",
            key: "nav.assessments",
            icon: "instrument",
            can: Can::Assess,
        },
        Entry {
            order: 150,
            href: "/instruments",
            key: "nav.instruments",
            icon: "template",
            can: Can::ViewInstruments,
        },
    ],
    set_up: &[SetUp {
        order: 70,
        name: "instruments",
        href: "/instruments",
        can: Can::ViewInstruments,
        stands: None,
    }],
    child_file: &[Section {
        order: 40,
        tab: "assessments",
        path: "/assessments",
        key: "assessment.of_child",
        can: Can::ViewAssessments,
    }],
    ..Feature::named("assessment")
};
