//! The list of children.

use std::collections::{BTreeMap, BTreeSet};

use entities::child::child;
use sea_orm::{PartialModelTrait as _, QuerySelect as _, Select};

use super::{
    ages::age_on,
    queries::{self, ChildRow},
    views::{IndexPage, stage_choices},
};
use crate::{
    access::Can,
    organisations::queries::{division_names, street_choices},
    platform::{Actor, App, Result, clock, list::Order, workbook::Value},
    web::{
        Answer, Choice, Ctx, List, Listing,
        listing::{self, Kept},
    },
};

/// Children.
pub struct Children;

/// A child, and its street by name.
#[derive(Clone, Debug)]
pub struct Line {
    row: ChildRow,
    street: String,
}

type Column = listing::Column<Line>;

impl Listing for Children {
    type Entity = child::Entity;
    type Found = ChildRow;
    type Row = Line;

    const ADDRESS: &'static str = "/children";
    const NAME: &'static str = "children";
    const TITLE: &'static str = "nav.children";
    const SEEN_BY: Can = Can::ViewChildren;
    const ORDER: Order = Order::falling("opened");
    const COLUMNS: &'static [Column] = &[
        Column::new("child.name", 12, |line, _| Value::text(&line.row.name)).sorted("name"),
        Column::new("child.sex", 6, |line, ctx| Value::Text(ctx.say(line.row.sex.word()))),
        Column::new("child.birth_on", 12, |line, _| Value::Date(line.row.birth_on)).sorted("birth_on"),
        Column::new("child.age", 12, |line, ctx| {
            Value::Text(age_on(line.row.birth_on, ctx.actor.today()).in_words(ctx.language))
        }),
        Column::new("child.file_no", 20, |line, _| Value::text(&line.row.file_no)).sorted("file_no"),
        Column::new("child.identity_no", 22, |line, _| {
            Value::text_or_blank(line.row.identity_mask.as_ref())
        }),
        Column::new("child.street", 16, |line, _| Value::text(&line.street)),
        Column::new("child.stage", 20, |line, ctx| {
            Value::text_or_blank(line.row.stage.map(|stage| ctx.say(stage.word())))
        }),
        Column::new("child.opened_on", 12, |line, _| {
            Value::Date(clock::day_of(line.row.created_at))
        })
        .sorted("opened"),
    ];

    async fn select(app: &App, by: &Actor, list: &List) -> Result<Select<child::Entity>> {
        let select = queries::select(app, by, list).await?;
        Ok(ChildRow::select_cols(select.select_only()))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<ChildRow>) -> Result<Vec<Line>> {
        let names = street_names(app, &found, &[]).await?;
        let line = |row: ChildRow| Line {
            street: names.get(&row.street).unwrap_or(&row.street).clone(),
            row,
        };
        Ok(found.into_iter().map(line).collect())
    }

    async fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
        let found = queries::page(app, &ctx.actor, &list).await?;
        let streets = street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
        let names = street_names(app, &found.rows, &streets).await?;
        let years = queries::birth_years(ctx.actor.today())
            .map(|year| Choice::new(year, year.to_string(), list.filter("year")))
            .collect();
        ctx.page(&IndexPage {
            streets,
            years,
            stages: stage_choices(ctx.language, list.filter("stage")),
            today: ctx.actor.today(),
            list,
            found,
            names,
            kept,
        })
    }
}

/// Names of the streets of some rows; those that the page's filter offers are known already.
pub(super) async fn street_names(app: &App, rows: &[ChildRow], known: &[Choice]) -> Result<BTreeMap<String, String>> {
    let mut names: BTreeMap<String, String> = known.iter().map(|c| (c.value.clone(), c.label.clone())).collect();
    let codes = rows.iter().map(|row| row.street.clone());
    let others: BTreeSet<String> = codes.filter(|code| !names.contains_key(code)).collect();
    if !others.is_empty() {
        names.extend(division_names(&*app.db, others).await?);
    }
    Ok(names)
}
