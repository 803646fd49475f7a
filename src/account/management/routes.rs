//! Handlers of the security administrator's pages.

use axum::extract::State;
use entities::{AccountId, words::AccountWish};

use super::{
    forms::{AccountForm, ReasonForm},
    list::Accounts,
    proposals,
    queries::{self, AccountState},
    service,
    views::{AccountPage, EditPage, FirstPasswordPage},
};
use crate::{
    access::{Can, places::Reach},
    account::{
        password,
        queries::reach,
        rules,
        service::{NewAccount, open_account},
        sessions,
    },
    platform::{App, Error, Errors, Result, Version},
    web::{Answer, Ctx, Form, Path, Query, Routes},
};

/// Events shown on an account's page; the audit administrator sees all.
const HISTORY: u64 = 30;

/// The routes of the security administrator.
pub fn routes() -> Routes {
    let can = Can::ManageAccounts;
    Routes::new()
        .list::<Accounts>()
        .post("/accounts", can, create)
        .get("/accounts/new", can, new)
        .page_of("account", "/accounts/{id}", can, show)
        .get("/accounts/{id}/edit", can, edit)
        .post("/accounts/{id}/edit", can, update)
        .post("/accounts/{id}/suspension", can, suspend)
        .post("/accounts/{id}/reinstatement", can, reinstate)
        .post("/accounts/{id}/unlocking", can, unlock)
        .post("/accounts/{id}/password", can, reset_password)
        .post("/accounts/{id}/sign-outs", can, sign_out)
        .post("/accounts/{id}/second-factor-removal", can, remove_factor)
        .merge(proposals::routes())
}

async fn new(State(app): State<App>, ctx: Ctx, Query(form): Query<AccountForm>) -> Answer {
    ctx.page(&edit_page(&app, &ctx, None, form, Errors::default()).await?)
}

async fn edit_page(app: &App, ctx: &Ctx, id: Option<AccountId>, form: AccountForm, errors: Errors) -> Result<EditPage> {
    Ok(EditPage {
        id,
        form,
        errors,
        places: queries::places(&*app.db, &ctx.actor).await?,
    })
}

async fn create(State(app): State<App>, ctx: Ctx, Form(form): Form<AccountForm>) -> Answer {
    let done = async {
        let input = form.input()?;
        let password = password::generate();
        let account = NewAccount {
            user_name: form.user_name.clone(),
            display_name: input.display_name,
            email: input.email,
            organisation: input.organisation,
            roles: input.roles,
            password: password.clone(),
            must_change: true,
        };
        let id = open_account(&app, &ctx.actor, account).await?;
        let view = FirstPasswordPage {
            id,
            user_name: rules::user_name(&form.user_name),
            password,
            opened: true,
        };
        ctx.secret(format!("/accounts/{id}"), &view)
    };
    ctx.after(done.await, |errors| edit_page(&app, &ctx, None, form, errors))
        .await
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    ctx.page(&account_page(&app, &ctx, id).await?)
}

async fn account_page(app: &App, ctx: &Ctx, id: AccountId) -> Result<AccountPage> {
    let account = queries::account(&*app.db, &ctx.actor, id).await?;
    let places = queries::places(&*app.db, &ctx.actor).await?;
    let place = places.into_iter().find(|place| place.id == account.organisation_id);
    let place = place.ok_or(Error::NotFound)?;
    // Where and when somebody of a wider area's organisation works is that area's to see.
    let reach = reach(&*app.db, &ctx.actor, &account).await?;
    let (sessions, history) = match reach {
        Reach::Wider => Default::default(),
        Reach::Inside | Reach::Elsewhere => (
            sessions::open_sessions(app, id, ctx.actor.now, None).await?,
            queries::history(&*app.db, id, HISTORY).await?,
        ),
    };
    Ok(AccountPage {
        organisation: place.name,
        organisation_id: place.id,
        roles: service::roles_of(&*app.db, id).await?,
        state: AccountState::of(&account, ctx.actor.now),
        own: ctx.actor.account == Some(id),
        reach,
        last_sign_in: queries::last_sign_in(&*app.db, id).await?,
        sessions,
        history,
        reason: ReasonForm::default(),
        errors: Errors::default(),
        account,
    })
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    let account = queries::account(&*app.db, &ctx.actor, id).await?;
    let roles = service::roles_of(&*app.db, id).await?;
    let form = AccountForm::of(&account, &roles);
    ctx.page(&edit_page(&app, &ctx, Some(id), form, Errors::default()).await?)
}

