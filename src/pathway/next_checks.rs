//! Children move on to their next check when a window closes, without anybody writing anything.

use std::time::Duration;

use entities::{
    screening::{pathway, planned_check},
    words::{CheckState, Stage},
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait as _, SimpleExpr, SubQueryStatement},
};

use crate::platform::{Actor, App, Result, sweep::Sweep};

/// Several times a day.
pub const SWEEP: Sweep = Sweep {
    name: "next-checks",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Give every watched child whose date has passed the date of the check that is next. Children that left stay as they
/// are, and so do their cancelled checks.
pub async fn run(app: &App, by: &Actor) -> Result<String> {
    let today = by.today();
    let next = planned_check::Entity::find()
        .select_only()
        .expr(Expr::col((planned_check::Entity, planned_check::Column::DueOn)).min())
        .filter(
            Expr::col((planned_check::Entity, planned_check::Column::ChildId))
                .equals((pathway::Entity, pathway::Column::ChildId)),
        )
        .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
        .filter(planned_check::COLUMN.closes_on.gte(today))
        .into_query();
    let next = SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(next)));
    let tx = app.db.write(by, "").await?;
    let done = pathway::Entity::update_many()
        .col_expr(pathway::Column::DueOn, next)
        .filter(pathway::COLUMN.stage.is_in([Stage::Watching, Stage::OtherFinding]))
        .filter(pathway::COLUMN.due_on.lt(today))
        .exec(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(format!("children={}", done.rows_affected))
}
