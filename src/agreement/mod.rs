//! Agreements (协议): what a centre and a family agree on for a place, signed by both.
//!
//! - [`template`]: texts with named blanks ([`text`]), in versions, taken into use by a second person;
//! - [`content`]: what stands in one agreement: frozen, shown, signed;
//! - [`service`] makes agreements from a text and a decision, signs them, amends them by another one, gives them up;
//! - [`guardian_routes`]: the guardian who was let in without an account; [`routes`]: staff.
//!
//! See [`states`] for their states.

mod compartment;
pub mod content;
mod demo;
pub mod forms;
pub mod guardian_routes;
pub mod list;
pub mod making;
mod moves;
mod pad;
pub mod paper;
pub mod queries;
pub mod routes;
pub mod service;
pub mod states;
mod tasks;
pub mod template;
pub mod text;
mod tiles;
pub mod views;

use self::{list::Agreements, paper::AgreementPaper};
use crate::{
    access::Can,
    web::{Feature, Listing as _, feature::Section, navigation::Entry, paper::Papers},
};

/// What agreements bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    projections: &[tasks::PROJECTION],
    compartment: compartment::TABLES,
    papers: &[Papers::of::<AgreementPaper>()],
    navigation: &[
        Entry {
            order: 54,
            href: Agreements::ADDRESS,
            key: "nav.agreements",
            icon: "edit",
            can: Can::ViewEnrolment,
        },
        Entry {
            order: 56,
            href: "/agreement-templates",
            key: "nav.agreement_templates",
            icon: "draft",
            can: Can::DrawTemplates,
        },
    ],
    child_file: &[Section {
        order: 42,
        tab: "agreements",
        path: "/agreements",
        key: "child.tab.agreements",
        can: Can::ViewEnrolment,
    }],
    tiles: &[tiles::TILES],
    for_guardians: &[guardian_routes::FOR_GUARDIANS],
    demo: &[demo::AGREEMENTS],
    ..Feature::named("agreement")
};
