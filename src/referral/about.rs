//! What tasks say of referrals: the intake that a talk with the family leads to, and how silence about one is called.

use entities::{
    DiagnosisId, ReferralId,
    screening::referral,
    words::{Focus, What},
};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{queries, service::page};
use crate::platform::{
    App, Result, Tx,
    about::{About, Beside, Silence},
    event::Subject,
};

/// Of referrals, and of the diagnoses that lead to one.
pub(super) const TOLD: &[About] = &[
    About {
        focus: Focus::Referral,
        besides: None,
        silence: Some(|tx, id| Box::pin(silence(tx, ReferralId(id)))),
    },
    About {
        focus: Focus::Diagnosis,
        besides: Some(|app, what, id| Box::pin(intake(app, what, DiagnosisId(id)))),
        silence: None,
    },
];

/// The referral for intake that a talk with the family is about.
async fn intake(app: &App, what: What, diagnosis: DiagnosisId) -> Result<Vec<Beside>> {
    if what != What::RehabilitationContact {
        return Ok(Vec::new());
    }
    let intake = queries::intake_for(&*app.db, diagnosis).await?;
    let beside = |id| Beside {
        href: page(id),
        key: "task.intake",
        icon: "rehabilitation",
    };
    Ok(intake.map(beside).into_iter().collect())
}

async fn silence(tx: &Tx, id: ReferralId) -> Result<Option<Silence>> {
    let row = referral::Entity::find_by_id(id).one(&**tx).await?;
    Ok(row.map(|row| Silence {
        template: "referral.overdue",
        params: json!({ "kind": row.kind, "state": row.state }),
        action: "referral.escalated",
        subject: Subject::of_child("referral", id.0, row.child_id),
    }))
}
