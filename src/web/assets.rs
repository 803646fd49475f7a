//! The stylesheet, the scripts and the logo, built by npm and embedded in the binary.

use memory_serve::CacheControl;

/// Everything under `/assets/`, with entity tags and compression.
pub fn router<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    memory_serve::load!()
        .index_file(None)
        .cache_control(CacheControl::Custom("public, max-age=3600, must-revalidate"))
        .into_router()
}
