//! The child and its file: who it is, who answers for it, where it lives, which checks it is due.
//!
//! - [`service`] opens files and finds them; [`rows`] is the same for thousands at once;
//! - [`new_child`]: what a file is made of, checked;
//! - [`check_ages`]: the eleven checks and their windows;
//! - [`similar`], [`duplicates`]: files that may be one child; [`alike`]: what is told of them;
//! - [`reuse`]: guardians who are on file already;
//! - [`departure`]: out of the chain and back.

mod ages;
pub mod alike;
pub mod care;
pub mod carrying;
mod check_age_words;
pub mod check_ages;
pub mod claims;
mod compartment;
pub mod consents;
pub mod corrections;
mod dated;
mod demo;
pub mod departure;
pub mod duplicates;
mod file;
mod file_page;
mod finding;
pub mod forms;
pub mod guardians;
mod known_place;
pub mod list;
mod locking;
pub mod moves;
pub mod new_child;
pub mod opening;
mod paper_facts;
mod phones;
pub mod places;
pub mod queries;
mod replanning;
pub mod reuse;
pub mod routes;
pub mod rows;
pub mod service;
mod set_up;
pub mod similar;
pub mod terms;
pub mod views;

pub use ages::{age_in_words, age_on};
pub use check_age_words::age_words;

pub use self::paper_facts::{OnPaper, on_paper};
pub use self::phones::{Calls, Phone, calls_for, first as first_to_call};
use self::{check_ages::CheckAgeRules, opening::OpeningDay};
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, feature::Section, navigation::Entry},
};

/// What children's files bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[
        duplicates::SWEEP,
        opening::SWEEP,
        carrying::SWEEP,
        terms::SWEEP,
        replanning::SWEEP,
    ],
    projections: &[locking::PROJECTION],
    compartment: compartment::TABLES,
    rules: &[Described::of::<OpeningDay>(), Described::of::<CheckAgeRules>()],
    navigation: &[Entry {
        order: 20,
        href: "/children",
        key: "nav.children",
        icon: "child",
        can: Can::ViewChildren,
    }],
    set_up: &[set_up::SET_UP],
    demo: &[demo::OPENING_DAY, terms::WRITTEN],
    child_file: &[
        Section {
            order: 10,
            tab: "file",
            path: "",
            key: "child.tab.file",
            can: Can::ViewChildren,
        },
        Section {
            order: 60,
            tab: "views",
            path: "/views",
            key: "child.tab.views",
            can: Can::ViewChildren,
        },
    ],
    ..Feature::named("children")
};
