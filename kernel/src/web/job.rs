//! The page of a background job: it asks again by itself while the job runs (`templates/ui/job.html`).

use askama::Template;
use axum::response::IntoResponse as _;

use super::{Answer, Ctx};

/// The page. Only one of a running job asks again by itself; once it has ended, its head is another one too.
pub fn page(ctx: &Ctx, view: &impl Template, running: bool) -> Answer {
    let page = ctx.page(view)?;
    if ctx.htmx && !running {
        return Ok(([("hx-refresh", "true")], page).into_response());
    }
    Ok(page)
}
