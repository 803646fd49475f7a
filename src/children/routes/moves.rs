//! Moves, death and emigration.

use axum::extract::State;
use entities::{ChildId, child::child};

use super::file::residences;
use crate::{
    access::scope,
    children::{forms::MoveForm, moves, places, service, views::MovesPage},
    organisations::naming,
    platform::{App, Error, Errors, Result},
    web::{Answer, Ctx, Form, Path},
};

pub(super) async fn index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "moves").await?;
    let form = MoveForm {
        version: child.version.to_string(),
        ..MoveForm::default()
    };
    ctx.page(&move_page(&app, child, form).await?)
}

async fn move_page(app: &App, child: child::Model, form: MoveForm) -> Result<MovesPage> {
    Ok(MovesPage {
        residences: residences(app, child.id).await?,
        division: places::moves_to(&*app.db, &form.division).await?,
        child,
        form,
        errors: Errors::default(),
        stale: false,
    })
}

pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(mut form): Form<MoveForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    naming::settle(&*app.db, &mut form.division).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(to) => moves::record(&app, &ctx.actor, id, &to).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => {
            // Who moves out of sight cannot be opened any more by whoever recorded it.
            let still = scope::child(&*app.db, &ctx.actor, id).await.is_ok();
            let to = if still {
                format!("/children/{id}")
            } else {
                "/children".to_owned()
            };
            ctx.go(to).saying("move.recorded").answer()
        }
        Err(Error::Invalid(errors)) => {
            let mut page = move_page(&app, child, form).await?;
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(Error::Stale) => {
            form.version = child.version.to_string();
            let mut page = move_page(&app, child, form).await?;
            page.stale = true;
            ctx.conflict(&page)
        }
        Err(error) => Err(error),
    }
}
