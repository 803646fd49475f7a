//! Applications, their papers and steps, and decisions as part of a child's file.

use entities::{
    ChildId,
    enrolment::{application, application_material, application_override, application_step, enrolment_decision},
    words::ApplicationState,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, prelude::Expr};

use super::{
    application::{service::close_in, states::States},
    decision::queries::{places_of, share_a_day},
};
use crate::platform::{
    Actor, Error, Result, Say, Tx,
    compartment::{Corrected, Effect, Ending, Handover, Leaving, Table},
    states::Machine as _,
};

/// All of them. An application stays under the district that it was made in: whose review it is does not change with a move.
pub(super) const TABLES: &[Table] = &[
    Table::of::<application::Entity>("merge.table.application")
        .lies_where_it_was()
        .ends(Ending {
            end: |tx, by, leaving| Box::pin(end_in(tx, by, leaving)),
            told: ended,
            returned: None,
        })
        .judged_by_facts(|tx, corrected| Box::pin(look_again_in(tx, corrected)))
        .refers(&[("diagnosis_id", "diagnosis")])
        .columns(&[("state", "merge.column.state"), ("closed_at", "merge.column.closed_at")])
        .values(|column, text| match column {
            "state" => text.parse().ok().map(ApplicationState::word),
            _ => None,
        }),
    Table::of::<application_material::Entity>("merge.table.application_material")
        .refers(&[("application_id", "application")]),
    Table::of::<application_step::Entity>("merge.table.application_step").refers(&[("application_id", "application")]),
    Table::of::<application_override::Entity>("merge.table.application_override")
        .refers(&[("application_id", "application")])
        .trace(),
    Table::of::<enrolment_decision::Entity>("merge.table.enrolment_decision")
        .lies_where_it_was()
        .changes_hands(|tx, _, hands| Box::pin(hand_over_in(tx, hands)))
        .refers(&[
            ("application_id", "application"),
            ("continues_id", "enrolment_decision"),
        ])
        .named_by(&["number"]),
];

/// What is open is called off.
async fn end_in(tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<()> {
    for row in of(tx, leaving.child).await? {
        if States::may(row.state, ApplicationState::Cancelled) {
            close_in(tx, by, row, ApplicationState::Cancelled, None).await?;
        }
    }
    Ok(())
}

fn ended(effect: &Effect) -> Say {
    let was = effect.was_word::<ApplicationState>("state");
    Say::new("departure.effect.application")
        .with("id", effect.id().unwrap_or_default())
        .with_word("state", was.map_or("ui.none", ApplicationState::word))
}

/// Of one child no two decisions that hold share a day: which of them holds is for people to say before the files become one.
async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let stay = places_of(&**tx, hands.to).await?;
    for came in places_of(&**tx, hands.from).await? {
        let Some(from) = came.valid_from else { continue };
        let clash = stay.iter().find(|other| {
            let begins = other.valid_from;
            begins.is_some_and(|begins| share_a_day((from, came.valid_to), (begins, other.valid_to)))
        });
        if let Some(other) = clash {
            let say = Say::new("merge.enrolment.overlap")
                .with("one", &came.number)
                .with("other", &other.number);
            return Err(Error::refused(say));
        }
    }
    enrolment_decision::Entity::update_many()
        .col_expr(enrolment_decision::Column::ChildId, Expr::value(hands.to))
        .filter(enrolment_decision::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Open applications whose tests were made with the old birth date go on: whoever reviews them reads the new one.
async fn look_again_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() {
        return Ok(Vec::new());
    }
    let rows = of(tx, corrected.new.id).await?;
    let open = rows.into_iter().filter(|row| States::is_open(row.state));
    Ok(open
        .map(|row| Say::new("judged.application").with("id", row.id))
        .collect())
}

async fn of(tx: &Tx, child: ChildId) -> Result<Vec<application::Model>> {
    Ok(application::Entity::find()
        .filter(application::COLUMN.child_id.eq(child))
        .order_by_asc(application::COLUMN.id)
        .all(&**tx)
        .await?)
}
