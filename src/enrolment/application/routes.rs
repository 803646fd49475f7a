//! Handlers of applications.

use axum::extract::State;
use chrono::NaiveDate;
use entities::{
    ApplicationId, ChildId, GuardianId,
    child::child,
    enrolment::application,
    words::{Economy, EnrolmentMode, Issuer, MaterialState},
};

use super::{
    Applications,
    about::lead,
    file,
    forms::{ApplicationForm, NewApplication, REASON, WhyForm},
    of_child,
    queries::{self, Rules},
    service,
    states::{States, is_enrolled, is_with_intake},
    views::{EditPage, PaperRow, ShowPage},
};
use crate::{
    access::{Can, scope},
    children::{queries as children, service::view_page},
    enrolment::{
        eligibility::Test,
        review::service as reviews,
        rules::{DEFERRAL, Material, Materials, Need, PERMIT},
    },
    platform::{
        App, Check, Errors, Result, Version,
        event::{self, Subject},
        form::day_of,
        states::Machine as _,
    },
    web::{Answer, Choice, Ctx, Form, Path, Routes, choices},
};

/// The routes of applications.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Applications>()
        .get("/applications/new", Can::Enrol, of_child::finding)
        .post("/applications/new", Can::Enrol, of_child::find)
        .get("/children/{id}/enrolment", Can::ViewEnrolment, of_child::show)
        .get("/children/{id}/applications/new", Can::Enrol, new)
        .post("/children/{id}/applications", Can::Enrol, enter)
        .page_of("application", "/applications/{id}", Can::ViewEnrolment, show)
        .get("/applications/{id}/edit", Can::Enrol, edit)
        .post("/applications/{id}/edit", Can::Enrol, change)
        .post("/applications/{id}/withdrawal", Can::Enrol, withdraw)
        .post("/applications/{id}/overrides", Can::Review, answer_for)
        .post("/applications/{id}/papers", Can::Enrol, add_paper)
}

// ---- entering and completing

async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "application").await?;
    if let Some(open) = queries::open_of(&*app.db, child.id).await?
        && queries::find(&*app.db, &ctx.actor, open.id).await.is_ok()
    {
        return ctx.go(service::page(open.id)).warning("application.exists").answer();
    }
    let mut form = ApplicationForm {
        mode: EnrolmentMode::FullDay.as_str().to_owned(),
        economy: Economy::Ordinary.as_str().to_owned(),
        ..ApplicationForm::default()
    };
    let first = children::guardians(&*app.db, child.id).await?.into_iter().next();
    form.guardian = first.map(|(_, person)| person.id.to_string()).unwrap_or_default();
    ctx.page(&edit_page(&app, &ctx, child, None, form, Errors::default()).await?)
}

async fn enter(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, Form(form): Form<ApplicationForm>) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let new = input(&app, &ctx, &child, None, &form).await?;
        let made = service::open(&app, &ctx.actor, id, &new, form.submits()).await?;
        ctx.go(service::page(made)).saying(said(&form)).answer()
    };
    ctx.after(done.await, |errors| edit_page(&app, &ctx, child, None, form, errors))
        .await
}

fn said(form: &ApplicationForm) -> &'static str {
    if form.submits() {
        "application.said.submitted"
    } else {
        "application.said.kept"
    }
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationId>) -> Answer {
    let row = queries::find(&*app.db, &ctx.actor, id).await?;
    if !is_with_intake(row.state) {
        return ctx.go(service::page(id)).warning("application.with_review").answer();
    }
    let child = view_page(&app, &ctx.actor, row.child_id, "application").await?;
    let form = ApplicationForm::of(&row, &queries::materials(&*app.db, id).await?);
    ctx.page(&edit_page(&app, &ctx, child, Some(row), form, Errors::default()).await?)
}

