//! The way back of a form: on to where it leads, or the same page again with what was typed and what is wrong.

use askama::Template;
use axum::response::IntoResponse as _;

use super::{Answer, Ctx};
use crate::platform::{Error, Errors, Result};

impl Ctx {
    /// The answer to a form. `done` is what came of it: where to go and what to say. What can be mended in front of the
    /// screen brings the page `again`, with what was typed: fields that are wrong (422), rules of the trade that say no
    /// and a record that somebody changed meanwhile (409). Everything else is a page of its own.
    pub async fn after<V: Template, F: Future<Output = Result<V>>>(
        &self,
        done: Answer,
        again: impl FnOnce(Errors) -> F,
    ) -> Answer {
        let error = match done {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let status = error.status();
        let page = again(error.on_the_page()?).await?;
        Ok((status, self.page(&page)?).into_response())
    }
}

impl Error {
    /// What the page of the form can say itself; anything else stays the error.
    fn on_the_page(self) -> Result<Errors> {
        match self {
            Self::Invalid(errors) => Ok(*errors),
            Self::Refused(say) | Self::Stale(say) => Ok(Errors::whole(*say)),
            error @ (Self::SignIn
            | Self::Forbidden
            | Self::NotFound
            | Self::Unreadable(_)
            | Self::TooLarge
            | Self::Repeated(_)
            | Self::Busy
            | Self::Full
            | Self::Unsettled
            | Self::Internal(_)) => Err(error),
        }
    }
}
