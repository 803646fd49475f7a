//! Sign-in, sign-out and one's own account. The security administrator's pages are in [`super::management`].

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use entities::AccountId;
use serde_json::json;
use std::sync::Arc;
use tower_sessions::Session;

use super::{
    forms::{CodeForm, PasswordForm, PreferenceForm, ProfileForm, SignInForm},
    limit::SignInLimit,
    management,
    own::{self, Preference},
    places::{KNOWN_FOR, Origin},
    queries, second_factor, session, sessions,
    sign_in::{self, SignIn, SignedIn},
    views::{AccountPage, CodePage, HereAgainPage, PasswordPage, SecondFactorPage, SignInPage},
};
use crate::{
    access::Can,
    platform::{
        App, Error, Errors, Result, Say,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Form, Path, Query, Routes, flash, local_path},
};

/// The cookie that a browser is known by at sign-in.
const BROWSER: &str = "starbridge_browser";
/// A switch of the look is remembered for a year where nobody is signed in.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// The routes of accounts.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Can::Anyone, new)
        .post("/sign-in", Can::Anyone, create)
        .get("/sign-in/second-factor", Can::Anyone, code)
        .post("/sign-in/second-factor", Can::Anyone, enter_code)
        .post("/sign-out", Can::OwnAccount, sign_out)
        .post("/preferences", Can::Anyone, prefer)
        .get("/account", Can::OwnAccount, show)
        .post("/account", Can::OwnAccount, update)
        .get(session::STANDING, Can::OwnAccount, standing)
        .post(session::STANDING, Can::OwnAccount, standing)
        .get("/account/session/here-again", Can::OwnAccount, here_again)
        .get("/account/password", Can::OwnAccount, password)
        .post("/account/password", Can::OwnAccount, change_password)
        .get("/account/second-factor", Can::OwnAccount, factor)
        .post("/account/second-factor", Can::OwnAccount, confirm_factor)
        .post("/account/second-factor/secret", Can::OwnAccount, begin_factor)
        .post("/account/sessions/closure", Can::OwnAccount, end_others)
        .post("/account/sessions/{handle}/closure", Can::OwnAccount, end_one)
        .merge(management::routes())
}

async fn new(ctx: Ctx, Query(form): Query<SignInForm>) -> Answer {
    if ctx.who.is_some() {
        return ctx.go(form.next()).answer();
    }
    ctx.page(&SignInPage {
        form,
        errors: Errors::default(),
    })
}

/// How many seconds whoever does nothing more is still signed in, and who that is; a POST makes it last longer.
async fn standing(ctx: Ctx) -> Answer {
    let account = ctx.actor.person()?;
    let standing = json!({ "ends_in": ctx.ends_in(), "who": account });
    let as_json = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((as_json, standing.to_string()).into_response())
}

/// Signed in again in a window of its own, beside the page that waits.
async fn here_again(ctx: Ctx) -> Answer {
    ctx.page(&HereAgainPage {})
}

