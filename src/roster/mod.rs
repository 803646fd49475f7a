//! Rosters: lists of children from clinics and kindergartens, the denominator of every rate.
//!
//! [`columns`] says what a roster holds, [`check`] reads it row by row through the rules of the child form, [`known`]
//! finds the rows that look like a child on file, [`insert`] makes files of the others ([`families`]: their guardians), [`job`] is the import's life from
//! upload to result, [`parked`] the decisions about the rows that were set aside.

mod bulk;
pub mod check;
pub mod columns;
pub mod earlier;
pub mod families;
mod forms;
pub mod insert;
pub mod job;
pub mod known;
pub mod parked;
pub mod places;
pub mod queries;
pub mod routes;
mod set_up;
pub mod views;

use entities::import::parked_row;

use crate::{
    access::Can,
    platform::compartment::Table,
    web::{Feature, navigation::Entry},
};

/// What rosters bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[job::SWEEP],
    compartment: &[Table::of::<parked_row::Entity>("merge.table.parked_row")],
    navigation: &[Entry {
        order: 80,
        href: "/imports",
        key: "nav.imports",
        icon: "import",
        can: Can::Import,
    }],
    set_up: &[set_up::SET_UP],
    ..Feature::named("roster")
};
