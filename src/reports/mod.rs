//! Reports: numbers that open to the children behind them.
//!
//! - [`screening`]: 筛查月报 and 年报;
//! - [`published`]: closed quarters, rounded, for readers who see no children;
//! - [`frozen`]: reports as they were submitted, and what changed since;
//! - [`trends`]: what a report says as charts;
//! - [`ledger`]: 阳性个案追踪台账, the ledger of positive cases;
//! - [`statistics`]: the arithmetic of rates, intervals and medians.

mod behind;
mod export;
pub mod forms;
pub mod frozen;
pub mod ledger;
pub mod published;
pub mod routes;
pub mod screening;
pub mod statistics;
mod tiles;
pub mod trends;
pub mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What reports bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[published::SWEEP],
    navigation: &[
        Entry {
            order: 100,
            href: "/reports/screening",
            key: "nav.reports",
            icon: "report",
            can: Can::ViewReports,
        },
        Entry {
            order: 110,
            href: "/reports/tracing",
            key: "nav.tracing",
            icon: "history",
            can: Can::OpenNumbers,
        },
    ],
    tiles: &[tiles::TILES],
    ..Feature::named("reports")
};
