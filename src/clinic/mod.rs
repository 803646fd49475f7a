//! What a hospital finds: the re-screen (复筛) and the diagnosis (诊断). Each completes the referral that asked for it and
//! begins what follows from it.

pub mod diagnosis;
pub mod findings;
mod kept;
pub mod rescreen;
mod routes;

use entities::screening::{diagnosis as diagnosis_row, rescreen as rescreen_row};

use crate::{platform::compartment::Table, web::Feature};

/// What hospitals' findings bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    compartment: &[
        Table::of::<rescreen_row::Entity>("merge.table.rescreen")
            .lies_where_it_was()
            .refers(&[("referral_id", "referral")]),
        Table::of::<diagnosis_row::Entity>("merge.table.diagnosis")
            .lies_where_it_was()
            .refers(&[("referral_id", "referral")]),
    ],
    findings: Some(findings::told),
    ..Feature::named("clinic")
};
