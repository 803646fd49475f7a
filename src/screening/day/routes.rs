//! A whole day: the list, saving it, and what was done.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use entities::{ChildId, words::ScreenOutcome};
use serde::Deserialize;

use super::{
    forms::{DayForm, Pairs, SEEN},
    queries, service,
    views::{DayDonePage, DayPage, DayRow, Group},
};
use crate::{
    access::{Can, scope},
    organisations,
    platform::{App, Day, Error, Errors, Result, Say, day, form::optional},
    screening::{
        check::Clocks,
        instruments::Language as Tongue,
        screen::{self, rules},
    },
    web::{Answer, Choice, Ctx, Form, Path, Query, Routes, draft},
};

/// The routes of a day.
pub fn routes() -> Routes {
    Routes::new()
        .get("/screening-days/new", Can::Screen, new)
        .post("/screening-days", Can::Screen, create)
        .post("/screening-days/draft", Can::Screen, keep)
        .get("/screening-days/{day}", Can::Screen, show)
}

/// Which list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    performed_on: String,
    kindergarten: String,
    street: String,
}

async fn new(
    State(app): State<App>,
    ctx: Ctx,
    Query(asked): Query<Asked>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let form = DayForm {
        performed_on: optional(&asked.performed_on).unwrap_or_else(|| ctx.actor.today().to_string()),
        kindergarten: asked.kindergarten,
        street: asked.street,
        rows: BTreeMap::new(),
    };
    let kept: Option<DayForm> = draft::load(&app, &ctx, &form.address()?, &opened).await?;
    let restored = kept.is_some();
    let page = page(&app, &ctx, kept.unwrap_or(form), Errors::default()).await?;
    ctx.page(&DayPage { restored, ..page })
}

/// What is typed is kept.
async fn keep(State(app): State<App>, ctx: Ctx, Query(asked): Query<draft::Asked>, Form(pairs): Form<Pairs>) -> Answer {
    let form = DayForm::read(pairs);
    draft::store(
        &app,
        &ctx,
        &service::district(&ctx.actor),
        &form.address()?,
        &form,
        &asked,
    )
    .await
}

async fn page(app: &App, ctx: &Ctx, form: DayForm, mut errors: Errors) -> Result<DayPage> {
    let day = day::parse(&form.performed_on);
    if errors.get("performed_on").is_empty() {
        match day {
            None => errors.add("performed_on", "form.date"),
            Some(day) if day > ctx.actor.today() => errors.add("performed_on", "screen.future"),
            Some(_) => {}
        }
    }
    let due = match day.filter(|day| *day <= ctx.actor.today()) {
        Some(day) => {
            let (kindergarten, street) = (optional(&form.kindergarten), optional(&form.street));
            queries::due(&*app.db, &ctx.actor, day, kindergarten.as_deref(), street.as_deref()).await?
        }
        None => Vec::new(),
    };
    let count = due.len();
    let districts = due.iter().map(|(_, child)| child.district.clone()).collect();
    let clocks = Clocks::of(&*app.db, &ctx.actor, districts).await?;
    let listed: BTreeSet<ChildId> = due.iter().map(|(_, child)| child.id).collect();
    name_the_unlisted(app, ctx, &form, &listed, &mut errors).await?;
    let mut by_age: BTreeMap<i32, Vec<DayRow>> = BTreeMap::new();
    for (check, child) in due {
        let typed = form.rows.get(&child.id).cloned().unwrap_or_default();
        by_age.entry(check.age_months).or_default().push(DayRow {
            results: results(ctx, &typed.result),
            due_on: check.due_on,
            corrected: day
                .is_some_and(|day| clocks.correct(&child.district, child.birth_on, child.gestational_weeks, day)),
            form: typed,
            number: 0,
            child,
        });
    }
    for (number, row) in (1..).zip(by_age.values_mut().flatten()) {
        row.number = number;
    }
    let groups = by_age
        .into_iter()
        .map(|(months, rows)| group(ctx, months, rows))
        .collect::<Result<Vec<_>>>()?;
    let kindergartens = queries::kindergartens(&*app.db, &ctx.actor).await?;
    let streets = organisations::queries::street_choices(&app.db, &ctx.actor, &form.street).await?;
    Ok(DayPage {
        kindergartens: kindergartens
            .into_iter()
            .map(|name| Choice::new(name.clone(), name, &form.kindergarten))
            .collect(),
        streets,
        more: u64::try_from(count).is_ok_and(|n| n >= queries::ROWS),
        address: form.address()?,
        restored: false,
        form,
        errors,
        groups,
        results: results(ctx, ""),
        count,
    })
}

/// A child that is not on the list any more (somebody else screened it meanwhile): what is wrong with its row is said by
/// its name.
async fn name_the_unlisted(
    app: &App,
    ctx: &Ctx,
    form: &DayForm,
    listed: &BTreeSet<ChildId>,
    errors: &mut Errors,
) -> Result<()> {
    for child in form.rows.keys().filter(|child| !listed.contains(*child)) {
        let fields = ["result", "note"].map(|field| errors.take(&format!("{field}_{child}")));
        let wrong = fields.concat();
        if wrong.is_empty() {
            continue;
        }
        let file = scope::child(&*app.db, &ctx.actor, *child).await.ok();
        let name = file.map_or_else(
            || Say::new("day.a_child"),
            |file| Say::new("day.child").with("name", file.name),
        );
        for what in wrong {
            errors.add_form(
                Say::new("ui.form.wrong")
                    .with_word("what", what)
                    .with_word("field", name.clone()),
            );
        }
    }
    Ok(())
}

fn group(ctx: &Ctx, months: i32, rows: Vec<DayRow>) -> Result<Group> {
    let age = u32::try_from(months)?;
    let signs = (1..)
        .zip(rules::questions(age, Tongue::from_tag(ctx.locale))?)
        .take(usize::from(rules::SIGNS))
        .map(|(n, (_, sentence))| (n, sentence))
        .collect();
    Ok(Group { months, signs, rows })
}

fn results(ctx: &Ctx, chosen: &str) -> Vec<Choice> {
    let first = [
        Choice::new("", ctx.say("day.result.empty"), chosen),
        Choice::new(SEEN, ctx.say("day.result.seen"), chosen),
    ];
    let reasons = ScreenOutcome::ALL
        .iter()
        .filter(|o| !o.is_seen())
        .map(|o| Choice::new(o.as_str(), ctx.say(o.word()), chosen));
    first.into_iter().chain(reasons).collect()
}

async fn create(State(app): State<App>, ctx: Ctx, Form(pairs): Form<Pairs>) -> Answer {
    let form = DayForm::read(pairs);
    let done = async {
        let saved = service::record(&app, &ctx.actor, &form.input()?, &form.address()?).await?;
        let abnormal = saved.iter().filter(|r| r.outcome == ScreenOutcome::Abnormal).count();
        let day = day::parse(&form.performed_on).ok_or_else(|| Error::field("performed_on", "form.date"))?;
        ctx.go(format!("/screening-days/{day}"))
            .saying(Say::new("day.saved").with("n", saved.len()).with("abnormal", abnormal))
            .answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, form, errors)).await
}

async fn show(State(app): State<App>, ctx: Ctx, Path(Day(day)): Path<Day>) -> Answer {
    let place = ctx.actor.organisation()?;
    let done = queries::done(&*app.db, &ctx.actor, place, day).await?;
    let (screens, children): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let entries = screen::queries::with_names(&*app.db, &ctx.actor, screens).await?;
    ctx.page(&DayDonePage {
        day,
        entries: entries.into_iter().zip(children).collect(),
    })
}
