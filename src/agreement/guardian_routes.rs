//! Handlers of the guardian who was let in: what waits, signing one or several, the copy.

use axum::{extract::State, http::HeaderMap};
use entities::{AgreementId, agreement::agreement_signer};
use serde_json::json;

use super::{
    content::short,
    forms::{SignForm, TogetherForm},
    pad::{agent, pad},
    paper::{AgreementPaper, paper},
    queries::{self, Whole},
    service,
    views::{MinePage, TogetherLine, TogetherPage, on},
};
use crate::{
    access::Can,
    platform::{App, Errors, Result, event, paper::Printer},
    signature::queries as signatures,
    web::{
        Answer, Ctx, Form, Path, Routes, Visitor,
        paper::{drawn_on_a_page, pdf_of},
        visitor::{ForGuardian, GuardianPaper},
    },
};

/// One page for several.
const TOGETHER: &str = "/my/signing";

/// What guardians are shown.
pub(super) const FOR_GUARDIANS: ForGuardian = ForGuardian {
    order: 10,
    find: |app, _, visitor| Box::pin(find(app, visitor)),
    together: Some((TOGETHER, "agreement.together")),
};

/// The routes of guardians.
pub fn routes() -> Routes {
    Routes::new()
        .get("/my/agreements/{id}", Can::Guardian, show)
        .post("/my/agreements/{id}/signature", Can::Guardian, sign)
        .get_heavy("/my/agreements/{id}/pdf", Can::Guardian, pdf)
        .get(TOGETHER, Can::Guardian, together)
        .post(TOGETHER, Can::Guardian, sign_together)
}

fn address(id: AgreementId) -> String {
    format!("/my/agreements/{id}")
}

async fn find(app: &App, visitor: &Visitor) -> Result<Vec<GuardianPaper>> {
    let now = app.clock.now();
    let mut papers = Vec::new();
    for (place, row) in queries::places_of(&*app.db, &visitor.guardians, now).await? {
        let child = queries::child_of(&*app.db, &row).await?;
        let given = signatures::of_row(&*app.db, queries::TABLE, row.id.0).await?;
        papers.push(GuardianPaper {
            title: row.title.clone(),
            about: format!("{} · {}", child.name, row.number),
            on: on(&row, signatures::find(&given, place.signature_id)),
            href: address(row.id),
            waits: place.signature_id.is_none(),
        });
    }
    Ok(papers)
}

/// The agreement of a place of this guardian.
async fn mine(app: &App, visitor: &Visitor, id: AgreementId) -> Result<(agreement_signer::Model, Whole)> {
    let (place, row) = queries::place_of(&*app.db, &visitor.guardians, id).await?;
    Ok((place, queries::whole(&*app.db, &app.keys, row).await?))
}

async fn page(
    app: &App,
    ctx: &Ctx,
    visitor: &Visitor,
    id: AgreementId,
    form: SignForm,
    errors: Errors,
) -> Result<MinePage> {
    let (place, whole) = mine(app, visitor, id).await?;
    Ok(MinePage {
        text: drawn_on_a_page(ctx, paper(app, ctx, &whole).await?)?,
        waits: place.signature_id.is_none() && whole.waits() && whole.intact,
        pad: pad(ctx, &form.signature(), &errors)?,
        name: place.name,
        pdf: Printer::found(&app.config).is_ok(),
        row: whole.row,
        errors,
    })
}

async fn show(State(app): State<App>, ctx: Ctx, visitor: Visitor, Path(id): Path<AgreementId>) -> Answer {
    let page = page(&app, &ctx, &visitor, id, SignForm::default(), Errors::default()).await?;
    let about = service::subject(&page.row);
    let details = json!({ "number": page.row.number, "hash": page.row.content_hash });
    event::note(&app, &ctx.actor, "agreement.read", about, details).await?;
    ctx.page(&page)
}

async fn sign(
    State(app): State<App>,
    ctx: Ctx,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<AgreementId>,
    Form(form): Form<SignForm>,
) -> Answer {
    let (place, _) = mine(&app, &visitor, id).await?;
    let done = async {
        let how = form.on_screen(&place.name)?;
        let picked = [(id, form.hash.clone())];
        let told = (&how, &visitor.identity, agent(&headers));
        service::sign_as_guardian(&app, &ctx.actor, &visitor.guardians, &picked, (told.0, told.1, &told.2)).await?;
        ctx.go(address(id)).saying("agreement.said.signed_by_you").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, &visitor, id, form, errors))
        .await
}

async fn pdf(State(app): State<App>, ctx: Ctx, visitor: Visitor, Path(id): Path<AgreementId>) -> Answer {
    let (_, whole) = mine(&app, &visitor, id).await?;
    let about = service::subject(&whole.row);
    let details = json!({ "number": whole.row.number, "hash": whole.row.content_hash, "format": "pdf" });
    event::note(&app, &ctx.actor, "agreement.read", about, details).await?;
    let paper = paper(&app, &ctx, &whole).await?;
    pdf_of::<AgreementPaper>(&app, &ctx, vec![paper]).await
}

async fn together_page(
    app: &App,
    ctx: &Ctx,
    visitor: &Visitor,
    form: TogetherForm,
    errors: Errors,
) -> Result<TogetherPage> {
    let mut lines = Vec::new();
    for (place, row) in queries::places_of(&*app.db, &visitor.guardians, ctx.actor.now).await? {
        if place.signature_id.is_some() {
            continue;
        }
        let child = queries::child_of(&*app.db, &row).await?;
        let value = format!("{}:{}", row.id, row.content_hash);
        lines.push(TogetherLine {
            ticked: form.pick.contains(&value),
            told: format!("{} · {} · {}", child.name, row.number, short(&row.content_hash)),
            href: address(row.id),
            title: row.title,
            value,
        });
    }
    Ok(TogetherPage {
        pad: pad(ctx, &form.signature(), &errors)?,
        name: visitor.name.clone(),
        lines,
        errors,
    })
}

async fn together(State(app): State<App>, ctx: Ctx, visitor: Visitor) -> Answer {
    ctx.page(&together_page(&app, &ctx, &visitor, TogetherForm::default(), Errors::default()).await?)
}

async fn sign_together(
    State(app): State<App>,
    ctx: Ctx,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TogetherForm>,
) -> Answer {
    let done = async {
        let (picked, how) = form.input(&visitor.name)?;
        let device = agent(&headers);
        let told = (&how, &visitor.identity, device.as_str());
        service::sign_as_guardian(&app, &ctx.actor, &visitor.guardians, &picked, told).await?;
        ctx.go("/my/papers").saying("agreement.said.signed_by_you").answer()
    };
    ctx.after(done.await, |errors| together_page(&app, &ctx, &visitor, form, errors))
        .await
}
