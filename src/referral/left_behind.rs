//! A result that came back to somebody who is gone: the account was closed, or its owner works elsewhere now. Colleagues of
//! whoever sent the child read it instead.

use std::time::Duration;

use entities::{NoticeId, account::account, communication::notice, screening::referral, words::Role};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::json;

use super::{service::page, states};
use crate::{
    notifications::{
        RESULTS,
        telling::{self, News},
    },
    platform::{
        Actor, App, Result,
        event::{self, Subject},
        sweep::{Failures, Outcome, Sweep},
    },
};

/// Soon enough that the family does not wait for it.
pub const SWEEP: Sweep = Sweep {
    name: "hand-over-results",
    every: Duration::from_secs(5 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let mut failures = Failures::default();
    let mut handed_over = 0;
    for (notice, referral) in left_behind(&*app.db, None).await? {
        if failures.note(hand_over(app, by, notice, &referral).await) == Some(true) {
            handed_over += 1;
        }
    }
    failures.or(match handed_over {
        0 => Outcome::new(),
        _ => format!("results={handed_over}"),
    })
}

/// Notices that something came back whose reader is gone, with the referral that they are about.
async fn left_behind(
    db: &impl ConnectionTrait,
    one: Option<NoticeId>,
) -> Result<Vec<(notice::Model, referral::Model)>> {
    let reader: RelationDef = notice::Entity::belongs_to(account::Entity)
        .from(notice::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let sent: RelationDef = notice::Entity::belongs_to(referral::Entity)
        .from(notice::Column::ChildId)
        .to(referral::Column::ChildId)
        .into();
    let elsewhere = Expr::col((account::Entity, account::Column::OrganisationId))
        .not_equals((referral::Entity, referral::Column::FromOrganisationId));
    let mut select = notice::Entity::find()
        .join(JoinType::InnerJoin, reader)
        .join(JoinType::InnerJoin, sent)
        .select_also(referral::Entity)
        .filter(notice::COLUMN.read_at.is_null())
        .filter(notice::COLUMN.template.is_in(RESULTS.iter().copied()))
        .filter(
            Condition::any()
                .add(account::COLUMN.disabled_at.is_not_null())
                .add(elsewhere),
        )
        .order_by_asc(notice::COLUMN.id);
    if let Some(id) = one {
        select = select.filter(notice::COLUMN.id.eq(id));
    }
    let rows = select.all(db).await?;
    let about = |(notice, referral): (notice::Model, Option<referral::Model>)| {
        let referral = referral?;
        (notice.link == page(referral.id)).then_some((notice, referral))
    };
    Ok(rows.into_iter().filter_map(about).collect())
}

/// Told to the colleagues, and gone from the inbox of whoever left. Nothing as long as nobody is there.
async fn hand_over(app: &App, by: &Actor, seen: notice::Model, referral: &referral::Model) -> Result<bool> {
    let tx = app.db.write(by, &referral.district).await?;
    let Some((notice, referral)) = left_behind(&*tx, Some(seen.id)).await?.pop() else {
        return Ok(false);
    };
    let Some(template) = RESULTS.iter().copied().find(|known| *known == notice.template) else {
        return Ok(false);
    };
    let news = News {
        template,
        params: notice.params,
        link: notice.link,
        child: notice.child_id,
        cause: format!("notice/{}", notice.id),
    };
    let roles = [states::sender_role(referral.kind), Role::Supervisor];
    let told = telling::tell_roles(&tx, by, referral.from_organisation_id, &roles, &news).await?;
    if told == 0 {
        return Ok(false);
    }
    notice::Entity::delete_by_id(notice.id).exec(&*tx).await?;
    let subject = Subject::of_child("referral", referral.id.0, referral.child_id);
    let details = json!({
        "account": notice.account_id, "organisation": referral.from_organisation_id, "told": told,
    });
    event::record(&tx, by, "referral.result_handed_over", subject, details).await?;
    tx.commit().await?;
    Ok(true)
}