async fn change(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationId>,
    Form(form): Form<ApplicationForm>,
) -> Answer {
    let row = queries::find(&*app.db, &ctx.actor, id).await?;
    let child = queries::child_of(&*app.db, &row).await?;
    let done = async {
        let new = input(&app, &ctx, &child, Some(&row), &form).await?;
        service::change(&app, &ctx.actor, id, form.version(), &new, form.submits()).await?;
        ctx.go(service::page(id)).saying(said(&form)).answer()
    };
    let again = Some(row.clone());
    ctx.after(done.await, |errors| {
        edit_page(&app, &ctx, child.clone(), again, form, errors)
    })
    .await
}

fn applied_on(row: Option<&application::Model>, today: NaiveDate) -> NaiveDate {
    row.and_then(|row| row.applied_on).unwrap_or(today)
}

async fn rules(app: &App, ctx: &Ctx, child: &child::Model, row: Option<&application::Model>) -> Result<Rules> {
    let district = row.map_or(&child.district, |row| &row.district);
    Rules::on(&*app.db, district, applied_on(row, ctx.actor.today())).await
}

async fn input(
    app: &App,
    ctx: &Ctx,
    child: &child::Model,
    row: Option<&application::Model>,
    form: &ApplicationForm,
) -> Result<NewApplication> {
    let rules = rules(app, ctx, child, row).await?;
    let guardians: Vec<GuardianId> = children::guardians(&*app.db, child.id)
        .await?
        .into_iter()
        .map(|(_, person)| person.id)
        .collect();
    Ok(form.input(ctx.actor.today(), &rules.materials.rows, &guardians)?)
}

async fn edit_page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    row: Option<application::Model>,
    form: ApplicationForm,
    errors: Errors,
) -> Result<EditPage> {
    let today = ctx.actor.today();
    let rules = rules(app, ctx, &child, row.as_ref()).await?;
    let wanted = day_of(&form.wanted_from).unwrap_or(today);
    let months = rules.age_months(child.birth_on, applied_on(row.as_ref(), today), wanted);
    let papers = rules.materials.asked(form.mode(), months);
    let papers = papers.into_iter().map(|row| paper_row(ctx, row, &form)).collect();
    let guardians = children::guardians(&*app.db, child.id).await?;
    let guardians = guardians
        .iter()
        .filter(|(tie, _)| tie.ended_on.is_none())
        .map(|(tie, person)| {
            let label = format!("{}（{}）", person.name, ctx.say(tie.kinship.word()));
            Choice::new(person.id, label, &form.guardian)
        })
        .collect();
    let returned = match &row {
        Some(row) if row.round > 0 => {
            let steps = queries::steps(&*app.db, row.id).await?;
            file::returned(&rules.materials, ctx.language, &steps)
        }
        Some(_) | None => None,
    };
    let (action, back) = match &row {
        Some(row) => (format!("/applications/{}/edit", row.id), service::page(row.id)),
        None => (
            format!("/children/{}/applications", child.id),
            format!("/children/{}/enrolment", child.id),
        ),
    };
    Ok(EditPage {
        lead: lead(&child, ctx),
        action,
        back,
        returned,
        modes: choices::<EnrolmentMode>(ctx.language, &form.mode),
        economies: choices::<Economy>(ctx.language, &form.economy),
        guardians,
        papers,
        child,
        form,
        errors,
    })
}

fn paper_row(ctx: &Ctx, row: &Material, form: &ApplicationForm) -> PaperRow {
    let chosen = form.paper(&row.code, "issuer");
    let mut issuers = vec![Choice::new("", ctx.say("ui.form.choose"), chosen)];
    issuers.extend(choices::<Issuer>(ctx.language, chosen));
    let state = match form.paper(&row.code, "state") {
        "" => MaterialState::Missing.as_str(),
        typed => typed,
    };
    PaperRow {
        name: row.name(ctx.language).to_owned(),
        must: row.need == Need::Must,
        valid_months: row.valid_months,
        dated: row.code == DEFERRAL || row.code == PERMIT,
        states: choices::<MaterialState>(ctx.language, state),
        issuers,
        code: row.code.clone(),
    }
}

