//! The chain 初筛 → 复筛 → 诊断, and the instruments that are scored on the way.
//!
//! - [`check`]: which checks are due; [`screen`]: the initial screen; [`day`]: a whole kindergarten or clinic day;
//! - [`sending`]: confirming the referral that an abnormal screen proposes; [`departure`]: out of the pipeline and back;
//! - [`pathway`], [`referral`], [`care`], [`telling`]: where a child stands, how a referral moves, who may open the file,
//!   who is told;
//! - [`instruments`]: scoring.

pub mod care;
pub mod check;
pub mod day;
pub mod departure;
pub mod pathway;
pub mod projection;
pub mod referral;
pub mod screen;
pub mod search;
pub mod sending;
pub mod telling;

use std::time::Duration;

use crate::{platform::sweep::Sweep, web::Routes};

pub use instruments;

/// Longest note of a screen, a referral that is sent or a departure, in characters.
const NOTE: usize = 500;

/// The routes of the initial screen and what belongs to it.
pub fn routes() -> Routes {
    Routes::new()
        .merge(check::routes::routes())
        .merge(screen::routes::routes())
        .merge(day::routes::routes())
        .merge(sending::routes::routes())
        .merge(departure::routes::routes())
}

/// The sweeps of the initial screen.
pub fn sweeps() -> Vec<Sweep> {
    vec![Sweep {
        name: "next-checks",
        every: Duration::from_secs(6 * 60 * 60),
        run: |app, by| Box::pin(check::sweep::next_checks(app, by)),
    }]
}
