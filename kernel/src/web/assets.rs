//! The stylesheet, the scripts and the logo, built by npm and embedded in the binary. A debug build reads them from
//! `assets/dist`, so that `npm run assets:watch` shows at once.

use axum::{
    Router,
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rust_embed::Embed;

use super::Path;

#[derive(Embed)]
#[folder = "../assets/dist"]
struct Assets;

/// Everything under `/assets/`, with entity tags. The whole program's compression applies.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/{*path}", get(asset))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = Assets::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Weak: compressed or not, it is the same file.
    let tag = format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let cached = [(CACHE_CONTROL, "public, max-age=3600, must-revalidate"), (ETAG, &tag)];
    let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    let kind = [(CONTENT_TYPE, file.metadata.mimetype().to_owned())];
    (cached, kind, file.data).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(path: &str, known: &str) -> Response {
        let request = Request::get(path).header(IF_NONE_MATCH, known);
        router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_browser_asks_again_and_gets_nothing_new() {
        let first = ask("/app.css", "").await;
        assert_eq!(first.status(), 200);
        assert_eq!(first.headers()[CONTENT_TYPE], "text/css");
        let tag = first.headers()[ETAG].to_str().unwrap();
        assert_eq!(ask("/app.css", &format!("\"other\", {tag}")).await.status(), 304);
        for nothing in ["/", "/none.css", "/..%2f..%2f..%2fCargo.toml", "/../../Cargo.toml"] {
            assert_eq!(ask(nothing, "").await.status(), 404, "{nothing}");
        }
    }
}
