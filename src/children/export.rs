//! A list of children as a workbook: the same rows and columns as the page, and who took it out when.

use std::collections::BTreeMap;

use chrono_tz::Asia::Shanghai;

use super::{queries::ChildRow, views::age_on};
use crate::{
    platform::{
        Result,
        workbook::{Export, ExportColumn, Format, Value},
    },
    web::Ctx,
};

/// Media type of the file.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const COLUMNS: [(&str, u16); 8] = [
    ("child.name", 12),
    ("child.sex", 6),
    ("child.birth_on", 12),
    ("child.age", 12),
    ("child.file_no", 20),
    ("child.identity_no", 22),
    ("child.street", 16),
    ("child.stage", 20),
];

/// The workbook. Every printed page says who made it and when: a list that leaves the system must tell where it came
/// from.
pub fn workbook(ctx: &Ctx, rows: &[ChildRow], streets: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let columns = COLUMNS.map(|(key, width)| ExportColumn {
        header: ctx.say(key),
        width,
    });
    let made_at = ctx.actor.now.with_timezone(&Shanghai).naive_local();
    let by = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
    let failed = |error: crate::platform::workbook::WriteError| crate::platform::Error::Internal(error.into());
    let mut export = Export::new(
        Format::Xlsx,
        &ctx.say("nav.children"),
        &columns,
        (by, made_at),
        ctx.language,
    )
    .map_err(failed)?;
    let text = |text: &str| Value::Text(text.to_owned());
    for row in rows {
        let age = age_on(row.birth_on, ctx.actor.today()).in_words(ctx.language);
        let stage = row.stage.map(|stage| ctx.say(stage.word()));
        export
            .row(&[
                text(&row.name),
                Value::Text(ctx.say(row.sex.word())),
                Value::Date(row.birth_on),
                Value::Text(age),
                text(&row.file_no),
                row.identity_mask.as_deref().map_or(Value::Blank, text),
                text(streets.get(&row.street).unwrap_or(&row.street)),
                stage.map_or(Value::Blank, Value::Text),
            ])
            .map_err(failed)?;
    }
    export.finish().map_err(failed)
}
