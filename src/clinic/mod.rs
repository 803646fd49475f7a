//! What a hospital finds: the re-screen (复筛) and the diagnosis (诊断). Each completes the referral that asked for it and
//! begins what follows from it.

pub mod diagnosis;
pub mod findings;
mod kept;
pub mod rescreen;
mod routes;

use crate::web::Feature;

/// What hospitals' findings bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    findings: Some(findings::told),
    ..Feature::named("clinic")
};
