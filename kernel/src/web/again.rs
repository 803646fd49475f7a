//! A form that came in while nothing could be saved: its page brings it back, to be sent again.

use std::time::Duration;

use axum::{
    body::{self, Body, Bytes, HttpBody as _},
    extract::Request,
    http::{Method, header},
};

/// Larger forms are files.
pub(super) const LARGEST: usize = 1024 * 1024;
/// Longest form that is kept of somebody who cannot be recognised at the moment: it may be anybody, and there may be many.
pub(super) const AT_THE_DOOR: usize = 64 * 1024;
/// A body that dribbles is left to the layers behind.
const PATIENCE: Duration = Duration::from_secs(30);

/// A form as it was sent.
pub(super) struct Posted {
    action: String,
    body: Bytes,
}

/// A form as a page sends it once more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Where to, with the token that makes it count once.
    pub(super) action: String,
    /// What was typed.
    pub(super) fields: Vec<(String, String)>,
}

impl Posted {
    /// Remember the body of a form on its way, of so many bytes at most. Only forms with a token are kept: the others
    /// might count twice.
    pub(super) async fn keep(request: Request, most: usize) -> (Request, Option<Self>) {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|t| t.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let size = request.body().size_hint().upper();
        let small = size.is_some_and(|bytes| usize::try_from(bytes).is_ok_and(|bytes| bytes <= most));
        let action = request.uri().path_and_query().map(|to| to.as_str().to_owned());
        let Some(action) = action.filter(|to| request.method() == Method::POST && to.contains("once=")) else {
            return (request, None);
        };
        if !is_form || !small {
            return (request, None);
        }
        let (parts, body) = request.into_parts();
        match tokio::time::timeout(PATIENCE, body::to_bytes(body, most)).await {
            Ok(Ok(body)) => {
                let request = Request::from_parts(parts, Body::from(body.clone()));
                (request, Some(Self { action, body }))
            }
            // Whoever reads it next finds it cut short, and says so.
            Ok(Err(_)) | Err(_) => (Request::from_parts(parts, Body::empty()), None),
        }
    }

    /// Where it was sent, without what comes after the path.
    pub(super) fn path(&self) -> &str {
        self.action.split('?').next().unwrap_or_default()
    }

    /// What was typed, if it can be read.
    pub(super) fn fields(&self) -> Option<Vec<(String, String)>> {
        serde_urlencoded::from_bytes(&self.body).ok()
    }

    /// The form, unless it holds what no page may hold.
    pub(super) fn form(&self) -> Option<Kept> {
        let fields = self.fields()?;
        let secret = |name: &str| ["password", "secret"].iter().any(|word| name.contains(word));
        let path = self.path();
        let of_secrets = ["password", "sign-in", "second-factor", "pretence"];
        if of_secrets.iter().any(|word| path.contains(word)) || fields.iter().any(|(name, _)| secret(name)) {
            return None;
        }
        Some(Kept {
            action: self.action.clone(),
            fields,
        })
    }

    /// The form as a new one, with a token of its own.
    pub(super) fn anew(&self, once: &str) -> Option<Kept> {
        let query = self.action.split_once('?').map_or("", |(_, query)| query);
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        pairs.retain(|(name, _)| name != "once");
        pairs.push(("once".to_owned(), once.to_owned()));
        let query = serde_urlencoded::to_string(pairs).ok()?;
        let action = format!("{}?{query}", self.path());
        self.form().map(|form| Kept { action, ..form })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn kept(to: &str, kind: &str, body: &'static str) -> Option<Kept> {
        let request = Request::post(to)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let (request, posted) = Posted::keep(request, LARGEST).await;
        let passed_on = body::to_bytes(request.into_body(), LARGEST).await.unwrap();
        assert_eq!(passed_on, body);
        posted?.form()
    }

    #[tokio::test]
    async fn a_form_is_kept_up_to_its_longest() {
        for (bytes, is_kept) in [(99, true), (100, true), (101, false)] {
            let request = Request::post("/children/7?once=abc")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from("a".repeat(bytes)))
                .unwrap();
            let (request, posted) = Posted::keep(request, 100).await;
            assert_eq!(posted.is_some(), is_kept, "{bytes}");
            let passed_on = body::to_bytes(request.into_body(), LARGEST).await.unwrap();
            assert_eq!(passed_on.len(), bytes);
        }
    }

    #[tokio::test]
    async fn what_was_typed_comes_back_and_no_password_does() {
        let form = "application/x-www-form-urlencoded";
        let came = kept("/children/7?once=abc", form, "name=%E5%B0%8F%E6%98%8E&note=a%0D%0Ab").await;
        let fields = vec![
            ("name".to_owned(), "小明".to_owned()),
            ("note".to_owned(), "a\r\nb".to_owned()),
        ];
        assert_eq!(
            came,
            Some(Kept {
                action: "/children/7?once=abc".to_owned(),
                fields
            })
        );
        assert_eq!(kept("/children/7", form, "name=a").await, None);
        assert_eq!(kept("/account/password?once=abc", form, "new=a").await, None);
        assert_eq!(kept("/account/second-factor?once=abc", form, "code=123456").await, None);
        assert!(kept("/organisations?once=abc", form, "credit_code=a").await.is_some());
        assert_eq!(
            kept("/imports?once=abc", "multipart/form-data; boundary=x", "--x").await,
            None
        );
    }
}
