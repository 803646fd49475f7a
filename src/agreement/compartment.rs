//! Agreements and who signs them as part of a child's file.

use entities::{
    agreement::{agreement, agreement_signer},
    words::AgreementState,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{service::withdraw_in, states::Agreements};
use crate::platform::{
    Actor, Result, Say, Tx,
    compartment::{Effect, Ending, Leaving, Table},
    states::Machine as _,
};

/// Both of them. An agreement stays under the district in which its decision was made.
pub(super) const TABLES: &[Table] = &[
    Table::of::<agreement::Entity>("merge.table.agreement")
        .lies_where_it_was()
        .ends(Ending {
            end: |tx, by, leaving| Box::pin(end_in(tx, by, leaving)),
            told: ended,
            returned: None,
        })
        .refers(&[("decision_id", "enrolment_decision"), ("amends_id", "agreement")])
        .named_by(&["number"])
        .columns(&[
            ("state", "merge.column.state"),
            ("withdrawn_at", "merge.column.withdrawn_at"),
        ])
        .values(|column, text| match column {
            "state" => text.parse().ok().map(AgreementState::word),
            _ => None,
        }),
    Table::of::<agreement_signer::Entity>("merge.table.agreement_signer")
        .refers(&[("agreement_id", "agreement"), ("signature_id", "signature")]),
];

/// What waits for signatures is given up.
async fn end_in(tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<()> {
    let rows = agreement::Entity::find()
        .filter(agreement::COLUMN.child_id.eq(leaving.child))
        .filter(agreement::COLUMN.state.is_in(Agreements::open()))
        .order_by_asc(agreement::COLUMN.id)
        .all(&**tx)
        .await?;
    for row in rows {
        withdraw_in(tx, by, row, None).await?;
    }
    Ok(())
}

fn ended(effect: &Effect) -> Say {
    Say::new("departure.effect.agreement").with("id", effect.id().unwrap_or_default())
}
