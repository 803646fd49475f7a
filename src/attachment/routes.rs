//! The files of a child's file.

use axum::extract::State;
use entities::{AttachmentId, ChildId, child::child};
use serde::Deserialize;

use super::{
    adding::add,
    kinds::{Kinds, Typed},
    owner::{CHILD, Owner},
    queries,
    sending::{Shape, send},
    service,
    views::{Addresses, AttachmentsPage, Files},
};
use crate::{
    access::{Can, scope},
    children,
    platform::{App, Errors, Result, Version},
    web::{Answer, Ctx, Form, Path, Routes, upload::Parts},
};

/// The routes of files.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/children/{id}/attachments", Can::ViewAttachments, index)
        .post_files("/children/{id}/attachments", Can::Attach, create)
        .post(
            "/children/{id}/attachments/{attachment}/withdrawal",
            Can::Attach,
            withdraw,
        )
        .get("/attachments/{id}/original", Can::ViewAttachments, original)
        .get("/attachments/{id}/picture", Can::ViewAttachments, picture)
        .get("/attachments/{id}/thumbnail", Can::ViewAttachments, thumbnail)
}

fn path(id: ChildId) -> String {
    format!("/children/{id}/attachments")
}

async fn index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "attachments").await?;
    let files = files(&app, &ctx, &child).await?;
    ctx.page(&page(&ctx, child, files, Errors::default())?)
}

fn page(ctx: &Ctx, child: child::Model, files: Files, errors: Errors) -> Result<AttachmentsPage> {
    Ok(AttachmentsPage {
        files: ctx.part(&files)?,
        child,
        errors,
    })
}

async fn files(app: &App, ctx: &Ctx, child: &child::Model) -> Result<Files> {
    let known = queries::of_child(&*app.db, &ctx.actor, child.id).await?;
    let addresses = Addresses {
        add: ctx.may(Can::Attach).then(|| path(child.id)),
        withdraw: path(child.id),
        open: "/attachments".to_owned(),
        owner: CHILD,
    };
    Files::of(app, ctx, &known, addresses, &Kinds::materials()).await
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, parts: Parts) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let mut typed = Typed::default();
    let done = async {
        let owner = Owner::child(&ctx.actor, &child)?;
        let said = add(&app, &ctx, &owner, &Kinds::materials(), parts, &mut typed).await?;
        if ctx.htmx {
            // The page's script sends one after the other, and shows the list when it has changed.
            return ctx.page(&files(&app, &ctx, &child).await?);
        }
        ctx.go(path(id)).saying(said).answer()
    };
    let done = done.await;
    if ctx.htmx {
        return ctx
            .after(done, async |errors| {
                Ok(files(&app, &ctx, &child).await?.again(&typed, errors))
            })
            .await;
    }
    ctx.after(done, async |errors| {
        let files = files(&app, &ctx, &child).await?.again(&typed, errors.clone());
        page(&ctx, child.clone(), files, errors)
    })
    .await
}

/// Which state of the row the page showed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Shown {
    version: String,
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, attachment)): Path<(ChildId, AttachmentId)>,
    Form(form): Form<Shown>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let owner = Owner::child(&ctx.actor, &child)?;
        service::withdraw(&app, &ctx.actor, &owner, attachment, Version::typed(&form.version)).await?;
        ctx.go(path(id)).saying("attachment.withdrawn").answer()
    };
    ctx.after(done.await, async |errors| {
        let files = files(&app, &ctx, &child).await?;
        page(&ctx, child.clone(), files, errors)
    })
    .await
}

async fn original(State(app): State<App>, ctx: Ctx, Path(id): Path<AttachmentId>) -> Answer {
    opened(&app, &ctx, id, Shape::Original).await
}

async fn picture(State(app): State<App>, ctx: Ctx, Path(id): Path<AttachmentId>) -> Answer {
    opened(&app, &ctx, id, Shape::Picture).await
}

async fn thumbnail(State(app): State<App>, ctx: Ctx, Path(id): Path<AttachmentId>) -> Answer {
    opened(&app, &ctx, id, Shape::Thumbnail).await
}

async fn opened(app: &App, ctx: &Ctx, id: AttachmentId, shape: Shape) -> Answer {
    let one = queries::find(&*app.db, &ctx.actor, id).await?;
    send(app, ctx, &one, shape).await
}
