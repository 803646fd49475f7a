//! Handlers of staff: making agreements, signing for the centre, what guardians sign there.

use axum::{extract::State, http::HeaderMap};
use entities::{
    AgreementId, ChildId, EnrolmentDecisionId, GuardianId,
    agreement::agreement,
    child::{guardian, guardianship},
    words::{Party, SeenDocument},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    content::page as page_of,
    forms::{AgreementForm, SignForm, WithdrawForm},
    guardian_routes,
    list::Agreements,
    pad::{agent, pad},
    paper::{AgreementPaper, paper, told},
    queries::{self, Whole},
    service::{self, Given},
    states::Agreements as States,
    template,
    text::BLANKS,
    views::{ChildPage, NewPage, Place, ShowPage},
};
use crate::{
    access::Can,
    account,
    children::{self, queries::guardians},
    enrolment::decision::queries as decisions,
    guardian_access, organisations,
    platform::{
        App, Error, Errors, Result,
        event::{self, Subject},
        identity::Identity,
        states::Machine as _,
        words,
    },
    web::{
        Answer, Choice, Ctx, Form, Path, Query, Routes, choices,
        paper::{self, Printed as _},
    },
};

/// The routes of agreements.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Agreements>()
        .page_of("agreement", "/agreements/{id}", Can::ViewEnrolment, show)
        .get("/children/{id}/agreements", Can::ViewEnrolment, of_child)
        .get("/enrolment-decisions/{id}/agreements/new", Can::Enrol, new)
        .post("/enrolment-decisions/{id}/agreements", Can::Enrol, create)
        .post(
            "/agreements/{id}/centre-signature",
            Can::SignAgreements,
            sign_for_centre,
        )
        .post("/agreements/{id}/guardian-signature", Can::Enrol, sign_at_centre)
        .post("/agreements/{id}/withdrawal", Can::Enrol, withdraw)
        .merge(template::routes::routes())
        .merge(guardian_routes::routes())
}

async fn of_child(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "agreements").await?;
    let db = &*app.db;
    let rows = queries::of_child(db, &ctx.actor, child.id).await?;
    let decisions = if ctx.may(Can::Enrol) && child.departure_id.is_none() {
        decisions::of_child(db, &ctx.actor, child.id).await?
    } else {
        Vec::new()
    };
    let here = ctx.actor.workplace.as_ref().map(|place| place.id);
    let usable = decisions.into_iter().filter(|row| {
        let ours = Some(row.organisation_id) == here;
        ours && row.valid_from.is_some() && row.revoked_on.is_none() && row.valid_to >= Some(ctx.actor.today())
    });
    ctx.page(&ChildPage {
        decisions: usable.collect(),
        rows,
        child,
    })
}

/// What an agreement begins with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Beginning {
    amends: String,
}

async fn new(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<EnrolmentDecisionId>,
    Query(from): Query<Beginning>,
) -> Answer {
    let form = AgreementForm {
        amends: from.amends,
        ..AgreementForm::default()
    };
    ctx.page(&making(&app, &ctx, id, form, Errors::default()).await?)
}

async fn making(app: &App, ctx: &Ctx, id: EnrolmentDecisionId, form: AgreementForm, errors: Errors) -> Result<NewPage> {
    let db = &*app.db;
    let decision = service::decision_of(db, &ctx.actor, id).await?;
    let child = children::service::survivor(app, &ctx.actor, decision.child_id).await?;
    let amends = match form.amends.parse::<AgreementId>() {
        Ok(id) => Some(queries::find(db, &ctx.actor, id).await?),
        Err(_) => None,
    };
    let templates = template::queries::usable(db, &ctx.actor).await?;
    let templates = templates
        .into_iter()
        .filter(|row| amends.as_ref().is_none_or(|old| old.kind == row.kind))
        .map(|row| {
            let kind = words::raw(ctx.language, row.kind.word());
            let label = format!("{kind} · {} · {}", row.title, row.number);
            Choice::new(&row.id.to_string(), label, &form.template)
        });
    let ties = guardians(db, child.id).await?;
    // Those who have custody are ticked before anybody chose.
    let untouched = form.guardians.is_empty() && errors.is_empty();
    let nobody = !ties.iter().any(|(tie, _)| tie.ended_on.is_none() && tie.has_custody);
    let choice = |(tie, person): (guardianship::Model, guardian::Model)| {
        let chosen = form.guardians.contains(&person.id.to_string());
        let usual = untouched && (tie.has_custody || (nobody && tie.is_first));
        let kinship = words::raw(ctx.language, tie.kinship.word());
        let custody = if tie.has_custody {
            format!(" · {}", ctx.say("agreement.has_custody"))
        } else {
            String::new()
        };
        Choice {
            value: person.id.to_string(),
            label: format!("{}（{kinship}）{custody}", person.name),
            selected: chosen || usual,
        }
    };
    let current = ties.into_iter().filter(|(tie, _)| tie.ended_on.is_none());
    Ok(NewPage {
        guardians: current.map(choice).collect(),
        templates: templates.collect(),
        blanks: BLANKS
            .iter()
            .filter(|blank| blank.typed)
            .map(|blank| (blank.code, blank.key, form.typed(blank.code).to_owned()))
            .collect(),
        decision,
        child,
        amends,
        form,
        errors,
    })
}

