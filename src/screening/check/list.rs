//! The list of checks.

use std::collections::{BTreeMap, BTreeSet};

use entities::screening::planned_check;
use sea_orm::Select;

use super::{
    Clocks, Standing, age_words,
    queries::{self, CheckRow, Wanted},
    views::ChecksPage,
};
use crate::{
    access::Can,
    children, organisations,
    platform::{Actor, App, Result, list::Order, workbook::Value},
    web::{
        Answer, Cell, Choice, Ctx, List, Listing,
        listing::{self, Kept, Table},
    },
};

/// Checks that are to be done.
pub struct Checks;

/// A check, and the street of its child by name.
#[derive(Clone, Debug)]
pub struct Line {
    row: CheckRow,
    /// Today the corrected age is in use.
    corrected: bool,
    street: String,
}

type Column = listing::Column<Line>;

impl Listing for Checks {
    type Entity = planned_check::Entity;
    type Found = CheckRow;
    type Row = Line;

    const ADDRESS: &'static str = "/checks";
    const NAME: &'static str = "checks";
    const TITLE: &'static str = "checks.title";
    const SEEN_BY: Can = Can::ViewChildren;
    const ORDER: Order = Order::rising("due_on");
    const LONG: bool = true;
    const COLUMNS: &'static [Column] = &[
        Column::new("check.file_no", 20, |line, _| Value::text(&line.row.file_no)).filed(),
        Column::new("check.name", 12, |line, _| Value::text(&line.row.name))
            .on_page(|line, _| {
                let screens = format!("/children/{}/screens", line.row.child_id);
                Cell::new().link(screens, &line.row.name).line().code(&line.row.file_no)
            })
            .sorted("name"),
        Column::new("check.sex", 6, |line, ctx| Value::Text(ctx.say(line.row.sex.word()))).filed(),
        Column::new("screen.birth_on", 12, |line, _| Value::Date(line.row.birth_on))
            .on_page(|line, ctx| {
                let born = Cell::new().text(line.row.birth_on.to_string());
                born.line().muted(ctx.say(line.row.sex.word()))
            })
            .nowrap(),
        Column::new("check.street", 16, |line, _| Value::text(&line.street)).filed(),
        Column::new("check.kindergarten", 20, |line, _| {
            Value::text_or_blank(line.row.kindergarten.as_ref())
        })
        .filed(),
        Column::shown("check.place", |line, _| {
            let street = Cell::new().text(&line.street);
            match &line.row.kindergarten {
                Some(kindergarten) => street.line().muted(kindergarten),
                None => street,
            }
        }),
        Column::new("screen.check_age", 10, |line, ctx| {
            Value::Text(ctx.say(age_words(line.row.age_months)))
        })
        .on_page(|line, ctx| {
            let age = Cell::new().text(ctx.say(age_words(line.row.age_months)));
            if line.corrected {
                age.line().muted(ctx.say("check.corrected"))
            } else {
                age
            }
        })
        .sorted("age"),
        Column::new("checks.opens_on", 12, |line, _| Value::Date(line.row.opens_on)).filed(),
        Column::new("checks.due_on", 12, |line, _| Value::Date(line.row.due_on))
            .sorted("due_on")
            .nowrap(),
        Column::new("checks.closes_on", 12, |line, _| Value::Date(line.row.closes_on))
            .sorted("closes_on")
            .nowrap(),
        Column::new("check.standing", 12, |line, ctx| {
            Value::Text(ctx.say(standing(line, ctx).key()))
        })
        .on_page(|line, ctx| {
            let at = standing(line, ctx);
            Cell::new().badge((at.tone(), at.icon()), ctx.say(at.key()))
        }),
        Column::actions(|line, ctx| {
            if ctx.may(Can::Screen) {
                let screen = format!("/children/{}/screens/new", line.row.child_id);
                Cell::new().action(screen, "screening", ctx.say("check.screen"))
            } else {
                Cell::new()
            }
        }),
    ];

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<planned_check::Entity>> {
        Ok(queries::list(by, by.today(), &Wanted::of(list)))
    }

    async fn rows(app: &App, ctx: &Ctx, found: Vec<CheckRow>) -> Result<Vec<Line>> {
        let names = street_names(app, &found).await?;
        let districts = found
            .iter()
            .filter_map(|row| row.street.get(..6).map(str::to_owned))
            .collect();
        let clocks = Clocks::of(&*app.db, &ctx.actor, districts).await?;
        let today = ctx.actor.today();
        let line = |row: CheckRow| Line {
            corrected: clocks.correct(&row.street, row.birth_on, row.gestational_weeks, today),
            street: names.get(&row.street).unwrap_or(&row.street).clone(),
            row,
        };
        Ok(found.into_iter().map(line).collect())
    }

    async fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
        let today = ctx.actor.today();
        let counts = queries::counts(&*app.db, &ctx.actor, today, &Wanted::of(&list)).await?;
        let rules = children::service::check_age_rules(&*app.db, ctx.actor.coverage(), &ctx.actor).await?;
        let streets = organisations::queries::street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
        let (rows, page) = listing::page_of::<Self>(app, ctx, &list).await?.apart();
        let ages = rules.ages.iter();
        let ages = ages.map(|age| Choice::new(age.months, ctx.say(age_words(age.months)), list.filter("age")));
        ctx.page(&ChecksPage {
            standing: queries::standing_of(&list),
            ages: ages.collect(),
            streets,
            counts,
            table: Table::of::<Self>(ctx, &list, &rows),
            list: &list,
            page,
            may_screen: ctx.may(Can::Screen),
            may_export: ctx.may(Can::Export),
            kept,
        })
    }
}

fn standing(line: &Line, ctx: &Ctx) -> Standing {
    line.row.standing(ctx.actor.today())
}

/// Some of the children live outside the streets of the reader's own organisation.
async fn street_names(app: &App, rows: &[CheckRow]) -> Result<BTreeMap<String, String>> {
    let codes: BTreeSet<String> = rows.iter().map(|row| row.street.clone()).collect();
    organisations::queries::division_names(&*app.db, codes).await
}
