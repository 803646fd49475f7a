//! Handlers of papers and their files.

use axum::extract::State;
use entities::{
    ApplicationMaterialId, AttachmentId,
    enrolment::application_material,
    words::{Issuer, MaterialState},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    OWNER,
    forms::{Asks, ReceiptForm},
    line::{line, meant},
    must_take, owner, page as address, queries, service, takes,
    views::MaterialPage,
};
use crate::{
    access::Can,
    attachment::{self, Addresses, Files, Kinds, Owner, Shape, Typed},
    enrolment::{
        application::{
            about::{lead, page as application_page},
            queries::Whole,
        },
        rules::Material,
    },
    platform::{
        App, Errors, Result, Say, Version,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Form, Path, Routes, choices, upload::Parts},
};

/// The routes of papers.
pub fn routes() -> Routes {
    Routes::new()
        .get("/application-materials/{id}", Can::ViewEnrolment, show)
        .post("/application-materials/{id}/receipt", Can::Enrol, receive)
        .post_files("/application-materials/{id}/files", Can::Enrol, create)
        .post(
            "/application-materials/{id}/files/{attachment}/withdrawal",
            Can::Enrol,
            withdraw,
        )
        .get(
            "/application-materials/{id}/files/{attachment}/original",
            Can::ViewEnrolment,
            original,
        )
        .get(
            "/application-materials/{id}/files/{attachment}/picture",
            Can::ViewEnrolment,
            picture,
        )
        .get(
            "/application-materials/{id}/files/{attachment}/thumbnail",
            Can::ViewEnrolment,
            thumbnail,
        )
}

/// A paper with everything around it.
struct Found {
    paper: application_material::Model,
    whole: Whole,
}

impl Found {
    async fn of(app: &App, ctx: &Ctx, id: ApplicationMaterialId) -> Result<Self> {
        let (paper, row) = queries::find(&*app.db, &ctx.actor, id).await?;
        let whole = Whole::of(&*app.db, row, ctx.actor.today()).await?;
        Ok(Self { paper, whole })
    }

    fn rule(&self, ctx: &Ctx) -> Option<&Material> {
        meant(&self.whole, ctx.actor.today(), &self.paper.code)
    }

    fn name(&self, ctx: &Ctx) -> String {
        self.whole
            .rules
            .materials
            .name(&self.paper.code, ctx.language)
            .to_owned()
    }

    fn owner(&self) -> Owner {
        owner(&self.paper, &self.whole.row)
    }

    /// What is asked for: a file of this paper, which is called so wherever the child's files are listed.
    fn kinds(&self, ctx: &Ctx) -> Kinds {
        Kinds::One {
            code: self.paper.code.clone(),
            name: self.name(ctx),
        }
    }

    async fn files(&self, app: &App, ctx: &Ctx) -> Result<Files> {
        let all = attachment::queries::of(&*app.db, &self.owner()).await?;
        let path = format!("{}/files", address(&self.paper));
        let addresses = Addresses {
            add: takes(&ctx.actor, &self.whole.row).then(|| path.clone()),
            withdraw: path.clone(),
            open: path,
            owner: OWNER,
        };
        Files::of(app, ctx, &all, addresses, &self.kinds(ctx)).await
    }

