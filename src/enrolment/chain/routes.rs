//! Handlers of chains.

use axum::extract::State;
use chrono::NaiveDate;
use entities::{
    ReviewChainId,
    words::{OrganisationKind, ReviewKind},
};
use serde::Deserialize;

use super::{
    drawing::{Act, Drawing},
    drawn::Sent,
    dry_run::dry_run,
    known, queries,
    reading::read,
    service,
    views::{ChainPage, ChainsPage, DrawPage, Ran, Version as Listed},
};
use crate::{
    access::Can,
    organisations,
    platform::{
        App, Calendar, Errors, Result, Say, Version,
        approval::{Chain, Fact, Facts, Known, KnownKind, Step},
        form::day_of,
        words,
    },
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes},
};

/// The routes of chains.
pub fn routes() -> Routes {
    let can = Can::Configure;
    Routes::new()
        .get("/review-chains", can, index)
        .get("/review-chains/new", can, new)
        .post("/review-chains/new", can, draft)
        .page_of("review_chain", "/review-chains/{id}", can, show)
        .post("/review-chains/{id}/dry-run", can, try_out)
        .get("/review-chains/{id}/edit", can, edit)
        .post("/review-chains/{id}/edit", can, change)
        .post("/review-chains/{id}/commencement", can, put_in_force)
        .post("/review-chains/{id}/withdrawal", can, withdraw)
}

fn page_of(id: ReviewChainId) -> String {
    format!("/review-chains/{id}")
}

async fn index(State(app): State<App>, ctx: Ctx) -> Answer {
    let db = &*app.db;
    let rows = queries::all(db, &ctx.actor).await?;
    let holds = holding(&app, &ctx).await?;
    let names = organisations::queries::division_names(db, rows.iter().map(|row| row.district.clone())).await?;
    let versions = rows.into_iter().map(|row| Listed {
        division: names.get(&row.district).unwrap_or(&row.district).clone(),
        holds: holds == Some(row.id),
        row,
    });
    ctx.page(&ChainsPage {
        versions: versions.collect(),
        shipped_holds: holds.is_none(),
    })
}

/// The version that holds today in the reader's own area.
async fn holding(app: &App, ctx: &Ctx) -> Result<Option<ReviewChainId>> {
    let (own, today) = (ctx.actor.district(), ctx.actor.today());
    let row = queries::in_force(&*app.db, ReviewKind::Enrolment, own, today).await?;
    Ok(row.map(|row| row.id))
}

// ---- drawing

/// Which version a new one begins as.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Beginning {
    from: String,
}

async fn new(State(app): State<App>, ctx: Ctx, Query(from): Query<Beginning>) -> Answer {
    let today = ctx.actor.today();
    let drawing = match from.from.parse::<ReviewChainId>() {
        Ok(id) => {
            let row = queries::find(&*app.db, &ctx.actor, id).await?;
            Drawing::of(&queries::definition(&row)?, today.max(row.valid_from), "")
        }
        Err(_) => {
            let chain = queries::chain_on(&*app.db, ReviewKind::Enrolment, ctx.actor.district(), today).await?;
            Drawing::of(&chain, today, "")
        }
    };
    ctx.page(&draw(&ctx, None, drawing, Errors::default()))
}

async fn draft(State(app): State<App>, ctx: Ctx, Form(sent): Form<Sent>) -> Answer {
    let (drawing, act) = drawn(&sent);
    if act != Act::Save {
        let (_, errors) = drawing.chain();
        let shown = if act == Act::Look { errors } else { Errors::default() };
        return ctx.page(&draw(&ctx, None, drawing, shown));
    }
    let done = async {
        let new = drawing.input(ctx.actor.today())?;
        let id = service::draft(&app, &ctx.actor, &new).await?;
        ctx.go(page_of(id)).saying("review_chain.said.drafted").answer()
    };
    let done = done.await;
    ctx.after(done, async |errors| Ok(draw(&ctx, None, drawing, errors)))
        .await
}

fn drawn(sent: &Sent) -> (Drawing, Act) {
    let act = Act::read(sent.get("do").map_or("", String::as_str));
    let mut drawing = Drawing::read(sent);
    drawing.act(act);
    (drawing, act)
}

