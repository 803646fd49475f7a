//! Consents: given and withdrawn.

use axum::extract::State;
use entities::{ChildId, ConsentId};

use crate::{
    access::scope,
    children::{
        consents,
        forms::{ConsentForm, DayForm},
        queries, service,
        views::ConsentsPage,
    },
    platform::{App, Errors, Result},
    web::{Answer, Ctx, Form, Path},
};

pub(super) async fn index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "consents").await?;
    ctx.page(&page(&app, &ctx, child.id, ConsentForm::default(), Errors::default()).await?)
}

async fn page(app: &App, ctx: &Ctx, id: ChildId, form: ConsentForm, errors: Errors) -> Result<ConsentsPage> {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let known = queries::consents(&*app.db, id).await?;
    Ok(ConsentsPage::of(ctx.language, child, known, form, errors))
}

pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<ConsentForm>,
) -> Answer {
    let done = async {
        consents::record(&app, &ctx.actor, id, form.input(ctx.actor.today())?).await?;
        ctx.go(format!("/children/{id}/consents"))
            .saying("consent.recorded")
            .answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

pub(super) async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, consent)): Path<(ChildId, ConsentId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let done = async {
        consents::withdraw(&app, &ctx.actor, id, consent, form.input(ctx.actor.today())?).await?;
        ctx.go(format!("/children/{id}/consents"))
            .saying("consent.withdrawn")
            .answer()
    };
    ctx.after(done.await, async |errors| {
        let mut page = page(&app, &ctx, id, ConsentForm::default(), Errors::default()).await?;
        page.withdrawn_on = Some((consent, form.on));
        for (_, say) in errors.all() {
            page.withdrawal_errors.add(format!("on-{consent}"), say.clone());
        }
        Ok(page)
    })
    .await
}
