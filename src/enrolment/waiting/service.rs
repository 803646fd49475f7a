//! What ends the waiting: the family accepts a place, or leaves the list. In the transaction of whoever runs the places.

use entities::{
    AccountId,
    enrolment::{application, enrolment_decision},
    words::{ApplicationState, ReviewOutcome},
};

use crate::{
    enrolment::{
        application::{about, service::close_in, states::States},
        decision::service::{Placement, issue_as_in},
        review::service::move_in,
    },
    platform::{Actor, Result, Tx, states::Machine as _},
};

/// The family of an application that waits accepts a place: its decision is issued, as decided by whoever offered the place.
///
/// # Errors
/// Refused when it does not wait any more; by field when another decision of the child has one of its days.
pub async fn admit_in(
    tx: &Tx,
    by: &Actor,
    row: application::Model,
    placement: Placement,
    offered_by: AccountId,
    grounds: Option<String>,
) -> Result<enrolment_decision::Model> {
    States::must(row.state, ApplicationState::Admitted, "application.over")?;
    let parts = (ReviewOutcome::Admitted, Some(placement), grounds);
    let decision = issue_as_in(tx, by, &row, parts, offered_by).await?;
    move_in(tx, by, row, ApplicationState::Admitted).await?;
    Ok(decision)
}

/// The family of an application that waits leaves the list.
///
/// # Errors
/// Refused when it does not wait any more.
pub async fn leave_in(tx: &Tx, by: &Actor, row: application::Model, why: &str) -> Result<application::Model> {
    close_in(tx, by, row, ApplicationState::Withdrawn, Some(why)).await
}

/// Whether somebody may offer a place for an application: nobody does who entered it.
pub fn may_offer(row: &application::Model, by: &Actor) -> bool {
    !about::had_a_hand(row, by.account)
}
