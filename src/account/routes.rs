//! Sign-in, sign-out and one's own account.

use axum::{extract::State, http::HeaderMap};
use serde_json::json;
use tower_sessions::Session;

use super::{
    forms::SignInForm,
    service::{self, SignIn},
    views::SignInPage,
};
use crate::{
    access::Can,
    platform::{
        App, Error, Errors,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Form, Query, Routes, session},
};

/// The routes of accounts.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Can::Anyone, new)
        .post("/sign-in", Can::Anyone, create)
        .post("/sign-out", Can::OwnAccount, sign_out)
}

async fn new(ctx: Ctx, Query(form): Query<SignInForm>) -> Answer {
    if ctx.who.is_some() {
        return ctx.go("/").answer();
    }
    ctx.page(&SignInPage {
        form,
        errors: Errors::default(),
    })
}

async fn create(
    State(app): State<App>,
    ctx: Ctx,
    session: Session,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Answer {
    let outcome = service::sign_in(&app, &ctx.actor, &form.user_name, form.password.clone()).await?;
    match outcome {
        SignIn::Done(id) => {
            session::begin(&app, &ctx, &session, &headers, session::ACCOUNT, id).await?;
            ctx.go(form.next()).answer()
        }
        SignIn::SecondFactor(id) => {
            session::begin(&app, &ctx, &session, &headers, session::HALF_WAY, id).await?;
            ctx.go("/sign-in/second-factor").answer()
        }
        SignIn::Refused(say) => {
            let mut errors = Errors::default();
            errors.add_form(say);
            ctx.invalid(&SignInPage { form, errors })
        }
    }
}

async fn sign_out(State(app): State<App>, ctx: Ctx, session: Session) -> Answer {
    let account = ctx.actor.person()?;
    session.flush().await.map_err(|e| Error::Internal(e.into()))?;
    event::note(
        &app,
        &ctx.actor,
        "account.signed_out",
        Subject::new("account", account.0),
        json!({}),
    )
    .await?;
    ctx.go("/sign-in").saying("sign_in.signed_out").answer()
}
