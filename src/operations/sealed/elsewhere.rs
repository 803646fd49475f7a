//! Sealed content that lies inside other columns: lists of what merges and departures changed, the findings of imports,
//! kept filters.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use entities::{Sealed, import::job, words::JobState, work::saved_filter};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Query},
};
use serde_json::Value as Json;

use super::COLUMNS;
use crate::platform::{Actor, App, Keys, Result};

/// Rows read at once: a list of effects can be long.
const AT_ONCE: u64 = 50;

/// Seal everything in these places anew; how many texts changed. With `change` false only count what would.
pub async fn reseal(app: &App, by: &Actor, change: bool) -> Result<u64> {
    let mut sealed = jobs(app, by, change).await? + filters(app, by, change).await?;
    for table in ["merge", "departure"] {
        sealed += effects(app, by, table, change).await?;
    }
    Ok(sealed)
}

/// Lists of effects, which merges and departures keep.
async fn effects(app: &App, by: &Actor, table: &'static str, change: bool) -> Result<u64> {
    let (mut sealed, mut last) = (0, 0i64);
    loop {
        let next = Query::select()
            .columns(["id", "effects"])
            .from(table)
            .and_where(Expr::col("id").gt(last))
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = app.db.query_all(&next).await?;
        if rows.is_empty() {
            return Ok(sealed);
        }
        for row in rows {
            last = row.try_get("", "id")?;
            let mut effects: Json = row.try_get("", "effects")?;
            let texts = in_effects(&app.keys, &mut effects);
            sealed += texts;
            if texts > 0 && change {
                let tx = app.db.write(by, "").await?;
                let update = Query::update()
                    .table(table)
                    .value("effects", effects)
                    .and_where(Expr::col("id").eq(last))
                    .to_owned();
                tx.execute(&update).await?;
                tx.commit_quietly().await?;
            }
        }
    }
}

/// The sealed columns of the rows that were changed, as they were and as they became.
fn in_effects(keys: &Keys, effects: &mut Json) -> u64 {
    let mut sealed = 0;
    for effect in effects.as_array_mut().into_iter().flatten() {
        let table = effect
            .get("table")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned();
        for column in COLUMNS.iter().filter(|column| column.table == table) {
            for side in ["was", "now"] {
                let place = effect.get_mut(side).and_then(|row| row.get_mut(column.column));
                if let Some(place) = place {
                    sealed += in_text(keys, column.purpose, place);
                }
            }
        }
    }
    sealed
}

/// One text in base64.
fn in_text(keys: &Keys, purpose: &str, place: &mut Json) -> u64 {
    let Some(old) = place.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()) else {
        return 0;
    };
    // What no key opens stays as it is: nobody can read it either way.
    let Ok(Some(new)) = keys.reseal(purpose, &Sealed(old)) else {
        return 0;
    };
    *place = BASE64_STANDARD.encode(new.0).into();
    1
}

async fn jobs(app: &App, by: &Actor, change: bool) -> Result<u64> {
    let (mut sealed, mut last) = (0, entities::JobId(0));
    loop {
        let rows = job::Entity::find()
            .filter(job::COLUMN.id.gt(last))
            .order_by_asc(job::COLUMN.id)
            .limit(AT_ONCE)
            .all(&*app.db)
            .await?;
        let Some(end) = rows.last() else { return Ok(sealed) };
        last = end.id;
        for mut row in rows {
            let texts = in_findings(&app.keys, &mut row.result);
            sealed += texts;
            if texts == 0 || !change {
                continue;
            }
            // Read again under the lock of writers; a job that runs writes its own findings in the end.
            let tx = app.db.write(by, "").await?;
            let Some(mut row) = job::Entity::find_by_id(row.id).one(&*tx).await? else {
                continue;
            };
            if row.state != JobState::Running && in_findings(&app.keys, &mut row.result) > 0 {
                let row = job::ActiveModel {
                    id: Set(row.id),
                    result: Set(row.result),
                    ..Default::default()
                };
                row.update(&*tx).await?;
                tx.commit_quietly().await?;
            }
        }
    }
}

