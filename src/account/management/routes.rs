//! Handlers of the security administrator's pages.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono_tz::Asia::Shanghai;
use entities::{AccountId, account::account, words::AccountWish};

use super::{
    forms::{AccountForm, ReasonForm},
    proposals,
    queries::{self, AccountState, Place, Wanted},
    service,
    views::{AccountPage, AccountRow, AccountsPage, EditPage, FirstPasswordPage},
};
use crate::{
    access::{Can, places::Reach},
    account::{
        password,
        queries::reach,
        service::{NewAccount, open_account},
        sessions,
    },
    platform::{App, Error, Errors, Result, words, workbook::Value},
    web::{Answer, Choice, Ctx, Form, List, Page, Path, Query, Routes, TakenOut, choices},
};

/// Events shown on an account's page; the audit administrator sees all.
const HISTORY: u64 = 30;

/// The routes of the security administrator.
pub fn routes() -> Routes {
    let can = Can::ManageAccounts;
    Routes::new()
        .get("/accounts", can, index)
        .get_heavy("/accounts/export", can, export)
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

const COLUMNS: [(&str, u16); 7] = [
    ("sign_in.user_name", 18),
    ("account.display_name", 16),
    ("account.organisation", 32),
    ("account.roles", 32),
    ("account.state", 14),
    ("second_factor.title", 12),
    ("account.created", 18),
];

fn wanted(list: &List) -> Wanted {
    let state = AccountState::ALL
        .into_iter()
        .find(|s| s.as_str() == list.filter("state"));
    Wanted {
        term: list.term().to_owned(),
        role: list.filter("role").parse().ok(),
        organisation: list.filter("organisation").parse().ok(),
        state,
        sort: list.sort.clone(),
        descending: list.descending(),
    }
}

/// What the list shows of accounts.
async fn shown(app: &App, ctx: &Ctx, places: &[Place], accounts: Vec<account::Model>) -> Result<Vec<AccountRow>> {
    let ids: Vec<AccountId> = accounts.iter().map(|row| row.id).collect();
    let mut roles = queries::roles(&*app.db, &ids).await?;
    let names: BTreeMap<_, _> = places.iter().map(|place| (place.id, &place.name)).collect();
    let row = |row: account::Model| AccountRow {
        state: AccountState::of(&row, ctx.actor.now),
        organisation: names.get(&row.organisation_id).copied().cloned().unwrap_or_default(),
        roles: roles.remove(&row.id).unwrap_or_default(),
        second_factor: row.totp_confirmed_at.is_some(),
        id: row.id,
        user_name: row.user_name,
        display_name: row.display_name,
        created_at: row.created_at,
    };
    Ok(accounts.into_iter().map(row).collect())
}

async fn export(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let found = queries::found(&ctx.actor, &wanted(&list)).all(&*app.db).await?;
    let places = queries::places(&*app.db, &ctx.actor).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in shown(&app, &ctx, &places, found).await? {
        let roles = words::joined(ctx.language, row.roles.iter().map(|role| ctx.say(role.word())));
        let factor = if row.second_factor {
            "second_factor.on"
        } else {
            "second_factor.off"
        };
        rows.push(vec![
            Value::Text(row.user_name),
            Value::Text(row.display_name),
            Value::Text(row.organisation),
            Value::Text(roles),
            Value::Text(ctx.say(row.state.key())),
            Value::Text(ctx.say(factor)),
            Value::Date(row.created_at.with_timezone(&Shanghai).date_naive()),
        ]);
    }
    let taken = TakenOut {
        list: "accounts",
        title: "accounts.title",
        columns: &COLUMNS,
    };
    taken.file(&app, &ctx, &list, &rows).await
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let mut found = list.fetch(&*app.db, queries::found(&ctx.actor, &wanted(&list))).await?;
    let places = queries::places(&*app.db, &ctx.actor).await?;
    let rows = std::mem::take(&mut found.rows);
    let page = Page::place(found.page, found.total).with(shown(&app, &ctx, &places, rows).await?);
    ctx.page(&AccountsPage {
        places: place_choices(&places, list.filter("organisation")),
        roles: choices::<entities::words::Role>(ctx.language, list.filter("role")),
        states: AccountState::ALL
            .into_iter()
            .map(|s| Choice::new(s.as_str(), ctx.say(s.key()), list.filter("state")))
            .collect(),
        list,
        page,
    })
}

fn place_choices(places: &[Place], chosen: &str) -> Vec<Choice> {
    places
        .iter()
        .map(|place| Choice::new(place.id, &place.name, chosen))
        .collect()
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
    let password = password::generate();
    let outcome = match form.input() {
        Ok(input) => {
            let account = NewAccount {
                user_name: form.user_name.clone(),
                display_name: input.display_name,
                email: input.email,
                organisation: input.organisation,
                roles: input.roles,
                password: password.clone(),
                must_change: true,
            };
            open_account(&app, &ctx.actor, account).await
        }
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(id) => ctx.page(&FirstPasswordPage {
            id,
            user_name: form.user_name.trim().to_lowercase(),
            password,
            opened: true,
        }),
        Err(Error::Invalid(errors)) => ctx.invalid(&edit_page(&app, &ctx, None, form, *errors).await?),
        Err(other) => Err(other),
    }
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
    let version: i32 = form.version.parse().map_err(|_| Error::Stale)?;
    let outcome = match form.input() {
        Ok(input) => service::change(&app, &ctx.actor, id, version, input).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/accounts/{id}")).saying("account.saved").answer(),
        Err(Error::Invalid(errors)) => ctx.invalid(&edit_page(&app, &ctx, Some(id), form, *errors).await?),
        Err(Error::Stale) => {
            let mut errors = Errors::default();
            errors.add_form("error.stale");
            ctx.conflict(&edit_page(&app, &ctx, Some(id), form, errors).await?)
        }
        Err(other) => Err(other),
    }
}

async fn suspend(State(app): State<App>, ctx: Ctx, Path(id): Path<AccountId>, Form(form): Form<ReasonForm>) -> Answer {
    match form.suspension() {
        Ok(reason) => {
            service::disable(&app, &ctx.actor, id, reason).await?;
            back_to(&ctx, id, "account.disabled.done")
        }
        Err(errors) => ask_again(&app, &ctx, id, form, errors).await,
    }
}

async fn remove_factor(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Form(form): Form<ReasonForm>,
) -> Answer {
    match form.removal() {
        Ok(reason) => {
            let wish = AccountWish::SecondFactorRemoval;
            if let Some(proposal) = proposed(&app, &ctx, id, wish, Some(reason.clone())).await? {
                return proposal;
            }
            service::remove_second_factor(&app, &ctx.actor, id, reason).await?;
            back_to(&ctx, id, "second_factor.removed")
        }
        Err(errors) => ask_again(&app, &ctx, id, form, errors).await,
    }
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
async fn ask_again(app: &App, ctx: &Ctx, id: AccountId, reason: ReasonForm, errors: Errors) -> Answer {
    let page = AccountPage {
        reason,
        errors,
        ..account_page(app, ctx, id).await?
    };
    ctx.invalid(&page)
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
    ctx.page(&FirstPasswordPage {
        id,
        user_name: account.user_name,
        password,
        opened: false,
    })
}
