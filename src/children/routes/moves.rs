//! Moves, death and emigration.

use axum::extract::State;
use entities::{ChildId, child::child};

use super::file::residences;
use crate::{
    access::scope,
    children::{corrections::Corrects, forms::MoveForm, moves, places, service, views::MovesPage},
    organisations::naming,
    platform::{App, Error, Errors, Result, Say, Version},
    web::{Answer, Ctx, Form, Path, Query, draft},
};

pub(super) async fn index(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "moves").await?;
    let kept: Option<MoveForm> = draft::load(&app, &ctx, &moves::form(child.id), &opened).await?;
    let restored = kept.is_some();
    let form = kept.unwrap_or_else(|| MoveForm {
        version: child.version.to_string(),
        ..MoveForm::default()
    });
    let page = page(&app, child, form, Errors::default(), Vec::new()).await?;
    ctx.page(&MovesPage { restored, ..page })
}

async fn page(
    app: &App,
    child: child::Model,
    mut form: MoveForm,
    errors: Errors,
    judged: Vec<Say>,
) -> Result<MovesPage> {
    let stale = !Version::typed(&form.version).is(child.version);
    form.version = child.version.to_string();
    Ok(MovesPage {
        residences: residences(app, child.id).await?,
        division: places::moves_to(&*app.db, &form.division).await?,
        child,
        form,
        errors,
        stale,
        judged,
        restored: false,
    })
}

pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(mut form): Form<MoveForm>,
) -> Answer {
    naming::settle(&*app.db, &mut form.division).await?;
    let mut judged = Vec::new();
    let done = async {
        let to = form.input(ctx.actor.today())?;
        if let Corrects::Judged(told) = moves::record(&app, &ctx.actor, id, &to, form.confirmed == "true").await? {
            judged = told;
            let typed = MoveForm {
                confirmed: String::new(),
                ..form.clone()
            };
            let child = scope::child(&*app.db, &ctx.actor, id).await?;
            draft::on_the_way(&app, &ctx, &child.district, &moves::form(id), &typed).await?;
            return Err(Error::field("confirmed", "judged.confirm"));
        }
        // Who moves out of sight cannot be opened any more by whoever recorded it.
        let still = scope::child(&*app.db, &ctx.actor, id).await.is_ok();
        let to = if still {
            format!("/children/{id}")
        } else {
            "/children".to_owned()
        };
        ctx.go(to).saying("move.recorded").answer()
    };
    ctx.after(done.await, async |errors| {
        let child = scope::child(&*app.db, &ctx.actor, id).await?;
        page(&app, child, form, errors, judged).await
    })
    .await
}
