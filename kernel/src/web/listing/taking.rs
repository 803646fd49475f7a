//! A list on its way out of the system: the rows come from one query, are read as it finds them, and never stand in memory
//! together. That it was taken is an event.

use std::pin::Pin;

use futures_util::{Stream, StreamExt as _};
use sea_orm::DbErr;
use serde_json::{Value as Json, json};

use super::{Column, Listing};
use crate::{
    platform::{
        App, Error, Result, Say, clock,
        event::{self, Subject},
        workbook::{Export, ExportColumn, Format, Value},
    },
    web::{Answer, Ctx, ctx::download},
};

/// Rows whose names (of places, of people) are looked up together.
const CHUNK: usize = 500;
/// More rows are narrowed by a filter first: neither Excel nor whoever reads them is helped by more.
const MOST: usize = 200_000;

/// A list that is being taken out.
pub(super) struct Taking {
    title: String,
    format: Format,
    book: Export,
}

impl Taking {
    /// The file, still without rows. Every printed page of a workbook says who made it and when: a list that leaves the
    /// system must tell where it came from.
    pub(super) fn begin<L: Listing>(ctx: &Ctx, format: Format) -> Result<Self> {
        let columns: Vec<ExportColumn> = L::COLUMNS.iter().filter_map(|c: &Column<_>| c.as_export(ctx)).collect();
        let by = ctx
            .who
            .as_ref()
            .map(|who| format!("{} {}", who.organisation, who.display_name))
            .unwrap_or_default();
        let made_at = clock::local(ctx.actor.now);
        let title = ctx.say(L::TITLE);
        let book = Export::new(format, &title, &columns, (by.trim(), made_at), ctx.language);
        Ok(Self {
            title,
            format,
            book: book.map_err(anyhow::Error::from)?,
        })
    }

    /// One more row.
    ///
    /// # Errors
    /// More than [`MOST`]; a full disk.
    pub(super) fn row(&mut self, cells: &[Value]) -> Result<()> {
        if self.book.rows() >= MOST {
            return Err(Error::refused(Say::new("ui.list.too_long").with("most", MOST)));
        }
        Ok(self.book.row(cells).map_err(anyhow::Error::from)?)
    }

    /// The file; that it was taken is an event of the list's name, with what it was asked for.
    pub(super) async fn hand_out(self, app: &App, ctx: &Ctx, list: &str, asked: Json) -> Answer {
        let Self { title, format, book } = self;
        let mut details = asked;
        if let Some(details) = details.as_object_mut() {
            details.insert("list".into(), json!(list));
            details.insert("rows".into(), json!(book.rows()));
            // A list is a workbook, unless somebody asks for text.
            if format == Format::Csv {
                details.insert("format".into(), json!(format.extension()));
            }
        }
        // Compressing is long work: it blocks nobody.
        let content = tokio::task::spawn_blocking(move || book.finish()).await;
        let content = content.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
        event::note(app, &ctx.actor, "list.exported", Subject::none(), details).await?;
        let name = format!("{title}-{}.{}", ctx.actor.today(), format.extension());
        Ok(download(&name, format.media_type(), content))
    }
}

/// The next rows of a query that is read as a stream; none at its end.
///
/// # Errors
/// The database is in trouble.
pub(super) async fn chunk<M>(
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
