//! A file is opened. Nothing in it is run: not by the answer's type, not by a guess, not by a script.

use entities::{attachment::attachment, kept::stored_file, words::FileKind};
use serde_json::json;

use super::{owner::subject, states::opens};
use crate::{
    platform::{
        App, Error, Result, event,
        file::{self, kind},
    },
    web::{
        Answer, Ctx,
        stored::{self, Way},
    },
};

/// What of a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As it came: saved, not shown.
    Original,
    /// A picture upright, with nothing in it but itself; shown in the browser.
    Picture,
    /// A small picture of it.
    Thumbnail,
}

impl Shape {
    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Picture => "picture",
            Self::Thumbnail => "thumbnail",
        }
    }
}

/// Open a file that the actor found, by its scope or through what it belongs to. That it was opened is an event; small
/// pictures are part of the page that shows them, whose view is one.
///
/// # Errors
/// Not found while nobody looked into it, after it was refused or taken back, and where there is no such shape of it.
pub async fn send(app: &App, ctx: &Ctx, one: &attachment::Model, shape: Shape) -> Answer {
    if !opens(one.state) {
        return Err(Error::NotFound);
    }
    let (id, way) = match shape {
        Shape::Original => (Some(one.file_id), Way::Saved),
        Shape::Picture => (one.clean_id, Way::Shown),
        Shape::Thumbnail => (one.thumbnail_id, Way::Small),
    };
    let stored = file::find(&*app.db, id.ok_or(Error::NotFound)?).await?;
    if shape != Shape::Thumbnail {
        let details = json!({ "shape": shape.name(), "file": stored.id, "hash": stored.hash });
        event::note(
            app,
            &ctx.actor,
            "attachment.opened",
            subject(one.id, one.child_id),
            details,
        )
        .await?;
    }
    let media = media(&stored)?;
    stored::answer(app, stored, media, way).await
}

/// What it is, in our own words: nothing that came with it is repeated in a header.
fn media(stored: &stored_file::Model) -> Result<&'static str> {
    let known = FileKind::ALL.iter().map(|kind| kind::media_type(*kind));
    known
        .into_iter()
        .find(|media| *media == stored.media_type)
        .ok_or(Error::NotFound)
}