async fn create(
    State(app): State<App>,
    Extension(limit): Extension<Arc<SignInLimit>>,
    ctx: Ctx,
    session: Session,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Answer {
    let from = origin(&app, &ctx, &headers)?;
    if let Err(wait) = limit.admit(&ctx.actor.remote, known(&from)) {
        let errors = slow_down(&app, &ctx, wait).await?;
        return too_many(&ctx, &SignInPage { form, errors }, wait);
    }
    match sign_in::sign_in(&app, &ctx.actor, &form.user_name, form.password.clone(), &from).await? {
        SignIn::Done(who) => {
            let who = (who.account, who.epoch);
            session::begin(&app, &ctx, &session, &headers, session::ACCOUNT, who).await?;
            know(&app, ctx.go(form.next()).answer()?, &from)
        }
        SignIn::SecondFactor(who) => {
            let who = (who.account, who.epoch);
            session::begin(&app, &ctx, &session, &headers, session::HALF_WAY, who).await?;
            let next = serde_urlencoded::to_string([("next", form.next())]).map_err(anyhow::Error::from)?;
            ctx.go(format!("/sign-in/second-factor?{next}")).answer()
        }
        SignIn::Refused(say) => {
            let errors = Errors::whole(say);
            ctx.invalid(&SignInPage { form, errors })
        }
        SignIn::Void => begin_again(&ctx),
    }
}

/// What was signed in with has changed, or it took too long.
fn begin_again(ctx: &Ctx) -> Answer {
    ctx.go("/sign-in").warning("sign_in.begin_again").answer()
}

fn origin(app: &App, ctx: &Ctx, headers: &HeaderMap) -> Result<Origin> {
    Origin::of(app, &ctx.actor, flash::cookie(headers, BROWSER))
}

fn known(from: &Origin) -> Option<&str> {
    from.recognised.then_some(from.browser.as_str())
}

/// Somebody signed in: the browser is recognised when they sign in the next time.
fn know(app: &App, mut response: Response, from: &Origin) -> Answer {
    let secure = if app.config.public_url.starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let days = KNOWN_FOR.num_seconds();
    let cookie = format!(
        "{BROWSER}={}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={days}{secure}",
        from.browser
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(anyhow::Error::from)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn code(ctx: Ctx, session: Session, Query(form): Query<CodeForm>) -> Answer {
    if half_way(&session).await?.is_none() {
        return ctx.go("/sign-in").answer();
    }
    ctx.page(&CodePage {
        form,
        errors: Errors::default(),
    })
}

async fn enter_code(
    State(app): State<App>,
    Extension(limit): Extension<Arc<SignInLimit>>,
    ctx: Ctx,
    session: Session,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Answer {
    let Some(half) = half_way(&session).await? else {
        return begin_again(&ctx);
    };
    let from = origin(&app, &ctx, &headers)?;
    if let Err(wait) = limit.admit(&ctx.actor.remote, known(&from)) {
        let errors = slow_down(&app, &ctx, wait).await?;
        return too_many(&ctx, &CodePage { form, errors }, wait);
    }
    match second_factor::pass(&app, &ctx.actor, &half, &form.code, &from).await? {
        SignIn::Done(who) => {
            let who = (who.account, who.epoch);
            session::begin(&app, &ctx, &session, &headers, session::ACCOUNT, who).await?;
            know(&app, ctx.go(local_path(&form.next)).answer()?, &from)
        }
        SignIn::SecondFactor(_) => ctx.go("/sign-in/second-factor").answer(),
        SignIn::Void => {
            session.flush().await.map_err(session::failed)?;
            begin_again(&ctx)
        }
        SignIn::Refused(say) => {
            let errors = Errors::whole(say);
            ctx.invalid(&CodePage { form, errors })
        }
    }
}

/// The account whose password was right in this browser.
async fn half_way(session: &Session) -> Result<Option<SignedIn>> {
    let id: Option<i64> = session.get(session::HALF_WAY).await.map_err(session::failed)?;
    let epoch: Option<i32> = session.get(session::EPOCH).await.map_err(session::failed)?;
    Ok(id.zip(epoch).map(|(id, epoch)| SignedIn {
        account: AccountId(id),
        epoch,
    }))
}

/// Tell and record that an address tries too often.
async fn slow_down(app: &App, ctx: &Ctx, wait: std::time::Duration) -> Result<Errors> {
    let why = json!({ "why": "too_many" });
    event::refused(app, &ctx.actor, "account.sign_in_failed", Subject::none(), why).await?;
    Ok(Errors::whole(
        Say::new("sign_in.too_many").with("seconds", seconds(wait)),
    ))
}

fn seconds(wait: std::time::Duration) -> u64 {
    wait.as_secs() + 1
}

fn too_many(ctx: &Ctx, view: &impl askama::Template, wait: std::time::Duration) -> Answer {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, ctx.page(view)?).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
    Ok(response)
}

async fn sign_out(State(app): State<App>, ctx: Ctx, session: Session) -> Answer {
    let account = ctx.actor.person()?;
    session.flush().await.map_err(session::failed)?;
    let subject = Subject::new("account", account.0);
    event::note(&app, &ctx.actor, "account.signed_out", subject, json!({})).await?;
    ctx.go("/sign-in").saying("sign_in.signed_out").answer()
}

async fn prefer(State(app): State<App>, ctx: Ctx, Form(form): Form<PreferenceForm>) -> Answer {
    let wish = form
        .wish()
        .ok_or_else(|| Error::Unreadable("no preference".to_owned()))?;
    if ctx.who.is_some() {
        own::prefer(&app, &ctx.actor, wish).await?;
    }
    let (name, value) = match wish {
        Preference::Language(language) => ("starbridge_language", language.as_str()),
        Preference::Theme(theme) => ("starbridge_theme", theme.as_str()),
        Preference::LargeType(large) => ("starbridge_large", if large { "true" } else { "false" }),
    };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={YEAR}");
    let mut response = ctx.go(local_path(&form.back)).answer()?;
    let cookie = HeaderValue::from_str(&cookie).map_err(anyhow::Error::from)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn account_page(
    app: &App,
    ctx: &Ctx,
    session: &Session,
    typed: Option<ProfileForm>,
    errors: Errors,
) -> Result<AccountPage> {
    let account = queries::by_id(&*app.db, ctx.actor.person()?).await?;
    let current = session.id().map(|id| session::kept_id(&id));
    Ok(AccountPage {
        sessions: sessions::open_sessions(app, account.id, ctx.actor.now, current.as_deref()).await?,
        password_changed_at: account.password_changed_at,
        second_factor_since: account.totp_confirmed_at,
        form: typed.unwrap_or_else(|| ProfileForm::of(&account)),
        user_name: account.user_name,
        errors,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, session: Session) -> Answer {
    ctx.page(&account_page(&app, &ctx, &session, None, Errors::default()).await?)
}

async fn update(State(app): State<App>, ctx: Ctx, session: Session, Form(form): Form<ProfileForm>) -> Answer {
    let done = async {
        let (version, profile) = form.input()?;
        own::change_profile(&app, &ctx.actor, version, profile).await?;
        ctx.go("/account").saying("account.saved").answer()
    };
    ctx.after(done.await, |errors| {
        account_page(&app, &ctx, &session, Some(form), errors)
    })
    .await
}

async fn password(ctx: Ctx) -> Answer {
    ctx.page(&PasswordPage {
        forced: ctx.gate == Some("/account/password"),
        errors: Errors::default(),
    })
}

async fn change_password(State(app): State<App>, ctx: Ctx, session: Session, Form(form): Form<PasswordForm>) -> Answer {
    let current = session.id().map(|id| session::kept_id(&id));
    let forced = ctx.gate == Some("/account/password");
    let done = async {
        let (old, new) = form.input()?;
        own::change_password(&app, &ctx.actor, old, new, current.as_deref()).await?;
        let next = if forced { "/" } else { "/account" };
        ctx.go(next).saying("account.password.changed").answer()
    };
    ctx.after(done.await, async |errors| Ok(PasswordPage { forced, errors }))
        .await
}

async fn factor_page(app: &App, ctx: &Ctx, errors: Errors) -> Result<SecondFactorPage> {
    let account = queries::by_id(&*app.db, ctx.actor.person()?).await?;
    Ok(SecondFactorPage {
        forced: ctx.gate == Some("/account/second-factor"),
        since: account.totp_confirmed_at,
        pending: second_factor::pending(app, &account)?,
        errors,
    })
}

async fn factor(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.page(&factor_page(&app, &ctx, Errors::default()).await?)
}

async fn begin_factor(State(app): State<App>, ctx: Ctx) -> Answer {
    second_factor::begin(&app, &ctx.actor).await?;
    ctx.go("/account/second-factor").answer()
}

async fn confirm_factor(State(app): State<App>, ctx: Ctx, Form(form): Form<CodeForm>) -> Answer {
    let done = async {
        second_factor::confirm(&app, &ctx.actor, &form.code).await?;
        let next = if ctx.gate.is_some() { "/" } else { "/account" };
        ctx.go(next).saying("second_factor.added").answer()
    };
    ctx.after(done.await, |errors| factor_page(&app, &ctx, errors)).await
}

async fn end_one(State(app): State<App>, ctx: Ctx, Path(handle): Path<String>) -> Answer {
    sessions::end_one(&app, &ctx.actor, &handle).await?;
    ctx.go("/account").saying("account.sessions.ended").answer()
}

async fn end_others(State(app): State<App>, ctx: Ctx, session: Session) -> Answer {
    let current = session.id().map(|id| session::kept_id(&id));
    sessions::end_others(&app, &ctx.actor, current.as_deref()).await?;
    ctx.go("/account").saying("account.sessions.ended").answer()
}
