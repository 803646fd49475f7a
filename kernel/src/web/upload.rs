//! Files that browsers send, and the fields that come with them.

#![expect(clippy::disallowed_types, reason = "this is what replaces it")]

use axum::{
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};

use crate::platform::{Error, Result, text};

/// Bytes of an upload besides its file: boundaries, names and short fields.
pub const WRAPPING: usize = 64 * 1024;

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
}
