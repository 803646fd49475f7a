//! The list of tasks.

use std::collections::BTreeSet;

use entities::{
    OrganisationId,
    task::task,
    words::{Focus, TaskState, What},
};
use sea_orm::Select;

use super::{
    queries::{self, Row},
    views::{Line, TasksPage},
};
use crate::{
    access::Can,
    platform::{Actor, App, Calendar, Result, workbook::Value},
    referral::{queries as referrals, rules, views::late_say},
    task::rules::Group,
    web::{
        Answer, Choice, Ctx, List, Listing, choices,
        listing::{self, Kept},
    },
};

/// What an organisation has to do by a day.
pub struct Tasks;

/// A task with the names of its places.
#[derive(Clone, Debug)]
pub struct Named {
    row: Row,
    place: String,
    about: String,
}

type Column = listing::Column<Named>;

fn text(text: Option<&String>) -> Value {
    text.map_or(Value::Blank, Value::text)
}

impl Listing for Tasks {
    type Entity = task::Entity;
    type Found = Row;
    type Row = Named;

    const ADDRESS: &'static str = "/tasks";
    const NAME: &'static str = "/tasks";
    const TITLE: &'static str = "task.export.name";
    const SEEN_BY: Can = Can::ViewChildren;
    const COLUMNS: &'static [Column] = &[
        Column::new("work.column.file_no", 20, |of, _| text(of.row.file_no.as_ref())),
        Column::new("work.column.name", 12, |of, _| {
            text(of.row.name.as_ref().or(Some(&of.about)))
        }),
        Column::new("task.what", 20, |of, ctx| Value::Text(ctx.say(of.row.what.word()))),
        Column::new("work.column.state", 12, |of, ctx| {
            Value::Text(ctx.say(of.row.state.word()))
        }),
        Column::new("task.place", 26, |of, _| Value::text(&of.place)),
        Column::new("work.column.due", 12, |of, _| {
            of.row.due_on.map_or(Value::Blank, Value::Date)
        }),
    ];

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<task::Entity>> {
        Ok(queries::select(by, list, by.today()))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Named>> {
        let about = |row: &Row| (row.focus == Focus::Organisation).then_some(OrganisationId(row.focus_id));
        let places: BTreeSet<OrganisationId> = found
            .iter()
            .flat_map(|row| about(row).into_iter().chain([row.organisation_id]))
            .collect();
        let names = referrals::places(&*app.db, places).await?;
        let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
        let named = |row: Row| Named {
            place: name(row.organisation_id),
            about: about(&row).map(name).unwrap_or_default(),
            row,
        };
        Ok(found.into_iter().map(named).collect())
    }

    async fn page(app: &App, ctx: &Ctx, list: List, kept: Kept) -> Answer {
        let today = ctx.actor.today();
        let calendar = Calendar::known(&app.db).await?;
        let page = listing::page_of::<Self>(app, ctx, &list).await?.map(|of| {
            let due_on = of.row.due_on.filter(|_| of.row.state == TaskState::Open);
            let late = due_on.map(|day| (day, rules::late(&calendar, day, today)));
            Line {
                place: of.place,
                about: of.about,
                due: late.as_ref().map(|(day, late)| late_say(*day, late, today)),
                overdue: late.is_some_and(|(_, late)| late.overdue),
                row: of.row,
            }
        });
        let shown = list.filter("state");
        let mut states = vec![Choice::new("all", ctx.say("task.state.all"), shown)];
        let default = if shown.is_empty() {
            TaskState::Open.as_str()
        } else {
            shown
        };
        states.extend(choices::<TaskState>(ctx.language, default));
        let group = |group: Group| Choice::new(group.as_str(), ctx.say(group.key()), list.filter("group"));
        ctx.page(&TasksPage {
            page,
            states,
            groups: Group::ALL.map(group).into(),
            whats: choices::<What>(ctx.language, list.filter("what")),
            overdue: vec![Choice::new(
                "true",
                ctx.say("task.overdue_only"),
                list.filter("overdue"),
            )],
            can_export: ctx.may(Can::Export),
            kept,
            list,
        })
    }
}
