//! A child's screens: list, entry with preview, correction.

use axum::{extract::State, response::Response};
use entities::{
    ChildId, ScreenId,
    child::child,
    screening::screen,
    words::{AgeUsed, ScreenOutcome},
};

use super::{
    correction,
    forms::{OccasionForm, ScreenForm},
    preview::preview,
    queries,
    rules::{self, Occasion},
    service::{self, NewScreen, Recorded},
    views::{Question, ScreenPage, ScreensPage, SignAnswer, facts, tongue},
};
use crate::{
    access::Can,
    children,
    platform::{App, Error, Errors, Result, day},
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes, choices, draft},
};

/// The routes of screens.
pub fn routes() -> Routes {
    Routes::new()
        .get("/children/{id}/screens", Can::ViewChildren, index)
        .get("/children/{id}/screens/new", Can::Screen, new)
        .post("/children/{id}/screens", Can::Screen, create)
        .get("/children/{id}/screens/{screen}/correction", Can::Screen, correction)
        .post("/children/{id}/screens/{screen}/correction", Can::Screen, correct)
        .post("/children/{id}/screens/{screen}/withdrawal", Can::Screen, withdraw)
}

async fn index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "screens").await?;
    ctx.page(&ScreensPage {
        entries: queries::of_child(&*app.db, &ctx.actor, child.id).await?,
        checks: queries::open_checks(&*app.db, child.id).await?,
        today: ctx.actor.today(),
        may_screen: ctx.may(Can::Screen),
        may_depart: ctx.may(Can::Depart),
        own: ctx.actor.workplace.as_ref().map(|w| w.id),
        child,
    })
}

async fn new(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(asked): Query<OccasionForm>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "screen").await?;
    let kept = kept(&app, &ctx, &asked, &service::form(child.id, None), &opened).await?;
    let restored = kept.is_some();
    let form = kept.unwrap_or_else(|| ScreenForm {
        performed_on: asked.performed_on,
        age_used: asked.age_used,
        ..ScreenForm::default()
    });
    let page = page(&app, &ctx, child, form, Errors::default(), None).await?;
    ctx.page(&ScreenPage { restored, ..page })
}

/// What was typed on the way to the preview; whoever asks for the signs of a day begins anew.
async fn kept(
    app: &App,
    ctx: &Ctx,
    asked: &OccasionForm,
    form: &str,
    opened: &draft::Opened,
) -> Result<Option<ScreenForm>> {
    if !asked.performed_on.is_empty() {
        return Ok(None);
    }
    draft::load(app, ctx, form, opened).await
}

/// The entry page for what was typed so far.
async fn page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    mut form: ScreenForm,
    mut errors: Errors,
    corrects: Option<ScreenId>,
) -> Result<ScreenPage> {
    if form.performed_on.trim().is_empty() {
        form.performed_on = ctx.actor.today().to_string();
    }
    let typed = day::parse(&form.performed_on);
    let day = typed.filter(|day| *day <= ctx.actor.today());
    if day.is_none() && errors.get("performed_on").is_empty() {
        errors.add(
            "performed_on",
            if typed.is_some() { "screen.future" } else { "form.date" },
        );
    }
    let occasion = match day {
        Some(day) => occasion_of(app, ctx, &child, day).await?,
        None => None,
    };
    if day.is_some() && occasion.is_none() && errors.get("performed_on").is_empty() {
        errors.add("performed_on", "screen.before_birth");
    }
    let ages = occasion.map(|o| facts(&o, form.age_used.parse().ok()));
    if ages.as_ref().is_some_and(|a| a.check_age.is_none()) && errors.get("performed_on").is_empty() {
        errors.add("performed_on", "screen.outside_programme");
    }
    let check_age = ages.as_ref().and_then(|a| a.check_age);
    form.check_age = check_age.map(|n| n.to_string()).unwrap_or_default();
    let used = ages.as_ref().map_or("", |a| a.used.as_str());
    let age_choices = match occasion {
        Some(o) if o.has_choice() => choices::<AgeUsed>(ctx.language, used),
        _ => Vec::new(),
    };
    let questions = match check_age {
        Some(age) => asked(ctx, age, &form)?,
        None => Vec::new(),
    };
    let address = service::form(child.id, corrects);
    let action = match corrects {
        Some(_) => address.clone(),
        None => format!("/children/{}/screens", child.id),
    };
    Ok(ScreenPage {
        not_seen: not_seen(ctx, &form.not_seen),
        child,
        form,
        errors,
        ages,
        age_choices,
        questions,
        corrects,
        action,
        address,
        restored: false,
    })
}

async fn occasion_of(app: &App, ctx: &Ctx, child: &child::Model, day: chrono::NaiveDate) -> Result<Option<Occasion>> {
    let rules = children::service::check_age_rules(&*app.db, &child.district, &ctx.actor).await?;
    let planned = service::planned_checks(&*app.db, child.id).await?;
    Ok(service::occasion(child, &rules, &planned, day))
}

fn asked(ctx: &Ctx, check_age: u32, form: &ScreenForm) -> Result<Vec<Question>> {
    let sentences = rules::questions(check_age, tongue(ctx))?;
    Ok(sentences
        .into_iter()
        .zip(form.answers())
        .map(|((id, sentence), (field, answer))| Question {
            field,
            number: if id == "regression" { "★".to_owned() } else { id },
            sentence,
            choices: [("1", "yes", "screen.present"), ("0", "no", "screen.absent")]
                .map(|(key, value, label)| SignAnswer {
                    key: key.to_owned(),
                    value,
                    label: ctx.say(label),
                    selected: answer == value,
                })
                .into(),
        })
        .collect())
}

