//! What waits for a signature is somebody's to do by a day: the centre's agent signs, and intake sees that the family does.

use std::collections::BTreeMap;

use entities::{
    AgreementId,
    agreement::{agreement, agreement_signer},
    words::{AgreementState, Focus, Party, Role, TaskState, What},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::states::Agreements;
use crate::{
    platform::{Actor, Projection, Result, Touched, Tx, states::Machine as _},
    task::{
        Due, Wanted,
        service::{self, About, Asked},
    },
};

/// Kept up to date by every write about a child with an agreement.
pub(super) const PROJECTION: Projection = Projection {
    name: "agreements",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// Children asked about at once.
const AT_ONCE: usize = 1000;

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    for some in touched.children().chunks(AT_ONCE) {
        let rows = agreement::Entity::find()
            .filter(agreement::COLUMN.child_id.is_in(some.iter().copied()))
            .order_by_asc(agreement::COLUMN.id)
            .all(&**tx)
            .await?;
        if rows.is_empty() {
            continue;
        }
        let mut signers: BTreeMap<AgreementId, Vec<agreement_signer::Model>> = BTreeMap::new();
        let places = agreement_signer::Entity::find()
            .filter(agreement_signer::COLUMN.child_id.is_in(some.iter().copied()))
            .all(&**tx)
            .await?;
        for place in places {
            signers.entry(place.agreement_id).or_default().push(place);
        }
        let asked: Vec<Asked<'_>> = rows
            .iter()
            .map(|row| Asked {
                about: About {
                    district: &row.district,
                    child: Some(row.child_id),
                },
                focus: row.id.0,
                wanted: wanted(row, signers.get(&row.id).map_or(&[], Vec::as_slice)),
                ending: if row.state == AgreementState::Withdrawn {
                    TaskState::Cancelled
                } else {
                    TaskState::Settled
                },
                terms: None,
            })
            .collect();
        service::settle_in(tx, by, Focus::Agreement, &asked).await?;
    }
    Ok(())
}

/// What an agreement calls for.
pub(super) fn wanted(row: &agreement::Model, signers: &[agreement_signer::Model]) -> Vec<Wanted> {
    if !Agreements::is_open(row.state) {
        return Vec::new();
    }
    let lacks = |party: Party| {
        signers
            .iter()
            .any(|place| place.party == party && place.signature_id.is_none())
    };
    [
        (Party::Centre, What::SignAgreement, Role::Supervisor),
        (Party::Guardian, What::CollectSignature, Role::IntakeWorker),
    ]
    .into_iter()
    .filter(|(party, ..)| lacks(*party))
    .map(|(_, what, role)| Wanted {
        what,
        focus: (Focus::Agreement, row.id.0),
        leads: false,
        organisation: row.organisation_id,
        role,
        owner: None,
        due: Due::On(row.due_on),
    })
    .collect()
}
