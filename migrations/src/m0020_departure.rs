//! What a departure ended is kept as what a merge changed: row by row, as it was and as it became.

use sea_orm_migration::{
    prelude::*,
    sea_orm::prelude::{Date, Json},
};
use serde_json::json;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Departures at once.
const AT_ONCE: u64 = 500;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        rewrite(m, as_rows).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        rewrite(m, as_kinds).await
    }
}

/// Write every effect of every departure anew; one that has no form there is left out.
async fn rewrite(m: &SchemaManager<'_>, anew: fn(&Json, Date) -> Option<Json>) -> Result<(), DbErr> {
    let db = m.get_connection();
    let mut last = 0i64;
    loop {
        let select = Query::select()
            .columns(["id", "left_on", "effects"])
            .from("departure")
            .and_where(Expr::col("id").gt(last))
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = db.query_all(&select).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            last = row.try_get("", "id")?;
            let left_on: Date = row.try_get("", "left_on")?;
            let effects: Json = row.try_get("", "effects")?;
            let effects = effects.as_array().map(Vec::as_slice).unwrap_or_default();
            let effects: Vec<Json> = effects.iter().filter_map(|effect| anew(effect, left_on)).collect();
            let update = Query::update()
                .table("departure")
                .value("effects", Json::from(effects))
                .and_where(Expr::col("id").eq(last))
                .to_owned();
            db.execute(&update).await?;
        }
    }
}

fn as_rows(effect: &Json, left_on: Date) -> Option<Json> {
    let table = effect.get("table")?.as_str()?;
    let (was, now) = match table {
        "planned_check" => {
            let at = |state: &str| json!({ "state": state, "age_months": effect.get("age_months") });
            (at("pending"), at("cancelled"))
        }
        "referral" => (
            json!({ "state": effect.get("was"), "closed_at": null }),
            json!({ "state": "cancelled" }),
        ),
        "follow_up" => (
            json!({ "state": "open", "closed_at": null, "closed_by": null }),
            json!({ "state": "cancelled" }),
        ),
        "message" => (json!({ "state": "pending" }), json!({ "state": "cancelled" })),
        "residence" => (json!({ "until_on": null }), json!({ "until_on": left_on.to_string() })),
        _ => return None,
    };
    let key = json!([effect.get("id")]).to_string();
    Some(json!({ "table": table, "key": key, "was": was, "now": now }))
}

fn as_kinds(effect: &Json, _: Date) -> Option<Json> {
    let table = effect.get("table")?.as_str()?;
    let key: Vec<i64> = serde_json::from_str(effect.get("key")?.as_str()?).ok()?;
    let id = key.first()?;
    let was = effect.get("was")?;
    match table {
        "planned_check" => Some(json!({ "table": table, "id": id, "age_months": was.get("age_months") })),
        "referral" => Some(json!({ "table": table, "id": id, "was": was.get("state") })),
        "follow_up" | "message" | "residence" => Some(json!({ "table": table, "id": id })),
        _ => None,
    }
}
