//! Forms and query strings as plain structs of text.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use entities::words::{Language, Vocabulary};
use serde::de::DeserializeOwned;

use crate::platform::{Error, Result, words};

/// A submitted form. Its struct holds strings with defaults; parsing them is the form's own `input`.
#[derive(Clone, Debug, Default)]
pub struct Form<F>(pub F);

impl<S: Send + Sync, F: DeserializeOwned> FromRequest<S> for Form<F> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        axum_extra::extract::Form::<F>::from_request(request, state)
            .await
            .map(|form| Self(form.0))
            .map_err(|e| Error::Unreadable(e.to_string()))
    }
}

/// A query string. What cannot be read is an unreadable request, not an empty filter.
#[derive(Clone, Debug, Default)]
pub struct Query<Q>(pub Q);

impl<S: Send + Sync, Q: DeserializeOwned> FromRequestParts<S> for Query<Q> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        axum_extra::extract::Query::<Q>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|e| Error::Unreadable(e.to_string()))
    }
}

/// One option of a select, a radio group or a group of checkboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read, in the reader's language.
    pub label: String,
    /// Chosen.
    pub selected: bool,
}

impl Choice {
    /// An option.
    pub fn new(value: impl ToString, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        let selected = value == chosen;
        Self {
            value,
            label: label.into(),
            selected,
        }
    }
}

/// The words of a vocabulary as options.
pub fn choices<W: Vocabulary>(language: Language, chosen: &str) -> Vec<Choice> {
    W::ALL
        .iter()
        .map(|w| Choice::new(w.as_str(), words::raw(language, w.word()), chosen))
        .collect()
}
