//! The list of checks, and its workbook.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde_json::json;

use super::{
    Standing, age_words,
    queries::{self, CheckRow, Wanted},
    views::ChecksPage,
};
use crate::{
    access::Can,
    children, organisations,
    platform::{App, Result, form::optional, workbook::Value},
    web::{Answer, Choice, Ctx, List, Page, Routes, TakenOut, chunk},
};

/// The routes of the checks.
pub fn routes() -> Routes {
    Routes::new()
        .get("/checks", Can::ViewChildren, index)
        .get_heavy("/checks/export", Can::Export, export)
}

/// The list as a file.
const TAKEN: TakenOut<'_> = TakenOut {
    list: "checks",
    title: "checks.title",
    columns: &[
        ("check.file_no", 20),
        ("check.name", 12),
        ("check.sex", 6),
        ("screen.birth_on", 12),
        ("check.street", 16),
        ("check.kindergarten", 20),
        ("screen.check_age", 10),
        ("checks.opens_on", 12),
        ("checks.due_on", 12),
        ("checks.closes_on", 12),
        ("check.standing", 12),
    ],
};

fn wanted(list: &List) -> Wanted {
    Wanted {
        standing: Some(standing(list)),
        age_months: list.filter("age").parse().ok(),
        street: optional(list.filter("street")),
        kindergarten: optional(list.filter("kindergarten")),
        term: optional(list.term()),
        sort: list.sort.clone(),
        descending: list.descending(),
    }
}

fn standing(list: &List) -> Standing {
    Standing::named(list.filter("state")).unwrap_or(Standing::Due)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let today = ctx.actor.today();
    let wanted = wanted(&list);
    let page: Page<CheckRow> = list
        .fetch_long(&*app.db, queries::list(&ctx.actor, today, &wanted))
        .await?;
    let counts = queries::counts(&*app.db, &ctx.actor, today, &wanted).await?;
    let rules = children::service::check_age_rules(&*app.db, ctx.actor.coverage(), &ctx.actor).await?;
    let streets = organisations::queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
    let names = street_names(&app, &page.rows).await?;
    ctx.page(&ChecksPage {
        names,
        standing: standing(&list),
        ages: rules
            .ages
            .iter()
            .map(|age| Choice::new(age.months, ctx.say(age_words(age.months)), list.filter("age")))
            .collect(),
        streets,
        counts,
        list,
        page,
        today,
        may_screen: ctx.may(Can::Screen),
        may_export: ctx.may(Can::Export),
    })
}

/// Some of the children live outside the streets of the reader's own organisation.
async fn street_names(app: &App, rows: &[CheckRow]) -> Result<BTreeMap<String, String>> {
    let codes: BTreeSet<String> = rows.iter().map(|row| row.street.clone()).collect();
    organisations::queries::division_names(&*app.db, codes).await
}

async fn export(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let select = queries::list(&ctx.actor, ctx.actor.today(), &wanted(&list));
    let mut rows = select.into_model::<CheckRow>().stream(&*app.db).await?;
    let mut file = TAKEN.begin(&ctx)?;
    while let Some(some) = chunk(&mut rows).await? {
        let names = street_names(&app, &some).await?;
        for row in &some {
            file.row(&cells(&ctx, row, names.get(&row.street).unwrap_or(&row.street)))?;
        }
    }
    file.file(&app, &ctx, json!({ "query": list.query() })).await
}

fn cells(ctx: &Ctx, row: &CheckRow, street: &str) -> Vec<Value> {
    let standing = row.standing(ctx.actor.today());
    vec![
        Value::Text(row.file_no.clone()),
        Value::Text(row.name.clone()),
        Value::Text(ctx.say(row.sex.word())),
        Value::Date(row.birth_on),
        Value::Text(street.to_owned()),
        row.kindergarten.clone().map_or(Value::Blank, Value::Text),
        Value::Text(ctx.say(age_words(row.age_months))),
        Value::Date(row.opens_on),
        Value::Date(row.due_on),
        Value::Date(row.closes_on),
        Value::Text(ctx.say(standing.key())),
    ]
}
