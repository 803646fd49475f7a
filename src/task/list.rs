//! The list of tasks.

use std::collections::BTreeSet;

use entities::{
    OrganisationId,
    task::task,
    words::{Focus, TaskState, What},
};
use sea_orm::Select;

use super::{
    due::late,
    rows::{self, Row},
    rules::{Group, of as meaning},
    views::{Line, TasksPage},
};
use crate::{
    access::Can,
    children::first_to_call,
    organisations,
    platform::{Actor, App, Calendar, Result, list::Order, workbook::Value},
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
    const ORDER: Order = Order::rising("due");
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

    /// What the reader's own organisation has to do.
    fn opens_on(_: &Actor, list: &mut List) {
        list.narrow("whose", rows::OURS);
        list.narrow("state", TaskState::Open.as_str());
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<task::Entity>> {
        Ok(rows::select(by, list, by.today()))
    }

    async fn rows(app: &App, _: &Ctx, found: Vec<Row>) -> Result<Vec<Named>> {
        let about = |row: &Row| (row.focus == Focus::Organisation).then_some(OrganisationId(row.focus_id));
        let places: BTreeSet<OrganisationId> = found
            .iter()
            .flat_map(|row| about(row).into_iter().chain([row.organisation_id]))
            .collect();
        let names = organisations::queries::names(&*app.db, places).await?;
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
        let found = listing::page_of::<Self>(app, ctx, &list).await?;
        let talks = |of: &&Named| of.row.state == TaskState::Open && meaning(of.row.what).is_said;
        let called = found.rows.iter().filter(talks).filter_map(|of| of.row.child_id);
        let mut phones = first_to_call(app, ctx, called.collect()).await?;
        let page = found.map(|of| {
            let due_on = of.row.due_on.filter(|_| of.row.state == TaskState::Open);
            let late = due_on.map(|day| (day, late(&calendar, day, today)));
            // Once for each child: its place on the page is one.
            let phone = of
                .row
                .child_id
                .filter(|_| talks(&&of))
                .and_then(|id| phones.remove(&id));
            Line {
                place: of.place,
                about: of.about,
                due: late.as_ref().map(|(day, late)| late.say(*day, today)),
                overdue: late.is_some_and(|(_, late)| late.overdue),
                phone,
                row: of.row,
            }
        });
        let shown = list.filter("state");
        let default = if shown.is_empty() {
            TaskState::Open.as_str()
        } else {
            shown
        };
        let mut states = choices::<TaskState>(ctx.language, default);
        states.push(Choice::new("all", ctx.say("task.state.all"), shown));
        let group = |group: Group| Choice::new(group.as_str(), ctx.say(group.key()), list.filter("group"));
        ctx.page(&TasksPage {
            page,
            states,
            groups: Group::ALL.map(group).into(),
            whats: choices::<What>(ctx.language, list.filter("what")),
            whose: vec![Choice::new(
                rows::OURS,
                ctx.say("task.whose.ours"),
                list.filter("whose"),
            )],
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
