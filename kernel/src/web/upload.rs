//! Files that browsers send, and the fields that come with them.

#![expect(clippy::disallowed_types, reason = "this is what replaces it")]

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};

use http_body::{Frame, SizeHint};

use crate::platform::{
    App, Error, Result,
    file::{Limits, Spool, Spooled},
    text,
};

/// Bytes of an upload besides its file: boundaries, names and short fields.
pub const WRAPPING: usize = 64 * 1024;
/// Bytes of the longest form with several files: what no rule allows is not read.
pub(super) const LARGEST: usize = WRAPPING + Limits::LONGEST;
/// A line that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// The parts of an upload form, one after the other.
#[derive(Debug)]
pub struct Parts(Multipart);

/// One part.
#[derive(Debug)]
pub struct Part<'a> {
    /// Name of its field.
    pub name: String,
    field: Field<'a>,
}

/// A body that is read one piece at a time: the reader of forms goes on reading while anything is there, and would hold
/// all of what comes faster than it is written down.
struct OneByOne {
    body: Body,
    gave: bool,
}

impl HttpBody for OneByOne {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if std::mem::take(&mut self.gave) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.body).poll_frame(cx);
        self.gave = next.is_ready();
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn unreadable(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge
    } else {
        Error::Unreadable(error.body_text())
    }
}

impl<S: Send + Sync> FromRequest<S> for Parts {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let request = request.map(|body| Body::new(OneByOne { body, gave: false }));
        let parts = Multipart::from_request(request, state).await;
        parts.map(Self).map_err(|e| Error::Unreadable(e.body_text()))
    }
}

impl Parts {
    /// The next part.
    ///
    /// # Errors
    /// What is no upload, or larger than its route allows.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        let Some(field) = self.0.next_field().await.map_err(|e| unreadable(&e))? else {
            return Ok(None);
        };
        let name = text::cleaned(field.name().unwrap_or_default());
        Ok(Some(Part {
            name: text::cut(&name, 100).to_owned(),
            field,
        }))
    }
}

impl Part<'_> {
    /// The name that the file had where it came from: browsers send a bare name, others may send a path. Nothing is ever
    /// opened by it.
    pub fn file_name(&self) -> String {
        text::file_name(self.field.file_name().unwrap_or_default())
    }

    /// A field of text, cleaned as in every form.
    ///
    /// # Errors
    /// As [`Parts::next`].
    pub async fn text(self) -> Result<String> {
        let bytes = self.field.bytes().await.map_err(|e| unreadable(&e))?;
        let sent = String::from_utf8_lossy(&bytes);
        Ok(text::cut(&text::cleaned(&sent), text::LONGEST + 1).to_owned())
    }

    /// The bytes of a file; none when there are more than `limit`, which is noticed as soon as they come.
    ///
    /// # Errors
    /// As [`Parts::next`].
    pub async fn bytes(mut self, limit: usize) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.field.chunk().await.map_err(|e| unreadable(&e))? {
            if bytes.len() + chunk.len() > limit {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }

    /// The bytes of a file, sealed and on the disk; none when there are more than `limit`, which is noticed as soon as they
    /// come: whoever goes on to the next part reads the rest.
    ///
    /// # Errors
    /// As [`Parts::next`]; a line that is silent, a disk that is full.
    pub async fn spooled(mut self, app: &App, limit: u64) -> Result<Option<Spooled>> {
        let mut spool = Spool::begin(app).await?;
        loop {
            let chunk = tokio::time::timeout(SILENCE, self.field.chunk()).await;
            let chunk = chunk.map_err(|_| Error::Unreadable("nothing came any more".to_owned()))?;
            let Some(chunk) = chunk.map_err(|e| unreadable(&e))? else {
                return Ok(Some(spool.finish().await?));
            };
            spool.write(&chunk).await?;
            if spool.size() > limit {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::header};

    use super::*;

    async fn parts(name: &str, content: &str) -> Parts {
        let body =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n--edge--\r\n");
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        Parts::from_request(request, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_comes_in_up_to_its_longest() {
        for (limit, comes) in [(9, false), (10, true), (11, true)] {
            let mut parts = parts("file", "0123456789").await;
            let part = parts.next().await.unwrap().unwrap();
            let bytes = part.bytes(limit).await.unwrap();
            assert_eq!(bytes, comes.then(|| b"0123456789".to_vec()), "{limit}");
            assert!(parts.next().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn the_name_of_a_field_is_cut_and_its_text_keeps_one_character_too_many_to_be_told() {
        let mut long = parts(&"n".repeat(300), &"a".repeat(text::LONGEST + 50)).await;
        let part = long.next().await.unwrap().unwrap();
        assert_eq!(part.name, "n".repeat(100));
        assert_eq!(part.text().await.unwrap().len(), text::LONGEST + 1);
    }
}