async fn edit(State(app): State<App>, ctx: Ctx, Path(id): Path<ReviewChainId>) -> Answer {
    let row = queries::find(&*app.db, &ctx.actor, id).await?;
    let drawing = Drawing::of(&queries::definition(&row)?, row.valid_from, &row.source);
    ctx.page(&draw(
        &ctx,
        Some((id, row.version.to_string())),
        drawing,
        Errors::default(),
    ))
}

async fn change(State(app): State<App>, ctx: Ctx, Path(id): Path<ReviewChainId>, Form(sent): Form<Sent>) -> Answer {
    queries::find(&*app.db, &ctx.actor, id).await?;
    let (drawing, act) = drawn(&sent);
    let version = sent.get("version").cloned().unwrap_or_default();
    let of = Some((id, version.clone()));
    if act != Act::Save {
        let (_, errors) = drawing.chain();
        let shown = if act == Act::Look { errors } else { Errors::default() };
        return ctx.page(&draw(&ctx, of, drawing, shown));
    }
    let done = async {
        let new = drawing.input(ctx.actor.today())?;
        service::change(&app, &ctx.actor, id, Version::typed(&version), &new).await?;
        ctx.go(page_of(id)).saying("review_chain.said.changed").answer()
    };
    let done = done.await;
    ctx.after(done, async |errors| Ok(draw(&ctx, of, drawing, errors)))
        .await
}

fn draw(ctx: &Ctx, of: Option<(ReviewChainId, String)>, drawing: Drawing, errors: Errors) -> DrawPage {
    let (chain, _) = drawing.chain();
    let (action, back, version) = match of {
        Some((id, version)) => (format!("/review-chains/{id}/edit"), page_of(id), version),
        None => (
            "/review-chains/new".to_owned(),
            "/review-chains".to_owned(),
            String::new(),
        ),
    };
    DrawPage {
        steps: read(&chain, ctx.language),
        language: ctx.language,
        action,
        back,
        version,
        drawing,
        errors,
    }
}

// ---- a version

/// What is typed on the page of a version: its own version, or facts of an invented application.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ChainForm {
    version: String,
    submitted_on: String,
    #[serde(flatten)]
    facts: Sent,
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ReviewChainId>) -> Answer {
    let form = ChainForm {
        submitted_on: ctx.actor.today().to_string(),
        ..ChainForm::default()
    };
    ctx.page(&page(&app, &ctx, id, &form, None, Errors::default()).await?)
}

async fn try_out(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReviewChainId>,
    Form(form): Form<ChainForm>,
) -> Answer {
    match facts(&form) {
        Ok(asked) => ctx.page(&page(&app, &ctx, id, &form, Some(asked), Errors::default()).await?),
        Err(errors) => ctx.invalid(&page(&app, &ctx, id, &form, None, errors).await?),
    }
}

async fn put_in_force(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReviewChainId>,
    Form(form): Form<ChainForm>,
) -> Answer {
    let done = async {
        service::put_in_force(&app, &ctx.actor, id, Version::typed(&form.version)).await?;
        ctx.go(page_of(id)).saying("review_chain.said.in_force").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, &form, None, errors))
        .await
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ReviewChainId>,
    Form(form): Form<ChainForm>,
) -> Answer {
    let done = async {
        service::withdraw(&app, &ctx.actor, id, Version::typed(&form.version)).await?;
        ctx.go(page_of(id)).saying("review_chain.said.withdrawn").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, &form, None, errors))
        .await
}

/// The name of a fact on the page.
fn fact_name(code: &str) -> String {
    format!("fact-{code}")
}

/// An invented application: its facts and the day on which it is submitted.
struct Sample {
    facts: Facts,
    submitted_on: NaiveDate,
}

