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
