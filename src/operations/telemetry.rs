//! One line of log and two figures for every request: route pattern, status, duration. Never the address itself, which
//! may hold an id or a name, and never the query string.

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};

/// Probes come every few seconds; they are logged only when somebody looks.
const PROBES: &str = "/health/";

/// The layer.
pub async fn observe(request: Request, next: Next) -> Response {
    let method = named(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    #[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let taken = started.elapsed();
    let status = response.status().as_u16();
    let labels = [
        ("method", method.to_owned()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("starbridge_http_requests_total", &labels).increment(1);
    metrics::histogram!("starbridge_http_request_duration_seconds", "method" => method, "route" => route.clone())
        .record(taken.as_secs_f64());
    let ms = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    if route.starts_with(PROBES) && status < 500 {
        tracing::debug!(target: "starbridge::request", method, route, status, ms, request = id, "answered");
    } else {
        tracing::info!(target: "starbridge::request", method, route, status, ms, request = id, "answered");
    }
    response
}

/// Labels come from closed sets, because each one is kept for ever: the methods that are served, one word for all that
/// anybody may invent, and the patterns of routes.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_invents_labels() {
        for (sent, kept) in [
            ("GET", "GET"),
            ("POST", "POST"),
            ("get", "other"),
            ("INVENTED7", "other"),
            ("PUT", "other"),
        ] {
            assert_eq!(named(&Method::from_bytes(sent.as_bytes()).unwrap()), kept);
        }
    }
}