/// The one that was typed.
fn facts(form: &ChainForm) -> Result<Sample, Errors> {
    let mut errors = Errors::default();
    let mut facts = known::sample();
    for fact in known::FACTS {
        let name = fact_name(fact.code);
        let Some(text) = form.facts.get(&name).map(|text| text.trim()) else {
            continue;
        };
        match fact.kind {
            KnownKind::Number => match text.parse::<i64>() {
                Ok(number) => facts = facts.number(fact.code, number),
                Err(_) => errors.add(name, "form.unreadable"),
            },
            KnownKind::Word(all) => {
                if all.iter().any(|(word, _)| *word == text) {
                    facts = facts.word(fact.code, text);
                } else {
                    errors.add(name, "form.choice");
                }
            }
        }
    }
    match day_of(&form.submitted_on) {
        Ok(submitted_on) if errors.is_empty() => Ok(Sample { facts, submitted_on }),
        Ok(_) => Err(errors),
        Err(say) => {
            errors.add("submitted_on", say);
            Err(errors)
        }
    }
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: ReviewChainId,
    form: &ChainForm,
    asked: Option<Sample>,
    errors: Errors,
) -> Result<ChainPage> {
    let db = &*app.db;
    let row = queries::find(db, &ctx.actor, id).await?;
    let chain = queries::definition(&row)?;
    let names = organisations::queries::division_names(db, [row.district.clone()]).await?;
    let ran = match asked {
        Some(sample) => ran(app, ctx, &chain, &sample).await?,
        None => Vec::new(),
    };
    let sample = known::sample();
    let field = |fact: &Known| {
        let name = fact_name(fact.code);
        let usual = match sample.0.get(fact.code) {
            Some(Fact::Number(number)) => number.to_string(),
            Some(Fact::Word(word)) => word.clone(),
            None => String::new(),
        };
        let value = form.facts.get(&name).cloned().unwrap_or(usual);
        let options = match fact.kind {
            KnownKind::Number => Vec::new(),
            KnownKind::Word(all) => all
                .iter()
                .map(|(word, key)| Choice::new(word, words::raw(ctx.language, key), &value))
                .collect(),
        };
        (name, fact.label, value, options)
    };
    Ok(ChainPage {
        division: names.get(&row.district).unwrap_or(&row.district).clone(),
        steps: read(&chain, ctx.language),
        own: row.district.starts_with(ctx.actor.coverage()),
        holds: holding(app, ctx).await? == Some(row.id),
        facts: known::FACTS.iter().map(field).collect(),
        submitted_on: form.submitted_on.clone(),
        ran,
        row,
        errors,
    })
}

/// Who would have an application, step by step, and until when.
async fn ran(app: &App, ctx: &Ctx, chain: &Chain, sample: &Sample) -> Result<Vec<Ran>> {
    let calendar = Calendar::known(&app.db).await?;
    let mut all = Vec::new();
    for run in dry_run(chain, &sample.facts, sample.submitted_on, &calendar) {
        let (place, people) = who(app, ctx, run.step).await?;
        let role = run
            .step
            .role()
            .map(|role| words::raw(ctx.language, role.word()).into_owned());
        let say = Say::new("review_chain.people").with("n", people);
        let role = format!("{} {}", role.unwrap_or_default(), ctx.say(say));
        let until = [
            run.not_before
                .map(|day| ctx.say(Say::new("review_chain.not_before").with("day", day))),
            run.until.map(|day| ctx.say(Say::new("review.until").with("day", day))),
        ];
        all.push(Ran {
            stage: run.stage,
            name: run.step.name.get(ctx.language).to_owned(),
            called_for: run.called_for,
            nobody: run.called_for && people == 0,
            place,
            role,
            from: run.from.to_string(),
            until: until.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        });
    }
    Ok(all)
}

/// The organisation of the reader's district that would have a step, and how many there hold its role.
async fn who(app: &App, ctx: &Ctx, step: &Step) -> Result<(String, usize)> {
    let db = &*app.db;
    let Some(kind) = step.organisation else {
        return Ok((String::new(), 0));
    };
    let district = ctx.actor.district();
    let places = if kind == OrganisationKind::RehabilitationCentre {
        organisations::queries::working_in(db, kind, district).await?
    } else {
        organisations::queries::covering(db, kind, district).await?
    };
    let Some(place) = places.into_iter().next() else {
        return Ok((String::new(), 0));
    };
    let people = queries::holders(db, place.id, &step.roles).await?;
    Ok((place.name, people))
}
