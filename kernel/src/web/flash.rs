//! A sentence for the next page, in a cookie: no database write for it.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Something to say once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// `success`, `warning`, `danger` or `info`.
    pub kind: &'static str,
    /// Already in the reader's language.
    pub text: String,
}

const COOKIE: &str = "starbridge_flash";
/// Browsers keep 4 KiB a cookie, and a sentence needs less.
const LONGEST: usize = 3000;

/// Leave it for the next page.
pub fn set(response: &mut Response, flash: &Flash) {
    let text = utf8_percent_encode(&flash.text, NON_ALPHANUMERIC).to_string();
    if text.len() <= LONGEST {
        put(
            response,
            &format!(
                "{COOKIE}={}.{text}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
                flash.kind
            ),
        );
    }
}

/// It was said.
pub fn clear(response: &mut Response) {
    put(
        response,
        &format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    );
}

/// What the last request left to say.
pub fn read(headers: &HeaderMap) -> Option<Flash> {
    let value = cookie(headers, COOKIE)?;
    let (kind, text) = value.split_once('.')?;
    let kind = ["success", "warning", "danger", "info"]
        .into_iter()
        .find(|k| *k == kind)?;
    let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    Some(Flash { kind, text })
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn put(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
