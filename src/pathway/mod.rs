//! Where a child stands in the chain 初筛 → 复筛 → 诊断 → 康复: whose turn it is, since when and until when.
//!
//! - [`standing`] decides from the rows alone, the [`projection`] keeps the answer up to date with every write;
//! - [`search`]: nobody can take the child, and the federation has a place found; `missing` and `receiver_found` begin the
//!   referral that a finding still lacks, by hand or by itself;
//! - the page of a child's way through the chain, and the [`pipeline`]: children by where they stand.

mod chain;
mod home;
mod missing;
pub mod next_checks;
pub mod pipeline;
pub mod projection;
pub mod queries;
pub mod receiver_found;
pub mod search;
pub mod standing;

pub use projection::PROJECTION;

use entities::screening::pathway;

use crate::{
    access::Can,
    platform::compartment::Table,
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
    projections: &[PROJECTION],
    compartment: &[Table::derived::<pathway::Entity>()],
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
