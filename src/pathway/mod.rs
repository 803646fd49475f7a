//! Where a child stands in the chain 初筛 → 复筛 → 诊断 → 康复: whose turn it is, since when and until when.
//!
//! - [`standing`] decides from the [`rows`] alone where a child stands and what is to be done for it, the [`projection`]
//!   keeps both up to date with every write: the place, and the tasks;
//! - `staffing`: something waits at a place where nobody is who could do it;
//! - nobody can take the child, and the federation has a place found; `missing` and `receiver_found` begin the referral that
//!   a finding still lacks, by hand or by itself;
//! - the page of a child's way through the chain, and the [`pipeline`]: children by where they stand.

mod around;
mod asked;
mod catching_up;
mod chain;
mod compartment;
mod home;
pub mod missing;
pub mod next_checks;
pub mod pipeline;
pub mod projection;
pub mod queries;
pub mod receiver_found;
pub mod rows;
mod staffing;
pub mod standing;
mod tasks;

pub use catching_up::catch_up;
pub use compartment::return_tasks_in;

use crate::{
    access::Can,
    web::{Feature, Routes, feature::Section, navigation::Entry},
};

/// The chain page of a child, and the pipeline.
fn routes() -> Routes {
    chain::routes().merge(pipeline::routes())
}

/// What the chain brings to the application. Background work: children move on to their next check, and whom nobody could
/// take is referred.
pub const FEATURE: Feature = Feature {
    routes,
    sweeps: &[next_checks::SWEEP, receiver_found::SWEEP],
    projections: &[projection::PROJECTION, staffing::PROJECTION],
    compartment: compartment::TABLES,
    navigation: &[Entry {
        order: 60,
        href: "/pipeline",
        key: "nav.pipeline",
        icon: "filter",
        can: Can::ViewChildren,
    }],
    tiles: &[home::OVERDUE, home::STAGES],
    panels: &[home::PANEL],
    child_file: &[Section {
        order: 20,
        tab: "chain",
        path: "/chain",
        key: "child.tab.chain",
        can: Can::ViewChildren,
    }],
    ..Feature::named("pathway")
};
