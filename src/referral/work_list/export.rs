//! The list of referrals as a workbook: the same select as the page, row by row, with who took it out and when.

use std::collections::BTreeSet;

use chrono_tz::Asia::Shanghai;
use serde_json::json;

use super::queries::{self, Row};
use crate::{
    organisations,
    platform::{App, Result, workbook::Value},
    referral::queries as referrals,
    web::{Answer, Ctx, List, TakenOut, Taking, chunk},
};

const TAKEN: TakenOut<'_> = TakenOut {
    list: "/referrals",
    title: "work.export.name",
    columns: &[
        ("work.column.file_no", 20),
        ("work.column.name", 12),
        ("work.column.birth", 12),
        ("work.column.street", 16),
        ("work.column.kind", 10),
        ("work.column.state", 12),
        ("work.column.from", 26),
        ("work.column.to", 26),
        ("work.column.since", 18),
        ("work.column.due", 12),
        ("work.column.appointment", 18),
    ],
};

/// The workbook.
pub async fn workbook(app: &App, ctx: &Ctx, list: &List) -> Answer {
    let select = queries::rows(&ctx.actor, list);
    let mut rows = select.into_model::<Row>().stream(&*app.db).await?;
    let mut file = TAKEN.begin(ctx)?;
    while let Some(some) = chunk(&mut rows).await? {
        write(app, ctx, &mut file, &some).await?;
    }
    file.file(app, ctx, json!({ "query": list.query() })).await
}

async fn write(app: &App, ctx: &Ctx, file: &mut Taking<'_>, rows: &[Row]) -> Result<()> {
    let db = &*app.db;
    let places = rows.iter().flat_map(|r| [r.from_organisation_id, r.to_organisation_id]);
    let places = referrals::places(db, places.collect::<BTreeSet<_>>()).await?;
    let streets: BTreeSet<String> = rows.iter().map(|r| r.street.clone()).collect();
    let streets = organisations::queries::division_names(db, streets).await?;
    let place = |id| Value::Text(places.get(&id).cloned().unwrap_or_default());
    let moment = |at: chrono::DateTime<chrono::Utc>| Value::Moment(at.with_timezone(&Shanghai).naive_local());
    for row in rows {
        file.row(&[
            Value::Text(row.file_no.clone()),
            Value::Text(row.name.clone()),
            Value::Date(row.birth_on),
            Value::Text(streets.get(&row.street).unwrap_or(&row.street).clone()),
            Value::Text(ctx.say(row.kind.word())),
            Value::Text(ctx.say(row.state.word())),
            place(row.from_organisation_id),
            place(row.to_organisation_id),
            moment(row.since),
            row.due().map_or(Value::Blank, Value::Date),
            row.appointment_at.map_or(Value::Blank, moment),
        ])?;
    }
    Ok(())
}
