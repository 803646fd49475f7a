//! Days in classes and offers as part of a child's file.

use entities::{
    ChildId,
    places::{care_group_membership, place_offer},
    words::OfferState,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Expr};

use super::{group::queries::days_of_member, membership::service::end_in, offer::service::move_in};
use crate::platform::{
    Actor, Error, Result, Say, Tx,
    compartment::{Effect, Ending, Handover, Leaving, Table},
};

/// Both of them. A place stays with its centre when a child moves.
pub(super) const TABLES: &[Table] = &[
    Table::of::<care_group_membership::Entity>("merge.table.care_group_membership")
        .ends(Ending {
            end: |tx, by, leaving| Box::pin(leave_in(tx, by, leaving)),
            told: left,
            returned: None,
        })
        .changes_hands(|tx, _, hands| Box::pin(hand_over_in(tx, hands)))
        .refers(&[("decision_id", "enrolment_decision")])
        .columns(&[
            ("valid_to", "membership.last_day"),
            ("called_off_at", "membership.called_off"),
        ]),
    Table::of::<place_offer::Entity>("merge.table.place_offer")
        .lies_where_it_was()
        .ends(Ending {
            end: |tx, _, leaving| Box::pin(call_off_in(tx, leaving)),
            told: called_off,
            returned: None,
        })
        .refers(&[("application_id", "application"), ("decision_id", "enrolment_decision")])
        .named_by(&["number"])
        .columns(&[("state", "offer.state")])
        .values(|column, text| match column {
            "state" => text.parse().ok().map(OfferState::word),
            _ => None,
        }),
];

async fn members_of(tx: &Tx, child: ChildId) -> Result<Vec<care_group_membership::Model>> {
    Ok(care_group_membership::Entity::find()
        .filter(care_group_membership::COLUMN.child_id.eq(child))
        .filter(care_group_membership::COLUMN.called_off_at.is_null())
        .order_by_asc(care_group_membership::COLUMN.id)
        .all(&**tx)
        .await?)
}

/// A child that leaves is in its class until the day before.
async fn leave_in(tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<()> {
    let last = leaving.on.pred_opt().unwrap_or(leaving.on);
    for row in members_of(tx, leaving.child).await? {
        if row.valid_to.is_none_or(|to| to > last) {
            end_in(tx, by, row, last).await?;
        }
    }
    Ok(())
}

fn left(effect: &Effect) -> Say {
    Say::new("departure.effect.membership").with("id", effect.id().unwrap_or_default())
}

/// What is offered to its family is offered no more.
async fn call_off_in(tx: &Tx, leaving: &Leaving) -> Result<()> {
    let open = place_offer::Entity::find()
        .filter(place_offer::COLUMN.child_id.eq(leaving.child))
        .filter(place_offer::COLUMN.state.eq(OfferState::Open))
        .all(&**tx)
        .await?;
    for row in open {
        move_in(tx, row, OfferState::Cancelled, |_| {}).await?;
    }
    Ok(())
}

fn called_off(effect: &Effect) -> Say {
    Say::new("departure.effect.offer").with("id", effect.id().unwrap_or_default())
}

/// At one centre a child is in one class at a time: which of two it is, is for people to say before the files become one.
async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let stay = members_of(tx, hands.to).await?;
    for came in members_of(tx, hands.from).await? {
        let clash = stay.iter().any(|other| {
            other.organisation_id == came.organisation_id
                && days_of_member(other).within(days_of_member(&came)).is_some()
        });
        if clash {
            let say = Say::new("merge.membership.overlap").with("from", came.valid_from);
            return Err(Error::refused(say));
        }
    }
    care_group_membership::Entity::update_many()
        .col_expr(care_group_membership::Column::ChildId, Expr::value(hands.to))
        .filter(care_group_membership::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    Ok(())
}
