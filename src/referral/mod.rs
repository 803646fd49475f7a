//! Referrals after they were proposed: answered, made, kept from falling between two organisations, and brought home
//! as a result.
//!
//! - a *referral* (转介) asks another organisation to see a child by a day; its states and moves are those of
//!   [`crate::screening::referral`], this module says who may make which move and tells the other side;
//! - a *re-screen* (复筛) and a *diagnosis* (诊断) complete a referral and begin what follows from it;
//! - a *follow-up* is something one organisation has to do by a day without asking another;
//! - a *contact* is a documented attempt to reach the family: without enough failed ones nobody is lost;
//! - silence climbs the *escalation* ladder by itself and stops climbing when the referral ends;
//! - the *work list* is what is due, overdue, waited for, lost, come back.

pub mod chain;
pub mod contact;
pub mod diagnosis;
pub mod escalation;
pub mod follow_up;
pub mod forms;
mod kept;
pub mod opening;
pub mod queries;
pub mod receiver_found;
pub mod reminder;
pub mod rescreen;
pub mod routes;
pub mod rules;
pub mod service;
pub mod views;
pub mod work_list;

use crate::{platform::sweep::Sweep, web::Routes};

/// The routes of referrals and everything that follows from them.
pub fn routes() -> Routes {
    routes::routes()
        .merge(rescreen::routes())
        .merge(diagnosis::routes())
        .merge(follow_up::routes())
        .merge(chain::routes())
        .merge(work_list::routes())
}

/// Background work: silence climbs, families are reminded of tomorrow, children whom nobody could take are referred.
pub const SWEEPS: &[Sweep] = &[escalation::SWEEP, reminder::SWEEP, receiver_found::SWEEP];
