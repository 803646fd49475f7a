//! What the system administrator sets up: dated rules and the working calendar.

pub mod calendars;
pub mod parameters;

use crate::web::Routes;

/// The routes of the set-up.
pub fn routes() -> Routes {
    Routes::new().merge(parameters::routes()).merge(calendars::routes())
}
