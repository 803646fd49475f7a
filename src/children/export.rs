//! A list of children as a workbook: the same rows and columns as the page, and who took it out when.

use serde_json::json;

use super::{
    queries::{self, ChildRow},
    routes::street_names,
    views::age_on,
};
use crate::{
    platform::{App, workbook::Value},
    web::{Answer, Ctx, List, TakenOut, chunk},
};

const TAKEN: TakenOut<'_> = TakenOut {
    list: "children",
    title: "nav.children",
    columns: &[
        ("child.name", 12),
        ("child.sex", 6),
        ("child.birth_on", 12),
        ("child.age", 12),
        ("child.file_no", 20),
        ("child.identity_no", 22),
        ("child.street", 16),
        ("child.stage", 20),
    ],
};

/// The workbook. Every printed page says who made it and when: a list that leaves the system must tell where it came
/// from.
pub async fn workbook(app: &App, ctx: &Ctx, list: &List) -> Answer {
    let select = queries::select(app, &ctx.actor, list).await?;
    let mut rows = select.into_partial_model::<ChildRow>().stream(&*app.db).await?;
    let mut file = TAKEN.begin(ctx)?;
    while let Some(some) = chunk(&mut rows).await? {
        let names = street_names(app, &some, &[]).await?;
        for row in some {
            let street = names.get(&row.street).unwrap_or(&row.street).clone();
            file.row(&cells(ctx, row, street))?;
        }
    }
    file.file(app, ctx, json!({ "query": list.query() })).await
}

fn cells(ctx: &Ctx, row: ChildRow, street: String) -> [Value; 8] {
    let age = age_on(row.birth_on, ctx.actor.today()).in_words(ctx.language);
    let stage = row.stage.map(|stage| ctx.say(stage.word()));
    [
        Value::Text(row.name),
        Value::Text(ctx.say(row.sex.word())),
        Value::Date(row.birth_on),
        Value::Text(age),
        Value::Text(row.file_no),
        row.identity_mask.map_or(Value::Blank, Value::Text),
        Value::Text(street),
        stage.map_or(Value::Blank, Value::Text),
    ]
}