// ---- the page of an application

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationId>) -> Answer {
    let page = page(&app, &ctx, id, WhyForm::default(), Errors::default()).await?;
    // Whoever reads an application reads of the child.
    let about = Subject::child(page.of.child.id);
    let details = serde_json::json!({ "page": "application" });
    event::note(&app, &ctx.actor, "child.viewed", about, details).await?;
    ctx.page(&page)
}

async fn page(app: &App, ctx: &Ctx, id: ApplicationId, mut form: WhyForm, errors: Errors) -> Result<ShowPage> {
    let row = queries::find(&*app.db, &ctx.actor, id).await?;
    form.version = row.version.to_string();
    let opened = file::opened(app, ctx, row).await?;
    let of = file::overview(app, ctx, &opened).await?;
    let by = &ctx.actor;
    let steps = &opened.whole.steps;
    let waiting = steps.iter().filter(|step| step.ended_at.is_none());
    let mine = waiting.into_iter().find_map(|step| {
        let meant = reviews::may_decide(&opened.chain, &of.row, steps, step, by).ok()?;
        let may = Can::Review.allows(&by.roles);
        may.then(|| (reviews::step_page(step.id), meant.name.get(ctx.language).to_owned()))
    });
    let open = States::is_open(of.row.state);
    let tests = of.unanswered();
    let tests = tests
        .iter()
        .map(|line| Choice::new(line.code, ctx.say(line.key), &form.test))
        .collect();
    let here = by.workplace.as_ref().map(|place| place.id) == Some(of.row.centre_id);
    let enrolled = is_enrolled(of.row.state);
    Ok(ShowPage {
        may_change: open && here && Can::Enrol.allows(&by.roles),
        may_answer: open && Can::Review.allows(&by.roles),
        returned: file::returned(&opened.whole.rules.materials, ctx.language, steps).filter(|_| of.is_returned()),
        may_add: enrolled && here && Can::Enrol.allows(&by.roles),
        materials: materials(ctx, &opened.whole.rules.materials, &form.material),
        issuers: choices::<Issuer>(ctx.language, &form.issuer),
        tests,
        mine,
        of,
        form,
        errors,
    })
}

/// Every paper that the rule knows, once.
fn materials(ctx: &Ctx, rule: &Materials, chosen: &str) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    for row in &rule.rows {
        if !all.iter().any(|one| one.value == row.code) {
            all.push(Choice::new(&row.code, row.name(ctx.language), chosen));
        }
    }
    all
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationId>,
    Form(form): Form<WhyForm>,
) -> Answer {
    let done = async {
        let why = form.withdrawal()?;
        let version = Version::typed(&form.version);
        service::withdraw(&app, &ctx.actor, id, version, why).await?;
        ctx.go(service::page(id)).saying("application.said.withdrawn").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn answer_for(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationId>,
    Form(form): Form<WhyForm>,
) -> Answer {
    let done = async {
        let mut check = Check::default();
        let test = Test::named(&form.test);
        if test.is_none() {
            check.wrong("test", "form.choice");
        }
        let because = check.note("because", &form.because, REASON);
        let answer = check.done(test.zip(because))?;
        let version = Version::typed(&form.version);
        service::answer_for(&app, &ctx.actor, id, version, answer).await?;
        ctx.go(service::page(id)).saying("eligibility.said").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn add_paper(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationId>,
    Form(form): Form<WhyForm>,
) -> Answer {
    let done = async {
        let row = queries::find(&*app.db, &ctx.actor, id).await?;
        let rules = Rules::on(&*app.db, &row.district, ctx.actor.today()).await?;
        let paper = form.paper(&rules.materials.rows)?;
        service::add_paper(&app, &ctx.actor, id, Version::typed(&form.version), &paper).await?;
        ctx.go(service::page(id)).saying("material.said").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}