    async fn page(
        &self,
        app: &App,
        ctx: &Ctx,
        files: Files,
        mut form: ReceiptForm,
        errors: Errors,
    ) -> Result<MaterialPage> {
        form.version = self.paper.version.to_string();
        let brought = queries::files(&*app.db, std::slice::from_ref(&self.paper)).await?;
        let brought = brought.into_values().next().unwrap_or_default();
        let rule = self.rule(ctx);
        Ok(MaterialPage {
            lead: lead(&self.whole.child, ctx),
            line: line(ctx, &self.whole, &self.paper, &brought),
            may_receive: takes(&ctx.actor, &self.whole.row) && self.paper.state != MaterialState::Received,
            asks: Asks::of(rule),
            valid_months: rule.map_or(0, |rule| rule.valid_months),
            issuers: choices::<Issuer>(ctx.language, &form.issuer),
            files: ctx.part(&files)?,
            paper: self.paper.clone(),
            child: self.whole.child.clone(),
            form,
            errors,
        })
    }
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationMaterialId>) -> Answer {
    let found = Found::of(&app, &ctx, id).await?;
    let files = found.files(&app, &ctx).await?;
    let page = found
        .page(&app, &ctx, files, ReceiptForm::default(), Errors::default())
        .await?;
    // Whoever reads a paper reads of the child.
    let details = json!({ "page": "application" });
    event::note(&app, &ctx.actor, "child.viewed", Subject::child(page.child.id), details).await?;
    ctx.page(&page)
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationMaterialId>, parts: Parts) -> Answer {
    let found = Found::of(&app, &ctx, id).await?;
    let mut typed = Typed::default();
    let done = async {
        must_take(&ctx.actor, &found.whole.row)?;
        let owner = found.owner();
        let said = attachment::add(&app, &ctx, &owner, &found.kinds(&ctx), parts, &mut typed).await?;
        if ctx.htmx {
            // The page's script sends one after the other, and shows the list when it has changed.
            return ctx.page(&found.files(&app, &ctx).await?);
        }
        ctx.go(address(&found.paper)).saying(said).answer()
    };
    let done = done.await;
    if ctx.htmx {
        return ctx
            .after(done, async |errors| {
                Ok(found.files(&app, &ctx).await?.again(&typed, errors))
            })
            .await;
    }
    ctx.after(done, async |errors| {
        let files = found.files(&app, &ctx).await?.again(&typed, errors.clone());
        found.page(&app, &ctx, files, ReceiptForm::default(), errors).await
    })
    .await
}

async fn receive(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationMaterialId>,
    Form(form): Form<ReceiptForm>,
) -> Answer {
    let found = Found::of(&app, &ctx, id).await?;
    let done = async {
        let received = form.input(Asks::of(found.rule(&ctx)))?;
        service::receive(&app, &ctx.actor, id, form.version(), received).await?;
        let say = Say::new("material.received").with("paper", found.name(&ctx));
        ctx.go(application_page(found.whole.row.id)).saying(say).answer()
    };
    ctx.after(done.await, async |errors| {
        let files = found.files(&app, &ctx).await?;
        found.page(&app, &ctx, files, form, errors).await
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
    Path((id, attachment)): Path<(ApplicationMaterialId, AttachmentId)>,
    Form(form): Form<Shown>,
) -> Answer {
    let found = Found::of(&app, &ctx, id).await?;
    let done = async {
        must_take(&ctx.actor, &found.whole.row)?;
        let owner = found.owner();
        let version = Version::typed(&form.version);
        attachment::service::withdraw(&app, &ctx.actor, &owner, attachment, version).await?;
        ctx.go(address(&found.paper)).saying("attachment.withdrawn").answer()
    };
    ctx.after(done.await, async |errors| {
        let files = found.files(&app, &ctx).await?;
        found.page(&app, &ctx, files, ReceiptForm::default(), errors).await
    })
    .await
}

async fn original(State(app): State<App>, ctx: Ctx, Path(ids): Path<(ApplicationMaterialId, AttachmentId)>) -> Answer {
    opened(&app, &ctx, ids, Shape::Original).await
}

async fn picture(State(app): State<App>, ctx: Ctx, Path(ids): Path<(ApplicationMaterialId, AttachmentId)>) -> Answer {
    opened(&app, &ctx, ids, Shape::Picture).await
}

async fn thumbnail(State(app): State<App>, ctx: Ctx, Path(ids): Path<(ApplicationMaterialId, AttachmentId)>) -> Answer {
    opened(&app, &ctx, ids, Shape::Thumbnail).await
}

async fn opened(app: &App, ctx: &Ctx, (id, attachment): (ApplicationMaterialId, AttachmentId), shape: Shape) -> Answer {
    let db = &*app.db;
    let (paper, row) = queries::find(db, &ctx.actor, id).await?;
    let one = attachment::queries::one_of(db, &owner(&paper, &row), attachment).await?;
    attachment::send(app, ctx, &one, shape).await
}
