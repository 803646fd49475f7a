//! The initial screen (初筛), and the instruments that are scored on the way.
//!
//! - [`check`]: which checks are due; [`screen`]: the initial screen; [`day`]: a whole kindergarten or clinic day;
//! - [`instruments`]: scoring.

pub mod check;
pub mod day;
mod notice;
pub mod screen;
mod tiles;

use crate::{
    access::Can,
    web::{Feature, Routes, feature::Section, navigation::Entry, paper::Papers},
};

pub use instruments;
pub use notice::ScreenNotice;

/// Longest note of a screen, in characters.
const NOTE: usize = 500;

/// The routes of the initial screen and what belongs to it.
fn routes() -> Routes {
    Routes::new()
        .list::<check::list::Checks>()
        .merge(screen::routes::routes())
        .merge(day::routes::routes())
}

/// What screening brings to the application.
pub const FEATURE: Feature = Feature {
    routes,
    compartment: &[screen::compartment::SCREENS],
    navigation: &[Entry {
        order: 30,
        href: "/checks",
        key: "nav.checks",
        icon: "screening",
        can: Can::Screen,
    }],
    findings: Some(screen::told::told),
    papers: &[Papers::of::<ScreenNotice>()],
    tiles: &[tiles::TILES],
    child_file: &[Section {
        order: 30,
        tab: "screens",
        path: "/screens",
        key: "screens.title",
        can: Can::ViewChildren,
    }],
    ..Feature::named("screening")
};
