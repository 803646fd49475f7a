//! A stored file as an answer: in pieces, and so that no browser takes it for anything else.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use entities::kept::stored_file;
use percent_encoding::NON_ALPHANUMERIC;

use super::Answer;
use crate::platform::{App, file, text};

/// Nothing in it is loaded, run or sent, and it has no origin of its own to look into.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'none'";
/// A small picture never changes; the browser of its reader may keep it for an hour, nobody between.
const KEPT: &str = "private, max-age=3600, immutable";

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The browser saves it.
    Saved,
    /// The browser shows it.
    Shown,
    /// It is part of a page.
    Small,
}

/// The answer. Whoever opens it has found it through a scope and made the event. `media` is what it was told to be by its
/// content.
pub async fn answer(app: &App, stored: stored_file::Model, media: &'static str, way: Way) -> Answer {
    let name = text::file_name(&stored.name);
    let name = percent_encoding::utf8_percent_encode(&name, NON_ALPHANUMERIC);
    let disposed = match way {
        Way::Saved => format!("attachment; filename*=UTF-8''{name}"),
        Way::Shown | Way::Small => format!("inline; filename*=UTF-8''{name}"),
    };
    let size = stored.size;
    let pieces = file::pieces(app, stored).await?;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposed).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    let mut response: Response = (headers, Body::from_stream(pieces)).into_response();
    // What breaks off is noticed.
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    if way == Way::Small {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    }
    Ok(response)
}