/// The reasons why a child was not seen, after "the child was seen".
fn not_seen(ctx: &Ctx, chosen: &str) -> Vec<Choice> {
    let seen = Choice::new("", ctx.say("screen.seen"), chosen);
    let reasons = ScreenOutcome::ALL
        .iter()
        .filter(|o| !o.is_seen())
        .map(|o| Choice::new(o.as_str(), ctx.say(o.word()), chosen));
    std::iter::once(seen).chain(reasons).collect()
}

async fn create(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, Form(form): Form<ScreenForm>) -> Answer {
    let child = children::service::survivor(&app, &ctx.actor, id).await?;
    submitted(&app, &ctx, child, form, None).await
}

/// First look, then save: a form that was not confirmed is shown once more in words.
async fn submitted(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    form: ScreenForm,
    corrects: Option<ScreenId>,
) -> Result<Response> {
    if !form.again.is_empty() {
        return ctx.page(&page(app, ctx, child, form, Errors::default(), corrects).await?);
    }
    let done = async {
        let new = form.input()?;
        let rules = children::service::check_age_rules(&*app.db, &child.district, &ctx.actor).await?;
        let judged = service::judge(&*app.db, &ctx.actor, &child, &rules, &new, corrects).await?;
        if !form.check_age.is_empty() && form.check_age != judged.check_age.to_string() {
            // The day or the age was changed after the signs were shown: other signs belong to it.
            return Err(Error::field("performed_on", "screen.other_signs"));
        }
        if form.confirmed.is_empty() {
            // Whoever goes back from the preview finds the form as it was sent.
            let at = service::form(child.id, corrects);
            draft::on_the_way(app, ctx, &child.district, &at, &form).await?;
            return ctx.page(&preview(app, ctx, child.clone(), form.clone(), &new, &judged, corrects).await?);
        }
        let recorded = match corrects {
            Some(old) => correction::correct(app, &ctx.actor, child.id, old, &new).await?,
            None => service::record(app, &ctx.actor, child.id, &new).await?,
        };
        onwards(ctx, &child, &new, &recorded)
    };
    let done = done.await;
    ctx.after(done, |errors| page(app, ctx, child, form, errors, corrects))
        .await
}

/// Where to go after saving.
fn onwards(ctx: &Ctx, child: &child::Model, new: &NewScreen, recorded: &Recorded) -> Result<Response> {
    if let Some(referral) = recorded.referral {
        return ctx
            .go(format!("/referrals/{referral}/sending"))
            .saying("screen.saved.confirm")
            .answer();
    }
    let screens = format!("/children/{}/screens", child.id);
    if recorded.nobody_to_refer_to {
        return ctx.go(screens).warning("screen.saved.nobody").answer();
    }
    let reason = match recorded.outcome {
        ScreenOutcome::Moved => "moved_away",
        ScreenOutcome::Died => "died",
        ScreenOutcome::Refused => "refused",
        ScreenOutcome::Normal | ScreenOutcome::Abnormal | ScreenOutcome::Unreachable | ScreenOutcome::Elsewhere => {
            return ctx.go(screens).saying("screen.saved").answer();
        }
    };
    if child.departure_id.is_some() || !ctx.may(Can::Depart) {
        return ctx.go(screens).saying("screen.saved").answer();
    }
    ctx.go(format!(
        "/children/{}/departures?reason={reason}&left_on={}",
        child.id, new.performed_on
    ))
    .saying("screen.saved.departure")
    .answer()
}

async fn correction(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, screen)): Path<(ChildId, ScreenId)>,
    Query(asked): Query<OccasionForm>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let child = children::service::view_page(&app, &ctx.actor, id, "screen").await?;
    let old = correction::own(&*app.db, &ctx.actor, child.id, screen).await?;
    let kept = kept(&app, &ctx, &asked, &service::form(child.id, Some(screen)), &opened).await?;
    let restored = kept.is_some();
    let mut form = kept.unwrap_or_else(|| as_form(&old));
    if !asked.performed_on.is_empty() {
        form.performed_on = asked.performed_on;
        form.age_used = asked.age_used;
    }
    let page = page(&app, &ctx, child, form, Errors::default(), Some(screen)).await?;
    ctx.page(&ScreenPage { restored, ..page })
}

/// A record as the form that made it.
fn as_form(old: &screen::Model) -> ScreenForm {
    let seen = old.outcome.is_seen();
    let signs = &old.signs.0;
    let word = |present: bool| match (seen, present) {
        (false, _) => String::new(),
        (true, true) => "yes".to_owned(),
        (true, false) => "no".to_owned(),
    };
    ScreenForm {
        performed_on: old.performed_on.to_string(),
        age_used: old.age_used.as_str().to_owned(),
        check_age: old.age_months.to_string(),
        sign1: word(signs.contains(&1)),
        sign2: word(signs.contains(&2)),
        sign3: word(signs.contains(&3)),
        sign4: word(signs.contains(&4)),
        regression: word(old.regression),
        not_seen: if seen {
            String::new()
        } else {
            old.outcome.as_str().to_owned()
        },
        note: old.note.clone().unwrap_or_default(),
        ..ScreenForm::default()
    }
}

async fn correct(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, screen)): Path<(ChildId, ScreenId)>,
    Form(form): Form<ScreenForm>,
) -> Answer {
    let child = children::service::survivor(&app, &ctx.actor, id).await?;
    correction::own(&*app.db, &ctx.actor, child.id, screen).await?;
    submitted(&app, &ctx, child, form, Some(screen)).await
}

async fn withdraw(State(app): State<App>, ctx: Ctx, Path((id, screen)): Path<(ChildId, ScreenId)>) -> Answer {
    correction::withdraw(&app, &ctx.actor, id, screen).await?;
    ctx.go(format!("/children/{id}/screens"))
        .saying("screen.withdrawn")
        .answer()
}
