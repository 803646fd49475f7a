//! The list of referrals as a workbook: the same select as the page, row by row, with who took it out and when.

use chrono_tz::Asia::Shanghai;
use sea_orm::QuerySelect;
use serde_json::json;

use super::queries::{self, Row};
use crate::{
    organisations,
    platform::{
        App, Error, Result,
        event::{self, Subject},
        workbook::{Export, ExportColumn, Format, Value},
    },
    referral::queries as referrals,
    web::{Ctx, List},
};

/// Rows read at a time.
const CHUNK: u64 = 1000;

/// The workbook, and its name.
pub async fn workbook(app: &App, ctx: &Ctx, list: &List) -> Result<(String, Vec<u8>)> {
    let by = &ctx.actor;
    let columns: Vec<ExportColumn> = [
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
    ]
    .into_iter()
    .map(|(key, width)| ExportColumn {
        header: ctx.say(key),
        width,
    })
    .collect();
    let now = by.now.with_timezone(&Shanghai).naive_local();
    let name = ctx.say("work.export.name");
    let who = ctx
        .who
        .as_ref()
        .map(|w| format!("{} {}", w.organisation, w.display_name))
        .unwrap_or_default();
    let mut export = Export::new(Format::Xlsx, &name, &columns, (&who, now), ctx.language).map_err(failed)?;
    let mut offset = 0;
    loop {
        let rows = queries::rows(by, list)
            .offset(offset)
            .limit(CHUNK)
            .into_model::<Row>()
            .all(&*app.db)
            .await?;
        write(app, ctx, &mut export, &rows).await?;
        let read = u64::try_from(rows.len()).unwrap_or(CHUNK);
        if read < CHUNK {
            break;
        }
        offset += read;
    }
    let rows = export.rows();
    let details = json!({ "list": "/referrals", "query": list.query(), "rows": rows });
    event::note(app, by, "list.exported", Subject::none(), details).await?;
    let file = format!("{name} {}.xlsx", now.format("%Y-%m-%d %H%M"));
    Ok((file, export.finish().map_err(failed)?))
}

async fn write(app: &App, ctx: &Ctx, export: &mut Export, rows: &[Row]) -> Result<()> {
    let db = &*app.db;
    let places = rows.iter().flat_map(|r| [r.from_organisation_id, r.to_organisation_id]);
    let places = referrals::places(db, places.collect::<std::collections::BTreeSet<_>>()).await?;
    let streets: std::collections::BTreeSet<String> = rows.iter().map(|r| r.street.clone()).collect();
    let streets = organisations::queries::division_names(db, streets).await?;
    let place = |id| Value::Text(places.get(&id).cloned().unwrap_or_default());
    let moment = |at: chrono::DateTime<chrono::Utc>| Value::Moment(at.with_timezone(&Shanghai).naive_local());
    for row in rows {
        export
            .row(&[
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
            ])
            .map_err(failed)?;
    }
    Ok(())
}

fn failed(error: crate::platform::workbook::WriteError) -> Error {
    Error::Internal(error.into())
}
