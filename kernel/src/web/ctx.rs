//! The request context: who asks, in which language, with which look. Every page gets it.

use std::{any::Any, fmt};

use askama::{FastWritable, Template, Values, filters::HtmlSafe};
use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use entities::words::{Language, Role, Theme};

use percent_encoding::AsciiSet;

use super::{
    Features, Flash, Visitor, flash, form,
    navigation::NavItem,
    summary::{LABELS, Labels},
};
use crate::platform::{Actor, Error, Result, Say, text, words::Phrase};

/// The signed-in person as pages show them.
#[derive(Clone, Debug)]
pub struct Who {
    /// Name on the screen.
    pub display_name: String,
    /// Organisation on the screen.
    pub organisation: String,
    /// Locale keys of the roles.
    pub role_keys: Vec<&'static str>,
}

/// What every handler and template knows about the request.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// `zh-CN` or `en`.
    pub locale: &'static str,
    /// The same as a type.
    pub language: Language,
    /// Light, dark, or as the machine says.
    pub theme: &'static str,
    /// Large type (适老化).
    pub large_type: bool,
    /// Signed in as.
    pub who: Option<Who>,
    /// When that ends if nothing more is asked for.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who acts; a nobody without roles when not signed in.
    pub actor: Actor,
    /// What the features bring.
    pub features: Features,
    /// Main navigation for the roles held.
    pub nav: Vec<NavItem>,
    /// Unread notices.
    pub unread: u64,
    /// What the last request left to say.
    pub flash: Option<Flash>,
    /// Token for the next form on the page.
    pub once: String,
    /// Path of this request.
    pub path: String,
    /// It sends a form.
    pub posted: bool,
    /// Where the request came from, for going back.
    pub back: Option<String>,
    /// The session, as its row has it.
    pub session: Option<String>,
    /// Request id, as in the log.
    pub request_id: String,
    /// Asked by htmx: only the changed part is wanted.
    pub htmx: bool,
    /// A demonstration.
    pub demo: bool,
    /// Something that must be done before anything else: a new password, a second factor.
    pub gate: Option<&'static str>,
    /// A guardian who was let in without an account.
    pub visitor: Option<Visitor>,
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::SignIn)
    }
}

impl Ctx {
    /// Path of the page: that of the form where it answers one, whose own path may be no page.
    pub fn page_path(&self) -> &str {
        let here = if self.posted { self.here(&self.path) } else { &self.path };
        here.split(['?', '#']).next().unwrap_or_default()
    }

    /// A page of guardians who are let in without an account ([`super::visitor`]): it says nothing about what this house is for.
    pub fn is_at_the_door(&self) -> bool {
        let inside = self.path.strip_prefix(super::visitor::DOOR);
        inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Seconds for which somebody who does nothing more is still signed in.
    pub fn ends_in(&self) -> Option<i64> {
        self.ends_at.map(|at| (at - self.actor.now).num_seconds().max(0))
    }

    /// A page.
    pub fn page(&self, view: &impl Template) -> Result<Response> {
        Ok(Html(self.part(view)?.0).into_response())
    }

    /// A piece of a page: what its template says, escaped there.
    pub fn part(&self, view: &impl Template) -> Result<Part> {
        let labels = Labels::default();
        let mut text = self.written(view, &labels)?;
        // A summary of errors stands before the fields that it names: now that they are known, it is written with them.
        if labels.are_wanted() {
            text = self.written(view, &labels)?;
        }
        Ok(Part(text))
    }

    fn written(&self, view: &impl Template, labels: &Labels) -> Result<String> {
        let values = Around { ctx: self, labels };
        Ok(view.render_with_values(&values).map_err(anyhow::Error::from)?)
    }

    /// The same form again, with what was typed and what is wrong (422).
    pub fn invalid(&self, view: &impl Template) -> Result<Response> {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, self.page(view)?).into_response())
    }

    /// A page that asks something before it does what was sent (409).
    pub fn conflict(&self, view: &impl Template) -> Result<Response> {
        Ok((StatusCode::CONFLICT, self.page(view)?).into_response())
    }

    /// Go to another page (303), with something to say there.
    pub fn go(&self, to: impl AsRef<str>) -> Go {
        Go {
            to: to.as_ref().to_owned(),
            language: self.language,
            flash: None,
        }
    }

    /// In the reader's language.
    pub fn say(&self, phrase: impl Phrase) -> String {
        phrase.phrase(self.language)
    }

    /// Holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.actor.is(role)
    }

    /// May do something; templates hide what is not allowed.
    pub fn may(&self, can: crate::access::Can) -> bool {
        can.allows(&self.actor.roles)
    }
}

/// What every template can ask for.
struct Around<'a> {
    ctx: &'a Ctx,
    labels: &'a Labels,
}

impl Values for Around<'_> {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        match key {
            "ctx" => Some(self.ctx),
            LABELS => Some(self.labels),
            _ => None,
        }
    }
}

/// A piece of a page, made by a template of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part(String);

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Part {
    fn write_into(&self, to: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(to.write_str(&self.0)?)
    }
}

// Its template escaped what it was given.
impl HtmlSafe for Part {}

/// A redirect that can carry a sentence.
#[derive(Debug)]
pub struct Go {
    to: String,
    language: Language,
    flash: Option<Flash>,
}

impl Go {
    /// Say that it worked.
    #[must_use]
    pub fn saying(self, say: impl Into<Say>) -> Self {
        self.with("success", say)
    }

    /// Say that something needs attention.
    #[must_use]
    pub fn warning(self, say: impl Into<Say>) -> Self {
        self.with("warning", say)
    }

    fn with(mut self, kind: &'static str, say: impl Into<Say>) -> Self {
        self.flash = Some(Flash {
            kind,
            text: say.into().in_words(self.language),
        });
        self
    }

    /// The answer. It never fails: what was done is done, and whoever did it is told so.
    pub fn answer(self) -> Result<Response> {
        let location = location(&self.to);
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
        if let Some(flash) = self.flash {
            flash::set(&mut response, &flash);
        }
        Ok(response)
    }
}

/// Everything but what addresses are written in (RFC 3986), so that no character ends a header.
const WRITTEN: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// An address as a header; without its query when it would be too long for [`form::ADDRESS`].
pub(super) fn location(to: &str) -> HeaderValue {
    let mut written = percent_encoding::utf8_percent_encode(to, WRITTEN).to_string();
    if written.len() > form::ADDRESS {
        let path = written.split(['?', '#']).next().unwrap_or_default();
        written = if path.len() > form::ADDRESS {
            "/".to_owned()
        } else {
            path.to_owned()
        };
    }
    HeaderValue::from_str(&written).unwrap_or(HeaderValue::from_static("/"))
}

/// A file to be downloaded. The name may be Chinese, and is cut where a system would not take it.
pub fn download(name: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let name = text::file_name(name);
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}

/// Light or dark as the `data-bs-theme` attribute wants it.
pub fn theme_name(theme: Theme) -> &'static str {
    theme.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_never_fails() {
        for (to, written) in [
            ("/children/7?page=2&q=%E7%8E%8B", "/children/7?page=2&q=%E7%8E%8B"),
            (
                "/referrals?a\0b\r\nSet-Cookie: x",
                "/referrals?a%00b%0D%0ASet-Cookie:%20x",
            ),
            ("/children?q=王", "/children?q=%E7%8E%8B"),
        ] {
            assert_eq!(location(to), written, "{to:?}");
        }
        let long = "王".repeat(3000);
        assert_eq!(location(&format!("/referrals?q={long}")), "/referrals");
        assert_eq!(location(&format!("/{long}")), "/");
    }
}
