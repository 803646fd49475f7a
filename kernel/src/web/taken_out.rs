//! A list taken out of the system as a workbook: the columns of its page, and who took it when. Its rows come from one
//! query, are read as it finds them, and never stand in memory together.

use std::pin::Pin;

use chrono_tz::Asia::Shanghai;
use futures_util::{Stream, StreamExt as _};
use sea_orm::DbErr;
use serde_json::{Value as Json, json};

use super::{Answer, Ctx, List, ctx::download};
use crate::platform::{
    App, Error, Result, Say,
    event::{self, Subject},
    workbook::{Export, ExportColumn, Format, Value},
};

/// Rows whose names (of places, of people) are looked up together.
const CHUNK: usize = 500;
/// More rows are narrowed by a filter first: neither Excel nor whoever reads them is helped by more.
pub const MOST: usize = 200_000;

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

impl<'a> TakenOut<'a> {
    /// The workbook, still without rows.
    ///
    /// # Errors
    /// The workbook cannot be made.
    pub fn begin(self, ctx: &Ctx) -> Result<Taking<'a>> {
        let columns: Vec<ExportColumn> = self
            .columns
            .iter()
            .map(|(key, width)| ExportColumn {
                header: ctx.say(*key),
                width: *width,
            })
            .collect();
        let by = ctx
            .who
            .as_ref()
            .map(|who| format!("{} {}", who.organisation, who.display_name))
            .unwrap_or_default();
        let made_at = ctx.actor.now.with_timezone(&Shanghai).naive_local();
        let title = ctx.say(self.title);
        let book = Export::new(Format::Xlsx, &title, &columns, (by.trim(), made_at), ctx.language);
        Ok(Taking {
            what: self,
            title,
            book: book.map_err(anyhow::Error::from)?,
        })
    }

    /// A short list as a file.
    ///
    /// # Errors
    /// As [`Taking::row`] and [`Taking::file`].
    pub async fn file(self, app: &App, ctx: &Ctx, asked: &List, rows: &[Vec<Value>]) -> Answer {
        let mut taking = self.begin(ctx)?;
        for row in rows {
            taking.row(row)?;
        }
        taking.file(app, ctx, json!({ "query": asked.query() })).await
    }
}

/// A list that is being taken out.
pub struct Taking<'a> {
    what: TakenOut<'a>,
    title: String,
    book: Export,
}

impl Taking<'_> {
    /// One more row.
    ///
    /// # Errors
    /// More than [`MOST`]; a full disk.
    pub fn row(&mut self, cells: &[Value]) -> Result<()> {
        if self.book.rows() >= MOST {
            return Err(Error::refused(Say::new("ui.list.too_long").with("most", MOST)));
        }
        Ok(self.book.row(cells).map_err(anyhow::Error::from)?)
    }

    /// The workbook as a file; that it was taken is an event, with what it was asked for in `details`.
    ///
    /// # Errors
    /// The workbook cannot be made, or the event cannot be written.
    pub async fn file(self, app: &App, ctx: &Ctx, mut details: Json) -> Answer {
        if let Some(details) = details.as_object_mut() {
            details.insert("list".into(), json!(self.what.list));
            details.insert("rows".into(), json!(self.book.rows()));
        }
        // Compressing is long work: it blocks nobody.
        let book = self.book;
        let content = tokio::task::spawn_blocking(move || book.finish()).await;
        let content = content.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
        event::note(app, &ctx.actor, "list.exported", Subject::none(), details).await?;
        let name = format!("{}-{}.{}", self.title, ctx.actor.today(), Format::Xlsx.extension());
        Ok(download(&name, Format::Xlsx.media_type(), content))
    }
}

/// The next rows of a query that is read as a stream; none at its end.
///
/// # Errors
/// The database is in trouble.
pub async fn chunk<M>(
    rows: &mut Pin<Box<dyn Stream<Item = std::result::Result<M, DbErr>> + Send + '_>>,
) -> Result<Option<Vec<M>>> {
    let mut some = Vec::with_capacity(CHUNK);
    while some.len() < CHUNK
        && let Some(row) = rows.next().await
    {
        some.push(row?);
    }
    Ok((!some.is_empty()).then_some(some))
}