async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<EnrolmentDecisionId>,
    Form(form): Form<AgreementForm>,
) -> Answer {
    let done = async {
        let made = service::make(&app, &ctx.actor, id, &form.input()?).await?;
        ctx.go(page_of(made)).saying("agreement.said.made").answer()
    };
    ctx.after(done.await, |errors| making(&app, &ctx, id, form, errors))
        .await
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<AgreementId>) -> Answer {
    let page = page(&app, &ctx, id, SignForm::default(), String::new(), Errors::default()).await?;
    let about = Subject::child(page.child.id);
    event::note(&app, &ctx.actor, "child.viewed", about, json!({ "page": "agreement" })).await?;
    ctx.page(&page)
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: AgreementId,
    form: SignForm,
    reason: String,
    errors: Errors,
) -> Result<ShowPage> {
    let db = &*app.db;
    let row = queries::find(db, &ctx.actor, id).await?;
    let whole = queries::whole(db, &app.keys, row).await?;
    let child = queries::child_of(db, &whole.row).await?;
    let mut centres = organisations::queries::names(db, [whole.row.organisation_id]).await?;
    let family = queries::of_child(db, &ctx.actor, whole.row.child_id).await?;
    let find = |wanted: Option<AgreementId>| family.iter().find(|other| Some(other.id) == wanted).cloned();
    let newer = |other: &&agreement::Model| other.amends_id == Some(id);
    let here = ctx.actor.workplace.as_ref().map(|place| place.id) == Some(whole.row.organisation_id);
    let places = places(app, ctx, &whole).await?;
    let guardians = places.iter().filter(|place| place.given.is_none()).filter_map(|place| {
        let id = place.row.guardian_id?;
        Some(Choice::new(&id.to_string(), place.row.name.clone(), &form.guardian))
    });
    let centre_signed = whole.centre().is_some_and(|place| place.signature_id.is_some());
    let own_name = account::queries::name(db, ctx.actor.account).await?;
    let may_collect = here && ctx.may(Can::Enrol) && whole.waits();
    let amendable =
        here && ctx.may(Can::Enrol) && States::may(whole.row.state, entities::words::AgreementState::Replaced);
    Ok(ShowPage {
        centre: centres.remove(&whole.row.organisation_id).unwrap_or_default(),
        made_by: account::queries::name(db, Some(whole.row.made_by)).await?,
        amends: find(whole.row.amends_id),
        replaced_by: family.iter().find(newer).cloned(),
        text: paper::drawn_on_a_page(ctx, paper(app, ctx, &whole).await?)?,
        intact: whole.intact,
        paper: paper::address(AgreementPaper::NAME, "", [id]),
        amend: amendable.then(|| {
            format!(
                "/enrolment-decisions/{}/agreements/new?amends={id}",
                whole.row.decision_id
            )
        }),
        may_sign: here && ctx.may(Can::SignAgreements) && whole.waits() && !centre_signed,
        may_collect,
        guardians: guardians.collect(),
        documents: choices::<SeenDocument>(ctx.language, &form.document),
        pad: pad(ctx, &form.signature(), &errors)?,
        own_name,
        places,
        row: whole.row,
        child,
        reason,
        errors,
    })
}

async fn places(app: &App, ctx: &Ctx, whole: &Whole) -> Result<Vec<Place>> {
    let db = &*app.db;
    let witnesses = whole.signatures.iter().filter_map(|one| one.witness_id);
    let witnesses = account::queries::names(db, witnesses).await?;
    let ties = guardians(db, whole.row.child_id).await?;
    let mut places = Vec::with_capacity(whole.signers.len());
    for row in &whole.signers {
        let given = whole.signature(row).cloned();
        let reachable = match row.guardian_id {
            Some(id) => guardian_access::service::reachable(app, db, id).await?,
            None => false,
        };
        let tie = ties
            .iter()
            .find(|(tie, _)| Some(tie.guardian_id) == row.guardian_id && tie.ended_on.is_none());
        places.push(Place {
            told: given
                .as_ref()
                .map(|given| told(ctx, given, &witnesses))
                .unwrap_or_default(),
            tie: tie.map(|(tie, _)| tie.id),
            row: row.clone(),
            given,
            reachable,
        });
    }
    Ok(places)
}

async fn sign_for_centre(
    State(app): State<App>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(id): Path<AgreementId>,
    Form(form): Form<SignForm>,
) -> Answer {
    queries::find(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let name = account::queries::name(&*app.db, ctx.actor.account).await?;
        let given = Given {
            hash: &form.hash,
            how: &form.on_screen(&name)?,
            identity: &Identity::ACCOUNT,
            device: &agent(&headers),
        };
        service::sign_for_centre(&app, &ctx.actor, id, &name, &given).await?;
        ctx.go(page_of(id)).saying("agreement.said.signed").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, String::new(), errors))
        .await
}

async fn sign_at_centre(
    State(app): State<App>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(id): Path<AgreementId>,
    Form(form): Form<SignForm>,
) -> Answer {
    queries::find(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let guardian: GuardianId = form.guardian()?;
        let places = queries::signers(&*app.db, id).await?;
        let place = places
            .iter()
            .find(|place| place.party == Party::Guardian && place.guardian_id == Some(guardian))
            .ok_or_else(|| Error::field("guardian", "form.choice"))?;
        let (how, identity) = form.at_centre(&ctx.actor, &place.name)?;
        let given = Given {
            hash: &form.hash,
            how: &how,
            identity: &identity,
            device: &agent(&headers),
        };
        service::sign_at_centre(&app, &ctx.actor, id, guardian, &given).await?;
        ctx.go(page_of(id)).saying("agreement.said.signed").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, String::new(), errors))
        .await
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AgreementId>,
    Form(form): Form<WithdrawForm>,
) -> Answer {
    queries::find(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let (version, reason) = form.input()?;
        service::withdraw(&app, &ctx.actor, id, version, reason).await?;
        ctx.go(page_of(id)).saying("agreement.said.withdrawn").answer()
    };
    ctx.after(done.await, |errors| {
        page(&app, &ctx, id, SignForm::default(), form.reason, errors)
    })
    .await
}
