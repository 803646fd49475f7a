//! A list taken out of the system as a workbook: the columns of its page, and who took it when.

use chrono_tz::Asia::Shanghai;
use serde_json::json;

use super::{Answer, Ctx, List, ctx::download};
use crate::platform::{
    App,
    event::{self, Subject},
    workbook::{Export, ExportColumn, Format, Value},
};

/// What is taken out.
#[derive(Clone, Copy, Debug)]
pub struct TakenOut<'a> {
    /// Its name in the events.
    pub list: &'a str,
    /// Locale key of the title, which is the name of the sheet and of the file too.
    pub title: &'a str,
    /// Locale keys and widths in characters.
    pub columns: &'a [(&'a str, u16)],
}

impl TakenOut<'_> {
    /// The workbook as a file; that it was taken is an event.
    ///
    /// # Errors
    /// The workbook cannot be made, or the event cannot be written.
    pub async fn file(self, app: &App, ctx: &Ctx, asked: &List, rows: &[Vec<Value>]) -> Answer {
        let columns: Vec<ExportColumn> = self
            .columns
            .iter()
            .map(|(key, width)| ExportColumn {
                header: ctx.say(*key),
                width: *width,
            })
            .collect();
        let by = ctx.who.as_ref().map_or("", |who| who.display_name.as_str());
        let made_at = ctx.actor.now.with_timezone(&Shanghai).naive_local();
        let title = ctx.say(self.title);
        let mut book =
            Export::new(Format::Xlsx, &title, &columns, (by, made_at), ctx.language).map_err(anyhow::Error::from)?;
        for row in rows {
            book.row(row).map_err(anyhow::Error::from)?;
        }
        let content = book.finish().map_err(anyhow::Error::from)?;
        let details = json!({ "list": self.list, "rows": rows.len(), "filtered": !asked.query().is_empty() });
        event::note(app, &ctx.actor, "list.exported", Subject::none(), details).await?;
        let name = format!("{title}-{}.{}", ctx.actor.today(), Format::Xlsx.extension());
        Ok(download(&name, Format::Xlsx.media_type(), content))
    }
}