async fn update(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Form(mut form): Form<AccountForm>,
) -> Answer {
    let account = queries::account(&*app.db, &ctx.actor, id).await?;
    form.user_name = account.user_name;
    let done = async {
        service::change(&app, &ctx.actor, id, Version::typed(&form.version), form.input()?).await?;
        back_to(&ctx, id, "account.saved")
    };
    ctx.after(done.await, |errors| edit_page(&app, &ctx, Some(id), form, errors))
        .await
}

async fn suspend(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>, Form(form): Form<ReasonForm>) -> Answer {
    let done = async {
        service::disable(&app, &ctx.actor, id, form.suspension()?).await?;
        back_to(&ctx, id, "account.disabled.done")
    };
    ctx.after(done.await, |errors| ask_again(&app, &ctx, id, form, errors))
        .await
}

async fn remove_factor(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Form(form): Form<ReasonForm>,
) -> Answer {
    let done = async {
        let reason = form.removal()?;
        let wish = AccountWish::SecondFactorRemoval;
        if let Some(proposal) = proposed(&app, &ctx, id, wish, Some(reason.clone())).await? {
            return proposal;
        }
        service::remove_second_factor(&app, &ctx.actor, id, reason).await?;
        back_to(&ctx, id, "second_factor.removed")
    };
    ctx.after(done.await, |errors| ask_again(&app, &ctx, id, form, errors))
        .await
}

/// An account that reaches further than the administrator's area takes a second administrator: what is to be done is
/// proposed instead.
async fn proposed(
    app: &App,
    ctx: &Ctx,
    id: AccountId,
    wish: AccountWish,
    reason: Option<String>,
) -> Result<Option<Answer>> {
    let account = queries::account(&*app.db, &ctx.actor, id).await?;
    if reach(&*app.db, &ctx.actor, &account).await? == Reach::Inside {
        return Ok(None);
    }
    let proposal = proposals::service::propose(app, &ctx.actor, id, wish, reason).await?;
    let go = ctx.go(format!("/account-proposals/{proposal}"));
    Ok(Some(go.saying("proposal.made").answer()))
}

/// The page again, with the form open that lacks its reason.
async fn ask_again(app: &App, ctx: &Ctx, id: AccountId, reason: ReasonForm, errors: Errors) -> Result<AccountPage> {
    Ok(AccountPage {
        reason,
        errors,
        ..account_page(app, ctx, id).await?
    })
}

fn back_to(ctx: &Ctx, id: AccountId, key: &'static str) -> Answer {
    ctx.go(format!("/accounts/{id}")).saying(key).answer()
}

async fn reinstate(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    if let Some(proposal) = proposed(&app, &ctx, id, AccountWish::Reinstatement, None).await? {
        return proposal;
    }
    service::enable(&app, &ctx.actor, id).await?;
    back_to(&ctx, id, "account.enabled.done")
}

async fn unlock(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    if let Some(proposal) = proposed(&app, &ctx, id, AccountWish::Unlocking, None).await? {
        return proposal;
    }
    service::unlock(&app, &ctx.actor, id).await?;
    back_to(&ctx, id, "account.unlocked.done")
}

async fn sign_out(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    service::end_sessions(&app, &ctx.actor, id).await?;
    back_to(&ctx, id, "account.sessions.ended")
}

async fn reset_password(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>) -> Answer {
    let account = queries::account(&*app.db, &ctx.actor, id).await?;
    if let Some(proposal) = proposed(&app, &ctx, id, AccountWish::PasswordReset, None).await? {
        return proposal;
    }
    let password = service::reset_password(&app, &ctx.actor, id).await?;
    let view = FirstPasswordPage {
        id,
        user_name: account.user_name,
        password,
        opened: false,
    };
    ctx.secret(format!("/accounts/{id}"), &view)
}