/// The first errors of an import.
fn in_findings(keys: &Keys, result: &mut Json) -> u64 {
    result.get_mut("shown").map_or(0, |place| in_text(keys, "file", place))
}

/// The parameter that carries a sealed term, and what it is sealed for.
const TERM: &str = "find=";

async fn filters(app: &App, by: &Actor, change: bool) -> Result<u64> {
    let rows = saved_filter::Entity::find()
        .filter(saved_filter::COLUMN.query.contains(TERM))
        .all(&*app.db)
        .await?;
    let mut sealed = 0;
    for row in rows {
        let purpose = crate::web::find::purpose_of(row.organisation_id);
        let query = in_query(&app.keys, &purpose, &row.query);
        if query == row.query {
            continue;
        }
        sealed += 1;
        if change {
            let tx = app.db.write(by, "").await?;
            let row = saved_filter::ActiveModel {
                id: Set(row.id),
                query: Set(query),
                ..Default::default()
            };
            row.update(&*tx).await?;
            tx.commit_quietly().await?;
        }
    }
    Ok(sealed)
}

/// The same query string with its term under the newest key. A term that does not open finds nothing, then as now.
fn in_query(keys: &Keys, purpose: &str, query: &str) -> String {
    let parts = query.split('&').map(|part| {
        let term = part.trim_start_matches('?').strip_prefix(TERM)?;
        let old = Sealed(BASE64_URL_SAFE_NO_PAD.decode(term).ok()?);
        let new = keys.reseal(purpose, &old).ok()??;
        Some(part.replace(term, &BASE64_URL_SAFE_NO_PAD.encode(new.0)))
    });
    let parts: Vec<String> = parts
        .zip(query.split('&'))
        .map(|(new, old)| new.unwrap_or_else(|| old.to_owned()))
        .collect();
    parts.join("&")
}

/// Nothing of this is read without the keys, so nothing needs a connection of its own.
pub async fn left(app: &App, by: &Actor) -> Result<u64> {
    reseal(app, by, false).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_in_lists_of_effects_and_addresses_come_under_the_new_key() {
        let keys = Keys::ephemeral();
        let text = |purpose, plain| BASE64_STANDARD.encode(keys.seal(purpose, plain).unwrap().0);
        let number = text("child.identity_no", "33021120190101001X");
        let mut effects = json!([
            { "table": "child", "key": "[1]", "was": { "identity_no": null, "name": "小明" }, "now": { "identity_no": number } },
            { "table": "screen", "key": "[1]", "was": { "child_id": 2 }, "now": { "child_id": 1 } },
            { "table": "parked_row", "key": "[4]", "was": { "fields": text("parked_row", "{}") }, "now": null },
        ]);
        let before = effects.clone();
        assert_eq!(in_effects(&keys, &mut effects), 0);
        assert_eq!(effects, before);
        keys.add_key().unwrap();
        assert_eq!(in_effects(&keys, &mut effects), 2);
        let place = effects[0]["now"]["identity_no"].as_str().unwrap();
        let sealed = Sealed(BASE64_STANDARD.decode(place).unwrap());
        let old = Sealed(
            BASE64_STANDARD
                .decode(before[0]["now"]["identity_no"].as_str().unwrap())
                .unwrap(),
        );
        assert_eq!(
            Some(&sealed),
            keys.reseal("child.identity_no", &old).unwrap().as_ref(),
            "as the column itself"
        );
        assert_eq!(effects[1], before[1]);
        assert_eq!(in_effects(&keys, &mut effects), 0);

        let other = Keys::ephemeral();
        let term = BASE64_URL_SAFE_NO_PAD.encode(other.seal("find.3", "王").unwrap().0);
        let query = format!("stage=sent&find={term}&sort=name");
        assert_eq!(in_query(&other, "find.3", &query), query);
        other.add_key().unwrap();
        let changed = in_query(&other, "find.3", &query);
        assert!(changed.starts_with("stage=sent&find=") && changed.ends_with("&sort=name"));
        assert_ne!(changed, query);
        assert_eq!(in_query(&other, "find.3", &changed), changed);
        assert_eq!(in_query(&other, "find.4", &query), query, "what does not open stays");
    }
}
