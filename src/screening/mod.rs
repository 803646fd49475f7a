//! The initial screen (初筛), and the instruments that are scored on the way.
//!
//! - [`check`]: which checks are due; [`screen`]: the initial screen; [`day`]: a whole kindergarten or clinic day;
//! - [`instruments`]: scoring.

pub mod check;
pub mod day;
pub mod screen;

use crate::web::Routes;

pub use instruments;

/// Longest note of a screen, in characters.
const NOTE: usize = 500;

/// The routes of the initial screen and what belongs to it.
pub fn routes() -> Routes {
    Routes::new()
        .merge(check::routes::routes())
        .merge(screen::routes::routes())
        .merge(day::routes::routes())
}
