//! Searching without leaving traces: a term is the name or the number of a child, and addresses are kept by browsers,
//! proxies and logs. A search form is posted to `/find`, which leads to the list with the term sealed in its address.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use entities::{OrganisationId, Sealed};
use serde::Deserialize;

use super::{Answer, Ctx, Form, List, Query, Routes};
use crate::{
    access::Can,
    platform::{Actor, App, Error, Result},
};

/// Longest term, in characters. Addresses must stay short enough for every proxy.
const TERM: usize = 100;

/// The route of every search form.
pub fn routes() -> Routes {
    Routes::new().post("/find", Can::Work, find)
}

/// What a search form sends: the term, the list it is for, and the list's filters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct FindForm {
    to: String,
    q: String,
    #[serde(flatten)]
    filters: BTreeMap<String, String>,
}

async fn find(State(app): State<App>, ctx: Ctx, Form(form): Form<FindForm>) -> Answer {
    let mut list = List {
        sealed: seal(&app, &ctx.actor, &form.q)?,
        filters: form.filters,
        ..List::default()
    };
    list.ask_for_all();
    ctx.go(format!(
        "{}{}",
        local_path(&form.to),
        list.href(&[]).trim_end_matches('?')
    ))
    .answer()
}

/// A list as it is asked for. An address written by hand may name its term in plain text; the links of the page do not.
impl FromRequestParts<App> for List {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Query(list) = Query::<Self>::from_request_parts(parts, app).await?;
        let ctx = Ctx::from_request_parts(parts, app).await?;
        opened(app, &ctx.actor, list)
    }
}

/// A list as an address asks for it, with its term opened; a term in plain text is sealed for the links of the page.
pub(super) fn opened(app: &App, by: &Actor, mut list: List) -> Result<List> {
    match open(app, by, &list.sealed) {
        Some(term) => list.q = term,
        None => list.sealed = seal(app, by, &list.q)?,
    }
    Ok(list)
}

/// Colleagues open each other's addresses, because they share filters; nobody else does.
fn purpose(by: &Actor) -> String {
    purpose_of(by.workplace.as_ref().map_or(OrganisationId(0), |place| place.id))
}

/// What the terms of an organisation are sealed for.
pub fn purpose_of(organisation: OrganisationId) -> String {
    format!("find.{organisation}")
}

fn seal(app: &App, by: &Actor, term: &str) -> Result<String> {
    let term: String = term.trim().chars().take(TERM).collect();
    if term.is_empty() {
        return Ok(term);
    }
    let sealed = app.keys.seal(&purpose(by), &term)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed.0))
}

fn open(app: &App, by: &Actor, sealed: &str) -> Option<String> {
    let sealed = Sealed(BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?);
    app.keys.open(&purpose(by), &sealed).ok()
}

/// A path on this host, or the home page: never another site.
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_another_site() {
        for (next, to) in [
            ("/children/7", "/children/7"),
            ("/children?q=王", "/children?q=王"),
            ("//evil", "/"),
            ("https://evil", "/"),
            ("/\\evil", "/"),
            ("/\t/evil", "/"),
            ("/ /evil", "/"),
            ("javascript:alert(1)", "/"),
            ("", "/"),
        ] {
            assert_eq!(local_path(next), to, "{next}");
        }
    }
}
