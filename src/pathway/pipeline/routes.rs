//! Children by where they stand.

use std::collections::BTreeMap;

use axum::extract::State;
use entities::words::Stage;

use super::{
    queries,
    views::{PipelinePage, Place},
};
use crate::{
    access::Can,
    organisations,
    platform::{App, Calendar, Result},
    task::late,
    web::{Answer, Choice, Ctx, List, Page, Routes},
};

/// The route of the pipeline.
pub fn routes() -> Routes {
    Routes::new().get("/pipeline", Can::ViewChildren, index)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let calendar = Calendar::known(&app.db).await?;
    let counts = queries::at_a_glance(&app.db, &ctx.actor).await?;
    let streets = organisations::queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
    let page = places(&app, &ctx, &calendar, &list, (&counts, &streets)).await?;
    let chosen = list.filter("stage").parse::<Stage>().ok();
    let number = |wanted: &[Stage]| queries::shown(counts.iter().filter(|count| wanted.contains(&count.stage)));
    let mut stages = vec![(
        format!("/pipeline{}", list.href(&[("stage", ""), ("page", "")])),
        ctx.say("work.stage.active"),
        chosen.is_none(),
        number(&queries::ACTIVE),
    )];
    stages.extend(Stage::ALL.iter().map(|stage| {
        (
            format!("/pipeline{}", list.href(&[("stage", stage.as_str()), ("page", "")])),
            ctx.say(stage.word()),
            chosen == Some(*stage),
            number(&[*stage]),
        )
    }));
    ctx.page(&PipelinePage {
        stage: list.filter("stage").to_owned(),
        streets,
        overdue: vec![Choice::new(
            "true",
            ctx.say("task.overdue_only"),
            list.filter("overdue"),
        )],
        page,
        stages,
        list,
    })
}

/// A page of places. The numbers by stage and the names of streets are those that the page shows anyway.
async fn places(
    app: &App,
    ctx: &Ctx,
    calendar: &Calendar,
    list: &List,
    (counts, streets): (&[queries::StageCount], &[Choice]),
) -> Result<Page<Place>> {
    let db = &*app.db;
    let total = queries::total(db, &ctx.actor, list, counts).await?;
    let (rows, place) = queries::page(db, &ctx.actor, list, total).await?.apart();
    Ok(place.with(told(app, ctx, calendar, rows, streets).await?))
}

/// The first places of a list; nobody counts the others.
pub async fn first(app: &App, ctx: &Ctx, calendar: &Calendar, list: &List, places: u64) -> Result<Vec<Place>> {
    let rows = queries::first(&*app.db, &ctx.actor, list, places).await?;
    told(app, ctx, calendar, rows, &[]).await
}

async fn told(
    app: &App,
    ctx: &Ctx,
    calendar: &Calendar,
    rows: Vec<queries::Row>,
    streets: &[Choice],
) -> Result<Vec<Place>> {
    let today = ctx.actor.today();
    let mut names: BTreeMap<String, String> = streets.iter().map(|s| (s.value.clone(), s.label.clone())).collect();
    let codes = rows.iter().map(|row| row.street.clone());
    let others: Vec<String> = codes.filter(|code| !names.contains_key(code)).collect();
    if !others.is_empty() {
        names.extend(organisations::queries::division_names(&*app.db, others).await?);
    }
    let place = |row: queries::Row| {
        let late = row.due_on.map(|due| late(calendar, due, today));
        Place {
            street: names.get(&row.street).unwrap_or(&row.street).clone(),
            due: row.due_on.zip(late.as_ref()).map(|(due, late)| late.say(due, today)),
            overdue: late.is_some_and(|l| l.overdue) && row.turn.is_some(),
            row,
        }
    };
    Ok(rows.into_iter().map(place).collect())
}
