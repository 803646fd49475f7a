//! Enrolment (入园): from a diagnosed child to a decision.
//!
//! - [`application`]: entered at the counter of a centre, with the papers that a dated rule asks for; kept half-way, submitted,
//!   returned with the list of what is missing, completed, withdrawn;
//! - [`eligibility`]: whether a child may come by the dated rule, in words; a person decides, and may answer for what fails;
//! - [`chain`]: the review as data, by district and version; [`review`] is what waits and who decides it;
//! - [`decision`]: numbered, with its days; on paper; read by the family; a trial and what came of it;
//! - [`waiting`]: applications that wait for a place, and what ends that.
//!
//! ```text
//! application ─submitted─> chain of steps ─last step answers─> decision ─read─> time for objections
//!      ↑                        │
//!      └──── returned ──────────┘
//! ```

pub mod application;
pub mod chain;
mod compartment;
mod dated;
mod dates;
pub mod decision;
mod demo;
pub mod eligibility;
pub mod review;
pub mod rules;
mod tasks;
mod tiles;
pub mod waiting;

pub use application::views::decided_look as application_look;
pub use decision::forms::PlaceForm;
pub use rules::age_months;

use self::{
    application::Applications,
    decision::{DecisionPaper, Decisions},
    rules::{Admission, Deferral, Health, Materials, Terms},
};
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, Listing as _, Routes, feature::Section, navigation::Entry, paper::Papers},
};

/// The routes of enrolment.
fn routes() -> Routes {
    application::routes::routes()
        .merge(review::routes::routes())
        .merge(decision::routes::routes())
        .merge(chain::routes::routes())
}

/// What enrolment brings to the application.
pub const FEATURE: Feature = Feature {
    routes,
    sweeps: &[dates::SWEEP],
    projections: &[tasks::PROJECTION],
    compartment: compartment::TABLES,
    papers: &[Papers::of::<DecisionPaper>()],
    rules: &[
        Described::of::<Admission>(),
        Described::of::<Materials>(),
        Described::of::<Deferral>(),
        Described::of::<Health>(),
        Described::of::<Terms>(),
    ],
    navigation: &[
        Entry {
            order: 50,
            href: Applications::ADDRESS,
            key: "nav.applications",
            icon: "draft",
            can: Can::ViewEnrolment,
        },
        Entry {
            order: 52,
            href: Decisions::ADDRESS,
            key: "nav.decisions",
            icon: "rehabilitation",
            can: Can::ViewEnrolment,
        },
        Entry {
            order: 135,
            href: "/review-chains",
            key: "nav.review_chains",
            icon: "check",
            can: Can::Configure,
        },
    ],
    child_file: &[Section {
        order: 40,
        tab: "enrolment",
        path: "/enrolment",
        key: "child.tab.enrolment",
        can: Can::ViewEnrolment,
    }],
    tiles: &[tiles::TILES],
    demo: &[demo::APPLICATIONS],
    ..Feature::named("enrolment")
};
