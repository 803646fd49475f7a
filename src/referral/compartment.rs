//! Referrals and the moves they made as part of a child's file.

use std::cmp::Reverse;

use entities::{
    ChildId, ReferralId,
    screening::{referral, referral_step},
    words::{ReferralKind, ReferralState},
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    prelude::Expr,
};

use super::{is_open, may_move, move_in, states, step_in};
use crate::platform::{
    Actor, Result, Say, Tx,
    compartment::{Corrected, Effect, Ending, Handover, Leaving, Table},
};

/// Referrals and their steps.
pub(super) const TABLES: &[Table] = &[
    Table::of::<referral::Entity>("merge.table.referral")
        .changes_hands(|tx, by, hands| Box::pin(hand_over_in(tx, by, hands)))
        .ends(Ending {
            end: |tx, by, leaving| Box::pin(end_in(tx, by, leaving)),
            told: ended,
            returned: Some(|tx, by, effect| Box::pin(returned_in(tx, by, effect))),
        })
        .follows(under_way)
        .judged_by_facts(|tx, corrected| Box::pin(look_again_in(tx, corrected)))
        .refers(&[
            ("screen_id", "screen"),
            ("rescreen_id", "rescreen"),
            ("diagnosis_id", "diagnosis"),
            ("continues_id", "referral"),
        ])
        .columns(&[
            ("state", "merge.column.state"),
            ("closed_at", "merge.column.closed_at"),
            ("district", "child.division"),
        ])
        .values(|column, text| match column {
            "state" => text.parse().ok().map(ReferralState::word),
            _ => None,
        }),
    Table::found_by::<referral_step::Entity>("merge.table.referral_step", steps)
        .refers(&[("referral_id", "referral")])
        .trace(),
];

/// Referrals under way whose reason was found by the old age. They go on: whoever has the child decides.
async fn look_again_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() {
        return Ok(Vec::new());
    }
    let rows = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(corrected.new.id))
        .order_by_asc(referral::COLUMN.id)
        .all(&**tx)
        .await?;
    let open = rows.into_iter().filter(|row| is_open(row.state));
    Ok(open
        .map(|row| {
            Say::new("judged.referral")
                .with("id", row.id)
                .with_word("kind", row.kind.word())
        })
        .collect())
}

/// Those of the children's referrals.
fn steps(children: &[ChildId]) -> Condition {
    let referrals = referral::Entity::find()
        .filter(referral::COLUMN.child_id.is_in(children.iter().copied()))
        .select_only()
        .column(referral::Column::Id)
        .into_query();
    Condition::all().add(referral_step::Column::ReferralId.in_subquery(referrals))
}

/// Federations of a district find referrals under way by it; what is closed counts where the child lived.
fn under_way() -> Condition {
    Condition::all().add(referral::COLUMN.closed_at.is_null())
}

async fn of_child(tx: &Tx, child: ChildId) -> Result<Vec<referral::Model>> {
    Ok(referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .order_by_asc(referral::COLUMN.id)
        .all(&**tx)
        .await?)
}

/// Of open referrals of one kind the one that has come furthest stays open, of equals the older; the others are
/// cancelled: the family is not called twice for the same thing. Several of one file alone were so before, and are
/// somebody's decision.
async fn hand_over_in(tx: &Tx, by: &Actor, hands: Handover) -> Result<()> {
    let came: Vec<ReferralId> = of_child(tx, hands.from).await?.iter().map(|r| r.id).collect();
    referral::Entity::update_many()
        .col_expr(referral::Column::ChildId, Expr::value(hands.to))
        .filter(referral::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    let all = of_child(tx, hands.to).await?;
    for kind in ReferralKind::ALL {
        let open = || all.iter().filter(|r| r.kind == *kind && is_open(r.state));
        let theirs = open().filter(|r| came.contains(&r.id)).count();
        if theirs == 0 || theirs == open().count() {
            continue;
        }
        for r in superfluous(open().collect()) {
            if may_move(r.state, ReferralState::Cancelled) {
                move_in(tx, by, r, ReferralState::Cancelled, None, Default::default()).await?;
            }
        }
    }
    Ok(())
}

fn superfluous(mut open: Vec<&referral::Model>) -> impl Iterator<Item = &referral::Model> {
    open.sort_by_key(|r| (Reverse(states::of(r.state).progress), r.since, r.id));
    open.into_iter().skip(1)
}

/// What is under way is cancelled.
async fn end_in(tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<()> {
    for r in of_child(tx, leaving.child).await? {
        if is_open(r.state) && may_move(r.state, ReferralState::Cancelled) {
            move_in(tx, by, &r, ReferralState::Cancelled, None, Default::default()).await?;
        }
    }
    Ok(())
}

fn ended(effect: &Effect) -> Say {
    let was = effect.was_word::<ReferralState>("state");
    Say::new("departure.effect.referral")
        .with("id", effect.id().unwrap_or_default())
        .with_word("state", was.map_or("ui.none", ReferralState::word))
}

/// The one way back from cancelled, which the table of moves does not offer to anybody else, leaves its trace, too.
async fn returned_in(tx: &Tx, by: &Actor, effect: &Effect) -> Result<()> {
    if let (Some(id), Some(was)) = (effect.id(), effect.was_word("state")) {
        step_in(tx, by, ReferralId(id), Some(ReferralState::Cancelled), was, None).await?;
    }
    Ok(())
}
