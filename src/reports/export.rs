//! A report on its way out of the system: its file, its name, its event.

use serde_json::{Value as Json, json};

use super::screening::{request::Span, service};
use crate::{
    platform::{
        App,
        event::{self, Subject},
        workbook::{Format, ReportTable},
    },
    web::{Answer, Ctx, ctx::download},
};

/// The tables of a report as a file; that it was taken is an event, with which report it was in `details`.
pub(super) async fn hand_out(
    app: &App,
    ctx: &Ctx,
    (tables, called): (&[(Span, ReportTable)], &str),
    format: Format,
    (subject, mut details): (Subject, Json),
) -> Answer {
    let reporter = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
    let content = service::file(tables, format, &ctx.actor, reporter, ctx.language)?;
    if let Some(details) = details.as_object_mut() {
        details.insert("report".into(), json!("screening"));
        details.insert("format".into(), json!(format.extension()));
    }
    event::note(app, &ctx.actor, "report.exported", subject, details).await?;
    let name = format!("{called}.{}", format.extension());
    Ok(download(&name, format.media_type(), content))
}
