//! What a hospital finds: the re-screen (复筛) and the diagnosis (诊断). Each completes the referral that asked for it and
//! begins what follows from it.

pub mod diagnosis;
pub mod findings;
mod kept;
pub mod rescreen;

use crate::web::Routes;

/// The routes of re-screens and diagnoses.
pub fn routes() -> Routes {
    rescreen::routes().merge(diagnosis::routes())
}
