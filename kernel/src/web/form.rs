//! The gate: everything that a browser sends comes in here, as plain structs of text. The extractors of axum are banned
//! (`clippy.toml`), so that no handler can go around it.
//!
//! Forms keep what they were sent, cleaned ([`text::cleaned`]): what may not come in is marked in the field, and the
//! form's own `input` refuses it there ([`crate::platform::Check`]). Addresses are written by pages and not by people:
//! what may not come in makes them unreadable ([`address`]).

use std::borrow::Cow;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::platform::{Error, Result, text};

/// Longest address, path and query together, in bytes: every proxy takes it, and pages make none that is longer.
pub const ADDRESS: usize = 4096;
/// Longest name of a field, in characters.
const NAME: usize = 100;
/// Fields of one form: the list of a whole day has some thousand.
const FIELDS: usize = 10_000;

/// A submitted form. Its struct holds strings with defaults; parsing them is the form's own `input`.
#[derive(Clone, Debug, Default)]
pub struct Form<F>(pub F);

impl<S: Send + Sync, F: DeserializeOwned> FromRequest<S> for Form<F> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_form(request.headers()) {
            return Err(Error::Unreadable("not a form".to_owned()));
        }
        let body = Bytes::from_request(request, state).await.map_err(|e| {
            if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge
            } else {
                Error::Unreadable(e.body_text())
            }
        })?;
        read(&body).map(Self)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim().starts_with("application/x-www-form-urlencoded"))
}

/// A query string. What cannot be read is an unreadable request, not an empty filter.
#[derive(Clone, Debug, Default)]
pub struct Query<Q>(pub Q);

impl<S: Send + Sync, Q: DeserializeOwned> FromRequestParts<S> for Query<Q> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        read(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// Pairs of name and value, cleaned, as `T`.
pub fn read<T: DeserializeOwned>(sent: &[u8]) -> Result<T> {
    let unreadable = |e: &dyn std::fmt::Display| Error::Unreadable(e.to_string());
    let mut pairs = form_urlencoded::Serializer::new(String::with_capacity(sent.len()));
    for (at, (name, value)) in form_urlencoded::parse(sent).enumerate() {
        if at >= FIELDS {
            return Err(unreadable(&"too many fields"));
        }
        // No page of ours makes such a name.
        if text::is_refused(&name) || text::cut(&name, NAME).len() < name.len() {
            return Err(unreadable(&"the name of a field"));
        }
        // One character more than any field takes, so that its form tells that it is too long.
        pairs.append_pair(&name, text::cut(&text::cleaned(&value), text::LONGEST + 1));
    }
    serde_html_form::from_str(&pairs.finish()).map_err(|e| unreadable(&e))
}

/// Parts of the path. What cannot be one is not found.
#[derive(Clone, Debug, Default)]
pub struct Path<P>(pub P);

impl<S: Send + Sync, P: DeserializeOwned + Send> FromRequestParts<S> for Path<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        #[expect(clippy::disallowed_types, reason = "this is what replaces it")]
        let found = axum::extract::Path::<P>::from_request_parts(parts, state).await;
        found.map(|path| Self(path.0)).map_err(|_| Error::NotFound)
    }
}

/// The layer that looks at addresses before anything else does: too long ones are refused, and what may not come in is
/// in no path and no parameter of a page.
pub async fn address(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |address| address.as_str().len());
    if length > ADDRESS {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    if is_refused(uri.path()) {
        return Error::NotFound.into_response();
    }
    if uri.query().is_some_and(is_refused) {
        return Error::Unreadable("the address".to_owned()).into_response();
    }
    next.run(request).await
}

fn is_refused(encoded: &str) -> bool {
    let decoded: Cow<'_, str> = percent_decode_str(encoded).decode_utf8_lossy();
    text::is_refused(&decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(String, String)>;

    #[test]
    fn what_is_sent_comes_in_clean() {
        let pairs: Pairs = read(b"name=%E7%8E%8B%E2%80%8B&note=a%0D%0Ab%00&empty=").unwrap();
        let expected = [("name", "王"), ("note", "a\nb\u{fffd}"), ("empty", "")];
        assert_eq!(pairs, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        // Half a surrogate pair, and bytes that are no text.
        for odd in ["name=%ED%A0%80", "name=%FF%FE"] {
            assert!(
                read::<Pairs>(odd.as_bytes()).unwrap()[0].1.contains('\u{fffd}'),
                "{odd}"
            );
        }
    }

    #[test]
    fn nothing_comes_in_without_end() {
        let long = format!("name={}", "a".repeat(900_000));
        assert_eq!(read::<Pairs>(long.as_bytes()).unwrap()[0].1.len(), text::LONGEST + 1);
        assert!(read::<Pairs>(format!("{}=1", "a".repeat(101)).as_bytes()).is_err());
        assert!(read::<Pairs>(b"a%00=1").is_err());
        assert!(read::<Pairs>("a=1&".repeat(FIELDS + 1).as_bytes()).is_err());
        assert_eq!(read::<Pairs>("a=1&".repeat(FIELDS).as_bytes()).unwrap().len(), FIELDS);
        assert!(read::<Pairs>(format!("{}=1", "a".repeat(100)).as_bytes()).is_ok());
    }

    #[test]
    fn a_form_says_that_it_is_one() {
        let says = |kind: &str| is_form(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]));
        assert!(says("application/x-www-form-urlencoded"));
        assert!(says(" application/x-www-form-urlencoded; charset=UTF-8"));
        for other in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
            assert!(!says(other), "{other}");
        }
        assert!(!is_form(&HeaderMap::new()));
    }

    #[test]
    fn addresses_without_controls() {
        assert!(
            is_refused("/children/%00") && is_refused("q=a%7Fb") && is_refused("q=%FF") && is_refused("%C2%85x%1b")
        );
        assert!(!is_refused("/children?q=%E7%8E%8B&page=2"));
    }
}
